"""Reports on the machines of a Spark cluster: what is done to them is sent there (:class:`servanda.values.elsewhere.Elsewhere`).

Every task reads a range of rows of the files, brings them to the report table in pieces of :data:`PIECE` rows, and sends back what the
functions make of them, pickled, in a column of bytes. What belongs together is divided into shares by a number of its own on the
machine that made it and put together by Spark's shuffle: so few rows of many bytes are moved, and no column has to be told to Spark.
"""

from __future__ import annotations

import dataclasses
import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import unquote

import numpy as np
import polars as pl
import pyarrow as pa

from servanda import __version__
from servanda.engine.spark_faults import OTHER_VERSION, told
from servanda.errors import Fault, ServandaError
from servanda.evidence.model import Context, Reader
from servanda.evidence.normalise.reports import Normalised
from servanda.evidence.plugins import all_readers
from servanda.evidence.translate import translate
from servanda.values.elsewhere import Positions, joined

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

R = TypeVar("R")
PIECE = 200_000
"""Rows that a task holds at once."""
FILE, ROW = "_servanda_file", "_servanda_row"
_ROW_BITS = 40
_PAYLOAD = "payload binary"
_SHARED = "share int, payload binary"
_Batches: TypeAlias = Iterator[pa.RecordBatch]
Shares: TypeAlias = "Callable[[dict[str, pl.DataFrame]], Any]"


@dataclasses.dataclass(frozen=True)
class Table:
    """One file or frame, as a reader is told of it (:class:`servanda.evidence.raw_tables.RawTable`)."""

    name: str
    where: str
    number: int
    recorded: None = None
    signer: str = ""


@dataclasses.dataclass(frozen=True)
class Part:
    """Files or a frame that one reader reads. ``files``: by path; of a frame one, by nothing."""

    frame: DataFrame
    reader: str
    files: Mapping[str, Table]
    wanted: tuple[str, ...]
    """The columns that the reader knows."""
    brief: tuple[str, ...]
    """Those of them that judging needs."""


@dataclasses.dataclass(frozen=True)
class Reading:
    """How a task brings the rows that it is given to report tables. A value that is sent there."""

    files: Mapping[str, Table]
    reader: str
    context: Context
    version: str = __version__

    def pieces(self, batches: _Batches) -> Iterator[tuple[Table, dict[Any, Normalised], pl.DataFrame, frozenset[str]]]:
        """Pieces of one file each: what the reader gives, the rows for which it gives nothing, and which of the columns by which it knows
        such files are empty.
        """
        if self.version != __version__:
            raise ServandaError(Fault("Spark", OTHER_VERSION.format(__version__, self.version), code="SPK003"))
        reader = next(one for one in all_readers() if one.name == self.reader)
        for rows in _pieces(batches):
            for file, some in _by_file(rows):
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

    def reports(self, batches: _Batches) -> Iterator[tuple[pl.DataFrame, Positions]]:
        """The report tables, with the positions of their rows."""
        for table, tables, _, _ in self.pieces(batches):
            if "reports" in tables and tables["reports"].good.height:
                good = tables["reports"].good
                yield good, good["row"].to_numpy() + (np.int64(table.number) << _ROW_BITS)


def plain(path: str) -> str:
    """The path of a file as people write it."""
    return re.sub(r"^file:/+", "/", unquote(path))


def _pieces(batches: _Batches) -> Iterator[pl.DataFrame]:
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
class SparkTables:
    """Report tables of several parts, and of this machine (``here``), with what is to be done to each (``steps``)."""

    parts: tuple[tuple[DataFrame, Reading], ...]
    here: Callable[[], Iterable[pl.DataFrame]]
    first_here: int
    """The position of the first row that lies here."""
    names: tuple[str, ...]
    """Everybody's name and every means that is told of."""
    shares: int
    """Into how many shares is divided what belongs together."""
    reports: int
    """How many reports there are on the cluster."""
    steps: tuple[tuple[Callable[..., Any], bool], ...] = ()

    def each(self, function: Callable[[pl.DataFrame], R]) -> SparkTables:
        """The same with one more step, done to each."""
        return dataclasses.replace(self, steps=(*self.steps, (function, False)))

    def each_at(self, function: Callable[[pl.DataFrame, Positions], R]) -> SparkTables:
        """The same for a step that is told positions."""
        return dataclasses.replace(self, steps=(*self.steps, (function, True)))

    def __iter__(self) -> Iterator[Any]:
        """What all steps make of each table, brought here; those of this machine come last."""
        for frame, reading in self.parts:
            yield from collected(frame.mapInArrow(_Sent(reading, self.steps), _PAYLOAD))
        yield from self.made_here()

    def made_here(self) -> Iterator[Any]:
        """What all steps make of the tables of this machine."""
        at = self.first_here
        for table in self.here():
            yield _stepped(table, np.arange(at, at + table.height), self.steps)
            at += table.height

    def grouped(
        self,
        make: Callable[[pl.DataFrame], dict[str, pl.DataFrame]],
        finish: Callable[[dict[str, pl.DataFrame]], R],
        by: Callable[[pl.DataFrame], pl.Series],
    ) -> Iterator[R]:
        """What ``finish`` makes of each share of what ``make`` makes."""
        divide = Divided(make, by, self.shares)
        return finished(self.divided(divide), self.shares, finish)

    def divided(self, divide: Callable[[pl.DataFrame], list[tuple[int, bytes]]]) -> DataFrame:
        """The rows ``share``, ``payload`` that are made of each table."""
        tables = dataclasses.replace(self, steps=(*self.steps, (divide, False)))
        made = [frame.mapInArrow(_Sent(reading, tables.steps, rows=True), _SHARED) for frame, reading in self.parts]
        here = list(chain.from_iterable(tables.made_here()))
        if here:
            made.append(self.parts[0][0].sparkSession.createDataFrame([(n, bytearray(b)) for n, b in here], _SHARED))
        whole = made[0]
        for more in made[1:]:
            whole = whole.unionAll(more)
        return whole


