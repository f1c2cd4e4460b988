"""Queries that look for the same as one before them: what is found for the first is found for all of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from servanda.findings.queries import MatchQuery, firsts_alike

_MANY = 1_000  # rows of a query from which a piece of its own pays


@dataclass(frozen=True)
class Repeats:
    """Which queries (``other``) look for the same as which first (``unit``)."""

    pairs: pl.DataFrame

    @staticmethod
    def of(queries: Sequence[MatchQuery]) -> Repeats:
        """Those among some queries."""
        again = [(first, n) for n, first in enumerate(firsts_alike(queries)) if first != n]
        return Repeats(pl.DataFrame(again, schema={"unit": pl.UInt16, "other": pl.UInt16}, orient="row"))

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of these queries."""
        return frozenset(self.pairs["other"].to_list())

    def left_out(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows without those of these queries."""
        return rows.filter(~pl.col("unit").is_in(self.pairs["other"].implode())) if self.numbers else rows

    def put_in(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of the first queries, followed by the same for these, one query after another."""
        if not self.numbers or not rows.height:
            return rows
        theirs = self.pairs.join(rows, on="unit", maintain_order="left_right").with_columns(unit="other")
        return pl.concat([rows, theirs.select(rows.columns)])

    def put_in_order(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same for rows that lie query by query, and do so afterwards; of many rows nothing but the number of the query is copied."""
        if not self.numbers or rows.height <= _MANY * rows["unit"].n_unique():
            return self.put_in(rows).sort("unit", maintain_order=True) if self.numbers else rows
        lies, pairs = by_unit(rows), (column.to_list() for column in self.pairs.get_columns())
        theirs: dict[int, pl.DataFrame] = {
            n: lies[first].with_columns(unit=pl.lit(n, dtype=pl.UInt16))
            for first, n in zip(*pairs, strict=True)
            if first in lies
        }
        return pl.concat([part for _, part in sorted((lies | theirs).items())])

    def height(self, rows: pl.DataFrame) -> int:
        """How many rows there are with theirs put in."""
        return rows.height + (self.pairs.join(rows.select("unit"), on="unit").height if self.numbers else 0)


def by_unit(table: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """The rows of each query, in their order; where these lie together already, in one run or in a few, nothing is copied."""
    if not table.height:
        return {}
    runs = table["unit"].rle().struct.unnest()
    if not table["unit"].is_sorted() and runs.height > table.height // 100:
        parted = table.partition_by("unit", as_dict=True, maintain_order=True)
        return {int(str(key[0])): part for key, part in parted.items()}
    begins = (runs["len"].cum_sum() - runs["len"]).to_list()
    parts: dict[int, list[pl.DataFrame]] = {}
    for n, at, size in zip(runs["value"].to_list(), begins, runs["len"].to_list(), strict=True):
        parts.setdefault(n, []).append(table[at : at + size])
    return {n: pl.concat(rows) if len(rows) > 1 else rows[0] for n, rows in parts.items()}
