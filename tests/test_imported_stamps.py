"""Days of forms and days that are written as spans: the stamp of a form is not when something happened."""

from __future__ import annotations

import json

import pytest

from servanda.app.importing import import_tables
from servanda.values.files import NamedBytes
from tests.test_strangers_tables import ANSWERS, read
from tests.workbooks import xlsx

ROWS = "3/26/2027 9:10\t{}3/25/2027\t23:05\tshelling\tA\n3/25/2027 9:00\t{}3/25/2027\t08:05\tshelling\tA\n"


@pytest.mark.parametrize(
    ("head", "between"),
    [("Timestamp\tDate of incident", ""), ("Start time\tCompletion time\tDate of incident", "3/26/2027 9:12\t")],
    ids=["Google Forms", "Microsoft Forms"],
)
def test_the_stamp_of_a_form_is_when_it_became_known_beside_a_day_of_the_event(head: str, between: str) -> None:
    found = read(f"{head}\tTime of incident\tAct\tActor\n{ROWS.format(between, between)}").reports
    assert [start[:16] for start in found["start"].to_list()] == ["2027-03-25T23:05", "2027-03-25T08:05"]
    assert all(found["known_at"].to_list())


SURVEYS = {
    "SurveyMonkey": "Respondent ID,Collector ID,Start Date,End Date,IP Address,Date of incident,Time,Act,Actor\n1,9,2027-03-26 09:00,2027-03-26 09:10,1.1.1.1,{}\n",
    "Qualtrics": "StartDate,EndDate,Status,LocationLatitude,LocationLongitude,RecordedDate,ResponseId,Date of incident,Time,Act,Actor\n2027-03-26 09:00,2027-03-26 09:10,IP Address,55.1,12.1,2027-03-26 09:10,R1,{}\n",
    "LimeSurvey": "id,submitdate,lastpage,startlanguage,startdate,datestamp,Date of incident,Time,Act,Actor\n1,2027-03-26 09:10,3,en,2027-03-26 09:00,2027-03-26 09:10,{}\n",
    "Typeform": "#,Start Date (UTC),Submit Date (UTC),Network ID,Date of incident,Time,Act,Actor\na,2027-03-26 07:00,2027-03-26 07:10,n,{}\n",
    "Survey123": "ObjectID,GlobalID,CreationDate,Creator,EditDate,Editor,Date of incident,Time,Act,Actor\n1,g,2027-03-26 09:10,i,2027-03-26 09:11,i,{}\n",
    "Ona": "start,end,_submission_time,_xform_id,Date of incident,Time,Act,Actor\n2027-03-26T09:00:00+02:00,2027-03-26T09:10:00+02:00,2027-03-26T07:10:00,3,{}\n",
    "ODK": "SubmissionDate,start,end,meta-instanceID,Date of incident,Time,Act,Actor\n2027-03-26T07:10:00.000Z,2027-03-26T09:00:00+02:00,2027-03-26T09:10:00+02:00,u,{}\n",
}


@pytest.mark.parametrize("service", SURVEYS)
def test_what_a_survey_tells_of_itself_is_not_when_or_where_it_happened(service: str) -> None:
    row = SURVEYS[service].format("2027-03-25,23:05,shelling,A").replace(",", "\t")
    (found,) = read(row).reports.to_dicts()
    assert (found["start"][:16], found["end"], found["lat"]) == ("2027-03-25T23:05", None, None)
    assert found["known_at"][:16] in ("2027-03-26T09:10", "2027-03-26T07:10")


def test_an_end_whose_start_is_not_when_it_happened_is_no_end() -> None:
    table = "start\tend\tDate of event\tAct\tActor\n2027-03-26T09:00+02:00\t2027-03-26T09:10+02:00\t2027-03-25\tshelling\tA\n"
    assert [q.key for _, q in read(table).questions] == [("columns", "when")]
    answers = {**ANSWERS, ("columns", "when"): "Date of event"}
    (found,) = import_tables([NamedBytes("r.tsv", table.encode())], answers=answers).reports.to_dicts()
    assert (found["start"][:10], found["end"][:10]) == ("2027-03-25", "2027-03-26"), "all of the 25th"


def test_a_day_without_a_known_name_beside_a_stamp_is_asked() -> None:
    result = read(f"Timestamp\tWhich one was it?\tTime\tAct\tActor\n{ROWS.format('', '')}")
    (question,) = [q for _, q in result.questions]
    assert (question.key, question.offer) == (("columns", "date"), "Which one was it?")


def test_a_stamp_alone_is_still_when_it_happened() -> None:
    found = read("Timestamp\tAct\tActor\n25/03/2027 18:40\tshelling\tA\n").reports
    assert found["start"].to_list()[0].startswith("2027-03-25T18:40")


def test_two_columns_that_tell_different_days_are_asked() -> None:
    result = read("Date/Time\tDate\tAct\tActor\n2027-03-26 09:10\t2027-03-25\tshelling\tA\n")
    assert [q.key for _, q in result.questions] == [("columns", "when")]
    same = read("Date/Time\tDate\tAct\tActor\n2027-03-25 09:10\t2027-03-25\tshelling\tA\n")
    assert same.questions == []


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("5-7 March 2027", "2027-03-08"),
        ("5/6 March 2027", "2027-03-07"),
        ("2027-03-05/2027-03-07", "2027-03-08"),
        ("2027-03-05 to 2027-03-07", "2027-03-08"),
        ("5 по 7 марта 2027", "2027-03-08"),
    ],
)
def test_a_span_of_days_is_all_of_them(written: str, last: str) -> None:
    found = read(f"Date\tAct\tActor\n{written}\tshelling\tA\n").reports
    assert (found["start"][0][:10], found["end"][0][:10]) == ("2027-03-05", last)


