"""Guarantees: what sets them off, which clocks then run, what stops or voids them.

Only what is confirmed sets a guarantee off; claims alone never do. A guarantee is dormant (``not_in_force``) until it is set
off; then each consequence has its time: a guarantor's deed is a duty like others; an effect comes about by itself when the
time has run out, unless the event that stops it (a resolution that continues relief, say) is shown to have come before.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from servanda.agreement import Agreement, Pattern, Term
from servanda.agreement.kinds import Consequence, Guarantee, Trigger
from servanda.values.time import Interval
from servanda.verdicts.builder import Breaches, VerdictBuilder, ids, not_binding, time_words
from servanda.verdicts.event_times import UNKNOWN, EventTime, EventTimes, Span
from servanda.verdicts.model import VerdictWord

_REASONS: dict[VerdictWord, str] = {
    "breached": "a consequence was not carried out in its time",
    "undetermined": "it cannot be told whether every consequence was carried out",
    "not_due": "the time for a consequence still runs",
    "complied": "every consequence was carried out, or took effect",
    "not_in_force": "every consequence was stopped before its time had run out",
}
"""The worst first: it is the verdict of the guarantee."""


def owners(agreement: Agreement, term: Term) -> list[str | None]:
    """Who must carry out the consequences; ``None`` where things take effect by themselves."""
    assert isinstance(term.kind, Guarantee)
    return list(dict.fromkeys(step.by for step in term.kind.then))


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a guarantee was set off, and whether its consequences followed."""
    kind, case = builder.term.kind, builder.case
    assert isinstance(kind, Guarantee)
    span = times.span(builder.term)
    early = not_binding(builder, span, duty=False)
    if early is not None:
        return early
    builder.step("in_force", f"{builder.binding()}.")
    off = _set_off(kind.when, times, builder.earlier_breaches, span)
    if off.latest is None or not case.passed(off.latest):
        claimed = " It is said to have happened; that sets nothing off." if off.earliest is not None else ""
        builder.step("dormant", f"What would set it off is not confirmed.{claimed}")
        builder.measure = {"state": "dormant"}
        return builder.finish("not_in_force", "the guarantee has not been set off")
    builder.step("set_off", f"It was set off: {time_words(builder, off)}.", off.uses)
    perhaps_void = False
    for trigger in kind.void_if:
        void = _set_off(trigger, times, builder.earlier_breaches, None)
        perhaps_void |= void.earliest is not None and not void.claimed and void.earliest <= off.latest
        if void.latest is not None and void.latest <= off.latest:
            builder.step("void", f"It had become void: {time_words(builder, void)}.", void.uses)
            builder.measure = {"state": "void"}
            return builder.finish("not_in_force", "the guarantee is void")
    builder.window = Interval(off.earliest, case.as_of)
    followed = [_follow(builder, times, n, step, off) for n, step in enumerate(kind.then) if step.by == builder.party]
    builder.measure = {"state": ", ".join(state for _, state in followed)}
    words = {word for word, _ in followed}
    worst = next(word for word in _REASONS if word in words)
    if worst == "breached" and perhaps_void:
        builder.step("void", "It is not settled whether it had become void before.")
        worst = "undetermined"
    if worst == "breached":
        builder.breaches = ((off.earliest, off.latest),)
    return builder.finish(worst, _REASONS[worst])


def _set_off(trigger: Trigger, times: EventTimes, breaches: Breaches, span: Span | None) -> EventTime:
    """When a trigger was met: an event, or the so-many-th confirmed breach; surely within ``span``, if given."""
    if trigger.event is not None:
        time = times.time_of(trigger.event)
        return time if _inside(span, time.earliest, time.latest) else UNKNOWN
    bounds = [
        (earliest, latest)
        for (term, party), several in breaches.items()
        if term in trigger.terms and trigger.party in (None, party)
        for earliest, latest in several
        if _inside(span, earliest, latest)
    ]
    starts = sorted(earliest for earliest, _ in bounds if earliest)
    ends = sorted(latest for _, latest in bounds if latest)
    n = trigger.at_least
    if len(ends) < n:
        return UNKNOWN
    return EventTime(starts[n - 1] if len(starts) >= n else None, ends[n - 1])


