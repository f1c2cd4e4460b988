"""The page of an agreement with very many terms: one file, not long, that a browser opens part by part."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from servanda.report import all_files
from servanda.report import page as page_of_all
from servanda.report.verdicts_json import least_of_verdicts_json, verdicts_data
from tests.build import HEAD, ZONES, agreement, reports
from tests.build import judged_with_grounds as judged
from tests.test_report import browser_test, chromium  # noqa: F401  the fixture

TERMS = 70


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of seventy terms on one place, with one incident."""
    folder = tmp_path_factory.mktemp("long")
    terms = "\n".join(f"  t{n}: {{text: 'term {n}', forbid: {{act: artillery_fire, in: disc}}}}" for n in range(TERMS))
    text = agreement(folder, HEAD + ZONES + f"terms:\n{terms}\n")
    run = judged(text, reports({"side": "none", "act": "artillery_fire", "actor": "A", "place_name": "Rivertown"}))
    return all_files(run)["report.html"].decode()


def parts_of(page: str) -> list[str]:
    """What is packed inside a page."""
    packs = re.findall(r'<script type="application/octet-stream" class="parts">(.*?)</script>', page)
    return [part for pack in packs for part in json.loads(zlib.decompress(base64.b64decode(pack)))]


def test_a_long_page_says_every_verdict_without_a_script_and_packs_the_rest(page: str) -> None:
    plain = page.partition('<script type="application/json"')[0]
    strip = plain.partition('<section id="term-t0"')[0]
    assert strip.count('class="badge') >= 2 * TERMS
    assert "<noscript>" in plain
    parts = parts_of(page)
    assert plain.count("data-part=") == len(parts)
    assert "The term binds" not in plain
    assert sum("The term binds" in part for part in parts) == 2 * TERMS
    assert sum('aria-label="Map of' in part for part in parts) == TERMS


def test_what_is_packed_is_escaped_as_all_else_is(tmp_path: Path) -> None:
    terms = "\n".join(f"  t{n}: {{text: 'term {n}', forbid: {{act: artillery_fire, in: disc}}}}" for n in range(TERMS))
    text = agreement(tmp_path, HEAD + ZONES + f"terms:\n{terms}\n")
    run = judged(
        text, reports({"act": "artillery_fire", "actor": "A", "summary": "</script><script>alert(1)</script>"})
    )
    parts = "".join(parts_of(all_files(run)["report.html"].decode()))
    assert "&lt;script&gt;" in parts
    assert "<script" not in parts


def test_a_page_keeps_the_data_of_all_verdicts_just_where_they_are_short_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = agreement(tmp_path, HEAD + ZONES + "terms:\n  t: {text: fire, forbid: {act: artillery_fire, in: disc}}\n")
    told = [{"side": "none", "act": "artillery_fire", "actor": "A", "incident_id": f'I"{n}\u2028'} for n in range(300)]
    run = judged(text, reports(*told))
    data = verdicts_data(run)
    size = len(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    assert 2000 < least_of_verdicts_json(run) <= size
    for most, kept in ((size, data), (size - 1, {"agreement": "test", "see": "verdicts.json"}), (99, None)):
        monkeypatch.setattr(page_of_all, "_EMBEDDED", most)
        page = all_files(run)["report.html"].decode()
        (inside,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
        assert json.loads(inside) == (kept or {"agreement": "test", "see": "verdicts.json"})


@browser_test
@pytest.mark.browser
def test_a_browser_shows_a_part_when_it_is_opened_and_prints_all(chromium: Any, page: str, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    shown = chromium.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    shown.on("request", lambda r: asked.append(r.url))
    shown.on("pageerror", lambda e: wrong.append(str(e)))
    shown.goto((tmp_path / "report.html").as_uri())
    shown.wait_for_function("document.documentElement.dataset.unpacked === 'yes'")
    steps = shown.locator("#term-t3 details.steps").first
    assert steps.locator("ol").count() == 0
    steps.locator("summary").first.click()
    steps.locator("ol li").first.wait_for()
    shown.keyboard.press("/")
    shown.keyboard.type("rivertown")
    assert shown.locator(".incident:visible").count() == 1
    shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert shown.locator("[data-part]").count() == 0
    assert len(asked) == 1
    assert wrong == []
    shown.close()
