"""What is found in the structure of an agreement: what is missing, what contradicts, what binds one side only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import shapely

from servanda.agreement import Agreement, Pattern, Term, Text
from servanda.agreement.file import AgreementFile
from servanda.agreement.model import (
    Forbid,
    Guarantee,
    Items,
    Limit,
    Notice,
    Quota,
    Require,
    Respond,
    Unverifiable,
)
from servanda.drafting import words
from servanda.drafting.sequence import sequence_of
from servanda.values.document import Path_
from servanda.values.space import AllOf, Near, Place

POSITIONS = frozenset(
    {"positions", "military_presence", "deployment", "movement", "fortification", "mine_laying", "withdrawal"}
)
SPEECH = frozenset({"statement_act", "complaint_filed", "notice_given", "order_issued", "denunciation", "consultation"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement with the file it was read from."""

    agreement: Agreement
    file: AgreementFile


Told = Iterator[tuple[str, str, str, Path_]]
"""Code, term ('' for the whole), what is wrong, and where it stands."""


def whole(draft: Draft) -> Told:
    """What is wrong with the agreement as a whole."""
    if draft.file.in_force is None:
        yield "no-start", "", "nothing says when it begins to bind", ("agreement",)
    else:
        for n, extension in enumerate(draft.file.in_force.extensions):
            absent = [p for p in draft.file.parties if p not in extension.agreed_by]
            if absent:
                yield (
                    "extension-not-mutual",
                    "",
                    f"an extension that {' and '.join(absent)} did not agree to counts for nothing",
                    ("in_force", "extensions", n),
                )
    for text in draft.agreement.texts:
        sequence = sequence_of(text)
        for circle in sequence.circles():
            told = " waits for ".join((*circle, circle[0]))
            for name in circle:
                if name in draft.file.terms:
                    yield "circular-sequence", name, f"none of these can begin: {told}", ("terms", name, "only_after")


def of_term(draft: Draft, text: Text, term: Term) -> Told:
    """What is wrong with one term by itself."""
    name = term.id.split("@")[0]
    at: Path_ = ("terms", name)
    clause = draft.file.terms.get(name)
    kind = term.kind
    given = clause.binds is not None if clause else True
    duty = isinstance(kind, (Require, Quota, Respond, Notice, Items, Limit))
    if isinstance(kind, Unverifiable):
        yield "unverifiable", name, f"no observation can decide it: {kind.why}", (*at, "unverifiable")
        return
    trace = words.leaves_no_trace(term.text)
    if trace:
        yield "unverifiable", name, f"{trace!r} leaves no trace that could be observed", (*at, "text")
    if duty and not given and len(draft.file.parties) > 1:
        yield "no-obligor", name, "a duty that does not say whose it is", at
    if isinstance(kind, Require) and term.deadline is None:
        yield "no-deadline", name, "a duty without a day by which it is to be done", at
    if isinstance(kind, Quota) and kind.every is None and term.deadline is None:
        yield "no-deadline", name, "a quantity without a day by which it is to be reached", at
    if _needs_place(term):
        yield "no-line", name, "speaks of positions, and names no line or place", at
    if (isinstance(kind, Limit) and kind.to and not kind.unit) or (isinstance(kind, Quota) and not kind.unit):
        yield "no-unit", name, "a number without what is counted", at
    yield from _lengths(draft, term, at)
    vague = words.vague(term.text)
    if vague:
        yield (
            "vague-word",
            name,
            f"what is {', '.join(repr(w) for w in vague)}? Each side will have its own answer",
            (*at, "text"),
        )
    yield from _exceptions(draft, term, at)
    means = term.observed_by or tuple(draft.file.observed_by or ())
    if not means and not isinstance(kind, Guarantee):
        yield "no-means", name, "names no means by which it is to be observed", at
    if isinstance(kind, Guarantee):
        yield from _triggers(draft, text, term, at)


