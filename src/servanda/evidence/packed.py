"""Reports that are kept: a column in which few different words stand has them as numbers, and one in which nothing stands takes no room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.evidence.model import REPORT
from servanda.values.coded import one_of

_FEW = 1 << 16  # different words up to which they are numbers
_AT_ONCE = 250_000  # rows that are unpacked at once


@dataclass(frozen=True)
class Packed:
    """A table of reports (``evidence.model.REPORT``), to be had again in whole or in part."""

    _table: pl.DataFrame

    @staticmethod
    def of(tables: Iterable[pl.DataFrame]) -> Packed:
        """The rows of all these tables, one after another; each is packed before the next is asked for."""
        columns = ({name: _packed([table.get_column(name)], name) for name in REPORT} for table in tables)
        return Packed.together([Packed(pl.DataFrame(column)) for column in columns])

    @staticmethod
    def again(said: pl.DataFrame, height: int) -> Packed:
        """The same by its columns in which something stands (:attr:`said`)."""
        nothing = pl.Series([None], dtype=pl.Null).new_from_index(0, height)
        return Packed(pl.DataFrame([said[c] if c in said.columns else nothing.alias(c) for c in REPORT]))

    @staticmethod
    def together(parts: Sequence[Packed]) -> Packed:
        """The rows of all of them, one after another."""
        if len(parts) == 1:
            return parts[0]
        return Packed(pl.DataFrame([_packed([part.kept(name) for part in parts], name) for name in REPORT]))

    @property
    def said(self) -> pl.DataFrame:
        """The columns in which something stands, as they are kept."""
        return self._table.select(c for c, kind in self._table.schema.items() if kind != pl.Null)

    def part(self, begin: int, height: int) -> Packed:
        """So many rows from one on; they are in memory once."""
        return self if (begin, height) == (0, self.height) else Packed(self._table[begin : begin + height])

    @property
    def height(self) -> int:
        """How many reports there are."""
        return self._table.height

    def take(self, rows: slice | npt.NDArray[np.int64]) -> pl.DataFrame:
        """Those rows, as they were packed."""
        return self._unpacked(self._table[rows])

    def whole(self) -> pl.DataFrame:
        """All rows, as they were packed."""
        return self._unpacked(self._table)

    def kept(self, name: str) -> pl.Series:
        """One column of all, as it is kept."""
        return self._table.get_column(name)

    def column(self, name: str) -> pl.Series:
        """One column of all."""
        return self._table[name].cast(REPORT[name])

    def naming(self, texts: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """Those that have one of these texts in one of some columns."""
        said = [column.cast(REPORT[c]) for c in columns if (column := self._table.get_column(c)).dtype != pl.Null]
        if not said:
            return self._unpacked(self._table.clear())
        one = pl.any_horizontal(one_of(pl.col(column.name), texts.to_list()) for column in said)
        return self._unpacked(self._table[pl.DataFrame(said).select(one.arg_true()).to_series()])

    def slices(self, begin: int = 0) -> Iterator[pl.DataFrame]:
        """All of them from one on, some at a time."""
        for at in range(begin, self.height, _AT_ONCE):
            yield self._unpacked(self._table[at : at + _AT_ONCE])

    @cached_property
    def _other(self) -> tuple[str, ...]:
        """The columns that are kept otherwise than they came: asking a table for its kinds makes every list of words anew."""
        return tuple(c for c, kind in self._table.schema.items() if kind != REPORT[c])

    def _unpacked(self, table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns([table.get_column(c).cast(REPORT[c]) for c in self._other])


def _packed(parts: Sequence[pl.Series], name: str) -> pl.Series:
    """Parts of a column as one; they may be packed already."""
    kind = REPORT[name]
    if all(part.null_count() == len(part) for part in parts):
        return pl.Series(name, [None], dtype=pl.Null).new_from_index(0, sum(map(len, parts)))
    if kind == pl.String:
        words = pl.concat([part.unique().cast(kind) for part in parts])
        words = words.unique().drop_nulls()
        if len(words) <= _FEW:
            kind = pl.Enum(words.sort())
    return pl.concat([part.cast(kind) for part in parts]).rechunk()
