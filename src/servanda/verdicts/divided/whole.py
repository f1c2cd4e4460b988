"""A verification whose findings lie elsewhere: here arrive verdicts, coverage, what is shown of incidents, and tables one part after another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.hearsay import HEARSAY_ROW, taken
from servanda.evidence.model import REPORT, empty
from servanda.findings.any_act import happened
from servanda.findings.plan import FINDING, Engine, Findings, Progress
from servanda.findings.queries import MatchQuery, slices_of
from servanda.incidents import BRIEF, describe
from servanda.incidents.doubts import Doubts
from servanda.incidents.parted import Parted
from servanda.values.elsewhere import Elsewhere
from servanda.values.reporting_day import Span
from servanda.verdicts.bodies.decisions import with_grants
from servanda.verdicts.divided.groups import groups_of
from servanda.verdicts.divided.incidents import about, ranked, shares_of
from servanda.verdicts.divided.shared import ToldShare, concluded_of, concluded_whole, exceptions_in, told_by
from servanda.verdicts.divided.slices import of_slices
from servanda.verdicts.divided.tables import SCHEMAS, Tables, cuts
from servanda.verdicts.divided.terms import Conclude, Concluded, moments_in, timed
from servanda.verdicts.divided.watching import checks_of
from servanda.verdicts.findings_table import EXCEPTIONS, identified
from servanda.verdicts.found import Sought, determined_in, items_of, said_of
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import cut_at
from servanda.verdicts.verification import Verification, Wanted
from servanda.verdicts.watches import CHECKED_BY, checked, watches_table


def verified_there(
    sought: Sought,
    found: Findings,
    parted: Parted,
    doubts: Doubts,
    engine: Engine,
    by: Span | None,
    wanted: Wanted,
    progress: Progress,
) -> Verification:
    """What :func:`servanda.verdicts.verify` gives, of findings that lie elsewhere.

    Args:
        sought: what was looked for.
        found: what was found.
        parted: which ids were parted.
        doubts: as for :func:`servanda.verdicts.verify`.
        engine: where the findings of days are made.
        by: as there.
        wanted: as there; what verdicts rest on is not looked for where so much was found.
        progress: as there.
    """
    reports, plan = sought.reports, sought.plan
    source, agreement, as_of = reports.source, plan.agreement, plan.as_of
    doubts = sought.decided.left_of(doubts)
    shares, no_term = shares_of(found, reports, plan, doubts)
    shares = shares.kept()
    concluding, count, best, members = _ready(sought, found, shares, wanted)
    rulings, checks = concluding.rulings, concluding.checks
    progress("describe", count)
    concluding = timed(shares, concluding)
    told, tells = told_by(shares, concluding, uuid4().hex)
    tables = _tables(told, tells)
    slices = with_grants(slices_of(cut_at(agreement, as_of), by), sought.granting, plan.keys) if by else ()
    of_days: tuple[Verdict, ...] = ()
    if slices:
        looked = dataclasses.replace(plan, queries=slices)
        of_days = of_slices(shares, concluding, looked, engine.run(looked, reports.brief, progress))
    parts = [*concluded_whole(told, tells, concluding), concluded_of(told, tells, concluding, doubts)]
    progress("conclude", sum(len(one.verdicts) for one in parts))
    shown = tables.of(best.select("incident").unique())
    verdicts = _in_order(agreement, [verdict for one in parts for verdict in one.verdicts])
    return Verification(
        agreement=agreement,
        as_of=as_of,
        known_until=found.latest_known,
        reports=found.reports,
        undated=0 if as_of is None else found.undated + source.ingest.undated(),
        incidents_found=count,
        verdicts=rulings.add_steps(verdicts, members),
        slices=rulings.add_steps(of_days, members, sliced=True),
        findings=shown["findings"],
        incidents=describe(members, happened(members, agreement), agreement.vocabulary),
        members=taken(members.drop("key"), source.context.sources).sort(
            "incident", "known_at", "report_id", "file", "row", *sorted(REPORT)
        ),
        no_term=no_term,
        watched=plan.coverage,
        watches=watches_table(checks),
        coverage=_by_term(agreement, {key: m for one in parts for key, m in one.coverage.items()}),
        items=_items(agreement, parts),
        exceptions=_exceptions(plan.queries, exceptions_in(tells)),
        acts=shown["acts"],
        moments=moments_in(concluding),
        decided=rulings.decided,
        overruled=rulings.overruled,
        ingest=source.ingest.noting(parted.notes + sought.followed.notes),
        by=by,
        tables=tables,
    )


def _tables(told: Elsewhere, tells: Sequence[ToldShare]) -> Tables:
    """The tables that lie there: the findings, and the acts where anybody counted any."""
    samples = {name: [share.samples[name] for share in tells] for name in SCHEMAS}
    there = [name for name in SCHEMAS if tells and (name == "findings" or any(one.height for one in samples[name]))]
    return Tables(told, {name: cuts(name, samples[name]) for name in there})


def _ready(
    sought: Sought, found: Findings, shares: Elsewhere, wanted: Wanted
) -> tuple[Conclude, int, pl.DataFrame, pl.DataFrame]:
    """What terms are concluded with, how many incidents were found, those that are shown, and their reports."""
    reports, plan, decided = sought.reports, sought.plan, sought.decided
    schemas = _schemas(found, checked=bool(plan.coverage.watches))
    findings, names = about(shares, determined_in(decided), schemas["findings"])
    rulings = decided.ruled(findings, plan, said_of(decided, names, reports, plan))
    checks = checks_of(shares, plan.coverage, plan.agreement)
    count, best = ranked(shares, names, rulings, wanted.since)
    told = reports.members(best.select("key"), plan.as_of).drop("founds", "since")
    members = told.join(best, on="key", maintain_order="left")
    concluding = Conclude(
        groups_of(plan.agreement, plan.queries),
        plan,
        dataclasses.replace(found, there=None),
        rulings,
        checked(plan.coverage, checks),
        checks,
        items_of(reports.source, decided.rewrite, plan.as_of),
        schemas,
    )
    return concluding, count, best, members


def _schemas(found: Findings, *, checked: bool) -> dict[str, pl.DataFrame]:
    """Empty tables of what goes to the groups."""
    names = empty({"key": pl.UInt64(), "incident": pl.String()})
    columns = dict.fromkeys((*BRIEF, *(CHECKED_BY if checked else ())))
    kept = {**REPORT, "key": pl.UInt64(), "incident": pl.String()}
    return {
        "findings": identified(dataclasses.replace(found, rows=empty(FINDING), there=None), names),
        "members": empty({c: kept[c] for c in columns}),
        "withdrawals": empty(kept),
        "hearsay": empty(HEARSAY_ROW),
    }


def _in_order(agreement: Agreement, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Verdicts in the order of their terms; those of one stay as they are."""
    order = {term: n for n, term in enumerate(agreement.term_ids)}
    return tuple(sorted(verdicts, key=lambda verdict: order[verdict.term]))


