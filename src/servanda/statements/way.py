"""The way of a saying: to whom it was said, who passed it on, on which day, and what of it stands in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from servanda.statements.documents import Document
from servanda.statements.leftover import CARRIED
from servanda.statements.speakers import People, is_carrier, outlets
from servanda.statements.verbs import Attribution
from servanda.statements.voices import cut
from servanda.statements.words import quotations

_ITSELF = re.compile(r"(?i)we|(?:an earlier|a previous) version(?: of this \w+)?|this (?:article|page|blog)")

_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_QUOTED = re.compile(r"[“\"„«‘]([^“”\"„«»]{2,}?)[”\"»’](?!\w)|''(.+?)''")
_TOLD = re.compile(
    r"\b(?:told|interview(?:ed)? (?:with|by)) (?:the )?((?:The )?[A-Z][\w-]+(?: [A-Z][\w-]+){0,3})(?! [a-z]+ minister)"
)
_STATION = re.compile(
    r"\b(?:told|interview(?:ed)? (?:with|by|to|on)|speaking (?:to|on)|spoke (?:to|on)) (?:the )?((?:[A-Z][\w-]+(?:[’']s)? )?(?:(?:state|public|national|local|private)(?:-run)? )?"
    r"(?:television|TV|radio|news agency|broadcaster|newspaper|daily)(?: (?:channel|station))?)\b"
)
_HEARER = re.compile(
    r"\b(?:told|tells|telling|interview(?:ed)? (?:with|by)|speaking to|spoke to|wrote (?:in|for))\b", re.IGNORECASE
)


def way_of(
    sentence: str, document: Document, people: People, around: Sequence[str], quoted: str
) -> tuple[str, tuple[str, ...]]:
    """To whom it was said and who passed it on, outward.

    Args:
        sentence: in which it is told.
        document: the article.
        people: who is who.
        around: in whose words it stands.
        quoted: what is quoted, which tells nothing of the way.

    Returns:
        The hearer, or nothing; and the chain to the document.
    """
    bare = without(sentence, [quoted] if quoted else [])
    named = outlets(bare)
    hearer, relays = "", []
    spoken = _TOLD.search(bare)
    if spoken and not outlets(spoken[1]) and spoken[1].split()[-1] not in people.names and not people.side(spoken[1]):
        hearer = spoken[1]
    for at, name in named:
        before = bare[max(0, at - 45) : at]
        if _HEARER.search(before) or re.search(r"(?:quoted|cited) (?:by|in)\b[^,.]*$", before):
            hearer = hearer or name
        elif re.search(r"(?:according to|reported by|as reported|by|via|citing)\b[^,.]*$", before, re.IGNORECASE):
            relays.append(name)
    if not hearer and (station := _STATION.search(bare)) is not None:
        hearer = station[1].replace("TV", "television").replace("’", "'")
    if not hearer and re.search(r"\binterview\b", bare):
        hearer = "an interview"
    press = re.search(r"reported by (?:the )?(\w+ (?:media|press))", bare)
    if press:
        relays.append(press[1])
    relays += [o for o in around if not outlets(o) and not is_carrier(o)]
    own = [document.agency] if document.agency else [document.speaker, *document.relays] if document.speaker else []
    chain = [*([hearer] if hearer else []), *relays, *own, document.id]
    return hearer, tuple(dict.fromkeys(chain))


def quoted_words(a: Attribution, text: str) -> str:
    """The longest piece of a direct quotation; nothing of an indirect one.

    Args:
        a: the attribution.
        text: of the document.

    Returns:
        The words.
    """
    return max((cut(text, s) for s in a.content), key=len, default="") if a.direct else ""


def day_of(sentence: str, published: date | None) -> date | None:
    """The last such weekday up to the day of publication.

    Args:
        sentence: that may name a day of the week.
        published: the day of the document.

    Returns:
        The day, if there is one.
    """
    if published is None:
        return None
    match = re.search(r"\b(" + "|".join(_DAYS) + r")\b", sentence, re.IGNORECASE)
    if not match:
        return None
    return published - timedelta(days=(published.weekday() - _DAYS.index(match[1].lower())) % 7)


def without(sentence: str, pieces: Sequence[str]) -> str:
    """What a document says itself around the words of somebody else.

    Args:
        sentence: of the document.
        pieces: the words of somebody else.

    Returns:
        The rest.
    """
    sentence = " ".join(sentence.split())
    for piece in pieces:
        sentence = sentence.replace(piece, " ")
    return sentence


def quotes_in(content: str) -> tuple[str, ...]:
    """What stands in quotation marks.

    Args:
        content: of a saying.

    Returns:
        Each quotation in it.
    """
    return tuple((m[1] or m[2]).strip(" ,.") for m in _QUOTED.finditer(content))


def by_others(found: Sequence[Attribution], document: Document) -> list[Attribution]:
    """The same attributions; in an article what it tells that it has written is marked as its own.

    Args:
        found: of the document.
        document: it.

    Returns:
        As many.
    """
    itself = "" if document.speaker else CARRIED
    return [replace(a, unsaid=itself or a.unsaid) if _wrote(a, found, document.text) else a for a in found]


def _wrote(a: Attribution, found: Sequence[Attribution], text: str) -> bool:
    """*Correction: we wrote that she had agreed*: what an article tells that it has written is said by nobody; *as we wrote* it tells once more."""
    if (
        a.source is None
        or a.verb not in ("write", "report", "publish", "state", "say")
        or not _ITSELF.fullmatch(text[slice(*a.source)])
    ):
        return False
    again = re.search(r"(?i)\bas\s+$", text[a.sentence[0] : a.source[0]])
    others = [*quotations(text, a.sentence), *(c for b in found if b is not a for c in b.content)]
    return not (a.direct or again or any(x <= a.source[0] < y for x, y in others))
