"""Which confirmed incidents fall under an exception, every precondition of it shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from servanda.agreement.model import CONSENT
from servanda.findings.matching import NO_PARTY, UNSIDED
from servanda.findings.queries import MatchQuery
from servanda.findings.rules import Rules
from servanda.findings.standard import ways


def excused(confirmed: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Rule 4: for each confirmed (query, incident, party) the first exception whose every precondition is shown and that allows as
    much, or that was granted by a decision.
    """
    schema: dict[str, pl.DataType] = {
        "unit": pl.UInt16(),
        "incident": pl.UInt64(),
        "party": pl.Int8(),
        "excuse": pl.Int8(),
    }
    wanted = [
        (u, n, n, needed, _grantor(needed, rules.actors), exemption.within)
        for u, query in enumerate(rules.queries)
        for n, exemption in enumerate(query.exemptions)
        for needed in exemption.only_if
    ]
    shown_by = remarks.filter(pl.col("shows").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"]))
    granted = _granted(confirmed, rules.queries)
    if granted.height:  # a grant stands for what an exception asks, and not for how much it allows
        beyond = _beyond(_extents(remarks, rules), rules)
        granted = granted.join(beyond, on=["unit", "incident", "excuse"], how="anti")
    if not wanted or confirmed.height == 0 or shown_by.height == 0:
        return _first(granted, schema)
    need = pl.DataFrame(
        wanted,
        schema={
            "unit": pl.UInt16,
            "order": pl.Int64,
            "excuse": pl.Int8,
            "shown": pl.String,
            "grantor": pl.Int8,
            "within": pl.Int64,
        },
        orient="row",
    )
    who = ("origin", "side", "bound", "first_hand", "weighs", "trace", "means")
    each = _each(shown_by).select("incident", "shown", "at", *who).unique()
    extents = _extents(remarks, rules)
    cases = confirmed.join(need, on="unit").join(each, on=["incident", "shown"], how="left")
    cases = cases.join(extents, on=["unit", "incident"], how="left")
    # so soon after its precondition: nobody may say how soon, and then it is not shown
    soon = (pl.col("at") <= pl.col("start")) & (
        (pl.col("end") - pl.col("at")).dt.total_microseconds() <= pl.col("within")
    )
    speaks = pl.col("within").is_null() | soon.fill_null(False)
    key = ["unit", "incident", "party", "order", "excuse"]
    by_need = _shown(cases.with_columns(speaks=speaks), [*key, "shown"], rules)
    full = by_need.group_by(key).agg(is_=pl.col("is_").all()).filter("is_").drop("is_")
    full = full.join(_beyond(extents, rules), on=["unit", "incident", "excuse"], how="anti")
    return _first(pl.concat([full.select(pl.col(c).cast(d) for c, d in granted.schema.items()), granted]), schema)


def _shown(cases: pl.DataFrame, key: list[str], rules: Rules) -> pl.DataFrame:
    """Whether each precondition is shown (``is_``): by the standard's ways, as an act is, or by the word that binds."""
    mandate, speaks = rules.mandate, pl.col("speaks")
    seen = pl.col("first_hand").fill_null(False) & speaks
    neutral = (pl.col("side") == UNSIDED) & pl.col("weighs") & speaks
    known = seen & pl.col("means").is_not_null()
    # against its own interest speaks whose word binds a party and not this one; it takes all of them
    other = (pl.col("bound") >= 0) & (pl.col("bound") < rules.parties) & (pl.col("bound") != pl.col("party"))
    other &= (pl.col("party") != NO_PARTY) & pl.col("grantor").is_null() & speaks
    others = pl.max_horizontal(rules.parties - (pl.col("party") < rules.parties).cast(pl.Int8), 1)
    grants = (pl.col("bound") == pl.col("grantor")).fill_null(False) & speaks
    heard = (
        cases.with_columns(others=others)
        .group_by(key)
        .agg(
            seen=pl.col("origin").filter(seen).n_unique(),
            weighing=pl.col("origin").filter(neutral).n_unique(),
            own=pl.lit(0, dtype=pl.UInt32),
            traced=(seen & pl.col("trace")).any(),
            known_means=pl.col("origin").filter(known).n_unique(),
            means_low=pl.col("means").filter(known).min(),
            means_high=pl.col("means").filter(known).max(),
            bound=grants.any() | (pl.col("bound").filter(other).n_unique() >= pl.col("others").max()),
        )
    )
    observed, several, _ = ways(mandate)
    return heard.select(*key, is_=observed | several | (pl.col("bound") & pl.lit(mandate.admission)))


def _extents(remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """When, what and how much incidents were, by observers; else by sources without a side that weigh; else by all."""
    unsided = (pl.col("side") == UNSIDED) & pl.col("weighs")
    rows = remarks.filter(pl.col("unit").is_not_null())
    rank = pl.when("first_hand").then(2).when(unsided).then(1).otherwise(0)
    best = rows.with_columns(rank=rank).filter(pl.col("rank") == pl.col("rank").max().over("unit", "incident"))
    return best.group_by("unit", "incident").agg(
        pl.col("start").min(), pl.col("end").max(), pl.col("quantity").max(), acts=pl.col("act").unique()
    )


def _beyond(extents: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Incidents that are more than an exception allows, or of which nobody says how much they were."""
    parts = [pl.DataFrame(schema={"unit": pl.UInt16, "incident": pl.UInt64, "excuse": pl.Int8})]
    for u, query in enumerate(rules.queries):
        for n, exemption in enumerate(query.exemptions):
            too_much = pl.lit(False)
            if exemption.at_most is not None:
                too_much |= (pl.col("quantity") > exemption.at_most).fill_null(True)
            if exemption.acts is not None:
                allowed = pl.element().is_in(list(exemption.acts)).fill_null(False)
                too_much |= ~pl.col("acts").list.eval(allowed).list.all()
            of_query = extents.filter((pl.col("unit") == u) & too_much)
            parts.append(of_query.select("unit", "incident", excuse=pl.lit(n, dtype=pl.Int8)))
    return pl.concat(parts)


def pleaded(confirmed: pl.DataFrame, remarks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Those of the confirmed for which the accused's own side invokes an exception (``invoked``)."""
    schema = {"unit": pl.UInt16, "incident": pl.UInt64, "party": pl.Int8, "invoked": pl.Boolean}
    wanted = [
        (u, needed)
        for u, query in enumerate(rules.queries)
        for exemption in query.exemptions
        for needed in exemption.only_if
    ]
    said = remarks.filter(
        pl.col("shows").is_not_null() & (pl.col("side") >= 0) & ~pl.col("stance").is_in(["denies", "retracts"])
    )
    if not wanted or confirmed.height == 0 or said.height == 0:
        return pl.DataFrame(schema=schema)
    need = pl.DataFrame(wanted, schema={"unit": pl.UInt16, "shown": pl.String}, orient="row").unique()
    invoked = confirmed.join(_each(said).select("incident", "shown", party="side").unique(), on=["incident", "party"])
    invoked = invoked.join(need, on=["unit", "shown"], how="semi").select("unit", "incident", "party").unique()
    return invoked.with_columns(invoked=pl.lit(True))


def _each(remarks: pl.DataFrame) -> pl.DataFrame:
    """Remarks by what they show (``shown``), one after another, and when that was (``at``)."""
    each = remarks.with_columns(shown=pl.col("shows").str.split(";")).explode("shown")
    name, at = (pl.col("shown").str.splitn("@", 2).struct.field(f"field_{n}") for n in (0, 1))
    return each.with_columns(
        shown=name.str.strip_chars(), at=at.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", strict=False)
    )


def _first(full: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
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
