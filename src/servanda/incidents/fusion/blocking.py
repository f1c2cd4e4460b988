"""Which reports could speak of one incident at all: pairs near enough in space and time, by each report's own uncertainty.

Reports are dealt into cells of space and time. Those of like uncertainty meet on a grid of their own, and a vague report meets
precise ones on the grid of the vaguer; so a town centre finds what lies ten kilometres away, and two GPS fixes do not look that far.
Columns in, columns out; memory in proportion to what is found.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servanda.values.ordered_map import OrderedMap

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Whole = Int32s | Ints
Mask = npt.NDArray[np.bool_]
KM_PER_DEGREE = 111.195  # of latitude, on a sphere of the earth's mean radius
REACH, REACH_KM = 1.2, 0.5  # how far beyond its 95 % radius a report is looked for
VAGUE, VAGUE_KM = 0.5, 10.0  # and how much farther the vague ones: a district is no circle around its town
SLACK_H = 0.75  # clocks of different observers, and rounding: standard deviation in hours
LATEST_H = 4.0  # a gap between two intervals beyond which they are not one event
_SIDE = 4.0  # sides of a grid's cells, in the power of two below which the reaches of its rows lie
_HAIR = 0.05  # km, hours: looked a little farther, for rounding
_LOOKED_UP, _AT_ONCE = 20_000, 100_000  # rows looked up, and pairs looked at, in one go
_BAND, _NEAR = 16.0, 12.0  # km: how wide bands of latitude are, and how far reaches what stands in them
_FAR = -1e4  # the band of what reaches farther
_DISTRICT = 32.0  # km: what is laid side by side in memory
_SLABS, _IN_SLAB = (
    8,
    (1 << 15, 1 << 18),
)  # slabs of time into which reports are dealt, and how many begin in one at least and at most
# a cell and a tick of time in one number: more columns than a row has on either side, more ticks than there are
_COLUMNS, _TICKS, _PER_HOUR = 1 << 15, 1 << 34, 64


@dataclass(frozen=True)
class Where:
    """Place and time of reports as columns of one length: degrees, the 95 % radius in km, hours since 1970."""

    lat: Floats
    lon: Floats
    radius: Floats
    start: Floats
    end: Floats

    @functools.cached_property
    def narrow(self) -> Floats:
        """The cosine of each latitude: how much nearer to each other the meridians are there than on the equator."""
        return np.asarray(np.cos(np.deg2rad(self.lat)))

    def take(self, rows: Ints) -> Where:
        """The places and times of some rows."""
        return Where(self.lat[rows], self.lon[rows], self.radius[rows], self.start[rows], self.end[rows])


@dataclass(frozen=True)
class Pairs:
    """Rows ``i`` and ``j`` of pairs, each once, either first, and how far apart they are in km."""

    i: Whole
    j: Whole
    km: Floats

    def take(self, some: Ints | npt.NDArray[np.bool_]) -> Pairs:
        """Some of the pairs, by number or by mask."""
        return Pairs(self.i[some], self.j[some], self.km[some])


def reach_of(radius: Floats) -> Floats:
    """How far around a report another of the same event is looked for, in km."""
    return REACH * radius + REACH_KM + VAGUE * np.maximum(0.0, radius - VAGUE_KM)


def distance(where: Where, i: Whole, j: Whole) -> Floats:
    """Kilometres between pairs of reports: on a cylinder through their middle latitude, good to some 0.1 % at 100 km."""
    dy = (where.lat[i] - where.lat[j]) * KM_PER_DEGREE
    dx = _apart(where.lon[i], where.lon[j]) * KM_PER_DEGREE * ((where.narrow[i] + where.narrow[j]) / 2)
    return np.asarray(np.sqrt(dx * dx + dy * dy))


def gap_of(where: Where, i: Whole, j: Whole) -> Floats:
    """Hours between the intervals of pairs of reports; negative where they overlap."""
    return np.asarray(np.maximum(where.start[i], where.start[j]) - np.minimum(where.end[i], where.end[j]))


def _apart(lon: Floats, other: Floats) -> Floats:
    """Degrees between meridians, the shorter way round: 179 and -179 are two apart."""
    apart = np.abs(lon - other)
    return np.asarray(np.minimum(apart, 360.0 - apart))


def ordered(values: np.ndarray[tuple[int], np.dtype[np.generic]] | Ints) -> Ints:
    """The order in which the values ascend, equals in any order."""
    return np.asarray(np.argsort(values))


@dataclass(frozen=True)
class Slab:
    """Some reports out of all of them in the order of their starts: those from number ``low`` on that begin in a slab of time, and
    before them those that last into it. ``rows``: their numbers, ascending.
    """

    low: int
    rows: Ints


def slabs(start: Floats, end: Floats) -> Iterator[Slab]:
    """All reports, some at a time, so that any two within reach of each other stand together in the slab in which the later begins.

    ``start``, ``end``: hours, ``start`` ascending (what has none comes last). In each slab begin as many as last into it, or more: so
    however long they last, a report is met a few times only.
    """
    least = int(np.clip(len(start) // _SLABS, *_IN_SLAB))
    low, rows = 0, np.empty(0, np.int64)
    while low < len(start):
        lasting = rows[start[low] - end[rows] <= LATEST_H]
        high = min(len(start), low + max(least, len(lasting)))
        rows = np.concatenate([lasting, np.arange(low, high)])
        yield Slab(low, rows)
        low = high


def together(where: Where) -> Ints:
    """Rows that have a place and a time, in such an order that those near each other in both stand near each other."""
    rows = np.flatnonzero(np.isfinite(where.lat + where.lon + where.radius + where.start + where.end))
    row, column = (np.floor(degrees[rows] * (KM_PER_DEGREE / _DISTRICT)) for degrees in (where.lat, where.lon))
    return np.asarray(rows[np.argsort(_cell(row, column) + _tick(where.start[rows]))])


def pairs_of(where: Where, number: Ints, low: int, voice: Ints, begun: Ints | None = None) -> Iterator[Pairs]:
    """All pairs of rows that could be one event, each pair once, in portions; ``i`` has the lower number.

    ``number``: of each row; ``low``: one of a pair has this or a higher one. ``voice``: two rows with the same are no pair; -1: with any.
    ``begun``: two rows with the same are one already, and no pair; left out, none are.
    """
    for grid, looking in _portions(where, voice, begun if begun is not None and _many_are_one(begun) else None):
        for found in grid.near(looking):
            later = number[found.i] > number[found.j]
            pairs = Pairs(np.where(later, found.j, found.i), np.where(later, found.i, found.j), found.km)
            some = number[pairs.j] >= low
            yield pairs if some.all() else pairs.take(some)


_MANY_AS_ONE = 64


def _many_are_one(begun: Ints) -> bool:
    """Whether so many rows are one already that it pays to look."""
    return bool(len(begun) > _MANY_AS_ONE and np.unique(begun, return_counts=True)[1].max() > _MANY_AS_ONE)


def _portions(where: Where, voice: Ints, begun: Ints | None) -> Iterator[tuple[_Grid, Ints]]:
    """Grids, each with the rows to be looked up there, some at a time."""
    km, hours = reach_of(where.radius), (where.end - where.start + LATEST_H) / 2
    far, long = (np.frexp(reach)[1] for reach in (km, hours))  # each reach lies below two to that power
    for a in np.unique(far):
        for b in np.unique(long):
            here, finer = (far == a, long == b), (far < a, long < b)
            own = here[0] & here[1]
            # those of this grid meet each other and all finer ones; those coarse in space only meet those coarse in time only
            for left, right in (
                (own, (here[0] | finer[0]) & (here[1] | finer[1])),
                (here[0] & finer[1], finer[0] & here[1]),
            ):
                if left.any() and right.any():
                    grid = _Grid(where, voice, km, hours, np.flatnonzero(right), own[right], _SIDE * 2.0**a)
                    grid.begun = begun
                    looking = grid.rows[grid.own] if left is own else np.flatnonzero(left)
                    for n in range(0, len(looking), _LOOKED_UP):
                        yield grid, looking[n : n + _LOOKED_UP]


class _Grid:
    """Rows by their cell on the ground and in it by their time, to be looked up. ``own``: which of them are looked up as well."""

    def __init__(
        self, where: Where, voice: Ints, km: Floats, hours: Floats, rows: Ints, own: npt.NDArray[np.bool_], side: float
    ) -> None:
        self.where, self.voice, self.km, self.hours, self.side = where, voice, km, hours, side
        self.begun: Ints | None = None
        self.most_km, self.most_hours = km[rows].max() + _HAIR, hours[rows].max() + _HAIR
        row = np.floor(where.lat[rows] * (KM_PER_DEGREE / side))
        keys = _cell(row, np.floor(where.lon[rows] * self._columns(row))) + _tick(self._time(rows))
        order = np.argsort(keys)
        self.keys, self.rows, self.own = keys[order], rows[order], own[order]
        self.lat = where.lat[self.rows]
        # two that are both looked up are met twice, and taken once
        self.after = np.where(self.own, self.rows, len(km))

    def near(self, left: Ints) -> Iterator[Pairs]:
        """Pairs of these rows with those of the grid that are within reach of each other in space and time, each once, in pieces."""
        where, voice = self.where, self.voice
        for looking, low, high, along, beyond in self._spans(left):
            lat, far = where.lat[looking], (self.km[looking] + self.most_km) / KM_PER_DEGREE
            for piece in _pieces(high - low):
                each, at = spread(low[piece], high[piece])
                i = looking[piece][each]
                rough = np.flatnonzero(
                    (np.abs(self.lat[at] - lat[piece][each]) <= far[piece][each]) & (i < self.after[at])
                )
                if self.begun is not None:
                    rough = rough[self.begun[i[rough]] != self.begun[self.rows[at[rough]]]]
                i, j = i[rough], self.rows[at[rough]]
                reach = self.km[i] + self.km[j]
                apart = np.abs(where.lon[i] - where.lon[j])
                across = _apart(where.lon[i], where.lon[j]) * along[piece][each[rough]]
                own_voice = voice[i]
                some = np.flatnonzero(
                    (across <= reach) & ((apart > 180) == beyond) & ((own_voice < 0) | (own_voice != voice[j]))
                )
                i, j, reach = i[some], j[some], reach[some]
                apart = distance(where, i, j)
                near = np.flatnonzero((apart <= reach) & (gap_of(where, i, j) <= LATEST_H))
                yield Pairs(i[near], j[near], apart[near])

    def _spans(self, left: Ints) -> Iterator[tuple[Ints, Ints, Ints, Floats, bool]]:
        """Cell by cell: which of these rows reach into it, from where to where in the grid is what they reach there, the least km to a
        degree of longitude, and whether it lies beyond the 180th meridian.
        """
        for looking, low, high, along in self._on_this_side(left, self.where.lon[left]):
            yield looking, low, high, along, False
        # what lies near the 180th meridian also looks from the other side of it
        lon = self.where.lon[left]
        farthest = np.minimum(np.abs(self.where.lat[left]) + (self.km[left] + self.most_km) / KM_PER_DEGREE, 89.9)
        degrees = (self.km[left] + self.most_km) / (KM_PER_DEGREE * np.cos(np.deg2rad(farthest)))
        near = np.flatnonzero(np.abs(lon) + degrees >= 180)
        if len(near):
            other = lon[near] - np.copysign(360.0, lon[near])
            for looking, low, high, along in self._on_this_side(left[near], other):
                yield looking, low, high, along, True

    def _on_this_side(self, left: Ints, lon: Floats) -> Iterator[tuple[Ints, Ints, Ints, Floats]]:
        """The same for rows that look from these longitudes."""
        lat, time = self.where.lat[left], self._time(left)
        away, late = (self.km[left] + self.most_km) / self.side, self.hours[left] + self.most_hours
        since, until = _tick(time - late), _tick(time + late)
        y = lat * (KM_PER_DEGREE / self.side)
        south, north = np.floor(y - away), np.floor(y + away)
        for up in range(1 + int(np.max(north - south, initial=-1))):
            row = south + up
            columns = self._columns(row)
            x = lon * columns
            west, east = np.floor(x - away), np.floor(x + away)
            for along in range(1 + int(np.max(east - west, initial=-1))):
                inside = np.flatnonzero((row <= north) & (west + along <= east))
                cell = _cell(row[inside], west[inside] + along)
                low = np.searchsorted(self.keys, cell + since[inside])
                high = np.searchsorted(self.keys, cell + until[inside], side="right")
                some = high > low
                inside = inside[some]
                yield left[inside], low[some], high[some], columns[inside] * self.side

    def _columns(self, row: Floats) -> Floats:
        """How many columns there are to a degree in these rows: each at least ``side`` wide, even a row nearer to the pole."""
        farthest = np.minimum((np.abs(row + 0.5) + 1) * (self.side / KM_PER_DEGREE), 89.9)
        return np.asarray(np.cos(np.deg2rad(farthest)) * (KM_PER_DEGREE / self.side))

    def _time(self, rows: Whole) -> Floats:
        return np.asarray((self.where.start[rows] + self.where.end[rows]) / 2)


def _cell(row: Floats, column: Floats) -> Ints:
    """A number for a cell that leaves room for a tick of time."""
    return np.asarray((row * _COLUMNS + column).astype(np.int64) * _TICKS)


def _tick(hours: Floats) -> Ints:
    return np.asarray(np.floor(hours * _PER_HOUR).astype(np.int64))


def _pieces(count: Ints) -> Iterator[slice]:
    """Stretches with about so many pairs to look at as are looked at in one go."""
    cuts = np.flatnonzero(np.diff(np.cumsum(count) // _AT_ONCE)) + 1
    for low, high in itertools.pairwise([0, *cuts.tolist(), len(count)] if len(count) else []):
        yield slice(low, high)


def spread(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """The number of each stretch as often as it is long, and beside it every number from its low to below its high; none is empty."""
    count = high - low
    first = np.cumsum(count)[:-1]
    each, at = np.zeros(count.sum(), np.int64), np.ones(count.sum(), np.int64)
    each[first], at[0], at[first] = 1, low[0], low[1:] - high[:-1] + 1
    return np.cumsum(each, out=each), np.cumsum(at, out=at)


def banded(where: Where) -> Ints:
    """A number for each row: of those whose numbers lie near each other the latitudes and starts do, but for rows that reach far, which have a band of
    their own.
    """
    near = reach_of(where.radius) <= _NEAR
    band = np.where(near, np.floor(where.lat * (KM_PER_DEGREE / _BAND)), _FAR)
    return np.asarray(band.astype(np.int64) * _TICKS + _tick(where.start))


def within_reach(
    where: Where, order: Whole, bands: Ints, longest: float, new: Ints, in_order: OrderedMap = map
) -> Ints:
    """Those rows that could be paired with any of ``new``, which are few.

    ``order``: the rows by their numbers (:func:`banded`) and ``bands``: these, ascending; ``longest``: the longest interval among them, in hours.
    """
    new = new[np.isfinite(where.radius[new] + where.end[new])]
    reach_of_new, since, until = reach_of(where.radius[new]), where.start[new] - LATEST_H, where.end[new] + LATEST_H
    mine, low, high = _stretches(bands, where.lat[new], reach_of_new, _tick(since - longest), _tick(until))

    def met_in(piece: slice) -> Ints:
        each, at = spread(low[piece], high[piece])
        each, others = mine[piece][each], order[at]
        met = (where.end[others] >= since[each]) & (where.start[others] <= until[each])
        each, others = each[met], others[met]
        reach = reach_of_new[each] + reach_of(where.radius[others])
        met = np.abs(where.lat[others] - where.lat[new[each]]) <= (reach + _HAIR) / KM_PER_DEGREE
        each, others, reach = each[met], others[met], reach[met]
        both = where.take(np.concatenate([new[each], others]))
        apart = distance(both, np.arange(len(each)), np.arange(len(each), 2 * len(each)))
        return others[apart <= reach].astype(np.int64)

    found = in_order(met_in, _pieces(high - low))
    return np.unique(np.concatenate([np.empty(0, np.int64), *found]))


def _stretches(bands: Ints, lat: Floats, reach: Floats, since: Ints, until: Ints) -> tuple[Ints, Ints, Ints]:
    """Which rows may meet some others (``mine``), and from where to where these stand among the numbers of :func:`banded`."""
    y, away = lat * (KM_PER_DEGREE / _BAND), (reach + _NEAR + _HAIR) / _BAND
    south, north = np.floor(y - away), np.floor(y + away)
    mine, low, high = ([np.empty(0, np.int64)] for _ in range(3))
    for band in (np.full(len(y), _FAR), *(south + up for up in range(1 + int(np.max(north - south, initial=-1))))):
        number = band.astype(np.int64) * _TICKS
        first, last = np.searchsorted(bands, number + since), np.searchsorted(bands, number + until, side="right")
        some = np.flatnonzero((last > first) & (band <= north))
        for found, column in ((mine, some), (low, first[some]), (high, last[some])):
            found.append(column)
    return np.concatenate(mine), np.concatenate(low), np.concatenate(high)
