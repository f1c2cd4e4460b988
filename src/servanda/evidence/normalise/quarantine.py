"""Rows that cannot be read: what is told of them; and those of sources without a side that can be read but for a field, which confirm nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from servanda.evidence.model import (
    DEFAULT_PRECISION_M,
    IMPROBABLE,
    NO_SIDE,
    OWN_WORDS,
    PARTIAL,
    QUARANTINE,
    RELAYED,
    RELAYED_OBSERVATION,
)
from servanda.evidence.normalise.attribution import Check
from servanda.evidence.normalise.text import shown
from servanda.values.missing import none_in_words

PARTLY = "rows in quarantine of sources without a side that are read but for a field (what they tell is open, and confirms nothing)"
"""What is told of them, as it is counted."""
_NEEDED = frozenset({"source", "origin", "start", "act", "stance", "incident_id"})
"""Who says so, when it was, what was done, and that it was: without one of these nobody knows of what a row speaks."""
_AS_IT_STANDS = frozenset({"EVD170", "EVD172"})
"""Rows that are set aside though they can be read."""
_NOT_READ = "unread"
"""What a number that cannot be read counts: there was some, and how much is not known."""
_VALUE_LENGTH = 120
_BOTH = {"lat": "lon", "lon": "lat"}


def quarantined(bad: pl.DataFrame, checks: Sequence[Check], file: str) -> pl.DataFrame:
    """What is told of rows that cannot be read.

    Args:
        bad: the rows as they were written, each with the number of the first check that fails (``_wrong``).
        checks: the checks.
        file: the name of their file.

    Returns:
        One row for each, in their order.
    """
    parts = []
    for (n,), rows in bad.group_by("_wrong", maintain_order=True):
        check = checks[int(str(n))]
        named = "precision_km" if check.field == "precision_m" else check.field
        parts.append(
            rows.select(
                pl.lit(file).alias("file"),
                "row",
                pl.lit(check.code).alias("code"),
                pl.lit(named).alias("field"),
                shown(check.field, rows.schema).str.slice(0, _VALUE_LENGTH).alias("value"),
                pl.lit(check.reason).alias("reason"),
                check.hints(rows).alias("hint"),
            )
        )
    return pl.concat(parts).sort("row").select(pl.col(c).cast(d) for c, d in QUARANTINE.items())


def partly_read(checks: Sequence[Check]) -> pl.Expr:
    """Which of the rows with faults are read without the fields in which these are.

    Args:
        checks: what is wrong with any row of the table.

    Returns:
        Whether a row is of a source without a side, asserts something, and can be read but for what need not be known.
    """
    asserts = pl.col("stance").cast(pl.String).is_in(["asserts", "confirms"])
    lost = [check.bad for check in checks if check.field in _NEEDED or check.code in _AS_IT_STANDS]
    whole = ~pl.any_horizontal(lost).fill_null(False) if lost else pl.lit(True)
    nothing = pl.col("quantity").cast(pl.String).is_in(none_in_words()).fill_null(False)  # which may be none seen
    return (asserts & ~nothing & (pl.col("side").cast(pl.String) == NO_SIDE) & whole).fill_null(False)


def without_unread(table: pl.DataFrame, checks: Sequence[Check], recorded: datetime | None) -> pl.DataFrame:
    """The rows that are ``_partly`` read, as they count; all others as they are.

    Args:
        table: checked rows, with what was read of a column under its name or under ``_`` and its name.
        checks: what is wrong with any row of the table.
        recorded: when its file became known, by a record.

    Returns:
        The table. A field that cannot be read is empty, a number that cannot be read is of something else than what is asked for, what kind of word
        it is an observation, which no watch answers, unless another carries it; and the credibility is one of which nothing is confirmed. It is less
        near to its origin than its own words, so that these take its place in an incident.
    """
    bad: dict[str, pl.Expr] = {}
    for check in checks:
        for field in (check.field, _BOTH.get(check.field, check.field)):
            bad[field] = bad.get(field, pl.lit(False)) | check.bad.fill_null(False)
    stands: dict[str, pl.Expr] = {
        "known_at": pl.lit(recorded),
        "end": _read(table, "start"),
        "precision_m": pl.lit(DEFAULT_PRECISION_M),
    }
    own = pl.col("_directness") == OWN_WORDS
    seen = (pl.when(own).then(pl.lit("observation")).otherwise(pl.lit(RELAYED_OBSERVATION))).cast(table.schema["kind"])
    stands |= {"quantity": pl.lit(1.0), "kind": seen}
    columns = {field: (wrong, stands.get(field, pl.lit(None))) for field, wrong in bad.items() if field not in _NEEDED}
    if "quantity" in columns:
        columns["unit"] = (columns["quantity"][0], pl.lit(_NOT_READ))
    known = pl.col("credibility").cast(pl.String) == IMPROBABLE
    columns["directness"] = (own, pl.lit(RELAYED, dtype=pl.Int8))
    columns["credibility"] = (~known.fill_null(False), pl.lit(PARTIAL).cast(table.schema["credibility"]))
    return table.with_columns(
        pl.when(pl.col("_partly") & wrong).then(value).otherwise(_read(table, field)).alias(_name(table, field))
        for field, (wrong, value) in columns.items()
        if field in table.columns
    )


def _name(table: pl.DataFrame, field: str) -> str:
    """Under which name what was read of a column stands."""
    return f"_{field}" if f"_{field}" in table.columns else field


def _read(table: pl.DataFrame, field: str) -> pl.Expr:
    return pl.col(_name(table, field))
