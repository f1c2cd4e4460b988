"""Schema of what ``brief --trace`` writes."""

from __future__ import annotations

from typing import Any

from servanda.schemas.documents import _FORMAT, _INSTANT, _TEXT, _TEXTS, _exactly, _said


def brief() -> dict[str, Any]:
    """What ``brief --trace`` writes: the sentences and tables of a mission report with the data that they are made of."""
    made_of = {
        "description": "The key of a message and its values, each by its name: numbers, names, days, instants, codes, shares, or further messages",
        "type": ["object", "array"],
    }
    sentence = _exactly(
        {
            "place": _said(_TEXT, "head, lead, foot, or the section in which it stands"),
            "text": _said(_TEXT, "The sentence as it is written in the language"),
            "made_of": made_of,
            "of": _said(_TEXTS, "Where its values are found, as 'incidents/EN013' or 'counts'"),
        }
    )
    cell = {"type": ["object", "array", "string", "number", "null"]}
    rows = {"type": "array", "items": {"type": "array", "items": cell}}
    table = _exactly({"name": _TEXT, "heading": _TEXT, "columns": _TEXTS, "rows": rows})
    return _exactly(
        {
            "format": _FORMAT,
            "servanda": _TEXT,
            "kind": _said(_TEXT, "The kind of report, as 'daily'"),
            "agreement": _said(_TEXT, "Its id"),
            "language": _TEXT,
            "as_of": _said(_INSTANT, "Where it is cut off; null where everything is used"),
            "title": _TEXT,
            "sentences": {"type": "array", "items": sentence},
            "tables": {"type": "array", "items": table},
        },
        about="A mission report with the data under every sentence.",
    )
