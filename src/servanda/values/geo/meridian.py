"""The 180th meridian: shapes that cross it lie in one stretch of longitudes, which may go beyond 180; drawn for others, they are cut there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from servanda.values.geo.projection import Floats

_TURN, _HALF = 360.0, 180.0


def unrolled(lon: Floats) -> Floats:
    """Longitudes one after another, each the short way from the one before; the first stays."""
    steps = np.diff(lon)
    turns = -np.round(np.where(np.abs(steps) > _HALF, steps, 0.0) / _TURN)
    return lon + _TURN * np.concatenate([[0.0], np.cumsum(turns)]) if turns.any() else lon


def crossing(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in degrees of which an edge that goes more than half way around the earth goes the short way instead.

    Raises:
        ValueError: an outline goes around a pole.
    """
    coords = shapely.get_coordinates(geometry)
    if not len(coords) or np.ptp(coords[:, 0]) <= _HALF:
        return geometry
    parts = [_crossing(part) for part in shapely.get_parts(geometry)]
    return parts[0] if len(parts) == 1 else _together(parts)


def _crossing(part: BaseGeometry) -> BaseGeometry:
    if part.geom_type == "LineString":
        return shapely.linestrings(_ring(part, closed=False))
    if part.geom_type != "Polygon":
        return part
    shell = _ring(shapely.get_exterior_ring(part))
    west = shell[:, 0].min()
    holes = [_ring(hole) for hole in part.interiors]
    for hole in holes:
        hole[:, 0] += _TURN * np.ceil((west - hole[:, 0].min()) / _TURN - 1e-9)
    return shapely.Polygon(shell, holes)


def _ring(line: BaseGeometry, *, closed: bool = True) -> Floats:
    coords = np.asarray(shapely.get_coordinates(line), dtype=np.float64)
    coords[:, 0] = unrolled(coords[:, 0])
    if closed and coords[0, 0] != coords[-1, 0]:
        raise ValueError("an outline goes around a pole")
    return coords


def _together(parts: list[BaseGeometry]) -> BaseGeometry:
    if all(part.geom_type == "Polygon" for part in parts):
        return shapely.union_all(parts)  # what was cut at the meridian is one again
    lines = (
        shapely.line_merge(shapely.multilinestrings(parts)) if all(p.geom_type == "LineString" for p in parts) else None
    )
    return shapely.geometrycollections(parts) if lines is None else lines


def in_one_stretch(shapes: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Shapes in degrees, moved by whole turns to where together they take the least of the earth.

    Args:
        shapes: by name; all as they are where none goes beyond 180 degrees, or half way around the earth with the others.

    Returns:
        The shapes; longitudes may go beyond 180.
    """
    west, _, east, _ = shapely.total_bounds(list(shapes.values()))
    if west >= -_HALF and east <= _HALF and east - west <= _HALF:
        return dict(shapes)
    parts = {name: list(shapely.get_parts(shape)) for name, shape in shapes.items()}
    ends = sorted((part.bounds[0] % _TURN, part.bounds[2] - part.bounds[0]) for some in parts.values() for part in some)
    start, widest, reached = ends[0][0], -1.0, max(at + wide for at, wide in ends) - _TURN
    for at, wide in ends:
        if at - reached > widest:
            start, widest = at, at - reached
        reached = max(reached, at + wide)
    start -= _TURN if start > _HALF else 0.0
    out = {}
    for name, some in parts.items():
        moved = [translate(part, _TURN * np.ceil((start - part.bounds[0]) / _TURN - 1e-12)) for part in some]
        out[name] = moved[0] if len(moved) == 1 else _together(moved)
    return out


def cut(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry that goes beyond the 180th meridian as parts on both sides of it, as RFC 7946 (section 3.1.9) asks for."""
    if geometry.is_empty or (geometry.bounds[0] >= -_HALF and geometry.bounds[2] <= _HALF):
        return geometry
    parts = []
    for turn in (-_TURN, 0.0, _TURN):
        part = shapely.intersection(geometry, shapely.box(turn - _HALF, -90.0, turn + _HALF, 90.0))
        whole = [p for p in shapely.get_parts(part) if shapely.get_dimensions(p) == shapely.get_dimensions(geometry)]
        parts += [translate(p, -turn) for p in whole]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
