"""Use case: group reports into incidents."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of, context_without_agreement
from servanda.app.given import agreement_of
from servanda.engine import Engine, LocalEngine
from servanda.errors import EvidenceError, Fault
from servanda.evidence import EvidenceSource, IngestResult, RenumberedEvidence
from servanda.evidence.decisions import Deciders, effective
from servanda.evidence.source import Item
from servanda.findings.plan import Batches, Progress, quiet
from servanda.incidents import Keys
from servanda.incidents.decisions import Rewrite
from servanda.incidents.doubts import Doubts
from servanda.incidents.followed import follow
from servanda.incidents.fusion.divided import counted, fuse_divided, gathered
from servanda.incidents.fusion.doubtful import doubts_of
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import FusionTables, group_names, ids, ids_of, incident_tables
from servanda.incidents.fusion.told import KEPT
from servanda.incidents.lineage.report import TRACED, LineageReport, trace_lineage
from servanda.incidents.parted import Parted, part
from servanda.values.codes import Vocabulary
from servanda.values.elsewhere import Elsewhere, Positions, each, each_at, with_ids
from servanda.values.files import FileLike, name_of
from servanda.verdicts.verification import Fused
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
    source = _opened(items, agreement, reader, engine)
    batches = source.batches()
    if isinstance(batches, Elsewhere):
        there = _parted(source, source.batches, None)
        assert isinstance(there, Elsewhere)
        fusion, reports = _fused_there(source, there, engine)
    else:
        read = _read(batches, progress)
        tables = list(_parted(source, lambda: read, None))
        progress("reports to put together", sum(table.height for table in tables))
        fusion, reports = fuse_reports(source, tables, engine) if any(map(len, tables)) else (Fusion(), pl.DataFrame())
        del read, tables
    if not fusion.size:
        raise _no_reports(items, source.ingest)
    progress("reports to describe", fusion.size)
    engine.release()
    incidents = incident_tables(fusion)
    progress("reports to trace back", fusion.size)
    traced = [reports.select(TRACED).with_columns(incident=incidents.of_report)]
    del fusion, reports  # of many reports they are large, and tracing needs as much
    engine.release()
    lineage = trace_lineage(traced.pop(), source.context.vocabulary, engine.release, source.context.sides)
    engine.release()
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
    as_of: datetime | None = None,
) -> tuple[EvidenceSource, list[pl.DataFrame]]:
    """Evidence with all its reports in memory, read as :func:`fuse_files` says; as of an instant, those that were known then."""
    source = _opened(evidence, agreement, reader, engine or LocalEngine())
    known = pl.lit(True) if as_of is None else pl.col("known_at") <= as_of
    read = _read((table.filter(known) for table in source.batches()), progress)
    return source, list(_parted(source, lambda: read, as_of))


def _opened(
    evidence: list[Item],
    agreement: Agreement | FileLike | None,
    reader: str | None,
    engine: Engine,
) -> EvidenceSource:
    """The evidence, of which nothing is read yet."""
    if agreement is None and engine.name == "spark":
        hint = "give --agreement"
        what = "who the parties are is not looked for on a cluster"
        raise EvidenceError(Fault("--engine spark", what, hint, code="SPK014"))
    context = context_without_agreement(evidence, reader) if agreement is None else context_of(agreement_of(agreement))
    return engine.evidence(evidence, context, reader=reader)


def _read(batches: Iterable[pl.DataFrame], progress: Progress) -> list[pl.DataFrame]:
    tables: list[pl.DataFrame] = []
    for table in batches:
        tables.append(table)
        progress("reports read", sum(t.height for t in tables))
    return tables


def _parted(source: EvidenceSource, batches: Batches, as_of: datetime | None) -> Iterable[pl.DataFrame]:
    """Reports with the ids parted that bear several events; which, the source's notes tell."""
    parted = part(batches, as_of)
    source.ingest.notes.update(parted.notes)
    return parted.batches(batches())


