"""Workbooks of Excel 97 to 2003 (.xls): what their records say of each cell, and nothing more.

As of .xlsx, no formula and no macro is run: a cell has the value that was saved with it. A record that is shorter than what it must hold, or
a text that leads outside the file, refuses the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from servanda.evidence.importing.containers.compound import NotWholeError, names_in, stream_of
from servanda.evidence.importing.containers.xlsx import BUILT_IN, Shows, of_number, shows_of
from servanda.evidence.importing.sheets import MOST_CELLS, MOST_MERGED, Broken, Cell, Filler, Sheet, not_imported
from servanda.wording import plural

_BEGINS, _ENDS, _GOES_ON = 0x0809, 0x000A, b"\x3c\x00"
_CELLS = frozenset({0x00FD, 0x0203, 0x027E, 0x00BD, 0x0204, 0x00D6, 0x0205, 0x0006, 0x0207})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_HINT = "save it as .xlsx, .ods or CSV (UTF-8)"


@dataclass
class _Book:
    """What holds for all sheets: their names and where each begins, texts, formats."""

    sheets: list[tuple[str, int, bool]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    formats: dict[int, Shows] = field(default_factory=dict)
    styles: list[tuple[int, int]] = field(default_factory=list)
    struck: list[bool] = field(default_factory=list)
    from_1904: bool = False

    def shows(self, style: int) -> Shows:
        """What a number in a style is shown as."""
        number = self.styles[style][1] if style < len(self.styles) else 0
        return self.formats[number] if number in self.formats else BUILT_IN.get(number, "")

    def is_struck(self, style: int) -> bool:
        """Whether a style strikes through; there is no font of number 4."""
        font = self.styles[style][0] if style < len(self.styles) else 0
        at = font - (font > 4)
        return at < len(self.struck) and self.struck[at]


def read_xls(file: str, content: bytes) -> list[Sheet]:
    """The sheets of a workbook.

    Args:
        file: its name.
        content: the file.

    Returns:
        All its sheets of cells, in their order, hidden ones too.

    Raises:
        EvidenceError: it is damaged, protected, older than Excel 97, or larger than can be read.
    """
    try:
        return _read(file, content)
    except (NotWholeError, struct.error, IndexError) as error:
        what = f"is a damaged workbook: {str(error)[:100]}"
        raise not_imported(file, "EVD192", what, "save it again with its own program, or copy it again") from None


def _read(file: str, content: bytes) -> list[Sheet]:
    stream = stream_of(content, ("Workbook",))
    if stream is None:
        what = "is an old Office document, or a workbook older than Excel 97, and is not imported"
        raise not_imported(file, "EVD007", what, _HINT)
    if struct.unpack_from("<HHH", stream)[2] != 0x0600:
        raise not_imported(file, "EVD007", "is a workbook older than Excel 97, and is not imported", _HINT)
    records = _Stream(stream)
    book = _book(file, records)
    told = ["holds macros, which are not run"] if any("VBA" in name for name in names_in(content)) else []
    told += ["counts its days from 1904, and is read so"] if book.from_1904 else []
    sheets: list[Sheet] = []
    for name, at, hidden in book.sheets:
        sheet = Sheet(file, name, "xls", hidden=hidden)
        sheet.told = list(told) if not sheets else []
        _Cells(sheet, book).read(records, at)
        sheets.append(sheet)
    return sheets


class _Stream:
    """The records of a workbook; parts that lie over each other are looked at no more than twice."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.left = 2 * len(content)

    def records(self, at: int = 0) -> Iterator[tuple[int, list[bytes]]]:
        """The records from one on to the end of its part: number and contents, with those that go on with it; not those of what lies within, as charts do."""
        deep = 0
        while True:
            kind, data = self._one(at)
            parts, at = [data], at + 4 + len(data)
            while self.content[at : at + 2] == _GOES_ON:
                parts.append(self._one(at)[1])
                at += 4 + len(parts[-1])
            deep += (kind == _BEGINS) - (kind == _ENDS)
            if kind == _ENDS and deep <= 0:
                return
            if deep == 1:
                yield kind, parts

    def _one(self, at: int) -> tuple[int, bytes]:
        kind, length = struct.unpack_from("<HH", self.content, at)
        data = self.content[at + 4 : at + 4 + length]
        self.left -= 4 + length
        if len(data) < length or self.left < 0:
            raise NotWholeError("it is cut off, or its sheets lie over each other")
        return kind, data


