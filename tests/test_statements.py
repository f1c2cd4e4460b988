"""Who said what: quotations, attributions, stances, the same saying across documents; what a stranger may throw at it."""

from __future__ import annotations

import csv
import sys
from datetime import date
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.app.statements import read_statements
from servanda.cli.main import main
from servanda.errors import EvidenceError
from servanda.statements import TopicMatcher, documents_of, read_documents
from servanda.statements.align import _crossed, _groups
from servanda.statements.attribute import attributions
from servanda.statements.stances import STANCES, stance
from servanda.statements.words import quotations, sentences, tokens
from tests.build import examples

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = sorted((Path(__file__).parent / "data" / "articles").iterdir())
SHARED = ROOT.parent / "shared" / "data"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
AGREEMENT = """
agreement: plain-truce
title: Truce on the plain
timezone: UTC
parties: {NL: Northland, SL: Southland}
places:
  plain: {polygon: [[50, 10], [51, 10], [51, 11], [50, 11]]}
terms:
  truce: {text: A ceasefire of thirty days., forbid: {act: attack, in: plain}, binds: [NL, SL]}
  observers: {text: Unarmed observers watch the line., require: {act: mechanism_established}, binds: [NL, SL]}
  troops: {text: There are no foreign troops on the plain., forbid: {act: deployment, in: plain}, binds: [NL, SL]}
  guarantees: {text: Guarantees of security become part of the agreement., unverifiable: it does not say which}
"""


@pytest.fixture(scope="module")
def agreement(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("agreement") / "plain.yaml"
    path.write_text(AGREEMENT, encoding="utf-8")
    return str(path)


def found(text: str) -> list[tuple[str, str, str]]:
    """Source, cue and content of each attribution of one paragraph."""
    out = []
    for a in attributions(text, [(0, len(text))]):
        cut = [text[s[0] : s[1]] if s else "" for s in (a.source, a.cue)]
        out.append((cut[0], cut[1], " ".join(text[x:y] for x, y in a.content)))
    return out


@pytest.mark.parametrize(
    "text",
    [
        "He said “we will not go” and left.",
        'He said "we will not go" and left.',
        "He said ‘we will not go’ and left.",
        "He said 'we will not go' and left.",
        "He said «we will not go» and left.",
        "He said „we will not go“ and left.",
        "He said ''we will not go'' and left.",
        'He said "we will not go” and left.',
    ],
)
def test_quotation_marks_of_every_kind_are_read(text: str) -> None:
    ((a, b),) = quotations(text, (0, len(text)))
    assert text[a:b].strip("“”\"‘’'«»„") == "we will not go"


def test_an_apostrophe_opens_no_quotation() -> None:
    for text in (
        "The army's guns and the soldiers' rifles weren't fired.",
        "It’s the ministers’ view that they don’t fire.",
    ):
        assert quotations(text, (0, len(text))) == []


def test_a_quotation_that_is_never_closed_goes_to_the_end_of_its_paragraph_only() -> None:
    text = "She said “we go on"
    assert quotations(text, (0, len(text))) == [(9, 18)]
    assert len(quotations('An odd " mark and "one more" here', (0, 33))) <= 2


def test_sentences_do_not_end_in_a_quotation_or_after_a_title() -> None:
    text = "“We go. We stay,” Mr. Lind said. Gen. A. Berg of the U.S. army agreed."
    quoted = quotations(text, (0, len(text)))
    assert [text[a:b] for a, b in sentences(text, (0, len(text)), quoted)] == [
        "“We go. We stay,” Mr. Lind said.",
        "Gen. A. Berg of the U.S. army agreed.",
    ]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("The minister said that the guns were silent.", "The minister", "said", "that the guns were silent"),
        ("The guns were silent, the minister said.", "the minister", "said", "The guns were silent"),
        ("“The guns are silent,” said Oskar Lind, the minister.", "Oskar Lind, the minister", "said", "“The guns are silent,”"),
        ("According to the mission, the guns were silent.", "the mission", "According to", "the guns were silent"),
        ("The envoy told reporters on Monday that the talks had failed.", "The envoy", "told", "that the talks had failed"),
        ("Lind was quoted by the Courier as saying the line would hold.", "Lind", "was quoted by the Courier as saying", "the line would hold"),
        ("Southland rejected the proposal.", "Southland", "rejected", "the proposal"),
        ("Northland's claim that the line moved was denied.", "Northland", "claim", "that the line moved was denied"),
        ("The army has repeatedly denied that it fired.", "The army", "has repeatedly denied", "that it fired"),
        ("Oskar Lind, a former judge from Vik, said the line would hold.", "Oskar Lind, a former judge from Vik", "said", "the line would hold"),
    ],
)  # fmt: skip
def test_an_attribution_is_found_with_its_source_its_cue_and_its_content(
    text: str, source: str, cue: str, content: str
) -> None:
    assert (source, cue, content) in found(text)


