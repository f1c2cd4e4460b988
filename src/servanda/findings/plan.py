"""The seam between what is judged and where it runs: a plan with its kernels, and what an engine must be able to do.

An engine has three things to do with a :class:`Plan`:

1. *map*: ``plan.matcher()`` over batches of reports, which gives matched rows, remarks on incidents and times;
2. *group by incident*: ``plan.confirm()`` over the matched rows and the remarks, so divided that all rows of an incident stay together;
3. *collect*: ``plan.collect()`` over all findings, remarks and times.

:func:`servanda.findings.ordered.run_in_order` does so with any ordered map. Whatever the batches, their order and the division
of incidents, the findings have the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeAlias, TypeVar

import polars as pl

from servanda.agreement import Agreement
from servanda.coverage import Coverage
from servanda.evidence import Context, EvidenceSource
from servanda.evidence.retractions import BACK, is_taken_back, retractions
from servanda.evidence.source import Item
from servanda.findings.blind import elsewhere
from servanda.findings.confirmation import confirm
from servanda.findings.faint import EACH_FAINT, FAINT, sum_faint
from servanda.findings.finding import FINDING
from servanda.findings.matched import MATCHES, OCCURRENCE_TIMES, REMARKS_ON_INCIDENT, Matches
from servanda.findings.matching import Matcher
from servanda.findings.queries import MatchQuery
from servanda.findings.repeats import Repeats
from servanda.findings.rules import Rules
from servanda.incidents import Keys, members_of
from servanda.values.elsewhere import Elsewhere

T = TypeVar("T")
R = TypeVar("R")
Batches: TypeAlias = Callable[[], Iterable[pl.DataFrame]]
"""Report tables, one after another; may be asked for more than once."""
Progress: TypeAlias = Callable[[str, int], None]
"""Told the stage and how much of it is done."""


def quiet(stage: str, done: int) -> None:
    """The progress of a run that nobody watches."""


@dataclass(frozen=True)
class Findings:
    """What was found, by query and 64-bit key, before incidents are looked up and described.

    ``rows``: columns of :data:`FINDING`, those of :class:`Repeats` left out; ``faint``: of :data:`FAINT`; ``times``: of :data:`OCCURRENCE_TIMES`, without what was retracted;
    ``reports``: how many were read; ``latest_known``: when the last of them became known; ``undated``: how many were left out as of an
    instant because they do not say when they became known.
    """

    queries: tuple[MatchQuery, ...]
    rows: pl.DataFrame
    faint: pl.DataFrame
    times: pl.DataFrame
    reports: int
    latest_known: datetime | None
    undated: int = 0
    kept: tuple[pl.DataFrame, pl.DataFrame] | None = None
    """What it was confirmed from, where that is little (:data:`KEPT`): rows of :data:`MATCHES` and :data:`REMARKS_ON_INCIDENT`."""
    there: Elsewhere | None = None
    """Where they lie elsewhere: pairs of ``rows`` and ``times``, each of some incidents; then those here are empty."""

    @cached_property
    def keys(self) -> pl.DataFrame:
        """The ``key`` of each incident of which something was found."""
        return self.rows.select(key="incident").unique()

    def here(self) -> Findings:
        """The same, brought here."""
        if self.there is None:
            return self
        parts = list(self.there)
        rows, times = concat([rows for rows, _ in parts], FINDING), concat([t for _, t in parts], OCCURRENCE_TIMES)
        return replace(self, rows=rows, times=times, there=None)


KEPT = 100_000
"""Matched rows up to which they are kept, so that it can be asked on what a verdict rests."""


@dataclass(frozen=True)
class Plan:
    """What is looked for: an agreement's ``queries`` in the reports known by ``as_of`` (``None``: all). A value; it can be pickled.

    ``coverage``: who was looking, by which a denial is weighed. ``keys``: by which rows are grouped, the same in all parts
    of one run.
    """

    agreement: Agreement
    queries: tuple[MatchQuery, ...]
    as_of: datetime | None = None
    coverage: Coverage = field(default_factory=Coverage)
    keys: Keys = field(default_factory=Keys)
    _met: dict[bool, Matcher] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """What is sent to other processes: a matcher is made where it works."""
        return {**self.__dict__, "_met": {}}

    def meeting(self, *, many: bool) -> Matcher:
        """The queries, ready to meet batches. ``many``: batches so large that preparing the places first pays; the result is the same."""
        if True not in self._met and many not in self._met:
            self._met[many] = Matcher(self.agreement, self.queries, self.coverage, self.keys, shortcut=many)
        return self._met[many] if many in self._met else self._met[True]

    def take_over(self, other: Plan) -> None:
        """Use the other's matchers, which are made for the same places, patterns and coverage, where the same queries look for the same."""
        if self.repeats.pairs.equals(other.repeats.pairs):
            self._met.update(other._met)

    def matcher(self, *, many: bool) -> Callable[[pl.DataFrame], Matches]:
        """The kernel over batches; ``many`` as for :meth:`meeting`."""
        matcher = self.meeting(many=many)
        return lambda batch: matcher.match(batch, self.as_of)

    def confirm(self, matched: pl.DataFrame, remarks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The kernel over incidents: findings (:data:`FINDING`) and what is faint (:data:`FAINT`) from rows of :data:`MATCHES` and
        :data:`REMARKS_ON_INCIDENT`.

        All rows of an incident must be here, and may be here with those of any other incidents; those of ``repeats`` are asked for nothing,
        and their findings are put in when these are named.
        """
        rows, each = self.confirm_each(matched, remarks)
        return rows, sum_faint([each])

    def confirm_each(self, matched: pl.DataFrame, remarks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The same, with what is faint incident by incident (:data:`EACH_FAINT`): for who changes some of them later."""
        agreement = self.agreement
        rules = Rules(self.queries, agreement.mandate, tuple(agreement.actors), len(agreement.parties))
        rows, each = confirm(self.repeats.left_out(matched), remarks, rules)
        return rows, self.repeats.put_in(each)

    @cached_property
    def repeats(self) -> Repeats:
        """The queries that look for the same as one before them."""
        return Repeats.of(self.queries)

    def heard(self, remarks: pl.DataFrame, batches: Batches) -> pl.DataFrame:
        """Remarks, in which who denies an incident is no observer of it where none of his own watches reaches it.

        Where the incident was is known only when all was read, so that this reads the batches again where it has to.
        """
        unseen = self.unseen(self.doubtful(remarks), batches)
        return self.without(remarks, unseen) if unseen.height else remarks

    def doubtful(self, remarks: pl.DataFrame) -> pl.DataFrame:
        """The remarks of those who have watches and deny an incident as observers."""
        if not remarks.height or not self.coverage.watches:
            return remarks.clear()
        watchers = pl.Series([watch.reports_as for watch in self.coverage.watches], dtype=pl.String)
        of = watchers.to_frame("name").select(self.keys.origin(pl.col("name")))["name"].implode()
        return remarks.filter((pl.col("stance") == "denies") & pl.col("first_hand") & pl.col("origin").is_in(of))

    def unseen(self, doubtful: pl.DataFrame, batches: Batches) -> pl.DataFrame:
        """Whose watches do not reach what he denies, by ``incident`` and ``origin``."""
        denied = doubtful.select(key="incident").unique()
        if denied.height == 0:
            return doubtful.select("incident", "origin")
        text = self.agreement
        members = members_of(batches(), denied, self.keys, self.as_of).with_columns(incident="key")
        return elsewhere(members, self.coverage, text.frame, text.vocabulary.acts, text.mandate, self.keys)

    def without(self, remarks: pl.DataFrame, unseen: pl.DataFrame) -> pl.DataFrame:
        """Remarks in which nobody denies as an observer what he could not have seen."""
        remarks = remarks.join(unseen.with_columns(_unseen=True), on=["incident", "origin"], how="left")
        saw = pl.col("first_hand") & ((pl.col("stance") != "denies") | pl.col("_unseen").is_null())
        return remarks.with_columns(first_hand=saw).drop("_unseen")

    def collect(
        self,
        findings: list[tuple[pl.DataFrame, pl.DataFrame]],
        remarks: pl.DataFrame,
        times: list[pl.DataFrame],
        reports: int,
        latest_known: datetime | None,
        undated: int = 0,
        kept: tuple[pl.DataFrame, pl.DataFrame] | None = None,
    ) -> Findings:
        """All parts together, in any order."""
        of = ["incident", "origin"]
        standing, taken_back = concat(times, OCCURRENCE_TIMES), retractions(remarks, of, "level")
        if taken_back.height:
            stays = pl.col("kept") & ~pl.col("refutes")
            left = standing.filter(~stays).join(taken_back, on=of, how="left")
            left = left.filter(~is_taken_back("level")).drop(BACK)
            standing = pl.concat([standing.filter(stays), left])
        rows, faint = [rows for rows, _ in findings], [faint for _, faint in findings]
        added = sum_faint([concat(faint, FAINT)])
        return Findings(self.queries, concat(rows, FINDING), added, standing, reports, latest_known, undated, kept)


class Engine(Protocol):
    """Where kernels run. One test runs every engine over the same cases and compares the results to the byte."""

    @property
    def name(self) -> str:
        """What it is called in ``engine.ENGINES``."""
        ...

    def map(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """The results in the order of the items (:class:`servanda.values.ordered_map.OrderedMap`)."""
        ...

    def run(self, plan: Plan, batches: Batches, progress: Progress = quiet) -> Findings:
        """All batches through all kernels of the plan."""
        ...

    def evidence(self, items: Iterable[Item], context: Context, **how: Any) -> EvidenceSource:
        """Evidence as it opens it: by :func:`servanda.evidence.read_evidence`, whose arguments these are, or where it lies."""
        ...

    def keys(self, batches: Batches) -> Keys:
        """The numbers by which the rows of one run are grouped, wherever they are made."""
        ...

    def release(self) -> None:
        """Give back memory that was freed, between steps that hold much."""
        ...


def concat(tables: list[pl.DataFrame], schema: dict[str, pl.DataType], *, rechunk: bool = False) -> pl.DataFrame:
    """The tables one below another; an empty one with this schema where there are none. What no row of any says takes no room.

    ``rechunk``: every column in one piece; columns whose pieces do not lie alike are copied, all at once, by who next asks for some.
    """
    if not tables:
        return pl.DataFrame(schema=schema)
    whole = pl.concat([table.null_count() for table in tables]).sum().row(0, named=True)
    rows = sum(table.height for table in tables)
    nothing = [c for c, unsaid in whole.items() if unsaid == rows > 0]
    said = pl.concat([table.drop(nothing) for table in tables], rechunk=rechunk)
    return said.with_columns(pl.lit(None, dtype=schema[c]).alias(c) for c in nothing).select(list(schema))


__all__ = [
    "EACH_FAINT",
    "FAINT",
    "FINDING",
    "KEPT",
    "MATCHES",
    "OCCURRENCE_TIMES",
    "REMARKS_ON_INCIDENT",
    "Batches",
    "Engine",
    "Findings",
    "Matches",
    "Plan",
    "Progress",
    "concat",
    "quiet",
]
