"""The route of a mission: the bodies that a determination passes before the chief signs it, as pages and record have it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from tests.desks import client as signed_in
from tests.desks import mission, snapshot, take, way

BOTH = "Local team = operations\nJoint commission = legal"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("route") / "m", reports=9)
    from django.db import connections

    connections.close_all()


@cache
def client(login: str) -> Any:
    """Somebody's browser, signed in once."""
    return signed_in(login)


def click(page: Any, incident: str, **says: str) -> Any:
    """A step as its form sends it."""
    from servanda.desk import finding, models

    row = models.Incident.objects.get(pk=incident)
    form = {"why": "read", "seen": row.version, "after": row.last, "back": f"/case/{incident}"}
    form |= {"read": finding.read_of(incident)} if row.state == "determined" else {}
    return page.post(f"/step/{incident}", form | says)


def undo(page: Any, incident: str, step: str) -> Any:
    """The undoing of the last decision of a kind."""
    from servanda.desk import models

    last = models.Decided.objects.filter(incident=incident, step=step).latest("at")
    return click(page, incident, step="undo", undo=last.pk)


def route(desk: Desk, said: str) -> None:
    from servanda.desk.setup import change_route

    change_route(desk, said)


def queue(login: str, view: str) -> list[str]:
    """The incidents in a view of somebody's queue, and how many its list says."""
    import re

    page = client(login).get(f"/queue/?view={view}").content.decode()
    found = re.findall(r'data-id="([^"]+)"', page)
    (count,) = re.findall(rf'view={view}"[^>]*>[^<]*<span>(\d+)</span>', page)
    assert int(count) == len(found)
    return found


def test_a_determination_goes_to_the_bodies_of_the_missions_file_before_it_is_signed(desk: Desk) -> None:
    from servanda.desk import decide, models
    from servanda.desk.projection import rebuild

    route(desk, "")
    way(desk, "I-1", "attributed")
    admin, chief, legal = client("administrator"), client("chief"), client("legal")
    assert "I-1" in queue("chief", "to-sign")
    for wrong, told in (
        ("Joint commission = cook", "does not act for Joint commission"),
        ("Joint commission = legal\njoint Commission = operations", "stands there twice"),
        ("borska = legal", "is a party"),
        ("Bench = chief", "takes another chief of mission, and there are 1"),  # who endorsed does not sign
        ("\n".join(f"Body {n} = legal" for n in range(9)), "8 at most"),
    ):
        refused = admin.post("/admin/", {"route": wrong})
        assert refused.status_code == 409
        assert told in refused.content.decode(), wrong
        assert wrong.splitlines()[0] in refused.content.decode()  # what was typed stays
    assert admin.post("/admin/", {"route": "Joint commission = legal"}).status_code == 302
    assert "Joint commission = legal" in admin.get("/admin/").content.decode()
    assert chief.post("/admin/", {"route": ""}).status_code == 404
    assert "Joint commission has not endorsed it yet" in chief.get("/sign/").content.decode()
    assert click(chief, "I-1", step="signed", outcome="agreed").status_code == 409
    assert "For Joint commission" in legal.get("/case/I-1").content.decode()
    assert click(legal, "I-1", step="endorsed", outcome="agreed").status_code in (200, 302)
    assert models.Decided.objects.get(step="endorsed").says["of"] == "Joint commission"
    assert click(chief, "I-1", step="signed", outcome="agreed").status_code in (200, 302)
    assert models.Incident.objects.get(pk="I-1").state == "signed"
    assert decide.steps_now(desk, "p-legal", "I-1")["dissent"] == ""
    before = snapshot()
    rebuild(desk.record())
    assert snapshot() == before


