"""From files to raw tables of text: CSV, TSV, JSON lines, Parquet, in batches, compressed or not.

Lines that have too many or too few fields, and lines that are not JSON, come back beside the batch, for
quarantine. Nothing is guessed about encodings: UTF-8, or UTF-16 with its byte order mark.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import QUARANTINE, empty
from servanda.values.files import FileLike, NamedBytes, base_name_of, name_of

BATCH_ROWS = 500_000
_BLOCK = 16 << 20  # bytes of text read at once; no line may be longer
_SHOWN = 120
_EMPTY = ("EVD002", "the file is empty", "leave it out, or give at least a header line")


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a file as they stand, with ``row`` (1-based, as an editor or spreadsheet counts them)."""

    table: pl.DataFrame
    unreadable: pl.DataFrame


def columns_of(file: FileLike) -> list[str]:
    """The names of a file's columns. Raises :class:`EvidenceError` when it is no table at all."""
    _refuse(file)
    if _is_parquet(file):
        return list(_parquet(file).schema_arrow.names)
    head = _head(file)
    if _looks_like_json(head):
        return _json_columns(file)
    return _header(file, head)[0]


def read_rows(file: FileLike, wanted: frozenset[str] | None = None, batch_rows: int = BATCH_ROWS) -> Iterator[RawBatch]:
    """The rows of a file in batches, in the file's own order. ``wanted`` limits the columns of Parquet."""
    _refuse(file)
    if _is_parquet(file):
        yield from _read_parquet(file, wanted, batch_rows)
    elif _looks_like_json(_head(file)):
        yield from _read_json(file)
    else:
        yield from _read_csv(file)


def _fail(file: FileLike, code: str, what: str, hint: str = "", line: int = 0) -> EvidenceError:
    return EvidenceError(Fault(name_of(file), what, hint, line, 1 if line else 0, code=code))


def parquet_rows(file: FileLike) -> int:
    """How many rows a Parquet file says it has; 0 for any other file."""
    return int(_parquet(file).metadata.num_rows) if _is_parquet(file) else 0


def _refuse(file: FileLike) -> None:
    if isinstance(file, NamedBytes):
        if not file.content:
            raise _fail(file, *_EMPTY)
        return
    path = Path(file)
    try:
        if path.is_dir():
            raise _fail(file, "EVD001", "this is a folder, not a file", "name the files inside it")
        if not path.exists():
            raise _fail(file, "EVD001", "there is no such file", f"looked for {path.absolute()}")
        if not path.is_file():
            raise _fail(file, "EVD001", "is not a plain file", "save what it gives to a file first")
        if path.stat().st_size == 0:
            raise _fail(file, *_EMPTY)
        with path.open("rb"):
            pass
    except OSError as error:
        raise _fail(
            file, "EVD001", f"cannot be read: {error.strerror}", f"check permissions of {path.absolute()}"
        ) from None


def _is_parquet(file: FileLike) -> bool:
    if isinstance(file, NamedBytes):
        return file.content[:4] == b"PAR1"
    with Path(file).open("rb") as opened:
        return opened.read(4) == b"PAR1"


def _parquet(file: FileLike) -> pa_parquet.ParquetFile:
    try:
        return pa_parquet.ParquetFile(pa.BufferReader(file.content) if isinstance(file, NamedBytes) else Path(file))
    except (pa.ArrowException, OSError) as error:
        raise _fail(
            file, "EVD003", f"is not a whole Parquet file: {str(error)[:200]}", "it may be cut off; copy it again"
        ) from None


def _read_parquet(file: FileLike, wanted: frozenset[str] | None, batch_rows: int) -> Iterator[RawBatch]:
    parquet = _parquet(file)
    columns = [c for c in parquet.schema_arrow.names if wanted is None or c in wanted]
    row = 0
    try:
        for batch in parquet.iter_batches(batch_size=batch_rows, columns=columns):
            table = pl.from_arrow(pa.Table.from_batches([batch]), rechunk=False)
            assert isinstance(table, pl.DataFrame)
            numbers = pl.int_range(row + 1, row + 1 + table.height, dtype=pl.Int64, eager=True)
            row += table.height
            yield RawBatch(table.with_columns(numbers.alias("row")), empty(QUARANTINE))
    except (pa.ArrowException, OSError) as error:
        raise _fail(
            file, "EVD003", f"breaks off after row {row}: {str(error)[:200]}", "copy it again from its source"
        ) from None


