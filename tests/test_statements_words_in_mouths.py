"""No words are put into a mouth: halves of quotations, what was not said, who speaks together, who *it* is; and what is left out is listed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from servanda.app.statements import read_statements
from servanda.cli.main import main
from servanda.statements import StatementAnalysis
from tests.test_statements import AGREEMENT, SEEDS

HEAD = "Talks go on\n\n14 April 2025\n\n"
SOURCE = Path(__file__).resolve().parents[1] / "src" / "servanda"


def said_in(tmp_path: Path, *texts: str, agreement: str = AGREEMENT) -> StatementAnalysis:
    """What some articles tell."""
    (tmp_path / "a.yaml").write_text(agreement, encoding="utf-8")
    paths = []
    for n, text in enumerate(texts):
        path = tmp_path / f"t{n}.txt"
        path.write_text(HEAD + text + "\n", encoding="utf-8")
        paths.append(str(path))
    return read_statements(paths, str(tmp_path / "a.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        '"We hold the bridge," Colonel Amara Diop said, "and we shall keep it."',
        '"We hold the bridge," the deputy commander, Amara Diop, told Reuters, "and we shall keep it."',
        "«We hold the bridge», said Amara Diop, the mission's head, «and we shall keep it».",
        "'We hold the bridge,' Amara Diop wrote on Friday, 'and we shall keep it.'",
        '"We hold the bridge," said Amara Diop. "And we shall keep it."',
        "“We hold the bridge.\n\n“And we shall keep it,” Amara Diop said.",
        "Amara Diop told reporters: “We hold the bridge.\n\n“And we shall keep it.”",
        "— We hold the bridge, — said Amara Diop, — and we shall keep it.",
    ],
)
def test_both_halves_of_a_quotation_are_their_speakers(tmp_path: Path, text: str) -> None:
    (one,) = said_in(tmp_path, text).statements
    assert one.speaker == "Amara Diop"
    assert "We hold the bridge" in one.content
    assert "nd we shall keep it" in one.content


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_not_the_last_speakers(tmp_path: Path) -> None:
    text = "“We are leaving,” said Ines Duarte.\n\n“The bridge was shelled.\n\n“Nobody warned us,” Rafael Costa said."
    assert {(s.speaker, "shelled" in s.content) for s in said_in(tmp_path, text).statements} == {
        ("Ines Duarte", False),
        ("Rafael Costa", True),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Minister Peter Ole, a former teacher, said the port was shelled.",
        "Minister Peter Ole, speaking to reporters, said the port was shelled.",
        'Minister Peter Ole, who flew in on Monday, said: "The port was shelled."',
        "Peter Ole for his part said the port was shelled.",
    ],
)
def test_a_name_that_is_another_word_elsewhere_still_speaks(tmp_path: Path, text: str) -> None:
    assert [s.speaker for s in said_in(tmp_path, text).statements] == ["Peter Ole"]


def test_what_somebody_repeats_is_said_once(tmp_path: Path) -> None:
    said = said_in(tmp_path, "Eastland repeated its claim that Southland had broken the truce.").statements
    assert [s.speaker for s in said] == ["Eastland"]


def test_a_station_gives_its_name_to_no_town(tmp_path: Path) -> None:
    texts = 'Karl Brandt told Radio Kessel that "the port burned".', "Residents of Kessel said the port was shelled."
    assert "Residents of Kessel" in {s.speaker for s in said_in(tmp_path, *texts).statements}


def test_a_quotation_that_nobody_closes_puts_no_other_words_into_a_mouth(tmp_path: Path) -> None:
    text = '"The port burned, Ana Silva told the court. Karl Brandt denied it.\n\nAmara Diop said: "The port is safe."'
    assert {s.speaker for s in said_in(tmp_path, text).statements if "is safe" in s.content} == {"Amara Diop"}


@pytest.mark.parametrize(
    "text",
    [
        "Tomas Varga did not say that Southland had broken the truce.",
        "The spokesman never claimed that Southland had broken the truce.",
        "Tomas Varga denied having said that Southland had broken the truce.",
        "Minister Lena Brandt denied ever telling reporters that Southland had broken the truce.",
        "Eastland retracted its claim that Southland had broken the truce.",
        "Eastland withdrew its statement that Southland had broken the truce.",
        "Nobody in the delegation said that Southland had broken the truce.",
        "Neither Orlik nor Brandt said Southland had broken the truce.",
        "Tomas Varga denied that Eastland had said that Southland had broken the truce.",
        "It is not true that Marta Silva said Southland had broken the truce.",
        "If Orlik says that Southland had broken the truce, the convoy will leave.",
    ],
)
def test_what_was_not_said_is_no_statement_and_is_listed(tmp_path: Path, text: str) -> None:
    said = said_in(tmp_path, text)
    assert not [s for s in said.statements if "broken the truce" in s.content]
    assert [words for _, _, words in said.left_out if "broken the truce" in words]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ('"If we had been against the observers we would not have paid for them," Northland\'s envoy said.', "NL"),
        ("Nobody in Northland has agreed to the observers, Northland's envoy said.", "NL"),
        ("Northland's envoy denied that Southland had rejected the observers.", "SL"),
    ],
)
def test_what_never_came_to_be_is_no_stand_of_anybody(tmp_path: Path, text: str, side: str) -> None:
    assert {s.stance for s in said_in(tmp_path, text).stands if s.side == side} <= {"speaks of", "denies"}


def test_who_speak_together_speak_each_for_his_side(tmp_path: Path) -> None:
    for text in (
        "Northland, Southland and Eastland proposed a ceasefire of ten days.",
        "Both Northland and Southland proposed a ceasefire.",
    ):
        sides = {s.side for s in said_in(tmp_path, text).statements}
        assert {"NL", "SL"} <= sides


def test_whoever_has_agreed_by_anothers_word_accepts_and_is_marked(tmp_path: Path) -> None:
    said = said_in(tmp_path, "The mediator Ola Nygaard said that Northland and Southland have agreed to a ceasefire.")
    cells = {(c.side, c.stance, c.by_word_of) for c in said.stands if c.stance == "accepts"}
    assert cells == {("NL", "accepts", ("Ola Nygaard",)), ("SL", "accepts", ("Ola Nygaard",))}
    doubtful = said_in(tmp_path, "Ola Nygaard said that Northland would agree to a ceasefire.")
    assert not [c for c in doubtful.stands if c.stance == "accepts"]


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("The Northern Front said it answered fire from the militia, which it said opened up first.", "Northern Front", "opened up first"),
        ("Northland rejected the plan. Its army chief said the observers must leave.", "NL", "observers must leave"),
        ("Southland accepted the ceasefire on Sunday. It said the observers could come.", "SL", "observers could come"),
        ("Their commander in the area, a man who goes by the name of Kuban, said the monitors were late.", "commander", "monitors were late"),
        ("The men who hold the hill said they would stay.", "The men", "they would stay"),
        ("An aide to Northland arrived. Northland, he said, rejected observers.", "he", "observers"),
    ],
)  # fmt: skip
def test_pronouns_and_bodies_are_known_by_what_stands_before(
    tmp_path: Path, text: str, speaker: str, words: str
) -> None:
    found = [s for s in said_in(tmp_path, text).statements if words in s.content]
    assert any(speaker in (s.speaker, s.side) or speaker in s.said_as for s in found)


def test_a_person_named_two_paragraphs_before_is_not_he_where_another_came_between(tmp_path: Path) -> None:
    text = (
        "Northland's ambassador, Shirin Alavi, disputes the figure. Alavi said the truce holds.\n\n"
        "A Southland official who knows the file was unimpressed. The observers, he said, must leave."
    )
    assert not [s for s in said_in(tmp_path, text).statements if s.speaker == "Shirin Alavi" and "leave" in s.content]


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("GENEVA: Shelling has emptied two towns, a Northland official said on Sunday.", "GENEVA"),
        ("AMMAN — The truce holds, Karl Brandt said.", "AMMAN"),
        ("PORT OLA (Northland): Nobody fired on Sunday, Karl Brandt said.", "PORT OLA"),
        ("The note added that the militia continues to occupy the houses.", "militia"),
        ("The note added that the militia maintains checkpoints in the town.", "militia"),
        ("The militia broke the truce at 21:50, by attacking our positions in the hills.", "militia"),
        ('Live: "The bridge is open," Karl Brandt said.', "Live"),
    ],
)
def test_a_dateline_a_label_and_whoever_acts_are_no_speakers(tmp_path: Path, text: str, nobody: str) -> None:
    assert not [s for s in said_in(tmp_path, text).statements if nobody in (s.speaker, s.said_as.removeprefix("the "))]


def test_every_half_sentence_that_is_in_no_statement_is_listed(tmp_path: Path) -> None:
    text = "The line is quiet, Colonel Diop said, but his men were tired of waiting. It rained on the hills that day."
    said = said_in(tmp_path, text)
    (tmp_path / "o").mkdir()
    assert main(["statements", str(tmp_path / "t0.txt"), "--out", str(tmp_path / "o")]) == 0
    with (tmp_path / "o" / "left_out.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    listed = " ".join(row["text"] for row in rows)
    assert "his men were tired of waiting" in listed
    assert "It rained on the hills" in listed
    words = set(re.findall(r"\w+", text))
    kept = set(
        re.findall(r"\w+", " ".join(f"{s.said_as} {s.verb} {s.content}" for s in said.statements) + " " + listed)
    )
    assert words - kept <= {"said"}
    assert [s.content for s in said.statements] == ["The line is quiet"]


def told_of(tmp_path: Path, *quotes: str) -> set[tuple[str, str]]:
    """What several relays of one saying did to it: kind and article."""
    texts = [
        f'"We will keep the {q} ceasefire on the whole line of contact," Ana Berg of Northland said.' for q in quotes
    ]
    return {(c.kind, c.document) for c in said_in(tmp_path, *texts).aligned.changes}


def test_what_most_relays_have_was_cut_and_what_one_alone_has_was_added(tmp_path: Path) -> None:
    assert told_of(tmp_path, "full", "full", "") == {("cut", "t2")}
    assert told_of(tmp_path, "full", "", "") == {("added", "t0")}
    assert told_of(tmp_path, "full", "") == {("differs", "t0"), ("differs", "t1")}
    assert told_of(tmp_path, "full", "full", "brief") == {("changed", "t2")}
    assert told_of(tmp_path, "full", "brief") == {("differs", "t0"), ("differs", "t1")}


def test_a_bent_statement_is_marked_in_its_cell_and_counts_for_no_origin(tmp_path: Path) -> None:
    said = "Northland's President Ana Berg told Reuters that she {} observers."
    analysis = said_in(tmp_path, *(said.format(verb) for verb in ("accepts", "accepts", "rejects")))
    cells = {c.stance: (c.origins, c.documents, len(c.bent)) for c in analysis.stands if c.term == "observers"}
    assert cells == {"accepts": (1, 2, 0), "rejects": (0, 0, 1)}


def test_whose_words_a_document_is_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    path = tmp_path / "post.txt"
    path.write_text(HEAD + "We reject any observers on the line. Karl Brandt said the truce holds.\n", encoding="utf-8")
    analysis = read_statements([str(path)], str(tmp_path / "a.yaml"), by="Foreign Ministry of Northland")
    assert {(s.speaker, s.side) for s in analysis.statements} == {
        ("Foreign Ministry of Northland", "NL"),
        ("Karl Brandt", ""),
    }
    assert ("NL", "observers", "rejects") in {(c.side, c.term, c.stance) for c in analysis.stands}


@pytest.mark.parametrize(
    "head",
    [
        "Ministry of Defence of Northland\nPress office\nStatement of 14 April 2025\n\n",
        "Channel: Government of Northland\n14 April 2025, 09:03\n\n",
    ],
)
def test_a_letterhead_and_a_channel_tell_whose_words_a_text_is(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    path = tmp_path / "post.txt"
    path.write_text(head + "We do not accept any observers on the line.\n", encoding="utf-8")
    analysis = read_statements([str(path)], str(tmp_path / "a.yaml"))
    assert {(c.side, c.term, c.stance) for c in analysis.stands} == {("NL", "observers", "rejects")}


MET = "Northland's President Ola Nygaard met Southland's Foreign Minister Juan Prado on Monday.\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "Nygaard could say that the observers must leave.",
        "Nygaard was expected to say that the observers must leave.",
        "Nygaard is likely to announce that the observers must leave.",
        '"The observers must leave," said no Northland official.',
        "No one in Northland said the observers must leave.",
        "A newspaper wrongly reported that Nygaard said the observers must leave.",
        "It is a lie that Nygaard said that the observers must leave.",
        "A fake video showed Nygaard saying that the observers must leave.",
        "It would be wrong to claim that Nygaard said that the observers must leave.",
        "Nygaard never said that Prado had said that the observers must leave.",
        "The Eastland president, whom Nygaard criticised, said that the observers must leave.",
    ],
)
def test_nobody_says_what_he_could_say_what_is_awaited_and_what_is_a_lie(tmp_path: Path, text: str) -> None:
    said = said_in(tmp_path, MET + text).statements
    assert not [s for s in said if s.side and "must leave" in s.content and "reported" not in text]
    assert not [s for s in said if s.speaker in ("Ola Nygaard", "Juan Prado") and "must leave" in s.content]


@pytest.mark.parametrize(
    ("text", "wanted", "never"),
    [
        ("Nygaard said Northland will not extend the truce.", ("NL", "truce", "rejects"), "accepts"),
        ("Nygaard said Northland would not respect the truce.", ("NL", "truce", "rejects"), "accepts"),
        ("Nygaard said Northland will not attack.", ("NL", "truce", "accepts"), "rejects"),
        ("Nygaard rejects the assertion that Northland attacked the port.", ("NL", "truce", "denies"), "rejects"),
        ("Nygaard condemned the attack on the port.", None, "rejects"),
        ("Nygaard said it was a lie that Northland rejects observers.", None, "rejects"),
        ("Neither Northland nor Southland accepts observers.", None, "accepts"),
        ("Prado falsely claimed that Nygaard had agreed to observers.", None, "accepts"),
        ("Contrary to reports that Nygaard rejected observers, talks went on.", None, "rejects"),
        ('Nygaard quoted Prado: "We reject observers."', ("SL", "observers", "rejects"), ""),
        ('Nygaard said: "We support the ceasefire. We reject observers."', ("NL", "observers", "rejects"), ""),
        (
            "According to Nygaard, Northland accepts observers; according to Prado, Southland rejects them.",
            None,
            "condition",
        ),
    ],
)
def test_a_stance_is_towards_what_the_verb_has_as_its_object(
    tmp_path: Path, text: str, wanted: tuple[str, str, str] | None, never: str
) -> None:
    cells = {(c.side, c.term, c.stance) for c in said_in(tmp_path, MET + text).stands}
    assert wanted is None or wanted in cells
    assert never not in {stance for _, _, stance in cells}


@pytest.mark.skipif(not SEEDS, reason="the five articles are not shipped")
def test_no_phrase_of_the_seed_articles_sayings_stands_in_the_code() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in SEEDS)
    word = re.compile(r"[\w’'-]+")
    quoted = [word.findall(q.lower()) for q in re.findall(r"[“\"‘]([^“”\"]{4,300})[”\"’]", text)]
    ordinary = {"security guarantees", "peacekeeping", "peacekeeping force", "control and verification"}
    special = {" ".join(q) for q in quoted if 0 < len(q) <= 3 and len(" ".join(q)) > 6} - ordinary
    runs = [q[k : k + 4] for q in quoted for k in range(len(q) - 3)]
    special |= {" ".join(run) for run in runs if sum(len(w) > 5 for w in run) >= 2}
    files = [*(SOURCE / "statements").glob("*.py"), SOURCE / "data" / "thesaurus.yaml"]
    code = {p.name: f" {' '.join(word.findall(p.read_text(encoding='utf-8').lower()))} " for p in files}
    assert {(name, s) for name, c in code.items() for s in special if f" {s} " in c} == set()


# --- whose side: by the place of a dispatch, by the organs of one actor, by any word for irregulars


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("KYIV, 12 September 2014\n\nThe defence ministry said it would pull back its guns.", "UA"),
        ("KYIV, 12 September \u2014 The defence ministry said it would pull back its guns.", "UA"),
        ("12 September 2014\n\nThe mission's deputy chief, Alexander Brandt, demanded that mines be cleared.", "OSCE"),
        ("12 September 2014\n\nThe rebel commander Yuri Bezhin agreed to pull back his guns.", "AF"),
    ],
)
def test_a_side_is_known_by_the_dispatch_the_organs_of_one_actor_and_any_word_for_irregulars(
    tmp_path: Path, text: str, side: str
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(text, encoding="utf-8")
    read = read_statements([article], Path("cases") / "minsk-memorandum-2014/agreement.yaml")
    assert [s.side for s in read.statements] == [side]


def test_who_demands_the_refusal_that_is_the_clause_demands_the_clause(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(
        "17 March 2025\n\nA Russian foreign ministry spokesman demanded the refusal of NATO to accept Ukraine as a member.",
        encoding="utf-8",
    )
    read = read_statements([article], Path("cases") / "negotiation-march-2025/agreement.yaml")
    assert {s.stance for s in read.stands if s.term == "non_accession"} == {"demands"}


def test_whose_side_somebody_is_on_by_one_document_is_not_carried_into_another(tmp_path: Path) -> None:
    first = "KYIV, 12 September 2014 - General Oleh Bilyk said that mines would be removed.\n"
    second = "12 September 2014\n\nOleh Bilyk said that mines would be removed.\n"
    for name, text in (("a", first), ("b", second), ("c", first)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    agreement = Path("cases") / "minsk-memorandum-2014/agreement.yaml"
    sides = [
        {s.document[0]: s.side for s in read_statements([tmp_path / f"{n}.txt" for n in order], agreement).statements}
        for order in ("ab", "bc")
    ]
    assert sides[0]["a"] == sides[1]["c"]
    assert sides[0]["b"] == sides[1]["b"]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Sweden shelled the bridge. Defence Minister Lena Orlik condemned the attack.", ""),
        ("Sweden will never observe the ceasefire, President Lena Orlik said.", ""),
        ("President Lena Orlik told reporters that Sweden wanted to drag out the talks.", ""),
        ("Sweden's defence minister left. Defence Minister Lena Orlik said the ceasefire was dead.", ""),
        ("SWEDEN, April 14 - President Lena Orlik said Sweden had broken the ceasefire.", ""),
        ("SWEDEN, April 14 - A spokesman said the group would observe the ceasefire.", ""),
        ("Sweden shelled the bridge. A spokesman said two of the dead were children.", ""),
        ("Sweden rejected the ceasefire. Defence Minister Lena Orlik said it was a trap.", "SE"),
        ("SWEDEN, April 14 - President Lena Orlik said the ceasefire holds.", "SE"),
        ("Sweden accepts a ceasefire, the minister said.", "SE"),
    ],
)
def test_an_official_of_whom_no_word_tells_is_not_of_the_side_that_he_accuses(
    tmp_path: Path, text: str, side: str
) -> None:
    swedish = (
        AGREEMENT.replace("SL", "SE").replace("Southland", "Sweden").replace("NL", "FI").replace("Northland", "Finland")
    )
    said = [s for s in said_in(tmp_path, text, agreement=swedish).statements if s.speaker != "Sweden"]
    assert [s.side for s in said] == [side]


def test_an_aide_who_is_named_is_not_the_one_whose_aide_he_is(tmp_path: Path) -> None:
    (one,) = said_in(tmp_path, "An aide to Luca Ferri, Nils Holm, said the ceasefire was dead.").statements
    assert one.speaker == "Nils Holm"


def test_what_somebody_of_no_known_side_told_him_is_no_stand_of_who_tells_it(tmp_path: Path) -> None:
    text = "Nils Holm, the minister of Northland, said that Luca Ferri had told him the observers would be kept out until the truce held."
    assert not [c for c in said_in(tmp_path, text).stands if c.side == "NL" and c.stance != "speaks of"]


@pytest.mark.parametrize(
    ("text", "stances"),
    [
        ("Northland said its troops would stay on the plain.", {"rejects"}),
        ("Northland said its troops would not stay on the plain.", {"announces"}),
        ("Northland said it would have pulled its soldiers out of the plain long ago.", set()),
    ],
)
def test_who_will_stay_does_not_withdraw_and_who_would_have_left_has_not(
    tmp_path: Path, text: str, stances: set[str]
) -> None:
    pulls = AGREEMENT.replace(
        "troops: {text: There are no foreign troops on the plain., forbid: {act: deployment, in: plain}",
        "troops: {text: Northland pulls its soldiers out of the plain., require: {act: withdrawal, in: plain}",
    )
    found = {c.stance for c in said_in(tmp_path, text, agreement=pulls).stands if c.term == "troops"}
    assert found - {"speaks of"} == stances


def test_the_hour_of_a_live_blog_is_no_part_of_a_name(tmp_path: Path) -> None:
    (one,) = said_in(tmp_path, '18:05 Northland\'s prosecutor: "We saw no observers."').statements
    assert not one.said_as.startswith("18")


def test_both_sides_of_another_truce_are_not_the_parties(tmp_path: Path) -> None:
    both = "Both sides agreed to a ceasefire."
    assert {s.side for s in said_in(tmp_path, f"It was hot in the desert. {both}").statements} == {""}
    assert {s.side for s in said_in(tmp_path, f"Talks with Northland went on. {both}").statements} == {"NL; SL"}


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("Not one more gun, Marta Sollen warned, until they leave.", "Marta Sollen", "Not one more gun until they leave"),
        ("The ceasefire was rejected by Southland on Monday.", "Southland", "The ceasefire"),
        ("Marta Sollen let it be known that the ceasefire holds.", "Marta Sollen", "that the ceasefire holds"),
        ("Marta Sollen spoke. The ceasefire holds, she allowed.", "Marta Sollen", "The ceasefire holds"),
        ("The ceasefire must hold, Marta Sollen said on Monday, a week after it began.", "Marta Sollen", "The ceasefire must hold"),
        ("Marta Sollen said the ceasefire held. It would be kept for a month.", "Marta Sollen", "It would be kept for a month"),
    ],
)  # fmt: skip
def test_words_are_his_whose_saying_is_told_without_a_plain_verb_of_saying(
    tmp_path: Path, text: str, speaker: str, words: str
) -> None:
    said = {(s.speaker, s.content.strip(" .")) for s in said_in(tmp_path, text).statements}
    assert (speaker, words) in said


@pytest.mark.parametrize(
    "text",
    [
        "Two mortars fell, he fled.",
        "You said the ceasefire was dead.",
        "The mayor demanded the refusal of Southland to observe the ceasefire.",
    ],
)
def test_nobody_is_told_to_have_said_what_only_happened_or_was_asked_of_him(tmp_path: Path, text: str) -> None:
    assert {s.speaker for s in said_in(tmp_path, text).statements} <= {"mayor"}


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Southland's leader rejected the ceasefire.\n\nMarta Sollen told reporters that the ceasefire was dead.", "SL"),
        ("Marta Sollen, for Southland, said the ceasefire holds.", "SL"),
        ("The command of Southland, led by Marta Sollen, met. Sollen said the ceasefire holds.", "SL"),
        ("Lena Ivic of Northland spoke. Her counterpart, Marta Sollen, said the ceasefire holds.", "SL"),
    ],
)  # fmt: skip
def test_a_side_is_known_by_whom_a_name_is_put_beside(tmp_path: Path, text: str, side: str) -> None:
    assert {s.side for s in said_in(tmp_path, text).statements if "Sollen" in s.speaker} == {side}


MORE_SIDES = AGREEMENT.replace(
    "parties:", "third_states: {EL: Eastland, WL: Westland, HL: Highland}\nparties:"
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Northland rejected the foreign troops, despite offers from Eastland, Westland, and Highland, who have expressed a willingness to send troops.",
         {("NL", "rejects"), ("EL", "offers"), ("WL", "offers"), ("HL", "offers")}),
        ("Eastland, Westland, and Highland express willingness to send foreign troops, but Northland rejects it.",
         {("NL", "rejects"), ("EL", "offers"), ("WL", "offers"), ("HL", "offers")}),
        ("A Northland official repeated that Northland opposes foreign troops, as Eastland has signaled being open to sending troops.",
         {("NL", "rejects"), ("EL", "offers")}),
        ("A Northland official said that any foreign troops would widen the war, which Northland cannot accept.", {("NL", "rejects")}),
        ("Northland demanded that foreign troops should never be admitted to the plain.", {("NL", "rejects")}),
        ("Northland demanded a foreign troops ban in any treaty.", {("NL", "rejects")}),
        ("A Northland official said: “We will be talking about foreign troops.”", set()),
    ],
)  # fmt: skip
def test_a_list_of_names_an_aside_and_a_ban_say_who_wants_foreign_troops_and_who_not(
    tmp_path: Path, text: str, cells: set[tuple[str, str]]
) -> None:
    read = said_in(tmp_path, text, agreement=MORE_SIDES)
    assert {(s.side, s.stance) for s in read.stands if s.term == "troops" and s.stance != "speaks of"} == cells


def test_who_accepts_what_is_told_of_an_offer_accepts_the_offer(tmp_path: Path) -> None:
    text = (
        "An official of Southland made no mention of guarantees.\n\nHe passed over the 30-day ceasefire proposal, which was accepted by Northland with "
        "envoys of the mission on Sunday."
    )
    read = said_in(tmp_path, text)
    assert [(s.speaker, s.content) for s in read.statements if s.verb == "accept"] == [
        ("Northland", "the 30-day ceasefire proposal")
    ]
    assert {(s.term, s.stance) for s in read.stands if s.side == "NL"} == {("truce", "accepts")}


BANS = """
agreement: bans
title: Talks on the delta
timezone: UTC
parties: {NL: Northland, SL: Southland}
names: {NL: [Northland, Northern], SL: [Southland, Southern]}
places:
  delta: {polygon: [[50, 10], [51, 10], [51, 11], [50, 11]]}
