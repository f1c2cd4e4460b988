"""A verdict while it is being concluded: its word, its steps and what it counted. Every kind of term fills one in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from servanda.agreement import Pattern, Term
from servanda.coverage import Measured
from servanda.values.time import Interval, iso
from servanda.verdicts.breaches import Breach, Breaches
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.coverage_words import bearing_checks, coverage_words, door_words, doors, unheard
from servanda.verdicts.event_times import EventTime, Span
from servanda.verdicts.hearsay_words import Carried, carried_of, hearsay_words
from servanda.verdicts.listed import Listed
from servanda.verdicts.model import Step, Verdict, VerdictWord, watched_of
from servanda.verdicts.since import Since
from servanda.verdicts.watches import check_words
from servanda.wording import listing


@dataclass
class VerdictBuilder:
    """A verdict in the making, for one term, party and reading.

    ``coverage``: of the act that was covered least. ``breaches``: when, where and how certainly each breach came about; guarantees
    count them, and find those of the terms that were concluded before in ``earlier_breaches``.
    """

    case: CaseFile
    reading: str | None
    term: Term
    party: str | None
    window: Interval
    earlier_breaches: Breaches = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    word: VerdictWord = "undetermined"
    coverage: Measured | None = None
    confirmed: Sequence[str] = ()
    alleged: Sequence[str] = ()
    excused: Sequence[str] = ()
    counted: bool = True
    measure: dict[str, float | int | str | None] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    carried: Carried | None = None
    """The reports that count for less than they say, where these were looked up already."""
    since: Since | None = None
    """What was told before few incidents of the case changed."""
    told: Any = None
    """What it follows from, where that can be told anew of few incidents (``since``)."""
    telling: bool = True
    """Whether its steps are asked for, and what it counted; else its word alone, and what would only be told is not looked up."""
    _voices: tuple[Any, tuple[int, int]] = ((), (0, 0))

    @property
    def party_name(self) -> str:
        """The party in words."""
        return self.case.agreement.actors[self.party] if self.party else "whoever it binds"

    @property
    def standard(self) -> float:
        """The probability of detection that the mandate asks for."""
        return self.case.agreement.mandate.detection

    @property
    def certainty(self) -> int:
        """The certainty of place and time that the mandate asks for, in millionths."""
        return self.case.agreement.mandate.threshold

    @property
    def nameless(self) -> bool:
        """Whether it cannot be said which of several bound parties did what was done."""
        return self.party is None and len(self.term.binds) > 1

    def measured(self, pattern: Pattern, window: Interval, *, undone: bool = False) -> Measured:
        """How well the party's acts of a pattern would have been seen (:meth:`CaseFile.coverage_of`)."""
        return self.case.coverage_of(pattern, window, self.party, undone=undone)

    def voices(self) -> tuple[int, int]:
        """How many reports assert what is counted, and how many origins they have; asked for again, it is not counted again."""
        of = (self.confirmed, self.alleged, self.excused)
        if self._voices[0] != of:
            self._voices = of, self.case.count(Listed.together(*of))
        return self._voices[1]

    def counting(self, voices: tuple[int, int]) -> None:
        """Take these as the numbers of reports and origins of what is counted."""
        self._voices = (self.confirmed, self.alleged, self.excused), voices

    @property
    def guarded(self) -> bool:
        """Whether a guarantee may count its breaches."""
        texts = self.case.agreement.texts
        return any(t.kind.guards for text in texts if text.reading == self.reading for t in text.terms)

    def step(self, rule: str, text: str, uses: Iterable[str] = ()) -> None:
        """Adds a numbered step."""
        if isinstance(uses, pl.Series):
            uses = Listed(uses)
        self.steps.append(
            Step(len(self.steps) + 1, rule, text, uses if isinstance(uses, Listed) else tuple(sorted(uses)))
        )

    def date(self, moment: datetime | None) -> str:
        """An instant in the agreement's zone."""
        return iso(moment, self.case.agreement.zone) or "no stated time"

    def binding(self) -> str:
        """Whom the term binds, and when, in words."""
        start = iso(self.term.window.start, self.case.agreement.zone) or "no stated start"
        end = iso(self.term.window.end, self.case.agreement.zone) or "no stated end"
        reading = f" in the reading {self.reading}" if self.reading else ""
        agreement = self.case.agreement
        unnamed = not agreement.mandate.attribution and any(p in agreement.parties for p in self.term.binds)
        nobody = (
            "binds its parties, none of whom the mandate names as an author,"
            if unnamed
            else "says what follows, and binds nobody"
        )
        binds = f"binds {self.party_name}" if self.party else nobody
        return f"The term {binds}{reading} from {start} to {end}"

    def finish(self, word: VerdictWord, reason: str, *, counted: bool = True) -> VerdictBuilder:
        """Adds the last step.

        Args:
            word: the verdict.
            reason: why, as the end of a sentence.
            counted: whether incidents and coverage are part of the verdict; not where the term does not bind.

        Returns:
            The builder itself.
        """
        self.word, self.counted = word, counted
        if counted and self.telling and self.carried is None and self.case.hearsay.height:
            used = {incident for step in self.steps for incident in step.uses}
            self.carried = carried_of(self.case.hearsay, used, {*self.confirmed, *self.alleged, *self.excused})
        for told in hearsay_words(self.carried) if counted and self.carried is not None else ():
            self.step(*told)
        for length, absent in self._refused():
            who = listing([self.case.agreement.parties[party] for party in absent])
            self.step("not_prolonged", f"A prolongation by {length} does not count: it was not agreed by {who}.")
        self.step("verdict", f"{word}: {reason}.")
        return self

    def _refused(self) -> Iterable[tuple[str, Sequence[str]]]:
        """The prolongations that do not count, of a term that ends with the agreement."""
        text = next((text for text in self.case.agreement.texts if text.reading == self.reading), None)
        return text.refused if text is not None and self.term.window.end == text.in_force.end else ()

    def build(self) -> Verdict:
        """The verdict as a value, once it is finished."""
        counted = self.counted
        incidents = Listed.together(self.confirmed, self.excused, self.alleged) if counted else Listed()
        reports, origins = self.voices() if counted else (0, 0)
        by_status = {"confirmed": self.confirmed, "alleged": self.alleged, "excused": self.excused}
        return Verdict(
            term=self.term.id,
            party=self.party,
            reading=self.reading,
            verdict=self.word,
            window=self.window if counted else self.term.window,
            confirmed=len(self.confirmed) if counted else 0,
            alleged=len(self.alleged) if counted else 0,
            excused=len(self.excused) if counted else 0,
            reports=reports,
            origins=origins,
            coverage=self.coverage.probability if counted and self.coverage is not None else None,
            watched=watched_of(self.coverage) if counted and self.coverage is not None else None,
            standard=self.standard,
            incidents=incidents,
            steps=tuple(self.steps),
            measure=dict(self.measure),
            by_status=by_status if counted else {},
        )

    def keep_least(self, coverage: Measured) -> None:
        """Remembers the coverage of one of several deeds, if the least so far was watched."""
        if self.coverage is None or _order(coverage) < _order(self.coverage):
            self.coverage = coverage

    def coverage_step(self, *, nothing_seen: bool = True) -> None:
        """Adds the steps that say how well acts of the kind would have been seen, by which watches, and who shut a door."""
        assert self.coverage is not None
        for check in self.case.bearing(self.coverage, bearing_checks):
            self.step("checked", f"{check_words(check)}.")
        for shut in doors(self.case, self.coverage):
            self.step("door", f"{door_words(self.case, shut)}.")
        for words in self.case.bearing(self.coverage, unheard):
            self.step("unheard", words)
        self.step("coverage", coverage_words(self.case, self.coverage, nothing_seen=nothing_seen))


