"""The hand coding of the truces of spring 2025: one row per source's assertion as carried by one page."""

import polars as pl

from servanda.evidence.model import Context, Reader, Tables
from servanda.values.filled import filled

_ACTS = {"unspecified": "attack"}


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    """Rows of kind event, aggregate and statement become reports, figures and statements."""
    energy = pl.col("is_energy_infrastructure").is_in(["yes", "disputed"])
    common = raw.with_columns(
        source=pl.col("outlet"),
        origin=pl.col("original_source"),
        side=pl.col("original_source_party"),
        start=pl.col("event_start"),
        end=pl.col("event_end"),
        # some pages bear a month and no day: then it is not said when they became known
        known_at=pl.when(pl.col("published").str.len_chars() >= 10).then("published"),
        actor=pl.col("alleged_actor"),
    )
    reports = common.filter(pl.col("kind") == "event").with_columns(
        kind=pl.lit("claim"),
        precision_m=(pl.col("location_precision_km").cast(pl.Float64, strict=False) * 1000).cast(pl.String),
        act=pl.col("act").replace(_ACTS),
        target=pl.when(energy & (pl.col("target_type") == "other"))
        .then(pl.lit("energy"))
        .otherwise(pl.col("target_type")),
    )
    figures = common.filter(pl.col("kind") == "aggregate").with_columns(
        figure_id=pl.col("report_id"),
        claimant=pl.col("original_source"),
        against=pl.col("alleged_actor"),
        unit=pl.lit("as published"),
        start=pl.col("count_period_start"),
        end=pl.col("count_period_end"),
        components=pl.col("effect"),
        note=pl.col("summary"),
    )
    statements = common.filter(pl.col("kind") == "statement").with_columns(
        statement_id=pl.col("report_id"), speaker=pl.col("original_source")
    )
    other = common.filter(
        ~pl.col("kind").is_in(["event", "aggregate", "statement"]).fill_null(value=False)
    ).with_columns(left_out=pl.lit("kind: not one of event, aggregate and statement"))
    return {"reports": pl.concat([reports, other], how="diagonal"), "figures": figures, "statements": statements}


def counts(raw: pl.DataFrame, context: Context) -> Tables:
    """The published counts of the same coding."""
    figures = raw.with_columns(
        figure_id=filled("{}#{}", pl.coalesce("report_id", pl.lit("count")), "row"),
        claimant=pl.col("source"),
        against=pl.col("claimed_against"),
        unit=pl.col("measure"),
        start=pl.col("period_start"),
        end=pl.col("period_end"),
        known_at=pl.when(pl.col("date").str.len_chars() == 10).then("date"),
        components=pl.col("breakdown"),
        source=pl.col("outlet"),
    )
    return {"figures": figures}


COUNTS = Reader(
    "truces-2025-counts",
    "Published counts of the truces of 2025",
    "Columns period_start, period_end, measure, count, breakdown and so on.",
    frozenset({"period_start", "period_end", "measure", "count", "breakdown", "statement_key", "claimed_against"}),
    counts,
    optional=frozenset({"date", "side", "source", "stance", "qualifier", "url", "outlet", "report_id", "note"}),
)
READER = Reader(
    "truces-2025",
    "Hand coding of the truces of 2025",
    "Columns report_id, original_source, stance, event_start, alleged_actor and so on.",
    frozenset(
        {
            "report_id",
            "outlet",
            "original_source",
            "original_source_party",
            "stance",
            "kind",
            "event_start",
            "alleged_actor",
        }
    ),
    translate,
    optional=frozenset(
        {
            "url",
            "published",
            "via",
            "event_end",
            "place_name",
            "admin1",
            "lat",
            "lon",
            "location_precision_km",
            "act",
            "target_type",
            "is_energy_infrastructure",
            "effect",
            "count",
            "count_period_start",
            "count_period_end",
            "summary",
        }
    ),
)
READERS = (READER, COUNTS)
