"""What is found in terms beside each other: contradictions, impossible orders, clauses that bind one side only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import shapely

from servanda.agreement import Agreement, Pattern, Term, Text
from servanda.drafting.draft import Draft, Report, name_of, report
from servanda.drafting.kinds import rules_of
from servanda.values.time import Interval


def pairs(draft: Draft, text: Text) -> Iterator[Report]:
    """What is wrong with terms beside each other."""
    yield from _asymmetry(draft, text)
    terms = [term for term in text.terms if _stands_alone(term)]
    for one, other in combinations(terms, 2):
        clash = _clash(draft.agreement, one, other) or _clash(draft.agreement, other, one)
        if clash:
            yield report("contradiction", other, f"against {one.id!r}: {clash}")
    yield from _order(text, terms)
    in_the_text = [term for term in text.terms if "text" not in {chosen.key for chosen in term.ours}]
    if not any(rules_of(term).declares(term.kind) for term in in_the_text):
        for term in terms:
            if rules_of(term).moves_weapons(term.kind):
                what = "weapons are to be moved or limited, and nobody has to say what there is"
                yield report("no-baseline", term, what)


def _stands_alone(term: Term) -> bool:
    """Whether a term is judged by observation, and not from verdicts on others or not at all."""
    return term.kind.owes != "none" and not term.kind.guards


def _order(text: Text, terms: list[Term]) -> Iterator[Report]:
    """Terms that are due before what they wait for."""
    by_name = {name_of(term): term for term in text.terms}
    complied = {event.id: event.complied for event in text.events}
    for term in terms:
        for when in term.starts:
            awaited = by_name.get(when.event or "") or by_name.get(complied.get(when.event or "") or "")
            due = term.deadline.instant if term.deadline else None
            awaited_due = awaited.deadline.instant if awaited and awaited.deadline else None
            if awaited and due and awaited_due and due < awaited_due:
                yield report("impossible-order", term, f"is due before {awaited.id!r}, which it waits for")


def _asymmetry(draft: Draft, text: Text) -> Iterator[Report]:
    """Terms that bind some of the parties, with no mirror for the others and no word why."""
    parties = set(draft.agreement.parties)
    for term in text.terms:
        bound = set(term.binds) & parties
        if not bound or bound == parties or term.asymmetric or not _stands_alone(term):
            continue
        mirrors = [other for other in text.terms if other is not term and _asks_the_same(other, term)]
        bound_by_mirrors = {party for other in mirrors for party in set(other.binds) & parties}
        absent = parties - bound - bound_by_mirrors
        if absent:
            what = (
                f"binds {' and '.join(sorted(bound))} and not {' and '.join(sorted(absent))}, "
                "and does not say that this is meant"
            )
            yield report("asymmetric", term, what)


def _asks_the_same(one: Term, other: Term) -> bool:
    """Whether two terms ask the same, each of whom it binds."""
    if type(one.kind) is not type(other.kind):
        return False
    amount = rules_of(one).amount
    acts = [term.what.acts if term.what else frozenset() for term in (one, other)]
    return acts[0] == acts[1] and amount(one.kind) == amount(other.kind)


def _clash(agreement: Agreement, one: Term, other: Term) -> str | None:
    """Why two terms cannot both be kept."""
    both = set(one.binds) & set(other.binds)
    a, b = one.what, other.what
    window = one.window
    if one.deadline is not None and one.deadline.instant is not None:
        window = window.intersection(Interval(None, one.deadline.instant))
    if not both or a is None or b is None or window.intersection(other.window).is_empty:
        return None
    if not all(_meet(agreement, a.at(party), b.at(party)) for party in both):
        return None
    return rules_of(other).clashes(other, one, rules_of(one).deeds(one.kind), " and ".join(sorted(both)))


def _meet(agreement: Agreement, a: Pattern, b: Pattern) -> bool:
    """Whether two patterns share some place."""
    if a.place is None or b.place is None or a.place == b.place:
        return True
    return bool(shapely.intersects(agreement.places[a.place].outline(), agreement.places[b.place].outline()))
