"""Where the header of a sheet is, and what of the sheet is no row: titles, totals, notes, headings, a header that is repeated.

The header is the row whose cells are words of headers, or else the first row of text above rows that hold dates and numbers. It may run
over two rows ("Coordinates" above "lat" and "lon"). Beneath it may stand a row of HXL tags, which then says what the columns are.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, field

from servanda.evidence.importing.sheets import Broken, Cell, Sheet, is_blank, not_imported, shown
from servanda.evidence.importing.words import begins_with_word, hxl_tags, roles, words

_DEEPEST = 60
_LONGEST_NAME = 80
_MOST_CARRIED = 1_000_000


@dataclass
class Table:
    """The table in a sheet: names and cells by column, with the number that each row has in the file.

    ``hxl`` is the role that a tag of HXL gives a column. ``left_out`` are the rows that are none: number and reason. ``ragged`` are rows of text with
    more fields than the header, whose values may stand in the wrong columns: number, how many, and their words.
    """

    sheet: Sheet
    names: list[str]
    columns: list[list[Cell]]
    numbers: list[int]
    header: list[int]
    hxl: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    ragged: list[tuple[int, int, str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    crossed: bool = False
    """Whether its rows were the cells of a cross-table."""
    repeats: bool = False
    """Whether it holds what was asked several times in a form, with what that form says."""

    @property
    def height(self) -> int:
        """How many rows it has."""
        return len(self.numbers)

    def left_out_words(self) -> list[str]:
        """What is told of the rows that are none."""
        return [
            f"row {number} {'is left out as' if reason[:2] in ('a ', 'th') else 'stands'} {reason}: {text[:80]}"
            for number, reason, text in self.left_out
        ]


def find_table(sheet: Sheet, header: list[int] | None = None) -> Table | None:
    """The table of a sheet; nothing where it has none.

    Args:
        sheet: its cells.
        header: the rows of the header by their numbers in the file, where they are known.

    Returns:
        The table, without what is no row of it.
    """
    rows = sheet.rows
    if not rows:
        return None
    if sheet.numbers[0] == 0:  # names that the container gave: those of JSON, of a map, of a format without a header
        first = last = 0
    elif header:
        at = [n for n, number in enumerate(sheet.numbers) if number in header]
        if not at:
            return None
        first, last = at[0], at[-1]
    else:
        first, last = header_at(sheet)
        if first < 0:
            return None
    width = max(len(row) for row in rows[first:])
    names = _names(sheet, first, last, width)
    body = last + 1
    hxl = {name: role for name in names if name.startswith("#") and (role := _role_of_tag(name))}
    if body < len(rows) and _is_hxl(rows[body]):
        hxl |= {
            names[n]: role
            for n, cell in enumerate(rows[body])
            if (role := _role_of_tag(shown(cell))) and n < len(names)
        }
        body += 1
    table = Table(sheet, names, [[] for _ in names], [], sheet.numbers[first : last + 1], hxl)
    table.left_out = [
        (sheet.numbers[n], "in front of the header", " | ".join(shown(c) for c in rows[n] if not is_blank(c)))
        for n in range(first)
    ]
    _fill(table, body, rows[first : last + 1])
    if len(table.ragged) > table.height:
        number, fields, _ = table.ragged[0]
        what = f"most of its rows have more fields than the header (row {number} has {fields}, the header {len(names)}), so that no name can be matched to its values"
        hint = "give every field a name in the header; put text that holds the sign between fields in quotes"
        raise not_imported(sheet.file, "EVD101", what, hint, number)
    return _without_empty(table)


def is_known(cell: Cell) -> bool:
    """Whether a cell is a word of headers."""
    if not isinstance(cell, str) or isinstance(cell, Broken):
        return False
    cell = _MARKS.sub("", cell.strip())
    return words(cell) in roles() or words(cell.rpartition("/")[2]) in roles()


def is_name(cell: Cell) -> bool:
    """Whether a cell could be the name of a column: a text that is not long and no number."""
    return (
        isinstance(cell, str)
        and not isinstance(cell, Broken)
        and 0 < len(cell.strip()) <= _LONGEST_NAME
        and not words(cell).replace(" ", "").isdigit()
    )


def header_at(sheet: Sheet) -> tuple[int, int]:
    """Where the header of a sheet stands.

    Args:
        sheet: its cells.

    Returns:
        The place of its first and of its last row; -1 where there is none.
    """
    best, at = 0.0, -1
    for n, row in enumerate(sheet.rows[:_DEEPEST]):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) < 2 and len(sheet.rows) > n + 1 and len(sheet.rows[n + 1]) > 1:
            continue
        names = sum(map(is_name, filled))
        if names < 0.7 * len(filled) or not filled or _is_hxl(row):
            continue
        known = sum(map(is_known, filled))
        score = known + 0.1 * names - 0.02 * n - (0.5 if len(set(map(shown, filled))) < len(filled) else 0)
        if known >= min(2, len(filled)) and score > best + 0.5:
            best, at = score, n
    if at < 0:
        at = _text_above_values(sheet)
        if at < 0:
            return -1, -1
    first = at - 1 if at and _is_upper(sheet, at - 1, at) else at
    return first, at + 1 if _is_lower(sheet, at) else at


def _text_above_values(sheet: Sheet) -> int:
    """The first row all of whose cells are names, above a row that has as many cells and among them one that is no text."""
    for n, row in enumerate(sheet.rows[: min(_DEEPEST, len(sheet.rows) - 1)]):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) < 2 or not all(map(is_name, filled)) or len(set(map(shown, filled))) < len(filled):
            continue
        if any(shown(cell)[:1].isdigit() for cell in filled):
            continue  # a line of a log that begins with its time
        under = [cell for cell in sheet.rows[n + 1] if not is_blank(cell)]
        if len(under) >= 0.5 * len(filled) and any(
            not is_name(cell) or any(c.isdigit() for c in shown(cell)) for cell in under
        ):
            return n
    return -1


def _is_lower(sheet: Sheet, at: int) -> bool:
    """Whether the row beneath is the second row of the header: names only, under a cell that spans several columns or under blanks."""
    if at + 1 >= len(sheet.rows) or sheet.numbers[at + 1] != sheet.numbers[at] + 1:
        return False
    upper, lower = sheet.rows[at], sheet.rows[at + 1]
    filled = [(n, cell) for n, cell in enumerate(lower) if not is_blank(cell)]
    if (
        not filled
        or not all(is_name(cell) for _, cell in filled)
        or any(c.isdigit() for _, cell in filled for c in shown(cell))
    ):
        return False
    spanned = {
        c
        for top, left, bottom, right in sheet.merged
        if top <= sheet.numbers[at] <= bottom and right > left
        for c in range(left, right + 1)
    }
    blank = {n for n, _ in filled if n >= len(upper) or is_blank(upper[n])}
    under = {n for n, _ in filled} & (spanned | blank | {n - 1 for n in blank})
    full = len([c for c in upper if not is_blank(c)]) == len(upper) >= len(lower)
    names = [cell for _, cell in filled if not _in_brackets(shown(cell))]
    if not names:  # a row of units beneath the names
        return len(filled) > 1
    return bool(under) and not full and sum(map(is_known, names)) >= 0.5 * len(names)


def _in_brackets(text: str) -> bool:
    return text[:1] in "([" and text[-1:] in ")]"


def _is_upper(sheet: Sheet, above: int, at: int) -> bool:
    """Whether the row above is the first row of the header: names, one of them over several columns, the rest over blanks beneath."""
    upper, lower = sheet.rows[above], sheet.rows[at]
    filled = [cell for cell in upper if not is_blank(cell)]
    if sheet.numbers[above] != sheet.numbers[at] - 1 or len(filled) < 2 or not all(map(is_name, filled)):
        return False
    blank = [n for n, cell in enumerate(upper) if is_blank(cell) and n < len(lower) and not is_blank(lower[n])]
    beneath = [n for n, cell in enumerate(upper) if not is_blank(cell) and (n >= len(lower) or is_blank(lower[n]))]
    return bool(blank) and (bool(beneath) or any(is_known(cell) for cell in filled))


def _names(sheet: Sheet, first: int, last: int, width: int) -> list[str]:
    """The names of the columns; of a header in several rows all of them, the upper ones carried over the columns that they span."""
    names = ([_name(cell) for cell in sheet.rows[first]] + [""] * width)[:width]
    for at in range(first + 1, last + 1):
        lower = [_name(cell) for cell in sheet.rows[at]] + [""] * width
        down = {
            n
            for top, left, bottom, right in sheet.merged
            if top <= sheet.numbers[at - 1] and bottom >= sheet.numbers[at]
            for n in range(left, right + 1)
        }
        joined, carried = [], ""
        for n, upper in enumerate(names):
            carried = upper or carried
            if not lower[n] or n in down:
                joined.append(upper)
            elif _in_brackets(lower[n]):
                joined.append(f"{upper} {lower[n]}".strip())
            else:
                joined.append(f"{carried} / {lower[n]}" if carried and carried != lower[n] else lower[n])
        names = joined
    return _unique(names)


_MARKS = re.compile(r"(?<=\w)[\u00b9\u00b2\u00b3\u2070-\u2079*\u2020\u2021]+$")
"""Marks of footnotes behind a name."""
_MARK = frozenset("\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079*\u2020\u2021")
_RAISED = re.compile(
    "\\d{1,2}[\u2070\u00b9\u00b2\u00b3\u2074\u2075][\u2070\u00b9\u00b2\u00b3\u2074-\u2079]|10[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+"
)
"""Minutes that are raised behind the hour, as timetables have them, and powers of ten."""
_MARKED = re.compile(rf"(?:(?<=[0-9.)])|(?<=[^\W\d_]{{3}}))[{''.join(sorted(_MARK))}]+$")
"""The same behind a cell; behind two letters they may be those of a unit (km\u00b2)."""


def _name(cell: Cell) -> str:
    return _MARKS.sub("", " ".join(shown(cell).split()))[:_LONGEST_NAME]


def _unique(names: list[str]) -> list[str]:
    """Names that stand twice get the number of their column."""
    count = Counter(names)
    return [f"{name} ({n + 1})" if name and count[name] > 1 else name for n, name in enumerate(names)]


def _is_hxl(row: list[Cell]) -> bool:
    filled = [shown(cell) for cell in row if not is_blank(cell)]
    return (
        len(filled) > 1
        and all(text.startswith("#") and text[1:2].isalpha() for text in filled)
        and not any(text.isupper() for text in filled)
    )


def _role_of_tag(tag: str) -> str:
    """The role of a tag: by its name and the attributes that decide."""
    name, *attributes = tag.replace(" ", "").lower().split("+")
    for attribute in ["+".join(attributes), *attributes]:
        if f"{name}+{attribute}" in hxl_tags():
            return hxl_tags()[f"{name}+{attribute}"]
    return hxl_tags().get(name, "")


def _fill(table: Table, body: int, header: list[list[Cell]]) -> None:
    """The rows, without what is none; what spans several rows stands in each of them."""
    sheet, width = table.sheet, len(table.names)
    carried = _carried(sheet)
    again = [[shown(cell) for cell in row] for row in header]
    most = _fields(sheet, table.header)
    firsts = {next(filter(None, texts), "") for texts in again}
    kept: list[tuple[Cell, ...]] = []
    for n in range(body, len(sheet.rows)):
        row, number = sheet.rows[n], sheet.numbers[n]
        if len(row) > most or (most < sys.maxsize and _swallowed(row)):
            table.ragged.append((number, len(row), " | ".join(map(shown, row))))
            continue
        reason = "" if _is_plain(row, firsts, sheet) else _is_no_row(row, again, number, sheet)
        if reason:
            table.left_out.append((number, reason, " | ".join(shown(cell) for cell in row if not is_blank(cell))))
            continue
        table.numbers.append(number)
        kept.append((*row, *[None] * (width - len(row))) if len(row) < width else tuple(row))
    table.columns = [list(column) for column in zip(*kept, strict=False)] if kept else [[] for _ in range(width)]
    _drop_marks(table)
    at = {number: n for n, number in enumerate(table.numbers)} if carried else {}
    for (number, c), cell in carried.items():
        if c < width and (n := at.get(number, -1)) >= 0 and is_blank(table.columns[c][n]):
            table.columns[c][n] = cell


def _drop_marks(table: Table) -> None:
    """Take marks of footnotes from the ends of cells (12*, 14:05\u00b9), and tell them."""
    told = []
    for name, column in zip(table.names, table.columns, strict=True):
        if roles().get(words(name)) == "report_id":
            continue  # 7 and 7* are two rows
        for n, cell in enumerate(column):
            if (
                isinstance(cell, str)
                and cell[-1:] in _MARK
                and len(cell) <= _LONGEST_NAME
                and not isinstance(cell, Broken)
            ):
                column[n] = cell if _RAISED.fullmatch(cell) else _MARKED.sub("", cell)
                told += [f"{cell[:40]!r} in row {table.numbers[n]}"] if column[n] != cell else []
    if told:
        more = f" and {len(told) - 5:,} more" if len(told) > 5 else ""
        table.told.append(
            f"marks of footnotes are left out, and what they say is not read: {', '.join(told[:5])}{more}"
        )


def _swallowed(row: list[Cell]) -> bool:
    """Whether a row of a text is one field over several lines, as a quote leaves it that took in what stood behind it."""
    return any(isinstance(cell, str) and "\n" in cell for cell in row) and sum(not is_blank(cell) for cell in row) == 1


def _fields(sheet: Sheet, header: list[int]) -> int:
    """How many fields a row of a text has at most: those of its header, of which the last may have no names."""
    return max((sheet.fields.get(number, sys.maxsize) for number in header), default=sys.maxsize)


def _carried(sheet: Sheet) -> dict[tuple[int, int], Cell]:
    """What stands in merged cells below the first."""
    at = {number: n for n, number in enumerate(sheet.numbers)}
    out: dict[tuple[int, int], Cell] = {}
    merged = sheet.merged if sum(min(b - t, 10_000) for t, _, b, _ in sheet.merged) <= _MOST_CARRIED else []
    for top, left, bottom, right in merged:
        if top in at and bottom > top and left == right and left < len(sheet.rows[at[top]]):
            for number in range(top + 1, min(bottom, top + 10_000) + 1):
                out[number, left] = sheet.rows[at[top]][left]
    return out


def _is_plain(row: list[Cell], firsts: set[str], sheet: Sheet) -> bool:
    """Whether a row is one at the first look, as nearly every row of a long table: several cells, of which the first is no word for anything else."""
    filled = (cell for cell in row if not is_blank(cell))
    first = next(filled, None)
    if next(filled, None) is None:
        return False
    if not isinstance(first, str):
        return not sheet.formulas
    text = first.strip()
    return text not in firsts and bool(text.strip("-:=+ ")) and not begins_with_word("total", text)


def _is_no_row(row: list[Cell], header: list[list[str]], number: int, sheet: Sheet) -> str:
    filled = [cell for cell in row if not is_blank(cell)]
    texts = [shown(cell) for cell in row]
    if texts in header:
        return "the header again"
    if len(filled) > 1 and all(isinstance(cell, str) and not cell.strip("-:=+ ") for cell in filled):
        return "a ruled line"
    first = filled[0] if filled else None
    if isinstance(first, str) and len(filled) <= 1:
        empty_formulas = any((number, c) in sheet.empty_formulas for c in range(len(row) + 40))
        if begins_with_word("total", first):
            return "a total"
        return "a total" if empty_formulas else "a note or heading: only one cell has something in it"
    if (
        isinstance(first, str)
        and begins_with_word("total", first.rstrip(":"))
        and not any(isinstance(c, str) and c is not first and not _numeric(c) for c in filled)
    ):
        return "a total"
    if (
        filled
        and all(isinstance(cell, float) for cell in filled)
        and any((number, c) in sheet.formulas for c in range(len(row)))
        and len(filled) <= 0.5 * max(len(h) for h in header)
    ):
        return "a total: only sums"
    return ""


def _numeric(text: str) -> bool:
    return bool(text) and not any(c.isalpha() for c in text)


def _without_empty(table: Table) -> Table | None:
    """The table without columns that have neither a name nor a value."""
    kept = [n for n, column in enumerate(table.columns) if table.names[n] or not all(map(is_blank, column))]
    table.places = kept
    table.columns = [table.columns[n] for n in kept]
    table.names = [table.names[n] or f"(column {n + 1})" for n in kept]
    return table if (table.numbers or table.ragged) and kept else None
