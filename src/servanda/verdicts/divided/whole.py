"""A verification whose findings lie elsewhere: here arrive verdicts, coverage, what is shown of incidents, and tables one part after another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.hearsay import HEARSAY_ROW, taken
from servanda.evidence.model import REPORT, empty
from servanda.findings.any_act import happened
from servanda.findings.plan import FINDING, Engine, Findings, Plan, Progress, concat
from servanda.findings.queries import MatchQuery, slices_of
from servanda.incidents import BRIEF, describe
from servanda.incidents.doubts import Doubts
from servanda.incidents.parted import Parted
from servanda.values.elsewhere import Dealt, Elsewhere
from servanda.values.reporting_day import Span
from servanda.verdicts.bodies.decisions import with_grants
from servanda.verdicts.divided.groups import ByGroup, SlicesByGroup, by_group, groups_of
from servanda.verdicts.divided.incidents import about, ranked, shares_of
from servanda.verdicts.divided.terms import Conclude, Concluded, Of, Piece, Table, apart, by_piece, small
from servanda.verdicts.divided.watching import checks_of
from servanda.verdicts.findings_table import ACTS, EXCEPTIONS, FINDING_OUT, identified
from servanda.verdicts.found import Sought, determined_in, items_of, said_of
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import cut_at
from servanda.verdicts.verification import Verification, Wanted
from servanda.verdicts.watches import CHECKED_BY, checked, watches_table


@dataclasses.dataclass(frozen=True)
class Tables:
    """The tables of a verification that grow with what was found, where they lie; ``names``: of those that have rows, and of the findings."""

    concluded: Elsewhere
    names: frozenset[str]

    def parts(self, name: str) -> Iterator[tuple[Any, pl.DataFrame]]:
        """The parts of ``findings`` or ``acts``, each with what it is sorted by among them, in any order; few are here at a time."""
        for parts in self.concluded.dealt(Table(name), by_piece).finished(apart).streamed():
            yield from parts

    def whole(self, name: str) -> pl.DataFrame:
        """All of one of them, here."""
        schema = {"findings": FINDING_OUT, "acts": ACTS}[name]
        return concat([part for _, part in sorted(self.parts(name), key=lambda part: part[0])], schema)


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
    shares, no_term = shares_of(found, reports, plan)
    shares = shares.kept()
    concluding, count, best, members = _ready(sought, found, doubts, shares, wanted)
    rulings, checks = concluding.rulings, concluding.checks
    progress("describe", count)
    slices = with_grants(slices_of(cut_at(agreement, as_of), by), sought.granting, plan.keys) if by else ()
    of_slices = dataclasses.replace(plan, queries=slices)
    sliced = engine.run(of_slices, reports.brief, progress) if slices else None
    concluded = _concluded(shares, concluding, of_slices, sliced).kept()
    parts = sorted((one for one in concluded.each(small) if one is not None), key=lambda one: one.group)
    progress("conclude", sum(len(one.verdicts) for one in parts))
    shown = [one for one in concluded.each(Of(best.select("incident").unique())) if one is not None]
    verdicts, of_days = (_in_order(agreement, [v for one in parts for v in made(one)]) for made in (_whole, _sliced))
    return Verification(
        agreement=agreement,
        as_of=as_of,
        known_until=found.latest_known,
        reports=found.reports,
        undated=0 if as_of is None else found.undated + source.ingest.undated(),
        incidents_found=count,
        verdicts=rulings.add_steps(verdicts, members),
        slices=rulings.add_steps(of_days, members, sliced=True),
        findings=_joined(shown, "findings", FINDING_OUT),
        incidents=describe(members, happened(members, agreement), agreement.vocabulary),
        members=taken(members.drop("key"), source.context.sources).sort(
            "incident", "known_at", "report_id", "file", "row", *sorted(REPORT)
        ),
        no_term=no_term,
        watched=plan.coverage,
        watches=watches_table(checks),
        coverage=_by_term(agreement, {key: m for one in parts for key, m in one.coverage.items()}),
        items=_items(agreement, parts),
        exceptions=_exceptions(plan.queries, parts),
        acts=_joined(shown, "acts", ACTS),
        moments={key: moment for one in parts for key, moment in one.moments.items()},
        decided=rulings.decided,
        overruled=rulings.overruled,
        ingest=source.ingest.noting(parted.notes + sought.followed.notes),
        by=by,
        tables=Tables(concluded, frozenset(["findings", *(["acts"] if any(one.counted for one in parts) else [])])),
    )


def _ready(
    sought: Sought, found: Findings, doubts: Doubts, shares: Elsewhere, wanted: Wanted
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
        decided.left_of(doubts),
        members.filter(pl.col("shows").is_not_null()),
        schemas,
    )
    return concluding, count, best, members


def _whole(one: Concluded) -> Sequence[Verdict]:
    return one.verdicts


def _sliced(one: Concluded) -> Sequence[Verdict]:
    return one.sliced


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


def _concluded(shares: Elsewhere, concluding: Conclude, plan: Plan, sliced: Findings | None) -> Elsewhere:
    """Every group of terms, concluded where what it needs was sent."""
    groups = concluding.groups
    every = pl.DataFrame({"group": range(len(groups)), "is": True}, schema={"group": pl.UInt32, "is": pl.Boolean})
    sent: Dealt = shares.dealt(ByGroup(groups), by_group).with_tables({"groups": every}, by_group)
    if sliced is not None:
        deal = SlicesByGroup(groups, tuple(query.owner for query in plan.queries))
        if sliced.there is not None:
            sent = sent.with_more(sliced.there.dealt(deal, by_group))
        else:
            sent = sent.with_tables(deal((sliced.rows, sliced.times)), by_group)
        none = dataclasses.replace(sliced, rows=sliced.rows.clear(), times=sliced.times.clear(), kept=None, there=None)
        concluding = dataclasses.replace(concluding, slices=plan, of_slices=none)
    return sent.finished(concluding, pieces=True)


def _in_order(agreement: Agreement, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Verdicts in the order of their terms; those of one stay as they are."""
    order = {term: n for n, term in enumerate(agreement.term_ids)}
    return tuple(sorted(verdicts, key=lambda verdict: order[verdict.term]))


def _joined(pieces: Sequence[Piece], name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The pieces of a table, in the order of what they are told by."""
    own = sorted((one for one in pieces if one.name == name), key=lambda one: (one.key, one.n))
    return concat([one.rows for one in own], schema)


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


def _exceptions(queries: Sequence[MatchQuery], parts: Sequence[Concluded]) -> pl.DataFrame:
    """The exceptions of all groups, in the order of the queries."""
    keys = [(q.owner, q.reading, e.id, party) for q in queries for e in q.exemptions for party in q.binds or ()]
    order = pl.DataFrame(list(dict.fromkeys(keys)), schema=dict(list(EXCEPTIONS.items())[:4]), orient="row")
    told = pl.concat([one.exceptions for one in parts]).unique(order.columns, keep="last")
    return order.join(told, on=order.columns, how="left", nulls_equal=True, maintain_order="left")
