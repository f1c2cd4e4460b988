"""The JSON Schema of what ``trend`` writes."""

from __future__ import annotations

from typing import Any

from servanda.schemas import tables
from servanda.schemas.documents import _FORMAT, _by_name, _exactly, _said

_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}


def trend() -> dict[str, Any]:
    """The rates, ratios and changes of a run: ``trend.json``."""
    period = _exactly({"name": _TEXT, "first": _DAY, "last": _DAY})

    def rows(name: str) -> dict[str, Any]:
        return {"type": "array", "items": tables.row_schema(name)}

    return _exactly(
        {
            "format": _FORMAT,
            "servanda": _said(_TEXT, "The version of Servanda"),
            "agreement": _said(_TEXT, "Id of the agreement"),
            "by": {"enum": ["day", "week", "month"], "description": "What rows of series.csv are"},
            "by_watch": {"type": "boolean", "description": "Whether what was watched is the denominator"},
            "periods": {
                "type": "array",
                "items": period,
                "description": "Before, in force and after, as far as there are days",
            },
            "left": _said(_by_name({"type": "integer"}), "What is in no series, and how many"),
            "rates": rows("rates"),
            "ratios": rows("ratios"),
            "level_changes": rows("level_changes"),
        },
        about="How often what is forbidden was counted before, in and after; no verdict.",
    )
