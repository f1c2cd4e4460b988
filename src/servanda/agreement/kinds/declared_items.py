"""Declared items: each where it was declared to be, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from servanda.agreement.kinds.base import Owes, Sought, TermKind
from servanda.agreement.pattern import Pattern
from servanda.agreement.phrases import Phrases
from servanda.agreement.resolve.clause import Clause, only_acts
from servanda.agreement.schema.term import Term
from servanda.values.weapons import WeaponClass
from servanda.wording import listing


@dataclass(frozen=True, slots=True)
class DeclaredItems(TermKind):
    """Declared items at declared sites, one by one."""

    name: ClassVar[str] = "declared items"
    owes: ClassVar[Owes] = "deed"
    keys: ClassVar[tuple[str, ...]] = ("declare",)
    has_deadline: ClassVar[bool] = True

    what: Pattern
    weapon: WeaponClass | None = None
    sites: tuple[str, ...] = ()

    @classmethod
    def is_written(cls, term: Term) -> bool:
        """Whether items are to be at their sites."""
        return term.declare is not None and term.declare.items is not None

    @classmethod
    def resolve(cls, clause: Clause) -> Self | None:
        """Which items, and at which sites."""
        assert clause.term.declare is not None
        items = clause.term.declare.items
        assert items is not None
        weapon, sound = clause.weapon(("declare", "items"), items)
        what = clause.pattern(("declare",), only_acts(["inspection"]))
        return cls(what, weapon, tuple(items.sites or ())) if what and sound else None

    @property
    def main(self) -> Pattern | None:
        """The pattern that the term is mainly about."""
        return self.what

    def sought(self) -> Iterator[Sought]:
        """Nothing: what is declared and what is found are compared item by item."""
        return iter(())

    def describe(self, phrases: Phrases) -> list[str]:
        """Which items must be found where."""
        kept = f"item ({self.weapon})" if self.weapon else "item"
        where = f" (of these sites: {listing(list(self.sites))})" if self.sites else ""
        declared = f"Each {kept} that {phrases.bound} declared"
        return [f"{declared} must be found at the site it was declared at{where}, and no other item there."]
