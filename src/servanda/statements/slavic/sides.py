"""Who speaks in an attribution, and for which side: by his name and office, and the place that a paragraph speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.words import Tables, words_of
from servanda.statements.words import Span

_OPENING, _ALONE = 80, 2  # letters with which a paragraph begins; words of a place


@dataclass(frozen=True)
class Spoken:
    """An attribution with its speaker."""

    told: Told
    name: str
    side: str
    person: bool
    carrier: bool


def speaker_of(told: Told, known: Known, t: Tables, text: str) -> Spoken:
    """Who speaks in an attribution; a medium carries only.

    Args:
        told: the attribution.
        known: who is who.
        t: the language.
        text: the document.

    Returns:
        It with name and side, as far as they are told beside the name.
    """
    words = words_of(text, told.source, t.code) if told.source else []
    carrier = any(w.lemmas & t.sets["carriers"] for w in words[:3]) and not told.name and told.verb != "сказать"
    if carrier:
        return Spoken(
            told, " ".join(text[slice(*told.source)].split()) if told.source else "", "", person=False, carrier=True
        )
    return Spoken(told, *known.speaker(told, text), carrier=False)


def both_sides(s: Spoken, parties: Sequence[str], t: Tables) -> Spoken:
    """*The sides* are the parties of an agreement between two.

    Args:
        s: an attribution with its speaker.
        parties: of the agreement.
        t: the language.

    Returns:
        The same, of both sides where both speak.
    """
    both = bool(s.name) and not s.side and len(parties) == 2 and s.name.lower() in t.sets["both"]
    return replace(s, side="; ".join(parties)) if both else s


def with_sides(
    spoken: list[Spoken], known: Known, t: Tables, text: str, home: str, paragraphs: Sequence[Span] = ()
) -> list[Spoken]:
    """Sides of those beside whose names none is told.

    Args:
        spoken: attributions with their speakers.
        known: who is who.
        t: the language.
        text: the document.
        home: the side of the body whose bulletin it is.
        paragraphs: of the document.

    Returns:
        The same; an official speaks for the body whose bulletin names him, or for the place that his
        paragraph speaks of (*В Иерусалиме смотрят иначе*); a private person, and who holds no office, for nobody.
    """
    out: list[Spoken] = []
    for s in spoken:
        side = s.side
        if s.name and not side and not s.carrier and not _private(s.told, t, text):
            side = home
            if not side and _official(s, known, t, text):
                side = _by_place(s, known, t, text, paragraphs)
            if s.person and side:
                known.side_of_name.setdefault(known.remember(s.name, ""), side)
        out.append(replace(s, side=side))
    learnt = {s.name: s.side for s in reversed(out) if s.side and s.person}
    return [replace(s, side=s.side or learnt.get(s.name, "")) for s in out]


def _official(s: Spoken, known: Known, t: Tables, text: str) -> bool:
    """An office is said beside his name, here or elsewhere."""
    words = words_of(text, s.told.source, t.code) if s.told.source else []
    return any(w.lemmas & t.sets["offices"] for w in words) or any(name == s.name for _, _, name in known.held)


def _by_place(s: Spoken, known: Known, t: Tables, text: str, paragraphs: Sequence[Span]) -> str:
    """The place with which his paragraph begins: *Из Киева доносится другое*."""
    around = next((p for p in paragraphs if p[0] <= s.told.cue[0] < p[1]), None)
    if around is None:
        return ""
    words = words_of(text, (around[0], min(around[1], around[0] + _OPENING)), t.code)
    if len(words) < 2 or words[0].low not in t.raw["from_place"]:
        return ""
    phrase = phrase_at(words, 1, ("loct", "loc2", "gent"), t)
    return known.side(words[1 : phrase.end]) if phrase is not None and phrase.end <= 1 + _ALONE else ""


def _private(told: Told, t: Tables, text: str) -> bool:
    words = words_of(text, told.source, t.code) if told.source else []
    return any(w.lemmas & (t.sets["private"] | t.sets["anonymous"]) for w in words)
