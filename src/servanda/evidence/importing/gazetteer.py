"""The gazetteer that ships with Servanda (``data/places.parquet``): places of 500 people and more by the keys of their names.

From GeoNames (CC BY 4.0); ``scripts/gazetteer.py`` makes it. Read when a name is first asked for.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from servanda.evidence.importing.toponyms import (
    nominatives,
    skeleton_key,
    sound_keys,
    without_kind_of_region,
    written_key,
)
from servanda.wording import closest

SCHEMA = {
    "kind": pl.String,
    "id": pl.UInt32,
    "name": pl.String,
    "country": pl.String,
    "region": pl.String,
    "lat": pl.Int32,
    "lon": pl.Int32,
    "population": pl.UInt32,
    "written": pl.List(pl.String),
    "sounds": pl.List(pl.String),
    "skeletons": pl.List(pl.String),
}
"""Its columns: places, regions and countries (``kind``), latitude and longitude in thousandths, and three kinds of keys of their names."""
_SKELETON = 4
"""So many consonants tell names apart, where vowels are not written."""
AS_WRITTEN, BY_CONSONANTS = "as it is written", "by its consonants"
WAYS: dict[str, float] = {
    AS_WRITTEN: 1.0,
    "by its sound": 0.9,
    "by its case": 0.9,
    BY_CONSONANTS: 0.7,
}
"""How a name can be found, with how sure that is."""


@dataclass(frozen=True)
class NamedPlace:
    """One place: its name, degrees, the radius in kilometres, region and country, how many live there, and who says so."""

    name: str
    lat: float
    lon: float
    km: float
    region: str = ""
    country: str = ""
    people: int = 0
    of: str = ""


def radius_km(people: int) -> float:
    """The radius of a place: 3 km, and that of a disc in which its people live at some 3,200 to the square kilometre."""
    return float(round(3 + math.sqrt(people) / 100)) if people else 5.0


@cache
def _table() -> pl.DataFrame:
    with files("servanda.data").joinpath("places.parquet").open("rb") as file:
        return pl.read_parquet(file)


@cache
def _keys(column: str) -> pl.DataFrame:
    """The keys of one kind in their order, each with the row that bears it."""
    rows = _table().select("kind", key=column, n=pl.int_range(pl.len()))
    return rows.explode("key").drop_nulls("key").sort("key", "n")


@cache
def _bearing(column: str, kind: str, keys: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """The rows of a kind that bear one of some keys, each once."""
    table = _keys(column)
    ranges = [(bisect_left(table["key"], key), bisect_right(table["key"], key)) for key in keys]
    found = dict.fromkeys(n for first, end in ranges for n in table["n"][first:end].to_list())
    return tuple(row for n in found if (row := _table().row(n, named=True))["kind"] == kind)


def places_called(name: str, way: str) -> list[NamedPlace]:
    """The places of a name.

    Args:
        name: as it is written.
        way: one of :data:`WAYS`.

    Returns:
        All of them in the world, the largest first.
    """
    column, keys = "written", [written_key(name)]
    if way == "by its sound":
        column, keys = "sounds", list(sound_keys(name))
    elif way == "by its case":
        keys = [written_key(one) for one in nominatives(name)]
    elif way == BY_CONSONANTS:
        key = skeleton_key(name)
        column, keys = "skeletons", [key] if len(key) >= _SKELETON else []
    wanted = tuple(key for key in keys if len(key) > 1)
    found = list(_bearing(column, "place", wanted)) if wanted else []
    if way == "by its sound" and wanted:
        found += _bearing("written", "place", wanted)
    found.sort(key=lambda row: (-row["population"], row["id"]))
    return [_place(row) for row in found]


def _place(row: dict[str, Any]) -> NamedPlace:
    people = row["population"]
    at = row["lat"] / 1000, row["lon"] / 1000
    return NamedPlace(
        row["name"], *at, radius_km(people), row["region"], row["country"], people, f"GeoNames {row['id']}"
    )


def country_of(name: str) -> str:
    """The code of a country by its name in one of six languages, or its code; nothing for any other word."""
    found = _bearing("written", "country", (written_key(name),)) if name else ()
    return found[0]["country"] if len(found) == 1 else ""


def regions_of(name: str) -> frozenset[tuple[str, str]]:
    """The regions of the first level that bear a name, each with its country."""
    bare = without_kind_of_region(name)
    keys = tuple(dict.fromkeys(key for one in (name, bare) if len(key := written_key(one)) > 1))
    found = _bearing("written", "region", keys) if keys else ()
    if not found and (sounds := tuple(dict.fromkeys(key for one in (name, bare) for key in sound_keys(one)))):
        found = (*_bearing("sounds", "region", sounds), *_bearing("written", "region", sounds))
    return frozenset((row["country"], row["region"]) for row in found)


def nearly(name: str, box: tuple[float, float, float, float] | None, countries: Iterable[str]) -> str | None:
    """A place in a box or in some countries whose name is spelt nearly so; nothing where there is none."""
    table = _table().filter(kind="place")
    if countries:
        table = table.filter(pl.col("country").is_in(list(countries)))
    elif box is not None:
        west, south, east, north = (1000 * edge for edge in box)
        table = table.filter(pl.col("lon").is_between(west, east), pl.col("lat").is_between(south, north))
    else:
        return None
    near = table.filter(pl.col("name").str.slice(0, 1).str.to_lowercase() == name[:1].casefold())["name"]
    return closest(name, near.unique(maintain_order=True).to_list(), 0.8)
