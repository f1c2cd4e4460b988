"""Packages for a tier: every entry, the files and fields that the tier may see, and commitments for all the rest.

What is withheld is there as a commitment, so that nothing can be left out, changed or added without being seen: see ``verifier``,
``package``. The packages of two parties are the same to the byte, or both say in which fields they differ.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import polars as pl

from servanda.errors import Fault, RecordError
from servanda.record.entry import TOLD, Entry, canonical
from servanda.record.record import Record
from servanda.record.row_commitments import coarsened, in_order, is_protected, rows_key
from servanda.record.signing import Signer
from servanda.record.tiers import RELEASES, Tier, parse_tiers
from servanda.record.vault import OBJECT_SALT
from servanda.record.verifier import commit_field, package_text
from servanda.wording import plural

TIER = "tier"
"""Why something is withheld from a tier that never sees its like."""
CLOSED = "embargo or tier: it speaks of what is not open yet, or of what this tier does not see"
"""Why a file of decisions is withheld, whatever it says: by the reason a reader would know who was asked, and that he has answered."""
FORMAT = 2
"""Of packages: since 2 the keeper signs for whom one was made, and what is withheld; in 1 (Servanda 0.2) that was only said."""


def package(
    record: Record,
    tier: Tier,
    to: str,
    tables: Mapping[int, pl.DataFrame],
    embargoed: Mapping[int, AbstractSet[int]],
    *,
    beyond: AbstractSet[int] = frozenset(),
    signer: Signer | None = None,
    as_of: str = "",
) -> bytes:
    """The package for one recipient.

    Args:
        record: the record, with its vault.
        tier: what may be seen.
        to: the recipient, a party or the tier itself.
        tables: by entry, the rows of each recorded table as text with ``row``, as they were when it was recorded.
        embargoed: by entry, the rows that this tier may not see yet; of a file of decisions, any: it is kept back whole.
        beyond: the files of decisions that tell what the tier does not see elsewhere, or not yet.
        signer: who keeps the record, and signs for all that the package says of itself; without, only those accept it who ask for that.
        as_of: the instant by which it was known what may be seen.

    Returns:
        The package as JSON, keys in order.

    Raises:
        RecordError: a table reads differently now than when it was recorded, or the vault is not there.
    """
    rows: dict[str, list[list[list[str | None]]]] = {}
    objects: dict[str, str] = {}
    withheld: list[dict[str, Any]] = []
    stored: set[str] = set()
    pseudonyms = list(record.vault.identities())
    entries = {entry.index: entry for entry in record.statements()}
    closed_files = _closed_files(entries, tier, embargoed, beyond)
    for entry in entries.values():
        kept = list(entry.says.get("stored", ()))
        stored |= set(kept)
        why = closed_files.get(entry.index, "")
        if kept and why:
            withheld.append({"entry": entry.index, "name": entry.name, "what": "the file itself", "why": why})
        elif kept:
            closed = _told_too_much(entry, tier, entries)
            shown = [digest for digest in kept if digest not in closed]
            objects |= {digest: base64.b64encode(record.log.object(digest)).decode() for digest in shown}
            for digest in filter(closed.__contains__, kept):
                told = {"entry": entry.index, "name": entry.name_of(digest), "what": "the file itself"}
                withheld.append({**told, "why": closed[digest]})
        if "rows" in entry.says:
            table = tables[entry.index]
            if "protected" in entry.says:
                table = coarsened(table, int(entry.says["protected"]["k"]), pseudonyms)
            made, left = _rows(record, entry, tier, to, table, embargoed.get(entry.index, frozenset()), pseudonyms)
            rows[str(entry.index)] = made
            withheld += left
    data = {
        "servanda-package": FORMAT,
        "tier": tier.name,
        "to": _alike(record.parties(), tier, to) if tier.name == "parties" else [tier.name],
        "differs": {who: list(columns) for who, columns in tier.less.items()},
        "checkpoint": record.log.note.decode(),
        "entries": [e.decode() for e in record.log.entries()],
        "objects": objects,
        "rows": rows,
        "hidden": [sum(len(c) == 1 for rs in rows.values() for r in rs for c in r), len(stored - set(objects))],
        "withheld": withheld,
        "policy": (record.folder / "policy").read_text("utf-8"),
        "as_of": as_of,
    }
    data["signed"] = base64.b64encode(signer.sign(package_text(data))).decode() if signer else ""
    return canonical(data) + b"\n"


def _alike(parties: list[str], tier: Tier, to: str) -> list[str]:
    """The parties that see the very same."""
    return [party for party in parties if set(tier.less.get(party, ())) == set(tier.less.get(to, ()))]


def _closed_files(
    entries: Mapping[int, Entry], tier: Tier, embargoed: Mapping[int, AbstractSet[int]], beyond: AbstractSet[int]
) -> dict[int, str]:
    """By entry why its files are not shown whole; what an agreement names is read with it."""
    whys = {n: _kept_back(entry, tier, embargoed) or (CLOSED if n in beyond else "") for n, entry in entries.items()}
    named = {d for n, e in entries.items() if not whys[n] for d in (e.says.get("attachments") or {}).values()}
    own = {n for n, e in entries.items() if e.says.get("own") or "protected" in e.says}
    with_it = {n for n, e in entries.items() if e.kind == "attachment" and e.digest in named} - own
    return {n: why for n, why in whys.items() if why and n not in with_it}


def _kept_back(entry: Entry, tier: Tier, embargoed: Mapping[int, AbstractSet[int]]) -> str:
    """Why the files of an entry are not shown whole; nothing where they are."""
    if entry.kind == "origin":
        return ""
    if not tier.shows_object(entry.kind) or (entry.says.get("own") and tier.objects is not None):
        return TIER
    if "protected" in entry.says and tier.protected is not None:
        return "it speaks of protected sources"
    waits = tier.release and any(embargoed.get(index) for index in (entry.index, *_inputs(entry)))
    if waits and entry.kind == "run":
        return f"embargo: it speaks of incidents that are {RELEASES[tier.release]}"
    return CLOSED if waits and entry.kind == "decisions" else ""


def _inputs(entry: Entry) -> list[int]:
    """From which entries the verdicts of a published run follow."""
    inputs = entry.says.get("inputs")
    return [index for index in inputs if type(index) is int] if isinstance(inputs, list) else []


def _told_too_much(entry: Entry, tier: Tier, entries: Mapping[int, Entry]) -> dict[str, str]:
    """Of the objects of an entry that is shown, those from which the tier could learn what it may not; each with why it is withheld.

    The reasons of verdicts name sources, watches and decisions, and by the digests of the tables guesses at any field could be tried.
    """
    if entry.kind == "origin":
        ids = entry.subjects.get("ids") if tier.objects is not None else None
        return {ids: "tier: it is the key of ids that would tell what reports say"} if ids else {}
    if entry.kind != "run":
        return {}
    inputs = [entries[index] for index in _inputs(entry) if index in entries]
    sees_all = tier.fields is None and not tier.less
    sees_all = sees_all and (tier.protected is None or not any("protected" in e.says for e in inputs))
    if sees_all and all(e.kind == "evidence" or tier.shows_object(e.kind) for e in inputs):
        return {}
    why = "tier: its reasons and digests are made from what this tier does not see"
    return {digest: why for digest in entry.says["stored"] if digest != entry.subjects.get(TOLD)}


def _rows(
    record: Record,
    entry: Entry,
    tier: Tier,
    to: str,
    table: pl.DataFrame,
    embargoed: AbstractSet[int],
    pseudonyms: list[str],
) -> tuple[list[list[list[str | None]]], list[dict[str, Any]]]:
    columns = [c for c in table.columns if c != "row"]
    if columns != entry.says["rows"]["columns"] or table.height != entry.says["rows"]["count"]:
        what = f"entry {entry.index} ({entry.name}) cannot be read as it was when it was recorded"
        raise RecordError(
            Fault(str(record.folder), what, "use the version of Servanda that recorded it", code="REC031")
        )
    key = rows_key(record.vault, entry)
    table = in_order(table, key, entry.says["rows"].get("order"))
    protected = is_protected(table, pseudonyms).to_list()
    plain = frozenset(c for c in columns if tier.shows(c, protected=False, to=to))
    coarse = frozenset(c for c in columns if tier.shows(c, protected=True, to=to))
    out: list[list[list[str | None]]] = []
    waiting = most = 0
    for (number, *values), hidden in zip(table.select("row", *columns).iter_rows(), protected, strict=True):
        salts = record.vault.salts_with(key, number, len(columns))
        closed = tier.embargo and number in embargoed
        shows = frozenset[str]() if closed else coarse if hidden else plain
        waiting, most = waiting + (closed and shows != plain), most + (hidden and not closed and shows != plain)
        row: list[list[str | None]] = []
        for salt, column, value in zip(salts, columns, values, strict=True):
            if column in shows:
                row.append([base64.b64encode(salt).decode(), value])
            else:
                row.append([base64.b64encode(commit_field(salt, column, value)).decode()])
        out.append(row)
    left: list[dict[str, Any]] = []

    def say(what: str, why: str, rows: int = 0) -> None:
        count = {"rows": rows} if rows else {}
        left.append({"entry": entry.index, "name": entry.name, "what": what, "why": why, **count})

    if len(plain) < len(columns):
        say(f"fields {', '.join(c for c in columns if c not in plain)}", TIER)
    if waiting:
        say(f"{plural(waiting, 'row')} whole", f"embargo: their incidents are {RELEASES[tier.release]}", waiting)
    if most:
        say(f"most of {plural(most, 'row')}", "protected sources: places and times only as those of k of them", most)
    return out, left


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What two packages show differently.

    Args:
        one: a package, as read from its JSON; it must have been checked, for the exceptions are taken from it.
        other: another of the same record.

    Returns:
        The differences that the recorded tiers declare, and those that they do not.
    """
    tiers = parse_tiers(_origin_object(one)[OBJECT_SALT:])
    tier = tiers.get(one["tier"])
    allowed = {c for columns in (tier.less.values() if tier else ()) for c in columns}
    follow = {"rows", "withheld", "hidden", "signed", *(["to"] if allowed else [])}  # they differ where a field may
    declared: list[str] = []
    undeclared = [
        f"'{part}' is not the same"
        for part in sorted(set(one) | set(other))
        if part not in follow and one.get(part) != other.get(part)
    ]
    for index in sorted(set(one["rows"]) | set(other["rows"]), key=int):
        columns = _predicate(one, int(index))["rows"]["columns"]
        ours, theirs = one["rows"].get(index, ()), other["rows"].get(index, ())
        if len(ours) != len(theirs):
            undeclared.append(f"rows of entry {index}: {len(ours)} and {len(theirs)}")
            continue
        by_column: dict[str, int] = {}
        for a, b in zip(ours, theirs, strict=True):
            for column, x, y in zip(columns, a, b, strict=True):
                if x != y:
                    by_column[column] = by_column.get(column, 0) + 1
        for column, n in by_column.items():
            (declared if column in allowed else undeclared).append(f"{column} in {plural(n, 'row')} of entry {index}")
    if one["withheld"] != other["withheld"] and not declared and not undeclared:
        undeclared.append("'withheld' is not the same, though nothing else differs")
    return declared, undeclared


def _predicate(package_: Mapping[str, Any], index: int) -> dict[str, Any]:
    statement = json.loads(base64.b64decode(json.loads(package_["entries"][index])["payload"]))
    predicate: dict[str, Any] = statement["predicate"]
    return predicate


def _origin_object(package_: Mapping[str, Any]) -> bytes:
    """The recorded tiers, salt in front."""
    digest = next(iter(_predicate(package_, 0)["stored"]))
    return base64.b64decode(package_["objects"][digest])
