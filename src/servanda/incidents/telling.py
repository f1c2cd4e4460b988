"""What a report tells of: something, or that there was nothing; an act, or only a warning of one."""

from __future__ import annotations

import polars as pl

from servanda.values.codes import Vocabulary


def something() -> pl.Expr:
    """Whether a report tells of anything: a quantity of 0 is no act."""
    return pl.col("quantity").fill_null(1.0) > 0


def nothing() -> pl.Expr:
    """Whether a report says that nothing was seen: it denies nobody's report, and tells of no act."""
    return ~something() & pl.col("stance").is_in(["denies", "retracts"]).not_().fill_null(True)


def warning(vocabulary: Vocabulary) -> pl.Expr:
    """Whether a report tells of a warning, which is no act.

    Args:
        vocabulary: which acts are signs.
    """
    return pl.col("act").is_in(sorted(vocabulary.signs)).fill_null(False)


def beside(vocabulary: Vocabulary) -> pl.Expr:
    """Whether a report asserts nothing of its incident (``incident``): it tells of nothing, or warns where others tell of an act.

    Args:
        vocabulary: which acts are signs.
    """
    acts = (~nothing() & ~warning(vocabulary)).any().over("incident")
    return nothing() | (warning(vocabulary) & acts)
