"""The reports that assert incidents, and of which origins they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import polars as pl

from servanda.agreement import Agreement
from servanda.evidence.model import IMPROBABLE
from servanda.findings.weight import observed, weighs
from servanda.incidents import standing
from servanda.incidents.telling import something
from servanda.values.coded import one_of
from servanda.values.names import name_keys

_OFTEN, _MANY = 4, 2  # one in so many incidents is many


def traced(members: pl.DataFrame, agreement: Agreement) -> pl.Series:
    """The incidents of which a source without a side that weighs saw a trace, or a clash: that something happened, whatever it was.

    Args:
        members: reports of incidents, with the columns that watches are checked by (``watches.CHECKED_BY``).
        agreement: its mandate says who weighs, and its vocabulary what is a trace.

    Returns:
        Their ids.
    """
    trace = one_of(pl.col("act"), agreement.vocabulary.untold) & observed() & weighs(agreement.mandate)
    trace &= (pl.col("credibility") != IMPROBABLE).fill_null(True) & something()
    told = (pl.col("stance") != "denies") & (pl.col("stance") != "retracts") & trace
    some = members.filter(told.fill_null(False))
    if not some.height:
        return some["incident"]
    about = members.filter(pl.col("incident").is_in(some["incident"].unique().implode()))
    return standing(about).filter(told.fill_null(False))["incident"].unique()


def asserting_of(members: pl.DataFrame) -> pl.DataFrame:
    """The reports of incidents that still stand and deny nothing, without a place at none."""
    told = standing(members).filter(pl.col("stance") != "denies")
    return told.with_columns(pl.col("lat", "lon").fill_null(float("nan")))


def by_sides(reports: pl.DataFrame, sides: Collection[str]) -> list[tuple[frozenset[str], pl.DataFrame]]:
    """Reports of incidents by which of some sides allege them; each incident's stay together."""
    if not sides:
        return [(frozenset(), reports)]
    marked = reports.with_columns(
        pl.col("side").eq_missing(side).any().over("incident").alias(f"of {side}") for side in sorted(sides)
    )
    parts = marked.partition_by([f"of {side}" for side in sorted(sides)], as_dict=True, maintain_order=True)
    return [
        (frozenset(s for s, has in zip(sorted(sides), key, strict=True) if has), part) for key, part in parts.items()
    ]


def speaking_of(asserting: pl.DataFrame) -> pl.DataFrame:
    """Of every incident how many of these reports it has, and their origins, as names are compared: as numbers, for few origins tell of many incidents."""
    named = asserting.select("key", "incident", name_keys(pl.col("origin")).cast(pl.Categorical))
    again = named["key"].is_duplicated()
    of_one = named.filter(~again).select(
        "key", "incident", reports=pl.lit(1, pl.UInt32), origins=pl.concat_list("origin")
    )
    of_more = named.filter(again).group_by("key", "incident").agg(reports=pl.len(), origins=pl.col("origin").unique())
    return pl.concat([of_one, of_more], rechunk=True)


@dataclass(frozen=True)
class Said:
    """How many reports speak of some incidents, and by origin of how many of them it tells."""

    reports: int
    origins: pl.DataFrame

    @staticmethod
    def of(rows: pl.DataFrame) -> Said:
        """What some rows of :func:`speaking_of` come to."""
        told = rows["origins"].explode(empty_as_null=False).value_counts(name="incidents")
        return Said(int(rows["reports"].sum()), told.cast({"origins": pl.String, "incidents": pl.Int64}))

    @staticmethod
    def together(parts: Sequence[Said]) -> Said:
        """That of shares that have no incident in common."""
        origins = pl.concat([one.origins for one in parts]).group_by("origins").agg(pl.col("incidents").sum())
        return Said(sum(one.reports for one in parts), origins)

    def changed(self, was: Said, now: Said) -> Said:
        """The same, where other reports speak of some of the incidents now."""
        less = was.origins.with_columns(-pl.col("incidents"))
        both = Said.together([self, Said(-was.reports, less), now])
        return Said(both.reports, both.origins.filter(pl.col("incidents") > 0))


NOBODY = Said(0, pl.DataFrame(schema={"origins": pl.String, "incidents": pl.Int64}))


@dataclass
class Speaking:
    """Who speaks of incidents, to be asked of some of them, again and again.

    Args:
        table: of every incident (:func:`speaking_of`).
    """

    table: pl.DataFrame
    _asked: int = 0
    _by: dict[str, tuple[pl.Series, pl.Series] | None] = field(default_factory=dict)

    def of(self, by: str, incidents: pl.Series) -> Said:
        """Who speaks of some incidents.

        Args:
            by: what they are named by: ``key`` or ``incident``.
            incidents: their names; ids each once.
        """
        return Said.of(self._rows(by, incidents))

    def _rows(self, by: str, incidents: pl.Series) -> pl.DataFrame:
        """Theirs. Who asks often of few is answered from an order in which each is found in a few steps."""
        self._asked += 1
        said = self.table[["reports", "origins"]]
        if not len(incidents):
            return said.clear()
        many = len(incidents) * _MANY > len(said) or (by not in self._by and self._asked <= _OFTEN)
        ordered = None if many else self._ordered(by)
        if ordered is None:
            return said[self.table[by].is_in(incidents.implode()).arg_true()]
        order, numbers = ordered
        incidents = incidents.unique() if by == "key" else incidents
        asked = _numbers(incidents)
        by_number = asked.arg_sort()  # one after another they are found much faster
        asked, incidents = asked.gather(by_number), incidents.gather(by_number)
        first = numbers.search_sorted(asked)
        there = first < len(numbers)
        first, incidents = order.gather(first.filter(there)), incidents.filter(there)
        return said[first.filter(self.table[by].gather(first) == incidents)]

    def _ordered(self, by: str) -> tuple[pl.Series, pl.Series] | None:
        """Where in the table each name stands, by its number, and the numbers in order; ``None`` where two names have one number."""
        if by not in self._by:
            numbers = _numbers(self.table[by])
            order = numbers.arg_sort()
            numbers = numbers.gather(order)
            self._by[by] = None if (numbers[1:] == numbers[:-1]).any() else (order, numbers)
        return self._by[by]


def _numbers(names: pl.Series) -> pl.Series:
    """Names as numbers, which are put in order and found many times as fast as text."""
    return names.hash() if names.dtype == pl.String else names
