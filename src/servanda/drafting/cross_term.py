"""What is found in terms beside each other: contradictions, impossible orders, clauses that bind one side only."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from servanda.agreement import Agreement, Pattern, Term, Text
from servanda.drafting.draft import Draft, Report, report
from servanda.drafting.kinds import rules_of
from servanda.drafting.kinds.rules import no_clash
from servanda.values.time import Interval


def pairs(draft: Draft, text: Text) -> Iterator[Report]:
    """What is wrong with terms beside each other."""
    yield from _asymmetry(draft, text)
    terms = [term for term in text.terms if _stands_alone(term)]
    for one, other in _near(terms):
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


def _near(terms: list[Term]) -> Iterator[tuple[Term, Term]]:
    """The pairs of which one can stand against the other: it forbids or caps, and they speak of an act in common, or one of any."""
    forbids = [rules_of(term).clashes is not no_clash for term in terms]
    acts = [_acts(term) for term in terms]
    by_act: dict[str, list[int]] = {}
    for n, codes in enumerate(acts):
        for code in codes or ("",):
            by_act.setdefault(code, []).append(n)
    asks = [forbids[n] or bool(rules_of(term).deeds(term.kind)) for n, term in enumerate(terms)]
    for n, one in enumerate(terms):
        if not asks[n]:
            continue
        others = range(n + 1, len(terms)) if not acts[n] else None
        found = others or sorted({m for code in (*acts[n], "") for m in by_act.get(code, ()) if m > n})
        yield from ((one, terms[m]) for m in found if asks[m] and (forbids[n] or forbids[m]))


def _acts(term: Term) -> frozenset[str]:
    """The acts of which a term speaks; none where one of its patterns may be any."""
    patterns = [*rules_of(term).deeds(term.kind), *([term.what] if term.what else [])]
    return frozenset().union(*(p.acts for p in patterns)) if all(p.acts for p in patterns) else frozenset()


def _stands_alone(term: Term) -> bool:
    """Whether a term is judged by observation, and not from verdicts on others or not at all."""
    return term.kind.owes != "none" and not term.kind.guards


def _order(text: Text, terms: list[Term]) -> Iterator[Report]:
    """Terms that are due before what they wait for."""
    by_name = {term.clause: term for term in text.terms}
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
    alike: dict[object, list[Term]] = {}
    for term in text.terms:
        alike.setdefault(_asked(term), []).append(term)
    for term in text.terms:
        bound = set(term.binds) & parties
        if not bound or bound == parties or term.asymmetric or not _stands_alone(term):
            continue
        mirrors = [other for other in alike[_asked(term)] if other is not term]
        bound_by_mirrors = {party for other in mirrors for party in set(other.binds) & parties}
        absent = parties - bound - bound_by_mirrors
        if absent:
            what = (
                f"binds {' and '.join(sorted(bound))} and not {' and '.join(sorted(absent))}, "
                "and does not say that this is meant"
            )
            yield report("asymmetric", term, what)


def _asked(term: Term) -> object:
    """What a term asks: two of which this is the same ask the same, each of whom it binds."""
    return type(term.kind), term.what.acts if term.what else frozenset(), rules_of(term).amount(term.kind)


def _clash(agreement: Agreement, one: Term, other: Term) -> str | None:
    """Why two terms cannot both be kept."""
    both = set(one.binds) & set(other.binds)
    a, b = one.what, other.what
    if not both or a is None or b is None:
        return None
    clash = rules_of(other).clashes(other, one, rules_of(one).deeds(one.kind), " and ".join(sorted(both)))
    if clash is None:
        return None
    window = one.window
    if one.deadline is not None and one.deadline.instant is not None:
        window = window.intersection(Interval(None, one.deadline.instant))
    if window.intersection(other.window).is_empty:
        return None
    return clash if all(_meet(agreement, a.at(party), b.at(party)) for party in both) else None


def _meet(agreement: Agreement, a: Pattern, b: Pattern) -> bool:
    """Whether two patterns share some place."""
    if a.place is None or b.place is None or a.place == b.place:
        return True
    return bool(shapely.intersects(agreement.places[a.place].outline(), agreement.places[b.place].outline()))
