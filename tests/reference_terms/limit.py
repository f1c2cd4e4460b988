"""Limits, in loops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from servanda.agreement import Term
from servanda.agreement.kinds import Limit
from servanda.values.time import Interval
from servanda.values.weapons import CLASSES
from tests.reference_evaluator import Look, Report, first_hand, in_window, named
from tests.reference_terms import small
from tests.reference_terms.chances import at_least, common, independent, shown
from tests.reference_terms.periods import inside, periods_of, stretches, touches, within
from tests.reference_terms.plain import Breach, Occurrence, Plain, Row, counted_once, metres_apart, told_apart


def evaluate(plain: Plain, term: Term, kind: Limit, party: str | None) -> Row:
    look = plain.look(term, kind.what, term.window, term.binds, "act", party)
    rows = []
    for o in plain.happened(look, party):
        where = plain.sort_by_span(term, o)
        if where == "not":
            continue
        if where == "possibly" and o.status in ("confirmed", "excused"):
            rows.append(replace(o, found=replace(o.found, status="open")))
        else:
            rows.append(o)
    seen = plain.seen(look.pattern, plain.widest(term), party)
    every = [o for o in rows if o.status == "confirmed"]
    sure = counted_once(every, plain.unsure)
    with_excused = counted_once([o for o in rows if o.status in ("confirmed", "excused")], plain.unsure)
    loose = [
        o
        for o in rows
        if o.status in ("open", "alleged") and not (o.found.answerable and plain.world.answered(o.found, seen))
    ]
    start = plain.span(term)[0][1]
    if kind.per is None:
        least, granted = at_once(plain, sure), at_once(plain, with_excused)
        none = counts_of_none(plain, look, party)
        earlier = counted_before(plain, term, kind, party, {o.key for o in rows})
        if earlier is not None:
            sooner, look_before = earlier
            none += counts_of_none(plain, look_before, party)
        else:
            sooner = []
        all_ = sooner + every + loose
        gone = {o.key: still_there(plain, o, all_, none, kind.holds) for o in all_}
        begins = term.window.start
        all_ = [o for o in all_ if begins is None or gone[o.key] >= begins]
        there = [(o, [x for x in all_ if x.start <= o.start <= gone[x.key]]) for o in all_]
        most = max((sum(x.high for x in some) for _, some in there), default=0)
    elif start is None or not rows:
        least, granted, most = 0, 0, sum(o.high for o in every + loose)
    else:
        last = kind.per.after(max(o.end for o in rows), plain.zone)
        periods = periods_of(plain, start, last, kind.per)
        sure = max(told_apart(sure), key=lambda some: in_one(plain, some, periods))
        least = in_one(plain, sure, periods)
        granted = max(in_one(plain, some, periods) for some in told_apart(with_excused))
        most = max((sum(o.high for o in every + loose if touches(o, p)) for p in periods), default=0)
    most += small.most(small.faint(plain, look, party))
    told = [o.found for o in rows if o.status in ("open", "alleged") and o not in loose]
    known = most / 1000 if most < 10**13 else None
    measure = {"least": least / 1000, "most": known, "cap": kind.to / 1000}
    counts = [sum(o.status == s for o in rows) for s in ("confirmed", "alleged", "excused")]
    word = "undetermined"
    cap = kind.to * (len(term.binds) if party is None else 1)  # where none is named, what all of them may have had
    if plain.unsettled(term):
        pass
    elif least > cap:
        word = "breached"
        if kind.per is None:
            for w in {(o.start, o.end) for o in sure}:
                _note(plain, term, party, w, [o for o in sure if (o.start, o.end) == w], cap)
        else:
            for these in beyond(plain, sure, periods, cap):
                when = these[0].start, these[-1].end
                _note(plain, term, party, when, [o for o in sure if inside(o, these)], cap * len(these))
    elif kind.to == 0 and small.adds_up(plain, look, party, told, seen):
        pass
    elif most <= kind.to and plain.nothing_in_the_way(seen, term, party):
        word = "excused" if granted > cap else "complied"
    return word, counts[0], counts[1], counts[2], measure


def before_it_bound(plain: Plain, term: Term) -> Interval | None:
    """When what was counted may still be there once a term binds: so long before, or under an earlier version of the clause."""
    start, kind = term.window.start, term.kind
    if start is None or term.moves or not isinstance(kind, Limit):
        return None
    if kind.holds is not None:
        days = {"days": 1, "weeks": 7, "months": 31, "years": 366}.get(kind.holds.unit)
        if days:
            return Interval(start - timedelta(days=kind.holds.amount * days, hours=2), start)
        return Interval(start - timedelta(**{kind.holds.unit: kind.holds.amount}), start)
    name = term.id.split("@")[0]
    since = min(t.window.start for t in plain.text.terms if t.id.split("@")[0] == name and t.window.start is not None)
    return Interval(since, start) if since < start else None


def counted_before(plain: Plain, term: Term, kind: Limit, party: str | None, known: set[Any]) -> Any:
    """What was counted then, and how it is looked for."""
    window = before_it_bound(plain, term)
    if window is None:
        return None
    look = plain.look(term, kind.what, window, term.binds, "act", party)
    found = [o for o in plain.happened(look, party) if o.status in ("confirmed", "open") and o.key not in known]
    return found, look


def still_there(plain: Plain, o: Occurrence, rows: list[Occurrence], none: list[Report], holds: Any) -> datetime:
    """Until when it may be there: a confirmed count of the same place, or one of none, ends it that begins more than an hour later."""
    until = datetime(9999, 1, 1, tzinfo=UTC) if holds is None else holds.after(o.end, plain.zone)
    later = [
        (x.start, x.box, x.radius) for x in rows if x.counted and x.status == "confirmed" and x.found.by != "admission"
    ]
    for r in none:
        at = None if r["lat"] is None else (r["lat"], r["lon"], r["lat"], r["lon"])
        later.append((r["start"], at, r["precision_m"] or 0.0))
    for start, box, radius in later:
        known = max(o.radius, 1000)
        same = o.box is box or (o.box and box and metres_apart(o.box, box) < known + 1e-6 and radius <= known)
        if same and start > o.end + timedelta(hours=1):
            until = min(until, start - timedelta(microseconds=1))
    return max(until, o.end)


def counts_of_none(plain: Plain, look: Look, party: str | None) -> list[Report]:
    """Observers who counted none of all that is looked for, where one observer confirms."""
    mandate, acts = plain.agreement.mandate, plain.agreement.vocabulary.acts.parent
    if look.of_some or not mandate.by_observation or mandate.rule.observers > 1 or mandate.rule.trace:
        return []

    def lies_under(code: str | None, above: str, parent: Mapping[str, str | None]) -> bool:
        return code is not None and (code == above or lies_under(parent.get(code), above, parent))

    found = []
    for r in (r for mine in plain.world.incidents.values() for r in mine):
        told = r["quantity"] == 0 and r["stance"] in ("asserts", "confirms") and first_hand(plain.agreement, r)
        narrower = any(r[c] is not None for c in ("target", "nationality", "command", "payroll"))
        if r["weapon"] is not None:  # these tests name no target of a cap
            wanted = look.pattern.weapon.names if look.pattern.weapon else ("",)
            narrower |= not all(lies_under(name, r["weapon"], CLASSES) for name in wanted)
        every = r["act"] is not None and all(lies_under(code, r["act"], acts) for code in look.pattern.act_codes)
        begun = in_window(plain.agreement, look, {**r, "end": r["start"]}) > 0
        if told and not narrower and every and begun and named(plain.agreement, look, r) in (party, None):
            found.append(r)
    return found


def together(plain: Plain, rows: list[Occurrence]) -> int:
    """How much of these is shown."""
    return shown([(o.low, o.p) for o in rows], plain.agreement.mandate.threshold)


def at_once(plain: Plain, rows: list[Occurrence]) -> int:
    counts = {(o.start, o.end) for o in rows}
    return max((together(plain, [o for o in rows if (o.start, o.end) == w]) for w in counts), default=0)


def in_one(plain: Plain, rows: list[Occurrence], periods: list[Interval]) -> int:
    """What one period holds at least: alone, or as its share of some that are tied together."""
    most = max((together(plain, [o for o in rows if within(o, p)]) for p in periods), default=0)
    for these in stretches(rows, periods):
        amount = Fraction(together(plain, [o for o in rows if inside(o, these)]), len(these))
        most = max(most, ceil(amount))
    return most


def beyond(plain: Plain, rows: list[Occurrence], periods: list[Interval], cap: int) -> list[list[Interval]]:
    """The periods, and the tied ones, that show more than the cap; of those that hold others the least."""
    found = [[p] for p in periods if together(plain, [o for o in rows if within(o, p)]) > cap]
    for these in stretches(rows, periods):
        if any(all(p in these for p in others) for others in found):
            continue
        if together(plain, [o for o in rows if inside(o, these)]) > cap * len(these):
            found.append(these)
    return found


def _note(plain: Plain, term: Term, party: str | None, when: Any, rows: list[Occurrence], cap: int) -> None:
    """A breach, where more than the cap is shown: as certain as the less certain of the two ends."""
    if together(plain, rows) > cap:
        parts = [(o.low, o.p) for o in rows]
        p = min(at_least(independent(parts), cap + 1), at_least(common(parts), cap + 1))
        plain.breaches.append(Breach(term.id, party, *when, round(p * 1_000_000)))
