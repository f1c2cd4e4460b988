"""Sheets that lie otherwise than tables do: names in the first column (forms on paper, a report a block), and tables side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from servanda.evidence.importing.header import header_at, is_known, is_name
from servanda.evidence.importing.sheets import Cell, Sheet, is_blank, letters, shown
from servanda.evidence.importing.words import roles, words
from servanda.wording import plural

_DEEPEST = 200
_LEAST = 4
_HALF = 0.5
_TELLING = frozenset("when date time start act target weapon actor position lat lon place_name".split())


def upright(sheet: Sheet) -> Sheet:
    """A sheet whose names stand in the first column, as a table with its names in a row.

    Args:
        sheet: its cells.

    Returns:
        A sheet with a row for each report; the sheet itself where its names stand in a row.
    """
    if not sheet.rows or sheet.numbers[0] == 0 or not _lies(sheet):
        return sheet
    records = [record for block in _blocks(sheet) for record in _records(block)]
    names = list(dict.fromkeys(name for _, record in records for name in record))
    first = next(n for n, row in zip(sheet.numbers, sheet.rows, strict=True) if row and is_known(_name(row[0])))
    out = replace(sheet, rows=[list(names)], numbers=[0], merged=[], told=[*sheet.told])
    out.titles = [
        *sheet.titles,
        *(" ".join(map(shown, row)) for n, row in zip(sheet.numbers, sheet.rows, strict=True) if n < first),
    ]
    for number, record in records:
        out.rows.append([record.get(name) for name in names])
        out.numbers.append(number)
    out.told.append(f"its names stand in the first column; {plural(len(records), 'report is', 'reports are')} read")
    return out


def _name(cell: Cell) -> Cell:
    """A name without the colon behind it."""
    return cell.strip().rstrip(":").rstrip() if isinstance(cell, str) else cell


def _lies(sheet: Sheet) -> bool:
    """Whether more names of reports stand in the first column than in any row."""
    firsts = [_name(row[0]) for row in sheet.rows[:_DEEPEST] if row and not is_blank(row[0])]
    known = {shown(cell) for cell in firsts if is_known(cell)}
    telling = {role for name in known if (role := roles().get(words(name))) in _TELLING}
    if len(known) < _LEAST or len(telling) < _LEAST - 1 or sum(map(is_known, firsts)) < _HALF * len(firsts):
        return False
    most = max(sum(is_known(_name(cell)) for cell in row) for row in sheet.rows[:_DEEPEST])
    return most < _LEAST - 1


def _blocks(sheet: Sheet) -> Iterator[list[tuple[int, list[Cell]]]]:
    """Rows that tell of the same reports: up to the next that bears a name which was there already."""
    block: list[tuple[int, list[Cell]]] = []
    seen: set[str] = set()
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        name = _name(row[0]) if row else None
        if not is_name(name) or (len(row) < 2 and not is_known(name)):
            continue
        text = shown(name)
        if text in seen:
            yield block
            block, seen = [], set()
        seen.add(text)
        block.append((number, row))
    if block:
        yield block


def _records(block: list[tuple[int, list[Cell]]]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """The reports of a block, one for each column behind the names, with the row on which it begins."""
    for c in range(1, max(len(row) for _, row in block)):
        record = {shown(_name(row[0])): row[c] for _, row in block if c < len(row) and not is_blank(row[c])}
        known = {role for name in record if (role := roles().get(words(name))) in _TELLING}
        if len(known) > 1:
            yield next(number for number, row in block if c < len(row) and not is_blank(row[c])), record


def beside(sheet: Sheet) -> list[Sheet]:
    """The tables of a sheet that stand side by side, an empty column between them, under the same names.

    Args:
        sheet: its cells.

    Returns:
        A sheet for each; the sheet itself where there is one.
    """
    at = header_at(sheet)[1] if sheet.rows and sheet.numbers[0] else -1
    texts = [shown(cell) for cell in sheet.rows[at] if not is_blank(cell)] if at >= 0 else []
    if len(set(texts)) == len(texts):
        return [sheet]
    groups = list(_groups(sheet.rows[at:]))
    names = [[words(shown(cell)) for cell in sheet.rows[at][a:b] if not is_blank(cell)] for a, b in groups]
    same = [n for n, group in enumerate(names) if len(set(group) & set(names[0])) > _HALF * len(names[0])]
    if len(same) < 2 or len(same) < len(groups) or len(names[0]) < 2:
        return [sheet]
    out: list[Sheet] = []
    for a, b in groups:
        own = [n for n, row in enumerate(sheet.rows) if not all(map(is_blank, row[a:b]))]
        part = replace(
            sheet,
            rows=[[None] * a + sheet.rows[n][a:b] for n in own],
            numbers=[sheet.numbers[n] for n in own],
            told=[] if a else sheet.told,
            tracks=[] if a else sheet.tracks,
        )
        part.beside = letters(a)
        out.append(part)
    out[0].told = [*out[0].told, f"{plural(len(out), 'table')} stand side by side, and are read one after the other"]
    return out


def _groups(rows: list[list[Cell]]) -> Iterator[tuple[int, int]]:
    """Columns without an empty one between them, from the first to behind the last."""
    width = max(map(len, rows))
    full = [any(c < len(row) and not is_blank(row[c]) for row in rows) for c in range(width)]
    begin = None
    for c, filled in enumerate([*full, False]):
        if filled and begin is None:
            begin = c
        elif not filled and begin is not None:
            yield begin, c
            begin = None
