"""Drafts as people write them: how they are read into clauses, and what is understood of a clause."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from servanda.agreement import inspect_agreement
from servanda.app.draft import draft_file, parties_of
from servanda.cli.main import main
from servanda.documents import Text, chosen, clauses_of, plain, read_manuscript
from servanda.drafting.understand import Actors, Understood, lexicon, understand
from servanda.drafting.understand import acts as understand_acts
from servanda.drafting.understand.drafted import Drafted
from servanda.drafting.understand.obligations import Part, parts_of
from servanda.errors import EvidenceError, ServandaError
from servanda.values.codes import STANDARD
from servanda.values.files import FileLike, NamedBytes
from servanda.values.gazetteer import gazetteer
from tests.docs_made import W, docx, level, numbered, odt, par, pdf, run, tracked

TWO_LEVELS = level(0, "decimal", "%1.") + level(1, "lowerLetter", "(%2)")
NORTH_SOUTH = Actors({"N": "Northland", "S": "Southland"}, bodies={"VM": "Verification Mission"})


def clauses(file: FileLike, version: str = "accept", *, hidden: bool = False) -> list[tuple[str, str]]:
    text: Text = clauses_of(read_manuscript(file), version, hidden=hidden)  # type: ignore[arg-type]
    return [(c.number, c.text) for c in text.clauses]


def md(text: str) -> NamedBytes:
    return NamedBytes("draft.md", text.encode())


def skeleton_text(text: str) -> str:
    """The skeleton of a draft in Markdown."""
    return draft_file(md(text))[1].yaml


# --- reading


def test_a_changed_number_stands_in_both_versions_each_as_its_readers_see_it() -> None:
    file = docx(par("1. Guns are moved ", tracked("del", "15 km"), tracked("ins", "25 km"), " from the line."))
    assert clauses(file, "reject") == [("1", "Guns are moved 15 km from the line.")]
    assert clauses(file, "accept") == [("1", "Guns are moved 25 km from the line.")]
    with pytest.raises(EvidenceError) as told:
        chosen(read_manuscript(file), None, None)
    assert told.value.faults[0].code == "DRF010"
    assert "'15 km' deleted by Delegation A, 2026-03-01 10:00" in str(told.value)


def test_words_inserted_by_one_side_and_struck_by_the_other_are_in_neither_version() -> None:
    inner = tracked("del", "foreign ", "Delegation B").removeprefix("<w:ins")
    file = docx(par("1. All ", f'<w:ins w:id="1" w:author="Delegation A">{inner}</w:ins>', "forces leave."))
    assert clauses(file, "accept") == clauses(file, "reject") == [("1", "All forces leave.")]
    with pytest.raises(EvidenceError, match=r"inserted by Delegation A.*deleted by Delegation B"):
        chosen(read_manuscript(file), None, None)


def test_a_clause_that_was_moved_stands_where_each_version_has_it() -> None:
    file = docx(
        par(tracked("moveFrom", "1. The Parties cease fire.")),
        par("2. Prisoners are released."),
        par(tracked("moveTo", "1. The Parties cease fire.")),
    )
    assert [n for n, _ in clauses(file, "reject")] == ["1", "2"]
    assert [n for n, _ in clauses(file, "accept")] == ["2", "1"]


def test_a_deleted_end_of_a_paragraph_joins_two() -> None:
    mark = '<w:rPr><w:del w:id="3" w:author="B"/></w:rPr>'
    file = docx(par("1. The Parties cease fire", properties=mark), par(" at noon."), par("2. Prisoners are released."))
    assert clauses(file, "accept")[0] == ("1", "The Parties cease fire at noon.")
    assert clauses(file, "reject")[0][1] == "The Parties cease fire at noon."
    assert len(read_manuscript(file).paragraphs("reject")) == 3
    assert len(read_manuscript(file).paragraphs("accept")) == 2


def test_an_inserted_clause_changes_the_numbers_behind_it_in_the_accepted_version_only() -> None:
    inserted = numbered("x").replace(run("x"), tracked("ins", "Mines are cleared."))
    file = docx(numbered("The Parties cease fire."), inserted, numbered("Prisoners are released."), levels=TWO_LEVELS)
    assert [n for n, _ in clauses(file, "accept")] == ["1", "2", "3"]
    assert [n for n, _ in clauses(file, "reject")] == ["1", "2"]


@pytest.mark.parametrize(
    ("properties", "why"),
    [("<w:vanish/>", "hidden"), ('<w:color w:val="FFFFFF"/>', "white on white"), ('<w:sz w:val="2"/>', "too small")],
)
def test_words_that_nobody_sees_are_told_and_are_part_of_the_draft_only_when_asked(properties: str, why: str) -> None:
    file = docx(par("1. The Mission moves freely", run(" by day", properties), "."))
    assert clauses(file) == [("1", "The Mission moves freely.")]
    assert clauses(file, hidden=True) == [("1", "The Mission moves freely by day.")]
    with pytest.raises(EvidenceError, match=rf"DRF011.*{why}"):
        chosen(read_manuscript(file), None, None)


def test_a_style_can_hide_words_and_number_paragraphs() -> None:
    styles = (
        f'<w:styles {W}><w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/><w:basedOn w:val="Item"/><w:pPr><w:numPr><w:ilvl w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Item"><w:name w:val="Item"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    )
    item, sub = '<w:pStyle w:val="Item"/>', '<w:pStyle w:val="Sub"/>'
    body = (
        par("The Parties shall:", properties=item),
        par("cease fire;", properties=sub),
        par("release prisoners", run(" of rank", '<w:rStyle w:val="Secret"/>'), ".", properties=sub),
    )
    file = docx(*body, levels=TWO_LEVELS, styles=styles)
    assert clauses(file) == [("1", "The Parties shall:"), ("1(a)", "cease fire;"), ("1(b)", "release prisoners.")]
    assert [c.whole for c in clauses_of(read_manuscript(file)).clauses][1] == "The Parties shall cease fire;"


def test_headings_footnotes_tables_headers_and_comments_are_kept_with_the_clause_they_belong_to() -> None:
    note = f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{run("As on the map.")}</w:p></w:footnote></w:footnotes>'
    header = f"<w:hdr {W}><w:p>{run('SECRET DRAFT 4')}</w:p></w:hdr>"
    comments = f'<w:comments {W}><w:comment w:author="Delegation B"><w:p>{run("We never agreed to this.")}</w:p></w:comment></w:comments>'
    cell = "<w:tc>{}</w:tc>".format
    table = f"<w:tbl><w:tr>{cell(par('Calibre'))}{cell(par('Distance'))}</w:tr><w:tr>{cell(par('100 mm'))}{cell(par('50 km'))}</w:tr></w:tbl>"
    cited = par("1. Forces leave the zone.", '<w:r><w:footnoteReference w:id="2"/></w:r>')
    file = docx(par("Article I. Zones"), cited, table, footnotes=note, header1=header, comments=comments)
    manuscript = read_manuscript(file)
    clause = clauses_of(manuscript).clauses[0]
    assert (clause.heading, clause.notes, clause.rows) == (
        "Zones",
        ("As on the map.",),
        ("Calibre | Distance", "100 mm | 50 km"),
    )
    assert [b.where for b in manuscript.margin] == ["header"]
    assert manuscript.comments == ("Delegation B: We never agreed to this.",)


@pytest.mark.parametrize("start", ["1000000000", "-3", "one", "²", ""])
@pytest.mark.parametrize("form", ["lowerLetter", "upperRoman", "decimal"])
def test_a_list_that_counts_from_nonsense_is_read_all_the_same(start: str, form: str) -> None:
    levels = level(0, form, "%1.").replace('<w:start w:val="1"/>', f'<w:start w:val="{start}"/>')
    deep = numbered("Prisoners are released.").replace('<w:ilvl w:val="0"/>', f'<w:ilvl w:val="{start}"/>')
    (first, _), _ = clauses(docx(numbered("The Parties cease fire."), deep, levels=levels))
    assert len(first) < 12


def test_an_opendocument_text_is_read_with_its_lists_and_changes() -> None:
    style = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
    )
    change = (
        '<text:tracked-changes><text:changed-region text:id="c"><text:insertion><dc:creator>C</dc:creator></text:insertion>'
        "</text:changed-region></text:tracked-changes>"
    )
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>".format
    inner = "<text:list>" + item("cease fire;", "") + item("release prisoners.", "") + "</text:list>"
    second = item(
        'Mines are <text:change-start text:change-id="c"/>all <text:change-end text:change-id="c"/>cleared.', ""
    )
    file = odt(
        f'<text:list text:style-name="L1">{item("The Parties shall:", inner)}{second}</text:list>', change, style
    )
    assert clauses(file) == [
        ("1", "The Parties shall:"),
        ("1.a", "cease fire;"),
        ("1.b", "release prisoners."),
        ("2", "Mines are all cleared."),
    ]
    assert clauses(file, "reject")[-1] == ("2", "Mines are cleared.")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1. The Parties cease fire.\n2. Prisoners are released.", ["1", "2"]),
        (
            "Article 1\nCeasefire\n\n1. The Parties cease fire.\n\n(a) by land;\n\n(b) by sea.",
            ["Article 1, 1", "Article 1, 1(a)", "Article 1, 1(b)"],
        ),
        ("1.1 The Parties cease fire.\n1.2 Prisoners are released.", ["1.1", "1.2"]),
        ("The Parties shall cease fire.\n\nPrisoners shall be released.", ["¶1", "¶2"]),
        ("I. Fire\n\n1. The Parties cease fire.\n\nII. Prisoners\n\n1. Prisoners are released.", ["I.1", "II.1"]),
    ],
)
def test_clauses_bear_the_numbers_by_which_people_quote_them(text: str, numbers: list[str]) -> None:
    assert [n for n, _ in clauses(NamedBytes("draft.txt", text.encode()))] == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1. They cease fire.\n2. [The Mission reports daily.]",
            [("1", "They cease fire."), ("2", "[The Mission reports daily.]")],
        ),
        ("1. They cease fire.\n2. Exchange of prisoners", [("1", "They cease fire."), ("2", "Exchange of prisoners")]),
        (
            "1. They cease fire.\n2. Exchange of prisoners\n\nDone in Minsk\n\nFor the Front",
            [("1", "They cease fire."), ("2", "Exchange of prisoners")],
        ),
        (
            "1. Exchange of prisoners\n2. Access\n(a) doctors for all\n(b) food\n3. They cease fire.",
            [("1", "Exchange of prisoners"), ("2(a)", "doctors for all"), ("2(b)", "food"), ("3", "They cease fire.")],
        ),
        (
            "1. Fire\n2. Prisoners\n\n1. Fire\n\nThey cease fire.\n\n2. Prisoners\n\nPrisoners are released.\n\n3. All leave.",
            [("1", "They cease fire."), ("2", "Prisoners are released."), ("3", "All leave.")],
        ),
    ],
    ids=["in brackets", "at the end", "above signatures", "in between, and items", "a table of contents is none"],
)
def test_no_numbered_line_is_lost_because_it_reads_like_a_heading(text: str, expected: list[tuple[str, str]]) -> None:
    """A heading is what something stands under; such a clause was in no skeleton and no comparison."""
    assert clauses(NamedBytes("draft.txt", text.encode())) == expected


def test_a_number_that_holds_the_one_above_it_is_not_told_twice() -> None:
    levels = level(0, "upperRoman", "%1.") + level(1, "decimal", "%1.%2") + level(2, "lowerRoman", "(%3)")
    body = (
        numbered("Fire"),
        numbered("They release:", 1),
        numbered("soldiers;", 2),
        numbered("Mines"),
        numbered("Mines are cleared.", 1),
    )
    assert [n for n, _ in clauses(docx(*body, levels=levels))] == ["I.1", "I.1(i)", "II.1"]


def test_changes_in_a_row_of_a_table_or_a_footnote_are_told_too() -> None:
    cells = "".join(f"<w:tc>{par(text)}</w:tc>" for text in ("Rockets", "30 km"))
    row = f'<w:tbl><w:tr><w:trPr><w:ins w:id="1" w:author="C"/></w:trPr>{cells}</w:tr></w:tbl>'
    note = (
        f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{tracked("ins", "Not by night.")}</w:p></w:footnote></w:footnotes>'
    )
    cited = par("1. Guns leave.", '<w:r><w:footnoteReference w:id="2"/></w:r>')
    manuscript = read_manuscript(docx(cited, row, footnotes=note))
    with pytest.raises(EvidenceError) as told:
        chosen(manuscript, None, False)
    assert "table 1, row 1 has tracked changes" in str(told.value)
    assert "footnote 2 has tracked changes" in str(told.value)
    assert "Rejected it is not there" in str(told.value)
    assert clauses_of(manuscript, "reject").clauses[0].rows == ()


def test_marks_of_change_in_markdown_are_tracked_changes() -> None:
    file = md("1. Guns are moved ~~10 km~~ <ins>12 km</ins> back. <!-- or 11? -->")
    assert clauses(file, "reject") == [("1", "Guns are moved 10 km back.")]
    assert clauses(file, "accept") == [("1", "Guns are moved 12 km back.")]
    with pytest.raises(EvidenceError, match="a comment"):
        chosen(read_manuscript(file), "accept", None)


# --- understanding


def got(text: str) -> Understood:
    return understand(text, NORTH_SOUTH)


@pytest.mark.parametrize(
    ("text", "kind", "acts", "binds"),
    [
        (
            "Both sides shall refrain from looting and from the occupation of homes.",
            "forbid",
            {"looting", "home_occupation"},
            None,
        ),
        ("Northland shall not obstruct humanitarian aid.", "forbid", {"aid_obstruction"}, ("N",)),
        ("The Parties shall release all prisoners of war within 30 days of signature.", "require", {"release"}, None),
        ("Southland withdraws its forces from the river valley by 1 May 2031.", "require", {"withdrawal"}, ("S",)),
        ("Artillery above 100 mm shall be withdrawn at least 40 km from the line.", "limit", set(), None),
        ("Each Party shall keep no more than 200 troops in the zone.", "limit", {"deployment"}, None),
        ("Sixty lorries of humanitarian aid per day shall be delivered to the town.", "quota", {"delivery"}, None),
        (
            "Each Party shall provide the Verification Mission with the locations of its forces.",
            "declare",
            {"locations_declared"},
            None,
        ),
        ("Each Party shall give advance notice of exercises 14 days before they begin.", "notice", {"exercise"}, None),
        ("The Parties recognise each other's vital interests.", "unverifiable", set(), None),
        ("The Verification Mission shall enjoy freedom of movement.", "forbid", {"access_denied"}, None),
        (
            "A ban on propaganda and on cyber attacks is observed by both sides.",
            "forbid",
            {"propaganda", "cyber_attack"},
            None,
        ),
    ],
)
def test_kind_act_and_obligor_are_read_from_the_words(
    text: str, kind: str, acts: set[str], binds: tuple[str, ...] | None
) -> None:
    understood = got(text)
    assert (understood.what.kind, set(understood.what.acts), understood.binds) == (kind, acts, binds)


def test_amounts_come_with_the_words_they_stand_in() -> None:
    one = got(
        "Artillery of 100 mm and more is moved at least 40 km from the line of contact within 14 days of signature."
    )
    assert one.calibre is not None
    assert one.deadline is not None
    assert one.distance is not None
    assert (one.calibre.unit, one.distance.n, one.deadline.text, one.deadline.anchor) == (
        ">= 100 mm",
        40,
        "14 days",
        "signature",
    )
    assert one.words["deadline"] == "within 14 days of signature"
    assert one.places == ["the line of contact"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Northland shall release 45 hostages within 30 days of signature.", (45, "hostages")),
        ("Southland shall hand over all 9 (nine) bodies.", (9, "bodies")),
        ("Each Party shall withdraw at least two armoured brigades within 10 days.", (2, "brigades")),
        ("The Parties shall open four border crossings within one month.", (4, "crossings")),
        ("Each Party shall release all prisoners within 60 days.", None),
        ("Southland shall withdraw its forces 15 km from the line within 14 days.", None),
        ("Northland shall withdraw 48 hours after signature.", None),
        ("100 prisoners shall be released by Northland within 10 days.", (100, "prisoners")),
        ("At least 250 detainees held by Southland shall be released.", (250, "detainees")),
        ("Within 15 days, 60 (sixty) of the hostages shall be released.", (60, "hostages")),
        ("Two hundred and fifty prisoners shall be released.", (250, "prisoners")),
        ("Northland shall release two thousand one hundred prisoners.", (2100, "prisoners")),
        ("Up to 100 prisoners shall be released.", None),
        ("No fewer than forty-five prisoners shall be released.", (45, "prisoners")),
        ("Twenty percent of the prisoners shall be released first.", None),
        ("15 days after signature the prisoners shall be released.", None),
    ],
)
def test_how_much_of_it_a_deed_asks_for_is_kept(text: str, amount: tuple[float, str] | None) -> None:
    said = got(text)
    assert (said.quota and (said.quota.n, said.quota.unit)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "Each Party shall grant requests for access of the Verification Mission within 24 hours.",
        "Requests for access by the Verification Mission shall be answered within 24 hours.",
        "Each Party shall answer access requests within 24 hours.",
        "The request for a ceasefire inspection shall be granted within 24 hours.",
    ],
)
def test_a_request_for_access_is_answered_by_access_and_is_no_complaint(text: str) -> None:
    said = got(text)
    assert (said.what.kind, said.what.answer_to, said.what.acts) == (
        "respond",
        ("access_request",),
        ("access_granted",),
    )
    assert said.deadline is not None
    assert said.deadline.text == "24 hours"


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("Not more than 50 police officers may be present in the zone.", 50),
        ("Up to twenty-five engineers of Northland may be deployed in the zone.", 25),
    ],
)
def test_so_many_who_may_be_present_are_a_limit_and_no_ban(text: str, most: int) -> None:
    said = got(text)
    assert (said.what.kind, said.what.acts) == ("limit", ("deployment",))
    assert said.cap is not None
    assert said.cap.n == most


def test_the_time_in_which_breaches_are_counted_is_not_that_of_what_follows_them() -> None:
    said = got(
        "In the event of three violations within 48 hours, the Guarantors shall hold consultations within 24 hours."
    )
    assert said.what.kind == "guarantee"
    assert said.deadline is not None
    assert said.deadline.text == "24 hours"


def test_what_a_clause_does_not_say_of_an_answer_is_marked_as_not_the_texts() -> None:
    text = "Parties: Northland; Southland\n\n1. Each Party shall respond to an incident within 24 hours.\n"
    (term,) = yaml.safe_load(skeleton_text(text))["terms"].values()
    assert term["respond"]["to"] == {"act": ["complaint_filed"]}
    assert "to" in term["ours"]


def test_the_list_of_the_parties_and_a_title_that_names_them_give_each_party_once() -> None:
    text = "# Agreement between Northland and Southland\n\nParties: Northland; Southland\n\n1. 5 prisoners shall be handed over by Southland.\n"
    draft = yaml.safe_load(skeleton_text(text))
    assert sorted(draft["parties"].values()) == ["Northland", "Southland"]
    (term,) = draft["terms"].values()
    assert [draft["parties"][party] for party in term["binds"]] == ["Southland"]


def test_a_quantity_by_the_day_is_one_in_every_day_and_counts_what_reports_count() -> None:
    said = got("Southland shall deliver 80 lorries of flour daily.")
    assert said.what.kind == "quota"
    assert said.quota is not None
    assert (said.quota.n, said.quota.unit, said.quota.anchor) == (80, "lorries", "1 day")
    assert got("The commission of 12 members shall meet weekly.").quota is None


def test_consent_and_exceptions_are_read_and_what_they_leave_open_is_asked() -> None:
    one = got("No foreign troops enter the valley without the consent of both Parties.")
    assert one.consent_of == ("N", "S")
    other = got("Neither Party shall fly drones over the zone, except for medical flights.")
    assert other.exception == "medical flights"
    assert "what must be shown" in other.questions["except"]


def test_what_is_not_understood_is_asked_and_never_filled_in() -> None:
    one = got("Heavy weapons are withdrawn in due course.")
    assert set(one.questions) >= {"binds", "deadline", "vague"}
    assert one.binds is None
    assert one.deadline is None


def test_a_right_is_not_filled_in_as_a_duty() -> None:
    assert "is it a right" in got("The Parties may exchange prisoners of war.").questions["permit"]
    words = "1. Both sides cease fire.\n\n2. Northland may suspend it within 3 days if Southland breaches it.\n"
    _, skeleton = draft_file(NamedBytes("d.txt", f"Parties: Northland (N); Southland (S)\n\n{words}".encode()))
    assert yaml.safe_load(skeleton.yaml)["terms"]["clause_2"]["then"][0].keys() == {"effect", "within"}


def test_exchanging_the_parties_exchanges_whom_a_clause_binds_and_nothing_else() -> None:
    texts = ["Northland shall not attack Southland.", "Southland keeps armed groups from operating against Northland."]
    swap = {"Northland": "Southland", "Southland": "Northland"}
    for text in texts:
        other = " ".join(
            swap.get(w.strip("."), w) + ("." if w.endswith(".") and w.strip(".") in swap else "") for w in text.split()
        )
        one, two = got(text), got(other)
        assert (one.what.kind, one.what.acts) == (two.what.kind, two.what.acts)
        assert one.binds is not None
        assert {"N": ("S",), "S": ("N",)}[one.binds[0]] == two.binds


# --- the skeleton

PDF = pdf(
    ["DRAFT 1 of the mediator", "1. The Parties shall cease all hostilities along the whole line of contact from"],
    ["DRAFT 2 of the mediator", "midnight.", "2. Each Party shall release all prisoners of war."],
    ["DRAFT 3 of the mediator"],
)

DRAFT = """Ceasefire in the valley

