"""What whoever is outside the mission is handed by default: what happened and what was decided, and neither who said so, who watched, nor which officer decided."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("django")
from servanda.app.record import files_to_record
from servanda.desk import authors
from servanda.desk.folder import Desk
from tests.desks import client, mission, take, way

REGISTER = "sources:\n  Post 1: {side: none, reliability: A}\n  Watchman Petro: {side: none, reliability: B}\n"
COVERAGE = """coverage: quay
watches:
  - {id: roof-of-the-mill, source: Camera Mill, over: quay, from: 2025-03-18, to: 2025-03-28, detects: {shelling: 0.9}}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("outside")
    made = mission(folder / "m", reports=7)  # a test that takes steps has an incident of its own
    from servanda.desk import decide

    for name, text in (("sources.yaml", REGISTER), ("coverage.yaml", COVERAGE)):
        (folder / name).write_text(text, encoding="utf-8")
    decide._record(made, files_to_record([folder / "sources.yaml", folder / "coverage.yaml"]))
    yield made
    from django.db import connections

    connections.close_all()


def open_words(desk: Desk, tier: str) -> str:
    """All that a package tells: its entries, its files and the fields that are open."""
    from servanda.desk import given

    (one,) = given.make(desk, tier)
    data = json.loads(given.path_of(desk, one.digest).read_bytes())
    entries = [json.loads(text) for text in data["entries"]]
    told = [base64.b64decode(e["payload"]).decode() if "payload" in e else json.dumps(e) for e in entries]
    told += [base64.b64decode(text)[32:].decode() for text in data["objects"].values()]
    told += [cell[1] or "" for rows in data["rows"].values() for row in rows for cell in row if len(cell) == 2]
    return "\n".join([*told, json.dumps(data["withheld"])])


def test_nobody_outside_is_handed_names_of_sources_posts_or_officers_by_default(desk: Desk) -> None:
    way(desk, "I-1", upto="triaged")
    take(desk, "p-operations", "I-1", "tasked", team="Team Heron", route="by the orchard road")
    for who, step, says, by in (
        ("p-verification", "assessed", {"method": "visit"}, None),
        ("p-legal", "right_of_reply", {"of": "B"}, None),
        ("p-legal", "replied", {}, "B"),
        ("p-second", "determined", {"outcome": "confirmed"}, None),
        ("p-chief", "signed", {"outcome": "agreed"}, None),
        ("p-chief", "disclosed", {"tier": "public"}, None),
    ):
        take(desk, who, "I-1", step, by=by, **says)
    from servanda.desk.decide import Click, decide

    decide(desk, "p-verification", [Click("I-1", {"grade": "Post 1", "reliability": "C"}, "he drinks")])
    said = {"source": "Fisher Ostap", "side": "none", "act": "shelling", "summary": "from my boat", "nonce": "o1"}
    said |= {"start": "2025-03-19T06:00", "place_name": "quay", "actor": "B"}
    assert client("duty").post("/entry/", {**said, "looked_at": "", "same": ""}).status_code in (302, 409)
    for tier in ("guarantors", "public"):
        told = open_words(desk, tier)
        assert "I-1" in told
        assert "shelling" in told
        for name in ("Post", "Petro", "Camera Mill", "roof-of-the-mill", "Team Heron", "orchard", "heard", "he drinks"):
            assert name not in told, (tier, name)
        assert not re.findall(r"\bp-(?:duty|operations|verification|second|legal|chief|admin)\b", told), tier


def test_why_something_was_undone_is_told_no_sooner_than_the_incident(desk: Desk) -> None:
    done = take(desk, "p-duty", "I-2", "triaged", outcome="in_scope")
    from servanda.desk.decide import Click, decide

    decide(desk, "p-duty", [Click("I-2", {"undo": done.decision}, "Post 2 saw nothing of it")])
    for tier in ("guarantors", "public"):
        assert "saw nothing of it" not in open_words(desk, tier)


def test_the_mission_reads_who_decided_and_wrote_out_of_the_record_alone(desk: Desk) -> None:
    from servanda.desk.models import Decided, Entry
    from servanda.desk.projection import rebuild

    take(desk, "p-duty", "I-3", "triaged", outcome="in_scope")
    first = Decided.objects.get(incident="I-3")
    assert (first.person, first.says["person"]) == ("p-duty", "p-duty")
    said = {"source": "Fisher", "side": "none", "act": "shelling", "summary": "boat", "start": "2025-03-18T02:00"}
    assert client("patrol").post("/entry/", {**said, "nonce": "o2"}).status_code == 302
    assert Entry.objects.filter(note="written at the desk by p-patrol", kind="evidence").count() == 1
    assert "18 Mar 2025 02:00" in client("patrol").get("/entry/own/").content.decode()
    same, _ = rebuild(desk.record())
    assert same
    assert Decided.objects.get(incident="I-3").person == "p-duty"


