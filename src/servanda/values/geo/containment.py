"""How probable it is that a report lies in a place, exactly, and fast for very many reports.

**Definition.** A report's position is a Gaussian whose 95 % radius is the report's own precision, so that
its standard deviation is ``precision / 2.4477`` (the square root of the 95 % point of chi-square with two
degrees of freedom). With ``d`` the signed distance to the place's edge, the probability of lying inside is
``Phi(d / sigma)``; ``d / sigma`` is rounded to four decimals, and beyond 4 the probability is 0 or 1. It is never more
than the place's area times the Gaussian's greatest density, ``area / (2 pi sigma^2)``: a report that is vaguer than the
place is large cannot lie in it with any certainty. An exact position (sigma 0) is inside when ``d >= 0``. A report
without a position has 5 %: too little for anything but not to be forgotten. Probabilities are kept as whole millionths,
so that sums do not depend on their order.

**Shortcut.** Over the extent of an agreement's places a lattice of cells knows between which bounds the signed
distance of anything in a cell lies (a signed distance changes by at most the distance moved). A report that
the bounds decide is never measured; only the others are. The shortcut changes no result: a test compares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from servanda.values.geo.projection import GEOD, Floats, Frame, Points
from servanda.values.geo.shapes import Place

MILLION = 1_000_000
NOWHERE = 50_000  # millionths for a report without a position
SIGMAS_PER_RADIUS_95 = math.sqrt(-2.0 * math.log(0.05))  # 2.4477
CERTAIN = 4.0
_STEPS = 10_000
Millionths = npt.NDArray[np.int32]


@cache
def _phi_table() -> Millionths:
    """The normal distribution in millionths, in steps: made when first asked for, so that the start of a command does not wait for it."""
    z = np.arange(-CERTAIN * _STEPS, CERTAIN * _STEPS + 1) / _STEPS
    values = [round(MILLION * 0.5 * (1.0 + math.erf(v / math.sqrt(2.0)))) for v in z]
    values[0], values[-1] = 0, MILLION
    return np.array(values, dtype=np.int32)


def inside(distance: Floats, sigma: Floats, area: float = math.inf) -> Millionths:
    """The definition above: signed distances and standard deviations in metres, area in square metres, to millionths."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sigma > 0, distance / sigma, np.where(distance >= 0, np.inf, -np.inf))
    step = np.rint(np.clip(z, -CERTAIN, CERTAIN) * _STEPS).astype(np.int64)
    p = _phi_table()[step + int(CERTAIN * _STEPS)]
    with np.errstate(divide="ignore", over="ignore"):
        most = np.where(sigma > 0, area / (2.0 * math.pi * sigma**2), math.inf)
    return np.asarray(np.minimum(p, np.floor(MILLION * np.minimum(most, 1.0)).astype(np.int32)), dtype=np.int32)


def square_metres(place: Place) -> float:
    """The area of a place on the ellipsoid."""
    return abs(float(GEOD.geometry_area_perimeter(place.outline())[0]))


@dataclass(frozen=True)
class _Bounds:
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]


