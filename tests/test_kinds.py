"""Each kind of term with evidence of a few lines, and the verdict that the definitions give by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from servanda.agreement import Agreement, inspect_agreement
from servanda.agreement.plain_language import say_force
from servanda.app.verify import verify_files
from servanda.coverage import Coverage, Watch
from servanda.drafting import check_agreement
from servanda.errors import AgreementError
from servanda.report.answers import measure_words
from servanda.report.graph import steps_of
from servanda.values.time import Interval
from servanda.values.weapons import ARSENAL, CLASSES, WeaponClass, parse_bound
from servanda.verdicts import Verdict, Wanted
from servanda.verdicts.event_times import EventTime, Span
from tests.build import agreement, judged, reports

HEAD = """agreement: kinds
title: Kinds
timezone: Europe/Kyiv
signed: 2025-03-01
parties: {A: Aland, B: Bland}
guarantors: {G: Gland}
bodies: {M: Mission}
in_force: {from: 2025-03-10, for: 60 days}
"""
KYIV = ZoneInfo("Europe/Kyiv")


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=KYIV)


def monitor(act: str, actor: str | None, when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "source": "Monitor", "origin": "Monitor", "side": "none", "reliability": "A", "kind": "observation", "act": act,
        "actor": actor, "start": when, "target": None, "report_id": f"{act}{actor}{when}{more}", **more,
    }  # fmt: skip


def watching(text: Agreement) -> Coverage:
    codes = frozenset(text.vocabulary.acts.codes)
    times = (Interval(at(1) - timedelta(days=1), at(30, month=6)),)
    # the log of the monitor that reports: what it sees it reports, so that nothing speaks against its number
    return Coverage((Watch("w", "Monitor", "log", codes, "", None, times, 0.95),))


def one(
    folder: Path, term: str, *rows: dict[str, Any], party: str | None = "A", covered: bool = False, **options: Any
) -> Verdict:
    text = agreement(folder, HEAD + term)
    run = judged(text, reports(*rows), watching(text) if covered else None, **options)
    (verdict,) = [v for v in run.verdicts if v.term == "t" and v.party == party and v.reading is None]
    return verdict


QUOTA = "terms:\n  t:\n    text: x\n    require: {act: delivery, target: aid_lorry, at_least: 600, unit: lorries, every: 1 day}\n    binds: A\n    until: 2025-04-01\n"


def test_of_600_lorries_a_day_3203_in_22_days_are_24_per_cent(tmp_path: Path) -> None:
    """The figures of Gaza, October 2025 (claims of one side there; taken as observed here)."""
    daily = [146] * 21 + [137]
    rows = [monitor("delivery", "A", at(10 + n), quantity=float(q), target="aid_lorry") for n, q in enumerate(daily)]
    verdict = one(tmp_path, QUOTA, *rows, covered=True)
    assert sum(daily) == 3203
    assert (verdict.verdict, verdict.measure["delivered"], verdict.measure["owed"]) == ("breached", 3203.0, 13200.0)
    assert round(float(str(verdict.measure["rate"])), 2) == 0.24
    assert verdict.measure["missed"] == 22


def test_unwatched_days_without_lorries_are_not_missed_days(tmp_path: Path) -> None:
    verdict = one(tmp_path, QUOTA, monitor("delivery", "A", at(10), quantity=600.0, target="aid_lorry"))
    assert (verdict.verdict, verdict.measure["met"], verdict.measure["unknown"]) == ("undetermined", 1, 21)


def test_a_quota_that_is_met_every_day_is_complied_with(tmp_path: Path) -> None:
    rows = [monitor("delivery", "A", at(10) + timedelta(days=n), quantity=600.0, target="aid_lorry") for n in range(22)]
    assert one(tmp_path, QUOTA, *rows).verdict == "complied"
    assert one(tmp_path, QUOTA, *rows[:5], as_of=at(14, 23)).verdict == "complied"
    assert one(tmp_path, QUOTA, as_of=at(10, 18)).verdict == "not_due"


RESPOND = "terms:\n  t:\n    text: x\n    respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 24 hours}\n"


def test_a_request_is_answered_by_what_names_it_even_late_in_the_queue(tmp_path: Path) -> None:
    asked = [
        monitor("access_request", "M", at(11), toward="A", incident_id="Q1"),
        monitor("access_request", "M", at(12), toward="A", incident_id="Q2"),
    ]
    granted = monitor("access_granted", "A", at(12, 20), answers="Q2")
    verdict = one(tmp_path, RESPOND, *asked, granted, covered=True)
    assert (verdict.verdict, verdict.measure["answered"], verdict.measure["missed"]) == ("breached", 1, 1)
    other = one(tmp_path, RESPOND, *asked, granted, covered=True, party="B")
    assert (other.verdict, other.measure["called_for"]) == ("not_due", 0)


def test_a_notice_that_was_due_before_the_term_bound_is_said_to_be_missed_by_nobody(tmp_path: Path) -> None:
    text = "terms:\n  t:\n    text: x\n    declare: {notice: {of: {act: exercise}, before: 14 days, answers: each}}\n    from: 2025-03-15\n"
    found = one(tmp_path, text, monitor("exercise", "A", at(16)), covered=True)
    assert found.verdict == "not_due"
    assert found.steps[-1].text.startswith("not_due: what 1 occasion would have called for was due before it bound")


def test_what_only_a_side_says_called_for_it_and_nobody_saw_is_told(tmp_path: Path) -> None:
    text = "terms:\n  t:\n    text: x\n    respond: {to: {act: shelling}, with: {act: investigation}, within: 24 hours, answers: each}\n"
    own = {"source": "A", "origin": "A", "side": "A", "kind": "claim"}
    found = one(tmp_path, text, monitor("shelling", None, at(11)) | own, covered=True, party="B")
    assert found.verdict == "not_due"
    assert [step.text[:44] for step in found.steps if step.rule == "answered"] == [
        "The one allegation speaks of a place and tim"
    ]
    assert "answered" not in {step.rule for step in one(tmp_path, text, covered=True, party="B").steps}


def test_one_grant_answers_one_request(tmp_path: Path) -> None:
    asked = [monitor("access_request", "M", at(11, h), toward="A", incident_id=f"Q{h}") for h in (8, 9)]
    granted = monitor("access_granted", "A", at(11, 20))
    verdict = one(tmp_path, RESPOND.replace("hours}", "hours, answers: each}"), *asked, granted, covered=True)
    assert (verdict.measure["answered"], verdict.measure["missed"], verdict.verdict) == (1, 1, "breached")


def test_while_the_time_for_an_answer_runs_it_is_not_due(tmp_path: Path) -> None:
    asked = monitor("access_request", "M", at(11), toward="A")
    assert one(tmp_path, RESPOND, asked, covered=True, as_of=at(12, 11)).verdict == "not_due"
    assert one(tmp_path, RESPOND, asked, covered=True, as_of=at(12, 13)).verdict == "breached"
    assert one(tmp_path, RESPOND, asked, as_of=at(12, 13)).verdict == "undetermined"


def test_a_party_s_claim_to_have_asked_calls_for_nothing(tmp_path: Path) -> None:
    claim = {
        **monitor("access_request", "M", at(11), toward="A"),
        "source": "Press B",
        "origin": "Press B",
        "side": "B",
    }
    assert one(tmp_path, RESPOND, claim, covered=True, as_of=at(20)).verdict in ("not_due", "undetermined")


NOTICE = "terms:\n  t:\n    text: x\n    declare: {notice: {of: {act: exercise}, before: 14 days}}\n"


def test_an_exercise_needs_its_notice_fourteen_days_ahead(tmp_path: Path) -> None:
    held = monitor("exercise", "A", at(30), incident_id="E1")
    early, late = monitor("notice_given", "A", at(15)), monitor("notice_given", "A", at(17))
    assert one(tmp_path, NOTICE, held, early, covered=True).verdict == "complied"
    assert one(tmp_path, NOTICE, held, early).verdict == "undetermined"
    assert one(tmp_path, NOTICE, held, late, covered=True).verdict == "breached"
    assert one(tmp_path, NOTICE, held, {**early, "side": "A", "source": "A", "origin": "A"}).verdict == "undetermined"


def test_one_notice_announces_one_exercise(tmp_path: Path) -> None:
    held = [monitor("exercise", "A", at(d)) for d in (29, 30)]
    each = NOTICE.replace("14 days}", "14 days, answers: each}")
    verdict = one(tmp_path, each, *held, monitor("notice_given", "A", at(12)), covered=True)
    assert (verdict.verdict, verdict.measure["announced"], verdict.measure["missed"]) == ("breached", 1, 1)


MILESTONES = "terms:\n  t:\n    text: x\n    require: {milestones: {minimal: {act: law_tabled}, intermediate: {act: law_adopted}, full: {act: ratification}}}\n    binds: A\n    deadline: 2025-04-10\n"


@pytest.mark.parametrize("level", range(4))
def test_a_slow_duty_stands_at_the_level_that_is_shown(tmp_path: Path, level: int) -> None:
    acts = ("law_tabled", "law_adopted", "ratification")[:level]
    rows = [monitor(act, "A", at(12 + n)) for n, act in enumerate(acts)]
    verdict = one(tmp_path, MILESTONES, *rows, as_of=at(20))
    assert (verdict.measure["level"], verdict.measure["of"]) == (level, 3)
    assert verdict.measure["degree"] == ("none", "minimal", "intermediate", "complete")[level]
    assert verdict.verdict == ("complied" if level == 3 else "not_due")


def test_ratification_shows_the_levels_below_it(tmp_path: Path) -> None:
    verdict = one(tmp_path, MILESTONES, monitor("ratification", "A", at(12)), covered=True)
    assert (verdict.verdict, verdict.measure["level"]) == ("complied", 3)


ENDS = (
    "events: {pause: {done: {act: suspension, by: A}}}\nterms:\n  t: {text: x, forbid: {act: shelling}, until: pause}\n"
)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([monitor("suspension", "A", at(20))], "; by what ends it, until: 2025-03-20T12:00:00+02:00."),
        ([], "; of what would end it there is no sign so far."),
        (
            [{**monitor("suspension", "A", at(20)), "source": "B", "origin": "B", "side": "B", "kind": "claim"}],
            "; what would end it is only claimed, of 2025-03-20T12:00:00+02:00, and ends nothing.",
        ),
    ],
)
def test_a_term_that_an_event_ends_says_when_it_ended(tmp_path: Path, rows: list[dict[str, Any]], words: str) -> None:
    verdict = one(tmp_path, ENDS, *rows)
    assert next(step for step in verdict.steps if step.rule == "in_force").text.endswith(words)


LORRIES = QUOTA.replace("600", "60").replace("2025-04-01", "2025-03-12")


def test_a_quota_says_which_periods_were_missed_and_what_came_late(tmp_path: Path) -> None:
    def came(day: int, much: float) -> dict[str, Any]:
        return monitor("delivery", "A", at(day), quantity=much, target="aid_lorry")

    found = one(tmp_path, LORRIES, came(10, 60.0), came(11, 40.0), came(13, 20.0), covered=True)
    said = {step.rule: step.text for step in found.steps}
    assert (found.verdict, found.measure["missed"]) == ("breached", 1)
    assert "at most 40 lorries of 60 from 2025-03-11T00:00:00+02:00 to 2025-03-12T00:00:00+02:00" in said["missed"]
    assert "20 lorries more came, by 2025-03-13T12:00:00+02:00: as much as was lacking, and late" in said["late"]
    unwatched = {step.rule for step in one(tmp_path, LORRIES, came(10, 60.0), came(13, 20.0)).steps}
    assert "late" in unwatched
    assert "missed" not in unwatched
    bare, tonnes = LORRIES.replace(", target: aid_lorry", ""), {**came(13, 9.0), "unit": "tonnes"}
    assert "late" not in {step.rule for step in one(tmp_path, bare, tonnes, covered=True).steps}, "0 lorries came late"


LEAVE = "terms:\n  t:\n    text: x\n    require: {act: withdrawal, at_least: 40, unit: tanks}\n    binds: A\n    deadline: 2025-03-25\n"


def test_what_is_owed_in_all_is_undone_where_it_was_found_undone_afterwards(tmp_path: Path) -> None:
    def after(day: int) -> dict[str, Any]:
        return monitor("withdrawal", "A", at(day), stance="denies")

    own = monitor("withdrawal", "A", at(22), quantity=40.0) | {
        "source": "A",
        "origin": "A",
        "side": "A",
        "kind": "claim",
    }
    for rows in ([after(27)], [after(27), own]):
        found = one(tmp_path, LEAVE, *rows)
        said = {step.rule: step.text for step in found.steps}
        assert found.verdict == "breached"
        words = "an observation of 2025-03-27T12:00:00+02:00, made after its time had run out, found it not done"
        assert said["not_done"] == f"withdrawal: {words}."
        assert not {"missed", "told"} & set(said)
    some = monitor("withdrawal", "A", at(20), quantity=30.0)
    assert one(tmp_path, LEAVE, some, after(27)).verdict == "undetermined"  # of the rest, or of all
    early = one(tmp_path, LEAVE, after(24))
    words = "found not done on 2025-03-24T12:00:00+02:00, before its time had run out, which shows nothing"
    assert (early.verdict, words in " ".join(s.text for s in early.steps)) == ("undetermined", True)


@pytest.mark.parametrize("told", [False, True])
def test_what_was_found_undone_rests_on_who_found_it(tmp_path: Path, *, told: bool) -> None:
    duty = "terms:\n  t: {text: x, require: {act: handover}, binds: A, deadline: 2025-03-25}\n"
    undone = monitor("handover", "A", at(27), stance="denies", incident_id="N")
    own = {**monitor("handover", "A", at(24), incident_id="N2"), "kind": "claim", "source": "A", "side": "A"}
    found = one(tmp_path, duty, undone, *[{**own, "origin": "A"}] * told, wanted=Wanted())
    words = next(step.text for step in found.steps if step.rule == "rests_on")
    assert (found.verdict, words) == ("breached", "It rests on: without Monitor it would be undetermined.")


def test_of_two_who_do_it_under_one_number_each_did_what_is_said_of_him(tmp_path: Path) -> None:
    def part(act: str, actor: str, day: int, much: float) -> dict[str, Any]:
        return monitor(act, actor, at(day, 0), quantity=much, unit="tanks", weapon="tank", incident_id="N")

    both = LEAVE.replace("    binds: A\n", "")
    rows = part("withdrawal", "A", 25, 40.0), part("withdrawal", "B", 25, 30.0)
    for party, verdict, much in (("A", "complied", 40.0), ("B", "breached", 30.0)):
        found = one(tmp_path, both, *rows, party=party, covered=True)
        assert (found.verdict, found.measure["delivered"]) == (verdict, much)
    there = part("military_presence", "A", 12, 80.0), part("military_presence", "B", 12, 60.0)
    for party, verdict, much in (("A", "breached", 80.0), ("B", "complied", 60.0)):
        found = one(tmp_path, TANKS, *there, party=party, covered=True)
        assert (found.verdict, found.measure["least"], found.measure["most"]) == (verdict, much, much)
    total = {**there[0], "actor": None, "quantity": 140.0}  # whose they are is not said
    assert one(tmp_path, TANKS, *there, total, party="B", covered=True).measure["most"] == 140.0


@pytest.mark.parametrize(
    ("more", "verdict", "least", "most"),
    [({"weapon": "T-64"}, "undetermined", 50.0, 90.0), ({"weapon": "T-64", "quantity": 10.0}, "complied", 50.0, 60.0),
     ({"weapon": "T-64", "quantity": 80.0}, "breached", 80.0, 130.0), ({}, "complied", 40.0, 50.0),
     ({"weapon": "T-64", "known_at": at(13)}, "complied", 40.0, 50.0)],
)  # fmt: skip
def test_what_one_source_counts_in_two_rows_of_one_incident_may_be_parts_of_it(
    tmp_path: Path, more: dict[str, Any], verdict: str, least: float, most: float
) -> None:
    row = {"quantity": 50.0, "unit": "tanks", "weapon": "T-72", "incident_id": "N", "known_at": at(12)}
    rows = [monitor("military_presence", "A", at(12), **row), monitor("military_presence", "A", at(12), **{**row, "quantity": 40.0, **more})]  # fmt: skip
    for order in (rows, rows[::-1]):
        found = one(tmp_path, TANKS, *order, covered=True)
        assert (found.verdict, found.measure["least"], found.measure["most"]) == (verdict, least, most)


def test_what_the_accused_admits_in_two_rows_of_one_incident_may_be_parts_of_it(tmp_path: Path) -> None:
    row = {"quantity": 40.0, "unit": "tanks", "weapon": "T-72", "incident_id": "N"}
    own = [{**monitor("military_presence", "A", at(12), **{**row, "weapon": name}), "source": "A", "origin": "A", "side": "A", "speaks_for": "A", "kind": "claim"} for name in ("T-72", "T-64")]  # fmt: skip
    found = one(tmp_path, TANKS, monitor("military_presence", "A", at(12), **row), *own, covered=True)
    assert (found.verdict, found.measure["least"], found.measure["most"]) == ("undetermined", 40.0, 80.0)


def test_a_load_that_one_source_tells_in_two_rows_of_one_incident_is_not_too_little(tmp_path: Path) -> None:
    row = {"unit": "tanks", "weapon": "tank", "incident_id": "N"}
    rows = [monitor("withdrawal", "A", at(day), quantity=20.0, known_at=at(day), **row) for day in (22, 23)]
    assert one(tmp_path, LEAVE, rows[0], covered=True).verdict == "breached"
    assert one(tmp_path, LEAVE, *rows, covered=True).verdict == "undetermined"


@pytest.mark.parametrize(("number", "verdict"), [({}, "undetermined"), ({"quantity": 90.0, "unit": "men"}, "complied")])
def test_men_of_whom_nobody_says_how_many_are_not_one_man(tmp_path: Path, number: dict[str, Any], verdict: str) -> None:
    cap = "terms:\n  t:\n    text: x\n    limit: {what: {act: military_presence}, to: 100, unit: men}\n"
    found = one(tmp_path, cap, monitor("military_presence", "A", at(12), **number), covered=True)
    said = {step.rule: step.text for step in found.steps}
    assert (found.verdict, "untold" in said) == (verdict, not number)
    assert ("how many more may have been at once is not known" in said["count"]) == (not number)


def test_prisoners_that_a_row_calls_wounded_are_prisoners(tmp_path: Path) -> None:
    freed = "terms:\n  t:\n    text: x\n    require: {act: release, target: prisoner_of_war, at_least: 40, unit: prisoners}\n    deadline: 2025-03-25\n"
    wounded = monitor("release", "A", at(20), target="prisoner_of_war", quantity=40.0, unit="wounded")
    assert one(tmp_path, freed, wounded).verdict == "complied"


SUSPENDED = """terms:
  t: {text: x, forbid: {act: shelling}}
