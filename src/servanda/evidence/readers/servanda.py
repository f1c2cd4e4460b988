"""Servanda's own tables, version 1: reports, figures, statements, items (``docs/formats.md``)."""

import polars as pl

from servanda.evidence.model import (
    CONFIRMED_BY,
    FIGURE,
    ITEM,
    PRESS_STATEMENT,
    REFUSED,
    REPORT,
    UNCONFIRMED,
    Context,
    Reader,
    Tables,
)
from servanda.values.missing import without_missing

_REPORT = frozenset(REPORT) - {"file", "row", "precision_m"} | {"precision_km"}


def _reports(raw: pl.DataFrame, context: Context) -> Tables:
    km = pl.col("precision_km")
    if raw.schema["precision_km"] != pl.String:
        return {"reports": raw.with_columns(precision_m=km.cast(pl.Float64) * 1000.0)}
    metres = (km.cast(pl.Float64, strict=False) * 1000.0).cast(pl.String)
    # what is not a number goes on as it stands, to be quarantined by name
    return {"reports": raw.with_columns(precision_m=pl.coalesce(metres, km))}


def _found(raw: pl.DataFrame, context: Context) -> Tables:
    """Reports found in documents: a row that no person has confirmed is none yet."""
    name = pl.col(CONFIRMED_BY).cast(pl.String).str.strip_chars().str.to_lowercase()
    confirmed = without_missing(name).is_not_null() & ~name.is_in(REFUSED)
    reason = pl.lit(f"{CONFIRMED_BY}: {UNCONFIRMED[0]}")
    return _reports(raw.with_columns(left_out=pl.when(~confirmed.fill_null(False)).then(reason)), context)


def _figures(raw: pl.DataFrame, context: Context) -> Tables:
    return {"figures": raw}


def _statements(raw: pl.DataFrame, context: Context) -> Tables:
    return {"statements": raw}


def _items(raw: pl.DataFrame, context: Context) -> Tables:
    return {"items": raw}


READERS = (
    Reader(
        "servanda-reports",
        "Servanda report table 1",
        "One row per source and event. Required: report_id, source, start, act. Times carry a zone.",
        frozenset({"report_id", "source", "start", "act"}),
        _reports,
        optional=_REPORT,
    ),
    Reader(
        "servanda-found-reports",
        "Servanda report table 1, found in documents",
        "As a report table, with confirmed_by: a row counts once a person has put his name there. Required: report_id, confirmed_by, source, start, act.",
        frozenset({"report_id", CONFIRMED_BY, "source", "start", "act"}),
        _found,
        optional=_REPORT,
    ),
    Reader(
        "servanda-figures",
        "Servanda figure table 1",
        "One row per published count. Required: figure_id, claimant, count, unit, start, end.",
        frozenset({"figure_id", "claimant", "count", "unit", "start", "end"}),
        _figures,
        optional=frozenset(FIGURE) - {"file", "row"},
    ),
    Reader(
        "servanda-statements",
        "Servanda statement table 1",
        "One row per statement of a position. Required: statement_id, speaker, stance, start.",
        frozenset({"statement_id", "speaker", "stance", "start"}),
        _statements,
        optional=frozenset(PRESS_STATEMENT) - {"file", "row"},
    ),
    Reader(
        "servanda-items",
        "Servanda item table 1",
        "One row per item declared or inspected, or per visit. Required: item_id, finding, party, site, source, start.",
        frozenset({"item_id", "finding", "party", "site", "source", "start"}),
        _items,
        optional=frozenset(ITEM) - {"file", "row"},
    ),
)
