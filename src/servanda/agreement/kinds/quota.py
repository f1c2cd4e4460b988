"""Quota: so much in every period, or in all by the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern
from servanda.values.time import Duration


@dataclass(frozen=True, slots=True)
class Quota:
    """So much, ``at_least`` in thousandths of ``unit``, in every period; without ``every``, by the deadline."""

    name: ClassVar[str] = "quota"
    owes: ClassVar[Owes] = "deed"

    what: Pattern
    at_least: int
    unit: str
    every: Duration | None = None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what
