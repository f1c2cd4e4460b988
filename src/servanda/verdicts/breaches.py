"""Breaches, as guarantees count them: how many they are however they are numbered, and when so many are shown.

Of the breaches of one party those count that are pairwise further apart, in time *or* place, than a guarantee says (``apart``): the
greatest number of them; two of which fusion is unsure whether they are one incident are one, and so is one word that somebody passes on under a number of his own. Five shots in five seconds are one breach, and a further breach never makes the others fewer. All
breaches by one incident are near to each other. What has no place, as a day that was missed, is near to what breaches the same
term. Of sets that are as great the first counts, what is confirmed only by a party's own word after the rest, in order of time.
A breach that counts is as certain as the most certain of itself and of those that are near to it and to no other that counts.

So many are **shown** when the chance of so many or more reaches the mandate's certainty, with independent errors and with one
common error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement.kinds import Apart
from servanda.incidents.doubts import Doubts
from servanda.values.geo.projection import GEOD, Floats
from servanda.values.time import Duration
from servanda.verdicts.chances.sums import CERTAIN, shown_at_least
from servanda.verdicts.far_apart import first_greatest

DEGREE_OF_LATITUDE = 110_000  # metres; nowhere is one shorter
_AN_HOUR = timedelta(hours=1)
MAX_EXACT = 200
"""Of so many breaches the greatest number that are apart is worked out; of more, in several places, those count that end first."""
Box: TypeAlias = tuple[float, float, float, float]
"""South, west, north, east."""
Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Breach:
    """Between which instants it came about, how certainly (in millionths), by which incident, and where; ``admitted``: only by the
    word of who is accused of it, or of others whom it binds. ``same``, ``who``: whose word it is, of what, and who carries it.
    """

    earliest: datetime | None
    latest: datetime | None
    certainty: int = CERTAIN
    incident: str | None = None
    box: Box | None = None
    admitted: bool = False
    same: int | None = None
    who: frozenset[int] = frozenset()

    def told_again_as(self, other: Breach) -> bool:
        """Whether another is one origin's word about the same, which somebody passes on within an hour under a number of his own."""
        if self.same is None or self.same != other.same or not self.who.isdisjoint(other.who):
            return False
        if self.earliest is None or self.latest is None or other.earliest is None or other.latest is None:
            return False
        return self.earliest <= other.latest + _AN_HOUR and other.earliest <= self.latest + _AN_HOUR


@dataclass(frozen=True, slots=True)
class _Row:
    """A breach with its term, and when it came about, as far as it is known."""

    start: datetime
    end: datetime
    term: str
    breach: Breach

    @property
    def order(self) -> tuple[object, ...]:
        """Its place in the order in which breaches count."""
        b = self.breach
        return b.admitted, self.end, self.start, -b.certainty, self.term, b.box or (), b.incident or ""


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
    names = ("start", "end", "p", "incident", "south", "west", "north", "east", "by", "same", "who")
    return tuple(
        Breach(start, end, p, name, None if s is None else (s, w, n, e), by == "admission", same, frozenset(who))
        for start, end, p, name, s, w, n, e, by, same, who in zip(*(acts[c].to_list() for c in names), strict=True)
    )


def counted_apart(
    breaches: Iterable[tuple[str, Breach]], apart: Apart | None, zone: ZoneInfo, doubts: Doubts | None = None
) -> list[Counted]:
    """The breaches of one party, as many of them as are pairwise further apart.

    Args:
        breaches: each with the term that it breaches; one of which nobody knows when it came about does not count.
        apart: what is nearer than this is one; ``None``: only what one incident breached.
        zone: where days are counted.
        doubts: which incidents may be one: these are near to each other.

    Returns:
        What is to be counted, in order of time.
    """
    rows = [_Row(b.earliest or b.latest, b.latest, term, b) for term, b in breaches if b.latest is not None]
    rows.sort(key=lambda row: row.order)
    near = _Nearness(rows, apart, zone, doubts or Doubts())
    chosen = near.first_greatest()
    members = {n: [rows[n].breach] for n in chosen}
    counting = np.array(chosen, dtype=np.int64)
    for n in set(range(len(rows))) - set(chosen):
        to = near.to(n, counting)
        if len(to) == 1:
            members[to[0]].append(rows[n].breach)
    return sorted(map(_one, members.values()), key=lambda c: (c.latest, c.earliest, c.incidents))


