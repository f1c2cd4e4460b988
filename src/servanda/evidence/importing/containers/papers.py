"""Tables in documents: of web pages (HTML) and of Word (.docx). What stands between the tables is no row."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser

from servanda.evidence.importing.containers.encodings import encoding_of_text
from servanda.evidence.importing.containers.strangers import entry_bytes, parse_xml
from servanda.evidence.importing.sheets import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_MERGED,
    RAISED,
    Cell,
    Filler,
    Sheet,
    not_imported,
)
from servanda.values.containers.xml import plain

_MOST_ROWS = 10_000
"""The most rows that one cell spans."""
_DEEPEST = 20
_TITLES, _LONGEST_TITLE = 3, 200
"""How many lines in front of a table are looked at for its day, and how long they may be."""
_HINT = "a report is a row of a table: copy it into a spreadsheet; 'servanda statements' looks for who said what in its text, saved as such"


@dataclass
class _Room:
    """How many cells the tables of a document have together, with those that others span."""

    cells: int = 0

    @property
    def full(self) -> bool:
        """Whether it is more than may be: no further cell is taken then."""
        return self.cells > MOST_CELLS


@dataclass
class _Grid:
    """One table as it is met, cell by cell."""

    room: _Room
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    """Rows that were deleted, of which only the trace is kept."""
    down: dict[int, int] = field(default_factory=dict)
    """By column, the last row that a cell above spans there."""
    titles: list[str] = field(default_factory=list)
    """What stands in front of it, since the table before."""
    text: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    crossed: bool = False

    def row(self, *, hidden: bool = False) -> None:
        """Begin a row, after what stands in the one above."""
        self.close()
        self.rows.append([])
        if hidden:
            self.hidden.add(len(self.rows))

    def open(self, wide: int = 1, high: int = 1) -> None:
        """Begin a cell, with how many columns and rows it spans."""
        self.close()
        if self.room.full:
            return
        if not self.rows:
            self.rows.append([])
        self.text, self.crossed = [], False
        self.span = max(1, min(wide, MOST_COLUMNS)), max(1, min(high, _MOST_ROWS))

    def close(self) -> None:
        """Put the cell that was begun where it belongs."""
        if self.text is None:
            return
        said, self.text = "".join(self.text), None
        lines = (" ".join(line.split()) for line in said.split("\n"))
        cells, n = self.rows[-1], len(self.rows)
        before = len(cells)
        while self.down.get(len(cells), 0) >= n:
            cells.append(None)
        column, high = len(cells), self.span[1]
        wide = min(self.span[0], max(1, MOST_COLUMNS + 1 - column))
        cells += ["\n".join(filter(None, lines)) or None, *[None] * (wide - 1)]
        self.room.cells += len(cells) - before
        if self.crossed:
            self.struck.add((n, column))
        if self.span != (1, 1) and len(self.merged) < MOST_MERGED:
            self.merged.append((n, column, n + high - 1, column + wide - 1))
            for spanned in range(column, column + wide) if high > 1 else ():
                self.down[spanned] = max(self.down.get(spanned, 0), n + high - 1)


_LINES = frozenset("p div br li h1 h2 h3 h4 h5 h6 tr td th title body".split())
"""Elements of a page that begin a line."""


class _Titles:
    """The last lines outside of tables."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]

    def line(self) -> None:
        """Begin another line, if any."""
        self.lines = [*self.lines[-_TITLES:], ""] if self.lines[-1].strip() else self.lines

    def taken(self) -> list[str]:
        """The lines, each once."""
        lines, self.lines = self.lines, [""]
        return [text for line in lines[-_TITLES - 1 :] if 0 < len(text := " ".join(line.split())) <= _LONGEST_TITLE]


def _sheets(file: str, kind: str, grids: list[_Grid]) -> list[Sheet]:
    """A sheet for each table that has a row with two cells."""
    sheets: list[Sheet] = []
    for grid in grids:
        grid.close()
        if max((sum(cell is not None for cell in row) for row in grid.rows), default=0) < 2:
            continue
        sheet = Sheet(file, f"table {len(sheets) + 1}", kind, merged=grid.merged)
        sheet.hidden_rows, sheet.struck, sheet.titles = grid.hidden, grid.struck, grid.titles
        filler = Filler(sheet)
        filler.refuse_many(grid.room.cells)
        for number, cells in enumerate(grid.rows, 1):
            if number not in grid.gone:
                filler.add(number, cells)
        sheets.append(sheet)
    if not sheets:
        raise not_imported(file, "EVD007", f"is {kind} without a table, and is not imported", _HINT)
    if len(sheets) == 1:
        sheets[0].name = ""
    sheets[0].told.append("only its tables are read; what stands between them is no row")
    return sheets


