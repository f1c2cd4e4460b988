"""Duties, in loops."""

from __future__ import annotations

from datetime import datetime

from servanda.agreement import Term
from servanda.agreement.kinds import Duty
from servanda.values.time import Interval
from tests.reference_evaluator import Look
from tests.reference_terms.plain import Occurrence, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Duty, party: str | None) -> Row:
    due = plain.when(term.deadline) if term.deadline else None
    looks = [plain.look(term, d, plain.since(term), term.binds, "deed", party) for d in kind.deeds]
    done = [plain.happened(look, party) for look in looks]
    sure = {o.key for rows in done for o in rows if o.status == "confirmed"}
    counts = len(sure), len({o.key for rows in done for o in rows if o.status == "alleged"} - sure), 0
    level_ = max((n for n, rows in enumerate(done, 1) if any(o.status == "confirmed" for o in rows)), default=0)
    in_time = [
        any(o.status == "confirmed" and (due is None or due[0] is None or o.end <= due[0]) for o in rows)
        for rows in done
    ]
    if kind.levels:  # a higher level implies those below it
        in_time = [any(in_time[n:]) for n in range(len(done))]
    missing = [n for n, fine in enumerate(in_time) if not fine]
    measure = {"done": len(done) - len(missing), "of": len(done)}
    if kind.levels:
        measure = {"level": level_, "of": len(done)}
    if not missing:
        return ("undetermined" if party is None and len(term.binds) > 1 else "complied"), *counts, measure
    if due is None or due[0] is None or not plain.passed(due[0]) or (due[1] and not plain.passed(due[1])):
        return "not_due", *counts, measure
    if due[1] is None or plain.unsettled(term):
        return "undetermined", *counts, measure
    if term.window.end is not None and due[1] > term.window.end:
        return "not_due", *counts, measure
    if any(not_done(plain, looks[n], party, done[n], due[1]) for n in missing):
        plain.breaches.append((term.id, party, due[0], due[1]))
        return "breached", *counts, measure
    return "undetermined", *counts, measure


def not_done(plain: Plain, look: Look, party: str | None, rows: list[Occurrence], due: datetime) -> bool:
    """Whether it is shown that a deed was not done by an instant."""
    seen = plain.seen(look.pattern, Interval(look.window.start, due))
    before = [o for o in rows if o.start < due]
    if any(o.status != "alleged" for o in before):
        return False
    if any(r["start"] >= due for r in plain.refuted(look, party)):
        return True
    if any(not plain.world.answered(o.found, seen) for o in before):
        return False
    return any(o.status == "confirmed" and o.found.by != "admission" for o in rows) or plain.enough(seen)
