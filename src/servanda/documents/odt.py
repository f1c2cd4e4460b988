"""OpenDocument texts: paragraphs with tracked changes, hidden text, numbers, tables, notes, headers and comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from servanda.documents.archive import DEEPEST, Archive, whole
from servanda.documents.model import Block, Change, Changes, Level, Lists, Manuscript, Piece
from servanda.errors import EvidenceError, Fault

_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}
_HIDING = frozenset({"text:hidden-text", "text:hidden-paragraph", "text:conditional-text"})
_LISTS = frozenset({"text:list-item", "text:list-header"})


@dataclass
class _Reading:
    """What is known of the file, and what is gathered while it is walked."""

    changes: dict[str, tuple[Change, Element]]
    hidden_styles: set[str]
    open: dict[str, Change] = field(default_factory=dict)
    notes: dict[str, Block] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    paragraphs: int = 0
    tables: int = 0
    pictures: int = 0
    found: list[str] = field(default_factory=list)
    styles_of_lists: dict[str, str] = field(default_factory=dict)


def read_odt(archive: Archive) -> Manuscript:
    """An OpenDocument text, from its parts.

    Args:
        archive: the opened file.

    Returns:
        Its body, margins, notes and comments, with every tracked change and hidden word.

    Raises:
        EvidenceError: a part is damaged, or protected by a password.
    """
    manifest = archive.xml("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter("manifest:encryption-data"), None) is not None:
        hint = "remove the password and save it again"
        raise EvidenceError(Fault(archive.file, "is protected by a password", hint, code="DRF004"))
    root, styles = archive.xml("content.xml"), archive.xml("styles.xml")
    trees = [tree for tree in (root, styles) if tree is not None]
    reading = _Reading(_regions(root), _hidden_styles(trees))
    body = next(root.iter("office:text"), None) if root is not None else None
    blocks = tuple(_blocks(body, reading, None)) if body is not None else ()
    margin = []
    for tag, name in (("style:header", "header"), ("style:footer", "footer")):
        for node in styles.iter(tag) if styles is not None else ():
            pieces = tuple(piece for block in _blocks(node, reading, None) for piece in (*block.pieces, Piece(" ")))
            if any(piece.text.strip() for piece in pieces):
                margin.append(Block(pieces, name))
    remarks = [f"{reading.pictures} picture{'s' if reading.pictures > 1 else ''} not read"] if reading.pictures else []
    if any(name.startswith(("Basic/", "Scripts/")) for name in archive.names):
        remarks.append("it holds macros; they were not run")
    lists = _lists(trees)
    lists |= {key: (key, lists[style][1]) for key, style in reading.styles_of_lists.items() if style in lists}
    return Manuscript(
        archive.file,
        "odt",
        blocks,
        tuple(margin),
        reading.notes,
        tuple(reading.comments),
        lists,
        tuple(remarks),
    )


def _regions(root: Element | None) -> dict[str, tuple[Change, Element]]:
    """The tracked changes by their ids, each with what was taken out."""
    out = {}
    for region in root.iter("text:changed-region") if root is not None else ():
        for node in region:
            does = node.tag.removeprefix("text:")
            if does in ("insertion", "deletion"):
                who, when = (next(node.iter(tag), None) for tag in ("dc:creator", "dc:date"))
                change = Change(
                    "inserted" if does == "insertion" else "deleted",
                    (who.text or "") if who is not None else "",
                    ((when.text or "") if when is not None else "")[:19],
                )
                key = region.get("text:id") or region.get("?:id") or ""
                out[key] = (change, node)
    return out


def _hidden_styles(trees: list[Element]) -> set[str]:
    """The names of styles whose words are not seen, by themselves or by the style they are based on."""
    hidden: set[str] = set()
    parents: dict[str, str] = {}
    for node in (n for tree in trees for n in tree.iter("style:style")):
        name = node.get("style:name", "")
        parents[name] = node.get("style:parent-style-name", "")
        text = node.find("style:text-properties")
        if text is not None:
            white = text.get("fo:color", "").lower() == "#ffffff" and text.get("fo:background-color") is None
            if text.get("text:display") in ("none", "condition") or white:
                hidden.add(name)
    grew = True
    while grew:
        more = {name for name, above in parents.items() if above in hidden} - hidden
        hidden |= more
        grew = bool(more)
    return hidden


def _lists(trees: list[Element]) -> Lists:
    """How the lists of the document count, by the names of their styles; headings count as the list ``outline``."""
    out: Lists = {}
    for tag in ("text:list-style", "text:outline-style"):
        for style in (n for tree in trees for n in tree.iter(tag)):
            name = style.get("style:name", "") if tag == "text:list-style" else "outline"
            levels = {}
            for node in style:
                level = max(whole(node.get("text:level"), 1, DEEPEST) - 1, 0)
                form = "bullet" if "bullet" in node.tag else _FORMS.get(node.get("style:num-format", ""), "decimal")
                shown = whole(node.get("text:display-levels"), 1, DEEPEST)
                pattern = ".".join(f"%{n}" for n in range(max(level + 2 - shown, 1), level + 2))
                pattern = f"{node.get('style:num-prefix', '')}{pattern}{node.get('style:num-suffix', '')}"
                levels[level] = Level(form, pattern, whole(node.get("text:start-value"), 1))
            out[name] = (name, levels)
    return out


def _blocks(parent: Element, reading: _Reading, at: tuple[str, int] | None) -> Iterator[Block]:
    """The paragraphs and rows below a body; ``at``: the list they stand in."""
    for node in parent:
        if node.tag in ("text:p", "text:h"):
            yield from _paragraph(node, reading, at)
            at = (at[0], -1 - at[1] if at[1] >= 0 else at[1]) if at else None
        elif node.tag == "text:list":
            yield from _list(node, reading, at)
        elif node.tag == "table:table":
            reading.tables += 1
            for n, row in enumerate(node.iter("table:table-row"), 1):
                yield _row(row, reading, n)
        elif node.tag in ("text:change-start", "text:change-end", "text:change"):
            yield from _between(node, reading)
        elif node.tag in ("text:section", "text:table-of-content", "text:index-body", "office:text"):
            if node.get("text:display") == "none":
                for block in _blocks(node, reading, None):
                    pieces = tuple(Piece(p.text, p.changes, p.hidden or "hidden") for p in block.pieces)
                    yield Block(pieces, block.where, block.list_at, block.heading, block.mark, 0, block.notes)
            else:
                yield from _blocks(node, reading, None)


def _list(node: Element, reading: _Reading, at: tuple[str, int] | None) -> Iterator[Block]:
    """The items of a list; a list within an item is one level deeper, and one that continues goes on counting."""
    level = (at[1] if at[1] >= 0 else -1 - at[1]) + 1 if at else 0
    if at:
        key = at[0]
    else:
        style = node.get("text:style-name", "")
        goes_on = node.get("text:continue-numbering") == "true" or node.get("text:continue-list") is not None
        same = [name for name, of in reading.styles_of_lists.items() if of == style]
        key = same[-1] if goes_on and same else f"list {len(reading.styles_of_lists) + 1}"
        reading.styles_of_lists[key] = style
    for item in node:
        if item.tag in _LISTS:
            yield from _blocks(item, reading, (key, level) if item.tag == "text:list-item" else (key, -1 - level))


def _between(node: Element, reading: _Reading) -> Iterator[Block]:
    """A change that begins, ends or stands between paragraphs."""
    for piece in _mark(node, reading):
        if piece.text:
            yield Block((piece,), f"after paragraph {reading.paragraphs}", mark=piece.changes)


def _paragraph(node: Element, reading: _Reading, at: tuple[str, int] | None) -> Iterator[Block]:
    """One paragraph, or several where a deleted part had ends of paragraphs in it."""
    reading.paragraphs += 1
    where = f"paragraph {reading.paragraphs}"
    hidden = "hidden" if node.get("text:style-name", "") in reading.hidden_styles else ""
    reading.found = []
    pieces = list(_pieces(node, reading, hidden))
    heading = max(whole(node.get("text:outline-level"), 1, DEEPEST), 1) if node.tag == "text:h" else 0
    number = at if at and at[1] >= 0 else ("outline", heading - 1) if heading and not at else None
    mark = tuple(reading.open.values())
    yield Block(tuple(pieces), where, number, heading, mark, 0, tuple(reading.found))


def _pieces(parent: Element, reading: _Reading, hidden: str) -> Iterator[Piece]:
    """The words below a paragraph, with their histories."""

    def changes() -> Changes:
        return tuple(reading.open.values())

    if parent.text:
        yield Piece(parent.text, changes(), hidden)
    for node in parent:
        if node.tag in ("text:change-start", "text:change-end", "text:change"):
            yield from _mark(node, reading)
        elif node.tag in _HIDING:
            words = node.get("text:string-value", "") or node.get("text:string-value-if-false", "") or (node.text or "")
            yield Piece(words, changes(), "" if node.get("text:is-hidden") == "false" else "hidden")
        elif node.tag in ("text:s", "text:tab", "text:line-break"):
            yield Piece(" ", changes(), hidden)
        elif node.tag == "text:note":
            yield from _note(node, reading)
        elif node.tag == "office:annotation":
            _comment(node, reading)
        elif node.tag.split(":")[-1] == "frame":
            reading.pictures += next(node.iter("text:p"), None) is None
            for block in _blocks_of_frame(node, reading):
                yield from block.pieces
        else:
            style = node.get("text:style-name", "")
            yield from _pieces(node, reading, "hidden" if style in reading.hidden_styles else hidden)
        if node.tail:
            yield Piece(node.tail, changes(), hidden)


def _blocks_of_frame(node: Element, reading: _Reading) -> Iterator[Block]:
    for box in node:
        yield from _blocks(box, reading, None)


def _mark(node: Element, reading: _Reading) -> Iterator[Piece]:
    """A mark of a change: it opens, closes, or stands where something was taken out."""
    key = node.get("text:change-id", "")
    if key not in reading.changes:
        return
    change, region = reading.changes[key]
    if node.tag == "text:change-start":
        reading.open[key] = change
    elif node.tag == "text:change-end":
        reading.open.pop(key, None)
    else:
        words = [" ".join("".join(p.itertext()).split()) for p in region if p.tag in ("text:p", "text:h")]
        more = tuple(c for k, c in reading.open.items() if k != key)
        yield Piece(" ".join(words), (*more, change))


def _note(node: Element, reading: _Reading) -> Iterator[Piece]:
    """A footnote or endnote: kept apart, and named by the paragraph."""
    kind = "endnote" if node.get("text:note-class") == "endnote" else "footnote"
    citation, body = node.find("text:note-citation"), node.find("text:note-body")
    label = (citation.text or "") if citation is not None else ""
    name = f"{kind} {label or len(reading.notes) + 1}"
    found = reading.found
    pieces = tuple(p for b in _blocks(body, reading, None) for p in b.pieces) if body is not None else ()
    reading.found = [*found, name]
    reading.notes[name] = Block(pieces, name)
    yield from ()


def _comment(node: Element, reading: _Reading) -> None:
    who = next(node.iter("dc:creator"), None)
    words = " ".join(" ".join("".join(p.itertext()).split()) for p in node.iter("text:p"))
    reading.comments.append(f"{(who.text if who is not None else '') or 'somebody who is not named'}: {words}")


def _row(row: Element, reading: _Reading, number: int) -> Block:
    """A row of a table, its cells parted by tabs."""
    pieces: list[Piece] = []
    changes: Changes = tuple(reading.open.values())
    for cell in (c for c in row if c.tag == "table:table-cell"):
        if pieces:
            pieces.append(Piece("\t", changes))
        for block in _blocks(cell, reading, None):
            pieces += [*block.pieces, Piece(" ", changes)]
    return Block(tuple(pieces), f"table {reading.tables}, row {number}", row=reading.tables)
