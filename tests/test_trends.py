"""Rates of periods and their ratios: what must not change them, and what must."""

from datetime import date, timedelta

import polars as pl
import pytest

pytest.importorskip("statsmodels")
pytest.importorskip("scipy")

from servanda.trends import DAYS, Period, Rate, Series, rates_of, ratio_of

FIRST = date(2031, 3, 1)
COUNTS: list[int | None] = [
    9,
    12,
    7,
    15,
    8,
    11,
    10,
    9,
    13,
    6,
    14,
    9,
    8,
    12,
    10,
    2,
    3,
    1,
    4,
    0,
    2,
    3,
    1,
    2,
    5,
    1,
    0,
    2,
    3,
    2,
]
BEFORE = Period("before", FIRST, FIRST + timedelta(14))
AFTER = Period("after", FIRST + timedelta(15), FIRST + timedelta(60))


def rates(counts: list[int | None], hours: float = 24.0) -> tuple[Rate, ...]:
    days = {"day": [FIRST + timedelta(n) for n in range(len(counts))], "hours": hours, "count": counts, "watched": None}
    return rates_of(Series(pl.DataFrame(days, schema=DAYS), by_watch=False), (BEFORE, AFTER))


def test_what_was_told_of_a_day_is_multiplied_by_two_at_most_for_what_nobody_watched() -> None:
    days = {"day": [FIRST, FIRST + timedelta(1)], "hours": 24.0, "count": [3, 3], "watched": [0.5, 0.04]}
    (rate, _) = rates_of(Series(pl.DataFrame(days, schema=DAYS), by_watch=True), (BEFORE, AFTER))
    assert (rate.rate, rate.days, rate.unwatched, rate.outside) == (6.0, 1, 1, 3)


def test_days_without_a_report_neither_lower_nor_raise_a_rate() -> None:
    for plain, more in zip(rates(COUNTS), rates([*COUNTS, None, None, None]), strict=True):
        assert (plain.rate, plain.low, plain.high) == (more.rate, more.low, more.high)
    assert rates([*COUNTS, None])[1].no_report == 1


def test_days_without_acts_do_lower_it() -> None:
    assert rates([*COUNTS, 0, 0, 0])[1].rate < rates(COUNTS)[1].rate


def test_twice_the_exposure_halves_rate_and_interval() -> None:
    for one, two in zip(rates(COUNTS), rates(COUNTS, 48.0), strict=True):
        assert [2 * two.rate, 2 * two.low, 2 * two.high] == pytest.approx([one.rate, one.low, one.high])


def test_two_rates_exchanged_give_the_inverse_ratio() -> None:
    before, after = rates(COUNTS)
    there, back = ratio_of(after, before), ratio_of(before, after)
    assert [there.ratio, there.low, there.high] == pytest.approx([1 / back.ratio, 1 / back.high, 1 / back.low])
