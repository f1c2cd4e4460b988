"""Sentences of which columns fill the gaps.

Polars' own ``format`` ends the program where a column lies in several pieces of which one is empty, as after rows were left out of them.
"""

from __future__ import annotations

import polars as pl


def filled(words: str, *columns: str | pl.Expr | pl.Series) -> pl.Expr:
    """Words with what stands in columns.

    Args:
        words: with ``{}`` for each column.
        columns: their names, or what they are made of.

    Returns:
        A text for each row; nothing where a column has nothing.
    """
    between = words.split("{}")
    assert len(between) == len(columns) + 1
    parts: list[str | pl.Expr | pl.Series] = [pl.lit(between[0])]
    for column, behind in zip(columns, between[1:], strict=True):
        parts += [column, pl.lit(behind)]
    return pl.concat_str(parts)
