"""The paragraphs of a draft as numbered clauses, each with its words as they stand, what leads to it, and what hangs on it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from servanda.documents.model import Manuscript, Paragraph, Version
from servanda.documents.plain import ARTICLE, NUMBER, WRITTEN

_VERB = re.compile(
    r"\b(?:shall|will|must|may|is|are|be|has|have|agree[sd]?|undertakes?|cease[sd]?|ensures?|withdraws?|leaves?|refrains?|does|do|no|not|"
    r"enjoys?|moves?|keeps?|releases?|remains?|prohibited|ban|banned|commits?|allows?|provides?)\b",
    re.IGNORECASE,
)
_OWN_ARTICLE = re.compile(rf"(?:{'|'.join(WRITTEN['clauses'])})(?!\w)", re.IGNORECASE)
"""An article by its name, whose words may stand in a paragraph of their own below it."""
_CLOSING = re.compile(
    rf"(?:{'|'.join(WRITTEN['closing']['first'])})\s+(?:{'|'.join(WRITTEN['closing']['then'])})(?!\w)", re.IGNORECASE
)
"""The formula behind the last clause: where and when it was signed."""
_INTRODUCED = re.compile(
    r"^(?:following|after|further to|pursuant to|as a result of|during)\b[^,:]{0,160},\s+", re.IGNORECASE
)
_ABOVE = -1
"""The depth of a paragraph without a number that leads to items."""
_BULLETS = "•-*\u2013\u2014"
_ENDED = re.compile(r"[.;:\u061b\u06d4][\])}\"'\u201d\u2019\u00bb]*$")
"""Where a sentence ends, whatever brackets and quotes end with it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause.

    ``number``: its path as a person would quote it, ``2(a)``. ``heading``: the headings above it. ``lead``: words above it that it
    completes ("The Parties shall:"). ``rows``: tables behind it; ``notes``: its footnotes. ``where``: where it stands in the file.
    """

    number: str
    text: str
    where: str
    heading: str = ""
    lead: str = ""
    rows: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def leads_to(self, after: Clause | None) -> bool:
        """Whether a clause only leads to its items, the next clause among them, and says nothing by itself."""
        return after is not None and self.text.endswith(":") and after.lead.endswith(self.text)

    @property
    def whole(self) -> str:
        """The lead and the words, as one sentence."""
        return f"{self.lead.rstrip(':— -')} {self.text}".strip() if self.lead else self.text


@dataclass(frozen=True)
class Text:
    """One version of a draft: what stands before the first clause, and the clauses."""

    file: str
    title: str
    preamble: tuple[Paragraph, ...]
    clauses: tuple[Clause, ...]
    manuscript: Manuscript
    version: Version = "accept"
    hidden: bool = False


@dataclass
class _State:
    """Where the walk through the paragraphs stands."""

    path: list[tuple[str, str]] = field(default_factory=list)
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    leads: dict[int, str] = field(default_factory=dict)
    clauses: list[Clause] = field(default_factory=list)
    preamble: list[Paragraph] = field(default_factory=list)
    bare: bool = False
    """The paragraph before was a numbered heading: what follows it without a number is its clause."""
    waiting: tuple[Paragraph, tuple[str, ...]] | None = None
    """A numbered line that reads like a heading: one under which nothing comes is a clause, in a few words."""
    few: set[int] = field(default_factory=set)
    """Which clauses came of such lines."""
    numbers: list[str] = field(default_factory=list)
    """The numbers of all numbered lines, as they are quoted."""


def clauses_of(manuscript: Manuscript, version: Version = "accept", *, hidden: bool = False) -> Text:
    """One version of a draft as clauses.

    Args:
        manuscript: the draft.
        version: with all tracked changes accepted, or with all rejected.
        hidden: whether hidden words are part of it.

    Returns:
        The clauses in order; a draft without numbers has one for each paragraph that is a sentence.
    """
    paragraphs = [_with_number(p) for p in manuscript.paragraphs(version, hidden=hidden)]
    state = _walked(paragraphs, manuscript, version, hidden=hidden)
    if not state.clauses and any(p.row for p in paragraphs):
        state = _walked(_out_of_tables(paragraphs), manuscript, version, hidden=hidden)
    first = state.preamble[:1]
    if not first or _ENDED.search(first[0].text) or len(first[0].text) > 400:
        first = [p for p in state.preamble if p.heading or len(p.text) < 160]
    title = first[0].text if first else ""
    preamble = tuple(state.preamble)
    return Text(
        manuscript.file, title, preamble, tuple(_told_apart(_without_contents(state))), manuscript, version, hidden
    )


def _walked(paragraphs: list[Paragraph], manuscript: Manuscript, version: Version, *, hidden: bool) -> _State:
    """The paragraphs put where they belong."""
    numbered = any(
        p.number and p.number not in _BULLETS and (not _is_heading(p) or _OWN_ARTICLE.match(p.number))
        for p in paragraphs
    )
    state = _State()
    for paragraph in paragraphs:
        notes = tuple(words for name in paragraph.notes if (words := manuscript.note(name, version, hidden=hidden)))
        _take(state, paragraph, notes, numbered=numbered)
    _end_of_heading(state)
    return state


def _out_of_tables(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Paragraphs of a draft that is a table as a whole: of each row the clause with its number, and what stands beside it as a row."""
    out = []
    for paragraph in paragraphs:
        cells = [cell.strip() for cell in paragraph.text.split(" | ")] if paragraph.row else []
        named = [n for n, cell in enumerate(cells) if re.fullmatch(r"\(?\d{1,3}(?:\.\d{1,3})*[.)]?", cell)]
        number = cells[named[0]].rstrip(".)").lstrip("(") if len(named) == 1 else ""
        texts = [n for n, cell in enumerate(cells) if NUMBER.match(cell) and n not in named]
        if number and not texts:
            texts = [max((n for n in range(len(cells)) if n not in named), key=lambda n: len(cells[n]), default=0)]
            cells[texts[0]] = f"{number}. {cells[texts[0]]}"
        if not texts:
            out.append(paragraph)
            continue
        out += [_with_number(replace(paragraph, number="", text=cells[n], row=0)) for n in texts]
        beside = [cell for n, cell in enumerate(cells) if cell and n not in (*texts, *named)]
        out += [replace(paragraph, text=" | ".join(beside))] * bool(beside)
    return out