def when_shown(
    counted: Sequence[Counted],
    at_least: int,
    certainty: int,
    within: Duration | None,
    zone: ZoneInfo,
    since: datetime | None = None,
) -> tuple[datetime, datetime, tuple[str, ...]] | None:
    """When so many breaches had come about, as far as it is shown.

    Args:
        counted: the breaches, in order of their latest instants.
        at_least: how many.
        certainty: the mandate's, in millionths.
        within: the time within which all of them must have come about; ``None``: any.
        zone: where days are counted.
        since: from when on the last of them must have come about; ``None``: whenever.

    Returns:
        Not before when, by when at the latest, and by which incidents; ``None`` where so many are not shown.
    """

    def shown(some: Sequence[Counted]) -> bool:
        return len(some) >= at_least and shown_at_least([(1, c.certainty) for c in some], certainty) >= at_least

    if within is not None:
        for n, last in enumerate(counted, 1):
            near = [c for c in counted[:n] if within.after(c.earliest, zone) >= last.latest]
            if (since is None or last.earliest >= since) and shown(near):
                return _span(near, near, at_least, since)
        return None
    first = next((n for n, c in enumerate(counted, 1) if since is None or c.earliest >= since), None)
    if first is None or not shown(counted):
        return None
    low, high = max(at_least, first), len(counted)
    while low < high:  # more breaches never make so many less certain
        middle = (low + high) // 2
        low, high = (low, middle) if shown(counted[:middle]) else (middle + 1, high)
    return _span(counted, counted[:low], at_least, since)


def perhaps_within(
    counted: Sequence[Counted],
    at_least: int,
    certainty: int,
    within: Duration,
    zone: ZoneInfo,
    since: datetime | None = None,
) -> tuple[datetime, tuple[str, ...]] | None:
    """Whether so many breaches are shown that may all have come about within a time, though they need not have.

    Args:
        counted: the breaches.
        at_least: how many.
        certainty: the mandate's, in millionths.
        within: the time within which all of them must have come about.
        zone: where days are counted.
        since: from when on the last of them must have come about; ``None``: whenever.

    Returns:
        Not before when, and by which incidents; ``None`` where so many cannot have.
    """
    for first in sorted(counted, key=lambda c: c.latest):  # with the last instant of the first, the window ends latest
        end = within.after(first.latest, zone)
        near = [c for c in counted if c.latest >= first.latest and c.earliest <= end]
        late = since is None or any(c.earliest >= since for c in near)
        if late and shown_at_least([(1, c.certainty) for c in near], certainty) >= at_least:
            earliest, _, incidents = _span(near, near, at_least, since)
            return earliest, incidents
    return None


def _span(
    possible: Sequence[Counted], needed: Sequence[Counted], at_least: int, since: datetime | None
) -> tuple[datetime, datetime, tuple[str, ...]]:
    incidents = sorted({incident for c in needed for incident in c.incidents})
    earliest = sorted(c.earliest for c in possible)[at_least - 1]
    if since is not None:
        earliest = max(earliest, min(c.earliest for c in possible if c.earliest >= since))
    return earliest, needed[-1].latest, tuple(incidents)


def _one(breaches: Sequence[Breach]) -> Counted:
    """Several breaches that are one: settled when the most certain of them is."""
    certainty = max(b.certainty for b in breaches)
    latest = min(b.latest for b in breaches if b.latest and b.certainty == certainty)
    earliest = min(b.earliest or b.latest or latest for b in breaches)
    return Counted(earliest, latest, certainty, tuple(sorted({b.incident for b in breaches if b.incident})))


