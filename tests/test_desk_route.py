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
    yield mission(tmp_path_factory.mktemp("route") / "m", reports=7)
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
    assert "here not counted; by the rule alone it would be open" in words["A"]
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
