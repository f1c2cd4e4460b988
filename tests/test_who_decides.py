"""Whose finding stands: what a body of the agreement determined through its steps, or the mandate's rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from servanda.errors import AgreementError, EvidenceError
from servanda.evidence.decisions import read_decisions
from servanda.verdicts import Verification, summarise
from servanda.verdicts.summary_words import decided_words
from tests.build import HEAD, ZONES, agreement, instant, judged, reports, words
from tests.test_decisions import KYIV, decided
from tests.test_manipulation import WATCHED

BODIES = "bodies: {J: Joint Commission}\n"
TERMS = """terms:
  fire:
    text: No strikes on energy
    forbid: {act: strike, target: [energy], in: disc}
    except: {return_fire: {text: when attacked, only_if: [attacked]}}
  leave:
    text: Lorries leave
    require: {act: withdrawal, in: disc}
    deadline: 2025-04-10
"""
SEEN = {
    "source": "Mission",
    "side": "none",
    "reliability": "A",
    "kind": "observation",
    "actor": "B",
    "incident_id": "I1",
}
HEARD = {**SEEN, "source": "Press A", "side": "A", "reliability": "C", "kind": "claim"}


def step(name: str, at: str, *, by: str = "J", incident: str = "I1", **more: str) -> str:
    said = ", ".join(f"{key}: {value}" for key, value in more.items())
    return f"  - {{incident: {incident}, step: {name}, by: {by}, at: 2025-03-{at}, why: so{', ' + said if said else ''}}}\n"


def through(outcome: str, *between: str, incident: str = "I1", **more: str) -> str:
    """All steps with this outcome, and others before the signature."""
    return (
        step("triaged", "21T09:00", incident=incident, outcome="in_scope")
        + step("assessed", "21T10:00", incident=incident)
        + step("right_of_reply", "21T11:00", incident=incident, of="B", until="2025-03-23T09:00")
        + step("determined", "24T09:00", incident=incident, outcome=outcome, **more)
        + "".join(between)
        + step("signed", "25T09:00", incident=incident, outcome="agreed")
    )


def attributed(outcome: str, of: str = "B", at: str = "24T10:00") -> str:
    return step("attributed", at, outcome=outcome, **({"of": of} if outcome in ("party", "unit") else {}))


def run(
    folder: Path, text: str, *rows: dict[str, Any], head: str = BODIES, terms: str = TERMS, **options: Any
) -> Verification:
    return judged(
        agreement(folder, HEAD + head + ZONES + terms), reports(*rows), decisions=decided(folder, text), **options
    )


def of(found: Verification, party: str = "B", term: str = "fire") -> str:
    return words(found)[(term, party, None)]


def told(found: Verification, party: str = "B", term: str = "fire") -> str:
    (verdict,) = [v for v in found.verdicts if (v.term, v.party) == (term, party)]
    return " ".join(s.text for s in verdict.steps if s.rule == "determined")


def rows_of(
    found: Verification, incident: str = "I1", term: str = "fire"
) -> dict[str | None, tuple[str, str | None, str | None]]:
    mine = found.findings.filter((pl.col("incident") == incident) & (pl.col("term") == term))
    return {r["party"]: (r["status"], r["rule"], r["decided_by"]) for r in mine.to_dicts()}


def test_what_the_body_found_unsubstantiated_is_no_breach_and_the_rules_answer_stands_beside_it(tmp_path: Path) -> None:
    found = run(tmp_path, through("unsubstantiated"), SEEN)
    assert of(found) == "undetermined"
    assert rows_of(found) == {"B": ("set_aside", "confirmed", "J")}
    assert "determined unsubstantiated by J (so)" in told(found)
    assert "That is the finding: here not counted; by the rule alone it would be confirmed." in told(found)
    assert found.overruled == ("I1",)
    assert (
        decided_words(summarise(found))
        == "1 determination went through all steps, and is the finding; the rule says otherwise of 1."
    )


def test_what_the_body_confirmed_is_a_breach_of_the_only_one_accused(tmp_path: Path) -> None:
    found = run(tmp_path, through("confirmed"), HEARD)
    assert of(found) == "breached"
    assert of(found, "A") == "undetermined"
    assert rows_of(found) == {"B": ("confirmed", "alleged", "J")}
    assert found.findings.filter(pl.col("party") == "B")["confirmed_by"].to_list() == ["determination"]


def test_what_the_body_attributed_is_his_whomever_the_rule_names(tmp_path: Path) -> None:
    text = through("confirmed", attributed("party", "Aland")).replace("of: B", "of: A")
    found = run(tmp_path, text, SEEN)
    assert (of(found, "A"), of(found, "B")) == ("breached", "undetermined")
    assert rows_of(found) == {"A": ("confirmed", None, "J"), "B": ("set_aside", "confirmed", "J")}
    assert "by the rule alone it would be no finding about this party" in told(found, "A")


@pytest.mark.parametrize("how_far", ["none", "direction", "territory"])
def test_what_the_body_attributed_to_nobody_is_open(tmp_path: Path, how_far: str) -> None:
    found = run(tmp_path, through("confirmed", attributed(how_far)), SEEN)
    assert of(found, "B") == of(found, "A") == "undetermined"
    assert {party: row[0] for party, row in rows_of(found).items()} == {"B": "alleged", None: "open"}


def test_two_accused_and_no_attribution_leave_the_author_open(tmp_path: Path) -> None:
    found = run(tmp_path, through("confirmed"), HEARD, {**HEARD, "source": "Press B", "side": "B", "actor": "A"})
    assert rows_of(found)[None][0] == "open"
    assert of(found, "A") == of(found, "B") == "undetermined"


def test_nobody_undoes_a_determination_by_accusing_another(tmp_path: Path) -> None:
    other = {**HEARD, "source": "Press B", "side": "B", "actor": "A"}
    found = run(tmp_path, through("confirmed"), SEEN, other)
    assert of(found) == "breached"
    assert rows_of(found)["B"][0] == "confirmed"


@pytest.mark.parametrize("outcome", ["confirmed", "partly", "inconclusive"])
def test_no_watch_answers_what_a_body_determined(tmp_path: Path, outcome: str) -> None:
    other = {**HEARD, "source": "Press B", "side": "B", "actor": "A"}
    found = run(tmp_path, through(outcome), HEARD, other, coverage=WATCHED)
    assert of(run(tmp_path, step("assessed", "21T10:00"), HEARD, other, coverage=WATCHED)) == "complied"
    assert of(found, "A") == of(found, "B") == "undetermined"
    if outcome == "confirmed":
        assert "confirmed as the act, and open whose" in told(found)


@pytest.mark.parametrize("outcome", ["partly", "inconclusive"])
def test_what_the_body_could_not_settle_is_open_for_who_is_accused_and_for_nobody_else(
    tmp_path: Path, outcome: str
) -> None:
    found = run(tmp_path, through(outcome), SEEN)
    assert rows_of(found) == {"B": ("open", "confirmed", "J")}
    assert found.overruled == ("I1",)


def test_what_the_body_excused_is_excused_and_no_precondition_is_said_to_be_shown(tmp_path: Path) -> None:
    found = run(tmp_path, through("excused"), SEEN)
    assert rows_of(found) == {"B": ("excused", "confirmed", "J")}
    (verdict,) = [v for v in found.verdicts if (v.term, v.party) == ("fire", "B")]
    said = " ".join(step.text for step in verdict.steps)
    assert "1 incident is excused by a determination that names no exception." in said
    assert "precondition" not in said  # which nobody has shown


def test_what_the_body_excused_is_open_under_a_term_that_has_no_exception(tmp_path: Path) -> None:
    terms = TERMS.replace("    except: {return_fire: {text: when attacked, only_if: [attacked]}}\n", "")
    found = run(tmp_path, through("excused"), SEEN, terms=terms)
    assert rows_of(found) == {"B": ("open", "confirmed", "J")}
    assert of(found) == "undetermined"


@pytest.mark.parametrize("decides", ["body", "rule"])
def test_one_line_that_grants_an_exception_goes_beyond_neither_its_steps_nor_its_limits(
    tmp_path: Path, decides: str
) -> None:
    limited = TERMS.replace("only_if: [attacked]", "only_if: [attacked], at_most: 3")
    head, grant = (
        BODIES + f"mandate: {{decides: {decides}}}\n",
        "  - {grant: return_fire, term: fire, incident: I1, by: J, at: 2025-03-21, why: so}\n",
    )
    found = run(tmp_path, grant, {**SEEN, "quantity": 500.0}, terms=limited, head=head)
    assert of(found) == "breached"
    steps = [s.text for v in found.verdicts for s in v.steps if s.rule == "decision"]
    assert "not applied" in steps[0]
    few = run(tmp_path, grant, {**SEEN, "quantity": 2.0}, terms=limited, head=head)
    assert rows_of(few)["B"][0] == ("confirmed" if decides == "body" else "excused")


@pytest.mark.parametrize(
    ("missing", "lacks"),
    [
        ("step: triaged", "it had not been triaged as in scope"),
        ("step: assessed", "it had not been assessed"),
        ("step: right_of_reply", "nobody had been given the right to reply"),
        ("step: signed", "it is unsigned"),
    ],
)
def test_a_determination_that_skipped_a_step_is_not_the_finding(tmp_path: Path, missing: str, lacks: str) -> None:
    text = "".join(line + "\n" for line in through("unsubstantiated").splitlines() if missing not in line)
    found = run(tmp_path, text, SEEN)
    assert of(found) == "breached"
    assert f"That is not the finding, for {lacks}; by the mandate's rule it is confirmed." in told(found)
    assert found.overruled == ()


def test_a_determination_before_the_time_for_the_reply_ended_is_not_the_finding_unless_he_replied(
    tmp_path: Path,
) -> None:
    text = through("unsubstantiated").replace("2025-03-23T09:00", "2025-03-24T12:00")
    assert of(run(tmp_path, text, SEEN)) == "breached"
    assert "the time for the reply of B still ran" in told(run(tmp_path, text, SEEN))
    assert of(run(tmp_path, text + step("replied", "22T09:00", by="Bland"), SEEN)) == "undetermined"
    assert of(run(tmp_path, text + step("replied", "22T09:00", by="A"), SEEN)) == "breached"


@pytest.mark.parametrize("outcome", ["confirmed", "unsubstantiated"])
def test_a_right_of_reply_that_only_somebody_else_than_the_accused_had_is_none(tmp_path: Path, outcome: str) -> None:
    text = through(outcome).replace("of: B", "of: A")
    found = run(tmp_path, text, HEARD)
    assert rows_of(found) == {"B": ("alleged", "alleged", None)}
    assert "for Bland, whom it is about, had not been given the right to reply" in told(found)
    both = text + step("right_of_reply", "21T12:00", of="Bland", until="2025-03-23T09:00")
    assert rows_of(run(tmp_path, both, HEARD))["B"][2] == "J"


def test_whom_the_body_names_as_the_author_must_have_had_the_right_to_reply(tmp_path: Path) -> None:
    found = run(tmp_path, through("confirmed", attributed("party", "A")), SEEN)
    assert (of(found, "A"), of(found, "B")) == ("undetermined", "breached")


def test_a_right_of_reply_that_ended_before_it_was_given_is_none(tmp_path: Path) -> None:
    text = through("confirmed").replace("until: 2025-03-23T09:00", "until: 2025-03-21T10:59")
    found = run(tmp_path, text, HEARD)
    assert of(found) == "undetermined"
    assert "the time for the reply of B ended before it was given" in told(found)


def test_a_body_that_vetoes_takes_its_signature_back_and_a_party_cannot(tmp_path: Path) -> None:
    text = through("unsubstantiated")
    assert of(run(tmp_path, text + step("signed", "26T09:00", outcome="vetoed"), SEEN)) == "breached"
    assert of(run(tmp_path, text + step("signed", "26T09:00", by="A", outcome="vetoed"), SEEN)) == "undetermined"


def test_a_party_cannot_take_the_steps_of_a_body(tmp_path: Path) -> None:
    for who in ("A", "B", "Bland", "Somebody"):
        text = through("unsubstantiated").replace("by: J", f"by: {who}")
        assert of(run(tmp_path, text, SEEN)) == "breached"


def test_what_was_reopened_is_the_rules_until_it_is_determined_and_signed_anew(tmp_path: Path) -> None:
    text = through("unsubstantiated") + step("reopened", "26T09:00")
    assert of(run(tmp_path, text, SEEN)) == "breached"
    assert "it was reopened" in told(run(tmp_path, text, SEEN))
    again = text + step("determined", "27T09:00", outcome="unsubstantiated")
    assert of(run(tmp_path, again, SEEN)) == "breached"
    assert of(run(tmp_path, again + step("signed", "28T09:00", outcome="agreed"), SEEN)) == "undetermined"


def test_a_signed_determination_stands_until_another_is_signed_or_it_is_reopened(tmp_path: Path) -> None:
    text = through("unsubstantiated") + step("determined", "27T09:00", outcome="confirmed")
    found = run(tmp_path, text, SEEN)
    assert of(found) == "undetermined"
    assert "determined confirmed by J (2025-03-27 07:00Z) although unsubstantiated by J was signed" in told(found)
    vetoed = text + step("signed", "28T09:00", outcome="vetoed")
    assert of(run(tmp_path, vetoed, SEEN)) == "undetermined"
    assert of(run(tmp_path, text + step("signed", "28T09:00", outcome="agreed"), SEEN)) == "breached"
    reopened = text + step("reopened", "27T10:00")
    assert "That is not the finding, for it is unsigned" in told(run(tmp_path, reopened, SEEN))


def test_a_decision_counts_from_when_it_is_known(tmp_path: Path) -> None:
    text = through("unsubstantiated")
    for day, verdict in (("03-24 12:00", "breached"), ("03-26", "undetermined")):
        assert of(run(tmp_path, text, SEEN, as_of=instant(day))) == verdict


def test_merged_incidents_have_one_determination(tmp_path: Path) -> None:
    merge = "  - {merge: [I1, I2], into: I1, by: J, at: 2025-03-20T10:00, why: one strike}\n"
    found = run(tmp_path, through("unsubstantiated", incident="I2") + merge, SEEN, {**SEEN, "incident_id": "I2"})
    assert of(found) == "undetermined"
    assert set(rows_of(found)) == {"B"}


LATE = {"start": instant("03-26"), "end": instant("03-26")}
LASTED = {**HEARD, "end": instant("03-26"), "known_at": instant("03-21")}


def test_another_act_that_is_hung_on_a_determined_incident_afterwards_is_not_confirmed_by_it(tmp_path: Path) -> None:
    terms = TERMS.replace("  leave:", "  quiet: {text: No shelling, forbid: {act: shelling, in: disc}}\n  leave:")
    hung = {**HEARD, "act": "shelling", "target": None, "known_at": instant("03-26")}
    found = run(tmp_path, through("confirmed", attributed("party")), SEEN, hung, terms=terms)
    assert (of(found), of(found, term="quiet")) == ("breached", "undetermined")
    assert rows_of(found, term="quiet")["B"] == ("alleged", "alleged", None)


def test_what_only_a_side_says_beside_who_saw_it_is_determined_where_the_body_names_the_term(tmp_path: Path) -> None:
    terms = TERMS.replace("  leave:", "  quiet: {text: No shelling, forbid: {act: shelling, in: disc}}\n  leave:")
    hung = {**HEARD, "act": "shelling", "target": None}
    assert of(run(tmp_path, through("confirmed"), SEEN, hung, terms=terms), term="quiet") == "undetermined"
    assert of(run(tmp_path, through("confirmed", term="quiet"), SEEN, hung, terms=terms), term="quiet") == "breached"


def test_what_was_seen_without_a_target_does_not_carry_a_target_that_only_a_side_names(tmp_path: Path) -> None:
    terms = TERMS.replace(
        "  leave:", "  clinics: {text: x, forbid: {act: attack, target: [hospital], in: disc}}\n  leave:"
    )
    seen, hung = {**SEEN, "act": "shelling", "target": None}, {**HEARD, "act": "attack", "target": "hospital"}
    assert of(run(tmp_path, through("confirmed"), seen, hung, terms=terms), term="clinics") == "undetermined"


@pytest.mark.parametrize("known_at", [instant("03-26"), None])
@pytest.mark.parametrize("outcome", ["unsubstantiated", "excused", "inconclusive"])
def test_what_an_observer_reports_after_the_determination_is_left_to_the_rule(
    tmp_path: Path, outcome: str, known_at: Any
) -> None:
    found = run(tmp_path, through(outcome), LASTED, {**SEEN, **LATE, "known_at": known_at})
    assert of(found) == "breached"
    assert "What was reported after the determination is left to the rule: by it it is confirmed." in told(found)


def test_whom_a_later_report_accuses_the_determination_does_not_clear(tmp_path: Path) -> None:
    other = {**SEEN, **LATE, "source": "Second mission", "actor": "A"}
    found = run(tmp_path, through("confirmed", attributed("party")), LASTED, other)
    assert rows_of(found)["B"][0] == "confirmed"
    assert rows_of(found)["A"][2] is None


def duplicate() -> str:
    return step("triaged", "22T09:00", incident="I2", outcome="duplicate_of", of="I1") + step(
        "signed", "25T09:00", incident="I2", outcome="agreed"
    )


def test_a_triage_as_a_duplicate_takes_nothing_out_until_it_is_signed(tmp_path: Path) -> None:
    again = {**SEEN, "incident_id": "I2"}
    unsigned = duplicate().splitlines(keepends=True)[0]
    found = run(tmp_path, through("unsubstantiated") + unsigned, HEARD, again)
    assert of(found) == "breached"
    assert "I2 was determined a duplicate of I1 by J (so)" in told(found)
    assert "That is not the finding, for it is unsigned" in told(found)


@pytest.mark.parametrize(
    ("other", "differ"),
    [
        ({"actor": "A"}, "the two differ in author"),
        ({"act": "airstrike"}, "the two differ in act"),
        ({"start": instant("03-22"), "end": instant("03-22")}, "the two are more than 24 hours apart"),
    ],
)
def test_a_duplicate_agrees_in_act_author_and_time_with_what_it_repeats(
    tmp_path: Path, other: dict[str, Any], differ: str
) -> None:
    found = run(tmp_path, through("unsubstantiated") + duplicate(), HEARD, {**SEEN, "incident_id": "I2", **other})
    assert rows_of(found, "I2")[other.get("actor", "B")][0] == "confirmed"
    assert f"for {differ}" in told(found, other.get("actor", "B"))


def test_a_duplicate_goes_with_the_incident_that_it_repeats(tmp_path: Path) -> None:
    rows = (SEEN, {**SEEN, "incident_id": "I2", "source": "Second mission"})
    same = duplicate()
    found = run(tmp_path, through("unsubstantiated") + same, *rows)
    assert of(found) == "undetermined"
    assert "I2 was determined a duplicate of I1" in told(found)
    assert of(run(tmp_path, same, *rows)) == "breached", "of an incident that nobody determined, nothing follows"
    once = run(tmp_path, through("confirmed") + same, *rows)
    assert [v.confirmed for v in once.verdicts if (v.term, v.party) == ("fire", "B")] == [1]


def test_where_it_lies_the_rule_says_unless_the_body_names_the_term(tmp_path: Path) -> None:
    far = {**HEARD, "lat": 48.3, "precision_m": 40_000.0}
    assert rows_of(run(tmp_path, step("tasked", "21"), far)) == {"B": ("below", "below", None)}
    assert of(run(tmp_path, through("confirmed"), far)) == "undetermined"
    assert of(run(tmp_path, through("confirmed", term="fire"), far)) == "breached"
    assert of(run(tmp_path, through("confirmed", term="leave"), SEEN | {"kind": "claim"})) == "undetermined"


def test_of_a_deed_the_determination_stands_beside_the_finding(tmp_path: Path) -> None:
    deed = {**SEEN, "act": "withdrawal", "target": None}
    found = run(tmp_path, through("unsubstantiated"), deed)
    assert of(found, term="leave") == "complied"
    assert "Here it changes nothing: by the mandate's rule it is confirmed." in told(found, term="leave")


def test_where_the_rule_decides_the_determination_stands_beside_it(tmp_path: Path) -> None:
    found = run(tmp_path, through("unsubstantiated"), SEEN, head=BODIES + "mandate: {decides: rule}\n")
    assert of(found) == "breached"
    assert "by the mandate's rule it is confirmed. The rule decides here." in told(found)
    assert found.overruled == ("I1",)
    assert decided_words(summarise(found)).endswith(
        "stands beside the finding; the rule says otherwise of 1, and decides."
    )


def test_no_body_can_decide_where_the_agreement_names_none(tmp_path: Path) -> None:
    with pytest.raises(AgreementError) as told_:
        agreement(tmp_path, HEAD + "mandate: {decides: body}\n" + ZONES + TERMS)
    assert [fault.code for fault in told_.value.faults] == ["AGR054"]


def test_where_nobody_is_named_a_confirmed_act_is_confirmed(tmp_path: Path) -> None:
    found = run(tmp_path, through("confirmed"), HEARD, head=BODIES + "mandate: {attribution: false}\n")
    assert words(found)[("fire", None, None)] == "breached"
    assert rows_of(found) == {None: ("confirmed", "alleged", "J")}


def test_no_flood_of_a_partys_decisions_changes_a_finding(tmp_path: Path) -> None:
    text = "".join(
        through("unsubstantiated").replace("why: so", f"why: so{n}").replace("by: J", "by: B") for n in range(50)
    )
    assert of(run(tmp_path, text, SEEN)) == "breached"


def test_severity_is_assessed_on_the_mandates_scale(tmp_path: Path) -> None:
    graded = BODIES + "mandate: {severity: [minor, serious, grave]}\n"
    text = agreement(tmp_path, HEAD + graded + ZONES + TERMS)
    (tmp_path / "d.yaml").write_text("decisions:\n" + step("assessed", "21", severity="serious"), encoding="utf-8")
    made = read_decisions(tmp_path / "d.yaml", KYIV, severity=text.mandate.severity)
    found = judged(text, reports(SEEN), decisions=made)
    assert [life.severity for life in found.decided.lives] == ["serious"]
    for scale, says in ((text.mandate.severity[:1], "one of: minor"), ((), "give the scale in the mandate")):
        with pytest.raises(EvidenceError, match="EVD038") as told_:
            read_decisions(tmp_path / "d.yaml", KYIV, severity=scale)
        assert says in str(told_.value)
    (tmp_path / "d.yaml").write_text("decisions:\n" + step("tasked", "21", severity="serious"), encoding="utf-8")
    with pytest.raises(EvidenceError, match="does not say 'severity'"):
        read_decisions(tmp_path / "d.yaml", KYIV)


def test_where_nobody_is_named_a_confirmed_act_is_not_shown_to_be_of_who_alone_is_bound(tmp_path: Path) -> None:
    head, terms = BODIES + "mandate: {attribution: false}\n", TERMS.replace("    except:", "    binds: A\n    except:")
    found = run(tmp_path, through("confirmed"), SEEN, head=head, terms=terms)
    assert words(found)[("fire", None, None)] == "undetermined"
    named = run(tmp_path, through("confirmed", term="fire"), SEEN, head=head, terms=terms)
    assert words(named)[("fire", None, None)] == "breached"
