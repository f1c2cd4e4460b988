"""What people decide is evidence: the life of an incident, merges and splits, grades, exceptions granted; and verdicts say so."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from servanda.app.fuse import FusedEvidence
from servanda.app.verify import verify_files
from servanda.engine import SerialEngine
from servanda.errors import EvidenceError
from servanda.evidence import ReportTables
from servanda.evidence.decisions import STEPS, Deciders, Decision, effective, read_decisions
from servanda.incidents.decisions import Rewrite, lives
from servanda.report.sections import decision_lines
from servanda.verdicts import Verification, verify
from tests.build import HEAD, ZONES, agreement, instant, reports
from tests.build import judged_with_grounds as judged

KYIV = ZoneInfo("Europe/Kyiv")
TERMS = """terms:
  fire:
    text: No strikes on energy
    forbid: {act: strike, target: [energy], in: disc}
    except: {return_fire: {text: when attacked, only_if: [attacked]}}
"""
PARTIES = Deciders({"A": "Aland", "B": "Bland"})


def decided(folder: Path, text: str) -> list[Decision]:
    path = folder / "decisions.yaml"
    path.write_text("decisions:\n" + text, encoding="utf-8")
    return read_decisions(path, KYIV)


def run(folder: Path, text: str, *rows: dict[str, Any], **options: Any) -> Verification:
    return judged(agreement(folder, HEAD + ZONES + TERMS), reports(*rows), decisions=decided(folder, text), **options)


def status(found: Verification, incident: str) -> set[str]:
    return set(found.findings.filter(pl.col("incident") == incident)["status"].to_list())


SEEN = {"source": "Mission", "side": "none", "reliability": "A", "kind": "observation", "actor": "B"}
HEARD = {"source": "Post", "side": "none", "reliability": "C", "kind": "observation", "actor": "B"}


def test_a_merge_makes_one_incident_and_a_split_takes_it_apart_again(tmp_path: Path) -> None:
    rows = [
        {**HEARD, "incident_id": "I1"},
        {**HEARD, "source": "Camera", "incident_id": "I2"},
    ]
    merge = "  - {merge: [I1, I2], into: I1, by: Chair, at: 2025-03-21T10:00, why: one strike}\n"
    apart = run(tmp_path, "  - {incident: I1, step: tasked, by: Chair, at: 2025-03-21, why: look}\n", *rows)
    one = run(tmp_path, merge, *rows)
    again = run(
        tmp_path, merge + "  - {split: I1, into: {I1: [R0], I2: [R1]}, by: Chair, at: 2025-03-22T10:00, why: two after all}\n", *rows
    )  # fmt: skip
    assert apart.incidents["incident"].to_list() == ["I1", "I2"]
    assert one.incidents.select("incident", "reports", "origins").rows() == [("I1", 2, 2)]
    assert status(one, "I1") == {"confirmed"}, "two origins without a side now speak of one incident"
    assert again.incidents["incident"].to_list() == ["I1", "I2"]
    steps = [s for v in one.verdicts if v.party == "B" for s in v.steps if s.rule == "decision"]
    assert len(steps) == 1
    assert "I2 merged into I1, by Chair on 2025-03-21 08:00Z (one strike): applied." in steps[0].text
    assert steps[0].uses == ("I1",)
    assert [s.n for v in one.verdicts for s in v.steps][: len(one.verdicts[0].steps)] == list(
        range(1, len(one.verdicts[0].steps) + 1)
    )


def test_incidents_without_an_id_of_their_own_are_merged_by_the_id_that_people_see(tmp_path: Path) -> None:
    rows = [HEARD, {**HEARD, "source": "Camera", "lat": 48.01}]
    before = judged(agreement(tmp_path, HEAD + ZONES + TERMS), reports(*rows))
    ids = before.incidents["incident"].to_list()
    assert all(i.startswith("x-") for i in ids)
    text = f"  - {{merge: [{ids[0]}, {ids[1]}], into: station, by: Chair, at: 2025-03-21, why: same strike}}\n"
    assert run(tmp_path, text, *rows).incidents["incident"].to_list() == ["station"]


def test_decisions_are_known_from_when_they_are_known_and_can_be_undone(tmp_path: Path) -> None:
    rows = [{**HEARD, "incident_id": "I1"}, {**HEARD, "source": "Camera", "incident_id": "I2"}]
    merge = "  - {merge: [I1, I2], by: Chair, at: 2025-03-21T10:00, known_at: 2025-03-25T10:00, why: one strike}\n"
    (made,) = decided(tmp_path, merge)
    undo = f"  - {{undo: {made.id}, by: Chair, at: 2025-03-26T10:00, why: a mistake}}\n"
    assert run(tmp_path, merge, *rows, as_of=instant("03-24")).incidents.height == 2
    assert run(tmp_path, merge, *rows, as_of=instant("03-26")).incidents.height == 1
    assert run(tmp_path, merge + undo, *rows).incidents.height == 2
    assert run(tmp_path, merge + undo, *rows, as_of=instant("03-26")).incidents.height == 1
    again = [*decided(tmp_path, merge + undo)]
    redo = decided(tmp_path, f"  - {{undo: {again[1].id}, by: Chair, at: 2025-03-27, why: it was right}}\n")
    assert [d.kind for d in effective([*again, *redo], PARTIES, None)] == ["merge"], "an undoing can be undone"


def test_the_order_of_the_file_and_saying_it_twice_change_nothing(tmp_path: Path) -> None:
    rows = [{**HEARD, "incident_id": f"I{n}", "source": f"S{n}"} for n in range(3)]
    lines = [
        "  - {merge: [I0, I1], into: I0, by: Chair, at: 2025-03-21, why: a}\n",
        "  - {merge: [I0, I2], into: I2, by: Chair, at: 2025-03-22, why: b}\n",
    ]
    one = run(tmp_path, "".join(lines), *rows)
    other = run(tmp_path, "".join([*lines[::-1], *lines]), *rows)
    assert one.verdicts == other.verdicts
    assert one.incidents["incident"].to_list() == ["I2"]


@pytest.mark.parametrize("who", ["A", "Aland", "aland", "B"])
def test_what_a_party_decides_is_its_position_and_changes_nothing(tmp_path: Path, who: str) -> None:
    rows = [{**SEEN, "incident_id": "I1"}]
    text = (
        f"  - {{grade: Mission, reliability: F, by: {who}, at: 2025-03-21, why: x}}\n"
        f"  - {{grant: return_fire, term: fire, incident: I1, by: {who}, at: 2025-03-21, why: x}}\n"
        f"  - {{incident: I1, step: signed, outcome: vetoed, by: {who}, at: 2025-03-23, why: never}}\n"
    )
    found = run(tmp_path, text, *rows)
    assert status(found, "I1") == {"confirmed"}
    (life,) = found.decided.lives
    assert life.remarks[0].startswith(f"veto of {who}")


def test_a_grade_changes_what_confirms_and_the_verdict_says_so(tmp_path: Path) -> None:
    rows = [{**HEARD, "incident_id": "I1"}]
    assert status(run(tmp_path, "  - {grade: Somebody, reliability: B, by: Chair, at: 2025-03-21, why: x}\n", *rows), "I1") == {
        "alleged", "open",
    }  # fmt: skip
    found = run(tmp_path, "  - {grade: post, reliability: B, by: Chair, at: 2025-03-21, why: tested}\n", *rows)
    assert status(found, "I1") == {"confirmed"}
    told = [s.text for v in found.verdicts for s in v.steps if s.rule == "decision"]
    assert len(told) == 1
    assert "post graded B, by Chair" in told[0]


def test_an_exception_is_granted_for_one_incident_only(tmp_path: Path) -> None:
    rows = [{**SEEN, "incident_id": "I1"}, {**SEEN, "incident_id": "I2", "lat": 48.01}]
    found = run(
        tmp_path, "  - {grant: return_fire, term: fire, incident: I1, by: Chair, at: 2025-03-21, why: shown}\n", *rows
    )
    assert status(found, "I1") == {"excused"}
    assert status(found, "I2") == {"confirmed"}
    assert found.findings.filter(pl.col("incident") == "I1")["excuse"].to_list() == ["return_fire"]
    other = run(
        tmp_path, "  - {grant: return_fire, term: other, incident: I1, by: Chair, at: 2025-03-21, why: x}\n", *rows
    )
    assert status(other, "I1") == {"confirmed"}


LIFE = """  - {incident: I1, step: triaged, outcome: in_scope, by: Chair, at: 2025-03-21T10:00, why: a}
  - {incident: I1, step: assessed, by: Team 4, at: 2025-03-22T10:00, why: crater seen}
  - {incident: I1, step: right_of_reply, of: B, until: 2025-03-24T10:00, by: Chair, at: 2025-03-22T12:00, why: rule 7}
