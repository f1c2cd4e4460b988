"""The whole way: agreement, reports and coverage in, verdicts with their steps out. Pure: no clock, disk or network."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Measured
from servanda.evidence import EvidenceSource
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.evidence.hearsay import taken
from servanda.evidence.model import REPORT
from servanda.findings.any_act import happened
from servanda.findings.plan import Engine, Findings, Plan, Progress, quiet
from servanda.findings.queries import ALWAYS, queries_of, slices_of
from servanda.incidents import KeyClash, Keys, describe
from servanda.incidents.decisions import Rewrite, lives
from servanda.incidents.doubts import Doubts
from servanda.incidents.followed import Followed, follow
from servanda.incidents.parted import Parted, part
from servanda.values.ordered_map import OrderedMap
from servanda.values.reporting_day import Span
from servanda.values.time import Interval
from servanda.verdicts.bodies.decisions import Decided, Rulings, with_grants
from servanda.verdicts.bodies.determinable import named_in
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import combine, conclude, conclude_term, reconciled_items
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.findings_table import (
    acts_of,
    exceptions_of,
    identified,
    ranked_incidents,
    with_answers,
    written_findings,
)
from servanda.verdicts.grounds.rests_on import what_they_rest_on
from servanda.verdicts.grounds.without import Ground
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.model import Verdict
from servanda.verdicts.occurrences import counts_of, occurrences_of, refutations
from servanda.verdicts.reports import DESCRIBED, Incidents, Reports
from servanda.verdicts.verification import Verification, Wanted
from servanda.verdicts.watches import check_watches, checked, owners_of, watches_table, where_reported, with_sides

_DRAWN = 20  # times that keys are drawn anew before something else must be wrong


def verify(
    agreement: Agreement,
    source: EvidenceSource,
    coverage: Coverage | None = None,
    *,
    engine: Engine,
    as_of: datetime | None = None,
    by: Span | None = None,
    id_key: bytes = b"",
    fused: Parted | None = None,
    doubts: Doubts | None = None,
    wanted: Wanted | None = None,
    progress: Progress = quiet,
) -> Verification:
    """Judge every term, party and reading of an agreement.

    Args:
        agreement: what was agreed.
        source: the evidence. Its reports are walked twice, or three times where very many incidents are found.
        coverage: who was looking where and when; without it, nobody was.
        engine: where matching and confirmation run; it changes no result.
        as_of: leaves out what became known later, and ends the window that coverage must fill; ``None`` uses everything, and takes
            every deadline to have passed.
        by: adds verdicts on prohibitions for every day or week.
        id_key: of a record, the key of the ids of incidents that nobody named.
        fused: the reports' incident ids are those that fusion found, after these had been parted; left out, they are parted here.
        doubts: which incidents may be one, and which may be several, where fusion is unsure.
        wanted: what is asked of it beside the verdicts; left out, all.
        progress: told each stage and how much of it is done.

    Returns:
        The verdicts with all that they rest on. Incidents and reports come in the order of their ids: the order of the input changes
        nothing.

    Raises:
        ServandaError: the evidence cannot be read, or there would be too many slices.
    """
    as_of = None if as_of is None else as_of.astimezone(UTC)
    parted = part(source.brief, as_of) if fused is None else fused
    for _ in range(_DRAWN):
        with contextlib.suppress(KeyClash):
            plain = Reports(source, agreement, Rewrite(()), id_key, Parted() if fused else parted, Keys())
            return _verified(
                plain,
                parted,
                coverage or Coverage(),
                doubts or Doubts(),
                engine,
                as_of,
                by,
                wanted or Wanted(),
                progress,
            )
    raise AssertionError("keys that are drawn anew meet again")


def _verified(
    plain: Reports,
    parted: Parted,
    coverage: Coverage,
    doubts: Doubts,
    engine: Engine,
    as_of: datetime | None,
    by: Span | None,
    wanted: Wanted,
    progress: Progress,
) -> Verification:
    """The same with the numbers by which the rows of one run are grouped; ``plain``: the reports before anybody decided anything."""
    run = _found(plain, parted, coverage, doubts, engine, as_of, progress)
    source, agreement, reports, plan, judged = plain.source, plain.agreement, run.reports, run.plan, run.judged
    incidents, rulings, case, given, looked = run.incidents, run.rulings, run.case, run.given, run.plan.coverage
    slices = with_grants(slices_of(_cut(agreement, as_of), by), run.granting, plain.keys) if by else ()
    verdicts = [builder.build() for text in agreement.texts for builder in conclude(case, text)]
    ground = Ground(case, judged, plan, rulings, given, source.context, identified)
    combined = what_they_rest_on(combine(case, verdicts), ground, incidents.full if wanted.grounds else None)
    progress("conclude", len(verdicts))
    sliced: list[Verdict] = []
    if slices:  # judged by themselves: what is asked of days changes nothing that is said of the whole
        of_slices = dataclasses.replace(plan, queries=slices)
        sliced = _sliced(case, rulings, of_slices, engine.run(of_slices, reports.brief, progress))
    findings = rulings.findings
    ranked = wanted.first(ranked_incidents(findings), incidents.brief)
    members = incidents.described(ranked.head(DESCRIBED), reports, as_of)
    return Verification(
        agreement=agreement,
        as_of=as_of,
        known_until=judged.latest_known,
        reports=judged.reports,
        undated=0 if as_of is None else judged.undated + source.ingest.undated(),
        incidents_found=ranked.height,
        verdicts=rulings.add_steps(combined, members),
        slices=rulings.add_steps(combine(case, sliced), members, sliced=True),
        findings=written_findings(with_answers(case, findings), judged.queries, agreement),
        incidents=describe(members, happened(members, agreement), agreement.vocabulary),
        members=taken(members.drop("key"), source.context.sources).sort(
            "incident", "known_at", "report_id", "file", "row", *sorted(REPORT)
        ),
        no_term=incidents.no_term,
        watched=looked,
        watches=watches_table(case.checks),
        coverage=_measured(case),
        items=reconciled_items(case),
        exceptions=exceptions_of(case, members),
        acts=acts_of(case),
        moments=_happened(case),
        decided=rulings.decided,
        overruled=rulings.overruled,
        ingest=source.ingest.noting(parted.notes + run.followed.notes),
        by=by,
    )


@dataclasses.dataclass(frozen=True)
class _Run:
    """What was found, before anything is concluded from it; ``given``: the watches as they were declared."""

    reports: Reports
    followed: Followed
    granting: Sequence[Decision]
    given: Coverage
    plan: Plan
    judged: Findings
    incidents: Incidents
    rulings: Rulings
    case: CaseFile


def _found(
    plain: Reports,
    parted: Parted,
    coverage: Coverage,
    doubts: Doubts,
    engine: Engine,
    as_of: datetime | None,
    progress: Progress,
) -> _Run:
    """All findings of an agreement, with the case file."""
    source, agreement, keys = plain.source, plain.agreement, plain.keys
    followed = follow(source.decisions, plain.batches, parted, keys, as_of, plain.id_key)
    decided = _decided(agreement, followed, keys, as_of)
    reports = dataclasses.replace(plain, rewrite=decided.rewrite)
    granting = decided.granting(agreement)
    given = where_reported(coverage.known_by(as_of), reports.batches, agreement, as_of)
    looked = with_sides(given, owners_of(agreement, source.context), registered=bool(source.context.sources))
    plan = Plan(agreement, with_grants(queries_of(agreement), granting, keys), as_of, looked, keys)
    judged = engine.run(plan, reports.brief, progress)
    incidents, rulings, case = _case(source, reports, judged, decided, plan, engine.map, progress)
    case = dataclasses.replace(case, doubts=decided.left_of(doubts))
    return _Run(reports, followed, granting, given, plan, judged, incidents, rulings, case)


def findings_of(
    agreement: Agreement,
    source: EvidenceSource,
    coverage: Coverage,
    *,
    engine: Engine,
    as_of: datetime | None = None,
    fused: Parted | None = None,
    progress: Progress = quiet,
) -> tuple[CaseFile, pl.DataFrame]:
    """What is found of an agreement's terms, without a verdict: for those who count, and do not judge.

    Args:
        agreement: what was agreed.
        source: the evidence.
        coverage: who was looking where and when.
        engine: where matching and confirmation run.
        as_of: leaves out what became known later.
        fused: as for :func:`verify`.
        progress: told each stage and how much of it is done.

    Returns:
        The case file, which measures coverage, and the findings, with ``unit`` (the number of the query), ``party`` (its number), ``incident`` and ``status``.
    """
    as_of = None if as_of is None else as_of.astimezone(UTC)
    parted = part(source.brief, as_of) if fused is None else fused
    for _ in range(_DRAWN):
        with contextlib.suppress(KeyClash):
            plain = Reports(source, agreement, Rewrite(()), b"", Parted() if fused else parted, Keys())
            run = _found(plain, parted, coverage, Doubts(), engine, as_of, progress)
            return run.case, run.rulings.findings
    raise AssertionError("keys that are drawn anew meet again")


def over_all_time(agreement: Agreement) -> Agreement:
    """The agreement with its prohibitions only, as if they had always bound; for what was counted before and after it."""
    texts = tuple(
        dataclasses.replace(
            text,
            terms=tuple(
                dataclasses.replace(term, window=ALWAYS, starts=(), until=None)
                for term in text.terms
                if any(sought.counts for sought in term.kind.sought())
            ),
        )
        for text in agreement.texts[:1]
    )
    return dataclasses.replace(agreement, texts=texts)


def _decided(agreement: Agreement, followed: Followed, keys: Keys, as_of: datetime | None) -> Decided:
    """What people decided, as far as the mandate lets it count."""
    decisions: Sequence[Decision] = followed.decisions
    if not agreement.mandate.attribution:
        decisions = [d for d in decisions if d.says.get("step") != "attributed"]
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, as_of)
    rewrite = Rewrite(counting, followed.ids, keys)
    told = lives(decisions, counting, deciders, rewrite, as_of, followed.remarks)
    return Decided(tuple(decisions), tuple(counting), told, rewrite, followed.nowhere)


def _items(source: EvidenceSource, rewrite: Rewrite, as_of: datetime | None) -> pl.DataFrame:
    """Declared and inspected items, which are complete once the reports have been read."""
    ingest = source.ingest if as_of is None else source.ingest.known_by(as_of)
    return rewrite.graded(ingest.items, "source")


def _case(
    source: EvidenceSource,
    reports: Reports,
    judged: Findings,
    decided: Decided,
    plan: Plan,
    in_order: OrderedMap,
    progress: Progress,
) -> tuple[Incidents, Rulings, CaseFile]:
    """The incidents with what bodies found of them, and the case file that verdicts are concluded from."""
    as_of, looked = plan.as_of, plan.coverage
    progress("describe", judged.rows["incident"].n_unique())
    incidents = Incidents.of(judged, reports, plan, in_order)
    about = pl.DataFrame({"incident": named_in(decided.lives)}, schema={"incident": pl.String})
    own = about.with_columns(key=plan.keys.of_incident(pl.col("incident")))
    names = pl.concat([incidents.names, decided.rewrite.ids]).join(about, on="incident", how="semi")
    names = pl.concat([own.select("key", "incident"), names]).unique("key", keep="first", maintain_order=True)
    said = reports.members(names.select("key"), as_of).drop("founds", "since").join(names, on="key")
    rulings = decided.ruled(incidents.findings, plan, said)
    incidents = dataclasses.replace(incidents, findings=rulings.judged)
    withdrawn = incidents.findings.filter("withdrawn").select("key").unique()
    taken_back = incidents.described(withdrawn, reports, as_of).filter(pl.col("stance") == "retracts")
    items = _items(source, decided.rewrite, as_of)
    case = _case_file(reports.agreement, as_of, judged, incidents, items, looked, decided, taken_back)
    return incidents, rulings, case


def _case_file(
    agreement: Agreement,
    as_of: datetime | None,
    found: Findings,
    incidents: Incidents,
    items: pl.DataFrame,
    looked: Coverage,
    decided: Decided,
    withdrawals: pl.DataFrame,
) -> CaseFile:
    """All that verdicts are concluded from."""
    checks = check_watches(looked, incidents.brief, agreement)
    refuted = refutations(found.times)
    occurrences = occurrences_of(incidents.findings, found.times, found.queries, len(agreement.parties))
    rows = incidents.findings, occurrences, refuted, incidents.brief
    severity = {life.incident: life.severity for life in decided.lives if life.severity}
    watched = checked(looked, checks)
    told = found.faint, withdrawals, incidents.hearsay
    counts = counts_of(incidents.findings, found.times, found.queries, len(agreement.parties))
    return CaseFile(agreement, as_of, found.queries, *rows, watched, items, checks, *told, severity, counts)


def _cut(agreement: Agreement, as_of: datetime | None) -> Agreement:
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


def _sliced(case: CaseFile, rulings: Rulings, plan: Plan, found: Findings) -> list[Verdict]:
    """The verdict of every slice: its term, as if it bound in that slice only."""
    texts = {text.reading: text for text in case.agreement.texts}
    ids = case.members.select("key", "incident").unique()
    findings = rulings.likewise(identified(found, ids), plan).judged
    counts = counts_of(findings, found.times, plan.queries, len(case.agreement.parties))
    out: list[Verdict] = []
    for n, query in enumerate(plan.queries):
        text = texts[query.reading]
        term = dataclasses.replace(next(t for t in text.terms if t.id == query.owner), window=query.window)
        own, first = pl.col("unit") == n, pl.lit(0, dtype=pl.UInt16).alias("unit")
        alone = case.narrowed(
            query, *(rows.filter(own).with_columns(first) for rows in (findings, found.faint, counts))
        )
        times = EventTimes(alone, text)
        parties = rules_of(term).parties(case.agreement, term)
        bound = [p for p in parties if p is None or query.binds is None or p in query.binds]
        out += [conclude_term(alone, times, text, term, party).build() for party in bound]
    return out


def _happened(case: CaseFile) -> dict[tuple[str | None, str], tuple[datetime | None, datetime | None]]:
    """When every event happened, as far as the evidence tells."""
    out = {}
    for text in case.agreement.texts:
        times = EventTimes(case, text)
        for event in text.events:
            time = times.time_of(event.id)
            out[(text.reading, event.id)] = (time.earliest, time.latest)
    return out


def _measured(case: CaseFile) -> dict[tuple[str | None, str], Measured]:
    """For every term and reading the coverage of what it is mainly about, of the party whose acts were watched least; for the pictures."""
    out = {}
    for text in case.agreement.texts:
        for term in text.terms:
            if term.what is not None:
                window = term.window.intersection(Interval(None, case.as_of))
                parties = term.binds if case.agreement.mandate.attribution and term.binds else (None,)
                measured = [case.coverage_of(term.what.at(party), window, party) for party in parties]
                out[(text.reading, term.id)] = min(measured, key=lambda m: (m.watched_share, m.probability))
    return out
