"""Keys of one's own in a browser: made in Chromium, in a file, and on a hardware key (a virtual one, over the DevTools protocol)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
sync = pytest.importorskip("playwright.sync_api")
from servanda.record import Record, hands, make_key  # noqa: E402
from tests.desks import mission, password, way  # noqa: E402
from tests.screens import ASKED, AXE, CHROMIUM, QUIET, marks  # noqa: E402
from tests.screens import served as serve  # noqa: E402

pytestmark = marks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hands") / "m"
    desk = mission(place, reports=2, quick=False)
    from servanda.desk.register import Person
    from servanda.desk.setup import let_in

    way(desk, "I-1", "attributed")
    way(desk, "I-2", "right_of_reply")
    let_in(desk, [Person("p-b", "Liaison of B", "party:B", "liaison")], password)
    from django.db import connections

    connections.close_all()
    return place


@pytest.fixture(scope="module")
def pages(folder: Path) -> Iterator[Any]:
    """Opens pages for somebody who signs in, and tells of any fault in them."""
    with serve(folder) as address, sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        host = address.replace("127.0.0.1", "localhost")  # a site of a hardware key has a name

        def opened(login: str, width: int = 1400) -> Any:
            page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
            page.wrong = []
            page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda e: page.wrong.append(str(e)))
            page.goto(f"{host}/account/login/")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", password(login))
            page.keyboard.press("Enter")
            page.wait_for_selector("header nav")
            page.goto(f"{host}/key/")
            page.fill("input[name=password]", password(login))
            page.keyboard.press("Enter")
            page.wait_for_selector("#hand")
            page.host = host
            return page

        yield opened
        browser.close()


def signed(folder: Path) -> dict[str, list[int]]:
    record = Record(folder / "record")
    record.verify(record.log.policy, quorum=False)
    return hands.check_hands(record.log.head.origin, record.log.entries())


def clean(page: Any, width: int) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    page.evaluate(AXE.read_text("utf-8"))
    found = [(one["id"], one["nodes"][0]["target"]) for one in page.evaluate(ASKED)["violations"]]
    assert (found, page.wrong) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def sign(page: Any, incident: str) -> None:
    page.goto(f"{page.host}/sign/")
    form = page.locator(f"form[action='/step/{incident}']")
    form.locator("[name=outcome]").select_option("agreed")
    form.locator("textarea").fill("read and agreed")
    form.locator("button.go").click()
    page.wait_for_selector("#hand-text:has-text('read and agreed')")


def test_a_hardware_key_signs_exactly_what_is_shown(pages: Any, folder: Path) -> None:
    page = pages("chief", 390)
    clean(page, 390)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.click("button[data-do=hardware]")
    page.wait_for_selector("dd:has-text('hardware key')")
    sign(page, "I-1")
    clean(page, 390)
    page.focus("button[data-do=sign]:enabled")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/I-1")
    assert list(signed(folder)) == ["p-chief.mission.example/quay"]
    assert page.wrong == []


def test_a_key_of_the_browser_cannot_be_taken_out_and_signs(pages: Any, folder: Path) -> None:
    page = pages("liaison")
    clean(page, 1400)
    page.click("button[data-do=here]")
    page.wait_for_selector("dd:has-text('key of a browser')")
    taken = """async () => { const db = await new Promise((d) => { const o = indexedDB.open('servanda-desk'); o.onsuccess = () => d(o.result); });
      const key = await new Promise((d) => { const r = db.transaction('keys').objectStore('keys').getAll(); r.onsuccess = () => d(r.result[0]); });
      db.close();
      try { await crypto.subtle.exportKey('pkcs8', key); return 'taken'; } catch (e) { return key.algorithm.name + ' ' + key.extractable; } }"""
    assert page.evaluate(taken) == "Ed25519 false"
    page.goto(f"{page.host}/room/answer/I-2")
    page.fill("textarea", "we see it otherwise")
    page.click("button.go")
    page.wait_for_selector("#hand-words:has-text('we see it otherwise')")
    page.click("button[data-do=sign]")
    page.wait_for_url("**/room/")
    assert "p-b.mission.example/quay" in signed(folder)
    assert page.wrong == []


def test_a_key_of_a_file_is_read_in_the_browser_and_sent_nowhere(pages: Any, folder: Path, tmp_path: Path) -> None:
    make_key(tmp_path / "own", "p-second.mission.example/quay")
    page = pages("second")
    page.route("**/hand.js", lambda route: route.abort())
    page.reload()
    assert (
        page.locator("button[data-do]:enabled, input[type=file]:enabled").count() == 0
    )  # nothing is taken that no script would hear
    page.unroute("**/hand.js")
    page.reload()
    page.wrong.clear()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.set_input_files("input[type=file]:enabled", tmp_path / "own")
    page.wait_for_selector("dd:has-text('p-second.mission.example/quay')")
    secret = (tmp_path / "own").read_text().strip().split("+", 4)[4]  # base64 may hold a plus itself
    assert sent
    assert not [said for said in sent if secret[4:30] in said]
    assert page.wrong == []
