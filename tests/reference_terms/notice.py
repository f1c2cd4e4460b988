"""Notices, in loops."""

from __future__ import annotations

from dataclasses import replace

from servanda.agreement import Term
from servanda.agreement.kinds import Notice
from servanda.values.time import Duration
from tests.reference_terms import occasions
from tests.reference_terms.occasions import Bounds, Calls
from tests.reference_terms.plain import Occurrence, Plain, Row


def evaluate(plain: Plain, term: Term, kind: Notice, party: str | None) -> Row:
    look = plain.look(term, kind.deed, plain.since(term), term.binds, "deed", party)
    own = replace(plain.look(term, kind.of, term.window, term.binds, "act", party), begins=True)

    def bounds(trigger: Occurrence) -> Bounds:
        lead = Duration(-kind.before.amount, kind.before.unit)
        first, latest = lead.after(trigger.start, plain.zone), lead.after(trigger.end, plain.zone)
        if kind.at_most is None:
            return None, first, None, latest
        most = Duration(-kind.at_most.amount, kind.at_most.unit)
        return most.after(trigger.end, plain.zone), first, most.after(trigger.start, plain.zone), latest

    triggers = plain.happened(own, party)
    calls = Calls(
        look,
        own,
        triggers,
        own.pattern,
        bounds,
        "announced",
        shared=lambda _: False,
        answers=kind.answers,
        whose=party,
        about=True,
    )
    return occasions.evaluate(plain, term, party, calls)
