"""A cluster of Spark: reports are read and matched where they lie, by ranges of rows, and judged where their incident lies.

Here arrive what is not a report, and verdicts; where little was found, the findings with the reports of their incidents. Whatever the
partitions, their order and the machines, the results are the same: incidents have numbers by a hash that is the same everywhere, origins are
numbered here once, and what belongs together is put together by these numbers.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import uuid4

import polars as pl

from servanda.engine.base import OrderedEngine
from servanda.engine.spark_bytes import rows_of
from servanda.engine.spark_faults import java_there, master_answers, told
from servanda.engine.spark_source import SparkSource, is_for_spark
from servanda.engine.spark_tables import SparkDealt, SparkTables, collected
from servanda.engine.spark_tasks import SUMMARY, shared
from servanda.engine.threads import in_order
from servanda.errors import Fault, ServandaError
from servanda.evidence import Context, EvidenceSource
from servanda.evidence.source import Item, read_evidence
from servanda.findings.matched import MATCHES, OCCURRENCE_TIMES, REMARKS_ON_INCIDENT, Matches
from servanda.findings.ordered import LARGE, run_in_order
from servanda.findings.plan import FINDING, KEPT, Batches, Findings, Plan, Progress, concat, quiet
from servanda.incidents import Keys
from servanda.values.elsewhere import each

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")
R = TypeVar("R")
_WAIT_S = 60.0
_LEAST = (4, 1)
_OWN = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.maxResultSize": "0",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",  # columns are known by their names as they are written
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(
        1 << 26
    ),  # rows of bytes are large, and a batch is in memory whole
    "spark.sql.adaptive.enabled": "false",  # into how many shares is known; it would make a job of every shuffle
    "spark.sql.files.maxPartitionBytes": "16m",  # columns of reports are small where they are packed
    "spark.driver.memory": "4g",  # findings and the reports of their incidents come through it
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # Spark keeps every core busy itself
    "spark.executorEnv._RJEM_MALLOC_CONF": "dirty_decay_ms:100,muzzy_decay_ms:0",  # what tables freed goes back, or a part never does
}


class Spark(OrderedEngine):
    """Kernels on the workers of Spark."""

    name = "spark"

    def __init__(
        self, session: SparkSession | None = None, *, master: str | None = None, shares: int = 0, little: int = KEPT
    ) -> None:
        """Use a session, or begin one when it is first needed: what is wrong with the files that are read here is told before.

        Args:
            session: a session of yours; left out, one is begun, and ended by :meth:`close`.
            master: where its master is; left out, this machine. Not asked with a session.
            shares: into how many shares work is divided at least; 0: as Spark would.
            little: up to how many matched rows all findings come here, and it is asked on what verdicts rest; beyond, they stay there.

        Raises:
            ServandaError: there is no Spark or Java, or no master answers; later, no worker.
        """
        # of pandas, Spark needs nothing here but that it is there
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        self._given, self._master = session, master
        self._shares, self._little = shares, little
        _installed()
        if session is None:
            _can_begin(master)

    @cached_property
    def session(self) -> SparkSession:
        """The session: the one given, or one that is begun now and whose workers answer."""
        if self._given is not None:
            return self._given
        session = _session(self._master)
        _workers_answer(session)
        return session

    @property
    def _begun(self) -> bool:
        return self._given is None and "session" in self.__dict__

    def close(self) -> None:
        """End the session, where this began it."""
        if self._begun:
            self.session.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._begun and error[0] is not None:  # what its tasks say while they are ended helps nobody
            self.session.sparkContext.setLogLevel("OFF")
        self.close()

    def map(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """What lies here is done here, on threads; what lies on the cluster there."""
        if isinstance(items, SparkTables):
            return iter(each(function, items))  # type: ignore[arg-type]
        return in_order(function, items)

    def evidence(self, items: Iterable[Item], context: Context, **how: Any) -> EvidenceSource:
        """Folders, Parquet files, tables and frames of Spark are read there, and everything else here."""
        every = list(items)
        there = [item for item in every if is_for_spark(item)]
        if how.get("recorded") or how.get("signed_by") or not there:
            return read_evidence(every, context, **{"map": self.map, **how})
        here = read_evidence([item for item in every if not is_for_spark(item)], context, **{"map": self.map, **how})
        return SparkSource(self.session, there, here, how.get("reader"), self._least())

    def _least(self) -> int:
        if self._shares:
            return self._shares
        return 2 * max(2, int(self.session.sparkContext.defaultParallelism))

    def keys(self, batches: Batches) -> Keys:
        """Numbers that are the same on every machine, with every name numbered."""
        tables = batches()
        if not isinstance(tables, SparkTables):
            return Keys()
        keys = Keys(anywhere=True)
        keys.names.meet(pl.Series(tables.names, dtype=pl.String))
        keys.names.full = True
        return keys

    def run(self, plan: Plan, batches: Batches, progress: Progress = quiet) -> Findings:
        """All reports through all kernels of the plan."""
        tables = batches()
        if not isinstance(tables, SparkTables):
            return run_in_order(plan, batches, self.map, progress)
        rows = tables.divided(_Matched(plan, tables.shares, many=tables.reports >= LARGE)).persist()
        tables.keeper.frames.append(rows)
        found = list(_summaries(rows))
        reports = sum(n for n, *_ in found)
        progress("match", reports)
        known = [at for _, at, *_ in found if at is not None]
        unseen = plan.unseen(concat([some for *_, some in found], REMARKS_ON_INCIDENT), batches)
        little = sum(matched for *_, matched, _ in found) <= self._little
        latest: datetime | None = max(known, default=None)
        undated = sum(n for _, _, n, *_ in found)
        judged = SparkDealt(rows.filter(f"share <> {SUMMARY}"), tables).finished(_Judged(plan, unseen, little)).kept()
        none = concat([], REMARKS_ON_INCIDENT)  # what was retracted is left out of the times already
        if not little:
            faint = [(concat([], FINDING), some) for some in judged.each(_faint)]
            progress("judge", len(faint))
            whole = plan.collect(faint, none, [], reports, latest, undated)
            return dataclasses.replace(whole, there=judged.each(_rows_and_times))
        parts = list(judged)
        progress("judge", len(parts))
        kept = (
            concat([matched for *_, matched, _ in parts], MATCHES),
            concat([remarks for *_, remarks in parts], REMARKS_ON_INCIDENT),
        )
        findings = [(rows, faint) for rows, faint, *_ in parts]
        return plan.collect(findings, none, [times for _, _, times, *_ in parts], reports, latest, undated, kept)

    def release(self) -> None:
        """Memory is left to Spark."""


_MADE: dict[str, Callable[[pl.DataFrame], Matches]] = {}
"""The matcher of the last run in this process: a worker's process does many tasks, and preparing places takes long."""


