"""The days of one column: the order of day and month, the year, and what a spreadsheet made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from servanda.evidence.importing.dates import (
    Order,
    WrittenDay,
    day_in_its_column,
    forced,
    is_open,
)
from servanda.evidence.importing.day_order import likelier_order, order_of, year_may_stand_first
from servanda.evidence.importing.parts import DAY_PARTS, days_in_parts
from servanda.evidence.importing.persian import in_gregorian
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, shown
from servanda.evidence.importing.words import days_of_week_in, is_solar, other_calendar, word_list, words
from servanda.evidence.importing.work import Work, text_of
from servanda.wording import plural

_WORD = re.compile(r"[^\W\d_]{2}")


class DayColumn:
    """The days of one column, under one order and one year."""

    def __init__(
        self,
        work: Work,
        role: str,
        *,
        order: Order | None = None,
        asks: bool = True,
        cells: list[Cell] | None = None,
    ) -> None:
        """Read the days of the column of a role, or of ``cells`` that stand for it; ``order`` is that of another column, for one that does not show its own; ``asks``: whether what is open is asked."""
        self.work, self.role, self.otherwise, self.asks = work, role, order, asks
        named = work.name(role) if work.has(role) else ""
        self.calendar = named if other_calendar(named) else ""
        self.cells = days_in_parts(*map(work.cells, DAY_PARTS)) if role == "day" else (cells or work.cells(role))
        solar = is_solar(named)
        reckoned = [in_gregorian(cell) if solar else None for cell in self.cells]
        if any(reckoned):
            work.told.append(f"column {named!r}: days of the Persian calendar, reckoned as those of the Gregorian")
            self.cells, self.calendar = [d or c for d, c in zip(reckoned, self.cells, strict=True)], ""
        known: dict[object, WrittenDay | None] = {}
        for cell, day in zip(self.cells, reckoned, strict=True):
            key = (type(cell).__name__, cell)
            if key not in known:
                known[key] = day_in_its_column(cell) if day or not solar else None
        self.days = [known[type(cell).__name__, cell] for cell in self.cells]
        if any(day and day.length == 7 for day in known.values()):
            work.told.append(f"column {work.name(role)!r}: weeks are those of ISO 8601, from Monday to Sunday")
        self.order = self._order([day for day in known.values() if day])
        self.year = self._year([day for day in known.values() if day])
        self.swapped = self._swapped([day for day in known.values() if day])

    def _order(self, days: list[WrittenDay]) -> Order | None:
        given = self.work.mapping.setting("order")
        short = sum(day.short_year for day in days)
        if short:
            self.work.told.append(
                f"column {self.work.name(self.role)!r}: {plural(short, 'year')} of two digits read as 2000 and after"
            )
        if given == "ymd" and all(day.third is not None for day in days if day.numbers):
            return "ymd"
        if given not in ("dmy", "mdy") and year_may_stand_first(days):
            sample = next(shown(c) for c, d in zip(self.cells, self.days, strict=True) if d and d.numbers)
            what = f"column {self.work.name(self.role)!r}: does the year of {sample!r} stand first, or last? The days lie nearer together, or as near, with it first"
            if self.asks:
                self.work.ask(("order",), what, "ymd", ("ymd", "dmy", "mdy"))
            return None
        either = sum(map(is_open, days))
        order, contradict = order_of(days)
        shows = any(map(_tells, days)) and not contradict
        headed = "" if given else _order_in_name(self.work.name(self.role))
        if headed and not shows:
            order, contradict = headed, False  # type: ignore[assignment]
        if given in ("dmy", "mdy") and not shows:
            order, contradict = given, False  # type: ignore[assignment]
        elif shows and given in ("dmy", "mdy") and given != order:
            self._overruled(given)
        if order is not None or not either:
            if either:
                why = (
                    "as other cells of the column show"
                    if shows
                    else "as the mapping says"
                    if given
                    else "as its name says"
                    if headed
                    else "as points between them tell"
                )
                named = "day before month" if order == "dmy" else "month before day"
                told = f"column {self.work.name(self.role)!r}: {plural(either, 'date')} that could be either read with the {named}, {why}"
                self.work.told.append(told)
            return order
        if self.otherwise is not None or not self.asks:
            return None if contradict else self.otherwise
        sample = next(shown(c) for c, d in zip(self.cells, self.days, strict=True) if d and is_open(d))
        why = (
            "its cells contradict each other"
            if contradict
            else "no cell of the column tells the order of day and month"
        )
        what = f"column {self.work.name(self.role)!r}: is {sample!r} day/month or month/day? {why}"
        self.work.ask(("order",), what, likelier_order(days, self._years(days)) or "", ("dmy", "mdy"))
        return None

    def _overruled(self, given: str) -> None:
        """Tell that another order was asked for than the column shows, with the cell that shows it."""
        sample = next(shown(c) for c, d in zip(self.cells, self.days, strict=True) if d and d.numbers and _tells(d))
        asked = "day before month" if given == "dmy" else "month before day"
        told = f"column {self.work.name(self.role)!r}: {asked} was asked for, and is not kept: {sample!r} can only be read the other way"
        self.work.told.append(told)

    @staticmethod
    def _years(days: Iterable[WrittenDay]) -> int | None:
        years = {day.moment.year if day.moment else day.year for day in days}
        years.discard(None)
        return years.pop() if len(years) == 1 else None

    def _year(self, days: list[WrittenDay]) -> int | None:
        without = [day for day in days if day.year is None and day.moment is None]
        if not without:
            return None
        given = self.work.mapping.setting("year")
        if given.isdigit() and len(given) == 4:
            return int(given)
        year = self._years([day for day in days if day.year is not None or day.moment is not None])
        if year is None and self.asks:
            sample = next(
                shown(c)
                for c, d in zip(self.cells, self.days, strict=True)
                if d and d.year is None and d.moment is None
            )
            self.work.ask(("year",), f"column {self.work.name(self.role)!r}: of which year is {sample!r}?", "")
        return year

    def _swapped(self, days: list[WrittenDay]) -> bool:
        """A spreadsheet of the other order turns the days up to the 12th into dates, and leaves the others as text."""
        dates = [day.moment for day in days if day.moment is not None and day.serial is None]
        texts = [
            day for day in days if day.numbers is not None and forced(day.numbers) and day.numbers[0] != day.numbers[1]
        ]
        suspicious = self.asks and bool(dates and texts) and all(moment.day <= 12 for moment in dates)
        if not suspicious:
            return False
        given = self.work.mapping.setting("swapped")
        if given not in ("yes", "no"):
            what = (
                f"column {self.work.name(self.role)!r}: {plural(len(dates), 'cell is a date', 'cells are dates')}, of days up to the 12th, and later days are text: the spreadsheet may have taken "
                "day for month; are day and month of the dates swapped?"
            )
            self.work.ask(("swapped",), what, "", ("yes", "no"))
        return given == "yes"

    def day(self, n: int) -> date | None:
        """The day of a row; faults and doubts are noted."""
        day, cell, work, role = self.days[n], self.cells[n], self.work, self.role
        if is_blank(cell) or (not isinstance(cell, Broken) and not text_of(cell)):
            return None
        if isinstance(cell, Broken):
            work.wrong(n, "EVD198", role, cell, "an error cell of the spreadsheet", "correct it in the spreadsheet")
            return None
        if day is None:
            work.wrong(n, "EVD105", role, shown(cell), "not a day that can be read", "write it as 2025-04-19")
            return None
        found = day.at(self.order, self.year)
        if found is None:
            decided = (not is_open(day) or self.order) and (day.year is not None or self.year)
            if decided:
                work.wrong(n, "EVD105", role, shown(cell), "no such day", "write it as 2025-04-19")
            return None
        if self.calendar or other_calendar(day.rest):
            why = f"a day of another calendar, as {self.calendar or day.rest!r} says; which day it was is not reckoned"
            work.wrong(n, "EVD108", role, shown(cell), why, "write it in four digits, of the Gregorian calendar")
            return None
        if not 1900 < found.year <= 2200:
            work.wrong(
                n,
                "EVD108",
                role,
                shown(cell),
                f"year {found.year}: must be after 1900 and before 2201",
                "write it in four digits, of the Gregorian calendar",
            )
            return None
        return self._told(n, day, cell, found)

    def _told_of_week(self, n: int, day: WrittenDay, cell: Cell) -> None:
        """A day in a column of weeks, which may mean all seven."""
        if day.length == 1 and set(words(self.work.name(self.role)).split()) & word_list("weeks"):
            self.work.doubt(n, self.role, shown(cell), "a day in a column of weeks; only that day is taken")

    def _told_another_day(self, n: int, day: WrittenDay, cell: Cell, found: date) -> None:
        """A day beside which stands the name of another day of the week, so that one of both is wrong."""
        if day.length == 1 and isinstance(cell, str) and _WORD.search(cell):
            named = days_of_week_in(cell)
            if len(named) == 1 and found.isoweekday() not in named:
                self.work.doubt(n, self.role, cell, f"names another day of the week than {found} is; the date is taken")

    def _told(self, n: int, day: WrittenDay, cell: Cell, found: date) -> date:
        work, role = self.work, self.role
        self._told_of_week(n, day, cell)
        self._told_another_day(n, day, cell, found)
        if self.swapped and day.moment is not None and day.serial is None and found.day <= 12:
            found = date(found.year, found.day, found.month)
            work.doubt(n, role, shown(cell), f"read as {found}: day and month swapped back")
        elif day.serial is not None:
            what = "seconds since 1970" if day.serial > 100_000 else "a number without the form of a date"
            work.doubt(n, role, shown(cell), f"{what}, read as the day {found}")
        elif day.year is None and day.moment is None:
            work.doubt(n, role, shown(cell), f"no year is written; read as {found}")
        return found


def _order_in_name(name: str) -> str:
    """The order of day and month that a column's name says: *Date (DD/MM/YYYY)*; '' where it says none."""
    found = re.search(r"(?<![a-z])(?:(d{1,2}[-./ ]?m{1,2})|(m{1,2}[-./ ]?d{1,2}))(?![a-ce-ln-xz])", name, re.IGNORECASE)
    return "" if found is None else "dmy" if found[1] else "mdy"


def _tells(day: WrittenDay) -> bool:
    return day.numbers is not None and day.numbers[0] != day.numbers[1] and forced(day.numbers) is not None
