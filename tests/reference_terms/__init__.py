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
from servanda.values.time import Interval
from tests.reference_evaluator import Look, Report, World, checked
from tests.reference_terms import duty, guarantee, limit, notice, prohibition, quota, response
from tests.reference_terms.plain import NEVER_UNSURE, NOTHING, Plain, Row, Unsure

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
    agreement: Agreement,
    rows: list[Report],
    coverage: Coverage,
    as_of: datetime | None = None,
    unsure: Unsure = NEVER_UNSURE,
) -> dict[tuple[str, str | None, str | None], Row]:
    """For each term, party and reading: verdict, confirmed, alleged, excused, measure."""
    world = World(agreement, rows, as_of, coverage.known_by(as_of))
    known = coverage.known_by(as_of)
    for text in agreement.texts:
        world.found_keys |= _found(Plain(agreement, text, world, known, as_of, unsure), text)
    known = checked(world, known, world.found_keys)
    out = {}
    for text in agreement.texts:
        out.update(_text(Plain(agreement, text, world, known, as_of, unsure), text))
    return out


def together(
    agreement: Agreement, rows: Mapping[tuple[str, str | None, str | None], Row]
) -> dict[tuple[str, str | None], str]:
    """What the readings' verdicts come to, for each term and party that some reading binds."""
    out = {}
    for term, party in {(term, party) for term, party, _ in rows}:
        words = {
            rows[key][0] if (key := (term, party, text.reading)) in rows else "not_in_force" for text in agreement.texts
        }
        if len(words) == 1:
            out[(term, party)] = words.pop()
        elif "breached" in words and words & {"complied", "excused", "not_in_force", "not_due"}:
            out[(term, party)] = "disputed"
        else:
            out[(term, party)] = "undetermined"
    return out


def _found(plain: Plain, text: Text) -> set[Any]:
    """The incidents that any term or event of a text is about."""
    looks: list[tuple[Look, str | None]] = []
    for term in text.terms:
        windows: dict[str, Any] = {
            "bound": term.window,
            "start": Interval(term.window.start, None),
            "clause": Interval(plain.first_bound(term), None),
            "signed": plain.since(term),
        }
        actors = {"bound": term.binds, "parties": tuple(plain.agreement.parties)}
        windows["before"] = limit.before_it_bound(plain, term)
        for sought in (s for s in term.kind.sought() if windows[s.since] is not None):
            asked = actors[sought.by] if isinstance(sought.by, str) else sought.by
            named = plain.named(asked)
            for party in asked or (None,):
                look = Look(sought.pattern.at(party), windows[sought.since], named, sought.voice, begins=sought.begins)
                looks.append((look, party if named else None))
    for event in text.events:
        pattern = event.done or (event.quiet.of if event.quiet else None)
        if pattern is not None:
            named = plain.named(pattern.by or None)
            window = Interval(text.in_force.start, None) if event.quiet else Interval(None, None)
            once = event.quiet is None
            looks += [(Look(pattern, window, named, "mark", begins=once), party) for party in named or (None,)]
    return {found.key for look, party in looks for found in plain.world.look(look, party)}


def _text(plain: Plain, text: Text) -> dict[tuple[str, str | None, str | None], Row]:
    out = {}
    for term in text.terms:
        if not isinstance(term.kind, Guarantee):
            bound: list[str | None] = list(term.binds) if plain.named(term.binds) else [None]
            for party in bound:
                out[(term.id, party, text.reading)] = _resting_on_the_text(term, _one(plain, term, party))
    ours = {term.id for term in text.terms if term.ours}
    plain.breaches = [breach for breach in plain.breaches if breach.term not in ours]
    for term in text.terms:
        if isinstance(term.kind, Guarantee):
            for owner in dict.fromkeys(step.by for step in term.kind.then):
                row = guarantee.evaluate(plain, term, term.kind, owner)
                out[(term.id, owner, text.reading)] = _resting_on_the_text(term, row)
    return out


def _resting_on_the_text(term: Term, row: Row) -> Row:
    """What is not in the text carries no verdict, but that a deed is done where only its time was chosen. A clause in brackets carries none."""
    if not term.ours or row[0] in ("not_in_force", "not_due"):
        return row
    only_time = all(chosen.key in ("deadline", "within") for chosen in term.ours) and not isinstance(
        term.kind, Guarantee
    )
    return row if row[0] == "complied" and only_time else ("undetermined", *row[1:])


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
