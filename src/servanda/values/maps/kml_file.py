"""KML: placemarks with their folders as layers. What it links to elsewhere is not fetched."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.containers.kml import Placemark, links_in, placemarks, text_of
from servanda.values.containers.xml import xml_tree
from servanda.values.maps.features import UNREADABLE, Feature, Layer
from servanda.values.maps.systems import vertices

_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_COMMA = re.compile(r"\s*,\s*")


def kml_layers(stem: str, content: bytes) -> list[Layer]:
    """The folders of a KML document as layers.

    Args:
        stem: what placemarks without a folder stand in.
        content: its bytes.

    Returns:
        The layers that have a placemark with a geometry.

    Raises:
        ValueError: it is damaged, or is no KML, or holds nothing but links.
        Refused: its XML is not to be read.
    """
    tree = xml_tree(io.BytesIO(content))
    if tree.tag != "kml":
        raise ValueError(f"is XML ({tree.tag[:40]}), and no KML")
    folders: dict[str, list[Feature]] = {}
    for mark in placemarks(tree):
        shape = _shape(mark)
        if shape is not None:
            layer = mark.folder or stem
            folders.setdefault(layer, []).append(Feature(_values(mark), shape, layer))
    links = links_in(tree)
    if not folders and links:
        raise ValueError(
            f"holds nothing but links to other documents ({links}), which are not fetched: save what they show"
        )
    if not folders:
        raise ValueError("is KML without a placemark that has a geometry")
    return [Layer(name, lambda features=features: features) for name, features in folders.items()]  # type: ignore[misc]


def _values(mark: Placemark) -> dict[str, str | None]:
    """What is said of a placemark; an instant is a date, not the beginning of a span."""
    values = dict(mark.values)
    if mark.element.find(".//TimeStamp/when") is not None:
        values["date"] = values.pop("begin")
    return values


def _shape(mark: Placemark) -> BaseGeometry | None:
    try:
        found = [shape for child in mark.element if child.tag in _SHAPES for shape in _shapes(child)]
    except UNREADABLE as error:
        name = mark.values["name"] or f"number {mark.number}"
        raise ValueError(f"has a placemark that is no geometry ({name}): {str(error)[:200]}") from None
    if len(found) < 2:
        return found[0] if found else None
    return shapely.geometrycollections(found)


def _shapes(element: Element) -> Iterator[BaseGeometry]:
    if element.tag == "MultiGeometry":
        for child in element:
            if child.tag in _SHAPES:
                yield from _shapes(child)
    elif element.tag == "Polygon":
        outer = element.find("outerBoundaryIs/LinearRing")
        if outer is not None:
            holes = [_vertices(ring) for ring in element.iterfind("innerBoundaryIs/LinearRing")]
            yield shapely.polygons(_vertices(outer), holes=holes or None)
    elif element.tag == "Point":
        yield shapely.points(_vertices(element)[0])
    else:
        yield shapely.linestrings(_vertices(element))


def _vertices(element: Element) -> np.ndarray:
    words = _COMMA.sub(",", text_of(element.find("coordinates")) or "").split()
    return vertices(np.array([[float(part) for part in word.split(",")[:2]] for word in words], dtype=float))
