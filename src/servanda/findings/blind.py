"""Who denies an incident that he could not have seen: he has watches, and none of them reaches its place and time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from servanda.coverage import Coverage
from servanda.values.geo.projection import Frame
from servanda.values.time import to_micros


def could_not_see(denials: pl.DataFrame, coverage: Coverage, frame: Frame | None) -> npt.NDArray[np.bool_]:
    """Of each denial, whether its origin shows by its own watches that it could not have seen what it denies.

    Args:
        denials: reports (columns of the report table).
        coverage: who was looking where and when.
        frame: the projection in which distances are measured; without one every watch reaches everywhere.

    Returns:
        One answer for each row; who has no watch could have seen it.
    """
    blind = np.zeros(denials.height, np.bool_)
    if not denials.height or not coverage.watches:
        return blind
    operator = denials["origin"].str.to_lowercase()
    start, end = (denials[c].dt.epoch("us").to_numpy() for c in ("start", "end"))
    placed = denials["lat"].is_not_null().to_numpy() & (frame is not None)
    points = np.zeros((denials.height, 2))
    if frame is not None and placed.any():
        spots = denials.filter(pl.Series(placed))
        points[placed] = np.column_stack(frame.to_xy(spots["lon"].to_numpy(), spots["lat"].to_numpy()))
    reach = denials["precision_m"].to_numpy()
    for name in {watch.reports_as.lower() for watch in coverage.watches}:
        mine = (operator == name).to_numpy()
        if not mine.any():
            continue
        seen = np.zeros(denials.height, np.bool_)
        for watch in coverage.watches:
            if watch.reports_as.lower() != name:
                continue
            there = np.ones(denials.height, np.bool_)
            if watch.where is not None and frame is not None:
                shape = frame.project(watch.where)
                shapely.prepare(shape)
                there[placed] = shapely.dwithin(shape, shapely.points(points[placed]), reach[placed])
            for spell in watch.times:
                low = np.iinfo(np.int64).min if spell.start is None else to_micros(spell.start)
                high = np.iinfo(np.int64).max if spell.end is None else to_micros(spell.end)
                seen |= there & (low <= end) & (start < high)
        blind |= mine & ~seen
    return blind