Between the Republic of Northland (hereinafter "Northland") and Southland

1. The Parties shall cease all hostilities.

2. Heavy weapons shall be withdrawn at least 40 km from the line of contact within 14 days of signature.

3. If either Party violates clause 1, the other may suspend this agreement within 3 days.

4. The Parties shall act in good faith.
"""


def test_a_skeleton_can_be_read_and_every_guess_in_it_bears_a_mark() -> None:
    text, skeleton = draft_file(NamedBytes("d.txt", DRAFT.encode()))
    data = yaml.safe_load(skeleton.yaml)
    agreement, faults = inspect_agreement(data)
    assert faults == []
    assert agreement is not None
    assert dict(agreement.parties) == {"Northland": "Republic of Northland", "SOUTHLAND": "Southland"}
    for clause, term in zip(text.clauses, data["terms"].values(), strict=True):
        assert clause.text in term["text"], "the words stand verbatim"
    assert list(data["terms"]) == ["clause_1", "clause_2", "clause_3", "clause_4"]
    assert "# from 'within 14 days of signature'" in skeleton.yaml
    assert data["terms"]["clause_3"]["ours"] == ["of"], "what sets it off was filled in, and rests on nothing"
    assert "unverifiable" in data["terms"]["clause_4"]
    assert skeleton.yaml.count("TODO") >= 4


@pytest.mark.parametrize(
    "preamble",
    [
        "Parties: No; Yes",
        "between X and X",
        "Parties: A-B; C.D.",
        'between the Government of Unity (hereinafter "the Government of Unity") and the Movement (PA-X/Y)',
        "Parties: Northland (N); Southland (S)\n\nBodies: the Mission (M)",
    ],
)
def test_a_skeleton_can_be_read_whatever_the_parties_are_called_and_whoever_acts(preamble: str) -> None:
    clauses_ = "1. Both sides shall cease fire.\n\n2. The Mission shall report violations within two days.\n"
    _, skeleton = draft_file(NamedBytes("d.txt", f"Truce\n\n{preamble}\n\n{clauses_}".encode()))
    assert inspect_agreement(yaml.safe_load(skeleton.yaml))[1] == []


def test_what_was_not_read_and_what_was_remarked_stand_in_the_skeleton() -> None:
    comments = f'<w:comments {W}><w:comment w:author="Delegation B"><w:p>{run("Never.")}</w:p></w:comment></w:comments>'
    picture = "<w:p><w:r><w:drawing/></w:r></w:p>"
    _, skeleton = draft_file(docx(par("1. Both sides shall cease fire."), picture, comments=comments))
    assert "# not read: '1 picture not read'" in skeleton.yaml
    assert "# a comment, and no part of the text: Delegation B: Never." in skeleton.yaml


def test_a_pdf_is_read_over_the_ends_of_its_pages_and_what_is_drawn_over_it_is_told() -> None:
    manuscript = read_manuscript(NamedBytes("d.pdf", PDF))
    assert [(c.number, c.text) for c in clauses_of(manuscript).clauses] == [
        ("1", "The Parties shall cease all hostilities along the whole line of contact from midnight."),
        ("2", "Each Party shall release all prisoners of war."),
    ]
    assert [b.pieces[0].text for b in manuscript.margin] == ["DRAFT # of the mediator"]
    assert manuscript.remarks == ("3 marks of the kind StrikeOut are drawn over it and were not read",)


def test_without_parties_in_the_draft_they_are_asked_for_or_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "d.md"
    draft.write_text("1. Both sides shall cease fire.\n")
    assert main(["draft", str(draft)]) == 0
    assert "parties:  # TODO: who are the parties?" in capsys.readouterr().out
    out = tmp_path / "a.yaml"
    assert main(["draft", str(draft), "--out", str(out), "--parties", "N=Northland", "S=Southland"]) == 0
    assert "clause 1: forbid" in capsys.readouterr().out
    assert yaml.safe_load(out.read_text())["parties"] == {"N": "Northland", "S": "Southland"}
    with pytest.raises(ServandaError, match="CLI012"):
        parties_of(["Northland"])


TREATY = """Agreement on a ceasefire between the Government of Lusania (hereinafter "the Government") and the Movement for the North (hereinafter "the Movement")

