"""The columns of a table as they are checked: all there are, text trimmed, what repeats as numbers of texts."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import polars as pl

from servanda.evidence.normalise.text import READ_BY_PEOPLE, as_text
from servanda.values.coded import each_text, own_codes
from servanda.values.missing import none_in_words, without_missing

_MOST_AGAIN = 200  # texts of a column that are kept for the next batch
FEW = 1_000  # rows up to which texts are looked at one by one, also where some are the same
CODED = frozenset(
    {
        *("source", "origin", "side", "speaks_for", "reliability", "credibility", "kind", "stance"),
        *("act", "target", "weapon", "actor", "toward"),
    }
)
"""Columns of few texts, of which nothing is asked but which text it is."""
_READ_AS_TEXT = (pl.Date, pl.Categorical, pl.Enum, pl.List)
_MEANT = {"side": ("none",), "quantity": none_in_words()}  # where a word for a missing value means something


def with_all_columns(table: pl.DataFrame, schema: Mapping[str, pl.DataType], coded: frozenset[str]) -> pl.DataFrame:
    """Every column of the schema; text trimmed, words for missing values made null; numbers from Parquet kept as they are.

    Those that are to be ``coded`` are numbers of texts from here until the table is done, all of one type.
    """
    codes, columns, given = own_codes(), list[pl.Expr | pl.Series](), table.schema
    for column, dtype in schema.items():
        if column not in given or (dtype == pl.String and table[column].null_count() == table.height):
            made = codes if column in coded else pl.String() if column != "row" else pl.Int64()
            columns.append(pl.lit(None, dtype=made).alias(column))
            continue
        have = given[column]
        if pl.String not in (have, dtype) and not isinstance(have, _READ_AS_TEXT):
            columns.append(pl.col(column))
            continue
        text = pl.col(column) if have == pl.String else as_text(column, have)
        if column not in coded:
            columns.append(_written(column, text).alias(column))
            continue
        each = table[column] if isinstance(have, pl.Categorical) else table.select(text)[column].cast(codes)
        columns.append(each_text(each, functools.partial(_code, column, codes)))
    return table.select(columns)


def _written(column: str, text: pl.Expr) -> pl.Expr:
    """What stands in a column, without blanks at the ends and words for what is missing."""
    return without_missing(text, but=_MEANT.get(column, ()), unknown=column not in READ_BY_PEOPLE)


def _code(column: str, codes: pl.Categorical, texts: pl.Series) -> pl.Series:
    if len(texts) > _MOST_AGAIN:
        return _cleaned(column, texts).cast(codes)
    return pl.Series(_cleaned_again(column, tuple(texts.to_list())), dtype=pl.String).cast(codes)


def _cleaned(column: str, texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(text=_written(column, pl.col("text")))["text"]


@functools.lru_cache(maxsize=256)
def _cleaned_again(column: str, texts: tuple[str, ...]) -> tuple[str | None, ...]:
    """The same of texts that other batches hold too."""
    return tuple(_cleaned(column, pl.Series(texts, dtype=pl.String)))
