"""Verdicts and what they rest on: frozen values, ready to be written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Measured
from servanda.evidence import IngestResult
from servanda.values.time import Interval, iso
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.verdicts.decisions import Decided

VerdictWord: TypeAlias = Literal[
    "not_in_force", "not_due", "complied", "breached", "excused", "disputed", "undetermined"
]
VERDICTS: tuple[VerdictWord, ...] = (
    "not_in_force", "not_due", "complied", "breached", "excused", "disputed", "undetermined",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a verdict: the rule applied, what came of it, and the incidents it used."""

    n: int
    rule: str
    text: str
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One term, party (``None``: the mandate does not attribute), reading (``None``: all of them) and window."""

    term: str
    party: str | None
    reading: str | None
    verdict: VerdictWord
    window: Interval
    confirmed: int
    alleged: int
    excused: int
    reports: int
    origins: int
    coverage: float | None
    standard: float
    incidents: tuple[str, ...]
    steps: tuple[Step, ...]
    measure: Mapping[str, float | int | str | None] = field(default_factory=dict)
    """What a term of its kind is measured by: delivered, owed and rate; level; least, most and cap; and so on."""
    by_status: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The incidents that were counted, by ``confirmed``, ``alleged``, ``excused``."""

    def as_data(self, zone: ZoneInfo) -> dict[str, Any]:
        """The row of ``verdicts.json`` (``docs/formats.md``); instants in the agreement's zone."""
        return {
            "term": self.term,
            "party": self.party,
            "reading": self.reading,
            "verdict": self.verdict,
            "window": [iso(self.window.start, zone), iso(self.window.end, zone)],
            "confirmed": self.confirmed,
            "alleged": self.alleged,
            "excused": self.excused,
            "reports": self.reports,
            "origins": self.origins,
            "coverage": {"probability": self.coverage, "standard": self.standard},
            "incidents": list(self.incidents),
            **({"measure": dict(self.measure)} if self.measure else {}),
            "steps": [{"n": s.n, "rule": s.rule, "text": s.text, "uses": list(s.uses)} for s in self.steps],
        }


@dataclass(frozen=True)
class Verification:
    """All that one run found.

    ``findings`` has one row per term, reading, incident and party; ``incidents`` and ``members`` describe those incidents
    that weigh most (some 20,000 of ``incidents_found``).
    """

    agreement: Agreement
    as_of: datetime | None
    known_until: datetime | None
    reports: int
    incidents_found: int
    verdicts: tuple[Verdict, ...]
    slices: tuple[Verdict, ...]
    findings: pl.DataFrame
    incidents: pl.DataFrame
    members: pl.DataFrame
    watched: Coverage
    coverage: Mapping[tuple[str | None, str], Measured]
    """By reading and term."""
    items: pl.DataFrame
    """Declared items and what inspections found of them (``reconciliation.RECONCILED``), by term and reading."""
    exceptions: pl.DataFrame
    """How often each exception was invoked, by whom, and granted (``verify.EXCEPTIONS``)."""
    moments: Mapping[tuple[str | None, str], tuple[datetime | None, datetime | None]]
    """When each event happened, by reading and name: not before the one instant, surely by the other."""
    decided: Decided
    """What people decided, and the lives of incidents."""
    ingest: IngestResult
    """Everything in the evidence that is not a report: files read, figures, statements, items, quarantine, notes."""

    def __repr__(self) -> str:
        counts = f"{plural(len(self.verdicts), 'verdict')}, {plural(self.incidents_found, 'incident')}"
        return f"<Verification {self.agreement.id}: {counts}, {plural(self.reports, 'report')}>"
