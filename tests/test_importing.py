"""Tables that people keep: some hundred of them, each with the rows that are right; what was asked, told and set aside."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import yaml

from servanda.cli.main import main
from servanda.errors import EvidenceError
from servanda.evidence import read_evidence
from servanda.evidence.importing import How, Imported, Reading, import_files, read_again, read_mapping, read_places
from servanda.evidence.model import Context
from servanda.values.files import NamedBytes
from tests.workbooks import ods, xlsx

TABLES = Path(__file__).parent / "tables"
ANSWERS = {"zone": "+02:00", "values:source": "Desk"}
"""What is answered for every table, where it is asked."""


def tables(*names: str) -> list[dict[str, Any]]:
    return [table for name in names for table in yaml.safe_load((TABLES / name).read_text(encoding="utf-8"))]


TUNED = tables("english_and_french.yaml", "cyrillic_spanish_arabic.yaml")
HELD_OUT = tables("held_out.yaml", "held_out_again.yaml")


def file_of(table: dict[str, Any]) -> NamedBytes:
    """The file that a table describes."""
    name = table["file"]
    if name.endswith(".ods"):
        return NamedBytes(name, ods(table["cells"]))
    if name.endswith(".xlsx"):
        sheets = {s["name"]: s["cells"] for s in table["sheets"]} if "sheets" in table else {"Sheet1": table["cells"]}
        options = {key: table[key] for key in ("merged", "hidden_rows", "from_1904") if key in table}
        return NamedBytes(name, xlsx(sheets, **options))
    return NamedBytes(name, table["text"].encode(table.get("encoding", "utf-8")))


def key_of(text: str) -> tuple[str, ...]:
    return tuple(text.split(":", 1))


def imported(table: dict[str, Any]) -> tuple[Imported, list[str]]:
    """What is read of a table once all is answered, and what was asked besides zone and source."""
    context = Context(ZoneInfo("UTC"))
    result = import_files([file_of(table)], context)
    asked = []
    for _ in range(5):
        for reading, question in result.questions:
            key = ":".join(question.key)
            asked += [key] if key not in ANSWERS and key not in asked else []
            answer = {**ANSWERS, **table.get("answers", {})}.get(key)
            if answer:
                reading.mapping.answer(question.key, answer)
        read_again(result, context)
    return result, asked


def row_of(row: dict[str, Any]) -> str:
    """A row as the tables have it: begin[/end] lat,lon act actor."""
    start, end = ((row[c] or "").replace(":00+", "+") for c in ("start", "end"))
    place = f"{row['lat']},{row['lon']}" if row["lat"] else "-"
    return f"{start}{'/' + end if end else ''} {place} {row['act']} {row['actor'] or '-'}"


def columns_right(table: dict[str, Any], reading: Reading) -> tuple[int, int]:
    """How many columns got their role, of how many."""
    wanted = {role: [names] if isinstance(names, str) else names for role, names in table["columns"].items()}
    return sum(reading.columns.get(role) == names for role, names in wanted.items()), len(wanted)


@pytest.mark.parametrize("table", TUNED + HELD_OUT, ids=lambda table: table["name"])
def test_a_table_as_people_keep_it_gives_the_rows_that_are_right(table: dict[str, Any]) -> None:
    result, asked = imported(table)
    (reading,) = result.readings
    assert reading.questions == []
    assert sorted(asked) == sorted(table.get("asks", []))
    assert {role: reading.columns.get(role) for role in table["columns"]} == {
        role: [n] if isinstance(n, str) else n for role, n in table["columns"].items()
    }
    assert [row_of(row) for row in reading.rows.to_dicts()] == table["rows"]
    assert reading.quarantine["row"].unique().sort().to_list() == table.get("aside", [])
    assert len(reading.doubts) == table.get("doubts", 0), "every doubtful cell is told, and no other"


def run(folder: Path, *words: str) -> int:
    return main(["import", *words, "--out", str(folder / "reports.csv")])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log in which nobody can tell day from month, who reports, in which zone, and what one word means."""
    path = tmp_path / "log.csv"
    path.write_text(
        "Date,Time,Place,Type,Party\n01/02/2025,14:05,Alder,shelling,North\n03/04/2025,02:40,Birch,a row,the northerners\n",
        encoding="utf-8",
    )
    return path


