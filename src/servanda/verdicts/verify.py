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
from servanda.findings.plan import Engine, Findings, Plan, Progress, quiet
from servanda.findings.queries import MatchQuery, queries_of, slices_of
from servanda.incidents import BRIEF, describe, members_of
from servanda.incidents.decisions import Rewrite, lives
from servanda.values.time import Interval
from servanda.verdicts.case_file import CaseFile, occurrences_of
from servanda.verdicts.conclude import combine, conclude, conclude_term, reconciled_items
from servanda.verdicts.decisions import Decided, with_grants
from servanda.verdicts.event_times import EventTimes
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.model import Verdict
from servanda.verdicts.verification import Verification

_DESCRIBED = 20_000  # incidents described in full; of more, the ids and findings are still complete
FINDING_OUT: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "role": pl.String(),
    "party": pl.String(),
    "incident": pl.String(),
    "status": pl.String(),
    "probability": pl.Float64(),
    "standard": pl.String(),
    "threshold": pl.Float64(),
    "reports": pl.UInt32(),
    "origins": pl.UInt32(),
    "confirmed_by": pl.String(),
    "contested": pl.Boolean(),
    "excuse": pl.String(),
}


EXCEPTIONS: dict[str, pl.DataType] = {
    "term": pl.String(),
    "reading": pl.String(),
    "exception": pl.String(),
    "party": pl.String(),
    "invoked": pl.Int64(),
    "granted": pl.Int64(),
}


