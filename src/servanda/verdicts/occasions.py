"""One thing after (or before) another: what became of each occasion on which a deed was called for.

A deed that says which incident it answers answers that one. Of the others each goes, in order of time, to the earliest trigger that
is still open (``answering``); where the agreement says that one deed may answer several, to all in whose time it lies; and where it
does not say which, a trigger is neither answered nor missed that is the one under the first and the other under the second. A trigger is **answered** when a confirmed deed surely lies in its
time; **missed** when its time has run out, nothing may have been the answer, and that is shown: by a first-hand observation, made
after that time, that says which was left unanswered, by an answer that others than the parties saw and that says that it answers this
one, and came late; or by coverage that would have seen the answer; **pending** while its time runs; else it is **unknown**.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from servanda.agreement import Pattern
from servanda.agreement.schema.base import Answers
from servanda.coverage import Measured
from servanda.values.text_order import in_order_of
from servanda.values.time import Interval
from servanda.verdicts.act_steps import answered_step_words
from servanda.verdicts.answering import Deeds, Occasion, Times, assigned
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import CEASED, VerdictBuilder, ids, in_force_step
from servanda.verdicts.chances.small import faint_words
from servanda.verdicts.chances.sums import shown_short
from servanda.verdicts.compliance import obstacles
from servanda.verdicts.event_times import Span
from servanda.verdicts.listed import Listed
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class Calls:
    """What called for a deed, and which deed.

    ``answers``: whether each deed answers one trigger, or one deed all in whose time it lies; ``None`` where that is not said, so that both
    are tried, and what differs is not missed and not answered.
    ``unaddressed``: keys of the triggers that no single party can be said to have missed. ``done``: the deed, as a participle. ``whose``: who
    does what calls for it, where that is the party itself. ``owed``: how long a deed is owed; ``None``: while the term binds.
    """

    triggers: pl.DataFrame
    occasions: list[Occasion]
    trigger: Pattern
    deed: Pattern
    done: str
    answers: Answers | None
    whose: str | None = None
    unaddressed: frozenset[int] = frozenset()
    owed: Span | None = None


class _Seen(NamedTuple):
    """A deed: when it began, and its incident."""

    start: datetime
    incident: str


@dataclass
class _Outcomes:
    """Occasions by what became of them."""

    answered: list[str] = field(default_factory=list)
    missed: list[Occasion] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    ceased: int = 0  # of these: of which the time had not run out when the term ceased to bind
    unknown: list[str] = field(default_factory=list)
    parted: list[str] = field(default_factory=list)
    """Of the unknown, those that a deed answers which answers another one, if one deed serves several."""
    late: dict[str, _Seen] = field(default_factory=dict)
    """Of the missed, those with an answer that came late, and that answer."""
    later: dict[str, _Seen] = field(default_factory=dict)
    """Of the missed and the unknown, those after whose time a deed came that does not say what it answers, and that deed."""
    early: dict[str, _Seen] = field(default_factory=dict)
    """Of the missed and the unknown, those that a deed says it answers which came too early, and the last such deed (by its end)."""
    denied: list[str] = field(default_factory=list)
    """Of the missed, those of which an observation says afterwards that there was no answer."""
    watched: list[str] = field(default_factory=list)
    """Of the missed, those whose answer would have been seen."""
    unbound: int = 0
    """Of the unknown, those of which the time for an answer had run out before the term bound."""
    perhaps_bound: int = 0
    """Of the unknown, those of which it is not settled whether the term bound when the time for an answer ran out."""
    served: int = 0
    """Of the other unknown, how many such a deed may have answered, if one deed serves several."""


def settled_triggers(triggers: pl.DataFrame, span: Span) -> list[tuple[str, int, datetime, datetime, int]]:
    """Incident, key, start, end and certainty of the confirmed triggers that surely fall into the term's time."""
    sure = triggers.filter((pl.col("status") == "confirmed") & span.surely())
    columns = [sure[c].to_list() for c in ("incident", "key", "start", "end", "p")]
    return list(zip(*columns, strict=True))


