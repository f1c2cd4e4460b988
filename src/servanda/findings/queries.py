"""What is looked for: every pattern of every term and event, in each reading, over its window or each slice of it.

A term has one unit per pattern and place: a prohibition its act, a duty its deeds, a duty to respond its trigger and its
deed. What a unit finds is confirmed by different voices: an ``act`` also by the accused party's admission; a ``deed``
also by the acknowledgement of every other party, never by who owes it; a ``mark`` (an event, a trigger) by neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from servanda.agreement import Agreement, Exemption, Pattern, Term, Text
from servanda.agreement.kinds import (
    DeclaredItems,
    Duty,
    Guarantee,
    Limit,
    Notice,
    Prohibition,
    Quota,
    Response,
    Unverifiable,
)
from servanda.agreement.model import Event
from servanda.errors import Fault, ServandaError
from servanda.values.time import Interval

MAX_SLICES = 4_000
Voice: TypeAlias = Literal["act", "deed", "mark"]
ALWAYS = Interval(None, None)


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """One pattern to look for. ``role`` says what it is to its term (or event).

    ``binds``: the actors whose doing it is looked for, ``None`` for whoever. ``timed``: its times and quantities matter.
    """

    reading: str | None
    owner: str
    role: str
    pattern: Pattern
    window: Interval
    binds: tuple[str, ...] | None
    voice: Voice
    timed: bool
    exemptions: tuple[Exemption, ...] = ()
    granted: tuple[tuple[int, int], ...] = ()
    """Exceptions that people granted: the incident's key and the number of the exemption."""


def queries_of(agreement: Agreement) -> tuple[MatchQuery, ...]:
    """All units of an agreement: those of its terms, then those of its events."""
    out: list[MatchQuery] = []
    for text in agreement.texts:
        watched = {name for term in text.terms for name in _watched(term)}
        for term in text.terms:
            out += _of_term(agreement, text, term, exact=term.id.split("@")[0] in watched)
        for event in text.events:
            out += _of_event(agreement, text, event)
    return tuple(out)


def _watched(term: Term) -> set[str]:
    """The terms whose breaches set a guarantee off or void it, so that their times matter."""
    if not isinstance(term.kind, Guarantee):
        return set()
    return {name for trigger in (term.kind.when, *term.kind.void_if) for name in trigger.terms}


def _of_term(agreement: Agreement, text: Text, term: Term, *, exact: bool) -> Iterator[MatchQuery]:
    open_ = Interval(term.window.start, None)
    # what is owed may be done from the signature on, or from when the first version bound
    known = [t for t in (agreement.signed, text.in_force.start, term.window.start) if t is not None]
    since = Interval(min(known) if term.window.start else None, None)

    def units(
        role: str, pattern: Pattern, window: Interval, binds: tuple[str, ...] | None, voice: Voice, timed: bool
    ) -> Iterator[MatchQuery]:
        exemptions = term.exemptions if voice == "act" else ()
        for some in _by_place(pattern, binds):
            here = pattern.at(some[0] if some else None)
            named = _named(agreement, some)
            yield MatchQuery(text.reading, term.id, role, here, window, named, voice, timed, exemptions)

    match term.kind:
        case Prohibition(what):
            yield from units("act", what, term.window, term.binds, "act", term.moves or exact)
        case Limit(what):
            yield from units("act", what, term.window, term.binds, "act", True)
        case Duty(deeds):
            for n, deed in enumerate(deeds):
                yield from units(f"deed {n}", deed, since, term.binds, "deed", True)
        case Quota(what):
            yield from units("deed 0", what, open_, term.binds, "deed", True)
        case Response(to, deed, _, whose):
            asked = {"anyone": to.by or None, "self": term.binds, "other": tuple(agreement.parties)}[whose]
            yield from units("trigger", to, open_, asked, "mark", True)
            yield from units("deed 0", deed, open_, term.binds, "deed", True)
        case Notice(of, deed, _):
            yield from units("trigger", of, term.window, term.binds, "act", True)
            yield from units("deed 0", deed, since, term.binds, "deed", True)
        case Guarantee(_, then, _):
            for n, step in enumerate(then):
                if step.deed is not None and step.by is not None:
                    yield from units(f"deed {n}", step.deed, open_, (step.by,), "deed", True)
        case DeclaredItems() | Unverifiable():
            return


def _of_event(agreement: Agreement, text: Text, event: Event) -> Iterator[MatchQuery]:
    pattern = event.done or (event.quiet.of if event.quiet else None)
    if pattern is not None:
        named = _named(agreement, pattern.by or None)
        yield MatchQuery(
            text.reading,
            f"event {event.id}",
            "mark",
            pattern,
            Interval(text.in_force.start, None) if event.quiet else ALWAYS,
            named,
            "mark",
            True,
        )


def _by_place(pattern: Pattern, binds: tuple[str, ...] | None) -> list[tuple[str, ...] | None]:
    """Whom the pattern binds, those together for whom it means the same place."""
    if binds is None or not pattern.place_of:
        return [binds]
    groups: dict[str | None, list[str]] = {}
    for party in binds:
        groups.setdefault(pattern.place_of.get(party), []).append(party)
    return [tuple(group) for group in groups.values()]


def _named(agreement: Agreement, binds: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Whose doing is looked for. A mandate that does not attribute looks for no party's."""
    if binds is None or agreement.mandate.attribution:
        return binds
    others = tuple(name for name in binds if name not in agreement.parties)
    return others if len(others) == len(binds) else None


def slices_of(agreement: Agreement, by: Literal["day", "week"]) -> tuple[tuple[Term, MatchQuery], ...]:
    """The prohibitions, day by day or week by week. Raises :class:`ServandaError` for a term without an end.

    Duties and caps have no slices: what is owed by a day is not owed on every day before it.
    """
    out: list[tuple[Term, MatchQuery]] = []
    for text in agreement.texts:
        for term in text.terms:
            if isinstance(term.kind, Prohibition) and not term.moves:
                for unit in _of_term(agreement, text, term, exact=False):
                    for window in _slices(term.window, agreement.zone, by):
                        out.append(
                            (
                                term,
                                MatchQuery(
                                    text.reading,
                                    term.id,
                                    "act",
                                    unit.pattern,
                                    window,
                                    unit.binds,
                                    "act",
                                    False,
                                    unit.exemptions,
                                ),
                            )
                        )
    if len(out) > MAX_SLICES:
        what = f"that makes {len(out):,} slices; at most {MAX_SLICES:,} are judged at once"
        raise ServandaError(Fault("--by", what, "use --by week, or a shorter agreement"))
    return tuple(out)


def _slices(window: Interval, zone: ZoneInfo, by: Literal["day", "week"]) -> Iterator[Interval]:
    """Calendar days or weeks (from Monday) of the agreement's zone, cut to the window."""
    if window.is_empty:
        yield window
        return
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
