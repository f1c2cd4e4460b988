"""Plain text, Markdown and PDF as drafts: paragraphs by blank lines, numbers as they are typed, marks of change in Markdown."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator

from servanda.documents.model import Block, Change, Manuscript, Piece
from servanda.errors import EvidenceError, Fault
from servanda.values.gazetteer import gazetteer

WRITTEN = gazetteer("clause_numbers.yaml")
"""Words of the numbers of clauses, and of what stands behind the last."""


def _either(group: str) -> str:
    """The words of a group, as they are written and in capitals."""
    words = "|".join(WRITTEN[group])
    return f"{words}|{words.upper()}"


NUMBER = re.compile(
    rf"(?P<number>(?:(?:{_either('named')})\s*(?:№|N°|no\.)?\s*(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z{WRITTEN['capitals']}])\b(?:[-\s]?(?:bis|ter))?[.:)]?)|"
    rf"(?:{_either('articles')})[.:)]?|(?:{_either('ordinals')})(?:\.-|[.:)]|\s*(?=[-\u2013\u2014]\s))|"
    rf"\(?\d{{1,3}}(?:\.\d{{1,3}})*[.)]|\d{{1,3}}(?:\.\d{{1,3}})+|\((?:[a-z{WRITTEN['letters']}]{{1,2}}|[ivxl]+|\d{{1,3}})\)|"
    rf"[a-z][.)]|[{WRITTEN['letters']}]\)|[ivxl]+\)|[IVXL]+[.)]|[A-Z][.)](?=\s)|[{WRITTEN['capitals']}]\)|[-*•\u2013\u2014])(?:(?=\s)|$)\s*",
)
"""A number that was typed before a paragraph."""
ARTICLE = re.compile(
    rf"(?:{'|'.join(word for group in ('named', 'articles', 'ordinals') for word in WRITTEN[group])})(?![^\W\d])",
    re.IGNORECASE,
)
"""A number that has a word before it, or is one."""
_OPENS = re.compile(r"\{\+\+|\{--|\{~~|~~|<del>|<ins>|<!--")
_CLOSES = {"{++": "++}", "{--": "--}", "{~~": "~~}", "~~": "~~", "<del>": "</del>", "<ins>": "</ins>", "<!--": "-->"}
_COMES, _GOES = ("{++", "<ins>"), ("{--", "~~", "<del>")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`)")


def read_text(data: bytes, file: str) -> Manuscript:
    """A draft in plain text.

    Args:
        data: its bytes.
        file: the name that faults tell.

    Returns:
        Its paragraphs.

    Raises:
        EvidenceError: it is not text.
    """
    blocks: list[Block] = []
    tables, in_table = 0, False
    for line, text in _paragraphs(decoded(data, file)):
        row = text.startswith("|")
        tables += row and not in_table
        blocks += _rows(text, tables) if row else [Block((Piece(text),), f"line {line}")]
        in_table = row
    return Manuscript(file, "text", tuple(blocks))


def _rows(text: str, table: int) -> list[Block]:
    """The rows of a table that is drawn with bars, without the line under its head."""
    rows = [row for row in text.split("\n") if not re.fullmatch(r"[|:\s+-]+", row)]
    cells = ["\t".join(c.strip() for c in row.strip().strip("|").split("|")) for row in rows]
    return [Block(_marked(c), f"table {table}, row {n}", row=table) for n, c in enumerate(cells, 1)]


def read_markdown(data: bytes, file: str) -> Manuscript:
    """A draft in Markdown: headings, tables, footnotes, and the marks of change that people write in it.

    Args:
        data: its bytes.
        file: the name that faults tell.

    Returns:
        Its paragraphs; what is struck out or marked as added is a tracked change of somebody who is not named, comments are hidden.

    Raises:
        EvidenceError: it is not text.
    """
    blocks: list[Block] = []
    notes: dict[str, Block] = {}
    tables, in_table = 0, False
    for line, text in _paragraphs(decoded(data, file)):
        note = re.match(r"\[\^(\w+)\]:\s*", text)
        heading = re.match(r"(#{1,6})\s+", text)
        if note:
            notes[f"footnote {note[1]}"] = Block(_marked(text[note.end() :]), f"footnote {note[1]}")
        elif text.startswith("|"):
            tables += not in_table
            blocks += _rows(text, tables)
        else:
            level = len(heading[1]) if heading else 0
            found = tuple(f"footnote {name}" for name in re.findall(r"\[\^(\w+)\]", text))
            words = re.sub(r"\[\^\w+\]", "", text[heading.end() :] if heading else text)
            blocks.append(Block(_marked(words), f"line {line}", heading=level, notes=found))
        in_table = text.startswith("|")
    return Manuscript(file, "markdown", tuple(blocks), notes=notes)


def read_pdf(data: bytes, file: str) -> Manuscript:
    """A draft in a PDF, by its text; what is drawn over it (strokes, notes) is told and not read.

    Args:
        data: its bytes.
        file: the name that faults tell.

    Returns:
        Its paragraphs, without what stands at the head or foot of most pages.

    Raises:
        EvidenceError: it is damaged, or protected by a password.
    """
    try:
        import pypdf
    except ImportError:
        hint = "pip install 'servanda[documents]', or give the draft as .docx or .txt"
        raise EvidenceError(Fault(file, "PDF files need the package pypdf", hint, code="DRF009")) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            hint = "remove the password and save it again"
            raise EvidenceError(Fault(file, "is protected by a password", hint, code="DRF004"))
        pages = [[line.strip() for line in (page.extract_text() or "").split("\n")] for page in reader.pages]
        drawn = Counter(
            str(note.get_object().get("/Subtype", "")) for page in reader.pages for note in page.get("/Annots") or ()
        )
    except EvidenceError:
        raise
    except Exception as error:  # noqa: BLE001 (the library raises many kinds)
        hint = "save it again, or give the draft as .docx or .txt"
        raise EvidenceError(
            Fault(file, f"is no PDF that can be read ({type(error).__name__})", hint, code="DRF003")
        ) from None
    often = Counter(re.sub(r"\d+", "#", line) for page in pages for line in {*page[:2], *page[-2:]} if line)
    margin = {line for line, n in often.items() if len(pages) > 2 and n > len(pages) / 2}
    kept = [[line for line in page if re.sub(r"\d+", "#", line) not in margin] for page in pages]
    lines = _without_line_numbers(kept)
    blocks = [Block((Piece(text),), f"paragraph {n}") for n, text in enumerate(_folded(lines), 1)]
    remarks = [
        f"{n} marks of the kind {kind.strip('/')} are drawn over it and were not read"
        for kind, n in sorted(drawn.items())
        if kind in ("/StrikeOut", "/FreeText", "/Text", "/Caret", "/Ink", "/Redact")
    ]
    edges = tuple(Block((Piece(line),), "head or foot of the pages") for line in sorted(margin))
    return Manuscript(file, "pdf", tuple(blocks), edges, remarks=tuple(remarks))


def decoded(data: bytes, file: str) -> str:
    """The text of some bytes, as UTF-8, UTF-16 with its mark, or Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise EvidenceError(Fault(file, "is not text", "give .docx, .odt, .pdf, .md or .txt", code="DRF006"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _paragraphs(text: str) -> list[tuple[int, str]]:
    """Paragraphs with the line each begins on: a blank line, a number, a heading or a row of a table begins one."""
    out: list[tuple[int, str]] = []
    fresh = True
    for n, line in enumerate(text.split("\n"), 1):
        words = line.strip()
        if not words or re.fullmatch(r"[-=_*~]{3,}", words):
            fresh = True
            continue
        row = words.startswith("|")
        begins = fresh or NUMBER.match(words) is not None or words.startswith("#") or re.match(r"\[\^\w+\]:", words)
        if not begins and out and row != out[-1][1].startswith("|"):
            begins = True
        if not begins and out and out[-1][1].startswith("#"):
            begins = True
        if begins or not out:
            out.append((n, words))
        else:
            out[-1] = (out[-1][0], out[-1][1] + ("\n" if row else " ") + words)
        fresh = False
    return out


def _without_line_numbers(pages: list[list[str]]) -> list[list[str]]:
    """The lines without numbers that count them, as drafts in negotiation have: of nearly all lines, each one more than the one before."""
    lines = [line for page in pages for line in page if line]
    counted = [int(m[1]) if (m := re.match(r"(\d{1,4})(?:\s|$)", line)) else None for line in lines]
    follow = sum(b is not None and b in (1, (a or 0) + 1) for a, b in zip([0, *counted], counted, strict=False))
    if len(lines) < 5 or follow < 0.8 * len(lines):
        return pages
    return [[re.sub(r"^\d{1,4}(?:\s+|$)", "", line) for line in page] for page in pages]


def _folded(pages: list[list[str]]) -> list[str]:
    """The lines of a PDF as paragraphs, over the ends of pages."""
    out: list[str] = []
    lines = [line for page in pages for line in page]
    full = 0.6 * max(map(len, lines), default=0)  # a shorter line ends its paragraph
    last = 0
    for line in lines:
        if not line:
            continue
        joins = out and last >= full and not NUMBER.match(line)
        if joins and out[-1].endswith("-") and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        elif joins and not (re.search(r"[.;:!?]$", out[-1]) and line[:1].isupper() and last < 1.4 * full):
            out[-1] += " " + line
        else:
            out.append(line)
        last = len(line)
    return out


def _marked(text: str) -> tuple[Piece, ...]:
    """Markdown as pieces: what is struck out, added, or a comment."""
    out: list[Piece] = []
    at = 0
    added, gone = (Change("inserted"),), (Change("deleted"),)
    for start, end, mark, words in _changes(text):
        out.append(Piece(_bare(text[at:start])))
        at = end
        if mark == "<!--":
            out.append(Piece(words, (), "a comment"))
            continue
        old, _, new = (
            words.partition("~>") if mark == "{~~" else (words * (mark in _GOES), "", words * (mark in _COMES))
        )
        out += [Piece(_bare(old), gone)] * bool(old) + [Piece(_bare(new), added)] * bool(new)
    out.append(Piece(_bare(text[at:])))
    return tuple(piece for piece in out if piece.text)


def _changes(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Marks of change in order: where each begins and ends, its mark, the words in it. A mark that is never closed is none, and is looked for once."""
    at = 0
    missing: set[str] = set()
    while opens := _OPENS.search(text, at):
        mark = opens.group(0)
        close = _CLOSES[mark]
        inside = opens.end() + (mark == "~~")
        needed = ("~>", close) if mark == "{~~" else (close,)
        for sign in needed:
            found = -1 if sign in missing else text.find(sign, inside)
            if found < 0:
                missing.add(sign)
                break
            inside = found + len(sign)
        if found < 0:
            at = opens.start() + 1
            continue
        yield opens.start(), inside, mark, text[opens.end() : found]
        at = inside


def _bare(text: str) -> str:
    """Text without marks of emphasis."""
    return _EMPHASIS.sub("", text)