amendments:
  pause: {title: Pause, from: 2025-03-20, repeals: [t]}
  renewal: {title: Renewal, from: 2025-03-24, changes: {CHANGES}}
"""


def test_a_clause_that_is_repealed_and_given_anew_binds_again(tmp_path: Path) -> None:
    anew = HEAD + SUSPENDED.replace("CHANGES", "terms.t: {text: x, forbid: {act: shelling}}")
    rows = [monitor("shelling", who, at(day)) for who, day in (("A", 22), ("B", 25))]
    run = judged(agreement(tmp_path, anew), reports(*rows))
    assert {(v.term, v.party): v.verdict for v in run.verdicts} == {
        ("t", "A"): "undetermined", ("t", "B"): "undetermined", ("t@renewal", "A"): "undetermined", ("t@renewal", "B"): "breached",
    }  # fmt: skip
    with pytest.raises(AgreementError, match="'t' was repealed before"):
        agreement(tmp_path, HEAD + SUSPENDED.replace("CHANGES", "terms.t.forbid.act: strike"))


def test_of_two_who_leave_under_one_number_each_left_when_it_is_said_of_him(tmp_path: Path) -> None:
    both = "terms:\n  t: {text: x, require: {act: withdrawal}, deadline: 2025-03-25 00:00}\n"
    rows = [monitor("withdrawal", who, when, incident_id="N") for who, when in (("A", at(24, 20)), ("B", at(25, 2)))]
    assert [one(tmp_path, both, *rows, party=party).verdict for party in "AB"] == ["complied", "breached"]


@pytest.mark.parametrize(("side", "said"), [("B", "A"), ("B", "B"), ("none", "A")])
def test_what_was_found_undone_by_nobody_is_undone_by_all_of_whom_no_other_says_that_they_did_it(
    tmp_path: Path, side: str, said: str
) -> None:
    both = "terms:\n  t: {text: x, require: {act: handover}, deadline: 2025-03-25}\n"
    undone = monitor("handover", None, at(27), stance="denies", incident_id="N")
    word = monitor("handover", said, at(27), incident_id="N", kind="claim", source="Staff", origin="Staff", side=side)
    verdicts = {party: one(tmp_path, both, undone, word, party=party).verdict for party in "AB"}
    assert verdicts == {"A": "breached", "B": "breached"} | ({said: "undetermined"} if said != side else {})


@pytest.mark.parametrize("quantity", ["", ", at_least: 40"])
def test_what_was_found_undone_while_there_was_time_is_told(tmp_path: Path, quantity: str) -> None:
    duty = LEAVE.replace(", at_least: 40, unit: tanks", quantity)
    found = one(tmp_path, duty, *(monitor("withdrawal", "A", at(n), stance="denies") for n in (20, 24)))
    (early,) = [step.text for step in found.steps if step.rule == "found_undone_early"]
    assert (found.verdict, "2025-03-24" in early) == ("undetermined", True)


def test_a_quota_whose_term_ends_within_its_first_period_says_so(tmp_path: Path) -> None:
    monthly = LEAVE.replace("unit: tanks", "every: 3 months").replace("    deadline: 2025-03-25\n", "")
    for as_of, words in ((at(1, month=6), "it ceased to bind"), (at(12), "no period has run out")):
        found = one(tmp_path, monthly, as_of=as_of)
        assert (found.verdict, words in found.steps[-1].text) == ("not_due", True)


def test_a_quota_tells_what_is_only_told_and_whether_it_may_have_come(tmp_path: Path) -> None:
    own = monitor("withdrawal", "A", at(22), quantity=10.0, lat=48.0, lon=37.0, precision_m=1000.0)
    own |= {"source": "A", "origin": "A", "side": "A", "kind": "claim", "incident_id": "T2"}
    told = next(step for step in one(tmp_path, LEAVE, own).steps if step.rule == "told")
    assert (told.text, list(told.uses)) == (
        "That something came is told of 1 more incident, and not shown: it may have come.",
        ["T2"],
    )
    seen = one(tmp_path, LEAVE, own, covered=True)
    assert seen.verdict == "breached"
    assert "it counts for nothing" in next(step.text for step in seen.steps if step.rule == "told_and_not_seen")


TANKS = "terms:\n  t: {text: x, limit: {what: {weapon: tank}, to: 75, unit: tanks}}\n"
RAIDS = "terms:\n  t: {text: x, limit: {what: {act: shelling}, to: 3, per: 1 day}}\n"


@pytest.mark.parametrize(
    ("unit", "verdict"), [(None, "complied"), ("lorry", "complied"), ("aid_lorry", "complied"), ("trucks", "complied"), ("вантажівок", "complied"), ("pcs", "complied"), ("pallets", "undetermined"), ("tonnes", "undetermined")]
)  # fmt: skip
def test_what_came_in_another_unit_is_not_missed(tmp_path: Path, unit: str | None, verdict: str) -> None:
    rows = [monitor("delivery", "A", at(n), quantity=60.0, unit=unit, target="aid_lorry") for n in (10, 11)]
    assert one(tmp_path, LORRIES, *rows, covered=True).verdict == verdict


@pytest.mark.parametrize(
    ("unit", "others", "verdict"),
    [
        ("lorries", [], "undetermined"),
        ("deliveries", [], "breached"),  # one report of a delivery tells of one
        ("lorries", [{"source": "A", "origin": "A", "side": "A", "kind": "claim", "quantity": 90.0}], "undetermined"),
        ("lorries", [{"source": "Herald", "origin": "Herald", "quantity": 20.0}], "breached"),
        ("lorries", [{"source": "Herald", "origin": "Herald", "quantity": 70.0}], "complied"),
    ],
)
def test_a_load_of_which_nobody_says_how_large_it_was_is_not_too_little(
    tmp_path: Path, unit: str, others: list[dict[str, Any]], verdict: str
) -> None:
    quota = LORRIES.replace("unit: lorries", f"unit: {unit}")
    seen = monitor("delivery", "A", at(10), target="aid_lorry", incident_id="L")
    full = monitor("delivery", "A", at(11), quantity=60.0, target="aid_lorry")
    found = one(tmp_path, quota, seen, *({**seen, "report_id": "O", **more} for more in others), full, covered=True)
    assert found.verdict == verdict
    assert ("untold" in {step.rule for step in found.steps}) == (verdict == "undetermined")


STOCK = "terms:\n  t: {text: x, limit: {what: {weapon: tank}, to: 5HOLDS}}\n"
LOWERED = (
    STOCK.replace("to: 5", "to: 10")
    + "amendments:\n  less: {title: x, from: 2025-03-20, changes: {terms.t.limit.to: 5}}\n"
)


def _tanks(tmp_path: Path, term: str, name: str, *rows: dict[str, Any]) -> Verdict:
    text = agreement(tmp_path, HEAD + term)
    run = judged(text, reports(*rows), watching(text))
    (verdict,) = [v for v in run.verdicts if v.term == name and v.party == "A"]
    return verdict


@pytest.mark.parametrize("holds", ["", ", holds: 14 days"])
def test_what_was_counted_under_the_earlier_version_of_a_cap_may_still_be_there(tmp_path: Path, holds: str) -> None:
    term = LOWERED.replace("HOLDS", holds)
    eight = monitor("military_presence", "A", at(18), weapon="T-72", quantity=8.0, lat=48.0, lon=37.0, incident_id="E")
    none = monitor("positions", "A", at(19), weapon="tank", quantity=0.0, lat=48.0, lon=37.0)
    assert _tanks(tmp_path, term, "t", eight).verdict == "complied"
    later = _tanks(tmp_path, term, "t@less", eight)
    assert later.verdict == "undetermined"
    assert later.measure["most"] == 8
    assert [s.uses for s in later.steps if s.rule == "may_still_be_there"] == [("E",)]
    assert not later.confirmed
    gone = _tanks(tmp_path, term, "t@less", eight, none)
    assert (gone.verdict, gone.measure["most"]) == ("complied", 0)


def test_what_was_counted_before_a_cap_binds_may_still_be_there_as_long_as_the_clause_says(tmp_path: Path) -> None:
    eight = monitor("military_presence", "A", at(8), weapon="T-72", quantity=8.0, lat=48.0, lon=37.0)
    for holds, verdict in ((", holds: 7 days", "undetermined"), (", holds: 1 day", "complied"), ("", "complied")):
        assert _tanks(tmp_path, STOCK.replace("HOLDS", holds), "t", eight).verdict == verdict


@pytest.mark.parametrize(
    ("unit", "verdict", "most"), [(None, "breached", 300.0), ("T-72", "breached", 300.0), ("men", "undetermined", None), ("vehicles", "undetermined", None)]
)  # fmt: skip
def test_300_men_are_not_300_tanks(tmp_path: Path, unit: str | None, verdict: str, most: float | None) -> None:
    row = monitor("military_presence", "A", at(12), weapon="T-72", quantity=300.0, unit=unit)
    found = one(tmp_path, TANKS, row, covered=True)
    assert (found.verdict, found.measure["most"]) == (verdict, most)
    assert ("another_unit" in {step.rule for step in found.steps}) == (verdict == "undetermined")
    most_words = "how many more is not known" if most is None else "at most 300 by what is told"
    assert measure_words(found.measure) == f"at least {1 if most is None else 300} shown, {most_words}, cap 75"


@pytest.mark.parametrize(
    ("unit", "verdict"),
    [(None, "breached"), ("vehicles", "breached"), ("танків", "breached"), ("chars", "breached"), ("pieces", "breached"), ("T-72", "breached")]
    + [(unit, "undetermined") for unit in ("soldiers", "rounds", "tonnes", "crates", "howitzers", "гаубиць")],
)  # fmt: skip
def test_a_cap_on_weapons_that_names_no_unit_counts_weapons_alone(
    tmp_path: Path, unit: str | None, verdict: str
) -> None:
    row = monitor("military_presence", "A", at(12), weapon="T-72", quantity=300.0, unit=unit)
    assert one(tmp_path, TANKS.replace(", unit: tanks", ""), row, covered=True).verdict == verdict


@pytest.mark.parametrize(
    ("cap", "unit", "verdict"),
    [(5, None, "breached"), (5, "pieces", "breached"), (5, "men", "undetermined"), (5, "vehicles", "undetermined"), (0, "men", "breached")],
)  # fmt: skip
def test_a_cap_on_what_is_there_that_names_no_unit_counts_nothing_that_is_named(
    tmp_path: Path, cap: int, unit: str | None, verdict: str
) -> None:
    posts = f"terms:\n  t: {{text: x, limit: {{what: {{act: military_presence}}, to: {cap}}}}}\n"
    row = monitor("military_presence", "A", at(12), quantity=40.0, unit=unit)
    found = one(tmp_path, posts, row, covered=True)
    assert found.verdict == verdict
    told = [step.text for step in found.steps if step.rule == "another_unit"]
    assert [("which names no unit" in text) for text in told] == [True] * (verdict == "undetermined")


@pytest.mark.parametrize(("unit", "verdict"), [("rounds", "undetermined"), ("guns", "complied"), (None, "complied")])
def test_a_quota_of_weapons_that_names_no_unit_counts_weapons_alone(
    tmp_path: Path, unit: str | None, verdict: str
) -> None:
    duty = "terms:\n  t: {text: x, require: {act: withdrawal, weapon: howitzer, at_least: 27}, deadline: start + 14 days}\n"
    row = monitor("withdrawal", "A", at(20), quantity=40.0, unit=unit, weapon="howitzer")
    assert one(tmp_path, duty, row).verdict == verdict


PRISONERS = "terms:\n  t: {text: x, require: {act: release, target: prisoner_of_war, at_least: 100, unit: prisoners}, deadline: start + 14 days}\n"
FALLEN = (
    "terms:\n  t: {text: x, require: {act: remains_returned, at_least: 100, unit: bodies}, deadline: start + 14 days}\n"
)


BARE = "terms:\n  t: {text: x, require: {ASKED, at_least: 100}, deadline: start + 14 days}\n"


@pytest.mark.parametrize(
    ("asked", "unit", "verdict"),
    [("act: delivery", unit, "complied") for unit in (None, "lorries", "containers", "pcs")]
    + [("act: delivery", unit, "undetermined") for unit in ("tonnes", "litres", "mwh", "heures", "гектарів")]
    + [("act: release, target: prisoner_of_war", unit, "complied") for unit in ("men", "заручників", "pows")]
    + [("act: release, target: prisoner_of_war", unit, "undetermined") for unit in ("buses", "bodies")],
)
def test_a_quota_that_names_no_unit_counts_things_and_no_measures_and_of_persons_persons(
    tmp_path: Path, asked: str, unit: str | None, verdict: str
) -> None:
    act, _, target = asked.removeprefix("act: ").partition(", target: ")
    row = monitor(act, "A", at(20), quantity=120.0, unit=unit, target=target or None)
    found = one(tmp_path, BARE.replace("ASKED", asked), row)
    assert found.verdict == verdict
    told = [step.text for step in found.steps if step.rule == "another_unit"]
    assert [("which names no unit" in text) for text in told] == [True] * (verdict == "undetermined")


@pytest.mark.parametrize(
    ("asked", "unit", "verdict"),
    [("ha", "hectares", "complied"), ("hours", "h", "complied"), ("m3", "cubic_metres", "complied"), ("m3", "litres", "undetermined")],
)  # fmt: skip
def test_measures_are_known_by_their_signs(tmp_path: Path, asked: str, unit: str, verdict: str) -> None:
    term = BARE.replace("ASKED", "act: delivery").replace("100}", f"100, unit: {asked}}}")
    assert one(tmp_path, term, monitor("delivery", "A", at(20), quantity=120.0, unit=unit)).verdict == verdict


@pytest.mark.parametrize(
    ("term", "act", "unit", "verdict"),
    [(PRISONERS, "release", unit, "complied") for unit in ("prisoners", "persons", "soldiers", "людей", "полонених")]
    + [(FALLEN, "remains_returned", unit, "complied") for unit in ("remains", "тіл", "останков", "corps", "جثامين")]
    + [(PRISONERS, "release", "buses", "undetermined"), (FALLEN, "remains_returned", "coffins", "undetermined")],
)
def test_prisoners_are_people_and_remains_are_bodies(
    tmp_path: Path, term: str, act: str, unit: str, verdict: str
) -> None:
    row = monitor(act, "A", at(20), quantity=120.0, unit=unit, target="prisoner_of_war")
    assert one(tmp_path, term, row).verdict == verdict


@pytest.mark.parametrize(
    ("other", "least", "verdict"),
    [({"source": "Relay"}, 40.0, "undetermined"), ({"source": "Relay", "lat": 48.2}, 80.0, "breached"), ({}, 80.0, "breached")],
)  # fmt: skip
def test_one_count_that_another_passes_on_under_a_number_of_his_own_is_not_counted_twice(
    tmp_path: Path, other: dict[str, Any], least: float, verdict: str
) -> None:
    row = monitor("military_presence", "A", at(12), weapon="T-72", quantity=40.0, unit="tanks", lat=48.0, lon=37.0)
    row |= {"precision_m": 200.0, "incident_id": "M-1"}
    found = one(tmp_path, TANKS, row, {**row, "incident_id": "R-1", "report_id": "R", **other})
    assert (found.verdict, found.measure["least"]) == (verdict, least)


SET_OFF = """terms:
  t: {text: x, when: {verdict: breached, of: [fire], at_least: 2}, then: [{by: G, do: consultation, within: 3 days}]}
  fire: {text: x, forbid: {act: shelling}}
