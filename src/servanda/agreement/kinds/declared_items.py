"""Declared items: each where it was declared to be, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes
from servanda.agreement.pattern import Pattern
from servanda.values.weapons import WeaponClass


@dataclass(frozen=True, slots=True)
class DeclaredItems:
    """Declared items at declared sites, one by one."""

    name: ClassVar[str] = "declared items"
    owes: ClassVar[Owes] = "deed"

    what: Pattern
    weapon: WeaponClass | None = None
    sites: tuple[str, ...] = ()

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what