def test_an_endorsement_that_is_due_stands_in_the_queue_of_its_office_with_its_clock(desk: Desk) -> None:
    from servanda.desk import models

    route(desk, BOTH)
    way(desk, "I-2", "attributed")
    assert "I-2" in queue("operations", "to-endorse")
    assert "I-2" in queue("operations", "mine")
    assert "I-2" not in queue("legal", "to-endorse") + queue("legal", "mine") + queue("chief", "to-sign")
    assert "I-2" not in queue("chief", "mine")
    assert "I-2" in queue("chief", "to-endorse")
    assert "1 d 23 h left" in client("operations").get("/queue/?view=to-endorse").content.decode()
    take(desk, "p-operations", "I-2", "endorsed", outcome="agreed")
    assert "I-2" in queue("legal", "to-endorse")
    assert "I-2" in queue("legal", "mine")
    assert "to endorse: Joint commission" in client("legal").get("/queue/").content.decode()
    take(desk, "p-legal", "I-2", "endorsed", outcome="agreed")
    assert "I-2" in queue("chief", "to-sign")
    assert "I-2" in queue("chief", "mine")
    route(desk, "")
    assert "to-endorse" not in client("legal").get("/queue/").content.decode()
    assert models.Tally.objects.filter(kind__startswith="endorses").count() == 0


def test_what_a_body_returned_only_who_said_so_takes_back(desk: Desk) -> None:
    from servanda.desk import models

    route(desk, BOTH)
    way(desk, "I-3", "attributed")
    take(desk, "p-operations", "I-3", "endorsed", outcome="agreed")
    take(desk, "p-legal", "I-3", "endorsed", outcome="returned")
    assert models.Incident.objects.get(pk="I-3").state == "reopened"
    refused = undo(client("chief"), "I-3", "endorsed")
    assert refused.status_code == 409
    assert "only who gave it takes it back" in refused.content.decode()
    assert undo(client("legal"), "I-3", "endorsed").status_code == 302
    row = models.Incident.objects.get(pk="I-3")
    assert (row.state, row.endorser) == ("determined", "Joint commission")  # the first body's endorsement stands again
    answer = undo(client("chief"), "I-3", "replied")
    assert "a party said stands" in answer.content.decode()


