"""Limits: what must not be more than so much.

A limit counts what is there at once (several incidents with the same interval are one count, as when a round of inspections
gives each site the round's time), or, ``per`` period, what happens in it. The **least** is what is shown of the least
quantities of what is confirmed: so much that the chance of it or more reaches the mandate's certainty at both ends. The **most**
adds the greatest quantities of what is confirmed, of what is open, and of what is alleged and not answered, and what may be of
the faint.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from servanda.agreement.kinds import Limit
from servanda.values.time import Interval
from servanda.verdicts.act_steps import Acts, act_steps, measure_coverage, since_words, sort_acts
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.case_file import UNITY
from servanda.verdicts.chances.amounts import shown_amounts
from servanda.verdicts.chances.small import ends_words, faint_most
from servanda.verdicts.chances.sums import chances_of
from servanda.verdicts.compliance import NOTHING_FAINT, obstacles
from servanda.verdicts.event_times import EventTimes, Span
from servanda.verdicts.periods import MAX_PERIODS, in_periods, most_of, periods_of


@dataclass(frozen=True, slots=True)
class _Count:
    """Thousandths at the worst time: the least without what is excused, the least with it, and the most.

    ``told``: what is confirmed one by one, were all of it there; ``beyond``: the chance that it is more than the cap, at both ends.
    """

    least: int
    granted: int
    most: int
    told: int = 0
    beyond: tuple[int, int] = (0, 0)


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party kept a limit; one of 0 in a place is a pull-back."""
    case, term = builder.case, builder.term
    kind = term.kind
    assert isinstance(kind, Limit)
    span = times.span(term)
    early = not_binding(builder, span, duty=False)
    if early is not None:
        return early
    rows = case.happened(builder.reading, term.id, "act", builder.party)
    since = since_words(builder, span) if term.moves else ""
    builder.step("in_force", f"{builder.binding()}{since}.", span.start.uses)
    measure_coverage(builder, span, kind.what.at(builder.party))
    # what may lie within the term's time is confirmed only where it surely does
    unsettled = pl.col("status").is_in(["confirmed", "excused"]) & ~span.surely()
    rows = rows.filter(span.possibly()).with_columns(status=pl.when(unsettled).then(pl.lit("open")).otherwise("status"))
    findings = case.findings_of(builder.reading, term.id, "act", builder.party)
    acts = sort_acts(builder, rows, findings, below=False)
    act_steps(builder, acts)
    count = _count(builder, rows.filter(~pl.col("incident").is_in(acts.told)), kind, span, acts.unanswered)
    _count_step(builder, kind, count)
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    if kind.per is not None and rows.height and len(_periods(builder, rows, kind, span)) >= MAX_PERIODS:
        return builder.finish("undetermined", "it has more periods than can be counted")
    return _compare(builder, rows, span, acts, count)


def _count_step(builder: VerdictBuilder, kind: Limit, count: _Count) -> None:
    builder.measure = {"least": count.least / UNITY, "most": count.most / UNITY, "cap": kind.to / UNITY}
    if count.least <= kind.to < count.told:
        builder.step(
            "not_shown_together",
            f"{count.told / UNITY:g}{_unit(kind)} are confirmed one by one, each with less than certainty: that there were more than {kind.to / UNITY:g} is {ends_words(*count.beyond)}.",
        )
    when = f" in any period of {kind.per}" if kind.per else " at once"
    builder.step(
        "count",
        f"At least {count.least / UNITY:g}{_unit(kind)} shown, at most {count.most / UNITY:g} that may have been{when}; the cap is {kind.to / UNITY:g}.",
    )


def _unit(kind: Limit) -> str:
    return f" {kind.unit}" if kind.unit else ""


def _compare(builder: VerdictBuilder, rows: pl.DataFrame, span: Span, acts: Acts, count: _Count) -> VerdictBuilder:
    """The verdict, from what was counted."""
    kind = builder.term.kind
    assert isinstance(kind, Limit)
    assert builder.coverage is not None
    if count.least > kind.to:
        builder.breaches = _beyond(builder, rows.filter(pl.col("status") == "confirmed"), kind, span)
        return builder.finish("breached", f"more than {kind.to / UNITY:g}{_unit(kind)} shown, and not excused")
    # where nothing may be there, one is too many; else what is faint is part of the most
    faint, answered = (acts.faint, acts.answered) if kind.to == 0 else (NOTHING_FAINT, {})
    standing_in_the_way = obstacles(builder, whole=span.widest, faint=faint, answered=answered)
    if count.most > kind.to:
        standing_in_the_way = ("there may have been more, and it is not shown", *standing_in_the_way)
    if standing_in_the_way:
        beyond = "; what is excused goes beyond the cap" if count.granted > kind.to else ""
        return builder.finish("undetermined", "; ".join(standing_in_the_way) + beyond)
    if count.granted > kind.to:
        return builder.finish(
            "excused", "what goes beyond the cap falls under an exception whose every precondition is shown"
        )
    return builder.finish("complied", "no more was found where and when it would have been seen")


