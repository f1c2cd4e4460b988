"""What is found in terms beside each other: contradictions, impossible orders, clauses that bind one side only."""

from __future__ import annotations

from itertools import combinations

import shapely

from servanda.agreement import Agreement, Pattern, Term, Text
from servanda.agreement.kinds import DeclaredItems, Duty, Guarantee, Limit, Prohibition, Quota, Response, Unverifiable
from servanda.drafting.per_term import Draft, Reporter
from servanda.values.time import Interval


def pairs(draft: Draft, text: Text) -> Reporter:
    """What is wrong with terms beside each other."""
    yield from _asymmetry(draft, text)
    terms = [term for term in text.terms if not isinstance(term.kind, (Guarantee, Unverifiable))]
    for one, other in combinations(terms, 2):
        clash = _clash(draft.agreement, one, other) or _clash(draft.agreement, other, one)
        if clash:
            yield (
                "contradiction",
                other.id.split("@")[0],
                f"against {one.id!r}: {clash}",
                ("terms", other.id.split("@")[0]),
            )
    known = {term.id.split("@")[0]: term for term in text.terms}
    events = {event.id: event for event in text.events}
    for term in terms:
        for when in term.starts:
            first = known.get(when.event or "") or known.get(
                getattr(events.get(when.event or ""), "complied", None) or ""
            )
            if (
                first
                and first.deadline
                and term.deadline
                and first.deadline.instant
                and term.deadline.instant
                and term.deadline.instant < first.deadline.instant
            ):
                name = term.id.split("@")[0]
                yield "impossible-order", name, f"is due before {first.id!r}, which it waits for", ("terms", name)
    moving = [
        t
        for t in terms
        if (isinstance(t.kind, Limit) and t.kind.what.weapon) or (isinstance(t.kind, Duty) and t.kind.deeds[0].weapon)
    ]
    declared = any(
        isinstance(t.kind, DeclaredItems) or (isinstance(t.kind, Duty) and t.kind.baseline) for t in text.terms
    )
    if not declared:
        for term in moving:
            name = term.id.split("@")[0]
            yield (
                "no-baseline",
                name,
                "weapons are to be moved or limited, and nobody has to say what there is",
                ("terms", name),
            )


def _asymmetry(draft: Draft, text: Text) -> Reporter:
    """Terms that bind some of the parties, with no mirror for the others and no word why."""
    parties = set(draft.agreement.parties)
    for term in text.terms:
        mine = set(term.binds) & parties
        if not mine or mine == parties or term.asymmetric or isinstance(term.kind, (Guarantee, Unverifiable)):
            continue
        others = {
            party
            for other in text.terms
            if other is not term
            and type(other.kind) is type(term.kind)
            and _acts(other) == _acts(term)
            and _cap(other) == _cap(term)
            for party in set(other.binds) & parties
        }
        if mine | others != parties:
            name = term.id.split("@")[0]
            absent = " and ".join(sorted(parties - mine - others))
            yield (
                "asymmetric",
                name,
                f"binds {' and '.join(sorted(mine))} and not {absent}, and does not say that this is meant",
                ("terms", name),
            )


def _cap(term: Term) -> int | None:
    return (
        term.kind.to if isinstance(term.kind, Limit) else term.kind.at_least if isinstance(term.kind, Quota) else None
    )


def _acts(term: Term) -> frozenset[str]:
    return term.what.acts if term.what else frozenset()


def _clash(agreement: Agreement, one: Term, other: Term) -> str | None:
    """Why two terms cannot both be kept."""
    both = set(one.binds) & set(other.binds)
    a, b = one.what, other.what
    mine = one.window
    if one.deadline is not None and one.deadline.instant is not None:
        mine = mine.intersection(Interval(None, one.deadline.instant))
    if not both or a is None or b is None or mine.intersection(other.window).is_empty:
        return None
    if not all(_meet(agreement, a.at(p), b.at(p)) for p in both):
        return None
    who = " and ".join(sorted(both))
    deeds = _deeds(one)
    banned = isinstance(other.kind, Prohibition) and not other.exemptions
    if banned and any(d.acts <= b.acts and _narrower(d, b) for d in deeds):
        return f"{who} must do there what {who} must not"
    if isinstance(one.kind, Limit) and isinstance(other.kind, Limit) and one.kind.per == other.kind.per:
        same = a.acts == b.acts and a.targets == b.targets and a.weapon == b.weapon and a.place == b.place
        if same and one.kind.to != other.kind.to and not (one.version or other.version):
            return f"two caps for the same of {who}: {one.kind.to / 1000:g} and {other.kind.to / 1000:g}"
    pulled_back = isinstance(other.kind, Limit) and other.kind.to == 0 and not other.exemptions
    if pulled_back and any(d.acts & b.acts and d.weapon == b.weapon for d in deeds):
        return f"{who} must bring there what may not be there"
    return None


def _deeds(term: Term) -> tuple[Pattern, ...]:
    """What a term asks to be done."""
    match term.kind:
        case Duty(deeds):
            return deeds
        case Quota(what):
            return (what,)
        case Response(_, deed, _, _):
            return (deed,)
    return ()


def _narrower(deed: Pattern, ban: Pattern) -> bool:
    """Whether every deed of the one kind is an act of the other."""
    targets = ban.targets is None or (deed.targets is not None and deed.targets <= ban.targets)
    return targets and ban.weapon in (None, deed.weapon) and ban.force in (None, deed.force)


def _meet(agreement: Agreement, a: Pattern, b: Pattern) -> bool:
    """Whether two patterns share some place."""
    if a.place is None or b.place is None or a.place == b.place:
        return True
    return bool(shapely.intersects(agreement.places[a.place].outline(), agreement.places[b.place].outline()))
