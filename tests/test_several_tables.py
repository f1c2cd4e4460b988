"""Several tables beneath each other in one sheet: each is read by its own header, and no row by that of another."""

from __future__ import annotations

from typing import Any

from servanda.app.importing import ImportResult, import_tables
from servanda.values.files import NamedBytes
from tests.workbooks import xlsx

ANSWERS = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4"}


def read(cells: list[list[Any]], **how: Any) -> ImportResult:
    return import_tables([NamedBytes("log.xlsx", xlsx({"March": cells}, **how))], answers=ANSWERS)


def test_a_header_of_two_rows_keeps_its_rows_though_a_fuller_one_stands_beneath_them() -> None:
    result = read(
        [
            ["Sector log"],
            ["No", "When", None, "Coordinates", None, "Incident type", "Alleged party"],
            [None, "Date", "Time", "Lat", "Lon", None, None],
            ["1", "2025-03-21", "14:05", "48.52", "37.70", "Shelling", "A"],
            ["2", "2025-03-22", "23:50", "48.48", "37.81", "Mortar fire", "B"],
            [],
            ["No", "Date", "Time", "Lat", "Lon", "Incident type", "Alleged party"],
            ["1", "2025-03-23", "06:30", "48.61", "37.65", "Mortar fire", "A"],
        ],
        merged=["B2:C2", "D2:E2"],
    )
    assert result.reports.select("start", "lat", "act", "actor").rows() == [
        ("2025-03-21T14:05:00+02:00", "48.52", "shelling", "A"),
        ("2025-03-22T23:50:00+02:00", "48.48", "mortar_fire", "B"),
        ("2025-03-23T06:30:00+02:00", "48.61", "mortar_fire", "A"),
    ]
    assert result.reports["report_id"].n_unique() == 3, "the second table numbers its rows anew"
    assert [row for _, row in result.rows] == [4, 5, 8]


def test_a_table_with_other_columns_beneath_is_not_read_by_the_columns_of_the_first() -> None:
    result = read(
        [
            ["Violations"],
            ["Date", "Time", "Place", "Violation", "Party"],
            ["2025-03-20", "10:15", "Alder", "Shelling", "A"],
            ["Restrictions"],
            ["Place", "Date", "Type of incident", "Party"],
            ["Birch", "2025-03-21", "Mortar fire", "B"],
        ]
    )
    assert result.reports.select("start", "place_name", "act", "actor").rows() == [
        ("2025-03-20T10:15:00+02:00", "Alder", "shelling", "A"),
        ("2025-03-21T00:00:00+02:00", "Birch", "mortar_fire", "B"),
    ]
    assert any("table from row 5: columns: act = 'Type of incident'" in told for told in result.told)


def test_what_beneath_a_table_holds_no_report_is_told_with_its_rows() -> None:
    result = read(
        [
            ["Date", "Time", "Place", "Violation", "Party"],
            ["2025-03-20", "10:15", "Alder", "Shelling", "A"],
            [],
            ["Place", "Latitude", "Longitude"],
            ["Alder", "48.5", "37.7"],
            ["Birch", "48.6", "37.8"],
        ]
    )
    assert result.reports.height == 1
    assert any("table from row 4 is left out" in told and "(2 rows)" in told for told in result.told)


def test_a_header_that_is_said_again_begins_no_other_table() -> None:
    result = read(
        [
            ["Date", "Time", "Place", "Violation"],
            ["2025-03-20", "10:15", "Alder", "Shelling"],
            ["Date", "Time", "Place", "Violation"],
            ["2025-03-21", "10:15", "Alder", "Shelling"],
        ]
    )
    assert result.reports["report_id"].to_list() == ["log-March-2", "log-March-4"]
    assert any("row 3 is left out as the header again" in told for told in result.told)


def test_the_day_of_a_title_holds_for_the_tables_beneath_it_that_tell_of_acts() -> None:
    head = [["Daily report 25 March 2027"], [], ["Violations"], ["Time", "Location", "Type", "Lat", "Lon"]]
    more = [
        ["Other incidents"],
        ["Time", "Location", "Incident", "Party", "Lat", "Lon"],
        ["15:20", "Birch", "abduction", "A", 48.3, 37.9],
    ]
    guns = [
        ["Patrols"],
        ["Time", "Location", "Team", "Remarks", "Lat", "Lon"],
        ["08:00", "Cedar", "Team 2", "calm", 48.4, 37.9],
    ]
    rows = [*head, ["14:05", "Alder", "shelling", 48.1, 37.7], [], *more, [], *guns]
    answers = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4", ("values", "date"): "title"}
    result = import_tables([NamedBytes("day.xlsx", xlsx({"Daily": rows}))], answers=answers)
    assert result.reports["start"].to_list() == ["2027-03-25T14:05:00+02:00", "2027-03-25T15:20:00+02:00"]
    assert any("is left out: it has no column with the day" in told for told in result.told)


def test_a_sheet_that_is_called_by_a_day_without_its_year_is_asked_for_the_year() -> None:
    rows = [["Time", "Location", "Type", "Lat", "Lon"], ["14:05", "Alder", "shelling", 48.1, 37.7]]
    book = NamedBytes("week.xlsx", xlsx({"Mon 22.03": rows, "23.03": rows}))
    answers = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4", ("values", "date"): "title"}
    asked = import_tables([book], answers=answers)
    assert {question.key for _, question in asked.questions} == {("year",)}
    result = import_tables([book], answers={**answers, ("year",): "2027"})
    assert [start[:10] for start in result.reports["start"]] == ["2027-03-22", "2027-03-23"]
