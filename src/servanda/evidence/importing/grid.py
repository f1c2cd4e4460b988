"""Grids of maps: UTM, MGRS and Open Location Codes (plus codes), to degrees."""

from __future__ import annotations

import re
from functools import cache
from math import cos, radians

from pyproj import Transformer

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_MGRS = re.compile(r"^(\d{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z])\s*([A-HJ-NP-V])\s*(\d[\d\s]*)$", re.IGNORECASE)
_UTM = re.compile(
    r"^(?:UTM\s*)?(\d{1,2})\s*([C-HJ-NP-X])\s*[,;]?\s*(?:E|mE)?\s*(\d{6}(?:\.\d+)?)\s*(?:mE|E|m)?[\s,;/]+(?:N|mN)?\s*(\d{5,8}(?:\.\d+)?)\s*(?:mN|N|m)?$",
    re.IGNORECASE,
)
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"


@cache
def _transformer(zone: int, south: bool) -> Transformer:
    return Transformer.from_crs(f"EPSG:{32700 + zone if south else 32600 + zone}", "EPSG:4326", always_xy=True)


def _degrees(zone: int, *, south: bool, east: float, north: float) -> tuple[float, float] | None:
    lon, lat = _transformer(zone, south).transform(east, north)
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _band_of(lat: float) -> str:
    return _BANDS[min(19, max(0, int((lat + 80) // 8)))]


def from_utm(text: str) -> list[tuple[float, float]]:
    """The places that a reference of UTM can mean.

    Args:
        text: for example ``37U 412345 5345678``.

    Returns:
        Latitude and longitude; two places where S may be the band in the north or the southern half; none where it is no reference.
    """
    match = _UTM.match(text.strip())
    if match is None or not 1 <= int(match[1]) <= 60:
        return []
    zone, letter, east, north = int(match[1]), match[2].upper(), float(match[3]), float(match[4])
    found = []
    as_band = _degrees(zone, south=letter < "N", east=east, north=north)
    if as_band and _band_of(as_band[0]) == letter:
        found.append(as_band)
    if letter in "NS":
        as_half = _degrees(zone, south=letter == "S", east=east, north=north)
        if as_half and as_half not in found:
            found.append(as_half)
    return found


def from_mgrs(text: str) -> tuple[float, float, float] | None:
    """The place of a reference of MGRS: the middle of its square.

    Args:
        text: for example ``37U DQ 12345 67890``.

    Returns:
        Latitude, longitude, and half the diagonal of the square in metres; nothing where it is no reference, or where there is no such square.
    """
    match = _MGRS.match(text.strip())
    if match is None:
        return None
    digits = re.sub(r"\s", "", match[5])
    zone, band = int(match[1]), match[2].upper()
    if len(digits) % 2 or not 2 <= len(digits) <= 10 or not 1 <= zone <= 60:
        return None
    half = len(digits) // 2
    size = 10 ** (5 - half)
    column, row = match[3].upper(), match[4].upper()
    columns = _COLUMNS[(zone - 1) % 3]
    if column not in columns:
        return None
    east = (columns.index(column) + 1) * 100_000 + int(digits[:half]) * size + size / 2
    north = ((_ROWS.index(row) - (5 if zone % 2 == 0 else 0)) % 20) * 100_000 + int(digits[half:]) * size + size / 2
    for turn in range(6):
        place = _degrees(zone, south=band < "N", east=east, north=north + turn * 2_000_000)
        if place and _band_of(place[0]) == band:
            return place[0], place[1], size * 0.7072
    return None


_PLUS = re.compile(r"^([23456789CFGHJMPQRVWX]{8})\+([23456789CFGHJMPQRVWX]{2,3})$", re.IGNORECASE)
_PLUS_DIGITS = "23456789CFGHJMPQRVWX"


def from_plus_code(text: str) -> tuple[float, float, float] | None:
    """The place of a whole Open Location Code: the middle of its field.

    Args:
        text: for example ``8GX5G2C2+22``; a short one (``G2C2+22, Town``) is none, for it counts from a town.

    Returns:
        Latitude, longitude, and half the diagonal of the field in metres; nothing where it is no such code.
    """
    match = _PLUS.match(text.strip())
    if match is None:
        return None
    digits = [_PLUS_DIGITS.index(letter) for letter in (match[1] + match[2]).upper()]
    size, lat, lon = 20.0, -90.0, -180.0
    for north, east in zip(digits[:10:2], digits[1:10:2], strict=True):
        lat, lon = lat + north * size, lon + east * size
        size /= 20
    tall = wide = size * 20
    if len(digits) == 11:  # the last digit parts the field in five rows of four
        tall, wide = tall / 5, wide / 4
        lat, lon = lat + digits[10] // 4 * tall, lon + digits[10] % 4 * wide
    lat, lon = lat + tall / 2, lon + wide / 2
    metres = 0.5 * 111_320 * (tall**2 + (wide * cos(radians(lat))) ** 2) ** 0.5
    return (lat, lon, metres) if abs(lat) <= 90 and abs(lon) <= 180 else None