class _Matched:
    """The kernel over tables, with what it finds divided into shares by incident."""

    def __init__(self, plan: Plan, shares: int, *, many: bool) -> None:
        self._plan, self._shares, self._many = plan, shares, many
        self._run = uuid4().hex

    def __call__(self, reports: pl.DataFrame) -> list[tuple[int, bytes]]:
        """Rows of share and payload; the first says how many reports there were."""
        if self._run not in _MADE:
            _MADE.clear()
            _MADE[self._run] = self._plan.matcher(many=self._many)
        found = _MADE[self._run](reports)
        doubtful = self._plan.doubtful(found.remarks)
        summary = found.reports, found.latest_known, found.undated, self._plan.repeats.height(found.matched), doubtful
        tables = {"matched": found.matched, "remarks": found.remarks, "times": found.times}
        divided = shared(tables, lambda rows: rows["incident"], self._shares)
        return [*((SUMMARY, row) for row in rows_of(summary)), *divided]


def _summaries(rows: Any) -> Iterator[tuple[int, datetime | None, int, int, pl.DataFrame]]:
    return collected(rows.filter("share < 0").select("payload"))


def _faint(judged: tuple[pl.DataFrame, ...]) -> pl.DataFrame:
    return judged[1]


def _rows_and_times(judged: tuple[pl.DataFrame, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return judged[0], judged[2]


class _Judged:
    """The kernel over incidents: findings, what is faint, times, and where that is little what they were made from."""

    def __init__(self, plan: Plan, unseen: pl.DataFrame, keep: bool) -> None:
        self._plan, self._unseen, self._keep = plan, unseen, keep

    def __call__(self, tables: dict[str, pl.DataFrame]) -> tuple[pl.DataFrame, ...]:
        """What comes of one share of the incidents."""
        plan = self._plan
        matched, said, times = (
            concat([tables[name]] if name in tables else [], schema)
            for name, schema in (("matched", MATCHES), ("remarks", REMARKS_ON_INCIDENT), ("times", OCCURRENCE_TIMES))
        )
        remarks = plan.without(said, self._unseen) if self._unseen.height else said
        judged = plan.collect([plan.confirm(matched, remarks)], remarks, [times], 0, None)
        kept = (plan.repeats.put_in(matched), remarks) if self._keep else (matched.clear(), remarks.clear())
        return judged.rows, judged.faint, judged.times, *kept


def _installed() -> None:
    """Look whether there is a pyspark that hands over the rows of a group some at a time."""
    hint = "install it: pip install 'servanda[spark]'"
    try:
        import pyspark
    except ImportError:
        raise ServandaError(Fault("--engine spark", "pyspark is not installed", hint, code="SPK001")) from None
    if tuple(int(part) for part in pyspark.__version__.split(".")[:2]) < _LEAST:
        what = f"pyspark {pyspark.__version__} is too old: it must be 4.1 or newer"
        raise ServandaError(Fault("--engine spark", what, hint, code="SPK001"))


def _can_begin(master: str | None) -> None:
    """Look whether there is what a session needs."""
    if master is not None:
        master_answers(master)
    java_there()


def _session(master: str | None) -> SparkSession:
    """A session that this program begins."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # who presses Ctrl-C while Spark works is told so, and not where in its client
    logging.getLogger().addFilter(lambda record: not record.getMessage().endswith("while sending command."))
    builder = SparkSession.builder.appName("servanda").master(master or "local[*]")
    settings = _OWN if master else _OWN | {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with told():
            session: SparkSession = builder.getOrCreate()
    except (PySparkRuntimeError, ServandaError) as error:
        if "JAVA" in str(error).upper():
            what = "Spark did not begin; what it says stands above"
            raise ServandaError(Fault("--engine spark", what, "it needs Java 17 or newer", code="SPK005")) from None
        raise
    session.sparkContext.setLogLevel("ERROR")
    return session


def _workers_answer(session: SparkSession) -> None:
    """Look whether some worker does anything: a cluster without one would let everybody wait for ever.

    Raises:
        ServandaError: none does within a minute.
    """
    done = threading.Event()

    def ask() -> None:
        session.range(1).count()
        done.set()

    threading.Thread(target=ask, daemon=True).start()
    if not done.wait(_WAIT_S):
        session.sparkContext.cancelAllJobs()
        what = f"no worker of {session.sparkContext.master} takes work within {_WAIT_S:.0f} s"
        raise ServandaError(Fault("--master", what, "look whether workers are registered and free", code="SPK006"))
