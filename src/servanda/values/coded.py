"""Columns of few texts as numbers of texts (Polars' categoricals): what is asked of a text is asked once of each, and not once of each row."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

_FEW = 8
"""Texts that are compared one after another: for more, looking each row up takes less."""
_SOME = 4_096
"""Rows among which most often every text is."""
_ONE_BY_ONE = 200  # rows of which each is looked up by itself


def own_codes() -> pl.Categorical:
    """A type whose numbers are those of the texts that its own columns hold, and that ends with them."""
    return pl.Categorical(pl.Categories.random())


@dataclass(frozen=True)
class Texts:
    """The distinct texts of a column, and of each row which of them it has: looked for once, however much is asked of them."""

    column: pl.Series
    each: pl.Series
    """The texts, of which none is missing and none stands twice."""
    _codes: pl.Series
    _places: pl.Series | None
    """By a code the place of its text; none where codes are places already, and those of no text one past the last."""

    @classmethod
    def of(cls, column: pl.Series) -> Texts:
        """The texts of a column.

        Args:
            column: a categorical, or text.

        Returns:
            What can be changed at once.
        """
        if len(column) <= _ONE_BY_ONE:
            texts = column.to_list()
            number = {text: n for n, text in enumerate(dict.fromkeys(text for text in texts if text is not None))}
            codes = pl.Series([number.get(text, len(number)) for text in texts], dtype=pl.UInt32)
            return cls(column, pl.Series(list(number), dtype=pl.String), codes, None)
        if not isinstance(column.dtype, pl.Categorical):
            return dataclasses.replace(cls.of(column.cast(pl.String).cast(own_codes())), column=column)
        codes = column.to_physical()
        none = codes.null_count()
        if none == len(codes):
            nothing = pl.Series([0], dtype=pl.UInt32).new_from_index(0, len(codes))
            return cls(column, pl.Series([], dtype=pl.String), nothing, None)
        last = int(codes.max())  # type: ignore[arg-type]
        if last > 2 * len(column):  # among many others: a table of what each becomes would be longer than the column
            return dataclasses.replace(cls.of(column.cast(pl.String)), column=column)
        codes = codes.fill_null(last + 1) if none else codes
        numbers = codes.to_numpy()
        row = np.full(last + 2, -1, np.int64)
        row[numbers[:_SOME]] = np.arange(min(_SOME, len(numbers)))
        if not (row >= 0).take(numbers).all():  # a text that none of the first has
            row[numbers] = np.arange(len(numbers))  # any that has it
        found = np.flatnonzero(row[: last + 1] >= 0)
        places = np.full(last + 2, len(found), np.uint32)
        places[found] = np.arange(len(found))
        return cls(column, column.gather(row[found]).cast(pl.String), codes, pl.Series(places))

    def become(self, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
        """What becomes of the column when each text is changed.

        Args:
            change: from the texts to as many values.

        Returns:
            As long as the column, of the values' type; nothing where there is no text.
        """
        values = change(self.each)
        if values.null_count() == len(values):
            return pl.Series(self.column.name, [None], dtype=values.dtype).new_from_index(0, len(self.column))
        if values.dtype == self.column.dtype and values.cast(pl.String).equals(self.each):
            return self.column
        values = values.extend_constant(None, 1)
        if self._places is not None:
            values = values.gather(self._places)
        return values.gather(self._codes).alias(self.column.name)


def each_text(column: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What becomes of a column of which each distinct text is changed at once.

    Args:
        column: a categorical, or text.
        change: from texts, of which none is missing and none stands twice, to as many values.

    Returns:
        As long as the column, of the values' type; nothing where there is no text.
    """
    return Texts.of(column).become(change)


def texts(table: pl.DataFrame) -> pl.DataFrame:
    """A table whose numbers of texts are texts again.

    Args:
        table: any.

    Returns:
        The same, without a categorical.
    """
    coded = [c for c, dtype in table.schema.items() if isinstance(dtype, pl.Categorical)]
    return table.with_columns(pl.col(coded).cast(pl.String)) if coded else table


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
