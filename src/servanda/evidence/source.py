"""Any number of evidence files and data frames to one stream of report batches, with everything that was set aside."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import polars as pl

from servanda.errors import EvidenceError, Fault
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision, holds_decisions, read_decisions
from servanda.evidence.folders import PASSED_OVER, in_folders
from servanda.evidence.frames import FrameTable, is_frame
from servanda.evidence.joining import completes
from servanda.evidence.model import QUARANTINE_SHOWN, Context, FileRead, IngestResult, Reader, TableName
from servanda.evidence.normalise.reports import Normalised
from servanda.evidence.own_word import as_position
from servanda.evidence.plugins import choose_reader
from servanda.evidence.raw_files import RawBatch
from servanda.evidence.raw_tables import RawTable, digest_of, join_parts, tables_of
from servanda.evidence.register import Register, read_register
from servanda.evidence.tabular_io import columns_of
from servanda.evidence.translate import translate
from servanda.values.coded import texts
from servanda.values.files import FileLike, NamedBytes, base_name_of, name_of, suffix_of
from servanda.values.ordered_map import OrderedMap

KEPT_IN_MEMORY = 2_000_000
"""Reports that stay in memory once translated, over all files of a source.

What a source keeps: the report tables of each file, in their order, that still finds room within this number (some 0.5 kB a
report, 1 GB in all). They are translated once in a run, however often they are walked. Larger files stream: nothing of
them stays, and each walk reads them again, so that ten million reports need no more memory than a batch for each worker."""
_YAML = (".yaml", ".yml")
FOR_PEOPLE = frozenset({"via", "admin1", "label", "effect", "summary", "url"})
Item: TypeAlias = FileLike | Any
"""A path, a file in memory, or a data frame (Polars, Arrow, pandas, or whatever speaks Arrow's or the frames' exchange protocol)."""


Derived: TypeAlias = "Callable[[IngestResult], tuple[pl.DataFrame, Mapping[str, int]]]"
"""Makes reports, and notes of what was left out, of what was read besides reports."""


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

    def batches(self) -> Iterable[pl.DataFrame]:
        """Report tables (``evidence.model.REPORT``), always in the same order; may be walked more than once."""

    def brief(self) -> Iterable[pl.DataFrame]:
        """The same for judging: what only people read may be empty, and text that repeats numbers of texts, of each table alone."""


class RenumberedEvidence(ABC):
    """Evidence whose reports stand under other incident ids; all else is as it was read."""

    def __init__(self, source: EvidenceSource) -> None:
        self._source = source

    @property
    def context(self) -> Context:
        """What the readers of the source knew."""
        return self._source.context

    @property
    def decisions(self) -> Sequence[Decision]:
        """What people decided, in the order of the files."""
        return self._source.decisions

    @property
    def ingest(self) -> IngestResult:
        """Everything in the evidence that is not a report."""
        return self._source.ingest

    def batches(self) -> Iterable[pl.DataFrame]:
        """The reports, each under its incident."""
        return self._under(self._source.batches())

    def brief(self) -> Iterable[pl.DataFrame]:
        """The same for judging; what only people read may be empty."""
        return self._under(self._source.brief())

    @abstractmethod
    def _under(self, tables: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        """The tables of one walk, each row under its own incident."""


def read_evidence(
    items: Iterable[Item],
    context: Context,
    *,
    reader: str | None = None,
    signed_by: Mapping[FileLike, str] | None = None,
    map: OrderedMap = map,  # noqa: A002  it is what it replaces
    names: Sequence[str] | None = None,
    recorded: Mapping[FileLike, datetime] | None = None,
    derived: Derived | None = None,
) -> TableSource:
    """Open evidence; it is read on demand.

    Args:
        items: paths of files and folders, files in memory and data frames, mixed. The order of files changes no result; frames
            come after them in the order given.
        context: what readers may know of the agreement.
        reader: the name of the reader for all tables; without it, their columns decide.
        signed_by: of files that somebody signed on a record who speaks for his own side only, his name there.
        map: an ordered ``map`` that translates the batches, as an engine's.
        names: names for the frames, one for each; without it they are "frame 1", "frame 2" and so on.
        derived: makes reports of what is read besides reports; they come last.
        recorded: of files that come from a record, when each became known; their reports that do not say so became known then.

    Returns:
        The evidence, as an :class:`EvidenceSource`.

    Raises:
        EvidenceError: a file or frame cannot be read at all, or a register or decisions are faulty.
    """
    files: set[FileLike] = set()
    frames: list[Any] = []
    passed: list[Path] = []
    for item in in_folders(items, passed):
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
    source = TableSource(
        sorted(files, key=order_of), tables, context, reader, signed_by or {}, map, recorded or {}, derived
    )
    source.ingest.files += [FileRead(path.name, PASSED_OVER, "") for path in sorted(passed)]
    return source


def order_of(file: FileLike) -> tuple[str, str, bytes]:
    """By which files of evidence are put in order."""
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
        signed_by: Mapping[FileLike, str],
        ordered_map: OrderedMap,
        recorded: Mapping[FileLike, datetime],
        derived: Derived | None = None,
    ) -> None:
        self._derived = derived
        self._made: list[tuple[RawTable, Reader]] = []
        self.ingest = IngestResult(recorded=bool(recorded))
        self._recorded = dict(recorded)
        self.decisions: list[Decision] = []
        self._map = ordered_map
        self._signed_by = signed_by
        register, tables = Register(), list[FileLike]()
        for file in files:
            if suffix_of(file) not in _YAML:
                tables.append(file)
            elif file in signed_by:
                with self._on_its_own(file):
                    said = (
                        read_decisions(file, context.zone, severity=context.severity) if holds_decisions(file) else []
                    )
                    self.decisions += [as_position(d, signed_by[file], context.parties) for d in said]
                    self.ingest.files.append(FileRead(base_name_of(file), "decisions", digest_of(file)))
            elif holds_decisions(file):
                self.decisions += read_decisions(file, context.zone, severity=context.severity)
                self.ingest.files.append(FileRead(base_name_of(file), "decisions", digest_of(file)))
            else:
                register = register.merge(read_register(file, context.parties, context.sides), name_of(file))
                self.ingest.files.append(FileRead(base_name_of(file), "sources", digest_of(file)))
        self.context = dataclasses.replace(
            context,
            sources={**context.sources, **register.sources},
            actors={**context.actors, **register.actors},
            levels={**context.levels, **register.levels},
        )
        known, own = self._recorded.get, signed_by.get
        self._tables: list[tuple[RawTable, Reader]] = []
        parts: list[tuple[FileLike, Reader]] = []
        for file in self._without_copies(tables):
            try:
                self._tables += self._tables_of(file, reader, known(file), own(file, ""))
            except EvidenceError as error:
                of = completes(columns_of(file)) if any(fault.code == "EVD010" for fault in error.faults) else None
                if of is None:
                    raise
                parts.append((file, of))
                self.ingest.files.append(FileRead(base_name_of(file), f"joined by {of.joined_on}", digest_of(file)))
        self._tables = join_parts(self._tables, parts)
        self._tables += [(table, choose_reader(table.columns(), table.where, reader)) for table in frames]
        self._kept: dict[int, list[pl.DataFrame]] = {}
        self._walked = False
        self._glances = Glances()

    @contextmanager
    def _on_its_own(self, file: FileLike) -> Iterator[None]:
        """What cannot be read of a file that a party signed stops nobody else: it is left out, and told."""
        try:
            yield
        except EvidenceError as error:
            left_out = f"left out: {error.faults[0].code} {error.faults[0].what}"
            self.ingest.files.append(FileRead(base_name_of(file), left_out, digest_of(file)))

    def _tables_of(
        self, file: FileLike, reader: str | None, recorded: datetime | None, signer: str
    ) -> list[tuple[RawTable, Reader]]:
        """The tables of a file; of one that a party signed only where it can be read to its end, and names nobody in two ways."""
        if not signer:
            return tables_of(file, reader, self.ingest.notes, recorded)
        with self._on_its_own(file):
            notes, glances = Counter[str](), Glances()
            tables = tables_of(file, reader, notes, recorded, signer)
            for table, chosen in tables:
                for raw in table.raw_batches():
                    if reports := translate(raw.table, table, chosen, self.context)[0].get("reports"):
                        glances.meet(reports.good, table.where)
            self.ingest.notes.update(notes)
            return tables
        return []

    def _without_copies(self, files: list[FileLike]) -> list[FileLike]:
        """The files without those whose bytes are another's."""
        sizes = Counter(_size(file) for file in files)
        first: dict[str, FileLike] = {}  # what a party signed takes the place of nobody else's
        out = []
        for file in files:
            if (size := _size(file)) is not None and sizes[size] > 1:
                digest = digest_of(file)
                same = first.setdefault(self._signed_by.get(file, "") + digest, file)
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
        return iter(self._map(texts, self._walk(brief=False)))

    def brief(self) -> Iterator[pl.DataFrame]:
        """The same for judging: of large Parquet files and frames, what only people read stays unread (and is empty); text that repeats may be
        numbers of texts.
        """
        return self._walk(brief=True)

    def _walk(self, *, brief: bool) -> Iterator[pl.DataFrame]:
        first, self._walked = not self._walked, True
        room = KEPT_IN_MEMORY - sum(part.height for parts in self._kept.values() for part in parts)
        for n, (table, reader) in enumerate(self._with_made(first=first)):
            if n in self._kept:
                yield from self._kept[n]
                continue
            large = table.height() > KEPT_IN_MEMORY
            shorn = brief and large and reader.name.startswith("servanda-")
            kept: list[pl.DataFrame] | None = None if large else []
            for part in self._translated(
                table, reader, first=first, wanted=reader.columns - (FOR_PEOPLE if shorn else set())
            ):
                if kept is not None:
                    kept.append(part)
                    if sum(one.height for one in kept) > room:
                        kept = None
                yield part
            if kept is not None:
                self._kept[n] = kept
                room -= sum(part.height for part in kept)

    def _with_made(self, *, first: bool) -> Iterator[tuple[RawTable, Reader]]:
        """The tables, and then the reports that are made of what was read in them besides reports."""
        yield from self._tables
        if first and self._derived is not None:
            frame, notes = self._derived(self.ingest)
            self.ingest.notes.update(notes)
            if frame.height:
                table = FrameTable(frame, "published counts")
                self._made = [(table, choose_reader(table.columns(), table.where, "servanda-reports"))]
        yield from self._made

    def _translated(
        self, table: RawTable, reader: Reader, *, first: bool, wanted: frozenset[str]
    ) -> Iterator[pl.DataFrame]:
        """The reports of one table; on the first walk, all else goes to :attr:`ingest`."""
        counts: Counter[str] = Counter()

        def checked(raw: RawBatch) -> tuple[dict[TableName, Normalised], pl.DataFrame]:
            done, lost = translate(raw.table, table, reader, self.context)
            return done, pl.concat([raw.unreadable, lost]) if lost.height else raw.unreadable

        for tables, unreadable in self._map(checked, table.raw_batches(wanted)):
            if first:
                for name, done in tables.items():
                    counts[name] += done.good.height
                counts["quarantined"] += self.set_aside(tables, unreadable)
            if "reports" in tables:
                if first and not table.signer:
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

    def set_aside(self, tables: dict[TableName, Normalised], unreadable: pl.DataFrame) -> int:
        """What of one batch is not a report, to :attr:`ingest`; how many rows went to quarantine."""
        ingest, quarantined = self.ingest, 0
        for done in tables.values():
            ingest.notes.update(done.notes)
            ingest.unsided += done.unsided
        if "figures" in tables:
            ingest.figures = pl.concat([ingest.figures, tables["figures"].good])
        if "statements" in tables:
            ingest.statements = pl.concat([ingest.statements, tables["statements"].good])
        if "items" in tables:
            ingest.items = pl.concat([ingest.items, tables["items"].good])
        for rows in (unreadable, *(done.quarantine for done in tables.values())):
            quarantined += rows.height
            room = max(0, QUARANTINE_SHOWN - ingest.quarantine.height)
            if rows.height and room:
                ingest.quarantine = pl.concat([ingest.quarantine, rows.head(room)])
        ingest.quarantined += quarantined
        return quarantined


def _size(file: FileLike) -> int | None:
    """How many bytes a file has; nothing for what is no plain file."""
    if isinstance(file, NamedBytes):
        return len(file.content)
    return Path(file).stat().st_size if Path(file).is_file() else None
