"""What the interface for sensors and partners takes and gives: one description, which is served, checked against, and printed in the docs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from servanda.app.error_codes import read_error_codes
from servanda.incidents.guards import LONG
from servanda.schemas import schema

MOST = 200
"""Reports in one request."""
LARGEST = 1_000_000
"""Bytes of one request."""
PAGE = 100
"""Reports that are told at once."""
COLUMNS = (
    "report_id",
    "origin",
    "via",
    "kind",
    "stance",
    "means",
    "credibility",
    "start",
    "end",
    "known_at",
    "lat",
    "lon",
    "precision_km",
    "place_name",
    "admin1",
    "act",
    "target",
    "weapon",
    "actor",
    "attributes",
    "basis",
    "quantity",
    "unit",
    "effect",
    "summary",
    "url",
)
"""Columns of a report that whoever hands it in may say. Source and side are those of the token; the incident is never the sender's to say."""
_NARROWER: Mapping[str, dict[str, Any]] = {
    "report_id": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]*$"},
    "kind": {"type": "string", "enum": ["claim", "observation"]},
    "stance": {"type": "string", "enum": ["asserts", "confirms", "denies", "retracts"]},
    "act": {"type": "string", "minLength": 1, "maxLength": LONG},
    "summary": {"maxLength": 4000},
    "effect": {"maxLength": 4000},
    "url": {"maxLength": 1000},
    "lat": {"minimum": -90, "maximum": 90},
    "lon": {"minimum": -180, "maximum": 180},
    "precision_km": {"minimum": 0.001, "maximum": 1000},
    "quantity": {"minimum": 0, "maximum": 1_000_000_000},
    "start": {"type": "string", "maxLength": 40},
    "end": {"maxLength": 40},
    "known_at": {"maxLength": 40},
}
_BEARER = [{"token": list[str]()}]


@cache
def report() -> dict[str, Any]:
    """The schema of one report as it is handed in: that of the table of reports, with bounds."""
    table = schema("servanda-reports")["properties"]
    columns = {}
    for name in COLUMNS:
        said = {**table[name], **_NARROWER.get(name, {})}
        text = "string" in said["type"]
        columns[name] = {
            **said,
            **({"maxLength": LONG} if text and "maxLength" not in said and "enum" not in said else {}),
        }
    return {
        "description": "One report. Source and side are those of the token.",
        "type": "object",
        "properties": columns,
        "required": ["act", "start"],
        "additionalProperties": False,
    }


