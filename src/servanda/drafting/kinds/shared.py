"""Demands that several kinds of term share: a place, a unit, the same number in clause and text."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.agreement import Term
from servanda.drafting import wording
from servanda.drafting.draft import Report, report
from servanda.drafting.understand import amounts

POSITIONS = frozenset(
    {"positions", "military_presence", "deployment", "movement", "fortification", "mine_laying", "withdrawal"}
)


def place_for_positions(term: Term) -> Iterator[Report]:
    """A term that speaks of positions says where."""
    pattern = term.what
    if pattern is None or pattern.place is not None or pattern.place_of:
        return
    if set(pattern.act_codes) & POSITIONS:
        yield report("no-line", term, "speaks of positions, and names no line or place")


def unit_for_number(term: Term, unit: str) -> Iterator[Report]:
    """A number says what is counted."""
    if not unit:
        yield report("no-unit", term, "a number without what is counted")


def number_of_text(term: Term, amount: int) -> Iterator[Report]:
    """Where the text gives numbers, that of the clause is among them: those of what is counted, or else any."""
    counted = [*amounts.caps(term.text), *amounts.quotas(term.text)]
    in_text = [one.n for one in counted] or wording.numbers(term.text)
    if amount and in_text and amount / 1000 not in in_text:
        given = ", ".join(one.words for one in counted) or ", ".join(f"{number:g}" for number in in_text)
        yield report("number-differs", term, f"the clause says {amount / 1000:g}; the text says {given}", "text")
