"""Verdicts of days, weeks or months: what shares tell of a slice comes together by slice, and there it is concluded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from servanda.findings.matched import OCCURRENCE_TIMES
from servanda.findings.plan import FINDING, Findings, Plan, concat
from servanda.values.elsewhere import Elsewhere
from servanda.verdicts.conclude import combine
from servanda.verdicts.divided.brief import briefs_of, case_of_briefs, ready
from servanda.verdicts.divided.groups import by_group
from servanda.verdicts.divided.incidents import Share, by_incident, by_key, rows_and_times
from servanda.verdicts.divided.terms import Conclude, by_groups, names_once
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import sliced_findings, verdicts_of_slices


def of_slices(shares: Elsewhere, terms: Conclude, plan: Plan, found: Findings) -> tuple[Verdict, ...]:
    """The verdicts of slices, in order.

    Args:
        shares: all incidents (:class:`servanda.verdicts.divided.incidents.Share`).
        terms: with what terms are concluded.
        plan: what was looked for by slices.
        found: what was found of it, here or elsewhere.
    """
    none = dataclasses.replace(found, rows=found.rows.clear(), times=found.times.clear(), kept=None, there=None)
    slices = _Slices(terms, plan, none)
    told = shares.dealt(_by_key, by_key)
    if found.there is not None:
        told = told.with_more(found.there.dealt(rows_and_times, by_incident))
    else:
        told = told.with_tables(rows_and_times((found.rows, found.times)), by_incident)
    rows = [(n, True) for n in slices.groups]
    every = pl.DataFrame(rows, schema={"group": pl.UInt32, "is": pl.Boolean}, orient="row")
    together = told.finished(_Tell(slices)).dealt(_as_they_are, by_group).with_tables({"slices": every}, by_group)
    verdicts = [verdict for some in together.finished(_Concluded(slices)) for verdict in some]
    if slices.by_term:  # put in order there
        order = {term: n for n, term in enumerate(plan.agreement.term_ids)}
        return tuple(sorted(verdicts, key=lambda verdict: order[verdict.term]))
    return combine(terms.case_of({})[0], verdicts)


@dataclass(frozen=True)
class _Slices:
    """What is looked for by slices. Several readings are put together term by term; else each slice is concluded by itself."""

    terms: Conclude
    plan: Plan
    none: Findings

    @property
    def by_term(self) -> bool:
        """Whether there are several readings."""
        return len(self.plan.agreement.texts) > 1

    @property
    def groups(self) -> dict[int, list[int]]:
        """By number, the slices that are concluded together."""
        out: dict[int, list[int]] = {}
        order = {term: n for n, term in enumerate(self.plan.agreement.term_ids)}
        for n, query in enumerate(self.plan.queries):
            out.setdefault(order[query.owner] if self.by_term else n, []).append(n)
        return out


def _by_key(share: Share) -> dict[str, pl.DataFrame]:
    tables = {name: getattr(share, name) for name in ("names", "members", "hearsay", "withdrawals")}
    return {**tables, **share.unsure}


def _as_they_are(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return tables


@dataclass(frozen=True)
class _Tell:
    """What a share tells of every slice."""

    of: _Slices

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        terms = self.of.terms
        rows, times = (
            concat([tables[name]] if name in tables else [], schema)
            for name, schema in (("rows", FINDING), ("times", OCCURRENCE_TIMES))
        )
        known = rows.select(key="incident").unique()
        own = {
            name: tables[name].join(known, on="key", how="semi")
            for name in ("members", "hearsay", "withdrawals")
            if name in tables
        }
        case, rulings = terms.case_of(own)
        names = tables["names"] if "names" in tables else case.members.select("key", "incident")
        found = dataclasses.replace(self.of.none, rows=rows, times=times)
        findings, counts = sliced_findings(case, rulings, self.of.plan, found, names)
        sliced = dataclasses.replace(case, queries=self.of.plan.queries, findings=findings, counts=counts)
        unsure = {name: tables[name] for name in ("pairs", "several") if name in tables}
        return briefs_of(ready(sliced), self.of.groups, unsure)


@dataclass(frozen=True)
class _Concluded:
    """The verdicts of the slices that came to a machine."""

    of: _Slices

    def __call__(self, tables: dict[str, pl.DataFrame]) -> tuple[Verdict, ...]:
        none, _ = self.of.terms.case_of({})
        groups, queries, faint = self.of.groups, self.of.plan.queries, self.of.none.faint
        out: list[Verdict] = []
        for n, own in by_groups(tables):
            case = case_of_briefs(none, own)
            made = verdicts_of_slices(case, queries, case.findings, case.counts, faint, groups[n])
            out += combine(case, made) if self.of.by_term else made
        return names_once(tuple(out))
