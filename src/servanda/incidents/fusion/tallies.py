"""Counts over a long time: who counts forty acts of one day tells of many incidents, and a report of one of them is no report of the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.fusion.blocking import Floats, Pairs, Where
from servanda.values.codes import Vocabulary
from servanda.values.units import is_of_acts

LONG_H = 4.0
"""The least hours over which acts are counted; what is counted in less may be one burst, as shots are."""
LIKE = 0.5
"""A report that takes up less than this share of that time tells of less than the count."""


def tallies(reports: pl.DataFrame, where: Where, vocabulary: Vocabulary) -> npt.NDArray[np.bool_]:
    """Which reports count acts over a long time.

    Args:
        reports: with their acts, numbers and units.
        where: their places and times.
        vocabulary: the codes of acts.

    Returns:
        For each whether it does.
    """
    if reports["quantity"].null_count() == reports.height:
        return np.zeros(reports.height, bool)
    units = [unit for unit in reports["unit"].unique().drop_nulls().to_list() if is_of_acts(unit, vocabulary.acts)]
    things = list(
        vocabulary.acts.below(vocabulary.several_authors)
    )  # what is there, or was brought: no acts are counted
    counts = (pl.col("unit").is_null() & ~pl.col("act").is_in(things).fill_null(False)) | pl.col("unit").is_in(units)
    several = reports.select((pl.col("quantity") > 1).fill_null(False) & counts.fill_null(False)).to_series()
    return np.asarray(several.to_numpy() & (where.end - where.start > LONG_H))


def parted_by_counts(pairs: Pairs, where: Where, tally: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which pairs are none because one counts acts over a time of which the other takes up a part.

    Args:
        pairs: the pairs.
        where: the places and times of all reports.
        tally: which of these count (:func:`tallies`).

    Returns:
        For each pair whether it is none.
    """
    if not tally.any():
        return np.zeros(len(pairs.i), bool)
    length: Floats = where.end - where.start
    i, j = pairs.i, pairs.j
    return np.asarray((tally[i] & (length[j] < LIKE * length[i])) | (tally[j] & (length[i] < LIKE * length[j])))