def test_a_verb_joined_by_and_or_a_participle_has_the_same_speaker() -> None:
    text = "The envoy said the talks had failed, adding that new ones were possible."
    assert ("The envoy", "adding", "that new ones were possible") in found(text)
    assert ("The envoy", "said", "the talks had failed") in found(text)


def test_a_quotation_that_follows_at_once_goes_on_with_its_speaker() -> None:
    (one,) = found("“We go,” the envoy said. “We do not come back.”")
    assert one == ("the envoy", "said", "“We go,” “We do not come back.”")


def test_a_hedge_has_no_speaker_and_a_condition_is_no_saying() -> None:
    assert [s for s, _, _ in found("The bridge was reportedly hit at noon.")] == [""]
    assert not any(cue == "asks" for _, cue, _ in found("If Southland asks for help, help will come."))


PIECES = [*"aB .,;:!?\"'“”‘’«»„—()\n", "said ", "The ", "he ", "told ", "that ", "according to ", "denied ", "Lind "]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@examples(150)
def test_whatever_the_text_nothing_breaks_and_every_part_lies_within_it(text: str) -> None:
    paragraphs = [(0, len(text))] if text.strip() else []
    for a in attributions(text, paragraphs):
        for x, y in (s for s in (a.source, a.cue, *a.content) if s):
            assert 0 <= x < y <= len(text)
    documents_of("x", text)


@pytest.mark.parametrize(
    ("verb", "cue", "content", "expected"),
    [
        ("say", "said", "We will demand that guarantees become part of it", "demands"),
        ("reject", "rejected", "any observers", "rejects"),
        ("reject", "did not reject", "observers", "offers"),
        ("accept", "would not accept", "observers", "rejects"),
        ("say", "said", "we can talk about observers", "offers"),
        ("say", "said", "observers may come only if both sides agree", "condition"),
        ("say", "said", "observers are out of the question", "rejects"),
        ("deny", "denied", "that its guns fired in the truce", "denies"),
        ("announce", "announced", "a truce for Easter", "announces"),
        ("say", "said", "the truce began at noon", "speaks of"),
    ],
)
def test_a_stance_is_read_from_the_verb_and_the_words_about_the_matter(
    verb: str, cue: str, content: str, expected: str
) -> None:
    assert stance(verb, cue, content) == expected


def test_a_language_model_can_be_put_in_and_may_decline() -> None:
    asked = []

    def judge(verb: str, cue: str, content: str, topic: str) -> str | None:
        asked.append((verb, topic))
        return "offers" if topic == "observers" else None

    assert stance("say", "said", "no observers, ever", judge, "observers") == "offers"
    assert stance("reject", "rejected", "a truce", judge, "truce") == "rejects"
    assert asked == [("say", "observers"), ("reject", "truce")]


def test_a_term_is_known_by_the_matter_that_its_text_names_first() -> None:
    matters = TopicMatcher.of(
        {"truce": "A ceasefire.", "watch": "Unarmed observers watch the ceasefire.", "odd": "The moon is full."}
    )
    assert matters.terms_in("We can talk about observers.") == ["watch"]
    assert matters.terms_in("The ceasefire holds.") == ["truce"]
    assert matters.terms_in("Nothing of it.") == []


