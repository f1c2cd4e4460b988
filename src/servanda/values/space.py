"""Places: areas, lines, distances from them, sides of them, and how far a point lies inside.

Every place answers one question, :meth:`Place.signed_distance`: how many metres a point lies inside its edge
(positive) or outside (negative). Distances are lengths on the WGS 84 ellipsoid: the foot of the perpendicular and the
straight way to it are found in the agreement's own conformal projection, and the length is divided by the
projection's scale in the middle of that way. Against the geodesic (Karney 2013) this errs by less than a centimetre at 15 km
and a metre at 100 km; a test compares. Edges between two given vertices are straight in the projection. A
buffer polygon is never the test; :meth:`Place.outline` exists for drawing and for the area of coverage only.

Combinations follow the algebra of signed distances: ``AllOf`` is the least, ``AnyOf`` the greatest, ``Not``
the negative. An ``AnyOf`` of areas is merged into one area first, so that a shared border is not an edge.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

Floats: TypeAlias = npt.NDArray[np.float64]
GEOD = Geod(ellps="WGS84")
_STRIDE = 4_000_000  # cells in one column of the table of candidate edges
_DEGREE = 5
_FAR = 1.0e6  # metres: how far a line is run on straight beyond its ends to tell its sides


class Frame:
    """The projected system of one agreement, chosen for the extent of its places.

    Lambert conformal conic with two parallels for an extent that is wide, transverse Mercator for one that is
    tall or lies near the equator; both keep lengths to a few parts in a thousand over a country.
    """

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        lat, lon = (south + north) / 2, (west + east) / 2
        wide = (east - west) * np.cos(np.radians(lat)) >= (north - south)
        if wide and abs(lat) > 10:
            sixth = (north - south) / 6
            self.definition = (
                f"+proj=lcc +lat_0={lat:.6f} +lon_0={lon:.6f} +lat_1={south + sixth:.6f} "
                f"+lat_2={north - sixth:.6f} +datum=WGS84 +units=m"
            )
        else:
            self.definition = f"+proj=tmerc +lat_0={lat:.6f} +lon_0={lon:.6f} +k=0.9998 +datum=WGS84 +units=m"
        self._there = Transformer.from_crs("EPSG:4326", self.definition, always_xy=True)
        self._fit_scale(bounds)

    def _fit_scale(self, bounds: tuple[float, float, float, float]) -> None:
        """A polynomial of the scale (projected metres per metre), which is the same in all directions."""
        west, south, east, north = bounds
        pad = 0.2 * max(east - west, north - south) + 0.05
        lon, lat = np.meshgrid(np.linspace(west - pad, east + pad, 24), np.linspace(south - pad, north + pad, 24))
        lon, lat = lon.ravel(), np.clip(lat.ravel(), -89, 89)
        away = np.full(len(lon), 500.0)
        ends = [GEOD.fwd(lon, lat, np.full(len(lon), azimuth), away)[:2] for azimuth in (45.0, 225.0)]
        (x0, y0), (x1, y1) = (self.to_xy(*end) for end in ends)
        scale = np.hypot(x1 - x0, y1 - y0) / 1000.0
        x, y = self.to_xy(lon, lat)
        good = np.isfinite(scale) & np.isfinite(x) & np.isfinite(y)
        x, y, scale = x[good], y[good], scale[good]
        self._low, self._high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        terms = self._terms(x, y)
        self._weights = np.linalg.lstsq(terms, scale, rcond=None)[0]
        self.scale_error = float(np.abs(terms @ self._weights - scale).max())

    def _terms(self, x: Floats, y: Floats) -> Floats:
        half = (self._high - self._low) / 2
        u = np.clip((x - self._low[0]) / half[0] - 1, -1, 1)
        v = np.clip((y - self._low[1]) / half[1] - 1, -1, 1)
        return np.column_stack([u**i * v**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)])

    def scale(self, x: Floats, y: Floats) -> Floats:
        """Projected metres per metre on the ellipsoid; beyond the extent that of its border."""
        half = (self._high - self._low) / 2
        u = np.clip((x - self._low[0]) / half[0] - 1, -1, 1)
        v = np.clip((y - self._low[1]) / half[1] - 1, -1, 1)
        out, n = np.zeros(len(x)), 0
        rows = []
        for i in range(_DEGREE + 1):
            weights = self._weights[n : n + _DEGREE + 1 - i]
            n += len(weights)
            row = np.full(len(x), weights[-1])
            for weight in weights[-2::-1]:
                row *= v
                row += weight
            rows.append(row)
        out = rows[-1]
        for row in rows[-2::-1]:
            out = out * u + row
        return out

    def to_xy(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Degrees east and north to metres; points the projection cannot show become infinite."""
        x, y = self._there.transform(lon, lat)
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def to_lonlat(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = self._there.transform(x, y, direction="INVERSE")
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, lambda c: np.column_stack(self.to_xy(c[:, 0], c[:, 1])))

    def unproject(self, geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, lambda c: np.column_stack(self.to_lonlat(c[:, 0], c[:, 1])))


