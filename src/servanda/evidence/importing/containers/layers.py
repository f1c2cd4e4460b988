"""Layers of maps and tables of databases as sheets: shapefiles, GeoPackage, FlatGeobuf, SQLite. A point is a row with its coordinates in degrees."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from servanda.evidence.importing.containers.nested import flat
from servanda.evidence.importing.sheets import Cell, Filler, Sheet, features_that_may_report, not_imported
from servanda.values.files import FileLike, NamedBytes
from servanda.values.maps import (
    NOWHERE,
    Layer,
    Sibling,
    dbase_rows,
    map_layers,
    no_sibling,
    refuse_unwritten,
    tables_without_places,
)
from servanda.wording import plural

_LARGEST_BESIDE = 256 << 20
_CRS = "save it with its coordinate system (a shapefile with the .prj beside it), or as GeoJSON"


def beside_on_disk(file: FileLike) -> Sibling:
    """The files that lie beside one and are called as it but for their ending, in capitals or not.

    Args:
        file: a path; a file in memory has none beside it.

    Returns:
        What gives the bytes of each.
    """
    if isinstance(file, NamedBytes):
        return no_sibling
    path = Path(file)

    def found(ending: str) -> bytes | None:
        for other in (path.with_suffix(ending), path.with_suffix(ending.upper())):
            if other.is_file() and other.stat().st_size <= _LARGEST_BESIDE:
                return other.read_bytes()
        return None

    return found


def read_layers(where: str, name: str, content: bytes, beside: Sibling = no_sibling) -> list[Sheet]:
    """The layers of a map, and the tables of a database, each as a sheet.

    Args:
        where: the file, or what it is called in errors.
        name: its name without folders.
        content: its bytes.
        beside: the files beside it.

    Returns:
        A sheet for each layer and table; its first row has the names.

    Raises:
        EvidenceError: it is damaged, holds nothing, or does not say where on the earth it lies.
    """
    whole = NamedBytes(name, content)
    database = content.startswith(b"SQLite format 3\0")
    try:
        refuse_unwritten(where)
        tables = tables_without_places(whole) if database else []
        layers = map_layers(whole, beside) if not database or b"gpkg_geometry_columns" in content else []
        sheets = [_of_layer(where, layer, several=len(layers) + len(tables) > 1) for layer in layers]
    except ValueError as error:
        what, _, _ = str(error).partition(": ")
        no_system = "coordinate system" in what
        code = "EVD207" if no_system else "EVD003"
        raise not_imported(
            where, code, what if no_system else str(error), _CRS if no_system else "save it again, or as GeoJSON or CSV"
        ) from None
    sheets += [_of_table(where, *table, several=len(layers) + len(tables) > 1) for table in tables]
    if not any(sheet.rows for sheet in sheets):
        told = "; ".join(what for sheet in sheets for what in sheet.told)
        what = (
            "is a database without a table"
            if database and not layers
            else "is a map without a point that could be a report"
        )
        raise not_imported(where, "EVD195", what, told or "a report needs a point with its time")
    return sheets


def read_dbase(where: str, content: bytes, beside: Sibling = no_sibling) -> list[Sheet]:
    """A table of dBASE that is given by itself.

    Args:
        where: the file, or what it is called in errors.
        content: its bytes.
        beside: the files beside it.

    Returns:
        Its sheet.

    Raises:
        EvidenceError: it is damaged, or is the table of a shapefile, without whose points it says nothing.
    """
    if beside(".shp") is not None:
        what = "is the table of a shapefile that lies beside it"
        raise not_imported(where, "EVD007", what, "give the .shp, which brings its table along")
    sheet = Sheet(where, "", "map")
    try:
        rows, deleted = dbase_rows(content, (beside(".cpg") or b"").decode("ascii", "replace"))
    except ValueError as error:
        raise not_imported(where, "EVD003", str(error), "save it again, or as CSV (UTF-8)") from None
    _fill(sheet, [(n, _cells(row)) for n, row in enumerate(rows, 1)])
    if deleted:
        sheet.told.append(f"{plural(deleted, 'row')} marked as deleted and left out")
    return [sheet]


def _of_layer(where: str, layer: Layer, *, several: bool) -> Sheet:
    """The features of a layer; of those that are no points, what they are."""
    sheet = Sheet(where, layer.name if several else "", "map")
    rows: list[tuple[int, dict[str, Cell]]] = []
    for n, feature in enumerate(layer.rows, 1):
        row = _cells(feature.properties)
        shape = feature.geometry
        if shape is not NOWHERE:
            parts = [part for part in getattr(shape, "geoms", (shape,)) if not part.is_empty]
            if len(parts) > 1 or any(part.geom_type != "Point" for part in parts):
                sheet.shapes[n] = str(shape.geom_type)
            elif parts:
                row["latitude"], row["longitude"] = round(parts[0].y, 8), round(parts[0].x, 8)
        rows.append((n, row))
    _fill(sheet, features_that_may_report(rows, sheet))
    return sheet


def _of_table(where: str, name: str, names: list[str], rows: list[tuple[object, ...]], *, several: bool) -> Sheet:
    sheet = Sheet(where, name if several else "", "map")
    _fill(sheet, [(n, _cells(dict(zip(names, row, strict=True)))) for n, row in enumerate(rows, 1)])
    return sheet


def _cells(values: Mapping[str, Any]) -> dict[str, Cell]:
    """What stands beside a geometry; bytes are no value that anybody reads."""
    return flat({name: None if isinstance(value, bytes) else value for name, value in values.items()})


def _fill(sheet: Sheet, rows: list[tuple[int, dict[str, Cell]]]) -> None:
    names = list(dict.fromkeys(name for _, row in rows for name, cell in row.items() if cell is not None))
    if not names:
        return
    filler = Filler(sheet)
    filler.add(0, list(names))
    for number, row in rows:
        filler.add(number, [row.get(name) for name in names])
