"""FlatGeobuf (version 3): a header, an index that is skipped, and features, each a FlatBuffer. Every offset is checked before it is followed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.maps.features import MOST_FEATURES, UNREADABLE, Feature, Layer
from servanda.values.maps.systems import System, same_system, vertices

MAGIC = b"fgb\x03fgb"
_NUMBERS = ("<b", "<B", "<?", "<h", "<H", "<i", "<I", "<q", "<Q", "<f", "<d")
_TEXTS = {11, 12, 13}
_BINARY = 14
_POINT, _LINE, _POLYGON, _POINTS, _LINES, _POLYGONS, _COLLECTION = range(1, 8)
_DEEPEST = 4


class _Table:
    """A table of a FlatBuffer: fields by their numbers, none outside its bytes."""

    def __init__(self, data: bytes, at: int | None = None) -> None:
        self.data = data
        self.at = self._whole("<I", 0) if at is None else at
        self.fields = self.at - self._whole("<i", self.at)
        self.size = self._whole("<H", self.fields)

    def _whole(self, form: str, at: int) -> int:
        if at < 0:
            raise ValueError("an offset leads out of it")
        return int(struct.unpack_from(form, self.data, at)[0])

    def _field(self, number: int) -> int:
        place = 4 + 2 * number
        offset = self._whole("<H", self.fields + place) if place + 2 <= self.size else 0
        return self.at + offset if offset else 0

    def number(self, number: int, form: str, default: int = 0) -> int:
        at = self._field(number)
        return self._whole(form, at) if at else default

    def table(self, number: int) -> _Table | None:
        at = self._field(number)
        return _Table(self.data, at + self._whole("<I", at)) if at else None

    def _vector(self, number: int, width: int) -> tuple[int, int]:
        """Where a vector begins, and how long it is."""
        at = self._field(number)
        if not at:
            return 0, 0
        at += self._whole("<I", at)
        count = self._whole("<I", at)
        if at + 4 + count * width > len(self.data):
            raise ValueError("a list is longer than it")
        return at + 4, count

    def numbers(self, number: int, kind: str) -> np.ndarray:
        at, count = self._vector(number, np.dtype(kind).itemsize)
        return np.frombuffer(self.data, kind, count, at)

    def bytes(self, number: int) -> bytes:
        at, count = self._vector(number, 1)
        return self.data[at : at + count]

    def text(self, number: int) -> str:
        return self.bytes(number).decode("utf-8", "replace")

    def tables(self, number: int) -> list[_Table]:
        at, count = self._vector(number, 4)
        return [_Table(self.data, place + self._whole("<I", place)) for place in range(at, at + 4 * count, 4)]


def flatgeobuf_layers(stem: str, content: bytes, system: System | None) -> list[Layer]:
    """The one layer of a FlatGeobuf file.

    Args:
        stem: what it is called, unless it says so itself.
        content: its bytes.
        system: its coordinate system, by the agreement; the file's own must be the same.

    Returns:
        The layer.

    Raises:
        ValueError: it is damaged, or does not say in which coordinate system it is.
    """
    try:
        (size,) = struct.unpack_from("<I", content, 8)
        if 12 + size > len(content):
            raise ValueError("it is cut off")
        header = _Table(content[12 : 12 + size])
        name, own = header.text(0) or stem, _own_system(header.table(10))
        columns = _columns(header, 7)
        begin = 12 + size + _index_size(header.number(8, "<Q"), header.number(9, "<H", 16))
    except (struct.error, *UNREADABLE) as error:
        raise ValueError(f"is not valid FlatGeobuf: {error}") from None
    if own is not None and system is not None and not same_system(own, system):
        raise ValueError(f"says itself that its coordinate system is {own.text[:60]}: leave 'crs' out")
    used = own or system
    if used is None:
        raise ValueError("does not say in which coordinate system it is: add 'crs', as 'crs: EPSG:4326'")

    def read() -> list[Feature]:
        try:
            found = list(_features(content, begin, columns, header.number(2, "<B"), header.number(8, "<Q")))
        except (struct.error, *UNREADABLE) as error:
            raise ValueError(f"is not valid FlatGeobuf: {error}") from None
        placed = used.to_degrees(np.array([shape for _, shape in found], dtype=object))
        return [Feature(row, shape, name) for (row, _), shape in zip(found, placed, strict=True)]

    return [Layer(name, read)]


_Columns = Sequence[tuple[str, int]]


def _columns(table: _Table, number: int) -> _Columns:
    return [(column.text(0), column.number(1, "<B")) for column in table.tables(number)]


def _own_system(crs: _Table | None) -> System | None:
    if crs is None:
        return None
    code = crs.text(5) or str(crs.number(1, "<i") or "")
    if code:
        return System(f"{crs.text(0) or 'EPSG'}:{code}")
    return System(crs.text(4)) if crs.text(4) else None


def _index_size(features: int, node: int) -> int:
    """How many bytes the index takes: a tree whose nodes have so many children."""
    if not node or not features:
        return 0
    if node < 2 or features > MOST_FEATURES:
        raise ValueError(f"it says that it holds {features:,} features, {node} in a node of its index")
    level, nodes = features, features
    while True:
        level = -(-level // node)
        nodes += level
        if level == 1:
            return nodes * 40


def _features(
    content: bytes, at: int, columns: _Columns, kind: int, expected: int
) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    left, number = [len(content) // 16], 0
    while at < len(content):
        (size,) = struct.unpack_from("<I", content, at)
        number += 1
        if number > MOST_FEATURES or at + 4 + size > len(content):
            raise ValueError(f"it is cut off in its feature {number}")
        feature = _Table(content[at + 4 : at + 4 + size])
        shape = feature.table(0)
        if shape is not None:
            yield _row(feature.bytes(1), _columns(feature, 2) or columns), _shape(shape, kind, left, 0)
        at += 4 + size
    if expected and number != expected:
        raise ValueError(f"it says that it holds {expected:,} features, and holds {number:,}")


def _row(data: bytes, columns: _Columns) -> dict[str, Any]:
    row: dict[str, Any] = {}
    at = 0
    while at < len(data):
        (column,) = struct.unpack_from("<H", data, at)
        name, kind = columns[column]
        at += 2
        if kind < len(_NUMBERS):
            row[name] = struct.unpack_from(_NUMBERS[kind], data, at)[0]
            at += struct.calcsize(_NUMBERS[kind])
            continue
        (length,) = struct.unpack_from("<I", data, at)
        if kind in _TEXTS:
            row[name] = data[at + 4 : at + 4 + length].decode("utf-8", "replace")
        elif kind != _BINARY:
            raise ValueError(f"its column {name[:40]!r} is of an unknown kind")
        at += 4 + length
    return row


def _shape(table: _Table, kind: int, left: list[int], depth: int) -> BaseGeometry:
    """A geometry. ``left``: how many vertices an honest file of this length can still have."""
    kind = table.number(6, "<B") or kind
    xy = vertices(table.numbers(1, "<f8"))
    left[0] -= len(xy)
    if left[0] < 0 or depth > _DEEPEST:
        raise ValueError("the same vertices stand in it again and again")
    if kind in (_POLYGONS, _COLLECTION):
        parts = [_shape(part, _POLYGON if kind == _POLYGONS else 0, left, depth + 1) for part in table.tables(7)]
        return shapely.multipolygons(parts) if kind == _POLYGONS else shapely.geometrycollections(parts)
    if kind == _POINT:
        return shapely.points(xy[0]) if len(xy) else shapely.Point()
    if kind == _POINTS:
        return shapely.multipoints(shapely.points(xy))
    if kind == _LINE:
        return shapely.linestrings(xy) if len(xy) else shapely.LineString()
    if kind not in (_POLYGON, _LINES):
        raise ValueError(f"a geometry is of a kind that is not read ({kind})")
    ends = [int(end) for end in table.numbers(0, "<u4")] or [len(xy)]
    pieces = [xy[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    if ends[-1] != len(xy) or any(len(piece) == 0 for piece in pieces):
        if len(xy) == 0:
            return shapely.Polygon() if kind == _POLYGON else shapely.MultiLineString()
        raise ValueError("the parts of a geometry are not in order")
    if kind == _LINES:
        return shapely.multilinestrings([shapely.linestrings(piece) for piece in pieces])
    return shapely.polygons(pieces[0], holes=pieces[1:] or None)
