"""Places: areas, lines, distances from them, sides of them, and how far a point lies inside.

Every place answers one question, :meth:`Place.signed_distance`: how many metres a point lies inside its edge
(positive) or outside (negative). Distances are lengths on the WGS 84 ellipsoid: the foot of the perpendicular and the
straight way to it are found in the agreement's own conformal projection, and the length is divided by the
projection's scale in the middle of that way. Against the geodesic (Karney 2013) this errs by less than a centimetre at 15 km
and two metres at 100 km; a test compares. Edges between two given
vertices are straight in latitude and longitude (ADR 131).

How much of an uncertain report lies inside is asked of :attr:`Place.region`, the same place drawn in the projection with its
round parts round. :meth:`Place.outline` exists for drawing and for the area of coverage only.

Combinations follow the algebra of signed distances: ``AllOf`` is the least, ``AnyOf`` the greatest, ``Not``
the negative. That tells inside from outside; how far the edge is, where it is farther than that, tells the merged outline, on which
a border that two parts share is no edge.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.geo import region
from servanda.values.geo.nearest_edge import Edges
from servanda.values.geo.projection import GEOD, Floats, Frame, Points
from servanda.values.geo.region import Region

_FAR = 1.0e6  # metres: how far a line is run on straight beyond its ends to tell its sides


class Place(Protocol):
    """What every place can do; ``frame`` is shared by all places of an agreement."""

    def signed_distance(self, points: Points) -> Floats:
        """Metres inside (+) or outside (-) the edge, one per point; minus infinity where it cannot be told."""
        ...

    def outline(self) -> BaseGeometry:
        """A polygon in degrees for drawing and for areas; curved edges are approximated."""
        ...

    @property
    def region(self) -> Region:
        """What it covers in the projection, in projected metres; round edges are known to be round."""
        ...


class _Drawn(ABC):
    """A place whose outline is worked out once: it is asked for by every term that speaks of the place."""

    @property
    @abstractmethod
    def _shape(self) -> BaseGeometry: ...

    def outline(self) -> BaseGeometry:
        return self._shape


class _Made(_Drawn):
    """A place made of others; its edge is that of what they make together."""

    places: tuple[Place, ...]

    @property
    @abstractmethod
    def region(self) -> Region: ...

    @cached_property
    def _edges(self) -> Edges | None:
        outline = shapely.boundary(self.region.shape)
        return None if shapely.is_empty(outline) else Edges(_frame_of(self.places[0]), outline)

    def _measured(self, least: Floats, points: Points) -> Floats:
        """Distances to the merged outline, with the signs of ``least``, which are distances that are never too long."""
        if self._edges is None:
            return least
        metres = self._edges.distance(points)
        known = np.isfinite(least) & np.isfinite(metres)
        return np.where(known, np.where(least >= 0, np.maximum(least, metres), np.minimum(least, -metres)), least)


def _frame_of(place: Any) -> Frame:
    while not hasattr(place, "frame"):
        place = place.of if hasattr(place, "of") else place.place if hasattr(place, "place") else place.places[0]
    frame: Frame = place.frame
    return frame


@dataclass(frozen=True)
class Area:
    """A polygon or several, in degrees."""

    frame: Frame
    geometry: BaseGeometry

    @cached_property
    def region(self) -> Region:
        return region.of_polygons(self.frame, self.geometry)

    @cached_property
    def edges(self) -> Edges:
        return Edges(self.frame, self.region.shape.boundary)

    def signed_distance(self, points: Points) -> Floats:
        metres = self.edges.distance(points)
        inside = self.region.contains(points.x, points.y)
        return np.where(inside, metres, -metres)

    def outline(self) -> BaseGeometry:
        return self.geometry


@dataclass(frozen=True)
class Merged:
    """Several areas as one (:func:`any_of`), which are merged when that is first asked."""

    areas: tuple[Area, ...]

    @property
    def _whole(self) -> Place:
        if "whole" not in vars(self):  # cached_property has one lock for all that are merged, until Python 3.12
            vars(self)["whole"] = any_of(self.areas)
        whole: Place = vars(self)["whole"]
        return whole

    @property
    def frame(self) -> Frame:
        """The frame of all of them."""
        return self.areas[0].frame

    @property
    def region(self) -> Region:
        """That of the one area."""
        return self._whole.region

    def signed_distance(self, points: Points) -> Floats:
        return self._whole.signed_distance(points)

    def outline(self) -> BaseGeometry:
        return self._whole.outline()


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
    def vertices(self) -> Floats:
        """The projected vertices; one that stands twice in a row is one."""
        coords = shapely.get_coordinates(self.frame.project(self.geometry))
        keep = np.append(True, np.any(coords[1:] != coords[:-1], axis=1))
        return np.asarray(coords[keep], dtype=np.float64)

    @cached_property
    def run_on(self) -> BaseGeometry:
        """The projected line with both ends run on straight, so that it parts the land into two sides."""
        coords = self.vertices

        def beyond(tip: Floats, before: Floats) -> Floats:
            return np.asarray(tip + (tip - before) / np.hypot(*(tip - before)) * _FAR)

        return shapely.linestrings(np.vstack([beyond(coords[0], coords[1]), coords, beyond(coords[-1], coords[-2])]))

    @cached_property
    def sides(self) -> Edges:
        return Edges(self.frame, self.run_on)

    @property
    def region(self) -> Region:
        """Nothing: a line has no inside."""
        return Region(shapely.Polygon())

    def signed_distance(self, points: Points) -> Floats:
        """A line has no inside: minus the distance to it."""
        return -self.edges.distance(points)

    def outline(self) -> BaseGeometry:
        return self.geometry


@dataclass(frozen=True)
class Near(_Drawn):
    """All that lies within ``metres`` of a line or of an area (whose inside counts as near)."""

    of: Line | Area
    metres: float

    def signed_distance(self, points: Points) -> Floats:
        return self.metres + self.of.signed_distance(points)

    @cached_property
    def region(self) -> Region:
        of = self.of
        return region.within(of.frame, of.frame.project(of.geometry), of.edges, self.metres)

    @cached_property
    def _shape(self) -> BaseGeometry:
        frame = self.of.frame
        return frame.unproject(frame.project(self.of.geometry).buffer(self.metres, quad_segs=32))


@dataclass(frozen=True)
class Side(_Drawn):
    """All that lies on one named side of a line."""

    of: Line
    side: str

    def signed_distance(self, points: Points) -> Floats:
        metres = self.of.sides.sided_distance(points)
        return np.where(np.isfinite(metres), metres if self.side == self.of.left else -metres, -np.inf)

    @cached_property
    def region(self) -> Region:
        return region.half(self.of.frame, self.of.vertices, left=self.side == self.of.left)

    @cached_property
    def _shape(self) -> BaseGeometry:
        frame = self.of.frame
        around = shapely.buffer(frame.project(self.of.geometry), _FAR / 2)
        return frame.unproject(shapely.intersection(self.region.shape, shapely.box(*around.bounds)))


@dataclass(frozen=True)
class AllOf(_Made):
    """What lies in every one of several places."""

    places: tuple[Place, ...]

    def signed_distance(self, points: Points) -> Floats:
        least = np.asarray(np.minimum.reduce([place.signed_distance(points) for place in self.places]))
        return self._measured(least, points)

    @cached_property
    def region(self) -> Region:
        return region.intersection([place.region for place in self.places])

    @cached_property
    def _shape(self) -> BaseGeometry:
        shape = self.places[0].outline()
        for place in self.places[1:]:
            shape = (
                shape.difference(place.place.outline())
                if isinstance(place, Not)
                else shape.intersection(place.outline())
            )
        return shape


@dataclass(frozen=True)
class AnyOf(_Made):
    """What lies in at least one of several places."""

    places: tuple[Place, ...]

    def signed_distance(self, points: Points) -> Floats:
        least = np.asarray(np.maximum.reduce([place.signed_distance(points) for place in self.places]))
        return self._measured(least, points)

    @cached_property
    def region(self) -> Region:
        return region.union([place.region for place in self.places])

    @cached_property
    def _shape(self) -> BaseGeometry:
        return shapely.union_all([place.outline() for place in self.places])


@dataclass(frozen=True)
class Not(_Drawn):
    """What lies outside a place. Drawn only as a part of :class:`AllOf`."""

    place: Place

    def signed_distance(self, points: Points) -> Floats:
        metres = -self.place.signed_distance(points)
        return np.where(np.isposinf(metres), -np.inf, metres)

    @cached_property
    def region(self) -> Region:
        return region.complement(self.place.region)

    @cached_property
    def _shape(self) -> BaseGeometry:
        middle = _frame_of(self.place).middle
        return shapely.box(middle - 180.0, -90, middle + 180.0, 90).difference(self.place.outline())


def when_asked(places: tuple[Place, ...]) -> Place:
    """One place for several, as :func:`any_of` makes it, but not before something is asked of it, which for areas takes long."""
    areas = tuple(place for place in places if isinstance(place, Area))
    return Merged(areas) if len(areas) == len(places) > 1 else any_of(places)


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
    beyond = np.round((np.asarray(lon) - frame_lon) / 360.0)  # across the 180th meridian
    return shapely.polygons(np.column_stack([lon - 360.0 * beyond if beyond.any() else lon, lat]))


@dataclass(frozen=True)
class Disc(_Drawn):
    """All that lies within ``metres`` of one point, exactly (not a polygon)."""

    frame: Frame
    lon: float
    lat: float
    metres: float

    def signed_distance(self, points: Points) -> Floats:
        n = len(points)
        gap = GEOD.inv(points.lon, points.lat, np.full(n, self.lon), np.full(n, self.lat))[2]
        return np.asarray(self.metres - np.asarray(gap), dtype=np.float64)

    @cached_property
    def region(self) -> Region:
        return region.of_disc(self.frame, self.lon, self.lat, self.metres)

    @cached_property
    def _shape(self) -> BaseGeometry:
        return circle(self.lon, self.lat, self.metres)
