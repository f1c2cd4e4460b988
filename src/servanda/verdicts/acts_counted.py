"""How many acts the incidents of a prohibition had, where anybody counted them: from the least to the most, each unit by itself.

Numbers of one source of one thing at one place whose times overlap may count the same acts: the one of the longest time counts, of equal
ones the one that became known last; the others are set aside. Of what different sources may have counted both, the least counts once
(:func:`servanda.verdicts.counts.counted_once`), and the most every one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from servanda.values.small_tables import rows_where
from servanda.values.units import unit_words
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.counts import counted_once
from servanda.verdicts.listed import Listed
from servanda.wording import listing, plural

_UNITY = 1000


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one unit: how many at the least and at the most, in how many incidents and reports."""

    unit: str
    least: float
    most: float
    incidents: tuple[str, ...]
    reports: int

    @property
    def amount(self) -> str:
        """How many, in words."""
        return amount_words(self.unit, self.least, self.most)

    def __str__(self) -> str:
        return f"{self.amount} in {plural(self.reports, 'report')}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A number that does not count, because the same source gives one that holds its time."""

    incident: str
    much: float
    beside: str
    instead: float
    unit: str


@dataclass(frozen=True, slots=True)
class ActsCounted:
    """What was counted of some incidents, and what was set aside; ``short``: totals below the sum of what they hold; ``excused``: what
    of them falls under an exception, and does not count, in so many incidents.
    """

    counted: tuple[Counted, ...] = ()
    excused: tuple[Counted, ...] = ()
    aside: tuple[SetAside, ...] = ()
    short: tuple[tuple[str, float, float], ...] = ()
    incidents: frozenset[str] = field(default_factory=frozenset)

    @property
    def words(self) -> str:
        """How many, unit by unit, in words; units stand beside each other and are never added."""
        return listing([str(one) for one in self.counted])


NOT_COUNTED = ActsCounted()


def acts_counted(builder: VerdictBuilder, status: str, incidents: Iterable[str] | None = None) -> ActsCounted:
    """How many acts some incidents of a prohibition had.

    Args:
        builder: the verdict in the making.
        status: what was found of them.
        incidents: which of its incidents; left out, all of that status.

    Returns:
        What was counted of them; nothing where nobody gives a number.
    """
    if not builder.case.counts.height:
        return NOT_COUNTED
    rows = builder.case.counts_of(builder.reading, builder.term.id, builder.party)
    rows = rows_where(rows, (rows["status"] == status).to_numpy())
    if incidents is not None and rows.height:
        rows = rows.filter(Listed.of(incidents).holds())
    rows = rows.unique(["incident", "counted_in"], keep="first", maintain_order=True)
    out: list[Counted] = []
    excused: list[Counted] = []
    aside: list[SetAside] = []
    short: list[tuple[str, float, float]] = []
    for (unit,), part in sorted(rows.partition_by("counted_in", as_dict=True).items()):
        kept, others, less = _apart(part, str(unit))
        aside += others
        short += less
        doubts = builder.case.doubts
        least, most = int(counted_once(kept, doubts)["low"].sum()), int(doubts.at_most(kept)["high"].sum())
        named = tuple(sorted(kept["incident"].to_list()))
        out.append(Counted(str(unit), least / _UNITY, most / _UNITY, named, int(kept["reports"].sum())))
        if (partly := kept.filter(pl.col("part_high") > 0)).height:
            low, high = (int(partly[c].sum()) / _UNITY for c in ("part_low", "part_high"))
            named = tuple(sorted(partly["incident"].to_list()))
            excused.append(Counted(str(unit), low, high, named, int(partly["reports"].sum())))
    return ActsCounted(tuple(out), tuple(excused), tuple(aside), tuple(short), frozenset(rows["incident"].to_list()))


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of one source, with its time."""

    incident: str
    start: datetime
    end: datetime
    low: int
    high: int

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def meets(self, other: _Number) -> bool:
        """Whether two times have some in common, or are the same."""
        same = (self.start, self.end) == (other.start, other.end)
        return same or (self.start < other.end and other.start < self.end)

    def lies_in(self, other: _Number) -> bool:
        """Whether it is a number of a part of another's time."""
        return other.start <= self.start and self.end <= other.end and self.length < other.length


def _apart(rows: pl.DataFrame, unit: str) -> tuple[pl.DataFrame, list[SetAside], list[tuple[str, float, float]]]:
    """The numbers that count, those that do not beside them, and totals below the sum of what they hold."""
    dropped: set[str] = set()
    aside: list[SetAside] = []
    short: list[tuple[str, float, float]] = []
    for part in _overlapping(rows).partition_by("same", maintain_order=True):
        columns = (part[c].to_list() for c in ("incident", "start", "end", "low", "high"))
        told = [_Number(*values) for values in zip(*columns, strict=True)]
        kept = _chosen(told)
        names = {one.incident for one in kept}
        rest = [one for one in told if one.incident not in names]
        dropped |= {one.incident for one in rest}
        for one in rest:
            whole = next(k for k in kept if k.meets(one))
            aside.append(SetAside(one.incident, one.high / _UNITY, whole.incident, whole.high / _UNITY, unit))
        for whole in kept:
            parts = sum(o.low for o in _chosen([o for o in rest[::-1] if o.lies_in(whole)]))
            if parts > whole.high:
                short.append((whole.incident, whole.high / _UNITY, parts / _UNITY))
    return rows.filter(~pl.col("incident").is_in(sorted(dropped))), aside, short


