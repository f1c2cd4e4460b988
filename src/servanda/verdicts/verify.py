"""The whole way: agreement, reports and coverage in, verdicts with their steps out. Pure: no clock, disk or network."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Measured
from servanda.evidence import EvidenceSource
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.evidence.model import REPORT
from servanda.findings.any_act import happened
from servanda.findings.plan import Engine, Findings, Plan, Progress, quiet
from servanda.findings.queries import MatchQuery, queries_of, slices_of
from servanda.incidents import BRIEF, describe, key_of, members_of
from servanda.incidents.decisions import Rewrite, lives
from servanda.values.time import Interval
from servanda.verdicts.bodies.decisions import Decided, Rulings, with_grants
from servanda.verdicts.bodies.determinable import named_in
from servanda.verdicts.case_file import CaseFile, occurrences_of
from servanda.verdicts.conclude import combine, conclude, conclude_term, reconciled_items
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.findings_table import (
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
from servanda.verdicts.verification import Verification
from servanda.verdicts.watches import CHECKED_BY, check_watches, checked, watches_table, with_sides

_DESCRIBED = 20_000  # incidents described in full; of more, the ids and findings are still complete


def verify(
    agreement: Agreement,
    source: EvidenceSource,
    coverage: Coverage | None = None,
    *,
    engine: Engine,
    as_of: datetime | None = None,
    by: Literal["day", "week"] | None = None,
    id_key: bytes = b"",
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
        progress: told each stage and how much of it is done.

    Returns:
        The verdicts with all that they rest on. Incidents and reports come in the order of their ids: the order of the input changes
        nothing.

    Raises:
        ServandaError: the evidence cannot be read, or there would be too many slices.
    """
    as_of = None if as_of is None else as_of.astimezone(UTC)
    decided = _decided(agreement, source.decisions, as_of, id_key)
    reports = _Reports(source, agreement, decided.rewrite, id_key)
    queries = with_grants(queries_of(agreement), decided.granting(agreement))
    slices = slices_of(_cut(agreement, as_of), by) if by else ()
    given = (coverage or Coverage()).known_by(as_of)
    looked = with_sides(given, agreement, source.context.sources)
    plan = Plan(agreement, (*queries, *(query for _, query in slices)), as_of, looked)
    judged = engine.run(plan, reports.brief, progress)
    incidents, rulings, case = _case(source, reports, judged, decided, looked, as_of, progress)
    verdicts = [builder.build() for text in agreement.texts for builder in conclude(case, text)]
    ground = Ground(case, judged, plan, len(queries), rulings, given, source.context.sources, identified)
    combined = what_they_rest_on(combine(case, verdicts), ground, incidents.full)
    progress("conclude", len(verdicts))
    sliced = _sliced(case, slices, len(queries))
    findings = rulings.findings
    ranked = ranked_incidents(findings)
    members = incidents.described(ranked.head(_DESCRIBED), reports, as_of)
    return Verification(
        agreement=agreement,
        as_of=as_of,
        known_until=judged.latest_known,
        reports=judged.reports,
        undated=0 if as_of is None else judged.undated + source.ingest.undated(),
        incidents_found=ranked.height,
        verdicts=rulings.add_steps(combined, members),
        slices=rulings.add_steps(combine(case, sliced), members, sliced=True),
        findings=written_findings(with_answers(case, findings, len(queries)), judged.queries, agreement),
        incidents=describe(members, happened(members, agreement.mandate)),
        members=members.drop("key").sort("incident", "known_at", "report_id", "file", "row", *sorted(REPORT)),
        watched=looked,
        watches=watches_table(case.checks),
        coverage=_measured(case),
        items=reconciled_items(case),
        exceptions=exceptions_of(case, members),
        moments=_happened(case),
        decided=rulings.decided,
        overruled=rulings.overruled,
        ingest=source.ingest,
    )


def _decided(agreement: Agreement, decisions: Sequence[Decision], as_of: datetime | None, id_key: bytes) -> Decided:
    """What people decided, as far as the mandate lets it count."""
    if not agreement.mandate.attribution:
        decisions = [d for d in decisions if d.says.get("step") != "attributed"]
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, as_of)
    rewrite = Rewrite(counting, id_key)
    return Decided(tuple(decisions), tuple(counting), lives(decisions, counting, deciders, rewrite, as_of), rewrite)


