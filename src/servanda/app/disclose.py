"""Disclosure: the packages of a record that show a tier what it may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from servanda.app.context import context_of
from servanda.app.record import recorded_agreement
from servanda.app.release import released
from servanda.errors import Fault, RecordError
from servanda.evidence import read_evidence
from servanda.evidence.decisions import Deciders, effective
from servanda.incidents import incident_ids
from servanda.incidents.decisions import Rewrite, lives
from servanda.record import Signer, package
from servanda.record.entry import safe_part
from servanda.record.tiers import Tier
from servanda.store import RecordStore
from servanda.values.time import iso


def disclose(
    store: RecordStore, tier: str, as_of: datetime | None = None, signer: Signer | None = None
) -> dict[str, bytes]:
    """The packages for a tier.

    Args:
        store: the record.
        tier: one of the record's tiers; each party has a package of its own in the tier ``parties``.
        as_of: decisions that became known later open nothing yet, nor a right of reply that runs longer; left out, when the record's last entry was
            recorded.
        signer: who keeps the record, and signs for what the packages say of themselves.

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
    tables, now = store.tables(), as_of or datetime.fromisoformat(record.log.last_dated())
    closed = _embargoed(store, tables, tiers[tier], now) if tiers[tier].embargo and tables else {}
    recipients = record.parties() if tier == "parties" else [tier]
    if not recipients:
        raise RecordError(
            Fault("--tier", "the record names no parties", "they are named when a record begins", code="STO006")
        )
    names = {to: f"{tier}-{to}.json" if tier == "parties" else f"{tier}.json" for to in recipients}
    for name in recipients:
        if not safe_part(name):
            what = f"{name!r} is no name for a file: the package of a party bears its name"
            raise RecordError(Fault("--tier", what, "the record was not made by this program", code="STO006"))
    at = iso(now) or ""
    return {names[to]: package(record, tiers[tier], to, tables, closed, signer=signer, as_of=at) for to in recipients}


def _embargoed(
    store: RecordStore, tables: Mapping[int, pl.DataFrame], tier: Tier, now: datetime
) -> dict[int, set[int]]:
    """The rows of every file that speak of no incident that this tier may see, or that nobody could read; and files of decisions (row 0) that
    speak of one that it may not.
    """
    inputs = store.as_of(now)
    agreement, evidence = recorded_agreement(store, inputs), store.contents(inputs).evidence
    context = context_of(agreement)
    decisions = store.decisions(inputs, agreement.zone)
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, now)
    rewrite = Rewrite(counting, store.id_key())
    open_ = released(lives(decisions, counting, deciders, rewrite, now), counting, deciders, tier, now)
    registers = [evidence[e.index] for e in inputs.entries if e.kind == "register"]
    closed = {
        index: {0}
        for index, about in store.decided(inputs, agreement.zone).items()
        if not {*map(rewrite.of, about)} <= open_
    }
    for index, table in tables.items():
        rows = set(table["row"].to_list())
        if index in evidence:
            source = read_evidence([evidence[index], *registers], context)
            for batch in rewrite.batches(source.batches()):
                shown = batch.filter(incident_ids(batch, store.id_key()).is_in(list(open_)))
                rows -= set(shown["row"].to_list())
            for others in (source.ingest.figures, source.ingest.statements, source.ingest.items):
                rows -= set(others["row"].to_list())
        closed[index] = rows
    return closed
