"""The whole way: agreement, reports and coverage in, verdicts with their steps out. Pure: no clock, disk or network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage, Measured
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.evidence.model import ITEM, REPORT, empty
from servanda.findings.plan import Batches, Engine, Findings, Plan, Progress, quiet
from servanda.findings.queries import MatchQuery, queries_of, slices_of
from servanda.incidents import BRIEF, describe, members_of
from servanda.incidents.decisions import Rewrite, lives
from servanda.values.time import Interval
from servanda.verdicts.case_file import CaseFile, occurrences_of
from servanda.verdicts.conclude import combine, conclude, conclude_term, event_times, reconciled_items
from servanda.verdicts.decisions import Decided, with_grants
from servanda.verdicts.kinds import rules_of
from servanda.verdicts.model import Verdict, Verification

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
    batches: Batches,
    coverage: Coverage | None = None,
    *,
    engine: Engine,
    as_of: datetime | None = None,
    by: Literal["day", "week"] | None = None,
    brief: Batches | None = None,
    items: Callable[[], pl.DataFrame] | None = None,
    decisions: Sequence[Decision] = (),
    progress: Progress = quiet,
) -> Verification:
    """Judge every term, party and reading of an agreement.

    ``batches`` gives report tables (``evidence.model.REPORT``) and may be called more than once; ``brief``, if given, the same
    without what only people read. ``items``: declared and inspected items (``evidence.model.ITEM``), asked after the reports have
    been read. ``engine``: where matching and confirmation run. ``decisions``: what people decided about incidents, sources and exceptions. ``as_of`` leaves
    out what became known later, and ends the window that coverage must fill; ``None`` uses everything, and takes every
    deadline to have passed. ``by`` adds verdicts on prohibitions
    for every day or week. Incidents and reports come back in order of their ids: input order changes nothing.
    """
    as_of = None if as_of is None else as_of.astimezone(UTC)
    if not agreement.mandate.attribution:
        batches, brief = _nameless(agreement, batches), _nameless(agreement, brief) if brief else None
    if not agreement.mandate.attribution:
        decisions = [d for d in decisions if d.says.get("step") != "attributed"]
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, as_of)
    rewrite = Rewrite(counting)
    if rewrite:
        batches, brief = (
            _rewritten(rewrite, batches),
            None if rewrite.splits or not brief else _rewritten(rewrite, brief),
        )
    units = with_grants(queries_of(agreement), counting)
    slices = slices_of(_cut(agreement, as_of), by) if by else ()
    plan = Plan(agreement, (*units, *(unit for _, unit in slices)), as_of)
    judged = engine.run(plan, brief or batches, progress)
    findings, members = _lookup(judged, brief or batches, as_of, progress)
    known = (coverage or Coverage()).known_by(as_of)
    # to deny an incident that somebody asserts only contests that incident
    asserted = judged.times.filter(~pl.col("refutes")).select("unit", "incident")
    refuted = judged.times.filter("refutes").join(asserted, on=["unit", "incident"], how="anti")
    occurrences = occurrences_of(findings, judged.times, judged.queries, len(agreement.parties))
    listed = items() if items is not None else empty(ITEM)
    listed = rewrite.graded(listed if as_of is None else listed.filter(pl.col("known_at") <= as_of), "source")
    facts = CaseFile(agreement, as_of, judged.queries, findings, occurrences, refuted, members, known, listed)
    whole = [builder.build() for text in agreement.texts for builder in conclude(facts, text)]
    progress("conclude", len(whole))
    parts = _sliced(facts, slices, len(units))
    measured = _measured(facts)
    of_terms = findings.filter(pl.col("unit") < len(units))
    shown = _shown(of_terms, judged.queries, agreement)
    ranked = _ranked(findings)
    top = ranked.head(_DESCRIBED)
    members = members_of(batches(), top.select("key"), as_of)
    mandate = agreement.mandate
    described = describe(members, mandate.grades, mandate.origins, by_observation=mandate.by_observation)
    decided = Decided(tuple(decisions), tuple(counting), lives(decisions, counting, deciders, rewrite, as_of), rewrite)
    told, told_parts = (decided.told(combine(agreement, rows, facts.count), members) for rows in (whole, parts))
    return Verification(
        agreement, as_of, judged.latest_known, judged.reports, ranked.height, told, told_parts,
        shown, described, members.drop("key").sort("incident", "known_at", "report_id", "file", "row", *sorted(REPORT)), known, measured, reconciled_items(facts), _exceptions(facts, members), _happened(facts), decided,
    )  # fmt: skip


def _rewritten(rewrite: Rewrite, batches: Batches) -> Batches:
    """The same reports as decisions have them."""
    return lambda: rewrite.batches(batches())


def _nameless(agreement: Agreement, batches: Batches) -> Batches:
    """The same reports without the parties they name as authors, so that nothing made of them can name one."""

    def walk() -> Iterable[pl.DataFrame]:
        named = pl.col("actor").is_in(list(agreement.parties))
        return (batch.with_columns(actor=pl.when(~named).then("actor")) for batch in batches())

    return walk


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


def _sliced(facts: CaseFile, slices: Sequence[tuple[object, MatchQuery]], first: int) -> list[Verdict]:
    """The verdict of every slice: its term, as if it bound in that slice only."""
    texts = {text.reading: text for text in facts.agreement.texts}
    out: list[Verdict] = []
    for n, (_, unit) in enumerate(slices, first):
        text = texts[unit.reading]
        term = dataclasses.replace(next(t for t in text.terms if t.id == unit.owner), window=unit.window)
        mine = facts.findings.filter(pl.col("unit") == n).with_columns(unit=pl.lit(0, dtype=pl.UInt16))
        alone = facts.narrowed(unit, mine)
        times = event_times(alone, text)
        parties = rules_of(term).parties(facts.agreement, term)
        bound = [p for p in parties if p is None or unit.binds is None or p in unit.binds]
        out += [conclude_term(alone, times, text, term, party).build() for party in bound]
    return out


def _happened(facts: CaseFile) -> dict[tuple[str | None, str], tuple[datetime | None, datetime | None]]:
    """When every event happened, as far as the evidence tells."""
    out = {}
    for text in facts.agreement.texts:
        times = event_times(facts, text)
        for event in text.events:
            time = times.time_of(event.id)
            out[(text.reading, event.id)] = (time.earliest, time.latest)
    return out


def _exceptions(facts: CaseFile, members: pl.DataFrame) -> pl.DataFrame:
    """For every exception and party: of how many incidents it was accused that speak of a precondition of it
    (``invoked``: said by the party itself), and how many were excused by it.
    """
    said = members.filter(pl.col("shows").is_not_null() & ~pl.col("stance").is_in(["denies", "retracts"]))
    said = said.with_columns(shown=pl.col("shows").str.split(";")).explode("shown")
    said = said.select("incident", "side", shown=pl.col("shown").str.strip_chars())
    index = dict(enumerate(facts.actors))
    accused = facts.findings.with_columns(
        party=pl.col("party").replace_strict(index, default=None, return_dtype=pl.String)
    ).filter(pl.col("party").is_not_null())
    rows = []
    for n, unit in enumerate(facts.queries):
        for exemption in unit.exemptions:
            for party in unit.binds or ():
                mine = accused.filter((pl.col("unit") == n) & (pl.col("party") == party))
                own = said.filter((pl.col("side") == party) & pl.col("shown").is_in(list(exemption.only_if)))
                invoked = mine.join(own, on="incident", how="semi")["incident"].n_unique()
                granted = mine.filter((pl.col("excuse") == exemption.id) & (pl.col("status") == "excused")).height
                rows.append((unit.owner, unit.reading, exemption.id, party, invoked, granted))
    found = pl.DataFrame(rows, schema=EXCEPTIONS, orient="row")
    return found.group_by("term", "reading", "exception", "party", maintain_order=True).agg(
        pl.col("invoked", "granted").sum()
    )


def _measured(facts: CaseFile) -> dict[tuple[str | None, str], Measured]:
    """For every term and reading the coverage of what it is mainly about, for the pictures."""
    out = {}
    for text in facts.agreement.texts:
        for term in text.terms:
            if term.what is not None:
                place = term.what.at(term.binds[0] if term.binds else None)
                window = term.window.intersection(Interval(None, facts.as_of))
                out[(text.reading, term.id)] = facts.coverage_of(place, window)
    return out


def _lookup(
    judged: Findings, batches: Batches, as_of: datetime | None, progress: Progress
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings with the ids of their incidents, and the members of those incidents in brief."""
    keys = judged.rows.select(key="incident").unique()
    progress("describe", keys.height)
    members = members_of(batches(), keys, as_of, BRIEF)
    names = members.select("key", "incident").unique()
    findings = judged.rows.rename({"incident": "key"}).join(names, on="key", how="left")
    excuses = pl.DataFrame(
        [(u, n, e.id) for u, unit in enumerate(judged.queries) for n, e in enumerate(unit.exemptions)],
        schema={"unit": pl.UInt16, "excuse": pl.Int8, "name": pl.String},
        orient="row",
    )
    findings = findings.with_columns(pl.col("status", "by").cast(pl.String))
    findings = findings.join(excuses, on=["unit", "excuse"], how="left").drop("excuse").rename({"name": "excuse"})
    return findings.sort("unit", "party", "incident", "status"), members


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
