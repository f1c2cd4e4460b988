"""A share of incidents with all their reports: what was found of them, who says so, what they are called, which weigh most."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.evidence.hearsay import HEARSAY_ROW, taken
from servanda.evidence.model import REPORT, Source, empty
from servanda.findings.matched import OCCURRENCE_TIMES
from servanda.findings.matching import Matcher
from servanda.findings.no_term import NoTerm, Unfound
from servanda.findings.ordered import LARGE
from servanda.findings.plan import FINDING, Findings, Plan, concat
from servanda.incidents import BRIEF, Keys, no_clash
from servanda.incidents.describe import FOUNDING, first_known, keyed, of_incidents, told_apart
from servanda.incidents.doubts import Doubts
from servanda.values.elsewhere import Elsewhere
from servanda.values.keyed_hash import keyed_hash
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.divided.unsure import PAIRS, SEVERAL, Unsure, of_share, on_their_way
from servanda.verdicts.findings_table import identified, pleas_of, ranked_incidents
from servanda.verdicts.reports import DESCRIBED, Reports
from servanda.verdicts.watches import CHECKED_BY

_SEED = 17


@dataclass(frozen=True)
class Share:
    """Some incidents: ``findings`` and ``times`` of all queries, ``members`` (some columns of their reports), ``hearsay``, ``withdrawals``
    (retractions of what was withdrawn), ``pleas`` (``findings_table.PLEAS``), ``names`` (``key``, ``incident``); ``no_term``: the reports of
    all others.
    """

    findings: pl.DataFrame
    times: pl.DataFrame
    members: pl.DataFrame
    hearsay: pl.DataFrame
    withdrawals: pl.DataFrame
    pleas: pl.DataFrame
    names: pl.DataFrame
    no_term: NoTerm
    unsure: Unsure
    """Which of them may be one with others, or several."""


def shares_of(found: Findings, reports: Reports, plan: Plan, doubts: Doubts) -> tuple[Elsewhere, NoTerm]:
    """Every share of the incidents that were found, with their names; and the reports of which there is no finding.

    Args:
        found: what was found, elsewhere.
        reports: where.
        plan: what was looked for.
        doubts: which incidents may be one, and which may be several.

    Returns:
        A :class:`Share` each, kept there; and those reports.
    """
    assert found.there is not None
    tables = reports.brief()
    assert isinstance(tables, Elsewhere)
    matcher = plan.meeting(many=found.reports >= LARGE)
    look = _Looked(matcher, plan.keys, reports.sources, reports.id_key, checked=bool(plan.coverage.watches))
    told = tables.dealt(_Keyed(plan.keys, plan.as_of), by_key)
    told = told.with_more(found.there.dealt(rows_and_times, by_incident))
    told = told.with_tables(on_their_way(doubts, plan.keys, reports.rewrite.ids), by_key)
    looked = told.finished(look).kept()
    twice = concat(list(looked.dealt(_names, _by_name).finished(_Twice())), {"key": pl.UInt64()})
    again = empty({"key": pl.UInt64(), "told": pl.String()})
    if twice.height:
        again = told_apart(reports.members(twice, plan.as_of), reports.id_key)
    settled = reports.rewrite.ids.select("key", settled="incident")
    named = looked.each(_Named(dataclasses.replace(found, there=None), again, settled))
    return named, NoTerm.together(looked.dealt(_no_term, _by_round).finished(_no_terms))


@dataclass(frozen=True)
class _Keyed:
    """Reports on their way to the machine of their incident."""

    keys: Keys
    as_of: datetime | None

    def __call__(self, batch: pl.DataFrame) -> dict[str, pl.DataFrame]:
        return {"reports": keyed(batch, self.keys, self.as_of)}


def by_key(table: pl.DataFrame) -> pl.Series:
    """The number of the incident, by the name of its key."""
    return table["key"]


def by_incident(table: pl.DataFrame) -> pl.Series:
    """The number of the incident of a finding that bears no name yet."""
    return table["incident"]


def _by_name(table: pl.DataFrame) -> pl.Series:
    return keyed_hash(table["incident"], _SEED)


def rows_and_times(found: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Findings and times, by name."""
    return {"rows": found[0], "times": found[1]}


def _names(share: Share) -> dict[str, pl.DataFrame]:
    return {"names": share.names}


@dataclass(frozen=True)
class _Twice:
    """Incidents that would be called as others are."""

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        return tables["names"].filter(pl.col("incident").is_duplicated()).select("key")


@dataclass(frozen=True)
class _Looked:
    """Looks up the incidents of a share, all of whose reports are there."""

    matcher: Matcher
    keys: Keys
    sources: Mapping[str, Source]
    id_key: bytes
    checked: bool

    def __call__(self, tables: Mapping[str, pl.DataFrame]) -> Share:
        rows, times = (
            concat([tables[name]] if name in tables else [], schema)
            for name, schema in (("rows", FINDING), ("times", OCCURRENCE_TIMES))
        )
        reports = tables.get("reports", empty({**REPORT, "key": pl.UInt64()}))
        members, others = of_incidents(reports, rows.select(key="incident").unique(), self.keys, id_key=self.id_key)
        no_clash(members)
        refuted = times.filter("refutes").select(key="incident").unique()
        no_term = Unfound(self.matcher, refuted).of(others)
        told = [c for c in HEARSAY_ROW if c != "incident"]
        hearsay = taken(members, self.sources).filter(pl.col("why").is_not_null()).select("key", *told)
        withdrawn = rows.filter("withdrawn").select(key="incident").unique()
        back = members.join(withdrawn, on="key", how="semi").filter(pl.col("stance") == "retracts")
        columns = [c for c in (*BRIEF, *(CHECKED_BY if self.checked else ())) if c not in ("key", "incident")]
        brief = members.select("key", *dict.fromkeys(columns))
        names = first_known(members)
        unsure = {
            name: tables.get(name, empty(schema)).join(names, on="key", how="semi")
            for name, schema in (("pairs", PAIRS), ("several", SEVERAL))
        }
        back = back.drop("identity", *FOUNDING)
        return Share(rows, times, brief, hearsay, back, pleas_of(members), names, no_term, unsure)


