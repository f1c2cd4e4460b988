"""When a watch was looking: its times but for the outages and denials that took all of it away."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from servanda.coverage.model import Coverage, Gap, Watch
from servanda.coverage.shifts import joined
from servanda.values.time import Interval


def looking(coverage: Coverage, watch: Watch, where: BaseGeometry | None) -> list[Interval]:
    """When a watch was looking at a place.

    Args:
        coverage: whose outages and denials count; those that take a part of a watch, or of the place, away are left out.
        watch: one of its watches.
        where: the place in degrees; ``None``: everywhere, or nobody knows where.

    Returns:
        Its spells, in order.
    """
    shut = joined(
        sorted((time for gap in coverage.gaps if _all_of(gap, watch, where) for time in gap.times), key=_start)
    )
    ends = [_end(gap) for gap in shut]
    parts = (
        part for time in sorted(watch.times, key=_start) for part in _left(time, shut, bisect_right(ends, _start(time)))
    )
    return [part for part in parts if not part.is_empty]


def _all_of(gap: Gap, watch: Watch, where: BaseGeometry | None) -> bool:
    """Whether it takes all of a watch away at a place."""
    if gap.share < 1 or (gap.watches is not None and watch.id not in gap.watches):
        return False
    return gap.where is None or (where is not None and bool(gap.where.covers(where)))


def _left(time: Interval, shut: Sequence[Interval], first: int) -> Iterator[Interval]:
    """What of a spell lies between others that do not meet, of which ``first`` is the first that ends in it or later; parts may be empty."""
    since = time.start
    while first < len(shut) and _start(shut[first]) < _end(time):
        yield Interval(since, shut[first].start)
        since = shut[first].end
        first += 1
    yield Interval(since, time.end)


def _start(spell: Interval) -> datetime:
    assert spell.start is not None
    return spell.start


def _end(spell: Interval) -> datetime:
    assert spell.end is not None
    return spell.end
