"""What is judged: each term, in each reading, over its window or over each slice of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from servanda.agreement import Agreement, Forbid
from servanda.errors import Fault, ServandaError
from servanda.values.time import Interval

MAX_SLICES = 4_000


@dataclass(frozen=True, slots=True)
class Unit:
    """One term of one reading, with the window it is judged over."""

    reading: str | None
    term: Forbid
    window: Interval


def units_of(agreement: Agreement, by: Literal["day", "week"] | None = None) -> tuple[Unit, ...]:
    """All units of an agreement. Raises :class:`ServandaError` when slices are wanted of a window without an end."""
    out: list[Unit] = []
    for text in agreement.texts:
        for term in text.terms:
            windows = [term.window] if by is None else _slices(term.window, agreement.zone, by)
            out.extend(Unit(text.reading, term, window) for window in windows)
    if len(out) > MAX_SLICES:
        what = f"that makes {len(out):,} slices; at most {MAX_SLICES:,} are judged at once"
        raise ServandaError(Fault("--by", what, "use --by week, or a shorter agreement"))
    return tuple(out)


def _slices(window: Interval, zone: ZoneInfo, by: Literal["day", "week"]) -> Iterator[Interval]:
    """Calendar days or weeks (from Monday) of the agreement's zone, cut to the window."""
    if window.start is None or window.end is None:
        raise ServandaError(Fault("--by", "a term without an end has no last day", "give --as-of"))
    day = window.start.astimezone(zone).date()
    if by == "week":
        day -= timedelta(days=day.weekday())
    step = timedelta(days=1 if by == "day" else 7)
    while True:
        start = datetime.combine(day, time(), zone)
        if start >= window.end:
            return
        part = Interval(start, datetime.combine(day + step, time(), zone)).intersection(window)
        if not part.is_empty:
            yield Interval(_utc(part.start), _utc(part.end))
        day += step


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
