"""What is found between the words of a clause and what is coded for it: other numbers, other people, other places, other times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from servanda.agreement import Pattern, Term, Text
from servanda.agreement.kinds import RESTRAINTS
from servanda.agreement.schema.term import Term as Clause
from servanda.drafting import wording
from servanda.drafting.draft import Draft, Report, report
from servanda.drafting.kinds import rules_of
from servanda.drafting.kinds.shared import POSITIONS
from servanda.drafting.understand import amounts, clause
from servanda.drafting.understand.actors import Actors, named_in
from servanda.drafting.understand.lexicon import find
from servanda.values.geo.shapes import AllOf, AnyOf, Disc, Near, Place
from servanda.values.weapons import CLASSES, WeaponClass
from servanda.wording import either

_EACH = re.compile(
    r"\b(?:(?:both|each|either|neither|any|every|all)\s+(?:of\s+)?(?:the\s+)?(?:two\s+)?|(?:the\s+)?two\s+)"
    r"(?:part(?:y|ies)|sides?|signator(?:y|ies)|delegations?|belligerents?|warring\s+\w+|arm(?:y|ies)|commands?)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\ball[- ]for[- ]all\b|\ball\s+(?:the\s+|remaining\s+|other\s+)?(?:prisoners|detainees|hostages|captives|persons (?:held|detained)|internees|pows)\b",
    re.IGNORECASE,
)
_LISTS = re.compile(r"\blists?\b|\bregist\w+\b|\bby name\b|\bnames of\b|\bnamed in\b", re.IGNORECASE)
_SOON = re.compile(
    r"within a (?:reasonable|short) (?:time|period)|as soon as (?:possible|feasible|practicable)|in due course|promptly|swiftly|speedily|expeditiously|rapidly|quickly|without (?:undue )?delay|at the earliest\w*(?: \w+)?|in good time",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>second|minute|hour|day|week|fortnight|month|year)s?\b")
_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "fortnight": 336.0}
_FOR = re.compile(
    rf"\b(?:for|lasting|a period of|(?:ceasefire|truce|pause|cessation) of)\s+(?:a period of\s+)?(?P<n>{amounts.NUMBER})[\s-]*(?P<unit>hour|day|week|month)s?\b",
    re.IGNORECASE,
)
_ACCESS = frozenset({"access_denied", "jamming", "tampering", "mission_access"})
"""Whoever keeps a mission out does it wherever he is. That positions have no place is told as ``no-line``."""
_NEAR = 0.02
"""How far a distance may be from the one in the text: miles and kilometres are rounded."""


def of_term(draft: Draft, text: Text, term: Term) -> Iterator[Report]:
    """What is coded for one clause otherwise than its words say.

    Args:
        draft: the agreement with its file.
        text: the reading.
        term: the term.

    Yields:
        One report for each difference; none of a version that an amendment made, or of a clause that the text does not have.
    """
    written = draft.file.terms.get(term.clause)
    if written is None or term.version or "text" in (written.ours or ()) or written.unverifiable:
        return
    yield from _distances(draft, term)
    yield from _sizes(term)
    yield from _periods(written, term)
    yield from _times(draft, text, written, term)
    yield from _people(draft, written, term)
    yield from _where(term)
    yield from _conditions(draft, written, term)
    if _LIST.search(term.text) and not _listed(text):
        words = _LIST.search(term.text)
        assert words is not None
        yield report(
            "no-list",
            term,
            f"{words.group(0)!r} asks for lists of who is held, and no term makes anybody give one",
            "text",
        )


def _distances(draft: Draft, term: Term) -> Iterator[Report]:
    """Kilometres of the text against how far the places reach."""
    bound = amounts.reach(term.text)
    said = [d for d in amounts.distances(term.text) if bound is None or d.words not in bound.words]
    if not said or term.what is None:
        return
    keys = [term.what.place] if term.what.place else list(term.what.place_of.values())
    for name in dict.fromkeys(part for key in keys if key for part in key.split(" + ")):
        spec = draft.file.places.get(name)
        for metres in _reaches(draft.agreement.places[name]):
            here = metres / 1000
            fits = {here, 2 * here} if spec is not None and spec.width else {here}
            if wording.widths(term.text):
                fits |= {2 * here, here}
            if not any(abs(d.n - one) <= _NEAR * one for d in said for one in fits):
                words = either([d.words.strip() for d in said])
                yield report(
                    "number-differs", term, f"the text says {words}; the place {name!r} reaches {here:g} km", "text"
                )
                break


def _reaches(place: Place) -> list[float]:
    """How far a place reaches from what it is measured from, in metres."""
    if isinstance(place, (AllOf, AnyOf)):
        return [metres for part in place.places for metres in _reaches(part)]
    return [place.metres] if isinstance(place, (Near, Disc)) else []


def _sizes(term: Term) -> Iterator[Report]:
    """Calibre, range and class of weapons in the text against those that are coded."""
    wanted = term.what.weapon if term.what is not None else None
    if wanted is None:
        return
    said = amounts.calibre(term.text)
    if said is not None and wanted.calibre is not None and said.n != wanted.calibre.number:
        yield report(
            "number-differs", term, f"the text says {said.words!r}; the clause has the calibre {wanted.calibre}", "text"
        )
    far = amounts.reach(term.text)
    if far is not None and wanted.range is not None and far.n != wanted.range.number:
        yield report(
            "number-differs", term, f"the text says {far.words!r}; the clause has the range {wanted.range}", "text"
        )
    found = find("weapons", term.text)
    if found and not any(_related(one.code, wanted) for one in found):
        what = f"the text speaks of {either([repr(f.words) for f in found[:3]])}, the clause of {wanted}"
        yield report("weapon-differs", term, what, "text")


def _related(code: str, wanted: WeaponClass) -> bool:
    """Whether a class in the text is one of the clause's, or above or below one, or the clause names single systems."""
    return any(one not in CLASSES or code in _line(one) or one in _line(code) for one in wanted.names)