"""


@pytest.mark.parametrize(
    ("other", "state"),
    [({"source": "Relay"}, "dormant"), ({"source": "Relay", "start": at(12, 14)}, "not shown"), ({}, "not shown"), ({"origin": "Other", "source": "Other"}, "not shown")],
)  # fmt: skip
def test_one_breach_that_another_passes_on_under_a_number_of_his_own_sets_nothing_off(
    tmp_path: Path, other: dict[str, Any], state: str
) -> None:
    row = monitor("shelling", "A", at(12), incident_id="M-1")
    found = one(tmp_path, SET_OFF, row, {**row, "incident_id": "R-1", "report_id": "R", **other}, party="G")
    assert found.measure["state"] == state


EXCHANGE = (
    "terms:\n  t: {text: x, require: {act: release, at_least: 250, unit: prisoners}, deadline: start + 30 days}\n"
)
ROTATION = "terms:\n  t: {text: x, limit: {what: {act: movement}, to: 1000, per: 1 month, unit: men}}\n"
WEEKLY = "terms:\n  t: {text: x, require: {act: release, at_least: 100, unit: prisoners, every: 1 week}, until: 2025-03-24}\n"


@pytest.mark.parametrize(
    ("term", "told", "verdict", "shown"),
    [
        (EXCHANGE, [(11, 14, 100), (11, 20, 200)], "undetermined", 200.0),
        (EXCHANGE, [(11, 14, 100), (14, 20, 200)], "complied", 300.0),
        (EXCHANGE, [(12, 12, 100), (12, 13, 200)], "complied", 300.0),  # of one day nobody says that it is a total
        (EXCHANGE, [(11, 12, 150), (13, 14, 150), (11, 20, 200)], "complied", 300.0),
        (ROTATION, [(11, 14, 600), (11, 20, 900)], "undetermined", 900.0),
        (ROTATION, [(11, 14, 600), (11, 20, 1100)], "breached", 1100.0),
        (ROTATION, [(11, 14, 700), (15, 18, 700), (11, 20, 900)], "breached", 1400.0),
        (WEEKLY, [(11, 16, 100), (11, 23, 200)], "undetermined", 100.0),
        (WEEKLY, [(11, 16, 100), (18, 23, 100), (11, 23, 200)], "complied", 200.0),
    ],
)
def test_a_total_of_a_longer_time_is_not_added_to_what_it_holds(
    tmp_path: Path, term: str, told: list[tuple[int, int, int]], verdict: str, shown: float
) -> None:
    act, unit = ("movement", "men") if term is ROTATION else ("release", "prisoners")
    rows = [
        monitor(act, "A", at(first), end=at(last), quantity=float(many), unit=unit, incident_id=f"{first} to {last}")
        for first, last, many in told
    ]
    found = one(tmp_path, term, *rows)
    assert (found.verdict, found.measure.get("delivered", found.measure.get("least"))) == (verdict, shown)
    total = max(last - first for first, last, _ in told) > 1 and told[1][0] != 14
    assert ("in_a_total" in {step.rule for step in found.steps}) == total


@pytest.mark.parametrize(
    ("asked", "unit"), [("tanks", "танків"), ("танків", "tanks"), ("guns", "гаубиць"), ("guns", "guns")]
)
def test_words_for_a_weapon_in_other_languages_count_it(tmp_path: Path, asked: str, unit: str) -> None:
    what = "tank" if "tank" in asked + unit else "artillery"
    duty = LEAVE.replace("act: withdrawal", f"act: withdrawal, weapon: {what}").replace("unit: tanks", f"unit: {asked}")
    row = monitor("withdrawal", "A", at(20), quantity=40.0, unit=unit, weapon="tank" if what == "tank" else "howitzer")
    assert one(tmp_path, duty, row).verdict == "complied"


def test_a_helicopter_of_which_it_is_not_said_that_it_fights_may_be_one_that_does(tmp_path: Path) -> None:
    sky = "terms:\n  t: {text: x, forbid: {act: overflight, weapon: combat_aircraft}}\n"
    seen = {
        weapon: one(tmp_path, sky, monitor("overflight", "A", at(12), weapon=weapon), covered=True).verdict
        for weapon in ("Mi-24 helicopter", "medical helicopter", "UN helicopter", "transport aircraft")
    }
    assert list(seen.values()) == ["breached", "undetermined", "undetermined", "undetermined"]


@pytest.mark.parametrize(
    ("unit", "verdict"), [(None, "breached"), ("shelling", "breached"), ("rounds", "undetermined")]
)
def test_fifty_rounds_are_not_fifty_acts(tmp_path: Path, unit: str | None, verdict: str) -> None:
    assert one(tmp_path, RAIDS, monitor("shelling", "A", at(12), quantity=50.0, unit=unit)).verdict == verdict


def test_a_party_that_names_another_unit_undoes_no_breach(tmp_path: Path) -> None:
    seen = [monitor("delivery", "A", at(n), quantity=6.0, target="aid_lorry", incident_id=f"I{n}") for n in (10, 11)]
    own = [
        {**row, "source": "A", "origin": "A", "side": "A", "kind": "claim", "unit": "tonnes", "report_id": f"own{n}"}
        for n, row in enumerate(seen)
    ]
    assert one(tmp_path, LORRIES, *seen, *own, covered=True).verdict == "breached"


FLOW = (
    "terms:\n  t:\n    text: x\n    limit: {what: {act: movement}, to: 35000, unit: men, per: 1 month}\n    binds: A\n"
)


def test_a_flow_is_counted_month_by_month(tmp_path: Path) -> None:
    rows = [monitor("movement", "A", at(d, month=m), quantity=20_000.0) for d, m in ((15, 3), (25, 3), (15, 4))]
    assert one(tmp_path, FLOW, *rows).measure == {"least": 40_000.0, "most": 40_000.0, "cap": 35_000.0}
    assert one(tmp_path, FLOW, *rows).verdict == "breached"
    assert one(tmp_path, FLOW, rows[0], rows[2]).verdict == "undetermined"
    assert one(tmp_path, FLOW, rows[0], rows[2], covered=True).verdict == "complied"


GUARANTEE = """terms:
  ban: {text: x, forbid: {act: strike}, binds: [A, B]}
  own: {text: x, forbid: {act: advance}, binds: [A, B]}
  t:
    text: x
    when: {verdict: breached, of: ban, party: A, at_least: 3}
    then: [{by: G, do: consultation, within: 3 days}]
    void_if: [{verdict: breached, of: own, party: B}]
