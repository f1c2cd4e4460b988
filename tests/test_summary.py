"""The summary of a verification: what each number is said to be follows from what its term owes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from servanda.coverage import Coverage
from servanda.verdicts.summary import Summary, summarise
from tests.build import HEAD, TERM, ZONES, agreement, instant, judged, reports

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
