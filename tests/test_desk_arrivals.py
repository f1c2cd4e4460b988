"""Tables and letters that come in, by hand or by themselves: shown before they are recorded, taken once, mended or dismissed where they cannot be."""

from __future__ import annotations

import functools
import io
import json
import os
import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from servanda.desk.ways_in import Watched, WaysIn
from tests.desks import DATABASES, database_of, mission, snapshot
from tests.desks import client as sign_in

TABLE = "date,time,place,type of incident,perpetrator,description,lat,lon\n"
ROWS = "".join(f"2025-03-{20 + n},0{n}:15,quay,shelling,B,heard {n},48.0,37.0{n}\n" for n in range(1, 5))


@pytest.fixture(scope="module", params=DATABASES)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    client.cache_clear()
    yield mission(
        tmp_path_factory.mktemp("arrivals") / "m", reports=3, database=database_of(request.param, f"arr_{os.getpid()}")
    )
    from django.db import connections

    connections.close_all()


@functools.cache
def client(role: str) -> Any:
    return sign_in(role)


@pytest.fixture
def ways(desk: Desk) -> Iterator[Any]:
    """Sets how reports may come in, for one test."""
    before = desk.ways

    def change(**said: Any) -> None:
        object.__setattr__(desk, "ways", WaysIn(**said))

    yield change
    object.__setattr__(desk, "ways", before)


