"""The record's commands when something is in the way: what they say was written was written, and nothing else was."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.cli.main import main
from servanda.errors import RecordError
from servanda.record import Record
from servanda.record.anchors import anchor_of
from tests.records import QUAY, small

PLUGIN = """
from datetime import datetime
class Good:
    name = "good"
    def request(self, text): return b"request"
    def check(self, token, text, roots): raise RuntimeError("no such luck")
class Odd:
    name = "odd"
    def request(self, text): return "text"
    def check(self, token, text, roots): return datetime(2025, 4, 1)
class Exits:
    name = "exits"
    def request(self, text): raise SystemExit(0)
    def check(self, token, text, roots): return None
class Poor:
    name = "poor"
def broken():
    raise RuntimeError("half installed")
"""


def errors(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """What a command that fails says on standard error."""
    assert main(["record", *map(str, words)]) == 2
    return capsys.readouterr().err


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with plug-ins, of which one is sound, two fail when asked, and three cannot be loaded."""
    (tmp_path / "stamps.py").write_text(PLUGIN)
    info = tmp_path / "stamps-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stamps\nVersion: 1.0\n")
    points = ["good = stamps:Good", "poor = stamps:Poor", "broken = stamps:broken", "gone = nowhere:Gone"]
    points += ["odd = stamps:Odd", "exits = stamps:Exits"]
    (info / "entry_points.txt").write_text("\n".join(["[servanda.anchors]", *points, ""]))
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("plugins")
def test_a_broken_anchor_of_another_package_is_named_and_the_others_work() -> None:
    assert anchor_of("good").request(b"text") == b"request"
    assert anchor_of("rfc3161").name == "rfc3161"
    with pytest.raises(RecordError) as raised:
        anchor_of("poor")
    (fault,) = raised.value.faults
    assert "there are: rfc3161, exits, good, odd" in fault.hint
    for part in (
        "poor (stamps, 1.0)",
        "it needs name, request and check",
        "half installed",
        "No module named 'nowhere'",
    ):
        assert part in fault.hint
    with pytest.raises(RecordError, match="the anchor 'good' of another package failed: RuntimeError: no such luck"):
        anchor_of("good").check(b"", b"", [])
    for name, request, check in (
        ("odd", "TypeError: gives a str where a bytes is needed", "TypeError: gives an instant without a zone"),
        ("exits", "SystemExit: 0", "TypeError: gives a NoneType where a datetime is needed"),
    ):
        with pytest.raises(RecordError, match=f"REC035: the anchor '{name}' of another package failed: {request}"):
            anchor_of(name).request(b"text")
        with pytest.raises(RecordError, match=f"failed: {check}"):
            anchor_of(name).check(b"", b"", [])


def test_half_a_pair_of_keys_is_not_left_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "k.pub").mkdir()
    assert "OUT002" in errors(capsys, "key", "a.example", "--out", tmp_path / "k")
    assert not (tmp_path / "k").exists()


def test_nobody_is_admitted_where_the_files_beside_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, _, _ = small(tmp_path)
    assert main(["record", "key", "new.example", "--out", str(tmp_path / "new")]) == 0
    before = record.log.head.size
    (tmp_path / "x.csv").write_text("nobody,knows\n1,2\n")
    words = ("add", record.folder, tmp_path / "x.csv", "--key", tmp_path / "log.key", "--admit", tmp_path / "new.pub")
    assert "REC032" in errors(capsys, *words)
    assert Record(record.folder).log.head.size == before


def test_what_cannot_be_remembered_is_not_cosigned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, _, _ = small(tmp_path)
    (tmp_path / "file").write_text("in the way")
    told = errors(capsys, "cosign", record.folder, "--key", tmp_path / "A.key", "--seen", tmp_path / "file" / "a.seen")
    assert "nothing was cosigned" in told
    assert "a.example" not in {name for name, _, _ in Record(record.folder).log.head.lines}


def test_packages_are_written_all_or_none_and_not_recorded_where_they_were_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, _, _ = small(tmp_path)
    before = record.log.head.size
    (tmp_path / "out").write_text("in the way")
    words = ("disclose", record.folder, "--tier", "mechanism", "--out", tmp_path / "out", "--key", tmp_path / "log.key")
    assert "servanda: 1 fault" in errors(capsys, *words)
    assert Record(record.folder).log.head.size == before
    no_key = ("disclose", record.folder, "--tier", "mechanism", "--out", tmp_path / "new", "--key", tmp_path / "none")
    assert "REC002" in errors(capsys, *no_key)
    assert not (tmp_path / "new").exists()


