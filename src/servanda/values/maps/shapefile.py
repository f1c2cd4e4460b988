"""Shapefiles (ESRI white paper of July 1998): shapes in .shp, their values in .dbf, the coordinate system in .prj.

The index (.shx) is not needed: the records are read one after the other.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.maps.features import MOST_FEATURES, UNREADABLE, Feature, Layer, Sibling, placed, polygon_of_rings
from servanda.values.maps.systems import System, same_system, vertices

MAGIC = b"\x00\x00\x27\x0a"
_KINDS = {1: "point", 8: "points", 3: "lines", 5: "rings"}
_ENCODINGS = {
    0x02: "cp850",
    0x03: "cp1252",
    0x01: "cp437",
    0x26: "cp866",
    0x65: "cp866",
    0x57: "cp1252",
    0x58: "cp1252",
}
_ENCODINGS |= {0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0x7D: "cp1255", 0x7E: "cp1256"}


def shapefile_layers(stem: str, content: bytes, beside: Sibling, system: System | None) -> list[Layer]:
    """The one layer of a shapefile.

    Args:
        stem: what it is called.
        content: its .shp.
        beside: the files of the same name with other endings.
        system: its coordinate system, by the agreement; where there is a .prj it must be the same.

    Returns:
        The layer.

    Raises:
        ValueError: its .prj is missing.
    """
    written = (beside(".prj") or b"").decode("utf-8-sig", "replace").strip()
    own = System(written) if written else None
    if own is None and system is None:
        what = "has no .prj beside it, which says in which coordinate system it is"
        raise ValueError(f"{what}: put it there, or add 'crs', as 'crs: EPSG:4326'")
    if own is not None and system is not None and not same_system(own, system):
        raise ValueError("says itself, in its .prj, in which coordinate system it is: leave 'crs' out")
    used = own or system
    assert used is not None

    def read() -> list[Feature]:
        try:
            shapes = list(_shapes(content))
            table = beside(".dbf")
            rows = (
                [{} for _ in shapes]
                if table is None
                else _rows(table, (beside(".cpg") or b"").decode("ascii", "replace"))
            )
            if len(rows) != len(shapes):
                raise ValueError(f"its .shp has {len(shapes)} shapes, its .dbf {len(rows)} rows")
            kept = [(row, shape) for shape, row in zip(shapes, rows, strict=True) if row is not None]
        except (struct.error, LookupError, *UNREADABLE) as error:
            raise ValueError(f"is not a valid shapefile: {error}") from None
        return placed([row for row, _ in kept], [shape for _, shape in kept], stem, used.to_degrees)

    return [Layer(stem, read)]


_DBASE = frozenset((0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x83, 0x8B, 0xCB, 0xF5, 0xFB))
"""How tables of dBASE and its relatives begin."""


def _shapes(content: bytes) -> Iterator[BaseGeometry | None]:
    """The shapes of a .shp, in their order; ``None`` for one without a geometry."""
    (words,) = struct.unpack_from(">i", content, 24)
    if not 50 <= words <= len(content) // 2:
        raise ValueError(f"it is cut off: {len(content):,} of {words * 2:,} bytes are there")
    at, number = 100, 0
    while at < words * 2:
        number += 1
        if number > MOST_FEATURES:
            raise ValueError(f"it holds more than {MOST_FEATURES:,} features")
        (length,) = struct.unpack_from(">i", content, at + 4)
        body = content[at + 8 : at + 8 + length * 2]
        if length < 2 or len(body) < length * 2:
            raise ValueError(f"its shape {number} is cut off")
        yield _shape(body, number)
        at += 8 + length * 2


def _shape(body: bytes, number: int) -> BaseGeometry | None:
    (code,) = struct.unpack_from("<i", body, 0)
    kind = _KINDS.get(code % 10) if 0 <= code < 30 else None
    if code == 0:
        return None
    if kind is None:
        raise ValueError(f"its shape {number} is of a kind that is no place ({code})")
    if kind == "point":
        return shapely.points(_pairs(body, 4, 1, number)[0])
    if kind == "points":
        (count,) = struct.unpack_from("<i", body, 36)
        return shapely.multipoints(shapely.points(_pairs(body, 40, count, number)))
    parts, count = struct.unpack_from("<2i", body, 36)
    if not 0 < parts <= len(body) // 4:
        raise ValueError(f"its shape {number} has {parts} parts")
    starts = [*struct.unpack_from(f"<{parts}i", body, 44), count]
    if starts[0] != 0 or any(a >= b for a, b in pairwise(starts)):
        raise ValueError(f"the parts of its shape {number} are not in order")
    xy = _pairs(body, 44 + 4 * parts, count, number)
    pieces = [xy[a:b] for a, b in pairwise(starts)]
    if kind == "rings":
        return polygon_of_rings(pieces)
    return shapely.multilinestrings([shapely.linestrings(piece) for piece in pieces])


def _pairs(body: bytes, at: int, count: int, number: int) -> np.ndarray:
    if not 0 < count <= (len(body) - at) // 16:
        raise ValueError(f"its shape {number} has {count} vertices, and bytes for {max(0, (len(body) - at) // 16)}")
    return vertices(np.frombuffer(body, "<f8", count * 2, at))


def is_dbase(content: bytes) -> bool:
    """Whether bytes begin as a table of dBASE (.dbf): its mark, and an end of its list of fields where it says.

    Args:
        content: the bytes of a file.

    Returns:
        Whether they do.
    """
    if len(content) < 66 or content[0] not in _DBASE or content[12:14] != b"\0\0":  # no text has these
        return False
    (begin,) = struct.unpack_from("<H", content, 8)
    return 65 <= begin <= len(content) and b"\r" in content[64:begin]


def dbase_rows(content: bytes, page: str = "") -> tuple[list[dict[str, Any]], int]:
    """The rows of a table of dBASE.

    Args:
        content: its bytes.
        page: what a .cpg beside it says.

    Returns:
        Its rows, and how many others were deleted.

    Raises:
        ValueError: it is cut off or damaged.
    """
    try:
        rows = _rows(content, page)
    except (struct.error, LookupError, *UNREADABLE) as error:
        raise ValueError(f"is not a valid table of dBASE: {error}") from None
    kept = [row for row in rows if row is not None]
    return kept, len(rows) - len(kept)


def _rows(table: bytes, page: str) -> list[dict[str, Any] | None]:
    """The rows of a .dbf; ``None`` for one that was deleted."""
    count, begin, width = struct.unpack_from("<IHH", table, 4)
    fields: list[tuple[bytes, str, int, int]] = []
    at, end = 1, table.find(b"\r", 32, begin)
    for place in range(32, end if end > 0 else begin, 32):
        size = table[place + 16]
        fields.append((table[place : place + 11].split(b"\0")[0], chr(table[place + 11]), at, at + size))
        at += size
    if not fields or at > width or width == 0 or begin + count * width > len(table):
        raise ValueError("its .dbf is cut off or damaged")
    encoding = _encoding(page, table[29], table)
    names = [name.decode(encoding, "replace").strip() for name, *_ in fields]
    twice = {name for name, times in Counter(names).items() if times > 1}  # names are cut after ten letters
    named = [
        (f"{name} ({n})" if name in twice else name, *field[1:])
        for n, (name, field) in enumerate(zip(names, fields, strict=True), 1)
    ]
    rows: list[dict[str, Any] | None] = []
    for start in range(begin, begin + count * width, width):
        row = table[start : start + width]
        deleted = row[:1] == b"*"
        rows.append(None if deleted else {n: _value(row[a:b], kind, encoding) for n, kind, a, b in named})
    return rows


def _encoding(page: str, language: int, table: bytes) -> str:
    """How the text of a table is written: by its .cpg, by its own mark, as UTF-8 where it can be read so; else as western Europe's."""
    told = page.strip().lower()
    if "utf" in told or told == "65001":
        return "utf-8"
    part, number = re.search(r"8859[-_ ]?(\d{1,2})", told), re.search(r"\d{3,4}", told)
    if part or number:
        name = f"iso8859-{part[1]}" if part else f"cp{number[0]}" if number else ""
        try:
            b"".decode(name)
        except LookupError:
            raise ValueError(f"its .cpg names an encoding that is not known: {told[:40]!r}") from None
        return name
    if language in _ENCODINGS:
        return _ENCODINGS[language]
    try:
        table.decode("utf-8")
    except UnicodeDecodeError:
        return _ENCODINGS[0x03]
    return "utf-8"


def _value(cell: bytes, kind: str, encoding: str) -> Any:
    text = cell.decode(encoding, "replace").strip(" \0")
    if kind in "NF" and text:
        try:
            return float(text) if "." in text or "e" in text.lower() else int(text)
        except ValueError:
            return None  # asterisks: a number that did not fit
    if kind == "D" and re.fullmatch(r"\d{8}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text or None
