"""What may befall a record: any bit changed, any file lost, the power cut at any byte, a full disk, two writers, a clock that jumps."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from servanda.errors import RecordError
from servanda.record import File, Record, Signer, make_key
from servanda.record import disk as disk_module
from servanda.record import log as log_module
from servanda.record.begin import policy_text
from servanda.record.entry import canonical, row_entry
from servanda.record.log import Log, begin
from servanda.record.verifier import TILE, leaf_hash, levels_of, root_at, tiles_from, unbundle
from tests.records import TIERS, broken_at, copy, file_of, policy_of, small, table

ROOT = Path(__file__).resolve().parent.parent


def in_the_long_run() -> bool:
    return settings.get_current_profile_name() in ("explore", "soak")


def tiny(folder: Path) -> tuple[Record, Signer]:
    """A record as small as can be, with every kind of thing in it: five entries, one of them a row; a cosigned checkpoint."""
    log, party = (make_key(folder / n, f"{n}.example") for n in ("log", "a"))
    record = Record.begin(folder / "record", log, {"A": party.public()}, {}, tiers=b"tiers: {parties: {fields: all}}\n")
    record.cosign(party, policy_of(record))
    record.add([file_of("r.csv", table(("R1", "x", "y")))], log)
    record.cosign(party, policy_of(record))
    return record, log


@pytest.mark.longer
@pytest.mark.no_cover
def test_every_byte_of_a_small_record_is_watched_and_in_the_long_run_every_bit(tmp_path: Path) -> None:
    record, _ = tiny(tmp_path)
    policy, folder = policy_of(record), record.folder
    assert broken_at(folder, policy, quorum=True) == 0
    every_bit = in_the_long_run()
    tried = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "lock"):
        data = path.read_bytes()
        with path.open("r+b", buffering=0) as file:
            for at, byte in enumerate(data):
                for bit in range(8) if every_bit else [at % 8]:
                    os.pwrite(file.fileno(), bytes([byte ^ 1 << bit]), at)
                    assert broken_at(folder, policy, quorum=True), f"{path.name}, byte {at}, bit {bit}"
                    tried += 1
                os.pwrite(file.fileno(), data[at : at + 1], at)
        assert path.read_bytes() == data
    assert tried > (30_000 if every_bit else 4_000)
    assert broken_at(folder, policy, quorum=True) == 0


def test_every_file_of_a_small_record_is_missed_cut_and_watched_for_more(tmp_path: Path) -> None:
    record, _ = tiny(tmp_path)
    policy, folder = policy_of(record), record.folder
    old = {"tile/0/000.p/1", "tile/entries/000.p/1"}  # what earlier checkpoints needed, and this one does not
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "lock"):
        data, name = path.read_bytes(), path.relative_to(folder).as_posix()
        path.unlink()
        assert bool(broken_at(folder, policy, quorum=True)) is (name not in old), name
        for other in (data[:-1], data[: len(data) // 2], b"", data + b"\0", data + data, data[::-1]):
            path.write_bytes(other)
            assert broken_at(folder, policy, quorum=True), f"{name}: {len(other)} bytes"
        path.write_bytes(data)
    for name in (
        "tile/0/001",
        "tile/1/000.p/1",
        "tile/entries/001",
        "tile/entries/000.p/9",
        "tile/7/x",
        f"objects/aa/{'b' * 62}",
    ):
        extra = folder / name
        extra.parent.mkdir(parents=True, exist_ok=True)
        extra.write_bytes(b"added")
        assert broken_at(folder, policy, quorum=True), name
        extra.unlink()
    assert broken_at(folder, policy, quorum=True) == 0


def rewritten(folder: Path, log: Signer, entries: list[bytes]) -> None:
    """The log's own keeper makes the tree anew over other entries, and signs it."""
    levels = levels_of([leaf_hash(e) for e in entries])
    shutil.rmtree(folder / "tile")
    parts = [entries[n : n + TILE] for n in range(0, len(entries), TILE)]
    names = [name.replace("tile/0/", "tile/entries/") for name, _ in tiles_from(levels) if name.startswith("tile/0/")]
    files = dict(tiles_from(levels)) | {
        name: b"".join(len(e).to_bytes(2, "big") + e for e in part) for name, part in zip(names, parts, strict=True)
    }
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    import base64

    origin = (folder / "checkpoint").read_bytes().split(b"\n")[0].decode()
    text = f"{origin}\n{len(entries)}\n{base64.b64encode(root_at(levels, len(entries))).decode()}\n".encode()
    (folder / "checkpoint").write_bytes(text + b"\n" + log.note_line(text))


