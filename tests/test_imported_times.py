"""Times of strangers' tables: of whose clock they are, when a report became known, and ends that lie before beginnings."""

from __future__ import annotations

import pytest

from servanda.evidence.importing import files
from servanda.evidence.importing.reading import read_table
from servanda.values.files import NamedBytes
from tests.test_strangers_tables import read

HEAD = "Date\tTime\tAct\tActor"


def starts(header: str, *rows: str) -> tuple[list[str], list[str]]:
    """When rows happened, and the codes of those that were set aside."""
    result = read("\n".join((header, *rows)) + "\n")
    return result.reports["start"].to_list(), result.quarantine["code"].to_list()


@pytest.mark.parametrize(
    ("cell", "offset"),
    [
        ("Moscow time", "+03:00"),
        ("(Kyiv time)", "+02:00"),
        ("по московскому времени", "+03:00"),
        ("за Києвом", "+02:00"),
        ("Europe/Moscow", "+03:00"),
    ],
)
def test_a_time_of_the_clock_of_a_city_is_read_by_that_clock(cell: str, offset: str) -> None:
    assert starts(HEAD, f"2025-03-04\t14:05 {cell}\tshelling\tA") == ([f"2025-03-04T14:05:00{offset}"], [])


def test_a_header_that_names_a_city_holds_for_its_column() -> None:
    result = read("Date\tTime (Moscow)\tAct\tActor\n2025-03-04\t14:05\tshelling\tA\n")
    assert result.reports["start"].to_list() == ["2025-03-04T14:05:00+03:00"]
    assert any("'Time (Moscow)': its times are Europe/Moscow" in told for told in result.told)


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("All times UTC+3", "+03:00"),
        ("Period 3.3.2025 to 5.3.2025 (all times in GMT)", "+00:00"),
        ("Время московское", "+03:00"),
        ("All times local (UTC+4)", "+04:00"),
        ("As of 18:00 UTC, 4 March 2025", "+02:00"),  # of one moment
        ("Times in UTC; times of drones in MSK", "+02:00"),
    ],
)
def test_a_line_in_front_of_a_table_that_tells_the_clock_of_its_times_goes_before_the_one_given(
    line: str, offset: str
) -> None:
    read_at = starts(f"{line}\t\t\t\n{HEAD}", *(f"2025-03-0{day}\t14:05\tshelling\tA" for day in (4, 5)))
    assert read_at == ([f"2025-03-0{day}T14:05:00{offset}" for day in (4, 5)], [])


@pytest.mark.parametrize("zone", ["EST", "IST", "camp time"])
def test_a_row_in_a_zone_that_is_not_known_is_set_aside_and_not_read_in_another(zone: str) -> None:
    assert starts(
        f"{HEAD}\tTZ", f"2025-03-04\t14:05\tshelling\tA\t{zone}", "2025-03-04\t14:05\tshelling\tA\tlocal"
    ) == (["2025-03-04T14:05:00+02:00"], ["EVD103"])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Start date\tEnd date\tAct\tActor", "05.03.2025\t04.03.2025\tshelling\tA"),
        ("Date\tEnd date\tTime\tEnd time\tAct\tActor", "2025-03-04\t2025-03-04\t14:05\t13:05\tshelling\tA"),
    ],
)
def test_a_row_that_ends_before_it_begins_is_set_aside(header: str, row: str) -> None:
    assert starts(header, row) == ([], ["EVD107"])


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        ("2025-03-05 2:30 PM", "2025-03-05T14:30:00+02:00"),
        ("2025-03-05 12:10 AM", "2025-03-05T00:10:00+02:00"),
        ("2025-03-05 15:30 MSK", "2025-03-05T15:30:00+03:00"),
        ("2025-03-05 1730", "2025-03-05T17:30:00+02:00"),
        ("05.03.2025 16:30", "2025-03-05T16:30:00+02:00"),
        ("2025-03-05", "2025-03-05"),
    ],
)
def test_when_it_became_known_is_read_as_when_it_happened_is(cell: str, known: str) -> None:
    result = read(f"{HEAD}\tReported at\n2025-03-04\t14:05\tshelling\tA\t{cell}\n")
    assert result.reports["known_at"].to_list() == [known]


def test_when_it_became_known_has_the_order_of_day_and_month_of_the_days() -> None:
    rows = "03/25/2025\t14:05\tshelling\tA\t04/05/2025\t09:30\n"
    result = read(f"{HEAD}\tDate reported\tTime reported\n{rows}")
    assert result.reports["known_at"].to_list() == ["2025-04-05T09:30:00+03:00"]
    assert not result.doubts


