"""No report falls away without a word: of which there is no finding, and why; and what of the evidence could not be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.cli.main import main
from servanda.engine import LocalEngine
from servanda.evidence import ReportTables
from servanda.findings import no_term
from servanda.findings.no_term import REASONS
from servanda.verdicts import verify
from tests.build import HEAD, TERM, ZONES, agreement, instant, judged, reports
from tests.test_properties import AGREEMENTS, SETTINGS, worlds

MORTARS = """  guns:
    text: No heavy mortars
    forbid: {act: deployment, weapon: 120 mm mortar, in: disc}
"""
INSIDE = {"act": "missile", "target": "substation", "actor": "A", "side": "B", "start": instant("03-20")}
WHY: dict[str, tuple[str, dict[str, Any]]] = {
    "another act": ("act", {"act": "training"}),
    "no act": ("unsaid", {"act": None}),
    "another target": ("target", {"target": "residential"}),
    "another weapon": ("weapon", {"act": "deployment", "weapon": "tank", "target": None}),
    "none of it": ("quantity", {"quantity": 0.0}),
    "before the truce": ("window", {"start": instant("03-01")}),
    "another country": ("place", {"lat": 52.0, "lon": 20.0}),
    "hardly inside": ("faint", {"lat": 48.0, "lon": 37.3, "precision_m": 2_500.0, "actor": None}),
    "a denial of nothing": ("denial", {"stance": "denies", "actor": None}),
}


@pytest.mark.parametrize("what", WHY)
def test_a_report_without_a_finding_is_counted_and_listed_with_its_reason(what: str, tmp_path: Path) -> None:
    reason, more = WHY[what]
    text = agreement(tmp_path, HEAD + ZONES + TERM + MORTARS)
    run = judged(text, reports({**INSIDE, "report_id": "in"}, {**INSIDE, "report_id": "out", **more}))
    assert run.no_term.reasons == {reason: 1}
    assert run.no_term.rows.select("report_id", "reason").rows() == [("out", reason)]


def test_the_reason_is_that_of_the_term_it_came_nearest_to(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM + MORTARS)
    far = {**INSIDE, "lat": 52.0, "lon": 20.0, "start": instant("03-01")}
    assert judged(text, reports(far)).no_term.reasons == {"window": 1}


def test_every_reason_has_words() -> None:
    assert {reason for reason, _ in WHY.values()} == set(REASONS) - {"force", "nothing"}


@SETTINGS
@given(worlds, st.integers(1, 3))
def test_every_report_is_in_an_incident_or_under_no_term_whatever_the_batches(world: Any, parts: int) -> None:
    n, mine, seen = world
    run = judged(AGREEMENTS[n], reports(*mine), seen)
    assert run.members.height + run.no_term.reports == run.reports
    assert run.no_term.rows.height == run.no_term.reports
    pieces = [reports(*mine[k::parts]) for k in range(parts)]
    again = verify(AGREEMENTS[n], ReportTables(pieces), seen, engine=LocalEngine())
    assert again.no_term.reasons == run.no_term.reasons
    assert again.no_term.rows.equals(run.no_term.rows)


def test_of_very_many_all_are_counted_and_the_first_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(no_term, "LISTED", 3)
    rows = [{**INSIDE, "act": "training", "report_id": f"R{k}", "row": k} for k in range(9, 0, -1)]
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    run = verify(text, ReportTables([reports(*rows[:4]), reports(*rows[4:])]), engine=LocalEngine())
    assert run.no_term.reasons == {"act": 9}
    assert run.no_term.rows["row"].to_list() == [1, 2, 3]


def test_that_a_deed_was_not_done_is_not_among_them_though_nobody_says_that_it_was(tmp_path: Path) -> None:
    duty = "terms:\n  leave:\n    text: A leaves\n    require: {act: withdrawal, in: disc}\n    deadline: 2025-03-25\n    binds: A\n"
    text = agreement(tmp_path, HEAD + ZONES + duty)
    monitor = {"source": "Monitor", "side": "none", "reliability": "A", "kind": "observation", "stance": "denies"}
    row = {**monitor, "actor": "A", "act": "withdrawal", "target": None, "start": instant("03-27")}
    run = judged(text, reports(row))
    assert next(v.verdict for v in run.verdicts) == "breached"
    assert run.no_term.reports == 0


AGREED = HEAD + ZONES + TERM
CSV = """report_id,source,start,act,target,actor,lat,lon,precision_km
1,Mission,2025-03-20T10:00Z,missile,substation,B,48.0,37.0,1
2,Mission,2025-03-20T11:00Z,training,,B,48.0,37.0,1
3,Mission,yesterday,missile,substation,B,48.0,37.0,1
4,Aland Press,tomorrow,missile,substation,B,48.0,37.0,1
"""
REGISTER = "sources:\n  Mission: {side: none, reliability: A}\n  Aland Press: {side: A}\n"


def test_command_page_and_files_tell_of_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a.yaml", AGREED), ("e.csv", CSV), ("s.yaml", REGISTER)):
        (tmp_path / name).write_text(text)
    command = ["verify", *(str(tmp_path / name) for name in ("a.yaml", "e.csv", "s.yaml"))]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "2 reports; 2 rows in quarantine, 1 of them of sources without a side" in printed
    assert "1 report stands under no term: 1 of an act that no term speaks of." in printed
    data = json.loads((tmp_path / "out" / "verdicts.json").read_text())
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    for told in (data, summary):
        assert (told["quarantined"], told["quarantined_unsided"], told["no_term"]) == (2, 1, {"act": 1})
    listed = pl.read_csv(tmp_path / "out" / "no_term.csv")
    assert listed.select("reason", "file", "row", "report_id").rows() == [("act", "e.csv", 3, 2)]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Reports under no term" in page
    assert "2 rows in quarantine, 1 of them of sources without a side" in page
    (tmp_path / "e.csv").write_text("\n".join(CSV.splitlines()[:2]) + "\n")
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    assert not (tmp_path / "out" / "no_term.csv").exists()
    assert "under no term" not in capsys.readouterr().out
