"""From sayings to reports: `servanda statements --reports`, what a person confirms, and the way into `servanda verify`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from servanda.cli.main import main

AGREEMENT = """
agreement: river-truce
title: Truce on the lower Dnipro
timezone: Europe/Kyiv
parties: {UA: Ukraine, RU: Russian Federation}
in_force: {from: 2025-03-20, until: 2025-05-01}
places:
  river: {polygon: [[46, 32], [47.2, 32], [47.2, 34], [46, 34]]}
terms:
  quiet: {text: Nobody shells the towns on the river., forbid: {act: attack, in: river}, binds: [UA, RU]}
"""
ARTICLE = """Kyiv and Moscow trade charges over the river truce

KYIV, April 2, 2025 (Ukrinform) - Ukraine accused Russia on Wednesday of striking a substation in Kherson on Tuesday night.

"On Tuesday Russian troops shelled Kherson," Ukrainian Foreign Minister Pavlo Horenko told reporters.

Russia denied the accusation. Russian Defence Ministry spokesman Igor Belov said that Ukrainian drones attacked a depot. He demanded that
Ukraine stop its flights over the river, and the two of them have blamed each other every day since the truce began, so that nobody in the
towns on the river can tell who is right.
"""
RELAY = """Minister speaks to agency

2 April 2025

