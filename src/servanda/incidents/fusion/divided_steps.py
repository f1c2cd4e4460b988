"""The steps of fusion by parts up to the pairs: each is sent to where reports lie, is given some of them, and gives what goes on to the next.

``divided`` has their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.incidents.fusion.blocking import Ints
from servanda.incidents.fusion.blocks import Blocks, Tally
from servanda.incidents.fusion.part import Part
from servanda.incidents.fusion.told import KEPT, cells_of, where_of
from servanda.incidents.identity import EVENT
from servanda.values.codes import Vocabulary
from servanda.values.elsewhere import Positions
from servanda.values.keyed_hash import keyed_hash, mixed, plain_hash

Tables = dict[str, pl.DataFrame]
LINKS: dict[str, pl.DataType] = {"one": pl.Int64(), "other": pl.Int64(), "score": pl.Int64()}
"""A pair by the positions of its reports."""
HOMES: dict[str, pl.DataType] = {"one_home": pl.Int32(), "other_home": pl.Int32()}
"""And the blocks to which these belong."""


@dataclass(frozen=True)
class Kept:
    """What fusion needs of one table."""

    as_of: datetime | None

    def __call__(self, table: pl.DataFrame, at: Positions) -> Tables:
        """Its reports, with their positions and cells."""
        rows = table.with_columns(at=pl.Series(at, dtype=pl.Int64))
        if self.as_of is not None:
            rows = rows.filter((pl.col("known_at") <= self.as_of).fill_null(False))
        rows = rows.select(*KEPT, "at")
        cell, at_ = cells_of(rows).view(np.uint64), rows["at"].to_numpy().astype(np.uint64)
        placed = _placed(rows)  # the others are no neighbours: each for itself, anywhere
        return {"rows": rows.with_columns(cell=pl.Series(np.where(placed, cell, mixed(at_))), placed=pl.Series(placed))}


def _placed(rows: pl.DataFrame) -> npt.NDArray[np.bool_]:
    lat, lon, _, start, _ = where_of(rows)[1]
    return np.asarray(np.isfinite(lat) & np.isfinite(lon) & np.isfinite(start))


def by_number(column: str) -> Callable[[pl.DataFrame], pl.Series]:
    """A share by a column of numbers."""

    def number(rows: pl.DataFrame) -> pl.Series:
        return pl.Series(mixed(rows[column].to_numpy().astype(np.int64).view(np.uint64)))

    return number


def by_block(column: str) -> Callable[[pl.DataFrame], pl.Series]:
    """A share by the number of a block: those of neighbours go to different shares, and each share has as many as any other."""

    def number(rows: pl.DataFrame) -> pl.Series:
        return rows[column].cast(pl.UInt64)

    return number


def by_cell(rows: pl.DataFrame) -> pl.Series:
    """A share by the cell of a source."""
    return rows["cell"]


def with_neighbours(tables: Tables) -> pl.DataFrame:
    """Reports, each with how many have its cell."""
    return tables["rows"].with_columns(alike=pl.len().over("cell").cast(pl.Int64)).drop("cell")


def tally(rows: pl.DataFrame) -> Tally:
    """When and where these reports begin."""
    lat, _, _, start, _ = where_of(rows.filter("placed"))[1]
    return Tally.of(start, lat)


@dataclass(frozen=True)
class Dated:
    """Those that may be told of on another day, by origin and minute."""

    vocabulary: Vocabulary

    def __call__(self, rows: pl.DataFrame) -> Tables:
        """Those of them, with their minutes."""
        part = Part(self.vocabulary, rows)
        here = part.datable()
        return {"dated": rows.sort("at")[here].with_columns(minute=part.minutes(here))}


def by_minute(rows: pl.DataFrame) -> pl.Series:
    """A share by origin and minute of the day."""
    return rows["minute"]


@dataclass(frozen=True)
class OnOtherDays:
    """What of these may be one event though one of them is told on a wrong day."""

    vocabulary: Vocabulary
    blocks: Blocks

    def __call__(self, tables: Tables) -> pl.DataFrame:
        """Pairs across days, once for the block of either."""
        part = Part(self.vocabulary, tables["dated"])
        found = part.on_other_days()
        pairs = pl.DataFrame({"one": found.one, "other": found.other, "score": found.score}, schema=LINKS)
        both = [pairs.with_columns(mine=n) for n in ("one", "other")]
        own = self.blocks.own(part.columns.where)
        several = with_homes(pl.concat(both), part, own)
        return several.with_columns(
            block=pl.when(pl.col("mine") == pl.col("one")).then("one_home").otherwise("other_home")
        )


@dataclass(frozen=True)
class InBlocks:
    """Every report to the blocks that it reaches into; those without a place or time to some block beyond these, repeats together."""

    blocks: Blocks
    more: int

    def __call__(self, rows: pl.DataFrame) -> Tables:
        """Each once for every block; ``own``: in the one that it belongs to."""
        linkable = pl.Series(np.isfinite(sum(where_of(rows)[1])))
        placed, lost = rows.filter(linkable), rows.filter(~linkable)
        where = where_of(placed)[0]
        row, block = self.blocks.spread(where)
        own, copies = self.blocks.own(where), np.bincount(row, minlength=placed.height)
        there = placed[row].with_columns(
            block=pl.Series(block, dtype=pl.Int64), own=pl.Series(own[row] == block), shared=pl.Series(copies[row] > 1)
        )
        said = sum((plain_hash(lost[c], n) for n, c in enumerate(EVENT)), np.zeros(lost.height, np.uint64))
        beyond = len(self.blocks) + (said % np.uint64(self.more)).astype(np.int64)
        nowhere = lost.with_columns(block=pl.Series(beyond), own=pl.lit(True), shared=pl.lit(False))
        return {"rows": pl.concat([there, nowhere])}


def with_homes(pairs: pl.DataFrame, part: Part, home: Ints) -> pl.DataFrame:
    """Pairs of some reports, with the home of either."""
    of = (home[np.searchsorted(part.at, pairs[n].to_numpy())] for n in ("one", "other"))
    return pairs.with_columns(pl.Series(n, one, dtype=HOMES[n]) for n, one in zip(HOMES, of, strict=True))


def across(pairs: pl.DataFrame) -> Tables:
    """Pairs across days, on their way to the blocks of either."""
    return {"across": pairs}


@dataclass(frozen=True)
class Linked:
    """What hangs together in a block: its own reports with a root for each, their pairs, what ties roots over its edges, and how many
    reports hang together at each root that may be tied.
    """

    vocabulary: Vocabulary
    blocks: Blocks

    def __call__(self, tables: Tables) -> Tables:
        """The same for all blocks of a share."""
        across_ = tables["across"].partition_by("block", as_dict=True) if "across" in tables else {}
        none = pl.DataFrame(schema={**LINKS, **HOMES, "mine": pl.Int64()})
        made = [
            self._of(int(block[0]), rows, across_.get(block, none))
            for block, rows in tables["rows"].partition_by("block", as_dict=True).items()
        ]
        return {name: pl.concat([one[name] for one in made]) for name in ("rows", "links", "ties", "sizes")}

    def _of(self, block: int, rows: pl.DataFrame, across: pl.DataFrame) -> Tables:
        part = Part(self.vocabulary, rows)
        laid = part.laid()
        links = part.in_block(laid, self.blocks, block)
        root = part.roots(laid, links)
        nowhere = block >= len(self.blocks)
        home = np.full(part.size, block) if nowhere else self.blocks.own(part.columns.where)
        rows = rows.sort("at").with_columns(root=pl.Series(root))
        ends = part.ends(laid, links)
        found = pl.DataFrame({"one": ends.one, "other": ends.other, "score": ends.score}, schema=LINKS)
        first = across.filter(pl.col("mine") == pl.col("one")).select(*LINKS, *HOMES)
        found = pl.concat([with_homes(found, part, home), first]).with_columns(
            root=pl.Series(root[np.searchsorted(part.at, np.concatenate([ends.one, first["one"].to_numpy()]))])
        )
        met = rows.filter(pl.col("shared") | pl.col("at").is_in(across["mine"].implode()))
        by_id = rows.filter(pl.col("incident_id").is_not_null())
        ties = [
            met.select(one="at", other="root"),
            by_id.select(one=-1 - id_number(), other="root"),  # an id is no position
            first.select("one", "other"),
        ]
        own = rows.filter("own").drop("placed", "own", "shared").rename({"block": "home"})
        tied = pl.concat([met["root"], by_id["root"]]).unique()
        return {
            "rows": own,
            "links": found,
            "ties": pl.concat(ties).filter(pl.col("one") != pl.col("other")).unique(),
            "sizes": own.filter(pl.col("root").is_in(tied.implode())).group_by("root").len("reports"),
        }


def id_number() -> pl.Expr:
    """A number for the id that a report bears, not below 0."""
    return pl.col("incident_id").map_batches(_id_number, return_dtype=pl.Int64)


def _id_number(ids: pl.Series) -> pl.Series:
    return pl.Series((keyed_hash(ids, 23).to_numpy() >> np.uint64(1)).astype(np.int64))
