"""Tracks in GeoJSON: lines with the times of their points, and the positions of subjects as EarthRanger gives them.

A line bears the times of its points under ``coordinateProperties.times`` (EarthRanger, and what is made of GPX), or under ``coordTimes``. A position is a point with
``subject_type`` and its time under ``coordinateProperties.time``; those of one subject are its track.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servanda.evidence.importing.tracks import Track, point_of


def is_features(value: Any) -> bool:
    """Whether a value is a collection of features."""
    return isinstance(value, Mapping) and value.get("type") == "FeatureCollection"


def without_tracks(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Track]]:
    """A collection without the features that are tracks or positions, and the tracks.

    Args:
        document: a collection of features.

    Returns:
        The rest of it, and its tracks in their order, those made of positions last.
    """
    listed = document.get("features")
    rest: list[Any] = []
    tracks: list[Track] = []
    positions: dict[tuple[str, str], list[tuple[str, tuple[float, float, Any]]]] = {}
    for feature in listed if isinstance(listed, list) else []:
        properties, geometry = _part(feature, "properties"), _part(feature, "geometry")
        lines = _lines(geometry, _times(properties))
        if lines is not None:
            tracks += [Track(_who(properties), _who(properties), points) for points in lines if points]
            continue
        position = _position(properties, geometry)
        if position is None:
            rest.append(feature)
        else:
            key = (str(properties.get("id") or _who(properties)), _who(properties))
            positions.setdefault(key, []).append(position)
    for (_, who), found in positions.items():
        tracks.append(Track(who, who, tuple(point for _, point in sorted(found, key=lambda one: one[0]))))
    return {**document, "features": rest}, tracks


def _part(feature: Any, name: str) -> Mapping[str, Any]:
    part = feature.get(name) if isinstance(feature, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _who(properties: Mapping[str, Any]) -> str:
    return next((str(properties[name]) for name in ("title", "name") if properties.get(name)), "")


def _times(properties: Mapping[str, Any]) -> list[Any] | None:
    inner = properties.get("coordinateProperties")
    times = inner.get("times") if isinstance(inner, Mapping) else properties.get("coordTimes")
    return times if isinstance(times, list) else None


def _lines(geometry: Mapping[str, Any], times: list[Any] | None) -> list[tuple[tuple[float, float, Any], ...]] | None:
    """The points of each line with their times; nothing where it is no line, or has no times."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if times is None or not isinstance(coordinates, list) or kind not in ("LineString", "MultiLineString"):
        return None
    parts, of_parts = (coordinates, times) if kind == "MultiLineString" else ([coordinates], [times])
    out = []
    for n, part in enumerate(parts):
        clock = of_parts[n] if n < len(of_parts) and isinstance(of_parts[n], list) else []
        found = (
            point_of(at[0], at[1], clock[k] if k < len(clock) else None)
            for k, at in enumerate(part if isinstance(part, list) else [])
            if isinstance(at, list) and len(at) >= 2
        )
        out.append(tuple(point for point in found if point is not None))
    return out


def _position(
    properties: Mapping[str, Any], geometry: Mapping[str, Any]
) -> tuple[str, tuple[float, float, Any]] | None:
    """Where a subject was at an instant."""
    inner, at = properties.get("coordinateProperties"), geometry.get("coordinates")
    time = inner.get("time") if isinstance(inner, Mapping) else None
    if geometry.get("type") != "Point" or "subject_type" not in properties or not isinstance(time, str):
        return None
    point = point_of(at[0], at[1], time) if isinstance(at, list) and len(at) >= 2 else None
    return (time, point) if point is not None else None