def _line(code: str) -> list[str]:
    out = []
    above: str | None = code
    while above is not None:
        out.append(above)
        above = CLASSES.get(above)
    return out


def _periods(written: Clause, term: Term) -> Iterator[Report]:
    """Per what time something is counted, in the text and as it is coded."""
    every = written.require.every if written.require is not None else None
    quotas = amounts.quotas(term.text)
    if every and quotas and _hours(every) and all(_hours(q.anchor) not in (None, _hours(every)) for q in quotas):
        yield report(
            "number-differs", term, f"the text counts per {quotas[0].anchor}; the clause every {every}", "text"
        )


def _hours(words: str) -> float | None:
    """A length of time in hours; months by 30 days. ``None`` where there is none."""
    match = _OFFSET.search(words)
    if match is None:
        return None
    unit = match["unit"]
    return float(match["n"]) * _HOURS.get(unit, 720.0 if unit == "month" else 8760.0)


def _times(draft: Draft, text: Text, written: Clause, term: Term) -> Iterator[Report]:
    """By when, in the text and as it is coded."""
    keys = {"deadline": written.deadline, "from": written.from_}
    at: tuple[str | int, ...] = ()
    if written.respond is not None:
        keys, at = {"within": written.respond.within}, ("respond",)
    elif written.then:
        keys, at = {"within": written.then[0].within}, ("then", 0)
    elif written.declare is not None and written.declare.notice is not None:
        keys, at = {"before": written.declare.notice.before}, ("declare", "notice")
    coded = {key: value for key, value in keys.items() if value and key not in (written.ours or ())}
    lengths = {key: hours for key, value in coded.items() if (hours := _hours(value)) is not None}
    said = amounts.deadlines(term.text) or (amounts.lengths(term.text) if {"within", "before"} & set(coded) else [])
    told = [hours for d in said if (hours := _hours(d.text)) is not None]
    if told and lengths and not set(lengths.values()) & set(told) and not _sums(told, lengths.values()):
        key = next(iter(lengths))
        yield report(
            "deadline-differs",
            term,
            f"the text says {said[0].words.strip()!r}; the clause has {coded[key]!r}",
            *at,
            key,
        )
    soon = _SOON.search(term.text)
    if soon and lengths and not amounts.lengths(term.text):
        key = next(iter(lengths))
        what = f"the text says {soon.group(0)!r} and no number; the clause has {coded[key]!r} and does not say that it is not the text's"
        yield report("deadline-differs", term, what, *at, key)
    lasting = _FOR.search(term.text)
    if (
        lasting
        and term.kind.owes in RESTRAINTS
        and written.from_ is None
        and written.until is None
        and draft.file.in_force is not None
    ):
        whole = text.in_force
        hours = amounts.number(lasting["n"]) * _HOURS.get(lasting["unit"].lower(), 720.0)
        length = whole.end - whole.start if whole.start and whole.end else None
        if length is not None and abs(length - timedelta(hours=hours)) > timedelta(
            hours=26 if lasting["unit"].lower() == "month" else 2
        ):
            yield report(
                "deadline-differs",
                term,
                f"the text says {lasting.group(0)!r}; the agreement is in force for {round(length / timedelta(days=1))} days",
                "text",
            )


