"""Unverifiable: a clause that no observation can decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """A clause that no observation can decide."""

    name: ClassVar[str] = "unverifiable clause"
    owes: ClassVar[Owes] = "none"

    why: str

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return None
