"""Who signs on a record speaks for his own: what a party's entry may be, what of it counts, and that it stops nobody else.

Every attack is tried twice where that can be: by ``record add``, and written by a hostile hand that asked nobody (``forced``).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from servanda.app.record import files_to_record, verify_record
from servanda.cli.main import main
from servanda.errors import RecordError
from servanda.record import Record, load_key, verifier
from servanda.record.files import append_file, make_ready
from servanda.store import RecordStore
from tests.records import QUAY, policy_of

REGISTER = """sources:
  Mission: {side: none, reliability: A}
  Second Mission: {side: none, reliability: A}
  Aldova Command: {speaks_for: A}
  Borska Command: {speaks_for: B}
"""
COLUMNS = "report_id,source,origin,side,kind,reliability,stance,start,lat,lon,precision_km,act,actor,incident_id"


@pytest.fixture
def begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A record of a mission and two parties, with an agreement in which a broken term is seen."""
    for name in ("mission.example", "a.example", "b.example"):
        run(capsys, "record", "key", name, "--out", tmp_path / name.split(".")[0])
    run(capsys, "record", "init", tmp_path / "rec", "--key", tmp_path / "mission",
        "--party", f"A={tmp_path / 'a.pub'}", "--party", f"B={tmp_path / 'b.pub'}")  # fmt: skip
    write(tmp_path / "truce.yaml", QUAY)
    write(tmp_path / "sources.yaml", REGISTER)
    return tmp_path


def write(path: Path, text: str) -> Path:
    """A file with this text."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rows(path: Path, *rows: str) -> Path:
    """A file of reports of one shelling at the quay; each row: id, source, origin, side, kind, stance, actor, incident."""
    lines = []
    for row in rows:
        ident, source, origin, side, kind, stance, actor, incident = row.split()
        cells = [w.replace("_", " ").replace("-", "") for w in (source, origin, side)]
        where = "2025-03-20T12:00Z,48.01,37.01,0.2,shelling"
        lines.append(f"{ident},{cells[0]},{cells[1]},{cells[2]},{kind},,{stance},{where},{actor},{incident}")
    return write(path, "\n".join([COLUMNS, *lines]) + "\n")


def run(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    """What a command prints when it ends with ``code``."""
    got = main([str(w) for w in words])
    out = capsys.readouterr()
    assert got == code, out.out + out.err
    return out.out + out.err


def add(capsys: pytest.CaptureFixture[str], folder: Path, *files: Path, by: str = "mission", code: int = 0) -> str:
    """``record add``, signed by one of the keys."""
    key = ("--key", folder / "mission", "--by", folder / by)
    return run(capsys, "record", "add", folder / "rec", *files, *key, code=code)


def forced(folder: Path, file: Path, by: str, kind: str) -> None:
    """A file in the record that nobody was asked about, as an older or a hostile writer puts it there."""
    record, keeper = Record(folder / "rec"), load_key(folder / "mission")
    (made,) = files_to_record([file], "attachment")
    with record.log.writing(keeper) as new:
        ready = make_ready(made, record.vault, [])
        ready = type(ready)(type(made)(made.name, kind, made.data), ready.kept)
        append_file(new, ready, load_key(folder / by), record.vault, {}, known_at=None, k=5)


def of(folder: Path) -> dict[str, str]:
    """The verdicts by party, and nothing else of them."""
    found = verify_record(RecordStore(Record(folder / "rec"))).verification.verdicts
    return {str(v.party): v.verdict for v in found if v.reading in (None, found[0].reading)}


def notes(folder: Path) -> str:
    """What a reader of the page is told of the record's files."""
    ingest = verify_record(RecordStore(Record(folder / "rec"))).verification.ingest
    return "\n".join([*ingest.notes, *(f"{f.file} {f.reader}" for f in ingest.files)])


def begin_with(capsys: pytest.CaptureFixture[str], begun: Path, *seen: str, register: bool = True) -> None:
    """The mission's own files: agreement, register and what it saw."""
    ground = [begun / "truce.yaml", *([begun / "sources.yaml"] if register else [])]
    add(capsys, begun, *ground, rows(begun / "seen.csv", *seen))


