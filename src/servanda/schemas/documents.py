"""Schemas of JSON and YAML files: from the models that read them where there are any, else written here beside the words of the code."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from servanda import FORMAT
from servanda.coverage.schema import CoverageFile
from servanda.evidence.decisions import STEPS
from servanda.evidence.model import GRADES, IMPUTATIONS
from servanda.schemas import tables
from servanda.verdicts.model import VERDICTS
from servanda.verdicts.summary import Summary

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_AMOUNT = {"type": ["number", "null"], "minimum": 0}
_INSTANT = {"type": ["string", "null"], "format": "date-time"}
_FORMAT = {"const": FORMAT, "description": "The version of the format"}


def _exactly(properties: dict[str, Any], *optional: str, about: str = "") -> dict[str, Any]:
    """An object with these members and no others; all but the optional ones must be there."""
    shape: dict[str, Any] = {"description": about} if about else {}
    needed = [name for name in properties if name not in optional]
    return {**shape, "type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _by_name(shape: Any) -> dict[str, Any]:
    """An object whose members all have one shape."""
    return {"type": "object", "additionalProperties": shape}


def _said(schema: dict[str, Any], about: str) -> dict[str, Any]:
    return {**schema, "description": about}


def coverage() -> dict[str, Any]:
    """The coverage file, from the model that reads it."""
    return CoverageFile.model_json_schema(by_alias=True)


def sources() -> dict[str, Any]:
    """The register of sources."""
    source = _exactly(
        {
            "side": _said(_TEXT, "The party whose interest it has, or 'none'"),
            "speaks_for": _said(_TEXT, "The party that its word binds; it is on its side"),
            "reliability": {"enum": list(GRADES), "description": "Admiralty letter"},
            "means": _said(_TEXT, "By which means it sees, as 'camera'"),
            "relays": _said(_TEXT, "The source whose words it merely carries"),
            "note": _said(_TEXT, "Who says so"),
        },
        "side",
        "speaks_for",
        "reliability",
        "means",
        "relays",
        "note",
    )
    level = _exactly({"party": _TEXT, "level": {"enum": list(IMPUTATIONS)}}, "level")
    return _exactly(
        {
            "sources": _by_name(source),
            "actors": _said(
                _by_name({"anyOf": [_TEXT, level]}),
                "Other people's names of armed actors, each with the party, and in how far their acts are the party's",
            ),
        },
        "sources",
        "actors",
        about="Whose side a source is on, its grade, whom it relays.",
    )


def decisions() -> dict[str, Any]:
    """What people decided about incidents, sources and exceptions."""
    common = {"by": _TEXT, "at": {}, "known_at": {}, "why": _TEXT}
    outcomes = sorted({outcome for each in STEPS.values() for outcome in each})
    step = {
        "incident": _TEXT,
        "step": {"enum": list(STEPS)},
        "outcome": {"enum": outcomes},
        "of": _TEXT,
        "until": {},
        "tier": _TEXT,
        "term": _TEXT,
        "severity": _TEXT,
    }
    kinds = [
        _exactly({**step, **common}, "outcome", "of", "until", "tier", "term", "severity", "known_at"),
        _exactly({"merge": _TEXTS, "into": _TEXT, **common}, "known_at"),
        _exactly({"split": _TEXT, "into": _by_name(_TEXTS), **common}, "known_at"),
        _exactly({"grade": _TEXT, "reliability": {"enum": list(GRADES)}, **common}, "known_at"),
        _exactly({"grant": _TEXT, "term": _TEXT, "incident": _TEXT, **common}, "known_at"),
        _exactly({"undo": _TEXT, **common}, "known_at"),
    ]
    listed = {"type": "array", "items": {"oneOf": kinds}}
    return _exactly({"decisions": listed}, about="Each with its author (by), time (at) and reason (why).")


def cases() -> dict[str, Any]:
    """Cases: short evidence and the verdicts that must follow."""
    wanted = {
        "term": _TEXT,
        "party": {"type": ["string", "null"]},
        "reading": {"type": ["string", "null"]},
        "verdict": {"enum": list(VERDICTS)},
        **dict.fromkeys(("confirmed", "alleged", "excused", "origins", "reports"), _COUNT),
        "measure": {"type": "object"},
    }
    rows = {"type": "array", "items": {"type": "object"}}
    expect = {**_exactly(wanted), "required": ["term", "party"]}
    case = {
        "name": _TEXT,
        "evidence": {"const": "shipped"},
        "coverage": {"const": "shipped"},
        "as_of": {},
        "reports": rows,
        "items": rows,
        "expect": {"type": "array", "items": expect},
    }
    whole = {
        "agreement": _TEXT,
        "check": {"type": "object"},
        "dates": {"type": "object"},
        "cases": {"type": "array", "items": {**_exactly(case), "required": ["name", "expect"]}},
    }
    return {**_exactly(whole, about="An agreement with short evidence, and what must follow."), "required": ["cases"]}


def verdicts() -> dict[str, Any]:
    """The verdicts of a run: ``verdicts.json``, and ``timeline.json`` by day, week or month."""
    step = _exactly(
        {
            "n": _said(_COUNT, "Its number, from 1"),
            "rule": _said(_TEXT, "The rule applied (docs/verdicts.md)"),
            "text": _said(_TEXT, "What came of it"),
            "uses": _said(_TEXTS, "Ids of the incidents it used"),
        }
    )
    row = _exactly(
        {
            "term": _said(_TEXT, "Id of the term"),
            "party": {"type": ["string", "null"], "description": "Id of the party; null where none is named"},
            "reading": {"type": ["string", "null"], "description": "Name of the reading; null for all of them"},
            "verdict": {"enum": list(VERDICTS), "description": "docs/verdicts.md has the definitions"},
            "window": {
                "type": "array",
                "prefixItems": [_INSTANT, _INSTANT],
                "items": False,
                "minItems": 2,
                "description": "From, to: when the term binds, in the agreement's zone",
            },
            "confirmed": _said(_COUNT, "Incidents that the standard of proof confirms"),
            "alleged": _said(_COUNT, "Incidents that are only claimed"),
            "excused": _said(_COUNT, "Incidents that an exception excuses"),
            "reports": _said(_COUNT, "Reports that assert the row's incidents"),
            "origins": _said(_COUNT, "Origins who first said so"),
            "coverage": _watched(),
            "incidents": _said(_TEXTS, "Ids of the row's incidents"),
            "measure": _said(
                _by_name({"type": ["number", "string", "boolean", "null"]}), "What a term of its kind is measured by"
            ),
            "rests_on": _rests_on(),
            "steps": {"type": "array", "items": step, "description": "How the verdict follows"},
        },
        "measure",
    )
    return _exactly(
        {
            "format": _FORMAT,
            "servanda": _said(_TEXT, "The version of Servanda"),
            "agreement": _said(_TEXT, "Id of the agreement"),
            "names_authors": {"type": "boolean", "description": "Whether verdicts say which party did it"},
            "attribution": _said(_TEXT, "The same as a sentence, and whether the mandate says so"),
            "as_of": _said(_INSTANT, "What became known later was left out; null: nothing was"),
            "undated": _said(_COUNT, "Rows left out as of an instant because they do not say when they became known"),
            "quarantined": _said(_COUNT, "Rows of the evidence that could not be read"),
            "quarantined_unsided": _said(_COUNT, "Those of them whose source has no side"),
            "no_term": _said(_by_name(_COUNT), "Reports of which there is no finding, by the reason (no_term.csv)"),
            "verdicts": {"type": "array", "items": row},
            "by": {"enum": ["day", "week", "month"], "description": "In timeline.json: the slices"},
            "unsliced": _said(
                _by_name(_TEXT), "In timeline.json: the terms that have no rows there, each with the reason"
            ),
        },
        "by",
        "unsliced",
        about="Verdicts with their numbered steps, term by term.",
    )


def _rests_on() -> dict[str, Any]:
    """Sets of what a verdict rests on."""
    name = _said(_TEXT, "Of the source; id of the watch; id of the incident that a body determined")
    element = _exactly({"kind": {"enum": ["source", "watch", "decision"]}, "name": name})
    return {
        "type": "array",
        "items": {"type": "array", "items": element},
        "description": "The smallest sets without which a breached or complied would be another verdict",
    }


def _watched() -> dict[str, Any]:
    """What of a party's acts would have been seen."""
    unwatched = _exactly(
        {
            "area_m2": _said(
                _AMOUNT, "The greatest area that was unwatched at once, in square metres; null without bounds"
            ),
            "hours": _said(
                _AMOUNT, "The longest that any part was unwatched without a break; null where nothing could be watched"
            ),
            "every_day": {
                "type": "array",
                "items": {"type": "integer", "minimum": 0, "maximum": 23},
                "description": "Hours of the local day in which some part was on no day watched throughout",
            },
        }
    )
    return _exactly(
        {
            "probability": _said(
                _SHARE, "That an act would have been seen, on average; null where nothing is to be seen"
            ),
            "watched": _said(_SHARE, "How much of place and time was watched to the standard; this decides"),
            "unwatched": {**unwatched, "type": ["object", "null"], "description": "What was not; null where all was"},
            "standard": _said(_SHARE, "The probability that the mandate asks for"),
        }
    )


