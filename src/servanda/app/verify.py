"""Use case: a verdict for every term and party of an agreement."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from servanda import __version__
from servanda.agreement import Agreement
from servanda.app.context import context_of, counts_of
from servanda.app.fuse import FusedEvidence
from servanda.app.given import agreement_of, instant_of
from servanda.app.told_apart import ToldApart
from servanda.coverage import read_coverage
from servanda.coverage.read import CoverageItem
from servanda.engine import Engine, LocalEngine
from servanda.evidence import EvidenceSource
from servanda.evidence.source import Item
from servanda.findings.plan import Progress, quiet
from servanda.values.files import FileLike
from servanda.values.reporting_day import Span
from servanda.verdicts import Verification, Wanted, verify


class _Asked(TypedDict):
    """What is asked of a verification, whatever its evidence."""

    engine: Engine
    as_of: datetime | None
    by: Span | None
    id_key: bytes
    wanted: Wanted | None
    progress: Progress


def verify_files(
    agreement: Agreement | FileLike,
    evidence: Iterable[Item],
    coverage: Sequence[CoverageItem] = (),
    *,
    as_of: datetime | str | None = None,
    by: Span | None = None,
    reader: str | None = None,
    signed_by: Mapping[FileLike, str] | None = None,
    recorded: Mapping[FileLike, datetime] | None = None,
    fuse: bool = True,
    id_key: bytes = b"",
    mapping: FileLike | None = None,
    engine: Engine | None = None,
    wanted: Wanted | None = None,
    progress: Progress = quiet,
) -> Verification:
    """Read files (or data frames) and verify.

    Args:
        agreement: the agreement, or its file.
        evidence: files and data frames.
        coverage: files of coverage.
        as_of: leave out what became known later; left out, everything counts.
        by: also give verdicts for every day or week.
        reader: the format of all tables; left out, each is recognised by its columns.
        signed_by: of evidence files that somebody signed on a record who speaks for his own side only, his name there.
        recorded: of evidence files that come from a record, when each became known.
        fuse: find first which of the reports without an incident id describe the same event.
        mapping: how tables that no reader knows are read, as ``servanda import`` kept it; left out, they must be imported first.
        id_key: of a record, the key of the ids of incidents that nobody named.
        engine: where matching and confirmation run; left out, on the threads of this machine.
        wanted: what is asked of it beside the verdicts; left out, all.
        progress: is told how far the work is.

    Returns:
        The verification; its ``ingest`` is what was read of the evidence.

    Raises:
        ServandaError: something cannot be read; with every fault found.
    """
    text = agreement_of(agreement)
    moment = instant_of(as_of, text.zone, "--as-of")
    engine = engine or LocalEngine()
    watches = read_coverage(coverage, text.places, text.vocabulary, text.zone, text.id, text.actors)
    mapped = None
    if mapping is not None:
        from servanda.app.mapped import by_mapping  # only here: importing is slow to load

        mapped = by_mapping(evidence, text, mapping)
    source: EvidenceSource = engine.evidence(
        evidence if mapped is None else mapped.items,
        context_of(text),
        reader=reader,
        signed_by=signed_by,
        recorded=recorded,
        derived=counts_of(text),
    )
    asked: _Asked = {
        "engine": engine,
        "as_of": moment,
        "by": by,
        "id_key": id_key,
        "wanted": wanted,
        "progress": progress,
    }
    if fuse:
        fused = FusedEvidence(source, text.vocabulary, moment, engine, id_key)
        found = verify(text, fused, watches, fused=fused.parted, doubts=fused.doubts, **asked)
        found = dataclasses.replace(found, fused=fused.fused)
    else:
        found = verify(text, ToldApart(source, moment, id_key, engine.keys(source.batches)), watches, **asked)
    return found if mapped is None else dataclasses.replace(found, ingest=mapped.told(found.ingest))


def optional_files(verification: Verification) -> dict[str, bytes]:
    """The files that only some runs write.

    Returns:
        Their names, each with the bytes with which it begins: those that an earlier run left must not lie beside the files of this one.
    """
    from servanda.report.tables import (
        csv,
        hearsay_table,
        lives_table,
    )  # only here: templates are slow to load
    from servanda.report.verdicts_json import verdicts_json

    tables = {"items": verification.items, "exceptions": verification.exceptions, "lives": lives_table(verification)}
    tables |= {"acts": verification.acts}
    tables |= {"watches": verification.watches, "no_term": verification.no_term.rows}
    tables |= {"hearsay": hearsay_table(verification)}
    beginnings = {f"{name}.csv": csv(table.clear()).encode() for name, table in tables.items()}
    return beginnings | {"timeline.json": verdicts_json(verification, ()).partition(f'"{__version__}"')[0].encode()}
