"""Who said what in the grammar of Ukrainian and Russian press copy: places that speak, objects before verbs, speakers in apposition, verbs alone, other scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.statements import StatementAnalysis
from servanda.statements.accusations import accusations
from servanda.statements.slavic import slavic_accusations

PROBES = Path(__file__).resolve().parents[1] / "bench" / "speech" / "probes"


def read(tmp_path: Path, text: str, agreement: str = "river") -> StatementAnalysis:
    """What a short text tells."""
    path = tmp_path / "t.txt"
    path.write_text(text, encoding="utf-8")
    return read_statements([path], PROBES / f"{agreement}.yaml")


def said(analysis: StatementAnalysis) -> list[tuple[str, str]]:
    """Who said what."""
    return [(s.speaker, s.content) for s in analysis.statements]


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("У МЗС Гаяни звинувачення відкинули.", "МЗС Гаяни", "звинувачення"),
        ("Берег обстріляли вночі, уточнили в ДСНС.", "ДСНС", "Берег обстріляли вночі"),
        ("Переправа закрыта, сообщили в «Росатоме».", "Росатоме", "Переправа закрыта"),
        (
            "У Каракасі, де про це дізналися з новин, запевнили, що берег порожній.",
            "Каракасі",
            "берег порожній",
        ),
        (
            "У Міноборони Венесуели мовчать не стали. Там звинуватили Гаяну в обстрілі берега.",
            "",
            "",
        ),
        ("Сам Каракас свою участь заперечує.", "Каракас", "свою участь"),
        (
            "Речник Гаяни Остап Рута причетність військових заперечив і переклав провину на Каракас.",
            "Остап Рута",
            "причетність військових",
        ),
        (
            "Министр Гайаны Марк Лотов, о котором идёт речь, обвинение отверг: «Я этих списков в глаза не видел».",
            "Марк Лотов",
            "Я этих списков в глаза не видел",
        ),
        ("«Ми нікого не бачили», — лише й сказала речниця Гаяни Ніна Сойко.", "Ніна Сойко", "Ми нікого не бачили"),
        (
            "«Отошли. Все», — написал в соцсети X советник президента Гайаны Лев Гром.",
            "Лев Гром",
            "Отошли. Все",
        ),
        (
            "Марко Сойко, голова дипломатії Гаяни, у Fox News повторив, що його країна військ не відведе.",
            "Марко Сойко",
            "його країна військ не відведе",
        ),
        (
            "Постпред Гаяни при міжнародних організаціях у Відні Лев Громик назвав заяву Каракаса істерикою.",
            "Лев Громик",
            "заяву Каракаса істерикою",
        ),
        (
            "Министр Венесуэлы Лев Гром сказал, что берег свободен. «Вы верите на слово», — упрекнула его сенатор Линда Крейн.",
            "Линда Крейн",
            "Вы верите на слово",
        ),
        ("МИД Гайаны выразил надежду на обмен пленными.", "МИД Гайаны", "надежду на обмен пленными"),
        ("Про готовність відвести війська повідомив Каракас.", "Каракас", "готовність відвести війська"),
        (
            "Москва, як розповів на умовах анонімності один із дипломатів, військ не відведе.",
            "один із дипломатів",
            "Москва військ не відведе",
        ),
        (
            "«Стороны близки к обмену» — так оценил ход встречи турецкий посредник.",
            "турецкий посредник",
            "Стороны близки к обмену",
        ),
        (
            "«Военные не стреляли», — говорится в сообщении, которое распространило министерство обороны Гайаны.",
            "министерство обороны Гайаны",
            "Военные не стреляли",
        ),
        (
            "Омбудсмен Гайаны Илья Берёза — о списках: в них 64 фамилии.",
            "Илья Берёза",
            "в них 64 фамилии",
        ),
        (
            "Источник «Вестника», близкий к правительству Гайаны, допустил, что удар был ошибкой. Он пояснил, что ракета потеряла цель.",
            "Источник «Вестника»",
            "ракета потеряла цель",
        ),
        (
            "Полковник Нгоро, который руководит патрулями миссии, подтвердил получение письма.",
            "Нгоро",
            "получение письма",
        ),
        (
            "Спостерігач місії, який попросив не називати його, розводить руками: протоколу він не бачив.",
            "Спостерігач місії",
            "протоколу він не бачив",
        ),
    ],
)
def test_a_speaker_is_found_where_press_copy_puts_him(tmp_path: Path, text: str, speaker: str, words: str) -> None:
    found = said(read(tmp_path, text))
    if speaker:
        assert (speaker, words) in found, found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            (
                "Уповноважений уряду Гаяни Сава Нечай каже, що в списках бракує тіл. Без них, додає, автобуси не рушать. "
                "«Це принцип», — твердить."
            ),
            ["в списках бракує тіл", "Без них автобуси не рушать", "Це принцип"],
        ),
        (
            "Заместитель министра Гайаны Герман Ястреб потребовал освободить берег. Замминистра добавил, что наблюдатели уведомлены.",
            ["освободить берег", "наблюдатели уведомлены"],
        ),
        (
            "Политолог Яна Рубцова считает, что Каракасу нужна передышка. «Два месяца», — говорит эксперт.",
            ["Каракасу нужна передышка", "Два месяца"],
        ),
    ],
)
def test_who_spoke_is_known_where_the_next_sentence_names_an_office_or_nobody(
    tmp_path: Path, text: str, wanted: list[str]
) -> None:
    analysis = read(tmp_path, text)
    assert [s.content for s in analysis.statements] == wanted
    assert len({s.speaker for s in analysis.statements}) == 1


def test_that_one_is_the_other_of_two(tmp_path: Path) -> None:
    text = (
        "Министр Гайаны Дев Персауд рассказал, что берег пуст. «Вы верите на слово», — упрекнула Персауда сенатор Линда Крейн. "
        "Тот возразил, что спутники на слово не верят."
    )
    assert ("Дев Персауд", "спутники на слово не верят") in said(read(tmp_path, text))


def test_a_woman_is_nobody_of_whom_only_men_were_told(tmp_path: Path) -> None:
    text = (
        "Полковник Гаяни Федір Баран каже, що берег порожній.\n\n"
        "Мешканка села, чию хату зачепило, не вірить нікому. «Стріляли звідти щоночі», — показує вона."
    )
    assert ("Федір Баран", "Стріляли звідти щоночі") not in said(read(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "МИД Гайаны от комментариев отказался.",
        "МИД Гайаны отказался от комментариев.",
        "Україна до перемир'я не приєдналася, бо вважає, що три дні замало.",
    ],
)
def test_who_declines_to_comment_has_said_nothing(tmp_path: Path, text: str) -> None:
    assert not [s for s in read(tmp_path, text).statements if "коммент" in s.content]


def test_a_place_that_no_dictionary_has_is_no_part_of_a_name(tmp_path: Path) -> None:
    text = "Министр обороны Орры Лев Гром заявил, что войска уйдут с берега. Глава Орры Ада Лис призвала к обмену пленными."
    assert {s.speaker for s in read(tmp_path, text).statements} == {"Лев Гром", "Ада Лис"}


def test_a_name_in_another_script_is_a_medium(tmp_path: Path) -> None:
    text = "Каракас готов отвести войска, пишет Jeune Afrique."
    assert "Jeune Afrique" not in {s.speaker for s in read(tmp_path, text).statements}


ENGLISH = "lake"


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ('"The road was mined," said Peter Wolde, of Lake Relief.', "Peter Wolde", '"The road was mined,"'),
        (
            '"If he walked it, he can sign for it," retorted Chad\'s minister, Helen Osei, who has refused an amnesty.',
            "Helen Osei",
            '"If he walked it, he can sign for it,"',
        ),
        (
            "Such a ceasefire, argue Chad's lawyers, is mentioned nowhere in the agreement.",
            "Chad's lawyers",
            "Such a ceasefire is mentioned nowhere in the agreement",
        ),
        (
            "But according to Helen Osei, who spoke to this newspaper by phone, the aid is stuck.",
            "Helen Osei",
            "the aid is stuck",
        ),
        (
            '"You cannot trust a ceasefire," Richard Hale was quoted as saying by Lakes Wire.',
            "Richard Hale",
            '"You cannot trust a ceasefire,"',
        ),
        ('"An amnesty takes time," was Richard Hale\'s comment.', "Richard Hale", '"An amnesty takes time,"'),
        (
            "Chad's version: the ceasefire was broken at dawn by the Front.",
            "Chad",
            "the ceasefire was broken at dawn by the Front",
        ),
        ("By Chad's account, the ceasefire was broken at dawn.", "Chad", "the ceasefire was broken at dawn"),
        (
            'In the words of Richard Hale, the ceasefire is "a paper umbrella".',
            "Richard Hale",
            'the ceasefire is "a paper umbrella"',
        ),
        ("Chad State Department: the aid has gone through.", "Chad State Department", "the aid has gone through."),
        (
            "A source close to the Chadian team tells us prisoners of the ceasefire are the sticking point.",
            "source close to the Chadian team",
            "prisoners of the ceasefire are the sticking point",
        ),
        (
            'Richard Hale says the ceasefire is over.\n\nHis words: "First the aid, then the amnesty."',
            "Richard Hale",
            '"First the aid, then the amnesty."',
        ),
        (
            "Chad has let the aid through.\n\nWith respect,\nAline Turo\nSpokeswoman of Chad",
            "Aline Turo, Spokeswoman of Chad",
            "Chad has let the aid through.",
        ),
    ],
)
def test_english_press_copy_has_its_speaker(tmp_path: Path, text: str, speaker: str, words: str) -> None:
    assert (speaker, words) in said(read(tmp_path, text, ENGLISH))


@pytest.mark.parametrize(
    ("text", "not_speaker"),
    [
        ("Richard Hale was critical of its finding that both sides had broken the ceasefire.", "Richard Hale"),
        ('Chad\'s minister was firm. "They broke the ceasefire, and then they denied it," Helen Osei said.', "Chad"),
    ],
)
def test_a_finding_or_a_they_in_a_quotation_is_nobodys_of_the_sentence(
    tmp_path: Path, text: str, not_speaker: str
) -> None:
    assert not_speaker not in {s.speaker for s in read(tmp_path, text, ENGLISH).statements}


@pytest.mark.parametrize(
    ("heading", "text", "agreement", "wanted"),
    [
        (
            "МЗС Гаяни: військ на березі немає",
            "Про це міністр сказав у неділю.",
            "river",
            ("МЗС Гаяни", "військ на березі немає"),
        ),
        ("Каракас требует обмена пленными", "Переговоры идут третий день.", "river", ("Каракас", "обмена пленными")),
        (
            "Chad rejects an amnesty for the rebels",
            "The talks went on for a third day.",
            "lake",
            ("Chad", "an amnesty for the rebels"),
        ),
    ],
)
def test_a_heading_tells_who_said_what(
    tmp_path: Path, heading: str, text: str, agreement: str, wanted: tuple[str, str]
) -> None:
    assert wanted in said(read(tmp_path, f"{heading}\n\n{text}", agreement))


@pytest.mark.parametrize(
    ("text", "agreement"),
    [
        ("Переговоры идут третий день.\n\nЧитайте также\n\nКаракас требует обмена пленными", "river"),
        ("Chad Rejects An Amnesty\n\nThe talks went on for a third day.", "lake"),
        ("The talks went on for a third day.\n\nChad rejects an amnesty", "lake"),
    ],
)
def test_what_stands_behind_an_article_or_in_capitals_is_no_heading_of_it(
    tmp_path: Path, text: str, agreement: str
) -> None:
    assert read(tmp_path, text, agreement).statements == ()


def test_a_heading_makes_no_report_of_a_deed(tmp_path: Path) -> None:
    body = "The Front accused Chad on Monday of shelling Bol."
    one = read(tmp_path, body, "lake")
    two = read(tmp_path, f"The Front accuses Chad of shelling Bol\n\n{body}", "lake")
    assert len(two.statements) == len(one.statements) + 1
    assert len(accusations(two.documents[0], two.statements, two.people)) == len(
        accusations(one.documents[0], one.statements, one.people)
    )


@pytest.mark.parametrize(
    ("text", "side", "words"),
    [
        ("Guyana's position remains that Venezuela must withdraw its troops.", "GY", "that Venezuela must withdraw"),
        ("It is still the view of Guyana that the crossing has to open.", "GY", "that the crossing has to open"),
        ("The mission received a complaint from Guyana that Venezuela had shelled it.", "GY", "that Venezuela had"),
    ],
)
def test_what_a_side_holds_or_complains_of_is_its_words(tmp_path: Path, text: str, side: str, words: str) -> None:
    assert [(s.side, s.content[: len(words)]) for s in read(tmp_path, text).statements] == [(side, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Guyana's position is not that Venezuela must withdraw its troops.",
        "The army is near the line of the river that Guyana holds.",
        "The mission never received a complaint from Guyana that Venezuela had shelled it.",
        "Nobody had received a complaint from Guyana that Venezuela had shelled it.",
        "Guyana's position is so weak that its troops must withdraw.",
        "It was in view of Guyana that the ship sank.",
        "It is hardly the view of Guyana that prisoners should be released.",
        "Guyana will not lay the blame on Venezuela for the attack on Lethem.",
    ],
)
def test_what_nobody_holds_and_nobody_received_is_nobodys_words(tmp_path: Path, text: str) -> None:
    assert not read(tmp_path, text).statements


@pytest.mark.parametrize(
    "text",
    [
        "Гайана требует, чтобы Венесуэла отвела войска. «В противном случае мы не освободим пленных», — заявил министр Гайаны Марк Лотов.",
        "Гаяна вимагає, щоб Венесуела відвела війська. «Інакше ми не звільнимо полонених», — заявив міністр Гаяни Марк Лотов.",
        "Guyana demands that Venezuela withdraw. \"Otherwise we will not free any prisoners of war,\" said Guyana's minister Mark Lott.",
    ],
)  # fmt: skip
def test_what_is_refused_otherwise_waits_for_what_was_asked_before(tmp_path: Path, text: str) -> None:
    stands = {(c.side, c.term, c.stance) for c in read(tmp_path, text).stands}
    assert ("GY", "prisoners", "condition") in stands
    assert not stands & {("GY", "prisoners", stance) for stance in ("rejects", "announces")}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ru", "Гайана возложила вину на армию Венесуэлы. Армия свою причастность отрицает."),
        ("uk", "Гаяна поклала провину на армію Венесуели. Армія свою причетність заперечує."),
        ("ru", "Береговая охрана Гайаны сообщила, что войска Венесуэлы обстреляли берег. В Каракасе это назвали выдумкой."),
    ],
)  # fmt: skip
def test_an_army_named_before_with_its_side_denies_for_that_side(tmp_path: Path, code: str, text: str) -> None:
    analysis = read(tmp_path, text)
    found = slavic_accusations(analysis.documents[0], analysis.statements, code, analysis.people.words)
    assert [(a.statement.side, a.kind, a.of) for a in found] == [("GY", "accuses", "VE"), ("VE", "denies", "VE")]


def test_otherwise_speaking_is_no_condition_and_before_makes_one_of_what_waits(tmp_path: Path) -> None:
    said = [
        ("«Иначе говоря, мы освободим пленных», — заявил министр Гайаны Марк Лотов.", "announces"),
        ("«Інакше кажучи, ми звільнимо полонених», — заявив міністр Гаяни Марк Лотов.", "announces"),
        ("Venezuela must withdraw before any prisoner is released, said Guyana's minister Mark Lott.", "condition"),
    ]
    for n, (text, stance) in enumerate(said):
        (tmp_path / str(n)).mkdir()
        stands = {(c.side, c.term): c.stance for c in read(tmp_path / str(n), text).stands}
        assert stands["GY", "prisoners"] == stance
