"""Which incidents may be one, and which may be several, where incidents lie in shares: each share has what is about its own.

Of many reports there are millions of such pairs, and they grow with the reports: sent along with the terms, every machine would hold all of
them. So they go where their incidents are, by numbers, and from there with what is counted to where it is counted.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from servanda.incidents import Keys
from servanda.incidents.doubts import Doubts

PAIRS: dict[str, pl.DataType] = {"key": pl.UInt64(), "other": pl.UInt64(), "leads": pl.Boolean()}
"""Incidents that may be one, a row for each of the two: whether it ``leads`` the pair, and the key of the ``other``."""
SEVERAL: dict[str, pl.DataType] = {"key": pl.UInt64(), "most": pl.Int64()}
"""Incidents that may be several, and how many at most."""
Unsure = Mapping[str, pl.DataFrame]
"""Both tables, by name (``pairs``, ``several``); where there is nothing, they may be missing."""


def on_their_way(doubts: Doubts, keys: Keys, settled: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Doubts by the keys of the incidents that they are about.

    Args:
        doubts: by the names of incidents.
        keys: by which incidents are grouped.
        settled: incidents that are called otherwise than their reports say: ``key`` and ``incident``.

    Returns:
        Both tables (:data:`PAIRS`, :data:`SEVERAL`).
    """
    names = pl.concat([doubts.pairs["incident"], doubts.pairs["other"], doubts.several["incident"]]).unique()
    keyed = names.to_frame("incident").with_columns(key=keys.of_incident(pl.col("incident")))
    if settled.height:
        called = settled.select("incident", "key")
        keyed = pl.concat([keyed.join(called, on="key", how="anti"), called.join(keyed, on="incident", how="semi")])
    other = keyed.rename({"incident": "other", "key": "second"})
    pairs = doubts.pairs.join(keyed, on="incident").join(other, on="other").select("key", "second")
    both = [
        pairs.select("key", other="second", leads=pl.lit(True)),
        pairs.select(key="second", other="key", leads=pl.lit(False)),
    ]
    return {"pairs": pl.concat(both), "several": doubts.several.join(keyed, on="incident").select(list(SEVERAL))}


def of_share(tables: Unsure, names: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What of these is about some incidents, with what each is called (``incident``): ``names`` has the ``key`` and name of each."""
    return {name: table.join(names.select("key", "incident"), on="key") for name, table in tables.items()}


def of_groups(tables: Unsure, own: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What :func:`of_share` gives about the incidents of some groups (``group``, ``incident``), with the number of each."""
    return {name: table.join(own, on="incident") for name, table in tables.items()}


def together(tables: Unsure) -> Doubts:
    """The doubts about incidents that came together, in their order: of a pair of which only one came nothing is left.

    Args:
        tables: what :func:`of_groups` gives of all shares; where there is nothing, a table may be missing.
    """
    none = Doubts()
    pairs, several = none.pairs, none.several
    if "pairs" in tables:
        leads = pl.col("leads")
        first = tables["pairs"].filter(leads).select("key", "other", "incident")
        second = tables["pairs"].filter(~leads).select(key="other", other="key", second="incident")
        pairs = first.join(second, on=["key", "other"]).select("incident", other="second").unique()
    if "several" in tables:
        several = tables["several"].select("incident", "most").unique()
    return Doubts(pairs.sort("incident", "other"), several.sort("incident"))
