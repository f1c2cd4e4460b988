"""What a mandate's standard of proof asks for, counted over origins: how many observers by which means, how many that weigh.

Columns that end in ``_doubt`` say the same as if the certainty asked for were 5 %.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from servanda.agreement import Mandate
from servanda.findings.matched import NO_PARTY, PRIVATE, UNSIDED
from servanda.findings.origins import DOUBT

KEY = ["unit", "incident"]
OF_ACT = {
    "act_ways": "ways",
    "act_contested": "contest",
    "one_author": "one_author",
    "act_deniers": "deniers",
    "rivals": "rivals",
    "act_saw": "saw",
    "act_saw_anybody": "saw_anybody",
    "clash": "clash",
    "all_reports": "reports",
    "all_origins": "origins",
}
"""What a party's row takes over from that of the act, by its name there."""


def count_evidence(origins: pl.DataFrame, mandate: Mandate, party: str | None, *, alone: bool) -> pl.DataFrame:
    """What there is for each query and incident (and party): how many observers and origins, at the certainty asked for and at 5 %.

    ``alone``: every group is one row, so that nothing has to be grouped.
    """

    def any_(what: pl.Expr) -> pl.Expr:
        return what if alone else what.any()

    def most(what: pl.Expr) -> pl.Expr:
        return what if alone else what.max()

    def number(what: pl.Expr) -> pl.Expr:
        return what.cast(pl.UInt32) if alone else what.sum().cast(pl.UInt32)

    unsided, sure = pl.col("side") == UNSIDED, "p_names" if party else "p_sure"
    columns = {
        **_evidence(mandate, party, alone=alone),
        "p_seen": most(pl.when("observer").then(sure).otherwise(0)),
        "p_weighing": most(pl.when(unsided & pl.col("weighs")).then(sure).otherwise(0)),
        "p_accused": most(pl.col("p")),
        "told": any_(unsided & pl.col("opens") & (pl.col("p") >= min(DOUBT, mandate.threshold))),
        "saw": any_(_saw()),
        "seen_back": any_(pl.col("withdrawn") & _saw()),
        "own_back": any_(~unsided & pl.col("withdrawn") & (pl.col("p_kept") >= DOUBT)),
        "withdrawn": any_(pl.col("withdrawn")),
        "stated": any_(pl.col("stated")),
        "reports": pl.col("reports").cast(pl.UInt32) if alone else pl.col("reports").sum().cast(pl.UInt32),
        "origins": pl.lit(1, dtype=pl.UInt32) if alone else (~pl.col("replaced")).sum().cast(pl.UInt32),
    }
    if party is None:
        names_one = pl.col("author") != NO_PARTY
        neutral = unsided & pl.col("weighs") & names_one
        columns |= {
            "sole": any_(neutral & (pl.col("authorship") < 2)),
            "neutral": any_(neutral),
            "sole_bound": any_(
                (pl.col("bound") >= 0) & (names_one | (pl.col("p_against") > 0)) & (pl.col("authorship") < 2)
            ),
            "clash": any_(neutral & (pl.col("authorship") == 1)) & ~any_(neutral & (pl.col("authorship") == 0)),
            "nobody": any_((pl.col("names") == 0) & (pl.col("p") >= DOUBT)),
            "deniers": most(pl.col("deniers")),
            "saw_anybody": any_(_saw() & _may_be_anybodys(alone=alone)),
        }
        if not alone:  # whether several are named
            named = pl.when(pl.col("names") > 0).then("author")
            columns["rivals"] = (pl.col("names").max() > 1) | (named.min() != named.max()).fill_null(False)
        else:
            columns["rivals"] = pl.lit(False)
        if not mandate.attribution:
            columns |= _against_itself(mandate, any_, most)
    else:
        for at, by in (("", "p_sure"), ("_names", "p_names")):
            columns[f"p_admitted{at}"] = most(pl.when(pl.col("voice").is_not_null()).then(by).otherwise(0))
    key = [*KEY, party] if party else KEY
    if alone:
        return origins.select(*key, *(c for c in OF_ACT if c in origins.columns), **columns)
    return origins.group_by(key).agg(**columns)


def _saw() -> pl.Expr:
    """Whether who has no side, and weighs, saw it."""
    return (pl.col("side") == UNSIDED) & pl.col("opens") & (pl.col("p_kept") >= DOUBT)


def _may_be_anybodys(*, alone: bool) -> pl.Expr:
    """Whether an origin leaves open whose it was: names nobody that is a party, or took it back."""
    private = pl.col("actors") == PRIVATE if alone else pl.col("actors").list.contains(PRIVATE)
    return (pl.col("names") == 0) | pl.col("withdrawn") | private


