"""What was pressed by mistake is taken back: that two incidents are not the same, and what was said of a patrol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.app.record import verify_record
from servanda.desk.folder import Desk
from servanda.store import RecordStore
from tests.desks import client, mission


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("undo") / "m", reports=4)
    from django.db import connections

    connections.close_all()


def watches(desk: Desk) -> list[tuple[str, float]]:
    """The watches that count now, each with how surely it sees."""
    import yaml

    store = RecordStore(desk.record())
    inputs = store.as_of()
    files = [yaml.safe_load(store.record.object(e.digest)) for e in inputs.entries if e.kind == "coverage"]
    return [(w["who"], w["probability"]) for f in files for w in f["watches"] if not f.get("denials")]


def outcome(to: str, **more: str) -> dict[str, Any]:
    return {"to": to, "start": "2025-03-20T05:00", "end": "2025-03-20T08:00", "reason": "as it was", **more}


def test_incidents_that_were_said_not_to_be_the_same_are_offered_again(desk: Desk) -> None:
    page = client("duty")
    assert 'data-other="I-2"' in page.get("/twins/I-1").content.decode()
    said = page.post("/apart/I-1", {"other": "I-2"}, headers={"HX-Request": "true"}).content.decode()
    assert 'data-other="I-2"' not in said
    assert "Name of duty" in said  # who said so, and the way back, also at the other one
    assert "Name of duty" in client("verification").get("/twins/I-2").content.decode()
    assert 'data-other="I-1"' not in page.get("/twins/I-2").content.decode()
    page.post("/apart/I-2", {"other": "I-1", "again": "1"})
    assert 'data-other="I-2"' in page.get("/twins/I-1").content.decode()


def test_what_was_said_of_a_patrol_is_corrected_by_who_plans_it(desk: Desk) -> None:
    page = client("operations")
    plan = {
        "team": "Team 5",
        "place": "quay",
        "start": "2025-03-20T05:00",
        "end": "2025-03-20T08:00",
        "people": "p-patrol",
    }
    at = page.post("/patrols/", plan)["Location"]
    went = outcome("went", detects="shelling", probability="0.9")
    assert client("patrol").post(at, went).status_code == 302
    assert watches(desk) == [("Team 5", 0.9)]
    assert client("patrol").post(at, went).status_code == 409  # who went says it once
    assert page.post(at, outcome("went", detects="shelling", probability="0.5")).status_code == 302
    assert watches(desk) == [("Team 5", 0.5)]
    size = desk.record().log.head.size
    assert page.post(at, outcome("went", detects="shelling", probability="0.5")).status_code == 302
    assert desk.record().log.head.size == size  # the same click again
    assert page.post(at, outcome("denied", by="B", report="1")).status_code == 302
    assert watches(desk) == []
    assert page.post(at, outcome("cancelled")).status_code == 302
    assert watches(desk) == []
    verify_record(RecordStore(desk.record()))
    shown = page.get(at).content.decode()
    assert "both stay on the record" in shown
    assert page.post(at, outcome("went", detects="shelling", probability="0.7")).status_code == 302
    assert watches(desk) == [("Team 5", 0.7)]


def test_the_doctor_says_who_cannot_sign_in_yet_after_a_database_was_lost(desk: Desk) -> None:
    from django.contrib.auth import get_user_model

    from servanda.desk.doctor import examine

    get_user_model().objects.filter(username="auditor").delete()
    assert any("nobody signs in yet as auditor" in said for _, said in examine(desk))


def test_a_form_that_is_sent_again_after_it_was_undone_is_not_said_to_have_been_taken(desk: Desk) -> None:
    """Who goes back to it and sends it again was led on as if it had counted."""
    from servanda.desk import models

    def row() -> models.Incident:
        return models.Incident.objects.get(pk="I-4")

    browser, now = client("duty"), row()
    form = {"step": "triaged", "outcome": "in_scope", "why": "seen", "seen": now.version, "after": now.last}
    assert [browser.post("/step/I-4", form).status_code for _ in range(2)] == [302, 302]
    now = row()
    taken = {"step": "undo", "undo": now.last, "why": "a slip", "seen": now.version, "after": now.last}
    assert browser.post("/step/I-4", taken).status_code == 302
    answer = browser.post("/step/I-4", form)
    assert (answer.status_code, row().state) == (409, "received")
    assert "a slip" in answer.content.decode()  # what happened since
    back = {"step": "undo", "undo": row().last, "why": "right after all", "seen": row().version, "after": row().last}
    assert browser.post("/step/I-4", back).status_code == 302
    assert (browser.post("/step/I-4", form).status_code, row().state) == (302, "in_scope")
