"""Which deeds answer which occasions: in time, and about the same place where the deed must be about one.

A deed and an occasion are **surely** about one place when they are no further apart than either is precise (or a kilometre), and **may** be
when they are no further apart than both together are, or when the deed lies in the place that the agreement itself names. What names
no place is about any.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.geo.projection import Floats
from servanda.values.time import to_micros
from servanda.verdicts.breaches import nearer_than
from servanda.verdicts.chances.sums import CERTAIN

Times: TypeAlias = tuple[datetime, datetime]
"""Start and end of a deed."""
_NEAR = 1000.0
_DEEDS, _PAIRS = 256, 1 << 22
"""So many deeds, and pairs at the most, are looked at before the occasions that they answer are closed."""
_Masks: TypeAlias = npt.NDArray[np.bool_]
_Micros: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Where:
    """South, west, north, east, and within how many metres; ``named``: the place that the agreement names for it."""

    box: tuple[float, float, float, float]
    radius: float
    named: BaseGeometry | None = None

    def surely(self, boxes: Floats, radii: Floats) -> _Masks:
        """Which of some deeds (or occasions) are surely about this place; those without a place are."""
        return self._within(boxes, np.maximum(np.maximum(radii, self.radius), _NEAR))

    def possibly(self, boxes: Floats, radii: Floats) -> _Masks:
        """Which of some deeds may be about this place, but for what lies in what is ``named``."""
        return self._within(boxes, radii + self.radius + _NEAR)

    def _within(self, boxes: Floats, metres: Floats) -> _Masks:
        near = np.isnan(boxes[:, 0])
        near[~near] = nearer_than(boxes[~near], np.array(self.box), metres[~near] + 1e-6)
        return near


@dataclass(frozen=True, slots=True)
class Occasion:
    """One trigger: its incident, and between which instants a deed surely answers it, or may answer it."""

    incident: str
    key: int
    low: datetime | None
    high: datetime
    may_low: datetime | None
    may_high: datetime
    certainty: int = CERTAIN
    """Of the trigger, in millionths."""
    place: Where | None = None
    """Of the trigger, where the deed must be about the same; ``None``: wherever."""

    def surely(self, start: datetime, end: datetime) -> bool:
        """Whether a deed surely lies in its time, wherever it is."""
        return (self.low is None or start >= self.low) and end <= self.high

    def possibly(self, start: datetime, end: datetime) -> bool:
        """Whether a deed may lie in its time, wherever it is."""
        return start <= self.may_high and (self.may_low is None or end >= self.may_low)


@dataclass(frozen=True)
class Deeds:
    """Deeds in order of their beginnings: instants in microseconds, boxes (NaN for no place) and radii.

    ``latest``: the latest end of each and those before it; ``soonest``: the first end of each and those after it.
    """

    start: _Micros
    end: _Micros
    latest: _Micros
    soonest: _Micros
    boxes: Floats
    radii: Floats
    _named: dict[int, tuple[BaseGeometry, _Masks]] = field(default_factory=dict)

    @staticmethod
    def of(rows: pl.DataFrame) -> Deeds:
        """From occurrences; in their own order, where that is the order of their beginnings."""
        rows = rows.sort("start", maintain_order=True)
        boxes = rows.select(pl.col("south", "west", "north", "east").fill_null(float("nan"))).to_numpy()
        radii = rows["radius"].fill_null(0.0).to_numpy()
        start, end = (rows[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
        latest, soonest = np.maximum.accumulate(end), np.minimum.accumulate(end[::-1])[::-1]
        return Deeds(start, end, latest, soonest, boxes.astype(np.float64).reshape(-1, 4), radii)

    def surely(self, occasion: Occasion) -> bool:
        """Whether one surely answers an occasion."""
        first = 0 if occasion.low is None else int(np.searchsorted(self.start, to_micros(occasion.low), side="left"))
        if first == len(self.start) or self.soonest[first] > to_micros(occasion.high):
            return False
        if occasion.place is None:
            return True
        last = int(np.searchsorted(self.start, to_micros(occasion.high), side="right"))
        here = first + np.flatnonzero(self.end[first:last] <= to_micros(occasion.high))
        return bool(occasion.place.surely(self.boxes[here], self.radii[here]).any())

    def possibly(self, occasion: Occasion) -> bool:
        """Whether one may answer an occasion."""
        before = int(np.searchsorted(self.start, to_micros(occasion.may_high), side="right"))
        low = np.iinfo(np.int64).min if occasion.may_low is None else to_micros(occasion.may_low)
        if not before or self.latest[before - 1] < low:
            return False
        place = occasion.place
        if place is None:
            return True
        first = int(np.searchsorted(self.latest, low))
        late = self.end[first:before] >= low
        if place.named is not None and (late & self._in(place.named)[first:before]).any():
            return True
        here = first + np.flatnonzero(late)
        return bool(place.possibly(self.boxes[here], self.radii[here]).any())

    def next_after(self, occasion: Occasion) -> int | None:
        """The number of the first that came when the time of an occasion had run out, and may be about its place."""
        first, place = int(np.searchsorted(self.start, to_micros(occasion.may_high), side="right")), occasion.place
        if place is None or first == len(self.start):
            return first if first < len(self.start) else None
        here = np.flatnonzero(place.possibly(self.boxes[first:], self.radii[first:]))
        return first + int(here[0]) if len(here) else None

    def _in(self, named: BaseGeometry) -> _Masks:
        """Which of all may lie in a place; asked once of each place, however many occasions there are."""
        if id(named) not in self._named:
            shapely.prepare(named)
            south, west, north, east = self.boxes.T
            least_x, least_y, most_x, most_y = named.bounds
            near = (west <= most_x) & (east >= least_x) & (south <= most_y) & (north >= least_y)
            boxes = shapely.box(west[near], south[near], east[near], north[near])
            near[near] = shapely.intersects(named, boxes)
            self._named[id(named)] = named, near
        return self._named[id(named)][1]


def assigned(occasions: Sequence[Occasion], deeds: Deeds) -> tuple[set[int], set[int]]:
    """The numbers of the occasions answered, and of the deeds that answer them, if each deed answers one.

    The occasions are in order of time, and so are the ends of their times, but not the beginnings: who asked over some hours can be
    answered surely only after them. Each deed goes to the earliest occasion that is open and that it surely answers; those that name
    a place before those that do not.
    """
    answered: set[int] = set()
    used: set[int] = set()
    placed = np.flatnonzero(~np.isnan(deeds.boxes[:, 0])) if any(o.place for o in occasions) else np.zeros(0, np.int64)
    _by_place(occasions, deeds, placed, answered, used)
    lows = [math.inf if n in answered else 0 if o.low is None else to_micros(o.low) for n, o in enumerate(occasions)]
    highs = [to_micros(o.high) for o in occasions]
    still = _Open(lows)
    first = 0
    for n in np.lexsort((deeds.start, deeds.end)):
        start, end = int(deeds.start[n]), int(deeds.end[n])
        if n in used or (len(placed) and n in placed):
            continue
        while first < len(occasions) and (first in answered or highs[first] < end):
            first += 1
        k = still.first(first, start)
        if k is not None and highs[k] >= end:
            still.close(k)
            answered.add(k)
            used.add(int(n))
    return answered, used


def _by_place(
    occasions: Sequence[Occasion], deeds: Deeds, placed: npt.NDArray[np.int64], answered: set[int], used: set[int]
) -> None:
    """Gives each of the deeds that name a place to an occasion there."""
    if not len(placed):
        return
    low = np.array([np.iinfo(np.int64).min if o.low is None else to_micros(o.low) for o in occasions])
    high = np.array([to_micros(o.high) for o in occasions])
    boxes = np.array([o.place.box if o.place else (np.nan,) * 4 for o in occasions])
    radii = np.array([o.place.radius if o.place else 0.0 for o in occasions])
    still = np.ones(len(occasions), np.bool_)
    order = np.lexsort((deeds.radii[placed], *deeds.boxes[placed].T[::-1], deeds.start[placed], deeds.end[placed]))
    size = max(1, min(_DEEDS, _PAIRS // len(occasions)))
    for some in np.split(placed[order], range(size, len(placed), size)):
        open_ = np.flatnonzero(still)
        deed, at = np.nonzero((high[open_] >= deeds.end[some, None]) & (low[open_] <= deeds.start[some, None]))
        here, of = open_[at], some[deed]
        near = np.isnan(boxes[here, 0])
        metres = np.maximum(np.maximum(radii[here], deeds.radii[of]), _NEAR) + 1e-6
        near[~near] = nearer_than(boxes[here[~near]], deeds.boxes[of[~near]].T, metres[~near])
        here, ends = here[near], np.searchsorted(deed[near], np.arange(len(some) + 1))
        for n, begin, end in zip(some.tolist(), ends[:-1], ends[1:], strict=True):
            free = here[begin:end][still[here[begin:end]]]
            if len(free):
                still[free[0]] = False
                answered.add(int(free[0]))
                used.add(n)


class _Open:
    """The beginnings of what is open, as a tree of minima: the first that has begun is found in a few steps."""

    def __init__(self, lows: Sequence[float]) -> None:
        self._size = 1 << max(0, len(lows) - 1).bit_length()
        self._least: list[float] = [math.inf] * self._size + [*lows] + [math.inf] * (self._size - len(lows))
        for k in range(self._size - 1, 0, -1):
            self._least[k] = min(self._least[2 * k], self._least[2 * k + 1])

    def close(self, k: int) -> None:
        """Takes one out of what is open."""
        k += self._size
        self._least[k] = math.inf
        while k > 1:
            k //= 2
            self._least[k] = min(self._least[2 * k], self._least[2 * k + 1])

    def first(self, since: int, start: int) -> int | None:
        """The first from a number on that begins no later than an instant."""
        k = since + self._size
        if since >= self._size:
            return None
        while self._least[k] > start:
            while k & 1:  # nothing here, nor to the right below the same branch
                k //= 2
            if k == 0:
                return None
            k += 1
        while k < self._size:
            k = 2 * k if self._least[2 * k] <= start else 2 * k + 1
        return k - self._size
