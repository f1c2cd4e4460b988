"""Dates and times as people and software write them, and days that do not begin at midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import read_agreement
from servanda.agreement.plain_language import say
from servanda.coverage import read_coverage
from servanda.evidence import Context, read_evidence
from servanda.evidence.normalise.instants import read_times
from servanda.values.codes import STANDARD
from servanda.values.time import Duration, day_start, names_day, next_day, parse_instant

KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2025, 3, 20, 10, tzinfo=UTC)
NO_MIDNIGHT = [
    ("Asia/Beirut", date(2025, 3, 30)),
    ("Africa/Cairo", date(2025, 4, 25)),
    ("America/Santiago", date(2025, 9, 7)),
    ("America/Havana", date(2025, 3, 9)),
    ("America/Asuncion", date(2023, 10, 1)),
    ("Atlantic/Azores", date(2025, 3, 30)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
]
FORMS = [
    "2025-03-20T12:00+02:00",
    "2025-03-20T12:00:00+02",
    "2025-03-20 12:00:00+0200",
    "2025-03-20 12:00:00 +02:00",
    "2025-03-20t10:00:00z",
    "2025-03-20 10:00:00 UTC",
    "2025-03-20T10:00:00,000Z",
    "20250320T120000+0200",
    "20250320T1000Z",
    "2025-W12-4T10:00Z",
    "2025W124T1000Z",
    "2025-079T10:00Z",
    "2025-03-20T10Z",
    "2025-03-20T07:00:00.000\u221203:00",
    "2025-03-20 15:30:00.000000+05:30",
]


@pytest.mark.parametrize("text", FORMS)
def test_every_form_of_iso_8601_is_read_alike_alone_and_in_a_column(text: str) -> None:
    assert parse_instant(text, KYIV) == NOON
    assert read_times(pl.Series([text]), None).first.to_list() == [NOON]


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-20T12:00+02:00[Europe/Kyiv]",
        "2025-03-20T12:00[Europe/Kyiv]",
        "2025-03-20T10:00Z[!Europe/Kyiv]",  # Z tells the instant, and no offset
        "2025-03-20T10:00:00+00:00[UTC]",
    ],
)
def test_a_time_with_its_zone_behind_it_is_read(text: str) -> None:
    assert read_times(pl.Series([text]), None).first.to_list() == [NOON]


def test_24_00_is_the_beginning_of_the_next_day() -> None:
    for text in ("2025-03-20T24:00+02:00", "2025-03-20 24:00:00+02", "20250320T2400+02"):
        assert parse_instant(text, KYIV) == datetime(2025, 3, 20, 22, tzinfo=UTC)
        assert read_times(pl.Series([text]), None).first.to_list() == [datetime(2025, 3, 20, 22, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2025-03-20T12:00", "zone"),
        ("20250320T1200", "zone"),
        ("2025-03-20", "day"),
        ("2025-W12-4", "day"),
        ("2025-02-30T12:00+02:00", "none"),
        ("2025-03-20T25:00Z", "none"),
        ("2025-03-20T24:01Z", "none"),
        ("2025-03-20T12:00+25:00", "none"),
        ("20 March 2025", "form"),
        ("03/20/2025 10:00", "form"),
        ("1742464800", "form"),
        ("2025-03-20T12:00+03:00[Europe/Kyiv]", "offset"),
        ("2025-03-30T03:30[Europe/Kyiv]", "skipped"),
        ("2025-03-20T12:00+02:00[Europe/../Kyiv]", "form"),
        ("2025-03-20T12:00+02:00[No/Where]", "form"),
        ("2025-03-20[Europe/Kyiv]", "day"),
    ],
)
def test_a_time_that_cannot_be_read_is_told_with_the_reason_that_it_has(text: str, fault: str) -> None:
    times = read_times(pl.Series([text, "2025-03-20T10:00Z"]), None)
    assert times.fault.to_list() == [fault, None]
    assert times.first.to_list() == [None, NOON]


def test_a_local_time_that_the_clocks_go_forward_over_is_told_as_such() -> None:
    times = read_times(pl.Series(["2025-03-30T03:30:00", "2025-03-30 04:30:00"]), KYIV)
    assert times.fault.to_list() == ["skipped", None]
    with pytest.raises(ValueError, match="the clocks go forward over it"):
        parse_instant("2025-03-30T03:30", KYIV)


def test_a_local_time_that_comes_twice_is_any_time_in_both_hours_and_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text("datetime,lon,lat,place_name,event_type,headline\n2025-10-26 03:30:00,37,48,T,artillery,x\n")
    source = read_evidence([path], Context(KYIV))
    (table,) = source.batches()
    assert table.select("start", "end").row(0) == (
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    )
    assert any("comes twice" in note for note in source.ingest.notes)


def test_a_written_instant_that_comes_twice_asks_for_its_offset() -> None:
    with pytest.raises(ValueError, match=r"happens twice in Europe/Kyiv.*\+03:00 for the first, or \+02:00"):
        parse_instant("2025-10-26T03:30", KYIV)
    assert parse_instant("2025-10-26T03:30+02:00", KYIV) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "day"), NO_MIDNIGHT)
def test_a_day_without_midnight_begins_an_hour_later_and_ends_as_any_other(zone: str, day: date) -> None:
    here = ZoneInfo(zone)
    begins = parse_instant(day.isoformat(), here)
    assert begins == day_start(day, here) == parse_instant(f"{day}T00:00", here)
    assert begins.astimezone(here).hour == 1
    assert (begins - timedelta(microseconds=1)).astimezone(here).date() == day - timedelta(days=1)
    assert next_day(begins, here).astimezone(here).replace(tzinfo=None) == datetime.combine(
        day + timedelta(days=1), datetime.min.time()
    )
    assert Duration(5, "days").after(begins, here).astimezone(here).hour == 0
    assert Duration(5, "days").after(day_start(day - timedelta(days=5), here), here) == begins
    column = read_times(pl.Series([day.isoformat()]), here, "start")
    assert column.first.to_list() == [begins]
    assert read_times(pl.Series([(day - timedelta(days=1)).isoformat()]), here, "end").first.to_list() == [begins]


def test_a_day_that_a_zone_left_out_does_not_exist() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        parse_instant("2011-12-30", ZoneInfo("Pacific/Apia"))


@given(
    st.dates(date(1950, 1, 1), date(2037, 12, 31)),
    st.sampled_from([z for z, _ in NO_MIDNIGHT] + ["Europe/Kyiv", "Pacific/Apia"]),
)
def test_a_day_begins_at_the_first_instant_that_has_its_date(day: date, zone: str) -> None:
    here = ZoneInfo(zone)
    begins = day_start(day, here)
    assert begins.astimezone(here).date() >= day
    assert (begins - timedelta(seconds=1)).astimezone(here).date() < day or begins.astimezone(here).hour == 0


def test_what_names_a_day_is_told_from_what_names_its_midnight() -> None:
    assert [names_day(t) for t in ("2025-02-15", "20250215", "2025-W07-6")] == [True] * 3
    assert [names_day(t) for t in ("2025-02-15T00:00", "2025-02-15 00:00", "2025-02-15T00:00Z", "soon", None)] == [
        False
    ] * 5


AGREEMENT = """agreement: t
title: T
timezone: {zone}
signed: {signed}
parties: {{A: Aland, B: Bland}}
in_force: {{from: {signed}}}
events:
  Transfer: {{on: 2025-02-10}}
  T: {{on: 2025-02-10T00:00}}