def test_not_even_who_keeps_the_log_can_change_what_was_seen(tmp_path: Path) -> None:
    """With the log's key in hand: every entry dropped, doubled, swapped with its neighbour, or another put in its place."""
    record, log, _ = small(tmp_path)
    policy, kept = policy_of(record), record.log.note
    entries = [record.log.entry(n) for n in range(record.log.head.size)]
    forged = copy(record, tmp_path / "forged")
    for n in range(len(entries)):
        row = row_entry("reports.csv", 9, "0" * 64, 2, "2025-01-01T00:00:00Z")
        changes = {
            "dropped": entries[:n] + entries[n + 1 :],
            "doubled": entries[: n + 1] + entries[n:],
            "swapped": entries[:n] + entries[n : n + 2][::-1] + entries[n + 2 :],
            "replaced": [*entries[:n], row, *entries[n + 1 :]],
        }
        for what, other in changes.items():
            if other != entries:
                rewritten(forged, log, other)
                assert broken_at(forged, policy, [kept]), f"entry {n} {what}, though a checkpoint was kept"
                # without a kept checkpoint the statement about a file still guards its rows
                inside = what != "doubled" or n != len(entries) - 1
                if n >= 3 and inside:
                    assert broken_at(forged, policy), f"row {n} {what}"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Signer, int]:
    """A record of more than 10^4 entries."""
    folder = tmp_path_factory.mktemp("large")
    record, log, parties = small(folder, quorum="all")
    for name, count in (("a.csv", 6_000), ("b.csv", 4_200)):
        rows = table(*[(f"{name}-{n}", "source", f"said {n}") for n in range(count)])
        record.add([file_of(name, rows)], log)
        for key in parties.values():
            record.cosign(key, policy_of(record))
    return record.folder, log, record.log.head.size


@pytest.mark.longer
@pytest.mark.no_cover
def test_damage_at_random_to_a_large_record_is_found(large: tuple[Path, Signer, int]) -> None:
    folder, _, size = large
    policy = policy_of(Record(folder))
    assert size > 10_000
    assert broken_at(folder, policy, quorum=True) == 0
    chance = random.Random(20250318)
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "lock" and ".p/" not in p.as_posix())
    bundles = sorted((folder / "tile" / "entries").glob("[0-9][0-9][0-9]"))
    for _ in range(300 if in_the_long_run() else 100):
        kind = chance.choice(["bit", "file", "drop", "swap", "double"])
        path = chance.choice(files if kind in ("bit", "file") else bundles)
        data = path.read_bytes()
        entries = unbundle(data) if kind in ("drop", "swap", "double") else []
        k = chance.randrange(len(entries) - 1) if entries else 0
        if kind == "bit":
            at = chance.randrange(len(data))
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :])
        elif kind == "file":
            path.unlink()
        else:
            entries[k : k + 2] = {"drop": [entries[k]], "swap": entries[k : k + 2][::-1], "double": [entries[k]] * 2}[
                kind
            ]
            path.write_bytes(b"".join(len(e).to_bytes(2, "big") + e for e in entries))
        assert broken_at(folder, policy, quorum=True), f"{kind} in {path}"
        path.write_bytes(data)
    assert broken_at(folder, policy, quorum=True) == 0


def test_who_keeps_a_large_log_and_signs_it_anew_is_found_by_who_saw_it(
    large: tuple[Path, Signer, int], tmp_path: Path
) -> None:
    folder, log, size = large
    policy, kept = policy_of(Record(folder)), (folder / "checkpoint").read_bytes()
    entries = list(Log(folder).entries())
    chance = random.Random(7)
    forged = tmp_path / "forged"
    shutil.copytree(folder, forged)
    for kind in ("drop", "swap", "double", "change"):
        k = chance.randrange(10, size - 10)
        other = list(entries)
        other[k : k + 2] = {
            "drop": [entries[k]],
            "swap": entries[k : k + 2][::-1],
            "double": [entries[k], entries[k], entries[k + 1]],
            "change": [entries[k].replace(b"urn", b"usn"), entries[k + 1]],
        }[kind]
        rewritten(forged, log, other)
        assert broken_at(forged, policy, [kept])


