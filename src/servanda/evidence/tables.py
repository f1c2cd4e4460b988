"""Report tables that are ready, as a source of evidence: of a fusion, of a test, of whoever makes them in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.decisions import Decision
from servanda.evidence.model import Context, IngestResult


@dataclass(frozen=True)
class ReportTables:
    """Tables of reports (``evidence.model.REPORT``) as an :class:`~servanda.evidence.source.EvidenceSource`.

    Args:
        tables: the reports.
        context: what was known when they were read.
        decisions: what people decided.
        ingest: everything that is not a report.
    """

    tables: Sequence[pl.DataFrame]
    context: Context = field(default_factory=lambda: Context(ZoneInfo("UTC")))
    decisions: Sequence[Decision] = ()
    ingest: IngestResult = field(default_factory=IngestResult)

    def batches(self) -> Iterator[pl.DataFrame]:
        """The tables, one after another."""
        return iter(self.tables)

    def brief(self) -> Iterator[pl.DataFrame]:
        """The same: nothing is saved by leaving columns out."""
        return iter(self.tables)
