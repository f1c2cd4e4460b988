"""Geometries out of GeoJSON and GeoPackage files, as degrees east and north (WGS 84).

GeoJSON: RFC 7946. GeoPackage: OGC 12-128r19, read with the standard library (a GeoPackage is an SQLite
file whose geometries are WKB behind a short header); other coordinate systems are converted.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from servanda.values.files import FileLike, NamedBytes, base_name_of, bytes_of, suffix_of
from servanda.values.geo.projection import transformed

_MAX_BYTES = 500_000_000
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def read_geometry(file: Path | NamedBytes, wanted: str | int | None) -> BaseGeometry:
    """The geometry of one feature of a file.

    Args:
        file: a GeoJSON or GeoPackage file.
        wanted: which feature, by its id or name; ``None`` where there is only one.

    Raises:
        ValueError: it says what is wrong, and which features there are.
    """
    name = base_name_of(file)
    size, changed = (
        (len(file.content), 0) if isinstance(file, NamedBytes) else (file.stat().st_size, file.stat().st_mtime_ns)
    )
    if size > _MAX_BYTES:
        raise ValueError(f"{name!r} is larger than {_MAX_BYTES // 1_000_000} MB")
    features = _features(file, changed)
    if not features:
        raise ValueError(f"{name!r} holds no feature with a geometry")
    if wanted is None:
        if len(features) > 1:
            raise ValueError(f"{name!r} holds {len(features)} features; say which with 'id': {_names(features)}")
        geometry = features[0][1]
    else:
        found = [geometry for names, geometry in features if str(wanted) in names]
        if not found:
            raise ValueError(f"{name!r} has no feature {str(wanted)!r}; it has {_names(features)}")
        geometry = found[0] if len(found) == 1 else shapely.union_all(found)
    return _checked(geometry)


@lru_cache(maxsize=8)
def _features(file: Path | NamedBytes, changed: int) -> list[tuple[list[str], BaseGeometry]]:
    """All features of a file, each with the names it goes by; read once for the many places that one file may hold."""
    return _geopackage(file) if suffix_of(file) == ".gpkg" else _geojson(file)


def _checked(geometry: BaseGeometry) -> BaseGeometry:
    coords = shapely.get_coordinates(geometry)
    if len(coords) == 0:
        raise ValueError("the geometry is empty")
    if not np.isfinite(coords).all() or np.any(np.abs(coords[:, 0]) > 180) or np.any(np.abs(coords[:, 1]) > 90):
        raise ValueError("coordinates must be degrees: longitude first, within 180, then latitude, within 90")
    if not shapely.is_valid(geometry):
        raise ValueError(f"the geometry is not valid: {shapely.is_valid_reason(geometry)}")
    return shapely.force_2d(geometry)


def _names(features: list[tuple[list[str], BaseGeometry]]) -> str:
    names = [names[0] if names else "(without a name)" for names, _ in features]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _geojson(file: FileLike) -> list[tuple[list[str], BaseGeometry]]:
    try:
        data = json.loads(bytes_of(file).decode("utf-8-sig"))
        if data.get("type") == "FeatureCollection":
            raw = data["features"]
        elif data.get("type") == "Feature":
            raw = [data]
        else:
            raw = [{"geometry": data, "properties": {}}]
        out = []
        for feature in raw:
            if feature.get("geometry") is None:
                continue
            properties = feature.get("properties") or {}
            keys = [feature.get("id"), *(properties.get(k) for k in ("id", "name", "shapeISO", "shapeName"))]
            out.append(([str(k) for k in keys if k is not None], shapely.geometry.shape(feature["geometry"])))
        return out
    except (UnicodeDecodeError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(f"{base_name_of(file)!r} is not valid GeoJSON: {error}") from None


def _geopackage(file: FileLike) -> list[tuple[list[str], BaseGeometry]]:
    out: list[tuple[list[str], BaseGeometry]] = []
    try:
        with closing(_database(file)) as db:
            for table, column, srs in db.execute("select table_name, column_name, srs_id from gpkg_geometry_columns"):
                system = db.execute(
                    "select organization, organization_coordsys_id from gpkg_spatial_ref_sys where srs_id = ?", (srs,)
                ).fetchone()
                quoted = table.replace('"', '""')
                rows = db.execute(f'select * from "{quoted}"')  # noqa: S608  the name comes from the file's own index
                names = [d[0] for d in rows.description]
                keys = [n for n, name in enumerate(names) if name.lower() in {"fid", "id", "name"}]
                keys.sort(key=lambda n: ["id", "name", "fid"].index(names[n].lower()))
                at = names.index(column)
                for row in rows:
                    if row[at] is not None:
                        geometry = _to_degrees(_wkb(row[at]), system)
                        out.append(([str(row[n]) for n in keys if row[n] is not None], geometry))
    except (sqlite3.Error, ValueError, IndexError, shapely.errors.GEOSException) as error:
        raise ValueError(f"{base_name_of(file)!r} is not a valid GeoPackage: {error}") from None
    return out


def _database(file: FileLike) -> sqlite3.Connection:
    """A GeoPackage, open for reading."""
    if not isinstance(file, NamedBytes):
        return sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    content = bytearray(file.content)
    content[18:20] = b"\1\1"  # without a write-ahead log, which a file in memory cannot have
    db = sqlite3.connect(":memory:")
    db.deserialize(bytes(content))
    return db


def _wkb(blob: bytes) -> BaseGeometry:
    if blob[:2] != b"GP":
        raise ValueError("a geometry lacks the GeoPackage header")
    return shapely.from_wkb(blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 0x07] :])


def _to_degrees(geometry: BaseGeometry, system: tuple[str, int] | None) -> BaseGeometry:
    if system is None or system[1] in (4326, 0, -1):
        return geometry
    try:
        there = Transformer.from_crs(f"{system[0]}:{system[1]}", "EPSG:4326", always_xy=True)
    except CRSError as error:
        raise ValueError(str(error)) from None
    return shapely.transform(geometry, lambda c: np.column_stack(transformed(there, c[:, 0], c[:, 1])))
