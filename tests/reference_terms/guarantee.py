"""Guarantees, in loops."""

from __future__ import annotations

from datetime import datetime

from servanda.agreement import Term
from servanda.agreement.kinds import Guarantee, Trigger
from servanda.values.time import Interval
from tests.reference_terms.plain import NOTHING, EventTime, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Guarantee, party: str | None) -> Row:
    (early, _, _), _, open_start, _ = plain.span(term)
    window = term.window
    if window.is_empty or (window.start and not plain.passed(window.start)):
        return "not_in_force", 0, 0, 0, NOTHING
    if not open_start and (early is None or not plain.passed(early)):
        return "not_in_force", 0, 0, 0, NOTHING
    off_early, off, _ = set_off(plain, kind.when, term)
    if off is None or not plain.passed(off):
        return "not_in_force", 0, 0, 0, {"state": "dormant"}
    unsure = False
    for trigger in kind.void_if:
        maybe, void, claimed = set_off(plain, trigger, None)
        unsure |= maybe is not None and not claimed and maybe <= off
        if void is not None and void <= off:
            return "not_in_force", 0, 0, 0, {"state": "void"}
    words, states, counts = [], [], [0, 0]
    for step in kind.then:
        if step.by != party:
            continue
        first, last = step.within.after(off_early or off, plain.zone), step.within.after(off, plain.zone)
        stop = plain.moment(step.unless) if step.unless else (None, None, False)
        if stop[1] is not None and stop[1] <= first:
            words.append("not_in_force")
            states.append("stopped")
        elif step.deed is None:
            if not plain.passed(last):
                words.append("not_due")
                states.append("running")
            elif stop[0] is not None and not stop[2] and stop[0] <= last:
                words.append("undetermined")
                states.append("not settled")
            else:
                words.append("complied")
                states.append(f"in effect since {last.astimezone(plain.zone).isoformat()}")
        else:
            look = plain.look(term, step.deed, Interval(window.start, None), (party or "",), "deed", party)
            rows = [o for o in plain.happened(look, party) if o.end >= off]
            counts[0] += sum(o.status == "confirmed" for o in rows)
            counts[1] += sum(o.status == "alleged" for o in rows)
            seen = plain.seen(look.pattern, Interval(off, last))
            before = [o for o in rows if o.start < last]
            maybe = any(o.status != "alleged" or not plain.world.answered(o.found, seen) for o in before)
            refuted = any(r["start"] >= last for r in plain.refuted(look, party))
            if any(o.status == "confirmed" and o.end <= first for o in rows):
                words.append("complied")
                states.append("done")
            elif not plain.passed(last):
                words.append("not_due")
                states.append("running")
            elif not maybe and (refuted or plain.enough(seen)):
                words.append("breached")
                states.append("lapsed")
            else:
                words.append("undetermined")
                states.append("not shown")
    order = ("breached", "undetermined", "not_due", "complied", "not_in_force")
    word = next(w for w in order if w in words)
    word = "undetermined" if word == "breached" and unsure else word
    return word, counts[0], counts[1], 0, {"state": ", ".join(states)}


def set_off(plain: Plain, trigger: Trigger, term: Term | None) -> EventTime:
    """When a trigger was met, surely within the time of the guarantee."""

    def inside(early: datetime | None, late: datetime | None) -> bool:
        if term is None:
            return True
        (_, start, _), (end, _, _), open_start, open_end = plain.span(term)
        begun = open_start or (start is not None and early is not None and early >= start)
        return begun and not (not open_end and end is not None and late is not None and late >= end)

    if trigger.event is not None:
        moment = plain.moment(trigger.event)
        return moment if inside(moment[0], moment[1]) else (None, None, False)
    found = [
        (early, late)
        for name, party, early, late in plain.breaches
        if name.split("@")[0] in trigger.terms and trigger.party in (None, party) and inside(early, late)
    ]
    starts, ends = sorted(e for e, _ in found if e), sorted(e for _, e in found if e)
    n = trigger.at_least
    if len(ends) < n:
        return None, None, False
    return starts[n - 1] if len(starts) >= n else None, ends[n - 1], False
