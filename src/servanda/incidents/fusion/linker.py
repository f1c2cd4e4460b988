"""Reports into incidents: which of them speak of the same event, how surely, and how many events there may have been.

:class:`Fusion` takes reports all at once or bit by bit, in any order, with the same result: what a new report can change is found
first (those within its reach, those whose source it shows to be busier than was thought, and whoever hangs together with these), and that
part is made anew. Reports that carry an incident id are believed; exact repeats are one from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np
import polars as pl

from servanda.incidents.fusion.blocking import (
    Floats,
    Int32s,
    Ints,
    Slab,
    Where,
    ordered,
    pairs_of,
    slabs,
    together,
    within_reach,
)
from servanda.incidents.fusion.cluster import LEAST, Links, components, joined, memberships
from servanda.incidents.fusion.likelihood import (
    ACTOR_OTHER,
    ACTOR_SAME,
    Claims,
    Tables,
    density_cells,
    others_near,
    relations,
    scores,
    words_of,
)
from servanda.incidents.identity import with_keys
from servanda.values.codes import STANDARD, Vocabulary
from servanda.values.ordered_map import OrderedMap

_MICROS_PER_HOUR = 3.6e9
_ROWS = np.int64(1 << 31)

KEPT = (
    "report_id",
    "file",
    "row",
    "source",
    "origin",
    "stance",
    "kind",
    "side",
    "start",
    "end",
    "known_at",
    "lat",
    "lon",
    "precision_m",
    "place_name",
    "act",
    "target",
    "weapon",
    "actor",
    "toward",
    "quantity",
    "nationality",
    "command",
    "payroll",
    "answers",
    "incident_id",
)
"""What is kept of every report for people to read."""


_MANY = 2_000_000  # reports made anew at once, from which on memory is given back before they are joined


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
        length = _runs(self.values)[1]
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
    cell: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    rank: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def where(self) -> Where:
        """The place and time of every row."""
        return Where(self.lat, self.lon, self.radius, self.start, self.end)

    def take(self, rows: Ints) -> Columns:
        """The same columns with some rows only."""
        return Columns(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def extend(self, *more: Columns) -> None:
        """Put the rows of other columns after these."""
        for name in (f.name for f in fields(self)):
            setattr(self, name, np.concatenate([getattr(columns, name) for columns in (self, *more)]))


class Fusion:
    """Reports, and the incidents that they speak of."""

    def __init__(
        self, vocabulary: Vocabulary = STANDARD, in_order: OrderedMap = map, release: Callable[[], None] | None = None
    ) -> None:
        """``in_order``: by which the parts of the work are run; ``release``: gives freed memory back, between steps that hold much."""
        self.vocabulary = vocabulary
        self._in_order, self._release = in_order, release
        self.tables: list[pl.DataFrame] = []
        self.columns = Columns()
        self._codes = {n: Codes() for n in ("source", "act", "target", "weapon", "actor", "place_name")}
        self._keys, self._cells, self._starts = Ranked(np.int64), Ranked(np.int64), Ranked(np.float64)
        self._longest = 0.0
        self.group = np.empty(0, np.int64)
        """The group of every report, named by one of its rows."""
        self.part = np.empty(0, np.int64)
        """The part that hangs together in which it lies, likewise."""
        self.own = np.empty(0)
        """How probably each report belongs to its group."""
        self.first = np.empty(0, bool)
        """Whether it is the first of those that say the very same, or carry the same id."""
        self.maybe = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        """Other groups that a report may belong to: row, group, probability."""
        self.best = np.empty(0, np.int64)
        """The other member that speaks most for each report's place in its group; -1: none."""

    @property
    def size(self) -> int:
        """How many reports there are."""
        return len(self.group)

    def add(self, *tables: pl.DataFrame) -> None:
        """More reports (columns of the report table), in any number of tables."""
        first = self.size
        self.tables.extend(table.select(KEPT) for table in tables)
        self.columns.extend(*map(self._columns, tables))
        rows = np.arange(first, len(self.columns.lat))
        new = self.columns.take(rows) if first else self.columns
        self._keys.insert(new.key, rows)
        placed = np.isfinite(new.lat) & np.isfinite(new.lon) & np.isfinite(new.start)
        self._cells.insert(new.cell[placed], rows[placed])
        self.group = np.concatenate([self.group, rows])
        self.part = np.concatenate([self.part, rows])
        self.own = np.concatenate([self.own, np.ones(len(rows))])
        self.first = np.concatenate([self.first, np.ones(len(rows), bool)])
        self.best = np.concatenate([self.best, np.full(len(rows), -1)])
        touched = rows if first == 0 else self._touched(rows, new.cell[placed], rows[placed], new.key)
        self._starts.insert(new.start[placed], rows[placed])
        self._longest = max(self._longest, float(np.max(new.end[placed] - new.start[placed], initial=0.0)))
        self._solve(touched)

    def _touched(self, rows: Ints, cells: Ints, placed: Ints, keys: Ints) -> Ints:
        """Every report of which something may change: whole parts, so that nothing outside hangs together with them."""
        where = self.columns.where
        near = within_reach(where, self._starts.rows, self._starts.values, self._longest, placed)
        seeds = np.concatenate([rows, near, self._cells.having(cells), self._keys.having(keys)])
        wanted = np.zeros(self.size, bool)
        wanted[self.part[seeds]] = True
        return np.flatnonzero(wanted[self.part])

    def _columns(self, reports: pl.DataFrame) -> Columns:
        keyed = with_keys(reports)
        # a carrier that passes on what two others said may report an incident twice
        spoken = reports.select(voice=pl.concat_str("source", "origin", separator="\x1f", ignore_nulls=True))
        numbers = {n: codes.of(spoken["voice"] if n == "source" else reports[n]) for n, codes in self._codes.items()}

        def hours(column: str) -> Floats:
            return (reports[column].dt.epoch("us").cast(pl.Float64) / _MICROS_PER_HOUR).fill_null(np.nan).to_numpy()

        lat, lon, radius = (
            reports[n].cast(pl.Float64).fill_null(np.nan).to_numpy() for n in ("lat", "lon", "precision_m")
        )
        start, end = hours("start"), hours("end")
        where = Where(np.nan_to_num(lat), np.nan_to_num(lon), radius / 1000, np.nan_to_num(start), np.nan_to_num(end))
        stance = reports["stance"].replace_strict(
            {"asserts": 0, "confirms": 1, "denies": 2, "retracts": 3}, default=0, return_dtype=pl.Int32
        )
        return Columns(
            lat,
            lon,
            radius / 1000,
            start,
            end,
            keyed["incident"].to_numpy().view(np.int64),
            reports["incident_id"].is_not_null().to_numpy().astype(np.int32),
            numbers["source"],
            numbers["act"],
            numbers["target"],
            numbers["weapon"],
            numbers["actor"],
            numbers["place_name"],
            stance.to_numpy(),
            density_cells(where, numbers["source"]),
            _rank(reports),
        )

    def _solve(self, rows: Ints) -> None:
        """Make the groups of these reports anew; they are whole parts."""
        order = pl.DataFrame({"start": self.columns.start[rows], "rank": self.columns.rank[rows]})
        rows = rows[order.select(pl.arg_sort_by("start", "rank", maintain_order=True)).to_series().to_numpy()]
        c, size = self.columns, len(rows)
        links = self._links(rows)
        if size > _MANY and self._release is not None:
            self._release()
        begun, named = _first_of_each(c.key[rows]), c.named[rows] == 1
        once = np.where(c.stance[rows] == 0, c.source[rows], -1)
        # two incidents that somebody named stay two: each is held by a reporter that stands for its name
        names = np.unique(begun[named])
        holders = np.full(len(names), len(self._codes["source"].words))
        group = joined(size, links, np.concatenate([once, holders]), np.concatenate([begun, names]))[:size]
        tied = np.flatnonzero(begun != np.arange(size)).astype(np.int32)
        part = components(
            size, np.concatenate([links.i, tied]), np.concatenate([links.j, begun[tied].astype(np.int32)])
        )
        sure = memberships(size, links, group, once, begun, self._in_order)
        self.group[rows], self.part[rows], self.first[rows] = rows[group], rows[part], begun == np.arange(size)
        self.own[rows] = np.where(named, 1.0, sure.own)
        loose = ~named[sure.row]
        changed = np.zeros(self.size, bool)
        changed[rows] = True
        old = [column[~changed[self.maybe[0]]] for column in self.maybe]
        self.maybe = (
            np.concatenate([old[0], rows[sure.row[loose]]]).astype(np.int64),
            np.concatenate([old[1], rows[sure.other[loose]]]).astype(np.int64),
            np.concatenate([old[2], sure.probability[loose]]),
        )
        best = _best(size, links, group)
        self.best[rows] = np.where(best >= 0, rows[best], -1)

    def _links(self, rows: Ints) -> Links:
        c = self.columns
        alike = self._cells.alike(self.size) if len(rows) == self.size else None
        tables = self._tables()

        def scored(slab: Slab) -> Links:
            at = slab.rows[together(c.where.take(rows[slab.rows]))]
            here = rows[at]
            where, claims, key = c.where.take(here), self.claims(here, tables), c.key[here]
            near = others_near(where, self._cells.count(c.cell[here]) if alike is None else alike[here])
            found = [np.empty((3, 0), np.int32)]
            for pairs in pairs_of(where, at, slab.low, np.where(claims.once, claims.source, -1)):
                kept, value = scores(pairs, where, claims, near, LEAST)
                i, j = pairs.i[kept], pairs.j[kept]
                found.append(np.stack([at[i], at[j], value])[:, key[i] != key[j]].astype(np.int32))
            i, j, value = np.concatenate(found, axis=1)
            order = np.argsort(j * _ROWS + i)
            return Links(i[order], j[order], value[order])

        none = np.empty(0, np.int32)
        found = [Links(none, none, none), *self._in_order(scored, slabs(c.start[rows], c.end[rows]))]
        return Links(*(np.concatenate([getattr(f, n) for f in found]) for n in ("i", "j", "score")))

    def near(self, rows: Ints) -> Floats:
        """How many other incidents there are near these reports (``others_near``)."""
        return others_near(self.columns.where.take(rows), self._cells.count(self.columns.cell[rows]))

    def claims(self, rows: Ints, tables: Tables | None = None) -> Claims:
        """What those reports say, and what to compare it by."""
        c = self.columns
        act, target, weapon, actor = c.act[rows], c.target[rows], c.weapon[rows], c.actor[rows]
        name, source, stance = c.name[rows], c.source[rows], c.stance[rows]
        return Claims(act, target, weapon, actor, name, source, stance >= 2, stance == 0, tables or self._tables())

    def _tables(self) -> Tables:
        acts, targets = self.vocabulary.acts, self.vocabulary.targets
        relation = {
            "act": relations(self._codes["act"].words, acts),
            "target": relations(self._codes["target"].words, targets),
            "weapon": relations(self._codes["weapon"].words, None) * 0.5,
            "actor": _actors(len(self._codes["actor"].words)),
        }
        return Tables(relation, [words_of(w) for w in self._codes["place_name"].words])


