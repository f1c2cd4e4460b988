"""Places drawn in the agreement's projection: polygons whose round parts are known to be round.

A :class:`Region` is a polygon (or several) in projected metres. Where an edge is a chord of an arc (around a point, around
the bend of a line), the arc is kept beside it; unions, intersections and complements are made of the polygons, and what is left
of each arc is found again on their outlines. :func:`pieces_of` gives the outline as what it is: straight edges and arcs,
with the inside on the left.

A distance from a line or an area is a length on the ellipsoid, so that the outline of all that lies within it is moved, vertex by
vertex, to where it measures that length. What is drawn so lies within a millimetre of the definition (a test measures it).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.geo.nearest_edge import Edges
from servanda.values.geo.projection import GEOD, Floats, Frame, Wholes

_SAGITTA = 0.1  # metres between a chord and its arc, at most, where that takes no more than _QUARTER chords
_QUARTER = 256  # chords in a quarter of a circle, at most
_FIRST_ASKED = threading.Lock()
_TURN = math.pi / 6  # an arc turns by no more than this
_ARC = 20_000.0  # metres: nor is it longer, because a circle on the earth is one in the projection only nearly
_STRETCH = 6.0e5  # over the root of the metres: what is straight around a line on the earth bends by a millimetre in the projection
_BEYOND = 2.0e7  # metres: farther than any place reaches
_SAME = 1e-3  # metres: nearer than this a chord lies on the chord it was cut from


@dataclass(frozen=True)
class Arcs:
    """Arcs of circles, and the chords that stand for them in polygons; ``owner`` tells which arc each chord is of."""

    centre: Floats
    radius: Floats
    chords: Floats  # n x 2 x 2: from, to
    owner: Wholes

    @staticmethod
    def joined(parts: Sequence[Arcs]) -> Arcs:
        """All arcs of several; an arc that several have is one."""
        begin = np.cumsum([0, *(len(part.radius) for part in parts)])
        circles = [np.zeros((0, 3)), *(np.column_stack([part.centre, part.radius]) for part in parts)]
        circle, same = np.unique(np.concatenate(circles), axis=0, return_inverse=True)
        owner = np.concatenate(
            [np.zeros(0, np.int64), *(part.owner + n for part, n in zip(parts, begin, strict=False))]
        )
        chords = np.concatenate([np.zeros((0, 2, 2)), *(part.chords for part in parts)])
        return Arcs(circle[:, :2], circle[:, 2], chords, same[owner])


NO_ARCS = Arcs.joined([])


@dataclass(frozen=True)
class Region:
    """A place in projected metres: polygons, and the arcs that some of their edges are chords of."""

    shape: BaseGeometry
    arcs: Arcs = NO_ARCS

    def contains(self, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
        """Which points lie inside, to the thickness of a chord. Many threads may ask at once.

        GEOS makes the index of a prepared shape when it is asked for the second time, without a lock: two threads that ask then write over
        each other's memory. So the first questions are asked alone; later ones only read.
        """
        with _FIRST_ASKED:
            if not shapely.is_prepared(self.shape):
                shapely.prepare(self.shape)
                west, south, east, north = self.shape.bounds
                shapely.contains_xy(self.shape, np.full(4, (west + east) / 2), np.full(4, (south + north) / 2))
        return np.asarray(shapely.contains_xy(self.shape, x, y), dtype=np.bool_)


@dataclass(frozen=True)
class Pieces:
    """An outline: straight edges and arcs, each with the inside on its left; all arrays have the same length.

    ``radius`` is 0 for a straight edge; ``start`` and ``sweep`` are the arc's first angle around ``centre`` and its turn,
    positive to the left.
    """

    a: Floats
    b: Floats
    centre: Floats
    radius: Floats
    start: Floats
    sweep: Floats

    @cached_property
    def columns(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The coordinates of ``a`` and ``b``, each in one block."""
        return self.a[:, 0].copy(), self.a[:, 1].copy(), self.b[:, 0].copy(), self.b[:, 1].copy()

    def boxes(self) -> npt.NDArray[np.object_]:
        """A box around each piece."""
        bulge = self.radius * (1.0 - np.cos(self.sweep / 2.0))
        low = np.minimum(self.a, self.b) - bulge[:, None]
        high = np.maximum(self.a, self.b) + bulge[:, None]
        return np.asarray(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]), dtype=object)


