"""One thing after (or before) another: a deed within a time after each trigger, a notice so long before each activity.

Each deed answers one trigger. A deed that says which incident it answers answers that one; the others go, in order of
time, each to the earliest trigger that is still open. A trigger is **answered** when a confirmed deed surely lies in its
time; **missed** when its time has run out, nothing may have been the answer, and that is shown: by a first-hand observation, made
after that time, that says which was left unanswered, or by coverage that would have seen the answer; **pending** while its time runs; else it cannot be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from servanda.agreement import Pattern
from servanda.agreement.kinds import Notice, Response
from servanda.coverage import Measured
from servanda.findings.matching import NO_PARTY
from servanda.values.time import Duration, Interval, to_micros
from servanda.verdicts.builder import VerdictBuilder, ids, not_binding
from servanda.verdicts.event_times import EventTimes, Span
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class Occasion:
    """One trigger: its id, and between which instants a deed surely answers it, or may."""

    incident: str
    key: int
    low: datetime | None
    high: datetime
    may_low: datetime | None
    may_high: datetime


@dataclass
class _Sorted:
    """Triggers by what became of them."""

    answered: list[str]
    missed: list[Occasion]
    pending: list[str]
    unknown: list[str]


def responded(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """A deed within a time after each trigger."""
    kind, zone = answer.term.kind, answer.facts.agreement.zone
    assert isinstance(kind, Response)
    span = moments.span(answer.term)
    early = not_binding(answer, span, duty=True)
    if early is not None:
        return early
    triggers = answer.facts.happened(answer.reading, answer.term.id, "trigger")
    if answer.party is not None:
        index = answer.facts.actors.index(answer.party)
        own = (pl.col("party") == index) | ((pl.col("party") == NO_PARTY) & (pl.col("doer") == index))
        if kind.whose == "self":
            triggers = triggers.filter(own)
        else:
            # another party's, where it may be said whose it was
            named = pl.lit(True) if kind.whose == "anyone" else (pl.col("party") != NO_PARTY)
            triggers = triggers.filter(pl.col("toward").is_in([index, NO_PARTY]) & ~own & named)

    def occasion(incident: str, key: int, start: datetime, end: datetime) -> Occasion:
        within = kind.within
        return Occasion(incident, key, end, within.after(start, zone), start, within.after(end, zone))

    return _paired(answer, span, triggers, [occasion(*row) for row in _rows(triggers, span)], "answered")


def conclude_notice(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """A notice so long before each activity."""
    kind, zone = answer.term.kind, answer.facts.agreement.zone
    assert isinstance(kind, Notice)
    span = moments.span(answer.term)
    early = not_binding(answer, span, duty=True)
    if early is not None:
        return early
    lead = Duration(-kind.before.amount, kind.before.unit)
    triggers = answer.facts.happened(answer.reading, answer.term.id, "trigger", answer.party)

    def occasion(incident: str, key: int, start: datetime, end: datetime) -> Occasion:
        return Occasion(incident, key, None, lead.after(start, zone), None, lead.after(end, zone))

    return _paired(answer, span, triggers, [occasion(*row) for row in _rows(triggers, span)], "announced")


def _rows(triggers: pl.DataFrame, span: Span) -> list[tuple[str, int, datetime, datetime]]:
    """The confirmed triggers that surely fall into the term's time."""
    sure = triggers.filter((pl.col("status") == "confirmed") & span.surely())
    columns = [sure[c].to_list() for c in ("incident", "key", "start", "end")]
    return list(zip(*columns, strict=True))


