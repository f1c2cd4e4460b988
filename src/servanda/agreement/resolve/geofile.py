"""The geometry of one place out of a map file. How it is found there: ``which_feature``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from servanda.agreement.resolve.beside import Beside
from servanda.agreement.resolve.which_feature import Named, Unusable, Wanted, chosen
from servanda.agreement.schema import file as written
from servanda.values.files import NamedBytes, base_name_of
from servanda.values.geo.meridian import crossing
from servanda.values.maps import Layer, System, map_layers, plain_geometry, system_named

__all__ = ["MapFiles", "Unusable", "read_geometry"]


@dataclass
class MapFiles:
    """The map files of one agreement; each is read once for the many places that it may hold."""

    beside: Beside
    read: dict[tuple[str, str | None], tuple[str, list[Layer]]] = field(default_factory=dict)
    named: dict[int, Named] = field(default_factory=dict)

    def geometry(self, spec: written.Place) -> BaseGeometry:
        """The geometry of a place that stands in a file.

        Args:
            spec: the place, with a ``file``.

        Returns:
            Its area, line or, where the place has a radius, point, in degrees.

        Raises:
            ValueError: it says what is wrong, and which features there are.
        """
        assert spec.file is not None
        key = (spec.file, spec.crs)
        found = None if key in self.read else self.beside.find(spec.file)
        name = base_name_of(found) if found is not None else self.read[key][0]
        try:
            if found is not None:
                system = None if spec.crs is None else _system(spec.crs)
                self.read[key] = name, map_layers(found, self.beside.sibling_of(spec.file), system)
            wanted = Wanted(
                spec.id if spec.id is None else str(spec.id),
                spec.layer,
                spec.by,
                spec.date,
                points=spec.radius is not None,
            )
            return _checked(chosen(self.read[key][1], self.named, wanted, Path(name).stem))
        except Unusable as error:
            raise Unusable(f"{name!r} {error}", error.hint, error.key) from None
        except ValueError as error:
            raise ValueError(f"{name!r} {error}") from None


def read_geometry(file: Path | NamedBytes, wanted: str | int | None, **how: str) -> BaseGeometry:
    """The geometry of one feature of a file, as a place of an agreement has it.

    Args:
        file: a map file.
        wanted: which feature, by its id or name; ``None`` where there is only one.
        how: ``layer``, ``by``, ``date``, ``crs`` and ``radius``, as in the agreement.

    Returns:
        The geometry, in degrees.

    Raises:
        ValueError: it says what is wrong, and which features there are.
    """
    beside = Beside({file.name: file}) if isinstance(file, NamedBytes) else Beside(folder=file.parent)
    return MapFiles(beside).geometry(written.Place(file=base_name_of(file), id=wanted, **how))  # type: ignore[arg-type]


def _system(crs: str) -> System:
    try:
        return system_named(crs)
    except ValueError:
        raise Unusable(
            f"is given a coordinate system that is not known: {crs!r}", "write its code, as EPSG:32637", "crs"
        ) from None


def _checked(geometry: BaseGeometry) -> BaseGeometry:
    geometry = plain_geometry(geometry)
    coords = shapely.get_coordinates(geometry)
    if len(coords) == 0:
        raise ValueError("has an empty geometry there")
    if not np.isfinite(coords).all() or np.any(np.abs(coords[:, 0]) > 180) or np.any(np.abs(coords[:, 1]) > 90):
        reach = [float(v) for v in shapely.total_bounds(geometry)]
        raise Unusable(
            f"has coordinates from {reach[0]:.6g}, {reach[1]:.6g} to {reach[2]:.6g}, {reach[3]:.6g}; "
            "they must be degrees: longitude first, within 180, then latitude, within 90",
            "save it in WGS 84 (EPSG:4326)",
        )
    geometry = crossing(geometry)
    if not shapely.is_valid(geometry):
        raise Unusable(
            f"has a geometry that is not valid: {shapely.is_valid_reason(geometry)}",
            "repair it in the program that drew it",
        )
    return geometry
