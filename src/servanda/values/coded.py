"""Columns of few texts as numbers of texts (Polars' categoricals): what is asked of a text is asked once of each, and not once of each row."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Mapping

import numpy as np
import polars as pl

_FEW = 8
"""Texts that are compared one after another: for more, looking each row up takes less."""
_ONE_BY_ONE = 200  # rows of which each is looked up by itself


def own_codes() -> pl.Categorical:
    """A type whose numbers are those of the texts that its own columns hold, and that ends with them."""
    return pl.Categorical(pl.Categories.random())


def each_text(column: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What becomes of a column of which each distinct text is changed at once.

    Args:
        column: a categorical.
        change: from texts, of which none is missing and none stands twice, to as many values.

    Returns:
        As long as the column, of the values' type; nothing where there is no text.
    """
    if len(column) <= _ONE_BY_ONE:
        texts = column.to_list()
        number = {text: n for n, text in enumerate(dict.fromkeys(text for text in texts if text is not None))}
        values = change(pl.Series(list(number), dtype=pl.String))
        each = [None, *values.to_list()]
        return pl.Series(column.name, [each[number.get(text, -1) + 1] for text in texts], dtype=values.dtype)
    codes = column.to_physical()
    none = codes.null_count()
    if none == len(codes):
        nothing = change(pl.Series([], dtype=pl.String))
        return pl.Series(column.name, [None], dtype=nothing.dtype).new_from_index(0, len(column))
    last = int(codes.max())  # type: ignore[arg-type]
    if last > 2 * len(column):  # among many others: a table of what each becomes would be longer than the column
        return each_text(column.cast(pl.String).cast(own_codes()), change)
    codes = codes.fill_null(last + 1) if none else codes
    row = np.full(last + 2, -1, np.int64)
    row[codes.to_numpy()] = np.arange(len(codes))  # any that has it
    found = np.flatnonzero(row[: last + 1] >= 0)
    changed = change(column.gather(row[found]).cast(pl.String))
    changed = changed.extend_constant(None, 1) if none else changed
    place = np.full(last + 2, len(found) if none else 0, np.uint32)
    place[found] = np.arange(len(found))
    return changed.gather(pl.Series(place)).gather(codes).alias(column.name)


def one_of(text: pl.Expr, among: Collection[str]) -> pl.Expr:
    """Whether a text is one of some; nothing where there is no text."""
    if not 0 < len(among) <= _FEW:
        return text.is_in(list(among))
    return functools.reduce(operator.or_, (text == one for one in among))


def number_of(text: pl.Expr, numbers: Mapping[str, int], default: int | None = None) -> pl.Expr:
    """The number (of 8 bits) that a text has; the default for any other, and where there is none."""
    other = pl.lit(default, dtype=pl.Int8)
    if len(numbers) > _FEW:
        return text.replace_strict(numbers, default=other, return_dtype=pl.Int8).fill_null(other)
    for name, number in numbers.items():
        other = pl.when(text == name).then(pl.lit(number, dtype=pl.Int8)).otherwise(other)
    return other
