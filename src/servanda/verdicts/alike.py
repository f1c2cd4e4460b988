"""Terms that look for the same: what follows of what one of them found is that of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import polars as pl

from servanda.findings.queries import MatchQuery, firsts_alike

T = TypeVar("T")


@dataclass
class Alike:
    """Which queries look for the same. That the same was found is looked up: decisions are about one term.

    Args:
        queries: what was looked for.
        found: gives what was found by the number of a query.
    """

    queries: Sequence[MatchQuery]
    found: Callable[[int], pl.DataFrame | None]
    _told: dict[tuple[object, ...], Any] = field(default_factory=dict)

    @cached_property
    def _firsts(self) -> list[int]:
        return firsts_alike(self.queries)

    @cached_property
    def _several(self) -> frozenset[int]:
        firsts = firsts_alike(self.queries)
        again = {first for n, first in enumerate(firsts) if first != n}
        return frozenset(n for n, first in enumerate(firsts) if first in again)

    def alone(self, numbers: Sequence[int]) -> bool:
        """Whether no other query looks for the same as any of some."""
        return self._several.isdisjoint(numbers)

    def first(self, n: int) -> int:
        """The number of the first query that looks for the same as this one, and found the same."""
        first = self._firsts[n]
        if first != n:
            one, other = self.found(first), self.found(n)
            same = one is not None and other is not None and one.drop("unit").equals(other.drop("unit"))
            first = self._firsts[n] = first if same or one is other else n
        return first

    def told(self, what: str, numbers: Sequence[int], party: str | None, made: Callable[[], T]) -> T:
        """What follows of what a party did (``what``: which of it) from what some queries found, and from nothing else: made once for all that
        found the same.
        """
        return made() if self.alone(numbers) else self.once((what, party, *map(self.first, numbers)), made)

    def once(self, asked: tuple[object, ...], made: Callable[[], T]) -> T:
        """What is told of something (``asked``): made when it is first asked for."""
        if asked not in self._told:
            self._told[asked] = made()
        told: T = self._told[asked]
        return told
