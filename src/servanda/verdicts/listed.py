"""Incidents by their ids, in order, each once: a column until somebody asks for text."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterator, Sequence
from typing import overload

import polars as pl

_DISTINCT = pl.Series([], dtype=pl.String)


class Listed(Sequence[str]):
    """Ids in order, each once; equal to any sequence of the same.

    A verdict may count 10^5 incidents, of which one changed: as a column they are compared and put in order without a text for each.
    """

    def __init__(self, column: pl.Series = _DISTINCT) -> None:
        """``column``: the ids, in any order, also several times."""
        if len(column) > 1:
            column = column if column.is_sorted() else column.sort()
            again = column[1:] == column[:-1]
            if again.any():
                column = column.filter(pl.concat([pl.Series([True]), ~again]))
        self.column = column

    @staticmethod
    def together(*parts: Sequence[str]) -> Listed:
        """The ids of all of them."""
        columns = [
            part.column if isinstance(part, Listed) else Listed(pl.Series(part, dtype=pl.String)).column
            for part in parts
        ]
        first, *others = [column.to_frame("id") for column in columns if len(column)] or [_DISTINCT.to_frame("id")]
        return Listed(functools.reduce(lambda one, other: one.merge_sorted(other, "id"), others, first)["id"])

    @functools.cached_property
    def _text(self) -> tuple[str, ...]:
        return tuple(self.column.to_list())

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return self._text[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)

    def __len__(self) -> int:
        return len(self.column)

    def __contains__(self, name: object) -> bool:
        at = bisect.bisect_left(self.column, name) if isinstance(name, str) else len(self)
        return at < len(self) and bool(self.column[at] == name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Listed):
            return self.column is other.column or self.column.equals(other.column)
        return self._text == other

    def __reduce__(self) -> tuple[type[Listed], tuple[pl.Series]]:
        return Listed, (self.column,)

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return repr(self._text)
