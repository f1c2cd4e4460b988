"""Workbooks of Excel (.xlsx, .xlsm): what their XML says of each cell, and nothing more.

Formulas are never run: a cell has the value that was saved with it, and it is noted where there is none. Macros, links to other
files and pictures are not opened. Dates are numbers with a style; both systems (from 1900 and from 1904) are known.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from servanda.evidence.importing.containers.strangers import entry_bytes, parse_xml, xml_tree
from servanda.evidence.importing.sheets import (
    MOST_COLUMNS,
    MOST_MERGED,
    RAISED,
    Broken,
    Cell,
    Filler,
    Sheet,
    column_of,
    day_as_written,
    not_imported,
)
from servanda.values.containers.xml import plain
from servanda.wording import plural

Shows: TypeAlias = Literal["", "date", "time", "hours"]
BUILT_IN: dict[int, Shows] = {
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "time"),
    46: "hours",
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


_FROM_1900, _FROM_1904 = datetime.fromisoformat("1899-12-30"), datetime.fromisoformat("1904-01-01")


def day_of_serial(serial: float, *, from_1904: bool = False) -> datetime | None:
    """The day and time of a spreadsheet's number; nothing where there is none. 29 February 1900, which Excel has, does not exist."""
    try:
        if from_1904:
            return _to_second(_FROM_1904 + timedelta(days=serial))
        base = _FROM_1900 + timedelta(days=1) if serial < 60 else _FROM_1900
        return None if 60 <= serial < 61 else _to_second(base + timedelta(days=serial))
    except (OverflowError, ValueError):
        return None


