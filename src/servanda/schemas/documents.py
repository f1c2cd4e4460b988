"""Schemas of JSON and YAML files: from the models that read them where there are any, else written here beside the words of the code."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from servanda.coverage.schema import CoverageFile
from servanda.evidence.decisions import STEPS
from servanda.evidence.model import GRADES, IMPUTATIONS
from servanda.schemas import tables
from servanda.schemas.shapes import AMOUNT, COUNT, FORMAT, INSTANT, SHARE, TEXT, TEXTS, by_name, exactly, said
from servanda.verdicts.model import VERDICTS
from servanda.verdicts.summary import Summary


def coverage() -> dict[str, Any]:
    """The coverage file, from the model that reads it."""
    return CoverageFile.model_json_schema(by_alias=True)


def sources() -> dict[str, Any]:
    """The register of sources."""
    source = exactly(
        {
            "side": said(TEXT, "The party whose interest it has, or 'none'"),
            "speaks_for": said(TEXT, "The party that its word binds; it is on its side"),
            "reliability": {"enum": list(GRADES), "description": "Admiralty letter"},
            "means": said(TEXT, "By which means it sees, as 'camera'"),
            "relays": said(TEXT, "The source whose words it merely carries"),
            "note": said(TEXT, "Who says so"),
        },
        "side",
        "speaks_for",
        "reliability",
        "means",
        "relays",
        "note",
    )
    level = exactly({"party": TEXT, "level": {"enum": list(IMPUTATIONS)}}, "level")
    return exactly(
        {
            "sources": by_name(source),
            "actors": said(
                by_name({"anyOf": [TEXT, level]}),
                "Other people's names of armed actors, each with the party, and in how far their acts are the party's",
            ),
        },
        "sources",
        "actors",
        about="Whose side a source is on, its grade, whom it relays.",
    )


def decisions() -> dict[str, Any]:
    """What people decided about incidents, sources and exceptions."""
    common = {"by": TEXT, "at": {}, "known_at": {}, "why": TEXT, "person": TEXT, "after": TEXT}
    may = ("known_at", "person", "after")
    outcomes = sorted({outcome for each in STEPS.values() for outcome in each})
    texts = ("incident", "of", "tier", "term", "severity", "team", "route", "method", "finding")
    step = {**dict.fromkeys(texts, TEXT), "step": {"enum": list(STEPS)}, "outcome": {"enum": outcomes}}
    step |= {"until": {}, "due": {}, "attachments": TEXTS}
    kinds = [
        exactly({**step, **common}, *(key for key in step if key not in ("incident", "step")), *may),
        exactly({"merge": TEXTS, "into": TEXT, **common}, *may),
        exactly({"split": TEXT, "into": by_name(TEXTS), **common}, *may),
        exactly({"grade": TEXT, "reliability": {"enum": list(GRADES)}, **common}, *may),
        exactly({"grant": TEXT, "term": TEXT, "incident": TEXT, **common}, *may),
        exactly({"undo": TEXT, **common}, *may),
    ]
    listed = {"type": "array", "items": {"oneOf": kinds}}
    return exactly({"decisions": listed}, about="Each with its author (by), time (at) and reason (why).")


def cases() -> dict[str, Any]:
    """Cases: short evidence and the verdicts that must follow."""
    wanted = {
        "term": TEXT,
        "party": {"type": ["string", "null"]},
        "reading": {"type": ["string", "null"]},
        "verdict": {"enum": list(VERDICTS)},
        **dict.fromkeys(("confirmed", "alleged", "excused", "origins", "reports"), COUNT),
        "measure": {"type": "object"},
    }
    rows = {"type": "array", "items": {"type": "object"}}
    expect = {**exactly(wanted), "required": ["term", "party"]}
    case = {
        "name": TEXT,
        "evidence": {"const": "shipped"},
        "coverage": {"const": "shipped"},
        "as_of": {},
        "reports": rows,
        "items": rows,
        "expect": {"type": "array", "items": expect},
    }
    whole = {
        "agreement": TEXT,
        "check": {"type": "object"},
        "dates": {"type": "object"},
        "cases": {"type": "array", "items": {**exactly(case), "required": ["name", "expect"]}},
    }
    return {**exactly(whole, about="An agreement with short evidence, and what must follow."), "required": ["cases"]}


def verdicts() -> dict[str, Any]:
    """The verdicts of a run: ``verdicts.json``, and ``timeline.json`` by day, week or month."""
    step = exactly(
        {
            "n": said(COUNT, "Its number, from 1"),
            "rule": said(TEXT, "The rule applied (docs/verdicts.md)"),
            "text": said(TEXT, "What came of it"),
            "uses": said(TEXTS, "Ids of the incidents it used"),
        }
    )
    row = exactly(
        {
            "term": said(TEXT, "Id of the term"),
            "party": {"type": ["string", "null"], "description": "Id of the party; null where none is named"},
            "reading": {"type": ["string", "null"], "description": "Name of the reading; null for all of them"},
            "verdict": {"enum": list(VERDICTS), "description": "docs/verdicts.md has the definitions"},
            "window": {
                "type": "array",
                "prefixItems": [INSTANT, INSTANT],
                "items": False,
                "minItems": 2,
                "description": "From, to: when the term binds, in the agreement's zone",
            },
            "confirmed": said(COUNT, "Incidents that the standard of proof confirms"),
            "alleged": said(COUNT, "Incidents that are only claimed"),
            "excused": said(COUNT, "Incidents that an exception excuses"),
            "reports": said(COUNT, "Reports that assert the row's incidents"),
            "origins": said(COUNT, "Origins who first said so"),
            "coverage": _watched(),
            "incidents": said(TEXTS, "Ids of the row's incidents"),
            "measure": said(
                by_name({"type": ["number", "string", "boolean", "null"]}), "What a term of its kind is measured by"
            ),
            "rests_on": _rests_on(),
            "steps": {"type": "array", "items": step, "description": "How the verdict follows"},
        },
        "measure",
    )
    return exactly(
        {
            "format": FORMAT,
            "servanda": said(TEXT, "The version of Servanda"),
            "agreement": said(TEXT, "Id of the agreement"),
            "names_authors": {"type": "boolean", "description": "Whether verdicts say which party did it"},
            "attribution": said(TEXT, "The same as a sentence, and whether the mandate says so"),
            "as_of": said(INSTANT, "What became known later was left out; null: nothing was"),
            "undated": said(COUNT, "Rows left out as of an instant because they do not say when they became known"),
            "quarantined": said(COUNT, "Rows of the evidence that could not be read"),
            "quarantined_unsided": said(COUNT, "Those of them whose source has no side"),
            "no_term": said(by_name(COUNT), "Reports of which there is no finding, by the reason (no_term.csv)"),
            "verdicts": {"type": "array", "items": row},
            "by": {"enum": ["day", "week", "month"], "description": "In timeline.json: the slices"},
            "unsliced": said(
                by_name(TEXT), "In timeline.json: the terms that have no rows there, each with the reason"
            ),
        },
        "by",
        "unsliced",
        about="Verdicts with their numbered steps, term by term.",
    )


def _rests_on() -> dict[str, Any]:
    """Sets of what a verdict rests on."""
    name = said(TEXT, "Of the source; id of the watch; id of the incident that a body determined")
    element = exactly({"kind": {"enum": ["source", "watch", "decision"]}, "name": name})
    return {
        "type": "array",
        "items": {"type": "array", "items": element},
        "description": "The smallest sets without which a breached or complied would be another verdict",
    }


def _watched() -> dict[str, Any]:
    """What of a party's acts would have been seen."""
    unwatched = exactly(
        {
            "area_m2": said(
                AMOUNT, "The greatest area that was unwatched at once, in square metres; null without bounds"
            ),
            "hours": said(
                AMOUNT, "The longest that any part was unwatched without a break; null where nothing could be watched"
            ),
            "every_day": {
                "type": "array",
                "items": {"type": "integer", "minimum": 0, "maximum": 23},
                "description": "Hours of the local day in which some part was on no day watched throughout",
            },
        }
    )
    return exactly(
        {
            "probability": said(
                SHARE, "That an act would have been seen, on average; null where nothing is to be seen"
            ),
            "watched": said(SHARE, "How much of place and time was watched to the standard; this decides"),
            "unwatched": {**unwatched, "type": ["object", "null"], "description": "What was not; null where all was"},
            "standard": said(SHARE, "The probability that the mandate asks for"),
        }
    )