class Locator:
    """The places of one agreement, ready to be asked about many points.

    ``shortcut=False`` measures every point; it exists for tests and for small evidence.
    """

    _COARSE = 48  # coarse cells along the longer side
    _LEVELS = (9, 3, 1)  # cells of each level, in finest cells along a side
    _REACH = 4_000.0  # metres; a cell whose bounds leave no more than this open is made finer
    _SLACK = 1.02  # projection and rounding, on the safe side

    def __init__(self, frame: Frame, places: Mapping[str, Place], *, shortcut: bool = True) -> None:
        self.frame = frame
        self.places = dict(places)
        self.areas = {name: square_metres(place) for name, place in self.places.items()}
        self._shortcut = shortcut and bool(places)
        if self._shortcut:
            self._lay_lattice()

    def _lay_lattice(self) -> None:
        bounds = np.array([place.outline().bounds for place in self.places.values()])
        west, south = bounds[:, 0].min(), bounds[:, 1].min()
        east, north = bounds[:, 2].max(), bounds[:, 3].max()
        pad = 0.05 * max(east - west, north - south, 0.05)
        west, south = max(west - pad, -180.0), max(south - pad, -89.9)
        east, north = min(east + pad, 180.0), min(north + pad, 89.9)
        side = max((east - west) * math.cos(math.radians((south + north) / 2)), north - south) / self._COARSE
        nx = max(1, math.ceil((east - west) * math.cos(math.radians((south + north) / 2)) / side))
        ny = max(1, math.ceil((north - south) / side))
        self._west, self._south = west, south
        self._nx, self._ny = nx * self._LEVELS[0], ny * self._LEVELS[0]
        self._dx, self._dy = (east - west) / self._nx, (north - south) / self._ny
        self._bounds = {name: self._bound(place) for name, place in self.places.items()}

    def _radius(self, lat: Floats, factor: float) -> Floats:
        """Metres from the centre of a cell to its farthest corner (the corner nearer to the equator)."""
        half_x, half_y = self._dx * factor / 2, self._dy * factor / 2
        toward = np.where(lat >= 0, lat - half_y, lat + half_y)
        n = len(lat)
        metres = GEOD.inv(np.zeros(n), lat, np.full(n, half_x), toward)[2]
        return np.asarray(metres, dtype=np.float64) * self._SLACK

    def _bound(self, place: Place) -> _Bounds:
        """Bounds for every finest cell, from the centre of the finest cell that had to be measured around it."""
        low = np.full((self._ny, self._nx), -np.inf, np.float32)
        high = np.full((self._ny, self._nx), np.inf, np.float32)
        todo = np.ones((self._ny // self._LEVELS[0], self._nx // self._LEVELS[0]), bool)
        for n, size in enumerate(self._LEVELS):
            row, column = np.nonzero(todo)
            lat = self._south + (row + 0.5) * self._dy * size
            lon = self._west + (column + 0.5) * self._dx * size
            distance = place.signed_distance(Points.of(self.frame, lon, lat))
            radius = self._radius(lat, size)
            down = np.nextafter((distance - radius).astype(np.float32), np.float32(-np.inf))
            up = np.nextafter((distance + radius).astype(np.float32), np.float32(np.inf))
            for i in range(size):
                for j in range(size):
                    low[row * size + i, column * size + j] = down
                    high[row * size + i, column * size + j] = up
            if n + 1 < len(self._LEVELS):
                todo = np.zeros_like(todo)
                todo[row, column] = np.abs(distance) < radius + self._REACH
                factor = size // self._LEVELS[n + 1]
                todo = np.repeat(np.repeat(todo, factor, axis=0), factor, axis=1)
        return _Bounds(low.ravel(), high.ravel())

    def _cells(self, lon: Floats, lat: Floats) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        column = np.floor((lon - self._west) / self._dx)
        row = np.floor((lat - self._south) / self._dy)
        on = (column >= 0) & (column < self._nx) & (row >= 0) & (row < self._ny)
        cell = np.where(on, row * self._nx + column, 0.0).astype(np.int32)
        return cell, on

    def probabilities(
        self, lon: Floats, lat: Floats, sigma: Floats, rows: Mapping[str, npt.NDArray[np.int64]] | None = None
    ) -> dict[str, Millionths]:
        """For each place, millionths for each point; a point without a position (NaN) has 5 %.

        ``lon``, ``lat`` in degrees, ``sigma`` in metres, all of one length. ``rows`` names the points that a place is
        asked about (by number, in order); its answer then has one value for each of those, and places not named have none.
        """
        every = np.arange(len(lon))
        out: dict[str, Millionths] = {}
        for name, place in self.places.items():
            if rows is not None and name not in rows:
                continue
            wanted = every if rows is None else rows[name]
            out[name] = self._one(name, place, lon[wanted], lat[wanted], sigma[wanted])
        return out

    def _one(self, name: str, place: Place, lon: Floats, lat: Floats, sigma: Floats) -> Millionths:
        open_ = np.isfinite(lon) & np.isfinite(lat)
        p = np.where(open_, 0, NOWHERE).astype(np.int32)
        if self._shortcut and len(lon):
            cell, on = self._cells(lon, lat)
            reach = np.maximum(CERTAIN * sigma, 1e-3)
            bounds = self._bounds[name]
            surely_in = on & (bounds.low[cell] >= reach)
            p[surely_in] = MILLION
            open_ &= ~surely_in & ~(on & (bounds.high[cell] <= -reach))
        rest = np.flatnonzero(open_)
        if len(rest):
            points = Points.of(self.frame, lon[rest], lat[rest], more_to_come=self._shortcut)
            p[rest] = inside(place.signed_distance(points), sigma[rest], self.areas[name])
        return p
