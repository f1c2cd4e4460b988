"""What the workers of Spark do: they read rows of files, take the steps that they are sent, put together what belongs together.

Every task reads a range of rows of the files, brings them to the report table in pieces of :data:`PIECE` rows, and sends back what the
functions make of them, pickled, in a column of bytes. So few rows of many bytes are moved, and no column has to be told to Spark.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias
from urllib.parse import unquote

import numpy as np
import polars as pl
import pyarrow as pa

from servanda import __version__
from servanda.engine.spark_bytes import one_row, packed, pieces_of, rows_of, unpacked, values_in
from servanda.engine.spark_faults import OTHER_VERSION
from servanda.errors import Fault, ServandaError
from servanda.evidence.model import Context, Reader
from servanda.evidence.normalise.reports import Normalised
from servanda.evidence.plugins import all_readers
from servanda.evidence.translate import translate
from servanda.incidents import KeyClash
from servanda.values.coded import texts
from servanda.values.elsewhere import Positions, joined

PIECE = 200_000
"""Rows that a task holds at once."""
FILE, ROW = "_servanda_file", "_servanda_row"
SUMMARY, KEPT, FAILED = -1, 0, -2
"""Shares: what is told of a piece on the first walk; its reports; an error."""
_ROW_BITS = 40
_SENT_AT_ONCE = 50_000  # rows of tables that are kept, in one row of bytes
Batches: TypeAlias = Iterator[pa.RecordBatch]
Steps: TypeAlias = tuple[tuple[Callable[..., Any], bool], ...]


@dataclasses.dataclass(frozen=True)
class Table:
    """One file or frame, as a reader is told of it (:class:`servanda.evidence.raw_tables.RawTable`)."""

    name: str
    where: str
    number: int
    recorded: None = None
    signer: str = ""


@dataclasses.dataclass(frozen=True)
class Reading:
    """How a task brings the rows that it is given to report tables. A value that is sent there."""

    files: Mapping[str, Table]
    reader: str
    context: Context
    gone: Mapping[str, Positions] = dataclasses.field(default_factory=dict)
    version: str = __version__

    def pieces(self, batches: Batches) -> Iterator[tuple[Table, dict[Any, Normalised], pl.DataFrame, frozenset[str]]]:
        """Pieces of one file each: what the reader gives, the rows for which it gives nothing, and which of the columns by which it knows
        such files are empty.
        """
        if self.version != __version__:
            raise ServandaError(Fault("Spark", OTHER_VERSION.format(__version__, self.version), code="SPK003"))
        reader = next(one for one in all_readers() if one.name == self.reader)
        for rows in _pieces(batches):
            for file, every in _by_file(rows):
                deleted = self.gone.get(plain(file))
                some = every if deleted is None else every.filter(~pl.col(ROW).is_in(pl.Series(deleted + 1).implode()))
                without = frozenset(
                    c for c in reader.signature if c in some.columns and some[c].null_count() == some.height
                )
                table = self.files[plain(file)]
                yield table, *self._translated(some, table, reader), without

    def _translated(
        self, rows: pl.DataFrame, table: Table, reader: Reader
    ) -> tuple[dict[Any, Normalised], pl.DataFrame]:
        instants = [c for c, d in rows.schema.items() if isinstance(d, pl.Datetime) and d.time_zone]
        plain = rows.drop(FILE).rename({ROW: "row"})
        plain = plain.with_columns(
            *(pl.col(c).dt.convert_time_zone("UTC") for c in instants), pl.selectors.float().fill_nan(None)
        )
        return translate(plain, table, reader, self.context)  # type: ignore[arg-type]  # asked for its name only


def plain(path: str) -> str:
    """The path of a file as people write it, from its address."""
    return shorn(unquote(path))


def shorn(path: str) -> str:
    """The same from a path in which no letter is written in another way."""
    return re.sub(r"^file:/+", "/", path)


def _pieces(batches: Batches) -> Iterator[pl.DataFrame]:
    """Spark's batches, put together to some that are worth the work."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= PIECE:
            yield _frame(waiting)
            waiting = []
    if waiting:
        yield _frame(waiting)