def _inside(span: Span | None, earliest: datetime | None, latest: datetime | None) -> bool:
    """Whether something surely happened within a span."""
    if span is None:
        return True
    start, end = span.start.latest, span.end.earliest
    begun = span.open_start or (start is not None and earliest is not None and earliest >= start)
    ended = not span.open_end and end is not None and latest is not None and latest >= end
    return begun and not ended


def _follow(
    builder: VerdictBuilder, times: EventTimes, n: int, step: Consequence, off: EventTime
) -> tuple[VerdictWord, str]:
    """What became of one consequence, and its state in words."""
    zone = builder.case.agreement.zone
    assert off.latest is not None
    within = EventTime(step.within.after(off.earliest or off.latest, zone), step.within.after(off.latest, zone))
    assert within.earliest is not None
    stop = times.time_of(step.unless) if step.unless else UNKNOWN
    name = step.effect or " or ".join(c.replace("_", " ") for c in (step.deed.act_codes if step.deed else ()))
    if stop.latest is not None and stop.latest <= within.earliest:
        builder.step("stopped", f"{name}: stopped in time, {time_words(builder, stop)}.", stop.uses)
        return "not_in_force", "stopped"
    if step.deed is None:
        return _effect(builder, name, within, stop)
    return _carried_out(builder, name, f"deed {n}", step.deed, off.latest, within)


def _effect(builder: VerdictBuilder, name: str, within: EventTime, stop: EventTime) -> tuple[VerdictWord, str]:
    """What became of a consequence that takes effect by itself."""
    assert within.latest is not None
    late = builder.date(within.latest)
    if not builder.case.passed(within.latest):
        builder.step("running", f"{name}: takes effect by itself on {late}, unless it is stopped.")
        return "not_due", "running"
    if stop.earliest is not None and not stop.claimed and stop.earliest <= within.latest:
        builder.step("not_settled", f"{name}: it is not settled whether it was stopped before {late}.")
        return "undetermined", "not settled"
    builder.step("in_effect", f"{name}: took effect by itself on {late}.")
    return "complied", f"in effect since {late}"


def _carried_out(
    builder: VerdictBuilder, name: str, role: str, deed: Pattern, since: datetime, within: EventTime
) -> tuple[VerdictWord, str]:
    """What became of a guarantor's deed."""
    case, reading, term, party = builder.case, builder.reading, builder.term.id, builder.party
    assert within.latest is not None
    early, late = within.earliest, within.latest
    rows = case.happened(reading, term, role, party).filter(pl.col("end") >= since)
    builder.confirmed += ids(rows, "confirmed")
    builder.alleged += ids(rows, "alleged")
    in_time = rows.filter((pl.col("status") == "confirmed") & (pl.col("end") <= early))
    if in_time.height:
        builder.step("done", f"{name}: shown done in time.", ids(in_time, "confirmed"))
        return "complied", "done"
    if not case.passed(late):
        builder.step("running", f"{name}: to be done by {builder.date(late)}.")
        return "not_due", "running"
    coverage = case.coverage_of(deed, Interval(since, late))
    builder.keep_least(coverage)
    before = rows.filter(pl.col("start") < late)
    alleged = case.unanswered(ids(before, "alleged"), coverage)
    possible = before.filter(pl.col("status") != "alleged").height or alleged
    refuted = case.not_done(reading, term, role, party).filter(pl.col("start") >= late)
    if not possible and (refuted.height or case.enough(coverage)):
        builder.step("not_done", f"{name}: not done by {builder.date(late)}, and that would have been seen.")
        return "breached", "lapsed"
    builder.step("not_shown", f"{name}: neither shown done in time nor shown undone.")
    return "undetermined", "not shown"
