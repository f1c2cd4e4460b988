"""Limit: how much may be there, or may happen in a period. A pull-back is a limit of 0 in a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap on what is there at once, or with ``per`` on what happens in a period. ``to`` in thousandths of ``unit``."""

    name: ClassVar[str] = "limit"
    owes: ClassVar[Owes] = "limit"

    what: Pattern
    to: int
    unit: str
    per: Duration | None = None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what
