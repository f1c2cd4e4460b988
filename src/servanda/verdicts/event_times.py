"""When events happened, as far as the evidence tells: not before one instant, surely by another.

A **moment** has an ``earliest`` (``None``: no sign that it happened) and a ``latest`` (``None``: it is not settled that it
did). A date has both in one. An act: the earliest start of anything confirmed, open or alleged, and the earliest end of
anything confirmed by observation or by independent origins; a party's word moves the one and never the other. Quiet: clocks
start again at every confirmed act for the ``earliest``; for the ``latest`` also at what is open and at allegations nobody
answers, and the quiet must have been watched to the mandate's standard.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Term, Text
from servanda.agreement.kinds import Duty
from servanda.agreement.model import Event, Quiet
from servanda.agreement.pattern import When
from servanda.values.time import Interval
from servanda.verdicts.case_file import CaseFile


@dataclass(frozen=True, slots=True)
class EventTime:
    """Not before ``earliest``, surely by ``latest``; ``uses``: the incidents that tell."""

    earliest: datetime | None
    latest: datetime | None
    uses: tuple[str, ...] = ()
    claimed: bool = False
    """Only parties, or sources whose side is unknown, say so: too little to end anything."""

    @property
    def settled(self) -> bool:
        """Whether it is known to have happened."""
        return self.latest is not None


UNKNOWN = EventTime(None, None)


@dataclass(frozen=True, slots=True)
class Span:
    """When a term binds: from ``start`` (``None`` in it: from the beginning) to ``end``; ``awaits``: what has not come."""

    start: EventTime
    end: EventTime
    open_start: bool
    open_end: bool
    awaits: tuple[str, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether what it waits for has given no sign."""
        return not self.open_start and self.start.earliest is None

    @property
    def unsettled(self) -> bool:
        """Whether what it waits for may have come, and may not."""
        return not self.open_start and self.start.earliest is not None and self.start.latest is None

    @property
    def widest(self) -> Interval:
        """All the time in which it may bind."""
        return Interval(None if self.open_start else self.start.earliest, None if self.open_end else self.end.latest)

    def surely(self) -> pl.Expr:
        """Whether an occurrence lies surely within (an instant at the end does not)."""
        inside = pl.lit(True)
        if not self.open_start:
            inside &= pl.col("start") >= self.start.latest if self.start.latest else pl.lit(False)
        if not self.open_end and self.end.earliest is not None:
            inside &= (pl.col("end") <= self.end.earliest) & (pl.col("start") < self.end.earliest)
        return inside

    def possibly(self) -> pl.Expr:
        """Whether an occurrence may lie within."""
        inside = pl.lit(True)
        if not self.open_start:
            if self.start.earliest is None:
                return pl.lit(False)
            inside &= (pl.col("end") > self.start.earliest) | (pl.col("start") >= self.start.earliest)
        if not self.open_end and self.end.latest is not None:
            inside &= pl.col("start") < self.end.latest
        return inside