def test_two_marks_of_one_person_are_told_apart_from_nobody_elses() -> None:
    key, person = b"k" * 32, "p-verification-officer-of-west"
    one, other = authors.mark(key, person), authors.mark(key, person)
    assert one != other
    assert authors.unmarked(key, f"by {one}, confirmed by {other}") == f"by {person}, confirmed by {person}"
    for text in (f"by {one[:-2]}", f"by {one}0", "m-" + "0" * 48, "p-duty", ""):
        assert authors.unmarked(b"other" * 8, text) == text
    assert len(authors.mark(key, "p-1")) == len(authors.mark(key, "p-verification"))
    assert authors.mark(b"", person) == person


def _both_are_asked(desk: Desk, incident: str) -> None:
    """Steps until both parties are asked for their answer."""
    for who, step, says in (
        ("p-duty", "triaged", {"outcome": "in_scope"}),
        ("p-verification", "assessed", {"method": "visit"}),
        ("p-legal", "right_of_reply", {"of": "A"}),
        ("p-legal", "right_of_reply", {"of": "B"}),
    ):
        take(desk, who, incident, step, **says)


def test_no_party_reads_in_its_package_what_another_said_while_it_may_still_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.app.disclose import disclose
    from servanda.store import RecordStore

    _both_are_asked(desk, "I-4")
    take(desk, "p-legal", "I-4", "replied", by="A", why="our gunner fell asleep")
    record = desk.record()
    monkeypatch.setattr(type(record), "parties", lambda self: ["A", "B"])
    store = RecordStore(record)

    def words(later: timedelta) -> str:
        now = datetime.fromisoformat(record.log.last_dated()) + later
        made = disclose(store, "parties", now)
        assert made["parties-A.json"] == made["parties-B.json"]
        data = json.loads(made["parties-B.json"])
        return "\n".join(base64.b64decode(text)[32:].decode() for text in data["objects"].values())

    early = words(timedelta(hours=1))
    assert "step: assessed" in early
    assert "our gunner" not in early
    assert "incident: I-4\n  step: right_of_reply" not in early
    assert "our gunner fell asleep" in words(timedelta(days=6))


def test_a_package_as_of_an_earlier_instant_tells_nothing_of_what_was_decided_later(desk: Desk) -> None:
    import time
    from datetime import datetime

    from servanda.app.disclose import disclose
    from servanda.store import RecordStore

    before = datetime.fromisoformat(desk.record().log.last_dated())
    time.sleep(1.1)
    take(desk, "p-duty", "I-5", "triaged", outcome="in_scope", why="our man at the mill is sure")
    for tier in ("guarantors", "public"):
        (made,) = disclose(RecordStore(desk.record()), tier, before).values()
        objects = json.loads(made)["objects"].values()
        assert not any(b"our man at the mill" in base64.b64decode(text) for text in objects), tier


def test_no_number_and_no_address_tells_outside_who_said_it(desk: Desk) -> None:
    from servanda.desk import decide as deciding
    from servanda.desk.decide import Click, decide

    head = "report_id,source,origin,side,kind,start,act,actor,incident_id,url\n"
    row = ",{0},{0},none,observation,2025-03-19T06:10+02:00,shelling,B,I-31,https://t.me/{0}/7\n"
    table = desk.folder.parent / "more.csv"
    table.write_text(head + "".join(f"mill-camera-{n}" + row.format("ostap_of_the_mill") for n in (1, 2)))
    deciding._record(desk, files_to_record([table]))
    way(desk, "I-31")
    take(desk, "p-chief", "I-31", "disclosed", tier="public")
    parts = {"split": "I-31", "into": {"I-31": ["mill-camera-1"], "I-31-b": ["mill-camera-2"]}}
    take(desk, "p-chief", "I-31", "reopened")
    decide(desk, "p-verification", [Click("I-31", parts, "two of them")])
    for tier in ("guarantors", "public"):
        told = open_words(desk, tier)
        assert "I-31" in told
        for name in ("mill-camera", "ostap", "t.me"):
            assert name not in told, (tier, name)


