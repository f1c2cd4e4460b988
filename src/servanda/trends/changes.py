"""Days on which the level of a series changed, each with the days on which it may have.

**Method.** Square roots of daily counts scatter alike whatever their level (Anscombe). Among them the set of days of change is looked for that
makes the squares left over smallest, each change paid for by a penalty (PELT, of ``ruptures``). The penalty grows with the logarithm of the
number of days and with the long-run variance of what is left over (that of chance at the least), so that bad days that follow bad days are no change. For each change
the likelihood of every day between its neighbours, of counts that scatter as these do, gives the shortest set of days that
holds it with 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from servanda.trends.rates import FEWEST_DAYS, LEVEL, scatter_of
from servanda.trends.series import Floats, Series

SHORTEST = 7
"""Days that a level lasts at least: the days of a week differ from each other."""
_PENALTY = 3.0
_WEEKS_ABOUT = 29
_CHANCE = 0.25
"""The variance that chance alone gives the square root of a count; no series is taken for steadier than that."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level: ``day`` is the first of the new one, and lies from ``earliest`` to ``latest``. ``before`` and ``after``: rates a day."""

    day: date
    earliest: date
    latest: date
    before: float
    after: float


def changes_in(series: Series) -> tuple[Change, ...]:
    """The changes of level in a series.

    Args:
        series: days with their counts; days that no rate counts are left out.

    Returns:
        The changes in the order of their days; none where there are fewer than two weeks that count.
    """
    import ruptures

    days = series.counting()
    if days.height < max(FEWEST_DAYS, 2 * SHORTEST) or days["count"].sum() == 0:
        return ()
    counts, exposure = (days[c].to_numpy().astype(float) for c in ("count", "exposure"))
    level = np.sqrt((counts + 0.375) / exposure)
    search = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST).fit(level[:, None])
    chance = _CHANCE / float(exposure.mean())
    spread = max(_around_middle(level), chance)  # changes that are not known yet would be taken for scatter
    ends: list[int] = []
    for _ in range(4):  # what is left over depends on the changes, and they on it
        found = search.predict(pen=_PENALTY * spread * math.log(len(level)))
        if found == ends:
            break
        ends, spread = found, max(_left_over(level, found), chance)
    edges = [0, *ends]
    return tuple(_change(days["day"].to_list(), counts, exposure, *edges[n : n + 3]) for n in range(len(edges) - 2))


def _around_middle(level: Floats) -> float:
    """The long-run variance of a series around the middle of the weeks about each day, which moves with the level."""
    wide = min(_WEEKS_ABOUT, len(level) - (len(level) + 1) % 2)
    padded = np.pad(level, wide // 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, wide), axis=1)
    return _left_over(level - middle, [len(level)])


def _left_over(level: Floats, ends: list[int]) -> float:
    """The long-run variance of a series around the means of its parts."""
    from statsmodels.stats.sandwich_covariance import S_hac_simple

    start, rest = 0, np.empty_like(level)
    for end in ends:
        rest[start:end] = level[start:end] - level[start:end].mean()
        start = end
    lags = math.ceil(4 * (len(level) / 100) ** (1 / 3))
    plain = float(rest @ rest)
    return max(float(S_hac_simple(rest[:, None], nlags=lags)[0, 0]), plain) / len(level)


def _change(days: list[date], counts: Floats, exposure: Floats, start: int, at: int, end: int) -> Change:
    """One change between its neighbours, and the days on which it may have been."""
    y, e = counts[start:end], exposure[start:end]
    middle = at - start
    parts = (y[:middle], e[:middle]), (y[middle:], e[middle:])
    scatter = max([1.0, *(s for part in parts if (s := scatter_of(*part)) is not None)])
    before, after = (np.cumsum(y), np.cumsum(e)), (np.cumsum(y[::-1])[::-1], np.cumsum(e[::-1])[::-1])
    fit = _fit(before[0][:-1], before[1][:-1]) + _fit(after[0][1:], after[1][1:])  # of a change before day 1, 2, ...
    weight = np.exp((fit - fit.max()) / scatter)
    weight /= weight.sum()
    low, high = _shortest(weight)
    return Change(
        days[at],
        min(days[start + 1 + low], days[at]),
        max(days[start + 1 + high], days[at]),
        float(parts[0][0].sum() / parts[0][1].sum()),
        float(parts[1][0].sum() / parts[1][1].sum()),
    )


def _fit(count: Floats, exposure: Floats) -> Floats:
    """The greatest logarithm of the likelihood of counts at one rate, but for what does not depend on it."""
    rate = np.divide(count, exposure)
    return np.asarray(count * np.log(np.where(count > 0, rate, 1.0)) - count)


def _shortest(weight: Floats) -> tuple[int, int]:
    """The first and last of the shortest run that holds the level of certainty."""
    sums = np.concatenate([[0.0], np.cumsum(weight)])
    ends = np.searchsorted(sums, sums[:-1] + min(LEVEL, 1 - 1e-12), side="left")
    fits = np.flatnonzero(ends < len(sums))
    if not len(fits):
        return 0, len(weight) - 1
    begin = int(fits[np.argmin(ends[fits] - fits)])
    return begin, int(ends[begin]) - 1
