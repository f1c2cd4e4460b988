"""Sheets with several tables one beneath the other: each begins with a header of its own, and is read by it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from servanda.evidence.importing.dates import day_in_its_column
from servanda.evidence.importing.header import is_known, is_name
from servanda.evidence.importing.sheets import Sheet, is_blank, shown
from servanda.evidence.importing.words import roles, words

_DAYS = frozenset({"when", "date", "start"})
_LEAST = 2


def tables_beneath(sheet: Sheet) -> list[Sheet]:
    """The parts of a sheet that are tables of their own.

    Args:
        sheet: its cells.

    Returns:
        The sheet itself, where it has one table or its container names its columns; else a sheet for each, in their order. What stands between
        them, as the title of the next, goes with the one above.
    """
    starts = [] if not sheet.rows or sheet.numbers[0] == 0 else _starts(sheet)
    if not starts:
        return [sheet]
    cuts = [0, *starts, len(sheet.rows)]
    titles = [*sheet.titles, *_ahead(sheet)]
    whole = replace(sheet, rows=sheet.rows[: cuts[1]], numbers=sheet.numbers[: cuts[1]])
    parts = [whole]
    for begin, end in pairwise(cuts[1:]):
        part = replace(
            sheet, rows=sheet.rows[begin:end], numbers=sheet.numbers[begin:end], told=[], tracks=[], titles=titles
        )
        part.part = sheet.numbers[begin]
        parts.append(part)
    return parts


def _ahead(sheet: Sheet) -> list[str]:
    """What stands in front of the first header, as the title of a day's report does, and holds for all its tables."""
    first = next((n for n in range(len(sheet.rows)) if _is_header(sheet, n)), 0)
    rows = [[shown(cell) for cell in row if not is_blank(cell)] for row in sheet.rows[:first]]
    return [row[0] for row in rows if len(row) == 1]


def _starts(sheet: Sheet) -> list[int]:
    """The rows, by their place, on which a further table begins."""
    found: list[int] = []
    header: list[str] | None = None
    rows_since = 0
    for n, row in enumerate(sheet.rows):
        if not _is_header(sheet, n):
            rows_since += header is not None and sum(not is_blank(cell) for cell in row) >= _LEAST
            continue
        texts = [shown(cell) for cell in row]
        if header is not None and texts != header and rows_since and n + 1 < len(sheet.rows):
            found.append(n)
        if header is None or texts != header:
            header, rows_since = texts, 0
    return found


def _is_header(sheet: Sheet, n: int) -> bool:
    """Whether a row is a header: names only, of which one is that of a day above a cell that is one, or most are those of reports."""
    filled = [(c, cell) for c, cell in enumerate(sheet.rows[n]) if not is_blank(cell)]
    if any(not isinstance(cell, str) or cell[:1].isdigit() for _, cell in filled):
        return False  # as nearly every row of values: no need to look at its words
    texts = [shown(cell) for _, cell in filled]
    if len(filled) < _LEAST or len(set(texts)) < len(texts) or not all(is_name(cell) for _, cell in filled):
        return False
    known = sum(is_known(cell) for _, cell in filled)
    if known < _LEAST:
        return False
    beneath = sheet.rows[n + 1] if n + 1 < len(sheet.rows) else []
    for c, cell in filled:
        if roles().get(words(shown(cell))) in _DAYS and c < len(beneath) and day_in_its_column(beneath[c]) is not None:
            return True
    return known > _LEAST and known >= 0.6 * len(filled)
