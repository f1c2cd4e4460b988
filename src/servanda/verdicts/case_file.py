"""The case file: findings with their times, refutations and coverage, to be asked by term, role and party.

An **occurrence** is an incident under one query, about one party, with when it happened and how much of it: the times and
quantities that its first-hand observations give; else those of its sources without a side; else those of the parties whose
word confirms it; else everybody's. Where they differ, times are the whole span, and quantities go from the least to the
most; what gives no quantity counts as one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl

from servanda.agreement import Agreement, Pattern
from servanda.coverage import Cells, Coverage, Measured, measure
from servanda.findings.matching import NO_PARTY, OCCURRENCE_TIMES, UNSIDED
from servanda.findings.queries import MatchQuery
from servanda.incidents import standing
from servanda.values.time import Interval

UNITY = 1000  # quantities are in thousandths; what does not say how many is one
OCCURRENCE: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "party": pl.Int8(),
    "key": pl.UInt64(),
    "incident": pl.String(),
    "status": pl.String(),  # confirmed, excused, alleged, open
    "by": pl.String(),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "low": pl.Int64(),
    "high": pl.Int64(),
    "toward": pl.Int8(),
    "doer": pl.Int8(),
    "answers": pl.UInt64(),
}
_RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3}


def occurrences_of(
    findings: pl.DataFrame, timed: pl.DataFrame, queries: Sequence[MatchQuery], parties: int
) -> pl.DataFrame:
    """Occurrences of the timed queries.

    Args:
        findings: the findings, with the names of their incidents.
        timed: what reports say of times and quantities (``matching.OCCURRENCE_TIMES``).
        queries: what was looked for, in the order of their numbers.
        parties: how many of the actors are parties; these come first.

    Returns:
        A table with the columns of :data:`OCCURRENCE`.
    """
    if timed.height == 0:
        return pl.DataFrame(schema=OCCURRENCE)
    assert timed.columns == list(OCCURRENCE_TIMES)
    unsided = pl.col("side") == UNSIDED
    assessed = findings.select("unit", "party", "key", "incident", "status", "by")
    act = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "act"])
    deed = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "deed"])
    side, party = pl.col("side"), pl.col("party")
    voice = (act & (side == party)) | (deed & (side >= 0) & (side < parties) & (side != party))
    rank = pl.when("first_hand").then(3).when(unsided).then(2).when(voice & (party >= 0)).then(1).otherwise(0)
    rows = timed.filter(~pl.col("refutes")).rename({"incident": "key"})
    rows = rows.join(assessed.select("unit", "key", "party").unique(), on=["unit", "key"]).with_columns(rank=rank)
    rows = rows.filter(pl.col("rank") == pl.col("rank").max().over("unit", "key", "party"))
    addressed = pl.col("toward").filter(pl.col("toward") != NO_PARTY)
    linked = pl.col("answers").drop_nulls()
    doer = pl.col("actor").filter(pl.col("actor") != NO_PARTY)
    when = rows.group_by("unit", "key", "party").agg(
        pl.col("start").min(),
        pl.col("end").max(),
        low=pl.col("quantity").fill_null(UNITY).min(),
        high=pl.col("quantity").fill_null(UNITY).max(),
        doer=pl.when(doer.n_unique() == 1).then(doer.first()).otherwise(NO_PARTY),
        answers=pl.when(linked.n_unique() == 1).then(linked.first()),
        toward=pl.when(addressed.n_unique() == 1).then(addressed.first()).otherwise(NO_PARTY),
    )
    occurrences = assessed.join(when, on=["unit", "key", "party"])
    return occurrences.select(pl.col(c).cast(d) for c, d in OCCURRENCE.items()).sort(
        "unit", "start", "end", "incident", "party"
    )


@dataclass
class CaseFile:
    """All that verdicts are concluded from. Asking it changes nothing but its caches."""

    agreement: Agreement
    as_of: datetime | None
    queries: Sequence[MatchQuery]
    findings: pl.DataFrame
    occurrences: pl.DataFrame
    refuted: pl.DataFrame
    members: pl.DataFrame
    coverage: Coverage
    items: pl.DataFrame
    _cells: dict[str | None, Cells] = field(default_factory=dict)
    _measured: dict[tuple[str | None, tuple[str, ...], Interval], Measured] = field(default_factory=dict)
    _index: dict[tuple[str | None, str, str], list[int]] = field(default_factory=dict)
    _parts: dict[int, pl.DataFrame] | None = None
    _findings: dict[int, pl.DataFrame] | None = None
    _speaking: pl.DataFrame | None = None
    _asserting: pl.DataFrame | None = None

    def narrowed(self, query: MatchQuery, findings: pl.DataFrame) -> CaseFile:
        """The same with one query only; what was measured stays cached."""
        return dataclasses.replace(self, queries=(query,), findings=findings, _index={}, _parts=None, _findings=None)

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(self.agreement.actors)

    def numbers(self, reading: str | None, owner: str, role: str, party: str | None = None) -> list[int]:
        """The numbers of the queries of a term (or event) in a role, for what a party did; ``None``: for what anybody did."""
        if not self._index:
            for n, query in enumerate(self.queries):
                self._index.setdefault((query.reading, query.owner, query.role), []).append(n)
        numbers = self._index.get((reading, owner, role), [])
        if party is None:
            return list(numbers)
        return [n for n in numbers if (binds := self.queries[n].binds) is None or party in binds]

    def query(self, reading: str | None, owner: str, role: str, party: str | None = None) -> MatchQuery:
        """The first query of a term (or event) in a role, for what a party did."""
        return self.queries[self.numbers(reading, owner, role, party)[0]]

    def happened(self, reading: str | None, owner: str, role: str, party: str | None = None) -> pl.DataFrame:
        """The occurrences of a role, one row per incident, by time; ``party`` ``None`` for whoever did it.

        What is open, because it is not settled who did it, counts for everybody who may have done it.
        """
        if self._parts is None:
            parted = self.occurrences.partition_by("unit", as_dict=True, maintain_order=True)
            self._parts = {int(str(key[0])): part for key, part in parted.items()}
        index = NO_PARTY if party is None else self.actors.index(party)
        parts = []
        for n in self.numbers(reading, owner, role, party):
            rows = self._parts.get(n)
            if rows is not None:
                wanted = pl.col("party").is_in([index, NO_PARTY]) if party is not None else pl.lit(True)
                parts.append(rows.filter(wanted & (pl.col("status") != "below")))
        if not parts:
            return pl.DataFrame(schema=OCCURRENCE)
        rank = pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8)
        rows = pl.concat(parts).with_columns(rank=rank).sort("rank", "start", "end", "incident")
        return rows.unique("incident", keep="first", maintain_order=True).drop("rank").sort("start", "end", "incident")

    def findings_of(self, reading: str | None, owner: str, role: str, party: str | None) -> pl.DataFrame:
        """The findings of a role about a party, with what is open."""
        if self._findings is None:
            parted = self.findings.partition_by("unit", as_dict=True, maintain_order=True)
            self._findings = {int(str(key[0])): part for key, part in parted.items()}
        index = NO_PARTY if party is None else self.actors.index(party)
        parts = [self._findings[n] for n in self.numbers(reading, owner, role, party) if n in self._findings]
        rows = pl.concat(parts) if parts else self.findings.clear()
        return rows.filter(pl.col("party").is_in([index, NO_PARTY]))

    def not_done(self, reading: str | None, owner: str, role: str, party: str | None) -> pl.DataFrame:
        """First-hand observations that a party's deed was not done (columns of ``matching.OCCURRENCE_TIMES``)."""
        rows = self.refuted.filter(pl.col("unit").is_in(self.numbers(reading, owner, role, party)))
        if party is None:
            return rows
        return rows.filter(pl.col("actor").is_in([self.actors.index(party), NO_PARTY]))

    def coverage_of(self, pattern: Pattern, window: Interval) -> Measured:
        """How well acts of a pattern would have been seen over a window."""
        key = (pattern.place, pattern.act_codes, window)
        if key not in self._measured:
            leaves = self.agreement.vocabulary.acts.leaves(pattern.act_codes)
            self._measured[key] = measure(self.coverage, self.cells(pattern.place), window, leaves)
        return self._measured[key]

    def cells(self, place: str | None) -> Cells:
        """The cells of a place."""
        if place not in self._cells:
            outline = self.agreement.places[place].outline() if place is not None else None
            self._cells[place] = Cells.of(self.agreement.frame, outline)
        return self._cells[place]

    def enough(self, coverage: Measured) -> bool:
        """Whether coverage reaches what the mandate asks for."""
        return coverage.probability >= self.agreement.mandate.detection

    def unanswered(self, alleged: Iterable[str], coverage: Measured, within: Interval | None = None) -> tuple[str, ...]:
        """The alleged incidents, but for those whose every reported place and time was watched and where nobody saw them.

        ``within``: only the part of them that lies in this interval need have been watched.
        """
        alleged = tuple(sorted(alleged))
        if not alleged or not self.enough(coverage):
            return alleged
        if self._asserting is None:
            asserting = standing(self.members).filter(pl.col("stance") != "denies")
            self._asserting = asserting.with_columns(pl.col("lat", "lon").fill_null(float("nan")))
        wanted = pl.DataFrame({"incident": alleged}, schema={"incident": pl.String})
        reports = self._asserting.join(wanted, on="incident", how="semi", maintain_order="left")
        probability = coverage.at(
            reports["lon"].to_numpy(),
            reports["lat"].to_numpy(),
            reports["precision_m"].to_numpy(),
            _clamped(reports["start"].to_list(), within),
            _clamped(reports["end"].to_list(), within),
        )
        watched = reports.select("incident").with_columns(
            ok=pl.Series(np.asarray(probability >= self.agreement.mandate.detection))
        )
        answered = set(watched.group_by("incident").agg(pl.col("ok").all()).filter("ok")["incident"].to_list())
        return tuple(i for i in alleged if i not in answered)

    def count(self, incidents: Iterable[str]) -> tuple[int, int]:
        """The reports that assert some incidents, and their independent origins."""
        if self._speaking is None:
            asserting = standing(self.members).filter(pl.col("stance") != "denies")
            self._speaking = asserting.select("incident", pl.col("origin").str.to_lowercase())
        wanted = pl.DataFrame({"incident": sorted(set(incidents))}, schema={"incident": pl.String})
        reports = self._speaking.join(wanted, on="incident", how="semi")
        return reports.height, reports["origin"].n_unique()

    def passed(self, moment: datetime) -> bool:
        """Whether an instant has come as of ``as_of``; without an as-of every instant has."""
        return self.as_of is None or self.as_of >= moment


def _clamped(times: list[datetime], within: Interval | None) -> list[datetime]:
    """Instants moved to the nearest in an interval."""
    if within is None or within.start is None or within.end is None:
        return times
    return [min(max(t, within.start), within.end) for t in times]
