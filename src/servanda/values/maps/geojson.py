"""GeoJSON (RFC 7946), and the member ``crs`` of the form before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from servanda.values import strict_json
from servanda.values.maps.features import FEATURE_ID, UNREADABLE, Feature, Layer
from servanda.values.maps.systems import WGS84, System, degrees, same_system, system_named


def geojson_layers(stem: str, content: bytes, system: System | None) -> list[Layer]:
    """The one layer of a GeoJSON file.

    Args:
        stem: what it is called, unless it says so itself.
        content: its bytes.
        system: its coordinate system, by the agreement; the file's own must be the same.

    Returns:
        The layer.

    Raises:
        ValueError: it is not GeoJSON; or in a coordinate system that is not known.
    """
    try:
        data = strict_json.loads(content.decode("utf-8-sig"))
        if not isinstance(data, Mapping):
            raise TypeError("it is no object")
        if data.get("type") == "Topology":
            raise ValueError("it is TopoJSON: export it as GeoJSON")
        if str(data.get("geometryType")).startswith("esri"):
            raise ValueError("it is JSON of Esri: export it as GeoJSON")
    except (*UNREADABLE, RecursionError) as error:
        raise ValueError(f"is not valid GeoJSON: {error}") from None
    own = _own_system(data)
    if own is not None and system is not None and not same_system(own, system):
        raise ValueError(f"says itself that its coordinate system is {own.text}: leave 'crs' out")
    name = data.get("name") if isinstance(data.get("name"), str) else ""
    layer = str(name or stem)
    return [Layer(layer, lambda: _features(data, layer, own or system or System(WGS84)))]


def in_degrees(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """A collection of features whose coordinates are degrees on WGS 84, as RFC 7946 has them.

    Args:
        data: the collection; its member ``crs`` may name another coordinate system, as GeoJSON did before.

    Returns:
        The collection, and the name of the system from which its geometries were converted; nothing where they are in degrees already.

    Raises:
        ValueError: its coordinate system is not known, or a geometry cannot be converted from it.
    """
    own = _own_system(data)
    if own is None or same_system(own, System(WGS84)):
        return data, ""
    features = [dict(feature) if isinstance(feature, Mapping) else feature for feature in data.get("features") or []]
    placed = [feature for feature in features if isinstance(feature, dict) and feature.get("geometry") is not None]
    try:
        shapes = np.array([shapely.geometry.shape(feature["geometry"]) for feature in placed], dtype=object)
    except UNREADABLE as error:
        raise ValueError(f"is not valid GeoJSON: {error}") from None
    for feature, text in zip(placed, shapely.to_geojson(own.to_degrees(shapes)), strict=True):
        feature["geometry"] = strict_json.loads(text)
    return {**data, "features": features}, own.text


def _own_system(data: Mapping[str, Any]) -> System | None:
    given = data.get("crs")
    if given is None:
        return None
    named = given.get("properties") if isinstance(given, Mapping) and given.get("type") == "name" else None
    name = named.get("name") if isinstance(named, Mapping) else None
    if not isinstance(name, str):
        raise ValueError("has a member 'crs' that is no name of a coordinate system; what it links to is not fetched")
    return system_named(name)


def _features(data: Mapping[str, Any], layer: str, system: System) -> list[Feature]:
    try:
        if data.get("type") == "FeatureCollection":
            raw = data["features"]
        elif data.get("type") == "Feature":
            raw = [data]
        else:
            raw = [{"geometry": data, "properties": {}}]
        out = []
        for feature in raw:
            if feature.get("geometry") is None:
                continue
            properties = {FEATURE_ID: feature.get("id"), **(feature.get("properties") or {})}
            with np.errstate(invalid="ignore"):  # a coordinate that is no number is refused below
                out.append((properties, shapely.geometry.shape(_with_arrays(feature["geometry"]))))
    except (*UNREADABLE, RecursionError) as error:
        raise ValueError(f"is not valid GeoJSON: {error}") from None
    return [Feature(properties, degrees(geometry, system), layer) for properties, geometry in out]


def _with_arrays(geometry: Any) -> Any:
    """The same geometry with lines and the rings of polygons as arrays, which are read at once and not corner by corner."""
    kind, parts = (geometry.get(key) for key in ("type", "coordinates"))
    if kind not in ("LineString", "Polygon", "MultiPolygon") or not isinstance(parts, list):
        return geometry
    if kind == "LineString":
        return {"type": kind, "coordinates": _ring(parts)}
    if kind == "Polygon":
        return {"type": kind, "coordinates": list(map(_ring, parts))}
    return {"type": kind, "coordinates": [list(map(_ring, p)) if isinstance(p, list) else p for p in parts]}


def _ring(corners: Any) -> Any:
    """Corners as an array, where all are plain numbers; others stay as they are, and what is wrong with them is told of them."""
    try:
        found = np.array(corners)
    except (ValueError, OverflowError):
        return corners
    return found if found.dtype == np.float64 and found.ndim == 2 else corners
