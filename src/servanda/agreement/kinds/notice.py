"""Notice: what must be announced so long before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from servanda.agreement.kinds.base import Owes, Sought, TermKind, one_or_all
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause, only_acts
from servanda.agreement.schema.base import Answers
from servanda.agreement.schema.term import Term
from servanda.values.time import Duration

_ANY_DAY = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Notice(TermKind):
    """A notice of each activity and of its place, so long before at the least, and ``at_most`` so long.

    ``answers``: whether one notice announces one activity or several; ``None`` where that is not said.
    """

    name: ClassVar[str] = "notice"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("declare",)
    has_deadline: ClassVar[bool] = True

    of: Pattern
    deed: Pattern
    before: Duration
    at_most: Duration | None = None
    answers: Answers | None = None

    @classmethod
    def is_written(cls, term: Term) -> bool:
        """Whether a notice is to be given."""
        return term.declare is not None and term.declare.notice is not None

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """The activity, and how long before it notice is due."""
        assert clause.term.declare is not None
        notice = clause.term.declare.notice
        assert notice is not None
        of = clause.pattern(("declare", "notice", "of"), notice.of)
        deed = clause.pattern(("declare",), only_acts(["notice_given"]))
        before = clause.duration(("declare", "notice", "before"), notice.before)
        at_most = clause.duration(("declare", "notice", "at_most"), notice.at_most) if notice.at_most else None
        if of is None or deed is None or before is None or (notice.at_most and at_most is None):
            return None
        if at_most is not None and at_most.after(_ANY_DAY, ZoneInfo("UTC")) < before.after(_ANY_DAY, ZoneInfo("UTC")):
            problem = f"a notice at least {before} and at most {at_most} ahead cannot be given"
            clause.fault(("declare", "notice", "at_most"), problem, "make it longer than 'before'", code="AGR056")
            return None
        return cls(of, deed, before, at_most, notice.answers)

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.of

    def sought(self) -> Iterator[Sought]:
        """The activity while the term binds, and its notice from the signature on."""
        yield Sought("trigger", self.of, "bound", "act", since="bound", begins=True)
        yield Sought("deed 0", self.deed, "bound", "deed", since="signed")

    def describe(self, phrases: Phrases) -> list[str]:
        """Before what, and how long before, notice is due."""
        ahead = f"at least {self.before} ahead"
        ahead += f" and at most {self.at_most}" if self.at_most else ""
        due = f"Before {phrases.act(self.of)}, {phrases.must} give notice, {ahead}, of that place where it names one."
        return [due, one_or_all(self.answers, "notice", "such act")]
