"""The cells of a place, and how much of each a watch covers or a gap takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.geo.projection import BEND, GEOD, Floats, Frame

CELLS = 900
MOST_CUT = 2 * CELLS
"""Where more cells would come of cutting them, they stay whole."""
_SLIVER = 1e-6, 1e-3
"""So much of a cell at the least, and at the most, is what drawing an edge twice may differ by, and no part of it."""
_WIDE = 2 * BEND
"""Metres: nor is what is less wide than this along a cell."""


def _areas(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Shapes without the points and lines in which an edge may touch them."""
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for n in mixed:
        shapes[n] = shapely.union_all([part for part in shapely.get_parts(shapes[n]) if part.area > 0])
    return shapes


@dataclass(frozen=True)
class Cells:
    """The cells of a place: outlines in metres of the frame (``None`` for everywhere), and each one's share of the area.

    ``square_metres``: the area of all of them on the ellipsoid; ``None`` for everywhere.
    """

    frame: Frame | None
    metres: npt.NDArray[np.object_]
    share: Floats
    square_metres: float | None = None
    drawing: float = 0.0
    """So little of the place is drawing."""
    _known: dict[int, tuple[BaseGeometry, Floats]] = field(default_factory=dict, repr=False, compare=False)
    _alike: dict[BaseGeometry, Floats] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(frame: Frame | None, outline: BaseGeometry | None) -> Cells:
        """Cells over an outline in degrees; one cell for everywhere (``None``)."""
        if outline is None or frame is None:
            return Cells(None, np.array([None], object), np.array([1.0]))
        shape = frame.project(outline)
        shapely.prepare(shape)
        west, south, east, north = shape.bounds
        side = math.sqrt(shape.area / CELLS)
        # From large boxes to small ones, keeping only those that touch the place: it may be thin, or in far parts.
        halvings = max(0, math.ceil(math.log2(max(east - west, north - south, side) / side)))
        x, y = np.array([west]), np.array([south])
        for n in range(halvings, -1, -1):
            now = side * 2**n
            keep = shapely.intersects(shape, shapely.box(x, y, x + now, y + now))
            x, y = x[keep], y[keep]
            if n:
                half = now / 2
                x = np.concatenate([x, x + half, x, x + half])
                y = np.concatenate([y, y, y + half, y + half])
        order = np.lexsort((x, y))
        boxes = shapely.box(x[order], y[order], x[order] + side, y[order] + side)
        inside = shapely.contains(shape, boxes)
        cut = boxes.copy()
        cut[~inside] = shapely.intersection(boxes[~inside], shape)
        area = shapely.area(cut)
        cut, area = cut[area > 0], area[area > 0]
        whole = abs(float(GEOD.geometry_area_perimeter(outline)[0]))
        return Cells(frame, cut, area / area.sum(), whole, float(np.clip(_WIDE / side, *_SLIVER)) / CELLS)

    def cut(self, shapes: Iterable[BaseGeometry | None]) -> Cells:
        """The same cells, those that an edge of some shapes crosses cut into their parts: two watches with a common border leave no hole along it.

        Args:
            shapes: where watches look and gaps lie, in degrees; ``None`` is everywhere.

        Returns:
            Cells of the same place; these same where too many would come of it.
        """
        distinct = sorted({shapely.to_wkb(where): where for where in shapes if where is not None}.items())
        if self.frame is None:
            return self
        metres, share = self.metres, self.share
        for _, where in distinct:
            shape = self.frame.project(where)
            shapely.prepare(shape)
            crossed = np.flatnonzero(shapely.intersects(shape, metres) & ~shapely.covers(shape, metres))
            inside = shapely.intersection(metres[crossed], shape)
            part = shapely.area(inside) / shapely.area(metres[crossed])
            own = share[crossed]
            both = (own * part > self.drawing) & (own * (1.0 - part) > self.drawing)
            left, at = part[both], crossed[both]
            pieces = [inside[both], shapely.difference(metres[at], shape)]
            metres = np.concatenate([np.delete(metres, at), *map(_areas, pieces)])
            share = np.concatenate([np.delete(share, at), own[both] * left, own[both] * (1.0 - left)])
            if len(metres) > MOST_CUT:
                return self
        return Cells(self.frame, metres, share, self.square_metres, self.drawing)

    def covered(self, where: BaseGeometry | None, *, gap: bool = False) -> Floats:
        """The share of each cell that lies in a geometry (degrees); all of it for everywhere.

        Of everywhere a bounded watch sees nothing, and a bounded gap takes all: nobody knows where in it an act may fall.
        """
        n = len(self.share)
        if where is None:
            return np.ones(n)
        if self.frame is None:
            return np.ones(n) if gap else np.zeros(n)
        if id(where) not in self._known:
            if where not in self._alike:  # many watches stand in one place
                self._alike[where] = self._measured(where)
            self._known[id(where)] = (where, self._alike[where])
        return self._known[id(where)][1]

    def surely(self, where: BaseGeometry | None, *, gap: bool = False) -> Floats:
        """1 for each cell that a watch covers as a whole, or that a gap touches at all; 0 for the others."""
        covered = self.covered(where, gap=gap)
        if gap:
            return (covered * self.share > self.drawing).astype(np.float64)
        return ((1.0 - covered) * self.share <= self.drawing).astype(np.float64)

    def _measured(self, where: BaseGeometry) -> Floats:
        assert self.frame is not None
        shape = self.frame.project(where)
        shapely.prepare(shape)
        out = np.zeros(len(self.share))
        whole = shapely.covers(shape, self.metres)
        out[whole] = 1.0
        part = ~whole & shapely.intersects(shape, self.metres)
        cells = self.metres[part]
        out[part] = shapely.area(shapely.intersection(cells, shape)) / shapely.area(cells)
        return np.minimum(np.round(out, 9), 1.0)