@dataclass(frozen=True)
class Points:
    """Points in degrees (WGS 84) and in metres of a frame; all arrays have the same length.

    ``more_to_come``: others will fall around the same places, so that what is found out about those is worth keeping.
    """

    lon: Floats
    lat: Floats
    x: Floats
    y: Floats
    more_to_come: bool = False

    @staticmethod
    def of(frame: Frame, lon: npt.ArrayLike, lat: npt.ArrayLike, *, more_to_come: bool = False) -> Points:
        lons, lats = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        return Points(lons, lats, *frame.to_xy(lons, lats), more_to_come)

    def __len__(self) -> int:
        return len(self.lon)


class Place(Protocol):
    """What every place can do; ``frame`` is shared by all places of an agreement."""

    def signed_distance(self, points: Points) -> Floats:
        """Metres inside (+) or outside (-) the edge, one per point; minus infinity where it cannot be told."""
        ...

    def outline(self) -> BaseGeometry:
        """A polygon in degrees for drawing and for areas; curved edges are approximated."""
        ...


class Edges:
    """The straight edges of a geometry, with the nearest of them found for many points at once."""

    _CELL = 2000.0  # metres; points in one cell share a list of candidate edges
    _BLOCK = 200_000  # candidate pairs worked on at once, so that they stay in cache

    def __init__(self, frame: Frame, geometry: BaseGeometry) -> None:
        self.frame = frame
        starts, ends, chain = [], [], []
        for n, part in enumerate(shapely.get_parts(geometry)):
            coords = shapely.get_coordinates(part)
            starts.append(coords[:-1])
            ends.append(coords[1:])
            chain.append(np.full(len(coords) - 1, n))
        self.a, self.b, self.chain = np.concatenate(starts), np.concatenate(ends), np.concatenate(chain)
        keep = np.any(self.a != self.b, axis=1)
        self.a, self.b, self.chain = self.a[keep], self.b[keep], self.chain[keep]
        step = self.b - self.a
        self.length2 = np.einsum("ij,ij->i", step, step)
        self.tree = shapely.STRtree(shapely.linestrings(np.stack([self.a, self.b], axis=1)))
        self._lock = threading.Lock()
        self._cells = self._starts = self._many = self._edges = np.zeros(0, np.int64)

    def nearest(self, x: Floats, y: Floats, *, keep: bool = False) -> tuple[npt.NDArray[np.int64], Floats, Floats, Floats]:
        """For each point the nearest edge, the share along it where the foot lies, and the foot (x, y)."""
        n = len(x)
        cell = np.floor(x / self._CELL).astype(np.int64) * _STRIDE + np.floor(y / self._CELL).astype(np.int64)
        cells, member = np.unique(cell, return_inverse=True)
        if len(cells) * 3 > n and not keep:  # points so sparse that a list for each cell would not pay
            edge = self.tree.query_nearest(shapely.points(x, y), all_matches=False)[1]
        else:
            edge = self._nearest_by_cell(x, y, cells, member)
        _, t, foot_x, foot_y = self._squared(edge, x, y)
        return edge, t, foot_x, foot_y

    def _candidates(self, cells: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """For each cell the edges that may be nearest to a point in it: all of them, and where each cell's begin.

        What was found once is kept, because batch after batch falls into the same cells.
        """
        with self._lock:
            new = np.setdiff1d(cells, self._cells, assume_unique=True)
            if len(new):
                column = np.floor_divide(new + _STRIDE // 2, _STRIDE)
                x, y = (column + 0.5) * self._CELL, (new - column * _STRIDE + 0.5) * self._CELL
                centres = shapely.points(x, y)
                near = self.tree.query_nearest(centres, return_distance=True, all_matches=False)[1]
                owner, edge = self.tree.query(centres, predicate="dwithin", distance=near + self._CELL * 1.4143)
                edge = edge[np.argsort(owner, kind="stable")]
                many = np.bincount(owner, minlength=len(new))
                order = np.argsort(np.concatenate([self._cells, new]), kind="stable")
                starts = np.concatenate([self._starts, len(self._edges) + np.cumsum(many) - many])
                self._cells = np.concatenate([self._cells, new])[order]
                self._starts, self._many = starts[order], np.concatenate([self._many, many])[order]
                self._edges = np.concatenate([self._edges, edge])
            at = np.searchsorted(self._cells, cells)
            start, many, edges = self._starts[at], self._many[at], self._edges
        begin = np.cumsum(many) - many
        flat = np.arange(int(many.sum())) - np.repeat(begin, many) + np.repeat(start, many)
        return edges[flat], np.append(begin, len(flat))

    def _nearest_by_cell(
        self, x: Floats, y: Floats, cells: npt.NDArray[np.int64], member: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """The nearest edge of each point; ``member`` tells which of ``cells`` a point lies in."""
        n = len(x)
        edge = np.zeros(n, np.int64)
        candidate, start = self._candidates(cells)
        counts = np.diff(start)[member]
        ends = np.cumsum(counts)
        low = 0
        while low < n:
            done = ends[low - 1] if low else 0
            high = max(low + 1, int(np.searchsorted(ends, done + self._BLOCK, side="right")))
            rows = slice(low, high)
            take = counts[rows]
            offset = np.concatenate([[0], np.cumsum(take)[:-1]])
            flat = np.arange(int(take.sum())) - np.repeat(offset, take) + np.repeat(start[member[rows]], take)
            which = candidate[flat]
            px, py = np.repeat(x[rows], take), np.repeat(y[rows], take)
            gap = self._squared(which, px, py)[0]
            least = np.minimum.reduceat(gap, offset)
            hit = np.flatnonzero(gap == np.repeat(least, take))
            owner_of_hit = np.searchsorted(offset, hit, side="right") - 1
            rank = np.lexsort((which[hit], owner_of_hit))
            _, pick = np.unique(owner_of_hit[rank], return_index=True)
            edge[rows] = which[hit[rank][pick]]
            low = high
        return edge

    def _squared(self, edge: npt.NDArray[np.int64], x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        ax, ay = self.a[edge, 0], self.a[edge, 1]
        dx, dy = self.b[edge, 0] - ax, self.b[edge, 1] - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / self.length2[edge], 0.0, 1.0)
        foot_x, foot_y = ax + t * dx, ay + t * dy
        return (x - foot_x) ** 2 + (y - foot_y) ** 2, t, foot_x, foot_y

    def distance(self, points: Points) -> Floats:
        """Metres from each point to the nearest edge; infinite where the projection fails."""
        return self._measure(points, sided=False)

    def sided_distance(self, points: Points) -> Floats:
        """The same, negative to the right of the edges' own direction and positive to the left.

        At a corner the two edges decide together (the sum of their normals).
        """
        return self._measure(points, sided=True)

    def _measure(self, points: Points, *, sided: bool) -> Floats:
        out = np.full(len(points), np.inf)
        good = np.isfinite(points.x) & np.isfinite(points.y)
        if not good.any():
            return out
        x, y = points.x[good], points.y[good]
        edge, t, foot_x, foot_y = self.nearest(x, y, keep=points.more_to_come)
        metres = np.hypot(x - foot_x, y - foot_y) / self.frame.scale((x + foot_x) / 2, (y + foot_y) / 2)
        if sided:
            normal = self._normals(edge, t)
            left = (x - foot_x) * normal[:, 0] + (y - foot_y) * normal[:, 1] >= 0
            metres = np.where(left, metres, -metres)
        out[good] = metres
        return out

    def _normals(self, edge: npt.NDArray[np.int64], t: Floats) -> Floats:
        """Unit normals to the left; at a corner the sum of both edges' normals."""
        step = (self.b - self.a) / np.sqrt(self.length2)[:, None]
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        other = np.where(t >= 1.0, edge + 1, np.where(t <= 0.0, edge - 1, edge))
        inside = (other >= 0) & (other < len(normal))
        other = np.where(inside, other, edge)
        joined = self.chain[other] == self.chain[edge]
        other = np.where(joined, other, edge)
        return np.asarray(normal[edge] + normal[other], dtype=np.float64)


@dataclass(frozen=True)
class Area:
    """A polygon or several, in degrees."""

    frame: Frame
    geometry: BaseGeometry

    @cached_property
    def _projected(self) -> BaseGeometry:
        projected = self.frame.project(self.geometry)
        shapely.prepare(projected)
        return projected

    @cached_property
    def edges(self) -> Edges:
        return Edges(self.frame, self._projected.boundary)

    def signed_distance(self, points: Points) -> Floats:
        metres = self.edges.distance(points)
        inside = shapely.contains_xy(self._projected, points.x, points.y)
        return np.where(inside, metres, -metres)

    def outline(self) -> BaseGeometry:
        return self.geometry


@dataclass(frozen=True)
class Line:
    """A reference line (line of contact, demarcation line), in degrees; ``left`` and ``right`` name the sides."""

    frame: Frame
    geometry: BaseGeometry
    left: str | None = None
    right: str | None = None

    @cached_property
    def edges(self) -> Edges:
        return Edges(self.frame, self.frame.project(self.geometry))

    @cached_property
    def run_on(self) -> BaseGeometry:
        """The projected line with both ends run on straight, so that it parts the land into two sides."""
        coords = shapely.get_coordinates(self.frame.project(self.geometry))

        def beyond(tip: Floats, before: Floats) -> Floats:
            return np.asarray(tip + (tip - before) / np.hypot(*(tip - before)) * _FAR)

        return shapely.linestrings(
            np.vstack([beyond(coords[0], coords[1]), coords, beyond(coords[-1], coords[-2])])
        )

    @cached_property
    def sides(self) -> Edges:
        return Edges(self.frame, self.run_on)

    def signed_distance(self, points: Points) -> Floats:
        """A line has no inside: minus the distance to it."""
        return -self.edges.distance(points)

    def outline(self) -> BaseGeometry:
        return self.geometry


@dataclass(frozen=True)
class Near:
    """All that lies within ``metres`` of a line or of an area (whose inside counts as near)."""

    of: Line | Area
    metres: float

    def signed_distance(self, points: Points) -> Floats:
        return self.metres + self.of.signed_distance(points)

    def outline(self) -> BaseGeometry:
        frame = self.of.frame
        return frame.unproject(frame.project(self.of.geometry).buffer(self.metres, quad_segs=32))


@dataclass(frozen=True)
class Side:
    """All that lies on one named side of a line."""

    of: Line
    side: str

    def signed_distance(self, points: Points) -> Floats:
        metres = self.of.sides.sided_distance(points)
        return np.where(np.isfinite(metres), metres if self.side == self.of.left else -metres, -np.inf)

    def outline(self) -> BaseGeometry:
        frame, line = self.of.frame, self.of.run_on
        box = shapely.box(*line.bounds).buffer(_FAR / 10, join_style="mitre").intersection(
            shapely.box(*shapely.buffer(frame.project(self.of.geometry), _FAR / 2).bounds)
        )
        pieces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all([line, box.boundary]))]))
        tips = [piece.representative_point() for piece in pieces]
        lon, lat = frame.to_lonlat(np.array([p.x for p in tips]), np.array([p.y for p in tips]))
        mine = self.signed_distance(Points.of(frame, lon, lat)) > 0
        return frame.unproject(shapely.union_all(pieces[mine]))


