"""Small tables that are asked very often: every call of the table library takes a tenth of a millisecond, however few rows there are.

Rows are chosen by a mask of NumPy and fetched by their numbers, which asks for no plan; the literal of an instant is made once.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl


@lru_cache(maxsize=4096)
def instant(moment: datetime) -> pl.Expr:
    """An instant to compare a column with.

    Args:
        moment: with its zone.

    Returns:
        Its literal.
    """
    return pl.lit(moment)


def rows_where(table: pl.DataFrame, mask: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Some rows of a table, in their order.

    Args:
        table: the rows.
        mask: for each, whether it is asked for.

    Returns:
        These rows; the very table where it is all of them.
    """
    if mask.all():
        return table
    return table[pl.Series(np.flatnonzero(mask))] if mask.any() else table.clear()


def codes(texts: pl.Series) -> npt.NDArray[np.integer]:
    """The numbers of the categories of an enumeration, of which none is missing.

    Args:
        texts: a column of an enumeration.

    Returns:
        Their places among the categories, from 0 on.
    """
    return texts.to_physical().to_numpy()
