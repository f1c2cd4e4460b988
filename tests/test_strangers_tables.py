"""What tables of strangers hold that was read wrongly once: each test is a sentence about what is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from servanda.app.given import agreement_of
from servanda.app.importing import ImportResult, import_tables
from servanda.errors import EvidenceError
from servanda.values.files import NamedBytes
from tests.workbooks import ods, xlsx

ANSWERS = {("zone",): "Europe/Kyiv", ("values", "source"): "Post 4"}


def read(text: str, *, name: str = "log.csv", **how: Any) -> ImportResult:
    """What comes of one table, where zone and source are answered."""
    answers = {**ANSWERS, **how.pop("answers", {})}
    return import_tables([NamedBytes(name, text.encode())], answers=answers, **how)


def places(header: str, *cells: str) -> list[tuple[str | None, str | None]]:
    """The coordinates of rows that say where in the columns of ``header``."""
    rows = "".join(f"2025-03-04\tshelling\tA\t{cell}\n" for cell in cells)
    found = read(f"Date\tAct\tActor\t{header}\n{rows}").reports
    return list(zip(found["lat"].to_list(), found["lon"].to_list(), strict=True))


@pytest.mark.parametrize(
    ("lat", "lon", "right"),
    [
        ("48'06", "37'12", None),
        ("0806N", "03712E", ("8.1", "37.2")),
        ("N4806.5", "E03712.5", ("48.1083333", "37.2083333")),
        ("480630N", "1205E", None),
        ("48.05.30", "37.12.30", ("48.0916667", "37.2083333")),
        ("48.5.2", "37.7", None),
        ("48-05-30N", "037-12-30W", ("48.0916667", "-37.2083333")),
    ],
)
def test_digits_that_run_together_are_read_as_seamen_write_them_and_no_other_way(
    lat: str, lon: str, right: tuple[str, str] | None
) -> None:
    assert places("Lat\tLon", f"{lat}\t{lon}", "48.1\t37.2") == [*([right] if right else []), ("48.1", "37.2")]


def test_an_o_is_the_west_of_french_and_the_east_of_german_as_the_other_rows_show() -> None:
    header = "Latitude\tLongitude"
    assert places(header, "18°26'N\t1°30'O", "18°26'N\t0°30'E")[0][1] == "-1.5"
    assert places(header, "48°06'N\t37°12'O", "48°06'N\t0°30'W")[0][1] == "37.2"
    alone = read("Date\tAct\tActor\tCoordinates\n2025-03-04\tshelling\tA\t48°06'N 37°12'O\n")
    assert [(doubt.value, doubt.read) for doubt in alone.doubts] == [
        ("48°06'N 37°12'O", "O is taken for west (ouest, oeste); in German it is east")
    ]


@pytest.mark.parametrize("header", ["Lat (N/S)\tLon (E/W)", "Team's lat\tTeam's lon"])
def test_a_header_that_names_both_halves_or_an_owner_turns_no_degrees_south(header: str) -> None:
    assert places(header, "48.1\t37.2") == [("48.1", "37.2")]


def spans(column: str, *cells: str, **how: Any) -> list[tuple[str | None, str | None]]:
    """When rows happened whose day and time stand in one column, or whose time on 4 March does."""
    day = "" if column == "When" else "2025-03-04\t"
    rows = "".join(f"{day}{cell}\tshelling\tA\n" for cell in cells)
    found = read(f"{'' if column == 'When' else 'Date' + chr(9)}{column}\tAct\tActor\n{rows}", **how).reports
    return list(zip(found["start"].to_list(), found["end"].to_list(), strict=True))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("When", "2025-03-04T14:05-05:00"),
        ("When", "2025-03-04T14:05:00.000-05:00"),
        ("When", "2025-03-04 14:05:00-05:00"),
        ("When", "20250304T140500-0500"),
        ("Time", "14:05:00.000-05:00"),
        ("Time", "14:05 UTC-05:00"),
        ("Time", "14:05 (GMT-05:00)"),
    ],
)
def test_an_offset_to_the_west_is_no_end_of_a_span(column: str, cell: str) -> None:
    assert spans(column, cell) == [("2025-03-04T14:05:00-05:00", None)]


def test_a_time_and_its_end_that_could_be_an_offset_is_told() -> None:
    result = read(
        "Date\tTime\tAct\tActor\n2025-03-04\t22:00-04:00\tshelling\tA\n2025-03-04\t22:00 to 04:00\tshelling\tA\n"
    )
    assert result.reports["end"].to_list() == ["2025-03-05T04:00:00+02:00"] * 2
    assert [doubt.value for doubt in result.doubts] == ["22:00-04:00"]


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        ("11 ночи", "23:00"),
        ("11:30 ночі", "23:30"),
        ("2 ночи", "02:00"),
        ("10 de la noche", "22:00"),
        ("3 часа дня", "15:00"),
        ("14 год 05 хв", "14:05"),
    ],
)
def test_the_night_is_late_before_twelve_and_early_after_it(cell: str, hour: str) -> None:
    assert spans("Time", cell) == [(f"2025-03-04T{hour}:00+02:00", None)]


@pytest.mark.parametrize("cell", ["12 de la noche", "12 ночи", "12 вечера", "12 de la mañana"])
def test_a_twelve_of_the_night_may_be_either_midnight_and_leaves_the_day(cell: str) -> None:
    assert spans("Time", cell) == [("2025-03-04T00:00:00+02:00", "2025-03-05T00:00:00+02:00")]


def test_when_it_became_known_keeps_its_offset_too() -> None:
    known = "2025-03-05T08:00:00.000-05:00"
    result = read(f"When\tKnown at\tAct\tActor\n2025-03-04T14:05\t{known}\tshelling\tA\n")
    assert result.reports["known_at"].to_list() == ["2025-03-05T08:00:00-05:00"]


AGREEMENT = agreement_of(
    {
        **yaml.safe_load((Path(__file__).parent / "malformed/agreements/sound.yaml").read_text(encoding="utf-8")),
        "parties": {"A": "Aland", "B": "Bland"},
        "names": {"A": ["Alandish"]},
    }
)


@pytest.mark.parametrize(
    ("name", "offer"),
    [
        ("Alandish side", "A"),
        ("presumably A", "A"),
        ("armed forces of A", "A"),
        ("not A", ""),
        ("A or unknown", ""),
        ("A (not confirmed)", ""),
        ("militia allied with A", ""),
        ("from the direction of A", ""),
        ("A-controlled area", ""),
    ],
)
def test_a_party_is_offered_only_where_no_other_word_may_mean_another(name: str, offer: str) -> None:
    result = read(f"When\tAct\tActor\n2025-03-04T14:05\tshelling\t{name}\n", agreement=AGREEMENT)
    assert [(q.key, q.offer) for _, q in result.questions] == [(("actors", name), offer)]


def test_an_order_that_the_column_overrules_is_told_with_the_cell_that_does() -> None:
    rows = "".join(f"{day}\tshelling\tA\n" for day in ("03/04/2025", "25/04/2025"))
    result = read(f"Date\tAct\tActor\n{rows}", answers={("order",): "mdy"})
    assert result.reports["start"].to_list() == ["2025-04-03T00:00:00+03:00", "2025-04-25T00:00:00+03:00"]
    assert (
        "log.csv: column 'Date': month before day was asked for, and is not kept: '25/04/2025' can only be read the other way"
        in result.told
    )


def test_a_row_of_a_known_format_that_is_set_aside_has_the_number_that_an_editor_shows() -> None:
    header = "event_id_cnty,event_date,event_type,actor1,source,latitude,longitude\n"
    rows = "\n".join(
        f"UKR{n},{day},Explosions/Remote violence,A,Paper,48.0,37.0"
        for n, day in enumerate(("2025-03-20", "never", "2025-03-22"))
    )
    result = read(header + rows)
    assert result.quarantine["row"].to_list() == [3]
    assert result.rows == [("log.csv", 2), ("log.csv", 4)]


@pytest.mark.parametrize(
    ("count", "code"),
    [("none", "EVD140"), ("нет", "EVD140"), ("aucun", "EVD140"), ("لا يوجد", "EVD140"), ("-3", "EVD141")],
)
def test_a_count_of_none_in_words_makes_no_act(count: str, code: str) -> None:
    rows = "".join(f"2025-03-0{n}\texplosion\tA\t{much}\n" for n, much in enumerate((3, 4, 5, count), 1))
    result = read(f"Date\tAct\tActor\tNumber of explosions\n{rows}")
    assert result.reports["quantity"].to_list() == ["3", "4", "5"]
    assert (result.quarantine["row"].to_list(), result.quarantine["code"].to_list()) == ([5], [code])


def test_zero_in_words_is_none_and_told() -> None:
    result = read("Date\tAct\tActor\tCount\n2025-03-01\texplosion\tA\t3\n2025-03-02\texplosion\tA\tнуль\n")
    assert result.reports["quantity"].to_list() == ["3", "0"]
    assert [(doubt.row, doubt.read) for doubt in result.doubts] == [(3, "read as 0: nothing was seen")]


def test_a_column_of_counts_is_one_though_most_of_its_cells_say_none() -> None:
    rows = "".join(f"2025-03-0{n}\texplosion\tA\t{much}\n" for n, much in enumerate(("нет", "нет", "немає", 5), 1))
    result = read(f"Date\tAct\tActor\tNumber of explosions\n{rows}")
    assert (result.reports["quantity"].to_list(), result.quarantine["row"].to_list()) == (["5"], [2, 3, 4])


def collection(*geometries: dict[str, Any], **more: Any) -> str:
    """GeoJSON with a report at each place."""
    report = {"date": "2025-03-04", "act": "shelling", "actor": "A"}
    features = [{"type": "Feature", "geometry": g, "properties": report} for g in geometries]
    return json.dumps({"type": "FeatureCollection", **more, "features": features})


def test_points_in_metres_of_a_system_that_the_file_names_are_converted_and_told() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32637"}}
    result = read(collection({"type": "Point", "coordinates": [440409.0, 5327732.0]}, crs=crs), name="log.geojson")
    assert result.reports.select("lat", "lon").row(0) == ("48.1000655", "38.199593")
    assert "log.geojson: its coordinates are converted to degrees from EPSG:32637, as it says itself" in result.told


def test_a_layer_of_points_each_of_several_parts_gives_those_that_have_one() -> None:
    one, two = [[37.2, 48.1]], [[37.2, 48.1], [37.3, 48.2]]
    text = collection(*({"type": "MultiPoint", "coordinates": at} for at in (one, two)))
    result = read(text, name="log.geojson")
    assert result.reports.select("lat", "lon").rows() == [("48.1", "37.2")]
    assert [(row["row"], row["code"], row["value"]) for row in result.quarantine.to_dicts()] == [
        (2, "EVD170", "MultiPoint")
    ]


@pytest.mark.parametrize("row", ["Всього за день\tВільха\tA", "14:05\tTotal\tA", "14:05\tВільха\tразом:"])
def test_a_row_that_sums_up_others_is_no_report_wherever_it_says_so(row: str) -> None:
    head = "Date\tTime\tPlace\tActor\tAct\tCount\n2025-03-04\t14:05\tВільха\tA\tshelling\t3\n"
    result = read(f"{head}2025-03-04\t{row}\tshelling\t3\n")
    assert (result.reports.height, result.quarantine["code"].to_list()) == (1, ["EVD170"])


def test_a_spreadsheets_numbers_for_days_in_text_are_days_and_told() -> None:
    rows = "45750\t0.586805556\tshelling\tA\n45751,25\t\tshelling\tA\n"
    result = read(f"Date\tTime\tAct\tActor\n{rows}")
    assert result.reports["start"].to_list() == ["2025-04-03T14:05:00+03:00", "2025-04-04T06:00:00+03:00"]
    assert [doubt.read for doubt in result.doubts] == [
        "a number without the form of a date, read as the day 2025-04-03",
        "a number without the form of a date, read as the day 2025-04-04",
    ]


@pytest.mark.parametrize("cell", ["1741097100", "1741097100000", "1741097100.5"])
def test_seconds_since_1970_are_those_of_utc_and_told(cell: str) -> None:
    result = read(f"timestamp\tAct\tActor\n{cell}\tshelling\tA\n")
    assert result.reports["start"].to_list() == ["2025-03-04T14:05:00+00:00"]
    assert [doubt.read for doubt in result.doubts] == ["seconds since 1970, read as the day 2025-03-04"]


def test_seconds_since_1970_in_json_are_read_as_those_of_tables() -> None:
    rows = json.dumps([{"when": 1741097100, "act": "shelling", "actor": "A"}])
    assert read(rows, name="log.json").reports["start"].to_list() == ["2025-03-04T14:05:00+00:00"]


ACLED = "event_id_cnty,event_date,event_type,actor1,source,latitude,longitude"


def acled(*rows: tuple[str, str], mark: str = ",", **how: Any) -> ImportResult:
    """ACLED as a spreadsheet saves it again, with days and latitudes of some country."""
    lines = [f"UKR{n},{day},Explosions/Remote violence,A,Paper,{lat},37" for n, (day, lat) in enumerate(rows)]
    return read("\n".join(line.replace(",", mark).replace("@", ",") for line in (ACLED, *lines)), **how)


def test_a_known_format_that_a_spreadsheet_saved_again_keeps_its_rows() -> None:
    result = acled(("03/20/2025", "48@5"), ("04/05/2025", "48"), mark=";")
    assert result.reports["start"].to_list() == ["2025-03-19T22:00:00Z", "2025-04-04T21:00:00Z"]
    assert result.reports["lat"].to_list() == ["48.5", "48.0"]
    assert "log.csv: column 'latitude': decimal commas are read as points" in result.told
    assert any("month before day" in what for what in result.told)
    assert "saved it again" in result.known[0]


def test_days_of_a_known_format_that_could_be_two_are_set_aside_until_somebody_says_their_order() -> None:
    rows = (("03/04/2025", "48"), ("05/04/2025", "48"))
    result = acled(*rows)
    assert (result.reports.height, result.quarantine.height) == (0, 2)
    assert (
        "log.csv: column 'event_date': no cell of it tells the order of day and month; --order says it" in result.told
    )
    assert acled(*rows, answers={("order",): "dmy"}).reports["start"].to_list()[0] == "2025-04-02T21:00:00Z"


def test_one_number_with_a_decimal_comma_is_no_pair_of_coordinates() -> None:
    header = "Datum\tUhrzeit\tBreite\tLänge\tAct\tActor"
    result = read(f"{header}\n04.03.2025\t14:05\t48,1\t37,2\tshelling\tA\n")
    assert not [question for _, question in result.questions if question.key == ("columns", "position")]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_row_that_is_struck_through_is_told(kind: str) -> None:
    cells = [
        ["Date", "Act", "Actor"],
        ["2025-03-04", "shelling", "A"],
        [{"struck": "2025-03-05"}, {"struck": "shelling"}, "A"],
    ]
    content = xlsx({"March": cells}) if kind == "xlsx" else ods(cells)
    result = import_tables([NamedBytes(f"log.{kind}", content)], answers=ANSWERS)
    told = "struck through in the sheet, as what no longer holds; read all the same"
    assert result.reports.height == 2
    assert [(doubt.row, doubt.read) for doubt in result.doubts] == [(3, told)]


@pytest.mark.parametrize(
    "status",
    [
        "False alarm - it was thunder",
        "duplicate of 1",
        "Скасовано штабом",
        "unfounded",
        "planned",
        "Prevented by police",
        "предотвращено",
        "prévu",
    ],
)
def test_what_a_status_takes_back_or_says_was_never_done_is_set_aside(status: str) -> None:
    result = read(f"Date\tAct\tActor\tStatus\n2025-03-04\tshelling\tA\tconfirmed\n2025-03-05\tshelling\tA\t{status}\n")
    assert (result.reports.height, result.quarantine["code"].to_list()) == (1, ["EVD170"])


def of_json(document: Any, **how: Any) -> ImportResult:
    """What comes of one document in JSON."""
    return read(json.dumps(document), name="log.json", **how)


def test_incidents_in_a_list_within_a_days_report_are_its_rows_with_its_day_and_source() -> None:
    days = [
        {"date": "2025-03-20", "team": "P4", "total": 2, "incidents": [{"time": "14:05", "type": "Shelling", "lat": 48.5, "lon": 37.7}] * 2},
        {"date": "2025-03-21", "team": "P5", "total": 1, "incidents": [{"time": "01:10", "type": "Mortar fire", "lat": 48.6, "lon": 37.8}]},
    ]  # fmt: skip
    result = of_json(days)
    assert result.reports.select("start", "source", "act", "quantity").rows() == [
        *([("2025-03-20T14:05:00+02:00", "P4", "shelling", None)] * 2),
        ("2025-03-21T01:10:00+02:00", "P5", "mortar_fire", None),
    ], "the number of rows is no number of acts"
    assert "log.json: 3 rows in lists within its objects: 'incidents' (3)" in result.told


def test_rows_under_a_name_of_their_own_are_found_and_every_list_of_them_is_read() -> None:
    row = {"date": "2025-03-20", "time": "14:05", "type": "Shelling"}
    result = of_json(
        {
            "meta": {"exported": "2025-04-01"},
            "violations": [row],
            "ours": {"others": [row, row]},
            "staff": [{"name": "X"}],
        }
    )
    assert result.reports["start"].to_list() == ["2025-03-20T14:05:00+02:00"] * 3
    assert any("columns that are not read: 'meta/exported', 'list'" in told for told in result.told)


def test_a_list_within_what_is_itself_a_report_is_no_list_of_reports() -> None:
    row = {
        "date": "2025-03-20",
        "time": "14:05",
        "type": "Shelling",
        "media": [{"date": "2025-03-21", "place": "x"}] * 3,
    }
    assert of_json([row]).reports["start"].to_list() == ["2025-03-20T14:05:00+02:00"]


def test_days_that_are_names_of_lists_are_offered_as_the_day() -> None:
    row = {"time": "14:05", "type": "Shelling"}
    result = of_json({"2025-03-20": [row], "2025-03-21": [row]})
    (asked,) = [question for _, question in result.questions]
    assert (asked.key, asked.offer) == (("columns", "when"), "list")
    answered = of_json({"2025-03-20": [row], "2025-03-21": [row]}, answers={("columns", "when"): "list"})
    assert answered.reports["start"].to_list() == ["2025-03-20T14:05:00+02:00", "2025-03-21T14:05:00+02:00"]


@pytest.fixture
def truce(tmp_path: Path) -> Path:
    """An agreement with one zone from 47 to 49.5 north and 36.5 to 39 east."""
    text = (Path(__file__).parent / "malformed/agreements/sound.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    found["places"] = {"zone": {"polygon": [[47.0, 36.5], [49.5, 36.5], [49.5, 39.0], [47.0, 39.0]]}}
    for term in found["terms"].values():
        for kind in term.values():
            if isinstance(kind, dict) and "in" in kind:
                kind["in"] = "zone"
    path = tmp_path / "truce.yaml"
    path.write_text(yaml.safe_dump(found, allow_unicode=True), encoding="utf-8")
    return path


def test_points_far_from_the_agreements_places_are_told_with_the_sign_that_would_bring_them_near(truce: Path) -> None:
    rows = "2025-03-20\tshelling\t-48.5\t37.7\n2025-03-21\tshelling\t-48.6\t37.8\n"
    result = read(f"Date\tAct\tLat\tLon\n{rows}", agreement=truce)
    assert any("'Lat': all 2 points are far from the agreement's places" in told for told in result.told)
    assert [doubt.read.split(", ")[1] for doubt in result.doubts] == [
        "and near them with the other sign of the latitude; kept as it is written"
    ] * 2
    assert result.reports["lat"].to_list() == ["-48.5", "-48.6"], "a sign is told, and never turned"
    mixed = read(
        "Date\tAct\tLat\tLon\n2025-03-20\tshelling\t48.5\t37.7\n2025-03-21\tshelling\t12\t80\n", agreement=truce
    )
    assert any("1 of 2 points is far" in told and "sign" not in told for told in mixed.told)
    assert not mixed.doubts


def test_metres_of_utm_may_have_thousands_and_a_zone_without_its_half_of_the_earth(truce: Path) -> None:
    rows = "2025-03-20\tshelling\t37U\t403 000\t5 375 000\n2025-03-21\tshelling\t37\t403100.5\t5375100.5\n"
    rows += '2025-03-22\tshelling\t37 N\t"403,200"\t"5,375,200"\n2025-03-23\tshelling\t36\t403000\t5375000\n'
    result = read(f"Date\tAct\tZone\tEasting\tNorthing\n{rows}", agreement=truce)
    found = result.reports.select("lat", "lon").rows()
    assert found == [("48.520613", "37.686369"), ("48.521533", "37.687706"), ("48.522443", "37.68903")]
    assert result.quarantine["row"].to_list() == [5], (
        "zone 36 lies elsewhere, and of the half of the earth nothing is said"
    )


def test_hyphens_and_thin_blanks_of_word_processors_do_not_hide_a_day_or_a_number() -> None:
    result = read(
        "Date\tAct\tRounds\n2025\u201103\u201121\tshelling\t1\u2009400\n22\u201003\u20102025\tshelling\t1\u2019500\n"
    )
    assert result.reports.select("start", "quantity").rows() == [
        ("2025-03-21T00:00:00+02:00", "1400"),
        ("2025-03-22T00:00:00+02:00", "1500"),
    ]


def test_a_field_that_is_told_to_stay_text_is_the_text_within() -> None:
    result = read('sep=;\nDate;Time;Act\n="20.03.2025";="0705";shelling\n')
    assert result.reports["start"].to_list() == ["2025-03-20T07:05:00+02:00"]


def test_numbers_in_words_do_not_take_the_numbers_beside_them_along() -> None:
    result = read(
        "Date\tAct\tNombre\n2025-03-20\tshelling\t1 200\n2025-03-21\tshelling\tune dizaine\n2025-03-22\tshelling\tplusieurs\n"
    )
    assert result.reports["quantity"].to_list() == ["1200", None, None]
    assert [doubt.value for doubt in result.doubts] == ["une dizaine", "plusieurs"]


def refused(content: bytes, name: str = "log.csv") -> tuple[str, int, str]:
    """Code, line and words of why a file is not imported."""
    with pytest.raises(EvidenceError) as error:
        import_tables([NamedBytes(name, content)], answers=ANSWERS)
    (fault,) = error.value.faults
    return fault.code, fault.line, fault.what


def test_sheets_that_are_called_by_their_day_are_reports_of_that_day_once_it_is_answered() -> None:
    rows = [["Time", "Lat", "Lon", "Type"], ["14:05", "48.5", "37.7", "Shelling"]]
    file = NamedBytes(
        "week.xlsx", xlsx({"20.03.2025": rows, "21.03.2025": rows, "Posts": [["Post", "Lat"], ["A", "1"]]})
    )
    asked = import_tables([file], answers=ANSWERS).questions
    assert {question.key for _, question in asked} == {("values", "date")}
    found = import_tables([file], answers={**ANSWERS, ("values", "date"): "title"})
    assert found.reports["start"].to_list() == ["2025-03-20T14:05:00+02:00", "2025-03-21T14:05:00+02:00"]
    assert any("sheet 'Posts' is left out" in told for told in found.told)


def test_a_file_with_nothing_but_a_header_says_so() -> None:
    assert refused(b"Date,Time,Lat,Lon,Type\n") == (
        "EVD195",
        0,
        "has a header and no row beneath it (Date, Time, Lat, Lon, Type)",
    )


def test_a_character_of_no_meaning_is_told_with_its_line() -> None:
    assert refused(b"Date,Type\n2025-03-20,shelling\n2025-03-21,shel\x00ling\n")[:2] == ("EVD194", 3)


@pytest.mark.parametrize(
    ("begin", "code"), [(b"", "EVD195"), (b"From post@mission.example Thu Mar 20 14:05:00 2025\n", "EVD195")]
)
def test_an_e_mail_is_told_as_what_it_is(begin: bytes, code: str) -> None:
    mail = b"From: post@mission.example\nTo: hq@mission.example\nSubject: Daily\nDate: Thu, 20 Mar 2025\n\nPlace: Alder\nType: shelling\n"
    found, _, what = refused(begin + mail, "daily.eml")
    assert (found, what.startswith("is an e-mail")) == (code, True)


def test_a_year_of_another_calendar_is_set_aside_and_never_guessed() -> None:
    found = read("Date\tAct\n1446-09-20\tshelling\n20/03/2568\tshelling\n1403/12/30\tshelling\n")
    assert not found.reports.height
    assert set(found.quarantine["hint"]) == {"write it in four digits, of the Gregorian calendar"}


def test_whole_plus_codes_are_places_with_their_radius_and_short_ones_are_none() -> None:
    rows = "".join(f"2025-03-04\tshelling\t{code}\n" for code in ("849VCWC8+R9", "7fg49qcj+2vx", "CWC8+R9, Town"))
    found = read(f"Date\tAct\tCoordinates\n{rows}")
    assert found.reports.select("lat", "lon", "precision_km").rows() == [
        ("37.422063", "-122.084063", "0.00888471"),
        ("20.370113", "2.782234", "0.00214363"),
    ]
    assert found.quarantine["row"].to_list() == [4]


def test_the_names_of_a_maps_points_are_offered_as_what_was_done_where_they_say_it() -> None:
    mark = "<Placemark><name>{}</name><TimeStamp><when>2025-03-20T14:05:00Z</when></TimeStamp><Point><coordinates>37.7,48.5</coordinates></Point></Placemark>"
    kml = f"<kml><Document>{mark.format('Shelling')}{mark.format('Mortar fire')}</Document></kml>"
    asked = [question for _, question in read(kml, name="log.kml").questions]
    assert [(question.key, question.offer) for question in asked] == [(("columns", "act"), "name")]
    found = read(kml, name="log.kml", answers={("columns", "act"): "name"})
    assert found.reports["act"].to_list() == ["shelling", "mortar_fire"]


def test_an_answer_takes_a_column_from_what_was_only_guessed_of_it() -> None:
    text = "Date\tPlace\tColour\n2025-03-20\tshelling\tx\n"
    found = read(text, answers={("columns", "act"): "Place"})
    assert found.reports.select("act", "place_name").rows() == [("shelling", None)]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("в 9 утра", "09:00"),
        ("о 9 вечора", "21:00"),
        ("a las 21 hs", "21:00"),
        ("at 9 pm", "21:00"),
        ("à 8 h", "08:00"),
    ],
)
def test_an_hour_behind_a_small_word_is_that_hour_and_not_the_whole_day(said: str, at: str) -> None:
    found = read(f"Date\tTime\tAct\n2025-03-20\t14:05\tshelling\n2025-03-20\t{said}\tshelling\n")
    assert found.reports["start"].to_list()[1] == f"2025-03-20T{at}:00+02:00"
    assert found.reports["end"].to_list()[1] is None


def test_a_row_of_text_with_more_fields_than_the_header_is_set_aside_and_not_read_shifted() -> None:
    text = "Date,Time,Place,Type,Party\n2025-03-20,14:05,Alder,shelling,A\n2025-03-21,14:05,Alder, north,shelling,A\n2025-03-22,14:05,Birch,shelling,B\n"
    found = read(text)
    assert found.reports.select("place_name", "act").rows() == [("Alder", "shelling"), ("Birch", "shelling")]
    (row,) = found.quarantine.to_dicts()
    assert (row["row"], row["code"], row["reason"]) == (3, "EVD101", "has 6 fields, the header has 5")
    assert row["value"] == "2025-03-21 | 14:05 | Alder | north | shelling | A"
