"""Whose side an official is on, where no word beside his name tells it: what his text tells, and never the place alone where two met."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.app.statements import read_statements

LAKE = Path(__file__).resolve().parents[1] / "bench" / "speech" / "probes" / "lake.yaml"


def sides(tmp_path: Path, text: str) -> set[tuple[str, str]]:
    """Who speaks in a short text, each with his side."""
    (tmp_path / "t.txt").write_text(text, encoding="utf-8")
    return {(s.speaker, s.side) for s in read_statements([tmp_path / "t.txt"], LAKE).statements}


@pytest.mark.parametrize(
    "text",
    [
        "Foreign Minister Omar Haddad reiterated Libya's firm opposition to an amnesty. Haddad wants a ceasefire first.",
        "Foreign Minister Omar Haddad said Libya will never accept an amnesty. Haddad wants a ceasefire first.",
        "TRIPOLI — Foreign Minister Omar Haddad said Libya would continue to reject an amnesty.",
    ],
)
def test_an_official_who_tells_a_states_stand_or_will_as_his_own_speaks_for_it(tmp_path: Path, text: str) -> None:
    assert ("Omar Haddad", "LY") in sides(tmp_path, text)


def test_an_official_who_tells_what_another_state_did_does_not_speak_for_it(tmp_path: Path) -> None:
    text = "Foreign Minister Omar Haddad said Libya had sent troops to the shore. Haddad wants a ceasefire first."
    assert ("Omar Haddad", "LY") not in sides(tmp_path, text)


def test_a_spokesman_without_a_name_is_he_who_is_named_in_the_next_paragraph(tmp_path: Path) -> None:
    text = "Libya's presidential spokesman ruled out an amnesty on Monday.\n\nSpokesman Idriss Adoum said a ceasefire needed guarantees."
    assert ("Idriss Adoum", "LY") in sides(tmp_path, text)


def test_a_dateline_of_two_cities_gives_the_host_no_government_of_a_party(tmp_path: Path) -> None:
    text = "TRIPOLI/NDJAMENA — The government will sign no amnesty, the government's spokesman said on Monday."
    assert {side for _, side in sides(tmp_path, text)} == {"TD"}


def test_what_is_named_before_a_colon_as_the_matter_speaks_not(tmp_path: Path) -> None:
    text = (
        'Ali Sougui of the Front spoke for an hour. On the amnesty: "We will not have it." On the army: "It may stay."'
    )
    assert not {"amnesty", "army", "On the amnesty", "On the army"} & {name for name, _ in sides(tmp_path, text)}


def test_an_interview_that_a_title_gives_to_a_minister_is_answered_by_him(tmp_path: Path) -> None:
    text = (
        "Без условий\n\nИнтервью министра обороны Чада Марка Зорича газете «Берег»\n\n"
        "— Когда начнётся перемирие?\n\n— Огонь на берегу мы прекратим завтра.\n\n"
        "— А амнистия?\n\n— Амнистии не будет, это решено.\n"
    )
    assert {side for _, side in sides(tmp_path, text)} == {"TD"}


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Ливийцы наотрез отказались от амнистии.", "LY"),
        ("Лівійці навідріз відмовилися від амністії.", "LY"),
        ("Норвежцы требуют прекратить огонь на берегу.", "NO"),
        ("Пакистанці вимагають припинити вогонь на березі.", "PK"),
    ],
)
def test_those_of_a_state_speak_for_it(tmp_path: Path, text: str, side: str) -> None:
    assert {side for _, side in sides(tmp_path, text)} == {side}


def test_one_man_of_a_state_speaks_for_nobody(tmp_path: Path) -> None:
    assert "LY" not in {side for _, side in sides(tmp_path, "Ливиец по имени Салем сказал, что амнистии не будет.")}


@pytest.mark.parametrize(
    "text",
    [
        "Глава делегации Фронта озера, заместитель командующего Салим Адум отверг амнистию.",
        "Голова делегації Фронту озера, заступник командувача Салім Адум відкинув амністію.",
    ],
)
def test_an_office_that_stands_before_another_tells_his_side_too(tmp_path: Path, text: str) -> None:
    assert {side for _, side in sides(tmp_path, text)} == {"LF"}


def test_who_is_told_to_be_a_sides_spokesman_speaks_for_it(tmp_path: Path) -> None:
    text = "Salim Adoum is spokesman of the Front. The weapons stay where they are, Adoum said on Friday."
    assert ("Salim Adoum", "LF") in sides(tmp_path, text)
    other = "Omar Haddad is not the spokesman of Libya. Haddad rejected an amnesty."
    assert ("Omar Haddad", "LY") not in sides(tmp_path, other)


@pytest.mark.parametrize(
    "text",
    [
        "TRIPOLI — Libya's president spoke first. The president of neighbouring Ruritania said the ceasefire was broken.",
        "TRIPOLI — Libya's foreign minister spoke first. The foreign minister of Ruritania said there would be no amnesty.",
    ],
)
def test_who_holds_an_office_of_a_country_that_is_not_known_is_nobody_of_a_side(tmp_path: Path, text: str) -> None:
    told = {side for name, side in sides(tmp_path, text) if "Ruritania" in name}
    assert told == {""}
