"""Duty: what must be done once by a deadline, or by milestones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases, code_words
from servanda.wording import listing


@dataclass(frozen=True, slots=True)
class Duty(TermKind):
    """Deeds, each to be done by the deadline. With ``levels`` they are the milestones of a slow duty, in order."""

    name: ClassVar[str] = "duty"
    owes: ClassVar[Owes] = "deed"

    deeds: tuple[Pattern, ...]
    levels: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.deeds[-1]

    @property
    def needs_deadline(self) -> bool:
        """Always: it is done once."""
        return True

    @property
    def completed_by(self) -> tuple[str, ...]:
        """All its deeds."""
        return tuple(f"deed {n}" for n in range(len(self.deeds)))

    def sought(self) -> Iterator[Sought]:
        """Each deed; it may be done from the signature on."""
        for n, deed in enumerate(self.deeds):
            yield Sought(f"deed {n}", deed, "bound", "deed", since="signed")

    def describe(self, phrases: Phrases) -> list[str]:
        """What is to be done, declared, or reached step by step."""
        if self.levels:
            steps = "; ".join(
                f"{n} ({level}): {phrases.act(deed)}"
                for n, (level, deed) in enumerate(zip(self.levels, self.deeds, strict=True), 1)
            )
            return [f"{phrases.must} bring about, step by step on the scale of 0 to {len(self.levels)}: {steps}."]
        if self.baseline:
            return [f"{phrases.must} declare: {listing([code_words(part) for part in self.baseline])}."]
        return [f"{phrases.must} do this: {phrases.act(self.deeds[0])}."]
