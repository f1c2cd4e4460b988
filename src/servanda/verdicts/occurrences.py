"""Occurrences: what happened under a query, when, where and how much of it.

An **occurrence** is an incident under one query, about one party, with when and where it happened and how much of it: the
times, places and quantities that its observers give; else those of its sources without a side that weigh; else those of the
parties whose word confirms it; else everybody's. Where they differ, times are the whole span, places the whole box, and quantities go from
the least to the most; what gives no quantity counts as one, and of what is owed in a unit of things as one at the least. That of who speaks against his own interest raises the most (:func:`against_itself`). Its **certainty** is that of the finding: how surely it lies in place and window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from servanda.findings.counting import NUMBER, OF_ANOTHER_THING
from servanda.findings.exceptions import PART
from servanda.findings.finding import BY, STATUS
from servanda.findings.matched import NO_PARTY, OCCURRENCE_TIMES, UNSIDED
from servanda.findings.queries import MatchQuery
from servanda.findings.repeats import by_unit
from servanda.values.small_tables import codes, rows_where
from servanda.values.text_order import in_order_of
from servanda.verdicts.alike import Alike
from servanda.verdicts.told_numbers import against_itself, told_in_parts

_NEUTRAL = 2  # from this rank on whoever tells it has no side
_WEIGHTS = ("confirmed", "excused", "open", "alleged")
_WEIGHT = np.array([_WEIGHTS.index(s) if s in _WEIGHTS else len(_WEIGHTS) for s in STATUS.categories], np.int8)
"""By the number of a status how little it weighs."""
UNITY = 1000  # quantities are in thousandths; what does not say how many is one
UNKNOWN = 10**15  # of what is counted in another unit: more than anybody can say, than any cap, and than what is owed
UNTOLD = 10**13  # of things that are owed, where nobody says how many came: more than what is owed
OCCURRENCE: dict[str, pl.DataType] = {
    "unit": pl.UInt16(),
    "party": pl.Int8(),
    "key": pl.UInt64(),
    "incident": pl.String(),
    "status": STATUS,  # confirmed, excused, alleged, open
    "by": BY,
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "begun": pl.Datetime("us", "UTC"),  # of what goes on from start to end: by when it had surely begun
    "over": pl.Datetime("us", "UTC"),  # and since when it may have ended
    "low": pl.Int64(),
    "high": pl.Int64(),
    "toward": pl.Int8(),
    "doer": pl.Int8(),
    "answers": pl.UInt64(),
    "counted": pl.Boolean(),  # a source without a side says how many
    "who": pl.List(pl.UInt64),  # whose times and quantities these are: origins, each as somebody tells of it
    "same": pl.UInt64(),  # whose word it is, of what, where, in which unit; empty where it is several sources'
    "p": pl.Int32(),  # millionths
    "south": pl.Float64(),
    "west": pl.Float64(),
    "north": pl.Float64(),
    "east": pl.Float64(),
    "radius": pl.Float64(),  # metres: the greatest of its positions
}
_NONE = pl.DataFrame(schema=OCCURRENCE)
COUNT: dict[str, pl.DataType] = {
    **OCCURRENCE,
    "counted_in": pl.String(),
    "known": pl.Datetime("us", "UTC"),
    "reports": pl.UInt32(),
    "part_low": pl.Int64(),  # of what is confirmed: how many of the acts counted here fall under an exception, at the least
    "part_high": pl.Int64(),  # and at the most; they are no longer among low and high
}
MOST_OF_ALL = pl.col("high").cast(pl.Int128)
"""The greatest quantities as they are added: what is not known, some thousands of times, is more than 64 bits hold."""
_WHEN_AND_WHERE = {
    "start": pl.col("start").min(),
    "end": pl.col("end").max(),
    "begun": pl.when(pl.col("begun").is_not_null().all()).then(pl.col("begun").min()),
    "over": pl.when(pl.col("over").is_not_null().all()).then(pl.col("over").max()),
    "south": pl.col("lat").min(),
    "west": pl.col("lon").min(),
    "north": pl.col("lat").max(),
    "east": pl.col("lon").max(),
    "radius": pl.col("radius").max(),
}
"""Of reports the span, the box, and how precise they are, which is empty where they give no place."""


def occurrences_of(
    findings: pl.DataFrame, timed: pl.DataFrame, queries: Sequence[MatchQuery], parties: int
) -> pl.DataFrame:
    """Occurrences of the timed queries.

    Args:
        findings: the findings, with the names of their incidents.
        timed: what reports say of times and quantities (``matched.OCCURRENCE_TIMES``).
        queries: what was looked for, in the order of their numbers.
        parties: how many of the actors are parties; these come first.

    Returns:
        A table with the columns of :data:`OCCURRENCE`.
    """
    if timed.height == 0:
        return _NONE
    assert timed.columns == list(OCCURRENCE_TIMES)
    timed = timed.filter(pl.col("unit").is_in([n for n, query in enumerate(queries) if query.timed])).drop(
        c for c in NUMBER if c not in ("same", "known_at")
    )
    rows, assessed = _ranked(findings, timed, queries, parties)
    things = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.of_things])
    rows, of = rows.with_columns(untold=pl.when(things).then(UNTOLD).otherwise(UNITY)), rows["n"].to_numpy()
    alone = pl.Series(np.bincount(of)[of] == 1, dtype=pl.Boolean)
    said = pl.concat([_of_one(rows.filter(alone)), _of_several(rows.filter(~alone), queries, parties)])
    found = _beside(assessed, said).select(pl.col(c).cast(d) for c, d in OCCURRENCE.items())
    return _by_time(found)


def _by_time(found: pl.DataFrame, *last: str) -> pl.DataFrame:
    """Occurrences query by query, each in order of time."""
    order = ("start", "end", "incident", "party", "status", *last)
    return in_order_of(found, *order) if found["unit"].n_unique() < 2 else found.sort("unit", *order)


def _beside(found: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """The findings, each with what is said of it (by ``n``, which ascends in them); without those of which nothing is."""
    if found.height and found["n"].max() < found.height - 1:  # type: ignore[operator]
        return found.join(said, on="n")
    said = said.sort("n")
    return pl.concat([found[said["n"]], said.drop("n")], how="horizontal")


_IN_UNIT = (pl.col("quantity") >= 0).fill_null(False)
_IN_OTHER = (pl.col("quantity") < 0).fill_null(False)
_OF_OTHER = (pl.col("quantity") == OF_ANOTHER_THING).fill_null(False)
_SAID = ["n", *_WHEN_AND_WHERE, "who", "doer", "answers", "toward", "low", "high", "counted", "same"]


def _of_one(rows: pl.DataFrame) -> pl.DataFrame:
    """What follows of incidents of which one row speaks: what :func:`_of_several` finds of each, without grouping."""
    return rows.with_columns(
        south="lat",
        west="lon",
        north="lat",
        east="lon",
        radius=pl.when(pl.col("lat").is_not_null()).then("radius"),
        who=pl.concat_list("teller"),
        doer=pl.max_horizontal("actor", pl.lit(NO_PARTY, dtype=pl.Int8)),
        low=pl.when(_IN_UNIT).then("quantity").when(_OF_OTHER).then(0).otherwise(UNITY),
        high=pl.when(_IN_UNIT).then("quantity").when(_IN_OTHER).then(UNKNOWN).otherwise("untold"),
        counted=_IN_UNIT & (pl.col("rank") >= _NEUTRAL),
    ).select(_SAID)


def _of_several(rows: pl.DataFrame, queries: Sequence[MatchQuery], parties: int) -> pl.DataFrame:
    """What those say of each incident (``n``) whose word counts most: when, where, how much, who, whose."""
    most = pl.col("rank").max().over("n")
    rows = rows.with_columns(most=most)
    # a number of who confirms nothing says nothing of what others confirm
    heard = (pl.col("rank") > 0) | (pl.col("most") == 0)
    told = rows.filter(_IN_UNIT & heard)
    deeds = [n for n, query in enumerate(queries) if query.voice == "deed"]
    numbers = told_in_parts(told.filter(pl.col("rank") == most), deeds)
    numbers = numbers.group_by("n").agg(
        low=pl.col("low").min(), high=pl.col("high").max(), counted=pl.col("rank").max() >= _NEUTRAL
    )
    own = rows.filter(pl.col("voice") & (pl.col("actor") == pl.col("party")) & _IN_UNIT)
    if own.height:
        admitted = against_itself(own, queries, parties)
        numbers = numbers.join(admitted, on="n", how="left").with_columns(high=pl.max_horizontal("high", "admitted"))
    when = (
        rows.filter(pl.col("rank") == pl.col("most"))
        .with_columns(
            pl.when(pl.col("lat").is_not_null()).then("radius").alias("radius"),
            pl.when(pl.col("toward") != NO_PARTY).then("toward").alias("toward"),
            doer=pl.when(pl.col("actor") >= 0).then("actor"),
        )
        .group_by("n")
        .agg(
            **_WHEN_AND_WHERE,
            who=pl.col("teller").unique().sort(),
            untold=pl.col("untold").max(),
            **{
                c: _the_only(c, empty)
                for c, empty in (("doer", NO_PARTY), ("answers", None), ("toward", NO_PARTY), ("same", None))
            },
        )
    )
    other = rows.filter(_IN_OTHER & heard)["n"].unique()
    unsaid = pl.when(pl.col("n").is_in(other.implode())).then(UNKNOWN).otherwise("untold")
    some = rows.filter((pl.col("rank") == most) & ~_OF_OTHER)["n"].unique()
    least = pl.when(pl.col("n").is_in(some.implode())).then(UNITY).otherwise(0)
    when = when.join(numbers, on="n", how="left").with_columns(
        pl.col("low").fill_null(least), pl.col("high").fill_null(unsaid), pl.col("counted").fill_null(False)
    )
    return when.select(pl.col(c).cast(OCCURRENCE.get(c, pl.UInt32())) for c in _SAID)


def _the_only(column: str, empty: int | None) -> pl.Expr:
    """What all of a group say that say anything, where it is one thing."""
    least, most = pl.col(column).min(), pl.col(column).max()
    return pl.when(least == most).then(least).otherwise(empty)


def _ranked(
    findings: pl.DataFrame, timed: pl.DataFrame, queries: Sequence[MatchQuery], parties: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What reports say, for each party that is assessed, with whose word counts most (``rank``); and the findings. ``n``: which incident,
    under which query, about which party.
    """
    unsided = (pl.col("side") == UNSIDED) & pl.col("weighs")
    act = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "act"])
    deed = pl.col("unit").is_in([n for n, query in enumerate(queries) if query.voice == "deed"])
    bound, party = pl.col("bound"), pl.col("party")
    voice = (act & (bound == party)) | (deed & (bound >= 0) & (bound < parties) & (bound != party))
    rank = pl.when("first_hand").then(3).when(unsided).then(_NEUTRAL).when(voice & (party >= 0)).then(1).otherwise(0)
    rows = timed.filter(~pl.col("refutes")).drop("p", "level", "kept", "of_doer").rename({"incident": "key"}).rechunk()
    of = ["unit", "key", "party"]
    found = findings.select(*of, "incident", "status", "by", "p", *PART)
    own = found.select(of).unique(maintain_order=True).with_row_index("n")
    found = found.join(own, on=of, maintain_order="left") if own.height < found.height else found.with_row_index("n")
    one = pl.concat([rows["unit"], own["unit"]]).n_unique() < 2
    said = rows.join(own.drop("unit"), on="key") if one else rows.join(own, on=["unit", "key"])
    return _of_this_one(said).with_columns(rank=rank, voice=voice & (party >= 0)), found


