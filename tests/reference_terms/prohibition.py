"""Prohibitions, in loops."""

from __future__ import annotations

from servanda.agreement import Term
from servanda.agreement.kinds import Prohibition
from tests.reference_evaluator import Found
from tests.reference_terms.plain import NOTHING, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Prohibition, party: str | None) -> Row:
    look = plain.look(term, kind.what, term.window, term.binds, "act", party)
    by: dict[str, list[Found]] = {s: [] for s in ("confirmed", "excused", "alleged", "below", "open")}
    for found in plain.world.look(look, party):
        status = found.status
        if term.starts or term.until is not None:
            o = plain.occurrence(found, look, party)
            where = plain.sort_by_span(term, o.start, o.end)
            if where == "not":
                continue
            if where == "possibly":
                status = {"confirmed": "open", "excused": "open"}.get(status, status)
        by[status].append(found)
    seen = plain.seen(look.pattern, plain.widest(term))
    counts = len(by["confirmed"]), len(by["alleged"]), len(by["excused"])
    word = "undetermined"
    if plain.unsettled(term):
        pass
    elif by["confirmed"]:
        word = "breached"
        for found in by["confirmed"]:
            o = plain.occurrence(found, look, party)
            plain.breaches.append((term.id, party, o.start, o.end))
    elif by["excused"]:
        word = "excused"
    elif not by["open"] and plain.enough(seen) and all(plain.world.answered(f, seen) for f in by["alleged"]):
        word = "complied"
    return word, *counts, NOTHING
