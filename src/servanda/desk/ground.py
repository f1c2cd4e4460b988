"""The base map: land, lakes and borders of a frame, and its largest towns. They ship with the software; no machine is asked.

Land, water and borders are of Natural Earth (public domain; ``scripts/basemap.py``), towns of GeoNames (CC BY 4.0). A border that is disputed, indefinite
or a line of control is of a kind of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
import shapely

Box = tuple[float, float, float, float]
CELL, UNIT, WIDE = 4.0, 0.001, 50.0
"""Degrees of a cell of the table, of its steps, and from what width of a frame on the coarse layer does."""
KINDS = ("land", "lake", "border", "disputed")


@lru_cache(maxsize=1)
def _pieces() -> pl.DataFrame:
    with files("servanda.data").joinpath("basemap.parquet").open("rb") as file:
        return pl.read_parquet(file)


@lru_cache(maxsize=64)
def ground(box: Box) -> dict[str, Any]:
    """Land, lakes and borders of a box.

    Args:
        box: west, south, east, north.

    Returns:
        By kind a geometry, thinned to what can be seen; empty where there is none.
    """
    west, south, east, north = box
    inside = _pieces().filter(
        (pl.col("level") == ("coarse" if east - west > WIDE else "fine"))
        & pl.col("i").is_between(int(west // CELL), int(east // CELL))
        & pl.col("j").is_between(int(south // CELL), int(north // CELL))
    )
    out = {}
    for kind in KINDS:
        pieces = [_geometry(row, kind) for row in inside.filter(pl.col("kind") == kind).iter_rows(named=True)]
        whole = shapely.union_all([one for one in pieces if one is not None])
        if kind in ("border", "disputed") and whole.geom_type == "MultiLineString":
            whole = shapely.line_merge(whole)
        thin = shapely.simplify(shapely.intersection(whole, shapely.box(*box)), (east - west) / 4000)
        out[kind] = shapely.set_precision(thin, 0.0001) if not thin.is_empty else thin
    return out


def _geometry(row: dict[str, Any], kind: str) -> Any:
    """A row of the table as lines or as a polygon, in degrees."""
    steps = np.column_stack([np.array(row["x"], np.int32), np.array(row["y"], np.int32)])
    rings = []
    for part in np.split(steps, np.cumsum(row["parts"])[:-1]):
        rings.append(np.cumsum(part, axis=0) * UNIT + (row["i"] * CELL, row["j"] * CELL))
    if kind in ("border", "disputed"):
        return shapely.multilinestrings([shapely.linestrings(ring) for ring in rings])
    if len(rings[0]) < 4:  # so small an island that nothing is left of it
        return None
    return shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))


@lru_cache(maxsize=1)
def _towns() -> pl.DataFrame:
    with files("servanda.data").joinpath("places.parquet").open("rb") as file:
        every = pl.read_parquet(file, columns=["kind", "name", "lat", "lon", "population"])
    some = every.filter((pl.col("kind") == "place") & (pl.col("population") > 0)).sort("population", descending=True)
    return some.select("name", pl.col("lat") / 1000, pl.col("lon") / 1000)


_LETTER, _MARK, _LINE = 1 / 180, 1 / 60, 1 / 20
"""Of a map the width of a letter and of a mark, and the height of a name with a mark beside it."""


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


def legible(
    names: Sequence[tuple[str, float, float]], marks: Iterable[tuple[float, float]], box: Box
) -> list[tuple[str, float, float]]:
    """Those towns whose names no mark of the map covers.

    Args:
        names: name, longitude and latitude of each.
        marks: longitude and latitude of each mark.
        box: what the map shows: west, south, east, north.

    Returns:
        Name, longitude and latitude of each that can be read.
    """
    west, south, east, north = box
    at = [((x - west) / (east - west), (y - south) / (north - south)) for x, y in marks]
    towns_at = [((lon - west) / (east - west), (lat - south) / (north - south)) for _, lon, lat in names]
    return [
        town
        for town, (x, y) in zip(names, towns_at, strict=True)
        if not any(x - _MARK < u < x + len(town[0]) * _LETTER + _MARK and abs(v - y) < _LINE for u, v in at)
    ]