Article 1
Cessation of hostilities

1. The Parties shall abide by the cessation of hostilities agreed on 5 October 2031.

2. The Parties shall cease:

(a) all acts of violence against the civilian population;

(b) the laying of mines.

3. All forces of the Movement shall withdraw from the zone of separation within thirty (30) days after the Transfer of Authority.

4. The Joint Commission shall investigate all reported violations and inform the Parties.

5. [Neither Party shall increase the number of its troops beyond 4,000.]
"""


def test_a_clause_that_only_leads_to_its_items_is_no_term_and_they_are_read_with_its_words() -> None:
    _, skeleton = draft_file(NamedBytes("d.txt", TREATY.encode()))
    assert [d.clause.number for d in skeleton.terms] == [
        f"Article 1, {n}" for n in ("1", "2(a)", "2(b)", "3", "4", "5")
    ]
    assert [d.understood.what.kind for d in skeleton.terms[1:3]] == ["forbid", "forbid"]
    assert skeleton.actors.parties == {"Government": "Government of Lusania", "Movement": "Movement for the North"}


def test_a_body_that_acts_the_forces_of_a_party_words_in_brackets_and_an_old_date_are_not_misread() -> None:
    _, skeleton = draft_file(NamedBytes("d.txt", TREATY.encode()))
    old, _, _, leaves, body, open_ = (d.understood for d in skeleton.terms)
    assert leaves.binds == ("Movement",)
    assert "'The Joint Commission' is none of the actors" in body.questions["binds"]
    assert "brackets" in open_.questions["open"]
    assert (open_.what.kind, open_.cap and open_.cap.n) == ("limit", 4000)
    assert old.date == "2031-10-05"
    assert "\nin_force:" not in skeleton.yaml, "the day of an earlier agreement is not the beginning of this one"


# --- a clause that holds several obligations, and what other clauses give to it


LAWYERS = """Truce

