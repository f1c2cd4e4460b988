"""The page and the tables: the answer first, no request, nothing from evidence ever run."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pypdf
import pytest

from servanda.app.verify import verify_files
from servanda.briefs.facts import authors_of, events_of
from servanda.cli.main import main
from servanda.evidence import IngestResult
from servanda.report import all_files
from servanda.report.environment import environment_of
from servanda.report.tables import csv
from servanda.verdicts.findings_table import weighing
from tests.build import HEAD, TERM, ZONES, agreement, instant, reports
from tests.build import judged_with_grounds as judged

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
browser_test = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian package chromium)")
EVIL = '<script>document.title="owned"</script><img src=x onerror=alert(1)>"\'&{{7*7}}'


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports of both shipped cases on disk."""
    made = {}
    for name in ("energy-truce-2025", "easter-truce-2025"):
        folder = ROOT / "cases" / name
        run = verify_files(
            folder / "agreement.yaml", sorted((folder / "evidence").iterdir()), [folder / "coverage.yaml"]
        )
        out = tmp_path_factory.mktemp(name)
        for file, content in all_files(run).items():
            (out / file).write_bytes(content)
        made[name] = out
    return made


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report whose every text is hostile."""
    folder = tmp_path_factory.mktemp("evil")
    text = agreement(folder, (HEAD + ZONES + TERM).replace("Aland", "A" + "land" * 30))
    row: dict[str, Any] = dict.fromkeys(
        ("source", "origin", "place_name", "summary", "effect", "incident_id", "report_id", "weapon", "via"), EVIL
    )
    run = judged(text, reports({**row, "side": "B", "actor": "A", "url": "javascript:alert(1)"}))
    ingest = IngestResult(
        quarantine=pl.DataFrame(
            {
                "file": [EVIL],
                "row": [2],
                "code": ["EVD103"],
                "field": [EVIL],
                "value": ["Post\u202e 7"],
                "reason": [EVIL],
                "hint": [EVIL],
            }
        ),
        quarantined=1,
    )
    for file, content in all_files(dataclasses.replace(run, ingest=ingest)).items():
        (folder / file).write_bytes(content)
    return folder


def test_a_row_in_quarantine_is_shown_with_the_code_of_its_fault(evil: Path) -> None:
    page = (evil / "report.html").read_text(encoding="utf-8")
    assert '<td class="small">EVD103</td>' in page
    assert "1 row could not be read and confirms nothing above" in page
    assert ">1 row in quarantine</a>" in page
    assert ("Post\\u202e 7" in page, "\u202e" in page) == (
        True,
        False,
    )  # what turned the writing is seen, and turns none


def test_steps_on_the_page_are_in_plain_words_and_show_each_list_of_incidents_once_and_short(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    run = judged(text, reports(*({"actor": "B", "start": instant(f"03-20 {h:02d}:00")} for h in range(12))))
    page = all_files(run)["report.html"].decode().partition('<section id="incidents">')[0]
    (verdict,) = (v for v in run.verdicts if v.party == "B")
    uses = [step.uses for step in verdict.steps if len(step.uses) == 12]
    shown = re.findall(r'<a href="#i-x-[0-9a-f]{32}" title="x-[0-9a-f]{32}">x-[0-9a-f]{8}…</a>', page)
    assert len(uses) > 0
    assert len(shown) == 10
    assert "and 2 more in verdicts.json and findings.csv" in page
    steps = "".join(re.findall(r'<li value="\d+">.*', page))
    written = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
    assert any(written.search(step.text) for step in verdict.steps)
    assert not written.search(steps)
    assert re.search(r"from 1?\d [A-Z][a-z]{2} 2025 \d\d:\d\d to", steps)
    assert "balance of probabilities" in steps
    assert "balance_of_probabilities" not in steps
    said = environment_of(ZoneInfo("UTC")).filters["spoken"]
    assert said("not_due: 40 % was watched.") == "not due: 40\N{NO-BREAK SPACE}% was watched."


def test_verdicts_json_has_the_published_shape(pages: dict[str, Path]) -> None:
    data = json.loads((pages["energy-truce-2025"] / "verdicts.json").read_text(encoding="utf-8"))
    assert list(data) == [
        "format",
        "servanda",
        "agreement",
        "names_authors",
        "attribution",
        "as_of",
        "undated",
        "quarantined",
        "quarantined_unsided",
        "no_term",
        "verdicts",
    ]
    assert data["as_of"] is None
    keys = [
        "term",
        "party",
        "reading",
        "verdict",
        "window",
        "confirmed",
        "alleged",
        "excused",
        "reports",
        "origins",
        "coverage",
        "incidents",
        "rests_on",
        "steps",
    ]
    for row in data["verdicts"]:
        assert [key for key in row if key != "measure"] == keys
        assert list(row["coverage"]) == ["probability", "watched", "unwatched", "standard"]
        assert all(list(step) == ["n", "rule", "text", "uses"] for step in row["steps"])
        assert [step["n"] for step in row["steps"]] == list(range(1, len(row["steps"]) + 1))
        assert row["steps"][-1]["text"].startswith(row["verdict"])
        assert all("+0" in t for t in row["window"])
    rows = [(r["term"], r["party"], r["reading"]) for r in data["verdicts"]]
    assert rows[:3] == [("energy", "RU", "moscow"), ("energy", "RU", "kyiv"), ("energy", "RU", None)]


def test_tables_agree_with_each_other(pages: dict[str, Path]) -> None:
    out = pages["energy-truce-2025"]
    flat, columnar = pl.read_csv(out / "findings.csv"), pl.read_parquet(out / "findings.parquet")
    assert flat.height == columnar.height > 100
    assert flat.columns == columnar.columns
    points = json.loads((out / "incidents.geojson").read_text(encoding="utf-8"))["features"]
    assert {p["id"] for p in points} == set(columnar["incident"])
    lon, lat = points[0]["geometry"]["coordinates"]
    assert 20 < lon < 60
    assert 40 < lat < 60


def test_a_cell_that_a_spreadsheet_would_run_is_defused() -> None:
    table = pl.DataFrame({"a": ["=1+1", "+1", "-1", "@x", "plain", None], "n": [-1, 2, 3, 4, 5, 6]})
    assert csv(table).splitlines() == ["a,n", "'=1+1,-1", "'+1,2", "'-1,3", "'@x,4", "plain,5", ",6"]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("x;=1+1", "x;'=1+1"), ("x; =1", "x;' =1"), ('x;"=1"', "x;'\"=1\""), ("x\t@a", "x\t'@a"), ("x|+1", "x|'+1"), ("x\n-1", "x\n'-1"), ("x\r=1", "x\r'=1"),
        (" =1", "' =1"), ("\uff1d1", "'\uff1d1"), ("a;=1;=2", "a;'=1;'=2"), ("\t=1", "'\t=1"), ("\u2028=1", "'\u2028=1"),
        ("a - b; c = d", "a - b; c = d"), ("https://a.example/?q=1;r=2", "https://a.example/?q=1;r=2"), ("'=1", "'=1"),
    ],
)  # fmt: skip
def test_a_formula_is_defused_behind_every_separator_that_a_spreadsheet_may_split_at(cell: str, shown: str) -> None:
    from servanda.report.tables import defused

    assert defused(pl.DataFrame({"a": [cell]}))["a"].to_list() == [shown]


def test_the_page_asks_for_nothing_from_anywhere(pages: dict[str, Path], evil: Path) -> None:
    for out in (*pages.values(), evil):
        page = (out / "report.html").read_text(encoding="utf-8")
        assert not re.findall(
            r"<(?:link|script|img|iframe|object|embed|source|video|audio)[^>]+(?:src|href)\s*=\s*[\"']?(?!data:,|[\"'\s])",
            page,
        )
        assert "@import" not in page
        assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)
        assert "default-src 'none'" in page


def test_hostile_text_stays_text(evil: Path) -> None:
    page = (evil / "report.html").read_text(encoding="utf-8")
    assert "<script>document" not in page
    assert "onerror=alert(1)>" not in page
    assert "javascript:alert" not in re.findall(r'href="([^"]*)"', page)
    assert not [h for h in re.findall(r'href="([^"]*)"', page) if h.startswith("javascript")]
    assert "{{7*7}}" in page
    assert "49" not in re.findall(r'"\'&amp;(\d+)', page)


def _in_arabic(reading: Any) -> Any:
    return dataclasses.replace(
        reading, terms=tuple(dataclasses.replace(t, title="\u062d\u0638\u0631") for t in reading.terms)
    )


def test_where_the_mandate_does_not_attribute_no_output_names_a_party_as_author(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + "mandate: {attribution: false}\n" + TERM)
    seen = {
        "side": "none",
        "kind": "observation",
        "reliability": "A",
        "actor": "A",
        "incident_id": "I1",
        "source": "Monitor",
    }
    told = {**seen, "source": "Press", "side": "B", "kind": "claim"}
    text = dataclasses.replace(text, texts=tuple(_in_arabic(reading) for reading in text.texts))
    run = judged(text, reports(seen, told, {**told, "incident_id": "I2"}))
    assert [(v.party, v.verdict) for v in run.verdicts] == [(None, "breached")]
    assert run.findings["party"].to_list() == [None, None]
    assert run.incidents["accused"].to_list() == ["", ""]
    files = all_files(run)
    assert '"party": "A"' not in files["verdicts.json"].decode()
    page = files["report.html"].decode()
    assert "accused:" not in page
    assert "(A)</td>" not in page
    assert "one lane for each" not in page
    assert "\u2068\u062d\u0638\u0631\u2069: 1 confirmed" in page  # else the number would stand before the title
    assert '<blockquote dir="auto">' in page
    assert "who did it?" not in files["to_verify.csv"].decode()  # which the mandate lets nobody say


def test_what_is_owed_accuses_nobody_and_no_silence_on_the_page_reads_as_compliance(tmp_path: Path) -> None:
    more = """  leave:
    text: Both leave.
    require: {act: withdrawal, in: disc}
    deadline: start + 9 days
  tanks:
    text: No tank.
    limit: {what: {weapon: tank, in: disc}, to: 0}
