"""Periods of a calendar, and what came in each."""

from __future__ import annotations

from datetime import datetime

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
