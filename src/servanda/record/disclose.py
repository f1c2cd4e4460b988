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
from servanda.record.record import Record
from servanda.record.rows import coarsened, is_protected
from servanda.record.statement import Entry, canonical
from servanda.record.tiers import Tier
from servanda.record.verifier import commit_field

FORMAT = 1


def package(
    record: Record, tier: Tier, to: str, tables: Mapping[int, pl.DataFrame], embargoed: Mapping[int, AbstractSet[int]]
) -> bytes:
    """The package for one recipient (JSON, keys in order).

    ``tables``: by entry, the rows of each recorded table as text with ``row``, as they were when it was recorded; ``embargoed``:
    by entry, the rows that no tier with an embargo may see yet.
    """
    rows: dict[str, list[list[list[str | None]]]] = {}
    objects: dict[str, str] = {}
    withheld: list[dict[str, Any]] = []
    for entry in record.statements():
        if entry.kind in ("evidence", "agreement", "attachment", "register", "coverage", "decisions", "run", "origin"):
            if tier.shows_object(entry.kind) or entry.kind == "origin":
                for digest in entry.says.get("stored", ()):
                    objects[digest] = base64.b64encode(record.log.object(digest)).decode()
            else:
                withheld.append({"entry": entry.index, "name": entry.name, "what": "the file itself", "why": "tier"})
        if "rows" in entry.says:
            table = tables[entry.index]
            if "protected" in entry.says:
                table = coarsened(table, int(entry.says["protected"]["k"]))
            shown, left = _rows(record, entry, tier, to, table, embargoed.get(entry.index, frozenset()))
            rows[str(entry.index)] = shown
            withheld += left
    data = {
        "servanda-package": FORMAT,
        "tier": tier.name,
        "differs": {who: list(columns) for who, columns in tier.less.items()},
        "checkpoint": record.log.note.decode(),
        "entries": [e.decode() for e in record.log.entries()],
        "objects": objects,
        "rows": rows,
        "withheld": withheld,
    }
    return canonical(data) + b"\n"


def _rows(
    record: Record, entry: Entry, tier: Tier, to: str, table: pl.DataFrame, embargoed: AbstractSet[int]
) -> tuple[list[list[list[str | None]]], list[dict[str, Any]]]:
    columns = [c for c in table.columns if c != "row"]
    if columns != entry.says["rows"]["columns"] or table.height != entry.says["rows"]["count"]:
        what = f"entry {entry.index} ({entry.name}) cannot be read as it was when it was recorded"
        raise RecordError(Fault(str(record.folder), what, "use the version of Servanda that recorded it"))
    key = record.vault.file_key(entry.index)
    protected = is_protected(table).to_list()
    out: list[list[list[str | None]]] = []
    for (number, *values), hidden in zip(table.select("row", *columns).iter_rows(), protected, strict=True):
        salts = record.vault.salts_with(key, number, len(columns))
        closed = tier.embargo and number in embargoed
        row: list[list[str | None]] = []
        for salt, column, value in zip(salts, columns, values, strict=True):
            if not closed and tier.shows(column, protected=hidden, to=to):
                row.append([base64.b64encode(salt).decode(), value])
            else:
                row.append([base64.b64encode(commit_field(salt, column, value)).decode()])
        out.append(row)
    left: list[dict[str, Any]] = []

    def say(what: str, why: str) -> None:
        left.append({"entry": entry.index, "name": entry.name, "what": what, "why": why})

    plain = [c for c in columns if not tier.shows(c, protected=False, to=to)]
    if plain:
        say(f"fields {', '.join(plain)}", "tier")
    closed_rows = len(embargoed & set(table["row"].to_list())) if tier.embargo else 0
    if closed_rows:
        say(f"{closed_rows} rows whole", "embargo: their incidents are not assessed yet")
    if sum(protected) and tier.protected is not None:
        say(f"most of {sum(protected)} rows", "protected sources: places and times only as those of k of them")
    return out, left


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What one package shows and the other does not: what both declare, and what they do not."""
    declared: set[str] = (
        {c for columns in one["differs"].values() for c in columns} if one["differs"] == other["differs"] else set()
    )
    found: list[str] = []
    undeclared: list[str] = []
    for part in ("tier", "differs", "checkpoint", "entries"):
        if one[part] != other[part]:
            undeclared.append(f"'{part}' is not the same")
    for digest in sorted(set(one["objects"]) ^ set(other["objects"])):
        undeclared.append(
            f"the object {digest[:12]} is only in the {'first' if digest in one['objects'] else 'second'}"
        )
    for index in sorted(set(one["rows"]) | set(other["rows"]), key=int):
        columns = _columns(one, int(index))
        pairs = zip(one["rows"].get(index, ()), other["rows"].get(index, ()), strict=False)
        by_column: dict[str, int] = {}
        for a, b in pairs:
            for column, x, y in zip(columns, a, b, strict=False):
                if x != y:
                    by_column[column] = by_column.get(column, 0) + 1
        for column, n in by_column.items():
            line = f"{column} in {n} rows of entry {index}"
            (found if column in declared else undeclared).append(line)
    return found, undeclared


def _columns(package_: Mapping[str, Any], index: int) -> list[str]:
    statement = json.loads(base64.b64decode(json.loads(package_["entries"][index])["payload"]))
    return list(statement["predicate"]["rows"]["columns"])
