"""How probable it is that a report lies in a place, exactly, and fast for very many reports.

**Definition.** A report's position is a Gaussian whose 95 % radius is the report's own precision, so that
its standard deviation is ``precision / 2.4477`` (the square root of the 95 % point of chi-square with two
degrees of freedom). With ``d`` the signed distance to the place's edge, the probability of lying inside is
``Phi(d / sigma)``; ``d / sigma`` is rounded to four decimals, and beyond 4 the probability is 0 or 1. An exact
position (sigma 0) is inside when ``d >= 0``. Probabilities are kept as whole millionths, so that sums do not
depend on their order.

**Shortcut.** Over the extent of an agreement's places a lattice of cells knows between which bounds the signed
distance of anything in a cell lies (a signed distance changes by at most the distance moved). A report that
the bounds decide is never measured; only the others are. The shortcut changes no result: a test compares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servanda.values.space import GEOD, Floats, Frame, Place, Points

MILLION = 1_000_000
SIGMAS_PER_RADIUS_95 = math.sqrt(-2.0 * math.log(0.05))  # 2.4477
CERTAIN = 4.0
_STEPS = 10_000
Millionths = npt.NDArray[np.int32]


def _phi_table() -> Millionths:
    z = np.arange(-CERTAIN * _STEPS, CERTAIN * _STEPS + 1) / _STEPS
    values = [round(MILLION * 0.5 * (1.0 + math.erf(v / math.sqrt(2.0)))) for v in z]
    values[0], values[-1] = 0, MILLION
    return np.array(values, dtype=np.int32)


_PHI: Millionths | None = None


def inside(distance: Floats, sigma: Floats) -> Millionths:
    """The definition above: signed distances and standard deviations in metres to millionths."""
    global _PHI
    if _PHI is None:
        _PHI = _phi_table()
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sigma > 0, distance / sigma, np.where(distance >= 0, np.inf, -np.inf))
    step = np.rint(np.clip(z, -CERTAIN, CERTAIN) * _STEPS).astype(np.int64)
    return _PHI[step + int(CERTAIN * _STEPS)]


@dataclass(frozen=True)
class _Bounds:
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]


class Locator:
    """The places of one agreement, ready to be asked about many points.

    ``shortcut=False`` measures every point; it exists for tests and for small evidence.
    """

    _COARSE = 48  # coarse cells along the longer side
    _FINE = 10  # fine cells along each side of a coarse one
    _SLACK = 1.02  # projection and rounding, on the safe side

    def __init__(self, frame: Frame, places: Mapping[str, Place], *, shortcut: bool = True) -> None:
        self.frame = frame
        self.places = dict(places)
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
        self._nx, self._ny = nx * self._FINE, ny * self._FINE
        self._dx, self._dy = (east - west) / self._nx, (north - south) / self._ny
        self._bounds = {name: self._bound(place, nx, ny) for name, place in self.places.items()}

    def _radius(self, lat: Floats, factor: float) -> Floats:
        """Metres from the centre of a cell to its farthest corner (the corner nearer to the equator)."""
        half_x, half_y = self._dx * factor / 2, self._dy * factor / 2
        toward = np.where(lat >= 0, lat - half_y, lat + half_y)
        n = len(lat)
        metres = GEOD.inv(np.zeros(n), lat, np.full(n, half_x), toward)[2]
        return np.asarray(metres, dtype=np.float64) * self._SLACK

    def _bound(self, place: Place, nx: int, ny: int) -> _Bounds:
        """Bounds for every fine cell: from its own centre near an edge, from its coarse cell's elsewhere."""
        f = self._FINE
        lon = self._west + (np.arange(nx) + 0.5) * self._dx * f
        lat = self._south + (np.arange(ny) + 0.5) * self._dy * f
        lons, lats = (a.ravel() for a in np.meshgrid(lon, lat))
        distance = place.signed_distance(Points.of(self.frame, lons, lats))
        radius = self._radius(lats, f)
        low = np.repeat(np.repeat((distance - radius).reshape(ny, nx), f, axis=0), f, axis=1)
        high = np.repeat(np.repeat((distance + radius).reshape(ny, nx), f, axis=0), f, axis=1)
        near = np.repeat(np.repeat((np.abs(distance) < 3 * radius).reshape(ny, nx), f, axis=0), f, axis=1)
        row, column = np.nonzero(near)
        fine_lat = self._south + (row + 0.5) * self._dy
        fine = place.signed_distance(Points.of(self.frame, self._west + (column + 0.5) * self._dx, fine_lat))
        r = self._radius(fine_lat, 1)
        low[row, column], high[row, column] = fine - r, fine + r
        edge = np.float32(np.inf)
        return _Bounds(
            np.nextafter(low.astype(np.float32), -edge).ravel(), np.nextafter(high.astype(np.float32), edge).ravel()
        )

    def _cells(self, lon: Floats, lat: Floats) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        column = np.floor((lon - self._west) / self._dx)
        row = np.floor((lat - self._south) / self._dy)
        on = (column >= 0) & (column < self._nx) & (row >= 0) & (row < self._ny)
        cell = np.where(on, row * self._nx + column, 0.0).astype(np.int32)
        return cell, on

    def probabilities(self, lon: Floats, lat: Floats, sigma: Floats) -> dict[str, Millionths]:
        """For each place, millionths for each point; a point without a position (NaN) has 0.

        ``lon``, ``lat`` in degrees, ``sigma`` in metres, all of one length.
        """
        known = np.isfinite(lon) & np.isfinite(lat)
        reach = CERTAIN * sigma
        cell, on = self._cells(lon, lat) if self._shortcut and len(lon) else (None, None)
        out: dict[str, Millionths] = {}
        for name, place in self.places.items():
            p = np.zeros(len(lon), np.int32)
            if cell is not None and on is not None:
                bounds = self._bounds[name]
                surely_in = on & (bounds.low[cell] >= np.maximum(reach, 1e-3))
                surely_out = on & (bounds.high[cell] <= -np.maximum(reach, 1e-3))
                p[surely_in] = MILLION
                rest = np.flatnonzero(known & ~surely_in & ~surely_out)
            else:
                rest = np.flatnonzero(known)
            if len(rest):
                distance = place.signed_distance(Points.of(self.frame, lon[rest], lat[rest]))
                p[rest] = inside(distance, sigma[rest])
            out[name] = p
        return out
