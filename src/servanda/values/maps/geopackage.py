"""GeoPackage (OGC 12-128r19): an SQLite file whose geometries are WKB behind a short header. Read with the standard library.

It may come from anybody: nothing that it defines is run but its views, and those only for so long; extensions of SQLite are not loaded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import shapely
from shapely.geometry.base import BaseGeometry

from servanda.values.files import FileLike, NamedBytes
from servanda.values.maps.features import MOST_FEATURES, UNREADABLE, Feature, Layer, placed
from servanda.values.maps.systems import WGS84, System, same_system

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_MOST_STEPS = 1_000
"""How often SQLite may do 100,000 steps of its machine for one query: enough for millions of rows, and an end to a query without one."""
_LONGEST_VALUE = 256 << 20
_HOUSEKEEPING = ("gpkg_", "rtree_", "sqlite_", "layer_styles", "qgis_", "spatial_ref_sys", "geometry_columns", "idx_")
"""How the names of tables begin that programs keep for themselves."""
_UNDEFINED = (-1, 0)
_OPEN = "close it in the program that has it open, so that it is written whole"


def geopackage_layers(file: Path | NamedBytes, system: System | None) -> list[Layer]:
    """The layers of a GeoPackage that have a geometry.

    Args:
        file: on disk, or in memory.
        system: the coordinate system of layers that do not say theirs.

    Returns:
        The layers, by their names.

    Raises:
        ValueError: it is damaged, or no GeoPackage; or is being written.
    """
    refuse_unwritten(file)
    with _told(), closing(_database(file)) as db:
        found = db.execute("select table_name, column_name, srs_id from gpkg_geometry_columns").fetchall()
    return [
        Layer(_text(table), _reader(file, _text(table), _text(column), srs, system)) for table, column, srs in found
    ]


def refuse_unwritten(file: FileLike) -> None:
    """Refuse a database on disk of which not all is in its file yet.

    Args:
        file: a path; what is in memory is whole.

    Raises:
        ValueError: a program has it open.
    """
    if not isinstance(file, NamedBytes):
        log = Path(f"{file}-wal")
        if log.is_file() and log.stat().st_size:
            raise ValueError(f"has changes that are not written yet ({log.name}): {_OPEN}")


def tables_without_places(file: Path | NamedBytes) -> list[tuple[str, list[str], list[tuple[object, ...]]]]:
    """The tables of an SQLite file that have no geometry, and are none of those in which a GeoPackage keeps house.

    Args:
        file: on disk, or in memory.

    Returns:
        Of each its name, its columns and its rows.

    Raises:
        ValueError: it is damaged, or a table has more rows than are read.
    """
    found = []
    with _told("SQLite file"), closing(_database(file)) as db:
        names = [
            name
            for (name,) in db.execute("select name from sqlite_master where type in ('table', 'view') order by rowid")
        ]
        with_places = set()
        if "gpkg_geometry_columns" in names:
            with_places = {table for (table,) in db.execute("select table_name from gpkg_geometry_columns")}
        for name in names:
            if name in with_places or name.startswith(_HOUSEKEEPING):
                continue
            cursor = db.execute('select * from "{}" limit {}'.format(name.replace('"', '""'), MOST_FEATURES + 1))  # noqa: S608  a name of the file's own index
            rows = cursor.fetchall()
            if len(rows) > MOST_FEATURES:
                raise ValueError(f"holds more than {MOST_FEATURES:,} rows")
            found.append((name, [d[0] for d in cursor.description], rows))
    return found


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"is not a valid GeoPackage: its index names {name!r}")
    return name


@contextmanager
def _told(kind: str = "GeoPackage") -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, *UNREADABLE) as error:
        what = "a query in it has no end" if "interrupted" in str(error) else str(error)
        raise ValueError(f"is not a valid {kind}: {what}") from None


def _reader(
    file: Path | NamedBytes, table: str, column: str, srs: object, system: System | None
) -> Callable[[], list[Feature]]:
    def read() -> list[Feature]:
        rows: list[dict[str, object]] = []
        shapes: list[BaseGeometry | None] = []
        with _told(), closing(_database(file)) as db:
            own = _system_of(db, srs)
            cursor = db.execute('select * from "{}"'.format(table.replace('"', '""')))  # noqa: S608  a name that the file's own index gives
            names = [d[0] for d in cursor.description]
            at = names.index(column)
            for row in cursor:
                rows.append({name: value for n, (name, value) in enumerate(zip(names, row, strict=True)) if n != at})
                shapes.append(None if row[at] is None else _wkb(row[at]))
                if len(rows) > MOST_FEATURES:
                    raise ValueError(f"holds more than {MOST_FEATURES:,} features")
        used = own or system
        if own is not None and system is not None and not same_system(own, system):
            raise ValueError(
                f"says itself that the coordinate system of its layer {table!r} is {own.text[:60]}: leave 'crs' out"
            )
        if used is None:
            raise ValueError(
                f"does not say in which coordinate system its layer {table!r} is: add 'crs', as 'crs: {WGS84}'"
            )
        return placed(rows, shapes, table, used.to_degrees)

    return read


def _system_of(db: sqlite3.Connection, srs: object) -> System | None:
    """The system of a layer; ``None`` where it is undefined, which a GeoPackage may say."""
    if srs in _UNDEFINED:
        return None
    sql = "select organization, organization_coordsys_id from gpkg_spatial_ref_sys where srs_id = ?"
    row = db.execute(sql, (srs,)).fetchone()
    if row is None and srs == 4326:
        return System(WGS84)
    if row is None:
        raise ValueError(f"its coordinate system {srs!r} is not described")
    if str(row[0]).upper() in ("EPSG", "ESRI", "OGC", "IAU", "IGNF"):
        return System(f"{str(row[0]).upper()}:{row[1]}")
    words = db.execute("select definition from gpkg_spatial_ref_sys where srs_id = ?", (srs,)).fetchone()
    return System(str(words[0]))


def _database(file: Path | NamedBytes) -> sqlite3.Connection:
    """A GeoPackage, open for reading and for nothing else."""
    if isinstance(file, NamedBytes):
        content = bytearray(file.content)
        content[18:20] = b"\1\1"  # without a write-ahead log, which a file in memory cannot have
        db = sqlite3.connect(":memory:")
        db.deserialize(bytes(content))
    else:
        db = sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)
    steps = 0

    def more() -> int:
        nonlocal steps
        steps += 1
        return int(steps > _MOST_STEPS)

    db.set_progress_handler(more, 100_000)
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    for switch in ("trusted_schema = off", "query_only = on", "cell_size_check = on"):
        db.execute(f"pragma {switch}")
    return db


def _wkb(blob: object) -> BaseGeometry:
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        raise ValueError("a geometry lacks the GeoPackage header")
    if blob[3] & 0x20:
        raise ValueError("a geometry is of an extension that is not read")
    try:
        return shapely.from_wkb(blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 0x07] :])
    except NotImplementedError:
        raise ValueError("a geometry has curves: save it with straight segments") from None