_TOLD: dict[str, Any] = {
    "type": "object",
    "description": "What became of a report.",
    "properties": {
        "report_id": {
            "type": "string",
            "description": "Its id; made of its content, or of the key of the request, where none was given",
        },
        "status": {"type": "string", "enum": ["recorded"], "description": "It is on the record, in a signed entry"},
        "again": {"type": "boolean", "description": "It was there before this request"},
        "entry": {"type": ["integer", "null"], "description": "The number of the entry"},
        "file": {"type": "string", "description": "The name of the file on the record"},
        "received_at": {"type": "string", "format": "date-time", "description": "When it came"},
        "incident": {"type": "string", "description": "Under which incident it lies now (scope 'status')"},
        "state": {"type": "string", "description": "Where that incident stands (scope 'status')"},
    },
    "required": ["report_id", "status", "again", "entry", "file", "received_at"],
    "additionalProperties": False,
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "urn:servanda:error: and the code"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The code of 'servanda errors'"},
        "detail": {"type": "string", "description": "What is wrong here"},
        "hint": {"type": "string", "description": "What helps"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}


def _answers(good: Mapping[str, dict[str, Any]], *codes: str) -> dict[str, Any]:
    """The answers of an operation: good ones by status, and problems."""
    words = {
        "400": "The request cannot be read",
        "401": "No token that counts",
        "403": "Not within the token's scope",
        "404": "No such report of this source",
        "405": "Not that method",
        "409": "The id stands for another report",
        "413": "Too large",
        "415": "Not JSON",
        "422": "A report that cannot be",
        "429": "Too many requests",
        "503": "The desk cannot work now",
    }
    shape = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    after = {"Retry-After": {"description": "In how many seconds", "schema": {"type": "integer"}}}
    bad = {
        code: {"description": words[code], "content": shape, **({"headers": after} if code in ("429", "503") else {})}
        for code in codes
    }
    made = {
        status: {"description": "As it stands", "content": {"application/json": {"schema": shape_}}}
        for status, shape_ in good.items()
    }
    return {**made, **bad}


def _listed(more: Mapping[str, Any]) -> dict[str, Any]:
    reports = {"type": "array", "items": {"$ref": "#/components/schemas/Told"}}
    return {
        "type": "object",
        "properties": {"reports": reports, **more},
        "required": ["reports", *more],
        "additionalProperties": False,
    }


_IDENT = {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[A-Za-z0-9._:-]+$"}
_COMMON = ("400", "401", "403", "429", "503")


def _asked(name: str, where: str, about: str, shape: Mapping[str, Any], *, required: bool = False) -> dict[str, Any]:
    """A parameter of an operation."""
    return {"name": name, "in": where, "description": about, "required": required, "schema": dict(shape)}


def _hand_in() -> dict[str, Any]:
    body = {"oneOf": [{"$ref": "#/components/schemas/Report"}, {"$ref": "#/components/schemas/Reports"}]}
    about = "The same key with the same body is the same request, however often it is sent. Reports without an id get theirs of it."
    return {
        "operationId": "handIn",
        "summary": f"Hand in a report, or up to {MOST} at once: all are recorded, or none",
        "parameters": [_asked("Idempotency-Key", "header", about, _IDENT)],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": _answers({"200": _listed({}), "201": _listed({})}, *_COMMON, "409", "413", "415", "422"),
        "security": _BEARER,
    }


def _list_own() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": 999_999_999_999}
    return {
        "operationId": "listOwn",
        "summary": "The reports of this source, as they came",
        "parameters": [_asked("after", "query", "What the answer before gave as 'next'", number)],
        "responses": _answers({"200": _listed({"next": {"type": ["integer", "null"]}})}, *_COMMON),
        "security": _BEARER,
    }


def _see_own() -> dict[str, Any]:
    return {
        "operationId": "seeOwn",
        "summary": "One report of this source",
        "parameters": [_asked("report_id", "path", "The id of the report", _IDENT, required=True)],
        "responses": _answers({"200": {"$ref": "#/components/schemas/Told"}}, *_COMMON, "404"),
        "security": _BEARER,
    }


@cache
def document() -> dict[str, Any]:
    """The interface as OpenAPI 3.1."""
    items = {"type": "array", "items": {"$ref": "#/components/schemas/Report"}, "minItems": 1, "maxItems": MOST}
    several = {
        "type": "object",
        "properties": {"reports": items},
        "required": ["reports"],
        "additionalProperties": False,
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Servanda desk: reports from sensors and partners",
            "version": "1.0.0",
            "summary": "Hand in reports as one source, and see that they are on the record.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/api/v1/reports": {"post": _hand_in(), "get": _list_own()},
            "/api/v1/reports/{report_id}": {"get": _see_own()},
        },
        "components": {
            "schemas": {"Report": report(), "Reports": several, "Told": _TOLD, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def _titles() -> dict[str, str]:
    """The titles of all codes: reading them takes longer than answering."""
    return {code: said.title for code, said in read_error_codes().items()}


def problem(
    status: int, code: str, detail: str, hint: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """What is wrong, as RFC 9457 has it.

    Args:
        status: of the answer.
        code: of ``servanda errors``.
        detail: what is wrong here.
        hint: what helps.
        errors: each fault with a pointer into the request.

    Returns:
        The body of the answer.
    """
    title = _titles()[code]
    said = {"type": f"urn:servanda:error:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return {**said, **({"hint": hint} if hint else {}), **({"errors": errors} if errors else {})}
