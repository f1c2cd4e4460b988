"""What nobody may learn from a record who is not meant to: names however they are packed, incidents before their time, guesses."""

from __future__ import annotations

import base64
import csv
import functools
import gzip
import hashlib
import io
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.app.disclose import disclose
from servanda.app.record import files_to_record
from servanda.cli.main import main
from servanda.errors import RecordError
from servanda.record import File, Record, Signer, differences, load_key, package
from servanda.record import files as files_module
from servanda.record import vault as vault_module
from servanda.record import verifier as v
from servanda.record.log import quiet
from servanda.record.names import CELL, ROW, hide, partly
from servanda.record.row_commitments import rows_key
from servanda.store import RecordStore
from tests.build import examples
from tests.records import QUAY, ROWS, file_of, in_file_order, policy_of, small, table
from tests.test_record_breaks import AGREEMENT, begun, reports, zone

NAME = "Teacher Hanna"


def asked(record: Record, **more: bool) -> v.Asked:
    return v.Asked(policy_of(record), quiet, quorum=False, **more)


# --- when incidents may be shown ---


@pytest.fixture
def answered(tmp_path: Path) -> tuple[Path, str]:
    """A record of one report on an incident in which B is accused, and its key."""
    rec, key = begun(tmp_path)
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", "seen"))
    assert main(["record", "add", rec, str(tmp_path / "one.yaml"), rows, "--key", key]) == 0
    return tmp_path, key


def decide(folder: Path, *steps: str) -> None:
    path = folder / f"d{len(list(folder.iterdir()))}.yaml"
    path.write_text("decisions:\n" + "".join(f"  - {{incident: I1, {step}, by: Chair, why: x}}\n" for step in steps))
    assert main(["record", "add", str(folder / "rec"), str(path), "--key", str(folder / "mission")]) == 0


def who_sees(folder: Path) -> set[str]:
    """The tiers to which the report is open."""
    store, out = RecordStore(Record(folder / "rec")), set()
    for tier in ("parties", "guarantors", "public"):
        data = json.loads(next(iter(disclose(store, tier).values())))
        (rows,) = data["rows"].values()
        if any(len(cell) == 2 for row in rows for cell in row):
            out.add(tier)
    return out


def test_the_accused_reads_of_it_first_and_the_public_last(answered: tuple[Path, str]) -> None:
    folder, _ = answered
    assert who_sees(folder) == set()
    decide(folder, "step: assessed, at: 2025-03-21")
    assert who_sees(folder) == {"parties"}
    decide(folder, "step: right_of_reply, of: B, until: 2999-01-01, at: 2025-03-22")
    assert who_sees(folder) == {"parties"}, "the time to reply has not passed"
    decide(folder, "step: replied, at: 2025-03-23".replace("by: Chair", ""))
    assert who_sees(folder) == {"parties"}, "somebody else replied"
    (folder / "reply.yaml").write_text(
        "decisions:\n  - {incident: I1, step: replied, by: B, at: 2025-03-23, why: not us}\n"
    )
    main(["record", "add", str(folder / "rec"), str(folder / "reply.yaml"), "--key", str(folder / "mission")])
    assert who_sees(folder) == {"parties", "guarantors"}
    decide(folder, "step: disclosed, tier: guarantors, at: 2025-03-24")
    assert who_sees(folder) == {"parties", "guarantors"}
    decide(folder, "step: disclosed, tier: public, at: 2025-03-25")
    assert who_sees(folder) == {"parties", "guarantors", "public"}


def test_silence_after_its_time_is_an_answer(answered: tuple[Path, str]) -> None:
    folder, _ = answered
    decide(folder, "step: assessed, at: 2025-03-21", "step: right_of_reply, of: B, until: 2025-03-22, at: 2025-03-21")
    assert who_sees(folder) == {"parties", "guarantors"}


def test_what_is_disclosed_before_it_is_assessed_is_shown_to_nobody(answered: tuple[Path, str]) -> None:
    folder, _ = answered
    decide(folder, "step: disclosed, at: 2025-03-21")
    assert who_sees(folder) == set()


def test_decisions_and_verdicts_that_speak_of_what_is_closed_are_closed(answered: tuple[Path, str]) -> None:
    folder, _ = answered
    decide(folder, "step: assessed, at: 2025-03-21")
    assert main(["verify", "--record", str(folder / "rec"), "--publish", "--key", str(folder / "mission")]) == 0
    store = RecordStore(Record(folder / "rec"))
    for tier, shown in (("parties-A", True), ("guarantors", False), ("public", False)):
        data = json.loads(disclose(store, tier.partition("-")[0])[f"{tier}.json"])
        closed = {w["entry"]: w["why"] for w in data["withheld"] if w["what"] == "the file itself"}
        kinds = {e.kind for e in store.record.statements() if e.index in closed}
        assert ({"decisions", "run"} <= kinds) is not shown, tier


