"""Which confirmed incidents fall under an exception, every precondition of it shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from servanda.agreement.model import CONSENT
from servanda.findings.matching import NO_PARTY, UNSIDED
from servanda.findings.queries import MatchQuery
from servanda.findings.rules import Rules


def excused(confirmed: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Rule 4: for each confirmed (query, incident, party) the first exception whose every precondition is shown, or that was
    granted by a decision.
    """
    schema = {"unit": pl.UInt16, "incident": pl.UInt64, "party": pl.Int8, "excuse": pl.Int8}
    wanted = [
        (u, n, n, needed, _grantor(needed, rules.actors))
        for u, query in enumerate(rules.queries)
        for n, exemption in enumerate(query.exemptions)
        for needed in exemption.only_if
    ]
    shown_by = remarks.filter(pl.col("shows").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"]))
    granted = _granted(confirmed, rules.queries)
    if not wanted or confirmed.height == 0 or shown_by.height == 0:
        return _first(granted, schema)
    need = pl.DataFrame(
        wanted,
        schema={"unit": pl.UInt16, "order": pl.Int64, "excuse": pl.Int8, "shown": pl.String, "grantor": pl.Int8},
        orient="row",
    )
    shown_by = (
        shown_by.with_columns(shown=pl.col("shows").str.split(";"))
        .explode("shown")
        .with_columns(pl.col("shown").str.strip_chars())
        .select("incident", "origin", "side", "first_hand", "shown")
        .unique()
    )
    cases = confirmed.join(need, on="unit").join(shown_by, on=["incident", "shown"], how="left")
    # against its own interest speaks who is a party and not this one; it takes all of them
    other = (pl.col("side") >= 0) & (pl.col("side") < rules.parties) & (pl.col("side") != pl.col("party"))
    other &= pl.col("party") != NO_PARTY
    others = pl.max_horizontal(rules.parties - (pl.col("party") < rules.parties).cast(pl.Int8), 1)
    cases = cases.with_columns(others=others)
    shown = (
        pl.col("first_hand").fill_null(False).any() & pl.lit(rules.mandate.by_observation)
        | (pl.col("origin").filter(pl.col("side") == UNSIDED).n_unique() >= rules.mandate.origins)
        & pl.lit(rules.mandate.origins > 0)
        | pl.when(pl.col("grantor").is_not_null())
        .then(pl.col("side") == pl.col("grantor"))
        .otherwise(False)
        .fill_null(False)
        .any()
        & pl.lit(rules.mandate.admission)
        | (pl.col("side").filter(other & pl.col("grantor").is_null()).n_unique() >= pl.col("others").max())
        & pl.lit(rules.mandate.admission)
    )
    each = cases.group_by("unit", "incident", "party", "order", "excuse", "shown").agg(is_=shown)
    full = each.group_by("unit", "incident", "party", "order", "excuse").agg(is_=pl.col("is_").all()).filter("is_")
    return _first(pl.concat([full.select(pl.col(c).cast(d) for c, d in granted.schema.items()), granted]), schema)


def _first(full: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """Of the exceptions that hold for an incident and party the first."""
    return (
        full.sort("order")
        .group_by("unit", "incident", "party", maintain_order=True)
        .agg(pl.col("excuse").first())
        .select(pl.col(c).cast(d) for c, d in schema.items())
    )


def _granted(confirmed: pl.DataFrame, queries: Sequence[MatchQuery]) -> pl.DataFrame:
    """What decisions granted, for the incidents that are confirmed."""
    rows = [(u, key, n, n) for u, query in enumerate(queries) for key, n in query.granted]
    schema = {"unit": pl.UInt16, "incident": pl.UInt64, "order": pl.Int64, "excuse": pl.Int8}
    return confirmed.join(pl.DataFrame(rows, schema=schema, orient="row"), on=["unit", "incident"]).select(
        "unit", "incident", "party", "order", "excuse"
    )


def _grantor(needed: str, actors: Sequence[str]) -> int | None:
    """Whose consent a precondition is; nobody else's word stands for it."""
    name = needed.removeprefix(CONSENT)
    return actors.index(name) if needed.startswith(CONSENT) and name in actors else None
