"""Folders given as evidence: the files in them, and what is refused because files alone would not tell what counts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from servanda.app.output import write_all
from servanda.app.verify import verify_files
from servanda.cli.main import main
from servanda.errors import EvidenceError, ServandaError
from servanda.evidence.folders import PASSED_OVER, in_folders
from servanda.values.files import NamedBytes

CASE = Path(__file__).parents[1] / "cases" / "easter-truce-2025"


def _refused(folder: Path) -> str:
    with pytest.raises(EvidenceError) as refused:
        list(in_folders([folder]))
    return refused.value.faults[0].code


def test_a_folder_gives_the_same_verdicts_as_the_files_in_it() -> None:
    files = sorted(path for path in (CASE / "evidence").iterdir() if path.is_file())
    whole, parts = (verify_files(CASE / "agreement.yaml", given) for given in ([CASE / "evidence"], files))
    assert whole.ingest.files == parts.ingest.files
    assert whole.verdicts == parts.verdicts


def test_files_in_folders_of_a_folder_are_read_and_what_is_hidden_or_unfinished_is_not(tmp_path: Path) -> None:
    (tmp_path / "north" / ".git").mkdir(parents=True)
    for name in ("b.csv", "north/a.csv", "north/.git/c.csv", "_SUCCESS", ".d.csv", "e.csv.part", "f.tmp"):
        (tmp_path / name).touch()
    assert list(in_folders([tmp_path])) == [tmp_path / "b.csv", tmp_path / "north" / "a.csv"]


@pytest.mark.parametrize("command", [["fuse"], ["first"], ["verify", str(CASE / "agreement.yaml")]])
def test_commands_read_a_folder_as_the_files_in_it(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for evidence in ([CASE / "evidence"], sorted((CASE / "evidence").iterdir())):
        assert main([*command, *map(str, evidence)]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]


def test_files_of_a_folder_that_are_passed_over_are_told(tmp_path: Path) -> None:
    for path in (CASE / "evidence").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for name in ("_late.csv", "more.csv.part", "_SUCCESS", ".hidden.csv"):
        (tmp_path / name).touch()
    read = verify_files(CASE / "agreement.yaml", [tmp_path]).ingest.files
    assert [file.file for file in read if file.reader == PASSED_OVER] == ["_late.csv", "more.csv.part"]


def test_what_is_no_folder_is_given_on_as_it_is(tmp_path: Path) -> None:
    given = [tmp_path / "a.csv", "b.csv", NamedBytes("c.csv", b""), {"not": "a path"}]
    assert list(in_folders(given)) == given


def test_a_link_that_leads_back_ends(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    (tmp_path / "again").symlink_to(tmp_path)
    assert list(in_folders([tmp_path])) == [tmp_path / "a.csv"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("отчёт.csv".encode("cp866"), "its name is not in UTF-8"),  # as an archive of Windows leaves it
        (b"a\nA: complied.csv", "its name holds a line break"),
    ],
)
@pytest.mark.parametrize("command", [["fuse"], ["import"], ["first"], ["verify", str(CASE / "agreement.yaml")]])
def test_a_file_whose_name_cannot_be_shown_as_it_is_is_told_and_no_traceback(
    command: list[str], name: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    shutil.copy(next((CASE / "evidence").glob("*.csv")), odd)
    assert main([*command, odd, *(["--out", str(tmp_path / "out.csv")] if command == ["import"] else [])]) == 2
    said = capsys.readouterr()
    assert why in said.err
    assert "\nA: complied" not in said.out + said.err  # no line of its own
    assert main(["follow", str(CASE / "agreement.yaml"), str(tmp_path), "--looks", "1"]) == 2
    told = capsys.readouterr()
    assert why in told.err
    assert "\nA: complied" not in told.out + told.err
    assert "undetermined" in told.out


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert _refused(tmp_path) == "EVD001"


@pytest.mark.parametrize("inside", ["_delta_log", ".hoodie", "day=2025-04-01"])
def test_a_folder_whose_files_alone_do_not_tell_what_counts_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / inside).mkdir()
    (tmp_path / "a.parquet").touch()
    assert _refused(tmp_path) == "EVD008"


def test_a_record_among_the_evidence_is_told_as_one(tmp_path: Path) -> None:
    for name in ("policy", "checkpoint"):
        (tmp_path / name).touch()
    with pytest.raises(EvidenceError, match=r"(?s)is a record, .*'servanda verify --record DIR' reads it"):
        list(in_folders([tmp_path]))


def test_a_folder_of_iceberg_is_refused(tmp_path: Path) -> None:
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "v1.metadata.json").touch()
    assert _refused(tmp_path) == "EVD008"


def test_nothing_is_written_into_a_folder_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    with pytest.raises(ServandaError) as refused:
        write_all(tmp_path / "evidence" / "out", {"a.csv": b""}, inputs=[tmp_path / "evidence"])
    assert refused.value.faults[0].code == "OUT003"
    assert not (tmp_path / "evidence" / "out").exists()