def named(text: str | bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    file.name = name
    return file


def brought(source: str, text: str | bytes, name: str = "rows.csv", **more: str) -> str:
    """The address of what was brought."""
    answer = client("duty").post("/arrivals/", {"source": source, "file": named(text, name), **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def answered(here: str, **known: str) -> str:
    """What was brought, once all that is asked has its answer: the one that is given, or the only other one that is offered."""
    for _ in range(6):
        text = page(here)
        selects = dict(
            re.findall(r'<select name="(q-[^"]+)"><option value="">[^<]*</option><option value="([^"]+)"', text)
        )
        fields = [unescape(name) for name in re.findall(r'name="(q-[^"]+)"', text)]
        if not fields:
            return here
        offered = {unescape(name): value for name, value in selects.items()}
        said = {name: known.get(json.loads(name[2:])[0]) or offered.get(name, "-") for name in fields}
        assert client("duty").post(here, {"do": "answer", **said}).status_code == 302
    raise AssertionError(text)


def taken(source: str, text: str, **more: str) -> str:
    """The address of a table that was brought, answered and recorded."""
    here = answered(brought(source, text))
    assert client("duty").post(here, {"do": "record", **more}).status_code == 302
    return here


def size(desk: Desk) -> int:
    return int(desk.record().log.head.size)


def page(address: str, role: str = "duty") -> str:
    return str(client(role).get(address).content.decode())


def test_a_table_is_shown_then_recorded_in_one_step_and_a_second_click_changes_nothing(desk: Desk) -> None:
    from servanda.desk.models import Report

    before = size(desk)
    here = answered(brought("Post 70", TABLE + ROWS))
    text = page(here)
    assert "4 reports; 0 rows" in text
    assert "heard 3" in text
    assert size(desk) == before
    for _ in range(2):
        assert client("duty").post(here, {"do": "record"}).status_code == 302
    made = [e for e in desk.record().statements() if e.index >= before]
    assert [e.kind for e in made] == ["attachment", "attachment", "evidence"]
    assert set(made[2].says["attachments"]) == {made[0].name, made[1].name}
    reports = Report.objects.filter(said__source="Post 70")
    assert reports.count() == 4
    assert all(r.report_id.startswith("rows-") and r.known_at is not None for r in reports)
    grown = snapshot()
    from servanda.desk.projection import rebuild

    assert rebuild(desk.record())[0]
    assert snapshot() == grown
    assert brought("Post 70", TABLE + ROWS) == here  # the same file of the same source is the same arrival
    assert size(desk) == made[-1].index + 1 + sum(e.says.get("rows", {}).get("count", 0) for e in made)


def test_what_nobody_can_tell_is_asked_once_for_each_source(desk: Desk) -> None:
    odd = "day,hour,place,what,who did it,remarks\n03/04/2025,05:10,quay,pounding,B,heard a\n"
    here = brought("Harbour master", odd, "log.csv")
    assert "which act is" in page(here)
    answered(here, order="dmy", acts="shelling")
    assert "1 report;" in page(here)
    client("duty").post(here, {"do": "record"})
    tomorrow = brought("Harbour master", odd.replace("03/04", "04/04").replace("heard a", "heard b"), "log2.csv")
    assert "What nobody can tell" not in page(tomorrow)
    assert "1 report;" in page(tomorrow)


def test_what_is_on_the_record_already_is_offered_to_be_left_out(desk: Desk) -> None:
    from servanda.desk.models import Report

    taken("Post 71", TABLE + ROWS.replace("heard", "seen"))
    more = "2025-03-26,07:15,quay,shelling,B,seen later,48.0,37.09\n"
    second = brought("Post 71", TABLE + ROWS.replace("heard", "seen") + more)
    assert "4 rows on the record already" in page(second)
    client("duty").post(second, {"do": "record", "leave_out": "1"})
    assert Report.objects.filter(said__source="Post 71").count() == 5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x00\x01\x02 no table at all", "is not text"),
        ("date,time,place\n", "holds no table that could be reports"),
        ("alpha,beta\n1,2\n", "says on which day it happened"),
        ("", "is empty"),
        (b"PK\x03\x04" + b"\0" * 60, "archive"),
    ],
)
def test_what_is_no_table_of_reports_says_so_and_nothing_is_recorded(desk: Desk, content: Any, told: str) -> None:
    before = size(desk)
    answer = client("duty").post("/arrivals/", {"source": "Post 72", "file": named(content, "x.csv")})
    text = answer.content.decode() if answer.status_code == 409 else page(answer["Location"])
    assert told in text
    assert "Cannot be recorded as it is" in text or "What nobody can tell" in text or answer.status_code == 409
    if answer.status_code == 302:
        assert client("duty").post(answer["Location"], {"do": "record"}).status_code == 409
    assert size(desk) == before


def test_more_rows_than_may_be_are_refused_before_they_are_read(desk: Desk, ways: Any) -> None:
    ways(rows=50)
    many = TABLE + "2025-03-20,01:15,quay,shelling,B,x,48.0,37.01\n" * 100_000
    begun = time.process_time()
    text = page(brought("Post 73", many))
    assert "100,001 rows; 50 at most" in text
    assert time.process_time() - begun < 3
    assert "rows; 50 at most" not in page(
        brought("Post 73", b"\x1f\x8b" + b"\n" * 1000)
    )  # what is packed is not counted so
    pasted = client("duty").post("/arrivals/", {"source": "Post 73", "pasted": many})
    assert pasted.status_code == 400
    assert "more than a form may hold" in pasted.content.decode()


def test_rows_are_pasted_and_what_cannot_be_read_of_them_waits(desk: Desk) -> None:
    from servanda.desk.inbox import Arrival

    text = (TABLE + ROWS + "2025-13-45,99:99,quay,shelling,B,nonsense,48.0,37.0\n").replace(",", "\t")
    answer = client("duty").post("/arrivals/", {"source": "Post 74", "pasted": text})
    here = answered(answer["Location"])
    assert "4 reports; 1 row" in page(here)
    client("duty").post(here, {"do": "record"})
    row = Arrival.objects.get(source="Post 74")
    assert (row.state, len({r["row"] for r in row.rows})) == ("taken", 1)
    assert "rows that were set aside" in page("/arrivals/")
    mended = client("duty").post(here, {"do": "mend", "text": text.replace("2025-13-45\t99:99", "2025-03-27\t09:09")})
    assert "5 reports;" in page(mended["Location"])
    assert "4 rows on the record already" in page(mended["Location"])
    client("duty").post(mended["Location"], {"do": "record", "leave_out": "1"})
    row.refresh_from_db()
    assert row.rows == []


def test_only_who_receives_reports_brings_them_and_a_dismissal_has_its_reason(desk: Desk) -> None:
    here = brought("Post 75", TABLE + ROWS.replace("heard", "thought"))
    assert client("patrol").get("/arrivals/").status_code == 404
    assert client("auditor").get(here).status_code == 200
    before = size(desk)
    assert client("auditor").post(here, {"do": "record"}).status_code == 200
    assert size(desk) == before
    assert client("duty").post(here, {"do": "dismiss", "why": " "}).status_code == 409
    assert client("duty").post(here, {"do": "dismiss", "why": "a drill"}).status_code == 302
    assert client("duty").post(here, {"do": "record"}).status_code == 409
    assert "a drill" in page(here)


def look(desk: Desk, quiet: bool = True) -> list[str]:
    """One look of a worker that has just begun."""
    from servanda.desk.watching import Watch

    for watched in desk.ways.watch:
        for path in watched.path.rglob("*") if quiet else []:
            os.utime(path, (time.time() - 60, time.time() - 60))
        if quiet and watched.path.is_file():
            os.utime(watched.path, (time.time() - 60, time.time() - 60))
    told: list[str] = []
    Watch(desk).look(told.append)
    return told


def test_a_watched_folder_brings_each_file_once_and_no_half_of_one(desk: Desk, ways: Any, tmp_path: Path) -> None:
    from servanda.desk.models import Arrival, Report
    from servanda.desk.watching import Watch

    taken("Post 80", TABLE + ROWS.replace("heard", "the first table"))
    ways(watch=(Watched(tmp_path, "Post 80"),))
    text = TABLE + ROWS
    (tmp_path / "a.csv").write_text(text[: len(text) // 2])
    (tmp_path / "b.csv.part").write_text(text)
    watch = Watch(desk)
    assert watch.look() == 0  # written to just now
    (tmp_path / "a.csv").write_text(text)
    assert watch.look() == 0  # it has grown
    assert watch.look() == 1  # it has stood still
    assert Report.objects.filter(said__source="Post 80").count() == 8
    assert look(desk) == []
    (tmp_path / "copy.csv").write_text(text)
    assert look(desk) == []
    Arrival.objects.filter(source="Post 80").delete()  # the database was lost
    before = size(desk)
    look(desk)
    assert size(desk) == before
    assert Report.objects.filter(said__source="Post 80").count() == 8


def test_what_cannot_be_read_in_a_watched_folder_waits_with_its_reason(desk: Desk, ways: Any, tmp_path: Path) -> None:
    from servanda.desk.models import Arrival

    ways(watch=(Watched(tmp_path, "Post 81"),), largest=10_000)
    (tmp_path / "noise.csv").write_bytes(b"\x00\x01\x02\x03")
    (tmp_path / "odd.csv").write_text("day,spot,what\n03/04/2025,quay,pounding\n")
    (tmp_path / "huge.csv").write_text("x" * 20_000)
    told = look(desk)
    assert any("larger than" in line for line in told)
    rows = {row.name: row for row in Arrival.objects.filter(source="Post 81")}
    assert {name: row.state for name, row in rows.items()} == dict.fromkeys(
        ("noise.csv", "odd.csv", "huge.csv"), "aside"
    )
    assert all(row.told for row in rows.values())
    assert "What nobody can tell from it" in page(f"/arrivals/{rows['odd.csv'].pk}/")


def test_a_mailbox_brings_tables_and_letters_and_a_person_writes_the_report(
    desk: Desk, ways: Any, tmp_path: Path
) -> None:
    import mailbox
    from email.message import EmailMessage

    from servanda.desk.models import Arrival, Report

    box = tmp_path / "mail.mbox"
    table, words = EmailMessage(), EmailMessage()
    table["Subject"], words["Subject"] = "log", "Shots last night"
    table["From"] = words["From"] = "Partner <p@partner.example>"
    table.set_content("see the log")
    table.add_attachment((TABLE + ROWS).encode(), maintype="text", subtype="csv", filename="log.csv")
    words.set_content("Around nine in the evening we heard shots at the quay.\nЗ повагою")
    words.add_attachment(b"GIF89a" + b"\0" * 20, maintype="image", subtype="gif", filename="../gate.gif")
    file = mailbox.mbox(box)
    file.add(table)
    file.add(words)
    file.flush()
    file.close()
    taken("Partner", TABLE + ROWS.replace("heard", "the first table"))
    ways(watch=(Watched(box, "Partner", mailbox=True),))
    told = look(desk)
    assert len(told) == 2, told
    assert look(desk) == []
    assert Report.objects.filter(said__source="Partner").count() == 8
    letter = Arrival.objects.get(source="Partner", letter=True)
    assert [one["name"] for one in letter.beside] == ["gate.gif"]
    form = page(f"/entry/?letter={letter.pk}")
    assert "we heard shots at the quay" in form
    assert "З повагою" in form
    said = {
        "source": "Partner",
        "side": "none",
        "act": "small_arms",
        "told": "shots",
        "start": "2025-03-21T21:00",
        "nonce": "m",
    }
    answer = client("duty").post("/entry/", {**said, "letter": str(letter.pk), "same": "", "looked_at": ""})
    while answer.status_code == 409:
        shown = re.search(r'name="looked_at" value="([^"]*)"', answer.content.decode())
        assert shown is not None, answer.content.decode()
        answer = client("duty").post("/entry/", {**said, "letter": str(letter.pk), "same": "", "looked_at": shown[1]})
    letter.refresh_from_db()
    assert letter.state == "taken"
    maildir = tmp_path / "maildir"
    mailbox.Maildir(maildir).add(words)
    ways(watch=(Watched(maildir, "Partner", mailbox=True),))
    assert look(desk) == []  # the same letter by another way


def test_no_letter_is_lost_and_none_keeps_the_others_out(desk: Desk, ways: Any, tmp_path: Path) -> None:
    from servanda.desk.models import Arrival

    head = "From x@y Sat Mar 22 01:00:00 2025\nFrom: <{0}@x.example>\nSubject: {0}\nContent-Type: {1}\n\n{2}\n\n"
    letters = [
        ("page", "text/html", "<style>p{}</style><p>Shots at the <b>quay</b>"),
        ("nothing but this", "text/plain", ""),
        ("charset", "text/plain; charset=no-such", "the mill burns"),
        ("nameless", "image/gif", "GIF89a"),
        ("large", 'text/csv; name="log.csv"', "a" * 2000),
        ("after", "text/plain", "the last one"),
    ]
    box = tmp_path / "mail.mbox"
    box.write_text("".join(head.format(*one) for one in letters))
    ways(watch=(Watched(box, "Letters", mailbox=True),), largest=1000)
    assert len(look(desk)) == len(letters)
    rows = {row.name.removesuffix(".txt"): row for row in Arrival.objects.filter(source="Letters", state="aside")}
    assert set(rows) == {name for name, *_ in letters}
    assert "\n\nShots at the quay\n" in page(f"/arrivals/{rows['page'].pk}/")
    assert "the mill burns" in page(f"/arrivals/{rows['charset'].pk}/")
    assert [one["name"] for one in rows["nameless"].beside] == ["image.gif"]
    assert "[log.csv: 2,00" in page(f"/arrivals/{rows['large'].pk}/")


def test_a_source_that_is_protected_at_the_second_bringing_is_protected(desk: Desk) -> None:
    from servanda.desk.models import Arrival, Report

    here = brought("Somebody Afraid", TABLE + ROWS)
    assert client("duty").get(f"{here}file").status_code == 200
    assert brought("Somebody Afraid", TABLE + ROWS, protect="1") == here
    assert client("duty").get(f"{here}file").status_code == 404  # nobody is handed it alone
    assert "As it came" not in page(here)
    client("duty").post(answered(here), {"do": "record"})
    assert Arrival.objects.get(source="Somebody Afraid").state == "taken"
    assert not Report.objects.filter(said__source="Somebody Afraid").exists()
    taken("Somebody Else", TABLE + ROWS)
    again = {"source": "Somebody Else", "protect": "1", "file": named(TABLE + ROWS, "a.csv")}
    assert client("duty").post("/arrivals/", again).status_code == 409  # it is too late, and says so
    before = Arrival.objects.count()
    assert client("duty").post(here, {"do": "mend", "text": "x"}).status_code == 409
    assert Arrival.objects.count() == before


def test_an_answer_to_what_was_not_asked_is_none(desk: Desk) -> None:
    here = brought("Odd", TABLE + ROWS)
    for name in ("q-{", "q-5", "q-null", "q-[null]", 'q-["a",["b"]]', "q-" + "[" * 300):
        assert client("duty").post(here, {"do": "answer", name: "x"}).status_code == 302, name


def test_documents_are_kept_for_the_mission_and_read_by_the_worker(desk: Desk) -> None:
    from servanda.desk.working import work

    article = "ALDOVA CITY, 20 March 2025. Borska denied shelling the quay. The foreign ministry of Borska said so.\n"
    assert "keeps no document yet" in page("/statements/")
    before = size(desk)
    wrong = client("duty").post("/statements/", {"files": [named(article, "a.txt"), named("", "b.txt")]})
    assert (wrong.status_code, size(desk)) == (409, before)
    assert client("duty").post("/statements/", {"files": [named(article, "../a.txt")]}).status_code == 302
    (entry,) = [e for e in desk.record().statements() if e.index >= before]
    assert (entry.name, entry.says["own"]) == ("documents/a.txt", True)
    assert "are being read" in page("/statements/")
    work(desk, once=True)
    text = page("/statements/?tab=matrix", "auditor")
    assert "are being read" not in text
    assert "denies" in text
    before = size(desk)
    client("auditor").post("/statements/", {"files": [named(article, "c.txt")]})
    assert (size(desk), client("patrol").get("/statements/").status_code) == (before, 404)


@pytest.mark.parametrize(
    "said",
    [
        "arrivals: [1]",
        "arrivals: {largest: huge}",
        "arrivals: {rows: -1}",
        "arrivals: {watch: [{folder: in}]}",
        "arrivals: {wach: []}",
    ],
)
def test_settings_that_cannot_be_are_told(tmp_path: Path, said: str) -> None:
    from servanda.desk.folder import open_desk
    from servanda.errors import ServandaError

    (tmp_path / "desk.yaml").write_text(f"record: record\nkey: k\ndatabase: d\n{said}\n")
    with pytest.raises(ServandaError) as told:
        open_desk(tmp_path)
    assert {fault.code for fault in told.value.faults} == {"DSK002"}
