"""Periods one after another on the calendar, and what came in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.values.time import Duration, Interval
from servanda.verdicts.occurrences import MOST_OF_ALL

MAX_PERIODS = 250_000  # more than hours in 28 years; periods in minutes are refused


def periods_of(start: datetime, end: datetime, every: Duration | None, zone: ZoneInfo) -> list[Interval]:
    """Periods from the start, one after another on the calendar; the last may be cut off by the end and is left out."""
    if every is None:
        return [Interval(start, end)]
    out: list[Interval] = []
    while len(out) < MAX_PERIODS:
        begin = Duration(every.amount * len(out), every.unit).after(start, zone) if out else start
        finish = Duration(every.amount * (len(out) + 1), every.unit).after(start, zone)
        if finish > end:
            break
        out.append(Interval(begin, finish))
    return out


def in_periods(rows: pl.DataFrame, periods: Sequence[Interval]) -> pl.DataFrame:
    """The occurrences that surely lie in one period, with its number as ``period``."""
    where = placed(rows, periods)
    within = (pl.col("first") == pl.col("last")) & pl.col("first").is_between(0, len(periods) - 1)
    return where.filter(within).rename({"first": "period"}).drop("last")


def most_of(rows: pl.DataFrame, periods: Sequence[Interval]) -> list[int]:
    """For each period the greatest quantities of all that may lie in it."""
    high = [0] * len(periods)
    may = placed(rows, periods).group_by("first", "last").agg(MOST_OF_ALL.sum())
    for begin, finish, amount in zip(*(may[c].to_list() for c in ("first", "last", "high")), strict=True):
        for n in range(max(begin, 0), min(finish, len(periods) - 1) + 1):
            high[n] += amount
    return high


def placed(rows: pl.DataFrame, periods: Sequence[Interval]) -> pl.DataFrame:
    """Occurrences with the numbers of the ``first`` and the ``last`` period that they may lie in."""
    edges = pl.Series([p.start for p in periods] + [p.end for p in periods[-1:]], dtype=pl.Datetime("us", "UTC"))
    # the period an instant falls into; an end on an edge belongs to the period before it
    first = edges.search_sorted(rows["start"], "right").cast(pl.Int64) - 1
    last = pl.Series(edges.search_sorted(rows["end"], "left").cast(pl.Int64) - 1)
    instant = pl.col("start") == pl.col("end")
    where = rows.with_columns(first=first, last=last)
    return where.with_columns(last=pl.when(instant).then("first").otherwise("last"))
