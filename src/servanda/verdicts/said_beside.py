"""What sources without a side say was where and when a watch was looking: what others confirm there, and what its own source said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from servanda.incidents.telling import something
from servanda.values.names import name_key, name_keys
from servanda.values.time import Interval, to_micros

Rows: TypeAlias = npt.NDArray[np.int64]
"""Numbers of rows."""
_APART = timedelta(hours=1)
_NEAR = 1000.0


@dataclass(frozen=True)
class Said:
    """What sources without a side say, in columns; ``deep``: rows that lie surely within a watch of their own source."""

    rows: pl.DataFrame
    deep: set[int]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    start: Rows
    end: Rows
    agreement: Agreement

    @staticmethod
    def of(members: pl.DataFrame, agreement: Agreement) -> Said:
        """The reports that count, by when they begin."""
        heard = (pl.col("side") == NO_SIDE) & (pl.col("directness") > HEARSAY) & something()
        rows = standing(members).filter(heard & pl.col("stance").is_in(["asserts", "confirms", "denies"]))
        rows = rows.sort("start", "end", "incident", "origin", "stance", "lat", "lon", "precision_m").with_columns(
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
        return Said(rows, set(), x, y, start, end, agreement)

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

    def compared(self, watch: Watch) -> dict[str, Rows]:
        """The incidents that others confirm surely within a watch's place and time, and the rows in which its source may speak of each."""
        acts = pl.col("act").is_in(sorted(watch.detects))
        own = pl.col("origin") == name_key(watch.reports_as)
        within = self._within(watch)
        if not len(within):
            return {}
        rows = self.rows[within]
        sure = rows.with_columns(n=within).filter(~own & acts & (pl.col("stance") != "denies"))
        if not sure.height:
            return {}
        denied = self._denied.filter(~own)["incident"]
        needed = self.agreement.mandate.origins
        confirmed = (
            sure.filter(~pl.col("incident").is_in(denied.unique().implode()))
            .group_by("incident")
            .agg(pl.col("graded").any(), pl.col("n"), origins=pl.col("origin").n_unique())
            .filter(pl.col("graded") | ((pl.col("origins") >= needed) & pl.lit(needed > 1)))
        )
        told = self._told.get((name_key(watch.reports_as),), self._none)
        told = told.filter(pl.col("act").is_in(sorted(possible_acts(watch, self.agreement)))) if told.height else told
        numbers, incidents = told["k"].to_numpy().astype(np.int64), told["incident"].to_numpy()
        self.deep.update(int(k) for k in np.intersect1d(numbers, within))
        return {
            incident: numbers[(incidents == incident) | self._near(np.array(rows_of, np.int64), numbers)]
            for incident, rows_of in zip(confirmed["incident"].to_list(), confirmed["n"].to_list(), strict=True)
        }

    def paired(self, found: Mapping[str, Rows]) -> int:
        """How many incidents were reported at the most, where each row speaks of one, or of as many as it counts where it is ``deep``.

        One after another is given a row that has room, at once or by moving what was given before (augmenting paths).
        """
        many = self.rows["quantity"].fill_null(1.0).to_list()
        room = {int(k): 1 for rows in found.values() for k in rows}
        room |= {k: max(1, int(min(many[k], len(found)))) for k in room if k in self.deep}
        given: dict[int, list[str]] = {k: [] for k in room}
        seen = 0
        for incident in found:
            came: dict[int, str] = {}  # by row: for which incident it was reached
            reached = [incident]
            for one in reached:
                free = None
                for k in (int(k) for k in found[one]):
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
        return seen

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

    def _near(self, sure: Rows, told: Rows) -> npt.NDArray[np.bool_]:
        """What of what was told may be the same event: within an hour, and no further apart than both are precise."""
        near = np.zeros(len(told), np.bool_)
        apart = int(_APART.total_seconds() * 1_000_000)
        radius = self.rows["precision_m"].to_numpy()
        for n in sure:
            when = (self.start[told] <= self.end[n] + apart) & (self.end[told] >= self.start[n] - apart)
            far = np.hypot(self.x[told] - self.x[n], self.y[told] - self.y[n])
            near |= when & (far <= np.maximum(radius[told] + radius[n], _NEAR))
        return near


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
