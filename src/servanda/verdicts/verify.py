"""The whole way: agreement, reports and coverage in, verdicts with their steps out. Pure: no clock, disk or network."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence import EvidenceSource
from servanda.evidence.hearsay import taken
from servanda.evidence.model import REPORT
from servanda.findings.any_act import happened
from servanda.findings.plan import Engine, Progress, quiet
from servanda.findings.queries import ALWAYS, slices_of
from servanda.incidents import KeyClash, describe
from servanda.incidents.decisions import Rewrite
from servanda.incidents.doubts import Doubts
from servanda.incidents.parted import Parted, part
from servanda.values.reporting_day import Span
from servanda.verdicts.bodies.decisions import with_grants
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.conclude import combine, conclude, reconciled_items
from servanda.verdicts.divided.whole import verified_there
from servanda.verdicts.findings_table import (
    acts_of,
    exceptions_of,
    identified,
    ranked_incidents,
    with_answers,
    written_findings,
)
from servanda.verdicts.found import Run, find, seek
from servanda.verdicts.grounds.rests_on import what_they_rest_on
from servanda.verdicts.grounds.without import Ground
from servanda.verdicts.model import Verdict
from servanda.verdicts.parts import coverages_of, cut_at, moments_of, sliced_verdicts
from servanda.verdicts.reports import DESCRIBED, Reports
from servanda.verdicts.verification import Verification, Wanted
from servanda.verdicts.watches import watches_table

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
            plain = Reports(
                source, agreement, Rewrite(()), id_key, Parted() if fused else parted, engine.keys(source.brief)
            )
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
    sought = seek(plain, parted, coverage, as_of)
    judged = engine.run(sought.plan, sought.reports.brief, progress)
    if judged.there is not None:
        return verified_there(sought, judged, parted, doubts, engine, by, wanted, progress)
    run = find(sought, judged, doubts, engine.map, progress)
    verdicts = [one.build() for text in plain.agreement.texts for one in conclude(run.case, text)]
    return verification_of(run, verdicts, parted, engine=engine, by=by, wanted=wanted, progress=progress)


def verification_of(
    run: Run,
    verdicts: Sequence[Verdict],
    parted: Parted,
    *,
    engine: Engine,
    by: Span | None = None,
    wanted: Wanted | None = None,
    progress: Progress = quiet,
) -> Verification:
    """Everything that a run found, with its verdicts.

    Args:
        run: what was found.
        verdicts: of every term, party and reading.
        parted: which ids were parted.
        engine: where verdicts by the day are found.
        by: as for :func:`verify`.
        wanted: likewise.
        progress: likewise.

    Returns:
        The verification.
    """
    wanted = wanted or Wanted()
    reports, plan, judged, incidents = run.reports, run.plan, run.judged, run.incidents
    source, agreement, rulings, case, as_of = reports.source, reports.agreement, run.rulings, run.case, plan.as_of
    slices = with_grants(slices_of(cut_at(agreement, as_of), by), run.granting, plan.keys) if by else ()
    ground = Ground(case, judged, plan, rulings, run.given, source.context, identified)
    combined = what_they_rest_on(combine(case, verdicts), ground, _told_of(run) if wanted.grounds else None)
    progress("conclude", len(verdicts))
    sliced: list[Verdict] = []
    if slices:  # judged by themselves: what is asked of days changes nothing that is said of the whole
        of_slices = dataclasses.replace(plan, queries=slices)
        sliced = sliced_verdicts(case, rulings, of_slices, engine.run(of_slices, reports.brief, progress).here())
    findings = rulings.findings
    ranked = ranked_incidents(findings, DESCRIBED if wanted.since is None else None)
    members = incidents.described(wanted.first(ranked, incidents.brief).head(DESCRIBED), reports, as_of)
    return Verification(
        agreement=agreement,
        as_of=as_of,
        known_until=judged.latest_known,
        reports=judged.reports,
        undated=0 if as_of is None else judged.undated + source.ingest.undated(),
        incidents_found=findings["key"].n_unique(),
        verdicts=rulings.add_steps(combined, members),
        slices=rulings.add_steps(combine(case, sliced), members, sliced=True),
        findings=written_findings(with_answers(case, findings), judged.queries, agreement),
        incidents=describe(members, happened(members, agreement), agreement.vocabulary),
        members=taken(members.drop("key"), source.context.sources).sort(
            "incident", "known_at", "report_id", "file", "row", *sorted(REPORT)
        ),
        no_term=incidents.no_term,
        watched=plan.coverage,
        watches=watches_table(case.checks),
        coverage=coverages_of(case),
        items=reconciled_items(case),
        exceptions=exceptions_of(case, incidents.pleas),
        acts=acts_of(case),
        moments=moments_of(case),
        decided=rulings.decided,
        overruled=rulings.overruled,
        ingest=source.ingest.noting(parted.notes + run.followed.notes),
        by=by,
    )


def _told_of(run: Run) -> pl.DataFrame | None:
    """The reports of all incidents, those included of which nobody says that they happened, and which were found undone."""
    full = run.incidents.full
    if full is None or not run.case.refuted.height:
        return full
    undone = run.case.refuted.select(key="incident").unique().join(full, on="key", how="anti")
    more = run.reports.members(undone, run.plan.as_of)
    more = more.drop("incident", strict=False).join(run.reports.named(more, run.plan.as_of), on="key")
    return pl.concat([full, more.select(full.columns)]) if more.height else full


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
            numbers = engine.keys(source.brief)
            plain = Reports(source, agreement, Rewrite(()), b"", Parted() if fused else parted, numbers)
            sought = seek(plain, parted, coverage, as_of)
            judged = engine.run(sought.plan, sought.reports.brief, progress).here()
            run = find(sought, judged, Doubts(), engine.map, progress)
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
