"""Lengths and areas as people write them."""

from __future__ import annotations

import re

_LENGTH = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(km|m)\s*$")
_AREA = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(km2|m2|km²|m²)\s*$")


def parse_length(text: object) -> float:
    """Metres of "25 km" or "800 m". A bare number is refused: a length without its unit is a dispute to come."""
    match = _LENGTH.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not a length; write it with its unit, for example '25 km' or '800 m'")
    return float(match[1]) * (1000.0 if match[2] == "km" else 1.0)


def parse_radius(text: object) -> float:
    """Metres of a radius: a length as :func:`parse_length` reads it, that is one of a place on the earth."""
    metres = parse_length(text)
    if not 1 <= metres <= 2_000_000:
        raise ValueError("a radius must be between 1 m and 2000 km")
    return metres


def parse_area(text: object) -> float:
    """Square metres of "4 km2" or "800 m2". Raises ``ValueError`` with what would be right."""
    match = _AREA.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not an area; write it with its unit, for example '4 km2' or '800 m2'")
    return float(match[1]) * (1e6 if match[2].startswith("km") else 1.0)
