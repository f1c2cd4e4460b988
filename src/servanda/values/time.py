"""Instants, durations and half-open intervals.

Inside, an instant is an aware ``datetime`` in UTC, or an ``int64`` of microseconds since 1970 in a column.
Outside it always carries a zone. Days, weeks, months and years are counted on the calendar of the
agreement's own zone (so "30 days" from midnight ends at midnight, across a change to summer time);
hours and minutes are counted on the clock. A day begins at midnight, or, where the clocks go forward over midnight (Beirut, Cairo,
Havana), at the hour after it; counting days leads from the beginning of a day to the beginning of a day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
_WHOLE_DAY = timedelta(hours=22, minutes=59)
"""The shortest day, which loses an hour to summer time, told to the minute."""
_AGAINST = ("denies", "retracts")
"""Stances of those who do not say that it was."""
LONGEST_DAY = timedelta(hours=25)
"""What is told of no longer a time may have been at any hour of it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years"}
_LONGEST = {
    "minutes": 525_960_000,
    "hours": 8_766_000,
    "days": 365_250,
    "weeks": 52_178,
    "months": 12_000,
    "years": 1_000,
}
_DURATION = re.compile(r"^\s*(\d{1,6})\s*(minute|hour|day|week|month|year)s?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of minutes, hours, days, weeks, months or years, as an agreement writes it."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"

    def after(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The instant this long after ``start``; calendar units are counted in ``zone``.

        Raises ``ValueError`` beyond the years that can be counted.
        """
        try:
            return self._after(start, zone)
        except (OverflowError, ValueError):
            raise ValueError(f"{self} from then is beyond the years that can be counted") from None

    def well_before(self, end: datetime) -> datetime:
        """An instant before which nothing is that was this long, or less, before ``end``, however its days and months are counted."""
        days = {"days": 1, "weeks": 7, "months": 31, "years": 366}
        if self.unit in days:
            return end - timedelta(days=self.amount * days[self.unit], hours=2)
        return end - timedelta(**{self.unit: self.amount})

    def _after(self, start: datetime, zone: ZoneInfo) -> datetime:
        if self.unit in {"minutes", "hours"}:
            return start + timedelta(**{self.unit: self.amount})
        local = start.astimezone(zone).replace(tzinfo=None)
        if starts_day(start, zone):  # even where the day begins at another hour
            local = datetime.combine(local.date(), time())
        if self.unit in {"days", "weeks"}:
            local += timedelta(**{self.unit: self.amount})
        else:
            months = local.year * 12 + local.month - 1 + self.amount * (12 if self.unit == "years" else 1)
            year, month = divmod(months, 12)
            day = min(local.day, calendar.monthrange(year, month + 1)[1])
            local = local.replace(year=year, month=month + 1, day=day)
        if local.time() == time():
            return day_start(local.date(), zone)
        return local.replace(tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` (included) to ``end`` (not included), both UTC; ``None`` is without an end on that side."""

    start: datetime | None
    end: datetime | None

    @property
    def is_empty(self) -> bool:
        return self.start is not None and self.end is not None and self.end <= self.start

    def intersection(self, other: Interval) -> Interval:
        starts = [s for s in (self.start, other.start) if s is not None]
        ends = [e for e in (self.end, other.end) if e is not None]
        return Interval(max(starts) if starts else None, min(ends) if ends else None)


def parse_duration(text: str) -> Duration:
    """Read "30 days" or "24 hours". Raises ``ValueError`` with what would be right."""
    match = _DURATION.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write for example '30 days' or '24 hours'")
    duration = Duration(int(match[1]), _UNITS[match[2].lower()])
    if duration.amount > _LONGEST[duration.unit]:
        raise ValueError(f"{text!r} is longer than a thousand years")
    return duration


def hour_of(spans: Iterable[tuple[str | None, datetime | None, datetime | None]]) -> tuple[datetime, datetime] | None:
    """When something happened, as those say together who tell of it: whoever names whole days does not widen what others say to the hour,
    nor does who denies it, or takes it back, where anybody says that it was.

    Args:
        spans: the stance of each, and when he says that it began and ended.

    Returns:
        The first beginning and the last end of those that name less than a day; of all, where none does. ``None`` where nobody says when.
    """
    every = list(spans)
    heard = [one for one in every if one[0] not in _AGAINST] or every
    told = [(start, end or start) for _, start, end in heard if start is not None]
    hours = [(start, end) for start, end in told if end - start < _WHOLE_DAY]
    begins, ends = zip(*(hours or told), strict=True) if told else ((), ())
    return (min(begins), max(ends)) if begins else None


_DATE = r"(?:(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)|(\d{4})-?W(\d\d)-?(\d)|(\d{4})-?(\d{3}))"
_CLOCK = r"(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?|(\d\d)(?:(\d\d)(?:[.,](\d{1,12}))?)?)?"
_OFFSET = r"(?:\s*(Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?))?"
_ISO = re.compile(rf"^{_DATE}(?:(?:T|\s+){_CLOCK}{_OFFSET})?$", re.IGNORECASE | re.ASCII)
_MINUS = "\u2212"  # as ISO 8601 prints it


class NoSuchTime(ValueError):
    """A day or a time of day that no calendar and no clock has."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date or time as it is written: what the calendar and the clock show, and the offset where it is given."""

    local: datetime
    offset: timedelta | None
    names_day: bool
    """A day is named and no hour."""


def written_time(text: str) -> Written:
    """Read ISO 8601: with or without separators, by week or by day of the year, with an offset of hours or minutes; 24:00 ends a day.

    Args:
        text: a date, or a date and a time.

    Returns:
        What is written.

    Raises:
        NoSuchTime: the form is right, and there is no such day or time of day.
        ValueError: it is no date or time at all.
    """
    match = _ISO.match(text.strip().replace(_MINUS, "-"))
    if match is None:
        raise ValueError(f"{text.strip()!r} is not a date or time; write for example 2025-03-18 or 2025-03-18T18:00")
    try:
        local = datetime.combine(_day(match), time())
        if match[12] is None:
            return Written(local, None, names_day=True)
        hour, minute, second = (int(part or 0) for part in (match[12], match[13] or match[16], match[14] or match[17]))
        part = int(((match[15] or match[18] or "") + "000000")[:6])
        ends_day = hour == 24 and not (minute or second or part)
        local = (
            local + timedelta(days=1)
            if ends_day
            else local.replace(hour=hour, minute=minute, second=second, microsecond=part)
        )
        return Written(local, _offset(match), names_day=False)
    except (ValueError, OverflowError):
        what = f"{text!r} is not a date or time: there is no such day or time of day"
        raise NoSuchTime(what) from None


def _day(match: re.Match[str]) -> date:
    """The day that is written, in whichever of the forms."""
    if match[7]:
        return date.fromisocalendar(int(match[7]), int(match[8]), int(match[9]))
    if match[10]:
        day = date(int(match[10]), 1, 1) + timedelta(days=int(match[11]) - 1)
        if day.year != int(match[10]) or match[11] == "000":
            raise ValueError("no such day of the year")
        return day
    return date(int(match[1] or match[4]), int(match[2] or match[5]), int(match[3] or match[6]))


def _offset(match: re.Match[str]) -> timedelta | None:
    if match[19] is None:
        return None
    if match[20] is None:
        return timedelta()
    hours, minutes, seconds = (int(part or 0) for part in (match[21], match[22], match[23]))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if match[20] == "-" else offset


def instants_of(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants that a local time can mean: one; none where the clocks go forward over it; two where they go back.

    Midnight always is one: the beginning of the day, which may be at another hour.
    """
    if local.time() == time():
        begins = day_start(local.date(), zone)
        return (begins,) if begins.astimezone(zone).date() == local.date() else ()
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    offset = first.utcoffset()
    if offset is not None and offset == second.utcoffset():  # no change of the clocks is near
        return ((local - offset).replace(tzinfo=UTC),)
    both = (moment.astimezone(UTC) for moment in (first, second))
    return tuple(dict.fromkeys(u for u in both if u.astimezone(zone).replace(tzinfo=None) == local))


@lru_cache(maxsize=10_000)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, which is midnight but where the clocks go forward over it; of a day that a zone left out, that of the next."""
    return first_shown(datetime.combine(day, time()), zone)


def first_shown(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which clocks show a local time; where they go forward over it, that at which they do."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    shown = first.astimezone(UTC)
    if shown.astimezone(zone).replace(tzinfo=None) == local:
        return shown
    # the clocks go forward within (low, high]: from the offset that held before to the one that holds after
    low, high = second.astimezone(UTC), shown
    while high - low > MICROSECOND:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            low = middle
        else:
            high = middle
    return high


def starts_day(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether an instant is the first of a day in a zone."""
    return moment == day_start(moment.astimezone(zone).date(), zone)


def next_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the day of an instant ends in a zone."""
    return day_start(moment.astimezone(zone).date() + timedelta(days=1), zone)


def names_day(value: object) -> bool:
    """Whether what is written names a day and no hour: ``2025-02-15`` does, ``2025-02-15T00:00`` and ``2025-02-15 00:00`` do not."""
    if isinstance(value, datetime):
        return False
    try:
        return isinstance(value, date) or (isinstance(value, str) and written_time(value).names_day)
    except ValueError:
        return False


def parse_instant(value: object, zone: ZoneInfo) -> datetime:
    """Read an ISO 8601 date or time; one without an offset is taken in ``zone``, a date as the beginning of its day. Returns UTC.

    Raises ``ValueError`` for anything else, for a local time that the change to summer time skips, and for one that comes twice
    when the clocks go back.
    """
    if isinstance(value, datetime):
        offset = value.utcoffset()
        written = Written(value.replace(tzinfo=None), offset, names_day=False)
    elif isinstance(value, date):
        written = Written(datetime.combine(value, time()), None, names_day=True)
    elif isinstance(value, str):
        written = written_time(value)
    else:
        raise ValueError(f"{value!r} is not a date or time; write for example 2025-03-18 or 2025-03-18T18:00")
    if not 1000 < written.local.year < 9000:
        raise ValueError(f"the year must be between 1001 and 8999, not {written.local.year}")
    if written.offset is not None:
        return (written.local - written.offset).replace(tzinfo=UTC)
    found = instants_of(written.local, zone)
    if not found:
        raise ValueError(f"{value!s} does not exist in {zone.key}: the clocks go forward over it")
    if len(found) > 1:
        first, second = (moment.astimezone(zone).strftime("%z") for moment in found)
        offsets = f"{first[:3]}:{first[3:]} for the first, or {second[:3]}:{second[3:]}"
        raise ValueError(f"{value!s} happens twice in {zone.key}, for the clocks go back: write its offset, {offsets}")
    return found[0]


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


def iso(moment: datetime | None, zone: ZoneInfo | None = None) -> str | None:
    """ISO 8601 with an offset: in ``zone``, or as UTC with a ``Z``."""
    if moment is None:
        return None
    if zone is None:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return moment.astimezone(zone).isoformat()


def clamped(times: list[datetime], within: Interval | None) -> list[datetime]:
    """Instants moved to the nearest in an interval that has both ends; else as they are."""
    if within is None or within.start is None or within.end is None:
        return times
    return [min(max(t, within.start), within.end) for t in times]
