"""Where fusion is not sure how many incidents there are, as far as those tell it who have no side: whoever has one widens no bound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from servanda.incidents.doubts import UNSURE, Doubts
from servanda.incidents.fusion.blocking import Floats, Ints
from servanda.incidents.fusion.cluster import runs
from servanda.incidents.fusion.lanes import WITHOUT_A_SIDE, Mask
from servanda.incidents.fusion.linker import Fusion

_ROWS = np.int64(1 << 31)
_HAIR = 1e-9


def doubts_of(fusion: Fusion, names: pl.Series) -> Doubts:
    """Which incidents may be one, and which may be several.

    Args:
        fusion: reports in their incidents.
        names: for every row that names a group the incident's id.

    Returns:
        The doubts, in the order of the incidents' ids.
    """
    c = fusion.columns

    def telling(rows: Ints) -> Mask:
        return np.asarray((c.lane[rows] <= WITHOUT_A_SIDE) & (c.stance[rows] < 2))

    row, other, probability = fusion.maybe
    likely = telling(row) & (probability >= UNSURE)
    one, two = fusion.group[row[likely]], other[likely]
    low, high = np.divmod(np.unique(np.minimum(one, two) * _ROWS + np.maximum(one, two)), _ROWS)
    pairs = pl.DataFrame({"incident": names.gather(pl.Series(low)), "other": names.gather(pl.Series(high))})
    group, more = _more(fusion, lambda rows: telling(rows) & (fusion.first[rows] | (c.named[rows] == 1)))
    several = pl.DataFrame({"incident": names.gather(pl.Series(group)), "most": 1 + more})
    return Doubts(pairs.sort("incident", "other"), several.sort("incident"))


def _more(fusion: Fusion, counts: Callable[[Ints], Mask]) -> tuple[Ints, Ints]:
    """Groups that may be several incidents, and how many more than one: each doubtful report but the surest may be one of its own.

    Only who is unsure of his group is asked whether he ``counts``, and who is in a group with him.
    """
    row, _, probability = fusion.maybe
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

    perhaps = np.flatnonzero(fusion.own <= 1 - UNSURE + _HAIR)
    perhaps = perhaps[counts(perhaps)]
    unsure = np.zeros(fusion.size, bool)
    unsure[fusion.group[perhaps[doubted(perhaps)]]] = True
    some = np.flatnonzero(unsure[fusion.group])  # of other groups nothing is to be told
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