def verify(
    agreement: Agreement,
    source: EvidenceSource,
    coverage: Coverage | None = None,
    *,
    engine: Engine,
    as_of: datetime | None = None,
    by: Literal["day", "week"] | None = None,
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
        progress: told each stage and how much of it is done.

    Returns:
        The verdicts with all that they rest on. Incidents and reports come in the order of their ids: the order of the input changes
        nothing.

    Raises:
        ServandaError: the evidence cannot be read, or there would be too many slices.
    """
    as_of = None if as_of is None else as_of.astimezone(UTC)
    decided = _decided(agreement, source.decisions, as_of)
    reports = _Reports(source, agreement, decided.rewrite)
    queries = with_grants(queries_of(agreement), decided.counting)
    slices = slices_of(_cut(agreement, as_of), by) if by else ()
    judged = engine.run(Plan(agreement, (*queries, *(query for _, query in slices)), as_of), reports.brief, progress)
    incidents = _Incidents.of(judged, reports, as_of, progress)
    findings = incidents.findings
    case = _case_file(agreement, as_of, judged, incidents, _items(source, decided.rewrite, as_of), coverage)
    verdicts = [builder.build() for text in agreement.texts for builder in conclude(case, text)]
    progress("conclude", len(verdicts))
    sliced = _sliced(case, slices, len(queries))
    ranked = _ranked(findings)
    members = incidents.described(ranked.head(_DESCRIBED), reports, as_of)
    mandate = agreement.mandate
    return Verification(
        agreement=agreement,
        as_of=as_of,
        known_until=judged.latest_known,
        reports=judged.reports,
        incidents_found=ranked.height,
        verdicts=decided.add_steps(combine(agreement, verdicts, case.count), members),
        slices=decided.add_steps(combine(agreement, sliced, case.count), members),
        findings=_shown(findings.filter(pl.col("unit") < len(queries)), judged.queries, agreement),
        incidents=describe(members, mandate.grades, mandate.origins, by_observation=mandate.by_observation),
        members=members.drop("key").sort("incident", "known_at", "report_id", "file", "row", *sorted(REPORT)),
        watched=case.coverage,
        coverage=_measured(case),
        items=reconciled_items(case),
        exceptions=_exceptions(case, members),
        moments=_happened(case),
        decided=decided,
        ingest=source.ingest,
    )


def _decided(agreement: Agreement, decisions: Sequence[Decision], as_of: datetime | None) -> Decided:
    """What people decided, as far as the mandate lets it count."""
    if not agreement.mandate.attribution:
        decisions = [d for d in decisions if d.says.get("step") != "attributed"]
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, as_of)
    rewrite = Rewrite(counting)
    return Decided(tuple(decisions), tuple(counting), lives(decisions, counting, deciders, rewrite, as_of), rewrite)


@dataclasses.dataclass(frozen=True)
class _Reports:
    """The reports of a source as they are judged: as decisions have them, and naming no party where the mandate does not attribute."""

    source: EvidenceSource
    agreement: Agreement
    rewrite: Rewrite

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
    """The incidents that were found. ``findings``: with their ids; ``brief``: their reports (columns :data:`BRIEF`); ``full``: all
    columns of them, where they are so few that they were kept.
    """

    findings: pl.DataFrame
    brief: pl.DataFrame
    full: pl.DataFrame | None

    @staticmethod
    def of(found: Findings, reports: _Reports, as_of: datetime | None, progress: Progress) -> _Incidents:
        """Look up the incidents of all findings."""
        keys = found.rows.select(key="incident").unique()
        progress("describe", keys.height)
        full = members_of(reports.batches(), keys, as_of) if keys.height <= _DESCRIBED else None
        brief = members_of(reports.brief(), keys, as_of, BRIEF) if full is None else full.select(BRIEF)
        return _Incidents(_identified(found, brief.select("key", "incident").unique()), brief, full)

    def described(self, wanted: pl.DataFrame, reports: _Reports, as_of: datetime | None) -> pl.DataFrame:
        """All columns of the reports of those incidents whose ``key`` is ``wanted``."""
        keys = wanted.select("key")
        if self.full is None:
            return members_of(reports.batches(), keys, as_of)
        return self.full.join(keys, on="key", how="semi", maintain_order="left")


def _items(source: EvidenceSource, rewrite: Rewrite, as_of: datetime | None) -> pl.DataFrame:
    """Declared and inspected items, which are complete once the reports have been read."""
    items = source.ingest.items
    return rewrite.graded(items if as_of is None else items.filter(pl.col("known_at") <= as_of), "source")


def _case_file(
    agreement: Agreement,
    as_of: datetime | None,
    found: Findings,
    incidents: _Incidents,
    items: pl.DataFrame,
    coverage: Coverage | None,
) -> CaseFile:
    """All that verdicts are concluded from."""
    # to deny an incident that somebody asserts only contests that incident
    asserted = found.times.filter(~pl.col("refutes")).select("unit", "incident")
    refuted = found.times.filter("refutes").join(asserted, on=["unit", "incident"], how="anti")
    occurrences = occurrences_of(incidents.findings, found.times, found.queries, len(agreement.parties))
    looked = (coverage or Coverage()).known_by(as_of)
    return CaseFile(
        agreement, as_of, found.queries, incidents.findings, occurrences, refuted, incidents.brief, looked, items
    )


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
        of_slice = case.findings.filter(pl.col("unit") == n).with_columns(unit=pl.lit(0, dtype=pl.UInt16))
        alone = case.narrowed(query, of_slice)
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


def _exceptions(case: CaseFile, members: pl.DataFrame) -> pl.DataFrame:
    """For every exception and party: of how many incidents it was accused that speak of a precondition of it
    (``invoked``: said by the party itself), and how many were excused by it.
    """
    shown = members.filter(pl.col("shows").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"]))
    shown = shown.with_columns(shown=pl.col("shows").str.split(";")).explode("shown")
    shown = shown.select("incident", "side", shown=pl.col("shown").str.strip_chars())
    index = dict(enumerate(case.actors))
    accused = case.findings.with_columns(
        party=pl.col("party").replace_strict(index, default=None, return_dtype=pl.String)
    ).filter(pl.col("party").is_not_null())
    rows = []
    for n, query in enumerate(case.queries):
        for exemption in query.exemptions:
            for party in query.binds or ():
                charges = accused.filter((pl.col("unit") == n) & (pl.col("party") == party))
                own = shown.filter((pl.col("side") == party) & pl.col("shown").is_in(list(exemption.only_if)))
                invoked = charges.join(own, on="incident", how="semi")["incident"].n_unique()
                granted = charges.filter((pl.col("excuse") == exemption.id) & (pl.col("status") == "excused")).height
                rows.append((query.owner, query.reading, exemption.id, party, invoked, granted))
    found = pl.DataFrame(rows, schema=EXCEPTIONS, orient="row")
    return found.group_by("term", "reading", "exception", "party", maintain_order=True).agg(
        pl.col("invoked", "granted").sum()
    )


def _measured(case: CaseFile) -> dict[tuple[str | None, str], Measured]:
    """For every term and reading the coverage of what it is mainly about, for the pictures."""
    out = {}
    for text in case.agreement.texts:
        for term in text.terms:
            if term.what is not None:
                place = term.what.at(term.binds[0] if term.binds else None)
                window = term.window.intersection(Interval(None, case.as_of))
                out[(text.reading, term.id)] = case.coverage_of(place, window)
    return out


def _identified(found: Findings, names: pl.DataFrame) -> pl.DataFrame:
    """Findings with the ids of their incidents (``names``: ``key``, ``incident``) and the names of exceptions."""
    excuses = pl.DataFrame(
        [(u, n, e.id) for u, query in enumerate(found.queries) for n, e in enumerate(query.exemptions)],
        schema={"unit": pl.UInt16, "excuse": pl.Int8, "name": pl.String},
        orient="row",
    )
    findings = found.rows.rename({"incident": "key"}).join(names, on="key", how="left")
    findings = findings.with_columns(pl.col("status", "by").cast(pl.String))
    findings = findings.join(excuses, on=["unit", "excuse"], how="left").drop("excuse").rename({"name": "excuse"})
    return findings.sort("unit", "party", "incident", "status")


def _shown(findings: pl.DataFrame, units: Sequence[MatchQuery], agreement: Agreement) -> pl.DataFrame:
    """The findings table as it is written out (:data:`FINDING_OUT`)."""
    names = pl.DataFrame(
        [(u, unit.owner, unit.reading, unit.role) for u, unit in enumerate(units)],
        schema={"unit": pl.UInt16, "term": pl.String, "reading": pl.String, "role": pl.String},
        orient="row",
    )
    parties = dict(enumerate(agreement.actors))
    mandate = agreement.mandate
    out = (
        findings.rename({"party": "index"})
        .join(names, on="unit", how="left", maintain_order="left")
        .with_columns(
            party=pl.col("index").replace_strict(parties, default=None, return_dtype=pl.String),
            probability=pl.col("p") / 1_000_000,
            standard=pl.lit(mandate.standard),
            threshold=pl.lit(mandate.threshold_probability),
            confirmed_by=pl.col("by"),
        )
    )
    return out.sort("unit", "index", "incident", "status").select(pl.col(c).cast(d) for c, d in FINDING_OUT.items())


_RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3, "below": 4}


def _ranked(findings: pl.DataFrame) -> pl.DataFrame:
    """Incidents (``key``, ``incident``), those first that weigh most."""
    rank = pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8).min()
    return findings.group_by("key", "incident").agg(rank=rank).sort("rank", "incident", "key")
