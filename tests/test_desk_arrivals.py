"""Tables and letters that come in, by hand or by themselves: shown before they are recorded, taken once, mended or dismissed where they cannot be."""

from __future__ import annotations

import functools
import hashlib
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
from servanda.values.names import name_key
from tests.desks import BY_DAY_POSTGRESQL, database_of, mission, snapshot
from tests.desks import client as sign_in

TABLE = "date,time,place,type of incident,perpetrator,description,lat,lon\n"
ROWS = "".join(f"2025-03-{20 + n},0{n}:15,quay,shelling,B,heard {n},48.0,37.0{n}\n" for n in range(1, 5))


@pytest.fixture(scope="module", params=BY_DAY_POSTGRESQL)
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
        fields = [name for name in fields if known.get(json.loads(name[2:])[0]) != "not yet"]
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
        ("date,time,place\n", "has a header and no row beneath it"),
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


UNKNOWN = "date,place,type of incident,target,perpetrator,description,mood\n" + "".join(
    f"2025-03-2{n}T0{n}:15+02:00,{place},shelling,{target},B,said {n},calm\n"
    for n, (place, target) in enumerate(
        [("quay", "house"), ("Nowhere Ferry", "house"), ("Nowhere Ferry", ""), ("Springfield", ""), ("quay", "zorp")], 1
    )
)


def chosen(here: str, **answers: str) -> None:
    """Choose, each by the beginning of its name."""
    fields = {unescape(name) for name in re.findall(r'name="(q-[^"]+)"', page(here))}
    said = {f: v for f in fields for name, v in answers.items() if json.loads(f[2:])[-1].casefold().startswith(name)}
    assert len(said) == len(answers), (fields, answers)
    assert client("duty").post(here, {"do": "answer", **said}).status_code == 302


def test_no_place_target_or_column_is_lost_unasked_and_what_is_chosen_holds_for_the_file(
    desk: Desk, ways: Any, tmp_path: Path
) -> None:
    from servanda.desk.inbox import Arrival
    from servanda.desk.models import Report

    here = brought("Post 76", UNKNOWN)
    text = page(here)
    assert "1 report; 4 rows" in text, re.sub("<[^>]+>", " ", text.split("</header>")[1])
    assert "no place of this name is known" in text
    assert "<span>Springfield, " in text  # of the gazetteer, elsewhere
    assert client("duty").post(here, {"do": "record"}).status_code == 409  # a column is not read
    chosen(here, mood="-", nowhere="47.5, 36.5, 2")
    assert client("duty").post(here, {"do": "record"}).status_code == 302
    row = Arrival.objects.get(source="Post 76")
    before = Report.objects.filter(said__source="Post 76").count()
    aside = {r["row"] for r in row.rows}
    assert before + len(aside) == 5
    assert {(r.lat, r.precision_m) for r in Report.objects.filter(said__place_name="Nowhere Ferry")} == {(47.5, 2000.0)}
    chosen(here, zorp="-", springfield="-")
    assert f"Record {len(aside)} reports" in page(here)
    for _ in range(2):
        assert client("duty").post(here, {"do": "record"}).status_code == 302
    row.refresh_from_db()
    assert (row.rows, row.reports) == ([], 5)
    assert Report.objects.filter(said__source="Post 76").count() == 5
    assert Report.objects.get(said__place_name="Springfield").lat is None
    ways(watch=(Watched(tmp_path, "Post 76"),))
    (tmp_path / "next.csv").write_text(UNKNOWN.replace("said", "later"))
    assert "set aside" in look(desk)[0]
    again = Arrival.objects.filter(source="Post 76", way="folder").get()
    assert (again.state, len({r["row"] for r in again.rows})) == ("taken", 3)
    assert "as in an earlier table of this source" in page(f"/arrivals/{again.pk}/")  # offered, not taken
    (tmp_path / "wide.csv").write_text(UNKNOWN.replace("mood", "caliber seen").replace("said", "at last"))
    assert "not read" in look(desk)[0]


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


