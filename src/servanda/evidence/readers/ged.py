"""UCDP Georeferenced Event Dataset (codebook 23.1): one row per event of organised violence with deaths.

``where_prec`` gives the radius (1 the place, 2 within 25 km, 3 a district, 4 a province, 5 a line or vague area,
6 a country, 7 international waters). The dataset names two sides and not who struck, so no party is accused.
"""

import polars as pl

from servanda.evidence.model import Context, Reader, Tables

_ACT = {"1": "armed_clash", "2": "armed_clash", "3": "violence_against_civilians"}
_RADIUS_M = {"1": 5_000.0, "2": 25_000.0, "3": 40_000.0, "4": 120_000.0, "5": 150_000.0, "6": 500_000.0, "7": 500_000.0}


def _whole(column: str) -> pl.Expr:
    return pl.col(column).str.strip_suffix(".0")


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    table = raw.with_columns(
        report_id=pl.concat_str(pl.lit("GED-"), _whole("id")),
        source=pl.coalesce("source_office", pl.lit("UCDP GED")),
        origin=pl.coalesce("source_original", "source_office", pl.lit("UCDP GED")),
        start=pl.col("date_start").str.slice(0, 10),
        end=pl.col("date_end").str.slice(0, 10),
        lat=pl.col("latitude"),
        lon=pl.col("longitude"),
        precision_m=_whole("where_prec").replace_strict(_RADIUS_M, default=None, return_dtype=pl.Float64),
        place_name=pl.col("where_coordinates"),
        admin1=pl.col("adm_1"),
        act=_whole("type_of_violence").replace_strict(_ACT, default=None, return_dtype=pl.String),
        effect=pl.concat_str(pl.lit("deaths, best estimate: "), _whole("best")),
        summary=pl.col("dyad_name"),
    )
    return {"reports": table}


READER = Reader(
    "ged",
    "UCDP GED",
    "Columns id, type_of_violence, where_prec, date_prec, date_start, date_end, best and so on.",
    frozenset(
        {
            "id",
            "type_of_violence",
            "where_prec",
            "date_start",
            "date_end",
            "latitude",
            "longitude",
            "source_office",
            "best",
        }
    ),
    translate,
    optional=frozenset({"source_original", "where_coordinates", "adm_1", "dyad_name"}),
    lenient_actors=True,
    local_time=True,
    days=frozenset({"date_start", "date_end"}),
)