def test_signed_is_a_condition_that_a_veto_does_not_meet(tmp_path: Path) -> None:
    tiers = tmp_path / "tiers.yaml"
    tiers.write_text("tiers: {parties: {fields: all, release: signed}, public: {fields: all, embargo: true}}\n")
    rec, key = str(tmp_path / "rec"), str(tmp_path / "mission")
    for name in ("mission", "a", "b"):
        main(["record", "key", f"{name}.example", "--out", str(tmp_path / name)])
    words = ["--party", f"A={tmp_path / 'a.pub'}", "--party", f"B={tmp_path / 'b.pub'}", "--tiers", str(tiers)]
    assert main(["record", "init", rec, "--key", key, *words]) == 0
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", "seen"))
    main(["record", "add", rec, str(tmp_path / "one.yaml"), rows, "--key", key])

    def shown(tier: str) -> bool:
        (made,) = set(disclose(RecordStore(Record(tmp_path / "rec")), tier).values())
        return any(len(cell) == 2 for rows in json.loads(made)["rows"].values() for row in rows for cell in row)

    decide(tmp_path, "step: assessed, at: 2025-03-21", "step: signed, outcome: vetoed, at: 2025-03-22")
    assert (shown("parties"), shown("public")) == (False, False), (
        "embargo: true alone keeps the public until it is disclosed"
    )
    decide(tmp_path, "step: signed, outcome: agreed_with_dissent, at: 2025-03-23")
    assert (shown("parties"), shown("public")) == (True, False)
    tiers.write_text("tiers: {parties: {fields: all, release: soon}}\n")
    assert main(["record", "init", str(tmp_path / "r2"), "--key", key, *words]) == 2
    tiers.write_text("tiers: {../x: {fields: all}}\n")
    assert main(["record", "init", str(tmp_path / "r2"), "--key", key, *words]) == 2


# --- what a package says of itself ---


def forged(raw: bytes, **changes: object) -> bytes:
    return json.dumps({**json.loads(raw), **changes}).encode()


