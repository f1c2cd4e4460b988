"""Everything that one run found, as one value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Measured, idle_watches
from servanda.evidence import IngestResult
from servanda.findings.no_term import NoTerm
from servanda.findings.queries import unsliced
from servanda.values.reporting_day import Span
from servanda.verdicts.bodies.decisions import Decided
from servanda.verdicts.model import Verdict
from servanda.wording import plural


@dataclass(frozen=True, slots=True)
class Fused:
    """How many reports carry no incident id, how many incidents of their own they make, and how many joined incidents that have one."""

    reports: int
    incidents: int
    joined: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a verification beside the verdicts; it changes none of them.

    ``grounds``: on what verdicts rest. ``since``: of very many incidents, those are described first of which a report speaks of then or later.
    """

    grounds: bool = True
    since: datetime | None = None

    def first(self, ranked: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
        """The incidents in the order in which they are described: as they weigh, those since then before all others."""
        if self.since is None:
            return ranked
        later = members.filter(pl.col("end") >= self.since).select("key").unique()
        last = ~pl.col("key").is_in(later["key"].implode())
        return ranked.sort(last, maintain_order=True)


class LongTables(Protocol):
    """Tables that lie elsewhere (``findings``, ``acts``)."""

    @property
    def names(self) -> Collection[str]:
        """Those that there are."""
        ...

    def parts(self, name: str) -> Iterator[tuple[Any, pl.DataFrame]]:
        """The parts of one, each with what it is sorted by among them, in any order."""
        ...

    def whole(self, name: str) -> pl.DataFrame:
        """All of one, here."""
        ...


@dataclass(frozen=True)
class Verification:
    """All that one run found.

    ``findings`` has one row per term, reading, incident and party; ``incidents`` and ``members`` describe those incidents
    that weigh most (some 20,000 of ``incidents_found``); ``members`` says of each report what it is ``taken_as`` and, where that
    is less than it says, ``why``.
    """

    agreement: Agreement
    as_of: datetime | None
    known_until: datetime | None
    reports: int
    undated: int
    """As of an instant: rows that were left out because they do not say when they became known, and come from no record."""
    incidents_found: int
    verdicts: tuple[Verdict, ...]
    slices: tuple[Verdict, ...]
    findings: pl.DataFrame
    incidents: pl.DataFrame
    members: pl.DataFrame
    watched: Coverage
    """As it was declared."""
    watches: pl.DataFrame
    """Every watch, with what others saw and the probability that is used (``watches.WATCH_OUT``)."""
    coverage: Mapping[tuple[str | None, str], Measured]
    """By reading and term."""
    items: pl.DataFrame
    """Declared items and what inspections found of them (``reconciliation.RECONCILED``), by term and reading."""
    exceptions: pl.DataFrame
    """How often each exception was invoked, by whom, and granted (``findings_table.EXCEPTIONS``)."""
    acts: pl.DataFrame
    """How many acts the incidents of prohibitions had, where anybody counted them (``findings_table.ACTS``)."""
    moments: Mapping[tuple[str | None, str], tuple[datetime | None, datetime | None]]
    """When each event happened, by reading and name: not before the one instant, surely by the other."""
    no_term: NoTerm
    """The reports of which there is no finding: how many, and why."""
    decided: Decided
    """What people decided, and the lives of incidents."""
    overruled: tuple[str, ...]
    """Incidents of which a body found another thing than the rule, where one of the two settled it; the mandate says who decides."""
    ingest: IngestResult
    """Everything in the evidence that is not a report: files read, figures, statements, items, quarantine, notes."""
    fused: Fused | None = None
    """What fusion did before; ``None``: each report was judged by itself, or under its incident id."""
    by: Span | None = None
    """The slices that were asked for."""
    tables: LongTables | None = None
    """Where the tables of findings and acts lie elsewhere: all of them. Those here are then of the incidents that are described."""

    @property
    def unsliced(self) -> Mapping[str, str]:
        """The terms that are judged by no day, week or month, each with the reason."""
        return unsliced(self.agreement)

    @property
    def idle_watches(self) -> list[tuple[str, str]]:
        """The watches that can show nothing, because of where or when they are, each with the reason."""
        texts = self.agreement.texts
        shapes = [place.outline() for place in self.agreement.places.values()]
        windows = [term.window for text in texts for term in text.terms if not text.draft]
        return idle_watches(self.watched.watches, shapes, windows)

    def ingest_shown(self) -> IngestResult:
        """What outputs show of ``ingest``.

        Returns:
            The same with counts and statements that were known at ``as_of``, and without authors where the mandate names none.
        """
        ingest = self.ingest if self.as_of is None else self.ingest.known_by(self.as_of)
        return ingest if self.agreement.mandate.attribution else ingest.without_authors()

    def __repr__(self) -> str:
        counts = f"{plural(len(self.verdicts), 'verdict')}, {plural(self.incidents_found, 'incident')}"
        return f"<Verification {self.agreement.id}: {counts}, {plural(self.reports, 'report')}>"
