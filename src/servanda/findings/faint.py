"""What lies so near the edge of a place or window that it is not even open: counted together, and not one by one.

Of every query and party: how many incidents sources without a side that weigh tell with more than 0 and less than 5 %; the sum of
``-ln(1 - p)``, from which the chance of at least one follows, in whole billionths so that order changes no byte; and the
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
_NATS = np.rint(-np.log1p(-np.arange(DOUBT) / 1e6) * 1e9).astype(np.int64)


def faint_of(origins: pl.DataFrame, *, alone: bool) -> pl.DataFrame:
    """What of some incidents is faint, incident by incident (:data:`EACH_FAINT`).

    Args:
        origins: what each origin says (:mod:`servanda.findings.origins`), all that is said of these incidents.
        alone: every row is the only one of its query and incident.
    """
    heard = origins.filter((pl.col("side") == UNSIDED) & pl.col("opens"))
    low = heard.filter((pl.col("p") > 0) & (pl.col("p") < DOUBT))
    if low.height == 0:
        return pl.DataFrame(schema=EACH_FAINT)
    if not alone:
        low = low.join(heard.filter(pl.col("p") >= DOUBT).select(_KEY).unique(), on=_KEY, how="anti")
        named = pl.col("author").filter(pl.col("names") > 0)
        low = low.group_by(_KEY).agg(
            pl.col("p").max(),
            author=pl.when(named.n_unique() == 1).then(named.max()).otherwise(NO_PARTY).cast(pl.Int8),
        )
    low = low.filter(pl.col("author") != PRIVATE)
    nats = pl.Series(_NATS[low["p"].to_numpy()], dtype=pl.Int64)
    each = low.with_columns(party="author", incidents=pl.lit(1), nats=nats)
    return each.select(pl.col(c).cast(d) for c, d in EACH_FAINT.items())


def sum_faint(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Parts of :data:`FAINT` or :data:`EACH_FAINT` added up, in order of query and party."""
    rows = pl.concat([part.select(list(FAINT)) for part in parts])
    added = rows.group_by("unit", "party").agg(pl.col("incidents", "nats").sum(), pl.col("p").max())
    return added.select(pl.col(c).cast(d) for c, d in FAINT.items()).sort("unit", "party")
