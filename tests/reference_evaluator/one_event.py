"""Which reports under one id can be one event, and what those are called that cannot: an id belongs to who gave it."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from tests.reference_evaluator.looks import Report
from tests.reference_evaluator.names import plain_name

HOURS_APART, SLACK_KM = 12.0, 0.5
NEVER = datetime.max.replace(tzinfo=UTC)


def reach(report: Report) -> float:
    """How far from where a report says it was it may have been, in km."""
    radius = report["precision_m"] / 1000
    return SLACK_KM + 1.2 * radius + 0.5 * max(0.0, radius - 10)


def hours_and_km(one: Report, other: Report) -> tuple[float, float] | None:
    """How far apart two reports are; nothing where they cannot be one event."""
    late = (max(one["start"], other["start"]) - min(one["end"], other["end"])).total_seconds() / 3600
    km = 0.0
    if None not in (one["lat"], other["lat"]):
        east = abs(one["lon"] - other["lon"])
        east = min(east, 360 - east)
        narrow = (math.cos(math.radians(one["lat"])) + math.cos(math.radians(other["lat"]))) / 2
        km = 111.195 * math.hypot(one["lat"] - other["lat"], east * narrow)
    if late > HOURS_APART or km > reach(one) + reach(other):
        return None
    return max(late, 0.0), km


def standing(report: Report) -> int:
    """Who founds an incident first: observers, others without a side, who has one, hearsay."""
    if report["directness"] == 0:
        return 0
    if report["side"] != "none" or report["credibility"] == "partial":
        return 1
    return 3 if report["kind"] == "observation" else 2


def testimony(rows: list[Report]) -> list[Report]:
    """Of all that one origin reports under an id what says where and when it was."""

    def rank(r: Report) -> tuple[int, int, bool]:
        return r["directness"], standing(r), r["stance"] != "retracts"

    best = max(map(rank, rows))
    return [r for r in rows if rank(r) == best]


def first_to_found(rows: list[Report]) -> tuple[Any, ...]:
    """The order in which origins found incidents: the nearest, who asserts, the most precise."""
    told = testimony(rows)
    denies = not any(r["stance"] in ("asserts", "confirms") for r in told)
    retracts = all(r["stance"] == "retracts" for r in told)
    return (
        -standing(told[0]),
        denies + retracts,
        min(r["precision_m"] for r in told),
        min(r["end"] - r["start"] for r in told),
        min(r["start"] for r in told),
        min(r["end"] for r in told),
        *(min((r[c] for r in told if r[c] is not None), default=0.0) for c in ("lat", "lon")),
        plain_name(rows[0]["origin"]),
    )


def to_the_id(rows: list[Report]) -> tuple[Any, ...]:
    """Whose part keeps the id: that of who has no side, before others; of these what became known first."""
    dated = [r["known_at"] for r in rows if r["known_at"] is not None]
    return (
        standing(testimony(rows)[0]) < 2,
        not dated,
        min(dated, default=NEVER),
        -standing(testimony(rows)[0]),
        plain_name(rows[0]["origin"]),
    )


def spelt(rows: list[Report]) -> str:
    """An origin's name as who reported first spells it."""

    def order(r: Report) -> tuple[Any, ...]:
        return r["known_at"] is None, r["known_at"] or NEVER, -r["directness"], r["source"], r["report_id"], r["origin"]

    return str(min(rows, key=order)["origin"])


def parted(rows: list[Report]) -> list[Report]:
    """The same reports, each under the id of its part."""
    under: dict[str, dict[str, list[Report]]] = defaultdict(lambda: defaultdict(list))
    for report in rows:
        if report["incident_id"] is not None:
            under[report["incident_id"]][plain_name(report["origin"])].append(report)
    names: dict[tuple[str, str], str] = {}
    for incident_id, by_origin in under.items():
        groups: list[list[list[Report]]] = []
        for mine in sorted(by_origin.values(), key=first_to_found):
            near = []
            for n, group in enumerate(groups):
                apart = [hours_and_km(a, b) for a in testimony(mine) for b in testimony(group[0])]
                near += [(*found, n) for found in apart if found is not None]
            if near:
                groups[min(near)[2]].append(mine)
            else:
                groups.append([mine])
        keeps = min(groups, key=lambda group: min(map(to_the_id, group)))
        for group in groups:
            name = incident_id if group is keeps else f"{incident_id} ({spelt(group[0])})"
            for origin in group:
                names[incident_id, plain_name(origin[0]["origin"])] = name
    return [
        {**r, **{c: names.get((r[c], plain_name(r["origin"])), r[c]) for c in ("incident_id", "answers")}} for r in rows
    ]
