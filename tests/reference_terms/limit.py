"""Limits, in loops."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from servanda.agreement import Term
from servanda.agreement.kinds import Limit
from servanda.values.time import Interval
from tests.reference_terms.periods import periods_of, touches, within
from tests.reference_terms.plain import Occurrence, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Limit, party: str | None) -> Row:
    look = plain.look(term, kind.what, term.window, term.binds, "act", party)
    rows = []
    for o in plain.happened(look, party):
        where = plain.sort_by_span(term, o.start, o.end)
        if where == "not":
            continue
        if where == "possibly" and o.status in ("confirmed", "excused"):
            rows.append(replace(o, found=replace(o.found, status="open")))
        else:
            rows.append(o)
    seen = plain.seen(look.pattern, plain.widest(term))
    sure = [o for o in rows if o.status == "confirmed"]
    with_excused = [o for o in rows if o.status in ("confirmed", "excused")]
    loose = [
        o for o in rows if o.status == "open" or (o.status == "alleged" and not plain.world.answered(o.found, seen))
    ]
    start = plain.span(term)[0][1]
    if kind.per is None:
        least, granted = at_once(sure, "low"), at_once(with_excused, "low")
        most = max((sum(x.high for x in sure + loose if x.start <= o.start <= x.end) for o in sure + loose), default=0)
    elif start is None or not rows:
        least, granted, most = 0, 0, sum(o.high for o in sure + loose)
    else:
        last = kind.per.after(max(o.end for o in rows), plain.zone)
        periods = periods_of(plain, start, last, kind.per)
        least, granted = in_one(sure, periods), in_one(with_excused, periods)
        most = max((sum(o.high for o in sure + loose if touches(o, p)) for p in periods), default=0)
    measure = {"least": least / 1000, "most": most / 1000, "cap": kind.to / 1000}
    counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged", "excused")]
    word = "undetermined"
    if plain.unsettled(term):
        pass
    elif least > kind.to:
        word = "breached"
        if kind.per is None:
            several = {(o.start, o.end) for o in sure}
            passed = [w for w in several if sum(o.low for o in sure if (o.start, o.end) == w) > kind.to]
            plain.breaches += [(term.id, party, *w) for w in passed]
        else:
            last = kind.per.after(max(o.end for o in sure), plain.zone)
            for p in periods_of(plain, start, last, kind.per):  # type: ignore[arg-type]
                if sum(o.low for o in sure if within(o, p)) > kind.to:
                    plain.breaches.append((term.id, party, p.start, p.end))
    elif granted > kind.to:
        word = "excused"
    elif plain.enough(seen) and most <= kind.to:
        word = "complied"
    return word, counts[0], counts[1], counts[2], measure


def at_once(rows: list[Occurrence], column: str) -> int:
    counts: dict[tuple[datetime, datetime], int] = {}
    for o in rows:
        counts[(o.start, o.end)] = counts.get((o.start, o.end), 0) + getattr(o, column)
    return max(counts.values(), default=0)


def in_one(rows: list[Occurrence], periods: list[Interval]) -> int:
    return max((sum(o.low for o in rows if within(o, p)) for p in periods), default=0)
