"""What lies so near the edge of a place or window that it is not even open: counted together, and not one by one.

Of every query and party: how many incidents sources without a side that weigh tell with more than 0 and less than 5 %; the sum of
``-ln(1 - p)`` (of what is forbidden, for each act that is counted), from which the chance of at least one follows, in whole billionths so that order changes no byte; and the
greatest certainty.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from servanda.findings.matched import NO_PARTY, PRIVATE, UNSIDED
from servanda.findings.origins import DOUBT

FAINT: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "party": pl.Int8(),  # index of the party that all who name somebody name, or NO_PARTY
    "incidents": pl.UInt32(),
    "nats": pl.Int64(),
    "p": pl.Int32(),
}
EACH_FAINT: dict[str, pl.DataType] = {"incident": pl.UInt64(), **FAINT}
"""The same incident by incident, before it is added up."""
_KEY = ["unit", "incident"]
_MANY = 1_000_000
_NATS = np.rint(-np.log1p(-np.arange(DOUBT) / 1e6) * 1e9).astype(np.int64)


def is_faint() -> pl.Expr:
    """Whether who has no side, and weighs, tells it so uncertainly, of matched rows or of what origins say."""
    return (pl.col("side") == UNSIDED) & pl.col("opens") & (pl.col("p") > 0) & (pl.col("p") < DOUBT)


def faint_of(origins: pl.DataFrame, remarks: pl.DataFrame, *, alone: bool) -> pl.DataFrame:
    """What of some incidents is faint, incident by incident (:data:`EACH_FAINT`).

    Args:
        origins: what each origin says (:mod:`servanda.findings.origins`), all that is said of these incidents.
        remarks: rows of ``matched.REMARKS_ON_INCIDENT`` about these incidents: how many acts were counted.
        alone: every row is the only one of its query and incident.
    """
    low = origins.filter(is_faint())
    if low.height == 0:
        return pl.DataFrame(schema=EACH_FAINT)
    if not alone:
        heard = (pl.col("side") == UNSIDED) & pl.col("opens") & (pl.col("p") >= DOUBT)
        low = low.join(origins.filter(heard).select(_KEY).unique(), on=_KEY, how="anti")
        named = pl.col("author").filter(pl.col("names") > 0)
        low = low.group_by(_KEY).agg(
            pl.col("p").max(),
            author=pl.when(named.n_unique() == 1).then(named.max()).otherwise(NO_PARTY).cast(pl.Int8),
        )
    low = low.filter(pl.col("author") != PRIVATE)
    nats = pl.Series(_NATS[low["p"].to_numpy()], dtype=pl.Int64) * _acts_in(low, remarks)
    each = low.with_columns(party="author", incidents=pl.lit(1), nats=nats)
    return each.select(pl.col(c).cast(d) for c, d in EACH_FAINT.items())


def _acts_in(low: pl.DataFrame, remarks: pl.DataFrame) -> pl.Series:
    """How many acts were counted in each of some incidents, where anybody did: where one of them was says nothing of where another was."""
    heard = (pl.col("side") == UNSIDED) & pl.col("weighs") & pl.col("counted_in").is_not_null()
    counted = remarks.filter(heard & pl.col("unit").is_not_null())
    counted = counted.group_by(_KEY).agg(acts=pl.col("quantity").max() // 1000)
    acts = low.select(_KEY).join(counted, on=_KEY, how="left", maintain_order="left")["acts"]
    return acts.fill_null(1).clip(1, _MANY)


def sum_faint(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Parts of :data:`FAINT` or :data:`EACH_FAINT` added up, in order of query and party."""
    rows = pl.concat([part.select(list(FAINT)) for part in parts])
    added = rows.group_by("unit", "party").agg(pl.col("incidents", "nats").sum(), pl.col("p").max())
    return added.select(pl.col(c).cast(d) for c, d in FAINT.items()).sort("unit", "party")
