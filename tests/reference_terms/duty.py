"""Duties, in loops."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from servanda.agreement import Term
from servanda.agreement.kinds import Duty
from servanda.values.time import Interval
from tests.reference_evaluator import Look
from tests.reference_terms.chances import shown_short
from tests.reference_terms.plain import Breach, Occurrence, Plain, Row


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
    measure: dict[str, Any] = {"done": len(done) - len(missing), "of": len(done)}
    if kind.levels:
        measure = {"level": level_, "of": len(done)}
    if len(done) > 1 or kind.levels:
        name, when = degree(kind, done)
        measure |= {"degree": name, "degree_since": plain.words(when)}
    if not missing:
        return ("undetermined" if party is None and len(term.binds) > 1 else "complied"), *counts, measure
    if due is None or due[0] is None or not plain.passed(due[0]) or (due[1] and not plain.passed(due[1])):
        return "not_due", *counts, measure
    if due[1] is None or plain.unsettled(term):
        return "undetermined", *counts, measure
    if (ceased := plain.over_by(term, due[1])) is not False:
        return ("not_due" if ceased else "undetermined"), *counts, measure
    undone = [p for n in missing if (p := not_done(plain, looks[n], party, done[n], due[1]))]
    if undone:
        plain.breaches.append(Breach(term.id, party, due[0], due[1], max(undone)))
        return "breached", *counts, measure
    return "undetermined", *counts, measure


def not_done(
    plain: Plain, look: Look, party: str | None, rows: list[Occurrence], due: datetime, since: datetime | None = None
) -> int:
    """How certainly it is shown that a deed was not done by an instant, in millionths; 0 where it is not."""
    seen = plain.seen(look.pattern, Interval(since or look.window.start, due), party, undone=True)
    before = [o for o in rows if by(o, due)]
    if any(o.status != "alleged" for o in before):
        return 0
    refuted = [r["certainty"] for r in plain.refuted(look, party) if r["start"] >= due]
    if refuted:
        return max(refuted)
    if any(not plain.world.answered(o.found, seen) for o in before):
        return 0
    late = [o.p for o in rows if o.status == "confirmed" and o.found.by != "admission" and not by(o, due)]
    if late:
        return max(late)
    shown = seen.enough() and shown_short(1, 0, seen.least_watched(), plain.agreement.mandate.threshold)
    return 1_000_000 if shown else 0


def by(o: Occurrence, due: datetime) -> bool:
    """Whether something may have come by an instant, or at it."""
    return o.start < due or o.end <= due


def degree(kind: Duty, done: list[list[Occurrence]]) -> tuple[str, datetime | None]:
    """The degree that is shown, and since when: of milestones the level, of deeds how many."""
    first = [min((o.end for o in rows if o.status == "confirmed"), default=None) for rows in done]
    best, since = 0, None
    for now in sorted(t for t in first if t is not None):
        if kind.levels:
            names = [level for level, t in zip(kind.levels, first, strict=True) if t is not None and t <= now]
            reached = max({"minimal": 1, "intermediate": 2, "full": 3}[name] for name in names)
        else:
            count = sum(t is not None and t <= now for t in first)
            reached = 3 if count == len(first) else 2 if 2 * count >= len(first) else 1
        if reached > best:
            best, since = reached, now
    return NAMES[best], since


NAMES = ("none", "minimal", "intermediate", "complete")
