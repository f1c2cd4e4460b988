"""When a mission's day ends, and the days, weeks and months that it counts in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from servanda.values.time import Interval, day_start

Span: TypeAlias = Literal["day", "week", "month"]
"""What a window is cut into."""
SPANS: tuple[Span, ...] = get_args(Span)
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_DAY = timedelta(days=1)


def parse_clock(text: str) -> time:
    """A time of day as "19:30". "24:00" and "00:00" both are midnight.

    Raises:
        ValueError: it is none, with what would be right.
    """
    match = _CLOCK.fullmatch(text)
    if match is None or (match[1] == "24" and match[2] != "00"):
        raise ValueError(f"{text!r} is not a time of day; write for example '19:30' or '24:00'")
    return time(int(match[1]) % 24, int(match[2]))


@dataclass(frozen=True, slots=True)
class ReportingDay:
    """When a mission's day ends. A day bears the date on which it ends; one that ends at midnight bears that of the day then over.

    ``zone``: whose clock it is. Two days a year have 23 or 25 hours where the clocks change. An end that the clocks skip is the
    instant at which they go forward; of one that comes twice, the first counts.
    """

    ends: time
    zone: ZoneInfo

    def window(self, day: date) -> Interval:
        """From when to when a day lasts, in UTC."""
        first = day if self.ends == time() else day - _DAY
        return Interval(self._edge(first), self._edge(first + _DAY))

    def day_of(self, moment: datetime) -> date:
        """The day in which an instant lies; an instant at which one ends lies in the next."""
        day = moment.astimezone(self.zone).date() - _DAY
        while True:
            end = self.window(day).end
            if end is not None and moment < end:
                return day
            day += _DAY

    def spans(self, window: Interval, by: Span) -> Iterator[tuple[date, Interval]]:
        """The days, weeks from Monday, or months of a window with both ends, cut to it; each with the date of its first day."""
        if window.start is None or window.end is None or window.is_empty:
            return
        first = first_of(self.day_of(window.start), by)
        while True:
            following = first_of(first + timedelta(days={"day": 1, "week": 7, "month": 31}[by]), by)
            whole = Interval(self.window(first).start, self.window(following).start)
            if whole.start is None or whole.start >= window.end:
                return
            part = whole.intersection(window)
            if not part.is_empty:
                yield first, part
            first = following

    def _edge(self, day: date) -> datetime:
        """The instant of a day at which the clock shows the end."""
        if self.ends == time():
            return day_start(day, self.zone)
        local = datetime.combine(day, self.ends)
        shown = local.replace(tzinfo=self.zone).astimezone(UTC)
        if shown.astimezone(self.zone).replace(tzinfo=None) == local:
            return shown
        low, high = (
            local.replace(tzinfo=self.zone, fold=1).astimezone(UTC),
            shown,
        )  # the clocks go forward between these
        while high - low > timedelta(microseconds=1):
            middle = low + (high - low) / 2
            low, high = (middle, high) if middle.astimezone(self.zone).replace(tzinfo=None) < local else (low, middle)
        return high


def first_of(day: date, by: Span) -> date:
    """The first day of the week (Monday) or month of a day; the day itself."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day
