"""Who speaks of which incident, and how what is said counts without some of them.

A source that is struck off the register is of unknown side, without a grade, and binds nobody; what it carries for others is hearsay.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.model import HEARSAY, NO_SIDE, OWN_WORDS, Source
from servanda.incidents import Keys
from servanda.values.names import name_key, name_keys, names_of


@dataclass(frozen=True)
class Voices:
    """Who speaks of which incident: reports with ``key``, ``incident``, ``origin``, ``source`` (names folded), ``directness``, and the keys
    of origin and version.
    """

    said: pl.DataFrame
    registered: bool
    unsided: frozenset[str]
    """Sources that the register has without a side, graded well enough: what they carry for others stays trusted."""
    described: Mapping[str, str]
    """By folded name, what can be struck: the rows of the register; without one, origins of which the rows say something."""

    @staticmethod
    def of(members: pl.DataFrame, register: Mapping[str, Source], agreement: Agreement, keys: Keys) -> Voices:
        """The voices of some incidents.

        Args:
            members: their reports.
            register: the register of sources; nothing where there is none.
            agreement: the names of its actors speak for them, whatever a register says; a body has no side by its name.
            keys: by which the incidents are grouped.
        """
        numbers = keys.add_to(members).select(o="origin", version="version")
        said = members.select(
            "key",
            "incident",
            "directness",
            name=name_keys(pl.col("origin")),
            carrier=name_keys(pl.col("source")),
            own=name_keys(pl.col("origin")) == name_keys(pl.col("source")),
        )
        unsided = frozenset(
            name_key(name) for name, source in register.items() if source.side == NO_SIDE and source.carries
        )
        stated = members.filter(pl.any_horizontal(pl.col("side", "reliability", "speaks_for").is_not_null()))
        names = list(register) or stated["origin"].unique().sort(descending=True).to_list()
        own = set(names_of(agreement.sides))
        if not agreement.mandate.attribution:  # on whose word of its own it rests would name whose it was
            sided = members.filter(pl.col("side").is_in(list(agreement.parties)))["origin"].unique().to_list()
            own |= {name_key(name) for name in sided}
        described = {name_key(name): name for name in names if name_key(name) not in own}
        return Voices(pl.concat([said, numbers], how="horizontal"), bool(register), unsided, described)

    @functools.cached_property
    def speakers(self) -> pl.DataFrame:
        """By incident (``key``) the names of those who speak of it, or carry what others say of it: whom to strike changes it."""
        heard, carried = (self.said.select("key", by=pl.col(c)) for c in ("name", "carrier"))
        return pl.concat([heard, carried.filter(self.registered)]).unique()

    def _hits(self, struck: pl.DataFrame) -> pl.DataFrame:
        """For each supposition the rows of ``said`` (``row``) whose origin is struck (``gone``), or that a struck source carries (``hit``)."""
        said = self.said.with_row_index("row")
        heard = said.select("key", "row", by="name", gone=pl.lit(True), hit=pl.lit(False))
        carried = said.filter(self.registered).select("key", "row", by="carrier", gone=pl.lit(False), hit=pl.lit(True))
        hits = pl.concat([rows.join(struck, on=["key", "by"]) for rows in (heard, carried)])
        return hits.group_by("supposed", "row").agg(pl.col("gone", "hit").any())

    def levels(self, struck: pl.DataFrame) -> pl.DataFrame:
        """How what is said counts without some who say it.

        Args:
            struck: suppositions (``supposed``), each with an incident (``key``) and a name that is struck (``by``).

        Returns:
            By supposition, incident, origin and version: whether the origin is struck, and how near what is said is to it then.
        """
        said = self.said.with_row_index("row")
        carried = pl.lit(self.registered) & ~pl.col("own") & (pl.col("directness") < OWN_WORDS)
        trusted = pl.col("carrier").is_in(list(self.unsided))
        hits = self._hits(struck).join(said, on="row")
        hits = hits.with_columns(lost=carried & (pl.col("hit") | (pl.col("gone") & ~trusted)))
        hits = hits.filter(pl.col("gone") | pl.col("lost"))
        rows = hits.select("supposed", "key", "o").unique().join(said, on=["key", "o"])
        rows = rows.join(hits.select("supposed", "row", "gone", "lost"), on=["supposed", "row"], how="left")
        level = pl.when("lost").then(pl.lit(HEARSAY, dtype=pl.Int8)).otherwise("directness")
        return rows.group_by("supposed", "key", "o", "version", before="directness").agg(
            gone=pl.col("gone").fill_null(False).any(), level=level.max()
        )
