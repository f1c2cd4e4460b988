"""Duties: what must be done once, what must be done so much in every period.

A deed counts as shown when it is confirmed: by observation, by independent origins, or acknowledged by every other party.
That it was **not** done is shown only by a first-hand observation made when the time had run out, by the deed done late, or
by coverage that would have seen it. Silence shows nothing either way; a duty whose time has not run out is ``not_due``.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from servanda.agreement.kinds import Duty, Quota
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, ids, moment_words, not_binding
from servanda.verdicts.case_file import UNITY
from servanda.verdicts.event_times import EventTime, EventTimes, Span
from servanda.verdicts.periods import MAX_PERIODS, periods_of, sums_of
from servanda.wording import listing, plural


def deadline_of(answer: VerdictBuilder, moments: EventTimes) -> EventTime | None:
    """By when a duty must be done: ``None`` where the text does not say."""
    term = answer.term
    if term.deadline is not None:
        return moments.when(term.deadline)
    return None


def required(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """A duty to be done once, and a slow one by milestones."""
    term, facts = answer.term, answer.facts
    assert isinstance(term.kind, Duty)
    span = moments.span(term)
    early = not_binding(answer, span, duty=True)
    if early is not None:
        return early
    due = deadline_of(answer, moments)
    answer.step("in_force", f"{answer.binding()}.")
    if due is not None:
        answer.step("deadline", f"It is to be done by then: {moment_words(answer, due)}.", due.uses)
    names = term.kind.levels or term.kind.baseline or tuple(_name(d.act_codes) for d in term.kind.deeds)
    every = [facts.happened(answer.reading, term.id, f"deed {n}", answer.party) for n in range(len(names))]
    in_time = [rows.filter((pl.col("status") == "confirmed") & _by(due)) for rows in every]
    if term.kind.levels:  # a higher level implies those below it
        in_time = [pl.concat(in_time[n:]) for n in range(len(names))]
    level = max((n for n, rows in enumerate(every, 1) if (rows["status"] == "confirmed").any()), default=0)
    missing = [n for n, rows in enumerate(in_time) if not rows.height]
    for name, rows in zip(names, in_time, strict=True):
        if rows.height:
            first = rows.sort("end", "incident").row(0, named=True)
            answer.step(
                "done", f"{name.replace('_', ' ')}: shown done by {answer.date(first['end'])}.", [first["incident"]]
            )
    together = pl.concat(every)
    answer.confirmed, answer.alleged = ids(together, "confirmed"), ids(together, "alleged")
    answer.alleged = tuple(sorted(set(answer.alleged) - set(answer.confirmed)))
    answer.measure = {"done": len(names) - len(missing), "of": len(names)}
    if term.kind.levels:
        answer.measure = {"level": level, "of": len(names)}
        answer.step("level", f"Level {level} of {len(names)} is shown ({', '.join(names)}).")
    if answer.party is None and len(term.binds) > 1 and not missing:
        return answer.done(
            "undetermined", "it is done, and the mandate does not let it be said by which of those it binds"
        )
    if not missing:
        return answer.done("complied", "everything is shown done in time")
    return _overdue(answer, span, due, missing, names, every)


def _by(due: EventTime | None) -> pl.Expr:
    """Done surely by a deadline."""
    if due is None:
        return pl.lit(True)
    return pl.col("end") <= due.earliest if due.earliest is not None else pl.lit(True)


def _overdue(
    answer: VerdictBuilder,
    span: Span,
    due: EventTime | None,
    missing: list[int],
    names: tuple[str, ...],
    every: list[pl.DataFrame],
) -> VerdictBuilder:
    """What is not shown done: not due, shown not done, or not to be told."""
    facts = answer.facts
    if due is None:
        return answer.done("not_due", "the text sets no deadline, and it is not shown done")
    if due.earliest is None or not facts.passed(due.earliest) or (due.latest and not facts.passed(due.latest)):
        return answer.done("not_due", "its time has not run out")
    if due.latest is None or span.unsettled:
        return answer.done("undetermined", "it is not settled when its time began to run")
    ends = answer.term.window.end
    if ends is not None and due.latest > ends:
        return answer.done("not_due", "it ceased to bind before its time had run out")
    answer.window = Interval(span.start.latest, due.latest)
    shown_not = []
    for n in missing:
        why = _shown_not_done(answer, n, due.latest, every[n])
        name = names[n].replace("_", " ")
        if why:
            shown_not.append(name)
            answer.step("not_done", f"{name}: {why[0]}.", why[1])
        else:
            answer.step(
                "not_shown", f"{name}: neither shown done in time nor shown undone.", ids(every[n], "alleged", "open")
            )
    if shown_not:
        answer.breaches = ((due.earliest, due.latest),)
        return answer.done("breached", f"{listing(shown_not)} was not done in time")
    return answer.done("undetermined", "the time has run out, and nobody without a side saw whether it was done")


def _shown_not_done(
    answer: VerdictBuilder, n: int, due: datetime, rows: pl.DataFrame
) -> tuple[str, tuple[str, ...]] | None:
    """Why it is shown that a deed was not done by an instant."""
    facts, term = answer.facts, answer.term
    unit = facts.units[facts.of(answer.reading, term.id, f"deed {n}", answer.party)[0]]
    seen = facts.seen(unit.pattern, Interval(unit.window.start, due))  # a deed counts from the signature on
    answer.seen = seen if answer.seen is None or seen.probability < answer.seen.probability else answer.seen
    possible = rows.filter((pl.col("start") < due) & (pl.col("status") != "alleged"))
    claimed = facts.unanswered(ids(rows.filter(pl.col("start") < due), "alleged"), seen)
    late = rows.filter((pl.col("status") == "confirmed") & (pl.col("by") != "admission") & (pl.col("start") >= due))
    refuted = facts.not_done(answer.reading, term.id, f"deed {n}", answer.party).filter(pl.col("start") >= due)
    if possible.height:
        return None
    if refuted.height:
        return "an observation made after the deadline found it not done", ()
    if claimed:
        return None
    if late.height:
        return f"it was done late, not before {answer.date(late['start'].min())}", ids(late, "confirmed")  # type: ignore[arg-type]
    if facts.enough(seen):
        return f"it would have been seen with probability {seen.probability:g}, and nobody saw it", ()
    return None


def quota(answer: VerdictBuilder, moments: EventTimes) -> VerdictBuilder:
    """So much in every period, or in all by the deadline; with the rate of compliance."""
    term, facts = answer.term, answer.facts
    kind = term.kind
    assert isinstance(kind, Quota)
    span = moments.span(term)
    early = not_binding(answer, span, duty=True)
    if early is not None:
        return early
    answer.step("in_force", f"{answer.binding()}.")
    due = deadline_of(answer, moments)
    start = span.start.latest
    if span.unsettled or start is None:
        return answer.done("undetermined", "it is not settled when its time began to run")
    if due is not None and (due.earliest is None or not facts.passed(due.earliest)):
        return answer.done("not_due", "its time has not run out")
    if due is not None and due.latest is None:
        return answer.done("undetermined", "it is not settled when its time began to run")
    # an end that is not settled ends nothing, and after it may have come nothing is missed
    end = due.latest if due is not None else span.end.latest
    doubtful = None if due is not None or span.open_end else span.end.earliest
    if end is None:
        end = facts.as_of or term.window.end
    if end is None:
        return answer.done("undetermined", "it has no end, and cannot be counted up; give an as-of")
    rows = facts.happened(answer.reading, term.id, "deed 0", answer.party)
    pattern = facts.units[facts.of(answer.reading, term.id, "deed 0", answer.party)[0]].pattern
    answer.window = Interval(start, end)
    answer.seen = facts.seen(pattern, answer.window)
    answer.confirmed, answer.alleged = ids(rows, "confirmed"), ids(rows, "alleged")
    weighs = facts.unanswered(answer.alleged, answer.seen)
    periods = [
        p for p in periods_of(start, end, kind.every, facts.agreement.zone) if p.end is not None and facts.passed(p.end)
    ]
    if len(periods) >= MAX_PERIODS:
        return answer.done("undetermined", "it has more periods than can be counted")
    sure, possible = sums_of(rows, weighs, periods)
    delivered, unknown = sum(sure), 0
    met: list[Interval] = []
    missed: list[Interval] = []
    nameless = answer.party is None and len(term.binds) > 1
    for period, low, high in zip(periods, sure, possible, strict=True):
        assert period.end is not None
        settled = doubtful is None or period.end <= doubtful
        if low >= kind.at_least and not nameless:
            met.append(period)
        elif high < kind.at_least and settled and facts.enough(facts.seen(pattern, period)):
            missed.append(period)
        else:
            unknown += 1
    owed = kind.at_least * len(periods)
    rate = round(delivered / owed, 6) if owed else None
    answer.measure = {
        "delivered": delivered / UNITY, "owed": owed / UNITY, "rate": rate,
        "periods": len(periods), "met": len(met), "missed": len(missed), "unknown": unknown,
    }  # fmt: skip
    unit = f" {kind.unit}" if kind.unit else ""
    share = "" if rate is None else f", {100 * rate:.0f} %"
    answer.step(
        "delivered",
        f"Shown: {delivered / UNITY:g}{unit} of {owed / UNITY:g} owed so far{share}; of {plural(len(periods), 'period', 'periods')} {len(met)} met, {len(missed)} missed, {unknown} not to be told.",
        answer.confirmed,
    )
    answer.coverage_step(nothing_seen=False)
    if missed:
        answer.breaches = tuple((period.end, period.end) for period in missed)
        return answer.done(
            "breached", f"{plural(len(missed), 'period was', 'periods were')} watched, and too little came"
        )
    if not periods:
        return answer.done("not_due", "no period has run out")
    if unknown:
        return answer.done("undetermined", f"{plural(unknown, 'period', 'periods')} cannot be told")
    return answer.done("complied", "what is owed is shown for every period that has run out")


def _name(codes: tuple[str, ...]) -> str:
    return " or ".join(code.replace("_", " ") for code in codes)
