"""What a quota demands of a draft: a day where it does not recur, a unit, the number of the text."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.kinds import Quota, TermKind
from servanda.drafting.draft import Draft, Report, report
from servanda.drafting.kinds.shared import number_of_text, unit_for_number


def diagnose(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is wrong with one quota."""
    kind = term.kind
    assert isinstance(kind, Quota)
    if kind.needs_deadline and term.deadline is None:
        yield report("no-deadline", term, "a quantity without a day by which it is to be reached")
    yield from unit_for_number(term, kind.unit)
    yield from number_of_text(term, kind.at_least)


def deeds(kind: TermKind) -> tuple[Pattern, ...]:
    """What is counted: it is to be done so many times."""
    assert isinstance(kind, Quota)
    return (kind.what,)


def amount(kind: TermKind) -> int:
    """The least that is to be done."""
    assert isinstance(kind, Quota)
    return kind.at_least
