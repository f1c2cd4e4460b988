"""What a use case may ask of a store, wherever its entries live; and what passes between the two.

There is one store so far, over a record (``record``). There is none over a plain folder of files: such a folder knows neither when a
file became known nor who signed it, so ``as_of`` and ``runs`` would have to be made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from servanda.evidence.decisions import Decision
from servanda.record import Added, Entry, File, Signer
from servanda.values.files import FileLike, NamedBytes
from servanda.values.reporting_day import Span

Slices: TypeAlias = Span | None
"""The periods for which verdicts are given beside those for the whole time."""


@dataclass(frozen=True)
class Inputs:
    """The entries from which verdicts follow: one agreement with its attachments, evidence, coverage.

    Args:
        agreement: the entry of the agreement.
        entries: all others, in the order of the store.
        later: the numbers of entries left out because they became known later.
        backdated: how many were recorded only after the instant by which they are said to have been known.
        uncounted: entries left out because the record does not name who signed them for that, or because they are not what they say.
    """

    agreement: Entry
    entries: tuple[Entry, ...]
    later: tuple[int, ...] = ()
    backdated: int = 0
    uncounted: tuple[Entry, ...] = ()

    @property
    def uncounted_words(self) -> list[str]:
        """What was left out, by whom, and why."""
        why = {True: "it is none", False: "the record does not name its signer for that"}
        return [f"{e.kind} {e.name!r} of {e.signer} in entry {e.index}: {why[e.counts]}" for e in self.uncounted]

    @property
    def indices(self) -> list[int]:
        """Their numbers in the store."""
        return sorted([self.agreement.index, *(e.index for e in self.entries)])


@dataclass(frozen=True)
class Contents:
    """The files of some inputs beside the agreement, in memory.

    Args:
        evidence: evidence, registers and decisions, by the number of their entry.
        coverage: files of coverage.
        signed_by: of files that speak for their signer's own side only, his name on the record.
        known_at: when each file of evidence became known, as its entry says.
    """

    evidence: Mapping[int, NamedBytes]
    coverage: tuple[NamedBytes, ...]
    signed_by: Mapping[FileLike, str]
    known_at: Mapping[FileLike, datetime]


@dataclass(frozen=True)
class Run:
    """Verdicts as they were published.

    Args:
        inputs: the numbers of the entries that went in.
        as_of: the instant by which they were known (ISO 8601, UTC); ``None`` for everything.
        slices: the periods for which verdicts were given too.
        software: by name, the versions of Servanda and of the libraries on which results depend.
        digests: the SHA-256 of every file that came out and must come out again, by its name.
        shown: the files that are kept whole, by name.
        index: the number of its entry; -1 before it has one.
        told: the verdicts alone, for tiers that do not see all from which they follow (JSON).
    """

    inputs: tuple[int, ...]
    as_of: str | None
    slices: Slices
    software: Mapping[str, str]
    digests: Mapping[str, str]
    shown: Mapping[str, str]
    index: int = -1
    told: str = ""


class Store(Protocol):
    """Entries that are added and never changed."""

    @property
    def name(self) -> str:
        """Where it is, as faults tell it."""

    def put(
        self,
        files: Sequence[File],
        signer: Signer,
        by: Signer | None = None,
        *,
        known_at: str | None = None,
        note: str = "",
        protect: Sequence[str] = (),
        k: int = 5,
        unsearched: bool = False,
        names_left: bool = False,
    ) -> list[Added]:
        """Keep files, all or none (see :meth:`servanda.record.Record.add`)."""

    def as_of(self, instant: datetime | None = None, agreement: str | None = None) -> Inputs:
        """What was known by an instant.

        Args:
            instant: what became known later is left out; ``None`` leaves out nothing.
            agreement: the name of the agreement's file, where there are several.

        Raises:
            RecordError: no agreement, or several, were known by then.
        """

    def chosen(self, indices: Sequence[int]) -> Inputs:
        """The inputs with these numbers, as a run names them.

        Raises:
            RecordError: one of them is not there, or not exactly one is an agreement.
        """

    def agreement(self, inputs: Inputs) -> tuple[NamedBytes, dict[str, NamedBytes]]:
        """The agreement among some inputs.

        Returns:
            Its own file, and the files that it names, by the names it gives them.

        Raises:
            RecordError: a file is not there any more, or was changed.
        """

    def contents(self, inputs: Inputs) -> Contents:
        """All files of some inputs beside the agreement.

        Raises:
            RecordError: a file is not there any more, or was changed.
        """

    def decisions(self, inputs: Inputs, zone: ZoneInfo, parties: Mapping[str, str]) -> list[Decision]:
        """The decisions among some inputs; times without a zone are read in ``zone``. ``parties``: the agreement's, by their short names.

        Raises:
            EvidenceError: a file of decisions cannot be read.
        """

    def id_key(self) -> bytes:
        """The key of the ids of incidents that nobody named; empty where they can be made from what reports say."""

    def tables(self) -> dict[int, pl.DataFrame]:
        """Every table of evidence as text with ``row``, by the number of its entry."""

    def publish(self, run: Run, signer: Signer, by: Signer | None = None) -> int:
        """Keep a run.

        Args:
            run: what went in and what came out.
            signer: who keeps the store.
            by: who publishes; left out, who keeps the store.

        Returns:
            The number of its entry.

        Raises:
            RecordError: it cannot be written, or the signer may not.
        """

    def runs(self) -> Iterator[Run]:
        """Every published run, in the order of publication."""
