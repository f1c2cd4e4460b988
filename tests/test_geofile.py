"""Which feature of a file a place is."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import shapely

from servanda.agreement.resolve.geofile import Unusable, read_geometry


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


def test_a_name_that_points_at_different_features_is_refused_with_both(tmp_path: Path) -> None:
    path = geojson(tmp_path, (1, {"id": 2, "name": "West"}, 37), (2, {"id": 1, "name": "East"}, 38))
    with pytest.raises(ValueError, match=r"'1' for different features: feature id of 1 / 2 / West; id of 2 / 1 / East"):
        read_geometry(path, 1)
    assert read_geometry(path, 1, by="id").bounds[0] == 38
    assert read_geometry(path, 1, by="feature id").bounds[0] == 37
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


KHERSON = [
    {"ADM1_EN": "Khersonska", "ADM1_PCODE": "UA65", "ADM2_EN": "Khersonskyi", "ADM2_PCODE": "UA6510", "ADM3_EN": "Kherson", "ADM3_PCODE": "UA6510001"},
    {"ADM1_EN": "Khersonska", "ADM1_PCODE": "UA65", "ADM2_EN": "Khersonskyi", "ADM2_PCODE": "UA6510", "ADM3_EN": "Bilozerka", "ADM3_PCODE": "UA6510002"},
    {"ADM1_EN": "Khersonska", "ADM1_PCODE": "UA65", "ADM2_EN": "Henicheskyi", "ADM2_PCODE": "UA6502", "ADM3_EN": "Bilozerka", "ADM3_PCODE": "UA6502003"},
]  # fmt: skip
"""Communes as OCHA has them, two of them with one name in two districts."""


def test_two_communes_of_one_name_are_never_laid_together(tmp_path: Path) -> None:
    path = geojson(tmp_path, *[(None, names, 37.0 + n) for n, names in enumerate(KHERSON)])
    with pytest.raises(
        ValueError, match=r"2 features that are called 'Bilozerka', apart by ADM3_PCODE: UA6510002.*UA6502003"
    ):
        read_geometry(path, "Bilozerka")
    assert west_of(path, "UA6502003") == (39, 39.5)
    assert west_of(path, "Khersonskyi") == (37, 38.5)
    assert west_of(path, "Khersonska") == (37, 39.5)


def test_a_name_of_a_province_and_of_another_district_is_refused_until_it_is_said_which(tmp_path: Path) -> None:
    rows = [{"ADM1_FR": "Nord", "ADM1_PCODE": "X1", "ADM2_FR": f"D{n}", "ADM2_PCODE": f"X10{n}"} for n in range(2)]
    rows.append({"ADM1_FR": "Sud", "ADM1_PCODE": "X2", "ADM2_FR": "Nord", "ADM2_PCODE": "X201"})
    path = geojson(tmp_path, *[(None, names, 37.0 + n) for n, names in enumerate(rows)])
    with pytest.raises(ValueError, match=r"'Nord' for different features: ADM2_FR of .*X201.*; ADM1_FR of .*X100"):
        read_geometry(path, "Nord")
    assert read_geometry(path, "Nord", by="ADM1_FR").bounds[2] == 38.5
    assert read_geometry(path, "Nord", by="adm2_fr").bounds[0] == 39


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"ADM1_AR": "\u062d\u0644\u0628", "ADM1_PCODE": "SY02"}, "\u062d\u0644\u0628"),
        ({"ADM1_RU": "\u0414\u043e\u043d\u0435\u0446\u043a\u0430\u044f", "ADM1_PCODE": "UA14"}, "UA14"),
        ({"adm1_name": "Aleppo", "adm1_name1": "Alep", "adm1_pcode": "SY02"}, "Alep"),
        ({"admin1Name_en": "Aleppo", "admin1Pcode": "SY02"}, "Aleppo"),
        ({"ADM1_EN": "Aleppo", "ADM1ALT1EN": "Halab", "ADM1_PCODE": "SY02"}, "Halab"),
        ({"shapeName": "Donetsk", "shapeISO": "UA-14", "shapeID": "12345B", "shapeGroup": "UKR"}, "UA-14"),
        ({"shapeName": "Donetsk", "shapeISO": "UA-14", "shapeID": "12345B", "shapeGroup": "UKR"}, "12345B"),
        ({"shapeName": "Donetsk", "shapeISO": "UA-14", "shapeID": "12345B", "shapeGroup": "UKR"}, "donetsk"),
        ({"NAME_1": "Donets'k", "GID_1": "UKR.5_1", "VARNAME_1": "Stalino"}, "Stalino"),
        ({"name": "Donetsk Oblast", "name:uk": "\u0414\u043e\u043d\u0435\u0446\u044c\u043a\u0430"}, "\u0414\u043e\u043d\u0435\u0446\u044c\u043a\u0430"),
    ],
)  # fmt: skip
def test_an_area_is_known_by_what_those_who_publish_boundaries_call_it(
    tmp_path: Path, properties: dict[str, Any], wanted: str
) -> None:
    path = geojson(tmp_path, (None, properties, 37), (None, dict.fromkeys(properties, "another"), 38))
    assert west_of(path, wanted) == (37, 37.5)


def test_a_province_is_taken_from_the_layer_of_provinces_where_one_file_has_all_levels(tmp_path: Path) -> None:
    path = geopackage(tmp_path, {"adm1": [], "adm2": []})
    with sqlite3.connect(path) as db:
        for layer, columns in (("adm1", ("adm1_pcode",)), ("adm2", ("adm1_pcode", "adm2_pcode"))):
            for column in columns:
                db.execute(f"alter table {layer} add column {column}")
        square_wkb = b"GP\0\1" + bytes(4) + shapely.to_wkb(shapely.box(37, 48, 39, 49))
        parts = [b"GP\0\1" + bytes(4) + shapely.to_wkb(shapely.box(w, 48, w + 1, 49)) for w in (37, 38)]
        db.execute("insert into adm1 (geom, adm1_pcode) values (?, 'X1')", (square_wkb,))
        for n, part in enumerate(parts):
            db.execute("insert into adm2 (geom, adm1_pcode, adm2_pcode) values (?, 'X1', ?)", (part, f"X10{n}"))
    db.close()
    assert len(shapely.get_coordinates(read_geometry(path, "X1"))) == 5, "the province itself, not its two districts"
    assert len(shapely.get_coordinates(read_geometry(path, "X1", layer="adm2"))) == 7
    assert west_of(path, "X101") == (38, 39)


def front(folder: Path, *days: tuple[dict[str, Any], float]) -> Path:
    path = folder / "front.geojson"
    listed = [
        {"type": "Feature", "properties": day, "geometry": {"type": "LineString", "coordinates": [[x, 48], [x, 49]]}}
        for day, x in days
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}))
    return path


def test_a_front_line_of_many_days_is_taken_of_the_day_that_is_named_and_of_no_other(tmp_path: Path) -> None:
    path = front(tmp_path, *[({"name": "front", "date": f"2025-04-{d:02}"}, 37 + d / 100) for d in (16, 18, 20)])
    assert read_geometry(path, "front", date="2025-04-18").bounds[0] == 37.18
    with pytest.raises(ValueError, match="has it on 3 days, 2025-04-16 to 2025-04-20"):
        read_geometry(path, "front")
    with pytest.raises(ValueError, match="has it on 3 days"):
        read_geometry(path, None)
    with pytest.raises(
        ValueError,
        match=r"nothing of 2025-04-19; the last before it is of 2025-04-18, the first after it of 2025-04-20",
    ):
        read_geometry(path, "front", date="2025-04-19")
    with pytest.raises(ValueError, match=r"asked for a day that is none: '18\.4\.2025'"):
        read_geometry(path, "front", date="18.4.2025")


def test_the_parts_of_a_front_line_on_one_day_are_one_line(tmp_path: Path) -> None:
    path = front(tmp_path, ({"date": "2025/04/18"}, 37), ({"date": "2025/04/18"}, 38), ({"date": "2025/04/19"}, 39))
    assert read_geometry(path, None, date="2025-04-18").bounds == (37, 48, 38, 49)


def test_a_line_that_held_for_a_span_of_days_holds_until_the_next_begins(tmp_path: Path) -> None:
    spans = [("2025-04-01", "2025-04-10"), ("2025-04-10", "2025-04-20"), ("2025-04-20", None)]
    path = front(
        tmp_path, *[({"name": "f", "valid_from": a, "valid_to": b}, 37.0 + n) for n, (a, b) in enumerate(spans)]
    )
    for day, x in (("2025-04-09", 37), ("2025-04-10", 38), ("2025-04-19", 38), ("2025-05-30", 39)):
        assert read_geometry(path, "f", date=day).bounds[0] == x


def test_the_day_of_a_file_a_day_is_that_of_its_name_and_another_is_refused(tmp_path: Path) -> None:
    path = front(tmp_path, ({"name": "front"}, 37)).rename(tmp_path / "front_20250418.geojson")
    assert read_geometry(path, "front", date="2025-04-18").bounds[0] == 37
    with pytest.raises(ValueError, match="nothing of 2025-04-17"):
        read_geometry(path, "front", date="2025-04-17")


def test_a_date_is_refused_where_nothing_bears_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bears no date"):
        read_geometry(front(tmp_path, ({"name": "front"}, 37)), "front", date="2025-04-18")


def test_a_layer_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = geopackage(tmp_path, {"zones": [(1, 7, 37)], "lines": [(1, 7, 38)]})
    with pytest.raises(Unusable, match=r"no layer 'zone'; its layers are zones, lines") as told:
        read_geometry(path, 7, layer="zone")
    assert told.value.hint == "did you mean 'zones'?"
    assert read_geometry(path, 7, layer="lines").bounds[0] == 38


def test_a_point_is_a_place_with_a_radius_and_none_without(tmp_path: Path) -> None:
    path = tmp_path / "posts.geojson"
    posts = [{"type": "Feature", "properties": {"name": n}, "geometry": {"type": "Point", "coordinates": at}} for n, at in (("Post 1", [37, 48]), ("Post 2", [38, 48]))]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": posts}))
    assert read_geometry(path, "Post 2", radius="5 km").bounds == (38, 48, 38, 48)
    with pytest.raises(Unusable, match="holds only points") as told:
        read_geometry(path, "Post 2")
    assert "radius" in told.value.hint


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