def _of_this_one(said: pl.DataFrame) -> pl.DataFrame:
    """What is said of each incident, without what is said of another's part where somebody speaks of that of this party.

    Of an act of which several may each be an author, who names another says nothing of when, where and how much of it was this one's.
    """
    actor, party = pl.col("actor"), pl.col("party")
    of_another = pl.col("several") & (actor >= 0) & (party >= 0) & (actor != party)
    if not said.select(of_another.any()).item():
        return said
    named = said.filter(actor == party)["n"].unique()
    return said.filter(~(of_another & pl.col("n").is_in(named.implode())))


def counts_of(findings: pl.DataFrame, timed: pl.DataFrame, queries: Sequence[MatchQuery], parties: int) -> pl.DataFrame:
    """How many acts were counted under prohibitions, in each incident of which anybody gives a number, unit by unit.

    Args:
        findings: as for :func:`occurrences_of`.
        timed: likewise.
        queries: likewise.
        parties: likewise.

    Returns:
        A table with the columns of :data:`COUNT`: from the least to the most that those say who count most (as for
        :func:`occurrences_of`); of what is confirmed or excused, those only whose word confirms it.
    """
    timed = timed.filter(pl.col("counted_in").is_not_null())
    if not timed.height:
        return pl.DataFrame(schema=COUNT)
    about = timed["incident"].unique().implode()  # of whichever query: of the others nothing is told below
    rows, found = _ranked(findings.filter(pl.col("key").is_in(about)), timed, queries, parties)
    rows = rows.with_columns(pl.when(pl.col("lat").is_not_null()).then("radius").alias("radius"))
    of = rows["n"].to_numpy()
    alone = pl.Series(np.bincount(of)[of] == 1, dtype=pl.Boolean)
    found = _beside(found, pl.concat([_number_of_one(rows.filter(alone)), _number_of_several(rows.filter(~alone))]))
    mine = pl.col("part_in") == pl.col("counted_in")
    found = found.with_columns(pl.when(mine).then(c).otherwise(0).alias(c) for c in ("part_low", "part_high"))
    found = found.with_columns(
        low=pl.max_horizontal(pl.col("low") - pl.col("part_high"), 0),
        high=pl.max_horizontal(pl.col("high") - pl.col("part_low"), 0),
        toward=pl.lit(NO_PARTY),
        doer=pl.lit(NO_PARTY),
        answers=pl.lit(None),
        counted=pl.lit(True),
    )
    found = found.filter(~pl.col("status").is_in(["confirmed", "excused"]) | (pl.col("rank") > 0))
    found = found.select(pl.col(c).cast(d) for c, d in COUNT.items())
    return _by_time(found, "counted_in")


