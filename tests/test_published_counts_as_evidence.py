"""Published counts as evidence, where the mandate says whose are: with their claimant's side and grade, and never more than that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import servanda
from servanda.errors import AgreementError

AGREEMENT = """agreement: vale
title: Vale truce
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2031-03-01T19:30, for: 8 days}
places:
  valley: {polygon: [[48.0, 37.0], [49.0, 37.0], [49.0, 38.0], [48.0, 38.0]]}
mandate: {attribution: true, reporting_day: {ends: "19:30"}, figures: [Mission]}
terms:
  fire: {text: No attacks, forbid: {act: attack, in: valley}}
"""
SOURCES = """sources:
  Mission: {side: none, reliability: A}
  Staff of Aland: {speaks_for: A}
"""
HEAD = "figure_id,claimant,side,against,count,qualifier,unit,start,end,known_at,area,cumulation,source,stance\n"
WATCH = """coverage: vale
watches:
  - {id: w, who: Mission, means: camera, detects: [attack], in: [valley], from: 2031-03-01T19:30, to: 2031-03-06T19:30,
     probability: 0.95, reason: cameras on every ridge}
"""


def figure(first: int, last: int, much: object, name: str = "", **more: str) -> str:
    """A count from 19:30 of one day of March to 19:30 of another."""
    row = {
        "figure_id": name or f"f{first}-{last}",
        "claimant": "Mission",
        "side": "none",
        "against": "B",
        "count": str(much),
        "qualifier": "exact",
        "unit": "violations",
        "start": f"2031-03-{first:02}T19:30+02:00",
        "end": f"2031-03-{last:02}T19:30+02:00",
        "known_at": f"2031-03-{last:02}T20:00+02:00",
        "area": "valley",
        "cumulation": "",
        "source": "Mission",
        "stance": "asserts",
    } | more
    return ",".join(row[c] for c in HEAD.strip().split(",")) + "\n"


def judged(folder: Path, rows: str, text: str = AGREEMENT, **more: Any) -> Any:
    """The verification of published counts."""
    for name, content in (("a.yaml", text), ("f.csv", HEAD + rows), ("s.yaml", SOURCES), ("w.yaml", WATCH)):
        (folder / name).write_text(content, encoding="utf-8")
    return servanda.verify(folder / "a.yaml", [folder / "f.csv", folder / "s.yaml"], folder / "w.yaml", **more)


def row_of(run: Any, party: str = "B") -> dict[str, Any]:
    return next(row for row in run.verdicts.to_dicts() if row["party"] == party)


def measure(run: Any, party: str = "B") -> dict[str, Any]:
    return next(dict(v.measure) for v in run._verification.verdicts if v.party == party)


def test_a_count_that_the_mandate_names_is_a_report_of_its_claimant(tmp_path: Path) -> None:
    run = judged(tmp_path, figure(1, 2, 44) + figure(2, 3, 12))
    assert row_of(run)["alleged"] + row_of(run)["confirmed"] == 2
    assert set(run.members["source"]) == {"Mission"}
    assert run.members["quantity"].sort().to_list() == [12.0, 44.0]


def test_without_the_mandates_word_a_count_is_no_evidence(tmp_path: Path) -> None:
    run = judged(tmp_path, figure(1, 2, 44), AGREEMENT.replace(", figures: [Mission]", ""))
    assert row_of(run)["alleged"] == row_of(run)["confirmed"] == 0
    other = judged(tmp_path, figure(1, 2, 44, claimant="Somebody else"))
    assert row_of(other)["alleged"] == row_of(other)["confirmed"] == 0


def test_a_partys_count_accuses_and_confirms_nothing(tmp_path: Path) -> None:
    text = AGREEMENT.replace("[Mission]", "all")
    run = judged(tmp_path, figure(1, 2, 90, claimant="Staff of Aland", side="A", source="Staff of Aland"), text)
    assert (row_of(run)["confirmed"], row_of(run)["alleged"]) == (0, 1)


def test_totals_that_begin_together_are_parted_and_days_without_one_are_counted_together(tmp_path: Path) -> None:
    totals = "".join(figure(1, day, much, cumulation="cumulative") for day, much in ((2, 10), (3, 25), (6, 40)))
    run = judged(tmp_path, totals)
    rows = run.members.sort("start").select("start", "end", "quantity").rows()
    assert [(start.day, end.day, much) for start, end, much in rows] == [(1, 2, 10.0), (2, 3, 15.0), (3, 6, 15.0)]


def test_a_total_below_an_earlier_one_is_left_out_and_told(tmp_path: Path) -> None:
    totals = "".join(figure(1, day, much, cumulation="cumulative") for day, much in ((2, 10), (3, 8), (4, 12)))
    run = judged(tmp_path, totals)
    assert run.members["quantity"].to_list() == [10.0, 2.0]
    assert any("below an earlier one" in note for note in run.ingest.notes)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"qualifier": "about"}, "about how many"),
        ({"unit": "rounds"}, "is no act"),
        ({"stance": "denies"}, "deny or take back"),
    ],
)
def test_what_is_no_number_of_acts_stays_out_and_is_told(tmp_path: Path, more: dict[str, str], why: str) -> None:
    run = judged(tmp_path, figure(1, 2, 44, **more))
    assert run.members.height == 0
    assert any(why in note for note in run.ingest.notes)


def test_a_count_of_none_is_a_nil_report_and_quiet_watched_days_are_complied(tmp_path: Path) -> None:
    run = judged(tmp_path, figure(1, 2, 3) + figure(2, 3, 0), by="day")
    words = [row["verdict"] for row in run.timeline.sort("window_start").to_dicts() if row["party"] == "B"]
    assert words[1] == "complied"
    assert words[0] != "complied"
    assert words[6] == "undetermined"


def test_the_mandate_names_claimants_in_a_list_or_all(tmp_path: Path) -> None:
    with pytest.raises(AgreementError):
        judged(tmp_path, figure(1, 2, 1), AGREEMENT.replace("[Mission]", "7"))


def test_a_total_that_is_corrected_counts_as_corrected(tmp_path: Path) -> None:
    totals = figure(1, 2, 10, "t1", cumulation="cumulative")
    totals += figure(1, 2, 12, "t2", cumulation="cumulative", known_at="2031-03-03T09:00+02:00")
    totals += figure(1, 3, 25, "t3", cumulation="cumulative")
    run = judged(tmp_path, totals)
    assert run.members["quantity"].sort().to_list() == [12.0, 13.0]


def test_at_least_so_many_has_no_upper_bound(tmp_path: Path) -> None:
    run = judged(tmp_path, figure(1, 2, 44, qualifier="at_least"))
    assert run.members["quantity"].to_list() == [None]
    assert "at least 44" in run.members["summary"][0]
    assert row_of(run)["alleged"] + row_of(run)["confirmed"] == 1


def test_a_series_that_goes_on_in_another_unit_is_told(tmp_path: Path) -> None:
    rows = (
        figure(1, 2, 10) + figure(2, 3, 12) + figure(3, 4, 30, unit="explosions") + figure(4, 5, 31, unit="explosions")
    )
    judged(tmp_path, rows)
    codes = servanda.figures(tmp_path / "f.csv").remarks["code"].to_list()
    assert codes.count("other_unit") == 1
