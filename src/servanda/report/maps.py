"""Maps of a verification for other programs: its places, who was looking where, and its incidents, as GeoJSON and as layers of one GeoPackage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import shapely
from shapely.geometry.base import BaseGeometry

from servanda import FORMAT
from servanda.coverage.model import Gap, Watch
from servanda.values.geo.meridian import cut
from servanda.values.maps.writing import MapLayer, Shapes, geojson_text, geopackage_bytes
from servanda.values.time import Interval, iso
from servanda.verdicts import Verification

Rows: TypeAlias = list[tuple[BaseGeometry | None, dict[str, Any]]]
_INK, _HOLLOW, _GREY = (27, 31, 36, 255), (27, 31, 36, 0), (107, 116, 128, 0)
_LOOKS = {
    "confirmed": ("cross2", (179, 64, 10, 255)),
    "excused": ("square", (28, 95, 145, 0)),
    "open": ("diamond", (242, 193, 78, 255)),
    "alleged": ("circle", _HOLLOW),
    "below": ("circle", _GREY),
    "private": ("circle", _GREY),
    "set_aside": ("circle", _GREY),
    "under no ban or cap, confirmed": ("triangle", _INK),
    "under no ban or cap, not confirmed": ("triangle", _HOLLOW),
}
"""How an incident is drawn by how it stands: the shapes of the page."""
_EPOCH = "1970-01-01T00:00:00.000Z"


def place_rows(verification: Verification) -> Rows:
    """Every place of the agreement with its outline; a line as a line.

    Args:
        verification: what was found.

    Returns:
        A geometry in degrees and the place's name and kind, in the order of the agreement.
    """
    drawn = ((name, _drawn(cut(place.outline()))) for name, place in verification.agreement.places.items())
    return [(shape, {"place": name, "kind": "line" if _is_line(shape) else "area"}) for name, shape in drawn]


def coverage_rows(verification: Verification) -> Rows:
    """Every watch and gap that was known, with where it is.

    Args:
        verification: what was found.

    Returns:
        A geometry in degrees, ``None`` for everywhere, and what is said of the watch or gap; instants in the agreement's zone.
    """
    zone = verification.agreement.zone
    used = dict(verification.watches.select("watch", "used").iter_rows())
    rows: Rows = []
    for watch in verification.watched.watches:
        said = {
            "who": watch.who,
            "side": watch.side,
            "means": watch.means,
            "detects": "; ".join(sorted(watch.detects)),
            "declared": watch.probability,
            "used": used.get(watch.id),
            "watches": None,
        }
        rows.append(
            (
                None if watch.where is None else cut(watch.where),
                {"id": watch.id, "kind": "watch", **_when(watch, zone), **said},
            )
        )
    for n, gap in enumerate(verification.watched.gaps, 1):
        said = {
            "who": gap.by or None,
            "side": gap.party,
            "means": None,
            "detects": None,
            "declared": None,
            "used": None,
            "watches": "all" if gap.watches is None else "; ".join(sorted(gap.watches)),
        }
        rows.append(
            (
                None if gap.where is None else cut(gap.where),
                {"id": f"{gap.kind} {n}", "kind": gap.kind, **_when(gap, zone), **said},
            )
        )
    return rows


def _when(entry: Watch | Gap, zone: Any) -> dict[str, Any]:
    ends = (entry.times[0].start, entry.times[-1].end) if entry.times else (None, None)
    return {"place": entry.place, "start": iso(ends[0], zone), "end": iso(ends[1], zone), "hours": _hours(entry.times)}


def _hours(times: Sequence[Interval]) -> float:
    return round(sum((t.end - t.start).total_seconds() for t in times if t.start and t.end) / 3_600, 3)


def map_files(verification: Verification, points: Shapes, incidents: Mapping[str, Sequence[Any]]) -> dict[str, bytes]:
    """The maps of a verification.

    Args:
        verification: what was found.
        points: of each incident its place.
        incidents: by name, of each incident what is said of it.

    Returns:
        ``places.geojson``, ``coverage.geojson`` and ``map.gpkg``.
    """
    places, watches = place_rows(verification), coverage_rows(verification)
    lines, areas = ([row for row in places if (row[1]["kind"] == "line") == line] for line in (True, False))
    layers = [
        MapLayer.of_rows(
            "coverage", "Who was looking where, and where nobody could", "Polygon", watches, (51, 160, 44, 60)
        ),
        MapLayer.of_rows("places", "The places of the agreement", "Polygon", areas, (31, 120, 180, 40)),
        MapLayer.of_rows("lines", "The lines of the agreement", "LineString", lines, (31, 120, 180, 255)),
        MapLayer(
            "incidents",
            "Incidents, and their status under each term",
            "Point",
            points,
            incidents,
            _LOOKS["confirmed"][1],
            told_by="stands",
            looks=_LOOKS,
        ),
    ]
    return {
        "places.geojson": geojson_text(places, "place", format=FORMAT).encode(),
        "coverage.geojson": geojson_text(watches, "id", format=FORMAT).encode(),
        "map.gpkg": geopackage_bytes(layers, _changed(verification.as_of or verification.known_until)),
    }


def _changed(moment: datetime | None) -> str:
    return _EPOCH if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _is_line(shape: BaseGeometry) -> bool:
    return bool(shape.geom_type.endswith("LineString"))


def _drawn(shape: BaseGeometry) -> BaseGeometry:
    """The outline of a place; of one that was put together only what has an area, where it has any."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if shape.geom_type == "GeometryCollection" and parts else shape