def _stepped(table: pl.DataFrame, at: Positions, steps: Iterable[tuple[Callable[..., Any], bool]]) -> Any:
    value: Any = table
    for function, positions in steps:
        value = function(value, at) if positions else function(value)
    return value


@dataclasses.dataclass(frozen=True)
class _Sent:
    """What a task does: reads, does all steps, sends back. ``rows``: what comes of the steps is rows of share and payload."""

    reading: Reading
    steps: tuple[tuple[Callable[..., Any], bool], ...]
    rows: bool = False

    def __call__(self, batches: _Batches) -> Iterator[pa.RecordBatch]:
        try:
            for table, at in self.reading.reports(batches):
                value = _stepped(table, at, self.steps)
                yield from map(_row, value) if self.rows else (sent(value),)
        except ServandaError as error:
            failed = sent(Failed(error))
            yield _row((FAILED, failed.column(0)[0].as_py())) if self.rows else failed


@dataclasses.dataclass(frozen=True)
class Survey:
    """The first walk: all that the readers give but for reports."""

    reading: Reading

    def __call__(self, batches: _Batches) -> Iterator[pa.RecordBatch]:
        """For each piece of a file: its number, counts, what is not a report, and the names of its reports."""
        try:
            for table, tables, lost, without in self.reading.pieces(batches):
                counts = {name: done.good.height for name, done in tables.items()}
                voices = means = pl.Series([], dtype=pl.String)
                if (reports := tables.get("reports")) is not None:
                    good = reports.good
                    voices = pl.concat([good["source"], good["origin"]]).drop_nulls().unique()
                    means = good["means"].cast(pl.String).drop_nulls().unique()
                    tables["reports"] = dataclasses.replace(reports, good=good.clear())
                yield sent((table.number, counts, tables, lost, voices, means, without))
        except ServandaError as error:
            yield sent(Failed(error))


@dataclasses.dataclass(frozen=True)
class Failed:
    """An error that a task met and that a user can correct."""

    error: ServandaError


FAILED = -2
"""The share of an error."""


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
    """Tables divided into shares: rows of share and payload."""
    out: dict[int, dict[str, pl.DataFrame]] = {}
    for name, table in tables.items():
        if table.height:
            numbered = table.with_columns(_share=by(table) % shares)
            for key, part in numbered.partition_by("_share", as_dict=True, include_key=False).items():
                out.setdefault(int(key[0]), {})[name] = part
    return [(share, pickle.dumps((dict(tables_of), _schemas(tables)))) for share, tables_of in out.items()]


def _schemas(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    return {name: table.schema for name, table in tables.items()}


def finished(rows: DataFrame, shares: int, finish: Callable[[dict[str, pl.DataFrame]], Any]) -> Iterator[Any]:
    """What ``finish`` makes of each share, brought here."""
    together = rows.repartition(shares, "share").groupBy("share")
    of_share = Finished(finish)
    # Spark takes a function of one argument; an object that can be called has two, to its mind
    yield from collected(together.applyInArrow(lambda table: of_share(table), _PAYLOAD))  # noqa: PLW0108


@dataclasses.dataclass(frozen=True)
class Finished:
    """Puts the tables of one share together, and finishes them."""

    finish: Callable[[dict[str, pl.DataFrame]], Any]

    def __call__(self, rows: pa.Table) -> pa.Table:
        """What comes of it, as one row of bytes."""
        if rows["share"][0].as_py() == FAILED:
            return pa.table({"payload": [rows["payload"][0].as_py()]})
        parts = [pickle.loads(payload.as_py()) for payload in rows["payload"]]  # noqa: S301  made by this program's own tasks
        made = {name: pl.DataFrame(schema=schema) for name, schema in parts[0][1].items()}
        made |= joined(tables for tables, _ in parts)
        try:
            result: Any = self.finish(made)
        except ServandaError as error:
            result = Failed(error)
        return pa.Table.from_batches([sent(result)])


def sent(value: Any) -> pa.RecordBatch:
    """A value as one row of bytes."""
    return pa.RecordBatch.from_pydict({"payload": pa.array([pickle.dumps(value)], pa.binary())})


def _row(row: tuple[int, bytes]) -> pa.RecordBatch:
    share, payload = row
    return pa.RecordBatch.from_pydict(
        {"share": pa.array([share], pa.int32()), "payload": pa.array([payload], pa.binary())}
    )


def collected(rows: DataFrame) -> Iterator[Any]:
    """The values of rows of bytes.

    Raises:
        ServandaError: a task met an error, or Spark did.
    """
    with told():
        found = rows.collect()
    for row in found:
        value = pickle.loads(row["payload"])  # noqa: S301  made by this program's own tasks
        if isinstance(value, Failed):
            raise value.error
        yield value