# -- what places are drawn as ---------------------------------------------------------------------------------------


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Its polygons, valid and merged, without what has no inside."""
    if not shapely.is_valid(geometry):
        geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def of_polygons(frame: Frame, geometry: BaseGeometry) -> Region:
    """Polygons given in degrees; edges between their vertices are straight in these."""
    return Region(_polygons(frame.project(geometry)))


def of_disc(frame: Frame, lon: float, lat: float, metres: float) -> Region:
    """All within some metres of a point, as a geodesic measures them."""
    turns = math.ceil(2 * math.pi / _turn_of(metres))
    n = turns * max(2, math.ceil(4 * _chords_of_quarter(metres) / turns))
    bearing = np.linspace(360, 0, n, endpoint=False)  # to the left
    to = GEOD.fwd(np.full(n, lon), np.full(n, lat), bearing, np.full(n, metres))
    ring = np.column_stack(frame.to_xy(np.asarray(to[0]), np.asarray(to[1])))
    ring = np.vstack([ring, ring[:1]])
    each = n // turns
    first = np.arange(turns) * each
    centre, radius = _circles(ring[first], ring[first + each // 2], ring[first + each])
    chords = np.stack([ring[:-1], ring[1:]], axis=1)
    return Region(_polygons(shapely.polygons(ring)), Arcs(centre, radius, chords, np.repeat(np.arange(turns), each)))


def within(frame: Frame, geometry: BaseGeometry, edges: Edges, metres: float) -> Region:
    """All within some metres of a line, or of an area with its inside, in projected metres; ``edges`` are theirs."""
    middle = shapely.get_coordinates(geometry)
    scale = float(np.mean(frame.scale(middle[:, 0], middle[:, 1])))
    shape = shapely.buffer(geometry, metres * scale, quad_segs=_chords_of_quarter(metres))
    shape = _moved(frame, edges, _polygons(shapely.segmentize(shape, _STRETCH / math.sqrt(metres))), metres)
    chords = _edges_of(shape)[0]
    of = _nearest(edges, chords.mean(axis=1))
    around = np.flatnonzero(of.bend)  # nearest to a vertex: a chord of a circle around it
    if not len(around):
        return Region(shape)
    chords, foot = chords[around], of.at[around]
    radius = metres * frame.scale(*foot.T)
    turn = 2.0 * np.arcsin(np.clip(_lengths(chords) / 2.0 / radius, 0, 1))
    owner = _runs(chords, foot, turn / _turn_of(metres))
    first = np.searchsorted(owner, np.arange(owner[-1] + 1))
    last = np.append(first[1:], len(owner)) - 1
    centre, size = _around(chords[first, 0], chords[last, 1], foot[first], radius[first])
    return Region(shape, Arcs(centre, size, chords, owner))


def half(frame: Frame, line: Floats, *, left: bool) -> Region:
    """All on one side of a line given in projected metres, which runs on straight beyond its ends."""
    reach = np.abs(line).max() + _BEYOND / 4
    ends = [line[0] + _unit(line[0] - line[1]) * 4 * reach, line[-1] + _unit(line[-1] - line[-2]) * 4 * reach]
    whole = shapely.linestrings(np.vstack([ends[0], line, ends[1]]))
    box = shapely.box(*shapely.bounds(shapely.buffer(shapely.linestrings(line), reach)))
    pieces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all([whole, box.boundary]))]))
    edges = Edges(frame, whole)
    tip = shapely.get_coordinates(shapely.point_on_surface(pieces))
    on_left = edges.on_left(tip[:, 0], tip[:, 1])
    return Region(_polygons(shapely.union_all(pieces[on_left == left])))


def intersection(regions: Sequence[Region]) -> Region:
    """What lies in every one of several."""
    shape = regions[0].shape
    for region in regions[1:]:
        shape = shapely.intersection(shape, region.shape)
    return Region(_polygons(shape), Arcs.joined([region.arcs for region in regions]))


def union(regions: Sequence[Region]) -> Region:
    """What lies in at least one of several: an edge that two of them share is none."""
    shape = shapely.union_all([region.shape for region in regions])
    return Region(_polygons(shape), Arcs.joined([region.arcs for region in regions]))


def complement(region: Region) -> Region:
    """All that lies outside of a region."""
    everything = shapely.box(-2 * _BEYOND, -2 * _BEYOND, 2 * _BEYOND, 2 * _BEYOND)
    return Region(_polygons(shapely.difference(everything, region.shape)), region.arcs)


# -- outlines -------------------------------------------------------------------------------------------------------


def pieces_of(region: Region) -> Pieces:
    """The outline of a region, with the inside on the left of every piece."""
    chords, ring = _edges_of(shapely.orient_polygons(region.shape))
    owner = _owners(chords, region.arcs)
    begins = np.ones(len(owner), np.bool_)  # a chord that goes on with the arc of the one before belongs to its piece
    begins[1:] = (owner[1:] < 0) | (owner[1:] != owner[:-1]) | (ring[1:] != ring[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(owner))[: len(first)] - 1
    a, b, arc = chords[first, 0], chords[last, 1], owner[first]
    straight = arc < 0
    centre, radius = np.zeros((len(a), 2)), np.zeros(len(a))
    centre[~straight], radius[~straight] = region.arcs.centre[arc[~straight]], region.arcs.radius[arc[~straight]]
    start = np.where(straight, 0.0, np.arctan2(*(a - centre).T[::-1]))
    sweep = np.where(straight, 0.0, _wrapped(np.arctan2(*(b - centre).T[::-1]) - start))
    on_a = np.where(straight[:, None], a, centre + radius[:, None] * np.column_stack([np.cos(start), np.sin(start)]))
    end = start + sweep
    on_b = np.where(straight[:, None], b, centre + radius[:, None] * np.column_stack([np.cos(end), np.sin(end)]))
    gaps = np.concatenate([np.stack([a, on_a], axis=1), np.stack([on_b, b], axis=1)])  # so that the outline is closed
    gaps = gaps[_lengths(gaps) > 1e-6]
    none, nought = np.zeros((len(gaps), 2)), np.zeros(len(gaps))
    return Pieces(
        np.concatenate([on_a, gaps[:, 0]]),
        np.concatenate([on_b, gaps[:, 1]]),
        np.concatenate([centre, none]),
        np.concatenate([radius, nought]),
        np.concatenate([start, nought]),
        np.concatenate([sweep, nought]),
    )


def _edges_of(shape: BaseGeometry) -> tuple[Floats, Wholes]:
    """All edges of polygons, from and to, in the order of their rings, and which ring each is of."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    chords = np.stack([xy[:-1], xy[1:]], axis=1)
    keep = (ring[:-1] == ring[1:]) & np.any(xy[:-1] != xy[1:], axis=1)
    return chords[keep], np.asarray(ring[:-1][keep], dtype=np.int64)


