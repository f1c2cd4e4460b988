"""The desk: the record is the truth, guards hold, a click is one decision or none, and nobody reads what is not his."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

pytest.importorskip("django")
from servanda.cli.main import main
from servanda.desk.configure import configure
from servanda.desk.folder import Desk, open_desk
from servanda.errors import ServandaError
from servanda.record import disk
from tests.desks import AGREEMENT, DATABASES, client, database_of, mission, row, says, snapshot, tables_made, take, way


@pytest.fixture(scope="module", params=DATABASES)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk") / "m"
    made = mission(folder, reports=40, database=database_of(request.param, f"desk_{os.getpid()}"))
    yield made
    from django.db import connections

    connections.close_all()


@pytest.fixture
def incident(desk: Desk) -> str:
    """An incident of the mission's file of which nobody has decided anything; of those that tests report, no term may count one."""
    from servanda.desk.models import Incident

    fresh = Incident.objects.filter(state="received", last="", id__regex=r"^I-\d{1,2}$")
    return str(fresh.order_by("id").first().pk)


def at(incident: str) -> Any:
    from servanda.desk.models import Incident

    return Incident.objects.get(pk=incident)


def form(incident: str, **says: str) -> dict[str, str]:
    """The fields of a step as they stand on a page that is shown now."""
    row = at(incident)
    return {"seen": row.version, "after": row.last, "why": "seen", **says}


class TestTheRecordIsTheTruth:
    def test_the_projection_made_again_is_the_one_that_grew(self, desk: Desk, incident: str) -> None:
        from servanda.desk.decide import Click, decide, report
        from servanda.desk.models import Incident, Person
        from servanda.desk.projection import rebuild

        others = [
            str(i) for i in Incident.objects.filter(last="").exclude(pk=incident).values_list("id", flat=True)[:4]
        ]
        way(desk, incident)
        done = take(desk, "p-duty", others[0], "triaged", outcome="not_applicable")
        decide(desk, "p-duty", [Click(others[0], {"undo": done.decision}, "a mistake")])
        decide(desk, "p-chief", [Click(others[1], {"merge": [others[1], others[2]], "into": others[1]}, "one event")])
        take(desk, "p-duty", others[1], "triaged", outcome="duplicate_of", of=others[3])
        said = {
            "source": "Post 77",
            "act": "shelling",
            "summary": "heard",
            "start": "2025-03-20T06:00Z",
            "kind": "claim",
            "side": "none",
        }
        assert report(desk, Person.objects.get(pk="p-duty"), said, "n1") == report(
            desk, Person.objects.get(pk="p-duty"), said, "n1"
        )
        grown = snapshot()
        same, rows = rebuild(desk.record())
        assert same
        assert rows > 100
        assert snapshot() == grown
        assert at(others[0]).state == "received"
        assert not Incident.objects.filter(pk=others[2]).exists()
        assert at(others[1]).reports == 2

    def test_an_id_that_was_merged_away_still_resolves(self, desk: Desk) -> None:
        from servanda.desk.decide import Click, decide
        from servanda.desk.models import Gone, Incident

        one, other = Incident.objects.filter(state="received", last="").order_by("-id").values_list("id", flat=True)[:2]
        decide(desk, "p-chief", [Click(one, {"merge": [one, other], "into": one}, "one event")])
        gone = Gone.objects.get(pk=other)
        answer = client("auditor").get(f"/case/{gone.pk}")
        assert (answer.status_code, answer["Location"]) == (302, f"/case/{gone.into}")

    def test_what_others_record_by_the_command_line_is_on_the_desk(self, desk: Desk, tmp_path: Path) -> None:
        more = tmp_path / "more.yaml"
        more.write_text(
            "decisions:\n  - {incident: I-40, step: triaged, outcome: in_scope, by: Mission, at: 2025-03-21T09:00, why: x}\n"
        )
        assert main(["record", "add", str(desk.record_folder), str(more), "--key", str(desk.key)]) == 0
        assert client("duty").get("/queue/?view=all").status_code == 200
        assert at("I-40").state == "in_scope"

    def test_a_record_that_was_cut_back_stops_the_desk(self, desk: Desk) -> None:
        from servanda.desk.models import Head

        size = Head.objects.get().size
        Head.objects.update(size=size + 5)
        try:
            answer = client("duty").get("/queue/")
        finally:
            Head.objects.update(size=size)
        assert answer.status_code == 503
        assert "does not continue the record" in answer.content.decode()


