"""Limits: what must not be more than so much.

A limit counts what is there at once (several incidents with the same interval are one count, as when a round of inspections
gives each site the round's time; what was counted may still be there until its place is counted again), or, ``per`` period, what happens in it. The **least** is what is shown of the least
quantities of what is confirmed: so much that the chance of it or more reaches the mandate's certainty at both ends; of what may lie
in several periods, what one of them holds however it is shared out (``across_edges``). The **most** adds the greatest quantities of
what is confirmed, of what is open, and of what is alleged and not answered, and what may be of the faint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement.kinds import Limit
from servanda.findings.finding import STATUS
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.across_edges import Stretch, crowded
from servanda.verdicts.act_steps import (
    Acts,
    act_steps,
    another_unit_step,
    enter,
    measure_coverage,
    sort_acts,
    untold_step,
)
from servanda.verdicts.breaches import Breach
from servanda.verdicts.builder import VerdictBuilder, in_force_step, not_binding
from servanda.verdicts.chances.amounts import shown_amounts
from servanda.verdicts.chances.small import ends_words, faint_most
from servanda.verdicts.chances.sums import chances_of
from servanda.verdicts.compliance import NOTHING_FAINT, obstacles
from servanda.verdicts.counts import counted_once, how_many_step, same_step, staying
from servanda.verdicts.event_times import EventTimes, Span
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import MOST_OF_ALL, UNITY, UNTOLD
from servanda.verdicts.periods import MAX_PERIODS, in_periods, most_of, periods_of, placed
from servanda.verdicts.totals import told_apart, totals_step
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class _Count:
    """Thousandths at the worst time: the least without what is excused, the least with it, and the most.

    ``told``: what is confirmed one by one, were all of it there; ``beyond``: the chance that it is more than the cap, at both ends.
    ``once``: what is confirmed, without what may be the same; ``sure``: what of it the least is made of. ``together``: the most that was told of one time. ``across``: periods that show more together than any of them alone; ``over``: all that go beyond the cap together, and none alone.
    ``emptied``: counts of what was gone later, as somebody says who counted none. ``earlier``: what was counted before it began to bind and may still be there then.
    """

    least: int
    granted: int
    most: int
    told: int = 0
    beyond: tuple[int, int] = (0, 0)
    periods: Sequence[Interval] = ()
    across: Stretch | None = None
    over: Sequence[Stretch] = ()
    together: int = 0
    once: pl.DataFrame | None = None
    sure: pl.DataFrame | None = None
    emptied: int = 0
    earlier: Sequence[str] = ()


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
    in_force_step(builder, span)
    measure_coverage(builder, span, kind.what.at(builder.party))
    # what may lie within the term's time is confirmed only where it surely does
    unsettled = pl.col("status").is_in(["confirmed", "excused"]) & ~span.surely()
    settled = pl.when(unsettled).then(pl.lit("open", dtype=STATUS)).otherwise("status")
    rows = rows.filter(span.possibly()).with_columns(status=settled, perhaps=unsettled)
    findings = case.findings_of(builder.reading, term.id, "act", builder.party)
    acts, rows = sort_acts(builder, rows, findings), rows.drop("perhaps")
    enter(builder, acts)
    counted = rows.filter(~pl.col("incident").is_in(acts.told)) if acts.told else rows
    each = len(term.binds) if builder.party is None and kind.to else 1
    shared = replace(kind, to=kind.to * each)  # where none is named, what all of them may have had
    count = _count(builder, counted, shared, span, acts.unanswered)
    if builder.telling:
        _tell(builder, rows, acts, count)
    if each > 1:
        more = f"more than {shared.to / UNITY:g}{_unit(kind)} must be shown"
        builder.step("each", f"The cap is that of each of {each} parties, and none is named: {more}.")
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    if kind.per is not None and rows.height and len(_periods(builder, rows, kind, span)) >= MAX_PERIODS:
        return builder.finish("undetermined", "it has more periods than can be counted")
    return _compare(builder, shared, span, acts, count)


def _tell(builder: VerdictBuilder, rows: pl.DataFrame, acts: Acts, count: _Count) -> None:
    """Adds the steps that say which acts were found, and what was counted of them."""
    kind = builder.term.kind
    assert isinstance(kind, Limit)
    act_steps(builder, acts)
    others = another_unit_step(builder, rows, kind.what, kind.unit)
    untold_step(builder, rows, kind.unit)
    confirmed = rows.filter(pl.col("status") == "confirmed")
    if count.once is not None:
        same_step(builder, acts.confirmed, count.once, others)
        how_many_step(builder, confirmed["incident"], count.once)
    if kind.per:
        totals_step(builder, confirmed)
    _count_step(builder, kind, count)


def _count_step(builder: VerdictBuilder, kind: Limit, count: _Count) -> None:
    known = count.most < UNTOLD
    most = count.most / UNITY if known else None
    builder.measure = {"least": count.least / UNITY, "most": most, "cap": kind.to / UNITY}
    if count.least <= kind.to < count.told:
        builder.step(
            "not_shown_together",
            f"{count.told / UNITY:g}{_unit(kind)} are confirmed one by one, each with less than certainty: that there were more than {kind.to / UNITY:g} is {ends_words(*count.beyond)}.",
        )
    if count.across is not None:
        several = count.across
        first, last = count.periods[several.first], count.periods[several.last]
        builder.step(
            "across_the_edge",
            f"Some of it may lie on either side of an edge between two periods. From {builder.date(first.start)} to {builder.date(last.end)} are {several.length} periods of {kind.per}, in which {several.shown / UNITY:g}{_unit(kind)} are shown together: wherever each lies, one of these periods holds at least {several.share / UNITY:g}.",
        )
    if count.emptied:
        found = plural(count.emptied, "count", "counts")
        builder.step(
            "counted_none",
            f"What {found} may have stood for was gone when observers counted none at the same place later.",
        )
    when = f" in any period of {kind.per}" if kind.per else " at once"
    may = (
        f"at most {most:g} that may have been{when} by what is told"
        if known
        else f"how many more may have been{when} is not known"
    )
    if kind.per is None and known and count.most > max(count.together, kind.to):
        until = f" for {kind.holds}, or" if kind.holds else ""
        builder.step(
            "may_still_be_there",
            f"What was counted at one time may still have been there at the next{until} until its place was counted again: at most {count.most / UNITY:g}{_unit(kind)}, though no more than {count.together / UNITY:g} were told of one time.",
            count.earlier,
        )
    builder.step(
        "count",
        f"At least {count.least / UNITY:g}{_unit(kind)} shown, {may}; the cap is {kind.to / UNITY:g}.",
    )


def _unit(kind: Limit) -> str:
    return f" {kind.unit}" if kind.unit else ""


def _compare(builder: VerdictBuilder, shared: Limit, span: Span, acts: Acts, count: _Count) -> VerdictBuilder:
    """The verdict, from what was counted. ``shared``: the limit with what all may have had whom it binds and nobody names."""
    kind = builder.term.kind
    assert isinstance(kind, Limit)
    assert builder.coverage is not None
    if count.least > shared.to:
        assert count.sure is not None
        builder.breaches = _beyond(builder, count.sure, shared, count)
        return builder.finish("breached", f"more than {shared.to / UNITY:g}{_unit(kind)} shown, and not excused")
    # where nothing may be there, one is too many; else what is faint is part of the most
    faint, answered = (acts.faint, acts.answered) if kind.to == 0 else (NOTHING_FAINT, ())
    standing_in_the_way = obstacles(builder, whole=span.widest, faint=faint, answered=answered)
    if count.most > kind.to:
        standing_in_the_way = ("there may have been more, and it is not shown", *standing_in_the_way)
    if standing_in_the_way:
        beyond = "; what is excused goes beyond the cap" if count.granted > shared.to else ""
        return builder.finish("undetermined", "; ".join(standing_in_the_way) + beyond)
    if count.granted > shared.to:
        return builder.finish(
            "excused",
            "what goes beyond the cap is excused"
            if "" in acts.excuses
            else "what goes beyond the cap falls under an exception whose every precondition is shown",
        )
    return builder.finish("complied", "no more was found where and when it would have been seen")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of some occurrences: at the worst time or in the worst period (``least``), and of periods together (``across``, ``over``).

    ``rows``: the occurrences by time, or those that surely lie in one period.
    """

    least: int
    rows: pl.DataFrame
    across: Stretch | None = None
    over: Sequence[Stretch] = ()

    @property
    def share(self) -> int:
        """What one of several periods holds at least, wherever each occurrence lies."""
        return self.across.share if self.across is not None else 0


