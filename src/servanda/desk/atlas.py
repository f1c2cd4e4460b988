"""What a map shows, as data: for the browser's map library where there is one, beside the picture that stands where there is none.

Both are made of the same marks, layers and ground, so that neither shows what the other does not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import shapely
from django.urls import reverse
from markupsafe import Markup

from servanda.desk.folder import Desk
from servanda.desk.ground import Box, ground

Mark = tuple[float, float, int, str, str]
"""Longitude, latitude, how many incidents, address and name."""


def around(box: Box) -> Box:
    """The box of a grid in which a frame lies, with as much again beside it, which a wide screen shows too: frames that lie near each other have one ground."""
    west, south, east, north = box
    step = 2.0 ** math.ceil(math.log2(max(east - west, north - south, 0.25)))
    low_x, low_y = (math.floor(edge / step - 1) * step for edge in (west, south))
    high_x, high_y = (math.ceil(edge / step + 1) * step for edge in (east, north))
    return max(low_x, -180.0), max(low_y, -90.0), min(high_x, 180.0), min(high_y, 90.0)


@lru_cache(maxsize=64)
def _ground(box: Box) -> str:
    shown = [{"kind": kind, "shape": shape} for kind, shape in ground(box).items() if not shape.is_empty]
    return _features((one["shape"], {"kind": one["kind"]}) for one in shown)


def _features(found: Iterable[tuple[Any, Mapping[str, Any]]]) -> str:
    rows = ",".join(
        f'{{"type":"Feature","properties":{json.dumps(said)},"geometry":{shapely.to_geojson(shape)}}}'
        for shape, said in found
    )
    return f'{{"type":"FeatureCollection","features":[{rows}]}}'


def atlas(
    desk: Desk,
    box: Box,
    *,
    places: Mapping[str, Any],
    layers: Sequence[tuple[str, str, Any]] = (),
    names: Sequence[tuple[str, float, float]] = (),
    marks: Sequence[Mark] = (),
    spots: Sequence[tuple[float, float, float, str]] = (),
) -> Markup:
    """All that a map shows, as JSON that can stand in a page.

    Args:
        desk: the mission, which may have brought tiles.
        box: what is shown at first.
        places: outlines of the agreement's places by name.
        layers: class, name and outline of what was watched and denied; without an outline it is everywhere.
        names: towns, each with its place.
        marks: incidents, or so many of them together.
        spots: reports: longitude, latitude, metres around in which it lies, and its name.

    Returns:
        The data.
    """
    wide = shapely.box(*box)
    overlays = [*(("place", name, shape) for name, shape in places.items()), *layers]
    shown = [(wide if shape is None else shape, {"kind": css, "name": name}) for css, name, shape in overlays]
    tiles = reverse("tiles") if desk.tiles is not None and desk.tiles.is_file() else ""
    said = {"box": box, "towns": names, "marks": marks, "spots": spots, "tiles": tiles}
    head = json.dumps(said, ensure_ascii=False)[:-1]
    whole = f'{head},"ground":{_ground(around(box))},"over":{_features(shown)}}}'
    return Markup(whole.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704  nothing in it ends a script