"""


def test_a_guarantee_counts_breaches_and_ends_when_the_condition_for_its_end_came_first(tmp_path: Path) -> None:
    strikes = [monitor("missile", "A", at(d)) for d in (11, 12, 13)]
    two = one(tmp_path, GUARANTEE, *strikes[:2], party="G")
    assert (two.verdict, two.measure) == ("not_in_force", {"state": "dormant"})
    three = one(tmp_path, GUARANTEE, *strikes, party="G", as_of=at(14))
    assert (three.verdict, three.measure) == ("not_due", {"state": "running"})
    assert one(tmp_path, GUARANTEE, *strikes, monitor("consultation", "G", at(15)), party="G").verdict == "complied"
    ended = one(tmp_path, GUARANTEE, *strikes, monitor("advance", "B", at(12, 18)), party="G")
    assert (ended.verdict, ended.measure) == ("not_in_force", {"state": "condition for its end met"})
    after = one(tmp_path, GUARANTEE, *strikes, monitor("advance", "B", at(20)), party="G", covered=True)
    assert after.verdict == "breached"


def test_a_prolongation_counts_only_if_every_party_agreed(tmp_path: Path) -> None:
    term = "terms:\n  t: {text: x, forbid: {act: strike}, binds: [A, B]}\n"
    both = HEAD.replace("for: 60 days", "for: 60 days, extensions: [{for: 30 days, agreed_by: [A, B]}]")
    alone = HEAD.replace("for: 60 days", "for: 60 days, extensions: [{for: 30 days, agreed_by: A}]")
    end = {
        name: agreement(tmp_path, head + term).texts[0].in_force.end
        for name, head in (("both", both), ("alone", alone), ("none", HEAD))
    }
    assert end["alone"] == end["none"]
    assert end["both"] == datetime(2025, 6, 8, tzinfo=KYIV)
    path = tmp_path / "alone.yaml"
    path.write_text(alone + term, encoding="utf-8")
    assert "extension-not-mutual" in {f.code for f in check_agreement(path).findings}
    words = "A prolongation by 30 days does not count: it was not agreed by Bland."
    for head, told in ((alone, True), (both, False)):
        text = agreement(tmp_path, head + term)
        steps = [step.text for verdict in judged(text, reports()).verdicts for step in verdict.steps]
        assert (words in steps, words in say_force(text, text.texts[0])) == (told, told)


@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        ({"actor": None}, "whose it was"),
        ({"act": "attack"}, "that it was such an act"),
        ({"lat": 48.275, "precision_m": 5000.0}, "that it lies inside the place and window"),
    ],
)
def test_what_is_open_is_told_by_what_is_lacking(tmp_path: Path, row: dict[str, Any], lacks: str) -> None:
    term = (
        "places: {zone: {at: [48.0, 37.0], radius: 30 km}}\nterms:\n  t: {text: x, forbid: {act: shelling, in: zone}}\n"
    )
    seen = monitor("shelling", "A", at(12), lat=48.0, lon=37.0, precision_m=500.0) | row
    found = one(tmp_path, term, seen, covered=True)
    (told,) = (step for step in found.steps if step.rule == "open")
    assert found.steps[-1].text == f"undetermined: 1 incident is open: it is not settled {lacks}."
    assert len(told.uses) == 1
    both = one(tmp_path, term, seen, monitor("shelling", None, at(14), lat=48.1, lon=37.0, precision_m=500.0))
    parts = [len(step.uses) for step in both.steps if step.rule == "open"]
    assert (parts, "what, whose, where or when" in both.steps[-1].text) == (
        ([2], False) if lacks == "whose it was" else ([1, 1], True)
    )


def test_thirty_days_end_at_midnight_across_the_change_to_summer_time(tmp_path: Path) -> None:
    text = agreement(
        tmp_path,
        HEAD.replace("2025-03-10, for: 60 days", "2025-03-20, for: 30 days")
        + "terms:\n  t: {text: x, forbid: {act: strike}}\n",
    )
    assert text.texts[0].in_force.end == datetime(2025, 4, 19, tzinfo=KYIV)


@pytest.mark.parametrize(
    ("name", "level"),
    [("D-30", 2), ("2S1 Gvozdika", 2), ("BM-21 'Grad'", 2), ("MT-12", 2), ("122-mm howitzer", 2), ("120 mm mortar", 2),
     ("82 mm mortar", 0), ("2B14 Podnos", 0), ("T-72", 0), ("AK-74 rifle", 0), ("mortar", 1), ("artillery", 1), ("", 1), (None, 1), ("FAB-500", 1)],
)  # fmt: skip
def test_100_mm_and_more_finds_a_d30_and_not_an_82_mm_mortar(name: str | None, level: int) -> None:
    assert ARSENAL.level(WeaponClass(("artillery",), parse_bound(">= 100 mm", "mm")), name) == level


@pytest.mark.parametrize(
    ("name", "of"),
    [("БМП-3", "infantry_fighting_vehicle"), ("Т-62М", "tank"), ("ЗУ-23-2", "air_defence"), ("Ми-24", "combat_aircraft"), ("Орлан-10", "uncrewed_aircraft"),
     ("Leopard 2A4 tank", "tank"), ("2S23 Nona-SVK", "mortar"), ("two Mavic drones", "uncrewed_aircraft"), ("БТР-82А", "armoured_carrier")],
)  # fmt: skip
def test_a_system_is_of_its_class_in_either_alphabet(name: str, of: str) -> None:
    others = [
        code
        for code in ("tank", "artillery", "air_defence", "uncrewed_aircraft", "combat_aircraft")
        if of not in (code, "mortar")
    ]
    assert ARSENAL.level(WeaponClass((of,)), name) == 2
    assert [ARSENAL.level(WeaponClass((code,)), name) for code in others] == [0] * len(others)


@pytest.mark.parametrize(("wanted", "level"), [("2S12", 1), ("120 mm mortar", 2), ("mortar", 2), ("2S9 Nona", 1)])
def test_a_mortar_of_120_mm_is_of_no_system(wanted: str, level: int) -> None:
    assert ARSENAL.level(WeaponClass((wanted,)), "120 mm mortar") == level
    assert ARSENAL.level(WeaponClass(("120 mm mortar",)), "2S9 Nona") == 2


@pytest.mark.parametrize("code", [code for code in CLASSES if code != "weapon"])
def test_every_class_is_found_by_its_own_code_and_in_words(code: str) -> None:
    for name in (code, code.replace("_", " "), code.replace("_", " ") + "s"):
        assert ARSENAL.level(WeaponClass((code,)), name) == 2


@pytest.mark.parametrize("name", ["anti-tank guided missile", "anti-tank mine", "Anti-tank grenade launcher"])
def test_what_is_meant_against_tanks_is_not_surely_a_tank(name: str) -> None:
    assert ARSENAL.level(WeaponClass(("tank",)), name) == 1


@pytest.mark.parametrize(
    ("name", "of", "level"),
    [("unmanned aircraft", "uncrewed_aircraft", 2), ("unmanned aircraft", "combat_aircraft", 0), ("anti-aircraft gun", "air_defence", 2),
     ("anti-aircraft gun", "combat_aircraft", 0), ("anti-tank gun", "gun", 2), ("anti-drone gun", "uncrewed_aircraft", 1), ("recoilless rifle", "small_arm", 1)],
)  # fmt: skip
def test_a_word_within_the_name_of_another_weapon_does_not_make_it_that(name: str, of: str, level: int) -> None:
    assert ARSENAL.level(WeaponClass((of,)), name) == level


@pytest.mark.parametrize(
    ("name", "level"),
    [("152,4 mm howitzer", 2), ("14,5 mm gun", 0), ("7.62x39 mm rifle", 0), ("howitzer (155-мм гаубица)", 2),
     ("82/120 mm mortars", 1), ("mortars (82 mm, 120 mm)", 1), ("152 mm and 122 mm howitzers", 2), ("60 or 82 mm mortar", 0),
     ("D-30 or 82 mm mortar", 1), ("D-30; 120 mm mortar", 2), ("82/120 mm mortars and D-30", 1), ("D-30, howitzer", 2), ("Д-30 або 82-мм міномет", 1), ("120 mm mortar or something else", 1), ("82 mm mortar and crew", 0)],
)  # fmt: skip
def test_a_calibre_has_a_decimal_point_or_comma_and_several_that_differ_settle_nothing(name: str, level: int) -> None:
    assert ARSENAL.level(WeaponClass(("artillery",), parse_bound(">= 100 mm", "mm")), name) == level


@pytest.mark.parametrize(
    ("name", "level"),
    [("Д-30", 2), ("РСЗО БМ-21 «Град»", 2), ("2С1 «Гвоздика», 2С3 «Акація»", 2), ("82-мм міномет 2Б14 «Піднос»", 0), ("Т-72Б3", 0), ("122-мм гаубица", 2), ("миномёты 120 мм", 2), ("гаубиця", 1), ("mortiers de 120 mm", 2),
     ("гаубицы Д-30 и миномёты 82 мм", 1), ("залпи «Градів»", 2)],
)  # fmt: skip
def test_100_mm_and_more_is_found_in_other_languages(name: str, level: int) -> None:
    assert ARSENAL.level(WeaponClass(("artillery",), parse_bound(">= 100 mm", "mm")), name) == level


@pytest.mark.parametrize(
    ("name", "of", "level"),
    [("танк Т-72Б3", "tank", 2), ("T-72B3 tank", "tank", 2), ("БМП-2", "infantry_fighting_vehicle", 2), ("obusier", "howitzer", 2), ("هاوتزر", "howitzer", 2), ("ТРК «Точка-У»", "tactical_missile", 2),
     ("огневая точка", "tactical_missile", 1), ("ракета против танков", "tank", 1), ("missile against tanks", "tank", 1), ("бронемашина", "tank", 1), ("مدرعة", "armoured_carrier", 1), ("орудие", "howitzer", 1),
     ("obus", "howitzer", 1), ("гаубица с 300 снарядами", "air_defence", 0), ("морской дрон", "uncrewed_aircraft", 1), ("літак", "combat_aircraft", 1)],
)  # fmt: skip
def test_a_word_for_a_weapon_in_another_language_is_no_surer_than_in_english(name: str, of: str, level: int) -> None:
    assert ARSENAL.level(WeaponClass((of,)), name) == level


@pytest.mark.parametrize(
    ("asked", "name", "level"),
    [("howitzers", "D-30", 2), ("гаубиця", "howitzer", 2), ("howitzers", "mortar", 0), ("howitzers", "artillery", 1), ("MLRS", "Grad", 2),
     ("122 mm howitzer", "D-30", 2), ("122 mm howitzer", "D-20", 0), ("122 mm howitzer", "howitzer", 1)],
)  # fmt: skip
def test_an_agreement_that_writes_a_class_in_words_means_the_class(asked: str, name: str, level: int) -> None:
    assert ARSENAL.level(WeaponClass((asked,)), name) == level


@pytest.mark.parametrize(
    ("said", "wanted", "covered"),
    [("танки", "tank", True), ("гаубиця", "D-30", True), ("артилерія", "mortar", True), ("obusier automoteur", "howitzer", False), ("РСЗВ", "artillery", False), ("гаубиця", "artillery", False), ("орудие", "artillery", True)],
)  # fmt: skip
def test_who_says_in_another_language_that_a_class_is_not_there_says_it_of_all_of_it(
    said: str, wanted: str, covered: bool
) -> None:
    assert ARSENAL.covers(said, WeaponClass((wanted,))) == covered


def test_a_name_that_names_several_weapons_loses_none_of_them() -> None:
    for of, level in (("howitzer", 1), ("armoured_carrier", 1), ("heavy_weapon", 2), ("tank", 0)):
        assert ARSENAL.level(WeaponClass((of,)), "D-30 towed by an MT-LB") == level


SEQUENCE = """events:
  order: {done: {act: order_issued, by: A}}