def _shown(rows: pl.DataFrame, kind: Limit, certainty: int, periods: Sequence[Interval]) -> _Shown:
    """What is shown of occurrences that are counted once."""
    rows = rows.select("start", "end", "low", "p")
    if kind.per is None:
        return _Shown(_worst(rows, ["start", "end"], certainty), rows)
    across, over = crowded(placed(rows, periods), len(periods), certainty, kind.to)
    rows = in_periods(rows, periods)
    return _Shown(_worst(rows, ["period"], certainty), rows, across, over)


def _greatest(
    rows: pl.DataFrame, kind: Limit, certainty: int, periods: Sequence[Interval]
) -> tuple[_Shown, pl.DataFrame]:
    """What is shown of occurrences, and of which: those are left out that a number for a longer time may hold, or such numbers."""
    each = [(_shown(some, kind, certainty, periods), some) for some in (told_apart(rows) if kind.per else [rows])]
    return max(each, key=lambda one: max(one[0].least, one[0].share))


def _count(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span, unanswered: Sequence[str]) -> _Count:
    """How much there was at the worst time, or in the worst period."""
    faint = faint_most(builder.case.faint_of(builder.reading, builder.term.id, "act", builder.party))
    loose = (pl.col("status") == "open") | Listed.of(unanswered).holds()
    possible = rows.filter((pl.col("status") == "confirmed") | loose)
    periods: Sequence[Interval] = ()
    together, emptied, earlier = 0, 0, Listed()
    if kind.per is None:
        together = at_once(possible)
        still = _counted_before(builder, rows, kind)
        most, emptied, earlier = _at_once(builder, possible if still is None else pl.concat([still, possible]), kind)
    elif span.start.latest is None or rows.height == 0:
        return _Count(0, 0, int(possible.select(MOST_OF_ALL.sum()).item()) + faint)
    else:
        periods = _periods(builder, rows, kind, span)
        most = max(most_of(possible.select("start", "end", "high"), periods), default=0)
    del possible
    doubts, certainty = builder.case.doubts, builder.certainty
    granted = once = counted_once(rows.filter(pl.col("status") == "confirmed"), doubts)
    if (rows["status"] == "excused").any():
        granted = counted_once(rows.filter(pl.col("status").is_in(["confirmed", "excused"])), doubts)
    shown, sure = _greatest(once, kind, certainty, periods)
    with_excused = shown if granted is once else _greatest(granted, kind, certainty, periods)[0]
    least = max(shown.least, shown.share)
    count = _Count(
        least,
        max(with_excused.least, with_excused.share, shown.share),
        most + faint,
        periods=periods,
        across=shown.across if shown.share >= least else None,
        over=shown.over,
        together=together,
        once=once,
        sure=sure,
        emptied=emptied,
        earlier=earlier,
    )
    by = ["start", "end"] if kind.per is None else ["period"]
    told = shown.rows.group_by(by).agg("low", "p", told=pl.col("low").sum()).sort("told", *by).tail(1)
    if not told.height:
        return count
    beyond = chances_of(zip(told["low"][0], told["p"][0], strict=True), kind.to + 1)
    return replace(count, told=int(told["told"][0]), beyond=beyond)


