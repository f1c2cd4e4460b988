"""A verdict for every term, party and reading, each kind by its own rules; and from the readings' verdicts one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

import polars as pl

from servanda.agreement import Agreement, Term, Text
from servanda.agreement.plain_language import reading_words
from servanda.evidence.model import empty
from servanda.findings.queries import MatchQuery
from servanda.values.time import Interval
from servanda.verdicts.breaches import Breach, Breaches
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.chosen import rest_on_the_text
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.listed import Listed
from servanda.verdicts.model import Step, Verdict, VerdictWord
from servanda.verdicts.reconciliation import RECONCILED
from servanda.verdicts.since import Since
from servanda.wording import plural

_CLEARS = frozenset({"complied", "excused", "not_in_force", "not_due"})


Voices: TypeAlias = Mapping[tuple[str, str | None], tuple[int, int]]


class Concluded(Protocol):
    """What others need of a conclusion about a term and a party."""

    @property
    def term(self) -> Term: ...
    @property
    def party(self) -> str | None: ...
    @property
    def word(self) -> VerdictWord: ...
    @property
    def breaches(self) -> tuple[Breach, ...]: ...
    def build(self) -> Verdict:
        """The verdict as a value."""
        ...


ConcludesOne: TypeAlias = "Callable[[CaseFile, EventTimes, Text, Term, str | None, Breaches], Concluded]"
"""Concludes one term about one party, as :func:`conclude_term` does."""


def conclude(
    case: CaseFile, text: Text, one: ConcludesOne | None = None, only: Collection[str] | None = None
) -> list[Concluded]:
    """Concludes every term of one reading.

    Args:
        case: what was found, with its coverage.
        text: the reading.
        one: by which each is concluded, for who has some of them already; left out, all are concluded.
        only: the ids of the terms that are asked for, with all whose breaches set one of them off; left out, all.

    Returns:
        The conclusions: first the terms themselves, then those that breaches set off.
    """
    times, one = EventTimes(case, text), one or conclude_term
    out: list[Concluded] = []
    for guarding in (False, True):
        breaches = _breaches(out)
        for term in text.terms:
            if term.kind.guards == guarding and (only is None or term.id in only):
                parties = rules_of(term).parties(case.agreement, term)
                out += [one(case, times, text, term, party, breaches) for party in parties]
    return out


def bearing(queries: Sequence[MatchQuery], text: Text, term: Term) -> frozenset[int]:
    """The numbers of the queries that the verdicts on a term follow from: its own; all of its reading, where it waits for others or guards them."""
    waits = waits_for_others(term)
    return frozenset(
        n for n, query in enumerate(queries) if query.reading == text.reading and (query.owner == term.id or waits)
    )


def waits_for_others(term: Term) -> bool:
    """Whether events, or breaches of other terms, decide about a term."""
    return term.moves or (term.deadline is not None and term.deadline.event is not None) or term.kind.guards


def conclude_term(
    case: CaseFile,
    times: EventTimes,
    text: Text,
    term: Term,
    party: str | None,
    breaches: Breaches | None = None,
    since: Since | None = None,
    *,
    telling: bool = True,
) -> VerdictBuilder:
    """Concludes one term about one party; ``breaches``: those of the terms concluded before; ``since``: what was told of the case before few of its incidents changed; ``telling``: whether more is asked for than its word and its breaches."""
    window = term.window.intersection(Interval(None, case.as_of))
    builder = VerdictBuilder(case, text.reading, term, party, window, breaches or {}, since=since, telling=telling)
    return rest_on_the_text(rules_of(term).conclude(builder, times))


def reconciled_items(case: CaseFile, only: Collection[str] | None = None) -> pl.DataFrame:
    """Every declared or found item under every term that speaks of items (``items.csv``); ``only``: as for :func:`conclude`."""
    parts = []
    for text in case.agreement.texts:
        times = EventTimes(case, text)
        for term in text.terms:
            rules = rules_of(term)
            if rules.reconcile is None or (only is not None and term.id not in only):
                continue
            window = times.span(term).widest.intersection(Interval(None, case.as_of))
            of_term = pl.lit(term.id).alias("term"), pl.lit(text.reading, dtype=pl.String).alias("reading")
            for party in rules.parties(case.agreement, term):
                parts.append(rules.reconcile(case, term, party, window).select(*of_term, pl.all()))
    schema = {"term": pl.String(), "reading": pl.String(), **RECONCILED}
    items = pl.concat(parts) if parts else empty(schema)
    return items if case.agreement.mandate.attribution else items.with_columns(party=pl.lit(None, dtype=pl.String))


def _breaches(concluded: Sequence[Concluded]) -> Breaches:
    breaches: dict[tuple[str, str | None], tuple[Breach, ...]] = {}
    for one in concluded:
        if one.word == "breached":
            key = (one.term.clause, one.party)
            breaches[key] = (*breaches.get(key, ()), *one.breaches)
    return breaches


def combine(case: CaseFile, verdicts: Sequence[Verdict], voices: Voices | None = None) -> tuple[Verdict, ...]:
    """Puts verdicts in order; with several readings, adds a combined row after each party's own.

    The combined verdict is the readings' own where they agree; ``disputed`` where one says that the term was breached and another
    clears; else ``undetermined``.

    Args:
        case: gives the order of terms, parties and readings, and what is known of incidents.
        verdicts: the verdicts, each of one term, party and reading.
        voices: by term and party how many reports and origins speak of what counts in any reading, where the case does not know.

    Returns:
        The rows.
    """
    agreement = case.agreement
    order = {term: n for n, term in enumerate(agreement.term_ids)}
    readings = [text.reading for text in agreement.texts]
    parties = [None, *agreement.actors]
    ordered = sorted(
        verdicts, key=lambda v: (order[v.term], parties.index(v.party), readings.index(v.reading), str(v.window.start))
    )
    if readings == [None]:
        return tuple(ordered)
    out: list[Verdict] = []
    for term in agreement.term_ids:
        for party in parties:
            rows = [v for v in ordered if v.term == term and v.party == party]
            if not rows:
                continue
            silent = [reading for reading in readings if reading not in {v.reading for v in rows}]
            rows += [_not_bound(agreement, rows[0], str(reading)) for reading in silent]
            rows.sort(key=lambda v: (readings.index(v.reading), str(v.window.start)))
            out += rows
            if len({v.reading for v in rows}) == len(rows):
                out.append(_combined(rows, case, voices))
    return tuple(out)


def _not_bound(agreement: Agreement, other: Verdict, reading: str) -> Verdict:
    """The row of a reading in which the term does not bind a party that it binds in another."""
    party = agreement.actors[other.party] if other.party else "anybody"
    return Verdict(
        term=other.term,
        party=other.party,
        reading=reading,
        verdict="not_in_force",
        window=Interval(None, None),
        confirmed=0,
        alleged=0,
        excused=0,
        reports=0,
        origins=0,
        coverage=None,
        standard=other.standard,
        incidents=(),
        steps=(
            Step(1, "in_force", f"In the reading {reading} the term does not bind {party}."),
            Step(2, "verdict", "not_in_force: the term does not bind in this reading."),
        ),
    )


def common_word(words: Sequence[VerdictWord]) -> VerdictWord:
    """What the verdicts of all readings come to together."""
    if len(set(words)) == 1:
        return words[0]
    return "disputed" if "breached" in words and _CLEARS & set(words) else "undetermined"


def _combined(rows: Sequence[Verdict], case: CaseFile, voices: Voices | None) -> Verdict:
    """The row that stands for all readings."""
    verdict = common_word([v.verdict for v in rows])
    by_status = {
        status: Listed.together(*(v.by_status.get(status, ()) for v in rows))
        for status in ("confirmed", "alleged", "excused")
    }
    incidents = Listed.together(*(v.incidents for v in rows))
    known = case.count(incidents) if voices is None else voices.get((rows[0].term, rows[0].party), (0, 0))
    reports, origins = known
    return Verdict(
        term=rows[0].term,
        party=rows[0].party,
        reading=None,
        verdict=verdict,
        window=_combined_window(rows),
        confirmed=len(by_status["confirmed"]),
        alleged=len(by_status["alleged"]),
        excused=len(by_status["excused"]),
        reports=reports,
        origins=origins,
        coverage=min((v.coverage for v in rows if v.coverage is not None), default=None),
        watched=min((v.watched for v in rows if v.watched is not None), key=lambda w: w.share, default=None),
        standard=rows[0].standard,
        incidents=incidents,
        steps=_combined_steps(rows, verdict, case),
        measure=rows[0].measure if all(v.measure == rows[0].measure for v in rows) else {},
        by_status=by_status,
    )


def _combined_window(rows: Sequence[Verdict]) -> Interval:
    """From the earliest start to the latest end in any reading that binds."""
    binding = [v for v in rows if v.verdict != "not_in_force" or v.window.start is not None] or list(rows)
    starts = [v.window.start for v in binding]
    ends = [v.window.end for v in binding]
    return Interval(
        None if None in starts else min(start for start in starts if start),
        None if None in ends else max(end for end in ends if end),
    )


def _combined_steps(rows: Sequence[Verdict], verdict: VerdictWord, case: CaseFile) -> tuple[Step, ...]:
    """Each reading's verdict, the incidents that count in some readings only, and the combined verdict."""
    texts = {text.reading: text for text in case.agreement.texts}
    steps = [
        Step(
            n,
            "reading",
            f"In the reading {reading_words(case.agreement, texts[v.reading])}: {v.verdict} ({v.confirmed} confirmed, {v.alleged} alleged, {v.excused} excused).",
            v.incidents,
        )
        for n, v in enumerate(rows, 1)
    ]
    common = set.intersection(*(set(v.incidents) for v in rows))
    apart = tuple(sorted({incident for v in rows for incident in v.incidents} - common))
    if apart:
        words = f"{plural(len(apart), 'incident counts', 'incidents count')} in some readings and not in others."
        steps.append(Step(len(steps) + 1, "parting", words, apart))
    for text in case.agreement.texts:
        late = _before(case, text, _read_apart(rows))
        if late:
            words = f"The reading {reading_words(case.agreement, text)} was entered after {plural(len(late), 'incident')} on which it bears had begun."
            steps.append(Step(len(steps) + 1, "entered_later", words, late))
    steps.append(Step(len(steps) + 1, "verdict", f"{verdict}: {_common_reason(rows, verdict)}."))
    return tuple(steps)


