"""The record: formats against published vectors and a public verifier, who signs, what is kept, what is shown."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.errors import RecordError
from servanda.record import Record, differences, load_key, make_key, package, parse_public, vkey
from servanda.record import verifier as v
from servanda.record.entry import read_entry
from servanda.record.log import quiet
from servanda.record.signing import Signer
from servanda.record.tree import Tree, grow, holds_consistency, root_of
from tests.build import examples
from tests.records import ROWS, TIERS, broken_at, copy, file_of, in_file_order, policy_of, small, table

# The leaves and roots with which implementations of RFC 6962 are tested (Certificate Transparency, reference tests).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [v.leaf_hash(str(n).encode()) for n in range(count)]


def tiles(hashes: list[bytes]):
    made = dict(v.tiles_from(v.levels_of(hashes)))

    def tile(level: int, number: int) -> list[bytes]:
        raw = next(made[k] for w in range(256, 0, -1) if (k := f"tile/{level}/{v.tile_name(number, w)}") in made)
        return [raw[n : n + 32] for n in range(0, len(raw), 32)]

    return tile


def test_roots_are_those_of_rfc_6962() -> None:
    hashes = [v.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    for size, root in enumerate(ROOTS, 1):
        assert root_of(hashes[:size]).hex() == root
        assert v.root_at(v.levels_of(hashes), size).hex() == root
        assert Tree(8, tiles(hashes)).root(size).hex() == root
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_tiles_are_named_and_counted_as_the_specification_says() -> None:
    assert v.tile_name(1_234_067) == "x001/x234/067"
    assert v.tile_name(5, 112) == "005.p/112"
    assert v.tile_name(1000) == "x001/000"
    names = [name for name, _ in v.tiles_from(v.levels_of(leaves(70_000)))]
    assert sum(n.startswith("tile/0/") and ".p/" not in n for n in names) == 273
    assert {n for n in names if ".p/" in n} == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert [n for n, _ in v.tiles_from(v.levels_of(leaves(256)))] == ["tile/0/000", "tile/1/000.p/1"]


@given(st.integers(1, 600), st.integers(0, 600), st.data())
@examples(60)
def test_proofs_hold_for_what_they_prove_and_for_nothing_else(size: int, more: int, data: st.DataObject) -> None:
    hashes = leaves(size + more)
    tree = Tree(size + more, tiles(hashes))
    root, old = root_of(hashes), root_of(hashes[:size])
    index = data.draw(st.integers(0, size + more - 1))
    path = tree.inclusion(index)
    rest = list(path)
    assert v.root_by_inclusion(hashes[index], index, len(hashes), rest) == root
    assert rest == []
    assert v.root_by_inclusion(v.leaf_hash(b"another"), index, len(hashes), list(path)) != root
    proof = tree.consistency(size)
    assert holds_consistency(size, len(hashes), proof, old, root)
    assert not holds_consistency(size, len(hashes), proof, v.sha(b"another"), root) or (more == 0)
    assert not holds_consistency(size, len(hashes), [*proof, b"\0" * 32], old, root)
    grown, made = grow(size, tiles(hashes[:size]), hashes[size:]) if more else (root, iter(()))
    assert grown == root
    whole = dict(v.tiles_from(v.levels_of(hashes)))
    assert all(whole[name] == content for name, content in made)


def test_a_note_that_go_signed_is_read() -> None:
    """The example of the note package of Go (golang.org/x/mod/sumdb/note), which C2SP signed-note writes down."""
    key = v.Key.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    blob = v.unbase64("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
    assert blob[:4] == key.id
    assert key.signed(text, blob[4:])
    assert not key.signed(text + b" ", blob[4:])


def test_a_key_file_is_the_one_that_go_writes_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    made = make_key(tmp_path / "k", "mission.example/log")
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    line = (tmp_path / "k").read_text()
    assert line.startswith("PRIVATE+KEY+mission.example/log+")
    assert load_key(tmp_path / "k") == made
    assert parse_public(vkey(made.public())) == made.public()
    assert made.seed.hex() not in repr(made)
    with pytest.raises(RecordError, match="cannot be made"):
        make_key(tmp_path / "k", "again.example")
    for text in ("", "PRIVATE+KEY+a+b", line.replace("mission", "missiom")):
        (tmp_path / "bad").write_text(text)
        (tmp_path / "bad").chmod(0o600)
        with pytest.raises(RecordError, match="not a valid key file"):
            load_key(tmp_path / "bad")
    with pytest.raises(RecordError, match="not a valid name for a key"):
        make_key(tmp_path / "k2", "two words")


def test_no_half_key_is_left_on_a_full_disk_or_by_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    def stopped(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("servanda.record.signing.os.fsync", full)
        with pytest.raises(RecordError, match="free disk space"):
            make_key(tmp_path / "k", "mission.example/log")
        broken.setattr("servanda.record.signing.os.fsync", stopped)
        with pytest.raises(KeyboardInterrupt):
            make_key(tmp_path / "k", "mission.example/log")
    assert list(tmp_path.iterdir()) == []
    make_key(tmp_path / "k", "mission.example/log")


@pytest.mark.parametrize(
    ("lines", "cosigned", "holds"),
    [
        ("quorum none", "", True),
        ("quorum x", "x", True),
        ("quorum x", "y", False),
        ("group g 2 x y z\nquorum g", "x z", True),
        ("group g 2 x y z\nquorum g", "x", False),
        ("group g all x y\ngroup h any z\ngroup both all g h\nquorum both", "x y z", True),
        ("group g all x y\ngroup h any z\ngroup both all g h\nquorum both", "x y", False),
        ("group g any x y\n# words\n\n\tquorum g", "y", True),
    ],
)
def test_a_quorum_is_what_the_policy_says(lines: str, cosigned: str, holds: bool) -> None:
    keys = {n: Signer(f"{n}.example", bytes([ord(n)]) * 32) for n in "lxyz"}
    head = f"log {vkey(keys['l'].public())}\n" + "".join(f"witness {n} {vkey(keys[n].public(4))}\n" for n in "xyz")
    policy = v.Policy.parse((head + lines + "\n").encode())
    assert policy.satisfied(set(cosigned.split()), policy.quorum) is holds


@pytest.mark.parametrize(
    "lines",
    ["", "quorum q", "quorum none\nquorum none", "group g 3 x y\nquorum g", "group g 0 x\nquorum g", "group g any x x\nquorum g",
     "group g any x\ngroup h any x\nquorum h", "group g any none\nquorum g", "witness x {x}\nquorum none", "log {l}\nquorum none",
     "witness w {x}\nquorum none", "nonsense\nquorum none", "witness w nokey\nquorum none", "group g some x\nquorum g"],
)  # fmt: skip
def test_a_policy_that_cannot_be_meant_is_refused_with_its_line(lines: str) -> None:
    keys = {n: Signer(f"{n}.example", bytes([ord(n)]) * 32) for n in "lxy"}
    head = f"log {vkey(keys['l'].public())}\n" + "".join(f"witness {n} {vkey(keys[n].public(4))}\n" for n in "xy")
    text = head + lines.format(x=vkey(keys["x"].public(4)), l=vkey(keys["l"].public())) + "\n"
    with pytest.raises(v.Broken) as told:
        v.Policy.parse(text.encode())
    assert told.value.step == 1


def test_a_public_verifier_accepts_checkpoints_tiles_and_proofs(tmp_path: Path) -> None:
    """aics-tlog, an implementation of the C2SP formats by others; it asks for Python 3.12 but runs on 3.11 (scripts/setup.sh)."""
    theirs = pytest.importorskip("aics_tlog")
    record, log, parties = small(tmp_path, quorum="all")
    record.add([file_of("more.csv", table(*[(f"M{n}", "x", str(n)) for n in range(300)]))], log)
    for key in parties.values():
        record.cosign(key, policy_of(record))
    note = record.log.note.decode()
    head = record.log.head
    witnesses = [theirs.parse_vkey(vkey(k.public(4))) for k in parties.values()]
    verdict = theirs.verify_checkpoint(
        theirs.parse_note(note), theirs.parse_vkey(vkey(log.public())), witnesses, quorum=2
    )
    assert (verdict.ok, verdict.size, verdict.root, verdict.cosignature_count) == (True, head.size, head.root, 2)
    tree = theirs.MerkleTree([record.log.entry(n) for n in range(head.size)])
    assert tree.root() == head.root
    reader = theirs.FileSystemTileReader(str(record.folder))
    assert theirs.tree_root_from_tiles(reader, head.size) == head.root
    for index in (0, 5, 255, 256, 306):
        path = record.log.tree.inclusion(index)
        assert theirs.verify_leaf_inclusion(record.log.entry(index), index, head.size, path, head.root)
    old = Tree(head.size, tiles(v.levels_of([v.leaf_hash(record.log.entry(n)) for n in range(head.size)])[0]))
    assert theirs.verify_consistency(6, head.size, old.root(6), head.root, record.log.tree.consistency(6))


def test_a_record_holds_and_says_what_was_checked(tmp_path: Path) -> None:
    record, _log, parties = small(tmp_path, quorum="all")
    told: list[tuple[int, str]] = []
    with pytest.raises(RecordError) as refused:
        record.verify(policy_of(record))
    assert refused.value.step == 4
    for key in parties.values():
        record.cosign(key, policy_of(record))
    record.verify(policy_of(record), lambda step, what: told.append((step, what)))
    assert sorted({step for step, _ in told}) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert (7, "agreement by mission.example/log: entry 1") in told, "and who gave it"
    entries = [read_entry(n, record.log.entry(n)) for n in range(record.log.head.size)]
    assert [e.kind for e in entries] == ["origin", "agreement", "evidence", "row", "row", "row"]
    assert entries[2].says["rows"]["count"] == 3
    assert all(e.says["known_at"] <= e.says["recorded_at"] for e in entries[:3])


def test_every_signed_checkpoint_that_was_cosigned_stays_in_the_record(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    record.cosign(parties["A"], policy_of(record))
    cosigned = record.log.note
    record.add([file_of("more.csv", table(("M", "x", "y")))], log)
    kept = [e for e in record.statements() if e.kind == "checkpoint"]
    assert [e.says["note"].encode() for e in kept] == [cosigned]
    assert broken_at(record.folder, policy_of(record), [cosigned]) == 0


def test_only_who_is_known_signs_and_only_the_log_appends(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    stranger = make_key(tmp_path / "s.key", "stranger.example")
    with pytest.raises(RecordError, match="neither in the policy nor admitted"):
        record.add([file_of("x.csv", ROWS)], log, stranger)
    with pytest.raises(RecordError, match="not the log's own"):
        record.add([file_of("x.csv", ROWS)], parties["A"])
    with pytest.raises(RecordError, match="not a witness in the policy"):
        record.cosign(stranger, policy_of(record))
    record.admit(log, stranger.public())
    record.add([file_of("x.csv", ROWS)], log, stranger)
    record.add([file_of("y.csv", ROWS)], log, parties["B"])
    assert [e.signer for e in record.statements() if e.kind == "evidence"][1:] == ["stranger.example", "b.example"]
    assert broken_at(record.folder, policy_of(record)) == 0


def test_the_same_file_is_recorded_once(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    size = record.log.head.size
    again = record.add([file_of("reports.csv", ROWS)], log)
    assert [(a.index, a.new) for a in again] == [(2, False)]
    assert record.log.head.size == size


def test_what_is_known_from_the_future_is_refused(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    with pytest.raises(RecordError, match="lies in the future"):
        record.add([file_of("x.csv", ROWS)], log, known_at="2999-01-01T00:00:00Z")


def test_the_one_file_checker_runs_without_servanda(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path, quorum="all")
    for key in parties.values():
        record.cosign(key, policy_of(record))
    (tmp_path / "p.tlog-proof").write_bytes(record.proof(2))
    (tmp_path / "p.entry").write_bytes(record.log.entry(2))
    (tmp_path / "other.entry").write_bytes(record.log.entry(1))
    (tmp_path / "shown.json").write_bytes(package(record, record.tiers()["parties"], "A", {2: ROWS}, {}, signer=log))
    alone, packages = tmp_path / "alone", tmp_path / "packages"
    alone.mkdir()
    packages.mkdir()
    checker = alone / "verifier.py"
    checker.write_bytes(Path(v.__file__).read_bytes())
    import _cffi_backend
    import cffi
    import cryptography

    for module in (cryptography, cffi):
        (packages / module.__name__).symlink_to(Path(module.__file__).parent)
    (packages / Path(_cffi_backend.__file__).name).symlink_to(_cffi_backend.__file__)

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-S", str(checker), *words, "--policy", str(record.folder / "policy")],
            capture_output=True, text=True, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages)}, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    for words in (
        ["record", record.folder],
        ["package", tmp_path / "shown.json"],
        ["proof", tmp_path / "p.tlog-proof", tmp_path / "p.entry"],
    ):
        code, said = run(*map(str, words))
        assert (code, said.splitlines()[-1]) == (0, "It holds."), said
    code, said = run("proof", str(tmp_path / "p.tlog-proof"), str(tmp_path / "other.entry"))
    assert code == 1
    assert "BROKEN: step 6" in said
    code, said = run("record", str(tmp_path / "nowhere"))
    assert code == 1
    assert "checkpoint is not there" in said
    assert run("record")[0] == 2


def test_a_package_shows_what_the_tier_may_see_and_proves_the_rest(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    asked = v.Asked(policy_of(record), quiet, quorum=False)
    raw = package(record, record.tiers()["parties"], "A", {2: ROWS}, {2: {4}}, signer=log)
    shown = v.check_package(raw, asked)
    rows = in_file_order(record, 2, shown["rows"]["2"])
    assert [[len(cell) for cell in row] for row in rows] == [[2, 1, 2], [2, 1, 2], [1, 1, 1]]
    assert rows[0][2][1] == "smoke"
    assert b"Petro" not in raw
    assert b"Olena" not in raw
    every = package(record, record.tiers()["mechanism"], "m", {2: ROWS}, {2: {4}}, signer=log)
    whole = v.check_package(every, asked)
    assert all(len(cell) == 2 for row in whole["rows"]["2"] for cell in row)


def _damages(data: dict) -> list[tuple[str, dict]]:
    out = []

    def damaged(name: str, change) -> None:
        other = json.loads(json.dumps(data))
        change(other)
        out.append((name, other))

    rows = data["rows"]["2"]
    at = next(n for n, row in enumerate(rows) if row[2][1] is not None)
    damaged("a value changed", lambda d: d["rows"]["2"][at][2].__setitem__(1, "fire"))
    damaged("a value made nothing", lambda d: d["rows"]["2"][at][2].__setitem__(1, None))
    damaged("a salt changed", lambda d: d["rows"]["2"][at][2].__setitem__(0, rows[at - 1][2][0]))
    damaged("a commitment changed", lambda d: d["rows"]["2"][at].__setitem__(1, rows[at - 1][1]))
    damaged("more than a salt and a value", lambda d: d["rows"]["2"][at][2].append("more"))
    damaged("a row left out", lambda d: d["rows"]["2"].pop())
    damaged("a row doubled", lambda d: d["rows"]["2"].append(rows[0]))
    damaged("rows swapped", lambda d: d["rows"]["2"].reverse())
    damaged("a field left out", lambda d: d["rows"]["2"][0].pop())
    damaged("fields swapped", lambda d: d["rows"]["2"][0].reverse())
    damaged("a file's rows left out", lambda d: d["rows"].pop("2"))
    damaged("an entry left out", lambda d: d["entries"].pop())
    damaged("entries swapped", lambda d: d["entries"].__setitem__(slice(3, 5), d["entries"][3:5][::-1]))
    damaged("an entry changed", lambda d: d["entries"].__setitem__(1, d["entries"][0]))
    damaged(
        "an object changed", lambda d: d["objects"].update({k: base64.b64encode(b"x").decode() for k in d["objects"]})
    )
    damaged("an object added", lambda d: d["objects"].update({v.sha(b"x").hex(): base64.b64encode(b"x").decode()}))
    damaged("another checkpoint", lambda d: d.__setitem__("checkpoint", d["checkpoint"].replace("\n6\n", "\n5\n")))
    damaged("no rows at all", lambda d: d.pop("rows"))
    damaged("nonsense", lambda d: d.__setitem__("entries", 7))
    return out


def test_every_way_to_damage_a_package_is_found(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    asked = v.Asked(policy_of(record), quiet, quorum=False, unsigned=True)
    data = json.loads(package(record, record.tiers()["parties"], "A", {2: ROWS}, {}))
    data = {key: value for key, value in data.items() if key in v.KEYS} | {"servanda-package": 1}
    v.check_package(json.dumps(data).encode(), asked)  # so that no damage below is found for want of a signature
    for name, damaged in _damages(data):
        assert _is_found(damaged, asked), name


def _is_found(package_: dict, asked: v.Asked) -> bool:
    try:
        v.check_package(json.dumps(package_).encode(), asked)
    except v.Broken:
        return True
    return False


def test_both_parties_get_the_same_package_or_are_told_the_difference(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    tier = record.tiers()["parties"]
    a, b = (package(record, tier, to, {2: ROWS}, {}) for to in ("A", "B"))
    assert a == b
    (tmp_path / "less").mkdir()
    tiers = TIERS.replace(b"embargo: true", b"except: {B: [summary]}")
    other, _, _ = small(tmp_path / "less", tiers=tiers)
    a, b = (json.loads(package(other, other.tiers()["parties"], to, {2: ROWS}, {})) for to in ("A", "B"))
    assert differences(a, b) == (["summary in 3 rows of entry 2"], [])
    a["rows"]["2"][0][0] = b["rows"]["2"][0][0] = a["rows"]["2"][0][1]
    b["rows"]["2"].pop()
    assert differences(a, b)[1] == ["rows of entry 2: 3 and 2"]
    b = {**a, "withheld": [], "more": 1}
    assert "'more' is not the same" in differences(a, b)[1]


def test_a_fork_shown_to_two_parties_is_found_when_they_compare(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    other = copy(record, tmp_path / "other")
    record.add([file_of("x.csv", table(("X", "x", "shown to A")))], log)
    record.cosign(parties["A"], policy_of(record))
    fork = Record(other, tmp_path / "record.vault")
    fork.add([file_of("x.csv", table(("X", "x", "shown to B")))], log)
    fork.cosign(parties["B"], policy_of(record))
    policy = policy_of(record)
    assert broken_at(record.folder, policy) == broken_at(other, policy) == 0, "each alone looks well"
    assert broken_at(record.folder, policy, [fork.log.note]) == 10
    assert broken_at(other, policy, [record.log.note]) == 10
    with pytest.raises(RecordError) as told:
        record.consistency(fork.log.note)
    assert told.value.step == 10
    with pytest.raises(RecordError) as refused:
        fork.cosign(parties["A"], policy_of(record), record.log.note)
    assert refused.value.step == 10, "who has cosigned one tree does not cosign the other"


def test_a_record_that_was_cut_back_is_found_by_who_kept_a_checkpoint(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    before = copy(record, tmp_path / "before")
    record.add([file_of("x.csv", ROWS.head(1))], log)
    assert broken_at(before, policy_of(record)) == 0
    assert broken_at(before, policy_of(record), [record.log.note]) == 10


def test_a_consistency_proof_is_in_the_form_that_witnesses_take(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    old = record.log.note
    head = record.log.head
    record.add([file_of("x.csv", table(*[(f"X{n}", "x", "y") for n in range(40)]))], log)
    top, _, note = record.consistency(old).partition(b"\n\n")
    first, *path = top.decode().split("\n")
    assert first == "old 6"
    assert note == record.log.note
    assert holds_consistency(6, record.log.head.size, [v.unbase64(p) for p in path], head.root, record.log.head.root)


def test_protected_sources_have_no_name_anywhere_and_can_be_forgotten(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    added = record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"], k=1)
    assert added[0].hidden == 2
    everything = b"".join(p.read_bytes() for p in record.folder.rglob("*") if p.is_file())
    start = added[0].index
    assert b"Olena" in everything, "the first file was recorded without protection"
    for e in (e for e in record.statements() if e.index >= start):
        for digest in e.says["stored"]:
            assert b"Olena" not in record.log.object(digest)
    (pseudonym, name), *_ = record.vault.identities().items()
    assert name == "Olena Koval"
    assert b"Olena" not in b"".join(p.read_bytes() for p in record.vault.folder.rglob("*") if p.is_file())
    record.add([file_of("again.csv", table(("Z", "olena koval", "x")))], log, protect=["Olena Koval"])
    assert list(record.vault.identities()) == [pseudonym], "one source, one pseudonym"
    proof, entry = record.proof(start), record.log.entry(start)
    record.shred(log, pseudonym, "the source asked for it")
    assert record.vault.identities() == {pseudonym: None}
    asked = v.Asked(policy_of(record), quiet, quorum=False)
    v.check_proof(proof, entry, asked)
    assert broken_at(record.folder, policy_of(record)) == 0
    assert [e.says["why"] for e in record.statements() if e.kind == "shredded"] == ["the source asked for it"]
    with pytest.raises(RecordError, match="shredded before"):
        record.shred(log, pseudonym, "again")


def test_who_has_no_vault_can_check_everything_and_disclose_nothing(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    other = Record(copy(record, tmp_path / "elsewhere"))
    other.verify(policy_of(record), quorum=False)
    with pytest.raises(RecordError, match="vault of the record is not there"):
        package(other, other.tiers()["parties"], "A", {2: ROWS}, {})


def test_somebody_outside_says_when_a_checkpoint_was_there(tmp_path: Path) -> None:
    """A time-stamping authority of openssl's (RFC 3161) on this machine."""
    from servanda.cli.main import main
    from servanda.record.anchors import Rfc3161, anchor_of

    record, _, _ = small(tmp_path)
    tsa = tmp_path / "tsa"
    tsa.mkdir()
    (tsa / "conf").write_text(
        "[ req ]\ndistinguished_name = dn\nprompt = no\n[ dn ]\nCN = Test TSA\n[ ext ]\nextendedKeyUsage = critical,timeStamping\n"
        f"basicConstraints = CA:false\n[ tsa ]\ndefault_tsa = one\n[ one ]\nserial = {tsa}/serial\nsigner_digest = sha256\n"
        "default_policy = 1.2.3.4.1\ndigests = sha256\nordering = no\ntsa_name = yes\ness_cert_id_alg = sha256\n"
    )
    (tsa / "serial").write_text("01\n")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tsa, check=True, capture_output=True)

    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=Root",
        "-days",
        "2",
    )
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "k.csr", "-config", "conf")
    openssl("x509", "-req", "-in", "k.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "c.pem",
            "-extfile", "conf", "-extensions", "ext", "-days", "2")  # fmt: skip
    rec, key = str(record.folder), str(tmp_path / "log.key")
    assert main(["record", "anchor", rec, "--request", str(tsa / "q.tsq")]) == 0
    openssl(
        "ts",
        "-reply",
        "-queryfile",
        "q.tsq",
        "-signer",
        "c.pem",
        "-inkey",
        "k.pem",
        "-out",
        "r.tsr",
        "-config",
        "conf",
        "-section",
        "one",
    )
    args = ["record", "anchor", rec, "--response", str(tsa / "r.tsr"), "--key", key]
    assert main([*args, "--roots", str(tsa / "ca.pem")]) == 0
    assert main(["record", "anchor", rec, "--roots", str(tsa / "ca.pem")]) == 0
    assert main(["record", "anchor", rec, "--roots", str(tsa / "ca.pem"), "--with", "nobody"]) == 2
    assert main([*args, "--roots", str(tsa / "ca.pem")]) == 2, "the token is for the checkpoint before"
    after = Record(record.folder)
    (entry,) = [e for e in after.statements() if e.kind == "anchor"]
    token = after.object(entry.says["stored"][0])
    assert anchor_of("rfc3161").check(token, entry.says["note"].encode(), [(tsa / "ca.pem").read_bytes()])
    with pytest.raises(ValueError, match=r"[a-z]"):
        Rfc3161().check(token, b"another text", [(tsa / "ca.pem").read_bytes()])
    assert broken_at(record.folder, policy_of(record)) == 0