class TestAClickIsOneDecisionOrNone:
    def test_the_same_click_twice_is_one_decision(self, desk: Desk, incident: str) -> None:
        from servanda.desk.models import Decided

        page, said = client("duty"), form(incident, step="triaged", outcome="in_scope")
        size = desk.record().log.head.size
        for _ in range(3):
            assert page.post(f"/step/{incident}", said).status_code == 302
        assert desk.record().log.head.size == size + 1
        assert Decided.objects.filter(incident=incident).count() == 1

    def test_a_stale_tab_is_asked_again_and_keeps_its_words(self, desk: Desk, incident: str) -> None:
        page, said = client("duty"), form(incident, step="triaged", outcome="not_applicable", why="outside, I think")
        take(desk, "p-chief", incident, "triaged", outcome="in_scope")
        size = desk.record().log.head.size
        answer = page.post(f"/step/{incident}", said)
        assert answer.status_code == 409
        assert "has changed since it was shown" in answer.content.decode()
        assert "outside, I think" in answer.content.decode()
        assert desk.record().log.head.size == size

    @pytest.mark.parametrize("point", ["caught up", "guarded", "recorded", "projected", "committed"])
    def test_a_break_between_two_steps_loses_at_most_that_click(
        self, desk: Desk, incident: str, point: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from servanda.desk import decide
        from servanda.desk.projection import rebuild, refresh

        def breaks(where: str) -> None:
            if where == point:
                raise KeyboardInterrupt

        monkeypatch.setattr(decide, "between", breaks)
        with pytest.raises(KeyboardInterrupt):
            take(desk, "p-duty", incident, "triaged", outcome="in_scope")
        monkeypatch.undo()
        refresh(desk.record())
        assert at(incident).state == ("received" if point in ("caught up", "guarded") else "in_scope")
        desk.record().verify(desk.record().log.policy, quorum=False)
        assert rebuild(desk.record())[0]

    def test_a_reader_whose_look_at_the_record_is_older_than_a_click_is_answered(
        self, desk: Desk, incident: str
    ) -> None:
        from servanda.desk.projection import refresh

        before = desk.record()
        take(desk, "p-duty", incident, "triaged", outcome="in_scope")
        assert refresh(before) == []

    def test_a_break_at_any_write_of_the_record_leaves_it_as_it_was_or_whole(
        self, desk: Desk, incident: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from servanda.desk.projection import refresh

        names = ("put", "replace", "settle", "remove")
        for n in range(40):
            count = [0]

            def counted(*args: Any, _real: Any, _n: int = n, _count: list[int] = count, **options: Any) -> Any:
                _count[0] += 1
                if _count[0] == _n + 1:
                    raise KeyboardInterrupt
                return _real(*args, **options)

            for name in names:
                real = getattr(disk, name)
                monkeypatch.setattr(disk, name, lambda *a, _real=real, **o: counted(*a, _real=_real, **o))
            try:
                take(desk, "p-duty", incident, "triaged", outcome="in_scope")
                break
            except KeyboardInterrupt:
                monkeypatch.undo()
                refresh(desk.record())
                if at(incident).state == "in_scope":
                    break
                assert at(incident).state == "received"
        monkeypatch.undo()
        assert n > 3
        assert at(incident).state == "in_scope"

    def test_a_process_that_is_killed_loses_at_most_its_click(self, desk: Desk, incident: str) -> None:
        from servanda.desk.projection import rebuild, refresh

        script = (
            "import os, signal, sys; from pathlib import Path; from servanda.desk.folder import open_desk; from servanda.desk.configure import configure;"
            "d = open_desk(Path(sys.argv[1])); configure(d); from servanda.desk import decide;"
            "decide.between = lambda p: os.kill(os.getpid(), signal.SIGKILL) if p == 'recorded' else None;"
            "decide.decide(d, 'p-duty', [decide.Click(sys.argv[2], {'step': 'triaged', 'outcome': 'in_scope'}, 'seen')])"
        )
        ended = subprocess.run([sys.executable, "-c", script, str(desk.folder), incident], env=os.environ, check=False)
        assert ended.returncode == -9
        refresh(desk.record())
        assert at(incident).state == "in_scope"  # it was on the record already
        assert rebuild(desk.record())[0]

    def test_many_at_once_are_all_decided_or_none(self, desk: Desk) -> None:
        from servanda.desk.decide import Click, Refused, decide
        from servanda.desk.models import Incident

        fresh = [str(i) for i in Incident.objects.filter(last="").values_list("id", flat=True)[:3]]
        says = {"step": "triaged", "outcome": "in_scope"}
        with pytest.raises(Refused, match="does not say why"):
            decide(desk, "p-duty", [Click(fresh[0], says, "seen"), Click(fresh[1], says, " ")])
        assert at(fresh[0]).last == ""
        size = desk.record().log.head.size
        assert len(decide(desk, "p-duty", [Click(i, says, "seen") for i in fresh])) == 3
        assert desk.record().log.head.size == size + 1
        with pytest.raises(Refused, match="too many"):
            decide(desk, "p-duty", [Click(fresh[0], says, "seen")] * 51)


class TestGuards:
    def test_four_eyes_hold_on_the_page_and_on_the_command_line(
        self, desk: Desk, incident: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        take(desk, "p-verification", incident, "triaged", outcome="in_scope")
        said = form(incident, step="assessed")
        answer = client("verification").post(f"/step/{incident}", said)
        assert answer.status_code == 409
        assert "four eyes" in answer.content.decode()
        asked = ["desk", "decide", str(desk.folder), incident, "assessed", "--why", "seen", "--as"]
        assert main([*asked, "p-verification"]) == 2
        assert "DSK010: four eyes" in capsys.readouterr().err
        assert main([*asked, "p-second"]) == 0
        assert at(incident).state == "assessed"

    def test_only_the_last_step_that_stands_is_undone(self, desk: Desk, incident: str) -> None:
        from servanda.desk.decide import Click, Refused, decide

        first = take(desk, "p-duty", incident, "triaged", outcome="in_scope")
        second = take(desk, "p-operations", incident, "tasked", team="2")
        with pytest.raises(Refused, match="only the last step"):
            decide(desk, "p-duty", [Click(incident, {"undo": first.decision}, "a mistake")])
        with pytest.raises(Refused, match="only its author"):
            decide(desk, "p-duty", [Click(incident, {"undo": second.decision}, "a mistake")])
        decide(desk, "p-operations", [Click(incident, {"undo": second.decision}, "a mistake")])
        decide(desk, "p-duty", [Click(incident, {"undo": first.decision}, "a mistake")])
        assert at(incident).state == "received"

    def test_a_determination_that_went_its_way_becomes_the_finding(self, desk: Desk, incident: str) -> None:
        from servanda.desk.standing import newest, recompute

        way(desk, incident)
        recompute(desk)
        assert at(incident).state == "signed"
        verdicts = {(v["term"], v["party"]): v for v in newest().verdicts}
        assert verdicts["fire", "B"]["verdict"] == "breached"
        assert incident in verdicts["fire", "B"]["incidents"]

    def test_what_would_change_is_shown_and_nothing_is_recorded(self, desk: Desk, incident: str) -> None:
        way(desk, incident, "replied")
        size = desk.record().log.head.size
        answer = client("second").get(f"/preview/{incident}?outcome=confirmed")
        assert answer.status_code == 200
        assert "fire" in answer.content.decode()
        assert desk.record().log.head.size == size

    def test_verdicts_are_signed_and_what_changed_since_is_told(self, desk: Desk) -> None:
        from servanda.desk.models import Published
        from servanda.desk.standing import recompute

        assert client("chief").post("/sign/publish/", {"seen": desk.record().log.head.size}).status_code == 302
        assert Published.objects.count() == 1
        recompute(desk)
        text = client("auditor").get("/board/").content.decode()
        assert "None, since entry" in text
        assert client("duty").post("/sign/publish/").status_code == 404


PAGES = ["/queue/", "/queue/rows/", "/queue/bulk/?i=I-1", "/case/{}", "/panel/{}", "/fresh/{}?seen=x", "/preview/{}", "/board/", "/sign/", "/entry/", "/entry/own/", "/record/", "/admin/", "/help/", "/state/"]  # fmt: skip


class TestWhoReadsWhat:
    @pytest.mark.parametrize("role", ["patrol", "duty", "operations", "legal", "chief", "auditor", "administrator"])
    def test_no_page_fails_and_none_tells_that_it_is_there_for_others(self, desk: Desk, role: str) -> None:
        browser = client(role)
        for page in PAGES:
            there, never = (browser.get(page.format(name), follow=True) for name in ("I-1", "no-such-incident"))
            assert there.status_code in (200, 404), (role, page)
            if role in ("patrol", "administrator") and "{}" in page:
                assert there.status_code == never.status_code == 404
                hidden = re.compile(r"I-1|no-such-incident|value=\"\w{64}\"")
                assert hidden.sub("", there.content.decode()) == hidden.sub("", never.content.decode())
        assert (browser.get("/admin/").status_code == 200) == (role in ("auditor", "administrator"))

    def test_every_link_of_every_page_is_followed_without_fault(self, desk: Desk) -> None:
        browser, seen, waiting = client("chief"), set[str](), ["/"]
        while waiting and len(seen) < 60:
            page = waiting.pop(0)
            if page in seen:
                continue
            seen.add(page)
            answer = browser.get(page, follow=True)
            assert answer.status_code == 200, page
            links = re.findall(r'(?:href|hx-get|data-panel)="(/[^"#]*|\?[^"]*)"', answer.content.decode())
            found = (
                link.replace("&amp;", "&") for link in links if not link.startswith(("/static", "/events", "/preview"))
            )
            waiting += [link if link.startswith("/") else page.partition("?")[0] + link for link in found]
        assert len(seen) == 60

    def test_who_opens_a_case_of_a_protected_source_is_kept(self, desk: Desk, incident: str) -> None:
        from servanda.desk.decide import Click, decide, report
        from servanda.desk.models import Person, WasRead

        said = {
            "source": "Teacher Olha Maryn",
            "act": "shelling",
            "summary": "Maryn says, a teacher, first name Olha",
            "start": "2025-03-20T06:00Z",
            "lat": "48.0",
            "lon": "37.0",
            "actor": "B",
            "kind": "claim",
            "side": "none",
        }
        with pytest.raises(ServandaError, match="REC047"):
            report(desk, Person.objects.get(pk="p-duty"), said, "n8", protect=[said["source"]])
        said["summary"] = "the teacher saw it"
        case = report(desk, Person.objects.get(pk="p-duty"), said, "n9", protect=[said["source"]])
        answer = client("auditor").get(f"/case/{case}")
        assert "Olha" not in answer.content.decode()
        assert "protected-" in answer.content.decode()
        assert WasRead.objects.filter(login="auditor", incident=case).exists()
        made = client("legal").post("/reports/", {"kind": "spot", "language": "en", "incident": case})
        assert made.status_code == 302, made.content.decode()
        text = client("duty").get(made["Location"]).content.decode()
        client("legal").get(re.search(r'href="(/reports/\d+/[^"]+\.pdf)"', text)[1])
        assert set(WasRead.objects.filter(page="paper").values_list("login", "incident")) == {
            ("duty", case),
            ("legal", case),
        }
        decide(desk, "p-chief", [Click(incident, {"merge": [case, incident], "into": incident}, "one event")])
        client("verification").get(made["Location"])  # which tells of it by its old id
        assert WasRead.objects.filter(page="paper", login="verification", incident=incident).exists()

    def test_words_from_outside_are_shown_and_not_obeyed(self, desk: Desk, incident: str) -> None:
        evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
        take(desk, "p-duty", incident, "triaged", evil, outcome="in_scope")
        text = client("auditor").get(f"/case/{incident}?tab=decisions").content.decode()
        assert evil not in text
        assert "&lt;script&gt;" in text


class TestSignIn:
    def test_without_an_account_there_is_the_sign_in_and_nothing_else(self, desk: Desk) -> None:
        from django.test import Client

        stranger = Client(headers={"host": "localhost"})
        for page in (*PAGES, "/nothing/", "/account/signup/", "/account/2fa/"):
            answer = stranger.get(path := page.format("I-1"))
            if path.startswith(("/state/", "/fresh/")):  # an open page asks this, and stays where it is
                assert (answer.status_code, answer.content) == (401, b"")
                continue
            back = urlencode({"next": path})
            assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?{back}")

    def test_headers_forbid_inline_code_frames_and_kept_copies(self, desk: Desk) -> None:
        answer = client("duty").get("/queue/")
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in policy
        text = answer.content.decode()
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", text)

    def test_a_form_from_elsewhere_decides_nothing(self, desk: Desk, incident: str) -> None:
        browser = client("duty")
        browser.handler.enforce_csrf_checks = True
        assert browser.post(f"/step/{incident}", form(incident, step="triaged", outcome="in_scope")).status_code == 400
        assert at(incident).state == "received"

    def test_a_session_that_was_there_before_is_not_the_one_that_is_signed_in(self, desk: Desk) -> None:
        from django.test import Client

        from tests.desks import password

        browser = Client(headers={"host": "localhost"})
        browser.get("/account/login/")
        before = browser.cookies["desk"].value if "desk" in browser.cookies else ""
        browser.post("/account/login/?next=//elsewhere.example/", {"login": "duty", "password": password("duty")})
        answer = browser.get("/queue/")
        assert answer.status_code == 200
        assert browser.cookies["desk"].value != before

    def test_the_sign_in_sends_nobody_elsewhere(self, desk: Desk) -> None:
        from django.test import Client

        from tests.desks import password

        said = {"login": "legal", "password": password("legal"), "next": "https://elsewhere.example/"}
        assert Client(headers={"host": "localhost"}).post("/account/login/", said)["Location"] == "/"

    def test_after_five_wrong_passwords_the_right_one_waits_too(self, desk: Desk) -> None:
        from django.test import Client

        from tests.desks import password

        browser = Client(headers={"host": "localhost"}, REMOTE_ADDR="10.9.8.7")
        for n in range(5):
            assert browser.post("/account/login/", {"login": "operations", "password": f"wrong {n}"}).status_code == 200
        answer = browser.post("/account/login/", {"login": "operations", "password": password("operations")})
        assert answer.status_code in (200, 429)

    def test_a_second_factor_is_asked_for_and_its_pages_open(self, desk: Desk) -> None:
        from allauth.mfa.totp.internal import auth
        from django.contrib.auth import get_user_model
        from django.test import Client

        from tests.desks import password

        inside = client("legal")
        assert inside.post("/account/reauthenticate/", {"password": password("legal")}).status_code == 302
        for page in ("/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"):
            answer = inside.get(page)
            assert answer.status_code == 200
            assert not re.search(r"<script(?![^>]*(src=|json))|<style|\son\w+=|\sstyle=", answer.content.decode())
        user, secret = get_user_model().objects.get(username="legal"), auth.generate_totp_secret()
        auth.TOTP.activate(user, secret)
        try:
            browser = Client(headers={"host": "localhost"})
            answer = browser.post("/account/login/", {"login": "legal", "password": password("legal")})
            assert answer["Location"] == "/account/2fa/authenticate/"
            assert browser.get("/queue/")["Location"] == "/account/login/?next=%2Fqueue%2F"
            assert browser.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
            code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
            assert browser.post("/account/2fa/authenticate/", {"code": code})["Location"] == "/"
            assert browser.get("/queue/").status_code == 200
        finally:
            user.authenticator_set.all().delete()

    def test_who_left_the_register_is_out(self, desk: Desk) -> None:
        from servanda.desk.models import Person

        browser = client("second")
        person = Person.objects.get(pk="p-second")
        Person.objects.filter(pk="p-second").delete()
        try:
            assert browser.get("/queue/").status_code == 404
        finally:
            person.save(force_insert=True)


class TestReportsAtTheDesk:
    SAID = {"source": "Post 9", "side": "none", "kind": "observation", "act": "shelling", "summary": "three heard", "start": "2025-03-20T06:00", "lat": "48.01", "lon": "37.01", "precision_km": "1", "nonce": "once"}  # fmt: skip  # noqa: RUF012

    def test_a_report_is_on_the_record_once_however_often_it_is_sent(self, desk: Desk) -> None:
        browser = client("patrol")
        size = desk.record().log.head.size
        for _ in range(2):
            assert browser.post("/entry/", self.SAID)["Location"] == "/entry/own/"
        assert desk.record().log.head.size == size + 3  # the file, its row, and by its digest what the patrol wrote
        assert "three heard" in browser.get("/entry/own/").content.decode()

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"act": ""}, "does not say act"),
            ({"start": "2099-01-01T00:00"}, "lies ahead of the clock"),
            ({"start": "yesterday"}, "write"),
            ({"start": "2025-03-30T03:30"}, "does not exist"),
            ({"lat": "north"}, "no number"),
            ({"lat": ""}, "latitude or a longitude alone"),
            ({"incident_id": "no-such"}, "no such incident"),
        ],
    )
    def test_a_faulty_report_is_told_and_its_words_stay(self, desk: Desk, wrong: dict[str, str], told: str) -> None:
        size = desk.record().log.head.size
        answer = client("duty").post("/entry/", {**self.SAID, **wrong})
        assert answer.status_code == 409
        assert told in answer.content.decode()
        assert "three heard" in answer.content.decode()
        assert desk.record().log.head.size == size


