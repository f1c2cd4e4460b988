"""What is typed into one form of a page is still there after another was sent, refused or not: in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
from tests.desks import mission, way
from tests.screens import browser, marks, served, sign_in

pytestmark = marks


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = mission(tmp_path_factory.mktemp("typed-browser") / "m", reports=8, quick=False)
    way(made, "I-1", upto="triaged")
    from django.db import connections

    connections.close_all()
    with served(made.folder, "--no-work") as at:
        yield at


def test_one_form_of_a_case_keeps_what_is_typed_in_the_others(address: str, tmp_path: Path) -> None:
    photo = tmp_path / "crater.txt"
    photo.write_text("a crater")
    with browser() as opened:
        page: Any = opened.new_page()
        sign_in(page, address, "verification")
        page.goto(f"{address}/case/I-1")
        box = "details[data-step={}]".format
        page.click(f"{box('assessed')} summary")
        page.fill(f"{box('assessed')} textarea", "two craters")
        page.set_input_files(f"{box('assessed')} input[type=file]", str(photo))
        page.click(f"{box('closed')} summary")
        page.fill(f"{box('closed')} textarea", "half a reason")
        page.click(f"{box('merge')} summary")
        page.fill(f"{box('merge')} input[name=of]", "I-99")
        page.fill(f"{box('merge')} textarea", "one event")
        page.click(f"{box('merge')} button.go")
        page.wait_for_selector("#panel [role=alert]")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        assert page.input_value(f"{box('assessed')} textarea") == "two craters"
        assert page.evaluate(f"document.querySelector('{box('assessed')} input[type=file]').files.length") == 1
        assert page.input_value(f"{box('merge')} input[name=of]") == "I-99"
        page.fill(f"{box('merge')} input[name=of]", "")
        page.fill(f"{box('merge')} textarea", "")
        page.click(f"{box('assessed')} button.go")  # closing stays typed: the page stays, with what was decided
        page.wait_for_selector(f"{box('assessed')} textarea", state="hidden")
        assert "half a reason" in page.inner_text("#panel")  # it is closed from here no more


def test_what_was_decided_with_nothing_else_typed_shows_the_case_anew(address: str) -> None:
    with browser() as opened:
        page: Any = opened.new_page()
        sign_in(page, address, "duty")
        page.goto(f"{address}/case/I-3?tab=decisions")
        page.click("details[data-step=triaged] summary")
        page.select_option("details[data-step=triaged] select", "in_scope")
        page.fill("details[data-step=triaged] textarea", "in the area")
        page.click("details[data-step=triaged] button.go")
        page.wait_for_selector("ol.decisions li:has-text('in the area')")
        assert page.evaluate("document.activeElement.tagName") == "H1"  # and not before the menu once more
        page.click("details.undo summary")
        page.fill("details.undo textarea", "not yet")
        page.click("details.undo button.go")
        page.wait_for_selector("ol.decisions li.gone")


def test_a_form_that_a_page_does_not_fill_again_is_filled_by_the_browser(address: str) -> None:
    with browser() as opened:
        page: Any = opened.new_page()
        sign_in(page, address, "operations")
        page.goto(f"{address}/patrols/")
        page.fill("input[name=team]", "Team 7")
        page.fill("input[name=place]", "no such place")
        page.check("input[name=people]")
        page.click("main form button.go")
        page.wait_for_selector("[role=alert]:visible")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        page.focus("input[name=team]")
        page.evaluate(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', isComposing: true, bubbles: true}))"
        )
        assert page.evaluate("document.activeElement.name") == "team"  # of an input method Escape is its own
        assert page.is_checked("input[name=people]")
