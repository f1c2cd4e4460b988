"""The small map on which a place is pointed at: a picture that a form sends a click on, so that it needs no script."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from django.http import HttpResponse
from markupsafe import escape

from servanda.desk import models
from servanda.desk.configure import desk
from servanda.desk.drawing import Sheet, named
from servanda.desk.folder import Desk
from servanda.desk.ground import towns
from servanda.desk.kept import agreement_of
from servanda.desk.views.shared import not_there
from servanda.values.geo.meridian import cut

WIDTH, HEIGHT = 300, 240
_KM = 111.2
_LEAST, _MOST = 0.01, 60.0  # degrees of latitude from top to bottom
_MOVES = {"north": (0.5, 0.0), "south": (-0.5, 0.0), "west": (0.0, -0.5), "east": (0.0, 0.5)}


@dataclass(frozen=True)
class MapBox:
    """What the small map shows: its middle, and degrees of latitude from top to bottom; a point that is marked."""

    lat: float
    lon: float
    span: float

    @property
    def said(self) -> str:
        """As an address and a form say it."""
        return f"{self.lat:.5f},{self.lon:.5f},{self.span:.5f}"

    def sheet(self) -> Sheet:
        """On which it is drawn."""
        wide = max(math.cos(math.radians(self.lat)), 0.05)
        across = self.span * WIDTH / HEIGHT / wide / 2
        return Sheet(
            self.lon - across, self.lat - self.span / 2, self.lon + across, self.lat + self.span / 2, WIDTH, HEIGHT
        )

    def at(self, x: int, y: int) -> tuple[str, str, str]:
        """Where somebody pointed: latitude, longitude, and within how many kilometres he can have meant it."""
        sheet = self.sheet()
        lon = sheet.x0 + (x - WIDTH / 2) / sheet.scale / sheet.wide
        lat = sheet.y0 - (y - HEIGHT / 2) / sheet.scale
        return f"{lat:.5f}", f"{(lon + 540) % 360 - 180:.5f}", f"{max(0.05, 6 / sheet.scale * _KM):.2f}"


def box_of(mine: Desk, head: models.Head, said: Mapping[str, str], keep: MapBox | None = None) -> MapBox:
    """What the map shows of a form: what it showed, moved as was asked; else the place that it names; else all places of the agreement."""
    box = keep or _parsed(said.get("box", ""))
    lat, lon = _number(said.get("lat", "")), _number(said.get("lon", ""))
    if box is None:
        agreement = agreement_of(mine, head)
        bounds = [cut(place.outline()).bounds for place in agreement.places.values()] if agreement is not None else []
        west, south, east, north = (
            (min(b[0] for b in bounds), min(b[1] for b in bounds), max(b[2] for b in bounds), max(b[3] for b in bounds))
            if bounds
            else (-30.0, -20.0, 60.0, 60.0)
        )
        span = max(north - south, (east - west) * HEIGHT / WIDTH, 0.05) * 1.2
        box = MapBox((south + north) / 2, (west + east) / 2, min(span, _MOST))
    do = said.get("do", "") if keep is not None else ""
    if lat is not None and lon is not None and (do in ("closer", "find") or keep is None):
        box = MapBox(lat, lon, box.span)
    up, right = _MOVES.get(do, (0.0, 0.0))
    span = box.span * {"closer": 0.5, "wider": 2.0}.get(do, 1.0)
    return MapBox(
        max(-85.0, min(85.0, box.lat + up * box.span)), box.lon + right * box.span, max(_LEAST, min(span, _MOST))
    )


def _parsed(text: str) -> MapBox | None:
    parts = [_number(part) for part in text.split(",")]
    if len(parts) != 3 or None in parts:
        return None
    lat, lon, span = (float(part) for part in parts if part is not None)
    sound = abs(lat) <= 85 and abs(lon) <= 180 and _LEAST <= span <= _MOST
    return MapBox(lat, lon, span) if sound else None


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= 180 else None


_PAINT = {
    "sea": 'fill="#dfe8ee"',
    "land": 'fill="#fff"',
    "lake": 'fill="#dfe8ee"',
    "border": 'fill="none" stroke="#575e66"',
    "disputed": 'fill="none" stroke="#575e66" stroke-dasharray="3 3"',
}
"""How the ground is painted where no style sheet is."""


def _painted(part: str) -> str:
    for kind, paint in _PAINT.items():
        part = part.replace(f'class="{kind}"', paint)
    return part


def _label(sheet: Sheet, name: str, place: Any) -> str:
    """The name of a place of the agreement, in the middle of what is shown of it."""
    west, south, east, north = sheet.bounds()
    seen = shapely.intersection(shapely.make_valid(cut(place.outline())), shapely.box(west, south, east, north))
    if seen.is_empty:
        return ""
    x, y = sheet.xy(*shapely.get_coordinates(shapely.point_on_surface(seen))[0])
    at = f'x="{min(max(x, 4 * len(name)), WIDTH - 4 * len(name)):.1f}" y="{max(y, 12):.1f}" text-anchor="middle"'
    return f'<text {at} font-size="12" font-weight="600" fill="#15507e">{escape(name)}</text>'


def place_map(request: Any) -> HttpResponse:
    """The picture: places of the agreement, towns, the point that the form holds."""
    box = _parsed(request.GET.get("box", ""))
    if box is None:
        return not_there(request)
    sheet, agreement = box.sheet(), agreement_of(desk(), request.head)
    parts, labels = [*map(_painted, sheet.ground())], list[str]()
    for name, place in (agreement.places if agreement else {}).items():
        drawn = sheet.shape(cut(place.outline()), "place", name)
        parts.append(drawn.replace('class="place"', 'fill="#e7eff6" stroke="#15507e"'))
        labels += [_label(sheet, name, place)] if drawn and " + " not in name else []
    there = named(sheet, towns(tuple(round(edge, 3) for edge in sheet.bounds()), 8))
    parts += [part.replace('class="town"', 'fill="#575e66" font-size="11"') for part in there]
    parts += labels
    parts.append(
        sheet.scale_bar()
        .replace('class="bar"', 'stroke="#1c1f22" stroke-width="2"')
        .replace("<text", '<text font-size="11"')
    )
    point = [_number(request.GET.get(name, "")) for name in ("lon", "lat")]
    if point[0] is not None and point[1] is not None:
        x, y = sheet.xy(point[0], point[1])
        km = _number(request.GET.get("km", "")) or 0.0
        radius = max(6.0, km / _KM * sheet.scale)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#b0490a" fill-opacity=".15" stroke="#b0490a"/>'
        )
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#b0490a" stroke="#fff"/>')
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif"'
    return HttpResponse(f"<svg {frame}>{''.join(parts)}</svg>", content_type="image/svg+xml")
