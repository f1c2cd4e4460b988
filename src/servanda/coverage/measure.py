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
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.coverage.model import Coverage, Gap, Watch
from servanda.values.frame import Floats, Frame
from servanda.values.time import Interval, to_micros

CELLS = 900
_DECIMALS = 6


@dataclass(frozen=True)
class Cells:
    """The cells of a place: outlines in metres of the frame (``None`` for everywhere), and each one's share of the area."""

    frame: Frame | None
    metres: npt.NDArray[np.object_]
    share: Floats

    @staticmethod
    def of(frame: Frame | None, outline: BaseGeometry | None) -> Cells:
        """Cells over an outline in degrees; one cell for everywhere (``None``)."""
        if outline is None or frame is None:
            return Cells(None, np.array([None], object), np.array([1.0]))
        shape = frame.project(outline)
        west, south, east, north = shape.bounds
        side = math.sqrt(shape.area / CELLS)
        columns, rows = math.ceil((east - west) / side), math.ceil((north - south) / side)
        # a long thin place fills little of its frame: as many boxes as needed, none larger than the cell
        x = west + np.arange(columns) * side
        y = south + np.arange(rows) * side
        grid_x, grid_y = (a.ravel() for a in np.meshgrid(x, y))
        boxes = shapely.box(grid_x, grid_y, grid_x + side, grid_y + side)
        shapely.prepare(shape)
        boxes = boxes[shapely.intersects(shape, boxes)]
        inside = shapely.contains(shape, boxes)
        cut = boxes.copy()
        cut[~inside] = shapely.intersection(boxes[~inside], shape)
        area = shapely.area(cut)
        cut, area = cut[area > 0], area[area > 0]
        return Cells(frame, cut, area / area.sum())

    def covered(self, where: BaseGeometry | None) -> Floats:
        """The share of each cell that lies in a geometry (degrees); all of it for everywhere."""
        n = len(self.share)
        if where is None:
            return np.ones(n)
        if self.frame is None:
            return np.zeros(n)  # a bounded watch sees nothing of everywhere
        shape = self.frame.project(where)
        shapely.prepare(shape)
        out = np.zeros(n)
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
    spell (row) and cell (column), of the least covered kind of act, which is ``kind``.
    """

    probability: float
    kind: str
    spells: tuple[datetime, ...]
    seen: Floats
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
        cells = self._cells_around(lon, lat, precision_m)
        by_span: dict[tuple[int, int], Floats] = {}
        for i, near in enumerate(cells):
            span = (int(first[i]), int(last[i]))
            if span[1] <= span[0] or not len(near):
                continue
            if span not in by_span:
                by_span[span] = self.seen[span[0] : span[1]].min(axis=0)
            out[i] = by_span[span][near].min()
        return out

    def _cells_around(self, lon: Floats, lat: Floats, precision_m: Floats) -> list[npt.NDArray[np.int64]]:
        if self.cells.frame is None:
            return [np.zeros(1, np.int64)] * len(lon)
        x, y = self.cells.frame.to_xy(lon, lat)
        tree = shapely.STRtree(self.cells.metres)
        points = shapely.points(x, y)
        owner, cell = tree.query(points, predicate="dwithin", distance=np.maximum(precision_m, 1.0))
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(len(lon) + 1))
        return [cell[order[a:b]] for a, b in pairwise(bounds)]


def _seconds(spells: Sequence[datetime]) -> Floats:
    return np.array([(b - a).total_seconds() for a, b in pairwise(spells)], dtype=float)


def measure(coverage: Coverage, cells: Cells, window: Interval, leaves: Iterable[str]) -> Measured:
    """Coverage of the cells over the window for the kinds of act in ``leaves`` (codes with nothing below them).

    A window without an end, or an empty one, cannot be covered: probability 0.
    """
    kinds = sorted(leaves)
    if window.start is None or window.end is None or window.is_empty or not kinds:
        return Measured(0.0, kinds[0] if kinds else "", (), np.zeros((0, len(cells.share))), cells)
    groups: dict[tuple[str, ...], str] = {}
    for kind in kinds:
        groups.setdefault(tuple(w.id for w in coverage.watches if kind in w.detects), kind)
    best: Measured | None = None
    shares = {w.id: cells.covered(w.where) * w.probability for w in coverage.watches}
    losses = [cells.covered(gap.where) * gap.share for gap in coverage.gaps]
    for ids, kind in sorted(groups.items(), key=lambda item: item[1]):
        watches = [w for w in coverage.watches if w.id in ids]
        spells, seen = _seen(watches, coverage.gaps, shares, losses, window, len(cells.share))
        length = _seconds(spells)
        p = round(float((length / length.sum()) @ seen @ cells.share), _DECIMALS)
        if best is None or p < best.probability:
            best = Measured(p, kind, spells, seen, cells)
    assert best is not None
    return best


def _seen(
    watches: Sequence[Watch],
    gaps: Sequence[Gap],
    shares: dict[str, Floats],
    losses: Sequence[Floats],
    window: Interval,
    width: int,
) -> tuple[tuple[datetime, ...], Floats]:
    assert window.start is not None
    assert window.end is not None
    ids = {w.id for w in watches}
    bearing = [n for n, gap in enumerate(gaps) if gap.watches is None or gap.watches & ids]
    edges = {window.start, window.end}
    for times in [w.times for w in watches] + [gaps[n].times for n in bearing]:
        for spell in times:
            part = spell.intersection(window)
            if not part.is_empty and part.start and part.end:
                edges |= {part.start, part.end}
    spells = tuple(sorted(edges))
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
    return spells, np.array(rows)


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
    """How many acts may have gone unseen though none was seen, at 95 %: up to ``3 / p``; ``None`` for any number."""
    return 3.0 / probability if probability > 0 else None
