"""Lengths and shares as people write them."""

from __future__ import annotations

import re

_LENGTH = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(km|m)\s*$")


def parse_length(text: object) -> float:
    """Metres of "25 km" or "800 m". A bare number is refused: a length without its unit is a dispute to come."""
    match = _LENGTH.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not a length; write it with its unit, for example '25 km' or '800 m'")
    return float(match[1]) * (1000.0 if match[2] == "km" else 1.0)
