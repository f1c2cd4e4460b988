"""Duty: what must be done once by a deadline, or by milestones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases, code_words
from servanda.agreement.resolve.clause import Clause, only_acts
from servanda.agreement.schema.term import Term
from servanda.wording import listing

LEVELS = ("minimal", "intermediate", "full")
"""The milestones of a slow duty, in order."""


@dataclass(frozen=True, slots=True)
class Duty(TermKind):
    """Deeds, each to be done by the deadline. With ``levels`` they are the milestones of a slow duty, in order."""

    name: ClassVar[str] = "duty"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("require", "declare")
    has_deadline: ClassVar[bool] = True

    deeds: tuple[Pattern, ...]
    levels: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()

    @classmethod
    def is_written(cls, term: Term) -> bool:
        """Whether something is required without a number or a period, or a baseline is to be declared."""
        if term.declare is not None:
            return term.declare.baseline is not None
        require = term.require
        return require is not None and (bool(require.milestones) or (require.at_least is None and not require.every))

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """The deed, its milestones, or the parts of a declaration."""
        declare, require = clause.term.declare, clause.term.require
        if declare is not None:
            baseline = tuple(declare.baseline or ())
            parts = [clause.pattern(("declare",), only_acts([f"{part}_declared"])) for part in baseline]
            return cls(tuple(part for part in parts if part), baseline=baseline)
        assert require is not None
        if not require.milestones:
            deed = clause.pattern(("require",), require)
            return cls((deed,)) if deed else None
        if require.act or require.at_least or require.every:
            what = "'milestones' cannot be combined with 'act', 'at_least' or 'every'"
            clause.fault(("require",), what, "leave out the other keys", code="AGR045")
            return None
        levels = tuple(level for level in LEVELS if level in require.milestones)
        deeds = [clause.pattern(("require", "milestones", level), require.milestones[level]) for level in levels]
        if "full" not in levels:
            what = "the milestones do not say what 'full' is"
            clause.fault(("require", "milestones"), what, "add 'full: {act: ...}'", code="AGR045")
            return None
        return cls(tuple(deed for deed in deeds if deed), levels) if all(deeds) else None

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
        """Every one of its deeds: the duty is complied with when all are done."""
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
