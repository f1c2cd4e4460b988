"""Reports on the machines of a Spark cluster: what is done to them is sent there (:class:`servanda.values.elsewhere.Elsewhere`).

What belongs together is divided into shares by a number of its own on the machine that made it and put together by Spark's shuffle.
What each task does is in ``spark_tasks``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from servanda.engine.spark_bytes import values_in
from servanda.engine.spark_faults import told
from servanda.engine.spark_tasks import Divided, Failed, Finished, Laid, Sent, Steps, Table, shared, stepped
from servanda.values.elsewhere import Dealt, Positions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

R = TypeVar("R")
_PAYLOAD = "payload binary"
_PART_BYTES = 1 << 24
SHARED = "share int, payload binary"
"""The columns of rows on their way."""


@dataclasses.dataclass(frozen=True)
class Part:
    """Files or a frame that one reader reads. ``files``: by path; of a frame one, by nothing."""

    frame: DataFrame
    reader: str
    files: Mapping[str, Table]
    wanted: tuple[str, ...]
    """The columns that the reader knows."""
    gone: Mapping[str, Positions]
    """By path, the numbers (from 0) of rows that were deleted."""


class Keeper:
    """What is kept on the workers (``frames``) until nobody asks for anything that is made of it."""

    def __init__(self) -> None:
        self.frames: list[DataFrame] = []
        weakref.finalize(self, _let_go, self.frames).atexit = False


def _let_go(frames: list[DataFrame]) -> None:
    for frame in frames:
        with contextlib.suppress(Exception):  # where the session has ended, nothing is kept
            frame.unpersist()


@dataclasses.dataclass(frozen=True)
class SparkTables:
    """Report tables of several parts, and of this machine (``here``), with what is to be done to each (``steps``)."""

    parts: tuple[tuple[DataFrame, Laid], ...]
    here: Callable[[], Iterable[pl.DataFrame]]
    first_here: int
    """The position of the first row that lies here."""
    names: tuple[str, ...]
    """Everybody's name and every means that is told of."""
    shares: int
    """Into how many shares is divided what belongs together."""
    reports: int
    """How many reports there are on the cluster."""
    keeper: Keeper
    steps: Steps = ()

    def each(self, function: Callable[[Any], R]) -> SparkTables:
        """The same with one more step, done to each."""
        return dataclasses.replace(self, steps=(*self.steps, (function, False)))

    def each_at(self, function: Callable[[pl.DataFrame, Positions], R]) -> SparkTables:
        """The same for a step that is told positions."""
        return dataclasses.replace(self, steps=(*self.steps, (function, True)))

    def __iter__(self) -> Iterator[Any]:
        """What all steps make of each table, brought here; those of this machine come last."""
        for frame, laid in self.parts:
            yield from collected(frame.mapInArrow(Sent(laid, self.steps), _PAYLOAD))
        yield from self.made_here()

    def streamed(self) -> Iterator[Any]:
        """The same; one part of Spark's is here at a time."""
        for frame, laid in self.parts:
            yield from streamed(frame.mapInArrow(Sent(laid, self.steps), _PAYLOAD))
        yield from self.made_here()

    def made_here(self) -> Iterator[Any]:
        """What all steps make of the tables of this machine."""
        at = self.first_here
        for table in self.here():
            yield stepped(table, np.arange(at, at + table.height), self.steps)
            at += table.height

    def grouped(
        self,
        make: Callable[[Any], dict[str, pl.DataFrame]],
        finish: Callable[[dict[str, pl.DataFrame]], R],
        by: Callable[[pl.DataFrame], pl.Series],
    ) -> Iterator[R]:
        """What ``finish`` makes of each share of what ``make`` makes."""
        return finished(self.divided(Divided(make, by, self.shares)), self.shares, finish)

    def dealt(
        self, make: Callable[[Any], dict[str, pl.DataFrame]], by: Callable[[pl.DataFrame], pl.Series]
    ) -> SparkDealt:
        """What ``make`` makes, on its way to the machine of its number."""
        return SparkDealt(self.divided(Divided(make, by, self.shares)), self)

    def divided(self, divide: Callable[[Any], list[tuple[int, bytes]]]) -> DataFrame:
        """The rows ``share``, ``payload`` that are made of each table."""
        tables = dataclasses.replace(self, steps=(*self.steps, (divide, False)))
        made = [frame.mapInArrow(Sent(laid, tables.steps, rows=True), SHARED) for frame, laid in self.parts]
        here = list(chain.from_iterable(tables.made_here()))
        if here:
            rows = [(n, bytearray(payload)) for n, payload in here]
            made.append(_frame_of(self.parts[0][0].sparkSession, rows, 1))
        whole = made[0]
        for more in made[1:]:
            whole = whole.unionAll(more)
        return whole

    def kept(self) -> SparkTables:
        """The same, made once and kept on the workers, on their disks where memory is short."""
        self.keeper.frames.extend(frame.persist() for frame, _ in self.parts)
        return self


