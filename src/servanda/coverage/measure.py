"""The probability that an act would have been seen: as one number, over time, over the map, and at its least.

**Definition.** The place is cut into cells of equal size, the window into spells within which nothing changes. In a
cell and a spell, a watch sees an act with its probability, times the share of the cell it covers, times the share that
outages and denials leave; watches are independent chances: ``1 - product(1 - p)``. The coverage is the mean over
area and time: the chance for an act anywhere in the place at any time of the window. Of several kinds of act that a
term speaks of, the least covered kind counts. Everything is rounded to six decimals.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.coverage.model import Coverage, Gap, Watch
from servanda.values.geo.projection import Floats, Frame
from servanda.values.time import Interval, to_micros

CELLS = 900
_DECIMALS = 6
_PLACES_AT_ONCE = 2_000


@dataclass(frozen=True)
class Cells:
    """The cells of a place: outlines in metres of the frame (``None`` for everywhere), and each one's share of the area."""

    frame: Frame | None
    metres: npt.NDArray[np.object_]
    share: Floats
    _known: dict[int, tuple[BaseGeometry, Floats]] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(frame: Frame | None, outline: BaseGeometry | None) -> Cells:
        """Cells over an outline in degrees; one cell for everywhere (``None``)."""
        if outline is None or frame is None:
            return Cells(None, np.array([None], object), np.array([1.0]))
        shape = frame.project(outline)
        shapely.prepare(shape)
        west, south, east, north = shape.bounds
        side = math.sqrt(shape.area / CELLS)
        # From large boxes to small ones, keeping only those that touch the place: it may be thin, or in far parts.
        halvings = max(0, math.ceil(math.log2(max(east - west, north - south, side) / side)))
        x, y = np.array([west]), np.array([south])
        for n in range(halvings, -1, -1):
            now = side * 2**n
            keep = shapely.intersects(shape, shapely.box(x, y, x + now, y + now))
            x, y = x[keep], y[keep]
            if n:
                half = now / 2
                x = np.concatenate([x, x + half, x, x + half])
                y = np.concatenate([y, y, y + half, y + half])
        order = np.lexsort((x, y))
        boxes = shapely.box(x[order], y[order], x[order] + side, y[order] + side)
        inside = shapely.contains(shape, boxes)
        cut = boxes.copy()
        cut[~inside] = shapely.intersection(boxes[~inside], shape)
        area = shapely.area(cut)
        cut, area = cut[area > 0], area[area > 0]
        return Cells(frame, cut, area / area.sum())

    def covered(self, where: BaseGeometry | None, *, gap: bool = False) -> Floats:
        """The share of each cell that lies in a geometry (degrees); all of it for everywhere.

        Of everywhere a bounded watch sees nothing, and a bounded gap takes all: nobody knows where in it an act may fall.
        """
        n = len(self.share)
        if where is None:
            return np.ones(n)
        if self.frame is None:
            return np.ones(n) if gap else np.zeros(n)
        if id(where) not in self._known:
            self._known[id(where)] = (where, self._measured(where))
        return self._known[id(where)][1]

    def _measured(self, where: BaseGeometry) -> Floats:
        assert self.frame is not None
        shape = self.frame.project(where)
        shapely.prepare(shape)
        out = np.zeros(len(self.share))
        whole = shapely.covers(shape, self.metres)
        out[whole] = 1.0
        part = ~whole & shapely.intersects(shape, self.metres)
        cells = self.metres[part]
        out[part] = shapely.area(shapely.intersection(cells, shape)) / shapely.area(cells)
        return np.minimum(np.round(out, 9), 1.0)