def test_for_whom_a_package_is_and_what_it_withholds_is_signed(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    raw = package(record, record.tiers()["parties"], "A", {2: ROWS}, {2: {4}}, signer=log, as_of="2025-04-01")
    told: list[str] = []
    v.check_package(raw, v.Asked(policy_of(record), lambda step, what: told.append(what), quorum=False))
    assert "signed by mission.example/log for A, B, as of 2025-04-01" in told
    left = json.loads(raw)["withheld"]
    for changes in (
        {"tier": "mechanism"}, {"to": ["A"]}, {"to": ["press"]}, {"withheld": []}, {"as_of": "2999"},
        {"withheld": [{**w, "why": "tier"} for w in left]}, {"differs": {"A": ["summary"]}},
        {"signed": ""}, {"servanda-package": 1}, {"servanda-package": 3},
    ):  # fmt: skip
        with pytest.raises(v.Broken):
            v.check_package(forged(raw, **changes), asked(record))
    by_a_party = json.loads(raw) | {"to": ["A"]}
    by_a_party["signed"] = base64.b64encode(parties["A"].sign(v.package_text(by_a_party))).decode()
    with pytest.raises(v.Broken, match="the log has not signed"):
        v.check_package(json.dumps(by_a_party).encode(), asked(record))


def test_not_even_the_keeper_can_say_that_a_tier_sees_less_or_more_than_was_recorded(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    tier = record.tiers()["parties"]

    def signed(**changes: object) -> bytes:
        data = json.loads(package(record, tier, "A", {2: ROWS}, {2: {4}})) | changes
        data["signed"] = base64.b64encode(log.sign(v.package_text(data))).decode()
        return json.dumps(data).encode()

    v.check_package(signed(), asked(record))
    data = json.loads(signed())
    closed = [[[base64.b64encode(b"x" * 32).decode()]]]
    assert closed
    for what, changes in (
        ("another tier's fields", {"tier": "mechanism", "to": ["mechanism"]}),
        ("nobody's tier", {"tier": "press", "to": ["press"]}),
        ("a stranger", {"to": ["A", "C"]}),
        ("fewer rows closed than are", {"withheld": [w for w in data["withheld"] if "rows" not in w]}),
        ("more rows closed than are", {"withheld": [*data["withheld"], {**data["withheld"][-1], "rows": 1}]}),
        ("a file less", {"withheld": [w for w in data["withheld"] if w["what"] != "the file itself"]}),
        ("fields that one party does not see", {"differs": {"A": ["summary"]}}),
    ):
        with pytest.raises(v.Broken) as told:
            v.check_package(signed(**changes), asked(record))
        assert told.value.step in (6, 11), what
    whole = package(record, record.tiers()["mechanism"], "mechanism", {2: ROWS}, {})
    more = json.loads(whole) | {"tier": "parties", "to": ["A", "B"]}
    more["signed"] = base64.b64encode(log.sign(v.package_text(more))).decode()
    with pytest.raises(v.Broken, match="other fields than the tier may see"):
        v.check_package(json.dumps(more).encode(), asked(record))
    for objects in (
        None,
        frozenset({"agreement", "evidence"}),
    ):  # the key of ids, and the table with the names of sources
        wide = package(record, replace(tier, objects=objects), "A", {2: ROWS}, {2: {4}}, signer=log)
        with pytest.raises(v.Broken, match="shows files that the tier does not see"):
            v.check_package(wide, asked(record))


def test_a_package_of_servanda_0_2_is_accepted_only_by_who_asks_for_it(tmp_path: Path) -> None:
    record, _, _ = small(tmp_path)
    data = json.loads(package(record, record.tiers()["parties"], "A", {2: ROWS}, {}))
    old = json.dumps({k: value for k, value in data.items() if k in v.KEYS} | {"servanda-package": 1}).encode()
    with pytest.raises(v.Broken, match="nobody signed its tier"):
        v.check_package(old, asked(record))
    told: list[str] = []
    v.check_package(old, v.Asked(policy_of(record), lambda _, what: told.append(what), quorum=False, unsigned=True))
    assert any("NOT PROVEN" in line for line in told)


def test_a_package_names_the_party_that_sees_less(tmp_path: Path) -> None:
    from tests.records import TIERS

    tiers = TIERS.replace(b"embargo: true", b"except: {B: [summary]}")
    record, log, _ = small(tmp_path, tiers=tiers)
    a, b = (json.loads(package(record, record.tiers()["parties"], to, {2: ROWS}, {}, signer=log)) for to in ("A", "B"))
    assert (a["to"], b["to"]) == (["A"], ["B"])
    for data in (a, b):
        v.check_package(json.dumps(data).encode(), asked(record))
    assert differences(a, b) == (["summary in 3 rows of entry 2"], [])


def test_what_may_be_withheld_from_one_party_is_not_taken_from_a_forged_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, log, _ = small(tmp_path)
    a = json.loads(package(record, record.tiers()["parties"], "A", {2: ROWS}, {}, signer=log))
    b = json.loads(json.dumps(a))
    lies = b"x" * 32 + b"tiers: {parties: {fields: all, except: {B: [summary]}}}\n"
    tiers_at = record.origin().subjects["tiers.yaml"]
    for data in (a, b):
        data["objects"][tiers_at] = base64.b64encode(lies).decode()
    for row in b["rows"]["2"]:
        row[2] = [base64.b64encode(v.commit_field(v.unbase64(row[2][0]), "summary", row[2][1])).decode()]
    paths = []
    for name, data in (("a", a), ("b", b)):
        paths.append(str(tmp_path / f"{name}.json"))
        Path(paths[-1]).write_text(json.dumps(data))
    assert main(["record", "compare", *paths, "--policy", str(record.folder / "policy")]) == 2
    assert "not one that was recorded" in capsys.readouterr().err


# --- who can test what against what ---


def test_of_two_entries_nobody_sees_whether_their_files_are_one(tmp_path: Path) -> None:
    record, log, parties = small(tmp_path)
    record.add([File("plan.txt", "attachment", b"we withdraw")], log, parties["B"])
    size = record.log.head.size
    (guess,) = record.add([File("plan.txt", "attachment", b"we withdraw")], log, parties["A"])
    assert guess.new, "who guesses what another recorded is not told that it is there"
    digests = [e.digest for e in record.statements() if e.name == "plan.txt"]
    assert len(set(digests)) == 2
    assert len({record.log.object(d)[:32] for d in digests}) == 2
    (again,) = record.add([File("plan.txt", "attachment", b"we withdraw")], log, parties["A"])
    assert not again.new, "one's own is recorded once"
    assert record.log.head.size > size


def test_the_id_of_an_incident_tells_nothing_of_what_its_report_says(tmp_path: Path) -> None:
    """As an attacker: every place on a fine grid is tried against the ids that a record publishes."""
    rec, key = begun(tmp_path)
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "", "seen"))
    main(["record", "add", rec, str(tmp_path / "one.yaml"), rows, "--key", key])
    out = tmp_path / "out"
    assert main(["verify", "--record", rec, "--out", str(out)]) == 0
    assert main(["verify", str(tmp_path / "one.yaml"), rows, "--out", str(tmp_path / "plain")]) == 0
    inside, outside = (ids_in(p / "findings.csv") for p in (out, tmp_path / "plain"))
    assert inside
    assert outside
    assert inside.isdisjoint(outside), "whoever has a guess at the report cannot make the id that the record shows"
    assert ids_in(out / "findings.csv") == inside
    record = Record(Path(rec))
    public = next(iter(disclose(RecordStore(record), "public").values()))
    assert record.origin().subjects["ids"] not in json.loads(public)["objects"]
    whole = next(iter(disclose(RecordStore(record), "mechanism").values()))
    assert record.origin().subjects["ids"] in json.loads(whole)["objects"]


def ids_in(path: Path) -> set[str]:
    return {row["incident"] for row in csv.DictReader(path.read_text().splitlines()) if row["incident"][:2] == "x-"}


def test_a_decision_finds_the_incident_that_the_record_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = begun(tmp_path)
    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "", "seen"))
    main(["record", "add", rec, str(tmp_path / "one.yaml"), rows, "--key", key])
    main(["verify", "--record", rec, "--out", str(tmp_path / "out")])
    (made,) = ids_in(tmp_path / "out" / "findings.csv")
    (tmp_path / "d.yaml").write_text(
        f"decisions:\n  - {{incident: {made}, step: assessed, by: Chair, at: 2025-03-21, why: x}}\n"
    )
    main(["record", "add", rec, str(tmp_path / "d.yaml"), "--key", key])
    data = json.loads(disclose(RecordStore(Record(Path(rec))), "parties")["parties-A.json"])
    assert any(len(cell) == 2 for rows in data["rows"].values() for row in rows for cell in row)
    capsys.readouterr()


# --- names, however they are written ---


