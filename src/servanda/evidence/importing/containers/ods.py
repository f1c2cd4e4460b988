"""Spreadsheets of LibreOffice and others (.ods): the values that stand in their XML, never a formula run."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

from servanda.evidence.importing.containers.strangers import entry_bytes, parse_xml
from servanda.evidence.importing.sheets import (
    MOST_COLUMNS,
    MOST_MERGED,
    RAISED,
    Broken,
    Cell,
    Filler,
    Sheet,
    day_as_written,
    not_imported,
)
from servanda.values.containers.xml import plain

_CLOCK = re.compile(r"^(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.,]+)S)?$")
_MOST_REPEATS = 10_000
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})


def read_ods(file: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """The sheets of a spreadsheet.

    Args:
        file: its name.
        archive: the spreadsheet, open.

    Returns:
        All its sheets, in their order, hidden ones too.

    Raises:
        EvidenceError: it is damaged, protected by a password, or larger than can be read.
    """
    if b"encryption-data" in entry_bytes(file, archive, "META-INF/manifest.xml"):
        raise not_imported(file, "EVD193", "is protected by a password", "save it without the password")
    cells = _Cells(file)
    parse_xml(file, io.BytesIO(entry_bytes(file, archive, "content.xml")), cells.start, cells.end, cells.data)
    if any(name.startswith(("Basic/", "Scripts/")) for name in archive.namelist()) and cells.sheets:
        cells.sheets[0].told.append("holds macros, which are not run")
    return cells.sheets


class _Cells:
    """Reads the cells of all sheets."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets: list[Sheet] = []
        self.filler: Filler | None = None
        self.row = 0
        self.repeat_row = 1
        self.cells: list[Cell] = []
        self.columns = 0
        self.cell: dict[str, str] | None = None
        self.text: list[str] = []
        self.aside = 0
        self.hidden_styles: set[str] = set()
        self.struck_styles: set[str] = set()
        self.raised_styles: set[str] = set()
        self.raised = False
        self.style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        given = plain(attributes)
        if name == "annotation":
            self.aside += 1
        elif name == "style":
            self.style = given.get("name", "")
        elif name == "text-properties":
            if given.get("text-line-through-style", "none") != "none":
                self.struck_styles.add(self.style)
            if given.get("text-position", "").startswith("super"):
                self.raised_styles.add(self.style)
        elif name == "span":
            self.raised = given.get("style-name", "") in self.raised_styles
        elif name == "table-properties" and given.get("display") == "false":
            self.hidden_styles.add(self.style)
        elif name == "table" and not self.aside:
            sheet = Sheet(
                self.file, given.get("name", ""), "ods", hidden=given.get("style-name", "") in self.hidden_styles
            )
            self.sheets.append(sheet)
            self.filler, self.row, self.columns = Filler(sheet), 0, 0
        elif name == "table-column" and self.sheets:
            n = int(given.get("number-columns-repeated", "1"))
            if given.get("visibility", "visible") != "visible":
                self.sheets[-1].hidden_columns |= set(range(self.columns, self.columns + min(n, 1_000)))
            self.columns += n
        elif name == "table-row" and self.sheets:
            self.repeat_row, self.cells = int(given.get("number-rows-repeated", "1")), []
            self.row += 1
            if given.get("visibility", "visible") != "visible":
                self.sheets[-1].hidden_rows |= set(range(self.row, self.row + min(self.repeat_row, 1_000)))
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.text = given, []
        elif name == "p" and self.text and not self.aside:
            self.text.append("\n")
        elif name == "s" and not self.aside:
            self.text.append(" " * min(int(given.get("c", "1")), 100))

    def data(self, text: str) -> None:
        if self.cell is not None and not self.aside:
            self.text.append(text.translate(RAISED) if self.raised else text)

    def end(self, name: str) -> None:
        if name == "annotation":
            self.aside -= 1
        elif name == "span":
            self.raised = False
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._cell(self.cell)
            self.cell = None
        elif name == "table-row" and self.filler is not None:
            if any(cell is not None for cell in self.cells):
                if self.repeat_row > _MOST_REPEATS:
                    told = f"row {self.row} stands {self.repeat_row:,} times; it is taken {_MOST_REPEATS:,} times"
                    self.sheets[-1].told.append(told)
                for n in range(min(self.repeat_row, _MOST_REPEATS)):
                    self.filler.add(self.row + n, self.cells)
            self.row += self.repeat_row - 1

    def _cell(self, given: dict[str, str]) -> None:
        value = _typed(given, "".join(self.text).strip())
        sheet, column = self.sheets[-1], len(self.cells)
        if given.get("formula"):
            (sheet.formulas if value is not None else sheet.empty_formulas).add((self.row, column))
        if value is not None and given.get("style-name", "") in self.struck_styles:
            sheet.struck.add((self.row, column))
        wide, high = int(given.get("number-columns-spanned", "1")), int(given.get("number-rows-spanned", "1"))
        if (wide > 1 or high > 1) and len(sheet.merged) < MOST_MERGED:
            sheet.merged.append((self.row, column, self.row + high - 1, min(column + wide - 1, MOST_COLUMNS)))
        repeated = int(given.get("number-columns-repeated", "1"))
        self.cells += [value] * min(
            repeated, MOST_COLUMNS + 1 if value is not None else max(0, MOST_COLUMNS + 1 - column)
        )


def _typed(given: dict[str, str], text: str) -> Cell:
    kind = given.get("value-type", "")
    if text in _ERRORS or text.startswith("Err:"):
        return Broken(text)
    try:
        if kind in ("float", "percentage", "currency"):
            return float(given["value"])
        if kind == "boolean":
            return given["boolean-value"] == "true"
        if kind == "date":
            return day_as_written(given["date-value"])
        if kind == "time":
            return _hours(given["time-value"])
    except (KeyError, ValueError):
        return text or None
    return text or None


def _hours(text: str) -> timedelta:
    match = _CLOCK.match(text)
    if match is None:
        raise ValueError(text)
    sign, days, hours, minutes, seconds = match.groups()
    length = timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=round(float((seconds or "0").replace(",", "."))),
    )
    return -length if sign else length
