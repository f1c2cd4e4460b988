"""Whether a text may be among many: never wrong where it says no, and asked without looking at each of them."""

from __future__ import annotations

import numpy as np
import polars as pl

_BITS = 25  # 4 MB: of 10^6 texts, one in thirty that is not among them is taken for one that may be


class Perhaps:
    """Texts that came. What is told of one object may be told of its copies too: they share their marks, which only grow."""

    def __init__(self, texts: pl.Series) -> None:
        """``texts``: the first of them."""
        self._marks = np.zeros(1 << _BITS - 3, np.uint8)
        self.add(texts)

    def add(self, texts: pl.Series) -> None:
        """More of them; what is missing is passed over."""
        at, bit = _places(texts.drop_nulls())
        np.bitwise_or.at(self._marks, at, bit)

    def of(self, texts: pl.Series) -> pl.Series:
        """Those of some texts that may have come."""
        at, bit = _places(texts)
        return texts.filter(pl.Series((self._marks[at] & bit) != 0))


def _places(
    texts: pl.Series,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    number = texts.hash().to_numpy() >> np.uint64(64 - _BITS)
    return (number >> np.uint64(3)).astype(np.int64), np.left_shift(1, number & np.uint64(7)).astype(np.uint8)
