"""How probable it is that a report lies in a place, exactly, and fast for very many reports.

**Definition.** A report's position is a Gaussian whose 95 % radius is the report's own precision, so that
its standard deviation is ``precision / 2.4477`` (the square root of the 95 % point of chi-square with two
degrees of freedom), cut off at 5 standard deviations. The probability of lying in a place is the integral of the Gaussian
over the place, in the agreement's own projection, with the projection's scale at the report (``gaussian``). Of a half plane whose
edge is ``d`` away it is ``Phi(d / sigma)``, to 4 in a million; places that share nothing never add up to more than 1. An exact position
(sigma 0) is inside when its signed distance is not negative, to the width to which edges are drawn. A report without a position has 5 %: too little for anything but
not to be forgotten. Probabilities are kept as whole millionths, so that sums do not depend on their order.

**Shortcut.** Over the extent of an agreement's places a lattice of cells knows between which bounds the signed
distance of anything in a cell lies (a signed distance changes by at most the distance moved). A report whose bounds say that it is
5 standard deviations inside or outside is never measured; only the others are, and those that say the same once.
The shortcut changes no result: a test compares.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servanda.values.geo.gaussian import CERTAIN, Mass
from servanda.values.geo.projection import BEND, GEOD, Floats, Frame, Points
from servanda.values.geo.shapes import Place

MILLION = 1_000_000
NOWHERE = 50_000  # millionths for a report without a position
SIGMAS_PER_RADIUS_95 = math.sqrt(-2.0 * math.log(0.05))  # 2.4477
_FEW = 1_000  # points of which so few lie near an edge that no place is worth a thread
_ODD = np.uint64(0x9E3779B97F4A7C15)
_TOUCHING = 1.0  # metres; where sigma is less, whether the point lies inside is measured, not looked up in a drawing
Millionths = npt.NDArray[np.int32]


def square_metres(place: Place) -> float:
    """The area of a place on the ellipsoid."""
    return abs(float(GEOD.geometry_area_perimeter(place.outline())[0]))


@dataclass(frozen=True)
class _Bounds:
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]


class _Lattice:
    """Cells over the extent of some places; of each place the bounds of the signed distance in every cell."""

    _COARSE = 24  # coarse cells along the longer side
    _LEVELS = (12, 4, 1)  # cells of each level, in finest cells along a side
    _REACH = 1_000.0  # metres; a cell whose bounds leave no more than this open is made finer
    _SLACK = 1.02  # projection and rounding, on the safe side

    def __init__(self, frame: Frame, places: tuple[tuple[str, Place], ...]) -> None:
        self._frame = frame
        with ThreadPoolExecutor(min(len(places), os.cpu_count() or 1)) as pool:  # GEOS lets go of the interpreter
            bounds = np.array(list(pool.map(lambda named: named[1].outline().bounds, places)))
            west, south = bounds[:, 0].min(), bounds[:, 1].min()
            east, north = bounds[:, 2].max(), bounds[:, 3].max()
            pad = 0.05 * max(east - west, north - south, 0.05)
            west, south = max(west - pad, frame.middle - 180.0), max(south - pad, -89.9)
            east, north = min(east + pad, frame.middle + 180.0), min(north + pad, 89.9)
            side = max((east - west) * math.cos(math.radians((south + north) / 2)), north - south) / self._COARSE
            nx = max(1, math.ceil((east - west) * math.cos(math.radians((south + north) / 2)) / side))
            ny = max(1, math.ceil((north - south) / side))
            self._west, self._south = west, south
            self._nx, self._ny = nx * self._LEVELS[0], ny * self._LEVELS[0]
            self._dx, self._dy = (east - west) / self._nx, (north - south) / self._ny
            made = pool.map(lambda named: self._bound(named[1]), places)
            self.bounds = {name: bound for (name, _), bound in zip(places, made, strict=True)}

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
            distance = place.signed_distance(Points.of(self._frame, lon, lat))
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

    def cells(self, lon: Floats, lat: Floats) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        """The number of the cell of each point, and whether it lies in any."""
        column = np.floor((self._frame.around(lon) - self._west) / self._dx)
        row = np.floor((lat - self._south) / self._dy)
        on = (column >= 0) & (column < self._nx) & (row >= 0) & (row < self._ny)
        cell = np.where(on, row * self._nx + column, 0.0).astype(np.int32)
        return cell, on


@functools.lru_cache(maxsize=4)
def _lattice(frame: Frame, places: tuple[tuple[str, Place], ...]) -> _Lattice:
    """One run asks about the same places several times."""
    return _Lattice(frame, places)


def _mixed(*columns: Floats) -> npt.NDArray[np.uint64]:
    """One number for each row of some columns: the same for rows that are the same, and very seldom for others."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mixed = (mixed ^ np.ascontiguousarray(column, np.float64).view(np.uint64)) * _ODD
    return mixed


