"""Findings as they would be without some sources of the register, or without what a body determined: many such suppositions at once.

The confirmation rule stands in ``findings`` and is not written again here: the matched rows of the incidents concerned are repeated for each
supposition, under keys of their own, and confirmed in one call of the same kernel. A source that is struck off the register is of unknown
side, without a grade, and binds nobody; what it carries for others is hearsay.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence.model import HEARSAY, NO_SIDE, OWN_WORDS, Context, Source
from servanda.findings.matching import MATCHES, NO_PARTY, OCCURRENCE_TIMES, REMARKS_ON_INCIDENT, UNKNOWN_SIDE
from servanda.findings.plan import Findings, Plan
from servanda.incidents import Keys
from servanda.values.names import name_key, name_keys, names_of
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.occurrences import occurrences_of, refutations
from servanda.verdicts.watches import check_watches, checked, owners_of, with_sides

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

    def applied(self, case: CaseFile) -> CaseFile:
        """The case with these rows."""
        if not self.changed:
            return case
        other = ~pl.col("key").is_in(self.touched.implode())
        kept = case.refuted.filter(~pl.col("incident").is_in(self.touched.implode()))
        return case.altered(
            pl.concat([case.findings.filter(other), self.findings]).sort("unit", "party", "incident", "status"),
            pl.concat([case.occurrences.filter(other), self.occurrences]).sort(
                "unit", "start", "end", "incident", "party"
            ),
            pl.concat([kept, self.refuted]),
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
        own = names_of(agreement.actors)
        described = {name_key(name): name for name in names if name_key(name) not in own}
        return Voices(pl.concat([said, numbers], how="horizontal"), bool(register), unsided, described)

    def touched(self, sources: Iterable[str]) -> pl.DataFrame:
        """The incidents (``key``) of which some sources speak, or that they carry."""
        names = list(sources)
        heard = pl.col("name").is_in(names)
        heard |= pl.lit(self.registered) & pl.col("carrier").is_in(names)
        return self.said.filter(heard).select("key").unique()

    def levels(self, struck: Sequence[Struck]) -> pl.DataFrame:
        """For each supposition and what it touches, by incident, origin and version: whether the origin is struck, and how near what
        is said is to it then.
        """
        parts = []
        for n, one in enumerate(struck):
            if not one.sources:
                continue
            names = list(one.sources)
            gone = pl.col("name").is_in(names)
            carried = pl.lit(self.registered) & ~pl.col("own") & (pl.col("directness") < OWN_WORDS)
            trusted = pl.col("carrier").is_in(list(self.unsided - one.sources))
            lost = carried & ((pl.col("carrier").is_in(names)) | (gone & ~trusted))
            level = pl.when(lost).then(pl.lit(HEARSAY, dtype=pl.Int8)).otherwise("directness")
            rows = self.said.filter(gone | lost).select("key", "o").unique()
            parts.append(
                self.said.join(rows, on=["key", "o"], how="semi")
                .group_by("key", "o", "version", before="directness")
                .agg(gone=gone.any(), level=level.max())
                .with_columns(supposed=pl.lit(n, dtype=pl.UInt32))
            )
        schema: dict[str, pl.DataType] = {
            "key": pl.UInt64(),
            "o": pl.UInt32(),
            "version": pl.UInt32(),
            "before": pl.Int8(),
        }
        schema |= {"gone": pl.Boolean(), "level": pl.Int8(), "supposed": pl.UInt32()}
        return pl.concat(parts).select(list(schema)) if parts else pl.DataFrame(schema=schema)


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
        struck = name_keys(pl.col("origin")).is_in(list(sources))
        nothing = (pl.when(~struck).then(c).alias(c) for c in ("side", "reliability"))
        return checked(looked, check_watches(looked, self.case.members.with_columns(nothing), self.case.agreement))


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
    ids = case.findings.select("key", "incident").vstack(rulings.findings.select("key", "incident")).unique("key")
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
    parts = []
    for n, one in enumerate(struck):
        determined = ids.filter(pl.col("incident").is_in(list(one.determined))).select("key")
        keys = pl.concat([voices.touched(one.sources), determined]).unique().sort("key")
        parts.append(keys.select(supposed=pl.lit(n, dtype=pl.UInt32), base="key"))
    pairs = pl.concat(parts)
    return (
        pairs.join(ids.select(base="key"), on="base", how="semi")
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
        "kept": pl.col("kept") & ~lost if "kept" in rows.columns else None,
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
    wanted = [(n, incident) for n, one in enumerate(struck) for incident in one.determined]
    never = pl.DataFrame(wanted, schema={"supposed": pl.UInt32, "incident": pl.String}, orient="row")
    return named.join(never, on=["supposed", "incident"], how="semi")["key"]


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

    def based(rows: pl.DataFrame, key: str) -> dict[int, pl.DataFrame]:
        columns = rows.columns
        rows = rows.rename({key: "pair"}).join(own, on="pair").rename({"base": key})
        parts = rows.partition_by("supposed", as_dict=True, maintain_order=True)
        return {int(str(n[0])): part.select(columns) for n, part in parts.items()}

    mine, timed, not_done = based(findings, "key"), based(occurrences, "key"), based(refuted, "incident")
    touched = {int(str(n[0])): part["base"] for n, part in pairs.partition_by("supposed", as_dict=True).items()}
    out = []
    for n in range(suppositions):
        keys = touched.get(n, pl.Series("base", [], dtype=pl.UInt64))
        of_keys = pl.col("key").is_in(keys.implode())
        before = case.findings.filter(of_keys), case.occurrences.filter(of_keys)
        after = mine.get(n, case.findings.clear()), timed.get(n, case.occurrences.clear())
        denied = (
            case.refuted.filter(pl.col("incident").is_in(keys.implode())),
            not_done.get(n, case.refuted.clear()),
        )
        found = after[0].select(case.findings.columns), after[1]
        changed = {unit for a, b in (*zip(before, found, strict=True), denied) for unit in _changed(a, b)}
        out.append(Supposed(keys, *found, denied[1], frozenset(changed)))
    return out


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> set[int]:
    """The numbers of the queries whose rows are not the same."""
    columns = [c for c in before.columns if c not in ("reports", "origins")]
    a, b = before.select(columns), after.select(columns)
    if a.height == b.height and a.sort(columns).equals(b.sort(columns)):
        return set()
    one = a.join(b, on=columns, how="anti", nulls_equal=True)
    other = b.join(a, on=columns, how="anti", nulls_equal=True)
    return {*one["unit"].to_list(), *other["unit"].to_list()}
