"""What single reports weigh: who is an observer, whose word weighs, what is credible, as expressions over the report table."""

from __future__ import annotations

import polars as pl

from servanda.agreement import Mandate
from servanda.evidence.model import HEARSAY, IMPROBABLE, NO_SIDE, PARTIAL, TRACES, UNTESTED
from servanda.values.coded import one_of


def observed() -> pl.Expr:
    """It is an observation: a source without a side recorded it, and it is no hearsay."""
    unsided = (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY)
    return ((pl.col("kind") == "observation") & unsided).fill_null(False)


def graded(mandate: Mandate) -> pl.Expr:
    """Its source is graded well enough that an observation of it is an observer's."""
    return one_of(pl.col("reliability"), mandate.grades).fill_null(False)


def weighs(mandate: Mandate) -> pl.Expr:
    """Its source weighs, by its grade: what nobody graded does."""
    return one_of(pl.col("reliability"), mandate.weighing).fill_null(True)


def credible() -> pl.Expr:
    """It is credible enough to confirm."""
    return ~pl.col("credibility").is_in([IMPROBABLE, UNTESTED, PARTIAL]).fill_null(False)


def traced() -> pl.Expr:
    """It rests on a physical trace or a recording."""
    return pl.col("basis").str.contains("|".join(TRACES)).fill_null(False)