def conclude_occasions(builder: VerdictBuilder, span: Span, calls: Calls) -> VerdictBuilder:
    """Concludes a term by what became of every occasion.

    Args:
        builder: the verdict in the making.
        span: when the term binds.
        calls: the triggers, and the deed that they call for.

    Returns:
        The finished builder.
    """
    case, occasions = builder.case, calls.occasions
    in_force_step(builder, span)
    builder.window = span.widest.intersection(Interval(None, case.as_of))
    deeds = case.happened(builder.reading, builder.term.id, "deed 0", builder.party)
    outcomes = _outcomes(builder, calls, deeds, span)
    builder.confirmed = Listed.together(_deeds(builder, deeds, "confirmed"), [o.incident for o in occasions])
    builder.alleged = _deeds(builder, deeds, "alleged").without(builder.confirmed)
    builder.coverage = case.coverage_of(calls.trigger, builder.window, calls.whose)
    _called_for_step(builder, calls, outcomes)
    _answered_step(builder, span, calls)
    if outcomes.missed:
        builder.step("missed", "These were not answered in their time.", [o.incident for o in outcomes.missed])
    _why_missed_steps(builder, outcomes)
    _late_steps(builder, calls, outcomes)
    if outcomes.missed:
        builder.breaches = tuple(Breach(o.high, o.may_high, o.certainty) for o in outcomes.missed)
        return builder.finish("breached", f"{plural(len(outcomes.missed), 'occasion was', 'occasions were')} missed")
    if outcomes.parted:
        several = plural(len(outcomes.parted), "occasion has", "occasions have")
        builder.step(
            "one_or_all",
            f"{several} an answer only if one answer serves several occasions, and the agreement does not say so: missed if each serves one, and not if one serves all in whose time it comes.",
            outcomes.parted,
        )
    if outcomes.unknown:
        unowed = outcomes.unbound == len(outcomes.unknown)  # whatever becomes known, nobody missed these
        return builder.finish("not_due" if unowed else "undetermined", _unknown_words(outcomes))
    if outcomes.pending and outcomes.ceased == len(outcomes.pending):
        return builder.finish("not_due", CEASED)
    if outcomes.pending:
        return builder.finish("not_due", f"the time for {plural(len(outcomes.pending), 'occasion')} still runs")
    if doubtful := _doubtful(builder, span, calls.triggers):
        several = plural(len(doubtful), "more occasion is", "more occasions are")
        builder.step("doubtful", f"{several} said, and not settled.", doubtful)
        return builder.finish("undetermined", "it is not settled what called for it")
    if not occasions:
        return builder.finish("not_due", "nothing is shown that would have called for it")
    builder.coverage_step(nothing_seen=False)
    answered = case.answered(ids(_unsettled(span, calls.triggers), "alleged"), builder.coverage)
    faint = case.faint_of(builder.reading, builder.term.id, "trigger", calls.whose)
    if faint[0]:
        builder.step("faint", faint_words(faint))
    standing_in_the_way = obstacles(builder, whole=span.widest, faint=faint, answered=answered.values())
    if not standing_in_the_way:
        return builder.finish("complied", f"every occasion was {calls.done} in time, and none would have gone unseen")
    known = f"every occasion that is known was {calls.done} in time; whether there were others cannot be said: "
    return builder.finish("undetermined", known + "; ".join(standing_in_the_way))


def _deeds(builder: VerdictBuilder, deeds: pl.DataFrame, status: str) -> Listed:
    """The incidents of the deeds that have a status."""
    numbers = builder.case.numbers(builder.reading, builder.term.id, "deed 0", builder.party)
    return builder.case.told_once(f"deeds {status}", numbers, builder.party, lambda: ids(deeds, status))


