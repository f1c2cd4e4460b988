"""A register of forces: who sends how many, under whose command and pay, on whose consent, since when.

A row whose status is ``deployed`` is a report of a deployment, ``withdrawn`` of a withdrawal; where strength has bounds, the least and the most are two
reports of one incident, so that caps count between them. ``consented`` shows the consent of ``consented_by`` for the force's deployment in the same file, as
far as the source's word binds that party. ``offered`` and ``agreed`` are positions, and no deed. What has no greatest number counts with its least, and says so.
"""

from __future__ import annotations

import polars as pl

from servanda.evidence.model import PRESS_STATEMENT, Context, Reader, Tables
from servanda.values.amounts import Amount, read_amount

_ACTS = {"deployed": "deployment", "consented": "deployment", "withdrawn": "withdrawal"}
_POSITIONS = ("offered", "agreed")
_WHEN_AND_WHERE = ("start", "end", "lat", "lon", "precision_km", "place_name")
_OPTIONAL = frozenset(
    {
        *("end", "known_at", "lat", "lon", "precision_km", "place_name", "nationality", "command", "payroll", "label"),
        *(
            "strength",
            "purpose",
            "consented_by",
            "awaits_consent_of",
            "origin",
            "via",
            "side",
            "speaks_for",
            "reliability",
            "credibility",
        ),
        *("kind", "means", "summary", "url"),
    }
)


def translate(raw: pl.DataFrame, context: Context) -> Tables:
    """Reports of deployments, withdrawals and consents; positions."""
    status = pl.col("status").str.strip_chars().str.to_lowercase()
    km = pl.col("precision_km").cast(pl.Float64, strict=False) * 1000.0
    table = _with_strength(raw.with_columns(status=status, precision_m=pl.coalesce(km.cast(pl.String), "precision_km")))
    position = pl.col("status").is_in(_POSITIONS)
    told = [
        pl.coalesce("summary", "purpose"),
        pl.concat_str(pl.lit("strength: "), "strength"),
        pl.concat_str(pl.lit("on the consent of: "), "awaits_consent_of"),
    ]
    words = pl.concat_str(*told, separator=" | ", ignore_nulls=True)
    positions = table.filter(position).select(
        "row",
        statement_id=pl.concat_str("force_id", pl.lit(" "), "status"),
        speaker=pl.col("who"),
        stance=pl.col("status"),
        summary=words,
        **{c: pl.col(c) for c in ("side", "start", "end", "known_at", "source", "url")},
    )
    deeds = _at_the_deployment(table.filter(~position))
    unknown = ~pl.col("status").is_in(list(_ACTS))
    named = pl.lit(f"status: must be one of {', '.join([*_ACTS, *_POSITIONS])}")
    reports = deeds.with_columns(
        left_out=pl.when(unknown).then(named),
        report_id=pl.concat_str("force_id", pl.lit(" "), "status"),
        incident_id=pl.when(pl.col("status") != "withdrawn").then("force_id"),
        act=pl.col("status").replace_strict(_ACTS, default=None, return_dtype=pl.String),
        target=pl.lit("military"),
        actor=pl.col("who"),
        shows=pl.when(pl.col("status") == "consented").then(pl.concat_str(pl.lit("consent of "), "consented_by")),
        effect=words,
    )
    least = reports.with_columns(quantity=pl.col("_low"))
    most = reports.filter(pl.col("_high") > pl.col("_low")).with_columns(
        quantity=pl.col("_high"), report_id=pl.concat_str("report_id", pl.lit(" (most)"))
    )
    return {
        "reports": pl.concat([least, most]).with_columns(pl.col("quantity").cast(pl.String)).drop("_low", "_high"),
        "statements": positions.select(
            "row", *(pl.col(c) for c in PRESS_STATEMENT if c in positions.columns and c not in ("file", "row"))
        ),
    }


def _with_strength(table: pl.DataFrame) -> pl.DataFrame:
    """The least and the most of each strength; of what has one bound only, that one."""
    words = [word for word in table["strength"].unique().to_list() if word is not None]
    bounds = {word: found for word in words if (found := _amount(word)) is not None}
    least = {word: a.low if a.low is not None else a.high for word, a in bounds.items()}
    most = {word: a.high if a.high is not None else a.low for word, a in bounds.items()}
    low, high = (pl.col("strength").replace_strict(ends, default=None, return_dtype=pl.Int64) for ends in (least, most))
    return table.with_columns(_low=low, _high=high)


def _amount(word: str) -> Amount | None:
    try:
        return read_amount(word)
    except ValueError:
        return None


def _at_the_deployment(table: pl.DataFrame) -> pl.DataFrame:
    """Consents with the time and place of the deployment that they are about, which stands in the same file."""
    first = table.filter(pl.col("status") == "deployed").sort("row").unique("force_id", keep="first")
    given = first.select("force_id", *(pl.col(c).alias(f"_{c}") for c in _WHEN_AND_WHERE), _m=pl.col("precision_m"))
    joined = table.join(given, on="force_id", how="left", maintain_order="left")
    consent = pl.col("status") == "consented"
    of = {c: pl.when(consent).then(pl.coalesce(f"_{c}", c)).otherwise(c) for c in _WHEN_AND_WHERE}
    metres = pl.when(consent).then(pl.coalesce("_m", "precision_m")).otherwise("precision_m")
    return joined.with_columns(**of, precision_m=metres).drop("_m", *(f"_{c}" for c in _WHEN_AND_WHERE))


READER = Reader(
    "servanda-forces",
    "Servanda register of forces 1",
    "One row per force and status. Required: force_id, who, status, source, start.",
    frozenset({"force_id", "who", "status", "source", "start"}),
    translate,
    optional=_OPTIONAL,
)