"On Tuesday Russian troops shelled Kherson," Ukrainian Foreign Minister Pavlo Horenko told reporters, according to Reuters.
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("truce.yaml", AGREEMENT), ("article.txt", ARTICLE), ("relay.txt", RELAY)):
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def _found(*documents: str) -> list[dict[str, str]]:
    assert main(["statements", *documents, "--agreement", "truce.yaml", "--reports", "found.csv"]) == 0
    with Path("found.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _confirm(rows: list[dict[str, str]], **by: str) -> None:
    with Path("found.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "confirmed_by": by.get(row["report_id"].replace(":", "_"), "")} for row in rows)


def test_a_saying_becomes_a_claim_of_its_speaker_with_day_place_act_and_the_way_it_came(files: Path) -> None:
    rows = {row["report_id"]: row for row in _found("article.txt")}
    shelled = rows["article:2"]
    assert shelled["origin"] == "Pavlo Horenko"
    assert shelled["via"] == "article < Ukrinform < Pavlo Horenko"
    assert (shelled["side"], shelled["actor"], shelled["kind"], shelled["stance"]) == ("UA", "RU", "claim", "asserts")
    assert shelled["act"] == "shelling"
    assert shelled["start"] == "2025-04-01T00:00:00+03:00"  # the Tuesday before the Wednesday of the dispatch
    assert (shelled["place_name"], shelled["missing"], shelled["confirmed_by"]) == ("Kherson", "", "")
    assert 46.5 < float(shelled["lat"]) < 46.8
    assert "placed by name" in shelled["placed"]


def test_what_the_words_do_not_carry_is_empty_and_told(files: Path) -> None:
    depot = next(row for row in _found("article.txt") if row["origin"] == "Igor Belov")
    assert (depot["start"], depot["end"], depot["place_name"], depot["lat"]) == ("", "", "", "")
    assert "start: the words name no day" in depot["missing"]
    assert "place: the words name none" in depot["missing"]


def test_one_saying_in_two_relays_is_one_incident_of_one_origin(files: Path) -> None:
    rows = [row for row in _found("article.txt", "relay.txt") if row["act"] == "shelling"]
    assert [row["source"] for row in rows] == ["article", "relay"]
    assert len({row["incident_id"] for row in rows}) == len({row["origin"] for row in rows}) == 1


def test_an_unconfirmed_report_is_read_by_nobody(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _found("article.txt")
    capsys.readouterr()
    assert main(["verify", "truce.yaml", "found.csv", "--out", "out"]) == 0
    assert "no row of found.csv is confirmed" in capsys.readouterr().err
    with Path("out/quarantine.csv").open(encoding="utf-8") as file:
        aside = list(csv.DictReader(file))
    assert len(aside) == len(rows)
    assert {row["code"] for row in aside} == {"EVD172"}


@pytest.mark.parametrize("said", ["no", "No", "-", "false"])
def test_who_writes_no_confirms_nothing(files: Path, said: str) -> None:
    rows = _found("relay.txt")
    _confirm(rows, relay_1=said)
    assert main(["verify", "truce.yaml", "found.csv", "--out", "out"]) == 0
    assert "EVD172" in Path("out/quarantine.csv").read_text(encoding="utf-8")


def test_a_confirmed_report_goes_into_the_verdict_as_an_allegation(files: Path) -> None:
    rows = _found("article.txt", "relay.txt")
    _confirm(rows, article_2="A. Reader", relay_1="A. Reader")
    assert main(["verify", "truce.yaml", "found.csv", "--out", "out"]) == 0
    with Path("out/findings.csv").open(encoding="utf-8") as file:
        (finding,) = [row for row in csv.DictReader(file) if row["party"] == "RU"]
    assert finding["status"] == "alleged"  # by one origin, however many relay it


def test_without_an_agreement_no_reports_are_made(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statements", "article.txt", "--reports", "found.csv"]) == 2
    assert "CLI019" in capsys.readouterr().err
    assert not Path("found.csv").exists()


def test_a_mandate_that_names_no_author_makes_no_reports(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = AGREEMENT + "mandate: {attribution: false}\n"
    Path("truce.yaml").write_text(quiet, encoding="utf-8")
    assert main(["statements", "article.txt", "--agreement", "truce.yaml", "--reports", "found.csv"]) == 2
    assert "CLI017" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["first", "import"])
def test_no_other_command_reads_what_nobody_confirmed(
    files: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _found("article.txt", "relay.txt")
    _confirm(rows, relay_1="A. Reader")
    capsys.readouterr()
    written = ("--out", "read.csv") if command == "import" else ()
    assert main([command, "found.csv", "--agreement", "truce.yaml", *written]) == 0
    assert "nobody has confirmed it" in capsys.readouterr().out
    if command == "import":
        with Path("read.csv").open(encoding="utf-8") as file:
            assert [row["report_id"] for row in csv.DictReader(file)] == ["relay:1"]


@pytest.mark.parametrize(
    "told",
    [
        "Russia is massing troops near Kherson in order to attack the town",
        "Russia has ruled out any offensive near Kherson",
    ],
)
def test_what_is_planned_or_ruled_out_is_no_attack(files: Path, told: str) -> None:
    text = f"2 April 2025\n\nUkrainian Foreign Minister Pavlo Horenko said that {told}.\n"
    Path("massing.txt").write_text(text, encoding="utf-8")
    assert not _found("massing.txt")


@pytest.mark.parametrize(
    ("told", "start", "end"),
    [
        ("Ukraine accused Russia on Wednesday of striking a depot in Kherson.", "", ""),  # the day of the accusation
        ("Ukraine accused Russia on Wednesday of striking a depot in Kherson on Monday.", "2025-03-31", "2025-04-01"),
        ("Ukrainian Foreign Minister Pavlo Horenko said Russia struck a depot last night.", "2025-04-01", "2025-04-03"),
    ],
)
def test_the_day_of_a_saying_is_not_the_day_of_the_deed(files: Path, told: str, start: str, end: str) -> None:
    Path("told.txt").write_text(f"2 April 2025\n\n{told} Nobody else has told of it so far.\n", encoding="utf-8")
    (row,) = _found("told.txt")
    assert (row["start"][:10], row["end"][:10]) == (start, end)


THEY = """2 April 2025

"They struck a substation in Kherson last night," Ukrainian President Petro Havryliuk said. "They attacked Odesa as well," he added.
"""


def test_they_are_never_the_speakers_own_side(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("they.txt").write_text(THEY, encoding="utf-8")
    assert not _found("they.txt")
    capsys.readouterr()
    assert main(["first", "they.txt", "--agreement", "truce.yaml"]) == 2  # nobody accuses, admits or denies
    assert "admit" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "said",
    [
        '"We struck a depot near Kherson on Monday," Ukrainian President Petro Havryliuk said.',
        "Ukrainian President Petro Havryliuk said that Ukrainian troops attacked a depot near Kherson on Monday.",
    ],
)
def test_who_says_we_or_names_his_side_admits(files: Path, said: str) -> None:
    Path("we.txt").write_text(f"2 April 2025\n\n{said} Nobody else has told of it so far.\n", encoding="utf-8")
    (row,) = _found("we.txt")
    assert (row["actor"], row["side"], row["stance"]) == ("UA", "UA", "asserts")


HEAD = "Charges over the river\n\nKYIV, April 2, 2025 - "


def _told(sentence: str) -> list[tuple[str, str, str, str]]:
    """What the reports of one sentence say: who, on whose side, of whom, and how."""
    Path("one.txt").write_text(HEAD + sentence + "\n", encoding="utf-8")
    return [(row["origin"], row["side"], row["actor"], row["stance"]) for row in _found("one.txt")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Reports that Ukraine attacked Kherson on Tuesday were false, Ukraine's army said.",
        "Claims that Ukraine shelled Kherson on Tuesday are untrue, Ukraine's army said.",
        "Ukraine's army said it was false that it had shelled Kherson on Tuesday.",
        "Ukraine's army said that allegations that it shelled Kherson on Tuesday were baseless.",
    ],
)
def test_whoever_calls_a_report_of_his_own_deed_untrue_denies_it_and_admits_nothing(files: Path, sentence: str) -> None:
    assert _told(sentence) == [("Ukraine's army", "UA", "", "denies")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ukraine's army said that Russia had claimed that Ukraine had shelled Kherson on Tuesday.",
        "Ukraine's army said that the mission had reported that Ukraine shelled Kherson on Tuesday.",
        "Ukraine accused Russia of falsely claiming that Ukraine shelled Kherson on Tuesday.",
    ],
)
def test_whoever_tells_what_others_claim_of_him_admits_nothing(files: Path, sentence: str) -> None:
    assert [row for row in _told(sentence) if row[1] == "UA"] == []


def test_whoever_tells_that_another_denies_a_deed_does_not_accuse_him_of_it(files: Path) -> None:
    told = _told("Ukraine's army said that Russia denied that Russian forces shelled Kherson on Tuesday.")
    assert told == [("Russia", "RU", "", "denies")]


@pytest.mark.parametrize(
    "who",
    [
        "The Foreign Ministry of Russia on 2 April 2025",
        "The Foreign Ministry of Russia on April 2, 2025",
        "The Foreign Ministry of Russia late on Tuesday",
        "The Foreign Ministry of Russia in a statement on Tuesday",
        "The Foreign Ministry of Russia on Tuesday in a written statement",
    ],
)
def test_the_day_and_the_way_of_a_saying_are_no_part_of_who_says_it(files: Path, who: str) -> None:
    told = _told(f"{who} said that Ukraine had shelled Kherson on April 1.")
    assert told == [("Foreign Ministry of Russia", "RU", "UA", "asserts")]


def test_what_stands_before_said_adding_is_said_too(files: Path) -> None:
    told = _told("Russia shelled Kherson on Tuesday, Ukraine's army said, adding that it would answer.")
    assert told == [("Ukraine's army", "UA", "RU", "asserts")]


def _stances(text: str) -> list[tuple[str, str, str]]:
    """Stance, accused and side of every report in an article."""
    Path("said.txt").write_text(text, encoding="utf-8")
    return [(row["stance"], row["actor"], row["side"]) for row in _found("said.txt")]


@pytest.mark.parametrize(
    "text",
    [
        'KYIV, 2 April 2025\n\n"We did not shell Kherson on 1 April 2025," the Ukrainian General Staff said.\n',
        "МОСКВА, 2 апреля 2025\n\n«Сообщения об обстреле Херсона 1 апреля 2025 года — ложь», — сказал представитель Минобороны РФ.\n",
        "КИЇВ, 2 квітня 2025\n\nУ Генштабі ЗСУ повідомили, що не стріляли по Херсону 1 квітня 2025 року.\n",
        "КИЇВ, 2 квітня 2025\n\nГенштаб ЗСУ заявив, що українські війська не обстрілювали Херсон 1 квітня 2025 року.\n",
    ],
)
def test_a_denial_in_any_language_is_a_report_that_denies_and_accuses_nobody(files: Path, text: str) -> None:
    ((stance, accused, side),) = _stances(text)
    assert (stance, accused) == ("denies", "")
    assert side


@pytest.mark.parametrize(
    "sentence",
    [
        "Минобороны РФ сообщило, что якобы российские войска обстреляли Херсон 1 апреля 2025 года.",
        "Министерство обороны РФ заявило, что сообщения об обстреле Херсона украинскими войсками 1 апреля 2025 года — ложь.",
    ],
)
def test_what_others_are_said_to_tell_is_neither_admitted_nor_denied(files: Path, sentence: str) -> None:
    assert _stances(f"МОСКВА, 2 апреля 2025\n\n{sentence}\n") == []


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("Ukraine admitted that it had shelled Kherson on 1 April 2025.", [("asserts", "UA", "UA")]),
        ("Ukraine acknowledged that its forces shelled Kherson on 1 April 2025.", [("asserts", "UA", "UA")]),
        ("Ukraine conceded that it was shelled in Kherson on 1 April 2025.", []),
        ("Ukraine admitted that they shelled Kherson on 1 April 2025.", []),
        (
            "Russia said Ukraine admitted that Ukrainian forces shelled Kherson on 1 April 2025.",
            [("asserts", "UA", "RU")],
        ),
    ],
)
def test_one_admits_what_one_did_oneself_and_nobody_by_the_mouth_of_his_adversary(
    files: Path, sentence: str, right: list[tuple[str, str, str]]
) -> None:
    assert _stances(f"KYIV, 2 April 2025\n\n{sentence}\n") == right
