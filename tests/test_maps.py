"""Maps in every format that people draw and download: one place is the same place from each of them.

The files in ``tests/data/maps`` were written by GDAL 3.12, which shares no code with the readers.
"""

from __future__ import annotations

import io
import json
import random
import sqlite3
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from servanda.agreement import inspect_agreement
from servanda.agreement.resolve.geofile import read_geometry
from servanda.app.record import files_to_record
from servanda.errors import ServandaError
from servanda.values.files import NamedBytes
from servanda.values.maps import geopackage, map_layers
from servanda.values.maps.features import polygon_of_rings
from servanda.values.maps.writing import MapLayer, geojson_text, geopackage_bytes

MAPS = Path(__file__).parent / "data" / "maps"
RING = shapely.Polygon(
    [(37, 48), (38, 48), (38, 49), (37, 49)], [[(37.4, 48.4), (37.6, 48.4), (37.6, 48.6), (37.4, 48.6)]]
)
ISLAND = shapely.box(37.45, 48.45, 37.55, 48.55)
ZONES = {
    "Зона Ї": RING,
    "Two parts": shapely.multipolygons([shapely.box(39, 48, 39.5, 48.5), shapely.box(39.6, 48, 39.9, 48.5)]),
    "Island": shapely.multipolygons([RING, ISLAND]),
}
FILES = ["zones.fgb", "zones_utm37.fgb", "zones.kml", "zones.shp", "zones_pulkovo.zip", "zones.gpkg"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("wanted", ZONES)
def test_a_place_is_the_same_from_every_format_and_system(name: str, wanted: str) -> None:
    found = read_geometry(MAPS / name, wanted)
    assert found.symmetric_difference(ZONES[wanted]).area < 1e-8


@pytest.mark.parametrize("name", FILES)
def test_a_map_is_the_same_in_memory_and_whatever_it_is_called(name: str) -> None:
    content = (MAPS / name).read_bytes()
    beside = {e: (MAPS / f"zones{e}").read_bytes() for e in (".prj", ".dbf", ".cpg")} if name.endswith("shp") else {}
    layers = map_layers(NamedBytes("map.bin", content), beside.get)
    assert [f.properties["name"] for f in layers[0].features if "name" in f.properties] or name.endswith("gpkg")
    zones = next(layer for layer in layers if len(layer.features) == 3)
    assert {f.properties["name"] for f in zones.features} == set(ZONES)


def test_heights_and_repeated_vertices_of_a_line_are_left_out() -> None:
    line = read_geometry(MAPS / "zones.gpkg", "line")
    assert line.wkt == "LINESTRING (37 48, 38 48.5)"


def collection(*features: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_rings_may_run_either_way_and_stand_in_any_order() -> None:
    rings = [np.array(r) for r in (ISLAND.exterior.coords, RING.interiors[0].coords, RING.exterior.coords)]
    rng = random.Random(3)
    for _ in range(20):
        rng.shuffle(rings)
        turned = [ring[:: rng.choice((1, -1))] for ring in rings]
        assert polygon_of_rings(turned).equals(ZONES["Island"])


@pytest.mark.parametrize(
    ("crs", "says"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, ""),
        ({"type": "name", "properties": {"name": "EPSG:4326"}}, ""),
        ({"type": "name", "properties": {"name": "EPSG:999999"}}, "coordinate system that is not known: 'EPSG:999999'"),
        ({"type": "link", "properties": {"href": "proj.txt"}}, "what it links to is not fetched"),
        ({"type": "name", "properties": {"name": "+proj=merc +nadgrids=/etc/passwd"}}, "not named by its code"),
        ({"type": "name", "properties": {"name": "EPSG:3857"}}, "moved"),
        ({"type": "name", "properties": {"name": "EPSG:5773"}}, "does not lie on the earth's surface"),
    ],
)
def test_a_coordinate_system_of_geojson_is_converted_or_refused(tmp_path: Path, crs: Any, says: str) -> None:
    path = tmp_path / "p.geojson"
    path.write_bytes(collection(feature(shapely.geometry.mapping(shapely.box(37, 48, 38, 49)), id=1), crs=crs))
    if says in ("", "moved"):
        assert (read_geometry(path, 1).bounds == (37, 48, 38, 49)) == (says == "")
        return
    with pytest.raises(ValueError, match=says):
        read_geometry(path, 1)


def test_metres_are_never_taken_for_degrees(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    path.write_bytes(collection(feature(shapely.geometry.mapping(shapely.box(4e5, 5.3e6, 4.1e5, 5.31e6)), id=1)))
    with pytest.raises(ValueError, match="must be degrees"):
        read_geometry(path, 1)
    with pytest.raises(ValueError, match="longitude"):
        read_geometry(path, 1, crs="EPSG:4326")
    assert 37 < read_geometry(path, 1, crs="EPSG:32637").bounds[0] < 38


def shapefile(folder: Path, *leave: str) -> Path:
    for ending in (".shp", ".dbf", ".prj", ".cpg"):
        if ending not in leave:
            (folder / f"zones{ending}").write_bytes((MAPS / f"zones{ending}").read_bytes())
    return folder / "zones.shp"


def test_a_shapefile_without_its_coordinate_system_is_refused_until_it_is_given(tmp_path: Path) -> None:
    path = shapefile(tmp_path, ".prj")
    with pytest.raises(ValueError, match=r"no \.prj beside it"):
        read_geometry(path, 12)
    assert read_geometry(path, 12, crs="EPSG:4326").bounds == (39, 48, 39.9, 48.5)
    with pytest.raises(ValueError, match="is given a coordinate system that is not known"):
        read_geometry(path, 12, crs="EPSG:123456")


def test_a_coordinate_system_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    assert read_geometry(path, 12, crs="EPSG:4326").bounds == (39, 48, 39.9, 48.5)
    with pytest.raises(ValueError, match="leave 'crs' out"):
        read_geometry(path, 12, crs="EPSG:32637")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ('GEOGCS["Odd",DATUM["Odd",SPHEROID["Odd",6378245,298.3]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925]]', "not known how it lies on the earth"),
        ('LOCAL_CS["here",UNIT["m",1]]', "does not lie on the earth"),
        ("PROJCS[", "coordinate system that is not known"),
        ('GEOGCS["x",EXTENSION["PROJ4","+proj=longlat +nadgrids=/etc/passwd"]]', "leads to other files"),
        ("\0" * 30_000 + "x", "leads to other files"),
    ],
)  # fmt: skip
def test_a_projection_file_that_cannot_be_used_is_told_as_such(tmp_path: Path, words: str, says: str) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".prj").write_text(words)
    with pytest.raises(ValueError, match=says):
        read_geometry(path, 12)


