"""What sources without a side say was where and when a watch was looking: what others confirm there, and what its own source said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from servanda.values.text_order import in_order, in_order_of
from servanda.values.time import Interval, to_micros

Rows: TypeAlias = npt.NDArray[np.int64]
"""Numbers of rows, or of incidents."""
Mask: TypeAlias = npt.NDArray[np.bool_]
_APART = timedelta(hours=1)
_NEAR = 1000.0
_AT_ONCE = 1 << 20
"""Pairs that are looked at in one go."""
_MOST_KEPT = 1_000
"""Watches of which is kept what was said beside them."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was said where a watch looked, by numbers of rows: ``sure``: what others say surely lies there; ``told``: what its own source says, there
    or elsewhere; ``deep``: whether that surely lies there; ``near``: pairs of both that may be the same event.
    """

    sure: Rows
    told: Rows
    deep: Mask
    near: tuple[Rows, Rows]


@dataclass(frozen=True, slots=True)
class Compared:
    """What others confirm where a watch looked: ``incidents``; and pairs of one of them (``of``) and a row (``k``) in which the watch's source may speak
    of it, which surely lies there, or not (``deep``).
    """

    incidents: Rows
    of: Rows
    k: Rows
    deep: Mask


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
        return frozenset(self.rows["origin"].gather(self._denied).to_list())

    @cached_property
    def _denied(self) -> Rows:
        """Where observers say what was not."""
        return np.flatnonzero((self.rows["stance"] == "denies").to_numpy() & self._graded)

    @cached_property
    def _graded(self) -> Mask:
        return self.rows["graded"].fill_null(False).to_numpy()

    @cached_property
    def _incident(self) -> Rows:
        """The number of the incident of each row."""
        return in_order(self.rows["incident"])[1].to_numpy().astype(np.int64)

    @cached_property
    def _origins(self) -> tuple[dict[str, int], Rows]:
        """The number of each origin by its name, and that of the origin of each row."""
        names, numbers = in_order(self.rows["origin"])
        return {name: n for n, name in enumerate(names.to_list())}, numbers.to_numpy().astype(np.int64)

    @cached_property
    def _told(self) -> dict[str, Rows]:
        """By origin where it says what was."""
        told = self.rows.select("origin", k=pl.int_range(pl.len(), dtype=pl.Int64)).filter(
            self.rows["stance"] != "denies"
        )
        parts = told.partition_by("origin", as_dict=True, maintain_order=True)
        return {str(name): part["k"].to_numpy() for (name,), part in parts.items()}

    def _by(self, rows: Rows, names: Iterable[str]) -> Mask:
        """Which of some rows are of some origins."""
        number, of = self._origins
        return np.isin(of[rows], [number[name] for name in names if name in number])

    def _acts(self, rows: Rows, acts: Iterable[str]) -> Mask:
        """Which of some rows are of some acts."""
        return self.rows["act"].gather(rows).is_in(sorted(acts)).fill_null(False).to_numpy()

    def beside(self, watch: Watch) -> Beside:
        """What was said where a watch looked."""
        name, within = name_key(watch.reports_as), self._within(watch)
        if not len(within):  # of most of very many watches
            return Beside(within, within, np.empty(0, bool), (within, within))
        said = (self.rows["stance"].gather(within) != "denies").to_numpy()
        sure = within[~self._by(within, [name]) & self._acts(within, watch.detects) & said]
        told = self._told.get(name, within[:0])
        told = told[self._acts(told, possible_acts(watch, self.agreement))]
        _, at, each = np.unique(self._incident[sure], return_inverse=True, return_counts=True)
        may = sure[self._graded[sure] | (each[at] > 1)]  # else one origin tells of it
        n, k = self._near(may, told)
        return Beside(sure, told, np.isin(told, within), (may[n], k))

    def compared(self, watch: Watch, without: frozenset[str] = frozenset()) -> Compared:
        """What others confirm surely within a watch's place and time, and what its own source said of it.

        Args:
            watch: the watch.
            without: sources (names folded) as if they said nothing.

        Returns:
            The incidents, with every row in which its source may speak of one.
        """
        kept = self._beside.get(watch.id) or self.beside(watch)
        if without and len(self._beside) < _MOST_KEPT:
            self._beside[watch.id] = kept
        if not len(kept.sure):
            return Compared(kept.sure, kept.sure, kept.sure, np.empty(0, bool))
        name = name_key(watch.reports_as)
        denied = self._incident[self._denied[~self._by(self._denied, [name, *without])]]
        sure = kept.sure[~self._by(kept.sure, without)] if without else kept.sure
        sure = sure[np.isin(self._incident[sure], denied, invert=True)]
        confirmed = self._confirmed(sure)
        told = kept.told if name not in without else kept.told[:0]
        near = np.isin(kept.near[0], sure[np.isin(self._incident[sure], confirmed)]) & bool(len(told))
        same = np.isin(self._incident[told], confirmed)
        of = np.concatenate([self._incident[kept.near[0][near]], self._incident[told[same]]])
        at = np.concatenate([kept.near[1][near], np.flatnonzero(same)])
        return Compared(confirmed, of, kept.told[at], kept.deep[at])

    def _confirmed(self, sure: Rows) -> Rows:
        """The incidents that some rows confirm."""
        incident, needed = self._incident[sure], self.agreement.mandate.origins
        shown = incident[self._graded[sure]]
        if needed > 1:
            tellers = np.unique(np.stack([incident, self._origins[1][sure]]), axis=1)[0]
            each, origins = np.unique(tellers, return_counts=True)
            shown = np.concatenate([shown, each[origins >= needed]])
        return np.unique(shown)

    def paired(self, told: Sequence[Compared]) -> tuple[int, int]:
        """How many of some incidents (:meth:`compared`) were reported at the most, where each row speaks of one, or of as many as it counts where
        it is ``deep``; and how many there are.

        One after another is given a row that has room, at once or by moving what was given before (augmenting paths).
        """
        count = len(np.unique(np.concatenate([one.incidents for one in told])))
        found: dict[int, set[int]] = {}
        for incident, k in zip(
            *(np.concatenate([getattr(o, c) for o in told]).tolist() for c in ("of", "k")), strict=True
        ):
            found.setdefault(incident, set()).add(k)
        if not found:
            return 0, count
        many = self.rows["quantity"].fill_null(1.0)
        room = {k: 1 for rows in found.values() for k in rows}
        room |= {k: max(1, int(min(many[k], count))) for one in told for k in one.k[one.deep].tolist()}
        given: dict[int, list[int]] = {k: [] for k in room}
        seen = 0
        for incident in sorted(found):
            came: dict[int, int] = {}  # by row: for which incident it was reached
            reached = [incident]
            for one in reached:
                free = None
                for k in sorted(found[one]):
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
        return seen, count

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


def _move(given: dict[int, list[int]], came: Mapping[int, int], free: int, first: int) -> None:
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
