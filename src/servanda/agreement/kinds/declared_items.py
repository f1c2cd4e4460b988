"""Declared items: each where it was declared to be, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from servanda.agreement.kinds.base import Owes, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.values.weapons import WeaponClass
from servanda.wording import listing


@dataclass(frozen=True, slots=True)
class DeclaredItems(TermKind):
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

    def describe(self, phrases: Phrases) -> list[str]:
        """Which items must be found where."""
        kept = f"item ({self.weapon})" if self.weapon else "item"
        where = f" (of these sites: {listing(list(self.sites))})" if self.sites else ""
        declared = f"Each {kept} that {phrases.bound} declared"
        return [f"{declared} must be found at the site it was declared at{where}, and no other item there."]
