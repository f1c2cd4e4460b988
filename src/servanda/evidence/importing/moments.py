"""When it happened: days, times of day and zones of a table, to instants with their offsets.

The order of day and month is one for the column. A day without a year has that of the other days, where they have one. What cannot be
decided is asked; a time of day that is words ("in the evening") leaves the whole day, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from servanda.errors import EvidenceError, Fault
from servanda.evidence.importing.clocks import WrittenClock, written_clock
from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.dates import (
    Order,
    WrittenDay,
    day_in_its_column,
    forced,
    is_open,
    likelier_order,
    order_of,
)
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, shown
from servanda.evidence.importing.words import is_word, word_list, words, zone_offsets
from servanda.evidence.importing.work import Work, text_of
from servanda.values.time import day_start, instants_of
from servanda.wording import plural

_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_NAMED_ZONE = re.compile(r"(?<![^\W_])(?:utc|gmt)(?![^\W\d_])\s*([+\-\u2212]\s?\d{1,2}(?::?\d{2})?)?", re.IGNORECASE)


@cache
def zone_of(text: str) -> tzinfo | None:
    """A zone by its name (``Africa/Khartoum``), an offset (``+03:00``) or an abbreviation that means one; nothing for any other."""
    text = text.strip()
    match = _OFFSET.match(zone_offsets().get(words(text), text).replace("\u2212", "-"))
    if match:
        length = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if length > timedelta(hours=14):
            return None
        return timezone(-length if match[1] == "-" else length)
    return ZoneInfo(text) if text in available_timezones() else None


def zone_asked(text: str) -> tzinfo:
    """The zone that somebody gives with ``--zone``. Raises :class:`EvidenceError` where it is none."""
    zone = zone_of(text)
    if zone is None:
        raise EvidenceError(
            Fault("--zone", f"not a time zone: {text[:80]!r}", "as Africa/Khartoum or +03:00", code="EVD203")
        )
    return zone


def zone_of_name(name: str) -> tzinfo | None:
    """The zone that the name of a column says, as ``Time (UTC+3)`` or ``час, EET``; nothing where it says none."""
    match = _NAMED_ZONE.search(name)
    if match:
        return zone_of(match[1].replace(" ", "").replace("\u2212", "-")) if match[1] else UTC
    for word in re.findall(r"[^\W\d_]+", name):
        said = words(word)
        if said in word_list("utc"):
            return UTC
        if said in zone_offsets() and (word.isupper() or not word.isascii()):
            return zone_of(zone_offsets()[said])
    return None


class _Days:
    """The days of one column, under one order and one year."""

    def __init__(self, work: Work, role: str) -> None:
        self.work, self.role = work, role
        self.cells = work.cells(role)
        known: dict[object, WrittenDay | None] = {}
        for cell in self.cells:
            key = (type(cell).__name__, cell)
            if key not in known:
                known[key] = day_in_its_column(cell)
        self.days = [known[type(cell).__name__, cell] for cell in self.cells]
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
        either = sum(map(is_open, days))
        order, contradict = order_of(days)
        shows = any(map(_tells, days)) and not contradict
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
                    else "as points between them tell"
                )
                named = "day before month" if order == "dmy" else "month before day"
                told = f"column {self.work.name(self.role)!r}: {plural(either, 'date')} that could be either read with the {named}, {why}"
                self.work.told.append(told)
            return order
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
        if year is None:
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
        suspicious = len(dates) >= 2 and len(texts) >= 2 and all(moment.day <= 12 for moment in dates)
        if not suspicious:
            return False
        given = self.work.mapping.setting("swapped")
        if given not in ("yes", "no"):
            what = (
                f"column {self.work.name(self.role)!r}: all {len(dates)} dates are days up to the 12th, and all later days are text: the spreadsheet may have taken "
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

    def _told(self, n: int, day: WrittenDay, cell: Cell, found: date) -> date:
        work, role = self.work, self.role
        if self.swapped and day.moment is not None and day.serial is None and found.day <= 12:
            found = date(found.year, found.day, found.month)
            work.doubt(n, role, shown(cell), f"read as {found}: day and month swapped back")
        elif day.serial is not None:
            what = "seconds since 1970" if day.serial > 100_000 else "a number without the form of a date"
            work.doubt(n, role, shown(cell), f"{what}, read as the day {found}")
        elif day.year is None and day.moment is None:
            work.doubt(n, role, shown(cell), f"no year is written; read as {found}")
        return found


def _tells(day: WrittenDay) -> bool:
    return day.numbers is not None and day.numbers[0] != day.numbers[1] and forced(day.numbers) is not None


class Moments:
    """Begin and end of every row, as text with an offset; nothing where there is a fault or a question."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.role = next((role for role in DAYS if work.has(role) or work.mapping.values.get(role)), "")
        self.start: list[str | None] = [None] * work.table.height
        self.end: list[str | None] = [None] * work.table.height
        self.zone = self._zone()
        if self.role:
            self._read()

    def _zone(self) -> tzinfo | None:
        """The zone that the name of the column says; else that which was given for times that name none."""
        for role in ("time", *DAYS):
            name = self.work.name(role) if self.work.has(role) else ""
            if set(words(name).split()) & word_list("local"):
                break
            zone = zone_of_name(name)
            if zone is not None:
                self.work.told.append(f"column {name!r}: its times are {zone}, as its name says")
                return zone
        given = self.work.mapping.setting("zone")
        if given:
            zone = zone_of(given)
            if zone is None:
                self.work.ask(("zone",), f"{given!r} is no time zone", self.work.zone_offer)
            return zone
        return None

    def _read(self) -> None:
        work = self.work
        days, clocks = _Days(work, self.role), _Clocks(work, "time")
        ends = (
            _Days(work, "end_date" if work.has("end_date") else "end")
            if work.has("end_date") or work.has("end")
            else None
        )
        until = _Clocks(work, "end_time")
        zones = [zone_of(text_of(cell)) if text_of(cell) else None for cell in work.cells("zone")]
        for n in range(work.table.height):
            day, written = days.day(n), days.days[n]
            if day is None and not isinstance(days.cells[n], Broken) and not text_of(days.cells[n]):
                work.wrong(n, "EVD106", self.role, shown(days.cells[n]), "no day", "every row needs a day")
            if written is None:
                continue
            clock = clocks.clock(n, written.rest, self.role)
            zone = zones[n] or self.zone
            if zone is None and (clock is None or (clock.offset is None and not clock.zone)):
                self._ask_zone()
            last = ends.day(n) if ends else None
            behind = ends.days[n] if ends else None
            ending = until.clock(n, behind.rest if behind else "", ends.role if ends else "end")
            if day is not None:
                self._one(n, day, clock, last, ending, zone)
        if any(q.key == ("zone",) for q in work.questions):
            self.start = [None] * work.table.height

    def _ask_zone(self) -> None:
        offer = self.work.zone_offer
        choices = (offer,) if offer else ()
        self.work.ask(("zone",), "in which time zone are days and times without one?", offer, choices)

    def _one(
        self,
        n: int,
        day: date,
        clock: WrittenClock | None,
        last: date | None,
        ending: WrittenClock | None,
        zone: tzinfo | None,
    ) -> None:
        begin = self._instants(n, day, clock, zone)
        if begin is None:
            return
        first, latest = begin
        self.start[n] = first
        if last is not None or (ending is not None and ending.at is not None):
            close = ending if ending is not None and ending.at is not None else None
            until_day = last or day
            if (
                last is None
                and close is not None
                and clock is not None
                and clock.at is not None
                and close.at is not None
                and close.at < clock.at
            ):
                until_day += timedelta(days=1)
            found = self._instants(n, until_day, close, zone)
            self.end[n] = found[1] if found else None
        elif clock is not None and clock.until is not None and clock.at is not None:
            until_day = day + timedelta(days=1) if clock.until < clock.at else day
            found = self._instants(n, until_day, WrittenClock(clock.until, clock.offset, clock.zone, clock.local), zone)
            self.end[n] = found[1] if found else None
        elif latest != first:
            self.end[n] = latest

    def _instants(self, n: int, day: date, clock: WrittenClock | None, zone: tzinfo | None) -> tuple[str, str] | None:
        """The first and the last instant: of a day without a time its beginning and its end."""
        work = self.work
        if clock is not None and clock.zone:
            named = zone_of(clock.zone)
            if named is None:
                reason = f"a time in {clock.zone!r}, which is no zone that means one offset everywhere"
                work.wrong(n, "EVD103", "time", clock.zone, reason, "write the offset, as +03:00")
                return None
            zone = named
        if clock is not None and clock.offset is not None:
            zone = timezone(clock.offset)
        if zone is None:
            self._ask_zone()
            return None
        if clock is None or clock.at is None:
            return _start_of(day, zone).isoformat(), _start_of(day + timedelta(days=1), zone).isoformat()
        local = datetime.combine(day, datetime.min.time()) + clock.at
        found = _found(local, zone)
        if not found:
            reason = f"a local time that does not exist in {zone}: the clocks go forward over it"
            work.wrong(n, "EVD109", "time", local.isoformat(" ", "minutes"), reason, "check the time and the zone")
            return None
        if len(found) > 1:
            work.doubt(
                n,
                "time" if work.has("time") else self.role,
                local.isoformat(" ", "minutes"),
                "an hour that comes twice, for the clocks go back; any time in both",
            )
        return found[0].astimezone(zone).isoformat(), found[-1].astimezone(zone).isoformat()