class Locator:
    """The places of one agreement, ready to be asked about many points.

    ``shortcut=False`` measures every point; it exists for tests and for small evidence.
    """

    def __init__(self, frame: Frame, places: Mapping[str, Place], *, shortcut: bool = True) -> None:
        self.frame = frame
        self.places = dict(places)
        self._mass: dict[str, Mass] = {}
        self._lattice = _lattice(frame, tuple(self.places.items())) if shortcut and places else None

    def probabilities(
        self, lon: Floats, lat: Floats, sigma: Floats, rows: Mapping[str, npt.NDArray[np.int64]] | None = None
    ) -> dict[str, Millionths]:
        """For each place, millionths for each point; a point without a position (NaN) has 5 %.

        ``lon``, ``lat`` in degrees, ``sigma`` in metres, all of one length. ``rows`` names the points that a place is
        asked about (by number, in order); its answer then has one value for each of those, and places not named have none.
        """
        every = np.arange(len(lon))
        asked = [name for name in self.places if rows is None or name in rows]

        def of(name: str) -> Millionths:
            wanted = every if rows is None else rows[name]
            return self._one(name, self.places[name], lon[wanted], lat[wanted], sigma[wanted])

        decided = self._lattice is not None and len(every) < _FEW  # few points, and most of them far from any edge
        if len(asked) < 2 or decided or not any(name not in self._mass for name in asked):
            return {name: of(name) for name in asked}
        # a place is made ready when it is first asked about, which is work of GEOS that other threads need not wait for; what is asked most
        # begins first, so that nobody waits for it in the end
        most = sorted(asked, key=lambda name: len(every if rows is None else rows[name]), reverse=True)
        with ThreadPoolExecutor(min(len(asked), os.cpu_count() or 1)) as pool:
            made = dict(zip(most, pool.map(of, most), strict=True))
        return {name: made[name] for name in asked}

    def _one(self, name: str, place: Place, lon: Floats, lat: Floats, sigma: Floats) -> Millionths:
        open_ = np.isfinite(lon) & np.isfinite(lat)
        p = np.where(open_, 0, NOWHERE).astype(np.int32)
        if self._lattice is not None and len(lon):
            cell, on = self._lattice.cells(lon, lat)
            reach = np.maximum(CERTAIN * sigma, 2 * BEND)
            bounds = self._lattice.bounds[name]
            surely_in = on & (bounds.low[cell] >= reach)
            p[surely_in] = MILLION
            open_ &= ~surely_in & ~(on & (bounds.high[cell] <= -reach))
        rest = np.flatnonzero(open_)
        if len(rest):
            lon, lat, sigma = lon[rest], lat[rest], sigma[rest]
            order = np.argsort(_mixed(lon, lat, sigma))  # what is the same lies side by side
            lon, lat, sigma = lon[order], lat[order], sigma[order]
            first = np.ones(len(rest), np.bool_)
            first[1:] = (lon[1:] != lon[:-1]) | (lat[1:] != lat[:-1]) | (sigma[1:] != sigma[:-1])
            found = self._measured(name, place, lon[first], lat[first], sigma[first])
            p[rest[order]] = found[np.cumsum(first) - 1]
        return p

    def _measured(self, name: str, place: Place, lon: Floats, lat: Floats, sigma: Floats) -> Millionths:
        """Millionths for points that the lattice does not decide."""
        points = Points.of(self.frame, lon, lat, more_to_come=self._lattice is not None)
        if name not in self._mass:
            self._mass[name] = Mass(place.region)
        mass = self._mass[name]
        scaled = sigma * self.frame.scale(points.x, points.y)
        x, y = mass.beside(points.x, points.y, scaled)
        inside = mass.contains(x, y)
        close = np.flatnonzero(sigma < _TOUCHING)
        if len(close):
            drawn = np.where(sigma[close] == 0, -BEND, 0.0)  # who stands on an edge is in it, however it is drawn
            inside[close] = place.signed_distance(points.some(close)) >= drawn
        vague = np.flatnonzero((sigma > 0) & np.isfinite(x) & np.isfinite(y))
        inside[vague] = mass.of(x[vague], y[vague], scaled[vague], inside[vague])
        return np.rint(MILLION * inside).astype(np.int32)
