"""Responses, in loops."""

from __future__ import annotations

from typing import Any

from servanda.agreement import Term
from servanda.agreement.kinds import Response
from servanda.values.time import Interval
from tests.reference_evaluator import Look
from tests.reference_terms import occasions
from tests.reference_terms.occasions import Bounds, Calls
from tests.reference_terms.plain import RANK, Occurrence, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Response, party: str | None) -> Row:
    look = plain.look(term, kind.deed, Interval(term.window.start, None), term.binds, "deed", party)
    called_by = _called_by(plain, term, kind)
    triggers = _asked(plain, called_by, kind, party)

    def bounds(trigger: Occurrence) -> Bounds:
        high, may = kind.within.after(trigger.start, plain.zone), kind.within.after(trigger.end, plain.zone)
        return trigger.end, high, trigger.start, may

    def shared(trigger: Occurrence) -> bool:
        doer = (trigger.found.party or trigger.doer) if kind.whose == "other" else None
        called = [one for one in term.binds if one != doer]
        return kind.whose != "self" and trigger.toward is None and len(called) > 1

    whose = party if kind.whose == "self" else None
    calls = Calls(look, called_by, triggers, kind.to, bounds, "answered", shared, kind.answers, whose)
    return occasions.evaluate(plain, term, party, calls)


def _called_by(plain: Plain, term: Term, kind: Response) -> Look:
    """What calls for a deed."""
    asked = {"anyone": kind.to.by or None, "self": term.binds, "other": tuple(plain.agreement.parties)}[kind.whose]
    window = Interval(term.window.start, None)
    return Look(kind.to, window, plain.named(asked), "mark", of_some=plain.of_some(asked), begins=True)


def _asked(plain: Plain, look: Look, kind: Response, party: str | None) -> list[Occurrence]:
    """The triggers that call on a party: by whom, and addressed to whom; of each incident the weightiest of these."""
    found = {
        (f.key, f.party, f.status): f
        for doer in look.binds or (None,)
        for f in plain.world.look(look, doer)
        if f.status in RANK
    }
    words = plain.agreement.vocabulary
    one_author = not look.pattern.acts <= set(words.acts.below(words.several_authors))
    settled = {f.key for f in found.values() if one_author and f.status == "confirmed" and f.party is not None}
    best: dict[Any, Occurrence] = {}
    for f in found.values():
        o = plain.occurrence(f, look)
        if (f.status != "confirmed" and f.key in settled) or not _calls(o, kind, party):
            continue
        if f.key not in best or _order(plain, o) < _order(plain, best[f.key]):
            best[f.key] = o
    return sorted(best.values(), key=lambda o: (o.start, o.end))


def _calls(o: Occurrence, kind: Response, party: str | None) -> bool:
    """Whether an occurrence calls on a party, if it is what it seems."""
    if party is None:
        return True
    whose = o.found.party or o.doer
    if kind.whose == "self":
        return whose == party or (o.status == "open" and whose is None)
    anybodys = kind.whose == "anyone" or o.found.party is not None or o.status == "open"
    return whose != party and o.toward in (party, None) and anybodys


def _order(plain: Plain, o: Occurrence) -> Any:
    actors = tuple(plain.agreement.actors)
    return RANK[o.status], o.start, o.end, -1 if o.found.party is None else actors.index(o.found.party)
