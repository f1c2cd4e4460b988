"""Limits, in loops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from servanda.agreement import Term
from servanda.agreement.kinds import Limit
from servanda.values.time import Interval
from tests.reference_terms import small
from tests.reference_terms.chances import at_least, common, independent, shown
from tests.reference_terms.periods import periods_of, touches, within
from tests.reference_terms.plain import Breach, Occurrence, Plain, Row


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
    seen = plain.seen(look.pattern, plain.widest(term), party)
    sure = [o for o in rows if o.status == "confirmed"]
    with_excused = [o for o in rows if o.status in ("confirmed", "excused")]
    loose = [
        o
        for o in rows
        if o.status in ("open", "alleged") and not (o.found.answerable and plain.world.answered(o.found, seen))
    ]
    start = plain.span(term)[0][1]
    if kind.per is None:
        least, granted = at_once(plain, sure), at_once(plain, with_excused)
        most = max((sum(x.high for x in sure + loose if x.start <= o.start <= x.end) for o in sure + loose), default=0)
    elif start is None or not rows:
        least, granted, most = 0, 0, sum(o.high for o in sure + loose)
    else:
        last = kind.per.after(max(o.end for o in rows), plain.zone)
        periods = periods_of(plain, start, last, kind.per)
        least, granted = in_one(plain, sure, periods), in_one(plain, with_excused, periods)
        most = max((sum(o.high for o in sure + loose if touches(o, p)) for p in periods), default=0)
    most += small.most(small.faint(plain, look, party))
    told = [o.found for o in rows if o.status in ("open", "alleged") and o not in loose]
    measure = {"least": least / 1000, "most": most / 1000, "cap": kind.to / 1000}
    counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged", "excused")]
    word = "undetermined"
    if plain.unsettled(term):
        pass
    elif least > kind.to:
        word = "breached"
        if kind.per is None:
            for w in {(o.start, o.end) for o in sure}:
                _note(plain, term, party, w, [o for o in sure if (o.start, o.end) == w], kind.to)
        else:
            last = kind.per.after(max(o.end for o in sure), plain.zone)
            for p in periods_of(plain, start, last, kind.per):  # type: ignore[arg-type]
                _note(plain, term, party, (p.start, p.end), [o for o in sure if within(o, p)], kind.to)
    elif kind.to == 0 and small.adds_up(plain, look, party, told, seen):
        pass
    elif most <= kind.to and plain.nothing_in_the_way(seen, term, party):
        word = "excused" if granted > kind.to else "complied"
    return word, counts[0], counts[1], counts[2], measure


def together(plain: Plain, rows: list[Occurrence]) -> int:
    """How much of these is shown."""
    return shown([(o.low, o.p) for o in rows], plain.agreement.mandate.threshold)


def at_once(plain: Plain, rows: list[Occurrence]) -> int:
    counts = {(o.start, o.end) for o in rows}
    return max((together(plain, [o for o in rows if (o.start, o.end) == w]) for w in counts), default=0)


def in_one(plain: Plain, rows: list[Occurrence], periods: list[Interval]) -> int:
    return max((together(plain, [o for o in rows if within(o, p)]) for p in periods), default=0)


def _note(plain: Plain, term: Term, party: str | None, when: Any, rows: list[Occurrence], cap: int) -> None:
    """A breach, where more than the cap is shown: as certain as the less certain of the two ends."""
    if together(plain, rows) > cap:
        parts = [(o.low, o.p) for o in rows]
        p = min(at_least(independent(parts), cap + 1), at_least(common(parts), cap + 1))
        plain.breaches.append(Breach(term.id, party, *when, round(p * 1_000_000)))
