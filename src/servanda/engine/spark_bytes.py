"""Values as rows of bytes, none of them large: Java copies a row several times on its way, and an executor may have little memory."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import polars as pl
import pyarrow as pa

ROW_BYTES = 1 << 22
"""The most bytes of a row."""
_TABLE_BYTES = 1 << 23  # of a table that is sent by itself, before it is made small
_LAST, _MORE = b"\0", b"\1"


def packed(value: Any) -> bytes:
    """A value as bytes, made small; :func:`unpacked` makes it again."""
    written = pickle.dumps(value, protocol=5)
    return len(written).to_bytes(8, "little") + bytes(pa.compress(written, codec="lz4_raw", asbytes=True))


def unpacked(made: bytes | pa.Buffer) -> Any:
    """The value of bytes that this program's own tasks made."""
    written = pa.decompress(made[8:], int.from_bytes(made[:8], "little"), codec="lz4_raw", asbytes=True)
    return pickle.loads(written)  # noqa: S301  made by this program's own tasks


def rows_of(value: Any) -> Iterator[bytes]:
    """A value as rows that follow one another; every one but the last says that more follows."""
    made = packed(value)
    last = (len(made) - 1) // ROW_BYTES
    for n in range(last + 1):
        yield (_LAST if n == last else _MORE) + made[n * ROW_BYTES : (n + 1) * ROW_BYTES]


def one_row(value: Any) -> bytes:
    """A value that is never large as one row, for a way on which their order is lost."""
    return _LAST + packed(value)


def values_in(rows: Iterable[bytes | bytearray]) -> Iterator[Any]:
    """The values of rows that :func:`rows_of` and :func:`one_row` made, in their order."""
    waiting: list[bytes | bytearray] = []
    for row in rows:
        waiting.append(row[1:])
        if row[:1] == _LAST:
            yield unpacked(b"".join(waiting))
            waiting = []


def pieces_of(tables: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, pl.DataFrame]]:
    """Tables in pieces of some megabytes, for a way on which their order is lost; put together by name they are the same rows."""
    cut = [_slices(table) for table in tables.values()]
    for some in zip_longest(*cut):
        yield {name: table for name, table in zip(tables, some, strict=True) if table is not None}


def _slices(table: pl.DataFrame) -> Iterator[pl.DataFrame]:
    rows = max(1, table.height * _TABLE_BYTES // max(1, int(table.estimated_size())))
    for n in range(0, table.height, rows):
        yield table[n : n + rows]
