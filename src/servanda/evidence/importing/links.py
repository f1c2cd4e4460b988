"""Places in links to maps. No address is fetched: a link that is short says nothing of where it leads."""

from __future__ import annotations

import re
from urllib.parse import unquote

_N = r"([+\-]?\d{1,3}(?:\.\d+)?)"
_PAIR = rf"{_N}\s*(?:,|~|\+|\s)\s*{_N}"
_LINK = re.compile(r"^(?:https?://|geo:|maps\.|www\.|goo\.gl/|google\.|yandex\.|openstreetmap\.)", re.IGNORECASE)
_MARKS = (
    re.compile(rf"!3d{_N}!4d{_N}"),
    re.compile(rf"[?&]mlat={_N}&mlon={_N}"),
    re.compile(rf"^geo:{_N},{_N}"),
    re.compile(rf"[?&](?:q|query|destination|daddr|markers|coordinate|to|point)=(?:loc:|geo:)?{_PAIR}"),
    re.compile(rf"/(?:place|search|dir/)/?{_PAIR}(?=[/?&]|$)"),
)
"""A point that a link marks, latitude first."""
_MARKS_LON_FIRST = (re.compile(rf"[?&](?:pt|whatshere\[point\])={_N},{_N}"), re.compile(rf"[?&/]m={_N},{_N}"))
_MIDDLES = (
    re.compile(rf"/@{_N},{_N}"),
    re.compile(rf"#(?:map=)?\d{{1,2}}(?:\.\d+)?/{_N}/{_N}"),
    re.compile(rf"[?&](?:center|cp|sll|ll|latlng)={_PAIR}"),
    re.compile(rf"[?&]lat={_N}&(?:lon|lng)={_N}"),
)
"""The middle of the map that a link opens, latitude first."""
_LON_FIRST = re.compile(r"(?:^|[/.])(?:yandex|2gis)\.", re.IGNORECASE)
_LL = re.compile(rf"[?&]ll={_N},{_N}")


def from_link(text: str) -> tuple[float, float, bool] | None:
    """The place of a link to a map of Google, OpenStreetMap, Yandex, Apple, Bing, 2GIS, or of a ``geo:`` link.

    Args:
        text: the link.

    Returns:
        Latitude and longitude, and whether they are only the middle of the map that it opens; nothing where it is no such link, or a short one.
    """
    if not _LINK.match(text):
        return None
    link = unquote(text)
    if _LON_FIRST.search(link.partition("?")[0]):
        for pattern, middle in (*((p, False) for p in _MARKS_LON_FIRST), (_LL, True)):
            if match := pattern.search(link):
                return _within(match[2], match[1], middle=middle)
        return None
    for pattern in _MARKS:
        if match := pattern.search(link):
            return _within(match[1], match[2], middle=False)
    for pattern in _MIDDLES:
        if match := pattern.search(link):
            return _within(match[1], match[2], middle=True)
    return None


def _within(lat: str, lon: str, *, middle: bool) -> tuple[float, float, bool] | None:
    north, east = float(lat), float(lon)
    return (north, east, middle) if abs(north) <= 90 and abs(east) <= 180 else None
