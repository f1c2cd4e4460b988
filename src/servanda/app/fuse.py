"""Use case: group reports into incidents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of, context_without_agreement
from servanda.app.given import agreement_of
from servanda.engine import Engine, LocalEngine
from servanda.errors import EvidenceError, Fault
from servanda.evidence import EvidenceSource, IngestResult, read_evidence
from servanda.evidence.decisions import Deciders, effective
from servanda.evidence.source import Item
from servanda.findings.plan import Progress, quiet
from servanda.incidents.decisions import Rewrite
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import FusionTables, ids, incident_tables
from servanda.incidents.lineage.report import LineageReport, trace_lineage
from servanda.values.codes import Vocabulary
from servanda.values.files import FileLike, name_of
from servanda.wording import plural


class FusionResult(NamedTuple):
    """Reports grouped into incidents."""

    tables: FusionTables
    """Incidents, their members, and how many there may be."""
    lineage: LineageReport
    """Who said so first, and what changed on the way."""
    ingest: IngestResult
    """What was read of the evidence."""


def fuse_files(
    evidence: Iterable[Item],
    agreement: Agreement | FileLike | None = None,
    *,
    reader: str | None = None,
    engine: Engine | None = None,
    progress: Progress = quiet,
) -> FusionResult:
    """Group reports into incidents, and find who said so first.

    Args:
        evidence: files and data frames.
        agreement: take parties, time zone and codes from it; left out, times without a zone are UTC and every actor is a party.
        reader: the format of all tables; left out, each is recognised by its columns.
        engine: where the work runs; left out, on the threads of this machine.
        progress: is told how far the work is.

    Returns:
        Incidents, lineage, and what was read.

    Raises:
        ServandaError: something cannot be read, or no report can.
    """
    engine, items = engine or LocalEngine(), list(evidence)
    source, tables = read_reports(items, agreement, reader=reader, engine=engine, progress=progress)
    if not any(table.height for table in tables):
        raise _no_reports(items, source.ingest)
    progress("reports to put together", sum(table.height for table in tables))
    fusion, reports = fuse_reports(source, tables, engine)
    progress("reports to describe", fusion.size)
    incidents = incident_tables(fusion)
    progress("reports to trace back", fusion.size)
    lineage = trace_lineage(reports.with_columns(incident=incidents.of_report), source.context.vocabulary)
    return FusionResult(incidents, lineage, source.ingest)


def _no_reports(items: list[Item], ingest: IngestResult) -> EvidenceError:
    faults = [
        Fault(
            row["file"],
            f"row {row['row']}: {row['field']}: {row['reason']}",
            row["hint"] or "",
            code=row.get("code") or "CLI009",
        )
        for row in ingest.quarantine.head(3).iter_rows(named=True)
    ]
    names = ", ".join(name_of(i) if isinstance(i, FileLike) else "frame" for i in items)
    hint = (
        f"{plural(ingest.quarantined, 'row')} cannot be read"
        if faults
        else "docs/formats.md has the columns of reports"
    )
    return EvidenceError(*faults, Fault(names or "evidence", "no report in it can be read", hint, code="CLI009"))


def read_reports(
    evidence: list[Item],
    agreement: Agreement | FileLike | None,
    *,
    reader: str | None = None,
    engine: Engine | None = None,
    progress: Progress = quiet,
) -> tuple[EvidenceSource, list[pl.DataFrame]]:
    """Evidence with all its reports in memory, read as :func:`fuse_files` says."""
    context = context_without_agreement(evidence) if agreement is None else context_of(agreement_of(agreement))
    source = read_evidence(evidence, context, reader=reader, map=(engine or LocalEngine()).map)
    tables: list[pl.DataFrame] = []
    for table in source.batches():
        tables.append(table)
        progress("reports read", sum(t.height for t in tables))
    return source, tables


def fuse_reports(source: EvidenceSource, tables: list[pl.DataFrame], engine: Engine) -> tuple[Fusion, pl.DataFrame]:
    """Incidents as found, and then as people decided; with the reports in the same order."""
    vocabulary = source.context.vocabulary
    fusion = Fusion(vocabulary, engine.map, engine.release)
    fusion.add(*tables)
    reports = pl.concat(tables)
    rewrite = Rewrite(effective(source.decisions, Deciders(source.context.parties), None))
    if not rewrite:
        return fusion, reports
    reports = rewrite.reports(reports.with_columns(incident_id=ids(fusion)))
    again = Fusion(vocabulary, engine.map, engine.release)
    again.add(reports)
    return again, reports


def fuse_batches(
    batches: Iterable[pl.DataFrame],
    vocabulary: Vocabulary,
    as_of: datetime | None,
    engine: Engine,
    id_key: bytes = b"",
) -> list[pl.DataFrame]:
    """The reports that were known by ``as_of``, each under the incident that fusion finds for it; as they came those that do not
    say when they became known, which are left out and counted later.
    """
    tables, undated = list(batches), []
    if as_of is not None:
        undated = [rows for t in tables if (rows := t.filter(pl.col("known_at").is_null())).height]
        tables = [t.filter(pl.col("known_at") <= as_of) for t in tables]
    if not any(table.height for table in tables):
        return [*tables, *undated]
    fusion = Fusion(vocabulary, engine.map, engine.release)
    fusion.add(*tables)
    incidents, at, fused = ids(fusion, id_key), 0, []
    for table in tables:
        fused.append(table.with_columns(incidents[at : at + table.height].alias("incident_id")))
        at += table.height
    return fused + undated
