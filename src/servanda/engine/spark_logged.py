"""Folders of Delta and Iceberg: which of their files count, and which rows of these were deleted, as their own log says.

The log is read here, by the library of each; Spark reads the files as any Parquet. So no package for Spark is needed, and no row that was deleted
comes back. What a log may ask for and this does not do (equality deletes, columns under other names) is refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from servanda.engine.spark_tasks import plain
from servanda.errors import EvidenceError, Fault, ServandaError
from servanda.values.elsewhere import Positions

_ANEW = "write its rows anew ('optimize', 'rewrite_data_files'), or into a folder of Parquet, and give that"
_EXTRA = {"Delta": ("deltalake", "delta"), "Iceberg": ("pyiceberg", "iceberg")}


@dataclasses.dataclass(frozen=True)
class Logged:
    """What counts of a table: ``files``, and by path (:func:`servanda.engine.spark_tasks.plain`) the numbers (from 0) of rows that were deleted."""

    files: tuple[str, ...]
    gone: Mapping[str, Positions]


def folder_and_version(text: str) -> tuple[str, int | None]:
    """The folder of ``FOLDER@VERSION``, and the version; of any other text the text itself and nothing."""
    found = re.fullmatch(r"(.+)@(\d+)", text)
    return (found[1], int(found[2])) if found else (text, None)


def logged(kind: str, path: str, text: str, version: int | None, metadata: tuple[str, ...]) -> Logged:
    """What counts of a table, by its log.

    Args:
        kind: a key of :data:`MARKS`.
        path: its folder, as an address.
        text: its name in errors.
        version: of Delta the number of a version, of Iceberg of a snapshot; left out, the newest.
        metadata: of Iceberg, the files of its metadata.

    Returns:
        Its files and deleted rows.

    Raises:
        ServandaError: the library is not installed, or the log cannot be read, or asks for what cannot be done.
    """
    if kind not in _EXTRA:
        hint = "write its rows into a new folder of Parquet, or name it table:NAME where Spark has its package"
        raise ServandaError(Fault(text, f"is a table of {kind}, whose log says which files count", hint, code="SPK018"))
    package, extra = _EXTRA[kind]
    try:
        with _told(kind, text, version):
            found = _delta(path, text, version) if kind == "Delta" else _iceberg(max(metadata, key=_age), text, version)
    except ImportError:
        hint = f"pip install 'servanda[{extra}]'; or name it table:NAME where Spark has its package"
        what = f"is a table of {kind}, and {package}, which reads its log, is not installed"
        raise ServandaError(Fault(text, what, hint, code="SPK018")) from None
    if not found.files:
        raise EvidenceError(Fault(text, f"the table of {kind} has no rows", "name another version", code="SPK019"))
    return found


@contextmanager
def _told(kind: str, text: str, version: int | None) -> Iterator[None]:
    """What a library says that reads a log, as an error of ours."""
    try:
        yield
    except (ImportError, ServandaError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  whatever a library meets in a log, it cannot be followed
        what = (str(error).splitlines() or [type(error).__name__])[0][:240]
        named = f"is {version} one of its versions? Without '@{version}' the newest is read"
        hint = _ANEW if version is None else named
        raise _refused(kind, text, what, hint) from None


def _refused(kind: str, text: str, what: str, hint: str = _ANEW) -> EvidenceError:
    return EvidenceError(Fault(text, f"the log of {kind} cannot be followed: {what}", hint, code="SPK019"))


def _delta(path: str, text: str, version: int | None) -> Logged:
    from deltalake import DeltaTable

    table = DeltaTable(_for_library(path), version=version)
    settings = table.metadata().configuration or {}
    if settings.get("delta.columnMapping.mode", "none") != "none":
        raise _refused("Delta", text, "its columns stand under other names in its files (delta.columnMapping.mode)")
    gone: dict[str, Positions] = {}
    for batch in table.deletion_vectors():
        columns = zip(*(batch.column(name).to_pylist() for name in ("filepath", "selection_vector")), strict=True)
        gone |= {plain(file): np.flatnonzero(~np.array(kept, bool)) for file, kept in columns}
    return Logged(tuple(map(_for_spark(path), table.file_uris())), gone)


def _iceberg(metadata: str, text: str, version: int | None) -> Logged:
    from pyiceberg.io.pyarrow import _read_all_delete_files  # position deletes and the vectors of version 3
    from pyiceberg.table import StaticTable

    table = StaticTable.from_metadata(_for_library(metadata))
    names: dict[int, set[str]] = {}
    for schema in table.metadata.schemas:
        for field in schema.fields:
            names.setdefault(field.field_id, set()).add(field.name)
    other = sorted(name for of_field in names.values() if len(of_field) > 1 for name in of_field)
    every = [name for of_field in names.values() for name in of_field]
    other += sorted({name for name in every if every.count(name) > 1})
    if other:
        raise _refused("Iceberg", text, f"columns were renamed, or made anew under an old name: {', '.join(other)}")
    tasks = list(table.scan(snapshot_id=version).plan_files())
    if odd := {str(task.file.file_format) for task in tasks} - {"FileFormat.PARQUET", "PARQUET"}:
        raise _refused("Iceberg", text, f"its files are of another format than Parquet: {', '.join(sorted(odd))}")
    deleted: Mapping[str, list[Any]] = _read_all_delete_files(table.io, tasks)
    of_table = {task.file.file_path for task in tasks}
    gone = {
        plain(file): np.unique(np.concatenate([chunks.to_numpy() for chunks in parts]))
        for file, parts in deleted.items()
        if file in of_table
    }
    return Logged(tuple(map(_for_spark(metadata), sorted(of_table))), gone)


def _age(metadata: str) -> tuple[int, str]:
    """By which the newest file of metadata is known: its number (``v3``, ``00003-...``)."""
    name = metadata.rpartition("/")[2]
    number = re.match(r"v?(\d+)", name)
    return (int(number[1]) if number else -1, name)


def _for_library(path: str) -> str:
    """An address as the libraries know it: Hadoop's name for S3 is its own."""
    return re.sub(r"^s3[an]:", "s3:", plain(path))


def _for_spark(like: str) -> Callable[[str], str]:
    """The addresses of the libraries as Spark knows them, by that of the table."""
    scheme = like.partition("://")[0]
    return lambda path: re.sub(r"^s3:", f"{scheme}:", path) if scheme.startswith("s3") else path
