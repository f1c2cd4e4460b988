"""Tables of evidence as they stand: a file in a format that a reader knows, or what an import without a doubt makes of any other."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.evidence.joining import completes, joined, part_of
from servanda.evidence.model import QUARANTINE, Context, Reader, empty
from servanda.evidence.plugins import choose_reader, known_but_for_capitals, refuse_misspelt, shipped_readers
from servanda.evidence.raw_files import RawBatch, gone
from servanda.evidence.tabular_io import columns_of, parquet_rows, read_rows
from servanda.values.files import FileLike, NamedBytes, base_name_of, bytes_of, name_of, suffix_of
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.evidence.importing import Imported
    from servanda.evidence.importing.reading import Reading

_STRANGE = frozenset({"EVD004", "EVD005", "EVD007", "EVD010"})
"""Why a file is not read as it is, where an import might."""
_LARGEST = 64 << 20
"""Bytes beyond which a file is not looked at as one that people keep; 'servanda import' looks at larger ones."""
_CHATS = frozenset({"EVD200", "EVD201", "EVD202"})
_TELLING = frozenset({"EVD190", "EVD191", "EVD192", "EVD193", "EVD204"}) | _CHATS
"""What an import says of a file that is worth more than that it is no table."""


class RawTable(Protocol):
    """One table of evidence as it stands: a file or a frame."""

    @property
    def name(self) -> str:
        """Its name in the column ``file``."""

    @property
    def where(self) -> str:
        """Its name in errors."""

    def columns(self) -> list[str]:
        """The names of its columns."""

    def raw_batches(self, wanted: frozenset[str] | None = None) -> Iterator[RawBatch]:
        """Its rows in batches; ``wanted`` limits the columns, where that saves work."""

    def height(self) -> int:
        """How many rows it has, where that is known without reading them; else 0."""

    def digest(self) -> str:
        """The SHA-256 of its bytes; nothing for a frame."""

    @property
    def recorded(self) -> datetime | None:
        """When it became known, where it comes from a record."""

    @property
    def signer(self) -> str:
        """The party that signed it on a record, which speaks for its own side only; nothing elsewhere."""


@dataclasses.dataclass(frozen=True)
class FileTable:
    """A file as a raw table."""

    file: FileLike
    recorded: datetime | None = None
    signer: str = ""

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return base_name_of(self.file)

    @property
    def where(self) -> str:
        """The path as it was given."""
        return name_of(self.file)

    def columns(self) -> list[str]:
        """The names of its columns."""
        return columns_of(self.file)

    def raw_batches(self, wanted: frozenset[str] | None = None) -> Iterator[RawBatch]:
        """Its rows in batches."""
        return read_rows(self.file, wanted)

    def height(self) -> int:
        """How many rows a Parquet file says it has; 0 for any other."""
        return parquet_rows(self.file)

    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return digest_of(self.file)


@dataclasses.dataclass(frozen=True)
class RespelledTable(FileTable):
    """A file whose columns are those that a reader knows but for capitals and small letters."""

    reader: Reader | None = None

    def _spelt(self, names: list[str]) -> dict[str, str]:
        assert self.reader is not None
        known = {column.lower(): column for column in self.reader.columns}
        return {name: known[name.lower()] for name in names if name.lower() in known and name not in known.values()}

    def raw_batches(self, wanted: frozenset[str] | None = None) -> Iterator[RawBatch]:  # noqa: ARG002  its names differ
        """Its rows in batches, under the names that the reader knows."""
        for batch in super().raw_batches():
            yield RawBatch(batch.table.rename(self._spelt(batch.table.columns)), batch.unreadable)


@dataclasses.dataclass(frozen=True)
class JoinedTable(FileTable):
    """A file whose rows are completed by those of others."""

    reader: Reader | None = None
    parts: tuple[pl.DataFrame, ...] = ()

    def raw_batches(self, wanted: frozenset[str] | None = None) -> Iterator[RawBatch]:
        """Its rows in batches, with what the others say of them."""
        assert self.reader is not None
        for batch in super().raw_batches(wanted):
            yield RawBatch(joined(batch.table, self.reader, self.parts), batch.unreadable)


def join_parts(
    tables: list[tuple[RawTable, Reader]], parts: list[tuple[FileLike, Reader]]
) -> list[tuple[RawTable, Reader]]:
    """Put what completes tables beside their rows.

    Args:
        tables: tables with their readers.
        parts: files that complete tables of a reader.

    Returns:
        The tables, those of such a reader with more columns.

    Raises:
        EvidenceError: a file completes nothing that was given.
    """
    out = list(tables)
    for reader in {reader.name: reader for _, reader in parts}.values():
        files = [file for file, of in parts if of.name == reader.name]
        at = [n for n, (table, of) in enumerate(out) if of.name == reader.name and type(table) is FileTable]
        if not at:
            what = f"completes {reader.title}, by {reader.joined_on!r}, and holds no report itself"
            hint = "give the file with days and places beside it"
            raise EvidenceError(Fault(name_of(files[0]), what, hint, code="EVD010"))
        read = tuple(part_of(pl.concat([batch.table for batch in read_rows(file)]), reader) for file in files)
        for n in at:
            table = out[n][0]
            assert isinstance(table, FileTable)
            out[n] = (JoinedTable(table.file, table.recorded, table.signer, reader, read), reader)
    return out


@dataclasses.dataclass(frozen=True)
class ImportedTable:
    """A table that an import made of a file, as text with the numbers of its rows."""

    file: FileLike
    name: str
    rows: pl.DataFrame
    recorded: datetime | None = None
    signer: str = ""

    @property
    def where(self) -> str:
        """The path as it was given."""
        return name_of(self.file)

    def columns(self) -> list[str]:
        """The names of its columns."""
        return [name for name in self.rows.columns if name != "row"]

    def raw_batches(self, wanted: frozenset[str] | None = None) -> Iterator[RawBatch]:  # noqa: ARG002  all are there
        """Its rows, all at once: what is imported is not large."""
        yield RawBatch(self.rows, empty(QUARANTINE))

    def height(self) -> int:
        """Nothing: it is not so large that it would matter."""
        return 0

    def digest(self) -> str:
        """The SHA-256 of the file's bytes."""
        return digest_of(self.file)


