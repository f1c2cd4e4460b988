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
    by_cell,
    by_minute,
    by_number,
    tally,
    with_neighbours,
)
from servanda.incidents.fusion.doubtful import doubts_of
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.part import Gathered, Part
from servanda.incidents.fusion.tables import founders_of, known_since, names_of
from servanda.incidents.identity import report_ids
from servanda.values.codes import Vocabulary
from servanda.values.elsewhere import Elsewhere, Positions, with_ids
from servanda.values.keyed_hash import keyed_hash, mixed

AT_ONCE = 200_000
"""Reports of one block."""
_BUCKET = 18  # positions that differ in so many bits only come together again


def _ties(tables: Tables) -> pl.DataFrame:
    return tables["ties"]


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


@dataclass(frozen=True)
class _Labelled:
    labels: pl.DataFrame

    def __call__(self, tables: Tables) -> Tables:
        label = pl.coalesce("label", "root")
        told = {
            n: tables[n].join(self.labels, on="root", how="left").with_columns(label=label) for n in ("rows", "links")
        }
        return {n: table.drop("root") for n, table in told.items()}


@dataclass(frozen=True)
class Grouped:
    """What came of some reports that hang together, and of no others. ``rows``: the group of each (``at``, ``group``) and its name as far
    as it is known; ``founders``: of each group the report that names it; ``pairs``, ``several``: doubts, by group; ``counts``: as
    ``counted`` has them; ``solved``: all about each report, where that was asked for.
    """

    rows: pl.DataFrame
    founders: pl.DataFrame
    pairs: pl.DataFrame
    several: pl.DataFrame
    counts: tuple[int, int, int]
    solved: Tables


@dataclass(frozen=True)
class _Solved:
    vocabulary: Vocabulary
    id_key: bytes
    whole: bool

    def __call__(self, tables: Tables) -> Grouped:
        rows = tables["rows"].drop("label")
        links = tables["links"].drop("label") if "links" in tables else pl.DataFrame(schema=LINKS)
        del tables  # whatever hangs together is here, however much: what was used is given up
        part = Part(self.vocabulary, rows)
        del rows
        laid = part.laid()
        found = part.placed(laid, links)
        del links
        part.settled(laid, found.in_order(), whole=self.whole)
        del laid, found
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
        rows = pl.DataFrame({"at": part.at, "group": group}).join(founders.select("group", "called"), on="group")
        doubts = doubts_of(part, pl.Series(part.at))
        return Grouped(rows, founders, doubts.pairs, doubts.several, counted(part), part.solved() if self.whole else {})


def counted(fusion: Fusion) -> tuple[int, int, int]:
    """How many reports carry no incident id, how many incidents of their own they make, and how many joined incidents that have one."""
    group, named = fusion.group, fusion.columns.named == 1
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
    doubtful = pl.concat([found.pairs["incident"], found.pairs["other"], found.several["incident"]])
    called = found.founders.select("group", "called").filter(pl.col("group").is_in(doubtful.implode()))
    return found.pairs, found.several, called, found.counts


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
    in_blocks = told.dealt(InBlocks(blocks, 1 + len(blocks)), by_number("block"))
    linked = in_blocks.with_more(dated.dealt(across, by_number("block"))).finished(Linked(vocabulary, blocks)).kept()
    labels = closed(linked.each(_ties))
    return linked.dealt(_Labelled(labels), by_number("label")).finished(_Solved(vocabulary, id_key, whole)).kept()


def gathered(tables: Elsewhere, vocabulary: Vocabulary, at_once: int = AT_ONCE) -> tuple[Gathered, pl.DataFrame]:
    """The same for who asks for all about each report: what came of it with the reports, here, in the order of their positions."""
    found = grouped(tables, vocabulary, None, b"", at_once, whole=True)
    solved = list(found.each(_solved))
    told = list(tables.each_at(_with_position))
    if not told:
        return Gathered(vocabulary, pl.DataFrame(schema=REPORT), np.empty(0, np.int64), []), pl.DataFrame(schema=REPORT)
    reports = pl.concat([one["reports"] for one in told]).sort("_at")
    at = reports["_at"].to_numpy()
    reports = reports.drop("_at")
    return Gathered(vocabulary, reports, at, solved), reports


def _solved(found: Grouped) -> Tables:
    return found.solved


def _doubts(told: list[Any], named: pl.DataFrame) -> Doubts:
    """The doubts of all parts, by the names of the incidents."""
    if not told:
        return Doubts()
    called = pl.concat([called for _, _, called, _ in told]).join(named, on="group", how="left")
    names = called.select("group", name=pl.coalesce("name", "called"))

    def by_name(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        for column in columns:
            rows = rows.with_columns(
                rows.select(group=column)
                .join(names, on="group", how="left", maintain_order="left")["name"]
                .alias(column)
            )
        return rows.sort(columns)

    pairs, several = pl.concat([p for p, *_ in told]), pl.concat([s for _, s, *_ in told])
    return Doubts(by_name(pairs, "incident", "other"), by_name(several, "incident"))
