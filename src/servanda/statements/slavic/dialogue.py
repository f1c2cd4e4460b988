"""What is said without a verb of saying: the lines of an interview with dashes, and a post or a bulletin in its author's own words."""

from __future__ import annotations

import re

from servanda.statements.documents import Document
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.words import DASHES, Tables, inflected, words_of
from servanda.statements.words import Span, sentences

_LEAST = 3  # lines of a dialogue


def author_of(document: Document, t: Tables) -> str:
    """Whose own words a document is: of a chat its sender, of a channel its name, of a bulletin the body that heads it; nobody's where none is told.

    Args:
        document: an article or a message.
        t: the language.

    Returns:
        A name as it stands.
    """
    if document.speaker:
        return document.speaker
    if channel := re.match(t.raw["channel"], document.title, re.IGNORECASE):
        return " ".join(channel[1].split())
    return ""


def heads_itself(document: Document, t: Tables) -> Span | None:
    """Characters of the title that name the body whose bulletin this is."""
    heads = t.raw["statement_heads"]
    match = re.match(rf"(.{{5,120}}?)[.,:]?\s+(?:{heads})\b", document.title, re.IGNORECASE)
    match = (
        re.match(rf"(?:\w+\s+)?(?:{heads})\s+(\w[^,.:«(]{{3,100}})(?=[,.:]|$)", document.title, re.IGNORECASE) or match
    )
    return match.span(1) if match else None


def answers(document: Document, t: Tables) -> list[Told]:
    """The answers of an interview in lines with dashes: what follows a question, said by the one person with whom it is.

    Args:
        document: the interview.
        t: the language.

    Returns:
        A telling for each sentence of an answer; nothing where the text does not tell with whom it is.
    """
    lines = [p for p in document.paragraphs if document.text[p[0]] in DASHES]
    if len(lines) < _LEAST:
        return []
    out: list[Told] = []
    question, asking = False, ""
    for a, b in lines:
        asked = document.text[a:b].rstrip().endswith("?") or not question
        if asked:
            question, asking = True, document.text[a:b]
            continue
        question = False
        start = a + 1
        while document.text[start].isspace():
            start += 1
        for span in sentences(document.text, (start, b), []):
            out.append(
                Told(None, (a, a + 1), (_bare(document.text, span),), True, "—", ("says",), False, span, context=asking)
            )
    return out


def with_whom(document: Document, t: Tables) -> str:
    """With whom an interview is, by its title or its first paragraph: *Интервью с Тарасом Лысенко*."""
    head = (
        f"{document.title}\n{document.text[slice(*document.paragraphs[0])]}" if document.paragraphs else document.title
    )
    match = re.search(t.raw["interview"], head, re.IGNORECASE)
    if match is None:
        return ""
    words = words_of(
        head, (match.end(), next((n for n in range(match.end(), len(head)) if head[n] in "\n."), len(head))), t.code
    )
    phrase = phrase_at(words, 0, ("ablt",), t) if words else None
    if phrase is None or not phrase.name[1]:
        run = [w for w in words[:3] if w.capital]
        return inflected(run, t.code) if len(run) >= 2 else ""
    return inflected(words[slice(*phrase.name)], t.code)


def _bare(text: str, span: Span) -> Span:
    a, b = span
    while b > a and text[b - 1] in ".!?… ":
        b -= 1
    return a, b
