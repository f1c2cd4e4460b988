"""Counts as people write them: a number, a bound, a range, a word for a number that nobody counted, or a change against another time."""

from __future__ import annotations

import polars as pl

from servanda.evidence.normalise.attribution import Check
from servanda.values.amounts import Amount, read_amount

_THOUSANDS_OR_PARTS = r"^\s*[1-9]\d{0,2}\.\d{3}\s*$"
_QUALIFIERS = ("exact", "at_least", "about", "at_most", "between")


def read_counts(table: pl.DataFrame, checks: list[Check]) -> pl.DataFrame:
    """The counts of a table of figures, as far as each is one.

    Args:
        table: figures as they were written.
        checks: to which what may be wrong is added.

    Returns:
        The table with the number, and of a range its end, what was said where it is no plain number, and how many times as many as when.
    """
    written = table["count"] if table.schema["count"] == pl.String else pl.Series(dtype=pl.String)
    either = pl.lit(written.str.contains(_THOUSANDS_OR_PARTS)) if written.len() else pl.lit(False)
    plain = table["count"].cast(pl.Float64, strict=False)
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, table.height)
    texts = table["count"] if table.schema["count"] == pl.String else blank
    odd = texts.filter(plain.is_null() & texts.is_not_null()).unique().to_list()
    read = {text: amount for text in odd if (amount := _amount(text)) is not None}

    def of(name: str, dtype: pl.DataType) -> pl.Series:
        values = {text: getattr(amount, name) for text, amount in read.items()}
        return texts.replace_strict(values, default=None, return_dtype=dtype) if values else blank.cast(dtype)

    said = texts.replace_strict({text: text for text in read}, default=None, return_dtype=pl.String) if read else blank
    table = table.with_columns(
        __plain=plain,
        __low=of("low", pl.Float64()),
        __high=of("high", pl.Float64()),
        _ratio=of("ratio", pl.Float64()),
        _since=of("since", pl.String()),
        _said=said,
    )
    low, high = pl.col("__low"), pl.col("__high")
    between = low.is_not_null() & high.is_not_null() & (low < high)
    bound = (
        pl.when(between)
        .then(pl.lit("between"))
        .when(high.is_null() & low.is_not_null())
        .then(pl.lit("at_least"))
        .when(low.is_null() & high.is_not_null())
        .then(pl.lit("at_most"))
    )
    table = table.with_columns(
        _count=pl.coalesce("__plain", "__low", "__high"),
        _most=pl.when(between).then(high),
        _qualifier=pl.when(pl.col("__plain").is_null()).then(pl.coalesce(bound, "qualifier")).otherwise("qualifier"),
    )
    unread = (pl.col("_count").is_null() & pl.col("_ratio").is_null()) | ~pl.col("_count").is_finite().fill_null(True)
    hint = "write the count in digits, or as 'at least 20', '20-30', 'dozens', 'doubled since 2019'"
    checks.append(
        Check("EVD161", "count", either, "may be so many thousands, or so much and a part", "write 1250, or 1.25")
    )
    checks.append(Check("EVD161", "count", unread, "not a number that can be read", hint))
    checks.append(Check("EVD161", "count", pl.col("_count") < 0, "a negative count", "a count is 0 or more"))
    odd_word = pl.col("_qualifier").is_not_null() & ~pl.col("_qualifier").is_in(list(_QUALIFIERS))
    return table.with_columns(_qualifier=pl.when(odd_word).then(pl.lit("exact")).otherwise("_qualifier"))


def _amount(text: str) -> Amount | None:
    try:
        return read_amount(text)
    except ValueError:
        return None
