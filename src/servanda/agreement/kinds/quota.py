"""Quota: so much in every period, or in all by the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Quota(TermKind):
    """So much, ``at_least`` in thousandths of ``unit``, in every period; without ``every``, by the deadline."""

    name: ClassVar[str] = "quota"
    owes: ClassVar[Owes] = "deed"

    what: Pattern
    at_least: int
    unit: str
    every: Duration | None = None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what

    @property
    def needs_deadline(self) -> bool:
        """Where it does not recur."""
        return self.every is None

    def sought(self) -> Iterator[Sought]:
        """What is counted, from the term's start on."""
        yield Sought("deed 0", self.what, "bound", "deed")

    def describe(self, phrases: Phrases) -> list[str]:
        """How much of what is to be done, and how often."""
        amount = f"at least {self.at_least / 1000:g}{' ' + self.unit if self.unit else ''}"
        often = f" in every {self.every}" if self.every else " in all"
        return [f"{phrases.must} do this: {phrases.act(self.what)}, {amount}{often}."]