def _count(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span, unanswered: tuple[str, ...]) -> _Count:
    """How much there was at the worst time, or in the worst period."""
    sure = rows.filter(pl.col("status") == "confirmed")
    with_excused = rows.filter(pl.col("status").is_in(["confirmed", "excused"]))
    loose = rows.filter((pl.col("status") == "open") | pl.col("incident").is_in(list(unanswered)))
    faint = faint_most(builder.case.faint_of(builder.reading, builder.term.id, "act", builder.party))
    possible, by = pl.concat([sure, loose]), ["start", "end"]
    if kind.per is None:
        most = _overlapping(possible)
    elif span.start.latest is None or rows.height == 0:
        return _Count(0, 0, int(possible["high"].sum()) + faint)
    else:
        periods, by = _periods(builder, rows, kind, span), ["period"]
        most = max(most_of(possible, periods), default=0)
        sure, with_excused = in_periods(sure, periods), in_periods(with_excused, periods)
    least, granted = (_worst(some, by, builder.certainty) for some in (sure, with_excused))
    told = sure.group_by(by).agg("low", "p", told=pl.col("low").sum()).sort("told", *by).tail(1)
    if not told.height:
        return _Count(least, granted, most + faint)
    beyond = chances_of(zip(told["low"][0], told["p"][0], strict=True), kind.to + 1)
    return _Count(least, granted, most + faint, int(told["told"][0]), beyond)


def _worst(rows: pl.DataFrame, by: list[str], certainty: int) -> int:
    """The most that is shown of one group."""
    return max(shown_amounts(rows, by, certainty)["shown"].to_list(), default=0)


def _overlapping(rows: pl.DataFrame) -> int:
    """The most that may have been there at once: the greatest quantities of what overlaps at some instant."""
    if rows.height == 0:
        return 0
    begun = rows.sort("start").select("start", begun=pl.col("high").cum_sum())
    gone = rows.sort("end").select("end", gone=pl.col("high").cum_sum())
    begun = begun.group_by("start", maintain_order=True).agg(pl.col("begun").last())
    gone = gone.group_by("end", maintain_order=True).agg(pl.col("gone").last())
    there = begun.join_asof(gone, left_on="start", right_on="end", strategy="backward", allow_exact_matches=False)
    return int(there.select((pl.col("begun") - pl.col("gone").fill_null(0)).max()).item() or 0)


def _periods(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span) -> list[Interval]:
    """The periods that are counted, up to the one that holds the last occurrence."""
    assert kind.per is not None
    assert span.start.latest is not None
    zone = builder.case.agreement.zone
    return periods_of(span.start.latest, kind.per.after(rows["end"].max(), zone), kind.per, zone)  # type: ignore[arg-type]


def _beyond(builder: VerdictBuilder, sure: pl.DataFrame, kind: Limit, span: Span) -> tuple[Breach, ...]:
    """When the limit was passed: each count, or each period, of which more than the cap is shown."""
    by = ["start", "end"] if kind.per is None else ["period"]
    periods = [] if kind.per is None else _periods(builder, sure, kind, span)
    rows = sure if kind.per is None else in_periods(sure, periods)
    over = shown_amounts(rows, by, builder.certainty, above=kind.to)
    breaches = []
    when = (
        list(zip(over["start"].to_list(), over["end"].to_list(), strict=True))
        if kind.per is None
        else [(periods[n].start, periods[n].end) for n in over["period"].to_list()]
    )
    for (start, end), low, p in zip(when, over["low"].to_list(), over["p"].to_list(), strict=True):
        breaches.append(Breach(start, end, min(chances_of(zip(low, p, strict=True), kind.to + 1))))
    return tuple(sorted(breaches, key=lambda b: (str(b.latest), str(b.earliest))))
