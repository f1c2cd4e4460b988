"""The projected system of one agreement, and points in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

Floats: TypeAlias = npt.NDArray[np.float64]
Wholes: TypeAlias = npt.NDArray[np.int64]
_Map: TypeAlias = Callable[[Floats], Floats]


class _Ellipsoid(Geod):
    """The earth; arrays of one stay arrays, which pyproj's own do not under every NumPy."""

    def fwd(self, lons: Any, lats: Any, az: Any, dist: Any, *rest: Any, **options: Any) -> Any:
        return _of_one(super().fwd, rest, options, lons, lats, az, dist)

    def inv(self, lons1: Any, lats1: Any, lons2: Any, lats2: Any, *rest: Any, **options: Any) -> Any:
        return _of_one(super().inv, rest, options, lons1, lats1, lons2, lats2)


def _of_one(ask: Callable[..., Any], rest: tuple[Any, ...], options: dict[str, Any], *given: Any) -> Any:
    """What ``ask`` gives; where it is asked of arrays of one, they are given as two: pyproj takes one for a single point."""
    if any(isinstance(g, np.ndarray) and g.shape == (1,) for g in given):
        return tuple(np.asarray(part)[:1] for part in ask(*(np.repeat(g, 2) for g in given), *rest, **options))
    return ask(*given, *rest, **options)


GEOD = _Ellipsoid(ellps="WGS84")
_DEGREE = 5
BEND = 0.1
"""Metres between what is straight in degrees and what is drawn for it in the projection, at most."""
_MOST_PARTS = 4096
_LOOKED_AT = (0.25, 0.5, 0.75)
_WITHOUT_EDGES = {shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT, shapely.GeometryType.GEOMETRYCOLLECTION}