def _evidence(mandate: Mandate, party: str | None, *, alone: bool) -> dict[str, pl.Expr]:
    """What the standard asks for, counted: observers with their means, origins that weigh, what binds the accused."""

    def any_(what: pl.Expr) -> pl.Expr:
        return what if alone else what.any()

    def number(what: pl.Expr) -> pl.Expr:
        return what.cast(pl.UInt32) if alone else what.sum().cast(pl.UInt32)

    columns: dict[str, pl.Expr] = {"observers": number(pl.col("observer"))}
    unsided = pl.col("side") == UNSIDED
    for at, threshold in (("", mandate.threshold), ("_doubt", min(DOUBT, mandate.threshold))):
        enough = pl.col("p_names" if party else "p_sure") >= threshold
        seen = enough & pl.col("observer")
        columns[f"seen{at}"] = number(seen)
        columns[f"weighing{at}"] = number(enough & unsided & pl.col("weighs"))
        columns[f"own{at}"] = number((pl.col("p_own_sure") >= threshold) & pl.col("own"))
        if mandate.rule.by_means and not alone:
            means = pl.when(seen & pl.col("means_low").is_not_null())
            columns[f"known_means{at}"] = means.then(1).otherwise(0).sum()
            columns[f"means_low{at}"] = means.then("means_low").min()
            columns[f"means_high{at}"] = means.then("means_high").max()
        if mandate.rule.trace:
            columns[f"traced{at}"] = any_(seen & (pl.col("stated") if party else pl.col("trace")))
    if party:
        doubt = pl.col("p_own") >= min(DOUBT, mandate.threshold)
        heard_at = {
            f"admitted{at}": pl.col(f"p_{by}") >= mandate.threshold for at, by in (("", "sure"), ("_names", "names"))
        }
        for name, heard in {**heard_at, "admitted_doubt": doubt}.items():
            columns[name] = (
                heard & pl.col("voice").is_not_null() & (pl.col("voices") == 1)
                if alone
                else pl.col("voice").filter(heard).drop_nulls().n_unique() >= pl.col("voices").max()
            )
    return columns


def _against_itself(
    mandate: Mandate, any_: Callable[[pl.Expr], pl.Expr], most: Callable[[pl.Expr], pl.Expr]
) -> dict[str, pl.Expr]:
    """Whether whose word binds a party says of it that it did such an act, at the certainty asked for and at 5 %; it is not said of which."""
    itself = pl.col("is_act") & (pl.col("side") >= 0) & (pl.col("side") == pl.col("author"))
    binds = itself & (pl.col("bound") == pl.col("author"))
    return {
        "admitted": any_(binds & (pl.col("p_own_sure") >= mandate.threshold)),
        "p_admitted": most(pl.when(binds).then("p_own_sure").otherwise(0)),
        "admitted_doubt": any_(binds & (pl.col("p_against") >= min(DOUBT, mandate.threshold))),
        "against_back": any_(itself & pl.col("withdrawn") & (pl.col("p_kept") >= DOUBT)),
    }


def ways(mandate: Mandate, at: str = "") -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Whether it is confirmed by observation; by enough origins without a side; by these with one of the accused's side."""
    rule = mandate.rule
    observed = (pl.col(f"seen{at}") >= rule.observers) & pl.lit(mandate.by_observation)
    if rule.trace:
        observed &= pl.col(f"traced{at}")
    if rule.by_means:
        differ = pl.col(f"means_low{at}") != pl.col(f"means_high{at}")
        observed &= (pl.col(f"known_means{at}") >= 2) & differ.fill_null(False)
    counted = pl.lit(mandate.origins > 0)
    weighing, own = pl.col(f"weighing{at}"), (pl.col(f"own{at}") > 0).cast(pl.UInt32)
    mixed = (weighing > 0) & (weighing + own >= mandate.origins)
    return observed, (weighing >= mandate.origins) & counted, mixed & counted


def contest(mandate: Mandate, against: pl.Expr, observers: pl.Expr) -> pl.Expr:
    """Whether observers against contest what observers speak for."""
    match mandate.rule.contrary:
        case "ignored":
            return pl.lit(False)
        case "any":
            return against > 0
        case "outnumbered":
            return (against > 0) & (observers <= against)


def confirmed_as_act(origins: pl.DataFrame, mandate: Mandate) -> pl.DataFrame:
    """Which incidents are confirmed as an act, by what their origins say (:mod:`servanda.findings.origins`) and how many ``deniers``."""
    counted = origins.group_by("incident").agg(
        **_evidence(mandate, None, alone=False), deniers=pl.col("deniers").max().cast(pl.UInt32)
    )
    contested = contest(mandate, pl.col("deniers"), pl.col("observers"))
    return counted.filter(pl.any_horizontal(ways(mandate)) & ~contested)


def with_means(counted: pl.DataFrame, mandate: Mandate) -> pl.DataFrame:
    """With what is asked of means where nothing was grouped: of single origins, nothing was seen by two."""
    if not mandate.rule.by_means or "known_means" in counted.columns:
        return counted
    return counted.with_columns(
        pl.lit(0 if name == "known_means" else None, dtype=pl.UInt32).alias(f"{name}{at}")
        for name in ("known_means", "means_low", "means_high")
        for at in ("", "_doubt")
    )