terms:
  done: {text: x, require: {act: release}, binds: A, deadline: 2025-03-15}
  late: {text: x, require: {act: mine_clearance}, binds: B, deadline: 2025-03-15}
  live: {text: x, require: {act: storage}, binds: A, deadline: 2025-04-30}
  blocked: {text: x, require: {act: withdrawal}, binds: B, only_after: [order, late], deadline: 2025-04-30}
"""


def test_the_sequence_says_what_is_live_blocked_by_whom_overdue_and_done(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + SEQUENCE)
    rows = [monitor("release", "A", at(12)), monitor("mine_clearance", "B", at(16), stance="denies")]
    run = judged(text, reports(*rows), as_of=at(20))
    steps = {step.id: step for step in steps_of(text, None, run)}
    states = {name: step.state for name, step in steps.items()}
    assert states == {"order": "event", "done": "done", "late": "overdue", "live": "live", "blocked": "blocked"}
    assert "not done by B" in steps["late"].detail
    assert "order by A" in steps["blocked"].detail
    assert "late" in steps["blocked"].detail


def test_without_evidence_what_waits_is_blocked(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + SEQUENCE)
    assert {step.id: step.state for step in steps_of(text, None, None)}["blocked"] == "blocked"


def test_a_draft_without_a_start_is_read_and_nothing_of_it_is_in_force(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(HEAD.replace("in_force: {from: 2025-03-10, for: 60 days}\n", "") + RESPOND, encoding="utf-8")
    text, faults = inspect_agreement(path)
    assert faults == []
    assert text is not None
    run = judged(text, reports(monitor("access_request", "M", at(11), toward="A")), watching(text))
    assert {v.verdict for v in run.verdicts} == {"not_in_force"}


# -- what is not in the text ------------------------------------------------------------------------------------


DISCIPLINE = """terms:
  t:
    text: After a violation of its own a side takes disciplinary measures.
    respond: {to: {act: shelling, by: self}, with: {act: disciplinary_measure}, within: 72 hours}
    binds: A
"""
OURS = DISCIPLINE + "    ours: [within]\n"
DONE_BY = """terms:
  t: {text: Guns leave., require: {act: withdrawal}, binds: A, deadline: 2025-03-20, ours: deadline}
"""


def test_a_time_that_the_makers_chose_is_missed_by_nobody(tmp_path: Path) -> None:
    rows = (
        monitor("mortar_fire", "A", at(12), incident_id="V"),
        monitor("disciplinary_measure", "A", at(20), stance="denies", answers="V"),
    )
    of_the_text = one(tmp_path, DISCIPLINE, *rows, as_of=at(25))
    assert of_the_text.verdict == "breached"
    ours = one(tmp_path, OURS, *rows, as_of=at(25))
    assert ours.verdict == "undetermined"
    (step,) = [step for step in ours.steps if step.rule == "ours"]
    assert "chosen by the makers of the agreement file: 'within' (72 hours)" in step.text
    assert "would be breached" in step.text
    assert [step.n for step in ours.steps] == list(range(1, len(ours.steps) + 1))


def test_what_is_shown_done_complies_whatever_time_the_makers_chose(tmp_path: Path) -> None:
    done = one(tmp_path, DONE_BY, monitor("withdrawal", "A", at(15)), as_of=at(25))
    assert done.verdict == "complied"
    assert [step.rule for step in done.steps if step.rule != "rests_on"][-2:] == ["ours", "verdict"]
    late = one(tmp_path, DONE_BY, monitor("withdrawal", "A", at(22)), as_of=at(25))
    assert late.verdict == "undetermined"


def test_a_clause_that_the_text_does_not_have_is_neither_broken_nor_kept(tmp_path: Path) -> None:
    term = "terms:\n  t: {text: Nobody jams., forbid: {act: jamming}, binds: A, ours: text}\n"
    assert one(tmp_path, term, monitor("jamming", "A", at(12))).verdict == "undetermined"
    kept = one(tmp_path, term, covered=True, as_of=at(25))
    assert kept.verdict == "undetermined"
    assert "With it the verdict would be complied" in kept.steps[-2].text


def test_a_clause_in_brackets_is_neither_broken_nor_kept_and_everybody_says_whose_they_are(tmp_path: Path) -> None:
    term = "terms:\n  t: {text: Nobody jams., forbid: {act: jamming}, binds: A, open: B}\n"
    seen = one(tmp_path, term, monitor("jamming", "A", at(12)))
    assert seen.verdict == "undetermined"
    assert "It is not agreed: it stands in brackets of B. With it the verdict would be breached" in seen.steps[-2].text
    assert one(tmp_path, term, covered=True, as_of=at(25)).verdict == "undetermined"
    (found,) = [f for f in check_agreement(tmp_path / "agreement.yaml").findings if f.code == "not-agreed"]
    assert found.what == "it stands in brackets of B"


def test_a_breach_of_what_is_not_in_the_text_sets_off_no_guarantee(tmp_path: Path) -> None:
    guarantee = "  g: {text: x, when: {verdict: breached, of: t}, then: [{by: G, do: consultation, within: 3 days}]}\n"
    fire = "terms:\n  t: {text: No fire., forbid: {act: shelling, in: zone}, binds: A%s}\n" + guarantee
    place = "places: {zone: {at: [48.0, 37.0], radius: 20 km}}\n"
    states = []
    for ours in ("", ", ours: in", ", open: B"):
        text = agreement(tmp_path, HEAD + place + fire % ours)
        run = judged(text, reports(monitor("shelling", "A", at(12), lat=48.0, lon=37.0)))
        states.append({v.term: v.verdict for v in run.verdicts if v.party in ("A", "G")})
    assert [s["t"] for s in states] == ["breached", "undetermined", "undetermined"]
    assert states[1]["g"] == states[2]["g"] == "not_in_force"


def test_a_parameter_that_is_not_in_the_text_is_said_and_found_by_the_checker(tmp_path: Path) -> None:
    from servanda.agreement.plain_language import say
    from servanda.report import all_files

    text = agreement(tmp_path, HEAD + OURS)
    words = "Not in the text, but chosen by the makers of this file: 'within' (72 hours). No breach rests on it."
    assert words in say(text)
    page = all_files(judged(text, reports()))["report.html"].decode()
    assert words in page.replace("&#39;", "'")
    checked = check_agreement(tmp_path / "agreement.yaml")
    assert [f.what for f in checked.findings if f.code == "not-in-text"] == [
        "'within' (72 hours) is ours and not the text's"
    ]


# -- precedents and questions -----------------------------------------------------------------------------------


def test_every_precedent_of_the_checker_has_its_own_address() -> None:
    from servanda.drafting import CODES

    for code in CODES.values():
        assert bool(code.precedent) == bool(code.sources), code.name
        assert all(source.startswith(("https://", "http://")) and " " not in source for source in code.sources)
        # the reason names no event: what happened stands in the precedent, where it has an address
        assert not any(character.isdigit() for character in code.why), code.name


def test_a_precedent_is_told_with_its_address(tmp_path: Path) -> None:
    agreement(tmp_path, HEAD + "terms:\n  t: {text: Guns leave., require: {act: withdrawal}, binds: A}\n")
    checked = check_agreement(tmp_path / "agreement.yaml")
    (late,) = [f for f in checked.findings if f.code == "no-deadline"]
    assert "Minsk 2015" in late.precedent
    assert late.sources == ("https://en.interfax.com.ua/news/general/250186.html",)


@pytest.mark.parametrize(
    ("mandate", "asked"),
    [("", True), ("mandate: {detection: 0.5}\n", True), ("mandate: {attribution: true}\n", False)],
)
def test_whether_authors_are_named_is_asked_where_the_mandate_does_not_say(
    tmp_path: Path, mandate: str, asked: bool
) -> None:
    text = agreement(tmp_path, HEAD + mandate + DISCIPLINE)
    assert text.mandate.attribution
    checked = check_agreement(tmp_path / "agreement.yaml")
    assert ("attribution-not-stated" in {q.code for q in checked.questions}) is asked
    assert "attribution-not-stated" not in {f.code for f in checked.findings}
    assert text.mandate.attribution_words.startswith("The mandate does not say") is asked


CALM = """mandate: {exposure: 1 hour, attribution: true}
events:
  calm: {quiet: {of: {act: attack}, for: 5 days}}
terms:
  t: {text: x, require: {act: withdrawal}, deadline: calm + 3 days, binds: A}
