"""When it happened: days, times of day and zones of a table, to instants with their offsets.

The order of day and month is one for the column. A day without a year has that of the other days, where they have one. What cannot be
decided is asked; a time of day that is words ("in the evening") leaves the whole day, and is told.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from servanda.evidence.importing.clock_column import Clocks
from servanda.evidence.importing.clocks import WrittenClock
from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.dates import Order
from servanda.evidence.importing.day_column import DayColumn
from servanda.evidence.importing.headings import titles_of
from servanda.evidence.importing.said_days import SaidDays
from servanda.evidence.importing.sheets import Broken, shown
from servanda.evidence.importing.words import word_list, words
from servanda.evidence.importing.work import Work, text_of
from servanda.evidence.importing.zones import unclear_zone_in, zone_of, zone_of_lines, zone_of_name
from servanda.values.time import day_start, instants_of

_NOON = timedelta(hours=12)
_WHOLE_DAYS = "midnight stands behind each day, as programs write days; the whole days are taken"
_MIDNIGHT = re.compile(r"(?:00:00(?::00(?:\.0+)?)?)?")
_Zones = tuple[tzinfo | None, tzinfo | None]
"""Those of beginning and end."""


class Moments:
    """Begin and end of every row, as text with an offset; nothing where there is a fault or a question."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.role = next((role for role in (*DAYS, "day") if work.has(role) or work.mapping.values.get(role)), "")
        self.start: list[str | None] = [None] * work.table.height
        self.end: list[str | None] = [None] * work.table.height
        self.unclear = ""
        self.zone = self._zone()
        self.day_zone = self._zone_of_days(self.role, "time")
        self.end_zone = self.zone_named("end_time", "end_date", "end")
        self.end_day_zone = self._zone_of_days("end_date" if self.work.has("end_date") else "end", "end_time")
        self.order: Order | None = None
        if self.role:
            self._read()

    def _zone(self) -> tzinfo | None:
        """The zone that the name of the column says; else that which was given for times that name none."""
        for role in ("time", *DAYS):
            name = self.work.name(role) if self.work.has(role) else ""
            if _says_local(name):
                break
            zone = zone_of_name(name)
            if zone is not None:
                self.work.told.append(f"column {name!r}: its times are {zone}, as its name says")
                return zone
            self.unclear = self.unclear or ("" if self.work.mapping.given else unclear_zone_in(name))
        else:
            if (zone := zone_of_lines(titles_of(self.work.table))) is not None:
                self.work.told.append(f"its times are {zone}, as a line in front of the table says")
                return zone
        given = self.work.mapping.setting("zone")
        if given:
            zone = zone_of(given)
            if zone is None:
                self.work.ask(("zone",), f"{given!r} is no time zone", self.work.how.zone_offer)
            return zone
        return None

    def zone_named(self, *roles: str) -> tzinfo | None:
        """The zone that the name of a column says of its own times, which need not be that of when it began.

        Args:
            roles: of the columns, of which the first that says one counts.

        Returns:
            The zone; nothing where no name says one.
        """
        for name in (self.work.name(role) for role in roles if self.work.has(role)):
            if _says_local(name):
                return self._given_zone()
            if (zone := zone_of_name(name)) is not None:
                return zone
        return None

    def unless_unclear(self, clock: WrittenClock | None, *roles: str) -> WrittenClock | None:
        """A time of a column whose name says an abbreviation that means several zones (*End (EST)*), in that; any other as it is."""
        if clock is None or clock.at is None or clock.offset is not None or clock.zone or self.work.mapping.given:
            return clock
        names = [self.work.name(role) for role in roles if self.work.has(role)]
        unclear = next(filter(None, map(unclear_zone_in, names)), "")
        return replace(clock, zone=unclear) if unclear else clock

    def _zone_of_days(self, role: str, of_times: str) -> tzinfo | None:
        """The zone of the days where their column names another clock than that of the times, as *Date (UTC)* beside *Time (local)*."""
        if not (self.work.has(of_times) and self.work.has(role)) or role == "day":
            return None
        days, times = self.work.name(role), self.work.name(of_times)
        if _says_local(times):
            return zone_of_name(days)
        if zone_of_name(times) is None:
            return None
        return self._given_zone() if _says_local(days) else zone_of_name(days)

    def _at_the_place(
        self, n: int, day: date, clock: WrittenClock | None, zone: tzinfo | None, day_zone: tzinfo
    ) -> tuple[date, tzinfo | None]:
        """The day by the clock of a time whose day is told by another clock, and that clock; a day alone is one of its own clock."""
        if clock is None or clock.at is None:
            return day, day_zone
        zone = _clock_of(clock, zone)
        for other in (day, day - timedelta(days=1), day + timedelta(days=1)):
            found = _found(datetime.combine(other, datetime.min.time()) + clock.at, zone) if zone else ()
            if found and found[0].astimezone(day_zone).date() == day:
                if other != day:
                    what = f"a day of {day_zone} beside a time of another clock, which then showed {other}"
                    self.work.doubt(n, self.role, f"{day} {shown(clock.at)[:5]}", what)
                return other, zone
        return day, zone

    def _day_of_end(
        self, begin: datetime, day: date, clock: WrittenClock | None, close: WrittenClock | None, zones: _Zones
    ) -> date:
        """The day of an end that names none: the first on which its clock shows its time and it has begun."""
        if clock is None or clock.at is None or close is None or close.at is None:
            return day
        started, ended = (_clock_of(one, zone) for one, zone in zip((clock, close), zones, strict=True))
        if started == ended or ended is None:
            return day + timedelta(days=close.at < clock.at)
        for other in (day - timedelta(days=1), day, day + timedelta(days=1)):
            found = _found(datetime.combine(other, datetime.min.time()) + close.at, ended)
            if found and found[-1] >= begin:
                return other
        return day + timedelta(days=2)

    def _read(self) -> None:
        work = self.work
        said = SaidDays(work, self.role, self._zone_for_sending)
        days = DayColumn(work, self.role, cells=said.days)
        self.order = days.order
        ends = (
            DayColumn(work, "end_date" if work.has("end_date") else "end")
            if work.has("end_date") or work.has("end")
            else None
        )
        behind_ends = [day.rest for day in ends.days if day] if ends else []
        apart = work.has("end_time") or any(behind_ends)
        behind_days = [day.rest for day in days.days if day]
        bare_ends = ends is not None and all(map(_MIDNIGHT.fullmatch, [*behind_days, *behind_ends]))
        bare_ends = bare_ends and not (any(behind_ends) and _are_hours(days, ends))  # type: ignore[arg-type]
        bare = bare_ends or (work.has("time") and all(map(_MIDNIGHT.fullmatch, behind_days)))  # as programs write days
        if bare_ends and any(behind_ends) and not work.has("time"):
            work.told.append(f"columns {work.name(self.role)!r} and {work.name(ends.role)!r}: {_WHOLE_DAYS}")  # type: ignore[union-attr]
        clocks = Clocks(work, "time", said.times, [] if bare else behind_days, apart=apart)
        until = Clocks(work, "end_time", behind=[] if bare_ends else behind_ends, apart=True)
        zones = self._zones()
        for n in range(work.table.height):
            if n in said.refused:
                continue
            day, written = days.day(n), days.days[n]
            if day is None and not isinstance(days.cells[n], Broken) and not text_of(days.cells[n]):
                work.wrong(n, "EVD106", self.role, shown(days.cells[n]), "no day", "every row needs a day")
            if written is None:
                continue
            clock = clocks.clock(n, "" if bare else written.rest, self.role)
            if day is not None and written.night:
                day, clock = self._in_the_night(n, day, clock)
            if day is not None and clock is not None and said.after_sending(n, day, clock.at):
                why = "its message was sent before that time of that day; on which day it was is not said"
                work.wrong(n, "EVD106", self.role, f"{day} {shown(clock.at)[:5]}", why, "write the day")
                continue
            zone = zones[n] or self.zone
            if self.unclear and clock is not None and zones[n] is None and clock.offset is None and not clock.zone:
                clock = replace(clock, zone=self.unclear)
            if zone is None and (clock is None or (clock.offset is None and not clock.zone)):
                self._ask_zone()
                zone = zones[n] or self.zone
            if day is not None and self.day_zone is not None:
                day, zone = self._at_the_place(n, day, clock, zone, self.day_zone)
            last = ends.day(n) if ends else None
            behind = ends.days[n] if ends else None
            if last is not None and behind is not None:
                last += timedelta(days=behind.length - 1)
            elif day is not None and written.length > 1 and not written.night:
                last = day + timedelta(days=written.length - 1)
            ending = until.clock(n, behind.rest if behind and not bare_ends else "", ends.role if ends else "end")
            ending = self.unless_unclear(ending and ending.as_end_of(clock), "end_time", "end_date", "end")
            end_zone = self.end_zone or zone
            if last is not None and self.end_day_zone is not None:
                last, end_zone = self._at_the_place(n, last, ending, end_zone, self.end_day_zone)
            if day is not None:
                self._one(n, day, clock, last, ending, (zone, end_zone))
        if any(q.key == ("zone",) for q in work.questions):
            self.start = [None] * work.table.height
        self._days_at_midnight()

    def _days_at_midnight(self) -> None:
        """A column of days, each with midnight behind it, as programs write days: they have no time, and all of each is taken."""
        timed = any(self.work.has(role) for role in ("time", "hour", "end", "end_date", "end_time"))
        found = {n: text for n, text in enumerate(self.start) if text and not self.end[n]}
        if timed or len(found) < (1 if self.role == "date" else 2):
            return
        here, midnight = self._likely_zone(), datetime.min.time()
        begin = {n: datetime.fromisoformat(text) for n, text in found.items()}
        if here is not None:
            begin = {n: at if at.time() == midnight else at.astimezone(here) for n, at in begin.items()}
        if any(at.time() != midnight for at in begin.values()):
            return
        for n, at in begin.items():
            zone = here if here is not None and at.utcoffset() == at.astimezone(here).utcoffset() else at.tzinfo
            self.end[n] = _start_of(at.date() + timedelta(days=1), zone or UTC).isoformat()
        self.work.told.append(f"column {self.work.name(self.role)!r}: {_WHOLE_DAYS}")

    def _likely_zone(self) -> tzinfo | None:
        """The zone of the table, also where no time had to ask for it."""
        return self.zone or zone_of(self.work.how.zone_answer or self.work.how.zone_offer or "")

    def _in_the_night(self, n: int, day: date, clock: WrittenClock | None) -> tuple[date, WrittenClock]:
        """A time of a night that began on a day, which before noon is on the next; without one all from noon to noon."""
        if clock is not None and clock.at is not None:
            return day + timedelta(days=clock.at < _NOON), clock
        self.work.doubt(n, self.role, shown(self.work.cells(self.role)[n]), "a night: any time from noon to noon")
        return day, replace(clock or WrittenClock(), at=_NOON, until=_NOON - timedelta(minutes=1))

    def _zone_for_sending(self) -> tzinfo | None:
        """The zone in which messages were sent on a day; it is asked for where nothing says it."""
        if self.zone is None:
            self._ask_zone()
        return self.zone

    def _zones(self) -> list[tzinfo | None]:
        """The zone that each row names; a row whose zone is not known is set aside, for in any other its time would be another."""
        known: dict[str, tzinfo | None] = {}
        out: list[tzinfo | None] = []
        for n, cell in enumerate(self.work.cells("zone")):
            text = text_of(cell)
            if text not in known:
                known[text] = zone_of(text) if text and words(text) not in word_list("local") else None
            if text and known[text] is None and words(text) not in word_list("local"):
                reason = f"its zone is {text!r}, which is none that means one offset everywhere"
                self.work.wrong(n, "EVD103", "zone", text, reason, "write the offset, as +03:00")
            out.append(known[text])
        return out

    def _ask_zone(self) -> None:
        """Ask for the zone; where it is answered beforehand, that holds from here on, for no row before needed it."""
        self.zone = self._given_zone()

    def _given_zone(self) -> tzinfo | None:
        """The zone that was given for times that name none; asked for where nothing says it."""
        if given := self.work.mapping.setting("zone"):
            return zone_of(given)
        answer = self.work.how.zone_answer
        if answer and (zone := zone_of(answer)) is not None:
            self.work.mapping.answer(("zone",), answer)
            self.work.answered = True
            return zone
        offer = self.work.how.zone_offer
        choices = (offer,) if offer else ()
        self.work.ask(("zone",), "in which time zone are days and times without one?", offer, choices)
        return None

    def _one(
        self,
        n: int,
        day: date,
        clock: WrittenClock | None,
        last: date | None,
        ending: WrittenClock | None,
        zones: _Zones,
    ) -> None:
        zone, end_zone = zones
        begin = self._instants(n, day, clock, zone)
        if begin is None:
            return
        first, latest = begin
        self.start[n] = first
        if last is not None or (ending is not None and ending.at is not None):
            close = ending if ending is not None and ending.at is not None else None
            until_day = last or self._day_of_end(datetime.fromisoformat(first), day, clock, close, zones)
            found = self._instants(n, until_day, close, end_zone)
            self.end[n] = found[1] if found else None
            if found and (
                (until_day < day and zone == end_zone)
                or datetime.fromisoformat(found[1]) < datetime.fromisoformat(first)
            ):
                shown_end = f"{until_day} before {day}" if until_day < day else f"{found[1]} before {first}"
                self.work.wrong(n, "EVD107", "end", shown_end, "ends before it begins", "check both")
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
            self._tell_season(n, day, clock.named, clock)
        elif self.work.has("zone"):
            self._tell_season(n, day, text_of(self.work.cells("zone")[n]), clock)
        if zone is None:
            self._ask_zone()
            zone = self.zone
        if zone is None:
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

    def _tell_season(self, n: int, day: date, named: str, clock: WrittenClock | None) -> None:
        """An abbreviation that the table's own clocks have in the other half of the year only: EET on a day of summer time."""
        zone = self._likely_zone()
        if not named or not isinstance(zone, ZoneInfo):
            return
        said = named.strip().upper()
        now = datetime.combine(day, datetime.min.time(), tzinfo=zone) + ((clock.at if clock else None) or timedelta())
        halves = {datetime(day.year, month, 1, tzinfo=zone).tzname() for month in (1, 7)}
        if said in halves and now.tzname() != said:
            reason = (
                f"names {said}, while the clocks of {zone} showed {now.tzname()} on that day; read as it is written"
            )
            self.work.doubt(n, "time" if self.work.has("time") else self.role, f"{day} {said}", reason)


