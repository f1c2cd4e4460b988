"""The place of an incident among all: in the queue, in the index of words, in the tallies. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When it is the turn of what has no clock."""
ORDER = ("turn", "rank", "id")
"""The order of the queue."""


def number_of(incident: str) -> int:
    """The number by which an index of words knows an incident."""
    return int.from_bytes(hashlib.sha256(incident.encode()).digest()[:8], "big") >> 1


def rank_of(incident: str) -> str:
    """An incident's id with the length of each number before it, so that among words ``I-10`` comes after ``I-2``."""
    return re.sub(r"0*([0-9]+)", lambda digits: f"{len(digits[1]):03d}{digits[1]}", incident)


def kinds_of(row: Mapping[str, Any]) -> list[str]:
    """The kinds under which an incident is counted."""
    waiting = [f"waiting {name}" for name in row["waiting"].split(",") if name]
    endorses = [f"endorses {row['endorses']}"] if row.get("endorses") else []
    return [f"{row['state']}{' casualties' if row['casualties'] else ''}", *waiting, *endorses]


def tally_rows(incidents: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How many incidents there are of each kind."""
    counted = Counter(kind for row in incidents for kind in kinds_of(row))
    return [{"kind": kind, "n": n} for kind, n in sorted(counted.items())]
