"""What became of each occasion that called for a deed, in loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry import box

from servanda.agreement import Pattern, Term
from servanda.values.time import Interval
from tests.reference_evaluator import Look
from tests.reference_terms import small
from tests.reference_terms.chances import shown_short
from tests.reference_terms.plain import Breach, Occurrence, Plain, Row, metres_apart

Bounds = tuple[datetime | None, datetime, datetime | None, datetime]
"""Between which instants a deed surely answers a trigger, and may answer it."""


@dataclass(frozen=True)
class Calls:
    """The triggers, the deed they call for, and when each must be done; ``shared``: whether any of several may do what a trigger calls for; ``about``:
    the deed names the place of the trigger, if any.
    """

    look: Look
    called_by: Look
    triggers: list[Occurrence]
    pattern: Pattern
    bounds: Callable[[Occurrence], Bounds]
    done: str
    shared: Callable[[Occurrence], bool]
    answers: str | None
    whose: str | None = None
    about: bool = False


def evaluate(plain: Plain, term: Term, party: str | None, calls: Calls) -> Row:
    nameless = party is None and len(term.binds) > 1
    look, triggers, pattern = calls.look, calls.triggers, calls.pattern
    deeds = plain.happened(look, party)
    sure = [t for t in triggers if t.status == "confirmed" and plain.sort_by_span(term, t) == "surely"]
    doubtful = [t for t in triggers if t not in sure and plain.sort_by_span(term, t) != "not"]
    answered, missed, pending, unknown, unbound = _outcomes(plain, calls, sure, deeds, party, nameless, term)
    seen = plain.seen(pattern, plain.widest(term), calls.whose)
    told = [t.found for t in doubtful if t.status == "alleged" and plain.world.answered(t.found, seen)]
    doubtful = [
        t
        for t in doubtful
        if t.status in ("confirmed", "open") or (t.status == "alleged" and not plain.world.answered(t.found, seen))
    ]
    done = {d.key for d in deeds if d.status == "confirmed"} | {t.key for t in sure}
    counts = len(done), len({d.key for d in deeds if d.status == "alleged"} - done), 0
    measure = {
        "called_for": len(sure),
        calls.done: answered,
        "missed": len(missed),
        "pending": pending,
        "unknown": unknown,
    }
    if missed:
        plain.breaches += [Breach(term.id, party, high, may, p) for high, may, p, _ in missed]
        word = "breached"
    elif unknown:
        word = "not_due" if unknown == unbound else "undetermined"
    elif pending:
        word = "not_due"
    elif doubtful:
        word = "undetermined"
    elif not sure:
        word = "not_due"
    else:
        adds_up = small.adds_up(plain, calls.called_by, calls.whose, told, seen)
        word = "complied" if plain.nothing_in_the_way(seen, term, party) and not adds_up else "undetermined"
    return word, *counts, measure


def _outcomes(
    plain: Plain,
    calls: Calls,
    triggers: list[Occurrence],
    deeds: list[Occurrence],
    party: str | None,
    nameless: bool,
    term: Term,
) -> tuple[int, list[Any], int, int, int]:
    sure = [] if nameless else [d for d in deeds if d.status == "confirmed"]
    place = calls.called_by.pattern.place
    named = None if place is None else plain.agreement.places[place].outline()
    look, spans = calls.look, {t.key: calls.bounds(t) for t in triggers}
    answered: set[Any] = set()
    used: set[Any] = set()
    for d in sure:  # those that say what they answer
        if d.answers is not None:
            used.add(d.key)
            low, high, _, _ = spans.get(d.answers, (None, None, None, None))
            if high is not None and (low is None or d.start >= low) and d.end <= high:
                answered.add(d.answers)
    linked = set(used)

    def surely(d: Occurrence, t: Occurrence) -> bool:
        low, high, _, _ = spans[t.key]
        return (low is None or d.start >= low) and d.end <= high and (not calls.about or same_place(d, t))

    before = set(answered)
    placed = calls.about and any(t.box is not None for t in triggers if t.key not in answered)
    for d in sorted(sure, key=lambda d: (placed and d.box is None, d.end, d.start, (placed and d.box) or (), d.radius)):
        if d.key in used:
            continue
        for t in triggers:
            if calls.answers == "all":
                if t.key not in before and surely(d, t):
                    answered.add(t.key)
            elif t.key not in answered and surely(d, t):
                answered.add(t.key)
                used.add(d.key)
                break
    left = [t for t in triggers if t.key not in answered]
    if not left:
        return len(answered), [], 0, 0, 0
    start = look.window.start
    sinces = {t.key: max((at for at in (spans[t.key][2], start) if at is not None), default=None) for t in left}
    begin = min(sinces[t.key] or spans[t.key][3] for t in left)
    seen = plain.seen(look.pattern, Interval(begin, max(spans[t.key][3] for t in left)), party, undone=True)
    free = [d for d in sure if d.key not in used]
    again = [d for d in sure if d.key in used and d.key not in linked] if calls.answers is None else []
    free += [d for d in deeds if d.status == "open"]
    claimed = [d for d in deeds if d.status == "alleged" and not plain.world.answered(d.found, seen)]
    if nameless:
        free += [d for d in deeds if d.status == "confirmed"]
    refuted = plain.refuted(look, party)
    missed, pending, unknown, unbound = [], 0, 0, 0
    unseen: list[float] = []
    for t in left:
        _, high, may_low, may_high = spans[t.key]
        bound, ceased = plain.begun_by(term, may_high), plain.over_by(plain.owed(term), may_high)
        if not plain.passed(may_high) or ceased:
            pending += 1  # its time still runs, or ran when the term ceased to bind
            continue
        due = bound and ceased is False
        mine, said = (
            [d for d in some if not calls.about or may_be_same_place(d, t, named)] for some in (free + again, claimed)
        )
        mine += [d for d in sure if d.answers == t.key]
        possible, said_so = (
            any(d.start <= may_high and (may_low is None or d.end >= may_low) for d in some) for some in (mine, said)
        )
        since = sinces[t.key]
        watched = since is not None and seen.enough(since, may_high)
        found_undone = any(r["answers"] == t.key and r["start"] >= may_high for r in refuted)
        # it says that it answers this one, others than the parties saw it, and it came late
        late = any(d.answers == t.key and d.start > may_high and d.found.by != "admission" for d in sure)
        denied = found_undone or late
        lacking = found_undone or ((late or watched) and not said_so)
        if due and not possible and not calls.shared(t) and lacking:
            missed.append((high, may_high, t.p, denied))
            if not denied:
                unseen.append(seen.least_watched(since, may_high))
        else:
            unknown += 1
            unbound += bound is False
    owed, wanted = len(answered) + len(unseen), plain.agreement.mandate.threshold
    if unseen and not shown_short(owed, len(answered), min(unseen), wanted):
        unknown += len(unseen)
        missed = [m for m in missed if m[3]]
    return len(answered), missed, pending, unknown, unbound


def same_place(d: Occurrence, t: Occurrence) -> bool:
    """No further apart than either is precise, or a kilometre; what has no place is about any."""
    if d.box is None or t.box is None:
        return True
    return metres_apart(d.box, t.box) < max(d.radius, t.radius, 1000.0) + 1e-6


def may_be_same_place(d: Occurrence, t: Occurrence, named: Any) -> bool:
    """No further apart than both are precise and a kilometre, or in the place that the agreement names."""
    if d.box is None or t.box is None:
        return True
    if metres_apart(d.box, t.box) < d.radius + t.radius + 1000.0 + 1e-6:
        return True
    return named is not None and bool(named.intersects(box(d.box[1], d.box[0], d.box[3], d.box[2])))
