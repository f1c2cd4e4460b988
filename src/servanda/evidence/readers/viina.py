"""VIINA 2.0: incidents classified from headlines of Ukrainian and Russian news.

Its event types stopped following the headlines in March 2025, so that from then on the act stays unknown. More
than half of its rows carry a date without a time (midnight): they are taken as lasting all day.
"""

import polars as pl

from servanda.evidence.model import Context, Reader, Tables
from servanda.evidence.normalise.text import day_of

_ACTS = (  # the first that a row's codes hold decides
    ("artillery", "shelling"),
    ("airstrike", "airstrike"),
    ("uav", "strike_drone"),
    ("firefighb", "armed_clash"),
    ("armor", "assault"),
    ("ied", "explosion"),
    ("raid", "assault"),
)
_RELIABLE_BEFORE = "2025-03-01"


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    types = pl.concat_str(pl.lit("|"), pl.col("event_type").fill_null(""), pl.lit("|"))
    act = pl.coalesce([pl.when(types.str.contains(f"|{code}|", literal=True)).then(pl.lit(act)) for code, act in _ACTS])
    midnight = day_of(pl.col("datetime")).is_not_null()
    day = pl.col("datetime").str.slice(0, 10)
    table = raw.with_columns(
        source=pl.lit("VIINA"),
        report_id=pl.concat_str(pl.lit("VIINA-"), day, pl.lit("-"), pl.col("row").cast(pl.String)),
        start=pl.when(midnight).then(day).otherwise(pl.col("datetime")),
        end=pl.when(midnight).then(day).otherwise(None),
        precision_m=pl.lit(10_000.0),
        act=pl.when(day < _RELIABLE_BEFORE).then(act),
        summary=pl.col("headline"),
    )
    return {"reports": table}


READER = Reader(
    "viina",
    "VIINA 2.0 incidents",
    "Columns datetime, lon, lat, place_name, event_type, headline.",
    frozenset({"datetime", "lon", "lat", "place_name", "event_type", "headline"}),
    translate,
    lenient_actors=True,
    local_time=True,
)
