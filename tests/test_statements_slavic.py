"""How Russian and Ukrainian dispatches, posts and interviews tell who said what, and what comes of it: speakers, sides, terms, reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.app.found_reports import found_reports
from servanda.app.statements import read_statements
from servanda.statements.slavic import available

pytestmark = pytest.mark.skipif(not all(map(available, ("ru", "uk"))), reason="the dictionaries are not installed")

AGREEMENT = """
agreement: lake
title: Lake truce
timezone: Europe/Zagreb
signed: 2031-01-01
parties: {HR: Croatia, RS: Serbia}
names:
  HR: [Хорватия, хорватский, Загреб, Хорватія, хорватський]
  RS: [Сербия, сербский, Белград, Сербія, сербський]
in_force: {from: signed}
terms:
  prolongation:
    text: The truce is prolonged by four months.
    require: {act: other}
    binds: [HR, RS]
  fishing_boats:
    text: Fishing boats are inspected in the harbour.
    require: {act: inspection}
    binds: [HR, RS]
"""


def read(tmp_path: Path, text: str):
    (tmp_path / "lake.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    return read_statements([tmp_path / "article.txt"], tmp_path / "lake.yaml")


def said(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    """Speaker, side and words of every statement."""
    return [(s.speaker, s.side, s.content) for s in read(tmp_path, text).statements]


@pytest.mark.parametrize(
    ("text", "speaker", "side", "words"),
    [
        ("Лодки досмотрят в порту. Об этом заявил журналистам министр Хорватии Марко Зорич.", "Марко Зорич", "HR", "Лодки досмотрят в порту"),
        ("Сербія оглядатиме човни лише після угоди, заявив у неділю керівник їхньої делегації генерал Горан Іліч.", "Горан Іліч", "RS", "Сербія оглядатиме човни лише після угоди"),
        ("Министр Хорватии Вьеко Карп поддержал перемирие. Комиссия Сербии встревожена. По её данным, лодки досмотрят в порту.", "Комиссия Сербии", "RS", "лодки досмотрят в порту"),
        ("Човни оглянуть у порту. Про це повідомив міністр Хорватії Марко Зорич.", "Марко Зорич", "HR", "Човни оглянуть у порту"),
        ("«Мы никого не ждём на этом берегу», — кипятится депутат Сербии Горан Илич.", "Горан Илич", "RS", "Мы никого не ждём на этом берегу"),
        ("Координатор Сербии Горан Илич, в свою очередь, пообещал осмотреть лодки.", "Горан Илич", "RS", "осмотреть лодки"),
        ("«Мы готовы ждать ещё год», — цитирует газета министра Хорватии Ивана Петрова.", "Иван Петров", "HR", "Мы готовы ждать ещё год"),
        ("Лодок на озере больше не будет, считают в Белграде.", "Белграде", "RS", "Лодок на озере больше не будет"),
        ("Министр обороны Сербии Горан Илич, месяц назад обещавший досмотр, отверг инспекции.", "Горан Илич", "RS", "инспекции"),
        ("Перемирие продлят, сообщил Зорич, глава делегации Хорватии.", "Зорич", "HR", "Перемирие продлят"),
        ("«Човни оглянуть у порту.\n\n«Ми нікого не чекаємо», – сказав міністр Хорватії Марко Зорич.", "Марко Зорич", "HR", "Човни оглянуть у порту Ми нікого не чекаємо"),
        ("Министр Сербии Горан Илич заявил: «Лодки досмотрят в порту.\n\n«Мы никого не ждём».", "Горан Илич", "RS", "Лодки досмотрят в порту Мы никого не ждём"),
        ("«Лодки досмотрят в порту.\n\nНа озере тихо.\n\n«Мы никого не ждём», – сказал министр Хорватии Марко Зорич.", "Марко Зорич", "HR", "Мы никого не ждём"),
        ("Посол Хорватии Марко Зорич молчал. По словам Зорича, близкого к переговорам, лодки досмотрят.", "Марко Зорич", "HR", "лодки досмотрят"),
        ("Министр обороны Сербии Горан Илич намерен досмотреть лодки, но поддерживает перемирие.", "Горан Илич", "RS", "перемирие"),
        ("Генерал Рутко Микич из главного штаба Сербии добавил, что лодки стоят.", "Рутко Микич", "RS", "лодки стоят"),
        ("По словам губернатора Дунавской области Павла Коса, лодки досмотрят в порту.", "Павел Кос", "", "лодки досмотрят в порту"),
        ("Човни оглянуть у порту, повідомила наглядачка делегації Хорватії Ганна Косич.", "Ганна Косич", "HR", "Човни оглянуть у порту"),
        ("Лодки досмотрят, сообщила координаторка делегации Хорватии Анна Косич.", "Анна Косич", "HR", "Лодки досмотрят"),
    ],
)  # fmt: skip
def test_a_dispatch_tells_who_said_what(tmp_path: Path, text: str, speaker: str, side: str, words: str) -> None:
    assert (speaker, side, words) in [
        (a, b, c.rstrip(".»")) for a, b, c in said(tmp_path, f"{text} Погода была ясной.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "МИД Хорватии опроверг сообщения о том, что Горан Илич потребовал досмотреть лодки.",
        "У МЗС Хорватії спростували, що Горан Іліч вимагав оглянути човни.",
        "В Загребе отвергли утверждения, что Горан Илич потребовал досмотреть лодки.",
    ],
)
def test_what_somebody_denies_that_another_said_was_not_said(tmp_path: Path, text: str) -> None:
    assert {side for _, side, _ in said(tmp_path, f"{text} Погода була ясною.")} == {"HR"}


@pytest.mark.parametrize("text", ["«Наши лодки останутся на озере»", "«Наші човни залишаться на озері»"])
def test_who_is_to_withdraw_and_will_stay_rejects(tmp_path: Path, text: str) -> None:
    (tmp_path / "lake.yaml").write_text(
        AGREEMENT + "  boats:\n    text: Boats leave the lake.\n    require: {act: withdrawal}\n", encoding="utf-8"
    )
    (tmp_path / "article.txt").write_text(f"{text}, — заявил министр Сербии Горан Илич.", encoding="utf-8")
    stands = read_statements([tmp_path / "article.txt"], tmp_path / "lake.yaml").stands
    assert "announces" not in {stand.stance for stand in stands if stand.term == "boats"}


@pytest.mark.parametrize(
    "text", ["Зорич не став коментувати повідомлення про човни.", "Зорич опроверг сообщение о лодках и ушёл."]
)
def test_a_sentence_that_begins_a_text_is_no_letterhead(tmp_path: Path, text: str) -> None:
    assert not [s for s in read(tmp_path, text).statements if " " in s.speaker]


@pytest.mark.parametrize(
    ("text", "side"), [("Сербия отвергла досмотр.", "RS"), ("Хорватія заперечує огляд човнів.", "HR")]
)
def test_a_post_of_one_short_sentence_is_read(tmp_path: Path, text: str, side: str) -> None:
    assert {s.side for s in read(tmp_path, text).statements} == {side}


def test_a_state_that_no_dictionary_knows_is_no_person(tmp_path: Path) -> None:
    invented = AGREEMENT.replace("Хорватия,", "Норландия, Хорватия,")
    (tmp_path / "lake.yaml").write_text(invented, encoding="utf-8")
    (tmp_path / "article.txt").write_text(
        "В Минобороны Норландии назвали сообщения о досмотре лодок ложью.", encoding="utf-8"
    )
    (one,) = read_statements([tmp_path / "article.txt"], tmp_path / "lake.yaml").statements
    assert (one.speaker, one.side) == ("Минобороны Норландии", "HR")


def test_a_name_behind_an_office_stands_as_it_is_called(tmp_path: Path) -> None:
    assert [
        s for s, _, _ in said(tmp_path, "«Сербія порушує перемир'я щодня», — написав у Telegram полковник Хаді.")
    ] == ["Хаді"]


def test_who_are_called_on_do_not_call(tmp_path: Path) -> None:
    assert {side for _, side, _ in said(tmp_path, "В Белграде призвали обе стороны досмотреть лодки.")} == {"RS"}


def test_an_unnamed_diplomat_is_nobody_who_spoke_before(tmp_path: Path) -> None:
    text = "Посол Хорватии Марко Зорич приветствовал досмотр. Сербия уступит, рассказал дипломат, попросивший не называть его имени."
    assert ("Марко Зорич", "HR", "Сербия уступит") not in said(tmp_path, text)


def test_a_post_is_his_who_stands_above_it_and_an_answer_his_whom_the_interview_is_with(tmp_path: Path) -> None:
    post = "Марко Зорич, министр Хорватии:\n\nМы поддерживаем продление перемирия, и лодки завтра выйдут на озеро.\n"
    assert [(s, side) for s, side, _ in said(tmp_path, post)] == [("Марко Зорич", "HR")]
    talk = "«Досмотр нужен»\nМинистр Хорватии Марко Зорич — о лодках\n\n— Вы за досмотр?\n— Да, мы требуем досмотра лодок.\n\n— А Сербия?\n— Пусть скажет сама.\n"
    assert {s for s, _, _ in said(tmp_path, talk)} == {"Марко Зорич"}
    asked = "Розшифровка розмови про озеро\n\nВедуча: Пане міністре, чи чекати нам цієї весни огляду човнів?\n\nЗорич: Ми вимагаємо огляду човнів.\n\nНагадаємо, що Марко Зорич очолює делегацію Хорватії, і переговори тривають другий тиждень.\n"
    assert ("Марко Зорич", "HR", "Ми вимагаємо огляду човнів") in said(tmp_path, asked)


def test_terms_are_known_by_what_the_agreement_s_words_are_called(tmp_path: Path) -> None:
    text = "Сербия требует продлить перемирие. Хорватия отвергла инспекции рыболовных лодок."
    cells = {(c.side, c.term, c.stance) for c in read(tmp_path, text).stands}
    assert {("RS", "prolongation", "demands"), ("HR", "fishing_boats", "rejects")} <= cells


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Министр обороны Хорватии Марко Зорич заявил, что сербские войска обстреляли Осиек во вторник.", ("asserts", "RS", "HR", "2031-03-04")),
        ("«Мы огонь не открывали», — сказал министр обороны Сербии Горан Илич.", ("denies", None, "RS", None)),
        ("Міністр оборони Сербії Горан Ілич визнав, що наші дрони атакували порт учора.", ("asserts", "RS", "RS", "2031-03-05")),
        ("Хорватія звинуватила Сербію в порушенні перемир'я.", ("asserts", "RS", "HR", None)),
        ("Сербия готова прекратить удары, заявил министр обороны Сербии Горан Илич.", None),
        ("Якщо Сербія завдасть удару, ми відповімо, попередив міністр оборони Хорватії Марко Зорич.", None),
    ],
)  # fmt: skip
def test_accusations_admissions_and_denials_become_reports(tmp_path: Path, text: str, row: tuple | None) -> None:
    uk = any(c in text for c in "іїє")
    head = "Події дня\n\n6 березня 2031\n\n" if uk else "События дня\n\n6 марта 2031\n\n"
    more = (
        "Переговори тривають, і поки невідомо, коли буде зустріч."
        if uk
        else "Переговоры продолжаются, и неизвестно, когда будет встреча."
    )
    table = found_reports(read(tmp_path, f"{head}{text} {more}\n"), tmp_path / "lake.yaml").table
    found = [(r["stance"], r["actor"], r["side"], r["start"] and r["start"][:10]) for r in table.iter_rows(named=True)]
    assert found == ([row] if row else [])
    assert table["confirmed_by"].null_count() == table.height


@pytest.mark.parametrize(
    ("text", "side", "known"),
    [
        ("Посол Японии в Хорватии Кэндзи Мори приветствовал досмотр лодок.", "JP", "told"),
        ("Делегацию Сербии возглавил Горан Илич. «Лодки останутся на озере», — сказал Илич.", "RS", "told"),
        ("Його хорватський колега Марко Зорич пообіцяв оглянути човни.", "HR", "told"),
        ("Посол В'єтнаму в Сербії Ле Тхі Май привітала огляд човнів.", "VN", "told"),
        ("БЕЛГРАД, 3 марта. Лодок на озере больше не будет, заявил министр обороны Горан Илич.", "RS", "inferred"),
        ("Сербия не пустит лодки в порт, заявил министр обороны Горан Илич.", "RS", "inferred"),
        ("Сербія вимагає оглянути човни. «Чекати ми не будемо», — сказав міністр Горан Іліч.", "RS", "inferred"),
        ("Сербия обстреляла порт. Министр обороны Марко Зорич осудил обстрел лодок.", "", ""),
        ("БЕЛГРАД, 3 марта. Президент Марко Зорич заявил, что Белград сорвал досмотр лодок.", "", ""),
        ("В Токио смотрят иначе. Министр обороны Кэндзи Мори потребовал досмотра лодок.", "JP", "inferred"),
        ("Бывший сербский генерал Горан Илич назвал досмотр лодок ошибкой.", "", ""),
        ("Представник товариства рибалок Марко Зорич зажадав оглянути рибні човни.", "", ""),
    ],
)  # fmt: skip
def test_a_side_is_told_by_words_or_inferred_from_what_stands_around_and_never_that_of_the_accused(
    tmp_path: Path, text: str, side: str, known: str
) -> None:
    more = "Погода була ясною, і вітер стих." if any(c in text for c in "іїє") else "Погода была ясной, и ветер стих."
    last = [s for s in read(tmp_path, f"{text} {more}").statements if s.person or s.speaker[:1].islower()][-1]
    assert (last.side, last.known) == (side, known)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("The weather was fine. General Vuk Peric promised to open the harbour to the boats.", "RS"),
        ("Погода была ясной. Генерал Вук Перич потребовал открыть гавань для лодок.", "HR"),
        ("Погода була ясною. Генерал Вук Перич пообіцяв відкрити гавань для човнів.", "RS"),
        (
            "The weather was fine. The head of the anglers' union, Vuk Peric, demanded to open the harbour to the boats.",
            "",
        ),
        ("Погода была ясной. Рыбак Вук Перич потребовал открыть гавань для лодок.", ""),
    ],
)
def test_whose_part_of_an_agreement_an_official_speaks_of_tells_his_side_where_no_word_does(
    tmp_path: Path, text: str, side: str
) -> None:
    part = (
        "  harbour:\n    text: The harbour is opened to the boats.\n    require: {act: route_opened}\n    binds: RS\n"
    )
    (tmp_path / "lake.yaml").write_text(AGREEMENT + part, encoding="utf-8")
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    (found,) = read_statements([tmp_path / "article.txt"], tmp_path / "lake.yaml").statements
    assert (found.side, found.known) == (side, "inferred" if side else "")


@pytest.mark.parametrize(
    "text",
    [
        "Croatia. The weather was fine.\n\nSerbia. General Vuk Peric demanded an inspection of the fishing boats.",
        "Хорватия. Погода была ясной, и ветер стих.\n\nСербия. Генерал Вук Перич потребовал досмотра лодок.",
        "Хорватія. Погода була ясною, і вітер стих.\n\nСербія. Вук Перич вимагає оглянути човни.",
    ],
)
def test_the_label_of_a_paragraph_tells_whose_officials_speak_in_it(tmp_path: Path, text: str) -> None:
    assert [s.side for s in read(tmp_path, text).statements if s.speaker.split()[-1] in ("Peric", "Перич")] == ["RS"]


def test_who_speaks_under_the_label_of_a_mission_is_no_partys(tmp_path: Path) -> None:
    agreement = AGREEMENT.replace("RS: Serbia", "RS: Lake Front")  # one party alone is a state, and has generals
    (tmp_path / "lake.yaml").write_text(agreement, encoding="utf-8")
    text = "Погода була ясною, і вітер стих.\n\nМісія. Генерал Вук Перич вимагає оглянути човни."
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    assert {s.side for s in read_statements([tmp_path / "article.txt"], tmp_path / "lake.yaml").statements} == {""}


def test_an_official_whom_the_agreement_names_is_of_its_side_and_rebels_are_the_only_group(tmp_path: Path) -> None:
    agreement = AGREEMENT.replace("Загреб,", "Загреб, Марко Зорич,").replace("RS: Serbia", "RS: Lake Front")
    (tmp_path / "lake.yaml").write_text(agreement, encoding="utf-8")
    text = "Марко Зорич потребовал досмотра лодок. Представитель повстанцев Горан Илич отверг досмотр лодок."
    (tmp_path / "article.txt").write_text(f"{text} Погода была ясной.", encoding="utf-8")
    found = read_statements([tmp_path / "article.txt"], tmp_path / "lake.yaml").statements
    assert [(s.speaker, s.side) for s in found] == [("Марко Зорич", "HR"), ("Горан Илич", "RS")]


def test_a_short_text_with_a_letter_that_russian_has_not_is_ukrainian(tmp_path: Path) -> None:
    assert read(tmp_path, "Міністр Хорватії відкинув огляд човнів.").languages["article"].code == "uk"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Министр Хорватии Марко Зорич и глава МИД Сербии Горан Илич заявили, что лодки осмотрят.",
            {("Марко Зорич", "HR"), ("Горан Илич", "RS")},
        ),
        ("Обе столицы отвергли досмотр лодок. Погода была ясной.", {("Обе столицы", "HR; RS")}),
        (
            "Секретарь Совета безопасности Сербии Горан Илич отверг досмотр лодок. Погода была ясной.",
            {("Горан Илич", "RS")},
        ),
        (
            "Швейцарский член делегации Хорватии Урс Бруннер отверг досмотр лодок. Погода была ясной.",
            {("Урс Бруннер", "HR")},
        ),
        ("14:05 Министр Хорватии Марко Зорич: лодки осмотрят в порту завтра утром.", {("Марко Зорич", "HR")}),
        ("Лодок не осматривали — министр обороны Сербии Горан Илич.", {("Горан Илич", "RS")}),
        ("Белград ответил сразу. «Лодок не пустим», — бросил сенатор Вук Перич.", {("Вук Перич", "RS")}),
        (
            (
                "От: Марко Зорич <z@example.org>\nТема: Лодки\n\nЛодки мы осмотрим в порту.\n\nС уважением,\n"
                "Марко Зорич, пресс-секретарь правительства Хорватии"
            ),
            {("Марко Зорич", "HR")},
        ),
        (
            "Міністерство оборони Сербії\nНота для преси\n\nЧовни буде оглянуто в порту вже завтра.",
            {("Міністерство оборони Сербії", "RS")},
        ),
        (
            "Міністр Хорватії Марко Зорич: «Човни почекають»\n\nЧи оглянете ви човни?\n\n— Човни ми оглянемо в порту.\n\nКоли?\n\n— Човни чекають до завтра.",
            {("Марко Зорич", "HR")},
        ),
    ],
)
def test_who_speaks_together_under_a_letterhead_or_behind_a_label(
    tmp_path: Path, text: str, expected: set[tuple[str, str]]
) -> None:
    assert {(speaker, side) for speaker, side, _ in said(tmp_path, text)} == expected


FRONT = """
agreement: hills
title: Hills truce
timezone: Africa/Freetown
signed: 2031-01-01
parties: {KR: Republic of Kerra, LF: Hill Liberation Front}
bodies: {UN: United Nations mission}
names:
  KR: [Керра, керрский]
  LF: [Фронт освобождения холмов, Фронт визволення пагорбів]
  UN: [ООН]
