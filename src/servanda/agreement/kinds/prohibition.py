"""Prohibition: what must not be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause


@dataclass(frozen=True, slots=True)
class Prohibition(TermKind):
    """That acts of one pattern are left undone."""

    name: ClassVar[str] = "prohibition"
    owes: ClassVar[Owes] = "act"
    keys: ClassVar[tuple[str, ...]] = ("forbid",)

    what: Pattern

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """The act that is forbidden."""
        assert clause.term.forbid is not None
        what = clause.pattern(("forbid",), clause.term.forbid)
        return cls(what) if what else None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what

    def sought(self) -> Iterator[Sought]:
        """The forbidden act, while the term binds."""
        yield Sought("act", self.what, "bound", "act", since="bound", timed=False, counts=True)

    def describe(self, phrases: Phrases) -> list[str]:
        """Who must not do what."""
        return [f"{phrases.must} not commit {phrases.act(self.what)}."]
