"""Periods one after another on the calendar, and what came in each."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from servanda.values.time import Duration, Interval

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


def sums_of(rows: pl.DataFrame, weighs: tuple[str, ...], periods: list[Interval]) -> tuple[list[int], list[int]]:
    """For each period: what surely came in it (least quantities), and what may have (greatest, with what is open)."""
    if not periods:
        return [], []
    edges = pl.Series([p.start for p in periods] + [periods[-1].end], dtype=pl.Datetime("us", "UTC"))
    instant = pl.col("start") == pl.col("end")
    # the period an instant falls into; an end on an edge belongs to the period before it
    first = edges.search_sorted(rows["start"], "right").cast(pl.Int64) - 1
    last = pl.Series(edges.search_sorted(rows["end"], "left").cast(pl.Int64) - 1)
    placed = rows.with_columns(first=first, last=last).with_columns(
        last=pl.when(instant).then("first").otherwise("last")
    )
    within = (pl.col("first") == pl.col("last")) & pl.col("first").is_between(0, len(periods) - 1)
    sure = placed.filter((pl.col("status") == "confirmed") & within).group_by("first").agg(pl.col("low").sum())
    may = placed.filter((pl.col("status") != "alleged") | pl.col("incident").is_in(list(weighs)))
    low, high = [0] * len(periods), [0] * len(periods)
    for n, amount in zip(sure["first"].to_list(), sure["low"].to_list(), strict=True):
        low[n] = amount
    may = may.group_by("first", "last").agg(pl.col("high").sum())
    for begin, finish, amount in zip(*(may[c].to_list() for c in ("first", "last", "high")), strict=True):
        for n in range(max(begin, 0), min(finish, len(periods) - 1) + 1):
            high[n] += amount
    return low, high