def test_a_shapefile_without_its_table_is_a_place_only_where_it_has_one_shape(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds 3 features; say which"):
        read_geometry(shapefile(tmp_path, ".dbf"), None)


def test_names_in_a_shapefile_are_read_in_the_encoding_that_it_names(tmp_path: Path) -> None:
    path = shapefile(tmp_path, ".cpg")
    table = path.with_suffix(".dbf").read_bytes().replace("Зона Ї".encode(), "Зона Ї".encode("cp1251").ljust(11))
    path.with_suffix(".dbf").write_bytes(table[:29] + b"\xc9" + table[30:])
    assert read_geometry(path, "Зона Ї").equals(RING)
    path.with_suffix(".dbf").write_bytes(table[:29] + b"\0" + table[30:])
    path.with_suffix(".cpg").write_text("ANSI 1251")
    assert read_geometry(path, "Зона Ї").equals(RING)


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_an_archive_of_two_shapefiles_asks_which_layer_and_a_file_a_day_is_found_by_its_name() -> None:
    parts = {e: (MAPS / f"zones{e}").read_bytes() for e in (".shp", ".dbf", ".prj", ".cpg")}
    both = NamedBytes(
        "m.zip", zipped(**{f"{n}{e}": c for n in ("Front_20250417", "Front_20250418") for e, c in parts.items()})
    )
    with pytest.raises(ValueError, match=r"in 2 layers \(Front_20250417, Front_20250418\)"):
        read_geometry(both, 12)
    assert read_geometry(both, 12, layer="front_20250418").bounds == (39, 48, 39.9, 48.5)
    assert read_geometry(both, 12, date="2025-04-17").bounds == (39, 48, 39.9, 48.5)
    with pytest.raises(ValueError, match="nothing of 2025-04-16; the first after it of 2025-04-17"):
        read_geometry(both, 12, date="2025-04-16")


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = (
    "<Placemark><name>{}</name>{}<LineString><coordinates>37,48,0 {},49,0</coordinates></LineString></Placemark>"
)


def test_folders_of_a_kmz_are_layers_and_time_stamps_are_dates() -> None:
    days = "".join(PLACEMARK.format("front", f"<TimeStamp><when>2025-04-{d}</when></TimeStamp>", d) for d in (17, 18))
    text = (
        f"<Folder><name>Lines</name>{days}</Folder><Folder><name>Old</name>{PLACEMARK.format('front', '', 40)}</Folder>"
    )
    kmz = NamedBytes("m.kmz", zipped(**{"doc.kml": KML.format(text).encode()}))
    assert read_geometry(kmz, "front", layer="Lines", date="2025-04-18").bounds[0] == 18
    assert read_geometry(kmz, "front", layer="Old").bounds[2] == 40
    with pytest.raises(ValueError, match="in 2 layers"):
        read_geometry(kmz, "front")


@pytest.mark.parametrize("within", ["<MultiGeometry>{}{}</MultiGeometry>", "{}{}"])
def test_the_polygons_of_one_placemark_are_one_area(within: str) -> None:
    one = "<Polygon><outerBoundaryIs><LinearRing><coordinates>{0},48 {1},48 {1},49 {0},49 {0},48</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    mark = f"<Placemark><name>z</name>{within.format(one.format(37, 38), one.format(37.5, 38.5))}</Placemark>"
    assert read_geometry(NamedBytes("m.kml", KML.format(mark).encode()), "z").bounds == (37, 48, 38.5, 49)


AGREEMENT = """
agreement: held
title: Held-out maps
timezone: Europe/Kyiv
parties: {{A: Ay, B: Bee}}
in_force: {{from: 2025-04-01, for: 30 days}}
places: {{here: {}}}
terms: {{t: {{text: x, forbid: {{act: shelling, in: here}}, binds: all}}}}
"""


def agreement(folder: Path, place: str) -> list[str]:
    path = folder / "agreement.yaml"
    path.write_text(AGREEMENT.format(place))
    return [str(fault).removeprefix(str(folder)) for fault in inspect_agreement(path)[1]]


def test_faults_of_a_place_from_a_map_stand_at_the_key_that_is_wrong(tmp_path: Path) -> None:
    shapefile(tmp_path)
    assert agreement(tmp_path, "{file: zones.shp, id: 12}") == []
    (fault,) = agreement(tmp_path, "{file: zones.shp, id: Two partz}")
    assert "/agreement.yaml:7:34: AGR065" in fault
    assert "did you mean 'Two parts'?" in fault
    (fault,) = agreement(tmp_path, "{file: zones.shp, id: 12, layer: zone}")
    assert "/agreement.yaml:7:42: AGR065" in fault
    (fault,) = agreement(tmp_path, "{at: [48, 37], radius: 5 km, layer: zone}")
    assert "'layer' goes with a file" in fault


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name in ("big.gpkg", "big.geojson", "big.shp"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(3_000_000_000)
        with pytest.raises(ValueError, match="larger than 500 MB"):
            read_geometry(tmp_path / name, 1)


def test_a_query_without_an_end_in_a_geopackage_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geopackage, "_MOST_STEPS", 20)
    path = tmp_path / "endless.gpkg"
    with sqlite3.connect(path) as db:
        db.execute("create table gpkg_geometry_columns (table_name, column_name, srs_id)")
        db.execute("create table gpkg_spatial_ref_sys (srs_id, organization, organization_coordsys_id)")
        db.execute("insert into gpkg_geometry_columns values ('v', 'geom', 4326)")
        db.execute(
            "create view v as with recursive n(x) as (select 1 union all select x + 1 from n) select x as id, null as geom from n where x < 0"
        )
    db.close()
    with pytest.raises(ValueError, match="a query in it has no end"):
        read_geometry(path, 1)


def test_a_geopackage_that_is_still_being_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.gpkg"
    path.write_bytes((MAPS / "zones.gpkg").read_bytes())
    (tmp_path / "open.gpkg-wal").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"changes that are not written yet \(open\.gpkg-wal\)"):
        read_geometry(path, 12)


