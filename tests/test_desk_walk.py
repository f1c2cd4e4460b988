"""The desk in a browser: an allegation comes in and goes its way through the hands of several people, by keyboard; nothing asks another machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
sync = pytest.importorskip("playwright.sync_api")
from tests.desks import mission, password, way  # noqa: E402
from tests.screens import browser, marks, sign_in  # noqa: E402
from tests.screens import served as serve  # noqa: E402

pytestmark = marks


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk that is served by a process of its own."""
    folder = tmp_path_factory.mktemp("walk") / "m"
    desk = mission(folder, reports=6, quick=False)
    way(desk, "I-5", "attributed")
    from django.db import connections

    connections.close_all()
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="module")
def chromium(
    served: str,
) -> Iterator[Any]:  # Playwright keeps a loop in this thread, beside which Django writes nothing
    with browser() as made:
        yield made


class Desk:
    """Somebody at the desk: his page, what it asked for, and what went wrong in it."""

    def __init__(self, chromium: Any, address: str, login: str, width: int = 1400) -> None:
        self.address = address
        self.page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on(
            "console",
            lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") and "[.WebGL" not in m.text else None,
        )
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))
        sign_in(self.page, address, login)

    def go(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page

    def leave(self) -> None:
        """Nothing went wrong, and nothing asked for another machine."""
        own = ("data:", self.address)
        assert [url for url in self.asked if not url.startswith(own)] == []
        assert self.wrong == []
        self.page.context.close()


def test_an_incident_is_triaged_by_keyboard_and_an_open_page_hears_of_it(chromium: Any, served: str) -> None:
    duty, auditor = Desk(chromium, served, "duty"), Desk(chromium, served, "auditor")
    other = auditor.go("/queue/?view=all&q=I-2")
    page = duty.go("/queue/?view=new")
    page.wait_for_selector("#panel article")
    page.keyboard.press("j")
    page.wait_for_selector("#panel article[data-incident='I-2']")
    assert "sel=I-2" in page.url
    page.keyboard.press("x")
    assert page.evaluate("document.activeElement.name") == "why"
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_selector("[name=why]:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows tr[data-id='I-3'][aria-selected=true]")
    page.wait_for_selector("#panel article[data-incident='I-3'] .title:focus")
    assert page.locator("#rows tr[data-id='I-2']").count() == 0
    assert "sel=I-3" in page.url
    other.wait_for_selector("#rows tr[data-id='I-2'] .s-in_scope", timeout=5000)
    duty.leave()
    auditor.leave()


def test_what_is_typed_stays_when_the_case_changes_under_it(chromium: Any, served: str) -> None:
    duty, chief = Desk(chromium, served, "duty"), Desk(chromium, served, "chief")
    page = duty.go("/case/I-3")
    page.click("details[data-step=triaged] summary")
    page.select_option("details[data-step=triaged] [name=outcome]", "in_scope")
    page.fill("details[data-step=triaged] textarea", "words of the first")
    theirs = chief.go("/case/I-3")
    theirs.click("details[data-step=triaged] summary")
    theirs.select_option("details[data-step=triaged] [name=outcome]", "in_scope")
    theirs.fill("details[data-step=triaged] textarea", "words of the second")
    theirs.click("details[data-step=triaged] button.go")
    theirs.wait_for_selector(".s-in_scope")
    page.wait_for_selector("text=has changed since it was shown", timeout=5000)
    assert page.input_value("details[data-step=triaged] textarea") == "words of the first"
    page.click("details[data-step=triaged] button.go")
    page.wait_for_selector("[role=alert]:not([hidden])")
    assert "words of the first" in [box.input_value() for box in page.locator("textarea").all()]
    assert len([line for line in duty.wrong if "409" in line]) == len(duty.wrong)
    duty.wrong.clear()
    duty.leave()
    chief.leave()


def test_keys_are_shown_over_the_page_and_what_is_ticked_or_typed_outlives_what_others_decide(
    chromium: Any, served: str
) -> None:
    duty, chief = Desk(chromium, served, "duty"), Desk(chromium, served, "chief")
    page = duty.go("/queue/?view=all&sel=I-3")
    page.wait_for_selector("#panel article[data-incident='I-3']")
    page.check("#rows tr[data-id='I-6'] input")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open] kbd")
    page.keyboard.press("Escape")
    sync.expect(page.locator("dialog")).to_have_count(0)
    page.evaluate("localStorage.setItem('keys', 'off')")  # as the page of keys does
    page.keyboard.press("x")
    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    page.evaluate("localStorage.removeItem('keys')")
    page.evaluate(  # of a Ukrainian keyboard
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ч', code: 'KeyX', bubbles: true, cancelable: true}))"
    )
    page.keyboard.type("words that are not sent yet")
    theirs = chief.go("/case/I-4?tab=decisions")
    theirs.click("details[data-step=triaged] summary")
    theirs.select_option("details[data-step=triaged] [name=outcome]", "in_scope")
    theirs.fill("details[data-step=triaged] textarea", "seen")
    theirs.click("details[data-step=triaged] button.go")
    page.wait_for_selector("#rows tr[data-id='I-4'] .s-in_scope", timeout=5000)
    assert page.is_checked("#rows tr[data-id='I-6'] input")
    assert page.evaluate("document.activeElement.value") == "words that are not sent yet"
    after = page.get_attribute("#rows tr[data-id='I-3'] + tr", "data-id")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .title:focus")
    page.wait_for_selector("#rows tr[data-id='I-3'] .s-set_aside")
    page.keyboard.press("j")
    page.wait_for_selector(f"#panel article[data-incident='{after}']")
    duty.leave()
    chief.leave()


