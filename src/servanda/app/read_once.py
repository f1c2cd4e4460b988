"""Files of evidence as a follower has read them: tables, and registers and decisions, each read once while it is as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from servanda.agreement import Agreement
from servanda.app.context import context_of
from servanda.app.listing import Listing, Mark, is_yaml
from servanda.errors import ServandaError
from servanda.evidence import Context, IngestResult, read_evidence
from servanda.evidence.alike import Glances
from servanda.evidence.decisions import Decision
from servanda.evidence.joining import completes
from servanda.evidence.model import FileRead
from servanda.evidence.packed import Packed
from servanda.evidence.source import order_of
from servanda.evidence.tabular_io import columns_of
from servanda.values.files import FileLike
from servanda.values.saved import Saved

_TABLES = ("figures", "statements", "items", "quarantine")


def is_part(file: FileLike) -> bool:
    """Whether a table only completes others, so that it cannot be read by itself."""
    try:
        return completes(columns_of(file)) is not None
    except ServandaError:
        return False


@dataclass(frozen=True)
class ReadTable:
    """One table file as it was read."""

    mark: Mark
    kept: Packed
    ingest: IngestResult
    digest: str
    signed: bool

    @property
    def reports(self) -> pl.DataFrame:
        """What it reports, as it was read."""
        return self.kept.whole()

    def begins_with(self, other: ReadTable) -> bool:
        """Whether its reports are those of another, and perhaps more behind them."""
        height = other.reports.height
        return self.reports.height >= height and self.reports.head(height).equals(other.reports)

    def after(self, rows: int) -> ReadTable:
        """The same without its first rows."""
        return replace(self, kept=Packed.of([self.kept.take(slice(rows, None))]))

    def saved(self) -> Saved:
        """What :meth:`again` needs beside the reports."""
        given = self.ingest
        tables = {name: table for name in _TABLES if (table := getattr(given, name)).height}
        told = {n: getattr(given, n) for n in ("quarantined", "unsided", "recorded")}
        told |= {"files": [asdict(file) for file in given.files], "notes": dict(given.notes)}
        return Saved(tables, {"digest": self.digest, "signed": self.signed, "ingest": told})

    @staticmethod
    def again(saved: Saved, mark: Mark, reports: Packed) -> ReadTable:
        """The same as it was."""
        told = dict(saved.facts["ingest"])
        told |= {"files": [FileRead(**file) for file in told["files"]], "notes": Counter(told["notes"])}
        ingest = IngestResult(**told, **dict[str, Any](saved.tables))
        return ReadTable(mark, reports, ingest, saved.facts["digest"], saved.facts["signed"])


def met(read: Iterable[ReadTable], before: Mapping[str, str] | None = None) -> Glances:
    """The names of some tables, where no two could be taken for each other; what a party signed is told by itself.

    Args:
        read: the tables.
        before: names that were met before, by their looks.

    Returns:
        All of them.

    Raises:
        EvidenceError: two names look the same and are not one.
    """
    glances = Glances(before)
    for one in read:
        if not one.signed:
            glances.meet(one.reports, one.ingest.files[-1].file)
    return glances


@dataclass(frozen=True)
class _Part:
    """One file of registers or decisions as it was read."""

    mark: Mark
    file: FileLike
    decisions: tuple[Decision, ...]
    told: tuple[FileRead, ...]
    register: bool


@dataclass(frozen=True)
class Said:
    """The registers and decisions."""

    context: Context
    decisions: tuple[Decision, ...]
    ingest: IngestResult


class Spoken:
    """Registers and decisions; what is as it was is not read again."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}

    def of(self, now: Listing, text: Agreement) -> Said:
        """What they say.

        Args:
            now: what is there.
            text: the agreement; the same as before.

        Returns:
            All of them together.

        Raises:
            ServandaError: one of them cannot be read.
        """
        parts = {}
        for key, (mark, file) in now.evidence.items():
            if is_yaml(file):
                old = self._parts.get(key)
                parts[key] = old if old and old.mark == mark else _part(mark, file, now.signed_by, text)
        registers = [part.file for part in parts.values() if part.register]
        context = read_evidence(registers, context_of(text)).context
        self._parts = parts
        return _together(parts.values(), context, recorded=bool(now.recorded))

    def supposing(self, file: FileLike, said: Said, text: Agreement) -> Said:
        """The same with one file of decisions more, which is not kept.

        Args:
            file: the file.
            said: what they say without it.
            text: the agreement.

        Returns:
            All of them together.

        Raises:
            ServandaError: it cannot be read.
        """
        parts = [*self._parts.values(), _part((), file, {}, text)]
        return _together(parts, said.context, recorded=said.ingest.recorded)


def _part(mark: Mark, file: FileLike, signed_by: Mapping[FileLike, str], text: Agreement) -> _Part:
    """One file of registers or decisions."""
    signed = {file: signed_by[file]} if file in signed_by else {}
    source = read_evidence([file], context_of(text), signed_by=signed)
    told = tuple(source.ingest.files)
    return _Part(mark, file, tuple(source.decisions), told, told[0].reader == "sources")


def _together(parts: Iterable[_Part], context: Context, *, recorded: bool) -> Said:
    """All of them, in the order in which files are read."""
    ordered = {part.file: part for part in sorted(parts, key=lambda part: order_of(part.file))}.values()
    files = [one for part in ordered for one in part.told]
    decisions = tuple(d for part in ordered for d in part.decisions)
    return Said(context, decisions, IngestResult(files=files, recorded=recorded))
