"""A mission counts: a row of many acts under a prohibition, unit by unit, with what is set aside and what is no number of acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from servanda.agreement import read_agreement
from servanda.app.context import context_of
from servanda.coverage import read_coverage
from servanda.engine import LocalEngine
from servanda.evidence import read_evidence
from servanda.values.units import units_of
from servanda.verdicts import verify

AGREEMENT = """agreement: vale
title: Vale truce
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2031-03-01T19:30, for: 8 days}
places:
  north: {polygon: [[48.0, 37.0], [48.5, 37.0], [48.5, 38.0], [48.0, 38.0]]}
  valley: {polygon: [[48.0, 37.0], [49.0, 37.0], [49.0, 38.0], [48.0, 38.0]]}
mandate: {attribution: true, reporting_day: {ends: "19:30"}}
terms:
  fire: {text: No fire, forbid: {act: [shelling, explosion], in: valley}}
"""
COVERAGE = """coverage: vale
watches:
  - {id: w, who: Mission, means: camera, detects: [shelling, explosion], in: [valley], from: 2031-03-01T19:30, to: 2031-03-06T19:30,
     probability: 0.95, reason: cameras on every ridge}
"""
HEAD = "report_id,source,side,reliability,kind,start,end,known_at,act,actor,quantity,unit,area\n"


def day(n: int, name: str, much: object, unit: str = "violations", **more: str) -> str:
    """A row of the mission's daily report: from 19:30 of day ``n`` of March to 19:30 of the next."""
    row = {
        "source": "Mission",
        "side": "none",
        "reliability": "A",
        "kind": "observation",
        "act": "shelling",
        "area": "valley",
    }
    row |= {"start": f"2031-03-{n:02}T19:30+02:00", "end": f"2031-03-{n + 1:02}T19:30+02:00"}
    row |= {"known_at": f"2031-03-{n + 1:02}T20:00+02:00", "actor": "Bland"} | more
    return ",".join([name, *(row[c] for c in HEAD.split(",")[1:10]), str(much), unit, row["area"]]) + "\n"


SERIES = (
    day(1, "d1", 44)
    + day(2, "d2", 12)
    + day(2, "d2-corrected", 13, known_at="2031-03-04T20:00+02:00")
    + day(3, "d3", 0)
    + day(4, "d4", 7, "explosions", act="explosion")
    + day(6, "d6", 5)
)
"""A daily series: a correction on the second day, nothing on the third, another unit on the fourth, no report of the fifth."""


def judge(folder: Path, rows: str, text: str = AGREEMENT, head: str = HEAD, **more: Any) -> Any:
    """The verification of a daily series."""
    for name, content in (("agreement.yaml", text), ("coverage.yaml", COVERAGE), ("reports.csv", head + rows)):
        (folder / name).write_text(content, encoding="utf-8")
    vale = read_agreement(folder / "agreement.yaml")
    source = read_evidence([folder / "reports.csv"], context_of(vale))
    seen = read_coverage([folder / "coverage.yaml"], vale.places, vale.vocabulary, vale.zone, vale.id, vale.actors)
    return verify(vale, source, seen, engine=LocalEngine(), **more)


def row_of(verdicts: Any, party: str = "B") -> Any:
    return next(v for v in verdicts if v.party == party)


def step(verdict: Any, rule: str) -> str:
    return next(s.text for s in verdict.steps if s.rule == rule)


def test_a_daily_series_is_told_in_acts_and_its_units_stand_side_by_side(tmp_path: Path) -> None:
    verdict = row_of(judge(tmp_path, SERIES).verdicts)
    assert verdict.verdict == "breached"
    assert dict(verdict.measure) == {
        "explosion_least": 7,
        "explosion_most": 7,
        "violation_least": 62,
        "violation_most": 62,
    }
    assert "7 explosions in 1 report and 62 violations in 3 reports" in step(verdict, "counted")
    assert "not added" in step(verdict, "counted")


def test_a_correction_counts_and_what_it_corrects_is_set_aside_and_told(tmp_path: Path) -> None:
    verdict = row_of(judge(tmp_path, SERIES).verdicts)
    told = step(verdict, "set_aside")
    assert "12 (" in told
    assert "beside 13 (" in told


def test_quiet_watched_days_are_complied_day_by_day_and_unwatched_ones_are_not(tmp_path: Path) -> None:
    slices = [v for v in judge(tmp_path, SERIES, by="day").slices if v.party == "B"]
    words = [v.verdict for v in slices]
    assert words == [
        "breached",
        "breached",
        "complied",
        "breached",
        "complied",
        "breached",
        "undetermined",
        "undetermined",
    ]
    assert slices[1].measure == {"violation_least": 13, "violation_most": 13}


def test_how_many_acts_an_incident_has_changes_no_verdict(tmp_path: Path) -> None:
    for much in (1, 800):
        verdict = row_of(judge(tmp_path, day(1, "d1", much)).verdicts)
        assert (verdict.verdict, verdict.confirmed) == ("breached", 1)
        assert verdict.measure["violation_most"] == much


def test_rounds_and_people_are_no_number_of_acts(tmp_path: Path) -> None:
    verdict = row_of(judge(tmp_path, day(1, "d1", 80, "rounds") + day(2, "d2", 9, "violations")).verdicts)
    assert dict(verdict.measure) == {"violation_least": 9, "violation_most": 9}
    assert "nobody says how many acts" in step(verdict, "counted")


