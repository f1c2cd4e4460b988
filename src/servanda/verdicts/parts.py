"""What a verification has beside its verdicts: verdicts by the day, when events happened, the coverage of every term."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Measured
from servanda.findings.plan import Findings, Plan
from servanda.findings.queries import MatchQuery
from servanda.values.time import Interval
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import conclude_term
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.findings_table import identified
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.model import Verdict
from servanda.verdicts.occurrences import counts_of


def cut_at(agreement: Agreement, as_of: datetime | None) -> Agreement:
    """The agreement with its windows ended at ``as_of``, so that there is a last slice."""
    if as_of is None:
        return agreement
    end = Interval(None, as_of)
    texts = tuple(
        dataclasses.replace(
            text, terms=tuple(dataclasses.replace(t, window=t.window.intersection(end)) for t in text.terms)
        )
        for text in agreement.texts
    )
    return dataclasses.replace(agreement, texts=texts)


def sliced_verdicts(case: CaseFile, rulings: Rulings, plan: Plan, found: Findings) -> list[Verdict]:
    """The verdict of every slice: its term, as if it bound in that slice only."""
    if case.coverage.watches:  # each slice asks which reports may be answered
        case = case.counting(case.speaking.table, case.asserting, case.traces)
    tables = sliced_findings(case, rulings, plan, found, case.members.select("key", "incident").unique())
    return verdicts_of_slices(case, plan.queries, *tables, found.faint)


def sliced_findings(
    case: CaseFile, rulings: Rulings, plan: Plan, found: Findings, names: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings of slices as bodies have them, and how many acts were counted; ``names``: of their incidents."""
    findings = rulings.likewise(identified(found, names), plan).judged
    return findings, counts_of(findings, found.times, plan.queries, len(case.agreement.parties))


def verdicts_of_slices(
    case: CaseFile,
    queries: Sequence[MatchQuery],
    findings: pl.DataFrame,
    counts: pl.DataFrame,
    faint: pl.DataFrame,
    only: Collection[int] | None = None,
) -> list[Verdict]:
    """The verdict of every slice.

    Args:
        case: with the reports of its incidents.
        queries: the slices.
        findings: of all of them.
        counts: likewise.
        faint: likewise.
        only: the numbers of those that are asked for; left out, all.

    Returns:
        The verdicts, slice by slice.
    """
    texts = {text.reading: text for text in case.agreement.texts}
    out: list[Verdict] = []
    tables = findings, faint, counts
    parts = [table.partition_by("unit", as_dict=True, maintain_order=True) for table in tables]
    first = pl.lit(0, dtype=pl.UInt16).alias("unit")
    for n, query in enumerate(queries):
        if only is not None and n not in only:
            continue
        text = texts[query.reading]
        term = dataclasses.replace(next(t for t in text.terms if t.id == query.owner), window=query.window)
        own = (part.get((n,)) for part in parts)
        rows = (table.clear() if of is None else of.with_columns(first) for table, of in zip(tables, own, strict=True))
        alone = case.narrowed(query, *rows)
        times = EventTimes(alone, text)
        parties = rules_of(term).parties(case.agreement, term)
        bound = [p for p in parties if p is None or query.binds is None or p in query.binds]
        out += [conclude_term(alone, times, text, term, party).build() for party in bound]
    return out


def moments_of(case: CaseFile) -> dict[tuple[str | None, str], tuple[datetime | None, datetime | None]]:
    """When every event happened, as far as the evidence tells."""
    out = {}
    for text in case.agreement.texts:
        times = EventTimes(case, text)
        for event in text.events:
            time = times.time_of(event.id)
            out[(text.reading, event.id)] = (time.earliest, time.latest)
    return out


def coverages_of(case: CaseFile, only: Collection[str] | None = None) -> dict[tuple[str | None, str], Measured]:
    """For every term (``only``: for these) and reading the coverage of what it is mainly about, of the party whose acts were watched least; for the pictures."""
    out = {}
    for text in case.agreement.texts:
        for term in text.terms:
            if term.what is not None and (only is None or term.id in only):
                window = term.window.intersection(Interval(None, case.as_of))
                parties = term.binds if case.agreement.mandate.attribution and term.binds else (None,)
                measured = [case.coverage_of(term.what.at(party), window, party) for party in parties]
                out[(text.reading, term.id)] = min(measured, key=lambda m: (m.watched_share, m.probability))
    return out