def _with_number(paragraph: Paragraph) -> Paragraph:
    """A paragraph whose number was typed, with that number."""
    if paragraph.row or paragraph.number not in ("", "•"):
        return paragraph
    match = NUMBER.match(paragraph.text)
    alone = match is not None and match.end() == len(paragraph.text)
    if match is None or (alone and not paragraph.heading and not ARTICLE.match(match["number"])):
        return paragraph
    if not paragraph.number or match["number"] not in _BULLETS:
        number = "•" if match["number"] in _BULLETS else match["number"].rstrip(":")
        return replace(paragraph, number=number, text=paragraph.text[match.end() :].strip(), level=-1)
    return paragraph


def _is_heading(paragraph: Paragraph) -> bool:
    """Whether a paragraph is a heading and says nothing by itself."""
    text = paragraph.text
    if paragraph.row or _ENDED.search(text) or len(text) > 120:
        return False
    words = len(text.split())
    titled = words <= 4 and bool(ARTICLE.match(paragraph.number)) and text[:1].isupper()
    return bool(paragraph.heading) or not text or titled or (words <= 12 and not _VERB.search(text))


def _take(state: _State, paragraph: Paragraph, notes: tuple[str, ...], *, numbered: bool) -> None:
    """Put one paragraph where it belongs."""
    above = [kind for _, kind in state.path]
    if paragraph.row or (_kind(paragraph) in above if paragraph.number else _is_heading(paragraph)):
        _end_of_heading(state)
    state.waiting = None
    if paragraph.row:
        if state.clauses:
            last = state.clauses[-1]
            state.clauses[-1] = replace(last, rows=(*last.rows, paragraph.text))
        else:
            state.preamble.append(paragraph)
        return
    if _is_heading(paragraph) and (paragraph.number or paragraph.heading or state.clauses):
        if not state.clauses and not paragraph.number:
            state.preamble.append(paragraph)
        rank = _rank(paragraph)
        state.headings = [h for h in state.headings if h[0] < rank] + [(rank, paragraph.number, paragraph.text)]
        if paragraph.number:
            state.path = [(n, k) for n, k in state.path if _depth(k) < _depth(_kind(paragraph))]
            state.path.append((paragraph.number, _kind(paragraph)))
            state.leads = {at: words for at, words in state.leads.items() if at < len(state.path) - 1}
            state.numbers.append(_quoted([n for n, _ in state.path], paragraph))
        state.bare = bool(paragraph.number)
        state.waiting = (paragraph, notes) if state.bare and paragraph.text and not paragraph.heading else None
        return
    if paragraph.number:
        state.bare = False
        _clause(state, paragraph, notes)
    elif not numbered and _VERB.search(paragraph.text) and re.search(r"[.;:]", paragraph.text):
        count = len(state.clauses) - len(state.few) + 1
        state.clauses.append(Clause(f"¶{count}", paragraph.text, paragraph.where, _heading(state), notes=notes))
        leads = paragraph.text.endswith(":")
        state.path, state.leads = [], {_ABOVE: _INTRODUCED.sub("", paragraph.text)} if leads else {}
    elif state.clauses and _CLOSING.match(paragraph.text):
        state.preamble.append(paragraph)
    elif numbered and state.bare:
        number = _quoted([n for n, _ in state.path], paragraph)
        state.clauses.append(Clause(number, paragraph.text, paragraph.where, _heading(state), "", (), notes))
        if paragraph.text.endswith((":", "—", "\u2013")):
            state.leads[max(len(state.path) - 1, 0)] = paragraph.text
        state.bare = False
    elif state.clauses and numbered:
        last = state.clauses[-1]
        state.clauses[-1] = replace(last, text=f"{last.text} {paragraph.text}".strip(), notes=(*last.notes, *notes))
    else:
        state.preamble.append(paragraph)


