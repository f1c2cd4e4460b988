"""Places, in loops: distances, and chances by integration over a drawing of its own."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import shapely

from servanda.agreement import Agreement, Pattern
from servanda.values.geo.shapes import AllOf, AnyOf, Area, Disc, Line, Near, Not, Place, Side
from tests.reference_evaluator.looks import GEOD, Report


def metres_to(frame: Any, geometry: Any, lat: float, lon: float) -> float:
    """Geodesic metres to the nearest point of a projected geometry, as the projection finds it."""
    x, y = frame.to_xy([lon], [lat])
    foot = shapely.get_coordinates(shapely.shortest_line(shapely.Point(x[0], y[0]), geometry))[-1]
    to_lon, to_lat = frame.to_lonlat([foot[0]], [foot[1]])
    return GEOD.inv(lon, lat, to_lon[0], to_lat[0])[2]


@cache
def signed_distance(place: Place, lat: float, lon: float) -> float:
    """Metres inside (+) or outside (-) a place."""
    if isinstance(place, Disc):
        return place.metres - GEOD.inv(lon, lat, place.lon, place.lat)[2]
    if isinstance(place, Area):
        shape = place.frame.project(place.geometry)
        x, y = place.frame.to_xy([lon], [lat])
        inside = shapely.contains_xy(shape, x[0], y[0])
        return metres_to(place.frame, shape.boundary, lat, lon) * (1 if inside else -1)
    if isinstance(place, Line):
        return -metres_to(place.frame, place.frame.project(place.geometry), lat, lon)
    if isinstance(place, Near):
        return place.metres + signed_distance(place.of, lat, lon)
    if isinstance(place, Side):
        frame = place.of.frame
        x, y = frame.to_xy([lon], [lat])
        line = place.of.run_on
        west, south, east, north = line.bounds
        left = shapely.Polygon([*line.coords, *_around(line, (west, south, east, north))])
        on_left = shapely.contains_xy(left, x[0], y[0])
        return metres_to(frame, line, lat, lon) * (1 if on_left == (place.side == place.of.left) else -1)
    if isinstance(place, AllOf):
        return min(signed_distance(part, lat, lon) for part in place.places)
    if isinstance(place, AnyOf):
        return max(signed_distance(part, lat, lon) for part in place.places)
    if isinstance(place, Not):
        return -signed_distance(place.place, lat, lon)
    raise TypeError(place)


def _around(line: Any, bounds: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Two far corners that close a polygon to the left of a line that runs roughly straight."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    length = math.hypot(x1 - x0, y1 - y0)
    normal = (-(y1 - y0) / length * 2e6, (x1 - x0) / length * 2e6)
    return [(x1 + normal[0], y1 + normal[1]), (x0 + normal[0], y0 + normal[1])]


def in_place(agreement: Agreement, pattern: Pattern, report: Report) -> float:
    """The probability that a report's event lies in the pattern's place; where nobody is named and each party has its own, in any."""
    if pattern.place_of:
        return max(in_place(agreement, pattern.at(party), report) for party in pattern.place_of)
    if pattern.place is None:
        return 1.0
    if report["area"] is not None:
        area, place = drawn(agreement.places[report["area"]]), drawn(agreement.places[pattern.place])
        return round(area.intersection(place).area / area.area, 6)
    if report["lat"] is None:
        return 0.05
    place, lat, lon = agreement.places[pattern.place], report["lat"], report["lon"]
    sigma = report["precision_m"] / math.sqrt(-2 * math.log(0.05))
    if sigma == 0:
        return 1.0 if signed_distance(place, lat, lon) >= -0.1 else 0.0  # edges are drawn to 0.1 m
    return round(chance(place, lat, lon, sigma), 6)


CUT = 5.0  # standard deviations, beyond which a Gaussian is cut off
FEW, MANY = (tuple(zip(*np.polynomial.legendre.leggauss(n), strict=True)) for n in (2, 6))


@cache
@cache
def chance(place: Place, lat: float, lon: float, sigma: float) -> float:
    """How much of a report's Gaussian lies in a place: the integral of its density over the part within five sigma.

    The density in x is integrated to the normal distribution, what is left in y edge by edge: ``sum of integrals of Phi(x) phi(y) dy``.
    """
    frame = _frame(place)
    (x,), (y,) = frame.to_xy([lon], [lat])
    unit = sigma * frame.scale(np.array([x]), np.array([y]))[0]
    reach = 1.01 * CUT * unit
    shape = shapely.clip_by_rect(drawn(place), x - reach, y - reach, x + reach, y + reach)
    shape = shapely.transform(shape, lambda xy: (xy - [x, y]) / unit)
    near = shapely.orient_polygons(shapely.intersection(shape, shapely.Polygon(_circle(0.0, 0.0, CUT, 2_000))))
    total = 0.0
    for ring in shapely.get_rings(shapely.get_parts(near)):
        corners = shapely.get_coordinates(ring)
        edges = np.diff(corners, axis=0)
        length = np.hypot(*edges.T)
        for nodes, some in ((FEW, length < 0.1), (MANY, length >= 0.1)):
            steps = np.ceil(length[some] / 0.5).astype(int)
            begins, ways, of = (np.repeat(each, steps, axis=0) for each in (corners[:-1][some], edges[some], steps))
            n = np.arange(len(of)) - np.repeat(np.cumsum(steps) - steps, steps)
            for node, weight in nodes:
                u, v = (begins + ((n + 0.5 + 0.5 * node) / of)[:, None] * ways).T
                total += float(np.sum(0.5 * weight / of * ways[:, 1] * _big_phi(u) * _small_phi(v)))
    return total / (1 - math.exp(-CUT * CUT / 2))


_erfc = np.frompyfunc(math.erfc, 1, 1)


def _big_phi(z: Any) -> Any:
    return 0.5 * _erfc(-z / math.sqrt(2)).astype(float)


def _small_phi(z: Any) -> Any:
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _circle(x: float, y: float, radius: float, corners: int) -> Any:
    """The corners of a polygon with a circle's own area."""
    turn = 2 * math.pi * np.arange(corners) / corners
    radius *= math.sqrt(turn[1] / math.sin(turn[1]))
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])


