"""Coordinate systems of map files: everything becomes degrees east and north on WGS 84, or is refused. Nothing is taken for degrees untold.

PROJ knows the systems; no grid is fetched, and none that a file names is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from pyproj import CRS, Transformer, network
from pyproj.exceptions import ProjError
from shapely.geometry.base import BaseGeometry

from servanda.values.geo.projection import transformed

WGS84 = "EPSG:4326"
_CODE = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?([A-Za-z]{3,10}):(?:[\d.]*:)?([A-Za-z0-9_]{1,12})")
_FILES = re.compile(r"PARAMETERFILE|(?:nadgrids|geoidgrids|grids|file|init)\s*=\s*(?!@null\b)", re.IGNORECASE)
_MOST_WORDS = 20_000
_AS_IN = "as EPSG:4326"


_FARTHEST = 1e10
"""No coordinate of any system is larger: the earth is 40 million metres around."""


def vertices(numbers: np.ndarray) -> np.ndarray:
    """Vertices, a row each.

    Args:
        numbers: their coordinates, one after the other.

    Returns:
        The same in two columns.

    Raises:
        ValueError: one is no number, or lies beyond the earth.
    """
    if not (np.isfinite(numbers).all() and (np.abs(numbers) < _FARTHEST).all()):
        raise ValueError("a coordinate is no number, or lies beyond the earth")
    return numbers.reshape(-1, 2)


@dataclass(frozen=True)
class System:
    """A coordinate system as a file names it: a code (``EPSG:32637``) or well-known text."""

    text: str

    def to_degrees(self, geometries: np.ndarray) -> np.ndarray:
        """Geometries in degrees.

        Args:
            geometries: in this system.

        Returns:
            The same on WGS 84, longitude first.

        Raises:
            ValueError: the system is not known, or how it lies on the earth.
        """
        there = _way(self.text)
        vertices(shapely.get_coordinates(geometries))
        if there is None:
            return geometries
        return np.asarray(
            shapely.transform(geometries, lambda c: np.column_stack(transformed(there, c[:, 0], c[:, 1])))
        )


def degrees(geometry: BaseGeometry, system: System) -> BaseGeometry:
    """One geometry in degrees, as :meth:`System.to_degrees`."""
    return system.to_degrees(np.array([geometry]))[0]


def system_named(name: str) -> System:
    """A system by its code.

    Args:
        name: ``EPSG:32637``, or the URN of one.

    Returns:
        The system.

    Raises:
        ValueError: it is not a code that is known.
    """
    match = _CODE.fullmatch(name.strip())
    if match is None:
        raise ValueError(f"has a coordinate system that is not named by its code ({_AS_IN}): {name[:60]!r}")
    system = System(f"{match[1].upper()}:{match[2]}")
    _way(system.text)
    return system


def same_system(one: System, other: System) -> bool:
    """Whether two systems are one, however each is written."""
    return one == other or _system(one.text).equals(_system(other.text), ignore_axis_order=True)


@lru_cache(maxsize=64)
def _system(text: str) -> CRS:
    if len(text) > _MOST_WORDS or _FILES.search(text):
        raise ValueError("has a coordinate system that leads to other files, which are not opened")
    try:
        match = _CODE.fullmatch(text.strip())
        return CRS.from_authority(match[1].upper(), match[2]) if match else CRS.from_wkt(text)
    except (ProjError, ValueError):
        raise ValueError(f"has a coordinate system that is not known: {_short(text)}") from None


@lru_cache(maxsize=64)
def _way(text: str) -> Transformer | None:
    """The way from a system to degrees; ``None`` where it is degrees already."""
    network.set_network_enabled(False)  # type: ignore[attr-defined]  # no grid is fetched, whatever the environment says
    system = _system(text)
    if not (system.is_geographic or system.is_projected or system.is_bound or system.is_compound):
        raise ValueError(f"has a coordinate system that does not lie on the earth's surface: {_short(text)}")
    try:
        there = Transformer.from_crs(system, WGS84, always_xy=True, allow_ballpark=False)
    except ProjError:
        what = f"has a coordinate system of which it is not known how it lies on the earth: {_short(text)}"
        raise ValueError(f"{what}; save it in WGS 84 (EPSG:4326)") from None
    probe = np.array([-170.0, 0.0, 37.25, 120.5]), np.array([-60.5, 0.0, 48.5, 10.25])
    same = system.is_geographic and all(
        np.array_equal(a, b) for a, b in zip(transformed(there, *probe), probe, strict=True)
    )
    return None if same else there


def _short(text: str) -> str:
    name = re.match(r'\s*\w+\s*\[\s*"([^"]{1,80})"', text)
    return repr(name[1] if name else text.strip()[:60])
