"""Evidence that Spark reads: folders of Parquet on any file system that it knows, tables of its catalogue, data frames of a session.

Files go through the readers exactly as they do here, each row under the name of its file and its own number. What is not a report (registers,
decisions, smaller tables) is read here, beside them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import polars as pl

from servanda.engine.spark_faults import UNFIT, told, unfit
from servanda.engine.spark_logged import Logged, folder_and_version, logged
from servanda.engine.spark_tables import SHARED, Keeper, Part, SparkTables, collected
from servanda.engine.spark_tasks import FILE, KEPT, ROW, SUMMARY, Laid, Reading, Survey, Table, plain, shorn
from servanda.errors import EvidenceError, Fault
from servanda.evidence import Context, IngestResult
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision
from servanda.evidence.folders import MARKS, PASSED_OVER, not_complete
from servanda.evidence.frames import is_spark_frame
from servanda.evidence.model import FileRead
from servanda.evidence.plugins import choose_reader
from servanda.evidence.source import TableSource
from servanda.values.coded import texts
from servanda.values.elsewhere import Positions
from servanda.values.files import TABLE, is_address

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_DIGESTED = 1 << 30  # bytes of a file up to which its digest is told
_AT_A_WORKER = 1 << 25  # bytes up to which a worker makes it, for which Spark has it in memory whole
_AT_ONCE = 200_000  # reports whose rows are together on one machine at once


def is_for_spark(item: Any) -> bool:
    """Whether an item of evidence is one that Spark reads: its data frames, addresses of file systems, folders, Parquet files."""
    if isinstance(item, (str, Path)):
        folder = folder_and_version(str(item))[0]
        return is_address(item) or Path(item).is_dir() or Path(folder).is_dir() or str(item).endswith(".parquet")
    return is_spark_frame(item)


class SparkSource:
    """Evidence on a cluster, with what lies here (``here``)."""

    def __init__(
        self, session: SparkSession, items: Sequence[Any], here: TableSource, reader: str | None, shares: int
    ) -> None:
        """Look at all files once: what is not a report comes here, with everybody's name.

        Args:
            session: whose Spark reads.
            items: what :func:`is_for_spark` says.
            here: the other evidence.
            reader: the format of all tables; left out, each is recognised by its columns.
            shares: into how many shares work is divided at least.

        Raises:
            ServandaError: something cannot be read.
        """
        self._here = here
        self._parts: list[Part] = []
        self._before: dict[str, _File] = {}
        self._files = 0
        self._read: dict[int, FileRead] = {}
        with told():
            for item in items:
                self._parts.append(self._part(session, item, reader))
        self._names: set[str] = set()
        self._kept = Keeper()
        self._laid: list[tuple[DataFrame, Laid]] = []
        self._reports = self._survey()
        with told():
            _refuse_changed(self._before, _files(session, list(self._before), digests=False))
        self._shares = max(shares, 1 + self._reports // _AT_ONCE)

    @property
    def context(self) -> Context:
        """What the readers know of the agreement."""
        return self._here.context

    @property
    def decisions(self) -> Sequence[Decision]:
        """What people decided, read on this machine."""
        return self._here.decisions

    @property
    def ingest(self) -> IngestResult:
        """Everything that is not a report."""
        return self._here.ingest

    def batches(self) -> SparkTables:
        """The report tables, each where it lies."""
        return self._tables(self._here.batches)

    def brief(self) -> SparkTables:
        """The same for judging."""
        return self._tables(lambda: map(texts, self._here.brief()))

    def _tables(self, here: Callable[[], Iterable[pl.DataFrame]]) -> SparkTables:
        names, first = tuple(sorted(self._names)), (self._files + 1) << 40
        return SparkTables(tuple(self._laid), here, first, names, self._shares, self._reports, self._kept)

    def _reading(self, part: Part) -> Reading:
        return Reading(part.files, part.reader, self.context, part.gone)

    def _part(self, session: SparkSession, item: Any, reader: str | None) -> Part:
        frame, where, gone, passed = _opened(session, item)
        self.ingest.files += [FileRead(name, PASSED_OVER, "") for name in passed]
        known = choose_reader(list(frame.columns), where, reader)
        wanted = tuple(c for c in frame.columns if c in known.columns and c != "row")
        frame, files = self._with_rows(session, frame, where, wanted, gone)
        return Part(frame, known.name, files, wanted, gone)

    def _with_rows(
        self,
        session: SparkSession,
        frame: DataFrame,
        where: str,
        wanted: tuple[str, ...],
        gone: Mapping[str, Positions],
    ) -> tuple[DataFrame, Mapping[str, Table]]:
        """The frame with file and number of each row; and its files."""
        from pyspark.errors import AnalysisException
        from pyspark.sql import functions as sql

        signed = [sql.col(f"`{c}`") for c in wanted]
        try:
            rows = frame.select(
                *signed, sql.col("_metadata.file_path").alias(FILE), (sql.col("_metadata.row_index") + 1).alias(ROW)
            )
            rows.schema  # noqa: B018  asks Spark whether it has these columns
        except AnalysisException:
            return self._numbered(frame, where, wanted)
        found = [str(row[0]) for row in rows.select(FILE).distinct().collect()] if where.startswith(TABLE) else None
        named = _files(session, frame.inputFiles() if found is None else found, digests=True)
        self._before |= named
        files: dict[str, Table] = {}
        seen: dict[str, str] = {}
        for path in sorted(named, key=lambda path: (PurePosixPath(plain(path)).name, plain(path))):
            name, digest = PurePosixPath(plain(path)).name, named[path].digest
            known = "" if plain(path) in gone else digest  # with rows deleted it is no copy, and has none
            if known and known in seen:
                self.ingest.files.append(FileRead(name, f"left out: the same as {seen[known]}", digest))
                continue
            seen[known] = name
            self._files += 1
            files[plain(path)] = Table(name, plain(path), self._files)
            self._read[self._files] = FileRead(name, "", digest)
        if len(files) < len(named):
            again = {Path(path).name for path in named if plain(path) not in files}
            of_these = sql.substring_index(sql.col(FILE), "/", -1).isin(again)
            rows = rows.filter(~of_these | sql.col(FILE).isin([path for path in named if plain(path) in files]))
        return rows, files

    def _numbered(self, frame: DataFrame, where: str, wanted: tuple[str, ...]) -> tuple[DataFrame, Mapping[str, Table]]:
        """A frame that comes from no files: its reports must say what they are called, for its rows have no order."""
        from pyspark.sql import functions as sql

        if "report_id" not in wanted:
            hint = "give every report a report_id, or give the folder or table that it comes from"
            raise EvidenceError(Fault(where, "its rows have neither an order nor a name", hint, code="SPK012"))
        self._files += 1
        self._read[self._files] = FileRead(where, "", "")
        order = [sql.col(f"`{c}`") for c in sorted(wanted)]
        rows = frame.select(*(sql.col(f"`{c}`") for c in wanted), sql.lit("").alias(FILE))
        from pyspark.sql import Window

        rows = rows.withColumn(ROW, sql.row_number().over(Window.orderBy("report_id", *order)).cast("long"))
        return rows, {"": Table(where, where, self._files)}

    def _survey(self) -> int:
        """The first walk; how many reports there are."""
        glances = Glances()
        reports = 0
        for part in self._parts:
            of = {table.number: table for table in part.files.values()}
            rows = part.frame.select(*part.wanted, FILE, ROW)
            walked = rows.mapInArrow(Survey(self._reading(part)), SHARED).persist()
            self._kept.frames.append(walked)
            self._laid.append((walked.filter(f"share = {KEPT}").select("payload"), Laid()))
            seen = collected(walked.filter(f"share = {SUMMARY}").select("payload"))
            counts = {
                number: dict.fromkeys(("reports", "figures", "statements", "items", "quarantined"), 0) for number in of
            }
            lacking: dict[int, frozenset[str]] = {}
            for number, count, tables, lost, voices, means, without in sorted(seen, key=lambda piece: int(piece[0])):
                lacking[number] = lacking.get(number, without) & without
                for name, height in count.items():
                    counts[number][name] += height
                counts[number]["quarantined"] += self._here.set_aside(tables, lost)
                glances.meet(pl.DataFrame({"source": voices, "origin": voices}), of[number].where)
                self._names.update(voices.to_list(), means.to_list())
            for number, of_file in counts.items():
                reports += of_file["reports"]
                whole = dataclasses.asdict(self._read[number]) | {"reader": part.reader} | of_file
                self.ingest.files.append(FileRead(**whole))
            _refuse_strangers(of, lacking)
        for table in self._here.batches():
            self._names.update(
                *(table[c].cast(pl.String).drop_nulls().unique().to_list() for c in ("source", "origin", "means"))
            )
        return reports


def _opened(session: SparkSession, item: Any) -> tuple[DataFrame, str, Mapping[str, Positions], list[str]]:
    """What Spark reads, its name in errors, by file which of its rows were deleted, and the names of files that are passed over."""
    if is_spark_frame(item):
        return item, "frame", {}, []
    text = str(item)
    if text.startswith(TABLE):
        return session.table(text.removeprefix(TABLE)), text, {}, []
    folder, version = folder_and_version(text)
    for name, at in {folder: version, text: None}.items():
        path = name if "://" in name else Path(name).resolve().as_uri()
        if (table := _logged(session, path, name, at)) is not None:
            read = session.read.option("mergeSchema", "true").option("basePath", path)
            return read.parquet(*map(_as_glob, table.files)), name, table.gone, []
    # the folder is listed, and nothing is read
    every = sorted(session.read.schema("report_id string").parquet(path).inputFiles())
    whole = [one for one in every if not not_complete(PurePosixPath(plain(one)))] or every
    merged = session.read.option("mergeSchema", "true")
    try:
        if len(whole) == len(every):
            return merged.parquet(path), text, {}, []
        passed = sorted({PurePosixPath(plain(one)).name for one in set(every) - set(whole)})
        return merged.option("basePath", path).parquet(*map(_as_glob, whole)), text, {}, passed
    except Exception as error:  # what it is of py4j or of pyspark, the text tells
        if not UNFIT.search(str(error)):
            raise
        raise unfit(_stranger(session, whole, merging="CANNOT_MERGE" in str(error)), str(error)) from None


def _stranger(session: SparkSession, every: Sequence[str], *, merging: bool) -> str:
    """Which file has columns of other types than the first (``merging``), or of types that Spark does not read: half of those that are left are tried,
    again and again.
    """

    def fit(some: Sequence[str]) -> bool:
        try:
            session.read.option("mergeSchema", "true").parquet(*map(_as_glob, some))
        except Exception as error:
            if UNFIT.search(str(error)):
                return False
            raise
        return True

    low, high = int(merging), len(every) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if fit([*every[:merging], *every[low : middle + 1]]) else (low, middle)
    first_is = merging and low == 1 and len(every) > 2 and fit(every[1:3])
    return plain(every[0 if first_is else low])


def _as_glob(path: str) -> str:
    """A path that means itself where Spark takes patterns."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", unquote(path) if "://" in path else path)