@pytest.mark.parametrize(
    "written",
    [
        r"\u0054eacher Hanna", r"Teacher H\u0061nna", r"\\u0054eacher H\\u0061nna", r"\x54eacher Hanna", "&#84;eacher&nbsp;Hanna",
        "&#x54;eacher Hanna", "%54eacher%20H%61nna", "Te\u200bacher\u200b \u2060Hanna", "Tea\u00adcher Hanna", "Téacher Hanńa",
        "T\u0435acher H\u0430nna", "\uff34eacher Hanna", "Teacher\u202e Hanna", "\u00a0Teacher\u00a0Hanna", "Teacher\u2028Hanna",
        "100%Teacher Hanna", "&Teacher Hanna;", "\\Teacher Hanna",
    ],
)  # fmt: skip
def test_no_way_to_write_a_name_hides_it(written: str) -> None:
    text, count = hide(f"so says {written}!", [(NAME, "protected-0")])
    assert count == 1
    assert "protected-0" in text
    assert hide(text, [(NAME, "protected-0")])[1] == 0


@pytest.mark.parametrize("written", ["Hanna, Teacher", "HANNA TEACHER", "Hanna; -Teacher", "Hanna\u00a0Teacher"])
def test_a_name_whose_last_word_stands_first_is_the_same_name(written: str) -> None:
    assert hide(f"told by {written}.", [(NAME, "P")]) == ("told by P.", 1)
    assert (
        hide("Olena Ivanivna Koval; Koval Olena Ivanivna; Ivanivna Koval, Olena", [("Olena Ivanivna Koval", "P")])[1]
        == 3
    )


@pytest.mark.parametrize(
    "written", ["Teachers of Hanna", "Hanna the Teacher", "Teacher <b>H</b> Hannah", "teachers: Vera, Hanna"]
)
def test_what_may_be_a_name_with_another_ending_or_in_parts_is_asked_about_before_it_is_recorded(
    tmp_path: Path, written: str
) -> None:
    record, log, _ = small(tmp_path)
    file = file_of("r.csv", table(("R1", "x", "nothing"), ("R2", "y", f"told by {written}")))
    size = record.log.head.size
    with pytest.raises(RecordError, match="REC047"):
        record.add([file], log, protect=[NAME], k=1)
    assert Record(record.folder).log.head.size == size, "what is recorded cannot be taken back"
    assert record.add([file], log, protect=[NAME], k=1, names_left=True)[0].new
    record.add([file_of("s.csv", table(("R1", "x", "a teacher"), ("R2", "y", "Hanna Bily")))], log, k=1)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ганна Коваленко", "Hanna Kovalenko"),
        ("Ганна Коваленко", "KOVALENKO, Ганна"),
        ("Ганна Коваленко", "of Hanna, at the school of Kovalenko"),
        ("Юрій Щербак", "Yuriy Shcherbak"),
        ("Oleksandr Zhuk", "Олександра Жук"),
        ("Jörg Müller", "Joerg Mueller"),
        ("Łukasz Wałęsa", "Lucasz Valesa"),
    ],
)
def test_a_name_in_the_letters_of_another_script_is_asked_about_before_it_is_recorded(
    tmp_path: Path, name: str, written: str
) -> None:
    record, log, _ = small(tmp_path)
    size = record.log.head.size
    with pytest.raises(RecordError, match="REC047"):
        record.add(
            [file_of("r.csv", table(("R1", "x", "in Kyiv"), ("R2", "y", f"told by {written}")))],
            log,
            protect=[name],
            k=1,
        )
    assert Record(record.folder).log.head.size == size
    assert partly(f"{written.rsplit(maxsplit=1)[-1]}.csv", [(name, "protected-0")]), "no file is called so"
    fair = table(("R1", "x", "Hanover and Kovel, Юрта"), ("R2", "y", "Щерба, Lukoml and Oleshky, Mulhouse"))
    assert record.add([file_of("s.csv", fair)], log, k=1)[0].new