@dataclass(frozen=True)
class AllOf:
    """What lies in every one of several places."""

    places: tuple[Place, ...]

    def signed_distance(self, points: Points) -> Floats:
        return np.minimum.reduce([place.signed_distance(points) for place in self.places])

    def outline(self) -> BaseGeometry:
        shape = self.places[0].outline()
        for place in self.places[1:]:
            shape = (
                shape.difference(place.place.outline())
                if isinstance(place, Not)
                else shape.intersection(place.outline())
            )
        return shape


@dataclass(frozen=True)
class AnyOf:
    """What lies in at least one of several places."""

    places: tuple[Place, ...]

    def signed_distance(self, points: Points) -> Floats:
        return np.maximum.reduce([place.signed_distance(points) for place in self.places])

    def outline(self) -> BaseGeometry:
        return shapely.union_all([place.outline() for place in self.places])


@dataclass(frozen=True)
class Not:
    """What lies outside a place. Drawn only as a part of :class:`AllOf`."""

    place: Place

    def signed_distance(self, points: Points) -> Floats:
        metres = -self.place.signed_distance(points)
        return np.where(np.isposinf(metres), -np.inf, metres)

    def outline(self) -> BaseGeometry:
        return shapely.box(-180, -90, 180, 90).difference(self.place.outline())


