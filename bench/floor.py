"""The least that an answer from Parquet takes: its columns decoded, and for every report its zone and whether it is near the line.

No doubt about time or place, no acts, no incidents, no verdicts. A raster of cells, made ahead, says where a point lies that is far
from every border; the others are tested against the shapes themselves. As many threads as Servanda has. A kind of bench/run.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely
from scipy.ndimage import label

from clock import Stopwatch, Took

COLUMNS = [
    "origin", "side", "reliability", "kind", "stance", "start", "end", "lat", "lon", "precision_km", "act", "target", "actor", "incident_id",
]  # fmt: skip
CELL = 0.0025
"""Side of a cell in degrees."""
NEAR_M = 15_000.0
SHARE = 250_000
"""Points that one thread places at once."""


class Raster:
    """For every cell the number of the shape that covers it, -1 where none does, -2 where a border passes through."""

    def __init__(self, shapes: np.ndarray) -> None:
        self._shapes, self._tree = shapes, shapely.STRtree(shapes)
        self.west, self.south, east, north = shapely.total_bounds(shapes)
        self.across, self.up = int((east - self.west) / CELL) + 1, int((north - self.south) / CELL) + 1
        self._of = np.full(self.across * self.up + 1, -1)
        lon, lat = shapely.get_coordinates(shapely.segmentize(shapely.boundary(shapes), CELL / 8)).T
        for dx, dy in product(
            (-CELL / 8, CELL / 8), repeat=2
        ):  # a box about each point, smaller than a cell: together they cover the border
            self._of[self._cell(lon + dx, lat + dy)] = -2
        region, count = label(
            self._of[:-1].reshape(self.up, self.across) != -2
        )  # no border within one: a cell stands for all
        first = np.unique(region.ravel(), return_index=True)[1]
        middles = shapely.points(
            self.west + CELL * (first % self.across + 0.5), self.south + CELL * (first // self.across + 0.5)
        )
        at, shape = self._tree.query(middles, "intersects")
        shape_of = np.full(count + 1, -1)
        shape_of[at] = shape
        self._of[:-1] = np.where(region.ravel() > 0, shape_of[region.ravel()], self._of[:-1])
        self._of[-1] = -1

    def _cell(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        x, y = ((lon - self.west) / CELL).astype(np.int32), ((lat - self.south) / CELL).astype(np.int32)
        within = (lon >= self.west) & (lat >= self.south) & (x < self.across) & (y < self.up)
        return np.where(within, y * self.across + x, len(self._of) - 1)

    def of(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """The number of the shape in which each point lies; -1 for none."""
        found = self._of[self._cell(lon, lat)]
        unsure = np.flatnonzero(found == -2)
        point, shape = self._tree.query(shapely.points(lon[unsure], lat[unsure]), predicate="intersects")
        found[unsure] = -1
        found[unsure[point]] = shape
        return found


def run(folder: Path, files: list[Path]) -> dict[str, Took]:
    """What it takes from Parquet to the places of all reports."""
    import geopandas as gpd

    from servanda.engine.threads import in_order

    places = gpd.read_file(folder / "places.geojson")
    polygon = (places.geometry.geom_type == "Polygon").to_numpy()
    zones = Raster(places.geometry.to_numpy()[polygon])
    near = Raster(places[~polygon].to_crs(32636).buffer(NEAR_M).to_crs(4326).to_numpy())

    def rows() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for file in map(pq.ParquetFile, files):
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=COLUMNS)
                lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
                yield from ((lon[n : n + SHARE], lat[n : n + SHARE]) for n in range(0, len(lon), SHARE))

    def found(points: tuple[np.ndarray, np.ndarray]) -> int:
        return int(np.count_nonzero((zones.of(*points) >= 0) | (near.of(*points) >= 0)))

    watch = Stopwatch()
    somewhere = sum(in_order(found, rows()))
    took = watch.took()
    assert somewhere
    return {"floor: decode, and the places of all reports": took}
