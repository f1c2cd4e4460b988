"""A series of days with what was counted in each, and the periods that they are parted into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
LEAST_WATCHED = 0.5
"""The share of a day's place and time from which on it enters a rate: below it what was told would be multiplied by more than two."""
DAYS: dict[str, pl.DataType] = {
    "day": pl.Date(),  # the date that the reporting day bears
    "hours": pl.Float64(),  # how much of it lies in what is looked at: 24, or 23 or 25 where the clocks change
    "count": pl.Int64(),  # what was counted; null: there is no report of that day
    "watched": pl.Float64(),  # which share of place and time was watched; null: nobody says
}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both of them in it."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Series:
    """Counts of one kind, day by day.

    ``days``: the columns of :data:`DAYS`, each day once, in order. ``by_watch``: what was watched is the denominator, so that a day
    watched for half counts half, and one watched for less than :data:`LEAST_WATCHED` nothing; else all of a day of which there is a report.
    """

    days: pl.DataFrame
    by_watch: bool

    def counting(self) -> pl.DataFrame:
        """The days that enter a rate, with their ``exposure`` in days: those with a report, of which enough was watched where that is asked for."""
        hours = pl.col("hours") / 24
        exposure = hours * pl.col("watched").fill_null(0.0) if self.by_watch else hours
        enough = pl.col("watched") >= LEAST_WATCHED if self.by_watch else hours > 0
        return self.days.with_columns(exposure=exposure).filter(pl.col("count").is_not_null() & enough)

    def within(self, period: Period) -> Series:
        """The days of a period."""
        return Series(self.days.filter(pl.col("day").is_between(period.first, period.last)), self.by_watch)