def test_a_time_of_a_report_without_its_day_is_told() -> None:
    result = read(f"{HEAD}\tTime of report\n2025-03-04\t14:05\tshelling\tA\t18:00\n")
    assert result.reports["known_at"].to_list() == [None]
    assert any("'Time of report' is not used" in told for told in result.told)


def test_a_day_and_a_time_in_parts_are_put_together() -> None:
    table = "Year\tMonth\tDay\tHour\tMin\tAct\tActor\n2025\t3\t25\t14\t5\tshelling\tA\n2025\t4\t1\t23\t0\tshelling\tA\n"
    result = read(table)
    assert result.reports["start"].to_list() == ["2025-03-25T14:05:00+02:00", "2025-04-01T23:00:00+03:00"]
    assert not result.questions
    again = read(table, mapping=NamedBytes("m.yaml", result.mapping.encode()))
    assert again.reports["start"].to_list() == result.reports["start"].to_list()


def test_a_month_may_stand_in_words_and_an_hour_alone_is_the_whole_of_it() -> None:
    found = read("Día;Mes;Año;Hora;Hecho;Actor\n25;marzo;2025;14;shelling;A\n1;abril;2025;23;shelling;A\n").reports
    assert list(zip(found["start"], found["end"], strict=True)) == [
        ("2025-03-25T14:00:00+02:00", "2025-03-25T15:00:00+02:00"),
        ("2025-04-01T23:00:00+03:00", "2025-04-02T00:00:00+03:00"),
    ]


def test_a_year_beside_days_is_no_part_of_one() -> None:
    found = read("Year\tMonth\tDate\tAct\tActor\n2025\tMarch\t2025-03-04\tshelling\tA\n").reports
    assert found["start"].to_list() == ["2025-03-04T00:00:00+02:00"]


@pytest.mark.parametrize("cell", ["2025-W13", "2025W13", "W13 2025", "Week 13, 2025", "Неделя 13, 2025"])
def test_a_week_is_seven_days_from_monday(cell: str) -> None:
    found = read(f"Week\tAct\tActor\n{cell}\tshelling\tA\n").reports
    assert (found["start"].to_list(), found["end"].to_list()) == (
        ["2025-03-24T00:00:00+02:00"],
        ["2025-03-31T00:00:00+03:00"],
    )


def test_a_day_in_a_column_of_weeks_is_told() -> None:
    result = read("Week of\tAct\tActor\n2025-03-24\tshelling\tA\n")
    assert [doubt.read for doubt in result.doubts] == ["a day in a column of weeks; only that day is taken"]


@pytest.mark.parametrize("cell", ["2025-W13-2", "2025-084"])
def test_a_day_of_a_week_or_of_a_year_is_that_day(cell: str) -> None:
    assert read(f"Date\tAct\tActor\n{cell}\tshelling\tA\n").reports["start"].to_list() == ["2025-03-25T00:00:00+02:00"]


def test_a_span_of_times_in_columns_from_and_to_keeps_its_end() -> None:
    found = read("Date\tFrom\tTo\tAct\tActor\n2025-03-25\t22:00\t04:00\tshelling\tA\n").reports
    assert found["end"].to_list() == ["2025-03-26T04:00:00+02:00"]


def test_a_year_of_two_digits_that_may_stand_first_is_asked() -> None:
    days = ("25-03-26", "25-03-27", "25-04-02")
    table = "Date\tAct\tActor\n" + "".join(f"{day}\tshelling\tA\n" for day in days)
    assert [(question.key, question.offer) for _, question in read(table).questions] == [(("order",), "ymd")]
    found = read(table, answers={("order",): "ymd"}).reports
    assert [start[:10] for start in found["start"]] == ["2025-03-26", "2025-03-27", "2025-04-02"]


@pytest.mark.parametrize("days", [("25-03-25", "26-03-25", "02-04-25"), ("25.03.26", "26.03.26"), ("25/03/26",)])
def test_a_year_of_two_digits_that_stands_last_is_not_asked(days: tuple[str, ...]) -> None:
    result = read("Date\tAct\tActor\n" + "".join(f"{day}\tshelling\tA\n" for day in days))
    assert not result.questions
    assert result.reports["start"].to_list()[0].startswith(f"20{days[0][-2:]}-03-25")


