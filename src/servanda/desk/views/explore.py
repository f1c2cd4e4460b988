"""The explorer: a frame of map and time, to a table and back; coverage and denials as layers. Its address holds all of it."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import numpy as np
from django.http import HttpResponse

from servanda.desk import explorer, models
from servanda.desk.atlas import atlas
from servanda.desk.configure import desk
from servanda.desk.drawing import Sheet, explored, over_time
from servanda.desk.explorer import Frame, box_said
from servanda.desk.ground import legible, towns
from servanda.desk.kept import agreement_of
from servanda.desk.languages import counted, text
from servanda.desk.views.shared import not_there, page
from servanda.desk.wording import address, short
from servanda.desk.wording import at as written
from servanda.values.geo.meridian import cut

_WIDTH, _HEIGHT, _ROWS, _MOST_TILES = 900, 520, 60, 4_000_000
_SHOWN = ("act", "target", "place", "lat", "start", "state", "outcome", "endorser", "waiting", "paused", "reports")
Box = tuple[float, float, float, float]
LAYERS = ("coverage", "denials", "towns")


def explore(request: Any) -> HttpResponse:
    """The page: a map, a line of time, and the incidents of the frame as a table."""
    said, zone, head = request.GET, request.head.zone, request.head
    frame = explorer.frame_of(said, zone)
    asked = frozenset(said.getlist("layer")) & frozenset(LAYERS) if "shown" in said else frozenset(LAYERS)
    at = (desk().folder, head.size, head.root)
    agreement = agreement_of(desk(), head)
    ends = [cut(place.outline()).bounds for place in agreement.places.values()] if agreement else []
    ends = [e for e in ends if all(map(math.isfinite, e))]
    bounds = (
        _inside((*map(min, list(zip(*ends, strict=True))[:2]), *map(max, list(zip(*ends, strict=True))[2:])))
        if ends
        else None
    )
    every = explorer.placed(at)
    box = frame.box or explorer.whole_box(every, bounds)
    context: dict[str, Any] = {"frame": frame.said(zone), "asked": asked, "layers": LAYERS, "map": "", "times": ""}
    sheet = Sheet(*box, _WIDTH, _HEIGHT) if box is not None else None
    seen = Frame(_inside(sheet.bounds()), frame.start, frame.end, frame.act, frame.state) if sheet else None
    inside = np.flatnonzero(every.inside(frame))
    names = [every.ids[n] for n in inside[:_ROWS]]
    found, size = explorer.marks(every, seen, _point(said, seen.box)) if seen and seen.box else ([], 0.0)
    alone = models.Incident.objects.only(*_SHOWN).in_bulk([*names, *(ident for *_, ident in found if ident)])
    total = len(inside)
    context |= {"acts": every.acts, "total": total, "rows": [alone[name] for name in names if name in alone]}
    context |= {"queue": urlencode({"view": "all", **frame.said(zone)}), "moves": []}
    if box is not None and sheet is not None and seen is not None and seen.box is not None:
        more = [("shown", "1"), *(("layer", one) for one in sorted(asked))]
        here = _address(seen, zone, more), box_said(seen.box)
        marks = [_mark(seen.box, here, one, alone, size, zone) for one in found]
        outlines = {n: cut(p.outline()) for n, p in agreement.places.items() if " + " not in n} if agreement else {}
        kinds = frozenset({frame.act} - {""})
        kinds = (
            agreement.vocabulary.acts.below(kinds) if agreement and frame.act in agreement.vocabulary.acts else kinds
        )
        drawn = explorer.layers(explorer.coverage_of(desk(), head), frame, asked, kinds)
        layers = drawn.layers
        near = legible(towns(seen.box), [one[:2] for one in marks], seen.box) if "towns" in asked else []
        shown = seen.box if "gl" not in said else box
        context["data"] = atlas(desk(), shown, places=outlines, layers=layers, names=near, marks=marks)
        context["map"] = explored(sheet, outlines, layers, near, marks) if "gl" not in said else ""
        context["moves"] = _moves(Frame(box, frame.start, frame.end, frame.act, frame.state), zone, more)
        context["beyond"] = 0 if frame.box else total - sum(n for _, _, n, _ in found)
        context["drawn"] = drawn
        context["everywhere"] = [name for _, name, shape in layers if shape is None]
    bars = [_bar(frame, one, zone, asked) for one in explorer.bars(every, frame, zone)]
    context["times"] = over_time(bars, text("Incidents over time; each bar narrows the time to it"))
    return page(request, "framed.html" if "gl" in said else "explore.html", **context)


def tiles(request: Any) -> HttpResponse:
    """The tiles that the mission has brought, by ranges of bytes as the browser's reader asks for them; one answer has 4 MB at most."""
    path = desk().tiles
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{1,15})", request.headers.get("Range", ""))
    if path is None or not path.is_file():
        return not_there(request)
    stat = path.stat()
    if asked is None or int(asked[1]) >= stat.st_size or int(asked[2]) < int(asked[1]):
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stat.st_size}"})
    first = int(asked[1])
    with path.open("rb") as file:
        file.seek(first)
        data = file.read(min(int(asked[2]) - first + 1, _MOST_TILES))
    said = {"Content-Range": f"bytes {first}-{first + len(data) - 1}/{stat.st_size}", "Accept-Ranges": "bytes"}
    said["ETag"] = f'"{stat.st_size:x}-{stat.st_mtime_ns:x}"'
    return HttpResponse(data, status=206, content_type="application/octet-stream", headers=said)


