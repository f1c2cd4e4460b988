"""What was found, kept incident by incident: told which incidents changed, it finds these anew and nothing else."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.evidence.tables import ReportTables
from servanda.findings.faint import sum_faint
from servanda.findings.matched import VERSIONS
from servanda.findings.matching import Matcher
from servanda.findings.no_term import REASONS, NoTerm, Unfound, no_term_of
from servanda.findings.plan import KEPT, Findings, Plan
from servanda.values.later import Later
from servanda.values.saved import Saved
from servanda.verdicts.reports import DESCRIBED, Incidents, Reports, briefly
from servanda.verdicts.speaking import asserting_of, speaking_of

Rows = npt.NDArray[np.int64]
_ROW = "_row"
_NUMBER = {reason: n for n, reason in enumerate(REASONS)}
_BY_INCIDENT = ("rows", "faint", "times", "matched", "remarks")  # the others bear the key as "key"
_OF_UNITS = ("findings", "faint", "times", "matched")
_OF_OTHERS = ("faint", "times", "matched", "remarks")
"""These are also of incidents of which nothing was found, and that have no name."""
_MANY, _AT_ONCE = 50_000, 250_000
_FEW, _CHUNKS = 80, 100
_SOME = 500  # findings that go and come, up to which each is looked for
_BRIEF = (
    "brief"  # the widest table, which is read again when it is asked for: who watches are compared with always asks
)
_MATCHED = ("matched", "remarks")


class Found:
    """Findings of a plan, of which those of some incidents can be made anew.

    Once more than ``kept`` rows are matched, these are let go of: nobody asks for them then, and reports only come, so that they are never so few again.
    """

    def __init__(self, plan: Plan, kept: int = KEPT) -> None:
        self.plan, self._kept = plan, kept
        self._tables: dict[str, pl.DataFrame] = {}
        self._brief: Later | None = None
        self._faint: tuple[pl.DataFrame, pl.DataFrame] | None = None  # what is faint, and its sum
        self._reason = np.empty(
            0, np.int8
        )  # of every report the number of why nothing was found of it; -1: something was
        self.renewed: pl.DataFrame | None = None
        """All columns of the reports of the incidents that were found anew, where these were few."""
        self.lost: tuple[str, ...] | None = ()
        """The ids of the incidents of which nothing is found any more since they were found anew; ``None``: these are the first that were found."""

    def renew(self, parts: Iterable[tuple[pl.Series, Rows, pl.DataFrame]], judged: Reports) -> frozenset[int]:
        """Find some incidents anew.

        Args:
            parts: some incidents at a time: their keys, also of those that are no more; the numbers of all their reports; and
                these, before anybody decided anything.
            judged: how reports are judged.

        Returns:
            The numbers of the queries under which something was found of them, or is.
        """
        first, lost, touched = not self._tables, set[str](), set[int]()
        if self._brief is not None and not self._brief.at_hand:
            self._brief = None
        for n, (keys, rows, reports) in enumerate(parts):
            units, gone, members = self._renew(keys, rows, reports, judged)
            self.renewed = None if n else members
            touched |= units
            lost |= gone
            del reports, members  # while the next part is made
        self.lost = None if first else tuple(sorted(lost))
        if self._brief is None:  # nobody asks for it, or has asked yet
            names, as_of = self.table("names"), self.plan.as_of
            self._brief = Later(lambda: briefly(names, judged, as_of))
        return frozenset(touched)

    def _renew(
        self, keys: pl.Series, rows: Rows, reports: pl.DataFrame, judged: Reports
    ) -> tuple[set[int], set[str], pl.DataFrame | None]:
        """The queries under which something was or is found of them, the ids that nobody bears now, and all columns of their reports."""
        numbered = reports.with_columns(pl.Series(_ROW, rows))
        source = ReportTables(list(numbered.iter_slices(_AT_ONCE)) or [numbered], judged.source.context)
        tables, aside, full = self._found(replace(judged, source=source))
        if self._tables and "matched" not in self._tables:
            tables = {name: table for name, table in tables.items() if name not in _MATCHED}
        touched, lost = set[int](), set[str]()
        of, names, brief = keys.implode(), self._tables.get("names"), tables.pop(_BRIEF, None)
        known = names is None or bool(names["key"].is_in(of).any())
        if self._brief is None:
            if self.plan.coverage.watches and brief is not None:
                self._brief = Later.of(brief)
        elif known or (brief is not None and brief.height):
            self._brief = self._brief.renewed(keys, brief)
            self._brief = Later.of(self._brief.table) if len(keys) > _MANY else self._brief
        for name, new in tables.items():
            if not (known or new.height) and name not in _OF_OTHERS:
                continue
            old = self._tables.get(name)
            if name in _OF_UNITS:
                touched |= set(np.unique(new["unit"].to_numpy()).tolist())
            if old is None or not old.height:
                self._tables[name] = new
                continue
            key = pl.col("incident" if name in _BY_INCIDENT else "key")
            gone = old.select(pl.arg_where(key.is_in(of))).to_series()
            if not len(gone) and not new.height:
                continue
            if name in _OF_UNITS:
                touched |= set(old["unit"].gather(gone).to_list())
            if name == "names":
                lost = set(old["incident"].gather(gone).to_list()) - set(new["incident"].to_list())
            put = _in_order if name == "findings" else _beside
            self._tables[name] = _in_few_pieces(put(old, gone.to_numpy(), new))
        more = int(rows.max(initial=-1)) + 1 - len(self._reason)
        self._reason = np.concatenate([self._reason, np.full(max(0, more), -1, np.int8)])
        self._reason[rows] = -1
        self._reason[aside[_ROW].to_numpy()] = aside["reason"].replace_strict(_NUMBER, return_dtype=pl.Int8).to_numpy()
        if "matched" in self._tables and self._tables["matched"].height > self._kept:
            for name in _MATCHED:
                del self._tables[name]
        return touched, lost, full

    def _found(self, sub: Reports) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame | None]:
        """The tables of some incidents, all of whose reports are there; why nothing was found of the other reports; all columns, of few."""
        plan, batches = self.plan, list(sub.batches())
        matcher = plan.meeting(many=sum(batch.height for batch in batches) > _MANY)
        found = [matcher.match(batch, plan.as_of) for batch in batches]
        matched = plan.repeats.put_in(pl.concat([one.matched for one in found]))
        remarks = plan.heard(pl.concat([one.remarks for one in found]), sub.batches)
        if self._tables and (matched["unit"] == VERSIONS).all() and not any(one.times.height for one in found):
            return self._nothing(matched, remarks, matcher, batches)
        rows, faint = plan.confirm_each(matched, remarks)
        latest = max((one.latest_known for one in found if one.latest_known is not None), default=None)
        reports, times = sum(one.reports for one in found), [one.times for one in found]
        judged = plan.collect([(rows, sum_faint([faint]))], remarks, times, reports, latest)
        aside: list[pl.DataFrame] = []
        incidents = Incidents.of(judged, sub, plan, map, aside)
        withdrawn = incidents.findings.filter("withdrawn").select("key").unique()
        back = incidents.described(withdrawn, sub, plan.as_of).filter(pl.col("stance") == "retracts")
        tables = {
            _BRIEF: incidents.brief,
            "rows": rows,
            "faint": faint,
            "times": judged.times,
            "matched": matched,
            "remarks": remarks,
            "findings": incidents.findings,
            "hearsay": incidents.hearsay.join(incidents.names, on="incident", maintain_order="left"),
            "pleas": incidents.pleas,
            "names": incidents.names,
            "withdrawals": back.drop(_ROW, strict=False),
            "speaking": speaking_of(asserting_of(incidents.brief)),
        }
        return tables, pl.concat(aside), None if incidents.full is None else incidents.full.drop(_ROW, strict=False)

    def _nothing(
        self, matched: pl.DataFrame, remarks: pl.DataFrame, matcher: Matcher, batches: list[pl.DataFrame]
    ) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame]:
        """The same of incidents of which none falls under any query."""
        as_of, none = self.plan.as_of, self._tables["names"].select("key").clear()
        known = [batch if as_of is None else batch.filter(pl.col("known_at") <= as_of) for batch in batches]
        aside = pl.concat([Unfound(matcher, none).each(batch) for batch in known])
        tables = {name: table.clear() for name, table in self._tables.items()}
        full = pl.concat([aside.drop("reason", _ROW).clear(), none], how="horizontal")
        return tables | {"matched": matched, "remarks": remarks}, aside, full

    def saved(self) -> Saved:
        """All tables, which is what :meth:`again` needs."""
        brief = {_BRIEF: self._told.table} if self._told.at_hand else {}
        return Saved(self._tables | brief).having(reasons=Saved({"rows": pl.DataFrame({"reason": self._reason})}))

    @staticmethod
    def again(plan: Plan, saved: Saved, kept: int = KEPT) -> Found:
        """What was found before of the same plan."""
        found = Found(plan, kept)
        found._tables = {name: table for name, table in saved.tables.items() if "/" not in name}
        if (brief := found._tables.pop(_BRIEF, None)) is not None:
            found._brief = Later.of(brief)
        found._reason = saved.part("reasons").tables["rows"]["reason"].to_numpy(writable=True)
        return found

    def fork(self) -> Found:
        """Another that begins where this one is."""
        other = copy.copy(self)
        other.__dict__.update(_tables=dict(self._tables), _reason=self._reason.copy())
        return other

    @property
    def _told(self) -> Later:
        """The reports of the incidents of which something was found."""
        assert self._brief is not None
        return self._brief

    def go_on(self, plan: Plan) -> None:
        """Look for the same as of another instant, or with other exceptions granted."""
        plan.take_over(self.plan)
        self.plan = plan

    def table(self, name: str) -> pl.DataFrame:
        """What was found, by name."""
        return self._tables[name]

    def findings(self, reports: int, latest_known: datetime | None, undated: int) -> Findings:
        """All of it as an engine gives it."""
        t = self._tables
        kept = (t["matched"], t["remarks"]) if "matched" in t else None
        if self._faint is None or self._faint[0] is not t["faint"]:
            self._faint = t["faint"], sum_faint([t["faint"]])
        return Findings(self.plan.queries, t["rows"], self._faint[1], t["times"], reports, latest_known, undated, kept)

    def incidents(self) -> Incidents:
        """The incidents of which something was found."""
        t = self._tables
        return Incidents(t["findings"], self._told, None, t["hearsay"].drop("key"), t["pleas"], NoTerm(), t["names"])

    def described(self, incidents: Incidents, reports: Reports) -> Incidents:
        """The same with all columns of their reports, where these are few."""
        if incidents.names.height > DESCRIBED:
            return incidents
        return replace(incidents, full=incidents.described(incidents.names, reports, self.plan.as_of))

    def no_term(self, batches: Iterable[pl.DataFrame]) -> NoTerm:
        """The reports of which nothing was found; ``batches``: all reports as they are judged, in their order."""
        names, at, parts = pl.Series("reason", list(REASONS), dtype=pl.String), 0, []
        for batch in batches:
            reason = self._reason[at : at + batch.height]
            at += batch.height
            rows = np.flatnonzero(reason >= 0)
            told = batch[rows].with_columns(names.gather(pl.Series(reason[rows])), incident="incident_id")
            parts.append(no_term_of(told))
        return NoTerm.together(parts)


def _without(table: pl.DataFrame, rows: npt.NDArray[np.integer[Any]]) -> pl.DataFrame:
    """A table without some of its rows; where these are few, what lies between them is not copied."""
    if len(rows) > _FEW:
        keep = np.ones(table.height, bool)
        keep[rows] = False
        return table.filter(pl.Series(keep))
    if not len(rows):
        return table
    edges = [-1, *rows.tolist(), table.height]
    parts = [table[a + 1 : b] for a, b in itertools.pairwise(edges) if b > a + 1]
    return pl.concat(parts) if parts else table.clear()


def _in_few_pieces(table: pl.DataFrame) -> pl.DataFrame:
    """The same table; in one piece, where it lies in so many that each is looked at for longer than it takes to copy it."""
    return table.rechunk() if table.n_chunks() > _CHUNKS else table


def _beside(old: pl.DataFrame, gone: npt.NDArray[np.integer[Any]], new: pl.DataFrame) -> pl.DataFrame:
    """The rows of both but for some of the first, in any order."""
    left = _without(old, gone)
    return pl.concat([left, new]) if new.height else left


def _in_order(old: pl.DataFrame, gone: npt.NDArray[np.integer[Any]], new: pl.DataFrame) -> pl.DataFrame:
    """Findings in their order (``findings_table.identified``), of which some go and others come: where these are few, each is put into its place."""
    order = ["unit", "party", "incident", "status"]
    if len(gone) + new.height > _SOME:
        return pl.concat([_without(old, gone), new]).sort(order)
    new, places = new.sort(order), list[int]()
    units, parties, incidents = old["unit"].to_numpy(), old["party"].to_numpy(), old["incident"]
    for (unit, party), rows in new.group_by("unit", "party", maintain_order=True):
        low, high = _between(units, unit)
        begin, end = low + _between(parties[low:high], party)
        places += (begin + incidents[begin:end].search_sorted(rows["incident"]).to_numpy()).tolist()
    cuts = [*((place, 0, n) for n, place in enumerate(places)), *((row, 1, 0) for row in gone.tolist())]
    parts, at = list[pl.DataFrame](), 0
    for place, goes, n in sorted(cuts):
        parts += [old[at:place]] if goes else [old[at:place], new[n : n + 1]]
        at = place + goes
    return pl.concat([part for part in (*parts, old[at:]) if part.height] or [old.clear()])


def _between(column: npt.NDArray[np.integer[Any]], value: object) -> Rows:
    """From where to where a value stands in a column that ascends."""
    wanted = np.array(value, column.dtype)
    return np.array([np.searchsorted(column, wanted, side) for side in ("left", "right")])
