"""When a mission's day ends: dated windows, weeks and months that leave no instant out, on days of 23 and 25 hours too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import read_agreement
from servanda.agreement.plain_language import say
from servanda.errors import AgreementError
from servanda.values.reporting_day import SPANS, ReportingDay, Span, parse_clock
from servanda.values.time import Interval

KYIV = ZoneInfo("Europe/Kyiv")
EVENING = ReportingDay(time(19, 30), KYIV)
ZONES = ["Europe/Kyiv", "Asia/Beirut", "Africa/Cairo", "Asia/Kathmandu", "America/Havana", "Pacific/Apia", "UTC"]
days = st.builds(
    ReportingDay, st.times().map(lambda t: t.replace(second=0, microsecond=0)), st.sampled_from(ZONES).map(ZoneInfo)
)
moments = st.integers(0, 18 * 365 * 24 * 3600).map(lambda s: datetime(2009, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


def test_a_day_bears_the_date_on_which_it_ends() -> None:
    assert EVENING.window(date(2025, 3, 26)) == Interval(
        datetime(2025, 3, 25, 17, 30, tzinfo=UTC), datetime(2025, 3, 26, 17, 30, tzinfo=UTC)
    )


def test_a_day_that_ends_at_midnight_bears_the_date_that_is_then_over() -> None:
    midnight = ReportingDay(parse_clock("24:00"), KYIV)
    assert midnight.day_of(datetime(2025, 3, 26, 12, tzinfo=UTC)) == date(2025, 3, 26)
    assert midnight.window(date(2025, 3, 26)).start == datetime(2025, 3, 25, 22, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 1), 24)])
def test_two_days_a_year_have_23_or_25_hours(day: date, hours: int) -> None:
    window = EVENING.window(day)
    assert window.start is not None
    assert window.end is not None
    assert window.end - window.start == timedelta(hours=hours)


def test_an_end_that_the_clocks_skip_is_the_instant_at_which_they_go_forward() -> None:
    window = ReportingDay(time(3, 30), KYIV).window(date(2025, 3, 30))
    assert window.end == datetime(2025, 3, 30, 1, tzinfo=UTC)


@given(days, moments)
def test_every_instant_lies_in_the_day_that_is_said_and_in_no_other(day: ReportingDay, moment: datetime) -> None:
    of = day.day_of(moment)
    holding = []
    for n in range(-3, 4):
        window = day.window(of + timedelta(days=n))
        assert window.start is not None
        assert window.end is not None
        if window.start <= moment < window.end:
            holding.append(n)
    assert holding == [0]


@given(days, moments, st.integers(1, 120 * 24 * 60), st.sampled_from(SPANS))
def test_days_weeks_and_months_leave_no_instant_of_a_window_out_and_count_none_twice(
    day: ReportingDay, start: datetime, minutes: int, by: Span
) -> None:
    window = Interval(start, start + timedelta(minutes=minutes))
    parts = list(day.spans(window, by))
    assert [parts[0][1].start, *(p.end for _, p in parts)] == [*(p.start for _, p in parts), window.end]
    assert all(first.weekday() == 0 for first, _ in parts) or by != "week"
    assert all(first.day == 1 for first, _ in parts) or by != "month"


@pytest.mark.parametrize("text", ["25:00", "24:01", "7.30 pm", "19:60", ""])
def test_what_is_no_time_of_day_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match="write for example '19:30'"):
        parse_clock(text)


def written(folder: Path, reporting_day: str) -> Path:
    file = folder / "a.yaml"
    file.write_text(
        f"""agreement: a
title: A truce
timezone: Europe/Kyiv
parties: {{A: Aland, B: Bland}}
in_force: {{from: 2025-03-18, for: 3 days}}
mandate: {{attribution: true, reporting_day: {reporting_day}}}
terms:
  fire: {{text: No shelling., forbid: {{act: shelling}}, binds: [A, B]}}
""",
        encoding="utf-8",
    )
    return file


def test_a_mandate_says_when_the_day_ends_and_it_is_read_back(tmp_path: Path) -> None:
    agreement = read_agreement(written(tmp_path, '{ends: "19:30"}'))
    assert agreement.reporting_day == EVENING
    assert "day ends at 19:30 (Europe/Kyiv)" in say(agreement)


def test_a_mandate_without_it_counts_days_from_midnight(tmp_path: Path) -> None:
    file = written(tmp_path, '{ends: "24:00", zone: UTC}')
    assert read_agreement(file).reporting_day == ReportingDay(time(), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("reporting_day", "code"),
    [('{ends: "19.30"}', "AGR020"), ('{ends: "19:30", zone: Kyiw}', "AGR009"), ("{}", "AGR001")],
)
def test_a_reporting_day_that_does_not_exist_is_refused(tmp_path: Path, reporting_day: str, code: str) -> None:
    with pytest.raises(AgreementError) as caught:
        read_agreement(written(tmp_path, reporting_day))
    assert any(fault.code == code for fault in caught.value.faults)
