"""Periods of a calendar, and what came in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations, pairwise

from servanda.values.time import Duration, Interval
from tests.reference_terms.plain import Occurrence, Plain


def periods_of(plain: Plain, start: datetime, end: datetime, every: Duration | None) -> list[Interval]:
    if every is None:
        return [Interval(start, end)]
    out: list[Interval] = []
    n = 0
    while Duration(every.amount * (n + 1), every.unit).after(start, plain.zone) <= end:
        begin = Duration(every.amount * n, every.unit).after(start, plain.zone) if n else start
        out.append(Interval(begin, Duration(every.amount * (n + 1), every.unit).after(start, plain.zone)))
        n += 1
    return out


def within(o: Occurrence, period: Interval) -> bool:
    """Surely in a period; an instant at its end is not."""
    assert period.start is not None
    assert period.end is not None
    return o.start >= period.start and o.end <= period.end and (o.start < period.end)


def touches(o: Occurrence, period: Interval) -> bool:
    assert period.start is not None
    assert period.end is not None
    if o.start == o.end:
        return period.start <= o.start < period.end
    return o.start < period.end and o.end > period.start


def stretches(rows: list[Occurrence], periods: list[Interval]) -> list[list[Interval]]:
    """Two and more periods one after another, each tied to the next by something that may lie in both; the short ones first."""
    out = []
    for length in range(2, len(periods) + 1):
        for first in range(len(periods) - length + 1):
            these = periods[first : first + length]
            pairs = pairwise(these)
            if all(any(inside(o, periods) and touches(o, a) and touches(o, b) for o in rows) for a, b in pairs):
                out.append(these)
    return out


def inside(o: Occurrence, these: Sequence[Interval]) -> bool:
    """Surely in some of several periods that follow each other."""
    return within(o, Interval(these[0].start, these[-1].end))


def shortage(rows: list[Occurrence], periods: list[Interval], asked: list[int]) -> tuple[int, int, int] | None:
    """The first period up to which not all can have had what they ask for: how many asked, how much is missing, and which it is."""
    for last in range(len(periods)):
        first = last
        while first and any(touches(o, periods[first]) and touches(o, periods[first - 1]) for o in rows):
            first -= 1
        asking = [n for n in range(first, last + 1) if asked[n]]
        missing = 0
        for size in range(1, len(asking) + 1):
            for some in combinations(asking, size):
                came = sum(o.high for o in rows if any(touches(o, periods[n]) for n in some))
                missing = max(missing, sum(asked[n] for n in some) - came)
        if missing > 0:
            return len(asking), missing, last
    return None
