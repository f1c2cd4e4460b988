"""How often the intervals of `servanda trend` hold the truth, on made days of which the truth is known.

    python bench/trends.py [--draws 200]

Days are counts whose expected number varies by itself and drifts: bad days follow bad days (`drift`, the correlation of one day with the next on
the scale of the logarithm), and days differ by more than chance (`spread`, the variance of the expected number by its square).
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta

import numpy as np
import polars as pl

from servanda.trends import DAYS, Period, Series, changes_in, rates_of, ratio_of

FIRST = date(2025, 1, 1)
WORLDS = (
    (60, 30, 20.0, 5.0, 0.0, 0.0),
    (60, 30, 20.0, 5.0, 0.5, 0.5),
    (365, 60, 100.0, 10.0, 0.7, 1.0),
    (60, 30, 2.0, 0.2, 0.3, 0.5),
    (365, 365, 600.0, 33.0, 0.8, 1.0),
    (20, 20, 3.0, 3.0, 0.3, 0.5),
)
STEADY = ((180, 20.0, 0.7, 0.5), (365, 20.0, 0.5, 0.5), (365, 3.0, 0.3, 0.5))


def counts(chance: np.random.Generator, n: int, mean: float, drift: float, spread: float) -> np.ndarray:
    """Counts of days."""
    hidden, steps = np.zeros(n), chance.normal(size=n)
    for day in range(n):
        hidden[day] = drift * hidden[day - 1] + steps[day] * np.sqrt(1 - drift**2) if day else steps[0]
    wide = np.sqrt(np.log(1 + spread))
    return chance.poisson(mean * np.exp(wide * hidden - wide**2 / 2))


def series_of(values: np.ndarray) -> Series:
    """Days with these counts, all of them reported."""
    days = [FIRST + timedelta(days=n) for n in range(len(values))]
    return Series(
        pl.DataFrame({"day": days, "hours": 24.0, "count": values, "watched": None}, schema=DAYS), by_watch=False
    )


def main() -> None:
    """Print a line for each kind of days."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=200)
    draws = parser.parse_args().draws
    chance = np.random.default_rng(5)
    print(
        "days before, in | a day before, in | drift, spread | intervals that held: before, in, ratio | change found, held"
    )
    for n0, n1, mean0, mean1, drift, spread in WORLDS:
        held, found, right = np.zeros(3), 0, 0
        edge = FIRST + timedelta(days=n0)
        for _ in range(draws):
            series = series_of(
                np.r_[counts(chance, n0, mean0, drift, spread), counts(chance, n1, mean1, drift, spread)]
            )
            periods = [
                Period("before", FIRST, edge - timedelta(days=1)),
                Period("in", edge, edge + timedelta(days=n1 - 1)),
            ]
            before, inside = rates_of(series, periods)
            for k, (rate, mean) in enumerate(((before, mean0), (inside, mean1))):
                held[k] += rate.low is not None and rate.high is not None and rate.low <= mean <= rate.high
            ratio = ratio_of(inside, before)
            held[2] += ratio is not None and ratio.low <= mean1 / mean0 <= (ratio.high or np.inf)
            near = min(changes_in(series), key=lambda change: abs((change.day - edge).days), default=None)
            found += near is not None
            right += near is not None and near.earliest <= edge <= near.latest
        told = ", ".join(f"{share:.2f}" for share in held / draws)
        print(
            f"{n0}, {n1} | {mean0:g}, {mean1:g} | {drift:g}, {spread:g} | {told} | {found / draws:.2f}, {right / max(found, 1):.2f}"
        )
    print("days without a change | a day | drift, spread | changes told on average")
    for n, mean, drift, spread in STEADY:
        told_ = np.mean([len(changes_in(series_of(counts(chance, n, mean, drift, spread)))) for _ in range(draws)])
        print(f"{n} | {mean:g} | {drift:g}, {spread:g} | {told_:.2f}")


if __name__ == "__main__":
    main()