_NUMBER = ["n", "counted_in", *_WHEN_AND_WHERE, "known", "low", "high", "who", "same", "reports", "rank"]


def _number_of_one(rows: pl.DataFrame) -> pl.DataFrame:
    """The number that one row gives: what :func:`_number_of_several` finds of it, without grouping."""
    box = {"south": "lat", "west": "lon", "north": "lat", "east": "lon"}
    return rows.with_columns(
        **box,
        known="known_at",
        low="quantity",
        high="quantity",
        who=pl.concat_list("teller"),
        reports=pl.lit(1, dtype=pl.UInt32),
    ).select(_NUMBER)


def _number_of_several(rows: pl.DataFrame) -> pl.DataFrame:
    """The numbers that those give of each incident (``n``) in each unit whose word counts most."""
    of = ("n", "counted_in")
    rows = rows.filter(pl.col("rank") == pl.col("rank").max().over(of))
    rows = rows.filter(~pl.col("partial") | pl.col("partial").all().over(of))
    numbers = rows.group_by(of).agg(
        **_WHEN_AND_WHERE,
        known=pl.col("known_at").max(),
        low=pl.col("quantity").min(),
        high=pl.col("quantity").max(),
        who=pl.col("teller").unique().sort(),
        same=pl.when(pl.col("same").n_unique() == 1).then(pl.col("same").first()),
        reports=pl.len(),
        rank=pl.col("rank").max(),
    )
    return numbers.select(_NUMBER)


