"""What a document says in its own author's words: the answers of an interview, a post, a bulletin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from servanda.statements.documents import Document
from servanda.statements.slavic.dialogue import Line, author_of, heads_itself, signed, signs_off, told_in, with_whom
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.sides import Spoken
from servanda.statements.slavic.words import Tables, inflected, words_of
from servanda.statements.words import quotations, sentences


def headed_by(document: Document, known: Known, t: Tables) -> tuple[str, str]:
    """The body whose bulletin this is, and its side: *the ministry* means it."""
    if not (called := heads_itself(document, t)):
        return "", ""
    words = words_of(called, (0, len(called)), t.code)
    side = known.side(words)
    for k in range(len(words)):
        phrase = phrase_at(words, k, ("gent",), t)
        if phrase is not None and phrase.name[1] and words[phrase.head].lemmas & t.sets["offices"]:
            name = inflected(words[slice(*phrase.name)], t.code)  # *Брифинг представителя МИД Хорватии Марко Зорича*
            key = known.remember(name, side)
            return known.full.setdefault(key, name), side
    for w in words:
        for body in w.lemmas & t.sets["bodies"]:
            known.bodies.setdefault(body, (called, side))
    return called, side


def own_words(
    document: Document, told: Sequence[Told], lines: Sequence[Line], known: Known, t: Tables, head: tuple[str, str]
) -> list[Spoken]:
    """The answers of an interview, and the sentences of a post in which its author tells nobody else's words."""
    author, person, side, start = _author(document, known, t, head)
    out, spoken = [], [line.span for line in lines]
    if lines:
        first = document.text.rfind("\n", 0, lines[0].span[0] - len(lines[0].asked)) + 1
        asked_of = author or with_whom(document, t, known, first)
        for line in lines:
            name = line.who or asked_of
            if not name:
                continue
            its = known.side_of_name.get(known.remember(name, ""), "") or (side if name == author else "")
            its = its or ("" if line.who else _led(document, known, t, first))
            whole = known.whole(name.split()[-1]) or name
            out += [Spoken(x, whole, its, person=True, carrier=False) for x in told_in(document, line)]
        if not author:
            return out
        spoken += [p for p in document.paragraphs if any(p[0] <= a < p[1] for a, _ in spoken)]
        spoken += [
            p for p in document.paragraphs if re.match(t.raw["questions"], document.text[slice(*p)], re.IGNORECASE)
        ]
    if not author:
        return []
    taken = [*(x.sentence for x in told), *spoken]
    last = ""
    for paragraph in document.paragraphs:
        for span in sentences(document.text, paragraph, quotations(document.text, paragraph)):
            if span[0] >= start and not any(a < span[1] and span[0] < b for a, b in taken):
                back = re.search(t.raw["points_back"], document.text[slice(*span)], re.IGNORECASE)
                x = Told(
                    None, (span[0], span[0]), (span,), True, "—", ("says",), False, span, context=(back and last) or ""
                )
                last = document.text[slice(*span)]
                out.append(Spoken(x, author, side, person=person, carrier=False))
    return out


def _author(document: Document, known: Known, t: Tables, head: tuple[str, str]) -> tuple[str, bool, str, int]:
    """Whose own words the document is, whether it is a person, his side, and from which character on he speaks."""
    name, line, start = signed(document, t)
    if name:
        side = known.side(words_of(line, (0, len(line)), t.code))
        return name, True, known.side_of_name.get(known.remember(name, side), side), start
    author = author_of(document, t) or head[0]
    name, line = signs_off(document, t)
    as_signed = known.side(words_of(line, (0, len(line)), t.code)) if line else ""
    if name and not author:
        return name, True, as_signed or _own_side(document, known, t, document.text), 0
    person = author in known.full.values()
    side = known.side(words_of(author, (0, len(author)), t.code)) or head[1] or (as_signed if name == author else "")
    return author, person, side or (_own_side(document, known, t, document.text) if author else ""), 0


def _led(document: Document, known: Known, t: Tables, first: int) -> str:
    """The first side that is named before the lines of an interview."""
    led = (known.side(words_of(document.text, p, t.code)) for p in document.paragraphs if p[0] < first)
    head = document.head or document.title
    return known.side(words_of(head, (0, len(head)), t.code)) or next((s for s in led if s), "")


def _own_side(document: Document, known: Known, t: Tables, text: str) -> str:
    """*Доповідаю як речник Сил оборони*: the side that a post says it speaks for."""
    match = re.search(t.raw["reporting_as"], text, re.IGNORECASE)
    return known.side(words_of(text, match.span(1), t.code)) if match else ""
