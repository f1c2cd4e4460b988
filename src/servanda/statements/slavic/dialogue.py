"""What is said without a verb of saying: interviews with dashes or labels, and a post or a bulletin in its author's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from servanda.statements.documents import Document
from servanda.statements.interviews import answers
from servanda.statements.slavic.people import Known
from servanda.statements.slavic.phrases import phrase_at
from servanda.statements.slavic.sentence import Told
from servanda.statements.slavic.words import DASHES, INITIAL, Tables, Word, inflected, words_of
from servanda.statements.words import Span, sentences

_LEAST = 2  # lines of a dialogue
_LABEL = re.compile(r"\s*([^\W\d_][^:.!?«»\"\n]{1,60}):\s+(?=\S)")
_LABEL_WORDS = 5
_LETTERHEAD, _OF_A_BODY = 16, 3  # words of a letterhead, and of those the first, one of which is the body
_PLACE_DAY = r"[^\W\d_][\w.’'-]{2,30}, \d{1,2} \w+"
_TITLED = re.compile(r"([^\n:]{5,120}):\s*[«“„\"]")
_INSERTED = re.compile(r"[,.!?…] [—–] [а-яёіїєґ]+")
_SIGNED = re.compile(r"([^:!?«»\"\n]{5,120}):\s*(?:\n|$)")


@dataclass(frozen=True)
class Line:
    """What somebody says in an interview or a transcript: where, by whom (empty: whom the interview is with), and what was asked before it."""

    span: Span
    who: str
    asked: str


def author_of(document: Document, t: Tables) -> str:
    """Whose own words a document is: of a chat its sender, of a channel its name, of a post who stands with a colon above it; nobody's where none is told.

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


def signed(document: Document, t: Tables) -> tuple[str, str, int]:
    """*Марко Зорич, министр обороны:* above a post, or where it begins: the name, the whole line, and where the post goes on.

    Args:
        document: a post.
        t: the language.

    Returns:
        Name, line and character of the text; empty texts where there is none.
    """
    first = document.text[slice(*document.paragraphs[0])] if document.paragraphs else ""
    heads = [(line, 0) for line in (document.head or document.title).splitlines()]
    for line, start in [*heads, (first, len(first) and document.paragraphs[0][0])]:
        if (match := _SIGNED.match(line)) is None:
            continue
        if name := _first_name(match[1], t):  # *Марко Зорич, министр:*, *Министр Марко Зорич:*
            return name, match[1], start + match.end(1) if line is first else 0
    return "", "", 0


def signs_off(document: Document, t: Tables) -> tuple[str, str]:
    """*С уважением, Марко Зорич, пресс-секретарь*: who has signed a letter, and the whole line.

    Args:
        document: a letter.
        t: the language.

    Returns:
        Both; empty texts where nobody has.
    """
    lines = [line for _, line in document.dropped]
    for n, line in enumerate(lines):
        if re.match(t.raw["signs_off"], line, re.IGNORECASE):
            signed_by = ((name, one) for one in lines[n + 1 : n + 3] if (name := _first_name(one, t)))
            return next(signed_by, ("", ""))
    return "", ""


def _first_name(text: str, t: Tables) -> str:
    """The first whole name in the nominative."""
    words = words_of(text, (0, len(text)), t.code)
    for k in range(len(words)):
        phrase = phrase_at(words, k, ("nomn",), t)
        if phrase is not None and phrase.name[1] - phrase.name[0] > 1:
            return " ".join(w.text for w in words[slice(*phrase.name)])
    return ""


def _unknown_name(text: str) -> str:
    """A text that is a name and nothing else: two or three words, each with a capital; a foreign name is in no dictionary."""
    words = text.split()
    return " ".join(words) if 2 <= len(words) <= 3 and all(w.istitle() and w.isalpha() for w in words) else ""


