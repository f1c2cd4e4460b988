"""The entry form: what was seen apart from what was told, a place by name, on the map or by ear, a time with its doubt, what may be the same."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from tests.desks import client as sign_in
from tests.desks import mission


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    client.cache_clear()
    yield mission(tmp_path_factory.mktemp("entry") / "m", reports=4)
    from django.db import connections

    connections.close_all()


@functools.cache
def client(role: str) -> Any:
    return sign_in(role)


def said(nonce: str, **more: str) -> dict[str, str]:
    """A form, days and kilometres away from all that is there."""
    words = {"source": "Post 9", "side": "none", "act": "shelling", "summary": "two impacts", "nonce": nonce}
    return {**words, "start": "2025-03-25T05:00", **more}


def fields(page: str) -> dict[str, str]:
    """The fields of a page as a browser would send them."""
    found = re.findall(r'<input(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")', page)
    return {name: unescape(value) for name, value in found}


def reports(role: str, form: dict[str, str]) -> list[Any]:
    """The reports of a form that was sent and taken."""
    from servanda.desk.models import Report

    answer = client(role).post("/entry/", form)
    assert answer.status_code == 302, answer.content.decode()
    incident = answer["Location"].removeprefix("/case/").partition("?")[0]
    return list(Report.objects.filter(incident=incident).order_by("report_id"))


def test_what_was_seen_and_what_was_told_are_two_reports_of_one_incident(desk: Desk) -> None:
    seen, told = reports(
        "duty", said("a", told="that it came from the north", told_by="a neighbour", lat="51", lon="31")
    )
    assert (seen.said["kind"], seen.said["summary"], seen.said["origin"]) == ("observation", "two impacts", "Post 9")
    assert (told.said["kind"], told.said["origin"]) == ("claim", "a neighbour")
    assert told.said["summary"] == "that it came from the north"
    (only,) = reports("duty", said("b", summary="", told="they say so", lat="52", lon="32"))
    assert only.said["kind"] == "claim"


def test_times_of_a_form_that_showed_another_zone_are_looked_at_again_before_they_are_recorded(desk: Desk) -> None:
    from servanda.desk.models import Report

    duty, form = client("duty"), said("zone", lat="49.7", lon="30.1", zone="Europe/Berlin")
    before, answer = Report.objects.count(), duty.post("/entry/", form)
    text = answer.content.decode()
    assert (answer.status_code, "time zone is another" in unescape(text)) == (409, True)
    assert Report.objects.count() == before
    assert fields(text)["zone"] == "Europe/Kyiv"
    (made,) = reports("duty", {**form, "zone": fields(text)["zone"]})
    assert made.start.isoformat() == "2025-03-25T03:00:00+00:00"
    for role, page in (("operations", "/patrols/"), ("duty", "/case/I-1")):
        assert fields(client(role).get(page).content.decode())["zone"] == "Europe/Kyiv"
    step = {"step": "triaged", "outcome": "in_scope", "why": "heard", "zone": "Europe/Berlin"}
    assert duty.post("/step/I-1", step).status_code == 409


def test_a_form_that_comes_again_is_the_report_that_it_was_and_no_twin_of_itself(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from servanda.desk.models import Report

    duty, form = client("duty"), said("back", lat="54.2", lon="34.2", precision_km="1")
    first = duty.post("/entry/", form)
    assert duty.post("/entry/", form)["Location"] == first["Location"]
    other = duty.post("/entry/", {**form, "summary": "three impacts"})  # changed words are another report
    assert (other.status_code, "It is a new incident" in other.content.decode()) == (409, True)
    file = SimpleUploadedFile("a.txt", b"what was forgotten")
    more = duty.post("/entry/", {**form, "files": file})  # and so is a file that was forgotten
    page = more.content.decode()
    assert (more.status_code, "It is a new incident" in page) == (409, True)
    incident = first["Location"].removeprefix("/case/")
    kept = {name: text for name, text in fields(page).items() if name in ("nonce", "attached", "looked_at")}
    again = duty.post("/entry/", form | kept | {"same": incident})
    assert again["Location"].removeprefix("/case/") == incident
    assert Report.objects.filter(incident=incident).count() == 2


def test_who_told_it_is_protected_as_a_source_is(desk: Desk) -> None:
    from servanda.desk.models import Incident

    form = said("told", told="Idris Okonjo says the guns stood north", told_by="Idris Okonjo", lat="51.2", lon="31.2")
    seen, told = reports("duty", form | {"protect_teller": "1"})
    assert seen.said["source"] == told.said["source"] == "Post 9"
    assert told.said["origin"].startswith("protected-")
    assert "Okonjo" not in told.said["summary"]
    assert b"Okonjo" not in b"".join(path.read_bytes() for path in desk.record_folder.rglob("*") if path.is_file())
    # a package blurs what speaks of him, so that neither a finding nor a party's room tells place and hour
    assert Incident.objects.get(pk=told.incident).protected
    for wrong in ({"told": "", "told_by": "Idris"}, {"told": "x", "told_by": "", "protect_teller": "1"}):
        answer = client("duty").post("/entry/", said("wrong", lat="51.3", lon="31.3") | wrong)
        assert (answer.status_code, "who told it" in answer.content.decode()) == (409, True)


def test_a_time_give_or_take_minutes_is_a_span(desk: Desk) -> None:
    (made,) = reports("duty", said("c", about="15", lat="53", lon="33"))
    assert [f"{t:%H:%M}" for t in (made.start, made.end)] == ["02:45", "03:15"]
    answer = client("duty").post("/entry/", said("d", about="a while"))
    assert (answer.status_code, "no number of minutes" in answer.content.decode()) == (409, True)


def test_an_hour_that_comes_twice_is_any_time_in_both_and_no_dead_end(desk: Desk) -> None:
    (made,) = reports("duty", said("twice", start="2025-10-26T03:30", lat="53.4", lon="33"))
    assert [f"{t:%H:%M}" for t in (made.start, made.end)] == ["00:30", "01:30"]
    (made,) = reports("duty", said("span", start="2025-10-26T03:10", end="2025-10-26T03:50", lat="53.8", lon="33"))
    assert [f"{t:%H:%M}" for t in (made.start, made.end)] == ["00:10", "01:50"]
    from servanda.desk.views.shared import instant

    both = [instant("2025-10-26T03:30", "Europe/Kyiv", last=last) for last in (False, True)]
    assert [f"{t:%H:%M}" for t in both if t is not None] == ["00:30", "01:30"]  # a deadline is the second
    answer = client("duty").post("/entry/", said("never", start="2025-03-30T03:30"))
    assert (answer.status_code, "does not exist" in answer.content.decode()) == (409, True)


def test_what_was_heard_lies_beyond_where_the_source_stood_with_all_its_doubt(desk: Desk) -> None:
    from servanda.desk import attached

    heard = {"lat": "54.0", "lon": "34.0", "towards": "NW", "far": "4", "far_doubt": "1", "towards_doubt": "10"}
    (made,) = reports("duty", said("e", **heard))
    assert made.lat == pytest.approx(54.0254, abs=0.0005)
    assert made.lon == pytest.approx(33.9567, abs=0.0005)
    assert 1100 < made.precision_m < 1500
    assert made.said["summary"].endswith("[heard, not seen]")
    (note,) = attached.with_reports(desk, [made.entry])[made.entry]
    told = attached.sealed(desk).open(note.sha256).decode()
    assert told == "Heard from 54.0000 34.0000: direction 315° ± 10°, distance 4 km ± 1 km.\n"
    for wrong in ({"towards": "yonder", "far": "4"}, {"towards": "NW", "far": ""}, {"towards": "400", "far": "4"}):
        answer = client("duty").post("/entry/", said("f", **{**heard, **wrong}))
        assert answer.status_code == 409, wrong
    answer = client("duty").post("/entry/", said("g", **{**heard, "lat": "", "lon": ""}))
    assert "where the source stood" in answer.content.decode()


def test_a_place_is_found_by_name_or_pointed_at_and_nothing_is_recorded_by_that(desk: Desk) -> None:
    size = desk.record().log.head.size
    page = client("duty").post("/entry/", said("h", place_name="quay", do="find")).content.decode()
    assert "a place of the agreement" in page
    picked = re.search(r'name="pick" value="([^"]+)"', page)
    assert picked is not None
    page = client("duty").post("/entry/", said("h", place_name="quay", pick=picked[1], do="closer")).content.decode()
    at = fields(page)
    assert (float(at["lat"]), float(at["lon"])) == pytest.approx((48.0, 37.0), abs=0.001)
    page = client("duty").post("/entry/", {**said("h", box=at["box"]), "at.x": "150", "at.y": "60"}).content.decode()
    north = fields(page)
    assert float(north["lat"]) > 48.0
    assert float(north["lon"]) == pytest.approx(37.0, abs=0.01)
    assert "two impacts" in page
    by_key = client("duty").post("/entry/", {**said("h", lat="1", lon="2"), "at.x": "0", "at.y": "0"}).content.decode()
    assert fields(by_key)["lat"] == "1"
    for odd in ("²", "9" * 400, "301"):  # no point of the map
        assert client("duty").post("/entry/", {**said("h", do="find"), "at.x": odd, "at.y": odd}).status_code == 200
    assert (
        "No place of this name"
        in client("duty").post("/entry/", said("h", place_name="Nowhereville", do="find")).content.decode()
    )
    assert desk.record().log.head.size == size
    picture = client("patrol").get("/entry/map.svg", {"box": at["box"], "lat": "48", "lon": "37", "km": "2"})
    assert picture["Content-Type"] == "image/svg+xml"
    assert client("patrol").get("/entry/map.svg", {"box": "nan,1,1"}).status_code == 404


def test_what_may_be_the_same_is_shown_first_and_never_forced(desk: Desk) -> None:
    from servanda.desk.models import Incident

    near = {
        "lat": "48.0",
        "lon": "37.01",
        "precision_km": "1",
        "start": "2025-03-19T06:01",
        "actor": "B",
        "place_name": "quay",
    }
    size = desk.record().log.head.size
    answer = client("duty").post("/entry/", said("i", **near))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "it may be one of these" in page
    assert desk.record().log.head.size == size
    looked = re.search(r'name="looked_at" value="([^"]*)"', page)
    assert looked is not None
    first = looked[1].split(",")[0]
    before = Incident.objects.get(pk=first).reports
    answer = client("duty").post("/entry/", said("i", **near, looked_at=looked[1], same=first))
    assert answer["Location"] == f"/case/{first}"
    assert Incident.objects.get(pk=first).reports == before + 1
    answer = client("duty").post("/entry/", said("j", **near))
    looked = re.search(r'name="looked_at" value="([^"]*)"', answer.content.decode())
    assert looked is not None
    made = reports("duty", said("j", **near, looked_at=looked[1], same=""))
    assert made[-1].incident not in looked[1].split(",")
    assert client("patrol").post("/entry/", said("k", **near)).status_code == 302  # a patrol is shown no incidents


def test_a_day_is_written_as_a_day_and_not_as_its_midnight(desk: Desk) -> None:
    from servanda.desk.wording import begun, happened, known

    zone = "Europe/Kyiv"
    day, next_day, end, night = (
        datetime.fromisoformat(f"2025-03-{t}+02:00") for t in ("18T00:00", "19T00:00", "18T23:59", "20T22:00")
    )
    assert [happened(day, last, zone) for last in (next_day, end)] == ["18 Mar 2025"] * 2
    assert happened(day, night, zone) == "18 Mar 2025 00:00 to 20 Mar 2025 22:00"
    assert happened(day, day, zone) == "18 Mar 2025 00:00"  # at midnight
    assert (begun(day, zone), begun(night, zone)) == ("18 Mar 2025", "20 Mar 2025 22:00")
    assert (known(next_day, zone), known(end, zone)) == ("18 Mar 2025", "18 Mar 2025 23:59")
