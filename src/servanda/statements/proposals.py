"""The seam for a language model that reads whole documents: what it is asked, and which of its answers are taken.

It is given each document with the agreement's parties and terms and the stances there are, as a line of JSON, and proposes items: a stretch of the text,
who said it, on which side, about which term, with which stance. **An item is taken only if** its text stands at its place letter by letter, its speaker is named
in the document, and its side, term and stance are the agreement's and legal. Everything else is rejected, with the reason. What is taken says which model said it
(:attr:`Statement.read_by`), whether it is direct is read from the quotation marks and not from the model, and nothing of it reaches a verdict.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from servanda.statements.documents import Document
from servanda.statements.extract import Statement
from servanda.statements.speakers import People
from servanda.statements.stances import STANCES
from servanda.statements.topics import TopicMatcher
from servanda.statements.words import quotations
from servanda.values.gazetteer import gazetteer
from servanda.values.languages import language_of

FORMAT = 1
MOST = 1000
"""Items of one document; what comes after is rejected."""
_SHOWN = 300
_LONG = 5  # letters of a word that can stand for somebody without a capital
_WORDS = 3
_CUT = re.compile(
    r"(?:\bnot|\bnever|n[’']t|\bno|\bneither|\bnor|\bwithout|\bне|\bни|\bні|\bникогда|\bніколи|\bбез)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    """What came back: lines, and how the one who answered calls itself where the lines do not tell."""

    lines: tuple[str, ...]
    model: str


Extractor = Callable[[Sequence[Mapping[str, Any]]], Answer]
"""Is given the requests, one for each document, and answers with lines of JSON."""


@dataclass(frozen=True)
class Rejected:
    """A line that was not taken: of which document, which line, why, and how it begins."""

    document: str
    line: int
    reason: str
    said: str


@dataclass(frozen=True)
class Proposed:
    """What a model proposed: the items that were taken, those that were not, and the documents whose answer is complete."""

    statements: tuple[Statement, ...]
    rejected: tuple[Rejected, ...]
    finished: frozenset[str]


def request_for(document: Document, parties: Mapping[str, Sequence[str]], matcher: TopicMatcher) -> dict[str, Any]:
    """What is asked about a document.

    Args:
        document: the article.
        parties: codes of sides with their names.
        matcher: the terms.

    Returns:
        One object, to be written as a line of JSON.
    """
    return {
        "servanda-extractor": FORMAT,
        "document": document.id,
        "language": language_of(document.text).code,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "text": document.text,
        "parties": {code: list(names) for code, names in parties.items()},
        "terms": dict(matcher.titles),
        "stances": list(STANCES),
    }


def taken(
    answer: Answer,
    documents: Sequence[Document],
    sides: frozenset[str],
    matcher: TopicMatcher,
    people: People,
    heard: Sequence[Statement] = (),
) -> Proposed:
    """The items of an answer that can be taken.

    Args:
        answer: the lines that came back.
        documents: those that were asked about.
        sides: codes of sides that are legal.
        matcher: the terms.
        people: one name for one person.
        heard: what the rules read in the documents: words that they find in the quotation of one person are not taken as another's.

    Returns:
        Statements in the order of the documents and of their texts; everything else with its reason.
    """
    by_id = {d.id: d for d in documents}
    rejected: list[Rejected] = []
    found: dict[tuple[Any, ...], Statement] = {}
    finished: set[str] = set()
    models: dict[str, str] = {}
    times: Counter[str] = Counter()
    for n, line in enumerate(answer.lines, 1):
        if not line.strip():
            continue
        item, why = _item(line)
        called = str(item.get("document", ""))[:200]
        document = by_id.get(called)
        if not why and document is None:
            why = "no document of that name was asked about"
        if not why and document is not None and item.get("done") is True:
            finished.add(document.id)
            models[document.id] = str(item.get("model") or "")[:100]
            continue
        times[called] += 1
        if not why and times[called] > MOST:
            why = f"more than {MOST:,} items of one document"
        if not why and document is not None:
            why = _wrong(item, document, sides, matcher) or _anothers(item, document, heard, people)
        if not why and document is not None:
            key = (document.id, item["start"], item["end"], item["speaker"], item.get("term"))
            why = "said twice" if key in found else ""
            if not why:
                found[key] = _statement(item, document, answer.model, people)
        if why:
            rejected.append(Rejected(called if document else "", n, why, line[:_SHOWN]))
    rejected += [
        Rejected(d.id, 0, "the answer about this document is unfinished", "") for d in documents if d.id not in finished
    ]
    return Proposed(_in_order(found.values(), documents, models), tuple(rejected), frozenset(finished))


def _item(line: str) -> tuple[dict[str, Any], str]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return {}, "not a line of JSON"
    return (item, "") if isinstance(item, dict) else ({}, "not an object")


def _wrong(item: Mapping[str, Any], document: Document, sides: frozenset[str], matcher: TopicMatcher) -> str:
    """Why an item cannot be taken; nothing where it can."""
    start, end, text, speaker = (item.get(key) for key in ("start", "end", "text", "speaker"))
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(document.text):
        return "its place is not in the text"
    if not isinstance(text, str) or document.text[start:end] != text:
        return "its text does not stand at its place"
    if not re.search(r"\w", text):
        return "it has no words"
    if not isinstance(speaker, str) or not speaker.strip():
        return "it names no speaker"
    if _CUT.search(document.text[max(0, start - 80) : start]):
        return "a negation right before it is cut off"
    if not any(w[:1].isupper() or len(w) >= _LONG for w in speaker.split()) or speaker.strip().lower() in _nobody():
        return "its speaker is no name"
    if not _names(document, speaker):
        return "its speaker is not named in the document"
    side, term, stance = (item.get(key) for key in ("side", "term", "stance"))
    if not all(x is None or isinstance(x, str) for x in (side, term, stance)):
        return "its side, term and stance are no words"
    if side not in (None, "") and side not in sides:
        return "its side is none of the agreement's"
    if term not in (None, "") and term not in matcher.topics:
        return "its term is none of the agreement's"
    if term not in (None, "") and stance not in STANCES:
        return "its stance is none of the legal ones"
    return ""


def _anothers(item: Mapping[str, Any], document: Document, heard: Sequence[Statement], people: People) -> str:
    """The text quotes another person by name with these words: why they are not taken as his."""
    words = " ".join(re.findall(r"\w+", item["text"].lower()))
    name = people.canonical(item["speaker"].strip())
    if not people.is_person(name) or words.count(" ") < _WORDS - 1:
        return ""
    quoted = [s for s in heard if s.document == document.id and s.direct and s.person]
    for s in quoted:
        whole = " ".join(re.findall(r"\w+", s.content.lower()))
        if f" {words} " in f" {whole} ":
            mine = any(t.speaker == name and words in " ".join(re.findall(r"\w+", t.content.lower())) for t in quoted)
            return "" if mine or name in (s.speaker, s.teller) else f"the text gives these words to {s.speaker}"
    return ""


def _nobody() -> frozenset[str]:
    """Small words of every language: none of them is a name."""
    return frozenset(w for words in gazetteer("speech/languages.yaml")["words"].values() for w in words.split())


def _names(document: Document, speaker: str) -> bool:
    whole = rf"(?<!\w){re.escape(speaker.strip())}(?!\w)"
    return speaker == document.speaker or bool(re.search(whole, f"{document.title}\n{document.text}"))


def _statement(item: Mapping[str, Any], document: Document, model: str, people: People) -> Statement:
    start, end = item["start"], item["end"]
    paragraph = next((p for p in document.paragraphs if p[0] <= start < p[1]), (0, len(document.text)))
    direct = any(a <= start and end <= b for a, b in quotations(document.text, paragraph)) or bool(document.speaker)
    content = " ".join(item["text"].split())
    called = " ".join(item["speaker"].split())
    speaker = people.speaker(called)[0] or called
    term = item.get("term")
    return Statement(
        id="",
        document=document.id,
        speaker=speaker,
        side=item.get("side") or "",
        teller=speaker,
        person=len([w for w in speaker.split() if w[:1].isupper()]) > 1,
        said_as=called,
        direct=direct,
        content=content,
        quotes=(content,) if direct else (),
        verb="",
        hearer="",
        via=tuple(dict.fromkeys([*([document.agency] if document.agency else []), *document.relays, document.id])),
        day=document.published,
        dated=False,
        stances=((term, item["stance"]),) if term else (),
        at=start,
        read_by=model,
    )


def _in_order(
    found: Iterable[Statement], documents: Sequence[Document], models: Mapping[str, str]
) -> tuple[Statement, ...]:
    place = {d.id: n for n, d in enumerate(documents)}
    numbers: Counter[str] = Counter()
    out = []
    for s in sorted(found, key=lambda s: (place[s.document], s.at)):
        numbers[s.document] += 1
        said = models.get(s.document)
        out.append(
            replace(s, id=f"{s.document}:{numbers[s.document]}", read_by=f"{said} ({s.read_by})" if said else s.read_by)
        )
    return tuple(out)
