"""From the places as the file writes them to places that can be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.agreement.resolve.beside import Beside
from servanda.agreement.resolve.geofile import MapFiles, Unusable
from servanda.agreement.schema import file as written
from servanda.errors import Fault
from servanda.values.document import Document
from servanda.values.geo.meridian import in_one_stretch, unrolled
from servanda.values.geo.projection import Frame
from servanda.values.geo.shapes import AllOf, Area, Disc, Line, Near, Not, Place, Side, any_of, circle
from servanda.values.quantity import parse_length, parse_radius

_frame = lru_cache(maxsize=32)(Frame)
"""One that was worked out for an extent is that of every agreement there: nothing in it changes."""
_WAYS = ("file", "at", "polygon", "line", "of", "any_of", "all_of")


class _PlaceError(ValueError):
    """Something wrong with one place: what, how to correct it, and the key it stands at.

    Without ``what`` it stands for a fault that was already noted at another place.
    """

    def __init__(self, what: str = "", hint: str = "", key: str = "", *, code: str = "AGR060") -> None:
        super().__init__(what)
        self.what, self.hint, self.key, self.code = what, hint, key, code


def build_places(
    specs: Mapping[str, written.Place], document: Document, beside: Beside, faults: list[Fault]
) -> tuple[Frame | None, dict[str, Place]]:
    """Measure every place. Adds to ``faults``; the places that are sound come back all the same."""
    shapes: dict[str, BaseGeometry] = {}
    maps = MapFiles(beside)
    for name, spec in specs.items():
        try:
            shape = _own_shape(spec, maps)
            if shape is not None:
                shapes[name] = shape
        except _PlaceError as error:
            faults.append(_fault(document, name, error))
    if not shapes:
        if not faults:
            faults.extend(
                _fault(document, name, _PlaceError("leads to no coordinates", "give a file, 'at', 'polygon' or 'line'"))
                for name in specs
            )
        return None, {}
    shapes = in_one_stretch(shapes)
    for name in [name for name, shape in shapes.items() if shape.bounds[2] - shape.bounds[0] > 180]:
        del shapes[name]
        wide = _PlaceError("reaches more than half way around the earth", "use a part of it", code="AGR061")
        faults.append(_fault(document, name, wide))
    if not shapes:
        return None, {}
    frame = _frame(_extent(specs, shapes))
    builder = _Builder(frame, specs, shapes, maps)
    places: dict[str, Place] = {}
    for name in specs:
        try:
            places[name] = builder.place(name)
        except _PlaceError as error:
            fault = _fault(document, name, error)
            if fault not in faults and error.what:
                faults.append(fault)
    return frame, places


def _fault(document: Document, name: str, error: _PlaceError) -> Fault:
    path = ("places", name, error.key) if error.key else ("places", name)
    return document.fault(path, f"place {name!r}: {error.what}", error.hint, code=error.code)


def _extent(
    specs: Mapping[str, written.Place], shapes: Mapping[str, BaseGeometry]
) -> tuple[float, float, float, float]:
    bounds = np.array([shape.bounds for shape in shapes.values()])
    reach = 0.0
    for spec in specs.values():
        for length in (spec.within, spec.width):
            try:
                reach = max(reach, parse_length(length) if length else 0.0)
            except ValueError:
                continue
    pad = reach / 111_000
    return (
        float(bounds[:, 0].min() - pad),
        float(max(bounds[:, 1].min() - pad, -85)),
        float(bounds[:, 2].max() + pad),
        float(min(bounds[:, 3].max() + pad, 85)),
    )


def _own_shape(spec: written.Place, maps: MapFiles) -> BaseGeometry | None:
    """The geometry that a place brings itself, in degrees; ``None`` when it is made of other places."""
    ways = [way for way in _WAYS if getattr(spec, way) is not None]
    if len(ways) != 1:
        given = ", ".join(ways) if ways else "none"
        raise _PlaceError(f"must be given in exactly one way; given: {given}", f"keep one of {', '.join(_WAYS)}")
    if spec.sides and not (spec.line or spec.file):
        raise _PlaceError(
            "'sides' belong to a line", "give the line itself, or move 'sides' to it", "sides", code="AGR064"
        )
    if spec.file is not None:
        return _from_file(spec, maps)
    for key in ("id", "layer", "by", "date", "crs"):
        if getattr(spec, key) is not None:
            raise _PlaceError(f"{key!r} goes with a file", "give the 'file', or take it out", key, code="AGR064")
    if spec.at is not None:
        lon, lat = _lonlat([spec.at], "at")[0]
        if spec.radius is None:
            raise _PlaceError(
                "a point needs a radius to be a place", "add for example 'radius: 5 km'", "at", code="AGR062"
            )
        return circle(lon, lat, _length(spec.radius, "radius", parse_radius))
    if spec.polygon is not None:
        if len(spec.polygon) < 3:
            raise _PlaceError("a polygon needs at least three corners", "", "polygon", code="AGR062")
        corners = _lonlat(spec.polygon, "polygon")
        if abs(corners[-1, 0] - corners[0, 0]) > 180:
            raise _PlaceError("goes around a pole", "use a part of it", "polygon", code="AGR061")
        shape: BaseGeometry = shapely.polygons(corners)
        if not shapely.is_valid(shape):
            raise _PlaceError(
                f"the polygon crosses itself: {shapely.is_valid_reason(shape)}",
                "check the order of the corners",
                "polygon",
                code="AGR062",
            )
        return shape
    if spec.line is not None:
        if len(spec.line) < 2:
            raise _PlaceError("a line needs at least two vertices", "", "line", code="AGR062")
        if len({tuple(pair) for pair in spec.line}) < 2:
            raise _PlaceError("all vertices of the line are the same", "", "line", code="AGR062")
        return shapely.linestrings(_lonlat(spec.line, "line"))
    return None


def _from_file(spec: written.Place, maps: MapFiles) -> BaseGeometry:
    try:
        shape = maps.geometry(spec)
    except Unusable as error:
        raise _PlaceError(
            str(error), error.hint, error.key if getattr(spec, error.key) is not None else "file", code="AGR065"
        ) from None
    except ValueError as error:
        raise _PlaceError(str(error), "", "file", code="AGR065") from None
    if spec.radius is None:
        return shape
    return circle(shape.x, shape.y, _length(spec.radius, "radius", parse_radius))


def _lonlat(pairs: list[list[float]], key: str) -> np.ndarray:
    for pair in pairs:
        if len(pair) != 2 or not (abs(pair[0]) <= 90 and abs(pair[1]) <= 180):
            raise _PlaceError(
                f"not a valid position: {pair!r}",
                "write [latitude, longitude]: latitude first (within 90), then longitude (within 180)",
                key,
                code="AGR062",
            )
    lonlat = np.array([[lon, lat] for lat, lon in pairs], dtype=float)
    lonlat[:, 0] = unrolled(lonlat[:, 0])
    return lonlat


def _length(text: str, key: str, read: Callable[[object], float] = parse_length) -> float:
    try:
        return read(text)
    except ValueError as error:
        raise _PlaceError(str(error), "", key, code="AGR062") from None


class _Builder:
    def __init__(
        self,
        frame: Frame,
        specs: Mapping[str, written.Place],
        shapes: Mapping[str, BaseGeometry],
        maps: MapFiles,
    ) -> None:
        self.frame, self.specs, self.shapes, self.maps = frame, specs, shapes, maps
        self.done: dict[str, Place] = {}
        self.path: list[str] = []

    def place(self, name: str) -> Place:
        if name in self.done:
            return self.done[name]
        if name in self.path:
            raise _PlaceError(
                f"is made of itself ({' -> '.join([*self.path, name])})", "break the circle", code="AGR063"
            )
        self.path.append(name)
        try:
            self.done[name] = self._build(name)
            return self.done[name]
        finally:
            self.path.pop()

    def _other(self, name: str, key: str) -> Place:
        if name not in self.specs:
            known = ", ".join(self.specs)
            raise _PlaceError(f"there is no place {name!r}", f"the places are: {known}", key, code="AGR016")
        if name not in self.shapes and _own_way(self.specs[name]):
            raise _PlaceError  # that place has a fault of its own
        return self.place(name)

    def _build(self, name: str) -> Place:
        spec = self.specs[name]
        if name in self.shapes:
            return self._simple(spec, self.shapes[name])
        if _own_way(spec):
            raise _PlaceError
        if spec.of is not None:
            return self._relative(spec)
        parts = tuple(
            self._other(other, "any_of" if spec.any_of else "all_of") for other in spec.any_of or spec.all_of or ()
        )
        if not parts:
            raise _PlaceError("names no places", "list at least one place")
        base = any_of(parts) if spec.any_of else AllOf(parts)
        if spec.not_in:
            return AllOf((base, *(Not(self._other(other, "not_in")) for other in spec.not_in)))
        return base

    def _simple(self, spec: written.Place, shape: BaseGeometry) -> Place:
        if spec.radius is not None:
            point = shapely.Point(spec.at[::-1]) if spec.at is not None else self.maps.geometry(spec)
            lon = float(self.frame.around(np.array([point.x]))[0])
            return Disc(self.frame, lon, point.y, _length(spec.radius, "radius"))
        if shape.geom_type in {"Polygon", "MultiPolygon"}:
            return Area(self.frame, shape)
        if shape.geom_type == "MultiLineString":
            shape = shapely.line_merge(shape)
        if shape.geom_type == "LineString":
            sides = spec.sides or {}
            return Line(self.frame, shape, sides.get("left"), sides.get("right"))
        raise _PlaceError(
            f"a {shape.geom_type} is neither an area nor one line",
            "use polygons or one unbroken line",
            "file",
            code="AGR065",
        )

    def _relative(self, spec: written.Place) -> Place:
        of = self._other(spec.of or "", "of")
        if not isinstance(of, (Line, Area)):
            raise _PlaceError(
                f"{spec.of!r} is neither a line nor an area of its own", "name a line or an area", "of", code="AGR064"
            )
        parts: list[Place] = []
        if spec.within is not None and spec.width is not None:
            raise _PlaceError(
                "'within' is a distance on each side, 'width' the whole", "keep one of them", "width", code="AGR064"
            )
        if spec.width is not None:
            if not isinstance(of, Line):
                raise _PlaceError("a width needs a line in its middle", "name a line", "width", code="AGR064")
            parts.append(Near(of, _length(spec.width, "width") / 2))
        if spec.within is not None:
            parts.append(Near(of, _length(spec.within, "within")))
        if spec.beyond is not None:
            near = _length(spec.beyond, "beyond")
            if parts and isinstance(parts[0], Near) and near >= parts[0].metres:
                raise _PlaceError(
                    "'beyond' is farther than 'within': nothing is left", "exchange them", "beyond", code="AGR064"
                )
            parts.append(Not(Near(of, near)))
        if spec.on_side_of is not None and isinstance(of, Line) and not of.run_on.is_simple:
            raise _PlaceError(
                f"{spec.of!r} has no two sides: run on straight beyond its ends it crosses itself",
                "give the line farther, until it parts the land in two",
                "on_side_of",
                code="AGR064",
            )
        if spec.on_side_of is not None:
            if not isinstance(of, Line) or spec.on_side_of not in (of.left, of.right):
                sides = " and ".join(str(s) for s in (of.left, of.right) if s) if isinstance(of, Line) else "no"
                raise _PlaceError(
                    f"{spec.of!r} has {sides or 'no'} sides, not {spec.on_side_of!r}",
                    f"give {spec.of!r} 'sides: {{left: ..., right: ...}}'",
                    "on_side_of",
                    code="AGR064",
                )
            parts.append(Side(of, spec.on_side_of))
        if not parts:
            raise _PlaceError(
                "'of' needs 'within', 'width' or 'on_side_of'", "add for example 'within: 25 km'", "of", code="AGR064"
            )
        if isinstance(parts[0], Not):
            raise _PlaceError(
                "'beyond' alone has no outer edge", "add 'within', as 'within: 20 km'", "beyond", code="AGR064"
            )
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _own_way(spec: written.Place) -> bool:
    return any(getattr(spec, way) is not None for way in ("file", "at", "polygon", "line"))
