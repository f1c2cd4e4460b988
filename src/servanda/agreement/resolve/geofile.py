"""Geometries out of GeoJSON and GeoPackage files, as degrees east and north (WGS 84).

GeoJSON: RFC 7946. GeoPackage: OGC 12-128r19, read with the standard library (a GeoPackage is an SQLite
file whose geometries are WKB behind a short header); other coordinate systems are converted.

A feature goes by its own id (GeoJSON), then by the first of its properties that names it: ``id``, ``name``, the codes and names of
geoBoundaries and of OCHA's administrative boundaries (``ADM2_PCODE``, ``ADM1_EN``), last by its row number (GeoPackage). Names of one
kind decide: features that have the wanted name by a lower kind are not added. All features of one layer that have it make one place.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from servanda.values.files import FileLike, NamedBytes, base_name_of, bytes_of, suffix_of
from servanda.values.geo.projection import transformed
from servanda.values.names import name_key

_MAX_BYTES = 500_000_000
_NO_DIGIT = re.compile(r"\D")
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_UNREADABLE = (ValueError, KeyError, AttributeError, TypeError, shapely.errors.ShapelyError)
"""What a file that is not in the form that it should be may raise."""


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
        return _checked(features[0].geometry)
    found = _named(features, str(wanted))
    if not found:
        raise ValueError(f"{name!r} has no feature {str(wanted)!r}; it has {_names(features)}")
    layers = sorted({feature.layer for feature in found})
    if len(layers) > 1:
        what = f"{name!r} has {str(wanted)!r} in {len(layers)} layers ({', '.join(layers)}): give it a name of its own in one"
        raise ValueError(what)
    return _checked(shapely.union_all([feature.geometry for feature in found]) if len(found) > 1 else found[0].geometry)


@dataclass(frozen=True)
class Feature:
    """A geometry with what it goes by, and the layer it stands in; ``names`` by their kinds, the first kind first."""

    names: Mapping[str, str]
    geometry: BaseGeometry
    layer: str = ""


_KINDS = (
    *(r"feature id", r"id", r"name", r"(adm5|adm4|adm3|adm2|adm1|adm0)_?(pcode|code)"),
    *(
        r"(adm5|adm4|adm3|adm2|adm1|adm0)_?(name|[a-z]{2})",
        r"shapeiso|shapeid|hasc_\d|gid_\d|iso_3166_2",
        r"shapename|name_\d|name[:_][a-z]{2}",
    ),
    r"fid|ogc_fid",
)
"""Kinds of names, as columns and properties have them, in the order in which they decide (in small letters)."""
_PARTS = tuple(re.compile(kind) for kind in _KINDS)


def _rank(key: str) -> tuple[int, int, str]:
    """Where a kind of name stands in their order; the lowest administrative level comes before the higher ones."""
    low = key.lower()
    kind = next((n for n, kind in enumerate(_PARTS) if kind.fullmatch(low)), len(_PARTS))
    return kind, -int(_NO_DIGIT.sub("", low) or 0), key


def _by_kind(properties: Mapping[str, Any]) -> dict[str, str]:
    """What a feature goes by, kind by kind, in their order."""
    out: dict[str, str] = {}
    for key in sorted(map(str, properties), key=_rank):
        value = properties[key]
        if _rank(key)[0] < len(_PARTS) and isinstance(value, (str, int, float)) and not isinstance(value, bool):
            out[key] = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return {key: name for key, name in out.items() if name}


def _named(features: list[Feature], wanted: str) -> list[Feature]:
    """The features that go by a name: to the letter, else by how it reads; by the first kind of name that any has it in."""
    for alike in (str, name_key):
        want = alike(wanted)
        for kind in sorted({kind for feature in features for kind in feature.names}, key=_rank):
            found = [f for f in features if kind in f.names and alike(f.names[kind]) == want]
            if found:
                return found
    return []


@lru_cache(maxsize=8)
def _features(file: Path | NamedBytes, changed: int) -> list[Feature]:
    """All features of a file; read once for the many places that one file may hold."""
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


def _names(features: list[Feature]) -> str:
    names = [" / ".join(dict.fromkeys(f.names.values())) or "(without a name)" for f in features]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _geojson(file: FileLike) -> list[Feature]:
    content = bytes_of(file)
    try:
        data = json.loads(content.decode("utf-8-sig"))
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
            names = {"feature id": feature.get("id"), **(feature.get("properties") or {})}
            out.append(Feature(_by_kind(names), shapely.geometry.shape(feature["geometry"])))
        return out
    except (*_UNREADABLE, RecursionError) as error:
        if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            what = f"{base_name_of(file)!r} is XML (KML, GML), and only GeoJSON and GeoPackage are read"
            raise ValueError(what) from None
        if content.startswith(b"PK"):
            raise ValueError(
                f"{base_name_of(file)!r} is an archive (KMZ, Shapefile), and only GeoJSON and GeoPackage are read"
            ) from None
        raise ValueError(f"{base_name_of(file)!r} is not valid GeoJSON: {error}") from None


def _geopackage(file: FileLike) -> list[Feature]:
    out: list[Feature] = []
    try:
        with closing(_database(file)) as db:
            for table, column, srs in db.execute("select table_name, column_name, srs_id from gpkg_geometry_columns"):
                system = db.execute(
                    "select organization, organization_coordsys_id from gpkg_spatial_ref_sys where srs_id = ?", (srs,)
                ).fetchone()
                quoted = table.replace('"', '""')
                rows = db.execute(f'select * from "{quoted}"')  # noqa: S608  the name comes from the file's own index
                names = [d[0] for d in rows.description]
                at = names.index(column)
                for row in rows:
                    if row[at] is not None:
                        properties = {name: value for name, value in zip(names, row, strict=True) if name != column}
                        out.append(Feature(_by_kind(properties), _to_degrees(_wkb(row[at]), system), table))
    except (sqlite3.Error, IndexError, OverflowError, *_UNREADABLE) as error:
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
