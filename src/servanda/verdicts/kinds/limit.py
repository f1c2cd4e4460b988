"""Limits: what must not be more than so much.

A limit counts what is there at once (several incidents with the same interval are one count, as when a round of inspections
gives each site the round's time), or, ``per`` period, what happens in it. The **least** that was there adds the least
quantities of what is confirmed; the **most** also what is open, and what is alleged and not answered.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from servanda.agreement.kinds import Limit
from servanda.values.time import Interval
from servanda.verdicts.act_steps import act_steps, measure_coverage, since_words, sort_acts
from servanda.verdicts.builder import Bounds, VerdictBuilder, not_binding
from servanda.verdicts.case_file import UNITY
from servanda.verdicts.event_times import EventTimes, Span
from servanda.verdicts.periods import MAX_PERIODS, periods_of, sums_of


@dataclass(frozen=True, slots=True)
class _Count:
    """Thousandths at the worst time: the least without what is excused, the least with it, and the most."""

    least: int
    granted: int
    most: int


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
    count = _count(builder, rows, kind, span, acts.unanswered)
    _count_step(builder, kind, count)
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    if kind.per is not None and rows.height and len(_periods(builder, rows, kind, span)) >= MAX_PERIODS:
        return builder.finish("undetermined", "it has more periods than can be counted")
    return _compare(builder, rows, kind, span, count)


def _count_step(builder: VerdictBuilder, kind: Limit, count: _Count) -> None:
    builder.measure = {"least": count.least / UNITY, "most": count.most / UNITY, "cap": kind.to / UNITY}
    when = f" in any period of {kind.per}" if kind.per else " at once"
    builder.step(
        "count",
        f"At least {count.least / UNITY:g}{_unit(kind)} shown, at most {count.most / UNITY:g} that may have been{when}; the cap is {kind.to / UNITY:g}.",
    )


def _unit(kind: Limit) -> str:
    return f" {kind.unit}" if kind.unit else ""


def _compare(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span, count: _Count) -> VerdictBuilder:
    """The verdict, from what was counted."""
    assert builder.coverage is not None
    if count.least > kind.to:
        builder.breaches = _beyond(builder, rows.filter(pl.col("status") == "confirmed"), kind, span)
        return builder.finish("breached", f"more than {kind.to / UNITY:g}{_unit(kind)} shown, and not excused")
    if count.granted > kind.to:
        return builder.finish(
            "excused", "what goes beyond the cap falls under an exception whose every precondition is shown"
        )
    if builder.case.enough(builder.coverage) and count.most <= kind.to:
        return builder.finish("complied", "no more was found where and when it would have been seen")
    if count.most > kind.to:
        return builder.finish("undetermined", "there may have been more, and it is not shown")
    return builder.finish("undetermined", "not enough was seen")


def _count(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span, unanswered: tuple[str, ...]) -> _Count:
    """How much there was at the worst time, or in the worst period."""
    sure = rows.filter(pl.col("status") == "confirmed")
    with_excused = rows.filter(pl.col("status").is_in(["confirmed", "excused"]))
    loose = rows.filter((pl.col("status") == "open") | pl.col("incident").is_in(list(unanswered)))
    if kind.per is None:
        return _Count(_at_once(sure), _at_once(with_excused), _overlapping(pl.concat([sure, loose])))
    if span.start.latest is None or rows.height == 0:
        return _Count(0, 0, int(loose["high"].sum()) + int(sure["high"].sum()))
    periods = _periods(builder, rows, kind, span)

    def in_one(some: pl.DataFrame, n: int) -> int:
        return max(sums_of(some, unanswered, periods)[n], default=0)

    confirmed = with_excused.with_columns(status=pl.lit("confirmed"))
    return _Count(in_one(sure, 0), in_one(confirmed, 0), in_one(pl.concat([sure, loose]), 1))


def _at_once(rows: pl.DataFrame) -> int:
    """The most that surely was there at once: the least quantities of what has one and the same interval."""
    return rows.group_by("start", "end").agg(pl.col("low").sum())["low"].max() or 0  # type: ignore[return-value]


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


def _beyond(builder: VerdictBuilder, sure: pl.DataFrame, kind: Limit, span: Span) -> tuple[Bounds, ...]:
    """When the limit was passed: each count, or each period, that goes beyond it."""
    if kind.per is None:
        counts = sure.group_by("start", "end").agg(pl.col("low").sum())
        counts = counts.filter(pl.col("low") > kind.to).sort("end", "start")
        return tuple(zip(counts["start"].to_list(), counts["end"].to_list(), strict=True))
    periods = _periods(builder, sure, kind, span)
    least, _ = sums_of(sure, (), periods)
    return tuple((p.start, p.end) for p, amount in zip(periods, least, strict=True) if amount > kind.to)
