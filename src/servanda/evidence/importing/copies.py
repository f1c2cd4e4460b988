"""Rows that stand twice word for word: a copy of a sheet, a file that lies twice in an archive, a month beside the whole year, one number given twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.mapping import Question
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.reading import Reading
from servanda.evidence.importing.sheets import Cell, is_blank
from servanda.wording import plural

COPIES = "copies"
"""The setting of a mapping that says whether such rows are the same reports."""
_LEAST = 0.5
"""The share of its rows from which on it is asked; fewer are told."""
_ROWS = 10


def part_copies(readings: Sequence[Reading]) -> None:
    """Ask whether rows that an earlier table has word for word, or the same one under the same number, are the same reports, and leave them out where they are.

    Args:
        readings: all tables of one command, in order; what is asked, told and left out is put into them.
    """
    alike = Counter(tuple(reading.table.names) for reading in readings)
    seen: dict[tuple[str, ...], dict[tuple[object, ...], int]] = {}
    again: dict[int, list[tuple[Reading, list[int]]]] = {}
    for at, reading in enumerate(readings):
        table = reading.table
        if table.sheet.kind == "chat" or not any(reading.columns.get(role) for role in (*DAYS, "day", "year")):
            continue  # the day stands elsewhere, so that equal rows may be of different days
        known, own = seen.setdefault(tuple(table.names), {}), set[tuple[object, ...]]()
        numbered = _numbers_stand_twice(reading)
        if alike[tuple(table.names)] == 1 and not numbered:
            continue
        found: dict[int, list[int]] = {}
        counts = _cells(reading, "quantity")
        for n, row in enumerate(zip(*table.columns, strict=True)):
            first = known.setdefault(row, at)
            twice = first != at or (numbered and row in own)
            if twice and sum(not is_blank(cell) for cell in row) > 1 and not (counts and number(counts[n]) == 0):
                found.setdefault(first, []).append(table.numbers[n])
            own.add(row)
        for first, numbers in found.items():
            again.setdefault(first, []).append((reading, numbers))
    for first, others in again.items():
        _decide(readings[first], others)


def _cells(reading: Reading, role: str) -> list[Cell]:
    columns = reading.columns.get(role, [])
    return reading.table.columns[reading.table.names.index(columns[0])] if columns else []


def _numbers_stand_twice(reading: Reading) -> bool:
    """Whether a table numbers its rows, and gives a number twice; where as many numbers stand for several rows as for one, they number patrols or posts."""
    cells = _cells(reading, "report_id")
    if len(set(cells)) == len(cells):
        return False
    given = Counter(cells)
    rows = zip(cells, *reading.table.columns, strict=True)
    repeated = Counter(row[0] for row in {row for row in rows if given[row[0]] > 1})
    several = sum(count > 1 for count in repeated.values())
    return several < len(given) - several


def _decide(first: Reading, others: Sequence[tuple[Reading, list[int]]]) -> None:
    """What becomes of rows of other tables that stand in a first one too: the answer is kept with the first, by which all are known."""
    told = "; ".join(f"{_rows(numbers)} of {one.table.height:,} of {one.table.sheet.label}" for one, numbers in others)
    what = f"rows of this table stand again, word for word: {told}"
    answer = first.mapping.setting(COPIES)
    if answer == "yes":
        for one, numbers in others:
            one.rows = one.rows.filter(~pl.col("row").is_in(numbers))
        first.told.append(f"{what}; they are read once")
    elif answer != "no" and any(one is first or len(rows) >= _LEAST * one.table.height for one, rows in others):
        first.questions.append(Question((COPIES,), f"{what}; are they the same reports?", "yes", ("yes", "no")))
    else:
        first.told.append(f"{what}; each is read as a report of its own")


def _rows(numbers: list[int]) -> str:
    some = ", ".join(map(str, numbers[:_ROWS])) + (", ..." if len(numbers) > _ROWS else "")
    return f"{plural(len(numbers), 'row')} ({some})"