def _frame(place: Place) -> Any:
    if isinstance(place, AllOf | AnyOf):
        return _frame(place.places[0])
    if isinstance(place, Near | Side):
        return place.of.frame
    return _frame(place.place) if isinstance(place, Not) else place.frame


@cache
def drawn(place: Place) -> Any:
    """A place as a polygon in the projection, with round edges in very short straight ones."""
    frame = _frame(place)
    if isinstance(place, Area):
        return shapely.union_all(shapely.get_parts(frame.project(place.geometry)))
    if isinstance(place, Disc):
        corners = 40_000
        turn = np.linspace(0, 360, corners, endpoint=False)
        wide = place.metres * math.sqrt(math.radians(turn[1]) / math.sin(math.radians(turn[1])))
        lon, lat, _ = GEOD.fwd(np.full(corners, place.lon), np.full(corners, place.lat), turn, np.full(corners, wide))
        return shapely.Polygon(np.column_stack(frame.to_xy(lon, lat)))
    if isinstance(place, Near):
        return _around_it(frame, frame.project(place.of.geometry), place.metres)
    if isinstance(place, Side):
        line = place.of.run_on
        left = shapely.Polygon([*line.coords, *_around(line, line.bounds)])
        land = shapely.Point(line.centroid).buffer(1.5e6)
        return shapely.intersection(land, left) if place.side == place.of.left else shapely.difference(land, left)
    if isinstance(place, Not):
        return shapely.difference(shapely.box(-1e7, -1e7, 1e7, 1e7), drawn(place.place))
    parts = [drawn(part) for part in place.places]
    return shapely.union_all(parts) if isinstance(place, AnyOf) else shapely.intersection_all(parts)


def _around_it(frame: Any, geometry: Any, metres: float) -> Any:
    """All within some metres of a geometry: each corner of the outline moved to where it is that far."""
    bounds = shapely.bounds(geometry)
    scale = frame.scale((bounds[:1] + bounds[2:3]) / 2, (bounds[1:2] + bounds[3:]) / 2)[0]
    shape = shapely.segmentize(shapely.buffer(geometry, metres * scale, quad_segs=8_000), 20)
    corners = shapely.get_coordinates(shape)
    for _ in range(4):
        ways = shapely.get_coordinates(shapely.shortest_line(shapely.points(corners), geometry)).reshape(-1, 2, 2)
        foot, way = ways[:, 1], ways[:, 0] - ways[:, 1]
        wanted = metres * frame.scale(*((corners + foot) / 2).T)
        corners = foot + way * (wanted / np.hypot(*way.T))[:, None]
    return shapely.make_valid(shapely.set_coordinates(shape, corners))