Parties: Northland (N); Southland (S)

Article 1
Definitions

1. "Forces" means the armed forces of Northland and its militias.

2. The term "Heavy Weapons" means artillery and mortars; "Line" means the river.

Article 2
Withdrawal

1. Heavy Weapons shall be withdrawn by Northland within 10 days of signature.

2. Southland undertakes to release all prisoners of war and to clear the mines in the zone.

3. Each Party shall withdraw its Heavy Weapons within the period laid down in Article 2, paragraph 1, and shall refrain from looting.

4. Forces shall leave the town within 5 days of signature. Neither Party shall fly drones over the zone.

5. Northland shall comply with Article 9.

Article 3

The Parties shall:

a. refrain from looting;

b. release all prisoners of war within 30 days of signature.

Article 4
Obligations of Southland

1. All prisoners of war shall be released within 4 days of signature.
"""


@pytest.fixture(scope="module")
def lawyers() -> dict[str, Drafted]:
    _, skeleton = draft_file(NamedBytes("d.txt", LAWYERS.encode()))
    return {d.number: d for d in skeleton.terms}


def said(one: Drafted) -> tuple[str, tuple[str, ...], tuple[str, ...] | None]:
    return one.understood.what.kind, one.understood.what.acts, one.understood.binds


def test_a_clause_that_binds_to_several_things_is_parted_and_each_part_is_named_and_bound(
    lawyers: dict[str, Drafted],
) -> None:
    assert said(lawyers["Article 2, 2, part 1"]) == ("require", ("release",), ("S",))
    assert said(lawyers["Article 2, 2, part 2"]) == ("require", ("mine_clearance",), ("S",))
    assert lawyers["Article 2, 2, part 2"].words == "Southland undertakes … to clear the mines in the zone."
    assert said(lawyers["Article 2, 4, second sentence"]) == ("forbid", ("flight",), None)


def test_items_written_in_the_line_of_a_clause_are_parts_of_it_with_the_words_that_lead_to_them() -> None:
    parts = parts_of(
        "Each Party shall: (a) refrain from looting; (b) release all prisoners of war; and (c) mark mines."
    )
    assert [(p.label, p.text) for p in parts] == [
        ("(a)", "Each Party shall refrain from looting"),
        ("(b)", "Each Party shall release all prisoners of war"),
        ("(c)", "Each Party shall mark mines."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "If a Party violates this agreement, the other shall inform the Mission and shall wait.",
        "The Parties shall refrain from attacks and the laying of mines.",
        "Northland shall ensure that no unit enters the zone and that roads stay open.",
        "The forces that shall be withdrawn are listed in Annex A.",
    ],
)
def test_a_clause_with_one_obligation_stays_whole(text: str) -> None:
    assert [p.text for p in parts_of(text)] == [text]


def test_a_definition_is_no_term_and_tells_what_its_word_means_where_it_is_used(lawyers: dict[str, Drafted]) -> None:
    assert not [number for number in lawyers if number.startswith("Article 1")]
    assert lawyers["Article 2, 1"].understood.weapons == ("artillery", "mortar")
    assert lawyers["Article 2, 1"].told == ["'Heavy Weapons' is defined in clause Article 1, 2: artillery and mortars"]
    assert said(lawyers["Article 2, 4, first sentence"])[2] == ("N",), "whose the Forces are, the definition says"


def test_a_clause_of_which_another_speaks_is_told_and_its_period_taken_with_a_question(
    lawyers: dict[str, Drafted],
) -> None:
    one = lawyers["Article 2, 3, part 1"]
    assert "'Article 2, paragraph 1' is clause Article 2, 1 (term clause_article_2_1)" in one.told
    assert one.understood.deadline is not None
    assert one.understood.deadline.text == "10 days"
    assert "is the deadline that of clause Article 2, 1" in one.understood.questions["deadline"]
    assert "which clause is 'Article 9'?" in lawyers["Article 2, 5"].understood.questions["refers"]


def test_whoever_is_to_do_it_is_bound_where_the_sentence_is_passive(lawyers: dict[str, Drafted]) -> None:
    assert said(lawyers["Article 2, 1"]) == ("require", ("withdrawal",), ("N",))


def test_words_above_lettered_items_lead_to_them_though_only_an_article_bears_a_number(
    lawyers: dict[str, Drafted],
) -> None:
    assert "Article 3" not in lawyers
    assert said(lawyers["Article 3, a"]) == ("forbid", ("looting",), None)
    assert (
        lawyers["Article 3, b"].words == "The Parties shall release all prisoners of war within 30 days of signature."
    )
    assert lawyers["Article 4, 1"].words.startswith("All prisoners"), "they end with their article"


def test_a_heading_gives_the_party_that_a_clause_does_not_name_and_asks_for_it(lawyers: dict[str, Drafted]) -> None:
    assert said(lawyers["Article 4, 1"]) == ("require", ("release",), ("S",))
    assert "its heading is 'Obligations of Southland'" in lawyers["Article 4, 1"].understood.questions["binds"]


# --- long and hostile texts

HOSTILE = [
    "a ",
    "to ",
    "forces be ",
    "withdraw and shall the forces to not , ",
    "shall x the y and withdraw the ",
    "A-",
    "(a) x ",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("clauses", [1, 25])
def test_no_text_is_looked_at_more_than_a_fixed_number_of_times(
    words: str, clauses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    found = lexicon._found.__wrapped__

    def counted(group: str, text: str) -> tuple[lexicon.Found, ...]:
        looked.append(len(text))
        return found(group, text)

    monkeypatch.setattr(lexicon, "_found", lru_cache(None)(counted))
    understand_acts.what_of.cache_clear()
    each = 20_000 // clauses
    draft = "\n\n".join(f"{n}. x{n} {(words * each)[:each]}" for n in range(1, clauses + 1))
    draft_file(NamedBytes("d.txt", f"Truce\n\nParties: Northland (N); Southland (S)\n\n{draft}\n".encode()))
    assert sum(looked) < 40 * len(draft)


@pytest.mark.parametrize("mark", ["{++", "{--", "{~~", "<del>", "<ins>", "<!--", "{~~a~>"])
def test_marks_of_change_that_are_never_closed_are_looked_for_once(mark: str) -> None:
    text = Counted(mark * 2_000)
    list(plain._changes(text))
    assert text.looked <= 3


class Counted(str):  # noqa: SLOT000
    """A text that counts how often something is looked for in all of it."""

    looked = 0

    def find(self, *args: Any) -> int:
        found = super().find(*args)
        self.looked += found < 0
        return found


def test_a_clause_too_long_to_be_one_is_not_parted() -> None:
    text = "The Parties shall go " + "and shall go " * 3_000
    assert parts_of(text) == [Part("", text)]


# --- the vocabulary


def test_every_type_of_clause_has_its_kind_and_codes_that_exist() -> None:
    types = gazetteer("clause_types.yaml")
    assert len(types) >= 41
    for name, row in types.items():
        assert all(act in STANDARD.acts for act in row["act"]), name


def test_every_word_of_the_lexicon_stands_for_a_code_that_exists() -> None:
    words = gazetteer("clause_words.yaml")
    assert [code for code in words["acts"] if code not in STANDARD.acts] == []
    assert [code for code in words["targets"] if code not in STANDARD.targets] == []
    assert [code for code in words["weapons"] if not STANDARD.weapons.knows(code)] == []
    assert [act for row in words["combined"] for act in row["acts"] if act not in STANDARD.acts] == []
