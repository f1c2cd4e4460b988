"""NASA FIRMS archive: active fires seen by VIIRS (375 m) and MODIS (1 km) from orbit.

A detection says that something was hot at that minute; never what, why or by whom. Each instrument on each
satellite is an origin of its own. Confidence: VIIRS l, n, h; MODIS 0 to 100.
"""

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    clock = pl.col("acq_time").str.replace(":", "", literal=True).str.zfill(4)
    day = pl.col("acq_date").str.slice(0, 10)
    when = pl.concat_str(day, pl.lit("T"), clock.str.slice(0, 2), pl.lit(":"), clock.str.slice(2, 2), pl.lit("+00:00"))
    pixel = pl.max_horizontal(
        pl.col("scan").cast(pl.Float64, strict=False), pl.col("track").cast(pl.Float64, strict=False)
    )
    confidence = pl.col("confidence").str.to_lowercase()
    share = confidence.cast(pl.Float64, strict=False)
    digit = (
        pl.when(confidence.is_in(["h", "high"]) | (share >= 80))
        .then(pl.lit("2"))
        .when(confidence.is_in(["n", "nominal"]) | (share >= 30))
        .then(pl.lit("3"))
        .when(confidence.is_in(["l", "low"]) | (share < 30))
        .then(pl.lit("4"))
        .otherwise(pl.lit("6"))
    )
    table = raw.with_columns(
        source=pl.lit("NASA FIRMS"),
        origin=pl.concat_str(pl.lit("NASA FIRMS "), "instrument", pl.lit(" on "), "satellite"),
        report_id=pl.concat_str(
            pl.lit("FIRMS-"),
            "instrument",
            pl.lit("-"),
            "satellite",
            pl.lit("-"),
            day,
            pl.lit("-"),
            clock,
            pl.lit("-"),
            "latitude",
            pl.lit("-"),
            "longitude",
        ),
        side=pl.lit(NO_SIDE),
        reliability=pl.lit("B"),
        credibility=digit,
        kind=pl.lit("observation"),
        start=when,
        known_at=when,
        lat=pl.col("latitude"),
        lon=pl.col("longitude"),
        precision_m=pixel * 1000.0,
        act=pl.lit("fire"),
        effect=pl.concat_str(pl.lit("fire radiative power, MW: "), "frp"),
    )
    return {"reports": table}


READER = Reader(
    "firms",
    "NASA FIRMS archive (VIIRS, MODIS)",
    "Columns latitude, longitude, scan, track, acq_date, acq_time, satellite, instrument, confidence.",
    frozenset(
        {"latitude", "longitude", "scan", "track", "acq_date", "acq_time", "satellite", "instrument", "confidence"}
    ),
    translate,
    knows_its_sources=True,
    optional=frozenset({"frp"}),
)