terms:
  league: {text: The states of the Coral League refuse to accept Southland as a member., forbid: {act: accession}, binds: [SL]}
  troops: {text: No foreign troops are in the delta., forbid: {act: deployment, of: {foreign_to: SL}, in: delta}, binds: [SL]}
"""


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("Northland demands Southland's exclusion from the Coral League.", ("NL", "league", "demands")),
        (
            "Northland's minister Tomas Varga said the Coral League should not admit Southland.",
            ("NL", "league", "demands"),
        ),
        ("Northland will not allow foreign troops in the delta.", ("NL", "troops", "rejects")),
        ("Northland demands a ban on foreign troops in the delta.", ("NL", "troops", "rejects")),
    ],
)
def test_who_wants_a_thing_kept_away_demands_a_ban_and_rejects_a_thing(
    tmp_path: Path, text: str, stand: tuple[str, str, str]
) -> None:
    told = said_in(tmp_path, text, agreement=BANS)
    assert {(s.side, t, taken) for s in told.statements for t, taken in s.stances if t == stand[1]} == {stand}


def test_who_is_not_permitted_refuses_nothing(tmp_path: Path) -> None:
    text = "Northland's minister Tomas Varga said any deal must say that Southland would not be permitted to join the Coral League."
    assert {s.side for s in said_in(tmp_path, text, agreement=BANS).statements} == {"NL"}


def test_who_speaks_of_talks_with_a_side_is_not_on_it(tmp_path: Path) -> None:
    told = said_in(tmp_path, "Nothing will come of talks with Southland, President Dario Quist told reporters.")
    assert {s.side for s in told.statements} == {""}


def test_nobody_of_another_war_speaks_for_a_party_of_this_agreement(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(
        "12 May 2031\n\nThe Kessian Front rejected the ceasefire. Its political chief, Mira Tosk, told reporters that the Front would keep its guns.\n\n"
        "The Orlenian foreign minister said that the ceasefire holds.",
        encoding="utf-8",
    )
    read = read_statements([article], Path("cases") / "minsk-memorandum-2014/agreement.yaml")
    assert read.statements
    assert {s.side for s in read.statements} == {""}


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("The US called for a ceasefire on Sunday.", ("US", "demands")),
        (
            "The weather was fine on Sunday.\n\nUS demands an immediate ceasefire along the whole line.",
            ("US", "demands"),
        ),
        ("Northland has pressed Southland to accept a ceasefire.", ("NL", "demands")),
        ("Northland brushed off the idea of a ceasefire.", ("NL", "rejects")),
        ("Northland's key demand is a ceasefire of sixty days.", ("NL", "demands")),
        ("Southland's conditions include a ceasefire.", ("SL", "demands")),
        ("Northland backs a ceasefire along the whole line of contact.", ("NL", "accepts")),
    ],
)
def test_a_state_in_capitals_is_no_pronoun_and_verbs_of_the_press_take_a_stand(
    tmp_path: Path, text: str, stand: tuple[str, str]
) -> None:
    told = said_in(tmp_path, text)
    assert {(s.side, taken) for s in told.statements for t, taken in s.stances if t == "truce"} == {stand}
