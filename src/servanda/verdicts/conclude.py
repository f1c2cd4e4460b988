"""One verdict for every term, party and reading, each kind by its own rules; and from the readings' verdicts one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from servanda.agreement import Agreement, Term, Text
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
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.kinds.duties import quota, required
from servanda.verdicts.kinds.guarantee import Breaches, guaranteed
from servanda.verdicts.kinds.items import itemised
from servanda.verdicts.kinds.limits import forbidden, limited
from servanda.verdicts.kinds.responses import conclude_notice, responded
from servanda.verdicts.model import Step, Verdict, VerdictWord
from servanda.wording import plural

Count = Callable[[Iterable[str]], tuple[int, int]]


def conclude(facts: CaseFile, text: Text) -> list[VerdictBuilder]:
    """All answers for one reading: first the terms themselves, then the guarantees that their breaches set off."""
    moments = EventTimes(facts, text)
    plain = [term for term in text.terms if not isinstance(term.kind, Guarantee)]
    answers = [
        conclude_one(facts, moments, text, term, party) for term in plain for party in obligors(facts.agreement, term)
    ]
    breaches = _breaches(answers)
    for term in text.terms:
        if isinstance(term.kind, Guarantee):
            owners: list[str | None] = list(dict.fromkeys(step.by for step in term.kind.then))
            answers += [guaranteed(_blank(facts, text, term, party), moments, breaches) for party in owners]
    return answers


def obligors(agreement: Agreement, term: Term) -> list[str | None]:
    """Whom a term binds; ``[None]`` where the mandate does not let a party be named."""
    if not agreement.mandate.attribution and any(party in agreement.parties for party in term.binds):
        return [None]
    return list(term.binds)


def conclude_one(facts: CaseFile, moments: EventTimes, text: Text, term: Term, party: str | None) -> VerdictBuilder:
    """The answer of one term about one party."""
    answer = _blank(facts, text, term, party)
    match term.kind:
        case Prohibition():
            return forbidden(answer, moments)
        case Limit():
            return limited(answer, moments)
        case Duty():
            return required(answer, moments)
        case Quota():
            return quota(answer, moments)
        case Response():
            return responded(answer, moments)
        case Notice():
            return conclude_notice(answer, moments)
        case DeclaredItems():
            return itemised(answer, moments)
        case Unverifiable(why):
            early = not_binding(answer, moments.span(term), duty=False)
            if early is not None:
                return early
            answer.step("unverifiable", f"No observation can decide this clause: {why}.")
            return answer.done("undetermined", "it cannot be verified by any means")
    raise AssertionError(term.kind)


def _blank(facts: CaseFile, text: Text, term: Term, party: str | None) -> VerdictBuilder:
    return VerdictBuilder(facts, text.reading, term, party, term.window.intersection(Interval(None, facts.as_of)))


def _breaches(answers: Sequence[VerdictBuilder]) -> Breaches:
    out: dict[tuple[str, str | None], tuple[tuple[datetime | None, datetime | None], ...]] = {}
    for answer in answers:
        if answer.word == "breached":
            key = (answer.term.id.split("@")[0], answer.party)
            out[key] = (*out.get(key, ()), *answer.breaches)
    return out


def combine(agreement: Agreement, verdicts: Sequence[Verdict], count: Count) -> tuple[Verdict, ...]:
    """Rows in the order of terms, parties and readings; with readings, a combined row after each party's own.

    The combined verdict is the readings' own where they agree, and ``disputed`` where they do not.
    ``count`` gives the reports and the independent origins of some incidents.
    """
    order = {term: n for n, term in enumerate(agreement.term_ids)}
    readings = [text.reading for text in agreement.texts]
    parties = [None, *agreement.actors]
    rows = sorted(
        verdicts, key=lambda v: (order[v.term], parties.index(v.party), readings.index(v.reading), str(v.window.start))
    )
    if readings == [None]:
        return tuple(rows)
    out: list[Verdict] = []
    for term in agreement.term_ids:
        for party in parties:
            mine = [v for v in rows if v.term == term and v.party == party]
            if mine:
                silent = [r for r in readings if r not in {v.reading for v in mine}]
                mine += [_not_bound(agreement, mine[0], str(reading)) for reading in silent]
                mine.sort(key=lambda v: (readings.index(v.reading), str(v.window.start)))
            out.extend(mine)
            if mine and len({(v.reading) for v in mine}) == len(mine):
                out.append(_combined(mine, count))
    return tuple(out)


def _not_bound(agreement: Agreement, other: Verdict, reading: str) -> Verdict:
    """The row of a reading in which the term does not bind a party whom it binds in another."""
    who = agreement.actors[other.party] if other.party else "anybody"
    steps = (
        Step(1, "in_force", f"In the reading {reading} the term does not bind {who}."),
        Step(2, "verdict", "not_in_force: the term does not bind in this reading."),
    )
    nothing = Interval(None, None)
    return Verdict(
        other.term, other.party, reading, "not_in_force", nothing, 0, 0, 0, 0, 0, None, other.standard, (), steps
    )  # fmt: skip


def _combined(rows: Sequence[Verdict], count: Count) -> Verdict:
    words = {v.verdict for v in rows}
    verdict: VerdictWord = rows[0].verdict if len(words) == 1 else "disputed"
    binding = [v for v in rows if v.verdict != "not_in_force" or v.window.start is not None] or list(rows)
    starts = [v.window.start for v in binding]
    ends = [v.window.end for v in binding]
    window = Interval(
        None if None in starts else min(s for s in starts if s), None if None in ends else max(e for e in ends if e)
    )
    seen = [v.coverage for v in rows if v.coverage is not None]

    by_status = {
        status: tuple(sorted({i for v in rows for i in v.by_status.get(status, ())}))
        for status in ("confirmed", "alleged", "excused")
    }

    steps = [
        Step(
            n,
            "reading",
            f"In the reading {v.reading}: {v.verdict} ({v.confirmed} confirmed, {v.alleged} alleged, {v.excused} excused).",
            v.incidents,
        )
        for n, v in enumerate(rows, 1)
    ]
    only = _parting(rows)
    if only:
        steps.append(Step(len(steps) + 1, "parting", only[0], only[1]))
    agree = "the readings agree" if len(words) == 1 else "the parties' readings give different verdicts"
    steps.append(Step(len(steps) + 1, "verdict", f"{verdict}: {agree}."))
    incidents = sorted({i for v in rows for i in v.incidents})
    reports, origins = count(incidents)
    return Verdict(
        rows[0].term, rows[0].party, None, verdict, window, len(by_status["confirmed"]),
        len(by_status["alleged"]), len(by_status["excused"]), reports, origins, min(seen) if seen else None, rows[0].standard,
        tuple(incidents), tuple(steps), {}, by_status,
    )  # fmt: skip


def _parting(rows: Sequence[Verdict]) -> tuple[str, tuple[str, ...]] | None:
    """The incidents that count in some readings only."""
    common = set.intersection(*(set(v.incidents) for v in rows))
    apart = sorted({i for v in rows for i in v.incidents} - common)
    if not apart:
        return None
    return f"{plural(len(apart), 'incident counts', 'incidents count')} in some readings and not in others.", tuple(
        apart
    )