def test_a_route_that_changes_midway_asks_whom_it_names_now_and_keeps_what_was_endorsed(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.setup import give_office
    from servanda.errors import ServandaError

    def turn() -> str:
        return str(models.Incident.objects.get(pk="I-4").endorser)

    route(desk, BOTH)
    way(desk, "I-4", "attributed")
    take(desk, "p-operations", "I-4", "endorsed", outcome="agreed")
    with pytest.raises(ServandaError, match="takes another legal"):
        route(desk, "Guarantors = legal\n" + BOTH)
    give_office(desk, "p-bench", "Name of another", "legal", "bench")
    route(desk, "Guarantors = legal\n" + BOTH)  # a body that is added is asked, wherever it stands
    assert turn() == "Guarantors"
    stale = click(client("legal"), "I-4", step="endorsed", outcome="agreed", of="Joint commission")
    assert stale.status_code == 409
    assert "Guarantors is asked now" in stale.content.decode()
    assert click(client("legal"), "I-4", step="endorsed", outcome="agreed", of="Guarantors").status_code == 302
    twice = click(client("legal"), "I-4", step="endorsed", outcome="agreed", of="Joint commission")
    assert twice.status_code == 409
    assert "leaves the next to somebody else" in twice.content.decode()
    route(desk, "Joint commission = legal")  # a body that is taken away is asked no more; who spoke for it, has spoken
    assert turn() == "Joint commission"
    assert click(client("legal"), "I-4", step="endorsed", outcome="agreed").status_code == 409
    route(desk, "Local team = verification")  # of the same name under another office, its endorsement stands
    assert turn() == ""
    assert click(client("chief"), "I-4", step="signed", outcome="agreed").status_code == 302
    route(desk, BOTH)
    assert models.Incident.objects.get(pk="I-4").state == "signed"  # what was signed stays signed
    before = snapshot()
    from servanda.desk.projection import rebuild

    assert rebuild(desk.record())[0]
    assert snapshot() == before


def test_a_report_that_comes_after_a_determination_is_told_everywhere_and_what_was_endorsed_lapses(desk: Desk) -> None:
    import re

    from servanda.desk import models, newer
    from servanda.desk.projection import rebuild
    from servanda.desk.shifts import facts, handover_file
    from tests.desks import HEADER, row

    route(desk, BOTH)
    way(desk, "I-8", "attributed")
    take(desk, "p-operations", "I-8", "endorsed", outcome="agreed")
    chief, legal, duty, second = (client(who) for who in ("chief", "legal", "duty", "second"))
    assert "Endorsed by Local team" in chief.get("/sign/").content.decode().partition(">I-8<")[2]
    header, day = HEADER.replace("start,", "start,end,"), "2025-03-19T00:00+02:00,2025-03-20T00:00+02:00,"
    rows = (
        row(57, "I-8").replace("2025-03-19T06:57+02:00,", day).replace(",B,", ",A,")
    )  # of the whole day, and of the other party
    here = duty.post("/arrivals/", {"source": "Far post", "pasted": header + rows})["Location"]
    seen = re.findall(r'name="seen" value="([^"]*)"', duty.get(here).content.decode())[0]
    answer = duty.post(here, {"do": "record", "seen": seen, "left": []})
    assert answer.status_code == 302, answer.content.decode()
    for page in (here, "/arrivals/"):
        told = re.sub(r"<[^>]+>", "", duty.get(page).content.decode())
        assert "joined I-8 which was determined before" in told, page

    case = models.Incident.objects.get(pk="I-8")
    assert (case.state, case.endorser) == ("determined", "Local team")  # asked again
    assert "I-8" in queue("operations", "to-endorse")
    assert "I-8" in queue("second", "newer")
    assert "I-8" in queue("second", "mine")
    assert "new since determined: 1 incident" in second.get("/queue/").content.decode()
    page = chief.get("/sign/").content.decode()
    text = page.partition(">I-8<")[2]
    assert "Endorsed by Local team" not in text.partition("</article>")[0]
    assert "Local team endorsed an earlier text" in text
    assert "+ Since it was determined: 1 report on which it does not rest; alleged of: Aldova (A), by 1 report" in text
    assert "06:08 (Europe/Kyiv), by the reports on which it was determined" in text
    assert "Alleged of: Borska (B), by 1 report\n" in text
    assert "given for an earlier text" in legal.get("/case/I-8?tab=decisions").content.decode()
    assert click(legal, "I-8", step="endorsed", outcome="agreed").status_code == 409  # not its turn
    assert click(chief, "I-8", step="signed", outcome="agreed").status_code == 409
    shift = facts(None, case.since)
    assert [r.pk for r in shift["newer"]] == ["I-8"]
    assert (
        b"new_since_determined:\n- incident: I-8\n  reports: 1\n"
        in handover_file(desk, "a", "b", "n", shift, case.since, None, "").data
    )
    assert "Since it was determined 1 report came" in duty.get("/shift/").content.decode()

    before = snapshot()
    rebuild(desk.record())
    assert snapshot() == before
    assert click(duty, "I-8", step="looked").status_code == 409
    assert click(second, "I-8", step="looked", seen="0").status_code == 409
    assert click(second, "I-8", step="looked").status_code == 302
    assert not newer.waiting().exists()
    assert "Since it was determined 1 report came" in second.get("/case/I-8").content.decode()  # that stays said
    take(desk, "p-operations", "I-8", "endorsed", outcome="agreed")  # the same officer, for the same body
    take(desk, "p-legal", "I-8", "endorsed", outcome="agreed")
    assert "earlier text" not in chief.get("/case/I-8").content.decode()
    take(desk, "p-chief", "I-8", "signed", outcome="agreed")
    route(desk, "")


def test_the_next_daily_tells_what_was_published_and_no_longer_stands(desk: Desk) -> None:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from servanda.desk import decide, given, models, papers
    from servanda.desk.projection import refresh

    route(desk, "")
    way(desk, "I-9")
    given.make(desk, "guarantors")
    people = {who: models.Person.objects.get(pk=f"p-{who}") for who in ("duty", "verification", "chief")}
    today = decide.clock().astimezone(ZoneInfo(models.Head.objects.get().zone)).date()

    def daily(day: Any) -> models.Paper:
        refresh(desk.record())
        return papers.draft(desk, models.Head.objects.get(), "p-duty", {"kind": "daily", "date": str(day)})

    decide.report(
        desk,
        people["duty"],
        {
            "source": "Borska",
            "side": "B",
            "kind": "claim",
            "act": "shelling",
            "place_name": "Nowhere in particular",
            "start": "2025-03-20T06:00+02:00",
        },
        "no-place",
    )
    first = daily(today)
    assert "Nowhere in particular" in first.text.partition("Told without a place")[2].partition("What was confirmed")[0]
    assert "I-9" in first.text.partition("What was confirmed")[2]
    assert "replied, by Borska" in first.text  # what a party said is told, and the step that wrote it down
    assert "the period was not over" in " ".join(first.text.split())  # its day is not over
    papers.act(desk, first, people["verification"], "review")
    chief = client("chief")
    assert "to sign: 1 mission report" in chief.get("/queue/").content.decode()
    assert first.name in chief.get("/sign/").content.decode()
    first.refresh_from_db()
    papers.act(desk, first, people["chief"], "publish")
    assert "to sign:" not in chief.get("/queue/").content.decode()
    assert undo(chief, "I-9", "signed").status_code == 302

    second = daily(today + timedelta(days=1))
    told = " ".join(second.text.partition("Corrections to earlier reports")[2].split())
    assert "knew I-9 as: confirmed. That no longer stands; it is now: " in told
    assert "Undone since: I-9, " in told
    assert "signed (agreed), by" in told
    assert "for the guarantors, " in told
    assert "before its day was over; what became known after that is told here" in " ".join(second.text.split())
    assert click(chief, "I-9", step="signed", outcome="agreed").status_code == 302
    merged = decide.Click("I-9", {"merge": ["I-9", "I-1"], "into": "I-1"}, "one event")
    decide.decide(desk, people["chief"], [merged])
    third = " ".join(daily(today + timedelta(days=1)).text.split())
    assert "knew I-9 (confirmed); its reports now belong to I-1" in third
    given.make(desk, "guarantors")
    shown = given.newest(desk, "guarantor:G")
    assert shown is not None
    assert "I-9" not in shown[1].cases
    assert shown[1].cases["I-1"].merged == ("I-9",)
    assert len(shown[1].cases["I-1"].rows) == 2
    refused = client("legal").post("/step/I-1", {"step": "dissent", "of": "", "why": "no"})
    assert (refused.status_code, "no party was chosen" in refused.content.decode()) == (409, True)


def test_once_every_party_has_replied_the_clock_is_that_of_the_determination(desk: Desk) -> None:
    from servanda.desk import models

    way(desk, "I-5", "right_of_reply")
    assert "4 d 23 h left" in client("verification").get("/case/I-5").content.decode()
    take(desk, "p-legal", "I-5", "replied", by="B")
    page = client("verification").get("/case/I-5").content.decode()
    assert "2 d 23 h left" in page
    assert "all replied" in page
    row = models.Incident.objects.get(pk="I-5")
    assert row.since is not None
    assert row.waiting == ""


def test_the_finding_that_is_signed_says_in_words_what_it_is_and_stands_on_the_record_as_it_was_shown(
    desk: Desk,
) -> None:
    import hashlib
    import html
    import re

    import yaml

    from servanda.desk import models

    route(desk, "Joint commission = legal")
    way(desk, "I-6", "attributed")
    take(desk, "p-legal", "I-6", "dissent", why="the battery was\u200b\u200f\u2028not ours", by="B")
    take(desk, "p-legal", "I-6", "endorsed", outcome="agreed", why="read by all members")

    def shown() -> tuple[str, str]:
        page = client("chief").get("/sign/").content.decode()
        part = next(p for p in page.split("<article") if "/case/I-6" in p)
        (text,) = re.findall(r'<pre class="finding"[^>]*>(.*?)</pre>', part, re.DOTALL)
        (read,) = re.findall(r'name="read" value="(\w+)"', part)
        return html.unescape(text), read

    text, read = shown()
    assert hashlib.sha256(text.encode()).hexdigest() == read
    for line in (
        "Act: shelling",
        "Place: quay",
        "Alleged of: Borska (B), by 1 report",
        "Determined: confirmed, by Mission on ",
        "Attributed: to a party, Borska (B)",
        "Reply of Borska (B) on ",
        "Endorsed by Joint commission on ",
        "Dissent of Borska (B) on ",
        "read by all members",
        "the battery was not ours",
    ):
        assert line in text, text
    assert "Name of" not in text  # parties may be shown it
    chief = client("chief")
    for unread in ("0" * 64, ""):
        assert click(chief, "I-6", step="signed", outcome="agreed", read=unread).status_code == 409
    assert click(chief, "I-6", step="signed", outcome="agreed", read=read).status_code == 302
    made = models.Decided.objects.get(incident="I-6", step="signed")
    entry = desk.record().statement(made.entry)
    kept = desk.record().object(entry.digest).decode()
    assert yaml.safe_load(kept)["decisions"][0]["finding"] == text
    assert all(f"    {line}\n" in kept for line in text.split("\n"))  # line by line, as it was read
    assert "The finding, as it was read" in chief.get("/case/I-6?tab=decisions").content.decode()


def test_the_board_and_sign_say_what_a_signed_finding_does_in_the_judges_own_words(desk: Desk) -> None:
    from servanda.desk import models, standing

    route(desk, "")
    way(desk, "I-7")
    standing.recompute(desk)
    stood = standing.stood(desk, standing.newest())
    words = {v["party"]: sentence for sentence, verdicts in stood.effect("I-7") for v in verdicts}
    assert "here confirmed; by the rule alone it would be alleged" in words["B"]
    assert "A" not in words  # who tells of it names B alone: of A nothing was open
    assert "That is the finding: here confirmed" in client("auditor").get("/board/").content.decode()
    assert "That is the finding: here confirmed" in client("chief").get("/sign/").content.decode()
    from servanda.desk.decide import report

    said = {
        "act": "mine_laying",
        "kind": "observation",
        "side": "none",
        "start": "2025-03-21T06:10+02:00",
        "source": "P",
    }
    elsewhere = report(desk, models.Person.objects.get(pk="p-duty"), said, "elsewhere")
    way(desk, elsewhere)
    standing.recompute(desk)
    assert standing.stood(desk, standing.newest()).unfound[elsewhere] == {"act": 1}
    for page in ("/board/", "/sign/", f"/case/{elsewhere}?tab=verdicts"):
        assert "of an act that no term speaks of" in client("chief").get(page).content.decode(), page


def test_the_steps_that_are_ones_own_word_are_said_once_in_the_docs_and_are_those_of_the_code() -> None:
    import re
    from pathlib import Path

    from servanda.desk.own import OWN
    from servanda.evidence.decisions import STEPS

    text = (Path(__file__).parents[1] / "docs" / "desk.md").read_text("utf-8")
    (listed,) = re.findall(r"what is his own word: ([^.]+)\.", text)
    assert re.findall(r"`(\w+)`", listed) == list(OWN)
    assert set(OWN) <= set(STEPS)
    assert text.count("`dissent`") == 1
