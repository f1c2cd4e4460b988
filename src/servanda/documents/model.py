"""A draft as it lies on the table: paragraphs of pieces, each with who inserted or deleted it, and whether it can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

Version: TypeAlias = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class Change:
    """One tracked change: what it does, whose it is and when, as the document says."""

    does: Literal["inserted", "deleted"]
    who: str = ""
    when: str = ""
    moved: bool = False

    def __str__(self) -> str:
        """The change for reading: ``moved away by Delegation A, 2025-04-01 10:00``."""
        verb = ("moved here" if self.does == "inserted" else "moved away") if self.moved else self.does
        when = self.when.replace("T", " ").removesuffix("Z").removesuffix(":00")
        return f"{verb} by {self.who or 'somebody who is not named'}{', ' + when if when else ''}"


Changes: TypeAlias = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words with one history. ``hidden``: why a reader does not see them; empty where he does."""

    text: str
    changes: Changes = ()
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or one row of a table.

    ``where``: what a person is told. ``list_at``: the list and level whose next number it bears. ``heading``: its level as a heading.
    ``mark``: changes of its end, by which two paragraphs became one or one became two. ``row``: the table it is a row of.
    ``indent``: how many levels deeper it stands than its list says ("List Number 2" is a list of its own).
    """

    pieces: tuple[Piece, ...]
    where: str
    list_at: tuple[str, int] | None = None
    heading: int = 0
    mark: Changes = ()
    row: int = 0
    notes: tuple[str, ...] = ()
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of one version: its number as the reader sees it, and its words."""

    number: str
    text: str
    where: str
    heading: int = 0
    row: int = 0
    level: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts: ``pattern`` as ``%1.%2``, ``form`` as decimal or lowerLetter."""

    form: str = "decimal"
    pattern: str = ""
    start: int = 1
    legal: bool = False


Lists: TypeAlias = dict[str, tuple[str, dict[int, Level]]]
"""For each list its counter (several lists may share one) and its levels."""


@dataclass(frozen=True)
class Manuscript:
    """A draft that was read.

    Attributes:
        file: its name, as it was given.
        form: docx, odt, pdf, markdown or text.
        blocks: its body in order.
        margin: headers and footers, each with where it stands.
        notes: footnotes and endnotes by their numbers.
        comments: who remarked what; they are no part of the text.
        lists: how its lists count.
        remarks: what was found and not read, or not followed.
    """

    file: str
    form: str
    blocks: tuple[Block, ...]
    margin: tuple[Block, ...] = ()
    notes: dict[str, Block] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    lists: Lists = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def everything(self) -> Iterator[Block]:
        """Body, margins and notes."""
        yield from self.blocks
        yield from self.margin
        yield from self.notes.values()

    @property
    def tracked(self) -> tuple[Block, ...]:
        """The paragraphs with changes that nobody accepted or rejected."""
        return tuple(b for b in self.everything() if b.mark or any(p.changes for p in b.pieces))

    @property
    def hidden(self) -> tuple[Block, ...]:
        """The paragraphs with words that a reader does not see."""
        return tuple(b for b in self.everything() if any(p.hidden and p.text.strip() for p in b.pieces))

    def paragraphs(self, version: Version = "accept", *, hidden: bool = False) -> list[Paragraph]:
        """The body as one version has it, numbered as a reader of that version would see it.

        Args:
            version: with all changes accepted, or with all rejected.
            hidden: whether hidden words are part of it.

        Returns:
            Paragraphs with words, in order.
        """
        counters: dict[str, dict[int, int]] = {}
        out = []
        for block in _joined(self.blocks, version):
            text = words_of(block, version, hidden=hidden)
            if not text:
                continue
            number = next_number(self.lists, block.list_at, counters) if block.list_at else ""
            level = block.list_at[1] + block.indent if block.list_at else 0
            out.append(Paragraph(number, text, block.where, block.heading, block.row, level, block.notes))
        return out

    def note(self, name: str, version: Version = "accept", *, hidden: bool = False) -> str:
        """The words of one footnote."""
        return words_of(self.notes[name], version, hidden=hidden) if name in self.notes else ""


def words_of(block: Block, version: Version, *, hidden: bool = False) -> str:
    """The words of a paragraph in one version, with single spaces."""
    drop = "deleted" if version == "accept" else "inserted"
    kept = [p.text for p in block.pieces if (hidden or not p.hidden) and all(c.does != drop for c in p.changes)]
    text = "".join(kept)
    if block.row:
        return " | ".join(" ".join(cell.split()) for cell in text.split("\t")).strip(" |")
    return " ".join(text.split())


def _joined(blocks: tuple[Block, ...], version: Version) -> Iterator[Block]:
    """The paragraphs of a version: an end that is not there in it joins two."""
    drop = "deleted" if version == "accept" else "inserted"
    open_: Block | None = None
    for block in blocks:
        if open_ is not None:
            if block.row:
                yield open_
            else:  # Word gives the joined paragraph the properties of the later one, unless the earlier has words
                first = open_ if words_of(open_, version) else block
                block = replace(first, pieces=(*open_.pieces, *block.pieces), mark=block.mark)  # noqa: PLW2901
            open_ = None
        if any(change.does == drop for change in block.mark) and not block.row:
            open_ = block
        else:
            yield block
    if open_ is not None:
        yield open_


def next_number(lists: Lists, at: tuple[str, int], counters: dict[str, dict[int, int]]) -> str:
    """The number of the next paragraph of a list and level; counts it."""
    if at[0] not in lists:
        return ""
    counter, levels = lists[at[0]]
    counts = counters.setdefault(counter, {})
    level = at[1]
    here = levels.get(level, Level())
    counts[level] = counts.get(level, here.start - 1) + 1
    for deeper in [n for n in counts if n > level]:
        del counts[deeper]
    if here.form in ("bullet", "none"):
        return "•" if here.form == "bullet" else ""
    text = here.pattern or f"%{level + 1}."
    for n in range(level, -1, -1):
        of = levels.get(n, Level())
        form = "decimal" if here.legal and n < level else of.form
        text = text.replace(f"%{n + 1}", in_form(counts.get(n, of.start), form))
    return text.strip()


_MOST_IN_WORDS = 4_000
"""Above this, letters and Roman numbers are written as figures."""


def in_form(count: int, form: str) -> str:
    """A count as a list writes it."""
    if count > _MOST_IN_WORDS:
        return str(count)
    if form in ("lowerLetter", "upperLetter"):
        word = chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return word if form == "lowerLetter" else word.upper()
    if form in ("lowerRoman", "upperRoman"):
        word = _roman(count)
        return word if form == "lowerRoman" else word.upper()
    if form == "decimalZero":
        return f"{count:02d}"
    if form == "none":
        return ""
    return str(count)


def _roman(count: int) -> str:
    out = ""
    for value, sign in (
        *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
        *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
    ):
        out += sign * (count // value)
        count %= value
    return out
