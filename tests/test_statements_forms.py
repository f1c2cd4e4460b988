"""Forms in which the press tells who said what: quoted verbs, speakers between commas, labels with an office, interviews, what is called a joke, who declines to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.statements import Statement

AGREEMENT = """agreement: lakes
title: Truce on the lakes
timezone: Africa/Kampala
parties: {K: Kivara, M: March Movement}
guarantors: {Q: Qatar, U: United States}
names:
  K: [Kivaran army, Kivaran government, Kinsara, Кивара, Кинсара, Ківара, Кінсара]
  M: [the Movement, Движение марта, Движение, Рух березня, Рух]
in_force: {from: 2026-03-01, for: 90 days}
places: {shore: {at: [-1.4, 28.8], radius: 15 km}}
terms:
  withdraw: {text: The March Movement withdraws from Masi., require: {act: withdrawal, in: shore}, binds: M, deadline: 2026-03-31}
  prisoners: {text: The parties release all prisoners and detainees., unverifiable: not reported}
  airport: {text: Kivara opens the airport to aid flights., unverifiable: not reported}
  monitors: {text: Observers of the guarantors have free access., unverifiable: not reported}
"""


def read(tmp_path: Path, text: str) -> tuple[Statement, ...]:
    """The statements of a short text."""
    (tmp_path / "lakes.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "text.txt").write_text(text + "\n", encoding="utf-8")
    return tuple(read_statements([tmp_path / "text.txt"], tmp_path / "lakes.yaml").statements)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"We left Masi on Tuesday," the Movement\'s spokesman, Col. Willy Ngoro, said by phone.', {("M", "say")}),
        ('In a statement, the March Movement "welcomed" the arrival of the observers.', {("M", "welcome")}),
        ('Kivara "strongly condemned" the shelling of the airport.', {("K", "condemn")}),
        ('If the airport stays closed, the Movement warned, it would "reconsider" its signature.', {("M", "warn")}),
        (
            'The Movement\'s head, Bertrand Bisimwa, in an interview with France 24: "Our men stay in Masi until it is safe."',
            {("M", "say")},
        ),
        ("US envoy Massad Boulier: Observers will be on the ground by the end of the month.", {("U", "say")}),
        ("Analysis: Why the prisoners may be free by the end of the month.", set()),
        ("According to a document seen by Reuters, the Movement has offered to free the detainees.", {("M", "offer")}),
        (
            "The president of Kivara has agreed to reopen the airport but wants the rebels out of Masi first.",
            {("K", "agree"), ("K", "want")},
        ),
        ("Both the army and the Movement pledged to spare the airport.", {("K", "pledge"), ("M", "pledge")}),
        ("For the Movement, a retreat from Masi is out of the question.", {("M", "say")}),
        ("For the first time, the two sides are in talks about prisoners.", set()),
        (
            "Speaking after talks in Doha, government spokesman Patrick Muyala said Kinsara would free the prisoners.",
            {("K", "say")},
        ),
        ("Rebels holding Masi said Monday they would not leave without guarantees.", {("M", "say")}),
        ("Patrick Muyala, 61, Kivara's minister, said late Sunday that the prisoners would be freed.", {("K", "say")}),
        ("Kivara's parliament voted 112 to 40 against the release of prisoners.", {("K", "vote")}),
        ("Kinsara shot back that the airport was nobody's business.", {("K", "shoot")}),
        ("The Movement's letter lists two demands: the release of detainees and an end to flights.", {("M", "demand")}),
        ("Kivara's foreign ministry has said in the past that it would free no prisoners.", set()),
        ("Повстанцы, удерживающие Маси, заявили, что не уйдут без гарантий.", {("M", "заявить")}),
        ("«Аэропорт откроется, когда Маси будет свободен», — цитирует министра Кивары ТАСС.", {("K", "цитирует")}),
        (
            "Политический лидер Движения Бертран Бисимва в интервью France 24: «Наши люди останутся в Маси».",
            {("M", ":")},
        ),
        ("По информации Reuters, Кинсара готова открыть аэропорт.", {("K", "готовый")}),
        ("В Кинсаре дали понять, что готовы открыть аэропорт.", {("K", "дать")}),
        ("У Кінсарі дали зрозуміти, що готові відкрити аеропорт.", {("K", "дати")}),
        ("Министр Кивары отказался назвать сроки открытия аэропорта.", set()),
        ("Міністр Ківари відмовився назвати терміни відкриття аеропорту.", set()),
    ],
)
def test_the_press_tells_in_its_own_forms_who_says_it(tmp_path: Path, text: str, wanted: set[tuple[str, str]]) -> None:
    assert {(s.side, s.verb) for s in read(tmp_path, text)} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Полковник Движения Вилли Нгоро назвал «шуткой» предложение США о наблюдателях.", {"M monitors rejects"}),
        ("Отказ правительства открыть аэропорт раскритиковали в США.", set()),
        ("США осудили отказ Кинсары открыть аэропорт.", set()),
        ("США засудили відмову Кінсари відкрити аеропорт.", set()),
        ("Предложение открыть аэропорт поддержали в США.", {"U airport accepts"}),
        ("For the Movement, a retreat from Masi is out of the question.", {"M withdraw rejects"}),
    ],
)
def test_what_is_refused_is_not_what_a_critic_of_the_refusal_rejects(
    tmp_path: Path, text: str, wanted: set[str]
) -> None:
    taken = {f"{s.side} {term} {stance}" for s in read(tmp_path, text) for term, stance in s.stances}
    assert {t for t in taken if not t.endswith("speaks of")} == wanted


def test_a_clause_before_the_speaker_goes_on_in_his_quotation(tmp_path: Path) -> None:
    text = 'The rebels would be given until Friday to leave Masi, Patrick Muyala said, "or we will make them".'
    assert [s.content for s in read(tmp_path, text)] == [
        'The rebels would be given until Friday to leave Masi "or we will make them"'
    ]


def test_a_surname_that_no_dictionary_has_belongs_to_the_name(tmp_path: Path) -> None:
    told = read(tmp_path, "Президент Кивары Феликс Чомбо согласен открыть аэропорт, рассказали два его советника.")
    assert [s.speaker for s in told] == ["Феликс Чомбо"]


@pytest.mark.parametrize(
    "text",
    [
        '"Masi is lost," said Bertrand Bisimwa, the political head of the March Movement.',
        "A spokesman for the March Movement said the prisoners would be freed.",
        "The March Movement's leader, Bertrand Bisimwa, said on Monday that the prisoners would be freed.",
    ],
)
def test_a_group_that_bears_a_month_in_its_name_is_no_date(tmp_path: Path, text: str) -> None:
    assert [s.side for s in read(tmp_path, text)] == ["M"]


def test_who_answers_an_interviewer_needs_no_first_name(tmp_path: Path) -> None:
    text = "Muyala: No, the airport does not open.\n\nHost: So when will it open?\n\nMuyala: When Masi is free."
    assert {s.speaker for s in read(tmp_path, text)} == {"Muyala"}
