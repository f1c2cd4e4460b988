"""Whether reports fall under a pattern by act, target, weapon and force: surely (2), possibly (1), not (0); and their share in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import time

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.agreement import Agreement
from servanda.agreement.pattern import Force, Pattern
from servanda.incidents.telling import something
from servanda.values.codes import Tree
from servanda.values.time import LONGEST_DAY, Interval, to_micros
from servanda.values.units import acts_counted_in
from servanda.values.weapons import WeaponClass

_WHOSE = ("nationality", "command", "payroll")


def levels_of(tree: Tree, surely: frozenset[str], possibly: frozenset[str]) -> npt.NDArray[np.int8]:
    """For each code of a tree, in the order of its codes: 2 surely, 1 possibly, 0 not; last, for no code: 1 or 0.

    A report that does not say what was hit may have hit what the term protects; one that does not say what was done
    says nothing that a term could forbid.
    """
    level = [2 if code in surely else 1 if code in possibly else 0 for code in tree.codes]
    return np.array([*level, 1 if tree.kind == "target" else 0], dtype=np.int8)


class Kinds:
    """The acts, targets, weapons and forces that some patterns look for, ready to meet reports."""

    def __init__(self, agreement: Agreement, patterns: Sequence[Pattern], unasked: Collection[int] = ()) -> None:
        """``unasked``: the numbers of patterns under which nothing falls, because they are those of others before them."""
        self._agreement, self._patterns, self._unasked = agreement, patterns, unasked
        acts, targets = agreement.vocabulary.acts, agreement.vocabulary.targets
        self._acts, self._targets = pl.Enum(acts.codes), pl.Enum(targets.codes)
        self._act_level = [levels_of(acts, one.acts, one.acts_above) for one in patterns]
        self._target_level = [
            None if one.targets is None else levels_of(targets, one.targets, one.targets_above) for one in patterns
        ]

    def levels(self, reports: pl.DataFrame) -> Iterator[dict[str, npt.NDArray[np.int8]]]:
        """For each pattern, of what it asks for (``act``, ``target``, ``weapon``, ``force``) the level of every report."""
        act = index_of(reports["act"], self._acts)
        target = index_of(reports["target"], self._targets)
        weapon, force, nothing = Weapons(self._agreement, reports), Forces(reports), np.zeros(reports.height, np.int8)
        each = zip(self._patterns, self._act_level, self._target_level, strict=True)
        for n, (pattern, of_act, of_target) in enumerate(each):
            if n in self._unasked:
                yield {"act": nothing}
                continue
            out = {"act": of_act[act]}
            if of_target is not None:
                out["target"] = of_target[target]
            if pattern.weapon is not None:
                out["weapon"] = weapon.level(pattern.weapon)
            if pattern.force is not None:
                out["force"] = force.level(pattern.force)
            yield out


class Weapons:
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


class Forces:
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


def index_of(codes: pl.Series, enum: pl.Enum) -> npt.NDArray[np.int64]:
    """Position of each code in the enumeration; the position after the last for no code."""
    return codes.cast(enum, strict=False).to_physical().cast(pl.Int64).fill_null(len(enum.categories)).to_numpy()


def is_something(reports: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each report tells of anything: none of it is no act."""
    return reports.select(told=something())["told"].to_numpy()


def edges(agreement: Agreement, reports: pl.DataFrame) -> dict[str, pl.Expr]:
    """Of what goes on from its start to its end: by when it had surely begun, and since when it may have ended; empty for all else.

    It goes on where it is no deed of one moment (:attr:`~servanda.values.codes.Vocabulary.lasting`), is told of longer than a day, and is no count of
    several acts of that time. What begins or ends where a day ends is told by days, and did so at any hour of its first or last.
    """
    counted = acts_counted_in(agreement.vocabulary, reports).is_not_null() & (pl.col("quantity") > 1)
    goes_on = _long_told(agreement) & ~counted.fill_null(False)
    first, last = (pl.duration(days=_ends_a_day(pl.col(c), agreement).cast(pl.Int64)) for c in ("start", "end"))
    found = {"begun": pl.col("start") + first, "over": pl.col("end") - last}
    return {name: pl.when(goes_on).then(edge) for name, edge in found.items()}


