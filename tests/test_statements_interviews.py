"""Whose words they are where no word of saying stands beside them: interviews without labels, statements under a title, a state whose name two parties have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from servanda.statements.topics import pattern
from servanda.values.gazetteer import gazetteer
from tests.test_statements_press import cells, read

ENGLISH = """The man of the islands

Moussa Saleh, the Front's commander, met us on a boat.

Do you ask for an amnesty?

I demand an amnesty for all my men.

Why not for Chad's soldiers?

We never asked for that.

And what of aid to the islands?

{}
"""
RUSSIAN = """Разговор с министром Гайаны Робертом Джеймсом

Мы встретились у реки.

Вы откроете пункт пропуска?

Мы откроем пункт пропуска в понедельник.

А наблюдатели?

Я требую, чтобы наблюдатели приехали завтра.

Что с обменом пленными?

Обмен пленными мы предлагаем давно.
"""
UKRAINIAN = """Дорін Маквей: «Річка нас не розділить»

Міністерка Гаяни — про пункт пропуску.

— Відкриєте пункт пропуску?

— Так, ми відкриємо пункт пропуску в понеділок.

— Сусіди хочуть спостерігачів.

— Спостерігачів ми не приймемо.
"""


def test_the_answers_of_an_interview_without_labels_are_of_whom_it_is_with(tmp_path: Path) -> None:
    told = read(tmp_path, ENGLISH.format("We accept aid from anybody."))
    own = {s.content: (s.speaker, s.side) for s in told.statements if s.direct}
    assert own["I demand an amnesty for all my men."] == ("Moussa Saleh", "LF")
    assert not any(words.endswith("?") for words in own)
    assert "LF amnesty demands" in cells(told)


def test_questions_of_a_guide_for_readers_make_no_interview(tmp_path: Path) -> None:
    text = ENGLISH.replace("I demand an amnesty for all my", "They demand an amnesty for all").replace(
        "We never", "They never"
    )
    told = read(tmp_path, text.format("Lorries with aid wait on the shore."))
    assert not any(s.direct for s in told.statements)


def test_an_interview_in_russian_without_labels_is_read(tmp_path: Path) -> None:
    told = read(tmp_path, RUSSIAN, agreement="river")
    assert {(s.speaker, s.side) for s in told.statements if s.direct} == {("Роберт Джеймс", "GY")}
    assert {"GY observers demands", "GY crossing announces"} <= cells(told)


def test_a_foreign_name_alone_before_the_quotation_of_a_title_is_whom_the_interview_is_with(tmp_path: Path) -> None:
    told = read(tmp_path, UKRAINIAN, agreement="river")
    assert "Дорін Маквей" in {s.speaker for s in told.statements}


def test_a_statement_is_of_the_organ_that_its_title_names(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "Statement by the Government of Chad\nN'Djamena, 2 April\n\nAll aid must reach the islands at once.\n\nThe ceasefire is being kept by our army.",
    )
    assert {(s.speaker, s.side) for s in told.statements} == {("Government of Chad", "TD")}


def test_a_state_whose_name_two_parties_have_is_its_government(tmp_path: Path) -> None:
    agreement = {
        "agreement": "hills",
        "title": "Truce in the hills",
        "timezone": "Africa/Khartoum",
        "parties": {"GOV": "Government of Niger", "MFN": "Movement of the Free in Niger"},
        "terms": {"mines": {"text": "Minefields are cleared.", "require": {"act": "mine_clearance"}, "binds": "GOV"}},
    }
    (tmp_path / "hills.yaml").write_text(yaml.safe_dump(agreement), encoding="utf-8")
    from servanda.app.statements import read_statements

    (tmp_path / "a.txt").write_text("Niger promised to clear the minefields in May.", encoding="utf-8")
    told = read_statements([tmp_path / "a.txt"], tmp_path / "hills.yaml")
    assert {s.side for s in told.statements} == {"GOV"}


@pytest.mark.parametrize(
    ("text", "agreement", "wanted"),
    [
        ("Libya offered aid to the islands. Chad says yes.", "lake", {"LY aid offers", "TD aid accepts"}),
        ("Libya backed the call for an amnesty.", "lake", {"LY amnesty demands"}),
        ("Венесуэла поддержала требование открыть пункт пропуска.", "river", {"VE crossing demands"}),
        ("Венесуела підтримала вимогу відкрити пункт пропуску.", "river", {"VE crossing demands"}),
        ("По данным миссии наблюдателей, от берега ушли 23 орудия.", "river", set()),
        ("За даними місії спостерігачів, від берега відійшли 23 гармати.", "river", set()),
    ],
)
def test_yes_support_of_a_demand_and_data_are_read(tmp_path: Path, text: str, agreement: str, wanted: set[str]) -> None:
    assert cells(read(tmp_path, text, agreement=agreement)) == wanted


def test_finer_matters_have_many_words_in_every_language() -> None:
    finer = gazetteer("thesaurus.yaml")["finer"]
    assert [m for m, about in finer.items() if min(len(about["ru"]), len(about["uk"])) < 5] == []


ORDINARY = "министр министерство минута полковник почти постоянно поставить заставить стадия водить судьба тронуть дорогой деньги міністр мовляв мовчати полковник постійно стадія водити міністерство заставити"


@pytest.mark.parametrize("word", ORDINARY.split())
def test_no_stem_of_a_finer_matter_holds_an_ordinary_word(word: str) -> None:
    finer = gazetteer("thesaurus.yaml")["finer"]
    found = [m for m, about in finer.items() if re.search(pattern([*about["ru"], *about["uk"]]), word)]
    assert found == []
