"""Offers of contributors: who would send how many, where, for what, and on whose consent, as far as the words say it.

An **offer** is a saying whose words would send somebody: a verb of sending behind a word of readiness (*will*, *ready to*, the intention to; or the saying itself
*offers*), and behind it a noun for a force or for watchers, without a negation. Where the same saying rejects a term there is none. It is the side's that speaks, once for each occasion; of several relays the
one that says most. Nothing is added: what the words do not say is empty, and the words stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from servanda.statements.analysis import StatementAnalysis
from servanda.statements.extract import Statement
from servanda.statements.speakers import People
from servanda.values.amounts import read_amount
from servanda.values.gazetteer import gazetteer

_WORDS = gazetteer("position_words.yaml")


def _any(name: str) -> str:
    return "|".join(_WORDS[name])


_OFFERING = frozenset(_WORDS["offering"])
_WILL = re.compile(_any("readiness"), re.IGNORECASE)
_SEND = re.compile(rf"\b(?:{_any('sending')})\b", re.IGNORECASE)
_FORCE = re.compile(rf"\b(?:{_any('forces')})\b", re.IGNORECASE)
_NEVER = re.compile(rf"\b(?:{_any('never')})\b|n[’']t\b", re.IGNORECASE)
_STRENGTH = re.compile(
    rf"\b((?:(?:{_any('bounds')}) )?(?:{_any('numbers')})) (?:of )?(?:[\w’'-]+ ){{0,3}}?$", re.IGNORECASE
)
_PLACE = re.compile(rf"\b(?:{_any('before_places')}) (?:the )?((?:[^\W\d_a-zà-ÿа-яёіїєґ][\w’'-]+ ?){{1,3}})")
_PURPOSE = re.compile(rf"\b({_any('purposes')})")
_CONSENTS = tuple(
    re.compile(
        pattern.replace("{who}", "(?P<who>[^.,;”»]{2,60}" + ("" if pattern.endswith("{who}") else "?") + ")"),
        re.IGNORECASE,
    )
    for pattern in _WORDS["consents"]
)
_NEAR = 80  # characters between the verb and the force
_STOPS = re.compile(rf"\s+(?:{_any('purpose_ends')})\b.*$", re.IGNORECASE)


@dataclass(frozen=True)
class Offer:
    """Somebody's offer of a force: ``strength``, ``place``, ``purpose`` and ``consent_of`` in the words of the saying, empty where it has none;
    ``consent_side``: the side whose consent that is, where the words name one.
    """

    side: str
    statement: Statement
    day: date | None
    strength: str
    place: str
    purpose: str
    consent_of: str
    consent_side: str

    @property
    def told(self) -> int:
        """How much of it the words tell."""
        return sum(bool(getattr(self, f.name)) for f in fields(self))


def offers(analysis: StatementAnalysis) -> list[Offer]:
    """The offers that some documents tell.

    Args:
        analysis: what the documents tell.

    Returns:
        One for each side and occasion, in the order of the documents.
    """
    days = {o.id: date.fromisoformat(o.day) for o in analysis.aligned.occasions if o.day}
    of = analysis.aligned.occasion_of
    best: dict[tuple[str, str], Offer] = {}
    for s in analysis.statements:
        if not s.speaker or not s.side or s.teller != s.speaker or any(x == "rejects" for _, x in s.stances):
            continue
        sentence = _sending(s)
        for side in s.side.split("; ") if sentence else ():
            occasion = of.get(s.id, s.id)
            offer = _offer(side, s, s.day or days.get(occasion), sentence, analysis.people)
            known = best.get((side, occasion))
            if known is None or offer.told > known.told:
                best[side, occasion] = offer
    return list(best.values())


def _sending(s: Statement) -> str:
    """The sentence that would send somebody; nothing where none does, or it says that nobody is sent."""
    for sentence in re.split(r"(?<=[.!?;])\s+", s.content):
        send = _SEND.search(sentence)
        force = _FORCE.search(sentence, send.end()) if send else None
        if not send or not force or force.start() - send.end() > _NEAR or _NEVER.search(sentence[: force.start()]):
            continue
        if s.verb in _OFFERING or _WILL.search(sentence[: send.end()]):
            return sentence
    return ""


def _offer(side: str, s: Statement, day: date | None, sentence: str, people: People) -> Offer:
    send = _SEND.search(sentence)
    assert send is not None
    force = _FORCE.search(sentence, send.end())
    assert force is not None
    behind = sentence[force.end() :]
    consent = next((m["who"].strip() for pattern in _CONSENTS if (m := pattern.search(s.content))), "")
    purpose = _PURPOSE.search(behind)
    return Offer(
        side=side,
        statement=s,
        day=day,
        strength=_strength(sentence[send.end() : force.start()]),
        place=_place(behind),
        purpose=_STOPS.sub("", purpose[1]).strip(' ,”"’') if purpose else "",
        consent_of=consent,
        consent_side=people.side(consent) if consent else "",
    )


def _strength(before: str) -> str:
    """A number right before the noun, where it is one that can be read."""
    found = _STRENGTH.search(before)
    if found is None:
        return ""
    text = " ".join(found[1].split())
    try:
        read_amount(text)
    except ValueError:
        return ""
    return text


def _place(behind: str) -> str:
    found = _PLACE.search(behind)
    return found[1].strip() if found else ""


def force_rows(found: Sequence[Offer], start: dict[date, str]) -> list[dict[str, str]]:
    """Offers as rows of a register of forces (``servanda-forces``), each a position and no deed.

    Args:
        found: the offers.
        start: how each day is written as the instant from which it begins.

    Returns:
        A row each, its columns as texts.
    """
    return [
        {
            "force_id": f"{o.side} {o.statement.id}",
            "who": o.side,
            "status": "offered",
            "strength": o.strength,
            "place_name": o.place,
            "purpose": o.purpose,
            "awaits_consent_of": o.consent_side or o.consent_of,
            "source": o.statement.document,
            "origin": o.statement.speaker,
            "via": " < ".join((*reversed(o.statement.via), o.statement.speaker)),
            "side": o.side,
            "start": start[o.day] if o.day else "",
            "summary": o.statement.content,
        }
        for o in found
    ]