def _book(file: str, stream: _Stream) -> _Book:
    book = _Book()
    for kind, parts in stream.records():
        data = parts[0]
        if kind == 0x002F:
            raise not_imported(
                file, "EVD193", "is a workbook that is protected by a password", "save it without the password"
            )
        if kind == 0x0022:
            book.from_1904 = struct.unpack_from("<H", data)[0] == 1
        elif kind == 0x0085 and data[5] == 0:
            at, state = struct.unpack_from("<IB", data)
            book.sheets.append((_short_text(data, 6), at, state & 3 != 0))
        elif kind == 0x00FC:
            book.texts = _Texts(parts).all()
        elif kind == 0x041E:
            book.formats[struct.unpack_from("<H", data)[0]] = shows_of(_Texts([data[2:]]).one())
        elif kind == 0x00E0:
            book.styles.append(struct.unpack_from("<HH", data))
        elif kind == 0x0031:
            book.struck.append(bool(struct.unpack_from("<H", data, 2)[0] & 8))
    return book


def _short_text(data: bytes, at: int) -> str:
    length, wide = data[at], data[at + 1] & 1
    return data[at + 2 : at + 2 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


class _Texts:
    """Reads texts that may run over several records; where one does, its width is said anew."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts, self.part, self.at = parts, 0, 0

    def all(self) -> list[str]:
        """The texts that cells share."""
        self.at = 8
        out = []
        while self.part < len(self.parts) and self._more():
            out.append(self.one())
        return out

    def _more(self) -> bool:
        while self.part < len(self.parts) and self.at >= len(self.parts[self.part]):
            self.part, self.at = self.part + 1, 0
        return self.part < len(self.parts)

    def _take(self, size: int) -> bytes:
        out = b""
        while len(out) < size:
            if not self._more():
                raise NotWholeError("a text is cut off")
            some = self.parts[self.part][self.at : self.at + size - len(out)]
            self.at += len(some)
            out += some
        return out

    def one(self) -> str:
        """One text, without its pieces of other fonts and how it is to be pronounced."""
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        aside = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        text, wide = "", flags & 1
        while len(text) < length:
            if self.part < len(self.parts) and self.at >= len(self.parts[self.part]):
                if not self._more():
                    raise NotWholeError("a text is cut off")
                wide = self._take(1)[0] & 1
            here = min((length - len(text)) << wide, len(self.parts[self.part]) - self.at)
            some = self._take(max(here - here % (1 + wide), 1))
            text += (
                "".join(chr(unit) for unit in struct.unpack(f"<{len(some) // 2}H", some))
                if wide
                else some.decode("latin-1")
            )
        self._skip(4 * runs + aside)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _skip(self, size: int) -> None:
        while size > 0 and self._more():
            step = min(size, len(self.parts[self.part]) - self.at)
            self.at, size = self.at + step, size - step
        if size > 0:
            raise NotWholeError("a text is cut off")


class _Cells:
    """Reads the cells of one sheet."""

    def __init__(self, sheet: Sheet, book: _Book) -> None:
        self.sheet, self.book = sheet, book
        self.rows: dict[int, dict[int, Cell]] = {}
        self.count = self.notes = 0
        self.waiting: tuple[int, int, int] | None = None
        """The cell of a formula whose text comes in the record behind it."""

    def read(self, stream: _Stream, at: int) -> None:
        """All of them, into the sheet."""
        for kind, parts in stream.records(at):
            data = parts[0]
            if kind in _CELLS:
                self._cell(kind, parts)
            elif kind == 0x0208 and struct.unpack_from("<I", data, 12)[0] & 0x20:
                self.sheet.hidden_rows.add(struct.unpack_from("<H", data)[0] + 1)
            elif kind == 0x007D and struct.unpack_from("<H", data, 8)[0] & 1:
                first, last = struct.unpack_from("<HH", data)
                self.sheet.hidden_columns |= set(range(first, last + 1))
            elif kind == 0x00E5:
                for n in range(struct.unpack_from("<H", data)[0]):
                    top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * n)
                    if len(self.sheet.merged) < MOST_MERGED:
                        self.sheet.merged.append((top + 1, left, bottom + 1, right))
            elif kind == 0x001C:
                self.notes += 1
        filler = Filler(self.sheet)
        for row, cells in sorted(self.rows.items()):
            filler.refuse_wide(row + 1, max(cells) + 1)
            filler.add(row + 1, [cells.get(n) for n in range(max(cells) + 1)])
        if self.notes:
            self.sheet.told.append(f"{plural(self.notes, 'comment')} at cells, not read")

    def _cell(self, kind: int, parts: list[bytes]) -> None:
        data = parts[0]
        if kind == 0x0207:
            if self.waiting is not None:
                self._put(*self.waiting, _Texts(parts).one())
            self.waiting = None
            return
        row, column, style = struct.unpack_from("<HHH", data)
        if kind == 0x00BD:
            for n in range((len(data) - 6) // 6):
                own, number = struct.unpack_from("<HI", data, 4 + 6 * n)
                self._put(row, column + n, own, self._number(_packed(number), own))
        elif kind == 0x00FD:
            at = struct.unpack_from("<I", data, 6)[0]
            self._put(row, column, style, self.book.texts[at] if at < len(self.book.texts) else Broken("#REF!"))
        elif kind == 0x0203:
            self._put(row, column, style, self._number(struct.unpack_from("<d", data, 6)[0], style))
        elif kind == 0x027E:
            self._put(row, column, style, self._number(_packed(struct.unpack_from("<I", data, 6)[0]), style))
        elif kind in (0x0204, 0x00D6):
            self._put(row, column, style, _Texts([data[6:], *parts[1:]]).one())
        elif kind == 0x0205:
            self._put(row, column, style, _ticked(data[6], data[7]))
        else:
            self._formula(row, column, style, data)

    def _formula(self, row: int, column: int, style: int, data: bytes) -> None:
        """A formula, with the value that was saved with it."""
        kind, value, mark = data[6], data[8], struct.unpack_from("<H", data, 12)[0]
        here = (row + 1, column)
        if mark != 0xFFFF:
            self._put(row, column, style, self._number(struct.unpack_from("<d", data, 6)[0], style))
        elif kind == 0:
            self.waiting = (row, column, style)
        elif kind in (1, 2):
            self._put(row, column, style, _ticked(value, kind == 2))
        (self.sheet.empty_formulas if mark == 0xFFFF and kind == 3 else self.sheet.formulas).add(here)

    def _number(self, number: float, style: int) -> Cell:
        return of_number(number, self.book.shows(style), self.book.from_1904)

    def _put(self, row: int, column: int, style: int, cell: Cell) -> None:
        self.count += 1
        if self.count > MOST_CELLS:
            hint = "give it in parts, or as CSV or Parquet in a format of 'servanda readers'"
            raise not_imported(self.sheet.file, "EVD190", f"has more than {MOST_CELLS:,} cells", hint)
        self.rows.setdefault(row, {})[column] = cell
        if self.book.is_struck(style):
            self.sheet.struck.add((row + 1, column))


def _packed(number: int) -> float:
    """A number of 30 bits: whole or the upper bits of another, as it is or in hundredths."""
    whole = number >> 2
    value = (
        float(whole - (1 << 30) if whole >> 29 else whole)
        if number & 2
        else struct.unpack("<d", struct.pack("<Q", (number & 0xFFFF_FFFC) << 32))[0]
    )
    return value / 100 if number & 1 else value


def _ticked(value: int, broken: int) -> Cell:
    return Broken(_ERRORS.get(value, "#ERROR")) if broken else bool(value)
