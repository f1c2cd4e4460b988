"""Guarantees, in loops."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from servanda.agreement import Term
from servanda.agreement.kinds import Apart, Guarantee, Trigger
from servanda.values.time import Interval
from tests.reference_terms.chances import shown
from tests.reference_terms.duty import not_done
from tests.reference_terms.plain import NOTHING, Breach, EventTime, Plain, Row, metres_apart


def evaluate(plain: Plain, term: Term, kind: Guarantee, party: str | None) -> Row:
    (early, _, _), _, open_start, _ = plain.span(term)
    window = term.window
    if window.is_empty or (window.start and not plain.passed(window.start)):
        return "not_in_force", 0, 0, 0, NOTHING
    if not open_start and (early is None or not plain.passed(early)):
        return "not_in_force", 0, 0, 0, NOTHING
    off_early, off, _ = set_off(plain, kind.when, term)
    if off is None and off_early is not None and kind.when.event is None:
        return "undetermined", 0, 0, 0, {"state": "not settled"}
    if off is None or not plain.passed(off):
        return "not_in_force", 0, 0, 0, {"state": "dormant"}
    unsure = False
    for trigger in kind.void_if:
        maybe, void, claimed = set_off(plain, trigger, None)
        unsure |= maybe is not None and not claimed and maybe <= off
        if void is not None and void <= off:
            return "not_in_force", 0, 0, 0, {"state": "condition for its end met"}
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
            if plain.over_by(plain.owed(term), last):
                words.append("not_due")
                states.append("ceased")
            elif not plain.passed(last):
                words.append("not_due")
                states.append("running")
            elif plain.over_by(plain.owed(term), last) is None:
                words.append("undetermined")
                states.append("unsettled")
            elif stop[0] is not None and not stop[2] and stop[0] <= last:
                words.append("undetermined")
                states.append("not settled")
            else:
                words.append("undetermined")
                states.append(f"condition met since {plain.words(last)}")
        else:
            look = plain.look(term, step.deed, Interval(window.start, None), (party or "",), "deed", party)
            rows = [o for o in plain.happened(look, party) if o.end >= off]
            counts[0] += sum(o.status == "confirmed" for o in rows)
            counts[1] += sum(o.status == "alleged" for o in rows)
            if any(o.status == "confirmed" and o.end <= first for o in rows):
                words.append("complied")
                states.append("done")
            elif plain.over_by(plain.owed(term), last):
                words.append("not_due")
                states.append("ceased")
            elif not plain.passed(last):
                words.append("not_due")
                states.append("running")
            elif plain.over_by(plain.owed(term), last) is None:
                words.append("undetermined")
                states.append("unsettled")
            elif not_done(plain, look, party, rows, last, since=off):
                words.append("breached")
                states.append("lapsed")
            else:
                words.append("undetermined")
                states.append("not shown")
    order = ("breached", "undetermined", "not_due", "complied", "not_in_force")
    word = next(w for w in order if w in words)
    word = "undetermined" if word == "breached" and unsure else word
    return word, counts[0], counts[1], 0, {"state": ", ".join(states)}


def counts_since(plain: Plain, term: Term) -> datetime | None:
    """Since when breaches count: under the version before it too, where that counts the same breaches and never was set off."""
    for before in plain.text.terms:
        if before.clause != term.clause or before.window.end is None or before.window.end != term.window.start:
            continue
        mine, its = term.kind.when, before.kind.when
        same = (mine.terms, mine.party) == (its.terms, its.party) and mine.event is None
        if same and set_off(plain, its, before)[0] is None:
            return counts_since(plain, before)
    return term.window.start


def set_off(plain: Plain, trigger: Trigger, term: Term | None) -> EventTime:
    """When a trigger was met, surely within the time of the guarantee; the last breach that it takes is of the time of its own version."""
    own = None if term is None else term.window.start
    if term is not None and trigger.event is None:
        term = replace(term, window=Interval(counts_since(plain, term), term.window.end))

    def of_its_own(early: datetime) -> bool:
        return own is None or early >= own

    def inside(early: datetime | None, late: datetime | None) -> bool:
        if term is None:
            return True
        (_, start, _), (end, _, _), open_start, open_end = plain.span(term)
        begun = open_start or (start is not None and early is not None and early >= start)
        return begun and not (not open_end and end is not None and late is not None and late >= end)

    if trigger.event is not None:
        moment = plain.moment(trigger.event)
        return moment if inside(moment[0], moment[1]) else (None, None, False)
    zone = plain.zone
    counted: list[tuple[datetime, datetime, int]] = []  # not before, by, certainty
    for who in dict.fromkeys(b.party for b in plain.breaches):
        mine = [
            b
            for b in plain.breaches
            if b.party == who
            and b.late is not None
            and b.term.split("@")[0] in trigger.terms
            and trigger.party in (None, who)
            and inside(b.early, b.late)
        ]
        counted += [_one(group) for group in _apart(plain, mine, trigger.apart)]
    counted.sort(key=lambda c: (c[1], c[0]))
    n, wanted = trigger.at_least, plain.agreement.mandate.threshold
    for last in range(1, len(counted) + 1):
        here = counted[:last]
        if trigger.within is not None:
            here = [c for c in here if trigger.within.after(c[0], zone) >= here[-1][1]]
        late = here[-1:] if trigger.within is not None else here
        if any(of_its_own(c[0]) for c in late) and shown([(1, p) for _, _, p in here], wanted) >= n:
            possible = here if trigger.within is not None else counted
            first = min(early for early, _, _ in possible if of_its_own(early))
            return max(first, sorted(early for early, _, _ in possible)[n - 1]), here[-1][1], False
    if trigger.within is not None:  # could they all lie within one such time?
        for _, start, _ in counted:
            end = trigger.within.after(start, zone)
            here = [c for c in counted if c[1] >= start and c[0] <= end]
            if any(of_its_own(c[0]) for c in here) and shown([(1, p) for _, _, p in here], wanted) >= n:
                first = min(early for early, _, _ in here if of_its_own(early))
                return max(first, sorted(early for early, _, _ in here)[n - 1]), None, False
    return None, None, False


def _one(group: list[Breach]) -> tuple[datetime, datetime, int]:
    """Breaches that are one: as certain as the most certain of them, and settled when that is."""
    p = max(b.p for b in group)
    return min(b.early or b.late for b in group), min(b.late for b in group if b.p == p), p  # type: ignore[type-var,return-value]


def _apart(plain: Plain, mine: list[Breach], apart: Apart | None) -> list[list[Breach]]:
    """As many breaches of one party as are pairwise apart, each with those that are near to it alone of them."""

    def one(a: Breach, b: Breach) -> bool:
        if a.key is not None and (a.key == b.key or plain.unsure.may_be_one(a.key, b.key)):
            return True
        passed_on = a.same is not None and a.same == b.same and not a.who & b.who  # the same words, through another
        hour = timedelta(hours=1)
        known = a.early is not None and a.late is not None and b.early is not None and b.late is not None
        if passed_on and known and a.early <= b.late + hour and b.early <= a.late + hour:  # type: ignore[operator]
            return True
        if apart is None:
            return False
        first, second = sorted((a, b), key=lambda x: (x.early or x.late, x.late))  # type: ignore[type-var,return-value]
        assert first.late is not None
        if apart.time.after(first.late, plain.zone) <= (second.early or second.late):  # type: ignore[operator]
            return False
        return a.term == b.term if a.box is None or b.box is None else metres_apart(a.box, b.box) < apart.metres

    def order(b: Breach) -> Any:
        return b.admitted, b.late, b.early or b.late, -b.p, b.term, b.box or (), str(b.key or "")

    def greatest(left: tuple[Breach, ...]) -> list[Breach]:
        """The greatest set, and of several the first in the order."""
        if not left:
            return []
        first, rest = left[0], left[1:]
        far = tuple(b for b in rest if not one(first, b))
        with_it = [first, *greatest(far)]
        if len(far) == len(rest):
            return with_it
        without = greatest(rest)
        return with_it if len(with_it) >= len(without) else without

    chosen = greatest(tuple(sorted(mine, key=order)))
    groups = [[b] for b in chosen]
    for b in mine:
        near = [group for group in groups if one(b, group[0])]
        if len(near) == 1 and not any(b is c for c in chosen):
            near[0].append(b)
    return groups