def heads_itself(document: Document, t: Tables) -> str:
    """The words of the title or of the letterhead that name the body whose bulletin this is, or who gives the briefing; empty where there is none."""
    heads, dot = t.raw["statement_heads"], rf"(?:{INITIAL}|[^,.:«(])"
    titles = dict.fromkeys(
        [document.title, *document.head.splitlines()[:1]]
    )  # *Заявление МИД* is no title by its words
    shapes = (
        rf"(?:\w+\s+)?(?:{heads})\s+(\w{dot}{{3,140}})(?=[,.:]|$)",
        rf"(.{{5,120}}?)[.,:]?\s+(?:{heads})\b",
    )
    for title, shape in product(titles, shapes):
        if match := re.match(shape, title, re.IGNORECASE):
            called = match[1].split()
            tells = any(
                w.forms and w.forms[0].pos in ("VERB", "INFN") for w in words_of(match[1], (0, len(match[1])), t.code)
            )
            return "" if tells or called[0].lower() in t.raw["from_place"] else " ".join(called)
    first, *more = document.head.splitlines() or [""]
    issued = any(re.match(rf"(?:\S+\s+)?(?:{heads})\b|{_PLACE_DAY}", line, re.IGNORECASE) for line in more[:3])
    words = words_of(first, (0, len(first)), t.code)
    body = any(w.lemmas & (t.sets["bodies"] | t.sets["body_words"]) for w in words[:_OF_A_BODY])
    return first.strip() if issued and body and first[-1:] not in ".!?:" and len(words) <= _LETTERHEAD else ""


def lines_of(document: Document, t: Tables, known: Known) -> list[Line]:
    """The answers of an interview in lines with dashes, what stands behind labels, or between paragraphs that ask.

    Args:
        document: the interview or transcript.
        t: the language.
        known: who is named in it.

    Returns:
        What is said, without what is asked.
    """
    asked = (Line(span, "", question) for span, question in answers(document))
    return _labelled(document, t, known) or _dashed(document, t) or [*asked]


def _dashed(document: Document, t: Tables) -> list[Line]:
    """Lines with dashes: questions and answers, or answers alone, between questions without one."""
    text = document.text
    lines = [p for p in document.paragraphs if text[p[0]] in DASHES]
    asked = [p for p in document.paragraphs if p not in lines and text[slice(*p)].rstrip().endswith("?")]
    if len(lines) < _LEAST:
        return []
    out: list[Line] = []
    if not any(text[a:b].rstrip().endswith("?") for a, b in lines):
        titled = any(_TITLED.match(line) for line in (document.head or document.title).splitlines())
        if (not asked and not titled) or any(_INSERTED.search(text[slice(*p)]) for p in lines):
            return []  # *— A, — сказал X.*: a reporter's
        before = dict(zip(document.paragraphs[1:], document.paragraphs, strict=False))
        asks = [(0, 0) if before.get(p) in lines else before.get(p, (0, 0)) for p in lines]
        return [Line(_behind_dash(text, p), "", text[slice(*q)]) for p, q in zip(lines, asks, strict=True)]
    question, asking = False, ""
    for a, b in lines:
        if text[a:b].rstrip().endswith("?") or not question:
            question, asking = True, text[a:b]
            continue
        question = False
        out.append(Line(_behind_dash(text, (a, b)), "", asking))
    return out


def _behind_dash(text: str, line: Span) -> Span:
    start = line[0] + 1
    while start < line[1] and text[start].isspace():
        start += 1
    return start, line[1]


def _labelled(document: Document, t: Tables, known: Known) -> list[Line]:
    """*Вопрос: ... Ответ: ...*, *Ведущая: ... Зорич: ...*; at least two labels, one of which is of a question or of somebody known."""
    text, found = document.text, list[tuple[Span, str]]()
    for a, b in document.paragraphs:
        match = _LABEL.match(text, a, b)
        if match is not None and len(match[1].split()) <= _LABEL_WORDS:
            found.append(((match.end(), b), match[1].strip()))
    asks = [label for _, label in found if re.match(t.raw["questions"], label, re.IGNORECASE)]
    named = {label: name for _, label in found if (name := _called(label, t, known))}
    if len(found) < _LEAST or not (asks or len(named) > 1):
        return []
    out, asking = list[Line](), (0, 0)
    for span, label in found:
        if label in asks:
            asking = span
        elif label in named or re.match(t.raw["replies"], label, re.IGNORECASE):
            out.append(Line(span, named.get(label, ""), text[slice(*asking)]))
            asking = (0, 0)
    return out


