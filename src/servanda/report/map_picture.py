"""Maps as SVG drawn by hand: the agreement's places, what was watched, the incidents."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from servanda.agreement import Agreement
from servanda.coverage import Cells, Measured
from servanda.report.environment import anchor
from servanda.report.picture import ORDER, OWED, SHAPES, WIDTH, Mark, hatchings, svg_of
from servanda.values.geo.projection import Frame
from servanda.wording import plural

_MARGIN = 12
_MARK = 8
"""The radius of a mark, in points."""
_CIRCLES = 60
_CLASSES = ("unseen", "thin", "seen")
"""How well a cell was watched to the standard: never, at times, always."""


class _Canvas:
    """Metres of a frame to points of a picture."""

    def __init__(
        self, bounds: tuple[float, float, float, float], width: float, tallest: float, finest: float = 0.5
    ) -> None:
        self.finest = finest
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
        """SVG path of a projected geometry, thinned to the finest that is drawn, in points."""
        out = []
        thin = shapely.simplify(shape, self.finest / self.scale, preserve_topology=self.finest < 1)
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
    marks: Iterable[Mark],
    key: str,
    *,
    alone: bool = False,
) -> Markup:
    """The place of a term, the agreement's other places and lines, who could see what, and the incidents.

    ``measured``: the coverage in each reading; what is drawn is the least of them. ``key`` keeps ids apart. ``alone``: without the other places, and coarser.
    """
    frame = agreement.frame
    if frame is None or place is None:
        return Markup("")
    target = agreement.drawn[place]
    placed = _with_positions(marks)
    at = _projected(frame, placed)
    canvas = _Canvas(_view(target.bounds, at), WIDTH, 520, 1.0 if alone else 0.5)
    window = canvas.whole()
    parts = [hatchings(key)]
    ground = canvas.path(shapely.intersection(target, window))
    parts.append(f'<path class="ground" d="{ground}"/>')
    classes = _classes(measured)
    alike = alone and len(classes) == 1 and len(set(classes[0][1])) == 1
    shapes = [(_CLASSES[classes[0][1][0]], target)] if alike else _coverage_shapes(classes)
    for css, shape in shapes:
        drawn = ground if alike else canvas.path(shapely.intersection(shape, window))
        if drawn:
            fill = f' fill="url(#{key}-{css})"' if css != "seen" else ""
            parts.append(f'<path class="{css}"{fill} d="{drawn}"/>')
    if not alone:
        parts.extend(_outlines(agreement.drawn, canvas, place))
    parts.extend(_dots(canvas, placed, at))
    parts.append(_scale_bar(canvas))
    label = f"Map of {place.replace('_', ' ')} with {plural(len(placed), 'incident')}"
    return svg_of(canvas.width, canvas.height, label, parts, "map")


def draw_all(agreement: Agreement, marks: Iterable[Mark]) -> Markup:
    """All incidents on one map with the agreement's places; nothing where no incident has a position."""
    placed = _with_positions(marks)
    if not placed:
        return Markup("")
    lon, lat = [m.lon for m in placed if m.lon is not None], [m.lat for m in placed if m.lat is not None]
    frame = agreement.frame or Frame((min(lon) - 0.5, min(lat) - 0.5, max(lon) + 0.5, max(lat) + 0.5))
    at = _projected(frame, placed)
    at = at[np.isfinite(at).all(axis=1)]
    if len(at) < len(placed):
        return Markup("")  # the projection of the agreement's places does not reach to all of them
    around = [*at.min(axis=0) - 20_000, *at.max(axis=0) + 20_000]
    bounds = np.array([around, *(shape.bounds for shape in agreement.drawn.values() if not shape.is_empty)])
    canvas = _Canvas(_view((*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)), at), WIDTH, 520)
    parts = [*_outlines(agreement.drawn, canvas), *_dots(canvas, placed, at), _scale_bar(canvas)]
    return svg_of(
        canvas.width, canvas.height, f"Map of {plural(len(placed), 'incident')} under all terms", parts, "map"
    )


