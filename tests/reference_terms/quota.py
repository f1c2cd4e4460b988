"""Quotas, in loops."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any

from servanda.agreement import Term
from servanda.agreement.kinds import Quota
from servanda.values.time import Interval
from tests.reference_evaluator import Look
from tests.reference_terms import small
from tests.reference_terms.chances import shown, shown_short
from tests.reference_terms.duty import by
from tests.reference_terms.periods import periods_of, shortage, touches, within
from tests.reference_terms.plain import NOTHING, Breach, Occurrence, Plain, Row, counted_once, told_apart


def evaluate(plain: Plain, term: Term, kind: Quota, party: str | None) -> Row:
    (_, start, _), (end_early, end_late, _), _, open_end = plain.span(term)
    due = plain.when(term.deadline) if term.deadline else None
    settled = not plain.unsettled(term) and start is not None and (due is None or due[1] is not None)
    if kind.every and not settled:
        return "undetermined", 0, 0, 0, NOTHING
    if due is not None and (due[0] is None or not plain.passed(due[0])):
        return _while_it_runs(plain, term, kind, party, due[0])
    end = (due[1] or due[0] if due else end_late) or plain.as_of or term.window.end
    doubtful = None if due is not None or open_end else end_early
    if end is None:
        return "undetermined", 0, 0, 0, NOTHING
    since = term.window.start if kind.every else plain.first_bound(term)
    sure_from = start
    if kind.every is None:
        early, late, _ = plain.when(term.counts_from) if term.counts_from else (since, since, False)
        if late is None:
            return "undetermined", 0, 0, 0, NOTHING
        start, sure_from = (max(at for at in (since, one) if at) for one in (early, late))
    assert start is not None
    ceased = kind.every is None and plain.over_by(term, end)
    look = plain.look(term, kind.what, Interval(since, None), term.binds, "deed", party)
    rows = plain.happened(look, party)
    seen = plain.seen(look.pattern, Interval(start, end), party, undone=True)
    weighs = [o for o in rows if o.status != "alleged" or not plain.world.answered(o.found, seen)]
    periods = [p for p in periods_of(plain, start, end, kind.every) if p.end and plain.passed(p.end)]
    faint = small.most(small.faint(plain, look, party))
    met = missed = unknown = delivered = counted = 0
    once = counted_once([o for o in rows if o.status == "confirmed"], plain.unsure)
    asked, seen_by, together = [0] * len(periods), [], False
    degree: tuple[str, datetime | None] = ("none", None)

    def surely(o: Occurrence, period: Interval) -> bool:
        if due is None:
            return within(o, period)
        assert sure_from is not None
        assert due[0] is not None
        return sure_from <= o.start and o.end <= due[0]

    def perhaps(o: Occurrence, period: Interval) -> bool:
        if due is None:
            return touches(o, period)
        assert period.start is not None
        return (o.start >= period.start or o.end > period.start) and by(o, end)

    for n, period in enumerate(periods, 1):
        least = plain.agreement.mandate.threshold
        low = max(shown([(o.low, o.p) for o in some if surely(o, period)], least) for some in told_apart(once))
        high = sum(o.high for o in weighs if perhaps(o, period)) + faint
        delivered += low
        counted += min(low, kind.at_least)
        name = degree_of(counted, kind.at_least * n)
        if name != degree[0]:
            degree = name, period.end
        if low >= kind.at_least and not (party is None and len(term.binds) > 1):
            met += 1
            asked[n - 1] = max(0, kind.at_least - faint)
        elif ceased is not False or not settled:
            unknown += 1
        elif (
            high < kind.at_least
            and (doubtful is None or (period.end is not None and period.end <= doubtful))
            and _watched(plain, look, period, party)
            and _not_missed(plain, kind.at_least, high, _least(plain, look, period, party))
        ):
            plain.breaches.append(Breach(term.id, party, due[0] if due else period.end, period.end))
            missed += 1
        elif (
            due is not None
            and kind.every is None
            and _found_undone(plain, look, party, end, [o for o in rows if perhaps(o, period)])
        ):
            plain.breaches.append(Breach(term.id, party, due[0], end))
            missed += 1
        else:
            unknown += 1
            settled = doubtful is None or (period.end is not None and period.end <= doubtful)
            astride = any(touches(o, period) and sum(touches(o, p) for p in periods) > 1 for o in weighs)
            if high >= kind.at_least and settled and astride and _watched(plain, look, period, party):
                asked[n - 1] = max(0, kind.at_least - faint)
                seen_by.append(_least(plain, look, period, party))
    lacking = shortage(weighs, periods, asked) if seen_by else None
    if lacking is not None:
        many, lack, last = lacking
        if _not_missed(plain, kind.at_least * many, kind.at_least * many - lack, min(seen_by)):
            first = last
            while first and any(touches(o, periods[first]) and touches(o, periods[first - 1]) for o in weighs):
                first -= 1
            plain.breaches.append(Breach(term.id, party, periods[first].end, periods[last].end))
            together = True
    owed = kind.at_least * len(periods)
    measure: dict[str, Any] = {
        "delivered": delivered / 1000, "owed": owed / 1000, "rate": round(delivered / owed, 6) if owed else None,
        "periods": len(periods), "met": met, "missed": missed, "unknown": unknown,
    }  # fmt: skip
    if periods:
        measure |= {"degree": degree[0], "degree_since": plain.words(degree[1])}
    counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged")]
    word = (
        "breached"
        if missed or together
        else "not_due"
        if not periods or (ceased and not met)
        else "undetermined"
        if unknown
        else "complied"
    )
    return word, counts[0], counts[1], 0, measure


def _while_it_runs(plain: Plain, term: Term, kind: Quota, party: str | None, due: datetime | None) -> Row:
    """What is owed in all may have come already."""
    since = plain.first_bound(term)
    _, late, _ = plain.when(term.counts_from) if term.counts_from else (since, since, False)
    if kind.every is not None or late is None or (party is None and len(term.binds) > 1):
        return "not_due", 0, 0, 0, NOTHING
    first = max(at for at in (since, late) if at)
    rows = plain.happened(plain.look(term, kind.what, Interval(since, None), term.binds, "deed", party), party)
    once = counted_once([o for o in rows if o.status == "confirmed"], plain.unsure)
    came = [
        [(o.low, o.p) for o in some if o.start >= first and (due is None or o.end <= due)] for some in told_apart(once)
    ]
    low = max(shown(some, plain.agreement.mandate.threshold) for some in came)
    if low < kind.at_least:
        return "not_due", 0, 0, 0, NOTHING
    measure = {
        "delivered": low / 1000, "owed": kind.at_least / 1000, "rate": round(low / kind.at_least, 6),
        "periods": 1, "met": 1, "missed": 0, "unknown": 0,
    }  # fmt: skip
    return "complied", *[sum(o.status == s for o in rows) for s in ("confirmed", "alleged")], 0, measure


def _found_undone(plain: Plain, look: Look, party: str | None, end: datetime, rows: list[Any]) -> bool:
    """Whether nothing may have come in time but by what is alleged, and an observer found it undone afterwards."""
    if any(o.status != "alleged" for o in rows):
        return False
    return any(r["start"] >= end for r in plain.refuted(look, party))


def _watched(plain: Plain, look: Look, period: Interval, party: str | None) -> bool:
    return plain.seen(look.pattern, period, party, undone=True).enough()


def _least(plain: Plain, look: Look, period: Interval, party: str | None) -> float:
    return plain.seen(look.pattern, period, party, undone=True).least_watched(period.start, period.end)


def _not_missed(plain: Plain, owed: int, came: int, p: float) -> bool:
    """Whether misses do not explain what is lacking: neither of one load nor unit by unit."""
    wanted, units = plain.agreement.mandate.threshold, max(1, ceil(Fraction(owed, 1000)))
    seen = min(units - 1, ceil(Fraction(came * units, owed)))
    return shown_short(1, 0, p, wanted) and shown_short(units, seen, p, wanted)


def degree_of(came: int, owed: int) -> str:
    if came == 0:
        return "none"
    if came >= owed:
        return "complete"
    return "intermediate" if 2 * came >= owed else "minimal"