terms:
  leave: {{text: x, require: {{act: withdrawal}}, deadline: '{deadline}', binds: [A]}}
"""


@pytest.mark.parametrize(
    ("zone", "signed", "deadline", "ends"),
    [
        ("Europe/Kyiv", "2025-01-31", "2025-02-15", "2025-02-16T00:00"),
        ("Europe/Kyiv", "2025-01-31", "2025-02-15T00:00", "2025-02-15T00:00"),
        ("Europe/Kyiv", "2025-01-31", "2025-02-15 00:00", "2025-02-15T00:00"),
        ("Europe/Kyiv", "2025-01-31", "2025-02-15T24:00", "2025-02-16T00:00"),
        ("Europe/Kyiv", "2025-01-31", "Transfer + 5 days", "2025-02-16T00:00"),
        ("Europe/Kyiv", "2025-01-31", "T + 5 days", "2025-02-15T00:00"),
        ("Europe/Kyiv", "2025-01-31", "Transfer + 24 hours", "2025-02-11T00:00"),
        ("Europe/Kyiv", "2025-01-31", "start + 5 days", "2025-02-06T00:00"),
        ("Europe/Kyiv", "2025-01-31T00:00", "start + 5 days", "2025-02-05T00:00"),
        ("Europe/Kyiv", "2025-01-31", "signed + 1 month", "2025-03-01T00:00"),
        ("Asia/Beirut", "2025-03-16", "signed + 14 days", "2025-03-31T00:00"),
        ("Asia/Beirut", "2025-03-30", "signed + 5 days", "2025-04-05T00:00"),
        ("America/Havana", "2025-03-02", "signed + 1 week", "2025-03-10T00:00"),
    ],
)
def test_a_deadline_of_days_lasts_until_its_day_ends_and_one_of_hours_is_exact(
    tmp_path: Path, zone: str, signed: str, deadline: str, ends: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(AGREEMENT.format(zone=zone, signed=signed, deadline=deadline))
    found = read_agreement(path).texts[0].terms[0].deadline
    assert found is not None
    assert found.instant == parse_instant(ends, ZoneInfo(zone))


def test_a_watch_until_24_00_looks_until_the_day_ends_even_where_the_next_has_no_midnight() -> None:
    watch = {
        "id": "w",
        "who": "M",
        "means": "camera",
        "detects": "attack",
        "from": "2025-03-29",
        "to": "2025-04-01",
        "probability": 0.9,
    }
    beirut = ZoneInfo("Asia/Beirut")

    def spells(daily: list[str]) -> list[tuple[int, float]]:
        said = {"coverage": "t", "watches": [{**watch, "daily": daily}]}
        (found,) = read_coverage([said], {}, STANDARD, beirut).watches
        return [
            (t.start.astimezone(beirut).hour, (t.end - t.start).total_seconds() / 3600)
            for t in found.times
            if t.start and t.end
        ]

    assert spells(["18:00", "24:00"]) == [(18, 6), (18, 6), (18, 6)]
    assert spells(["00:00", "24:00"]) == [(0, 24), (1, 23), (0, 24)]


def test_extensions_of_a_month_are_counted_each_from_the_end_before_it_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    extension = "{for: 1 month, agreed_by: [A, B]}"
    path.write_text(
        "agreement: t\ntitle: T\ntimezone: Europe/Kyiv\nparties: {A: Aland, B: Bland}\n"
        f"in_force: {{from: 2025-01-01, until: 2025-01-31, extensions: [{extension}, {extension}]}}\n"
        "terms: {fire: {text: x, forbid: {act: shelling}}}\n"
    )
    text = say(read_agreement(path))
    assert "prolonged by 1 month until" in text
    assert "28 March 2025" in text or "2025-03-28" in text
    assert "counted from the end before it" in text
