"""Of a record that was forked, what only the other tree holds is carried over into the one that goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from servanda.cli.main import main
from servanda.record import File, Record, load_key
from tests.records import QUAY

HEADER = "report_id,source,origin,side,kind,start,lat,lon,precision_km,act,actor,incident_id\n"


def table(path: Path, *rows: tuple[str, str]) -> str:
    line = "{0},{1},{1},none,observation,2025-03-19T06:10+02:00,48.0,37.0,1,shelling,B,I-1\n"
    path.write_text(HEADER + "".join(line.format(*row) for row in rows), "utf-8")
    return str(path)


def run(*words: object) -> None:
    assert main(["record", *map(str, words)]) == 0, words


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    """``rec`` and ``other`` go on from one beginning; both protect Petro Ivanenko after it, each by himself."""
    for name in ("mission", "a", "b"):
        run("key", f"{name}.example", "--out", tmp_path / name)
    rec, other, key = tmp_path / "rec", tmp_path / "other", ("--key", tmp_path / "mission")
    run(
        "init",
        rec,
        *key,
        "--party",
        f"A={tmp_path / 'a.pub'}",
        "--party",
        f"B={tmp_path / 'b.pub'}",
        "--quorum",
        "none",
    )
    (tmp_path / "quay.yaml").write_text(QUAY)
    run(
        "add",
        rec,
        tmp_path / "quay.yaml",
        table(tmp_path / "r1.csv", ("R1", "Olena Koval")),
        *key,
        "--protect",
        "Olena Koval",
    )
    for folder in ("rec", "rec.vault"):
        shutil.copytree(tmp_path / folder, tmp_path / folder.replace("rec", "other"))
    (tmp_path / "s.yaml").write_text("sources: {Mission: {side: none, reliability: A}}\n")
    run(
        "add",
        rec,
        table(tmp_path / "r2.csv", ("R2", "Petro Ivanenko")),
        tmp_path / "s.yaml",
        *key,
        "--protect",
        "Petro Ivanenko",
    )
    (tmp_path / "s.yaml").write_text("sources: {Mission: {side: none, reliability: B}}\n")
    rows = (("R3", "Petro Ivanenko"), ("R4", "Olena Koval"), ("R5", "Anna Lysenko"))
    added = (table(tmp_path / "r3.csv", *rows), tmp_path / "s.yaml", *key, "--known-at", "2025-03-20T12:00Z")
    run("add", other, *added, "--protect", "Petro Ivanenko", "--protect", "Anna Lysenko")
    run("add", other, table(tmp_path / "own.csv", ("R6", "Aldova")), *key, "--by", tmp_path / "a")
    signer, held = load_key(tmp_path / "mission"), Record(other)
    words = File("desk/list.yaml", "attachment", b"own: words\n", own=True)
    held.add(
        [
            words,
            File(
                "r7.csv",
                "evidence",
                Path(table(tmp_path / "r7.csv", ("R7", "Mission"))).read_bytes(),
                needs=("desk/list.yaml",),
            ),
        ],
        signer,
        note="written",
    )
    run(
        "shred",
        other,
        next(p for p, name in held.vault.identities().items() if name == "Olena Koval"),
        "--why",
        "asked for it",
        *key,
    )
    return tmp_path


def test_what_only_the_other_tree_holds_is_recorded_anew_as_of_when_it_was_known(
    fork: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, other, words = fork / "rec", fork / "other", [str(fork / "rec"), str(fork / "other")]
    before = Record(rec).log.head.size
    assert main(["record", "carry", *words]) == 0
    told = capsys.readouterr().out
    assert Record(rec).log.head.size == before
    assert main(["record", "carry", *words, "--key", str(fork / "mission")]) == 0
    run("verify", rec)
    capsys.readouterr()
    record = Record(rec)
    entries = {e.name: e for e in record.statements(before)}
    assert list(entries)[:3] == ["r3.csv", "desk/list.yaml", "r7.csv"]
    assert (entries["r3.csv"].says["known_at"], entries["r7.csv"].says["note"]) == ("2025-03-20T12:00:00Z", "written")
    assert (entries["desk/list.yaml"].says["own"], entries["r3.csv"].says["protected"]) == (True, {"k": 5})
    assert entries["r7.csv"].says["attachments"] == {"desk/list.yaml": entries["desk/list.yaml"].digest}
    who = {name: pseudonym for pseudonym, name in record.vault.identities().items()}
    assert len(who) == len(record.vault.identities()) == 3  # one person has one pseudonym in both
    rows = record.object(entries["r3.csv"].digest).decode()
    assert all(rows.count(who[name]) == 2 for name in ("Petro Ivanenko", "Olena Koval", "Anna Lysenko"))
    for name, why in (
        ("own.csv", "a.example signed it"),
        ("s.yaml", "another of that name"),
        (who["Olena Koval"], "shred it"),
    ):
        assert [line for line in told.splitlines() if name in line and why in line], (name, told)
    carried = next(e for name, e in entries.items() if name.startswith("carried/"))
    assert Record(other).log.tree.root().hex() in record.object(carried.digest).decode()


def test_carrying_over_twice_is_carrying_over_once(fork: Path) -> None:
    words = ("carry", fork / "rec", fork / "other", "--key", fork / "mission")
    run(*words)
    size = Record(fork / "rec").log.head.size
    run(*words)
    assert Record(fork / "rec").log.head.size == size


def test_a_copy_that_is_no_fork_is_not_carried_over(fork: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("init", fork / "third", "--key", fork / "mission", "--quorum", "none")
    shutil.copytree(fork / "rec", fork / "longer")
    shutil.copytree(fork / "rec.vault", fork / "longer.vault")
    run("add", fork / "longer", table(fork / "r9.csv", ("R9", "Mission")), "--key", fork / "mission")
    for one, other, why in (
        ("rec", "third", ""),
        ("rec", "longer", "continues this one"),
        ("longer", "rec", "nothing that is lacking"),
    ):
        assert main(["record", "carry", str(fork / one), str(fork / other), "--key", str(fork / "mission")]) == 2
        assert why in capsys.readouterr().err
