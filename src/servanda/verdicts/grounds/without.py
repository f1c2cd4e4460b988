"""Findings as they would be without some sources of the register, or without what a body determined: many such suppositions at once.

The confirmation rule stands in ``findings`` and is not written again here: the matched rows of the incidents concerned are repeated for each
supposition, under keys of their own, and confirmed in one call of the same kernel. A source that is struck off the register is of unknown
side, without a grade, and binds nobody; what it carries for others is hearsay.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence.model import HEARSAY, NO_SIDE, OWN_WORDS, Context, Source
from servanda.findings.matched import MATCHES, NO_PARTY, OCCURRENCE_TIMES, REMARKS_ON_INCIDENT, UNKNOWN_SIDE
from servanda.findings.plan import Findings, Plan
from servanda.incidents import Keys
from servanda.values.names import name_key, name_keys, names_of
from servanda.values.small_tables import rows_where
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.occurrences import OCCURRENCE, Occurrences, occurrences_of
from servanda.verdicts.refutations import refutations
from servanda.verdicts.said_beside import Said
from servanda.verdicts.watches import Comparisons, checked, owners_of, with_sides

Identified: TypeAlias = Callable[[Findings, pl.DataFrame], pl.DataFrame]
"""Findings with the names of incidents and exceptions."""


@dataclass(frozen=True)
class Struck:
    """One supposition: these sources are not in the register, these incidents were never determined."""

    sources: frozenset[str] = frozenset()
    determined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Supposed:
    """What would be found: rows instead of those of the incidents ``touched`` (keys), and the numbers of the queries that this changes."""

    touched: pl.Series
    findings: pl.DataFrame
    occurrences: pl.DataFrame
    refuted: pl.DataFrame
    changed: frozenset[int]
    confirmed: frozenset[tuple[int, int]] = frozenset()
    """By query and party: whether anything of what is touched is confirmed."""

    def applied(self, case: CaseFile, units: frozenset[int]) -> CaseFile:
        """The case with these rows, and of all rows those only of some queries (``units``)."""
        if self.changed.isdisjoint(units):
            return case
        numbers, gone = sorted(units), self.touched.to_numpy()

        def of_these(rows: pl.DataFrame) -> pl.DataFrame:
            return rows_where(rows, np.isin(rows["unit"].to_numpy(), numbers))

        found = pl.concat([case.findings.clear(), *(case.by_query[n] for n in numbers if n in case.by_query)])
        before = (found, "key"), (case.occurrences.of(numbers), "key"), (of_these(case.refuted), "incident")
        kept = (rows_where(rows, ~np.isin(rows[key].to_numpy(), gone)) for rows, key in before)
        come = (of_these(rows) for rows in (self.findings, self.occurrences, self.refuted))
        found, happened, undone = (pl.concat(parts) for parts in zip(kept, come, strict=True))
        return case.altered(
            found.sort("unit", "party", "incident", "status"),
            Occurrences.held(happened.sort("unit", "start", "end", "incident", "party", "status")),
            undone,
        )


@dataclass(frozen=True)
class Voices:
    """Who speaks of which incident: reports with ``key``, ``incident``, ``origin``, ``source`` (names folded), ``directness``, and the keys
    of origin and version.
    """

    said: pl.DataFrame
    registered: bool
    unsided: frozenset[str]
    """Sources that the register has without a side, graded well enough: what they carry for others stays trusted."""
    described: Mapping[str, str]
    """By folded name, what can be struck: the rows of the register; without one, origins of which the rows say something."""

    @staticmethod
    def of(members: pl.DataFrame, register: Mapping[str, Source], agreement: Agreement, keys: Keys) -> Voices:
        """The voices of some incidents.

        Args:
            members: their reports.
            register: the register of sources; nothing where there is none.
            agreement: the names of its actors speak for them, whatever a register says.
            keys: by which the incidents are grouped.
        """
        numbers = keys.add_to(members).select(o="origin", version="version")
        said = members.select(
            "key",
            "incident",
            "directness",
            name=name_keys(pl.col("origin")),
            carrier=name_keys(pl.col("source")),
            own=name_keys(pl.col("origin")) == name_keys(pl.col("source")),
        )
        unsided = frozenset(
            name_key(name) for name, source in register.items() if source.side == NO_SIDE and source.carries
        )
        stated = members.filter(pl.any_horizontal(pl.col("side", "reliability", "speaks_for").is_not_null()))
        names = list(register) or stated["origin"].unique().sort(descending=True).to_list()
        own = set(names_of(agreement.actors))
        if not agreement.mandate.attribution:  # on whose word of its own it rests would name whose it was
            sided = members.filter(pl.col("side").is_in(list(agreement.parties)))["origin"].unique().to_list()
            own |= {name_key(name) for name in sided}
        described = {name_key(name): name for name in names if name_key(name) not in own}
        return Voices(pl.concat([said, numbers], how="horizontal"), bool(register), unsided, described)

    def _hits(self, struck: Sequence[Struck]) -> pl.DataFrame:
        """For each supposition the rows of ``said`` (``row``) whose origin is struck (``gone``), or that a struck source carries (``hit``)."""
        names = [(n, name) for n, one in enumerate(struck) for name in sorted(one.sources)]
        wanted = pl.DataFrame(names, schema={"supposed": pl.UInt32, "by": pl.String}, orient="row")
        said = self.said.with_row_index("row")
        heard = said.select("row", by="name", gone=pl.lit(True), hit=pl.lit(False))
        carried = said.filter(self.registered).select("row", by="carrier", gone=pl.lit(False), hit=pl.lit(True))
        hits = pl.concat([heard.join(wanted, on="by"), carried.join(wanted, on="by")])
        return hits.group_by("supposed", "row").agg(pl.col("gone", "hit").any())

    def touched(self, struck: Sequence[Struck]) -> pl.DataFrame:
        """For each supposition (``supposed``) the incidents (``key``) of which its sources speak, or that they carry."""
        said = self.said.select("key").with_row_index("row")
        return self._hits(struck).join(said, on="row").select("supposed", "key").unique()

    def levels(self, struck: Sequence[Struck]) -> pl.DataFrame:
        """For each supposition and what it touches, by incident, origin and version: whether the origin is struck, and how near what
        is said is to it then.
        """
        said = self.said.with_row_index("row")
        carried = pl.lit(self.registered) & ~pl.col("own") & (pl.col("directness") < OWN_WORDS)
        trusted = pl.col("carrier").is_in(list(self.unsided))
        hits = self._hits(struck).join(said, on="row")
        hits = hits.with_columns(lost=carried & (pl.col("hit") | (pl.col("gone") & ~trusted)))
        hits = hits.filter(pl.col("gone") | pl.col("lost"))
        rows = hits.select("supposed", "key", "o").unique().join(said, on=["key", "o"])
        rows = rows.join(hits.select("supposed", "row", "gone", "lost"), on=["supposed", "row"], how="left")
        level = pl.when("lost").then(pl.lit(HEARSAY, dtype=pl.Int8)).otherwise("directness")
        return rows.group_by("supposed", "key", "o", "version", before="directness").agg(
            gone=pl.col("gone").fill_null(False).any(), level=level.max()
        )


@dataclass(frozen=True)
class Ground:
    """What was found by a plan, and all that it was made of: ``looked``: the coverage as it was given; ``context``: the registers."""

    case: CaseFile
    found: Findings
    plan: Plan
    rulings: Rulings
    looked: Coverage
    context: Context
    identified: Identified

    @property
    def register(self) -> Mapping[str, Source]:
        """The register of sources."""
        return self.context.sources

    def coverage_without(self, sources: frozenset[str]) -> Coverage:
        """The coverage as it counts without some sources (names folded) in the register, or where rows do not say what they are: whose
        the watches are, and how what others saw bears them out.
        """
        left = {name: source for name, source in self.register.items() if name_key(name) not in sources}
        owners = owners_of(self.case.agreement, dataclasses.replace(self.context, sources=left))
        looked = with_sides(self.looked, owners, registered=bool(self.register))
        return checked(looked, self._compared.without(looked.watches, sources).checks(looked.watches))

    @functools.cached_property
    def _compared(self) -> Comparisons:
        """The watches beside what others saw: who is struck is of no known side, so that what it saw is compared with none."""
        return Comparisons.of(self.looked.watches, Said.of(self.case.members, self.case.agreement))


def suppose(struck: Sequence[Struck], ground: Ground, voices: Voices) -> list[Supposed]:
    """What would be found under each of some suppositions.

    Args:
        struck: the suppositions.
        ground: what was found; its matched rows were kept.
        voices: who speaks of which incident.

    Returns:
        One answer for each supposition.
    """
    case, found, rulings = ground.case, ground.found, ground.rulings
    assert found.kept is not None
    matched, remarks = found.kept
    known = (rows.select("key", "incident") for rows in (case.findings, rulings.findings, voices.said))
    ids = pl.concat(known).unique("key", keep="first")
    pairs = _pairs(struck, voices, ids)
    changes = voices.levels(struck)
    rows = _restated(matched, pairs, changes, by_version=True)
    said = _restated(remarks, pairs, changes, by_version=False)
    granted = _with_grants(ground.plan, pairs)
    confirmed, _ = granted.confirm(rows.select(list(MATCHES)), said.select(list(REMARKS_ON_INCIDENT)))
    times = _restated(found.times, pairs, changes, by_version=False).select(list(OCCURRENCE_TIMES))
    names = pairs.select("key", "base").join(ids.rename({"key": "base"}), on="base").select("key", "incident")
    named = ground.identified(dataclasses.replace(found, rows=confirmed, queries=granted.queries), names)
    findings = rulings.again(named, _undetermined(struck, pairs, ids))
    occurrences = occurrences_of(findings, times, granted.queries, len(case.agreement.parties))
    return _divided(len(struck), pairs, findings, occurrences, times, ground)


def _pairs(struck: Sequence[Struck], voices: Voices, ids: pl.DataFrame) -> pl.DataFrame:
    """Each supposition (``supposed``) with the incidents that it touches (``base``), and a key for the two together (``key``)."""
    determined = _determined(struck).join(ids, on="incident").select("supposed", "key")
    pairs = pl.concat([voices.touched(struck), determined]).unique().sort("supposed", "key").rename({"key": "base"})
    return (
        pairs.join(ids.select(base="key"), on="base", how="semi", maintain_order="left")
        .with_row_index("key")
        .with_columns(pl.col("key").cast(pl.UInt64))
    )


def _restated(rows: pl.DataFrame, pairs: pl.DataFrame, changes: pl.DataFrame, *, by_version: bool) -> pl.DataFrame:
    """Rows of the incidents concerned, once for each supposition and as they stand under it; ``incident`` is the key of the pair."""
    out = rows.join(pairs, left_on="incident", right_on="base", how="inner")
    on = ["supposed", "incident", "origin"]
    change = changes.rename({"key": "incident", "o": "origin"})
    if by_version:
        on.append("version")
    else:
        change = change.group_by(*on, "before").agg(pl.col("gone").any(), pl.col("level").max())
    change = change.select(*on, pl.col("before").alias("level"), "gone", now="level")
    out = out.join(change, on=[*on, "level"], how="left")
    told = pl.col("now").is_not_null()
    lost = told & (pl.col("gone") | (pl.col("now") == HEARSAY))
    values = {
        "level": pl.when(told).then("now").otherwise("level"),
        "side": pl.when(lost).then(pl.lit(UNKNOWN_SIDE, dtype=pl.Int8)).otherwise("side"),
        "bound": pl.when(lost).then(pl.lit(NO_PARTY, dtype=pl.Int8)).otherwise("bound"),
        "first_hand": pl.col("first_hand") & ~lost,
        **{name: pl.col(name) & ~lost if name in rows.columns else None for name in ("kept", "refutes")},
    }
    out = out.with_columns(**{name: value for name, value in values.items() if value is not None})
    return out.drop("incident").rename({"key": "incident"})


def _with_grants(plan: Plan, pairs: pl.DataFrame) -> Plan:
    """The plan with what people granted for an incident granted for it under every supposition."""
    if not any(query.granted for query in plan.queries):
        return plan
    keys: dict[int, list[int]] = {}
    for key, base in zip(pairs["key"].to_list(), pairs["base"].to_list(), strict=True):
        keys.setdefault(base, []).append(key)
    return dataclasses.replace(
        plan,
        queries=tuple(
            dataclasses.replace(q, granted=tuple((key, n) for base, n in q.granted for key in keys.get(base, ())))
            for q in plan.queries
        ),
    )


def _undetermined(struck: Sequence[Struck], pairs: pl.DataFrame, ids: pl.DataFrame) -> pl.Series:
    """The keys of pairs whose incident is supposed never to have been determined."""
    named = pairs.join(ids.rename({"key": "base"}), on="base")
    return named.join(_determined(struck), on=["supposed", "incident"], how="semi")["key"]


def _determined(struck: Sequence[Struck]) -> pl.DataFrame:
    """For each supposition (``supposed``) the incidents (``incident``) that are taken never to have been determined."""
    wanted = [(n, incident) for n, one in enumerate(struck) for incident in sorted(one.determined)]
    return pl.DataFrame(wanted, schema={"supposed": pl.UInt32, "incident": pl.String}, orient="row")


def _divided(
    suppositions: int,
    pairs: pl.DataFrame,
    findings: pl.DataFrame,
    occurrences: pl.DataFrame,
    times: pl.DataFrame,
    ground: Ground,
) -> list[Supposed]:
    """The answers, one for each supposition, under the incidents' own keys."""
    case = ground.case
    refuted = refutations(times)
    own = pairs.rename({"key": "pair"})

    def based(rows: pl.DataFrame, key: str) -> pl.DataFrame:
        return rows.rename({key: "pair"}).join(own, on="pair").rename({"base": key}).drop("pair")

    def before(rows: pl.DataFrame, key: str) -> pl.DataFrame:
        return rows.join(pairs.select("supposed", "base"), left_on=key, right_on="base")

    after = based(findings.select(case.findings.columns), "key"), based(occurrences, "key"), based(refuted, "incident")
    was = before(case.findings, "key"), before(case.occurrences.table, "key"), before(case.refuted, "incident")
    changed = _sets(pl.concat([_changed(*tables) for tables in zip(was, after, strict=True)]), "unit")
    confirmed = after[0].filter(pl.col("status") == "confirmed").select("supposed", at=pl.struct("unit", "party"))
    left = {n: {(one["unit"], one["party"]) for one in pairs} for n, pairs in _sets(confirmed, "at").items()}
    columns = case.findings.columns, list(OCCURRENCE), case.refuted.columns
    told = [rows.select("supposed", *of) for rows, of in zip(after, columns, strict=True)]
    parts = [_by_supposition(rows) for rows in (*told, pairs.select("supposed", "base"))]
    none = case.findings.clear(), case.occurrences.table.clear(), case.refuted.clear(), pairs.select("base").clear()
    out = []
    for n in range(suppositions):
        found, timed, denied, touched = (part.get(n, empty) for part, empty in zip(parts, none, strict=True))
        sets = frozenset(changed.get(n, ())), frozenset(left.get(n, ()))
        out.append(Supposed(touched["base"], found, timed, denied, *sets))
    return out


def _by_supposition(rows: pl.DataFrame) -> dict[int, pl.DataFrame]:
    parts = rows.partition_by("supposed", as_dict=True, maintain_order=True, include_key=False)
    return {int(str(n)): part for (n,), part in parts.items()}


def _sets(rows: pl.DataFrame, column: str) -> dict[int, list[Any]]:
    """By supposition what a column has, each once."""
    each = rows.group_by("supposed").agg(pl.col(column).unique())
    return dict(zip(each["supposed"].to_list(), each[column].to_list(), strict=True))


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The suppositions, each with the numbers of the queries whose rows are not the same."""
    columns = [c for c in before.columns if c not in ("reports", "origins")]
    a, b = before.select(columns), after.select(columns)
    one = a.join(b, on=columns, how="anti", nulls_equal=True)
    other = b.join(a, on=columns, how="anti", nulls_equal=True)
    return pl.concat([one.select("supposed", "unit"), other.select("supposed", "unit")])
