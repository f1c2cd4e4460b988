"""Any number of evidence files and data frames to one stream of report batches, with everything that was set aside."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision, holds_decisions, read_decisions
from servanda.evidence.frames import FrameTable, is_frame
from servanda.evidence.model import Context, FileRead, IngestResult, Reader, TableName
from servanda.evidence.normalise.reports import Normalised, normalise
from servanda.evidence.normalise.text import foreign_text
from servanda.evidence.plugins import choose_reader, shipped_readers
from servanda.evidence.raw_files import RawBatch
from servanda.evidence.register import Register, read_register
from servanda.evidence.tabular_io import columns_of, parquet_rows, read_rows
from servanda.values.files import FileLike, NamedBytes, base_name_of, name_of, suffix_of
from servanda.values.ordered_map import OrderedMap

KEPT_IN_MEMORY = 2_000_000
"""Reports that stay in memory once translated, over all files of a source.

What a source keeps: the report tables of each file, in their order, that still finds room within this number (some 0.5 kB a
report, 1 GB in all). They are translated once in a run, however often they are walked. Larger files stream: nothing of
them stays, and each walk reads them again, so that ten million reports need no more memory than a batch for each worker."""
_QUARANTINE_SHOWN = 100_000  # rows kept to be shown; all are counted
_YAML = (".yaml", ".yml")
_FOR_PEOPLE = frozenset({"report_id", "via", "admin1", "label", "effect", "summary", "url"})
Item: TypeAlias = FileLike | Any
"""A path, a file in memory, or a data frame (Polars, Arrow, pandas, or whatever speaks Arrow's or the frames' exchange protocol)."""


class EvidenceSource(Protocol):
    """Evidence, wherever it comes from: reports in batches, decisions, and what was set aside."""

    @property
    def context(self) -> Context:
        """What readers knew: the agreement's parties and zone, with the registers of the evidence."""

    @property
    def decisions(self) -> Sequence[Decision]:
        """What people decided, in the order of the files."""

    @property
    def ingest(self) -> IngestResult:
        """Everything that is not a report; complete after the first walk."""

    def batches(self) -> Iterator[pl.DataFrame]:
        """Report tables (``evidence.model.REPORT``), always in the same order; may be walked more than once."""

    def brief(self) -> Iterator[pl.DataFrame]:
        """The same for judging: what only people read may be empty."""


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


@dataclasses.dataclass(frozen=True)
class FileTable:
    """A file as a raw table."""

    file: FileLike
    recorded: datetime | None = None

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
        return _digest(self.file)


def read_evidence(
    items: Iterable[Item],
    context: Context,
    *,
    reader: str | None = None,
    of_parties: Sequence[FileLike] = (),
    map: OrderedMap = map,  # noqa: A002  it is what it replaces
    names: Sequence[str] | None = None,
    recorded: Mapping[FileLike, datetime] | None = None,
) -> TableSource:
    """Open evidence; it is read on demand.

    Args:
        items: paths, files in memory and data frames, mixed. The order of files changes no result; frames come after
            them in the order given.
        context: what readers may know of the agreement.
        reader: the name of the reader for all tables; without it, their columns decide.
        of_parties: those of the files of decisions that a party signed.
        map: an ordered ``map`` that translates the batches, as an engine's.
        names: names for the frames, one for each; without it they are "frame 1", "frame 2" and so on.
        recorded: of files that come from a record, when each became known; their reports that do not say so became known then.

    Returns:
        The evidence, as an :class:`EvidenceSource`.

    Raises:
        EvidenceError: a file or frame cannot be read at all, or a register or decisions are faulty.
    """
    files: set[FileLike] = set()
    frames: list[Any] = []
    for item in items:
        if isinstance(item, (str, Path)):
            files.add(Path(item))
        elif isinstance(item, NamedBytes):
            files.add(item)
        elif not is_frame(item):
            what = f"a {type(item).__name__} is not evidence"
            raise EvidenceError(Fault("evidence", what, "give paths, files in memory or data frames", code="EVD018"))
        elif not any(item is frame for frame in frames):
            frames.append(item)
    named = [f"frame {n}" for n in range(1, len(frames) + 1)] if names is None else list(names)
    if len(named) != len(frames) or len(set(named)) != len(named):
        what = f"{len(named)} names for {len(frames)} frames"
        raise EvidenceError(Fault("evidence", what, "give each frame a name of its own", code="EVD018"))
    tables = [FrameTable(frame, name) for frame, name in zip(frames, named, strict=True)]
    return TableSource(sorted(files, key=_order), tables, context, reader, of_parties, map, recorded or {})


