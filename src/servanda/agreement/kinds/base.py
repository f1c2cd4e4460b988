"""What every kind of term says of itself: one protocol, one file a kind, and a test that each kind has all of it.

A new kind of term is a file here with a class that names :class:`TermKind` as its base, an entry in ``KINDS``, and a file of the
same name in ``drafting/kinds`` and in ``verdicts/kinds``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, Self, TypeAlias

from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause
from servanda.agreement.schema.base import Answers
from servanda.agreement.schema.term import Term
from servanda.values.time import Duration

Owes: TypeAlias = Literal["act", "deed", "limit", "none"]
"""What a term owes: that an **act** is left undone, that a **deed** is done, that a **limit** is kept, or **none** of these."""
RESTRAINTS: frozenset[Owes] = frozenset({"act", "limit"})
"""What is owed by leaving undone. Only such a term has exceptions."""
Voice: TypeAlias = Literal["act", "deed", "mark"]
"""Whose word confirms, besides observation: an **act** also the accused party's admission; a **deed** also the acknowledgement of
every other party; a **mark** (an event, a trigger) nobody's.
"""
Doers: TypeAlias = tuple[str, ...] | Literal["bound", "parties"] | None
"""Whose doing is looked for: these actors', that of whom the term binds, any party's, or (``None``) anybody's."""
Since: TypeAlias = Literal["bound", "before", "start", "clause", "signed"]
"""When a pattern is looked for: while the term is **bound**; **before** that, as far as what was counted then may still be there; from
its **start** on, without an end; from when the first version of its **clause** began to bind on, without an end; from when the text was **signed** (or first bound) on, without an end.
"""


def one_or_all(answers: Answers | None, deed: str, trigger: str) -> str:
    """Whether one deed may serve several triggers, as a sentence."""
    if answers is None:
        return f"Whether one {deed} serves several {trigger}s is not said: what differs is undetermined."
    if answers == "each":
        return f"Each {deed} serves one {trigger}."
    return f"One {deed} serves every {trigger} in whose time it comes."


@dataclass(frozen=True, slots=True)
class Sought:
    """One pattern that a term looks for in the evidence.

    Attributes:
        role: what the pattern is to the term: ``act``, ``trigger``, ``deed 0``, ``deed 1`` ...
        pattern: what is looked for.
        by: whose doing is looked for.
        voice: whose word confirms it.
        since: when it is looked for.
        timed: whether its times and quantities matter, and not only that it happened.
        counts: whether acts are counted, so that a row may tell of many.
        unit: in what is counted, where the term names it, or acts; a number in another unit says that there was some, and not how much.
        at_once: whether it is counted at one time, so that who counts none there later says that it is gone.
        holds: how long what was counted may still be there, where the term says it.
        begins: whether it counts when it begins, though it may go on: what calls for something calls once.
    """

    role: str
    pattern: Pattern
    by: Doers
    voice: Voice
    since: Since = "start"
    timed: bool = True
    counts: bool = False
    unit: str | None = None
    at_once: bool = False
    holds: Duration | None = None
    begins: bool = False


class TermKind(Protocol):
    """One kind of term, resolved. A frozen value; every kind names this protocol as its base and inherits what it does not change."""

    __slots__ = ()

    name: ClassVar[str]
    """The kind's name, in small letters."""
    owes: ClassVar[Owes]
    keys: ClassVar[tuple[str, ...]]
    """The keys of the agreement file under which a clause of this kind is written; several kinds may share one."""
    beside: ClassVar[tuple[str, ...]] = ()
    """Further keys that only a clause of this kind has."""
    has_deadline: ClassVar[bool] = False
    """Whether the clause may have a deadline, so that others can wait until it is complied with."""
    guards: ClassVar[bool] = False
    """Whether verdicts on other terms set it off, so that it is concluded after them."""

    @classmethod
    def is_written(cls, term: Term) -> bool:
        """Whether a clause is of this kind. Left as it is, any clause with one of the kind's keys."""
        return any(getattr(term, key) is not None for key in cls.keys)

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """The term that a clause of this kind makes; ``None`` where a fault was noted."""
        ...

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about; ``None`` where there is none."""
        return None

    @property
    def obliges(self) -> tuple[str, ...] | None:
        """Whom it binds, where it says that itself; ``None`` where the term's ``binds`` does."""
        return None

    @property
    def watches(self) -> tuple[str, ...]:
        """The terms whose breaches it waits for, so that the times of these breaches matter."""
        return ()

    @property
    def set_off_by(self) -> tuple[str, ...]:
        """The event, or the terms, that it sleeps for; nothing for a kind that binds by itself."""
        return ()

    @property
    def needs_deadline(self) -> bool:
        """Whether it is to be done once, so that a text without a deadline leaves it open."""
        return False

    @property
    def recurs(self) -> Duration | None:
        """How often it is to be done again, from when it begins to bind; ``None`` where it is no such term."""
        return None

    @property
    def completed_by(self) -> tuple[str, ...]:
        """The roles of the deeds that comply with it once and for all, so that an event can be that it is complied with."""
        return ()

    @property
    def owed_in_all(self) -> int | None:
        """How much of such deeds, in thousandths, complies with it once and for all; ``None`` where each deed does when it is done."""
        return None

    def sought(self) -> Iterator[Sought]:
        """What the term looks for in the evidence, in order of the roles; nothing where no report can decide the term."""
        ...

    def describe(self, phrases: Phrases) -> list[str]:
        """What the term asks, in one or a few English sentences."""
        ...