def _to_second(moment: datetime) -> datetime:
    """A number of days is a time of day only to some microseconds."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def read_xlsx(file: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """The sheets of a workbook.

    Args:
        file: its name.
        archive: the workbook, open.

    Returns:
        All its sheets of cells, in their order, hidden ones too.

    Raises:
        EvidenceError: it is damaged or larger than can be read.
    """
    names = set(archive.namelist())
    main = next((n for n in ("xl/workbook.xml", "xl/workbook2.xml") if n in names), None)
    if main is None:
        raise not_imported(
            file, "EVD192", "is a workbook without its list of sheets", "save it again with its own program"
        )
    told = ["holds macros, which are not run"] if any(n.endswith("vbaProject.bin") for n in names) else []
    if any(n.startswith("xl/externalLinks/") and not n.endswith(".rels") for n in names):
        told.append("links to other workbooks, which are not opened")
    workbook = xml_tree(file, io.BytesIO(entry_bytes(file, archive, main)))
    properties = workbook.find("workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    if from_1904:
        told.append("counts its days from 1904, and is read so")
    parts = _parts(file, archive, main)
    strings = _strings(file, archive, parts)
    styles, struck = _styles(file, archive, parts)
    sheets: list[Sheet] = []
    for n, entry in enumerate(workbook.iter("sheet")):
        part = parts.get(entry.get("id", ""), "")
        if part not in names or "/worksheets/" not in part:
            continue  # a chart or a dialogue
        sheet = Sheet(
            file, entry.get("name") or f"sheet {n + 1}", "xlsx", hidden=entry.get("state", "visible") != "visible"
        )
        sheet.told = list(told) if not sheets else []
        _Cells(sheet, strings, styles, struck, from_1904=from_1904).read(file, entry_bytes(file, archive, part))
        sheet.told += _comments(file, archive, part)
        sheets.append(sheet)
    return sheets


def _comments(file: str, archive: zipfile.ZipFile, part: str) -> list[str]:
    """What people wrote at cells, which is no part of the cells and is told."""
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return []
    said = []
    for entry in xml_tree(file, io.BytesIO(entry_bytes(file, archive, relations))).iter("Relationship"):
        target = posixpath.normpath(posixpath.join(folder, entry.get("Target", ""))).lstrip("/")
        if entry.get("Type", "").endswith("/comments") and target in archive.namelist():
            for one in xml_tree(file, io.BytesIO(entry_bytes(file, archive, target))).iter("comment"):
                words = " ".join("".join(text.text or "" for text in one.iter("t")).split())
                said.append(f"{one.get('ref', '')} {words[:100]!r}")
    if not said:
        return []
    more = f" and {len(said) - 3} more" if len(said) > 3 else ""
    return [f"{plural(len(said), 'comment')} at cells, not read: {', '.join(said[:3])}{more}"]


def _parts(file: str, archive: zipfile.ZipFile, main: str) -> dict[str, str]:
    """The parts of a workbook by their ids, and by the last word of their type."""
    folder = posixpath.dirname(main)
    links = entry_bytes(file, archive, f"{folder}/_rels/{posixpath.basename(main)}.rels")
    out: dict[str, str] = {}
    for link in xml_tree(file, io.BytesIO(links)) if links else ():
        if link.get("TargetMode") == "External":
            continue
        target = link.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        out[link.get("Id", "")] = path
        out.setdefault(link.get("Type", "").rpartition("/")[2], path)
    return out


def _strings(file: str, archive: zipfile.ZipFile, parts: dict[str, str]) -> list[str]:
    """The texts that cells share, without how they are to be pronounced."""
    content = entry_bytes(file, archive, parts.get("sharedStrings", "xl/sharedStrings.xml"))
    out: list[str] = []
    pieces: list[str] = []
    inside = aside = raised = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, aside, raised
        if name == "si":
            pieces.clear()
        if name in ("si", "r", "vertAlign"):
            raised = attributes.get("val") == "superscript"
        elif name == "rPh":
            aside = True
        elif name == "t":
            inside = not aside

    def end(name: str) -> None:
        nonlocal inside, aside
        if name == "si":
            out.append("".join(pieces))
        elif name == "rPh":
            aside = False
        elif name == "t":
            inside = False

    def data(text: str) -> None:
        if inside:
            pieces.append(text.translate(RAISED) if raised else text)

    if content:
        parse_xml(file, io.BytesIO(content), start, end, data)
    return out


def _styles(file: str, archive: zipfile.ZipFile, parts: dict[str, str]) -> tuple[list[Shows], frozenset[str]]:
    """For each style of cells whether a number is shown as a date, a time of day or hours; and the numbers of the styles that strike through."""
    content = entry_bytes(file, archive, parts.get("styles", "xl/styles.xml"))
    if not content:
        return [], frozenset()
    tree = xml_tree(file, io.BytesIO(content))
    own = {entry.get("numFmtId"): shows_of(entry.get("formatCode", "")) for entry in tree.iter("numFmt")}
    cells, fonts = tree.find("cellXfs"), tree.find("fonts")
    marks = [font.find("strike") for font in fonts] if fonts is not None else []
    lines = {str(n) for n, mark in enumerate(marks) if mark is not None and mark.get("val", "1") not in ("0", "false")}
    entries = list(cells) if cells is not None else []
    formats = [entry.get("numFmtId", "0") for entry in entries]
    shows = [own[f] if f in own else BUILT_IN.get(int(f) if f.isdigit() else 0, "") for f in formats]
    return shows, frozenset(str(n) for n, entry in enumerate(entries) if entry.get("fontId") in lines)


def shows_of(code: str) -> Shows:
    """What a format shows.

    Args:
        code: the format, as ``yyyy-mm-dd``, ``hh:mm``, ``[hh]:mm``.

    Returns:
        ``date``, ``time``, ``hours``, or '' where it is a number.
    """
    bare = _LITERAL.sub("", code.split(";", maxsplit=1)[0]).lower()
    if re.search(r"\[[hms]+\]", bare):
        return "hours"
    if "y" in bare or "d" in bare or re.search(r"m{3,}", bare):
        return "date"
    return "time" if re.search(r"[hs]", bare) and "general" not in bare else ""


class _Cells:
    """Reads the cells of one sheet."""

    def __init__(
        self, sheet: Sheet, strings: list[str], styles: list[Shows], struck: frozenset[str], *, from_1904: bool
    ) -> None:
        self.sheet, self.strings, self.styles, self.from_1904 = sheet, strings, styles, from_1904
        self.struck = struck
        self.filler = Filler(sheet)
        self.row = self.column = 0
        self.cells: dict[int, Cell] = {}
        self.kind = self.style = ""
        self.text: list[str] = []
        self.value: str | None = None
        self.formula = self.taking = self.aside = self.raised = False

    def read(self, file: str, content: bytes) -> None:
        parse_xml(file, io.BytesIO(content), self._start, self._end, self._data)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.column = column_of(attributes["r"]) if "r" in attributes else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.value, self.formula, self.raised = None, False, False
        elif name in ("v", "t"):
            self.taking = not self.aside
            self.text = []
        elif name == "f":
            self.formula = True
        elif name in ("r", "vertAlign"):
            self.raised = attributes.get("val") == "superscript"
        elif name == "rPh":
            self.aside = True
        elif name == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self.row + 1
            self.column, self.cells = -1, {}
            if attributes.get("hidden") in ("1", "true"):
                self.sheet.hidden_rows.add(self.row)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = (int(attributes.get(key, "1")) for key in ("min", "max"))
            self.sheet.hidden_columns |= set(range(first - 1, min(last, first + 1_000)))
        elif name == "mergeCell":
            self._merge(plain(attributes).get("ref", ""))

    def _merge(self, ref: str) -> None:
        first, _, last = ref.replace("$", "").partition(":")
        rows = [
            int(digits)
            for part in (first, last or first)
            if (digits := part.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).isdigit()
        ]
        if len(rows) == 2 and len(self.sheet.merged) < MOST_MERGED:
            self.sheet.merged.append((rows[0], column_of(first), rows[1], min(column_of(last or first), MOST_COLUMNS)))

    def _data(self, text: str) -> None:
        if self.taking:
            self.text.append(text.translate(RAISED) if self.raised else text)

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            if self.taking:
                self.value = (self.value or "") + "".join(self.text)
            self.taking = False
        elif name == "c":
            self._cell()
        elif name == "rPh":
            self.aside = False
        elif name == "row" and self.cells:
            self.filler.refuse_wide(self.row, max(self.cells) + 1)
            self.filler.add(self.row, [self.cells.get(n) for n in range(max(self.cells) + 1)])

    def _cell(self) -> None:
        here = (self.row, self.column)
        if self.formula:
            (self.sheet.formulas if self.value else self.sheet.empty_formulas).add(here)
        if self.value is None or self.value == "":
            return
        self.cells[self.column] = self._typed(self.value)
        if self.style in self.struck:
            self.sheet.struck.add(here)

    def _typed(self, value: str) -> Cell:
        if self.kind == "s":
            return self.strings[int(value)] if value.isdigit() and int(value) < len(self.strings) else Broken("#REF!")
        if self.kind in ("str", "inlineStr"):
            return value
        if self.kind == "b":
            return value == "1"
        if self.kind == "e":
            return Broken(value)
        if self.kind == "d":
            try:
                return day_as_written(value)
            except ValueError:
                return value
        try:
            number = float(value)
        except ValueError:
            return value
        return of_number(
            number,
            self.styles[int(self.style)] if self.style.isdigit() and int(self.style) < len(self.styles) else "",
            self.from_1904,
        )


def of_number(number: float, shows: Shows, from_1904: bool) -> Cell:
    """A number as its format shows it.

    Args:
        number: what the cell holds.
        shows: what its format shows.
        from_1904: whether the workbook counts its days from 1904.

    Returns:
        A day, a length of time, or the number.
    """
    if shows == "hours" or (shows == "time" and 0 <= number <= 1):
        return timedelta(seconds=round(number * 86_400)) if abs(number) < 1e6 else number
    if shows in ("date", "time"):
        return day_of_serial(number, from_1904=from_1904) or number
    return number
