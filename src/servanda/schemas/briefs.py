"""Schema of what ``brief --trace`` writes."""

from __future__ import annotations

from typing import Any

from servanda.schemas.shapes import FORMAT, INSTANT, TEXT, TEXTS, exactly, said


def brief() -> dict[str, Any]:
    """What ``brief --trace`` writes: the sentences and tables of a mission report with the data that they are made of."""
    made_of = {
        "description": "The key of a message and its values, each by its name: numbers, names, days, instants, codes, shares, or further messages",
        "type": ["object", "array"],
    }
    sentence = exactly(
        {
            "place": said(TEXT, "head, lead, foot, or the section in which it stands"),
            "text": said(TEXT, "The sentence as it is written in the language"),
            "made_of": made_of,
            "of": said(TEXTS, "Where its values are found, as 'incidents/EN013' or 'counts'"),
        }
    )
    cell = {"type": ["object", "array", "string", "number", "null"]}
    rows = {"type": "array", "items": {"type": "array", "items": cell}}
    table = exactly({"name": TEXT, "heading": TEXT, "columns": TEXTS, "rows": rows})
    return exactly(
        {
            "format": FORMAT,
            "servanda": TEXT,
            "kind": said(TEXT, "The kind of report, as 'daily'"),
            "agreement": said(TEXT, "Its id"),
            "language": TEXT,
            "as_of": said(INSTANT, "Where it is cut off; null where everything is used"),
            "title": TEXT,
            "sentences": {"type": "array", "items": sentence},
            "tables": {"type": "array", "items": table},
        },
        about="A mission report with the data under every sentence.",
    )