def _called(label: str, t: Tables, known: Known) -> str:
    """The whole name of whom a label names."""
    words = words_of(label, (0, len(label)), t.code)
    return known.whole(words[-1].text) if words and words[-1].capital else ""


def told_in(document: Document, line: Line) -> list[Told]:
    """A telling for each sentence of what somebody says."""
    text, a = document.text, line.span[0]
    return [
        Told(None, (a, a + 1), (_bare(text, span),), True, "—", ("says",), False, span, context=line.asked)
        for span in sentences(text, line.span, [])
    ]


def with_whom(document: Document, t: Tables, known: Known, first: int) -> str:
    """With whom an interview is: by its title or first paragraphs (*Интервью с Тарасом Лысенко*), else the only one whom these name whole.

    Args:
        document: the interview.
        t: the language.
        known: who is named in it.
        first: where its lines begin.

    Returns:
        The name; empty where nothing tells it.
    """
    head = f"{document.head or document.title}\n{document.text[:first]}"
    for match in re.finditer(t.raw["interview"], head, re.IGNORECASE):
        end = next((n for n in range(match.end(), len(head)) if head[n] in "\n."), len(head))
        words = words_of(head, (match.end(), end), t.code)
        phrase = phrase_at(words, 0, ("ablt",), t) if words else None
        if phrase is not None and phrase.name[1] - phrase.name[0] > 1:
            return inflected(words[slice(*phrase.name)], t.code)
        run = [w for w in words[:3] if w.capital]
        if len(run) >= 2 and run == words[: len(run)]:
            return inflected(run, t.code)
        named = [name for name in known.full.values() if _stands_in(name, words)]
        if len(named) == 1:
            return named[0]
    for match in re.finditer(r"\b(?:интервью|інтерв.ю)\s+", head, re.IGNORECASE):
        words = words_of(head, (match.end(), f"{head}\n".index("\n", match.end())), t.code)
        phrase = phrase_at(words, 0, ("gent",), t) if words else None
        if phrase is not None and phrase.name[0] > 0 and phrase.name[1] - phrase.name[0] > 1:
            return inflected(words[slice(*phrase.name)], t.code)  # *Интервью министра Марко Зорича газете*
    for line in head.splitlines():  # *Министр Марко Зорич: «...»*
        if (titled := _TITLED.match(line)) and (name := _first_name(titled[1], t) or _unknown_name(titled[1])):
            return name
    asked = re.sub(rf"(?:{t.raw['asked_of']})\w*\s+[^\n.]*", " ", head, flags=re.IGNORECASE)  # who asks is not asked
    words = words_of(asked, (0, len(asked)), t.code)
    whole = [name for name in known.full.values() if " " in name]
    named = [name for name in whole if _stands_in(name, words)]
    if not named and not document.text[:first].strip():  # nothing stands before the lines: he may be told behind them
        told = [p for p in document.paragraphs if document.text[p[0]] not in DASHES]
        words = [w for p in told for w in words_of(document.text, p, t.code)]
        named = [name for name in whole if _stands_in(name, words)]
    return named[0] if len(named) == 1 else ""


def _stands_in(name: str, words: list[Word]) -> bool:
    """Every part of the name stands among the words, in whatever case."""
    return all(
        any(
            w.capital
            and (part.lower() in w.lemmas or w.low[: max(4, len(part) - 2)] == part.lower()[: max(4, len(part) - 2)])
            for w in words
        )
        for part in name.split()
    )


def _bare(text: str, span: Span) -> Span:
    a, b = span
    while b > a and text[b - 1] in ".!?… ":
        b -= 1
    return a, b
