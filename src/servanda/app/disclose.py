"""Disclosure: the packages of a record that show a tier what it may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from servanda.app.context import context_of
from servanda.app.record import recorded_agreement
from servanda.app.release import hearing, opened
from servanda.errors import Fault, RecordError
from servanda.evidence import read_evidence
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.incidents import Keys
from servanda.incidents.decisions import Rewrite, lives
from servanda.incidents.followed import follow
from servanda.incidents.parted import part
from servanda.record import Record, Signer, package
from servanda.record.entry import safe_part
from servanda.record.log import broken, quiet
from servanda.record.tiers import Tier
from servanda.record.verifier import Asked, Broken, check_package
from servanda.store import RecordStore
from servanda.values.time import iso

HEARING = ("right_of_reply", "replied", "dissent")
"""Steps that tell who was asked, and what he said."""
_NO_REPORTS = ("servanda-figures", "servanda-statements", "servanda-items")
"""Readers of tables that hold no reports."""


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
    closed, unheard = (
        _embargoed(store, tables, tiers[tier], now) if tiers[tier].embargo and tables else ({}, set[int]())
    )
    beyond = unheard | _beyond(store, tiers[tier])
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
    said: dict[str, Any] = {"beyond": beyond, "signer": signer, "as_of": at}
    return {names[to]: package(record, tiers[tier], to, tables, closed, **said) for to in recipients}


def _beyond(store: RecordStore, tier: Tier) -> set[int]:
    """The files of decisions that tell what a tier does not see elsewhere: grades name sources, tasks say who goes where, and splits how reports are numbered."""
    if tier.objects is None:
        return set()
    sources, numbers = (tier.shows(column, protected=False, to="") for column in ("source", "report_id"))
    watches = tier.shows_object("coverage")
    made = store.decisions_by_entry(store.record.statements(), ZoneInfo("UTC"))  # of no time is anything asked

    def tells(d: Decision) -> bool:
        if d.kind in ("grade", "split"):
            return not (sources if d.kind == "grade" else numbers)
        return d.says.get("step") == "tasked" and not watches

    return {index for index, decisions in made.items() if any(map(tells, decisions))}


def hold_against(record: Record, packages: Mapping[str, bytes]) -> None:
    """Hold packages, which are made anew from the files, against what was committed to.

    Args:
        record: the record.
        packages: by file name.

    Raises:
        RecordError: one does not hold.
    """
    for data in packages.values():
        try:
            check_package(data, Asked(record.log.policy, quiet, quorum=False))
        except Broken as error:
            hint = "a file and its rows do not fit: the record was not made by this program"
            raise broken(record.folder, error, hint) from None


def _embargoed(
    store: RecordStore, tables: Mapping[int, pl.DataFrame], tier: Tier, now: datetime
) -> tuple[dict[int, set[int]], set[int]]:
    """The rows of every file that speak of no incident that this tier may see, or that nobody could read; and files of decisions (row 0) that
    speak of one that it may not. Beside them, of incidents on which somebody may still answer, all files of decisions since he was first asked, and
    those that tell who was asked and what he said: what stands after an answer names it.
    """
    inputs = store.as_of(now)
    agreement, contents = recorded_agreement(store, inputs), store.contents(inputs)
    evidence = contents.evidence
    context = context_of(agreement)
    decisions = store.decisions(inputs, agreement.zone, agreement.actors)
    deciders = Deciders(agreement.parties, agreement.bodies)
    registers = [evidence[e.index] for e in inputs.entries if e.kind == "register"]
    sources = {
        n: read_evidence([evidence[n], *registers], context, signed_by=contents.signed_by)
        for n in tables
        if n in evidence
    }

    def batches() -> Iterator[pl.DataFrame]:
        return (batch for source in sources.values() for batch in source.batches())

    keys, key = Keys(), store.id_key()
    ids = part(batches, None)
    followed = follow(decisions, lambda: ids.batches(batches()), ids, keys, None, key)
    counting = effective(followed.decisions, deciders, now)
    rewrite = Rewrite(counting, followed.ids, keys)
    each = list(lives(followed.decisions, counting, deciders, rewrite, now))
    asked = hearing(each, counting, deciders, now)
    every = list(
        store.record.statements()
    )  # also those that became known later, or decide nothing: a package holds them
    made = store.decisions_by_entry(every, agreement.zone)
    entries = {d.id: index for index, decided in made.items() for d in decided}
    open_ = opened(each, counting, deciders, tier, now, entries)
    about = {
        index: {followed.names.get(name, name) for name in names}
        for index, names in store.decided(every, agreement.zone).items()
    }
    closed = {index: {0} for index, names in about.items() if not names <= open_.keys()}
    unheard = _unheard(made, {index: set(map(rewrite.of, names)) for index, names in about.items()}, asked)
    lies = _Lies(rewrite, followed.ids, keys)
    for index, table in tables.items():
        rows, upto = set(table["row"].to_list()), [name for name, entry in open_.items() if index < entry]
        if index in sources:
            source, read = sources[index], set[int]()
            for batch in ids.batches(source.batches()):
                rows -= set(batch.filter(lies.of(batch).is_in(upto))["row"].to_list())
                read |= set(batch["row"].to_list())
            for others in (source.ingest.figures, source.ingest.statements, source.ingest.items):
                rows -= set(others["row"].to_list())
            rows -= _unread(table.filter(~pl.col("row").is_in(list(read))), source.ingest.files[-1].reader, lies, upto)
        closed[index] = rows
    return closed, unheard


class _Lies:
    """By which incident a report opens: the one that it bore before merges; where a split moved it, the one to which it went."""

    def __init__(self, rewrite: Rewrite, ids: pl.DataFrame, keys: Keys) -> None:
        self._rewrite, self._keys = rewrite, keys
        self._borne = dict(ids.select("key", "incident").iter_rows())

    def of(self, batch: pl.DataFrame) -> pl.Series:
        """The ids for the reports of a batch."""
        found = self._keys.of_reports(batch).replace_strict(self._borne, default=None, return_dtype=pl.String)
        return self.named(batch.with_columns(incident_id=pl.coalesce("incident_id", found)))

    def named(self, table: pl.DataFrame) -> pl.Series:
        """The ids for rows that name an incident."""
        was, now = table["incident_id"], self._rewrite.moved(table)["incident_id"]
        gone = {name: self._rewrite.of(name) for name in self._rewrite.stays}
        return pl.select(pl.when(was.replace(gone) == now).then(was).otherwise(now)).to_series()


def _unheard(
    made: Mapping[int, Sequence[Decision]], about: Mapping[int, set[str]], asked: Mapping[str, Decision]
) -> set[int]:
    """The files of decisions that wait until everybody has answered, or his time has passed."""
    of = {d.id: index for index, decisions in made.items() for d in decisions}
    since = {incident: of[right.id] for incident, right in asked.items()}
    told = {index for index, decisions in made.items() if any(d.says.get("step") in HEARING for d in decisions)}
    return {
        index
        for index, names in about.items()
        if any(index in told or index >= since[name] for name in names & since.keys())
    }


def _unread(table: pl.DataFrame, reader: str, lies: _Lies, open_: Sequence[str]) -> set[int]:
    """Of the rows that could not be read as reports those that are open all the same: whether a field that is withheld can be read must not show.

    They are open with the incident that they name themselves; rows of tables that hold no reports are under no embargo.
    """
    if reader in _NO_REPORTS:
        return set(table["row"].to_list())
    if "incident_id" not in table.columns:
        return set()
    named = table.with_columns(pl.col("incident_id").str.strip_chars())
    if "report_id" not in named.columns:
        named = named.with_columns(report_id=pl.lit(None, dtype=pl.String))
    return set(named.filter(lies.named(named).is_in(open_))["row"].to_list())
