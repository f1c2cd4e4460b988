"""Prohibitions: what must not be done."""

from __future__ import annotations

import polars as pl

from servanda.agreement.kinds import Prohibition
from servanda.verdicts.act_steps import Acts, act_steps, measure_coverage, since_words, sort_acts
from servanda.verdicts.acts_counted import ActsCounted, acts_counted, measures
from servanda.verdicts.breaches import Breach, breaches_of
from servanda.verdicts.builder import VerdictBuilder, not_binding
from servanda.verdicts.chances.small import at_least_one_inside
from servanda.verdicts.chances.sums import CERTAIN
from servanda.verdicts.compliance import obstacles
from servanda.verdicts.event_times import EventTimes, Span
from servanda.wording import plural


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a party kept a prohibition."""
    case, term = builder.case, builder.term
    assert isinstance(term.kind, Prohibition)
    span = times.span(term)
    early = not_binding(builder, span, duty=False)
    if early is not None:
        return early
    findings = case.findings_of(builder.reading, term.id, "act", builder.party)
    if term.moves:
        findings = _within(builder, findings, span)
        builder.step("in_force", f"{builder.binding()}{since_words(builder, span)}.", span.start.uses)
    else:
        builder.step("in_force", f"{builder.binding()}.")
    measure_coverage(builder, span, term.kind.what.at(builder.party))
    assert builder.coverage is not None
    acts = sort_acts(builder, findings, findings, below=True)
    counted = acts_counted(builder, "confirmed", acts.confirmed)
    act_steps(builder, acts, counted)
    _measure(builder, findings, acts, counted)
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    if acts.confirmed:
        builder.breaches = _breaches(builder, acts.confirmed) if builder.guarded else ()
        return builder.finish(
            "breached",
            f"{plural(len(acts.confirmed), 'incident is', 'incidents are')} confirmed and not excused{_in_acts(counted)}",
        )
    if acts.open:
        words = f"{plural(len(acts.open), 'incident is', 'incidents are')} open: it is not settled what, whose or where"
        return builder.finish("undetermined", words + _excused_words(acts))
    standing_in_the_way = obstacles(builder, acts.unanswered, span.widest, faint=acts.faint, answered=acts.answered)
    if standing_in_the_way:
        return builder.finish("undetermined", "; ".join(standing_in_the_way) + _excused_words(acts))
    if acts.excused:
        return builder.finish(
            "excused", "all that is confirmed falls under an exception whose every precondition is shown"
        )
    return builder.finish("complied", "no breach was found where and when one would have been seen")


def _measure(builder: VerdictBuilder, findings: pl.DataFrame, acts: Acts, counted: ActsCounted) -> None:
    """How many acts were counted; and the chance that at least one incident of sources without a side lies inside, at both ends,
    unless one surely does.
    """
    others = {status: acts_counted(builder, status, getattr(acts, status)) for status in ("alleged", "excused")}
    builder.measure = measures(confirmed=counted, **others)
    ends = at_least_one_inside(findings, acts.faint)
    if ends is not None and ends[0] < CERTAIN:
        builder.measure |= {
            "at_least_one_low": round(ends[0] / CERTAIN, 4),
            "at_least_one_high": round(ends[1] / CERTAIN, 4),
        }


def _in_acts(counted: ActsCounted) -> str:
    """How many acts that was, where they were counted."""
    return f" ({counted.words})" if counted.counted else ""


def _excused_words(acts: Acts) -> str:
    """How many incidents are excused, where that does not decide."""
    return f"; excused: {len(acts.excused)}" if acts.excused else ""


def _within(builder: VerdictBuilder, findings: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Findings by the time in which the term binds: what does not surely lie in it confirms nothing."""
    times = builder.case.occurrences.select("unit", "key", "party", "start", "end")
    placed = findings.join(times, on=["unit", "key", "party"], how="left").filter(span.possibly())
    doubtful = {"confirmed": "open", "excused": "open"}
    status = pl.when(span.surely()).then("status").otherwise(pl.col("status").replace(doubtful))
    return placed.with_columns(status=status)


def _breaches(builder: VerdictBuilder, incidents: tuple[str, ...]) -> tuple[Breach, ...]:
    """When, where and how certainly each breach came about, where a guarantee needs to know."""
    acts = builder.case.happened(builder.reading, builder.term.id, "act", builder.party)
    return breaches_of(acts.filter(pl.col("incident").is_in(list(incidents))))
