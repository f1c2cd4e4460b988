"""What fusion keeps of reports: columns that grow, words as numbers, and values in order."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.fusion.blocking import Floats, Int32s, Ints, Where, ordered, spread
from servanda.incidents.fusion.cluster import runs
from servanda.incidents.fusion.misdated import Relayed
from servanda.values.keyed_hash import plain_hash

_MICROS_PER_HOUR = 3.6e9
_ONE_BY_ONE = 200  # words that are looked up without a table of them
_FEW = 50  # one in so many rows is few; as much room is left for more


class Codes:
    """Words as numbers, in the order in which they were first met; nothing said is -1."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = list(words)
        self._number = {word: n for n, word in enumerate(self.words)}

    def of(self, column: pl.Series) -> Int32s:
        """The column as numbers; new words get new ones."""
        few = len(column) <= _ONE_BY_ONE
        words = column.to_list() if few else column.drop_nulls().unique(maintain_order=True).to_list()
        for word in words:
            if word is not None and word not in self._number:
                self._number[word] = len(self.words)
                self.words.append(word)
        if few:
            return np.array([self._number.get(word, -1) for word in words], np.int32)
        numbers = (
            column.replace_strict(self._number, default=None, return_dtype=pl.Int32)
            if self._number
            else column.cast(pl.Int32)
        )
        return numbers.fill_null(-1).to_numpy()


_Value = TypeVar("_Value", bound=np.generic)
_Level: TypeAlias = tuple[npt.NDArray[_Value], Int32s]


class Ranked(Generic[_Value]):
    """Values of a growing column in order, with their rows: what has this value, and how many.

    They are put in order when they are first asked for: few that come after many beside these.
    """

    def __init__(self, dtype: type[_Value]) -> None:
        self._many: _Level[_Value] = np.empty(0, dtype), np.empty(0, np.int32)
        self._late = self._many
        self._new: list[tuple[npt.NDArray[_Value], Int32s]] = []

    def put(self, values: npt.NDArray[_Value], rows: Int32s) -> None:
        """Values that are in order, with their rows, where there was nothing."""
        self._many = values, rows

    def insert(self, values: npt.NDArray[_Value], rows: Ints) -> None:
        """More rows with their values."""
        self._new = [*self._new, (values, rows.astype(np.int32))]  # a fork may have the same

    @property
    def values(self) -> npt.NDArray[_Value]:
        """The values in ascending order."""
        return self._settled()[0]

    @property
    def rows(self) -> Int32s:
        """The row of each value, in the same order."""
        return self._settled()[1]

    def _settled(self) -> _Level[_Value]:
        many, late = self.levels
        if len(late[0]):
            self._many, self._late = _put(many, late), (late[0][:0], late[1][:0])
        return self._many

    @property
    def levels(self) -> tuple[_Level[_Value], _Level[_Value]]:
        """The values in ascending order with their rows: those of most rows, and those of the latest."""
        for new, rows in self._new:
            order = ordered(new)
            self._late = _put(self._late, (new[order], rows[order]))
        self._new = []
        if len(self._late[0]) > len(self._many[0]) // _FEW:
            self._many, self._late = _put(self._many, self._late), (self._late[0][:0], self._late[1][:0])
        return self._many, self._late

    def count(self, values: npt.NDArray[_Value]) -> Ints:
        """How many rows have each of these values."""
        return np.asarray(
            sum(np.searchsorted(had, values, side="right") - np.searchsorted(had, values) for had, _ in self.levels)
        )

    def alike(self, size: int) -> Ints:
        """For every one of so many rows how many have its value; 1 for those that are not here."""
        out = np.ones(size, np.int64)
        length = runs(self.values)[1]
        out[self.rows] = np.repeat(length, length)
        return out

    def having(self, values: npt.NDArray[_Value]) -> Ints:
        """All rows that have any of these values."""
        wanted = np.unique(values)
        found = [np.empty(0, np.int32)]
        for had, rows in self.levels:
            low, high = np.searchsorted(had, wanted), np.searchsorted(had, wanted, side="right")
            some = high > low
            if some.any():
                found.append(rows[spread(low[some], high[some])[1]])
        return np.concatenate(found).astype(np.int64)


