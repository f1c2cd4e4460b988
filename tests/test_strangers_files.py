"""What files of strangers hold that was read wrongly once, continued: quotes, halves, calendars, other people's words; each test is a sentence about what is right."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import struct
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from servanda.app.importing import import_tables
from servanda.errors import EvidenceError, ServandaError
from servanda.evidence.importing import sheets
from servanda.evidence.importing.containers import papers
from servanda.evidence.importing.containers.papers import read_page
from servanda.values.files import NamedBytes
from tests.test_strangers_tables import ANSWERS, read


def test_a_table_most_of_whose_rows_have_more_fields_than_the_header_is_refused_and_not_read_shifted() -> None:
    for rows in (
        "48.31; 37.81;shelling;A",
        "1;48.31;shelling;A",
    ):  # a field that holds the sign; numbers of rows in front
        text = "Date;Where;Type;Party\n" + "".join(f"2025-03-2{n};{rows}\n" for n in range(3))
        with pytest.raises(ServandaError, match="most of its rows have more fields than the header"):
            read(text)


def test_a_last_column_that_has_a_field_in_the_header_and_no_name_is_a_column() -> None:
    found = read(
        "Date,Place,Type,\n2025-03-20,Alder,shelling,x\n2025-03-21,Birch,shelling,y\n2025-03-22,Cedar,shelling\n"
    )
    assert found.reports.height == 3
    assert any("columns that are not read: '(column 4)'" in told for told in found.told)


def test_a_quote_that_is_never_closed_is_an_error_with_its_line_and_swallows_no_row() -> None:
    text = 'Date,Time,Place,Type,Party\n2025-03-20,14:05,Alder,shelling,A\n"2025-03-21,14:05,Alder,shelling,A\n2025-03-22,14:05,Birch,shelling,B\n'
    with pytest.raises(ServandaError, match="a quote that is opened in line 3 is never closed"):
        read(text)
    with pytest.raises(ServandaError, match="a quote that is opened in line 3"):
        read(f'{text}2025-03-23,14:05,"Birch",shelling,B\n')


def test_morning_and_afternoon_in_a_column_of_their_own_belong_to_the_time() -> None:
    text = (
        "Date,Time,{},Type\n2025-03-20,02:05,PM,shelling\n2025-03-20,02:05,AM,shelling\n2025-03-20,12:15,am,shelling\n"
    )
    for name in ("AM/PM", "half"):
        starts = read(text.format(name)).reports["start"].to_list()
        assert [start[11:16] for start in starts] == ["14:05", "02:05", "00:15"]


def test_north_and_south_in_columns_of_their_own_belong_to_the_degrees() -> None:
    rows = "2025-03-20,14:05,2.44,S,76.61,W,shelling\n2025-03-20,15:05,2.44,N,76.61,E,shelling\n"
    for header in ("Lat,N/S,Lon,E/W", "Lat,,Lon,", "Latitude,Lat ref,Longitude,Lon ref"):
        found = read(f"Date,Time,{header},Type\n{rows}")
        assert found.reports.select("lat", "lon").rows() == [("-2.44", "-76.61"), ("2.44", "76.61")]
    fire = read(
        "Date,Time,Lat,Lon,Direction,Type\n2025-03-20,14:05,2.44,76.61,S,shelling\n2025-03-20,15:05,2.44,76.61,N,shelling\n"
    )
    assert fire.reports.select("lat", "lon").rows() == [("2.44", "76.61")] * 2


@pytest.mark.parametrize(
    "name", ["Date (B.E.)", "Date (EC)", "Hijri date", "Date O.S.", "Дата (ст. ст.)", "التاريخ الهجري"]
)
def test_a_column_of_days_of_another_calendar_is_not_read_by_the_gregorian(name: str) -> None:
    found = read(f"{name},Time,Type\n25/07/68,14:05,shelling\n16/07/2017,14:05,shelling\n")
    assert found.reports.height == 0
    assert set(found.quarantine["code"]) == {"EVD108"}
    both = read(f"{name},Date,Time,Type\n16/07/2017,25/03/2025,14:05,shelling\n")
    assert both.reports["start"].to_list() == ["2025-03-25T14:05:00+02:00"]


def test_the_origin_of_fire_and_the_source_of_an_event_table_are_not_who_reports() -> None:
    found = read("Date,Time,Type,Suspected origin of fire\n2025-03-20,14:05,shelling,A\n")
    assert found.reports["origin"].to_list() == [None]
    rows = "2025-03-20,14:05,A,B,shelling,Reuters\n"
    events = read(f"Date,Time,Source Name,Target Name,Type,Publisher\n{rows}")
    assert events.reports.select("source", "target").rows() == [("Reuters", None)]


@pytest.mark.parametrize(
    "name",
    [
        "Nombre de morts",
        "Cantidad de muertos",
        "Количество погибших",
        "Кількість загиблих",
        "Count of civilians",
        "عدد الأسر المتضررة",
    ],
)
def test_a_number_of_dead_of_civilians_or_of_families_is_no_number_of_acts(name: str) -> None:
    found = read(f"Date,Time,Type,{name}\n2025-03-20,14:05,shelling,3\n2025-03-21,14:05,shelling,0\n")
    assert found.reports["quantity"].to_list() == [None, None]


@pytest.mark.parametrize(
    "name", ["Responsible for area", "Side of the line", "Who reported", "Responsible officer", "Party informed"]
)
def test_who_did_it_is_asked_where_a_name_holds_words_that_may_say_something_else(name: str) -> None:
    found = read(f"Date,Time,Type,{name}\n2025-03-20,14:05,shelling,A\n", ask=lambda _, question: question.offer)
    assert found.asked
    assert found.reports["actor"].to_list() == [None]


@pytest.mark.parametrize(
    "name", ["Side", "Alleged violating party", "Сторона, що порушила", "Presunto responsable del hecho"]
)
def test_who_did_it_is_not_asked_where_the_other_words_leave_it_what_it_is(name: str) -> None:
    found = read(f"Date\tTime\tType\t{name}\n2025-03-20\t14:05\tshelling\tA\n")
    assert found.reports["actor"].to_list() == ["A"]


def test_who_claims_an_attack_is_not_who_reports_it_and_of_two_sides_none_is_offered_as_who_did_it() -> None:
    found = read("Date,Time,Type,Attributed to,Claimed by\n2025-03-20,14:05,shelling,A,B\n").reports
    assert found.select("source", "actor").rows() == [("Post 4", "A")]
    ((_, question),) = read("Date,Time,Type,Side A,Side B\n2025-03-20,14:05,shelling,X,Y\n").questions
    assert (question.key, question.offer) == (("columns", "actor"), "")


def test_the_place_of_who_observed_or_fired_is_not_that_of_the_event() -> None:
    for name in ("Observer location", "Launch site", "Area controlled by"):
        found = read(f"Date\tTime\tType\t{name}\n2025-03-20\t14:05\tshelling\tAlder\n", ask=lambda *_: "-")
        assert found.reports["place_name"].to_list() == [None]
    own = read("Date\tTime\tType\tOwn position\n2025-03-20\t14:05\tshelling\t48.31 N 37.81 E\n")
    assert own.reports["lat"].to_list() == [None]


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("time_utc3", "+03:00"),
        ("time_gmt_plus_3", "+03:00"),
        ("Time UTC minus 3", "-03:00"),
        ("Time UTC", "+00:00"),
        ("Time (UTC 24h)", "+00:00"),
    ],
)
def test_an_offset_in_the_name_of_a_column_is_kept_also_without_a_sign_or_in_words(name: str, offset: str) -> None:
    found = read(f"Date,{name},Type\n2025-03-20,14:05,shelling\n")
    assert found.reports["start"].to_list() == [f"2025-03-20T14:05:00{offset}"]


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("Datum;Uhrzeit;Ort;Breite;Länge;Art des Vorfalls;Verursacher;Anzahl;Quelle", "27. März 2025;7.15 Uhr"),
        (
            "Data;Hora;Local;Latitude;Longitude;Tipo de ocorrência;Autor presumível;Quantidade;Fonte",
            "27 de março de 2025;7h15",
        ),
        (
            "Data;Ora;Luogo;Latitudine;Longitudine;Tipo di incidente;Responsabile;Quantità;Fonte",
            "27 marzo 2025;alle ore 7:15",
        ),
        (
            "Data;Godzina;Miejsce;Szer. geogr.;Dł. geogr.;Rodzaj zdarzenia;Sprawca;Liczba;Źródło",
            "27 marca 2025 r.;7:15",
        ),
        ("Tarih;Saat;Yer;Enlem;Boylam;Olay türü;Fail;Sayı;Kaynak", "27 Mart 2025;7:15"),
        ("Tarix;Saat;Yer;Enlik;Uzunluq;Hadisənin növü;Tərəf;Miqdar;Mənbə", "27 mart 2025;7:15"),
        ("תאריך;שעה;מקום;קו רוחב;קו אורך;סוג אירוע;צד;כמות;מקור", "27 במרץ 2025;7:15"),
        ("تاریخ;ساعت;محل;عرض جغرافیایی;طول جغرافیایی;نوع رویداد;طرف;تعداد;منبع", "۲۷ مارس ۲۰۲۵;۷:۱۵"),
        ("Ամսաթիվ;Ժամ;Վայր;Լայնություն;Երկայնություն;Դեպքի տեսակ;Կողմ;Քանակ;Աղբյուր", "27 մարտի 2025;7:15"),
        ("თარიღი;დრო;ადგილი;განედი;გრძედი;ინციდენტის ტიპი;მხარე;რაოდენობა;წყარო", "27 მარტი 2025;7:15"),
    ],
)
def test_columns_days_and_hours_are_known_in_ten_more_languages(header: str, day: str) -> None:
    found = read(
        f"{header}\n{day};Alder;48,31;37,81;shelling;A;6;Post 1\n{day};Birch;48,32;37,82;shelling;B;3;Post 1\n"
    )
    (row, _) = found.reports.to_dicts()
    assert (row["start"], row["lat"], row["lon"]) == ("2025-03-27T07:15:00+02:00", "48.31", "37.81")
    assert (row["place_name"], row["act"], row["actor"], row["quantity"], row["source"]) == (
        "Alder",
        "shelling",
        "A",
        "6",
        "Post 1",
    )


def test_lines_of_two_encodings_in_one_file_are_each_read_by_their_own() -> None:
    lines = [f"2025-03-2{n},14:05,{place},shelling,A\n" for n, place in enumerate(("Широкине", "Водяне"))]
    text = b"Date,Time,Place,Type,Party\n" + lines[0].encode() + lines[1].encode("cp1251")
    found = import_tables([NamedBytes("log.csv", text)], answers=ANSWERS)
    assert found.reports["place_name"].to_list() == ["Широкине", "Водяне"]
    assert any("line 2 is UTF-8, line 3 cp1251" in told for told in found.told)


def test_a_file_with_one_damaged_letter_is_read_in_its_own_encoding() -> None:
    text = b"Date,Time,Place,Type,Party\n" + "2025-03-20,14:05,Широкине,shelling,A\n".encode() * 2
    found = import_tables(
        [NamedBytes("log.csv", text + "2025-03-21,14:05,Водян".encode() + b"\xd0,shelling,A\n")], answers=ANSWERS
    )
    assert found.reports["place_name"].to_list() == ["Широкине", "Широкине", "Водян\ufffd"]
    assert any("damaged UTF-8: line 4" in told for told in found.told)


@pytest.mark.parametrize(
    ("encoding", "place"),
    [
        ("cp1254", "Şırnak, Diyarbakır"),
        ("cp1250", "Łódź, Białystok"),
        ("cp1255", "קרית שמונה"),
        ("cp1252", "Forêt de Chênes"),
    ],
)
def test_names_keep_their_letters_in_turkish_polish_hebrew_and_french_encodings(encoding: str, place: str) -> None:
    text = f"Date;Place;Type\n2025-03-20;{place};shelling\n2025-03-21;{place};shelling\n"
    found = import_tables([NamedBytes("log.csv", text.encode(encoding))], answers=ANSWERS)
    assert found.reports["place_name"].to_list() == [place] * 2
    assert any(f"is read as {encoding}" in told for told in found.told)


def chat(*messages: tuple[str, str], forwarded: str = "") -> bytes:
    """An export of Telegram; each message with its instant and its lines."""
    listed = [
        {
            "id": n,
            "type": "message",
            "date": when,
            "date_unixtime": str(int(datetime.fromisoformat(when).timestamp())),
            "from": "Post 4",
            "text": text,
            **({"forwarded_from": forwarded} if forwarded else {}),
        }
        for n, (when, text) in enumerate(messages)
    ]
    return json.dumps({"name": "Posts", "type": "private_group", "id": 1, "messages": listed}).encode()


def starts(content: bytes) -> list[str]:
    found = import_tables([NamedBytes("result.json", content)], answers=ANSWERS, ask=lambda _, question: question.offer)
    return [*found.reports["start"].to_list(), *found.quarantine["code"].to_list()]


FORM = "Place: Alder\nEvent: shelling\nParty: A\n"


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("Date: today\nTime: 00:10", "2025-03-26T00:10:00+02:00"),
        ("Date: yesterday\nTime: 23:50", "2025-03-25T23:50:00+02:00"),
        ("Time: вчора о 23:50", "2025-03-25T23:50:00+02:00"),
        ("When: ayer, 23:50", "2025-03-25T23:50:00+02:00"),
        ("Time: 00:10", "2025-03-26T00:10:00+02:00"),
        ("Time: 23:50", "EVD106"),
    ],
)
def test_today_and_yesterday_in_a_chat_count_from_the_day_of_sending_at_the_place(said: str, start: str) -> None:
    assert starts(chat(("2025-03-25T22:40:00+00:00", FORM + said))) == [start]  # 00:40 of the 26th there


def test_today_in_a_forwarded_message_is_the_day_of_somebody_else_and_is_set_aside() -> None:
    assert starts(chat(("2025-03-26T12:00:00+00:00", f"{FORM}Date: today\nTime: 14:05"), forwarded="Post 5")) == [
        "EVD106"
    ]


def test_yesterday_in_a_table_that_is_no_chat_is_set_aside() -> None:
    found = read(
        "Date,Time,Type,Received\nyesterday,14:05,shelling,2025-03-26 10:00\n2025-03-20,14:05,shelling,2025-03-26 10:00\n"
    )
    assert found.quarantine["code"].to_list() == ["EVD105"]


def dbf(*fields: tuple[str, str], rows: int = 2) -> bytes:
    """A table of dBASE of texts of twelve letters, each row alike."""
    head = struct.pack("<BBBBIHH20x", 3, 125, 3, 25, rows, 33 + 32 * len(fields), 1 + 12 * len(fields))
    named = b"".join(struct.pack("<11sc4xB15x", name.encode(), b"C", 12) for name, _ in fields)
    return (
        head + named + b"\r" + b"".join(b" " + b"".join(v.encode().ljust(12) for _, v in fields) for _ in range(rows))
    )


def test_two_columns_of_one_name_in_a_shapefile_are_both_there() -> None:
    point = struct.pack("<idd", 1, 37.81, 48.31)
    shapes = b"".join(struct.pack(">ii", n, 10) + point for n in (1, 2))
    shp = struct.pack(">i20xi", 9994, 50 + len(shapes) // 2) + struct.pack("<ii64x", 1000, 1) + shapes
    table = dbf(("DATE", "2025-03-20"), ("ATTACK_TYP", "shelling"), ("ATTACK_TYP", "mortar"), ("PARTY", "A"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for ending, content in (("shp", shp), ("dbf", table), ("prj", b"EPSG:4326")):
            archive.writestr(f"pts.{ending}", content)
    found = import_tables(
        [NamedBytes("pts.zip", out.getvalue())], answers=ANSWERS, ask=lambda _, question: question.offer
    )
    assert found.reports["act"].to_list() == ["shelling"] * 2
    assert any("'ATTACK_TYP (3)'" in told for told in found.told)


def test_events_in_lists_within_lists_have_the_day_of_the_list_around_them() -> None:
    days = [
        {"date": "2025-03-20", "events": [{"time": "14:05", "type": "shelling"}, {"time": "15:05", "type": "shelling"}]}
    ]
    days.append({"date": "2025-03-21", "events": [{"time": "02:40", "type": "mortar_fire"}]})
    found = read(json.dumps({"meta": {"generated": "2025-03-28"}, "days": days}), name="days.json")
    assert [start[:16] for start in found.reports["start"]] == [
        "2025-03-20T14:05",
        "2025-03-20T15:05",
        "2025-03-21T02:40",
    ]


def test_the_kind_of_an_event_is_its_act_and_no_kind_of_report() -> None:
    found = read("date,time,kind\n2025-03-20,14:05,shelling\n2025-03-21,14:05,mortar fire\n")
    assert found.reports.select("act", "kind").rows() == [("shelling", None), ("mortar_fire", None)]


def test_a_ruled_line_under_a_header_is_no_row() -> None:
    found = read("| Date | Time | Type |\n|------|:----:|------|\n| 2025-03-20 | 14:05 | shelling |\n", name="log.md")
    assert found.reports["act"].to_list() == ["shelling"]


def test_a_log_of_times_and_sentences_is_no_table_whose_header_is_its_third_line() -> None:
    log = "DUTY LOG 25 MAR 2025\n1405 Shelling from W, 6 explosions\n1530 Mortar fire, grid 37U\n0240 Small arms, by night\n"
    with pytest.raises(ServandaError, match="holds no table"):
        read(log, name="log.txt")


@pytest.mark.parametrize(
    "said",
    [
        "опровергли обстрел",
        "предотвращён обстрел",
        "запобігли обстрілу",
        "shelling was prevented",
        "bombardement empêché",
    ],
)
def test_what_was_denied_or_prevented_is_never_offered_as_the_act(said: str) -> None:
    found = read(
        f"Date,Time,Type\n2025-03-20,14:05,shelling\n2025-03-21,14:05,{said}\n", ask=lambda _, question: question.offer
    )
    assert [(q.key, q.offer) for _, q in found.questions] == [(("acts", said), "")]


def letter(*attached: tuple[str, bytes], end: str = "--BB--\r\n") -> bytes:
    """A letter with files attached."""
    head = 'From: Post 4 <p@x.org>\r\nTo: HQ <h@x.org>\r\nSubject: report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="BB"\r\n\r\n'
    body = "--BB\r\nContent-Type: text/plain\r\n\r\nPlease find attached: shelling at 14:05.\r\n"
    for name, content in attached:
        kind = f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        body += f"--BB\r\n{kind}Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(content).decode()}\r\n"
    return (head + body + end).encode()


def test_tables_attached_to_a_letter_are_read_and_everything_else_in_it_is_told() -> None:
    table = b"Date,Time,Type\n2025-03-20,14:05,shelling\n"
    found = import_tables(
        [NamedBytes("a.eml", letter(("log.csv", table), ("photo.jpg", b"\xff\xd8\xff\xe0")))], answers=ANSWERS
    )
    assert found.reports["start"].to_list() == ["2025-03-20T14:05:00+02:00"]
    told = "\n".join(found.told)
    assert "photo.jpg: is a picture" in told
    assert "the words of the letter itself are not read" in told
    nameless = (
        letter(("log.csv", table))
        .replace(b"application/octet-stream", b"text/csv")
        .replace(b'; filename="log.csv"', b"")
    )
    assert import_tables([NamedBytes("a.eml", nameless)], answers=ANSWERS).reports.height == 1
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("log.csv", table)
    assert (
        import_tables([NamedBytes("a.eml", letter(("log.zip", packed.getvalue())))], answers=ANSWERS).reports.height
        == 1
    )


def test_a_letter_without_a_table_or_that_is_cut_off_is_refused() -> None:
    table = b"Date,Time,Type\n2025-03-20,14:05,shelling\n2025-03-21,14:05,shelling\n"
    for content, what in (
        (letter(), "an e-mail without a table"),
        (letter(("log.csv", table), end="")[:-40], "cut off"),
    ):
        with pytest.raises(ServandaError, match=what):
            import_tables([NamedBytes("a.eml", content)], answers=ANSWERS)


@pytest.mark.parametrize("name", ["Time (EST)", "Time IST", "Time [CST]"])
def test_a_header_that_names_a_zone_of_which_there_are_several_sets_its_times_aside(name: str) -> None:
    found = read(f"Date,{name},Type\n2025-03-20,14:05,shelling\n2025-03-20,14:05 EET,shelling\n2025-03-20,,shelling\n")
    assert found.quarantine.select("row", "code").rows() == [(2, "EVD103")]
    assert [start[11:] for start in found.reports["start"]] == ["14:05:00+02:00", "00:00:00+02:00"]


def test_a_type_and_its_sub_type_are_asked_for_one_of_them_is_the_act() -> None:
    found = read(
        "Date,Time,Event type,Sub-type\n2025-03-20,14:05,violation,mortar fire\n2025-03-21,14:05,violation,shelling\n"
    )
    assert [q.key for _, q in found.questions] == [("columns", "act")]


def word(*rows: str) -> bytes:
    """A document of Word with one table; a row is the XML of its cells."""
    body = (
        "<w:p><w:r><w:t>SITREP 12</w:t></w:r></w:p><w:tbl>"
        + "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        + "</w:tbl>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def cells(*texts: str, of: str = "") -> str:
    return "".join(f"<w:tc>{of}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in texts)


def test_a_table_in_a_document_of_word_is_read_without_what_was_deleted_in_it() -> None:
    changed = "<w:tc><w:p><w:del><w:r><w:delText>14:50</w:delText></w:r></w:del><w:ins><w:r><w:t>14:05</w:t></w:r></w:ins></w:p></w:tc>"
    content = word(
        cells("Date", "Time", "Type"),
        cells("2025-03-20", of='<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>') + changed + cells("shelling"),
        cells("", of="<w:tcPr><w:vMerge/></w:tcPr>") + cells("15:05", "shelling"),
        "<w:trPr><w:del/></w:trPr>" + cells("2025-03-21", "02:40", "shelling"),
    )
    found = import_tables([NamedBytes("sitrep.docx", content)], answers=ANSWERS)
    assert [start[:16] for start in found.reports["start"]] == ["2025-03-20T14:05", "2025-03-20T15:05"]
    assert any("it has tracked changes" in told for told in found.told)


def test_tables_of_a_web_page_are_read_with_what_their_cells_span() -> None:
    page = (
        '<meta charset="windows-1251"><h1>Отчёт</h1><table><tr><th rowspan="2">Дата</th><th colspan="2">Координаты</th><th rowspan="2">Событие</th></tr>'
        "<tr><th>Широта</th><th>Долгота</th></tr><tr><td rowspan=2>20.03.2025</td><td>48,31</td><td>37,81</td><td>обстрел</td></tr>"
        "<tr><td>48,32</td><td>37,82</td><td>обстрел<br>миномёты</td></tr></table><table><tr><td>menu</td></tr></table>"
    )
    acts = {("acts", "обстрел\nминомёты"): "mortar_fire"}
    found = import_tables([NamedBytes("page.html", page.encode("cp1251"))], answers={**ANSWERS, **acts})
    assert [start[:10] for start in found.reports["start"]] == ["2025-03-20"] * 2
    assert found.reports.select("lat", "lon", "act").rows() == [
        ("48.31", "37.81", "shelling"),
        ("48.32", "37.82", "mortar_fire"),
    ]


def test_a_page_and_a_document_without_a_table_are_refused() -> None:
    for name, content in (("a.html", b"<html><body><p>Shelling at 14:05</p></body></html>"), ("a.docx", word())):
        with pytest.raises(ServandaError, match="without a table"):
            import_tables([NamedBytes(name, content)], answers=ANSWERS)


ALIGNED = """Daily summary of the mission
Date        Time   Place        Type          Party
2025-03-20  14:05  Alder North  shelling      A
2025-03-21         Birch        mortar fire   B
1) as reported
2025-03-22  02:40  Cedar        drone strike
"""


def test_columns_that_only_blanks_part_are_told_by_where_they_stand() -> None:
    found = read(ALIGNED, name="summary.txt")
    rows = found.reports.select("place_name", "act", "actor").rows()
    assert rows == [("Alder North", "shelling", "A"), ("Birch", "mortar_fire", "B"), ("Cedar", "strike_drone", None)]
    assert [start[:16] for start in found.reports["start"]] == [
        "2025-03-20T14:05",
        "2025-03-21T00:00",
        "2025-03-22T02:40",
    ]
    assert any("1) as reported" in told for told in found.told)


def test_a_cell_that_reaches_into_the_next_column_makes_it_no_table() -> None:
    with pytest.raises(ServandaError, match="holds no table"):
        read(ALIGNED.replace("Birch        mortar fire ", "Birch upon the river fire "), name="summary.txt")


@pytest.mark.parametrize(
    ("name", "role", "cell"),
    [
        ("Date of request", "date", "2025-03-20"),
        ("Date added", "date", "2025-03-20"),
        ("Data scadenza", "date", "2025-03-20"),
        ("Data wpływu", "date", "2025-03-20"),
        ("Time on scene", "time", "14:05"),
        ("Godzina przyjazdu", "time", "14:05"),
    ],
)
def test_a_day_or_a_time_of_something_else_is_asked_where_its_name_does_not_say_that_it_is_the_events(
    name: str, role: str, cell: str
) -> None:
    other = "Time;14:05" if role == "date" else "Date;2025-03-20"
    first, value = other.split(";")
    found = read(f"{first};{name};Type\n{value};{cell};shelling\n")
    assert [q.key for _, q in found.questions] == [("columns", role)]


@pytest.mark.parametrize(
    "name",
    [
        "Date of shelling",
        "Local date",
        "Date (dd/mm/yyyy)",
        "Дата обстрілу",
        "Date de l'attaque",
        "Event date UTC",
        "Datum des Vorfalls",
    ],
)
def test_the_day_of_the_event_is_not_asked_under_its_many_names(name: str) -> None:
    assert read(f"{name};Time;Type\n2025-03-20;14:05;shelling\n").reports.height == 1


def test_a_table_of_dbase_is_read_by_itself_and_not_beside_its_shapefile(tmp_path: Path) -> None:
    table = tmp_path / "log.dbf"
    table.write_bytes(dbf(("DATE", "2025-03-20"), ("TIME", "14:05"), ("TYPE", "shelling")))
    assert import_tables([table], answers=ANSWERS).reports["act"].to_list() == ["shelling"] * 2
    (tmp_path / "log.shp").write_bytes(b"")
    with pytest.raises(ServandaError, match="is the table of a shapefile that lies beside it"):
        import_tables([table], answers=ANSWERS)


def test_a_reference_of_mgrs_in_four_columns_is_one_place() -> None:
    header, rows = (
        "Date;Type;GZD;Square;Easting;Northing",
        "2025-03-20;shelling;37U;DP;11832;51325\n2025-03-21;shelling;37U;DP;118;513\n2025-03-22;shelling;37U;DP;1832;51325\n",
    )
    found = read(f"{header}\n{rows}")
    assert [(round(float(lat), 2), round(float(lon), 2)) for lat, lon in found.reports.select("lat", "lon").rows()] == [
        (48.31, 37.81),
        (48.31, 37.81),
        (48.31, 37.68),
    ]
    lost = read("Date;Type;Easting;Northing\n2025-03-20;shelling;118;513\n")
    assert lost.quarantine["code"].to_list() == ["EVD110"]


@pytest.mark.parametrize(
    "page",
    [
        "<table>" + "<tr><td colspan=99999999 rowspan=99999999>x" * 50 + "</table>",
        "<table><tr><td>a<td>b<tr><td colspan=512 rowspan=10000>x" + "<tr><td>y" * 60 + "</table>",
    ],
)
def test_a_cell_that_spans_more_than_there_is_takes_neither_time_nor_memory(page: str) -> None:
    tracemalloc.start()
    try:
        with contextlib.suppress(EvidenceError):
            read_page("page.html", page.encode())
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_tables_of_a_page_have_no_more_cells_together_than_one_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (papers, sheets):
        monkeypatch.setattr(room, "MOST_CELLS", 5_000)
    table = "<table><tr><td>a<td>b<tr><td colspan=100 rowspan=50>x" + "<tr><td>y" * 30 + "</table>"
    assert len(read_page("page.html", table.encode())) == 1
    with pytest.raises(EvidenceError, match="EVD190"):
        read_page("page.html", (table * 4).encode())
