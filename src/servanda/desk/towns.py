"""The base map: the largest towns of a frame, of the gazetteer that ships with Servanda (GeoNames, CC BY 4.0). No machine is asked."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import polars as pl

Box = tuple[float, float, float, float]


@lru_cache(maxsize=1)
def _towns() -> pl.DataFrame:
    with files("servanda.data").joinpath("places.parquet").open("rb") as file:
        every = pl.read_parquet(file, columns=["kind", "name", "lat", "lon", "population"])
    some = every.filter((pl.col("kind") == "place") & (pl.col("population") > 0)).sort("population", descending=True)
    return some.select("name", pl.col("lat") / 1000, pl.col("lon") / 1000)


@lru_cache(maxsize=64)
def towns(box: Box, most: int = 14) -> list[tuple[str, float, float]]:
    """The largest towns of a box, far enough from each other that their names can be read.

    Args:
        box: west, south, east, north.
        most: how many.

    Returns:
        Name, longitude and latitude of each.
    """
    west, south, east, north = box
    inside = _towns().filter(pl.col("lon").is_between(west, east) & pl.col("lat").is_between(south, north)).head(200)
    out: list[tuple[str, float, float]] = []
    for name, lat, lon in inside.iter_rows():
        clear = all(abs(lon - x) > (east - west) / 9 or abs(lat - y) > (north - south) / 18 for _, x, y in out)
        if clear and len(out) < most:
            out.append((name, lon, lat))
    return out
