"""Reports in shapefiles, GeoPackage, databases and Parquet: what a person sees in the layer is what is read of it."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import xlsxwriter
from pyproj import CRS, Transformer

from servanda.app.importing import ImportResult, import_tables
from servanda.errors import EvidenceError
from servanda.evidence.folders import in_folders
from servanda.values.files import NamedBytes

ROWS = [("2025-03-20", "14:05", "Shelling", 12), ("2025-03-21", "23:50", "Обстріл", 3)]
AT = [(37.70, 48.52), (37.71, 48.53)]
RIGHT = [
    ("2025-03-20T14:05:00+02:00", "48.52", "37.7", "shelling", "12"),
    ("2025-03-21T23:50:00+02:00", "48.53", "37.71", "shelling", "3"),
]


def read(file: Any) -> ImportResult:
    return import_tables([file], answers={("zone",): "Europe/Kyiv", ("values", "source"): "Post 4"})


def rows(result: ImportResult) -> list[tuple[str, ...]]:
    return result.reports.select("start", "lat", "lon", "act", "quantity").rows()


def shapefile(*leave: str, deleted: int = -1) -> dict[str, bytes]:
    """A shapefile in UTM (zone 37 north) as QGIS writes it; its points, and a shape without a geometry at the end."""
    there = Transformer.from_crs(4326, 32637, always_xy=True)
    shapes = b"".join(
        struct.pack(">2i", n, 10) + struct.pack("<i2d", 1, *there.transform(*at)) for n, at in enumerate(AT, 1)
    )
    shapes += struct.pack(">2i", 3, 2) + struct.pack("<i", 0)
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + len(shapes)) // 2) + struct.pack("<2i8d", 1000, 1, *[0.0] * 8)
    fields = [(b"date", b"C", 10), (b"time", b"C", 5), (b"type", b"C", 20), (b"count", b"N", 5)]
    body = b"".join(
        (b"*" if n == deleted else b" ")
        + b"".join(
            str(value).encode().ljust(size)[:size] if kind == b"C" else str(value).encode().rjust(size)
            for value, (_, kind, size) in zip(row, fields, strict=True)
        )
        for n, row in enumerate([*ROWS, ("2025-03-22", "06:00", "Shelling", 4)])
    )
    table = struct.pack("<4BIHH20x", 3, 125, 3, 20, 3, 33 + 32 * len(fields), 41)
    table += b"".join(name.ljust(11, b"\0") + kind + struct.pack("<4xBB14x", size, 0) for name, kind, size in fields)
    parts = {
        "log.shp": head + shapes,
        "log.dbf": table + b"\r" + body,
        "log.prj": CRS.from_epsg(32637).to_wkt("WKT1_ESRI").encode(),
        "log.cpg": b"UTF-8",
        "log.shx": b"\0\0\x27\x0a",
    }
    return {name: content for name, content in parts.items() if name not in leave}


def zipped(parts: dict[str, bytes]) -> NamedBytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return NamedBytes("log.zip", out.getvalue())


def geopackage(path: Path) -> Path:
    """A GeoPackage with a layer of points (one feature has none), a layer of areas, and a table without places."""
    db = sqlite3.connect(path)
    db.executescript(
        """create table gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition);
        insert into gpkg_spatial_ref_sys values ('WGS 84', 4326, 'EPSG', 4326, '');
        create table gpkg_contents (table_name, data_type);
        create table gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m);
        insert into gpkg_geometry_columns values ('zones', 'geom', 'POLYGON', 4326, 0, 0), ('log', 'geom', 'POINT', 4326, 0, 0);
        create table zones (fid integer primary key, geom blob, name);
        create table log (fid integer primary key, geom blob, date, time, type, count);
        create table posts (name, code);
        insert into posts values ('Alder', 'P1');"""
    )

    def blob(shape: Any) -> bytes:
        return b"GP\0\1" + struct.pack("<i", 4326) + shapely.to_wkb(shape)

    db.execute("insert into zones values (1, ?, 'zone')", (blob(shapely.box(37, 48, 38, 49)),))
    for n, (row, at) in enumerate(zip(ROWS, AT, strict=True), 1):
        db.execute("insert into log values (?, ?, ?, ?, ?, ?)", (n, blob(shapely.Point(at)), *row))
    db.execute("insert into log values (3, null, '2025-03-22', '06:00', 'Shelling', 4)")
    db.commit()
    db.close()
    return path


def test_points_of_a_shapefile_are_reports_in_degrees_and_a_shape_without_a_place_is_one_without(
    tmp_path: Path,
) -> None:
    for name, content in shapefile().items():
        (tmp_path / name).write_bytes(content)
    for result in (read(tmp_path / "log.shp"), read(zipped(shapefile()))):
        assert rows(result)[:2] == RIGHT
        assert rows(result)[2][:3] == ("2025-03-22T06:00:00+02:00", None, None)
        assert not result.quarantine.height


def test_a_row_that_was_deleted_in_a_shapefile_is_none_and_the_others_keep_their_places() -> None:
    assert rows(read(zipped(shapefile(deleted=0))))[0] == RIGHT[1]


def test_a_shapefile_that_does_not_say_where_it_lies_is_refused_with_what_to_do() -> None:
    with pytest.raises(EvidenceError) as refused:
        read(NamedBytes("log.shp", shapefile()["log.shp"]))
    (fault,) = refused.value.faults
    assert (fault.code, fault.what) == (
        "EVD207",
        "has no .prj beside it, which says in which coordinate system it is",
    )
    assert ".prj" in fault.hint
    assert "'crs'" not in f"{fault.what} {fault.hint}"


def test_a_folder_gives_a_shapefile_once_and_its_parts_not_alone(tmp_path: Path) -> None:
    for name, content in shapefile().items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "other.dbf").write_bytes(b"\x03")
    assert [path.name for path in in_folders([tmp_path])] == ["log.shp", "other.dbf"]


def test_each_layer_and_table_of_a_geopackage_is_read_and_what_holds_no_report_is_told(tmp_path: Path) -> None:
    result = read(geopackage(tmp_path / "log.gpkg"))
    assert rows(result)[:2] == RIGHT
    assert rows(result)[2][:3] == ("2025-03-22T06:00:00+02:00", None, None)
    told = " ".join(result.told)
    assert "sheet 'zones': 1 feature is no points and left out" in told
    assert "sheet 'posts' is left out" in told


def test_a_geopackage_that_is_being_written_is_refused_as_it_is_as_a_map(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "log.gpkg")
    Path(f"{path}-wal").write_bytes(b"x")
    with pytest.raises(EvidenceError, match="has changes that are not written yet"):
        read(path)


def test_a_table_of_a_database_is_a_table_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("create table log (date, time, lat, lon, type, count, photo)")
        db.executemany(
            "insert into log values (?, ?, ?, ?, ?, ?, ?)",
            [(d, t, at[1], at[0], act, n, b"\xff\xd8") for (d, t, act, n), at in zip(ROWS, AT, strict=True)],
        )
    assert rows(read(path)) == RIGHT


def test_parquet_with_columns_of_its_own_is_imported_and_instants_keep_their_zone() -> None:
    table = pa.table(
        {
            "when": pa.array([datetime(2025, 3, 20, 12, 5, tzinfo=UTC)] * 2, pa.timestamp("ns", tz="Europe/Kyiv")),
            "lat": [48.52, 48.53],
            "lon": ["37.70", "37.71"],
            "type": pa.array(["Shelling", "Обстріл"]).dictionary_encode(),
            "count": pa.array([12, 3], pa.int8()),
            "tags": [["a"], ["b", "c"]],
            "photo": [b"\xff", None],
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    result = read(NamedBytes("log.parquet", out.getvalue()))
    assert rows(result) == [("2025-03-20T14:05:00+02:00", *right[1:]) for right in RIGHT]


def test_days_and_times_of_parquet_are_those_of_the_clock_and_nested_values_have_names() -> None:
    table = pa.table(
        {
            "date": [date(2025, 3, 20)],
            "time": [time(14, 5)],
            "place": [{"lat": 48.52, "lon": 37.70}],
            "type": [["shelling"]],
            "count": [12],
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    assert rows(read(NamedBytes("log.parquet", out.getvalue()))) == RIGHT[:1]
    with pytest.raises(EvidenceError, match="not a whole Parquet file"):
        read(NamedBytes("log.parquet", out.getvalue()[:200]))


@pytest.mark.parametrize(
    ("acts", "right"), [(["shelling", "mortar fire"], ["shelling", "mortar_fire"]), (["shelling"], ["shelling"])]
)
def test_a_list_of_acts_in_json_is_several_acts_and_no_word_of_its_own(acts: list[str], right: list[str]) -> None:
    text = json.dumps([{"date": "2025-03-20", "time": "14:05", "type": acts, "actor": "A"}])
    assert read(NamedBytes("log.json", text.encode())).reports["act"].to_list() == right


def test_two_columns_of_one_name_in_parquet_are_both_kept_and_asked_about() -> None:
    names = ["date", "type", "type"]
    table = pa.table([pa.array(["2025-03-20"]), pa.array(["shelling"]), pa.array(["mortar fire"])], names=names)
    out = io.BytesIO()
    pq.write_table(table, out)
    (asked,) = [question for _, question in read(NamedBytes("log.parquet", out.getvalue())).questions]
    assert asked.choices == ("type (2)", "type (3)")


ROWS_OF_JSON = [
    {"date": "2027-03-05", "time": "10:00", "act": "shelling", "actor": "A", "latitude": 48.1, "longitude": 37.2},
    {"date": "2027-03-06", "time": "11:00", "act": "shelling", "actor": "A", "latitude": 48.2, "longitude": 37.3},
]


@pytest.mark.parametrize(
    "document",
    [
        {name: [row[name] for row in ROWS_OF_JSON] for name in ROWS_OF_JSON[0]},
        {name: {str(n): row[name] for n, row in enumerate(ROWS_OF_JSON)} for name in ROWS_OF_JSON[0]},
        {str(n): row for n, row in enumerate(ROWS_OF_JSON)},
        {"columns": list(ROWS_OF_JSON[0]), "index": [0, 1], "data": [list(row.values()) for row in ROWS_OF_JSON]},
        {"incidents": {"-Nx1": ROWS_OF_JSON[0], "-Nx2": ROWS_OF_JSON[1]}},
    ],
    ids=["columns", "columns by row", "rows by name", "names and rows apart", "under a name"],
)
def test_json_that_is_a_table_in_another_shape_has_its_rows(document: dict[str, object]) -> None:
    content = json.dumps(document).encode()
    answers = {("zone",): "UTC", ("values", "source"): "Post 4"}
    found = import_tables([NamedBytes("t.json", content)], answers=answers).reports
    assert found.height == 2
    assert found["lat"].cast(float).to_list() == [48.1, 48.2]


def test_what_people_wrote_at_cells_is_told() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for n, row in enumerate([["Date", "Act", "Actor"], ["2027-03-05", "shelling", "A"]]):
        sheet.write_row(n, 0, row)
    sheet.write_comment("B2", "quarry blast?")
    book.close()
    told = import_tables([NamedBytes("t.xlsx", out.getvalue())], answers={("zone",): "UTC"}).told
    assert any("1 comment at cells, not read: B2 'quarry blast?'" in line for line in told)
