"""Tables of what agreements provide for: PA-X (one row for each agreement) and the Peace Accords Matrix (one for each accord and year).

They hold no reports. Their codes of provisions are listed, one a row, as a source of precedents and of clauses; the datasets' own grades stay
as they are. PA-X: columns of version 3 and after (``AgtId``, ``Agt``, ``Dat`` ...; a provision has 0 for nothing, 1 to 3 for how far it goes). Matrix: ``caseid``, ``year``, and
for each provision a column ending in ``prov`` and one of its implementation, 0 to 3, whose names are spelt in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from servanda.evidence.importing.header import Table
from servanda.evidence.importing.sheets import Cell, shown

PROVISION = {
    "dataset": pl.String,
    "agreement_id": pl.String,
    "agreement": pl.String,
    "conflict": pl.String,
    "day": pl.String,
    "status": pl.String,
    "stage": pl.String,
    "year": pl.String,
    "provision": pl.String,
    "grade": pl.Int64,
    "implemented": pl.Int64,
    "file": pl.String,
    "row": pl.Int64,
}
"""The columns of the table of provisions."""
_PAX = frozenset({"AgtId", "Agt", "Dat", "Con", "Status", "Stage"})
_PAX_OTHER = frozenset(
    "Con Contp PP PPName Reg AgtId Ver Agt Dat Status Lgt N_characters Agtp Stage StageSub Part ThrdPart OthAgr Loc1ISO Loc2ISO Loc1GWNO Loc2GWNO UcdpCon UcdpAgr PamAgr CowWar".split()
)
_MATRIX = frozenset({"caseid", "year"})
_HIGHEST = 3


def dataset_of(table: Table) -> str:
    """Which of the two a table is.

    Args:
        table: names and cells.

    Returns:
        Its name; nothing where it is neither.
    """
    names = set(table.names)
    if names >= _PAX:
        return "PA-X"
    provided = sum(1 for name in names if name.endswith("prov"))
    return "Peace Accords Matrix" if names >= _MATRIX and provided >= 3 else ""


def provision_table(table: Table) -> pl.DataFrame:
    """What agreements provide for, one provision a row; what an agreement does not have is left out.

    Args:
        table: PA-X or the Peace Accords Matrix.

    Returns:
        The table of provisions.
    """
    rows = list(_pax(table) if dataset_of(table) == "PA-X" else _matrix(table))
    return pl.DataFrame(rows, schema=PROVISION, orient="row")


def _pax(table: Table) -> Iterator[tuple[object, ...]]:
    column = dict(zip(table.names, table.columns, strict=True))
    graded = [name for name in table.names if name not in _PAX_OTHER and _is_graded(column[name])]
    about = [column[name] for name in ("AgtId", "Agt", "Con", "Dat", "Status", "Stage")]
    for n, row in enumerate(table.numbers):
        said = [" ".join(shown(cells[n]).split()) or None for cells in about]
        for name in graded:
            if grade := _grade(column[name][n]):
                yield ("PA-X", *said, None, name, grade, None, table.sheet.file, row)


def _matrix(table: Table) -> Iterator[tuple[object, ...]]:
    column = dict(zip(table.names, table.columns, strict=True))
    pairs = [(name, _implementation(name, table.names)) for name in table.names if name.endswith("prov")]
    for n, row in enumerate(table.numbers):
        case, year = shown(column["caseid"][n]) or None, shown(column["year"][n]) or None
        for name, done in pairs:
            if grade := _grade(column[name][n]):
                implemented = _grade(column[done][n]) if done else None
                provision = name.removesuffix("prov").rstrip("_")
                about = (case, None, None, None, None, None, year)
                yield ("Peace Accords Matrix", *about, provision, grade, implemented, table.sheet.file, row)


def _implementation(name: str, names: list[str]) -> str:
    """The column that grades the implementation of a provision."""
    stem = re.escape(name.removesuffix("prov").rstrip("_"))
    return next((other for other in names if re.fullmatch(rf"{stem}e?_i\w*em", other)), "")


def _is_graded(cells: list[Cell]) -> bool:
    """Whether a column holds nothing but grades."""
    filled = [cell for cell in cells if shown(cell) not in ("", "NA")]
    return bool(filled) and all(_grade(cell) is not None for cell in filled)


def _grade(cell: Cell) -> int | None:
    text = shown(cell)
    return int(text) if text.isdigit() and int(text) <= _HIGHEST else None