def _by_term(agreement: Agreement, found: Mapping[tuple[str | None, str], Any]) -> dict[tuple[str | None, str], Any]:
    """What is told of terms, in their order."""
    keys = [(text.reading, term.id) for text in agreement.texts for term in text.terms]
    return {key: found[key] for key in keys if key in found}


def _items(agreement: Agreement, parts: Sequence[Concluded]) -> pl.DataFrame:
    """The items of all terms, in their order."""
    rows: pl.DataFrame = pl.concat([one.items for one in parts])
    found = {
        (row[1], row[0]): part
        for row, part in rows.partition_by("term", "reading", as_dict=True, maintain_order=True).items()
    }
    together: pl.DataFrame = pl.concat([rows.clear(), *_by_term(agreement, found).values()])
    return together


def _exceptions(queries: Sequence[MatchQuery], told: pl.DataFrame) -> pl.DataFrame:
    """The exceptions of all terms, in the order of the queries."""
    keys = [(q.owner, q.reading, e.id, party) for q in queries for e in q.exemptions for party in q.binds or ()]
    order = pl.DataFrame(list(dict.fromkeys(keys)), schema=dict(list(EXCEPTIONS.items())[:4]), orient="row")
    return order.join(told, on=order.columns, how="left", nulls_equal=True, maintain_order="left")
