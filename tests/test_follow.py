"""An agreement is followed: what arrives in a folder or on a record changes the verdicts that it bears on."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from servanda.app import follow, state
from servanda.app.follow import Follower
from servanda.app.listing import folder_listing, record_listing
from servanda.app.record import verify_record
from servanda.app.state import State
from servanda.app.verify import verify_files
from servanda.cli.main import main
from servanda.errors import EvidenceError, ServandaError
from servanda.record import Record
from servanda.report.tables import summary_json
from servanda.report.verdicts_json import verdicts_json
from servanda.store import RecordStore
from servanda.values.saved import Saved
from servanda.verdicts import Wanted
from tests.build import HEAD, TERM, ZONES

COLUMNS = "report_id,source,origin,side,reliability,kind,start,lat,lon,precision_km,act,target,actor"
QUIET = Wanted(grounds=False)


def row(n: int, side: str = "none", kind: str = "observation", day: int = 20, actor: str = "A") -> str:
    return f"R{n},Post {side},Post {side},{side},A,{kind},2025-03-{day}T{n % 24:02}:00Z,48.0,37.0,0.1,missile,substation,{actor}"


def write(path: Path, *rows: str) -> None:
    path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "agreement.yaml").write_text(HEAD + ZONES + TERM, encoding="utf-8")
    (tmp_path / "in").mkdir()
    return tmp_path


def follower(place: Path, *coverage: Path) -> Follower:
    return Follower(folder_listing(place / "agreement.yaml", place / "in", coverage))


def as_from_nothing(live: Follower, place: Path, *coverage: Path) -> None:
    files = sorted(p for p in (place / "in").iterdir() if not p.name.startswith("."))
    plain = verify_files(place / "agreement.yaml", files, coverage, wanted=QUIET)
    assert live.session is not None
    kept = live.session.verification(wanted=QUIET)
    assert verdicts_json(kept) == verdicts_json(plain)
    told, other = json.loads(summary_json(kept)), json.loads(summary_json(plain))
    told.pop("fused"), other.pop("fused")
    assert told == other
    assert kept.ingest.files == plain.ingest.files
    assert kept.ingest.notes == plain.ingest.notes


def word(live: Follower, party: str) -> str:
    assert live.session is not None
    return next(v.verdict for v in live.session.verdicts if v.party == party)


def test_a_file_that_arrives_changes_the_verdict_it_bears_on_and_no_other(place: Path) -> None:
    live = follower(place)
    first = live.look()
    assert first is not None
    assert len(first.verdicts) == 2
    assert live.look() is None
    write(place / "in" / "post.csv", row(1), row(2))
    changes = live.look()
    assert changes is not None
    assert [(v.party, v.verdict) for v in changes.verdicts] == [("A", "breached")]
    assert changes.before["fire", "A", None].verdict == "undetermined"
    assert any("confirmed" in step.text for step in changes.steps(changes.verdicts[0]))
    assert changes.incidents.height == 2
    assert not changes.anew
    as_from_nothing(live, place)


def test_rows_added_to_a_file_are_taken_in_and_an_altered_row_makes_all_anew(place: Path) -> None:
    live = follower(place)
    write(place / "in" / "post.csv", row(1, "B", "claim"))
    live.look()
    assert word(live, "A") == "undetermined"
    write(place / "in" / "post.csv", row(1, "B", "claim"), row(9))
    changes = live.look()
    assert changes is not None
    assert not changes.anew
    assert word(live, "A") == "breached"
    as_from_nothing(live, place)
    write(place / "in" / "post.csv", row(1, "B", "claim"), row(9, actor="B"))
    changes = live.look()
    assert changes is not None
    assert changes.anew
    assert (word(live, "A"), word(live, "B")) == ("undetermined", "breached")
    as_from_nothing(live, place)
    (place / "in" / "post.csv").unlink()
    live.look()
    as_from_nothing(live, place)


def test_registers_decisions_coverage_and_another_text_are_followed_too(place: Path) -> None:
    watch = place / "watch.yaml"
    watch.write_text("coverage: test\nwatches: []\n", encoding="utf-8")
    live = follower(place, watch)
    write(place / "in" / "post.csv", row(1), row(2, "B", "claim"))
    live.look()
    (place / "in" / "decisions.yaml").write_text(
        "decisions:\n  - {grade: Post none, reliability: E, by: Chair, at: 2025-04-01T10:00, why: it errs}\n",
        encoding="utf-8",
    )
    changes = live.look()
    assert changes is not None
    as_from_nothing(live, place, watch)
    (place / "in" / "sources.yaml").write_text(
        "sources:\n  Post none: {side: none, reliability: B}\n", encoding="utf-8"
    )
    assert live.look() is not None
    as_from_nothing(live, place, watch)
    watch.write_text(
        "coverage: test\nwatches:\n"
        "  - {id: w, who: Post none, means: camera, detects: [strike], from: 2025-03-18T00:00, to: 2025-04-17T00:00, probability: 0.99}\n",
        encoding="utf-8",
    )
    assert live.look() is not None
    as_from_nothing(live, place, watch)
    text = (place / "agreement.yaml").read_text()
    (place / "agreement.yaml").write_text(text.replace("radius: 20 km", "radius: 1 km"), encoding="utf-8")
    assert live.look() is not None
    as_from_nothing(live, place, watch)


def test_a_file_given_twice_counts_once(place: Path) -> None:
    live = follower(place)
    write(place / "in" / "a.csv", row(1))
    live.look()
    shutil.copy(place / "in" / "a.csv", place / "in" / "b.csv")
    live.look()
    as_from_nothing(live, place)
    write(place / "in" / "c.csv", row(3))
    live.look()
    as_from_nothing(live, place)
    assert live.session is not None
    assert [v.confirmed for v in live.session.verdicts if v.party == "A"] == [2]


def test_decisions_and_coverage_that_come_at_once_are_both_taken_in(place: Path) -> None:
    watch = place / "watch.yaml"
    watch.write_text("coverage: test\nwatches: []\n", encoding="utf-8")
    live = follower(place, watch)
    write(place / "in" / "post.csv", row(1, "B", "claim"))
    live.look()
    (place / "in" / "decisions.yaml").write_text(
        "decisions:\n  - {grade: Post B, reliability: E, by: Chair, at: 2025-04-01T10:00, why: it errs}\n",
        encoding="utf-8",
    )
    watch.write_text(
        "coverage: test\nwatches:\n"
        "  - {id: w, who: Mission, means: camera, detects: [strike], from: 2025-03-18T00:00, to: 2025-04-17T00:00, probability: 0.99}\n",
        encoding="utf-8",
    )
    live.look()
    as_from_nothing(live, place, watch)
    assert live.session is not None
    assert live.session.coverage.watches
    assert len(live.session.decisions) == 1


def test_reports_and_decisions_that_come_at_once_make_nothing_else_anew(place: Path) -> None:
    live = follower(place)
    write(place / "in" / "post.csv", row(1, "B", "claim"))
    live.look()
    write(place / "in" / "more.csv", row(2), row(3))
    (place / "in" / "decisions.yaml").write_text(
        "decisions:\n  - {grade: Post none, reliability: E, by: Chair, at: 2025-04-01T10:00, why: it errs}\n",
        encoding="utf-8",
    )
    changes = live.look()
    assert changes is not None
    assert not changes.anew
    as_from_nothing(live, place)


def test_a_table_that_cannot_be_read_holds_up_no_other_and_an_old_one_counts_as_it_was(place: Path) -> None:
    live, other = follower(place), place / "in" / "other.csv"
    other.write_text("what,is,this\n1,2,3\n", encoding="utf-8")
    write(place / "in" / "post.csv", row(1))
    live.look()
    assert list(live.unread) == [str(other)]
    assert word(live, "A") == "breached"
    write(other, row(5, actor="B"))
    live.look()
    assert not live.unread
    as_from_nothing(live, place)
    other.write_bytes(b"\xff\x00\xfe")  # half of what comes: the rows that were read before still count
    write(place / "in" / "third.csv", row(6, actor="B"))
    changes = live.look()
    assert changes is not None
    assert not changes.anew
    assert list(live.unread) == [str(other)]
    assert word(live, "B") == "breached"
    write(other, row(5, actor="B"), row(7))
    live.look()
    as_from_nothing(live, place)


def test_a_table_that_cannot_be_read_counts_as_it_was_where_another_was_altered(place: Path) -> None:
    live, other = follower(place), place / "in" / "other.csv"
    write(place / "in" / "post.csv", row(1))
    write(other, row(5, actor="B"))
    live.look()
    other.write_bytes(b"\xff\x00\xfe")
    write(place / "in" / "post.csv", row(2), row(3))
    changes = live.look()
    assert changes is not None
    assert "post.csv" in changes.anew
    assert live.session is not None
    assert [v.confirmed for v in live.session.verdicts] == [2, 1]
    (place / "in" / "sources.yaml").write_text(  # in which it was not read: now it is left out
        "sources:\n  Post none: {side: none, reliability: B}\n", encoding="utf-8"
    )
    assert live.look() is not None
    other.write_bytes(b"")
    write(place / "in" / "third.csv", row(6))
    live.look()
    assert [v.confirmed for v in live.session.verdicts] == [3, 0]
    other.unlink()
    live.look()
    as_from_nothing(live, place)


def test_a_name_that_was_met_in_a_file_that_did_not_count_stands_in_no_others_way(place: Path) -> None:
    live = follower(place)
    live.look()
    write(place / "in" / "a.csv", row(1).replace("Post none", "AI Monitor"))
    write(place / "in" / "b.csv", row(2).replace("Post none", "Al Monitor"))
    with pytest.raises(EvidenceError, match="EVD029"):
        live.look()
    (place / "in" / "a.csv").unlink()
    assert live.look() is not None
    as_from_nothing(live, place)


def test_a_file_that_goes_while_it_is_read_is_told_and_the_following_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, file = follower(place), place / "in" / "post.csv"
    live.look()
    write(place / "in" / "other.csv", row(2))
    write(file, row(1))
    begun = [follow.read_evidence, follow.digest_of]

    def goes(*given: Any, **how: Any) -> Any:
        if file in (given[0], *(given[0] if isinstance(given[0], list) else ())):
            file.unlink(missing_ok=True)
        return begun[0](*given, **how) if isinstance(given[0], list) else begun[1](*given)

    for name in ("read_evidence", "digest_of"):
        write(file, row(1))
        with monkeypatch.context() as patch:
            patch.setattr(follow, name, goes)
            live.look()
        live.look()
        as_from_nothing(live, place)


def test_files_in_folders_count_as_verify_counts_them(place: Path) -> None:
    (place / "in" / "north").mkdir()
    live = follower(place)
    live.look()
    write(place / "in" / "north" / "post.csv", row(1))
    write(place / "in" / "_index.csv", row(2))
    (place / "in" / "south").symlink_to(place / "in" / "north")
    assert live.look() is not None
    assert live.session is not None
    assert [one.file for one in live.session.ingest.files] == ["post.csv"]
    plain = verify_files(place / "agreement.yaml", [place / "in"], wanted=QUIET)
    assert verdicts_json(live.session.verification(wanted=QUIET)) == verdicts_json(plain)


def test_a_map_that_the_agreement_names_is_followed_too(place: Path) -> None:
    def drawn(west: float) -> None:
        ring = [[west, 47.5], [west + 1, 47.5], [west + 1, 48.5], [west, 48.5], [west, 47.5]]
        shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        (place / "zone.geojson").write_text(json.dumps(shape), encoding="utf-8")

    text = place / "agreement.yaml"
    text.write_text(
        text.read_text(encoding="utf-8").replace("{at: [48.0, 37.0], radius: 20 km}", "{file: zone.geojson}"),
        encoding="utf-8",
    )
    drawn(36.5)
    write(place / "in" / "post.csv", row(1))
    live = follower(place)
    live.look()
    assert word(live, "A") == "breached"
    drawn(20.0)
    assert live.look() is not None
    assert word(live, "A") == "undetermined"
    as_from_nothing(live, place)


def test_a_register_that_cannot_be_read_and_a_folder_that_is_away_change_nothing(place: Path) -> None:
    live = follower(place)
    write(place / "in" / "post.csv", row(1))
    live.look()
    (place / "in" / "sources.yaml").write_text("sources: [", encoding="utf-8")
    with pytest.raises(ServandaError, match="YML005"):
        live.look()
    (place / "in" / "sources.yaml").unlink()
    (place / "in").rename(place / "away")
    with pytest.raises(EvidenceError, match="no such folder"):
        live.look()
    assert word(live, "A") == "breached"
    (place / "away").rename(place / "in")
    assert live.look() is None


def test_a_file_that_keeps_its_size_and_time_is_read_again_all_the_same(place: Path) -> None:
    live, file = follower(place), place / "in" / "post.csv"
    write(file, row(1))
    live.look()
    kept = file.stat().st_mtime_ns
    write(file, row(1, actor="B"))
    os.utime(file, ns=(kept, kept))
    assert live.look() is not None
    as_from_nothing(live, place)


def test_a_record_is_followed_as_it_grows(place: Path) -> None:
    key, record = str(place / "k"), str(place / "rec")
    register = place / "sources.yaml"
    register.write_text("sources:\n  Post none: {side: none, reliability: A}\n", encoding="utf-8")
    assert main(["record", "key", "m.example", "--out", key]) == 0
    assert main(["record", "init", record, "--key", key, "--quorum", "none"]) == 0
    for file in (place / "agreement.yaml", register):
        assert main(["record", "add", record, str(file), "--key", key]) == 0
    live = Follower(record_listing(Path(record)))
    live.look()
    assert word(live, "A") == "undetermined"
    write(place / "post.csv", row(1))
    assert main(["record", "add", record, str(place / "post.csv"), "--key", key]) == 0
    assert live.look() is not None
    assert word(live, "A") == "breached"
    assert live.look() is None
    as_recorded(live, Path(record))
    state = State(place / "state", place / "state.key")
    first = Follower(record_listing(Path(record)), state=state)
    first.look()
    assert first.save()
    write(place / "more.csv", row(2, day=22))
    assert main(["record", "add", record, str(place / "more.csv"), "--key", key]) == 0
    other = Follower(record_listing(Path(record)), state=state)
    other.look()
    assert "Went on" in other.told
    as_recorded(other, Path(record))


def test_of_a_record_coverage_is_not_taken_from_elsewhere_and_the_agreement_is_named_by_the_first_word(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, record, agreement = str(place / "k"), str(place / "rec"), str(place / "agreement.yaml")
    assert main(["record", "key", "m.example", "--out", key]) == 0
    assert main(["record", "init", record, "--key", key, "--quorum", "none"]) == 0
    assert main(["record", "add", record, agreement, "--key", key]) == 0
    assert main(["follow", "agreement.yaml", record, "--coverage", "watches.yaml", "--looks", "1"]) == 2
    assert "CLI002: takes its files from the record, coverage too" in capsys.readouterr().err
    assert main(["follow", "another.yaml", record, "--looks", "1"]) == 2
    assert "the first word of 'follow'); there are: agreement.yaml" in capsys.readouterr().err


def recorded(place: Path, *files: Path) -> list[str]:
    """A record of some files; the words that add to it, but for a file."""
    key, record = str(place / "k"), str(place / "rec")
    assert main(["record", "key", "m.example", "--out", key]) == 0
    assert main(["record", "init", record, "--key", key, "--quorum", "none"]) == 0
    for file in files:
        assert main(["record", "add", record, str(file), "--key", key]) == 0
    return ["record", "add", record, "--key", key]


def test_coverage_of_the_same_length_that_takes_its_place_on_a_record_is_seen(place: Path) -> None:
    def watched(chance: str) -> Path:
        (place / "watch.yaml").write_text(
            "coverage: test\nwatches:\n  - {id: w, who: Mission, means: camera, detects: [strike], "
            f"from: 2025-03-18T00:00, to: 2025-04-17T00:00, probability: {chance}}}\n",
            encoding="utf-8",
        )
        return place / "watch.yaml"

    (place / "sources.yaml").write_text("sources:\n  Mission: {side: none, reliability: A}\n", encoding="utf-8")
    add = recorded(place, place / "agreement.yaml", place / "sources.yaml", watched("0.99"))
    live = Follower(record_listing(place / "rec"))
    live.look()
    assert word(live, "A") == "complied"
    assert main([*add, str(watched("0.31"))]) == 0
    assert live.look() is not None
    assert word(live, "A") == "undetermined"


def test_another_branch_of_a_record_in_its_place_is_seen_and_a_record_that_is_away_is_told(place: Path) -> None:
    write(place / "a.csv", row(1))
    write(place / "b.csv", row(2, actor="B"))
    add = recorded(place, place / "agreement.yaml")
    rec, vault = place / "rec", place / "rec.vault"
    for folder in (rec, vault):
        shutil.copytree(folder, place / f"other{folder.suffix}")
    assert main([*add, str(place / "a.csv")]) == 0
    live = Follower(record_listing(rec))
    live.look()
    assert [v.alleged + v.confirmed for v in live.session.verdicts] == [1, 0]  # type: ignore[union-attr]
    for folder in (rec, vault):
        folder.rename(place / f"gone{folder.suffix}")
    with pytest.raises(ServandaError, match=r"REC011.*checkpoint"):
        live.look()
    for folder in (rec, vault):
        (place / f"other{folder.suffix}").rename(folder)
    assert main([*add, str(place / "b.csv")]) == 0
    assert live.look() is not None
    assert [v.alleged + v.confirmed for v in live.session.verdicts] == [0, 1]  # type: ignore[union-attr]
    as_recorded(live, rec)


def as_recorded(live: Follower, record: Path) -> None:
    assert live.session is not None
    plain = verify_record(RecordStore(Record(record))).verification
    told = {(v.term, v.party): v.as_data(plain.agreement.zone) for v in live.session.verdicts}
    for verdict in plain.verdicts:
        assert told[verdict.term, verdict.party]["incidents"] == verdict.as_data(plain.agreement.zone)["incidents"]
        assert told[verdict.term, verdict.party]["verdict"] == verdict.verdict


def kept(place: Path, *coverage: Path, key: str = "key", **how: Any) -> Follower:
    listing = folder_listing(place / "agreement.yaml", place / "in", coverage)
    return Follower(listing, state=State(place / "state", place / key), **how)


def test_a_follower_goes_on_from_what_another_saved(place: Path) -> None:
    write(place / "in" / "post.csv", row(1), row(2))
    write(place / "in" / "press.csv", row(3, day=21, kind="press"), "R4,broken")
    first = kept(place)
    first.look()
    assert first.unsaved
    assert first.save()
    assert not first.told
    write(place / "in" / "more.csv", row(4, day=22))
    write(place / "in" / "post.csv", row(1), row(2), row(5, day=23))
    other = kept(place)
    changes = other.look()
    assert changes is not None
    assert "Went on" in other.told
    assert len(changes.verdicts) == 2  # a first look tells every verdict
    assert not changes.anew
    as_from_nothing(other, place)
    write(place / "in" / "last.csv", row(6, day=24, actor="B"))
    other.look()
    as_from_nothing(other, place)
    assert other.save()
    third = kept(place)
    third.look()
    assert not third.unsaved
    as_from_nothing(third, place)


def test_what_was_not_known_by_the_instant_waits_after_a_restart_too(place: Path) -> None:
    dated = [f"{row(n, day=20 + n)},2025-03-{20 + n}T12:00Z" for n in range(1, 7)]
    dated[2] = f"{row(3, day=23)},"
    file = place / "in" / "post.csv"
    file.write_text("\n".join([f"{COLUMNS},known_at", *dated[:4]]) + "\n", encoding="utf-8")
    first = kept(place, as_of="2025-03-23T18:00Z")
    first.look()
    assert first.save()
    file.write_text("\n".join([f"{COLUMNS},known_at", *dated]) + "\n", encoding="utf-8")
    other = kept(place, as_of="2025-03-23T18:00Z")
    other.look()
    assert "Went on" in other.told
    assert other.session is not None
    plain = verify_files(place / "agreement.yaml", [file], as_of="2025-03-23T18:00Z", wanted=QUIET)
    assert verdicts_json(other.session.verification(wanted=QUIET)) == verdicts_json(plain)
    assert other.session.verification(wanted=QUIET).undated == plain.undated == 1


def test_a_state_without_reports_is_gone_on_from_too(place: Path) -> None:
    first = kept(place)
    first.look()
    first.save()
    write(place / "in" / "post.csv", row(1))
    other = kept(place)
    other.look()
    assert "Went on" in other.told
    as_from_nothing(other, place)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("decision", "registers or decisions"),
        ("coverage", "coverage"),
        ("text", "agreement"),
        ("as of", "options"),
        ("row", "altered"),
        ("gone", "no longer there"),
        ("software", "software"),
        ("key", "another user"),
        ("no key", "key"),
        ("bytes", "altered|damaged"),
        ("half", "damaged"),
        ("kind", "damaged"),
    ],
)
def test_a_state_that_does_not_fit_is_not_used_and_that_is_said(
    place: Path, what: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = place / "watch.yaml"
    watch.write_text("coverage: test\nwatches: []\n", encoding="utf-8")
    write(place / "in" / "post.csv", row(1), row(2))
    write(place / "in" / "press.csv", row(3, kind="press"))
    first = kept(place, watch)
    first.look()
    first.save()
    file, how = place / "state" / "session.state", {}
    if what == "decision":
        (place / "in" / "sources.yaml").write_text("sources:\n  Post none: {reliability: B}\n", encoding="utf-8")
    elif what == "coverage":
        watch.write_text("coverage: test\nwatches: [] # none\n", encoding="utf-8")
    elif what == "text":
        text = place / "agreement.yaml"
        text.write_text(text.read_text(encoding="utf-8") + "# as amended\n", encoding="utf-8")
    elif what == "as of":
        how = {"as_of": "2025-03-30"}
    elif what == "row":
        write(place / "in" / "post.csv", row(1), row(7))
    elif what == "gone":
        (place / "in" / "press.csv").unlink()
    elif what == "software":
        monkeypatch.setattr("servanda.app.state.software", lambda: {"servanda": "another"})
    elif what == "no key":
        (place / "key").unlink()
    elif what == "bytes":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif what == "kind":  # a zip packed in a way that nobody knows
        content = bytearray(file.read_bytes())
        at = content.rindex(b"PK\x01\x02")
        content[at + 10] = 77
        file.write_bytes(content)
    elif what == "half":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    other_key = {"key": "other"} if what == "key" else {}
    if what == "key":
        (place / "other").write_bytes(b"0" * 32)
    other = kept(place, watch, **other_key, **how)
    changes = other.look()
    assert changes is not None
    assert len(changes.verdicts) == 2
    assert re.search(f"found anew: .*({why})", other.told)
    if what != "as of":
        as_from_nothing(other, place, watch)


def test_two_that_keep_their_state_in_one_folder_write_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (State(tmp_path / "state", tmp_path / "key") for _ in range(2))
    settle, other = state.disk.settle, threading.Thread(target=second.write, args=(Saved({}, {"n": 2}),))
    waited: list[bool] = []

    def meanwhile(files: list[Path]) -> None:
        if not waited:
            waited.append(True)
            other.start()
            other.join(0.1)
            waited.append(other.is_alive())
        settle(files)

    first._key(make=True)
    monkeypatch.setattr("servanda.app.state.disk.settle", meanwhile)
    first.write(Saved({}, {"n": 1}))
    other.join()
    assert waited == [True, True]
    assert first.read() == Saved({}, {"n": 2})


def test_a_program_that_is_killed_while_it_saves_leaves_the_state_as_it_was(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place / "in" / "post.csv", row(1), row(2))
    first = kept(place)
    first.look()
    first.save()
    before = (place / "state" / "session.state").read_bytes()
    write(place / "in" / "more.csv", row(4, day=22))
    first.look()

    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    for step in ("settle", "move"):
        with monkeypatch.context() as patched:
            patched.setattr(f"servanda.app.state.disk.{step}", killed)
            with pytest.raises(KilledError):
                first.save()
        assert (place / "state" / "session.state").read_bytes() == before
        other = kept(place)
        other.look()
        assert "Went on" in other.told
        as_from_nothing(other, place)


def test_a_folder_that_cannot_be_written_is_told_and_the_following_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(place / "own"))
    (place / "file").write_text("", encoding="utf-8")
    arguments = ["follow", str(place / "agreement.yaml"), str(place / "in"), "--looks", "1", "--state"]
    assert main([*arguments, str(place / "file" / "state")]) == 0
    out, err = capsys.readouterr()
    assert "2 verdicts" in out
    assert "OUT004" in err
    assert main([*arguments, str(place / "state")]) == 0
    assert "state" not in capsys.readouterr().err.replace(str(place), "")
    assert (place / "own" / "servanda" / "state.key").stat().st_mode & 0o77 == 0
    assert main([*arguments, str(place / "state")]) == 0
    out, err = capsys.readouterr()
    assert "2 verdicts" in out
    assert "Went on" in err


def test_what_is_still_being_written_is_left_alone(place: Path) -> None:
    live = follower(place)
    live.look()
    (place / "in" / ".post.csv").write_text("half", encoding="utf-8")
    (place / "in" / "post.csv.part").write_text("half", encoding="utf-8")
    assert live.look() is None


def test_a_link_is_the_file_to_which_it_leads_and_that_is_evidence_once(place: Path) -> None:
    write(place / "in" / "post.csv", row(1))
    write(place / "elsewhere.csv", row(2, day=21))
    (place / "in" / "again.csv").symlink_to(place / "in" / "post.csv")
    (place / "in" / "linked.csv").symlink_to(place / "elsewhere.csv")
    (place / "in" / "nowhere.csv").symlink_to(place / "not-there.csv")
    (place / "in" / "text.yaml").symlink_to(place / "agreement.yaml")
    live = follower(place)
    live.look()
    assert live.session is not None
    assert [file.file for file in live.session.verification().ingest.files] == ["linked.csv", "post.csv"]
    write(place / "elsewhere.csv", row(2, day=21), row(3, day=22))
    changes = live.look()
    assert changes is not None
    assert not changes.anew
    assert changes.incidents.height == 1


def test_without_a_folder_there_is_nothing_to_follow(place: Path) -> None:
    with pytest.raises(EvidenceError, match="no such folder"):
        follower(place / "nowhere")


def test_what_does_not_say_when_it_became_known_is_told_as_of_an_instant(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(place / "in" / "post.csv", row(1), row(2))
    asked = ["follow", str(place / "agreement.yaml"), str(place / "in"), "--looks", "1"]
    assert main([*asked, "--as-of", "2025-04-01"]) == 0
    assert "2 rows do not say when they became known and are left out." in capsys.readouterr().err
    assert main(asked) == 0
    assert "became known" not in capsys.readouterr().err


def test_the_command_tells_every_verdict_and_then_ends_after_so_many_looks(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(place / "in" / "post.csv", row(1))
    asked = ["follow", str(place / "agreement.yaml"), str(place / "in"), "--looks"]
    assert main([*asked, "2", "--every", "0.1"]) == 0
    assert "fire, A: breached (1 confirmed)" in capsys.readouterr().out
    assert main([*asked, "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {v["verdict"] for v in told["verdicts"]} == {"breached", "undetermined"}
    assert len(told["incidents"]) == 1


def test_the_command_says_what_is_missing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["follow", str(place / "agreement.yaml"), str(place / "nowhere")]) == 2
    assert "EVD001" in capsys.readouterr().err
    write(place / "in" / "post.csv", row(1))
    write(place / "in" / "late.csv", row(2).replace("Z,", ",", 1))  # without a zone
    (place / "in" / "readme.md").write_text("hello\n", encoding="utf-8")
    assert main(["follow", str(place / "agreement.yaml"), str(place / "in"), "--looks", "2", "--every", "0.1"]) == 2
    told = capsys.readouterr()
    assert "fire, A: breached" in told.out
    assert told.err.count("EVD010") == 1
    assert "1 file is left out" in told.err
    assert "late.csv: 1 row in quarantine" in told.err


def test_a_service_that_is_stopped_keeps_what_it_found(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = iter((lambda: write(place / "in" / "post.csv", row(1)), lambda: os.kill(os.getpid(), signal.SIGTERM)))
    monkeypatch.setattr("servanda.cli.follow._rest", lambda _: next(steps)())
    with pytest.raises(SystemExit, match="143"):
        main(["follow", str(place / "agreement.yaml"), str(place / "in"), "--state", str(place / "state")])
    again = Follower(folder_listing(place / "agreement.yaml", place / "in"), state=State(place / "state"))
    again.look()
    assert again.told.startswith("Went on")
    assert not again.unsaved
    assert "fire, A: undetermined -> breached" in capsys.readouterr().out


def test_a_file_that_was_altered_is_named_and_so_is_a_folder_without_files(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["follow", str(place / "agreement.yaml"), str(place / "in"), "--looks", "1"]
    assert main(asked) == 0
    assert f"no file of evidence is in {place / 'in'} yet" in capsys.readouterr().err
    write(place / "in" / "half.csv", row(1), row(2))
    live = follower(place)
    live.look()
    write(place / "in" / "half.csv", row(3))
    changes = live.look()
    assert changes is not None
    assert changes.anew == "what was there before is no longer as it was: half.csv"


def test_that_no_state_is_kept_of_files_that_are_read_together_is_told_once(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        write(place / "in" / f"{name}.csv", row(1))
    asked = ["follow", str(place / "agreement.yaml"), str(place / "in"), "--state", str(place / "state")]
    assert main([*asked, "--looks", "2", "--every", "0.1"]) == 0
    assert capsys.readouterr().err.count("no state is kept") == 1