def _overlapping(rows: pl.DataFrame) -> pl.DataFrame:
    """The numbers of those sources and things of which any two times meet; those first that come before others."""
    before = pl.col("end").shift().cum_max().over("same")
    again = (pl.col("start") == pl.col("start").shift().over("same")) & (
        pl.col("end") == pl.col("end").shift().over("same")
    )
    several = pl.col("same").is_not_null() & pl.col("same").is_duplicated()
    marked = rows.filter(several).sort("same", "start", "end")
    marked = marked.with_columns(meets=(pl.col("start") < before) | again).filter(pl.col("meets").any().over("same"))
    order = ("length", "known", "high", "low", "start", "incident")
    down = [True, True, True, True, False, False]
    return marked.with_columns(length=pl.col("end") - pl.col("start")).sort(order, descending=down, nulls_last=True)


def _chosen(told: Sequence[_Number]) -> list[_Number]:
    """In the order given, each whose time meets that of none before it."""
    kept: list[_Number] = []
    for one in told:
        n = bisect_left(kept, one.start, key=lambda k: k.start)
        if not any(one.meets(k) for k in kept[max(0, n - 1) : n + 1]):
            kept.insert(n, one)
    return kept


def counted_steps(builder: VerdictBuilder, counted: ActsCounted, incidents: Sequence[str]) -> None:
    """Says how many acts were counted, what counts beside what, and of how many incidents nobody gives a number.

    Args:
        builder: the verdict in the making.
        counted: what was counted of its confirmed incidents.
        incidents: these incidents.
    """
    if not counted.counted:
        return
    bare = len(set(incidents) - counted.incidents)
    rest = f" Of {plural(bare, 'more incident')} nobody says how many acts it had." if bare else ""
    beside = " What is counted in different units is not added." if len(counted.counted) > 1 else ""
    builder.step("counted", f"Counted in what is confirmed: {counted.words}.{beside}{rest}", sorted(counted.incidents))
    for one in counted.excused:
        builder.step(
            "partly_excused",
            f"{one.amount} more, in {plural(len(one.incidents), 'incident')}, {'falls' if one.most == 1 else 'fall'} under an exception whose every "
            "precondition is shown for so many: these are excused and do not count, the others stay.",
            list(one.incidents),
        )
    if counted.aside:
        each = "; ".join(
            f"{one.much:,.12g} ({one.incident}) beside {one.instead:,.12g} ({one.beside})" for one in counted.aside[:5]
        )
        more = f"; and {len(counted.aside) - 5:,} more" if len(counted.aside) > 5 else ""
        what = plural(len(counted.aside), "number is", "numbers are")
        builder.step(
            "set_aside",
            f"{what} set aside, for the same source gives another of the same thing for a time that holds it, or later: {each}{more}.",
            sorted(one.incident for one in counted.aside),
        )
    for incident, total, parts in counted.short[:5]:
        builder.step(
            "total_below_parts",
            f"The total {total:,.12g} ({incident}) is below the sum of the parts that its source gives, {parts:,.12g}.",
            [incident],
        )


def measures(**by_status: ActsCounted) -> dict[str, float | int | str | None]:
    """What was counted, for ``measure``: ``acts_least`` and ``acts_most`` of what is confirmed, and so on.

    Args:
        by_status: what was counted, by the status of its incidents.

    Returns:
        For each status and unit the least and the most.
    """
    named = [
        (f"{'' if status == 'confirmed' else status + '_'}{one.unit}", one)
        for status, counted in by_status.items()
        for one in counted.counted
    ]
    named += [(f"excused_{one.unit}", one) for counted in by_status.values() for one in counted.excused]
    out: dict[str, float | int | str | None] = {}
    for name, one in named:
        out[f"{name}_least"] = float(str(out.get(f"{name}_least", 0))) + one.least
        out[f"{name}_most"] = float(str(out.get(f"{name}_most", 0))) + one.most
    return out


def acts_words(measure: Mapping[str, float | int | str | None]) -> str:
    """How many acts were counted in what is confirmed, in words, from what a prohibition is measured by.

    Args:
        measure: as :func:`measures` makes it.

    Returns:
        The words; empty where nothing was counted.
    """
    units = [name.removesuffix("_most") for name in measure if name.endswith("_most")]
    of = [unit for unit in units if not unit.startswith(("alleged_", "excused_"))]
    return listing(
        [amount_words(unit, float(str(measure[f"{unit}_least"])), float(str(measure[f"{unit}_most"]))) for unit in of]
    )


def amount_words(unit: str, least: float, most: float) -> str:
    """So many of a unit, in words."""
    many = f"{least:,.12g}" if least == most else f"{least:,.12g} to {most:,.12g}"
    return f"{many} {unit_words(unit, many=most != 1)}"