def _logged(session: SparkSession, path: str, text: str, version: int | None) -> Logged | None:
    """What counts of a folder whose own log says which of its files do: read as a folder of Parquet, rows that were deleted would come back."""
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]

    fs = session._jvm.org.apache.hadoop.fs  # type: ignore[union-attr]  # noqa: SLF001  any file system that Spark reads
    for kind, mark in MARKS.items():
        try:
            files = fs.Path(path).getFileSystem(session._jsc.hadoopConfiguration())  # noqa: SLF001
            found = files.globStatus(fs.Path(path, mark))
        except Py4JJavaError:  # reading it says what is wrong
            return None
        if found:
            return logged(kind, path, text, version, tuple(str(one.getPath().toString()) for one in found))
    return None


class _File(NamedTuple):
    """What a file was when it was first looked at: how long, since when, and the SHA-256 of one that is not too large to be read at once."""

    length: int
    since: datetime
    digest: str = ""


def _files(session: SparkSession, paths: Sequence[str], *, digests: bool) -> dict[str, _File]:
    """By path what each file is; ``digests``: read for them."""
    from pyspark.sql import functions as sql

    if not paths:
        return {}
    files = session.read.format("binaryFile").load([_as_glob(path) for path in paths])
    found = {shorn(path): _File(*rest) for path, *rest in files.select("path", "length", "modificationTime").collect()}
    if digests:
        small = files.where(sql.col("length") <= _AT_A_WORKER).select("path", sql.sha2("content", 256)).collect()
        told = {shorn(path): digest for path, digest in small}
        for path, file in found.items():
            if path in told or file.length <= _DIGESTED:
                found[path] = file._replace(digest=told.get(path) or _digest(session, path))
    return {path: found[plain(path)] for path in paths if plain(path) in found}


