"""Which feature of a file a place is."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import shapely

from servanda.agreement.resolve.geofile import read_geometry


def square(west: float) -> dict[str, Any]:
    return shapely.geometry.mapping(shapely.box(west, 48.0, west + 0.5, 48.5))  # type: ignore[no-any-return]


def geojson(folder: Path, *features: tuple[Any, dict[str, Any], float]) -> Path:
    path = folder / "p.geojson"
    listed = [
        {"type": "Feature", "properties": properties, "geometry": square(west), **({} if own is None else {"id": own})}
        for own, properties, west in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}))
    return path


def west_of(path: Path, wanted: str | int) -> tuple[float, float]:
    bounds = read_geometry(path, wanted).bounds
    return bounds[0], bounds[2]


def test_a_features_own_id_comes_before_the_property_id_of_another(tmp_path: Path) -> None:
    path = geojson(tmp_path, (1, {"id": 2, "name": "West"}, 37), (2, {"id": 1, "name": "East"}, 38))
    assert west_of(path, 1) == (37, 37.5)
    assert west_of(path, "East") == (38, 38.5)


@pytest.mark.parametrize(
    "wanted",
    ["UA14", "ua14", "Donetska", "donetska ", "D\u043enetska", "\u0414\u043e\u043d\u0435\u0446\u044c\u043a\u0430"],
)
def test_a_province_is_known_by_the_code_and_the_names_that_ocha_gives_it(tmp_path: Path, wanted: str) -> None:
    names = {
        "ADM1_EN": "Donetska",
        "ADM1_UA": "\u0414\u043e\u043d\u0435\u0446\u044c\u043a\u0430",
        "ADM1_PCODE": "UA14",
        "ADM0_PCODE": "UA",
    }
    other = {
        "ADM1_EN": "Luhanska",
        "ADM1_UA": "\u041b\u0443\u0433\u0430\u043d\u0441\u044c\u043a\u0430",
        "ADM1_PCODE": "UA44",
        "ADM0_PCODE": "UA",
    }
    path = geojson(tmp_path, (None, names, 37), (None, other, 38))
    assert west_of(path, wanted) == (37, 37.5)
    assert west_of(path, "UA") == (37, 38.5)


def test_a_province_of_a_file_of_districts_is_all_its_districts(tmp_path: Path) -> None:
    districts = [{"adm2_name": f"D{n}", "adm2_pcode": f"XX010{n}", "adm1_pcode": "XX01"} for n in (1, 2)]
    path = geojson(tmp_path, (None, districts[0], 37), (None, districts[1], 37.5), (None, {"adm1_pcode": "XX02"}, 38.5))
    assert west_of(path, "XX01") == (37, 38)
    assert west_of(path, "D2") == (37.5, 38)


def test_what_there_is_is_told_by_all_its_names(tmp_path: Path) -> None:
    path = geojson(
        tmp_path,
        (None, {"ADM1_EN": "West", "ADM1_PCODE": "X1"}, 37),
        (None, {"ADM1_EN": "East", "ADM1_PCODE": "X2"}, 38),
    )
    with pytest.raises(ValueError, match="X1 / West, X2 / East"):
        read_geometry(path, "X3")


def geopackage(folder: Path, layers: dict[str, list[tuple[int, int, float]]]) -> Path:
    path = folder / "p.gpkg"
    with sqlite3.connect(path) as db:
        db.execute("create table gpkg_geometry_columns (table_name, column_name, srs_id)")
        db.execute("create table gpkg_spatial_ref_sys (srs_id, organization, organization_coordsys_id)")
        for layer, rows in layers.items():
            db.execute("insert into gpkg_geometry_columns values (?, 'geom', 4326)", (layer,))
            db.execute(f"create table {layer} (fid integer primary key, id, geom)")
            for fid, own, west in rows:
                wkb = b"GP\0\1" + bytes(4) + shapely.to_wkb(shapely.geometry.shape(square(west)))
                db.execute(f"insert into {layer} values (?, ?, ?)", (fid, own, wkb))
    db.close()
    return path


def test_the_id_of_a_geopackage_comes_before_a_row_number(tmp_path: Path) -> None:
    path = geopackage(tmp_path, {"zones": [(1, 2, 37), (2, 1, 38)]})
    assert west_of(path, 1) == (38, 38.5)


def test_one_number_in_two_layers_is_refused_with_both(tmp_path: Path) -> None:
    path = geopackage(tmp_path, {"zones": [(1, 7, 37)], "lines": [(1, 7, 38)]})
    with pytest.raises(ValueError, match=r"in 2 layers \(lines, zones\)"):
        read_geometry(path, 7)


def test_a_map_in_xml_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "p.kml"
    path.write_text('<?xml version="1.0"?><kml><Document/></kml>')
    with pytest.raises(ValueError, match="is XML"):
        read_geometry(path, None)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Banana", "coordinates": [37.0, 48.0]},
        {"type": "FeatureCollection", "features": []},
        {"type": "Polygon", "coordinates": 7},
        {"type": "Polygon", "coordinates": [[[37.0, 48.0, "x"]]]},
        {"type": ["Point"], "coordinates": [37.0, 48.0]},
        "a polygon",
        [1],
    ],
)
def test_what_is_no_geometry_is_told_as_such(tmp_path: Path, geometry: Any) -> None:
    path = tmp_path / "p.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": {"id": 1}, "geometry": geometry}))
    with pytest.raises(ValueError, match=r"'p\.geojson' is not valid GeoJSON"):
        read_geometry(path, 1)


@pytest.mark.parametrize("blob", [7, "GP", b"GP", b"GP\0\x0f" + bytes(4), b"GP\0\1" + bytes(40), 1.5])
def test_a_geopackage_whose_geometry_is_none_is_told_as_such(tmp_path: Path, blob: Any) -> None:
    path = geopackage(tmp_path, {"zones": [(1, 2, 37)]})
    with sqlite3.connect(path) as db:
        db.execute("update zones set geom = ?", (blob,))
    db.close()
    with pytest.raises(ValueError, match=r"'p\.gpkg' is not a valid GeoPackage"):
        read_geometry(path, 2)


@pytest.mark.parametrize("name", [7, b"\xff", "nowhere", 'a"b'])
def test_a_geopackage_whose_index_is_wrong_is_told_as_such(tmp_path: Path, name: Any) -> None:
    path = geopackage(tmp_path, {"zones": [(1, 2, 37)]})
    with sqlite3.connect(path) as db:
        db.execute("update gpkg_geometry_columns set table_name = ?", (name,))
    db.close()
    with pytest.raises(ValueError, match=r"'p\.gpkg' is not a valid GeoPackage"):
        read_geometry(path, 2)
