"""Unverifiable: a clause that no observation can decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause


@dataclass(frozen=True, slots=True)
class Unverifiable(TermKind):
    """A clause that no observation can decide."""

    name: ClassVar[str] = "unverifiable clause"
    owes: ClassVar[Owes] = "none"
    keys: ClassVar[tuple[str, ...]] = ("unverifiable",)

    why: str

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """Why nothing can decide it."""
        return cls(clause.term.unverifiable or "")

    def sought(self) -> Iterator[Sought]:
        """Nothing is looked for: no report can decide it."""
        return iter(())

    def describe(self, phrases: Phrases) -> list[str]:  # noqa: ARG002
        """Why nothing can decide it."""
        return [f"No observation can decide this clause ({self.why}); no verdict but 'undetermined' is possible."]