def _digest(session: SparkSession, path: str) -> str:
    """The SHA-256 of a file on any file system that Spark reads; its bytes come through this machine, a few at a time."""
    jvm: Any = session._jvm  # noqa: SLF001
    there = jvm.org.apache.hadoop.fs.Path(path)
    stream = there.getFileSystem(session._jsc.hadoopConfiguration()).open(there)  # noqa: SLF001
    try:
        return str(jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))
    finally:
        stream.close()


def _refuse_changed(before: Mapping[str, _File], now: Mapping[str, _File]) -> None:
    """Files that are no more what they were: some of their rows may have been read before, and some after.

    Raises:
        EvidenceError: there are such files.
    """
    faults = [
        Fault(plain(path), "changed while it was read", "wait until it is written, and begin again", code="SPK016")
        for path, file in sorted(before.items())
        if path not in now or file[:2] != now[path][:2]
    ]
    if faults:
        raise EvidenceError(*faults[:20])


def _refuse_strangers(files: Mapping[int, Table], lacking: Mapping[int, frozenset[str]]) -> None:
    """Files without a column by which the others are known: Spark gives it to them empty, and each of their rows would be lost.

    Raises:
        EvidenceError: there are such files.
    """
    everywhere = frozenset.intersection(*lacking.values()) if lacking else frozenset()
    faults = [
        Fault(
            files[number].where,
            f"has nothing in {', '.join(map(repr, sorted(without - everywhere)))}, by which the other files are known",
            "its columns are others, or it is empty there; give it by itself, or take it away",
            code="SPK007",
        )
        for number, without in sorted(lacking.items())
        if without - everywhere
    ]
    if faults:
        raise EvidenceError(*faults[:20])