def _at_once(builder: VerdictBuilder, possible: pl.DataFrame, kind: Limit) -> tuple[int, int, Listed]:
    """The most that may have been there at once; of how many counts a count of none says that it was gone; and what was counted before."""
    case, of = builder.case, (builder.reading, builder.term.id)
    none = pl.concat([case.not_done(*of, role, builder.party) for role in ("before", "act")])
    there = staying(possible, none, kind.holds, case.agreement.zone)
    ended = 0
    if none.height:
        ended = int((there["end"] < staying(possible, none.clear(), kind.holds, case.agreement.zone)["end"]).sum())
    begins = builder.term.window.start
    if begins is None:
        return at_once(there), ended, Listed()
    there = there.filter(pl.col("end") >= instant(begins))
    return at_once(there), ended, Listed(there["incident"].filter(there["start"] < begins).unique().sort())


def _counted_before(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit) -> pl.DataFrame | None:
    """What others than the accused counted before the term began to bind, where it may still be there then."""
    case, of = builder.case, (builder.reading, builder.term.id, "before", builder.party)
    if not case.numbers(*of):
        return None
    before = case.happened(*of).filter(pl.col("status").is_in(["confirmed", "open"]))
    return before.filter(~pl.col("incident").is_in(rows["incident"].implode()))


