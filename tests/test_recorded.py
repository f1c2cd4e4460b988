"""From files to the record and back: past verdicts byte for byte, what may be shown when, and the commands."""

from __future__ import annotations

import csv
import dataclasses
import json
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.app.disclose import disclose
from servanda.app.publish import publish
from servanda.app.record import files_to_record, verify_record
from servanda.app.replay import replay
from servanda.cli.main import main
from servanda.errors import RecordError, ServandaError
from servanda.record import Record, load_key
from servanda.record.coarsen import boxes
from servanda.record.log import quiet
from servanda.record.verifier import Asked, Policy, check_package
from servanda.schemas import schema
from servanda.store import RecordStore
from tests.build import examples
from tests.records import in_file_order

ROOT = Path(__file__).resolve().parent.parent


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command prints, when it ends with ``code``."""
    got = main([str(w) for w in words])
    out = capsys.readouterr()
    assert got == code, out.out + out.err
    return out.out + out.err


@pytest.fixture
def begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with keys of a mission and two parties, and a record that both cosign."""
    for name in ("mission.example/log", "a.example", "b.example"):
        said(capsys, "record", "key", name, "--out", str(tmp_path / name.split(".")[0]))
    told = said(
        capsys, "record", "init", str(tmp_path / "rec"), "--key", str(tmp_path / "mission"),
        "--party", f"A={tmp_path / 'a.pub'}", "--party", f"B={tmp_path / 'b.pub'}",
    )  # fmt: skip
    assert "a record of mission.example/log, with 1 entry" in told
    return tmp_path


