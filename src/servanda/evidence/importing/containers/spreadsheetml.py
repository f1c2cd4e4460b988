"""Workbooks as one XML document (Excel 2003, and what programs and databases still export so): cells with their types, and no styles needed."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

from servanda.evidence.importing.containers.strangers import parse_xml
from servanda.evidence.importing.sheets import MOST_COLUMNS, MOST_MERGED, Broken, Cell, Filler, Sheet, day_as_written
from servanda.values.containers.xml import plain

_CLOCK_ONLY = re.compile(r"^(?:1899-12-3[01]|1904-01-01)T(\d\d):(\d\d):(\d\d)")
"""A time of day without a day, as such workbooks write it."""


class _Workbook:
    """The sheets of a document as it is walked through."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets: list[Sheet] = []
        self.filler: Filler | None = None
        self.row: list[Cell] = []
        self.number = self.column = 0
        self.kind = self.text = ""
        self.formula = False
        self.inside: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        given = plain(attributes)
        self.inside.append(name)
        if name == "Worksheet":
            sheet = Sheet(self.file, given.get("Name") or f"sheet {len(self.sheets) + 1}", "xlsx")
            self.sheets.append(sheet)
            self.filler, self.number = Filler(sheet), 0
        elif name == "Row":
            self.number = _whole(given.get("Index"), self.number + 1)
            self.row, self.column = [], 0
            if given.get("Hidden") == "1" and self.sheets:
                self.sheets[-1].hidden_rows.add(self.number)
        elif name == "Column" and given.get("Hidden") == "1" and self.sheets:
            at = _whole(given.get("Index"), 1) - 1
            self.sheets[-1].hidden_columns |= set(range(at, at + 1 + _whole(given.get("Span"), 0)))
        elif name == "Cell":
            self._cell(given)
        elif name == "Data":
            self.kind, self.text = given.get("Type", "String"), ""
        elif name == "Visible" and self.sheets:
            self.text = ""

    def _cell(self, given: dict[str, str]) -> None:
        """Begin a cell where it belongs, with what it spans."""
        self.column = _whole(given.get("Index"), self.column + 1)
        if self.filler is not None:
            self.filler.refuse_wide(self.number, min(self.column, MOST_COLUMNS + 1))
        self.row += [None] * (self.column - len(self.row))
        self.formula = "Formula" in given
        if self.sheets and self.formula:
            self.sheets[-1].empty_formulas.add((self.number, self.column - 1))
        wide, high = _whole(given.get("MergeAcross"), 0), _whole(given.get("MergeDown"), 0)
        if (wide or high) and self.sheets and len(self.sheets[-1].merged) < MOST_MERGED:
            at = self.column - 1
            self.sheets[-1].merged.append((self.number, at, self.number + high, at + wide))
        self.wide = wide

    def end(self, name: str) -> None:
        self.inside.pop()
        if name == "Data" and "Cell" in self.inside and "Comment" not in self.inside and self.row:
            self.row[-1] = _value(self.kind, self.text)
            at = (self.number, self.column - 1)
            if self.formula and self.row[-1] is not None:
                self.sheets[-1].empty_formulas.discard(at)
                self.sheets[-1].formulas.add(at)
        elif name == "Cell":
            self.column += self.wide
        elif name == "Row" and self.filler is not None:
            self.filler.add(self.number, self.row)
        elif name == "Visible" and self.text.strip() != "SheetVisible" and self.sheets:
            self.sheets[-1].hidden = True

    def data(self, text: str) -> None:
        if "Data" in self.inside or (self.inside and self.inside[-1] == "Visible"):
            self.text += text


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 8 else otherwise


def _value(kind: str, text: str) -> Cell:
    """What a cell holds, by the type that it says."""
    if kind == "Error":
        return Broken(text)
    if not text.strip():
        return None
    if kind == "Boolean":
        return text.strip() in ("1", "true")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            clock = _CLOCK_ONLY.match(text)
            if clock is not None:
                return timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3]))
            moment = day_as_written(text)
            return moment.replace(microsecond=0) if isinstance(moment, datetime) else moment
    except ValueError:
        return text
    return text


def read_spreadsheetml(file: str, content: bytes) -> list[Sheet]:
    """The sheets of a workbook that is one XML document.

    Args:
        file: its name.
        content: its bytes.

    Returns:
        All its sheets, in their order, hidden ones too.

    Raises:
        EvidenceError: it is damaged, or larger than can be read.
    """
    workbook = _Workbook(file)
    parse_xml(file, io.BytesIO(content), workbook.start, workbook.end, workbook.data)
    return workbook.sheets
