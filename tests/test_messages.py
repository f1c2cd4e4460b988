"""Mistakes that newcomers make: what they are told names what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.cli.main import main

AGREEMENT = """agreement: bridge
title: Bridge
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 3 days}
terms: {fire: {text: No shelling., forbid: {act: shelling}}}
"""
REPORTS = "report_id,source,start,act,actor\nR1,Post,2025-03-19T06:00+02:00,shelling,B\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "r.csv").write_text(REPORTS, encoding="utf-8")
    (tmp_path / "begin.csv").write_text(REPORTS.replace("start", "opening"), encoding="utf-8")
    (tmp_path / "ackt.csv").write_text(REPORTS.replace(",act,", ",ackt,"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text("coverage: bridge\nwatches: []\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("verify a.yaml begin.csv", "columns of the file with other names: opening"),
        ("verify a.yaml ackt.csv", "did you mean 'act' by 'ackt'?"),
        ("verify r.csv a.yaml", "the agreement is a YAML file and is named first"),
        ("verify none.csv r.csv", "check the path"),
        ("verify a.yaml r.csv c.yaml", "coverage is named after --coverage"),
        ("verify a.yaml r.csv a.yaml", "it is named first, and only once"),
        ("fuse a.yaml r.csv", "take it behind --agreement\nservanda: 1 fault"),
        ("first a.yaml r.csv", "take it behind --agreement\nservanda: 1 fault"),
        ("draft a.yaml", "an agreement file is checked by 'servanda check'"),
        ("verify a.yaml --coverage r.csv", "needs an agreement and evidence"),
        ("verify a.yaml r.csv --coverage r.csv", "its columns are watch_id, who"),
    ],
)
def test_a_mistake_is_told_with_what_to_do_next(
    folder: Path, command: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command.split()) == 2
    assert told in capsys.readouterr().err


def test_why_a_row_could_not_be_read_stands_beneath_its_count_where_no_file_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (folder / "r.csv").read_text("utf-8").splitlines()
    (folder / "bad.csv").write_text("\n".join([*rows, rows[-1].replace("shelling", "shelllling")]) + "\n", "utf-8")
    assert main(["verify", "a.yaml", "bad.csv"]) == 0
    counted, why = capsys.readouterr().out.splitlines()[2:4]
    assert counted.endswith("1 row in quarantine")
    assert why.startswith(f"  bad.csv: row {len(rows) + 1}: act 'shelllling': not a code of an act (")
    assert main(["verify", "a.yaml", "r.csv"]) == 0
    assert "row" not in capsys.readouterr().out.splitlines()[3]


def test_a_misspelt_option_is_told_with_the_one_that_was_meant(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["verify", "a.yaml", "r.csv", "--covrage", "c.yaml"])
    assert end.value.code == 2
    assert "unknown option '--covrage': did you mean '--coverage'?" in capsys.readouterr().err


def test_the_first_letters_of_a_code_list_all_of_its_room(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors", "cov"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) > 3
    assert all(line.startswith("COV") for line in listed)
