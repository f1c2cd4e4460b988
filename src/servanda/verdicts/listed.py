"""Incidents by their ids, in order, each once: a column until somebody asks for text."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import polars as pl

from servanda.values.text_order import each_once

_DISTINCT = pl.Series([], dtype=pl.String)


class Listed(Sequence[str]):
    """Ids in order, each once; equal to any sequence of the same.

    A verdict may count 10^5 incidents, of which one changed: as a column they are compared and put in order without a text for each.
    """

    def __init__(self, column: pl.Series = _DISTINCT) -> None:
        """``column``: the ids, in any order, also several times."""
        self._parts: tuple[Listed, ...] = ()
        self.column = each_once(column)

    @staticmethod
    def of(ids: Iterable[str]) -> Listed:
        """These ids, in order and each once."""
        return ids if isinstance(ids, Listed) else Listed(pl.Series(list(ids), dtype=pl.String))

    @staticmethod
    def together(*parts: Iterable[str]) -> Listed:
        """The ids of all of them, put together when they are first asked for."""
        every = Listed.__new__(Listed)
        every._parts = tuple(Listed.of(part) for part in parts)  # noqa: SLF001  its own
        return every

    @functools.cached_property
    def column(self) -> pl.Series:
        """The ids as a column."""
        parts = [part.column.to_frame("id") for part in self._parts if len(part)] or [_DISTINCT.to_frame("id")]
        return each_once(functools.reduce(lambda one, other: one.merge_sorted(other, "id"), parts)["id"])

    def changed(self, gone: Iterable[str], come: Iterable[str]) -> Listed:
        """The same without some of them, and with others; few of each, so that what lies between is copied in pieces."""
        if not gone and not come:
            return self
        parts, at, own, come = list[pl.Series](), 0, self.column, set(come)
        for name in sorted({*gone, *come}):
            place = bisect.bisect_left(own, name, at)
            parts += [own[at:place], pl.Series([name] if name in come else [], dtype=pl.String)]
            at = place + bool(place < len(own) and own[place] == name)
        other = Listed.__new__(Listed)
        other._parts, other.column = (), pl.concat([*parts, own[at:]], rechunk=True)  # noqa: SLF001  its own
        return other

    def among(self, others: Iterable[str]) -> Listed:
        """Those that are among others."""
        if not self or not others:
            return Listed()
        return Listed(self.column.filter(self.column.is_in(Listed.of(others).column.implode())))

    def without(self, others: Iterable[str]) -> Listed:
        """Those that are not among others."""
        return Listed(self.column.filter(~self.column.is_in(Listed.of(others).column.implode()))) if others else self

    def holds(self, column: str = "incident") -> pl.Expr:
        """Whether the id in a column is one of these."""
        return pl.col(column).is_in(self.column.implode())

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
        if self._parts:
            return any(name in part for part in self._parts)
        at = bisect.bisect_left(self.column, name) if isinstance(name, str) else len(self)
        return at < len(self) and bool(self.column[at] == name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Listed):
            same = self is other or (bool(self._parts) and self._parts == other._parts)
            return same or self.column is other.column or self.column.equals(other.column)
        return self._text == other

    def __reduce__(self) -> tuple[type[Listed], tuple[pl.Series]]:
        return Listed, (self.column,)

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return repr(self._text)
