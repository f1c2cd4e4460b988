"""Use case: an agreement is followed, so that what arrives in a folder or a record changes its verdicts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of, counts_of
from servanda.app.given import agreement_of, instant_of
from servanda.app.record import recorded_agreement
from servanda.coverage import Coverage, read_coverage
from servanda.engine import Engine, LocalEngine
from servanda.errors import EvidenceError, Fault
from servanda.evidence import Context, IngestResult, read_evidence
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision
from servanda.evidence.model import REPORT, empty
from servanda.evidence.raw_tables import digest_of
from servanda.live import Changes, Session
from servanda.record import Record
from servanda.store import RecordStore
from servanda.values.files import FileLike, base_name_of, suffix_of

_YAML = (".yaml", ".yml")
Mark: TypeAlias = tuple[object, ...]
"""By what it is known that a file is as it was."""


@dataclass(frozen=True)
class Listing:
    """What is there at a moment: files by what they are known by, each with the mark of its content.

    ``signed_by`` and ``recorded`` as for :func:`servanda.evidence.read_evidence`.
    """

    agreement: tuple[Mark, Callable[[], Agreement]]
    evidence: Mapping[str, tuple[Mark, FileLike]]
    coverage: Sequence[tuple[Mark, FileLike]] = ()
    signed_by: Mapping[FileLike, str] = field(default_factory=dict)
    recorded: Mapping[FileLike, datetime] = field(default_factory=dict)
    id_key: bytes = b""


def folder_listing(agreement: Path, folder: Path, coverage: Sequence[Path] = ()) -> Callable[[], Listing]:
    """What lists a folder: all its files are evidence, but for those whose names begin with a dot or end in ``.part`` or ``.tmp``.

    Args:
        agreement: its file.
        folder: where evidence arrives.
        coverage: files of coverage.

    Returns:
        The listing, anew at every call.

    Raises:
        ServandaError: there is no such folder.
    """
    if not folder.is_dir():
        raise EvidenceError(
            Fault(str(folder), "there is no such folder", "name the folder in which evidence arrives", code="EVD001")
        )

    def now() -> Listing:
        named = {agreement.resolve(), *(path.resolve() for path in coverage)}
        files = sorted(p for p in folder.iterdir() if p.is_file() and not _under_way(p) and p.resolve() not in named)
        return Listing(
            (_mark(agreement), lambda: agreement_of(agreement)),
            {str(path): (_mark(path), path) for path in files},
            [(_mark(path), path) for path in coverage],
        )

    return now


def record_listing(folder: Path, agreement: str | None = None) -> Callable[[], Listing]:
    """What lists a record: the files that are on it.

    Args:
        folder: of the record; its signatures are checked once, at the beginning, and those of each new checkpoint when it is read.
        agreement: the name of the agreement's file there; left out, the only one.

    Returns:
        The listing, anew at every call.

    Raises:
        ServandaError: the record cannot be read, or was altered.
    """
    record = Record(folder)
    record.verify(record.log.policy, quorum=False)
    made: dict[int, Listing] = {}

    def now() -> Listing:
        store = RecordStore(Record(folder))
        size = store.record.log.head.size
        if size not in made:
            inputs = store.as_of(None, agreement)
            contents = store.contents(inputs)
            made.clear()
            made[size] = Listing(
                ((inputs.agreement.index,), lambda: recorded_agreement(store, inputs)),
                {str(index): ((index,), file) for index, file in contents.evidence.items()},
                [((file.name, len(file.content)), file) for file in contents.coverage],
                contents.signed_by,
                contents.known_at,
                store.id_key(),
            )
        return made[size]

    return now


def _under_way(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix in (".part", ".tmp")


def _mark(path: Path) -> Mark:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (None,)
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


@dataclass(frozen=True)
class _Read:
    """One table file as it was read."""

    mark: Mark
    reports: pl.DataFrame
    ingest: IngestResult
    digest: str
    signed: bool


@dataclass(frozen=True)
class _Said:
    """The registers and decisions."""

    context: Context
    decisions: tuple[Decision, ...]
    ingest: IngestResult


class Follower:
    """A session that looks again and again at what is there.

    A file that comes is read and taken in. One that grew at its end gives what was added; what else changes (a register of sources, a file
    that was altered or taken away, published counts that are evidence) makes everything anew, and the answer says so.
    """

    def __init__(
        self,
        listing: Callable[[], Listing],
        *,
        as_of: datetime | str | None = None,
        reader: str | None = None,
        engine: Engine | None = None,
    ) -> None:
        """Nothing is read before the first :meth:`look`.

        Args:
            listing: what is there.
            as_of: leave out what became known later.
            reader: the format of all tables; left out, each is recognised by its columns.
            engine: where fusion runs; left out, on the threads of this machine.
        """
        self._listing, self._as_of, self._reader = listing, as_of, reader
        self._engine = engine or LocalEngine()
        self._seen: Listing | None = None
        self._files: dict[str, _Read] = {}
        self._whole = False  # the files were read together, so that each change begins anew
        self._glances = Glances()
        self._said: _Said
        self.session: Session | None = None

    def look(self) -> Changes | None:
        """Take in what changed since the last look.

        Returns:
            What changed of verdicts and incidents; ``None`` where no file changed.

        Raises:
            ServandaError: a file cannot be read; all stays as it was, and the next look tries again.
        """
        now, seen = self._listing(), self._seen
        if seen is not None and _marks(now) == _marks(seen):
            return None
        changes = self._grown(seen, now) if seen is not None and self.session is not None else None
        if changes is None:
            changes = self._anew(now, "" if seen is None else "what was there before is no longer as it was")
        self._seen = now
        return changes

    def _grown(self, seen: Listing, now: Listing) -> Changes | None:
        """Takes in what was added; nothing where more changed than that."""
        assert self.session is not None
        text = self.session.agreement
        if self._whole or seen.agreement[0] != now.agreement[0]:
            return None
        coverage = None
        if [mark for mark, _ in now.coverage] != [mark for mark, _ in seen.coverage]:
            coverage = self._coverage(now, text)
        others = {key: mark for key, (mark, file) in now.evidence.items() if suffix_of(file) in _YAML}
        if others != {key: mark for key, (mark, file) in seen.evidence.items() if suffix_of(file) in _YAML}:
            return self._decided(now, coverage)
        if set(self._files) - set(now.evidence):
            return None
        read, added = dict(self._files), list[_Read]()
        for key, (mark, file) in now.evidence.items():
            if key in others or (key in read and read[key].mark == mark):
                continue
            one = self._one(mark, file, now, self._said.context)
            if one is None:
                return None
            old = read.get(key)
            if old is not None and not _begins_with(one.reports, old.reports):
                return None
            added.append(one if old is None else replace(one, reports=one.reports[old.reports.height :]))
            read[key] = one
        if len({one.digest for one in read.values()}) < len(read):
            return None
        self._meet(added)
        changes = self.session.change(
            reports=[one.reports for one in added], coverage=coverage, ingest=self._together(read)
        )
        self._files = read
        return changes

    def _decided(self, now: Listing, coverage: Coverage | None) -> Changes | None:
        """Takes in decisions, where nothing else changed; nothing where a register did."""
        assert self.session is not None
        source = self._yaml(now, self.session.agreement)
        same = {k: v[0] for k, v in now.evidence.items() if suffix_of(v[1]) not in _YAML} == {
            k: one.mark for k, one in self._files.items()
        }
        if source.context != self._said.context or not same:
            return None
        self._said = source
        return self.session.change(decisions=source.decisions, coverage=coverage, ingest=self._together(self._files))

    def _yaml(self, now: Listing, text: Agreement) -> _Said:
        """The registers and decisions."""
        files = [file for _, file in now.evidence.values() if suffix_of(file) in _YAML]
        source = read_evidence(files, context_of(text), signed_by=now.signed_by, recorded=now.recorded)
        return _Said(source.context, tuple(source.decisions), source.ingest)

    def _anew(self, now: Listing, why: str) -> Changes:
        """Reads everything, as if nothing had been there before."""
        text, old = now.agreement[1](), self.session
        coverage, said = self._coverage(now, text), self._yaml(now, text)
        self._glances, self._said = Glances(), said
        read = None if counts_of(text) is not None else self._each(now, said.context)
        self._whole = read is None or len({one.digest for one in read.values()}) < len(read)
        if read is None or self._whole:
            # files that complete each other, are given twice, or make reports of counts: they are read together
            read = {}
            every = read_evidence(
                [file for _, file in now.evidence.values()],
                context_of(text),
                reader=self._reader,
                signed_by=now.signed_by,
                map=self._engine.map,
                recorded=now.recorded,
                derived=counts_of(text),
            )
            tables, ingest = list(every.batches()), every.ingest
        else:
            tables, ingest = [one.reports for one in read.values()], self._together(read)
            self._meet(read.values())
        self.session = Session(
            text,
            context=said.context,
            engine=self._engine,
            coverage=coverage,
            decisions=said.decisions,
            as_of=instant_of(self._as_of, text.zone, "--as-of"),
            ingest=ingest,
            id_key=now.id_key,
        )
        changes = self.session.change(reports=tables)
        self._files = read
        before = () if old is None else old.verdicts
        return Changes.between(before, self.session.verdicts, changes.incidents, anew=why)

    def _each(self, now: Listing, context: Context) -> dict[str, _Read] | None:
        """Every table file by itself; nothing where one is only a part of another."""
        read = {}
        for key, (mark, file) in now.evidence.items():
            if suffix_of(file) not in _YAML:
                one = self._one(mark, file, now, context)
                if one is None:
                    return None
                read[key] = one
        return read

    def _one(self, mark: Mark, file: FileLike, now: Listing, context: Context) -> _Read | None:
        """One file as a source of its own; nothing where it is only a part of another, or was left out."""
        signed = {file: now.signed_by[file]} if file in now.signed_by else {}
        recorded = {file: now.recorded[file]} if file in now.recorded else {}
        source = read_evidence(
            [file], context, reader=self._reader, signed_by=signed, map=self._engine.map, recorded=recorded
        )
        tables = list(source.batches())
        if any(one.reader.startswith(("joined", "left out")) for one in source.ingest.files):
            return None
        reports = pl.concat(tables) if tables else empty(REPORT)
        return _Read(mark, reports, source.ingest, digest_of(file), bool(signed))

    def _coverage(self, now: Listing, text: Agreement) -> Coverage:
        files = [file for _, file in now.coverage]
        return read_coverage(files, text.places, text.vocabulary, text.zone, text.id, text.actors)

    def _meet(self, read: Iterable[_Read]) -> None:
        """Looks whether two names could be taken for each other; what a party signed is told by itself."""
        for one in read:
            if not one.signed:
                self._glances.meet(one.reports, one.ingest.files[-1].file)

    def _together(self, read: Mapping[str, _Read]) -> IngestResult:
        """What of all files is no report."""
        ordered = sorted(read.items(), key=lambda item: (base_name_of(item[0]), item[0]))
        return IngestResult.together([self._said.ingest, *(one.ingest for _, one in ordered)])


def _marks(listing: Listing) -> tuple[object, ...]:
    evidence = {key: mark for key, (mark, _) in listing.evidence.items()}
    return listing.agreement[0], evidence, [mark for mark, _ in listing.coverage]


def _begins_with(longer: pl.DataFrame, shorter: pl.DataFrame) -> bool:
    """Whether a table is another with rows added at its end."""
    return longer.height >= shorter.height and longer.head(shorter.height).equals(shorter)