@dataclass(frozen=True)
class Measured:
    """Coverage of one place, window and set of acts.

    ``spells``: instants between which nothing changes, one more than the rows of ``seen``; ``seen``: probability by
    spell (row) and cell (column), of the least covered kind of act, which is ``kind``; ``least_seen``: the same, of
    whichever kind is least covered there and then.
    """

    probability: float
    kind: str
    spells: tuple[datetime, ...]
    seen: Floats
    least_seen: Floats
    cells: Cells

    @property
    def over_time(self) -> list[tuple[datetime, datetime, float]]:
        """For each spell the mean over the place."""
        means = np.round(self.seen @ self.cells.share, _DECIMALS)
        return [(a, b, float(p)) for a, b, p in zip(self.spells[:-1], self.spells[1:], means, strict=True)]

    @property
    def over_space(self) -> Floats:
        """For each cell the mean over the window."""
        length = _seconds(self.spells)
        return (
            np.round((length / length.sum()) @ self.seen, _DECIMALS) if length.sum() else np.zeros(self.seen.shape[1])
        )

    @property
    def least(self) -> tuple[datetime, datetime, int, float] | None:
        """The least covered part: from, to, cell, probability (the longest of equals)."""
        if not self.seen.size:
            return None
        low = self.seen.min()
        rows, columns = np.nonzero(self.seen == low)
        best = int(np.argmax(_seconds(self.spells)[rows]))
        row, column = int(rows[best]), int(columns[best])
        return self.spells[row], self.spells[row + 1], column, float(low)

    def at(
        self, lon: Floats, lat: Floats, precision_m: Floats, start: Sequence[datetime], end: Sequence[datetime]
    ) -> Floats:
        """For each alleged act the least coverage anywhere within its precision and at any time it names.

        Outside the place or the window there is nothing to be seen from: 0.
        """
        n = len(lon)
        out = np.zeros(n)
        if not self.seen.size or n == 0:
            return out
        instants = np.array([to_micros(t) for t in self.spells], dtype=np.int64)
        first = np.searchsorted(instants, [to_micros(t) for t in start], side="right") - 1
        last = np.maximum(np.searchsorted(instants, [to_micros(t) for t in end], side="left"), first + 1)
        first, last = np.maximum(first, 0), np.minimum(last, len(self.seen))
        where, member = np.unique(np.column_stack([lon, lat, precision_m]), axis=0, return_inverse=True)
        member = member.reshape(-1)  # NumPy 2.0 gives it a second axis
        by_span: dict[tuple[int, int], Floats] = {}
        order = np.argsort(member, kind="stable")
        bounds = np.searchsorted(member[order], np.arange(len(where) + 1))
        for low in range(0, len(where), _PLACES_AT_ONCE):
            part = where[low : low + _PLACES_AT_ONCE]
            for k, near in enumerate(self._cells_around(part[:, 0], part[:, 1], part[:, 2]), low):
                if not len(near):
                    continue
                for i in order[bounds[k] : bounds[k + 1]]:
                    span = (int(first[i]), int(last[i]))
                    if span[1] > span[0]:
                        if span not in by_span:
                            by_span[span] = self.least_seen[span[0] : span[1]].min(axis=0)
                        out[i] = by_span[span][near].min()
        return out

    def _cells_around(self, lon: Floats, lat: Floats, precision_m: Floats) -> list[npt.NDArray[np.int64]]:
        if self.cells.frame is None:
            return [np.zeros(1, np.int64)] * len(lon)
        known = np.isfinite(lon) & np.isfinite(lat)
        x, y = self.cells.frame.to_xy(np.where(known, lon, 0.0), np.where(known, lat, 0.0))
        x, y = np.where(known, x, np.inf), np.where(known, y, np.inf)
        tree = shapely.STRtree(self.cells.metres)
        points = shapely.points(np.where(np.isfinite(x), x, 1e12), np.where(np.isfinite(y), y, 1e12))
        owner, cell = tree.query(points, predicate="dwithin", distance=np.maximum(precision_m, 1.0))
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(len(lon) + 1))
        return [cell[order[a:b]] for a, b in pairwise(bounds)]


def _seconds(spells: Sequence[datetime]) -> Floats:
    return np.array([(b - a).total_seconds() for a, b in pairwise(spells)], dtype=float)


