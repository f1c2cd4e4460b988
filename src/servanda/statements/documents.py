"""Articles into paragraphs: what stands in a text, a web page or a PDF, without menus, teasers and advertisements.

A page may hold several articles; each is a document of its own, and so is each message of a chat. What is left out is kept with its reason, so that nothing
disappears unseen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from servanda.chats import Chat, read_chats
from servanda.errors import EvidenceError, Fault
from servanda.statements.cyrillic import CYRILLIC_MONTHS, DATELINE, MONTH
from servanda.statements.furniture import furniture
from servanda.statements.letterhead import author, signed
from servanda.statements.pages import html_text, pdf_text, plain_text
from servanda.statements.words import DOTTED_TITLES, Span
from servanda.values.files import FileLike, bytes_of, name_of, suffix_of

_MAX_BYTES = 20_000_000
_MAX_TEXT = 200_000  # characters
_HEADING = 3  # words of a heading that may tell who said what
MONTHS = {
    m: n for n, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_MONTH = r"(?P<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATES = (
    re.compile(rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<y>(?:19|20)\d\d)\b"),
    re.compile(rf"\b(?P<d>\d{{1,2}})\s+{MONTH}\s+(?P<y>(?:19|20)\d\d)\b", re.IGNORECASE),
    re.compile(r"\b(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"),
    re.compile(r"(?P<d>\d\d)[-./](?P<m>\d\d)[-./](?P<y>20\d\d)\b"),
)
_DATELINE = re.compile(rf"^(?:[A-Z][A-Z .,'-]+,?\s+)?{_MONTH}\s+\d{{1,2}}\s*\((?P<agency>[A-Z][\w ]+)\)\s*(?:--|—|–|-)")
_WIRE = re.compile(r"^(?:[A-Z][\w .,'/-]{2,40}\s)?\((?P<agency>[A-Z][A-Za-z ]{1,20})\)\s*(?:--|—|–|-)\s*")
_WHEN = _MONTH.replace("?P<m>", "?:")
_ON = rf"(?:{_WHEN}\s+\d{{1,2}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{_WHEN})(?:,?\s+(?:19|20)\d\d)?"
_PLACE = re.compile(
    rf"^(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ .’'/-]{{2,40}}?)(?:,\s+(?:{_ON}|[A-Z]\w+))?\s*(?:\([\w ]{{2,30}}\)\s*)?(?::|--|—|–|\s-)\s+"
    rf"|^(?P<town>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?),\s+{_ON}\s*(?:--|—|–|\s-)\s+"
)
"""Capitals where a text begins, and a colon or a dash, or a name, a day and a dash: where it was written."""
_PLACE_ALONE = re.compile(rf"^[A-ZÀ-Þ][\w .’'/-]{{2,40}}?,\s+{_ON}\W*$")
WRITTEN_AT = "where it was written"
LABEL = re.compile(rf"(?:(?:{DOTTED_TITLES})\.\s*)?[^\W\d_a-zà-ÿ][^\n:.,!?\"“”«»]{{0,60}}:(?=\s)")
"""What stands before a colon where a paragraph begins: whose line of a transcript it is, or where a dispatch was written."""
_RELATED = re.compile(
    r"^(?:related (?:articles|stories|news|topics|content)|read (?:more|also|next)|more (?:on|from|stories)\b.*|recommended(?: for you)?|most (?:read|popular)|you (?:may|might) (?:also )?like|trending(?: now)?|see also|latest news|sponsored(?: content)?|comments?|no comments yet\.*|leave a (?:comment|reply)|download (?:the )?app|get started now.*|newsletters?|share this.*|advertisement|×)\W*$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"read the (?:original|full) (?:article|story)", re.IGNORECASE)
_AGES = re.compile(r"^(?:•\s*)?(?:time\s*)?\d+\s+(?:minutes?|hours?|days?)\s+ago$", re.IGNORECASE)
_BULLET = re.compile(
    r"^\s*(?:[•*▪·–-]\ufe0f?\s+|\d+[.)]\s+|[\u203c\u2049\u2190-\u21ff\u2300-\u2bff\U0001f000-\U0001faff]\ufe0f?\s*)+"
)
_STAMP = re.compile(r"^\d{1,2}[:.]\d\d(?:\s?(?:[ap]m|GMT|UTC)\b)?(?:\s*[.:,|—–-])?\s+(?=\W?[^\W\d_a-zа-яёіїєґ])")
_ENTRIES = 3
"""So many lines with a clock before them make a live page."""
_ENGLISH = frozenset(
    "the of and that with from said has have had were which this by their been would they after".split()
)
_ENGLISH_SHARE, _TELLING_WORDS = 0.08, 20
_PLEA = re.compile(
    r"^(?:subscribe|sign (?:in|up)|click here|follow us|copyright|all rights reserved|©|explore what|download our)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Document:
    """One article, or one message. ``paragraphs``: characters of ``text``; ``agency``: whose dispatch it says it is; ``dropped``: reason and words of what was left out;
    ``speaker``: whose own words a message is, empty for an article; ``relays``: through whom it came, the nearest to its speaker first;
    ``head``: the lines before the first sentence (a letterhead, a heading); ``headings``: lines without a full stop before its last sentence: headings, and theses in a list.
    """

    id: str
    title: str
    text: str
    paragraphs: tuple[Span, ...]
    published: date | None
    agency: str
    dropped: tuple[tuple[str, str], ...]
    speaker: str = ""
    relays: tuple[str, ...] = ()
    head: str = ""
    headings: tuple[str, ...] = ()


def read_documents(file: FileLike, name: str = "", order: str = "") -> list[Document]:
    """The articles of one file.

    Args:
        file: HTML, PDF, plain text (UTF-8, or what it says it is) or an export of a chat, on disk or in memory.
        name: how its articles are called; left out, as the file without its ending.
        order: ``dmy`` or ``mdy``, where a chat cannot tell.

    Returns:
        At least one article; several where the page holds several.

    Raises:
        EvidenceError: the file cannot be read, is too long, or holds no article.
        ImportError: a package that reads such files is not installed.
    """
    path = name_of(file)
    try:
        data = bytes_of(file)
    except OSError as error:
        why = error.strerror or "cannot be read"
        folder = isinstance(error, IsADirectoryError)
        why, hint = (
            ("is a folder", f"give the articles in it: {path.rstrip('/')}/*")
            if folder
            else (why, "give the path of an article")
        )
        raise EvidenceError(Fault(path, why, hint, code="DOC001")) from None
    if messages := documents_of_chats(read_chats(file, order), name or Path(path).stem):
        return messages
    if len(data) > _MAX_BYTES:
        what = f"too large for an article: {len(data):,} bytes"
        raise EvidenceError(Fault(path, what, f"the limit is {_MAX_BYTES:,} bytes", code="DOC002"))
    head = data[:2000].lstrip().lower()
    title, day = "", None
    if data.startswith(b"%PDF"):
        text = pdf_text(data, path)
    elif suffix_of(file) in (".html", ".htm", ".xhtml") or head.startswith((b"<!doctype html", b"<html")):
        text, title, day = html_text(data)
    else:
        text = plain_text(data, path)
    if len(text) > _MAX_TEXT:
        what = f"too long for an article: {len(text):,} characters"
        hint = f"the limit is {_MAX_TEXT:,} characters; give its chapters as files of their own"
        raise EvidenceError(Fault(path, what, hint, code="DOC003"))
    documents = documents_of(name or Path(path).stem, text, title, day)
    if not documents:
        what = "holds no article: there is no full sentence in it"
        hint = "give the article's text, its saved page or a PDF with text in it"
        raise EvidenceError(Fault(path, what, hint, code="DOC004"))
    return documents


def documents_of_chats(chats: Sequence[Chat], name: str) -> list[Document]:
    """The messages of chats, each as a document; those without words are left out with the reason, and stand with the first.

    Args:
        chats: the chats of one file.
        name: how they are called.

    Returns:
        A document for each message with words.
    """
    out: list[Document] = []
    for chat in chats:
        called = name if len(chats) == 1 else f"{name}/{chat.name}"
        dropped = [("no words", f"message {m.id}: {m.media or 'empty'}") for m in chat.messages if not m.text]
        dropped += [("what is said of the chat", told) for told in chat.told]
        if chat.service:
            dropped.append(("lines of the program", f"{chat.service:,}"))
        for message in chat.messages:
            blocks = [line for line in (" ".join(line.split()) for line in message.text.split("\n")) if line]
            if not blocks:
                continue
            day = message.shown or message.written
            speaker = message.origin or message.sender
            relays = (message.sender,) if message.origin and message.origin != message.sender else ()
            spans = _spans(blocks)
            left_out, dropped = tuple(dropped), []
            out.append(
                Document(
                    f"{called}#{message.id}",
                    blocks[0][:80],
                    "\n\n".join(blocks),
                    spans,
                    day.date() if day else None,
                    "",
                    left_out,
                    speaker,
                    relays,
                )
            )
    return out


_QUESTIONS = 3
"""So many lines that ask make an interview: a short one is no heading there."""


def _spans(blocks: Sequence[str]) -> tuple[Span, ...]:
    """Where blocks stand, once there is an empty line between them."""
    spans, at = [], 0
    for block in blocks:
        spans.append((at, at + len(block)))
        at += len(block) + 2
    return tuple(spans)


def documents_of(name: str, text: str, title: str = "", published: date | None = None) -> list[Document]:
    """The articles in a text, without what stands around them.

    Args:
        name: how the article is called; of several, each with its number.
        text: paragraphs, each on lines of its own.
        title: the title of the first, where it is known.
        published: the day of publication, where it is known; otherwise looked for in the text.

    Returns:
        The articles in order; none where there is no sentence.
    """
    blocks = [
        b
        for b in (
            _BULLET.sub("", line).strip() for line in re.split(r"\n+", text.replace("\r\n", "\n").replace("\r", "\n"))
        )
        if b
    ]
    parts: list[list[str]] = []
    here: list[str] = []
    for n, block in enumerate(blocks):
        if _SPLIT.search(block) and len(block) < 120:
            if any(_prose(b) for b in here) and sum(_prose(b) for b in blocks[n + 1 :]) >= 2:
                parts.append(here)
                here = []
            continue
        here.append(block)
    parts.append(here)
    parts = [p for p in parts if any(_prose(b) for b in p)]
    return [
        _document(name if len(parts) == 1 else f"{name}#{n}", part, title if n == 1 else "", published)
        for n, part in enumerate(parts, 1)
    ]


def english(text: str) -> bool:
    """Whether a text is in English, by the small words that only English has: they are a quarter of its words, and hardly any elsewhere.

    Args:
        text: an article.

    Returns:
        True also for one of a few words, of which nobody can tell.
    """
    words = re.findall(r"\w+", text.lower())
    return len(words) < _TELLING_WORDS or sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


def _document(name: str, blocks: list[str], title: str, published: date | None) -> Document:
    kept: list[str] = []
    dropped: list[tuple[str, str]] = []
    seen: set[str] = set()
    lines: list[tuple[int, str]] = [(0, title)] if title and title not in blocks else []
    day, agency = published, ""
    asked = {b for b in blocks[1:] if b.endswith("?") and len(b.split()) > 1}
    asked = asked if len(asked) >= _QUESTIONS else set()
    live = sum(_STAMP.match(b) is not None for b in blocks) >= _ENTRIES
    for block in blocks:
        day = day or _day(block)
    for n, block in enumerate(blocks):
        if _RELATED.match(block):
            rest = blocks[n + 1 :]
            ahead = next((b for b in rest if not _RELATED.match(b)), "")
            if kept and not _prose(ahead) and rest:
                dropped += [("other articles and page furniture after it", b) for b in blocks[n:]]
                break
            dropped.append(("page furniture", block))
        elif kind := furniture(block):
            dropped.append((kind, block))
        elif block in seen:
            dropped.append(("said twice", block))
        elif not (_prose(block) or block in asked) or _AGES.match(block) or _PLEA.match(block):
            if not title and len(block.split()) >= 4 and not kept and not block.startswith(("http", "Published")):
                title = block
            dropped.append((WRITTEN_AT if _PLACE_ALONE.match(block) else "no sentence", block))
            lines += [(len(kept), block)] if len(block.split()) >= _HEADING else []
        else:
            match = _DATELINE.match(block) or _WIRE.match(block) or DATELINE.match(block)
            if match:
                agency = agency or match["agency"] or ""
            elif not kept:
                match = _written_at(block, blocks)
            if match:
                dropped.append((WRITTEN_AT, match.group().strip()))
                block = block[match.end() :].strip()  # noqa: PLW2901
            kept.append(_STAMP.sub("", block) if live else block)  # no clock is a speaker or a word of his
        seen.add(block)
    speaker = author(blocks[:4]) or signed(blocks[-8:])
    head = "\n".join(blocks[: next((n for n, b in enumerate(blocks) if kept and kept[0] in b), 0)])
    headings = tuple(line for at, line in lines if at < len(kept) and not speaker)
    text, title = "\n\n".join(kept), title or kept[0][:80]
    return Document(name, title, text, _spans(kept), day, agency, tuple(dropped), speaker, (), head, headings)


def of_headings(document: Document) -> Document:
    """The headings of a document as one of their own, each as a paragraph.

    Args:
        document: an article.

    Returns:
        The same, with its headings in the place of its text.
    """
    return replace(document, text="\n\n".join(document.headings), paragraphs=_spans(document.headings), headings=())


def _written_at(block: str, blocks: Sequence[str]) -> re.Match[str] | None:
    """*RIYADH:* or *AMMAN —* where an article begins: no speaker, unless it labels other lines too or is a surname in the text."""
    match = _PLACE.match(block)
    if match is None:
        return None
    name = (match["place"] or match["town"]).strip()
    labels = sum(b.startswith(f"{name}:") for b in blocks)
    surname = re.compile(rf"\b[A-ZÀ-Þ][\w’'-]+ {re.escape(name.title())}\b")
    return None if labels > 1 or any(surname.search(b) for b in blocks) else match


_CYRILLIC = re.compile("[а-яёіїєґ]")


def _prose(block: str) -> bool:
    """A sentence at least, as against a heading, a menu or a label; of a quotation two words are enough, of what a full stop ends four (three where there are no articles)."""
    words = block.split()
    ends = re.search(r"[.!?:…][\"”’'»)\]]*$|[.!?][\"”’'»]?\s+[A-ZА-ЯЄІЇҐЁ“\"«]", block)
    quoted = block[:1] in tuple('“"«„‘—–') or re.search(r"[\"”»]\W{0,2}$", block) or LABEL.match(block)
    stopped = 5 if not block.endswith(".") else 3 if _CYRILLIC.search(block) else 4
    return len(words) >= (2 if quoted else stopped) and bool(ends)


def _day(block: str) -> date | None:
    for pattern in _DATES:
        match = pattern.search(block)
        if match and (len(block) < 90 or match.start() < 40):
            month = match["m"]
            try:
                return date(
                    int(match["y"]),
                    int(month) if month.isdigit() else (MONTHS | CYRILLIC_MONTHS)[month[:3].lower()],
                    int(match["d"]),
                )
            except ValueError:
                continue
    return None
