"""The interface for sensors and partners: a token, reports once each, nobody else's rows, and no fault of the server whatever is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
from servanda.cli.main import main
from servanda.desk.folder import Desk
from tests.desks import client, mission

SAID = {"act": "shelling", "start": "2025-03-20T06:00:00+02:00", "lat": 48.01, "lon": 37.01, "precision_km": 1, "kind": "observation", "summary": "three heard"}  # fmt: skip
ADDRESS = "/api/v1/reports"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=2)
    from django.db import connections

    connections.close_all()


def token(source: str = "Camera 7", **options: Any) -> str:
    from servanda.desk.tokens import issue

    return issue(source, **options)


def ask(shown: str, said: Any = None, path: str = ADDRESS, **headers: str) -> Any:
    """The answer to a request; ``said``: a body to be posted."""
    from django.test import Client

    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    named = {"authorization": f"Bearer {shown}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    if said is None:
        return browser.get(path, headers=named)
    body = said if isinstance(said, (str, bytes)) else json.dumps(said)
    return browser.post(path, body, content_type="application/json", headers=named)


def size(desk: Desk) -> int:
    return desk.record().log.head.size


def test_a_report_is_on_the_record_once_however_often_it_is_sent(desk: Desk) -> None:
    from servanda.desk.models import Report
    from servanda.desk.projection import rebuild

    shown = token("Camera 1")
    first = ask(shown, SAID)
    assert first.status_code == 201, first.content
    (one,) = first.json()["reports"]
    assert (one["status"], one["again"]) == ("recorded", False)
    assert "incident" not in one
    assert not first.cookies
    before = size(desk)
    again = ask(token("Camera 1"), SAID)
    assert (again.status_code, again.json()["reports"][0]) == (200, {**one, "again": True})
    assert size(desk) == before
    report = Report.objects.get(entry=one["entry"])
    assert (report.said["source"], report.said["side"], report.said["origin"]) == ("Camera 1", "none", "Camera 1")
    assert rebuild(desk.record())[0]


def test_a_request_with_a_key_is_one_request_and_two_keys_are_two(desk: Desk) -> None:
    shown = token("Camera 2")
    ids = {k: ask(shown, SAID, idempotency_key=k).json()["reports"][0]["report_id"] for k in ("a", "b", "a")}
    assert len(set(ids.values())) == 2
    other = ask(shown, {**SAID, "summary": "four heard"}, idempotency_key="a")
    assert (other.status_code, other.json()["code"]) == (409, "DSK064")


def test_an_id_stands_for_one_report_of_a_source(desk: Desk) -> None:
    shown, own = token("Camera 3"), {**SAID, "report_id": "c3-1"}
    assert ask(shown, own).status_code == 201
    assert ask(shown, own).status_code == 200
    wrong = ask(shown, {"reports": [{**SAID, "report_id": "c3-2"}, {**own, "summary": "none heard"}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (409, "/reports/1/report_id")
    assert ask(shown, path=f"{ADDRESS}/c3-2").status_code == 404
    assert ask(token("Camera 4"), {**own, "summary": "another camera"}).status_code == 201


def test_a_batch_is_recorded_whole_or_not_at_all_and_every_fault_is_told(desk: Desk) -> None:
    shown, before = token("Camera 5"), size(desk)
    rows = [
        {**SAID, "report_id": "ok", "summary": 'two "lines",\nof words'},
        {**SAID, "start": "2025-03-20T06:00:00"},
        {**SAID, "lat": 91},
        {**SAID, "lat": None},
        {**SAID, "start": "2099-01-01T00:00:00Z"},
        {**SAID, "end": "2020-01-01T00:00:00Z"},
        {**SAID, "incident_id": "I-1"},
        {**SAID, "source": "Somebody else"},
        {**SAID, "summary": "a\u202eb"},
        {"start": SAID["start"]},
        {**SAID, "act": "dancing"},
    ]
    for n, row in enumerate(rows[1:], 1):
        wrong = ask(shown, {"reports": [rows[0], row]})
        assert wrong.status_code == 422, (n, wrong.content)
        assert wrong["Content-Type"] == "application/problem+json"
        assert wrong.json()["errors"][0]["pointer"].startswith("/reports/1"), n
    all_ = ask(shown, {"reports": rows[:-1]})
    assert {e["pointer"].split("/")[2] for e in all_.json()["errors"]} == {str(n) for n in range(1, 10)}
    assert size(desk) == before
    many = ask(shown, {"reports": [{**SAID, "report_id": f"m{n}"} for n in range(200)]})
    assert many.status_code == 201
    assert size(desk) == before + 201
    pages = [page := ask(shown, path=ADDRESS).json()]
    pages.append(ask(shown, path=f"{ADDRESS}?after={page['next']}").json())
    assert [r["report_id"] for p in pages for r in p["reports"]] == [f"m{n}" for n in range(200)]
    assert pages[1]["next"] is None


def test_nobody_reads_the_rows_of_another_source(desk: Desk) -> None:
    mine, other = token("Camera 8", scope=("report", "status")), token("Camera 9")
    (one,) = ask(mine, {**SAID, "report_id": "c8"}).json()["reports"]
    assert one["state"] == "received"
    assert one["incident"].startswith("I-")
    assert ask(other, path=ADDRESS).json()["reports"] == []
    never, theirs = (ask(other, path=f"{ADDRESS}/{ident}") for ident in ("never-was", "c8"))
    assert (never.status_code, never.content) == (theirs.status_code, theirs.content) == (404, never.content)
    for page in ("/queue/", f"/case/{one['incident']}", "/admin/"):
        assert ask(mine, path=page)["Location"].startswith("/account/login/?next=")


def test_only_a_token_that_counts_opens_the_door_and_no_session_does(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    from servanda.desk.models import Token

    assert (
        main(["desk", "token", str(desk.folder), "--give", "Partner", "--scope", "report,status", "--rate", "5"]) == 0
    )
    shown = re.search(r"sv_\S+", capsys.readouterr().out)[0]  # type: ignore[index]
    assert ask(shown).status_code == 200
    ident = shown.split("_")[1]
    assert shown.split("_", 2)[2] not in json.dumps(list(Token.objects.values()), default=str)
    forged = shown[:-1] + ("A" if shown[-1] != "A" else "B")
    for written in ("", forged, f"sv_{'0' * 12}_{'x' * 43}", "\u0663" * 9, "x" * 5000):
        answer = ask(written)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert client("chief").get(ADDRESS).status_code == 401
    assert main(["desk", "token", str(desk.folder), "--take", ident]) == 0
    assert ask(shown).status_code == 401
    assert main(["desk", "token", str(desk.folder), "--take", ident]) == 2
    assert main(["desk", "token", str(desk.folder)]) == 0
    told = capsys.readouterr()
    assert "DSK065" in told.err
    assert f"{ident}  Partner" in told.out


def test_a_token_of_a_party_is_not_told_where_incidents_stand(desk: Desk) -> None:
    from servanda.desk.decide import Refused
    from servanda.desk.models import Report

    for options in (
        {"side": "A", "scope": ("status",)},
        {"side": "Z"},
        {"rate": 0},
        {"scope": ("all",)},
        {"scope": ()},
    ):
        with pytest.raises(Refused, match=r"side|scope|party|minute"):
            token("Radar of A", **options)
    for name in ("Aldova", "a", "Aldovan  forces", "\u0410ldova"):  # the party itself, however it is written
        with pytest.raises(Refused, match="speaks for that side"):
            token(name, scope=("report", "status"))
    (one,) = ask(token("Radar of A", side="A"), SAID).json()["reports"]
    assert Report.objects.get(entry=one["entry"]).said["side"] == "A"
    assert "state" not in one


def test_no_answer_tells_whose_name_is_protected(desk: Desk) -> None:
    from servanda.desk import attached, spoken
    from servanda.desk.decide import report
    from servanda.desk.models import Person, Report

    told = {"source": "Marta Kovalenko", "act": "shelling", "kind": "observation", "side": "none"}
    told |= {"start": "2025-03-20T05:00+02:00", "summary": "from the roof"}
    report(desk, Person.objects.get(pk="p-duty"), told, "n-protected", protect=[told["source"]])
    answers = []
    for first, last, source in (("Marta", "Kovalenko", "Camera 21"), ("Ivanna", "Petrenko", "Camera 22")):
        shown = token(source, side="A", scope=["report"])
        rows = [
            {**SAID, "report_id": f"{last}-of-{first}", "summary": f"seen by {first} {last}"},
            {
                **SAID,
                "report_id": "r2",
                "summary": f"{last}s house, where {first} lives",
                "place_name": f"at {first}'s",
            },
            {**SAID, "report_id": "r3", "summary": "three heard at the mill"},
        ]
        sent = [ask(shown, {"reports": rows}), ask(shown, {"reports": rows}), ask(shown)]
        said = json.loads(json.dumps([[a.status_code, a.json()] for a in sent]).replace(first, "F").replace(last, "L"))
        answers.append(re.sub(r'"(entry|file|received_at)": ("[^"]*"|\d+)', "", json.dumps(said)))
    assert answers[0] == answers[1]
    assert answers[0].startswith("[[201")
    ours = {r.report_id: r for r in Report.objects.filter(said__source="Camera 21")}
    assert (len(ours), ours["r3"].said["summary"]) == (3, "three heard at the mill")
    assert ours["r2"].said["summary"] == spoken.ELSEWHERE
    assert "Kovalenko" not in json.dumps([[r.report_id, r.said] for r in ours.values()])
    (came,) = attached.of_incident(desk, ours["r2"].incident)  # the mission's own people read it there
    assert "where Marta lives" in attached.sealed(desk).open(came.sha256).decode()


def test_whoever_asks_too_often_is_told_when_to_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk import hours

    now = [datetime.now(UTC).replace(second=20)]
    monkeypatch.setattr(hours, "machine", lambda: now[0])
    shown = token("Camera 10", rate=2)
    assert [ask(shown).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(shown)["Retry-After"] == "40"
    now[0] += timedelta(seconds=41)
    assert ask(shown).status_code == 200


def test_what_is_no_request_is_answered_as_a_problem(desk: Desk) -> None:
    from django.test import Client

    shown = token("Camera 11", rate=6000)
    bad = ["{", "[]", "null", '"x"', '{"reports": []}', '{"reports": {}}', '{"act": "a", "act": "b"}', "[" * 5000, "1" * 5000, '{"act": NaN, "start": 1}', "\xff", '{"act":"shelling","start":"2025-03-20T06:00:00Z","lat":' + "9" * 400 + ',"lon":1}']  # fmt: skip
    for body in bad:
        answer = ask(shown, body.encode("latin-1"))
        assert answer.status_code in (400, 422), (body[:20], answer.content)
        assert answer.json()["type"].startswith("urn:servanda:error:DSK")
    assert ask(shown, b" " * 1_000_001).status_code == 413
    assert ask(shown, b" " * 2_000_001).status_code == 413
    browser, named = Client(headers={"host": "localhost"}), {"authorization": f"Bearer {shown}"}
    assert browser.post(ADDRESS, "a=b", content_type="text/plain", headers=named).status_code == 415
    assert browser.delete(ADDRESS, headers=named)["Allow"] == "GET, POST"
    assert ask(shown, path="/api/v1/nothing").json()["code"] == "DSK063"
    assert ask(shown, path=f"{ADDRESS}?after=-1").status_code == 400


def test_the_administrator_issues_and_revokes_tokens_on_the_page(desk: Desk) -> None:
    page = client("administrator")
    said = {
        "nonce": "12",
        "whose": "new",
        "source": "Camera <b>12</b>",
        "side": "none",
        "scope": "report",
        "rate": "60",
    }
    text = page.post("/admin/", said).content.decode()
    shown = re.search(r"sv_\w{12}_[\w-]{43}", text)[0]  # type: ignore[index]
    assert "Camera &lt;b&gt;12&lt;/b&gt;" in text
    assert ask(shown).status_code == 200
    assert page.post("/admin/", {"whose": shown.split("_")[1]}).status_code == 302
    assert ask(shown).status_code == 401
    assert shown[-20:] not in page.get("/admin/").content.decode()
    from servanda.desk.models import Token

    before = Token.objects.count()
    client("auditor").post("/admin/", said)
    assert Token.objects.count() == before


def test_the_description_that_is_served_is_the_one_in_the_docs(desk: Desk) -> None:
    served = ask("", path="/api/v1/openapi.json").json()
    docs = Path(__file__).parents[1] / "docs" / "reference" / "desk-openapi.json"
    assert json.loads(docs.read_text("utf-8")) == served


def test_whatever_is_sent_the_server_answers_as_its_description_says(desk: Desk) -> None:
    """Schemathesis makes requests of the description, sound and unsound, and checks every answer against it."""
    schemathesis = pytest.importorskip("schemathesis")
    from django.core.handlers.wsgi import WSGIHandler
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.checks import positive_data_acceptance

    shown, before = token("Schemathesis", rate=6000, scope=("report", "status")), size(desk)
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    once = {"report_id": "known", **SAID}
    assert ask(shown, once).status_code == 201
    statuses: dict[tuple[str, str], set[int]] = {}
    quick = settings(max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip

    def tried(operation: Any, mode: Any) -> None:
        @quick
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            # a time that cannot be, or an act that nobody knows, fits the schema and is refused
            loose, named = [positive_data_acceptance], {"Authorization": f"Bearer {shown}"}
            answer = case.call_and_validate(headers=named, excluded_checks=loose)
            statuses.setdefault((operation.label, mode.value), set()).add(answer.status_code)

        one()

    for found in described.get_all_operations():
        for mode in schemathesis.GenerationMode:
            tried(found.ok(), mode)
    assert len(statuses) == 6, statuses
    assert {200, 400, 404, 422} <= set().union(*statuses.values()), statuses
    assert size(desk) >= before + 2
