"""What headings and the theses of a list tell that people said: *МЗС Гаяни: берег порожній*, *Каракас вимагає обміну*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from servanda.statements.documents import Document
from servanda.statements.slavic.attribute import attributions
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.sides import Spoken, each_of, speaker_of
from servanda.statements.slavic.words import Tables

_WORDS = 2  # of what is said, at the least


def said_in_headings(headings: Document, known: Known, t: Tables, sides: Mapping[str, str]) -> list[Spoken]:
    """Who says what in the headings: only sides, and people of whom the text tells too.

    Args:
        headings: those of a document, as one of their own (``documents.of_headings``).
        known: who is who in the document.
        t: the language.
        sides: of whom the document tells, by name.

    Returns:
        Them in the order of the headings.
    """
    text, out = headings.text, list[Spoken]()
    for paragraph in headings.paragraphs:
        told = attributions(text, paragraph, t, known.surnames)
        for x in (one for told_ in told for one in each_of(told_, text, t, known.surnames)):
            called = text[slice(*x.source)].lower() if x.source else ""
            if not called or called in t.raw["pronouns"] or called in t.raw["that_one"] or x.possessive:
                continue
            spoken = speaker_of(x, known, t, text)
            side = spoken.side or sides.get(spoken.name, "")
            told_of = side or (spoken.person and spoken.name in known.full.values())
            if told_of and not spoken.carrier and _says(text, x.content):
                out.append(Spoken(x, spoken.name, side, spoken.person, carrier=False, known="told" if side else ""))
    return out


def _says(text: str, content: Sequence[tuple[int, int]]) -> bool:
    return sum(len(text[a:b].split()) for a, b in content) >= _WORDS
