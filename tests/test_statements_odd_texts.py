"""Articles that nobody wrote: they end in statements or in none, and never in a search without end."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pypdf
import pytest

from servanda.app.statements import read_statements
from servanda.errors import EvidenceError
from servanda.statements import documents_of, read_documents
from servanda.statements.speakers import outlets
from servanda.values.files import NamedBytes


def test_a_word_of_a_hundred_thousand_letters_is_no_outlet() -> None:
    assert outlets("A" * 140_000 + " newspaper said") == []
    assert len(outlets("A-" * 70_000 + " newspaper said")) <= 1


def test_a_scan_without_text_is_told_with_what_to_do() -> None:
    pdf = pypdf.PdfWriter()
    pdf.add_blank_page(200, 200)
    data = io.BytesIO()
    pdf.write(data)
    with pytest.raises(EvidenceError, match="a scan") as raised:
        read_documents(NamedBytes("scan.pdf", data.getvalue()))
    assert raised.value.faults[0].code == "DOC015"


ARTICLE = "Serbian President Marko Ilic said on Monday that Serbia accepts the ceasefire."


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("We use cookies and similar technologies to improve this website. Accept all cookies.", "a banner"),
        ("Photo: Serbian soldiers said to be near the line on Sunday. AFP", "a caption"),
        ("President Ilic said goodbye at the airport on Sunday. (Photo by Reuters)", "a caption"),
        ("Serbia | 14 said yes | 3 said no | 17 in all.", "a row of a table"),
        ("From: Georgian Press Office said <press@example.org> on Monday.", "a header of an e-mail"),
        ("> Georgian President Levan Kvali said that Georgia rejects the ceasefire.", "quoted from another e-mail"),
    ],
)
def test_banners_captions_tables_and_e_mails_put_no_words_into_a_mouth(line: str, why: str) -> None:
    (document,) = documents_of("a", f"14 April 2025\n\n{line}\n\n{ARTICLE}")
    assert line not in document.text
    assert (why, line) in document.dropped
    assert ARTICLE in document.text


def test_an_article_from_right_to_left_is_told_as_not_read_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rtl.txt"
    path.write_text(
        "قال الرئيس إن الهدنة قائمة وإن الجيش لن يتقدم خلال الأيام القادمة.\n\n" * 3 + ARTICLE, encoding="utf-8"
    )
    analysis = read_statements([str(path)])
    assert {s.teller for s in analysis.statements} == {"Marko Ilic"}
    assert analysis.not_read()


def test_hundreds_of_articles_of_one_agency_take_seconds(tmp_path: Path) -> None:
    paths = []
    for n in range(400):
        path = tmp_path / f"a{n}.txt"
        path.write_text(
            f"14 April 2025\n\nBELGRADE (AP) — {ARTICLE} Ilic told paper number {n} that he rejects observers.\n",
            encoding="utf-8",
        )
        paths.append(str(path))
    began = time.process_time()
    analysis = read_statements(paths)
    assert time.process_time() - began < 20
    assert {(c.term, c.stance, c.origins) for c in analysis.stands if c.term == "ceasefire"} == {
        ("ceasefire", "accepts", 1)
    }


def test_a_folder_is_not_an_article_and_the_hint_tells_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as refused:
        read_statements([tmp_path])
    (fault,) = refused.value.faults
    assert (fault.code, fault.what, fault.hint) == ("DOC001", "is a folder", f"give the articles in it: {tmp_path}/*")
