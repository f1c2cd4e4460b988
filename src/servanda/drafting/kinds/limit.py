"""What a limit demands of a draft: a unit, a place where nothing may be, the number of the text, one cap for one thing."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.kinds import Limit, TermKind
from servanda.drafting.draft import Draft, Report
from servanda.drafting.kinds.shared import number_of_text, place_for_positions, unit_for_number


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one limit."""
    kind = term.kind
    assert isinstance(kind, Limit)
    if kind.to == 0:
        yield from place_for_positions(term)
    else:
        yield from unit_for_number(term, kind.unit)
        yield from number_of_text(term, kind.to)


def amount(kind: TermKind) -> int:
    """The most that may be there."""
    assert isinstance(kind, Limit)
    return kind.to


def moves_weapons(kind: TermKind) -> bool:
    """Whether weapons are limited."""
    assert isinstance(kind, Limit)
    return kind.what.weapon is not None


def clashes(term: Term, other: Term, deeds: tuple[Pattern, ...], who: str) -> str | None:
    """Another cap on the same, or a duty to bring there what may not be there."""
    kind = term.kind
    assert isinstance(kind, Limit)
    amended = term.version or other.version
    if isinstance(other.kind, Limit) and not amended and _same_counted(kind, other.kind) and kind.to != other.kind.to:
        return f"two caps for the same of {who}: {other.kind.to / 1000:g} and {kind.to / 1000:g}"
    pulled_back = kind.to == 0 and not term.exemptions
    if pulled_back and any(deed.acts & kind.what.acts and deed.weapon == kind.what.weapon for deed in deeds):
        return f"{who} must bring there what may not be there"
    return None


def _same_counted(one: Limit, other: Limit) -> bool:
    """Whether two caps count the same, over the same period."""
    a, b = one.what, other.what
    return (one.per, a.acts, a.targets, a.weapon, a.place) == (other.per, b.acts, b.targets, b.weapon, b.place)
