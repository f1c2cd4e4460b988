"""One answer on its way to a verdict: its word, its steps, what it counted. Every kind of term ends here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from servanda.agreement import Term
from servanda.coverage import Measured
from servanda.values.time import Interval, iso
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.event_times import EventTime, Span
from servanda.verdicts.model import Step, Verdict, VerdictWord


@dataclass
class VerdictBuilder:
    """A verdict in the making, for one term, party and reading.

    ``breaches``: for each breach, between which instants it came about; guarantees count them.
    """

    facts: CaseFile
    reading: str | None
    term: Term
    party: str | None
    window: Interval
    steps: list[Step] = field(default_factory=list)
    word: VerdictWord = "undetermined"
    seen: Measured | None = None
    confirmed: tuple[str, ...] = ()
    alleged: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    counted: bool = True
    measure: Mapping[str, float | int | str | None] = field(default_factory=dict)
    breaches: tuple[tuple[datetime | None, datetime | None], ...] = ()

    @property
    def who(self) -> str:
        """The party in words."""
        return self.facts.agreement.actors[self.party] if self.party else "whoever it binds"

    @property
    def standard(self) -> float:
        """The probability of detection that the mandate asks for."""
        return self.facts.agreement.mandate.detection

    def step(self, rule: str, text: str, uses: Iterable[str] = ()) -> None:
        """One more numbered step."""
        self.steps.append(Step(len(self.steps) + 1, rule, text, tuple(sorted(uses))))

    def date(self, moment: datetime | None) -> str:
        """An instant in the agreement's zone."""
        return iso(moment, self.facts.agreement.zone) or "no stated time"

    def binding(self) -> str:
        """Whom the term binds, and when, in words."""
        start = iso(self.term.window.start, self.facts.agreement.zone) or "no stated start"
        end = iso(self.term.window.end, self.facts.agreement.zone) or "no stated end"
        reading = f" in the reading {self.reading}" if self.reading else ""
        who = f"binds {self.who}" if self.party else "binds its parties; the mandate names no author"
        return f"The term {who}{reading} from {start} to {end}"

    def done(self, word: VerdictWord, reason: str, *, counted: bool = True) -> VerdictBuilder:
        """The last step. ``counted=False``: nothing was judged, so that nothing is counted."""
        self.word, self.counted = word, counted
        self.step("verdict", f"{word}: {reason}.")
        return self

    def verdict(self) -> Verdict:
        """The row."""
        n = self.counted
        incidents = sorted({*self.confirmed, *self.excused, *self.alleged}) if n else []
        reports, origins = self.facts.count(incidents)
        return Verdict(
            term=self.term.id,
            party=self.party,
            reading=self.reading,
            verdict=self.word,
            window=self.window if n else self.term.window,
            confirmed=len(self.confirmed) if n else 0,
            alleged=len(self.alleged) if n else 0,
            excused=len(self.excused) if n else 0,
            reports=reports,
            origins=origins,
            coverage=self.seen.probability if n and self.seen is not None else None,
            standard=self.standard,
            incidents=tuple(incidents),
            steps=tuple(self.steps),
            measure=dict(self.measure),
            by_status={"confirmed": self.confirmed, "alleged": self.alleged, "excused": self.excused} if n else {},
        )

    def coverage_step(self, *, nothing_seen: bool = True) -> None:
        """What would have been seen, in words."""
        assert self.seen is not None
        p, zone = self.seen.probability, self.facts.agreement.zone
        if self.window.end is None:
            words = "The term has no end, so that coverage cannot fill its window; give an as-of to say up to when it is asked."
        elif p == 0:
            words = f"Nobody was looking where and when this could be seen: probability 0, the mandate asks for {self.standard:g}. Silence says nothing."
        else:
            words = f"An act of this kind ({self.seen.kind}, the least covered) would have been seen with probability {p:g}; the mandate asks for {self.standard:g}."
            least = self.seen.least
            if least is not None:
                words += f" Least covered: {least[3]:g}, from {iso(least[0], zone)} to {iso(least[1], zone)}."
            if nothing_seen:
                words += f" With nothing seen, up to {3.0 / p:.1f} acts may still have gone unseen (95 %)."
        self.step("coverage", words)


def not_binding(answer: VerdictBuilder, span: Span, *, duty: bool) -> VerdictBuilder | None:
    """The answer where the term does not bind (yet, any more): ``not_in_force``, or ``not_due`` for a duty that waits.

    ``None`` where it binds, or may.
    """
    window, facts = answer.term.window, answer.facts
    before = window.start is not None and not facts.passed(window.start)
    if window.is_empty or before:
        answer.step("in_force", f"{answer.binding()}: not in this window.")
        return answer.done("not_in_force", "the term does not bind in this window", counted=False)
    waits = span.blocked or (span.start.earliest is not None and not facts.passed(span.start.earliest))
    if waits:
        names = ", ".join(name.replace("_", " ") for name in span.awaits) or "its time"
        answer.step("waits", f"{answer.binding()}, and only after: {names}. Of that there is no sign so far.")
        if duty:
            return answer.done("not_due", f"it waits for {names}", counted=False)
        return answer.done("not_in_force", f"it waits for {names}", counted=False)
    if span.widest.is_empty:
        answer.step("in_force", f"{answer.binding()}: it had ended before it began.")
        return answer.done("not_in_force", "the term does not bind in this window", counted=False)
    return None


def moment_words(answer: VerdictBuilder, moment: EventTime) -> str:
    """A moment in words."""
    if moment.earliest is None:
        return "not yet, as far as anybody says"
    if moment.latest is None:
        return f"not before {answer.date(moment.earliest)}, and it is not settled that it came at all"
    if moment.earliest == moment.latest:
        return answer.date(moment.latest)
    return f"between {answer.date(moment.earliest)} and {answer.date(moment.latest)}"


def ids(rows: pl.DataFrame, *status: str) -> tuple[str, ...]:
    """The incidents of a status, in order."""
    return tuple(rows.filter(pl.col("status").is_in(status))["incident"].unique().sort().to_list())