def _worst(rows: pl.DataFrame, by: list[str], certainty: int) -> int:
    """The most that is shown of one group."""
    return max(shown_amounts(rows, by, certainty)["shown"].to_list(), default=0)


def at_once(rows: pl.DataFrame) -> int:
    """The most that may have been there at once.

    Args:
        rows: occurrences, with ``start``, ``end`` and ``high``.

    Returns:
        The greatest quantities of what overlaps at some instant, in thousandths.
    """
    if rows.height == 0:
        return 0
    start, end = (rows[c].to_physical().to_numpy() for c in ("start", "end"))
    begins, ends = np.sort(start), np.sort(end)
    begun, gone = (_summed(rows["high"], order) for order in (np.argsort(start), np.argsort(end)))
    # at each beginning: all that has begun by then, without what had ended before
    there = begun[np.searchsorted(begins, begins, "right")] - gone[np.searchsorted(ends, begins, "left")]
    return int(there.max())


def _summed(high: pl.Series, order: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """The sums of the first greatest quantities in an order, from none of them on: whole numbers of any size, for they may be more than 64 bits hold."""
    return np.concatenate([[0], np.cumsum(high.to_numpy()[order].astype(object))])


def _periods(builder: VerdictBuilder, rows: pl.DataFrame, kind: Limit, span: Span) -> list[Interval]:
    """The periods that are counted, up to the one that holds the last occurrence."""
    assert kind.per is not None
    assert span.start.latest is not None
    zone = builder.case.agreement.zone
    return periods_of(span.start.latest, kind.per.after(rows["end"].max(), zone), kind.per, zone)  # type: ignore[arg-type]


def _beyond(builder: VerdictBuilder, sure: pl.DataFrame, kind: Limit, count: _Count) -> tuple[Breach, ...]:
    """When the limit was passed: each count, or each period, of which more than the cap is shown, or the periods of which it is one."""
    by = ["start", "end"] if kind.per is None else ["period"]
    rows = sure if kind.per is None else in_periods(sure, count.periods)
    over = shown_amounts(rows, by, builder.certainty, above=kind.to)
    whole = count.periods
    when = (
        list(zip(over["start"].to_list(), over["end"].to_list(), strict=True))
        if kind.per is None
        else [(whole[n].start, whole[n].end) for n in over["period"].to_list()]
    )
    found = [
        (start, end, zip(low, p, strict=True), kind.to)
        for (start, end), low, p in zip(when, over["low"].to_list(), over["p"].to_list(), strict=True)
    ]
    found += [
        (whole[s.first].start, whole[s.last].end, zip(s.low, s.p, strict=True), kind.to * s.length) for s in count.over
    ]
    breaches = [Breach(start, end, min(chances_of(parts, cap + 1))) for start, end, parts, cap in found]
    return tuple(sorted(breaches, key=lambda b: (str(b.latest), str(b.earliest))))
