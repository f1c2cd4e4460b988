"""Cross-tables: days, parties, acts or weapons across, places or days down, and a number in each cell. Each cell is a row of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from servanda.evidence.importing.dates import written_day
from servanda.evidence.importing.header import Table, find_table
from servanda.evidence.importing.headings import month_of_title
from servanda.evidence.importing.marks import is_mark, is_no_mark
from servanda.evidence.importing.numbers import number
from servanda.evidence.importing.sheets import Broken, Cell, Sheet, is_blank, shown
from servanda.evidence.importing.spans import with_spans_parted
from servanda.evidence.importing.words import act_of, acts_in, begins_with_word, roles, thing_of, words
from servanda.evidence.importing.work import text_of
from servanda.evidence.model import Context
from servanda.values.names import name_key, names_of
from servanda.wording import plural

_DEEPEST = 30
_LEAST_DAYS = 3
_LEAST, _MOST_BESIDE = 2, 12
_NUMERIC = 0.6
"""The share of the cells beneath a row of days that are numbers, where it is a header."""
_CALIBRE = re.compile(r"^\d{2,3}\s*-?\s*(?:mm|мм|مم)\b.*", re.IGNORECASE)
_OF_DAYS = frozenset({"when", "date", "start", "day"})
NAMES = {
    "date": "Date (from the header)",
    "actor": "Actor (from the header)",
    "act": "Act (from the header)",
    "weapon": "Weapon (from the header)",
}
COUNT = "Quantity (from the cells)"


@dataclass(frozen=True)
class _Across:
    """What stands across: the role of the names, and the columns by their place with the value that each name is."""

    role: str
    columns: dict[int, str]


def table_of(sheet: Sheet, context: Context, header: list[int] | None = None) -> Table | None:
    """The table of a sheet; of a cross-table with a row for each cell that says something.

    Args:
        sheet: its cells.
        context: whose parties and acts may stand across.
        header: the rows of the header, where they are known.

    Returns:
        The table; nothing where there is none.
    """
    days = [] if header else _row_of_days(sheet)
    table = find_table(sheet, header or days or None)
    if table is None or any(name in table.names for name in NAMES.values()):
        return table
    across = _across(table, context)
    return with_spans_parted(table) if across is None else _unfolded(table, across)


def _row_of_days(sheet: Sheet) -> list[int]:
    """The number of the row in which days stand above numbers; nothing where there is none."""
    if not sheet.rows or sheet.numbers[0] == 0:
        return []
    for n, row in enumerate(sheet.rows[:_DEEPEST]):
        at = [c for c, cell in enumerate(row) if _is_day(cell)] or _days_of_a_month(row)
        if len(at) < _LEAST_DAYS or len({shown(row[c]) for c in at}) < len(at):
            continue
        others = [cell for c, cell in enumerate(row) if c not in at and not is_blank(cell)]
        if any(not isinstance(cell, str) for cell in others) or len(others) > _MOST_BESIDE:
            continue
        beneath = [r[c] for r in sheet.rows[n + 1 :] for c in at if c < len(r) and not is_blank(r[c])]
        if beneath and sum(number(cell, whole=True) is not None for cell in beneath) >= _NUMERIC * len(beneath):
            return [sheet.numbers[n]]
    return []


def _is_day(cell: Cell) -> bool:
    """Whether a cell is a day, and no mere number that could be one."""
    if isinstance(cell, str) and number(cell) is not None and cell.count(".") < _LEAST:
        return False
    day = None if isinstance(cell, float) else written_day(cell)
    return day is not None and not day.rest


def _days_of_a_month(row: list[Cell]) -> list[int]:
    """The places of 1, 2, 3 and so on, one after the other."""
    at: list[int] = []
    for c, cell in enumerate(row):
        if number(cell, whole=True) == len(at) + 1:
            at.append(c)
    return at if len(at) > _LEAST_DAYS + 1 else []


def _across(table: Table, context: Context) -> _Across | None:
    """What stands across, where it is one kind of thing and no column has it."""
    said = {role for name in table.names if (role := roles().get(words(name)))}
    month = month_of_title(table) if not said & _OF_DAYS else ""
    acts, parties = context.vocabulary.acts, names_of(context.parties)
    kinds: tuple[tuple[str, int, Callable[[str], str | None]], ...] = (
        ("date", _LEAST_DAYS, lambda name: _day_above(name, month)),
        ("actor", _LEAST, lambda name: name if name_key(name) in parties else None),
        ("act", _LEAST, lambda name: name if act_of(name, acts) and not _is_weapon(name) else None),
        ("weapon", _LEAST, lambda name: name if _is_weapon(name) else None),
    )
    for role, least, value_of in kinds:
        if role in said or (role == "date" and said & _OF_DAYS) or "quantity" in said:
            continue
        found = {
            n: value
            for n, name in enumerate(table.names)
            if not _is_part(name) and (value := value_of(name)) and _counts(table, n, role)
        }
        ticks = {sum(_is_sign(table.columns[n][r]) for n in found) for r in range(table.height)}
        if role == "actor" and max(ticks, default=0) > 0 and ticks != {1}:
            continue  # an event of both parties is one event, and so is one of neither
        if len(found) + any(map(_is_part, table.names)) * bool(found) >= least:
            return _Across(role, found | (_unsure_acts(table, found, context) if role == "act" else {}))
    return None


def _unsure_acts(table: Table, found: dict[int, str], context: Context) -> dict[int, str]:
    """Columns beside those of acts whose names hold a word for some act, and are asked."""
    free = {
        n: name
        for n, name in enumerate(table.names)
        if n not in found and not _is_part(name) and roles().get(words(name)) is None
    }
    return {n: name for n, name in free.items() if acts_in(name, context.vocabulary.acts) and _counts(table, n, "act")}


def _is_part(name: str) -> bool:
    """Whether a column counts a part of what another counts already: *of which mortar fire*."""
    return begins_with_word("part", name.rpartition(" / ")[2])


def _is_weapon(name: str) -> bool:
    """Whether a name is that of a weapon: how many mortars there are does not say that they fired."""
    return _CALIBRE.match(name) is not None or thing_of("weapons", name)[1]


def _day_above(name: str, month: str) -> str | None:
    name = re.sub(r" \(\d+\)$", "", name)
    if month and name.isdigit() and 1 <= int(name) <= 31:
        return f"{month}-{int(name):02d}"
    return name if not name.isdigit() and _is_day(name) else None


def _counts(table: Table, n: int, role: str) -> bool:
    """Whether every cell of a column is a number, nothing, or, beneath an act, a mark."""
    cells = [cell for cell in table.columns[n] if text_of(cell)]
    marks = role in ("act", "actor") and all(_is_sign(cell) or is_no_mark(cell) for cell in cells)
    return marks or all(number(cell, whole=True) is not None or _has_figure(cell) for cell in cells)


def _has_figure(cell: Cell) -> bool:
    return isinstance(cell, str) and cell[:1].isdigit() and written_day(cell) is None


def _is_sign(cell: Cell) -> bool:
    return is_mark(cell) or (text_of(cell) != "" and not words(shown(cell)))


def _unfolded(table: Table, across: _Across) -> Table:
    """A row for each cell with something in it, with what stands above it and beside it."""
    sums = [n for n, name in enumerate(table.names) if begins_with_word("total", name) or _is_part(name)]
    beside = [n for n in range(len(table.names)) if n not in across.columns and n not in sums]
    rows = list(_cells(table, across))
    bare = len(across.columns) * table.height - len(rows)
    names = [table.names[c] for c in across.columns]
    told = f"is a cross-table: {names[0]!r} to {names[-1]!r} stand across, and each of {plural(len(rows), 'cell')} is read as a row"
    out = replace(table, numbers=[table.numbers[r] for r, _ in rows], crossed=True)
    out.told = [
        *table.told,
        told + (f"; {plural(bare, 'cell')} with nothing or a no in them are no rows" if bare else ""),
    ]
    bear = table.sheet.empty_formulas
    if lost := sum((table.numbers[r], table.places[c]) in bear for c in across.columns for r in range(table.height)):
        out.told.append(f"{plural(lost, 'cell')} among them bear a formula without a saved value")
    if sums:
        out.told.append(
            f"sums, and parts of other columns, are left out: {', '.join(repr(table.names[n]) for n in sums)}"
        )
    out.names = [*(table.names[n] for n in beside), NAMES[across.role], COUNT]
    out.columns = [
        *(_beside(table, n, rows) for n in beside),
        [across.columns[c] for _, c in rows],
        [None if _is_sign(table.columns[c][r]) else table.columns[c][r] for r, c in rows],
    ]
    out.places = [*(table.places[n] for n in beside), -1, -1]
    return out


def _beside(table: Table, n: int, rows: list[tuple[int, int]]) -> list[Cell]:
    """What a column beside says of each cell; who was hurt stands with the first of a row only, for it was counted once."""
    once = roles().get(words(table.names[n])) == "effect"
    firsts = {r: at for at, (r, _) in reversed(list(enumerate(rows)))}
    return [table.columns[n][r] if not once or firsts[r] == at else None for at, (r, _) in enumerate(rows)]


def _cells(table: Table, across: _Across) -> Iterator[tuple[int, int]]:
    """The cells that say something, by row and column."""
    for r in range(table.height):
        for c in across.columns:
            cell = table.columns[c][r]
            if isinstance(cell, Broken) or (text_of(cell) and not is_no_mark(cell)):
                yield r, c
