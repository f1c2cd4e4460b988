"""Amounts that are shown: of what is confirmed, so much that the chance of it or more reaches the mandate's certainty, at both ends."""

from __future__ import annotations

import polars as pl

from servanda.verdicts.chances.sums import CERTAIN, shown_at_least, shown_short
from servanda.verdicts.occurrences import UNITY

_MAX_LOADS = 10_000


def shown_amounts(rows: pl.DataFrame, by: list[str], certainty: int, *, above: int = -1) -> pl.DataFrame:
    """How much of some occurrences, by group, is shown to have been there, or to have come.

    Args:
        rows: occurrences, with the columns ``by``, each with its least quantity and its certainty.
        by: what makes a group.
        certainty: the mandate's, in millionths.
        above: leaves out groups that cannot show more than this.

    Returns:
        Columns ``by``, ``shown``, and the lists ``low`` and ``p`` that it is made from, for the groups of which more than ``above`` is
        shown.
    """
    groups = rows.group_by(by, maintain_order=True).agg(
        "low", "p", most=pl.col("low").sum(), sure=(pl.col("p") >= CERTAIN).all(), alone=pl.len() == 1
    )
    settled = pl.col("sure") | (pl.col("alone") & (pl.col("p").list.first() >= certainty))
    groups = groups.filter(pl.col("most") > above).select(*by, "low", "p", settled.alias("settled"), shown="most")
    found = groups.drop("settled")
    if not groups["settled"].all():
        hard = groups.filter(~groups["settled"])
        shown = [
            shown_at_least(zip(low, p, strict=True), certainty)
            for low, p in zip(hard["low"].to_list(), hard["p"].to_list(), strict=True)
        ]
        told = hard.select(*by, "low", "p", shown=pl.Series(shown, dtype=pl.Int64))
        found = pl.concat([found.filter(groups["settled"]), told]).filter(pl.col("shown") > above)
    return found.sort(by)


def shown_too_little(owed: int, came: int, least_seen: float | None, certainty: int) -> bool:
    """Whether it is shown that less came than was owed, and not only that a watch missed some of it.

    Args:
        owed: how much, in thousandths.
        came: the most that may have come, in thousandths.
        least_seen: the least probability with which each load would have been seen; ``None`` where nothing was watched.
        certainty: what is asked for, in millionths.

    Returns:
        Whether misses explain it less well than the certainty leaves, both if the rest was one load and if each unit was one.
    """
    if came >= owed or not shown_short(1, 0, least_seen, certainty):
        return False
    loads = min(_MAX_LOADS, max(1, -(-owed // UNITY)))
    return shown_short(loads, min(loads - 1, -(-came * loads // owed)), least_seen, certainty)
