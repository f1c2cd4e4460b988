"""What fusion keeps of reports: columns that grow, words as numbers, and values in order."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.fusion.blocking import Floats, Int32s, Ints, Where, ordered
from servanda.incidents.fusion.cluster import runs
from servanda.incidents.fusion.misdated import Relayed

_MICROS_PER_HOUR = 3.6e9


class Codes:
    """Words as numbers, in the order in which they were first met; nothing said is -1."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._number: dict[str, int] = {}

    def of(self, column: pl.Series) -> Int32s:
        """The column as numbers; new words get new ones."""
        for word in column.drop_nulls().unique(maintain_order=True).to_list():
            if word not in self._number:
                self._number[word] = len(self.words)
                self.words.append(word)
        numbers = (
            column.replace_strict(self._number, default=None, return_dtype=pl.Int32)
            if self._number
            else column.cast(pl.Int32)
        )
        return numbers.fill_null(-1).to_numpy()


class Ranked:
    """Values of a growing column in order, with their rows: what has this value, and how many."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self.values = np.empty(0, dtype)
        self.rows: Int32s = np.empty(0, np.int32)

    def insert(self, values: np.ndarray[tuple[int], np.dtype[np.generic]], rows: Ints) -> None:
        """More rows with their values."""
        order = ordered(values)
        values, numbers = values[order], rows[order].astype(np.int32)
        if not len(self.values):
            self.values, self.rows = values, numbers
            return
        at = np.searchsorted(self.values, values, side="right")
        self.values, self.rows = np.insert(self.values, at, values), np.insert(self.rows, at, numbers)

    def count(self, values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> Ints:
        """How many rows have each of these values."""
        return np.asarray(np.searchsorted(self.values, values, side="right") - np.searchsorted(self.values, values))

    def alike(self, size: int) -> Ints:
        """For every one of so many rows how many have its value; 1 for those that are not here."""
        out = np.ones(size, np.int64)
        length = runs(self.values)[1]
        out[self.rows] = np.repeat(length, length)
        return out

    def having(self, values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> Ints:
        """All rows that have any of these values."""
        values = np.unique(values)
        low, high = np.searchsorted(self.values, values), np.searchsorted(self.values, values, side="right")
        return np.concatenate(
            [*(self.rows[a:b] for a, b in zip(low, high, strict=True)), np.empty(0, np.int64)]
        ).astype(np.int64)


@dataclass
class Columns:
    """What is kept of every report, one value each, in the order in which they came."""

    lat: Floats = field(default_factory=lambda: np.empty(0))
    lon: Floats = field(default_factory=lambda: np.empty(0))
    radius: Floats = field(default_factory=lambda: np.empty(0))
    start: Floats = field(default_factory=lambda: np.empty(0))
    end: Floats = field(default_factory=lambda: np.empty(0))
    key: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    named: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    source: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    act: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    target: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    weapon: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    actor: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    name: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    stance: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    lane: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    page: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    ident: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    cell: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    rank: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    origin: Int32s = field(default_factory=lambda: np.empty(0, np.int32))
    relay: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    known: Floats = field(default_factory=lambda: np.empty(0))
    quantity: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def where(self) -> Where:
        """The place and time of every row."""
        return Where(self.lat, self.lon, self.radius, self.start, self.end)

    @property
    def relayed(self) -> Relayed:
        """By whom every row came."""
        return Relayed(self.origin, self.source, self.relay, self.known, self.quantity)

    def take(self, rows: Ints) -> Columns:
        """The same columns with some rows only."""
        return Columns(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def extend(self, *more: Columns) -> None:
        """Put the rows of other columns after these."""
        for name in (f.name for f in fields(self)):
            setattr(self, name, np.concatenate([getattr(columns, name) for columns in (self, *more)]))


def numbers_of(column: pl.Series) -> Floats:
    """A column as numbers, NaN where there is none."""
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()


def hours_of(column: pl.Series) -> Floats:
    """A column of instants as hours since 1970, NaN where there is none."""
    return (column.dt.epoch("us").cast(pl.Float64) / _MICROS_PER_HOUR).fill_null(np.nan).to_numpy()


def hashed(column: pl.Series) -> Ints:
    """A number for each value, 0 for none."""
    numbers = column.hash(seed=12).to_numpy().view(np.int64)
    return np.where(column.is_null().to_numpy(), 0, numbers)
