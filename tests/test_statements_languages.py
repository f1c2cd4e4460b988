"""Who said what in Russian and Ukrainian; which language a text is in; what cannot be read is told first."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.cli.main import main
from servanda.statements import Statement, language_of, reading
from servanda.statements.documents import documents_of
from servanda.statements.languages import languages_of
from servanda.statements.slavic import available
from servanda.values.gazetteer import gazetteer

AGREEMENT = """
agreement: river-truce
title: Truce on the river
timezone: UTC
parties: {RU: Russian Federation, UA: Ukraine, MA: Marshland armed formations}
names: {MA: [Marshland, Болотия, Болотія]}
places:
  plain: {polygon: [[50, 10], [51, 10], [51, 11], [50, 11]]}
terms:
  truce: {text: A ceasefire of thirty days., forbid: {act: attack, in: plain}, binds: [RU, UA]}
  prisoners: {text: All prisoners are exchanged., unverifiable: when is not told}
  elections: {text: Local elections are held., unverifiable: when is not told}
"""
ARABIC = "قال الوزير إن الهدنة لن تمدد بعد يوم الجمعة في المدينة. وأضاف أن القوات لن تنسحب قبل نهاية الشهر."
FRENCH = "Le ministre a déclaré que la trêve ne sera pas prolongée et que les troupes restent dans la plaine."
needs_dictionaries = pytest.mark.skipif(
    not (available("ru") and available("uk")), reason="servanda[speech] is not installed"
)


def told(tmp_path: Path, text: str, name: str = "article") -> tuple[Statement, ...]:
    (tmp_path / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return read_statements([tmp_path / f"{name}.txt"], tmp_path / "agreement.yaml").statements


def who(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    return [(s.speaker, s.side, s.content) for s in told(tmp_path, text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The minister said that the truce will not be prolonged and that the troops are to stay.", "en"),
        ("Northland accused Southmark of shelling a hospital, a claim Southmark called a lie.", "en"),
        ("Министр сообщил, что перемирие не будет продлено и что войска останутся на рубежах.", "ru"),
        ("Міністр повідомив, що перемир'я не буде продовжено і що війська залишаться на рубежах.", "uk"),
        ("Прэзідэнт заявіў, што перамір'е будзе працягнута, калі ўсе бакі пагодзяцца.", "be"),
        ("Президентът заяви, че примирието ще бъде удължено, ако всички страни са съгласни.", "bg"),
        (FRENCH, "fr"),
        ("Der Minister sagte, dass der Waffenstillstand nicht verlängert wird.", "de"),
        (ARABIC, "ar"),
        ("אמר השר כי הפסקת האש לא תוארך", "he"),
        ("停火將延長三十天,總統說。", "zh"),
        ("Да.", ""),
        ("", ""),
        ("12.30 – 14.45, 100%", ""),
    ],
)
def test_the_language_of_a_text_is_told_by_its_script_letters_and_small_words(text: str, code: str) -> None:
    language = language_of(text)
    assert language.code == code
    assert 0 <= language.sure <= 1


def test_the_tables_of_both_languages_have_the_same_parts_and_no_word_twice_in_two_stances() -> None:
    one, other = gazetteer("speech/ru.yaml"), gazetteer("speech/uk.yaml")
    assert set(one) == set(other)
    for table in (one, other):
        stances = [w for kind, words in table["verbs"].items() if kind != "says" for w in words.split()]
        assert len(stances) == len(set(stances))


def test_every_matter_of_the_thesaurus_has_words_in_both_languages() -> None:
    assert [m for m, about in gazetteer("thesaurus.yaml")["matters"].items() if not (about["ru"] and about["uk"])] == []


@needs_dictionaries
def test_a_place_in_a_term_is_known_in_its_own_letters(tmp_path: Path) -> None:
    agreement = AGREEMENT.replace(
        "  elections:", "  out_of_petrivske: {text: No forces are in Petrivske., unverifiable: so}\n  elections:"
    )
    (tmp_path / "agreement.yaml").write_text(agreement, encoding="utf-8")
    for n, text in enumerate(
        (
            "Президент Украины заявил, что в Петровском не осталось ни одного солдата.",
            "Президент України заявив, що в Петрівському не лишилося жодного солдата.",
        )
    ):
        (tmp_path / f"{n}.txt").write_text(text, encoding="utf-8")
        (statement,) = read_statements([tmp_path / f"{n}.txt"], tmp_path / "agreement.yaml").statements
        assert "out_of_petrivske" in dict(statement.stances)


def test_what_cannot_be_read_is_said_in_the_first_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.txt").write_text(ARABIC, encoding="utf-8")
    assert main(["statements", str(tmp_path / "paper.txt"), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "1 article not read (Arabic is not read): paper."
    (row,) = csv.DictReader((tmp_path / "out" / "documents.csv").read_text("utf-8").splitlines())
    assert (row["language"], row["not_read"]) == ("ar", "Arabic is not read")
    assert "Not everything was read" in (tmp_path / "out" / "statements.html").read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "Suomen ulkoministeri sanoi maanantaina, että hallitus ei hyväksy tarkkailijoita rajalle ennen kuin tulitauko on voimassa.",
        "Waziri alisema Jumatatu kwamba serikali haitakubali waangalizi mpakani kabla ya usitishaji vita kuanza.",
        "Министр дүйсенбі күні үкімет шекарадағы бақылаушыларды атысты тоқтату басталғанға дейін қабылдамайтынын айтты.",
    ],
    ids=["Finnish", "Swahili", "Kazakh"],
)
def test_a_language_that_is_not_known_here_is_not_taken_for_one_that_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "paper.txt").write_text(text, encoding="utf-8")
    assert main(["statements", str(tmp_path / "paper.txt")]) == 0
    told = capsys.readouterr().out.splitlines()[0]
    assert told == "1 article not read (a language that is not recognised is not read): paper."


def test_without_its_package_russian_is_told_as_not_read_and_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "available", lambda code: False)
    (tmp_path / "ru.txt").write_text(
        "Министр сообщил, что перемирие не будет продлено ни на один день.", encoding="utf-8"
    )
    analysis = read_statements([tmp_path / "ru.txt"])
    assert analysis.statements == ()
    assert "pip install 'servanda[speech]'" in analysis.not_read()


def test_paragraphs_in_another_language_are_read_or_told_apart() -> None:
    english = "The minister said that the truce will not be prolonged and that the troops are to stay on the line."
    (document,) = documents_of("mixed", f"{english}\n{FRENCH}\n{english.replace('truce', 'ceasefire')}")
    found = languages_of(document)
    assert (found.main.code, found.others) == ("en", ["fr"])
    assert [document.text[slice(*span)] for span in found.paragraphs["fr"]] == [FRENCH]


@needs_dictionaries
@pytest.mark.parametrize(
    ("text", "speaker", "side", "content"),
    [
        ("Министр обороны России Олег Ветров заявил, что перемирие закончится в полночь.", "Олег Ветров", "RU", "перемирие закончится в полночь"),
        ("«Перемирие закончится в полночь», — сказал президент Украины Павло Гай.", "Павло Гай", "UA", "Перемирие закончится в полночь"),
        ("«Мы подписали, — сказала посол Украины Анна Левченко, — и мы исполним это».", "Анна Левченко", "UA", "Мы подписали и мы исполним это"),
        ("По словам советника президента России Олега Ветрова, пленных обменяют в субботу.", "Олег Ветров", "RU", "пленных обменяют в субботу"),
        ("Как заявил пресс-секретарь Кремля Олег Ветров, пленных обменяют в субботу.", "Олег Ветров", "RU", "пленных обменяют в субботу"),
        ("Перемирие, сообщил в среду представитель Болотии Фёдор Тростников, будет продлено.", "Фёдор Тростников", "MA", "Перемирие будет продлено"),
        ("В Киеве обвинение отвергли. Украина требует обмена всех пленных.", "Киеве", "UA", "обвинение"),
        ("Полонених обміняють у суботу, повідомив речник уряду України Павло Гай.", "Павло Гай", "UA", "Полонених обміняють у суботу"),
        ("За словами міністра оборони Росії Олега Вєтрова, перемир'я скінчиться опівночі.", "Олег Вєтров", "RU", "перемир'я скінчиться опівночі"),
        ("«Тиша скінчиться опівночі», — наголосив представник Болотії Федір Очеретько.", "Федір Очеретько", "MA", "Тиша скінчиться опівночі"),
    ],
)  # fmt: skip
def test_an_attribution_has_its_speaker_side_and_words(
    tmp_path: Path, text: str, speaker: str, side: str, content: str
) -> None:
    found = who(tmp_path, text)
    assert (speaker, side, content) in [(name.removeprefix("В "), s, c) for name, s, c in found]


@needs_dictionaries
@pytest.mark.parametrize(
    "text",
    [
        "Олег Ветров никогда не говорил, что перемирие закончится.",
        "Министр обороны России не сообщал, что пленных обменяют в субботу.",
        "Если президент Украины заявит, что перемирие сорвано, переговоры закончатся.",
        "Министр отказался комментировать сообщения о перемирии.",
        "Речник уряду України не казав, що полонених обміняють.",
        "Якби міністр заявив, що перемир'я зірвано, переговори скінчилися б.",
        "Газета «Заря» сообщила, что перемирие закончится в полночь.",
        "Погода в Киеве была прекрасной, перемирие длилось третий день.",
    ],
)
def test_no_words_are_put_into_a_mouth(tmp_path: Path, text: str) -> None:
    assert who(tmp_path, text) == []


@needs_dictionaries
@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Украина требует обмена всех пленных, заявил президент Украины Павло Гай.", "demands"),
        ("Президент Украины отверг обмен пленных.", "rejects"),
        ("Президент Украины не поддержал обмен пленных.", "rejects"),
        ("Президент Украины предложил обмен всех пленных.", "offers"),
        ("Министр обороны России согласился на обмен пленных.", "accepts"),
        ("Министр обороны России пообещал, что пленных вернут.", "announces"),
        ("Министр обороны России заявил, что обмен пленных возможен, если Украина проведёт выборы.", "condition"),
        ("Президент України вимагає обміну всіх полонених.", "demands"),
        ("Міністр оборони Росії відкинув обмін полонених.", "rejects"),
        ("Президент України запропонував обмін полонених.", "offers"),
        ("Міністр оборони Росії погодився на обмін полонених.", "accepts"),
    ],
)
def test_a_stance_is_read_from_the_verb_and_the_words(tmp_path: Path, text: str, stance: str) -> None:
    stances = [dict(s.stances).get("prisoners") for s in told(tmp_path, text)]
    assert stance in stances


@needs_dictionaries
def test_what_a_condition_waits_for_is_demanded(tmp_path: Path) -> None:
    text = "Министр обороны России заявил, что обмен пленных возможен, если Украина проведёт выборы."
    (statement,) = told(tmp_path, text)
    assert dict(statement.stances) == {"prisoners": "condition", "elections": "demands"}


@needs_dictionaries
def test_he_and_she_are_who_was_named_as_a_subject_before(tmp_path: Path) -> None:
    text = (
        "Министр обороны России Олег Ветров встретил посла. Он сказал, что пленных обменяют.\n"
        "Посол Украины Анна Левченко выслушала его. «Перемирие закончится», — ответила она."
    )
    assert [(n, s) for n, s, _ in who(tmp_path, text)] == [("Олег Ветров", "RU"), ("Анна Левченко", "UA")]


@needs_dictionaries
def test_two_states_that_speak_together_have_two_sides(tmp_path: Path) -> None:
    ((_, side, _),) = who(tmp_path, "Россия и Украина предложили обмен всех пленных.")
    assert side == "RU; UA"


@needs_dictionaries
def test_an_interview_with_dashes_gives_the_answers_to_the_one_it_is_with(tmp_path: Path) -> None:
    text = (
        "Интервью с Анной Левченко\n"
        "Посол Украины приняла нас в Вене в годовщину подписания соглашения.\n"
        "— Когда обменяют пленных?\n— Всех пленных обменяют до зимы, мы на этом настаиваем.\n"
        "— А перемирие?\n— Перемирие мы соблюдаем с первого часа до последнего."
    )
    found = told(tmp_path, text)
    assert {(s.speaker, s.side) for s in found} == {("Анна Левченко", "UA")}
    assert {s.content for s in found} >= {"Всех пленных обменяют до зимы, мы на этом настаиваем"}


@needs_dictionaries
def test_quotations_keep_their_own_words_and_names_are_known_in_any_script(tmp_path: Path) -> None:
    text = "«Пленных обменяем всех», — заявил командир «Marshland» Фёдор Тростников."
    ((name, side, content),) = who(tmp_path, text)
    assert (name, side) == ("Фёдор Тростников", "MA")
    assert content in text


@needs_dictionaries
@pytest.mark.parametrize(
    "junk", ["«", "— ", "«»", "Он. ", "по словам", "заявил", "« — , сказал", "Как сообщил", ":", "\u0301"]
)
def test_scraps_of_sentences_break_nothing(tmp_path: Path, junk: str) -> None:
    text = f"{junk} Министр сообщил, что перемирие {junk} закончится в полночь {junk}. {junk}."
    (tmp_path / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    for s in told(tmp_path, text):
        assert s.content


@needs_dictionaries
@pytest.mark.parametrize("scrap", ["заявил ", "Иванов, ", "по словам ", "«Да, — сказал Иванов, — ", "который, "])
def test_a_sentence_without_end_takes_no_time(tmp_path: Path, scrap: str) -> None:
    began = time.process_time()
    assert told(tmp_path, scrap * 5000 + ".") == ()
    assert time.process_time() - began < 5


@needs_dictionaries
@pytest.mark.parametrize(
    "text",
    [
        "Песков заявил, что Украина не соблюдает перемирие.",
        "Украина не соблюдает перемирие, заявил министр Олег Ветров.",
        "Песков заявив, що Україна не дотримується перемир'я.",
    ],
)
def test_what_he_says_of_another_side_gives_him_neither_its_side_nor_a_stand(tmp_path: Path, text: str) -> None:
    for statement in told(tmp_path, text):
        assert statement.side != "UA"
        assert {stance for _, stance in statement.stances} <= {"speaks of"}


@needs_dictionaries
@pytest.mark.parametrize(
    "text",
    [
        "Министр не заявлял, что Россия принимает обмен пленных.",
        "Неправда, что Россия отвергла обмен пленных.",
        "По слухам, Россия согласилась на обмен пленных.",
        "Якобы Россия согласилась на обмен пленных.",
        "Неправда, що Росія відкинула обмін полонених.",
        "Міністр не казав, що Росія приймає обмін полонених.",
        "За чутками, Росія погодилася на обмін полонених.",
    ],
)
def test_what_was_not_said_or_is_rumoured_is_nobodys_word_inside_either(tmp_path: Path, text: str) -> None:
    assert who(tmp_path, text) == []


@needs_dictionaries
@pytest.mark.parametrize(
    "text",
    [
        "«Мы не будем соблюдать перемирие», — заявил президент Украины Павло Гай.",
        "«Ми не будемо дотримуватися перемир'я», — заявив президент України Павло Гай.",
    ],
)
def test_who_will_not_keep_a_truce_rejects_it(tmp_path: Path, text: str) -> None:
    (statement,) = told(tmp_path, text)
    assert dict(statement.stances) == {"truce": "rejects"}


@needs_dictionaries
@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("26 марта 2025 года", "МОСКВА, 26 марта 2025. Перемирие закончится в полночь, заявил министр обороны России Олег Ветров."),
        ("26 березня 2025 року", "КИЇВ, 26 березня 2025 року (агентство «Вісник»). Полонених обміняють, заявив президент України Павло Гай."),
    ],
)  # fmt: skip
def test_the_day_and_the_dateline_of_an_article_in_cyrillic_are_read(tmp_path: Path, line: str, text: str) -> None:
    for n, whole in enumerate((f"{line}\n{text}", text)):
        (statement,) = told(tmp_path, whole, str(n))
        assert str(statement.day) == "2025-03-26"
        assert not statement.content.startswith(("МОСКВА", "КИЇВ"))


@needs_dictionaries
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16", "utf-8-sig"])
def test_a_text_in_an_older_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Министр обороны России Олег Ветров заявил, что перемирие закончится в полночь."
    (tmp_path / "old.txt").write_bytes(text.encode(encoding))
    (statement,) = read_statements([tmp_path / "old.txt"]).statements
    assert (statement.speaker, statement.side) == ("Олег Ветров", "RU")


@needs_dictionaries
def test_paragraphs_in_three_languages_are_read_or_named(tmp_path: Path) -> None:
    (tmp_path / "mixed.txt").write_text(
        "The minister of defence said that the truce will not be prolonged, and that his troops are to stay on the line.\n"
        "Президент Украины Павло Гай заявил, что перемирие будет продлено.\n"
        "Der Minister sagte, dass der Waffenstillstand nicht verlängert wird und dass die Truppen bleiben.",
        encoding="utf-8",
    )
    analysis = read_statements([tmp_path / "mixed.txt"])
    assert "Павло Гай" in {s.speaker for s in analysis.statements}
    assert analysis.not_read() == "1 part of articles not read (German is not read): mixed"
    assert ("mixed", "not read: German") in {row[:2] for row in analysis.left_out}


@needs_dictionaries
def test_the_one_mission_of_an_agreement_is_known_by_its_common_word(tmp_path: Path) -> None:
    agreement = AGREEMENT.replace("places:", "bodies: {SMM: Special Monitoring Mission}\nplaces:")
    (tmp_path / "agreement.yaml").write_text(agreement, encoding="utf-8")
    (tmp_path / "m.txt").write_text("Глава миссии Улла Бергстрём сообщила, что перемирие соблюдают.", encoding="utf-8")
    (statement,) = read_statements([tmp_path / "m.txt"], tmp_path / "agreement.yaml").statements
    assert (statement.speaker, statement.side) == ("Улла Бергстрём", "SMM")
