"""Whether anything at all happened there: the mandate's standard, applied to any act."""

from __future__ import annotations

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.model import HEARSAY
from servanda.findings.matched import NO_PARTY, UNSIDED
from servanda.findings.standard import confirmed_as_act
from servanda.findings.weight import credible, graded, observed, traced, weighs
from servanda.incidents import standing
from servanda.incidents.telling import nothing, warning
from servanda.values.geo.containment import MILLION
from servanda.values.names import name_keys


def happened(members: pl.DataFrame, agreement: Agreement) -> pl.DataFrame:
    """Which incidents are confirmed as something that happened, whatever it was.

    Args:
        members: the reports of incidents, with their ids (``incident``).
        agreement: whose mandate is the standard, and whose vocabulary tells which acts only warn; where and when is not asked. A warning
            confirms nothing, and neither does what tells of a quantity of 0.

    Returns:
        Those that are confirmed (``incident``).
    """
    mandate = agreement.mandate
    denying = pl.col("stance") == "denies"
    asserts = ~denying & ~nothing() & ~warning(agreement.vocabulary)
    # each origin once; an observer who asserts and denies stands on both sides
    origins = (
        standing(members)
        .with_columns(origin=name_keys(pl.col("origin")))
        .group_by("incident", "origin")
        .agg(
            p_sure=(asserts & credible()).any().cast(pl.Int32) * MILLION,
            observer=(asserts & observed() & graded(mandate) & credible()).any(),
            denies=(denying & observed() & graded(mandate) & credible()).any(),
            weighs=(asserts & weighs(mandate)).any(),
            unsided=(asserts & (pl.col("side") == "none") & (pl.col("directness") > HEARSAY)).any(),
            own=(asserts & weighs(mandate) & (pl.col("side") == pl.col("actor"))).fill_null(False).any(),
            trace=(asserts & traced()).any(),
            means_low=pl.col("means").filter(asserts).drop_nulls().min(),
            means_high=pl.col("means").filter(asserts).drop_nulls().max(),
        )
        .with_columns(
            pl.lit(0, dtype=pl.UInt16).alias("unit"),
            side=pl.when("unsided").then(UNSIDED).otherwise(UNSIDED - 1),
            author=pl.lit(NO_PARTY),
            p_own_sure="p_sure",
            deniers=pl.col("denies").sum().over("incident"),
        )
    )
    return confirmed_as_act(origins, mandate).select("incident")
