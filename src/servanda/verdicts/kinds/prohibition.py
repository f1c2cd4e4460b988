"""Prohibitions: what must not be done."""

from __future__ import annotations

import polars as pl

from servanda.agreement.kinds import Prohibition
from servanda.verdicts.act_steps import act_steps, measure_coverage, since_words, sort_acts
from servanda.verdicts.builder import Bounds, VerdictBuilder, not_binding
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
    act_steps(builder, acts)
    if span.unsettled:
        return builder.finish("undetermined", "it is not settled whether it has begun to bind")
    if acts.confirmed:
        builder.breaches = _bounds(builder, acts.confirmed)
        return builder.finish(
            "breached", f"{plural(len(acts.confirmed), 'incident is', 'incidents are')} confirmed and not excused"
        )
    if acts.excused:
        return builder.finish(
            "excused", "all that is confirmed falls under an exception whose every precondition is shown"
        )
    if acts.open:
        words = f"{plural(len(acts.open), 'incident is', 'incidents are')} open: told by a source without a side, but not settled what, whose or where"
        return builder.finish("undetermined", words)
    if case.enough(builder.coverage):
        if not acts.unanswered:
            return builder.finish("complied", "no breach was found where and when one would have been seen")
        words = f"{plural(len(acts.unanswered), 'allegation speaks', 'allegations speak')} of a place and time not watched to the standard"
        return builder.finish("undetermined", words)
    if acts.alleged:
        return builder.finish("undetermined", "there are only claims, and not enough was seen to answer them")
    return builder.finish("undetermined", "not enough was seen")


def _within(builder: VerdictBuilder, findings: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Findings by the time in which the term binds: what does not surely lie in it confirms nothing."""
    times = builder.case.occurrences.select("unit", "key", "party", "start", "end")
    placed = findings.join(times, on=["unit", "key", "party"], how="left").filter(span.possibly())
    doubtful = {"confirmed": "open", "excused": "open"}
    status = pl.when(span.surely()).then("status").otherwise(pl.col("status").replace(doubtful))
    return placed.with_columns(status=status)


def _bounds(builder: VerdictBuilder, incidents: tuple[str, ...]) -> tuple[Bounds, ...]:
    """When each breach came about, where a guarantee needs to know."""
    acts = builder.case.happened(builder.reading, builder.term.id, "act", builder.party)
    breaches = acts.filter(pl.col("incident").is_in(list(incidents))).sort("end", "start", "incident")
    return tuple(zip(breaches["start"].to_list(), breaches["end"].to_list(), strict=True))