def summary() -> dict[str, Any]:
    """``summary.json``, from the values that it is made of."""
    shape = TypeAdapter(Summary).json_schema(mode="serialization")
    properties = {"format": _FORMAT, "servanda": _said(_TEXT, "The version of Servanda"), **shape["properties"]}
    return {**shape, "properties": properties, "required": list(properties), "additionalProperties": False}


def incidents() -> dict[str, Any]:
    """The incidents of ``verify`` as points: ``incidents.geojson``."""
    findings = _said(_by_name(_TEXT), "Its status under each term, as 'term:reading:party'")
    return _points(tables.columns("incidents"), {"findings": findings}, tables.described()["incidents"]["about"])


def fusion_points() -> dict[str, Any]:
    """The incidents of ``fuse`` as points: ``incidents.geojson``."""
    return _points(tables.columns("fusion-incidents"), {}, tables.described()["fusion-incidents"]["about"])


def _points(columns: dict[str, Any], more: dict[str, Any], about: str) -> dict[str, Any]:
    """A GeoJSON collection (RFC 7946) of points whose properties are the columns of a table but its place."""
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    point = {**_exactly({"type": {"const": "Point"}, "coordinates": pair}), "type": ["object", "null"]}
    properties = {name: said for name, said in columns.items() if name not in ("lat", "lon")}
    feature = _exactly(
        {
            "type": {"const": "Feature"},
            "id": _TEXT,
            "geometry": _said(point, "Longitude and latitude, degrees (WGS 84); null where no place is known"),
            "properties": _exactly({**properties, **more}),
        }
    )
    whole = {
        "type": {"const": "FeatureCollection"},
        "format": _FORMAT,
        "note": _said(_TEXT, "What was left out"),
        "features": {"type": "array", "items": feature},
    }
    return _exactly(whole, "note", about=about)


