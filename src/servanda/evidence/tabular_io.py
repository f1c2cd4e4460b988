"""From files to raw tables of text: CSV, TSV, JSON lines, Parquet, in batches, compressed or not.

Lines that have too many or too few fields, and lines that are not JSON, come back beside the batch, for
quarantine. Nothing is guessed about encodings: UTF-8, or UTF-16 with its byte order mark.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from servanda.evidence.csv_rows import RowFault, Rows, whole_rows
from servanda.evidence.json_io import json_columns, read_json
from servanda.evidence.model import QUARANTINE, empty
from servanda.evidence.raw_files import (
    BLOCK,
    SHOWN,
    RawBatch,
    encoding_of,
    fail,
    head_of,
    looks_like_json,
    opened,
    refuse_other_kinds,
    refuse_unreadable,
    set_aside,
)
from servanda.values.files import FileLike, NamedBytes

if TYPE_CHECKING:
    import pyarrow.parquet as pa_parquet

BATCH_ROWS = 500_000


def columns_of(file: FileLike) -> list[str]:
    """The names of a file's columns. Raises :class:`EvidenceError` when it is no table at all."""
    refuse_unreadable(file)
    if _is_parquet(file):
        return _distinct(file, list(_parquet(file).schema_arrow.names))
    head = head_of(file)
    refuse_other_kinds(file, head)
    if looks_like_json(head):
        return json_columns(file)
    return _header(file, head)[0]


def read_rows(file: FileLike, wanted: frozenset[str] | None = None, batch_rows: int = BATCH_ROWS) -> Iterator[RawBatch]:
    """The rows of a file in batches, in the file's own order. ``wanted`` limits the columns of Parquet."""
    refuse_unreadable(file)
    if _is_parquet(file):
        yield from _read_parquet(file, wanted, batch_rows)
        return
    head = head_of(file)
    refuse_other_kinds(file, head)
    yield from read_json(file) if looks_like_json(head) else _read_csv(file)


def parquet_rows(file: FileLike) -> int:
    """How many rows a Parquet file says it has; 0 for any other file."""
    return int(_parquet(file).metadata.num_rows) if _is_parquet(file) else 0


def _is_parquet(file: FileLike) -> bool:
    if isinstance(file, NamedBytes):
        return file.content[:4] == b"PAR1"
    with Path(file).open("rb") as opened:
        return opened.read(4) == b"PAR1"


def _parquet(file: FileLike) -> pa_parquet.ParquetFile:
    import pyarrow.parquet as pa_parquet  # brings file systems along that tables of text do not need

    try:
        opened = pa.BufferReader(file.content) if isinstance(file, NamedBytes) else Path(file)
        return pa_parquet.ParquetFile(opened, coerce_int96_timestamp_unit="us")
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise fail(
            file, "EVD003", f"is not a whole Parquet file: {str(error)[:200]}", "it may be cut off; copy it again"
        ) from None


