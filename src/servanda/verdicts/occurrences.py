"""Occurrences: what happened under a query, when, where and how much of it; and what was seen not to have been done.

An **occurrence** is an incident under one query, about one party, with when and where it happened and how much of it: the
times, places and quantities that its observers give; else those of its sources without a side that weigh; else those of the
parties whose word confirms it; else everybody's. Where they differ, times are the whole span, places the whole box, and quantities go from
the least to the most; what gives no quantity counts as one. Its **certainty** is that of the finding: how surely it lies in place and window.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from servanda.findings.matching import NO_PARTY, OCCURRENCE_TIMES, UNSIDED
from servanda.findings.queries import MatchQuery

UNITY = 1000  # quantities are in thousandths; what does not say how many is one
OCCURRENCE: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "party": pl.Int8(),
    "key": pl.UInt64(),
    "incident": pl.String(),
    "status": pl.String(),  # confirmed, excused, alleged, open
    "by": pl.String(),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "low": pl.Int64(),
    "high": pl.Int64(),
    "toward": pl.Int8(),
    "doer": pl.Int8(),
    "answers": pl.UInt64(),
    "counted": pl.Boolean(),  # it is said how many
    "who": pl.List(pl.UInt32),  # the origins whose times and quantities these are
    "p": pl.Int32(),  # millionths
    "south": pl.Float64(),
    "west": pl.Float64(),
    "north": pl.Float64(),
    "east": pl.Float64(),
    "radius": pl.Float64(),  # metres: the greatest of its positions
}


def occurrences_of(
    findings: pl.DataFrame, timed: pl.DataFrame, queries: Sequence[MatchQuery], parties: int
) -> pl.DataFrame:
    """Occurrences of the timed queries.

    Args:
        findings: the findings, with the names of their incidents.
        timed: what reports say of times and quantities (``matching.OCCURRENCE_TIMES``).
        queries: what was looked for, in the order of their numbers.
        parties: how many of the actors are parties; these come first.

    Returns:
        A table with the columns of :data:`OCCURRENCE`.
    """
    if timed.height == 0:
        return pl.DataFrame(schema=OCCURRENCE)
    assert timed.columns == list(OCCURRENCE_TIMES)
    unsided = (pl.col("side") == UNSIDED) & pl.col("weighs")
    assessed = findings.select("unit", "party", "key", "incident", "status", "by", "p")
    act = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "act"])
    deed = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "deed"])
    bound, party = pl.col("bound"), pl.col("party")
    voice = (act & (bound == party)) | (deed & (bound >= 0) & (bound < parties) & (bound != party))
    rank = pl.when("first_hand").then(3).when(unsided).then(2).when(voice & (party >= 0)).then(1).otherwise(0)
    rows = timed.filter(~pl.col("refutes")).drop("p").rename({"incident": "key"})
    rows = rows.join(assessed.select("unit", "key", "party").unique(), on=["unit", "key"]).with_columns(rank=rank)
    of = ("unit", "key", "party")
    # a number of who confirms nothing says nothing of what others confirm
    counts = pl.col("quantity").is_not_null() & ((pl.col("rank") > 0) | (pl.col("rank").max().over(of) == 0))
    told = rows.filter(counts).filter(pl.col("rank") == pl.col("rank").max().over(of))
    numbers = told.group_by(of).agg(low=pl.col("quantity").min(), high=pl.col("quantity").max())
    rows = rows.filter(pl.col("rank") == pl.col("rank").max().over(of))
    addressed = pl.col("toward").filter(pl.col("toward") != NO_PARTY)
    linked = pl.col("answers").drop_nulls()
    doer = pl.col("actor").filter(pl.col("actor") >= 0)
    when = rows.group_by(of).agg(
        pl.col("start").min(),
        pl.col("end").max(),
        south=pl.col("lat").min(),
        west=pl.col("lon").min(),
        north=pl.col("lat").max(),
        east=pl.col("lon").max(),
        radius=pl.col("radius").filter(pl.col("lat").is_not_null()).max(),
        who=pl.col("origin").unique().sort(),
        doer=pl.when(doer.n_unique() == 1).then(doer.first()).otherwise(NO_PARTY),
        answers=pl.when(linked.n_unique() == 1).then(linked.first()),
        toward=pl.when(addressed.n_unique() == 1).then(addressed.first()).otherwise(NO_PARTY),
    )
    when = when.join(numbers, on=of, how="left").with_columns(
        pl.col("low", "high").fill_null(UNITY), counted=pl.col("low").is_not_null()
    )
    occurrences = assessed.join(when, on=of)
    return occurrences.select(pl.col(c).cast(d) for c, d in OCCURRENCE.items()).sort(
        "unit", "start", "end", "incident", "party"
    )


def refutations(timed: pl.DataFrame) -> pl.DataFrame:
    """What was seen not to have been done: to deny an incident that somebody asserts only contests that incident.

    Args:
        timed: as for :func:`occurrences_of`.

    Returns:
        The rows that refute. What the side of the doer asserts does not stand against them: nobody undoes a refutation by saying that he did it.
    """
    asserted = timed.filter(~pl.col("refutes") & ~pl.col("of_doer")).select("unit", "incident")
    return timed.filter("refutes").join(asserted, on=["unit", "incident"], how="anti")
