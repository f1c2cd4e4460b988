"""Duty: what must be done once by a deadline, or by milestones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Duty:
    """Deeds, each to be done by the deadline. With ``levels`` they are the milestones of a slow duty, in order."""

    name: ClassVar[str] = "duty"
    owes: ClassVar[Owes] = "deed"

    deeds: tuple[Pattern, ...]
    levels: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.deeds[-1]
