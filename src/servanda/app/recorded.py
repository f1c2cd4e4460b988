"""Use case: all reports that a record holds under their incidents, and what people decided, without judging anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of, counts_of
from servanda.app.fuse import FusedEvidence
from servanda.app.record import recorded_agreement
from servanda.engine import LocalEngine
from servanda.evidence import read_evidence
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.evidence.model import REPORT
from servanda.incidents import Keys
from servanda.incidents.decisions import Rewrite
from servanda.incidents.followed import Followed, follow
from servanda.store import Inputs, RecordStore


@dataclass(frozen=True)
class RecordedIncidents:
    """What a record holds, before anything is judged.

    Args:
        agreement: the one among the inputs.
        inputs: the entries.
        reports: a row a report, as evidence is read, with ``entry`` (of its file) and ``base``: its incident before anybody decided;
            ``incident_id`` is that after all merges and splits.
        decisions: all decisions by the ids that their incidents have here, each with the number of its entry.
        deciders: who may decide.
        gone: ids that decisions or merges have given up, each with the incident in which it lies now.
        remarks: what else a reader must know, by incident.
        quarantined: rows that cannot be read.
    """

    agreement: Agreement
    inputs: Inputs
    reports: pl.DataFrame
    decisions: tuple[tuple[int, Decision], ...]
    deciders: Deciders
    gone: Mapping[str, str]
    remarks: Mapping[str, tuple[str, ...]]
    quarantined: int


def recorded_incidents(store: RecordStore, agreement: str | None = None) -> RecordedIncidents:
    """Read everything that a record holds now.

    Args:
        store: where the files are.
        agreement: the name of the agreement's file, where there are several.

    Returns:
        Its reports under their incidents, and its decisions.

    Raises:
        ServandaError: there is no such agreement, or a file cannot be read.
    """
    inputs = store.as_of(None, agreement)
    text = recorded_agreement(store, inputs)
    contents, engine = store.contents(inputs), LocalEngine()
    source = read_evidence(
        list(contents.evidence.values()),
        context_of(text),
        signed_by=contents.signed_by,
        recorded=contents.known_at,
        map=engine.map,
        derived=counts_of(text),
    )
    fused = FusedEvidence(source, text.vocabulary, None, engine, store.id_key())
    tables = list(fused.batches())
    reports = pl.concat(tables) if tables else pl.DataFrame(schema=REPORT)
    entry_of = {file.name: index for index, file in contents.evidence.items()}
    entries = pl.col("file").replace_strict(entry_of, default=-1, return_dtype=pl.Int64)
    reports = reports.with_columns(base="incident_id", entry=entries)
    followed = follow(source.decisions, lambda: [reports], fused.parted, Keys(), None, store.id_key())
    deciders = Deciders(text.parties, text.bodies)
    rewrite = Rewrite(effective(followed.decisions, deciders, None))
    number = {d.id: index for index, made in store.decisions_by_entry(inputs.entries, text.zone).items() for d in made}
    return RecordedIncidents(
        text,
        inputs,
        rewrite.moved(reports),
        tuple((number.get(d.id, -1), d) for d in followed.decisions),
        deciders,
        given_up(followed, deciders),
        followed.remarks,
        source.ingest.quarantined,
    )


def given_up(followed: Followed, deciders: Deciders) -> dict[str, str]:
    """Ids that decisions or merges have given up, each with the incident in which it lies now."""
    rewrite = Rewrite(effective(followed.decisions, deciders, None))
    names = {name: here for name, here in followed.names.items() if name != here}
    return {name: rewrite.of(name) for name in (*rewrite.stays, *names)} | {n: rewrite.of(h) for n, h in names.items()}
