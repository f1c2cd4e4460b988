"""The order of many texts, as numbers: a column of texts is sorted several times as fast as it is asked for its order."""

from __future__ import annotations

import polars as pl


def each_once(texts: pl.Series) -> pl.Series:
    """Texts in order, each once; none is missing."""
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
    places = distinct.to_frame("text").with_row_index("place")
    return distinct, texts.to_frame("text").join(places, on="text", how="left", maintain_order="left")["place"]
