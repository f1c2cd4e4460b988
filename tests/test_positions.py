"""Positions over time: steps, who moved, what each waits for, where an agreement would fall, who offers whom."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import ClassVar, cast
from zoneinfo import ZoneInfo

import pytest

from servanda.app.statements import read_statements
from servanda.cli.main import main
from servanda.evidence import Context, read_evidence
from servanda.statements import People, StatementAnalysis, TopicMatcher, align, stands
from servanda.statements.extract import Statement
from servanda.statements.offers import Offer, offers
from servanda.statements.positions import Positions, Step, positions, waits_for
from servanda.statements.stances import Stance

ROOT = Path(__file__).resolve().parents[1]
SEEDS = sorted((ROOT.parent / "shared" / "data" / "seeds").glob("*.txt"))
MARCH = ROOT / "cases" / "negotiation-march-2025" / "agreement.yaml"
NAMES = {"NL": "Northland", "SL": "Southland", "TR": "Turkey", "FR": "France"}


def said(
    n: int,
    speaker: str,
    side: str,
    content: str,
    day: str = "",
    document: str = "",
    verb: str = "say",
    **stances: Stance,
) -> Statement:
    """A statement on terms."""
    when = date.fromisoformat(day) if day else None
    document = document or f"d{n}"
    stand = tuple(stances.items())
    return Statement(
        f"{document}:{n}",
        document,
        speaker,
        side,
        speaker,
        True,
        speaker,
        False,
        content,
        (),
        verb,
        "",
        (document,),
        when,
        bool(day),
        stand,
        n,
    )


class Named:
    """Terms that are known by their names."""

    topics: ClassVar = {"truce": ("truce", "ceasefire"), "observers": ("observers",)}

    def terms_in(self, text: str) -> list[str]:
        return [term for term, words in self.topics.items() if any(word in text for word in words)]


def analysed(*statements: Statement, parties: tuple[str, ...] = ("NL", "SL")) -> StatementAnalysis:
    """All that these statements tell, of an agreement on a truce and on observers."""
    people = People.known([], {"Northland": "NL", "Southland": "SL", "Turkey": "TR", "France": "FR"})
    aligned = align(statements)
    cells = tuple(stands(statements, aligned, NAMES))
    return StatementAnalysis(
        (),
        statements,
        aligned,
        cells,
        cast("TopicMatcher", Named()),
        NAMES,
        people,
        parties=parties,
        zone="Europe/Kyiv",
    )


def found(*statements: Statement) -> Positions:
    return positions(analysed(*statements))


def zone(of: Positions, term: str = "truce") -> tuple[str, dict[str, str]]:
    (only,) = [z for z in of.zones if z.term == term]
    return only.state, dict(only.leans)


def conditions(of: Positions) -> list[Step]:
    return [s for s in of.steps if s.stance == "condition"]


def test_steps_stand_in_the_order_of_time_and_a_saying_in_two_relays_is_one() -> None:
    words = "that the truce shall hold for thirty days from tomorrow morning on"
    of = found(
        said(1, "Ana Berg", "NL", "that Northland takes the truce", "2025-03-20", truce="accepts"),
        said(2, "Ana Berg", "NL", words, "2025-03-12", truce="demands"),
        said(3, "Ana Berg", "NL", words, "2025-03-12", truce="demands"),
    )
    assert [(s.day, s.stance, s.origins, len(s.statements)) for s in of.steps] == [
        (date(2025, 3, 12), "demands", 1, 2),
        (date(2025, 3, 20), "accepts", 1, 1),
    ]


def test_who_rejected_and_later_accepts_has_moved() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "any truce at all", "2025-03-12", truce="rejects"),
        said(2, "Ole Vik", "NL", "that Northland can live with a truce", "2025-03-20", truce="accepts"),
    )
    (moved,) = of.moves
    assert (moved.speakers, moved.day, moved.moved_from) == (["Ole Vik"], date(2025, 3, 20), ("rejects",))


def test_who_demands_and_later_accepts_the_same_has_not_moved() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "a truce", "2025-03-12", truce="demands"),
        said(2, "Ana Berg", "NL", "the truce", "2025-03-20", truce="accepts"),
        said(3, "Cem Oz", "SL", "a truce", "", truce="rejects"),
        said(4, "Cem Oz", "SL", "that he takes the truce", "2025-03-20", truce="accepts"),
    )
    assert not of.moves  # and what has no day moves nobody


def test_a_denial_is_no_position() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "the truce", "2025-03-12", truce="accepts"),
        said(2, "Ana Berg", "NL", "that he broke the truce", "2025-03-20", truce="denies"),
    )
    assert not of.moves
    assert zone(of)[1]["NL"] == "for"


def test_a_condition_that_another_side_meets_is_met_and_the_term_agreed() -> None:
    of = found(
        said(
            1,
            "Ana Berg",
            "NL",
            "that Northland stops the war if Southland lets observers in",
            "2025-03-12",
            truce="condition",
        ),
        said(2, "Cem Oz", "SL", "that the observers may come", "2025-03-14", observers="accepts"),
        said(3, "Cem Oz", "SL", "the truce", "2025-03-14", truce="accepts"),
    )
    (waiting,) = conditions(of)
    assert waiting.waits_for == "Southland lets observers in"
    assert (waiting.answer, waiting.answered_by) == ("met", ("SL: accepts, observers, 2025-03-14",))
    assert zone(of) == ("agreed", {"NL": "for", "SL": "for"})


@pytest.mark.parametrize(
    ("answer", "told"), [("rejects", "refused"), ("condition", "mutual"), ("denies", "unanswered")]
)
def test_a_condition_is_judged_by_what_the_side_that_it_names_said(answer: Stance, told: str) -> None:
    of = found(
        said(
            1, "Ana Berg", "NL", "that Northland takes the truce only if Southland lets observers in", truce="condition"
        ),
        said(2, "Cem Oz", "SL", "the observers", observers=answer),
        said(3, "Ece Gul", "TR", "the observers", observers="accepts"),
    )
    assert conditions(of)[0].answer == told


def test_a_threat_is_no_condition_that_a_promise_could_meet() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "that there will be no truce if Southland rejects observers", truce="condition"),
        said(2, "Cem Oz", "SL", "the observers", observers="accepts"),
    )
    assert conditions(of)[0].answer == "not judged"


def test_who_waits_for_what_he_rejects_threatens() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "that Northland ends the truce if the observers come", truce="condition"),
        said(2, "Ana Berg", "NL", "any observers", observers="rejects"),
        said(3, "Cem Oz", "SL", "the observers", observers="accepts"),
    )
    assert conditions(of)[0].answer == "not judged"


def test_a_refusal_with_a_threat_beside_it_is_a_refusal() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "any observers", "2025-03-12", observers="rejects"),
        said(2, "Ana Berg", "NL", "that it means war if they come", "2025-03-12", observers="condition"),
        said(3, "Cem Oz", "SL", "the observers", "2025-03-12", observers="demands"),
    )
    assert zone(of, "observers") == ("blocked", {"NL": "against", "SL": "for"})


def test_what_somebody_who_is_no_party_rejects_is_told_and_decides_nothing() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "the truce", truce="accepts"),
        said(2, "Cem Oz", "SL", "the truce", truce="accepts"),
        said(3, "Ece Gul", "TR", "any truce", truce="rejects"),
    )
    assert [(z.state, z.blocks) for z in of.zones] == [("agreed", ("TR rejects it, and is no party",))]


def test_a_condition_that_names_nobody_and_only_its_own_term_is_not_judged() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "that all details of the ceasefire must first be clarified", truce="condition"),
        said(2, "Cem Oz", "SL", "the truce", truce="accepts"),
    )
    assert (conditions(of)[0].answer, zone(of)[0]) == ("not judged", "waiting")


def test_of_both_sides_a_condition_names_the_parties() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "that observers are possible only if both sides agree to it", observers="condition"),
        said(2, "Cem Oz", "SL", "the observers", observers="accepts"),
    )
    assert (conditions(of)[0].answer, zone(of, "observers")[0]) == ("met", "agreed")


def test_one_for_and_one_against_is_blocked_and_told_by_whom() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "the truce", "2025-03-12", truce="demands"),
        said(2, "Cem Oz", "SL", "any truce", "2025-03-14", truce="rejects"),
        said(3, "Ece Gul", "TR", "a truce", "2025-03-14", truce="offers"),
    )
    (only,) = of.zones
    assert (only.state, only.blocks) == ("blocked", ("SL rejects it (since 2025-03-14)",))
    assert only.sides("for") == ["NL", "TR"]  # whose positions are compatible


def test_a_party_that_has_not_said_leaves_the_term_open() -> None:
    of = found(said(1, "Ana Berg", "NL", "the truce", truce="demands"), said(2, "Ece Gul", "TR", "it", truce="offers"))
    assert zone(of) == ("open", {"NL": "for", "SL": "silent", "TR": "for"})


def test_who_says_both_on_one_day_is_of_two_voices() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "the truce", "2025-03-12", truce="accepts"),
        said(2, "Ole Vik", "NL", "any truce", "2025-03-12", truce="rejects"),
        said(3, "Cem Oz", "SL", "the truce", "2025-03-12", truce="accepts"),
    )
    assert zone(of) == ("blocked", {"NL": "divided", "SL": "for"})


def test_a_condition_without_a_day_is_not_hidden_by_a_dated_yes() -> None:
    of = found(
        said(1, "Ana Berg", "NL", "the truce", "2025-03-12", truce="accepts"),
        said(2, "Ana Berg", "NL", "that there is a truce when all is clarified", truce="condition"),
        said(3, "Cem Oz", "SL", "the truce", "2025-03-12", truce="accepts"),
    )
    assert zone(of)[0] == "waiting"


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("We will leave only when the last cache has been emptied.", "the last cache has been emptied"),
        ("the Rada would vote provided that the guns fall silent", "the guns fall silent"),
        ("not one more metre before Kyiv lifts the blockade", "Kyiv lifts the blockade"),
        ("that every detail must first be clarified", "every detail must first be clarified"),
        ("Украина готова отвести их при условии, что другая сторона даст проверить", "другая сторона даст проверить"),
        ("війська підуть лише тоді, коли спорожніє схрон", "спорожніє схрон"),
        ("We welcome the truce.", ""),
    ],
)
def test_what_a_condition_waits_for_stands_behind_its_word(text: str, clause: str) -> None:
    assert waits_for(text) == clause


def offered(content: str, verb: str = "say", **stances: Stance) -> list[Offer]:
    return offers(analysed(said(1, "Alain Roy", "FR", content, "2025-04-02", verb=verb, **stances)))


def test_an_offer_tells_how_many_where_for_what_and_on_whose_consent() -> None:
    (offer,) = offered(
        "France is ready to send up to 5,000 troops to Odesa to train the army if Northland asks for them"
    )
    assert (offer.strength, offer.place, offer.purpose) == ("up to 5,000", "Odesa", "to train the army")
    assert (offer.consent_of, offer.consent_side) == ("Northland", "NL")


def test_what_an_offer_does_not_say_is_empty() -> None:
    (offer,) = offered("his willingness to contribute troops", "express", observers="offers")
    assert (offer.strength, offer.place, offer.purpose, offer.consent_of) == ("", "", "", "")


@pytest.mark.parametrize(
    "content",
    [
        "France will not send soldiers",
        "the decision to station peacekeepers should be made by Northland",
        "preventing the deployment of foreign contingents",
        "that the soldiers will go home",
        "We will send them a letter",
    ],
)
def test_what_sends_nobody_is_no_offer(content: str) -> None:
    assert not offered(content, truce="announces")


def test_an_offer_that_was_relayed_twice_is_one_row_with_what_the_fuller_relay_says() -> None:
    short = said(1, "Alain Roy", "FR", "We will send engineers", "2025-04-02", truce="offers")
    full = said(2, "Alain Roy", "FR", "We will send 200 engineers to Lviv to clear mines", "2025-04-02", truce="offers")
    one, two = (replace(s, hearer="the Herald") for s in (short, full))
    (offer,) = offers(analysed(one, two))
    assert offer.statement is two


def test_offers_are_positions_in_the_register_of_forces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "Who sends whom\n\nKYIV, April 2, 2025 (Ukrinform) - Australian Prime Minister Joan Keller offered to deploy 200 engineers in Lviv to clear mines, "
        "with the consent of Ukraine. French Defence Minister Alain Mercier said that the truce should be kept."
    )
    Path("who.txt").write_text(text, encoding="utf-8")
    assert main(["statements", "who.txt", "--agreement", str(MARCH), "--out", "out"]) == 0
    with Path("out/forces.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["who"], row["status"], row["strength"], row["awaits_consent_of"]) == ("AU", "offered", "200", "UA")
    assert row["start"] == "2025-04-02T00:00:00+03:00"
    assert row["origin"] == "Joan Keller"
    read = read_evidence([Path("out/forces.csv")], Context(ZoneInfo("Europe/Kyiv")))
    assert not sum(batch.height for batch in read.batches())  # a position, and no deed
    assert "on the consent of: UA" in read.ingest.statements["summary"][0]


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_the_page_of_the_marked_articles_can_be_made(language: str, tmp_path: Path) -> None:
    articles = sorted((ROOT / "bench" / "speech" / language / "dev").glob("minsk*.txt"))
    agreement = str(ROOT / "cases" / "minsk-package-2015" / "agreement.yaml")
    assert main(["statements", *map(str, articles), "--agreement", agreement, "--out", str(tmp_path / "out")]) == 0
    assert "Positions over time" in (tmp_path / "out" / "statements.html").read_text(encoding="utf-8")


@pytest.mark.skipif(not SEEDS, reason="the five articles are not shipped")
def test_on_the_seed_articles_each_stands_where_they_put_him() -> None:
    analysis = read_statements([str(p) for p in SEEDS], str(MARCH))
    of = positions(analysis)
    stood = {(speaker, s.term, s.stance) for s in of.steps for speaker in s.speakers}
    assert {
        ("Alexander Grushko", "contingents", "rejects"),
        ("Alexander Grushko", "neutral_status", "demands"),
        ("Alexander Grushko", "ironclad", "demands"),
        ("Sergey Lavrov", "contingents", "rejects"),
        ("Anthony Albanese", "contingents", "offers"),
    } <= stood
    assert {"Vladimir Putin"} <= {speaker for speaker, term, _ in stood if term == "truce"}
    lavrov = next(s for s in of.steps if s.speakers == ["Sergey Lavrov"])
    assert lavrov.day == date(2025, 3, 12)
    assert zone(of)[1]["UA"] == "for"
    # one interview, five relays: one origin
    (interview,) = [o for o in analysis.aligned.occasions if o.speaker == "Alexander Grushko"]
    assert len(interview.documents) == 5
    given = [(o.side, o.strength) for o in offers(analysis)]
    assert {side for side, _ in given} == {"FR", "GB", "AU"}  # the three of whom two relays tell that they are willing
    assert ("FR", "a few thousand") in given


STRANGERS = """Users argue about the truce

