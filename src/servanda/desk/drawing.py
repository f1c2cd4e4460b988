"""Maps as SVG: the sheet that is drawn on; the map of a case; the explorer's map and its line of time.

They stand where a browser has no WebGL or runs no scripts, and in print; where it has, ``map.js`` draws the same data (``atlas``) with a map library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from markupsafe import Markup, escape

from servanda.desk import models
from servanda.desk.atlas import atlas
from servanda.desk.folder import Desk
from servanda.desk.ground import ground, towns
from servanda.desk.kept import agreement_of
from servanda.desk.languages import counted, text
from servanda.values.geo.meridian import cut

WIDTH, HEIGHT = 560, 360
RADIUS = 19.0
"""Of a mark at most, in points; ``map.js`` draws no other."""
_KM = 111.2  # in a degree of latitude
_ROUND = 8.0  # kilometres around that are shown at least


class Sheet:
    """Degrees to points of a picture, north up; what is asked for lies in the middle and is wholly shown."""

    def __init__(self, west: float, south: float, east: float, north: float, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.wide = max(math.cos(math.radians((south + north) / 2)), 0.05)
        self.scale = min(width / (max(east - west, 1e-4) * self.wide), height / max(north - south, 1e-4))
        """Points to a degree of latitude."""
        self.x0, self.y0 = (west + east) / 2, (south + north) / 2

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """A place as a point of the picture."""
        across = (lon - self.x0) * self.wide * self.scale
        return self.width / 2 + across, self.height / 2 - (lat - self.y0) * self.scale

    def bounds(self) -> tuple[float, float, float, float]:
        """What is shown: west, south, east, north."""
        across, up = self.width / 2 / self.wide / self.scale, self.height / 2 / self.scale
        return self.x0 - across, self.y0 - up, self.x0 + across, self.y0 + up

    def shape(self, shape: Any, css: str, name: str) -> str:
        """A place as far as it is shown; nothing where it is not."""
        west, south, east, north = self.bounds()
        view = shapely.box(2 * west - self.x0, 2 * south - self.y0, 2 * east - self.x0, 2 * north - self.y0)
        seen = shapely.intersection(shapely.make_valid(shape), view)
        thin = shapely.simplify(seen, 0.5 / self.scale)
        return (
            "" if thin.is_empty else f'<path class="{css}" d="{self._path(thin)}"><title>{escape(name)}</title></path>'
        )

    def _path(self, shape: Any) -> str:
        out = []
        for part in shapely.get_parts(shape):
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            for ring in rings:
                points = [self.xy(lon, lat) for lon, lat in shapely.get_coordinates(ring)]
                if len(points) > 1:
                    end = "z" if part.geom_type == "Polygon" else ""
                    out.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + end)
        return "".join(out)

    def ground(self) -> list[str]:
        """Land, water and borders under all else."""
        west, south, east, north = self.bounds()
        box = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
        sea = f'<rect class="sea" width="{self.width}" height="{self.height}"/>'
        return [
            sea,
            *(f'<path class="{kind}" d="{self._path(s)}"/>' for kind, s in ground(box).items() if not s.is_empty),
        ]

    def scale_bar(self) -> str:
        """How long some kilometres are."""
        lengths = (2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
        km = next((k for k in lengths if k / _KM * self.scale < self.width / 3), 1)
        length, y = km / _KM * self.scale, self.height - 12
        return f'<path class="bar" d="M12,{y}h{length:.1f}"/><text x="12" y="{y - 6}">{km} km</text>'


def map_of(desk: Desk, head: models.Head, row: models.Incident, reports: list[models.Report]) -> tuple[Markup, Markup]:
    """Draw a case: the agreement's places, and each report's point with the circle in which it lies with 95 %.

    Args:
        desk: the mission.
        head: how far its record is projected.
        row: the incident.
        reports: its reports.

    Returns:
        The picture, and the same as data; nothing where no report says where.
    """
    placed = [r for r in reports if r.lat is not None and r.lon is not None]
    if not placed:
        return Markup(""), Markup("")
    agreement = agreement_of(desk, head)
    wide = max(math.cos(math.radians(sum(r.lat for r in placed) / len(placed))), 0.05)
    around = [max(_ROUND, 1.4 * (r.precision_m or 0) / 1000) / _KM for r in placed]
    pairs = list(zip(placed, around, strict=True))
    west, east = min(r.lon - k / wide for r, k in pairs), max(r.lon + k / wide for r, k in pairs)
    sheet = Sheet(west, min(r.lat - k for r, k in pairs), east, max(r.lat + k for r, k in pairs), WIDTH, HEIGHT)
    outlines = {name: cut(place.outline()) for name, place in (agreement.places if agreement else {}).items()}
    parts = [*sheet.ground(), *(sheet.shape(shape, "place", name) for name, shape in outlines.items())]
    names = towns(sheet.bounds(), 8)
    parts += named(sheet, names)
    for r in placed:
        x, y = sheet.xy(r.lon, r.lat)
        radius = max(3.0, (r.precision_m or 0) / 1000 / _KM * sheet.scale)
        title = escape(f"{r.report_id}: {r.said.get('source', '')}")
        circle = f'<circle class="error" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        parts += [circle] if circle not in parts else []
        parts.append(f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{title}</title></circle>')
    label = text("Map of %(reports)s with the circles in which they lie") % {"reports": counted(len(placed), "report")}
    spots = [(r.lon, r.lat, r.precision_m or 0.0, f"{r.report_id}: {r.said.get('source', '')}") for r in placed]
    shown = {name: shape for name, shape in outlines.items() if " + " not in name}
    data = atlas(desk, sheet.bounds(), places=shown, names=names, spots=spots)
    return picture(sheet, [*parts, sheet.scale_bar()], label), data


def picture(sheet: Sheet, parts: Iterable[str], label: str, css: str = "map") -> Markup:
    """A picture of parts that were drawn, whose names are escaped.

    Args:
        sheet: on which they were drawn.
        parts: the parts.
        label: what it is, for whoever does not see it.
        css: its class.

    Returns:
        The picture.
    """
    frame = f'viewBox="0 0 {sheet.width} {sheet.height}" aria-label="{escape(label)}"'
    return Markup(f'<svg class="{css}" {frame} role="group">{"".join(parts)}</svg>')  # noqa: S704  its parts are escaped


def explored(
    sheet: Sheet,
    places: Mapping[str, Any],
    layers: Sequence[tuple[str, str, Any]],
    names: Sequence[tuple[str, float, float]],
    marks: Sequence[tuple[float, float, int, str, str]],
) -> Markup:
    """The explorer's map.

    Args:
        sheet: on which it is drawn.
        places: outlines of the agreement's places by name.
        layers: class, name and outline of what was watched and denied; without an outline it is everywhere.
        names: towns, each with its place.
        marks: place, how many incidents, address and name of each mark.

    Returns:
        The picture; each mark is a link.
    """
    parts = [_HATCH, *sheet.ground()]
    parts += [sheet.shape(shape, "place", name) for name, shape in places.items()]
    west, south, east, north = sheet.bounds()
    whole = shapely.box(west, south, east, north)
    parts += [sheet.shape(whole if shape is None else shape, css, name) for css, name, shape in layers]
    parts += named(sheet, names)
    for lon, lat, n, address, name in marks:
        x, y = sheet.xy(lon, lat)
        radius = min(RADIUS, 7.0 if n == 1 else 8.0 + 2.0 * math.log(n))
        number = f'<text x="{x:.1f}" y="{y + 4:.1f}">{n}</text>' if n > 1 else ""
        circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        parts.append(f'<a class="cell" href="{escape(address)}"><title>{escape(name)}</title>{circle}{number}</a>')
    total = sum(n for _, _, n, _, _ in marks)
    label = text("Map of %(incidents)s") % {"incidents": counted(total, "incident")}
    return picture(sheet, [*parts, sheet.scale_bar()], label, "map wide-map")


def named(sheet: Sheet, names: Sequence[tuple[str, float, float]]) -> list[str]:
    """Towns with their names, which stand on the side on which there is room.

    Args:
        sheet: on which they are drawn.
        names: the name of each, its longitude and latitude.

    Returns:
        Parts of a picture.
    """
    out = []
    for name, lon, lat in names:
        x, y = sheet.xy(lon, lat)
        out.append(f'<circle class="town" cx="{x:.1f}" cy="{y:.1f}" r="2"/>')
        room = x + 4 + 7 * len(name) < sheet.width
        side = f'x="{x + 4:.1f}"' if room else f'x="{x - 4:.1f}" text-anchor="end"'
        out.append(f'<text class="town" {side} y="{max(y - 3, 11):.1f}">{escape(name)}</text>')
    return out


_HATCH = (
    '<defs><pattern id="seen" width="8" height="8" patternUnits="userSpaceOnUse"><path class="hatch" d="M0,8L8,0"/></pattern>'
    '<pattern id="shut" width="6" height="6" patternUnits="userSpaceOnUse"><path class="hatch" d="M0,0L6,6"/></pattern></defs>'
)


def over_time(bars: Sequence[tuple[str, int, str, bool]], label: str) -> Markup:
    """A line of time: one bar a span, each a link.

    Args:
        bars: the name of each span, how many, its address, and whether it is chosen.
        label: what it is.

    Returns:
        The picture, and under it the names of the first span and the last, as large on a telephone as elsewhere; nothing without bars.
    """
    if not bars:
        return Markup("")
    width, height = 900, 72
    step, most = width / len(bars), max(1, *(n for _, n, _, _ in bars))
    parts = []
    for i, (name, n, address, chosen) in enumerate(bars):
        tall = max(2.0 if n else 0.0, (height - 2) * n / most)
        x, thick = i * step, max(1.0, step - 1)
        said = escape(f"{name}: {n}")
        box = f'<rect class="hit" x="{x:.1f}" y="0" width="{step:.1f}" height="{height}"/>'
        bar = f'<rect class="{"bar on" if chosen else "bar"}" x="{x:.1f}" y="{height - tall:.1f}" width="{thick:.1f}" height="{tall:.1f}"/>'
        parts.append(f'<a href="{escape(address)}" aria-label="{said}"><title>{said}</title>{box}{bar}</a>')
    ends = "".join(f"<small>{escape(name)}</small>" for name in dict.fromkeys((bars[0][0], bars[-1][0])))
    frame = f'viewBox="0 0 {width} {height}" role="group" aria-label="{escape(label)}"'
    drawn = f'<svg class="times" {frame}>{"".join(parts)}</svg><div class="ends" dir="ltr">{ends}</div>'
    return Markup(drawn)  # noqa: S704  names are escaped above
