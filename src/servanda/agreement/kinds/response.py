"""Response: what must be done within a time after each trigger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, TypeAlias, cast

from servanda.agreement.kinds.base import Doers, Owes, Sought, TermKind, one_or_all
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause
from servanda.agreement.schema.base import Answers
from servanda.values.time import Duration

Whose: TypeAlias = Literal["anyone", "self", "other"]


@dataclass(frozen=True, slots=True)
class Response(TermKind):
    """A deed within a time after each trigger: anyone's (or ``to.by``), one's own, or another party's.

    ``answers``: whether each deed answers one trigger, or one all in whose time it lies; ``None`` where that is not said.
    """

    name: ClassVar[str] = "response"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("respond",)

    to: Pattern
    deed: Pattern
    within: Duration
    whose: Whose = "anyone"
    answers: Answers | None = None

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """The trigger, the answer, and the time for it."""
        respond = clause.term.respond
        assert respond is not None
        trigger, whose = respond.to, "anyone"
        if trigger.by in (["self"], ["other"]):
            whose, trigger = trigger.by[0], trigger.model_copy(update={"by": None})
        to = clause.pattern(("respond", "to"), trigger, ())
        deed = clause.pattern(("respond", "with"), respond.with_)
        within = clause.duration(("respond", "within"), respond.within)
        return cls(to, deed, within, cast("Whose", whose), respond.answers) if to and deed and within else None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.deed

    def sought(self) -> Iterator[Sought]:
        """The trigger, by whom it concerns, and the answer to it."""
        doers: dict[str, Doers] = {"anyone": self.to.by or None, "self": "bound", "other": "parties"}
        yield Sought("trigger", self.to, doers[self.whose], "mark", begins=True)
        yield Sought("deed 0", self.deed, "bound", "deed")

    def describe(self, phrases: Phrases) -> list[str]:
        """After what, who must do what, and how soon."""
        whose = {"self": " of its own", "other": " of another party", "anyone": ""}[self.whose]
        trigger, deed = phrases.act(self.to), phrases.act(self.deed)
        due = f"After {trigger}{whose}, {phrases.must}, within {self.within}, do this: {deed}."
        return [due, one_or_all(self.answers, "answer", "trigger")]
