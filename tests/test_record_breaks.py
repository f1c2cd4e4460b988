"""What a hostile reader of the record's code broke once, each as a test: by an outsider, a party, or who keeps the log."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from servanda.app.disclose import disclose
from servanda.cli.main import main
from servanda.errors import RecordError
from servanda.evidence.decisions import Deciders
from servanda.record import File, Record, Signer, load_key, make_key, package
from servanda.record import verifier as v
from servanda.record.entry import canonical, row_entry, signed
from servanda.record.files import safe_name
from servanda.record.log import quiet
from servanda.record.names import hide, leftovers
from servanda.record.signing import vkey
from servanda.record.vault import PSEUDONYM
from servanda.store import RecordStore
from servanda.values.names import name_key
from tests.records import ROWS, broken_at, copy, file_of, in_file_order, policy_of, small, table
from tests.test_record_faults import rewritten

WHEN = "2025-04-01T00:00:00Z"


def forged(record: Record, log: Signer, *more: bytes, instead: dict[int, bytes] | None = None) -> int:
    """The step at which a record with these further entries is found broken, signed by its own log."""
    entries = [record.log.entry(n) for n in range(record.log.head.size)]
    for n, entry in (instead or {}).items():
        entries[n] = entry
    folder = copy(record, record.folder.with_name(f"forged-{len(list(record.folder.parent.iterdir()))}"))
    rewritten(folder, log, [*entries, *more])
    return broken_at(folder, policy_of(record))


def says(record: Record, index: int, **more: object) -> dict[str, object]:
    late = record.log.last_dated()
    return {"known_at": late, "recorded_at": late, "at": [record.log.head.origin, index], **more}


def test_a_sound_forgery_of_the_tests_themselves_holds(tmp_path: Path) -> None:
    """Else every test below would pass for nothing."""
    record, log, _ = small(tmp_path)
    next_ = record.log.head.size
    assert forged(record, log, signed(log, "shredded", {"x": "0" * 64}, says(record, next_, why="x"))) == 0


def test_the_log_cannot_sign_in_the_name_of_another(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    next_ = record.log.head.size
    for key in (Signer("b.example", b"7" * 32), Signer("another", parties["B"].seed)):
        entry = signed(log, "signer", {key.name: "0" * 64}, says(record, next_, vkey=vkey(key.public())))
        assert forged(record, log, entry) == 7
        with pytest.raises(RecordError, match="in the record already"):
            record.admit(log, key.public())


def test_rows_and_origins_and_strangers_stand_where_they_may(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    next_ = record.log.head.size
    loose = row_entry("r.csv", 2, "0" * 64, 0, WHEN).replace(b'"of":0', b'"of":null')
    stored = {"policy": hashlib.sha256(b"x").hexdigest(), "stored": []}
    other = {"at": ["other.example/log", next_]}
    evidence = {"stored": []}
    for what, entry, step in (
        ("a row of nothing", signed(log, "shredded", {"x": "0" * 64}, says(record, next_)) and loose, 8),
        ("a second origin", signed(log, "origin", {"policy": stored["policy"]}, says(record, next_, **stored)), 7),
        (
            "a party's origin",
            signed(parties["A"], "origin", {"policy": stored["policy"]}, says(record, next_, **stored)),
            7,
        ),
        ("of another record", signed(log, "shredded", {"x": "0" * 64}, {**says(record, next_), **other}), 7),
        ("of another place", signed(log, "shredded", {"x": "0" * 64}, says(record, next_ - 1)), 7),
        ("evidence that is nowhere", signed(log, "evidence", {"r.csv": "0" * 64}, says(record, next_, **evidence)), 9),
        ("an unknown kind", signed(log, "gossip", {"x": "0" * 64}, says(record, next_)), 7),
        ("no time at all", signed(log, "shredded", {"x": "0" * 64}, says(record, next_, known_at="")), 7),
        (
            "a time of its own",
            signed(log, "shredded", {"x": "0" * 64}, says(record, next_, recorded_at="9 whenever")),
            7,
        ),
        ("UTF-16", json.dumps(json.loads(record.log.entry(1))).encode("utf-16"), 7),
        ("twice a name", record.log.entry(1).replace(b'{"payload"', b'{"payload":"e30=","payload"'), 7),
    ):
        assert forged(record, log, entry) == step, what


def test_bundles_are_as_wide_as_they_must_be_and_no_file_is_too_many(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([file_of("more.csv", table(*[(f"M{n}", "x", "y") for n in range(300)]))], log)
    policy, folder = policy_of(record), record.folder
    one, two = folder / "tile/entries/000", next((folder / "tile/entries").glob("001.p/*"))
    first, second = v.unbundle(one.read_bytes()), v.unbundle(two.read_bytes())

    def bundle(entries: list[bytes]) -> bytes:
        return b"".join(len(e).to_bytes(2, "big") + e for e in entries)

    one.write_bytes(bundle(first[:-5]))
    two.write_bytes(bundle(first[-5:] + second))
    assert broken_at(folder, policy) == 6
    one.write_bytes(bundle(first))
    two.write_bytes(bundle(second))
    assert broken_at(folder, policy) == 0
    for name in ("extra.txt", "objects/zz/ab/x", "tile/extra", "sub/checkpoint"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
        assert broken_at(folder, policy), name
        (folder / name).unlink()


def test_a_commitment_opens_one_way_only() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        v.commit_field(b"x" * 20, "actor", "B")
    with pytest.raises(ValueError, match="32 bytes"):
        v.commit_row([b"x" * 64, b""])


def test_a_package_declares_all_that_it_withholds_and_says_nothing_twice(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    asked = v.Asked(policy_of(record), quiet, quorum=False, unsigned=True)
    raw = package(record, record.tiers()["parties"], "A", {2: ROWS}, {})
    data = {key: value for key, value in json.loads(raw).items() if key in v.KEYS} | {"servanda-package": 1}
    raw = canonical(data)
    v.check_package(raw, asked)
    for changed in (
        {**data, "objects": {}}, {**data, "hidden": [0, 0]}, {**data, "extra": 1}, {**data, "rows": {"2": data["rows"]["2"], "02": []}},
    ):  # fmt: skip
        with pytest.raises(v.Broken):
            v.check_package(json.dumps(changed).encode(), asked)
    twice = raw.replace(b'"tier":"parties"', b'"tier":"mechanism","tier":"parties"')
    with pytest.raises(v.Broken, match="stands twice"):
        v.check_package(twice, asked)


@pytest.mark.parametrize("text", ["log a+b+", "log +", "log x+00000000+AQ==", "quorum none"])
def test_a_crooked_policy_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(v.Broken):
        v.Policy.parse(text.encode())


def test_nothing_is_signed_on_top_of_damage(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    for name in ("tile/0/000.p/6", "tile/entries/000.p/6"):
        path = record.folder / name
        data = path.read_bytes()
        path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
        with pytest.raises(RecordError, match="restore it from a copy"):
            Record(record.folder).add([File("h.txt", "attachment", b"h")], log)
        path.write_bytes(data)
    record.add([File("h.txt", "attachment", b"h")], log)
    assert broken_at(record.folder, policy_of(record)) == 0


def test_what_the_files_are_cannot_be_guessed_from_their_digests(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([File("yes.txt", "attachment", b"yes")], log)
    entry = list(record.statements())[-1]
    assert hashlib.sha256(b"yes").hexdigest() not in json.dumps(dict(entry.says)) + str(entry.subjects)
    assert "size" not in entry.says
    assert record.object(entry.digest) == b"yes"


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x", "a/../../x", "", "a//b", "x\n", "\x1b[31m", ".", "..", "a\\b", "x" * 300, "\u202ecod.exe"],
)
def test_no_file_is_kept_under_a_name_that_leads_elsewhere(name: str, tmp_path: Path) -> None:
    assert not safe_name(name)
    record, log, _ = small(tmp_path)
    with pytest.raises(RecordError, match="not a valid name for a file"):
        record.add([File(name, "attachment", b"x")], log)


def test_names_of_every_kind_make_rows_that_can_be_read(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    for name in ('say "x".csv', "Звіт.csv", "a b.csv", "~x.csv", "😀.csv"):
        assert safe_name(name)
        record.add([file_of(name, ROWS)], log)
    assert broken_at(record.folder, policy_of(record)) == 0


AGREEMENT = """agreement: test
title: A test
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 30 days}
places: {z: {file: zone.geojson, id: z}}
terms: {fire: {text: No fire, forbid: {act: shelling, in: z}}}
"""


def zone(side: float) -> str:
    ring = [
        [37 - side, 48 - side],
        [37 + side, 48 - side],
        [37 + side, 48 + side],
        [37 - side, 48 + side],
        [37 - side, 48 - side],
    ]
    shape = {"type": "Feature", "id": "z", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return json.dumps({"type": "FeatureCollection", "features": [shape]})


def begun(folder: Path) -> tuple[str, str]:
    """A record with keys of a mission and two parties, made by the commands."""
    for name in ("mission.example/log", "a.example", "b.example"):
        assert main(["record", "key", name, "--out", str(folder / name.split(".")[0])]) == 0
    parties = [w for p in "ab" for w in ("--party", f"{p.upper()}={folder / p}.pub")]
    assert main(["record", "init", str(folder / "rec"), "--key", str(folder / "mission"), *parties]) == 0
    return str(folder / "rec"), str(folder / "mission")


def reports(path: Path, *rows: tuple[str, str, str, str, str]) -> str:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            [
                "report_id",
                "source",
                "side",
                "kind",
                "reliability",
                "start",
                "lat",
                "lon",
                "act",
                "actor",
                "incident_id",
                "summary",
            ]
        )
        for ident, source, kind, incident, summary in rows:
            out.writerow(
                [ident, source, "none", kind, "A", "2025-03-20T10:00Z", 48, 37.05, "shelling", "B", incident, summary]
            )
    return str(path)


def verdict_of(capsys: pytest.CaptureFixture[str], rec: str, *words: str) -> str:
    capsys.readouterr()
    assert main(["verify", "--record", rec, "--json", *words]) == 0
    rows = json.loads(capsys.readouterr().out)["verdicts"]
    return next(r["verdict"] for r in rows if r["party"] == "B")


def test_an_attachment_changes_no_agreement_but_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = begun(tmp_path)
    add = ["record", "add", rec, "--key", key]
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    main([*add, str(tmp_path / "one.yaml"), reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", ""))])
    assert verdict_of(capsys, rec) == "breached"
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "one.yaml").write_text(AGREEMENT.replace("shelling", "missile"))
    (tmp_path / "x" / "zone.geojson").write_text(zone(0.001))
    (tmp_path / "x" / "two.yaml").write_text(AGREEMENT)
    main([*add, str(tmp_path / "x" / "one.yaml"), str(tmp_path / "x" / "zone.geojson"), "--as", "attachment"])
    main([*add, str(tmp_path / "x" / "two.yaml")])
    assert verdict_of(capsys, rec, "--agreement", "one.yaml") == "breached"
    assert verdict_of(capsys, rec, "--agreement", "two.yaml") == "undetermined"


def test_whoever_rewrites_a_record_without_its_key_is_found_before_anything_is_read_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = begun(tmp_path)
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    main(
        [
            "record",
            "add",
            rec,
            str(tmp_path / "one.yaml"),
            reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", "")),
            "--key",
            key,
        ]
    )
    path = next((Path(rec) / "objects").rglob("??*"), None)
    path = max(
        (p for p in (Path(rec) / "objects").rglob("*") if p.is_file()), key=lambda p: b"Mission" in p.read_bytes()
    )
    path.write_bytes(path.read_bytes().replace(b",B,I1", b",A,I1"))
    for words in (
        ["verify", "--record", rec],
        ["record", "log", rec],
        ["record", "replay", rec],
        ["record", "disclose", rec, "--tier", "public", "--out", str(tmp_path)],
    ):
        assert main(words) == 2
        assert "step 9" in capsys.readouterr().err


def test_a_key_is_destroyed_only_once_that_is_recorded_and_nothing_else_is(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"])
    (pseudonym,) = record.vault.identities()
    with pytest.raises(RecordError, match="not the log's own"):
        record.shred(parties["A"], pseudonym, "why")
    for name in ("../secret", str(tmp_path / "log.key"), "protected-0123456789ab"):
        with pytest.raises(RecordError, match="has no key here"):
            record.shred(log, name, "why")
    assert record.vault.identities() == {pseudonym: "Olena Koval"}
    assert load_key(tmp_path / "log.key") == log


@pytest.mark.parametrize("by", ["Bland ", " B", "B.", "ｂland", "B\u200bland", "BLAND", "b"])
def test_a_party_stays_a_party_however_it_is_spelt(by: str) -> None:
    assert name_key(by) in {"b", "bland"}


def test_where_the_agreement_names_bodies_nobody_else_decides() -> None:
    from servanda.evidence.decisions import Decision
    from tests.build import instant

    def by(name: str, *, party: bool = False) -> Decision:
        return Decision("d", "step", ("I",), name, instant("03-20"), instant("03-20"), "x", {}, party)

    named = Deciders({"B": "Bland"}, {"M": "the Mission"})
    assert named.may(by("the mission"))
    assert not named.may(by("Вland"))
    assert not named.may(by("Bland Ministry"))
    assert not Deciders({"B": "Bland"}).may(by("Chair", party=True)), "what a party signed is that party's"


def test_a_party_neither_decides_by_its_key_nor_lifts_an_embargo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = begun(tmp_path)
    add = ["record", "add", rec, "--key", key]
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(
        tmp_path / "r.csv",
        ("R1", "Mission", "observation", "I1", "seen"),
        ("R2", "Mission", "observation", "I2", "seen"),
    )
    main([*add, str(tmp_path / "one.yaml"), rows])
    lines = [
        "{grade: Mission, reliability: F, by: Chair, at: 2025-03-21, why: x}",
        "{incident: I1, step: assessed, by: Chair, at: 2025-03-21, why: x}",
    ]
    (tmp_path / "d.yaml").write_text("decisions:\n" + "".join(f"  - {line}\n" for line in lines))
    main([*add, str(tmp_path / "d.yaml"), "--by", str(tmp_path / "b")])
    assert verdict_of(capsys, rec) == "breached"

    def shown() -> list[int]:
        data = json.loads(disclose(RecordStore(Record(Path(rec))), "parties")["parties-A.json"])
        (index,) = data["rows"]
        rows = in_file_order(Record(Path(rec)), int(index), data["rows"][index])
        return [n for n, row in enumerate(rows) if any(len(cell) == 2 for cell in row)]

    assert shown() == []
    (tmp_path / "e.yaml").write_text(
        "decisions:\n  - {incident: I2, step: assessed, by: Chair, at: 2025-03-21, why: y}\n"
    )
    main([*add, str(tmp_path / "e.yaml")])
    assert shown() == [1]
    from zoneinfo import ZoneInfo

    from servanda.evidence.decisions import read_decisions

    (made,) = read_decisions(tmp_path / "e.yaml", ZoneInfo("Europe/Kyiv"))
    (tmp_path / "f.yaml").write_text(
        f"decisions:\n  - {{undo: {made.id}, by: Chair, at: 2025-03-22, why: too early}}\n"
    )
    main([*add, str(tmp_path / "f.yaml")])
    assert shown() == [], "what was undone lifts nothing"


@pytest.mark.parametrize(
    "written",
    [
        "Teacher Hanna",
        "teacher  hanna",
        "TEACHER\u2013HANNA",
        "TeacherHanna",
        "teacher_hanna",
        "Teacher%20Hanna",
        "Teacher, Hanna",
    ],
)
def test_a_protected_name_is_found_however_it_is_written(written: str) -> None:
    assert hide(f"so says {written}!", [("Teacher Hanna", "protected-x")]) == ("so says protected-x!", 1)


def test_a_name_is_not_found_inside_another_and_parts_of_it_are_told() -> None:
    names = [("Li Wei", "protected-x")]
    assert hide("Ali Weight, Li Weimar", names)[1] == 0
    assert leftovers("Hanna came\nnobody\nto Hannas house\nhanna!", [("Teacher Hanna", "p")]) == 2


def test_names_are_hidden_in_file_names_and_notes_and_ever_after(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([file_of("Petro Ivanenko.csv", ROWS)], log, note="from petro ivanenko", protect=["Petro Ivanenko"])
    record.add([file_of("later.csv", table(("X", "Petro Ivanenko", "again")))], log)
    for entry in list(record.statements())[3:]:
        assert "etro" not in entry.name + str(entry.says.get("note", ""))
        assert b"Petro" not in record.object(entry.digest)
        assert "protected" in entry.says


def test_neither_pseudonyms_nor_the_columns_of_the_record_can_be_forged(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    with pytest.raises(RecordError, match="not a pseudonym of this record"):
        record.add([file_of("x.csv", table(("X", "protected-000000000001", "y")))], log)
    with pytest.raises(RecordError, match="only the record may make"):
        record.add([file_of("x.csv", ROWS.with_columns(pl.lit("here").alias("~place")))], log)
    assert PSEUDONYM.fullmatch("protected-status") is None


def test_reports_of_protected_sources_get_ids_that_tell_nothing(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    rows = table(("R1", "Olena Koval", "a"), ("R2", "Mission", "b")).with_columns(pl.Series("incident_id", ["", ""]))
    record.add([file_of("told.csv", rows)], log, protect=["Olena Koval"])
    kept = list(csv.DictReader(record.object(list(record.statements())[-1].digest).decode().splitlines()))
    assert kept[0]["incident_id"].startswith("case-")
    assert kept[1]["incident_id"] == ""


def test_a_record_begins_with_names_of_its_own_and_a_vault_of_its_own(tmp_path: Path) -> None:
    log = make_key(tmp_path / "log", "log.example")
    tiers = b"tiers: {parties: {fields: all, except: {Bland: [summary]}}}\n"
    with pytest.raises(RecordError, match="no party of this record"):
        Record.begin(tmp_path / "r", log, {"A": log.public(4)}, {}, tiers=tiers)
    with pytest.raises(RecordError, match="which everybody gets"):
        Record.begin(tmp_path / "r", log, {}, {}, vault=tmp_path / "r" / "vault")
    key = str(tmp_path / "log.pub")
    (tmp_path / "log.pub").write_text(vkey(log.public()))
    assert (
        main(
            [
                "record",
                "init",
                str(tmp_path / "r"),
                "--key",
                str(tmp_path / "log"),
                "--party",
                f"A={key}",
                "--party",
                f"A={key}",
            ]
        )
        == 2
    )
    assert main(["record", "init", str(tmp_path / "r"), "--key", str(tmp_path / "log"), "--party", "A=x+y+"]) == 2


def test_a_marker_of_a_broken_append_deletes_nothing_but_its_own(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    victim = tmp_path / "victim"
    victim.write_text("x")
    names = ["../victim", "/etc/hostname", "tile/../../victim", "policy", "checkpoint"]
    (record.folder / "appending").write_text(json.dumps({"size": 6, "files": names}))
    with pytest.raises(RecordError, match="not the log's own"):
        record.add([File("h.txt", "attachment", b"h")], parties["A"])
    record.add([File("h.txt", "attachment", b"h")], log)
    (record.folder / "appending").write_text("[]")
    record.add([File("i.txt", "attachment", b"i")], log)
    assert victim.exists()
    assert broken_at(record.folder, policy_of(record)) == 0


def test_adding_what_is_there_unsettles_nothing(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    record.cosign(parties["A"], policy_of(record))
    note = record.log.note
    record.add([file_of("reports.csv", ROWS)], log)
    assert record.log.note == note


def test_who_may_not_have_the_files_can_still_cosign(tmp_path: Path) -> None:
    record, _, parties = small(tmp_path)
    import shutil

    shutil.rmtree(record.folder / "objects")
    assert record.cosign(parties["A"], policy_of(record), objects=False) == 6
    with pytest.raises(RecordError):
        record.cosign(parties["B"], policy_of(record))


def test_a_witness_cosigns_by_its_own_policy(tmp_path: Path) -> None:
    record, _, parties = small(tmp_path)
    (tmp_path / "other").mkdir()
    other, _, _ = small(tmp_path / "other")
    with pytest.raises(RecordError, match="not a witness in the policy"):
        record.cosign(parties["A"], policy_of(other))


def test_as_of_is_an_instant_and_not_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = begun(tmp_path)
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", ""))
    main(["record", "add", rec, str(tmp_path / "one.yaml"), rows, "--key", key, "--known-at", "2025-03-21T12:00Z"])
    assert verdict_of(capsys, rec, "--as-of", "2025-03-21T12:00:00.5Z") == "breached"
    assert verdict_of(capsys, rec, "--as-of", "2025-03-21T12:00Z") == "breached"
    capsys.readouterr()
    main(["verify", "--record", rec, "--as-of", "2025-03-21T12:00Z"])
    assert "Recorded only after that instant: 2 of them" in capsys.readouterr().out
    assert main(["record", "add", rec, str(tmp_path / "one.yaml"), "--as", "decisions", "--key", key]) == 2
    assert main(["record", "add", rec, str(tmp_path / "zone.geojson"), "--as", "evidence", "--key", key]) == 2


def test_canonical_json_is_written_in_one_way() -> None:
    assert canonical({"b": "ü", "a": [1]}) == '{"a":[1],"b":"ü"}'.encode()
    assert base64.b64encode(b"x") == b"eA=="
