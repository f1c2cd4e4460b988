"""What a duty demands of a draft: a day, and a place where positions are meant."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.kinds import Duty, TermKind
from servanda.drafting.draft import Draft, Report, report
from servanda.drafting.kinds.shared import place_for_positions


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one duty."""
    kind = term.kind
    assert isinstance(kind, Duty)
    if term.deadline is None:
        yield report("no-deadline", term, "a duty without a day by which it is to be done")
    if not kind.levels and not kind.baseline:
        yield from place_for_positions(term)


def deeds(kind: TermKind) -> tuple[Pattern, ...]:
    """All that is to be done."""
    assert isinstance(kind, Duty)
    return kind.deeds


def declares(kind: TermKind) -> bool:
    """Whether a baseline is declared."""
    assert isinstance(kind, Duty)
    return bool(kind.baseline)


def moves_weapons(kind: TermKind) -> bool:
    """Whether it is weapons that are to be moved."""
    assert isinstance(kind, Duty)
    return kind.deeds[0].weapon is not None
