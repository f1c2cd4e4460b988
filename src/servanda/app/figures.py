"""Use case: published counts, what may be compared or added, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from servanda.agreement import Agreement
from servanda.app.fuse import fuse_reports, read_reports
from servanda.engine import Engine, LocalEngine
from servanda.evidence import IngestResult
from servanda.evidence.model import NO_SIDE
from servanda.evidence.source import Item
from servanda.figures import (
    Comparison,
    PublishedCount,
    Remark,
    changes_without_a_number,
    compared,
    published_counts_of,
    remarks_on,
)
from servanda.figures.remarks import Seen
from servanda.findings.plan import Progress, quiet
from servanda.incidents.fusion.tables import ids
from servanda.values.files import FileLike


@dataclass(frozen=True)
class FigureAnalysis:
    """Published counts beside the reports of their time."""

    counts: list[PublishedCount]
    reported: Seen
    """By claimant, the incidents that it reported singly, with their times."""
    beside: list[tuple[str, int, int, int]]
    """For each count, how many incidents of its time its claimant reports, anybody reports, and somebody without a side reports."""
    ingest: IngestResult

    @cached_property
    def remarks(self) -> list[Remark]:
        """What is odd about the counts."""
        return [*remarks_on(self.counts, self.reported), *changes_without_a_number(self.ingest.figures)]

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Pairs of counts with windows that overlap: comparable or not, and why not."""
        return compared(self.counts)


def read_figures(
    evidence: Iterable[Item],
    agreement: Agreement | FileLike | None = None,
    *,
    engine: Engine | None = None,
    progress: Progress = quiet,
) -> FigureAnalysis:
    """Read published counts, and set the reports among the evidence beside them.

    Args:
        evidence: files and data frames.
        agreement: take parties and time zone from it; left out, times without a zone are UTC and every actor is a party.
        engine: where the work runs; left out, on the threads of this machine.
        progress: is told how far the work is.

    Returns:
        The counts; none where the evidence holds none.

    Raises:
        ServandaError: something cannot be read.
    """
    engine = engine or LocalEngine()
    source, tables = read_reports(list(evidence), agreement, engine=engine, progress=progress)
    counts = published_counts_of(source.ingest.figures)
    if not tables or not counts:
        return FigureAnalysis(counts, {}, [], source.ingest)
    fusion, reports = fuse_reports(source, tables, engine)
    asserted = reports.with_columns(incident=ids(fusion)).filter(pl.col("stance").is_in(["asserts", "confirms"]))
    reported: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for origin, incident, start, end in asserted.select("origin", "incident", "start", "end").iter_rows():
        reported.setdefault(origin, []).append((incident, start, end))
    return FigureAnalysis(counts, reported, [_beside(count, asserted) for count in counts], source.ingest)


def _beside(count: PublishedCount, reports: pl.DataFrame) -> tuple[str, int, int, int]:
    """How many incidents the reports tell of within the window and against the party of a count."""
    within = reports.filter((pl.col("start") >= count.start) & (pl.col("end") <= count.end))
    if count.against and count.against != "unknown":
        within = within.filter((pl.col("actor") == count.against) | pl.col("actor").is_null())
    by_claimant = within.filter(pl.col("origin") == count.claimant)["incident"].n_unique()
    unsided = within.filter(pl.col("side") == NO_SIDE)["incident"].n_unique()
    return count.id, by_claimant, within["incident"].n_unique(), unsided