def test_a_record_that_cannot_have_its_vault_is_not_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "key", "log.example", "--out", str(tmp_path / "k")]) == 0
    (tmp_path / "in-the-way").write_text("")
    words = ("init", tmp_path / "rec", "--key", tmp_path / "k")
    assert "REC003" in errors(capsys, *words, "--vault", tmp_path / "in-the-way" / "vault")
    assert not (tmp_path / "rec").exists()
    (tmp_path / "rec").mkdir()
    assert "REC003" in errors(capsys, *words, "--vault", tmp_path / "in-the-way" / "vault")
    assert list((tmp_path / "rec").iterdir()) == []
    assert main(["record", *map(str, words)]) == 0


def test_packages_are_made_with_the_keepers_key_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("keeper.example", "other.example"):
        assert main(["record", "key", name, "--out", str(tmp_path / name.split(".")[0])]) == 0
    rec, keeper, other = (str(tmp_path / name) for name in ("rec", "keeper", "other"))
    assert main(["record", "init", rec, "--key", keeper]) == 0
    told = errors(capsys, "disclose", rec, "--tier", "public", "--out", tmp_path / "out", "--key", other)
    assert "REC013: the key of other.example is not the log's own" in told
    assert not (tmp_path / "out").exists()


def test_what_is_there_and_no_plain_file_is_called_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "key", "keeper.example", "--out", str(tmp_path / "keeper")]) == 0
    assert main(["record", "init", str(tmp_path / "rec"), "--key", str(tmp_path / "keeper")]) == 0
    told = errors(capsys, "add", tmp_path / "rec", tmp_path, "--key", tmp_path / "keeper")
    assert "is a folder, a pipe or a device, not a plain file" in told


def test_coverage_and_registers_that_would_stop_every_verdict_are_not_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, rec = tmp_path / "keeper", tmp_path / "rec"
    assert main(["record", "key", "keeper.example", "--out", str(key)]) == 0
    assert main(["record", "init", str(rec), "--key", str(key)]) == 0
    (tmp_path / "a.yaml").write_text(QUAY)
    (tmp_path / "bad.yaml").write_text("sources:\n  - {name: Post, side: none}\n")
    (tmp_path / "watches.yaml").write_text("coverage: another-truce\nwatches: []\n")
    for name in ("bad.yaml", "watches.yaml"):  # beside an agreement that comes with them, and beside one that is there
        errors(capsys, "add", rec, tmp_path / "a.yaml", tmp_path / name, "--key", key)
    assert main(["record", "add", str(rec), str(tmp_path / "a.yaml"), "--key", str(key)]) == 0
    size = Record(rec).log.head.size
    for name in ("bad.yaml", "watches.yaml"):
        assert name in errors(capsys, "add", rec, tmp_path / name, "--key", key)
    assert Record(rec).log.head.size == size
    (tmp_path / "good.yaml").write_text("sources:\n  Post: {side: none}\n")
    assert main(["record", "add", str(rec), str(tmp_path / "good.yaml"), "--key", str(key)]) == 0


def test_rows_that_cannot_be_read_as_reports_are_told_when_they_are_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small(tmp_path)
    agreement, table = tmp_path / "two.yaml", tmp_path / "log.csv"
    agreement.write_text(QUAY)
    table.write_text(
        "report_id,source,act,start\nR1,Post,shelling,2025-03-19T06:10Z\nR2,Post,shelling,at dawn\nR3,Post, 120 mm,,shelling,2025-03-19\n"
    )
    begin = ["record", "init", str(tmp_path / "own"), "--key", str(tmp_path / "log.key"), "--quorum", "none"]
    assert main(begin) == 0
    for words in ([agreement, table], [tmp_path / "same.csv"]):  # with the agreement, and after it
        (tmp_path / "same.csv").write_bytes(table.read_bytes())
        capsys.readouterr()
        assert main(["record", "add", str(tmp_path / "own"), *map(str, words), "--key", str(tmp_path / "log.key")]) == 0
        assert "2 rows could not be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "told"), [(("A", "N"), "the record has no key of B, and has keys of A, N"), (("A", "B"), "")]
)
def test_a_party_without_a_key_in_the_record_is_told_when_the_agreement_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, str], told: str
) -> None:
    small(tmp_path)
    (tmp_path / "two.yaml").write_text(QUAY)
    begin = ["record", "init", str(tmp_path / "own"), "--key", str(tmp_path / "log.key")]
    for name in names:
        assert main(["record", "key", f"{name.lower()}.example", "--out", str(tmp_path / name)]) == 0
        begin += ["--party", f"{name}={tmp_path / name}.pub"]
    assert main(begin) == 0
    capsys.readouterr()
    add = ["record", "add", str(tmp_path / "own"), str(tmp_path / "two.yaml"), "--key", str(tmp_path / "log.key")]
    assert main(add) == 0
    said = capsys.readouterr().err
    assert (told in said, "no key of" in said) == (True, bool(told))