def check() -> dict[str, Any]:
    """What ``check --json`` prints: the faults of a file that cannot be read, or findings and scores."""
    where = {"line": _COUNT, "column": _COUNT, "file": _TEXT, "term": _TEXT}
    fault = _exactly({**where, "what": _TEXT, "hint": _TEXT, "code": _TEXT})
    finding = _exactly(
        {
            **where,
            "code": _TEXT,
            "what": _TEXT,
            "clause": _TEXT,
            "why": _TEXT,
            "hint": _TEXT,
            "precedent": _said(_TEXT, "A text or an event that shows such a fault; empty where none is known"),
            "sources": {"type": "array", "items": _TEXT, "description": "The addresses where the precedent is told"},
        }
    )
    score = {"type": "integer", "minimum": 0, "maximum": 100}
    readable = {
        "format": _FORMAT,
        "agreement": _TEXT,
        "findings": {"type": "array", "items": finding},
        "questions": {"type": "array", "items": finding, "description": "What the file leaves open; no faults"},
        "scores": _by_name(score),
        "score": score,
    }
    faulty = {"format": _FORMAT, "faults": {"type": "array", "items": fault}}
    return {"oneOf": [_exactly(readable), _exactly(faulty)]}


def compare() -> dict[str, Any]:
    """What ``compare --out`` writes as data: every clause of two drafts once, and what became of it."""
    clause = {"oneOf": [_exactly({"clause": _said(_TEXT, "Its number"), "words": _TEXT}), {"type": "null"}]}
    texts = {"type": "array", "items": _TEXT}
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
        "changes": {**texts, "description": "What was understood differently, in words"},
        **codes,
        "serves": {**texts, "description": "Whose own draft has the clause so"},
    }
    whole = {
        "format": _FORMAT,
        "old": _said(_TEXT, "The file of the one draft"),
        "new": _said(_TEXT, "The file of the other"),
        "clauses": {"type": "array", "items": _exactly(pair)},
        **codes,
        "counts": _by_name(_COUNT),
    }
    return _exactly(
        whole, about="Two drafts beside each other, in the order of the second; what is gone stands where it stood."
    )


