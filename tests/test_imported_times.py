"""Times of strangers' tables: of whose clock they are, when a report became known, and ends that lie before beginnings."""

from __future__ import annotations

import pytest

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