def _needs_place(term: Term) -> bool:
    """Whether a term speaks of positions and says nowhere where."""
    kind, what = term.kind, term.what
    if what is None or what.place is not None or what.place_of or not set(what.act_codes) & POSITIONS:
        return False
    if isinstance(kind, Require):
        return not kind.levels and not kind.baseline
    return isinstance(kind, Forbid) or (isinstance(kind, Limit) and kind.to == 0)


def _lengths(draft: Draft, term: Term, at: Path_) -> Told:
    """A width written as a distance, or a distance as a width."""
    name = term.id.split("@")[0]
    wide, far = words.widths(term.text), words.distances(term.text)
    for place in _places(draft.agreement, term):
        near = _reach(draft, place)
        if near is None:
            continue
        metres, as_width = near
        if not as_width and metres / 1000 in wide and metres / 1000 not in far:
            yield (
                "width-or-distance",
                name,
                f"the text speaks of a zone {metres / 1000:g} km wide; the place {place!r} is {metres / 1000:g} km on each side",
                (*at, "text"),
            )
        if as_width and 2 * metres / 1000 in far and 2 * metres / 1000 not in wide:
            yield (
                "width-or-distance",
                name,
                f"the text speaks of a distance of {2 * metres / 1000:g} km; the place {place!r} is that wide in all",
                (*at, "text"),
            )


def _places(agreement: Agreement, term: Term) -> list[str]:
    if term.what is None:
        return []
    keys = [term.what.place] if term.what.place else list(term.what.place_of.values())
    return list(dict.fromkeys(name for key in keys for name in key.split(" + ")))


def _reach(draft: Draft, name: str) -> tuple[float, bool] | None:
    """How far a place reaches from its line on each side, and whether it was written as a width."""
    place: Place = draft.agreement.places[name]
    parts = place.places if isinstance(place, AllOf) else (place,)
    near = next((p for p in parts if isinstance(p, Near)), None)
    spec = draft.file.places.get(name)
    return (near.metres, bool(spec and spec.width)) if near else None


def _exceptions(draft: Draft, term: Term, at: Path_) -> Told:
    name = term.id.split("@")[0]
    clause = draft.file.terms.get(name)
    for key, exemption in ((clause.except_ if clause else None) or {}).items():
        told = words.open_ended(
            f"{key.replace('_', ' ')} {exemption.text or ''}".replace("self defence", "self-defence")
        )
        if exemption.only_if is None:
            yield "exception-swallows-rule", name, f"the exception {key!r} has no precondition", (*at, "except", key)
        elif told and len(exemption.only_if) < 2:
            yield (
                "exception-swallows-rule",
                name,
                f"{told!r} is claimed by who uses it, and one precondition does not bound it",
                (*at, "except", key),
            )
    if isinstance(term.kind, (Forbid, Limit)) and not term.exemptions:
        told = words.open_ended(term.text)
        if told:
            yield (
                "exception-swallows-rule",
                name,
                f"the text excepts {told!r}, and gives no preconditions",
                (*at, "text"),
            )


def _triggers(draft: Draft, text: Text, term: Term, at: Path_) -> Told:
    """A guarantee that somebody's word alone sets off."""
    assert isinstance(term.kind, Guarantee)
    name, mandate = term.id.split("@")[0], draft.agreement.mandate
    when = term.kind.when
    event = next((e for e in text.events if e.id == when.event), None)
    if event is not None and event.done is not None and set(event.done.act_codes) <= SPEECH:
        yield "claims-trigger", name, f"it is set off by {event.id!r}, which is somebody's word", (*at, "when")
    if mandate.origins == 1 or not (mandate.by_observation or mandate.origins):
        yield (
            "claims-trigger",
            name,
            "by its mandate one voice, or none without a side, is enough to confirm",
            (*at, "when"),
        )


