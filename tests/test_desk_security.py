"""The desk under attack: forms from elsewhere, markup in every field, bulk reading, protected sources, guessed passwords and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
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
    (_,), _ = hand_in(desk, token, read(row, "", token.source, desk.record().vault.label))
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
    incident = report(desk, models.Person.objects.get(pk="p-duty"), told, "n1", protect=[told["source"]])
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
    for words, found in (
        ("cellar window", 1),
        ("attic", 0),
        ("cellar wind", 0),
    ):  # who finds it by its words knows them
        client("legal").get("/queue/rows/", {"view": "all", "q": words})
        assert read.count() == (before := before + found), words


def test_nobody_reads_more_at_once_than_a_page(desk: Desk) -> None:
    from servanda.desk.handed import hand_in, read
    from servanda.desk.tables import Token
    from servanda.desk.tokens import issue

    token = Token.objects.get(pk=issue("Counter").split("_")[1])
    rows = [{"act": "shelling", "start": f"2025-03-20T07:00:{n % 60:02d}Z", "report_id": f"n{n}"} for n in range(120)]
    hand_in(desk, token, read({"reports": rows}, "", token.source, desk.record().vault.label))
    for role in ("duty", "auditor"):
        browser = client(role)
        for more in ("", "&n=100000&limit=100000&page_size=100000", "&format=csv&rows=all"):
            text = browser.get(f"/queue/rows/?view=all{more}").content.decode()
            assert len(set(re.findall(r'data-id="([^"]+)"', text))) <= 100, more
        for nowhere in ("/export/", "/queue/rows.csv", "/record/export/", "/api/v1/incidents", "/admin/export/"):
            assert browser.get(nowhere).status_code == 404, nowhere


def test_no_role_but_the_chief_takes_many_incidents_away_with_one_request(desk: Desk) -> None:
    from servanda.app.record import files_to_record
    from servanda.desk import arrivals, decide, models
    from tests.desks import HEADER, row

    most, many = 60, 80  # a page of the queue has sixty
    lines = [row(n % 60, f"B-{n}", summary=f"words-{n:03d}").replace(f"R{n % 60},", f"RB{n},", 1) for n in range(many)]
    (path := desk.folder.parent / "many.csv").write_text(HEADER + "".join(lines), "utf-8")
    decide._record(desk, files_to_record([path]))
    came = arrivals.arrive(desk, "Post", "upload", "many.csv", path.read_bytes(), person="p-operations")
    type(came).objects.filter(pk=came.pk).update(state="taken")
    drafted = client("verification").post("/reports/", {"kind": "weekly", "language": "en", "date": "2025-03-19"})
    files = [f"{drafted['Location']}{name}" for name in models.PaperFile.objects.values_list("name", flat=True)]
    names, file = "&".join(f"i=B-{n}" for n in range(many)), f"/arrivals/{came.pk}/file"
    begin = ("/queue/?view=all", f"/arrivals/{came.pk}/", f"/queue/bulk/?{names}", f"/parts/?{names}", "/map/")
    begin += ("/queue/rows/?view=all&n=1000&format=csv", "/statements/", "/figures/", "/sources/", "/record/")
    read = models.WasRead.objects.filter(page="report file")
    for role in ("duty", "auditor"):
        browser, before = client(role), read.count()
        texts = [*crawl(role, begin, most=24)]
        texts += [(address, browser.get(address).content.decode("latin-1")) for address in (*files, file)]
        for address, text in texts:
            assert len(set(re.findall(r"words-\d{3}", text))) <= most, (role, address)
            if address.endswith((".csv", ".json", ".xlsx")):
                assert len(set(re.findall(r"\bB-\d+", text))) <= most, (role, address)
        assert read.count() > before  # what people read of them is written down
        assert browser.get(file).status_code == 404
    assert client("operations").get(file).status_code == 200  # who brought it
    assert {client("chief").get(address).status_code for address in files} == {200}


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


def test_nobody_else_on_the_machine_opens_the_folder_of_a_mission_or_its_export(desk: Desk, tmp_path: Path) -> None:
    from servanda.desk.doctor import export

    export(desk, tmp_path / "out")
    for folder in (desk.folder, tmp_path / "out"):  # a record holds every file whole, with the names of sources
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_the_doctor_says_of_a_folder_that_others_may_open_how_it_is_closed(desk: Desk) -> None:
    from servanda.desk.doctor import examine

    def told() -> list[str]:
        return [what for holds, what in examine(desk) if not holds and "chmod" in what]

    assert not told()
    desk.folder.chmod(0o755)  # as older versions made it
    try:
        assert [what.partition("chmod")[2] for what in told()] == [f" 700 {desk.folder}"]
    finally:
        desk.folder.chmod(0o700)


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
        "/fresh/%00",
    ):
        assert asked(path) == never, path


def cookie(browser: Any) -> str:
    """The key of a browser's session."""
    return str(browser.cookies["desk"].value)


