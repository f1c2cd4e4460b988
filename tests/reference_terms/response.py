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
    triggers = _asked(plain, term, kind, party)

    def bounds(trigger: Occurrence) -> Bounds:
        high, may = kind.within.after(trigger.start, plain.zone), kind.within.after(trigger.end, plain.zone)
        return trigger.end, high, trigger.start, may

    shared = kind.whose != "self" and len(term.binds) > 1
    return occasions.evaluate(plain, term, party, Calls(look, triggers, kind.to, bounds, "answered", shared))


def _asked(plain: Plain, term: Term, kind: Response, party: str | None) -> list[Occurrence]:
    """The triggers that call on a party: by whom, and addressed to whom."""
    window = Interval(term.window.start, None)
    asked = {"anyone": kind.to.by or None, "self": term.binds, "other": tuple(plain.agreement.parties)}[kind.whose]
    look = Look(kind.to, window, plain.named(asked), "mark")
    best: dict[Any, tuple[Occurrence, str | None]] = {}
    for doer in look.binds or (None,):
        for o in plain.happened(look, doer):
            whose = None if o.status == "open" else doer
            if o.key not in best or RANK[o.status] < RANK[best[o.key][0].status]:
                best[o.key] = (o, whose)
    out = []
    for o, whose in best.values():
        own = whose == party or (whose is None and o.doer == party)
        if party is None:
            out.append(o)
        elif kind.whose == "self":
            out += [o] if own else []
        elif o.toward in (party, None) and not own and (kind.whose == "anyone" or whose is not None):
            out.append(o)
    return sorted(out, key=lambda o: (o.start, o.end))
