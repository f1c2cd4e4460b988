"""The desk under attack: forms from elsewhere, markup in every field, bulk reading, protected sources, guessed passwords and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest

pytest.importorskip("django")
from servanda.desk.folder import Desk
from tests.desks import client, mission, password, take, way

EVIL = "\"><svg/onload=alert(1)>'{{7*7}}<script>x</script>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=12)
    from django.db import connections

    connections.close_all()


def crawl(role: str, begin: tuple[str, ...] = ("/",), most: int = 60) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, with its text."""
    browser, ahead, seen = client(role), list(begin), set[str]()
    while ahead and len(seen) < most:
        address = ahead.pop(0)
        if (
            address in seen
            or not address.startswith("/")
            or address.startswith(("/static", "/events", "/account/logout"))
        ):
            continue
        seen.add(address)
        answer = browser.get(address)
        if answer.status_code == 302:
            ahead.append(urljoin(address, answer["Location"]))
        elif "html" in answer["Content-Type"]:
            text = answer.content.decode()
            yield address, text
            found = re.findall(r'\b(?:href|hx-get|data-panel)="([^"]*)"', text)
            ahead += [urljoin(address, urldefrag(unescape(link))[0]) for link in found if not link.startswith("data:")]


def test_no_address_takes_a_form_from_elsewhere(desk: Desk) -> None:
    from django.urls import get_resolver

    browser = client("chief")
    browser.handler.enforce_csrf_checks = True
    size, tried = desk.record().log.head.size, 0
    for pattern in get_resolver().url_patterns:
        path = "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(path|str):\w+>", "I-1", str(pattern.pattern)))
        if path.startswith("/api/"):
            continue
        answer = browser.post(
            path, {"step": "triaged", "outcome": "in_scope", "why": "x", "login": "a", "password": "b"}
        )
        assert answer.status_code in (400, 404), path
        tried += 1
    assert tried > 40
    assert desk.record().log.head.size == size


