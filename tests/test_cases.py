"""The cases of ``cases/``: agreements with real or short evidence, and the verdicts that must follow."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from servanda.agreement import read_agreement
from servanda.agreement.plain_language import say
from servanda.app.cases import check_dates, check_words, read_cases, run_all, run_case
from servanda.app.verify import verify_files
from servanda.report import all_files
from servanda.report.graph import draw_graph, steps_of

ROOT = Path(__file__).resolve().parent.parent
read_cases = cache(read_cases)  # type: ignore[assignment]
FILES = sorted((ROOT / "cases").glob("*/cases.yaml"))
CASES = [(path, case["name"]) for path in FILES for case in read_cases(path).cases]
LIBRARY = (
    "minsk-memorandum-2014", "minsk-package-2015", "minsk-addendum-2015", "minsk-framework-2016", "minsk-measures-2020",
    "golan-1974", "korea-1953", "dayton-1995", "lebanon-2024", "jeddah-2025", "energy-truce-2025", "easter-truce-2025",
    "easter-truce-2026", "gcsp-model-2025", "istanbul-2022", "resolution-2231", "negotiation-march-2025", "minsk-versions",
)  # fmt: skip
SHARED = ROOT.parent / "shared" / "data" / "truces-2025"


@pytest.mark.parametrize(("path", "name"), CASES, ids=[f"{p.parent.name}: {n}" for p, n in CASES])
def test_case(path: Path, name: str) -> None:
    file = read_cases(path)
    (case,) = [case for case in file.cases if case["name"] == name]
    assert run_case(file, case)[0] == []


@pytest.mark.parametrize("path", FILES, ids=[p.parent.name for p in FILES])
def test_the_dates_of_an_agreement_come_out(path: Path) -> None:
    assert check_dates(read_cases(path)) == []


@pytest.mark.parametrize("name", LIBRARY)
def test_the_checker_finds_what_is_known_of_an_agreement_and_nothing_else(name: str) -> None:
    file = read_cases(ROOT / "cases" / name / "cases.yaml")
    assert file.check is not None, "every agreement of the library says what is wrong with it"
    assert check_words(file) == []


@pytest.mark.parametrize("name", LIBRARY)
def test_every_agreement_of_the_library_is_said_in_plain_english_and_drawn(name: str) -> None:
    agreement = read_agreement(ROOT / "cases" / name / "agreement.yaml")
    words = say(agreement)
    for term in agreement.term_ids:
        assert term in words
    for text in agreement.texts:
        steps = steps_of(agreement, text.reading, None)
        assert {term.id.split("@")[0] for term in text.terms} <= {step.id for step in steps}
        picture = draw_graph(agreement, steps)
        assert picture.startswith("<svg")
        assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


WITHOUT_A_MISSION = {
    "easter-truce-2025",
    "easter-truce-2026",
    "energy-truce-2025",
    "istanbul-2022",
    "jeddah-2025",
    "minsk-versions",
    "negotiation-march-2025",
}
INTERFERENCE = {"access_denied", "jamming", "tampering"}


@pytest.mark.parametrize("path", FILES, ids=[p.parent.name for p in FILES])
def test_interference_with_observation_is_a_term_wherever_a_text_has_a_mission(path: Path) -> None:
    agreement = read_agreement(path.parent / "agreement.yaml")
    terms = [
        term for text in agreement.texts for term in text.terms if term.what and set(term.what.acts) & INTERFERENCE
    ]
    assert bool(terms) is (path.parent.name not in WITHOUT_A_MISSION)
    for term in terms:  # it is the text's own clause, with its number, or it is marked
        assert term.source or "text" in {chosen.key for chosen in term.ours}, term.id


def test_a_case_that_does_not_come_out_is_told_in_words(tmp_path: Path) -> None:
    for file in ("agreement.yaml", "cases.yaml"):
        (tmp_path / file).write_bytes((ROOT / "cases" / "minsk-addendum-2015" / file).read_bytes())
    text = (tmp_path / "cases.yaml").read_text(encoding="utf-8")
    text = text.replace("party: UA, verdict: not_due", "party: UA, verdict: breached").replace(
        "2015-11-12", "2015-11-13"
    )
    (tmp_path / "cases.yaml").write_text(text, encoding="utf-8")
    wrong = {name.split(": ", 1)[1]: told for name, told in run_all([tmp_path / "cases.yaml"])}
    assert any("verdict is not_due, expected breached" in line for told in wrong.values() for line in told)
    assert any("completed.deadline is the end of 2015-11-12, expected 2015-11-13" in line for line in wrong["dates"])


def shipped(name: str) -> Any:
    folder = ROOT / "cases" / name
    return verify_files(folder / "agreement.yaml", sorted((folder / "evidence").iterdir()), [folder / "coverage.yaml"])


@pytest.mark.skipif(not SHARED.exists(), reason="the coder's truth columns lie beside the project, where CI has them")
def test_the_energy_truce_counts_are_those_of_the_truth_columns() -> None:
    with (SHARED / "true_incidents.csv").open(encoding="utf-8") as file:
        truth = [row for row in csv.DictReader(file) if row["truce"] == "energy"]
    run = shipped("energy-truce-2025")
    coded = {row["incident_id"] for row in truth}
    column = {"moscow": "in_russian_window", "kyiv": "in_ukrainian_window"}
    for reading, window in column.items():
        for party in ("RU", "UA"):
            by_hand = {r["incident_id"] for r in truth if r[window] == "yes" and party in r["alleged_actor"].split(";")}
            (verdict,) = [v for v in run.verdicts if (v.term, v.party, v.reading) == ("energy", party, reading)]
            assert set(verdict.incidents) & coded == by_hand, (reading, party)
            assert verdict.alleged == len(verdict.incidents)
    # the Kremlin list: the same, without what the coder found not to be on it
    for party, doubtful in (("RU", {"EN019", "EN023"}), ("UA", set())):
        by_hand = {
            r["incident_id"]
            for r in truth
            if r["in_russian_window"] == "yes"
            and not r["kremlin_list_item"].startswith("not listed")
            and party in r["alleged_actor"].split(";")
        }
        (verdict,) = [v for v in run.verdicts if (v.term, v.party, v.reading) == ("listed_facilities", party, "moscow")]
        # of two incidents some sources say only "energy", or name a power plant, so that they may be on the list
        assert set(verdict.incidents) & coded == by_hand | doubtful


def test_the_incidents_before_25_march_count_on_one_reading_only() -> None:
    run = shipped("energy-truce-2025")
    early = run.findings.join(run.incidents, on="incident").filter(
        pl.col("end") < pl.datetime(2025, 3, 24, 20, time_zone="UTC")
    )
    counted = early.filter(pl.col("status") == "alleged")
    assert counted.height > 10
    assert counted["reading"].unique().to_list() == ["moscow"]


def test_the_fire_that_a_satellite_saw_is_confirmed_as_a_fire_and_as_nobodys() -> None:
    run = shipped("energy-truce-2025")
    fire = run.incidents.row(by_predicate=pl.col("incident") == "EN005", named=True)
    assert fire["happened"] == "confirmed"
    assert fire["observed_by"] == "NASA FIRMS"
    assert fire["accused"] == "RU; UA"
    assert set(run.findings.filter(pl.col("incident") == "EN005")["status"]) == {"alleged"}
    assert run.incidents.filter(pl.col("happened") == "confirmed").height == 1


def test_the_published_counts_are_shown_and_enter_no_verdict() -> None:
    run = shipped("easter-truce-2025")
    assert {2935.0, 4900.0} <= set(run.ingest.figures["count"])
    page = all_files(run)["report.html"].decode()
    assert "2,935" in page
    assert "4,900" in page
    data = json.loads(all_files(run)["verdicts.json"])
    assert max(v["reports"] for v in data["verdicts"]) < 100


def test_both_cases_come_out_the_same_to_the_byte_twice() -> None:
    for name in ("energy-truce-2025", "easter-truce-2025"):
        one, two = (all_files(shipped(name)) for _ in range(2))
        assert one == two