def test_a_session_that_somebody_planted_is_another_after_each_step_of_signing_in(desk: Desk) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal import auth
    from django.contrib.auth import get_user_model
    from django.test import Client

    user = get_user_model().objects.get(username="legal")
    auth.TOTP.activate(user, auth.generate_totp_secret())
    codes = RecoveryCodes.activate(user).get_unused_codes()
    try:
        browser = Client(headers={"host": "localhost"}, REMOTE_ADDR="10.2.2.2")
        browser.get("/account/login/")
        keys = [cookie(browser)]
        browser.post("/account/login/", {"login": "legal", "password": password("legal")})
        keys.append(cookie(browser))
        assert browser.post("/account/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
        keys.append(cookie(browser))
        assert len(set(keys)) == len(keys)
        assert browser.get("/queue/").status_code == 200
        for old in keys[:-1]:
            planted = Client(headers={"host": "localhost"})
            planted.cookies["desk"] = old
            assert planted.get("/queue/")["Location"].startswith("/account/login/")
        again = Client(headers={"host": "localhost"}, REMOTE_ADDR="10.2.2.3")
        again.post("/account/login/", {"login": "legal", "password": password("legal")})
        assert again.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200  # each opens once
        assert again.post("/account/2fa/authenticate/", {"code": codes[1]})["Location"] == "/"
        owner = client_of(again)
        assert owner.get("/account/2fa/recovery-codes/").status_code in (200, 302)
    finally:
        user.authenticator_set.all().delete()


def client_of(browser: Any) -> Any:
    """Another window of the same browser."""
    from django.test import Client

    made = Client(headers={"host": "localhost"})
    made.cookies["desk"] = cookie(browser)
    return made


def test_a_session_that_nobody_uses_ends_and_keeps_the_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from servanda.desk import middleware

    browser, real, late = client("duty"), time.time, [0.0]
    monkeypatch.setattr(middleware.time, "time", lambda: real() + late[0])
    assert browser.get("/queue/").status_code == 200
    for late[0] in (50 * 60.0, 100 * 60.0):  # it is used, a little less than an hour apart
        assert browser.get("/queue/?view=all").status_code == 200
    late[0] = 150 * 60.0
    assert browser.get("/state/").status_code == 200  # what a page asks by itself keeps nothing awake
    late[0] = 161 * 60.0
    posted = client_of(browser).post("/step/I-2", {"step": "triaged", "why": "words of an <b>hour</b>"})
    assert posted.status_code == 403
    assert "words of an &lt;b&gt;hour" in posted.content.decode()
    assert "/account/login/?next=%2F" in posted.content.decode()
    assert browser.get("/queue/")["Location"].startswith("/account/login/")
    late[0] = 0.0
    browser = client("duty")
    browser.get("/queue/")
    for n in range(1, 17):
        late[0] = n * 3000.0
        answer = browser.get("/case/I-2?tab=decisions")
        if answer.status_code == 302:
            break
    assert answer["Location"] == "/account/login/?next=%2Fcase%2FI-2%3Ftab%3Ddecisions"
    assert 12 * 3600 < late[0] < 13 * 3600  # however busy, none is older than twelve hours


def test_what_is_written_is_shown_again_whatever_came_of_the_form_and_to_its_own_page_alone(desk: Desk) -> None:
    from django.test import Client

    said = {"source": "Post 7", "told": "what the driver said", "nonce": "n-of-the-form", "act": "shelling"}
    stranger = Client(headers={"host": "localhost"})
    ours, other = (stranger.post("/entry/", said, headers={"origin": at}) for at in ("http://localhost", "null"))
    assert ours.status_code == other.status_code == 403
    assert [word in ours.content.decode() for word in said.values()] == [True, True, False, True]
    assert "what the driver said" not in other.content.decode()
    stale = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    stale.cookies = client("duty").cookies
    answer = stale.post("/entry/", {**said, "csrfmiddlewaretoken": "of-another-session"})
    assert answer.status_code == 400
    assert "what the driver said" in answer.content.decode()
    changed = {"oldpassword": "my old words", "password1": "my new words", "password2": "my new words"}
    assert "words" not in stranger.post("/account/password/", changed).content.decode().partition("<main")[2]


def test_an_open_page_is_told_that_nobody_is_signed_in_and_is_not_led_away(desk: Desk) -> None:
    from django.test import Client

    stranger = Client(headers={"host": "localhost"})
    for path in ("/events/", "/state/", "/here/", "/fresh/I-1"):
        assert stranger.get(path).status_code == 401
    for method in (stranger.get, stranger.post):
        answer = method("/queue/rows/", headers={"hx-request": "true"})
        assert (answer.status_code, answer.content, "HX-Redirect" in answer) == (401, b"", False)
    told = client("duty").get("/here/").json()
    assert (told["login"], len(told["token"])) == ("duty", 64)


def test_who_loses_office_or_password_is_out_everywhere(desk: Desk) -> None:
    from django.contrib.auth import get_user_model

    from servanda.desk.models import Person
    from servanda.desk.setup import account, give_office

    give_office(desk, "p-leaves", "Name of one who leaves", "operations", "leaves")
    account("leaves", password("leaves"))
    here, there = client("leaves"), client("leaves")
    new = "another-quay-than-before"
    changed = {"oldpassword": password("leaves"), "password1": new, "password2": new}
    assert here.post("/account/password/", changed).status_code == 302
    assert there.get("/queue/")["Location"].startswith("/account/login/")
    assert here.get("/queue/").status_code == 200  # who changed it stays
    admin = client("administrator")
    for wrong in ("p-admin", "p-nobody"):
        assert admin.post("/admin/", {"leaves": wrong}).status_code == 409
    assert admin.post("/admin/", {"leaves": "p-leaves"}).status_code == 302
    assert here.get("/queue/")["Location"].startswith("/account/login/")
    assert not get_user_model().objects.get(username="leaves").has_usable_password()
    assert (Person.objects.get(pk="p-leaves").role, Person.objects.get(pk="p-leaves").name) == (
        "former",
        "Name of one who leaves",
    )
    give_office(desk, "p-moves", "Name", "operations", "moves")
    account("moves", password("moves"))
    old = client("moves")
    give_office(desk, "p-moves", "Name", "duty", "moved")  # another login: the old one opens nothing
    assert old.get("/queue/")["Location"].startswith("/account/login/")
    assert not get_user_model().objects.get(username="moves").has_usable_password()
