"""Word documents: paragraphs with tracked changes, hidden text, numbers, tables, notes, headers and comments.

Read from the parts themselves, since what the common libraries give of a tracked draft is neither version. What is shown as text
only by another program (pictures, embedded files, equations) is told as not read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from servanda.documents.archive import Archive
from servanda.documents.docx_styles import Styles, read_lists, read_styles
from servanda.documents.model import Block, Change, Changes, Manuscript, Piece

_INSIDE = frozenset(
    {"w:hyperlink", "w:smartTag", "w:sdt", "w:sdtContent", "w:fldSimple", "w:customXml", "w:dir", "w:bdo"}
)
_SIGN = re.compile(r"(?![dD][89a-fA-F])[0-9a-fA-F]{1,4}")
"""The number of a sign of a font; no half of a pair."""
_TRACKED = {"w:ins": "inserted", "w:del": "deleted", "w:moveTo": "inserted", "w:moveFrom": "deleted"}
_UNREAD = {"w:drawing": "picture", "w:pict": "picture", "w:object": "embedded file", "w:altChunk": "embedded document"}
_CHARACTERS = {"w:tab": " ", "w:br": " ", "w:cr": " ", "w:noBreakHyphen": "-", "w:softHyphen": ""}


@dataclass
class _Reading:
    """What is gathered while a part is walked."""

    styles: Styles
    tables: int = 0
    unread: dict[str, int] = field(default_factory=dict)
    boxes: list[Element] = field(default_factory=list)


def read_docx(archive: Archive) -> Manuscript:
    """A Word document, from its parts.

    Args:
        archive: the opened file.

    Returns:
        Its body, margins, notes and comments, with every tracked change and hidden word.

    Raises:
        EvidenceError: a part is damaged.
    """
    main = _main_part(archive)
    folder = posixpath.dirname(main)
    root = archive.xml(main)
    reading = _Reading(read_styles(archive.xml(f"{folder}/styles.xml")))
    body = root.find("w:body") if root is not None else None
    blocks = list(_blocks(body, reading, "paragraph")) if body is not None else []
    for n, box in enumerate(reading.boxes, 1):
        blocks += _blocks(box, reading, f"text box {n}, paragraph")
    notes: dict[str, Block] = {}
    for part, name in (("footnotes", "footnote"), ("endnotes", "endnote")):
        tree = archive.xml(f"{folder}/{part}.xml")
        for node in tree if tree is not None else ():
            if node.get("w:type") in (None, "normal"):
                notes[f"{name} {node.get('w:id', '')}"] = _merged(node, reading, f"{name} {node.get('w:id', '')}")
    margin = []
    for name in sorted(n for n in archive.names if n.startswith((f"{folder}/header", f"{folder}/footer"))):
        tree = archive.xml(name)
        block = _merged(tree, reading, posixpath.basename(name)[:6]) if tree is not None else None
        if block is not None and any(p.text.strip() for p in block.pieces):
            margin.append(block)
    remarks = _remarks(archive, reading, root)
    lists = read_lists(archive.xml(f"{folder}/numbering.xml"))
    comments = _comments(archive.xml(f"{folder}/comments.xml"))
    return Manuscript(archive.file, "docx", tuple(blocks), tuple(margin), notes, comments, lists, remarks)


def is_docx(archive: Archive) -> bool:
    """Whether an archive is a Word document."""
    return _main_part(archive) in archive.names


def _main_part(archive: Archive) -> str:
    """The part that holds the body, as the package names it."""
    root = archive.xml("_rels/.rels")
    for node in root if root is not None else ():
        if node.get("Type", "").endswith("/officeDocument"):
            return node.get("Target", "").lstrip("/")
    return "word/document.xml"


def _blocks(parent: Element, reading: _Reading, what: str) -> Iterator[Block]:
    """The paragraphs and rows below a body, in order."""
    count = 0
    for node in _flat(parent):
        if node.tag == "w:p":
            count += 1
            yield _paragraph(node, reading, f"{what} {count}")
        elif node.tag == "w:tbl":
            reading.tables += 1
            yield from _rows(node, reading, reading.tables)
        elif node.tag in _UNREAD:
            _count(reading, node.tag)


def _flat(parent: Element) -> Iterator[Element]:
    """The paragraphs and tables of a body, those inside content controls too."""
    for node in parent:
        if node.tag in _INSIDE or node.tag in _TRACKED:
            yield from _flat(node)
        else:
            yield node


def _paragraph(node: Element, reading: _Reading, where: str) -> Block:
    """One paragraph with its number, heading and mark."""
    properties = node.find("w:pPr")
    style = _value(properties, "w:pStyle")
    own = properties.find("w:rPr") if properties is not None else None
    mark = _changes(own if own is not None else node, only_own=own is not None)
    notes: list[str] = []
    pieces = tuple(_pieces(node, (), reading, style, notes))
    at = reading.styles.number_of(properties, style)
    heading = reading.styles.heading_of(properties, style)
    return Block(pieces, where, at, heading, mark, 0, tuple(notes), reading.styles.indent_of(style))


def _changes(properties: Element, *, only_own: bool) -> Changes:
    """The changes that stand in the properties of a mark or row."""
    if not only_own:
        return ()
    return tuple(_change(node) for node in properties if node.tag in _TRACKED)


def _change(node: Element) -> Change:
    does = _TRACKED[node.tag]
    moved = node.tag.startswith("w:move")
    who, when = node.get("w:author", ""), node.get("w:date", "")
    return Change("inserted" if does == "inserted" else "deleted", who, when, moved)


def _pieces(parent: Element, changes: Changes, reading: _Reading, style: str, notes: list[str]) -> Iterator[Piece]:
    """The words below a paragraph, with their histories."""
    for node in parent:
        if node.tag == "w:r":
            yield from _run(node, changes, reading, style, notes)
        elif node.tag in _TRACKED:
            yield from _pieces(node, (*changes, _change(node)), reading, style, notes)
        elif node.tag in _INSIDE:
            yield from _pieces(node, changes, reading, style, notes)
        elif node.tag == "mc:AlternateContent":
            choice = node.find("mc:Choice")
            if choice is not None:
                yield from _pieces(choice, changes, reading, style, notes)


def _run(run: Element, changes: Changes, reading: _Reading, style: str, notes: list[str]) -> Iterator[Piece]:
    """One run of words."""
    hidden = reading.styles.why_hidden(run.find("w:rPr"), style)
    text = ""
    for node in run:
        if node.tag in ("w:t", "w:delText"):
            text += node.text or ""
        elif node.tag in _CHARACTERS:
            text += _CHARACTERS[node.tag]
        elif node.tag == "w:sym":
            code = node.get("w:char", "")
            text += chr(int(code, 16)) if _SIGN.fullmatch(code) else ""
        elif node.tag in ("w:footnoteReference", "w:endnoteReference"):
            notes.append(f"{node.tag[2:].removesuffix('Reference')} {node.get('w:id', '')}")
        elif node.tag in _UNREAD or node.tag == "mc:AlternateContent":
            boxes = _text_boxes(node)
            reading.boxes += boxes
            if not boxes:
                _count(reading, node.tag)
    if text:
        yield Piece(text, changes, hidden)


def _text_boxes(node: Element) -> list[Element]:
    """Text boxes below a drawing; of two forms of the same drawing, one."""
    if node.tag == "mc:AlternateContent":
        choice = node.find("mc:Choice")
        return list(choice.iter("w:txbxContent")) if choice is not None else []
    return list(node.iter("w:txbxContent"))


def _count(reading: _Reading, tag: str) -> None:
    name = _UNREAD.get(tag, "picture")
    reading.unread[name] = reading.unread.get(name, 0) + 1


def _rows(table: Element, reading: _Reading, number: int) -> Iterator[Block]:
    """The rows of a table, each as one block whose cells are parted by tabs."""
    for n, row in enumerate((r for r in _flat(table) if r.tag == "w:tr"), 1):
        properties = row.find("w:trPr")
        changes = _changes(properties, only_own=True) if properties is not None else ()
        pieces: list[Piece] = []
        notes: list[str] = []
        for cell in (c for c in _flat(row) if c.tag == "w:tc"):
            if pieces:
                pieces.append(Piece("\t", changes))
            for node in _flat(cell):
                if node.tag == "w:p":
                    pieces += [*_pieces(node, changes, reading, _value(node.find("w:pPr"), "w:pStyle"), notes)]
                    pieces.append(Piece(" ", changes))
                elif node.tag == "w:tbl":
                    for inner in _rows(node, reading, number):
                        pieces += [*inner.pieces, Piece("; ", changes)]
        yield Block(tuple(pieces), f"table {number}, row {n}", row=number, notes=tuple(notes))


def _merged(node: Element, reading: _Reading, where: str) -> Block:
    """A header or a note as one block."""
    pieces: list[Piece] = []
    for block in _blocks(node, reading, where):
        pieces += [*block.pieces, Piece(" ")]
    return Block(tuple(pieces), where)


def _comments(root: Element | None) -> tuple[str, ...]:
    """Who remarked what, in order."""
    out = []
    for node in root if root is not None else ():
        words = " ".join("".join(t.text or "" for t in node.iter("w:t")).split())
        out.append(f"{node.get('w:author') or 'somebody who is not named'}: {words}")
    return tuple(out)


def _remarks(archive: Archive, reading: _Reading, root: Element | None) -> tuple[str, ...]:
    """What the file holds besides text, and what became of it."""
    out = [f"{n} {name}{'s' if n > 1 else ''} not read" for name, n in sorted(reading.unread.items())]
    formats = sum(1 for node in root.iter() if node.tag in ("w:rPrChange", "w:pPrChange")) if root is not None else 0
    if formats:
        out.append(f"{formats} tracked changes of formatting not told apart")
    if any(name.lower().endswith("vbaproject.bin") for name in archive.names):
        out.append("it holds macros; they were not run")
    outside = 0
    for name in sorted(archive.names):
        if name.endswith(".rels"):
            tree = archive.xml(name)
            nodes = list(tree) if tree is not None else []
            outside += sum(
                n.get("TargetMode") == "External" and not n.get("Type", "").endswith("/hyperlink") for n in nodes
            )
    if outside:
        out.append(f"it names {outside} address{'es' if outside > 1 else ''} to load from; nothing was fetched")
    return tuple(out)


def _value(parent: Element | None, tag: str) -> str:
    node = parent.find(tag) if parent is not None else None
    return node.get("w:val", "") if node is not None else ""
