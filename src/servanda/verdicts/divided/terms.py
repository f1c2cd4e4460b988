"""A group of terms concluded where its findings were sent: its verdicts and coverage."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

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
from servanda.verdicts.findings_table import exceptions_of
from servanda.verdicts.found import case_file
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import coverages_of, moments_of, sliced_verdicts
from servanda.verdicts.reports import Incidents
from servanda.verdicts.watches import Check

T = TypeVar("T")


@dataclass(frozen=True)
class Concluded:
    """What comes of a group, without the tables that grow with what was found."""

    group: int
    verdicts: tuple[Verdict, ...]
    sliced: tuple[Verdict, ...]
    coverage: Mapping[tuple[str | None, str], Measured]
    moments: Mapping[tuple[str | None, str], tuple[datetime | None, datetime | None]]
    items: pl.DataFrame
    exceptions: pl.DataFrame


def names_once(value: T, names: dict[str, str] | None = None) -> T:
    """The same, in which the name of an incident is one text however many lists have it: it is sent and held once."""
    known: dict[str, str] = {} if names is None else names
    made: Any = value
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        made = tuple(known.setdefault(name, name) for name in value)
    elif isinstance(value, tuple):
        made = tuple(names_once(one, known) for one in value)
    elif isinstance(value, Mapping):
        made = {key: names_once(one, known) for key, one in value.items()}
    elif dataclasses.is_dataclass(value) and type(value).__module__.startswith("servanda.verdicts."):
        fields = [field.name for field in dataclasses.fields(value)]
        made = dataclasses.replace(value, **{f: names_once(getattr(value, f), known) for f in fields})  # type: ignore[type-var]
    return made  # type: ignore[no-any-return]


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

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> Iterator[Concluded]:
        """The groups whose rows came here."""
        parts = {name: table.partition_by("group", as_dict=True, include_key=False) for name, table in tables.items()}
        for n in sorted({int(str(key[0])) for part in parts.values() for key in part}):
            yield self._concluded(n, {name: part.pop((n,)) for name, part in parts.items() if (n,) in part})

    def case_of(self, tables: Mapping[str, pl.DataFrame]) -> tuple[CaseFile, Rulings]:
        """The case of some findings, with their times and with the reports of their incidents; without any, one in which nothing is found."""
        found = self._table(tables, "findings").sort("unit", "party", "incident", "status")
        rulings = self.rulings.likewise(found, self.plan)
        return self._case(tables, rulings), rulings

    def _concluded(self, n: int, tables: Mapping[str, pl.DataFrame]) -> Concluded:
        group = self.groups[n]
        case, rulings = self.case_of(tables)
        only = group.terms
        verdicts = [one.build() for text in case.agreement.texts for one in conclude(case, text, only=only)]
        sliced: list[Verdict] = []
        if self.slices is not None and self.of_slices is not None:
            rows, times = (
                concat([tables[s] for s in ("sliced",) if s in tables], FINDING),
                self._times(tables, "sliced times"),
            )
            found = dataclasses.replace(self.of_slices, rows=rows, times=times, there=None)
            sliced = sliced_verdicts(case, rulings, self.slices, found, only)
        return Concluded(
            group=n,
            verdicts=names_once(combine(case, verdicts)),
            sliced=names_once(combine(case, sliced)),
            coverage=coverages_of(case, only),
            moments={} if only else moments_of(case),
            items=reconciled_items(case, only),
            exceptions=exceptions_of(case, self.shown, group.own),
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
