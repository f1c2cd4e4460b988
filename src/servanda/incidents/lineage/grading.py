"""Grades on the Admiralty scale, estimated: a letter for a source by its history, a digit for a report by what corroborates it.

The two are independent: no letter enters a digit, no digit a letter, and they are never averaged (STANAG 2511). They are estimates for a person to look at; nothing here reaches
a verdict. Who agrees enters a letter in the register of sources, where it has a name to it.

**Letter.** Of the incidents that an origin asserted, those count that somebody else without a side observed, confirmed or denied there and then (``checked``). The estimate is the share that was
supported, with Wilson's interval at 90 %. Where that is wider than one half, the letter is F: cannot be judged. What nobody could check counts neither way, and a source
that is only ever checked where it is right looks better than it is.

**Digit.** 1 an origin without a side observed or confirmed it, or the accused admits it; 2 another independent origin asserts it; 3 it stands alone and nobody denies it; 4 it stands alone and
its author is denied by who is accused; 5 an origin without a side denies it; 6 cannot be judged (denials and retractions themselves, and what has neither time nor place).
"""

from __future__ import annotations

import polars as pl

from servanda.evidence.model import NO_SIDE
from servanda.evidence.retractions import is_taken_back, retractions
from servanda.values.names import name_keys

LETTERS = (("A", 0.95), ("B", 0.8), ("C", 0.6), ("D", 0.35), ("E", 0.0))
"""The least share that earns each letter: completely reliable, usually, fairly, not usually, unreliable."""
WIDEST = 0.5
_Z = 1.6449  # 90 %


def source_grades(reports: pl.DataFrame) -> pl.DataFrame:
    """Of reports with ``incident`` and lineage: ``origin, side, asserted, checked, supported, contradicted, share, low, high, estimate``."""
    claims = (
        reports.filter((pl.col("stance") == "asserts") & pl.col("origin").is_not_null())
        .group_by("incident", _key().alias("key"), "side")
        .agg(origin=pl.col("origin").min())
    )
    judged = (
        claims.drop("origin")
        .join(_independent(reports), on="incident", how="left")
        .filter(pl.col("by").is_null() | (pl.col("by") != pl.col("key")))
        .group_by("incident", "key", "side")
        .agg(
            supported=pl.col("supports").fill_null(value=False).any(),
            denied=(~pl.col("supports")).fill_null(value=False).any(),
        )
    )
    share = pl.when(pl.col("checked") > 0).then(pl.col("supported") / pl.col("checked"))
    n, z2 = pl.col("checked"), _Z**2
    middle = (pl.col("supported") + z2 / 2) / (n + z2)
    half = _Z / (n + z2) * (pl.col("supported") * pl.col("contradicted") / n + z2 / 4).sqrt()
    letter = pl.lit("E")
    for name, least in reversed(LETTERS[:-1]):
        letter = pl.when(pl.col("share") >= least).then(pl.lit(name)).otherwise(letter)
    return (
        claims.join(judged, on=["incident", "key", "side"], how="left", nulls_equal=True)
        .group_by("key", "side")
        .agg(
            origin=pl.col("origin").min(),
            asserted=pl.len(),
            supported=pl.col("supported").fill_null(value=False).sum().cast(pl.Int64),
            contradicted=(pl.col("denied") & ~pl.col("supported")).fill_null(value=False).sum().cast(pl.Int64),
        )
        .with_columns(checked=pl.col("supported") + pl.col("contradicted"))
        .with_columns(
            share=share,
            low=pl.when(n > 0).then((middle - half).clip(0, 1)),
            high=pl.when(n > 0).then((middle + half).clip(0, 1)),
        )
        .with_columns(
            estimate=pl.when((n == 0) | (pl.col("high") - pl.col("low") > WIDEST)).then(pl.lit("F")).otherwise(letter)
        )
        .sort("asserted", "key", "side", descending=[True, False, False])
        .select(
            "origin",
            "side",
            "asserted",
            "checked",
            "supported",
            "contradicted",
            *(pl.col(c).round(3) for c in ("share", "low", "high")),
            "estimate",
        )
    )


def report_grades(reports: pl.DataFrame) -> pl.Series:
    """The digit of every report, in the order in which they stand; ``independent`` tells how many origins its incident has."""
    checks = _independent(reports).with_columns(pl.col("supports").cast(pl.Int64))
    table = reports.select(
        "incident",
        "stance",
        "side",
        "actor",
        "start",
        "lat",
        "independent",
        _key().alias("key"),
    ).with_row_index("n")
    others = (
        table.select("n", "incident", "key")
        .join(checks, on="incident")
        .filter(pl.col("by") != pl.col("key"))
        .group_by("n")
        .agg(confirmed=(pl.col("supports") == 1).any(), refuted=(pl.col("supports") == 0).any())
    )
    asserts = pl.col("stance").is_in(["asserts", "confirms"])
    digits = table.join(others, on="n", how="left", maintain_order="left").with_columns(
        admitted=(asserts & (pl.col("side") == pl.col("actor"))).fill_null(value=False).any().over("incident"),
        denied=((pl.col("stance") == "denies") & (pl.col("side") != NO_SIDE))
        .fill_null(value=False)
        .any()
        .over("incident"),
    )
    return digits.select(
        digit=pl.when(~asserts | (pl.col("start").is_null() & pl.col("lat").is_null()))
        .then(pl.lit("6"))
        .when(pl.col("confirmed").fill_null(value=False) | pl.col("admitted"))
        .then(pl.lit("1"))
        .when(pl.col("refuted").fill_null(value=False))
        .then(pl.lit("5"))
        .when(pl.col("independent") > 1)
        .then(pl.lit("2"))
        .when("denied")
        .then(pl.lit("4"))
        .otherwise(pl.lit("3"))
    )["digit"]


def _key() -> pl.Expr:
    """A body by the words of its name, so that nobody confirms himself under another; else the name."""
    return pl.when(pl.col("body") != "").then("body").otherwise(name_keys(pl.col("origin")))


def _independent(reports: pl.DataFrame) -> pl.DataFrame:
    """Who without a side observed, confirmed or denied each incident: ``incident, by, supports``."""
    of = ["incident", "origin"]
    first_hand = (pl.col("kind") == "observation") | pl.col("stance").is_in(["confirms", "denies"])
    return (
        reports.join(retractions(reports, of), on=of, how="left")
        .filter(
            (pl.col("side") == NO_SIDE)
            & first_hand
            & (pl.col("stance") != "retracts")
            & pl.col("origin").is_not_null()
            & ~is_taken_back()
        )
        .select("incident", by=_key(), supports=pl.col("stance") != "denies")
        .unique()
    )
