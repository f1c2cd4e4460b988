"""When reports became known: days and times as people write them, by the same rules as when it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from servanda.evidence.importing.clock_column import Clocks
from servanda.evidence.importing.clocks import WrittenClock
from servanda.evidence.importing.day_column import DayColumn
from servanda.evidence.importing.forms import is_sent_in_utc
from servanda.evidence.importing.moments import Moments
from servanda.evidence.importing.sheets import is_blank, shown
from servanda.evidence.importing.words import other_calendar
from servanda.evidence.importing.work import Work, text_of
from servanda.evidence.importing.zones import zone_of
from servanda.values.time import instants_of


def known_when(work: Work, moments: Moments, *, form: bool) -> list[str | None]:
    """When it became known: an instant, or a day where no time stands there; the servers of forms write it in UTC.

    Args:
        work: the table.
        moments: when it happened, whose zone and order of day and month hold here too.
        form: whether it is the table of a form.

    Returns:
        Text for each row; nothing where it is not said, or cannot be read, which is told.
    """
    if not work.has("known_at") and not work.mapping.values.get("known_at"):
        if work.has("known_time"):
            work.told.append(
                f"column {work.name('known_time')!r} is not used: no column says on which day it became known"
            )
        return [None] * work.table.height
    days = DayColumn(work, "known_at", order=moments.order, asks=False)
    clocks = Clocks(work, "known_time")
    zone, bare = _zone_of_stamps(work, moments, form=form), 0
    out: list[str | None] = []
    for n, cell in enumerate(days.cells):
        day = days.days[n]
        found = day.at(days.order, days.year) if day is not None else None
        if day is None or found is None or days.calendar or other_calendar(day.rest):
            if not is_blank(cell) and text_of(cell):
                work.doubt(n, "known_at", shown(cell), "not a day that can be read; left out")
            out.append(None)
            continue
        clock = moments.unless_unclear(clocks.clock(n, day.rest, "known_at"), "known_time", "known_at")
        bare += clock is not None and clock.at is not None and not clock.zone and clock.offset is None
        midnight = datetime(found.year, found.month, found.day)  # noqa: DTZ001  the zone comes with the time
        out.append(_instant(work, n, midnight, clock, zone) or str(found))
    if form and bare and zone not in (None, UTC):
        what = "times without an offset bear the clock of the computer that exported them"
        work.told.append(f"column {work.name('known_at')!r}: {what}, and are read in {zone}")
    return out


def _zone_of_stamps(work: Work, moments: Moments, *, form: bool) -> tzinfo | None:
    """The zone of stamps that bear none: UTC for those of servers; else what the column's name says, that of the table, or which was named for what has none."""
    name = work.name("known_at") if work.has("known_at") else ""
    if form and is_sent_in_utc(name):
        return UTC
    named = moments.zone_named("known_time", "known_at")
    return named or moments.zone or zone_of(work.mapping.setting("zone") or work.how.zone_answer or "-")


def _instant(work: Work, n: int, midnight: datetime, clock: WrittenClock | None, zone: tzinfo | None) -> str | None:
    """The latest instant that a time of a day can mean; nothing where there is no time, or no zone for it."""
    if clock is None or clock.at is None:
        return None
    if clock.zone:
        zone = zone_of(clock.zone)
        if zone is None:
            work.doubt(n, "known_at", clock.zone, "no zone that means one offset everywhere; the day is taken")
    if clock.offset is not None:
        zone = timezone(clock.offset)
    if zone is None:
        return None
    local = midnight + (clock.until if clock.until is not None and clock.until > clock.at else clock.at)
    found = instants_of(local, zone) if isinstance(zone, ZoneInfo) else (local.replace(tzinfo=zone),)
    said = max(found).astimezone(zone).isoformat() if found else None
    return said.replace("+00:00", "Z") if said and zone in (UTC, timezone(timedelta())) else said