def test_the_page_says_what_became_of_every_file_of_a_watched_folder_and_letter_of_a_mailbox(
    desk: Desk, ways: Any, tmp_path: Path
) -> None:
    import mailbox
    import zipfile
    from email.message import EmailMessage

    from servanda.desk.inbox import Arrival
    from servanda.desk.watching import Watch

    folder, box = tmp_path / "in", tmp_path / "mail.mbox"
    folder.mkdir()
    text = TABLE + ROWS.replace("heard", "of the folder")
    (folder / "a.csv").write_text(text)
    (folder / "b copy.csv").write_text(text)
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 50)
    (folder / "c.csv.part").write_text(text)
    with zipfile.ZipFile(folder / "two.zip", "w") as packed:
        packed.writestr("one.csv", text.replace("folder", "archive"))
        packed.writestr("two.csv", text.replace("folder", "second of the archive"))
    file = mailbox.mbox(box)
    many = EmailMessage()
    many["Subject"] = "twenty"
    many.set_content("see all")
    for n in range(20):
        many.add_attachment(b"GIF89a" + bytes([n]) * 20, maintype="image", subtype="gif", filename=f"{n}.gif")
    file.add(many)
    file.flush()
    file.close()
    places = (Watched(folder, "Post 82"), Watched(box, "Post 83", mailbox=True), Watched(tmp_path / "no", "Post 84"))
    ways(watch=places)
    for path in (*folder.iterdir(), box):
        os.utime(path, (time.time() - 60, time.time() - 60))
    watch = Watch(desk)
    watch.look()
    (folder / "d.csv").write_text(text[:100])
    (folder / "e.csv").symlink_to(folder / "missing")
    watch.look()
    shown = page("/arrivals/")
    for name, what in (
        ("b copy.csv", "the same content came before"),
        ("c.csv.part", "is left alone"),
        ("d.csv", "is still being written"),
        ("e.csv", "is left alone: it is a link"),
    ):
        assert re.search(f"{re.escape(name)}</bdi></td><td>{what}", shown), (name, what)
    assert "cannot be opened: No such file or directory" in shown
    waits = {row.name: row for row in Arrival.objects.filter(source__in=("Post 82", "Post 83"))}
    assert {name: row.state for name, row in waits.items()} == dict.fromkeys(
        ("a.csv", "plan.pdf", "two.zip", "twenty.txt"), "aside"
    )
    assert len(waits["twenty.txt"].beside) == 20
    form = page(f"/entry/?letter={waits['twenty.txt'].pk}")
    said = {"source": "Post 83", "side": "none", "act": "small_arms", "told": "shots", "nonce": "twenty", "same": ""}
    said |= {"start": "2025-03-21T21:00", "letter": str(waits["twenty.txt"].pk), "looked_at": ""}
    files = re.findall(r'name="attached" value="([^"]+)"', form)
    answer = client("duty").post("/entry/", {**said, "attached": files})
    assert (len(files), "too many" in answer.content.decode()) == (21, False)
    assert all(row.told for row in waits.values())
    assert re.search(r"waiting: \d+ arrivals", client("duty").get("/queue/").content.decode())


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
    other, second = (
        client("verification"),
        {**said, "letter": str(letter.pk), "nonce": "n", "start": "2025-03-22T23:00"},
    )
    asked = other.post("/entry/", second)
    assert (asked.status_code, "written from this letter already" in asked.content.decode()) == (409, True)
    assert other.post("/entry/", {**second, "further": "1"}).status_code == 302
    letter.refresh_from_db()
    assert [form for form, _ in letter.written] == ["m", "n"]
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

    begun = size(desk)
    here = brought("Somebody Afraid", TABLE + ROWS)
    assert client("duty").get(f"{here}file").status_code == 200
    assert brought("Somebody Afraid", TABLE + ROWS, protect="1") == here
    assert client("duty").get(f"{here}file").status_code == 404  # nobody is handed it alone
    assert "As it came" not in page(here)
    client("duty").post(answered(here), {"do": "record"})
    assert Arrival.objects.get(source="Somebody Afraid").state == "taken"
    assert not Report.objects.filter(said__source="Somebody Afraid").exists()
    names = {e.name for e in desk.record().statements() if e.index >= begun}
    guesses = {hashlib.sha256(s.encode()).hexdigest()[:12] for s in (name_key("Somebody Afraid"), "Somebody Afraid")}
    assert len([name for name in names if name.startswith("desk/mapping/")]) == 1
    assert not [name for name in names for guess in guesses if guess in name]
    assert "which act is" not in page(brought("Somebody Afraid", TABLE + ROWS.replace("heard", "then")))
    taken("Somebody Else", TABLE + ROWS)
    again = {"source": "Somebody Else", "protect": "1", "file": named(TABLE + ROWS, "a.csv")}
    assert client("duty").post("/arrivals/", again).status_code == 409  # it is too late, and says so
    before = Arrival.objects.count()
    assert client("duty").post(here, {"do": "mend", "text": "x"}).status_code == 409
    assert Arrival.objects.count() == before


