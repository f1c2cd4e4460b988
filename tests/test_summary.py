"""The summary of a verification: what each number is said to be follows from what its term owes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from servanda.coverage import Coverage
from servanda.report import all_files
from servanda.report.answers import answers
from servanda.verdicts.summary import Summary, summarise
from tests.build import HEAD, TERM, ZONES, agreement, instant, reports
from tests.build import judged_with_grounds as judged

CAP = "terms:\n  guns:\n    title: Heavy guns\n    text: Guns stay out\n    limit: {what: {weapon: artillery, in: disc}, to: 0}\n    binds: A\n"
DEED = "terms:\n  leave:\n    title: Withdrawal\n    text: A leaves\n    require: {act: withdrawal, in: disc}\n    deadline: 2025-03-25\n    binds: A\n"
TWO = "readings:\n  first: {}\n  second: {in_force.from: 2025-03-25}\n"
CLAIM = {"side": "B", "actor": "A", "incident_id": "I1"}
MONITOR = {"side": "none", "kind": "observation", "reliability": "A", "source": "Monitor", "actor": "A"}
GUNS = {"act": "deployment", "weapon": "artillery", "target": None}
LEAVING = {"act": "withdrawal", "target": None}


def summary_of(folder: Path, terms: str, *rows: dict[str, Any], head: str = HEAD, **options: Any) -> Summary:
    return summarise(judged(agreement(folder, head + ZONES + terms), reports(*rows), **options))


def test_an_alleged_act_against_a_prohibition_is_an_alleged_breach(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, TERM, CLAIM)
    (alleged,) = summary.alleged
    assert (alleged.term, alleged.party, alleged.owes, alleged.incidents) == ("fire", "A", "act", 1)
    assert (alleged.reports, alleged.origins) == (1, 1)
    assert summary.confirmed == summary.excused == summary.measured == summary.happened == ()


def test_an_alleged_incident_against_a_cap_is_an_alleged_breach_of_a_limit(tmp_path: Path) -> None:
    (alleged,) = summary_of(tmp_path, CAP, {**CLAIM, **GUNS}).alleged
    assert (alleged.term, alleged.party, alleged.owes, alleged.incidents) == ("guns", "A", "limit", 1)


def test_an_alleged_deed_is_a_claim_that_a_duty_was_done(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, DEED, {**CLAIM, **LEAVING, "side": "A"})
    assert [(a.owes, a.incidents) for a in summary.alleged] == [("deed", 1)]
    assert summary.measured == ()


def test_a_confirmed_deed_is_measured_and_no_confirmed_act(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, DEED, {**MONITOR, **LEAVING})
    assert summary.confirmed == ()
    assert [(m.term, m.party, dict(m.measure)) for m in summary.measured] == [("leave", "A", {"done": 1, "of": 1})]


def test_an_alleged_breach_of_a_cap_stands_on_the_page_under_what_is_alleged(tmp_path: Path) -> None:
    said = dict(answers(summary_of(tmp_path, CAP, {**CLAIM, **GUNS})))
    # no count of a party's acts is told without how much of them was watched
    assert said["What is alleged"] == [
        "Heavy guns, A: 1 incident (1 report, 1 origin); nothing of place and time was watched"
    ]


def test_a_deed_that_is_only_claimed_is_not_called_a_breach(tmp_path: Path) -> None:
    said = dict(answers(summary_of(tmp_path, DEED, {**CLAIM, **LEAVING, "side": "A"})))
    words = "said to have been done, and not confirmed (1 incident, 1 report, 1 origin)"
    assert said["What is alleged"] == [f"Withdrawal, A: {words}"]


def test_a_duty_shown_undone_stands_under_what_is_confirmed(tmp_path: Path) -> None:
    undone = {**MONITOR, **LEAVING, "stance": "denies", "start": instant("03-26 12:00")}
    run = judged(agreement(tmp_path, HEAD + ZONES + DEED), reports(undone))
    assert [v.verdict for v in run.verdicts] == ["breached"]
    assert dict(answers(summarise(run)))["What is confirmed"] == ["Withdrawal, A: 0 of 1 shown done in time; breached"]


def test_what_deeds_are_measured_by_is_told_by_reading_where_readings_differ(tmp_path: Path) -> None:
    seen = {**MONITOR, **GUNS, "start": instant("03-20 12:00")}
    late = {**seen, "start": instant("03-28 12:00"), "incident_id": "I2"}
    both = summary_of(tmp_path, CAP, {**seen, "incident_id": "I1", "quantity": 2.0}, late, head=HEAD + TWO).measured
    assert [(m.reading, m.measure["least"]) for m in both] == [("first", 2.0), ("second", 1.0)]
    one = summary_of(tmp_path, CAP, late, head=HEAD + TWO).measured
    assert [(m.reading, m.measure["least"]) for m in one] == [(None, 1.0)]


def test_a_guarantee_that_nothing_set_off_is_not_confirmed(tmp_path: Path) -> None:
    sleeping = "  relief:\n    text: G helps\n    when: {verdict: breached, of: [fire]}\n    then: [{by: G, do: consultation, within: 3 days}]\n"
    head = HEAD + "guarantors: {G: Gland}\n"
    assert summary_of(tmp_path, TERM + sleeping, CLAIM, head=head).measured == ()
    assert (
        summary_of(tmp_path, TERM + sleeping, MONITOR, head=head).measured == ()
    )  # set off; what followed, nobody saw
    (awake,) = summary_of(tmp_path, TERM + sleeping, MONITOR, head=head, as_of=instant("03-21")).measured
    assert (awake.term, awake.party, awake.measure["state"]) == ("relief", "G", "running")


def test_reports_of_confirmed_incidents_are_not_passed_off_as_allegations(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, TERM, CLAIM, {**MONITOR, "incident_id": "I2"})
    (line,) = dict(answers(summary))["What is alleged"]
    told = "1 incident (2 reports, 2 origins, those confirmed or excused included)"
    assert line == f"Fire, A: {told}; nothing of place and time was watched"


def test_summary_json_says_what_it_is_and_all_that_the_summary_holds(tmp_path: Path) -> None:
    run = judged(agreement(tmp_path, HEAD + ZONES + CAP), reports({**CLAIM, **GUNS}), as_of=instant("03-30"))
    data = json.loads(all_files(run)["summary.json"])
    assert (data["format"], data["agreement"], data["as_of"]) == (2, "test", "2025-03-30T02:00:00+02:00")
    fields = {f.name for f in dataclasses.fields(Summary)}
    assert set(data) == fields | {"format", "servanda"}
    assert data["alleged"][0]["owes"] == "limit"


def test_what_happened_without_an_author_is_nobodys_breach(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, TERM, {**MONITOR, "actor": None, "place_name": "Weir", "incident_id": "I1"})
    assert [(h.incident, h.place) for h in summary.happened] == [("I1", "Weir")]
    assert summary.confirmed == ()
    assert summary_of(tmp_path, TERM, {**MONITOR, "incident_id": "I1"}).happened == ()


def test_where_nobody_looked_the_summary_says_so(tmp_path: Path) -> None:
    (seen,) = summary_of(tmp_path, TERM, CLAIM).seen
    assert (seen.term, seen.probability, seen.standard, seen.watched) == ("fire", 0.0, 0.9, "nobody")
    assert summarise(judged(agreement(tmp_path, HEAD + ZONES + TERM), reports(CLAIM), Coverage())).seen == (seen,)


def test_readings_part_in_their_verdicts_or_only_in_what_they_count(tmp_path: Path) -> None:
    early = {**MONITOR, "start": instant("03-20 12:00"), "incident_id": "I1"}
    late = {**MONITOR, "start": instant("03-28 12:00"), "incident_id": "I2"}
    (verdicts,) = (p for p in summary_of(tmp_path, TERM, early, head=HEAD + TWO).parting if p.party == "A")
    assert verdicts.verdicts == {"first": "breached", "second": "undetermined"}
    assert not verdicts.same_verdict
    (counts,) = summary_of(tmp_path, TERM, early, late, head=HEAD + TWO).parting
    assert (counts.same_verdict, counts.counted, counts.apart) == (True, {"first": 2, "second": 1}, 1)
    assert summary_of(tmp_path, TERM, late, head=HEAD + TWO).parting == ()


def test_a_row_stands_for_every_verdict_and_what_settles_nothing_is_open(tmp_path: Path) -> None:
    run = judged(agreement(tmp_path, HEAD + TWO + ZONES + TERM), reports(CLAIM))
    summary = summarise(run)
    assert summary.readings == ("first", "second")
    assert [(r.term, r.party, r.reading, r.verdict, r.alleged) for r in summary.rows] == [
        (v.term, v.party, v.reading, v.verdict, v.alleged) for v in run.verdicts
    ]
    assert {(o.party, o.verdict) for o in summary.open} == {("A", "undetermined"), ("B", "undetermined")}


def test_a_summary_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        summary_of(tmp_path, TERM, CLAIM).alleged[0].incidents = 2  # type: ignore[misc]
