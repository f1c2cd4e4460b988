"""A group of terms concluded where its findings were sent: its verdicts and coverage, and its part of every table."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.coverage import Coverage, Measured
from servanda.evidence.hearsay import HEARSAY_ROW
from servanda.findings.matching import OCCURRENCE_TIMES
from servanda.findings.no_term import NoTerm
from servanda.findings.plan import FINDING, Findings, Plan, concat
from servanda.incidents.doubts import Doubts
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import combine, conclude, reconciled_items
from servanda.verdicts.divided.groups import Group
from servanda.verdicts.findings_table import acts_of, exceptions_of, with_answers, written_findings
from servanda.verdicts.found import case_file
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import coverages_of, moments_of, sliced_verdicts
from servanda.verdicts.reports import Incidents
from servanda.verdicts.watches import Check


@dataclass(frozen=True)
class Concluded:
    """What comes of a group. ``findings``: by query, as they are written; ``acts``: by term."""

    group: int
    verdicts: tuple[Verdict, ...]
    sliced: tuple[Verdict, ...]
    coverage: Mapping[tuple[str | None, str], Measured]
    moments: Mapping[tuple[str | None, str], tuple[datetime | None, datetime | None]]
    items: pl.DataFrame
    exceptions: pl.DataFrame
    findings: Mapping[int, pl.DataFrame]
    acts: Mapping[str, pl.DataFrame]
    counted: bool
    """Whether there are any acts."""

    def small(self) -> Concluded:
        """The same without the tables that grow with what was found."""
        return dataclasses.replace(self, findings={}, acts={})

    def of(self, incidents: pl.DataFrame) -> Concluded:
        """The same with what those tables have of some incidents (``incident``)."""
        findings = {unit: _of(table, incidents) for unit, table in self.findings.items()}
        acts = {term: _of(table, incidents) for term, table in self.acts.items()}
        return dataclasses.replace(self, findings=findings, acts=acts)


def _of(table: pl.DataFrame, incidents: pl.DataFrame) -> pl.DataFrame:
    return table.join(incidents, on="incident", how="semi", maintain_order="left")


@dataclass(frozen=True)
class Conclude:
    """Concludes the groups of a share; what is not about single incidents is sent along."""

    groups: tuple[Group, ...]
    plan: Plan
    found: Findings
    rulings: Rulings
    coverage: Coverage
    checks: tuple[Check, ...]
    items: pl.DataFrame
    doubts: Doubts
    shown: pl.DataFrame
    """Of the incidents that are shown, what their reports plead."""
    schemas: Mapping[str, pl.DataFrame]
    """Empty tables, by name."""
    slices: Plan | None = None
    of_slices: Findings | None = None

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> list[Concluded]:
        """The groups whose rows came here."""
        parts = {name: table.partition_by("group", as_dict=True, include_key=False) for name, table in tables.items()}
        numbers = sorted({int(str(key[0])) for part in parts.values() for key in part})
        return [self._concluded(n, {name: part[(n,)] for name, part in parts.items() if (n,) in part}) for n in numbers]

    def _concluded(self, n: int, tables: Mapping[str, pl.DataFrame]) -> Concluded:
        group, case = self.groups[n], None
        rulings = self.rulings.likewise(
            self._table(tables, "findings").sort("unit", "party", "incident", "status"), self.plan
        )
        case = self._case(tables, rulings)
        agreement, only = self.plan.agreement, group.terms
        verdicts = [one.build() for text in agreement.texts for one in conclude(case, text, only=only)]
        sliced: list[Verdict] = []
        if self.slices is not None and self.of_slices is not None:
            rows, times = (
                concat([tables[s] for s in ("sliced",) if s in tables], FINDING),
                self._times(tables, "sliced times"),
            )
            found = dataclasses.replace(self.of_slices, rows=rows, times=times, there=None)
            sliced = sliced_verdicts(case, rulings, self.slices, found, only)
        own = pl.col("unit").is_in(sorted(group.own))
        written = with_answers(case, rulings.findings.filter(own)).partition_by(
            "unit", as_dict=True, maintain_order=True
        )
        acts = acts_of(dataclasses.replace(case, counts=case.counts.filter(own)))
        return Concluded(
            group=n,
            verdicts=combine(case, verdicts),
            sliced=combine(case, sliced),
            coverage=coverages_of(case, only),
            moments={} if only else moments_of(case),
            items=reconciled_items(case, only),
            exceptions=exceptions_of(case, self.shown, group.own),
            findings={int(str(u)): written_findings(rows, case.queries, agreement) for (u,), rows in written.items()},
            counted=bool(acts.height),
            acts={
                str(term): rows
                for (term,), rows in acts.partition_by("term", as_dict=True, maintain_order=True).items()
            },
        )

    def _case(self, tables: Mapping[str, pl.DataFrame], rulings: Rulings) -> CaseFile:
        members, back, hearsay = (self._table(tables, name) for name in ("members", "withdrawals", "hearsay"))
        hearsay = hearsay.select(list(HEARSAY_ROW))
        names = members.select("key", "incident").unique()
        incidents = Incidents(rulings.judged, members, None, hearsay, NoTerm(), names)
        found = dataclasses.replace(self.found, times=self._times(tables, "times"), there=None)
        of = self.items, self.coverage, rulings.decided, back, self.checks
        case = case_file(self.plan.agreement, self.plan.as_of, found, incidents, *of)
        return dataclasses.replace(case, doubts=self.doubts)

    def _table(self, tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
        return tables.get(name, self.schemas[name])

    @staticmethod
    def _times(tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
        return concat([tables[name]] if name in tables else [], OCCURRENCE_TIMES).select(list(OCCURRENCE_TIMES))


def small(concluded: Iterable[Concluded]) -> list[Concluded]:
    """What comes to the driver of all groups of a share."""
    return [one.small() for one in concluded]


@dataclass(frozen=True)
class Of:
    """What is told of some incidents, of all groups of a share."""

    incidents: pl.DataFrame

    def __call__(self, concluded: Iterable[Concluded]) -> list[Concluded]:
        return [one.of(self.incidents) for one in concluded]
