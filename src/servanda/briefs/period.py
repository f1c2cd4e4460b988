"""Which days a report is about, where it is cut off, and what number it bears."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from servanda.agreement import Agreement
from servanda.errors import Fault, ServandaError
from servanda.values.reporting_day import ReportingDay, Span, first_of
from servanda.values.time import Interval

BEFORE = 30
"""Days before, with which a day is compared."""
_DAY = timedelta(days=1)
_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole reporting days, ``first`` to ``last``; ``number``: that of the report, counted from when the agreement came into force (or, where nobody
    says when that was, from the beginning of the year), or as the mission numbers its reports; ``before``: how many days before it there are to compare
    with; ``numbers``: those of the mission's earlier reports by their day, where it numbers them itself.
    """

    reporting: ReportingDay
    span: Span
    first: date
    last: date
    number: int
    before: int
    numbers: Mapping[date, int] | None = None

    @property
    def window(self) -> Interval:
        return Interval(self.reporting.window(self.first).start, self.reporting.window(self.last).end)

    @property
    def start(self) -> datetime:
        """The instant at which it begins."""
        start = self.reporting.window(self.first).start
        assert start is not None
        return start

    @property
    def end(self) -> datetime:
        """Where the report is cut off."""
        end = self.reporting.window(self.last).end
        assert end is not None
        return end

    def numbered(self, number: int | None, numbers: Mapping[date, int] | None) -> Period:
        """The same with the number that the mission gives: one that it names, or else the next after its earlier reports."""
        if number is None and numbers is None:
            return self
        known = numbers or {}
        own = number if number is not None else known.get(self.last, max(known.values(), default=0) + 1)
        return replace(self, number=own, numbers=known)

    def number_of(self, day: date) -> int | None:
        """The number of the report about an earlier day, or the week or month that holds it; ``None`` where the mission sent none."""
        about = first_of(day, self.span)
        if self.numbers is None:
            return self.number + 1 - _number(about, self.first, self.span)
        return next((number for sent, number in self.numbers.items() if first_of(sent, self.span) == about), None)

    @property
    def last_report(self) -> tuple[int, date] | None:
        """The number and day of the last report before this one; ``None`` where the mission sent none."""
        if self.numbers is None:
            return (self.number - 1, self.first - _DAY) if self.number > 1 else None
        earlier = [day for day in self.numbers if day < self.first]
        return (self.numbers[max(earlier)], max(earlier)) if earlier else None

    def days(self, before: int = 0) -> list[date]:
        """Its days in order, with so many before them."""
        count = (self.last - self.first).days + 1 + before
        return [self.last - _DAY * n for n in reversed(range(count))]


def period_of(agreement: Agreement, day: str | date, span: Span = "day") -> Period:
    """The reporting day of a date, or the week or month that ends with it.

    Args:
        agreement: whose mandate says when its day ends.
        day: the date that the day bears; a week or month is cut off at its end.
        span: the day itself, its week from Monday, or its month.

    Returns:
        The period.

    Raises:
        ServandaError: it is no date, or lies before the first day on which the agreement is in force.
    """
    last = _date(day)
    reporting = agreement.reporting_day
    first = first_of(last, span)
    begins = [text.in_force.start for text in agreement.texts if text.in_force.start is not None]
    if not begins:
        opening = first_of(date(last.year, 1, 1), span)
        return Period(reporting, span, first, last, _number(opening, first, span), BEFORE)
    opening = reporting.day_of(min(begins))
    if last < opening:
        what = f"{last} is no reporting day: the first is {opening}, when the agreement comes into force"
        raise ServandaError(Fault("--date", what, f"name a day from {opening} on", code="BRF004"))
    before = max(0, min(BEFORE, (first - opening).days))
    return Period(reporting, span, first, last, _number(first_of(opening, span), first, span), before)


def _number(beginning: date, first: date, span: Span) -> int:
    """Which day, week or month it is since the one that begins so."""
    if span == "month":
        return (first.year - beginning.year) * 12 + first.month - beginning.month + 1
    return (first - beginning).days // (7 if span == "week" else 1) + 1


def _date(day: str | date) -> date:
    if isinstance(day, date):
        return day.date() if isinstance(day, datetime) else day
    try:
        if _FORM.fullmatch(day) is None:
            raise ValueError(day)
        found = date.fromisoformat(day)
        if not 1000 < found.year < 9000:  # as instants: at the ends of the calendar no day has a next one
            raise ValueError(day)
        return found
    except ValueError:
        what = f"{day!r} is no date"
        raise ServandaError(Fault("--date", what, "write it as 2025-03-26", code="BRF003")) from None
