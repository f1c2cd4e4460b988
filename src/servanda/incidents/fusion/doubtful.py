"""Where fusion is not sure how many incidents there are, as far as those tell it who have no side: whoever has one widens no bound."""

from __future__ import annotations

import numpy as np
import polars as pl

from servanda.incidents.doubts import UNSURE, Doubts
from servanda.incidents.fusion.blocking import Ints
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
    telling = (c.lane <= WITHOUT_A_SIDE) & (c.stance < 2)
    row, other, probability = fusion.maybe
    likely = telling[row] & (probability >= UNSURE)
    one, two = fusion.group[row[likely]], other[likely]
    low, high = np.divmod(np.unique(np.minimum(one, two) * _ROWS + np.maximum(one, two)), _ROWS)
    pairs = pl.DataFrame({"incident": names.gather(pl.Series(low)), "other": names.gather(pl.Series(high))})
    group, more = _more(fusion, telling & (fusion.first | (c.named == 1)))
    several = pl.DataFrame({"incident": names.gather(pl.Series(group)), "most": 1 + more})
    return Doubts(pairs.sort("incident", "other"), several.sort("incident"))


def _more(fusion: Fusion, rows: Mask) -> tuple[Ints, Ints]:
    """Groups that may be several incidents, and how many more than one: each doubtful report but the surest may be one of its own."""
    row, _, probability = fusion.maybe
    in_others = np.bincount(row, weights=probability, minlength=fusion.size)

    def doubted(some: Ints) -> Mask:
        named = fusion.columns.named[some] == 1
        return np.asarray(~named & (1 - fusion.own[some] - in_others[some] >= UNSURE))

    perhaps = np.flatnonzero(rows & (fusion.own <= 1 - UNSURE + _HAIR))
    unsure = np.zeros(fusion.size, bool)
    unsure[fusion.group[perhaps[doubted(perhaps)]]] = True
    some = np.flatnonzero(rows & unsure[fusion.group])  # of other groups nothing is to be told
    own, elsewhere, named, group = (
        fusion.own[some],
        in_others[some],
        fusion.columns.named[some] == 1,
        fusion.group[some],
    )
    order = np.lexsort((elsewhere, -own, ~named, group))
    first, length = runs(group[order])
    doubtful = doubted(some)[order]
    doubtful[first] = False
    more = np.add.reduceat(doubtful.astype(np.int64), first) if len(first) else length
    return group[order][first][more > 0], more[more > 0]
