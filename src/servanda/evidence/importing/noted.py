"""What is told of cells that are read, and of places that are not there: errors and formulas of a spreadsheet, what is struck through, signs that say again what stands above."""

from __future__ import annotations

from servanda.evidence.importing.columns import DAYS
from servanda.evidence.importing.sheets import Broken, Cell, is_blank, shown
from servanda.evidence.importing.work import Work, any_ditto, is_ditto
from servanda.wording import plural


def note_cells(work: Work) -> None:
    """Tell of errors, formulas and ditto marks in the columns that are read.

    Args:
        work: the table; its doubts and what is told are added to.
    """
    table, sheet = work.table, work.table.sheet
    formulas = 0
    for r, number in enumerate(table.numbers if sheet.struck else ()):
        read = ((role, n) for role, found in work.columns.items() for n in found)
        struck = next(((role, n) for role, n in read if (number, table.places[n]) in sheet.struck), None)
        if struck:
            read_as = "struck through in the sheet, as what no longer holds; read all the same"
            work.doubt(r, struck[0], shown(table.columns[struck[1]][r]), read_as)
    _note_gaps(work)
    for role, found in work.columns.items():
        _note_dittos(work, role, table.columns[found[0]])
        for n in found:
            formulas += _note_column(work, role, n)
    if formulas:
        work.told.append(
            f"{plural(formulas, 'cell is', 'cells are')} the result of a formula: the saved value is taken, nothing is computed"
        )


def _note_gaps(work: Work) -> None:
    """Rows without a place below one that has it, as a list by places leaves them: what is meant nobody can tell, and nothing is filled in."""
    if not work.has("place_name") or any(work.has(role) for role in ("lat", "position", "lonlat", "easting")):
        return
    blank = [is_blank(cell) for cell in work.cells("place_name")]
    gaps = [number for n, number in enumerate(work.table.numbers) if blank[n]]
    if gaps and not blank[0]:
        have, rows = plural(len(gaps), "row has", "rows have"), ", ".join(map(str, gaps[:20]))
        work.told.append(
            f"column {work.name('place_name')!r}: {have} no place below one that has it ({rows}), and none is filled in; write it where that above is meant"
        )


def _note_dittos(work: Work, role: str, cells: list[Cell]) -> None:
    """What stood in place of signs that say it again."""
    for r, cell in enumerate(cells if any_ditto(cells) else ()):
        if is_ditto(cell):
            work.doubt(r, role, shown(cell), f"the same as above: {shown(work.cells(role)[r])}")


def _note_column(work: Work, role: str, n: int) -> int:
    """Errors and formulas without a value in one column; how many of its cells a formula gave."""
    table, sheet = work.table, work.table.sheet
    cells, place, formulas = table.columns[n], table.places[n], 0
    if not sheet.formulas and not sheet.empty_formulas and not any(isinstance(cell, Broken) for cell in cells):
        return 0
    for r, cell in enumerate(cells):
        here = (table.numbers[r], place)
        formulas += here in sheet.formulas
        if isinstance(cell, Broken) and role not in ("lat", "lon", "position", "lonlat", *DAYS):
            work.doubt(r, role, cell, "an error cell of the spreadsheet; read as nothing")
        elif is_blank(cell) and here in sheet.empty_formulas:
            work.doubt(r, role, "", "a formula without a saved value; read as nothing")
    return formulas
