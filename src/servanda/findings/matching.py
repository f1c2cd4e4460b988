"""Which reports fall under which query, and how probably: columns in, columns out.

For every report and query: does the act fall under it (surely, possibly, not), do target, weapon and force, and with which
probability did it happen in the query's place and window. What passes goes on as narrow rows, with times and quantities
where those matter; so do, whatever they match, denials, retractions and reports that show a precondition of an
exception, because those speak of the incident as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement import Agreement
from servanda.agreement.pattern import Force
from servanda.evidence.model import HEARSAY, NO_SIDE
from servanda.findings.queries import MatchQuery
from servanda.incidents import key_of, with_keys
from servanda.values.codes import Tree
from servanda.values.geo.containment import MILLION, SIGMAS_PER_RADIUS_95, Locator, Millionths
from servanda.values.time import Interval, to_micros
from servanda.values.weapons import WeaponClass

VERSIONS = 65_535  # the "unit" of the rows that only count in how many versions an origin speaks
NO_PARTY, UNSIDED, UNKNOWN_SIDE = -1, -1, -2
MATCHES: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),  # number of the query
    "incident": pl.UInt64(),
    "origin": pl.UInt32(),
    "version": pl.UInt32(),
    "named": pl.Boolean(),  # the incident has an id of its own, so that an origin may speak of it in several versions
    "p": pl.Int32(),  # millionths
    "surely": pl.Boolean(),  # act and target are the term's own, not only possibly so
    "actor": pl.Int8(),  # index of the accused party, or NO_PARTY
    "side": pl.Int8(),  # index of the origin's party, UNSIDED or UNKNOWN_SIDE (which hearsay always is)
    "level": pl.Int8(),  # directness: own words, relayed, hearsay
    "first_hand": pl.Boolean(),  # an observation of a source without a side, graded well enough
}
REMARKS_ON_INCIDENT: dict[str, pl.DataType] = {
    "incident": pl.UInt64(),
    "origin": pl.UInt32(),
    "side": pl.Int8(),
    "level": pl.Int8(),
    "first_hand": pl.Boolean(),
    "stance": pl.String(),
    "shows": pl.String(),
}
OCCURRENCE_TIMES: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "incident": pl.UInt64(),
    "origin": pl.UInt32(),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "quantity": pl.Int64(),  # thousandths
    "toward": pl.Int8(),  # index of the actor it is addressed to, or NO_PARTY
    "actor": pl.Int8(),
    "side": pl.Int8(),
    "level": pl.Int8(),
    "first_hand": pl.Boolean(),
    "answers": pl.UInt64(),  # the incident that it answers, where that is said
    "refutes": pl.Boolean(),  # a first-hand observation that a deed was not done
}
_WHOSE = ("nationality", "command", "payroll")


@dataclass(frozen=True)
class Matches:
    """``matched``: rows of :data:`MATCHES`; ``times``: of :data:`OCCURRENCE_TIMES`; ``remarks``: of :data:`REMARKS_ON_INCIDENT`; all for one batch."""

    matched: pl.DataFrame
    times: pl.DataFrame
    remarks: pl.DataFrame
    reports: int
    latest_known: datetime | None


class Matcher:
    """An agreement's queries, ready to meet batches of reports."""

    def __init__(self, agreement: Agreement, queries: Sequence[MatchQuery], *, shortcut: bool) -> None:
        self.agreement, self.queries = agreement, tuple(queries)
        self.actors = tuple(agreement.actors)
        wanted = {
            query.pattern.place: agreement.places[query.pattern.place]
            for query in queries
            if query.pattern.place is not None
        }
        self.locator = Locator(agreement.frame, wanted, shortcut=shortcut) if agreement.frame and wanted else None
        acts, targets = agreement.vocabulary.acts, agreement.vocabulary.targets
        self._acts, self._targets = pl.Enum(acts.codes), pl.Enum(targets.codes)
        self._act_level = [_levels(acts, query.pattern.acts, query.pattern.acts_above) for query in queries]
        self._target_level = [
            None
            if query.pattern.targets is None
            else _levels(targets, query.pattern.targets, query.pattern.targets_above)
            for query in queries
        ]
        self._timed = [n for n, query in enumerate(queries) if query.timed]
        self._acts_only = [n for n, query in enumerate(queries) if query.voice == "act"]

    def match(self, reports: pl.DataFrame, as_of: datetime | None) -> Matches:
        """One batch (columns of the report table). ``as_of`` leaves out what became known later."""
        if as_of is not None:
            reports = reports.filter(pl.col("known_at") <= as_of)
        narrow = self._narrow(reports)
        rows, unit, p, surely = self._rows(reports)
        matched = narrow[rows].with_columns(
            unit=pl.Series(unit, dtype=pl.UInt16),
            p=pl.Series(p, dtype=pl.Int32),
            surely=pl.Series(surely, dtype=pl.Boolean),
        )
        # A denial that names somebody else accuses him; one that names nobody, or its own side, only denies.
        accuses = (pl.col("actor") != NO_PARTY) & (pl.col("actor") != pl.col("side"))
        asserts = ~pl.col("stance").is_in(["retracts", "denies"])
        speaks = asserts | ((pl.col("stance") == "denies") & accuses)
        of_act = pl.col("unit").is_in(self._acts_only)
        times = self._times(reports, rows, matched, asserts | (speaks & of_act))
        if len(self._acts_only) < len(self.queries):  # that a deed was not done accuses nobody of having done it
            matched = matched.filter(asserts | of_act)
        matched = matched.filter(speaks).with_columns(pl.col("surely") & (pl.col("stance") != "denies"))
        matched = matched.select(list(MATCHES))
        versions = narrow.filter(pl.col("named") & speaks).with_columns(
            unit=pl.lit(VERSIONS, dtype=pl.UInt16), p=pl.lit(0, dtype=pl.Int32), surely=pl.lit(False)
        )
        remarks = narrow.filter(pl.col("stance").is_in(["denies", "retracts"]) | pl.col("shows").is_not_null())
        return Matches(
            pl.concat([matched, versions.select(list(MATCHES))]),
            times,
            remarks.select(list(REMARKS_ON_INCIDENT)),
            reports.height,
            reports["known_at"].max(),  # type: ignore[arg-type]
        )

    def _times(
        self, reports: pl.DataFrame, rows: npt.NDArray[np.int64], matched: pl.DataFrame, speaks: pl.Expr
    ) -> pl.DataFrame:
        """What the timed queries found, with times and quantities; and what was observed not to have been done."""
        if not self._timed:
            return pl.DataFrame(schema=OCCURRENCE_TIMES)
        index = {name: n for n, name in enumerate(self.actors)}
        timed = matched["unit"].is_in(self._timed).to_numpy()
        more = reports[rows[timed]].select(
            "start",
            "end",
            answers=pl.when(pl.col("answers").is_not_null()).then(key_of(pl.col("answers"))),
            quantity=(pl.col("quantity") * 1000).round().cast(pl.Int64),
            toward=pl.col("toward").replace_strict(index, default=NO_PARTY, return_dtype=pl.Int8).fill_null(NO_PARTY),
        )
        sure = pl.col("surely") & (pl.col("p") >= self.agreement.mandate.threshold)
        refutes = (pl.col("stance") == "denies") & pl.col("first_hand") & sure
        refutes &= ~pl.col("unit").is_in(self._acts_only)
        found = pl.concat([matched.filter(pl.Series(timed)), more], how="horizontal").with_columns(refutes=refutes)
        kept: pl.DataFrame = found.filter(speaks | pl.col("refutes"))
        return kept.select(pl.col(c).cast(d) for c, d in OCCURRENCE_TIMES.items())

    def _narrow(self, reports: pl.DataFrame) -> pl.DataFrame:
        """The few columns that judging needs, one row per report."""
        party = {name: n for n, name in enumerate(self.actors)}
        actor = pl.col("actor").replace_strict(party, default=NO_PARTY, return_dtype=pl.Int8)
        trusted = pl.col("directness") > HEARSAY
        side = pl.col("side").replace_strict({**party, NO_SIDE: UNSIDED}, default=UNKNOWN_SIDE, return_dtype=pl.Int8)
        first_hand = (
            (pl.col("kind") == "observation")
            & (pl.col("side") == NO_SIDE)
            & pl.col("reliability").is_in(list(self.agreement.mandate.grades))
            & trusted
        )
        return with_keys(reports).select(
            "incident",
            "origin",
            "version",
            named=pl.col("incident_id").is_not_null(),
            actor=actor.fill_null(NO_PARTY),
            side=pl.when(trusted).then(side).otherwise(pl.lit(UNKNOWN_SIDE, dtype=pl.Int8)).fill_null(UNKNOWN_SIDE),
            level=pl.col("directness"),
            first_hand=first_hand.fill_null(False),
            stance="stance",
            shows="shows",
        )

    def _rows(
        self, reports: pl.DataFrame
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16], Millionths, npt.NDArray[np.bool_]]:
        """Row numbers, queries, probabilities and sureness of every report that falls under a query at all."""
        act = _index(reports["act"], self._acts)
        target = _index(reports["target"], self._targets)
        start = reports["start"].dt.epoch("us").to_numpy()
        end = reports["end"].dt.epoch("us").to_numpy()
        something = (reports["quantity"].fill_null(1.0) > 0).to_numpy()  # none of it is no act
        shares: dict[Interval, npt.NDArray[np.float64]] = {}
        levels, rows = [], []
        weapon, force = _Weapons(self.agreement, reports), _Forces(reports)
        for n, query in enumerate(self.queries):
            of_target = self._target_level[n]
            level = self._act_level[n][act]
            level = level if of_target is None else np.minimum(level, of_target[target])
            if query.pattern.weapon is not None:
                level = np.minimum(level, weapon.level(query.pattern.weapon))
            if query.pattern.force is not None:
                level = np.minimum(level, force.level(query.pattern.force))
            if query.window not in shares:
                shares[query.window] = _time_share(start, end, query.window)
            levels.append(level)
            rows.append(np.flatnonzero((level > 0) & (shares[query.window] > 0) & something))
        inside = self._inside(reports, rows)
        out_rows, out_units, out_p, out_sure = [], [], [], []
        for n, query in enumerate(self.queries):
            of_query = rows[n]
            p = np.rint(shares[query.window][of_query] * inside[n]).astype(np.int32)
            keep = p > 0
            of_query, p = of_query[keep], p[keep]
            out_rows.append(of_query)
            out_units.append(np.full(len(of_query), n, np.uint16))
            out_p.append(p)
            out_sure.append(levels[n][of_query] == 2)
        if not out_rows:
            return np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.int32), np.zeros(0, np.bool_)
        return np.concatenate(out_rows), np.concatenate(out_units), np.concatenate(out_p), np.concatenate(out_sure)

    def _inside(self, reports: pl.DataFrame, rows: Sequence[npt.NDArray[np.int64]]) -> list[Millionths | int]:
        """For each query, the probability of lying in its place, for the rows that its act and window leave."""
        wanted: dict[str, npt.NDArray[np.bool_]] = {}
        for of_query, query in zip(rows, self.queries, strict=True):
            place = query.pattern.place
            if place is not None and len(of_query):
                wanted.setdefault(place, np.zeros(reports.height, np.bool_))[of_query] = True
        asked = {place: np.flatnonzero(mask) for place, mask in wanted.items()}
        found: dict[str, Millionths] = {}
        if self.locator is not None and asked:
            lon = reports["lon"].fill_null(float("nan")).to_numpy()
            lat = reports["lat"].fill_null(float("nan")).to_numpy()
            sigma = reports["precision_m"].to_numpy() / SIGMAS_PER_RADIUS_95
            found = self.locator.probabilities(lon, lat, sigma, asked)
        at = np.zeros(reports.height, np.int32)
        out: list[Millionths | int] = []
        for of_query, query in zip(rows, self.queries, strict=True):
            place = query.pattern.place
            if place is None or not len(of_query):
                out.append(MILLION)
            elif len(asked[place]) == len(of_query):
                out.append(found[place])
            else:
                at[asked[place]] = found[place]
                out.append(at[of_query])
        return out


