"""Guarantees: what sets them off, which clocks then run, what stops or voids them.

Only what is confirmed sets a guarantee off; claims alone never do. A guarantee sleeps (``not_in_force``) until it is set
off; then each consequence has its time: a guarantor's deed is a duty like others; an effect comes about by itself when the
time has run out, unless the event that stops it (a resolution that continues relief, say) is shown to have come before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from servanda.agreement.kinds import Consequence, Guarantee, Trigger
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, ids, moment_words, not_binding
from servanda.verdicts.event_times import UNKNOWN, EventTime, EventTimes, Span
from servanda.verdicts.model import VerdictWord

Breaches = Mapping[tuple[str, str | None], tuple[tuple[datetime | None, datetime | None], ...]]
"""By term (without its version) and party: between which instants each breach came about."""
_WORST: tuple[VerdictWord, ...] = ("breached", "undetermined", "not_due", "complied", "not_in_force")


def guaranteed(answer: VerdictBuilder, moments: EventTimes, breaches: Breaches) -> VerdictBuilder:
    """What a guarantee asks of one guarantor; of nobody (``party`` ``None``), where things take effect by themselves."""
    kind, facts = answer.term.kind, answer.facts
    assert isinstance(kind, Guarantee)
    span = moments.span(answer.term)
    early = not_binding(answer, span, duty=False)
    if early is not None:
        return early
    answer.step("in_force", f"{answer.binding()}.")
    off = set_off(kind.when, moments, breaches, span)
    if off.latest is None or not facts.passed(off.latest):
        maybe = off.earliest is not None
        answer.step(
            "dormant",
            "What would set it off is not confirmed."
            + (" It is said to have happened; that sets nothing off." if maybe else ""),
        )
        answer.measure = {"state": "dormant"}
        return answer.done("not_in_force", "the guarantee has not been set off")
    answer.step("set_off", f"It was set off: {moment_words(answer, off)}.", off.uses)
    unsure = False
    for trigger in kind.void_if:
        void = set_off(trigger, moments, breaches, None)
        unsure |= void.earliest is not None and not void.claimed and void.earliest <= off.latest
        if void.latest is not None and void.latest <= off.latest:
            answer.step("void", f"It had become void: {moment_words(answer, void)}.", void.uses)
            answer.measure = {"state": "void"}
            return answer.done("not_in_force", "the guarantee is void")
    answer.window = Interval(off.earliest, facts.as_of)
    words = []
    states = []
    for n, step in enumerate(kind.then):
        if step.by == answer.party:
            word, state = _follow(answer, moments, n, step, off)
            words.append(word)
            states.append(state)
    answer.measure = {"state": ", ".join(states)}
    worst = next(word for word in _WORST if word in words)
    if worst == "breached" and unsure:
        answer.step("void", "It is not settled whether it had become void before.")
        worst = "undetermined"
    if worst == "breached":
        answer.breaches = ((off.earliest, off.latest),)
    reasons = {
        "breached": "a consequence was not carried out in its time",
        "undetermined": "it cannot be told whether every consequence was carried out",
        "not_due": "the time for a consequence still runs",
        "complied": "every consequence was carried out, or took effect",
        "not_in_force": "every consequence was stopped before its time had run out",
    }
    return answer.done(worst, reasons[worst])


def set_off(trigger: Trigger, moments: EventTimes, breaches: Breaches, span: Span | None) -> EventTime:
    """When a trigger was met: an event, or the so-many-th confirmed breach; surely within ``span``, if given."""

    def inside(early: datetime | None, late: datetime | None) -> bool:
        if span is None:
            return True
        begun = span.open_start or (span.start.latest is not None and early is not None and early >= span.start.latest)
        ended = not span.open_end and span.end.earliest is not None and late is not None and late >= span.end.earliest
        return begun and not ended

    if trigger.event is not None:
        moment = moments.of(trigger.event)
        return moment if inside(moment.earliest, moment.latest) else UNKNOWN
    found = [
        times
        for (term, party), several in breaches.items()
        if term in trigger.terms and trigger.party in (None, party)
        for times in several
        if inside(*times)
    ]
    starts, ends = (sorted(t for t in some if t) for some in zip(*found, strict=True)) if found else ([], [])
    n = trigger.at_least
    if len(ends) < n:
        return UNKNOWN
    return EventTime(starts[n - 1] if len(starts) >= n else None, ends[n - 1])


def _follow(
    answer: VerdictBuilder, moments: EventTimes, n: int, step: Consequence, off: EventTime
) -> tuple[VerdictWord, str]:
    """What became of one consequence."""
    facts, zone = answer.facts, answer.facts.agreement.zone
    assert off.earliest is not None or off.latest is not None
    assert off.latest is not None
    early, late = step.within.after(off.earliest or off.latest, zone), step.within.after(off.latest, zone)
    stop = moments.of(step.unless) if step.unless else UNKNOWN
    what = step.effect or " or ".join(c.replace("_", " ") for c in (step.deed.act_codes if step.deed else ()))
    if stop.latest is not None and stop.latest <= early:
        answer.step("stopped", f"{what}: stopped in time, {moment_words(answer, stop)}.", stop.uses)
        return "not_in_force", "stopped"
    if step.deed is None:
        if not facts.passed(late):
            answer.step("running", f"{what}: takes effect by itself on {answer.date(late)}, unless it is stopped.")
            return "not_due", "running"
        if stop.earliest is not None and not stop.claimed and stop.earliest <= late:
            answer.step("not_settled", f"{what}: it is not settled whether it was stopped before {answer.date(late)}.")
            return "undetermined", "not settled"
        answer.step("in_effect", f"{what}: took effect by itself on {answer.date(late)}.")
        return "complied", f"in effect since {answer.date(late)}"
    rows = facts.happened(answer.reading, answer.term.id, f"deed {n}", answer.party)
    rows = rows.filter(pl.col("end") >= off.latest)
    sure = rows.filter((pl.col("status") == "confirmed") & (pl.col("end") <= early))
    answer.confirmed += ids(rows, "confirmed")
    answer.alleged += ids(rows, "alleged")
    if sure.height:
        answer.step("done", f"{what}: shown done in time.", ids(sure, "confirmed"))
        return "complied", "done"
    if not facts.passed(late):
        answer.step("running", f"{what}: to be done by {answer.date(late)}.")
        return "not_due", "running"
    seen = facts.seen(step.deed, Interval(off.latest, late))
    answer.seen = seen if answer.seen is None or seen.probability < answer.seen.probability else answer.seen
    before = rows.filter(pl.col("start") < late)
    possible = before.filter(pl.col("status") != "alleged").height or facts.unanswered(ids(before, "alleged"), seen)
    refuted = facts.not_done(answer.reading, answer.term.id, f"deed {n}", answer.party).filter(pl.col("start") >= late)
    if not possible and (refuted.height or facts.enough(seen)):
        answer.step("not_done", f"{what}: not done by {answer.date(late)}, and that would have been seen.")
        return "breached", "lapsed"
    answer.step("not_shown", f"{what}: neither shown done in time nor shown undone.")
    return "undetermined", "not shown"
