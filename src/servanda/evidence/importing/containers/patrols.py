"""Patrols as SMART Desktop exports them in XML: the track of each day as a line whose third number is its time, in milliseconds since 1970.

That time is the clock of the device: the file says no zone. What was observed at waypoints follows the data model of each conservation area, and
is counted and left out.
"""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import shapely

from servanda.evidence.importing.containers.strangers import xml_tree
from servanda.evidence.importing.sheets import Sheet, not_imported
from servanda.evidence.importing.tracks import MOST_POINTS, Track, point_of, told_of
from servanda.wording import plural

MARK = b"smartconservationsoftware.org/xml"


def read_patrol(file: str, content: bytes) -> Sheet:
    """The tracks of a patrol.

    Args:
        file: its name.
        content: its bytes.

    Returns:
        A sheet without rows, with the tracks.

    Raises:
        EvidenceError: it is damaged, or has no track.
    """
    tree = xml_tree(file, io.BytesIO(content))
    sheet = Sheet(file, "", "patrol")
    team = tree.find("team")
    name = tree.get("id", "")
    broken = 0
    for leg in tree.iter("legs"):
        leader = next((m for m in leg.iter("members") if m.get("isLeader") == "true"), None)
        who = (team.get("value") if team is not None else None) or _named(leader)
        for track in leg.iter("track"):
            lines = _lines(track.get("geom", ""))
            broken += lines is None
            sheet.tracks += [Track(who or "", f"{name}, leg {leg.get('id', '')}", line) for line in lines or () if line]
    if sum(len(track.points) for track in sheet.tracks) > MOST_POINTS:
        raise not_imported(file, "EVD190", f"has more than {MOST_POINTS:,} points of tracks", "give it in parts")
    if not sheet.tracks:
        raise not_imported(file, "EVD195", "is a patrol without a track that can be read", "export it with its tracks")
    sheet.told.append(told_of(sheet.tracks))
    waypoints = sum(1 for _ in tree.iter("waypoints"))
    if waypoints:
        what = (
            "its waypoints follow the area's own data model and are left out; export them as a table, and import that"
        )
        sheet.told.append(f"{plural(waypoints, 'waypoint')}: {what}")
    if broken:
        sheet.told.append(f"{plural(broken, 'track')} left out, which cannot be read")
    return sheet


def _named(member: Element | None) -> str:
    return " ".join(filter(None, (member.get("givenName"), member.get("familyName")))) if member is not None else ""


def _lines(geometry: str) -> list[tuple[tuple[float, float, datetime | None], ...]] | None:
    """The points of each line of a geometry in well-known binary; nothing where it is none."""
    try:
        found = shapely.from_wkb(bytes.fromhex(geometry))
    except (ValueError, shapely.GEOSException):
        return None
    lines = found.geoms if hasattr(found, "geoms") else [found] if found is not None else []
    out = []
    for line in lines:
        coordinates = shapely.get_coordinates(line, include_z=True).tolist()
        points = (point_of(x, y, _clock(z)) for x, y, z in coordinates)
        out.append(tuple(point for point in points if point is not None))
    return out


def _clock(milliseconds: float) -> datetime | None:
    """The device's clock; nothing where the third number is no time of these decades."""
    if not math.isfinite(milliseconds) or not 0 < milliseconds < 7.3e12:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)
