"""Two drafts beside each other, the redline that proves itself, an agreement said with its own words, and a first agreement."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.agreement import read_agreement
from servanda.app.begin import QUESTIONS, begin
from servanda.app.check import check_file
from servanda.app.compare import compare_files, read_side
from servanda.app.verify import verify_files
from servanda.cli.main import main
from servanda.documents import Version, clauses_of, read_manuscript
from servanda.documents.redline import redline
from servanda.drafting.comparison import Comparison
from servanda.errors import ServandaError
from servanda.report.comparison_page import comparison_page, comparison_text
from servanda.report.said_page import said_docx, said_page
from servanda.values.files import NamedBytes
from tests.docs_made import docx, level, numbered, par, tracked

ROOT = Path(__file__).parent.parent
HEAD = "Truce\n\nParties: Northland (N); Southland (S)\n\n"
OLD = (
    "1. The Parties shall cease all hostilities.\n\n2. Heavy weapons shall be withdrawn at least 15 km from the line within 14 days of signature.\n\n"
    "3. Each Party shall release all prisoners of war within 30 days.\n\n4. The Mission shall have free access.\n"
)
NEW = (
    "1. The Parties shall cease all hostilities.\n\n2. The Mission shall have free access, except for security reasons.\n\n"
    "3. Heavy weapons shall be withdrawn at least 25 km from the line within a reasonable time.\n\n4. Southland shall not mobilise.\n"
)


def text(words: str, name: str = "d.txt") -> NamedBytes:
    return NamedBytes(name, (HEAD + words).encode())


def told(old: str, new: str) -> Comparison:
    return compare_files(text(old, "old.txt"), text(new, "new.txt"))[0]


def test_every_clause_is_told_once_with_what_became_of_it_in_plain_english() -> None:
    pairs = told(OLD, NEW).pairs
    assert [(p.old and p.old[0], p.new and p.new[0], p.status) for p in pairs] == [
        ("1", "1", "same words"),
        ("3", None, "only in the first"),
        ("4", "2", "changed"),
        ("2", "3", "changed"),
        (None, "4", "only in the second"),
    ]
    access, guns = pairs[2], pairs[3]
    assert "exception: none became security reasons" in access.changes
    assert "distance: 15 km became 25 km" in guns.changes
    assert "deadline: within 14 days of signature became none" in guns.changes
    assert "the vague word 'reasonable' is new" in guns.changes
    assert guns.moved != access.moved, "of two that changed places, one was moved"
    assert "exception-swallows-rule" in access.gained
    assert "vague-word" in guns.gained


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Both sides shall cease fire.", "Northland shall cease fire.", "it bound every party and binds N"),
        ("The Parties shall release prisoners.", "The Parties may release prisoners.", "the word 'may' is new"),
        (
            "The Parties shall cease all looting of homes.",
            "The Parties shall cease looting of homes.",
            "the word 'all' is gone",
        ),
        (
            "Guns of 100 mm and more are moved 15 km back.",
            "Guns of 120 mm and more are moved 15 km back.",
            "calibre: 100 mm and more became 120 mm and more",
        ),
        (
            "No shelling of the city of Ost.",
            "No shelling of the city of Ost without the consent of both Parties.",
            "the consent of N is new",
        ),
    ],
)
def test_a_small_word_that_changes_a_clause_is_told(old: str, new: str, says: str) -> None:
    pair = next(p for p in told(f"1. {old}", f"1. {new}").pairs if p.old and p.new)
    assert pair.status == "changed"
    assert says in pair.changes


def test_other_words_of_which_nothing_that_is_understood_differs_are_not_called_the_same_meaning() -> None:
    comparison = told("1. The Parties shall cease all hostilities.", "1. The Parties shall stop all hostilities.")
    assert comparison.pairs[0].status == "other words"
    assert "nothing that was understood differs; read both" in comparison_text(comparison)


def test_a_draft_beside_itself_has_the_same_words_throughout() -> None:
    comparison = told(OLD, OLD)
    assert comparison.counts == {"same words": 4}
    assert not any(p.moved or p.gained or p.lost for p in comparison.pairs)


def test_comparing_the_other_way_round_exchanges_what_is_only_in_one_and_what_came_and_went() -> None:
    there, back = told(OLD, NEW), told(NEW, OLD)
    only = [{p.new[1] for p in c.pairs if p.new and not p.old} for c in (there, back)]
    gone = [{p.old[1] for p in c.pairs if p.old and not p.new} for c in (there, back)]
    assert (only[0], gone[0]) == (gone[1], only[1])
    assert sorted(c for p in there.pairs for c in p.gained) == sorted(c for p in back.pairs for c in p.lost)


def test_whose_wish_a_clause_serves_is_told() -> None:
    wishes = {"North": text(NEW), "South": text(OLD)}
    pairs = compare_files(text(OLD), text(NEW), wishes)[0].pairs
    assert [p.serves for p in pairs if p.new] == [("North", "South"), ("North",), ("North",), ("North",)]


def versions_by_hand(data: bytes) -> dict[str, list[str]]:
    """Both texts of a redline, by a reader that shares nothing with ours: what is deleted is cut out, or what is inserted."""
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    root = ET.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    out = {}
    for version, gone in (("accept", "del"), ("reject", "ins")):
        lines = []
        for paragraph in root.iter(f"{w}p"):
            words = ""
            for node in paragraph:
                if node.tag != w + gone:
                    words += "".join(t.text or "" for t in node.iter() if t.tag in (f"{w}t", f"{w}delText"))
            if words.strip():
                lines.append(" ".join(words.split()))
        out[version] = lines
    return out


LINES = st.lists(st.text(st.sampled_from("ab c1.,<&é"), min_size=1, max_size=12).filter(str.strip), max_size=6)


@given(LINES, LINES)
@settings(max_examples=40, deadline=None)
def test_a_redline_accepted_is_the_new_text_and_rejected_the_old(old: list[str], new: list[str]) -> None:
    both = versions_by_hand(redline(old, new, author="A"))
    assert both == {"accept": [" ".join(x.split()) for x in new], "reject": [" ".join(x.split()) for x in old]}


WORDS = st.lists(
    st.sampled_from("guns leave the town within 10 days 15 km, no more.".split()), min_size=1, max_size=5
).map(" ".join)
PARAGRAPHS = st.one_of(
    WORDS.map(par),
    st.builds(numbered, WORDS, st.integers(0, 2)),
    st.builds(
        lambda kind, a, b: par(a + " ", tracked(kind, b)),
        st.sampled_from(["ins", "del", "moveFrom", "moveTo"]),
        WORDS,
        WORDS,
    ),
)


def table(rows: list[list[str]]) -> str:
    """A table of paragraphs."""
    cells = ["".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


BODIES = st.lists(
    st.one_of(PARAGRAPHS, st.lists(st.lists(PARAGRAPHS, min_size=1, max_size=2), min_size=1, max_size=2).map(table)),
    max_size=4,
).map(lambda body: [par("1. The Parties shall cease fire."), *body])
LEVELS = level(0, "decimal", "%1.") + level(1, "lowerLetter", "(%2)") + level(2, "lowerRoman", "(%3)")


@given(BODIES, BODIES, st.sampled_from(["accept", "reject"]))
@settings(max_examples=15, deadline=None)
def test_a_redline_of_word_files_with_tables_lists_and_changes_gives_both_back(
    old: list[str], new: list[str], version: Version
) -> None:
    files = [docx(*body, levels=LEVELS) for body in (old, new)]
    wanted = [[" ".join(line.split()) for line in read_side(file, version).paragraphs] for file in files]
    both = versions_by_hand(redline(*(read_side(file, version).paragraphs for file in files), author="A"))
    assert both == {"reject": [x for x in wanted[0] if x], "accept": [x for x in wanted[1] if x]}


def test_a_redline_names_its_author_and_changes_words_and_not_whole_clauses() -> None:
    data = redline(["1. Guns are moved 15 km back."], ["1. Guns are moved 25 km back."], author="Northern delegation")
    block = read_manuscript(NamedBytes("r.docx", data)).tracked[0]
    assert [(p.text.strip(), [c.who for c in p.changes]) for p in block.pieces if p.changes] == [
        ("15", ["Northern delegation"]),
        ("25", ["Northern delegation"]),
    ]


def test_the_page_of_a_comparison_loads_nothing_and_escapes_the_drafts() -> None:
    page = comparison_page(told("1. The Parties <script>x</script> cease fire.", "1. The Parties cease all fire."))
    assert "<script>" not in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_compare_on_the_command_line_writes_page_data_and_redline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text(HEAD + OLD)
    new.write_text(HEAD + NEW)
    out = tmp_path / "out"
    assert main(["compare", str(old), str(new), "--out", str(out), "--wishes", f"North={new}"]) == 0
    assert "as North wants it" in capsys.readouterr().out
    assert sorted(p.name for p in out.iterdir()) == ["compare.html", "compare.json", "redline.docx"]
    assert json.loads((out / "compare.json").read_text())["counts"]["changed"] == 2
    assert main(["compare", str(old), str(new), "--wishes", "North"]) == 2
    assert main(["compare", str(out / "redline.docx"), str(new)]) == 2
    assert "DRF010" in capsys.readouterr().err
    assert main(["compare", str(out / "redline.docx"), str(new), "--accept"]) == 0
    assert "4 same words" in capsys.readouterr().out


def test_a_draft_and_an_agreement_file_are_compared_by_their_words() -> None:
    agreement = ROOT / "cases" / "jeddah-2025" / "agreement.yaml"
    words = [" ".join(t["text"].split()) for t in yaml.safe_load(agreement.read_text())["terms"].values()]
    draft = NamedBytes("d.txt", "\n\n".join(f"{n}. {w}" for n, w in enumerate(words, 1)).encode())
    assert compare_files(agreement, draft)[0].counts == {"same words": 3}


# --- say


def test_the_same_words_that_are_coded_otherwise_are_told_as_changed() -> None:
    def agreement(hours: int, km: int, until: str) -> NamedBytes:
        whole = {
            "agreement": "own",
            "title": "Own",
            "timezone": "UTC",
            "parties": {"N": "Northland", "S": "Southland"},
            "in_force": {"from": "2025-03-01", "until": until},
            "places": {"zone": {"at": [48.0, 37.0], "radius": f"{km} km"}},
            "terms": {
                "calm": {"text": "No fire in the zone.", "forbid": {"act": "shelling", "in": "zone"}},
                "free": {
                    "text": "A request is answered.",
                    "respond": {
                        "to": {"act": "access_request", "by": "N"},
                        "with": {"act": "inspection"},
                        "within": f"{hours} hours",
                        "answers": "each",
                    },
                    "binds": "S",
                },
            },
        }
        return NamedBytes("own.yaml", yaml.safe_dump(whole, sort_keys=False).encode())

    first = agreement(24, 20, "2025-03-15")
    assert [p.status for p in compare_files(first, first)[0].pairs] == ["same words", "same words"]
    told, _ = compare_files(first, agreement(48, 20, "2025-03-15"))
    assert [p.status for p in told.pairs] == ["same words", "changed"]
    assert told.changes == ()
    gone, new = told.pairs[1].changes
    assert "within 24 hours" in gone
    assert "within 48 hours" in new
    assert "words: A request is answered." in comparison_text(told)
    assert "within 48 hours" in comparison_page(told)
    whole, _ = compare_files(first, agreement(24, 30, "2025-03-20"))
    assert "30 km" in " ".join(whole.changes)
    assert "20 March 2025" in " ".join(whole.changes)


def test_say_gives_each_clauses_own_words_beside_how_it_is_understood(tmp_path: Path) -> None:
    agreement = read_agreement(ROOT / "cases" / "minsk-measures-2020" / "agreement.yaml")
    page, document = said_page(agreement), said_docx(agreement)
    rows = [b for b in read_manuscript(NamedBytes("s.docx", document)).blocks if b.row]
    terms = agreement.texts[0].terms
    assert len(rows) == len(terms) + 1
    for term in terms:
        assert term.text in page.replace("&#x27;", "'")
    assert document == said_docx(agreement), "the same words give the same bytes"
    file = str(ROOT / "cases" / "minsk-measures-2020" / "agreement.yaml")
    for name in ("s.html", "s.docx"):
        assert main(["say", file, "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert main(["say", file, "--out", str(tmp_path / "s.rtf")]) == 2
    assert not (tmp_path / "s.rtf").exists()


# --- init

ANSWERS = {q.name: q.example for q in QUESTIONS}


def test_eight_answers_give_a_first_agreement_that_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [word for name, answer in ANSWERS.items() for word in (f"--{name}", answer)]
    out = tmp_path / "first"
    assert main(["init", str(out), *flags]) == 0
    assert sorted(p.name for p in out.iterdir()) == ["agreement.yaml", "coverage.yaml", "reports.csv", "sources.yaml"]
    run = verify_files(out / "agreement.yaml", [out / "reports.csv", out / "sources.yaml"], [out / "coverage.yaml"])
    assert {v.term for v in run.verdicts} == {"ban_1"}
    assert main(["init", str(out), *flags]) == 2
    assert "CLI016" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "answer", "code"),
    [
        ("place", "the valley", "CLI015"),
        ("ban", "The Parties shall respect each other", "CLI015"),
        ("watch", "Observer Mission", "CLI015"),
        ("parties", "Northland", "CLI015"),
        ("timezone", "Europe/Nowhere", "AGR"),
        ("from", "some day", "AGR"),
        ("for", "a while", "AGR"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_and_nothing_is_written(name: str, answer: str, code: str) -> None:
    with pytest.raises(ServandaError) as error:
        begin({**ANSWERS, name: answer})
    assert code in str(error.value)


@pytest.mark.parametrize(
    ("answer", "parties"),
    [
        (
            "Government of Congo; 23 March Movement; al-Nusra",
            {"GC": "Government of Congo", "MM": "23 March Movement", "NUSRA": "al-Nusra"},
        ),
        (
            "l'Armée; M23; ELN (National Liberation Army)",
            {"ARMÉE": "l'Armée", "M23": "M23", "ELN": "National Liberation Army"},
        ),
        ("الحكومة; حركة الشباب", {"الحكومة": "الحكومة", "حا": "حركة الشباب"}),
    ],
)
def test_every_party_of_the_answer_is_one_however_its_name_begins(answer: str, parties: dict[str, str]) -> None:
    """A third party whose name begins in small letters was in no file, and bound by no term."""
    written = yaml.safe_load(begin({**ANSWERS, "parties": answer})["agreement.yaml"])
    assert written["parties"] == parties
    assert written["terms"]["ban_1"]["binds"] == list(parties)


def test_all_missing_answers_are_told_at_once_and_nobody_may_watch_without_an_end() -> None:
    with pytest.raises(ServandaError) as error:
        begin({})
    assert len(error.value.faults) == 8
    files = begin({**ANSWERS, "watch": "nobody", "for": "no end"})
    assert b"watches: []" in files["coverage.yaml"]


# --- clauses that hold several obligations


def test_every_obligation_of_a_clause_is_compared_and_named_by_its_part() -> None:
    one = "1. Northland shall withdraw its forces within 10 days of signature and shall release all prisoners of war within 30 days of signature.\n"
    (pair,) = told(one, one.replace("30 days", "60 days")).pairs
    assert pair.changes == ("part 2: deadline: within 30 days of signature became within 60 days of signature",)


def test_an_obligation_that_came_or_went_within_a_clause_is_told_in_its_words() -> None:
    one = "1. Each Party shall: (a) refrain from looting; (b) withdraw its heavy weapons within 3 days of signature"
    more = "an obligation is {}: 'Each Party shall release prisoners of war.'"
    other = f"{one}; (c) release prisoners of war.\n"
    assert told(one + ".\n", other).pairs[0].changes == (more.format("new"),)
    assert told(other, one + ".\n").pairs[0].changes == (more.format("gone"),)


# --- check of a draft


def test_a_finding_names_the_part_of_the_clause_in_which_it_is() -> None:
    clause = "1. Northland shall stop all fire and shall withdraw its guns in due course.\n"
    findings = check_file(text(clause)).findings
    assert {one.file for one in findings if one.code == "vague-word"} == {"d.txt, clause 1, part 2 (line 5)"}


def test_a_draft_is_checked_by_its_clauses_and_several_files_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "d.docx"
    draft.write_bytes(docx(par("1. Heavy weapons leave within a reasonable time.")).content)
    other = ROOT / "cases" / "jeddah-2025" / "agreement.yaml"
    assert main(["check", str(draft), str(other)]) == 0
    printed = capsys.readouterr().out
    assert f"{draft}, clause 1 (paragraph 1): [clause_1] vague-word" in printed
    assert "jeddah-2025: can be read" in printed
    assert main(["check", str(draft), str(other), "--json"]) == 0
    assert [one["agreement"] for one in json.loads(capsys.readouterr().out)][1] == "jeddah-2025"
    draft.write_bytes(docx(par("1. Guns leave ", tracked("ins", "slowly"), ".")).content)
    assert main(["check", str(draft)]) == 2
    assert "DRF010" in capsys.readouterr().err
    assert clauses_of(read_manuscript(draft), "reject").clauses[0].text == "Guns leave ."
