"""ACLED export (codebook 2023): one row per event, whatever the number of sources behind it.

Its dates are calendar days at the place; the radius of its place follows ``geo_precision`` (1 the named place,
2 its surroundings, 3 a province). ``timestamp`` (Unix seconds of the upload) is when a row became known.
"""

import polars as pl

from servanda.evidence.model import Context, Reader, Tables

_SUB_EVENT = {
    "Armed clash": "armed_clash",
    "Government regains territory": "advance",
    "Non-state actor overtakes territory": "advance",
    "Air/drone strike": "strike",
    "Shelling/artillery/missile attack": "attack",  # artillery and missiles in one: what lies above both
    "Remote explosive/landmine/IED": "explosion",
    "Grenade": "attack",
    "Suicide bomb": "attack",
    "Chemical weapon": "attack",
    "Attack": "violence_against_civilians",
    "Abduction/forced disappearance": "abduction",
    "Sexual violence": "violence_against_civilians",
    "Disrupted weapons use": "other",
    "Headquarters or base established": "military_presence",
    "Non-violent transfer of territory": "movement",
    "Agreement": "other",
    "Arrests": "other",
    "Looting/property destruction": "other",
    "Change to group/activity": "other",
    "Other": "other",
}
_EVENT = {
    "Battles": "armed_clash",
    "Explosions/Remote violence": "attack",
    "Violence against civilians": "violence_against_civilians",
    "Protests": "unrest",
    "Riots": "unrest",
    "Strategic developments": "other",
}
_RADIUS_M = {"1": 5_000.0, "2": 25_000.0, "3": 100_000.0}
_DAYS = {"1": 0, "2": 6, "3": 30}  # time_precision: the day, the week, the month


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    date = pl.coalesce(
        pl.col("event_date").str.replace(" 00:00:00", "", literal=True).str.to_date("%Y-%m-%d", strict=False),
        pl.col("event_date").str.to_date("%d %B %Y", strict=False),
        pl.col("event_date").str.to_date("%d-%B-%Y", strict=False),
    )
    more = pl.col("time_precision").replace_strict(_DAYS, default=0, return_dtype=pl.Int64)
    known = pl.from_epoch(pl.col("timestamp").cast(pl.Int64, strict=False), "s").dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    precision = pl.col("geo_precision").replace_strict(_RADIUS_M, default=None, return_dtype=pl.Float64)
    table = raw.with_columns(
        report_id=pl.col("event_id_cnty"),
        start=pl.coalesce(date.dt.strftime("%Y-%m-%d"), pl.col("event_date")),
        end=(date + pl.duration(days=more)).dt.strftime("%Y-%m-%d"),
        known_at=known,
        lat=pl.col("latitude"),
        lon=pl.col("longitude"),
        precision_m=precision,
        place_name=pl.col("location"),
        act=pl.coalesce(
            pl.col("sub_event_type").replace_strict(_SUB_EVENT, default=None, return_dtype=pl.String),
            pl.col("event_type").replace_strict(_EVENT, default=None, return_dtype=pl.String),
        ),
        actor=pl.col("actor1"),
        summary=pl.col("notes"),
    )
    return {"reports": table}


READER = Reader(
    "acled",
    "ACLED export",
    "Columns event_id_cnty, event_date, event_type, sub_event_type, actor1, source and so on.",
    frozenset(
        {"event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "source", "latitude", "longitude"}
    ),
    translate,
    optional=frozenset({"time_precision", "geo_precision", "timestamp", "location", "notes", "admin1"}),
    lenient_actors=True,
    local_time=True,
)
