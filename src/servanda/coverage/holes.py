"""What of a place and a time was not watched: how much, how large at once, for how long, and at which hours again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from servanda.values.geo.projection import Floats
from servanda.values.time import MICROSECOND, to_micros
from servanda.values.tolerance import Tolerance

_DECIMALS = 6
_HOUR = timedelta(hours=1)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Holes:
    """What was not watched.

    ``share``: of area and time. ``area``: the greatest that was unwatched at once, in square metres (``None``: without bounds). ``time``: the longest
    that any part was unwatched without a break. ``hours``: the hours of the local day in which some part was on no day watched throughout.
    ``worst_hour``: the greatest share of area and time that was unwatched in any hour of the local day.
    """

    share: float
    area: float | None
    time: timedelta
    hours: tuple[int, ...]
    worst_hour: float

    def within(self, tolerance: Tolerance) -> bool:
        """Whether a mandate tolerates so much; what returns at an hour of every day it never does."""
        area = tolerance.area is None or (self.area is not None and self.area <= tolerance.area)
        time = tolerance.time is None or self.time <= tolerance.time
        return not self.hours and max(self.share, self.worst_hour) <= tolerance.share and area and time


def holes_in(
    watched: Mask, spells: Sequence[datetime], shares: Floats, square_metres: float | None, zone: ZoneInfo
) -> Holes:
    """Measure what was not watched.

    Args:
        watched: by spell (row) and cell (column).
        spells: the instants between the spells, one more than rows.
        shares: each cell's share of the area.
        square_metres: the whole area; ``None``: without bounds.
        zone: whose local day has the hours.

    Returns:
        The measures.
    """
    micros = np.array([to_micros(t) for t in spells], dtype=np.int64)
    length = np.diff(micros).astype(np.float64)
    unwatched = ~watched
    dark = unwatched @ shares
    hours, worst = _hours(unwatched, dark, spells, micros, zone)
    most = float(dark.max())
    return Holes(
        share=round(float(length @ dark) / float(length.sum()), _DECIMALS),
        area=None if square_metres is None else round(most * square_metres),
        time=_longest(unwatched, np.diff(micros)),
        hours=hours,
        worst_hour=worst,
    )


def _longest(unwatched: Mask, length: npt.NDArray[np.int64]) -> timedelta:
    """The longest that any cell was unwatched without a break."""
    run = np.zeros(unwatched.shape[1], np.int64)
    most = 0
    for row, micros in zip(unwatched, length, strict=True):
        run = np.where(row, run + micros, 0)
        most = max(most, int(run.max()))
    return timedelta(microseconds=most)


def _hours(
    unwatched: Mask, dark: Floats, spells: Sequence[datetime], micros: npt.NDArray[np.int64], zone: ZoneInfo
) -> tuple[tuple[int, ...], float]:
    """The hours of the local day in which some cell was on no day watched throughout, and the darkest hour's share.

    An hour that comes once only returns on no other day.
    """
    edges, hour = _local_hours(spells[0], spells[-1], zone)
    at = np.clip(edges, micros[0], micros[-1])
    summed = np.concatenate([[0.0], np.cumsum(dark * np.diff(micros))])
    lost = np.diff(np.interp(at.astype(np.float64), micros.astype(np.float64), summed))
    whole_hour = np.diff(at) == np.diff(edges)
    first = np.searchsorted(micros, at[:-1], side="right") - 1
    last = np.searchsorted(micros, at[1:], side="left")
    again, worst = [], 0.0
    for h in range(24):
        days = np.flatnonzero(hour == h)
        whole = float(np.diff(at)[days].sum())
        if whole == 0:
            continue
        worst = max(worst, round(float(lost[days].sum()) / whole, _DECIMALS))
        never = np.ones(unwatched.shape[1], bool)
        # an hour that an edge of the window cuts was not watched throughout, however well what is left of it was
        throughout = days[whole_hour[days]] if whole_hour[days].sum() > 1 else days
        for low, high in sorted({(int(first[d]), int(last[d])) for d in throughout}):
            never &= unwatched[low:high].any(axis=0)
            if not never.any():
                break
        if len(days) > 1 and never.any():
            again.append(h)
    return tuple(again), worst


@lru_cache(maxsize=64)  # every term of a window asks for the same
def _local_hours(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The edges of the hours from the local hour of the start on, in microseconds, and which hour of the day each is."""
    local = start.astimezone(zone)
    edges = [
        start.astimezone(UTC) - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    ]
    while edges[-1] < end:
        edges.append(edges[-1] + _HOUR)
    micros = to_micros(edges[0]) + np.arange(len(edges), dtype=np.int64) * (_HOUR // MICROSECOND)
    hours = np.array([t.astimezone(zone).hour for t in edges[:-1]], dtype=np.int64)
    micros.setflags(write=False)
    hours.setflags(write=False)
    return micros, hours