def test_one_day_or_another_is_set_aside() -> None:
    assert read("Date\tAct\tActor\n5 March 2027 or 6 March 2027\tshelling\tA\n").reports.height == 0


def test_half_past_nought_in_the_afternoon_is_set_aside() -> None:
    result = read("Date\tTime\tAct\tActor\n2027-03-05\t0:30 PM\tshelling\tA\n2027-03-05\t12:30 PM\tshelling\tA\n")
    assert [start[11:16] for start in result.reports["start"].to_list()] == ["12:30"]


def test_parties_that_a_letter_tells_apart_are_asked() -> None:
    result = read("Date\tAct\tParty A\tParty B\n2027-03-05\tshelling\tB\tA\n2027-03-06\tshelling\tA\tB\n")
    assert [q.key for _, q in result.questions] == [("columns", "actor")]


def test_marks_of_footnotes_are_no_part_of_a_header() -> None:
    assert read("Date*\tAct¹\tActor\n2027-03-05\tshelling\tA\n").reports["act"].to_list() == ["shelling"]


def test_a_test_entry_and_a_sum_that_is_carried_forward_are_no_reports() -> None:
    rows = "2027-03-05\tshelling\tA\tconfirmed\n2027-03-05\tshelling\tA\tTest entry\ncarried forward\t2\t\t\n"
    assert read(f"Date\tAct\tActor\tStatus\n{rows}").reports.height == 1


@pytest.mark.parametrize(
    ("header", "day"),
    [("Date (DD/MM/YYYY)", "2027-03-05"), ("Date (MM/DD/YYYY)", "2027-05-03"), ("Date dd.mm.yyyy", "2027-03-05")],
)
def test_the_order_of_day_and_month_that_a_header_says_is_not_asked(header: str, day: str) -> None:
    result = read(f"{header}\tAct\tActor\n05/03/2027\tshelling\tA\n")
    assert result.questions == []
    assert result.reports["start"][0].startswith(day)


def test_cells_that_show_another_order_than_their_header_are_believed() -> None:
    found = read("Date (MM/DD/YYYY)\tAct\tActor\n05/03/2027\tshelling\tA\n25/03/2027\tshelling\tA\n").reports
    assert [start[:10] for start in found["start"].to_list()] == ["2027-03-05", "2027-03-25"]


SURVEY = "SubmissionDate,starttime,endtime,event_date,event_time,act,actor,KEY\n"


def test_the_stamp_of_surveycto_bears_the_clock_of_the_computer_that_exported_it() -> None:
    row = '"Mar 5, 2027 4:10:11 PM","Mar 5, 2027 3:58:00 PM","Mar 5, 2027 4:09:00 PM","Mar 5, 2027",2:20:00 PM,shelling,A,uuid:1\n'
    result = read(SURVEY + row)
    assert result.reports["known_at"].to_list() == ["2027-03-05T16:10:11+02:00"]
    assert any("clock of the computer that exported" in told for told in result.told)
    utc = read("_uuid,_submission_time,date,act,actor\nu,2027-03-05T13:31:00,2027-03-05,shelling,A\n").reports
    assert utc["known_at"].to_list() == ["2027-03-05T13:31:00Z"]


def test_when_a_form_of_commcare_was_begun_is_not_when_it_happened() -> None:
    head = "number,formid,form.event.date,form.event.time,form.event.act,form.event.actor,started_time,username,received_on\n"
    found = read(
        f"{head}1,f1,2027-03-04,14:20:00.000+02,shelling,A,2027-03-05 14:25:00,p.doe,2027-03-05 14:40:00\n"
    ).reports
    assert found.select("start", "known_at", "actor").rows() == [
        ("2027-03-04T14:20:00+02:00", "2027-03-05T14:40:00+02:00", "A")
    ]


def test_a_position_that_was_asked_for_stands_before_that_of_the_whole_form() -> None:
    form = {"_id": 5, "_uuid": "u", "_submission_time": "2027-03-05T13:31:00", "_geolocation": [48.2, 37.9]}
    rows = [{"date": "2027-03-05", "act": "shelling", "gps": "48.01 37.81 100 5"}]
    result = read(json.dumps([{**form, "incident": rows}]), name="form.json", answers={("pair",): "lat lon"})
    assert result.reports.select("lat", "lon").rows() == [("48.01", "37.81")]


def test_one_date_of_a_spreadsheet_beside_one_later_day_in_text_asks_whether_days_are_months() -> None:
    book = xlsx({"Log": [["Date", "Act", "Actor"], [{"day": 46510}, "shelling", "A"], ["13/03/2027", "shelling", "A"]]})
    result = import_tables([NamedBytes("log.xlsx", book)], answers=ANSWERS)
    assert [q.key for _, q in result.questions] == [("swapped",)]


def test_a_day_of_the_week_that_the_date_is_not_is_told() -> None:
    result = read('Date\tAct\tActor\n"Friday, 5 March 2027"\tshelling\tA\nпт 06.03.2027\tshelling\tA\n')
    assert [(doubt.row, doubt.read) for doubt in result.doubts] == [
        (3, "names another day of the week than 2027-03-06 is; the date is taken")
    ]