def pairs(draft: Draft, text: Text) -> Told:
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
        if (isinstance(t.kind, Limit) and t.kind.what.weapon)
        or (isinstance(t.kind, Require) and t.kind.deeds[0].weapon)
    ]
    declared = any(isinstance(t.kind, Items) or (isinstance(t.kind, Require) and t.kind.baseline) for t in text.terms)
    if not declared:
        for term in moving:
            name = term.id.split("@")[0]
            yield (
                "no-baseline",
                name,
                "weapons are to be moved or limited, and nobody has to say what there is",
                ("terms", name),
            )


def _asymmetry(draft: Draft, text: Text) -> Told:
    """Terms that bind some of the parties, with no mirror for the others and no word why."""
    parties = set(draft.agreement.parties)
    for term in text.terms:
        mine = set(term.binds) & parties
        if not mine or mine == parties or term.asymmetric or isinstance(term.kind, (Guarantee, Unverifiable)):
            continue
        others = {
            party
            for other in text.terms
            if other is not term and type(other.kind) is type(term.kind) and _acts(other) & _acts(term)
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


def _acts(term: Term) -> frozenset[str]:
    return term.what.acts if term.what else frozenset()


def _clash(agreement: Agreement, one: Term, other: Term) -> str | None:
    """Why two terms cannot both be kept."""
    both = set(one.binds) & set(other.binds)
    a, b = one.what, other.what
    if not both or a is None or b is None or one.window.intersection(other.window).is_empty:
        return None
    if not all(_meet(agreement, a.at(p), b.at(p)) for p in both):
        return None
    who = " and ".join(sorted(both))
    if isinstance(one.kind, (Require, Quota)) and isinstance(other.kind, Forbid) and not other.exemptions:
        deeds = one.kind.deeds if isinstance(one.kind, Require) else (one.kind.what,)
        if any(d.acts <= b.acts and _narrower(d, b) for d in deeds):
            return f"{who} must do there what {who} must not"
    if isinstance(one.kind, Limit) and isinstance(other.kind, Limit) and one.kind.per == other.kind.per:
        same = a.acts == b.acts and a.targets == b.targets and a.weapon == b.weapon and a.place == b.place
        if same and one.kind.to != other.kind.to and not (one.version or other.version):
            return f"two caps for the same of {who}: {one.kind.to / 1000:g} and {other.kind.to / 1000:g}"
    pulled_back = isinstance(other.kind, Limit) and other.kind.to == 0 and not other.exemptions
    deeds = one.kind.deeds if isinstance(one.kind, Require) else ()
    if pulled_back and any(d.acts & b.acts and d.weapon == b.weapon for d in deeds):
        return f"{who} must bring there what may not be there"
    return None


def _narrower(deed: Pattern, ban: Pattern) -> bool:
    """Whether every deed of the one kind is an act of the other."""
    targets = ban.targets is None or (deed.targets is not None and deed.targets <= ban.targets)
    return targets and ban.weapon in (None, deed.weapon) and ban.force in (None, deed.force)


def _meet(agreement: Agreement, a: Pattern, b: Pattern) -> bool:
    """Whether two patterns share some place."""
    if a.place is None or b.place is None or a.place == b.place:
        return True
    return bool(shapely.intersects(agreement.places[a.place].outline(), agreement.places[b.place].outline()))


def readings(draft: Draft) -> Told:
    """Clauses that the parties read differently."""
    texts = draft.agreement.texts
    if len(texts) < 2:
        return
    starts = {text.in_force for text in texts}
    if len(starts) > 1:
        yield "readings-conflict", "", "the readings do not agree when it is in force", ("readings",)
    for term_id in draft.agreement.term_ids:
        seen: list[Term | None] = []
        for text in texts:
            mine = next((term for term in text.terms if term.id == term_id), None)
            if mine is not None and mine.window == text.in_force:  # the start is told once, for the whole
                mine = replace(mine, window=texts[0].in_force)
            if mine not in seen:
                seen.append(mine)
        if len(seen) > 1:
            name = term_id.split("@")[0]
            told = ", ".join(str(text.reading) for text in texts)
            yield "readings-conflict", name, f"is read in {len(seen)} ways ({told})", ("terms", name)