@pytest.mark.parametrize("cell", ["25 رمضان 1446", "25 Ramadan 1446 AH", "25/09/1446هـ"])
def test_a_day_of_the_islamic_calendar_is_set_aside_with_what_to_write(cell: str) -> None:
    result = read(f"التاريخ\tAct\tActor\n{cell}\tshelling\tA\n26.03.2025\tshelling\tA\n")
    assert result.quarantine.select("code", "hint").rows() == [
        ("EVD108", "write it in four digits, of the Gregorian calendar")
    ]
    assert result.reports["start"].to_list() == ["2025-03-26T00:00:00+02:00"]


def test_a_zone_that_is_given_is_no_reason_to_read_a_table_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(files, "read_table", lambda *given, **how: seen.append(given) or read_table(*given, **how))
    result = read(f"{HEAD}\n2025-03-04\t14:05\tshelling\tA\n", answers={("values", "source"): "", ("zone",): "+01:00"})
    assert (len(seen), [question.key for _, question in result.questions]) == (1, [("values", "source")])
    assert "+01:00" in result.mapping


@pytest.mark.parametrize(("day", "zone", "told"), [("29", "EET", True), ("25", "EEST", True), ("25", "EET", False)])
@pytest.mark.parametrize("own_column", [True, False])
def test_a_zone_of_the_other_half_of_the_year_is_read_as_it_is_written_and_told(
    day: str, zone: str, told: bool, own_column: bool
) -> None:
    clock = f"14:05\tshelling\tA\t{zone}" if own_column else f"14:05 {zone}\tshelling\tA\t"
    result = read(f"{HEAD}\tTZ\n2027-03-{day}\t{clock}\n", answers={("zone",): "Europe/Kyiv"})
    offset = "+03:00" if zone == "EEST" else "+02:00"
    assert result.reports["start"].to_list() == [f"2027-03-{day}T14:05:00{offset}"]
    assert any(f"names {zone}, while the clocks of Europe/Kyiv showed" in doubt.read for doubt in result.doubts) == told


@pytest.mark.parametrize(
    ("cell", "start"),
    [
        ("03APR2027", "2027-04-03T00:00:00+03:00"),
        ("3-IV-2027", "2027-04-03T00:00:00+03:00"),
        ("Apr. 3, '27", "2027-04-03T00:00:00+03:00"),
        ("031405APR27", "2027-04-03T14:05:00+03:00"),
        ("'03.04.2027", "2027-04-03T00:00:00+03:00"),
        ("\ufeff13.04.2027", "2027-04-13T00:00:00+03:00"),
    ],
)
def test_days_of_armies_and_behind_marks_of_spreadsheets_are_read(cell: str, start: str) -> None:
    result = read(f"Date\tAct\tActor\n{cell}\tshelling\tA\n")
    assert result.reports["start"].to_list() == [start]
    assert not any("no year is written" in doubt.read for doubt in result.doubts)


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        (["0.25", "0.75"], ["06:00", "18:00"]),
        (["0,5", "0.2604166667"], ["12:00", "06:15"]),
        (["0.25", "14.30"], ["00:25", "14:30"]),
        (["0.25", "0.40"], []),
    ],
)
def test_times_that_are_parts_of_a_day_are_told_by_their_whole_column(cells: list[str], hours: list[str]) -> None:
    found, codes = starts(HEAD, *(f"{day} March 2027\t{cell}\tshelling\tA" for day, cell in enumerate(cells, 5)))
    assert [start[11:16] for start in found] == hours
    assert len(codes) == 2 - len(hours)


@pytest.mark.parametrize("cell", ["between 3 and 4 pm", "3-4 pm", "3 to 4 p.m.", "entre 3 y 4 pm"])
def test_hours_of_the_afternoon_without_minutes_are_a_span(cell: str) -> None:
    (found,) = read(f"{HEAD}\n5 March 2027\t{cell}\tshelling\tA\n").reports.to_dicts()
    assert (found["start"][11:16], found["end"][11:16]) == ("15:00", "16:00")


