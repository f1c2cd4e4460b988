"""Unverifiable: a clause that no observation can decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes, TermKind
from servanda.agreement.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Unverifiable(TermKind):
    """A clause that no observation can decide."""

    name: ClassVar[str] = "unverifiable clause"
    owes: ClassVar[Owes] = "none"

    why: str

    def describe(self, phrases: Phrases) -> list[str]:  # noqa: ARG002
        """Why nothing can decide it."""
        return [f"No observation can decide this clause ({self.why}); no verdict but 'undetermined' is possible."]
