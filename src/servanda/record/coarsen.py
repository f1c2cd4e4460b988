"""Places and times of protected sources, made so coarse that each could be any of ``k`` of them.

One partition of space and time into boxes on a fixed grid, each with at least ``k`` protected sources in it (Mondrian, LeFevre et al.,
ICDE 2006, with halving in place of medians, so that no box tells where its outermost report lies). Every report of a box gets the
same place and the same time. One partition, and not a box for each report: of two boxes that overlap, the difference would tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_FINEST = (0.01, 0.01, 3_600.0)  # degrees, degrees, seconds: no box is smaller
_WORLD = ((-90.0, 90.0), (-180.0, 180.0), (-(2.0**34), 2.0**34))


@dataclass(frozen=True)
class Box:
    """South and north, west and east (degrees), from and to (seconds since 1970, UTC)."""

    lat: tuple[float, float]
    lon: tuple[float, float]
    time: tuple[float, float]


def boxes(
    lat: npt.NDArray[np.float64],
    lon: npt.NDArray[np.float64],
    time: npt.NDArray[np.float64],
    sources: Sequence[str],
    k: int,
) -> list[Box | None]:
    """The box of every report, or ``None`` where fewer than ``k`` sources have a place and a time at all.

    All of one length; ``nan`` where a report has no place or time. ``sources``: the source of each.
    """
    out: list[Box | None] = [None] * len(sources)
    values = np.column_stack([lat, lon, time]) if len(sources) else np.empty((0, 3))
    _, source = (
        np.unique(np.array(sources, dtype=object).astype(str), return_inverse=True)
        if len(sources)
        else (None, np.empty(0, int))
    )
    complete = np.flatnonzero(np.isfinite(values).all(axis=1))
    if k < 1 or len(np.unique(source[complete])) < k:
        return out
    stack: list[tuple[npt.NDArray[np.int64], list[tuple[float, float]]]] = [(complete, list(_WORLD))]
    while stack:
        rows, bounds = stack.pop()
        halves = _halved(values[rows], source[rows], bounds, k)
        if halves is None:
            box = Box(*bounds)
            for row in rows:
                out[int(row)] = box
            continue
        axis, middle, upper = halves
        low, high = bounds[axis]
        for part, span in ((rows[~upper], (low, middle)), (rows[upper], (middle, high))):
            if len(part):
                stack.append((part, [span if n == axis else b for n, b in enumerate(bounds)]))
    return out


def _halved(
    values: npt.NDArray[np.float64], source: npt.NDArray[np.int64], bounds: list[tuple[float, float]], k: int
) -> tuple[int, float, npt.NDArray[np.bool_]] | None:
    """The axis to halve, where, and which rows lie in the upper half; widest axis first, in units of the finest."""
    order = sorted(range(3), key=lambda n: -(bounds[n][1] - bounds[n][0]) / _FINEST[n])
    for axis in order:
        low, high = bounds[axis]
        if (high - low) / 2 < _FINEST[axis]:
            continue
        middle = (low + high) / 2
        upper = values[:, axis] >= middle
        sizes = [len(np.unique(source[side])) for side in (upper, ~upper)]
        if all(size == 0 or size >= k for size in sizes):
            return axis, middle, upper
    return None
