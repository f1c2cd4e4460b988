"""The order of many texts, and rows that are looked up, by numbers: a column of texts is sorted several times as fast as it is asked for its
order, and numbers in order are found several times as fast as rows are joined.
"""

from __future__ import annotations

import numpy as np
import polars as pl


def each_once(texts: pl.Series) -> pl.Series:
    """Texts in order, each once; none is missing."""
    if len(texts) < 2:
        return texts
    texts = texts if texts.is_sorted() else texts.sort()
    again = texts[1:] == texts[:-1]
    return texts.filter(pl.concat([pl.Series([True]), ~again])) if again.any() else texts


def in_order(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Texts in order, each once, and the place of every given one among them.

    Args:
        texts: in any order, also several times; none is missing.

    Returns:
        The texts, and as many numbers as were given, from 0 on.
    """
    distinct = each_once(texts)
    if len(distinct) == len(texts):
        places = np.empty(len(texts), np.uint32)
        places[texts.hash().arg_sort().to_numpy()] = distinct.hash().arg_sort().to_numpy()
        found = pl.Series("place", places)
        if (distinct.gather(found) == texts).all():  # no two have one hash
            return distinct, found
    numbered = distinct.to_frame("text").with_row_index("place")
    return distinct, texts.to_frame("text").join(numbered, on="text", how="left", maintain_order="left")["place"]


def repeated(texts: pl.Series) -> pl.Series:
    """Which of some texts stand there more than once."""
    numbers = texts.hash().sort()
    if (numbers[1:] == numbers[:-1]).any():
        return texts.is_duplicated()
    return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(texts))


def in_order_of(rows: pl.DataFrame, first: str, *then: str) -> pl.DataFrame:
    """Rows in order of some columns, of which the first, a number that none lacks, tells most apart: the others are looked at where it does not."""
    order = rows[first].arg_sort()
    at = rows[first].gather(order)
    equal = at[1:] == at[:-1]
    if not equal.any():
        return rows[order]
    none = pl.Series([False])
    tied = pl.concat([none, equal]) | pl.concat([equal, none])
    some = order.filter(tied)
    again = rows.select(first, *then)[some].with_columns(row=some).sort(first, *then, maintain_order=True)
    return rows[order.scatter(tied.arg_true(), again["row"])]


def places(keys: pl.Series, among: pl.Series) -> pl.Series:
    """Where each of some numbers stands among others.

    Args:
        keys: numbers, in any order, also several times.
        among: in any order, each once; every key is one of them.

    Returns:
        As many row numbers as there are keys.
    """
    order, theirs = keys.arg_sort().to_numpy(), among.arg_sort().to_numpy()
    asked, known = keys.to_numpy()[order], among.to_numpy()[theirs]
    found = np.searchsorted(known, asked)
    assert (known[found] == asked).all()
    at = np.empty(len(order), theirs.dtype)
    at[order] = theirs[found]
    return pl.Series(at)