def _long_told(agreement: Agreement) -> pl.Expr:
    """Whether a report tells of what may go on, for longer than a day."""
    lasting = list(agreement.vocabulary.lasting)
    return pl.col("act").is_in(lasting).fill_null(False) & (pl.col("end") - pl.col("start") > LONGEST_DAY)


def _ends_a_day(moment: pl.Expr, agreement: Agreement) -> pl.Expr:
    """Whether clocks show that a day ends, give or take the minute by which days are ended: that of the agreement's zone, of tables without one, or the mission's."""
    own, midnight = agreement.reporting_day, time()
    days = dict.fromkeys(((agreement.zone.key, midnight), ("UTC", midnight), (own.zone.key, own.ends)))
    return pl.any_horizontal(
        (_shown(moment, zone) - pl.duration(hours=ends.hour, minutes=ends.minute - 1)).dt.time() <= time(0, 2)
        for zone, ends in days
    )


def _shown(moment: pl.Expr, zone: str) -> pl.Expr:
    """What clocks of a zone show."""
    return moment.dt.convert_time_zone(zone).dt.replace_time_zone(None)


class Times:
    """When reports say it was, and the share of each that lies in a window, which is found once; of what goes on (:func:`edges`) how surely any of it does."""

    def __init__(self, agreement: Agreement, reports: pl.DataFrame) -> None:
        self._start, self._end = (_micros(reports[column]) for column in ("start", "end"))
        long = np.flatnonzero(reports.select(long=_long_told(agreement))["long"].to_numpy())
        some = reports[long] if len(long) else reports.clear()
        found = some.select(**edges(agreement, some)).with_columns(row=pl.Series(long, dtype=pl.Int64)).drop_nulls()
        self._lasting = found["row"].to_numpy()
        self._begun, self._over = (_micros(found[edge]) for edge in ("begun", "over"))
        self._found: dict[tuple[Interval, bool], npt.NDArray[np.float64]] = {}

    def share(self, window: Interval, *, begins: bool = False) -> npt.NDArray[np.float64]:
        """The share of each report's interval that lies in the window; an instant lies in it or not. ``begins``: what goes on counts when it begins."""
        if (window, begins) not in self._found:
            self._found[window, begins] = self._share(window, begins=begins)
        return self._found[window, begins]

    def _share(self, window: Interval, *, begins: bool) -> npt.NDArray[np.float64]:
        start, end, on = self._start, self._end, self._lasting
        low = np.iinfo(np.int64).min if window.start is None else to_micros(window.start)
        high = np.iinfo(np.int64).max if window.end is None else to_micros(window.end)
        if begins and len(on):
            end = end.copy()
            end[on] = self._begun
        length = end - start
        overlap = np.clip(np.minimum(end, high) - np.maximum(start, low), 0, None)
        instant = (start >= low) & (start < high)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(length == 0, instant.astype(np.float64), overlap / length)
        if len(on) and not begins:
            share[on] = np.minimum(_passed(start[on], self._begun, high), _passed(-end[on], -self._over, -low))
        return np.asarray(share, dtype=np.float64)


def _micros(moments: pl.Series) -> npt.NDArray[np.int64]:
    return moments.dt.epoch("us").to_numpy()


def _passed(first: npt.NDArray[np.int64], last: npt.NDArray[np.int64], by: int) -> npt.NDArray[np.float64]:
    """How surely something that happened between two instants had happened before another."""
    between = (float(by) - first) / np.maximum(last - first, 1)
    return np.where(last == first, (first < by).astype(np.float64), np.clip(between, 0.0, 1.0))
