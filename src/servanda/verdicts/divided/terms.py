"""A group of terms concluded where its findings were sent: its verdicts and coverage, and its part of every table, in pieces."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from servanda.coverage import Coverage, Measured
from servanda.evidence.hearsay import HEARSAY_ROW
from servanda.findings.matching import OCCURRENCE_TIMES
from servanda.findings.no_term import NoTerm
from servanda.findings.plan import FINDING, Findings, Plan, concat
from servanda.incidents.doubts import Doubts
from servanda.values.keyed_hash import keyed_hash
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

_SEED = 23
_ROWS = 50_000
"""So many rows of a table are in one piece."""


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
    counted: bool
    """Whether there are any acts."""


@dataclass(frozen=True)
class Piece:
    """The ``n``-th rows of a part of a table (``findings`` or ``acts``). ``key``: by which the parts are sorted, the number of a query or a term."""

    name: str
    key: int | str
    n: int
    rows: pl.DataFrame


def _pieces(name: str, parts: Mapping[Any, pl.DataFrame]) -> Iterator[Piece]:
    for (key,), table in parts.items():
        yield from (Piece(name, key, n // _ROWS, table.slice(n, _ROWS)) for n in range(0, table.height, _ROWS))


def _each_name_once(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The same verdicts, in which the name of an incident is one text however many steps use it: it is sent and held once."""
    names: dict[str, str] = {}

    def once(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.setdefault(name, name) for name in ids)

    return tuple(
        dataclasses.replace(
            verdict,
            incidents=once(verdict.incidents),
            steps=tuple(dataclasses.replace(step, uses=once(step.uses)) for step in verdict.steps),
            by_status={status: once(ids) for status, ids in verdict.by_status.items()},
        )
        for verdict in verdicts
    )


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

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> Iterator[Concluded | Piece]:
        """The groups whose rows came here."""
        parts = {name: table.partition_by("group", as_dict=True, include_key=False) for name, table in tables.items()}
        for n in sorted({int(str(key[0])) for part in parts.values() for key in part}):
            yield from self._concluded(n, {name: part[(n,)] for name, part in parts.items() if (n,) in part})

    def _concluded(self, n: int, tables: Mapping[str, pl.DataFrame]) -> Iterator[Concluded | Piece]:
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
        yield Concluded(
            group=n,
            verdicts=_each_name_once(combine(case, verdicts)),
            sliced=_each_name_once(combine(case, sliced)),
            coverage=coverages_of(case, only),
            moments={} if only else moments_of(case),
            items=reconciled_items(case, only),
            exceptions=exceptions_of(case, self.shown, group.own),
            counted=bool(acts.height),
        )
        of_queries = {unit: written_findings(rows, case.queries, agreement) for unit, rows in written.items()}
        yield from _pieces("findings", of_queries)
        yield from _pieces("acts", acts.partition_by("term", as_dict=True, maintain_order=True))

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


def small(made: Concluded | Piece) -> Concluded | None:
    """What comes to the driver of every group."""
    return made if isinstance(made, Concluded) else None


@dataclass(frozen=True)
class Table:
    """The pieces of one table, on their way to machines each of which has few of them."""

    name: str

    def __call__(self, made: Concluded | Piece) -> dict[str, pl.DataFrame]:
        if not isinstance(made, Piece) or made.name != self.name:
            return {}
        return {"rows": made.rows.with_columns(_key=pl.lit(made.key), _n=pl.lit(made.n))}


def by_piece(table: pl.DataFrame) -> pl.Series:
    """The number of the machine of a piece."""
    return keyed_hash(table.select(pl.format("{} {}", "_key", "_n")).to_series(), _SEED)


def apart(tables: Mapping[str, pl.DataFrame]) -> list[tuple[Any, pl.DataFrame]]:
    """The pieces that came to a machine, each with what it is sorted by among all."""
    return list(tables["rows"].partition_by("_key", "_n", as_dict=True, maintain_order=True, include_key=False).items())


@dataclass(frozen=True)
class Of:
    """What the pieces tell of some incidents (column ``incident``)."""

    incidents: pl.DataFrame

    def __call__(self, made: Concluded | Piece) -> Piece | None:
        if not isinstance(made, Piece):
            return None
        rows = made.rows.join(self.incidents, on="incident", how="semi", maintain_order="left")
        return dataclasses.replace(made, rows=rows) if rows.height else None
