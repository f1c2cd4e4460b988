"""Queries that look for the same as one before them: what is found for the first is found for all of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from servanda.findings.queries import MatchQuery, firsts_alike


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
        """The same for rows that lie query by query, and do so afterwards: nothing but the number of the query is copied."""
        if not self.numbers or not rows.height:
            return rows
        runs = rows["unit"].rle().struct.unnest().with_columns(end=pl.col("len").cum_sum())
        lies = {n: rows[end - size : end] for size, n, end in runs.iter_rows()}
        theirs = {
            n: lies[first].with_columns(unit=pl.lit(n, dtype=pl.UInt16))
            for first, n in self.pairs.iter_rows()
            if first in lies
        }
        return pl.concat([part for _, part in sorted((lies | theirs).items())])

    def height(self, rows: pl.DataFrame) -> int:
        """How many rows there are with theirs put in."""
        return rows.height + (self.pairs.join(rows.select("unit"), on="unit").height if self.numbers else 0)
