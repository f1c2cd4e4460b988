"""Instants, durations and half-open intervals.

Inside, an instant is an aware ``datetime`` in UTC, or an ``int64`` of microseconds since 1970 in a column.
Outside it always carries a zone. Days, weeks, months and years are counted on the calendar of the
agreement's own zone (so "30 days" from midnight ends at midnight, across a change to summer time);
hours and minutes are counted on the clock.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
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

    def _after(self, start: datetime, zone: ZoneInfo) -> datetime:
        if self.unit in {"minutes", "hours"}:
            return start + timedelta(**{self.unit: self.amount})
        local = start.astimezone(zone).replace(tzinfo=None)
        if self.unit in {"days", "weeks"}:
            local += timedelta(**{self.unit: self.amount})
        else:
            months = local.year * 12 + local.month - 1 + self.amount * (12 if self.unit == "years" else 1)
            year, month = divmod(months, 12)
            day = min(local.day, calendar.monthrange(year, month + 1)[1])
            local = local.replace(year=year, month=month + 1, day=day)
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


def parse_instant(value: object, zone: ZoneInfo) -> datetime:
    """Read an ISO 8601 date or time; one without an offset is taken in ``zone``. Returns UTC.

    Raises ``ValueError`` for anything else, and for a local time that the change to summer time skips.
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time())
    elif isinstance(value, str):
        text = value.strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is not a date or time; write for example 2025-03-18 or 2025-03-18T18:00"
            ) from None
    else:
        raise ValueError(f"{value!r} is not a date or time; write for example 2025-03-18 or 2025-03-18T18:00")
    if not 1000 < moment.year < 9000:
        raise ValueError(f"the year must be between 1001 and 8999, not {moment.year}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise ValueError(f"{value!s} does not exist in {zone.key}: the clocks go forward over it")
    return moment.astimezone(UTC)


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