def _owners(chords: Floats, arcs: Arcs) -> Wholes:
    """Which arc each chord is a part of; -1 for a straight edge."""
    owner = np.full(len(chords), -1, np.int64)
    if not len(arcs.owner) or not len(chords):
        return owner
    whole = _found_whole(chords, arcs.chords)
    owner[whole >= 0] = arcs.owner[whole[whole >= 0]]
    rest = np.flatnonzero(whole < 0)
    if not len(rest):
        return owner
    cut = chords[rest]
    tree = shapely.STRtree(shapely.linestrings(arcs.chords))
    edge, of = tree.query_nearest(shapely.points(cut.mean(axis=1)), max_distance=_SAME, all_matches=False)
    along = np.abs(_cross(cut[edge, 1] - cut[edge, 0], arcs.chords[of, 1] - arcs.chords[of, 0]))
    parallel = along <= 1e-3 * _lengths(cut[edge]) * _lengths(arcs.chords[of]) + _SAME * _lengths(arcs.chords[of])
    owner[rest[edge[parallel]]] = arcs.owner[of[parallel]]
    return owner


def _found_whole(chords: Floats, among: Floats) -> Wholes:
    """Which of some chords each is, in either direction; -1 for one that is none of them, or is there several times."""
    here, there = (some.mean(axis=1).view(np.complex128)[:, 0] for some in (chords, among))  # the middle is one number
    order = np.argsort(there)
    low, high = (np.searchsorted(there, here, side=side, sorter=order) for side in ("left", "right"))
    one = order[np.minimum(low, len(order) - 1)]
    same = (chords == among[one]).all(axis=(1, 2)) | (chords == among[one, ::-1]).all(axis=(1, 2))
    return np.where((high == low + 1) & same, one, -1)


# -- circles --------------------------------------------------------------------------------------------------------


def _turn_of(metres: float) -> float:
    """How far an arc of such a radius turns, at most."""
    return min(_TURN, _ARC / metres)


def _chords_of_quarter(metres: float) -> int:
    return int(np.clip(math.ceil(math.pi / 2 / math.sqrt(8 * _SAGITTA / metres)), 8, _QUARTER))


@dataclass(frozen=True)
class _Nearest:
    """What is nearest to each of some points: a straight edge through ``at`` in direction ``along``, or the vertex ``at`` of a bend."""

    at: Floats
    along: Floats
    bend: npt.NDArray[np.bool_]

    def foot(self, xy: Floats) -> Floats:
        """The foot of the perpendicular from other points."""
        share = np.where(self.bend, 0.0, np.sum((xy - self.at) * self.along, axis=1))
        return np.asarray(self.at + share[:, None] * self.along, dtype=np.float64)

    def some(self, rows: Wholes) -> _Nearest:
        return _Nearest(self.at[rows], self.along[rows], self.bend[rows])