def _opened(file: FileLike) -> pa.NativeFile:
    """A file as a stream of its text, unpacked where its name says that it is packed."""
    if not isinstance(file, NamedBytes):
        return pa.input_stream(str(file), compression="detect")
    try:
        packed = pa.Codec.detect(file.name).name
    except (ValueError, TypeError):  # the name tells of no packing
        packed = None
    return pa.input_stream(pa.BufferReader(file.content), compression=packed)


def _head(file: FileLike) -> bytes:
    with _opened(file) as stream:
        try:
            return bytes(stream.read(65_536))
        except OSError as error:
            raise _fail(file, "EVD003", f"cannot be unpacked: {error}", "copy it again from its source") from None


def _encoding(file: FileLike, head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    cut = head[: len(head) - 4] if len(head) > 8 else head
    try:
        cut.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(cut) - 4:
            line = cut[: error.start].count(b"\n") + 1
            raise _fail(file, "EVD004", f"is not UTF-8 text (byte {error.start})", "save it as UTF-8", line) from None
    return "utf-8"


def _looks_like_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _header(file: FileLike, head: bytes) -> tuple[list[str], str]:
    """Column names and the delimiter."""
    text = head.decode(_encoding(file, head), errors="ignore").removeprefix("\ufeff")
    first = text.splitlines()[0] if text.strip() else ""
    if not first.strip():
        raise _fail(file, "EVD005", "has no header line", "the first line must name the columns", 1)
    if "\x00" in first:
        raise _fail(file, "EVD005", "is not text", "give CSV, JSON lines or Parquet", 1)
    delimiter = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _fail(
            file, "EVD005", f"duplicate column {twice[0]!r} in the header", "rename or remove one of the two", 1
        )
    return [name.strip() for name in names], delimiter


def _read_csv(file: FileLike) -> Iterator[RawBatch]:
    head = _head(file)
    names, delimiter = _header(file, head)
    bad: list[tuple[int, str, int]] = []

    def keep(row: pa_csv.InvalidRow) -> str:
        bad.append((row.number, row.text[:_SHOWN], row.actual_columns))
        return "skip"

    handed_on = 0
    read = 0
    try:
        reader = pa_csv.open_csv(
            _opened(file),
            read_options=pa_csv.ReadOptions(
                block_size=_BLOCK, use_threads=False, column_names=names, skip_rows=1, encoding=_encoding(file, head)
            ),
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
        for batch in reader:
            table = pl.from_arrow(pa.Table.from_batches([batch]), rechunk=False)
            assert isinstance(table, pl.DataFrame)
            # With skip_rows the reader counts the header as row 1. Rows it skipped push the others down.
            skipped = np.array([number for number, _, _ in bad], dtype=np.int64)
            plain = np.arange(read, read + table.height, dtype=np.int64) + 2
            number = plain + np.searchsorted(skipped - np.arange(len(skipped)), plain, side="right")
            read += table.height
            new, handed_on = bad[handed_on:], len(bad)
            yield RawBatch(table.with_columns(pl.Series("row", number)), _ragged(file, new, len(names)))
    except pa.ArrowInvalid as error:
        if handed_on == 0 and read == 0 and "Empty CSV" in str(error):
            return
        what, hint = _csv_trouble(str(error))
        raise _fail(file, "EVD006", f"cannot be read beyond row {read + 1 + len(bad)}: {what}", hint) from None
    except (OSError, UnicodeError) as error:
        raise _fail(
            file, "EVD003", f"breaks off after row {read + 1}: {error}", "copy it again from its source"
        ) from None
    if len(bad) > handed_on:
        yield RawBatch(
            pl.DataFrame(schema={**dict.fromkeys(names, pl.String), "row": pl.Int64}),
            _ragged(file, bad[handed_on:], len(names)),
        )


def _csv_trouble(error: str) -> tuple[str, str]:
    if "straddl" in error:
        return f"a line longer than {_BLOCK >> 20} MB", "a quote that is never closed, or not a table at all"
    if "UTF8" in error or "utf" in error.lower():
        return "bytes that are not UTF-8", "save it as UTF-8"
    return error.splitlines()[0][:200], "open it in a spreadsheet and save it as CSV (UTF-8)"


def _ragged(file: FileLike, rows: list[tuple[int, str, int]], expected: int) -> pl.DataFrame:
    reasons = [(number, text, f"has {n} fields, the header has {expected}") for number, text, n in rows]
    return _set_aside(file, reasons, "EVD101", "(row)", "quote text that holds the delimiter")


def _not_json(file: FileLike, rows: list[tuple[int, str, str]]) -> pl.DataFrame:
    reasons = [(number, text, f"not a JSON object: {why}") for number, text, why in rows]
    return _set_aside(file, reasons, "EVD102", "(line)", "one JSON object per line")


def _set_aside(file: FileLike, rows: list[tuple[int, str, str]], code: str, field: str, hint: str) -> pl.DataFrame:
    """Quarantine of whole rows: number, text, reason."""
    table = [(base_name_of(file), number, code, field, text, reason, hint) for number, text, reason in rows]
    return pl.DataFrame(table, schema=QUARANTINE, orient="row")


def _json_columns(file: FileLike) -> list[str]:
    names: dict[str, None] = {}
    for batch in _read_json(file):
        names.update(dict.fromkeys(c for c in batch.table.columns if c != "row"))
        break
    return list(names)


def _read_json(file: FileLike) -> Iterator[RawBatch]:
    """JSON lines in chunks; a JSON array of objects as a whole. Values become text, nested ones JSON text."""
    head = _head(file)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        yield _json_array(file, head)
        return
    line = 0
    with _opened(file) as stream:
        rest = b""
        while True:
            try:
                block = stream.read(_BLOCK)
            except OSError as error:
                raise _fail(file, "EVD003", f"breaks off after line {line}: {error}", "copy it again") from None
            chunk, _, tail = (rest + block).rpartition(b"\n") if block else (rest, b"", b"")
            if block and not chunk and len(tail) > _BLOCK:
                raise _fail(
                    file, "EVD006", f"has a line longer than {_BLOCK >> 20} MB", "one JSON object per line", line + 1
                )
            rest = tail
            if chunk:
                yield _json_lines(file, chunk, line)
                line += chunk.count(b"\n") + 1
            if not block:
                break


def _json_lines(file: FileLike, chunk: bytes, before: int) -> RawBatch:
    lines = pl.Series("line", chunk.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n"))
    table = (
        pl.DataFrame({"line": lines})
        .with_row_index("row", offset=before + 1)
        .with_columns(pl.col("row").cast(pl.Int64))
    )
    table = table.filter(pl.col("line").str.strip_chars() != "")
    objects, bad = [], []
    for number, text in table.rows():
        try:
            value = json.loads(text)
            if not isinstance(value, dict):
                raise ValueError("not an object")
            json.dumps(value, ensure_ascii=False).encode()  # half an emoji is no text
            objects.append({**{str(k): _text(v) for k, v in value.items()}, "row": number})
        except (ValueError, RecursionError) as error:
            bad.append((number, text[:_SHOWN], str(error)[:120]))
    return RawBatch(_table(objects), _not_json(file, bad))


def _json_array(file: FileLike, head: bytes) -> RawBatch:
    try:
        with _opened(file) as stream:
            values = json.loads(bytes(stream.read()).decode(_encoding(file, head)).removeprefix("\ufeff"))
    except (ValueError, RecursionError, OSError) as error:
        raise _fail(
            file, "EVD006", f"is not JSON: {str(error)[:200]}", "one JSON object per line, or one list of objects"
        ) from None
    objects = [
        {**{str(k): _text(v) for k, v in value.items()}, "row": n}
        for n, value in enumerate(values, 1)
        if isinstance(value, dict)
    ]
    bad = [
        (n, str(value)[:_SHOWN], "not an object") for n, value in enumerate(values, 1) if not isinstance(value, dict)
    ]
    return RawBatch(_table(objects), _not_json(file, bad))


def _table(objects: list[dict[str, Any]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for o in objects for name in o))
    return pl.DataFrame(
        {name: [o.get(name) for o in objects] for name in names},
        schema={name: pl.Int64 if name == "row" else pl.String for name in names},
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
