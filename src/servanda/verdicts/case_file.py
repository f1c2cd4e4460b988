"""The case file: findings with their times, refutations and coverage, to be asked by term, role and party."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import polars as pl

from servanda.agreement import Agreement, Pattern
from servanda.coverage import Cells, Coverage, Measured, measure
from servanda.evidence.hearsay import HEARSAY_ROW
from servanda.evidence.model import REPORT, empty
from servanda.findings.faint import FAINT
from servanda.findings.finding import STATUS
from servanda.findings.matched import NO_PARTY
from servanda.findings.queries import MatchQuery
from servanda.findings.repeats import by_unit
from servanda.incidents.doubts import Doubts
from servanda.values.later import Later
from servanda.values.small_tables import codes, rows_where
from servanda.values.time import Interval, clamped
from servanda.verdicts.alike import Alike
from servanda.verdicts.listed import Listed
from servanda.verdicts.occurrences import COUNT, NOTHING_HAPPENED, Occurrences, weightiest
from servanda.verdicts.refutations import refutes
from servanda.verdicts.speaking import NOBODY, Said, Speaking, asserting_of, by_sides, speaking_of, traced
from servanda.verdicts.watches import Check

Faint: TypeAlias = tuple[int, int, int]
"""Incidents too improbable for a finding: how many; how little likely it is that none of them lies inside, if their errors are independent (``exp(-nats)``, in whole billionths); and how certain the most certain of them is, in millionths."""
T = TypeVar("T")
_HAPPENED = np.array([status not in ("below", "private") for status in STATUS.categories])
_Asked: TypeAlias = tuple[str | None, tuple[str, ...], Interval, str | None, bool, frozenset[str]]


@dataclass
class CaseFile:
    """All that verdicts are concluded from. Asking it changes nothing but its caches."""

    agreement: Agreement
    as_of: datetime | None
    queries: Sequence[MatchQuery]
    findings: pl.DataFrame
    occurrences: Occurrences
    refuted: pl.DataFrame
    reported: Later  # the reports of its incidents
    coverage: Coverage
    items: pl.DataFrame
    checks: tuple[Check, ...] = ()
    """What others saw where and when each watch was looking; ``coverage`` has the probabilities that follow."""
    faint: pl.DataFrame = field(default_factory=lambda: empty(FAINT))
    withdrawals: pl.DataFrame = field(default_factory=lambda: empty(REPORT))
    hearsay: pl.DataFrame = field(default_factory=lambda: empty(HEARSAY_ROW))
    """Reports that count for less than they say (``evidence.hearsay.HEARSAY_ROW``)."""
    severity: Mapping[str, str] = field(default_factory=dict)
    """By incident: its severity on the mandate's scale, where a body assessed it."""
    counts: pl.DataFrame = field(default_factory=lambda: empty(COUNT))
    """How many acts were counted under prohibitions (``occurrences.COUNT``)."""
    doubts: Doubts = field(default_factory=Doubts)
    """Which incidents may be one, and which may be several."""
    moments: Mapping[str | None, Mapping[str, Any]] = field(default_factory=dict)
    """By reading and name the times of events (``event_times.EventTime``), where they are known already."""
    sliced: bool = False
    """Whether it is about a part of a term, which may have been cut at ``as_of``."""
    _cells: dict[str | None, Cells] = field(default_factory=dict)
    _measured: dict[_Asked, Measured] = field(default_factory=dict)
    _index: dict[tuple[str | None, str, str], list[int]] = field(default_factory=dict)
    _findings: dict[int, pl.DataFrame] | None = None
    _speaking: Speaking | None = None
    _traces: Listed | None = None
    _asserting: pl.DataFrame | None = None
    _bearing: dict[tuple[object, ...], Any] = field(default_factory=dict)
    _counts: dict[int, pl.DataFrame] | None = field(default=None, init=False)

    def narrowed(
        self, query: MatchQuery, findings: pl.DataFrame, faint: pl.DataFrame, counts: pl.DataFrame
    ) -> CaseFile:
        """The same with one query only; what was measured stays cached."""
        alone = self.altered(findings, NOTHING_HAPPENED, self.refuted.clear())
        return dataclasses.replace(
            alone, queries=(query,), faint=faint, counts=counts, moments={}, sliced=True, _index={}
        )

    def altered(
        self,
        findings: pl.DataFrame | None = None,
        occurrences: Occurrences | None = None,
        refuted: pl.DataFrame | None = None,
        coverage: Coverage | None = None,
    ) -> CaseFile:
        """The same with something else found, or other watches; what is left out stays, and so does what was measured of it."""
        return dataclasses.replace(
            self,
            findings=self.findings if findings is None else findings,
            occurrences=self.occurrences if occurrences is None else occurrences,
            refuted=self.refuted if refuted is None else refuted,
            coverage=self.coverage if coverage is None else coverage,
            _measured=self._measured if coverage is None else {},
            _bearing=self._bearing if coverage is None else {},
            _findings=None,
        )

    def counting(
        self, speaking: pl.DataFrame, asserting: pl.DataFrame | None = None, traces: Listed | None = None
    ) -> CaseFile:
        """The same with what is counted of its members already at hand (``speaking``), which assert, and of which there are traces."""
        return dataclasses.replace(self, _asserting=asserting, _speaking=Speaking(speaking), _traces=traces)

    def measured_with(self, other: CaseFile) -> CaseFile:
        """The same with what was measured of the same coverage in another case."""
        return dataclasses.replace(self, _cells=other._cells, _measured=other._measured)

    @property
    def members(self) -> pl.DataFrame:
        """The reports of its incidents."""
        return self.reported.table

    @property
    def asserting(self) -> pl.DataFrame:
        """The reports that assert its incidents."""
        if self._asserting is None:
            self._asserting = asserting_of(self.members)
        return self._asserting

    @property
    def traces(self) -> Listed:
        """The incidents of which somebody without a side saw a trace; none where nobody watched, and so nothing is answered."""
        if self._traces is None:
            self._traces = Listed(traced(self.members, self.agreement)) if self.coverage.watches else Listed()
        return self._traces

    @property
    def speaking(self) -> Speaking:
        """Who speaks of its incidents."""
        if self._speaking is None:
            asserting = asserting_of(self.members) if self._asserting is None else self._asserting
            self._speaking = Speaking(speaking_of(asserting))
        return self._speaking

    @cached_property
    def alike(self) -> Alike:
        """Which of its queries look for the same, and found the same."""
        return Alike(self.queries, self.by_query.get)

    def told_once(self, what: str, numbers: Sequence[int], party: str | None, made: Callable[[], T]) -> T:
        """What follows of what a party did from the occurrences of some queries: of many made once for all of which the same happened."""
        firsts = self.occurrences.firsts(numbers)
        return self.alike.once((what, party, *firsts), made) if firsts else made()

    @property
    def by_query(self) -> dict[int, pl.DataFrame]:
        """The findings of each query."""
        if self._findings is None:
            self._findings = by_unit(self.findings)
        return self._findings

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(self.agreement.actors)

    def numbers(self, reading: str | None, owner: str, role: str, party: str | None = None) -> list[int]:
        """The numbers of the queries of a term (or event) in a role, for what a party did; ``None``: for what anybody did."""
        if not self._index:
            for n, query in enumerate(self.queries):
                self._index.setdefault((query.reading, query.owner, query.role), []).append(n)
        numbers = self._index.get((reading, owner, role), [])
        return [n for n in numbers if party is None or (binds := self.queries[n].binds) is None or party in binds]

    def query(self, reading: str | None, owner: str, role: str, party: str | None = None) -> MatchQuery:
        """The first query of a term (or event) in a role, for what a party did."""
        return self.queries[self.numbers(reading, owner, role, party)[0]]

    def happened(self, reading: str | None, owner: str, role: str, party: str | None = None) -> pl.DataFrame:
        """The occurrences of a role, one row per incident, by time; ``party`` ``None`` for whoever did it.

        Its greatest quantity is that of as many incidents as it may be. What is open, because it is not settled who did it, counts for everybody who may have done it.
        """
        index = NO_PARTY if party is None else self.actors.index(party)
        numbers = self.numbers(reading, owner, role, party)

        def told() -> pl.DataFrame:
            rows = self.occurrences.of(numbers)
            wanted = _HAPPENED[codes(rows["status"])]
            if party is not None:
                wanted &= np.isin(rows["party"].to_numpy(), [index, NO_PARTY])
            rows = rows_where(rows, wanted)
            order = ("start", "end", "incident", "party", "status") if len(numbers) > 1 else ()
            return self.doubts.at_most(weightiest(rows.sort(order, maintain_order=True) if order else rows))

        return self.told_once("happened", numbers, party, told)

    def counts_of(self, reading: str | None, term: str, party: str | None) -> pl.DataFrame:
        """How many acts of a prohibition were counted (``occurrences.COUNT``), as far as a party may have done them."""
        if self._counts is None:
            self._counts = by_unit(self.counts)
        numbers = self.numbers(reading, term, "act", party)
        rows = pl.concat([self.counts.clear(), *(self._counts[n] for n in numbers if n in self._counts)])
        index = NO_PARTY if party is None else self.actors.index(party)
        return rows_where(rows, np.isin(rows["party"].to_numpy(), [index, NO_PARTY]))

    def faint_of(self, reading: str | None, owner: str, role: str, party: str | None) -> Faint:
        """What falls under a role with more than 0 and less than 5 %, as far as a party may have done it.

        Returns:
            How many incidents, the sum of ``-ln(1 - p)`` in billionths, and the greatest certainty in millionths.
        """
        if not self.faint.height:
            return 0, 0, 0
        rows = np.isin(self.faint["unit"].to_numpy(), self.numbers(reading, owner, role, party))
        if party is not None:
            rows &= np.isin(self.faint["party"].to_numpy(), [self.actors.index(party), NO_PARTY])
        count, nats, p = (self.faint[name].to_numpy()[rows] for name in ("incidents", "nats", "p"))
        return int(count.sum()), int(nats.sum()), int(p.max(initial=0))

    def findings_of(self, reading: str | None, owner: str, role: str, party: str | None) -> pl.DataFrame:
        """The findings of a role about a party, with what is open."""
        index = NO_PARTY if party is None else self.actors.index(party)
        found = self.found_of(reading, owner, role, party)
        return rows_where(found, np.isin(found["party"].to_numpy(), [index, NO_PARTY]))

    def found_of(self, reading: str | None, owner: str, role: str, party: str | None = None) -> pl.DataFrame:
        """The findings of a role of a term, about whomever; ``party``: of the queries for what this one did."""
        found, numbers = self.by_query, self.numbers(reading, owner, role, party)
        if not found:  # most slices have none
            return self.findings
        own = [found[n] for n in numbers if n in found]
        return own[0] if len(own) == 1 else pl.concat([self.findings.clear(), *own])

    def not_done(self, reading: str | None, owner: str, role: str, party: str | None) -> pl.DataFrame:
        """First-hand observations that a party's deed was not done (columns of ``refutations.refutations``)."""
        if not self.refuted.height:
            return self.refuted
        return self.refuted.filter(refutes(self.numbers(reading, owner, role, party), party, self.actors))

    def coverage_of(
        self, pattern: Pattern, window: Interval, party: str | None = None, *, undone: bool = False
    ) -> Measured:
        """How well a party's acts of a pattern would have been seen over a window.

        Args:
            pattern: which acts, and where.
            window: when.
            party: whose; ``None``: whoever's.
            undone: whether that is to show that something was not done, which only watches without a side do.

        Returns:
            The coverage. A party's own watches are no part of it.
        """
        leaves = self.agreement.vocabulary.acts.leaves(pattern.act_codes)
        return self._measure(pattern.place, tuple(sorted(leaves)), window, party, undone=undone)

    def _measure(
        self,
        place: str | None,
        leaves: tuple[str, ...],
        window: Interval,
        party: str | None,
        *,
        undone: bool,
        without: frozenset[str] = frozenset(),
    ) -> Measured:
        key = (place, leaves, window, party, undone, without)
        if key not in self._measured and (party is not None or undone) and self._all_alike:
            # everybody's watches see everybody's acts: what was measured of one holds for all
            whoever = self._measure(place, leaves, window, None, undone=False)
            self._measured[key] = whoever.about(party, undone=undone)
        if key not in self._measured:
            asked, text = (self.coverage, self.cells(place), window, leaves), self.agreement
            self._measured[key] = measure(
                *asked,
                standard=text.mandate.detection,
                zone=text.zone,
                party=party,
                undone=undone,
                without=without,
            )
        return self._measured[key]

    @property
    def _all_alike(self) -> bool:
        """Whether every watch counts for everybody."""
        if ("alike",) not in self._bearing:
            alike = all(watch.sees is None and watch.side is None for watch in self.coverage.watches)
            self._bearing[("alike",)] = alike
        return bool(self._bearing[("alike",)])

    def bearing(self, coverage: Measured, made: Callable[[CaseFile, Measured], T]) -> T:
        """What is told of the watches that bear on some acts of a party in a place, whenever: made once for all windows."""
        asked = made, id(coverage.cells), coverage.leaves, coverage.party, coverage.undone
        if asked not in self._bearing:
            self._bearing[asked] = made(self, coverage)
        told: T = self._bearing[asked]
        return told

    def cells(self, place: str | None) -> Cells:
        """The cells of a place."""
        if place not in self._cells:
            outline = self.agreement.places[place].outline() if place is not None else None
            self._cells[place] = Cells.of(self.agreement.frame, outline).cut(self.coverage.shapes)
        return self._cells[place]

    def enough(self, coverage: Measured) -> bool:
        """Whether all was watched, but for what the mandate tolerates."""
        return coverage.enough(self.agreement.mandate.tolerance)

    def answers(self, coverage: Measured) -> bool:
        """Whether so much was watched that any allegation could be answered."""
        return bool(self._closed(coverage).watched.any())

    def unanswered(self, alleged: Iterable[str], coverage: Measured, within: Interval | None = None) -> Listed:
        """The alleged incidents that are not :meth:`answered`, in order."""
        alleged = Listed.of(alleged)
        return alleged.without(self.answered(alleged, coverage, within))

    def answered(
        self, alleged: Iterable[str], coverage: Measured, within: Interval | None = None
    ) -> Mapping[str, float]:
        """The alleged incidents whose every reported place and time was watched, where nobody saw them.

        However little else was watched. What a side's own sources allege, no watch of that side answers; of what left :attr:`traces` none does.

        Args:
            alleged: incidents.
            coverage: of the acts that they are said to be, over the time in which these count.
            within: only the part of them that lies in this interval need have been watched.

        Returns:
            Each with the least probability with which it would have been seen anywhere it may have been.
        """
        coverage = self._closed(coverage)
        if not coverage.watched.any() or not (alleged := Listed.of(alleged).without(self.traces)):
            return {}
        few = self.members if self._asserting is None else self._asserting
        few = few.join(alleged.column.to_frame("incident"), on="incident", how="semi", maintain_order="left")
        reports = asserting_of(few) if self._asserting is None else few
        answered: dict[str, float] = {}
        sides = {watch.side for watch in self.coverage.watches if watch.side is not None}
        for without, part in by_sides(reports, sides):
            answered |= self._answered(part, self._without(coverage, without), within)
        return answered

    def _closed(self, coverage: Measured) -> Measured:
        """The coverage of a window without bounds as far as anybody was ever looking: an allegation asks for no more."""
        window = coverage.window
        if window.start is not None and window.end is not None:
            return coverage
        times = [time for watch in self.coverage.watches for time in watch.times]
        if not times:
            return coverage
        first, last = min(t.start for t in times if t.start), max(t.end for t in times if t.end)
        closed = window.intersection(Interval(first, last))
        of, undone = coverage.party, coverage.undone
        return self._measure(self._place_of(coverage), coverage.leaves, closed, of, undone=undone)

    def _without(self, coverage: Measured, sides: frozenset[str]) -> Measured:
        """The same coverage without the watches of some sides."""
        if not sides:
            return coverage
        asked = self._place_of(coverage), coverage.leaves, coverage.window, coverage.party
        return self._measure(*asked, undone=coverage.undone, without=sides)

    def _answered(self, reports: pl.DataFrame, coverage: Measured, within: Interval | None) -> Mapping[str, float]:
        """The incidents all of whose reports speak of what was watched, each with the least probability."""
        if not coverage.watched.any():
            return {}
        probability = coverage.at(
            reports["lon"].to_numpy(),
            reports["lat"].to_numpy(),
            reports["precision_m"].to_numpy(),
            clamped(reports["start"].to_list(), within),
            clamped(reports["end"].to_list(), within),
        )
        seen = reports.select("incident", p=pl.Series(np.round(probability, 6), dtype=pl.Float64))
        least = seen.group_by("incident").agg(pl.col("p").min()).filter(pl.col("p") >= coverage.standard)
        return dict(zip(least["incident"].to_list(), least["p"].to_list(), strict=True))

    def _place_of(self, coverage: Measured) -> str | None:
        return next(place for place, cells in self._cells.items() if cells is coverage.cells)

    def count(self, incidents: Collection[str]) -> tuple[int, int]:
        """The reports that assert some incidents, and their independent origins."""
        said = self.said_by(incidents)
        return said.reports, said.origins.height

    def said_by(self, incidents: Collection[str] | pl.Series) -> Said:
        """How many reports assert some incidents (by their ids, or a series of their keys), and of which origins."""
        if not len(incidents):
            return NOBODY
        names = incidents if isinstance(incidents, pl.Series) else Listed.of(incidents).column
        return self.speaking.of("key" if names is incidents else "incident", names)

    def passed(self, moment: datetime) -> bool:
        """Whether an instant has come as of ``as_of``; without an as-of every instant has."""
        return self.as_of is None or self.as_of >= moment
