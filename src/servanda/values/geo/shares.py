"""How much of one place lies in another: what holds for the whole of a place lies anywhere in it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from servanda.values.geo.containment import MILLION, NOWHERE, Millionths
from servanda.values.geo.shapes import Place


@dataclass(frozen=True)
class Shares:
    """The shares that places have in each other, in millionths, each worked out once."""

    places: Mapping[str, Place]
    _known: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, area: str, place: str) -> int:
        """How much of an area lies in a place.

        Args:
            area: the name of a place; of one without an extent, or that is unknown, as little is known as of no position.
            place: the name of another.

        Returns:
            Millionths.
        """
        if (area, place) not in self._known:
            whole = self.places[area].region.shape if area in self.places else None
            if whole is None or whole.area == 0:
                self._known[area, place] = NOWHERE
            else:
                part = whole.intersection(self.places[place].region.shape).area
                self._known[area, place] = round(MILLION * min(1.0, part / whole.area))
        return self._known[area, place]

    def lay(
        self, reports: pl.DataFrame, found: dict[str, Millionths], asked: Mapping[str, npt.NDArray[np.int64]]
    ) -> None:
        """Put what reports say of whole areas in the place of what their positions say.

        Args:
            reports: with the area for which each holds (``area``), where any says so.
            found: by place, the chances of the reports that are asked about; changed in place.
            asked: by place, which reports these are.
        """
        areas = reports["area"] if "area" in reports.columns else pl.Series([], dtype=pl.String)
        if areas.null_count() == len(areas):
            return
        said = areas.to_numpy()
        for area in areas.unique().drop_nulls().to_list():
            of_area = said == area
            for place, rows in asked.items():
                mine = of_area[rows]
                if mine.any():
                    found[place] = np.where(mine, self.of(area, place), found[place]).astype(np.int32)