def _unknown_words(outcomes: _Outcomes) -> str:
    """Why it is not to be told what became of some occasions."""
    several = plural(len(outcomes.unknown), "occasion")
    if len(outcomes.parted) == len(outcomes.unknown):
        return f"the agreement does not say whether {several} had an answer"
    if outcomes.unbound == len(outcomes.unknown):
        return f"what {several} would have called for was due before it bound: nobody missed it, and that it was done is not shown"
    if outcomes.perhaps_bound == len(outcomes.unknown):
        return f"it is not settled whether it bound when the time for an answer to {several} ran out"
    words = f"nobody without a side saw what followed {several} in time"
    if outcomes.served:
        words += ", and the agreement does not say whether one answer serves several ('answers')"
    return words


def _why_missed_steps(builder: VerdictBuilder, outcomes: _Outcomes) -> None:
    """Says by what it is shown that there was no answer in time."""
    said = (
        ("found_undone", outcomes.denied, "an observation made afterwards found no answer"),
        ("watched", outcomes.watched, "all was watched where and when an answer was to come, and nobody saw one"),
    )
    for rule, missed, words in said:
        if missed:
            builder.step(rule, f"For {plural(len(missed), 'such occasion')} {words}.", missed)


def _late_steps(builder: VerdictBuilder, calls: Calls, outcomes: _Outcomes) -> None:
    """Says what came when the time of occasions had run out, or before it began."""
    if outcomes.early:
        early = plural(len(outcomes.early), "such occasion was", "such occasions were")
        last = builder.date(max(deed.start for deed in outcomes.early.values()))
        words = f"{early} {calls.done} too early, by a deed that says so: the last not after {last}."
        uses = dict.fromkeys([*outcomes.early, *(deed.incident for deed in outcomes.early.values())])
        builder.step("early", words, list(uses))
    late = plural(len(outcomes.late), "such occasion was", "such occasions were")
    later = plural(len(outcomes.later), "such occasion")
    said = (
        (
            "late",
            outcomes.late,
            f"{late} {calls.done} late, by a deed that says so and that others than the parties saw",
        ),
        (
            "later",
            outcomes.later,
            f"After the time of {later} a deed came that does not say what it answers, and may have come late for it",
        ),
    )
    for rule, after, words in said:
        if after:
            first = builder.date(min(deed.start for deed in after.values()))
            uses = dict.fromkeys([*after, *(deed.incident for deed in after.values())])
            builder.step(rule, f"{words}: the first not before {first}.", list(uses))


def _called_for_step(builder: VerdictBuilder, calls: Calls, outcomes: _Outcomes) -> None:
    answered, missed = len(outcomes.answered), len(outcomes.missed)
    pending, unknown = len(outcomes.pending), len(outcomes.unknown)
    builder.measure = {
        "called_for": len(calls.occasions),
        calls.done: answered,
        "missed": missed,
        "pending": pending,
        "unknown": unknown,
    }
    builder.step(
        "called_for",
        f"It was called for {plural(len(calls.occasions), 'time', 'times')}: {answered} {calls.done} in time, {missed} missed, {pending} still in time, {unknown} not to be told.",
        [o.incident for o in calls.occasions],
    )


def _answered_step(builder: VerdictBuilder, span: Span, calls: Calls) -> None:
    """Says how much of what only sides tell would have called for it, and is answered, so that it calls for nothing."""
    assert builder.coverage is not None
    said = ids(_unsettled(span, calls.triggers), "alleged")
    if answered := said.without(builder.case.unanswered(said, builder.coverage)):
        seen = builder.case.answered(answered, builder.coverage)
        builder.step("answered", answered_step_words(len(answered), len(said), seen.values()), answered)


def _doubtful(builder: VerdictBuilder, span: Span, triggers: pl.DataFrame) -> Listed:
    """The incidents of which it is not settled whether they called for a deed."""
    assert builder.coverage is not None
    unsettled = _unsettled(span, triggers)
    alleged = builder.case.unanswered(ids(unsettled, "alleged"), builder.coverage)
    return Listed.together(ids(unsettled, "confirmed", "open"), alleged)


