"""JSON as raw tables: JSON lines in chunks, a list of objects or the answer of an API as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from servanda.errors import EvidenceError
from servanda.evidence.file_kinds import json_kind, rows_in, total_in
from servanda.evidence.raw_files import BLOCK, SHOWN, RawBatch, encoding_of, fail, head_of, opened, set_aside
from servanda.values import strict_json
from servanda.values.files import FileLike

_MOST_AT_ONCE = 1 << 30  # bytes of one JSON document


def json_columns(file: FileLike) -> list[str]:
    """The names of the columns of a JSON file: those of its first rows."""
    names: dict[str, None] = {}
    for batch in read_json(file):
        names.update(dict.fromkeys(c for c in batch.table.columns if c != "row"))
        break
    return list(names)


def read_json(file: FileLike) -> Iterator[RawBatch]:
    """JSON lines in chunks; a JSON array of objects, or the answer of an API, as a whole. Values become text, nested ones JSON text."""
    head = head_of(file)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        yield _json_rows(file, _whole_json(file, head), None)
        return
    document = _one_object(file, head)
    if document is not None:
        kind, rows = json_kind(document), rows_in(document)
        if kind is not None:
            raise fail(file, "EVD007", f"is {kind[0]}, and cannot be read as evidence", kind[1])
        yield _json_rows(file, [document] if rows is None else rows, None if rows is None else total_in(document))
        return
    line = 0
    with opened(file) as stream:
        rest = b""
        while True:
            try:
                block = stream.read(BLOCK)
            except OSError as error:
                raise fail(file, "EVD003", f"breaks off after line {line}: {error}", "copy it again") from None
            chunk, _, tail = (rest + block).rpartition(b"\n") if block else (rest, b"", b"")
            if block and not chunk and len(tail) > BLOCK:
                raise fail(
                    file, "EVD006", f"has a line longer than {BLOCK >> 20} MB", "one JSON object per line", line + 1
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
    for number, text in zip(table["row"].to_list(), table["line"].to_list(), strict=True):
        try:
            objects.append(_row(strict_json.loads(text), number))
        except (ValueError, RecursionError) as error:
            bad.append((number, text[:SHOWN], str(error)[:120]))
    return RawBatch(_table(objects), _not_json(file, bad))


def _one_object(file: FileLike, head: bytes) -> dict[str, Any] | None:
    """The object that a whole file is; nothing where it holds JSON lines."""
    first, _, more = head.removeprefix(b"\xef\xbb\xbf").strip().partition(b"\n")
    try:
        value = strict_json.loads(first)
        if more.strip() or not isinstance(value, dict):
            return None  # a line by itself, and others after it
    except (ValueError, RecursionError):
        pass
    try:
        value = _whole_json(file, head)
    except EvidenceError:
        return None  # line by line it will be told what is wrong
    return value if isinstance(value, dict) else None


def _whole_json(file: FileLike, head: bytes) -> Any:
    try:
        with opened(file) as stream:
            content = bytes(stream.read(_MOST_AT_ONCE + 1))
            if len(content) > _MOST_AT_ONCE:
                raise ValueError(f"one document of more than {_MOST_AT_ONCE >> 30} GB")
            return strict_json.loads(content.decode(encoding_of(file, head)).removeprefix("\ufeff"))
    except (ValueError, RecursionError, OSError) as error:
        raise fail(
            file, "EVD006", f"is not JSON: {str(error)[:200]}", "one JSON object per line, or one list of objects"
        ) from None


def _json_rows(file: FileLike, values: list[Any], total: int | None) -> RawBatch:
    """The objects of a list; ``total``: how many there are by what the file says."""
    objects, bad = [], []
    for number, value in enumerate(values, 1):
        try:
            objects.append(_row(value, number))
        except ValueError as error:
            bad.append((number, ascii(value)[:SHOWN], str(error)[:120]))
    unreadable = _not_json(file, bad)
    if total is not None and total > len(values):
        told = f"an answer of an API holds {len(values):,} of {total:,} rows"
        rest = set_aside(file, [(len(values), "", told)], "EVD100", "(file)", "fetch the pages that are missing")
        unreadable = pl.concat([unreadable, rest])
    return RawBatch(_table(objects), unreadable)


def _table(objects: list[dict[str, Any]]) -> pl.DataFrame:
    names = list(dict.fromkeys((*(name for o in objects for name in o), "row")))
    return pl.DataFrame(
        {name: [o.get(name) for o in objects] for name in names},
        schema={name: pl.Int64 if name == "row" else pl.String for name in names},
    )


def _row(value: Any, number: int) -> dict[str, Any]:
    """One object as a row of texts. Raises ``ValueError`` for what is none, and for half an emoji, which is no text."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    json.dumps(value, ensure_ascii=False).encode()
    return {**{str(k): _text(v) for k, v in value.items()}, "row": number}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _not_json(file: FileLike, rows: list[tuple[int, str, str]]) -> pl.DataFrame:
    reasons = [(number, text, f"not a JSON object: {why}") for number, text, why in rows]
    return set_aside(file, reasons, "EVD102", "(line)", "one JSON object per line")
