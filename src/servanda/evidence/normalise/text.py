"""Typed columns as the text that a CSV file would hold, so that one rule reads both."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from servanda.values.missing import without_missing

READ_BY_PEOPLE = frozenset(
    {
        *("source", "outlet", "claimant", "speaker", "via", "label", "unit", "components", "breakdown"),
        *("summary", "note", "notes", "headline", "effect", "dyad_name", "url"),
    }
)
"""Columns in which "unknown" is what somebody says, and no value that is missing."""
_DAY = r"^(\d{4}-\d\d-\d\d)(?:[Tt ]00:00(?::00(?:[.,]0+)?)?\s*(?:[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?$"
_EXACT = 2.0**53  # below it every whole number is one float


def foreign_text(table: pl.DataFrame, columns: frozenset[str]) -> pl.DataFrame:
    """A table of another format with text in all its columns, and nothing where a value is missing.

    Args:
        table: the rows as they stand.
        columns: those that the format's reader uses.

    Returns:
        The same rows.
    """
    table = table.with_columns(as_text(name, dtype) for name, dtype in table.schema.items() if name != "row")
    return table.with_columns(
        without_missing(pl.col(name), but=("none",)).alias(name) for name in table.columns if name in columns
    )


def day_of(text: pl.Expr) -> pl.Expr:
    """The day of a date, however a program wrote it: as a date, or as the midnight of it in whatever zone; nothing for any other time.

    Args:
        text: a column of text.

    Returns:
        Dates as text.
    """
    return text.str.extract(_DAY, 1)


def as_text(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column of any type as text.

    A whole number is written without a point: data frames turn whole numbers into floats where one is missing, and 3.0
    then still means the code 3. An instant is written with its offset, lists with semicolons between their parts.
    """
    value = pl.col(column)
    if dtype.is_float():
        whole = (value == value.floor()) & (value.abs() < _EXACT)
        return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
    if isinstance(dtype, pl.Datetime):
        return value.dt.strftime("%Y-%m-%d %H:%M:%S%.f" + ("%:z" if dtype.time_zone else ""))
    if dtype == pl.List(pl.String):
        return value.list.join(";")
    return value.cast(pl.String)


def shown(column: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """What stands in a column of rows that are set aside, as text; times alike, whatever the unit and the zone of their column.

    Args:
        column: its name.
        schema: of the rows, which may lack it.

    Returns:
        Text, or nothing.
    """
    kind = schema.get(column)
    if kind is None:
        return pl.lit(None, dtype=pl.String)
    if not isinstance(kind, pl.Datetime):
        return pl.col(column).cast(pl.String)
    value = pl.col(column).dt.cast_time_unit("us")
    form = "%Y-%m-%d %H:%M:%S%.f"
    return value.dt.convert_time_zone("UTC").dt.strftime(f"{form}%:z") if kind.time_zone else value.dt.strftime(form)