def first_answer() -> dict[str, Any]:
    """``first.json``: the earliest of each voice in each reading, what their times say of each other, and every saying."""
    words = {"type": ["string", "null"]}
    earliest = _exactly(
        {
            "voice": {"enum": ["claimed", "admitted", "seen", "reported"]},
            "side": _said(words, "Of what a side claims or admits, which"),
            "claims": _said(_TEXTS, "The earliest: several where their times overlap"),
            "from": _said(_INSTANT, "From when any of them may have been"),
            "until": _said(_INSTANT, "By when the first of those that are surely in force was over"),
            "untold": _said(_COUNT, "How many do not say when: any of these may be earlier"),
            "counts": _said(_COUNT, "How many published counts cover that time; they date no act"),
            "of": _COUNT,
        }
    )
    relation = {"enum": ["earlier", "later", "not earlier"]}
    order = _exactly({"of": _TEXT, "to": _TEXT, "relation": relation, "words": _said(_TEXT, "The same in a sentence")})
    reading = _exactly(
        {
            "reading": _said(words, "The reading; null where there is one only, or no agreement"),
            **dict.fromkeys(("from", "until"), _INSTANT),
            **{n: {"type": "array", "items": i} for n, i in (("earliest", earliest), ("order", order))},
        }
    )
    return _exactly(
        {
            "format": _FORMAT,
            "servanda": _TEXT,
            "agreement": _said(words, "Its title"),
            "as_of": _INSTANT,
            "sides": _said(_by_name(_TEXT), "Short and full names"),
            "readings": {"type": "array", "items": reading},
            "claims": {"type": "array", "items": tables.row_schema("first")},
            "left": _said(_by_name(_COUNT), "What was left out, and how many"),
        },
        about="Who is said to have broken it first, and by whom. No finding.",
    )


def record_log() -> dict[str, Any]:
    """What ``record log --json`` prints: every signed entry with all that it says."""
    entry = _exactly(
        {
            "index": _said(_COUNT, "Its number in the log, from 0"),
            "kind": _said(_TEXT, "What it records: origin, agreement, evidence, run ..."),
            "signer": _said(_TEXT, "The name of the key that signed it"),
            "counts": {
                "type": "boolean",
                "description": "Whether it counts as what it is: the record names its signer for that (what a party decides counts as its position and reply all the same)",
            },
            "subjects": _said(_by_name(_TEXT), "Files with their SHA-256"),
            "known_at": _said(_INSTANT, "When it was known, as its signer says"),
            "recorded_at": _said(_INSTANT, "When it was recorded, by the keeper's clock"),
        }
    )
    return _exactly(
        {
            "format": _FORMAT,
            "record": _said(_TEXT, "The origin of the log"),
            "entries": {"type": "array", "items": {**entry, "additionalProperties": True}},
        },
        about="The entries of a record; what else an entry says depends on its kind (docs/record.md).",
    )