def _unsettled(span: Span, triggers: pl.DataFrame) -> pl.DataFrame:
    """What may have called for a deed, and is not settled to have done so."""
    return triggers.filter(span.possibly() & ~(span.surely() & (pl.col("status") == "confirmed")))


def _outcomes(builder: VerdictBuilder, calls: Calls, deeds: pl.DataFrame, span: Span) -> _Outcomes:
    """What became of each occasion."""
    # where it may not be said whose deeds they were, they answer nothing, and may have answered anything
    sure = deeds.clear() if builder.nameless else deeds.filter(pl.col("status") == "confirmed")
    linked = _by_answered(sure, "start", "end")
    free = in_order_of(sure.filter(pl.col("answers").is_null()), "start", "end", "incident")
    outcomes = _Outcomes()
    unlinked: list[Occasion] = []
    for occasion in calls.occasions:
        if any(occasion.surely(*times) for times in linked.get(occasion.key, ())):
            outcomes.answered.append(occasion.incident)
        else:
            unlinked.append(occasion)
    used: set[int] = set()
    deeds_there = Deeds.of(free)
    if calls.answers == "all":
        answered = {n for n, o in enumerate(unlinked) if deeds_there.surely(o)}
    else:
        answered, used = assigned(unlinked, deeds_there)
    outcomes.answered += [unlinked[n].incident for n in sorted(answered)]
    left = [occasion for n, occasion in enumerate(unlinked) if n not in answered]
    if left:
        in_use = pl.Series([n in used for n in range(free.height)], dtype=pl.Boolean)
        again = Deeds.of(free.filter(in_use) if calls.answers is None else free.clear())
        late = _by_answered(sure.filter(pl.col("by") != "admission"), "start", "incident")
        seen = {key: [_Seen(*deed) for deed in some] for key, some in late.items()}
        _sort_rest(
            builder, calls, left, deeds, _Rest(free.filter(~in_use), again, linked, seen, calls.owed or span), outcomes
        )
        _find_early(outcomes, left, _by_answered(sure, "end", "incident"))
    return outcomes


def _find_early(
    outcomes: _Outcomes, left: Sequence[Occasion], said: Mapping[int, Sequence[tuple[datetime, str]]]
) -> None:
    """Finds which of the missed and unknown occasions a deed says it answers that came too early for it."""
    open_ = {*outcomes.unknown, *(o.incident for o in outcomes.missed)}
    for o in left:
        before = [_Seen(*deed) for deed in said.get(o.key, ()) if o.may_low is not None and deed[0] < o.may_low]
        if before and o.incident in open_:
            outcomes.early[o.incident] = max(before)


def _by_answered(deeds: pl.DataFrame, *columns: str) -> dict[int, list[tuple[Any, ...]]]:
    """Columns of deeds by the key of the incident that they say they answer."""
    said: dict[int, list[tuple[Any, ...]]] = {}
    deeds = deeds.filter(pl.col("answers").is_not_null())
    for key, *rest in zip(*(deeds[c].to_list() for c in ("answers", *columns)), strict=True):
        said.setdefault(key, []).append(tuple(rest))
    return said


@dataclass(frozen=True, slots=True)
class _Rest:
    """Confirmed deeds: those that answer nothing, those that answer something and perhaps more (``again``), those that say what they answer."""

    unused: pl.DataFrame
    again: Deeds
    linked: Mapping[int, Sequence[Times]]
    late: Mapping[int, Sequence[_Seen]]
    """Of those that say it, by what they answer, what others than the parties saw."""
    span: Span

    def late_for(self, occasion: Occasion) -> _Seen | None:
        """The first deed that says that it answers an occasion, and came when its time had run out."""
        return min((deed for deed in self.late.get(occasion.key, ()) if deed.start > occasion.may_high), default=None)


