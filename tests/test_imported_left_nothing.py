"""Rows of strangers that were lost or read wrongly without a word: what lies at no one point, nights, several times in a cell, headers of three rows, counts with their unit."""

from __future__ import annotations

from typing import Any

import pytest

from servanda.app.importing import ImportResult, import_tables
from servanda.values.files import NamedBytes
from tests.workbooks import xlsx

ANSWERS = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4"}


def read(content: str | bytes, name: str = "log.csv") -> ImportResult:
    data = content.encode() if isinstance(content, str) else content
    return import_tables([NamedBytes(name, data)], answers=ANSWERS)


def spans(result: ImportResult) -> list[tuple[Any, ...]]:
    return result.reports.select("start", "end").rows()


def placemark(shape: str, when: str = "2027-03-05T04:15:00Z") -> str:
    data = '<ExtendedData><Data name="event"><value>shelling</value></Data></ExtendedData>'
    return f"<Placemark><TimeStamp><when>{when}</when></TimeStamp>{data}{shape}</Placemark>"


POINT = "<Point><coordinates>37.2,48.1,0</coordinates></Point>"
OTHER = "<Point><coordinates>37.9,48.9</coordinates></Point>"
AREA = "<Polygon><outerBoundaryIs><LinearRing><coordinates>37,48 37.2,48 37.2,48.2 37,48</coordinates></LinearRing></outerBoundaryIs></Polygon>"


@pytest.mark.parametrize(
    ("shape", "said"), [(AREA, "Polygon"), (f"<MultiGeometry>{POINT}{OTHER}</MultiGeometry>", "MultiGeometry")]
)
def test_a_report_that_lies_at_no_one_point_of_a_map_is_set_aside_with_its_number(shape: str, said: str) -> None:
    marks = placemark(POINT) + placemark(shape)
    result = read(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', "log.kml")
    assert result.reports.select("lat", "lon").rows() == [("48.1", "37.2")]
    assert [(row["row"], row["code"], row["value"]) for row in result.quarantine.to_dicts()] == [(2, "EVD170", said)]


def test_a_map_of_areas_alone_holds_places_and_no_reports_that_are_set_aside() -> None:
    area = '{"type": "Polygon", "coordinates": [[[37, 48], [37.2, 48], [37.2, 48.2], [37, 48]]]}'
    with pytest.raises(Exception, match="no points and left out") as refused:
        read(
            f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "properties": {{"id": 1}}, "geometry": {area}}}]}}',
            "zones.geojson",
        )
    assert "EVD195" in str(refused.value)


@pytest.mark.parametrize(
    "night",
    [
        "night of 5-6 March 2027", "night of 5/6 March 2027", "in the night from 5 to 6 March 2027", "overnight 5-6 March 2027", "night of 5/6.03.2027",
        "в ночь на 6 марта 2027 г.", "в ночь с 5 на 6 марта 2027", "у ніч на 6 березня 2027", "в ніч з 5 на 6 березня 2027", "nuit du 5 au 6 mars 2027",
        "noche del 5 al 6 de marzo de 2027", "ليلة 5-6 مارس 2027",
    ],
)  # fmt: skip
def test_a_night_of_two_days_lies_between_their_noons(night: str) -> None:
    result = read(f"Date\tPlace\tAct\n{night}\tAlder\tshelling\n2027-03-09\tAlder\tshelling\n")
    assert spans(result)[0] == ("2027-03-05T12:00:00+02:00", "2027-03-06T11:59:00+02:00")
    assert [doubt.read for doubt in result.doubts] == ["a night: any time from noon to noon"]


@pytest.mark.parametrize(
    ("time", "start"), [("23:40", "2027-03-05T23:40:00+02:00"), ("02:30", "2027-03-06T02:30:00+02:00")]
)
def test_a_time_after_midnight_of_a_night_is_on_its_second_day(time: str, start: str) -> None:
    result = read(f"Date\tTime\tAct\nnight of 5-6 March 2027\t{time}\tshelling\n2027-03-09\t10:00\tshelling\n")
    assert spans(result)[0] == (start, None)