class _Nearness:
    """Which of some rows, in the order in which they count, are near to each other."""

    def __init__(self, rows: Sequence[_Row], apart: Apart | None, zone: ZoneInfo, doubts: Doubts) -> None:
        self._apart = apart
        self._start = np.array([row.start.timestamp() for row in rows])
        ends = (row.end if apart is None else apart.time.after(row.end, zone) for row in rows)
        self._until = np.array([end.timestamp() for end in ends])
        self._boxes = np.array([row.breach.box or (np.nan,) * 4 for row in rows], dtype=np.float64).reshape(-1, 4)
        self._terms = _numbered([row.term for row in rows])
        self._by_time = len({row.breach.admitted for row in rows}) < 2
        self._breaches = [row.breach for row in rows]
        self._same = _numbered([None if b.same is None else str(b.same) for b in self._breaches])
        names = [row.breach.incident for row in rows]
        self._incidents = _numbered(names)
        self._unsure = doubts.beside(pl.Series([n for n in dict.fromkeys(names) if n is not None], dtype=pl.String))

    def to(self, n: int, others: Numbers) -> list[int]:
        """Which of some rows are near to one."""
        same = (self._incidents[others] == self._incidents[n]) & (self._incidents[n] >= 0)
        if int(self._incidents[n]) in self._unsure:
            same |= np.isin(self._incidents[others], self._unsure[int(self._incidents[n])])
        for k in np.flatnonzero((self._same[others] == self._same[n]) & (self._same[n] >= 0) & ~same):
            same[k] = self._breaches[n].told_again_as(self._breaches[int(others[k])])
        if self._apart is not None:
            start, until = (
                np.maximum(self._start[others], self._start[n]),
                np.minimum(self._until[others], self._until[n]),
            )
            in_time = np.flatnonzero((until > start) & ~same)
            close = others[in_time]
            placed = ~np.isnan(self._boxes[close, 0]) & ~np.isnan(self._boxes[n, 0])
            in_place = nearer_than(self._boxes[close], self._boxes[n], self._apart.metres)
            same[in_time] = np.where(placed, in_place, self._terms[close] == self._terms[n])
        return [int(k) for k in others[same]]

    def first_greatest(self) -> list[int]:
        """The greatest set of rows that are pairwise apart, and of several the one whose rows come first."""
        taken, count = np.empty(len(self._start), dtype=np.int64), 0
        for n in range(len(self._start)):
            if not self.to(n, taken[:count]):
                taken[count], count = n, count + 1
        greedy = [int(k) for k in taken[:count]]
        if len(greedy) == len(self._start) or self._one_place():
            return greedy  # in time alone, what ends first is the best
        if len(self._start) > MAX_EXACT:
            return greedy
        around = [0] * len(self._start)
        for n in range(1, len(around)):
            for k in self.to(n, np.arange(n)):
                around[n] |= 1 << k
                around[k] |= 1 << n
        return first_greatest(around, greedy)

    def _one_place(self) -> bool:
        """Whether only time tells the rows apart, and they are in its order."""
        numbered, told = self._incidents[self._incidents >= 0], self._same[self._same >= 0]
        if len(np.unique(told)) < len(told):
            return False
        alike = (self._boxes == self._boxes[:1]).all() or (np.isnan(self._boxes).all() and not self._terms.any())
        return self._by_time and not self._unsure and bool(alike) and len(np.unique(numbered)) == len(numbered)


def _numbered(names: Sequence[str | None]) -> Numbers:
    """Names as numbers; -1 for none."""
    numbers: dict[str, int] = {}
    return np.array([-1 if name is None else numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def nearer_than(boxes: Floats, box: Floats, metres: float | Floats) -> npt.NDArray[np.bool_]:
    """Which boxes have a point that is nearer than so many metres to a point of another."""
    south, west, north, east = box
    metres = np.broadcast_to(metres, len(boxes))
    lat, lon = np.clip(boxes[:, 0], south, north), np.clip(boxes[:, 1], west, east)
    to_lat, to_lon = np.clip(lat, boxes[:, 0], boxes[:, 2]), np.clip(lon, boxes[:, 1], boxes[:, 3])
    near = np.abs(lat - to_lat) * DEGREE_OF_LATITUDE < metres
    near[near] = np.asarray(GEOD.inv(lon[near], lat[near], to_lon[near], to_lat[near])[2]) < metres[near]
    return near