@dataclasses.dataclass(frozen=True)
class SparkDealt:
    """Rows of share and payload, on their way; ``of``: the tables that they were made of."""

    rows: DataFrame
    of: SparkTables

    def with_more(self, other: Dealt) -> SparkDealt:
        """These rows together with others of the same session."""
        assert isinstance(other, SparkDealt)
        return SparkDealt(self.rows.unionAll(other.rows), self.of)

    def with_tables(self, tables: Mapping[str, pl.DataFrame], by: Callable[[pl.DataFrame], pl.Series]) -> SparkDealt:
        """These rows together with some that lie here."""
        made = [(n, bytearray(payload)) for n, payload in shared(tables, by, self.of.shares)]
        return SparkDealt(self.rows.unionAll(_frame_of(self.rows.sparkSession, made, self.of.shares)), self.of)

    def finished(
        self, finish: Callable[[dict[str, pl.DataFrame]], Any], *, tables: bool = False, pieces: bool = False
    ) -> SparkTables:
        """What ``finish`` makes of each share, there."""
        frame = _finished(self.rows, self.of.shares, Finished(finish, tables, pieces))
        return dataclasses.replace(self.of, parts=((frame, Laid(tables)),), here=tuple, steps=())


def _frame_of(session: SparkSession, rows: list[tuple[int, bytearray]], least: int) -> DataFrame:
    """Rows that lie here as a frame: in so many parts at the least, and each so small that it goes along with the task that takes it up."""
    parts = max(least, sum(len(payload) for _, payload in rows) // _PART_BYTES)
    return session.createDataFrame(session.sparkContext.parallelize(rows, parts), SHARED)


def finished(rows: DataFrame, shares: int, finish: Callable[[dict[str, pl.DataFrame]], Any]) -> Iterator[Any]:
    """What ``finish`` makes of each share, brought here."""
    return collected(_finished(rows, shares, Finished(finish)))


def _finished(rows: DataFrame, shares: int, of_share: Finished) -> DataFrame:
    together = rows.repartition(shares, "share").groupBy("share")

    def of_one(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """What it says of its arguments is how Spark knows that batches are taken one by one."""
        return of_share(batches)

    return together.applyInArrow(of_one, _PAYLOAD)


def collected(rows: DataFrame) -> Iterator[Any]:
    """The values of rows of bytes.

    Raises:
        ServandaError: a task met an error, or Spark did.
    """
    with told():
        found = rows.collect()
    yield from _values(found)


def streamed(rows: DataFrame) -> Iterator[Any]:
    """The same; one partition is here at a time.

    Raises:
        ServandaError: as :func:`collected`.
    """
    with told():
        yield from _values(rows.toLocalIterator(prefetchPartitions=False))


def _values(rows: Iterable[Any]) -> Iterator[Any]:
    for value in values_in(row["payload"] for row in rows):
        if isinstance(value, Failed):
            raise value.error
        yield value
