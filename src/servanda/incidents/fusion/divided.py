"""Fusion of reports that lie on other machines, by parts: the same groups as of all at once, however the reports are divided.

1. *Densities.* All reports of one cell of a source come together and are counted (``likelihood.density_cells``).
2. *Blocks.* Every report goes to the blocks that it reaches into (``blocks``), and those that may be told of on a wrong day to their minute
   (``misdated``). There pairs are scored, and what hangs together in the block is found.
3. *Closing.* What hangs together over the edges of blocks, by an id or across days is found here, from two numbers for each report that
   stands in several blocks.
4. *Groups.* Everything that hangs together comes to one machine with its pairs and is grouped there as in one process.
5. *Names.* Incidents that would have the same name come together and are told apart.

Reports are told by their positions, which are assigned once, where they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from servanda.evidence.model import REPORT
from servanda.incidents.doubts import Doubts
from servanda.incidents.fusion.blocking import Mask
from servanda.incidents.fusion.blocks import Blocks, Tally
from servanda.incidents.fusion.cluster import components
from servanda.incidents.fusion.divided_steps import (
    LINKS,
    Dated,
    InBlocks,
    Kept,
    Linked,
    OnOtherDays,
    Tables,
    across,
    by_block,
    by_cell,
    by_minute,
    by_number,
    tally,
    with_neighbours,
)
from servanda.incidents.fusion.doubtful import doubts_of
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.part import Gathered, Part
from servanda.incidents.fusion.rounds import Large, by_stretch, in_rounds
from servanda.incidents.fusion.tables import founders_of, known_since, names_of
from servanda.incidents.identity import report_ids
from servanda.values.codes import Vocabulary
from servanda.values.elsewhere import Elsewhere, Positions, with_ids
from servanda.values.keyed_hash import keyed_hash, mixed

AT_ONCE = 200_000
"""Reports of one block."""
_BLOCKS = 2
"""As many times more reports that hang together are grouped on one machine."""
_BUCKET = 12  # positions that differ in so many bits only come together again; few, so that shares are alike


def _ties(tables: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    return tables["ties"], tables["sizes"]


def closed(ties: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """What hangs together by ties.

    Args:
        ties: pairs of numbers, ``one`` and ``other``.

    Returns:
        Of every ``root`` that is tied to any other the ``label`` of all that hang together with it.
    """
    every = [*ties, pl.DataFrame(schema={"one": pl.Int64, "other": pl.Int64})]
    pairs = pl.concat(every).unique()
    nodes = np.unique(np.concatenate([pairs["one"].to_numpy(), pairs["other"].to_numpy()]))
    i, j = (np.searchsorted(nodes, pairs[n].to_numpy()) for n in ("one", "other"))
    return pl.DataFrame({"root": nodes, "label": nodes[components(len(nodes), i, j)]}).filter(
        pl.col("root") != pl.col("label")
    )


def _large(labels: pl.DataFrame, sizes: Iterable[pl.DataFrame], most: int) -> pl.Series:
    """The labels of what hangs together in more than so many reports."""
    every = pl.concat([*sizes, pl.DataFrame(schema={"root": pl.Int64, "reports": pl.UInt32})])
    of = every.join(labels, on="root", how="left").group_by(label=pl.coalesce("label", "root"))
    return of.agg(pl.col("reports").sum()).filter(pl.col("reports") > most)["label"]


@dataclass(frozen=True)
class Grouped:
    """What came of some groups. ``rows``: the group of each report (``at``, ``group``) and its name as far as it is known; ``founders``: of
    each group the report that names it; ``called``: the names so far of these groups and of those that they may be one with; ``pairs``,
    ``several``: doubts, by group; ``counts``: as ``counted`` has them; ``solved``: all about each report, where that was asked for.
    """

    rows: pl.DataFrame
    founders: pl.DataFrame
    called: pl.DataFrame
    pairs: pl.DataFrame
    several: pl.DataFrame
    counts: tuple[int, int, int]
    solved: Tables


@dataclass(frozen=True)
class _Solved:
    vocabulary: Vocabulary
    id_key: bytes
    whole: bool

    def __call__(self, tables: Tables) -> Iterator[Grouped]:
        """What came of reports that hang together with no others; and of the groups of each block, of those that do with too many."""
        if "rows" in tables:  # however many hang together: what was used is given up
            yield self._whole({name: tables.pop(name) for name in ("rows", "links") if name in tables})
        for rows, links in by_stretch(tables, "apart", "apart_links"):
            yield self._part(rows.sort("at"), links)

    def _whole(self, tables: Tables) -> Grouped:
        part = Part(self.vocabulary, tables.pop("rows"))
        laid = part.laid()
        found = part.placed(laid, tables.pop("links", pl.DataFrame(schema=LINKS)))
        part.settled(laid, found.in_order(), whole=self.whole)
        del laid, found
        return self._told(part, np.ones(part.size, bool))

    def _part(self, rows: pl.DataFrame, links: pl.DataFrame) -> Grouped:
        part = Part(self.vocabulary, rows)
        laid, mine = part.laid(), rows["mine"].to_numpy()
        part.weighed(laid, part.placed(laid, links).in_order(), rows["group"].to_numpy(), mine, whole=self.whole)
        return self._told(part, mine)

    def _told(self, part: Part, mine: Mask) -> Grouped:
        """What came of the groups of some (``mine``)."""
        every = np.arange(part.size)
        founding = founders_of(part, every, part.told(every, "known_at", "start", "end"))
        group, c = part.at[part.group], part.columns
        told = part.told(founding)
        bearing = told["incident_id"].is_null()
        ids = told["incident_id"].scatter(bearing.arg_true(), report_ids(told.filter(bearing), self.id_key))
        founders = told.with_columns(
            group=pl.Series(group[founding]),
            known=pl.Series(known_since(told)),
            hours=pl.Series(c.start[founding]),
            rank=pl.Series(c.rank[founding]),
            called=ids,
        )
        called = founders.select("group", "called")
        rows = pl.DataFrame({"at": part.at, "group": group}).filter(pl.Series(mine)).join(called, on="group")
        founders = founders.filter(pl.Series(mine[founding]))
        doubts = doubts_of(part, pl.Series(part.at))
        doubtful = pl.concat([doubts.pairs["incident"], doubts.pairs["other"], doubts.several["incident"]])
        called = called.filter(pl.col("group").is_in(doubtful.implode()))
        solved = part.solved(mine) if self.whole else {}
        return Grouped(rows, founders, called, doubts.pairs, doubts.several, counted(part, mine), solved)


def counted(fusion: Fusion, some: Mask | None = None) -> tuple[int, int, int]:
    """How many reports (of ``some`` groups) carry no incident id, how many incidents of their own they make, and how many joined incidents that have
    one.
    """
    group, named = fusion.group, fusion.columns.named == 1
    if some is not None:
        group, named = group[some], named[some]
    has_id = np.zeros(fusion.size, bool)
    has_id[group[named]] = True
    joined = ~named & has_id[group]
    return int((~named).sum()), len(np.unique(group[~named & ~joined])), int(joined.sum())


def _founders(found: Grouped) -> Tables:
    return {"founders": found.founders}


def _by_name(rows: pl.DataFrame) -> pl.Series:
    return keyed_hash(rows["called"], 29)


@dataclass(frozen=True)
class _Named:
    id_key: bytes

    def __call__(self, tables: Tables) -> pl.DataFrame:
        """Groups that are named otherwise than by their founder alone, because another has that name."""
        several = tables["founders"].filter(pl.col("called").is_duplicated())
        order = np.lexsort((several["group"], several["rank"], several["hours"], several["known"]))
        told = several[order]
        names = names_of(told, self.id_key) if told.height else told["called"]
        return (
            told.select("group", "called", name=names)
            .filter(pl.col("name") != pl.col("called"))
            .select("group", "name")
        )


def _summary(found: Grouped) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, tuple[int, int, int]]:
    return found.pairs, found.several, found.called, found.counts


def _with_position(table: pl.DataFrame, at: Positions) -> Tables:
    return {"reports": table.with_columns(_at=pl.Series(at, dtype=pl.Int64))}


def _by_position(rows: pl.DataFrame) -> pl.Series:
    at = rows["_at"].to_numpy() >> _BUCKET
    return pl.Series(mixed(at.view(np.uint64)))


@dataclass(frozen=True)
class _Names:
    named: pl.DataFrame

    def __call__(self, found: Grouped) -> Tables:
        told = found.rows.join(self.named, on="group", how="left")
        return {"ids": told.select(_at="at", id=pl.coalesce("name", "called"))}


def _under(tables: Tables) -> Iterator[tuple[pl.DataFrame, Positions]]:
    """Reports under the ids of their incidents, and their positions."""
    reports = tables["reports"].sort("_at")
    at = reports["_at"].to_numpy()
    reports = reports.drop("_at")
    if "ids" in tables:
        ids = tables["ids"].sort("_at")
        reports = with_ids(reports, at, ids["_at"].to_numpy(), ids["id"])
    yield reports, at


@dataclass(frozen=True)
class Divided:
    """Reports on other machines under the incidents that fusion found. ``counts``: see :func:`counted`."""

    tables: Elsewhere
    doubts: Doubts
    counts: tuple[int, int, int]


def fuse_divided(
    tables: Elsewhere, vocabulary: Vocabulary, as_of: datetime | None, id_key: bytes = b"", at_once: int = AT_ONCE
) -> Divided:
    """Fuse reports where they lie.

    Args:
        tables: reports, their ids parted.
        vocabulary: whose trees of acts and targets.
        as_of: what became known later, or does not say when, stays as it is; ``None``: nothing does.
        id_key: of a record, the key of the ids of incidents that nobody named.
        at_once: about how many reports are compared at once.

    Returns:
        The reports under their incidents, there; and what verdicts need to know of them here.
    """
    found = grouped(tables, vocabulary, as_of, id_key, at_once)
    several = [named for named in found.dealt(_founders, _by_name).finished(_Named(id_key)) if named.height]
    named = pl.concat([*several, pl.DataFrame(schema={"group": pl.Int64, "name": pl.String})])
    told = list(found.each(_summary))
    under = tables.each_at(_with_position).dealt(lambda made: made, _by_position)
    under = under.with_more(found.dealt(_Names(named), _by_position))
    counts = tuple(sum(one) for one in zip(*(n for *_, n in told), strict=True)) if told else (0, 0, 0)
    return Divided(under.finished(_under, tables=True).kept(), _doubts(told, named), counts)


def grouped(
    tables: Elsewhere,
    vocabulary: Vocabulary,
    as_of: datetime | None,
    id_key: bytes,
    at_once: int,
    *,
    whole: bool = False,
) -> Elsewhere:
    """The groups of all reports (:class:`Grouped`), there; ``whole``: with all about each report."""
    told = tables.each_at(Kept(as_of)).dealt(lambda made: made, by_cell).finished(with_neighbours).kept()
    blocks = Blocks.of(Tally.together(told.each(tally)), at_once)
    dated = told.dealt(Dated(vocabulary), by_minute).finished(OnOtherDays(vocabulary, blocks))
    in_blocks = told.dealt(InBlocks(blocks, 1 + len(blocks)), by_block("block"))
    linked = in_blocks.with_more(dated.dealt(across, by_block("block"))).finished(Linked(vocabulary, blocks)).kept()
    tied = list(linked.each(_ties))
    labels = closed(ties for ties, _ in tied)
    large = Large(labels, _large(labels, (sizes for _, sizes in tied), _BLOCKS * at_once), 2 * len(blocks) + 1)
    dealt = linked.dealt(large.others, by_number("label"))
    if len(large.large):
        dealt = dealt.with_more(in_rounds(linked, large, vocabulary, at_once))
    return dealt.finished(_Solved(vocabulary, id_key, whole), pieces=True).kept()


def gathered(tables: Elsewhere, vocabulary: Vocabulary, at_once: int = AT_ONCE) -> tuple[Gathered, pl.DataFrame]:
    """The same for who asks for all about each report: what came of it with the reports, here, in the order of their positions."""
    found = grouped(tables, vocabulary, None, b"", at_once, whole=True)
    solved = list(found.each(_solved))
    told = [one["reports"] for one in tables.each_at(_with_position).streamed()]
    if not told:
        return Gathered(vocabulary, pl.DataFrame(schema=REPORT), np.empty(0, np.int64), []), pl.DataFrame(schema=REPORT)
    reports = pl.concat(told).sort("_at")
    del told  # all of them a second time
    at = reports["_at"].to_numpy()
    reports = reports.drop("_at")
    return Gathered(vocabulary, reports, at, solved), reports


def _solved(found: Grouped) -> Tables:
    return found.solved


def _doubts(told: list[Any], named: pl.DataFrame) -> Doubts:
    """The doubts of all parts, by the names of the incidents."""
    if not told:
        return Doubts()
    called = pl.concat([called for _, _, called, _ in told]).unique().join(named, on="group", how="left")
    names = called.select("group", name=pl.coalesce("name", "called"))

    def by_name(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        for column in columns:
            rows = rows.with_columns(
                rows.select(group=column)
                .join(names, on="group", how="left", maintain_order="left")["name"]
                .alias(column)
            )
        return rows.sort(columns)

    pairs, several = pl.concat([p for p, *_ in told]).unique(), pl.concat([s for _, s, *_ in told])
    return Doubts(by_name(pairs, "incident", "other"), by_name(several, "incident"))