def transformed(
    there: Transformer, x: Floats, y: Floats, direction: Literal["FORWARD", "INVERSE"] = "FORWARD"
) -> tuple[Floats, Floats]:
    """Coordinates in another system, as arrays of the same length."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    out_x, out_y = _of_one(there.transform, (), {"direction": direction}, x, y)
    return np.asarray(out_x, dtype=np.float64), np.asarray(out_y, dtype=np.float64)


class Frame:
    """The projected system of one agreement, chosen for the extent of its places.

    Lambert conformal conic with two parallels for an extent that is wide, transverse Mercator for one that is
    tall or lies near the equator; both keep lengths to a few parts in a thousand over a country.
    """

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        lat, lon = (south + north) / 2, (west + east) / 2
        self.middle = lon
        lon -= 360.0 * np.round(lon / 360.0)
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
        across, along = np.meshgrid(np.linspace(west - pad, east + pad, 24), np.linspace(south - pad, north + pad, 24))
        lon, lat = across.ravel(), np.clip(along.ravel(), -89, 89)
        away = np.full(len(lon), 500.0)
        ends = [GEOD.fwd(lon, lat, np.full(len(lon), azimuth), away)[:2] for azimuth in (45.0, 225.0)]
        (x0, y0), (x1, y1) = (self.to_xy(*end) for end in ends)
        scale: Floats = np.hypot(x1 - x0, y1 - y0) / 1000.0
        x, y = self.to_xy(lon, lat)
        good = np.isfinite(scale) & np.isfinite(x) & np.isfinite(y)
        x, y, scale = x[good], y[good], scale[good]
        self._low, self._high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        terms = self._terms(x, y)
        self._weights = np.linalg.lstsq(terms, scale, rcond=None)[0]

    def _terms(self, x: Floats, y: Floats) -> Floats:
        u, v = self._scaled(x, y)
        return np.column_stack([u**i * v**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)])

    def _scaled(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Coordinates from -1 to 1 over the extent, and no farther."""
        half = (self._high - self._low) / 2
        u = np.clip((x - self._low[0]) / half[0] - 1, -1, 1)
        return u, np.clip((y - self._low[1]) / half[1] - 1, -1, 1)

    def scale(self, x: Floats, y: Floats) -> Floats:
        """Projected metres per metre on the ellipsoid; beyond the extent that of its border."""
        u, v = self._scaled(x, y)
        n, rows = 0, []
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
        return transformed(self._there, lon, lat)

    def to_lonlat(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = transformed(self._there, x, y, "INVERSE")
        return self.around(lon), lat

    def around(self, lon: Floats) -> Floats:
        """Longitudes as its own places have them, which go beyond 180 where these lie across that meridian."""
        return np.asarray(lon - 360.0 * np.round((lon - self.middle) / 360.0), dtype=np.float64)

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in degrees as it lies in the projection: an edge that is straight in degrees follows its bend (ADR 131)."""
        return _sound(_redrawn(geometry, self._xy))

    def unproject(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry of the projection in degrees; :meth:`project` gives back what it was."""
        return _sound(_redrawn(geometry, self._lonlat, self._xy))

    def _xy(self, lonlat: Floats) -> Floats:
        return np.column_stack(self.to_xy(lonlat[:, 0], lonlat[:, 1]))

    def _lonlat(self, xy: Floats) -> Floats:
        return np.column_stack(self.to_lonlat(xy[:, 0], xy[:, 1]))


def _redrawn(geometry: BaseGeometry, there: _Map, back: _Map | None = None) -> BaseGeometry:
    """A geometry in metres, from one in degrees; or in degrees, where ``back`` gives metres from these again.

    Edges are divided until none is farther than :data:`BEND` from where it lies in the coordinates in which it is straight.
    """
    if shapely.get_type_id(geometry) in _WITHOUT_EDGES:
        return shapely.transform(geometry, there)
    kind, coords, offsets = shapely.to_ragged_array([geometry], include_z=False)
    begin = np.delete(np.arange(len(coords)), offsets[0][1:] - 1)  # of each edge: a last vertex begins none
    a, step = coords[begin], coords[begin + 1] - coords[begin]
    to = there(coords)
    to_a, to_step = to[begin], to[begin + 1] - to[begin]
    bend = np.zeros(len(begin))
    with np.errstate(invalid="ignore", divide="ignore"):
        for at in _LOOKED_AT:
            if back is None:
                bend = np.fmax(bend, _off(there(a + at * step), to_a, to_step))
            else:
                bend = np.fmax(bend, _off(back(to_a + at * to_step), a, step))
        parts = np.ceil(np.sqrt(np.where(np.isfinite(bend), bend, 0.0) / BEND))
    many = np.ones(len(coords), np.int64)
    many[begin] = np.clip(parts, 1, _MOST_PARTS).astype(np.int64)
    ends = np.cumsum(many)
    if ends[-1] == len(coords):
        return shapely.transform(geometry, there)
    of = np.repeat(np.arange(len(coords)), many)
    share = (np.arange(ends[-1]) - np.repeat(ends - many, many)) / many[of]
    steps = np.zeros_like(coords)
    steps[begin] = step
    lines = np.concatenate([[0], ends])[offsets[0]]
    return shapely.from_ragged_array(kind, there(coords[of] + share[:, None] * steps[of]), (lines, *offsets[1:]))[0]


def _off(points: Floats, a: Floats, step: Floats) -> Floats:
    """How far points lie from straight lines."""
    to = points - a
    return np.asarray(np.abs(step[:, 0] * to[:, 1] - step[:, 1] * to[:, 0]) / np.hypot(*step.T), dtype=np.float64)


def _sound(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in other coordinates, whose edges may cross where they only touched: far from the middle, straight lines bend."""
    if shapely.get_dimensions(geometry) < 2 or geometry.is_valid:
        return geometry
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


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

    def some(self, rows: Wholes) -> Points:
        """Those of them that are numbered."""
        return Points(self.lon[rows], self.lat[rows], self.x[rows], self.y[rows], self.more_to_come)

    def __len__(self) -> int:
        return len(self.lon)
