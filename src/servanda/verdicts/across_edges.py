"""Counts over periods of what may lie on either side of an edge between them.

What happened on Thursday or on Friday is surely in neither; that it happened, some time in these two days, is sure all the same. Six
raids in two days are three or more in one of them, wherever the edge falls. So counts are taken of **stretches**: periods one after
another, each tied to the next by an occurrence that may lie in both.

* :func:`crowded`  a cap: so much is surely in a stretch that one of its periods holds more than its share
* :func:`starved`  a quota: so little may have come in some periods together that one of them went short
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.verdicts.chances.amounts import shown_amounts
from servanda.verdicts.chances.sums import CERTAIN, shown_at_least
from servanda.verdicts.occurrences import MOST_OF_ALL

MAX_SUMS = 2**27
"""Stretches that are summed up; where there are more, long ones are left out, so that less is shown."""
MAX_UNCERTAIN = 2_000
"""Stretches whose occurrences are not all certain that are worked out, likewise."""
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first and last number of some periods, what is shown to lie in them together, and what it is made from."""

    first: int
    last: int
    shown: int
    low: tuple[int, ...]
    p: tuple[int, ...]

    @property
    def length(self) -> int:
        """How many periods it is of."""
        return self.last - self.first + 1

    @property
    def share(self) -> int:
        """What one of its periods holds at least, rounded up to a thousandth."""
        return -(-self.shown // self.length)


def crowded(placed: pl.DataFrame, periods: int, certainty: int, cap: int) -> tuple[Stretch | None, list[Stretch]]:
    """The stretch of two or more periods that shows most for one of them, and every stretch that shows more than a cap.

    Args:
        placed: occurrences, with ``low``, ``p``, and the ``first`` and ``last`` period that they may lie in.
        periods: how many there are.
        certainty: the mandate's, in millionths.
        cap: for one period.

    Returns:
        The first, and the least of the second: those within which there is no shorter one, nor a single period, that shows as much.
    """
    rows = placed.filter((pl.col("first") >= 0) & (pl.col("last") < periods))
    if not (rows["first"] < rows["last"]).any():
        return None, []
    told = _Sums.of(rows, periods)
    sure = _Sums.of(rows.filter(pl.col("p") >= CERTAIN), periods)
    tied = _tied(rows, periods)
    longest = min(_longest(tied) + 1, max(2, MAX_SUMS // periods))
    worst: Stretch | None = None
    beyond: list[Stretch] = []
    spent = 0
    hit = np.zeros(periods, bool)  # what a period shows by itself
    hit[
        shown_amounts(rows.filter(pl.col("first") == pl.col("last")), ["first"], certainty, above=cap)[
            "first"
        ].to_numpy()
    ] = True
    whole, told_sums, sure_sums = np.ones(periods, bool), told.next(), sure.next()
    for length in range(2, longest + 1):
        told_sums, sure_sums = told.next(), sure.next()
        whole = whole[:-1] & tied[length - 2 :]
        inner = hit[:-1] | hit[1:]
        over = whole & (told_sums > cap * length) & ~inner
        least = 0 if worst is None else worst.share
        ask = np.flatnonzero(over | (whole & (told_sums > least * length)))
        over_now = np.zeros(len(over), bool)
        for n in ask[np.argsort(-told_sums[ask], kind="stable")]:
            first, last = int(n), int(n) + length - 1
            if not over[n] and told_sums[n] <= (0 if worst is None else worst.share) * length:
                continue
            if sure_sums[n] < told_sums[n]:
                if spent >= MAX_UNCERTAIN:
                    continue
                spent += 1
            found = _stretch(rows, first, last, certainty)
            worst = found if worst is None or found.share > worst.share else worst
            if over[n] and found.shown > cap * length:
                beyond.append(found)
                over_now[n] = True
        hit = inner | over_now
    return worst, sorted(beyond, key=lambda s: (s.first, s.last))


def _stretch(rows: pl.DataFrame, first: int, last: int, certainty: int) -> Stretch:
    within = rows.filter((pl.col("first") >= first) & (pl.col("last") <= last)).sort("low", "p")
    low, p = within["low"].to_list(), within["p"].to_list()
    return Stretch(first, last, shown_at_least(zip(low, p, strict=True), certainty), tuple(low), tuple(p))


def tied_periods(placed: pl.DataFrame, periods: int) -> list[bool]:
    """For each period, whether something may lie in it or in another.

    Args:
        placed: occurrences, with the ``first`` and ``last`` period that they may lie in.
        periods: how many there are.

    Returns:
        One answer a period.
    """
    if not periods:
        return []
    edges = _tied(placed.with_columns(pl.col("first", "last").clip(0, periods - 1)), periods)
    return [bool(before or after) for before, after in zip([False, *edges], [*edges, False], strict=True)]


def _tied(rows: pl.DataFrame, periods: int) -> npt.NDArray[np.bool_]:
    """For each edge between two periods, whether something may lie on either side of it."""
    steps = np.zeros(periods + 1, np.int64)
    across = rows.filter(pl.col("first") < pl.col("last"))
    np.add.at(steps, across["first"].to_numpy(), 1)
    np.add.at(steps, across["last"].to_numpy(), -1)
    return np.cumsum(steps)[: periods - 1] > 0


def _longest(tied: npt.NDArray[np.bool_]) -> int:
    """How many edges one after another are tied, at most."""
    breaks = np.flatnonzero(~np.concatenate(([False], tied, [False])))
    return int(np.diff(breaks).max()) - 1


class _Sums:
    """What surely lies in every stretch of one length after another, by the stretch's first period."""

    def __init__(self, cells: dict[int, tuple[_Ints, _Ints]], periods: int) -> None:
        self._cells, self._length = cells, 0
        self._last, self._before = np.zeros(periods + 1, np.int64), np.zeros(periods + 2, np.int64)

    @staticmethod
    def of(rows: pl.DataFrame, periods: int) -> _Sums:
        """From occurrences with ``first``, ``last`` and ``low``."""
        cells = rows.group_by(length=pl.col("last") - pl.col("first") + 1, first=pl.col("first")).agg(
            pl.col("low").sum()
        )
        by_length = cells.partition_by("length", as_dict=True)
        return _Sums(
            {int(str(k[0])): (v["first"].to_numpy(), v["low"].to_numpy()) for k, v in by_length.items()}, periods
        )

    def next(self) -> _Ints:
        """Of the next length, beginning with 1: of both shorter stretches, less what is in both, and what spans all of it."""
        self._length += 1
        sums = self._last[:-1] + self._last[1:] - self._before[1:-1]
        first, low = self._cells.get(self._length, (np.zeros(0, np.int64), np.zeros(0, np.int64)))
        np.add.at(sums, first, low)
        self._last, self._before = sums, self._last
        return sums


@dataclass(frozen=True, slots=True)
class Shortage:
    """Between which periods one went short, of how many that were asked for something, and how much is missing at least."""

    first: int
    last: int
    asked: int
    missing: int


def starved(placed: pl.DataFrame, asked: Sequence[int]) -> Shortage | None:
    """Whether so little may have come that of some periods one went short, though none need have by itself.

    What may lie in several periods is shared out among them as well as it can be: each period takes first what can soonest no longer
    be used.

    Args:
        placed: occurrences, with ``high``, and the ``first`` and ``last`` period that they may lie in.
        asked: what each period asks for; 0 for one that cannot be shown to have gone short.

    Returns:
        The first shortage; ``None`` where there need be none.
    """
    groups = placed.group_by("first", "last").agg(MOST_OF_ALL.sum()).sort("first", "last")
    waiting = list(zip(*(groups[c].to_list() for c in ("first", "last", "high")), strict=True))
    there: list[list[int]] = []
    begun, reach, since, count = 0, -1, 0, 0
    for n, wanted in enumerate(asked):
        if n > reach:
            since, count = n, 0
        while begun < len(waiting) and waiting[begun][0] <= n:
            heapq.heappush(there, [waiting[begun][1], waiting[begun][2]])
            reach = max(reach, waiting[begun][1])
            begun += 1
        missing = wanted
        count += wanted > 0
        while missing and there:
            last, amount = there[0]
            taken = min(amount, missing) if last >= n else 0
            missing -= taken
            if taken == amount or last < n:
                heapq.heappop(there)
            else:
                there[0][1] -= taken
        if missing:
            return Shortage(since, n, count, missing)
    return None