def _order(file: FileLike) -> tuple[str, str, bytes]:
    return base_name_of(file), name_of(file), file.content if isinstance(file, NamedBytes) else b""


class TableSource:
    """Files and frames as a source of evidence; :func:`read_evidence` makes it.

    :meth:`batches` can be walked more than once (:data:`KEPT_IN_MEMORY` says what stays in memory); :attr:`ingest` is
    complete after the first walk.
    """

    def __init__(
        self,
        files: Sequence[FileLike],
        frames: Sequence[RawTable],
        context: Context,
        reader: str | None,
        of_parties: Sequence[FileLike],
        ordered_map: OrderedMap,
        recorded: Mapping[FileLike, datetime],
    ) -> None:
        self.ingest = IngestResult(recorded=bool(recorded))
        self._recorded = dict(recorded)
        self.decisions: list[Decision] = []
        self._map = ordered_map
        signed = {file if isinstance(file, NamedBytes) else Path(file) for file in of_parties}
        register = Register()
        tables: list[FileLike] = []
        for file in files:
            if suffix_of(file) not in _YAML or _is_folder(file):
                tables.append(file)
            elif holds_decisions(file):
                self.decisions += read_decisions(file, context.zone, by_party=file in signed, severity=context.severity)
                self.ingest.files.append(FileRead(base_name_of(file), "decisions", _digest(file)))
            else:
                register = register.merge(read_register(file, context.parties), name_of(file))
                self.ingest.files.append(FileRead(base_name_of(file), "sources", _digest(file)))
        self.context = dataclasses.replace(
            context,
            sources={**context.sources, **register.sources},
            actors={**context.actors, **register.actors},
            levels={**context.levels, **register.levels},
        )
        raw: list[RawTable] = [FileTable(file, self._recorded.get(file)) for file in self._without_copies(tables)]
        self._tables = [(table, choose_reader(table.columns(), table.where, reader)) for table in (*raw, *frames)]
        self._kept: dict[int, list[pl.DataFrame]] = {}
        self._walked = False
        self._glances = Glances()

    def _without_copies(self, files: list[FileLike]) -> list[FileLike]:
        """The files without those whose bytes are another's."""
        sizes = Counter(_size(file) for file in files)
        first: dict[str, FileLike] = {}
        out = []
        for file in files:
            if (size := _size(file)) is not None and sizes[size] > 1:
                digest = _digest(file)
                same = first.setdefault(digest, file)
                if same != file:
                    left_out = f"left out: the same as {base_name_of(same)}"
                    self.ingest.files.append(FileRead(base_name_of(file), left_out, digest))
                    if file in self._recorded:  # what both hold was known when the first of them was
                        self._recorded[same] = min(self._recorded[file], self._recorded[same])
                    continue
            out.append(file)
        return out

    def batches(self) -> Iterator[pl.DataFrame]:
        """Report tables (:data:`REPORT`), one after another, in the order of the files' names and of their rows."""
        return self._walk(brief=False)

    def brief(self) -> Iterator[pl.DataFrame]:
        """The same for judging: of large Parquet files and frames, what only people read stays unread (and is empty)."""
        return self._walk(brief=True)

    def _walk(self, *, brief: bool) -> Iterator[pl.DataFrame]:
        first, self._walked = not self._walked, True
        room = KEPT_IN_MEMORY - sum(part.height for parts in self._kept.values() for part in parts)
        for n, (table, reader) in enumerate(self._tables):
            if n in self._kept:
                yield from self._kept[n]
                continue
            large = table.height() > KEPT_IN_MEMORY
            shorn = brief and large and reader.name.startswith("servanda-")
            kept: list[pl.DataFrame] | None = None if large else []
            for part in self._translated(
                table, reader, first=first, wanted=reader.columns - (_FOR_PEOPLE if shorn else set())
            ):
                if kept is not None:
                    kept.append(part)
                    if sum(one.height for one in kept) > room:
                        kept = None
                yield part
            if kept is not None:
                self._kept[n] = kept
                room -= sum(part.height for part in kept)

    def _translated(
        self, table: RawTable, reader: Reader, *, first: bool, wanted: frozenset[str]
    ) -> Iterator[pl.DataFrame]:
        """The reports of one table; on the first walk, all else goes to :attr:`ingest`."""
        counts: Counter[str] = Counter()

        def translate(raw: RawBatch) -> tuple[dict[TableName, Normalised], pl.DataFrame]:
            return _translate(raw.table, table, reader, self.context), raw.unreadable

        for tables, unreadable in self._map(translate, table.raw_batches(wanted)):
            if first:
                for name, done in tables.items():
                    counts[name] += done.good.height
                counts["quarantined"] += self._set_aside(tables, unreadable)
            if "reports" in tables:
                if first:
                    self._glances.meet(tables["reports"].good, table.where)
                yield tables["reports"].good
        if first:
            done_with = FileRead(
                table.name,
                reader.name,
                table.digest(),
                counts["reports"],
                counts["figures"],
                counts["statements"],
                counts["items"],
                counts["quarantined"],
            )
            self.ingest.files.append(done_with)

    def _set_aside(self, tables: dict[TableName, Normalised], unreadable: pl.DataFrame) -> int:
        """What of one batch is not a report, to :attr:`ingest`; how many rows went to quarantine."""
        ingest, quarantined = self.ingest, 0
        for done in tables.values():
            ingest.notes.update(done.notes)
        if "figures" in tables:
            ingest.figures = pl.concat([ingest.figures, tables["figures"].good])
        if "statements" in tables:
            ingest.statements = pl.concat([ingest.statements, tables["statements"].good])
        if "items" in tables:
            ingest.items = pl.concat([ingest.items, tables["items"].good])
        for rows in (unreadable, *(done.quarantine for done in tables.values())):
            quarantined += rows.height
            room = max(0, _QUARANTINE_SHOWN - ingest.quarantine.height)
            if rows.height and room:
                ingest.quarantine = pl.concat([ingest.quarantine, rows.head(room)])
        ingest.quarantined += quarantined
        return quarantined


