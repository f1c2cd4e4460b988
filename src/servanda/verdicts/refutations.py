"""What was seen not to have been done, and for whom that is contested."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from servanda.findings.matched import NO_PARTY


def refutations(timed: pl.DataFrame) -> pl.DataFrame:
    """What was seen not to have been done, or counted as none: to deny an incident that somebody asserts only contests that incident.

    Args:
        timed: what reports say of times and quantities (``matched.OCCURRENCE_TIMES``).

    Returns:
        The rows that refute, with the parties for whom they are contested (``but``): of whom somebody says that they did it. What the side of
        the doer asserts does not stand against them, nor that another did it: nobody undoes a refutation by saying that he did it, or
        somebody else.
    """
    timed = timed.with_columns(but=pl.lit([], dtype=pl.List(pl.Int8)))
    if not timed["refutes"].any():
        return timed.clear()
    asserted = timed.filter(~pl.col("refutes") & ~pl.col("of_doer")).select("unit", "incident", said="actor").unique()
    none = timed.filter(pl.col("refutes") & (pl.col("quantity") == 0).fill_null(False))
    undone = timed.filter(pl.col("refutes") & (pl.col("quantity") != 0).fill_null(True))
    numbered = undone.with_row_index("n")
    against = numbered.join(asserted, on=["unit", "incident"])
    of_nobody = (pl.col("actor") == NO_PARTY) & (pl.col("said") != NO_PARTY)
    one = ~of_nobody & ((pl.col("said") == pl.col("actor")) | (pl.col("said") == NO_PARTY))
    contested = against.filter(one)["n"]
    some = against.filter(of_nobody).group_by("n").agg(them=pl.col("said").unique().sort())
    undone = numbered.filter(~pl.col("n").is_in(contested.implode())).join(
        some, on="n", how="left", maintain_order="left"
    )
    undone = undone.with_columns(but=pl.coalesce("them", "but")).drop("n", "them")
    return pl.concat([undone, none])


def refutes(queries: Sequence[int], party: str | None, actors: Sequence[str]) -> pl.Expr:
    """Whether what was seen not to have been done is what some queries look for, of a party; ``None``: of whoever was asked for it."""
    asked = pl.col("unit").is_in(list(queries))
    if party is None:
        return asked & (pl.col("but").list.len() == 0)
    of = actors.index(party)
    return asked & pl.col("actor").is_in([of, NO_PARTY]) & ~pl.col("but").list.contains(of)
