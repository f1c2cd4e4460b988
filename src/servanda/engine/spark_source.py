"""Evidence that Spark reads: folders of Parquet on any file system that it knows, tables of its catalogue, data frames of a session.

Files go through the readers exactly as they do here, each row under the name of its file and its own number. What is not a report (registers,
decisions, smaller tables) is read here, beside them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl

from servanda.engine.spark_faults import told
from servanda.engine.spark_tables import FILE, ROW, Part, Reading, SparkTables, Survey, Table, collected, plain
from servanda.errors import EvidenceError, Fault
from servanda.evidence import Context, IngestResult
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision
from servanda.evidence.frames import is_spark_frame
from servanda.evidence.model import FileRead
from servanda.evidence.plugins import choose_reader
from servanda.evidence.source import FOR_PEOPLE, TableSource
from servanda.values.files import TABLE, is_address

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_DIGESTED = 1 << 30  # bytes of a file up to which its digest is told: Spark reads it whole for that
_AT_ONCE = 500_000  # reports whose rows are judged at once


def is_for_spark(item: Any) -> bool:
    """Whether an item of evidence is one that Spark reads: its data frames, addresses of file systems, folders, Parquet files."""
    if isinstance(item, (str, Path)):
        return is_address(item) or Path(item).is_dir() or str(item).endswith(".parquet")
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
        self._files = 0
        self._read: dict[int, FileRead] = {}
        with told():
            for item in items:
                self._parts.append(self._part(session, item, reader))
        self._names: set[str] = set()
        self._reports = self._survey()
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

    def batches(self) -> Iterable[pl.DataFrame]:
        """The report tables, each where it lies."""
        return self._tables(brief=False)

    def brief(self) -> Iterable[pl.DataFrame]:
        """The same for judging."""
        return self._tables(brief=True)

    def _tables(self, *, brief: bool) -> SparkTables:
        return SparkTables(
            tuple(
                (part.frame.select(*(part.brief if brief else part.wanted), FILE, ROW), self._reading(part))
                for part in self._parts
            ),
            self._here.brief if brief else self._here.batches,
            (self._files + 1) << 40,
            tuple(sorted(self._names)),
            self._shares,
            self._reports,
        )

    def _reading(self, part: Part) -> Reading:
        return Reading(part.files, part.reader, self.context)

    def _part(self, session: SparkSession, item: Any, reader: str | None) -> Part:
        frame, where = _opened(session, item)
        known = choose_reader(list(frame.columns), where, reader)
        wanted = tuple(c for c in frame.columns if c in known.columns and c != "row")
        frame, files = self._with_rows(session, frame, where, wanted)
        shorn = FOR_PEOPLE if known.name.startswith("servanda-") else frozenset[str]()
        return Part(frame, known.name, files, wanted, tuple(c for c in wanted if c not in shorn))

    def _with_rows(
        self, session: SparkSession, frame: DataFrame, where: str, wanted: tuple[str, ...]
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
        named = _digests(session, frame.inputFiles() if found is None else found)
        files: dict[str, Table] = {}
        seen: dict[str, str] = {}
        for path in sorted(named, key=lambda path: (PurePosixPath(plain(path)).name, plain(path))):
            name, digest = PurePosixPath(plain(path)).name, named[path]
            if digest and digest in seen:
                self.ingest.files.append(FileRead(name, f"left out: the same as {seen[digest]}", digest))
                continue
            seen[digest] = name
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
            seen = collected(rows.mapInArrow(Survey(self._reading(part)), "payload binary"))
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


def _opened(session: SparkSession, item: Any) -> tuple[DataFrame, str]:
    """What Spark reads, and its name in errors."""
    if is_spark_frame(item):
        return item, "frame"
    text = str(item)
    if text.startswith(TABLE):
        return session.table(text.removeprefix(TABLE)), text
    path = text if "://" in text else Path(text).resolve().as_uri()
    return session.read.option("mergeSchema", "true").parquet(path), text


def _digests(session: SparkSession, paths: Sequence[str]) -> dict[str, str]:
    """By path the SHA-256 of each file that is not too large for Spark to read it at once; of others nothing."""
    from pyspark.sql import functions as sql

    if not paths:
        return {}
    files = session.read.format("binaryFile").load([unquote(path) for path in paths])
    small = sql.when(sql.col("length") <= _DIGESTED, sql.sha2("content", 256)).otherwise("")
    found = {plain(row[0]): row[1] for row in files.select("path", small).collect()}
    return {path: found.get(plain(path), "") for path in paths}


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
