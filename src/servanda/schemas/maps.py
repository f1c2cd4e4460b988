"""Schemas of maps that are written: collections of features (RFC 7946), each with exactly the values that are named."""

from __future__ import annotations

from typing import Any

from servanda import FORMAT
from servanda.schemas.shapes import INSTANT

_SHAPES = ("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint")
_WORDS = {"type": ["string", "null"]}
_NUMBER = {"type": ["number", "null"]}


def places() -> dict[str, Any]:
    """The places of an agreement: ``places.geojson``."""
    columns = {
        "place": {"type": "string", "description": "Its name in the agreement"},
        "kind": {"enum": ["area", "line"], "description": "Whether it has an inside"},
    }
    return _collection(columns, "The places of an agreement; round edges are drawn with straight segments.")


def coverage_areas() -> dict[str, Any]:
    """Who was looking where: ``coverage.geojson``."""
    columns = {
        "id": {"type": "string", "description": "Id of the watch, or kind and number of the gap"},
        "kind": {"enum": ["watch", "outage", "denial"], "description": "What it is"},
        "place": {"type": "string", "description": "Where, in words"},
        "start": {**INSTANT, "description": "When it begins, in the agreement's zone"},
        "end": {**INSTANT, "description": "When it ends, in the agreement's zone"},
        "hours": {**_NUMBER, "description": "How many hours of that time"},
        "who": {**_WORDS, "description": "Who runs the watch; who shut the place"},
        "side": {**_WORDS, "description": "The party that it belongs to; null for none"},
        "means": {**_WORDS, "description": "By what it looks"},
        "detects": {**_WORDS, "description": "Codes of the acts that it sees, separated by '; '"},
        "declared": {**_NUMBER, "description": "The probability that was declared, of an interval the lower end"},
        "used": {**_NUMBER, "description": "The probability that is used"},
        "watches": {
            **_WORDS,
            "description": "Of an outage or denial, whose it is: ids of watches, separated by '; ', or 'all'",
        },
    }
    return _collection(
        columns, "Watches, outages and denials of access, each where it is; without a geometry, everywhere."
    )


def _collection(columns: dict[str, Any], about: str) -> dict[str, Any]:
    geometry = _object({"type": {"enum": list(_SHAPES)}, "coordinates": {"type": "array"}}) | {
        "type": ["object", "null"]
    }
    feature = {
        "type": {"const": "Feature"},
        "id": {"type": "string"},
        "geometry": {**geometry, "description": "Longitude and latitude, degrees (WGS 84); null for everywhere"},
        "properties": _object(columns),
    }
    whole = {
        "type": {"const": "FeatureCollection"},
        "format": {"const": FORMAT, "description": "The version of the format"},
        "features": {"type": "array", "items": _object(feature)},
    }
    return {"description": about, **_object(whole)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