def _read_parquet(file: FileLike, wanted: frozenset[str] | None, batch_rows: int) -> Iterator[RawBatch]:
    parquet = _parquet(file)
    columns = [c for c in parquet.schema_arrow.names if wanted is None or c in wanted]
    leaves = [parquet.schema.column(n) for n in range(len(parquet.schema))]
    int96, row = {leaf.path for leaf in leaves if leaf.physical_type == "INT96"}, 0
    try:
        for batch in parquet.iter_batches(batch_size=batch_rows, columns=columns):
            instants = {name: in_utc(batch.column(name), known=name in int96) for name in batch.schema.names}
            table = pl.from_arrow(pa.table(instants), rechunk=False)
            assert isinstance(table, pl.DataFrame)
            numbers = pl.int_range(row + 1, row + 1 + table.height, dtype=pl.Int64, eager=True)
            row += table.height
            table = table.with_columns(numbers.alias("row"), pl.selectors.float().fill_nan(None))
            yield RawBatch(table, empty(QUARANTINE))
    except (pa.ArrowException, OSError, UnicodeError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise fail(
            file, "EVD003", f"breaks off after row {row}: {str(error)[:200]}", "copy it again from its source"
        ) from None
    said = int(parquet.metadata.num_rows)
    if columns and row != said:
        raise fail(
            file, "EVD003", f"says that it has {said:,} rows, and {row:,} are in it", "copy it again from its source"
        )


def in_utc(column: pa.Array | pa.ChunkedArray, *, known: bool = False) -> pa.Array | pa.ChunkedArray:
    """A column of Arrow; times whose zone is an offset in UTC, for Polars knows zones by their names only.

    ``known``: times without a zone are UTC, as those of INT96 are: who writes them (Spark unless it is told otherwise, Hive, Trino) turns them so.
    """
    kind = column.type
    offset = pa.types.is_timestamp(kind) and ((kind.tz or "")[:1] in ("+", "-") or (known and not kind.tz))
    return column.cast(pa.timestamp(kind.unit, "UTC")) if offset else column


def _header(file: FileLike, head: bytes) -> tuple[list[str], str]:
    """Column names and the delimiter."""
    text = head.decode(encoding_of(file, head), errors="ignore").removeprefix("\ufeff")
    first = text.splitlines()[0] if text.strip() else ""
    if not first.strip():
        raise fail(file, "EVD005", "has no header line", "the first line must name the columns", 1)
    if "\x00" in first:
        raise fail(file, "EVD005", "is not text", "give CSV, JSON lines or Parquet", 1)
    delimiter = max(",;\t|", key=first.count)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise fail(file, "EVD005", f"has a header that cannot be read: {error}", "check its quotes", 1) from None
    if sum(name.count("\n") for name in names) > len(names):
        raise fail(file, "EVD006", *_unclosed("a quote that is opened in line 1 is never closed"), 1)
    return _distinct(file, [name.strip() for name in names]), delimiter


def _distinct(file: FileLike, names: list[str]) -> list[str]:
    """Names of columns, of which no two may be the same."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise fail(
            file, "EVD005", f"duplicate column {twice[0][:60]!r} in the header", "rename or remove one of the two", 1
        )
    return names


def _unclosed(what: str) -> tuple[str, str]:
    return what, "close the quote; write a quote within quotes twice"


def _text_blocks(file: FileLike, encoding: str) -> Iterator[bytes]:
    """The text of a file in UTF-8, block by block, without a byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding)() if encoding != "utf-8" else None
    first = True
    with opened(file) as stream:
        while block := stream.read(BLOCK):
            text = decoder.decode(block).encode() if decoder else bytes(block)
            yield text.removeprefix(b"\xef\xbb\xbf") if first else text
            first = False
        if decoder:
            yield decoder.decode(b"", final=True).encode()


def _read_csv(file: FileLike) -> Iterator[RawBatch]:
    head = head_of(file)
    names, delimiter = _header(file, head)
    read = 1
    try:
        for rows in whole_rows(_text_blocks(file, encoding_of(file, head)), delimiter, len(names), BLOCK):
            if len(rows.lines):
                yield _batch(file, rows, names, delimiter)
                read = int(rows.lines[-1])
    except RowFault as error:
        what, hint = (str(error), "one row to a line") if "longer" in str(error) else _unclosed(str(error))
        raise fail(file, "EVD006", what, hint, error.line) from None
    except pa.ArrowInvalid as error:
        what, hint = _csv_trouble(str(error))
        raise fail(file, "EVD006", f"cannot be read beyond row {read}: {what}", hint) from None
    except (OSError, UnicodeError) as error:
        raise fail(file, "EVD003", f"breaks off after row {read}: {error}", "copy it again from its source") from None


def _batch(file: FileLike, rows: Rows, names: list[str], delimiter: str) -> RawBatch:
    """Some rows as a table of text, each with the line in which it begins."""
    bad: list[tuple[int, str, int]] = []

    def keep(row: pa_csv.InvalidRow) -> str:
        bad.append((row.number - 1, row.text[:SHOWN], row.actual_columns))
        return "skip"

    read = pa_csv.read_csv(
        pa.BufferReader(rows.text),
        read_options=pa_csv.ReadOptions(block_size=len(rows.text) + 1, use_threads=False, column_names=names),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep, ignore_empty_lines=True
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=True,
        ),
    )
    table = pl.from_arrow(read, rechunk=False)
    assert isinstance(table, pl.DataFrame)
    lines = rows.lines.tolist()
    ragged = [(lines[n], text, fields) for n, text, fields in bad]
    number = np.delete(rows.lines, [n for n, _, _ in bad])
    return RawBatch(table.with_columns(pl.Series("row", number)), _ragged(file, ragged, len(names)))


def _csv_trouble(error: str) -> tuple[str, str]:
    if "UTF8" in error or "utf" in error.lower():
        return "bytes that are not UTF-8", "save it as UTF-8"
    return error.splitlines()[0][:200], "open it in a spreadsheet and save it as CSV (UTF-8)"


def _ragged(file: FileLike, rows: list[tuple[int, str, int]], expected: int) -> pl.DataFrame:
    reasons = [(number, text, f"has {n} fields, the header has {expected}") for number, text, n in rows]
    return set_aside(file, reasons, "EVD101", "(row)", "quote text that holds the delimiter")
