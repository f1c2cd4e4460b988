"""Guarantees: what sets them off, which clocks then run, what stops or ends them.

Only what is shown sets a guarantee off; claims alone never do. A guarantee is dormant (``not_in_force``) until then; after that each
consequence has its time. A guarantor's deed is a duty like others. Of an effect it is said that its condition is met, once its
time has run out and the event that stops it (a resolution that continues relief, say) has not come: whether it follows in law,
and whether anybody acts on it, no observation can tell, so that its verdict is ``undetermined``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from servanda.agreement import Agreement, Pattern, Term
from servanda.agreement.kinds import Consequence, Guarantee, Trigger
from servanda.incidents.doubts import Doubts
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.breaches import Breach, Counted, counted_apart, perhaps_within, when_shown
from servanda.verdicts.builder import (
    CEASED,
    PERHAPS_CEASED,
    VerdictBuilder,
    ids,
    in_force_step,
    not_binding,
    time_words,
)
from servanda.verdicts.chances.small import ends_words
from servanda.verdicts.chances.sums import chances_of
from servanda.verdicts.event_times import UNKNOWN, EventTime, EventTimes, Span
from servanda.verdicts.model import Verdict, VerdictWord
from servanda.verdicts.undone import shown_undone
from servanda.wording import plural

_REASONS: dict[VerdictWord, str] = {
    "breached": "a consequence was not carried out in its time",
    "undetermined": "it cannot be told whether every consequence followed",
    "not_due": "the time for a consequence still runs",
    "complied": "every consequence was carried out",
    "not_in_force": "every consequence was stopped before its time had run out",
}
"""The worst first: it is the verdict of the guarantee."""
_CEASED = {"ceased": CEASED, "unsettled": PERHAPS_CEASED}
"""States of a consequence whose time had not run out, or perhaps not, when the guarantee ceased to bind."""


def owners(agreement: Agreement, term: Term) -> list[str | None]:
    """Who must carry out the consequences; ``None`` where something is to take effect."""
    assert isinstance(term.kind, Guarantee)
    return list(dict.fromkeys(step.by for step in term.kind.then))


def brought_nearer(agreement: Agreement, verdicts: Iterable[Verdict], verdict: Verdict) -> list[tuple[bool, str]]:
    """The guarantees whose condition one more confirmed breach brings nearer.

    Args:
        agreement: what was agreed.
        verdicts: all verdicts of the run.
        verdict: of the term and party whose breach it would be.

    Returns:
        For each whether its condition is then met, and that in words.
    """
    out = []
    terms = [t for text in agreement.texts if text.reading == verdict.reading for t in text.terms]
    for term in terms:
        if not term.kind.guards:
            continue
        assert isinstance(term.kind, Guarantee)
        when = term.kind.when
        if verdict.term not in when.terms or when.party not in (None, verdict.party):
            continue
        others = [v for v in verdicts if v.term in when.terms and v.reading == verdict.reading]
        shown = sum(v.confirmed for v in others if when.party in (None, v.party))
        if shown < when.at_least:
            met = shown + 1 >= when.at_least
            count = f"{shown + 1} of {when.at_least} breaches"
            out.append((met, f"{term.title}: {'its condition is met' if met else count}, if confirmed"))
    return out


def conclude(builder: VerdictBuilder, times: EventTimes) -> VerdictBuilder:
    """Whether a guarantee was set off, and whether its consequences followed."""
    kind, case = builder.term.kind, builder.case
    assert isinstance(kind, Guarantee)
    span = times.span(builder.term)
    early = not_binding(builder, span, duty=False)
    if early is not None:
        return early
    in_force_step(builder, span)
    counting = times.span(
        replace(builder.term, window=Interval(_counts_since(builder, times, builder.term), builder.term.window.end))
    )
    _how_many_step(builder, kind.when, counting)
    off = _set_off(builder, times, kind.when, builder.term)
    if off.latest is None and off.earliest is not None and kind.when.within is not None:
        builder.step(
            "not_settled", f"So many breaches are shown, and may have come about within {kind.when.within}.", off.uses
        )
        builder.measure = {"state": "not settled"}
        return builder.finish("undetermined", "it is not settled whether its condition is met")
    if off.latest is None or not case.passed(off.latest):
        claimed = " It is said to have happened; that sets nothing off." if off.earliest is not None else ""
        builder.step(
            "dormant", f"What would set it off is not shown.{_count_words(builder, kind.when, counting)}{claimed}"
        )
        builder.measure = {"state": "dormant"}
        return builder.finish("not_in_force", "the guarantee has not been set off")
    builder.step("set_off", f"The condition that sets it off is met: {time_words(builder, off)}.", off.uses)
    perhaps_ended = False
    for trigger in kind.void_if:
        ended = _set_off(builder, times, trigger, None)
        perhaps_ended |= ended.earliest is not None and not ended.claimed and ended.earliest <= off.latest
        if ended.latest is not None and ended.latest <= off.latest:
            builder.step(
                "ended", f"The condition for its end was met before: {time_words(builder, ended)}.", ended.uses
            )
            builder.measure = {"state": "condition for its end met"}
            return builder.finish("not_in_force", "the condition for its end was met before it was set off")
    builder.window = Interval(off.earliest, case.as_of)
    own = [(n, step) for n, step in enumerate(kind.then) if step.by == builder.party]
    followed = [_follow(builder, times, times.owed(builder.term), n, step, off) for n, step in own]
    builder.measure = {"state": ", ".join(state for _, state in followed)}
    worst, reason = _worst(followed)
    if worst == "breached" and perhaps_ended:
        builder.step("ended", "It is not settled whether the condition for its end was met before.")
        worst, reason = "undetermined", _REASONS["undetermined"]
    if worst == "breached":
        builder.breaches = (Breach(off.earliest, off.latest),)
    if worst == "undetermined" and builder.party is None and reason == _REASONS[worst]:
        reason = "its condition is met; whether what is to take effect follows, no observation can tell"
        if any(state == "not settled" for _, state in followed):
            reason = "it is not settled whether its condition is met"
    return builder.finish(worst, reason)


def _worst(followed: Sequence[tuple[VerdictWord, str]]) -> tuple[VerdictWord, str]:
    """The verdict of a guarantee by what became of its consequences, and why."""
    words = {word for word, _ in followed}
    worst = next(word for word in _REASONS if word in words)
    why = {_CEASED.get(state, _REASONS[worst]) for word, state in followed if word == worst}
    return worst, why.pop() if len(why) == 1 else _REASONS[worst]


def _counts_since(builder: VerdictBuilder, times: EventTimes, term: Term) -> datetime | None:
    """Since when breaches count for a version of a guarantee: since the version before it began to count, where that counted the same and they did not set it off."""
    start = term.window.start
    versions = (other for other in times.text.terms if other.clause == term.clause)
    before = next((other for other in versions if start is not None and other.window.end == start), None)
    if before is None or _what_counts(before) is None or _what_counts(before) != _what_counts(term):
        return start
    assert isinstance(before.kind, Guarantee)
    never = _set_off(builder, times, before.kind.when, before).earliest is None
    return _counts_since(builder, times, before) if never else start


def _what_counts(term: Term) -> object:
    """Which breaches a guarantee counts; ``None`` where it counts none."""
    when = term.kind.when if isinstance(term.kind, Guarantee) else Trigger()
    return (when.terms, when.party, when.severities) if when.terms else None


def _set_off(builder: VerdictBuilder, times: EventTimes, trigger: Trigger, term: Term | None) -> EventTime:
    """When a trigger was met: an event, or so many breaches shown; surely in the time of a version of a guarantee (``term``), if given.

    Breaches under earlier versions count, and the last of them is one of that time.
    """
    span = None if term is None else times.span(term)
    if trigger.event is not None:
        time = times.time_of(trigger.event)
        return time if _inside(span, time.earliest, time.latest) else UNKNOWN
    zone, since = builder.case.agreement.zone, None
    if term is not None and (counts := _counts_since(builder, times, term)) != term.window.start:
        since = term.window.start
        span = times.span(replace(term, window=Interval(counts, term.window.end)))
    counted, asked = _counted(builder, trigger, span), (trigger.at_least, builder.certainty)
    shown = when_shown(counted, *asked, trigger.within, zone, since)
    if shown is None and trigger.within is not None:
        perhaps = perhaps_within(counted, *asked, trigger.within, zone, since)
        return UNKNOWN if perhaps is None else EventTime(perhaps[0], None, perhaps[1])
    return UNKNOWN if shown is None else EventTime(*shown)


def _counted(
    builder: VerdictBuilder, trigger: Trigger, span: Span | None, doubts: Doubts | None = None
) -> list[Counted]:
    """The breaches that count for a trigger, surely within ``span``, if given; each one once, however it is numbered, and what may be one, too."""
    doubts = builder.case.doubts if doubts is None else doubts
    case = builder.case
    by_party: dict[str | None, list[tuple[str, Breach]]] = {}
    for (term, party), several in builder.earlier_breaches.items():
        if term not in trigger.terms or trigger.party not in (None, party):
            continue
        for breach in several:
            grave = not trigger.severity or case.severity.get(breach.incident or "") in trigger.severities
            if grave and _inside(span, breach.earliest, breach.latest):
                by_party.setdefault(party, []).append((term, breach))
    zone = case.agreement.zone
    counted = [c for rows in by_party.values() for c in counted_apart(rows, trigger.apart, zone, doubts)]
    return sorted(counted, key=lambda c: (c.latest, c.earliest, c.incidents))


def _how_many_step(builder: VerdictBuilder, trigger: Trigger, span: Span | None) -> None:
    """Says how many breaches there may be where fusion is unsure which incidents are one."""
    if trigger.event is not None or not builder.case.doubts.pairs.height:
        return
    least, most = _counted(builder, trigger, span), _counted(builder, trigger, span, Doubts())
    if len(least) < len(most):
        names = sorted({incident for c in most for incident in c.incidents})
        builder.step(
            "how_many",
            f"Between {len(least)} and {len(most)} breaches are shown, as reports of several of them may be of one event: {len(least)} count.",
            names,
        )


def _count_words(builder: VerdictBuilder, trigger: Trigger, span: Span) -> str:
    """How many breaches were counted, and how likely so many are as are asked for, where they are too few or too uncertain."""
    counted = [] if trigger.event is not None else _counted(builder, trigger, span)
    if not counted:
        return ""
    said = f" {plural(len(counted), 'breach is', 'breaches are')} counted, and {trigger.at_least} asked for"
    if len(counted) < trigger.at_least:
        return f"{said}."
    if trigger.within is not None:
        return f"{said}, shown to have come about within {trigger.within}."
    ends = ends_words(*chances_of([(1, c.certainty) for c in counted], trigger.at_least))
    return f"{said}: that there were so many is {ends}."


def _inside(span: Span | None, earliest: datetime | None, latest: datetime | None) -> bool:
    """Whether something surely happened within a span."""
    if span is None:
        return True
    start, end = span.start.latest, span.end.earliest
    begun = span.open_start or (start is not None and earliest is not None and earliest >= start)
    ended = not span.open_end and end is not None and latest is not None and latest >= end
    return begun and not ended


def _follow(
    builder: VerdictBuilder, times: EventTimes, span: Span, n: int, step: Consequence, off: EventTime
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
    assert within.latest is not None
    ceased = span.over_by(within.latest)
    if step.deed is None:
        return _effect(builder, name, within, stop, ceased)
    return _carried_out(builder, name, f"deed {n}", step.deed, off.latest, within, ceased)


def _effect(
    builder: VerdictBuilder, name: str, within: EventTime, stop: EventTime, ceased: bool | None
) -> tuple[VerdictWord, str]:
    """What can be said of a consequence that is to take effect: whether its condition is met, and since when."""
    assert within.latest is not None
    late = builder.date(within.latest)
    if ceased:
        return "not_due", "ceased"
    if not builder.case.passed(within.latest):
        builder.step("running", f"{name}: its time runs until {late}, unless it is stopped.")
        return "not_due", "running"
    if ceased is None:
        return "undetermined", "unsettled"
    if stop.earliest is not None and not stop.claimed and stop.earliest <= within.latest:
        builder.step("not_settled", f"{name}: it is not settled whether it was stopped before {late}.")
        return "undetermined", "not settled"
    builder.step("condition_met", f"{name}: condition met since {late}.")
    return "undetermined", f"condition met since {late}"


def _carried_out(
    builder: VerdictBuilder,
    name: str,
    role: str,
    deed: Pattern,
    since: datetime,
    within: EventTime,
    ceased: bool | None,
) -> tuple[VerdictWord, str]:
    """What became of a guarantor's deed."""
    case = builder.case
    assert within.latest is not None
    early, late = within.earliest, within.latest
    rows = case.happened(builder.reading, builder.term.id, role, builder.party).filter(pl.col("end") >= instant(since))
    builder.confirmed = (*builder.confirmed, *ids(rows, "confirmed"))
    builder.alleged = (*builder.alleged, *ids(rows, "alleged"))
    in_time = rows.filter((pl.col("status") == "confirmed") & (pl.col("end") <= instant(early)))
    if in_time.height:
        builder.step("done", f"{name}: shown done in time.", ids(in_time, "confirmed"))
        return "complied", "done"
    if ceased:
        return "not_due", "ceased"
    if not case.passed(late):
        builder.step("running", f"{name}: to be done by {builder.date(late)}.")
        return "not_due", "running"
    if ceased is None:
        return "undetermined", "unsettled"
    undone = shown_undone(builder, role, deed, Interval(since, late), rows)
    if undone:
        builder.step("not_done", f"{name}: not done by {builder.date(late)}: {undone.why}.", undone.uses)
        return "breached", "lapsed"
    builder.step("not_shown", f"{name}: neither shown done in time nor shown undone.")
    return "undetermined", "not shown"
