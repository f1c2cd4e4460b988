"""The reports that assert incidents, and of which origins they are."""

from __future__ import annotations

import polars as pl

from servanda.incidents import standing
from servanda.values.names import name_keys


def asserting_of(members: pl.DataFrame) -> pl.DataFrame:
    """The reports of incidents that still stand and deny nothing, without a place at none."""
    told = standing(members).filter(pl.col("stance") != "denies")
    return told.with_columns(pl.col("lat", "lon").fill_null(float("nan")))


def speaking_of(asserting: pl.DataFrame) -> pl.DataFrame:
    """Of every incident how many of these reports it has, and their origins, as names are compared."""
    named = asserting.select("key", "incident", name_keys(pl.col("origin")))
    return named.group_by("key", "incident").agg(reports=pl.len(), origins=pl.col("origin").unique())