@pytest.mark.parametrize(
    ("names", "cell", "start"),
    [
        ("Date (UTC)\tTime (local)", "01:10", "2027-03-06T01:10:00+02:00"),
        ("Date (UTC)\tTime (local)", "23:30", "2027-03-05T23:30:00+02:00"),
        ("Date (UTC)\tTime (Moscow)", "02:30", "2027-03-06T02:30:00+03:00"),
        ("Date (local)\tTime (UTC)", "23:30", "2027-03-04T23:30:00+00:00"),
        ("Date (UTC)\tTime (local)", "", "2027-03-05T00:00:00+00:00"),
    ],
)
def test_a_day_of_one_clock_beside_a_time_of_another_is_the_day_of_that_clock(
    names: str, cell: str, start: str
) -> None:
    found = read(f"{names}\tAct\tActor\n2027-03-05\t{cell}\tshelling\tA\n2027-03-05\t15:05\tshelling\tA\n")
    assert found.reports["start"][0] == start
    assert len(found.doubts) == (cell != "" and start[:10] != "2027-03-05")


@pytest.mark.parametrize(
    ("cells", "spans"),
    [
        (["22-02", "14-05"], [("22:00", "02:00"), ("14:05", None)]),
        (["08-10", "06-20"], [("08:00", "10:00"), ("06:00", "20:00")]),
        (["22-02", "08-10", "14-35"], [("22:02", None), ("08:10", None), ("14:35", None)]),
        (["07-00", "12-00", "23-00"], [("07:00", None), ("12:00", None), ("23:00", None)]),
        (["в 14-35", "в 22-02", "14-35 EET"], [("14:35", None), ("22:02", None), ("14:35", None)]),
        (["14-05 - 14-20", "с 23-50 до 00-10"], [("14:05", "14:20"), ("23:50", "00:10")]),
    ],
)
def test_minutes_behind_a_hyphen_that_could_be_hours_are_told_by_their_column(
    cells: list[str], spans: list[tuple[str, str | None]]
) -> None:
    found = read("\n".join((HEAD, *(f"5 March 2027\t{cell}\tshelling\tA" for cell in cells))) + "\n").reports
    times = [(start[11:16], end and end[11:16]) for start, end in found.select("start", "end").rows()]
    assert times == spans


@pytest.mark.parametrize(
    ("names", "cells", "column", "right"),
    [
        ("Start (UTC)\tEnd (local)", "2027-03-05 14:05\t2027-03-05 17:05", "end", "2027-03-05T17:05:00+02:00"),
        ("Start (local)\tEnd (UTC)", "2027-03-05 14:05\t2027-03-05 13:05", "end", "2027-03-05T13:05:00+00:00"),
        ("Date\tTime (UTC)\tEnd time (Moscow)", "2027-03-05\t14:05\t18:05", "end", "2027-03-05T18:05:00+03:00"),
        ("Start (local)\tReported at (UTC)", "2027-03-05 14:05\t2027-03-05 13:00", "known_at", "2027-03-05T13:00:00Z"),
        ("Start (UTC)\tReported at (local)", "2027-03-05 14:05\t2027-03-05 17:00", "known_at", "2027-03-05T17:00:00+02:00"),
    ],
)  # fmt: skip
def test_a_column_that_names_its_clock_is_read_by_it_whatever_clock_another_has(
    names: str, cells: str, column: str, right: str
) -> None:
    found = read(f"{names}\tAct\tActor\n{cells}\tshelling\tA\n")
    assert found.reports[column].to_list() == [right]


def test_an_end_in_a_zone_of_which_there_are_several_is_set_aside_and_a_report_known_then_keeps_its_day() -> None:
    found = read("Start (UTC)\tEnd (EST)\tAct\n2027-03-05 14:05\t2027-03-05 17:05\tshelling\n")
    assert found.quarantine["code"].to_list() == ["EVD103"]
    known = read("Start (UTC)\tReported at (EST)\tAct\n2027-03-05 14:05\t2027-03-05 17:05\tshelling\n")
    assert known.reports["known_at"].to_list() == ["2027-03-05"]


