"""Quota: so much in every period, or in all by the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Since, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import THOUSAND, Clause
from servanda.agreement.schema.term import Term
from servanda.values.time import Duration
from servanda.values.units import THINGS, unit_key


@dataclass(frozen=True, slots=True)
class Quota(TermKind):
    """So much, ``at_least`` in thousandths of ``unit``, in every period; without ``every``, by the deadline."""

    name: ClassVar[str] = "quota"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("require",)
    has_deadline: ClassVar[bool] = True

    what: Pattern
    at_least: int
    unit: str
    every: Duration | None = None

    @classmethod
    def is_written(cls, term: Term) -> bool:
        """Whether a number or a period is required."""
        require = term.require
        return require is not None and not require.milestones and (require.at_least is not None or bool(require.every))

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """What is counted, how much of it, and how often."""
        require = clause.term.require
        assert require is not None
        what = clause.pattern(("require",), require)
        every = clause.period(("require", "every"), require.every)
        if what is None or (require.every and every is None):
            return None
        if every and clause.term.deadline is not None:
            problem = "what recurs cannot have one deadline"
            clause.fault(("require", "every"), problem, "use 'until' on the term", code="AGR043")
            return None
        return cls(what, round((require.at_least or 1) * THOUSAND), require.unit or "", every)

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what

    @property
    def needs_deadline(self) -> bool:
        """Where it does not recur."""
        return self.every is None

    @property
    def recurs(self) -> Duration | None:
        """How often so much is owed again."""
        return self.every

    @property
    def completed_by(self) -> tuple[str, ...]:
        """What is counted, where it is owed in all."""
        return ("deed 0",) if self.every is None else ()

    @property
    def owed_in_all(self) -> int | None:
        """The number, where it does not recur."""
        return self.at_least if self.every is None else None

    def sought(self) -> Iterator[Sought]:
        """What is counted: what recurs from the term's start on; what is owed in all, whatever version of the clause bound then."""
        since: Since = "start" if self.every else "clause"
        yield Sought("deed 0", self.what, "bound", "deed", since, unit=unit_key(self.unit) if self.unit else THINGS)

    def describe(self, phrases: Phrases) -> list[str]:
        """How much of what is to be done, and how often."""
        amount = f"at least {self.at_least / 1000:g}{' ' + self.unit if self.unit else ''}"
        often = f" in every {self.every}" if self.every else " in all"
        return [f"{phrases.must} do this: {phrases.act(self.what)}, {amount}{often}."]
