"""When events happened, as far as the evidence says: not before one instant, and by another at the latest.

An **event time** has an ``earliest`` (``None``: no sign that it happened) and a ``latest`` (``None``: it is not settled that it
did); for a date they are the same. An act: the earliest start of anything confirmed, open or alleged, and the earliest end of
anything confirmed by observation or by independent origins; a party's word moves the one and never the other. Quiet: clocks
start again at every confirmed act for the ``earliest``; for the ``latest`` also at what is open and at allegations nobody
answers, and the quiet must have been watched to the mandate's standard: it may begin when more began to be watched.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Term, Text
from servanda.agreement.model import Event, Quiet
from servanda.agreement.pattern import When
from servanda.coverage import Measured
from servanda.values.geo.containment import MILLION
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.occurrences import MOST_OF_ALL


@dataclass(frozen=True, slots=True)
class EventTime:
    """Not before ``earliest``, and by ``latest`` at the latest; ``uses``: the incidents that say so."""

    earliest: datetime | None
    latest: datetime | None
    uses: tuple[str, ...] = ()
    claimed: bool = False
    """Whether only parties, or sources whose side is unknown, say so: too little to end anything."""

    @property
    def settled(self) -> bool:
        """Whether it is known to have happened."""
        return self.latest is not None


UNKNOWN = EventTime(None, None)


@dataclass(frozen=True, slots=True)
class Span:
    """When a term binds: from ``start`` to ``end``, each without a bound where it is open; ``awaits``: what has not come.

    ``until``: when that comes which ends it, also where that is only claimed and so ends nothing.
    """

    start: EventTime
    end: EventTime
    open_start: bool
    open_end: bool
    awaits: tuple[str, ...] = ()
    until: EventTime | None = None

    @property
    def uses(self) -> tuple[str, ...]:
        """What tells when it begins to bind and ends."""
        return tuple(dict.fromkeys((*self.start.uses, *(self.until.uses if self.until else ()))))

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

    def begun_by(self, instant: datetime) -> bool | None:
        """Whether it binds from an instant on at the latest; ``None`` where it may, and may not."""
        if self.open_start or (self.start.latest is not None and self.start.latest <= instant):
            return True
        return None if self.start.earliest is not None and self.start.earliest <= instant else False

    def over_by(self, instant: datetime) -> bool | None:
        """Whether it has ceased to bind before an instant; ``None`` where it may have, and may not."""
        if self.open_end or self.end.earliest is None or self.end.earliest >= instant:
            return False
        return True if self.end.latest is not None and self.end.latest < instant else None

    def surely(self) -> pl.Expr:
        """Whether an occurrence lies surely within (an instant at the end does not), or of what goes on any of it does."""
        since, until = None if self.open_start else self.start.latest, None if self.open_end else self.end.earliest
        if since is None and not self.open_start:
            return pl.lit(False)
        inside, meets = pl.lit(True), pl.col("begun").is_not_null()
        if since is not None:
            inside &= pl.col("start") >= instant(since)
            meets &= (pl.col("end") > instant(since)) & (pl.col("over") >= instant(since))
        if until is not None:
            inside &= (pl.col("end") <= instant(until)) & (pl.col("start") < instant(until))
            meets &= (pl.col("start") < instant(until)) & (pl.col("begun") <= instant(until))
        return inside | meets.fill_null(False)

    def possibly(self) -> pl.Expr:
        """Whether an occurrence may lie within."""
        inside = pl.lit(True)
        if not self.open_start:
            if self.start.earliest is None:
                return pl.lit(False)
            earliest = instant(self.start.earliest)
            inside &= (pl.col("end") > earliest) | (pl.col("start") >= earliest)
        if not self.open_end and self.end.latest is not None:
            inside &= pl.col("start") < instant(self.end.latest)
        return inside


class EventTimes:
    """The times of the events of one text, each worked out once.

    Args:
        case: what was found, with its coverage.
        text: one reading of the agreement.
    """

    def __init__(self, case: CaseFile, text: Text) -> None:
        self.case, self.text = case, text
        self._events = {event.id: event for event in text.events}
        self._terms = {term.clause: term for term in text.terms}
        self._made: dict[str, EventTime] = dict(case.moments.get(text.reading, {}))
        self._path: list[str] = []

    def time_of(self, name: str) -> EventTime:
        """When an event happened, or a term had been complied with. An event that waits for itself never comes."""
        if name in self._path:
            return UNKNOWN
        if name not in self._made:
            self._path.append(name)
            event = self._events.get(name)
            self._made[name] = self._event(event) if event else self._completed(self._terms[name])
            self._path.pop()
        return self._made[name]

    def every(self) -> dict[str, EventTime]:
        """The times of all events, and of what complies with terms once and for all, by name."""
        return {name: self.time_of(name) for name in (*self._events, *self._terms)}

    def when(self, when: When) -> EventTime:
        """The time that an expression of the agreement stands for."""
        if when.event is None:
            return EventTime(when.instant, when.instant)
        base = self.time_of(when.event)
        zone = self.case.agreement.zone

        def moved(instant: datetime | None) -> datetime | None:
            return None if instant is None else when.moved(instant, zone)

        return EventTime(moved(base.earliest), moved(base.latest), base.uses, base.claimed)

    def deadline(self, term: Term) -> EventTime | None:
        """By when a term must be done; ``None`` where the text does not say."""
        return None if term.deadline is None else self.when(term.deadline)

    def span(self, term: Term) -> Span:
        """When a term binds, by its dates and by the events it waits for."""
        window = term.window
        starts = [EventTime(window.start, window.start)] if window.start else []
        awaited = [(when, self.when(when)) for when in term.starts]
        start = last_of([*starts, *(time for _, time in awaited)])
        ends = [EventTime(window.end, window.end)] if window.end else []
        until = None if term.until is None else self.when(term.until)
        # an end of which there is no sign, or only claims, does not end it; one that is not settled may have
        ends += [until] if until is not None and until.earliest is not None and not until.claimed else []
        awaits = tuple(str(when.event) for when, time in awaited if not time.settled)
        return Span(start, _first(ends), not starts and not awaited, not ends, awaits, until)

    def owed(self, term: Term) -> Span:
        """When what one version of a term calls for is owed: as long as its clause binds, also where an amendment gave that other words."""
        window = term.window
        for other in self.text.terms:  # the versions of a clause stand in order of time
            if other.clause == term.clause and window.end is not None and other.window.start == window.end:
                window = Interval(window.start, other.window.end)
        return self.span(replace(term, window=window))

    def _completed(self, term: Term) -> EventTime:
        """When all whom a term binds had done what complies with it once and for all; never, for a kind without such deeds.

        Of a number that changed it has come when any version's had come while that bound.
        """
        versions = [other for other in self.text.terms if other.clause == term.clause]
        if term.kind.owed_in_all is None or len(versions) == 1:
            return self._done(term)
        bounds = [other.window.start for other in versions[1:]]
        times = zip(versions, [None, *bounds], [*bounds, None], strict=True)
        return _first(_between(self._done(other), start, end) for other, start, end in times)

    def _done(self, term: Term) -> EventTime:
        """When all whom one version of a term binds had done it."""
        case = self.case
        parties: Sequence[str | None] = term.binds if case.agreement.mandate.attribution else (None,)
        deeds = [(party, role) for party in parties for role in term.kind.completed_by]
        found = (case.happened(self.text.reading, term.id, role, party) for party, role in deeds)
        owed = term.kind.owed_in_all
        if owed is None:
            return last_of(map(first_of, found))
        since = self.when(term.counts_from) if term.counts_from else None
        counted = (rows if since is None else _since(rows, since) for rows in found)
        come = [reached(rows, owed, case.agreement.mandate.threshold) for rows in counted]
        return last_of(come if since is None else [since, *come])

    def _event(self, event: Event) -> EventTime:
        if event.on is not None:
            return EventTime(event.on, event.on)
        if event.done is not None:
            return first_of(self.case.happened(self.text.reading, f"event {event.id}", "mark"))
        if event.quiet is not None:
            return self._quiet(event.id, event.quiet)
        if event.complied is not None:
            return self._completed(self._terms[event.complied])  # an event may bear the name of the term
        if event.all_of:
            return last_of([self.time_of(name) for name in event.all_of])
        return _first([self.time_of(name) for name in event.any_of])

    def _quiet(self, name: str, quiet: Quiet) -> EventTime:
        case, zone = self.case, self.case.agreement.zone
        since = self.when(quiet.since)
        acts = case.happened(self.text.reading, f"event {name}", "mark")
        ends = [end for watch in case.coverage.watches for time in watch.times if (end := time.end) is not None]
        horizon = case.as_of or max(ends, default=None)
        confirmed = acts.filter(pl.col("status") == "confirmed")
        earliest = _undisturbed(quiet, since.earliest, confirmed, zone) if since.earliest is not None else None
        earliest = earliest if earliest is not None and case.passed(earliest) else None
        latest = None
        if since.latest is not None and horizon is not None and horizon > since.latest:
            latest = self._watched_quiet(quiet, since.latest, acts, horizon)
        return EventTime(earliest, latest, tuple(confirmed["incident"].sort().to_list()))

    def _watched_quiet(self, quiet: Quiet, since: datetime, acts: pl.DataFrame, horizon: datetime) -> datetime | None:
        """The end of the first length of time that was watched, in which nothing confirmed or open may have happened,
        and nothing alleged is left unanswered.
        """
        case = self.case
        acts = acts.sort("start")
        weighty = acts.filter(pl.col("status") != "alleged")
        starts = weighty["start"].to_list()
        latest_ends = weighty["end"].cum_max().to_list()
        whole = case.coverage_of(quiet.of, Interval(since, horizon))
        looking = _began_to_be_watched(whole)
        for clock in sorted({since, *looking, *(end for end in acts["end"].to_list() if end > since)}):
            done = quiet.length.after(clock, case.agreement.zone)
            before = bisect_left(starts, done)
            if done > horizon or (before and latest_ends[before - 1] > clock):
                continue
            if clock in looking and not case.enough(whole.during(Interval(clock, done))):
                continue
            coverage = case.coverage_of(quiet.of, Interval(clock, done))
            alleged = acts.filter((pl.col("status") == "alleged") & (pl.col("end") > clock) & (pl.col("start") < done))
            incidents = alleged["incident"].to_list()
            if case.enough(coverage) and not case.unanswered(incidents, coverage, Interval(clock, done)):
                return done
        return None


def _began_to_be_watched(coverage: Measured) -> set[datetime]:
    """When, after a time in which not all was watched, more was."""
    spells = coverage.watched_over_time
    return {start.astimezone(UTC) for (_, _, before), (start, _, share) in itertools.pairwise(spells) if before < share}


def _undisturbed(quiet: Quiet, since: datetime, acts: pl.DataFrame, zone: ZoneInfo) -> datetime:
    """The end of the first length of time, from when the clock was set, in which nothing surely happened."""
    acts = acts.sort("start")
    starts = acts["start"].to_list()
    earliest_ends = acts["end"].cum_min(reverse=True).to_list()
    for clock in sorted({since, *(start for start in starts if start > since)}):
        done = quiet.length.after(clock, zone)
        after = bisect_right(starts, clock)
        if after == len(starts) or earliest_ends[after] >= done:
            return done
    raise AssertionError("after the last act there is quiet")


def first_of(occurrences: pl.DataFrame) -> EventTime:
    """When something happened first.

    What others than the parties confirm settles it, and what is so settled is not made earlier by anybody's claims.
    """
    sure = occurrences.filter((pl.col("status") == "confirmed") & (pl.col("by") != "admission"))
    uses = tuple(sure.sort("end", "incident")["incident"].head(1).to_list())
    weighty = pl.concat([sure, occurrences.filter(pl.col("status") == "open")])
    early = weighty["start"].min() if weighty.height else occurrences["start"].min()
    return EventTime(early, sure["end"].min(), uses, not weighty.height)  # type: ignore[arg-type]


def _since(occurrences: pl.DataFrame, since: EventTime) -> pl.DataFrame:
    """Those that may have come since a time; what is confirmed, and perhaps came before it, is open."""
    if since.earliest is None:
        return occurrences.clear()
    surely = pl.lit(False) if since.latest is None else pl.col("start") >= instant(since.latest)
    perhaps = (pl.col("start") >= instant(since.earliest)) | (pl.col("end") > instant(since.earliest))
    unsure = (pl.col("status") == "confirmed") & ~surely
    status = pl.when(unsure).then(pl.lit("open", dtype=occurrences.schema["status"])).otherwise("status")
    return occurrences.filter(perhaps).with_columns(status=status)


def reached(occurrences: pl.DataFrame, owed: int, certainty: int) -> EventTime:
    """When so much had come.

    Surely when one origin alone has told of so much that others than the parties confirm, for its own incidents are never one, each so certain
    that together they are; perhaps when the greatest quantities of all that may have come reach it.
    """
    sure = occurrences.filter((pl.col("status") == "confirmed") & (pl.col("by") != "admission"))
    told = sure.explode("who").sort("who", "end", "incident").with_columns(doubt=MILLION - pl.col("p").cast(pl.Int64))
    enough = (pl.col("low").cum_sum().over("who") >= owed) & (
        pl.col("doubt").cum_sum().over("who") <= MILLION - certainty
    )
    shown = told.filter(enough).sort("end", "incident").head(1)
    for rows, claimed in ((occurrences.filter(pl.col("status") != "alleged"), False), (occurrences, True)):
        may = rows.sort("start").filter(MOST_OF_ALL.cum_sum() >= owed)
        if may.height:
            return EventTime(may["start"][0], shown["end"].min(), tuple(shown["incident"]), claimed)  # type: ignore[arg-type]
    return UNKNOWN


def _between(time: EventTime, start: datetime | None, end: datetime | None) -> EventTime:
    """When something had come, where that counts from an instant on, and until before another."""

    def within(instant: datetime | None) -> datetime | None:
        instant = max(instant, start) if instant and start else instant
        return None if instant and end and instant >= end else instant

    return EventTime(within(time.earliest), within(time.latest), time.uses, time.claimed)


def last_of(times: Iterable[EventTime]) -> EventTime:
    """When the last of several events has come."""
    times = list(times)
    early, late = [t.earliest for t in times], [t.latest for t in times]
    return EventTime(
        None if None in early or not early else max(instant for instant in early if instant),
        None if None in late or not late else max(instant for instant in late if instant),
        tuple(sorted({incident for t in times for incident in t.uses})),
        any(t.claimed for t in times),
    )


def _first(times: Iterable[EventTime]) -> EventTime:
    """When the first of several events has come.

    One that is not settled leaves the others' instant as the latest; one that is only claimed does not make it earlier than
    what is more than claimed.
    """
    times = list(times)
    weighty = [t for t in times if t.earliest and not t.claimed]
    early = [t.earliest for t in weighty or times if t.earliest]
    late = [t.latest for t in times if t.latest]
    uses = tuple(sorted({incident for t in times for incident in t.uses}))
    return EventTime(min(early, default=None), min(late, default=None), uses, not weighty)
