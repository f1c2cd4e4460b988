"""Tracks: where somebody was, point by point. A track is no report: it is kept as a table of its own.

One row is one unbroken line, so that none is drawn across a gap in the recording.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import polars as pl

from servanda.wording import plural

TRACK = {
    "track_id": pl.String,
    "file": pl.String,
    "who": pl.String,
    "name": pl.String,
    "start": pl.String,
    "end": pl.String,
    "points": pl.Int64,
    "timed": pl.Int64,
    "geojson": pl.String,
}
"""The columns of the table of tracks."""
MOST_POINTS = 2_000_000
"""Points of one file."""


@dataclass(frozen=True)
class Track:
    """One unbroken line: who went there, how it is called, and its points: longitude, latitude, time (without a zone where the file says none)."""

    who: str
    name: str
    points: tuple[tuple[float, float, datetime | None], ...]


def point_of(lon: object, lat: object, when: object = None) -> tuple[float, float, datetime | None] | None:
    """A point of a track; nothing where its numbers are no place on earth. A time that cannot be read is left out."""
    try:
        x, y = float(str(lon)), float(str(lat))
    except ValueError:
        return None
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        return None
    try:
        moment = when if isinstance(when, datetime) else datetime.fromisoformat(when) if isinstance(when, str) else None
    except ValueError:
        moment = None
    return x, y, moment


def told_of(tracks: Sequence[Track]) -> str:
    """What there is to say of the tracks of a file."""
    points = sum(len(track.points) for track in tracks)
    timed = sum(1 for track in tracks for point in track.points if point[2] is not None)
    without = "" if timed == points else f", {points - timed:,} without a time"
    return f"{plural(len(tracks), 'track')} ({plural(points, 'point')}{without}): where somebody was is no report, and is written as a table of tracks"


def track_table(tracks: Sequence[tuple[str, Track]], zone: tzinfo | None = None) -> pl.DataFrame:
    """Tracks as a table.

    Args:
        tracks: each with the name of its file.
        zone: of times that name none; without one, these are written as they stand.

    Returns:
        One row for each, its line as a feature of GeoJSON with the times of its points.
    """
    rows = []
    for n, (file, track) in enumerate(tracks, 1):
        times = [_iso(moment, zone) for _, _, moment in track.points]
        known = [time for time in times if time]
        feature = {
            "type": "Feature",
            "properties": {"coordinateProperties": {"times": times}},
            "geometry": {"type": "LineString", "coordinates": [[x, y] for x, y, _ in track.points]},
        }
        first, last = (min(known), max(known)) if known else (None, None)
        line = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
        rows.append(
            (
                f"track-{n}",
                file,
                track.who or None,
                track.name or None,
                first,
                last,
                len(track.points),
                len(known),
                line,
            )
        )
    return pl.DataFrame(rows, schema=TRACK, orient="row")


def _iso(moment: datetime | None, zone: tzinfo | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        if zone is None:
            return moment.isoformat(timespec="seconds")
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
