"""What files of evidence have in common, whatever is in them: whether they can be read, their text, their rows as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from servanda.errors import EvidenceError, Fault, holds_private_key
from servanda.evidence.file_kinds import other_kind
from servanda.evidence.model import QUARANTINE
from servanda.values.files import FileLike, NamedBytes, base_name_of, name_of, refuse_odd_name

BLOCK = 16 << 20
"""Bytes of text that are read at once; no line may be longer."""
SHOWN = 120
"""Characters of a row that quarantine shows."""
_EMPTY = ("EVD002", "the file is empty", "leave it out, or give at least a header line")


@dataclass(frozen=True)
class RawBatch:
    """Some rows of a file as they stand, with ``row`` (1-based, as an editor or spreadsheet counts them)."""

    table: pl.DataFrame
    unreadable: pl.DataFrame


def fail(file: FileLike, code: str, what: str, hint: str = "", line: int = 0) -> EvidenceError:
    """A fault of a file, as an error."""
    return EvidenceError(Fault(name_of(file), what, hint, line, 1 if line else 0, code=code))


def gone(file: FileLike, error: OSError) -> EvidenceError:
    """That a file can no longer be read, as an error."""
    return fail(
        file, "EVD001", f"cannot be read: {error.strerror or error}", "check that it is there, and its permissions"
    )


def refuse_unreadable(file: FileLike) -> None:
    """Raise :class:`EvidenceError` where there is no file that can be read."""
    if isinstance(file, NamedBytes):
        if not file.content:
            raise fail(file, *_EMPTY)
        return
    path = Path(file)
    try:
        refuse_odd_name(path)
        if path.is_dir():
            raise fail(file, "EVD001", "this is a folder, not a file", "name the files inside it")
        if not path.exists():
            raise fail(file, "EVD001", "there is no such file", f"looked for {path.absolute()}")
        if not path.is_file():
            raise fail(file, "EVD001", "is not a plain file", "save what it gives to a file first")
        if path.stat().st_size == 0:
            raise fail(file, *_EMPTY)
        with path.open("rb"):
            pass
    except OSError as error:
        raise fail(
            file, "EVD001", f"cannot be read: {error.strerror}", f"check permissions of {path.absolute()}"
        ) from None


def refuse_other_kinds(file: FileLike, head: bytes) -> None:
    """A file that is something else is told by what it is."""
    if holds_private_key(head):
        raise fail(
            file, "EVD019", "holds a private key, which nobody may see", "take the key out, or name another file"
        )
    kind = other_kind(head)
    if kind is not None:
        raise fail(file, "EVD007", f"is {kind[0]}, and cannot be read as evidence", kind[1])


def opened(file: FileLike) -> pa.NativeFile:
    """A file as a stream of its text, unpacked where its name says that it is packed."""
    if not isinstance(file, NamedBytes):
        try:
            return pa.input_stream(str(file), compression="detect")
        except OSError as error:
            raise gone(file, error) from None
    try:
        packed = pa.Codec.detect(file.name).name
    except (ValueError, TypeError):  # the name tells of no packing
        packed = None
    return pa.input_stream(pa.BufferReader(file.content), compression=packed)


def head_of(file: FileLike) -> bytes:
    """How a file begins, unpacked."""
    with opened(file) as stream:
        try:
            return bytes(stream.read(65_536))
        except OSError as error:
            raise fail(file, "EVD003", f"cannot be unpacked: {error}", "copy it again from its source") from None


def encoding_of(file: FileLike, head: bytes) -> str:
    """The encoding of a text by how it begins. Raises :class:`EvidenceError` for any other than UTF-8 and UTF-16."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    cut = head[: len(head) - 4] if len(head) > 8 else head
    try:
        cut.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(cut) - 4:
            line = cut[: error.start].count(b"\n") + 1
            raise fail(file, "EVD004", f"is not UTF-8 text (byte {error.start})", "save it as UTF-8", line) from None
    return "utf-8"


def looks_like_json(head: bytes) -> bool:
    """Whether a text that begins so is JSON."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def set_aside(file: FileLike, rows: list[tuple[int, str, str]], code: str, field: str, hint: str) -> pl.DataFrame:
    """Quarantine of whole rows: number, text, reason."""
    table = [(base_name_of(file), number, code, field, text, reason, hint) for number, text, reason in rows]
    return pl.DataFrame(table, schema=QUARANTINE, orient="row")
