"""Holes that strangers found in the desk, each closed: one click that did twenty things, words that nobody can read, offices that nobody has."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("django")
from asgiref.sync import sync_to_async

from servanda.cli.main import main
from servanda.desk.folder import Desk
from tests.desks import HEADER, client, mission, password, row, take, way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=8)
    from django.db import connections

    connections.close_all()


def test_one_click_that_comes_twenty_times_issues_one_token_and_one_password(desk: Desk) -> None:
    from django.db import connections

    from servanda.desk.tables import Token

    browser = client("administrator")
    token = {"whose": "new", "source": "Camera", "side": "none", "scope": "report", "rate": "60"}
    office = {"id": "p-7", "name": "Dana", "role": "duty", "login": "dana"}
    assert browser.post("/admin/", token).status_code == 409  # it is no form of the page
    (nonce, *_) = re.findall(r'name="nonce" value="([\w-]+)"', browser.get("/admin/").content.decode())

    def sent(said: dict[str, str]) -> str:
        try:
            return str(browser.post("/admin/", {**said, "nonce": nonce}).content.decode())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(sent, [token] * 20))
    shown = {found[0] for text in told if (found := re.search(r"sv_\w{12}_[\w-]{43}", text))}
    assert (len(shown), Token.objects.filter(source="Camera").count()) == (1, 1)
    assert len({re.search(r"password (\S{16}) \(", sent(office))[1] for _ in range(3)}) == 1  # type: ignore[index]
    browser.post("/admin/", {"whose": shown.pop().split("_")[1]})
    assert browser.post("/admin/", {**token, "nonce": nonce}).status_code == 409  # what was revoked stays so


def test_nobody_speaks_for_a_party_or_guarantor_whom_the_agreement_does_not_know(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    browser, size = client("administrator"), desk.record().log.head.size
    for role in ("party:ZZ", "party:a", "guarantor:X"):
        said = {"nonce": "1", "id": "p-8", "name": "Eve", "role": role, "login": "eve"}
        assert browser.post("/admin/", said).status_code == 409
        asked = ["desk", "person", str(desk.folder), "p-8", "--name", "Eve", "--role", role, "--login", "eve"]
        assert main(asked) == 2
        assert "DSK005: the agreement knows no" in capsys.readouterr().err
    assert desk.record().log.head.size == size


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060 \u00ad", "\u3164", "\u2800", "\ufeff\u200d"])
def test_words_of_which_nothing_is_shown_are_none_wherever_they_come_from(desk: Desk, nothing: str) -> None:
    from servanda.desk.decide import Refused
    from servanda.desk.handed import faults
    from servanda.desk.interface import report
    from servanda.desk.register import read_register
    from servanda.desk.setup import give_office
    from servanda.desk.tokens import issue
    from servanda.errors import ServandaError

    size = desk.record().log.head.size
    form = {"step": "triaged", "outcome": "in_scope", "why": nothing}
    assert client("duty").post("/step/I-1", form).status_code == 409
    with pytest.raises(Refused, match="DSK013"):
        take(desk, "p-duty", "I-1", "triaged", nothing, outcome="in_scope")
    with pytest.raises(ServandaError, match="has no name"):
        give_office(desk, "p-9", nothing, "duty", "nobody")
    with pytest.raises(Refused, match="DSK065"):
        issue(nothing)
    with pytest.raises(ServandaError, match="no name of a body"):
        read_register(f"route: [{{body: '{nothing}', office: legal}}]".encode())
    assert faults({"act": "shelling", "summary": nothing}, report(), "")
    assert desk.record().log.head.size == size


def test_marks_that_letters_need_are_no_fault_and_what_turns_the_writing_is_one_everywhere(desk: Desk) -> None:
    from servanda.desk.decide import Refused
    from servanda.values.names import unseen

    fine = "می\u200cخواهم, e\u0301, \u2764\ufe0f, soft\u00adhyphen, two\nlines\tand a tab"
    assert unseen(fine) == ""
    take(desk, "p-duty", "I-2", "triaged", fine, outcome="in_scope")
    for odd in ("\u202e", "\u2066", "\x07", "\ud800", "\U000e0041", "\u3164"):
        with pytest.raises(Refused, match="DSK019"):
            take(desk, "p-duty", "I-3", "triaged", f"a{odd}b", outcome="in_scope")


def test_nobody_signs_what_he_has_not_read(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    from servanda.desk.models import Incident

    way(desk, "I-4", "attributed")
    row = Incident.objects.get(pk="I-4")
    form = {"step": "signed", "outcome": "agreed", "why": "yes", "seen": row.version, "after": row.last}
    assert client("chief").post("/step/I-4", form).status_code == 409
    asked = ["desk", "decide", str(desk.folder), "I-4", "signed", "--outcome", "agreed", "--as", "p-chief"]
    assert main([*asked, "--why", "yes"]) == 2
    assert "DSK020" in capsys.readouterr().err
    assert Incident.objects.get(pk="I-4").state == "determined"


def test_who_loses_his_office_hears_nothing_more_on_a_page_that_is_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import get_user
    from django.test import RequestFactory

    from servanda.desk.setup import account, give_office, let_go
    from servanda.desk.views import live

    give_office(desk, "p-ears", "Ears", "duty", "ears")
    account("ears", password("ears"))
    request = RequestFactory().get("/events/")
    request.session = client("ears").session
    request.user = get_user(request)
    heard = []

    async def listen() -> None:
        async for said in live.events(request).streaming_content:
            heard.append(said.decode().partition("\n")[0])
            await sync_to_async(meanwhile[len(heard) - 1])()

    real = asyncio.sleep
    monkeypatch.setattr(live.asyncio, "sleep", lambda _: real(0.001))
    meanwhile = [lambda: take(desk, "p-duty", "I-5", "triaged", outcome="in_scope"), lambda: let_go(desk, "p-ears")]
    asyncio.run(asyncio.wait_for(listen(), 20))
    assert heard == ["retry: 3000", "event: changed"]


@pytest.mark.parametrize("charset", ["base64", "idna", "utf-16", "rot13", "none"])
def test_a_form_that_says_another_encoding_of_itself_is_read_as_any_other(desk: Desk, charset: str) -> None:
    from django.test import Client

    browser = Client(headers={"host": "localhost"}, raise_request_exception=False)
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
        for k, v in (("login", "duty"), ("password", password("duty")))
    )
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert browser.generic("POST", "/account/login/", f"{body}--x--\r\n", content_type=kind).status_code == 302


def test_nobody_holds_open_as_many_streams_as_he_likes(desk: Desk) -> None:
    from django.contrib.auth import get_user
    from django.test import RequestFactory

    from servanda.desk.views import live

    request = RequestFactory().get("/events/")
    request.session = client("chief").session
    request.user = get_user(request)

    async def listen() -> tuple[list[int], int]:
        answers = [live.events(request)]
        while answers[-1].status_code == 200 and len(answers) < 100:
            await anext(aiter(answers[-1].streaming_content))
            answers.append(live.events(request))
        statuses = [one.status_code for one in answers]
        answers.clear()
        await asyncio.sleep(0.05)  # what nobody reads is closed by the loop
        return statuses, live.events(request).status_code

    statuses, after = asyncio.run(listen())
    assert (statuses[-1], len(statuses) - 1, after) == (204, live.MOST, 200)


def test_a_name_from_before_by_which_a_source_is_guessed_is_told_and_named_anew(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.desk import arrivals, decide
    from servanda.record import File
    from servanda.record.log import digest_of
    from servanda.values.names import name_key

    arrivals.arrive(desk, "Cellar 5", "upload", "posts.csv", b"a,b\n1,2\n")
    old = f"desk/mapping/{digest_of(name_key('Cellar 5').encode())[:16]}.yaml"
    decide._record(desk, [File(old, "attachment", b"tables: []\n", own=True)])
    asked = ["desk", "doctor", str(desk.folder)]
    assert main(asked) == 1
    assert f"FAULT  names by which a source can be guessed: 1 {old}" in capsys.readouterr().out
    before = arrivals.mapping_of(desk, "Cellar 5")
    for mended in (1, 0):
        assert main([*asked, "--mend"]) == 0
        assert capsys.readouterr().out.count("mended ") == mended
    assert arrivals.mapping_of(desk, "Cellar 5") == before == b"tables: []\n"
    assert [e.name for e in desk.record().statements()].count(old) == 1


def test_guesses_at_other_logins_push_out_nobody_who_waits(desk: Desk) -> None:
    from django.core.cache import cache
    from django.test import Client

    browser = Client(headers={"host": "localhost"}, REMOTE_ADDR="10.9.9.9")
    for _ in range(6):
        browser.post("/account/login/", {"login": "legal", "password": "wrong"})
    for n in range(400):
        cache.set(f"z{n}", [n], 300)
    answer = browser.post("/account/login/", {"login": "legal", "password": password("legal")})
    assert answer.status_code != 302
    cache.clear()


def test_sessions_of_strangers_are_forgotten(desk: Desk) -> None:
    from django.contrib.sessions.models import Session
    from django.test import Client

    from servanda.desk.working import work

    mine = client("chief").session.session_key
    stranger = Client(headers={"host": "localhost"})
    stranger.get("/account/login/")
    key, now = stranger.session.session_key, datetime.now(UTC)
    assert Session.objects.get(pk=key).expire_date < now + timedelta(hours=1, minutes=1)
    assert Session.objects.get(pk=mine).expire_date > now + timedelta(hours=11)
    Session.objects.filter(pk=key).update(expire_date=now)
    work(desk, once=True)
    assert set(Session.objects.filter(pk__in=[key, mine]).values_list("pk", flat=True)) == {mine}


def test_a_number_of_five_thousand_digits_is_no_number(desk: Desk) -> None:
    from servanda.desk.decide import Refused
    from servanda.desk.heard import around

    begin = datetime(2025, 3, 19, tzinfo=UTC)
    for minutes in ("9" * 5000, "1441", "-1", "\u0661", "1e3"):
        with pytest.raises(Refused, match="DSK016"):
            around(begin, None, minutes)
    assert around(begin, None, " 10 ") == (begin - timedelta(minutes=10), begin + timedelta(minutes=10))


def test_pictures_are_made_one_at_a_time_for_a_small_file_may_be_a_very_large_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import io
    import time

    from PIL import Image

    from servanda.desk import pictures

    Image.new("1", (64, 64)).save(out := io.BytesIO(), "PNG")
    at_once, most, real = [0], [0], pictures.ImageOps.exif_transpose

    def counted(picture: Image.Image) -> Image.Image:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.02)
        at_once[0] -= 1
        return real(picture)

    monkeypatch.setattr(pictures.ImageOps, "exif_transpose", counted)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(pictures.shown, [out.getvalue()] * 4))
    assert most == [1]


def test_nobody_reaches_an_incident_of_others_by_trying_nonces_nor_a_source_by_trying_names(desk: Desk) -> None:
    from servanda.desk.compose import report_file
    from servanda.desk.decide import report
    from servanda.desk.handed import _digest, hand_in, read
    from servanda.desk.models import Incident, Person
    from servanda.desk.tables import Token
    from servanda.desk.tokens import issue

    said = {"source": "Post 7", "act": "shelling", "kind": "observation", "side": "none"}
    said |= {"start": "2025-03-22T06:10+02:00", "summary": "heard"}
    made = [report(desk, Person.objects.get(pk="p-duty"), said, "chosen") for _ in range(2)]
    assert made[0] == made[1] != report_file(said, "chosen")[2]
    token = Token.objects.get(pk=issue("Camera 7").split("_")[1])
    row = {"act": "shelling", "start": "2025-03-22T06:30:00Z", "report_id": "n1"}
    hand_in(desk, token, read(row, "", token.source, desk.record().vault.label))
    incident = Incident.objects.get(start="2025-03-22T06:30:00Z").pk
    assert incident[2:] not in _digest(["Camera 7", "n1"])


def test_no_word_by_which_the_record_is_read_is_protected_as_a_source(desk: Desk) -> None:
    from servanda.desk.decide import report
    from servanda.desk.doctor import examine
    from servanda.desk.models import Decided, Person
    from servanda.errors import RecordError

    said = {"act": "shelling", "kind": "observation", "side": "none", "start": "2025-03-22T07:10+02:00"}
    who = Person.objects.get(pk="p-patrol")
    for word in "MISSION shelling Aldovan quay Duty the-desk triaged".split():
        with pytest.raises(RecordError, match="REC063"):
            report(desk, who, {**said, "source": word, "summary": "heard"}, "own", protect=[word])
    assert desk.record().protected_names() == []
    report(desk, who, {**said, "source": "Neither Side", "summary": "heard"}, "own", protect=["Neither Side"])
    take(desk, "p-duty", "I-2", "triaged", outcome="in_scope")
    assert Decided.objects.filter(incident="I-2", step="triaged").latest("at").by == "Mission"
    old = desk.record().vault.protect("Mission")  # as an older version let one do
    assert [told for holds, told in examine(desk) if not holds and old in told]
    desk.record().shred(desk.signer, old, "a word of the record", forget=True)


def test_a_letter_of_a_protected_source_is_written_down_where_a_report_is_written_of_it_and_stays_protected(
    desk: Desk,
) -> None:
    from servanda.desk import arrivals, models

    more = {"letter": True, "protect": True}
    row = arrivals.arrive(desk, "Olena the baker", "mailbox", "letter.txt", b"From: x\n\nheard from the oven\n", **more)
    read = models.WasRead.objects.filter(login="duty", incident=f"arrival {row.pk}")
    text = client("duty").get(f"/entry/?letter={row.pk}").content.decode()
    assert "heard from the oven" in text
    assert (read.count(), 'name="protect" value="1" checked' in text) == (1, True)
    for login in (
        "duty",
        "auditor",
    ):  # in the list stands neither whose it is nor how it was called, for that is not written down
        text = client(login).get("/arrivals/").content.decode()
        assert (f"/arrivals/{row.pk}/" in text, "Olena" in text, "letter.txt" in text) == (True, False, False)


def test_a_key_for_which_everybody_can_sign_is_none(desk: Desk) -> None:
    import base64

    from servanda.desk.decide import Refused
    from servanda.desk.hands import key_of
    from servanda.errors import RecordError
    from servanda.record import make_key, parse_public
    from servanda.record.hands import holds
    from servanda.record.signing import vkey
    from servanda.record.verifier import ED25519, Key

    eighth = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    for point in (b"\x01" + bytes(31), bytes(32), b"\xec" + b"\xff" * 30 + b"\x7f", eighth, eighth[:31] + b"\x85"):
        key = {"kind": "ed25519", "key": base64.b64encode(point).decode()}
        forged = base64.b64encode(point + bytes(32)).decode()  # made without any secret
        assert not any(holds(key, b"I agree %d" % n, {"sig": forged}) for n in range(16))
        with pytest.raises(Refused, match="DSK071"):
            key_of(key, "localhost")
        with pytest.raises(RecordError, match="REC028"):
            parse_public(vkey(Key("party.example", ED25519, point)))
    assert parse_public(vkey(make_key(desk.folder / "sound", "party.example").public()))


def test_rows_of_the_record_that_are_no_reports_are_told_on_the_pages_and_by_the_doctor(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.app.record import files_to_record
    from servanda.desk import decide

    assert "cannot be read as reports" not in client("chief").get("/board/").content.decode()
    bad = tmp_path / "odd.csv"
    bad.write_text(HEADER + "".join(row(n, f"O-{n}").replace("shelling", "humming") for n in (40, 41)), "utf-8")
    decide._record(desk, files_to_record([bad]))
    for path in ("/board/", "/shift/", "/record/", "/arrivals/"):
        assert "2 rows on the record cannot be read as reports" in client("chief").get(path).content.decode(), path
    assert main(["desk", "doctor", str(desk.folder)]) == 1
    assert "FAULT  rows of reports that cannot be read: 2" in capsys.readouterr().out


def test_a_view_that_counts_no_further_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk.views import queue

    def due() -> str:
        return re.search(r"Due in 12 hours <span>([^<]*)", client("chief").get("/queue/").content.decode())[1]

    assert due().isdigit()
    monkeypatch.setattr(queue, "_COUNTED", int(due()) - 1)
    assert due() == f"{queue._COUNTED}+"


def test_a_token_for_nobody_is_refused_and_not_taken_for_a_list(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--give", "--take"):
        assert main(["desk", "token", str(desk.folder), option, ""]) == 2
        assert "DSK065" in capsys.readouterr().err
