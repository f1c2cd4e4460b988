"""Tables that lie otherwise: cross-tables, names in the first column, tables side by side, repeats of forms, spans in one cell, days of a month."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from servanda.app.importing import import_tables
from servanda.errors import EvidenceError
from servanda.values.files import NamedBytes
from tests.test_strangers_tables import ANSWERS, read
from tests.workbooks import xlsx

AGREEMENT = Path("cases/energy-truce-2025/agreement.yaml")
DOWN = "Shelling incidents\n\nSettlement\t01.03.2027\t02.03.2027\t03.03.2027\tTotal\nTerin\t3\t0\t2\t5\nGoru\t0\t\t4\t4\nTotal\t3\t0\t6\t9\n"


def test_each_number_of_a_cross_table_is_a_row_with_its_day_and_place_and_sums_are_none() -> None:
    result = read(DOWN)
    (question,) = [q for _, q in result.questions]
    assert (question.key, question.offer) == (("values", "act"), "shelling")
    found = read(DOWN, answers={question.key: "shelling"}).reports
    rows = found.select("place_name", "quantity", found["start"].str.slice(0, 10).alias("day")).rows()
    assert rows == [
        ("Terin", "3", "2027-03-01"),
        ("Terin", "0", "2027-03-02"),
        ("Terin", "2", "2027-03-03"),
        ("Goru", "0", "2027-03-01"),
        ("Goru", "4", "2027-03-03"),
    ]
    assert set(found["act"]) == {"shelling"}


def test_the_mapping_of_one_cross_table_reads_that_of_the_next_days() -> None:
    first = read(DOWN, answers={("values", "act"): "shelling"})
    mapping = NamedBytes("m.yaml", first.mapping.encode())
    again = read(DOWN.replace(".03.2027", ".04.2027"), mapping=mapping)
    assert not again.questions
    assert again.reports["start"].str.slice(0, 7).unique().to_list() == ["2027-04"]


def test_numbers_of_days_across_take_the_month_of_the_title() -> None:
    days = "\t".join(map(str, range(1, 8)))
    text = f"Explosions, March 2027\n\nPlace\t{days}\nTerin\t\t\t5\t\t\t\t1\n"
    found = read(text, answers={("values", "act"): "explosion"}).reports
    assert [(start[:10], much) for start, much in zip(found["start"], found["quantity"], strict=True)] == [
        ("2027-03-03", "5"),
        ("2027-03-07", "1"),
    ]


def test_parties_across_are_accused_only_if_somebody_says_that_they_did_it() -> None:
    text = "Date\tRU\tUA\n2025-03-20\t3\t5\n2025-03-21\t0\t\n"
    result = read(text, agreement=AGREEMENT, answers={("values", "act"): "shelling"})
    (question,) = [q for _, q in result.questions]
    assert (question.key[1], question.offer) == ("actor", "-")
    answers = {("values", "act"): "shelling", question.key: question.choices[0]}
    found = read(text, agreement=AGREEMENT, answers=answers).reports
    assert found.select("actor", "quantity").rows() == [("RU", "3"), ("UA", "5"), ("RU", "0")]


def test_marks_under_acts_are_acts_and_a_word_for_several_is_asked() -> None:
    text = "Date\tShelling\tMortar fire\tDrone\n2027-03-05\tx\t\t\n2027-03-06\t\t✓\tx\n"
    result = read(text)
    assert [q.key for _, q in result.questions] == [("acts", "Drone")]
    found = read(text, answers={("acts", "Drone"): "strike_drone"}).reports
    assert found.select("act", "quantity").rows() == [("shelling", None), ("mortar_fire", None), ("strike_drone", None)]


def test_what_a_form_has_not_ticked_under_an_act_is_no_row() -> None:
    found = read("Date,Party,Shelling,Overflight\n2027-03-05,A,TRUE,FALSE\n2027-03-06,B,no,yes\n").reports
    assert found.select("act", "actor", "quantity").rows() == [("shelling", "A", None), ("overflight", "B", None)]


def test_a_form_whose_names_stand_in_the_first_column_is_one_report() -> None:
    rows = [["INCIDENT REPORT"], ["Date:", {"day": 46451}], ["Time:", "14:20"], ["Event", "Shelling"], ["Side", "A"]]
    found = import_tables([NamedBytes("f.xlsx", xlsx({"Form": rows}))], answers=ANSWERS).reports
    assert found.select("start", "act", "actor").rows() == [("2027-03-05T14:20:00+02:00", "shelling", "A")]
    blocks = "Date\t2027-03-05\nTime\t14:20\nEvent\tshelling\nSide\tA\n\nDate\t2027-03-06\nTime\t09:10\nEvent\tmortar fire\nSide\tB\n"
    assert read(blocks).reports["act"].to_list() == ["shelling", "mortar_fire"]
    across = "Date\t2027-03-05\t2027-03-06\nTime\t14:20\t09:10\nEvent\tshelling\tmortar fire\nSide\tA\tB\n"
    assert read(across).reports["actor"].to_list() == ["A", "B"]


def test_tables_side_by_side_are_both_read() -> None:
    rows = [
        ["Date", "Act", "Actor", None, "Date", "Act", "Actor"],
        ["2027-03-05", "shelling", "A", None, "2027-03-06", "mortar fire", "B"],
    ]
    result = import_tables([NamedBytes("log.xlsx", xlsx({"Log": rows}))], answers=ANSWERS)
    assert result.reports.select("act", "actor").rows() == [("shelling", "A"), ("mortar_fire", "B")]
    assert len(set(result.reports["report_id"])) == 2


def test_repeats_of_a_form_have_the_day_and_the_source_of_their_form() -> None:
    forms = "SubmissionDate,event_date,team,KEY\n2027-03-05T13:31:00.000Z,2027-03-05,North,uuid:1\n2027-03-06T13:31:00.000Z,2027-03-06,South,uuid:2\n"
    within = "event_time,act,actor,PARENT_KEY,KEY\n14:20,shelling,A,uuid:1,uuid:1/i[1]\n14:50,mortar_fire,B,uuid:1,uuid:1/i[2]\n09:10,shelling,A,uuid:2,uuid:2/i[1]\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("form.csv", forms)
        archive.writestr("form-incident.csv", within)
    found = import_tables([NamedBytes("form.zip", packed.getvalue())], answers=ANSWERS).reports
    assert found.select("source", found["start"].str.slice(0, 16), "act").rows() == [
        ("North", "2027-03-05T14:20", "shelling"),
        ("North", "2027-03-05T14:50", "mortar_fire"),
        ("South", "2027-03-06T09:10", "shelling"),
    ]


def test_a_beginning_and_an_end_in_one_cell_are_both_read() -> None:
    text = "Reporting period\tAct\tActor\tQuantity\n05.03.2027 18:00 - 06.03.2027 18:00\tshelling\tA\t44\n"
    found = read(text).reports
    assert found.select("start", "end").rows() == [("2027-03-05T18:00:00+02:00", "2027-03-06T18:00:00+02:00")]


def test_days_of_the_month_take_the_month_of_their_sheet() -> None:
    book = xlsx({f"{month} 2027": [["Day", "Act", "Actor"], [5.0, "shelling", "A"]] for month in ("March", "April")})
    found = import_tables([NamedBytes("log.xlsx", book)], answers=ANSWERS).reports
    assert [start[:10] for start in found["start"]] == ["2027-03-05", "2027-04-05"]


SPREADSHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Log"><Table>
<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">Daily log</Data></Cell></Row>
<Row ss:Index="3">{}</Row>
<Row><Cell><Data ss:Type="DateTime">2027-03-05T00:00:00.000</Data></Cell><Cell><Data ss:Type="DateTime">1899-12-31T14:20:00.000</Data></Cell><Cell><Data ss:Type="String">shelling</Data></Cell><Cell><Data ss:Type="String">A</Data></Cell><Cell><Data ss:Type="Number">4</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="DateTime">2027-03-06T00:00:00.000</Data></Cell><Cell ss:Index="3"><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>mortar</B> fire</ss:Data><Comment><ss:Data>seen</ss:Data></Comment></Cell><Cell><Data ss:Type="String">B</Data></Cell><Cell ss:Formula="=1+2"></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_a_workbook_as_one_xml_document_is_read_cell_by_cell() -> None:
    names = "".join(
        f'<Cell><Data ss:Type="String">{n}</Data></Cell>' for n in ("Date", "Time", "Act", "Actor", "Quantity")
    )
    result = import_tables([NamedBytes("log.xml", SPREADSHEET.format(names).encode())], answers=ANSWERS)
    assert result.reports.select(result.reports["start"].str.slice(0, 16), "act", "actor", "quantity").rows() == [
        ("2027-03-05T14:20", "shelling", "A", "4"),
        ("2027-03-06T00:00", "mortar_fire", "B", None),
    ]
    told = " ".join(result.told)
    assert "1 row is hidden" in told
    assert [doubt.read for doubt in result.doubts] == ["a formula without a saved value; read as nothing"]


FORM = "Date: 05.03.2027\nTime: 14:20\nEvent: shelling\nSide: A\n"
LETTER = "From: Ops Room <ops@x.example>\nTo: d@x.example\nSubject: {}\nDate: Fri, 05 Mar 2027 19:00:00 +0200\nContent-Type: text/plain; charset=utf-8\n\n"


def test_a_letter_with_the_form_of_a_row_is_a_report_of_its_sender() -> None:
    found = import_tables([NamedBytes("a.eml", (LETTER.format("Incident") + FORM).encode())], answers=ANSWERS).reports
    assert found.select("source", "known_at", "act", "actor").rows() == [
        ("Ops Room", "2027-03-05T19:00:00+02:00", "shelling", "A")
    ]


@pytest.mark.parametrize(
    "quoted",
    [
        "".join(f"> {line}\n" for line in FORM.splitlines()),
        f"-----Original Message-----\nFrom: Post 4\nSent: 5 March 2027 15:00\nTo: Ops\nSubject: x\n\n{FORM}",
        f"On 5 March 2027 at 15:00, Post 4 wrote:\n{FORM}",
    ],
)
def test_what_a_letter_quotes_is_no_report_of_its_sender(quoted: str) -> None:
    with pytest.raises(EvidenceError, match="EVD195"):
        import_tables([NamedBytes("a.eml", f"{LETTER.format('Re: x')}Thanks.\n\n{quoted}".encode())], answers=ANSWERS)


@pytest.mark.parametrize(
    "quote", ["", "<blockquote>", "<div id=divRplyFwdMsg><b>From:</b> x</div>", "<p><b>Від: </b>x"]
)
def test_a_table_in_the_words_of_a_letter_is_read_unless_it_is_quoted(quote: str) -> None:
    table = "<table><tr><th>Дата<th>Час<th>Тип<th>Сторона<tr><td>2027-03-05<td>14:05<td>обстріл<td>A</table>"
    head = "From: post@m.org\nTo: hq@m.org\nDate: Fri, 05 Mar 2027 18:00:00 +0200\nSubject: day\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    letter = NamedBytes("day.eml", f"{head}<table><tr><td>Post</table>{quote}{table}".encode())
    if quote:
        with pytest.raises(EvidenceError, match="an e-mail without a table in it"):
            import_tables([letter], answers=ANSWERS)
    else:
        assert import_tables([letter], answers=ANSWERS).reports["start"].to_list() == ["2027-03-05T14:05:00+02:00"]


def test_a_table_that_stands_in_a_letter_and_is_attached_to_it_is_read_once() -> None:
    cells = [("Date", "Type", "Party"), ("2027-03-05", "shelling", "A"), ("2027-03-06", "shelling", "A")]
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    parts = (
        f"text/html\n\n<table>{table}</table>\n",
        "text/csv; name=log.csv\nContent-Disposition: attachment; filename=log.csv\n\n"
        + "".join(f"{','.join(row)}\n" for row in cells),
    )
    letter = (
        "From: a@b.example\nDate: Fri, 05 Mar 2027 10:00:00 +0200\nSubject: Day\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        + "".join(f"--b\nContent-Type: {part}\n" for part in parts)
        + "--b--\n"
    )
    found = import_tables([NamedBytes("day.eml", letter.encode())], answers=ANSWERS)
    assert found.reports.height == 2
    assert any("attached too is read once" in told for told in found.told)


def test_what_a_letter_forwards_is_of_whom_it_came_from() -> None:
    head = "---------- Forwarded message ---------\nFrom: Post 4 <p4@x.example>\nDate: Thu, 4 Mar 2027\nSubject: x\nTo: Ops\n\n"
    found = import_tables(
        [NamedBytes("a.eml", (LETTER.format("Fwd: x") + head + FORM).encode())], answers=ANSWERS
    ).reports
    assert found.select("source", "origin", found["start"].str.slice(0, 10)).rows() == [
        ("Ops Room", "Post 4", "2027-03-05")
    ]


def test_a_folder_of_letters_gives_their_forms_and_their_tables() -> None:
    table = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/csv; name="t.csv"\nContent-Disposition: attachment; filename="t.csv"\n\nDate,Act,Actor\n2027-03-06,mortar fire,B\n\n--b--\n'
    line = "From ops@x.example Fri Mar  5 15:00:00 2027\n"
    second = LETTER.format("Table").replace("Content-Type: text/plain; charset=utf-8\n\n", table)
    folder = f"{line}{LETTER.format('One')}{FORM}\n{line}{second}\n"
    result = import_tables([NamedBytes("a.mbox", folder.encode())], answers=ANSWERS)
    assert sorted(result.reports.select("act", "actor").rows()) == [("mortar_fire", "B"), ("shelling", "A")]


def test_numbers_of_weapons_across_are_no_acts_and_who_was_hurt_is_counted_once() -> None:
    result = read("Date\tPlace\ttank\thowitzer\tmortar\n2027-03-05\tTerin\t2\t0\t3\n")
    assert [q.key for _, q in result.questions] == [("values", "act")]
    found = read("Date\tShelling\tMortar fire\tKilled\n2027-03-05\t4\t2\t1\n").reports
    assert found.select("act", "quantity", "effect").rows() == [
        ("shelling", "4", "Killed: 1"),
        ("mortar_fire", "2", None),
    ]


def test_a_formula_without_a_value_in_a_cross_table_is_told() -> None:
    days = [{"day": 46447.0 + n} for n in range(3)]
    rows = [["Place", *days], ["North", 4.0, 1.0, {"formula": "B2+C2"}], ["South", 0.0, 2.0, 7.0]]
    result = import_tables(
        [NamedBytes("log.xlsx", xlsx({"Log": rows}))], answers={**ANSWERS, ("values", "act"): "shelling"}
    )
    assert result.reports.height == 5
    assert any("1 cell among them bear a formula without a saved value" in told for told in result.told)