def summary() -> dict[str, Any]:
    """``summary.json``, from the values that it is made of."""
    shape = TypeAdapter(Summary).json_schema(mode="serialization")
    properties = {"format": FORMAT, "servanda": said(TEXT, "The version of Servanda"), **shape["properties"]}
    return {**shape, "properties": properties, "required": list(properties), "additionalProperties": False}


def incidents() -> dict[str, Any]:
    """The incidents of ``verify`` as points: ``incidents.geojson``."""
    findings = said(by_name(TEXT), "Its status under each term, as 'term:reading:party'")
    return _points(tables.columns("incidents"), {"findings": findings}, tables.described()["incidents"]["about"])


def fusion_points() -> dict[str, Any]:
    """The incidents of ``fuse`` as points: ``incidents.geojson``."""
    return _points(tables.columns("fusion-incidents"), {}, tables.described()["fusion-incidents"]["about"])


def _points(columns: dict[str, Any], more: dict[str, Any], about: str) -> dict[str, Any]:
    """A GeoJSON collection (RFC 7946) of points whose properties are the columns of a table but its place."""
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    point = {**exactly({"type": {"const": "Point"}, "coordinates": pair}), "type": ["object", "null"]}
    properties = {name: said for name, said in columns.items() if name not in ("lat", "lon")}
    feature = exactly(
        {
            "type": {"const": "Feature"},
            "id": TEXT,
            "geometry": said(point, "Longitude and latitude, degrees (WGS 84); null where no place is known"),
            "properties": exactly({**properties, **more}),
        }
    )
    whole = {
        "type": {"const": "FeatureCollection"},
        "format": FORMAT,
        "note": said(TEXT, "What was left out"),
        "features": {"type": "array", "items": feature},
    }
    return exactly(whole, "note", about=about)


