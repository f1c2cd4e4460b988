"""Columns of strangers' tables whose names hold a word for one thing and mean another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from servanda.app.given import agreement_of
from servanda.app.importing import import_tables
from servanda.values.files import NamedBytes
from tests.test_strangers_tables import read

WHERE = "48.1\t37.2"


@pytest.mark.parametrize(
    "header",
    [
        "Affected party",
        "Party attacked",
        "Victim / party",
        "Controlling side",
        "Постраждала сторона",
        "Пострадавшая сторона",
        "Partie touchée",
        "Parte afectada",
        "الطرف المتضرر",
    ],
)
def test_whom_it_struck_is_not_who_did_it(header: str) -> None:
    result = read(f"Date\tAct\t{header}\tLat\tLon\n2025-03-04\tshelling\tA\t{WHERE}\n")
    assert result.reports["actor"].to_list() == [None]
    assert any("not read" in told and repr(header) in told for told in result.told)


@pytest.mark.parametrize("header", ["Responsible side", "Alleged party", "Party (alleged)", "Attacker", "Сторона"])
def test_who_did_it_is_still_who_did_it(header: str) -> None:
    assert read(f"Date\tAct\t{header}\n2025-03-04\tshelling\tA\n").reports["actor"].to_list() == ["A"]


@pytest.mark.parametrize("header", ["Phone number", "No. of houses", "House number", "Телефон, номер"])
def test_a_number_of_something_else_does_not_number_the_reports(header: str) -> None:
    result = read(f"Date\tAct\tActor\t{header}\n2025-03-04\tshelling\tA\t12\n2025-03-05\tshelling\tA\t12\n")
    assert "12" not in result.reports["report_id"].to_list()
    assert any("not read" in told and repr(header) in told for told in result.told)


def test_which_unit_fired_is_no_unit_of_a_count() -> None:
    result = read("Date\tAct\tActor\tUnit number\n2025-03-04\tshelling\tA\t12\n")
    assert result.reports["unit"].to_list() == [None]


def test_columns_of_ours_are_what_they_are_called_though_rows_have_no_ids() -> None:
    said = {
        "attributes": "direction",
        "basis": "track",
        "incident_id": "N",
        "shows": "fired_upon",
        "answers": "M",
        "area": "depot",
    }
    table = "source\tstart\tact\tactor\tParty attacked\t" + "\t".join(said)
    result = read(f"{table}\nMission\t2025-03-04T10:00+02:00\tshelling\tA\tB\t" + "\t".join(said.values()) + "\n")
    assert {column: result.reports[column].to_list() for column in said} == {c: [text] for c, text in said.items()}
    assert any("not read" in told and "'Party attacked'" in told for told in result.told)


def test_who_accuses_is_who_reports() -> None:
    table = "Date\tAct\tAccused\tAccuser\n2025-03-04\tshelling\tA\tB\n"
    found = import_tables([NamedBytes("log.csv", table.encode())], answers={("zone",): "Europe/Kyiv"}).reports
    assert (found["actor"].to_list(), found["source"].to_list()) == (["A"], ["B"])


@pytest.mark.parametrize("header", ["Date of last update", "Date of visit", "Дата внесення"])
def test_a_day_of_something_else_is_asked_and_not_taken_for_that_of_the_event(header: str) -> None:
    result = read(f"{header}\tAct\tActor\n2025-03-04\tshelling\tA\n")
    assert [(question.key, question.offer) for _, question in result.questions] == [(("columns", "when"), header)]


def test_a_column_whose_words_deny_is_asked_about_and_then_read() -> None:
    table = "Date\tAct\tActor\tStatement\n2025-03-04\tshelling\tA\taccuses\n2025-03-04\tshelling\tA\tdenied\n"
    assert [question.key for _, question in read(table).questions] == [("columns", "stance")]
    found = read(table, answers={("columns", "stance"): "Statement"}).reports
    assert found["stance"].to_list() == ["asserts", "denies"]
    left = read(table, answers={("columns", "stance"): "-"})
    assert not left.questions
    assert left.reports["stance"].to_list() == [None, None]


def test_a_column_that_only_accuses_is_not_asked_about() -> None:
    assert not read("Date\tAct\tActor\tStatement\n2025-03-04\tshelling\tA\taccuses\n").questions


def test_what_the_accused_answered_is_not_the_word_of_the_source() -> None:
    result = read("Date\tAct\tAccused\tResponse of accused\n2025-03-04\tshelling\tA\tdenied\n")
    assert not result.questions
    assert result.reports["stance"].to_list() == [None]


def test_a_status_that_says_denied_is_told() -> None:
    result = read("Date\tAct\tActor\tStatus\n2025-03-04\tshelling\tA\tDenied\n")
    assert [(doubt.value, doubt.read) for doubt in result.doubts] == [
        ("Denied", "says that it was denied; the row stays what its source says")
    ]


def test_numbers_in_no_order_under_number_may_be_counts_and_are_asked_about() -> None:
    table = "Date\tAct\tActor\tNumber\n2025-03-04\tshelling\tA\t12\n2025-03-05\tshelling\tA\t7\n2025-03-06\tshelling\tA\t9\n"
    assert [question.key for _, question in read(table).questions] == [("columns", "quantity")]
    assert read(table, answers={("columns", "quantity"): "Number"}).reports["quantity"].to_list() == ["12", "7", "9"]
    counted = read("Date\tAct\tActor\tNumber\n2025-03-04\tshelling\tA\t1\n2025-03-05\tshelling\tA\t2\n")
    assert not counted.questions


@pytest.mark.parametrize(("numbers", "asked"), [((5, 9), True), ((4, 5, 6), False), ((2, 3, 5, 8, 9), False)])
def test_two_or_three_numbers_that_rise_may_be_counts_and_are_asked_without_an_offer(
    numbers: tuple[int, ...], asked: bool
) -> None:
    rows = "".join(f"2025-03-0{n}\tshelling\tA\t{number}\n" for n, number in enumerate(numbers, 1))
    questions = [(q.key, q.offer) for _, q in read(f"Date\tAct\tActor\tNumber\n{rows}").questions]
    assert questions == [(("columns", "quantity"), "")] * asked


def test_a_column_of_parties_under_an_unknown_name_is_asked_and_accuses_nobody_by_itself() -> None:
    agreement = Path("cases/energy-truce-2025/agreement.yaml")
    parties = list(agreement_of(agreement).parties)
    rows = "".join(f"2025-03-25\tshelling\t{party}\n" for party in parties)
    result = read(f"Date\tEvent\tBy\n{rows}", agreement=agreement)
    (question,) = [q for _, q in result.questions]
    assert (question.key, question.offer, question.choices) == (("columns", "actor"), "-", ("By", "-"))
    asked = read(f"Date\tEvent\tBy\n{rows}", agreement=agreement, answers={question.key: "By"})
    assert asked.reports["actor"].to_list() == parties
    assert read(f"Date\tEvent\tReceiving side\n{rows}", agreement=agreement).questions == []


def test_an_observer_in_french_is_who_reports() -> None:
    found = read(
        "Date\tHeure\tType d'incident\tObservateur\n05.03.2027\t14h20\tTirs de mortier\tÉquipe 4\n",
        answers={("values", "source"): ""},
    ).reports
    assert found["source"].to_list() == ["Équipe 4"]


def test_tags_of_hxl_may_be_the_header_itself() -> None:
    found = read("#date\t#loc+name\t#event+type\t#group\n2027-03-05\tTerin\tshelling\tA\n").reports
    assert found.select("place_name", "actor").rows() == [("Terin", "A")]


def test_a_word_for_pieces_behind_a_count_leaves_it_a_number() -> None:
    rows = "".join(f"2027-03-05\tshelling\t{cell}\n" for cell in ("4 шт.", "3 pcs", "2 x", "5 tonnes"))
    assert read(f"Date\tAct\tQuantity\n{rows}").reports["quantity"].to_list() == ["4", "3", "2", None]


def test_a_count_in_words_is_read_and_told() -> None:
    result = read(
        "Date\tAct\tQuantity\n2027-03-05\tshelling\tdouze\n2027-03-06\tshelling\tдвадцать три\n2027-03-07\tshelling\tone of them\n"
    )
    assert result.reports["quantity"].to_list() == ["12", "23", None]
    assert [doubt.read for doubt in result.doubts] == ["read as 12", "read as 23", "not one number; left out"]


@pytest.mark.parametrize("rows", ["3\n", "3\n\n", "2\n2\n"])
def test_numbers_that_do_not_number_each_row_are_asked_about(rows: str) -> None:
    lines = "".join(f"2025-03-{4 + n:02}\tshelling\tA\t{cell}\n" for n, cell in enumerate(rows.split("\n")[:-1]))
    result = read(f"Date\tAct\tActor\tNumber\n{lines}")
    assert [question.key for _, question in result.questions] == [("columns", "quantity")]


def test_a_number_beside_the_numbers_of_rows_is_asked_about() -> None:
    result = read(
        "No\tDate\tWhat / Act\tActor\tWhat / Number\n1\t2025-03-04\tshelling\tA\t3\n2\t2025-03-05\tshelling\tA\t1\n"
    )
    assert [question.key for _, question in result.questions] == [("columns", "quantity")]


def test_an_object_id_is_no_target_and_the_date_of_creation_is_when_it_became_known() -> None:
    result = read("ObjectID\tDate\tAct\tActor\tCreationDate\n1\t2025-03-04\tshelling\tA\t2025-03-05 14:00\n")
    assert result.reports["known_at"].to_list() == ["2025-03-05T14:00:00+02:00"]
    assert not result.doubts


def test_a_report_that_is_not_verified_is_not_refuted() -> None:
    result = read("Date\tAct\tActor\tVerified\n2025-03-04\tshelling\tA\tfalse\n2025-03-05\tshelling\tA\ttrue\n")
    assert result.reports.height == 2
    assert [doubt.read for doubt in result.doubts] == [
        "not verified, which is not refuted; the row stays what its source says"
    ]


def test_whom_a_report_was_relayed_from_is_its_origin() -> None:
    result = read("Date\tAct\tActor\tReported by\tRelayed from\n2025-03-04\tshelling\tA\tTimes\tAFP\n")
    assert result.reports["origin"].to_list() == ["AFP"]


@pytest.mark.parametrize(
    ("header", "cell", "km"),
    [("Accuracy", "500 m", "0.5"), ("Accuracy (m)", "±2 km", "2"), ("Radius km", "800 m", "0.8")],
)
def test_a_radius_with_its_unit_is_read_by_that_unit(header: str, cell: str, km: str) -> None:
    result = read(f"Date\tAct\tActor\tLat\tLon\t{header}\n2025-03-04\tshelling\tA\t48.1\t37.7\t{cell}\n")
    assert result.reports["precision_km"].to_list() == [km]


@pytest.mark.parametrize(
    "source", ["AFP; Reuters", "AFP, citing the Ministry", "ТАСС со ссылкой на Минобороны", "AFP / Reuters"]
)
def test_several_who_report_in_one_cell_are_one_source_and_told(source: str) -> None:
    result = read(f"Date\tAct\tActor\tSource\n2025-03-04\tshelling\tA\t{source}\n2025-03-05\tshelling\tA\tAFP\n")
    assert result.reports["source"].to_list() == [source, "AFP"]
    assert [doubt.value for doubt in result.doubts] == [source]


def test_a_status_that_says_by_whom_it_was_denied_is_told() -> None:
    result = read("Date\tAct\tActor\tStatus\n2025-03-04\tshelling\tA\tDenied by B\n2025-03-05\tshelling\tA\tclosed\n")
    assert [doubt.read for doubt in result.doubts] == ["says that it was denied; the row stays what its source says"]


@pytest.mark.parametrize(
    ("name", "of_it", "not_of_it"),
    [
        ("Deleted", "1", "0"),
        ("is_false_alarm", "TRUE", "FALSE"),
        ("Event took place", "no", "yes"),
        ("Дубликат", "да", ""),
        ("Duplicate of", "E1", ""),
        ("Retracted on", "2027-03-09", ""),
        ("Valid", "No", "Yes"),
        ("Occurred", "no", "yes"),
        ("Відбулося", "ні", "так"),
    ],
)
def test_a_row_of_which_a_column_says_that_it_does_not_hold_is_set_aside(name: str, of_it: str, not_of_it: str) -> None:
    rows = "".join(f"2027-03-0{day},14:05,shelling,A,{said}\n" for day, said in ((5, of_it), (6, not_of_it)))
    found = read(f"Date,Time,Type,Party,{name}\n{rows}")
    assert found.reports["start"].to_list() == ["2027-03-06T14:05:00+02:00"]
    assert found.quarantine.select("code", "field", "value").rows() == [("EVD170", name, of_it)]
    assert not any("not read" in told for told in found.told)


def test_a_column_of_other_values_than_yes_and_no_sets_no_row_aside() -> None:
    found = read("Date,Time,Type,Party,Deleted\n2027-03-05,14:05,shelling,A,by Post 4\n2027-03-06,14:05,shelling,A,1\n")
    assert found.reports.height == 2
    assert any("columns that are not read: 'Deleted'" in told for told in found.told)


@pytest.mark.parametrize(
    ("name", "cells", "held"),
    [
        ("Withdrawn", ["yes", "no"], [1, 2]),
        ("Cancelled", ["yes", "no"], [1, 2]),
        ("Retiré", ["oui", "non"], [1, 2]),
        ("Record cancelled", ["yes", "no"], [2]),
        ("Deleted at", ["0000-00-00 00:00:00", "9999-12-31", "2027-03-09 10:00"], [1, 2]),
        ("Retracted on", ["never", "1970-01-01T00:00:00Z", "1741600000"], [1, 2]),
        ("Duplicates", ["2", "0"], [1, 2]),
        ("Duplicate of", ["E1", "unique", "E1", "X7"], [1, 2]),
        ("Duplicate of", ["E2", "E1", ""], [1, 3]),
        ("Valid", ["yes", "no", "?", "unknown"], [1, 3, 4]),
    ],
)
def test_a_column_sets_aside_only_what_it_says_of_the_report(name: str, cells: list[str], held: list[int]) -> None:
    rows = "".join(f"E{n},2027-03-0{n},shelling,A,{said}\n" for n, said in enumerate(cells, 1))
    assert read(f"ID,Date,Type,Party,{name}\n{rows}").reports["report_id"].to_list() == [f"E{n}" for n in held]


def test_of_copies_that_are_all_marked_as_such_one_is_a_report() -> None:
    rows = "E1,2027-03-01,shelling,A,yes\nE2,2027-03-01,shelling,A,yes\nE3,2027-03-02,shelling,A,yes\n"
    found = read(f"ID,Date,Type,Party,Duplicate\n{rows}")
    assert found.reports["report_id"].to_list() == ["E1"]


def test_a_column_of_which_the_mapping_says_what_it_is_sets_no_row_aside() -> None:
    said = {"columns": {"date": ["Date"], "act": ["Type"], "actor": ["Party"], "summary": ["Deleted"]}}
    mapping = {"tables": [{"file": "log.csv", **said, "values": {"source": "Mission"}, "zone": "Europe/Kyiv"}]}
    text = "Date,Type,Party,Deleted\n2027-03-05,shelling,A,yes\n"
    assert read(text, mapping=NamedBytes("m.yaml", json.dumps(mapping).encode()), answers={}).reports.height == 1


def test_the_id_of_something_within_a_record_is_not_that_of_the_report() -> None:
    row = {"date": "2027-03-05", "type": "shelling", "perpetrator": {"id": "P7", "name": "A"}}
    rows = [
        {**row, "status": {"code": "retracted"}},
        {**row, "status": {"code": "ok"}, "perpetrator": {"id": "P8", "name": "B"}},
    ]
    answers = {("columns", "actor"): "perpetrator/name"}
    found = read(json.dumps(rows), name="r.json", answers=answers)
    assert found.reports.select("report_id", "actor").rows() == [("r-2", "B")]
    assert found.quarantine["field"].to_list() == ["status/code"]


def test_of_a_place_and_the_place_of_the_event_it_is_asked() -> None:
    found = read("Date,Event,Lat,Lon,Event lat,Event lon\n2027-03-05,shelling,48.1,37.1,48.3,37.3\n")
    assert [question.key for _, question in found.questions] == [("columns", "lat"), ("columns", "lon")]
