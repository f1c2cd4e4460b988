"""Reports of which there is no finding under any term, each with the reason: none falls away without a word.

A report is tested against every query in one order (act, target, weapon, force, quantity, window, place); its reason is the test that it
failed in the query in which it came furthest. How many have each reason is counted of all; single reports are listed up to :data:`LISTED`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.evidence.model import REPORT, empty
from servanda.findings.falls_under import Times, is_something
from servanda.findings.matching import Matcher
from servanda.findings.origins import DOUBT

LISTED = 10_000
REASONS = {
    "act": "of an act that no term speaks of",
    "target": "of such an act on a target that no term speaks of",
    "weapon": "with a weapon that no term speaks of",
    "force": "by a force that no term speaks of",
    "quantity": "of a quantity of 0, which is no act",
    "window": "outside the window of every term that speaks of such acts",
    "place": "outside the place of every term that speaks of such acts",
    "faint": "inside the place and window of a term with less than 5 %",
    "nothing": "that accuse nobody whom a term binds and whose word opens nothing, or that were taken back",
    "unsaid": "that do not say what was done",
    "denial": "that deny or take back what nobody else says under a term",
}
"""Why there is no finding, as it follows on a number of reports."""
_TESTS = ("act", "target", "weapon", "force", "quantity", "window", "place")
_PLACE, _FAINT, _SPOKEN, _UNSAID, _DENIAL = (
    list(REASONS).index(reason) for reason in ("place", "faint", "nothing", "unsaid", "denial")
)
_TOLD = tuple(
    "file row report_id source origin side stance act target weapon quantity start end lat lon place_name".split()
)
NO_TERM: dict[str, pl.DataType] = {
    "reason": pl.String(),
    "incident": pl.String(),
    **{column: REPORT[column] for column in _TOLD},
}
_ORDER = ["file", "row", *(column for column in NO_TERM if column not in ("file", "row"))]


@dataclass(frozen=True)
class NoTerm:
    """Reports without a finding: how many by ``reasons``, and the first of them (columns of :data:`NO_TERM`)."""

    reasons: dict[str, int] = field(default_factory=dict)
    rows: pl.DataFrame = field(default_factory=lambda: empty(NO_TERM))

    @property
    def reports(self) -> int:
        """How many there are."""
        return sum(self.reasons.values())

    @staticmethod
    def together(parts: Iterable[NoTerm]) -> NoTerm:
        """Those of all batches, whatever these were and in whatever order."""
        counts = dict.fromkeys(REASONS, 0)
        rows = empty(NO_TERM)
        for part in parts:
            for reason, count in part.reasons.items():
                counts[reason] += count
            rows = _first(pl.concat([rows, part.rows])) if part.rows.height else rows
        return NoTerm({reason: count for reason, count in counts.items() if count}, rows)


class Unfound:
    """Says why reports have no finding under the queries of a matcher; ``spoken_of``: incidents that count without one, by ``key``."""

    def __init__(self, matcher: Matcher, spoken_of: pl.DataFrame) -> None:
        self._matcher = matcher
        self._spoken_of = spoken_of

    def of(self, reports: pl.DataFrame) -> NoTerm:
        """Those of one batch (columns of the report table, and ``key``), of whose incidents nothing was found."""
        return no_term_of(self.each(reports))

    def each(self, reports: pl.DataFrame) -> pl.DataFrame:
        """Those of one batch, each with its ``reason``, and ``incident``."""
        if self._spoken_of.height:
            reports = reports.join(self._spoken_of, on="key", how="anti", maintain_order="left")
        names = pl.Series("reason", list(REASONS), dtype=pl.String)
        if reports.height == 0:
            return reports.with_columns(names.clear(), incident="incident_id")
        reached = self._reached(reports)
        silent = reports["stance"].is_in(["denies", "retracts"]).to_numpy() & (reached >= _FAINT)
        reached = np.where(reports["act"].is_null().to_numpy(), _UNSAID, np.where(silent, _DENIAL, reached))
        return reports.with_columns(names.gather(pl.Series(reached)), incident="incident_id")

    def _reached(self, reports: pl.DataFrame) -> npt.NDArray[np.int64]:
        """The number of the furthest test that each report failed in any query; after the tests, what passed them all."""
        something, times = is_something(reports), Times(self._matcher.agreement, reports)
        furthest = np.zeros(reports.height, np.int64)
        rows, share_of = [], []
        for query, asked in zip(self._matcher.queries, self._matcher.kinds.levels(reports), strict=True):
            share = times.share(query.window, begins=query.begins)
            passed = {name: level > 0 for name, level in asked.items()} | {"quantity": something, "window": share > 0}
            failed = np.full(reports.height, _PLACE)
            for number, test in reversed(list(enumerate(_TESTS))):
                if test in passed:
                    failed[~passed[test]] = number
            furthest = np.maximum(furthest, failed)
            rows.append(np.flatnonzero(failed == _PLACE))
            share_of.append(share[rows[-1]])
        for of_query, share, inside in zip(rows, share_of, self._matcher.inside(reports, rows), strict=True):
            p = np.rint(share * inside)
            come = np.where(p >= DOUBT, _SPOKEN, np.where(p > 0, _FAINT, _PLACE))
            furthest[of_query] = np.maximum(furthest[of_query], come)
        return furthest


def no_term_of(told: pl.DataFrame) -> NoTerm:
    """Reports with their reasons (:meth:`Unfound.each`), counted."""
    counts = told["reason"].value_counts()
    reasons = dict(zip(counts["reason"].to_list(), counts["count"].to_list(), strict=True))
    return NoTerm(reasons, _first(told.select(list(NO_TERM))))


def _first(rows: pl.DataFrame) -> pl.DataFrame:
    """The first so many rows, in an order that is theirs."""
    at = rows["row"]
    if rows.height and rows["file"].n_unique() == 1 and not at.has_nulls() and (at[1:] > at[:-1]).all():
        return rows.head(LISTED)
    return rows.sort(_ORDER).head(LISTED)