def _order(coverage: Measured) -> tuple[float, float]:
    return coverage.watched_share, coverage.probability


CEASED = "it ceased to bind before its time had run out"
PERHAPS_CEASED = "it is not settled whether it still bound when its time ran out"
UNSETTLED = "it is not settled when its time began to run"


def not_binding(builder: VerdictBuilder, span: Span, *, duty: bool) -> VerdictBuilder | None:
    """Finishes the verdict of a term that does not bind yet, or no longer.

    Args:
        builder: the verdict in the making.
        span: when the term binds.
        duty: whether it is ``not_due``, rather than ``not_in_force``, while it waits for an event.

    Returns:
        The finished builder; ``None`` where the term binds, or may bind.
    """
    window, case = builder.term.window, builder.case
    before = window.start is not None and not case.passed(window.start)
    if window.is_empty or before:
        builder.step("in_force", f"{builder.binding()}: not in this window.")
        return builder.finish("not_in_force", "the term does not bind in this window", counted=False)
    waits = span.blocked or (span.start.earliest is not None and not case.passed(span.start.earliest))
    if waits:
        names = ", ".join(name.replace("_", " ") for name in span.awaits) or "its time"
        builder.step("waits", f"{builder.binding()}, and only after: {names}. Of that there is no sign so far.")
        return builder.finish("not_due" if duty else "not_in_force", f"it waits for {names}", counted=False)
    if span.widest.is_empty:
        begins = builder.date(span.start.earliest or window.start)
        builder.step(
            "in_force", f"{builder.binding()}, and not before {begins}, when it had ended: it never binds.", span.uses
        )
        return builder.finish("not_in_force", "it had ended before it could begin", counted=False)
    return None


def in_force_step(builder: VerdictBuilder, span: Span) -> None:
    """Says from when to when a term binds, and of one that events begin or end, what is known of these."""
    term, end, words = builder.term, span.until, builder.binding()
    if term.starts:
        words += f"; by what it waits for, from: {time_words(builder, span.start)}"
    if end is not None and end.earliest is None:
        words += "; of what would end it there is no sign so far"
    elif end is not None and end.claimed:
        words += f"; what would end it is only claimed, of {builder.date(end.earliest)}, and ends nothing"
    elif end is not None:
        words += f"; by what ends it, until: {time_words(builder, end)}"
    builder.step("in_force", f"{words}.", span.uses)


def time_words(builder: VerdictBuilder, time: EventTime) -> str:
    """When something happened, in words."""
    if time.earliest is None:
        return "not yet, as far as anybody says"
    if time.latest is None:
        return f"not before {builder.date(time.earliest)}, and it is not settled that it came at all"
    if time.earliest == time.latest:
        return builder.date(time.latest)
    return f"between {builder.date(time.earliest)} and {builder.date(time.latest)}"


def ids(rows: pl.DataFrame, *status: str) -> Listed:
    """The incidents of some statuses, in order."""
    if not rows.height:
        return Listed()
    of = rows["status"] == status[0] if len(status) == 1 else rows["status"].is_in(status)
    return Listed(rows["incident"].filter(of))