@pytest.mark.parametrize("register", [True, False])
@pytest.mark.parametrize("signer", ["a", "b"])
def test_rows_that_a_party_signs_in_the_missions_name_are_its_own_claim(
    begun: Path, capsys: pytest.CaptureFixture[str], signer: str, register: bool
) -> None:
    begin_with(capsys, begun, "R0 Mission - none observation asserts unknown I0", register=register)
    before = of(begun)
    add(capsys, begun, rows(
        begun / "theirs.csv",
        "X1 Mission - none observation asserts B I9", "X2 Second_Mission - none observation asserts B I9",
        "X3 Third_Body Mission none observation asserts A I8", "X4 Second_Mission - none observation asserts A I8",
    ), by=signer)  # fmt: skip
    assert of(begun) == before
    assert "that name others (kept as its own claim of what those said)" in notes(begun)
    members = verify_record(RecordStore(Record(begun / "rec"))).verification.members
    theirs = members.filter(pl.col("report_id").str.starts_with("X"))
    assert set(theirs["origin"]) == {{"a": "Aldova", "b": "Borska"}[signer]}, "its claim, and no word of the mission"
    assert set(theirs["side"]) == {signer.upper()}
    (shown,) = set(theirs["origin"])
    assert set(theirs["why"]) == {f"signed by {shown} in the name of {name}" for name in ("Mission", "Second Mission")}


@pytest.mark.parametrize("register", [True, False])
def test_a_party_neither_takes_back_nor_denies_what_the_mission_saw_in_the_missions_name(
    begun: Path, capsys: pytest.CaptureFixture[str], register: bool
) -> None:
    seen = ("R1 Mission - none observation asserts B I1", "R2 Second_Mission - none observation asserts B I1")
    begin_with(capsys, begun, *seen, register=register)
    assert of(begun)["B"] == "breached"
    for stance in ("retracts", "denies"):
        theirs = rows(begun / f"{stance}.csv", f"X1 Mission - none observation {stance} B I1",
                      f"X2 Second_Mission - none observation {stance} B I1", f"X3 Mission Mission B claim {stance} B I1")  # fmt: skip
        add(capsys, begun, theirs, by="b")
        assert of(begun)["B"] == "breached", stance


