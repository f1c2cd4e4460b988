"""Workbooks of Excel 5 to 2003 (.xls), read by xlrd; olefile takes them out of the compound file in which they are kept.

As of .xlsx, no formula and no macro is run: a cell has the value that was saved with it. Of the records of a workbook only those reach xlrd
that say what is in cells: others (links, drawings, names) can make it lay out more than there is memory for, and are not needed.
"""

from __future__ import annotations

import io
import struct
from typing import Any, ClassVar, NoReturn, SupportsIndex

import olefile
from xlrd import XL_CELL_BOOLEAN, XL_CELL_ERROR, XL_CELL_TEXT, error_text_from_code
from xlrd.biffh import XL_WORKBOOK_GLOBALS
from xlrd.book import Book
from xlrd.sheet import Cell as XlrdCell

from servanda.errors import EvidenceError
from servanda.evidence.importing.containers.xlsx import BUILT_IN, Shows, of_number, shows_of
from servanda.evidence.importing.sheets import MOST_CELLS, MOST_MERGED, Broken, Cell, Filler, Sheet, not_imported
from servanda.wording import plural

_BEGINS, _EARLIER = b"\x09\x08", (b"\x09\x00", b"\x09\x02", b"\x09\x04")
"""How a workbook of Excel 5 or later begins, and how one before."""
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_CELLS = _FORMULAS | {0x00FD, 0x0203, 0x027E, 0x0204, 0x00D6, 0x0205}
_EMPTY_ROW = 8
"""As how many cells a row counts in which there is nothing."""
_MANY, _NOTE, _TEXTS, _NOTHING = 0x00BD, 0x001C, 0x00FC, 0xFFFF
_OF_FORMULAS = frozenset({0x0207, 0x0021, 0x0036, 0x0037, 0x0221, 0x0236, 0x04BC})
_OF_SHEETS = frozenset({0x0809, 0x000A, 0x003C, 0x0208, 0x007D, 0x00E5})
_OF_BOOKS = frozenset({0x0022, 0x002F, 0x0031, 0x0042, 0x0085, 0x00E0, 0x041E, _TEXTS})
_TAKEN = _CELLS | _OF_FORMULAS | _OF_SHEETS | _OF_BOOKS | {_MANY}


def read_xls(file: str, content: bytes) -> list[Sheet]:
    """The sheets of a workbook.

    Args:
        file: its name.
        content: the file.

    Returns:
        All its sheets of cells, in their order, hidden ones too.

    Raises:
        EvidenceError: it is damaged, protected, older than Excel 5, or larger than can be read.
    """
    try:
        return _read(file, content)
    except EvidenceError:
        raise
    except Exception as error:  # noqa: BLE001  # of a damaged file the two packages raise whatever comes
        what = f"is a damaged workbook: {str(error)[:100] or type(error).__name__}"
        raise not_imported(file, "EVD192", what, "save it again with its own program, or copy it again") from None


def _read(file: str, content: bytes) -> list[Sheet]:
    with olefile.OleFileIO(io.BytesIO(content)) as streams:
        names = {"/".join(path) for path in streams.listdir()}
        stream = _workbook_in(streams)
    if stream is None or stream.startswith(_EARLIER):
        what = "is an old Office document, or a workbook older than Excel 5, and is not imported"
        raise not_imported(file, "EVD007", what, "save it as .xlsx, .ods or CSV (UTF-8)")
    if not stream.startswith(_BEGINS):
        raise ValueError("it does not begin as a workbook does")
    book = _Book(file, stream)
    told = ["holds macros, which are not run"] if any("VBA" in name for name in names) else []
    told += ["counts its days from 1904, and is read so"] if book.datemode else []
    sheets = [book.sheet_at(n) for n in range(len(book._sheet_names))]  # noqa: SLF001
    for sheet in sheets[:1]:
        sheet.told = told + sheet.told
    return sheets


def _workbook_in(streams: olefile.OleFileIO) -> bytes | None:
    """The stream of the workbook, whole; of one whose sectors lead back to where they were olefile gives what comes."""
    entry = next((entry for name in ("workbook", "book") if (entry := streams.root.kids_dict.get(name))), None)
    if entry is None:
        return None
    stream = bytes(streams.openstream(entry.name).read())
    table = streams.minifat if entry.is_minifat else streams.fat
    at, passed = entry.isectStart, 0
    while at < len(table) and passed <= len(table):
        at, passed = table[at], passed + 1
    if at != olefile.ENDOFCHAIN or len(stream) < entry.size:
        raise ValueError("it leads outside itself, or back to where it was")
    return stream


class _Once(bytes):
    """Bytes that may lead their reader back; what is taken of them is counted."""

    book: _Book

    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        part = super().__getitem__(at)
        if isinstance(part, bytes):
            self.book.count(len(part))
        return part


class _Nowhere(io.TextIOBase):
    """Takes what xlrd remarks."""

    def write(self, text: str) -> int:
        return len(text)


