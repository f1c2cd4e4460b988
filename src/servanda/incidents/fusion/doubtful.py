"""Where fusion is not sure how many incidents there are, as far as those tell it who have no side: whoever has one widens no bound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from servanda.incidents.doubts import UNSURE, Doubts
from servanda.incidents.fusion.blocking import Floats, Ints, Mask
from servanda.incidents.fusion.cluster import runs
from servanda.incidents.fusion.lanes import WITHOUT_A_SIDE
from servanda.incidents.fusion.linker import Anew, Fusion

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
    return Doubtful.of(fusion, names, several_of(fusion)).doubts


@dataclass(frozen=True)
class Doubtful:
    """Doubts, with the numbers of the groups that they are about (``low``, ``high``): of ``pairs``, and of what may be ``several``."""

    pairs: pl.DataFrame
    several: pl.DataFrame

    @cached_property
    def doubts(self) -> Doubts:
        """The doubts by the incidents' ids."""
        return Doubts(self.pairs.select("incident", "other"), self.several.select("incident", "most"))

    @staticmethod
    def of(fusion: Fusion, names: pl.Series, several: tuple[Ints, Ints], touched: Mask | None = None) -> Doubtful:
        """All doubts; or, with some groups ``touched``, those about these."""
        row, other, probability = fusion.maybe
        likely, (group, more) = probability >= UNSURE, several
        if touched is not None:
            likely &= touched[fusion.group[row]] | touched[other]
            some = touched[group]
            group, more = group[some], more[some]
        at = np.flatnonzero(likely)
        at = at[_telling(fusion, row[at])]
        one, two = fusion.group[row[at]], other[at]
        low, high = np.divmod(np.unique(np.minimum(one, two) * _ROWS + np.maximum(one, two)), _ROWS)
        of_low, of_high, of_group = (names.gather(pl.Series(rows)) for rows in (low, high, group))
        pairs = pl.DataFrame({"low": low, "high": high, "incident": of_low, "other": of_high})
        most = pl.DataFrame({"low": group, "high": group, "incident": of_group, "most": 1 + more})
        return Doubtful(pairs.sort("incident", "other"), most.sort("incident"))

    def again(self, fusion: Fusion, names: pl.Series, several: tuple[Ints, Ints]) -> Doubtful:
        """The same once more reports have come, where only groups that were made anew may bear other names."""
        if fusion.anew is None:
            return Doubtful.of(fusion, names, several)
        touched = _touched(fusion, fusion.anew)
        new = Doubtful.of(fusion, names, several, touched)
        pairs = _instead(self.pairs, new.pairs, touched, "incident", "other")
        most = _instead(self.several, new.several, touched, "incident")
        return self if pairs is self.pairs and most is self.several else Doubtful(pairs, most)


def _touched(fusion: Fusion, anew: Anew) -> Mask:
    """The groups that were weighed anew, or are no more."""
    touched = np.zeros(fusion.size, bool)
    touched[anew.were] = touched[fusion.group[anew.weighed]] = True
    return touched


def _instead(old: pl.DataFrame, new: pl.DataFrame, touched: Mask, *order: str) -> pl.DataFrame:
    """A table in which what is about some groups is other now."""
    gone = pl.Series(touched[old["low"].to_numpy()] | touched[old["high"].to_numpy()])
    if old.filter(gone).equals(new):
        return old
    return pl.concat([old.filter(~gone), new]).sort(*order)


def several_again(fusion: Fusion, several: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """What :func:`several_of` says once more reports have come; ``several``: what it said before."""
    if fusion.anew is None:
        return several_of(fusion)
    stay = ~_touched(fusion, fusion.anew)[several[0]]
    group, more = several_of(fusion, fusion.anew.weighed)
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
