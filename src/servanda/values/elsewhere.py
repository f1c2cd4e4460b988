"""Tables that may lie on other machines: what is done to each of them is sent there, and what comes of it comes back.

Whoever walks over reports does so with the functions here. Tables that lie here go through them one after another, as with ``map``; those
of an engine that has its reports elsewhere (:class:`Elsewhere`) do the same where they are. Functions that are sent must be such
that they can be pickled, and must not change anything outside themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.values.ordered_map import OrderedMap

R = TypeVar("R")
Positions = npt.NDArray[np.int64]


@runtime_checkable
class Elsewhere(Protocol):
    """Tables on other machines; iterating brings them here."""

    def __iter__(self) -> Iterator[Any]: ...

    def streamed(self) -> Iterator[Any]:
        """The same one after another, where iterating may bring all of them at once."""
        ...

    def each(self, function: Callable[[Any], R]) -> Elsewhere:
        """What a function makes of each table."""
        ...

    def each_at(self, function: Callable[[pl.DataFrame, Positions], R]) -> Elsewhere:
        """The same, for a function that asks for the positions of the rows as well; nothing before it may change what rows there are."""
        ...

    def grouped(
        self,
        make: Callable[[pl.DataFrame], dict[str, pl.DataFrame]],
        finish: Callable[[dict[str, pl.DataFrame]], R],
        by: Callable[[pl.DataFrame], pl.Series],
    ) -> Iterable[R]:
        """What comes of them as :func:`grouped` says."""
        ...

    def dealt(self, make: Callable[[Any], dict[str, pl.DataFrame]], by: Callable[[pl.DataFrame], pl.Series]) -> Dealt:
        """What is made of each table (or of what became of it), so divided that rows of one number (``by``, UInt64) come together."""
        ...

    def kept(self) -> Elsewhere:
        """The same, made once and kept there, however often it is walked over."""
        ...


class Dealt(Protocol):
    """Tables by name on their way to other machines of the same kind."""

    def with_more(self, other: Dealt) -> Dealt:
        """These rows together with others."""
        ...

    def with_tables(self, tables: Mapping[str, pl.DataFrame], by: Callable[[pl.DataFrame], pl.Series]) -> Dealt:
        """These rows together with some that lie here."""
        ...

    def finished(
        self, finish: Callable[[dict[str, pl.DataFrame]], Any], *, tables: bool = False, pieces: bool = False
    ) -> Elsewhere:
        """What a function makes of each share, there: it is given tables by name, each with all rows of some numbers. ``tables``: what it
        makes are tables with the positions of their rows, over which others walk as over those that were read; ``pieces``: it makes several
        things one after another, each of which is kept and walked over by itself, so that none is too large.
        """
        ...


def each(
    function: Callable[[pl.DataFrame], R], tables: Iterable[pl.DataFrame], in_order: OrderedMap = map
) -> Iterable[R]:
    """What a function makes of each table.

    Args:
        function: done to each table, where it lies.
        tables: here or elsewhere.
        in_order: the map for those that lie here.

    Returns:
        The results, made as they are asked for.
    """
    return tables.each(function) if isinstance(tables, Elsewhere) else in_order(function, tables)


def each_at(function: Callable[[pl.DataFrame, Positions], R], tables: Iterable[pl.DataFrame]) -> Iterable[R]:
    """The same for a function that asks for the positions of the rows: numbers, each once, the same in every walk.

    Args:
        function: done to each table and the positions of its rows, in which these ascend.
        tables: here or elsewhere.

    Returns:
        The results, made as they are asked for.
    """
    return tables.each_at(function) if isinstance(tables, Elsewhere) else _each_at(function, tables)


def _each_at(function: Callable[[pl.DataFrame, Positions], R], tables: Iterable[pl.DataFrame]) -> Iterator[R]:
    at = 0
    for table in tables:
        yield function(table, np.arange(at, at + table.height))
        at += table.height


def with_ids(table: pl.DataFrame, at: Positions, positions: Positions, ids: pl.Series) -> pl.DataFrame:
    """Reports of which some bear other ids.

    Args:
        table: reports.
        at: their positions.
        positions: of those that bear other ids, ascending.
        ids: those ids.

    Returns:
        The reports, each under its id.
    """
    if not len(positions) or not len(at):
        return table
    found = np.searchsorted(positions, at)
    hit = positions[np.minimum(found, len(positions) - 1)] == at
    if hit.all():
        return table.with_columns(ids.gather(found).alias("incident_id"))
    if not hit.any():
        return table
    return table.with_columns(table["incident_id"].scatter(np.flatnonzero(hit), ids.gather(found[hit])))


def grouped(
    make: Callable[[pl.DataFrame], dict[str, pl.DataFrame]],
    finish: Callable[[dict[str, pl.DataFrame]], R],
    tables: Iterable[pl.DataFrame],
    *,
    by: Callable[[pl.DataFrame], pl.Series],
) -> Iterable[R]:
    """What is made of all tables, with those rows together that belong together.

    Args:
        make: makes tables by name of each.
        finish: is given tables by name, each with all rows of some numbers, and with no row of any other.
        tables: here or elsewhere.
        by: gives a number (UInt64) for each row of what was made: what has one number belongs together.

    Returns:
        What ``finish`` gives: once here, where there is anything; elsewhere for each share.
    """
    if isinstance(tables, Elsewhere):
        return tables.grouped(make, finish, by)
    return [finish(together)] if (together := joined(map(make, tables))) else []


def joined(parts: Iterable[dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """The tables of each name one below another."""
    found: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        for name, table in part.items():
            found.setdefault(name, []).append(table)
    return {name: pl.concat(tables) for name, tables in found.items()}
