"""Rows of a table as entries: each a commitment to its fields, so that some can be shown and the rest proved unchanged.

Of a table with protected sources there are two columns more, ``~place`` and ``~time``: what may be told of a protected report
(``coarsen``), fixed when it is recorded, so that it cannot be made vaguer or sharper afterwards.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from servanda.record.coarsen import Box, boxes
from servanda.record.entry import Entry, row_entry
from servanda.record.tree import root_of
from servanda.record.vault import SALT, Vault
from servanda.record.verifier import FIELD, ROW, leaf_hash

PLACE, TIME = "~place", "~time"
_AT_ONCE = 8_000  # rows whose fields are in memory as bytes, and in the cache of the processor
_BYTES = pa.large_binary()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rows:
    """The entries of a table's rows with their hashes, and what the statement of the file says of them."""

    entries: list[bytes]
    leaves: list[bytes]
    root: str
    columns: tuple[str, ...]


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """A raw table (with ``row``) with every other column as text: what is committed to."""
    return table.with_columns(pl.exclude("row").cast(pl.String))


def is_protected(table: pl.DataFrame, pseudonyms: Sequence[str]) -> pl.Series:
    """Which rows speak of one of these protected sources, in any column."""
    any_of = "|".join(pseudonyms) or "(?:a^)"  # which matches nothing
    mentions = [pl.col(c).str.contains(any_of).fill_null(False) for c in table.columns if c != "row"]
    return table.select(pl.any_horizontal(pl.lit(False), *mentions).alias("protected"), "row")["protected"]


KEYED = "keyed"
"""The order of rows that tells nothing of their places in the file; before Servanda 0.3 they stood in the file's own."""


def in_order(table: pl.DataFrame, key: bytes, order: str | None) -> pl.DataFrame:
    """A table's rows in the order in which they are committed to: by the key of their file, or as in the file (``None``).

    In the file's own order a row would lie between its neighbours: where a file is in order of time, and they may be seen, so would its time.
    """
    return table[Vault.order(key, table["row"].to_list())] if order == KEYED else table


BY_OBJECT = "object"
"""The salts of fields that are made of what is kept too, and not of the place in the record alone, which a record that is put back uses again."""


def rows_key(vault: Vault, entry: Entry) -> bytes:
    """The key of the salts, and of the order, of the rows of a recorded file."""
    by_object = entry.says["rows"].get("salts") == BY_OBJECT
    return vault.file_key(entry.index, entry.digest if by_object else "")


def commit(table: pl.DataFrame, key: bytes, name: str, entry: int, known_at: str) -> Rows:
    """Commit to every row of a text table whose file is recorded at ``entry``, with the file's key and in its keyed order."""
    columns = tuple(c for c in table.columns if c != "row")
    digest = hashlib.sha256
    made: list[bytes] = []
    rows = in_order(table.select("row", *columns), key, KEYED)
    for some in rows.iter_slices(_AT_ONCE):
        for fields in _fields(some, columns, Vault.salts_of(key, some["row"].to_list(), len(columns))):
            row = digest(ROW + b"".join(fields)).hexdigest()  # as commit_row
            made.append(row_entry(name, len(made) + 1, row, entry, known_at))
    leaves = [leaf_hash(e) for e in made]
    return Rows(made, leaves, root_of(leaves).hex(), columns)


def _fields(rows: pl.DataFrame, columns: Sequence[str], salts: bytes) -> Iterable[Sequence[bytes]]:
    """The commitments to the fields of each row, as :func:`commit_field` makes them of one, worked out column by column."""
    digest, size, end = hashlib.sha256, pa.binary(SALT), _scalar(b"")
    by_column = np.ascontiguousarray(np.frombuffer(salts, f"S{SALT}").reshape(rows.height, len(columns)).T)
    told = rows.select(
        pl.when(pl.col(c).is_null()).then(pl.lit("\x00")).otherwise(pl.lit("\x01") + pl.col(c)).cast(pl.Binary).alias(c)
        for c in columns
    )
    out = []
    for column, its_salts in zip(columns, by_column, strict=True):
        label = column.encode()
        head = _scalar(len(label).to_bytes(2, "big") + label)
        salt = pa.FixedSizeBinaryArray.from_buffers(size, rows.height, [None, pa.py_buffer(its_salts)])
        said = told[column].to_arrow().cast(_BYTES)
        whole = pc.binary_join_element_wise(_scalar(FIELD), salt.cast(_BYTES), head, said, end)
        out.append([digest(field).digest() for field in pl.Series(whole).to_list()])
    return zip(*out, strict=True) if out else repeat((), rows.height)


def _scalar(value: bytes) -> pa.Scalar:
    """As ``pa.scalar``, which loads pandas, where that is installed, in half a second."""
    return pl.Series([value], dtype=pl.Binary).to_arrow()[0].cast(_BYTES)


def coarsened(table: pl.DataFrame, k: int, pseudonyms: Sequence[str]) -> pl.DataFrame:
    """The table with ``~place`` and ``~time`` of its protected rows; empty for others, and where ``k`` are not to be had."""
    protected = is_protected(table, pseudonyms)
    rows = table.filter(protected)
    lat, lon = (_numbers(rows, c) for c in ("lat", "lon"))
    groups = boxes(lat, lon, _times(rows), _sources(rows, pseudonyms), k)
    place = pl.Series([_place(b) for b in groups], dtype=pl.String)
    time = pl.Series([_time(b) for b in groups], dtype=pl.String)
    places = rows.select("row").with_columns(place.alias(PLACE), time.alias(TIME))
    return table.join(places, on="row", how="left", maintain_order="left")


def _numbers(table: pl.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if column not in table.columns:
        return np.full(table.height, np.nan)
    return table[column].cast(pl.Float64, strict=False).fill_null(math.nan).to_numpy()


def _times(table: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Seconds since 1970 of the start, UTC; a time without an offset is taken as UTC, which coarsening may."""
    if "start" not in table.columns:
        return np.full(table.height, np.nan)
    out = []
    for text in table["start"].to_list():
        try:
            moment = datetime.fromisoformat(text)
            out.append((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        except (TypeError, ValueError):
            out.append(math.nan)
    return np.array(out, dtype=np.float64)


def _sources(table: pl.DataFrame, pseudonyms: Sequence[str]) -> Sequence[str]:
    """The protected source of each row: its pseudonym, wherever it stands."""
    joined = table.select(pl.concat_str(pl.exclude("row"), separator="\x1f", ignore_nulls=True).alias("t"))
    any_of = f"({'|'.join(pseudonyms) or 'a^'})"
    return joined["t"].str.extract(any_of).fill_null("").to_list() if table.width > 1 else []


def _place(box: Box | None) -> str | None:
    if box is None:
        return None
    return f"{box.lat[0]:.4f} to {box.lat[1]:.4f} N, {box.lon[0]:.4f} to {box.lon[1]:.4f} E"


def _time(box: Box | None) -> str | None:
    if box is None:
        return None
    start, end = (_EPOCH + timedelta(seconds=t) for t in box.time)
    return f"{start:%Y-%m-%dT%H:%MZ}/{end:%Y-%m-%dT%H:%MZ}"
