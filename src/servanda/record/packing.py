"""Names in files, whatever they are packed in: text in its encodings, tables in all their forms, archives.

What is looked through is what a reader would see: the table of a Parquet file, the text in a gzip. A file in which nothing can be looked for
(a picture, a PDF, an unknown packing) is not silently taken to be free of names: :class:`Unsearchable` says why.
"""

from __future__ import annotations

import bz2
import contextlib
import csv
import gzip
import io
import itertools
import json
import lzma
import re
import sqlite3
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from servanda.record.names import CELL, ROW
from servanda.values.containers.archive import DAMAGED

MOST = 1 << 31  # characters or bytes, unpacked: a packing that holds more is not looked through
_DEEP = 4  # packings within packings
Change = Callable[[str], str]
"""What is done to a text: cells and rows stand between their marks, where it is a table."""


class Unsearchable(Exception):
    """A file in which no name can be looked for, or none be replaced; the reason."""


def changed(data: bytes, change: Change, *, table: bool, deep: int = 0) -> bytes:
    """A file with all its text changed.

    Args:
        data: its bytes.
        change: what is done to the text; where it changes nothing, the file stays as it is to the byte.
        table: it is read as a table where it is text of the form of one.
        deep: how many packings it was in.

    Returns:
        The file in the same packing.

    Raises:
        Unsearchable: nothing can be looked for in it, or what was found cannot be replaced.
    """
    if deep > _DEEP:
        raise Unsearchable("is packed many times over")
    for magic, unpack, pack in _PACKINGS:
        if data.startswith(magic):
            inside = _unpacked(data, unpack)
            new = changed(inside, change, table=table, deep=deep + 1)
            return data if new == inside else pack(new)
    if data[:4] == b"PAR1":
        return _parquet(data, change)
    if data[:4] == b"PK\x03\x04" or data[:16] == b"SQLite format 3\x00":
        parts = _zipped(data) if data[:2] == b"PK" else _database(data)
        for part in parts:
            if changed(part, change, table=False, deep=deep + 1) != part:
                raise Unsearchable("holds such a name, and cannot be written anew: give it as CSV, or as text")
        return data
    text, form = text_of(data)
    written = _cells(text, change) if table and _delimited(text) else change(text)
    _untagged(written, change)
    return data if written == text else written.encode(form)


