"""Quotas, in loops."""

from __future__ import annotations

from servanda.agreement import Term
from servanda.agreement.kinds import Quota
from servanda.values.time import Interval
from tests.reference_terms.periods import periods_of, touches, within
from tests.reference_terms.plain import NOTHING, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Quota, party: str | None) -> Row:
    (_, start, _), (end_early, end_late, _), _, open_end = plain.span(term)
    due = plain.when(term.deadline) if term.deadline else None
    if plain.unsettled(term) or start is None:
        return "undetermined", 0, 0, 0, NOTHING
    if due is not None and (due[0] is None or not plain.passed(due[0])):
        return "not_due", 0, 0, 0, NOTHING
    if due is not None and due[1] is None:
        return "undetermined", 0, 0, 0, NOTHING
    end = (due[1] if due else end_late) or plain.as_of or term.window.end
    doubtful = None if due is not None or open_end else end_early
    if end is None:
        return "undetermined", 0, 0, 0, NOTHING
    look = plain.look(term, kind.what, Interval(term.window.start, None), term.binds, "deed", party)
    rows = plain.happened(look, party)
    seen = plain.seen(look.pattern, Interval(start, end))
    weighs = [o for o in rows if o.status != "alleged" or not plain.world.answered(o.found, seen)]
    periods = [p for p in periods_of(plain, start, end, kind.every) if p.end and plain.passed(p.end)]
    met = missed = unknown = delivered = 0
    for period in periods:
        low = sum(o.low for o in rows if o.status == "confirmed" and within(o, period))
        high = sum(o.high for o in weighs if touches(o, period))
        delivered += low
        if low >= kind.at_least and not (party is None and len(term.binds) > 1):
            met += 1
        elif (
            high < kind.at_least
            and (doubtful is None or (period.end is not None and period.end <= doubtful))
            and plain.enough(plain.seen(look.pattern, period))
        ):
            plain.breaches.append((term.id, party, period.end, period.end))
            missed += 1
        else:
            unknown += 1
    owed = kind.at_least * len(periods)
    measure = {
        "delivered": delivered / 1000, "owed": owed / 1000, "rate": round(delivered / owed, 6) if owed else None,
        "periods": len(periods), "met": met, "missed": missed, "unknown": unknown,
    }  # fmt: skip
    counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged")]
    word = "breached" if missed else "not_due" if not periods else "undetermined" if unknown else "complied"
    return word, counts[0], counts[1], 0, measure
