"""The hours of a day in which somebody looks, or does not, on each of many days, by the clocks of the place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from servanda.coverage.model import Watch
from servanda.coverage.schema import WatchEntry
from servanda.values.time import Interval, first_shown, instants_of

MAX_DAYS = 40_000
DAYS_END = "24:00"


def clock(text: str) -> time:
    """A time of day; 24:00 is the midnight at its end.

    Args:
        text: as it is written, ``08:00``.

    Raises:
        ValueError: it is no time of day.
    """
    return time() if text == DAYS_END else datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  a time of day


def every_day(first: time, last: time, span: Interval, zone: ZoneInfo, *, looking: bool) -> tuple[Interval, ...]:
    """The spells between two times of day.

    Where the clocks repeat a time, the shorter spell counts of who looks, and the longer of what keeps him from it: coverage is never
    made up.

    Args:
        first: when each begins.
        last: when it ends, on the same day or the next.
        span: from when to when; of at most :data:`MAX_DAYS`.
        zone: whose clocks count.
        looking: whether somebody looks then, rather than is kept from it.

    Returns:
        The spells in order, none of which overlaps the next.
    """
    assert span.start is not None
    assert span.end is not None
    begins, ends = (max, min) if looking else (min, max)
    day = span.start.astimezone(zone).date() - timedelta(days=1)
    out: list[Interval] = []
    while day <= span.end.astimezone(zone).date():
        finish = ends(_both(day + timedelta(days=last <= first), last, zone))
        part = Interval(begins(_both(day, first, zone)), finish).intersection(span)
        day += timedelta(days=1)
        if not part.is_empty:
            out.append(part)
    return tuple(out) if looking else tuple(joined(out))


def relieved(entries: Sequence[tuple[WatchEntry, Watch]], zone: ZoneInfo) -> list[Watch]:
    """Watches, of which one begins at the time of day at which another of the same kind ends.

    Where the clocks show that time twice, the hour between belongs to one of the two, and nobody says to which: the one that sees less
    has it, so that there is no hole where somebody stood.

    Args:
        entries: each watch as it is written and as it was read.
        zone: whose clocks count.

    Returns:
        The watches in the same order.
    """
    watches = [watch for _, watch in entries]
    begins: dict[object, list[int]] = {}
    ends: list[tuple[int, object, time]] = []
    for n, (entry, _) in enumerate(entries):
        first, last = (clock(text) for text in entry.daily or ("00:00", "00:00"))
        if entry.daily is not None and watches[n].times:
            begins.setdefault((_post(entry), first), []).append(n)
            ends.append((n, (_post(entry), last), last))
    for n, reliefs, at in ends:
        for m in begins.get(reliefs, ()) if at != time() else ():
            for end in [spell.end for spell in watches[n].times]:
                assert end is not None
                hours = instants_of(datetime.combine(end.astimezone(zone).date(), at), zone)
                if len(hours) > 1 and end == hours[0] and any(s.start == hours[1] for s in watches[m].times):
                    weaker = n if watches[n].probability < watches[m].probability else m
                    spells = sorted((*watches[weaker].times, Interval(*hours)), key=_starts)
                    watches[weaker] = replace(watches[weaker], times=tuple(joined(spells)))
    return watches


def _post(entry: WatchEntry) -> tuple[object, ...]:
    """What two shifts have in common of which one relieves the other: who looks where, for what, and whose word it is."""
    where = tuple(sorted(entry.in_ or ())), tuple(entry.at or ()), entry.radius
    kinds = tuple(sorted(entry.detects)), tuple(sorted(entry.sees or ()))
    return (entry.who, *where, *kinds, entry.source, entry.side, entry.reports_every, entry.known_at)


def _starts(spell: Interval) -> datetime:
    assert spell.start is not None
    return spell.start


def joined(spells: Iterable[Interval]) -> list[Interval]:
    """Spells that meet as one.

    Args:
        spells: bounded, in the order of their starts.

    Returns:
        Spells of which none meets the next.
    """
    out: list[Interval] = []
    for spell in spells:
        assert spell.start is not None
        assert spell.end is not None
        last = out[-1].end if out else None
        if last is not None and spell.start <= last:
            out[-1] = Interval(out[-1].start, max(last, spell.end))
        else:
            out.append(spell)
    return out


def _both(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two instants that a local time can mean; nearly always the same. Of one that the clocks go forward over, when they do."""
    local = datetime.combine(day, at)
    if at == time() or not instants_of(local, zone):
        return first_shown(local, zone), first_shown(local, zone)
    return local.replace(tzinfo=zone).astimezone(UTC), local.replace(tzinfo=zone, fold=1).astimezone(UTC)
