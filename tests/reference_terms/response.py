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
    """The triggers that call on a party: by whom, and addressed to whom."""
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
            anybodys = o.status == "open" and o.doer is None
            out += [o] if own or anybodys else []
        elif (
            o.toward in (party, None)
            and not own
            and (kind.whose == "anyone" or whose is not None or o.status == "open")
        ):
            out.append(o)
    return sorted(out, key=lambda o: (o.start, o.end))
