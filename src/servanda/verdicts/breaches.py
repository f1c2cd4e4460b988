"""Breaches, as guarantees count them: what is one of them however it is numbered, and when so many are shown.

Breaches of one party that are nearer to each other in time *and* place than a guarantee says (``apart``) are one, chained: five
shots in five seconds are no five breaches. So are all breaches by one incident. What has no place, as a day that was missed,
is near to what breaches the same term. One breach made of several is as certain as the most certain of them. What is confirmed only
by a party's own word chains no two others together: nobody makes one of two breaches that were seen by admitting a third.

So many are **shown** when the chance of so many or more reaches the mandate's certainty, with independent errors and with one
common error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement.kinds import Apart
from servanda.values.geo.projection import GEOD, Floats
from servanda.values.time import Duration
from servanda.verdicts.chances import CERTAIN, shown_at_least

_DEGREE_OF_LATITUDE = 110_000  # metres; nowhere is one shorter
Box: TypeAlias = tuple[float, float, float, float]
"""South, west, north, east."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Between which instants it came about, how certainly (in millionths), by which incident, and where; ``admitted``: only by the
    word of who is accused of it, or of others whom it binds.
    """

    earliest: datetime | None
    latest: datetime | None
    certainty: int = CERTAIN
    incident: str | None = None
    box: Box | None = None
    admitted: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """A breach with its term, and when it came about, as far as it is known."""

    start: datetime
    end: datetime
    term: str
    breach: Breach

    def alike(self, other: _Row) -> bool:
        """Whether everything that is near to the one in place is near to the other."""
        mine, its = self.breach, other.breach
        return (self.term, mine.box, mine.admitted) == (other.term, its.box, its.admitted)


@dataclass(frozen=True, slots=True)
class Counted:
    """One breach, however it is numbered: between which instants, how certainly, and by which incidents."""

    earliest: datetime
    latest: datetime
    certainty: int
    incidents: tuple[str, ...]


Breaches: TypeAlias = Mapping[tuple[str, str | None], tuple[Breach, ...]]
"""The breaches by term (without its version) and party."""


def breaches_of(acts: pl.DataFrame) -> tuple[Breach, ...]:
    """Each of some occurrences as a breach, in order of time."""
    acts = acts.sort("end", "start", "incident")
    columns = [acts[c].to_list() for c in ("start", "end", "p", "incident", "south", "west", "north", "east", "by")]
    return tuple(
        Breach(start, end, p, incident, None if south is None else (south, west, north, east), by == "admission")
        for start, end, p, incident, south, west, north, east, by in zip(*columns, strict=True)
    )


def counted_apart(breaches: Iterable[tuple[str, Breach]], apart: Apart | None, zone: ZoneInfo) -> list[Counted]:
    """The breaches of one party, those that are one put together.

    Args:
        breaches: each with the term that it breaches; one of which nobody knows when it came about does not count.
        apart: what is nearer than this is one; ``None``: only what one incident breached.
        zone: where days are counted.

    Returns:
        What is to be counted, in order of time.
    """
    rows = [_Row(b.earliest or b.latest, b.latest, term, b) for term, b in breaches if b.latest is not None]
    rows.sort(key=lambda row: (row.start, row.end, row.breach.incident or "", row.term))
    groups = _Groups(len(rows))
    pairs = [*_same_incident(rows), *(_near_pairs(rows, apart, zone) if apart is not None and len(rows) > 1 else ())]
    for n, other in pairs:
        if rows[n].breach.admitted == rows[other].breach.admitted:
            groups.join(n, other)
    # what is only admitted joins no two others: it is part of either, and of which makes no difference to the count
    mixed = [pair for pair in pairs if rows[pair[0]].breach.admitted != rows[pair[1]].breach.admitted]
    part_of = {groups.of(n if rows[n].breach.admitted else other) for n, other in mixed}
    members: dict[int, list[Breach]] = {}
    for n, row in enumerate(rows):
        if groups.of(n) not in part_of:
            members.setdefault(groups.of(n), []).append(row.breach)
    return sorted(map(_one, members.values()), key=lambda c: (c.latest, c.earliest, c.incidents))


def when_shown(
    counted: Sequence[Counted], at_least: int, certainty: int, within: Duration | None, zone: ZoneInfo
) -> tuple[datetime, datetime, tuple[str, ...]] | None:
    """When so many breaches had come about, as far as it is shown.

    Args:
        counted: the breaches, in order of their latest instants.
        at_least: how many.
        certainty: the mandate's, in millionths.
        within: the time within which all of them must have come about; ``None``: any.
        zone: where days are counted.

    Returns:
        Not before when, by when at the latest, and by which incidents; ``None`` where so many are not shown.
    """

    def shown(some: Sequence[Counted]) -> bool:
        return len(some) >= at_least and shown_at_least([(1, c.certainty) for c in some], certainty) >= at_least

    if within is not None:
        for n, last in enumerate(counted, 1):
            near = [c for c in counted[:n] if within.after(c.earliest, zone) >= last.latest]
            if shown(near):
                return _span(near, near, at_least)
        return None
    if not shown(counted):
        return None
    low, high = at_least, len(counted)
    while low < high:  # more breaches never make so many less certain
        middle = (low + high) // 2
        low, high = (low, middle) if shown(counted[:middle]) else (middle + 1, high)
    return _span(counted, counted[:low], at_least)


def _span(
    possible: Sequence[Counted], needed: Sequence[Counted], at_least: int
) -> tuple[datetime, datetime, tuple[str, ...]]:
    incidents = sorted({incident for c in needed for incident in c.incidents})
    return sorted(c.earliest for c in possible)[at_least - 1], needed[-1].latest, tuple(incidents)


def _one(breaches: Sequence[Breach]) -> Counted:
    """Several breaches that are one: settled when the most certain of them is."""
    certainty = max(b.certainty for b in breaches)
    latest = min(b.latest for b in breaches if b.latest and b.certainty == certainty)
    earliest = min(b.earliest or b.latest or latest for b in breaches)
    return Counted(earliest, latest, certainty, tuple(sorted({b.incident for b in breaches if b.incident})))


def _same_incident(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """Pairs of breaches by one incident, as many as it takes to chain all."""
    first: dict[tuple[str, bool], int] = {}
    pairs = []
    for n, row in enumerate(rows):
        if row.breach.incident is not None:
            for admitted in (False, True):
                other = first.get((row.breach.incident, admitted))
                pairs += [] if other is None else [(other, n)]
            first.setdefault((row.breach.incident, row.breach.admitted), n)
    return pairs


def _near_pairs(rows: Sequence[_Row], apart: Apart, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Pairs that are near in time and place, as many as it takes to chain all; ``rows`` are in order of their beginnings."""
    start = np.array([row.start.timestamp() for row in rows])
    until = np.array([apart.time.after(row.end, zone).timestamp() for row in rows])
    reach = np.maximum.accumulate(until)
    boxes = np.array([row.breach.box or (np.nan,) * 4 for row in rows], dtype=np.float64)
    terms = np.array([row.term for row in rows])
    pairs: list[tuple[int, int]] = []
    for n in range(1, len(rows)):
        before, row = rows[n - 1], rows[n]
        if until[n - 1] > start[n] and before.alike(row):
            pairs.append((n - 1, n))  # and whatever else is near to this one was near to the one before
            continue
        first = int(np.searchsorted(reach, start[n], "right"))
        close = np.flatnonzero(until[first:n] > start[n]) + first
        near = _near(boxes[close], boxes[n], apart.metres)
        placed = ~np.isnan(boxes[close, 0]) & ~np.isnan(boxes[n, 0])
        pairs += [(int(other), n) for other in close[np.where(placed, near, terms[close] == terms[n])]]
    return pairs


def _near(boxes: Floats, box: Floats, metres: float) -> npt.NDArray[np.bool_]:
    """Which boxes have a point that is nearer than so many metres to a point of another."""
    south, west, north, east = box
    lat, lon = np.clip(boxes[:, 0], south, north), np.clip(boxes[:, 1], west, east)
    to_lat, to_lon = np.clip(lat, boxes[:, 0], boxes[:, 2]), np.clip(lon, boxes[:, 1], boxes[:, 3])
    near = np.abs(lat - to_lat) * _DEGREE_OF_LATITUDE < metres
    near[near] = np.asarray(GEOD.inv(lon[near], lat[near], to_lon[near], to_lat[near])[2]) < metres
    return near


class _Groups:
    """Sets that are joined, one after another."""

    def __init__(self, count: int) -> None:
        self._up = list(range(count))

    def of(self, n: int) -> int:
        """The number of the set that an element is in."""
        while self._up[n] != n:
            self._up[n] = self._up[self._up[n]]
            n = self._up[n]
        return n

    def join(self, one: int, other: int) -> None:
        """Make one set of two."""
        a, b = sorted((self.of(one), self.of(other)))
        self._up[b] = a
