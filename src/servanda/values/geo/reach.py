"""How far places reach, in degrees, and whether anything lies in them: told without drawing what need not be drawn for it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import TypeAlias

import numpy as np
import shapely

from servanda.values.geo.shapes import Merged, Near, Place

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east and north in degrees."""


def bounds_of(places: Collection[Place]) -> Box | None:
    """How far some places reach together. Areas are not merged for it, nor is drawn what lies near something and surely among the others."""
    others = [None if isinstance(place, Near) else _box(place) for place in places]
    known = [box for box in others if box is not None]
    sure = _around(known) if known and np.isfinite(known).all() else None
    boxes = [
        box or _box(place)
        for box, place in zip(others, places, strict=True)
        if not (isinstance(place, Near) and _holds(sure, at_most(place)))
    ]
    return _around(boxes) if boxes else None


def _box(place: Place) -> Box:
    drawn = [area.geometry for area in place.areas] if isinstance(place, Merged) else [place.outline()]
    west, south, east, north = map(float, shapely.total_bounds(drawn))
    return west, south, east, north


def _around(boxes: Iterable[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _holds(box: Box | None, other: Box) -> bool:
    return box is not None and _around((box, other)) == box


def nothing_in(place: Place) -> bool:
    """Whether nothing lies in a place."""
    return not (isinstance(place, Near) and place.metres > 0) and bool(place.outline().area == 0)


def at_most(near: Near) -> Box:
    """A box that holds what lies near something, and more: a projection never makes a length half as long."""
    west, south, east, north = near.of.geometry.bounds
    up = 2 * near.metres / 110_000
    farthest = max(-south, north) + up
    if farthest > 80:  # towards a pole every longitude may be near
        return -math.inf, -math.inf, math.inf, math.inf
    across = up / math.cos(math.radians(farthest))
    return west - across, south - up, east + across, north + up
