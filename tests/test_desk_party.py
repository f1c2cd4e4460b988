"""The room of a party: it sees what is asked of it and what it said, and nothing that follows from anybody else's doing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from tests.desks import client, hour_that_no_clock_shows, mission, password, take, way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = mission(tmp_path_factory.mktemp("desk") / "m", reports=44)
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
    shown = re.search(r'name="after" value="([^"]+)"', mine.get("/room/answer/I-1").content.decode())
    assert shown is not None
    assert mine.post("/room/answer/I-1", {"why": "nobody of ours was there"}).status_code == 302
    reply = Decided.objects.get(incident="I-1", step="replied")
    assert (reply.by, reply.person, reply.why) == ("A", "p-of-a", "nobody of ours was there")
    assert Incident.objects.get(pk="I-1").waiting == ""
    assert mine.post("/room/answer/I-1", {"why": "once more"}).status_code == 409
    assert Decided.objects.filter(incident="I-1", step="replied").count() == 1
    asks(desk, "I-1", "A")
    stale = mine.post("/room/answer/I-1", {"why": "on a page from before", "after": shown[1]})
    assert (stale.status_code, "on a page from before" in stale.content.decode()) == (409, True)
    assert Incident.objects.get(pk="I-1").waiting == ",A,"  # which may still answer what it is asked now


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
    _, digest = Decided.objects.get(incident="I-7", step="replied").says["attachments"]  # its words are the first
    address = f"/room/file/file/{digest}"
    assert address in mine.get("/room/answer/I-7").content.decode()
    assert mine.get(address).content == file().getvalue()
    assert [other.get(address).status_code, client("duty").get(address).status_code] == [404, 404]
    case = client("legal").get("/case/I-7").content.decode()
    assert "orders.pdf" in case
    assert "What Aldova wrote, as it came" in case
    assert "words.json" not in case
    act = {"act": "shelling", "summary": "at the mill", "start": "2025-03-21T06:00", "nonce": "filed"}
    assert other.post("/room/complain/", {**act, "files": [file()]}).status_code == 302
    assert "orders.pdf" in other.get("/room/").content.decode()
    assert other.get(address).content == file().getvalue()  # it has brought the same itself
    lodged = Report.objects.get(said__summary="at the mill")
    assert "What Borska wrote" in client("legal").get(f"/case/{lodged.incident}").content.decode()


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


def test_nothing_tells_a_party_that_what_it_was_asked_about_was_merged_or_parted(desk: Desk) -> None:
    from servanda.desk.decide import Click, decide
    from servanda.desk.models import Decided, Incident
    from servanda.desk.projection import refresh

    def decides(**says: Any) -> str:
        refresh(desk.record())
        incident = says.get("into") if "merge" in says else says.get("split") or "I-12"
        (done,) = decide(desk, "p-chief" if "undo" in says else "p-verification", [Click(str(incident), says, "seen")])
        return done.decision

    for n in (12, 15, 16):
        way(desk, f"I-{n}", upto="assessed")
    decides(merge=["I-15", "I-17"], into="I-15")
    for n in (12, 15, 16):
        asks(desk, f"I-{n}", "B")
    page, paths = client("party-b"), ["/room/", *(f"/room/answer/I-{n}" for n in (12, 14, 15, 16, 17))]

    def told() -> list[str]:
        return [re.sub(r'value="[\w-]{10,}"', "", page.get(path).content.decode()) for path in paths]

    before = told()
    decides(merge=["I-12", "I-14"], into="I-14")  # another id
    decides(split="I-15", into={"I-15": ["R17"], "I-15-b": ["R15"]})  # another hour
    decides(merge=["I-15", "I-16"], into="I-15")  # another of which it was asked
    assert told() == before
    gone = page.post(
        "/room/answer/I-17", {"why": "for one of which it is not asked"}, headers={"origin": "http://localhost"}
    )
    assert (gone.status_code, "for one of which" in gone.content.decode()) == (
        404,
        True,
    )  # its words are there, to be copied
    assert page.post("/room/answer/I-12", {"why": "on a page from before"}).status_code == 302
    said = Decided.objects.get(step="replied", incident="I-14")
    assert (said.incidents, Incident.objects.get(pk="I-14").waiting) == (["I-12"], "")
    legal = client("legal")
    case = legal.get("/case/I-15").content.decode()
    assert "· I-16</span>" in case  # of which it is asked
    said = {"step": "replied", "of": "B", "why": "by letter", "seen": Incident.objects.get(pk="I-15").version}
    for named, status in (("I-12", 409), ("I-16", 302)):  # of which it replies, on the page of what is one incident now
        assert legal.post("/step/I-15", {**said, "named": named}).status_code == status
        assert (f'<option value="{named}">' in case) is (status == 302)
    assert Decided.objects.get(step="replied", why="by letter").incidents == ["I-16"]
    assert ",B," in Incident.objects.get(pk="I-15").waiting
    assert page.post("/room/answer/I-15", {"why": "it stands for this one"}).status_code == 302
    assert "it stands for this one" not in page.get("/room/answer/I-16").content.decode()
    assert page.post("/room/answer/I-15", {"why": "once more"}).status_code == 409
    assert Incident.objects.get(pk="I-15").waiting == ""
    decides(merge=["I-15", "I-41"], into="I-41")
    take(desk, "p-verification", "I-41", "determined", outcome="inconclusive")
    take(desk, "p-chief", "I-41", "signed", outcome="agreed")
    take(desk, "p-legal", "I-41", "dissent", "by letter, too", by="B")  # of both, which the party must not learn
    entry = f"entry {Decided.objects.get(step='dissent', incident='I-41').entry}<"
    assert sum(entry in text for text in told()) == 1


def test_no_merge_takes_the_time_of_a_party_or_moves_what_it_was_told(desk: Desk) -> None:
    from servanda.desk.decide import Click, Refused, decide
    from servanda.desk.models import Incident
    from servanda.desk.projection import refresh

    def decides(**says: Any) -> None:
        refresh(desk.record())
        decide(
            desk, "p-verification", [Click(str(says.get("into") if "merge" in says else says["split"]), says, "seen")]
        )

    for n, there in ((34, "assessed"), (36, "assessed")):
        way(desk, f"I-{n}", upto=there)
    for n in (37, 38):  # R36, R37 and R38 lie in I-36
        decides(merge=[f"I-{n}", "I-36"], into="I-36")
    asks(desk, "I-34", "A")
    asks(desk, "I-36", "A")
    way(desk, "I-35", upto="determined")  # of B, after A was asked
    page, paths = client("party-a"), ["/room/", *(f"/room/answer/I-{n}" for n in range(34, 41))]

    def told() -> list[str]:
        return [re.sub(r'value="[\w-]{10,}"', "", page.get(path).content.decode()) for path in paths]

    before = told()
    decides(merge=["I-34", "I-35"], into="I-35")
    decides(split="I-36", into={"I-36": ["R38"], "I-36-b": ["R36", "R37"]})
    decides(merge=["I-36-b", "I-39"], into="I-39")  # a part goes on elsewhere
    decides(merge=["I-36", "I-40"], into="I-40")
    assert told() == before
    both = Incident.objects.get(pk="I-35")
    assert (both.state, both.waiting) == ("determined", ",A,")
    with pytest.raises(Refused, match="A may reply until"):
        take(desk, "p-chief", "I-35", "signed", outcome="agreed")
    for n in (34, 36):
        assert page.post(f"/room/answer/I-{n}", {"why": "in its time"}).status_code == 302
    take(desk, "p-chief", "I-35", "signed", outcome="agreed")


def test_a_question_whose_time_has_passed_is_closed_whatever_else_it_was_merged_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk import decide
    from servanda.desk.models import Incident

    now = datetime.now(UTC)
    for n, days in ((42, 1), (43, 5)):
        way(desk, f"I-{n}", upto="assessed")
        take(desk, "p-legal", f"I-{n}", "right_of_reply", of="B", until=now + timedelta(days=days))
    way(desk, "I-44", upto="assessed")  # which goes on
    decide.decide(
        desk, "p-verification", [decide.Click("I-42", {"merge": ["I-42", "I-43", "I-44"], "into": "I-42"}, "one")]
    )
    monkeypatch.setattr(decide, "clock", lambda: now + timedelta(days=2))
    take(desk, "p-operations", "I-42", "tasked", team="2")
    page = client("party-b")
    assert ['name="why"' in page.get(f"/room/answer/I-{n}").content.decode() for n in (42, 43)] == [False, True]
    answers = {n: page.post(f"/room/answer/I-{n}", {"why": "late"}).status_code for n in (42, 43)}
    assert (answers, Incident.objects.get(pk="I-42").waiting) == ({42: 409, 43: 302}, "")


def test_the_place_of_a_complaint_is_its_own_whatever_it_is_merged_with(desk: Desk) -> None:
    from servanda.desk.decide import Click, decide, report
    from servanda.desk.models import Person, Report

    told = {"source": "Ivo Lisenko", "act": "shelling", "kind": "observation", "side": "none", "summary": "heard"}
    report(
        desk,
        Person.objects.get(pk="p-duty"),
        {**told, "start": "2025-03-20T05:00+02:00"},
        "n-o",
        protect=[told["source"]],
    )
    page, names = client("party-b"), []
    for n, place in enumerate(("mill of Ivos Lisenkos", "house of Ivos Lisenkos")):  # which the record does not hold
        said = {"act": "shelling", "start": f"2025-03-21T0{n}:00", "place_name": place, "nonce": f"c-place-{n}"}
        assert page.post("/room/complain/", {**said, "summary": "heard"}).status_code == 302
        lodged = Report.objects.order_by("-entry")[0]
        assert "place_name" not in lodged.said
        names.append(lodged.incident)
        way(desk, names[-1], upto="assessed")
        asks(desk, names[-1], "B")
    before = [page.get(f"/room/answer/{name}").content.decode() for name in names]
    assert ["mill of" in before[0], "house of" in before[1]] == [True, True]
    decide(desk, "p-verification", [Click(names[1], {"merge": names, "into": names[1]}, "one")])
    assert "mill of" in page.get(f"/room/answer/{names[0]}").content.decode()
    assert "house of" in page.get(f"/room/answer/{names[1]}").content.decode()


def test_what_was_asked_and_taken_back_and_asked_again_by_undoing_that_is_asked(desk: Desk) -> None:
    from servanda.desk.decide import Click, decide
    from servanda.desk.models import Decided

    way(desk, "I-18", upto="assessed")
    asks(desk, "I-18", "B")
    page = client("party-b")
    for there in (False, True):
        last = Decided.objects.filter(incident="I-18").order_by("-at")[0]
        decide(desk, "p-chief", [Click("I-18", {"undo": last.pk}, "by mistake")])
        assert ("I-18" in page.get("/room/").content.decode()) is there


@pytest.mark.parametrize(("incident", "protects"), [("I-23", ["Neighbour"]), ("I-24", [])])
def test_nothing_tells_a_party_that_somebody_else_has_spoken_since_it_was_asked(
    desk: Desk, incident: str, protects: list[str]
) -> None:
    from servanda.desk import models
    from servanda.desk.decide import report

    way(desk, incident, upto="assessed")
    asks(desk, incident, "B")
    page = client("party-b")

    def told() -> list[str]:
        drawn = re.compile(r'value="[\w-]{10,}"')
        return [drawn.sub("", page.get(at).content.decode()) for at in ("/room/", f"/room/answer/{incident}")]

    before = told()
    assert "quay" in before[1]
    for n, source in enumerate(["Neighbour", "Post 90", "Post 91"]):
        said = {
            "source": source,
            "kind": "observation",
            "side": "none",
            "act": "small_arms",
            "summary": "from the mill",
        }
        said |= {"place_name": "mill", "start": "2025-03-19T05:44+02:00", "incident_id": incident}
        report(desk, models.Person.objects.get(pk="p-duty"), said, f"{incident}-{n}", protect=protects)
    assert told() == before
    assert models.Incident.objects.get(pk=incident).place == "mill"


def test_of_a_protected_source_neither_place_nor_hour_is_shown(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.decide import report

    told, hour = (
        {"source": "Neighbour Ivanka", "act": "shelling", "kind": "observation", "side": "none"},
        hour_that_no_clock_shows(),
    )
    told |= {"start": f"2025-03-21T{hour}+02:00", "place_name": "Backyard 7", "summary": "from my window"}
    incident = report(desk, models.Person.objects.get(pk="p-duty"), told, "n1", protect=[told["source"]])
    way(desk, incident, upto="assessed")
    asks(desk, incident, "A")
    page = client("party-a")
    for path in ("/room/", f"/room/answer/{incident}"):
        answer = page.get(path)
        assert answer.status_code == 200
        assert not re.search(f"Ivanka|Backyard|window|protected-|{hour}", answer.content.decode())


def test_a_party_is_told_of_what_it_sent_itself_and_of_nothing_that_others_did(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servanda.desk import decide, middleware
    from servanda.desk.views import party

    way(desk, "I-29", upto="assessed")
    asks(desk, "I-29", "A")
    browser, (one,) = client("party-a"), [a for a in party.asked("A") if a.incident == "I-29"]
    take(desk, "p-legal", "I-29", "replied", by="A")
    take(desk, "p-verification", "I-29", "determined", outcome="confirmed")
    monkeypatch.setattr(party, "asked", lambda _: [one])  # it is determined between his look and his click
    for why, told in (("not us", "not open to you any more"), (" ", "does not say why")):
        text = browser.post("/room/answer/I-29", {"why": why}).content.decode()
        assert told in text
        assert "determined" not in text

    def cut_back(record: Any) -> None:
        raise decide.refused("does not continue the record of 45 entries", "find out who changed it", "DSK007")

    monkeypatch.setattr(middleware, "current", cut_back)
    for login, told in (("party-a", False), ("legal", True)):
        answer = client(login).get("/")
        assert (answer.status_code, "45 entries" in answer.content.decode()) == (503, told)


def test_nothing_tells_a_party_whose_name_is_protected(desk: Desk) -> None:
    import io

    from servanda.desk import models
    from servanda.desk.decide import report
    from servanda.desk.spoken import ELSEWHERE

    told = {"source": "Neighbour Ivanka", "act": "shelling", "kind": "observation", "side": "none", "summary": "seen"}
    report(
        desk,
        models.Person.objects.get(pk="p-duty"),
        {**told, "start": "2025-03-22T04:44+02:00"},
        "n3",
        protect=[told["source"]],
    )
    way(desk, "I-3", upto="assessed")
    for party in "BA":
        asks(desk, "I-3", party)
    page, drawn = client("party-b"), re.compile(r'value="[\w:.-]{10,}"|SHA-256 <code>\w+')

    def answers(first: str, last: str) -> list[str]:
        """What is answered to who tries a name, in words, in other words, in its parts, and as that of a file."""
        sent = []
        for n, words in enumerate((f"{first} {last}", f"{last}, our {first}", f"{first}s of {last}")):
            for summary in ("", words)[n > 0 :]:  # refused once, with its file
                file = io.BytesIO(f"{last} {n}".encode())
                file.name = f"{words}.txt"
                said = {"act": "shelling", "start": "2025-03-20T05:00", "summary": summary, "place_name": words}
                sent.append(page.post("/room/complain/", {**said, "nonce": words, "files": [file]}))
        return [drawn.sub("", f"{a.status_code} {a.content.decode()}").replace(last, "NAME") for a in sent]

    tried = answers("Neighbour", "Ivanka")
    assert tried == answers("Neighbour", "Halyna")
    assert [text[:3] for text in tried] == ["409", *["302"] * 3]
    assert page.post("/room/answer/I-3", {"why": "Ivanka, a neighbour, lies"}).status_code == 302
    shown = page.get("/room/").content.decode() + page.get("/room/answer/I-3").content.decode()
    assert "protected-" not in shown
    for words in ("Neighbour Ivanka.txt", "Ivanka, our Neighbour", "Neighbours of Ivanka", "Ivanka, a neighbour, lies"):
        assert words in shown
    replied = models.Decided.objects.get(incident="I-3", by="B", step="replied")
    assert (replied.why, "Ivanka" in str(models.Report.objects.values_list("said"))) == (ELSEWHERE, False)
    assert not re.search("protected-", str(models.Report.objects.filter(said__side="B").values_list("said")))
    (asked,) = models.Decided.objects.filter(incident="I-3", step="right_of_reply", says__of="B")
    assert replied.says["after"] == asked.pk  # and not what the other party was asked since


def test_nothing_tells_a_patrol_whose_name_is_protected_and_who_tries_names_in_an_office_is_written_down(
    desk: Desk,
) -> None:
    import io

    from servanda.desk import models
    from servanda.desk.decide import report

    told = {"source": "Uncle Daryna", "act": "shelling", "kind": "observation", "side": "none", "summary": "seen"}
    who = models.Person.objects.get(pk="p-duty")
    report(desk, who, {**told, "start": "2025-03-22T04:44+02:00"}, "n5", protect=[told["source"]])
    page, drawn = client("patrol"), re.compile(r"W-\w+|entry \d+|SHA-256 <code>\w+|\d+/?[\w.]* KB|/own/view/\w+/\d+")
    start = datetime.now(UTC) - timedelta(hours=3)
    common = {"start": start, "end": start + timedelta(hours=1), "place": "quay", "people": ["p-patrol"], "team": "2"}

    def answers(name: str) -> list[str]:
        """What is answered to who tries a name, in words and in other words from one form, as who told it, as a file, and as how a patrol went."""
        plan, got = models.Patrol.objects.create(file=f"patrol-{name}", radius_km=3, **common), []
        words, file = f"{name}, our Uncle", io.BytesIO(name.encode())
        file.name = f"Uncle {name}.txt"
        said = {"source": "Team 2", "act": "shelling", "start": "2025-03-20T05:00", "summary": words, "nonce": name}
        more = {"told": f"Uncle {name}", "told_by": words, "place_name": words, "files": [file]}
        got += [page.post("/entry/", {**said, **more}), page.post("/entry/", {**said, "summary": f"{words}, twice"})]
        at = {key: common[key].strftime("%Y-%m-%dT%H:%MZ") for key in ("start", "end")}
        went = {"to": "went", "reason": f"{name}, our Uncle", "detects": ["shelling"], "probability": "0.5"}
        got += [page.post(f"/patrols/{plan.pk}/", {**at, **went}), page.get("/entry/own/")]
        assert [a.status_code for a in got] == [302, 302, 302, 200]
        shown = [drawn.sub("", part) for a in got for part in a.content.decode().split("<li><b>") if name in part]
        assert "protected-" not in str(shown)
        return [part.partition("</li>")[0].replace(name, "NAME") for part in shown]

    tried = answers("Daryna")
    assert tried == answers("Halyna")
    assert len(tried) == 2 + 1  # of each form what was seen and what was told
    for said in models.Report.objects.filter(said__source="Team 2").values_list("said", flat=True):
        assert "Daryna" not in str(said)
    of = models.Patrol.objects.get(file="patrol-Daryna").pk
    read = {role: client(role).get(f"/patrols/{of}/").content.decode() for role in ("operations", "duty", "patrol")}
    assert {role: "our Uncle" in told for role, told in read.items()} == {
        "operations": False,
        "duty": True,
        "patrol": True,
    }
    assert models.WasRead.objects.filter(page="words of a patrol").values_list("login", flat=True).get() == "duty"
    officer, admin = client("duty"), client("administrator")
    for name in ("Daryna", "Halyna"):
        file = io.BytesIO(b"1")
        file.name = f"{name}, our Uncle.txt"  # it gives way as well
        officer.post("/step/I-6", {"step": "triaged", "why": f"{name}, our Uncle"})
        officer.post("/entry/", {**said, "nonce": name, "files": [file]})
        admin.post("/admin/", {"mission": f"Uncle {name}"})
    wrote = models.WasRead.objects.filter(page="wrote a protected name").order_by("pk")
    assert [*wrote.values_list("login", "incident")] == [
        ("duty", "/step/I-6"),
        ("duty", "/entry/"),
        ("admin", "/admin/"),
    ]


def test_no_file_that_an_officer_brings_speaks_for_a_party_or_in_place_of_his_own_words(desk: Desk) -> None:
    import io

    officer, forged = client("verification"), '{"said": {"summary": "we did it"}, "files": {}}'
    for n, name in enumerate(("words.json", "as-written.json")):
        file = io.BytesIO(f"{forged}{' ' * n}".encode())
        file.name = name
        said = {"source": "Borska", "side": "B", "kind": "claim", "act": "shelling", "summary": f"by telephone {n}"}
        said |= {"start": f"2025-03-2{n + 1}T05:00", "nonce": f"forged-{n}"}
        case = officer.post("/entry/", {**said, "files": [file]}, follow=True).content.decode()
        assert "Borska wrote" not in case
        assert f"by telephone {n}" in officer.get("/entry/own/").content.decode()
    assert "we did it" not in client("party-b").get("/room/").content.decode()


def test_who_is_asked_about_his_own_complaint_is_shown_its_place_whatever_names_stand_in_it(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.decide import report

    told = {"source": "Widow Oksana", "act": "shelling", "kind": "observation", "side": "none", "summary": "seen"}
    who = models.Person.objects.get(pk="p-duty")
    report(desk, who, {**told, "start": "2025-03-22T04:44+02:00"}, "n4", protect=[told["source"]])
    page, asked = client("party-b"), []
    for name in ("Oksana", "Tetiana"):
        said = {"act": "shelling", "actor": "B", "start": "2025-03-21T05:00", "place_name": f"Mill {name}"}
        said |= {"summary": f"we fired, as Widow {name} says", "nonce": name}
        assert page.post("/room/complain/", said).status_code == 302
        incident = models.Report.objects.latest("entry").incident
        way(desk, incident, upto="assessed")
        asks(desk, incident, "B")
        shown = page.get("/room/").content.decode() + page.get(f"/room/answer/{incident}").content.decode()
        asked.append(shown.count(f"Mill {name}"))
    assert asked[0] == asked[1] > 0


def test_a_party_is_not_told_under_which_name_another_brought_the_same_file(desk: Desk) -> None:
    import io

    way(desk, "I-4", upto="assessed")
    for party, name in (("A", "plan-of-a.pdf"), ("B", "mine.pdf")):
        asks(desk, "I-4", party)
        file = io.BytesIO(b"%PDF-1.4 the same paper")
        file.name = name
        page = client(f"party-{party.lower()}")
        assert page.post("/room/answer/I-4", {"why": f"see {party}", "files": [file]}).status_code == 302
        shown = page.get("/room/answer/I-4").content.decode()
        assert (f"see {party}" in shown, name in shown) == (True, True)
    assert "plan-of-a" not in shown


def test_a_complaint_is_a_claim_of_its_side_and_of_an_incident_of_its_own(desk: Desk) -> None:
    from servanda.desk.models import Report

    page = client("party-a")
    assert '<option value="residential">' in page.get("/room/complain/").content.decode()
    said = {
        "act": "shelling",
        "target": "residential",
        "actor": "B",
        "summary": "<b>our post</b>",
        "start": "2025-03-20T05:00",
        "nonce": "c1",
    }
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
    assert lodged.said["target"] == "residential"
    assert lodged.incident != "I-7"
    assert "&lt;b&gt;our post" in page.get("/room/").content.decode()
    assert "our post" not in client("party-b").get("/room/").content.decode()
    assert page.post("/room/complain/", {**said, "start": "soon", "nonce": "c2"}).status_code == 409


def test_complaints_are_of_the_party_whoever_was_its_officer_and_nothing_else_of_an_officer_is(desk: Desk) -> None:
    from servanda.desk.decide import report
    from servanda.desk.models import Person, View
    from servanda.desk.setup import give_office

    said = {"act": "shelling", "summary": "before the successor came", "start": "2025-03-21T06:00", "nonce": "c-old"}
    assert client("party-a").post("/room/complain/", said).status_code == 302
    seen_by = {"source": "Hotline", "side": "A", "kind": "observation", "act": "shelling", "summary": "told on duty"}
    report(desk, Person.objects.get(pk="p-patrol"), {**seen_by, "start": "2025-03-21T06:05+02:00"}, "n-on-duty")
    duty = client("duty")
    duty.post("/queue/save/", {"name": "Of whom nobody may know", "query": "q=roof"})
    give_office(desk, "p-of-a", "Name of A", "duty", "party-a", password("party-a"))
    assert give_office(desk, "p-patrol", "Name of patrol", "party:A", "second-of-a", password("second-of-a"))
    room = client("second-of-a").get("/room/").content.decode()
    assert ["before the successor came" in room, "told on duty" in room] == [True, False]
    # a login that somebody else had brings nothing of his
    give_office(desk, "p-duty", "Name of duty", "duty", "duty-of-now", password("duty-of-now"))
    give_office(desk, "p-operations", "Name of operations", "operations", "duty", password("duty"))
    assert "Of whom nobody may know" not in client("duty").get("/queue/").content.decode()
    assert not View.objects.filter(name="Of whom nobody may know").exists()
    for ident, role, login in (
        ("p-of-a", "party:A", "party-a"),
        ("p-patrol", "patrol", "patrol"),
        ("p-operations", "operations", "operations"),
        ("p-duty", "duty", "duty"),
    ):
        give_office(desk, ident, f"Name of {login}", role, login, password(login))


def test_no_other_page_is_there_for_a_party_and_none_says_so(desk: Desk) -> None:
    from django.urls import get_resolver

    page = client("party-a")
    drawn = re.compile(r'value="\w{20,}"')
    form = {"step": "triaged", "outcome": "in_scope", "why": "x"}

    def answered(address: str) -> list[tuple[int, str]]:
        both = (page.get(address), page.post(address, form))
        return [(answer.status_code, drawn.sub("", answer.content.decode())) for answer in both]

    never = answered("/no-such-page/")
    may = {"", "given/", "room/", "room/complain/", "room/answer/<path:incident>", "language/", "key/", "here/"}
    for pattern in get_resolver().url_patterns:
        path = str(pattern.pattern)
        if path in may or path.startswith(("account/", "api/")):  # there, no session is asked
            continue
        address = "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(path|str):\w+>", "I-1", path))
        assert answered(address) == never, address
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


def test_packages_of_many_reports_are_made_by_the_worker_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk import given
    from servanda.desk.models import Entry

    monkeypatch.setattr(given, "AT_ONCE", 0)
    legal, before = client("legal"), Entry.objects.filter(kind="disclosure").count()
    for _ in range(2):
        assert legal.post("/packages/", {"tier": "public"}).status_code == 302
    assert legal.post("/packages/", {"tier": "mechanism"}).status_code == 409
    assert "The worker makes the packages for: public" in legal.get("/packages/").content.decode()
    assert Entry.objects.filter(kind="disclosure").count() == before
    assert (given.make_asked(desk), given.make_asked(desk)) == (1, 0)
    assert Entry.objects.filter(kind="disclosure").count() == before + 1
    assert "The worker makes" not in legal.get("/packages/").content.decode()


def test_a_guarantor_reads_its_package_alone_and_comments_on_what_it_is_shown(desk: Desk) -> None:
    import json
    import subprocess
    import sys
    from importlib.resources import files

    from servanda.desk import given
    from servanda.desk.decide import Click, change_register, decide, report
    from servanda.desk.models import Decided, Incident, Person
    from servanda.desk.register import Person as Somebody
    from servanda.desk.setup import account

    someone = Somebody("p-of-g", "Name of G", "guarantor:G", "guarantor")
    change_register(desk, lambda register: register.with_person(someone))
    account(someone.login, password(someone.login))
    told = {"source": "Neighbour Olena", "act": "shelling", "kind": "observation", "side": "none"}
    told |= {"start": "2025-03-21T05:55+02:00", "place_name": "Backyard 9", "summary": "from my roof"}
    hidden = report(desk, Person.objects.get(pk="p-duty"), told, "n2", protect=[told["source"]])
    way(desk, hidden, upto="signed")
    way(desk, "I-32", upto="assessed")  # above its tier: nobody was heard yet
    way(desk, "I-31", upto="signed")
    browser, chief = client("guarantor"), client("chief")
    assert browser.get("/", follow=True).redirect_chain[-1][0] == "/given/"
    assert "No package was made" in browser.get("/given/").content.decode()
    assert browser.get("/given/case/I-31").status_code == 404
    for tier, answered in (("guarantors", 302), ("mechanism", 409), ("parties", 409)):
        assert chief.post("/packages/", {"tier": tier}).status_code == answered, tier
    (one, *_), size = given.given(desk, "guarantor:G"), desk.record().log.head.size
    text = browser.get("/given/").content.decode()
    assert re.search(r"I-31</a>.*signed: confirmed", text)
    assert re.search(r"Files of kinds that are closed to you <small>\d+ of this kind", text)
    assert not re.search("tier:|tier <|embargo", text)
    case = browser.get("/given/case/I-31").content.decode()
    assert "Finding on the incident I-31 under" in case
    assert "signed: confirmed" in case
    assert not re.search(r"<dt[^>]*>\w+_\w+<|\d{4}-\d\d-\d\dT", case)
    assert one.digest in text
    assert not re.search(r">I-32<|Olena|Backyard 9|roof|protected-", text)
    address = f"/given/file/{one.digest}"
    data = browser.get(address).content
    for name in ("verifier.py", "hands.py"):
        (desk.folder.parent / name).write_bytes(browser.get(f"/given/file/{name}").content)
    (desk.folder.parent / "taken.json").write_bytes(data)
    (desk.folder.parent / "policy").write_bytes((desk.record_folder / "policy").read_bytes())
    run = [sys.executable, "-I", "verifier.py", "package", "taken.json", "--policy", "policy"]
    checked = subprocess.run(run, cwd=desk.folder.parent, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (files("servanda.record") / "verifier.py").read_bytes() == (desk.folder.parent / "verifier.py").read_bytes()
    assert not re.search(rb"Olena|Backyard 9|from my roof", data)
    assert json.loads(data)["tier"] == "guarantors"
    # whoever it is not for finds neither the file nor a sign of it
    assert {client(who).get(address).status_code for who in ("party-a", "legal", "auditor")} == {404}
    assert chief.get(address).status_code == 200
    # a comment: one entry, in its own name, that moves nothing and that nobody else writes
    state = Incident.objects.get(pk="I-31").state
    for _ in range(2):
        assert browser.post("/given/case/I-31", {"why": "<i>let the panel see the craters</i>"}).status_code == 302
    assert "&lt;i&gt;let the panel" in browser.get("/given/case/I-31").content.decode()
    assert browser.post("/given/case/I-31", {"why": " "}).status_code == 409
    (said,) = Decided.objects.filter(incident="I-31", step="commented")
    assert (said.by, said.person, Incident.objects.get(pk="I-31").state) == ("G", "p-of-g", state)
    assert desk.record().log.head.size == size + 1
    for tried in ("Neighbour Olena was there", "Olena, a neighbour"):  # no answer tells that this is a protected name
        assert browser.post("/given/case/I-31", {"why": tried}).status_code == 302
        assert tried in browser.get("/given/case/I-31").content.decode()
    (merged,) = decide(desk, "p-chief", [Click("I-30", {"merge": ["I-31", "I-30"], "into": "I-30"}, "one event")])
    assert browser.post("/given/case/I-31", {"why": "said after that"}).status_code == 302
    assert Decided.objects.get(why="said after that").incidents == ["I-31"]
    assert "said after that" in browser.get("/given/case/I-31").content.decode()
    decide(desk, "p-chief", [Click("I-30", {"undo": merged.decision}, "they are two")])
    assert browser.post("/given/case/I-32", {"why": "and here"}).status_code == 404
    assert browser.post("/given/case/I-404", {"why": "and here"}).status_code == 404
    # it waits for the legal officer until somebody looked
    assert "new comments: 1 incident" in client("legal").get("/case/I-31").content.decode()
    assert "new comments" not in client("duty").get("/queue/").content.decode()
    rows = client("legal").get("/queue/?view=commented").content.decode()
    assert re.findall(r'data-id="([^"]+)".*?class="mark" href="([^"]+)', rows, re.DOTALL) == [
        ("I-31", "/case/I-31?tab=decisions")
    ]
    assert "&lt;i&gt;let the panel" in client("legal").get("/case/I-31?tab=decisions").content.decode()
    assert "ew comment" not in client("legal").get("/queue/?view=all").content.decode()
    assert client("party-a").post("/given/case/I-31", {"why": "ours"}).status_code == 404
    refused = client("chief").post("/step/I-31", {"step": "commented", "why": "as if", "seen": "", "after": ""})
    assert refused.status_code == 409
    for path in ("/queue/", "/case/I-31", "/record/", "/room/", "/packages/", "/events/", "/admin/"):
        assert browser.get(path).status_code == 404, path
    # a file that is not the one which the record names is not shown
    given.path_of(desk, one.digest).write_bytes(data.replace(b"I-31", b"I-33"))
    given._read.cache_clear()
    assert "not the one that the record names" in browser.get("/given/").content.decode()
    # what was undone stands no more, and is told
    signed = Decided.objects.get(incident="I-31", step="signed")
    decide(desk, "p-chief", [Click("I-31", {"undo": signed.pk}, "wrong", after=Incident.objects.get(pk="I-31").last)])
    given.make(desk, "guarantors")
    assert re.search(r"I-31</a>.*determined: confirmed", browser.get("/given/").content.decode())
    assert 'class="mark">undone' in browser.get("/given/case/I-31").content.decode()
    browser.post("/language/", {"language": "fr"})
    assert "<dt>lieu<" in browser.get("/given/case/I-31").content.decode()
    browser.post("/language/", {"language": "en"})
