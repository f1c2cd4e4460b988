"""The map of a case as SVG: the agreement's places, and each report's point with the circle in which it lies with 95 %."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from markupsafe import Markup, escape

from servanda.agreement import Agreement
from servanda.app.record import recorded_agreement
from servanda.desk import models
from servanda.desk.folder import Desk
from servanda.record import Record
from servanda.store import RecordStore

WIDTH, HEIGHT = 560, 360
_KM = 111.2  # in a degree of latitude
_ROUND = 8.0  # kilometres around that are shown at least


@lru_cache(maxsize=4)
def _agreement(folder: Path, name: str, entry: int) -> Agreement:
    """The agreement as it stood at an entry: it is read once."""
    store = RecordStore(Record(folder))
    return recorded_agreement(store, store.as_of(None, name))


def map_of(desk: Desk, head: models.Head, row: models.Incident, reports: list[models.Report]) -> Markup:
    """Draw a case.

    Args:
        desk: the mission.
        head: how far its record is projected.
        row: the incident.
        reports: its reports.

    Returns:
        The picture; nothing where no report says where.
    """
    placed = [r for r in reports if r.lat is not None and r.lon is not None]
    if not placed:
        return Markup("")
    entry = models.Entry.objects.filter(kind="agreement", name=head.agreement).order_by("-index").first()
    places = _agreement(desk.record_folder, head.agreement, entry.index).places if entry else {}
    lat = sum(r.lat for r in placed) / len(placed)
    wide = max(math.cos(math.radians(lat)), 0.05)
    around = [max(_ROUND, 1.4 * (r.precision_m or 0) / 1000) for r in placed]
    west = min(r.lon - k / _KM / wide for r, k in zip(placed, around, strict=True))
    east = max(r.lon + k / _KM / wide for r, k in zip(placed, around, strict=True))
    south = min(r.lat - k / _KM for r, k in zip(placed, around, strict=True))
    north = max(r.lat + k / _KM for r, k in zip(placed, around, strict=True))
    scale = min(WIDTH / ((east - west) * wide), HEIGHT / (north - south))  # points to a degree of latitude
    x0, y0 = (west + east) / 2, (south + north) / 2

    def xy(lon: float, lat: float) -> tuple[float, float]:
        return WIDTH / 2 + (lon - x0) * wide * scale, HEIGHT / 2 - (lat - y0) * scale

    parts: list[str] = []
    view = shapely.box(x0 - WIDTH / wide / scale, y0 - HEIGHT / scale, x0 + WIDTH / wide / scale, y0 + HEIGHT / scale)
    for name, place in places.items():
        seen = shapely.intersection(shapely.make_valid(place.outline()), view)
        if not seen.is_empty:
            parts.append(f'<path class="place" d="{_path(seen, xy)}"><title>{escape(name)}</title></path>')
    for r in placed:
        x, y = xy(r.lon, r.lat)
        radius = max(3.0, (r.precision_m or 0) / 1000 / _KM * scale)
        title = escape(f"{r.report_id}: {r.said.get('source', '')}")
        parts.append(f'<circle class="error" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
        parts.append(f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{title}</title></circle>')
    parts.append(_scale_bar(scale))
    label = f"Map of {len(placed)} reports with the circles in which they lie"
    return Markup(  # noqa: S704  what comes from outside is escaped above
        f'<svg class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def _path(shape: Any, xy: Any) -> str:
    out = []
    for part in shapely.get_parts(shape):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = [xy(lon, lat) for lon, lat in shapely.get_coordinates(ring)]
            if len(points) > 1:
                out.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("z" if rings else ""))
    return "".join(out)


def _scale_bar(scale: float) -> str:
    km = next((k for k in (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1) if k / _KM * scale < WIDTH / 3), 1)
    length, y = km / _KM * scale, HEIGHT - 12
    return f'<path class="bar" d="M12,{y}h{length:.1f}"/><text x="12" y="{y - 6}">{km} km</text>'
