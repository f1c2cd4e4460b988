"""What a map file comes down to: layers of features, each a geometry in degrees with its properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

FEATURE_ID = "feature id"
"""The name under which a feature's own id stands among its properties."""
MOST_FEATURES = 2_000_000
MOST_BYTES = 500_000_000
MOST_TEXT = 200_000_000
"""Of formats that are text, and many times larger when they are read."""
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
    shapely.errors.ShapelyError,
)
"""What reading a file that is not in the form that it should be may raise."""


NOWHERE: BaseGeometry = shapely.Point()
"""The geometry of a feature that has none."""


@dataclass(frozen=True)
class Feature:
    """A geometry in degrees east and north (WGS 84), and what its file says of it."""

    properties: Mapping[str, Any]
    geometry: BaseGeometry
    layer: str = ""


Sibling: TypeAlias = Callable[[str], bytes | None]
"""The bytes of the file that is called as the one in hand but for its ending (``.dbf``); ``None`` where there is none."""


def no_sibling(ending: str) -> bytes | None:
    """What lies beside a file that stands alone.

    Args:
        ending: of the file that is asked for.

    Returns:
        Nothing.
    """
    return None


class Layer:
    """A layer, whose features are read when they are asked for.

    Args:
        name: what the file calls it.
        read: reads its features; raises ``ValueError`` with what is wrong.
    """

    def __init__(self, name: str, read: Callable[[], Sequence[Feature]]) -> None:
        self.name, self._read = name, read

    @cached_property
    def rows(self) -> Sequence[Feature]:
        """All its features; the geometry of one that has none is :data:`NOWHERE`."""
        return self._read()

    @cached_property
    def features(self) -> Sequence[Feature]:
        """All its features that have a geometry."""
        return [feature for feature in self.rows if feature.geometry is not NOWHERE]


def placed(
    rows: Sequence[Mapping[str, Any]],
    shapes: Sequence[BaseGeometry | None],
    layer: str,
    to_degrees: Callable[[np.ndarray], np.ndarray],
) -> list[Feature]:
    """Rows with their geometries in degrees.

    Args:
        rows: what the file says of each.
        shapes: the geometry of each; ``None`` where there is none.
        layer: what their layer is called.
        to_degrees: takes geometries of the file's system to degrees.

    Returns:
        A feature for each row.
    """
    somewhere = iter(to_degrees(np.array([shape for shape in shapes if shape is not None], dtype=object)))
    return [
        Feature(row, NOWHERE if shape is None else next(somewhere), layer)
        for row, shape in zip(rows, shapes, strict=True)
    ]


def plain_geometry(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry without heights, without the same vertex twice in a row, and without a collection around parts of one kind.

    Args:
        geometry: as its file has it.

    Returns:
        The same place. Areas of a collection that overlap are one.
    """
    parts = shapely.get_parts(shapely.force_2d(geometry))
    while any(part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi") for part in parts):
        parts = shapely.get_parts(shapely.get_parts(parts))
    parts = [shapely.remove_repeated_points(part) for part in parts if not part.is_empty]
    kinds = {part.geom_type.replace("LinearRing", "LineString") for part in parts}
    if len(parts) == 1:
        return parts[0]
    if geometry.geom_type == "GeometryCollection" and kinds == {"Polygon"}:
        return shapely.union_all(parts)
    if len(kinds) == 1:
        return {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings, "Point": shapely.multipoints}[
            kinds.pop()
        ](parts)
    return shapely.geometrycollections(parts)


def polygon_of_rings(rings: Sequence[np.ndarray]) -> BaseGeometry:
    """The area of some rings, whichever way they run: a ring within another is a hole in it, one within a hole an island.

    Args:
        rings: vertices, a row each.

    Returns:
        A polygon, or several.

    Raises:
        ValueError: a ring has fewer than three corners.
    """
    if len(rings) == 1:
        return shapely.polygons(rings[0])
    alone = np.array([shapely.polygons(ring) for ring in rings])
    size = shapely.area(alone)
    inner, outer = shapely.STRtree(alone).query(_points_within(alone), predicate="intersects")
    around = size[outer] > size[inner]
    inner, outer = inner[around], outer[around]
    depth = np.bincount(inner, minlength=len(rings))
    holes: dict[int, list[np.ndarray]] = {int(n): [] for n in np.flatnonzero(depth % 2 == 0)}
    for ring in np.flatnonzero(depth % 2):
        shells = outer[inner == ring]
        nearest = shells[np.argmax(depth[shells])]
        holes.setdefault(int(nearest), []).append(rings[int(ring)])
    parts = [shapely.polygons(rings[n], holes=within or None) for n, within in sorted(holes.items())]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _points_within(areas: np.ndarray) -> Any:
    """A point in each area; of one that has no inside, its first vertex."""
    points = shapely.point_on_surface(areas)
    return np.where(shapely.is_empty(points), shapely.get_point(shapely.get_exterior_ring(areas), 0), points)
