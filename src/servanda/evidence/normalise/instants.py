"""Instants out of columns of text or of typed times."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.model import INSTANT
from servanda.values.time import parse_instant


def parse_times(column: str, dtype: pl.DataType, zone: ZoneInfo | None) -> pl.Expr:
    """Instants from text with an offset; from text without one too, in ``zone``, when a zone is given."""
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            return pl.col(column).cast(INSTANT)
        if zone is not None:
            return (
                pl.col(column).dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null").cast(INSTANT)
            )
        return pl.lit(None, dtype=INSTANT)
    if dtype != pl.String:
        return pl.lit(None, dtype=INSTANT)
    text = pl.col(column).str.replace(" ", "T", literal=True).str.replace(r"Z$", "+00:00")
    formats = (
        "%Y-%m-%dT%H:%M:%S%:z",
        "%Y-%m-%dT%H:%M%:z",
        "%Y-%m-%dT%H:%M:%S%.f%:z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M%z",
    )
    tried = [text.str.to_datetime(f, time_unit="us", time_zone="UTC", strict=False) for f in formats]
    if zone is not None:
        for f in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"):
            naive = pl.col(column).str.replace(" ", "T", literal=True).str.to_datetime(f, time_unit="us", strict=False)
            tried.append(
                naive.dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null").dt.convert_time_zone(
                    "UTC"
                )
            )
    return pl.coalesce(tried)


def day_start(column: str, zone: ZoneInfo, days_after: int = 0) -> pl.Expr:
    """Midnight of a date (text), in ``zone``, so many days later."""
    day = pl.col(column).str.to_date("%Y-%m-%d", strict=False) + pl.duration(days=days_after)
    local = day.cast(pl.Datetime("us"))
    # where the clocks go forward at midnight, the day begins an hour later
    first = [
        (local + pl.duration(hours=hours)).dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null")
        for hours in (0, 1)
    ]
    return pl.coalesce(first).dt.convert_time_zone("UTC")


def shown_at(text: str, zone: ZoneInfo) -> str | None:
    """What a report shows, with its instants in UTC.

    Args:
        text: names joined by semicolons, each alone or followed by ``@`` and an instant.
        zone: in which an instant without an offset is taken.

    Returns:
        The same with instants as ``2025-03-20T09:50:00+00:00``; ``None`` where one cannot be read.
    """
    parts = []
    for part in text.split(";"):
        name, at, moment = (piece.strip() for piece in part.partition("@"))
        try:
            parts.append(f"{name}@{parse_instant(moment, zone).isoformat()}" if at else name)
        except ValueError:
            return None
    return ";".join(parts)
