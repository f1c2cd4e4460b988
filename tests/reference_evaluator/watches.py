"""What others saw where somebody was looking."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any

import shapely

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Watch
from tests.reference_evaluator.evidence import (
    first_hand,
)
from tests.reference_evaluator.incidents import World
from tests.reference_evaluator.looks import Report
from tests.reference_evaluator.names import plain_name


def greatest(seen: int, of: int) -> float:
    """The greatest probability with which so few of so many are seen in 5 of 100 cases."""
    if seen == of:
        return 1.0
    low, high = seen / of, 1.0
    for _ in range(60):
        p = (low + high) / 2
        few = sum(math.comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(seen + 1))
        low, high = (p, high) if few > 0.05 else (low, p)
    return round((low + high) / 2, 6)


def checked(world: World, coverage: Coverage, keys: set[Any]) -> Coverage:
    """The coverage with no greater probabilities than what others saw leaves; ``keys``: the incidents that any term is about."""
    found: dict[Any, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
    deep: set[Any] = set()

    def instruments(watch: Watch) -> list[Any]:
        by = plain_name(watch.source or watch.who), watch.means.lower()
        return [by, (*by, watch.detects, watch.where and watch.where.wkb)]

    for watch in coverage.watches:
        for key in keys:
            told = _reported(world, watch, key, deep)
            if told is not None:
                for instrument in instruments(watch):
                    mine = found[instrument][key]
                    mine += [one for one in told if one not in mine]
    used = []
    for watch in coverage.watches:
        p = watch.probability
        for instrument in instruments(watch):
            if instrument in found:
                seen = _paired(world, found[instrument], deep)
                p = min(p, greatest(seen, len(found[instrument])))
        used.append(replace(watch, probability=p))
    return Coverage(tuple(used), coverage.gaps)


def _paired(world: World, found: dict[Any, list[Any]], deep: set[Any]) -> int:
    """How many incidents were reported at the most, where each row speaks of one, or of as many as it counts if it lies within its watch."""
    places = []
    for one in dict.fromkeys(one for told in found.values() for one in told):
        quantity = world.incidents[one[0]][one[1]]["quantity"]
        places += [(one, n) for n in range(max(1, int(min(quantity or 1, len(found)))) if one in deep else 1)]
    taken: dict[Any, Any] = {}

    def finds(key: Any, tried: set[Any]) -> bool:
        for place in places:
            if place[0] in found[key] and place not in tried:
                tried.add(place)
                if place not in taken or finds(taken[place], tried):
                    taken[place] = key
                    return True
        return False

    return sum(finds(key, set()) for key in found)


def _reported(world: World, watch: Watch, key: Any, deep: set[Any]) -> list[Any] | None:
    """The rows in which a watch may speak of an incident that others confirm surely within its place and time; ``None`` where they do not."""
    agreement, name = world.agreement, plain_name(watch.source or watch.who)
    heard = [r for r in world.incidents[key] if r["side"] == "none" and r["directness"] > 0 and r["quantity"] != 0]
    inside = [r for r in heard if _surely_within(agreement, watch, r)]
    others = [r for r in inside if r["origin"] != name and r["stance"] != "denies" and r["act"] in watch.detects]
    mandate = agreement.mandate

    def graded(r: Report) -> bool:
        return mandate.by_observation and first_hand(agreement, r)

    if any(r["stance"] == "denies" and graded(r) and r["origin"] != name for r in heard):
        return None
    several = mandate.origins > 1 and len({r["origin"] for r in others}) >= mandate.origins
    if not others or not (several or any(map(graded, others))):
        return None
    parent, possible = agreement.vocabulary.acts.parent, set(watch.detects)
    for code in watch.detects:
        above = parent[code]
        while above is not None:
            possible.add(above)
            above = parent[above]
    told = [
        ((k, n), r)
        for k in world.found_keys
        for n, r in enumerate(world.incidents[k])
        if r["origin"] == name
        and r["stance"] != "denies"
        and r["act"] in possible
        and r["side"] == "none"
        and r["directness"] > 0
        and r["quantity"] != 0
    ]
    deep |= {one for one, r in told if _surely_within(agreement, watch, r)}
    return [one for one, r in told if one[0] == key or any(_near(agreement, r, o) for o in others)]


def _surely_within(agreement: Agreement, watch: Watch, report: Report) -> bool:
    if not any(s.start <= report["start"] < s.end and report["end"] <= s.end for s in watch.times):
        return False
    return watch.where is None or _reach(agreement, watch.where, report) >= report["precision_m"]


def _reach(agreement: Agreement, where: Any, report: Report) -> float:
    """Metres of the projection inside (+) or outside (-) a geometry."""
    if agreement.frame is None or report["lat"] is None:
        return -math.inf
    shape = agreement.frame.project(where)
    x, y = agreement.frame.to_xy([report["lon"]], [report["lat"]])
    point = shapely.Point(x[0], y[0])
    distance = shapely.distance(shape.boundary, point)
    return distance if shapely.contains(shape, point) else -distance


def _near(agreement: Agreement, one: Report, other: Report) -> bool:
    """Whether two reports may be of one event: within an hour, and no further apart than both are precise."""
    hour = timedelta(hours=1)
    if one["start"] > other["end"] + hour or one["end"] < other["start"] - hour:
        return False
    if agreement.frame is None or one["lat"] is None or other["lat"] is None:
        return False
    x, y = agreement.frame.to_xy([one["lon"], other["lon"]], [one["lat"], other["lat"]])
    return math.hypot(x[0] - x[1], y[0] - y[1]) <= max(one["precision_m"] + other["precision_m"], 1000.0)
