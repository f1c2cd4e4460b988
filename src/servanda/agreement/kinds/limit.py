"""Limit: how much may be there, or may happen in a period. A pull-back is a limit of 0 in a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import THOUSAND, Clause
from servanda.values.time import Duration
from servanda.values.units import ACT, ANYTHING, unit_key


@dataclass(frozen=True, slots=True)
class Limit(TermKind):
    """A cap on what is there at once, or with ``per`` on what happens in a period. ``to`` in thousandths of ``unit``.

    ``holds``: how long what was counted may still be there; ``None``: until its place is counted again.
    """

    name: ClassVar[str] = "limit"
    owes: ClassVar[Owes] = "limit"
    keys: ClassVar[tuple[str, ...]] = ("limit",)

    what: Pattern
    to: int
    unit: str
    per: Duration | None = None
    holds: Duration | None = None

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """What is counted, the most of it, and in which period."""
        limit = clause.term.limit
        assert limit is not None
        what = clause.pattern(("limit", "what"), limit.what, default=True)
        per = clause.period(("limit", "per"), limit.per)
        holds = clause.duration(("limit", "holds"), limit.holds) if limit.holds else None
        if what is None or (limit.per and per is None) or (limit.holds and holds is None):
            return None
        if per is not None and holds is not None:
            problem = "what happens in a period does not stay"
            clause.fault(("limit", "holds"), problem, "keep one of 'per' and 'holds'", code="AGR057")
            return None
        return cls(what, round(limit.to * THOUSAND), limit.unit or "", per, holds)

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what

    def sought(self) -> Iterator[Sought]:
        """What is counted, while the term binds, and before, where it may still be there."""
        unit = unit_key(self.unit) if self.unit else ACT if self.to else ANYTHING
        yield Sought("act", self.what, "bound", "act", since="bound", unit=unit, at_once=self.per is None)
        if self.per is None:
            yield Sought("before", self.what, "bound", "act", since="before", unit=unit, at_once=True, holds=self.holds)

    def describe(self, phrases: Phrases) -> list[str]:
        """How much of what there may be."""
        things = self.unit or (str(self.what.weapon) if self.what.weapon else "such things")
        counted = f"counted is {phrases.act(self.what)}"
        amount = f"no more than {self.to / 1000:g}" if self.to else "no"
        if self.per:
            return [f"{phrases.may} bring about {amount} {things} in any {self.per}: {counted}."]
        once = [f"{phrases.may} have {amount} {things}{' at once' if self.to else ''}: {counted}."]
        if not self.to:
            return once
        until = f"for {self.holds}, or " if self.holds else ""
        return [*once, f"What was counted may still be there {until}until its place is counted again."]
