"""Watches that can show nothing: they lie in none of the agreement's places, or watch at no time at which it binds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapely.geometry.base import BaseGeometry

from servanda.coverage.model import Watch
from servanda.values.time import Interval


def idle_watches(
    watches: Iterable[Watch], shapes: Sequence[BaseGeometry], windows: Sequence[Interval]
) -> list[tuple[str, str]]:
    """The watches that no verdict can rest on because of where or when they are.

    Args:
        watches: those of the coverage.
        shapes: the places of the agreement; none of them tells nothing of where.
        windows: the times in which its terms bind; none of them tells nothing of when.

    Returns:
        The id of each, and why.
    """
    found = []
    for watch in watches:
        where = watch.where
        if where is not None and shapes and not any(where.intersects(shape) for shape in shapes):
            found.append((watch.id, "lies in none of the agreement's places: check its place (latitude comes first)"))
        elif windows and not _meet(watch.times, windows):
            found.append((watch.id, "watches at no time at which a term binds: check its times"))
    return found


def _meet(times: Sequence[Interval], windows: Sequence[Interval]) -> bool:
    return any(not time.intersection(window).is_empty for time in times for window in windows)
