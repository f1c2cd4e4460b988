"""Maps and time lines as SVG drawn by hand: they stand without script, print, and need no other file.

Nothing is told by colour alone: incidents have a shape by status, coverage a hatching, parties a lane.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from servanda.agreement import Agreement
from servanda.coverage import Measured
from servanda.report.environment import anchor
from servanda.values.geo.projection import Frame
from servanda.values.time import Interval
from servanda.verdicts.findings_table import STATUSES
from servanda.wording import percent, plural

WIDTH = 720
_MARGIN = 12
_SHAPES = {
    "confirmed": "M-6,-6 L6,6 M-6,6 L6,-6",
    "excused": "M-5,-5 h10 v10 h-10 z",
    "open": "M0,-7 L7,0 L0,7 L-7,0 z",
    "alleged": "M5,0 a5,5 0 1,0 -10,0 a5,5 0 1,0 10,0",
    "below": "M3,0 a3,3 0 1,0 -6,0 a3,3 0 1,0 6,0",
    "private": "M3,0 a3,3 0 1,0 -6,0 a3,3 0 1,0 6,0",
    "set_aside": "M3,0 a3,3 0 1,0 -6,0 a3,3 0 1,0 6,0",
}
_ORDER = tuple(reversed(STATUSES))
_COUNTED = ("confirmed", "excused", "open", "alleged")
"""The statuses that stand on the time line."""


@dataclass(frozen=True)
class Mark:
    """An incident on a picture."""

    id: str
    status: str
    title: str
    lat: float | None
    lon: float | None
    start: datetime
    party: str


class _Canvas:
    """Metres of a frame to points of a picture."""

    def __init__(self, bounds: tuple[float, float, float, float], width: float, tallest: float) -> None:
        west, south, east, north = bounds
        self.scale = min((width - 2 * _MARGIN) / max(east - west, 1), (tallest - 2 * _MARGIN) / max(north - south, 1))
        self.west, self.north = west, north
        self.width = width
        self.height = (north - south) * self.scale + 2 * _MARGIN
        self.left = (width - (east - west) * self.scale) / 2

    def xy(self, coords: np.ndarray) -> np.ndarray:
        return np.column_stack(
            [self.left + (coords[:, 0] - self.west) * self.scale, _MARGIN + (self.north - coords[:, 1]) * self.scale]
        )

    def whole(self) -> BaseGeometry:
        """All that the picture shows, in metres, and a little more, so that cuts stay out of sight."""
        west, east = self.west - self.left / self.scale, self.west + (self.width - self.left) / self.scale
        north = self.north + _MARGIN / self.scale
        more = 0.05 * (east - west)
        return shapely.box(west - more, north - self.height / self.scale - more, east + more, north + more)

    def path(self, shape: BaseGeometry) -> str:
        """SVG path of a projected geometry, thinned to half a point."""
        out = []
        thin = shapely.simplify(shape, 0.5 / self.scale)
        for part in shapely.get_parts(thin):
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            for ring in rings:
                coords = shapely.get_coordinates(ring)
                if len(coords) < 2:
                    continue
                points = self.xy(coords)
                close = "z" if part.geom_type == "Polygon" else ""
                out.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + close)
        return "".join(out)


def draw_map(
    agreement: Agreement,
    place: str | None,
    measured: Sequence[Measured],
    standard: float,
    marks: Iterable[Mark],
    key: str,
) -> Markup:
    """The place of a term, the agreement's other places and lines, who could see what, and the incidents.

    ``measured``: the coverage in each reading; what is drawn is the least of them. ``key`` keeps ids apart.
    """
    frame = agreement.frame
    if frame is None or place is None:
        return Markup("")
    target = frame.project(agreement.places[place].outline())
    placed = [mark for mark in marks if mark.lat is not None and mark.lon is not None]
    at = _projected(frame, placed)
    bounds = _view(target, at)
    canvas = _Canvas(bounds, WIDTH, 520)
    window = canvas.whole()
    parts = [_defs(key)]
    parts.append(f'<path class="ground" d="{canvas.path(shapely.intersection(target, window))}"/>')
    for css, shape in _coverage_shapes(measured, standard):
        clipped = shapely.intersection(shape, window)
        if not clipped.is_empty:
            fill = f' fill="url(#{key}-{css})"' if css != "seen" else ""
            parts.append(f'<path class="{css}"{fill} d="{canvas.path(clipped)}"/>')
    own = {place, *place.split(" + ")}
    for name, other in agreement.places.items():
        if " + " in name or (name in own and name != place):
            continue
        outline = shapely.intersection(frame.project(other.outline()), window)
        if outline.is_empty:
            continue
        css = "edge" if name == place else "line" if outline.geom_type.endswith("LineString") else "other"
        parts.append(
            f'<path class="{css}" d="{canvas.path(outline)}"><title>{escape(name.replace("_", " "))}</title></path>'
        )
    parts.extend(_dots(canvas, placed, at))
    parts.append(_scale_bar(canvas))
    label = f"Map of {place.replace('_', ' ')} with {plural(len(placed), 'incident')}"
    return _svg(canvas.width, canvas.height, label, parts)


def _projected(frame: Frame, marks: Sequence[Mark]) -> np.ndarray:
    if not marks:
        return np.zeros((0, 2))
    x, y = frame.to_xy(np.array([m.lon for m in marks], float), np.array([m.lat for m in marks], float))
    return np.column_stack([x, y])


def _view(target: BaseGeometry, at: np.ndarray) -> tuple[float, float, float, float]:
    """What the picture shows: the place; where it is far larger than where things happened, only around those."""
    west, south, east, north = target.bounds
    if len(at) >= 3:
        low, high = at.min(axis=0), at.max(axis=0)
        pad = 0.25 * max(*(high - low), 50_000)
        near = (low[0] - pad, low[1] - pad, high[0] + pad, high[1] + pad)
        if (near[2] - near[0]) * (near[3] - near[1]) < 0.5 * (east - west) * (north - south):
            return near
        west, south = min(west, low[0]), min(south, low[1])
        east, north = max(east, high[0]), max(north, high[1])
    return (west, south, east, north)


def _coverage_shapes(measured: Sequence[Measured], standard: float) -> list[tuple[str, BaseGeometry]]:
    """The place by how well it was watched to the standard: ``unseen`` (never), ``thin`` (at times), ``seen`` (always).

    Readings may give a term different places; where they overlap, the least is shown.
    """
    by_place: dict[int, list[Measured]] = {}
    for one in measured:
        if one.cells.frame is not None:
            by_place.setdefault(id(one.cells), []).append(one)
    parts: dict[str, list[BaseGeometry]] = {"unseen": [], "thin": [], "seen": []}
    for same in by_place.values():
        cells = same[0].cells
        least = np.minimum.reduce([m.watched_over_space for m in same])
        classes = np.where(least <= 0, 0, np.where(least < 1, 1, 2))
        for n, css in enumerate(parts):
            cells_of_class = cells.metres[classes == n]
            if len(cells_of_class):
                parts[css].append(shapely.union_all(shapely.buffer(cells_of_class, 1.0, quad_segs=1)))
    out: list[tuple[str, BaseGeometry]] = []
    for css, shapes in parts.items():
        if len(by_place) > 1 and shapes:
            shape = shapely.difference(shapely.union_all(shapes), shapely.union_all([worse for _, worse in out]))
            out += [] if shape.is_empty else [(css, shape)]
        else:
            out += [(css, shape) for shape in shapes]
    return out


def _defs(key: str) -> str:
    return (
        f'<defs><pattern id="{key}-unseen" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="7" height="7" class="h0"/><line x1="0" y1="0" x2="0" y2="7" class="h1"/></pattern>'
        f'<pattern id="{key}-thin" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="14" height="14" class="h0"/><line x1="0" y1="0" x2="0" y2="14" class="h1"/></pattern></defs>'
    )


def _dots(canvas: _Canvas, marks: Sequence[Mark], at: np.ndarray) -> list[str]:
    points = canvas.xy(at) if len(at) else at
    drawn = []
    for status in _ORDER:
        for mark, (x, y) in zip(marks, points, strict=True):
            if mark.status == status:
                drawn.append(
                    f'<a href="#{anchor(mark.id)}"><path class="dot {status}" transform="translate({x:.1f},{y:.1f})" '
                    f'd="{_SHAPES[status]}"><title>{escape(mark.title)}</title></path></a>'
                )
    return drawn


def _scale_bar(canvas: _Canvas) -> str:
    wanted = canvas.width / 5 / canvas.scale
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(n * power for n in (1, 2, 5) if n * power <= wanted)
    length, y = metres * canvas.scale, canvas.height - 6
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return f'<g class="scale"><path d="M8,{y - 5}v5h{length:.1f}v-5"/><text x="{14 + length:.1f}" y="{y}">{text}</text></g>'


def _svg(width: float, height: float, label: str, parts: Iterable[str]) -> Markup:
    return Markup(  # noqa: S704  every text in the parts was escaped where it was put in
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">{"".join(map(str, parts))}</svg>'
    )


class _TimeLine:
    """The time line of one term: rows under one another, on one axis of days or hours."""

    def __init__(self, zone: ZoneInfo, begin: datetime, finish: datetime, standard: float, key: str) -> None:
        self.zone, self.standard, self.key = zone, standard, key
        self.hourly = finish - begin <= timedelta(days=4)
        self.edges = _edges(begin, finish, zone, self.hourly)
        self.left, self.right = 96, WIDTH - 8
        self.parts = [_defs(key)]
        self.y = 8.0

    def x(self, moment: datetime) -> float:
        """Where an instant lies; what lies outside is put at the border."""
        begin, length = self.edges[0], (self.edges[-1] - self.edges[0]).total_seconds()
        return self.left + (self.right - self.left) * min(max((moment - begin).total_seconds() / length, 0), 1)

    def window(self, name: str, window: Interval) -> None:
        """When the term binds in one reading."""
        a, b, y = self.x(window.start or self.edges[0]), self.x(window.end or self.edges[-1]), self.y
        self.parts.append(f'<text x="4" y="{y + 10}">{escape(name or "in force")}</text>')
        self.parts.append(f'<path class="span" d="M{a:.1f},{y + 1}v12 M{a:.1f},{y + 7}H{b:.1f} M{b:.1f},{y + 1}v12"/>')
        self.y += 18

    def lanes(self, marks: Sequence[Mark], parties: Sequence[str]) -> None:
        """A lane per accused party."""
        lanes = {party: [m for m in marks if m.party == party and m.status in _COUNTED] for party in parties}
        most = max([1, *(_most(self.edges, lane) for lane in lanes.values())])
        for party, lane in lanes.items():
            y, per = self.y, "an hour" if self.hourly else "a day"
            self.parts.append(f'<text x="4" y="{y + 34}">{escape(party or "incidents")}</text>')
            self.parts.append(f'<text class="small" x="4" y="{y + 48}">max {most} {per}</text>')
            self.parts.append(_bars(self.edges, lane, self.x, y, 46, most))
            self.parts.append(f'<path class="axis" d="M{self.left},{y + 46}H{self.right}"/>')
            self.y += 56

    def coverage(self, name: str, measured: Measured | None) -> None:
        """How much of the place was watched; ``None``: nothing at any time."""
        y = self.y
        self.parts.append(f'<text x="4" y="{y + 12}">watched{" " + escape(name) if name else ""}</text>')
        nothing = [(self.edges[0], self.edges[-1], 0.0)]
        spells = measured.watched_over_time if measured and measured.seen.size else nothing
        for since, to, p in spells:
            if self.x(to) - self.x(since) < 0.05:
                continue
            css = "unseen" if p <= 0 else "thin" if p < 1 else "seen"
            fill = f' fill="url(#{self.key}-{css})"' if css != "seen" else ""
            self.parts.append(
                f'<rect class="{css}"{fill} x="{self.x(since):.1f}" y="{y}" width="{self.x(to) - self.x(since):.1f}" height="16">'
                f"<title>{percent(p)} of the place watched: {since.astimezone(self.zone):%d %b %H:%M} to {to.astimezone(self.zone):%d %b %H:%M}</title></rect>"
            )
        self.y += 22

    def ticks(self) -> None:
        """Dates along the axis, over the height of all rows."""
        for moment, text in _ticks(self.edges, self.zone, self.hourly):
            x = self.x(moment)
            if x <= self.right - 62:
                self.parts.append(f'<path class="tick" d="M{x:.1f},4V{self.y}"/>')
                self.parts.append(f'<text class="small" x="{x + 2:.1f}" y="{self.y + 11}">{text}</text>')


def draw_time(
    zone: ZoneInfo,
    windows: Sequence[tuple[str, Interval]],
    measured: Sequence[tuple[str, Measured | None]],
    standard: float,
    marks: Sequence[Mark],
    parties: Sequence[str],
    key: str,
) -> Markup:
    """Incidents per day (or hour) in a lane per accused party, over the windows of the readings and the coverage."""
    inside = [m.start for m in marks if m.status in _COUNTED]
    starts = [w.start for _, w in windows if w.start] + inside
    ends = [w.end for _, w in windows if w.end] + [start + timedelta(hours=1) for start in inside]
    if not starts or not ends or not timedelta() < max(ends) - min(starts) <= timedelta(days=3660):
        return Markup("")
    line = _TimeLine(zone, min(starts), max(ends), standard, key)
    for name, window in windows:
        line.window(name, window)
    line.lanes(marks, parties)
    if all(coverage is None or not coverage.probability for _, coverage in measured):
        measured = [("", None)]
    for name, coverage in measured:
        line.coverage(name, coverage)
    line.ticks()
    return _svg(WIDTH, line.y + 16, "Incidents over time, the windows in force and the coverage", line.parts)


def _edges(begin: datetime, finish: datetime, zone: ZoneInfo, hourly: bool) -> list[datetime]:
    local = begin.astimezone(zone)
    first = local.replace(minute=0, second=0, microsecond=0) if hourly else datetime.combine(local.date(), time(), zone)
    edges = [first]
    while edges[-1] < finish:
        if hourly:
            edges.append(edges[-1] + timedelta(hours=1))
        else:
            edges.append(datetime.combine(edges[-1].date() + timedelta(days=1), time(), zone))
    return edges


def _most(edges: Sequence[datetime], marks: Sequence[Mark]) -> int:
    counts = _binned(edges, [m for m in marks if m.status in _COUNTED])
    return max((len(c) for c in counts.values()), default=0)


def _binned(edges: Sequence[datetime], marks: Sequence[Mark]) -> dict[int, list[Mark]]:
    instants = np.array([e.timestamp() for e in edges])
    out: dict[int, list[Mark]] = {}
    for mark in marks:
        n = int(np.searchsorted(instants, mark.start.timestamp(), side="right")) - 1
        if 0 <= n < len(edges) - 1:
            out.setdefault(n, []).append(mark)
    return out


def _bars(
    edges: Sequence[datetime], marks: Sequence[Mark], x: Callable[[datetime], float], y: float, height: float, most: int
) -> str:
    drawn = []
    for n, within in sorted(_binned(edges, marks).items()):
        base = y + height
        for status in reversed(_ORDER):
            count = sum(m.status == status for m in within)
            if not count:
                continue
            tall = height * count / most
            base -= tall
            a, b = x(edges[n]), x(edges[n + 1])
            drawn.append(
                f'<rect class="bar {status}" x="{a + 0.5:.1f}" y="{base:.1f}" width="{max(b - a - 1, 0.6):.1f}" height="{tall:.1f}">'
                f"<title>{edges[n]:%d %b %Y %H:%M}: {count} {status}</title></rect>"
            )
    return "".join(drawn)


def _ticks(edges: Sequence[datetime], zone: ZoneInfo, hourly: bool) -> list[tuple[datetime, str]]:
    """Some eight marks along the time axis."""
    step = max(1, math.ceil(len(edges) / 8))
    pattern = "%d %b %H:%M" if hourly else "%d %b"
    return [(edge, edge.astimezone(zone).strftime(pattern)) for edge in edges[:-1:step]]


def marks_of(findings: pl.DataFrame, incidents: pl.DataFrame) -> list[Mark]:
    """Marks for the findings of one term: each incident once per party, with its weightiest status."""
    rank = pl.col("status").replace_strict({s: n for n, s in enumerate(reversed(_ORDER))}, return_dtype=pl.Int8)
    best = findings.with_columns(rank=rank).sort("rank").group_by("incident", "party", maintain_order=True).first()
    rows = best.join(incidents, on="incident", how="inner").sort("incident", "party")
    return [
        Mark(
            row["incident"],
            row["status"],
            f"{row['incident']}: {row['place_name'] or 'place not named'} ({row['status']}"
            + (f", accused: {row['party']})" if row["party"] else ")"),
            row["lat"],
            row["lon"],
            row["start"],
            row["party"] or "",
        )
        for row in rows.select("incident", "status", "place_name", "lat", "lon", "start", "party").iter_rows(named=True)
    ]


__all__ = ["Mark", "draw_map", "draw_time", "marks_of"]
