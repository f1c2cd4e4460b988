"""Air-raid alerts of Ukraine by region, from the official and the volunteer feed.

An alert is a warning, not an attack: it is read as an observation of the act ``air_raid_alert``, which no term
that forbids attacks speaks of. Its place is the region: the centre and the radius of the circle around it, from
the region outlines of geoBoundaries (CC BY 4.0). Regions are known by their Ukrainian, Russian and English names.
"""

from functools import cache

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables
from servanda.values.gazetteer import gazetteer
from servanda.values.names import name_key, name_keys

_REGIONS = {  # latitude, longitude, radius in km
    "Cherkaska oblast": (49.08, 31.25, 143),
    "Chernihivska oblast": (51.68, 31.96, 160),
    "Chernivetska oblast": (48.10, 26.23, 107),
    "Dnipropetrovska oblast": (48.07, 34.93, 157),
    "Donetska oblast": (47.93, 37.74, 146),
    "Ivano-Frankivska oblast": (48.68, 24.59, 109),
    "Kharkivska oblast": (49.87, 36.47, 149),
    "Khersonska oblast": (46.28, 33.31, 167),
    "Khmelnytska oblast": (49.52, 26.85, 121),
    "Kirovohradska oblast": (48.60, 31.82, 158),
    "Kyiv City": (50.46, 30.53, 29),
    "Kyivska oblast": (50.46, 30.60, 155),
    "Luhanska oblast": (48.95, 38.96, 138),
    "Lvivska oblast": (49.61, 24.05, 116),
    "Mykolaivska oblast": (47.65, 31.70, 145),
    "Odeska oblast": (46.53, 29.63, 192),
    "Poltavska oblast": (49.90, 33.79, 136),
    "Rivnenska oblast": (50.94, 26.42, 130),
    "Sumska oblast": (51.20, 34.43, 147),
    "Ternopilska oblast": (49.33, 25.75, 110),
    "Vinnytska oblast": (48.76, 28.70, 128),
    "Volynska oblast": (51.31, 24.86, 116),
    "Zakarpatska oblast": (48.29, 23.39, 109),
    "Zaporizka oblast": (47.25, 35.69, 128),
    "Zhytomyrska oblast": (50.47, 28.47, 141),
    "Autonomous Republic of Crimea": (45.43, 34.44, 179),
    "Sevastopol City": (44.57, 33.52, 45),
}


@cache
def _names() -> dict[str, str]:
    """The region of every name that a feed may give it, by the name's key."""
    known = gazetteer("regions.yaml")
    names = {name_key(region): region for region in _REGIONS}
    for region, others in known["regions"].items():
        stem = region.removesuffix(" oblast")
        for name in (stem, *others):
            names |= dict.fromkeys((name_key(name), *(name_key(f"{name} {word}") for word in known["behind"])), region)
    for region, others in known["cities"].items():
        names |= {name_key(name): region for name in others}
    return names


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    region = pl.coalesce("region", "oblast")
    at = {name: n for n, name in enumerate(_REGIONS)}
    named = {name: at[region] for name, region in _names().items()}
    where = name_keys(region).replace_strict(named, default=None, return_dtype=pl.Int64)
    known = pl.DataFrame(list(_REGIONS.values()), schema=["_lat", "_lon", "_km"], orient="row").with_row_index("_at")
    feed = pl.coalesce(
        pl.concat_str(pl.lit("air-raid alerts, "), "source"),
        pl.when(pl.col("naive").is_not_null()).then(pl.lit("air-raid alerts, volunteer")),
        pl.lit("air-raid alerts"),
    )
    table = raw.with_columns(_at=where.cast(pl.UInt32)).join(known, on="_at", how="left", maintain_order="left")
    table = table.with_columns(
        report_id=pl.concat_str(
            pl.lit("ALERT-"), region, pl.lit("-"), pl.coalesce("raion", pl.lit("")), pl.lit("-"), "started_at"
        ),
        source=feed,
        side=pl.lit(NO_SIDE),
        reliability=pl.lit("B"),
        kind=pl.lit("observation"),
        start=pl.col("started_at"),
        end=pl.col("finished_at"),
        known_at=pl.col("started_at"),
        lat=pl.col("_lat"),
        lon=pl.col("_lon"),
        precision_m=pl.col("_km") * 1000.0,
        place_name=pl.concat_str(region, "raion", "hromada", separator=", ", ignore_nulls=True),
        act=pl.lit("air_raid_alert"),
    )
    return {"reports": table}


READERS = tuple(
    Reader(
        f"alerts-{name}",
        f"Air-raid alerts of Ukraine ({title})",
        f"Columns {', '.join(sorted(signature))} and so on.",
        frozenset(signature),
        translate,
        knows_its_sources=True,
        optional=frozenset({"region", "oblast", "raion", "hromada", "source", "naive"}),
    )
    for name, title, signature in (
        ("merged", "merged intervals by region", ("region", "started_at", "finished_at", "n_subalerts")),
        ("official", "official feed", ("oblast", "raion", "started_at", "finished_at", "level")),
        ("volunteer", "volunteer feed", ("region", "started_at", "finished_at", "naive")),
    )
)