"""


def life_of(folder: Path, text: str, at: str | None = None):
    made = decided(folder, text)
    when = instant(at) if at else None
    counting = effective(made, PARTIES, when)
    (life,) = lives(made, counting, PARTIES, Rewrite(counting), when)
    return life


def test_silence_after_the_clock_is_recorded_as_silence_and_not_before(tmp_path: Path) -> None:
    assert life_of(tmp_path, LIFE, "03-23").remarks == ()
    assert life_of(tmp_path, LIFE, "03-24 08:00").remarks == ("silence: B did not reply by 2025-03-24 08:00Z",)
    reply = "  - {incident: I1, step: replied, by: B, at: %s, why: not ours}\n"
    assert life_of(tmp_path, LIFE + reply % "2025-03-24T09:00", "03-26").remarks == (
        "reply of B (2025-03-24 07:00Z): not ours",
    )
    late = life_of(tmp_path, LIFE + reply % "2025-03-25T09:00", "03-26").remarks
    assert late[-1] == "B replied after its time, which ended 2025-03-24 08:00Z"
    other = "  - {incident: I1, step: replied, by: A, at: 2025-03-23, why: it was them}\n"
    assert life_of(tmp_path, LIFE + other, "03-26").remarks[-1].startswith("silence: B"), "nobody replies for another"


def test_unsigned_is_not_void_dissent_is_attached_and_a_veto_deletes_nothing(tmp_path: Path) -> None:
    text = (
        LIFE + "  - {incident: I1, step: determined, outcome: confirmed, by: Board, at: 2025-03-25, why: all of it}\n"
    )
    assert life_of(tmp_path, text).remarks[-1] == "unsigned"
    assert life_of(tmp_path, text).determined == "confirmed by Board"
    veto = text + "  - {incident: I1, step: signed, outcome: vetoed, by: B, at: 2025-03-26, why: not so}\n"
    life = life_of(tmp_path, veto)
    assert life.determined == "confirmed by Board"
    assert "veto of B (2025-03-25 22:00Z): not so; the finding stands and stays unsigned" in life.remarks
    assert life.remarks[-1] == "unsigned"
    signed = text + (
        "  - {incident: I1, step: signed, outcome: agreed_with_dissent, by: Board, at: 2025-03-26, why: 4 of 5}\n"
        "  - {incident: I1, step: dissent, by: B, at: 2025-03-27, why: the post was empty}\n"
    )
    life = life_of(tmp_path, signed)
    assert life.state == "signed (agreed with dissent)"
    assert "dissent of B (2025-03-26 22:00Z): the post was empty" in life.remarks
    assert "unsigned" not in life.remarks


def test_steps_out_of_order_are_told_and_kept(tmp_path: Path) -> None:
    text = (
        "  - {incident: I1, step: disclosed, tier: public, by: Delegate, at: 2025-03-21, why: leaked}\n"
        "  - {incident: I1, step: closed, by: Chair, at: 2025-03-22, why: done}\n"
        "  - {incident: I1, step: tasked, by: Chair, at: 2025-03-23, why: again}\n"
        "  - {incident: I1, step: reopened, by: Chair, at: 2025-03-24, why: new}\n"
        "  - {incident: I1, step: tasked, by: Chair, at: 2025-03-25, why: again}\n"
    )
    life = life_of(tmp_path, text)
    assert life.remarks == (
        "disclosed by Delegate (2025-03-20 22:00Z) before it was assessed",
        "tasked by Chair (2025-03-22 22:00Z) although it was closed",
    )
    assert life.state == "tasked"
    assert len(life.steps) == 5


def test_a_second_determination_without_a_reopening_says_which_one_it_replaces(tmp_path: Path) -> None:
    made = "  - {incident: I1, step: determined, outcome: %s, by: %s, at: 2025-03-%s, why: x}\n"
    signed = "  - {incident: I1, step: signed, outcome: agreed, by: Board, at: 2025-03-26, why: x}\n"
    text = LIFE + made % ("confirmed", "Board", 25) + signed + made % ("unsubstantiated", "Panel", 28)
    told = "determined unsubstantiated by Panel (2025-03-27 22:00Z) although confirmed by Board was signed, and not reopened"
    assert told in life_of(tmp_path, text).remarks
    again = "  - {incident: I1, step: reopened, by: Board, at: 2025-03-27, why: new}\n"
    assert told not in life_of(tmp_path, text + again).remarks


def test_a_determination_stands_beside_the_finding_and_never_takes_its_place(tmp_path: Path) -> None:
    text = (
        LIFE
        + "  - {incident: I1, step: determined, outcome: unsubstantiated, by: Board, at: 2025-03-25, why: no access}\n"
    )
    found = run(tmp_path, text, {**SEEN, "incident_id": "I1"})
    mine = next(v for v in found.verdicts if v.party == "B")
    assert mine.verdict == "breached"
    step = next(s for s in mine.steps if s.rule == "determined")
    assert "I1 was determined unsubstantiated by Board" in step.text
    assert "by the mandate's rule it is confirmed. The rule decides here." in step.text


def test_a_hundred_thousand_decisions_of_a_party_break_nothing(tmp_path: Path) -> None:
    (one,) = decided(tmp_path, "  - {grant: return_fire, term: fire, incident: I1, by: B, at: 2025-03-21, why: x}\n")
    many = [
        Decision(f"d-{n}", one.kind, one.incidents, "B", one.at, one.known_at, "x", one.says) for n in range(100_000)
    ]
    assert effective(many, PARTIES, None) == []


def test_where_the_mandate_does_not_attribute_no_step_says_who_did_it(tmp_path: Path) -> None:
    text = "  - {incident: I1, step: attributed, outcome: party, of: B, by: Board, at: 2025-03-25, why: shells}\n"
    silent = agreement(tmp_path, HEAD + "mandate: {attribution: false}\n" + ZONES + TERMS)
    found = judged(silent, reports({**SEEN, "incident_id": "I1"}), decisions=decided(tmp_path, text))
    assert found.decided.lives == ()
    assert found.decided.all == ()


def test_decisions_come_as_a_file_among_the_evidence(tmp_path: Path) -> None:
    agreement(tmp_path, HEAD + ZONES + TERMS)
    names = [
        "report_id",
        "source",
        "side",
        "reliability",
        "kind",
        "start",
        "lat",
        "lon",
        "precision_km",
        "act",
        "target",
        "actor",
        "incident_id",
    ]
    rows = [["R1", "Post", "none", "C", "observation", "2025-03-20T12:00Z", 48, 37, 0.1, "missile", "substation", "B", "I1"],
            ["R2", "Camera", "none", "C", "observation", "2025-03-20T12:00Z", 48, 37, 0.1, "missile", "substation", "B", "I2"]]  # fmt: skip
    with (tmp_path / "r.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    (tmp_path / "d.yaml").write_text("decisions:\n  - {merge: [I1, I2], by: Chair, at: 2025-03-21, why: one}\n")
    found = verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv", tmp_path / "d.yaml"])
    assert found.incidents["incident"].to_list() == ["I1"]
    assert {f.file: f.reader for f in found.ingest.files}["d.yaml"] == "decisions"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{incident: I1, by: C, at: 2025-03-21, why: x}", "not a valid decision"),
        ("{merge: [I1], by: C, at: 2025-03-21, why: x}", "needs two incidents"),
        ("{incident: I1, step: triged, by: C, at: 2025-03-21, why: x}", "not a valid step: 'triged'"),
        ("{incident: I1, step: triaged, by: C, at: 2025-03-21, why: x}", "not a valid outcome of 'triaged': None"),
        (
            "{incident: I1, step: tasked, outcome: agreed, by: C, at: 2025-03-21, why: x}",
            "not a valid outcome of 'tasked': 'agreed'",
        ),
        ("{incident: I1, step: tasked, by: C, at: yesterday, why: x}", "'yesterday' is not a date"),
        ("{incident: I1, step: tasked, at: 2025-03-21, why: x}", "does not say 'by'"),
        ("{incident: I1, step: tasked, by: C, at: 2025-03-21}", "does not say 'why'"),
        ("{incident: I1, step: right_of_reply, by: C, at: 2025-03-21, why: x}", "does not say who may reply"),
        ("{split: I1, into: {a: [R1], b: [R1]}, by: C, at: 2025-03-21, why: x}", "one report into two incidents"),
        ("{split: I1, by: C, at: 2025-03-21, why: x}", "which reports go where"),
        ("{grade: X, reliability: G, by: C, at: 2025-03-21, why: x}", "not a valid reliability: 'G'"),
        ("{grant: x, by: C, at: 2025-03-21, why: x}", "does not say which term"),
        ("{undo: d-1, merge: [a, b], by: C, at: 2025-03-21, why: x}", "two of its keys"),
        ("{undo: d-1, because: x, by: C, at: 2025-03-21, why: x}", "unknown key 'because'"),
        ("words", "not a valid decision"),
        ("{undo: d-1, by: C, at: 2025-03-21, why: no}", "'why' is read as yes or no"),
    ],
)
def test_a_faulty_decision_is_told_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(EvidenceError) as told:
        decided(tmp_path, f"  - {line}\n")
    assert says in str(told.value)
    assert "decisions.yaml:2:" in str(told.value)


def test_every_step_of_a_life_is_written_down_in_the_formats() -> None:
    page = (Path(__file__).resolve().parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
    for step, outcomes in STEPS.items():
        assert f"`{step}`" in page
        assert all(f"`{o}`" in page for o in outcomes)


def tasked(incident: str) -> str:
    return f"  - {{incident: {incident}, step: tasked, by: Chair, at: 2025-03-21, why: look}}\n"


def undecided(folder: Path, *rows: dict[str, Any]) -> Verification:
    return judged(agreement(folder, HEAD + ZONES + TERMS), reports(*rows))


def fused(text: Any, table: pl.DataFrame, decisions: Any = ()) -> Verification:
    together = FusedEvidence(ReportTables([table], decisions=decisions), text.vocabulary, None, SerialEngine(), b"")
    return verify(text, together, engine=SerialEngine(), fused=together.parted)


def test_a_correction_leaves_an_incident_its_id_and_its_decisions(tmp_path: Path) -> None:
    report = {**SEEN, "report_id": "M-17"}
    (before,) = undecided(tmp_path, report).incidents["incident"]
    assert len(before) == len("x-") + 32
    for corrected in (
        {"lat": 48.013},
        {"start": instant("03-20 11:45"), "end": instant("03-20 11:45")},
        {"act": "missile"},
    ):
        again = run(tmp_path, tasked(before), {**report, **corrected})
        assert again.incidents["incident"].to_list() == [before]
        (life,) = again.decided.lives
        assert (life.incident, life.remarks) == (before, ())


def test_a_decision_on_any_report_of_an_incident_finds_it_and_says_so(tmp_path: Path) -> None:
    first = {**HEARD, "report_id": "P1", "known_at": instant("03-20 13:00")}
    repeat = {**first, "source": "Daily", "origin": "Post", "report_id": "D9", "known_at": instant("03-21")}
    (founded,) = undecided(tmp_path, first, repeat).incidents["incident"]
    (alone,) = undecided(tmp_path, repeat).incidents["incident"]
    assert founded != alone
    found = run(tmp_path, tasked(alone), first, repeat)
    (life,) = found.decided.lives
    assert life.incident == founded
    assert life.remarks == (f"decided about as {alone}, whose founding report lies here now",)
    assert any("founding report lies in another incident" in note for note in found.ingest.notes)
    coded = run(tmp_path, tasked(alone), *({**row, "incident_id": "I7"} for row in (first, repeat)))
    assert coded.decided.lives[0].incident == "I7", "whoever numbered it since"


def test_decisions_follow_reports_that_were_put_together(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERMS)
    rows = [{**HEARD, "report_id": "P1"}, {**HEARD, "source": "Camera", "report_id": "C4", "lat": 48.001}]
    alone = {judged(text, reports(row)).incidents["incident"][0] for row in rows}
    found = fused(text, reports(*rows), decided(tmp_path, "".join(map(tasked, sorted(alone)))))
    (together,) = found.incidents["incident"]
    assert len(alone) == 2
    assert [life.incident for life in found.decided.lives] == [together]


def test_a_decision_whose_incident_is_found_nowhere_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, tasked("x-" + "0" * 32) + tasked("I8"), {**SEEN, "incident_id": "I1"})
    assert all("found nowhere" in life.remarks[0] for life in found.decided.lives)
    assert found.ingest.notes["decisions on an incident that no report here bears or founds (they decide nothing)"] == 2
    made = "  - {merge: [I1, I2], into: I9, by: Chair, at: 2025-03-21, why: one}\n" + tasked("I9")
    rows = ({**SEEN, "incident_id": name} for name in ("I1", "I2"))
    assert run(tmp_path, made, *rows).decided.lives[0].remarks == (), "a merge may give a new id"


def test_a_merge_with_an_incident_that_is_found_nowhere_is_not_told_as_applied(tmp_path: Path) -> None:
    merge = "  - {{merge: [{}], into: I1, by: Chair, at: 2025-03-21, why: one}}\n"
    rows = [{**SEEN, "incident_id": name} for name in ("I1", "I2")]
    for names, applied in (("I1, I8", "no: I8 is found nowhere"), ("I1, I2, I8", "yes, but I8 is found nowhere")):
        found = run(tmp_path, merge.format(names), *rows)
        steps = {s.text for v in found.verdicts for s in v.steps if s.rule == "decision"}
        assert steps
        assert all(text.endswith(f": {applied}.") for text in steps)
        assert [line[2] for line in decision_lines(found)] == [applied]
    assert [line[2] for line in decision_lines(run(tmp_path, merge.format("I1, I2"), *rows))] == ["yes"]


def test_one_report_given_twice_that_says_two_things_founds_two_incidents(tmp_path: Path) -> None:
    rows = [{**SEEN, "report_id": "M1"}, {**SEEN, "report_id": "M1", "lat": 48.1, "file": "corrected.csv"}]
    found = undecided(tmp_path, *rows)
    assert found.incidents.height == found.incidents["incident"].n_unique() == 2
    assert undecided(tmp_path, *rows[::-1]).incidents.equals(found.incidents)


def test_silence_is_told_without_an_instant_too(tmp_path: Path) -> None:
    assert life_of(tmp_path, LIFE).remarks[-1] == "silence: no reply of B by 2025-03-24 08:00Z is known"


def test_no_separator_in_a_text_makes_one_id_of_two_incidents(tmp_path: Path) -> None:
    rows = [{**SEEN, "report_id": None, "place_name": name} for name in ("ab", "a\x1fb", "a\x1es\x1fb", "a\x1esb")]
    found = undecided(tmp_path, *rows).incidents
    assert found.height == found["incident"].n_unique() == 4
