"""Which reports could speak of one incident at all: pairs near enough in space and time, by each report's own uncertainty.

Reports are dealt into cells of space and time. Those of like uncertainty meet on a grid of their own, and a vague report meets
precise ones on the grid of the vaguer; so a town centre finds what lies ten kilometres away, and two GPS fixes do not look that far.
Columns in, columns out; memory in proportion to what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from servanda.values.parallel import in_order

T = TypeVar("T")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
KM_PER_DEGREE = 111.195  # of latitude, on a sphere of the earth's mean radius
REACH, REACH_KM = 1.2, 0.5  # how far beyond its 95 % radius a report is looked for
VAGUE, VAGUE_KM = 0.5, 10.0  # and how much farther the vague ones: a district is no circle around its town
SLACK_H = 0.75  # clocks of different observers, and rounding: standard deviation in hours
_LATEST_H = 4.0  # a gap between two intervals beyond which they are not one event
_SPACE = np.array([2.0, 8.0, 32.0, 128.0, 512.0])  # km: sides of cells
_TIME = np.array([8.0, 32.0, 128.0, 1024.0])  # hours: lengths of cells
_AT_ONCE = 3_000_000  # pairs looked at in one go
_ROW, _COLUMN, _BUCKET = 1 << 19, 1 << 19, 1 << 20


@dataclass(frozen=True)
class Where:
    """Place and time of reports as columns of one length: degrees, the 95 % radius in km, hours since 1970."""

    lat: Floats
    lon: Floats
    radius: Floats
    start: Floats
    end: Floats

    def take(self, rows: Ints) -> Where:
        """Those rows."""
        return Where(self.lat[rows], self.lon[rows], self.radius[rows], self.start[rows], self.end[rows])


@dataclass(frozen=True)
class Pairs:
    """Rows ``i`` and ``j`` of pairs, each once, and how far apart they are in km."""

    i: Ints
    j: Ints
    km: Floats


def reach_of(radius: Floats) -> Floats:
    """How far around a report another of the same event is looked for, in km."""
    return REACH * radius + REACH_KM + VAGUE * np.maximum(0.0, radius - VAGUE_KM)


def distance(where: Where, i: Ints, j: Ints) -> Floats:
    """Kilometres between pairs of reports: on a cylinder through their middle latitude, good to some 0.1 % at 100 km."""
    dy = (where.lat[i] - where.lat[j]) * KM_PER_DEGREE
    dx = (where.lon[i] - where.lon[j]) * KM_PER_DEGREE * np.cos(np.deg2rad((where.lat[i] + where.lat[j]) / 2))
    return np.asarray(np.hypot(dx, dy))


def cells(lat: Floats, lon: Floats, time: Floats, side: float, length: float, row_shift: int = 0) -> Ints:
    """The cell of each position: rows of one height around the earth, cut into columns of about that width, times spans of time.

    ``row_shift``: as it would be in a row so many above.
    """
    row = np.floor(lat * (KM_PER_DEGREE / side)) + row_shift
    middle = np.cos(np.deg2rad(np.clip((row + 0.5) * side / KM_PER_DEGREE, -89.9, 89.9)))
    column = np.floor(lon * (KM_PER_DEGREE / side) * middle)
    bucket = np.floor(time / length)
    return np.asarray(
        ((row + _ROW).astype(np.int64) << 42)
        + ((column + _COLUMN).astype(np.int64) << 21)
        + (bucket % _BUCKET).astype(np.int64)
    )


def pairs_of(where: Where, rows: Ints, then: Callable[[Pairs], T]) -> Iterator[T]:
    """What ``then`` makes of all pairs among ``rows`` that could be one event, each pair once, in portions."""
    reach = reach_of(where.radius)
    time = (where.start + where.end) / 2
    space_level = np.searchsorted(_SPACE, 2 * reach).clip(0, len(_SPACE) - 1)
    time_level = np.searchsorted(_TIME, where.end - where.start + 2 * _LATEST_H).clip(0, len(_TIME) - 1)
    for a, side in enumerate(_SPACE):
        for b, length in enumerate(_TIME):
            here = (space_level[rows] == a, time_level[rows] == b)
            finer = (space_level[rows] < a, time_level[rows] < b)
            # those of this grid meet each other and all finer ones; those coarse in space only meet those coarse in time only
            for left, right in (
                (here[0] & here[1], (here[0] | finer[0]) & (here[1] | finer[1])),
                (here[0] & finer[1], finer[0] & here[1]),
            ):
                if not left.any() or not right.any():
                    continue
                grid = _Grid(where, time, rows[right], side, length)

                def meet(part: Ints, grid: _Grid = grid, a: int = a, b: int = b) -> T:
                    i, j, km = grid.near(part, reach)
                    own = (space_level[j] == a) & (time_level[j] == b)
                    once = ~own | (i < j) | (space_level[i] != a) | (time_level[i] != b)
                    i, j, km = i[once], j[once], km[once]
                    return then(Pairs(np.minimum(i, j), np.maximum(i, j), km))

                yield from in_order(meet, _portions(grid.ordered(rows[left]), grid.crowd))


class _Grid:
    """Rows by their cell, to be looked up."""

    def __init__(self, where: Where, time: Floats, rows: Ints, side: float, length: float) -> None:
        self.where, self.time, self.side, self.length = where, time, side, length
        cell = cells(where.lat[rows], where.lon[rows], time[rows], side, length)
        order = np.argsort(cell, kind="stable")
        self.cell, self.rows = cell[order], rows[order]
        self.crowd = 1 + 27 * len(rows) // (1 + int(np.count_nonzero(np.diff(self.cell))))

    def ordered(self, left: Ints) -> Ints:
        """Rows in the order of their cells, so that neighbours are looked up one after another."""
        where = self.where
        return left[np.argsort(cells(where.lat[left], where.lon[left], self.time[left], self.side, self.length))]

    def near(self, left: Ints, reach: Floats) -> tuple[Ints, Ints, Floats]:
        """Pairs of these rows with those of the grid that are within reach of each other in space and time."""
        where = self.where
        found: list[tuple[Ints, Ints, Floats]] = []
        for shift in (-1, 0, 1):
            base = cells(where.lat[left], where.lon[left], self.time[left], self.side, self.length, shift)
            for column in (-1, 0, 1):
                cell = base + (column << 21)
                low = np.searchsorted(self.cell, cell - 1)
                high = np.searchsorted(self.cell, cell + 1, side="right")
                i, at = _spread(left, low, high)
                j = self.rows[at]
                gap = np.maximum(where.start[i], where.start[j]) - np.minimum(where.end[i], where.end[j])
                soon = (gap <= _LATEST_H) & (i != j)
                i, j = i[soon], j[soon]
                km = distance(where, i, j)
                near = km <= reach[i] + reach[j]
                found.append((i[near], j[near], km[near]))
        i, j, km = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return i, j, km


def _portions(rows: Ints, crowd: int) -> Iterator[Ints]:
    """The rows in portions such that some three million pairs are looked at in one go."""
    size = max(1_000, _AT_ONCE // max(1, crowd))
    for n in range(0, len(rows), size):
        yield rows[n : n + size]


def _spread(left: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Every left row with every number from its low to below its high."""
    count = high - low
    total = int(count.sum())
    start = np.repeat(low - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    return np.repeat(left, count), start + np.arange(total)


def within_reach(where: Where, order: Ints, begun: Floats, longest: float, new: Ints) -> Ints:
    """Those rows that could be paired with any of ``new``, which are few.

    ``order``: the rows by their start, ``begun``: those starts; ``longest``: the longest interval among them, in hours.
    """
    reach = reach_of(where.radius)
    out = []
    for n in new:
        low = np.searchsorted(begun, where.start[n] - longest - _LATEST_H)
        high = np.searchsorted(begun, where.end[n] + _LATEST_H, side="right")
        some = order[low:high]
        some = some[where.end[some] >= where.start[n] - _LATEST_H]
        out.append(some[distance(where, some, np.full(len(some), n)) <= reach[some] + reach[n]])
    return np.unique(np.concatenate([*out, np.empty(0, np.int64)])).astype(np.int64)