def _nearest(edges: Edges, xy: Floats) -> _Nearest:
    edge, t, x, y = edges.nearest(xy[:, 0], xy[:, 1])
    step = edges.b[edge] - edges.a[edge]
    return _Nearest(np.column_stack([x, y]), step / np.hypot(*step.T)[:, None], (t <= 0.0) | (t >= 1.0))


def _moved(frame: Frame, edges: Edges, shape: BaseGeometry, metres: float) -> BaseGeometry:
    """A buffer's outline moved to where it measures its distance: each corner from what is nearest to the edge before it and after it."""
    chords, ring = _edges_of(shape)
    after = _nearest(edges, chords.mean(axis=1))
    first = np.searchsorted(ring, ring)
    last = np.searchsorted(ring, ring, side="right") - 1
    row = np.arange(len(ring))
    before = after.some(np.where(row == first, last, row - 1))
    corner = chords[:, 0]
    for _ in range(3):
        (way_a, short_a), (way_b, short_b) = (_short(frame, of, corner, metres) for of in (before, after))
        turn = _cross(way_a, way_b)
        sharp = np.abs(turn) > 0.02
        safe = np.where(sharp, turn, 1.0)
        both = np.column_stack(
            [
                (short_a * way_b[:, 1] - short_b * way_a[:, 1]) / safe,
                (short_b * way_a[:, 0] - short_a * way_b[:, 0]) / safe,
            ]
        )
        smooth = (way_a * short_a[:, None] + way_b * short_b[:, None]) / 2
        corner = corner + np.where(sharp[:, None], both, smooth)
    rings = [shapely.linearrings(some) for some in np.split(corner, np.flatnonzero(np.diff(ring)) + 1)]
    begin = np.cumsum([0, *(1 + shapely.get_num_interior_rings(shapely.get_parts(shape)))])
    return _polygons(
        shapely.multipolygons(
            [shapely.Polygon(rings[low], rings[low + 1 : high]) for low, high in pairwise(begin.tolist())]
        )
    )


def _short(frame: Frame, of: _Nearest, xy: Floats, metres: float) -> tuple[Floats, Floats]:
    """The direction away from what is nearest, and how far a point is short of its distance in that direction."""
    foot = of.foot(xy)
    gap = xy - foot
    away = np.maximum(np.hypot(*gap.T), 1e-9)
    return gap / away[:, None], metres * frame.scale(*((xy + foot) / 2).T) - away


def _runs(chords: Floats, foot: Floats, turn: Floats) -> Wholes:
    """Numbers of the arcs that chords make one after another: around one foot, and turning no more than an arc may, which is 1."""
    goes_on = np.zeros(len(chords), np.bool_)
    goes_on[1:] = np.all(chords[1:, 0] == chords[:-1, 1], axis=1) & (np.hypot(*(foot[1:] - foot[:-1]).T) < _SAME)
    chain = np.cumsum(~goes_on) - 1
    turned = np.cumsum(turn) - turn
    part = np.floor((turned - turned[np.searchsorted(chain, chain)]) * (1 + 1e-9))
    return np.asarray(np.cumsum(~goes_on | (np.diff(part, prepend=part[:1]) != 0)) - 1, dtype=np.int64)


def _around(a: Floats, b: Floats, near: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """The circles of given radii through two points each, with the centre on the side of a third."""
    middle, step = (a + b) / 2, b - a
    half_chord = np.maximum(np.hypot(*step.T) / 2, 1e-9)
    radius = np.maximum(radius, half_chord)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / (2 * half_chord)[:, None]
    side = np.where(_cross(step, near - a) >= 0, 1.0, -1.0)
    return middle + normal * (side * np.sqrt(radius**2 - half_chord**2))[:, None], radius


def _circles(a: Floats, m: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The circles through three points each."""
    u, v = m - a, b - a
    twice = 2 * _cross(u, v)
    uu, vv = np.sum(u * u, axis=1), np.sum(v * v, axis=1)
    x, y = (v[:, 1] * uu - u[:, 1] * vv) / twice, (u[:, 0] * vv - v[:, 0] * uu) / twice
    return a + np.column_stack([x, y]), np.hypot(x, y)


def _cross(u: Floats, v: Floats) -> Floats:
    return np.asarray(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], dtype=np.float64)


def _lengths(chords: Floats) -> Floats:
    return np.asarray(np.hypot(*(chords[:, 1] - chords[:, 0]).T), dtype=np.float64)


def _unit(v: Floats) -> Floats:
    return np.asarray(v / np.hypot(*v), dtype=np.float64)


def _wrapped(angle: Floats) -> Floats:
    """Angles between minus and plus half a turn."""
    return np.asarray(np.mod(angle + math.pi, 2 * math.pi) - math.pi, dtype=np.float64)