def text_of(data: bytes) -> tuple[str, str]:
    """A file's text, and how it is encoded again (always UTF-8). Raises :class:`Unsearchable` for what is no text."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unsearchable(
            "is no text in UTF-8 or UTF-16, no table and no packing that can be looked through"
        ) from None
    if "\x00" in text:
        raise Unsearchable("is no plain text: it holds zero bytes")
    return text, "utf-8"


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def _stream(name: str) -> Callable[[bytes], Iterator[bytes]]:
    def unpack(data: bytes) -> Iterator[bytes]:
        with pa.CompressedInputStream(pa.BufferReader(data), name) as stream:
            while part := stream.read(1 << 24):
                yield part

    return unpack


def _packed(name: str) -> Callable[[bytes], bytes]:
    def pack(data: bytes) -> bytes:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, name) as stream:
            stream.write(data)
        return bytes(sink.getvalue())

    return pack


def _read_through(opened: Callable[[io.BytesIO], io.BufferedIOBase]) -> Callable[[bytes], Iterator[bytes]]:
    def unpack(data: bytes) -> Iterator[bytes]:
        with opened(io.BytesIO(data)) as stream:
            while part := stream.read(1 << 24):
                yield part

    return unpack


_PACKINGS: tuple[tuple[bytes, Callable[[bytes], Iterator[bytes]], Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", _read_through(lambda raw: gzip.GzipFile(fileobj=raw)), lambda data: gzip.compress(data, mtime=0)),
    (b"BZh", _read_through(bz2.BZ2File), bz2.compress),
    (b"\xfd7zXZ\x00", _read_through(lzma.LZMAFile), lzma.compress),
    (b"\x28\xb5\x2f\xfd", _stream("zstd"), _packed("zstd")),
    (b"\x04\x22\x4d\x18", _stream("lz4"), _packed("lz4")),
)


def _unpacked(data: bytes, unpack: Callable[[bytes], Iterator[bytes]]) -> bytes:
    """All that is in a packing, unless it is more than anybody means. Raises :class:`Unsearchable`."""
    out = bytearray()
    try:
        for part in unpack(data):
            out += part
            if len(out) > MOST:
                raise Unsearchable(f"holds more than {MOST >> 30} GB when it is unpacked")
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, pa.ArrowException) as error:
        raise Unsearchable(f"cannot be unpacked: {str(error)[:100]}") from None
    return bytes(out)


def _parquet(data: bytes, change: Change) -> bytes:
    """A Parquet file, cell by cell; what is not text or a number, and what is said beside the table, may hold no name."""
    try:
        table = pl.read_parquet(io.BytesIO(data))
        beside = str(pa_parquet.read_metadata(pa.BufferReader(data)).metadata or "")
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
        raise Unsearchable(f"is not a whole Parquet file: {str(error)[:100]}") from None
    texts = [c for c, kind in table.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    if any(kind.base_type() in (pl.Binary, pl.Object) for kind in table.schema.values()):
        raise Unsearchable("has columns of bytes, in which nothing can be looked for")
    nested = [c for c, kind in table.schema.items() if kind.is_nested()]
    rest = [beside, *table.columns, *(str(v) for c in nested for v in table[c].to_list())]
    if change(ROW.join(rest)) != ROW.join(rest):
        raise Unsearchable("holds such a name beside its text columns: give the table as CSV")
    cells = table.select(pl.col(texts).cast(pl.String)) if texts else table.clear()
    new = _through(cells.rows(), change) if texts and table.height else None
    if new is None:
        return data
    made = {c: pl.Series(c, [row[n] for row in new], dtype=pl.String) for n, c in enumerate(texts)}
    out = io.BytesIO()
    table.with_columns(**made).write_parquet(out, statistics=False)
    return out.getvalue()


def _through(rows: Sequence[Sequence[str | None]], change: Change) -> list[list[str | None]] | None:
    """Rows of cells, changed as one text; ``None`` where nothing has changed. Empty cells stay what they were."""
    text = _one_text(rows)
    new = change(text)
    if new == text:
        return None
    made = [line.split(CELL) for line in new.split(ROW)]
    return [
        [n if n or o is not None else None for n, o in zip(now, old, strict=True)]
        for now, old in zip(made, rows, strict=True)
    ]


def _one_text(rows: Sequence[Sequence[str | None]]) -> str:
    """All cells as one text with marks between them; a mark within a cell is a space there."""
    with contextlib.suppress(TypeError):  # a cell without text
        text = ROW.join(map(CELL.join, cast("Sequence[Sequence[str]]", rows)))
        if text.count(CELL) == sum(map(len, rows)) - sum(map(bool, rows)) and text.count(ROW) == max(0, len(rows) - 1):
            return text
    return ROW.join(CELL.join((c or "").replace(CELL, " ").replace(ROW, " ") for c in row) for row in rows)


def _delimited(text: str) -> bool:
    return text.lstrip()[:1] not in ("{", "[", "<", "")


def dialect(text: str) -> str:
    """What stands between the fields of a table of text, as its reader takes it: by the first line."""
    first = re.split(r"\r\n|\r|\n", text, maxsplit=1)[0]
    return max(",;\t|", key=first.count)


def rows_of(text: str) -> list[list[str]]:
    """The rows of a table of text, whatever ends its lines and however long its fields are. Raises :class:`Unsearchable`."""
    lines: Iterator[str]
    if "\r" in text:
        lines = map(_ended, re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text))
    else:
        *ended, rest = text.split("\n")
        lines = itertools.chain((line + "\n" for line in ended), [rest] if rest else [])
    limit = csv.field_size_limit(sys.maxsize)
    try:
        return list(csv.reader(lines, delimiter=dialect(text)))
    except csv.Error as error:
        raise Unsearchable(f"cannot be read as a table: {error}") from None
    finally:
        csv.field_size_limit(limit)


def _ended(line: str) -> str:
    """A line that ends as lines do: inside quotes the reader would keep a lone carriage return, and outside refuse it."""
    return line.rstrip("\r\n") + "\n" if line[-1:] in "\r\n" else line


def as_csv(rows: Sequence[Sequence[str | None]], delimiter: str) -> str:
    """Rows as a table of text; lines end with a line feed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _cells(text: str, change: Change) -> str:
    """A table of text, cell by cell: a name may stand in two cells, and no cell is lost with it."""
    rows = rows_of(text)
    new = _through(rows, change)
    return text if new is None else as_csv(new, dialect(text))


def _untagged(text: str, change: Change) -> None:
    """A name that tags part (``<b>Tea</b>cher``) can be found but not replaced. Raises :class:`Unsearchable`."""
    if text.lstrip()[:1] == "<":
        bare = re.sub(r"<[^<>]*>", "", text)
        if change(bare) != bare:
            raise Unsearchable("holds such a name in parts, between tags: write it in one piece")