"""


def test_quiet_may_begin_when_somebody_began_to_look(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + CALM)
    codes = frozenset(text.vocabulary.acts.codes)
    told = monitor("shelling", "B", at(11)) | {"source": "A", "origin": "A", "side": "A", "kind": "claim"}
    done = monitor("withdrawal", "A", at(20), incident_id="W")

    times = (Interval(at(14, 0), at(30, month=4)),)
    looked = Coverage((Watch("w", "Monitor", "log", codes, "", None, times, 0.95),))
    (arrived,) = judged(text, reports(told, done), looked).verdicts
    # quiet from the 14th to the 19th is shown, and was at the earliest from the 10th to the 15th
    said = {step.rule: step for step in arrived.steps}
    assert arrived.verdict == "undetermined"
    assert said["deadline"].text.endswith("between 2025-03-18T00:00:00+02:00 and 2025-03-22T00:00:00+02:00.")
    words = "withdrawal: shown done by 2025-03-20T12:00:00+02:00, and it is not settled whether that was in time."
    assert (said["perhaps_in_time"].text, list(said["perhaps_in_time"].uses)) == (words, ["W"])
    assert arrived.steps[-1].text == "undetermined: it is not settled whether it was done in time."


def test_a_deed_seen_at_an_unknown_hour_about_its_deadline_was_seen(tmp_path: Path) -> None:
    duty = LEAVE.replace(", at_least: 40, unit: tanks", "")
    found = one(tmp_path, duty, monitor("withdrawal", "A", at(24), end=at(27)))
    assert found.verdict == "undetermined"
    assert found.steps[-1].text == "undetermined: it is not settled whether it was done in time."
    assert "nobody without a side" in one(tmp_path, duty).steps[-1].text


NEVER = """events:
  calm: {quiet: {of: {act: attack}, for: 40 days}}
terms:
  t: {text: x, require: {act: withdrawal}, only_after: calm, deadline: calm + 5 days, until: 2025-04-01}
"""


def test_a_term_that_could_begin_only_when_it_had_ended_says_so(tmp_path: Path) -> None:
    found = one(tmp_path, NEVER, monitor("shelling", "B", at(20)), covered=True)
    assert found.verdict == "not_in_force"
    assert "not before 2025-04-29T" in found.steps[0].text
    assert found.steps[0].text.endswith("when it had ended: it never binds.")


UNNAMED = "mandate: {attribution: false}\n"
FLIGHTS = "terms:\n  t: {text: x, limit: {what: {act: flight}, to: 2, per: 1 day}}\n"


@pytest.mark.parametrize(
    ("flights", "binds", "verdict"),
    [(2, "", "complied"), (3, "", "undetermined"), (4, "", "undetermined"), (5, "", "breached"), (5, ", binds: A, asymmetric: x", "undetermined")],
)  # fmt: skip
def test_where_nobody_is_named_a_cap_of_each_is_broken_only_by_more_than_all_may_have(
    tmp_path: Path, flights: int, binds: str, verdict: str
) -> None:
    rows = [monitor("flight", None, at(12, hour), incident_id=f"F{hour}") for hour in range(8, 8 + flights)]
    term = UNNAMED + FLIGHTS.replace("1 day}}", f"1 day}}{binds}}}")
    found = one(tmp_path, term, *rows, party=None, covered=True)
    assert (found.verdict, found.measure["cap"]) == (verdict, 2.0)
    assert ("each" in {step.rule for step in found.steps}) == (not binds)


ORDERED = """events:
  order: {done: {act: order_issued, by: A}}
terms:
  t: {text: x, require: {act: withdrawal}, only_after: order, deadline: order + 5 days}
"""


@pytest.mark.parametrize(
    ("term", "act", "shown"),
    [
        ("forbid: {act: mobilisation}", "mobilisation", "breached"),
        ("require: {act: withdrawal}, deadline: start + 20 days", "withdrawal", "complied"),
        ("require: {act: release, at_least: 2, unit: prisoners}, deadline: start + 20 days", "release", "complied"),
    ],
)
def test_where_nobody_is_named_what_another_did_is_not_shown_to_be_of_who_alone_is_bound(
    tmp_path: Path, term: str, act: str, shown: str
) -> None:
    row = monitor(act, "B", at(20), quantity=2.0 if act == "release" else None, unit="prisoners")
    bound = f"terms:\n  t: {{text: x, {term}, binds: A, asymmetric: x}}\n"
    assert one(tmp_path, UNNAMED + bound, row, party=None).verdict == "undetermined"
    both = bound.replace("binds: A, asymmetric: x", "binds: [A, B]")
    assert one(tmp_path, UNNAMED + both, row, party=None).verdict == (
        "breached" if shown == "breached" else "undetermined"
    )
    assert one(tmp_path, bound, {**row, "actor": "A"}).verdict == shown


def test_where_nobody_is_named_the_order_of_another_starts_no_clock(tmp_path: Path) -> None:
    row = monitor("order_issued", "B", at(12))
    found = one(tmp_path, UNNAMED + ORDERED, row, party=None, covered=True)
    assert found.verdict == "undetermined"
    undone = {**monitor("withdrawal", "B", at(30), stance="denies")}
    alone = "terms:\n  t: {text: x, require: {act: withdrawal}, binds: A, asymmetric: x, deadline: start + 5 days}\n"
    assert one(tmp_path, UNNAMED + alone, undone, party=None).verdict == "undetermined"


ACCESS_DAY = "terms:\n  t: {text: x, respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 24 hours, answers: each}, binds: A, until: 2025-03-20}\n"
EXERCISES = (
    "terms:\n  t: {text: x, declare: {notice: {of: {act: exercise}, before: 24 hours, answers: each}}, binds: A}\n"
)


def test_what_could_still_be_answered_when_a_term_ceased_to_bind_is_not_missed(tmp_path: Path) -> None:
    asked = monitor("access_request", "M", at(19, 22), toward="A", incident_id="Q")
    late = monitor("access_granted", "A", at(20, 23), incident_id="G", answers="Q")
    for rows in ([asked], [asked, late]):
        found = one(tmp_path, ACCESS_DAY, *rows, covered=True)
        assert (found.verdict, found.measure["missed"]) == ("not_due", 0)
        assert "it ceased to bind before its time had run out" in found.steps[-1].text
    in_time = {**late, "start": at(20, 21)}
    assert one(tmp_path, ACCESS_DAY, asked, in_time, covered=True).verdict == "complied"
    before = {**asked, "start": at(18, 22)}
    assert one(tmp_path, ACCESS_DAY, before, covered=True).verdict == "breached"


@pytest.mark.parametrize(
    ("events", "counts_from"),
    [("leave: {complied: leave}", "leave"), ("leave: {done: {act: order_issued}}\n  gone: {complied: leave}", "gone")],
)
def test_what_counts_from_a_term_that_is_complied_with_is_no_event_of_that_name(
    tmp_path: Path, events: str, counts_from: str
) -> None:
    """An event that says when it comes by its own term waited for itself; another of that name stood in the term's place."""
    leave = "  leave: {text: x, require: {act: withdrawal}, binds: A, deadline: 2025-03-20}\n"
    then = f"  t: {{text: x, require: {{act: inspection}}, binds: A, deadline: {counts_from} + 48 hours}}\n"
    clauses = f"events:\n  {events}\nterms:\n{leave}{then}"
    rows = [monitor("order_issued", "B", at(11)), monitor("withdrawal", "A", at(14))]
    for day, verdict in ((16, "complied"), (18, "breached")):
        seen = monitor("inspection", "A", at(day, 11))
        assert one(tmp_path, clauses, *rows, seen, covered=True).verdict == verdict


@pytest.mark.parametrize(
    ("came", "released", "verdict"),
    [
        ([(12, 6), (14, 4)], 15, "complied"),
        ([(12, 6), (14, 4)], 18, "breached"),
        ([(12, 6)], None, "not_due"),
        ([(12, 6), (14, None)], 18, "undetermined"),  # nobody says how many more
    ],
)
@pytest.mark.parametrize("counts_from", ["full", "hand"])
def test_what_is_owed_in_a_number_is_complied_with_when_the_number_has_come(
    tmp_path: Path, came: list[tuple[int, int | None]], released: int | None, verdict: str, counts_from: str
) -> None:
    """It never was, so that whatever counted from it was never due."""
    hand = "  hand: {text: x, require: {act: weapons_handed_over, at_least: 10, unit: pieces}, binds: B, deadline: 2025-04-10}\n"
    then = f"  t: {{text: x, require: {{act: release}}, binds: A, deadline: {counts_from} + 48 hours}}\n"
    rows = [monitor("weapons_handed_over", "B", at(day), quantity=number, unit="pieces") for day, number in came]
    rows += [monitor("release", "A", at(released))] if released else []
    clauses = f"events:\n  full: {{complied: hand}}\nterms:\n{hand}{then}"
    assert one(tmp_path, clauses, *rows, covered=True).verdict == verdict


@pytest.mark.parametrize(
    ("came", "amended", "released", "verdict"),
    [
        (12, 6, 17, "complied"),  # from the 16th on six are enough
        (12, 6, 19, "breached"),
        (12, 20, None, "not_due"),
        (18, 6, 19, "complied"),
    ],
)
def test_a_number_that_is_changed_has_come_when_it_had_come_while_it_was_owed(
    tmp_path: Path, came: int, amended: int, released: int | None, verdict: str
) -> None:
    """By the last version alone what counts from it was due before anybody had agreed to that."""
    hand = "  hand: {text: x, require: {act: weapons_handed_over, at_least: 10, unit: pieces}, binds: B, deadline: 2025-04-10}\n"
    then = "  t: {text: x, require: {act: release}, binds: A, deadline: hand + 48 hours}\n"
    change = f"amendments:\n  x: {{title: X, from: 2025-03-16, changes: {{terms.hand.require.at_least: {amended}}}}}\n"
    rows = [monitor("weapons_handed_over", "B", at(came), quantity=6, unit="pieces")]
    rows += [monitor("release", "A", at(released))] if released else []
    assert one(tmp_path, f"terms:\n{hand}{then}{change}", *rows, covered=True).verdict == verdict


def test_a_number_that_had_come_before_it_was_raised_had_come(tmp_path: Path) -> None:
    hand = "  hand: {text: x, require: {act: weapons_handed_over, at_least: 6, unit: pieces}, binds: B, deadline: 2025-04-10}\n"
    then = "  t: {text: x, require: {act: release}, binds: A, deadline: hand + 48 hours}\n"
    change = "amendments:\n  x: {title: X, from: 2025-03-16, changes: {terms.hand.require.at_least: 20}}\n"
    row = monitor("weapons_handed_over", "B", at(12), quantity=6, unit="pieces")
    assert one(tmp_path, f"terms:\n{hand}{then}{change}", row, covered=True).verdict == "breached"


def test_nobody_has_to_announce_before_he_is_bound(tmp_path: Path) -> None:
    held = monitor("exercise", "A", at(10, 2), incident_id="X")
    late = monitor("notice_given", "A", at(10, 1), incident_id="N", answers="X")
    for rows in ([held], [held, late]):
        assert one(tmp_path, EXERCISES, *rows, covered=True).verdict == "not_due"
    assert one(tmp_path, EXERCISES, {**held, "start": at(11, 2)}, covered=True).verdict == "breached"


@pytest.mark.parametrize("term", ["forbid: {act: shelling}", "limit: {what: {act: shelling}, to: 0}"])
def test_what_is_shown_and_perhaps_before_a_term_bound_is_open_for_that_alone(tmp_path: Path, term: str) -> None:
    waits = f"events:\n  go: {{done: {{act: order_issued, by: B}}}}\nterms:\n  t: {{text: x, {term}, from: go}}\n"
    rows = monitor("order_issued", "B", at(12), end=at(14)), monitor("shelling", "A", at(13))
    found = one(tmp_path, waits, *rows, covered=True)
    (told,) = (step.text for step in found.steps if step.rule == "open")
    assert (found.verdict, told) == (
        "undetermined",
        "1 incident is open: such an act is shown, and whether the term bound then is not.",
    )


@pytest.mark.parametrize(
    ("waits", "came", "verdict"),
    [
        ("only_after: go", (6, 4), "complied"),
        ("only_after: go", (10, None), "complied"),
        ("only_after: go", (6, None), "breached"),
        ("from: go", (6, 4), "breached"),
        ("from: first, only_after: go", (6, 4), "complied"),
        ("from: first + 2 days, only_after: go", (6, 4), "breached"),
    ],
)
def test_what_is_owed_in_all_may_come_before_what_must_have_come_first(
    tmp_path: Path, waits: str, came: tuple[int, int | None], verdict: str
) -> None:
    """Who gives back all before the other has done his part has given it back; of what counts from an event nothing came before."""
    quota = "require: {act: weapons_handed_over, at_least: 10, unit: pieces}, deadline: go + 10 days"
    term = (
        "events:\n  go: {done: {act: order_issued, by: B}}\n  first: {done: {act: law_tabled, by: B}}\n"
        f"terms:\n  t: {{text: x, {quota}, {waits}, binds: A}}\n"
    )
    before, after = (
        [monitor("weapons_handed_over", "A", at(day), quantity=n, unit="pieces")] if n else []
        for day, n in zip((12, 18), came, strict=True)
    )
    events = monitor("law_tabled", "B", at(11)), monitor("order_issued", "B", at(15))
    found = one(tmp_path, term, *before, *events, *after, covered=True)
    assert found.verdict == verdict, found.steps


