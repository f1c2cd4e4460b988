"""A table of a known format that a spreadsheet has saved again: its days in the form of some country, decimal commas in its numbers."""

from __future__ import annotations

from typing import cast

import polars as pl

from servanda.evidence.importing.dates import Order, WrittenDay, day_in_its_column, is_open
from servanda.evidence.importing.day_order import order_of
from servanda.evidence.model import Reader
from servanda.wording import plural

_ISO = r"^\d{4}-\d\d-\d\d"
_COMMA = r"^-?\d{1,4},\d+$"
_WHOLE = r"^-?\d{1,4}$"


def as_the_format_has_it(rows: pl.DataFrame, reader: Reader, order: str) -> tuple[pl.DataFrame, list[str]]:
    """The table with its days and numbers as its format has them, and what was changed.

    Args:
        rows: its text.
        reader: who reads the format.
        order: of day and month, where a column does not tell.

    Returns:
        The table. What cannot be read as a day, or as one only, stays as it is.
    """
    told: list[str] = []
    for name in sorted(reader.columns & set(rows.columns)):
        column = rows[name]
        found = _days(column, order, told) if name in reader.days else _numbers(column, told)
        rows = rows.with_columns(found)
    return rows, told


def _days(column: pl.Series, order: str, told: list[str]) -> pl.Series:
    other = column.filter(~column.str.contains(_ISO)).unique(maintain_order=True).to_list()
    read = {text: day for text in other if (day := day_in_its_column(text)) is not None and _by_numbers(day)}
    shown, _ = order_of(read.values())
    decided = shown or (cast(Order, order) if order in ("dmy", "mdy") else None)
    days = {text: str(found) for text, one in read.items() if (found := one.at(decided, None)) is not None}
    if days:
        named = {"dmy": ", day before month", "mdy": ", month before day"}.get(decided or "", "")
        changed = int(column.is_in(list(days)).sum())
        told.append(
            f"column {column.name!r}: {plural(changed, 'day')} as {next(iter(days))!r} brought to the form of the format{named}"
        )
    if decided is None and any(map(is_open, read.values())):
        told.append(f"column {column.name!r}: no cell of it tells the order of day and month; --order says it")
    return column.replace(days) if days else column


def _by_numbers(day: WrittenDay) -> bool:
    """A day in numbers: names of months the formats have themselves."""
    return day.numbers is not None or day.serial is not None


def _numbers(column: pl.Series, told: list[str]) -> pl.Series:
    """Numbers all of which are whole or have a comma, with points."""
    commas = column.str.contains(_COMMA).fill_null(False)
    if not commas.any() or not (commas | column.str.contains(_WHOLE) | column.is_null()).fill_null(True).all():
        return column
    told.append(f"column {column.name!r}: decimal commas are read as points")
    return column.str.replace(",", ".", literal=True)