def _says_local(name: str) -> bool:
    """Whether the name of a column says local time and not of where, as *Local time (UTC+3)* does."""
    return bool(set(words(name).split()) & word_list("local")) and zone_of_name(name) in (None, UTC)


def _clock_of(clock: WrittenClock, zone: tzinfo | None) -> tzinfo | None:
    """The zone of a time: what it names itself, else that of its column."""
    return timezone(clock.offset) if clock.offset is not None else zone_of(clock.zone) if clock.zone else zone


def _start_of(day: date, zone: tzinfo) -> datetime:
    if isinstance(zone, ZoneInfo):
        return day_start(day, zone).astimezone(zone)
    return datetime.combine(day, datetime.min.time(), tzinfo=zone)


def _are_hours(days: DayColumn, ends: DayColumn) -> bool:
    """Whether the midnights of beginnings and ends are meant, as of shifts: each lasts a day, or ends when another begins."""
    pairs = {(id(first), id(last)): (first, last) for first, last in zip(days.days, ends.days, strict=True)}.values()
    read = [
        (first.at(days.order, days.year), last.at(ends.order, ends.year)) for first, last in pairs if first and last
    ]
    spans = {(first, last) for first, last in read if first and last}
    begins, day = {first for first, _ in spans}, timedelta(days=1)
    chained = sum(last in begins for first, last in spans if last > first) >= len(spans) - 1 > 0
    return all(last > first for first, last in spans) and (chained or all(last - first == day for first, last in spans))


def _found(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    return instants_of(local, zone) if isinstance(zone, ZoneInfo) else (local.replace(tzinfo=zone).astimezone(UTC),)
