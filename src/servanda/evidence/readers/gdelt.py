"""GDELT events, versions 1 and 2 (CAMEO codes): one row per event that a machine found in news.

Taken: acts of force (CAMEO 18 assault, 19 fight, 20 mass violence) and protest (14), their day, place and page. Left, and told: every other row,
of words and deals. Nobody is accused: who did it to whom is a machine's reading of one sentence. ``ActionGeo_Type`` gives the radius
(3, 4 a city, 2, 5 a state, 1 a country); ``DATEADDED`` is when a row became known.
"""

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables

_ACT = {
    "193": "small_arms",
    "194": "shelling",
    "195": "airstrike",
    "1951": "airstrike",
    "1952": "strike_drone",
    "196": "attack",
    "192": "advance",
    "180": "attack",
    "181": "abduction",
    "182": "violence_against_civilians",
    "183": "explosion",
    "1831": "explosion",
    "1832": "explosion",
    "1833": "explosion",
}
_ROOT = {"14": "unrest", "18": "attack", "19": "armed_clash", "20": "violence_against_civilians"}
_RADIUS_M = {"1": 500_000.0, "2": 120_000.0, "3": 10_000.0, "4": 10_000.0, "5": 120_000.0}


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    code = pl.col("EventCode").str.strip_suffix(".0")
    root = code.str.slice(0, 2)
    added = pl.col("DATEADDED").str.extract(r"^(\d{8})")
    clock = pl.col("DATEADDED").str.extract(r"^\d{8}(\d{6})$")
    day = pl.col("SQLDATE").str.to_date("%Y%m%d", strict=False).dt.strftime("%Y-%m-%d")
    known = pl.concat_str(added, pl.lit("T"), pl.coalesce(clock, pl.lit("235959")), pl.lit("Z"))
    table = raw.with_columns(
        report_id=pl.concat_str(pl.lit("GDELT-"), "GLOBALEVENTID"),
        source=pl.lit("GDELT"),
        origin=pl.coalesce(pl.col("SOURCEURL").str.extract(r"^https?://(?:www\.)?([^/]+)"), pl.lit("GDELT")),
        side=pl.lit(NO_SIDE),
        start=pl.coalesce(day, "SQLDATE"),
        end=day,
        known_at=known,
        lat=pl.col("ActionGeo_Lat"),
        lon=pl.col("ActionGeo_Long"),
        precision_m=pl.col("ActionGeo_Type").replace_strict(_RADIUS_M, default=None, return_dtype=pl.Float64),
        place_name=pl.col("ActionGeo_FullName"),
        act=pl.coalesce(
            code.replace_strict(_ACT, default=None, return_dtype=pl.String),
            root.replace_strict(_ROOT, default=None, return_dtype=pl.String),
        ),
        url=pl.col("SOURCEURL"),
        left_out=pl.when(~root.is_in(list(_ROOT))).then(pl.lit("left out: neither an act of force nor a protest")),
    )
    return {"reports": table}


READER = Reader(
    "gdelt",
    "GDELT events",
    "Columns GLOBALEVENTID, SQLDATE, EventCode, ActionGeo_Lat and so on; a table without a header is known by its shape.",
    frozenset({"GLOBALEVENTID", "SQLDATE", "EventCode", "ActionGeo_Lat", "ActionGeo_Long"}),
    translate,
    lenient_actors=True,
    local_time=True,
    optional=frozenset({"DATEADDED", "SOURCEURL", "ActionGeo_Type", "ActionGeo_FullName"}),
)