in_force: {from: signed}
terms:
  front_line:
    text: All fighting on the front line stops.
    forbid: {act: attack}
    binds: [KR, LF]
  patrols:
    text: Patrols of the mission move freely on all roads.
    forbid: {act: movement_restriction}
    binds: [KR, LF]
"""


@pytest.mark.parametrize(
    ("text", "side", "term", "stance"),
    [
        ("Представитель фронта Иван Кос сказал, что патрули будут пропускать.", "LF", "patrols", ""),
        ("Речник фронту Іван Кос сказав, що патрулі пропускатимуть.", "LF", "patrols", ""),
        (
            "Представитель фронта Иван Кос заявил журналистам: «Новые патрули — это оскорбление».",
            "LF",
            "patrols",
            "rejects",
        ),
        ("Речник фронту Іван Кос заявив журналістам: «Нові патрулі — це образа».", "LF", "patrols", "rejects"),
    ],
)
def test_a_front_is_a_party_and_words_that_leave_no_doubt_are_not_weighed(
    tmp_path: Path, text: str, side: str, term: str, stance: str
) -> None:
    (tmp_path / "hills.yaml").write_text(FRONT, encoding="utf-8")
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    (one,) = read_statements([tmp_path / "article.txt"], tmp_path / "hills.yaml").statements
    assert one.side == side
    assert "front_line" not in dict(one.stances)
    assert not stance or dict(one.stances)[term] == stance


def test_a_government_speaks_for_no_mission_in_whose_report_it_is_named(tmp_path: Path) -> None:
    text = "Миссия ООН в холмах\nЕжедневная сводка, 5 ноября\n\nПатрули миссии дважды останавливали на дороге. Правительство заявило, что патрули пропустят завтра."
    (tmp_path / "hills.yaml").write_text(FRONT, encoding="utf-8")
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    found = read_statements([tmp_path / "article.txt"], tmp_path / "hills.yaml").statements
    assert [s.side for s in found if s.speaker == "Правительство"] == ["KR"]
