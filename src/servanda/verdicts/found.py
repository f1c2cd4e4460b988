"""What is found of an agreement's terms, before anything is concluded from it: reports as decisions have them, findings, incidents, the case file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence import EvidenceSource
from servanda.evidence.decisions import Deciders, Decision, effective
from servanda.findings.plan import Findings, Plan, Progress
from servanda.findings.queries import queries_of
from servanda.incidents import Keys
from servanda.incidents.decisions import Rewrite, lives
from servanda.incidents.doubts import Doubts
from servanda.incidents.followed import Followed, follow
from servanda.incidents.parted import Parted
from servanda.values.ordered_map import OrderedMap
from servanda.verdicts.bodies.decisions import Decided, Rulings, with_grants
from servanda.verdicts.bodies.determinable import named_in
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.occurrences import Occurrences
from servanda.verdicts.refutations import refutations
from servanda.verdicts.reports import Incidents, Reports
from servanda.verdicts.watches import Check, check_watches, checked, owners_of, where_reported, with_sides


@dataclasses.dataclass(frozen=True)
class Run:
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


@dataclasses.dataclass(frozen=True)
class Sought:
    """What is looked for in which reports: those that decisions leave, with the exceptions granted and the watches as declared (``given``)."""

    reports: Reports
    followed: Followed
    decided: Decided
    granting: Sequence[Decision]
    given: Coverage
    plan: Plan


def seek(plain: Reports, parted: Parted, coverage: Coverage, as_of: datetime | None) -> Sought:
    """What is looked for, by an agreement and what people decided."""
    source, agreement, keys = plain.source, plain.agreement, plain.keys
    followed = follow(source.decisions, plain.batches, parted, keys, as_of, plain.id_key)
    decided = decided_by(agreement, followed, keys, as_of)
    reports = dataclasses.replace(plain, rewrite=decided.rewrite)
    granting = decided.granting(agreement)
    given = where_reported(coverage.known_by(as_of), reports.batches, agreement, as_of)
    looked = with_sides(given, owners_of(agreement, source.context), registered=bool(source.context.sources))
    plan = Plan(agreement, with_grants(queries_of(agreement), granting, keys), as_of, looked, keys)
    return Sought(reports, followed, decided, granting, given, plan)


def find(sought: Sought, judged: Findings, doubts: Doubts, in_order: OrderedMap, progress: Progress) -> Run:
    """All findings of an agreement, with the case file."""
    reports, decided, plan = sought.reports, sought.decided, sought.plan
    incidents, rulings, case = _case(reports.source, reports, judged, decided, plan, in_order, progress)
    case = dataclasses.replace(case, doubts=decided.left_of(doubts))
    of = reports, sought.followed, sought.granting, sought.given, plan
    return Run(*of, judged, incidents, rulings, case)


def decided_by(agreement: Agreement, followed: Followed, keys: Keys, as_of: datetime | None) -> Decided:
    """What people decided, as far as the mandate lets it count."""
    decisions: Sequence[Decision] = followed.decisions
    if not agreement.mandate.attribution:
        decisions = [d for d in decisions if d.says.get("step") != "attributed"]
    deciders = Deciders(agreement.parties, agreement.bodies)
    counting = effective(decisions, deciders, as_of)
    rewrite = Rewrite(counting, followed.ids, keys)
    told = lives(decisions, counting, deciders, rewrite, as_of, followed.remarks)
    return Decided(tuple(decisions), tuple(counting), told, rewrite, followed.nowhere)


def items_of(source: EvidenceSource, rewrite: Rewrite, as_of: datetime | None) -> pl.DataFrame:
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
    progress("describe", judged.keys.height)
    incidents = Incidents.of(judged, reports, plan, in_order)
    rulings = decided.ruled(incidents.findings, plan, said_of(decided, incidents.names, reports, plan))
    incidents = dataclasses.replace(incidents, findings=rulings.judged)
    withdrawn = incidents.findings.filter("withdrawn").select("key").unique()
    taken_back = incidents.described(withdrawn, reports, as_of).filter(pl.col("stance") == "retracts")
    items = items_of(source, decided.rewrite, as_of)
    case = case_file(reports.agreement, as_of, judged, incidents, items, looked, decided, taken_back)
    return incidents, rulings, case


def determined_in(decided: Decided) -> pl.DataFrame:
    """The incidents that somebody determined, and those that they repeat."""
    return pl.DataFrame({"incident": named_in(decided.lives)}, schema={"incident": pl.String})


def said_of(decided: Decided, names: pl.DataFrame, reports: Reports, plan: Plan) -> pl.DataFrame:
    """The reports of the incidents that somebody determined; ``names``: of those that were found."""
    about = determined_in(decided)
    own = about.with_columns(key=plan.keys.of_incident(pl.col("incident")))
    names = pl.concat([names, decided.rewrite.ids]).join(about, on="incident", how="semi")
    names = pl.concat([own.select("key", "incident"), names]).unique("key", keep="first", maintain_order=True)
    return reports.members(names.select("key"), plan.as_of).drop("founds", "since").join(names, on="key")


def case_file(
    agreement: Agreement,
    as_of: datetime | None,
    found: Findings,
    incidents: Incidents,
    items: pl.DataFrame,
    looked: Coverage,
    decided: Decided,
    withdrawals: pl.DataFrame,
    checks: tuple[Check, ...] | None = None,
) -> CaseFile:
    """All that verdicts are concluded from; ``checks``: of the watches, where not all incidents are here."""
    if checks is None:
        checks = check_watches(looked, incidents.brief, agreement) if looked.watches else ()
    refuted = refutations(found.times)
    occurrences = Occurrences(incidents.findings, found.times, found.queries, len(agreement.parties))
    rows = incidents.findings, occurrences, refuted, incidents.reported
    severity = {life.incident: life.severity for life in decided.lives if life.severity}
    watched = checked(looked, checks)
    told = found.faint, withdrawals, incidents.hearsay
    return CaseFile(
        agreement, as_of, found.queries, *rows, watched, items, checks, *told, severity, occurrences.counts()
    )