def check() -> dict[str, Any]:
    """What ``check --json`` prints: the faults of a file that cannot be read, or findings and scores."""
    where = {"line": COUNT, "column": COUNT, "file": TEXT, "term": TEXT}
    fault = exactly({**where, "what": TEXT, "hint": TEXT, "code": TEXT})
    finding = exactly(
        {
            **where,
            "code": TEXT,
            "what": TEXT,
            "clause": TEXT,
            "why": TEXT,
            "hint": TEXT,
            "precedent": said(TEXT, "A text or an event that shows such a fault; empty where none is known"),
            "sources": {"type": "array", "items": TEXT, "description": "The addresses where the precedent is told"},
        }
    )
    score = {"type": "integer", "minimum": 0, "maximum": 100}
    readable = {
        "format": FORMAT,
        "agreement": TEXT,
        "findings": {"type": "array", "items": finding},
        "questions": {"type": "array", "items": finding, "description": "What the file leaves open; no faults"},
        "scores": by_name(score),
        "score": score,
    }
    faulty = {"format": FORMAT, "faults": {"type": "array", "items": fault}}
    return {"oneOf": [exactly(readable), exactly(faulty)]}


def compare() -> dict[str, Any]:
    """What ``compare --out`` writes as data: every clause of two drafts once, and what became of it."""
    clause = {"oneOf": [exactly({"clause": said(TEXT, "Its number"), "words": TEXT}), {"type": "null"}]}
    texts = {"type": "array", "items": TEXT}
    status = {"enum": ["same words", "other words", "changed", "only in the first", "only in the second"]}
    codes = {
        "gained": {**texts, "description": "Findings of check that came"},
        "lost": {**texts, "description": "Findings that went"},
    }
    pair = {
        "old": clause,
        "new": clause,
        "status": status,
        "moved": {"type": "boolean", "description": "Whether it stands in another order among the others"},
        "changes": {**texts, "description": "What was understood differently, or is coded otherwise, in words"},
        **codes,
        "serves": {**texts, "description": "Whose own draft has the clause so"},
    }
    whole = {
        "format": FORMAT,
        "old": said(TEXT, "The file of the one draft"),
        "new": said(TEXT, "The file of the other"),
        "clauses": {"type": "array", "items": exactly(pair)},
        "changes": {**texts, "description": "Of agreement files, what is coded otherwise of the whole, in words"},
        **codes,
        "counts": by_name(COUNT),
    }
    return exactly(
        whole, about="Two drafts beside each other, in the order of the second; what is gone stands where it stood."
    )


