"""Every bad input that was ever met, and what becomes of it. Never a traceback, never a row lost without a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from servanda.agreement import inspect_agreement, read_agreement
from servanda.app.cases import read_cases
from servanda.app.draft import draft_file
from servanda.app.importing import import_tables
from servanda.app.verify import verify_files
from servanda.cli.main import main
from servanda.coverage import read_coverage
from servanda.drafting import CODES, check_agreement
from servanda.errors import CoverageError, EvidenceError, ServandaError
from servanda.statements import read_documents
from servanda.values.codes import STANDARD
from servanda.values.files import NamedBytes

MALFORMED = Path(__file__).parent / "malformed"
PIECES: dict[str, str] = yaml.safe_load((MALFORMED / "index.yaml").read_text(encoding="utf-8"))
SOUND = MALFORMED / "agreements" / "sound.yaml"


def _of(kind: str) -> list[tuple[str, str]]:
    return [(name.removeprefix(kind + "/"), says) for name, says in PIECES.items() if name.startswith(kind + "/")]


def test_every_malformed_file_is_in_the_index() -> None:
    lying = {str(p.relative_to(MALFORMED)) for p in MALFORMED.rglob("*") if p.is_file() and p.name != "index.yaml"}
    assert lying == set(PIECES)


@pytest.mark.parametrize(("name", "says"), _of("agreements"))
def test_a_faulty_agreement_is_told_with_its_place_and_never_read(name: str, says: str) -> None:
    agreement, faults = inspect_agreement(MALFORMED / "agreements" / name)
    if says.startswith("C "):
        codes = {(f.code, f.term) for f in check_agreement(MALFORMED / "agreements" / name).findings}
        assert {code for code, _ in codes} == {says.removeprefix("C ")}, "the planted fault is found, and no other"
        assert "sound" not in {term for _, term in codes}
        return
    if not says:
        assert faults == []
        assert agreement is not None
        return
    assert agreement is None
    told = "\n".join(str(fault) for fault in faults)
    assert says in told
    assert all(fault.file.endswith(name) for fault in faults)


@pytest.mark.parametrize(("name", "says"), _of("maps"))
def test_a_map_that_cannot_be_a_place_is_told_at_the_place_that_asks_for_it(name: str, says: str) -> None:
    text = SOUND.read_text().replace("places:\n", f"places:\n  drawn: {{file: {name}, id: 12}}\n", 1)
    beside = {name: NamedBytes(name, (MALFORMED / "maps" / name).read_bytes())}
    agreement, faults = inspect_agreement(NamedBytes("a.yaml", text.encode()), beside=beside)
    assert agreement is None
    assert [fault.code for fault in faults] == ["AGR065"]
    assert says in str(faults[0])
    assert "'drawn'" in str(faults[0])
    assert faults[0].line > 1


@pytest.mark.parametrize(("name", "says"), _of("cases"))
def test_a_faulty_file_of_cases_is_told_with_its_place(name: str, says: str) -> None:
    path = MALFORMED / "cases" / name
    if not says:
        assert len(read_cases(path).cases) == 1
        return
    with pytest.raises(ServandaError) as told:
        read_cases(path)
    assert says in str(told.value)
    assert name in str(told.value)


def test_every_code_of_the_checker_has_a_planted_fault() -> None:
    assert {says.removeprefix("C ") for _, says in _of("agreements") if says.startswith("C ")} == {
        code.name for code in CODES.values() if not code.asks
    }


@pytest.mark.parametrize(("name", "says"), _of("imports"))
def test_a_hostile_or_broken_table_is_refused_with_a_reason_or_read_without_running_anything(
    name: str, says: str, tmp_path: Path
) -> None:
    path = MALFORMED / "imports" / name
    if says.startswith("T "):
        read = import_tables([path])
        assert read.reports.is_empty(), "a track is no report"
        assert read.tracks.height >= 1
        assert any(says.removeprefix("T ") in text for text in read.told)
        return
    if not says.startswith("R "):
        with pytest.raises(EvidenceError) as refused:
            import_tables([path])
        assert says in str(refused.value)
        return
    read = import_tables([path], answers={("zone",): "UTC"})
    assert read.questions == []
    assert read.reports.height >= 1
    told = [*read.told, *(doubt.read for doubt in read.doubts), *read.quarantine["reason"].to_list()]
    assert any(says.removeprefix("R ") in text for text in told)
    assert list(tmp_path.iterdir()) == [], "nothing is unpacked"


@pytest.mark.parametrize(("name", "says"), _of("evidence"))
def test_faulty_evidence_is_refused_with_a_reason_or_quarantined_row_by_row(name: str, says: str) -> None:
    path = MALFORMED / "evidence" / name
    if name == "picture.csv":
        with pytest.raises(EvidenceError):
            verify_files(SOUND, [path])
        return
    if says and not says.startswith("Q "):
        with pytest.raises(EvidenceError) as told:
            verify_files(SOUND, [path])
        assert says in str(told.value)
        assert name in str(told.value)
        return
    run = verify_files(SOUND, [path])
    if not says:
        assert run.ingest.quarantined == 0
        assert run.reports == (0 if name == "header_only.csv" else run.reports)
        return
    assert run.ingest.quarantined == 1
    row = run.ingest.quarantine.row(0, named=True)
    assert says.removeprefix("Q ") in row["reason"]
    assert row["file"] == name
    assert row["row"] >= (1 if name.endswith(".json") else 2)
    assert row["hint"]
    assert run.reports + run.ingest.items.height >= 1, "the rest of the file is read"


@pytest.mark.parametrize(("name", "says"), _of("coverage"))
def test_faulty_coverage_is_told_with_its_place(name: str, says: str) -> None:
    agreement = read_agreement(SOUND)
    path = MALFORMED / "coverage" / name
    if not says:
        assert read_coverage([path], agreement.places, agreement.vocabulary, agreement.zone, agreement.id).watches
        return
    with pytest.raises(CoverageError) as told:
        read_coverage([path], agreement.places, agreement.vocabulary, agreement.zone, agreement.id)
    assert says in str(told.value)


def test_a_row_number_is_the_one_an_editor_shows_even_after_ragged_rows(tmp_path: Path) -> None:
    good = (MALFORMED / "evidence" / "sound.csv").read_text().splitlines()
    lines = [good[0], good[1], "too,few", good[1], good[1] + ",more", good[1].replace("missile", "zapping")]
    path = tmp_path / "mixed.csv"
    path.write_text("\n".join(lines) + "\n")
    run = verify_files(SOUND, [path])
    assert sorted(run.ingest.quarantine["row"].to_list()) == [3, 5, 6]


@pytest.mark.parametrize("quoted", [False, True])
def test_a_line_of_a_hundred_megabytes_ends_with_a_clear_message(tmp_path: Path, quoted: bool) -> None:
    path = tmp_path / "long.csv"
    head = (MALFORMED / "evidence" / "sound.csv").read_text().splitlines()
    with path.open("w") as file:
        file.write(head[0] + "\n" + head[1] + "\n" + ('"' if quoted else ""))
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write("\n")
    with pytest.raises(EvidenceError, match="longer than 16 MB"):
        verify_files(SOUND, [path])


def test_a_line_of_a_hundred_megabytes_of_json_too(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("w") as file:
        file.write('{"report_id": "')
        for _ in range(100):
            file.write("x" * 1_000_000)
    with pytest.raises(EvidenceError, match="longer than 16 MB"):
        verify_files(SOUND, [path])


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "nowhere.yaml", "sound.csv"],
        ["verify", ".", "sound.csv"],
        ["verify", "SOUND", "nowhere.csv"],
        ["verify", "SOUND", "."],
        ["verify", "SOUND", "EVIDENCE", "--coverage", "nowhere.yaml"],
        ["verify", "SOUND", "EVIDENCE", "--as-of", "yesterday"],
        ["verify", "SOUND", "EVIDENCE", "--reader", "tea-leaves"],
        ["verify", "SOUND", "EVIDENCE", "--reader", "acled"],
        ["verify", "SOUND", "EVIDENCE", "--out", "EVIDENCE"],
        ["check", "nowhere.yaml"],
        ["say", "."],
    ],
)
def test_every_mistake_at_the_command_line_ends_with_code_2_and_no_traceback(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"SOUND": str(SOUND), "EVIDENCE": str(MALFORMED / "evidence" / "sound.csv")}
    assert main([names.get(a, a) for a in arguments]) == 2
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    assert told.err.strip() or told.out.strip()


def test_control_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    code = (
        "import sys, signal, servanda.app.verify as run, servanda.cli.main as cli\n"
        "def stop(*a, **k): raise KeyboardInterrupt\n"
        "run.verify_files = stop\n"
        f"sys.exit(cli.main(['verify', {str(SOUND)!r}, {str(MALFORMED / 'evidence' / 'sound.csv')!r}, '--out', {str(tmp_path / 'out')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert "interrupted" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "says"), _of("articles"))
def test_a_document_that_is_no_article_is_told_and_odd_ones_are_read(
    name: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = MALFORMED / "articles" / name
    if not says:
        assert read_documents(path)[0].paragraphs
        assert main(["statements", str(path), "--out", str(tmp_path)]) == 0
        return
    with pytest.raises(EvidenceError) as told:
        read_documents(path)
    assert says in str(told.value)
    assert name in str(told.value)
    assert main(["statements", str(path)]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("name", "says"), _of("drafts"))
def test_a_draft_that_cannot_be_read_or_is_two_texts_is_told_and_never_chosen_silently(
    name: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = MALFORMED / "drafts" / name
    if not says:
        assert len(draft_file(path)[1].terms) >= 1
        assert main(["draft", str(path)]) == 0
        return
    with pytest.raises(ServandaError) as told:
        draft_file(path)
    assert says in str(told.value)
    assert name in str(told.value)
    assert main(["draft", str(path)]) == 2
    assert says in capsys.readouterr().err


def test_rows_of_a_patrol_log_bear_the_line_on_which_they_begin(tmp_path: Path) -> None:
    head = "watch_id,who,means,detects,place,from,to,probability,reason"
    row = "w,Mission,camera,shelling,,2025-03-18T18:00,2025-05-01T00:00"
    log = tmp_path / "log.csv"
    log.write_text(
        f'{head}\n\n{row},0.8,"a reason\nover two lines"\n{row.replace("w,", "v,", 1)},much,\n', encoding="utf-8"
    )
    with pytest.raises(ServandaError, match=r"log\.csv:5:1.*row 5: not a number") as told:
        read_coverage([log], {}, STANDARD, ZoneInfo("UTC"))
    assert len(told.value.faults) == 1