def _paired(
    answer: VerdictBuilder, span: Span, triggers: pl.DataFrame, occasions: list[Occasion], done: str
) -> VerdictBuilder:
    facts, term = answer.facts, answer.term
    kind = term.kind
    assert isinstance(kind, (Response, Notice))
    answer.step("in_force", f"{answer.binding()}.")
    answer.window = span.widest.intersection(Interval(None, facts.as_of))
    deeds = facts.happened(answer.reading, term.id, "deed 0", answer.party)
    not_done = facts.not_done(answer.reading, term.id, "deed 0", answer.party).filter(pl.col("answers").is_not_null())
    refuted: dict[int, list[datetime]] = {}
    for key, start in zip(not_done["answers"].to_list(), not_done["start"].to_list(), strict=True):
        refuted.setdefault(key, []).append(start)
    # what is addressed to nobody in particular is missed by nobody in particular
    shared = isinstance(kind, Response) and kind.whose != "self" and len(term.binds) > 1
    ambiguous = set(triggers.filter(pl.col("toward") == NO_PARTY)["key"].to_list()) if shared else set()
    sorted_ = _sort(
        answer,
        occasions,
        deeds,
        refuted,
        ambiguous,
        kind.deed.at(answer.party),
        nothing=answer.party is None and len(term.binds) > 1,
    )
    answer.confirmed = tuple(sorted({*ids(deeds, "confirmed"), *(o.incident for o in occasions)}))
    answer.alleged = tuple(sorted(set(ids(deeds, "alleged")) - set(answer.confirmed)))
    trigger = kind.to if isinstance(kind, Response) else kind.of.at(answer.party)
    answer.seen = facts.seen(trigger, answer.window)
    answer.measure = {
        "called_for": len(occasions), done: len(sorted_.answered), "missed": len(sorted_.missed),
        "pending": len(sorted_.pending), "unknown": len(sorted_.unknown),
    }  # fmt: skip
    answer.step(
        "called_for",
        f"It was called for {plural(len(occasions), 'time', 'times')}: {len(sorted_.answered)} {done} in time, {len(sorted_.missed)} missed, {len(sorted_.pending)} still in time, {len(sorted_.unknown)} not to be told.",
        [o.incident for o in occasions],
    )
    open_ = triggers.filter(span.possibly() & ~(span.surely() & (pl.col("status") == "confirmed")))
    doubtful = {*ids(open_, "confirmed", "open"), *facts.unanswered(ids(open_, "alleged"), answer.seen)}
    if sorted_.missed:
        answer.step("missed", "These were not answered in their time.", [o.incident for o in sorted_.missed])
        answer.breaches = tuple((o.high, o.may_high) for o in sorted_.missed)
        return answer.done("breached", f"{plural(len(sorted_.missed), 'occasion was', 'occasions were')} missed")
    if sorted_.unknown:
        return answer.done(
            "undetermined",
            f"of {plural(len(sorted_.unknown), 'occasion', 'occasions')} nobody without a side saw what followed",
        )
    if sorted_.pending:
        return answer.done(
            "not_due", f"the time for {plural(len(sorted_.pending), 'occasion', 'occasions')} still runs"
        )
    if doubtful:
        answer.step(
            "doubtful",
            f"{plural(len(doubtful), 'more occasion is', 'more occasions are')} said, and not settled.",
            doubtful,
        )
        return answer.done("undetermined", "it is not settled what called for it")
    if not occasions:
        return answer.done("not_due", "nothing is shown that would have called for it")
    answer.coverage_step(nothing_seen=False)
    if facts.enough(answer.seen):
        return answer.done("complied", f"every occasion was {done} in time, and none would have gone unseen")
    return answer.done(
        "undetermined", f"every occasion that is known was {done} in time; nobody can say whether there were others"
    )