def _start_of(day: date, zone: tzinfo) -> datetime:
    if isinstance(zone, ZoneInfo):
        return day_start(day, zone).astimezone(zone)
    return datetime.combine(day, datetime.min.time(), tzinfo=zone)


def _found(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    return instants_of(local, zone) if isinstance(zone, ZoneInfo) else (local.replace(tzinfo=zone).astimezone(UTC),)


class _Clocks:
    """The times of one column, or of what stands behind the days."""

    def __init__(self, work: Work, role: str) -> None:
        self.work, self.role = work, role
        self.cells = work.cells(role)
        self.known: dict[object, WrittenClock | None] = {}
        self.compact = any(isinstance(cell, float) and cell >= 100 for cell in self.cells)

    def clock(self, n: int, rest: str, behind: str) -> WrittenClock | None:
        """The time of a row; what is no time leaves the whole day, and is told."""
        cell: Cell = self.cells[n]
        role = self.role
        if is_blank(cell) or (not isinstance(cell, Broken) and not text_of(cell)):
            cell, role = rest or None, behind
        if is_blank(cell):
            return None
        key = (type(cell).__name__, cell)
        lone = self.compact and isinstance(cell, float) and 1 <= cell < 60 and cell == int(cell)
        if key not in self.known:
            self.known[key] = WrittenClock(timedelta(minutes=int(cell))) if lone else written_clock(cell)  # type: ignore[arg-type]
        clock = self.known[key]
        if lone:
            self.work.doubt(
                n, role, shown(cell), "minutes past midnight, as the other numbers of the column are hours and minutes"
            )
        if clock is not None and clock.bad:
            self.work.wrong(n, "EVD105", role, shown(cell), clock.bad, "write it as 21:50")
            return None
        if clock is not None and clock.at == timedelta(hours=24):
            self.work.doubt(n, role, shown(cell), "24:00: the end of that day")
        elif clock is not None and clock.span:
            self.work.doubt(n, role, shown(cell), "read as a time and its end, not as a time with an offset")
        elif clock is not None and clock.about:
            self.work.doubt(n, role, shown(cell), "taken for that minute; how far off it may be is not said")
        if clock is None and not is_word("unknown", shown(cell)):
            self.work.doubt(n, role, shown(cell), "not a time of day that can be read; the whole day is taken")
        return clock
