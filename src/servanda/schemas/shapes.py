"""Shapes from which the schemas of documents are put together."""

from __future__ import annotations

from typing import Any

from servanda import FORMAT as VERSION

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}
SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
AMOUNT = {"type": ["number", "null"], "minimum": 0}
INSTANT = {"type": ["string", "null"], "format": "date-time"}
FORMAT = {"const": VERSION, "description": "The version of the format"}


def exactly(properties: dict[str, Any], *optional: str, about: str = "") -> dict[str, Any]:
    """An object with these members and no others; all but the optional ones must be there."""
    shape: dict[str, Any] = {"description": about} if about else {}
    needed = [name for name in properties if name not in optional]
    return {**shape, "type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def by_name(shape: Any) -> dict[str, Any]:
    """An object whose members all have one shape."""
    return {"type": "object", "additionalProperties": shape}


def said(schema: dict[str, Any], about: str) -> dict[str, Any]:
    """A shape with what it says in words."""
    return {**schema, "description": about}
