"""Typed columns as the text that a CSV file would hold, so that one rule reads both."""

from __future__ import annotations

import polars as pl

_EXACT = 2.0**53  # below it every whole number is one float


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
