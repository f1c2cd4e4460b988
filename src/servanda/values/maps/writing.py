"""Maps for others: layers as GeoJSON (RFC 7946) and as a GeoPackage (OGC 12-128r19) that QGIS opens with its styles."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_DECIMALS = 7
"""Of a degree: a centimetre."""
_APPLICATION, _VERSION = 0x47504B47, 10_300
_TYPES = {bool: "BOOLEAN", int: "INTEGER", float: "REAL"}
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
  organization_coordsys_id integer not null, definition text not null, description text);
create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique,
  description text default '', last_change datetime not null, min_x double, min_y double, max_x double, max_y double, srs_id integer);
create table gpkg_geometry_columns (table_name text not null primary key, column_name text not null, geometry_type_name text not null,
  srs_id integer not null, z tinyint not null, m tinyint not null);
create table layer_styles (id integer primary key autoincrement, f_table_catalog text, f_table_schema text, f_table_name text,
  f_geometry_column text, styleName text, styleQML text, styleSLD text, useAsDefault boolean, description text, owner text, ui text,
  update_time datetime);
"""
Kind: TypeAlias = Literal["Point", "LineString", "Polygon"]
Colour: TypeAlias = tuple[int, int, int, int]
Shapes: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.object_]]"
"""Geometries in degrees; ``None`` where there is none."""
Row: TypeAlias = "tuple[BaseGeometry | None, Mapping[str, Any]]"


@dataclass(frozen=True)
class MapLayer:
    """A layer to be written.

    Args:
        name: what it is called.
        about: what it shows.
        kind: of its geometries; several of them in one feature are written as such.
        shapes: for each feature its geometry.
        values: by name, for each feature its value.
        colour: red, green, blue and opacity, 0 to 255.
        told_by: the value that says how a point is drawn; left out, all are drawn alike.
        looks: by what that value may be, the shape and the colour; in the order in which they are explained.
    """

    name: str
    about: str
    kind: Kind
    shapes: Shapes
    values: Mapping[str, Sequence[Any]]
    colour: Colour
    told_by: str = ""
    looks: Mapping[str, tuple[str, Colour]] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, name: str, about: str, kind: Kind, rows: Sequence[Row], colour: tuple[int, int, int, int]) -> Self:
        """The same of features one by one: of each its geometry and its values; all have the same."""
        names = list(rows[0][1]) if rows else []
        return cls(name, about, kind, _shapes(rows), {n: [said[n] for _, said in rows] for n in names}, colour)


def _shapes(rows: Sequence[Row]) -> Shapes:
    out = np.full(len(rows), None, dtype=object)
    out[:] = [shape for shape, _ in rows]
    return out


def rounded(shapes: Shapes) -> Shapes:
    """Geometries to the centimetre, outlines counter-clockwise and holes clockwise; ``None`` where nothing of one is on the earth."""
    coordinates, of = shapely.get_coordinates(shapes, return_index=True)
    nowhere = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    nowhere[of[~np.isfinite(coordinates).all(axis=1)]] = True
    there = shapes.copy()
    there[nowhere] = None
    whole = shapely.transform(there, lambda c: np.round(c, _DECIMALS))
    return np.asarray(shapely.orient_polygons(whole, exterior_cw=False), dtype=object)


def geojson_text(rows: Sequence[Row], key: str, **whole: Any) -> str:
    """Features as GeoJSON, a line each.

    Args:
        rows: for each its geometry and its values.
        key: which value is its id.
        whole: members of the collection.

    Returns:
        The text.
    """
    lines = []
    for drawn, (_, values) in zip(shapely.to_geojson(rounded(_shapes(rows))), rows, strict=True):
        said = json.dumps(dict(values), ensure_ascii=False)
        lines.append(
            f'{{"type": "Feature", "id": {json.dumps(values[key], ensure_ascii=False)}, "geometry": {drawn or "null"}, "properties": {said}}}'
        )
    head = json.dumps({"type": "FeatureCollection", **whole}, ensure_ascii=False)[:-1]
    return f'{head}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def geopackage_bytes(layers: Sequence[MapLayer], changed: str) -> bytes:
    """Layers as a GeoPackage.

    Args:
        layers: those without a feature are left out.
        changed: when it was last changed, as ``2025-04-18T00:00:00.000Z``.

    Returns:
        The file; the same for the same layers and the same SQLite.
    """
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"pragma application_id = {_APPLICATION}")
        db.execute(f"pragma user_version = {_VERSION}")
        db.executescript(_TABLES)
        undefined = [
            (f"Undefined {what}", n, "NONE", n, "undefined", None) for what, n in (("Cartesian", -1), ("geographic", 0))
        ]
        systems = [*undefined, ("WGS 84", 4326, "EPSG", 4326, _WGS84, None)]
        db.executemany("insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, ?)", systems)
        for layer in layers:
            if len(layer.shapes):
                _add(db, layer, changed)
        db.commit()
        return db.serialize()


