"""ACLED export (codebooks 2017 to 2023): one row per event, whatever the number of sources behind it.

Its dates are calendar days at the place, however a spreadsheet or an API wrote them; a date with another time than midnight is no such
day. Battles name two actors and not who began, so they accuse nobody. The radius of its place follows ``geo_precision`` (1 the named place,
2 its surroundings, 3 a province). ``timestamp`` (Unix seconds of the upload) is when a row became known.
"""

import polars as pl

from servanda.evidence.model import Context, Reader, Tables
from servanda.evidence.normalise.text import day_of

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
    "Sexual violence": "sexual_violence",
    "Disrupted weapons use": "other",
    "Headquarters or base established": "military_presence",
    "Non-violent transfer of territory": "movement",
    "Agreement": "other",
    "Arrests": "other",
    "Looting/property destruction": "property_act",
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
    "Battle-No change of territory": "armed_clash",  # as it was called until 2018, when there were no sub-events
    "Battle-Government regains territory": "advance",
    "Battle-Non-state actor overtakes territory": "advance",
    "Remote violence": "attack",
    "Riots/Protests": "unrest",
    "Strategic development": "other",
    "Headquarters or base established": "military_presence",
    "Non-violent transfer of territory": "movement",
}
_RADIUS_M = {"1": 5_000.0, "2": 25_000.0, "3": 100_000.0}
_FORMS = ("%d %B %Y", "%d-%B-%Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%d %B %y", "%d-%B-%y", "%B %d, %Y")
_DAYS = {"1": 0, "2": 6, "3": 30}  # time_precision: the day, the week, the month


def _of_four_digits(date: pl.Expr) -> pl.Expr:
    """A date whose year is no year of two digits, taken for one of antiquity."""
    return pl.when(date.dt.year() >= 1000).then(date)


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    written = pl.col("event_date")
    date = pl.coalesce(
        day_of(written).str.to_date("%Y-%m-%d", strict=False),
        *(_of_four_digits(written.str.to_date(form, strict=False)) for form in _FORMS),
    )
    # a year of two digits, or a day and a month in the other's place, shows where the year is given besides
    year = pl.col("year").cast(pl.Int32, strict=False)
    date = pl.when(year.is_null() | (date.dt.year() == year)).then(date)
    more = pl.col("time_precision").replace_strict(_DAYS, default=0, return_dtype=pl.Int64)
    known = pl.from_epoch(pl.col("timestamp").cast(pl.Int64, strict=False), "s").dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    precision = pl.col("geo_precision").replace_strict(_RADIUS_M, default=None, return_dtype=pl.Float64)
    table = raw.with_columns(
        report_id=pl.col("event_id_cnty"),
        start=pl.coalesce(date.dt.strftime("%Y-%m-%d"), written),
        left_out=pl.when(date.is_null() & written.is_not_null()).then(
            pl.lit("start: not a day, as this format has it")
        ),
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
        actor=pl.when(~pl.col("event_type").str.starts_with("Battle")).then("actor1"),
        summary=pl.col("notes"),
    )
    return {"reports": table}


READER = Reader(
    "acled",
    "ACLED export",
    "Columns event_id_cnty, event_date, event_type, actor1, source and so on, in small letters or capitals; sub_event_type since 2019.",
    frozenset({"event_id_cnty", "event_date", "event_type", "actor1", "source", "latitude", "longitude"}),
    translate,
    optional=frozenset(
        {"sub_event_type", "year", "time_precision", "geo_precision", "timestamp", "location", "notes", "admin1"}
    ),
    lenient_actors=True,
    local_time=True,
    days=frozenset({"event_date"}),
)