class EventTimes:
    """The events of one text, each worked out once."""

    def __init__(self, facts: CaseFile, text: Text) -> None:
        self.facts, self.text = facts, text
        self._events = {event.id: event for event in text.events}
        self._terms = {term.id.split("@")[0]: term for term in text.terms}
        self._made: dict[str, EventTime] = {}
        self._path: list[str] = []

    def of(self, name: str) -> EventTime:
        """When an event happened, or a term was complied with by all whom it binds. What waits for itself never comes."""
        if name in self._path:
            return UNKNOWN
        if name not in self._made:
            self._path.append(name)
            event = self._events.get(name)
            self._made[name] = self._event(event) if event else self._done_by_all(self._terms[name])
            self._path.pop()
        return self._made[name]

    def when(self, when: When) -> EventTime:
        """The moment an expression speaks of."""
        if when.event is None:
            return EventTime(when.instant, when.instant)
        base = self.of(when.event)
        zone = self.facts.agreement.zone

        def moved(moment: datetime | None) -> datetime | None:
            return None if moment is None else when.moved(moment, zone)

        return EventTime(moved(base.earliest), moved(base.latest), base.uses, base.claimed)

    def span(self, term: Term) -> Span:
        """When a term binds, by its dates and by the events it waits for."""
        window = term.window
        starts = [EventTime(window.start, window.start)] if window.start else []
        awaited = [(when, self.when(when)) for when in term.starts]
        start = _last([*starts, *(moment for _, moment in awaited)])
        ends = [EventTime(window.end, window.end)] if window.end else []
        if term.until is not None:
            end = self.when(term.until)
            # an end of which there is no sign, or only claims, does not end it; one that is not settled may have
            ends += [end] if end.earliest is not None and not end.claimed else []
        awaits = tuple(str(when.event) for when, moment in awaited if not moment.settled)
        return Span(start, _first(ends), not starts and not awaited, not ends, awaits)

    def _event(self, event: Event) -> EventTime:
        text, facts = self.text, self.facts
        if event.on is not None:
            return EventTime(event.on, event.on)
        if event.done is not None:
            return first_of(facts.happened(text.reading, f"event {event.id}", "mark"))
        if event.quiet is not None:
            return self._quiet(event.id, event.quiet)
        if event.complied is not None:
            return self.of(event.complied)
        if event.all_of:
            return _last([self.of(name) for name in event.all_of])
        return _first([self.of(name) for name in event.any_of])

    def _done_by_all(self, term: Term) -> EventTime:
        if not isinstance(term.kind, Duty):
            return UNKNOWN
        facts, moments = self.facts, []
        nameless = not facts.agreement.mandate.attribution
        for party in (None,) if nameless else term.binds:
            for n in range(len(term.kind.deeds)):
                moments.append(first_of(facts.happened(self.text.reading, term.id, f"deed {n}", party)))
        return _last(moments)

    def _quiet(self, name: str, quiet: Quiet) -> EventTime:
        facts, zone = self.facts, self.facts.agreement.zone
        since = self.when(quiet.since)
        rows = facts.happened(self.text.reading, f"event {name}", "mark")
        ends = [t for w in facts.coverage.watches for s in w.times if (t := s.end) is not None]
        horizon = facts.as_of or max(ends, default=None)
        confirmed = rows.filter(pl.col("status") == "confirmed")
        earliest = _undisturbed(quiet, since.earliest, confirmed, zone) if since.earliest is not None else None
        earliest = earliest if earliest is not None and facts.passed(earliest) else None
        latest = None
        if since.latest is not None and horizon is not None and horizon > since.latest:
            latest = self._watched_quiet(quiet, since.latest, rows, horizon)
        return EventTime(earliest, latest, tuple(confirmed["incident"].sort().to_list()))

    def _watched_quiet(self, quiet: Quiet, since: datetime, acts: pl.DataFrame, horizon: datetime) -> datetime | None:
        """The end of the first length of time that was watched, in which nothing confirmed or open may have happened,
        and nothing alleged that nobody answers.
        """
        facts = self.facts
        acts = acts.sort("start")
        weighty = acts.filter(pl.col("status") != "alleged")
        starts = weighty["start"].to_list()
        upto = weighty["end"].cum_max().to_list()
        for clock in sorted({since, *(end for end in acts["end"].to_list() if end > since)}):
            done = quiet.length.after(clock, facts.agreement.zone)
            before = bisect_left(starts, done)
            if done > horizon or (before and upto[before - 1] > clock):
                continue
            seen = facts.seen(quiet.of, Interval(clock, done))
            said = acts.filter((pl.col("status") == "alleged") & (pl.col("end") > clock) & (pl.col("start") < done))
            if facts.enough(seen) and not facts.unanswered(said["incident"].to_list(), seen, Interval(clock, done)):
                return done
        return None


def _undisturbed(quiet: Quiet, since: datetime, acts: pl.DataFrame, zone: ZoneInfo) -> datetime:
    """The end of the first length of time in which nothing surely happened after what set the clock."""
    acts = acts.sort("start")
    starts = acts["start"].to_list()
    least = acts["end"].cum_min(reverse=True).to_list()
    for clock in sorted({since, *(start for start in starts if start > since)}):
        done = quiet.length.after(clock, zone)
        after = bisect_right(starts, clock)
        if after == len(starts) or least[after] >= done:
            return done
    raise AssertionError("after the last act there is quiet")


def first_of(rows: pl.DataFrame) -> EventTime:
    """When something happened first: what is confirmed by others than the parties settles it, and what is so settled is
    not made earlier by anybody's claims.
    """
    sure = rows.filter((pl.col("status") == "confirmed") & (pl.col("by") != "admission"))
    uses = tuple(sure.sort("end", "incident")["incident"].head(1).to_list())
    weighty = pl.concat([sure, rows.filter(pl.col("status") == "open")])
    early = weighty["start"].min() if weighty.height else rows["start"].min()
    return EventTime(early, sure["end"].min(), uses, not weighty.height)  # type: ignore[arg-type]


def _last(moments: Iterable[EventTime]) -> EventTime:
    """When the last of several has come."""
    moments = list(moments)
    early, late = [m.earliest for m in moments], [m.latest for m in moments]
    return EventTime(
        None if None in early or not early else max(t for t in early if t),
        None if None in late or not late else max(t for t in late if t),
        tuple(sorted({i for m in moments for i in m.uses})),
        any(m.claimed for m in moments),
    )


def _first(moments: Iterable[EventTime]) -> EventTime:
    """When the first of several has come. One that is not settled leaves the others' instant as the latest; one that is
    only claimed makes what is more than claimed no earlier.
    """
    moments = list(moments)
    weighty = [m for m in moments if m.earliest and not m.claimed]
    early = [m.earliest for m in weighty or moments if m.earliest]
    late = [m.latest for m in moments if m.latest]
    uses = tuple(sorted({i for m in moments for i in m.uses}))
    return EventTime(min(early, default=None), min(late, default=None), uses, not weighty)