@pytest.mark.parametrize("case", ["energy-truce-2025", pytest.param("easter-truce-2025", marks=pytest.mark.by_night)])
def test_past_verdicts_of_the_shipped_truces_replay_after_later_evidence_has_changed_the_present_ones(
    case: str, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ROOT / "cases" / case
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    rows = list(csv.reader((folder / "evidence" / "reports.csv").read_text(encoding="utf-8").splitlines()))
    first = begun / "first.csv"
    with first.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows[: len(rows) // 2])
    ground = [folder / "agreement.yaml", folder / "evidence" / "sources.yaml", folder / "coverage.yaml"]
    said(capsys, "record", "add", rec, *map(str, ground), *key, "--known-at", "2025-03-19")
    said(capsys, "record", "add", rec, str(first), *key, "--known-at", "2025-04-22")
    told = said(capsys, "verify", "--record", rec, "--as-of", "2025-04-25", "--publish", *key)
    assert "Nothing has been published for this instant." in told
    said(capsys, "verify", "--record", rec, "--publish", *key)
    before = verify_record(RecordStore(Record(Path(rec)))).files["verdicts.json"]

    said(capsys, "record", "add", rec, str(folder / "evidence" / "reports.csv"), *key, "--known-at", "2025-05-20")
    told = said(capsys, "verify", "--record", rec)
    assert "DIFFER from those published" in told
    assert verify_record(RecordStore(Record(Path(rec)))).files["verdicts.json"] != before
    told = said(capsys, "verify", "--record", rec, "--as-of", "2025-04-25")
    assert "the same, byte for byte, as those published" in told
    assert "Left out, because they became known later" in told
    told = said(capsys, "record", "replay", rec)
    assert "2 published runs, 0 not the same" in told
    assert {(r.differ, len(r.same) > 4) for r in replay(RecordStore(Record(Path(rec))))} == {((), True)}


def test_a_report_on_a_record_is_known_when_it_was_recorded(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    (begun / "agreement.yaml").write_text(AGREEMENT, encoding="utf-8")
    columns = "report_id,source,side,kind,reliability,start,act,actor"
    (begun / "seen.csv").write_text(f"{columns}\nR1,Mission,none,observation,A,2025-03-20T12:00Z,shelling,A\n")
    said(capsys, "record", "add", rec, str(begun / "agreement.yaml"), *key, "--known-at", "2025-03-19")
    said(capsys, "record", "add", rec, str(begun / "seen.csv"), *key, "--known-at", "2025-03-25")
    store = RecordStore(Record(Path(rec)))
    for as_of, breached in (("2025-03-24", False), ("2025-03-26", True)):
        run = verify_record(store, as_of)
        assert ("breached" in {v.verdict for v in run.verification.verdicts}) == breached
        assert run.verification.undated == 0
    assert str(run.verification.members["known_at"][0]).startswith("2025-03-2")


def test_a_published_verdict_that_cannot_be_made_again_is_told(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = ROOT / "cases" / "easter-truce-2025"
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    said(capsys, "record", "add", rec, str(case / "agreement.yaml"), str(case / "evidence" / "reports.csv"), *key)
    record = Record(Path(rec))
    run = verify_record(RecordStore(record))
    files = {**run.files, "verdicts.json": run.files["verdicts.json"] + b" "}
    publish(RecordStore(record), dataclasses.replace(run, files=files), load_key(begun / "mission"))
    told = said(capsys, "record", "replay", rec, code=1)
    assert "not the same: verdicts.json" in told
    assert "software: unchanged" in told


AGREEMENT = """agreement: test
title: A test
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 30 days}
terms: {fire: {text: No fire, forbid: {act: shelling}}}
"""


def sources(folder: Path, count: int = 8) -> Path:
    """A file of reports of ``count`` people, five each, on a line of towns."""
    path = folder / "told.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["report_id", "source", "side", "start", "lat", "lon", "act", "actor", "incident_id", "summary"])
        for n in range(count * 5):
            who = f"Person Number{n % count}"
            out.writerow(
                [
                    f"R{n}",
                    who,
                    "none",
                    f"2025-03-{20 + n % 5}T1{n % 10}:00Z",
                    48 + n / 50,
                    37 + n / 70,
                    "shelling",
                    "A",
                    f"I{n}",
                    f"{who} heard it",
                ]
            )
    return path


def test_nobody_sees_a_report_before_its_incident_is_assessed_and_all_see_that_it_is_there(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    (begun / "agreement.yaml").write_text(AGREEMENT)
    decisions = begun / "d.yaml"
    decisions.write_text("decisions:\n  - {incident: I3, step: assessed, by: Team, at: 2025-03-28, why: seen}\n")
    said(capsys, "record", "add", rec, str(begun / "agreement.yaml"), str(sources(begun)), str(decisions), *key)
    record = Record(Path(rec))
    policy = Policy.parse((record.folder / "policy").read_bytes())
    packages = disclose(RecordStore(record), "parties", signer=load_key(begun / "mission"))
    assert set(packages) == {"parties-A.json", "parties-B.json"}
    assert len(set(packages.values())) == 1, "both parties, at once, the same"
    shown = check_package(packages["parties-A.json"], Asked(policy, quiet, quorum=False))
    rows = in_file_order(record, 2, shown["rows"]["2"])
    open_rows = [n for n, row in enumerate(rows) if any(len(cell) == 2 for cell in row)]
    assert open_rows == [3]
    assert len(shown["rows"]["2"]) == 40
    assert any("embargo" in w["why"] for w in shown["withheld"])
    whole = check_package(
        disclose(RecordStore(record), "mechanism", signer=load_key(begun / "mission"))["mechanism.json"],
        Asked(policy, quiet, quorum=False),
    )
    assert all(len(cell) == 2 for row in whole["rows"]["2"] for cell in row)
    began = datetime.now(UTC)
    told = said(capsys, "record", "disclose", rec, "--tier", "public", "--out", str(begun / "out"), *key)
    assert "recorded in entry" in told
    made = json.loads((begun / "out" / "public.json").read_bytes())
    assert datetime.fromisoformat(made["as_of"]) >= began  # of what was decided in this second nothing is left out
    assert "there is no tier" in said(capsys, "record", "disclose", rec, "--tier", "press", "--out", str(begun), code=2)


def test_protected_sources_cannot_be_told_apart_below_k(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    (begun / "agreement.yaml").write_text(AGREEMENT)
    decisions = begun / "d.yaml"
    steps = "".join(f"  - {{incident: I{n}, step: assessed, by: Team, at: 2025-03-28, why: seen}}\n" for n in range(40))
    decisions.write_text("decisions:\n" + steps)
    protect = [w for n in range(8) for w in ("--protect", f"Person Number{n}")]
    told = said(
        capsys,
        "record",
        "add",
        rec,
        str(begun / "agreement.yaml"),
        str(sources(begun)),
        str(decisions),
        *key,
        *protect,
        "--k",
        "4",
    )
    assert "80 names hidden" in told
    record = Record(Path(rec))
    package = json.loads(disclose(RecordStore(record), "parties")["parties-A.json"])
    entry = next(e for e in record.statements() if e.kind == "evidence")
    columns = entry.says["rows"]["columns"]
    assert columns[-2:] == ["~place", "~time"]
    truth = [row["source"] for row in csv.DictReader((begun / "told.csv").read_text().splitlines())]
    seen = defaultdict(set)
    for row, who in zip(in_file_order(record, entry.index, package["rows"][str(entry.index)]), truth, strict=True):
        shown = {name: cell[1] for name, cell in zip(columns, row, strict=True) if len(cell) == 2}
        assert not {"source", "lat", "lon", "start", "summary", "report_id", "incident_id"} & set(shown)
        assert shown["~place"]
        seen[tuple(sorted((k, v or "") for k, v in shown.items()))].add(who)
    assert min(map(len, seen.values())) >= 4, "whoever guesses who told it is right one time in four at best"
    assert len(seen) > 1, "and yet something is told"
    raw = b"".join(disclose(RecordStore(record), "parties").values())
    assert b"Person" not in raw
    assert b"protected-" not in raw.replace(b'"protected":', b"")


@given(
    st.lists(st.tuples(st.floats(-89, 89), st.floats(-179, 179), st.floats(0, 2e9), st.integers(0, 9)), max_size=60),
    st.integers(1, 6),
)
@examples(80)
def test_every_box_holds_k_sources_and_its_own_reports(rows: list[tuple[float, float, float, int]], k: int) -> None:
    lat, lon, time, who = ([r[n] for r in rows] for n in range(4))
    found = boxes(np.array(lat, float), np.array(lon, float), np.array(time, float), [str(w) for w in who], k)
    groups = defaultdict(set)
    for row, box in zip(rows, found, strict=True):
        if box is not None:
            groups[box].add(row[3])
            assert box.lat[0] <= row[0] <= box.lat[1]
            assert box.lon[0] <= row[1] <= box.lon[1]
            assert box.time[0] <= row[2] <= box.time[1]
    assert all(len(sources) >= k for sources in groups.values())
    assert (len(set(who)) >= k) == bool(groups) or not rows


def test_a_report_without_a_place_is_coarsened_to_nothing() -> None:
    nan = float("nan")
    assert boxes(np.array([nan, 48.0]), np.array([37.0, 37.0]), np.array([0.0, 0.0]), ["a", "b"], 2) == [None, None]


def test_files_are_known_for_what_they_are(tmp_path: Path) -> None:
    case = ROOT / "cases" / "energy-truce-2025"
    found = files_to_record([case / "agreement.yaml", case / "coverage.yaml", *sorted((case / "evidence").iterdir())])
    assert [(f.name, f.kind) for f in found] == [
        ("regions.geojson", "attachment"), ("agreement.yaml", "agreement"), ("coverage.yaml", "coverage"),
        ("figures.csv", "evidence"), ("reports.csv", "evidence"), ("sources.yaml", "register"), ("statements.csv", "evidence"),
    ]  # fmt: skip
    (tmp_path / "x.yaml").write_text("what: is this\n")
    (tmp_path / "x.csv").write_text("what,is\nthis,x\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "far.yaml").write_text(AGREEMENT + "places: {z: {file: ../z.geojson, id: z}}\n")
    ring = [[36, 47], [38, 47], [38, 49], [36, 47]]
    shape = {"type": "Feature", "id": "z", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "z.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}))
    for name, what in (
        ("x.yaml", "not an agreement"), ("x.csv", "--as attachment"), ("none.csv", "no such file"), ("sub/far.yaml", "a file elsewhere"),
    ):  # fmt: skip
        with pytest.raises(ServandaError, match=what):
            files_to_record([tmp_path / name])
    assert files_to_record([tmp_path / "x.csv"], "attachment")[0].kind == "attachment"


def test_a_later_agreement_of_the_same_name_takes_the_place_of_the_earlier_one(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    path = begun / "agreement.yaml"
    for title, when in (("A test", "2025-03-18"), ("Amended", "2025-04-18")):
        path.write_text(AGREEMENT.replace("A test", title))
        said(capsys, "record", "add", rec, str(path), *key, "--known-at", when)
    said(capsys, "record", "add", rec, str(sources(begun)), *key, "--known-at", "2025-03-30")
    assert "Amended" in said(capsys, "verify", "--record", rec)
    assert "A test" in said(capsys, "verify", "--record", rec, "--as-of", "2025-04-01")
    assert "holds no such agreement" in said(capsys, "verify", "--record", rec, "--as-of", "2025-03-01", code=2)
    (begun / "other.yaml").write_text(AGREEMENT)
    said(capsys, "record", "add", rec, str(begun / "other.yaml"), *key)
    assert "choose one by its name (--agreement NAME" in said(capsys, "verify", "--record", rec, code=2)
    assert "Amended" in said(capsys, "verify", "--record", rec, "--agreement", "agreement.yaml")


def test_the_commands_of_the_record_say_what_they_did(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec, key = str(begun / "rec"), ("--key", str(begun / "mission"))
    (begun / "agreement.yaml").write_text(AGREEMENT)
    said(capsys, "record", "add", rec, str(begun / "agreement.yaml"), *key, "--note", "as signed")
    assert "was there already" in said(capsys, "record", "add", rec, str(begun / "agreement.yaml"), *key)
    told = said(capsys, "record", "verify", rec, code=2)
    assert "step 4 (cosignatures)" in told
    assert "ask the witnesses to cosign" in told
    assert "It holds." in said(capsys, "record", "verify", rec, "--unsettled")
    for party in ("a", "b"):
        assert "checked and cosigned" in said(
            capsys, "record", "cosign", rec, "--key", str(begun / party), "--seen", str(begun / f"{party}.seen")
        )
    policy = begun / "policy.home"
    policy.write_bytes((begun / "rec" / "policy").read_bytes())
    assert "cosigned by A (at " in said(
        capsys, "record", "verify", rec, "--policy", str(policy), "--since", str(begun / "a.seen")
    )
    logged = json.loads(said(capsys, "record", "log", rec, "--json"))
    jsonschema.Draft202012Validator(schema("record-log")).validate(logged)
    assert (logged["format"], logged["record"]) == (2, Record(Path(rec)).log.head.origin)
    listed = logged["entries"]
    assert [(e["kind"], e["index"]) for e in listed] == [("origin", 0), ("agreement", 1)]
    assert listed[1]["note"] == "as signed"
    told = said(capsys, "record", "prove", rec, str(begun / "agreement.yaml"), "--out", str(begun / "p.tlog-proof"))
    assert "p.entry" in told
    assert (begun / "p.tlog-proof").read_text().startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    said(capsys, "record", "add", rec, str(sources(begun)), *key, "--protect", "Person Number1")
    assert said(capsys, "record", "prove", rec, "--since", str(begun / "a.seen")).startswith("old 2\n")
    pseudonym = said(capsys, "record", "shred", rec).split()[0]
    assert "cannot be known any more" in said(capsys, "record", "shred", rec, pseudonym, "--why", "asked", *key)
    assert "(shredded)" in said(capsys, "record", "shred", rec)
    assert "says no reason" in said(capsys, "record", "shred", rec, pseudonym, code=2)
    for words, what in (
        (["prove", rec], "names neither an entry nor --since"), (["prove", rec, "999"], "has no entry 999"),
        (["prove", rec, "nowhere.csv"], "is in no entry"), (["replay", rec, "--entry", "1"], "is not a published run"),
        (["add", rec, *key], "no file is named"), (["log", str(begun)], "not a record"),
        (["add", rec, "x.csv", *key], "there is no such file"), (["init", str(begun / "r2"), *key, "--party", "A"], "not a name with a key"),
        (["init", str(begun / "r3"), *key, "--party", f"A={begun / 'a.pub'}", "--quorum", "5"], "--quorum: REC012"),
        (["compare", str(policy), str(policy)], "are not two packages"), (["verify", rec, "--policy", str(begun / "a.pub")], "step 1"),
    ):  # fmt: skip
        assert what in said(capsys, "record", *words, code=2), words


def test_verify_asks_for_files_or_for_a_record(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rec = str(begun / "rec")
    assert "needs an agreement and evidence, or a record" in said(capsys, "verify", code=2)
    assert "takes its files from the record" in said(capsys, "verify", "x.yaml", "--record", rec, code=2)
    assert "cannot publish without a key" in said(capsys, "verify", "--record", rec, "--publish", code=2)
    with pytest.raises(RecordError, match="holds no such agreement"):
        RecordStore(Record(Path(rec))).as_of()


def test_verdicts_out_of_a_record_touch_no_temporary_file(
    begun: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, rec, key = ROOT / "cases" / "energy-truce-2025", str(begun / "rec"), ("--key", str(begun / "mission"))
    files = [case / "agreement.yaml", case / "coverage.yaml", *sorted((case / "evidence").iterdir())]
    said(capsys, "record", "add", rec, *map(str, files), *key, "--known-at", "2025-05-01")

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "mkdtemp", "TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile"):
        monkeypatch.setattr(tempfile, name, refused)
    told = said(capsys, "verify", "--record", rec, "--as-of", "2025-05-02T12:00", "--publish", *key)
    assert "From entries" in told
    assert "0 not the same" in said(capsys, "record", "replay", rec)
    assert disclose(RecordStore(Record(Path(rec))), "parties")
