"""Everything that a record holds, as rows of the projection. Pure: the same record gives the same rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import polars as pl

from servanda.app.recorded import RecordedIncidents, recorded_incidents
from servanda.desk import hours
from servanda.desk.places import NEVER, number_of, tally_rows
from servanda.desk.register import Register, register_of
from servanda.errors import RecordError
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.incidents.guards import Course, Endorser, course_of, due
from servanda.record import Entry, Record
from servanda.record.log import digest_of
from servanda.store import RecordStore
from servanda.values.names import name_key, names_of

Row: TypeAlias = dict[str, Any]
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
_HARM = re.compile(
    r"\b(kill|wound|injur|dead\b|death|casualt|fatal|убит|ранен|погиб|вбит|поранен|загин)", re.IGNORECASE
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
        "Entry": [entry_row(e) for e in entries],
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
    rows["Decided"] = decided_rows(held)
    rows["Incident"] = _incident_rows(held, rows, register, received)
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


def entry_row(entry: Entry) -> Row:
    """A signed statement as a row."""
    known, recorded = (_instant(entry, key) if key in entry.says else None for key in ("known_at", "recorded_at"))
    row = {"index": entry.index, "kind": entry.kind, "name": entry.name, "signer": entry.signer, "counts": entry.counts}
    return {
        **row,
        "known_at": known,
        "recorded_at": recorded,
        "note": str(entry.says.get("note", "")),
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


def decided_rows(held: RecordedIncidents) -> list[Row]:
    """The decisions, each under where its incident lies now; an undoing under that of what it undoes."""
    lies = where_lie([d for _, d in held.decisions], held.gone)
    rows = {d.id: decided_row(entry, d, lies.get(d.id, "")) for entry, d in held.decisions}
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


def decided_row(entry: int, d: Decision, incident: str) -> Row:
    """A decision as a row."""
    says = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in d.says.items()}
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


def decision_of(row: Row) -> Decision:
    """A row as the decision that it was made of, under the incident where it lies now."""
    says = {k: datetime.fromisoformat(v) if k in ("until", "due") else v for k, v in row["says"].items()}
    incidents = (row["incident"],) if row["kind"] == "step" else tuple(row["incidents"])
    return Decision(
        row["id"], row["kind"], incidents, row["by"], row["at"], row["known_at"], row["why"], says, row["position"]
    )


def steps_of(decisions: Iterable[Decision], deciders: Deciders) -> list[Decision]:
    """The steps of one incident that move it: those that count, and what parties replied."""
    all_ = list(decisions)
    counting = effective(all_, deciders, None)
    parties = names_of(deciders.parties)
    said = [d for d in all_ if d.kind == "step" and not deciders.may(d) and _is_reply(d) and name_key(d.by) in parties]
    steps = [d for d in (*counting, *said) if d.kind == "step" and d.says["step"] != "commented"]
    order = {d.id: d for d in steps}
    return sorted(order.values(), key=lambda d: (d.at, d.id))


def _is_reply(d: Decision) -> bool:
    return d.says["step"] in ("replied", "dissent")


def _incident_rows(
    held: RecordedIncidents, rows: Rows, register: Register, received: Mapping[int, datetime]
) -> list[Row]:
    decided: dict[str, list[Row]] = {}
    for row in rows["Decided"]:
        decided.setdefault(row["incident"], []).append(row)
    reports: dict[str, list[Row]] = {}
    for row in rows["Report"]:
        reports.setdefault(row["incident"], []).append(row)
    return [
        incident_row(
            name,
            mine,
            decided.get(name, ()),
            held.deciders,
            register.clocks,
            received,
            held.remarks.get(name, ()),
            register.route,
        )
        for name, mine in sorted(reports.items())
    ]


def incident_row(
    name: str,
    reports: Sequence[Row],
    decided: Sequence[Row],
    deciders: Deciders,
    clocks: Mapping[str, timedelta],
    received: Mapping[int, datetime],
    told: Sequence[str],
    route: Sequence[Endorser] = (),
) -> Row:
    """Where one incident stands.

    Args:
        name: its id.
        reports: its reports.
        decided: all decisions about it.
        deciders: who may decide.
        clocks: how long it may stand in each state.
        received: by the number of a file's entry, when that was recorded.
        told: what a reader must know of where its decisions were found.
        route: the bodies that a determination passes before it is signed.

    Returns:
        Its row.
    """
    came = min((received[r["entry"]] for r in reports if r["entry"] in received), default=None)
    decisions = [decision_of(row) for row in decided]
    steps = steps_of(decisions, deciders)
    course = course_of(steps, came, route)
    latest = max(decided, key=lambda row: (row["at"], row["id"]), default=None)
    row = _described(name, reports)
    row |= {
        "state": course.state,
        "since": course.since,
        "due": due(course, clocks),
        "paused": course.paused is not None,
    }
    row |= {
        "waiting": _waiting(course),
        **_turn(course),
        "outcome": _last(steps, "determined", "outcome"),
        "received": came,
        "told": list(told),
    }
    row["turn"], row["number"] = row["due"] or NEVER, number_of(name)
    row["severity"] = next((str(d.says["severity"]) for d in reversed(steps) if d.says.get("severity")), "")
    triaged = next((d for d in reversed(steps) if d.says["step"] == "triaged"), None)
    double = triaged is not None and triaged.says.get("outcome") == "duplicate_of"
    row["duplicate_of"] = str(triaged.says["of"]) if triaged is not None and double else ""
    row["last"] = latest["id"] if latest else ""
    seen = "\n".join([*sorted(r["id"] for r in reports), *sorted(d["id"] for d in decided)])
    row["version"] = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return row


def _waiting(course: Course) -> str:
    names = [of for of, _ in course.asked] if course.state == "right_of_reply" else []
    return f",{','.join(names)}," if names else ""


def _turn(course: Course) -> Row:
    """Whose turn it is to endorse what is determined."""
    turn = course.endorser if course.state == "determined" else None
    return {"endorser": turn.body if turn else "", "endorses": turn.office if turn else ""}


def _last(steps: Sequence[Decision], step: str, key: str) -> str:
    return next((str(d.says.get(key) or "") for d in reversed(steps) if d.says["step"] == step), "")


def _described(name: str, reports: Sequence[Row]) -> Row:
    """What its reports say of it: the words of most of them, the place of the most precise."""
    said = [r["said"] for r in reports]

    def most(key: str) -> str:
        words = [s[key] for s in said if s.get(key)]
        return max(sorted(set(words)), key=words.count) if words else ""

    placed = [r for r in reports if r["lat"] is not None and r["lon"] is not None]
    best = min(placed, key=lambda r: (r["precision_m"] or 1e9, r["id"]), default=None)
    first = min(reports, key=lambda r: (r["known_at"] is None, r["known_at"] or 0, r["id"]))
    harm = any(_HARM.search(f"{s.get('effect', '')} {s.get('summary', '')} {s.get('unit', '')}") for s in said)
    return {
        "id": name,
        "start": min((r["start"] for r in reports if r["start"]), default=None),
        "act": most("act"),
        "target": most("target"),
        "accused": most("actor"),
        "place": most("place_name") or most("admin1"),
        "lat": best["lat"] if best else None,
        "lon": best["lon"] if best else None,
        "summary": first["said"].get("summary", ""),
        "reports": len(reports),
        "origins": len({s.get("origin") or s.get("source") for s in said}),
        "casualties": harm,
        "protected": any(s.get("source", "").startswith("protected-") for s in said),
    }


def fingerprint(rows: Rows) -> str:
    """The SHA-256 of all rows, whatever their order: two projections with the same one are the same."""
    lines = sorted(
        json.dumps([table, row], sort_keys=True, default=str) for table, many in rows.items() for row in many
    )
    return digest_of("\n".join(lines).encode())