def fuse_reports(
    source: EvidenceSource, tables: list[pl.DataFrame], engine: Engine, as_of: datetime | None = None
) -> tuple[Fusion, pl.DataFrame]:
    """Incidents as found, and then as people decided (as of an instant: by then); with the reports in the same order."""
    vocabulary = source.context.vocabulary
    fusion = Fusion(vocabulary, engine.map, engine.release)
    fusion.add(*tables)
    reports = pl.concat(tables)
    if not source.decisions:
        return fusion, reports
    fused = reports.with_columns(incident_id=ids(fusion))
    rewrite = _decided(source, lambda: [fused], Keys(), as_of)
    if not rewrite:
        return fusion, reports
    reports = rewrite.reports(fused)
    again = Fusion(vocabulary, engine.map, engine.release)
    again.add(reports)
    return again, reports


def _decided(source: EvidenceSource, fused: Batches, keys: Keys, as_of: datetime | None = None) -> Rewrite:
    """What people decided of incidents that were found."""
    decisions = follow(source.decisions, fused, Parted(), keys, as_of).decisions
    return Rewrite(effective(decisions, Deciders(source.context.parties), as_of))


def _fused_there(source: EvidenceSource, there: Elsewhere, engine: Engine) -> tuple[Fusion, pl.DataFrame]:
    """The same of reports on other machines, where pairs are compared and grouped; what is told of them all is told here."""
    vocabulary = source.context.vocabulary
    if source.decisions:
        fused = fuse_divided(there, vocabulary, None).tables
        if rewrite := _decided(source, lambda: fused, engine.keys(lambda: fused)):
            there = each(rewrite.reports, fused)  # type: ignore[assignment]
    return gathered(there, vocabulary)


class FusedEvidence(RenumberedEvidence):
    """Evidence whose reports stand under the incidents that fusion finds for them."""

    def __init__(
        self, source: EvidenceSource, vocabulary: Vocabulary, as_of: datetime | None, engine: Engine, id_key: bytes
    ) -> None:
        """Part the ids of a source's reports, and fuse those that have none.

        Args:
            source: the evidence.
            vocabulary: whose trees of acts and targets.
            as_of: what became known later, or does not say when, stays as it is; ``None``: nothing does.
            engine: where the work runs.
            id_key: of a record, the key of the ids of incidents that nobody named.
        """
        super().__init__(source)
        self._there: Elsewhere | None = None
        batches = source.batches()
        if isinstance(batches, Elsewhere):
            self.parted = part(source.brief, as_of)
            reports = self.parted.batches(batches)
            assert isinstance(reports, Elsewhere)
            divided = fuse_divided(reports, vocabulary, as_of, id_key)
            self._there, self.doubts, self.fused = divided.tables, divided.doubts, Fused(*divided.counts)
            return
        by_then = pl.lit(True) if as_of is None else (pl.col("known_at") <= as_of).fill_null(False)

        def known(table: pl.DataFrame, at: Positions) -> tuple[pl.Series, pl.DataFrame]:
            told = table.with_columns(at=pl.Series(at)).filter(by_then)
            return told["at"], told.select(*KEPT, "credibility")

        places, read = [], []
        for place, table in each_at(known, batches):
            places.append(place.to_numpy())
            read.append(table)
        self.parted = part(lambda: read, as_of)
        kept = list(self.parted.batches(read))
        fusion = Fusion(vocabulary, engine.map, engine.release)
        if any(table.height for table in kept):
            fusion.add(*kept)
        names = group_names(fusion, pl.concat(fusion.tables), id_key) if fusion.size else pl.Series([], dtype=pl.String)
        found = ids_of(fusion, names)
        self.doubts = doubts_of(fusion, names) if fusion.size else Doubts()
        self.fused = Fused(*counted(fusion))
        at = np.concatenate([np.empty(0, np.int64), *places])
        order = np.argsort(at, kind="stable")
        self._at, self._ids = at[order], found.gather(order)

    def _under(self, tables: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        if self._there is not None:
            return self._there
        return each_at(functools.partial(with_ids, positions=self._at, ids=self._ids), self.parted.batches(tables))
