"""Notice: what must be announced so long before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause, only_acts
from servanda.agreement.schema.term import Term
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Notice(TermKind):
    """A notice so long before each activity."""

    name: ClassVar[str] = "notice"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("declare",)
    has_deadline: ClassVar[bool] = True

    of: Pattern
    deed: Pattern
    before: Duration

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
        return cls(of, deed, before) if of and deed and before else None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.of

    def sought(self) -> Iterator[Sought]:
        """The activity while the term binds, and its notice from the signature on."""
        yield Sought("trigger", self.of, "bound", "act", since="bound")
        yield Sought("deed 0", self.deed, "bound", "deed", since="signed")

    def describe(self, phrases: Phrases) -> list[str]:
        """Before what, and how long before, notice is due."""
        return [f"Before {phrases.act(self.of)}, {phrases.must} give notice, at least {self.before} ahead."]
