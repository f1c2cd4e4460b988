"""Signing in through an identity provider: a stand-in on this machine, as strict as a real one about codes, secrets and proofs."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
pytest.importorskip("jwt")
import jwt

from servanda.desk.folder import CONFIG, open_desk
from servanda.errors import ServandaError
from tests.desks import mission
from tests.screens import served


class Provider(BaseHTTPRequestHandler):
    """Who comes is ``who``; each code is for one use, one client, one address and one proof (PKCE)."""

    who: dict[str, str] = {}  # noqa: RUF012  set by each test
    codes: dict[str, dict[str, str]] = {}  # noqa: RUF012
    lies: dict[str, Any] = {}  # noqa: RUF012  of the token
    at = ""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(parts.query))
        if parts.path.endswith("openid-configuration"):
            ends = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "userinfo_endpoint": "/me"}
            self._say({"issuer": self.at, "jwks_uri": f"{self.at}/keys", **{k: self.at + v for k, v in ends.items()}})
        elif parts.path == "/auth":
            assert (asked["client_id"], asked["response_type"]) == ("desk", "code")
            assert asked["code_challenge_method"] == "S256"
            code = f"code-{len(self.codes)}"
            self.codes[code] = asked
            said = (
                {"code": code, "state": asked["state"]}
                if self.who
                else {"error": "access_denied", "state": asked["state"]}
            )
            self._answer(302, b"", Location=f"{asked['redirect_uri']}?{urllib.parse.urlencode(said)}")
        elif parts.path == "/me":
            self._say(self.who if self.headers["Authorization"] == "Bearer token" else {})

    def do_POST(self) -> None:
        said = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        asked = self.codes.pop(said.get("code", ""), None)
        secret = (
            said.get("client_secret")
            or base64.b64decode(self.headers["Authorization"].split()[1]).decode().partition(":")[2]
        )
        proof = (
            base64.urlsafe_b64encode(hashlib.sha256(said.get("code_verifier", "").encode()).digest())
            .decode()
            .rstrip("=")
        )
        if asked is None or secret != "between us" or proof != asked["code_challenge"]:
            self._answer(400, b'{"error": "invalid_grant"}')
            return
        now = int(time.time())
        token = {**self.who, "iss": self.at, "aud": "desk", "iat": now, "exp": now + 60, **self.lies}
        if token["iss"] is None:
            del token["iss"]
        signed = jwt.encode(token, "a secret of the stand-in that nobody else knows", algorithm="HS256")
        self._say({"access_token": "token", "token_type": "Bearer", **({"id_token": signed} if "iss" in token else {})})

    def _say(self, said: dict[str, Any]) -> None:
        self._answer(200, json.dumps(said).encode(), **{"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A desk that asks the stand-in who people are."""
    stand_in = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Provider.at = f"http://127.0.0.1:{stand_in.server_port}"
    threading.Thread(target=stand_in.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("openid") / "m"
    mission(folder, reports=1)
    from django.db import connections

    connections.close_all()
    (folder / "keys" / "openid").write_text("between us\n")
    said = f"openid: {{name: Mission, server: '{Provider.at}', client: desk, secret: keys/openid}}\n"
    (folder / CONFIG).write_text((folder / CONFIG).read_text() + said)
    try:
        with served(folder, "--no-work") as address:
            yield int(address.rpartition(":")[2])
    finally:
        stand_in.shutdown()
        stand_in.server_close()


class Browser:
    """Follows where it is sent, and keeps one session."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def get(self, address: str, hops: int = 8) -> tuple[int, str, str]:
        parts = urllib.parse.urlsplit(address)
        at = parts.netloc or f"127.0.0.1:{self.port}"
        line = http.client.HTTPConnection(at, timeout=20)
        ours = at.endswith(f":{self.port}")
        line.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": self.cookie} if ours else {})
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
        if ours and (set_ := answer.headers["Set-Cookie"]):
            self.cookie = set_.partition(";")[0]
        if answer.status == 302 and hops:
            return self.get(answer.headers["Location"], hops - 1)
        return answer.status, address, page


def test_who_is_in_the_register_signs_in_through_the_provider_and_nobody_else(port: int) -> None:
    way_in = "/account/openid/mission/login/"
    assert way_in in Browser(port).get("/account/login/")[2]
    Provider.who = {"sub": "1", "preferred_username": "duty"}
    duty = Browser(port)
    status, at, page = duty.get(way_in)
    assert (status, at.startswith("/queue/"), "Name of duty" in page) == (200, True, True)
    Provider.who = {"sub": "2", "preferred_username": "duty"}  # the name was given to another
    status, _, page = Browser(port).get(way_in)
    assert (status, "this mission does not" in page) == (403, True)
    Provider.who = {"sub": "1", "preferred_username": "renamed"}  # he is who he was
    assert Browser(port).get(way_in)[1].startswith("/queue/")
    Provider.who = {"sub": "3", "preferred_username": "stranger"}
    assert Browser(port).get(way_in)[0] == 403
    Provider.who = {}
    assert Browser(port).get(way_in)[0] == 403  # he has thought better of it


def test_a_code_that_is_another_sessions_or_nobodys_opens_nothing(port: int) -> None:
    Provider.who = {"sub": "7", "preferred_username": "chief"}
    one = Browser(port)
    status, _, page = one.get("/account/openid/mission/callback/?code=code-9&state=guessed")
    assert (status, "did not say who you are" in page) == (403, True)
    one.get("/account/openid/mission/login/", hops=0)
    sent = one.get("/account/openid/mission/login/", hops=1)[1]
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sent).query))["state"]
    other = Browser(port).get(f"/account/openid/mission/callback/?code=code-0&state={state}")
    assert other[0] == 403
    assert one.get(f"/account/openid/mission/callback/?code=no-such&state={state}")[0] == 403
    assert one.get("/queue/", hops=0)[0] == 302


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"exp": 1_000_000_000},
        {"sub": "another"},
        {"sub": ""},
        {"iss": None},  # nothing is signed at all
    ],
)
def test_a_token_of_another_issuer_audience_time_or_person_opens_nothing(
    port: int, lies: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Provider.who = {"sub": "8", "preferred_username": "legal"}
    monkeypatch.setattr(Provider, "lies", lies)
    one = Browser(port)
    status, _, page = one.get("/account/openid/mission/login/")
    assert (status, "did not say who you are" in page) == (403, True)
    assert one.get("/queue/", hops=0)[0] == 302


def test_an_answer_of_the_provider_that_was_used_opens_nothing_again(port: int) -> None:
    Provider.who = {"sub": "9", "preferred_username": "verification"}
    one = Browser(port)
    sent = one.get("/account/openid/mission/login/", hops=1)[1]
    back = http.client.HTTPConnection(urllib.parse.urlsplit(sent).netloc, timeout=20)
    back.request("GET", sent.partition(urllib.parse.urlsplit(sent).netloc)[2])
    answer = back.getresponse().headers["Location"]
    assert one.get(answer)[1].startswith("/queue/")
    assert one.get(answer)[0] == 403
    assert Browser(port).get(answer)[0] == 403


@pytest.mark.parametrize(
    "said",
    [
        "openid: yes",
        "openid: {name: M, server: 'https://id.example', client: desk}",
        "openid: {name: M, server: 'http://id.example', client: desk, secret: s}",
        "openid: {name: M, server: 'https://id.example', client: desk, secret: s, claim: 'a b'}",
    ],
)
def test_settings_of_a_provider_that_cannot_be_are_told(tmp_path: Path, said: str) -> None:
    (tmp_path / CONFIG).write_text(f"record: record\nkey: k\ndatabase: d\n{said}\n")
    with pytest.raises(ServandaError) as told:
        open_desk(tmp_path)
    assert told.value.faults[0].code == "DSK002"