def _end_of_heading(state: _State) -> None:
    """Nothing came under a line that reads like a heading ("5. Exchange of prisoners"): it is a clause by itself."""
    if state.waiting is not None:
        paragraph, notes = state.waiting
        state.headings, state.waiting, state.bare = state.headings[:-1], None, False
        state.few.add(len(state.clauses))
        number = _quoted([n for n, _ in state.path], paragraph)
        lead = " ".join(state.leads[at] for at in sorted(state.leads))
        state.clauses.append(Clause(number, paragraph.text, paragraph.where, _heading(state), lead, (), notes))


def _without_contents(state: _State) -> list[Clause]:
    """The clauses without lines of a table of contents: what bears its number comes again."""
    again = {number for number, times in Counter(state.numbers).items() if times > 1}
    return [one for n, one in enumerate(state.clauses) if n not in state.few or one.number not in again]


def _clause(state: _State, paragraph: Paragraph, notes: tuple[str, ...]) -> None:
    """One numbered clause: its path, and the words above that it completes."""
    kind = _kind(paragraph)
    kinds = [k for _, k in state.path]
    if kind in kinds:
        state.path = state.path[: kinds.index(kind)]
    elif kind.startswith("depth"):
        state.path = [(n, k) for n, k in state.path if k == "article" or _depth(k) < _depth(kind)]
    depth = len(state.path)
    state.leads = {at: words for at, words in state.leads.items() if at < depth}
    lead = " ".join(state.leads[at] for at in sorted(state.leads))
    state.path.append((paragraph.number, kind))
    number = _quoted([n for n, _ in state.path], paragraph)
    state.numbers.append(number)
    if paragraph.text.endswith((":", "—", "\u2013")):
        state.leads[depth] = paragraph.text
    state.clauses.append(Clause(number, paragraph.text, paragraph.where, _heading(state), lead, (), notes))


def _kind(paragraph: Paragraph) -> str:
    """What sort of number a paragraph bears; those of one sort follow each other."""
    number = paragraph.number
    if ARTICLE.match(number):
        return "article"
    if paragraph.level >= 0 and not re.fullmatch(r"\d+(\.\d+)*\.?", number):
        return f"depth{paragraph.level}"
    dots = number.strip("().").count(".")
    if re.fullmatch(r"\(?\d+(\.\d+)*[.)]?", number):
        return f"depth{max(dots, paragraph.level)}" + ("p" if number.startswith("(") else "")
    if re.fullmatch(r"\(?[ivxl]{1,6}\)|[ivxl]{2,6}[.)]", number):
        return "roman"
    if re.fullmatch(r"[IVXL]+[.)]", number):
        return "ROMAN"
    return "letter" if number[:2].strip("(").islower() else "LETTER" if number[:1].isupper() else "bullet"


def _depth(kind: str) -> int:
    order = {"article": 0, "ROMAN": 1, "LETTER": 2, "letter": 8, "roman": 9, "bullet": 10}
    return order.get(kind, 3 + int(kind.removeprefix("depth").rstrip("p") or 0) if kind.startswith("depth") else 5)


def _quoted(path: list[str], paragraph: Paragraph) -> str:
    """The number as a person would quote it: a full one as it stands, a short one behind those above it."""
    out = ""
    for number in path:
        bare = number.rstrip(".").removesuffix(":")
        dotted = re.fullmatch(r"\d+(\.\d+)+", bare) and not ARTICLE.match(out)
        if not out or dotted or bare.startswith(f"{out}."):
            out = bare
        elif bare.startswith("("):
            out += bare
        elif bare == "•":
            out += "•"
        else:
            out += (", " if ARTICLE.match(out) and "," not in out else ".") + bare.removesuffix(")")
    return out


def _told_apart(clauses: list[Clause]) -> list[Clause]:
    """Clauses of which no two bear the same number."""
    seen: dict[str, int] = {}
    out = []
    for clause in clauses:
        count = seen[clause.number] = seen.get(clause.number, 0) + 1
        out.append(clause if count == 1 else replace(clause, number=f"{clause.number} ({count})"))
    return out


def _rank(paragraph: Paragraph) -> int:
    return paragraph.heading or (1 if ARTICLE.match(paragraph.number) else 2)


def _heading(state: _State) -> str:
    return " > ".join(text for _, _, text in state.headings if text)