class _Page(HTMLParser):
    """The tables of a page; one within another's cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.grids: list[_Grid] = []
        self.room = _Room()
        self.inside: list[_Grid] = []
        self.titles = _Titles()
        self.silent = ""
        self.raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "template"):
            self.silent = self.silent or tag
        if not self.inside and tag in _LINES:
            self.titles.line()
        if tag == "table" and len(self.inside) < _DEEPEST:
            self.grids.append(_Grid(self.room, titles=self.titles.taken() if not self.inside else []))
            self.inside.append(self.grids[-1])
        if not self.inside:
            return
        grid = self.inside[-1]
        if tag == "tr":
            grid.row(hidden="display:none" in given.get("style", "").replace(" ", "") or "hidden" in given)
        elif tag in ("td", "th"):
            grid.open(*(int(n) if (n := given.get(name, "1")).isdigit() else 1 for name in ("colspan", "rowspan")))
        elif tag in ("br", "p", "div", "li") and grid.text is not None:
            grid.text.append("\n")
        elif tag in ("s", "strike", "del"):
            grid.crossed = True
        elif tag == "sup":
            self.raised = True

    def handle_endtag(self, tag: str) -> None:
        self.silent = "" if tag == self.silent else self.silent
        self.raised = self.raised and tag not in ("sup", "td", "th", "tr")
        if self.inside and tag in ("td", "th", "tr"):
            self.inside[-1].close()
        elif self.inside and tag == "table":
            self.inside.pop().close()

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1].text is not None and not self.silent:
            text = data.replace("\n", " ")
            self.inside[-1].text.append(text.translate(RAISED) if self.raised else text)
        elif not self.inside and not self.silent:
            self.titles.lines[-1] += data.replace("\n", " ")


def read_page(file: str, content: bytes, encoding: str = "") -> list[Sheet]:
    """The tables of a web page.

    Args:
        file: its name.
        content: its bytes.
        encoding: how it is written, where that is known.

    Returns:
        A sheet for each table.

    Raises:
        EvidenceError: it has none.
    """
    page = _Page()
    page.feed(content.decode(encoding or _encoding_of(content), "replace"))
    page.close()
    return _sheets(file, "an HTML document (a web page)", page.grids)


def _encoding_of(content: bytes) -> str:
    """The encoding that a page says; what it does not say is told by its letters."""
    head = content[:2048].lower()
    said = head.partition(b"charset=")[2].strip(b" \"'")
    name = said[: next((n for n, c in enumerate(said) if c in b" \"'>;/"), 0)].decode("ascii", "replace")
    try:
        content.decode(name)
    except (LookupError, UnicodeDecodeError, ValueError):
        return encoding_of_text(content)[0]
    return name


class _Word:
    """The tables of a document of Word, without what was deleted in it."""

    def __init__(self) -> None:
        self.grids: list[_Grid] = []
        self.room = _Room()
        self.inside: list[_Grid] = []
        self.above: list[dict[int, int]] = []
        """Of each table that is open, by column, on which row a cell began that goes on downwards."""
        self.titles = _Titles()
        self.silent = self.changed = 0
        self.in_text = self.of_row = self.raised = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "trPr":
            self.of_row = True
        if self.of_row and name == "del" and self.inside:
            self.inside[-1].gone.add(len(self.inside[-1].rows))
        if name in ("del", "Fallback", "moveFrom"):
            self.silent += 1
            self.changed += name != "Fallback"
        elif name == "tbl":
            self.grids.append(_Grid(self.room, titles=self.titles.taken() if not self.inside else []))
            self.inside.append(self.grids[-1])
            self.above.append({})
        if not self.inside and name in ("p", "t"):
            self.in_text = name == "t"
            self.titles.line() if name == "p" else None
        if not self.inside or self.silent:
            return
        grid, value = self.inside[-1], plain(attributes).get("val", "")
        if name == "tr":
            grid.row()
        elif name == "tc":
            grid.open()
        elif name == "gridSpan" and value.isdigit():
            grid.span = max(1, min(int(value), MOST_COLUMNS)), 1
        elif name == "vMerge":
            self._down(grid, value)
        elif name == "t":
            self.in_text = True
        elif name in ("p", "br", "tab", "cr") and grid.text is not None:
            grid.text.append("\n" if name != "tab" else " ")
        elif name in ("r", "vertAlign"):
            self.raised = value == "superscript"
        elif name in ("strike", "dstrike") and value not in ("0", "false"):
            grid.crossed = True

    def _down(self, grid: _Grid, value: str) -> None:
        """A cell that goes on downwards, or goes on one above."""
        column, above, n = len(grid.rows[-1]), self.above[-1], len(grid.rows)
        if value == "restart":
            above[column] = n
        elif column in above and len(grid.merged) < MOST_MERGED:
            grid.merged = [m for m in grid.merged if m[:2] != (above[column], column)]
            grid.merged.append((above[column], column, n, column))

    def end(self, name: str) -> None:
        if name in ("del", "Fallback", "moveFrom"):
            self.silent -= 1
        elif name in ("t", "trPr"):
            self.in_text = self.of_row = False
        elif self.inside and name == "tc":
            self.inside[-1].close()
        elif self.inside and name == "tbl":
            self.inside.pop().close()
            self.above.pop()

    def data(self, text: str) -> None:
        if self.inside and self.in_text and not self.silent and self.inside[-1].text is not None:
            self.inside[-1].text.append(text.translate(RAISED) if self.raised else text)
        elif not self.inside and self.in_text and not self.silent:
            self.titles.lines[-1] += text


def read_word(file: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """The tables of a document of Word.

    Args:
        file: its name.
        archive: it, open.

    Returns:
        A sheet for each table.

    Raises:
        EvidenceError: it has none, or is damaged.
    """
    word = _Word()
    parse_xml(file, io.BytesIO(entry_bytes(file, archive, "word/document.xml")), word.start, word.end, word.data)
    sheets = _sheets(file, "a Word document (.docx)", word.grids)
    if word.changed:
        sheets[0].told.append("it has tracked changes: what was deleted is not read, what was inserted is")
    return sheets
