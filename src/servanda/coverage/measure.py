"""The probability that an act would have been seen, and what was watched: over time, over the map, and what was not.

**Definition.** The place is cut into cells of equal size, the window into spells within which nothing changes. In a
cell and a spell, a watch sees an act with its probability, times what outages and denials leave; the best set of watches that fail
independently counts: ``1 - product(1 - p)`` (``together``). A watch that covers only part of a cell does not count in it, and an outage or
denial that takes part of a cell takes all of it: a part smaller than a cell may be what matters. A cell and spell is **watched** when that
reaches the standard for every kind of act that is asked for. The share of area and time that is watched decides. The mean is no more than a
description: there each counts by the share of the cell it covers; of the least covered kind it is the chance for an act anywhere in the
place at any time of the window. Everything is rounded to six decimals.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely

from servanda.coverage.cells import Cells
from servanda.coverage.holes import Holes, Mask, holes_in
from servanda.coverage.model import Coverage, Gap, Watch
from servanda.coverage.together import unseen_by_best
from servanda.values.geo.projection import Floats
from servanda.values.time import Interval, to_micros
from servanda.values.tolerance import Tolerance

_DECIMALS = 6
_PLACES_AT_ONCE = 2_000


@dataclass(frozen=True)
class Measured:
    """Coverage of one place, window, set of acts and party.

    ``spells``: instants between which nothing changes, one more than the rows of ``seen``; ``seen``: mean probability by
    spell (row) and cell (column), of the least covered kind of act, which is ``kind``; ``least_seen``: the probability anywhere
    in the cell, of whichever kind is least covered there and then. ``standard``: what must be reached to be watched. ``window``, ``leaves`` and ``party``: what was
    asked for (``party`` ``None``: whoever's acts; ``undone``: to show that something was not done). ``like``: the very same asked about
    somebody else's acts, by which what was watched is worked out once.
    """

    probability: float
    kind: str
    spells: tuple[datetime, ...]
    seen: Floats
    least_seen: Floats
    cells: Cells
    standard: float
    zone: ZoneInfo
    window: Interval
    leaves: tuple[str, ...]
    party: str | None = None
    undone: bool = False
    like: Measured | None = None

    @cached_property
    def watched(self) -> Mask:
        """By spell and cell, whether an act of every kind would have been seen with the standard's probability."""
        if self.like is not None:
            return self.like.watched
        return np.asarray(np.round(self.least_seen, _DECIMALS) >= self.standard)

    @cached_property
    def watched_share(self) -> float:
        """How much of area and time was watched; 1 only where all was."""
        if self.like is not None:
            return self.like.watched_share
        if not self.watched.size:
            return 0.0
        if self.watched.all():
            return 1.0
        length = _seconds(self.spells)
        share = round(float((length / length.sum()) @ (self.watched @ self.cells.share)), _DECIMALS)
        return min(share, 0.999999)

    @cached_property
    def holes(self) -> Holes | None:
        """What was not watched; ``None`` where all was, or nothing could be."""
        if self.like is not None:
            return self.like.holes
        if not self.watched.size or self.watched.all():
            return None
        return holes_in(self.watched, self.spells, self.cells.share, self.cells.square_metres, self.zone)

    @property
    def most_missed(self) -> float | None:
        """The greatest chance that an act in what was watched went unseen; ``None`` where nothing was watched."""
        if not self.watched.any():
            return None
        return round(1.0 - float(self.least_seen[self.watched].min()), _DECIMALS)

    @property
    def least_watched(self) -> float | None:
        """The least probability in what was watched; ``None`` where nothing was."""
        return None if self.most_missed is None else 1.0 - self.most_missed

    def enough(self, tolerance: Tolerance | None) -> bool:
        """Whether all was watched, but for what a mandate tolerates (``None``: nothing)."""
        if not self.watched.size:
            return False
        if self.watched.all():
            return True
        return tolerance is not None and self.holes is not None and self.holes.within(tolerance)

    def about(self, party: str | None, *, undone: bool) -> Measured:
        """The same, asked about a party's acts: what was watched is not worked out again."""
        return dataclasses.replace(self, party=party, undone=undone, like=self)

    def during(self, window: Interval) -> Measured:
        """The same of a part of the window; nothing is watched where that does not lie in what was measured."""
        start, end = window.start, window.end
        outside = start is None or end is None or len(self.spells) < 2 or window.is_empty
        if outside or start < self.spells[0] or end > self.spells[-1]:  # type: ignore[operator]
            return dataclasses.replace(
                self,
                probability=0.0,
                spells=(),
                seen=self.seen[:0],
                least_seen=self.least_seen[:0],
                window=window,
                like=None,
            )
        assert start is not None
        assert end is not None
        low, high = bisect_right(self.spells, start) - 1, bisect_left(self.spells, end)
        spells = (start, *self.spells[low + 1 : high], end)
        seen, length = self.seen[low:high], _seconds(spells)
        p = round(float((length / length.sum()) @ seen @ self.cells.share), _DECIMALS)
        least = self.least_seen[low:high]
        return dataclasses.replace(
            self, probability=p, spells=spells, seen=seen, least_seen=least, window=window, like=None
        )

    @property
    def over_time(self) -> list[tuple[datetime, datetime, float]]:
        """For each spell the mean over the place."""
        means = np.round(self.seen @ self.cells.share, _DECIMALS)
        return [(a, b, float(p)) for a, b, p in zip(self.spells[:-1], self.spells[1:], means, strict=True)]

    @property
    def watched_over_time(self) -> list[tuple[datetime, datetime, float]]:
        """For each spell how much of the area was watched; 1 only where all was."""
        shares = _shares(self.watched @ self.cells.share, np.asarray(self.watched.all(axis=1)))
        return [(a, b, float(p)) for a, b, p in zip(self.spells[:-1], self.spells[1:], shares, strict=True)]

    @property
    def watched_over_space(self) -> Floats:
        """For each cell how much of the time it was watched; 1 only where it always was."""
        if not self.watched.size:
            return np.zeros(len(self.cells.share))
        length = _seconds(self.spells)
        return _shares((length / length.sum()) @ self.watched, np.asarray(self.watched.all(axis=0)))

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


def _shares(shares: Floats, whole: Mask) -> Floats:
    """Shares to six decimals, 1 only where it is the whole."""
    return np.where(whole, 1.0, np.minimum(np.round(shares, _DECIMALS), 0.999999))


def _seconds(spells: Sequence[datetime]) -> Floats:
    return np.array([(b - a).total_seconds() for a, b in pairwise(spells)], dtype=float)


def measure(
    coverage: Coverage,
    cells: Cells,
    window: Interval,
    leaves: Iterable[str],
    *,
    standard: float,
    zone: ZoneInfo,
    party: str | None = None,
    undone: bool = False,
    without: frozenset[str] = frozenset(),
) -> Measured:
    """Coverage of the cells over the window for kinds of act.

    Args:
        coverage: who was looking where and when.
        cells: the parts of a place, with how much each weighs.
        window: the time; one without an end, or an empty one, cannot be covered: probability 0.
        leaves: the kinds of act, as codes with nothing below them.
        standard: the probability that must be reached to be watched.
        zone: whose days count.
        party: whose acts; ``None``: whoever's.
        undone: whether it is to show that something was not done.
        without: sides whose watches do not count.

    Returns:
        The probability that an act would have been seen, and what was watched, with what they are made of.

    Raises:
        CoverageError: too many watches share causes with one another.
    """
    kinds = sorted(leaves)
    width = len(cells.share)
    whole = coverage.of(party, undone=undone, without=without)

    def made(p: float, kind: str, spells: tuple[datetime, ...], seen: Floats, least: Floats) -> Measured:
        asked = (standard, zone, window, tuple(kinds), party, undone)
        return Measured(p, kind, spells, seen, least, cells, *asked)

    if window.start is None or window.end is None or window.is_empty or not kinds:
        nothing = np.zeros((0, width))
        return made(0.0, kinds[0] if kinds else "", (), nothing, nothing)
    coverage = whole.during(window)
    groups: dict[frozenset[str], str] = {}
    for kind in kinds:
        groups.setdefault(frozenset(w.id for w in coverage.watches if kind in w.detects), kind)
    mean, surely = _Reach.of(coverage, cells.covered), _Reach.of(coverage, cells.surely)
    spells = _spells(coverage, whole.seeing(kinds), window)
    length = _seconds(spells)
    worst: tuple[float, str, Floats] | None = None
    least: Floats | None = None
    for ids, kind in sorted(groups.items(), key=lambda item: item[1]):
        watches = [w for w in coverage.watches if w.id in ids]
        seen = _seen(watches, coverage.gaps, mean, spells, width)
        p = round(float((length / length.sum()) @ seen @ cells.share), _DECIMALS)
        anywhere = seen if mean.same(surely) else _seen(watches, coverage.gaps, surely, spells, width)
        least = anywhere if least is None else np.minimum(least, anywhere)
        if worst is None or p < worst[0]:
            worst = (p, kind, seen)
    assert worst is not None and least is not None  # noqa: PT018  there is at least one kind
    return made(worst[0], worst[1], spells, worst[2], least)


@dataclass(frozen=True)
class _Reach:
    """In each cell the probability of every watch, by its id, and what every gap takes."""

    watches: dict[str, Floats]
    gaps: list[Floats]

    @staticmethod
    def of(coverage: Coverage, covered: Callable[..., Floats]) -> _Reach:
        """By how much of each cell a place covers."""
        watches = {w.id: covered(w.where) * w.probability for w in coverage.watches}
        return _Reach(watches, [covered(gap.where, gap=True) * gap.share for gap in coverage.gaps])

    def same(self, other: _Reach) -> bool:
        """Whether no watch and no gap differs in any cell."""
        ours, theirs = [*self.watches.values(), *self.gaps], [*other.watches.values(), *other.gaps]
        return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


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
    reach: _Reach,
    spells: Sequence[datetime],
    width: int,
) -> Floats:
    """Probability by spell and cell that at least one of the watches sees an act."""
    ids = {w.id for w in watches}
    bearing = [n for n, gap in enumerate(gaps) if gap.watches is None or gap.watches & ids]
    active_w = _active([w.times for w in watches], spells)
    active_g = _active([gaps[n].times for n in bearing], spells)
    unseen, causes = [1.0 - reach.watches[w.id] for w in watches], [w.causes for w in watches]

    def left_of(watch: Watch, lost: Sequence[int]) -> Floats:
        left = reach.watches[watch.id].copy()
        for gap in (bearing[i] for i in lost):
            taken = gaps[gap].watches
            if taken is None or watch.id in taken:
                left *= 1.0 - reach.gaps[gap]
        return left

    made: dict[bytes, Floats] = {}
    rows = []
    for w_row, g_row in zip(active_w, active_g, strict=True):
        on = np.flatnonzero(w_row)
        key = on.tobytes() + g_row.tobytes()
        if key not in made:
            lost = np.flatnonzero(g_row).tolist()
            missed = [unseen[i] if not lost else 1.0 - left_of(watches[i], lost) for i in on.tolist()]
            best = unseen_by_best(missed, tuple(causes[i] for i in on.tolist())) if missed else np.ones(width)
            made[key] = np.round(1.0 - best, 9)
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