def _levels(tree: Tree, surely: frozenset[str], possibly: frozenset[str]) -> npt.NDArray[np.int8]:
    """For each code of a tree, in the order of its codes: 2 surely, 1 possibly, 0 not; last, for no code: 1 or 0.

    A report that does not say what was hit may have hit what the term protects; one that does not say what was done
    says nothing that a term could forbid.
    """
    level = [2 if code in surely else 1 if code in possibly else 0 for code in tree.codes]
    return np.array([*level, 1 if tree.kind == "target" else 0], dtype=np.int8)


class _Weapons:
    """How the weapons that reports name fall under a class: each name is looked up once."""

    def __init__(self, agreement: Agreement, reports: pl.DataFrame) -> None:
        self._arsenal, self._named = agreement.vocabulary.weapons, reports["weapon"]
        self._made: dict[WeaponClass, npt.NDArray[np.int8]] = {}

    def level(self, wanted: WeaponClass) -> npt.NDArray[np.int8]:
        if wanted not in self._made:
            names = self._named.unique().to_list()
            levels = {name: self._arsenal.level(wanted, name) for name in names}
            of_none = levels.pop(None, 1)
            found = self._named.replace_strict(levels, default=of_none, return_dtype=pl.Int8) if levels else None
            self._made[wanted] = np.full(len(self._named), of_none, np.int8) if found is None else found.to_numpy()
        return self._made[wanted]