@pytest.mark.parametrize(
    ("change", "came", "verdict"),
    [
        ("require.at_least: 12", {12: 6, 16: 6, 21: 6}, "complied"),
        ("require.at_least: 12", {12: 6, 21: 6}, "breached"),
        ("deadline: 2025-04-02", {16: 10}, "complied"),
        ("deadline: 2025-04-02", {12: 10}, "breached"),
    ],
)
def test_what_counts_from_an_event_goes_on_counting_when_its_clause_is_changed(
    tmp_path: Path, change: str, came: dict[int, int], verdict: str
) -> None:
    """What had come between the event and the amendment was lost, and who had given back all had broken his clause."""
    quota = "require: {act: weapons_handed_over, at_least: 10, unit: pieces}, deadline: 2025-04-10"
    text = f"events:\n  go: {{done: {{act: order_issued, by: B}}}}\nterms:\n  t: {{text: x, {quota}, from: go, binds: A}}\n"
    text += f"amendments:\n  x: {{title: X, from: 2025-03-20, changes: {{terms.t.{change}}}}}\n"
    rows = [monitor("weapons_handed_over", "A", at(day), quantity=n, unit="pieces") for day, n in came.items()]
    told = agreement(tmp_path, HEAD + text)
    run = judged(told, reports(monitor("order_issued", "B", at(15)), *rows), watching(told))
    (found,) = (v for v in run.verdicts if v.term == "t@x")
    assert found.verdict == verdict, found.steps


@pytest.mark.parametrize(
    ("waits", "came", "verdict"),
    [
        ("from: go", {12: 10}, "breached"),  # of what counts from an event nothing had come: the ban goes on
        ("from: go", {12: 6, 16: 4}, "breached"),
        ("from: go", {16: 10}, "complied"),
        ("only_after: go", {12: 10}, "complied"),
    ],
)
def test_what_came_before_the_event_that_a_number_counts_from_does_not_end_a_ban(
    tmp_path: Path, waits: str, came: dict[int, int], verdict: str
) -> None:
    hand = f"require: {{act: weapons_handed_over, at_least: 10, unit: pieces}}, deadline: 2025-04-10, {waits}, binds: B"
    text = f"events:\n  go: {{done: {{act: order_issued, by: B}}}}\nterms:\n  hand: {{text: x, {hand}}}\n"
    text += "  t: {text: x, forbid: {act: shelling}, until: hand, binds: A}\n"
    rows = [monitor("weapons_handed_over", "B", at(day), quantity=n, unit="pieces") for day, n in came.items()]
    events = monitor("order_issued", "B", at(15)), monitor("shelling", "A", at(20))
    assert one(tmp_path, text, *events, *rows, covered=True).verdict == verdict


@pytest.mark.parametrize(
    ("then", "stopped", "last", "done", "verdict"),
    [
        ("by: G, do: consultation", 21, 21, None, "not_due"),
        ("by: G, do: consultation", 21, 26, None, "undetermined"),
        ("by: G, do: consultation", 25, 25, None, "breached"),
        ("by: G, do: consultation", 21, 21, 22, "complied"),
        ("effect: sanctions", 21, 21, None, "not_due"),
        ("effect: sanctions", 21, 26, None, "undetermined"),
    ],
)
def test_what_follows_of_a_breach_is_owed_by_nobody_when_the_guarantee_had_ended_first(
    tmp_path: Path, then: str, stopped: int, last: int, done: int | None, verdict: str
) -> None:
    text = f"events:\n  stop: {{done: {{act: suspension, by: B}}}}\nterms:\n  f: {{text: x, forbid: {{act: shelling}}, binds: A}}\n  t: {{text: x, when: {{verdict: breached, of: [f]}}, then: [{{{then}, within: 3 days}}], until: stop}}\n"
    rows = [monitor("shelling", "A", at(20)), monitor("suspension", "B", at(stopped), end=at(last, 13))]
    rows += [monitor("consultation", "G", at(done))] if done else []
    found = one(tmp_path, text, *rows, covered=True, party="G" if "G" in then else None)
    assert found.verdict == verdict, found.steps
    assert "condition met" not in " ".join(step.text for step in found.steps)
    ends = {"not_due": "it ceased to bind", "undetermined": "it is not settled whether it still bound"}
    assert ends.get(verdict, "") in found.steps[-1].text


ONCE = "require: {act: withdrawal}"
IN_ALL = "require: {act: weapons_handed_over, at_least: 10, unit: pieces}"


def _ordered(
    tmp_path: Path, term: str, order: dict[str, Any], done: datetime, as_of: datetime | None = None, **more: Any
) -> Verdict:
    act = {"act": "weapons_handed_over", "quantity": 10.0, "unit": "pieces"} if "at_least" in term else {}
    text = f"events:\n  go: {{done: {{act: order_issued, by: B}}}}\nterms:\n  t: {{text: x, {term}, binds: A}}\n"
    return one(tmp_path, text, order, {**monitor("withdrawal", "A", done), **act, **more}, covered=True, as_of=as_of)


@pytest.mark.parametrize("deed", [ONCE, IN_ALL])
@pytest.mark.parametrize(
    ("given", "day", "hour", "who", "verdict"),
    [
        ((14, 15), 16, 12, "A", "complied"),
        ((14, 15), 16, 13, "A", "undetermined"),
        ((14, 15), 17, 12, "A", "undetermined"),  # the very last instant of a deadline that is not settled
        ((14, 15), 17, 13, "A", "breached"),
        ((14, 14), 16, 12, "A", "complied"),
        ((14, 14), 16, 12, None, "undetermined"),
    ],
)
def test_what_comes_at_the_last_instant_came_in_time_and_before_a_deadline_that_may_be_over_perhaps(
    tmp_path: Path, deed: str, given: tuple[int, int], day: int, hour: int, who: str | None, verdict: str
) -> None:
    order = monitor("order_issued", "B", at(given[0]), end=at(given[1]))
    found = _ordered(tmp_path, f"{deed}, deadline: go + 2 days", order, at(day, hour), actor=who)
    assert found.verdict == verdict, found.steps
    if who and verdict == "undetermined":
        assert found.steps[-1].text == "undetermined: it is not settled whether it was done in time."


@pytest.mark.parametrize("when", ["only_after: go, deadline: 2025-03-30", "deadline: go + 16 days"])
@pytest.mark.parametrize(("done", "verdict"), [(at(12), "complied"), (at(31, 13), "undetermined")])
@pytest.mark.parametrize("deed", [ONCE, IN_ALL])
def test_what_has_all_come_is_complied_with_though_it_is_not_settled_when_its_time_began(
    tmp_path: Path, deed: str, when: str, done: datetime, verdict: str
) -> None:
    claim = {**monitor("order_issued", "B", at(15)), "source": "Press", "origin": "Press", "side": "B", "kind": "claim"}
    found = _ordered(tmp_path, f"{deed}, {when}", claim, done)
    assert found.verdict == verdict, found.steps
    assert verdict == "complied" or "it is not settled when its time began to run" in found.steps[-1].text


@pytest.mark.parametrize("deed", [ONCE, IN_ALL])
@pytest.mark.parametrize("due", ["go + 16 days", "2025-03-30"])
def test_what_has_all_come_is_complied_with_while_its_time_runs_and_where_nothing_tells_when_it_ends(
    tmp_path: Path, deed: str, due: str
) -> None:
    other = monitor("law_tabled", "B", at(11), known_at=at(11))  # of the order nobody says anything
    for short, verdict in (({}, "complied"), ({"quantity": 9.0, "actor": "B"}, "not_due")):
        found = _ordered(tmp_path, f"{deed}, deadline: {due}", other, at(12), as_of=at(14), known_at=at(12), **short)
        assert found.verdict == verdict, found.steps


def test_what_came_when_the_event_that_a_number_counts_from_may_have_come_may_count(tmp_path: Path) -> None:
    order = monitor("order_issued", "B", at(14), end=at(15))
    found = _ordered(tmp_path, f"{IN_ALL}, from: go, deadline: 2025-03-30", order, at(14, 18))
    assert found.verdict == "undetermined", found.steps


@pytest.mark.parametrize(
    ("change", "done", "verdict"),
    [
        ("changes: {terms.t.%s: 5 days}", None, "breached"),
        ("changes: {terms.t.%s: 5 days}", 21, "complied"),
        ("repeals: [t]", None, "not_due"),
    ],
)
@pytest.mark.parametrize("answer", [False, True])
def test_what_was_called_for_before_an_amendment_is_owed_by_the_words_of_that_time(
    tmp_path: Path, change: str, done: int | None, verdict: str, *, answer: bool
) -> None:
    """It was owed under neither version: the time of the one had not run out, and under the other nothing had called for it."""
    brings = "when: {verdict: breached, of: [f]}, then: [{by: G, do: consultation, within: 3 days}]"
    answers = "binds: A, respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 3 days}"
    term, party, asked, deed, key = (
        (answers, "A", monitor("access_request", "M", at(19)), "access_granted", "respond.within")
        if answer
        else (brings, "G", monitor("shelling", "A", at(19)), "consultation", "then")
    )
    change = change % key if "%" in change else change
    change = change.replace("then: 5 days", "then: [{by: G, do: consultation, within: 5 days}]")
    text = f"terms:\n  f: {{text: x, forbid: {{act: shelling}}, binds: A}}\n  t: {{text: x, {term}}}\n"
    text = agreement(tmp_path, f"{HEAD}{text}amendments:\n  x: {{title: X, from: 2025-03-20, {change}}}\n")
    rows = [asked, *([monitor(deed, party, at(done))] if done else [])]
    run = judged(text, reports(*rows), watching(text))
    found = next(v for v in run.verdicts if v.term == "t" and v.party == party)
    assert found.verdict == verdict, found.steps


@pytest.mark.parametrize(
    ("counts", "now", "days", "first", "second"),
    [
        ("at_least: 3", 3, (15, 17, 22), "not_in_force", "breached"),
        ("at_least: 3", 3, (13, 15, 17, 22, 24), "breached", "not_in_force"),  # they set it off once
        (
            "at_least: 3",
            2,
            (15, 17),
            "not_in_force",
            "not_in_force",
        ),  # an amendment sets off nothing by what lies behind
        ("at_least: 2, within: 4 days", 2, (18, 21), "not_in_force", "breached"),
        ("at_least: 2, within: 4 days", 2, (15, 21), "not_in_force", "not_in_force"),
    ],
)
def test_breaches_before_an_amendment_and_after_it_add_up_until_they_set_a_guarantee_off(
    tmp_path: Path, counts: str, now: int, days: tuple[int, ...], first: str, second: str
) -> None:
    text = f"""terms:
  f: {{text: x, forbid: {{act: shelling}}, binds: A}}
  t: {{text: x, when: {{verdict: breached, of: [f], {counts}}}, then: [{{by: G, do: consultation, within: 3 days}}]}}
amendments:
  x: {{title: X, from: 2025-03-20, changes: {{terms.t.when.at_least: {now}, terms.t.then: [{{by: G, do: consultation, within: 2 days}}]}}}}
"""
    told = agreement(tmp_path, HEAD + text)
    run = judged(told, reports(*(monitor("shelling", "A", at(day)) for day in days)), watching(told))
    assert [v.verdict for v in run.verdicts if v.party == "G"] == [first, second]


STOPPED = "events:\n  stop: {done: {act: suspension, by: B}}\nterms:\n  t: {text: x, until: stop, binds: A, %s}\n"
STOPPED_DUTY = "require: {act: withdrawal}, deadline: 2025-03-30"
STOPPED_QUOTA = "require: {act: weapons_handed_over, at_least: 10, unit: pieces}, deadline: 2025-03-30"
STOPPED_ANSWER = (
    "respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 5 days, answers: each}"
)


