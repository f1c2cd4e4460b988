"""From file names to verdicts: the thin shell around the pure rooms, used by the command line and from Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement, read_agreement
from servanda.coverage import read_coverage
from servanda.engine import LocalEngine
from servanda.errors import EvidenceError, Fault
from servanda.evidence import Context, EvidenceSource, IngestResult, ReportTables, read_evidence
from servanda.evidence.decisions import Deciders, effective
from servanda.evidence.frames import FrameTable, is_frame
from servanda.evidence.model import NO_SIDE
from servanda.evidence.source import Item
from servanda.evidence.tabular_io import read_rows
from servanda.figures import PublishedCount, published_counts_of
from servanda.figures.remarks import Seen
from servanda.findings.plan import Progress, quiet
from servanda.incidents.decisions import Rewrite
from servanda.incidents.fusion.linker import Fusion
from servanda.incidents.fusion.tables import FusionTables, ids, incident_tables
from servanda.incidents.lineage.report import LineageReport, trace_lineage
from servanda.values.codes import Vocabulary
from servanda.values.files import FileLike, name_of, suffix_of
from servanda.verdicts import Verification, verify

ENGINE = LocalEngine()
"""Where all of this runs."""


def context_of(agreement: Agreement) -> Context:
    """What readers of evidence may know of an agreement."""
    boxes = [place.outline().bounds for place in agreement.places.values()]
    extent = None
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        extent = (min(west), min(south), max(east), max(north))
    return Context(agreement.zone, agreement.actors, agreement.vocabulary, extent)


def verify_files(
    agreement: FileLike | Agreement,
    evidence: Sequence[Item],
    coverage: Sequence[FileLike] = (),
    *,
    as_of: datetime | None = None,
    by: Literal["day", "week"] | None = None,
    reader: str | None = None,
    of_parties: Sequence[FileLike] = (),
    fuse: bool = False,
    progress: Progress = quiet,
) -> tuple[Verification, IngestResult]:
    """Read the files and judge. ``fuse``: reports are first fused into incidents. ``of_parties``: files of decisions that a party signed. Raises :class:`~servanda.errors.ServandaError` for what a user can correct."""
    text = agreement if isinstance(agreement, Agreement) else read_agreement(agreement)
    watched = read_coverage(coverage, text.places, text.vocabulary, text.zone, text.id)
    reports = read_evidence(evidence, context_of(text), reader=reader, of_parties=of_parties, map=ENGINE.map)
    source: EvidenceSource = reports
    if fuse:
        fused = fused_batches(reports.batches(), text.vocabulary, as_of)
        source = ReportTables(fused, reports.context, reports.decisions, reports.ingest)
    verification = verify(text, source, watched, engine=ENGINE, as_of=as_of, by=by, progress=progress)
    return verification, verification.ingest


def fused_batches(
    batches: Iterable[pl.DataFrame], vocabulary: Vocabulary, as_of: datetime | None = None
) -> list[pl.DataFrame]:
    """The reports that were known by ``as_of``, each under the incident that fusion finds for it."""
    tables = [t if as_of is None else t.filter(pl.col("known_at") <= as_of) for t in batches]
    fusion = Fusion(vocabulary, ENGINE.map, ENGINE.release)
    fusion.add(*tables)
    found, at, out = ids(fusion), 0, []
    for table in tables:
        out.append(table.with_columns(found[at : at + table.height].alias("incident_id")))
        at += table.height
    return out


def parties_in(items: Iterable[Item]) -> dict[str, str]:
    """The short names of parties that tables speak of, where there is no agreement to say who they are."""
    found: set[str] = set()
    for item in items:
        frame = is_frame(item)
        if not frame and suffix_of(item) in (".yaml", ".yml"):
            continue
        for raw in FrameTable(item, "frame").raw_batches() if frame else read_rows(item):
            for column in ("actor", "side", "against", "claimed_against", "alleged_actor", "original_source_party"):
                if column in raw.table.columns:
                    found |= set(raw.table[column].drop_nulls().cast(pl.String).unique().to_list())
    return {name: name for name in sorted(found - {"", "unknown", "none"})}


Matched = list[tuple[str, int, int, int]]


def figures_in(
    evidence: Sequence[Item], agreement: FileLike | Agreement | None = None
) -> tuple[list[PublishedCount], Seen, Matched, IngestResult]:
    """Published counts; what each claimant reported singly; and beside each count how many incidents of its time its claimant
    reports, how many anybody reports, and how many somebody without a side does.
    """
    reading, tables = read_with(evidence, agreement)
    claims = published_counts_of(reading.ingest.figures)
    if not tables or not claims:
        return claims, {}, [], reading.ingest
    fusion, whole = _fusion(reading, tables)
    reports = whole.with_columns(incident=ids(fusion)).filter(pl.col("stance").is_in(["asserts", "confirms"]))
    seen: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for origin, incident, start, end in reports.select("origin", "incident", "start", "end").iter_rows():
        seen.setdefault(origin, []).append((incident, start, end))
    beside = []
    for c in claims:
        mine = reports.filter((pl.col("start") >= c.start) & (pl.col("end") <= c.end))
        if c.against and c.against != "unknown":
            mine = mine.filter((pl.col("actor") == c.against) | pl.col("actor").is_null())
        by_claimant = mine.filter(pl.col("origin") == c.claimant)["incident"].n_unique()
        unsided = mine.filter(pl.col("side") == NO_SIDE)["incident"].n_unique()
        beside.append((c.id, by_claimant, mine["incident"].n_unique(), unsided))
    return claims, seen, beside, reading.ingest


def fuse_files(
    evidence: Sequence[Item],
    agreement: FileLike | Agreement | None = None,
    *,
    reader: str | None = None,
    progress: Progress = quiet,
) -> tuple[FusionTables, LineageReport, IngestResult]:
    """Fuse reports into incidents, and find who said so first. Without an agreement, times without a zone are UTC and whoever is accused counts as a party."""
    reading, tables = read_with(evidence, agreement, reader, progress)
    if not any(table.height for table in tables):
        aside = reading.ingest
        why = [Fault(r["file"], f"row {r['row']}: {r['field']}: {r['reason']}", r["hint"] or "") for r in aside.quarantine.head(3).iter_rows(named=True)]  # fmt: skip
        names = ", ".join("a frame" if is_frame(item) else name_of(item) for item in evidence)
        hint = f"{aside.quarantined:,} rows cannot be read" if why else "docs/formats.md has the columns of reports"
        raise EvidenceError(*why, Fault(names, "no report in it can be read", hint))
    progress("reports to put together", sum(table.height for table in tables))
    fusion, whole = _fusion(reading, tables)
    progress("reports to describe", fusion.size)
    found = incident_tables(fusion)
    progress("reports to trace back", fusion.size)
    lineage = trace_lineage(whole.with_columns(incident=found.of_report), reading.context.vocabulary)
    return found, lineage, reading.ingest


def read_with(
    evidence: Sequence[Item],
    agreement: FileLike | Agreement | None,
    reader: str | None = None,
    progress: Progress = quiet,
) -> tuple[EvidenceSource, list[pl.DataFrame]]:
    """Evidence as an agreement reads it; without one, as :func:`fuse_files` says."""
    if agreement is not None:
        context = context_of(agreement if isinstance(agreement, Agreement) else read_agreement(agreement))
    else:
        context = Context(ZoneInfo("UTC"), parties_in(evidence))
    reading = read_evidence(evidence, context, reader=reader, map=ENGINE.map)
    tables: list[pl.DataFrame] = []
    for table in reading.batches():
        tables.append(table)
        progress("reports read", sum(t.height for t in tables))
    return reading, tables


def _fusion(reading: EvidenceSource, tables: list[pl.DataFrame]) -> tuple[Fusion, pl.DataFrame]:
    """Incidents as found, and then as people decided; with the reports in the same order."""
    vocabulary = reading.context.vocabulary
    fusion = Fusion(vocabulary, ENGINE.map, ENGINE.release)
    fusion.add(*tables)
    whole = pl.concat(tables)
    rewrite = Rewrite(effective(reading.decisions, Deciders(reading.context.parties), None))
    if not rewrite:
        return fusion, whole
    whole = rewrite.reports(whole.with_columns(incident_id=ids(fusion)))
    again = Fusion(vocabulary, ENGINE.map, ENGINE.release)
    again.add(whole)
    return again, whole
