"""NASA FIRMS: active fires seen by VIIRS (375 m) and MODIS (1 km) from orbit; archive, near-real-time, and the downloads of the last days.

A detection says that something was hot at that minute; never what, why or by whom. Each instrument on each satellite is an origin
of its own, whatever the product calls it ("T" and "Terra"). Confidence: VIIRS l, n, h; Landsat L, M, H; MODIS 0 to 100. What the archive knows to be a
volcano, another static source on land (a furnace, a flare) or one off shore (``type`` 1, 2, 3) is left out, and told. Names and types
as in the attribute tables of the FIRMS active fire products.
"""

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables
from servanda.values.names import name_keys

_SATELLITES = {
    "Terra": ("T", "Terra", "EOS AM-1"),
    "Aqua": ("A", "Aqua", "EOS PM-1"),
    "Suomi NPP": ("N", "NPP", "SNPP", "S-NPP", "Suomi NPP", "Suomi-NPP", "VIIRS_SNPP"),
    "NOAA-20": ("1", "N20", "NOAA-20", "NOAA20", "NOAA 20", "J1", "JPSS-1", "JPSS1"),
    "NOAA-21": ("2", "N21", "NOAA-21", "NOAA21", "NOAA 21", "J2", "JPSS-2", "JPSS2"),
    "Landsat 8": ("L8", "Landsat 8", "Landsat-8"),
    "Landsat 9": ("L9", "Landsat 9", "Landsat-9"),
}
_INSTRUMENT = {"Terra": "MODIS", "Aqua": "MODIS", "Landsat 8": "OLI", "Landsat 9": "OLI"} | dict.fromkeys(
    ("Suomi NPP", "NOAA-20", "NOAA-21"), "VIIRS"
)
_LANDSAT_M = 100.0
"""Pixels of Landsat have 30 m; its ``scan`` and ``track`` are the number of the pixel and no length."""
_NO_FIRE = {
    "1": "left out: an active volcano (type 1), no fire",
    "2": "left out: another static source of heat on land (type 2), as a furnace or a flare",
    "3": "left out: a static source of heat off shore (type 3), as a flare",
}


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    clock = pl.col("acq_time").str.replace_all(":", "", literal=True).str.zfill(4)
    day = pl.col("acq_date").str.slice(0, 10)
    when = pl.concat_str(day, pl.lit("T"), clock.str.slice(0, 2), pl.lit(":"), clock.str.slice(2, 2), pl.lit("+00:00"))
    pixel = pl.max_horizontal(
        pl.col("scan").cast(pl.Float64, strict=False), pl.col("track").cast(pl.Float64, strict=False)
    )
    satellite, instrument = _names(raw)
    radius = pl.when(instrument == "OLI").then(_LANDSAT_M).otherwise(pixel * 1000.0)
    place = [
        pl.coalesce(pl.col(c).cast(pl.Float64, strict=False).round(5).cast(pl.String), c)
        for c in ("latitude", "longitude")
    ]
    table = raw.with_columns(
        source=pl.lit("NASA FIRMS"),
        origin=pl.concat_str(pl.lit("NASA FIRMS "), instrument, pl.lit(" on "), satellite),
        report_id=pl.concat_str(pl.lit("FIRMS"), instrument, satellite, day, clock, *place, separator="-"),
        side=pl.lit(NO_SIDE),
        reliability=pl.lit("B"),
        credibility=_digit(),
        kind=pl.lit("observation"),
        start=when,
        known_at=when,
        lat=pl.col("latitude"),
        lon=pl.col("longitude"),
        precision_m=radius,
        act=pl.lit("fire"),
        effect=pl.concat_str(pl.lit("fire radiative power, MW: "), "frp"),
        left_out=pl.col("type").str.strip_suffix(".0").replace_strict(_NO_FIRE, default=None, return_dtype=pl.String),
    )
    return {"reports": table}


def _names(raw: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """The satellite and the instrument by one name each; the columns of brightness tell an instrument that is not named."""
    known = {spelling.lower(): name for name, spellings in _SATELLITES.items() for spelling in spellings}
    given = name_keys(pl.col("satellite").str.strip_suffix(".0"))
    satellite = pl.coalesce(given.replace_strict(known, default=None, return_dtype=pl.String), "satellite")
    told = (
        "VIIRS"
        if raw["bright_ti4"].null_count() < raw.height
        else "MODIS"
        if raw["bright_t31"].null_count() < raw.height
        else None
    )
    return satellite, pl.coalesce(
        pl.col("instrument").str.to_uppercase(),
        satellite.replace_strict(_INSTRUMENT, default=None, return_dtype=pl.String),
        pl.lit(told, dtype=pl.String),
        pl.lit("instrument unknown"),
    )


def _digit() -> pl.Expr:
    """The Admiralty digit of a confidence."""
    confidence = pl.col("confidence").str.to_lowercase()
    share = confidence.cast(pl.Float64, strict=False)
    return (
        pl.when(confidence.is_in(["h", "high"]) | (share >= 80))
        .then(pl.lit("2"))
        .when(confidence.is_in(["n", "nominal", "m", "medium"]) | (share >= 30))
        .then(pl.lit("3"))
        .when(confidence.is_in(["l", "low"]) | (share < 30))
        .then(pl.lit("4"))
        .otherwise(pl.lit("6"))
    )


READER = Reader(
    "firms",
    "NASA FIRMS (VIIRS, MODIS, Landsat)",
    "Columns latitude, longitude, scan, track, acq_date, acq_time, satellite, confidence.",
    frozenset({"latitude", "longitude", "scan", "track", "acq_date", "acq_time", "satellite", "confidence"}),
    translate,
    knows_its_sources=True,
    optional=frozenset({"instrument", "frp", "type", "bright_ti4", "bright_t31"}),
    days=frozenset({"acq_date"}),
)
