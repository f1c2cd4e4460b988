"""Chances of several incidents together, against going through every sum; and what they must be whatever the numbers."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.verdicts.chances import sums as chances
from servanda.verdicts.chances.small import (
    faint_chances,
    faint_most,
    faint_words,
    joined,
    not_ruled_out,
    true_though_answered,
)
from servanda.verdicts.chances.sums import CERTAIN, at_least_one, chances_of, shown_at_least, shown_short
from tests.build import examples
from tests.reference_terms.chances import MILLION, at_least, common, independent, shown, stays_within
from tests.reference_terms.chances import shown_short as plain_shown_short

SETTINGS = examples(80)
certainties = st.one_of(st.integers(1, MILLION), st.sampled_from([MILLION, 500_000, 580_000, 500_001, 250_000, 40_000]))
amounts = st.one_of(st.sampled_from([1000, 1000, 500, 2500]), st.integers(1, 5000))
several = st.lists(st.tuples(amounts, certainties), max_size=8)
asked = st.one_of(st.sampled_from([250_000, 500_000, 500_001, 750_000, 950_000]), st.integers(1, MILLION))


@SETTINGS
@given(several, asked)
def test_what_is_shown_is_what_every_sum_gone_through_says(parts: list[tuple[int, int]], certainty: int) -> None:
    assert shown_at_least(parts, certainty) == shown(parts, certainty)


@SETTINGS
@given(several, st.integers(0, 20_000))
def test_the_chance_of_an_amount_is_the_sum_of_the_chances_of_all_that_reach_it(
    parts: list[tuple[int, int]], least: int
) -> None:
    one_error, apart = chances_of(parts, least)
    assert one_error == round(at_least(common(parts), least) * MILLION)
    assert apart == pytest.approx(float(at_least(independent(parts), least)) * MILLION, abs=0.6)


@SETTINGS
@given(several, asked, st.randoms(use_true_random=False))
def test_the_order_of_incidents_changes_nothing(
    parts: list[tuple[int, int]], level: int, shuffle: random.Random
) -> None:
    other = list(parts)
    shuffle.shuffle(other)
    assert shown_at_least(parts, level) == shown_at_least(other, level)
    assert at_least_one(p for _, p in parts) == at_least_one(p for _, p in other)


@SETTINGS
@given(several, asked, amounts, certainties)
def test_one_more_incident_never_makes_less_shown(
    parts: list[tuple[int, int]], level: int, amount: int, p: int
) -> None:
    assert shown_at_least([*parts, (amount, p)], level) >= shown_at_least(parts, level)


@SETTINGS
@given(st.lists(certainties, min_size=1, max_size=30))
def test_at_least_one_is_no_less_likely_than_the_likeliest_and_no_likelier_than_all_together(mine: list[int]) -> None:
    one_error, apart = at_least_one(mine)
    assert max(mine) == one_error <= apart <= min(MILLION, sum(mine) + 1)


def test_ten_at_58_percent_are_not_eight() -> None:
    assert shown_at_least([(1000, 580_000)] * 10, 500_001) == 6000
    one_error, apart = chances_of([(1000, 580_000)] * 10, 9000)
    assert (one_error, round(apart / 1000)) == (580_000, 36)


def test_two_hundred_at_4_percent_make_one_all_but_certain_and_a_single_error_does_not() -> None:
    assert at_least_one([40_000] * 200) == (40_000, 999_715)
    words = faint_words(joined((0, 0, 0), [40_000] * 200))
    assert "all but certain if their errors are independent, 4 % likely if they are one error" in words


def test_a_hundred_thousand_different_chances_are_worked_out_within_a_second_or_two() -> None:
    parts = [(1000, 1 + 9 * n % 999_999) for n in range(100_000)]
    begun = time.perf_counter()
    least = shown_at_least(parts, 300_000)
    assert time.perf_counter() - begun < 10
    mean = sum(p for _, p in parts) / MILLION * 1000
    assert mean < least < mean + 250_000


@SETTINGS
@given(st.lists(st.tuples(amounts, certainties), min_size=1, max_size=9), asked)
def test_too_many_to_be_exact_never_shows_more(parts: list[tuple[int, int]], level: int) -> None:
    exact = shown_at_least(parts, level)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chances, "MAX_WORK", 4)
        patch.setattr(chances, "_ROUNDED_WORK", 200)
        assert shown_at_least(parts, level) <= exact
        patch.setattr(chances, "_MAX_ROUNDED", 0)
        assert shown_at_least(parts, level) <= exact


@SETTINGS
@given(st.lists(st.integers(1, 49_999), max_size=12))
def test_what_is_faint_is_bounded_by_its_number_and_the_chance_of_none(mine: list[int]) -> None:
    faint = joined((0, 0, 0), mine)
    assert faint_most(faint) >= stays_within([(1000, p) for p in mine], 900_000)
    assert faint_most(faint) <= 1000 * len(mine)
    assert faint_chances(faint)[1] == pytest.approx(at_least_one(mine)[1], abs=1)


def test_eight_answered_allegations_are_one_too_many_and_seven_are_not() -> None:
    each = true_though_answered(0.9)
    assert not not_ruled_out((0, 0, 0), [each] * 7, 500_001)
    assert len(not_ruled_out((0, 0, 0), [each] * 8, 500_001)) == 1
    assert true_though_answered(1.0) == 0


def test_a_higher_standard_makes_nothing_easier_to_rule_out() -> None:
    each = true_though_answered(0.9)
    for certainty in (500_001, 750_000, 950_000):
        assert len(not_ruled_out((0, 0, 0), [each] * 8, certainty)) == 1


def test_nothing_small_stands_in_the_way_of_nothing() -> None:
    assert at_least_one([]) == (0, 0)
    assert not not_ruled_out((0, 0, 0), [], 1)
    assert shown_at_least([], CERTAIN) == 0


@given(
    st.integers(1, 12), st.integers(0, 12), st.sampled_from([0.5, 0.9, 0.95, 0.99]), st.sampled_from([500_001, 950_000])
)
def test_what_a_watch_may_have_missed_is_not_shown_undone(owed: int, seen: int, p: float, certainty: int) -> None:
    found = shown_short(owed, seen, p, certainty)
    assert found == (seen < owed and plain_shown_short(owed, seen, p, certainty))


def test_one_of_ten_may_well_go_unseen_and_two_of_three_may_not() -> None:
    assert not shown_short(10, 9, 0.9, 500_001)
    assert shown_short(3, 1, 0.9, 500_001)
    assert shown_short(1, 0, 0.9, 750_000), "a single deed: the watch reaches the certainty"
    assert not shown_short(1, 0, 0.9, 950_000)
