"""The plain evaluator, second part: every kind of term in loops, one file a kind, to be read beside ``docs/verdicts.md``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from servanda.agreement import Agreement, Term, Text
from servanda.agreement.kinds import (
    Duty,
    Guarantee,
    Limit,
    Notice,
    Prohibition,
    Quota,
    Response,
    TermKind,
    Unverifiable,
)
from servanda.coverage import Coverage
from tests.reference_evaluator import Report, World
from tests.reference_terms import duty, guarantee, limit, notice, prohibition, quota, response
from tests.reference_terms.plain import NOTHING, Plain, Row

EVALUATORS: Mapping[type[TermKind], Callable[[Plain, Term, Any, str | None], Row]] = {
    Prohibition: prohibition.evaluate,
    Limit: limit.evaluate,
    Duty: duty.evaluate,
    Quota: quota.evaluate,
    Response: response.evaluate,
    Notice: notice.evaluate,
    Unverifiable: lambda plain, term, kind, party: ("undetermined", 0, 0, 0, NOTHING),
}
"""Guarantees come after all of these, when the breaches are known; declared items have their own in ``tests/test_items.py``."""


def evaluate(
    agreement: Agreement, rows: list[Report], coverage: Coverage, as_of: datetime | None = None
) -> dict[tuple[str, str | None, str | None], Row]:
    """For each term, party and reading: verdict, confirmed, alleged, excused, measure."""
    world = World(agreement, rows, as_of)
    known = coverage.known_by(as_of)
    out = {}
    for text in agreement.texts:
        out.update(_text(Plain(agreement, text, world, known, as_of), text))
    return out


def _text(plain: Plain, text: Text) -> dict[tuple[str, str | None, str | None], Row]:
    out = {}
    for term in text.terms:
        if not isinstance(term.kind, Guarantee):
            bound: list[str | None] = list(term.binds) if plain.named(term.binds) else [None]
            for party in bound:
                out[(term.id, party, text.reading)] = _one(plain, term, party)
    for term in text.terms:
        if isinstance(term.kind, Guarantee):
            for owner in dict.fromkeys(step.by for step in term.kind.then):
                out[(term.id, owner, text.reading)] = guarantee.evaluate(plain, term, term.kind, owner)
    return out


def _one(plain: Plain, term: Term, party: str | None) -> Row:
    (early, _, _), end, open_start, open_end = plain.span(term)
    owed = not isinstance(term.kind, (Prohibition, Limit, Unverifiable))
    if term.window.is_empty or (term.window.start and not plain.passed(term.window.start)):
        return "not_in_force", 0, 0, 0, NOTHING
    if not open_start and (early is None or not plain.passed(early)):
        return ("not_due" if owed else "not_in_force"), 0, 0, 0, NOTHING
    if early is not None and not open_end and end[1] is not None and end[1] <= early:
        return "not_in_force", 0, 0, 0, NOTHING
    return EVALUATORS[type(term.kind)](plain, term, term.kind, party)
