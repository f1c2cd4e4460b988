"""Prohibitions, in loops."""

from __future__ import annotations

from servanda.agreement import Term
from servanda.agreement.kinds import Prohibition
from tests.reference_evaluator import Found
from tests.reference_terms import counting, small
from tests.reference_terms.plain import Breach, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Prohibition, party: str | None) -> Row:
    look = plain.look(term, kind.what, term.window, term.binds, "act", party)
    by: dict[str, list[Found]] = {s: [] for s in ("confirmed", "excused", "alleged", "below", "open", "private")}
    for found in plain.world.look(look, party):
        status = found.status
        if term.starts or term.until is not None:
            o = plain.occurrence(found, look)
            where = plain.sort_by_span(term, o)
            if where == "not":
                continue
            if where == "possibly":
                status = {"confirmed": "open", "excused": "open"}.get(status, status)
        by[status].append(found)
    seen = plain.seen(look.pattern, plain.widest(term), party)
    certain = {f.key: 0 for f in by["confirmed"] + by["open"]}
    for f in by["confirmed"] + by["open"]:
        certain[f.key] = max(certain[f.key], f.p)
    measure = small.inside([*certain.values(), *small.faint(plain, look, party, acts=True)])
    for status in ("confirmed", "alleged", "excused"):
        for unit, (least, most) in counting.counted(plain, look, by[status], status).items():
            name = unit if status == "confirmed" or unit.startswith("excused_") else f"{status}_{unit}"
            so_far = measure.get(f"{name}_least", 0), measure.get(f"{name}_most", 0)
            measure |= {f"{name}_least": so_far[0] + least, f"{name}_most": so_far[1] + most}
    told = [f for f in by["alleged"] + by["open"] if f.answerable and plain.world.answered(f, seen)]
    by["open"] = [f for f in by["open"] if not (f.answerable and plain.world.answered(f, seen))]
    counts = len(by["confirmed"]), len(by["alleged"]), len(by["excused"])
    word = "undetermined"
    if plain.unsettled(term):
        pass
    elif by["confirmed"]:
        word = "breached"
        for found in by["confirmed"]:
            o = plain.occurrence(found, look)
            admitted = found.by == "admission"
            plain.breaches.append(Breach(term.id, party, o.start, o.end, o.p, o.key, o.box, admitted, o.same, o.who))
    elif by["open"] or not all(f.answerable and plain.world.answered(f, seen) for f in by["alleged"]):
        pass
    elif plain.nothing_in_the_way(seen, term, party) and not small.adds_up(plain, look, party, told, seen, acts=True):
        word = "excused" if by["excused"] else "complied"
    return word, *counts, measure