KYIV, April 2, 2025 (Ukrinform) - A user on X wrote that Russia accepts the ceasefire. Another user wrote that Ukraine accepts the 30-day
ceasefire as well. French Defence Minister Alain Mercier said that Russia has agreed to the ceasefire.
"""


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("users.txt").write_text(STRANGERS, encoding="utf-8")


def test_by_the_word_of_a_stranger_or_of_another_side_nobody_agrees(
    strangers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["statements", "users.txt", "--agreement", str(MARCH), "--out", "out"]) == 0
    with Path("out/zone.csv").open(encoding="utf-8") as file:
        truce = next(row for row in csv.DictReader(file) if row["term"] == "truce")
    assert (truce["state"], truce["for"]) == ("open", "")
    with Path("out/positions.csv").open(encoding="utf-8") as file:
        assert not [row for row in csv.DictReader(file) if row["side"] in ("RU", "UA")]
    assert "by the word of" in capsys.readouterr().out  # in the matrix it is told as what it is
    assert "by the word of" in Path("out/statements.html").read_text(encoding="utf-8")


def test_the_zone_is_of_the_newest_document_and_of_no_clock(strangers: None) -> None:
    assert main(["statements", "users.txt", "--agreement", str(MARCH), "--out", "out"]) == 0
    assert "As the newest document has it (2025-04-02)" in Path("out/statements.html").read_text(encoding="utf-8")


def test_where_no_document_names_a_party_that_is_said_first(
    strangers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    golan = str(ROOT / "cases" / "golan-1974" / "agreement.yaml")
    assert main(["statements", "users.txt", "--agreement", golan, "--out", "out"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("None of these documents names a party of")
    assert "Who stands where" not in told
    with Path("out/zone.csv").open(encoding="utf-8") as file:
        assert not list(csv.DictReader(file))


def test_a_file_without_an_article_does_not_stop_the_others(
    strangers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty.txt").write_text("Ceasefire.", encoding="utf-8")
    assert main(["statements", "empty.txt", "users.txt", "--agreement", str(MARCH), "--out", "out"]) == 0
    assert "1 file without an article left out: empty" in capsys.readouterr().out
    with Path("out/left_out.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["document"] == "empty")
    assert "holds no article" in row["reason"]
    assert main(["statements", "empty.txt", "--agreement", str(MARCH)]) == 2
    assert "DOC004" in capsys.readouterr().err


def test_a_matrix_of_many_sides_is_told_term_by_term_and_so_it_is_printed(tmp_path: Path) -> None:
    articles = sorted((ROOT / "bench" / "speech" / "en" / "dev").glob("resolution*.txt"))
    agreement = str(ROOT / "cases" / "resolution-2231" / "agreement.yaml")
    assert main(["statements", *map(str, articles), "--agreement", agreement, "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "statements.html").read_text(encoding="utf-8")
    assert '<table class="matrix many">' in page  # no side lies out of sight
    assert 'data-side="Iran"' in page
    assert "@media print{.matrix tr,.matrix td" in page  # a row may go over the edge of a page
