"""Stands as the press tells them: who holds what by a noun, what is called a trick, what was held once, what is only waited for; and one interview in several languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.statements import StatementAnalysis

PROBES = Path(__file__).resolve().parents[1] / "bench" / "speech" / "probes"


def read(tmp_path: Path, *texts: str, agreement: str = "lake") -> StatementAnalysis:
    """What some short texts tell."""
    paths = [tmp_path / f"t{n}.txt" for n in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return read_statements(paths, PROBES / f"{agreement}.yaml")


def cells(analysis: StatementAnalysis) -> set[str]:
    """Side, term and stance of every cell."""
    return {f"{c.side} {c.term} {c.stance}" for c in analysis.stands if c.side and c.stance != "speaks of"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Chad rejected the Front's offer of a ceasefire.", {"TD ceasefire rejects", "LF ceasefire offers"}),
        (
            "Chad on Tuesday brushed aside a Libyan call to let aid through to the islands.",
            {"TD aid rejects", "LY aid demands"},
        ),
        ("Chad says no to an amnesty.", {"TD amnesty rejects"}),
        ("Chad stands by the ceasefire.", {"TD ceasefire accepts"}),
        ("For Chad, an amnesty is a red line.", {"TD amnesty rejects"}),
        ("The Front's demands are well known: an amnesty for its men.", {"LF amnesty demands"}),
        ("Chad initially rejected an amnesty, but agreed to it on Friday.", {"TD amnesty accepts"}),
        ("The Front, which had long opposed a ceasefire, came round on Monday.", set()),
        ("Ali Sougui of the Front said reports that Chad had accepted the ceasefire were premature.", set()),
        ("Chad's minister slapped down claims he had ordered the guns to cease fire.", set()),
        ("The WHO said it had been unable to bring aid to the islands.", set()),
        ("The African Union's envoy, for her part, urged an amnesty for all fighters.", {"AU amnesty demands"}),
    ],
)
def test_a_stand_in_english_is_read_as_the_press_tells_it(tmp_path: Path, text: str, wanted: set[str]) -> None:
    assert cells(read(tmp_path, text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("В МИД Венесуэлы опровергли сообщения о том, что Каракас отказался от обмена пленными.", set()),
        ("У МЗС Венесуели спростували повідомлення про те, що Каракас відмовився від обміну полоненими.", set()),
        (
            "Венесуэла требовала открыть пункт пропуска, но Гайана от этого отказывается.",
            {"VE crossing demands", "GY crossing rejects"},
        ),
        ("Наблюдатели для нас — красная линия, сообщил источник в правительстве Гайаны.", {"GY observers rejects"}),
        ("Спостерігачі для нас — червона лінія, повідомило джерело в уряді Гаяни.", {"GY observers rejects"}),
        ("Гаяна назвала фейком повідомлення про те, що її військові відкрили вогонь.", {"GY ceasefire denies"}),
        ("«Якби ми були проти обміну полоненими, ми б його не пропонували», — сказав міністр Гаяни.", set()),
        ("Миссия наблюдателей призвала обе армии отойти от берега.", {"OM withdrawal demands"}),
    ],
)
def test_a_stand_in_russian_and_ukrainian_is_read_as_the_press_tells_it(
    tmp_path: Path, text: str, wanted: set[str]
) -> None:
    assert cells(read(tmp_path, text, agreement="river")) == wanted


def test_an_interview_that_three_languages_tell_is_one_occasion(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "3 March 2031\n\nGuyana's minister Dev Persaud told state television that Guyana rejected an exchange of prisoners.",
        "3 марта 2031\n\nМинистр обороны Гайаны Дев Персауд заявил, что Гайана отвергает обмен пленными.",
        "3 березня 2031\n\nМіністр оборони Гаяни Дев Персауд заявив, що Гаяна відкидає обмін полоненими.",
        agreement="river",
    )
    assert [(o.hearer, len(o.documents)) for o in told.aligned.occasions if o.speaker == "Dev Persaud"] == [
        ("state television", 3)
    ]


def test_two_of_one_surname_on_one_side_are_not_joined_over_scripts_where_their_first_names_differ(
    tmp_path: Path,
) -> None:
    told = read(
        tmp_path,
        "3 March 2031\n\nGuyana's minister Dev Persaud told state television that Guyana rejected an exchange of prisoners.",
        "3 марта 2031\n\nМинистр обороны Гайаны Арджун Персауд заявил, что Гайана отвергает обмен пленными.",
        agreement="river",
    )
    assert {o.speaker for o in told.aligned.occasions} == {"Dev Persaud", "Арджун Персауд"}


def test_what_is_missing_before_the_last_word_of_a_quotation_is_told(tmp_path: Path) -> None:
    whole = (
        '3 March 2031\n\nDev Persaud of Guyana told state television it was "prepared to free every single captive".'
    )
    told = read(tmp_path, whole, whole.replace("Dev", "Minister Dev"), whole.replace("single ", ""), agreement="river")
    assert [(c.kind, c.text) for c in told.aligned.changes] == [("cut", "quotes without “single”, which others have")]


def said(analysis: StatementAnalysis) -> set[tuple[str, str]]:
    """Who said what, with which verb."""
    return {(s.speaker, s.verb) for s in analysis.statements}


@pytest.mark.parametrize(
    ("text", "agreement", "spoken"),
    [
        (
            (
                'Dr Olav Brekke, the African Union\'s chair, urges Chad to let aid through. "Sand has no flag," he says.\n\n'
                "Correction: we wrote at 13:20 that Moussa Deby, Chad's minister, had agreed to an amnesty. He did not."
            ),
            "lake",
            {("Olav Brekke", "urge"), ("Olav Brekke", "say")},
        ),
        (
            (
                "16:40 Міністр Гаяни Том Лі закликає відкрити пункт пропуску.\n\n"
                "16:05 Виправлення. О 15:50 ми написали, що міністр Гаяни Том Лі відмовився від обміну полоненими. Насправді ні."
            ),
            "river",
            {("Том Лі", "закликати")},
        ),
    ],
)
def test_what_a_live_blog_tells_that_it_wrote_before_is_said_by_nobody(
    tmp_path: Path, text: str, agreement: str, spoken: set[tuple[str, str]]
) -> None:
    assert said(read(tmp_path, text, agreement=agreement)) == spoken


def test_words_of_a_friend_are_not_his_whose_friend_he_is(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "A pal of Deby claimed Chad would grant an amnesty tomorrow. Moussa Deby is Chad's minister.",
    )
    assert not any("Deby" in s.speaker for s in told.statements)
    assert not cells(told)


def test_a_verb_behind_cannot_has_no_speaker_called_cannot(tmp_path: Path) -> None:
    told = read(tmp_path, '"The brigadier cannot read a map of the aid route," said Moussa Deby, Chad\'s minister.')
    assert {s.speaker for s in told.statements} == {"Moussa Deby"}


def test_he_behind_a_quotation_is_not_whom_it_speaks_of(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        '"They gave us maps of the aid route," said Brigadier Adel Mufarrih of Chad.\n\n'
        'Front negotiator Yahya Saleh was not amused. "The brigadier reads no map of the aid route," he said.',
    )
    assert [s.speaker for s in told.statements if s.verb == "say"] == ["Adel Mufarrih", "Yahya Saleh"]


def test_who_tells_what_another_promised_has_promised_nothing(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "Colonel Tahir of Chad told Corvex that al-Shami of the Front had promised an amnesty.",
    )
    assert not any(cell.startswith("TD") for cell in cells(told))


def test_an_answer_with_we_is_not_given_to_the_side_that_it_names(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "— Господин генерал, Каракас заявляет, что ваши солдаты не отошли от берега. Это правда?\n\n"
        "— Каракас много чего заявляет. Мы отойдём, когда отойдут они.\n\nИнтервью с генералом Гайаны Томом Ли.",
        agreement="river",
    )
    assert not any("отойдём" in s.content for s in told.statements)


def test_who_blasts_a_ban_that_is_called_a_sides_is_not_of_that_side(tmp_path: Path) -> None:
    told = read(tmp_path, 'Rebel chief Moussa Saleh last night BLASTED Chad\'s "cruel" amnesty.')
    assert "TD" not in {s.side for s in told.statements}


@pytest.mark.parametrize(
    ("text", "agreement", "wanted"),
    [
        ("Chad wants the amnesty scrapped.", "lake", {"TD amnesty rejects"}),
        ("Libya rejects attempts to block aid.", "lake", set()),
        ("Libya published the list of aid goods, and Chad rejects any attempt to shorten it.", "lake", set()),
        (
            (
                '"They gave us tourist maps of the aid route," said Moussa Deby, Chad\'s minister. '
                "Front negotiator Yahya Ali dismissed the remark."
            ),
            "lake",
            set(),
        ),
        ("У Венесуелі наполягають: припинення вогню порушила Гаяна.", "river", set()),
        ("В Венесуэле настаивают: перемирие нарушила Гайана.", "river", set()),
        ("Гаяна наполягає, щоб Венесуела відкрила пункт пропуску.", "river", {"GY crossing demands"}),
    ],
)
def test_no_stand_is_turned_round(tmp_path: Path, text: str, agreement: str, wanted: set[str]) -> None:
    assert cells(read(tmp_path, text, agreement=agreement)) == wanted