def _actors(size: int) -> Floats:
    table = np.full((size + 1, size + 1), ACTOR_OTHER)
    np.fill_diagonal(table, ACTOR_SAME)
    table[size, :] = table[:, size] = 0.0
    return table


def _first_of_each(key: Ints) -> Ints:
    """For every row the first row with the same key."""
    order = ordered(key)
    first, length = _runs(key[order])
    out = np.empty(len(key), np.int64)
    out[order] = np.repeat(np.minimum.reduceat(order, first), length) if len(key) else order
    return out


def _runs(values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> tuple[Ints, Ints]:
    """Where each stretch of equals begins, and how long it is."""
    first = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    return first, np.diff(np.append(first, len(values)))


def _rank(reports: pl.DataFrame) -> Ints:
    """A number for each report that depends on what it says and not on where it stands, to settle ties."""
    telling = [n for n in KEPT if n not in ("file", "row")]
    return reports.select(rank=pl.struct(telling).hash(seed=11))["rank"].to_numpy().view(np.int64)


def _best(size: int, links: Links, group: Ints) -> Ints:
    """For every row the other member of its group that speaks most for it."""
    inside = group[links.i] == group[links.j]
    row = np.concatenate([links.i[inside], links.j[inside]])
    other = np.concatenate([links.j[inside], links.i[inside]])
    value = np.concatenate([links.score[inside], links.score[inside]])
    best = np.full(size, np.iinfo(np.int64).min)
    np.maximum.at(best, row, value * _ROWS + (_ROWS - 1 - other))
    return np.where(best > np.iinfo(np.int64).min, _ROWS - 1 - best % _ROWS, -1)