def _zipped(data: bytes) -> Iterator[bytes]:
    """What is in a zip (a spreadsheet, a document): names of its files, and their contents."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST:
                raise Unsearchable(f"holds more than {MOST >> 30} GB when it is unpacked")
            yield "\n".join([*archive.namelist(), archive.comment.decode("utf-8", "replace")]).encode()
            for info in archive.infolist():
                if not info.is_dir():
                    yield archive.read(info)
    except DAMAGED as error:
        raise Unsearchable(f"cannot be unpacked: {str(error)[:100]}") from None


def _database(data: bytes) -> Iterator[bytes]:
    """What is in an SQLite database (a GeoPackage): its schema, and every text in it; geometry is numbers."""
    try:
        with contextlib.closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(data)
            base.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield "\n".join(str(row[0]) for row in base.execute("SELECT sql FROM sqlite_master")).encode()
            tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                if table.startswith("rtree_"):
                    continue
                quoted = table.replace('"', '""')
                for row in base.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608  a name that the database itself gives
                    cells = [c for c in row if not isinstance(c, bytes) or not c.startswith(b"GP")]
                    if any(isinstance(c, bytes) for c in cells):
                        raise Unsearchable("has fields of bytes, in which nothing can be looked for")
                    yield CELL.join(str(c) for c in cells if c is not None).encode()
    except (sqlite3.Error, OverflowError) as error:
        raise Unsearchable(f"cannot be read as a database: {error}") from None


def with_cases(data: bytes, protected: Sequence[str], case: Callable[[str], str]) -> bytes:
    """A table of reports in which every report of a protected source has an incident id that tells nothing.

    The id that is made of what a report says (``x-``) would tell its place and time to whoever tries them all.

    Args:
        data: a table in any form, its names hidden.
        protected: the pseudonyms.
        case: makes an id of a report's text.

    Returns:
        The same with ids, where it is a table of reports (``report_id``).
    """
    for magic, unpack, pack in _PACKINGS:
        if data.startswith(magic):
            return pack(with_cases(_unpacked(data, unpack), protected, case))
    if data[:4] == b"PAR1":
        return _parquet_cases(data, protected, case)
    text, form = text_of(data)
    if not _delimited(text):
        return _json_cases(text, protected, case).encode(form)
    rows = rows_of(text)
    header = [name.strip() for name in rows[0]] if rows else []
    if "report_id" not in header:
        return data
    if "incident_id" not in header:
        rows = [[*row, "incident_id" if n == 0 else ""] if row else row for n, row in enumerate(rows)]
        header.append("incident_id")
    at = header.index("incident_id")
    for row in rows[1:]:
        if len(row) > at and not row[at].strip() and any(p in cell for p in protected for cell in row):
            row[at] = case(CELL.join(row))
    return as_csv(rows, dialect(text)).encode(form)


def _parquet_cases(data: bytes, protected: Sequence[str], case: Callable[[str], str]) -> bytes:
    table = pl.read_parquet(io.BytesIO(data))
    if "report_id" not in table.columns:
        return data
    cells = table.select(
        pl.concat_str(pl.all().cast(pl.String, strict=False).fill_null(""), separator=CELL)
    ).to_series()
    had = table["incident_id"].cast(pl.String).to_list() if "incident_id" in table.columns else [None] * table.height
    ids = [
        own if own or not any(p in text for p in protected) else case(text)
        for own, text in zip(had, cells.to_list(), strict=True)
    ]
    out = io.BytesIO()
    table.with_columns(pl.Series("incident_id", ids, dtype=pl.String)).write_parquet(out, statistics=False)
    return out.getvalue()


def _json_cases(text: str, protected: Sequence[str], case: Callable[[str], str]) -> str:
    """The same for JSON lines, or a list of objects."""

    def one(value: object, written: str) -> str:
        speaks = any(p in written for p in protected)
        if not isinstance(value, dict) or not speaks or "report_id" not in value or value.get("incident_id"):
            return written
        return json.dumps({**value, "incident_id": case(written)}, ensure_ascii=False)

    try:
        if text.lstrip()[:1] == "[":
            values = json.loads(text)
            return "[" + ",\n".join(one(v, json.dumps(v, ensure_ascii=False)) for v in values) + "]"
        lines = text.split("\n")
        return "\n".join(one(json.loads(ln), ln) if any(p in ln for p in protected) else ln for ln in lines)
    except (ValueError, RecursionError):
        return text  # lines that are no JSON go to quarantine, as they would without it
