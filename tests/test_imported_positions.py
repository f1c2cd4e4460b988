"""Places as links to maps, with their names in front, or with how far off they may be."""

from __future__ import annotations

import json

import pytest

from tests.test_strangers_tables import places, read

HERE = ("48.31", "37.81")


@pytest.mark.parametrize(
    "link",
    [
        "https://maps.google.com/?q=48.31%2C37.81",
        "https://www.google.com/maps/place/Foo/@48.4,37.9,14z/data=!3m1!4b1!8m2!3d48.31!4d37.81",
        "https://www.google.com/maps/search/?api=1&query=48.31,37.81",
        "https://www.openstreetmap.org/?mlat=48.31&mlon=37.81#map=12/48.5/37.9",
        "https://yandex.ru/maps/?ll=37.85%2C48.35&z=14&pt=37.81%2C48.31",
        "https://maps.apple.com/?ll=48.31,37.81",
        "geo:48.31,37.81?z=12",
    ],
)
@pytest.mark.parametrize("header", ["Link", "Position"])
def test_a_link_to_a_map_is_the_place_that_it_marks(link: str, header: str) -> None:
    assert places(header, link) == [HERE]


def test_the_middle_of_a_map_is_taken_and_told() -> None:
    result = read("Date\tAct\tActor\tLink\n2025-03-04\tshelling\tA\thttps://www.google.com/maps/@48.31,37.81,15z\n")
    assert result.reports["lat"].to_list() == ["48.31"]
    assert [doubt.read for doubt in result.doubts] == ["the middle of the map that a link opens; taken for that point"]


def test_links_to_pages_stay_links() -> None:
    found = read("Date\tAct\tActor\tLink\n2025-03-04\tshelling\tA\thttps://example.org/news?q=48\n").reports
    assert found["url"].to_list() == ["https://example.org/news?q=48"]


def test_a_short_link_that_says_no_place_is_set_aside_among_those_that_do() -> None:
    rows = ("geo:48.31,37.81", "geo:48.31,37.81", "https://maps.app.goo.gl/AbCd")
    table = "Date\tAct\tActor\tLink\n" + "".join(f"2025-03-04\tshelling\tA\t{row}\n" for row in rows)
    assert read(table).quarantine["code"].to_list() == ["EVD110"]


@pytest.mark.parametrize(
    "cell",
    ["lat 48.31 lon 37.81", "lat: 48.31; lng: 37.81", "lon=37.81, lat=48.31", "широта 48,31 долгота 37,81"],
)
def test_numbers_that_are_called_latitude_and_longitude_are_these(cell: str) -> None:
    assert places("Coordinates", cell) == [HERE]


def test_how_far_off_a_place_may_be_is_kept_and_about_is_told() -> None:
    result = read(
        "Date\tAct\tActor\tCoordinates\n2025-03-04\tshelling\tA\tN48.31 E37.81 ±500 m\n"
        "2025-03-04\tshelling\tA\t48.31N, 37.81E (approx.)\n"
    )
    assert result.reports["precision_km"].to_list() == ["0.5", None]
    assert [doubt.read for doubt in result.doubts] == ["written as about there; taken for that point"]


def test_a_column_of_plus_codes_is_no_column_of_ids() -> None:
    assert places("Plus code", "8GX58R66+2X")[0][0] is not None


def test_minutes_and_seconds_in_columns_beside_the_degrees_are_part_of_them() -> None:
    head = "Date\tTime\tAct\tActor\tLat deg\tLat min\tLat sec\tLon deg\tLon min\tLon sec\n"
    rows = (
        "2027-03-05\t10:00\tshelling\tA\t48\t1\t30\t37\t48\t0\n2027-03-05\t11:00\tshelling\tA\t-33\t30\t0\t37\t49\t30\n"
    )
    found = read(head + rows).reports
    assert found["lat"].cast(float).to_list() == [48.025, -33.5]
    assert found["lon"].cast(float).to_list() == [37.8, 37.825]
    assert found["start"][0].startswith("2027-03-05T10:00"), "minutes of an angle are none of an hour"


def test_the_bounds_of_a_box_are_no_minutes() -> None:
    head = "Date\tAct\tActor\tLat\tLat min\tLat max\tLon\n"
    assert read(f"{head}2027-03-05\tshelling\tA\t48.5\t48\t49\t37.5\n").reports["lat"].cast(float).to_list() == [48.5]


@pytest.mark.parametrize("name", ["Explosions (x10)", "Number of explosions, thousands", "Explosions ('000)"])
def test_a_count_in_tens_or_thousands_is_not_read_as_one_of_ones(name: str) -> None:
    result = read(f"Date\tAct\tActor\t{name}\n2027-03-05\tshelling\tA\t2\n")
    assert result.reports["quantity"].to_list() == [None]
    assert any("counts in tens, hundreds or thousands" in told for told in result.told)


def test_a_point_of_geojson_within_a_record_has_its_longitude_first() -> None:
    row = {"date": "2027-03-05", "act": "shelling", "actor": "A", "loc": {"type": "Point", "coordinates": [37.2, 48.1]}}
    result = read(json.dumps([row]), name="log.json")
    assert result.questions == []
    assert result.reports.select("lat", "lon").row(0) == ("48.1", "37.2")


@pytest.mark.parametrize(("name", "lat"), [("Lat (DMS)", "48.7512"), ("Lat (DD, not DMS)", "48.1836")])
def test_numbers_with_too_many_minutes_or_called_decimal_are_degrees(name: str, lat: str) -> None:
    result = read(f"Date\tAct\tActor\t{name}\t{name.replace('at', 'on')}\n2027-03-05\tshelling\tA\t{lat}\t37.4836\n")
    assert result.reports.select("lat", "lon").rows() == [(lat, "37.4836")]


@pytest.mark.parametrize("name", ["Lat (D° M' S\")", "Lat D-M-S", "Lat (G M S)"])
def test_the_s_of_seconds_in_a_name_is_no_south(name: str) -> None:
    header = f"{name.replace(chr(34), chr(34) * 2)}"
    result = read(
        f'Date\tAct\tActor\t"{header}"\t"{header.replace("at", "on")}"\n2027-03-05\tshelling\tA\t48 18 36\t37 48 36\n'
    )
    assert result.reports.select("lat", "lon").rows() == [("48.31", "37.81")]


@pytest.mark.parametrize("sign", ["⁰", "o", " º"])
def test_a_raised_nought_or_o_is_a_sign_of_degrees(sign: str) -> None:
    result = read(f"Date\tAct\tActor\tCoordinates\n2027-03-05\tshelling\tA\t48{sign}18'36''N 37{sign}48'36''E\n")
    assert result.reports.select("lat", "lon").rows() == [("48.31", "37.81")]


@pytest.mark.parametrize("name", ["Lat (DMS)", "Latitude (dd.mm.ss)", "Широта (грд мин сек)", "Lat (deg min)"])
def test_a_mere_number_under_a_name_that_says_minutes_and_seconds_sets_its_row_aside(name: str) -> None:
    lon = name.replace("Lat", "Lon").replace("Широта", "Долгота").replace("itude", "gitude")
    rows = "2027-03-05\tshelling\tA\t48.1836\t37.4836\n2027-03-05\tshelling\tA\t48 18 36\t37 48 36\n"
    result = read(f"Date\tAct\tActor\t{name}\t{lon}\n{rows}")
    assert result.reports.select("lat", "lon").rows() == [("48.31", "37.81")]
    assert [(row["row"], row["code"]) for row in result.quarantine.to_dicts()] == [(2, "EVD110")]
