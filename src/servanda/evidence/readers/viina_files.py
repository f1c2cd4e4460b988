"""VIINA 2.0 as its authors publish it: ``event_info_latest_YEAR.csv``, and ``event_1pd_latest_YEAR.csv`` with its labels.

Day and time stand apart, and the labels of what happened in a second file (``event_labels_latest_YEAR.csv``, which has no places): given together,
``servanda import`` joins them by ``viinaid``. Of the first alone the act stays unknown. Labels are taken until February 2025, after which they no longer
follow the headlines. ``GEO_PRECISION`` gives the radius.
"""

import polars as pl

from servanda.evidence.model import Context, Reader, Tables

_LABELS = (  # the first that is set decides
    ("t_artillery", "shelling"),
    ("t_airstrike", "airstrike"),
    ("t_uav", "strike_drone"),
    ("t_firefight", "armed_clash"),
    ("t_armor", "assault"),
    ("t_ied", "explosion"),
    ("t_raid", "assault"),
)
_RELIABLE_BEFORE = "20250301"
_RADIUS_M = {
    **dict.fromkeys(("STREET", "BUILDING", "ADDRESS"), 2_000.0),
    **dict.fromkeys(("PPL", "SETTLEMENT", "CITY"), 10_000.0),
    **dict.fromkeys(("ADM2", "RAION"), 40_000.0),
    **dict.fromkeys(("ADM1", "OBLAST"), 120_000.0),
    **dict.fromkeys(("ADM0", "COUNTRY"), 500_000.0),
}


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    day = pl.col("date").str.strip_suffix(".0").str.extract(r"^(\d{8})$")
    iso = pl.concat_str(day.str.slice(0, 4), pl.lit("-"), day.str.slice(4, 2), pl.lit("-"), day.str.slice(6, 2))
    clock = pl.col("time").str.extract(r"^(\d\d:\d\d(?::\d\d)?)$")
    timed = clock.is_not_null() & ~clock.str.starts_with("00:00")
    label = pl.coalesce(
        pl.when(pl.coalesce(name, f"{name}_b").cast(pl.Float64, strict=False) > 0.5).then(pl.lit(act))
        for name, act in _LABELS
    )
    table = raw.with_columns(
        source=pl.coalesce("source", pl.lit("VIINA")),
        report_id=pl.concat_str(pl.lit("VIINA-"), "viinaid"),
        start=pl.when(timed).then(pl.concat_str(iso, pl.lit("T"), clock)).otherwise(pl.coalesce(iso, "date")),
        end=pl.when(~timed).then(iso),
        lat=pl.col("latitude"),
        lon=pl.col("longitude"),
        precision_m=pl.col("GEO_PRECISION").str.to_uppercase().replace_strict(_RADIUS_M, default=10_000.0),
        place_name=pl.coalesce("asciiname", "location"),
        admin1=pl.col("ADM1_NAME"),
        act=pl.when(day < _RELIABLE_BEFORE).then(label),
        summary=pl.col("text"),
    )
    return {"reports": table}


READER = Reader(
    "viina-files",
    "VIINA 2.0 as published (event_info, event_1pd)",
    "Columns viinaid, date, time, longitude, latitude.",
    frozenset({"viinaid", "date", "time", "longitude", "latitude"}),
    translate,
    lenient_actors=True,
    local_time=True,
    joined_on="viinaid",
    optional=frozenset(
        {"GEO_PRECISION", "asciiname", "location", "ADM1_NAME", "source", "url", "text"}
        | {name for label, _ in _LABELS for name in (label, f"{label}_b")}
    ),
)