@pytest.mark.parametrize("night", ["night of 5-7 March 2027", "night of 5 March 2027", "night of 5-6 or 7 March 2027"])
def test_a_night_of_which_the_days_are_not_known_is_set_aside(night: str) -> None:
    result = read(f"Date\tAct\n{night}\tshelling\n2027-03-09\tshelling\n2027-03-10\tshelling\n2027-03-11\tshelling\n")
    assert result.quarantine["row"].to_list() == [2]


@pytest.mark.parametrize(
    ("time", "start"),
    [
        ("1405B", "14:05:00+02:00"),
        ("1405Z", "14:05:00+00:00"),
        ("1405R", "14:05:00-05:00"),
        ("2310P", "23:10:00-03:00"),
        ("14：05", "14:05:00+02:00"),
    ],
)
def test_a_letter_behind_four_digits_is_the_offset_of_soldiers(time: str, start: str) -> None:
    result = read(f"Date\tTime\tAct\n2027-03-05\t{time}\tshelling\n")
    assert spans(result) == [(f"2027-03-05T{start}", None)]


@pytest.mark.parametrize("time", ["1405L", "0615P", "06:15 and 18:15", "06:15; 07:30; 09:00", "06:15 та 07:30"])
def test_a_time_that_may_be_two_sets_its_row_aside(time: str) -> None:
    result = read(f"Date\tTime\tAct\n2027-03-05\t{time}\tshelling\n2027-03-05\t10:00\tshelling\n")
    assert result.quarantine["row"].to_list() == [2]
    assert len(result.reports) == 1


def test_a_header_of_three_rows_names_every_column() -> None:
    rows = [
        [None, "When", None, "Where", None, None, "What", None],
        ["No.", "Date", "Time", "Village", "Position", None, "Type", "Rounds"],
        [None, None, "(local)", None, "Lat", "Long", None, "(no.)"],
        [1, {"day": 46451}, {"time": 0.5}, "Alder", 48.1, 37.2, "Shelling", 12],
    ]  # fmt: skip
    result = read(xlsx({"S": rows}, merged=["B1:C1", "D1:F1", "G1:H1", "E2:F2"]), "log.xlsx")
    assert result.quarantine.height == 0
    found = result.reports.select("start", "lat", "lon", "place_name", "act", "quantity", "unit").row(0)
    assert found == ("2027-03-05T12:00:00+02:00", "48.1", "37.2", "Alder", "shelling", "12", "rounds")


def test_a_row_of_units_beneath_the_names_is_no_report() -> None:
    result = read("Date;Time;Place;Act\n(dd.mm.yyyy);(local);(village);(type)\n05.03.2027;14:00;Alder;shelling\n")
    assert (len(result.reports), result.quarantine.height) == (1, 0)


def test_of_tables_side_by_side_the_shorter_one_has_no_empty_rows_that_are_set_aside() -> None:
    rows = [["Date", "Place", "Act", None, "Date", "Place", "Act"], [{"day": 46451}, "Alder", "shelling", None, {"day": 46452}, "Birch", "shelling"], [{"day": 46453}, "Cedar", "shelling"]]  # fmt: skip
    result = read(xlsx({"S": rows}), "log.xlsx")
    assert (len(result.reports), result.quarantine.height) == (3, 0)


@pytest.mark.parametrize(
    ("header", "cell", "right"),
    [
        ("Shells", "12", ("12", "rounds")), ("Number of shells", "12", ("12", "rounds")), ("Выпущено", "4 снаряда", ("4", "rounds")),
        ("Quantity", "3 rds", ("3", "rounds")), ("Quantity", "5 violations", ("5", "violation")), ("Quantity", "10-12 rounds", (None, None)), ("Quantity", "3 x 120mm", (None, None)),
    ],
)  # fmt: skip
def test_a_count_bears_the_unit_that_stands_beside_it(
    header: str, cell: str, right: tuple[str | None, str | None]
) -> None:
    result = read(f"Date\tAct\t{header}\n2027-03-05\tshelling\t{cell}\n2027-03-06\tshelling\t7\n")
    assert result.reports.select("quantity", "unit").row(0) == right


