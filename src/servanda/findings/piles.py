"""Matched rows in piles by their incidents, so that one pile after another is judged and let go."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from servanda.findings.matched import MATCHES

PILES = 128
_PILE = (pl.col("incident") % PILES).cast(pl.UInt8)


def dealt(matched: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """Rows by the number of their pile."""
    numbered = matched.with_columns(_pile=_PILE).partition_by("_pile", as_dict=True, include_key=False)
    return {int(n): rows for (n,), rows in numbered.items()}


def of_piles(rows: pl.DataFrame, numbers: range) -> pl.DataFrame:
    """Those rows that speak of the incidents of some piles."""
    return rows if len(numbers) == PILES else rows.filter(_PILE.is_between(numbers[0], numbers[-1]))


class Piles:
    """What was dealt. An engine may put it somewhere else than into memory."""

    def __init__(self) -> None:
        self.height = 0
        """How many rows there are."""
        self.tables: list[list[pl.DataFrame]] = [[] for _ in range(PILES)]

    def add(self, rows: Mapping[int, pl.DataFrame]) -> None:
        """Put rows on their piles."""
        for n, table in rows.items():
            self.tables[n] += [table] if table.height else []
            self.height += table.height

    def on(self, n: int) -> list[pl.DataFrame]:
        """What lies on a pile."""
        return self.tables[n]

    def clear(self, n: int) -> None:
        """Take everything off a pile."""
        self.tables[n] = []

    def is_empty(self, n: int) -> bool:
        """Whether nothing lies on a pile."""
        return not self.tables[n]

    def of(self, numbers: range) -> pl.DataFrame:
        """All that lies on some piles."""
        tables = [rows for n in numbers for rows in self.on(n)]
        return pl.concat(tables, rechunk=True) if tables else pl.DataFrame(schema=MATCHES)

    def take(self, numbers: range) -> pl.DataFrame:
        """The same, which then is there no more."""
        rows = self.of(numbers)
        for n in numbers:
            self.clear(n)
        return rows

    def deal_anew(self) -> None:
        """Deal what lies on the first pile alone: much was found in few reports."""
        if all(map(self.is_empty, range(1, PILES))):
            rows, self.height = self.take(range(1)), 0
            self.add(dealt(rows))
