"""The explorer: a frame of map and time, to a table and back; coverage and denials as layers. Its address holds all of it."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from servanda.desk import explorer
from servanda.desk.configure import desk
from servanda.desk.drawing import Sheet, explored, over_time
from servanda.desk.explorer import Frame
from servanda.desk.kept import agreement_of
from servanda.desk.languages import counted, text
from servanda.desk.towns import towns
from servanda.desk.views.shared import page
from servanda.desk.wording import at as written
from servanda.desk.wording import short

_WIDTH, _HEIGHT, _ROWS = 900, 520, 60
LAYERS = ("coverage", "denials", "towns")


def explore(request: Any) -> HttpResponse:
    """The page: a map, a line of time, and the incidents of the frame as a table."""
    said, zone, head = request.GET, request.head.zone, request.head
    frame = explorer.frame_of(said, zone)
    asked = frozenset(said.getlist("layer")) & frozenset(LAYERS) if "shown" in said else frozenset(LAYERS)
    at = (desk().folder, head.size, head.root)
    agreement = agreement_of(desk(), head)
    ends = [place.outline().bounds for place in agreement.places.values()] if agreement else []
    ends = [e for e in ends if all(map(math.isfinite, e))]
    bounds = (
        _inside((*map(min, list(zip(*ends, strict=True))[:2]), *map(max, list(zip(*ends, strict=True))[2:])))
        if ends
        else None
    )
    whole, acts = explorer.overview(at, bounds)
    box = frame.box or whole
    context: dict[str, Any] = {"frame": frame.said(zone), "asked": asked, "layers": LAYERS, "map": "", "times": ""}
    sheet = Sheet(*box, _WIDTH, _HEIGHT) if box is not None else None
    seen = Frame(_inside(sheet.bounds()), frame.start, frame.end, frame.act, frame.state) if sheet else None
    total, rows, found, size, spans = explorer.counted(at, frame, seen, zone, _ROWS)
    context |= {"acts": acts, "total": total, "rows": rows}
    context |= {"queue": urlencode({"view": "all", **frame.said(zone)}), "moves": []}
    if box is not None and sheet is not None and seen is not None and seen.box is not None:
        more = [("shown", "1"), *(("layer", one) for one in sorted(asked))]
        marks = [_mark(seen, one, size, zone, more) for one in found]
        outlines = {n: p.outline() for n, p in agreement.places.items() if " + " not in n} if agreement else {}
        layers = explorer.layers(explorer.coverage_of(desk(), head), frame, asked)
        names = towns(seen.box) if "towns" in asked else []
        context["map"] = explored(sheet, outlines, layers, names, marks)
        context["moves"] = _moves(Frame(box, frame.start, frame.end, frame.act, frame.state), zone, more)
        context["outside"] = 0 if frame.box else total - sum(n for _, _, n, _ in found)
        context["everywhere"] = [name for _, name, shape in layers if shape is None]
    bars = [_bar(frame, one, zone, asked) for one in spans]
    context["times"] = over_time(bars, text("Incidents over time; each bar narrows the time to it"))
    return page(request, "explore.html", **context)


def _inside(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return max(box[0], -180.0), max(box[1], -90.0), min(box[2], 180.0), min(box[3], 90.0)


def _address(frame: Frame, zone: str, more: list[tuple[str, str]]) -> str:
    return f"{reverse('explore')}?{urlencode([*frame.said(zone).items(), *more])}"


def _mark(frame: Frame, one: Any, size: float, zone: str, more: list[tuple[str, str]]) -> Any:
    """A mark with its address: the case, or the same frame nearer."""
    lon, lat, n, row = one
    if row is not None:
        name = f"{short(row.pk)} · {row.act.replace('_', ' ')} · {row.place} · {written(row.start, zone)}"
        return lon, lat, 1, reverse("case", args=[row.pk]), name
    assert frame.box is not None
    across, up = size * 1.5, (frame.box[3] - frame.box[1]) / 8
    near = _inside((lon - across, lat - up, lon + across, lat + up))
    return (
        lon,
        lat,
        n,
        _address(Frame(near, frame.start, frame.end, frame.act, frame.state), zone, more),
        counted(n, "incident"),
    )


def _bar(frame: Frame, one: Any, zone: str, asked: frozenset[str]) -> tuple[str, int, str, bool]:
    start, end, n = one
    chosen = (frame.start is None or end > frame.start) and (frame.end is None or start < frame.end)
    more = [("shown", "1"), *(("layer", name) for name in sorted(asked))]
    return f"{start:%Y-%m-%d}", n, _address(Frame(frame.box, start, end, frame.act, frame.state), zone, more), chosen


def _moves(frame: Frame, zone: str, more: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Ways from this frame to those beside it: key, name and address."""
    assert frame.box is not None
    west, south, east, north = frame.box
    across, up = (east - west) / 3, (north - south) / 3
    boxes = [
        ("+", text("nearer"), (west + across / 2, south + up / 2, east - across / 2, north - up / 2)),
        ("-", text("farther"), (west - across, south - up, east + across, north + up)),
        ("ArrowLeft", text("west"), (west - across, south, east - across, north)),
        ("ArrowRight", text("east"), (west + across, south, east + across, north)),
        ("ArrowUp", text("north"), (west, south + up, east, north + up)),
        ("ArrowDown", text("south"), (west, south - up, east, north - up)),
    ]
    out = []
    for key, name, box in boxes:
        there = Frame(_inside(box), frame.start, frame.end, frame.act, frame.state)
        out.append((key, name, _address(there, zone, more)))
    return [*out, ("0", text("everything"), reverse("explore"))]