_FEW = 20_000
"""Rows that are looked at all at once: query by query it takes longer."""


@dataclass
class Occurrences:
    """The occurrences of a run, found for a query when somebody asks for them. The arguments are those of :func:`occurrences_of`."""

    findings: pl.DataFrame
    timed: pl.DataFrame
    queries: Sequence[MatchQuery]
    parties: int
    _of: dict[int, pl.DataFrame] = field(default_factory=dict)
    _first: dict[int, int] = field(default_factory=dict)

    @staticmethod
    def held(table: pl.DataFrame) -> Occurrences:
        """Those that were found already."""
        return Occurrences(table.clear(), table.clear(), (), 0, by_unit(table))

    @cached_property
    def table(self) -> pl.DataFrame:
        """All of them, by query."""
        if 0 < self.timed.height <= _FEW:
            return occurrences_of(self.findings, self.timed, self.queries, self.parties)
        return self.of(range(len(self.queries)) if self.timed.height else sorted(self._of))

    def counts(self) -> pl.DataFrame:
        """How many acts were counted in them (:func:`counts_of`)."""
        if self.timed.height <= _FEW:
            return counts_of(self.findings, self.timed, self.queries, self.parties)
        parts = [
            counts_of(self._found[n], rows, self.queries, self.parties)
            for n, rows in sorted(self._said.items())
            if n in self._found
        ]
        return pl.concat(parts) if parts else pl.DataFrame(schema=COUNT)

    def of(self, units: Iterable[int]) -> pl.DataFrame:
        """Those of some queries, one query after another, each by time."""
        if not self._of and 0 < self.timed.height <= _FEW:
            self._of = by_unit(self.table)
        parts = [part for n in units if (part := self._of_unit(n)) is not None]
        return pl.concat(parts) if len(parts) > 1 else parts[0] if parts else _NONE

    def firsts(self, numbers: Sequence[int]) -> list[int]:
        """For each of some queries the first of which the very same happened; nothing where no other looks for the same, or little was found."""
        if self.timed.height <= _FEW or self._alike.alone(numbers):
            return []
        self.of(numbers)
        return [self._first.get(n, n) for n in numbers]

    @cached_property
    def _found(self) -> dict[int, pl.DataFrame]:
        return by_unit(self.findings)

    @cached_property
    def _said(self) -> dict[int, pl.DataFrame]:
        return by_unit(self.timed)

    @cached_property
    def _alike(self) -> Alike:
        return Alike(self.queries, self._found.get)

    def _of_unit(self, n: int) -> pl.DataFrame | None:
        if self.timed.height > _FEW and n not in self._of and n in self._found and n in self._said:
            first = self._alike.first(n)
            said = self._said.get(first) if first != n else None
            if said is not None and said.drop("unit").equals(self._said[n].drop("unit")):
                self._first[n] = first
                self._of[n] = self.of([first]).with_columns(unit=pl.lit(n, dtype=pl.UInt16))
            else:
                self._of[n] = occurrences_of(self._found[n], self._said[n], self.queries, self.parties)
        return self._of.get(n)


def weightiest(rows: pl.DataFrame) -> pl.DataFrame:
    """Occurrences in order of time, of each incident the first of those whose status weighs most."""
    keys = rows["key"].to_numpy()
    each = np.sort(keys)
    if not (each[1:] == each[:-1]).any():
        return rows
    order = np.lexsort((_WEIGHT[codes(rows["status"])], keys))  # where two weigh the same, the first stays first
    each = keys[order]
    first = np.zeros(len(keys), bool)
    first[order] = np.concatenate([[True], each[1:] != each[:-1]])
    return rows_where(rows, first)


NOTHING_HAPPENED = Occurrences.held(_NONE)