def test_where_nobody_can_answer_the_questions_stand_in_a_mapping_and_nothing_is_imported(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log.parent, str(log)) == 2
    said = capsys.readouterr()
    assert "is '01/02/2025' day/month or month/day?" in said.out
    assert "which act is 'a row'?" in said.out
    assert "reports.mapping.yaml" in said.err
    assert not (log.parent / "reports.csv").exists()
    text = (log.parent / "reports.mapping.yaml").read_text(encoding="utf-8")
    assert text.count('"?"') == 4 + 1  # and the line that says what one is


def test_the_mapping_of_today_reads_the_file_of_tomorrow_without_a_question(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = log.parent / "reports.mapping.yaml"
    assert run(log.parent, str(log)) == 2
    text = mapping.read_text(encoding="utf-8")
    for key, value in (("order", "dmy"), ("zone", "Europe/Kyiv"), ("source", "Desk"), ("a row", "unrest")):
        text = re.sub(rf'(\n +{key}): "\?"', rf"\1: {value}", text)
    mapping.write_text(text, encoding="utf-8")
    assert run(log.parent, str(log), "--mapping", str(mapping)) == 0
    capsys.readouterr()
    reports = pl.read_csv(log.parent / "reports.csv")
    assert reports["start"].to_list() == ["2025-02-01T14:05:00+02:00", "2025-04-03T02:40:00+03:00"]
    assert reports["act"].to_list() == ["shelling", "unrest"]
    tomorrow = log.with_name("another.csv")
    tomorrow.write_text(
        "Date,Time,Place,Type,Party\n05/06/2025,14:05,Alder,a row,\n05/06/2025,14:05,Alder,a new word,\n",
        encoding="utf-8",
    )
    assert run(log.parent, str(tomorrow), "--mapping", str(mapping)) == 0
    assert "a word for no act that is known" in capsys.readouterr().out
    assert pl.read_csv(log.parent / "reports.csv")["start"].to_list() == ["2025-06-05T14:05:00+03:00"]
    assert pl.read_csv(log.parent / "reports.quarantine.csv")["row"].to_list() == [3]


def test_at_a_terminal_each_thing_is_asked_once(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"whose reports": "Desk", "day/month": "dmy", "time zone": "Europe/Kyiv", "which act": "unrest"}
    asked: list[str] = []

    def answer(_: str) -> str:
        asked.append(capsys.readouterr().out.strip().splitlines()[-1])
        return next(value for words, value in answers.items() if words in asked[-1])

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(log.parent, str(log)) == 0
    assert len(asked) == 4
    assert "is kept in" in capsys.readouterr().out


def test_what_is_likely_is_taken_where_it_is_accepted_and_the_rest_stays_open(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log.parent, str(log), "--zone", "UTC", "--source", "Desk", "--accept") == 2
    assert "2 questions to decide first" in capsys.readouterr().out, "the order of day and month, and a word"


def test_every_fault_of_a_row_is_told_at_once() -> None:
    table = {
        "file": "bad.csv",
        "text": "Date,Time,Lat,Lon,Type,Source\n31.02.2025,25:10,95,abc,,\n25.03.2025,14:05,48.1,37.7,shelling,desk\n26.03.2025,14:05,48.1,37.7,shelling,desk\n",
    }
    (reading,) = imported(table)[0].readings
    assert sorted(reading.quarantine["field"].to_list()) == ["Date", "Lon", "Source", "Time", "Type"]
    assert reading.rows.height == 2


def test_a_workbook_without_a_doubt_is_evidence_as_it_is(tmp_path: Path) -> None:
    cells = [
        ["Date", "Time (UTC)", "Lat", "Lon", "Type", "Source"],
        [{"day": 45741}, {"time": 0.5}, 48.1, 37.7, "shelling", "desk"],
    ]
    path = tmp_path / "clear.xlsx"
    path.write_bytes(xlsx({"March": cells}))
    context = Context(ZoneInfo("UTC"))
    source = read_evidence([path], context)
    (batch,) = source.batches()
    assert batch.select("act", "lat", "source").rows() == [("shelling", 48.1, "desk")]
    path.write_bytes(xlsx({"March": [["Date", "Time", *cells[0][2:]], *cells[1:]]}))
    with pytest.raises(EvidenceError, match=r"EVD196.*must be decided first.*time zone"):
        read_evidence([path], context)


def test_a_table_in_a_known_format_is_read_by_its_reader_whatever_holds_it(tmp_path: Path) -> None:
    names = ["EVENT_ID_CNTY", "EVENT_DATE", "EVENT_TYPE", "SUB_EVENT_TYPE", "ACTOR1", "SOURCE", "LATITUDE", "LONGITUDE"]
    path = tmp_path / "acled.xlsx"
    path.write_bytes(
        xlsx(
            {
                "Sheet1": [
                    names,
                    [
                        "X1",
                        {"day": 45741},
                        "Explosions/Remote violence",
                        "Shelling/artillery/missile attack",
                        "North",
                        "desk",
                        48.1,
                        37.7,
                    ],
                ]
            }
        )
    )
    source = read_evidence([path], Context(ZoneInfo("UTC")))
    (batch,) = source.batches()
    assert batch.select("report_id", "act", "lat").rows() == [("X1", "attack", 48.1)]
    assert source.ingest.files[0].reader == "acled"


def test_more_cells_than_people_write_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servanda.evidence.importing.sheets.MOST_CELLS", 100)
    text = "Date,Type\n" + "25.03.2025,shelling\n" * 60
    with pytest.raises(EvidenceError, match=r"EVD190.*more than 100 cells"):
        import_files([NamedBytes("large.csv", text.encode())], Context(ZoneInfo("UTC")))


def test_more_lines_than_a_table_can_hold_are_refused_before_they_are_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte, packed, holds fifty million lines; one by one these took four gigabytes."""
    monkeypatch.setattr("servanda.evidence.importing.containers.text.MOST_CELLS", 100)
    with pytest.raises(EvidenceError, match=r"EVD190.*more than 100 lines"):
        import_files([NamedBytes("large.csv.gz", gzip.compress(b"a,b\n" * 300))], Context(ZoneInfo("UTC")))


def test_a_place_by_name_gets_its_coordinates_and_a_name_of_two_places_is_set_aside(tmp_path: Path) -> None:
    gazetteer = "name;other names;latitude;longitude;region\nAlder;Вільха;48.1;37.7;North\nBirch;;48.2;37.8;North\nBirch;;49.9;36.1;South\n"
    context = Context(ZoneInfo("UTC"))
    places = read_places([NamedBytes("places.csv", gazetteer.encode())], context)
    text = "Date,Place,Region,Type,Source\n25.03.2025,Вільха,,shelling,desk\n26.03.2025,Birch,,shelling,desk\n26.03.2025,birch,South,shelling,desk\n27.03.2025,Cedar,,shelling,desk\n"
    result = import_files([NamedBytes("log.csv", text.encode())], context, how=How(places=places))
    (reading,) = result.readings
    reading.mapping.answer(("zone",), "UTC")
    read_again(result, context, how=How(places=places))
    (reading,) = result.readings
    assert reading.rows.select("lat", "lon", "precision_km").rows() == [
        ("48.1", "37.7", "5"),
        ("49.9", "36.1", "5"),
        (None, None, None),
    ]
    assert [doubt.value for doubt in reading.doubts] == ["Вільха", "birch"]
    assert reading.quarantine.select("row", "code", "reason").rows() == [
        (3, "EVD199", "2 places bear this name: 48.2, 37.8 (North); 49.9, 36.1 (South)")
    ]


def test_a_time_that_is_about_and_a_year_of_two_digits_are_told() -> None:
    table = {
        "file": "about.csv",
        "text": "Date,Time,Place,Type\n25/03/25,vers 04h00,Alder,shelling\n26/03/25,05:00,Alder,shelling\n",
    }
    (reading,) = imported(table)[0].readings
    assert reading.rows["start"].to_list() == ["2025-03-25T04:00:00+02:00", "2025-03-26T05:00:00+02:00"]
    assert [doubt.value for doubt in reading.doubts] == ["vers 04h00"]
    assert any("2 years of two digits" in told for told in reading.told)


def test_a_form_without_a_reporter_and_a_zone_names_itself_and_takes_that_of_the_phones() -> None:
    text = (
        "start,end,incident/day,incident/kind,_id,_uuid,_submission_time\n"
        "2025-03-25T16:00:00.000+02:00,2025-03-25T16:05:00.000+02:00,2025-03-25,shelling,1,u-1,2025-03-25T14:10:00\n"
        "2025-03-26T16:00:00.000+02:00,2025-03-26T16:05:00.000+02:00,2025-03-26,shelling,2,u-2,2025-03-26T14:10:00\n"
    )
    (reading,) = import_files([NamedBytes("log.csv", text.encode())], Context(ZoneInfo("UTC"))).readings
    assert reading.questions == []
    assert reading.rows.select("start", "source").rows()[0] == ("2025-03-25T00:00:00+02:00", "field form log")
    assert any("the zone of the phones" in told or "that of the phones" in told for told in reading.told)
    abroad = text.replace("2025-03-26T16:00:00.000+02:00", "2025-03-26T16:00:00.000+03:00")
    (reading,) = import_files([NamedBytes("log.csv", abroad.encode())], Context(ZoneInfo("UTC"))).readings
    assert [question.key for question in reading.questions] == [("zone",)]


@pytest.mark.parametrize(
    "words",
    ["no shelling", "quiet night, no shots", "denies the airstrike", "обстрілів не було", "aucun tir", "sin disparos"],
)
def test_words_that_deny_an_act_offer_none(words: str) -> None:
    text = f'Date,Type\n25.03.2025,"{words}"\n26.03.2025,heavy shelling of the town\n'
    (reading,) = import_files([NamedBytes("log.csv", text.encode())], Context(ZoneInfo("UTC"))).readings
    offers = {question.key[1]: question.offer for question in reading.questions if question.key[0] == "acts"}
    assert offers == {words: "", "heavy shelling of the town": "shelling"}


def test_what_is_written_is_read_again_as_it_was_and_nothing_of_an_earlier_run_stays(tmp_path: Path) -> None:
    west = tmp_path / "west.csv"
    west.write_text(
        "Date,Lat,Lon,Type,Remarks\n25.03.2025,-2.45,-76.6,shelling,=1+1\n26.03.2025,abc,-76.6,shelling,\n",
        encoding="utf-8",
    )
    assert run(tmp_path, str(west), "--zone=-05:00", "--source", "Desk") == 0
    assert (tmp_path / "reports.quarantine.csv").exists()
    source = read_evidence([tmp_path / "reports.csv"], Context(ZoneInfo("UTC")))
    (batch,) = source.batches()
    assert batch.select("lat", "lon", "summary").rows() == [(-2.45, -76.6, "'=1+1")], "no formula is passed on"
    west.write_text("Date,Lat,Lon,Type\n25.03.2025,-2.45,-76.6,shelling\n", encoding="utf-8")
    assert run(tmp_path, str(west), "--zone=-05:00", "--source", "Desk") == 0
    assert not (tmp_path / "reports.quarantine.csv").exists()


def test_without_a_place_to_write_to_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Date,Type\n25.03.2025,shelling\n26.03.2025,shelling\n", encoding="utf-8")
    assert main(["import", str(path), "--zone", "UTC", "--source", "Desk"]) == 0
    assert "2 reports would be written" in capsys.readouterr().out
    assert main(["import", str(path), "--zone", "UTC"]) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_a_mapping_of_another_table_is_told_with_the_columns_that_are_missing() -> None:
    mapping = read_mapping(
        NamedBytes(
            "m.yaml", b"tables: [{file: a, zone: UTC, columns: {date: Day, act: Kind of event}, values: {source: D}}]"
        )
    )
    table = NamedBytes("log.csv", b"Day,Event type\n25.03.2025,shelling\n26.03.2025,shelling\n")
    result = import_files([table], Context(ZoneInfo("UTC")), mapping)
    assert result.told == ["log.csv: the mapping is not of this table, and is not used (it lacks 'Kind of event')"]
    assert result.questions != []


def test_what_was_answered_is_kept_where_a_slip_in_the_mapping_keeps_it_from_being_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, kept = tmp_path / "log.csv", tmp_path / "out.mapping.yaml"
    table.write_text("Day,Event type\n25.03.2025,shelling\n26.03.2025,shelling\n", encoding="utf-8")
    kept.write_text(
        "tables: [{file: log.csv, zone: Asia/Aden, columns: {date: Dya}, values: {source: Desk}}]\n", "utf-8"
    )
    command = ["import", str(table), "--out", str(tmp_path / "out.csv"), "--mapping", str(kept)]
    assert main(command) == 2
    assert "(it lacks 'Dya'; did you mean 'Day'?)" in capsys.readouterr().out
    assert main(command) == 2
    slipped, asked = read_mapping(kept)
    assert (slipped.settings, slipped.values) == ({"zone": "Asia/Aden"}, {"source": "Desk"})
    assert asked.settings["zone"] == "?"
    kept.write_text(kept.read_text("utf-8").replace("Dya", "Day"), "utf-8")
    assert main(command) == 0


def test_a_word_that_no_mapping_has_is_refused_with_a_hint() -> None:
    with pytest.raises(EvidenceError, match=r"EVD197: unknown key 'ordre'(?s:.*)did you mean 'order'"):
        read_mapping(NamedBytes("m.yaml", b"tables: [{file: a, ordre: dmy}]"))


def test_at_a_terminal_what_is_likely_can_be_taken_for_all_that_follows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.csv"
    rows = "".join(f"{n}.03.2025,heavy shelling of street {n}\n" for n in range(1, 31))
    path.write_text(f"Date,Type\n{rows}", encoding="utf-8")
    answers = iter(["!"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(tmp_path, str(path), "--zone", "UTC", "--source", "Desk") == 0
    assert capsys.readouterr().out.count("Taken: shelling") == 30


def test_days_that_stand_in_headings_hold_for_the_rows_beneath() -> None:
    text = "Log\nTime,Place,Event,Source\n25 March 2025,,,\n14:05,Alder,shelling,P\n26 March 2025,,,\n02:40,Birch,explosion,P\n"
    result = import_files([NamedBytes("log.csv", text.encode())], Context(ZoneInfo("UTC")))
    result.readings[0].mapping.answer(("zone",), "UTC")
    read_again(result, Context(ZoneInfo("UTC")))
    assert result.questions == []
    assert result.readings[0].rows["start"].to_list() == ["2025-03-25T14:05:00+00:00", "2025-03-26T02:40:00+00:00"]


def test_the_day_of_a_title_is_asked_and_taken_from_each_files_own_title(tmp_path: Path) -> None:
    text = "Situation report of 25 March 2025,,,\nTime,Place,Event,Source\n14:05,Alder,shelling,P\n16:05,Birch,shelling,P\n"
    path = tmp_path / "report.csv"
    path.write_text(text, encoding="utf-8")
    (reading,) = import_files([path], Context(ZoneInfo("UTC"))).readings
    assert [(q.key, q.offer) for q in reading.questions if q.key != ("zone",)] == [(("values", "date"), "title")]
    assert run(tmp_path, str(path), "--zone", "UTC", "--accept") == 0
    path.write_text(text.replace("25 March", "28 March"), encoding="utf-8")
    assert run(tmp_path, str(path), "--mapping", str(tmp_path / "reports.mapping.yaml")) == 0
    written = pl.read_csv(tmp_path / "reports.csv")["start"].to_list()
    assert written == ["2025-03-28T14:05:00+00:00", "2025-03-28T16:05:00+00:00"]
    path.write_text(text.partition("\n")[2], encoding="utf-8")
    assert run(tmp_path, str(path), "--mapping", str(tmp_path / "reports.mapping.yaml")) == 2


def test_a_table_of_a_known_format_needs_the_zone_of_its_days(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "acled.csv"
    names = "event_id_cnty,event_date,event_type,sub_event_type,actor1,source,latitude,longitude"
    path.write_text(f"{names}\nX1,2025-03-25,Battles,Armed clash,North,desk,48.1,37.7\n", encoding="utf-8")
    assert run(tmp_path, str(path)) == 2
    assert "its days are days at the place; in which time zone?" in capsys.readouterr().out
    assert run(tmp_path, str(path), "--zone", "Europe/Kyiv") == 0
    assert pl.read_csv(tmp_path / "reports.csv")["start"].to_list() == ["2025-03-24T22:00:00Z"]


def test_a_date_of_a_workbook_that_bears_its_zone_keeps_it() -> None:
    whole = xlsx({"S": [["When", "Type", "Source"], ["DAY", "shelling", "desk"]]})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    cell = '<c r="A2" t="inlineStr"><is><t>DAY</t></is></c>'
    assert cell in parts[sheet]
    parts[sheet] = parts[sheet].replace(cell, '<c r="A2" t="d"><v>2025-03-25T14:05:00Z</v></c>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    (reading,) = import_files([NamedBytes("a.xlsx", out.getvalue())], Context(ZoneInfo("UTC"))).readings
    assert reading.questions == []
    assert reading.rows["start"].to_list() == ["2025-03-25T14:05:00+00:00"]


def test_all_words_are_asked_at_once_also_where_a_column_is_in_question(tmp_path: Path) -> None:
    file = NamedBytes(
        "log.csv", b"Aufgezeichnet,Place,Type,Grid letters\n2025-03-25,Alder,a row,\n2025-03-26,Birch,shelling,\n"
    )
    (reading,) = import_files([file], Context(ZoneInfo("UTC"))).readings
    keys = {q.key for q in reading.questions}
    assert ("columns", "when") in keys
    assert ("acts", "a row") in keys
    assert reading.rows.height == 0
    assert reading.quarantine.height == 0


def test_a_zone_that_is_none_is_refused_though_this_file_needs_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "log.csv"
    table.write_text("when,act,actor,source\n2025-03-04T10:00:00Z,shelling,A,Post 4\n", "utf-8")
    assert main(["import", str(table), "--zone", "nonsense"]) == 2
    assert "EVD203" in capsys.readouterr().err


def test_the_zone_in_the_name_of_a_column_goes_before_the_one_for_times_without(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("Date,Time UTC,Place,Type,Source\n25/03/2025,14:05,Alder,shelling,Desk\n", encoding="utf-8")
    assert run(tmp_path, str(log), "--zone", "Europe/Kyiv") == 0
    assert pl.read_csv(tmp_path / "reports.csv")["start"].to_list() == ["2025-03-25T14:05:00+00:00"]


def test_the_order_that_a_column_shows_goes_before_the_one_that_was_given(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "Date,Place,Type,Source\n3/25/2025,Alder,shelling,Desk\n3/4/2025,Birch,shelling,Desk\n", encoding="utf-8"
    )
    assert run(tmp_path, str(log), "--zone", "+00:00", "--order", "dmy") == 0
    assert [s[:10] for s in pl.read_csv(tmp_path / "reports.csv")["start"]] == ["2025-03-25", "2025-03-04"]


def test_times_of_a_column_that_is_called_local_are_not_those_of_the_zone_beside_the_day(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "Date (UTC),Time (local),Place,Type,Source\n25/03/2025,14:05,Alder,shelling,Desk\n", encoding="utf-8"
    )
    assert run(tmp_path, str(log), "--zone", "+02:00") == 0
    assert pl.read_csv(tmp_path / "reports.csv")["start"].to_list() == ["2025-03-25T14:05:00+02:00"]


OWN_ROW = {"report_id": "G1", "source": "Mission", "start": "2031-03-03T10:00Z", "act": "shelling", "reliability": "A"}


def as_geojson(row: dict[str, str]) -> NamedBytes:
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [37.01, 48.02]}, "properties": row}
    return NamedBytes("r.geojson", json.dumps({"type": "FeatureCollection", "features": [point]}).encode())


def as_kml(row: dict[str, str]) -> NamedBytes:
    data = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in row.items())
    place = f"<ExtendedData>{data}</ExtendedData><Point><coordinates>37.01,48.02</coordinates></Point>"
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>{place}</Placemark></Document></kml>'
    return NamedBytes("r.kml", text.encode())


@pytest.mark.parametrize("made", [as_geojson, as_kml])
def test_a_map_whose_properties_are_our_columns_keeps_its_coordinates(made: Callable[..., NamedBytes]) -> None:
    source = read_evidence([made(OWN_ROW)], Context(ZoneInfo("UTC")))
    (table,) = source.batches()
    assert table.select("report_id", "lat", "lon", "reliability").rows() == [("G1", 48.02, 37.01, "A")]


@pytest.mark.parametrize("made", [as_geojson, as_kml])
def test_a_misspelt_column_of_ours_is_told_whatever_it_lies_in(made: Callable[..., NamedBytes]) -> None:
    row = {name.replace("reliability", "reliabilty"): value for name, value in OWN_ROW.items()}
    with pytest.raises(EvidenceError, match="EVD013: unknown column 'reliabilty'"):
        read_evidence([made(row)], Context(ZoneInfo("UTC")))


def test_an_order_that_is_given_is_kept_also_where_the_cells_showed_it(tmp_path: Path) -> None:
    told, tomorrow = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = "Date,Time,Place,Type,Source\n{},14:05,Alder,shelling,Desk\n"
    told.write_text(rows.format("25/03/2025"), encoding="utf-8")
    tomorrow.write_text(rows.format("02/04/2025"), encoding="utf-8")
    assert run(tmp_path, str(told), "--zone", "UTC", "--order", "dmy", "--accept") == 0
    assert run(tmp_path, str(tomorrow), "--mapping", str(tmp_path / "reports.mapping.yaml")) == 0
    assert pl.read_csv(tmp_path / "reports.csv")["start"].to_list() == ["2025-04-02T14:05:00+00:00"]