def tables_of(
    file: FileLike, reader: str | None, notes: Counter[str], recorded: datetime | None = None, signer: str = ""
) -> list[tuple[RawTable, Reader]]:
    """The tables of a file, each with its reader.

    Args:
        file: a path, or a file in memory.
        reader: the name of the reader; without it, the columns decide.
        notes: where it is told what an import left out.
        recorded: when the file became known, where it comes from a record.
        signer: the party that signed it on a record, where one did.

    Returns:
        One table, or those of a spreadsheet or archive that can be read without a question.

    Raises:
        EvidenceError: no reader knows it, and an import would have to ask.
    """
    try:
        return [_as_it_is(file, reader, recorded, signer)]
    except EvidenceError as error:
        if reader is not None or not _is_strange(file, error):
            raise
        tables = _imported(file, notes, error)
        return [(dataclasses.replace(one, recorded=recorded, signer=signer), of) for one, of in tables]


def needs_import(file: FileLike) -> bool:
    """Whether no reader knows a file as it is, and an import may."""
    if suffix_of(file) in (".yaml", ".yml"):
        return False
    try:
        _as_it_is(file, None, None, "")
    except EvidenceError as error:
        return _is_strange(file, error)
    return False


def _as_it_is(file: FileLike, reader: str | None, recorded: datetime | None, signer: str) -> tuple[RawTable, Reader]:
    """A file as one table that a reader knows."""
    try:
        table = FileTable(file, recorded, signer)
        return table, choose_reader(table.columns(), table.where, reader)
    except EvidenceError as error:
        if reader is None and any(fault.code == "EVD010" for fault in error.faults):
            known = known_but_for_capitals(columns_of(file))
            if known is not None:
                return RespelledTable(file, recorded, signer, known), known
        raise