def _translate(raw: pl.DataFrame, table: RawTable, reader: Reader, context: Context) -> dict[TableName, Normalised]:
    """One raw batch through its reader and all checks."""
    lacking = [pl.lit(None, dtype=pl.String).alias(c) for c in sorted(reader.columns) if c not in raw.columns]
    try:
        if not reader.name.startswith("servanda-"):
            raw = foreign_text(raw, reader.columns)
        tables = reader.translate(raw.with_columns(lacking), context)
        return {
            name: normalise(name, part, table.name, reader, context, table.recorded) for name, part in tables.items()
        }
    except (Exception, SystemExit, pl.exceptions.PanicException) as error:
        reason = " ".join(str(error).split())[:160]
        if reader in shipped_readers():
            if not isinstance(error, pl.exceptions.PolarsError):
                raise
            what, hint = (
                f"has a column that cannot be read as {reader.title}: {reason}",
                "store text, numbers and times as such",
            )
            raise EvidenceError(Fault(table.where, what, hint, code="EVD014")) from None
        what = f"the reader {reader.name!r} of another package failed: {type(error).__name__}: {reason}"
        hint = "report it to the package's author, or choose another with --reader"
        raise EvidenceError(Fault(table.where, what, hint, code="EVD015")) from error


def _is_folder(file: FileLike) -> bool:
    return not isinstance(file, NamedBytes) and Path(file).is_dir()


def _size(file: FileLike) -> int | None:
    """How many bytes a file has; nothing for what is no plain file."""
    if isinstance(file, NamedBytes):
        return len(file.content)
    return Path(file).stat().st_size if Path(file).is_file() else None


def _digest(file: FileLike) -> str:
    if isinstance(file, NamedBytes):
        return hashlib.sha256(file.content).hexdigest()
    with Path(file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
