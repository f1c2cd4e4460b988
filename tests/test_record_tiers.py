"""No tier learns what it may not (property 13): two records that differ in withheld fields only give packages that differ in commitments only."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import json
import re
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from servanda.app.disclose import disclose
from servanda.app.publish import publish
from servanda.app.record import files_to_record, verify_record
from servanda.record import Record, Signer, make_key
from servanda.record import tiers as tiers_module
from servanda.record import verifier as v
from servanda.record.log import quiet
from servanda.store import RecordStore
from tests.build import examples
from tests.records import QUAY, policy_of

USUAL = Path(tiers_module.__file__).parents[1] / "data" / "tiers.yaml"

PEOPLE, PATROLS = ("Ilse Maranow", "Odo Beckerath"), ("Patrol North", "Patrol South")
SHOWN = ("report_id", "act", "actor", "incident_id")
COLUMNS = (*SHOWN, "source", "side", "kind", "reliability", "start", "lat", "lon", "precision_km", "summary")
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00\x1e\x1f"), max_size=12)
HIDDEN = st.fixed_dictionaries(
    {
        "source": st.sampled_from([0, 1]),
        "side": st.just("none"),
        "kind": st.just("observation"),
        "reliability": st.sampled_from(["A", "B", "Z", ""]),
        "start": st.sampled_from(["2025-03-20T11:37Z", "2025-03-20T11:38:30Z", "yesterday"]),
        "lat": st.sampled_from(["48.0123", "48.01", "no", ""]),
        "lon": st.sampled_from(["37.0123", "37.01"]),
        "precision_km": st.sampled_from(["0.2", "1", "-4"]),
        "summary": WORDS,
    }
)
"""What the tier does not see of a row: what can be read, and what cannot. That somebody is protected is seen, and not who."""
_RELEASES = ("", "assessed", "replied", "signed", "disclosed")


def record_of(folder: Path, rows: list[dict[str, str]], decided: list[str], release: str) -> tuple[Record, Signer]:
    """A record with these reports, decisions and published verdicts; tiers that see four fields, with and without people who are protected."""
    folder.mkdir()
    keeper, other = make_key(folder / "key", "mission.example"), make_key(folder / "other", "a.example")
    when = f", release: {release}" if release else ""
    tiers = f"tiers:\n  seen: {{fields: [{', '.join(SHOWN)}], protected: [{', '.join(SHOWN)}], objects: [agreement, run]{when}}}\n"
    record = Record.begin(folder / "rec", keeper, {"A": other.public()}, {}, quorum="none", tiers=tiers.encode())
    (folder / "a.yaml").write_text(QUAY)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    (folder / "r.csv").write_bytes(out.getvalue().encode())
    lines = "".join(
        f"  - {{incident: {i}, step: {release or 'assessed'}, by: Mission, at: 2025-03-22, why: seen}}\n"
        for i in decided
    )
    lines += "".join(
        f"  - {{incident: {i}, step: assessed, by: Mission, at: 2025-03-21, why: seen}}\n" for i in decided
    )
    (folder / "d.yaml").write_text(
        f"decisions:\n{lines}  - {{grade: Nobody, reliability: B, by: Mission, at: 2025-03-21, why: x}}\n".replace(
            "replied, by", "disclosed, by"
        ).replace("step: signed", "step: signed, outcome: agreed")
    )
    record.add(files_to_record([folder / n for n in ("a.yaml", "r.csv", "d.yaml")]), keeper, protect=PEOPLE, k=1)
    publish(RecordStore(record), verify_record(RecordStore(record)), keeper)
    return record, keeper


def told(raw: bytes) -> object:
    """All that a package says, without salts, commitments, digests, signatures and times. Rows stand in an order by their record's own key."""
    data = json.loads(raw)
    entries = [json.loads(text) for text in data["entries"]]
    payloads = [base64.b64decode(e["payload"]).decode() if "payload" in e else json.dumps(e) for e in entries]
    data["objects"] = sorted(base64.b64decode(text)[32:].decode() for text in data["objects"].values())
    data["rows"] = {n: sorted([cell[1:] for cell in row] for row in rows) for n, rows in data["rows"].items()}
    text = json.dumps({**data, "entries": payloads, "signed": "", "checkpoint": "", "policy": ""}, sort_keys=True)
    return re.sub(r"\b[0-9a-f]{64}\b", "digest", re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "time", text))


def packages(folder: Path, rows: list[dict[str, str]], decided: list[str], release: str) -> dict[str, bytes]:
    """The packages of a record of these rows; the checker accepts them."""
    record, keeper = record_of(folder, rows, decided, release)
    made = disclose(RecordStore(record), "seen", signer=keeper)
    for raw in made.values():
        v.check_package(raw, v.Asked(policy_of(record), quiet, quorum=False))
    return made


