"""The desk's screens beyond queue and case: parting incidents, patrols, shifts, the explorer, mission reports, languages."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("django")
from servanda.app.record import verify_record
from servanda.desk.folder import Desk
from servanda.store import RecordStore
from tests.desks import HEADER, mission, row, snapshot, take, way
from tests.desks import client as sign_in


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    client.cache_clear()
    made = mission(tmp_path_factory.mktemp("screens") / "m", reports=16)
    yield made
    from django.db import connections

    connections.close_all()


@functools.cache
def client(role: str) -> Any:
    """Somebody who has signed in: once, for more than sixty logins a minute are refused."""
    return sign_in(role)


def verdicts(desk: Desk) -> bytes:
    """The file of verdicts of what is recorded now."""
    return verify_record(RecordStore(desk.record())).files["verdicts.json"]


def entries(desk: Desk) -> int:
    return int(desk.record().log.head.size)


def at(incident: str) -> Any:
    from servanda.desk.models import Incident

    return Incident.objects.get(pk=incident)


def parting(incidents: list[str], parts: str, **more: str) -> dict[str, Any]:
    """The form of a parting as the page shows it."""
    from servanda.desk.models import Report
    from servanda.desk.views.parts import _box

    seen = [at(i).version for i in incidents]
    reports = Report.objects.filter(incident__in=incidents).order_by("incident", "known_at", "id")
    ticked = {f"p-{_box(r)}": part for r, part in zip(reports, parts, strict=True)}
    return {"i": incidents, "seen": seen, **ticked, **more}


def two_reports_of_one(desk: Desk) -> None:
    """``I-3`` with two reports."""
    if at("I-3").reports == 1:
        from servanda.desk.decide import Click, decide

        decide(desk, "p-verification", [Click("I-3", {"merge": ["I-3", "I-13"], "into": "I-3"}, "one event")])


def denied(page: Any) -> None:
    """A patrol that was not let in, and the report of it."""
    number = planned()
    until = "2099-01-01T00:00"
    assert page.post(f"/patrols/{number}/", {"to": "asked", "asked_of": "B", "answer_by": until}).status_code == 302
    answer = page.post(f"/patrols/{number}/", outcome("denied", by="B", report="1", reason="the gate stayed shut"))
    assert answer.status_code == 302, answer.content.decode()


class TestSplitAndMerge:
    def test_what_a_parting_would_change_is_shown_and_nothing_is_recorded(self, desk: Desk) -> None:
        size = entries(desk)
        page = client("verification").post("/parts/", parting(["I-1", "I-2"], "11", show="1"))
        text = page.content.decode()
        assert page.status_code == 200
        assert "2 incidents now, 1 incident then. Decided: 1 merge." in text
        assert "2 confirmed" in text or "alleged" in text
        assert entries(desk) == size

    def test_a_merge_and_its_undoing_leave_the_verdicts_byte_for_byte(self, desk: Desk) -> None:
        before, page = verdicts(desk), client("verification")
        answer = page.post("/parts/", parting(["I-1", "I-2"], "11", save="1", why="one strike"))
        assert (answer.status_code, answer["Location"]) == (302, "/case/I-1?tab=decisions")
        assert at("I-1").reports == 2
        assert page.get("/case/I-2")["Location"] == "/case/I-1"
        assert verdicts(desk) != before
        done = at("I-1").last
        said = {"seen": at("I-1").version, "after": done, "step": "undo", "undo": done, "why": "two after all"}
        assert page.post("/step/I-1", said).status_code == 302
        assert verdicts(desk) == before
        assert at("I-2").reports == 1

    def test_reports_move_between_two_incidents_and_a_new_part_gets_its_own_id(self, desk: Desk) -> None:
        page = client("verification")
        page.post("/parts/", parting(["I-3", "I-4", "I-5"], "111", save="1", why="one event"))
        assert at("I-3").reports == 3
        answer = page.post("/parts/", parting(["I-3"], "121", save="1", why="the second is another"))
        assert answer.status_code == 302
        from servanda.desk.models import Incident

        assert at("I-3").reports == 2
        new = Incident.objects.get(id__startswith="I-3-")
        assert (new.reports, new.state) == (1, "received")
        grown = snapshot()
        from servanda.desk.projection import rebuild

        assert rebuild(desk.record())[0]
        assert snapshot() == grown

    def test_a_split_undone_brings_the_verdicts_back(self, desk: Desk) -> None:
        two_reports_of_one(desk)
        before = verdicts(desk)
        page = client("verification")
        page.post("/parts/", parting(["I-3"], "12", save="1", why="apart"))
        assert verdicts(desk) != before
        done = at("I-3").last
        said = {"seen": at("I-3").version, "after": done, "step": "undo", "undo": done, "why": "no"}
        assert page.post("/step/I-3", said).status_code == 302
        assert verdicts(desk) == before

    def test_a_page_that_is_stale_parts_nothing(self, desk: Desk) -> None:
        form = parting(["I-6", "I-7"], "11", save="1", why="one event, I think")
        take(desk, "p-duty", "I-7", "triaged", outcome="in_scope")
        size = entries(desk)
        answer = client("verification").post("/parts/", form)
        assert answer.status_code == 409
        assert "has changed since it was shown" in answer.content.decode()
        assert "one event, I think" in answer.content.decode()
        assert entries(desk) == size

    def test_a_fifth_incident_is_too_many_and_nothing_is_cut_off(self, desk: Desk) -> None:
        names, size = ["I-1", "I-2", "I-3", "I-6", "I-7"], entries(desk)
        shown = client("verification").get("/parts/?" + "&".join(f"i={n}" for n in names)).content.decode()
        assert "four incidents at most" in shown
        count = sum(at(n).reports for n in names)
        answer = client("verification").post("/parts/", parting(names, "1" * count, save="1", why="all one"))
        assert answer.status_code == 409
        assert entries(desk) == size

    def test_a_form_of_which_a_report_has_gone_parts_nothing(self, desk: Desk) -> None:
        form, size = parting(["I-6", "I-7"], "11", save="1", why="one"), entries(desk)
        box = next(name for name in form if name.startswith("p-"))
        for less in ({k: v for k, v in form.items() if k != box}, {**form, "p-0123456789abcdef": "1"}):
            assert client("verification").post("/parts/", less).status_code == 409
        without = {**form, "seen": form["seen"][:1]}
        assert client("verification").post("/parts/", without).status_code == 409
        assert entries(desk) == size

    def test_a_split_is_not_for_the_duty_officer_and_a_merge_is(self, desk: Desk) -> None:
        two_reports_of_one(desk)
        page, size = client("duty"), entries(desk)
        answer = page.post("/parts/", parting(["I-3"], "12", save="1", why="apart"))
        assert answer.status_code == 409
        assert "verification officer" in answer.content.decode()
        assert entries(desk) == size
        assert page.post("/parts/", parting(["I-8", "I-9"], "11", save="1", why="one")).status_code == 302

    @pytest.mark.parametrize(
        "into", [{"I-10": ["R10"], "I-99": ["R1"]}, {"I-10": ["R10"]}, {"I-10": [], "X": []}, "no"]
    )
    def test_a_split_that_names_what_is_not_there_is_refused(self, desk: Desk, into: Any) -> None:
        from servanda.desk.decide import Click, decide
        from servanda.errors import ServandaError

        size = entries(desk)
        with pytest.raises(ServandaError):
            decide(desk, "p-verification", [Click("I-10", {"split": "I-10", "into": into}, "x")])
        assert entries(desk) == size

    def test_incidents_that_may_be_one_are_offered_with_the_reason_until_somebody_says_no(self, desk: Desk) -> None:
        page = client("duty")
        shown = page.get("/twins/I-11").content.decode()
        assert "May be the same" in shown
        assert "h apart" in shown
        size = entries(desk)
        other = shown.partition('data-other="')[2].partition('"')[0]
        page.post("/apart/I-11", {"other": other})
        assert f'data-other="{other}"' not in page.get("/twins/I-11").content.decode()
        assert entries(desk) == size
        assert page.get("/twins/I-404").status_code == 404


def plan(**more: Any) -> dict[str, Any]:
    """The form of a plan."""
    said = {
        "team": "Team 3",
        "people": ["p-patrol"],
        "place": "quay",
        "start": "2025-03-20T05:00",
        "end": "2025-03-20T08:00",
    }
    return {**said, "route": "by the mole", **more}


def planned(**more: Any) -> int:
    answer = client("operations").post("/patrols/", plan(**more))
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].split("/")[2])


def watched(desk: Desk) -> float:
    """The share of place and time that was watched for the term on fire."""
    import json

    told = json.loads(verdicts(desk))["verdicts"]
    return max(v["coverage"]["watched"] or 0.0 for v in told if v["term"] == "fire")


def outcome(to: str, **more: Any) -> dict[str, Any]:
    said = {"to": to, "start": "2025-03-20T05:00", "end": "2025-03-20T08:00", "reason": "we stood at the mole"}
    return {**said, "probability": "0.95", "detects": ["shelling"], **more}


class TestPatrols:
    def test_a_plan_is_no_evidence_and_a_patrol_sees_its_own_alone(self, desk: Desk) -> None:
        size = entries(desk)
        mine, other = planned(), planned(team="Team 9", people=[])
        assert entries(desk) == size
        page = client("patrol")
        assert "Team 3" in page.get(f"/patrols/{mine}/").content.decode()
        assert page.get(f"/patrols/{other}/").status_code == 404
        assert "Team 9" not in page.get("/patrols/").content.decode()
        assert page.post("/patrols/", plan()).status_code == 404

    def test_no_team_bears_the_name_of_a_party(self, desk: Desk) -> None:
        for name in ("B", "borska", "Aldova", "Aldovan forces"):
            assert client("operations").post("/patrols/", plan(team=name)).status_code == 409

    def test_a_patrol_that_went_is_a_watch(self, desk: Desk) -> None:
        before, number = watched(desk), planned()
        answer = client("patrol").post(f"/patrols/{number}/", outcome("went"))
        assert answer.status_code == 302
        assert watched(desk) > before
        size = entries(desk)
        assert client("patrol").post(f"/patrols/{number}/", outcome("went")).status_code == 409
        assert entries(desk) == size

    def test_a_patrol_that_was_denied_watches_nothing_and_the_denial_is_reported(self, desk: Desk) -> None:
        from servanda.desk.models import Incident

        before = watched(desk)
        denied(client("operations"))
        assert watched(desk) == before
        told = Incident.objects.get(act="access_denied")
        assert (told.accused, told.summary, told.state) == ("B", "the gate stayed shut", "received")

    @pytest.mark.parametrize(
        "said",
        [
            {"reason": ""},
            {"start": "2099-01-01T00:00", "end": "2099-01-01T01:00"},
            {"detects": ["no-such-act"]},
            {"probability": "1.5"},
            {"by": "Z"},
        ],
    )
    def test_an_outcome_that_cannot_be_is_refused_and_the_patrol_stays_as_it_was(self, desk: Desk, said: Any) -> None:
        from servanda.desk.models import Patrol

        number, size = planned(), entries(desk)
        answer = client("operations").post(f"/patrols/{number}/", outcome("denied", **{"by": "B", **said}))
        assert answer.status_code == 409
        assert Patrol.objects.get(pk=number).state == "planned"
        assert entries(desk) == size


class TestShifts:
    def test_a_shift_is_handed_over_and_taken_over_on_the_record(self, desk: Desk) -> None:
        duty, chief = client("duty"), client("chief")
        assert duty.post("/shift/", {"to": "p-duty", "note": "to myself"}).status_code == 409
        assert duty.post("/shift/", {"to": "p-chief", "note": ""}).status_code == 409
        assert duty.post("/shift/", {"to": "p-chief", "note": "watch <the> quay", "seen": ""}).status_code == 302
        assert "Name of duty hands this shift over to you" in chief.get("/queue/").content.decode()
        assert "hands this shift over" not in client("duty").get("/queue/").content.decode()
        assert "Nothing is in this view" in client("duty").get("/queue/?view=came").content.decode()
        assert "I-1" in chief.get("/queue/?view=came").content.decode()  # the chief has not been on shift yet
        page = chief.get("/shift/").content.decode()
        assert "Name of duty hands this shift over to you" in page
        assert "watch &lt;the&gt; quay" in page
        digest = page.partition('name="accept" value="')[2].partition('"')[0]
        assert client("duty").post("/shift/", {"accept": digest}).status_code == 409
        assert chief.post("/shift/", {"accept": digest, "note": "seen"}).status_code == 302
        assert "Taken over" in chief.get("/shift/").content.decode()
        assert chief.post("/shift/", {"accept": digest}).status_code == 409

    def test_a_handover_that_a_clock_running_ahead_has_dated_hides_nothing_that_came_after_it(self, desk: Desk) -> None:
        from servanda.desk import decide, models, shifts

        ahead = decide.clock() + timedelta(days=1)
        made = shifts.handover_file(desk, "p-duty", "p-chief", "tomorrow", shifts.facts(None, ahead), ahead, None, "")
        decide._record(desk, [made])
        told = {"source": "Post 70", "act": "shelling", "kind": "observation", "side": "none", "summary": "after it"}
        told |= {"start": "2025-03-22T04:44+02:00", "lat": "49.9", "lon": "38.9"}
        incident = decide.report(desk, models.Person.objects.get(pk="p-duty"), told, "after-the-handover")
        take(desk, "p-duty", incident, "triaged", outcome="in_scope")
        since = shifts.facts(shifts.handovers(desk)[0], decide.clock())
        assert (since["came"], since["decided"], [d.incident for d in since["lately"]]) == (1, 1, [incident])
        assert incident in client("duty").get("/queue/?view=came").content.decode()


def scattered(many: int, spread: float) -> Any:
    """Incidents around a place, as the map counts them."""
    from servanda.desk.explorer import Placed

    chance, none = np.random.default_rng(7), np.zeros(many, int)
    lon, lat = chance.normal(37, spread, many), chance.normal(48, spread, many)
    return Placed([f"S-{n}" for n in range(many)], {}, lon, lat, none.astype(float), none, none, [])


class TestMapAndTime:
    def test_a_queue_that_is_printed_in_part_says_so(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        page = client("chief")
        assert 'class="paged"' not in page.get("/queue/?view=all").content.decode()
        monkeypatch.setattr("servanda.desk.views.queue.ROWS", 2)
        assert "Rows 1 to 2 of a longer list." in page.get("/queue/?view=all").content.decode()
        assert "Rows 3 to 4 of a longer list." in page.get("/queue/?view=all&after=2").content.decode()

    def test_incidents_whose_clocks_end_together_stand_by_their_numbers(self, desk: Desk) -> None:
        from servanda.desk.models import Incident
        from servanda.desk.places import NEVER, rank_of

        names = ["even-2", "even-10", "even-100", "even-1/2", "even-1/10", "even-007"]
        Incident.objects.bulk_create([Incident(id=n, rank=rank_of(n), state="received", turn=NEVER) for n in names])
        try:
            page = client("auditor").get("/queue/rows/?view=all&q=even").content.decode()
            shown = list(dict.fromkeys(re.findall(r"/case/(even[^\"?]+)", page)))
        finally:
            Incident.objects.filter(id__startswith="even-").delete()
        assert [n.replace("%2F", "/") for n in shown] == [
            "even-1/2",
            "even-1/10",
            "even-2",
            "even-007",
            "even-10",
            "even-100",
        ]

    def test_a_frame_holds_both_hours_where_one_comes_twice(self) -> None:
        from servanda.desk.explorer import frame_of

        twice = "2025-10-26T03:30"
        frame = frame_of({"from": twice, "to": twice}, "Europe/Kyiv")
        assert None not in (frame.start, frame.end)
        assert frame.end.timestamp() - frame.start.timestamp() == 3600  # type: ignore[union-attr]

    def test_a_frame_goes_to_the_queue_and_back_and_the_address_holds_it(self, desk: Desk) -> None:
        page = client("auditor")
        frame = "box=36.9%2C47.9%2C37.35%2C48.1&from=2025-03-19T00%3A00&act=shelling"
        text = page.get(f"/map/?{frame}").content.decode()
        assert "in this frame" in text
        assert 'class="place"' in text
        to_queue = text.partition('href="/queue/?')[2].partition('"')[0].replace("&amp;", "&")
        rows = page.get(f"/queue/?{to_queue}").content.decode()
        assert "/map/?" in rows
        assert "On the map" in rows
        assert page.get("/map/?box=1,2,3&from=never&state=nowhere").status_code == 200

    @pytest.mark.parametrize(("many", "spread"), [(2000, 0.1), (2000, 0.03), (700, 0.3)])
    def test_no_circle_of_several_incidents_lies_over_another_circle(
        self, desk: Desk, many: int, spread: float
    ) -> None:
        from servanda.desk import drawing, explorer

        every = scattered(many, spread)
        sheet = drawing.Sheet(36.5, 47.7, 37.5, 48.3, 900, 520)
        point = (sheet.bounds()[2] - sheet.bounds()[0]) / 900
        found, _ = explorer.marks(every, explorer.Frame(sheet.bounds()), point)
        drawn = str(drawing.explored(sheet, {}, [], [], [(lon, lat, n, "", "") for lon, lat, n, _ in found]))
        circles = np.array(
            [[float(v) for v in c] for c in re.findall(r'<circle cx="(.+?)" cy="(.+?)" r="(.+?)"', drawn)]
        )
        several = circles[[n > 1 for _, _, n, _ in found]]
        assert len(circles) == len(found) > 2
        apart = np.hypot(*(np.subtract.outer(several[:, k], circles[:, k]) for k in (0, 1)))
        touching = np.add.outer(several[:, 2], circles[:, 2]) - 0.3  # they are written with one decimal
        assert ((apart >= touching) | (apart < 1e-9)).all()
        assert sum(n for _, _, n, _ in found) == int(every.inside(explorer.Frame(sheet.bounds())).sum())

    def test_of_few_incidents_none_is_hidden_by_another_at_its_place(self, desk: Desk) -> None:
        from servanda.desk import explorer

        found, _ = explorer.marks(scattered(40, 0.0), explorer.Frame((36.0, 47.0, 38.0, 49.0)), 2 / 900)
        assert [n for _, _, n, _ in found] == [40]
        (alone,), _ = explorer.marks(scattered(1, 0.1), explorer.Frame((36.0, 47.0, 38.0, 49.0)), 2 / 900)
        assert alone == (*scattered(1, 0.1).lon, *scattered(1, 0.1).lat, 1, "S-0")

    def test_many_incidents_are_sent_as_cells(self, desk: Desk) -> None:
        from servanda.desk import explorer
        from servanda.desk.models import Incident

        made = [
            Incident(id=f"many-{n}", state="closed", lat=40 + n % 50 / 10, lon=30 + n // 50 / 20, act="strike")
            for n in range(1000)
        ]
        Incident.objects.bulk_create(made)
        try:
            frame = explorer.Frame((29.0, 39.0, 32.0, 46.0), act="strike")
            every = explorer._placed()
            found, _ = explorer.marks(every, frame, 3 / 900)
            assert sum(n for _, _, n, _ in found) == 1000
            assert len(client("auditor").get("/map/?act=strike").content) < 150_000
        finally:
            Incident.objects.filter(id__startswith="many-").delete()

    def test_tiles_of_the_mission_are_read_by_ranges_and_nothing_else_is(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from servanda.desk import configure

        page, address = client("auditor"), "/map/tiles.pmtiles"
        assert page.get(address, headers={"range": "bytes=0-3"}).status_code == 404
        (desk.folder / "area.pmtiles").write_bytes(b"PMTiles and more")
        monkeypatch.setattr(configure, "_MINE", [dataclasses.replace(desk, tiles=desk.folder / "area.pmtiles")])
        answer = page.get(address, headers={"range": "bytes=0-6"})
        assert (answer.status_code, answer.content) == (206, b"PMTiles")
        assert answer["Content-Range"] == "bytes 0-6/16"
        for wrong in ("bytes=99-100", "bytes=5-1", "bytes=-4", "items=0-1", ""):
            assert page.get(address, headers={"range": wrong}).status_code == 416
        assert client("patrol").get(address, headers={"range": "bytes=0-6"}).status_code == 404

    def test_no_mark_lies_over_the_name_of_a_town(self) -> None:
        from servanda.desk.ground import legible

        box, towns = (36.0, 48.0, 37.0, 49.0), [("Alder", 36.2, 48.2), ("Birch", 36.2, 48.8)]
        assert legible(towns, [(36.21, 48.22), (36.5, 48.8), (36.1, 48.8)], box) == towns[1:]

    def test_a_disputed_border_is_drawn_as_such(self) -> None:
        from servanda.desk.ground import ground

        assert not ground((73.0, 33.0, 77.0, 36.0))["disputed"].is_empty  # Kashmir
        assert ground((5.0, 46.0, 9.0, 50.0))["disputed"].is_empty
        assert not ground((5.0, 46.0, 9.0, 50.0))["border"].is_empty

    def test_a_denial_is_a_layer_of_its_own(self, desk: Desk) -> None:
        from servanda.desk.models import Incident

        if not Incident.objects.filter(act="access_denied").exists():
            denied(client("operations"))
        page = client("auditor")
        assert 'class="shut"' in page.get("/map/").content.decode()
        assert 'class="shut"' not in page.get("/map/?shown=1&layer=coverage").content.decode()
        assert 'class="shut"' not in page.get("/map/?from=2025-03-25T00%3A00").content.decode()


class TestMissionReports:
    def test_a_report_is_drafted_reviewed_signed_and_corrected_by_a_number(self, desk: Desk) -> None:
        from servanda.desk.models import Entry, Paper

        made = client("verification").post("/reports/", {"kind": "daily", "language": "en", "date": "2025-03-19"})
        assert made.status_code == 302, made.content.decode()
        where = made["Location"]
        assert client("verification").post(where, {"do": "review"}).status_code == 409
        assert client("chief").post(where, {"do": "publish"}).status_code == 409
        chief, size = client("chief"), entries(desk)
        assert chief.post(where, {"do": "review"}).status_code == 302
        assert "neither drafted nor reviewed" in chief.get(where).content.decode()
        assert (
            chief.post(where, {"do": "publish"}).status_code == 409
        )  # four eyes: whoever reviewed it does not sign it
        assert entries(desk) == size
        where = self.sent_back(desk, where)
        assert client("legal").post(where, {"do": "review"}).status_code == 302
        assert chief.post(where, {"do": "publish"}).status_code == 302
        assert chief.post(where, {"do": "publish"}).status_code == 409
        paper = Paper.objects.get(state="published")
        kept = Entry.objects.filter(name__startswith=f"reports/{paper.name}/")
        assert {e.name.rpartition(".")[2] for e in kept} >= {"txt", "html", "pdf", "docx", "json"}
        again = client("duty").post("/reports/", {"corrects": paper.pk, "note": "the hour was wrong"})
        assert again.status_code == 302, again.content.decode()
        corrected = Paper.objects.get(number=1)
        assert corrected.name == f"{paper.name}.correction-1"
        assert "Correction No. 1. What was wrong: “the hour was wrong”" in corrected.text
        assert "Daily report No. 1, 19 March 2025" in paper.text
        assert "Daily report No. 1, 19 March 2025" in corrected.text
        client("verification").post("/reports/", {"kind": "daily", "language": "en", "date": "2025-03-25"})
        assert "Daily report No. 2, 25 March 2025" in Paper.objects.latest("pk").text
        assert client("duty").post("/reports/", {"corrects": paper.pk, "note": ""}).status_code == 409

    def sent_back(self, desk: Desk, where: str) -> str:
        """Whoever reviewed a report sends it back; its drafter hears of it, and answers it with the next draft: the address of that."""
        chief, drafter, size = client("chief"), client("verification"), entries(desk)
        assert chief.post(where, {"do": "return", "why": " "}).status_code == 409
        assert entries(desk) == size
        desk.record().vault.protect("Zelda Quark")
        why = "Zelda Quark says: the hour is not that of the log"
        assert chief.post(where, {"do": "return", "why": why}).status_code == 302
        assert "Zelda" not in client("duty").get(where).content.decode()  # nobody reads what the record does not hold
        assert chief.post(where, {"do": "publish"}).status_code == 409
        (said,) = [e for e in desk.record().statements() if e.index >= size]
        assert b"the hour is not that of the log" in desk.record().object(said.digest)
        assert "sent back to you: 1 mission report" in drafter.get("/queue/").content.decode()
        form = {"after": where.strip("/").rpartition("/")[2], "kind": "daily", "language": "en", "date": "2025-03-19"}
        assert "the hour is not that of the log" in drafter.get("/reports/?after=" + form["after"]).content.decode()
        assert drafter.post("/reports/", form).status_code == 409  # an objection is answered
        made = drafter.post("/reports/", {**form, "answer": "it is that of the camera"})
        assert made.status_code == 302, made.content.decode()
        assert drafter.post("/reports/", {**form, "answer": "twice"}).status_code == 409
        shown = client("legal").get(made["Location"]).content.decode()
        assert "it is that of the camera" in shown
        assert "came since it was drafted" not in shown
        assert "sent back to you" not in drafter.get("/queue/").content.decode()
        return str(made["Location"])

    def test_a_report_that_cannot_be_written_says_why(self, desk: Desk) -> None:
        page = client("duty")
        assert page.post("/reports/", {"kind": "spot", "language": "en", "incident": "I-404"}).status_code == 409
        assert page.post("/reports/", {"kind": "poem", "language": "en"}).status_code == 409
        assert page.post("/reports/", {"kind": "daily", "language": "en", "date": "never"}).status_code == 409
        assert client("auditor").post("/reports/", {"kind": "daily"}).status_code == 404


class TestLanguages:
    def test_no_text_is_lacking_in_a_language_that_is_complete(self) -> None:
        import runpy
        from pathlib import Path

        script = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "desk_catalogues.py"))
        for language in script["COMPLETE"]:
            assert script["lacking"](language) == []

    def test_a_page_is_in_the_language_of_its_reader_or_of_the_mission(self, desk: Desk) -> None:
        page = client("auditor")
        assert page.post("/language/", {"language": "uk"}).status_code == 302
        text = page.get("/queue/?view=all").content.decode()
        assert '<html lang="uk" dir="ltr">' in text
        assert "Черга" in text
        assert "отримано" in text
        assert "обстріл" in text
        assert 'lang="en"' in client("chief").get("/queue/").content.decode()
        assert client("chief").post("/language/", {"language": "ru", "whose": "mission"}).status_code == 404
        admin = client("administrator")
        assert admin.post("/language/", {"language": "ru", "whose": "mission"}).status_code == 302
        try:
            assert "Очередь" in client("chief").get("/queue/").content.decode()
            (first, *_) = re.findall(r'data-panel="([^"]+)"', client("chief").get("/queue/?view=new").content.decode())
            new = client("chief").get(first).content.decode()
            assert 'data-usual="подпадает под действие' in new  # the reason that a key writes for who reads Russian
            assert "Черга" in page.get("/queue/").content.decode()
        finally:
            admin.post("/language/", {"language": "en", "whose": "mission"})
        assert admin.post("/language/", {"language": "xx"}).status_code == 404

    def test_arabic_runs_from_right_to_left(self, desk: Desk) -> None:
        page = client("auditor")
        page.post("/language/", {"language": "ar"})
        assert '<html lang="ar" dir="rtl">' in page.get("/queue/").content.decode()

    def test_what_a_guard_says_is_found_by_its_pattern(self, desk: Desk) -> None:
        from servanda.desk.languages import counted, instant, speaking, text, told

        with speaking("uk"):
            assert told("B may reply until 2025-03-20 10:00Z") == "B може відповісти до 2025-03-20 10:00Z"
            assert told("it is not triaged as in scope") == "його не розглянуто як належний до мандата"
            offices = "this is for the duty officer, verification officer or chief of mission"
            assert told(offices) == "це для: Черговий офіцер, Офіцер з перевірки, Голова місії"
            assert told("there is no incident 'I_9 or so'") == "немає інциденту 'I_9 or so'"
            assert told("what nobody has put down") == "what nobody has put down"
            assert [counted(n, "incident") for n in (1, 3, 5, 21)] == [
                "1 інцидент",
                "3 інциденти",
                "5 інцидентів",
                "21 інцидент",
            ]
            assert text("As of %(when)s, from %(entries)s").endswith("враховано %(entries)s")
        with speaking("ar"):
            assert [counted(n, "entry", "entries") for n in (0, 1, 2, 3, 11, 100)] == [
                "0 قيد",
                "قيد واحد",
                "قيدان",
                "3 قيود",
                "11 قيدًا",
                "100 قيد",
            ]
        with speaking("fr"):
            assert [counted(n, "entry", "entries") for n in (0, 1, 2)] == ["0 entrée", "1 entrée", "2 entrées"]
        with speaking("uk"):
            from datetime import UTC, datetime

            assert instant(datetime(2025, 3, 19, 4, 5, tzinfo=UTC), "Europe/Kyiv") == "19 бер. 2025, 06:05"

    def test_what_a_table_asks_and_the_checker_finds_is_said_in_the_language_or_marked(self, desk: Desk) -> None:
        from servanda.desk.languages import speaking, told

        with speaking("uk"):
            assert told("which party is 'X'?") == "яка сторона — 'X'?"
            asked = "no column's name says what was done; the words of 'note' may"
            assert told(asked).endswith("слова 'note' можуть сказати")
            whole = "names no means by which it is to be observed"
            assert told(whole) == whole, "half of a sentence in another language is read as all of it"
        page, tab = client("legal"), "/agreement/?tab=check"
        assert 'lang="en" dir="ltr"><' not in page.get(tab).content.decode()
        page.post("/language/", {"language": "uk"})
        shown = page.get(tab).content.decode()
        page.post("/language/", {"language": "en"})
        assert '<span lang="en" dir="ltr">' in shown

    def test_the_page_of_the_agreement_says_what_each_term_asks_when_it_binds_and_where_its_places_are(
        self, desk: Desk
    ) -> None:
        from html import unescape

        from servanda.agreement import read_agreement
        from servanda.agreement.plain_language import say
        from servanda.values.files import NamedBytes
        from tests.desks import AGREEMENT

        shown = unescape(client("legal").get("/agreement/").content.decode())
        lines = say(read_agreement(NamedBytes("agreement.yaml", AGREEMENT.encode()))).splitlines()
        said = [line.strip() for line in lines if line.endswith(".")]
        assert len(said) > 8
        assert [line for line in said if f"<p>{line}</p>" not in shown] == []


@pytest.fixture(scope="module")
def filled(desk: Desk) -> Desk:
    """The mission with an incident that waits for a signature, and a patrol."""
    way(desk, "I-12", "attributed")
    planned(incident="I-12")
    return desk


class TestEveryLink:
    """Whoever follows every link that he is shown meets no fault, and nothing that his office may not see."""

    @pytest.mark.parametrize(
        "role", ["patrol", "duty", "operations", "verification", "legal", "chief", "auditor", "administrator"]
    )
    def test_no_link_leads_to_a_fault_or_to_what_is_not_there(self, filled: Desk, role: str) -> None:
        import re
        from html import unescape
        from urllib.parse import urldefrag, urljoin

        page, seen, ahead, often = client(role), set[str](), ["/"], dict[str, int]()
        while ahead:
            address = ahead.pop()
            path = address.partition("?")[0]
            place = re.sub(r"/(I|x)-[^/]*|/\d+", "/*", path)
            if (
                address in seen
                or often.get(place, 0) >= 3
                or path.startswith(("/static/", "/events/", "/account/2fa/"))
            ):
                continue
            seen.add(address)
            often[place] = often.get(place, 0) + 1
            answer = page.get(address)
            assert answer.status_code in (200, 302), (role, address)
            if answer.status_code == 302:
                ahead.append(urljoin(address, answer["Location"]))
            elif "html" in answer["Content-Type"]:
                text = answer.content.decode()
                found = re.findall(r'\b(?:href|src|hx-get)="([^"]*)"', text)
                ahead += [
                    urljoin(address, urldefrag(unescape(link))[0]) for link in found if not link.startswith("data:")
                ]
        assert len(seen) > (3 if role in ("patrol", "administrator") else 30)

    def test_a_page_of_another_office_answers_as_one_that_never_was(self, filled: Desk) -> None:
        from servanda.desk.offices import PAGES

        own = {
            "incident": "I-12",
            "number": 1,
            "name": "x.txt",
            "ident": "x",
            "how": "view",
            "digest": "0" * 64,
            "entry": 1,
        }
        from django.urls import get_resolver

        for role in ("patrol", "administrator", "auditor", "legal"):
            page = client(role)
            nothing = page.get("/never/was/").content
            for name, offices in PAGES.items():
                if role in offices or not (ways := get_resolver().reverse_dict.getlist(name)):
                    continue
                template, needs = ways[0][0][0]
                answer = page.get("/" + template % {need: own[need] for need in needs})
                assert answer.status_code == 404, (role, name)
                assert _bare(answer.content) == _bare(nothing), (role, name)


def _bare(content: bytes) -> bytes:
    """A page without what differs from one answer to the next."""
    import re

    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"| aria-current="page"| class="on"', b"", content)


class TestJudged:
    def test_a_step_is_said_in_the_language_of_the_page_wholly_or_not_at_all(self, desk: Desk) -> None:
        from servanda.desk.judged import judged, tied
        from servanda.desk.languages import speaking
        from servanda.desk.wording import dated

        step = "I-1 was determined confirmed by Mission (seen). That is the finding: here confirmed, as by the mandate's rule."
        with speaking("uk"):
            assert (
                judged(step)
                == "I-1: визначено «підтверджено», визначив Mission (seen). Це висновок: тут — підтверджено, як і за правилом мандата."
            )
            assert judged("undetermined: not enough was seen.") == "не визначено: побачено недостатньо."
            both = "1 incident is alleged against B, and not confirmed. All that counts, confirmed or excused included, is told by 1 origin in 2 reports."
            assert judged(both).endswith("першоджерел 1, повідомлень 2.")
            told = judged("It rests on: without the determination of I-3 it would be undetermined.")
            assert "I-3" in told
            assert "determin" not in told
            assert "10:00" in judged("The term binds B from 2025-03-18T10:00:00+02:00 to 2025-03-28T00:00:00+02:00.")
            assert "apart" not in tied("with R2 of Post 2: 0.7 km and 0.0 h apart 11.4; act 1.4; accused 0.6")
            assert judged("1 incident is confirmed and not excused") != "1 incident is confirmed and not excused"
            hearsay = "3 reports are taken as hearsay, which accuses and does nothing else: 2 carried by Post (its carrier is graded E); 1 carried by Agency (Aldova) (its carrier is not in the register)."
            assert (
                judged(hearsay)
                == "Повідомлень, узятих як чутки, що звинувачують і нічого більше: 3; Post: 2 (оцінка передавача — E); Agency (Aldova): 1 (передавача немає в реєстрі джерел)."
            )
            unsigned = "I-5 was determined confirmed by Mission (seen) (reply of B (2025-03-20 10:00Z): no; never; unsigned). The rule decides here."
            proved = judged("1 incident is confirmed as such an act by B, to the standard balance_of_probabilities.")
            assert "balance" not in proved
            assert "(seen) (відповідь B (2025-03-20 10:00Z): no; never; не підписано)" in judged(unsigned)
            assert "B (20 бер. 2025, 12:00)" in dated(judged(unsigned), "Europe/Kyiv")
            seen = "Nobody whose watch counts here was looking for every kind of shelling (for example artillery fire) where and when this could be seen: silence says nothing."
            assert "дій виду «обстріл» в усіх його різновидах" in judged(seen)
            for english in ("undetermined: not enough was seen; the sea was rough.", f"{step} It rained."):
                assert judged(english) == english
        with speaking("ar"):
            assert judged(step).startswith("\u2068I-1\u2069:")
        with speaking("en"):
            assert judged(step) == step
            assert dated("as such an act by B, to the standard balance_of_probabilities.", "UTC").endswith(
                "balance of probabilities."
            )
            bound = "The term binds B from 2025-03-18T00:00:00+02:00 to 2025-03-28T00:00:00+02:00."
            assert dated(bound, "Europe/Kyiv") == "The term binds B from 18 Mar 2025 00:00 to 28 Mar 2025 00:00."


class TestReplay:
    def test_rows_arrive_when_they_became_known_and_those_that_do_not_say_come_last(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        from servanda.desk.replay import days_of

        evidence = tmp_path / "evidence"
        evidence.mkdir()
        (evidence / "a.csv").write_text(
            "report_id,known_at,date published\nR1,2025-03-20T10:00,\nR2,,2025-03-19\nR3,,\nR4,soon,\n", "utf-8"
        )
        (evidence / "b.csv").write_text("figure_id,known_at\nF1,2025-03-20\n", "utf-8")
        (evidence / "sources.yaml").write_text("sources: {}\n", "utf-8")
        days = days_of(tmp_path)
        assert {day: [f.name for f in one.files] for day, one in days.items()} == {
            "2025-03-19": ["a-2025-03-19.csv"],
            "2025-03-20": ["a-2025-03-20.csv", "b-2025-03-20.csv"],
            "undated": ["a-undated.csv"],
        }
        assert [line.split(",")[0] for line in days["undated"].files[0].data.decode().splitlines()[1:]] == ["R3", "R4"]

    def test_days_arrive_from_the_page_and_nowhere_but_in_a_demonstration(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from servanda.desk import configure, decide, hours
        from servanda.desk.models import Entry, Incident
        from servanda.desk.replay import HELD

        page = client("duty")
        assert page.get("/demo/").status_code == 404
        evidence = desk.folder / HELD / "evidence"
        evidence.mkdir(parents=True)
        for n, day in enumerate(("2025-03-21", "2025-03-22", "2025-03-23"), 51):
            (evidence / f"day{n}.csv").write_text(HEADER + row(n, f"D-{n}").replace("2025-03-19T09:00", f"{day}T09:00"))
        (evidence / "day54.csv").write_text(HEADER + row(54, "D-54").replace("2025-03-19T09:00", ""))
        assert page.get("/demo/").status_code == 404
        monkeypatch.setattr(configure, "_MINE", [dataclasses.replace(desk, demo=True)])
        assert "Nothing has arrived yet" in page.get("/demo/?speed=600").content.decode()
        assert page.post("/demo/").status_code == 302
        shown = page.get("/demo/").content.decode()
        assert "day 1 of 3" in shown
        assert "It is 21 Mar 2025 09:0" in shown  # what is decided now is of that day
        (first,) = Entry.objects.filter(name="day51-2025-03-21.csv")
        assert first.known_at < first.recorded_at
        assert Incident.objects.get(pk="D-51").received == first.known_at
        monkeypatch.setattr(hours, "machine", lambda: datetime.now(UTC) + timedelta(days=3))
        assert decide.clock() == datetime(2025, 3, 21, 21, 59, 59, tzinfo=UTC)  # it waits for the next day
        part = page.post("/demo/?speed=600", {"until": "3"}, headers={"hx-request": "true"}).content.decode()
        assert "What has no date: 1 row" in part
        assert page.post("/demo/", {"until": "99"}).status_code == 302
        assert "1 row that nowhere say" in page.get("/demo/").content.decode()
        assert Entry.objects.filter(name__startswith="day5").count() == 4

    def test_the_past_is_not_let_into_a_mission_that_is_none(self, desk: Desk, tmp_path: Path) -> None:
        from servanda.desk.replay import replay
        from servanda.errors import ServandaError

        with pytest.raises(ServandaError, match="no demonstration"):
            list(replay(desk, tmp_path, 600.0))


@pytest.mark.parametrize(
    "address",
    [
        "/map/?from=0001-01-01T00:00&to=9999-12-31T23:59",
        "/map/?box=nan,inf,1,2&layer=nothing&shown=1",
        "/queue/?from=0001-01-01T00:00&box=-181,0,1,2",
        "/record/?before=99999999999999999999&kind=nothing",
        "/parts/?i=I-1&i=I-1&i=&i=nowhere&a=²²",
        "/queue/?after=²",
        "/queue/?after=9999999999999999999999",
        "/map/?to=9999-12-31T23:59Z",
        "/map/?box=-180,-90,180,90",
        "/record/?before=" + "9" * 5000,
        "/sign/?told=Everybody+is+dismissed",
        "/agreement/?tab=nothing&reading=nobody",
        "/agreement/?tab=sequence&reading=nobody",
        "/patrols/?incident=%27%22%3E%3Cscript%3E",
    ],
)
def test_an_address_that_says_what_cannot_be_is_answered(desk: Desk, address: str) -> None:
    answer = client("verification").get(address)
    assert answer.status_code == 200
    assert b"<script>" not in answer.content
    assert b"dismissed" not in answer.content


@pytest.mark.parametrize("character", ["\0", "\x1b", "\u202e", "\u2066"])
def test_a_character_that_nobody_sees_is_refused_in_every_form(desk: Desk, character: str) -> None:
    page, size = client("operations"), entries(desk)
    assert page.post("/patrols/", plan(team=f"Team{character}3")).status_code == 409
    assert client("duty").post("/shift/", {"to": "p-chief", "note": f"a{character}b"}).status_code == 409
    assert page.get("/parts/", {"i": f"I{character}"}).status_code in (404, 409)
    assert page.get("/map/", {"act": character}).status_code == 409
    assert entries(desk) == size


REPORT = {"source": "Post 9", "act": "shelling", "summary": "seen", "start": "2025-03-20T06:00", "kind": "observation", "side": "none"}  # fmt: skip


class TestNewReports:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"act": "Shelling!!"},
            {"side": "Z"},
            {"lat": "48", "lon": "37", "precision_km": "-5"},
            {"lat": "1_0", "lon": "37"},
            {"start": "1800-01-01T00:00"},
            {"kind": "rumour"},
        ],
    )
    def test_what_evidence_would_set_aside_is_told_before_it_is_recorded(
        self, desk: Desk, wrong: dict[str, str]
    ) -> None:
        size = entries(desk)
        answer = client("duty").post("/entry/", {**REPORT, "nonce": "n", **wrong})
        assert answer.status_code == 409, answer.get("Location")
        assert "Not recorded" in answer.content.decode()
        assert entries(desk) == size


def test_the_same_form_sent_twice_is_one(desk: Desk) -> None:
    from servanda.desk.models import Paper, Patrol, Published

    duty, operations, chief = client("duty"), client("operations"), client("chief")
    last = duty.get("/shift/").content.decode().partition('name="seen" value="')[2].partition('"')[0]
    size = entries(desk)
    for _ in range(2):
        assert duty.post("/shift/", {"to": "p-chief", "note": "twice", "seen": last}).status_code == 302
    assert entries(desk) == size + 1
    assert duty.post("/shift/", {"to": "p-chief", "note": "another", "seen": last}).status_code == 409
    count = Patrol.objects.count()
    assert len({operations.post("/patrols/", plan(nonce="one"))["Location"] for _ in range(2)}) == 1
    assert Patrol.objects.count() == count + 1
    drafts = {
        client("legal").post("/reports/", {"kind": "sitrep", "language": "en", "date": "2025-03-19"})["Location"]
        for _ in range(2)
    }
    assert len(drafts) == 1
    assert Paper.objects.filter(kind="sitrep").count() == 1
    seen, runs = entries(desk), Published.objects.count()
    for _ in range(2):
        assert chief.post("/sign/publish/", {"seen": seen}).status_code == 302
    assert Published.objects.count() == runs + 1
    assert chief.post("/sign/publish/", {}).status_code == 409


def test_a_patrol_ends_neither_ahead_of_the_clock_nor_far_from_its_plan_unasked(desk: Desk) -> None:
    number, page = planned(), client("operations")
    assert page.post(f"/patrols/{number}/", outcome("went", end="2099-03-20T08:00")).status_code == 409
    far = outcome("went", start="2025-03-23T05:00", end="2025-03-23T08:00")
    answer = page.post(f"/patrols/{number}/", far)
    assert answer.status_code == 409
    assert "tick that they are right" in answer.content.decode()
    assert page.post(f"/patrols/{number}/", {**far, "sure": "1"}).status_code == 302


def test_one_point_far_away_stretches_no_map(desk: Desk) -> None:
    from servanda.desk import explorer
    from servanda.desk.models import Incident

    Incident.objects.create(id="far-off", state="received", lat=90, lon=180)
    try:
        box = explorer.whole_box(explorer._placed(), (36.7, 47.8, 37.4, 48.2))
    finally:
        Incident.objects.filter(pk="far-off").delete()
    assert box is not None
    assert box[2] < 40


def test_the_days_under_a_line_of_time_are_no_part_of_a_picture_that_shrinks(desk: Desk) -> None:
    from servanda.desk.drawing import over_time

    bars = [(day, 3, "/map/", False) for day in ("2025-03-18", "2025-03-19", "2025-03-20")]
    drawn, below = str(over_time(bars, "over time")).split("</svg>")
    assert "<text" not in drawn
    assert below.count("<small>") == 2
    assert "2025-03-18</small><small>2025-03-20" in below
    assert over_time(bars[:1], "over time").count("<small>") == 1


def test_a_draft_of_a_day_at_the_end_of_the_calendar_is_refused(desk: Desk) -> None:
    page = client("duty")
    for day in ("9999-12-31", "0001-01-01"):
        assert page.post("/reports/", {"kind": "daily", "language": "en", "date": day}).status_code == 409
    assert page.get("/reports/?corrects=99999999999999999999").status_code == 404


def test_a_static_address_that_leads_out_is_not_there(desk: Desk) -> None:
    import asyncio

    from django.test import AsyncRequestFactory

    from servanda.desk.serving import application

    files = application()
    for path in ("/static//etc/passwd", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd"):
        request = AsyncRequestFactory().get(path)
        answer = asyncio.run(files.get_response_async(request))
        assert answer.status_code == 404


class TestTwoAtOnce:
    def test_several_are_shown_before_they_are_decided_all_or_none(self, desk: Desk) -> None:
        page, names = client("duty"), ["I-14", "I-15"]
        shown = page.get("/queue/bulk/?i=I-14&i=I-15").content.decode()
        assert "2 incidents will be triaged, all or none:" in shown
        form = {
            "i": names,
            "seen": [at(n).version for n in names],
            "after": ["", ""],
            "outcome": "in_scope",
            "why": "both inside",
        }
        take(desk, "p-chief", "I-15", "triaged", outcome="not_applicable")
        size = entries(desk)
        assert page.post("/queue/bulk/", form).status_code == 409
        assert entries(desk) == size
        form |= {"seen": [at(n).version for n in names], "after": [at(n).last for n in names]}
        assert page.post("/queue/bulk/", {**form, "seen": []}).status_code == 409
        size = entries(desk)
        for _ in range(2):
            assert page.post("/queue/bulk/", form).status_code == 302
        assert entries(desk) == size + 1
        assert {at(n).state for n in names} == {"in_scope"}


def test_the_administrator_changes_clocks_on_the_record(desk: Desk) -> None:
    from servanda.desk.register import register_of

    page, size = client("administrator"), entries(desk)
    assert "no length" not in page.post("/admin/", {"clocks": "1", "clock-received": "90 minutes"}).content.decode()
    assert entries(desk) == size + 1
    assert register_of(desk.record()).clocks["received"].total_seconds() == 5400
    wrong = page.post("/admin/", {"clocks": "1", "clock-received": "soon"})
    assert (wrong.status_code, "is not a length of time" in wrong.content.decode()) == (409, True)
    assert entries(desk) == size + 1
    assert client("auditor").post("/admin/", {"clocks": "1", "clock-received": "1 hour"}).status_code == 404
    assert entries(desk) == size + 1