# --- the power goes ---


class PowerCutError(BaseException):
    """Nothing runs after this."""


class Disk:
    """The disk of a machine that stops, or that is full, after so many bytes and operations."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, left: int, fault: BaseException) -> None:
        self.left, self.fault, self.used = left, fault, 0
        real = {name: getattr(os, name) for name in ("write", "replace", "fsync")}

        def write(handle: int, data) -> int:
            part = data[: max(0, self.left)]
            self.left -= len(data)
            self.used += len(data)
            if len(part) < len(data):
                real["write"](handle, part)
                raise self.fault
            return real["write"](handle, data)

        def costly(name: str):
            def call(*args):
                self.left -= 1
                self.used += 1
                if self.left < 0:
                    raise self.fault
                return real[name](*args)

            return call

        class Os:
            def __getattr__(self, name: str):
                return {"write": write, "replace": costly("replace"), "fsync": costly("fsync")}.get(name) or getattr(
                    os, name
                )

        monkeypatch.setattr(disk_module, "os", Os())


def bare(folder: Path) -> tuple[Log, Signer]:
    """A log with one entry."""
    key = make_key(folder / "k", "log.example")
    log = begin(folder / "log", policy_text(key, {}, "none"), key)
    log.last_dated = lambda: ""
    with log.writing(key) as new:
        new.add([b"the first"])
    return log, key


def append(log: Log, key: Signer, entry: bytes) -> None:
    with log.writing(key) as new:
        new.keep(b"an object")
        new.add([entry])


@pytest.mark.longer
@pytest.mark.parametrize(
    "fault", [PowerCutError(), OSError(errno.ENOSPC, "No space left on device")], ids=["power cut", "full disk"]
)
def test_an_append_that_stops_at_any_byte_loses_nothing(tmp_path: Path, fault: BaseException) -> None:
    (tmp_path / "whole").mkdir()
    log, key = bare(tmp_path / "whole")
    pristine = copy_of(log.folder, tmp_path / "pristine")
    with pytest.MonkeyPatch.context() as patch:
        whole = Disk(patch, 10**9, fault)
        append(log, key, b"the second")
    assert whole.used > 400
    seen = set()
    every = (
        1 if in_the_long_run() else 4
    )  # a power cut at one byte in four, a full disk at another; all of them near the end
    first = 0 if isinstance(fault, PowerCutError) else 2
    for left in sorted({*range(first % every, whole.used, every), *range(whole.used - 40, whole.used + 1)}):
        folder = tmp_path / f"at-{left}"
        shutil.copytree(pristine, folder)
        log = Log(folder)
        log.last_dated = lambda: ""
        with pytest.MonkeyPatch.context() as patch:
            Disk(patch, left, fault)
            try:
                append(log, key, b"the second")
                acknowledged = True
            except (PowerCutError, RecordError):
                acknowledged = False
        after = Log(folder)
        after.last_dated = lambda: ""
        size = after.head.size
        seen.add((acknowledged, size))
        assert size in (1, 2)
        assert size == 2 or not acknowledged, "nothing acknowledged is lost"
        assert list(after.entries())[:1] == [b"the first"]
        append(after, key, b"the third")
        entries = list(after.entries())
        assert entries == [b"the first", b"the second", b"the third"][:: 1 if size == 2 else 2]
        assert after.tree.root() == root_at(levels_of([leaf_hash(e) for e in entries]), len(entries)) == after.head.root
        kept = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        misassigned = [n for n in kept if n.startswith(".") or n == "appending"]
        assert misassigned == [], "what the broken append left is cleared"
        shutil.rmtree(folder)
    assert {(False, 1), (True, 2)} <= seen


def copy_of(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def test_a_record_in_which_an_append_broke_off_says_so_and_the_next_one_mends_it(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        Disk(patch, 3_000, PowerCutError())
        with pytest.raises(PowerCutError):
            record.add([file_of("x.csv", table(*[(f"X{n}", "x", "y" * 50) for n in range(20)]))], log)
    again = Record(record.folder)
    with pytest.raises(RecordError, match="an append broke off"):
        again.verify(policy_of(again), quorum=False)
    again.add([File("y.txt", "attachment", b"after it")], log)
    assert broken_at(record.folder, policy_of(record)) == 0


def test_kill_minus_nine_at_any_time_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    program = (
        "import sys\nfrom pathlib import Path\nfrom servanda.record import File, Record, load_key\n"
        "record, key = Record(Path(sys.argv[1])), load_key(Path(sys.argv[2]))\n"
        "for n in range(10_000):\n"
        "    added = record.add([File(f'{n}-{sys.argv[3]}.txt', 'attachment', b'%d' % n)], key)\n"
        "    print(added[0].name, flush=True)\n"
    )
    chance = random.Random(1)
    acknowledged: list[str] = []
    for turn in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(record.folder), str(tmp_path / "log.key"), str(turn)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        ) as running:  # fmt: skip
            assert running.stdout is not None
            acknowledged += [running.stdout.readline().strip() for _ in range(chance.randint(1, 6))]
            time.sleep(chance.uniform(0.0, 0.1))
            running.send_signal(signal.SIGKILL)
            acknowledged += [
                line.strip() for line in running.stdout.read().splitlines(keepends=True) if line.endswith("\n")
            ]
    after = Record(record.folder)
    after.add([File("last.txt", "attachment", b"last")], Signer("mission.example/log", after_seed(tmp_path)))
    names = {e.name for e in after.statements()}
    assert len(acknowledged) > 4
    assert set(acknowledged) <= names
    assert broken_at(record.folder, policy_of(record)) == 0


def after_seed(folder: Path) -> bytes:
    from servanda.record import load_key

    return load_key(folder / "log.key").seed


def test_two_writers_at_once_wait_for_each_other(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    program = (
        "import sys\nfrom pathlib import Path\nfrom servanda.record import File, Record, load_key\n"
        "record, key = Record(Path(sys.argv[1])), load_key(Path(sys.argv[2]))\n"
        "for n in range(15):\n"
        "    record.add([File(f'{sys.argv[3]}-{n}.txt', 'attachment', b'%d' % n)], key)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(record.folder), str(tmp_path / "log.key"), who], cwd=ROOT)
        for who in ("one", "other")
    ]
    assert [p.wait(120) for p in running] == [0, 0]
    after = Record(record.folder)
    names = {e.name for e in after.statements()}
    assert {f"{who}-{n}.txt" for who in ("one", "other") for n in range(15)} <= names
    assert broken_at(record.folder, policy_of(record)) == 0


def test_a_clock_that_goes_back_is_told_and_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, log, _ = small(tmp_path)
    before = record.log.last_dated()

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=400)

    monkeypatch.setattr(log_module, "datetime", Clock)
    record.clock_is_right = True
    added = record.add([File("x.txt", "attachment", b"x")], log)
    said = next(e for e in record.statements() if e.index == added[0].index).says
    assert said["recorded_at"] == before
    assert said["clock"] < before
    assert datetime.fromisoformat(said["clock"]) < datetime.now(UTC)
    assert broken_at(record.folder, policy_of(record)) == 0


def test_a_swapped_key_or_policy_is_found(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    policy = policy_of(record)
    (tmp_path / "theirs").mkdir()
    forged, _, _ = small(tmp_path / "theirs")
    assert broken_at(forged.folder, policy) == 3, "another key of the same name"
    (record.folder / "policy").write_bytes((forged.folder / "policy").read_bytes())
    assert broken_at(record.folder, policy) == 9
    with pytest.raises(RecordError) as told:
        Record(record.folder)
    assert told.value.step == 3


def test_an_old_copy_put_back_is_found_by_the_witness_before_it_cosigns(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    old = copy(record, tmp_path / "old")
    record.add([File("x.txt", "attachment", b"x")], log)
    record.cosign(parties["A"], policy_of(record))
    with pytest.raises(RecordError) as told:
        Record(old).cosign(parties["A"], policy_of(record), record.log.note)
    assert told.value.step == 10


def test_a_long_entry_is_refused(tmp_path: Path) -> None:
    log, key = bare(tmp_path)
    with pytest.raises(RecordError, match="longer than 65,535 bytes"):
        append(log, key, b"x" * 65_536)
    append(log, key, b"x" * 65_535)
    assert Log(log.folder).head.size == 2


def test_a_record_begins_only_in_an_empty_folder(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    with pytest.raises(RecordError, match="is not an empty folder"):
        Record.begin(record.folder, log, {}, {}, tiers=TIERS)
    with pytest.raises(RecordError, match="not a record"):
        Record(tmp_path / "nowhere")
    assert json.loads(canonical({"b": 1, "a": 2})) == {"a": 2, "b": 1}
