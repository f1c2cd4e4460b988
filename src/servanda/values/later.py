"""Tables that are put together when they are asked for: what nobody asks for is never put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

_Steps: TypeAlias = tuple[tuple[pl.Series, pl.DataFrame | None], ...]
_MOST = 100  # changes that wait to be made


@dataclass
class Later:
    """A table that is put together when it is first asked for."""

    _made: Callable[[], pl.DataFrame]
    _waiting: tuple[Later, _Steps] | None = None
    _table: pl.DataFrame | None = field(default=None, init=False)

    @staticmethod
    def of(table: pl.DataFrame) -> Later:
        """One that is there already."""
        later = Later(pl.DataFrame)
        later._table = table
        return later

    @property
    def at_hand(self) -> bool:
        """Whether it was asked for, or was before some changes, so that putting it together is little work."""
        return self._table is not None or (self._waiting is not None and self._waiting[0].at_hand)

    @property
    def table(self) -> pl.DataFrame:
        """The table, put together where it was not."""
        if self._table is None:
            self._table, self._made, self._waiting = self._made(), pl.DataFrame, None
        return self._table

    def renewed(self, keys: pl.Series, rows: pl.DataFrame | None) -> Later:
        """The same table without the rows of some keys, by its column ``key``, and with others, if there are any, behind them."""
        if self._waiting is not None and len(self._waiting[1]) == _MOST:
            return Later.of(self.table).renewed(keys, rows)
        base, before = self._waiting or (self, ())
        steps = (*before, (keys, rows))
        return Later(lambda: _renewed(base.table, steps), (base, steps))


def _renewed(table: pl.DataFrame, steps: _Steps) -> pl.DataFrame:
    """A table after some changes, one after another."""
    gone, rows = pl.Series("key", [], dtype=pl.UInt64), list[pl.DataFrame]()
    for keys, more in reversed(steps):
        if more is not None:
            rows.append(_without(more, gone))
        gone = pl.concat([gone, keys])
    return pl.concat([_without(table, gone), *reversed(rows)])


def _without(table: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    return table.filter(~pl.col("key").is_in(keys.implode())) if len(keys) else table