@pytest.mark.parametrize(
    ("header", "row", "start", "end"),
    [
        ("Start date (UTC)\tStart time (local)\tEnd date (UTC)\tEnd time (local)", "2025-03-04\t01:00\t2025-03-04\t01:30", "2025-03-05T01:00:00+02:00", "2025-03-05T01:30:00+02:00"),
        ("Date (local)\tTime (UTC)\tEnd date (local)\tEnd time (UTC)", "2025-03-05\t23:00\t2025-03-05\t23:30", "2025-03-04T23:00:00+00:00", "2025-03-04T23:30:00+00:00"),
        ("Date\tStart time (local)\tEnd time (UTC)", "2025-03-05\t14:00\t12:30", "2025-03-05T14:00:00+02:00", "2025-03-05T12:30:00+00:00"),
        ("Date\tStart time (local)\tEnd time (UTC)", "2025-03-05\t01:30\t23:45", "2025-03-05T01:30:00+02:00", "2025-03-04T23:45:00+00:00"),
        ("Date\tStart time (UTC)\tEnd time (local)", "2025-03-04\t23:30\t01:45", "2025-03-04T23:30:00+00:00", "2025-03-05T01:45:00+02:00"),
        ("Start (UTC)\tEnd date (UTC)\tEnd time (local)", "2025-03-04 21:30\t2025-03-04\t00:30", "2025-03-04T21:30:00+00:00", "2025-03-05T00:30:00+02:00"),
        ("Start (local)\tEnd (UTC)", "2025-03-05 01:00\t2025-03-04 23:30", "2025-03-05T01:00:00+02:00", "2025-03-04T23:30:00+00:00"),
        ("Start\tEnd", "2025-03-05 08-05\t2025-03-05 09-10", "2025-03-05T08:05:00+02:00", "2025-03-05T09:10:00+02:00"),
    ],
)  # fmt: skip
def test_an_end_is_on_the_day_that_its_own_clock_shows(header: str, row: str, start: str, end: str) -> None:
    found = read(f"{header}\tAct\tActor\n{row}\tshelling\tA\n").reports
    assert found.select("start", "end").rows() == [(start, end)]


@pytest.mark.parametrize("name", ["Local time (UTC+3)", "Time (local UTC+3)", "Местное время (UTC+3)"])
def test_a_name_that_says_which_local_time_needs_no_zone(name: str) -> None:
    assert starts(f"Date\t{name}\tAct\tActor", "2025-03-04\t14:05\tshelling\tA")[0] == ["2025-03-04T14:05:00+03:00"]


@pytest.mark.parametrize(
    ("header", "cells", "spans"),
    [
        ("date", ["2025-03-05 00:00:00"], [("2025-03-05T00:00:00+02:00", "2025-03-06T00:00:00+02:00")]),
        ("When", ["2025-03-05T00:00", "2025-03-06T00:00"], [("2025-03-05T00:00:00+02:00", "2025-03-06T00:00:00+02:00"), ("2025-03-06T00:00:00+02:00", "2025-03-07T00:00:00+02:00")]),
        ("When", ["2025-03-05T00:00"], [("2025-03-05T00:00:00+02:00", None)]),
        ("When", ["2025-03-05T00:00", "2025-03-06T14:05"], [("2025-03-05T00:00:00+02:00", None), ("2025-03-06T14:05:00+02:00", None)]),
        ("date", ["2025-03-29T22:00:00.000Z"], [("2025-03-29T22:00:00+00:00", "2025-03-31T00:00:00+03:00")]),
    ],
)  # fmt: skip
def test_days_with_midnight_behind_each_are_whole_days(
    header: str, cells: list[str], spans: list[tuple[str, str | None]]
) -> None:
    rows = "".join(f"{cell}\tshelling\tA\n" for cell in cells)
    found = read(f"{header}\tAct\tActor\n{rows}")
    assert found.reports.select("start", "end").rows() == spans
    assert any("midnight stands behind each day" in told for told in found.told) == (spans[0][1] is not None)


def test_a_midnight_that_a_program_wrote_behind_a_day_is_no_time_where_the_time_is_empty() -> None:
    rows = "2025-03-05 00:00:00\t14:05\tshelling\tA\n2025-03-06 00:00:00\t\tshelling\tA\n"
    found = read(f"Date\tTime\tAct\tActor\n{rows}").reports
    assert found["end"].to_list() == [None, "2025-03-07T00:00:00+02:00"]


@pytest.mark.parametrize(
    ("header", "row", "start", "end"),
    [
        ("Date\tTime", "2025-03-04\t23:00 - 01:00 (+1)", "2025-03-04T23:00:00+02:00", "2025-03-05T01:00:00+02:00"),
        ("Date\tStart time\tEnd time", "2025-03-04\t23:00\t01:00+1", "2025-03-04T23:00:00+02:00", "2025-03-05T01:00:00+02:00"),
        ("Date\tTime", "2025-03-04\t14:00 - 15:00 +1", "2025-03-04T14:00:00+01:00", "2025-03-04T15:00:00+01:00"),
        ("Date\tTime", "2025-03-04\tde 22h à 2h", "2025-03-04T22:00:00+02:00", "2025-03-05T02:00:00+02:00"),
    ],
)  # fmt: skip
def test_a_one_behind_an_end_before_its_beginning_is_the_next_day_and_no_offset(
    header: str, row: str, start: str, end: str
) -> None:
    found = read(f"{header}\tAct\tActor\n{row}\tshelling\tA\n").reports
    assert found.select("start", "end").rows() == [(start, end)]