class TestTheQueue:
    def test_an_address_holds_the_whole_view(self, desk: Desk) -> None:
        text = client("auditor").get("/queue/?view=all&q=I-3+quay&sel=I-33").content.decode()
        assert 'data-id="I-33"' in text
        assert 'data-id="I-21"' not in text
        assert re.search(r'data-id="I-33"[^>]*aria-selected="true"', text)

    def test_what_is_open_elsewhere_is_shown(self, desk: Desk, incident: str) -> None:
        client("chief").get(f"/panel/{incident}")
        assert "open: Name of chief" in client("auditor").get(f"/queue/rows/?view=all&q={incident}").content.decode()

    def test_a_view_is_saved_under_a_name(self, desk: Desk) -> None:
        browser = client("legal")
        browser.post("/queue/save/", {"name": "At the pier", "query": "view=all&q=pier"})
        browser.post("/queue/save/", {"name": "At the pier", "query": "", "gone": "1"})
        assert "At the pier" not in browser.get("/queue/").content.decode()
        browser.post("/queue/save/", {"name": "At the quay", "query": "view=all&q=quay"})
        assert "At the quay" in browser.get("/queue/").content.decode()
        assert "At the quay" not in client("chief").get("/queue/").content.decode()
        words = "біля старого причалу за мостом, де стояли " * 7  # three to six bytes for each letter
        asked = urlencode({"view": "all", "q": words, "after": "60", "sel": "I-2"})
        browser.post("/queue/save/", {"name": "At the bridge", "query": asked})
        (kept,) = re.findall(r'href="/queue/\?([^"]*)">At the bridge', browser.get("/queue/").content.decode())
        assert parse_qs(unescape(kept)) == {"view": ["all"], "q": [words]}  # whole, and from its first row on

    def test_a_view_that_is_not_there_now_shows_nothing_and_not_all(self, desk: Desk) -> None:
        page = client("legal").get("/queue/?view=commented").content.decode()
        assert "Nothing is in this view" in page
        assert "data-id=" not in page