def _sort(
    answer: VerdictBuilder,
    occasions: list[Occasion],
    deeds: pl.DataFrame,
    refuted: dict[int, list[datetime]],
    ambiguous: set[int],
    pattern: Pattern,
    *,
    nothing: bool,
) -> _Sorted:
    """What became of each trigger. ``nothing``: it may not be said whose deeds they were."""
    facts = answer.facts
    sure = deeds.filter(pl.col("status") == "confirmed") if not nothing else deeds.clear()
    linked = sure.filter(pl.col("answers").is_not_null())
    free = sure.filter(pl.col("answers").is_null())
    by_key: dict[int, list[tuple[datetime, datetime]]] = {}
    for key, start, end in zip(linked["answers"], linked["start"], linked["end"], strict=True):
        by_key.setdefault(key, []).append((start, end))
    out = _Sorted([], [], [], [])
    open_: list[Occasion] = []
    for o in occasions:
        if any((o.low is None or start >= o.low) and end <= o.high for start, end in by_key.get(o.key, ())):
            out.answered.append(o.incident)
        else:
            open_.append(o)
    answered, used = _greedy(open_, list(zip(free["start"].to_list(), free["end"].to_list(), strict=True)))
    out.answered += [open_[n].incident for n in sorted(answered)]
    left = [o for n, o in enumerate(open_) if n not in answered]
    if not left:
        return out
    unused = free.with_row_index("n").filter(~pl.col("n").is_in(sorted(used))).drop("n") if used else free
    begins = facts.units[facts.of(answer.reading, answer.term.id, "deed 0", answer.party)[0]].window.start
    span = Interval(min((o.may_low or begins or o.may_high) for o in left), max(o.may_high for o in left))
    seen = facts.seen(pattern, span)
    weighs = facts.unanswered(ids(deeds, "alleged"), seen)
    others = deeds.filter((pl.col("status") == "open") | pl.col("incident").is_in(list(weighs)))
    may = pl.concat([unused, others])
    if nothing:
        may = pl.concat([may, deeds.filter(pl.col("status") == "confirmed")])
    may = may.sort("start")
    starts = may["start"].dt.epoch("us").to_numpy()
    latest_end = np.maximum.accumulate(may["end"].dt.epoch("us").to_numpy()) if may.height else starts
    for o in left:
        if not facts.passed(o.may_high):
            out.pending.append(o.incident)
            continue
        before = int(np.searchsorted(starts, to_micros(o.may_high), side="right"))
        possible = before > 0 and (o.may_low is None or latest_end[before - 1] >= to_micros(o.may_low))
        possible |= any(s <= o.may_high and (o.may_low is None or e >= o.may_low) for s, e in by_key.get(o.key, ()))
        since = o.may_low or begins
        watched = since is not None and _mean(seen, since, o.may_high) >= answer.standard
        denied = any(start >= o.may_high for start in refuted.get(o.key, ()))
        if not possible and o.key not in ambiguous and (denied or watched):
            out.missed.append(o)
        else:
            out.unknown.append(o.incident)
    return out


def _greedy(occasions: Sequence[Occasion], deeds: Sequence[tuple[datetime, datetime]]) -> tuple[set[int], set[int]]:
    """Numbers of the occasions answered, and of the deeds used. Both in order of time; each deed goes to the earliest
    occasion that is open and that it surely answers.
    """
    order = sorted(range(len(deeds)), key=lambda n: (deeds[n][1], deeds[n][0]))
    answered: set[int] = set()
    used: set[int] = set()
    first = 0
    for n in order:
        start, end = deeds[n]
        while first < len(occasions) and (first in answered or occasions[first].high < end):
            first += 1
        for k in range(first, len(occasions)):
            o = occasions[k]
            if o.low is not None and o.low > start:
                break
            if k not in answered and end <= o.high:
                answered.add(k)
                used.add(n)
                break
    return answered, used


def _mean(seen: Measured, start: datetime, end: datetime) -> float:
    """Coverage between two instants within what was measured: the mean over its spells and cells."""
    if len(seen.spells) < 2 or end <= start:
        return 0.0
    edges = np.array([t.timestamp() for t in seen.spells])
    by_spell = seen.seen @ seen.cells.share
    summed = np.concatenate([[0.0], np.cumsum(by_spell * np.diff(edges))])
    low, high = np.interp([start.timestamp(), end.timestamp()], edges, summed)
    return round(float(high - low) / (end - start).total_seconds(), 6)