@pytest.mark.parametrize(("east", "north"), [("Este", "Norte"), ("East", "North"), ("X", "Y")])
def test_metres_that_are_called_east_and_north_are_those_of_a_grid(east: str, north: str) -> None:
    result = read(f"Date\tAct\tUTM zone\t{east}\t{north}\n2027-03-05\tshelling\t37U\t412345\t5345678\n")
    assert [
        (round(float(lat), 3), round(float(lon), 3)) for lat, lon in result.reports.select("lat", "lon").rows()
    ] == [(48.258, 37.819)]


def test_marks_that_say_do_repeat_what_stands_above() -> None:
    result = read("Date\tPlace\tAct\n2027-03-05\tAlder\tmortar fire\n2027-03-06\t-do-\t-do-\n")
    assert result.reports.select("place_name", "act").rows() == [("Alder", "mortar_fire")] * 2


@pytest.mark.parametrize(
    ("days", "last"),
    [
        ("between 5 and 7 March 2027", "2027-03-08"), ("с 5 по 7 марта 2027 г.", "2027-03-08"), ("між 5 та 7 березня 2027 р.", "2027-03-08"),
        ("entre el 5 y el 7 de marzo de 2027", "2027-03-08"), ("du 5 au 7 mars 2027", "2027-03-08"), ("5 and 7 March 2027", None),
    ],
)  # fmt: skip
def test_days_from_one_to_another_are_all_of_them_and_two_days_are_none(days: str, last: str | None) -> None:
    result = read(f"Date\tAct\n{days}\tsniping\n2027-03-09\tshelling\n")
    assert [(row[0][:10], row[1][:10]) for row in spans(result)[:-1]] == ([("2027-03-05", last)] if last else [])
    assert result.quarantine.height == (last is None)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1405/12/14", "2027-03-05"), ("۱۴۰۵/۱۲/۱۵", "2027-03-06"), ("1399-12-30", "2021-03-20"), ("1403/01/01", "2024-03-20"), ("1404/02/31", "2025-05-21"),
        ("1405/12/30", None), ("1405/13/01", None), ("05/12/14", None), ("2027-03-05", None),
    ],
)  # fmt: skip
def test_days_of_a_column_that_is_called_jalali_are_reckoned_and_no_others_are_guessed(
    written: str, day: str | None
) -> None:
    header = "تاریخ شمسی" if day else "Date (Jalali)"
    result = read(
        f"{header}\tTime\tAct\n{written}\t10:30\tshelling\n1405/01/05\t11:00\tshelling\n1405/01/06\t11:00\tshelling\n"
    )
    starts = [start for start, _ in spans(result)]
    assert starts == [
        *([f"{day}T10:30:00+0{3 if day == '2025-05-21' else 2}:00"] if day else []),
        "2026-03-25T11:00:00+02:00",
        "2026-03-26T11:00:00+02:00",
    ]
    assert result.quarantine["row"].to_list() == ([] if day else [2])


def test_a_year_that_may_be_of_another_calendar_is_set_aside_where_no_name_says_which() -> None:
    result = read("تاریخ\tAct\n1405/12/14\tshelling\n")
    assert result.quarantine["code"].to_list() == ["EVD108"]


def test_rows_without_a_place_below_one_that_has_it_are_told() -> None:
    rows = "Alder\t2027-03-05\tshelling\tA\n\t2027-03-06\tshelling\tA\nBirch\t2027-03-07\tshelling\tA\n"
    result = read(f"Village\tDate\tAct\tActor\n{rows}")
    assert result.reports["place_name"].to_list() == ["Alder", None, "Birch"]
    assert any("1 row has no place below one that has it (3), and none is filled in" in told for told in result.told)
