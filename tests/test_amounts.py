"""How many, as people write it: bounds, ranges, words for what nobody counted, and changes against another time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.values.amounts import Amount, read_amount
from servanda.values.number_words import in_digits


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("20", 20, 20), ("26 nations", 26, 26), ("1,882 shellings", 1882, 1882), ("1 882", 1882, 1882), ("1.500 men", 1500, 1500),
        ("at least 20", 20, None), ("10+", 10, None), ("more than 80", 81, None), ("> 80", 81, None), ("no fewer than 12", 12, None),
        ("up to 8,000", None, 8000), ("fewer than 50", None, 49), ("about 300", 270, 330), ("20-30 men", 20, 30), ("from 20 to 30", 20, 30),
        ("10 thousand", 10_000, 10_000), ("1.5 million", 1_500_000, 1_500_000), ("dozens", 20, 99), ("a few thousand per nation", 2000, 9999),
        ("tens of thousands", 10_000, 99_999), ("several", 3, 9), ("тисячі", 2000, 9999), ("понад 100", 101, None), ("до 5000", None, 5000),
        ("des dizaines", 20, 99), ("más de 40", 41, None), ("عشرات", 20, 99), ("не менее 7", 7, None),
    ],
)  # fmt: skip
def test_a_number_in_words_has_the_bounds_that_it_says(text: str, low: int | None, high: int | None) -> None:
    found = read_amount(text)
    assert (found.low, found.high) == (low, high)
    assert found.vague is (low != high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("not more than 20", None, 20), ("no less than 20", 20, None), ("not over 20", None, 20), ("не больше 20", None, 20), ("не меньше 20", 20, None),
        ("pas plus de 20", None, 20), ("no menos de 20", 20, None), ("300 or more", 300, None), ("300 men or more", 300, None), ("20 or fewer men", None, 20),
        ("at least a dozen", 12, None), ("not more than a dozen", None, 12), ("nearly 100", 90, 110), ("more than hundreds", 201, None),
    ],
)  # fmt: skip
def test_a_bound_that_is_denied_or_stands_behind_the_number_is_that_bound(
    text: str, low: int | None, high: int | None
) -> None:
    found = read_amount(text)
    assert (found.low, found.high, found.vague) == (low, high, True)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("min. 20", 20, None), ("max 20", None, 20), ("au maximum 20", None, 20), ("минимум 20", 20, None), ("at least 20-30", 20, None),
        ("up to 20-30", None, 30), ("at least about 300", 270, None), ("a total of 20", 20, 20), ("20-30+", 20, None),
    ],
)  # fmt: skip
def test_a_bound_is_one_in_short_before_a_range_and_before_another_bound(
    text: str, low: int | None, high: int | None
) -> None:
    assert (read_amount(text).low, read_amount(text).high) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("several dozen", 20, 99), ("несколько сотен", 200, 999), ("несколько тысяч", 2000, 9999), ("plusieurs dizaines", 20, 99),
        ("varios cientos", 200, 999), ("кілька десятків тисяч", 10_000, 99_999), ("at least several hundred", 200, None),
    ],
)  # fmt: skip
def test_several_of_a_greater_word_are_so_many_and_not_three_to_nine(text: str, low: int, high: int | None) -> None:
    assert (read_amount(text).low, read_amount(text).high) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2 dozen", 24, 24), ("3 hundred men", 300, 300), ("2 hundred thousand", 200_000, 200_000), ("5 десятків тисяч", 50_000, 50_000),
        ("1½ million", 1_500_000, 1_500_000), ("2 mil millones", 2 * 10**9, 2 * 10**9), ("5-7 thousand", 5000, 7000), ("5–7 тис.", 5000, 7000),
        ("1.5 to 2 million", 1_500_000, 2_000_000), ("5 thousand to 7 thousand", 5000, 7000), ("1500 to 2 thousand", 1500, 2000),
    ],
)  # fmt: skip
def test_a_word_behind_a_number_says_so_many_of_what_also_at_both_ends_of_a_range(
    text: str, low: int, high: int
) -> None:
    assert (read_amount(text).low, read_amount(text).high) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("100 or so", 90, 110), ("100-odd men", 90, 110), ("90 at the very least", 90, None), ("90 max", None, 90), ("5 or 6", 5, 6),
        ("between 5 and 7", 5, 7), ("just over 90", 91, None), ("over 2½ thousand", 2501, None),
    ],
)  # fmt: skip
def test_a_bound_in_a_few_words_on_either_side_is_that_bound(text: str, low: int | None, high: int | None) -> None:
    assert (read_amount(text).low, read_amount(text).high) == (low, high)


def test_minutes_behind_a_number_are_no_least() -> None:
    assert (read_amount("30 min").low, read_amount("30 min").high) == (30, 30)


@pytest.mark.parametrize("text", ["3½", "2.5 guns", "5 more", "5 fewer", "5th", "5x", "5 times", "5 and 7", "10⅓"])
def test_what_is_no_whole_number_of_things_is_refused_and_not_cut(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        read_amount(text)


@pytest.mark.parametrize(
    "text",
    ["legalább 20", "a couple hundred", "hundreds of millions", "500 to 2 thousand", "20?", "20 (?)", "few million"],
)
def test_a_word_that_may_be_a_bound_and_is_not_known_is_refused_and_not_passed_over(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        read_amount(text)


@pytest.mark.parametrize("text", ["20 %", "20 percent of the guns", "-5", "minus 5", "not 20"])
def test_a_share_and_what_is_below_nothing_are_no_number_of_things(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        read_amount(text)


@pytest.mark.parametrize("text", ["", "none said", "on 12 March 2025", "some", "more than ever"])
def test_what_says_no_number_or_several_is_refused(text: str) -> None:
    if text == "some":
        assert read_amount(text).vague
        return
    with pytest.raises(ValueError, match="number"):
        read_amount(text)


def test_a_change_has_no_bounds_until_the_count_at_the_other_time_is_known() -> None:
    doubled = read_amount("has doubled since 2019")
    assert (doubled.ratio, doubled.since, doubled.low, doubled.high) == (2.0, "2019", None, None)
    assert doubled.against(Amount(40, 50)) == Amount(80, 100, True)
    assert doubled.against(Amount(40, None)) is None


def test_vague_numbers_are_never_multiplied_without_their_bounds() -> None:
    assert read_amount("26").times(read_amount("a few thousand")) == Amount(52_000, 259_974, True)
    assert read_amount("26").times(read_amount("at least 100")) == Amount(2600, None, True)


@pytest.mark.parametrize("about", ["ca. 40", "an estimated 40", "estimated at 40", "rund 40", "бл. 40", "près de 40"])
def test_what_is_estimated_is_about_so_many(about: str) -> None:
    assert read_amount(about) == read_amount("about 40")


@pytest.mark.parametrize("exact", ["a total of 40", "total of 40", "x40", "reportedly 40", "exactly 40"])
def test_words_that_leave_the_number_as_it_is_are_passed_over(exact: str) -> None:
    assert read_amount(exact) == Amount(40, 40)


@given(st.integers(0, 10**7), st.sampled_from(["{}", "{:,}", "about {}", "at least {}", "up to {}", "{} men"]))
def test_the_number_that_is_written_lies_within_the_bounds(number: int, form: str) -> None:
    found = read_amount(form.format(number))
    assert found.low is None or found.low <= number
    assert found.high is None or found.high >= number


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("thirty-two shells", 32, 32), ("one hundred and five", 105, 105), ("about a hundred drones", 90, 110), ("three to five explosions", 3, 5),
        ("no fewer than forty-five", 45, None), ("over a hundred and twenty", 121, None), ("two thousand five hundred", 2500, 2500), ("half a dozen mortars", 6, 6),
        ("двадцать три", 23, 23), ("одна тысяча двести", 1200, 1200), ("полторы тысячи", 1500, 1500), ("около полутора десятков", 13, 17), ("не менее пятнадцати", 15, None),
        ("від трьох до п'яти", 3, 5), ("сорок два", 42, 42), ("півтори сотні", 150, 150), ("понад сто двадцять", 121, None), ("п’ятнадцять", 15, 15),
        ("quatre-vingt-douze", 92, 92), ("soixante et onze", 71, 71), ("deux cents", 200, 200), ("une vingtaine d'obus", 18, 22), ("plus d'une centaine", 91, None), ("vingt et un", 21, 21),
        ("treinta y dos", 32, 32), ("ciento cinco", 105, 105), ("entre tres y cinco", 3, 5), ("al menos veinte", 20, None),
        ("خمسة عشر", 15, 15), ("خمسة وعشرين", 25, 25), ("ما لا يقل عن ثلاثين", 30, None), ("200-plus", 200, None), ("2 hundred thousand", 200_000, 200_000),
    ],
)  # fmt: skip
def test_numbers_in_words_are_read_in_six_languages(text: str, low: int, high: int | None) -> None:
    found = read_amount(text)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize("text", ["one of them", "un obus", "per cent", "one once", "many", "one or another"])
def test_a_word_that_is_mostly_no_number_is_none_alone(text: str) -> None:
    with pytest.raises(ValueError, match="says no number"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("twenty 5", "20 5"), ("five six", "5 6"), ("seventy-five hundred", "75 hundred"), ("ten, twenty", "10, 20"), ("sixty seventy", "60 70"), ("one of two", "one of 2")],
)  # fmt: skip
def test_words_that_are_two_numbers_stay_two(text: str, digits: str) -> None:
    assert in_digits(text) == digits
