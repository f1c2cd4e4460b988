"""What was found, ready to be asked by term, role and party: occurrences with their times, refutations, coverage.

An **occurrence** is an incident under one unit with when it happened and how much of it: the times and quantities
that its first-hand observations give; else those of its sources without a side; else everybody's. Where they differ,
times are the whole span, and quantities go from the least to the most.
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
from servanda.incidents import standing
from servanda.values.time import Interval
from servanda.verdicts.match import NO_PARTY, TIMED, UNSIDED
from servanda.verdicts.units import Unit

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
    "answers": pl.UInt64(),
}
_RANK = {"confirmed": 0, "excused": 1, "open": 2, "alleged": 3}


def occurrences_of(findings: pl.DataFrame, timed: pl.DataFrame) -> pl.DataFrame:
    """Occurrences (:data:`OCCURRENCE`) of the timed units, from findings with the names of their incidents."""
    if timed.height == 0:
        return pl.DataFrame(schema=OCCURRENCE)
    assert timed.columns == list(TIMED)
    unsided = pl.col("side") == UNSIDED
    rank = pl.when(pl.col("first_hand")).then(2).when(unsided).then(1).otherwise(0)
    rows = timed.filter(~pl.col("refutes")).with_columns(rank=rank)
    rows = rows.filter(pl.col("rank") == pl.col("rank").max().over("unit", "incident"))
    told = pl.col("toward").filter(pl.col("toward") != NO_PARTY)
    linked = pl.col("answers").drop_nulls()
    when = rows.group_by("unit", "incident").agg(
        pl.col("start").min(),
        pl.col("end").max(),
        low=pl.col("quantity").min().fill_null(UNITY),
        high=pl.col("quantity").max().fill_null(UNITY),
        answers=pl.when(linked.n_unique() == 1).then(linked.first()),
        toward=pl.when(told.n_unique() == 1).then(told.first()).otherwise(NO_PARTY),
    )
    mine = findings.select("unit", "party", "key", "incident", "status", "by")
    found = mine.join(when.rename({"incident": "key"}), on=["unit", "key"])
    return found.select(pl.col(c).cast(d) for c, d in OCCURRENCE.items()).sort(
        "unit", "start", "end", "incident", "party"
    )


@dataclass
class Facts:
    """All that verdicts are concluded from. Pure: asking changes nothing but what is remembered to be quick."""

    agreement: Agreement
    as_of: datetime | None
    units: Sequence[Unit]
    findings: pl.DataFrame
    occurrences: pl.DataFrame
    refuted: pl.DataFrame
    members: pl.DataFrame
    coverage: Coverage
    items: pl.DataFrame
    _cells: dict[str | None, Cells] = field(default_factory=dict)
    _seen: dict[tuple[str | None, tuple[str, ...], Interval], Measured] = field(default_factory=dict)
    _index: dict[tuple[str | None, str, str], list[int]] = field(default_factory=dict)
    _parts: dict[int, pl.DataFrame] | None = None
    _findings: dict[int, pl.DataFrame] | None = None
    _speaking: pl.DataFrame | None = None

    def narrowed(self, unit: Unit, findings: pl.DataFrame) -> Facts:
        """The same, of one unit only; what was measured stays known."""
        return dataclasses.replace(self, units=(unit,), findings=findings, _index={}, _parts=None, _findings=None)

    @property
    def actors(self) -> tuple[str, ...]:
        return tuple(self.agreement.actors)

    def of(self, reading: str | None, owner: str, role: str, party: str | None = None) -> list[int]:
        """The numbers of the units of a term (or event) in a role, that look for a party's doing."""
        if not self._index:
            for n, unit in enumerate(self.units):
                self._index.setdefault((unit.reading, unit.owner, unit.role), []).append(n)
        mine = self._index.get((reading, owner, role), [])
        return [n for n in mine if party is None or self.units[n].binds is None or party in (self.units[n].binds or ())]

    def happened(self, reading: str | None, owner: str, role: str, party: str | None = None) -> pl.DataFrame:
        """The occurrences of a role, one row per incident, by time; ``party`` ``None`` for whoever did it.

        What is open, because it is not settled who did it, is everybody's who may have.
        """
        if self._parts is None:
            parted = self.occurrences.partition_by("unit", as_dict=True, maintain_order=True)
            self._parts = {int(str(key[0])): part for key, part in parted.items()}
        index = NO_PARTY if party is None else self.actors.index(party)
        parts = []
        for n in self.of(reading, owner, role, party):
            rows = self._parts.get(n)
            if rows is not None:
                wanted = pl.col("party").is_in([index, NO_PARTY]) if party is not None else pl.lit(True)
                parts.append(rows.filter(wanted & (pl.col("status") != "below")))
        if not parts:
            return pl.DataFrame(schema=OCCURRENCE)
        rank = pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8)
        rows = pl.concat(parts).with_columns(rank=rank).sort("rank", "start", "end", "incident")
        return rows.unique("incident", keep="first", maintain_order=True).drop("rank").sort("start", "end", "incident")

    def found(self, reading: str | None, owner: str, role: str, party: str | None) -> pl.DataFrame:
        """The findings of a role about a party, with what is open."""
        if self._findings is None:
            parted = self.findings.partition_by("unit", as_dict=True, maintain_order=True)
            self._findings = {int(str(key[0])): part for key, part in parted.items()}
        index = NO_PARTY if party is None else self.actors.index(party)
        parts = [self._findings[n] for n in self.of(reading, owner, role, party) if n in self._findings]
        rows = pl.concat(parts) if parts else self.findings.clear()
        return rows.filter(pl.col("party").is_in([index, NO_PARTY]))

    def not_done(self, reading: str | None, owner: str, role: str, party: str | None) -> pl.DataFrame:
        """First-hand observations that a party's deed was not done (columns of ``match.TIMED``)."""
        rows = self.refuted.filter(pl.col("unit").is_in(self.of(reading, owner, role, party)))
        if party is None:
            return rows
        return rows.filter(pl.col("actor").is_in([self.actors.index(party), NO_PARTY]))

    def seen(self, pattern: Pattern, window: Interval) -> Measured:
        """How well acts of a pattern would have been seen over a window."""
        key = (pattern.place, pattern.act_codes, window)
        if key not in self._seen:
            leaves = self.agreement.vocabulary.acts.leaves(pattern.act_codes)
            self._seen[key] = measure(self.coverage, self.cells(pattern.place), window, leaves)
        return self._seen[key]

    def cells(self, place: str | None) -> Cells:
        """The cells of a place."""
        if place not in self._cells:
            outline = self.agreement.places[place].outline() if place is not None else None
            self._cells[place] = Cells.of(self.agreement.frame, outline)
        return self._cells[place]

    def enough(self, seen: Measured) -> bool:
        """Whether coverage reaches what the mandate asks for."""
        return seen.probability >= self.agreement.mandate.detection

    def unanswered(self, alleged: Iterable[str], seen: Measured) -> tuple[str, ...]:
        """The alleged incidents but those whose every reported place and time was watched, and nobody saw them."""
        alleged = tuple(sorted(alleged))
        if not alleged or not self.enough(seen):
            return alleged
        mine = standing(self.members.filter(pl.col("incident").is_in(list(alleged))))
        reports = mine.filter(pl.col("stance") != "denies").with_columns(pl.col("lat", "lon").fill_null(float("nan")))
        at = seen.at(
            reports["lon"].to_numpy(), reports["lat"].to_numpy(), reports["precision_m"].to_numpy(),
            reports["start"].to_list(), reports["end"].to_list(),
        )  # fmt: skip
        watched = reports.select("incident").with_columns(
            ok=pl.Series(np.asarray(at >= self.agreement.mandate.detection))
        )
        answered = set(watched.group_by("incident").agg(pl.col("ok").all()).filter("ok")["incident"].to_list())
        return tuple(i for i in alleged if i not in answered)

    def count(self, incidents: Iterable[str]) -> tuple[int, int]:
        """The reports that assert some incidents, and their independent origins."""
        if self._speaking is None:
            asserting = standing(self.members).filter(pl.col("stance") != "denies")
            self._speaking = asserting.select("incident", pl.col("origin").str.to_lowercase())
        ids = pl.DataFrame({"incident": sorted(set(incidents))}, schema={"incident": pl.String})
        mine = self._speaking.join(ids, on="incident", how="semi")
        return mine.height, mine["origin"].n_unique()

    def passed(self, moment: datetime) -> bool:
        """Whether an instant has come, as of when it is asked. Asked of no time, everything has."""
        return self.as_of is None or self.as_of >= moment
