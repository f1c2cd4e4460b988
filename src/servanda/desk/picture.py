"""Everything that a record holds, as rows of the projection. Pure: the same record gives the same rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import TypeAlias

import polars as pl

from servanda.app.recorded import RecordedIncidents, recorded_incidents
from servanda.desk import hours
from servanda.desk.authors import unmarked, unmarked_file
from servanda.desk.lives import Row, Rules, incident_row
from servanda.desk.places import tally_rows
from servanda.desk.register import Register, register_of
from servanda.errors import RecordError
from servanda.evidence.decisions import Decision
from servanda.record import Entry, Record
from servanda.record.log import digest_of
from servanda.store import RecordStore

Rows: TypeAlias = dict[str, list[Row]]
"""By the name of a table, its rows."""
_TOLD = (
    "source",
    "origin",
    "via",
    "side",
    "kind",
    "stance",
    "reliability",
    "means",
    "place_name",
    "admin1",
    "act",
    "target",
    "weapon",
    "actor",
    "quantity",
    "unit",
    "effect",
    "summary",
    "url",
)
_OWN = ("known_at", "start", "end", "lat", "lon", "precision_m")


@dataclass(frozen=True)
class Picture:
    """All rows of the projection, and what they were made of."""

    rows: Rows
    register: Register
    held: RecordedIncidents | None = None
    received: Mapping[int, datetime] = field(default_factory=dict)


def read_picture(record: Record) -> Picture:
    """Read all that a record holds.

    Args:
        record: the record.

    Returns:
        Every row of the projection. Where the record holds no agreement yet, there are no reports and no incidents.

    Raises:
        ServandaError: something on the record cannot be read.
    """
    register, store = register_of(record), RecordStore(record)
    entries = list(record.statements())
    rows: Rows = {
        "Entry": [entry_row(e, record.id_key()) for e in entries],
        "Person": person_rows(register),
        "Published": published_rows(store),
    }
    came = hours.says_when(demo=record.dated_by is not None)
    received = {e.index: _instant(e, came) for e in entries if came in e.says}
    try:
        held = recorded_incidents(store, register.agreement)
    except RecordError as error:
        if [f.code for f in error.faults] != ["STO001"]:
            raise
        rows |= {
            "Head": [head_row(record, register, None)],
            "Report": [],
            "Incident": [],
            "Tally": [],
            "Gone": [],
            "Decided": [],
        }
        return Picture(rows, register)
    rows["Head"] = [head_row(record, register, held)]
    rows["Report"] = report_rows(held.reports)
    rows["Gone"] = [{"id": name, "into": into} for name, into in sorted(held.gone.items()) if name != into]
    rows["Decided"] = decided_rows(held, record.id_key())
    rows["Incident"] = _incident_rows(held, rows, received)
    rows["Tally"] = tally_rows(rows["Incident"])
    return Picture(rows, register, held, received)


def person_rows(register: Register) -> list[Row]:
    """The people as rows."""
    blank = {"key": "", "credential": ""}
    return [{"id": p.id, **blank, **p.as_data()} for p in register.people]


def head_row(record: Record, register: Register, held: RecordedIncidents | None) -> Row:
    """How far the record is projected, and what of the agreement the pages need."""
    head = record.log.head
    row: Row = {
        "id": 1,
        "size": head.size,
        "root": head.root.hex(),
        "mission": register.mission,
        "office": register.office,
    }
    row |= {
        "title": "",
        "agreement": "",
        "zone": "UTC",
        "parties": {},
        "bodies": {},
        "severity": [],
        "terms": {},
        "quarantined": 0,
    }
    row["route"] = [[e.body, e.office] for e in register.route]
    row["clocks"] = {state: int(length.total_seconds()) for state, length in register.clocks.items()}
    if held is not None:
        text = held.agreement
        row |= {"title": text.title, "agreement": held.inputs.agreement.name, "zone": text.zone.key}
        row |= {"parties": dict(text.parties), "bodies": dict(text.bodies), "severity": list(text.mandate.severity)}
        row |= {"quarantined": held.quarantined}
        row["terms"] = {term.id: term.text for term in text.texts[0].terms}
    return row


def entry_row(entry: Entry, key: bytes) -> Row:
    """A signed statement as a row; ``key``: by which its note tells who wrote it."""
    known, recorded = (_instant(entry, key) if key in entry.says else None for key in ("known_at", "recorded_at"))
    row = {"index": entry.index, "kind": entry.kind, "name": entry.name, "signer": entry.signer, "counts": entry.counts}
    return {
        **row,
        "known_at": known,
        "recorded_at": recorded,
        "note": unmarked(key, str(entry.says.get("note", ""))),
        "attached": sorted(entry.says.get("attachments") or ()),
    }


def _instant(entry: Entry, key: str) -> datetime:
    return datetime.fromisoformat(str(entry.says[key]))


def published_rows(store: RecordStore) -> list[Row]:
    """The runs that were signed."""
    out = []
    for run in store.runs():
        told = json.loads(run.shown["verdicts.json"])["verdicts"] if "verdicts.json" in run.shown else []
        verdicts = [[v["term"], v["party"], v["reading"], v["verdict"]] for v in told]
        as_of = datetime.fromisoformat(run.as_of) if run.as_of else None
        out.append({"entry": run.index, "as_of": as_of, "digest": run.digests["verdicts.json"], "verdicts": verdicts})
    return out


def report_rows(reports: pl.DataFrame) -> list[Row]:
    """The reports, each under a key of its own: its file and row."""
    out, seen = [], dict[str, int]()
    wanted = reports.select("file", "row", "entry", "report_id", "base", "incident_id", *_OWN, *_TOLD)
    for r in wanted.iter_rows(named=True):
        key = f"{r['file']}:{r['row']}"
        seen[key] = seen.get(key, 0) + 1
        said = {name: str(r[name]) for name in _TOLD if r[name] is not None}
        row = {
            "id": key if seen[key] == 1 else f"{key}~{seen[key]}",
            "entry": r["entry"],
            "report_id": r["report_id"] or "",
        }
        out.append(
            {**row, "base": r["base"], "incident": r["incident_id"], **{name: r[name] for name in _OWN}, "said": said}
        )
    return out


def decided_rows(held: RecordedIncidents, key: bytes) -> list[Row]:
    """The decisions, each under where its incident lies now; an undoing under that of what it undoes."""
    lies = where_lie([d for _, d in held.decisions], held.gone)
    rows = {d.id: decided_row(entry, d, lies.get(d.id, ""), key) for entry, d in held.decisions}
    return [rows[ident] for ident in sorted(rows)]


def where_lie(decisions: Sequence[Decision], gone: Mapping[str, str]) -> dict[str, str]:
    """By the id of a decision where its incident lies now; an undoing lies where lies what it undoes."""
    lies = {d.id: gone.get(d.incidents[0], d.incidents[0]) for d in decisions if d.incidents}
    undone = {d.id: str(d.says["undo"]) for d in decisions if d.kind == "undo"}
    for ident in undone:
        at, walked = ident, set[str]()
        while at in undone and at not in walked:
            walked.add(at)
            at = undone[at]
        lies[ident] = lies.get(at, "")
    return lies


def decided_row(entry: int, d: Decision, incident: str, key: bytes) -> Row:
    """A decision as a row; ``key``: by which it tells who made it."""
    says = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in d.says.items()}
    says |= {"person": unmarked(key, says["person"])} if "person" in says else {}
    if files := says.get("attachments"):
        says["attachments"] = [unmarked_file(key, str(one)) for one in files]
    row = {"id": d.id, "entry": entry, "kind": d.kind, "incident": incident, "incidents": list(d.incidents)}
    row |= {"step": str(says.get("step", "")), "outcome": str(says.get("outcome") or ""), "by": d.by, "at": d.at}
    row |= {
        "person": str(says.get("person", "")),
        "known_at": d.known_at,
        "why": d.why,
        "says": says,
        "position": d.by_party,
    }
    return row


def _incident_rows(held: RecordedIncidents, rows: Rows, received: Mapping[int, datetime]) -> list[Row]:
    decided: dict[str, list[Row]] = {}
    for row in rows["Decided"]:
        decided.setdefault(row["incident"], []).append(row)
    reports: dict[str, list[Row]] = {}
    for row in rows["Report"]:
        reports.setdefault(row["incident"], []).append(row)
    rules = Rules.of(SimpleNamespace(**rows["Head"][0]))
    return [
        incident_row(rules, name, mine, decided.get(name, ()), received, held.remarks.get(name, ()))
        for name, mine in sorted(reports.items())
    ]


def fingerprint(rows: Rows) -> str:
    """The SHA-256 of all rows, whatever their order: two projections with the same one are the same."""
    lines = sorted(
        json.dumps([table, row], sort_keys=True, default=str) for table, many in rows.items() for row in many
    )
    return digest_of("\n".join(lines).encode())