class _Book(Book):  # type: ignore[misc]  # xlrd says no types
    """A workbook as xlrd reads it, record by record. No part is looked at more than three times, so that a small file costs little."""

    nowhere: ClassVar = _Nowhere()

    def __init__(self, file: str, stream: bytes) -> None:
        super().__init__()
        self.file, self.left, self.cells, self.places = file, 3 * len(stream), 0, 0
        self.formulas: set[tuple[int, int]] = set()
        self.empty_formulas: set[tuple[int, int]] = set()
        self.notes = 0
        self.biff2_8_load(
            file_contents=stream, logfile=self.nowhere, formatting_info=True, on_demand=True, ragged_rows=True
        )
        self.biff_version = self.getbof(XL_WORKBOOK_GLOBALS)
        self.parse_globals()
        self._sheet_list = [None] * len(self._sheet_names)
        struck = [bool(font.struck_out) for font in self.font_list]
        self.styles: list[tuple[Shows, bool]] = [
            (self._shows(xf.format_key), xf.font_index < len(struck) and struck[xf.font_index]) for xf in self.xf_list
        ]

    def _shows(self, number: int) -> Shows:
        written = self.format_map[number].format_str if number in self.format_map else None
        return shows_of(written) if written else BUILT_IN.get(number, "")

    def count(self, size: int) -> None:
        """Count what is looked at."""
        self.left -= size
        if self.left < 0:
            raise ValueError("its parts lie over each other")

    def get_record_parts(self) -> tuple[int, int, bytes]:
        """The next record; one of no account if it is not about cells."""
        code, length, data = super().get_record_parts()
        self.count(4 + length)
        if code in _CELLS or code == _MANY:
            self.cells += 1 if code in _CELLS else length // 6
            if self.cells > MOST_CELLS:
                self._refuse_large()
        if code in _FORMULAS:
            row, column = struct.unpack("<HH", data[:4])
            empty = data[12:14] == b"\xff\xff" and data[6] == 3
            (self.empty_formulas if empty else self.formulas).add((row + 1, column))
        self.notes += code == _NOTE
        return (code, length, self._counted(data) if code == _TEXTS else data) if code in _TAKEN else (_NOTHING, 0, b"")

    def get_record_parts_conditional(self, reqd_record: int) -> tuple[int | None, int, bytes]:
        """The next record if it is of one kind: what goes on with the texts that cells share."""
        code, length, data = super().get_record_parts_conditional(reqd_record)
        self.count(length)
        return code, length, self._counted(data)

    def _counted(self, data: bytes) -> _Once:
        out = _Once(data)
        out.book = self
        return out

    def handle_filepass(self, data: bytes) -> NoReturn:  # noqa: ARG002  # as xlrd calls it
        """Refuse what a password protects."""
        what = "is a workbook that is protected by a password"
        raise not_imported(self.file, "EVD193", what, "save it without the password")

    def _refuse_large(self) -> NoReturn:
        hint = "give it in parts, or as CSV or Parquet in a format of 'servanda readers'"
        raise not_imported(self.file, "EVD190", f"has more than {MOST_CELLS:,} cells", hint)

    def sheet_at(self, n: int) -> Sheet:
        """One sheet with its cells; of what is laid out without anything in it there is a most, too."""
        self.formulas, self.empty_formulas, self.notes = set(), set(), 0
        page = self.get_sheet(n)
        self.unload_sheet(n)
        sheet = Sheet(self.file, page.name, "xls", hidden=page.visibility & 3 != 0)
        sheet.formulas, sheet.empty_formulas = self.formulas, self.empty_formulas
        sheet.hidden_rows = {row + 1 for row, info in page.rowinfo_map.items() if info.hidden}
        sheet.hidden_columns = {column for column, info in page.colinfo_map.items() if info.hidden}
        sheet.merged = [(top + 1, left, end, right - 1) for top, end, left, right in page.merged_cells[:MOST_MERGED]]
        filler = Filler(sheet)
        for row in range(page.nrows):
            width = page.row_len(row)
            self.places += width or _EMPTY_ROW
            if self.places > MOST_CELLS:
                self._refuse_large()
            if width:
                filler.add(
                    row + 1, [self._cell(cell, sheet, (row + 1, column)) for column, cell in enumerate(page.row(row))]
                )
        sheet.told = [f"{plural(self.notes, 'comment')} at cells, not read"] if self.notes else []
        return sheet

    def _cell(self, cell: XlrdCell, sheet: Sheet, here: tuple[int, int]) -> Cell:
        if cell.value == "":
            return None
        plain: tuple[Shows, bool] = "", False
        shows, struck = self.styles[cell.xf_index] if cell.xf_index < len(self.styles) else plain
        if struck:
            sheet.struck.add(here)
        if cell.ctype == XL_CELL_TEXT:
            return str(cell.value)
        if cell.ctype == XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == XL_CELL_ERROR:
            return Broken(error_text_from_code.get(cell.value, "#ERROR"))
        return of_number(float(cell.value), shows, bool(self.datemode))