def test_an_attack_without_casualties_is_an_attack_and_no_nil_report(tmp_path: Path) -> None:
    run = judge(tmp_path, day(1, "d1", 0, "casualties"))
    assert row_of(run.verdicts).verdict == "breached"
    assert any("other units than acts" in note for note in run.ingest.notes)


def test_a_total_counts_beside_its_parts_and_is_told_where_it_is_below_their_sum(tmp_path: Path) -> None:
    hours = [
        day(1, f"h{n}", 30, start=f"2031-03-02T0{n}:00+02:00", end=f"2031-03-02T0{n + 1}:00+02:00") for n in (1, 3)
    ]
    verdict = row_of(judge(tmp_path, day(1, "d1", 44) + "".join(hours)).verdicts)
    assert dict(verdict.measure) == {"violation_least": 44, "violation_most": 44}
    assert "is below the sum of the parts that its source gives, 60" in step(verdict, "total_below_parts")


def test_where_two_sources_count_the_same_the_least_counts_once_and_the_most_both(tmp_path: Path) -> None:
    other = day(1, "p1", 50, source="Patrols")
    verdict = row_of(judge(tmp_path, day(1, "d1", 44) + other).verdicts)
    assert dict(verdict.measure) == {"violation_least": 50, "violation_most": 94}


def test_the_outline_of_an_area_decides_how_surely_a_count_lies_in_a_terms_place(tmp_path: Path) -> None:
    text = AGREEMENT.replace("in: valley}}", "in: north}}")
    run = judge(tmp_path, day(1, "d1", 44) + day(2, "d2", 4, area="north"), text)
    found = sorted(run.findings.filter(run.findings["party"] == "B")["probability"].to_list())
    assert found == [pytest.approx(0.5, abs=0.01), 1.0]


def test_an_area_that_is_no_place_of_the_agreement_and_a_negative_count_go_to_quarantine(tmp_path: Path) -> None:
    run = judge(tmp_path, day(1, "d1", 44) + day(2, "d2", 4, area="elsewhere") + day(3, "d3", -4))
    assert run.ingest.quarantine["code"].to_list() == ["EVD128", "EVD141"]


def test_units_are_compared_as_words_and_codes_in_the_singular() -> None:
    written = ["Ceasefire Violations", "shellings", "explosion", "rounds", "Attacks"]
    assert list(units_of(written, ["shelling", "explosion"]).values()) == [
        "ceasefire_violation",
        "shelling",
        "explosion",
        "rounds",
        "attack",
    ]


EXERCISES = AGREEMENT.replace("in: valley}}", "in: valley}, except: {exercise: {only_if: [notified]}}}")


def shown(n: int, name: str, much: object, incident: str, *, shows: str = "notified", **more: str) -> str:
    """A row of the daily report with the id of its incident and what it shows."""
    return day(n, name, much, **more).rstrip("\n") + f",{incident},{shows}\n"


def judged(folder: Path, rows: str) -> Any:
    """The verification of rows that name their incidents and what they show."""
    return judge(folder, rows, EXERCISES, HEAD.rstrip("\n") + ",incident_id,shows\n")


def test_part_of_a_count_can_be_excused_and_both_numbers_are_kept(tmp_path: Path) -> None:
    rows = shown(1, "d1", 30, "I-1", shows="") + shown(1, "d1-x", 12, "I-1") + shown(2, "d2", 5, "I-2", shows="")
    verdict = row_of(judged(tmp_path, rows).verdicts)
    assert (verdict.verdict, verdict.confirmed, verdict.excused) == ("breached", 2, 0)
    assert dict(verdict.measure) == {
        "violation_least": 23,
        "violation_most": 23,
        "excused_violation_least": 12,
        "excused_violation_most": 12,
    }
    assert "12 violations more, in 1 incident, fall under an exception" in step(verdict, "partly_excused")


def test_a_count_that_is_excused_whole_leaves_no_breach(tmp_path: Path) -> None:
    rows = shown(1, "d1", 30, "I-1", shows="") + shown(1, "d1-x", 30, "I-1")
    verdict = row_of(judged(tmp_path, rows).verdicts)
    assert (verdict.confirmed, verdict.excused) == (0, 1)
    assert dict(verdict.measure) == {"excused_violation_least": 30, "excused_violation_most": 30}


def test_two_exercises_at_different_hours_are_excused_together_and_never_more_than_there_was(tmp_path: Path) -> None:
    def hour(name: str, h: int, much: int) -> str:
        return shown(1, name, much, "I-1", start=f"2031-03-02T0{h}:00+02:00", end=f"2031-03-02T0{h + 1}:00+02:00")

    whole = shown(1, "d1", 30, "I-1", shows="")
    verdict = row_of(judged(tmp_path, whole + hour("x1", 2, 12) + hour("x2", 4, 5)).verdicts)
    assert (verdict.measure["violation_most"], verdict.measure["excused_violation_most"]) == (13, 17)
    verdict = row_of(judged(tmp_path, whole + hour("x1", 2, 20) + hour("x2", 4, 25)).verdicts)
    assert (verdict.measure["violation_most"], verdict.measure["excused_violation_most"]) == (0, 30)


def test_the_accused_cannot_excuse_a_part_by_its_own_word(tmp_path: Path) -> None:
    own = shown(1, "b1", 12, "I-1", source="Bland", side="B", reliability="C", kind="claim")
    verdict = row_of(judged(tmp_path, shown(1, "d1", 30, "I-1", shows="") + own).verdicts)
    assert verdict.measure["violation_least"] == 30
    assert "excused_violation_least" not in verdict.measure
