"""Which incidents may be one, and which may be several, where incidents lie in shares: each share has what is about its own.

Of many reports there are millions of such pairs, and they grow with the reports: sent along with the terms, every machine would hold all of
them. So they go where their incidents are, and from there with what is counted to where it is counted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import polars as pl

from servanda.incidents import Keys
from servanda.incidents.doubts import Doubts

_PAIR = {"first": pl.String(), "second": pl.String()}
PAIRS: dict[str, pl.DataType] = {"key": pl.UInt64(), "incident": pl.String(), **_PAIR}
"""Incidents that may be one, a row for each of the two (``incident``)."""
SEVERAL: dict[str, pl.DataType] = {"key": pl.UInt64(), "incident": pl.String(), "most": pl.Int64()}
"""Incidents that may be several, and how many at most."""
Unsure = Mapping[str, pl.DataFrame]
"""Both tables, by name (``pairs``, ``several``)."""


def on_their_way(doubts: Doubts, keys: Keys, settled: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Doubts with the keys of the incidents that they are about.

    Args:
        doubts: by the names of incidents.
        keys: by which incidents are grouped.
        settled: incidents that are called otherwise than their reports say: ``key`` and ``incident``.

    Returns:
        Both tables (:data:`PAIRS`, :data:`SEVERAL`).
    """
    pairs = doubts.pairs.rename({"incident": "first", "other": "second"})
    ends = pl.concat([pairs.with_columns(incident=pl.col(end)) for end in _PAIR])
    return {"pairs": _keyed(ends, keys, settled), "several": _keyed(doubts.several, keys, settled)}


def _keyed(rows: pl.DataFrame, keys: Keys, settled: pl.DataFrame) -> pl.DataFrame:
    by_name = rows.with_columns(key=keys.of_incident(pl.col("incident")))
    if settled.height:
        by_name = pl.concat([by_name, rows.join(settled, on="incident").select(by_name.columns)]).unique()
    schema = PAIRS if "first" in rows.columns else SEVERAL
    return by_name.select(list(schema))


def of_share(tables: Unsure, names: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What of these is about some incidents: ``names`` has the ``key`` and name (``incident``) of each."""
    known = names.select("key", "incident")
    return {name: table.join(known, on=["key", "incident"], how="semi") for name, table in tables.items()}


def of_groups(tables: Unsure, own: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What of these is about the incidents of some groups (``group``, ``incident``), with the number of each."""
    return {name: table.drop("key").join(own, on="incident") for name, table in tables.items()}


def together(tables: Unsure) -> Doubts:
    """The doubts about incidents that came together, in their order: of a pair of which only one came nothing is left.

    Args:
        tables: what :func:`of_groups` gives of all shares; where there is nothing, a table may be missing.
    """
    doubts = Doubts()
    if "pairs" in tables:
        met = tables["pairs"].group_by("first", "second").len().filter(pl.col("len") > 1)
        pairs = met.select(incident="first", other="second").sort("incident", "other")
        doubts = dataclasses.replace(doubts, pairs=pairs)
    if "several" in tables:
        several = tables["several"].select("incident", "most").unique().sort("incident")
        doubts = dataclasses.replace(doubts, several=several)
    return doubts
