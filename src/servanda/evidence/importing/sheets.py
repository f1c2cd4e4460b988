"""What every container comes down to: sheets of raw cells, each with its address.

A cell is text, a number, true or false, a day with a time (``datetime``), a length of time (``timedelta``: what a spreadsheet shows as a
time of day, or as hours), an error of the spreadsheet (:class:`Broken`), or nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from servanda.errors import EvidenceError, Fault
from servanda.evidence.importing.tracks import Track
from servanda.wording import plural

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
MOST_COLUMNS = 512
MOST_MERGED = 20_000
MOST_CELLS = 5_000_000
"""Cells with something in them, in one file. What people write by hand has far fewer; what machines write comes as CSV or Parquet."""


class Broken(str):
    """An error cell, as ``#N/A``."""

    __slots__ = ()


Cell: TypeAlias = "str | float | bool | datetime | timedelta | Broken | None"


RAISED = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
"""Figures that are set higher than the text, as the marks of footnotes are: 12 with a raised 1 is no 121."""


@dataclass
class Sheet:
    """One sheet, or one file of text, as it stands.

    ``numbers`` has, for each row, its number in the file, 1-based; ``merged`` are ranges (first row, first column, last row, last
    column), rows as in ``numbers``, columns from 0. ``formulas`` are cells whose value a formula gave, ``empty_formulas`` those that
    bear a formula and no value, ``struck`` those that are struck through. ``told`` is what there is to say of the whole of it, ``tracks`` where somebody
    went, which is no report. ``titles`` are words that stand in front of it outside its cells, as the paragraphs of a document. ``part`` is the row on which a further table of the same sheet begins; 0 in the first.
    """

    file: str
    name: str
    kind: str
    rows: list[list[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    part: int = 0
    titles: list[str] = field(default_factory=list)
    beside: str = ""
    """The letters of the first column, of a table with others beside it."""
    shapes: dict[int, str] = field(default_factory=dict)
    """Of a map, what the place of a feature is by its number, where that is no point."""
    fields: dict[int, int] = field(default_factory=dict)
    """Of a text, how many fields each row has by its number, those without a value among them."""

    @property
    def label(self) -> str:
        """How it is called in what is told."""
        whole = f"{self.file}, sheet {self.name!r}" if self.name else self.file
        whole = f"{whole}, table from row {self.part}" if self.part else whole
        return f"{whole}, table from column {self.beside}" if self.beside else whole


def features_that_may_report(
    features: list[tuple[int, dict[str, Cell]]], sheet: Sheet
) -> list[tuple[int, dict[str, Cell]]]:
    """The features of a map, by their numbers: beside points (or what lies nowhere) also those of other ``shapes``, which are set aside one by one; a map of nothing else has places of an agreement, which are counted."""
    if all(n in sheet.shapes for n, _ in features):
        if features:
            sheet.told.append(f"{plural(len(features), 'feature is', 'features are')} no points and left out")
        return []
    return features


def not_imported(file: str, code: str, what: str, hint: str, line: int = 0) -> EvidenceError:
    """A file that cannot be imported, as an error."""
    return EvidenceError(Fault(file, what, hint, line, 1 if line else 0, code=code))


def letters(column: int) -> str:
    """The letters over a column (from 0), as a spreadsheet has them."""
    out, n = "", column + 1
    while n:
        n, rest = divmod(n - 1, 26)
        out = chr(65 + rest) + out
    return out


def column_of(address: str) -> int:
    """The column (from 0) of an address such as ``AB12``."""
    n = 0
    for letter in address:
        if not letter.isalpha():
            break
        n = n * 26 + ord(letter.upper()) - 64
    return n - 1


def day_as_written(text: str) -> datetime | str:
    """A day in the form of ISO 8601; one that bears a zone stays text, so that the zone is read. Raises ``ValueError`` for any other."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else text


def is_blank(cell: Cell) -> bool:
    """Whether a cell has nothing in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def shown(cell: Cell) -> str:
    """A cell as text, as a person would read it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second or cell.microsecond)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return cell.strip()


def _clean(cell: Cell) -> Cell:
    """A cell without what is no character and no number."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else Broken(str(cell))
    return _visible(cell) if isinstance(cell, str) else cell


def _visible(text: str) -> str:
    """A text without characters that are none, as those that end a page or ring a bell."""
    if text.isprintable() or not _CONTROL.search(text):
        return text
    bare = _CONTROL.sub("", text)
    return Broken(bare) if isinstance(text, Broken) else bare


class Filler:
    """Takes rows into a sheet, without what is empty at their ends, and within the limits."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.cells = 0

    def add(self, number: int, cells: Sequence[Cell]) -> None:
        """Take one row of cells."""
        last = len(cells)
        while last and is_blank(cells[last - 1]):
            last -= 1
        if not last:
            return
        self.refuse_wide(number, last)
        self.cells += last
        self.refuse_many(self.cells)
        self.sheet.rows.append([_clean(cell) for cell in cells[:last]])
        self.sheet.numbers.append(number)

    def refuse_many(self, cells: int) -> None:
        """Refuse more cells than a table has."""
        if cells > MOST_CELLS:
            what = f"has more than {MOST_CELLS:,} cells"
            hint = "give it in parts, or as CSV or Parquet in a format of 'servanda readers'"
            raise not_imported(self.sheet.file, "EVD190", what, hint)

    def refuse_wide(self, number: int, columns: int) -> None:
        """Refuse a row with more columns than a table has."""
        if columns > MOST_COLUMNS:
            what = f"has {columns:,} columns in row {number} of {self.sheet.name or 'its table'}; a table has at most {MOST_COLUMNS}"
            raise not_imported(self.sheet.file, "EVD190", what, "keep the columns that say what was reported")
