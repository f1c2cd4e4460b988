"""What terms are concluded with; those that do not follow from sums, and events, concluded where what shares tell of them was sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import polars as pl

from servanda.coverage import Coverage, Measured
from servanda.evidence.hearsay import HEARSAY_ROW
from servanda.evidence.model import empty
from servanda.findings.matched import OCCURRENCE_TIMES
from servanda.findings.no_term import NoTerm
from servanda.findings.plan import Findings, Plan, concat
from servanda.values.elsewhere import Elsewhere
from servanda.values.later import Later
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import combine, conclude, reconciled_items
from servanda.verdicts.divided.brief import briefs_of, case_of_briefs, ready
from servanda.verdicts.divided.groups import Group, by_group, timing
from servanda.verdicts.divided.incidents import Share
from servanda.verdicts.event_times import EventTime, EventTimes
from servanda.verdicts.findings_table import PLEAS
from servanda.verdicts.found import case_file
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import coverages_of, moments_of
from servanda.verdicts.reports import Incidents
from servanda.verdicts.watches import Check

T = TypeVar("T")


@dataclass(frozen=True)
class Concluded:
    """What comes of some terms, without the tables that grow with what was found."""

    verdicts: tuple[Verdict, ...]
    coverage: Mapping[tuple[str | None, str], Measured]
    items: pl.DataFrame


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
    """What all terms are concluded with; what is not about single incidents is sent along."""

    groups: tuple[Group, ...]
    plan: Plan
    found: Findings
    rulings: Rulings
    coverage: Coverage
    checks: tuple[Check, ...]
    items: pl.DataFrame
    schemas: Mapping[str, pl.DataFrame]
    """Empty tables, by name."""
    moments: Mapping[str | None, Mapping[str, EventTime]] = field(default_factory=dict)
    """When events happened, by reading and name."""

    def groups_by(self, *, shares: bool) -> dict[int, Group]:
        """By number, the groups that are concluded by shares, or those that are not."""
        return {n: group for n, group in enumerate(self.groups) if group.shared == shares}

    def case_of(self, tables: Mapping[str, pl.DataFrame]) -> tuple[CaseFile, Rulings]:
        """The case of some findings, with their times and with the reports of their incidents; without any, one in which nothing is found."""
        found = self._table(tables, "findings").sort("unit", "party", "incident", "status")
        rulings = self.rulings.likewise(found, self.plan)
        members, back, hearsay = (self._table(tables, name) for name in ("members", "withdrawals", "hearsay"))
        hearsay = hearsay.select(list(HEARSAY_ROW))
        names = members.select("key", "incident").unique()
        incidents = Incidents(rulings.judged, Later.of(members), None, hearsay, empty(PLEAS), NoTerm(), names)
        times = concat([tables["times"]] if "times" in tables else [], OCCURRENCE_TIMES).select(list(OCCURRENCE_TIMES))
        of = self.items, self.coverage, rulings.decided, back, self.checks
        with_times = dataclasses.replace(self.found, times=times, there=None)
        case = case_file(self.plan.agreement, self.plan.as_of, with_times, incidents, *of)
        return dataclasses.replace(case, moments=self.moments), rulings

    def _table(self, tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
        return tables.get(name, self.schemas[name])


def by_groups(tables: dict[str, pl.DataFrame]) -> Iterator[tuple[int, dict[str, pl.DataFrame]]]:
    """What came to a machine for each of some groups, by their numbers. It is taken out of the tables: both may be too much for a machine."""
    parts = {
        name: tables.pop(name).partition_by("group", as_dict=True, include_key=False) for name in list[str](tables)
    }
    for n in sorted({int(str(key[0])) for part in parts.values() for key in part}):
        yield n, {name: part.pop((n,)) for name, part in parts.items() if (n,) in part}


@dataclass(frozen=True)
class ConcludeWhole:
    """Concludes the groups whose rows came to one machine (:func:`servanda.verdicts.divided.brief.briefs_of`)."""

    terms: Conclude

    def __call__(self, tables: dict[str, pl.DataFrame]) -> Iterator[Concluded]:
        none, _ = self.terms.case_of({})
        for n, own in by_groups(tables):
            case, only = case_of_briefs(none, own), self.terms.groups[n].terms
            verdicts = [one.build() for text in case.agreement.texts for one in conclude(case, text, only=only)]
            yield Concluded(names_once(combine(case, verdicts)), coverages_of(case, only), reconciled_items(case, only))


@dataclass(frozen=True)
class Marks:
    """What a share tells of when events happened."""

    terms: Conclude
    units: frozenset[int]

    def __call__(self, share: Share) -> dict[str, pl.DataFrame]:
        of = pl.col("unit").is_in(sorted(self.units))
        tables = {"findings": share.findings.filter(of), "times": share.times.filter(of)}
        for name in ("members", "hearsay", "withdrawals"):
            tables[name] = getattr(share, name).join(tables["findings"], on="key", how="semi")
        return briefs_of(ready(self.terms.case_of(tables)[0]), {0: self.units}, share.unsure)


@dataclass(frozen=True)
class Timed:
    """When events happened, from what all shares tell of it."""

    terms: Conclude

    def __call__(self, tables: dict[str, pl.DataFrame]) -> dict[str | None, dict[str, EventTime]]:
        none, _ = self.terms.case_of({})
        case = case_of_briefs(none, dict(by_groups(tables)).get(0, {}))
        return {text.reading: EventTimes(case, text).every() for text in case.agreement.texts}


def timed(shares: Elsewhere, terms: Conclude) -> Conclude:
    """The same, with the times of events.

    Args:
        shares: all incidents (:class:`servanda.verdicts.divided.incidents.Share`).
        terms: by what terms are concluded.
    """
    units = timing(terms.plan.agreement, terms.plan.queries)
    if units is None:
        return terms
    mark = pl.DataFrame(
        {"group": [0], "is": [True]}, schema={"group": pl.UInt32, "is": pl.Boolean}
    )  # that there is something, where nothing was found
    told = shares.dealt(Marks(terms, units), by_group).with_tables({"marks": mark}, by_group)
    (moments,) = told.finished(Timed(terms))
    return dataclasses.replace(terms, moments=moments)


def moments_in(terms: Conclude) -> dict[tuple[str | None, str], tuple[datetime | None, datetime | None]]:
    """When every event happened, as far as the evidence tells."""
    return moments_of(terms.case_of({})[0])
