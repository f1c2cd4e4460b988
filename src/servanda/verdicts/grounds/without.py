"""Findings as they would be without some sources of the register, or without what a body determined: many such suppositions at once.

What is found of an incident depends on nobody but those who speak of it. An incident without some of these, or without what was determined
of it, is a **variant**; many suppositions come to few variants, and each is found once. The confirmation rule stands in ``findings`` and is not
written again here: the matched rows of the incidents concerned are repeated for each variant, under keys of their own, and confirmed in one call of the
same kernel.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.coverage import Coverage
from servanda.evidence.model import HEARSAY, Context, Source
from servanda.findings.matched import MATCHES, NO_PARTY, OCCURRENCE_TIMES, REMARKS_ON_INCIDENT, UNKNOWN_SIDE
from servanda.findings.plan import Findings, Plan
from servanda.findings.repeats import by_unit
from servanda.values.names import name_key
from servanda.values.small_tables import rows_where
from servanda.verdicts.bodies.decisions import Rulings
from servanda.verdicts.case_file import CaseFile
from servanda.verdicts.grounds.voices import Voices
from servanda.verdicts.occurrences import OCCURRENCE, Occurrences, occurrences_of
from servanda.verdicts.refutations import refutations
from servanda.verdicts.said_beside import Said
from servanda.verdicts.watches import Comparisons, checked, owners_of, with_sides

Identified: TypeAlias = Callable[[Findings, pl.DataFrame], pl.DataFrame]
"""Findings with the names of incidents and exceptions."""
_Numbers: TypeAlias = npt.NDArray[np.int64]
_Tables: TypeAlias = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
_VARIANT = {"base": pl.UInt64(), "without": pl.String(), "undetermined": pl.Boolean()}
"""An incident (its key), the numbers of those who are struck, in order, and whether it is taken never to have been determined."""


@dataclass(frozen=True)
class Struck:
    """One supposition: these sources are not in the register, these incidents were never determined."""

    sources: frozenset[str] = frozenset()
    determined: frozenset[str] = frozenset()


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


@dataclass(frozen=True, eq=False)
class Supposed:
    """What would be found under a supposition: of the incidents ``touched`` (their keys) what is found of their ``variants``."""

    among: Variants
    touched: npt.NDArray[np.uint64]
    variants: _Numbers

    @functools.cached_property
    def changed(self) -> frozenset[int]:
        """The numbers of the queries of which anything else is found."""
        return self.among.changed(self.variants)

    def applied(self, case: CaseFile, units: frozenset[int]) -> CaseFile:
        """The case with these rows, and of all rows those only of some queries (``units``)."""
        if self.changed.isdisjoint(units):
            return case
        numbers, gone = sorted(units), self.touched

        def of_these(rows: pl.DataFrame) -> pl.DataFrame:
            return rows_where(rows, np.isin(rows["unit"].to_numpy(), numbers))

        found = pl.concat([case.findings.clear(), *(case.by_query[n] for n in numbers if n in case.by_query)])
        before = (found, "key"), (case.occurrences.of(numbers), "key"), (of_these(case.refuted), "incident")
        kept = (rows_where(rows, ~np.isin(rows[key].to_numpy(), gone)) for rows, key in before)
        come = self.among.found(numbers, self.variants)
        found, happened, undone = (pl.concat(parts) for parts in zip(kept, come, strict=True))
        return case.altered(
            found.sort("unit", "party", "incident", "status"),
            Occurrences.held(happened.sort("unit", "start", "end", "incident", "party", "status")),
            undone,
        )


@dataclass(eq=False)
class Variants:
    """All variants of incidents that suppositions came to so far, each with what is found of it.

    Args:
        ground: what was found; its matched rows were kept.
        voices: who speaks of which incident.
    """

    ground: Ground
    voices: Voices
    _known: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={**_VARIANT, "key": pl.UInt64()}))
    _rows: tuple[dict[int, list[pl.DataFrame]], ...] = field(default_factory=lambda: ({}, {}, {}))
    """Findings, occurrences and refutations by query, each with its ``variant``."""
    _changed: _Numbers = field(default_factory=lambda: np.empty((0, 2), np.int64))
    """Variants, each with a query of which something else is found."""
    _confirmed: _Numbers = field(default_factory=lambda: np.empty((0, 3), np.int64))
    """Variants, each with a query and a party for which it is confirmed."""

    def supposed(self, struck: Sequence[Struck]) -> list[Supposed]:
        """What would be found under each of some suppositions."""
        asked, on = self._asked(struck), list(_VARIANT)
        new = asked.select(on).unique(maintain_order=True).join(self._known, on=on, how="anti", maintain_order="left")
        if new.height:
            number = pl.int_range(self._known.height, self._known.height + new.height, dtype=pl.UInt64, eager=True)
            new = new.with_columns(key=number)
            self._known = pl.concat([self._known, new])
            self._find(new)
        numbered = asked.join(self._known, on=on).sort("supposed", "base")
        own = _by_supposition(numbered.select("supposed", "base", "key"))
        none = numbered.clear()
        parts = [own.get(n, none) for n in range(len(struck))]
        return [Supposed(self, part["base"].to_numpy(), part["key"].to_numpy().astype(np.int64)) for part in parts]

    def found(self, units: Sequence[int], variants: _Numbers) -> Iterator[pl.DataFrame]:
        """The findings, the occurrences and the refutations of some variants under some queries, under the incidents' own keys."""
        asked = self._marked(variants)
        for table, none in zip(self._rows, self._none, strict=True):
            parts = [part for n in units for part in table.get(n, ())]
            own = pl.concat([none.clear(), *parts])
            yield rows_where(own, asked[own["variant"].to_numpy()]).drop("variant")

    def changed(self, variants: _Numbers) -> frozenset[int]:
        """The queries under which something else is found of some variants than of the incidents as they are."""
        variant, unit = self._changed.T
        return frozenset(np.unique(unit[self._marked(variants)[variant]]).tolist())

    def confirmed(self, variants: _Numbers, units: Sequence[int], parties: Sequence[int]) -> bool:
        """Whether anything of some variants is confirmed under one of some queries for one of some parties."""
        variant, unit, party = self._confirmed.T
        return bool((self._marked(variants)[variant] & np.isin(unit, units) & np.isin(party, parties)).any())

    def _marked(self, variants: _Numbers) -> npt.NDArray[np.bool_]:
        marked = np.zeros(self._known.height, bool)
        marked[variants] = True
        return marked

    @functools.cached_property
    def _none(self) -> _Tables:
        """Findings, occurrences and refutations without a row."""
        case, own = self.ground.case, pl.Series("variant", [], dtype=pl.Int64)
        tables = case.findings.clear(), pl.DataFrame(schema=OCCURRENCE), case.refuted.clear()
        found, happened, undone = (rows.with_columns(own) for rows in tables)
        return found, happened, undone

    @functools.cached_property
    def _ids(self) -> pl.DataFrame:
        """The ids of all incidents by their keys."""
        tables = self.ground.case.findings, self.ground.rulings.findings, self.voices.said
        return pl.concat([rows.select("key", "incident") for rows in tables]).unique("key", keep="first")

    @functools.cached_property
    def _names(self) -> pl.DataFrame:
        """The names of all who speak, with their numbers."""
        return self.voices.speakers.select(pl.col("by").unique().sort()).with_row_index("number")

    def _asked(self, struck: Sequence[Struck]) -> pl.DataFrame:
        """The variants to which some suppositions (``supposed``) come."""
        names = [(n, name) for n, one in enumerate(struck) for name in sorted(one.sources)]
        wanted = pl.DataFrame(names, schema={"supposed": pl.UInt32, "by": pl.String}, orient="row")
        met = wanted.join(self._names, on="by").join(self.voices.speakers, on="by").sort("supposed", "key", "number")
        without = met.group_by("supposed", "key", maintain_order=True).agg(
            without=pl.col("number").cast(pl.String).str.join(" ")
        )
        undone = _determined(struck).join(self._ids, on="incident").select("supposed", "key", undetermined=True)
        asked = without.join(undone, on=["supposed", "key"], how="full", coalesce=True)
        asked = asked.with_columns(pl.col("without").fill_null(""), pl.col("undetermined").fill_null(False))
        return asked.join(self._ids, on="key", how="semi").rename({"key": "base"})

    def _find(self, new: pl.DataFrame) -> None:
        """Finds what is found of some variants, and keeps it."""
        ground, pairs = self.ground, new.select("base", "key", supposed=pl.col("key").cast(pl.UInt32))
        case, found = ground.case, ground.found
        assert found.kept is not None
        matched, remarks = found.kept
        struck = new.filter(pl.col("without") != "").select(
            key="base", supposed=pl.col("key").cast(pl.UInt32), number=pl.col("without").str.split(" ")
        )
        struck = struck.explode("number").cast({"number": pl.UInt32}).join(self._names, on="number")
        changes = self.voices.levels(struck)
        rows = _restated(matched, pairs, changes, by_version=True)
        said = _restated(remarks, pairs, changes, by_version=False)
        granted = _with_grants(ground.plan, pairs)
        confirmed, _ = granted.confirm(rows.select(list(MATCHES)), said.select(list(REMARKS_ON_INCIDENT)))
        times = _restated(found.times, pairs, changes, by_version=False).select(list(OCCURRENCE_TIMES))
        names = pairs.select("key", "base").join(self._ids.rename({"key": "base"}), on="base").select("key", "incident")
        named = ground.identified(dataclasses.replace(found, rows=confirmed, queries=granted.queries), names)
        findings = ground.rulings.again(named, new.filter("undetermined")["key"])
        occurrences = occurrences_of(findings, times, granted.queries, len(case.agreement.parties))
        self._keep(pairs, (findings, occurrences, refutations(times)))

    def _keep(self, pairs: pl.DataFrame, tables: _Tables) -> None:
        """Keeps what was found of some variants, with what of it is otherwise than of the incidents as they are."""
        case, own = self.ground.case, pairs.select(variant="key", base="base")
        was = case.findings, case.occurrences.table, case.refuted
        for n, (rows, before, key) in enumerate(zip(tables, was, ("key", "key", "incident"), strict=True)):
            now = rows.rename({key: "variant"}).join(own, on="variant").rename({"base": key})
            now = now.select(self._none[n].columns).cast({"variant": pl.Int64})
            for unit, part in by_unit(now.sort("unit", maintain_order=True)).items():
                self._rows[n].setdefault(unit, []).append(part)
            old = before.join(own.cast({"variant": pl.Int64}), left_on=key, right_on="base")
            self._changed = np.concatenate([self._changed, _changed(old.select(now.columns), now).to_numpy()])
            if n == 0:
                shown = now.filter(pl.col("status") == "confirmed").select("variant", "unit", "party")
                self._confirmed = np.concatenate([self._confirmed, shown.cast(pl.Int64).to_numpy()])


