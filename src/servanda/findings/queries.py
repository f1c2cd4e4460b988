"""What is looked for: every pattern of every term and event, in each reading, over its window or each slice of it.

A term has one query per pattern and place: a prohibition its act, a duty its deeds, a duty to respond its trigger and its
deed. What a query finds is confirmed by different voices: an ``act`` also by the accused party's admission; a ``deed``
also by the acknowledgement of every other party, never by who owes it; a ``mark`` (an event, a trigger) by neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from servanda.agreement import Agreement, Exemption, Pattern, Term, Text
from servanda.agreement.kinds import Voice
from servanda.agreement.model import Event
from servanda.errors import Fault, ServandaError
from servanda.values.reporting_day import ReportingDay, Span
from servanda.values.time import Duration, Interval
from servanda.values.units import ACT, ACT_WORDS, ANYTHING, THINGS, counts_in, counts_persons

MAX_SLICES = 60_000  # fewer than there are numbers for queries (UInt16)
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
    counts: bool = False
    """Whether acts are counted, so that a row may tell of many."""
    unit: str | None = None
    """In what is counted, where the term names it, or acts; a number in another unit says that there was some, and not how much."""
    at_once: bool = False
    """Whether it is counted at one time: who counts none later says that it is gone."""
    begins: bool = False
    """Whether it counts when it begins, though it may go on."""
    of_some: bool = False
    """Whether only some of the parties are asked for, and none may be named: whose doing it was is then never shown."""
    exemptions: tuple[Exemption, ...] = ()
    granted: tuple[tuple[int, int], ...] = ()
    """Exceptions that people granted: the incident's key and the number of the exemption."""

    @property
    def of_things(self) -> bool:
        """Whether so much of a unit is owed that is none of the acts that are looked for (lorries), or so many persons are allowed: one report may be of many."""
        if self.unit is None or self.unit in (ACT, ANYTHING, THINGS):
            return False
        if self.voice != "deed" and not counts_persons(
            self.unit
        ):  # who names a tank and no number mostly means the one
            return False
        return not any(counts_in(act, self.unit) for act in (*self.pattern.acts, *ACT_WORDS))


def queries_of(agreement: Agreement) -> tuple[MatchQuery, ...]:
    """All queries of an agreement.

    Args:
        agreement: the agreement, resolved.

    Returns:
        Those of its terms, then those of its events.
    """
    out: list[MatchQuery] = []
    for text in agreement.texts:
        watched = {name for term in text.terms for name in term.kind.watches}
        for term in text.terms:
            out += _of_term(agreement, text, term, exact=term.clause in watched)
        for event in text.events:
            out += _of_event(agreement, text, event)
    return tuple(out)


def firsts_alike(queries: Sequence[MatchQuery]) -> list[int]:
    """For each of some queries the number of the first that looks for the same: whatever term, reading and role it is for, it finds the same.

    Readings have most terms in common, and several terms often call for the same act.
    """
    first: dict[MatchQuery, int] = {}
    return [first.setdefault(replace(query, reading=None, owner="", role=""), n) for n, query in enumerate(queries)]


def _of_term(agreement: Agreement, text: Text, term: Term, *, exact: bool) -> Iterator[MatchQuery]:
    """What one term looks for. ``exact``: the times of its breaches matter to another term."""
    # what is owed may be done from the signature on, or from when the first version bound
    known = [t for t in (agreement.signed, text.in_force.start, term.window.start) if t is not None]
    windows = {
        "bound": term.window,
        "start": Interval(term.window.start, None),
        "clause": Interval(_first_bound(text, term), None),
        "signed": Interval(min(known) if term.window.start else None, None),
    }
    actors = {"bound": term.binds, "parties": tuple(agreement.parties)}
    for sought in term.kind.sought():
        asked = actors[sought.by] if isinstance(sought.by, str) else sought.by
        window = _before(text, term, sought.holds) if sought.since == "before" else windows[sought.since]
        if window is None:
            continue
        for doers in _by_place(sought.pattern, asked):
            yield MatchQuery(
                text.reading,
                term.id,
                sought.role,
                sought.pattern.at(doers[0] if doers else None),
                window,
                _named(agreement, doers),
                sought.voice,
                sought.timed or term.moves or exact,
                sought.counts,
                sought.unit,
                sought.at_once,
                sought.begins,
                _of_some(agreement, asked),
                term.exemptions if sought.voice == "act" else (),
            )


def _before(text: Text, term: Term, holds: Duration | None) -> Interval | None:
    """When, before a term began to bind, something was counted that may still be there: for as long as its clause says; else, where another
    version of the clause came before it, since that began.
    """
    start = term.window.start
    if start is None or term.moves:
        return None
    if holds is not None:
        return Interval(holds.well_before(start), start)
    begun = _first_bound(text, term)
    return Interval(begun, start) if begun is not None and begun < start else None


def _first_bound(text: Text, term: Term) -> datetime | None:
    """When the first version of a term's clause began to bind."""
    if term.window.start is None:
        return None
    return min(t.window.start for t in text.terms if t.clause == term.clause and t.window.start is not None)


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
            begins=event.quiet is None,
            of_some=_of_some(agreement, pattern.by or None),
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


def _of_some(agreement: Agreement, binds: tuple[str, ...] | None) -> bool:
    """Whether some of the parties are asked for, and not all, where a mandate does not attribute."""
    asked = {name for name in binds or () if name in agreement.parties}
    return not agreement.mandate.attribution and 0 < len(asked) < len(agreement.parties)


def slices_of(agreement: Agreement, by: Span) -> tuple[MatchQuery, ...]:
    """The prohibitions by reporting days, weeks or months. Raises :class:`ServandaError` for a term without an end.

    Of other terms :func:`unsliced` says why they have none.
    """
    out: list[MatchQuery] = []
    for text in agreement.texts:
        for term in text.terms:
            if _why_unsliced(term) is None:
                windows = _slices(term.window, agreement.reporting_day, by)
                for query in _of_term(agreement, text, term, exact=False):
                    out += [replace(query, window=window) for window in windows]
    if len(out) > MAX_SLICES:
        what = f"that makes {len(out):,} slices; at most {MAX_SLICES:,} are judged at once"
        raise ServandaError(Fault("--by", what, "use --by week or month, or a shorter agreement", code="VRD041"))
    return tuple(out)


def unsliced(agreement: Agreement) -> dict[str, str]:
    """The terms that are judged by no day, week or month, each with the reason."""
    terms = [term for text in agreement.texts for term in text.terms]
    return {term.id: why for term in terms if (why := _why_unsliced(term)) is not None}


_UNSLICED = {
    "deed": "what is owed by a day is not owed on every day before it",
    "limit": "what was counted on one day may still be there on the next, and periods run from the beginning of the term",
    "none": "nothing in it can be seen",
}


def _why_unsliced(term: Term) -> str | None:
    """Why a term has no slices; ``None``: it has."""
    moves = "when it binds hangs on an event" if term.moves else None
    return _UNSLICED.get(term.kind.owes, moves)


def _slices(window: Interval, days: ReportingDay, by: Span) -> list[Interval]:
    """Reporting days, weeks or months, cut to the window."""
    if window.is_empty:
        return [window]
    if window.start is None or window.end is None:
        raise ServandaError(Fault("--by", "a term without an end has no last day", "give --as-of", code="VRD042"))
    return [part for _, part in days.spans(window, by)]