def test_of_two_who_decide_at_once_the_second_is_told_and_every_row_that_counts_is_on_the_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk import arrivals
    from servanda.desk.inbox import Arrival
    from servanda.desk.models import Report

    read, meanwhile = arrivals.read, list[Any]()

    def reading(*given: Any, **more: Any) -> Any:
        preview = read(*given, **more)
        while meanwhile:
            meanwhile.pop()()
        return preview

    monkeypatch.setattr(arrivals, "read", reading)
    field = json.dumps(["places", "Nowhere Ferry"])

    def at_once(source: str, first: dict[str, str], second: dict[str, str]) -> tuple[str, int, str]:
        """What the second is answered whose click began before the first one's ended."""
        here = answered(
            brought(source, TABLE + ROWS + "2025-03-27,07:15,Nowhere Ferry,shelling,B,seen later,,\n"), places="not yet"
        )
        meanwhile.append(lambda: client("duty").post(here, first))
        answer = client("verification").post(here, second)
        return here, answer.status_code, unescape(answer.content.decode())

    def counts(source: str) -> tuple[str, int, int]:
        row = Arrival.objects.get(source=source)
        assert Report.objects.filter(said__source=source).count() == row.reports
        return row.state, row.reports, len({r["row"] for r in row.rows})

    record, place = {"do": "record"}, {"do": "answer", f"q-{field}": "47.5, 36.5, 2"}
    here, status, text = at_once("Post 91", record, record)
    assert (status, "meanwhile by p-duty; reports on the record: 4" in text) == (409, True)
    assert counts("Post 91") == ("taken", 4, 1)
    client("verification").post(here, place)
    client("verification").post(here, record)
    assert counts("Post 91") == ("taken", 5, 0)
    here, status, _ = at_once("Post 92", place, record)
    assert (status, counts("Post 92")) == (409, ("waiting", 0, 0))
    assert client("verification").post(here, record).status_code == 302
    assert counts("Post 92") == ("taken", 5, 0)
    here, status, text = at_once("Post 93", {"do": "dismiss", "why": "a drill"}, record)
    assert (status, "dismissed meanwhile by p-duty: a drill" in text) == (409, True)
    assert counts("Post 93") == ("dismissed", 0, 0)
    here = answered(brought("Post 94", TABLE + ROWS))
    shown = re.search(r'name="seen" value="([^"]+)"', page(here))
    assert shown is not None
    for _ in range(2):  # the same click twice
        assert client("duty").post(here, {**record, "seen": shown[1]}).status_code == 302
    late = {"do": "dismiss", "why": "not ours", "seen": shown[1]}
    assert client("verification").post(here, late).status_code == 409
    assert counts("Post 94") == ("taken", 4, 0)
    Arrival.objects.filter(source="Post 92").update(
        state="waiting", rows=[], reports=0, answers=[]
    )  # the database was lost
    Arrival.objects.filter(source="Post 91").update(state="waiting", rows=[], reports=0)
    text = unescape(
        client("duty").post(f"/arrivals/{Arrival.objects.get(source='Post 91').pk}/", record).content.decode()
    )
    assert "on the record already: 4" in text