def test_one_interview_with_three_relays_is_one_origin(agreement: str) -> None:
    said = read_statements([str(p) for p in ARTICLES], agreement)
    (one,) = [o for o in said.aligned.occasions if o.speaker == "Oskar Lindqvist"]
    assert one.documents == ("herald", "post", "tribune")
    assert (one.side, one.hearer, one.day) == ("NL", "The Fjord Courier", "2031-03-03")
    demands = next(c for c in said.stands if (c.side, c.term, c.stance) == ("NL", "guarantees", "demands"))
    assert (demands.origins, demands.documents) == (1, 3)


def test_a_relay_that_cuts_or_bends_is_told_with_who_has_it_otherwise(agreement: str) -> None:
    changes = read_statements([str(p) for p in ARTICLES], agreement).aligned.changes
    cut = [c for c in changes if c.kind == "cut"]
    assert [(c.document, c.others) for c in cut] == [("post", ("herald", "tribune"))]
    assert "“written”" in cut[0].text
    assert [(c.document, c.term, c.others) for c in changes if c.kind == "bent"] == [
        ("post", "observers", ("herald", "tribune"))
    ]


def test_who_passed_it_on_is_told_from_the_hearer_outward(agreement: str) -> None:
    said = read_statements([str(p) for p in ARTICLES], agreement)
    observers = next(s for s in said.statements if s.document == "herald" and "unarmed observers" in s.content)
    assert observers.via == ("Reuters", "NWS", "herald")
    assert observers.day == date(2031, 3, 3)


def test_what_somebody_did_not_speak_of_is_no_stance(agreement: str) -> None:
    said = read_statements([str(p) for p in ARTICLES], agreement)
    assert not [s for s in said.statements if s.document == "post" and s.speaker == "Amara Diallo"]
    assert [(d, why) for d, why, words in said.left_out if "the ceasefire on Tuesday" in words] == [
        ("post", "told as not said")
    ]


def test_menus_teasers_and_other_articles_are_left_out_with_their_reason() -> None:
    (herald,) = read_documents(next(p for p in ARTICLES if p.stem == "herald"))
    assert "harbour master" not in herald.text
    assert "Menu" in {text for _, text in herald.dropped}
    assert (herald.published, herald.agency) == (date(2031, 3, 3), "NWS")
    (tribune,) = read_documents(next(p for p in ARTICLES if p.stem == "tribune"))
    assert "herring" not in tribune.text
    assert "cookies" not in tribune.text
    assert tribune.published == date(2031, 3, 4)


def test_a_pdf_is_read(agreement: str) -> None:
    said = read_statements([str(p) for p in ARTICLES if p.suffix == ".pdf"], agreement)
    diallo = [s for s in said.statements if s.speaker == "Amara Diallo"]
    assert {s.side for s in diallo} == {"SL"}
    assert dict(diallo[0].stances) == {"troops": "condition"}
    assert all(a in STANCES for s in said.statements for _, a in s.stances)


def test_the_order_of_the_documents_changes_no_statement_and_no_origin(agreement: str) -> None:
    there = read_statements([str(p) for p in ARTICLES], agreement)
    back = read_statements([str(p) for p in reversed(ARTICLES)], agreement)
    assert {s.id: s for s in there.statements} == {s.id: s for s in back.statements}
    cells = [{(c.side, c.term, c.stance, c.origins, c.documents) for c in said.stands} for said in (there, back)]
    assert cells[0] == cells[1]


def test_one_more_copy_of_an_article_adds_no_origin(tmp_path: Path, agreement: str) -> None:
    herald = next(p for p in ARTICLES if p.stem == "herald")
    copy = tmp_path / "mirror.txt"
    copy.write_bytes(herald.read_bytes())
    before = read_statements([str(p) for p in ARTICLES], agreement)
    after = read_statements([*(str(p) for p in ARTICLES), str(copy)], agreement)
    count = [{(c.side, c.term, c.stance): c.origins for c in said.stands if c.side == "NL"} for said in (before, after)]
    assert count[0] == count[1]