def test_the_menu_of_further_pages_is_shut_by_escape_and_by_a_click_beside_it(chromium: Any, served: str) -> None:
    desk = Desk(chromium, served, "duty")
    page = desk.go("/board/")
    menu = page.locator("details.more")
    for shut in (lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(700, 800)):
        page.focus(".more summary")
        page.keyboard.press("Enter")
        sync.expect(menu).to_have_attribute("open", "")
        shut()
        sync.expect(menu).not_to_have_attribute("open", "")
    desk.leave()


def test_reports_are_parted_by_keyboard_alone(chromium: Any, served: str) -> None:
    desk = Desk(chromium, served, "verification")
    page = desk.go("/parts/?i=I-1&i=I-6")
    page.focus("table.parts tbody tr:nth-child(2) input:checked")
    page.keyboard.press("1")
    page.focus("button[name=show]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 incidents now, 1 incident then")
    page.focus("textarea[name=why]")
    page.keyboard.type("one strike")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".decisions >> text=one strike")
    assert "/case/I-1" in page.url
    desk.leave()


def test_a_patrol_ends_on_a_telephone_and_the_map_is_moved_by_keys(chromium: Any, served: str) -> None:
    operations = Desk(chromium, served, "operations")
    page = operations.go("/patrols/")
    page.fill("input[name=team]", "Team 3")
    page.fill("input[name=place]", "quay")
    page.fill("input[name=start]", "2025-03-20T05:00")
    page.fill("input[name=end]", "2025-03-20T08:00")
    page.check("input[name=people]")
    page.click("button:has-text('Plan it')")
    page.wait_for_selector("h1:has-text('Team 3')")
    where = page.url.removeprefix(served)
    operations.leave()
    patrol = Desk(chromium, served, "patrol", 390)
    phone = patrol.go(where)
    phone.click("summary:has-text('It went')")
    assert phone.locator("input[name=detects]:checked").count() == 0
    phone.check("input[name=detects] >> nth=0")
    phone.fill("input[name=probability]", "0.7")
    phone.fill("details[open] textarea", "we stood at the mole")
    phone.click("button:has-text('Record that it went')")
    phone.wait_for_selector("dl.facts >> text=entry")
    patrol.leave()
    auditor = Desk(chromium, served, "auditor")
    map_ = auditor.go("/map/")
    map_.keyboard.press("+")
    map_.wait_for_url("**box=**")
    map_.wait_for_selector(".mapped .gl.on, .mapped svg .seen")
    auditor.leave()


def test_the_map_is_drawn_by_webgl_under_the_strict_policy_and_its_frame_is_that_of_the_table(
    chromium: Any, served: str
) -> None:
    auditor = Desk(chromium, served, "auditor")
    page = auditor.go("/map/")
    page.wait_for_selector(".mapped .gl.on canvas")
    assert page.locator(".mapped svg").count() == 0
    page.evaluate("document.querySelector('.mapped').map.jumpTo({center: [10, 10]}, {asked: true})")
    page.wait_for_selector("text=No incident lies in this frame")
    assert "box=" in page.url
    page.click("[data-move='0']")
    page.wait_for_selector("#framed table")
    auditor.go("/case/I-1").wait_for_selector("[data-map=case] .gl.on canvas")
    auditor.leave()


def test_without_scripts_the_picture_stays(chromium: Any, served: str) -> None:
    auditor = Desk(chromium, served, "auditor")
    plain = chromium.new_context(java_script_enabled=False)
    plain.add_cookies(auditor.page.context.cookies())
    page = plain.new_page()
    page.goto(f"{served}/map/")
    assert page.locator(".mapped svg .land").count() == 1
    plain.close()
    auditor.leave()


