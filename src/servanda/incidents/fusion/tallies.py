"""Counts: who counts forty acts of one day tells of many incidents, and a report of one of them is no report of the same; three tanks are not three howitzers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.fusion.blocking import Floats, Pairs, Where
from servanda.values.codes import Vocabulary
from servanda.values.units import is_of_acts
from servanda.values.weapons import Arsenal, WeaponClass

LONG_H = 4.0
"""The least hours over which acts are counted; what is counted in less may be one burst, as shots are."""
LIKE = 0.5
"""A report that takes up less than this share of that time tells of less than the count."""


def things_in(vocabulary: Vocabulary) -> frozenset[str]:
    """The codes of acts under which what is there, or was brought, is counted, and no acts.

    Args:
        vocabulary: the codes of acts.

    Returns:
        The codes.
    """
    return frozenset(vocabulary.acts.below(vocabulary.several_authors))


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
    things = list(things_in(vocabulary))
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


@dataclass(frozen=True)
class Kinds:
    """What kinds of weapons names mean: of each name its kind (the last stands for nothing said), and which kinds are other things."""

    of_name: npt.NDArray[np.int64]
    other: npt.NDArray[np.bool_]


def kinds_of(names: Sequence[str], arsenal: Arsenal) -> Kinds:
    """The kinds of weapons that names mean.

    Args:
        names: as reports write them.
        arsenal: what they may mean.

    Returns:
        The kinds; two are other things where nothing that the one means is, or may be, of a class of the other.
    """
    told = [frozenset(system.of for system in arsenal.named(name)) for name in names]
    kinds = {kind: n for n, kind in enumerate(dict.fromkeys(told))}
    other = np.zeros((len(kinds) + 1, len(kinds) + 1), bool)
    for one, i in kinds.items():
        for two, j in kinds.items():
            other[i, j] = not any(_may_be(a, b, arsenal) or _may_be(b, a, arsenal) for a in one for b in two)
    return Kinds(np.array([*(kinds[kind] for kind in told), len(kinds)], np.int64), other)


def _may_be(of: str, wanted: str, arsenal: Arsenal) -> bool:
    return arsenal.level(WeaponClass((wanted,)), of) > 0


def parted_by_kinds(
    pairs: Pairs, counts: npt.NDArray[np.bool_], weapon: npt.NDArray[np.int32], kinds: Kinds
) -> npt.NDArray[np.bool_]:
    """Which pairs are none because both count what is there, and count other weapons.

    Args:
        pairs: the pairs.
        counts: which reports say how many of something there are, or were brought.
        weapon: the name of the weapon of each, as a number; -1 where none is said.
        kinds: what these names mean.

    Returns:
        For each pair whether it is none.
    """
    if not counts.any():
        return np.zeros(len(pairs.i), bool)
    kind = kinds.of_name[weapon]
    return np.asarray(counts[pairs.i] & counts[pairs.j] & kinds.other[kind[pairs.i], kind[pairs.j]])
