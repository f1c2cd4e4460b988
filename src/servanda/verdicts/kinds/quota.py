"""Quotas: so much in every period, or in all by a deadline; with the rate of compliance.

A period is **met** where what surely came in it is enough, and **missed** where even what may have come is too little and the period
was watched. Silence shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.agreement import Pattern
from servanda.agreement.kinds import Quota
from servanda.values.time import Interval
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import VerdictBuilder, ids, not_binding
from servanda.verdicts.case_file import UNITY
from servanda.verdicts.chances.amounts import shown_amounts
from servanda.verdicts.chances.small import faint_most
from servanda.verdicts.degrees import Reached, degree_of_share, degree_steps
from servanda.verdicts.event_times import EventTime, EventTimes, Span
from servanda.verdicts.periods import MAX_PERIODS, in_periods, most_of, periods_of
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class _Tally:
    """What was delivered in each period that has run out, in thousandths, and what became of the periods."""

    delivered: tuple[int, ...]
    met: int
    missed: tuple[Interval, ...]
    unknown: int


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party did so much in every period, or in all by the deadline."""
    term, case = builder.term, builder.case
    kind = term.kind
    assert isinstance(kind, Quota)
    span = times.span(term)
    early = not_binding(builder, span, duty=True)
    if early is not None:
        return early
    builder.step("in_force", f"{builder.binding()}.")
    due = times.deadline(term)
    start = span.start.latest
    if span.unsettled or start is None:
        return builder.finish("undetermined", "it is not settled when its time began to run")
    if due is not None and (due.earliest is None or not case.passed(due.earliest)):
        return builder.finish("not_due", "its time has not run out")
    if due is not None and due.latest is None:
        return builder.finish("undetermined", "it is not settled when its time began to run")
    end = (due.latest if due is not None else span.end.latest) or case.as_of or term.window.end
    if end is None:
        return builder.finish("undetermined", "it has no end, and cannot be counted up; give an as-of")
    rows = case.happened(builder.reading, term.id, "deed 0", builder.party)
    pattern = case.query(builder.reading, term.id, "deed 0", builder.party).pattern
    builder.window = Interval(start, end)
    builder.coverage = builder.measured(pattern, builder.window, undone=True)
    builder.confirmed, builder.alleged = ids(rows, "confirmed"), ids(rows, "alleged")
    periods = [p for p in periods_of(start, end, kind.every, case.agreement.zone) if p.end and case.passed(p.end)]
    if len(periods) >= MAX_PERIODS:
        return builder.finish("undetermined", "it has more periods than can be counted")
    tally = _tally(builder, rows, periods, pattern, _doubtful(span, due))
    _delivered_step(builder, kind, tally, len(periods))
    if periods:
        degree_steps(builder, _degrees(kind, tally, periods))
    builder.coverage_step(nothing_seen=False)
    if tally.missed:
        builder.breaches = tuple(Breach(period.end, period.end) for period in tally.missed)
        words = f"{plural(len(tally.missed), 'period was', 'periods were')} watched, and too little came"
        return builder.finish("breached", words)
    if not periods:
        return builder.finish("not_due", "no period has run out")
    if tally.unknown:
        return builder.finish("undetermined", f"{plural(tally.unknown, 'period', 'periods')} cannot be told")
    return builder.finish("complied", "what is owed is shown for every period that has run out")


def _doubtful(span: Span, due: EventTime | None) -> datetime | None:
    """From when on nothing is missed, because the term may have ended; an end that is not settled ends nothing."""
    return None if due is not None or span.open_end else span.end.earliest


def _tally(
    builder: VerdictBuilder, rows: pl.DataFrame, periods: list[Interval], pattern: Pattern, doubtful: datetime | None
) -> _Tally:
    """Counts what came in each period."""
    case, kind = builder.case, builder.term.kind
    assert isinstance(kind, Quota)
    assert builder.coverage is not None
    sure, possible = _amounts(builder, rows, periods)
    met = unknown = 0
    missed: list[Interval] = []
    for period, least, most in zip(periods, sure, possible, strict=True):
        assert period.end is not None
        settled = doubtful is None or period.end <= doubtful
        if least >= kind.at_least and not builder.nameless:
            met += 1
        elif most < kind.at_least and settled and case.enough(builder.measured(pattern, period, undone=True)):
            missed.append(period)
        else:
            unknown += 1
    return _Tally(tuple(sure), met, tuple(missed), unknown)


def _amounts(builder: VerdictBuilder, rows: pl.DataFrame, periods: list[Interval]) -> tuple[list[int], list[int]]:
    """For each period: how much is shown to have come in it, and how much may have."""
    case = builder.case
    assert builder.coverage is not None
    least = [0] * len(periods)
    shown = shown_amounts(
        in_periods(rows.filter(pl.col("status") == "confirmed"), periods), ["period"], builder.certainty
    )
    for period, amount in zip(shown["period"].to_list(), shown["shown"].to_list(), strict=True):
        least[period] = amount
    weighs = list(case.unanswered(builder.alleged, builder.coverage))
    faint = faint_most(case.faint_of(builder.reading, builder.term.id, "deed 0", builder.party))
    most = most_of(rows.filter((pl.col("status") != "alleged") | pl.col("incident").is_in(weighs)), periods)
    return least, [amount + faint for amount in most]


def _degrees(kind: Quota, tally: _Tally, periods: list[Interval]) -> list[Reached]:
    """The degree after each period: of what was owed until then, what came of it in its own period."""
    out: list[Reached] = []
    came = 0
    for n, (amount, period) in enumerate(zip(tally.delivered, periods, strict=True), 1):
        came += min(amount, kind.at_least)
        if period.end is not None:
            out.append((period.end, degree_of_share(came, n * kind.at_least)))
    return out


def _delivered_step(builder: VerdictBuilder, kind: Quota, tally: _Tally, periods: int) -> None:
    owed, delivered = kind.at_least * periods, sum(tally.delivered)
    rate = round(delivered / owed, 6) if owed else None
    builder.measure = {
        "delivered": delivered / UNITY,
        "owed": owed / UNITY,
        "rate": rate,
        "periods": periods,
        "met": tally.met,
        "missed": len(tally.missed),
        "unknown": tally.unknown,
    }
    unit = f" {kind.unit}" if kind.unit else ""
    share = "" if rate is None else f", {100 * rate:.0f} %"
    builder.step(
        "delivered",
        f"Shown: {delivered / UNITY:g}{unit} of {owed / UNITY:g} owed so far{share}; of {plural(periods, 'period', 'periods')} {tally.met} met, {len(tally.missed)} missed, {tally.unknown} not to be told.",
        builder.confirmed,
    )