def _put(there: _Level[_Value], more: _Level[_Value]) -> _Level[_Value]:
    """Values in order, to which others come that are in order: behind those that are equal."""
    if not len(there[0]):
        return more
    at = np.searchsorted(there[0], more[0], side="right")
    return np.insert(there[0], at, more[0]), np.insert(there[1], at, more[1])


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
    tally: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))

    def __post_init__(self) -> None:
        """No room is left behind them at first."""
        self._room: _Room | None = None

    def __copy__(self) -> Columns:
        """The same columns: whichever of both is first to grow does so in the room that there is."""
        other = Columns(**{f.name: getattr(self, f.name) for f in fields(self)})
        other._room = self._room
        if self._room is not None:
            self._room.of.append(weakref.ref(other))
        return other

    def grows_in(self, room: _Room) -> bool:
        """Whether these stand in some room."""
        return self._room is room

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

    def saved(self) -> dict[str, pl.Series]:
        """All of them by name."""
        return {f.name: pl.Series(getattr(self, f.name)) for f in fields(self)}

    @staticmethod
    def again(saved: pl.DataFrame) -> Columns:
        """The same from a table that has them."""
        return Columns(**{f.name: _thin(saved[f.name].to_numpy()) for f in fields(Columns)})

    def extend(self, *more: Columns) -> None:
        """Put the rows of other columns after these, one column after another; where few come after many, into room that was left behind them.

        What says one thing in all rows takes no room, and words are as narrow numbers as there are few of them.
        """
        with _GROWING:
            self._extend(more, len(self.lat), sum(len(columns.lat) for columns in more))

    def _extend(self, more: Sequence[Columns], size: int, added: int) -> None:
        few = 0 < added < size // _FEW
        if not few:
            self._room = None
        elif self._room is None or self._room.taken > size:
            self._room = _Room([weakref.ref(self)])
        rooms = {} if self._room is None else self._room.columns
        for name in (f.name for f in fields(self)) if added else ():
            old, new = getattr(self, name), np.concatenate([getattr(columns, name) for columns in more])
            kind, room = _kind(name, old, new), rooms.get(name)
            if (not len(old) or _says_one_thing(old)) and _one_thing(np.append(old[:1], new)):
                setattr(self, name, np.broadcast_to(new[:1].astype(kind), size + added))
                continue
            if room is None or room.dtype != kind or len(room) < size + added:
                room = rooms[name] = np.empty(size + added + few * (size // _FEW), kind)
                room[:size] = old
            room[size : size + added] = new
            setattr(self, name, room[: size + added])


@dataclass
class _Room:
    """Room behind columns and copies of them (``of``), which have the same rows as far as each goes; what nobody has any more is free again."""

    of: list[weakref.ref[Columns]]
    columns: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """How many rows the longest of them has."""
        there = [(ref, columns) for ref in self.of if (columns := ref()) is not None and columns.grows_in(self)]
        self.of = [ref for ref, _ in there]
        return max((len(columns.lat) for _, columns in there), default=0)


_GROWING = threading.Lock()  # copies may be with different threads
_CODES = {f.name for f in fields(Columns) if f.type == "Int32s"}


def _kind(name: str, old: npt.NDArray[Any], new: npt.NDArray[Any]) -> np.dtype[Any]:
    """As what kind of numbers a column with others behind it is kept."""
    if name not in _CODES:
        return old.dtype
    least = np.min_scalar_type(-1 - max(int(new.max()), -1 - int(new.min())))
    return np.promote_types(old.dtype, least) if len(old) else least


def _says_one_thing(column: npt.NDArray[Any]) -> bool:
    """Whether a column is one value in memory, which stands in all its rows."""
    return not column.strides[0]


def _one_thing(column: npt.NDArray[Any]) -> bool:
    """Whether the same stands in all rows."""
    return np.array_equal(column, np.broadcast_to(column[:1], column.shape), equal_nan=True)


def _thin(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same column; one value in memory, where it stands in all its rows."""
    same = len(column) and _one_thing(column[:: max(1, len(column) - 1)]) and _one_thing(column)
    return np.broadcast_to(column[:1].copy(), len(column)) if same else column


def numbers_of(column: pl.Series) -> Floats:
    """A column as numbers, NaN where there is none."""
    return column.cast(pl.Float64).to_numpy()


def hours_of(column: pl.Series) -> Floats:
    """A column of instants as hours since 1970, NaN where there is none."""
    return (column.cast(pl.Datetime("us", "UTC")).to_physical().cast(pl.Float64) / _MICROS_PER_HOUR).to_numpy()


def hashed(column: pl.Series) -> Ints:
    """A number for each value, 0 for none."""
    if column.null_count() == len(column):
        return np.zeros(len(column), np.int64)
    numbers = plain_hash(column, 12).view(np.int64)
    return np.where(column.is_null().to_numpy(), 0, numbers) if column.null_count() else numbers
