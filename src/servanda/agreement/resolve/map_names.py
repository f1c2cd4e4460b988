"""What features of maps go by: kinds of names, in the order in which they are looked at.

``feature id``, ``id``, the codes of administrative areas as OCHA has them (``ADM2_PCODE``; also ``adm2_pcode``, ``admin2Pcode``), ``name``,
their names in every language (``ADM1_EN``, ``ADM1_UA``, ``adm1_name1``, ``admin1Name_en``), the ids of geoBoundaries, GADM and ISO
(``shapeISO``, ``shapeID``, ``GID_1``), their names (``shapeName``, ``NAME_1``, ``name:uk``), and last the row number of a GeoPackage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from servanda.values.maps import FEATURE_ID

_KINDS = (
    FEATURE_ID,
    r"id",
    r"(?:adm|admin)[0-5]_?(?:pcode|pcod|code)",
    r"name|title|label|nom|nombre|назва|название|имя|اسم",
    r"(?:adm|admin)[0-5]_?(?:(?:name|nam|na|refname|ref|refn|alt|altname|altn)?_?\d?_?(?:[a-z]{2})?)",
    r"shapeiso|shapeid|hasc_\d|gid_\d|iso_3166_2|iso_code",
    r"shapename|name_\d|varname_\d|nl_name_\d|name[:_][a-z]{2,3}",
    r"shapegroup",
    r"fid|ogc_fid",
)
_PARTS = tuple(re.compile(kind) for kind in _KINDS)
_ID, _CODE, _IDS, _COUNTRY, _ROW = 1, 2, 5, 7, 8
_NO_NAMES = re.compile(r"(?:adm|admin)[0-5]_?(?:id|nr|no)")
_LEVEL = re.compile(r"(?:adm|admin)([0-5])|(?:gid|hasc|name|varname|nl_name)_([0-5])$")


@lru_cache(maxsize=4096)
def rank(kind: str) -> int | None:
    """Where a kind of name stands in the order; ``None`` for what is no name."""
    low = kind.lower()
    if _NO_NAMES.fullmatch(low):
        return None
    return next((n for n, part in enumerate(_PARTS) if part.fullmatch(low)), None)


@lru_cache(maxsize=4096)
def level(kind: str) -> int | None:
    """The administrative level of a code or name, 0 for a country; ``None`` for what has none."""
    match = None if rank(kind) is None else _LEVEL.match(kind.lower())
    if match is None:
        return 0 if rank(kind) == _COUNTRY else None
    return int(match[1] or match[2])


def order(kind: str) -> tuple[int, int, str]:
    """What kinds of names are sorted by; the lowest administrative level comes before the higher ones."""
    place, depth = rank(kind), level(kind)
    return len(_KINDS) if place is None else place, -(depth or 0), kind


def is_code(kind: str) -> bool:
    """Whether one name of this kind is one feature, however many parts it has: ids and codes, not names."""
    return rank(kind) in (0, _ID, _CODE, _IDS)


def is_row(kind: str) -> bool:
    """Whether it is the number of a row, which nobody gave."""
    return rank(kind) == _ROW


def names_of(properties: Mapping[str, Any]) -> dict[str, str]:
    """What a feature goes by, kind by kind, in their order.

    Args:
        properties: what its file says of it.

    Returns:
        Names by their kinds.
    """
    return {kind: name for kind in _kinds(tuple(properties)) if (name := word(properties[kind]))}


@lru_cache(maxsize=256)
def _kinds(given: tuple[str, ...]) -> list[str]:
    return sorted((kind for kind in given if rank(kind) is not None), key=order)


def word(value: Any) -> str:
    """A value as one writes it in an agreement; nothing for what is no text and no number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
