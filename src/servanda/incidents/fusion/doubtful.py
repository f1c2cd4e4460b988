"""Where fusion is not sure how many incidents there are, as far as those tell it who have no side: whoever has one widens no bound."""

from __future__ import annotations

import numpy as np
import polars as pl

from servanda.incidents.doubts import UNSURE, Doubts
from servanda.incidents.fusion.blocking import Floats, Ints
from servanda.incidents.fusion.cluster import runs
from servanda.incidents.fusion.lanes import WITHOUT_A_SIDE, Mask
from servanda.incidents.fusion.linker import Fusion

_ROWS = np.int64(1 << 31)
_HAIR = 1e-9


def doubts_of(fusion: Fusion, names: pl.Series, several: tuple[Ints, Ints] | None = None) -> Doubts:
    """Which incidents may be one, and which may be several.

    Args:
        fusion: reports in their incidents.
        names: for every row that names a group the incident's id.
        several: what :func:`several_of` says of all groups, where that is known.

    Returns:
        The doubts, in the order of the incidents' ids.
    """
    row, other, probability = fusion.maybe
    likely = _telling(fusion, row) & (probability >= UNSURE)
    one, two = fusion.group[row[likely]], other[likely]
    low, high = np.divmod(np.unique(np.minimum(one, two) * _ROWS + np.maximum(one, two)), _ROWS)
    pairs = pl.DataFrame({"incident": names.gather(pl.Series(low)), "other": names.gather(pl.Series(high))})
    group, more = several_of(fusion) if several is None else several
    most = pl.DataFrame({"incident": names.gather(pl.Series(group)), "most": 1 + more})
    return Doubts(pairs.sort("incident", "other"), most.sort("incident"))


def several_again(fusion: Fusion, several: tuple[Ints, Ints], before: Ints) -> tuple[Ints, Ints]:
    """What :func:`several_of` says once more reports have come; ``several``: what it said ``before``, when these were the groups."""
    rows = fusion.weighed
    if rows is None:
        return several_of(fusion)
    touched = np.zeros(fusion.size, bool)
    touched[before[rows[rows < len(before)]]] = touched[fusion.group[rows]] = True
    stay = ~touched[several[0]]
    group, more = several_of(fusion, fusion.in_groups_of(rows))
    return np.concatenate([several[0][stay], group]), np.concatenate([several[1][stay], more])


def _telling(fusion: Fusion, rows: Ints) -> Mask:
    """Who has no side, and denies nothing."""
    c = fusion.columns
    return np.asarray((c.lane[rows] <= WITHOUT_A_SIDE) & (c.stance[rows] < 2))


def several_of(fusion: Fusion, rows: Ints | None = None) -> tuple[Ints, Ints]:
    """Groups that may be several incidents, and how many more than one: each doubtful report but the surest may be one of its own.

    Args:
        fusion: reports in their incidents.
        rows: whole groups, of which alone it is asked; ``None``: all.

    Returns:
        The groups, and how many more incidents each may be.
    """
    c = fusion.columns

    def counts(some: Ints) -> Mask:
        return np.asarray(_telling(fusion, some) & (fusion.first[some] | (c.named[some] == 1)))

    row, _, probability = fusion.maybe
    if rows is not None:
        asked = np.zeros(fusion.size, bool)
        asked[rows] = True
        row, probability = row[asked[row]], probability[asked[row]]
    held, at = np.unique(row, return_inverse=True)
    sums = np.bincount(at, weights=probability, minlength=len(held))

    def in_others(some: Ints) -> Floats:
        if not len(held):
            return np.zeros(len(some))
        place = np.minimum(np.searchsorted(held, some), len(held) - 1)
        return np.where(held[place] == some, sums[place], 0.0)

    def doubted(some: Ints) -> Mask:
        named = fusion.columns.named[some] == 1
        return np.asarray(~named & (1 - fusion.own[some] - in_others(some) >= UNSURE))

    loose = (fusion.own if rows is None else fusion.own[rows]) <= 1 - UNSURE + _HAIR
    perhaps = np.flatnonzero(loose) if rows is None else rows[loose]
    perhaps = perhaps[counts(perhaps)]
    unsure = np.zeros(fusion.size, bool)
    unsure[fusion.group[perhaps[doubted(perhaps)]]] = True
    # of other groups nothing is to be told
    some = np.flatnonzero(unsure[fusion.group]) if rows is None else rows[unsure[fusion.group[rows]]]
    some = some[counts(some)]
    own, elsewhere, named, group = (
        fusion.own[some],
        in_others(some),
        fusion.columns.named[some] == 1,
        fusion.group[some],
    )
    order = np.lexsort((elsewhere, -own, ~named, group))
    first, length = runs(group[order])
    doubtful = doubted(some)[order]
    doubtful[first] = False
    more = np.add.reduceat(doubtful.astype(np.int64), first) if len(first) else length
    return group[order][first][more > 0], more[more > 0]
