"""Totals: a number for a longer time may hold what its source counted, of the same thing, in times that lie in it."""

from __future__ import annotations

import polars as pl

from servanda.values.time import LONGEST_DAY
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import UNITY
from servanda.wording import plural

_TIMES = ("start", "end")


def told_apart(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Occurrences without what may be counted in two of them: for the least each of these holds, and the greater counts.

    Args:
        rows: occurrences, with whose number each is, of what and where (``same``).

    Returns:
        All of them, where none is a total of others; else those without the parts, and those without the totals.
    """
    totals, parts = _nested(rows)
    if not totals:
        return [rows]
    return [rows.filter(~parts.holds()), rows.filter(~totals.holds())]


def totals_step(builder: VerdictBuilder, rows: pl.DataFrame) -> None:
    """Says which numbers may be counted in one that their source gives for a longer time."""
    _, parts = _nested(rows)
    if parts:
        several = plural(len(parts), "number", "numbers")
        builder.step(
            "in_a_total",
            f"{several} may be counted in one that the same source gives for a longer time: for the least not added to it.",
            parts,
        )


def _nested(rows: pl.DataFrame) -> tuple[Listed, Listed]:
    """The incidents that are totals of others, and those that are parts of such; few tell of more than a day."""
    of = rows.filter(pl.col("same").is_not_null()).drop_nulls(_TIMES).select("incident", "same", "low", *_TIMES)
    of = of.with_columns(long=(pl.col("end") - pl.col("start") > LONGEST_DAY) & (pl.col("low") != UNITY))
    if not of["long"].any():
        return Listed(), Listed()
    each = of.group_by("same", *_TIMES).agg(pl.col("long").any()).sort("same", *_TIMES, descending=[False, False, True])
    # behind each in this order come all that it holds, so that none is compared with every other
    before = pl.when("long").then("end").cum_max().forward_fill().shift(1).over("same")
    behind = pl.col("end").cum_min(reverse=True).shift(-1).over("same")
    each = each.select("same", *_TIMES, part=before >= pl.col("end"), holds=behind <= pl.col("end"))
    of = of.join(each, on=["same", *_TIMES])
    return Listed(of.filter(pl.col("long") & pl.col("holds"))["incident"]), Listed(of.filter("part")["incident"])