def test_what_a_sensor_hands_in_is_called_by_nothing_that_could_be_guessed(desk: Desk) -> None:
    import hashlib

    from servanda.desk import handed, tables, tokens
    from servanda.desk.models import Entry

    token = tables.Token.objects.get(pk=tokens.issue("Camera 7").split("_")[1])
    said = {"act": "shelling", "start": "2025-03-20T06:00:00Z", "lat": 48.01, "lon": 37.01}

    def send(body: dict[str, object]) -> str:
        sent = handed.read(body, "", token.source, desk.record().vault.label)
        (made,), fresh = handed.hand_in(desk, token, sent)
        assert handed.hand_in(desk, token, sent)[1] == set()
        assert len(fresh) == 1
        return f"{made.report_id} {made.file}"

    def digest(of: object) -> str:
        return hashlib.sha256(json.dumps(of, ensure_ascii=True).encode()).hexdigest()

    words = sorted((k, v if isinstance(v, str) else repr(v)) for k, v in said.items())
    guess = digest(["Camera 7", words])
    named = send(said)
    assert guess[:16] not in named
    assert digest(["Camera 7", [[f"S-{guess[:16]}", guess]]])[:16] not in named
    entry = Entry.objects.get(name=named.split()[1])
    assert entry.note == f"handed in with token {token.pk}", "the mission reads by which token it came"
    send(said | {"report_id": "c7-0001"})
    assert not re.search(f"{token.pk}|Camera 7|c7-0001", open_words(desk, "guarantors"))


def test_what_an_older_version_took_from_a_sensor_is_not_taken_twice(desk: Desk) -> None:
    from servanda.desk import handed, tables, tokens

    token = tables.Token.objects.get(pk=tokens.issue("Camera 8").split("_")[1])
    (sent,) = handed.read(
        {"act": "shelling", "start": "2025-03-20T06:00:00Z"}, "", "Camera 8", desk.record().vault.label
    )
    tables.Handed.objects.create(
        source="Camera 8", report_id=sent.was, digest=sent.digest, token=token.pk, file="f", at=datetime.now(UTC)
    )
    (made,), fresh = handed.hand_in(desk, token, [sent])
    assert (made.report_id, fresh) == (sent.was, set())


def test_no_count_and_no_chain_tells_a_party_that_another_has_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a package lists as withheld is the same whether a decision that is closed is an answer or anything else, and nothing open names it."""
    from servanda.app.disclose import disclose
    from servanda.store import RecordStore

    _both_are_asked(desk, "I-7")
    record = desk.record()
    monkeypatch.setattr(type(record), "parties", lambda self: ["A", "B"])

    def seen() -> dict[str, object]:
        now = datetime.fromisoformat(desk.record().log.last_dated()) + timedelta(hours=1)
        return dict(json.loads(disclose(RecordStore(desk.record()), "parties", now)["parties-B.json"]))

    def withheld(package: dict[str, object]) -> list[str]:
        left = package["withheld"]
        assert isinstance(left, list)
        return [one["why"] for one in left if one["name"].startswith("desk-d-")]

    reply = take(desk, "p-legal", "I-7", "replied", by="A", why="our gunner fell asleep")
    answered = seen()
    take(desk, "p-legal", "I-7", "paused", why="the road is closed")
    paused = seen()
    assert len(set(withheld(answered))) == 1, "one reason for all decisions that are closed"
    assert len(withheld(paused)) == len(withheld(answered)) + 1
    objects = paused["objects"]
    assert isinstance(objects, dict)
    assert not any(reply.decision in base64.b64decode(text)[32:].decode() for text in objects.values())


def test_nobody_who_holds_a_file_finds_in_a_package_that_the_mission_has_it(desk: Desk) -> None:
    from servanda.desk import attached
    from servanda.desk.models import Decided
    from servanda.desk.projection import rebuild

    brought = attached.keep(desk, "mill.jpg", b"\xff\xd8\xff a picture from a telephone")
    take(desk, "p-duty", "I-6", "triaged", outcome="in_scope")
    take(desk, "p-verification", "I-6", "assessed", method="visit", attachments=[brought.sha256])
    take(desk, "p-legal", "I-6", "right_of_reply", of="B")
    take(desk, "p-legal", "I-6", "replied", by="B")
    told = open_words(desk, "guarantors")
    assert "step: assessed" in told
    assert brought.sha256 not in told
    assert rebuild(desk.record())[0]
    step = Decided.objects.get(incident="I-6", step="assessed")
    assert step.says["attachments"] == [brought.sha256], "the mission reads which file it was"
    assert [one.name for one in attached.of_incident(desk, "I-6")] == ["mill.jpg"]
    assert attached.lost(desk)[1] == []


def test_a_mark_of_a_file_is_read_with_the_records_own_key_alone() -> None:
    key, digest = b"k" * 32, "ab" * 32
    one, other = authors.mark_file(key, digest), authors.mark_file(key, digest)
    assert one != other
    assert authors.unmarked_file(key, one) == authors.unmarked_file(key, other) == digest
    for text in (one[:-2], one + "00", "f-" + "0" * 96, digest, "photo.jpg", ""):
        assert authors.unmarked_file(b"other" * 8, text) == text
    assert authors.mark_file(b"", digest) == digest
