"""KML and GPX: their points as rows, their tracks as tracks. Lines without times and areas are places of an agreement, not reports."""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from servanda.evidence.importing.containers.strangers import xml_tree
from servanda.evidence.importing.sheets import Cell, Filler, Sheet, features_that_may_report, not_imported
from servanda.evidence.importing.tracks import MOST_POINTS, Track, point_of, told_of
from servanda.values.containers.kml import placemarks, text_of

_SHAPES = ("MultiGeometry", "Polygon", "LineString", "LinearRing", "Model", "GroundOverlay")


def read_map(file: str, content: bytes, kind: str) -> Sheet:
    """The points of a KML or GPX document.

    Args:
        file: its name.
        content: its bytes.
        kind: ``kml`` or ``gpx``.

    Returns:
        A row for each point, with its name, time, place and other values; the first row has the names. Tracks beside them.

    Raises:
        EvidenceError: it is damaged, or has no point.
    """
    tree = xml_tree(file, io.BytesIO(content))
    sheet = Sheet(file, "", kind)
    rows = list(_placemarks(tree, sheet) if kind == "kml" else _waypoints(tree, sheet))
    rows = features_that_may_report(rows, sheet)
    sheet.tracks += _tracks_of_kml(tree) if kind == "kml" else _tracks_of_gpx(tree)
    if sum(len(track.points) for track in sheet.tracks) > MOST_POINTS:
        raise not_imported(file, "EVD190", f"has more than {MOST_POINTS:,} points of tracks", "give it in parts")
    if sheet.tracks:
        sheet.told.append(told_of(sheet.tracks))
    if not rows and sheet.tracks:
        return sheet
    if not rows:
        what = f"is a {kind.upper()} document without a point that could be a report"
        hint = "; ".join(sheet.told) or "a report needs a point with its time"
        raise not_imported(file, "EVD195", what, hint)
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    filler = Filler(sheet)
    filler.add(0, list(names))
    for number, row in rows:
        filler.add(number, [row.get(name) for name in names])
    return sheet


def _placemarks(tree: Element, sheet: Sheet) -> Iterator[tuple[int, dict[str, Cell]]]:
    for mark in placemarks(tree):
        points = mark.element.findall(".//Point/coordinates")
        at = (text_of(points[0]) if len(points) == 1 else "") or ""
        lon, _, lat = at.partition(",")
        if lat:
            yield mark.number, {**mark.values, "longitude": lon.strip(), "latitude": lat.partition(",")[0].strip()}
        elif mark.element.find(".//Track") is None:
            shape = next((kind for kind in _SHAPES if mark.element.find(f".//{kind}") is not None), "")
            if shape:
                sheet.shapes[mark.number] = shape
            yield mark.number, {**mark.values}


def _waypoints(tree: Element, sheet: Sheet) -> Iterator[tuple[int, dict[str, Cell]]]:
    for n, point in enumerate(tree.iter("wpt"), 1):
        yield (
            n,
            {
                "name": text_of(point.find("name")),
                "time": text_of(point.find("time")),
                "latitude": point.get("lat"),
                "longitude": point.get("lon"),
                "description": text_of(point.find("desc")),
                "comment": text_of(point.find("cmt")),
                "type": text_of(point.find("type")),
            },
        )
    routes = sum(1 for _ in tree.iter("rte"))
    if routes:
        sheet.told.append(f"{routes:,} of its parts are routes, which somebody planned, and are left out")


def _tracks_of_gpx(tree: Element) -> Iterator[Track]:
    """Each segment of a track; its author is who went there, where the file names one."""
    who = text_of(tree.find("./metadata/author/name")) or ""
    for track in tree.iter("trk"):
        name = text_of(track.find("name")) or ""
        for segment in track.iter("trkseg"):
            found = (point_of(p.get("lon"), p.get("lat"), text_of(p.find("time"))) for p in segment.iter("trkpt"))
            if points := tuple(point for point in found if point is not None):
                yield Track(who or name, name, points)


def _tracks_of_kml(tree: Element) -> Iterator[Track]:
    """Each track with its times, as the extension of Google writes it: all times, then all places."""
    for mark in tree.iter("Placemark"):
        name = text_of(mark.find("name")) or ""
        for track in mark.iter("Track"):
            times = [text_of(when) for when in track.iter("when")]
            places = [(text_of(coord) or "").split() for coord in track.iter("coord")]
            found = (point_of(p[0], p[1], t) for p, t in zip(places, times, strict=False) if len(p) >= 2)
            if points := tuple(point for point in found if point is not None):
                yield Track(name, name, points)