def _restated(rows: pl.DataFrame, pairs: pl.DataFrame, changes: pl.DataFrame, *, by_version: bool) -> pl.DataFrame:
    """Rows of the incidents concerned, once for each variant and as they stand in it; ``incident`` is the number of the variant."""
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
    """The plan with what people granted for an incident granted for each of its variants."""
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


def _determined(struck: Sequence[Struck]) -> pl.DataFrame:
    """For each supposition (``supposed``) the incidents (``incident``) that are taken never to have been determined."""
    wanted = [(n, incident) for n, one in enumerate(struck) for incident in sorted(one.determined)]
    return pl.DataFrame(wanted, schema={"supposed": pl.UInt32, "incident": pl.String}, orient="row")


def _by_supposition(rows: pl.DataFrame) -> dict[int, pl.DataFrame]:
    parts = rows.partition_by("supposed", as_dict=True, maintain_order=True, include_key=False)
    return {int(str(n)): part for (n,), part in parts.items()}


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The variants, each with the numbers of the queries whose rows are not the same."""
    columns = [c for c in before.columns if c not in ("reports", "origins")]
    a, b = before.select(columns), after.select(columns)
    one = a.join(b, on=columns, how="anti", nulls_equal=True)
    other = b.join(a, on=columns, how="anti", nulls_equal=True)
    return pl.concat([rows.select(pl.col("variant", "unit").cast(pl.Int64)) for rows in (one, other)])
