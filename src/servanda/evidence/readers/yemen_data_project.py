"""Yemen Data Project: air raids of the Saudi-led coalition in Yemen, one row per raid.

Taken: day, place, target, the least number of raids. There are no coordinates: the reports match only terms that bind anywhere, unless places
are added. Left: the hour, which is now of 12 and now of 24 hours, and the part of the day; both stand in the summary. The accused is
"Saudi-led coalition"; a register of sources says whose that is.
"""

import polars as pl

from servanda.evidence.model import NO_SIDE, Context, Reader, Tables

_TARGET = {
    "school": "school",
    "hospital": "hospital",
    "market place": "market",
    "residential area": "residential",
    "military site": "military_position",
    "weapon storage": "military_depot",
}
_MAIN = {
    "military_security_target": "military",
    "educational_facility": "school",
    "medical_facility": "hospital",
    "civilian": "civilian",
}


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    day = pl.coalesce(
        pl.col("Date").str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%b-%Y")
    ).dt.strftime("%Y-%m-%d")
    killed = pl.col("Fatalities")
    table = raw.with_columns(
        report_id=pl.concat_str(pl.lit("YDP-"), pl.coalesce("Incident ID", pl.col("row").cast(pl.String))),
        source=pl.lit("Yemen Data Project"),
        side=pl.lit(NO_SIDE),
        start=pl.coalesce(day, "Date"),
        end=day,
        place_name=pl.concat_str("Target", "Area", "District", separator=", ", ignore_nulls=True),
        admin1=pl.col("Governorate"),
        act=pl.lit("airstrike"),
        target=pl.coalesce(
            pl.col("Sub-category").str.to_lowercase().replace_strict(_TARGET, default=None, return_dtype=pl.String),
            pl.col("Main category").str.to_lowercase().replace_strict(_MAIN, default=None, return_dtype=pl.String),
        ),
        actor=pl.lit("Saudi-led coalition"),
        quantity=pl.col("Min Air Raids"),
        effect=pl.concat_str(pl.lit("civilians killed: "), killed),
        summary=pl.concat_str(pl.lit("hour: "), pl.col("Confirmed Time"), pl.lit(", "), "Time of Day"),
    )
    return {"reports": table}


READER = Reader(
    "yemen-data-project",
    "Yemen Data Project air raids",
    "Columns Date, Governorate, District, Main category, Sub-category, Min Air Raids, Max Air Raids.",
    frozenset({"Date", "Governorate", "District", "Main category", "Sub-category", "Min Air Raids", "Max Air Raids"}),
    translate,
    lenient_actors=True,
    local_time=True,
    optional=frozenset(
        {
            *("Incident ID", "Area", "Target", "Fatalities", "Confirmed Time"),
            "Time of Day",
        }
    ),
)
