"""Times that come twice, and names that run the other way, read as they are meant on every page and paper."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from servanda.briefs.model import Name, Span
from servanda.briefs.words import words_of
from servanda.wording import alone, short_instant, which_of_two

KYIV = ZoneInfo("Europe/Kyiv")


def test_an_hour_that_comes_twice_says_which_of_both_it_is() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert short_instant(first, KYIV) == "25 Oct 2026 03:30 UTC+3"
    assert short_instant(second, KYIV) == "25 Oct 2026 03:30 UTC+2"
    for hour in (23, 24 + 2):
        moment = datetime(2026, 10, 24 + hour // 24, hour % 24, 30, tzinfo=UTC)
        assert "UTC" not in short_instant(moment, KYIV)
    assert (
        which_of_two(datetime(2026, 4, 4, 15, 15, tzinfo=UTC).astimezone(ZoneInfo("Australia/Lord_Howe")))
        == " UTC+10:30"
    )


@pytest.mark.parametrize("language", ["en", "uk", "ru", "fr", "es", "ar"])
def test_a_paper_tells_both_hours_apart_in_every_language(language: str) -> None:
    said = words_of(language, KYIV)
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert said.say(first) != said.say(second)
    assert "UTC+3" in said.say(Span(first, second))
    assert "UTC+2" in said.say(Span(first, second))


def test_a_name_that_runs_the_other_way_keeps_the_date_beside_it_in_order() -> None:
    english, arabic = words_of("en", KYIV), words_of("ar", KYIV)
    assert english.say(Name("الميناء 24")) == "\u2068الميناء 24\u2069"
    assert english.say(Name("Kapitänshafen")) == "Kapitänshafen"
    assert arabic.say(Name("Mill")) == "\u2068Mill\u2069"
    assert alone("", right_to_left=True) == ""
