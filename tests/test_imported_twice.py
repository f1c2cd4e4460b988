"""What would be counted twice, or would be lost, though no cell is wrong: copies of tables, parts of a count, ticks of parties, pages of an answer."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from servanda.app.importing import ImportResult, import_tables
from servanda.values.files import NamedBytes
from tests.test_strangers_tables import ANSWERS, read
from tests.workbooks import ods, xlsx

AGREEMENT = Path("cases/energy-truce-2025/agreement.yaml")
ROWS = [
    ["ID", "Date", "Time", "Type"],
    ["E1", "25.03.2027", "14:05", "shelling"],
    ["E2", "26.03.2027", "14:05", "shelling"],
]
MORE = [ROWS[0], ["E3", "01.04.2027", "14:05", "shelling"]]
YEAR = xlsx({"All": [*ROWS, MORE[1]], "March": ROWS, "April": MORE})


def book(content: bytes, mapping: str = "") -> ImportResult:
    given = NamedBytes("m.yaml", mapping.encode()) if mapping else None
    return import_tables([NamedBytes("log.xlsx", content)], mapping=given, answers=ANSWERS)


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "Date,Time,Type\n2027-03-25,14:05,shelling\n")
    return out.getvalue()


def test_rows_that_stand_in_two_sheets_word_for_word_are_asked_once_and_read_once() -> None:
    first = book(YEAR)
    (question,) = [question for _, question in first.questions]
    assert (question.key, question.offer, question.choices) == (("copies",), "yes", ("yes", "no"))
    answered = first.mapping.replace('copies: "?"', "copies: yes")
    second = book(YEAR, answered)
    third = book(YEAR, second.mapping)
    assert not second.questions
    assert not third.questions
    assert [one.reports.height for one in (second, third)] == [3, 3]
    assert book(YEAR, first.mapping.replace('copies: "?"', "copies: no")).reports.height == 6


def test_a_file_that_lies_twice_in_an_archive_is_asked_about() -> None:
    result = import_tables([NamedBytes("log.zip", packed("log.csv", "log (1).csv"))], answers=ANSWERS)
    assert [question.key for _, question in result.questions] == [("copies",)]
    assert "log (1).csv" in result.questions[0][1].what


def test_a_few_rows_of_another_table_are_told_and_equal_rows_of_sheets_for_days_are_no_copies() -> None:
    fewer = book(
        xlsx(
            {"March": ROWS, "More": [ROWS[0], ROWS[1], *([n, "02.04.2027", "14:05", "shelling"] for n in ("E4", "E5"))]}
        )
    )
    assert not fewer.questions
    assert fewer.reports.height == 5
    assert any("1 row (2) of 3" in told for told in fewer.told)
    rows = [["Time", "Type", "Place"], ["14:05", "shelling", "Alder"]]
    days = import_tables(
        [NamedBytes("log.xlsx", xlsx({"25.03.2027": rows, "26.03.2027": rows}))],
        answers={**ANSWERS, ("values", "date"): "title"},
    )
    assert not days.questions
    assert days.reports.height == 2


@pytest.mark.parametrize(
    "part", ["of which at night", "  – of them mortars", "у т.ч. вночі", "из них ночью", "dont de nuit", "de los cuales de noche", "منها ليلا", "davon nachts", "w tym w nocy"]
)  # fmt: skip
def test_a_row_that_counts_a_part_of_another_is_no_report(part: str) -> None:
    result = read(f"Date\tPlace\tType\tCount\n2027-03-05\tAlder\tshelling\t12\n2027-03-05\t{part}\tshelling\t5\n")
    assert result.reports["quantity"].to_list() == ["12"]
    assert [row["code"] for row in result.quarantine.to_dicts()] == ["EVD170"]


def test_a_column_that_counts_a_part_of_another_is_left_out_and_told() -> None:
    text = "Date\tPlace\tShelling\tExplosion\tof which mortar fire\n2027-03-05\tAlder\t12\t2\t7\n"
    result = read(text)
    assert result.reports.select("act", "quantity").rows() == [("shelling", "12"), ("explosion", "2")]
    assert any("'of which mortar fire'" in told for told in result.told)


def test_ticks_under_parties_are_asked_about_where_each_row_has_one() -> None:
    head = "Date\tType\tRU\tUA\n"
    one = read(head + "2027-03-05\tshelling\t✓\t\n2027-03-06\tshelling\t\t✓\n", agreement=AGREEMENT)
    (question,) = [question for _, question in one.questions]
    assert (question.key, question.offer) == (("columns", "actor"), "-")
    for rows in ("2027-03-05\tshelling\t✓\t✓\n", "2027-03-05\tshelling\t\t\n"):
        other = read(f"{head}{rows}2027-03-06\tshelling\t\t✓\n", agreement=AGREEMENT)
        assert not other.questions
        assert other.reports.height == 2


def test_a_sheet_that_is_called_by_a_party_is_asked_whether_it_did_it() -> None:
    rows = [["Date", "Type"], ["2027-03-05", "shelling"]]
    book = NamedBytes("log.xlsx", xlsx({"RU": rows, "UA": rows}))
    asked = import_tables([book], AGREEMENT, answers=ANSWERS)
    assert [(question.key, question.offer) for _, question in asked.questions] == [(("columns", "actor"), "-")] * 2
    name = asked.questions[0][1].choices[0]
    told = import_tables([book], AGREEMENT, answers={**ANSWERS, ("columns", "actor"): name})
    assert told.reports["actor"].to_list() == ["RU", "UA"]


@pytest.mark.parametrize(
    "around",
    [
        {"exceededTransferLimit": True},
        {"next": "https://example.org/?page=2"},
        {"@odata.nextLink": "https://example.org/"},
        {"properties": {"exceededTransferLimit": True}},
    ],
)
@pytest.mark.parametrize("kind", ["features", "results"])
def test_an_answer_that_says_that_it_goes_on_is_told_to_be_not_all(kind: str, around: dict[str, object]) -> None:
    row = {"date": "2027-03-25", "type": "shelling"}
    point = {"type": "Feature", "properties": row, "geometry": {"type": "Point", "coordinates": [37.8, 48.3]}}
    body = {"type": "FeatureCollection", "features": [point]} if kind == "features" else {"results": [row]}
    assert any("is not all" in told for told in read(json.dumps(body | around), name="log.json").told)
    assert not any("is not all" in told for told in read(json.dumps(body | {"next": None}), name="log.json").told)


def test_a_row_that_stands_twice_under_one_number_is_asked_about_and_equal_rows_without_numbers_are_not() -> None:
    rows = "E1\t2027-03-25\t14:05\tshelling\nE2\t2027-03-26\t14:05\tshelling\n"
    again = read(f"ID\tDate\tTime\tAct\n{rows}{rows[len(rows) // 2 :]}")
    assert [question.key for _, question in again.questions] == [("copies",)]
    assert (
        read(f"ID\tDate\tTime\tAct\n{rows}{rows[len(rows) // 2 :]}", answers={("copies",): "yes"}).reports.height == 2
    )
    line = "2027-03-25\t14:05\tshelling\n"
    assert read(f"Date\tTime\tAct\n{line}{line}").reports.height == 2


RAISED = {
    "xlsx": '<r><t>12</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>',
    "html": "12<sup>1</sup>",
    "docx": '<w:r><w:t>12</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>',
}


@pytest.mark.parametrize("kind", ["xlsx", "shared", "ods", "html", "docx"])
def test_a_raised_mark_behind_a_number_is_no_figure_of_it(kind: str) -> None:
    if kind in ("xlsx", "shared"):
        content = with_raised(xlsx({"Log": [["Date", "Act", "Count"], ["2027-03-05", "shelling", "@@"]]}), kind)
    else:
        content = document(kind) if kind != "ods" else raised_in_ods()
    result = import_tables([NamedBytes(f"log.{'xlsx' if kind == 'shared' else kind}", content)], answers=ANSWERS)
    assert result.reports["quantity"].to_list() == ["12"]
    assert any("marks of footnotes" in told and "'12¹'" in told for told in result.told)


def with_raised(book: bytes, kind: str) -> bytes:
    """A workbook with a raised figure in place of ``@@``, in the cell or among the texts that cells share."""
    cell, out = '<c r="C2" t="inlineStr"><is><t>@@</t></is></c>', io.BytesIO()
    shared = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si>{RAISED["xlsx"]}</si></sst>'
    inline = f'<c r="C2" t="inlineStr"><is>{RAISED["xlsx"]}</is></c>'
    with zipfile.ZipFile(io.BytesIO(book)) as given, zipfile.ZipFile(out, "w") as archive:
        for name in given.namelist():
            new = inline if kind == "xlsx" else '<c r="C2" t="s"><v>0</v></c>'
            archive.writestr(name, given.read(name).decode().replace(cell, new))
        if kind == "shared":
            archive.writestr("xl/sharedStrings.xml", shared)
    return out.getvalue()


def raised_in_ods() -> bytes:
    """A workbook of LibreOffice with a raised figure."""
    out = io.BytesIO()
    span, style = '12<text:span text:style-name="T1">1</text:span>', "</office:automatic-styles>"
    raised = '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>'
    with zipfile.ZipFile(io.BytesIO(ods([["Date", "Act", "Count"], ["2027-03-05", "shelling", "@@"]]))) as given:
        content = given.read("content.xml").decode().replace("@@", span).replace(style, raised + style)
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("mimetype", given.read("mimetype"))
            archive.writestr("content.xml", content)
    return out.getvalue()


def document(kind: str) -> bytes:
    """A page, or a document of Word, with one table and a raised figure in it."""
    rows = [["Date", "Act", "Count"], ["2027-03-05", "shelling", RAISED[kind]]]
    if kind == "html":
        return f"<table>{''.join('<tr>' + ''.join(f'<td>{c}</td>' for c in row) + '</tr>' for row in rows)}</table>".encode()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    cells = [[c if c.startswith("<") else f"<w:r><w:t>{c}</w:t></w:r>" for c in row] for row in rows]
    body = "".join("<w:tr>" + "".join(f"<w:tc><w:p>{c}</w:p></w:tc>" for c in row) + "</w:tr>" for row in cells)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body><w:tbl>{body}</w:tbl></w:body></w:document>'
        )
    return out.getvalue()


def test_a_power_of_ten_is_no_ten_with_a_mark_behind_it() -> None:
    result = read("Date\tAct\tCount\n2027-03-05\tshelling\t10⁵\n2027-03-06\tshelling\t7\n")
    assert result.reports["quantity"].to_list() == [None, "7"]


def test_marks_of_footnotes_behind_cells_are_left_out_and_told_and_units_keep_theirs() -> None:
    head = "Date\tTime\tAct\tCount\tRemarks\n"
    result = read(f"{head}2027-03-05*\t14:05¹\tshelling†\t12*\tburnt 3 km²\n")
    assert result.reports.select("act", "quantity", "summary").rows() == [("shelling", "12", "burnt 3 km²")]
    assert result.reports["start"].to_list() == ["2027-03-05T14:05:00+02:00"]
    assert any("'12*' in row 2" in told for told in result.told)


@pytest.mark.parametrize("name", ["time_precision", "Time accuracy", "geo_precision", "date_prec"])
def test_a_code_of_how_exact_a_row_is_is_no_hour_and_no_radius(name: str) -> None:
    result = read(f"event_date\t{name}\tact\tlatitude\tlongitude\n25 March 2027\t1\tshelling\t48.31\t37.81\n")
    assert result.reports["start"].to_list() == ["2027-03-25T00:00:00+02:00"]
    assert result.reports["precision_km"].to_list() == [None]


@pytest.mark.parametrize("time", ["from 18:00", "с 18:00", "з 18:00", "de 18h00", "desde las 18:00"])
def test_a_time_from_which_on_something_happened_is_when_it_began_and_told(time: str) -> None:
    result = read(f"Date\tTime\tAct\n2027-03-05\t{time}\tshelling\n")
    assert [doubt.read for doubt in result.doubts] == ["when it began; when it ended is not said"]


REPLACED = [
    ("ID\tSupersedes", ["E1\t", "E2\tE1", "E3\t"], ["E2", "E3"]),
    ("ID\tSuperseded by", ["E1\tE2", "E2\t", "E3\tE9"], ["E2", "E3"]),
    ("ID\tStatus", ["E1\tsuperseded", "E2\tcurrent", "E3\tcorrected by E2"], ["E2"]),
    ("ID\tVersion", ["E1\t1", "E1\t2", "E3\t1"], [None, "E3"]),
    ("ID\tSupersedes", ["E1\tE2", "E2\tE1"], ["E2"]),
    ("ID\tSuperseded by", ["E1\t0", "E2\t0", "E3\t0"], ["E1", "E2", "E3"]),
]


@pytest.mark.parametrize(("header", "rows", "kept"), REPLACED)
def test_a_row_in_whose_place_another_of_its_table_stands_is_set_aside(
    header: str, rows: list[str], kept: list[str | None]
) -> None:
    result = read(f"{header}\tDate\tAct\n" + "".join(f"{row}\t2027-03-05\tshelling\n" for row in rows))
    assert len(result.reports) == len(kept)
    assert None in kept or result.reports["report_id"].to_list() == kept
    assert result.quarantine.height == len(rows) - len(kept)


@pytest.mark.parametrize("name", ["Rejected", "Видалені", "Example", "Brouillon"])
def test_a_sheet_whose_name_says_that_its_rows_do_not_hold_is_left_out_and_told(name: str) -> None:
    more = [ROWS[0], ["E9", "27.03.2027", "14:05", "shelling"]]
    result = book(xlsx({"Reports": ROWS, name: more}))
    assert result.reports.height == 2
    assert any(repr(name) in told and "1 row does not hold" in told for told in result.told)
    assert book(xlsx({name: ROWS})).reports.height == 2


def test_a_sheet_that_does_not_hold_is_left_out_with_the_kept_mapping_too() -> None:
    content = xlsx({"Reports": ROWS, "Rejected": [ROWS[0], ["E9", "27.03.2027", "14:05", "shelling"]]})
    mapping = book(content).mapping
    assert book(content, mapping).reports.height == 2
    assert book(content, mapping.replace("sheet: Reports", "sheet: Rejected")).reports.height == 3


@pytest.mark.parametrize(
    ("sheets", "rows"),
    [
        ({"Draft": ROWS, "Help": [["Fill in each row"], ["one event each"]]}, 2),
        ({"Template": ROWS, "March": [ROWS[0]]}, 2),
        ({"Test": ROWS, "Lists": [["Type", "Place"], ["shelling", "Alder"]]}, 2),
        ({"Shelling": ROWS, "Training": [ROWS[0], ["E9", "27.03.2027", "14:05", "shelling"]]}, 3),
        ({"Example village": ROWS, "Rejected claims": MORE}, 3),
    ],
)
def test_a_sheet_is_read_where_no_other_has_reports_or_where_sheets_are_kinds_of_acts(
    sheets: dict[str, list[list[str]]], rows: int
) -> None:
    assert book(xlsx(sheets)).reports.height == rows


def test_cross_tables_on_several_sheets_are_read_and_their_noughts_are_no_copies() -> None:
    head = ["Date", "Shelling", "Explosion"]
    post = [head, ["05.03.2027", 0, 0], ["06.03.2027", 0, 0]]
    result = book(xlsx({"Post 1": [*post, ["16.03.2027", 3, 0]], "Post 2": [*post, ["16.03.2027", 0, 2]]}))
    assert not result.questions
    assert [quantity for quantity in result.reports["quantity"] if quantity != "0"] == ["3", "2"]


@pytest.mark.parametrize("name", ["Dont know", "Davon Hill", "Dont-le-Bas"])
def test_a_name_that_begins_as_a_part_does_is_a_row_unless_one_above_it_counts_as_many(name: str) -> None:
    row = f"2027-03-06\tAlder\tshelling\n2027-03-05\t{name}\tshelling\n"
    assert read(f"Date\tPlace\tAct\n{row}").reports.height == 2
    counted = f"2027-03-06\tAlder\tshelling\t3\n2027-03-05\t{name}\tshelling\t4\n"
    assert read(f"Date\tPlace\tAct\tCount\n{counted}").reports.height == 2


def test_numbers_of_patrols_or_posts_number_no_rows() -> None:
    rows = (
        "P1\t2027-03-05\t14:00\tshelling\n" * 2 + "P2\t2027-03-06\t09:00\tshelling\nP2\t2027-03-06\t10:00\tshelling\n"
    )
    result = read(f"Ref\tDate\tTime\tAct\n{rows}")
    assert not result.questions
    assert result.reports.height == 4


def test_a_column_beside_one_for_a_part_of_it_is_read_though_it_is_the_only_one() -> None:
    result = read("Date\tPlace\tShelling\tof which mortars\n2027-03-05\tAlder\t3\t2\n2027-03-06\tAlder\t1\t\n")
    assert result.reports.select("act", "quantity").rows() == [("shelling", "3"), ("shelling", "1")]


@pytest.mark.parametrize(
    "rows",
    [
        ["1\t1\t2027-03-05\tNorth", "2\t1\t2027-03-05\tNorth", "1\t2\t2027-03-06\tNorth"],
        ["E1\t1\t2027-03-05\tNorth", "E1\t2\t2027-03-05\tSouth"],
    ],
)
def test_a_version_replaces_none_of_another_source_nor_of_numbers_that_begin_anew(rows: list[str]) -> None:
    result = read("Report no\tVersion\tDate\tSource\tAct\n" + "".join(f"{row}\tshelling\n" for row in rows))
    assert result.reports.height == len(rows)


@pytest.mark.parametrize("state", ["replaced", "замінено", "заменено", "remplacé"])
def test_what_was_replaced_may_be_what_was_hit(state: str) -> None:
    assert read(f"Date\tAct\tPlace\tStatus\n2027-03-05\tshelling\tAlder\t{state}\n").reports.height == 1


def test_a_mark_behind_the_number_of_a_row_tells_it_from_another() -> None:
    rows = "".join(f"{n}\t2027-03-05\t14:00\tshelling\n" for n in ("7", "7*", "8"))
    result = read(f"No\tDate\tTime\tAct\n{rows}")
    assert not result.questions
    assert result.reports["report_id"].n_unique() == 3


@pytest.mark.parametrize(
    ("name", "cell", "km"), [("Geo accuracy (m)", "50", "0.05"), ("Place accuracy (km)", "0.5", "0.5")]
)
def test_a_radius_whose_name_has_a_unit_is_no_code(name: str, cell: str, km: str) -> None:
    result = read(f"Date\tAct\tLat\tLon\t{name}\n2027-03-05\tshelling\t48.31\t37.81\t{cell}\n")
    assert result.reports["precision_km"].to_list() == [km]


@pytest.mark.parametrize(
    "name", ["Time (accuracy ±5 min)", "Час (точність до хвилини)", "Heure (précision : minute)", "Time (precision)"]
)
def test_times_are_times_where_their_name_says_how_exact_they_are(name: str) -> None:
    result = read(f"Date\t{name}\tAct\n2027-03-05\t14:05\tshelling\n")
    assert not result.questions
    assert result.reports["start"].to_list() == ["2027-03-05T14:05:00+02:00"]


@pytest.mark.parametrize("name", ["Total for the sector", "Разом по громаді", "ВСЬОГО за добу", "Total de la journée"])
def test_a_total_of_something_in_the_place_of_a_name_is_no_report(name: str) -> None:
    result = read(f"Date\tPlace\tAct\n2027-03-05\tTotal Peak\tshelling\n2027-03-05\t{name}\tshelling\n")
    assert result.reports["place_name"].to_list() == ["Total Peak"]


def test_what_a_search_found_says_nothing_of_who_reports() -> None:
    hit = {"_id": "1", "_source": {"when": "2027-03-25T14:05:00+02:00", "event_type": "shelling", "place": "Alder"}}
    result = read(json.dumps({"hits": {"hits": [hit]}}), name="log.json")
    assert result.reports.select("source", "place_name").rows() == [("Post 4", "Alder")]


def test_a_layer_of_which_more_matched_than_came_is_told_to_be_part_of_it() -> None:
    point = {"type": "Point", "coordinates": [37.8, 48.3]}
    row = {"type": "Feature", "properties": {"date": "2027-03-25", "type": "shelling"}, "geometry": point}
    layer = {"type": "FeatureCollection", "numberMatched": 400, "features": [row]}
    assert any("1 of 400 rows" in told for told in read(json.dumps(layer), name="log.geojson").told)


@pytest.mark.parametrize(
    ("name", "counted", "kept"), [("All sectors", 7, 2), ("Усі напрямки", 7, 2), ("All Saints", 6, 3)]
)
def test_a_row_of_all_that_counts_what_those_above_count_together_is_no_report(
    name: str, counted: int, kept: int
) -> None:
    rows = [f"{area}\t2025-03-04\tshelling\tA\t{n}" for area, n in (("North", 3), ("South", 4), (name, counted))]
    result = read("\n".join(("Sector\tDate\tAct\tActor\tCount", *rows)) + "\n")
    assert (result.reports.height, result.quarantine.height) == (kept, 3 - kept)
