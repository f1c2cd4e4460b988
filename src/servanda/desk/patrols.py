"""What came of a patrol, as a file of coverage: one that went is a watch; one that was denied access is a watch that a denial takes away.

A denial names the patrol's own watch alone: it takes nothing from whoever else was looking there. So a patrol that was denied gives no coverage, and the
record says that it would have been there, and who shut the way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml

from servanda.agreement import Agreement
from servanda.coverage.read import read_coverage
from servanda.desk import models
from servanda.record import File
from servanda.values.files import NamedBytes
from servanda.values.time import iso

OPEN = ("planned", "asked", "granted")
NEXT: Mapping[str, tuple[str, ...]] = {
    "planned": ("asked", "went", "denied", "cancelled"),
    "asked": ("granted", "denied", "went", "cancelled"),
    "granted": ("went", "denied", "cancelled"),
    "went": ("went", "denied", "cancelled"),
    "denied": ("went", "denied", "cancelled"),
    "cancelled": ("went", "denied"),
}
"""What may become of a patrol: it may be turned back at the last gate although access was granted; and what was said of it is corrected by its planners."""


def acts_of(agreement: Agreement) -> list[str]:
    """The acts that the terms are about: what a patrol there looks for."""
    return sorted(
        {code for text in agreement.texts for term in text.terms if term.what for code in term.what.act_codes}
    )


def coverage_file(agreement: Agreement, patrol: models.Patrol, says: Mapping[str, Any]) -> File:
    """The file of coverage that says what came of a patrol.

    Args:
        agreement: whose coverage it is.
        patrol: the plan.
        says: nothing, where it did not go after all; else ``start``, ``end``, ``detects``, ``probability`` and ``reason``; ``by``, where access was denied.

    Returns:
        The file, which was read as coverage before it is given.

    Raises:
        ServandaError: it cannot be read as coverage of this agreement.
    """
    name = f"{patrol.file}.yaml"
    if not says:
        return File(name, "coverage", yaml.safe_dump({"coverage": agreement.id, "watches": []}).encode())
    where: dict[str, Any] = {"at": [patrol.lat, patrol.lon], "radius": f"{patrol.radius_km:g} km"}
    if patrol.lat is None or patrol.lon is None:
        where = {"in": [patrol.place]}
    when = {"from": _minute(says["start"]), "to": _minute(says["end"])}
    watch = {"id": patrol.file, "who": patrol.team, "means": "patrol", "side": "none", "detects": list(says["detects"])}
    watch |= {**where, **when, "probability": says["probability"], "rests_on": "judgement", "reason": says["reason"]}
    words: dict[str, Any] = {"coverage": agreement.id, "watches": [watch]}
    if says.get("by"):
        words["denials"] = [{"watches": [patrol.file], **where, **when, "by": says["by"], "reason": says["reason"]}]
    text = json.dumps(words)  # nothing in it is one object twice: the reader takes no anchors
    data = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True, width=1000).encode()
    read_coverage(
        [NamedBytes(name, data)], agreement.places, agreement.vocabulary, agreement.zone, agreement.id, agreement.actors
    )
    return File(name, "coverage", data)


def _minute(moment: datetime) -> str:
    return str(iso(moment.replace(second=0, microsecond=0)))