def test_no_admission_of_another_is_made_by_signing_it(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(capsys, begun, "R0 Mission - none observation asserts unknown I0")
    add(
        capsys,
        begun,
        rows(begun / "x.csv", "X1 Borska_Command - B claim asserts B I5", "X2 Borska - B claim asserts B I5"),
        by="a",
    )
    assert of(begun)["B"] != "breached"
    add(capsys, begun, rows(begun / "y.csv", "Y1 Aldova_Command Aldova_Command A claim asserts A I6"), by="a")
    assert of(begun)["A"] == "breached", "what it admits itself, it admits"
    add(capsys, begun, rows(begun / "z.csv", "Z1 Village_Paper - - claim asserts B I7"), by="b")
    assert of(begun)["B"] != "breached", "quoting what others say of it admits nothing"


@pytest.mark.parametrize("kind", ["agreement", "register", "coverage"])
def test_agreement_register_and_coverage_come_from_whom_the_record_names(
    begun: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    begin_with(
        capsys, begun, "R1 Mission - none observation asserts B I1", "R2 Second_Mission - none observation asserts B I1"
    )
    before, forged = of(begun), {
        "agreement": write(begun / "from b" / "truce.yaml", QUAY.replace("20 km", "1 m")),
        "register": write(begun / "from b" / "sources.yaml", REGISTER.replace("none", "A")),
        "coverage": write(begun / "from b" / "cover.yaml", "coverage: quay\nwatches:\n  - {id: cam, source: Borska Command, over: quay, from: 2025-03-18, to: 2025-03-28, detects: {shelling: 0.99}}\n"),
    }[kind]  # fmt: skip
    told = add(capsys, begun, forged, by="b", code=2)
    assert "REC046" in told
    assert f"b.example gives no {kind} here" in told
    assert f"--gives {kind}=b.example" in told
    forced(begun, forged, "b", kind)
    assert of(begun) == before
    assert f"file of the record left out, {kind}" in notes(begun)
    assert f"NOT COUNTED: {kind}" in run(capsys, "verify", "--record", begun / "rec")
    assert "NOT COUNTED" in run(capsys, "record", "log", begun / "rec")


def test_what_is_no_evidence_is_none_whatever_its_entry_says(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(
        capsys, begun, "R1 Mission - none observation asserts B I1", "R2 Second_Mission - none observation asserts B I1"
    )
    before = of(begun)
    other = write(begun / "from b" / "reports.yaml", "sources:\n  Third Mission: {side: none, reliability: A}\n")
    for by, kind in (("b", "evidence"), ("b", "decisions"), ("mission", "evidence"), ("mission", "decisions")):
        forced(begun, other, by, kind)
        assert of(begun) == before
        run_ = verify_record(RecordStore(Record(begun / "rec")))
        assert "Third Mission" not in str(run_.verification.ingest.notes)
    assert notes(begun).count("it is none") == 3


def test_a_party_neither_replies_nor_decides_in_anothers_name(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(
        capsys, begun, "R1 Mission - none observation asserts B I1", "R2 Second_Mission - none observation asserts B I1"
    )
    until = "2025-04-01T12:00"
    steps = [
        "{incident: I1, step: triaged, outcome: in_scope, by: Mission, at: 2025-03-21T09:00, why: inside}",
        "{incident: I1, step: assessed, by: Mission, at: 2025-03-21T12:00, why: seen}",
        f"{{incident: I1, step: right_of_reply, of: B, until: {until}, by: Mission, at: 2025-03-21T12:00, why: rule}}",
        "{incident: I1, step: determined, outcome: confirmed, by: Mission, at: 2025-03-22T12:00, why: seen}",
    ]
    mine = write(begun / "d.yaml", "decisions:\n" + "".join(f"  - {s}\n" for s in steps))
    add(capsys, begun, mine)

    def remarks() -> str:
        (life,) = verify_record(RecordStore(Record(begun / "rec"))).verification.decided.lives
        return f"{life.remarks} {life.determination}"

    assert "still ran" in remarks()
    reply = "{incident: I1, step: replied, by: NAME, at: 2025-03-21T18:00, why: we were not there}"
    add(
        capsys,
        begun,
        write(begun / "from a" / "r.yaml", f"decisions:\n  - {reply.replace('NAME', 'Borska')}\n"),
        by="a",
    )
    assert "still ran" in remarks(), "one party does not use the other's right"
    assert "reply of Aldova, in the name of Borska" in remarks()
    add(
        capsys,
        begun,
        write(begun / "from b" / "r.yaml", f"decisions:\n  - {reply.replace('NAME', 'Borska')}\n"),
        by="b",
    )
    assert "still ran" not in remarks()
    told = run(capsys, "record", "log", begun / "rec")
    assert "counted as the position and reply of b.example" in told
    checked = run(capsys, "record", "verify", begun / "rec", "--unsettled")
    assert "decisions by b.example (counted as its position and reply): entry" in checked
    assert "NOT COUNTED" not in told + checked + run(capsys, "verify", "--record", begun / "rec")
    same = begun / "from b" / "d.yaml"
    shutil.copy(mine, same)
    add(capsys, begun, same, by="b")
    assert "confirmed" in remarks(), "a copy that a party signs takes nothing away from what the mission decided"
    add(
        capsys,
        begun,
        write(
            begun / "from b" / "e.yaml",
            "decisions:\n  - {incident: I1, step: assessed, by: Mission, at: 2025-03-21, why: x}\n",
        ),
        by="b",
    )
    assert "position of Borska, in the name of Mission" in remarks()


def test_a_copy_of_the_missions_file_that_a_party_signs_changes_nothing(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin_with(
        capsys, begun, "R1 Mission - none observation asserts B I1", "R2 Second_Mission - none observation asserts B I1"
    )
    assert of(begun)["B"] == "breached"
    for by in ("a", "b"):
        (begun / f"from {by}").mkdir()
        for name in ("seen.csv", "0.csv"):
            shutil.copy(begun / "seen.csv", begun / f"from {by}" / name)
            add(capsys, begun, begun / f"from {by}" / name, by=by)
            assert of(begun)["B"] == "breached"
    assert len(verify_record(RecordStore(Record(begun / "rec"))).inputs.entries) == 6


def to_the_public(begun: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said when a package is made for the public."""
    words = (
        "record",
        "disclose",
        begun / "rec",
        "--tier",
        "public",
        "--out",
        begun / "out",
        "--key",
        begun / "mission",
    )
    return run(capsys, *words)


def test_no_file_of_a_party_stops_the_verdicts_on_anybody(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(
        capsys, begun, "R1 Mission - none observation asserts B I1", "R2 Second_Mission - none observation asserts B I1"
    )
    before = of(begun)
    for n, (name, text, kind) in enumerate((
        ("no.csv", "what,is\nthis,x\n", "evidence"), ("empty.csv", "", "evidence"), ("bad.parquet", "PAR1", "evidence"),
        ("open.csv", COLUMNS + '\n"X1,Mission\n', "evidence"), ("d.yaml", "decisions: 7\n", "decisions"),
        ("d2.yaml", "decisions:\n  - {incident: I1, step: gossip}\n", "decisions"), ("d3.yaml", ": [\n", "decisions"),
        ("alike.csv", "\n".join([COLUMNS, *(f"{n},{n},,B,claim,,asserts,2025-03-20T12:00Z,,,,shelling,A,I3" for n in ("Kl", "K1")), ""]), "evidence"),
    )):  # fmt: skip
        forced(begun, write(begun / f"bad{n}" / name, text), "b", kind)
        assert of(begun) == before, name
        assert name in notes(begun)
    assert "recorded in entry" in to_the_public(begun, capsys)


def test_verdicts_are_published_by_whom_the_record_names(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(capsys, begun, "R1 Mission - none observation asserts B I1")
    words = ("verify", "--record", begun / "rec", "--publish", "--key", begun / "mission", "--signed-by", begun / "b")
    assert "b.example gives no run here" in run(capsys, *words, code=2)
    forced(begun, write(begun / "run.json", "{}"), "b", "run")
    assert "Nothing has been published" in run(capsys, "verify", "--record", begun / "rec")
    assert "0 published runs" in run(capsys, "record", "replay", begun / "rec")


def test_the_keeper_may_name_others_from_then_on(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(capsys, begun, "R1 Mission - none observation asserts B I1", register=False)
    forced(begun, begun / "sources.yaml", "a", "register")
    key = ("--key", begun / "mission")
    run(capsys, "record", "key", "board.example", "--out", begun / "board")
    told = run(
        capsys,
        "record",
        "add",
        begun / "rec",
        *key,
        "--admit",
        begun / "board.pub",
        "--gives",
        "register=board.example,A",
    )
    assert "register by board.example or a.example" in told
    assert "left out, register" in notes(begun), "what was not the signer's to give does not become it"
    assert "was there already" not in add(capsys, begun, begun / "sources.yaml", by="board")
    assert "REC046" in add(capsys, begun, begun / "sources.yaml", by="mission", code=2), "named are those who are named"
    assert "REC046" in add(capsys, begun, begun / "truce.yaml", by="board", code=2), "for what they are named"
    for wrong in ("register", "gossip=A", "register=Nobody"):
        assert "REC045" in run(capsys, "record", "add", begun / "rec", *key, "--gives", wrong, code=2)
    with pytest.raises(RecordError, match="not the log's own"):
        Record(begun / "rec").name_givers(load_key(begun / "b"), {"register": ["b.example"]})


def test_a_beginning_names_who_gives_what(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec = begun / "other"
    run(capsys, "record", "key", "guarantor.example", "--out", begun / "g")
    run(capsys, "record", "init", rec, "--key", begun / "mission", "--party", f"A={begun / 'a.pub'}",
        "--witness", f"G={begun / 'g.pub'}", "--gives", "agreement=A,mission.example", "--gives", "coverage=G")  # fmt: skip
    assert Record(rec).gives() == {"agreement": ["a.example", "mission.example"], "coverage": ["guarantor.example"]}
    for by, code in (("a", 0), ("g", 2)):
        run(
            capsys,
            "record",
            "add",
            rec,
            begun / "truce.yaml",
            "--key",
            begun / "mission",
            "--by",
            begun / by,
            code=code,
        )


def test_both_checkers_say_whose_entries_gave_what(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_with(capsys, begun, "R1 Mission - none observation asserts B I1")
    forced(begun, begun / "sources.yaml", "b", "register")
    ours = run(capsys, "record", "verify", begun / "rec", "--unsettled")
    script = [
        sys.executable,
        verifier.__file__,
        "record",
        str(begun / "rec"),
        "--policy",
        str(begun / "rec" / "policy"),
    ]
    theirs = subprocess.run([*script, "--unsettled"], capture_output=True, text=True, check=True).stdout
    for line in (
        " 7 statements: agreement by mission.example: entry 1", " 7 statements: register by mission.example: entry 2",
        " 7 statements: register by b.example (NOT COUNTED: not named for that): entry 5",
    ):  # fmt: skip
        assert line in ours.splitlines()
        assert line in theirs.splitlines()
    said: list[str] = []
    to_the_public(begun, capsys)
    raw = (begun / "out" / "public.json").read_bytes()
    policy = policy_of(Record(begun / "rec"))
    verifier.check_package(raw, verifier.Asked(policy, lambda _, what: said.append(what), quorum=False))
    assert "register by b.example (NOT COUNTED: not named for that): entry 5" in said
    logged = json.loads(run(capsys, "record", "log", begun / "rec", "--json"))["entries"]
    assert [e["counts"] for e in logged if e["kind"] == "register"] == [True, False]


def test_of_files_given_at_once_decisions_are_recorded_after_what_they_speak_of(tmp_path: Path) -> None:
    text = "decisions:\n  - {incident: I1, step: assessed, by: Chair, at: 2025-03-21, why: x}\n"
    reports = rows(tmp_path / "r.csv", "R1 Post Post none observation asserts B I1")
    given = [write(tmp_path / "d.yaml", text), reports]
    assert [file.name for file in files_to_record(given)] == ["r.csv", "d.yaml"]
