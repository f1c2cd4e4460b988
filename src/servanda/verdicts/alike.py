"""Terms that look for the same: what follows of what one of them found is that of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
        found: by the number of a query the findings.
    """

    queries: Sequence[MatchQuery]
    found: Mapping[int, pl.DataFrame]
    _told: dict[tuple[object, ...], Any] = field(default_factory=dict)

    @cached_property
    def _firsts(self) -> list[int]:
        return firsts_alike(self.queries)

    def first(self, n: int) -> int:
        """The number of the first query that looks for the same as this one, and found the same."""
        first = self._firsts[n]
        if first != n and (first in self.found or n in self.found):
            one, other = self.found.get(first), self.found.get(n)
            same = one is not None and other is not None and one.drop("unit").equals(other.drop("unit"))
            first = self._firsts[n] = first if same else n
        return first

    def told(self, numbers: Iterable[int], party: str | None, made: Callable[[], T]) -> T:
        """What follows of what a party did from what some queries found, and from nothing else: made once for all that found the same."""
        asked = party, *map(self.first, numbers)
        if asked not in self._told:
            self._told[asked] = made()
        told: T = self._told[asked]
        return told
