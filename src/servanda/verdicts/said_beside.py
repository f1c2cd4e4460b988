"""What sources without a side say was where and when a watch was looking: what others confirm there, and what its own source said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from servanda.agreement import Agreement
from servanda.coverage import Watch
from servanda.evidence.model import HEARSAY, NO_SIDE
from servanda.findings.weight import graded, observed
from servanda.incidents import standing
from servanda.incidents.fusion.blocking import spread
from servanda.incidents.telling import something
from servanda.values.names import name_key, name_keys
from servanda.values.text_order import in_order_of
from servanda.values.time import Interval, to_micros

Rows: TypeAlias = npt.NDArray[np.int64]
"""Numbers of rows."""
_APART = timedelta(hours=1)
_NEAR = 1000.0
_AT_ONCE = 1 << 20
"""Pairs that are looked at in one go."""
_MOST_KEPT = 1_000
"""Watches of which is kept what was said beside them."""
_NOTHING = pl.DataFrame(schema={"incident": pl.String, "k": pl.Int64, "deep": pl.Boolean})


@dataclass(frozen=True)
class Beside:
    """What was said where a watch looked: ``sure``: what others say surely lies there (``n``: the row); ``told``: what its own source says, there or
    elsewhere (``k``; ``deep``: it surely lies there), and which of both may be the same event (``near``).
    """

    sure: pl.DataFrame
    told: pl.DataFrame
    near: pl.DataFrame


@dataclass(frozen=True)
class Said:
    """What sources without a side say, in columns."""

    rows: pl.DataFrame
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    start: Rows
    end: Rows
    agreement: Agreement
    _speak: dict[str, frozenset[str]] = field(default_factory=dict)
    _beside: dict[str, Beside] = field(default_factory=dict)

    @staticmethod
    def of(members: pl.DataFrame, agreement: Agreement) -> Said:
        """The reports that count, by when they begin."""
        heard = (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY) & something()
        rows = standing(members).filter(heard & pl.col("stance").is_in(["asserts", "confirms", "denies"]))
        order = ("start", "end", "incident", "origin", "stance", "lat", "lon", "precision_m")
        rows = in_order_of(rows, *order).with_columns(
            origin=name_keys(pl.col("origin")),
            graded=observed() & graded(agreement.mandate) & pl.lit(agreement.mandate.by_observation),
        )
        lon = rows["lon"].fill_null(float("nan")).to_numpy()
        lat = rows["lat"].fill_null(float("nan")).to_numpy()
        x, y = np.full(rows.height, np.nan), np.full(rows.height, np.nan)
        known = np.isfinite(lon) & np.isfinite(lat)
        if agreement.frame is not None and known.any():
            x[known], y[known] = agreement.frame.to_xy(lon[known], lat[known])
        start, end = (rows[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
        return Said(rows, x, y, start, end, agreement)

    def bear_on(self, watch: Watch, sources: frozenset[str]) -> bool:
        """Whether a watch may compare otherwise without some sources."""
        if watch.id not in self._speak:
            here = self.rows["origin"].gather(self._within(watch)).unique()
            self._speak[watch.id] = frozenset({name_key(watch.reports_as), *here.to_list(), *self._deniers})
        return not sources.isdisjoint(self._speak[watch.id])

    @cached_property
    def _deniers(self) -> frozenset[str]:
        """Those who deny anything: what, and so which watch it concerns, does not follow from where they say it."""
        return frozenset(self._denied["origin"].to_list())

    @cached_property
    def _denied(self) -> pl.DataFrame:
        """What observers say was not, by origin and incident."""
        return self.rows.filter((pl.col("stance") == "denies") & pl.col("graded")).select("origin", "incident")

    @cached_property
    def _told(self) -> dict[tuple[object, ...], pl.DataFrame]:
        """By origin what it says that was, with the number of the row (``k``)."""
        told = self.rows.with_row_index("k").filter(pl.col("stance") != "denies")
        return told.select("origin", "k", "incident", "act").partition_by("origin", as_dict=True, maintain_order=True)

    @cached_property
    def _none(self) -> pl.DataFrame:
        return self.rows.with_row_index("k").select("origin", "k", "incident", "act").clear()

    def beside(self, watch: Watch) -> Beside:
        """What was said where a watch looked."""
        name, within = name_key(watch.reports_as), self._within(watch)
        rows = self.rows[["incident", "origin", "act", "stance", "graded"]][within].with_columns(n=within)
        acts = pl.col("act").is_in(sorted(watch.detects))
        sure = rows.filter((pl.col("origin") != name) & acts & (pl.col("stance") != "denies"))
        sure = sure.select("incident", "origin", "graded", "n")
        told = self._told.get((name,), self._none)
        told = told.filter(pl.col("act").is_in(sorted(possible_acts(watch, self.agreement)))) if told.height else told
        numbers = told["k"].to_numpy().astype(np.int64)
        told = told.select("incident", pl.col("k").cast(pl.Int64), deep=pl.Series(np.isin(numbers, within)))
        may = sure.filter(pl.col("graded") | pl.col("incident").is_duplicated())["n"].to_numpy()
        n, k = self._near(may, numbers)
        return Beside(sure, told, pl.DataFrame({"n": may[n], "k": numbers[k]}))

    def compared(self, watch: Watch, without: frozenset[str] = frozenset()) -> pl.DataFrame:
        """What others confirm surely within a watch's place and time, and what its own source said of it.

        Args:
            watch: the watch.
            without: sources (names folded) as if they said nothing.

        Returns:
            The incidents (``incident``), each with every row (``k``) in which its source may speak of it, and whether that surely lies
            there (``deep``); once and without one where there is none.
        """
        kept = self._beside.get(watch.id) or self.beside(watch)
        if without and len(self._beside) < _MOST_KEPT:
            self._beside[watch.id] = kept
        if not kept.sure.height:
            return _NOTHING
        name, needed = name_key(watch.reports_as), self.agreement.mandate.origins
        silent = pl.col("origin").is_in(sorted(without))
        sure = kept.sure.filter(~silent) if without else kept.sure
        denied = self._denied.filter((pl.col("origin") != name) & ~silent)["incident"]
        confirmed = (
            sure.filter(~pl.col("incident").is_in(denied.unique().implode()))
            .filter(pl.col("graded") | pl.col("incident").is_duplicated())  # else one origin tells of it
            .group_by("incident")
            .agg(pl.col("graded").any(), pl.col("n"), origins=pl.col("origin").n_unique())
            .filter(pl.col("graded") | ((pl.col("origins") >= needed) & pl.lit(needed > 1)))
        )
        if not kept.told.height or not confirmed.height or name in without:
            return confirmed.select("incident", k=pl.lit(None, dtype=pl.Int64), deep=pl.lit(None, dtype=pl.Boolean))
        own = confirmed.select("incident", "n").explode("n", empty_as_null=False).join(kept.near, on="n")
        pairs = own.select("incident", "k").join(kept.told.select("k", "deep"), on="k")
        same = kept.told.join(confirmed, on="incident", how="semi")
        pairs = pl.concat([pairs, same.select(pairs.columns)])
        return confirmed.select("incident").join(pairs, on="incident", how="left")

    def paired(self, told: pl.DataFrame) -> tuple[int, int]:
        """How many of some incidents (:meth:`compared`) were reported at the most, where each row speaks of one, or of as many as it counts where
        it is ``deep``; and how many there are.

        One after another is given a row that has room, at once or by moving what was given before (augmenting paths).
        """
        of = told["incident"].n_unique()
        each = told.drop_nulls().group_by("incident").agg(pl.col("k").unique().sort())
        deep = set(told["k"].filter(told["deep"]).to_list())
        if not each.height:
            return 0, of
        found: dict[str, list[int]] = dict(zip(each["incident"].to_list(), each["k"].to_list(), strict=True))
        many = self.rows["quantity"].fill_null(1.0)
        room = {k: 1 for rows in found.values() for k in rows}
        room |= {k: max(1, int(min(many[k], of))) for k in room if k in deep}
        given: dict[int, list[str]] = {k: [] for k in room}
        seen = 0
        for incident in found:
            came: dict[int, str] = {}  # by row: for which incident it was reached
            reached = [incident]
            for one in reached:
                free = None
                for k in found[one]:
                    if k in came:
                        continue
                    came[k] = one
                    if len(given[k]) < room[k]:
                        free = k
                        break
                    reached += given[k]
                if free is not None:
                    seen += 1
                    _move(given, came, free, incident)
                    break
        return seen, of

    def _within(self, watch: Watch) -> Rows:
        """The rows that lie surely within a watch's place and time."""
        inside = np.zeros(len(self.start), bool)
        for spell in watch.times:
            low, high = _bounds(spell)
            here = slice(int(np.searchsorted(self.start, low)), int(np.searchsorted(self.start, high)))
            inside[here] |= self.end[here] <= high
        rows = np.flatnonzero(inside)
        frame = self.agreement.frame
        if watch.where is None or not len(rows):
            return rows
        if frame is None:
            return rows[:0]
        shape = frame.project(watch.where)
        shapely.prepare(shape)
        known = np.isfinite(self.x[rows])
        rows = rows[known]
        points = shapely.points(self.x[rows], self.y[rows])
        deep = shapely.distance(shape.boundary, points) >= self.rows["precision_m"].to_numpy()[rows]
        return np.asarray(rows[shapely.contains(shape, points) & deep])

    def _near(self, sure: Rows, told: Rows) -> tuple[Rows, Rows]:
        """Pairs of places among what is sure and among what was told that may be the same event: within an hour, and no further apart than
        both are precise.
        """
        apart = int(_APART.total_seconds() * 1_000_000)
        low = np.searchsorted(np.maximum.accumulate(self.end[told]), self.start[sure] - apart)
        high = np.searchsorted(self.start[told], self.end[sure] + apart, side="right")
        beside = np.flatnonzero(high > low)
        radius = self.rows["precision_m"].to_numpy()
        pairs = [(beside[:0], beside[:0])]
        for some in np.split(beside, np.flatnonzero(np.diff(np.cumsum((high - low)[beside]) // _AT_ONCE)) + 1):
            if not len(some):
                continue
            each, at = spread(low[some], high[some])
            each = some[each]
            n, k = sure[each], told[at]
            far = np.hypot(self.x[k] - self.x[n], self.y[k] - self.y[n])
            near = (self.end[k] >= self.start[n] - apart) & (far <= np.maximum(radius[k] + radius[n], _NEAR))
            pairs.append((each[near], at[near]))
        one, other = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
        return one, other


def possible_acts(watch: Watch, agreement: Agreement) -> set[str]:
    """The acts that a watch detects, and those above them."""
    parent = agreement.vocabulary.acts.parent
    out = set(watch.detects)
    for code in watch.detects:
        above = parent[code]
        while above is not None and above not in out:
            out.add(above)
            above = parent[above]
    return out


def _move(given: dict[int, list[str]], came: Mapping[int, str], free: int, first: str) -> None:
    """Gives a row with room to the incident for which it was reached, that one's row to the one before, and so on to the first."""
    while True:
        incident = came[free]
        before = next((k for k, had in given.items() if incident in had), None) if incident != first else None
        given[free].append(incident)
        if before is None:
            return
        given[before].remove(incident)
        free = before


def _bounds(spell: Interval) -> tuple[int, int]:
    assert spell.start is not None
    assert spell.end is not None
    return to_micros(spell.start), to_micros(spell.end)