def test_markup_in_any_field_is_shown_as_it_was_written(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.handed import hand_in, read
    from servanda.desk.setup import give_office
    from servanda.desk.tables import Token
    from servanda.desk.tokens import issue

    give_office(desk, "p-evil", EVIL, "operations", "evil")
    token = Token.objects.get(pk=issue(EVIL).split("_")[1])
    free = ("origin", "via", "place_name", "admin1", "weapon", "unit", "effect", "summary", "url")
    row = {
        "act": "shelling",
        "start": "2025-03-20T06:00:00Z",
        "lat": 48.0,
        "lon": 37.0,
        "precision_km": 1,
        **dict.fromkeys(free, EVIL),
    }
    (_,), _ = hand_in(desk, token, read(row, "", token.source))
    incident = str(models.Incident.objects.get(start="2025-03-20T06:00:00Z").pk)
    take(desk, "p-duty", incident, "triaged", EVIL, outcome="in_scope")
    take(desk, "p-operations", incident, "tasked", EVIL, team=EVIL, route=EVIL)
    take(desk, "p-verification", incident, "assessed", EVIL, method=EVIL)
    client("chief").post("/queue/save/", {"name": EVIL[:60], "query": f"q={EVIL}"})
    shown = 0
    for role in ("chief", "administrator"):
        for address, text in crawl(
            role, ("/", f"/case/{incident}", f"/case/{incident}?tab=decisions", f"/queue/?view=all&q={EVIL}")
        ):
            assert "<svg/onload" not in text, address
            assert "<script>x" not in text, address
            assert ">49<" not in text, address
            shown += "&lt;svg/onload" in text
    assert shown > 5


def test_whoever_is_shown_words_of_a_protected_source_is_written_down(desk: Desk) -> None:
    from servanda.desk import models
    from servanda.desk.decide import report

    told = {"source": "Neighbour Ivanka", "act": "shelling", "kind": "observation", "side": "none"}
    told |= {"start": "2025-03-21T04:44+02:00", "summary": "from-the-cellar-window", "place_name": "quay"}
    incident = report(desk, models.Person.objects.get(pk="p-duty"), told, "n1", protect=True)
    way(desk, incident, "attributed")
    read, shown = models.WasRead.objects.filter(login="legal"), 0
    before = read.count()
    for address, text in crawl(
        "legal", ("/", f"/case/{incident}", f"/preview/{incident}", f"/parts/?i={incident}&i=I-1")
    ):
        now = read.count()
        if "from-the-cellar-window" in text:
            shown += 1
            assert now > before, address
        before = now
    assert shown > 1


def test_nobody_reads_more_at_once_than_a_page(desk: Desk) -> None:
    from servanda.desk.handed import hand_in, read
    from servanda.desk.tables import Token
    from servanda.desk.tokens import issue

    token = Token.objects.get(pk=issue("Counter").split("_")[1])
    rows = [{"act": "shelling", "start": f"2025-03-20T07:00:{n % 60:02d}Z", "report_id": f"n{n}"} for n in range(120)]
    hand_in(desk, token, read({"reports": rows}, "", token.source))
    for role in ("duty", "auditor"):
        browser = client(role)
        for more in ("", "&n=100000&limit=100000&page_size=100000", "&format=csv&rows=all"):
            text = browser.get(f"/queue/rows/?view=all{more}").content.decode()
            assert len(set(re.findall(r'data-id="([^"]+)"', text))) <= 100, more
        for nowhere in ("/export/", "/queue/rows.csv", "/record/export/", "/api/v1/incidents", "/admin/export/"):
            assert browser.get(nowhere).status_code == 404, nowhere


def test_a_second_factor_is_not_guessed(desk: Desk) -> None:
    from allauth.mfa.totp.internal import auth
    from django.contrib.auth import get_user_model
    from django.test import Client

    user = get_user_model().objects.get(username="second")
    auth.TOTP.activate(user, auth.generate_totp_secret())
    browser = Client(headers={"host": "localhost"}, REMOTE_ADDR="10.1.1.1")
    browser.post("/account/login/", {"login": "second", "password": password("second")})
    answers = [browser.post("/account/2fa/authenticate/", {"code": f"{n:06d}"}) for n in range(12)]
    told = answers[-1].content.decode().lower()
    assert answers[-1].status_code == 429 or "too many" in told
    user.authenticator_set.all().delete()


@pytest.mark.parametrize(
    "back",
    [
        "//elsewhere.example/",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "\t//elsewhere.example",
        "javascript:alert(1)",
    ],
)
def test_no_form_sends_anybody_elsewhere(desk: Desk, back: str) -> None:
    from servanda.desk.models import Incident

    row = Incident.objects.filter(state="received").order_by("-id")[0]
    said = {"step": "triaged", "outcome": "in_scope", "why": "x", "seen": row.version, "after": row.last, "back": back}
    answer = client("duty").post(f"/step/{row.pk}", said)
    assert answer["Location"] == f"/case/{row.pk}"
    again = client("duty").get("/account/reauthenticate/", {"next": back})
    assert "elsewhere.example" not in again.get("Location", "")


def test_behind_tls_a_cookie_goes_over_tls_alone_and_never_to_a_script(desk: Desk) -> None:
    from django.test import Client

    browser, said = Client(headers={"host": "localhost"}), {"login": "duty", "password": password("duty")}
    answer = browser.post("/account/login/", said, secure=True)
    cookie = answer.cookies["desk"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert "max-age" in answer["Strict-Transport-Security"]
    plain = Client(headers={"host": "localhost"}).post("/account/login/", said)
    assert not plain.cookies["desk"]["secure"]
    assert Client(headers={"host": "elsewhere.example"}).get("/account/login/").status_code == 400


def test_what_is_nobodys_answers_as_what_never_was(desk: Desk) -> None:
    hidden = re.compile(r'value="\w{20,}"')
    browser = client("duty")

    def asked(path: str) -> Any:
        answer = browser.get(path)
        return answer.status_code, hidden.sub("", answer.content.decode())

    never = asked("/no-such-page/")
    for path in (
        "/hand/0/",
        f"/hand/{'0' * 32}/",
        "/case/I-999",
        "/reports/999/",
        "/patrols/999/",
        "/admin/",
        "/room/",
        "/twins/I-999",
        "/reports/1/../../keys/mission",
    ):
        assert asked(path) == never, path