def first_answer() -> dict[str, Any]:
    """``first.json``: the earliest of each voice in each reading, what their times say of each other, and every saying."""
    words = {"type": ["string", "null"]}
    earliest = exactly(
        {
            "voice": {"enum": ["claimed", "admitted", "seen", "reported"]},
            "side": said(words, "Of what a side claims or admits, which"),
            "claims": said(TEXTS, "The earliest: several where their times overlap"),
            "from": said(INSTANT, "From when any of them may have been"),
            "until": said(INSTANT, "By when the first of those that are surely in force was over"),
            "untold": said(COUNT, "How many do not say when: any of these may be earlier"),
            "counts": said(COUNT, "How many published counts cover that time; they date no act"),
            "of": COUNT,
        }
    )
    relation = {"enum": ["earlier", "later", "not earlier"]}
    order = exactly({"of": TEXT, "to": TEXT, "relation": relation, "words": said(TEXT, "The same in a sentence")})
    reading = exactly(
        {
            "reading": said(words, "The reading; null where there is one only, or no agreement"),
            **dict.fromkeys(("from", "until"), INSTANT),
            **{n: {"type": "array", "items": i} for n, i in (("earliest", earliest), ("order", order))},
        }
    )
    return exactly(
        {
            "format": FORMAT,
            "servanda": TEXT,
            "agreement": said(words, "Its title"),
            "as_of": INSTANT,
            "sides": said(by_name(TEXT), "Short and full names"),
            "readings": {"type": "array", "items": reading},
            "claims": {"type": "array", "items": tables.row_schema("first")},
            "left": said(by_name(COUNT), "What was left out, and how many"),
        },
        about="Who is said to have broken it first, and by whom. No finding.",
    )


def record_log() -> dict[str, Any]:
    """What ``record log --json`` prints: every signed entry with all that it says."""
    entry = exactly(
        {
            "index": said(COUNT, "Its number in the log, from 0"),
            "kind": said(TEXT, "What it records: origin, agreement, evidence, run ..."),
            "signer": said(TEXT, "The name of the key that signed it"),
            "counts": {
                "type": "boolean",
                "description": "Whether it counts as what it is: the record names its signer for that (what a party decides counts as its position and reply all the same)",
            },
            "subjects": said(by_name(TEXT), "Files with their SHA-256"),
            "known_at": said(INSTANT, "When it was known, as its signer says"),
            "recorded_at": said(INSTANT, "When it was recorded, by the keeper's clock"),
        }
    )
    return exactly(
        {
            "format": FORMAT,
            "record": said(TEXT, "The origin of the log"),
            "entries": {"type": "array", "items": {**entry, "additionalProperties": True}},
        },
        about="The entries of a record; what else an entry says depends on its kind (docs/record.md).",
    )