def _point(said: Any, seen: Box) -> float:
    """How many degrees of longitude a point of the picture is; a browser that draws the map itself says it."""
    try:
        point = float(said.get("gl", ""))
    except ValueError:
        point = 0.0
    drawn = (seen[2] - seen[0]) / _WIDTH
    return point if drawn / 16 < point < drawn * 16 else drawn


def _inside(box: Box) -> Box:
    return max(box[0], -180.0), max(box[1], -90.0), min(box[2], 180.0), min(box[3], 90.0)


def _address(frame: Frame, zone: str, more: list[tuple[str, str]]) -> str:
    said = [*frame.said(zone).items(), *more]  # of these, an act alone can hold what an address cannot
    parts = "&".join(f"{key}={quote_plus(word) if key == 'act' else word}" for key, word in said)
    return f"{address('explore')}?{parts}"


def _mark(box: Box, here: tuple[str, str], one: Any, alone: Any, size: float, zone: str) -> Any:
    """A mark with its address: the case, or the same frame nearer; ``here``: the address of the frame, and how it says its box."""
    lon, lat, n, ident = one
    if (row := alone.get(ident)) is not None:
        name = f"{short(row.pk)} · {row.act.replace('_', ' ')} · {row.place} · {written(row.start, zone)}"
        return lon, lat, 1, f"/case/{quote(row.pk)}", name
    across, up = size * 1.5, (box[3] - box[1]) / 8
    near = box_said(_inside((lon - across, lat - up, lon + across, lat + up)))
    return lon, lat, n, here[0].replace(f"box={here[1]}", f"box={near}", 1), counted(n, "incident")


def _bar(frame: Frame, one: Any, zone: str, asked: frozenset[str]) -> tuple[str, int, str, bool]:
    start, end, n = one
    chosen = (frame.start is None or end > frame.start) and (frame.end is None or start < frame.end)
    more = [("shown", "1"), *(("layer", name) for name in sorted(asked))]
    return f"{start:%Y-%m-%d}", n, _address(Frame(frame.box, start, end, frame.act, frame.state), zone, more), chosen


def _moves(frame: Frame, zone: str, more: list[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """Ways from this frame to those beside it: key, name, address and box."""
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
        out.append((key, name, _address(there, zone, more), there.said(zone)["box"]))
    return [*out, ("0", text("everything"), address("explore"), "")]
