"""Who denies an incident that he could not have seen: he has watches, and none of them reaches its act, place and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from servanda.agreement import Mandate
from servanda.coverage import Coverage, Gap, Watch
from servanda.evidence.model import HEARSAY, NO_SIDE
from servanda.findings.weight import credible, graded, observed, weighs
from servanda.incidents import Keys, standing
from servanda.values.codes import Tree
from servanda.values.geo.projection import Frame
from servanda.values.names import name_key, name_keys, name_keys_of
from servanda.values.time import Interval, to_micros

_Mask = npt.NDArray[np.bool_]
_Micros = tuple[int, int]


def could_not_see(denials: pl.DataFrame, coverage: Coverage, frame: Frame | None, acts: Tree) -> _Mask:
    """Of each denial, whether its origin shows by its own watches that it could not have seen what it denies.

    Args:
        denials: reports (columns of the report table).
        coverage: who was looking where and when, and what took all of that away.
        frame: the projection in which distances are measured; without one every watch reaches everywhere.
        acts: what lies below the acts that are denied.

    Returns:
        One answer for each row; who has no watch could have seen it.
    """
    blind = np.zeros(denials.height, np.bool_)
    if not denials.height or not coverage.watches:
        return blind
    operator = name_keys_of(denials["origin"])
    start, end = (denials[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
    where = _Where(denials, frame)
    kinds = {act: frozenset(acts.below([act])) for act in denials["act"].drop_nulls().unique()}
    for name in {name_key(watch.reports_as) for watch in coverage.watches}:
        mine = (operator == name).to_numpy()
        if not mine.any():
            continue
        seen = np.zeros(denials.height, np.bool_)
        for watch in coverage.watches:
            if name_key(watch.reports_as) != name:
                continue
            detected = [act for act, below in kinds.items() if below & watch.detects]
            there = where.near(watch) & (denials["act"].is_in(detected) | denials["act"].is_null()).to_numpy()
            gaps = [g for g in coverage.gaps if g.share >= 1 and (g.watches is None or watch.id in g.watches)]
            dark = [where.within(gap) for gap in gaps]
            for low, high in _pieces(watch.times, gaps):
                shut = np.zeros(denials.height, np.bool_)
                for gap, reach in zip(gaps, dark, strict=True):
                    if any(a <= low and high <= b for a, b in map(_micros, gap.times)):
                        shut |= reach
                seen |= there & ~shut & (low <= end) & (start < high)
        blind |= mine & ~seen
    return blind


def elsewhere(
    members: pl.DataFrame, coverage: Coverage, frame: Frame | None, acts: Tree, mandate: Mandate, keys: Keys
) -> pl.DataFrame:
    """Whose watches reach none of the places and times at which an incident is told to have been, by those who tell it best.

    Args:
        members: the reports of incidents, with their keys (``key``).
        coverage: who was looking where and when.
        frame: as for :func:`could_not_see`.
        acts: likewise.
        mandate: whose word weighs.
        keys: by which the incidents' keys were made.

    Returns:
        The incidents (``incident``) and who denies them (``origin``), by their keys.
    """
    left = standing(members.with_columns(name_keys(pl.col("origin"))))
    saw = observed() & graded(mandate) & credible()
    neutral = (
        (pl.col("side") == NO_SIDE).fill_null(False) & (pl.col("directness") > HEARSAY) & weighs(mandate) & credible()
    )
    told = left.filter(pl.col("stance") != "denies").with_columns(
        rank=pl.when(saw).then(2).when(neutral).then(1).otherwise(0)
    )
    best = told.filter(pl.col("rank") == pl.col("rank").max().over("key")).drop("origin")
    deniers = left.filter((pl.col("stance") == "denies") & saw).select("key", "origin").unique()
    asked = best.join(deniers, on="key")
    asked = asked.with_columns(blind=pl.Series(could_not_see(asked, coverage, frame, acts), dtype=pl.Boolean))
    blind = asked.group_by("key", "origin").agg(pl.col("blind").all()).filter("blind")
    return blind.select(incident="key", origin=keys.origin(pl.col("origin")))


class _Where:
    """Where denials are, and how vaguely."""

    def __init__(self, denials: pl.DataFrame, frame: Frame | None) -> None:
        self._frame = frame
        self._placed = denials["lat"].is_not_null().to_numpy() & (frame is not None)
        self._reach = denials["precision_m"].to_numpy()[self._placed]
        self._points = np.zeros(0, object)
        if frame is not None and self._placed.any():
            spots = denials.filter(pl.Series(self._placed))
            x, y = frame.to_xy(spots["lon"].to_numpy(), spots["lat"].to_numpy())
            self._points = shapely.points(x, y)

    def near(self, watch: Watch) -> _Mask:
        """Which may lie in a watch's place."""
        near = np.ones(len(self._placed), np.bool_)
        if watch.where is not None and self._frame is not None:
            shape = self._frame.project(watch.where)
            shapely.prepare(shape)
            near[self._placed] = shapely.dwithin(shape, self._points, self._reach)
        return near

    def within(self, gap: Gap) -> _Mask:
        """Which surely lie in a gap's place."""
        if gap.where is None:
            return np.ones(len(self._placed), np.bool_)
        within = np.zeros(len(self._placed), np.bool_)
        if self._frame is not None:
            shape = self._frame.project(gap.where)
            deep = shapely.distance(shape.boundary, self._points) >= self._reach
            within[self._placed] = shapely.contains(shape, self._points) & deep
        return within


def _micros(spell: Interval) -> _Micros:
    low = np.iinfo(np.int64).min if spell.start is None else to_micros(spell.start)
    return low, np.iinfo(np.int64).max if spell.end is None else to_micros(spell.end)


def _pieces(times: Sequence[Interval], gaps: Sequence[Gap]) -> Iterator[_Micros]:
    """Spells of watching, cut wherever a gap begins or ends."""
    cuts = sorted({at for gap in gaps for spell in gap.times for at in _micros(spell)})
    for low, high in map(_micros, times):
        edges = [low, *(at for at in cuts if low < at < high), high]
        yield from pairwise(edges)