def test_from_a_backup_the_desk_is_made_again_as_it_was(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.desk import arrivals

    out = tmp_path / "copy"
    waits = arrivals.arrive(desk, "Partner", "mailbox", "letter.txt", b"Subject: Shots\n\nShots.\n", letter=True)
    assert main(["desk", "export", str(desk.folder), "--out", str(out), "--backup"]) == 0
    said = capsys.readouterr().out
    assert "not in it, for the database alone holds them: 1 arrival that waits, " in said
    assert "copy it by pg_dump" in said or f"copy {desk.database}" in said
    waits.delete()
    assert out.stat().st_mode & 0o077 == 0
    with tables_made(open_desk(out)):
        code, told = says(capsys, "desk", "rebuild", str(out))
    assert code == 0, told
    if desk.is_sqlite:  # else the copy names the same database
        code, told = says(capsys, "desk", "serve", str(out))
        assert (code, "DSK021: the database holds no account" in told) == (2, True)
    told = says(capsys, "desk", "doctor", str(out))[1]
    configure(desk)
    assert "FAULT" not in told, told


def test_the_doctor_finds_all_sound_and_an_export_checks_itself(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["desk", "doctor", str(desk.folder)]) == 0
    assert "FAULT" not in capsys.readouterr().out
    assert main(["desk", "export", str(desk.folder), "--out", str(tmp_path / "out")]) == 0
    assert not list((tmp_path / "out").rglob("*mission"))
    assert (
        main(
            [
                "record",
                "verify",
                str(tmp_path / "out" / "record"),
                "--policy",
                str(desk.record_folder / "policy"),
                "--unsettled",
            ]
        )
        == 0
    )


def test_an_export_that_is_stopped_or_finds_no_room_leaves_nothing_and_says_so_in_a_line(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.desk import doctor

    away = tmp_path / "away"
    away.mkdir()
    command = ["desk", "export", str(desk.folder), "--out", str(away / "out"), "--backup"]

    def full(*_: object, **__: object) -> None:
        each = "[Errno 28] No space left on device"
        raise shutil.Error([(f"from {n}", f"to {n}", each) for n in range(500)])

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt  # when record, vault and keys are copied

    with monkeypatch.context() as broken:
        broken.setattr(doctor.shutil, "copytree", full)
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "OUT004" in said
        assert len(said) < 400
    with monkeypatch.context() as broken:
        broken.setattr(doctor.shutil, "copy", stopped)
        with pytest.raises(KeyboardInterrupt):
            doctor.export(desk, away / "out", backup=True)
    assert list(away.iterdir()) == []
    assert main(command) == 0
    assert (away / "out").stat().st_mode & 0o777 == 0o700


def test_a_folder_is_made_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    for words, code in (
        (["init", str(tmp_path / "full")], "DSK003"),
        (["init", str(tmp_path / "new"), "--database", "mysql://x"], "DSK004"),
        (["init", str(tmp_path / "new"), "--record", "x"], "DSK004"),
        (["init", str(tmp_path / "new"), "--party", "A"], "DSK004"),
        (["init", str(tmp_path / "new"), "--database", "postgresql://u:p@127.0.0.1:door/x"], "DSK004"),
        (["init", str(tmp_path / "new"), "--database", "postgresql://u:p@127.0.0.1:1/x"], "DSK008"),
        (["serve", str(tmp_path / "new")], "DSK001"),
    ):
        assert main(["desk", *words]) == 2
        assert code in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["full"]


def test_who_presses_ctrl_c_while_modules_are_loaded_leaves_no_half_folder(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    begun = [sys.executable, "-m", "servanda", "desk", "init", str(folder), "--name", "m.example/x"]
    for _ in range(3):
        made = subprocess.Popen(begun, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while made.poll() is None and not (tmp_path / ".m.made" / "desk.yaml").exists():
            time.sleep(0.002)
        made.send_signal(signal.SIGINT)  # the record is there, and Django is being loaded
        said = made.communicate(timeout=60)[0]
        assert made.returncode == 130
        assert [p.name for p in tmp_path.iterdir()] == ([folder.name] if b"password" in said else [])
        shutil.rmtree(folder, ignore_errors=True)


def test_what_a_desk_rests_on_and_is_not_there_is_one_line_with_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import socket

    folder = tmp_path / "m"
    assert main(["desk", "init", str(folder), "--name", "m.example/x"]) == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for path, content, doctor, serve in (
            (None, b"", "agreement: none yet", "DSK072"),
            ("desk.yaml", b"record: [", "DSK002", "DSK002"),
            ("keys/secret", None, "DSK001", "DSK001"),
            ("keys/mission", None, "REC002", "REC002"),
            ("record/policy", None, "REC010", "REC010"),
            ("desk.sqlite3", b"no database", "DSK008", "DSK008"),
            ("desk.sqlite3", b"", "DSK008", "DSK021"),
            ("desk.sqlite3", None, "DSK008", "DSK021"),
        ):
            was = (folder / path).read_bytes() if path else b""
            if path:
                (folder / path).unlink() if content is None else (folder / path).write_bytes(content)
            for command, code in ((["doctor"], doctor), (["serve", "--port", port], serve)):
                assert main(["desk", command[0], str(folder), *command[1:]]) in (1, 2), path
                told = capsys.readouterr()
                lines = [line for line in f"{told.out}\n{told.err}".splitlines() if code in line]
                assert len(lines) == 1, (path, command, told)
            if path:
                (folder / path).write_bytes(was)
                (folder / path).chmod(0o600)
        for host, number in (("127.0.0.1", "99999"), ("127.0.0.1", "0"), ("nowhere.invalid", "8765")):
            assert main(["desk", "serve", str(folder), "--host", host, "--port", number]) == 2
            assert "DSK072" in capsys.readouterr().err


def test_the_register_tells_every_fault() -> None:
    from servanda.desk.register import Register, read_register

    with pytest.raises(ServandaError) as told:
        read_register(
            b"people: {P 1: {name: A, role: king, login: a}, p-2: {name: B, role: duty, login: a b}}\nclocks: {received: soon}"
        )
    for words in ("'P 1' is not an id", "'king' is not an office", "'a b' is not a login", "clock 'received'"):
        assert words in str(told.value)
    assert read_register(Register().file().data) == Register()


def test_rows_of_the_test_mission_are_what_they_say() -> None:
    assert "quay" in AGREEMENT
    assert row(1, "I-1").endswith("I-1,heard\n")
    assert datetime.now(UTC) - timedelta(days=1) < datetime.now(UTC)


class TestFinding:
    @pytest.mark.parametrize("many", [4000, 0])
    def test_words_are_found_by_their_beginnings_in_every_script_however_many_have_them(
        self, desk: Desk, many: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from servanda.desk import models, search
        from servanda.desk.decide import report

        said = {"act": "shelling", "kind": "observation", "side": "none", "start": "2025-03-21T06:10+02:00"}
        told = {
            **said,
            "source": "Post 91",
            "place_name": "Kryva Luka",
            "summary": "пошкоджено школу; 2 vitrines brisées",
        }
        monkeypatch.setattr(search, "MANY", many)
        incident = report(desk, models.Person.objects.get(pk="p-duty"), told, "words")
        every = models.Incident.objects.all()
        for words in ("школу", "ШКОЛ", "kryv luka", "brisées", incident, "пошк vitr"):
            assert list(search.found(every, words).values_list("id", flat=True)) == [incident], words
        for words in ("кряква", "школу mill", '"', "%", "* OR", "a' OR 1=1"):
            assert not search.found(every, words).exists(), words
        assert search.found(every, " ").count() == every.count()

    def test_the_tallies_are_what_counting_gives(self, desk: Desk, incident: str) -> None:
        from servanda.desk import models, tallies
        from servanda.desk.places import tally_rows

        way(desk, incident, upto="right_of_reply")
        there = tallies.counted()
        assert there.waiting("B") == models.Incident.objects.filter(waiting__contains=",B,").count() > 0
        assert there.total() == models.Incident.objects.count()
        assert there.of_states(["received"]) == models.Incident.objects.filter(state="received").count()
        counted = tally_rows(models.Incident.objects.values())
        assert list(models.Tally.objects.order_by("kind").values()) == sorted(counted, key=lambda row: str(row["kind"]))
