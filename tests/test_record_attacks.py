"""What was tried against the record a second time: rebuilt records, broken beginnings, clocks, odd files, names that lead elsewhere."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servanda.app.record import files_to_record
from servanda.cli.main import main
from servanda.errors import RecordError, ServandaError
from servanda.record import File, Record, Signer, make_key, package, vkey
from servanda.record import begin as begin_module
from servanda.record import disk as disk_module
from servanda.record import log as log_module
from servanda.record import verifier as v
from servanda.record.entry import signed
from servanda.record.log import Log, quiet
from servanda.record.witness import Memory, cosign
from servanda.store import RecordStore
from tests.records import ROWS, TIERS, broken_at, copy, file_of, policy_of, small
from tests.test_record_breaks import AGREEMENT, begun, reports, says, zone
from tests.test_record_faults import Disk, PowerCutError, rewritten

ROOT = Path(__file__).resolve().parent.parent


# --- what a witness remembers ---


def rebuilt(folder: Path, log: Signer, parties: dict[str, Signer]) -> Record:
    """Another record of the same name, begun anew by the same keeper with the same parties."""
    record = Record.begin(folder, log, {p: key.public() for p, key in parties.items()}, {}, quorum="none", tiers=TIERS)
    record.add([File("else.txt", "attachment", b"another history")], log)
    return record


def witnessed(record: Record, folder: Path, **more: object) -> int:
    from servanda.record import load_key

    key = folder / "A.key"
    return cosign(record, key, load_key(key), policy_of(record), **more)


def test_a_witness_notices_a_record_that_was_rebuilt_from_its_first_entry(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    assert witnessed(record, tmp_path) == 6
    other = rebuilt(tmp_path / "other", log, parties)
    for seen in (None, tmp_path / "a.seen"):
        with pytest.raises(RecordError) as told:
            witnessed(other, tmp_path, seen=seen)
        assert told.value.step == 10 or "REC039" in str(told.value)
    assert "a.example" not in {name for name, _, _ in Log(other.folder).head.lines}
    assert witnessed(other, tmp_path, first=True) == 2, "who knows why can begin to remember anew"


def test_a_rollback_signed_anew_under_the_same_name_is_noticed_by_who_cosigned(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    early = copy(record, tmp_path / "early")
    record.add([File("x.txt", "attachment", b"x")], log)
    witnessed(record, tmp_path)
    back = Record(early, record.vault_folder)
    back.add([File("y.txt", "attachment", b"y"), File("z.txt", "attachment", b"z")], log)
    assert broken_at(early, policy_of(record)) == 0, "by itself it looks well"
    with pytest.raises(RecordError) as told:
        witnessed(back, tmp_path)
    assert told.value.step == 10


def test_a_log_of_the_same_name_under_another_key_is_not_cosigned_by_the_kept_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, _, parties = small(tmp_path)
    assert main(["record", "cosign", str(record.folder), "--key", str(tmp_path / "A.key")]) == 0
    other = rebuilt(tmp_path / "other", Signer(record.log.head.origin, b"9" * 32), parties)
    assert main(["record", "cosign", str(other.folder), "--key", str(tmp_path / "A.key")]) == 2
    assert "step 3" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"mission.example/log\n"])
def test_an_empty_or_damaged_memory_switches_nothing_off(content: bytes, tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    witnessed(record, tmp_path, seen=tmp_path / "a.seen")
    for path in (tmp_path / "a.seen", Memory(tmp_path / "A.key", record).seen):
        kept = path.read_bytes()
        path.write_bytes(content)
        with pytest.raises(RecordError, match="REC039"):
            witnessed(record, tmp_path, seen=tmp_path / "a.seen")
        path.write_bytes(kept)
    with pytest.raises(RecordError, match="REC039"):
        witnessed(record, tmp_path, seen=tmp_path / "misspelt.seen")
    (tmp_path / "a.seen").unlink()
    Memory(tmp_path / "A.key", record).seen.unlink()
    with pytest.raises(RecordError, match=r"what a\.example cosigned last is not here"):
        witnessed(record, tmp_path)
    record.add([File("x.txt", "attachment", b"x")], log)
    with pytest.raises(RecordError, match=r"what a\.example cosigned last is not here"):
        witnessed(record, tmp_path)  # the record itself shows that there was one
    assert witnessed(rebuilt(tmp_path / "new", make_key(tmp_path / "n", "new.example"), parties), tmp_path) == 2


def test_what_a_witness_remembers_is_written_whole_before_it_cosigns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _, _ = small(tmp_path)
    memory = Memory(tmp_path / "A.key", record)
    order: list[str] = []
    real_replace, real_cosign = disk_module.replace, Log.cosign

    def replace(path: Path, data: bytes, mode: int = 0o644) -> None:
        order.append(path.name)
        real_replace(path, data, mode)

    monkeypatch.setattr(disk_module, "replace", replace)
    monkeypatch.setattr(Log, "cosign", lambda self, *args: (order.append("cosigned"), real_cosign(self, *args)))
    witnessed(record, tmp_path, seen=tmp_path / "a.seen")
    assert order == ["a.seen", memory.seen.name, "cosigned", "checkpoint"]
    fault = OSError(errno.ENOSPC, "No space left on device")
    note = Log(record.folder).note
    with pytest.MonkeyPatch.context() as patch:
        Disk(patch, 100, fault)
        with pytest.raises(RecordError, match="nothing was cosigned"):
            witnessed(record, tmp_path)
    assert Log(record.folder).note == note
    assert v.Checkpoint.parse(memory.seen.read_bytes()).size == 6


def test_a_memory_of_servanda_0_2_goes_on_to_count(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    old = Path(f"{tmp_path / 'A.key'}.{hashlib.sha256(record.log.entry(0)).hexdigest()[:8]}.seen")
    old.write_bytes(record.log.note)
    witnessed(record, tmp_path)
    early = copy(record, tmp_path / "early")
    record.add([File("x.txt", "attachment", b"x")], log)
    witnessed(record, tmp_path)
    with pytest.raises(RecordError):
        witnessed(Record(early, record.vault_folder), tmp_path)


# --- beginnings ---


def operations(folder: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool = False) -> int:
    (folder / "count").mkdir()
    if there:
        (folder / "count" / "rec").mkdir()
    with monkeypatch.context() as patch:
        disk = Disk(patch, 10**9, PowerCutError())
        start(folder / "count")
    return disk.used


def start(folder: Path) -> Record:
    folder.mkdir(exist_ok=True)
    return Record.begin(folder / "rec", Signer("log.example", b"1" * 32), {}, {}, quorum="none", tiers=TIERS)


def killed(folder: Path, left: int) -> None:
    """Begin a record in a process that ends without a word after so many bytes and operations."""
    child = os.fork()
    if child == 0:

        class Gone(BaseException):
            pass

        patch = pytest.MonkeyPatch()
        Disk(patch, left, Gone())
        patch.setattr(begin_module.shutil, "rmtree", lambda *_, **__: os._exit(9))  # nothing is cleared: it is dead
        try:
            start(folder)
        except BaseException:  # noqa: BLE001
            os._exit(9)
        os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("there", [False, True], ids=["new folder", "empty folder"])
def test_a_beginning_that_breaks_off_anywhere_leaves_a_record_or_none_and_can_be_made_again(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = operations(tmp_path, monkeypatch, there=there)
    assert used > 500
    whole = 0
    points = sorted({*range(0, used, 131), *range(used - 12, used + 2)})
    for left in points:
        folder = tmp_path / f"at-{left}"
        folder.mkdir()
        if there:
            (folder / "rec").mkdir()
        killed(folder, left)
        if (folder / "rec" / "checkpoint").exists():
            whole += 1
            record = Record(folder / "rec")
        else:
            with pytest.raises(RecordError, match="not a record"):
                Record(folder / "rec")
            record = start(folder)
        record.add([File("x.txt", "attachment", b"x")], Signer("log.example", b"1" * 32))
        assert broken_at(folder / "rec", policy_of(record)) == 0, left
        assert [p.name for p in folder.iterdir() if p.name not in ("rec", "rec.vault", ".rec.beginning")] == [], left
        shutil.rmtree(folder)
    assert 0 < whole < len(points)


def test_a_full_disk_leaves_nothing_of_a_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = operations(tmp_path, monkeypatch)
    for left in range(0, used, 197):
        folder = tmp_path / f"at-{left}"
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            Disk(patch, left, OSError(errno.ENOSPC, "No space left on device"))
            with pytest.raises(RecordError, match="REC003"):
                start(folder)
        assert list(folder.iterdir()) == [], left


def test_nothing_is_added_to_a_record_without_its_origin(tmp_path: Path) -> None:
    """As Servanda 0.2 left it where a beginning broke off."""
    record, log, _ = small(tmp_path)
    text = f"{log.name}\n0\n{base64.b64encode(hashlib.sha256(b'').digest()).decode()}\n".encode()
    shutil.rmtree(record.folder / "tile")
    (record.folder / "checkpoint").write_bytes(text + b"\n" + log.note_line(text))
    for call in (
        lambda r: r.add([File("x.txt", "attachment", b"x")], log),
        lambda r: r.state(log, "shredded", {"x": "0" * 64}, {}),
        lambda r: r.admit(log, Signer("new.example", b"2" * 32).public()),
    ):
        with pytest.raises(RecordError, match=r"REC043|has no entry"):
            call(Record(record.folder))


@pytest.mark.parametrize("name", ["../a", "a/b", "..", ".a", "a\\b", "a:b", "-a", "a\x1b[2Jb", "\u202ea", "x" * 200])
def test_a_party_has_a_name_that_leads_nowhere(name: str, tmp_path: Path) -> None:
    log, party = make_key(tmp_path / "log", "log.example"), make_key(tmp_path / "p", "p.example")
    with pytest.raises(RecordError, match="REC038"):
        Record.begin(tmp_path / "rec", log, {name: party.public()}, {}, quorum="none")
    assert not (tmp_path / "rec").exists()


def test_every_signer_has_a_name_of_its_own(tmp_path: Path) -> None:
    log = make_key(tmp_path / "log", "log.example")
    one, same = Signer("p.example", b"1" * 32), Signer("p.example", b"2" * 32)
    for parties in (
        {"A": one.public(), "B": same.public()},
        {"A": Signer("log.example", b"3" * 32).public()},
        {"A": one.public(), "a": Signer("q.example", b"2" * 32).public()},
        {"A": one.public(), "\uff21": Signer("q.example", b"2" * 32).public()},
        {"A": Signer("Log.example", b"3" * 32).public()},
        {"A": one.public(), "B": Signer("\u0440.example", b"2" * 32).public()},  # a Cyrillic er
    ):
        with pytest.raises(RecordError, match="REC038"):
            Record.begin(tmp_path / "rec", log, parties, {}, quorum="none")
    record = Record.begin(tmp_path / "rec", log, {"A": one.public()}, {}, quorum="none")
    for name in ("p.example", "P.example", "\uff50.example", "\u0440.example", "LOG.example"):
        with pytest.raises(RecordError, match="REC022"):
            record.admit(log, Signer(name, b"4" * 32).public())


@pytest.mark.parametrize(("link", "step"), [("extra", 5), ("objects/zz", 9), ("tile/0/x001", 5)])
def test_a_folder_that_a_copy_leads_to_is_a_part_of_the_record_or_named(link: str, step: int, tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "anything.txt").write_text("x")
    policy, moved = policy_of(record), copy(record, tmp_path / "moved")
    (record.folder / link).symlink_to(tmp_path / "away")
    assert broken_at(record.folder, policy) == step
    shutil.move(moved / "objects", tmp_path / "objects")
    (moved / "objects").symlink_to(tmp_path / "objects")  # on a larger disk
    assert broken_at(moved, policy) == 0
    v.check_record(moved, v.Asked(policy, quiet, quorum=False), objects=False)


def test_two_parties_of_one_key_name_in_an_old_record_keep_their_cosignatures(tmp_path: Path) -> None:
    one, same = Signer("p.example", b"1" * 32), Signer("p.example", b"2" * 32)
    log = make_key(tmp_path / "log", "log.example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(begin_module, "_refuse_names", lambda *_: None)
        record = Record.begin(tmp_path / "rec", log, {"A": one.public(), "B": same.public()}, {}, tiers=TIERS)
    for key in (one, same, one):
        record.cosign(key, policy_of(record))
    assert record.log.settled
    assert broken_at(record.folder, policy_of(record), quorum=True) == 0


# --- the clock ---


def at(monkeypatch: pytest.MonkeyPatch, **apart: float) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(**apart)

    monkeypatch.setattr(log_module, "datetime", Clock)


def test_one_entry_from_a_clock_a_year_ahead_dates_nothing_that_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, log, _ = small(tmp_path)
    at(monkeypatch, days=365)
    with pytest.raises(RecordError, match="REC036"):
        record.add([File("x.txt", "attachment", b"x")], log)
    record.clock_is_right = True
    record.add([File("x.txt", "attachment", b"x")], log)
    monkeypatch.undo()
    record.clock_is_right = False
    with pytest.raises(RecordError, match="before the last entry"):
        record.add([File("y.txt", "attachment", b"y")], log)
    record.clock_is_right = True
    record.add([File("y.txt", "attachment", b"y")], log)
    ahead, after = list(record.statements())[-2:]
    now = datetime.now(UTC)
    assert datetime.fromisoformat(after.says["known_at"]) <= now, "known when the clock says"
    assert after.says["recorded_at"] == ahead.says["recorded_at"], "and recorded in order"
    assert after.says["clock"] == after.says["known_at"]
    with pytest.raises(RecordError, match="lies in the future"):
        record.add([File("z.txt", "attachment", b"z")], log, known_at=after.says["recorded_at"])
    assert broken_at(record.folder, policy_of(record)) == 0


@pytest.mark.parametrize(("apart", "asked"), [({"days": 30}, False), ({"days": 32}, True), ({"minutes": -4}, False), ({"minutes": -6}, True)])  # fmt: skip
def test_a_clock_is_asked_about_when_it_jumps(
    apart: dict[str, float], asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, log, _ = small(tmp_path)
    at(monkeypatch, **apart)
    size = record.log.head.size
    if asked:
        with pytest.raises(RecordError, match="REC036"):
            record.add([File("x.txt", "attachment", b"x")], log)
    else:
        record.add([File("x.txt", "attachment", b"x")], log)
    assert (record.log.head.size == size) is asked


# --- odd files ---


@pytest.fixture
def within() -> object:
    """Ends a test that hangs."""
    import faulthandler

    faulthandler.dump_traceback_later(60, exit=True)
    yield None
    faulthandler.cancel_dump_traceback_later()


@pytest.mark.usefixtures("within")
@pytest.mark.parametrize("name", ["checkpoint", "policy", "tile/0/000.p/6", "tile/entries/000.p/6", "object", "extra", "objects/aa/extra", "tile/0/000.p/3"])  # fmt: skip
@pytest.mark.parametrize("kind", ["pipe", "sparse", "link to a device", "dangling link", "folder"])
def test_no_odd_file_in_a_copy_hangs_or_kills_a_checker(name: str, kind: str, tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    policy = policy_of(record)
    path = record.folder / name
    if name == "object":
        path = next(p for p in (record.folder / "objects").rglob("*") if p.is_file())
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "sparse":
        with path.open("wb") as file:
            file.truncate(300 << 30)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "link to a device" else "nowhere")
    harmless = kind == "folder" and name in ("extra", "objects/aa/extra", "tile/0/000.p/3")
    assert bool(broken_at(record.folder, policy)) is not harmless
    if name in ("checkpoint", "policy") or not harmless:
        with pytest.raises(RecordError):
            Record(record.folder).verify(policy, quorum=False)


def test_who_reads_beside_a_writer_waits_and_is_not_told_of_damage(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    policy, faults, done = policy_of(record), [], threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                Record(record.folder).verify(policy, quorum=False)
            except RecordError as error:
                faults.append(str(error))

    program = [sys.executable, str(ROOT / "src/servanda/record/verifier.py"), "record", str(record.folder), "--policy", str(record.folder / "policy")]  # fmt: skip
    reader = threading.Thread(target=read)
    reader.start()
    checks = []
    for n in range(12):
        record.add([File(f"{n}.txt", "attachment", os.urandom(2_000_000))], log)
        if n % 4 == 0:
            checks.append(
                subprocess.Popen([*program, "--unsettled"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            )
    done.set()
    reader.join()
    assert faults == []
    assert [c.communicate()[1] for c in checks] == [b""] * 3


# --- places that lead elsewhere ---


def test_nothing_is_written_into_a_record_that_is_not_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, log, _ = small(tmp_path)
    rec, key = str(record.folder), str(tmp_path / "log.key")
    (tmp_path / "link").symlink_to(record.folder)
    inside = [record.folder / "out", record.folder, tmp_path / "link" / "x", record.vault_folder / "x"]
    for place in map(str, inside):
        for words in (
            ["disclose", rec, "--tier", "mechanism", "--out", place, "--key", key],
            ["prove", rec, "2", "--out", f"{place}/p.tlog-proof"],
            ["anchor", rec, "--request", f"{place}/q.tsq"],
            ["cosign", rec, "--key", str(tmp_path / "A.key"), "--seen", f"{place}/a.seen"],
        ):
            assert main(["record", *words]) == 2
            assert "REC044" in capsys.readouterr().err, words
    assert main(["verify", "--record", rec, "--out", str(record.folder / "out")]) == 2
    assert "REC044" in capsys.readouterr().err
    assert broken_at(record.folder, policy_of(record)) == 0
    assert log.name


def test_a_proof_is_not_written_over_what_it_was_made_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, log, _ = small(tmp_path)
    data = b"a,b\n1,2\n"
    (tmp_path / "x.txt").write_bytes(data)
    record.add([File("x.txt", "attachment", data)], log)
    (tmp_path / "old").write_bytes(record.log.note)
    record.add([File("y.txt", "attachment", b"y")], log)
    rec = str(record.folder)
    for words in (["prove", rec, str(tmp_path / "x.txt"), "--out", str(tmp_path / "x.txt")],
                  ["prove", rec, "--since", str(tmp_path / "old"), "--out", str(tmp_path / "old")]):  # fmt: skip
        assert main(["record", *words]) == 2
        assert "OUT003" in capsys.readouterr().err
    assert (tmp_path / "x.txt").read_bytes() == data
    assert main(["record", "prove", rec, str(tmp_path / "x.txt"), "--out", str(tmp_path / "x.tlog-proof")]) == 0


def test_packages_bear_no_names_that_lead_elsewhere(tmp_path: Path) -> None:
    """As a record of Servanda 0.2 may have them."""
    log, party = make_key(tmp_path / "log", "log.example"), make_key(tmp_path / "p", "p.example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(begin_module, "_refuse_names", lambda *_: None)
        record = Record.begin(tmp_path / "rec", log, {"../../x": party.public()}, {}, quorum="none", tiers=TIERS)
    from servanda.app.disclose import disclose

    with pytest.raises(RecordError, match="STO006"):
        disclose(RecordStore(record), "parties")


@pytest.mark.parametrize("named", ["absolute", "upwards", "link", "folder link"])
def test_an_agreement_has_no_file_read_that_lies_elsewhere(named: str, tmp_path: Path) -> None:
    (tmp_path / "secret.geojson").write_text(zone(0.2))
    here = tmp_path / "here"
    here.mkdir()
    name = {"absolute": str(tmp_path / "secret.geojson"), "upwards": "../secret.geojson", "link": "link.geojson", "folder link": "up/secret.geojson"}[named]  # fmt: skip
    (here / "link.geojson").symlink_to(tmp_path / "secret.geojson")
    (here / "up").symlink_to(tmp_path)
    (here / "one.yaml").write_text(AGREEMENT.replace("zone.geojson", f'"{name}"'))
    with pytest.raises(ServandaError, match="a file elsewhere"):
        files_to_record([here / "one.yaml"])
    rows = reports(here / "r.csv", ("R1", "Mission", "observation", "I1", ""))
    assert main(["verify", str(here / "one.yaml"), rows]) == 2
    (here / "near.geojson").write_text(zone(0.2))
    (here / "link.geojson").unlink()
    (here / "link.geojson").symlink_to("near.geojson")
    (here / "one.yaml").write_text(AGREEMENT.replace("zone.geojson", "link.geojson"))
    assert [f.kind for f in files_to_record([here / "one.yaml"])] == ["attachment", "agreement"]


# --- what was only read at first, and is tried here ---


@pytest.mark.usefixtures("within")
@pytest.mark.parametrize("size", [10**9, 2**62, 2**63, 10**30, 10**5000], ids=["1e9", "2^62", "2^63", "1e30", "1e5000"])
def test_a_signed_checkpoint_of_any_size_is_answered_at_once(size: int, tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    digits = str(size) if size < 10**4000 else "1" + "0" * 5000
    text = f"{log.name}\n{digits}\n{base64.b64encode(b'x' * 32).decode()}\n".encode()
    (record.folder / "checkpoint").write_bytes(text + b"\n" + log.note_line(text))
    assert broken_at(record.folder, policy_of(record)) in (2, 5)
    with pytest.raises(RecordError):
        Record(record.folder).add([File("x.txt", "attachment", b"x")], log)
    proof = b"c2sp.org/tlog-proof@v1\nindex 1\n\n" + (record.folder / "checkpoint").read_bytes()
    with pytest.raises(v.Broken):
        v.check_proof(proof, b"x", v.Asked(policy_of(record), quiet, quorum=False))


ROWS_THAT_SAY_TOO_LITTLE = [{}, {"count": 1}, {"root": "00", "columns": []}, {"count": "1", "root": "00", "columns": []}, {"count": -1, "root": "", "columns": []},
    {"count": True, "root": "", "columns": []}, {"count": 0, "root": 7, "columns": [[]]}, [], 7, None, {"count": 0, "root": "", "columns": ["a", "a"]}]  # fmt: skip


@pytest.mark.parametrize("rows", ROWS_THAT_SAY_TOO_LITTLE, ids=repr)
def test_a_last_entry_whose_rows_are_not_described_is_broken_and_no_traceback(rows: object, tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    next_ = record.log.head.size
    digest = list(record.statements())[1].digest
    entry = signed(log, "evidence", {"r.csv": digest}, says(record, next_, stored=[digest], rows=rows))
    entries = [record.log.entry(n) for n in range(next_)]
    rewritten(record.folder, log, [*entries, entry])
    assert broken_at(record.folder, policy_of(record)) in (7, 8)


def test_a_year_without_such_a_day_is_broken_and_no_traceback(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    next_ = record.log.head.size
    dates = {"known_at": "2025-02-30T00:00:00Z", "recorded_at": "9999-99-99T99:99:99Z"}
    entry = signed(log, "shredded", {"x": "0" * 64}, says(record, next_, why="x", **dates))
    rewritten(record.folder, log, [*(record.log.entry(n) for n in range(next_)), entry])
    assert broken_at(record.folder, policy_of(record)) == 7


def test_an_error_of_the_disk_is_told_however_many_files_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Writing out everything at once (sync) tells of no error, so every file is asked."""
    paths = [tmp_path / str(n) for n in range(100)]
    for path in paths:
        path.write_bytes(b"x")
    failing = {paths[70].stat().st_ino}
    real = os.fsync

    def fsync(handle: int) -> None:
        if os.fstat(handle).st_ino in failing:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output"):
        disk_module.settle(paths)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Data with a few bytes changed, parts cut, doubled, or put elsewhere."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        a, b = sorted(chance.randrange(len(out) + 1) for _ in range(2))
        match chance.randrange(6):
            case 0:
                out[a : a + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[a : min(b, a + 200)]
            case 2:
                out[a:a] = out[a : min(b, a + 200)]
            case 3:
                out[a : a + 1] = chance.choice(
                    (b'"', b"{", b"[", b"null", b"-1", b"1e999", b"\\ud800", b"\n", b"\xff", b"9" * 5000)
                )
            case 4:
                out = out[:a] or out
            case _:
                out[a:b] = out[a:b][::-1]
    return bytes(out)


@pytest.mark.usefixtures("within")
def test_damaged_packages_proofs_policies_and_checkpoints_are_broken_and_nothing_else(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    policy = policy_of(record)
    asked = v.Asked(policy, quiet, quorum=False, unsigned=True)
    whole = package(record, record.tiers()["parties"], "A", {2: ROWS}, {}, signer=log)
    data = json.loads(whole)
    loose = json.dumps({k: x for k, x in data.items() if k in v.KEYS} | {"servanda-package": 1}).encode()
    entry = record.log.entry(2)
    kinds = {
        "package": (whole, lambda raw: v.check_package(raw, asked)),
        "loose package": (loose, lambda raw: v.check_package(raw, asked)),
        "proof": (record.proof(2), lambda raw: v.check_proof(raw, entry, asked)),
        "policy": ((record.folder / "policy").read_bytes(), v.Policy.parse),
        "checkpoint": (record.log.note, lambda raw: v.check_checkpoint(raw, asked)),
        "since": (
            record.log.note,
            lambda raw: v.check_record(record.folder, v.Asked(policy, quiet, [raw], quorum=False)),
        ),
    }
    chance = random.Random(20250319)
    for name, (raw, check) in kinds.items():
        for _ in range(40 if name == "since" else 400):
            damaged = mutated(raw, chance)
            try:
                check(damaged)
            except v.Broken:
                continue
            except Exception as error:
                raise AssertionError(f"{name}: {error!r} for {damaged[:200]!r}") from error


@pytest.mark.usefixtures("within")
def test_values_of_every_kind_in_every_place_of_a_package_are_broken_and_nothing_else(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    asked = v.Asked(policy_of(record), quiet, quorum=False, unsigned=True)
    whole = json.loads(package(record, record.tiers()["parties"], "A", {2: ROWS}, {}))

    def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *(p for key, one in inner for p in places(one, (*path, key)))][:400]

    for path in places(whole)[1:]:
        for odd in (None, True, -1, 1e308, "", "\ud800", [], [[]], {}, {"a": []}, "9" * 5000, 2**70):
            data = json.loads(json.dumps(whole))
            here = data
            for key in path[:-1]:
                here = here[key]
            here[path[-1]] = odd
            data["signed"] = base64.b64encode(log.sign(v.package_text(data))).decode() if "\ud800" not in str(odd) and path != ("signed",) else "x"  # fmt: skip
            try:
                v.check_package(json.dumps(data).encode(), asked)
            except v.Broken:
                continue
            except Exception as error:
                raise AssertionError(f"{path} = {odd!r}: {error!r}") from error


def test_no_name_moves_the_cursor_of_who_reads_a_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A party may sign what it likes, and a keeper may have been somebody else's program."""
    record, log, _ = small(tmp_path)
    next_ = record.log.head.size
    evil = "\x1b[2J\x9b1m\u202eevil\r"
    bad = json.loads(package(record, record.tiers()["parties"], "A", {2: ROWS}, {}, signer=log))
    entry = signed(log, "shredded", {evil: "0" * 64}, says(record, next_, why=evil))
    rewritten(record.folder, log, [*(record.log.entry(n) for n in range(next_)), entry])
    rec, policy = str(record.folder), str(record.folder / "policy")
    for words in (["log", rec], ["log", rec, "--json"], ["verify", rec, "--unsettled"], ["prove", rec, evil]):
        main(["record", *words])
    with pytest.raises(ValueError, match="no Ed25519 key"):
        v.Key.parse(vkey(Signer("a\x1b[2Jb", b"1" * 32).public()))
    v.main(["record", rec, "--policy", policy, "--unsettled"])
    bad["tier"] = evil
    (tmp_path / "bad.json").write_text(json.dumps(bad))
    v.main(["package", str(tmp_path / "bad.json"), "--policy", policy, "--unsettled"])
    said = "".join(capsys.readouterr())
    assert "evil" in said
    assert not set(said) & set("\x1b\x9b\u202e\r")


def test_a_statement_in_no_form_that_we_know_is_a_fault_of_the_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, log, _ = small(tmp_path)
    record.state(log, "run", {}, {"inputs": "x", "as_of": 7}, objects={"run": b"[]"})
    with pytest.raises(RecordError, match="STO003"):
        list(RecordStore(record).runs())
    record.state(log, "run", {}, {"as_of": 7}, objects={"run": b"[]"})
    assert main(["record", "log", str(record.folder)]) == 2
    assert "STO003" in capsys.readouterr().err


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A record that Servanda 0.2.0 made, with a package, the keys and what a witness remembers; its secrets are as private as they were."""
    shutil.copytree(Path(__file__).parent / "data" / "record-0.2", tmp_path / "old")
    for path in (tmp_path / "old").rglob("*"):
        if path.is_file() and (path.name in ("mission", "a", "secret") or "protected-" in path.name):
            path.chmod(0o600)
    return tmp_path / "old"


def test_a_record_of_servanda_0_2_still_verifies_and_goes_on(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = str(old / "rec"), ("--key", str(old / "mission"), "--clock-is-right")
    policy = policy_of(Record(old / "rec"))
    assert broken_at(old / "rec", policy, [(old / "a.seen").read_bytes()], quorum=True) == 0
    assert main(["record", "replay", rec]) in (0, 1), "a version that counts differently is told as such"
    assert main(["verify", "--record", rec]) == 0
    (old / "x.csv").write_text("report_id,source,start,act\nR9,teacher hanna,2025-03-19T06:10Z,shelling\n")
    assert main(["record", "add", rec, str(old / "x.csv"), *key]) == 0
    assert b"hanna" not in b"".join(p.read_bytes() for p in (old / "rec").rglob("*") if p.is_file())
    assert main(["record", "cosign", rec, "--key", str(old / "a"), "--seen", str(old / "a.seen")]) == 0
    for tier in ("mechanism", "parties", "public"):
        assert main(["record", "disclose", rec, "--tier", tier, "--out", str(old / "out"), *key]) == 0
    for path in (old / "out").iterdir():
        v.check_package(path.read_bytes(), v.Asked(policy, quiet, quorum=False))
    assert main(["record", "verify", rec, "--unsettled"]) == 0
    capsys.readouterr()


def test_a_package_of_servanda_0_2_is_checked_as_far_as_it_goes(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packages, policy = [str(old / "shown" / f"parties-{p}.json") for p in "AB"], str(old / "rec" / "policy")
    assert v.main(["package", packages[0], "--policy", policy]) == 1
    assert v.main(["package", packages[0], "--policy", policy, "--unsigned"]) == 0
    assert "NOT PROVEN" in capsys.readouterr().out
    assert main(["record", "compare", *packages]) == 2
    assert main(["record", "compare", *packages, "--policy", policy]) == 0
    assert "They show the same." in capsys.readouterr().out


def test_begun_records_of_the_commands_are_what_these_tests_begin(tmp_path: Path) -> None:
    rec, _ = begun(tmp_path)
    assert broken_at(Path(rec), policy_of(Record(Path(rec)))) == 0
    assert file_of("x.csv", ROWS).table is not None


def test_a_key_is_written_over_by_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, _, _ = small(tmp_path)
    key = (tmp_path / "log.key").read_bytes()
    words = ["record", "prove", str(record.folder), "1", "--out", str(tmp_path / "log.key")]
    assert main(words) == 2
    assert "OUT003: holds a private key" in capsys.readouterr().err
    assert (tmp_path / "log.key").read_bytes() == key


@pytest.mark.parametrize("kind", ["a pipe", "300 GB of zeros"])
def test_a_file_that_somebody_hands_over_hangs_and_kills_no_checker(tmp_path: Path, kind: str) -> None:
    record, _, _ = small(tmp_path)
    given = tmp_path / "given"
    if kind == "a pipe":
        os.mkfifo(given)
    else:
        given.touch()
        os.truncate(given, 300 * 10**9)
    policy = str(record.folder / "policy")
    script = [sys.executable, v.__file__]
    servanda = [sys.executable, "-m", "servanda", "record"]
    for words in (
        [*script, "package", str(given), "--policy", policy],
        [*script, "proof", str(given), str(given), "--policy", policy],
        [*script, "record", str(record.folder), "--policy", str(given)],
        [*script, "record", str(record.folder), "--policy", policy, "--since", str(given)],
        [*servanda, "verify", str(record.folder), "--policy", str(given)],
        [*servanda, "verify", str(record.folder), "--since", str(given)],
        [*servanda, "compare", str(given), str(given)],
    ):
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode in (1, 2), words
        assert "no plain file, or far too large" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("checker", ["verifier.py", "hands.py"])
def test_a_checker_runs_nothing_that_lies_beside_it(checker: str, tmp_path: Path) -> None:
    for name in ("verifier.py", "hands.py"):
        shutil.copy(ROOT / "src" / "servanda" / "record" / name, tmp_path)
    for name in ("argparse", "json", "hashlib", "pathlib", "cryptography", "importlib"):  # handed over with the record
        (tmp_path / f"{name}.py").write_text("import os\nos.write(1, b'It holds.')\nos._exit(0)\n")
    asked = [sys.executable, checker, "record", "rec", "--policy", "policy"]
    alone = {name: said for name, said in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(asked, cwd=tmp_path, env=alone, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"BROKEN: step 1")
