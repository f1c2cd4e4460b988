"""The second day: yesterday's mapping reads today's table in the command that judges."""

from __future__ import annotations

from pathlib import Path

import pytest

import servanda
from servanda.cli.main import main
from servanda.errors import EvidenceError

AGREEMENT = """agreement: vale
title: Vale truce
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2031-03-01, for: 30 days}
terms:
  fire: {text: No fire, forbid: {act: shelling}}
"""
MAPPING = """tables:
  - file: "yesterday.csv"
    order: dmy
    zone: Europe/Kyiv
    columns: {date: Day, time: Hour, act: Kind, actor: Whose, source: Post}
    acts: {"grey smoke over the ridge": shelling}
"""
TABLE = "Day;Hour;Kind;Whose;Post\n03.03.2031;14:05;grey smoke over the ridge;Bland;Post 4\n"
OWN = "report_id,source,side,kind,start,act,actor\nR1,Mission,none,observation,2031-03-05T10:00+02:00,shelling,Aland\n"


def files(folder: Path, **content: str) -> dict[str, Path]:
    made = {"agreement": AGREEMENT, "mapping": MAPPING, **content}
    paths = {name: folder / f"{name}.{'csv' if name in ('today', 'own') else 'yaml'}" for name in made}
    for name, text in made.items():
        paths[name].write_text(text, encoding="utf-8")
    return paths


def test_a_table_that_the_mapping_knows_is_judged_in_one_command(tmp_path: Path) -> None:
    at = files(tmp_path, today=TABLE, own=OWN)
    judged = servanda.verify(at["agreement"], [at["today"], at["own"]], mapping=at["mapping"])
    assert set(judged.members["source"]) == {"Post 4", "Mission"}
    assert {one.file for one in judged.ingest.files} == {"today.csv (imported).csv", "own.csv"}


def test_without_the_mapping_the_same_table_must_be_imported_first(tmp_path: Path) -> None:
    at = files(tmp_path, today=TABLE)
    with pytest.raises(EvidenceError) as told:
        servanda.verify(at["agreement"], [at["today"]])
    assert "servanda import today.csv" in str(told.value)


def test_a_word_that_the_mapping_does_not_know_is_set_aside_and_counted(tmp_path: Path) -> None:
    at = files(tmp_path, today=TABLE + "04.03.2031;09:00;a flock of geese;Bland;Post 4\n")
    judged = servanda.verify(at["agreement"], [at["today"]], mapping=at["mapping"])
    assert judged.members.height == 1
    assert judged.ingest.quarantined == 1
    assert judged.quarantine["file"].to_list() == ["today.csv"]


def test_what_the_mapping_leaves_open_is_told_with_the_command_that_asks_it(tmp_path: Path) -> None:
    at = files(tmp_path, today="Jour;Quoi\n03.03.2031;tir\n")
    with pytest.raises(EvidenceError) as told:
        servanda.verify(at["agreement"], [at["today"]], mapping=at["mapping"])
    assert all(fault.code == "EVD196" for fault in told.value.faults)
    assert "--mapping" in told.value.faults[0].hint


def test_a_mapping_that_is_not_there_is_told_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = files(tmp_path, today=TABLE)
    assert main(["verify", str(at["agreement"]), str(at["today"]), "--mapping", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err


def test_a_mapping_that_no_table_needs_is_read_all_the_same_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = files(tmp_path, own=OWN)
    (tmp_path / "broken.yaml").write_text("- a list\n", encoding="utf-8")
    for name in ("none.yaml", "broken.yaml"):
        assert main(["verify", str(at["agreement"]), str(at["own"]), "--mapping", str(tmp_path / name)]) == 2
        assert name in capsys.readouterr().err
    found = servanda.verify(at["agreement"], at["own"], mapping=at["mapping"])
    assert any("needed this mapping" in note for note in found.ingest.notes)