class _Forces:
    """Whose forces reports speak of. The label, and who says so, make no difference."""

    def __init__(self, reports: pl.DataFrame) -> None:
        self._reports = reports
        self._made: dict[Force, npt.NDArray[np.int8]] = {}

    def level(self, wanted: Force) -> npt.NDArray[np.int8]:
        if wanted not in self._made:
            if wanted.foreign_to is not None:
                hit = [pl.col(c) != wanted.foreign_to for c in _WHOSE]
            else:
                hit = [pl.col(c).is_in(list(wanted.states)) for c in _WHOSE]
            surely = pl.any_horizontal(one.fill_null(False) for one in hit)
            settled = pl.all_horizontal(pl.col(c).is_not_null() for c in _WHOSE)
            level = pl.when(surely).then(2).when(settled).then(0).otherwise(1).cast(pl.Int8)
            self._made[wanted] = self._reports.select(level=level)["level"].to_numpy()
        return self._made[wanted]


def _index(codes: pl.Series, enum: pl.Enum) -> npt.NDArray[np.int64]:
    """Position of each code in the enumeration; the position after the last for no code."""
    return codes.cast(enum, strict=False).to_physical().cast(pl.Int64).fill_null(len(enum.categories)).to_numpy()


def _time_share(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], window: Interval) -> npt.NDArray[np.float64]:
    """The share of each event's interval that lies in the window; an instant lies in it or not."""
    low = np.iinfo(np.int64).min if window.start is None else to_micros(window.start)
    high = np.iinfo(np.int64).max if window.end is None else to_micros(window.end)
    length = end - start
    overlap = np.minimum(end, high) - np.maximum(start, low)
    instant = (start >= low) & (start < high)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(length == 0, instant.astype(np.float64), np.clip(overlap, 0, None) / length)
    return np.asarray(share, dtype=np.float64)