def _with_positions(marks: Iterable[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.lat is not None and mark.lon is not None]


def _outlines(places: Mapping[str, BaseGeometry], canvas: _Canvas, place: str = "") -> list[str]:
    """The agreement's places as far as they can be seen; ``place``: the one that the picture is about."""
    own, window, out = {place, *place.split(" + ")}, canvas.whole(), []
    for name, shape in places.items():
        if " + " in name or (name in own and name != place):
            continue
        outline = shapely.intersection(shape, window)
        if outline.is_empty:
            continue
        css = "edge" if name == place else "line" if outline.geom_type.endswith("LineString") else "other"
        title = escape(name.replace("_", " "))
        out.append(f'<path class="{css}" d="{canvas.path(outline)}"><title>{title}</title></path>')
    return out


def _projected(frame: Frame, marks: Sequence[Mark]) -> np.ndarray:
    if not marks:
        return np.zeros((0, 2))
    x, y = frame.to_xy(np.array([m.lon for m in marks], float), np.array([m.lat for m in marks], float))
    return np.column_stack([x, y])


def _view(bounds: tuple[float, float, float, float], at: np.ndarray) -> tuple[float, float, float, float]:
    """What the picture shows: the place within these bounds; where it is far larger than where things happened, only around those."""
    west, south, east, north = bounds
    if len(at) >= 3:
        low, high = at.min(axis=0), at.max(axis=0)
        pad = 0.25 * max(*(high - low), 50_000)
        near = (low[0] - pad, low[1] - pad, high[0] + pad, high[1] + pad)
        if (near[2] - near[0]) * (near[3] - near[1]) < 0.5 * (east - west) * (north - south):
            return near
        west, south = min(west, low[0]), min(south, low[1])
        east, north = max(east, high[0]), max(north, high[1])
    return (west, south, east, north)


def _classes(measured: Sequence[Measured]) -> list[tuple[Cells, np.ndarray]]:
    """Of every place of some readings the cells, with the number of the class (:data:`_CLASSES`) of each."""
    by_place: dict[int, list[Measured]] = {}
    for one in measured:
        if one.cells.frame is not None:
            by_place.setdefault(id(one.cells), []).append(one)
    out = []
    for same in by_place.values():
        least = np.minimum.reduce([m.watched_over_space for m in same])
        out.append((same[0].cells, np.where(least <= 0, 0, np.where(least < 1, 1, 2))))
    return out


def _coverage_shapes(classes: Sequence[tuple[Cells, np.ndarray]]) -> list[tuple[str, BaseGeometry]]:
    """The place by how well it was watched to the standard.

    Readings may give a term different places; where they overlap, the least is shown.
    """
    parts: dict[str, list[BaseGeometry]] = {css: [] for css in _CLASSES}
    for cells, of in classes:
        for n, css in enumerate(parts):
            cells_of_class = cells.metres[of == n]
            if len(cells_of_class):
                parts[css].append(shapely.union_all(shapely.buffer(cells_of_class, 1.0, quad_segs=1)))
    out: list[tuple[str, BaseGeometry]] = []
    for css, shapes in parts.items():
        if len(classes) > 1 and shapes:
            shape = shapely.difference(shapely.union_all(shapes), shapely.union_all([worse for _, worse in out]))
            out += [] if shape.is_empty else [(css, shape)]
        else:
            out += [(css, shape) for shape in shapes]
    return out


def _dots(canvas: _Canvas, marks: Sequence[Mark], at: np.ndarray) -> list[str]:
    points = canvas.xy(at) if len(at) else at
    drawn = _doubts(canvas, marks, points)
    for status in ORDER:
        for mark, (x, y) in sorted(zip(marks, points, strict=True), key=lambda one: not one[0].owed):
            if mark.status == status:
                drawn.append(
                    f'<a href="#{anchor(mark.id)}"><title>{escape(mark.title)}</title><path class="dot {mark.css}" transform="translate({x:.1f},{y:.1f})" '
                    f'd="{OWED if mark.owed else SHAPES[status]}"/></a>'
                )
    return drawn


def _doubts(canvas: _Canvas, marks: Sequence[Mark], points: np.ndarray) -> list[str]:
    """Around incidents whose place is less sure than their mark is large the circle that holds it with 95 %; none where there are too many."""
    circles = {
        f'<circle class="doubt" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        for mark, (x, y) in zip(marks, points, strict=True)
        if (radius := (mark.precision_m or 0) * canvas.scale) > _MARK
    }
    return sorted(circles) if len(circles) <= _CIRCLES else []


def doubt_words(marks: Iterable[Mark]) -> str:
    """How sure the places on a map are, for its caption; nothing where there are none."""
    radii = [mark.precision_m / 1000 for mark in _with_positions(marks) if mark.precision_m is not None]
    if not radii:
        return ""
    low, high = f"{min(radii):.3g}", f"{max(radii):.3g}"
    within = low if low == high else f"{low} to {high}"
    return f"Each place holds within {within} km (95 %): the dashed circles, where they are larger than the mark and not too many."


def _scale_bar(canvas: _Canvas) -> str:
    wanted = canvas.width / 5 / canvas.scale
    power = 10 ** math.floor(math.log10(wanted))
    metres = max(n * power for n in (1, 2, 5) if n * power <= wanted)
    length, y = metres * canvas.scale, canvas.height - 6
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return f'<g class="scale"><path d="M8,{y - 5}v5h{length:.1f}v-5"/><text x="{14 + length:.1f}" y="{y}">{text}</text></g>'