@pytest.mark.parametrize(
    "cell", ["30.12.1899 14:05:00", "1900-01-01 14:05:00", "1899-12-31 14:05", "14:05 прибл.", "14:05 (?)", "a eso de las 14:05"]
)  # fmt: skip
def test_a_time_keeps_its_minute_behind_the_first_day_of_a_program_and_before_a_word_for_about(cell: str) -> None:
    assert starts("Date\tTime\tAct\tActor", f"2025-03-04\t{cell}\tshelling\tA")[0] == ["2025-03-04T14:05:00+02:00"]


@pytest.mark.parametrize("name", ["Time (Ethiopian)", "Time E.C.", "Hijri time"])
def test_a_time_of_another_clock_sets_its_row_aside(name: str) -> None:
    found = read(f"Date\t{name}\tAct\tActor\n2025-03-04\t8:05\tshelling\tA\n")
    assert [row["code"] for row in found.quarantine.to_dicts()] == ["EVD105"]


def test_hours_that_no_other_clock_has_are_those_of_ours() -> None:
    rows = "2025-03-04\t8:05\tshelling\tA\n2025-03-04\t22:40\tshelling\tA\n"
    found = read(f"Date\tTime (Ethiopian side)\tAct\tActor\n{rows}").reports
    assert [start[11:16] for start in found["start"]] == ["08:05", "22:40"]


@pytest.mark.parametrize(
    "rows",
    [
        [("05 00:00", "06 00:00"), ("06 00:00", "07 00:00"), ("07 00:00", "08 00:00")],
        [("05 00:00", "06 00:00"), ("09 00:00", "10 00:00")],
        [("01 00:00", "08 00:00"), ("08 00:00", "15 00:00")],
    ],
)
def test_midnights_that_end_what_lasts_a_day_or_where_another_begins_are_meant(rows: list[tuple[str, str]]) -> None:
    text = "".join(f"2025-03-{begin}\t2025-03-{end}\tshelling\tA\n" for begin, end in rows)
    found = read(f"From\tTo\tAct\tActor\n{text}").reports
    assert [end[8:16] for end in found["end"]] == [end.replace(" ", "T") for _, end in rows]


def test_minutes_that_stand_raised_behind_one_figure_are_minutes() -> None:
    assert starts("Date\tTime\tAct\tActor", "2025-03-04\t9³⁰\tshelling\tA")[0] == ["2025-03-04T09:30:00+02:00"]


@pytest.mark.parametrize("day", ["2027թ. մարտի 5", "2027 March 5", "2027-Mar-05"])
def test_a_year_may_stand_in_front_of_the_name_of_a_month(day: str) -> None:
    assert starts("Date\tAct\tActor", f"{day}\tshelling\tA")[0] == ["2027-03-05T00:00:00+02:00"]


def test_ends_with_midnight_behind_them_are_days_that_last_until_they_end() -> None:
    rows = (
        "2025-03-05 00:00:00\t2025-03-07 00:00:00\tshelling\tA\n2025-03-09 00:00:00\t2025-03-09 00:00:00\tshelling\tA\n"
    )
    found = read(f"Start date\tEnd date\tAct\tActor\n{rows}")
    assert [end[:10] for end in found.reports["end"]] == ["2025-03-08", "2025-03-10"]
    assert any("midnight stands behind each day" in told for told in found.told)


@pytest.mark.parametrize(
    "cell", ["з 21:30 по 22:15", "von 21:30 bis 22:15", "21:30 → 22:15", "21:30..22:15", "od 21:30 do 22:15"]
)
def test_a_span_of_times_has_an_end_in_other_words_too(cell: str) -> None:
    found = read(f"Date\tTime\tAct\tActor\n2025-03-04\t{cell}\tshelling\tA\n").reports
    assert found.select("start", "end").rows() == [("2025-03-04T21:30:00+02:00", "2025-03-04T22:15:00+02:00")]


def test_raised_minutes_behind_an_hour_are_its_minutes() -> None:
    assert starts("Date\tTime\tAct\tActor", "2025-03-04\t14⁰⁵\tshelling\tA")[0] == ["2025-03-04T14:05:00+02:00"]
