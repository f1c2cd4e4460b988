"""The tour of docs/guides/desk.md in a browser, on PostgreSQL (by night on both databases): an allegation comes in, is triaged, tasked, assessed, answered, signed and published, and a verdict changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
pytest.importorskip("playwright.sync_api")
from servanda.cli.main import main
from tests.desks import BY_DAY_POSTGRESQL, database_of
from tests.screens import browser, marks, served, sign_in

pytestmark = marks
PASSWORD = "truce-and-tea"  # that the demonstration prints
QUAY = Path(__file__).parent / "data" / "quay"


class Story:
    """Everybody's page at one desk."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address, self.wrong = browser, address, list[str]()
        self.pages: dict[str, Any] = {}

    def page(self, login: str, path: str) -> Any:
        """Somebody's page, signed in once."""
        if login not in self.pages:
            page = self.pages[login] = self.browser.new_page(viewport={"width": 1400, "height": 900})
            page.on("pageerror", lambda e: self.wrong.append(str(e)))
            own = (self.address, "data:")
            page.on("request", lambda r: None if r.url.startswith(own) else self.wrong.append(r.url))
            sign_in(page, self.address, login, PASSWORD)
        for other in self.pages.values():
            if other.url != "about:blank" and other is not self.pages[login]:
                other.goto("about:blank")  # an open page hears of every change, and asks for it
        self.pages[login].goto(self.address + path)
        return self.pages[login]

    def step(self, login: str, step: str, why: str, **fields: str) -> None:
        """One step on the page of I-1."""
        page = self.page(login, "/case/I-1")
        box = f"details[data-step={step}]"
        page.click(f"{box} summary")
        for name, value in fields.items():
            field = page.locator(f"{box} [name={name}]")
            listed = field.evaluate("(e) => e.tagName === 'SELECT'")
            field.select_option(value) if listed else field.fill(value)
        page.fill(f"{box} textarea[name=why]", why)
        with page.expect_navigation():  # the answer comes in place, and leads to the page as it stands now
            page.click(f"{box} button.go")
        page.wait_for_load_state()
        assert page.locator("[role=alert]:visible").count() == 0, page.inner_text("main")


@pytest.fixture(scope="module", params=BY_DAY_POSTGRESQL)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story") / "tour"
    where = database_of(request.param, f"servanda_story_{folder.parent.name}".replace("-", "_"))
    database = [] if where is None else ["--database", where]
    command = ["desk", "init", str(folder), "--demo", str(QUAY), "--by-day", "--name", "tour.example/quay"]
    assert main([*command, *database]) == 0
    with served(folder, "--processes", "2") as address, browser("--disable-3d-apis") as made:
        yield Story(made, address)


def board(story: Story, login: str, wanted: str) -> str:
    """What the board says of fire and Borska, once the worker has come that far."""
    page = story.page(login, "/board/")
    for _ in range(100):
        page.wait_for_selector(".grid")
        cell = page.locator(".grid tr", has_text="fire").locator("td").nth(1).inner_text()
        if cell.startswith(wanted) and page.locator("header .standing b").count() == 0:
            break
        page.wait_for_timeout(400)
        page.reload()
    return str(page.inner_text("main"))


def test_an_allegation_comes_in_and_goes_its_way_until_a_verdict_changes_and_is_published(story: Story) -> None:
    page = story.page("chief", "/demo/")
    page.click("button:has-text('Next day')")
    page.wait_for_selector("text=day 1 of")
    page = story.page("duty", "/queue/")
    page.wait_for_selector("#panel article[data-incident='I-1']")
    page.wait_for_selector(".twin[data-other='I-2']")
    page.keyboard.press("m")
    page.wait_for_selector("[name=why]:focus")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#rows tr[data-id='I-2']", state="detached")
    page.goto(f"{story.address}/queue/?view=new")
    page.wait_for_selector("#panel article[data-incident='I-1']")
    page.keyboard.press("a")
    page.wait_for_selector("[name=why]:focus")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#rows tr[data-id='I-1']", state="detached")
    page.goto(f"{story.address}/case/I-2")
    assert "I-1" in page.inner_text("h1")
    story.step("operations", "tasked", "nearest team", team="Team 2")
    page = story.page("operations", "/patrols/?incident=I-1")
    assert page.input_value("input[name=team]") == "Team 2"
    page.fill("input[name=start]", "2025-03-19T09:00")
    page.fill("input[name=end]", "2025-03-19T12:00")
    page.click("button:has-text('Plan it')")
    page.click("summary:has-text('It went')")
    for box in page.locator("input[name=detects]").all():
        box.check()
    page.fill("input[name=probability]", "0.5")
    page.fill("details[open] textarea", "two on the mole all morning")
    page.click("button:has-text('Record that it went')")
    page.wait_for_selector("dl.facts >> text=entry")
    story.step("verification", "assessed", "two craters on the mole, fuses collected", method="site visit")
    story.step("legal", "right_of_reply", "the rule of the mission", of="B")
    story.step("legal", "replied", "a battery fired without orders", of="B")
    assert "undetermined" in board(story, "auditor", "undetermined")
    page = story.page("verification2", "/case/I-1?tab=verdicts")
    page.click("text=if confirmed")
    page.wait_for_selector("text=breached")
    story.step("verification2", "determined", "craters, two posts, and its own word", outcome="confirmed")
    story.step("verification2", "attributed", "the direction of fire", outcome="party", of="B")
    page = story.page("verification2", "/sign/")
    assert page.locator(".signing button.go").count() == 0  # whoever determined does not sign
    page = story.page("chief", "/sign/")
    page.select_option("[name=outcome]", "agreed")
    page.fill("textarea[name=why]", "read and agreed")
    page.click(".signing button.go")
    page.wait_for_selector("text=Nothing waits for a signature")
    assert "breached" in board(story, "auditor", "breached")
    page = story.page("chief", "/sign/")
    page.click("text=Sign all verdicts")
    page.wait_for_selector("table code")
    page = story.page("verification", "/reports/")
    page.fill("input[name=date]", "2025-03-19")
    page.click("button:has-text('Draft it')")
    page.wait_for_selector("pre.paper")
    assert " decisions were recorded" in page.inner_text(
        "pre.paper"
    )  # they were taken on that day, by the clock of the demonstration
    paper = page.url.removeprefix(story.address)
    page = story.page("legal", paper)
    page.click("button:has-text('I have read it')")
    page.wait_for_selector("h1 >> text=reviewed")
    page = story.page("chief", paper)
    page.click("button:has-text('Sign and publish')")
    page.wait_for_selector("text=On the record")
    page = story.page("duty", "/shift/")
    page.fill("textarea", "I-1 is signed; the next day is quiet so far")
    page.click("button:has-text('Hand over')")
    page.wait_for_selector("text=I-1 is signed")
    page = story.page("chief", "/queue/")
    page.click(".told a")
    page.click("button:has-text('I take it over')")
    page.wait_for_selector("text=Taken over")
    page = story.page("chief", "/case/I-1?tab=decisions")
    page.keyboard.press("u")
    page.wait_for_selector("textarea:focus")
    page.keyboard.type("signed too early")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("main >> text=signed too early")
    assert "I-1: undo" in board(story, "auditor", "undetermined")
    assert story.wrong == []