def _sums(told: list[float], coded: object) -> bool:
    """Whether a coded length is the sum of those in the text ("15 days and then 24 more")."""
    return any(abs(sum(told) - one) < 1 for one in coded)  # type: ignore[attr-defined]


def _people(draft: Draft, written: Clause, term: Term) -> Iterator[Report]:
    """Whom the text binds, against whom the clause does."""
    parties = set(draft.agreement.parties)
    if len(parties) < 2:
        return
    everybody = _EACH.search(term.text)
    names = list(parties)
    if term.kind.guards:
        trigger = written.when
        if everybody and trigger is not None and trigger.party in parties:
            what = f"the text says {everybody.group(0)!r}; only a breach by {trigger.party} sets it off"
            yield report("bound-differs", term, what, "when")
        return
    if term.kind.owes == "none" or written.asymmetric:
        return
    bound = set(term.binds)
    if everybody and bound & parties and not parties <= bound:
        missing = " and ".join(sorted(parties - bound))
        yield report(
            "bound-differs", term, f"the text says {everybody.group(0)!r}; the clause does not bind {missing}", "binds"
        )
    elif not everybody and not find("everybody", term.text) and bound >= parties:
        got = clause.understand(term.text, _actors(draft))
        subject = set(got.binds or ())
        if len(subject) == 1 and subject < parties and len(names) > 1:
            what = (
                f"the text speaks of {got.words['binds']!r}; the clause binds {' and '.join(sorted(bound & parties))}"
            )
            yield report("bound-differs", term, what, "binds")


def _actors(draft: Draft) -> Actors:
    return Actors(draft.file.parties, draft.file.guarantors, draft.file.third_states, draft.file.bodies)


def _where(term: Term) -> Iterator[Report]:
    """A place in the text of a clause that is coded anywhere."""
    pattern: Pattern | None = term.what
    if pattern is None or pattern.place is not None or pattern.place_of or pattern.targets is not None:
        return
    if term.kind.owes not in (*RESTRAINTS, "deed") or set(pattern.act_codes) & (_ACCESS | POSITIONS):
        return
    place = next((p for p in amounts.places(term.text) if _bounded(p)), None)
    if place is not None:
        yield report("place-not-coded", term, f"the text says {place!r}; the clause is coded for anywhere", "text")


def _bounded(place: str) -> bool:
    """Whether words name a place narrower than everywhere that the parties are."""
    return not re.match(
        r"(?:its|their|the whole|the entire|all|any)\b|the (?:line of contact|contact line|front|front line|frontline|territory)$",
        place,
        re.IGNORECASE,
    )


def _conditions(draft: Draft, written: Clause, term: Term) -> Iterator[Report]:
    """Consent and exceptions in the text that are not coded."""
    if term.kind.owes not in RESTRAINTS or written.unless is not None or written.except_ or term.exemptions:
        return
    got = clause.understand(term.text, _actors(draft))
    for key in ("unless", "except"):
        words = got.words.get(key)
        others = {n.short for n in named_in(words or "", _actors(draft))}
        elsewhere = key == "except" and others and not others & set(term.binds)
        if words and not wording.excepts(term.text) and not elsewhere:
            yield report("exception-not-coded", term, f"the text says {words!r}; the clause has no exception", "text")
            return


def _listed(text: Text) -> bool:
    """Whether some term makes somebody give lists."""
    return any(
        _LISTS.search(term.text) and (term.kind.owes == "deed" or rules_of(term).declares(term.kind))
        for term in text.terms
    )