def _frame(batches: list[pa.RecordBatch]) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches(batches))
    assert isinstance(frame, pl.DataFrame)
    return frame


def _by_file(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    if rows.height and rows[FILE].n_unique() > 1:
        for key, some in rows.partition_by(FILE, as_dict=True, maintain_order=True).items():
            yield str(key[0]), some
    elif rows.height:
        yield str(rows[FILE][0]), rows


@dataclasses.dataclass(frozen=True)
class Survey:
    """The first walk, whose report tables are kept where they are: every later one begins with them."""

    reading: Reading

    def __call__(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """For each piece of a file its reports (:data:`KEPT`), and (:data:`SUMMARY`) its number, counts, what is not a report, and the names
        of its reports.
        """
        try:
            for table, tables, lost, without in self.reading.pieces(batches):
                counts = {name: done.good.height for name, done in tables.items()}
                voices = means = pl.Series([], dtype=pl.String)
                if (reports := tables.get("reports")) is not None:
                    good = texts(reports.good)
                    voices = pl.concat([good["source"], good["origin"]]).drop_nulls().unique()
                    means = good["means"].cast(pl.String).drop_nulls().unique()
                    tables["reports"] = dataclasses.replace(reports, good=good.clear())
                    at = good["row"].to_numpy() + (np.int64(table.number) << _ROW_BITS)
                    yield from (_row((KEPT, row)) for piece in _slices(good, at) for row in rows_of(piece))
                told = table.number, counts, tables, lost, voices, means, without
                yield from (_row((SUMMARY, row)) for row in rows_of(told))
        except ServandaError as error:
            yield from (_row((SUMMARY, row)) for row in rows_of(Failed(error)))


def _slices(table: pl.DataFrame, at: Positions) -> Iterator[tuple[pl.DataFrame, Positions]]:
    for n in range(0, table.height, _SENT_AT_ONCE):
        yield table[n : n + _SENT_AT_ONCE], at[n : n + _SENT_AT_ONCE]


@dataclasses.dataclass(frozen=True)
class Laid:
    """Reads what was kept: tables with their positions (``tables``), or whatever else was made."""

    tables: bool = True

    def made(self, batches: Batches) -> Iterator[tuple[Any, Any]]:
        """What was kept; tables put together to some that are worth the work."""
        waiting: list[tuple[pl.DataFrame, Positions]] = []
        for value in values_in(payload.as_py() for batch in batches for payload in batch.column(0)):
            if isinstance(value, Failed):
                raise value.error
            if not self.tables:
                yield value, None
                continue
            waiting.append(value)
            if sum(table.height for table, _ in waiting) >= PIECE:
                yield _together(waiting)
                waiting = []
        if waiting:
            yield _together(waiting)


def _together(parts: list[tuple[pl.DataFrame, Positions]]) -> tuple[pl.DataFrame, Positions]:
    return pl.concat([table for table, _ in parts]), np.concatenate([at for _, at in parts])


def stepped(value: Any, at: Any, steps: Iterable[tuple[Callable[..., Any], bool]]) -> Any:
    """What all steps make of one thing; some ask for positions as well."""
    for function, positions in steps:
        value = function(value, at) if positions else function(value)
    return value


@dataclasses.dataclass(frozen=True)
class Sent:
    """What a task does: takes up what was kept, does all steps, sends back. ``rows``: what comes of the steps is rows of share and payload."""

    laid: Laid
    steps: Steps
    rows: bool = False

    def __call__(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        try:
            for made, at in self.laid.made(batches):
                value = stepped(made, at, self.steps)
                yield from map(_row, value) if self.rows else sent(value)
        except (ServandaError, KeyClash) as error:
            failed = Failed(error)
            yield from (_row((FAILED, one_row(failed))),) if self.rows else sent(failed)


@dataclasses.dataclass(frozen=True)
class Failed:
    """An error that a task met and that a user can correct, or that two incidents have one number."""

    error: ServandaError | KeyClash


@dataclasses.dataclass(frozen=True)
class Divided:
    """Makes tables and divides them into shares by the numbers of their rows."""

    make: Callable[[pl.DataFrame], dict[str, pl.DataFrame]]
    by: Callable[[pl.DataFrame], pl.Series]
    shares: int

    def __call__(self, table: pl.DataFrame) -> list[tuple[int, bytes]]:
        """Rows of share and payload."""
        return shared(self.make(table), self.by, self.shares)


def shared(
    tables: Mapping[str, pl.DataFrame], by: Callable[[pl.DataFrame], pl.Series], shares: int
) -> list[tuple[int, bytes]]:
    """Tables divided into shares: rows of share and payload, several of a share of which there is much."""
    out: dict[int, dict[str, pl.DataFrame]] = {}
    for name, table in tables.items():
        if table.height:
            numbered = table.with_columns(_share=by(table) % shares)
            for key, part in numbered.partition_by("_share", as_dict=True, include_key=False).items():
                out.setdefault(int(key[0]), {})[name] = part
    schemas = _schemas(tables)
    return [(share, packed((some, schemas))) for share, tables_of in out.items() for some in pieces_of(tables_of)]


def _schemas(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    return {name: table.schema for name, table in tables.items()}


@dataclasses.dataclass(frozen=True)
class Finished:
    """Puts the tables of one share together, and finishes them. ``tables``: to tables with positions; ``pieces``: to several things."""

    finish: Callable[[dict[str, pl.DataFrame]], Any]
    tables: bool = False
    pieces: bool = False

    def __call__(self, batches: Batches) -> Batches:
        """What comes of it, as rows of bytes; nothing is sent before all of it is made."""
        first = next(batches)
        if first["share"][0].as_py() == FAILED:
            made = [first["payload"][0].as_py()]
        else:
            try:
                tables = _unpacked_tables(chain([first], batches))
                made = [row for value in self._values(self.finish(tables)) for row in rows_of(value)]
            except (ServandaError, KeyClash) as error:
                made = list(rows_of(Failed(error)))
        for row in made:  # each by itself: Spark takes up one batch at once
            yield pa.RecordBatch.from_pydict({"payload": pa.array([row], pa.binary())})

    def _values(self, result: Any) -> Iterable[Any]:
        if self.tables:
            return (piece for pair in result for piece in _slices(*pair))
        return result if self.pieces else (result,)


def _unpacked_tables(batches: Iterable[pa.RecordBatch]) -> dict[str, pl.DataFrame]:
    """The tables of one share, which only they have who are given them; what they came in goes as it is unpacked.

    In whatever order they arrive, they are put together in one: a task that is done again makes the same bytes, or Spark would take what the
    other tasks have made of the first for something else, and end the run.
    """
    parts: list[tuple[bytes, Any]] = []
    for batch in batches:
        for payload in batch["payload"]:
            made = payload.as_buffer()
            parts.append((hashlib.blake2b(made, digest_size=16).digest(), unpacked(made)))
    parts.sort(key=lambda part: part[0])
    told = {name: pl.DataFrame(schema=schema) for _, (_, schemas) in parts for name, schema in schemas.items()}
    return told | joined(tables for _, (tables, _) in parts)


def sent(value: Any) -> Iterator[pa.RecordBatch]:
    """A value as rows of bytes."""
    for row in rows_of(value):
        yield pa.RecordBatch.from_pydict({"payload": pa.array([row], pa.binary())})


def _row(row: tuple[int, bytes]) -> pa.RecordBatch:
    share, payload = row
    return pa.RecordBatch.from_pydict(
        {"share": pa.array([share], pa.int32()), "payload": pa.array([payload], pa.binary())}
    )
