"""Every screen of the desk, in a browser: axe finds nothing, nothing is wider than the screen, every field has a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")
pytest.importorskip("playwright.sync_api")
from tests.screens import ASKED, AXE, PARTS, SCREENS, browser, marks, prepare, served, sign_in

pytestmark = marks
PAGES = Path(__file__).parents[1] / "src" / "servanda" / "desk" / "pages"
NAMELESS = "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(e => !e.labels.length && !e.ariaLabel).length"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("looks") / "m"
    prepare(folder)
    with served(folder) as where:
        yield where


@pytest.fixture(scope="module")
def chromium(
    address: str,
) -> Iterator[Any]:  # Playwright keeps a loop in this thread, beside which Django writes nothing
    with browser() as made:
        yield made


def test_every_address_of_the_desk_is_a_screen_that_is_looked_at_or_a_part_of_one(address: str) -> None:
    from django.urls import resolve

    from servanda.desk.urls import urlpatterns

    names = {pattern.name for pattern in urlpatterns if getattr(pattern, "name", None)}
    seen = {
        resolve(path.partition("?")[0]).url_name for paths in SCREENS.values() for path in paths if path != "/nowhere/"
    }
    assert names - seen - PARTS == set()
    assert names >= PARTS
    assert seen & PARTS == set()


@pytest.mark.parametrize(
    "language",
    [
        "ar in turn with en",
        pytest.param("en", marks=pytest.mark.by_night),
        pytest.param("ar", marks=pytest.mark.by_night),
    ],
)
def test_axe_finds_nothing_on_any_screen_and_none_is_wider_than_its_window(
    chromium: Any, address: str, language: str
) -> None:
    """Every screen as it stands on a telephone in the dark and on a desk by day; by day, every other one in Arabic."""
    axe, found = AXE.read_text("utf-8"), []
    words = language.split(" in turn with ")
    for login, paths in SCREENS.items():
        for n, of in enumerate(words):
            context = chromium.new_context(locale=of)
            page = context.new_page()
            sign_in(page, address, login)
            for path in paths[n :: len(words)]:
                page.set_viewport_size({"width": 390, "height": 900})
                page.emulate_media(color_scheme="dark")
                page.goto(address + path)
                page.evaluate("document.querySelectorAll('main details').forEach((d) => { d.open = true; })")
                page.evaluate(axe)
                found += looked_at(page, path, 390)
                page.emulate_media(color_scheme="light")
                page.set_viewport_size({"width": 1400, "height": 900})
                found += looked_at(page, path, 1400)
            context.close()
    assert found == [], found


def looked_at(page: Any, path: str, width: int) -> list[tuple[Any, ...]]:
    """What is wrong with a screen at this width."""
    found = [(path, one["id"], one["nodes"][0]["target"]) for one in page.evaluate(ASKED)["violations"]]
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        found.append((path, "wider than the window", [wide]))
    if nameless := page.evaluate(NAMELESS):
        found.append((path, "fields without a name", [nameless]))
    return found


@pytest.mark.parametrize("language", ["en", "uk", "ar"])
def test_no_label_of_a_table_runs_out_of_its_row_on_a_telephone(chromium: Any, address: str, language: str) -> None:
    context = chromium.new_context(locale=language, viewport={"width": 390, "height": 900})
    page = context.new_page()
    sign_in(page, address, "chief")
    page.goto(address + "/record/")
    cells = page.evaluate(
        "[...document.querySelectorAll('.cards [data-head]')].map(e => [e.dataset.head, parseFloat(getComputedStyle(e, '::before').height), e.clientHeight])"
    )
    page.goto(address + "/case/I-5")
    page.evaluate("document.querySelectorAll('.side td').forEach((e) => { e.append(' wordy'.repeat(20)); })")
    broken = page.evaluate(
        "[...document.querySelectorAll('.side tbody th')].filter((e) => { const r = document.createRange(); r.selectNodeContents(e); "
        "return !/\\s/.test(e.textContent.trim()) && new Set([...r.getClientRects()].map((b) => b.top)).size > 1; }).map((e) => e.textContent)"
    )
    context.close()
    assert cells
    assert [cell for cell in cells if cell[1] > cell[2]] == []
    assert broken == []


def test_on_paper_the_queue_begins_on_the_first_page_and_the_map_shows_what_it_shows_on_the_screen(
    chromium: Any, address: str
) -> None:
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    sign_in(page, address, "chief")
    page.goto(address + "/queue/?view=all")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 750, "height": 1000})  # as wide as a sheet
    assert page.locator("#rows tbody tr").first.bounding_box()["y"] < 200
    assert page.locator("#rows thead").is_visible()
    assert not page.locator("#rows input").first.is_visible()
    for path, shown in (
        ("/entry/", "textarea[name=summary]"),
        ("/parts/?i=I-1&i=I-6", ".parts tbody tr"),
        ("/queue/bulk/?i=I-1&i=I-6", ".rows tbody tr"),
    ):  # the form is the page
        page.goto(address + path)
        assert page.locator(f"form.whole {shown}").first.is_visible(), path
        assert not page.locator("form.whole button").first.is_visible(), path
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(address + "/map/")
    page.wait_for_selector(".mapped .gl.on canvas")
    page.wait_for_timeout(500)
    drawn = page.evaluate("""() => {
        window.dispatchEvent(new Event('beforeprint'));
        const shot = document.querySelector('canvas.printed'), all = shot.getContext('2d').getImageData(0, 0, shot.width, shot.height).data;
        return new Set(new Uint32Array(all.buffer)).size;
    }""")
    assert drawn > 5  # colours: an empty map has one
    context.close()


@pytest.mark.parametrize("width", [390, 1400])
def test_a_long_name_or_address_pushes_nothing_out_of_the_window(chromium: Any, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, address, "chief")
    for path in ("/queue/?view=all", "/queue/bulk/?i=I-1&i=I-6", "/shift/", "/sources/", "/parts/?i=I-1&i=I-6"):
        page.goto(address + path)
        page.evaluate(
            "document.querySelectorAll('.rows td:nth-child(3),.plain td a,.parts tbody small').forEach((e) => { e.append(' ' + 'x'.repeat(300)); })"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        cut = "[...document.querySelectorAll('.list,.wide')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
        assert path.startswith("/parts/") or page.evaluate(cut) == 0, path
        short = (
            "[...document.querySelectorAll('.parts tbody :is(td,th):not(.n)')].filter((e) => e.clientWidth < 80).length"
        )
        assert page.evaluate(short) == 0, path
    context.close()


def test_words_of_people_run_in_their_own_direction_wherever_they_stand() -> None:
    """In the direction of the page the full stop of an Arabic sentence stands before its last word, and a formula's sign behind it."""
    words = r"(?:(?<!\bt)\.why|summary|\.note|\.reason|\.method|says\.route)\b(?!\()"
    fields = re.compile(rf"(<[^<>]*>)?[^<>]{{0,12}}(?<!=\"){{{{ [\w.]*{words}[^}}]*}}}}")
    free = [
        (path.name, found[0])
        for path in PAGES.glob("*.html")
        for found in fields.finditer(path.read_text("utf-8"))
        if "bdi" not in (found[1] or "") and 'dir="auto"' not in (found[1] or "")
    ]
    assert free == []