@dataclasses.dataclass(frozen=True)
class _Reports:
    """The reports of a source as they are judged: as decisions have them, and naming no party where the mandate does not attribute."""

    source: EvidenceSource
    agreement: Agreement
    rewrite: Rewrite
    id_key: bytes

    def batches(self) -> Iterable[pl.DataFrame]:
        """The reports with all their columns, judged as decisions say."""
        return self._judged(self.source.batches())

    def brief(self) -> Iterable[pl.DataFrame]:
        """What is enough to judge; a split needs to know which report is which."""
        return self._judged(self.source.batches() if self.rewrite.splits else self.source.brief())

    def _judged(self, batches: Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
        if not self.agreement.mandate.attribution:
            # without the parties named as authors nothing made of the reports can name one
            author = pl.when(~pl.col("actor").is_in(list(self.agreement.parties))).then("actor")
            batches = (batch.with_columns(actor=author) for batch in batches)
        return self.rewrite.batches(batches) if self.rewrite else batches


@dataclasses.dataclass(frozen=True)
class _Incidents:
    """The incidents that were found. ``findings``: with their ids; ``brief``: their reports (some columns); ``full``: all
    columns of them, where they are so few that they were kept.
    """

    findings: pl.DataFrame
    brief: pl.DataFrame
    full: pl.DataFrame | None

    @staticmethod
    def of(
        found: Findings, reports: _Reports, as_of: datetime | None, progress: Progress, more: tuple[str, ...]
    ) -> _Incidents:
        """Look up the incidents of all findings; ``more``: columns of their reports beside :data:`BRIEF`."""
        columns = (*BRIEF, *more)
        keys = found.rows.select(key="incident").unique()
        progress("describe", keys.height)
        key = reports.id_key
        full = members_of(reports.batches(), keys, as_of, id_key=key) if keys.height <= _DESCRIBED else None
        brief = members_of(reports.brief(), keys, as_of, columns, id_key=key) if full is None else full.select(columns)
        return _Incidents(identified(found, brief.select("key", "incident").unique()), brief, full)

    def described(self, wanted: pl.DataFrame, reports: _Reports, as_of: datetime | None) -> pl.DataFrame:
        """All columns of the reports of those incidents whose ``key`` is ``wanted``."""
        keys = wanted.select("key")
        if self.full is None:
            return members_of(reports.batches(), keys, as_of, id_key=reports.id_key)
        return self.full.join(keys, on="key", how="semi", maintain_order="left")


def _items(source: EvidenceSource, rewrite: Rewrite, as_of: datetime | None) -> pl.DataFrame:
    """Declared and inspected items, which are complete once the reports have been read."""
    ingest = source.ingest if as_of is None else source.ingest.known_by(as_of)
    return rewrite.graded(ingest.items, "source")


def _case(
    source: EvidenceSource,
    reports: _Reports,
    judged: Findings,
    decided: Decided,
    looked: Coverage,
    as_of: datetime | None,
    progress: Progress,
) -> tuple[_Incidents, Rulings, CaseFile]:
    """The incidents with what bodies found of them, and the case file that verdicts are concluded from."""
    incidents = _Incidents.of(judged, reports, as_of, progress, CHECKED_BY if looked.watches else ())
    named = pl.DataFrame({"incident": named_in(decided.lives)}, schema={"incident": pl.String})
    keys = incidents.findings.join(named, on="incident", how="semi").select("key")
    keys = pl.concat([keys, named.select(key=key_of(pl.col("incident")))]).unique()
    said = members_of(reports.batches() if named.height else (), keys, as_of)
    match = Plan(reports.agreement, judged.queries, None, looked).matcher(many=False)
    rulings = decided.ruled(incidents.findings, judged.queries, reports.agreement, said, match)
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
    incidents: _Incidents,
    items: pl.DataFrame,
    looked: Coverage,
    decided: Decided,
    withdrawals: pl.DataFrame,
) -> CaseFile:
    """All that verdicts are concluded from."""
    checks = check_watches(looked, incidents.brief, agreement)
    # to deny an incident that somebody asserts only contests that incident
    asserted = found.times.filter(~pl.col("refutes")).select("unit", "incident")
    refuted = found.times.filter("refutes").join(asserted, on=["unit", "incident"], how="anti")
    occurrences = occurrences_of(incidents.findings, found.times, found.queries, len(agreement.parties))
    rows = incidents.findings, occurrences, refuted, incidents.brief
    severity = {life.incident: life.severity for life in decided.lives if life.severity}
    watched = checked(looked, checks)
    return CaseFile(agreement, as_of, found.queries, *rows, watched, items, checks, found.faint, withdrawals, severity)


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


def _sliced(case: CaseFile, slices: Sequence[tuple[object, MatchQuery]], first: int) -> list[Verdict]:
    """The verdict of every slice: its term, as if it bound in that slice only."""
    texts = {text.reading: text for text in case.agreement.texts}
    out: list[Verdict] = []
    for n, (_, query) in enumerate(slices, first):
        text = texts[query.reading]
        term = dataclasses.replace(next(t for t in text.terms if t.id == query.owner), window=query.window)
        of_slice = pl.col("unit") == n, pl.lit(0, dtype=pl.UInt16).alias("unit")
        alone = case.narrowed(
            query, *(rows.filter(of_slice[0]).with_columns(of_slice[1]) for rows in (case.findings, case.faint))
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