def any_of(places: tuple[Place, ...]) -> Place:
    """One place for several; areas among them are merged so that a common border is no edge."""
    areas = [place for place in places if isinstance(place, Area)]
    rest = [place for place in places if not isinstance(place, Area)]
    if len(areas) > 1:
        merged = shapely.union_all([area.geometry for area in areas], grid_size=1e-7)
        return any_of((Area(areas[0].frame, merged), *rest))
    return places[0] if len(places) == 1 else AnyOf(tuple(areas) + tuple(rest))


def circle(frame_lon: float, frame_lat: float, metres: float) -> BaseGeometry:
    """The outline in degrees of a geodesic circle, 128 vertices, for drawing and areas."""
    bearing = np.linspace(0, 360, 128, endpoint=False)
    n = len(bearing)
    lon, lat, _ = GEOD.fwd(np.full(n, frame_lon), np.full(n, frame_lat), bearing, np.full(n, metres))
    return shapely.polygons(np.column_stack([lon, lat]))


@dataclass(frozen=True)
class Disc:
    """All that lies within ``metres`` of one point, exactly (not a polygon)."""

    frame: Frame
    lon: float
    lat: float
    metres: float

    def signed_distance(self, points: Points) -> Floats:
        n = len(points)
        gap = GEOD.inv(points.lon, points.lat, np.full(n, self.lon), np.full(n, self.lat))[2]
        return np.asarray(self.metres - np.asarray(gap), dtype=np.float64)

    def outline(self) -> BaseGeometry:
        return circle(self.lon, self.lat, self.metres)
