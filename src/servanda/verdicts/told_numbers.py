"""How much those tell of an incident whose word counts: in parts, and against their own interest."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from servanda.findings.queries import MatchQuery


def told_in_parts(told: pl.DataFrame, deeds: Sequence[int]) -> pl.DataFrame:
    """From which number to which each teller tells of each incident (``n``): what he tells in several rows may be parts of it.

    Rows about one actor that were known at one time and are not of the same are parts: nobody corrects himself in the same instant. Of a deed
    so are for the most rows of other times, whenever they were known. The least is the greatest part, the most all of them.

    Args:
        told: what those say whose word counts, each with a number.
        deeds: the numbers of the queries for deeds.

    Returns:
        Rows with ``n``, ``low``, ``high`` and ``rank``, one or more of each incident.
    """
    if told.n_unique(["n", "teller"]) == told.height:
        return told.with_columns(low="quantity", high="quantity")
    deed, whose = pl.col("unit").is_in(deeds), ["n", "teller", "actor"]
    when = [pl.when(deed).then(c).alias(c) for c in ("start", "end")]
    told = told.with_columns(*when, at=pl.when(~deed).then("known_at"))
    least = told.group_by(*whose, "known_at", "same").agg(pl.col("quantity").min())
    least = least.group_by(*whose, "known_at").agg(low=pl.col("quantity").max()).group_by("n").agg(pl.col("low").min())
    most = told.group_by(*whose, "at", "same", "start", "end").agg(pl.col("quantity", "rank").max())
    most = most.group_by(*whose, "at").agg(pl.col("rank").max(), high=pl.col("quantity").sum())
    return most.join(least, on="n")


def against_itself(said: pl.DataFrame, queries: Sequence[MatchQuery], parties: int) -> pl.DataFrame:
    """How much there was at the most by the word that confirms it against the speaker's own interest (``admitted``).

    Of a deed every other party has to say so; then the least of their numbers.

    Args:
        said: what parties say, each with a number.
        queries: what was looked for, in the order of their numbers.
        parties: how many of the actors are parties; these come first.

    Returns:
        ``admitted`` of each incident (``n``) of which enough of them say so.
    """
    others = pl.lit(parties) - pl.col("party").is_between(0, parties - 1).cast(pl.Int8)
    deed = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "deed"])
    whose = ["n", "unit", "party", "bound"]
    parts = said.group_by(*whose, "teller", "known_at", "same").agg(pl.col("quantity").max())
    each = parts.group_by(*whose, "teller", "known_at").agg(pl.col("quantity").sum())
    each = each.group_by(whose).agg(pl.col("quantity").max())
    enough = pl.col("voices") >= pl.when(deed).then(others).otherwise(1)
    least = each.group_by("n", "unit", "party").agg(admitted=pl.col("quantity").min(), voices=pl.len())
    return least.filter(enough).select("n", "admitted")