def test_a_place_that_cannot_be_is_refused_a_choice_can_be_changed_and_names_come_in_pages(desk: Desk) -> None:
    from servanda.desk.inbox import Arrival
    from servanda.desk.models import Report

    many = "".join(f"2025-03-27,07:15,Nowhere {n},shelling,B,seen {n},,\n" for n in range(101, 281))
    here = answered(brought("Post 194", TABLE + ROWS + many[: many.index("\n") + 1]), places="not yet")
    field, answers = json.dumps(["places", "Nowhere 101"]), Arrival.objects.get(source="Post 194").answers
    for wrong in ("91, 0, 1", "48, 37, -1", "NaN, 1", "48", "=cmd", "inf, 1", "48, 181", "48, 37, 1, 1"):
        answer = client("duty").post(here, {"do": "answer", f"q-{field}": "", f"w-{field}": wrong})
        assert (answer.status_code, "is no place of" in answer.content.decode()) == (409, True), wrong
        assert f'value="{wrong}"' in answer.content.decode()
    for key in (["targets", "a word"], ["left", "a column"]):
        for way in ("q", "c"):
            wrong = client("duty").post(here, {"do": "answer", f"{way}-{json.dumps(key)}": "nonsense"})
            assert (wrong.status_code, "is not" in wrong.content.decode()) == (409, True), key
    assert Arrival.objects.get(source="Post 194").answers == answers
    for way, value, reports in (("w", "47.5, 36.5, 2", 5), ("c", "47.6, 36.6", 5), ("c", "", 4), ("q", "-", 5)):
        said = {f"{way}-{field}": value} | ({f"q-{field}": ""} if way == "w" else {})
        assert client("duty").post(here, {"do": "answer", **said}).status_code == 302
        assert f"{reports} reports;" in page(here), (way, value)
    here = answered(brought("Post 95", TABLE + ROWS + many), places="not yet")
    for n in (1, 2):  # what is decided is listed no more: the pages become fewer
        names = {unescape(name) for name in re.findall(r'name="(q-[^"]+)"', page(f"{here}?page={3 - n}"))}
        assert 0 < len(names) <= 100
        said = dict.fromkeys(names, "47.5, 36.5, 2") | {name.replace("q-", "w-", 1): "" for name in names}
        answer = client("duty").post(f"{here}?page={3 - n}", {"do": "answer", **said})
        assert answer.status_code == 302
    assert "184 reports; 0 rows" in page(here)
    client("duty").post(here, {"do": "record"})
    assert Report.objects.filter(said__source="Post 95").count() == 184
    assert 'name="c-' not in page(here)


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
    told, entry = [e for e in desk.record().statements() if e.index >= before]
    assert (told.says["own"], entry.says["own"], entry.name[:10], entry.name[-4:]) == (True, True, "documents/", ".txt")
    assert "a.txt" not in (told.name, entry.name.removeprefix("documents/")), "everybody reads names of entries"
    assert "a.txt" in page("/statements/?tab=documents")
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


def test_no_name_of_a_file_brings_a_part_of_a_protected_name_onto_the_record(desk: Desk) -> None:
    begun = size(desk)
    here = answered(brought("Halyna Kovalenko", TABLE + ROWS, "kovalenko log.csv", protect="1"))
    client("duty").post(here, {"do": "record"})
    other = answered(brought("Post at the mole", TABLE + ROWS.replace("heard", "felt"), "from Kovalenko.csv"))
    client("duty").post(other, {"do": "record"})
    said = {"source": "Post 8", "side": "none", "act": "shelling", "summary": "a crater", "start": "2025-03-22T05:00"}
    photograph = {"nonce": "k", "files": named(b"GIF89a", "Halyna_Kovalenko.gif"), "place_name": "nowhere near"}
    assert client("duty").post("/entry/", {**said, **photograph}).status_code == 302
    article = "ALDOVA CITY, 20 March 2025. Borska denied shelling the quay.\n"
    told = client("duty").post("/statements/", {"files": named(article, "interview kovalenko.txt")})
    assert told.status_code == 409
    record = desk.record()
    made = [e for e in record.statements() if e.index >= begun]
    texts = [e.name for e in made] + [record.object(e.digest).decode("utf-8", "replace") for e in made if e.digest]
    assert len(made) > 6
    assert [text for text in texts if "kovalenko" in text.casefold()] == []