def _is_strange(file: FileLike, why: EvidenceError) -> bool:
    """Whether a file that no reader knows may be imported, and belongs to no other file."""
    codes = {fault.code for fault in why.faults}
    return bool(_STRANGE & codes) and not ("EVD010" in codes and completes(columns_of(file)))


def _imported(file: FileLike, notes: Counter[str], why: EvidenceError) -> list[tuple[ImportedTable, Reader]]:
    """What an import makes of a file that nothing in it leaves open; else why it is not read, and that it is to be imported first."""
    if _size(file) > _LARGEST:
        raise why
    from servanda.evidence.importing import import_files  # only for strange files: most runs have none

    try:
        imported = import_files([file], Context(ZoneInfo("UTC")))
    except EvidenceError as error:
        raise _refused(error, why) from None
    if not imported.readings and not imported.known:
        raise why  # tracks, and nothing else
    if imported.doubtful or any(fault.code == "EVD004" for fault in why.faults):
        raise EvidenceError(*_first(file, why, imported)) from None
    for told in imported.told:
        notes[told] += 1
    own = next(one for one in shipped_readers() if one.name == "servanda-reports")
    tables: list[tuple[ImportedTable, Reader]] = []
    for reading in imported.readings:
        _refuse_misspelt(reading, own)
        for told in reading.told:
            notes[f"{reading.table.sheet.label}: {told}"] += 1
        tables.append((ImportedTable(file, base_name_of(file), reading.rows), own))
    tables += [(ImportedTable(file, base_name_of(file), one.rows), one.reader) for one in imported.known]
    return tables


def _refuse_misspelt(reading: Reading, own: Reader) -> None:
    """A table with our own columns is held to their names, whatever it lies in."""
    names = frozenset(reading.table.names)
    if own.signature <= names:
        read = frozenset(name for used in reading.columns.values() for name in used)
        refuse_misspelt(reading.table.sheet.label, names - read - own.columns, own.columns - names)


def _refused(error: EvidenceError, why: EvidenceError) -> EvidenceError:
    """What is worth more: why it cannot be imported, or what it is."""
    told = next((fault for fault in error.faults if fault.code in _TELLING), None)
    if told is None:
        return why
    kind = next((fault.what.partition(",")[0] for fault in why.faults if fault.code == "EVD007"), "")
    if told.code in _CHATS:
        return EvidenceError(told)
    return EvidenceError(dataclasses.replace(told, what=f"{kind}, and {told.what}" if kind else told.what))


def _first(file: FileLike, why: EvidenceError, imported: Imported) -> list[Fault]:
    """That a file must be imported first, with what would be asked."""
    asked = list(dict.fromkeys(question.what for _, question in imported.questions))
    where = name_of(file)
    if asked:
        open_ = (
            f"{plural(len(asked), 'thing')} in it must be decided first: "
            + "; ".join(asked[:3])
            + (" ..." if len(asked) > 3 else "")
        )
    else:
        doubts = sum(len(reading.doubts) + reading.quarantine.height for reading in imported.readings)
        open_ = f"{plural(doubts, 'cell')} in it can be read in more than one way, or not"
    hint = f"'servanda import {base_name_of(file)} --out reports.csv' asks once, keeps the answers, and tells how each doubtful cell was read"
    kinds = [fault for fault in why.faults if fault.code == "EVD007"]
    if kinds:
        what = kinds[0].what.replace("and cannot be read as evidence", f"and is to be imported: {open_}")
        return [Fault(where, what, hint, code="EVD196")]
    return [dataclasses.replace(fault, hint="; ".join(filter(None, (fault.hint, hint)))) for fault in why.faults]


def _size(file: FileLike) -> int:
    return len(file.content) if isinstance(file, NamedBytes) else Path(file).stat().st_size


def digest_of(file: FileLike) -> str:
    """The SHA-256 of a file's bytes. Raises :class:`EvidenceError` where it can no longer be read."""
    if isinstance(file, NamedBytes):
        return hashlib.sha256(bytes_of(file)).hexdigest()
    try:
        with Path(file).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise gone(file, error) from None