def test_a_name_with_signs_of_an_address_opens_that_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=rwc&b=%41#c.gpkg"
    path.write_bytes((MAPS / "zones.gpkg").read_bytes())
    assert read_geometry(path, 12).bounds == (39, 48, 39.9, 48.5)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_map_is_told_and_never_ends_in_a_traceback(name: str) -> None:
    """Every file cut at many places and with bytes exchanged at random: read, or refused with a ``ValueError``."""
    content = (MAPS / name).read_bytes()
    beside = {e: (MAPS / f"zones{e}").read_bytes() for e in (".prj", ".dbf", ".cpg")}
    rng = random.Random(name)
    refused = 0
    for n in range(120):
        damaged = bytearray(content)
        if n % 3 == 0:
            del damaged[rng.randrange(len(damaged)) :]
        for _ in range(rng.choice((0, 1, 8))):
            if damaged:
                at = rng.randrange(min(len(damaged), rng.choice((100, 1_000, len(content)))))
                damaged[at] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))
        if n % 5 == 4 and len(damaged) > 64:
            at = rng.randrange(len(damaged) - 4)
            damaged[at : at + 4] = struct.pack("<I", rng.choice((2**31 - 1, 2**32 - 1, 2**31)))
        try:
            for layer in map_layers(NamedBytes("m", bytes(damaged)), beside.get):
                assert isinstance(layer.features, list)
        except ValueError:
            refused += 1
    assert refused > 20


