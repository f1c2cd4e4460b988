"""What a prohibition demands of a draft: a place, and no duty to do what it forbids."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Pattern, Term, Text
from servanda.drafting.draft import Draft, Report
from servanda.drafting.kinds.shared import place_for_positions


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one prohibition."""
    yield from place_for_positions(term)


def clashes(term: Term, other: Term, deeds: tuple[Pattern, ...], who: str) -> str | None:
    """A duty to do what is forbidden."""
    forbidden = term.what
    assert forbidden is not None
    if not term.exemptions and any(_falls_under(deed, forbidden) for deed in deeds):
        return f"{who} must do there what {who} must not"
    return None


def _falls_under(deed: Pattern, forbidden: Pattern) -> bool:
    """Whether every such deed is an act of the forbidden kind."""
    targets = forbidden.targets is None or (deed.targets is not None and deed.targets <= forbidden.targets)
    same_means = forbidden.weapon in (None, deed.weapon) and forbidden.force in (None, deed.force)
    return deed.acts <= forbidden.acts and targets and same_means
