"""The columns of what is written of trends."""

from __future__ import annotations

import polars as pl

OF: dict[str, pl.DataType] = {
    "term": pl.String(),
    "party": pl.String(),
    "area": pl.String(),
    "counted": pl.String(),
    "unit": pl.String(),
}
RATES: dict[str, pl.DataType] = {
    **OF,
    "period": pl.String(),
    "first": pl.Date(),
    "last": pl.Date(),
    "count": pl.Int64(),
    "days": pl.Int64(),
    "no_report": pl.Int64(),
    "unwatched": pl.Int64(),
    "outside": pl.Int64(),
    "exposure": pl.Float64(),
    "rate": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "scatter": pl.Float64(),
    "borrowed": pl.Boolean(),
}
RATIOS: dict[str, pl.DataType] = {
    **OF,
    "of": pl.String(),
    "to": pl.String(),
    "ratio": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
}
CHANGES: dict[str, pl.DataType] = {
    **OF,
    "day": pl.Date(),
    "earliest": pl.Date(),
    "latest": pl.Date(),
    "before": pl.Float64(),
    "after": pl.Float64(),
}
SERIES: dict[str, pl.DataType] = {
    **OF,
    "first": pl.Date(),
    "last": pl.Date(),
    "count": pl.Int64(),
    "no_report": pl.Int64(),
    "watched": pl.Float64(),
    "verdict": pl.String(),
}