def _sort_rest(
    builder: VerdictBuilder,
    calls: Calls,
    left: Sequence[Occasion],
    deeds: pl.DataFrame,
    rest: _Rest,
    outcomes: _Outcomes,
) -> None:
    """Sorts the occasions that no confirmed deed answers into pending, missed and unknown."""
    case = builder.case
    begins = case.query(builder.reading, builder.term.id, "deed 0", builder.party).window.start
    since = {o.key: max((t for t in (o.may_low, begins) if t is not None), default=None) for o in left}
    first = min((since[o.key] or o.may_high) for o in left)
    coverage = builder.measured(calls.deed, Interval(first, max(o.may_high for o in left)), undone=True)
    candidates, claimed = map(Deeds.of, _candidates(builder, deeds, rest.unused, coverage))
    refuted = _by_answered(case.not_done(builder.reading, builder.term.id, "deed 0", builder.party), "start")
    unused = Deeds.of(rest.unused)
    unseen: dict[int, float] = {}
    for occasion in left:
        ceased, binding = rest.span.over_by(occasion.may_high), rest.span.begun_by(occasion.may_high)
        if ceased or not case.passed(occasion.may_high):
            outcomes.pending.append(occasion.incident)
            outcomes.ceased += ceased is True
            continue
        due = binding is True and ceased is False  # nobody had to announce before he was bound
        possible, said = candidates.possibly(occasion), claimed.possibly(occasion)
        possible |= any(occasion.possibly(*times) for times in rest.linked.get(occasion.key, ()))
        denied = any(start >= occasion.may_high for (start,) in refuted.get(occasion.key, ()))
        late, begun, lacking, measured = rest.late_for(occasion), since[occasion.key], False, coverage
        if due and not possible and occasion.key not in calls.unaddressed:
            measured = coverage.during(Interval(begun, occasion.may_high))
            lacking = late is not None or (begun is not None and case.enough(measured))
            lacking = denied or (lacking and not said)  # no word of his own undoes what was found
        after = None if possible or said or late is not None else unused.next_after(occasion)
        if after is not None:
            outcomes.later[occasion.incident] = _Seen(rest.unused["start"][after], rest.unused["incident"][after])
        outcomes.unbound += binding is False
        outcomes.perhaps_bound += not due and binding is not False
        shared = rest.again.possibly(occasion)
        outcomes.served += shared and not lacking
        if lacking and shared:
            outcomes.unknown.append(occasion.incident)
            outcomes.parted.append(occasion.incident)
        elif lacking:
            outcomes.missed.append(occasion)
            if late is not None:
                outcomes.late[occasion.incident] = late
            elif denied:
                outcomes.denied.append(occasion.incident)
            else:
                unseen[occasion.key] = measured.least_watched or 0.0
        else:
            outcomes.unknown.append(occasion.incident)
    answered = len(outcomes.answered)
    if unseen and not shown_short(answered + len(unseen), answered, min(unseen.values()), builder.certainty):
        outcomes.unknown += [o.incident for o in outcomes.missed if o.key in unseen]
        outcomes.missed = [o for o in outcomes.missed if o.key not in unseen]
        unseen = {}
    outcomes.watched = [o.incident for o in outcomes.missed if o.key in unseen]


def _candidates(
    builder: VerdictBuilder, deeds: pl.DataFrame, unused: pl.DataFrame, coverage: Measured
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The deeds that may have answered an occasion that no confirmed deed surely answers, and those that are only alleged."""
    unanswered = builder.case.unanswered(_deeds(builder, deeds, "alleged"), coverage)
    unsettled = deeds.filter(pl.col("status") == "open")
    nobodys = [deeds.filter(pl.col("status") == "confirmed")] if builder.nameless else []
    return pl.concat([unused, unsettled, *nobodys]), deeds.filter((pl.col("status") == "alleged") & unanswered.holds())
