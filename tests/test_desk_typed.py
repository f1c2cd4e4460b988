"""What somebody has typed is not lost, and nobody overwrites unseen what somebody else has just done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from tests.desks import client, mission, take, way


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("typed") / "m", reports=12)
    from django.db import connections

    connections.close_all()


def form(incident: str, step: str, **says: str) -> dict[str, str]:
    """A form of a step as the page shows it now."""
    from servanda.desk.models import Incident

    row = Incident.objects.get(pk=incident)
    return {"seen": row.version, "after": row.last, "step": step, **says}


def test_who_comes_second_sees_what_the_first_decided_and_keeps_his_words(desk: Desk) -> None:
    way(desk, "I-1", upto="tasked")
    late = form("I-1", "assessed", why="the long words of the second", method="visit")
    take(desk, "p-second", "I-1", "assessed", why="the first was there")
    page = client("verification").post("/step/I-1", late)
    text = page.content.decode()
    assert page.status_code == 409
    assert "this has changed since it was shown to you" in text
    assert "the first was there" in text
    assert "Name of second" in text
    assert "the long words of the second" in text


def test_words_for_a_step_that_cannot_be_taken_any_more_are_shown(desk: Desk) -> None:
    way(desk, "I-2", upto="triaged")
    late = form("I-2", "tasked", why="the words of operations", team="2")
    take(desk, "p-verification", "I-2", "closed", why="settled")
    text = client("operations").post("/step/I-2", late).content.decode()
    assert 'data-step="tasked"' not in text
    assert "the words of operations" in text
    done = take(desk, "p-duty", "I-3", "triaged", outcome="in_scope")
    take(desk, "p-operations", "I-3", "tasked", team="2")
    undo = form("I-3", "undo", undo=done.decision, why="the words of who undoes")
    assert "the words of who undoes" in client("duty").post("/step/I-3", undo).content.decode()


@pytest.mark.parametrize(
    ("who", "step", "says", "kept"),
    [
        ("duty", "merge", {"of": "I-99"}, 'autocomplete="off" value="I-99"'),
        ("verification", "grade", {"of": "Post 4", "reliability": "Z"}, '<option value="Post 4" selected>'),
        ("chief", "grant", {"of": "exercise", "term": "none"}, 'agreement" value="exercise"'),
    ],
)
def test_a_refused_form_bears_all_that_was_chosen_and_no_other_form_does(
    desk: Desk, who: str, step: str, says: dict[str, str], kept: str
) -> None:
    text = client(who).post("/step/I-4", form("I-4", step, why="my words", **says)).content.decode()
    assert kept in text
    assert text.count(f'value="{says["of"]}"') == 1
    assert ">my words</textarea>" in text


def test_several_at_once_that_are_refused_keep_the_words(desk: Desk) -> None:
    said = {"i": ["I-5", "I-6"], "seen": ["x", "y"], "after": ["", ""], "outcome": "not_applicable", "why": "a quarry"}
    text = client("duty").post("/queue/bulk/", said).content.decode()
    assert '<option value="not_applicable" selected>' in text
    assert ">a quarry</textarea>" in text


def test_two_administrators_do_not_undo_each_other(desk: Desk) -> None:
    from servanda.desk.models import Head, Person
    from servanda.desk.register import register_of

    page, seen = client("administrator"), str(register_of(desk.record()).version)
    shown = {"was-received": "2 hours", "was-tasked": "48 hours", "clocks": "1"}
    for received, tasked, status in (
        ("3 hours", "48 hours", 302),
        ("2 hours", "40 hours", 302),
        ("5 hours", "40 hours", 409),
    ):
        said = {**shown, "clock-received": received, "clock-tasked": tasked}
        assert page.post("/admin/", said).status_code == status, said
    assert {name: Head.objects.get().clocks[name] for name in ("received", "tasked")} == {
        "received": 10800,
        "tasked": 144000,
    }
    for route, status in (("Panel = legal", 302), ("Panel = legal", 302), ("Other panel = legal", 409)):
        assert page.post("/admin/", {"route": route, "was": ""}).status_code == status
    assert Head.objects.get().route == [["Panel", "legal"]]
    for n, (name, status) in enumerate((("Olha One", 200), ("Petro Two", 409))):
        one = {"id": "p-new", "name": name, "role": "duty", "login": f"new{n}", "nonce": f"n{n}", "seen": seen}
        answer = page.post("/admin/", one)
        assert answer.status_code == status
    assert Person.objects.get(pk="p-new").name == "Olha One"
    assert 'value="Petro Two"' in answer.content.decode()
    page.post("/admin/", {"route": "", "was": "Panel = legal"})


def test_a_letter_asks_for_its_answer_by_a_time_that_lies_ahead(desk: Desk) -> None:
    from servanda.desk.models import Paper

    page = client("legal")
    assert 'name="until"' in page.get("/reports/").content.decode()
    said = {"kind": "letter", "language": "en", "incident": "I-7", "to": "B"}
    answer = page.post("/reports/", {**said, "until": "2025-04-01T12:00"})
    assert answer.status_code == 409
    assert 'value="2025-04-01T12:00"' in answer.content.decode()
    assert page.post("/reports/", {**said, "until": "2099-04-01T12:00"}).status_code == 302
    assert "1 April 2099, 12:00" in Paper.objects.get(kind="letter").text


def test_the_map_on_the_form_names_the_places_of_the_agreement(desk: Desk) -> None:
    drawn = client("duty").get("/entry/map.svg?box=48.0,37.0,1.0").content.decode()
    assert ">quay</text>" in drawn


def test_all_is_said_of_all_alone() -> None:
    from servanda.desk.wording import share

    assert [share(part).replace("\N{NO-BREAK SPACE}", " ") for part in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "0 %", "< 1 %", "50 %", "> 99 %", "100 %"
    ]  # fmt: skip