def test_the_command_writes_its_tables_and_a_page_that_makes_no_request(
    tmp_path: Path, agreement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["statements", *(str(p) for p in ARTICLES), "--agreement", agreement, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "one origin, 3 relays" in told
    page = (out / "statements.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page
    with (out / "statements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({r["statement"] for r in rows}) == len(rows) > 10
    again = tmp_path / "again"
    main(["statements", *(str(p) for p in ARTICLES), "--agreement", agreement, "--out", str(again)])
    assert {p.name: p.read_bytes() for p in out.iterdir()} == {p.name: p.read_bytes() for p in again.iterdir()}


def test_html_in_a_quotation_is_shown_and_not_run(tmp_path: Path) -> None:
    evil = tmp_path / "evil.txt"
    evil.write_text(
        "The minister said that the ceasefire <script>alert(1)</script> would hold for a week.\n", encoding="utf-8"
    )
    main(["statements", str(evil), "--out", str(tmp_path / "out")])
    assert "<script>alert" not in (tmp_path / "out" / "statements.html").read_text(encoding="utf-8")


def test_two_articles_that_differ_in_the_end_of_their_names_are_told_by_it(tmp_path: Path) -> None:
    text = "The minister said that the truce would hold for a week."
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    (tmp_path / "x.html").write_text(f"<html><body><article><p>{text}</p></article></body></html>", encoding="utf-8")
    said = read_statements([str(tmp_path / "x.txt"), str(tmp_path / "x.html")])
    assert [d.id for d in said.documents] == ["x.txt", "x.html"]
    assert {s.document for s in said.statements} == {"x.txt", "x.html"}


def test_two_articles_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    text = "The minister said that the truce would hold for a week."
    for path in (tmp_path / "x.txt", tmp_path / "a" / "x.txt"):
        path.write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match="same name"):
        read_statements([str(tmp_path / "x.txt"), str(tmp_path / "a" / "x.txt")])


def test_without_the_tagger_it_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.statements.words import hanover

    hanover.cache_clear()
    monkeypatch.setitem(sys.modules, "HanTa", None)
    try:
        assert main(["statements", str(ARTICLES[1])]) == 2
    finally:
        hanover.cache_clear()
    assert "servanda[documents]" in capsys.readouterr().err


@pytest.mark.parametrize(("library", "suffix"), [("pypdf", ".pdf"), ("trafilatura", ".html")])
def test_without_a_library_for_its_kind_of_document_it_is_told_what_to_install(
    library: str, suffix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert main(["statements", str(next(p for p in ARTICLES if p.suffix == suffix))]) == 2
    assert f"needs {library}" in capsys.readouterr().err


def test_exclusion_from_an_alliance_is_known_however_the_words_stand() -> None:
    for text in (
        "keep Ukraine from joining NATO",
        "NATO should not admit Ukraine",
        "NATO exclusion",
        "membership in the alliance",
    ):
        assert "alliance membership" in TopicMatcher.all().terms_in(text)


@pytest.mark.skipif(not SEEDS, reason="the five articles are not shipped")
def test_the_five_articles_relay_one_interview() -> None:
    said = read_statements([str(p) for p in SEEDS], str(ROOT / "cases" / "negotiation-march-2025" / "agreement.yaml"))
    (one,) = [o for o in said.aligned.occasions if o.speaker == "Alexander Grushko"]
    assert len({d.split("#")[0] for d in one.documents}) == 5
    assert (one.side, one.hearer, one.day) == ("RU", "Izvestia", "2025-03-17")
    bent = {(c.document[:3], c.term) for c in said.aligned.changes if c.kind == "bent"}
    assert bent
    assert bent <= {("003", "observers"), ("004", "observers")}
    (added,) = [c for c in said.aligned.changes if "“concrete”" in c.text]
    assert (added.kind, added.document[:3]) == ("added", "002"), "it stands alone against three"
    assert {o[:3] for o in added.others} == {"001", "003", "004"}
    offers = next(c for c in said.stands if (c.side, c.term, c.stance) == ("RU", "observers", "offers"))
    assert (offers.origins, offers.documents) == (1, 2)
    assert {c.stance for c in said.stands if (c.side, c.term) == ("RU", "neutral_status")} == {"demands"}
    assert {c.stance for c in said.stands if (c.side, c.term) == ("FR", "contingents")} <= {
        "accepts",
        "announces",
        "offers",  # two relays tell of three states that are willing to send peacekeepers
        "speaks of",
    }
    text = "\n".join(d.text for d in said.documents)
    assert "Axios" not in text
    assert "nuclear talks with Iran" not in text


@pytest.mark.skipif(not (SHARED / "attributions-dev").exists(), reason="the marked texts are not shipped")
def test_attributions_are_found_as_often_as_the_documentation_says() -> None:
    sys.path.insert(0, str(ROOT / "bench"))
    import attribution

    measured = attribution.score(SHARED / "attributions-dev", attribution.ours)
    assert measured["attribution"][2] >= 0.65
    assert measured["speaker of direct quotation"][2] >= 0.85


MET = "14 April 2025\n\nSerbian President Marko Ilic met Georgian Prime Minister Levan Maisuradze on Monday.\n\n"


def stands_of(tmp_path: Path, *texts: str, agreement: str | None = None) -> set[tuple[str, str, str, int]]:
    """Side, matter, stance and origins of some articles."""
    paths = []
    for n, text in enumerate(texts):
        path = tmp_path / f"a{n}.txt"
        path.write_text(text + "\n", encoding="utf-8")
        paths.append(str(path))
    return {(c.side, c.term, c.stance, c.origins) for c in read_statements(paths, agreement).stands}


@pytest.mark.parametrize(
    ("sentence", "term", "expected"),
    [
        ('"We can\'t accept a ceasefire," Ilic said.', "ceasefire", "rejects"),
        ('"We won’t accept observers," Ilic said.', "observers", "rejects"),
        ("Ilic ruled out a ceasefire.", "ceasefire", "rejects"),
        ("Ilic did not rule out a ceasefire.", "ceasefire", "offers"),
        ("Ilic said Serbia will not withdraw its guns.", "withdrawal", "rejects"),
        ("Ilic said there will be no ceasefire.", "ceasefire", "rejects"),
        ("Ilic said his country is not opposed to a ceasefire.", "ceasefire", "offers"),
        ("Ilic said he could not support sanctions.", "sanctions", "rejects"),
        ('"We aren\'t ready to discuss sanctions," Ilic said.', "sanctions", "rejects"),
        ("Ilic stopped short of accepting observers.", "observers", "speaks of"),
        ("Ilic refused to say whether Serbia would withdraw.", "withdrawal", "speaks of"),
        ("Ilic declined to comment on the negotiations.", "talks", "speaks of"),
        ("Ilic no longer insists on neutrality.", "neutrality", "speaks of"),
        ("Ilic said Serbia would accept observers if Georgia lifted sanctions.", "observers", "condition"),
        ("Ilic called on Georgia to release all prisoners.", "prisoners", "demands"),
        ("Tass quoted Ilic as saying that Serbia accepts a ceasefire.", "ceasefire", "accepts"),
        ("Ilic opposes Belarusian troops in Odesa.", "foreign contingents", "rejects"),
        ("Ilic opposes French troops in Odesa.", "foreign contingents", "rejects"),
    ],
)
def test_a_negation_turns_a_stance_and_silence_is_none(tmp_path: Path, sentence: str, term: str, expected: str) -> None:
    told = {(side, stance) for side, t, stance, _ in stands_of(tmp_path, MET + sentence) if t == term}
    assert told == {("RS", expected)}


def test_what_one_side_says_of_the_other_is_neither_its_own_stance_nor_the_others(tmp_path: Path) -> None:
    found = stands_of(
        tmp_path, MET + "Ilic said Georgia rejects the ceasefire. Ilic claimed that Georgia demands sanctions."
    )
    assert {(side, stance) for side, _, stance, _ in found} == {("RS", "speaks of")}


def test_a_dispatch_that_four_papers_print_is_one_origin(tmp_path: Path) -> None:
    text = "14 April 2025\n\nTBILISI (AP) — Georgian Foreign Minister Nino Kvali rejected the ceasefire on Monday. Kvali said her government demands the release of all prisoners."
    assert {(side, term, n) for side, term, _, n in stands_of(tmp_path, *[text] * 4)} == {
        ("GE", "ceasefire", 1),
        ("GE", "prisoners", 1),
    }


def test_who_changes_his_mind_in_one_article_is_told_twice(tmp_path: Path) -> None:
    found = stands_of(tmp_path, MET + "In March Ilic rejected the ceasefire.\n\nOn Sunday Ilic accepted the ceasefire.")
    assert {stance for _, _, stance, _ in found} == {"rejects", "accepts"}


def test_who_speaks_on_another_day_speaks_on_another_occasion(tmp_path: Path) -> None:
    monday, wednesday = (
        f"{day} April 2025\n\nSerbian President Marko Ilic told CNN on {name} that he {does} the ceasefire."
        for day, name, does in ((14, "Monday", "rejects"), (16, "Wednesday", "accepts"))
    )
    assert stands_of(tmp_path, monday, wednesday) == {
        ("RS", "ceasefire", "rejects", 1),
        ("RS", "ceasefire", "accepts", 1),
    }


def test_two_people_of_one_surname_are_two_where_the_text_names_both(tmp_path: Path) -> None:
    text = "Serbian President Marko Ilic said Serbia accepts the truce.\n\nGeorgian President Luka Ilic said Georgia rejects the truce.\n\nGeorgian President Luka Ilic demanded sanctions."
    assert {(side, stance) for side, _, stance, _ in stands_of(tmp_path, text)} == {
        ("RS", "accepts"),
        ("GE", "rejects"),
        ("GE", "demands"),
    }


def test_nobody_speaks_for_a_state_by_his_passport_or_his_name(tmp_path: Path) -> None:
    for sentence in (
        "Serbian opposition leader Vuk Peric said he accepts the truce.",
        "A Georgian taxi driver said he rejects the truce.",
        "Georgia Harris said elections should be held.",
    ):
        assert {side for side, *_ in stands_of(tmp_path, MET + sentence)} <= {""}


def test_she_is_no_man_that_the_text_calls_he(tmp_path: Path) -> None:
    text = "Mr Marko Ilic spoke of the truce. Georgian spokeswoman Ana Petrovic said nothing was decided.\n\nShe added that Georgia accepts observers."
    assert {side for side, term, *_ in stands_of(tmp_path, text) if term == "observers"} == {"GE"}


def test_the_short_code_of_a_party_is_no_word_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "ab.yaml"
    path.write_text(
        AGREEMENT.replace("NL: Northland, SL: Southland", "A: Aland, B: Bland").replace("NL, SL", "A, B"),
        encoding="utf-8",
    )
    found = stands_of(
        tmp_path,
        "A spokesman said his government rejects the ceasefire.\n\nA Bland minister said that Bland supports a ceasefire.",
        agreement=str(path),
    )
    assert {(side, stance) for side, _, stance, _ in found} == {("", "rejects"), ("B", "accepts")}
    found = stands_of(
        tmp_path,
        'Cland\'s foreign ministry denied it on Friday.\n\n"We want a ceasefire," ministry spokesman Filip Dorn said.',
        agreement=str(path),
    )
    assert {side for side, *_ in found} <= {"C", ""}


def test_a_ministrys_spokesman_is_of_the_ministry_that_the_text_names(tmp_path: Path) -> None:
    path, parties = tmp_path / "abc.yaml", "A: Aland, B: Bland Liberation Front}\nguarantors: {C: Cland"
    path.write_text(
        AGREEMENT.replace("NL: Northland, SL: Southland", parties).replace("NL, SL", "A, B"), encoding="utf-8"
    )
    text = (
        'Cland\'s foreign ministry denied it on Friday.\n\n"We want a ceasefire," ministry spokesman Filip Dorn said.'
    )
    assert {side for side, *_ in stands_of(tmp_path, text, agreement=str(path))} == {"C"}


def test_a_transcript_has_speakers_and_a_question_takes_no_stance(tmp_path: Path) -> None:
    found = stands_of(
        tmp_path, MET + "QUESTION: Will you accept observers?\n\nILIC: Never. Serbia will not cede any land."
    )
    assert {(side, term, stance) for side, term, stance, _ in found} == {("RS", "territory", "rejects")}
    path = tmp_path / "plain.yaml"
    path.write_text(AGREEMENT.replace("parties:", "bodies: {M: Plain Mission}\nparties:"), encoding="utf-8")
    lines = (
        "GEN. BRANDT: Good morning.",
        "QUESTION: Will Minister Jan Solm of Northland allow observers? Will you leave?",
        "GEN. BRANDT: No. We demand that the observers stay.",
        "MS. KEHL (deputy head): We demand a ceasefire.",
    )
    briefing = "TRANSCRIPT: Press briefing by the Plain Mission\n\n15 May 2031\n\n" + "\n\n".join(lines)
    found = stands_of(tmp_path, briefing, agreement=str(path))
    assert {(s, t, stance) for s, t, stance, _ in found if stance != "speaks of"} == {
        ("M", "observers", "demands"),
        ("M", "truce", "demands"),
    }


def test_two_closed_quotations_are_not_one_that_was_cut(tmp_path: Path) -> None:
    whole = (
        MET
        + '"We want this ceasefire to hold on every single day because our people are tired of war and grief," Ilic said.'
    )
    parts = (
        MET
        + 'Ilic said "we want this cease-fire to hold on every single day" and that his people were "tired of war and grief".'
    )
    for n, text in enumerate((whole, parts)):
        (tmp_path / f"q{n}.txt").write_text(text, encoding="utf-8")
    assert read_statements([str(tmp_path / "q0.txt"), str(tmp_path / "q1.txt")]).aligned.changes == ()


def test_a_sentence_without_end_and_a_text_too_long_are_met_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("Marko " * 20_000 + " said the ceasefire is over.", encoding="utf-8")
    assert main(["statements", str(tmp_path / "long.txt")]) == 0
    (tmp_path / "book.txt").write_text("The minister said the truce holds. " * 10_000, encoding="utf-8")
    assert main(["statements", str(tmp_path / "book.txt")]) == 2


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8))
def test_few_ties_hold_together_what_all_ties_do(nodes: list[tuple[int, bool]]) -> None:
    documents = [str(d) for d, _ in nodes]
    wordings = [w for w in ([n for n, (_, x) in enumerate(nodes) if x is which] for which in (True, False)) if w]
    few = [tie for some, more in product(wordings, repeat=2) for tie in _crossed(some, more, documents)]
    every = [(i, j) for i, j in combinations(range(len(nodes)), 2) if documents[i] != documents[j]]
    assert _groups(len(nodes), sorted(set(few))) == _groups(len(nodes), every)
    assert len(few) <= 4 * len(nodes)


@pytest.mark.parametrize(
    "text", ["a" * 99_000, "x" * 5_000 + " said " + "y" * 5_000, "one " * 20_000, "ab-" * 33_000, "1" * 99_000]
)
def test_no_word_and_no_sentence_is_too_long_for_the_tagger(text: str) -> None:
    """Its time grows with the third power of the letters of a word, and with the square of the words of a sentence."""
    longest, most = [0], [0]

    def tagger(words: list[str], /) -> list[tuple[str, str]]:
        longest.append(max(map(len, words)))
        most.append(len(words))
        return [(word, "NN1") for word in words]

    assert [t.text for t in tokens(text, (0, len(text)), tagger)] == [t for t in text.split() if t] or "-" in text
    assert max(longest) <= 32
    assert max(most) <= 200


def test_each_word_is_in_the_first_quotation_around_it_however_many_there_are() -> None:
    from servanda.statements.phrases import Phrases
    from servanda.statements.words import Token

    words = [Token("x", n, n + 1, "NN1", "x") for n in range(0, 40, 2)]
    quoted = [(0, 6), (2, 4), (9, 9), (12, 30), (14, 33)]
    found = Phrases("x " * 20, (0, 40), words, quoted)
    assert found.inside == [next((n for n, (a, b) in enumerate(found.quotes) if a <= w.start < b), -1) for w in words]
    many = [Token("x", n, n + 1, "NN1", "x") for n in range(100_000)]
    assert max(Phrases("x" * 100_000, (0, 100_000), many, [(n, n + 1) for n in range(100_000)]).inside) == 99_999