def test_a_shapefile_is_recorded_with_its_side_files_and_none_from_elsewhere(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    shapefile(here)
    assert agreement(here, "{file: zones.shp, id: 12}") == []
    assert [f.name for f in files_to_record([here / "agreement.yaml"])][:4] == [
        "zones.cpg",
        "zones.dbf",
        "zones.prj",
        "zones.shp",
    ]
    (here / "zones.dbf").rename(tmp_path / "secret.dbf")
    (here / "zones.dbf").symlink_to(tmp_path / "secret.dbf")
    assert "a file elsewhere" in agreement(here, "{file: zones.shp, id: 12}")[0]
    with pytest.raises(ServandaError, match="a file elsewhere"):
        files_to_record([here / "agreement.yaml"])


def test_what_is_written_for_other_programs_is_read_again_as_it_was() -> None:
    rows = [(RING, {"place": "a", "n": 1}), (None, {"place": "b", "n": None})]
    written = geopackage_bytes(
        [MapLayer.of_rows("places", "x", "Polygon", rows, (1, 2, 3, 4))], "2025-04-18T00:00:00.000Z"
    )
    assert written == geopackage_bytes(
        [MapLayer.of_rows("places", "x", "Polygon", rows, (1, 2, 3, 4))], "2025-04-18T00:00:00.000Z"
    )
    (layer,) = map_layers(NamedBytes("m.gpkg", written))
    assert [(f.properties["place"], f.geometry.equals(RING)) for f in layer.features] == [("a", True)]
    (text,) = map_layers(NamedBytes("m.geojson", geojson_text(rows, "place").encode()))
    assert text.features[0].geometry.exterior.is_ccw
    assert text.features[0].geometry.equals(RING)
