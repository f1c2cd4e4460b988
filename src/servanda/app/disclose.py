"""Disclosure: the packages of a record that show a tier what it may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from servanda.app.context import context_of
from servanda.app.record import recorded_agreement
from servanda.errors import Fault, RecordError
from servanda.evidence import read_evidence
from servanda.evidence.decisions import Deciders, effective
from servanda.incidents import incident_ids
from servanda.incidents.decisions import Rewrite, lives
from servanda.record import package
from servanda.store import RecordStore


def disclose(store: RecordStore, tier: str, as_of: datetime | None = None) -> dict[str, bytes]:
    """The packages for a tier.

    Args:
        store: the record.
        tier: one of the record's tiers; each party has a package of its own in the tier ``parties``.
        as_of: decisions that became known later open nothing yet.

    Returns:
        The packages by file name.

    Raises:
        RecordError: there is no such tier, or the keeper's vault is not there.
    """
    record = store.record
    tiers = record.tiers()
    if tier not in tiers:
        raise RecordError(
            Fault("--tier", f"there is no tier {tier!r}", f"the tiers are {', '.join(tiers)}", code="STO005")
        )
    tables = store.tables()
    closed = _embargoed(store, tables, as_of) if tiers[tier].embargo and tables else {}
    recipients = record.parties() if tier == "parties" else [tier]
    if not recipients:
        raise RecordError(
            Fault("--tier", "the record names no parties", "they are named when a record begins", code="STO006")
        )
    names = {to: f"{tier}-{to}.json" if tier == "parties" else f"{tier}.json" for to in recipients}
    return {names[to]: package(record, tiers[tier], to, tables, closed) for to in recipients}


def _embargoed(store: RecordStore, tables: Mapping[int, pl.DataFrame], as_of: datetime | None) -> dict[int, set[int]]:
    """The rows of every file that speak of no assessed incident, or that nobody could read."""
    inputs = store.as_of(as_of)
    agreement, evidence = recorded_agreement(store, inputs), store.contents(inputs).evidence
    context = context_of(agreement)
    decisions = store.decisions(inputs, agreement.zone)
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, as_of)
    rewrite = Rewrite(counting)
    assessed = [life.incident for life in lives(decisions, counting, deciders, rewrite, as_of) if life.assessed]
    registers = [evidence[e.index] for e in inputs.entries if e.kind == "register"]
    closed = {}
    for index, table in tables.items():
        rows = set(table["row"].to_list())
        if index in evidence:
            source = read_evidence([evidence[index], *registers], context)
            for batch in rewrite.batches(source.batches()):
                shown = batch.filter(incident_ids(batch).is_in(assessed))
                rows -= set(shown["row"].to_list())
            for others in (source.ingest.figures, source.ingest.statements, source.ingest.items):
                rows -= set(others["row"].to_list())
        closed[index] = rows
    return closed
