"""Zones of time as people name them: by the names of the time zone database, by offsets, by abbreviations that mean one, by cities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from servanda.errors import EvidenceError, Fault
from servanda.evidence.importing.words import word_list, words, zone_names, zone_offsets

_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_NAMED_ZONE = re.compile(
    r"(?<![^\W_])(?:utc|gmt)(?![^\W\d_])(?:[\s_]*(?P<sign>[+\-\u2212]|plus|minus)[\s_]?(?P<offset>\d{1,2}(?::?\d{2})?)|\s?(?P<east>1[0-4]|[1-9])(?![\w:-]))?",
    re.IGNORECASE,
)
"""UTC with an offset; one without a sign, as names of columns in forms have it, goes east."""
_AREAS = frozenset({"Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"})
_SEVERAL = frozenset({"EST", "MST", "HST"})
"""Names of the database that are abbreviations, which elsewhere mean other zones."""
_LONGEST = 5
"""The most words of a part of a header that can name a zone."""


@cache
def zone_of(text: str) -> tzinfo | None:
    """A zone by its name (``Africa/Khartoum``), its city, an offset (``+03:00``) or an abbreviation that means one; nothing for any other."""
    text = text.strip()
    match = _OFFSET.match(zone_offsets().get(words(text), text).replace("\u2212", "-"))
    if match:
        length = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if length > timedelta(hours=14):
            return None
        return timezone(-length if match[1] == "-" else length)
    if text in available_timezones() and text not in _SEVERAL:
        return ZoneInfo(text)
    return _of_city(text)


def _of_city(text: str) -> tzinfo | None:
    """The zone of a city, beside which may stand that its time is meant, as in ``Kyiv time``."""
    said = " ".join(word for word in words(text).split() if word not in word_list("time_words"))
    name = zone_names().get(said) or _cities().get(said, "")
    return ZoneInfo(name) if name else None


@cache
def _cities() -> Mapping[str, str]:
    """The cities after which zones are called, but for names that two zones bear."""
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.rpartition("/")
        if area in _AREAS:
            found[words(city)] = "" if words(city) in found else name
    return found


def zone_asked(text: str) -> tzinfo:
    """The zone that somebody gives with ``--zone``. Raises :class:`EvidenceError` where it is none."""
    zone = zone_of(text)
    if zone is None:
        raise EvidenceError(
            Fault("--zone", f"not a time zone: {text[:80]!r}", "as Africa/Khartoum or +03:00", code="EVD203")
        )
    return zone


def zone_of_name(name: str) -> tzinfo | None:
    """The zone that the name of a column says, as ``Time (UTC+3)`` or ``час, EET``; nothing where it says none."""
    match = _NAMED_ZONE.search(name)
    if match:
        size = match["offset"] or match["east"]
        sign = "-" if (match["sign"] or "").lower() in ("-", "\u2212", "minus") else "+"
        return zone_of(f"{sign}{size}") if size else UTC
    for part in re.split(r"[()\[\],;/:]", name):
        if len(words(part).split()) <= _LONGEST and (zone := _of_city(part)) is not None:
            return zone
    for word in re.findall(r"[^\W\d_]+", name):
        said = words(word)
        if said in word_list("utc"):
            return UTC
        if said in zone_offsets() and (word.isupper() or not word.isascii()):
            return zone_of(zone_offsets()[said])
    return None


def zone_of_lines(lines: Sequence[str]) -> tzinfo | None:
    """The one zone that lines in front of a table give its times, as ``All times UTC+3``; nothing where they tell none, or several.

    Args:
        lines: what stands in front of its header. A part with other figures tells of one moment (*as of 18:00 UTC*), and not of all.

    Returns:
        The zone.
    """
    for between in (r"[()\[\],;|.]", r"[,;|.]"):
        parts = [part for line in lines for part in re.split(between, line)]
        spoken = [part for part in parts if set(words(part).split()) & word_list("times")]
        spoken = [part for part in spoken if not re.search(r"\d", _NAMED_ZONE.sub("", part))]
        found = {str(zone): zone for part in spoken if (zone := zone_of_name(part)) is not None}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def unclear_zone_in(name: str) -> str:
    """The abbreviation in brackets or at the end of the name of a column that means several zones, as ``Time (EST)``; nothing where there is none."""
    found = re.findall(r"[(\[]\s*([A-Z]{3,4})\s*[)\]]|\b([A-Z]{3,4})\s*$", name)
    return next((word for pair in found for word in pair if words(word) in word_list("zones_unclear")), "")
