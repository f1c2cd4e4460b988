"""Signing with one's own key at the page: exactly the bytes shown, checked without the desk; no byte can be changed unnoticed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

pytest.importorskip("django")
from servanda.cli.main import main
from servanda.desk.folder import Desk
from servanda.record import hands
from tests.desks import client, mission, password, take, way

SITE = "localhost"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Hand:
    """A key as a browser, or a hardware key, has it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.secret: Any = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(SECP256R1())
        public = self.secret.public_key()
        raw = (
            public.public_bytes_raw()
            if kind == "ed25519"
            else public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        )
        self.key = {"kind": kind, "key": b64(raw), **({"site": SITE} if kind == "webauthn" else {})}

    def sign(self, text: bytes, *, site: str = SITE, kind: str = "webauthn.get", flags: int = 5) -> dict[str, str]:
        if self.kind == "ed25519":
            return {"sig": b64(self.secret.sign(text))}
        if self.kind == "p256":
            r, s = decode_dss_signature(self.secret.sign(text, ECDSA(SHA256())))
            return {"sig": b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip("=")
        data = {"type": kind, "challenge": challenge, "origin": f"https://{site}", "crossOrigin": False}
        said = json.dumps(data).encode()
        made = hashlib.sha256(site.encode()).digest() + bytes([flags, 0, 0, 0, 7])
        signature = self.secret.sign(made + hashlib.sha256(said).digest(), ECDSA(SHA256()))
        return {"sig": b64(signature), "authenticator": b64(made), "client": b64(said)}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield mission(tmp_path_factory.mktemp("desk") / "m", reports=6)
    from django.db import connections

    connections.close_all()


def give(browser: Any, hand: Hand, name: str, origin: str = "mission.example/quay") -> Any:
    """Register a key as the page does, which asks for the password first."""
    return browser.post("/key/", {**hand.key, **hand.sign(hands.own_text(origin, name, hand.key))})


def known(login: str) -> Any:
    """Somebody who has just given his password again."""
    browser = client(login)
    assert browser.get("/key/")["Location"].startswith("/account/reauthenticate/")
    browser.post("/account/reauthenticate/", {"password": password(login)})
    return browser


def ready(browser: Any, answer: Any) -> tuple[str, dict[str, str]]:
    """The address of a text that waits, and what the page tells the browser of it."""
    text = browser.get(answer["Location"]).content.decode()
    return answer["Location"], dict(re.findall(r'data-(\w+)="([^"]*)"', re.search(r'<div id="hand"[^>]*>', text)[0]))  # type: ignore[index]


def text_of(told: Mapping[str, str]) -> bytes:
    digest = hashlib.sha256(base64.b64decode(told["kept"])).hexdigest()
    return hands.text_of(told["origin"], told["by"], "decisions", told["name"], digest)


def form(incident: str, **more: str) -> dict[str, str]:
    from servanda.desk.finding import read_of
    from servanda.desk.models import Incident

    row = Incident.objects.get(pk=incident)
    return {"seen": row.version, "after": row.last, "why": "read and agreed", "read": read_of(incident), **more}


@pytest.fixture(scope="module")
def chief(desk: Desk) -> Hand:
    """The hardware key of the chief."""
    hand = Hand("webauthn")
    answer = give(known("chief"), hand, "p-chief.mission.example/quay")
    assert answer["Location"] == "/key/", answer
    return hand


def signed_once(desk: Desk, chief: Hand) -> None:
    """``I-1``, signed by the chief's own hand."""
    from servanda.desk.models import Incident

    if Incident.objects.get(pk="I-1").state == "signed":
        return
    way(desk, "I-1", upto="attributed")
    browser = client("chief")
    address, told = ready(browser, browser.post("/step/I-1", form("I-1", step="signed", outcome="agreed")))
    assert browser.post(address, chief.sign(text_of(told))).status_code == 302


def test_the_page_shows_what_is_signed_and_nothing_else_is_recorded(desk: Desk, chief: Hand) -> None:
    from servanda.desk.models import Decided, Incident
    from servanda.desk.projection import rebuild

    way(desk, "I-1", upto="attributed")
    browser, size = client("chief"), desk.record().log.head.size
    address, told = ready(browser, browser.post("/step/I-1", form("I-1", step="signed", outcome="agreed")))
    assert desk.record().log.head.size == size
    wrong = [
        chief.sign(text_of(told) + b"\n"),
        chief.sign(text_of(told), site="elsewhere.example"),
        chief.sign(text_of(told), kind="webauthn.create"),
        chief.sign(text_of(told), flags=4),
        Hand("webauthn").sign(text_of(told)),
        {"sig": chief.sign(text_of(told))["sig"]},
        {},
    ]
    for hand in wrong:
        answer = browser.post(address, hand)
        assert answer.status_code == 409
    assert "not one of your key" in answer.content.decode()
    assert client("legal").get(address).status_code == 404
    assert browser.post(address, chief.sign(text_of(told))).status_code == 302
    assert browser.post(address, chief.sign(text_of(told))).status_code == 302  # sent twice, it is one decision
    assert desk.record().log.head.size == size + 1
    assert Incident.objects.get(pk="I-1").state == "signed"
    (entry,) = desk.record().statements(size)
    kept = base64.b64decode(told["kept"])
    assert b"\n    Alleged of: Borska (B), by 1 report\n" in kept  # the finding in words is part of what is signed
    assert desk.record().log.object(entry.digest) == kept
    assert b"read and agreed" in kept
    assert Decided.objects.filter(incident="I-1", step="signed").count() == 1
    assert rebuild(desk.record())[0]


def test_a_text_whose_case_has_changed_meanwhile_is_not_signed(desk: Desk, chief: Hand) -> None:
    way(desk, "I-2", upto="attributed")
    browser = client("chief")
    address, told = ready(browser, browser.post("/step/I-2", form("I-2", step="signed", outcome="agreed")))
    take(desk, "p-legal", "I-2", "paused", why="wait")
    answer = browser.post(address, chief.sign(text_of(told)))
    assert answer.status_code == 409
    assert "has changed" in answer.content.decode()


def test_a_text_waits_for_half_an_hour(desk: Desk, chief: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.desk import decide
    from servanda.desk import hands as own
    from servanda.desk.models import Draft

    way(desk, "I-3", upto="attributed")
    browser = client("chief")
    address, told = ready(browser, browser.post("/step/I-3", form("I-3", step="signed", outcome="agreed")))
    Draft.objects.update(at=decide.clock() - own.KEPT * 1.1)
    assert browser.post(address, chief.sign(text_of(told))).status_code == 404


def test_the_checkers_alone_say_whose_hand_it_was_and_find_every_changed_byte(
    desk: Desk, chief: Hand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_once(desk, chief)
    assert main(["desk", "export", str(desk.folder), "--out", str(tmp_path / "out")]) == 0
    record, checker = tmp_path / "out" / "record", tmp_path / "out" / "hands.py"
    alone = [sys.executable, "-E", "-s", str(checker), "record", str(record), "--policy", str(record / "policy")]
    told = subprocess.run(alone, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 0, told.stderr + told.stdout
    assert "by own hands: hands.py checks these" in told.stdout
    assert "p-chief.mission.example/quay: 1" in told.stdout
    shown = tmp_path / "shown"
    asked = ["--tier", "guarantors", "--out", str(shown), "--key", str(desk.key)]
    assert main(["record", "disclose", str(desk.record_folder), *asked]) == 0
    (package,) = shown.rglob("*.json") if shown.is_dir() else [shown]
    assert hands.main(["package", str(package), "--policy", str(record / "policy")]) == 0
    assert "p-chief.mission.example/quay: 1" in capsys.readouterr().out
    assert main(["record", "verify", str(record), "--policy", str(record / "policy"), "--unsettled"]) == 0
    assert "signed by people's own hands: p-chief.mission.example/quay: 1" in capsys.readouterr().out


def _each_byte(hand: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A signature with each byte of it changed, one at a time; those of the signature itself every fifth."""
    for part, text in hand.items():
        raw = base64.b64decode(text)
        for n in range(0, len(raw), 5 if part == "sig" else 1):
            yield {**hand, part: b64(raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :])}


@pytest.mark.parametrize("kind", ["ed25519", "p256", "webauthn"])
def test_no_byte_of_text_key_or_signature_can_be_another(kind: str) -> None:
    hand, text = Hand(kind), hands.text_of("log.example", "p-1.log.example", "decisions", "d.yaml", "0" * 64)
    good = hand.sign(text)
    assert hands.holds(hand.key, text, good)
    assert not [
        n for n in range(len(text)) if hands.holds(hand.key, text[:n] + bytes([text[n] ^ 1]) + text[n + 1 :], good)
    ]
    assert not [bad for bad in _each_byte(good) if hands.holds(hand.key, text, bad)]
    raw = base64.b64decode(hand.key["key"])
    others = [{**hand.key, "key": b64(raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :])} for n in range(len(raw))]
    others += [{**hand.key, "kind": k} for k in ("ed25519", "p256", "webauthn", "rsa", "") if k != kind]
    others += [{**hand.key, "site": "elsewhere.example"}, {"kind": kind}, {}]
    assert not [key for key in others if hands.holds(key, text, good)]
    assert not hands.holds(hand.key, text, {**good, "more": "x"})


def test_a_changed_entry_breaks_the_check_even_where_the_log_signs_it_anew(desk: Desk, chief: Hand) -> None:
    """Whoever keeps the record can sign any entry: not one that bears another's hand."""
    signed_once(desk, chief)
    record = desk.record()
    bodies, origin = list(record.log.entries()), record.log.head.origin
    assert hands.check_hands(origin, bodies) == {
        "p-chief.mission.example/quay": [n for n, b in enumerate(bodies) if b'"sig"' in _payload(b)]
    }

    def forged(change: Callable[[dict[str, Any]], object]) -> list[bytes]:
        out = []
        for body in bodies:
            if b'"sig"' in (payload := _payload(body)):
                said = json.loads(payload)
                change(said)
                out.append(json.dumps({"payload": b64(json.dumps(said).encode())}).encode())
                continue
            out.append(body)
        return out

    for change in (
        lambda s: s["subject"][0]["digest"].update(sha256="0" * 64),
        lambda s: s["subject"][0].update(name="desk-other.yaml"),
        lambda s: s.update(predicateType="urn:servanda:evidence:v1"),
        lambda s: s["predicate"]["hands"][0].update(by="p-legal.mission.example/quay"),
        lambda s: s["predicate"]["hands"][0].update(sig="AA=="),
        lambda s: s["predicate"]["hands"].append({}),
        lambda s: s["subject"].append(s["subject"][0]),
    ):
        with pytest.raises(hands.verifier.Broken, match="step 7"):
            hands.check_hands(origin, forged(change))
    with pytest.raises(hands.verifier.Broken, match="does not hold"):
        hands.check_hands("another.example/log", bodies)
    with pytest.raises(hands.verifier.Broken, match="did not count then"):
        hands.check_hands(origin, [b for b in bodies if b'"hands":{' not in _payload(b)])


@pytest.mark.parametrize(
    "written",
    [
        lambda body: b" " + body,
        lambda body: json.dumps({"signatures": [], **json.loads(body)}).encode(),
        lambda body: body.replace(b'"payload"', b'"p\\u0061yload"'),
    ],
    ids=["a blank in front", "another order", "an escape"],
)
def test_no_way_to_write_an_entry_hides_a_false_hand_from_the_check(
    desk: Desk, chief: Hand, written: Callable[[bytes], bytes]
) -> None:
    """The keeper writes the bytes of every entry: what the first checker reads as a statement, the second must."""
    signed_once(desk, chief)
    record = desk.record()
    bodies, origin = list(record.log.entries()), record.log.head.origin
    (at,) = hands.check_hands(origin, bodies)["p-chief.mission.example/quay"]
    assert hands.check_hands(origin, [written(b) if n == at else b for n, b in enumerate(bodies)])
    said = json.loads(_payload(bodies[at]))
    said["predicate"]["hands"][0]["sig"] = "AA=="
    for payload in (json.dumps(said), json.dumps(said).replace('"hands"', '"\\u0068ands"')):
        forged = written(json.dumps({"payload": b64(payload.encode())}).encode())
        with pytest.raises(hands.verifier.Broken, match="does not hold"):
            hands.check_hands(origin, [forged if n == at else b for n, b in enumerate(bodies)])


def test_the_doctor_finds_a_word_that_the_log_recorded_without_its_author(
    desk: Desk, chief: Hand, tmp_path: Path
) -> None:
    from servanda.app.record import files_to_record
    from servanda.desk import decide
    from servanda.desk.doctor import unsigned

    signed_once(desk, chief)
    way(desk, "I-5", upto="attributed")
    assert unsigned(desk.record()) == []
    forged = tmp_path / "forged.yaml"
    says = "incident: I-5, step: signed, outcome: agreed, by: Mission, person: p-chief, why: he said so"
    forged.write_text(f"decisions:\n  - {{{says}, at: {decide.clock().isoformat()}}}\n", "utf-8")
    decide._record(desk, files_to_record([forged]))
    (told,) = unsigned(desk.record())
    assert "(signed, entry" in told
    assert "bears no signature of p-chief" in told


def _payload(body: bytes) -> bytes:
    return base64.b64decode(json.loads(body)["payload"]) if body.startswith(b'{"payload"') else b""


def test_a_partys_officer_signs_his_reply(desk: Desk) -> None:
    from servanda.desk.models import Person
    from servanda.desk.register import Person as Somebody
    from servanda.desk.setup import let_in

    let_in(desk, [Somebody("p-b", "Liaison of B", "party:B", "liaison")], password)
    way(desk, "I-4", upto="right_of_reply")
    browser, hand = known("liaison"), Hand("ed25519")
    assert give(browser, hand, "p-b.mission.example/quay").status_code == 302
    assert Person.objects.get(pk="p-b").key == "p-b.mission.example/quay"
    assert "p-b.mission.example/quay" not in desk.record().gives().get("decisions", [])
    address, told = ready(browser, browser.post("/room/answer/I-4", {"why": "we were not there"}))
    assert browser.post(address, hand.sign(text_of(told)))["Location"] == "/room/"
    *_, entry = desk.record().statements()
    assert [h["by"] for h in entry.says["hands"]] == ["p-b.mission.example/quay"]


def test_a_key_signs_its_own_name_and_a_second_one_waits_for_the_administrator(desk: Desk) -> None:
    from servanda.desk.models import Person

    browser, hand = known("legal"), Hand("p256")
    name = "p-legal.mission.example/quay"
    for wrong in (
        give(browser, hand, "p-chief.mission.example/quay"),
        browser.post("/key/", {**hand.key, "sig": "AA=="}),
        browser.post("/key/", {"kind": "rsa", "key": "AA==", "sig": "AA=="}),
        browser.post("/key/", {}),
    ):
        assert wrong.status_code == 409
    assert give(browser, hand, name).status_code == 302
    assert give(browser, Hand("p256"), "p-legal-2.mission.example/quay").status_code == 409
    assert main(["desk", "key", str(desk.folder), "p-legal", "--take"]) == 0
    assert name not in desk.record().hands()
    again = give(browser, hand, "p-legal-2.mission.example/quay")
    assert again.status_code == 302, again.content
    assert Person.objects.get(pk="p-legal").key == "p-legal-2.mission.example/quay"
    for role in ("auditor", "administrator", "patrol"):
        assert client(role).get("/key/").status_code == 404