def test_a_shredded_name_is_noticed_in_either_order(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    pseudonym = record.vault.protect(NAME)
    record.shred(log, pseudonym, "asked")
    for written in (NAME, "Hanna, Teacher"):
        with pytest.raises(RecordError, match="REC041"):
            record.add([file_of("r.csv", table(("R1", "x", written)))], log)


def test_a_name_in_another_script_is_found_in_every_case_and_form() -> None:
    names = [("Олена Коваль", "p1"), ("Мар'яна Іванів", "p2"), ("Đặng Thị Hoa", "p3")]
    for written in ("ОЛЕНА КОВАЛЬ", r"\u041e\u043b\u0435\u043d\u0430 Коваль", "%D0%9E%D0%BB%D0%B5%D0%BD%D0%B0_Коваль", "Olena", "Мар’яна Іванів", "МАРʼЯНА ІВАНІВ", "dang thi hoa"):  # fmt: skip
        assert (hide(f"- {written} -", names)[1] == 1) is (written != "Olena"), written


def test_a_name_over_two_cells_is_found_and_no_cell_is_lost() -> None:
    text = ROW.join([CELL.join(["Teacher", "Hanna", "48"]), CELL.join(["x", "y", "Teacher"]), "Hanna"])
    hidden, count = hide(text, [(NAME, "protected-0")])
    assert count == 1, "and none goes on from one row to the next"
    assert [row.split(CELL) for row in hidden.split(ROW)] == [
        ["protected-0", "", "48"],
        ["x", "y", "Teacher"],
        ["Hanna"],
    ]


def sqlite(text: str) -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("create table x (a text, b int)")
    base.execute("insert into x values (?, 1)", (text,))
    base.commit()
    return base.serialize()


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{text[:4]}</t><t>{text[4:]}</t>")
    return out.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def tables(tmp_path: Path) -> dict[str, bytes]:
    """One table of reports, in every form that evidence may have; a protected source is in it."""
    header = ["report_id", "source", "side", "kind", "start", "lat", "lon", "act", "actor", "incident_id", "summary"]
    first = [
        "R1",
        NAME,
        "none",
        "claim",
        "2025-03-19T06:10+02:00",
        "48.02",
        "37.03",
        "shelling",
        "B",
        "",
        "told by Teacher  Hanna",
    ]
    second = ["R2", "Mission", *first[2:-1], "x" * 140_000]
    rows = [header, first, second]

    def text(delimiter: str, end: str) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
        return out.getvalue()

    frame = pl.DataFrame({h: [first[n] or None, second[n] or None] for n, h in enumerate(header)})
    lines = "\n".join(json.dumps(dict(zip(header, row, strict=True))) for row in rows[1:])
    plain = text(",", "\n").encode()
    return {
        "plain.csv": plain,
        "bom.csv": b"\xef\xbb\xbf" + plain,
        "semicolon.csv": text(";", "\r\n").encode(),
        "cr.csv": text(",", "\r").encode(),
        "utf16.csv": text("\t", "\n").encode("utf-16"),
        "packed.csv.gz": gzip.compress(plain, mtime=0),
        "lines.jsonl": lines.encode(),
        "escaped.jsonl": lines.replace("Teacher", r"\u0054eacher").encode(),
        "rows.parquet": parquet(frame),
    }


def test_names_are_hidden_in_tables_of_every_form_and_their_incidents_get_ids_that_tell_nothing(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    for name, data in tables(tmp_path).items():
        (tmp_path / name).write_bytes(data)
        (file,) = files_to_record([tmp_path / name])
        (added,) = record.add([file], log, protect=[NAME], k=1)
        assert added.hidden >= 2, name
        assert added.rows == 2, name
        kept = file.table(record.object(list(record.statements())[-1].digest))
        assert "eacher" not in str(kept.rows()), name
        assert kept["incident_id"].str.starts_with("case-").to_list()[:1] == [True], name
        assert not kept["incident_id"][1], name
        assert kept["summary"].str.len_chars().max() == 140_000, name
    assert {e.name for e in record.statements()} >= set(tables(tmp_path))
    assert record.vault.identities().keys() == {p for p, name in record.vault.identities().items() if name == NAME}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256))),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
        ("latin.txt", "Zürich".encode("latin-1")),
        ("no-mark.txt", NAME.encode("utf-16-le")),
        ("broken.gz", gzip.compress(b"x" * 100, mtime=0)[:-9]),
        ("deep.gz", functools.reduce(lambda data, _: gzip.compress(data, mtime=0), range(6), b"x")),
        ("names.gpkg", sqlite(NAME)),
        ("sheet.xlsx", zipped(NAME)),
        ("tags.html", b"<p>Tea<b>cher</b> Hanna</p>"),
        ("bytes.parquet", parquet(pl.DataFrame({"a": [b"x"]}))),
        ("nested.parquet", parquet(pl.DataFrame({"a": [[NAME]]}))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_looked_through_is_refused_unless_somebody_has_looked(
    name: str, data: bytes, tmp_path: Path
) -> None:
    record, log, _ = small(tmp_path)
    file = File(name, "attachment", data)
    record.add([file], log)  # nobody is protected yet
    with pytest.raises(RecordError, match="REC040"):
        record.add([File("other-" + name, "attachment", data)], log, protect=[NAME])
    (added,) = record.add([File("other-" + name, "attachment", data)], log, unsearched=True)
    assert not added.searched
    assert list(record.statements())[-1].says["unsearched"] is True


def test_what_can_be_looked_through_and_names_nobody_is_kept_to_the_byte(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([File("x.txt", "attachment", b"x")], log, protect=[NAME])
    for name, data in (
        ("zones.gpkg", sqlite("Zone")), ("a.xlsx", zipped("Else")), ("u.txt", "è\r\n".encode("utf-16")), ("g.gz", gzip.compress(b"y", mtime=0)),
        ("p.parquet", parquet(pl.DataFrame({"a": [1], "b": [["z"]]}))), ("empty.txt", b""),
    ):  # fmt: skip
        record.add([File(name, "attachment", data)], log)
        assert record.object(list(record.statements())[-1].digest) == data


def test_each_name_that_a_file_does_not_hold_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = begun(tmp_path)
    one = reports(tmp_path / "one.csv", ("R1", NAME, "claim", "I1", ""))
    two = reports(tmp_path / "two.csv", ("R2", "Mission", "claim", "I1", ""))
    assert main(["record", "add", rec, one, two, "--key", key, "--protect", NAME, "--protect", "Petro Ivanenko"]) == 0
    told = capsys.readouterr().err
    assert "'Teacher Hanna', which is to be protected, does not stand in two.csv" in told
    assert "none of the files holds 'Petro Ivanenko'" in told


def test_a_geometry_file_named_after_a_protected_source_is_recorded_under_a_pseudonym(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = begun(tmp_path)
    (tmp_path / f"{NAME}.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT.replace("zone.geojson", f"{NAME}.geojson"))
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", ""))
    words = [rec, str(tmp_path / "one.yaml"), rows, "--key", key, "--protect", NAME]
    assert main(["record", "add", *words]) == 0, capsys.readouterr().err
    assert main(["verify", "--record", rec]) == 0
    assert "breached" in capsys.readouterr().out
    assert not any(b"Hanna" in p.read_bytes() for p in Path(rec).rglob("*") if p.is_file())


def test_a_file_that_calls_a_protected_source_by_its_pseudonym_speaks_of_it_as_one_that_names_it(
    tmp_path: Path,
) -> None:
    record, log, _ = small(tmp_path)
    (told,) = record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"])
    (pseudonym,) = record.vault.identities()
    again = file_of("again.csv", table(("R9", pseudonym, "smoke")))
    why = f"decisions: [{{step: triaged, incident: I1, outcome: in_scope, at: 2025-03-20, by: M, why: as {pseudonym} says}}]"
    for step in range(2):
        known, said = record.add([again, File("d.yaml", "decisions", f"{why}  # {step}".encode())], log)
        entries = [record.statement(one.index) for one in (told, known, said)]
        assert ["protected" in e.says for e in entries] == [True, True, True]
        assert {"~place", "~time"} <= set(entries[1].says["rows"]["columns"])
        if not step:
            record.shred(log, pseudonym, "asked for it")  # and still, once nobody knows any more who it is


# --- shredding ---


def test_no_reason_and_no_note_writes_a_protected_name_into_the_log(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"])
    (pseudonym,) = record.vault.identities()
    for why in ("Olena Koval asked for it", "for Olena's sake: KOVAL", r"\u004flena Koval asked"):
        with pytest.raises(RecordError, match="REC042"):
            record.shred(log, pseudonym, why)
    assert record.vault.identities() == {pseudonym: "Olena Koval"}
    with pytest.raises(RecordError, match="REC042"):
        record.admit(log, Signer("olena_koval", b"1" * 32).public())
    record.shred(log, pseudonym, "the source asked for it")
    assert record.vault.identities() == {pseudonym: None}


def test_no_file_is_recorded_under_a_name_or_with_a_note_that_bears_a_part_of_a_protected_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = begun(tmp_path)
    named, plain = (tmp_path / name for name in ("letter-koval.txt", "letter.txt"))
    for path in (named, plain):
        path.write_text("smoke at the quay", "utf-8")
    size = Record(Path(rec)).log.head.size
    add = ["record", "add", rec, "--key", key, "--as", "attachment", "--protect", "Olena Koval"]
    for words in ([str(named)], [str(plain), "--note", "Koval rang"]):
        assert main([*add, *words]) == 2
        assert "REC047" in capsys.readouterr().err
    assert Record(Path(rec)).log.head.size == size
    assert main([*add, str(plain), "--note", "somebody rang"]) == 0
    assert main([*add, str(named), "--names-left"]) == 0


def test_a_shredded_name_is_noticed_when_it_comes_in_again(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"])
    (pseudonym,) = record.vault.identities()
    record.shred(log, pseudonym, "asked")
    for data in (b"as olena  KOVAL told", rb"as \u004flena Koval told", gzip.compress(b"Olena Koval", mtime=0)):
        with pytest.raises(RecordError, match="REC041"):
            record.add([File("again.txt", "attachment", data)], log)
    with pytest.raises(RecordError, match="REC042"):
        record.add([File("again.txt", "attachment", b"x")], log, note="from Olena Koval")
    record.add([File("again.txt", "attachment", b"as Olena Koval told")], log, protect=["Olena Koval"])
    assert b"Koval" not in record.object(list(record.statements())[-1].digest)
    assert len(record.vault.identities()) == 2, "who is protected anew is somebody new"


def test_who_asks_to_be_forgotten_wholly_leaves_nothing_to_try_names_against(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"])
    (pseudonym,) = record.vault.identities()
    record.shred(log, pseudonym, "asked", forget=True)
    assert not list(record.vault.folder.rglob("shredded/*"))
    assert record.vault.forgotten() == 1
    record.add([File("again.txt", "attachment", b"as Olena Koval told")], log)


def test_a_key_is_written_over_where_it_lies_and_not_cut_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is cut gets new blocks, and the old ones keep the key: watched through a second name of the same blocks."""
    record, log, _ = small(tmp_path)
    record.add([file_of("told.csv", ROWS)], log, protect=["Olena Koval"])
    (pseudonym,) = record.vault.identities()
    path = record.vault.folder / "keys" / pseudonym
    key = path.read_bytes()
    os.link(path, tmp_path / "same-blocks")
    flags: list[int] = []
    real = os.open

    def spy(name: object, how: int, *more: int) -> int:
        if Path(str(name)) == path:
            flags.append(how)
        return real(name, how, *more)

    monkeypatch.setattr(os, "open", spy)
    record.shred(log, pseudonym, "asked")
    assert flags
    assert not any(how & (os.O_TRUNC | os.O_CREAT) for how in flags)
    assert (tmp_path / "same-blocks").read_bytes() != key
    assert not path.exists()


def test_one_person_has_one_pseudonym_however_the_name_is_written_and_whoever_adds_at_once(tmp_path: Path) -> None:
    import subprocess
    import sys

    record, _, _ = small(tmp_path)
    program = (
        "import sys\nfrom pathlib import Path\nfrom servanda.record.vault import Vault\n"
        "vault = Vault(Path(sys.argv[1]))\nsys.stdin.readline()\nprint(vault.protect(sys.argv[2]))\n"
    )
    names = ["Olena Koval", "olena  koval", "Olena\u200b Koval", "OLENA-KOVAL"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(record.vault.folder), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in names
    ]  # fmt: skip
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    given = {one.communicate()[0].strip() for one in running}
    assert len(given) == 1
    assert set(record.vault.identities()) == given


# --- the order of rows ---


def test_the_order_of_rows_tells_nothing_of_their_order_in_the_file(tmp_path: Path) -> None:
    """Neighbours that may be seen would bracket the time of one that may not."""
    record, log, _ = small(tmp_path)
    places = []
    for n in range(40):
        rows = table(*[(f"R{k}", "x", str(k)) for k in range(9)])
        (added,) = record.add([file_of(f"r{n}.csv", rows)], log)
        made = record.vault.order(rows_key(record.vault, record.statement(added.index)), range(2, 11))
        places.append(made.index(4))
        shown = json.loads(package(record, record.tiers()["mechanism"], "mechanism", _tables(record), {}))
        ids = [row[0][1] for row in shown["rows"][str(added.index)]]
        assert ids == [f"R{k}" for k in made]
        assert in_file_order(record, added.index, ids) == [f"R{k}" for k in range(9)]
        names = [json.loads(record.log.entry(added.index + 1 + k))["subject"][0]["name"] for k in range(9)]
        assert names == [f"r{n}.csv#{k}" for k in range(1, 10)], "and neither do their names"
    assert len(set(places)) > 5
    assert {a < b for a, b in itertools.pairwise(places)} == {True, False}


def test_what_a_package_of_a_lost_record_opened_opens_nothing_of_one_that_was_put_back(tmp_path: Path) -> None:
    """Put back from a copy, a record has another file at the place of the one that was lost: its fields have other salts."""
    record, log, _ = small(tmp_path)
    shutil.copytree(record.folder, tmp_path / "copy")
    shutil.copytree(record.folder.with_name("record.vault"), tmp_path / "copy.vault")
    salts = []
    for one in (record, Record(tmp_path / "copy")):
        (added,) = one.add([file_of("late.csv", table(("R9", "x", "1")))], log)
        made = json.loads(package(one, one.tiers()["mechanism"], "mechanism", _tables(one), {}))
        salts.append({cell[0] for row in made["rows"][str(added.index)] for cell in row})
    assert not salts[0] & salts[1]


def test_rows_that_an_older_version_committed_to_still_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, log, _ = small(tmp_path)
    monkeypatch.setattr(files_module, "BY_OBJECT", "file")
    key = type(record.vault).file_key
    with monkeypatch.context() as older:
        older.setattr(type(record.vault), "file_key", lambda self, entry, digest="": key(self, entry))
        (added,) = record.add([file_of("old.csv", table(("R9", "x", "1")))], log)
    made = package(record, record.tiers()["mechanism"], "mechanism", _tables(record), {}, signer=log)
    checked = v.check_package(made, v.Asked(policy_of(record), quiet, quorum=False))
    assert [cell[1] for cell in checked["rows"][str(added.index)][0]] == ["R9", "x", "1"]


def _tables(record: Record) -> dict[int, pl.DataFrame]:
    out = {}
    for e in record.statements():
        if "rows" in e.says:
            raw = pl.read_csv(record.object(e.digest), infer_schema=False)
            out[e.index] = raw.with_columns(pl.Series("row", range(2, raw.height + 2))).select("row", *raw.columns)
    return out


# --- secrets ---


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    record, log, _ = small(tmp_path)
    for mode in (0o640, 0o604, 0o620, 0o644):
        (tmp_path / "log.key").chmod(mode)
        with pytest.raises(RecordError, match="REC037"):
            load_key(tmp_path / "log.key")
    (tmp_path / "log.key").chmod(0o400)
    assert load_key(tmp_path / "log.key") == log
    (record.vault.folder / "secret").chmod(0o644)
    with pytest.raises(RecordError, match="REC037"):
        vault_module.Vault(record.vault.folder)


def test_the_report_allows_its_own_style_and_script_and_no_other(tmp_path: Path) -> None:
    import re

    (tmp_path / "zone.geojson").write_text(zone(0.2))
    (tmp_path / "one.yaml").write_text(AGREEMENT)
    rows = reports(tmp_path / "r.csv", ("R1", "Mission", "observation", "I1", ""))
    assert main(["verify", str(tmp_path / "one.yaml"), rows, "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    allowed = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert allowed is not None
    policy = allowed[1].replace("&#39;", "'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r'<[^>]+\s(?:style|on\w+)="', page), "nothing of the page needs what the policy forbids"


# --- no tier learns what it may not ---

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00\x1e\x1f"), max_size=12)


def masked(value: object) -> object:
    """What a statement says, with digests, signatures and times left out."""
    if isinstance(value, dict):
        return {k: masked(x) for k, x in value.items() if k not in ("recorded_at", "known_at", "sig")}
    if isinstance(value, list):
        return [masked(x) for x in value]
    return "a digest" if isinstance(value, str) and len(value) == 64 and value.isalnum() else value


def told(raw: bytes) -> dict[str, object]:
    """All that a package says, but for commitments, salts and signatures."""
    data = json.loads(raw)
    statements = []
    for text in data["entries"]:
        entry = json.loads(text)
        statements.append(masked(json.loads(base64.b64decode(entry["payload"])) if "payload" in entry else entry))
    cells = {n: [[c[1] if len(c) == 2 else "closed" for c in row] for row in rows] for n, rows in data["rows"].items()}
    rows = {n: sorted(rows, key=str) for n, rows in cells.items()}  # in an order that each file's own key makes
    rest = {k: data[k] for k in ("tier", "to", "differs", "hidden", "withheld", "as_of")}
    return {"statements": statements, "rows": rows, "objects": len(data["objects"]), **rest}


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=5), st.booleans())
@examples(25)
def test_packages_of_records_that_differ_in_withheld_fields_differ_in_commitments_only(
    rows: list[tuple[str, str, str, str]], protects: bool
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        tiers = b"tiers: {public: {fields: [report_id], protected: [report_id], objects: [agreement]}}\n"
        record, log, _ = small(Path(scratch), tiers=tiers)
        shutil.copytree(record.folder, Path(scratch) / "other")
        shutil.copytree(record.vault_folder, Path(scratch) / "other.vault")
        packages = []
        for one, at in ((record, 0), (Record(Path(scratch) / "other"), 2)):
            protect = ["Olena Koval"] if protects else []
            made = table(*[(f"R{n}", f"{row[at]} Olena Koval", row[at + 1]) for n, row in enumerate(rows)])
            one.add([file_of("r.csv", made)], log, protect=protect, k=2)
            raw = package(one, one.tiers()["public"], "public", _tables(one), {}, signer=log)
            v.check_package(raw, asked(one))
            packages.append(told(raw))
        assert packages[0] == packages[1]


def test_a_private_key_is_neither_shown_nor_recorded_in_any_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "key", "keeper.example", "--out", str(tmp_path / "mine")]) == 0
    assert main(["record", "init", str(tmp_path / "rec"), "--key", str(tmp_path / "mine")]) == 0
    key = (tmp_path / "mine").read_text().strip()
    (tmp_path / "truce.yaml").write_text(QUAY, encoding="utf-8")
    forms = {
        "mine": key.encode(),
        "quoted.csv": b'\xef\xbb\xbf\n"' + key.encode() + b'"',
        "wide.csv": key.encode("utf-16"),
        "below.csv": b"report_id,source,start,act\n" + key.encode() + b"\n",
        "packed.csv.gz": gzip.compress(key.encode()),
        "coded.csv": base64.b64encode(key.encode()),
        "answer.json": json.dumps({"rows": [{"note": key}]}).encode(),
        "pem.csv": b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(bytes(48)) + b"\n-----END PRIVATE KEY-----\n",
    }
    capsys.readouterr()
    add = ["record", "add", str(tmp_path / "rec"), "--key", str(tmp_path / "mine")]
    for name, content in forms.items():
        file = tmp_path / name
        if name != "mine":
            file.write_bytes(content)
        for command, code in (
            (["verify", str(tmp_path / "truce.yaml"), str(file)], "EVD019"), (["fuse", str(file)], "EVD019"),
            (["figures", str(file)], "EVD019"), ([*add, str(file)], "REC048"), ([*add, str(file), "--as", "attachment"], "REC048"),
        ):  # fmt: skip
            assert main(command) == 2, (name, command)
            told = "".join(capsys.readouterr())
            assert code in told, (name, command, told)
            assert key[-44:] not in told
    assert Record(tmp_path / "rec").log.head.size == 1


def test_no_option_shows_or_records_a_private_key_that_stands_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "key", "keeper.example", "--out", str(tmp_path / "mine")]) == 0
    key, rec = (tmp_path / "mine").read_text().strip(), str(tmp_path / "rec")
    assert main(["record", "init", rec, "--key", str(tmp_path / "mine")]) == 0
    (tmp_path / "truce.yaml").write_text(QUAY, encoding="utf-8")
    capsys.readouterr()
    for words in (
        ["init", f"{rec}2", "--key", str(tmp_path / "mine"), "--party", f"A={key}"],
        ["init", f"{rec}2", "--key", str(tmp_path / "mine"), "--party", f"A={tmp_path / 'mine'}"],
        ["init", f"{rec}2", "--key", str(tmp_path / "mine"), "--tiers", str(tmp_path / "mine")],
        ["add", rec, str(tmp_path / "truce.yaml"), "--key", str(tmp_path / "mine"), "--note", key],
        ["add", rec, str(tmp_path / "truce.yaml"), "--key", key],
        ["verify", rec, "--policy", str(tmp_path / "mine")],
    ):
        assert main(["record", *words]) == 2, words
        assert key[-30:] not in "".join(capsys.readouterr()), words
    ran = subprocess.run(
        [sys.executable, v.__file__, "record", rec, "--policy", str(tmp_path / "mine")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert key[36:60] not in ran.stdout + ran.stderr
