"""What was known of an incident when it was determined: a determination is about nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Mandate
from servanda.evidence.model import HEARSAY, NO_SIDE
from servanda.findings.matched import VERSIONS
from servanda.findings.weight import credible, observed, weighs
from servanda.incidents.determinations import Determination


@dataclass(frozen=True)
class Known:
    """Which incidents fall under which queries (``unit``, ``incident``), by some of their reports.

    ``then``: by those that were known when it was determined, with whom they accuse (``party``); ``seen``: by those of sources without a
    side that weigh among them (surely, where others do surely), where there are any, else by all of them; ``later``: by observations of sources that weigh that became
    known afterwards.
    """

    then: pl.DataFrame
    seen: pl.DataFrame
    later: pl.DataFrame


def known_then(
    said: pl.DataFrame, made: Sequence[Determination], match: Callable[[pl.DataFrame], pl.DataFrame], mandate: Mandate
) -> Known:
    """What was known of incidents when they were determined, and what came afterwards.

    Args:
        said: the reports of these incidents.
        made: the determinations.
        match: finds under which queries reports fall (``matched.MATCHES``).
        mandate: which sources weigh.

    Returns:
        Both. A report that does not say when it became known, became known when what it speaks of began.
    """
    times = pl.DataFrame(
        [(one.incident, one.at) for one in made],
        schema={"incident": pl.String, "determined_at": pl.Datetime("us", "UTC")},
        orient="row",
    ).unique("incident")
    rows = said.join(times, on="incident")
    names = rows.select("incident", key="key").unique()
    before = pl.coalesce("known_at", "start") <= pl.col("determined_at")
    unsided = (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY) & weighs(mandate)
    asserts = ~pl.col("stance").is_in(["denies", "retracts"])
    rows = rows.with_columns(before=before, unsided=(unsided & asserts).fill_null(False))
    later = rows.filter(~pl.col("before") & asserts & observed() & weighs(mandate) & credible())

    def under(part: pl.DataFrame) -> pl.DataFrame:
        matched = match(part.select(said.columns)).filter(pl.col("unit") != VERSIONS)
        found = matched.rename({"incident": "key"}).join(names, on="key")
        return found.select("unit", "incident", "surely", party="actor")

    then = rows.filter("before")
    parts = [under(then.filter(wanted)).with_columns(unsided=pl.lit(of)) for wanted, of in _divided()]
    every = pl.concat(parts)
    told = then.group_by("incident").agg(by_unsided=pl.col("unsided").any())
    # where a side adds an act that those without a side do not surely speak of, it is not what was seen
    sure, unsided = pl.col("surely"), pl.col("unsided")
    seen = every.group_by("unit", "incident").agg(sure=(sure & unsided).any(), vague=unsided.any() & ~sure.any())
    seen = seen.join(told, on="incident").filter(~pl.col("by_unsided") | pl.col("sure") | pl.col("vague"))
    return Known(
        every.select("unit", "incident", "party").unique(),
        seen.select("unit", "incident"),
        under(later).select("unit", "incident").unique(),
    )


def _divided() -> tuple[tuple[pl.Expr, bool], ...]:
    """The reports of sources without a side that weigh, and the others."""
    return (pl.col("unsided"), True), (~pl.col("unsided"), False)