def _common_reason(rows: Sequence[Verdict], verdict: VerdictWord) -> str:
    """Why the readings together come to a verdict."""
    if len({v.verdict for v in rows}) == 1:
        return "the readings agree"
    own = "; ".join(f"{v.reading}: {v.verdict}" for v in rows)
    if verdict == "disputed":
        return f"one reading finds a breach, and another finds none ({own})"
    return f"the readings have no verdict in common, and they do not contradict each other about a breach ({own})"


def _read_apart(rows: Sequence[Verdict]) -> set[str]:
    """The incidents that readings do not all count alike; all of them where the readings' verdicts differ."""
    counted = [{i: status for status, ids in v.by_status.items() for i in ids} for v in rows]
    every = {i for of_reading in counted for i in of_reading}
    if len({v.verdict for v in rows}) > 1:
        return every
    return {i for i in every if len({of_reading.get(i) for of_reading in counted}) > 1}


def _before(case: CaseFile, text: Text, incidents: set[str]) -> tuple[str, ...]:
    """Those of some incidents that had begun when a reading was entered."""
    since = text.since
    if since is None or not incidents:
        return ()
    began = case.members.group_by("incident").agg(pl.col("start").min()).filter(pl.col("start") < since)
    return tuple(sorted(incidents & set(began["incident"].to_list())))