"""
    mission: dict[str, Any] = {"source": "Mission", "side": "none", "kind": "observation", "reliability": "A"}
    rows = (
        {**mission, "act": "withdrawal", "target": None, "actor": "A", "incident_id": "I1", "precision_m": 300.0},
        {"side": "B", "actor": "A", "incident_id": "I2", "precision_m": 19_000.0},
        {"side": "none", "reliability": "C", "actor": None, "incident_id": "I3", "precision_m": 1_000.0},
    )
    files = all_files(judged(agreement(tmp_path, HEAD + ZONES + TERM + more), reports(*rows)))
    page = files["report.html"].decode()
    assert "accused: A" in page[page.index('<details class="incident" id="i-I2"') :].split("</summary>")[0]
    left = page[page.index('<details class="incident" id="i-I1"') :].split("</summary>")[0]
    assert 'class="status owed confirmed"' in left
    assert "by: A" in left
    assert "accused:" not in left
    assert 'class="dot owed confirmed"' in page  # and the cross of a breach nowhere
    assert not re.search(r'class="dot confirmed" transform', page)
    assert page.count('class="doubt"') == 4  # of I2 and I3, on two maps; I1 is surer than its mark is large
    assert "the same, not confirmed</span>. Each place" in page
    assert "Each place holds within 0.3 to 19 km (95 %)" in page
    assert "of 1 more incident it is open whether this is such an act, or whose" in page
    assert ">author unknown</text>" in page  # an open incident has its lane though nobody says whose it was
    assert re.search(r'class="lead">[^<]*Shown done in time: Leave, A\.', page)
    assert re.search(r'<svg[^>]* role="group"[^>]*aria-label="Map', page)  # a picture's links are read out
    assert "at least 0 shown, at most 0 by what is told, cap 0</span> <span>watched: " in page
    (tmp_path / "map.gpkg").write_bytes(files["map.gpkg"])
    with closing(sqlite3.connect(tmp_path / "map.gpkg")) as db:  # QGIS draws them apart as well
        assert db.execute("select stands from incidents order by incident").fetchall() == [
            ("under no ban or cap, confirmed",),
            ("alleged",),
            ("open",),
        ]
        (style,) = db.execute("select styleQML from layer_styles where f_table_name = 'incidents'").fetchone()
    assert 'type="categorizedSymbol" attr="stands"' in style
    assert len(set(re.findall(r'value="(cross2|square|diamond|circle|triangle)"', style))) == 5


def test_what_another_term_holds_to_have_happened_bears_out_no_accusation_on_any_paper(tmp_path: Path) -> None:
    answer = "  answer: {text: Both report., respond: {to: {act: strike}, with: {act: report_made}, within: 2 days}}\n"
    seen = {"side": "none", "kind": "observation", "reliability": "A", "actor": None, "incident_id": "I1"}
    told = {"source": "Gazette", "side": "B", "kind": "claim", "actor": "A", "incident_id": "I1"}
    run = judged(agreement(tmp_path, HEAD + ZONES + TERM + answer), reports(seen, told))
    assert set(run.findings.select("role", "party", "status").rows()) == {
        ("act", None, "open"),  # that it was is shown, and not whose
        ("act", "A", "alleged"),
        ("trigger", None, "confirmed"),
    }
    files = all_files(run)
    page = files["report.html"].decode()
    assert 'class="status open">open' in page
    assert 'class="status confirmed"' not in page
    drawn = page[page.index('id="answer"') :].partition('<section id="term-')[0]
    assert re.findall(r'class="dot ([a-z ]+)" transform', drawn) == ["alleged", "open"]
    (tmp_path / "map.gpkg").write_bytes(files["map.gpkg"])
    with closing(sqlite3.connect(tmp_path / "map.gpkg")) as db:
        assert db.execute("select stands from incidents").fetchall() == [("open",)]
    assert events_of(run).select("status", "owed").rows() == [("open", False)]  # which mission reports count by
    assert authors_of(run).rows() == []
    assert json.loads(files["summary.json"])["unsettled"] == []  # it stands among what is alleged


def test_what_was_counted_before_a_cap_and_what_is_below_the_standard_accuse_nobody() -> None:
    rows = [
        ("I1", "before", "confirmed"),
        ("I2", "deed 0", "confirmed"),
        ("I3", "act", "below"),
        ("I3", "deed 0", "confirmed"),
        ("I4", "act", "below"),
    ]
    found = weighing(pl.DataFrame(rows, schema=["incident", "role", "status"], orient="row"))
    assert found.select("incident", "status", "owed").rows() == [
        ("I1", "confirmed", True),
        ("I2", "confirmed", True),
        ("I3", "confirmed", True),
        ("I4", "below", False),
    ]


@pytest.fixture(scope="module")
def chromium() -> Any:
    """Headless Chromium, as Debian ships it."""
    sync = pytest.importorskip("playwright.sync_api")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@browser_test
@pytest.mark.browser
class TestInABrowser:
    def open(self, chromium: Any, file: Path, **options: Any) -> tuple[Any, list[str], list[str]]:
        page = chromium.new_page(viewport={"width": 1200, "height": 900}, **options)
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.goto(file.as_uri())
        return page, asked, wrong

    def test_the_answer_stands_on_the_first_screen_and_no_request_is_made(
        self, chromium: Any, pages: dict[str, Path]
    ) -> None:
        for out in pages.values():
            page, asked, wrong = self.open(chromium, out / "report.html")
            assert asked == [(out / "report.html").as_uri()]
            assert wrong == []
            box = page.locator(".strip tbody tr").first.bounding_box()
            assert box["y"] < 900
            for heading in (
                "What was agreed",
                "What is alleged",
                "What is confirmed",
                "What was not seen",
                "Where the readings part",
            ):
                assert page.get_by_role("heading", name=heading).bounding_box()["y"] < 1400
            page.close()

    def test_the_matrix_of_who_stands_where_opens_its_quotations_and_makes_no_request(
        self, chromium: Any, tmp_path: Path
    ) -> None:
        articles = sorted((Path(__file__).parent / "data" / "articles").iterdir())
        assert main(["statements", *map(str, articles), "--out", str(tmp_path)]) == 0
        page, asked, wrong = self.open(chromium, tmp_path / "statements.html")
        assert asked == [(tmp_path / "statements.html").as_uri()]
        assert wrong == []
        assert page.locator(".matrix tbody tr").first.bounding_box()["y"] < 900
        cell = page.locator(".matrix details").first
        assert not cell.locator("p").first.is_visible()
        cell.locator("summary").click()
        assert cell.locator("p").first.is_visible()
        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        page.close()

    def test_sixty_reports_print_on_eight_sheets_at_most(
        self, chromium: Any, pages: dict[str, Path], tmp_path: Path
    ) -> None:
        page, _, _ = self.open(chromium, pages["easter-truce-2025"] / "report.html")
        page.pdf(path=str(tmp_path / "printed.pdf"), prefer_css_page_size=True)
        assert len(pypdf.PdfReader(tmp_path / "printed.pdf").pages) <= 8
        page.close()

    def test_filter_link_and_keys_find_an_incident(self, chromium: Any, pages: dict[str, Path]) -> None:
        page, _, wrong = self.open(chromium, pages["energy-truce-2025"] / "report.html")
        total = page.locator(".incident:visible").count()
        page.keyboard.press("/")
        page.keyboard.type("sudzha")
        assert 0 < page.locator(".incident:visible").count() < total
        assert page.locator("#shown").inner_text().endswith(f"of {total}")
        page.locator("#q").fill("")
        page.select_option("#f-party", "RU")
        shown = page.locator(".incident:visible")
        assert 0 < shown.count() < total
        assert "party=RU" in page.url
        page.evaluate("location.hash = '#i-EN005'")
        assert page.locator("#i-EN005").get_attribute("open") is not None
        page.keyboard.press("j")
        assert page.locator(".incident.at").count() == 1
        assert wrong == []
        page.close()

    def test_a_link_to_a_filtered_view_opens_filtered(self, chromium: Any, pages: dict[str, Path]) -> None:
        page, _, _ = self.open(chromium, pages["energy-truce-2025"] / "report.html")
        page.goto((pages["energy-truce-2025"] / "report.html").as_uri() + "#?q=kherson&party=RU")
        page.reload()
        assert page.locator("#q").input_value() == "kherson"
        texts = page.locator(".incident:visible").all_inner_texts()
        assert texts
        assert all("kherson" in t.lower() for t in texts)
        page.close()

    def test_it_reads_without_script_and_prints_everything(
        self, chromium: Any, pages: dict[str, Path], tmp_path: Path
    ) -> None:
        page, _, _ = self.open(chromium, pages["easter-truce-2025"] / "report.html", java_script_enabled=False)
        assert page.locator(".strip .badge").count() == 4
        assert page.locator("svg[role=img], svg[role=group]").count() >= 6
        page.close()
        page, _, _ = self.open(chromium, pages["easter-truce-2025"] / "report.html")
        page.emulate_media(media="print")
        page.pdf(path=tmp_path / "report.pdf")
        assert (tmp_path / "report.pdf").stat().st_size > 50_000
        page.close()

    @pytest.mark.parametrize("width", [390, 700], ids=["on a telephone", "as wide as paper"])
    def test_no_word_of_a_tables_head_is_broken(self, chromium: Any, pages: dict[str, Path], width: int) -> None:
        broken = """() => {
          document.querySelectorAll('details').forEach(d => d.open = true);
          return [...document.querySelectorAll('thead th')].filter(th => {
            const range = document.createRange(); range.selectNodeContents(th);
            return !/[ -]/.test(th.textContent.trim()) && range.getClientRects().length > 1;
          }).map(th => th.textContent) }"""
        for out in pages.values():
            page, _, _ = self.open(chromium, out / "report.html")
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(broken) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.close()

    def test_cyrillic_is_shown_as_it_is_written(self, chromium: Any, tmp_path: Path) -> None:
        text = agreement(tmp_path, HEAD + ZONES + TERM)
        run = judged(
            text, reports({"side": "B", "actor": "A", "place_name": "Слов'янськ", "summary": "Удар по підстанції"})
        )
        (tmp_path / "report.html").write_bytes(all_files(run)["report.html"])
        page, _, _ = self.open(chromium, tmp_path / "report.html")
        assert "Слов'янськ" in page.locator(".incident summary").inner_text()
        page.close()

    def test_hostile_evidence_runs_nothing(self, chromium: Any, evil: Path) -> None:
        page, asked, wrong = self.open(chromium, evil / "report.html")
        assert page.title() == "A test \u2013 Servanda"
        assert len(asked) == 1
        assert wrong == []
        page.set_viewport_size(
            {"width": 1400, "height": 900}
        )  # however long a party's name is, its verdict is in sight
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll:has(.strip)')].every(s => s.scrollWidth <= s.clientWidth)"
        )
        page.set_viewport_size({"width": 390, "height": 900})
        sizes = "[...document.querySelectorAll('svg text')].map(t => parseFloat(getComputedStyle(t).fontSize) * (t.getScreenCTM()?.a ?? 9))"
        assert min(page.evaluate(sizes)) > 9  # pixels of the letters on pictures
        page.close()


def test_the_browser_tests_are_not_skipped_where_ci_runs() -> None:
    if os.environ.get("CI"):
        assert CHROMIUM is not None


def test_a_term_whose_readings_lie_in_different_places_has_its_page(tmp_path: Path) -> None:
    (tmp_path / "reports.csv").write_text(
        "report_id,source,start,act\nR1,monitor,2015-03-01,withdrawal\n", encoding="utf-8"
    )
    command = ["verify", str(ROOT / "cases" / "minsk-package-2015" / "agreement.yaml"), str(tmp_path / "reports.csv")]
    assert main([*command, "--as-of", "2020-01-01", "--out", str(tmp_path / "out")]) == 0
    assert 'class="h1"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
