"""Where and when, as people tell it: a place by its name, a direction and a distance from where somebody stood, a time give or take some minutes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from servanda.app.context import context_of, outlines_of
from servanda.desk import models
from servanda.desk.decide import refused
from servanda.desk.folder import Desk
from servanda.desk.kept import agreement_of
from servanda.evidence.importing import places_of
from servanda.evidence.importing.gazetteer import places_called

_RADIUS = 6371.0088  # km, of a sphere of the earth's mean radius
_WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_NUMBER = re.compile(r"[0-9]{1,3}([.,][0-9]{1,3})?")
_MINUTES = re.compile(r"[0-9]{1,4}")
_OFFERED = 6
DEGREES, SHARE = 15.0, 0.5
"""How sure a direction and a distance that were heard are, where nobody says: 15 degrees to either side, half the distance."""


@dataclass(frozen=True)
class Place:
    """A place that a name may mean: degrees, the radius in kilometres, and who says so."""

    name: str
    lat: float
    lon: float
    km: float
    of: str


def places(desk: Desk, head: models.Head, name: str) -> list[Place]:
    """The places that a name may mean.

    Args:
        desk: the mission.
        head: how far its record is projected.
        name: as somebody wrote it.

    Returns:
        The one that the agreement means first; then those of the gazetteer, the nearest to the agreement's places first.
    """
    agreement, found = agreement_of(desk, head), dict[tuple[float, float], Place]()
    if agreement is not None:
        context = context_of(agreement)
        match = places_of(outlines_of(agreement), context).find(name)
        if match is not None and match.place is not None:
            p = match.place
            found[p.lat, p.lon] = Place(p.name, p.lat, p.lon, p.km, p.of)
        extent = context.extent
    else:
        extent = None
    others = places_called(name, "as it is written")
    if extent is not None:
        lon, lat = (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2
        others = sorted(others, key=lambda p: kilometres(lat, lon, p.lat, p.lon))
    for p in others[:_OFFERED]:
        found.setdefault((p.lat, p.lon), Place(f"{p.name}, {p.region or p.country}", p.lat, p.lon, p.km, p.of))
    return list(found.values())[:_OFFERED]


def kilometres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """How far two points are apart, on a sphere."""
    one, two = math.radians(lat), math.radians(to_lat)
    across = math.sin((two - one) / 2) ** 2
    across += math.cos(one) * math.cos(two) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * _RADIUS * math.asin(math.sqrt(across))


def bearing(text: str) -> float | None:
    """A direction in degrees from north, clockwise, by its number or its name, as NW; nothing where it is none."""
    plain = text.strip().upper().rstrip("°").strip()
    if plain in _WINDS:
        return _WINDS.index(plain) * 22.5
    number = float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else 361.0
    return number % 360 if number <= 360 else None


def beyond(lat: float, lon: float, towards: float, km: float) -> tuple[float, float]:
    """The point that lies so far away in a direction, on a sphere: latitude and longitude."""
    a, d, t = math.radians(lat), km / _RADIUS, math.radians(towards)
    b = math.asin(math.sin(a) * math.cos(d) + math.cos(a) * math.sin(d) * math.cos(t))
    east = math.atan2(math.sin(t) * math.sin(d) * math.cos(a), math.cos(d) - math.sin(a) * math.sin(b))
    return math.degrees(b), (lon + math.degrees(east) + 540) % 360 - 180


def heard(
    lat: float, lon: float, own_km: float, towards: float, km: float, degrees: float, doubt_km: float
) -> tuple[float, float, float]:
    """Where something was that somebody heard.

    Args:
        lat: where he stood.
        lon: the same.
        own_km: how surely.
        towards: the direction, in degrees from north.
        km: how far away, as he judged.
        degrees: how far the direction may be off, to either side.
        doubt_km: how far the distance may be off.

    Returns:
        Latitude, longitude, and the radius in kilometres of a circle that holds all of what he may mean.
    """
    at = beyond(lat, lon, towards, km)
    near, far = max(km - doubt_km, 0.0), km + doubt_km
    off = math.radians(min(degrees, 180.0))
    corners = [math.sqrt(km * km + r * r - 2 * km * r * math.cos(off)) for r in (near, far)]
    return *at, max(corners) + own_km


def around(start: datetime | None, end: datetime | None, minutes: str) -> tuple[datetime | None, datetime | None]:
    """The span in which something lies that was given or taken some minutes.

    Args:
        start: when it was.
        end: when it ended, or the end of the span.
        minutes: how far the time may be off; nothing for not at all.

    Returns:
        Beginning and end.

    Raises:
        Refused: that is no number of minutes, up to a day.
    """
    if not minutes.strip() or start is None:
        return start, end
    if not _MINUTES.fullmatch(minutes.strip()) or int(minutes) > 1440:
        raise refused("give or take is no number of minutes from 0 to 1440", "write 10 for ten minutes", "DSK016")
    length = timedelta(minutes=int(minutes))
    return start - length, (end or start) + length
