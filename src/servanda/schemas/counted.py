"""The JSON Schema of what ``trend`` writes."""

from __future__ import annotations

from typing import Any

from servanda.schemas import tables
from servanda.schemas.shapes import FORMAT, TEXT, by_name, exactly, said

_DAY = {"type": "string", "format": "date"}


def trend() -> dict[str, Any]:
    """The rates, ratios and changes of a run: ``trend.json``."""
    period = exactly({"name": TEXT, "first": _DAY, "last": _DAY})

    def rows(name: str) -> dict[str, Any]:
        return {"type": "array", "items": tables.row_schema(name)}

    return exactly(
        {
            "format": FORMAT,
            "servanda": said(TEXT, "The version of Servanda"),
            "agreement": said(TEXT, "Id of the agreement"),
            "by": {"enum": ["day", "week", "month"], "description": "What rows of series.csv are"},
            "by_watch": {"type": "boolean", "description": "Whether what was watched is the denominator"},
            "periods": {
                "type": "array",
                "items": period,
                "description": "Before, in force and after, as far as there are days",
            },
            "left": said(by_name({"type": "integer"}), "What is in no series, and how many"),
            "rates": rows("rates"),
            "ratios": rows("ratios"),
            "level_changes": rows("level_changes"),
        },
        about="How often what is forbidden was counted before, in and after; no verdict.",
    )