@pytest.mark.parametrize("term", [STOPPED_DUTY, STOPPED_QUOTA, STOPPED_ANSWER])
@pytest.mark.parametrize(
    ("stopped", "last", "verdict"),
    [(28, 28, "not_due"), (26, 31, "undetermined"), (31, 31, "breached")],
    ids=["before", "perhaps", "after"],
)
def test_what_an_event_ends_before_its_time_has_run_out_is_missed_by_nobody(
    tmp_path: Path, term: str, stopped: int, last: int, verdict: str
) -> None:
    asked = monitor("access_request", "M", at(25, 18), toward="A", incident_id="Q")
    stop = monitor("suspension", "B", at(stopped), end=at(last, 13))
    found = one(tmp_path, STOPPED % term, asked, stop, covered=True)
    assert found.verdict == verdict, found.steps
    assert "by what ends it, until: " in found.steps[0].text
    if verdict == "undetermined":
        assert "it is not settled whether it" in found.steps[-1].text
    known = ({**row, "known_at": at(27)} for row in (asked, stop))
    assert one(tmp_path, STOPPED % term, *known, covered=True, as_of=at(29)).verdict == "not_due"


@pytest.mark.parametrize(
    ("first", "last", "held", "verdict"),
    [(12, 12, 13, "not_due"), (11, 14, 15, "undetermined"), (12, 12, 14, "breached")],
    ids=["before", "perhaps", "after"],
)
def test_nobody_has_to_announce_before_what_he_waits_for_has_come(
    tmp_path: Path, first: int, last: int, held: int, verdict: str
) -> None:
    waits = EXERCISES.replace("24 hours", "36 hours").replace("binds: A", "binds: A, from: go")
    rows = monitor("order_issued", "B", at(first), end=at(last, 13)), monitor("exercise", "A", at(held, 23))
    found = one(tmp_path, "events:\n  go: {done: {act: order_issued, by: B}}\n" + waits, *rows, covered=True)
    assert found.verdict == verdict, found.steps
    assert "by what it waits for, from: " in found.steps[0].text


def test_a_quota_says_of_the_time_that_an_amendment_cuts_off_that_nothing_is_owed_for_it(tmp_path: Path) -> None:
    clause = "  t: {text: x, require: {act: delivery, at_least: 9, unit: lorries, every: 7 days}, binds: A}\n"
    change = "amendments:\n  less: {title: Less, from: 2025-03-28, changes: {terms.t.require.at_least: 5}}\n"
    came = monitor("delivery", "A", at(19), quantity=9, unit="lorries")
    for as_of, told in ((None, 1), (at(27), 0)):
        found = one(tmp_path, f"terms:\n{clause}{change}", came, as_of=as_of)
        cut = [step.text for step in found.steps if step.rule == "cut"]
        assert len(cut) == told
    found = one(tmp_path, f"terms:\n{clause}{change}", came)
    (cut,) = [step.text for step in found.steps if step.rule == "cut"]
    assert cut.startswith("From 2025-03-24T00:00:00+02:00 to 2025-03-28T00:00:00+02:00 is no whole period of 7 days")


@pytest.mark.parametrize(
    ("clause", "row", "end", "verdict"),
    [
        ("forbid: {act: obstruction}", monitor("siege", "A", at(1)), at(14), "breached"),
        ("forbid: {act: shelling}", monitor("shelling", "A", at(1)), at(14), "undetermined"),
        ("forbid: {act: obstruction}", monitor("siege", "A", at(1), quantity=13, unit="incident"), at(14), "undetermined"),
        ("forbid: {act: obstruction}", monitor("siege", "A", at(1), quantity=1, unit="incident"), at(14), "breached"),
        # of the first and the last day of what is told by days (here: of UTC) nobody says which hours; a clock does
        ("forbid: {act: obstruction}", monitor("siege", "A", at(1)), at(10, 2), "undetermined"),
        ("forbid: {act: obstruction}\n    from: 2025-03-12T18:00", monitor("siege", "A", at(1)), at(13, 0) - timedelta(minutes=1), "undetermined"),
        ("forbid: {act: obstruction}", monitor("siege", "A", at(1)), at(10, 6), "breached"),
        ("forbid: {act: obstruction}", monitor("siege", "A", at(1)), at(10, 18), "breached"),
        ("limit: {what: {weapon: tank}, to: 0}", monitor("military_presence", "A", at(1), weapon="T-72"), at(10, 2), "undetermined"),
        ("forbid: {act: obstruction}", monitor("siege", "A", at(9)), at(10), "undetermined"),
        ("limit: {what: {weapon: tank}, to: 0}", monitor("military_presence", "A", at(1), weapon="T-72"), at(14), "breached"),
        ("limit: {what: {weapon: tank}, to: 0}\n    from: order", monitor("military_presence", "A", at(12), weapon="T-72"), at(19), "breached"),
        ("limit: {what: {weapon: tank}, to: 0}\n    from: order", monitor("military_presence", "A", at(12), weapon="T-72"), at(15), "complied"),
        ("forbid: {act: obstruction}\n    only_after: order", monitor("siege", "A", at(12)), at(19), "breached"),
        ("forbid: {act: obstruction}\n    until: 2025-04-01", monitor("siege", "A", at(30)), at(19, month=4), "breached"),
        ("require: {act: deployment}\n    deadline: 2025-03-20", monitor("deployment", "A", at(19)), at(30), "complied"),
        ("require: {act: deployment}\n    deadline: 2025-03-20", monitor("deployment", "A", at(22)), at(30), "breached"),
        ("require: {act: deployment}\n    deadline: 2025-03-20T12:00", monitor("deployment", "A", at(20, 0)), at(23, 0), "undetermined"),
        ("require: {act: deployment}\n    deadline: 2025-03-20T12:00", monitor("deployment", "A", at(20, 11)), at(23, 0), "complied"),
        # what calls for something calls when it begins
        ("declare: {notice: {of: {act: exercise}, before: 2 days, answers: each}}", monitor("exercise", "A", at(8)), at(14), "not_due"),
        ("declare: {notice: {of: {act: exercise}, before: 2 days, answers: each}}", monitor("exercise", "A", at(14)), at(20), "breached"),
        ("require: {act: inspection}\n    deadline: drill + 1 day", monitor("exercise", "A", at(14)), at(20), "breached"),
    ],
)  # fmt: skip
def test_what_goes_on_for_longer_than_a_day_was_there_all_the_time_that_is_told(
    tmp_path: Path, clause: str, row: dict[str, Any], end: datetime, verdict: str
) -> None:
    """ADR 182: some of a siege from the 1st to the 14th surely lies in a truce that began on the 10th; of one shelling at some time in it that is not known."""
    term = f"events:\n  order: {{done: {{act: order_issued, by: A}}}}\n  drill: {{done: {{act: exercise}}}}\nterms:\n  t:\n    text: x\n    {clause}\n    binds: A\n"
    order = monitor("order_issued", "A", at(16))
    assert one(tmp_path, term, order, {**row, "end": end}, covered=True).verdict == verdict


@pytest.mark.parametrize(("ends", "verdict"), [(None, "breached"), ("19:30", "undetermined"), ("19:00", "breached")])
def test_what_goes_on_and_is_told_by_the_missions_days_ended_at_some_hour_of_the_last(
    tmp_path: Path, ends: str | None, verdict: str
) -> None:
    """ADR 191: a siege until 19:30 of the 12th, and a clause that binds from 18:00 of that day on."""
    day = f"mandate: {{reporting_day: {{ends: '{ends}'}}}}\n" if ends else ""
    term = day + "terms:\n  t: {text: x, forbid: {act: obstruction}, from: 2025-03-12T18:00, binds: A}\n"
    half = timedelta(minutes=30)
    told = {**monitor("siege", "A", at(1, 19) + half), "end": at(12, 19) + half}
    assert one(tmp_path, term, told, covered=True).verdict == verdict


def test_what_goes_on_in_between_lies_in_no_time_that_may_have_been_over_or_not_begun() -> None:
    day = lambda n: datetime(2025, 3, n, tzinfo=UTC)  # noqa: E731
    span = Span(EventTime(day(1), day(20)), EventTime(day(10), day(30)), open_start=False, open_end=False)
    rows = pl.DataFrame(
        [
            {"start": day(a), "end": day(b), "begun": day(a), "over": day(b)}
            for a, b in ((12, 18), (5, 18), (12, 25), (5, 25))
        ]
    )
    assert rows.select(found=span.surely())["found"].to_list() == [False, False, False, True]


@pytest.mark.parametrize(
    ("change", "before", "after", "verdicts"),
    [
        ("deadline: 2025-04-20", 60, 40, ("not_due", "complied")),
        ("deadline: 2025-04-20", 60, 10, ("not_due", "breached")),
        ("deadline: 2025-04-20", 100, 0, ("complied", "complied")),
        ("require.at_least: 150", 60, 90, ("complied", "complied")),
        ("require.at_least: 150", 60, 30, ("not_due", "breached")),
    ],
)
def test_what_is_owed_in_all_counts_under_every_version_of_its_clause(
    tmp_path: Path, change: str, before: int, after: int, verdicts: tuple[str, str]
) -> None:
    """ADR 183: sixty of a hundred came, the day was put off, and the rest came by the new day: nothing was late, and nothing is lacking."""
    owed = "terms:\n  t:\n    text: x\n    require: {act: release, at_least: 100, unit: persons}\n    binds: A\n    deadline: 2025-03-31\n"
    text = agreement(
        tmp_path, f"{HEAD}{owed}amendments:\n  more: {{title: x, from: 2025-03-20, changes: {{terms.t.{change}}}}}\n"
    )
    rows = [
        monitor("release", "A", day, quantity=float(n), unit="persons")
        for day, n in ((at(14), before), (at(5, month=4) if "deadline" in change else at(28), after))
        if n
    ]
    run = judged(text, reports(*rows), watching(text))
    assert tuple(v.verdict for v in run.verdicts) == verdicts


def test_a_step_of_a_cap_tells_what_a_party_says_of_nobody(tmp_path: Path) -> None:
    said = {**monitor("military_presence", None, at(20), weapon="tank"), "side": "B", "kind": "claim"}
    (told,) = [step for step in one(tmp_path, TANKS, said).steps if step.rule == "below"]
    assert told.text.startswith("1 more incident may fall under the term")


@pytest.mark.parametrize(
    ("exception", "precondition"),
    [("unless: {consent_of: [B]}", "consent of B"), ("except: {order: {only_if: [ordered]}}", "ordered")],
)
def test_what_came_after_an_act_is_no_precondition_that_excuses_it(
    tmp_path: Path, exception: str, precondition: str
) -> None:
    term = f"terms:\n  t: {{text: x, forbid: {{act: deployment}}, {exception}, binds: A}}\n"
    seen = monitor("deployment", "A", at(20), end=at(21), incident_id="D")
    consent = {**seen, "source": "B", "origin": "B", "side": "B", "speaks_for": "B", "kind": "claim", "report_id": "C"}
    for when, excused in (
        ("", 1),
        ("@2025-03-19T10:00:00+02:00", 1),
        ("@2025-03-21T10:00:00+02:00", 1),
        ("@2025-03-22T10:00:00+02:00", 0),
    ):
        found = one(tmp_path, term, seen, {**consent, "shows": f"{precondition}{when}"})
        assert (found.excused, found.verdict == "breached") == (excused, not excused)


@pytest.mark.parametrize(
    ("source", "kind", "side", "excused"),
    [
        ("Mission", "claim", "none", 1),
        ("M", "claim", "", 1),
        ("Visitor", "claim", "none", 0),
        ("Gland", "claim", "none", 0),
    ],
)
def test_what_a_body_consents_to_its_own_word_shows_and_nobody_else_s(
    tmp_path: Path, source: str, kind: str, side: str, excused: int
) -> None:
    text = agreement(tmp_path, HEAD + "terms:\n  t: {text: x, forbid: {act: deployment}, unless: {consent_of: [M]}}\n")
    columns = "source,side,reliability,kind,start,act,actor,incident_id,shows"
    seen = "Monitor,none,A,observation,2025-03-20T12:00+02:00,deployment,A,D,"
    said = f"{source},{side},,{kind},2025-03-20T12:00+02:00,deployment,A,D,consent of M"
    (tmp_path / "r.csv").write_text(f"{columns}\n{seen}\n{said}\n", encoding="utf-8")
    (found,) = [v for v in verify_files(text, [tmp_path / "r.csv"]).verdicts if v.party == "A"]
    assert (found.excused, found.confirmed) == (excused, 1 - excused)
