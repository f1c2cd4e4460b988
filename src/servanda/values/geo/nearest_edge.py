"""The straight edges of lines and outlines, and the nearest of them for many points at once."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.geo.projection import Floats, Frame, Points, Wholes

_STRIDE = 4_000_000  # cells in one column of the table of candidate edges


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

    def __getstate__(self) -> dict[str, object]:
        """All but the lock, which holds in one process only."""
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._lock = threading.Lock()

    def nearest(self, x: Floats, y: Floats, *, keep: bool = False) -> tuple[Wholes, Floats, Floats, Floats]:
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

    def _candidates(self, cells: Wholes) -> tuple[Wholes, Wholes]:
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

    def _nearest_by_cell(self, x: Floats, y: Floats, cells: Wholes, member: Wholes) -> Wholes:
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

    def _squared(self, edge: Wholes, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
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

    def on_left(self, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
        """Which points, in projected metres, lie to the left of the edges' own direction, or on an edge."""
        edge, t, foot_x, foot_y = self.nearest(x, y)
        return self._left(edge, t, x - foot_x, y - foot_y)

    def _left(self, edge: Wholes, t: Floats, dx: Floats, dy: Floats) -> npt.NDArray[np.bool_]:
        normal = self._normals(edge, t)
        return np.asarray(dx * normal[:, 0] + dy * normal[:, 1] >= 0, dtype=np.bool_)

    def _measure(self, points: Points, *, sided: bool) -> Floats:
        out = np.full(len(points), np.inf)
        good = np.isfinite(points.x) & np.isfinite(points.y)
        if not good.any():
            return out
        x, y = points.x[good], points.y[good]
        edge, t, foot_x, foot_y = self.nearest(x, y, keep=points.more_to_come)
        metres = np.hypot(x - foot_x, y - foot_y) / self.frame.scale((x + foot_x) / 2, (y + foot_y) / 2)
        if sided:
            metres = np.where(self._left(edge, t, x - foot_x, y - foot_y), metres, -metres)
        out[good] = metres
        return out

    def _normals(self, edge: Wholes, t: Floats) -> Floats:
        """Unit normals to the left; at a corner the sum of both edges' normals."""
        step = (self.b - self.a) / np.sqrt(self.length2)[:, None]
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        other = np.where(t >= 1.0, edge + 1, np.where(t <= 0.0, edge - 1, edge))
        inside = (other >= 0) & (other < len(normal))
        other = np.where(inside, other, edge)
        joined = self.chain[other] == self.chain[edge]
        other = np.where(joined, other, edge)
        return np.asarray(normal[edge] + normal[other], dtype=np.float64)
