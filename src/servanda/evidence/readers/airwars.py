"""Airwars: incidents of civilian harm, as its site exports them (``incidents-CONFLICT.csv``), one row for each incident.

Taken: the day, the place with a radius by ``geolocation_accuracy_slug``, the kind of strike where there is one kind only, the civilians killed. Left: the hour,
which is of several kinds; who struck, whom Airwars suspects or who conceded it: the names stand in the summary, and nobody is accused.
"""

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables

_STRIKES = (("airstrike", "airstrike"), ("drone", "strike_drone"), ("artillery", "shelling"))
_RADIUS_M = {
    "village": 5_000.0,
    "town": 5_000.0,
    "city": 10_000.0,
    "subdistrict": 20_000.0,
    "district": 40_000.0,
    "province_governorate": 120_000.0,
}


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    kind = pl.col("strike_type_slug").fill_null("").str.to_lowercase()
    found = [kind.str.contains(word, literal=True) for word, _ in _STRIKES]
    single = pl.sum_horizontal(found) == 1
    act = pl.coalesce(pl.when(single & has).then(pl.lit(act)) for has, (_, act) in zip(found, _STRIKES, strict=True))
    killed = [pl.col(f"civilian_non_combatants_killed_{end}") for end in ("min", "max")]
    day = pl.col("date").str.slice(0, 10)
    suspected = pl.concat_str(
        pl.col("belligerent_1_belligerent_name"),
        pl.col("belligerent_2_belligerent_name"),
        separator=", ",
        ignore_nulls=True,
    )
    table = raw.with_columns(
        report_id=pl.concat_str(pl.lit("Airwars-"), pl.coalesce("code", pl.col("row").cast(pl.String))),
        source=pl.lit("Airwars"),
        side=pl.lit(NO_SIDE),
        start=day,
        end=day,
        lat=pl.col("latitude"),
        lon=pl.col("longitude"),
        precision_m=pl.col("geolocation_accuracy_slug")
        .str.to_lowercase()
        .replace_strict(_RADIUS_M, default=None, return_dtype=pl.Float64),
        place_name=pl.col("location_name"),
        admin1=pl.col("region"),
        act=act,
        effect=pl.concat_str(pl.lit("civilians killed, reported: "), killed[0], pl.lit(" to "), killed[1]),
        summary=pl.concat_str(
            "summary", pl.concat_str(pl.lit("named: "), suspected.replace("", None)), separator=" | ", ignore_nulls=True
        ),
        url=pl.col("permalink"),
    )
    return {"reports": table}


READER = Reader(
    "airwars",
    "Airwars incidents of civilian harm",
    "Columns code, date, strike_type_slug, strike_status_slug, latitude, longitude and so on.",
    frozenset({"code", "date", "strike_type_slug", "strike_status_slug", "latitude", "longitude"}),
    translate,
    lenient_actors=True,
    local_time=True,
    knows_its_sources=True,
    optional=frozenset(
        {
            "permalink",
            "location_name",
            "region",
            "geolocation_accuracy_slug",
            "civilian_non_combatants_killed_min",
            "civilian_non_combatants_killed_max",
            "belligerent_1_belligerent_name",
            "belligerent_2_belligerent_name",
            "summary",
        }
    ),
    days=frozenset({"date"}),
)