def measure(coverage: Coverage, cells: Cells, window: Interval, leaves: Iterable[str]) -> Measured:
    """Coverage of the cells over the window for kinds of act.

    Args:
        coverage: who was looking where and when.
        cells: the parts of a place, with how much each weighs.
        window: the time; one without an end, or an empty one, cannot be covered: probability 0.
        leaves: the kinds of act, as codes with nothing below them.

    Returns:
        The probability that an act would have been seen, with what it is made of.
    """
    kinds = sorted(leaves)
    width = len(cells.share)
    if window.start is None or window.end is None or window.is_empty or not kinds:
        nothing = np.zeros((0, width))
        return Measured(0.0, kinds[0] if kinds else "", (), nothing, nothing, cells)
    groups: dict[frozenset[str], str] = {}
    for kind in kinds:
        groups.setdefault(frozenset(w.id for w in coverage.watches if kind in w.detects), kind)
    shares = {w.id: cells.covered(w.where) * w.probability for w in coverage.watches}
    losses = [cells.covered(gap.where, gap=True) * gap.share for gap in coverage.gaps]
    spells = _spells(coverage, frozenset().union(*groups), window)
    length = _seconds(spells)
    worst: tuple[float, str, Floats] | None = None
    least: Floats | None = None
    for ids, kind in sorted(groups.items(), key=lambda item: item[1]):
        watches = [w for w in coverage.watches if w.id in ids]
        seen = _seen(watches, coverage.gaps, shares, losses, spells, width)
        p = round(float((length / length.sum()) @ seen @ cells.share), _DECIMALS)
        least = seen if least is None else np.minimum(least, seen)
        if worst is None or p < worst[0]:
            worst = (p, kind, seen)
    assert worst is not None
    assert least is not None
    return Measured(worst[0], worst[1], spells, worst[2], least, cells)


def _spells(coverage: Coverage, ids: frozenset[str], window: Interval) -> tuple[datetime, ...]:
    """The instants within a window at which some watch that matters, or a gap in it, begins or ends."""
    assert window.start is not None
    assert window.end is not None
    edges = {window.start, window.end}
    times = [w.times for w in coverage.watches if w.id in ids]
    times += [g.times for g in coverage.gaps if g.watches is None or g.watches & ids]
    for spell in (interval for intervals in times for interval in intervals):
        part = spell.intersection(window)
        if not part.is_empty and part.start and part.end:
            edges |= {part.start, part.end}
    return tuple(sorted(edges))


def _seen(
    watches: Sequence[Watch],
    gaps: Sequence[Gap],
    shares: dict[str, Floats],
    losses: Sequence[Floats],
    spells: Sequence[datetime],
    width: int,
) -> Floats:
    """Probability by spell and cell that at least one of the watches sees an act."""
    ids = {w.id for w in watches}
    bearing = [n for n, gap in enumerate(gaps) if gap.watches is None or gap.watches & ids]
    active_w = _active([w.times for w in watches], spells)
    active_g = _active([gaps[n].times for n in bearing], spells)
    made: dict[bytes, Floats] = {}
    rows = []
    for w_row, g_row in zip(active_w, active_g, strict=True):
        key = w_row.tobytes() + g_row.tobytes()
        if key not in made:
            unseen = np.ones(width)
            for watch in (watches[int(i)] for i in np.flatnonzero(w_row)):
                left = shares[watch.id].copy()
                for i in np.flatnonzero(g_row):
                    gap = gaps[bearing[i]]
                    if gap.watches is None or watch.id in gap.watches:
                        left *= 1.0 - losses[bearing[i]]
                unseen *= 1.0 - left
            made[key] = np.round(1.0 - unseen, 9)
        rows.append(made[key])
    return np.array(rows)


def _active(times: Sequence[tuple[Interval, ...]], spells: Sequence[datetime]) -> npt.NDArray[np.bool_]:
    """Which of several sets of intervals hold in which spell: one row per spell."""
    instants = np.array([to_micros(t) for t in spells], dtype=np.int64)
    out = np.zeros((len(spells) - 1, len(times)), dtype=bool)
    for n, intervals in enumerate(times):
        for spell in intervals:
            assert spell.start is not None
            assert spell.end is not None
            low = np.searchsorted(instants, to_micros(spell.start), side="left")
            high = np.searchsorted(instants, to_micros(spell.end), side="right") - 1
            if low < high:
                out[max(int(low), 0) : int(high), n] = True
    return out


def unseen_at_most(probability: float) -> float | None:
    """How many acts may have gone unseen though none was seen, at 95 %.

    Args:
        probability: that one act would have been seen.

    Returns:
        Up to ``3 / probability``; ``None`` for any number.
    """
    return 3.0 / probability if probability > 0 else None
