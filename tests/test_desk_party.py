"""The room of a party: it sees what is asked of it and what it said, and nothing that follows from anybody else's doing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from tests.desks import client, mission, password, take, way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = mission(tmp_path_factory.mktemp("desk") / "m", reports=8)
    from servanda.desk.decide import change_register
    from servanda.desk.register import Person
    from servanda.desk.setup import account

    for party in "AB":
        role = f"party:{party}"
        someone = Person(f"p-of-{party.lower()}", f"Name of {party}", role, role.replace(":", "-").lower())
        change_register(made, lambda register, someone=someone: register.with_person(someone))
        account(someone.login, password(someone.login))
    yield made
    from django.db import connections

    connections.close_all()


def asks(desk: Desk, incident: str, party: str) -> None:
    take(desk, "p-legal", incident, "right_of_reply", of=party, until=datetime.now(UTC) + timedelta(days=5))


def seen(page: Any) -> list[str]:
    """What a browser is answered at every address of the room, without what each form draws anew."""
    paths = (
        "/room/",
        "/room/answer/I-1",
        "/room/answer/I-2",
        "/room/answer/I-3",
        "/room/answer/I-404",
        "/room/complain/",
    )
    drawn = re.compile(r'value="[\w-]{10,}"')
    return [f"{(answer := page.get(path)).status_code} {drawn.sub('', answer.content.decode())}" for path in paths]


def test_a_party_sees_what_is_asked_of_it_and_replies_in_its_own_name(desk: Desk) -> None:
    from servanda.desk.models import Decided, Incident

    way(desk, "I-1", upto="assessed")
    asks(desk, "I-1", "A")
    mine, other = client("party-a"), client("party-b")
    assert mine.get("/", follow=True).redirect_chain[-1][0] == "/room/"
    assert "I-1" in mine.get("/room/").content.decode()
    assert "I-1" not in other.get("/room/").content.decode()
    assert other.post("/room/answer/I-1", {"why": "it was not us"}).status_code == 404
    assert mine.post("/room/answer/I-1", {"why": " "}).status_code == 409
    assert mine.post("/room/answer/I-1", {"why": "nobody of ours was there"}).status_code == 302
    reply = Decided.objects.get(incident="I-1", step="replied")
    assert (reply.by, reply.person, reply.why) == ("A", "p-of-a", "nobody of ours was there")
    assert Incident.objects.get(pk="I-1").waiting == ""
    assert mine.post("/room/answer/I-1", {"why": "once more"}).status_code == 409
    assert Decided.objects.filter(incident="I-1", step="replied").count() == 1


def test_a_party_attaches_files_that_it_and_the_mission_alone_see(desk: Desk) -> None:
    import io

    from servanda.desk.models import Decided, Report

    def file() -> io.BytesIO:
        made = io.BytesIO(b"%PDF-1.4 orders of the day")
        made.name = "orders.pdf"
        return made

    way(desk, "I-7", upto="assessed")
    asks(desk, "I-7", "A")
    mine, other = client("party-a"), client("party-b")
    refused = mine.post("/room/answer/I-7", {"why": " ", "files": [file()]})
    token = re.search(r'name="attached" value="([^"]+)"', refused.content.decode())
    assert (refused.status_code, token is not None) == (409, True)
    assert mine.post("/room/answer/I-7", {"why": "see our orders", "attached": token[1]}).status_code == 302  # type: ignore[index]
    (digest,) = Decided.objects.get(incident="I-7", step="replied").says["attachments"]
    address = f"/room/file/file/{digest}"
    assert address in mine.get("/room/answer/I-7").content.decode()
    assert mine.get(address).content == file().getvalue()
    assert [other.get(address).status_code, client("duty").get(address).status_code] == [404, 404]
    assert "orders.pdf" in client("legal").get("/case/I-7").content.decode()
    act = {"act": "shelling", "summary": "at the mill", "start": "2025-03-21T06:00", "nonce": "filed"}
    assert other.post("/room/complain/", {**act, "files": [file()]}).status_code == 302
    assert "orders.pdf" in other.get("/room/").content.decode()
    assert other.get(address).content == file().getvalue()  # it has brought the same itself
    assert Report.objects.filter(said__summary="at the mill").count() == 1


def test_nothing_tells_a_party_that_the_other_was_asked_or_replied(desk: Desk) -> None:
    way(desk, "I-2", upto="assessed")
    asks(desk, "I-2", "B")
    page = client("party-b")
    before = seen(page)
    take(desk, "p-legal", "I-2", "right_of_reply", of="A", until=datetime.now(UTC) + timedelta(days=9))
    assert seen(page) == before
    assert client("party-a").post("/room/answer/I-2", {"why": "it was B"}).status_code == 302
    take(desk, "p-duty", "I-5", "triaged", outcome="in_scope")
    assert seen(page) == before


def test_of_a_protected_source_neither_place_nor_hour_is_shown(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.decide import report

    told = {"source": "Neighbour Ivanka", "act": "shelling", "kind": "observation", "side": "none"}
    told |= {"start": "2025-03-21T04:44+02:00", "place_name": "Backyard 7", "summary": "from my window"}
    incident = report(desk, models.Person.objects.get(pk="p-duty"), told, "n1", protect=True)
    way(desk, incident, upto="assessed")
    asks(desk, incident, "A")
    page = client("party-a")
    for path in ("/room/", f"/room/answer/{incident}"):
        answer = page.get(path)
        assert answer.status_code == 200
        assert not re.search("Ivanka|Backyard|window|protected-|04:44", answer.content.decode())


def test_a_complaint_is_a_claim_of_its_side_and_of_an_incident_of_its_own(desk: Desk) -> None:
    from servanda.desk.models import Report

    page = client("party-a")
    said = {"act": "shelling", "actor": "B", "summary": "<b>our post</b>", "start": "2025-03-20T05:00", "nonce": "c1"}
    forged = {
        "source": "Mission",
        "side": "none",
        "kind": "observation",
        "incident_id": "I-7",
        "known_at": "2025-03-19T00:00",
    }
    for _ in range(2):
        assert page.post("/room/complain/", {**said, **forged}).status_code == 302
    (lodged,) = Report.objects.filter(said__source="Aldova")
    assert (lodged.said["side"], lodged.said["kind"], lodged.said["actor"]) == ("A", "claim", "B")
    assert lodged.incident != "I-7"
    assert "&lt;b&gt;our post" in page.get("/room/").content.decode()
    assert "our post" not in client("party-b").get("/room/").content.decode()
    assert page.post("/room/complain/", {**said, "start": "soon", "nonce": "c2"}).status_code == 409


def test_no_other_page_is_there_for_a_party_and_none_says_so(desk: Desk) -> None:
    from django.urls import get_resolver

    page = client("party-a")
    drawn = re.compile(r'value="\w{20,}"')
    never = drawn.sub("", page.get("/no-such-page/").content.decode())
    may = {"", "room/", "room/complain/", "room/answer/<path:incident>", "language/", "key/"}
    for pattern in get_resolver().url_patterns:
        path = str(pattern.pattern)
        if path in may or path.startswith(("account/", "api/")):  # there, no session is asked
            continue
        address = "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(path|str):\w+>", "I-1", path))
        for answer in (page.get(address), page.post(address, {"step": "triaged", "outcome": "in_scope", "why": "x"})):
            assert answer.status_code == 404, address
            assert drawn.sub("", answer.content.decode()) == never, address
    for role in ("duty", "chief", "auditor", "patrol"):
        assert client(role).get("/room/").status_code == 404
    for language in ("ar", "en"):
        assert page.post("/language/", {"language": language}, follow=True).status_code == 200
        assert f'lang="{language}" dir=' in page.get("/room/").content.decode()


def test_a_step_of_the_mission_is_not_a_partys(desk: Desk) -> None:
    from servanda.desk.decide import Click, Refused, decide

    for says, by in (
        ({"step": "triaged", "outcome": "in_scope"}, None),
        ({"step": "replied"}, "B"),
        ({"step": "signed"}, "A"),
    ):
        with pytest.raises(Refused):
            decide(desk, "p-of-a", [Click("I-8", says, "x", by=by)])