def test_a_report_with_a_photograph_and_a_place_that_was_pointed_at_needs_no_words_twice(
    chromium: Any, served: str, tmp_path: Path
) -> None:
    from PIL import Image

    Image.new("RGB", (64, 48), "red").save(tmp_path / "crater.jpg")
    patrol = Desk(chromium, served, "patrol", 390)
    page = patrol.go("/entry/")
    page.fill("input[name=source]", "Team 3")
    page.fill("input[name=act]", "shelling")
    page.fill("textarea[name=summary]", "a crater at the mole")
    page.fill("input[name=start]", "2025-03-20T06:00")
    page.set_input_files("input[name=files]", tmp_path / "crater.jpg")
    page.click("input[name=at]", position={"x": 150, "y": 60})
    page.wait_for_selector("text=crater.jpg")
    assert float(page.input_value("input[name=lat]")) > 48.0
    assert page.input_value("textarea[name=summary]") == "a crater at the mole"
    page.focus("input[name=source]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entry/own/")
    page.evaluate("document.images[0].decode()")
    assert page.evaluate("[...document.images].map((i) => i.naturalWidth)") == [64]
    patrol.leave()


def test_what_is_typed_outlives_the_end_of_the_session_and_is_sent_after_signing_in_in_another_tab(
    chromium: Any, served: str
) -> None:
    duty = Desk(chromium, served, "duty")
    page, beside = duty.go("/case/I-1"), duty.page.context.new_page()

    def come_back(login: str) -> None:
        beside.goto(f"{served}/account/login/")
        beside.fill("input[name=login]", login)
        beside.fill("input[name=password]", password(login))
        beside.keyboard.press("Enter")
        beside.wait_for_selector("header nav")

    box = "details[data-step=triaged]"
    page.click(f"{box} summary")
    with page.expect_response("**/here/"):  # that somebody types is use of the session
        page.select_option(f"{box} [name=outcome]", "not_applicable")
    page.fill(f"{box} textarea", "an account of an hour")
    page.context.clear_cookies()
    page.evaluate("document.body.dispatchEvent(new Event('desk:changed'))")
    sync.expect(page.locator("#ended")).to_be_visible()
    page.click(f"{box} button.go")
    sync.expect(page.locator("#ended")).to_be_visible()
    assert page.input_value(f"{box} textarea") == "an account of an hour"
    come_back("chief")
    page.click(f"{box} button.go")
    sync.expect(page.locator("#other")).to_be_visible()
    page.context.clear_cookies()
    come_back("duty")
    page.click(f"{box} button.go")
    page.wait_for_url("**/case/I-1?tab=reports")
    page.wait_for_selector(".s-set_aside")
    page.context.clear_cookies()
    page.evaluate("document.body.dispatchEvent(new Event('desk:changed'))")
    page.wait_for_url(
        "**/account/login/?next=%2Fcase%2FI-1*"
    )  # nothing is typed: what stands in the page is nobody's to read
    assert [line for line in duty.wrong if "401" not in line] == []
    duty.wrong.clear()
    duty.leave()


def test_what_is_typed_outlives_a_desk_that_does_not_answer_and_a_look_at_another_incident(
    chromium: Any, served: str
) -> None:
    duty = Desk(chromium, served, "duty")
    page = duty.go("/entry/")
    for name, said in (("source", "Post 9"), ("act", "shelling"), ("start", "2025-03-20T06:00"), ("summary", "nine")):
        page.fill(f"[name={name}]", said)
    page.context.set_offline(True)
    page.click("#entry p > button.go")
    sync.expect(page.locator("#away")).to_be_visible()
    assert page.input_value("[name=summary]") == "nine"
    page.click("input[name=at]", position={"x": 150, "y": 60})
    sync.expect(page.locator("#away")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_timeout(300)
    page.evaluate("Date.now = () => performance.timeOrigin + performance.now() + 60000")  # that it answered is long ago
    with page.expect_navigation():
        page.click("input[name=at]", position={"x": 150, "y": 60})
    assert page.input_value("[name=summary]") == "nine"
    assert float(page.input_value("[name=lat]")) > 48.0  # the point that was clicked on, north of the middle
    for name in ("lat", "lon"):  # near which something else may be the same
        page.fill(f"[name={name}]", "")
    page.click("#entry p > button.go")
    page.wait_for_selector("text=nine")
    page = duty.go("/queue/?view=all&sel=I-1")
    box = "#panel article[data-incident='I-1'] details[data-step=merge]"
    page.click(f"{box} summary")
    page.fill(f"{box} textarea", "words that are not sent yet")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_selector("#panel article:not([data-incident='I-1'])")
    page.keyboard.press("k")
    page.wait_for_selector(box)
    assert page.input_value(f"{box} textarea") == "words that are not sent yet"
    assert [line for line in duty.wrong if "ERR_INTERNET_DISCONNECTED" not in line] == []
    duty.wrong.clear()
    duty.leave()
