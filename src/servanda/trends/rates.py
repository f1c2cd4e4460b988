"""The rate of each period with an interval, and two rates beside each other.

**Method.** The rate is what was counted by the days that it was counted in. Counts of days scatter more than chance alone would
have it, and bad days follow bad days. How much more is measured: the variance of the sum, with the covariances of days up to some days apart
(Newey and West, weights of Bartlett, of ``statsmodels``), by the variance that independent acts would have. Divided by that number, the
count is an effective number of independent acts; its interval is the exact one of a Poisson count (Garwood), and that of a ratio the exact one
of two (by the F distribution). Both hold for counts of zero. A period whose own days are too few to tell how much they scatter
takes the most that another period shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from servanda.trends.series import Floats, Period, Series

FEWEST_DAYS = 14
"""Of fewer days it is not said how much they scatter."""
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """What was counted in a period.

    ``days``: that count; ``no_report`` and ``unwatched``: days that do not (without a report; of which less than half was watched), and ``outside``, what was counted on unwatched days all the
    same. ``exposure``: days, by share of what was watched where that is the denominator. ``rate``, ``low``, ``high``: a day of
    exposure; ``None`` where nothing counts. ``scatter``: how many times that of independent acts the variance is; ``borrowed``: another period's,
    or, where none has days enough, nothing is known, and it is taken for 1.
    """

    period: Period
    count: int
    days: int
    no_report: int
    unwatched: int
    outside: int
    exposure: float
    rate: float | None
    low: float | None
    high: float | None
    scatter: float
    borrowed: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the rate of ``to`` that of ``of`` is. ``high`` is ``None`` where it has no bound, ``ratio`` where ``to`` is 0."""

    of: Period
    to: Period
    ratio: float | None
    low: float
    high: float | None


def rates_of(series: Series, periods: Sequence[Period]) -> tuple[Rate, ...]:
    """The rate of each period.

    Args:
        series: days with their counts.
        periods: what they are parted into.

    Returns:
        One rate for each period, in their order.
    """
    parts = [series.within(period) for period in periods]
    counting = [part.counting() for part in parts]
    own = [scatter_of(*(days[c].to_numpy().astype(float) for c in ("count", "exposure"))) for days in counting]
    most = max((one for one in own if one is not None), default=1.0)
    out = []
    for period, part, days, scatter in zip(periods, parts, counting, own, strict=True):
        count, exposure = int(days["count"].sum()), float(days["exposure"].sum())
        used = most if scatter is None else scatter
        rate, low, high = (None,) * 3 if not days.height else (count / exposure, *_interval(count, exposure, used))
        told = part.days.drop_nulls("count")
        out.append(
            Rate(
                period,
                count,
                days.height,
                part.days.height - told.height,
                told.height - days.height,
                int(told["count"].sum()) - count,
                exposure,
                rate,
                low,
                high,
                used,
                scatter is None,
            )
        )
    return tuple(out)


def ratio_of(of: Rate, to: Rate) -> Ratio | None:
    """How many times a rate is another.

    Args:
        of: the rate that is compared.
        to: what it is compared with, as that of the days before.

    Returns:
        The ratio with its interval; ``None`` where either period has no days that count, or nothing was counted in both.
    """
    from scipy.special import fdtri

    if of.rate is None or to.rate is None or of.count == to.count == 0:
        return None
    mine, theirs = of.count / of.scatter, to.count / to.scatter
    scale = (to.exposure / to.scatter) / (of.exposure / of.scatter)
    tail = (1 - LEVEL) / 2
    low = scale * mine / (theirs + 1) / fdtri(2 * (theirs + 1), 2 * mine, 1 - tail) if of.count else 0.0
    high = scale * (mine + 1) / theirs * fdtri(2 * (mine + 1), 2 * theirs, 1 - tail) if to.count else None
    return Ratio(
        of.period,
        to.period,
        of.rate / to.rate if to.count else None,
        float(low),
        None if high is None else float(high),
    )


def scatter_of(counts: Floats, exposure: Floats) -> float | None:
    """How many times that of independent acts the variance of a sum of days is, at least 1.

    Args:
        counts: of each day, in order.
        exposure: of each day.

    Returns:
        The number; ``None`` where fewer than :data:`FEWEST_DAYS` days or no act can tell.
    """
    from statsmodels.stats.sandwich_covariance import S_hac_simple

    if len(counts) < FEWEST_DAYS or counts.sum() == 0:
        return None
    apart = counts - exposure * (counts.sum() / exposure.sum())
    lags = math.ceil(1.3 * math.sqrt(len(counts)))
    share = lags / len(counts)
    wider = 1 + (2.9694 * share + 0.4160 * share**2 - 0.5324 * share**3) / 1.96
    variance = float(S_hac_simple(apart[:, None], nlags=lags)[0, 0])
    return max(1.0, variance * wider**2 / float(counts.sum()))


def _interval(count: int, exposure: float, scatter: float) -> tuple[float, float]:
    from scipy.special import gammaincinv  # of a chi-square with 2n degrees the half is a gamma with n

    tail, effective = (1 - LEVEL) / 2, count / scatter
    low = gammaincinv(effective, tail) if count else 0.0
    high = gammaincinv(effective + 1, 1 - tail)
    return float(low * scatter / exposure), float(high * scatter / exposure)
