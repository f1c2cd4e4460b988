"""Raw tables, and one raw batch through its reader and all checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.evidence.model import QUARANTINE, Context, Reader, TableName, empty
from servanda.evidence.normalise.reports import Normalised, normalise
from servanda.evidence.normalise.text import foreign_text
from servanda.evidence.own_word import in_own_name
from servanda.evidence.plugins import shipped_readers
from servanda.evidence.raw_files import RawBatch
from servanda.evidence.tabular_io import columns_of, parquet_rows, read_rows
from servanda.values.files import FileLike, NamedBytes, base_name_of, name_of


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


@dataclass(frozen=True)
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


def translate(
    raw: pl.DataFrame, table: RawTable, reader: Reader, context: Context
) -> tuple[dict[TableName, Normalised], pl.DataFrame]:
    """One raw batch through its reader and all checks.

    Args:
        raw: rows as text.
        table: where they are from.
        reader: who can read them.
        context: what readers know.

    Returns:
        The tables that the reader gives; and, as rows of quarantine, those for which it gives nothing.

    Raises:
        EvidenceError: a column cannot be read, or a reader of another package failed.
    """
    lacking = [pl.lit(None, dtype=pl.String).alias(c) for c in sorted(reader.columns) if c not in raw.columns]
    try:
        if not reader.name.startswith("servanda-"):
            raw = foreign_text(raw, reader.columns)
        tables = reader.translate(raw.with_columns(lacking), context)
        done = {
            name: normalise(name, part, table.name, reader, context, table.recorded) for name, part in tables.items()
        }
        lost = _not_given(raw, tables, table.name, reader)
    except (Exception, SystemExit, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split())[:160]
        if reader in shipped_readers():
            if not isinstance(error, pl.exceptions.PolarsError | pl.exceptions.PanicException):
                raise
            what, hint = (
                f"has a column that cannot be read as {reader.title}: {reason}",
                "store text, numbers and times as such",
            )
            raise EvidenceError(Fault(table.where, what, hint, code="EVD014")) from None
        what = f"the reader {reader.name!r} of another package failed: {type(error).__name__}: {reason}"
        hint = "report it to the package's author, or choose another with --reader"
        raise EvidenceError(Fault(table.where, what, hint, code="EVD015")) from error
    if table.signer:
        for name, part in done.items():
            part.good = in_own_name(name, part.good, table.signer, context, part.notes)
    return done, lost


def _not_given(raw: pl.DataFrame, tables: Mapping[TableName, pl.DataFrame], name: str, reader: Reader) -> pl.DataFrame:
    """The rows that are in no table that a reader gave: no row is lost without a word, whoever wrote the reader."""
    given = pl.concat(
        [part.select(pl.col("row").cast(pl.Int64)) for part in tables.values()] or [raw.select("row").clear()]
    )
    rows = raw.select("row") if given.height == 0 else raw.select("row").join(given, on="row", how="anti")
    if rows.height == 0:
        return empty(QUARANTINE)
    told = {
        "file": name,
        "code": "EVD171",
        "field": "(row)",
        "value": None,
        "reason": f"the reader {reader.name!r} gives nothing for this row",
        "hint": "look at the row; if it is sound, report it to who wrote the reader",
    }
    marked = rows.with_columns(**{column: pl.lit(word, dtype=pl.String) for column, word in told.items()})
    return marked.select(pl.col(c).cast(d) for c, d in QUARANTINE.items())


def digest_of(file: FileLike) -> str:
    """The SHA-256 of a file's bytes, in hex digits."""
    if isinstance(file, NamedBytes):
        return hashlib.sha256(file.content).hexdigest()
    with Path(file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
