"""Files that come with reports: hashed at arrival, kept sealed, shown without what was written into them, never run; who read them is kept."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("django")
from PIL import Image

from servanda.app.disclose import disclose
from servanda.desk.folder import Desk
from servanda.store import RecordStore
from tests.desks import client as sign_in
from tests.desks import mission, snapshot, take


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    client.cache_clear()
    yield mission(tmp_path_factory.mktemp("attached") / "m", reports=6)
    from django.db import connections

    connections.close_all()


@functools.cache
def client(role: str) -> Any:
    return sign_in(role)


def photo(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    """A photograph that says in its metadata where and by whom it was taken."""
    exif = Image.Exif()
    exif[0x013B] = "Ivanka Neighbour"
    exif[0x8825] = {1: "N", 2: (48.0, 0.0, 0.0), 3: "E", 4: (37.0, 0.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def named(data: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def said(nonce: str, *files: io.BytesIO, **more: str) -> dict[str, Any]:
    """The entry form, far from everything that is there."""
    words = {"source": "Post 50", "side": "none", "act": "shelling", "summary": "a crater", "start": "2025-03-22T05:00"}
    return {**words, "lat": "49.5", "lon": "39.5", "nonce": nonce, **more, "files": list(files)}


def recorded(desk: Desk, role: str, form: dict[str, Any]) -> str:
    """The incident of a report that was sent."""
    answer = client(role).post("/entry/", form)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).removeprefix("/case/").partition("?")[0]


def test_a_photograph_is_hashed_on_the_record_and_shown_without_its_metadata(desk: Desk) -> None:
    data = photo()
    digest = hashlib.sha256(data).hexdigest()
    incident = recorded(desk, "duty", said("n1", named(data, "../../etc/crater.jpg")))
    grown = snapshot()
    record = desk.record()
    listed = [e for e in record.statements() if e.name.startswith("attachments/")]
    assert digest.encode() in record.object(listed[-1].digest)
    report = next(e for e in record.statements() if listed[-1].name in e.says.get("attachments", {}))
    assert report.says["attachments"][listed[-1].name] == listed[-1].digest
    page = client("legal").get(f"/case/{incident}").content.decode()
    assert "crater.jpg" in page
    assert "etc" not in page
    shown = client("legal").get(f"/attachment/view/{digest}/{incident}")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"Ivanka" in data
    assert b"Ivanka" not in shown.content
    assert not Image.open(io.BytesIO(shown.content)).getexif()
    for file in (desk.record_folder, desk.record().vault_folder):
        assert not any(data in p.read_bytes() for p in file.rglob("*") if p.is_file())
    from servanda.desk.projection import rebuild

    assert rebuild(desk.record())[0]
    assert snapshot() == grown


def test_what_came_is_handed_out_as_it_came_to_few_and_who_had_it_is_kept(desk: Desk) -> None:
    from servanda.desk.models import WasRead

    data = photo("blue")
    digest = hashlib.sha256(data).hexdigest()
    incident = recorded(desk, "duty", said("n2", named(data, "a.jpg"), lat="49.9"))
    assert client("legal").get(f"/attachment/file/{digest}/{incident}").status_code == 404
    answer = client("verification").get(f"/attachment/file/{digest}/{incident}")
    assert answer.content == data
    assert answer["Content-Disposition"].startswith("attachment;")
    kept = WasRead.objects.get(incident=incident, login="verification")
    assert kept.page == f"original {digest[:12]}"
    assert client("patrol").get(f"/attachment/view/{digest}/{incident}").status_code == 404
    assert client("chief").get(f"/attachment/view/{digest}/I-1").status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.html", b"<html><script>alert(1)</script></html>"),
        ("a.jpg", b"<html><script>alert(1)</script></html>"),
        ("a.gif", b"GIF89a/*<script>*/=1;alert(1)//"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    ],
)
def test_what_is_no_picture_is_only_saved_as_a_file(desk: Desk, name: str, data: bytes) -> None:
    incident = recorded(desk, "duty", said(name, named(data, name), lat="48.9"))
    digest = hashlib.sha256(data).hexdigest()
    assert client("legal").get(f"/attachment/view/{digest}/{incident}").status_code == 404
    answer = client("legal").get(f"/attachment/file/{digest}/{incident}")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment;")
    page = client("legal").get(f"/case/{incident}").content.decode()
    assert "<script>alert" not in page
    assert ("its name says that it is something else" in page) == (name[-3:] in ("jpg", "gif", "png"))


def test_a_picture_that_is_also_something_else_is_shown_without_it(desk: Desk) -> None:
    data = photo("green") + b"<script>alert(1)</script>PK\x03\x04"
    incident = recorded(desk, "duty", said("poly", named(data, "b.jpg"), lat="48.5"))
    shown = client("legal").get(f"/attachment/view/{hashlib.sha256(data).hexdigest()}/{incident}").content
    assert shown[:3] == b"\xff\xd8\xff"
    assert b"script" not in shown


def test_a_bomb_is_not_opened() -> None:
    import zlib

    from servanda.desk.pictures import kind_of, shown

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    wide = (100_000).to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", wide)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )
    assert kind_of(bomb) == ""
    assert shown(bomb) is None


def test_too_large_too_many_or_nothing_in_it_is_told_and_the_words_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk.configure import desk as mine
    from servanda.desk.ways_in import WaysIn

    size = int(desk.record().log.head.size)
    empty = client("duty").post("/entry/", said("e1", named(b"", "none.jpg")))
    assert (empty.status_code, "is empty" in empty.content.decode()) == (409, True)
    many = client("duty").post("/entry/", said("e2", *(named(bytes([n + 1]), f"{n}.bin") for n in range(9))))
    assert (many.status_code, "9 files at once" in many.content.decode()) == (409, True)
    object.__setattr__(mine(), "ways", WaysIn(largest=1_000_000))
    try:
        large = client("duty").post("/entry/", said("e3", named(b"x" * 1_000_001, "big.bin")))
    finally:
        object.__setattr__(mine(), "ways", desk.ways if desk is not mine() else WaysIn())
    assert (large.status_code, "larger than 1 MB" in large.content.decode()) == (409, True)
    assert "a crater" in large.content.decode()
    assert int(desk.record().log.head.size) == size


def test_two_gigabytes_are_refused_before_they_are_read(desk: Desk) -> None:
    import asyncio

    from servanda.desk.bodies import bounded

    taken, sent = [], []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive()).get("more_body"):
            taken.append(len(message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    passed = [0]

    async def long() -> dict[str, Any]:
        passed[0] += 1
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": passed[0] < 20}

    async def send(message: Any) -> None:
        sent.append(message)

    def asked(path: str, length: bytes | None) -> int:
        taken.clear()
        sent.clear()
        passed[0] = 0
        headers = [(b"accept-language", b"uk")] + ([(b"content-length", length)] if length is not None else [])
        asyncio.run(bounded(app, 5_000_000)({"type": "http", "path": path, "headers": headers}, long, send))
        return int(sent[0]["status"])

    assert asked("/entry/", b"2000000000") == 413
    assert taken == []
    assert asked("/entry/", None) == 413  # it does not say how long it is
    assert sum(taken) <= 6_000_000
    assert passed == [20]  # what came else was let pass: a browser that could not send it all shows no answer
    assert asked("/api/v1/reports", b"9000000") == 413
    assert json.loads(sent[1]["body"])["code"] == "DSK063"
    assert asked("/queue/", b"4000000") == 413
    assert "Завелике" in sent[1]["body"].decode()


def test_who_sends_too_much_is_shown_a_page_and_no_broken_line(desk: Desk) -> None:
    import http.client
    import threading
    import time

    import uvicorn

    from servanda.desk.bodies import bounded
    from servanda.desk.serving import application

    server = uvicorn.Server(
        uvicorn.Config(bounded(application(), 1_000_000), port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    line = http.client.HTTPConnection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1], timeout=20)
    line.request("POST", "/entry/", b"x" * 40_000_000, {"Content-Type": "application/octet-stream"})
    answer = line.getresponse()
    assert (answer.status, b"Nothing was recorded" in answer.read()) == (413, True)
    line.close()
    server.should_exit = True
    thread.join(10)


def test_an_assessment_names_its_files_and_a_refusal_keeps_them(desk: Desk) -> None:
    from servanda.desk.models import Decided, Incident

    data = photo("white")
    digest = hashlib.sha256(data).hexdigest()
    take(desk, "p-duty", "I-1", "triaged", outcome="in_scope")
    row = Incident.objects.get(pk="I-1")
    form = {"step": "assessed", "method": "visit", "seen": row.version, "after": row.last}
    refused = client("verification").post("/step/I-1", {**form, "why": "", "files": [named(data, "site.jpg")]})
    assert refused.status_code == 409
    token = re.search(r'name="attached" value="([^"]+)"', refused.content.decode())
    assert token is not None
    forged = client("verification").post("/step/I-1", {**form, "why": "seen", "attached": token[1][:-2] + "zz"})
    assert forged.status_code == 302
    assert "attachments" not in Decided.objects.get(incident="I-1", step="assessed").says
    take(desk, "p-duty", "I-2", "triaged", outcome="in_scope")
    row = Incident.objects.get(pk="I-2")
    form |= {"seen": row.version, "after": row.last, "why": "seen", "attached": token[1]}
    assert client("verification").post("/step/I-2", form).status_code == 302
    assert Decided.objects.get(incident="I-2", step="assessed").says["attachments"] == [digest]
    assert client("legal").get(f"/attachment/view/{digest}/I-2").status_code == 200


def test_a_file_on_its_way_in_has_no_name_that_a_killed_process_could_leave(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk import attached, uploads

    hold, there = attached.hold, list[str]()

    def held(*given: Any) -> Any:
        there.extend(path.name for path in desk.folder.iterdir())
        return hold(*given)

    monkeypatch.setattr(attached, "hold", held)
    large = photo() + b"\0" * 2_100_000  # more than is kept in memory
    client("duty").post("/entry/", said("on-its-way", named(large, "large.jpg")))
    assert "desk.yaml" in there
    assert [name for name in there if "upload" in name] == []
    left = desk.folder / "tmp1.upload.jpg"  # of an older version
    left.write_bytes(large)
    uploads.clear(desk.folder)
    assert not left.exists()


def test_what_a_refused_form_brought_does_not_stay_in_the_vault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk import attached, hours

    refused, kept = photo("green"), photo("white")
    assert client("duty").post("/entry/", said("n91", named(refused, "a.jpg"), start="")).status_code == 409
    recorded(desk, "duty", said("n92", named(kept, "b.jpg"), lat="46.9"))
    store, (gone, stays) = attached.sealed(desk), (hashlib.sha256(data).hexdigest() for data in (refused, kept))
    attached.sweep(desk)
    assert store.holds(gone)  # the form may be sent again
    monkeypatch.setattr(hours, "machine", lambda: datetime.now(UTC) + timedelta(days=3))
    attached.sweep(desk)
    assert store.holds(stays)
    assert not list(desk.record().vault_folder.rglob(f"{gone}*"))


def test_who_protects_a_source_has_its_name_in_no_list_and_every_look_written_down(desk: Desk) -> None:
    from servanda.desk.models import WasRead

    data = photo("yellow")
    form = said("p1", named(data, "Ivanka Neighbour at home.jpg"), source="Ivanka Neighbour", protect="1", lat="47.5")
    incident = recorded(desk, "duty", form)
    page = client("legal").get(f"/case/{incident}").content.decode()
    assert "Ivanka" not in page
    client("legal").get(f"/attachment/view/{hashlib.sha256(data).hexdigest()}/{incident}")
    assert WasRead.objects.filter(incident=incident, login="legal", page__startswith="picture").count() == 1


def test_what_came_of_a_protected_source_takes_two(desk: Desk) -> None:
    from servanda.desk.models import WasRead

    data = photo("orange")
    form = said("p2", named(data, "d.jpg"), source="Neighbour Olena", protect="1", lat="44.5")
    incident = recorded(desk, "duty", form)
    address = f"/attachment/file/{hashlib.sha256(data).hexdigest()}/{incident}"

    def agree(role: str) -> Any:
        found = re.search(r'name="agree" value="([^"]+)"', client(role).get(address).content.decode())
        return client(role).post(address, {"agree": found[1] if found else "1"})

    assert data not in client("verification").get(address).content
    assert client("verification").post(address, {"why": " "}).status_code == 409
    client("verification").post(address, {"why": "the place must be compared"})
    assert agree("verification").status_code == 409  # nobody agrees with himself
    assert agree("duty").status_code == 409
    assert data not in client("verification").get(address).content
    assert "the place must be compared" in client("chief").get(address).content.decode()
    assert agree("chief").status_code == 200
    assert client("verification").get(address).content == data
    assert data not in client("second").get(address).content
    assert WasRead.objects.filter(incident=incident, login="verification", page__startswith="original").count() == 1


def test_a_file_of_a_protected_source_takes_two_wherever_its_report_was_parted_to(desk: Desk) -> None:
    from servanda.desk.decide import Click, decide
    from servanda.desk.models import Incident, Report, WasRead

    data = photo("brown")
    told = {"told": "Idris Okonjo stood at his window", "told_by": "Idris Okonjo", "protect_teller": "1"}
    incident = recorded(desk, "duty", said("p3", named(data, "w.jpg"), **told, lat="43.5"))
    seen, heard = Report.objects.filter(incident=incident).order_by("report_id")
    parts = {incident: [heard.report_id], f"{incident}-b": [seen.report_id]}
    decide(desk, "p-verification", [Click(incident, {"split": incident, "into": parts}, "seen and told")])
    assert not Incident.objects.get(pk=f"{incident}-b").protected
    digest = hashlib.sha256(data).hexdigest()
    assert data not in client("verification").get(f"/attachment/file/{digest}/{incident}-b").content
    client("legal").get(f"/attachment/view/{digest}/{incident}-b")
    assert WasRead.objects.filter(incident=f"{incident}-b", login="legal", page__startswith="picture").count() == 1


def test_no_package_holds_people_handovers_or_what_is_kept_sealed(desk: Desk) -> None:
    recorded(desk, "duty", said("k1", named(photo("pink"), "k.jpg"), lat="45.5"))
    store = RecordStore(desk.record())
    own = {e.digest: e.name for e in store.record.statements() if e.says.get("own")}
    assert {name.partition("/")[0] for name in own.values()} >= {"desk", "attachments"}
    for tier in ("guarantors", "public"):
        for made in disclose(store, tier).values():
            assert not set(own) & set(json.loads(made)["objects"]), tier
    (whole,) = disclose(store, "mechanism").values()
    assert set(own) <= set(json.loads(whole)["objects"])


def test_a_content_whose_key_was_destroyed_is_gone_and_the_page_says_nothing_else(desk: Desk) -> None:
    from servanda.desk.attached import picture_of, sealed

    data = photo("black")
    incident = recorded(desk, "duty", said("s1", named(data, "c.jpg"), lat="46.5"))
    digest = hashlib.sha256(data).hexdigest()
    sealed(desk).shred(digest)
    picture_of.cache_clear()
    assert client("legal").get(f"/attachment/view/{digest}/{incident}").status_code == 404
    assert client("legal").get(f"/case/{incident}").status_code == 200
    from servanda.desk.doctor import examine

    assert [line for holds, line in examine(desk) if not holds and digest[:16] in line]