def _add(db: sqlite3.Connection, layer: MapLayer, changed: str) -> None:
    shapes = rounded(layer.shapes)
    bounds = [float(v) if np.isfinite(v) else None for v in shapely.total_bounds(shapes)]
    multi = layer.kind != "Point"
    type_name = f"MULTI{layer.kind.upper()}" if multi else "POINT"
    quoted = ['"{}"'.format(name.replace('"', '""')) for name in layer.values]
    typed = [f"{name} {_type(column)}" for name, column in zip(quoted, layer.values.values(), strict=True)]
    db.execute(f'create table "{layer.name}" (fid integer primary key, geom {type_name}, {", ".join(typed)})')
    db.execute(
        "insert into gpkg_contents values (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)",
        (layer.name, layer.name, layer.about, changed, *bounds),
    )
    db.execute("insert into gpkg_geometry_columns values (?, 'geom', ?, 4326, 0, 0)", (layer.name, type_name))
    db.executemany(
        f'insert into "{layer.name}" values (null, ?{", ?" * len(quoted)})',  # noqa: S608  names of our own
        zip(_blobs(shapes, multi=multi), *map(_cells, layer.values.values()), strict=True),
    )
    db.execute(
        "insert into layer_styles values (null, '', '', ?, 'geom', ?, ?, '', 1, ?, '', null, ?)",
        (layer.name, layer.name, _style(layer), layer.about, changed),
    )


def _type(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    return _TYPES.get(kinds.pop(), "TEXT") if len(kinds) == 1 else "REAL" if kinds == {int, float} else "TEXT"


def _cells(values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column as SQLite can hold them."""
    if not {type(value) for value in values} - {str, int, float, bool, type(None)}:
        return values
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return "; ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value


def _blobs(shapes: Shapes, *, multi: bool) -> list[bytes | None]:
    """Geometries as a GeoPackage holds them."""
    if multi:
        several = {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings}
        shapes = shapes.copy()
        for n, shape in enumerate(shapes):
            if shape is not None and shape.geom_type in several:
                shapes[n] = several[shape.geom_type]([shape])
    head = b"GP\0\1" + (4326).to_bytes(4, "little")
    return [None if wkb is None else head + wkb for wkb in shapely.to_wkb(shapes, byte_order=1, output_dimension=2)]


_SYMBOLS: Mapping[Kind, tuple[str, str]] = {
    "Point": ("marker", "SimpleMarker"),
    "LineString": ("line", "SimpleLine"),
    "Polygon": ("fill", "SimpleFill"),
}


def _style(layer: MapLayer) -> str:
    """The style of a layer as QGIS keeps it (QML)."""
    head = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis styleCategories="Symbology"><renderer-v2 symbollevels="0" '
    if not layer.told_by:
        symbol = _symbol(layer.kind, "0", "circle", layer.colour)
        return f'{head}type="singleSymbol"><symbols>{symbol}</symbols></renderer-v2></qgis>'
    looks = [(value, str(n), look) for n, (value, look) in enumerate(layer.looks.items())]
    said = "".join(f'<category render="true" symbol="{n}" value="{value}" label="{value}"/>' for value, n, _ in looks)
    symbols = "".join(_symbol(layer.kind, n, shape, colour) for _, n, (shape, colour) in looks)
    return (
        f'{head}type="categorizedSymbol" attr="{layer.told_by}"><categories>{said}</categories><symbols>{symbols}'
        "</symbols></renderer-v2></qgis>"
    )


def _symbol(kind: Kind, name: str, shape: str, rgba: Colour) -> str:
    colour, line = (",".join(map(str, part)) for part in (rgba, (*rgba[:3], 255)))
    mark, symbol = _SYMBOLS[kind]
    options = {"color": colour, "line_color": line, "line_width": "0.6", "outline_color": line, "outline_width": "0.4"}
    options |= {"name": shape, "size": "2.4"}
    said = "".join(f'<Option type="QString" name="{name}" value="{value}"/>' for name, value in options.items())
    return (
        f'<symbol type="{mark}" name="{name}" alpha="1"><layer class="{symbol}" enabled="1"><Option type="Map">{said}'
        "</Option></layer></symbol>"
    )