@given(
    st.lists(st.tuples(st.sampled_from(["I1", "I2", "I3"]), HIDDEN, HIDDEN, st.booleans()), min_size=1, max_size=4),
    st.lists(st.sampled_from(["I1", "I2"]), unique=True),
    st.sampled_from(_RELEASES),
)
@examples(8)
def test_no_tier_learns_of_withheld_fields_from_anything_but_commitments(
    rows: list[tuple[str, dict[str, str], dict[str, str], bool]], decided: list[str], release: str
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        both = []
        for at, name in enumerate(("one", "two")):
            made = [
                {"report_id": f"R{n}", "act": "shelling", "actor": "unknown", "incident_id": row[0], **row[1 + at],
                 "source": (PEOPLE if row[3] else PATROLS)[int(row[1 + at]["source"])]}
                for n, row in enumerate(rows)
            ]  # fmt: skip
            both.append(packages(Path(scratch) / name, made, decided, release))
        assert [*both[0]] == [*both[1]], "names of files"
        for one, two in zip(both[0].values(), both[1].values(), strict=True):
            assert len(one) == len(two), "sizes"
            assert told(one) == told(two)


def test_published_verdicts_name_no_source_to_who_sees_no_sources(tmp_path: Path) -> None:
    hidden = {"source": PEOPLE[0], "side": "none", "kind": "observation", "reliability": "A", "summary": "from the bakery",
              "start": "2025-03-20T11:37Z", "lat": "48.0123", "lon": "37.0123", "precision_km": "0.2"}  # fmt: skip
    rows = [{"report_id": f"R{n}", "act": "shelling", "actor": "B", "incident_id": "I1", **hidden, "source": who}
            for n, who in enumerate((PEOPLE[0], "Patrol North"))]  # fmt: skip
    (raw,) = packages(tmp_path / "x", rows, ["I1"], "assessed").values()
    objects = [base64.b64decode(text)[32:] for text in json.loads(raw)["objects"].values()]
    (verdicts,) = (json.loads(o) for o in objects if b'"verdicts"' in o)
    assert {(x["party"], x["verdict"]) for x in verdicts["verdicts"]} == {("A", "undetermined"), ("B", "breached")}
    for word, of in itertools.product((b"protected-", b"Patrol", b"11:37", b"findings.csv"), objects):
        assert word not in of
    assert any(w["name"] == "run" and "digests" in w["why"] for w in json.loads(raw)["withheld"])


STEPS = """decisions:
  - {incident: I1, step: triaged, outcome: in_scope, by: Mission, at: 2025-03-21T08:00, why: x}
  - {incident: I1, step: assessed, by: Mission, at: 2025-03-21T12:00, why: seen}
  - {incident: I1, step: right_of_reply, of: B, until: 2025-03-22T12:00, by: Mission, at: 2025-03-21T13:00, why: rule}
  - {incident: I1, step: determined, outcome: confirmed, by: Mission, at: 2025-03-23T12:00, why: seen}
  - {incident: I1, step: signed, outcome: agreed, by: Mission, at: 2025-03-23T13:00, why: seen}
  - {incident: I1, step: disclosed, tier: public, by: Mission, at: 2025-03-23T14:00, why: seen}
"""
LATER = (
    STEPS.replace("2025-03-21", "2025-03-25").replace("2025-03-22", "2025-03-26").replace("2025-03-23", "2025-03-27")
)


def test_what_is_told_of_an_incident_after_it_was_opened_opens_with_the_next_step_and_not_by_itself(
    tmp_path: Path,
) -> None:
    keeper, other = make_key(tmp_path / "key", "mission.example"), make_key(tmp_path / "other", "a.example")
    record = Record.begin(tmp_path / "rec", keeper, {"A": other.public()}, {}, quorum="none", tiers=USUAL.read_bytes())

    def add(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)
        record.add(files_to_record([tmp_path / name]), keeper)

    def hours() -> list[list[str]]:
        """By tier, the minutes past ten of the reports that are open."""
        made = [
            raw
            for tier in ("parties", "guarantors", "public")
            for raw in disclose(RecordStore(record), tier, signer=keeper).values()
        ]
        for raw in made:
            v.check_package(raw, v.Asked(policy_of(record), quiet, quorum=False))
        return [sorted(re.findall(r"2025-03-20T10:(\d\d)Z", json.dumps(json.loads(raw)["rows"]))) for raw in made]

    def row(minute: str, incident: str) -> str:
        return f"report_id,source,side,kind,start,lat,lon,act,actor,incident_id\nR{minute},Post,none,observation,2025-03-20T10:{minute}Z,48,37,shelling,B,{incident}\n"

    add("a.yaml", QUAY)
    add("first.csv", row("00", "I1"))
    add("d.yaml", STEPS)
    add("joins.csv", row("07", "I1"))
    add("other.csv", row("08", "I9"))
    add("m.yaml", "decisions:\n  - {merge: [I1, I9], into: I1, by: Mission, at: 2025-03-24T08:00, why: same}\n")
    assert hours() == [["00"]] * 3
    add("e.yaml", LATER.partition("  - {incident: I1, step: right")[0])  # for the parties
    assert hours() == [["00", "07", "08"], ["00"], ["00"]]


def test_a_hearing_is_not_over_where_something_was_determined_while_somebody_may_answer() -> None:
    """A merge brings what was determined of another incident."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from servanda.app.release import hearing
    from servanda.evidence.decisions import Deciders, effective, read_decisions
    from servanda.incidents.decisions import Rewrite, lives
    from servanda.values.files import NamedBytes

    asked = "  - {incident: I1, step: right_of_reply, of: A, until: 2025-03-30T12:00, by: Mission, at: 2025-03-22T13:00, why: rule}\n"
    said = "  - {incident: I1, step: replied, by: B, at: 2025-03-21T14:00, why: not us}\n"
    made = read_decisions(NamedBytes("d.yaml", (STEPS + said + asked).encode()), ZoneInfo("UTC"))
    deciders = Deciders({"A": "Aldova", "B": "Borska"})
    counting = effective(made, deciders, None)
    told = lives(made, counting, deciders, Rewrite(counting), None)
    for day, open_to in ((29, ["B"]), (31, [])):  # from where B was asked, whose answer A has not seen
        found = hearing(told, counting, deciders, datetime(2025, 3, day, tzinfo=UTC))
        assert [d.says["of"] for d in found.values()] == open_to
