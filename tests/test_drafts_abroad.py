"""Drafts in other languages than English: no clause is lost, what a short list of words knows is filled in, and all else is asked."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from servanda.agreement import inspect_agreement
from servanda.app.draft import draft_file
from servanda.documents import clauses_of, read_manuscript
from servanda.drafting.understand import Actors, obligations_of
from servanda.values.codes import STANDARD
from servanda.values.files import NamedBytes
from servanda.values.gazetteer import gazetteer

RUSSIAN = """Соглашение о перемирии между Севером и Югом

Статья 1. Стороны прекращают боевые действия и обстрелы с 00:00 5 мая 2027 года.
Статья 2. Стороны отводят артиллерию калибром более 100 мм на 15 км в течение 14 дней.
а) Запрещается применение беспилотных летательных аппаратов.
Пункт 3. Север освобождает 200 пленных в течение 72 часов после подписания.

Совершено в г. Лом 3 мая 2027 года.
"""
UKRAINIAN = """Угода про перемир'я між Північчю та Півднем

1. Сторони утримуються від ударів по енергетиці.
2. Сторони відводять танки протягом 10 днів після підписання.
"""
FRENCH = """Accord de cessez-le-feu entre la Nordie et la Sudie

Article premier. Les Parties s'interdisent tout bombardement et tout enlèvement.
Article 2. La Nordie libère 20 prisonniers dans un délai de 3 jours.
"""
SPANISH = """Acuerdo de tregua entre Nortia y Suria

PRIMERO. Las Partes no realizarán secuestros ni reclutamiento de menores.
SEGUNDO. Nortia liberará a 20 prisioneros en un plazo de 3 días.
TERCERO. Las Partes retirarán la artillería a 15 km de la línea.
"""
ARABIC = """اتفاق هدنة بين حكومة الشمال وحركة الجنوب

المادة الأولى: يلتزم الطرفان بوقف إطلاق النار.
المادة الثانية: يلتزم الطرفان بسحب الأسلحة الثقيلة مسافة 15 كم خلال 14 يوما.
ثالثاً: تطلق الحكومة سراح 200 أسير.
"""


def made(text: str) -> tuple[str, dict[str, Any]]:
    written = draft_file(NamedBytes("d.txt", text.encode()))[1].yaml
    data = yaml.safe_load(written)
    assert inspect_agreement(data)[1] == []
    return written, data


def acts(data: dict[str, Any]) -> list[tuple[str, list[str]]]:
    kinds = [
        (kind, term[kind]["act"]) for term in data["terms"].values() for kind in ("forbid", "require") if kind in term
    ]
    return [(kind, sorted(codes)) for kind, codes in kinds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            RUSSIAN,
            [("forbid", ["attack"]), ("require", ["withdrawal"]), ("forbid", ["flight"]), ("require", ["release"])],
        ),
        (UKRAINIAN, [("forbid", ["strike"]), ("require", ["withdrawal"])]),
        (FRENCH, [("forbid", ["abduction", "shelling"]), ("require", ["release"])]),
        (
            SPANISH,
            [("forbid", ["abduction", "child_recruitment"]), ("require", ["release"]), ("require", ["withdrawal"])],
        ),
        (ARABIC, [("forbid", ["attack"]), ("require", ["withdrawal"]), ("require", ["release"])]),
    ],
    ids=["ru", "uk", "fr", "es", "ar"],
)
def test_each_clause_is_a_term_with_its_acts_and_the_language_is_asked(
    text: str, expected: list[tuple[str, list[str]]]
) -> None:
    written, data = made(text)
    assert acts(data) == expected
    assert "# TODO language: the draft is in " in written
    assert written.count("    # TODO language: ") == len(data["terms"])
    assert len(data["parties"]) == 2
    assert "TODO: the first party" not in written


def test_a_time_is_filled_in_with_what_it_counts_from_and_every_other_figure_is_asked() -> None:
    written, data = made(RUSSIAN)
    terms = list(data["terms"].values())
    assert terms[1]["deadline"] == "beginning + 14 days"
    assert terms[3]["deadline"] == "signature + 72 hours"
    assert "'100 мм', '15 км'" in written
    assert "'200 пленных'" in written
    assert "# outside the clauses (line 8): Совершено в г. Лом 3 мая 2027 года." in written


@pytest.mark.parametrize("text", [RUSSIAN, UKRAINIAN, FRENCH, SPANISH, ARABIC], ids=["ru", "uk", "fr", "es", "ar"])
def test_articles_and_ordinals_of_other_languages_number_clauses(text: str) -> None:
    lines = [line for line in text.splitlines()[1:] if line.strip() and not line.startswith("Совершено")]
    clauses = clauses_of(read_manuscript(NamedBytes("d.txt", text.encode()))).clauses
    assert len(clauses) == len(lines)
    assert all(line.endswith(clause.text) for line, clause in zip(lines, clauses, strict=True))


def test_a_language_without_a_list_is_told_and_nothing_is_read_by_the_english_one() -> None:
    text = "Waffenruhe zwischen Nordland und Südland\n\n1. Die Parteien unterlassen alle Angriffe auf die Stadt und das Bombardement der Häfen.\n2. Die Gefangenen werden innerhalb von 14 Tagen nach der Unterzeichnung freigelassen.\n"
    written, data = made(text)
    assert all("unverifiable" in term for term in data["terms"].values())
    assert written.count("the clause is in German, which is not read") == 2


def test_an_english_draft_is_read_as_english_however_short_its_clauses() -> None:
    written, _ = made(
        "Truce between Northland and Southland\n\n1. Ceasefire.\n\n2. No drones over Kerta.\n\n3. All prisoners of war are released.\n"
    )
    assert "language" not in written


def test_every_word_abroad_stands_for_a_code_that_exists() -> None:
    for words in gazetteer("clause_words_abroad.yaml").values():
        assert [code for code in words["acts"] if code not in STANDARD.acts] == []


def test_two_drafts_in_another_language_are_not_compared_by_the_english_list() -> None:
    got = obligations_of("Les Parties s'interdisent tout bombardement et tout enlèvement dans la zone.", Actors())
    assert [sorted(one.what.acts) for _, one in got] == [["abduction", "shelling"]]


@pytest.mark.parametrize(
    ("draft", "days"),
    [
        ("Accord entre la Nordie et la Sudie\n\nArticle 1. Les Parties libèrent les prisonniers dans un délai de quatorze jours.\n", 14),
        ("Acuerdo entre Nortia y Suria\n\nPRIMERO. Las Partes liberarán a los prisioneros en un plazo de diez días.\n", 10),
        ("Угода між Північчю та Півднем\n\n1. Сторони звільняють полонених протягом п'ятнадцяти днів.\n", 15),
        ("Соглашение между Севером и Югом\n\n1. Стороны освобождают пленных в течение тридцати дней.\n", 30),
        ("اتفاق بين ألاند وبلاند\n\nالمادة 1. يفرج الطرفان عن جميع المحتجزين خلال أربعة عشر يوما.\n", 14),
    ],
)  # fmt: skip
def test_a_time_in_words_is_read_in_five_languages(draft: str, days: int) -> None:
    (term,) = made(draft)[1]["terms"].values()
    assert term["deadline"] == f"beginning + {days} days"
