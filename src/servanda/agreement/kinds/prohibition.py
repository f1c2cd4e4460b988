"""Prohibition: what must not be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Prohibition:
    """A prohibition."""

    name: ClassVar[str] = "prohibition"
    owes: ClassVar[Owes] = "act"

    what: Pattern

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what