@dataclass(frozen=True)
class _Named:
    """A share whose incidents are called as they are called in results."""

    found: Findings
    told: pl.DataFrame
    settled: pl.DataFrame

    def __call__(self, share: Share) -> Share:
        names = share.names.join(self.told, on="key", how="left").join(self.settled, on="key", how="left")
        names = names.select("key", incident=pl.coalesce("settled", "told", "incident"))
        members, hearsay, back = (
            table.join(names, on="key", maintain_order="left")
            for table in (share.members, share.hearsay, share.withdrawals)
        )
        findings = identified(dataclasses.replace(self.found, rows=share.findings), names)
        columns = [c for c in (*BRIEF, *CHECKED_BY) if c in members.columns]
        return dataclasses.replace(
            share,
            findings=findings,
            members=members.select(columns),
            hearsay=hearsay,
            withdrawals=back,
            names=names,
            no_term=NoTerm(),
            unsure=of_share(share.unsure, names),
        )


def about(shares: Elsewhere, incidents: pl.DataFrame, none: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings of some incidents (column ``incident``), and their names, brought here; ``none``: findings without rows."""
    found = list(shares.each(_About(incidents))) if incidents.height else []
    findings = pl.concat([none, *(rows for rows, _ in found)]).sort("unit", "party", "incident", "status")
    return findings, concat([names for _, names in found], {"key": pl.UInt64(), "incident": pl.String()})


@dataclass(frozen=True)
class _About:
    incidents: pl.DataFrame

    def __call__(self, share: Share) -> tuple[pl.DataFrame, pl.DataFrame]:
        rows, names = (table.join(self.incidents, on="incident", how="semi") for table in (share.findings, share.names))
        return rows, names


def ranked(
    shares: Elsewhere, names: pl.DataFrame, rulings: Rulings, since: datetime | None
) -> tuple[int, pl.DataFrame]:
    """How many incidents were found, and those that weigh most (``key``, ``incident``), the weightiest first.

    Args:
        shares: all of them.
        names: of those that somebody determined.
        rulings: what is found of these, and their reports.
        since: as for :class:`servanda.verdicts.verification.Wanted`.
    """
    parts = list(shares.dealt(_Ranked(names.select("key"), since), _by_round).finished(_weightiest))
    count, here = _first(ranked_incidents(rulings.findings), rulings.said, since)
    best = pl.concat([here, *(rows for _, rows in parts)]).sort(_RANKS).head(DESCRIBED)
    return count + sum(counted for counted, _ in parts), best.select("key", "incident")


_RANKS = ["last", "rank", "incident", "key"]


@dataclass(frozen=True)
class _Ranked:
    determined: pl.DataFrame
    since: datetime | None

    def __call__(self, share: Share) -> dict[str, pl.DataFrame]:
        rows = share.findings.join(self.determined, on="key", how="anti")
        count, first = _first(ranked_incidents(rows), share.members, self.since)
        return _for_round(share, first=first, counts=pl.DataFrame({"count": [count]})) if count else {}


def _weightiest(tables: Mapping[str, pl.DataFrame]) -> tuple[int, pl.DataFrame]:
    return int(tables["counts"]["count"].sum()), tables["first"].drop("_round").sort(_RANKS).head(DESCRIBED)


def _first(incidents: pl.DataFrame, members: pl.DataFrame, since: datetime | None) -> tuple[int, pl.DataFrame]:
    last = pl.lit(False)
    if since is not None:
        last = ~pl.col("key").is_in(members.filter(pl.col("end") >= since)["key"].unique().implode())
    return incidents.height, incidents.with_columns(last=last).sort(_RANKS).head(DESCRIBED)


def _no_term(share: Share) -> dict[str, pl.DataFrame]:
    reasons = pl.DataFrame(
        list(share.no_term.reasons.items()), schema={"reason": pl.String(), "count": pl.Int64()}, orient="row"
    )
    return _for_round(share, rows=share.no_term.rows, reasons=reasons) if reasons.height else {}


def _no_terms(tables: Mapping[str, pl.DataFrame]) -> NoTerm:
    counts = tables["reasons"].group_by("reason").agg(pl.col("count").sum())
    return NoTerm.together(
        [NoTerm(dict(zip(*(c.to_list() for c in counts.get_columns()), strict=True)), tables["rows"].drop("_round"))]
    )


_ROUND = 64
"""To so many machines go the first rows of all shares, so that those that come to the driver are no more the more shares there are."""


def _for_round(share: Share, **tables: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Tables of a share on their way to one of those machines, whichever."""
    number = (share.findings.height + share.members.height + share.no_term.reports) % _ROUND
    return {name: table.with_columns(_round=pl.lit(number, dtype=pl.UInt64)) for name, table in tables.items()}


def _by_round(table: pl.DataFrame) -> pl.Series:
    return table["_round"]
