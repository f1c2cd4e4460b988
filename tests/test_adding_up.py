"""What adds up and what does not: counts, thresholds, many small chances; how far something owed in parts is done."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from servanda.agreement import Agreement
from servanda.agreement.plain_language import say_term
from servanda.coverage import Coverage, Watch
from servanda.report.answers import measure_words
from servanda.values.time import Interval
from servanda.verdicts import Verdict
from servanda.verdicts.across_edges import starved
from servanda.verdicts.kinds.limit import at_once
from servanda.verdicts.occurrences import UNKNOWN
from servanda.verdicts.periods import most_of
from tests.build import HEAD, ZONES, agreement, instant, judged, reports

EDGE = 48.1789  # the north of the disc, from where 4 % and 58 % lie inside at some precisions
LAW = HEAD.replace("in_force", "guarantors: {G: Gland}\nin_force") + ZONES + "terms:\n"
FIRE = "  fire: {text: No shelling, forbid: {act: shelling, in: disc}}\n"


def verdict(text: Agreement, rows: list[dict[str, Any]], term: str, party: str | None, seen: Any = None) -> Verdict:
    run = judged(text, reports(*rows), seen)
    return next(v for v in run.verdicts if (v.term, v.party) == (term, party))


def row(n: int, act: str = "shelling", day: str = "03-20 12:00", **more: Any) -> dict[str, Any]:
    where = {"lat": 48.0, "lon": 37.0, "precision_m": 100.0, "actor": "B", "start": instant(day), "end": instant(day)}
    told = {"origin": "Monitor", "source": "Monitor", "side": "none", "reliability": "A", "kind": "observation"}
    return {"report_id": f"R{n}", "incident_id": f"I{n}", "act": act, **told, **where, **more}


def near_the_edge(least: int, most: int) -> dict[str, float]:
    """A place near the edge of the disc from where the certainty lies between two numbers of per cent."""
    text = agreement(Path(_FOLDER), LAW + FIRE)
    places = [
        {"lat": 48.1799 + metres / 111_195, "lon": 37.0, "precision_m": 12_000.0}
        for metres in range(-12_000, 12_000, 250)
    ]
    found = judged(text, reports(*(row(n, **at) for n, at in enumerate(places)))).findings
    inside = dict(found.group_by("incident").agg(pl.col("probability").max()).iter_rows())
    for n, at in enumerate(places):
        p = inside.get(f"I{n}")
        if isinstance(p, float) and least / 100 <= p <= most / 100:
            return at
    raise AssertionError("no such place")


_FOLDER = ""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    global _FOLDER  # noqa: PLW0603
    _FOLDER = str(tmp_path)


def watched(probability: float = 0.95) -> Coverage:
    codes = frozenset({"shelling", "artillery_fire", "mortar_fire", "rocket_artillery_fire", "tank_fire"})
    times = (Interval(instant("03-17 12:00"), instant("04-20 00:00")),)
    return Coverage((Watch("cam", "Mission", "camera", codes, "", None, times, probability),))


def test_ten_guns_each_more_likely_inside_than_not_do_not_break_a_cap_of_eight(tmp_path: Path) -> None:
    cap = "  cap: {text: Eight, limit: {what: {act: military_presence, in: disc}, to: 8}}\n"
    text = agreement(tmp_path, LAW + cap)
    at = near_the_edge(52, 62)
    guns = [row(n, "military_presence", **at) for n in range(10)]
    found = verdict(text, guns, "cap", "B")
    assert found.verdict == "undetermined"
    assert found.confirmed == 10
    assert 4 <= float(str(found.measure["least"])) <= 7
    assert any("confirmed one by one" in step.text and "independent" in step.text for step in found.steps)


def test_ten_guns_well_inside_break_it(tmp_path: Path) -> None:
    cap = "  cap: {text: Eight, limit: {what: {act: military_presence, in: disc}, to: 8}}\n"
    text = agreement(tmp_path, LAW + cap)
    found = verdict(text, [row(n, "military_presence") for n in range(10)], "cap", "B")
    assert (found.verdict, found.measure["least"]) == ("breached", 10)


def test_who_is_shelled_adds_nothing_to_the_certainty_by_saying_where(tmp_path: Path) -> None:
    cap = "  cap: {text: Eight, limit: {what: {act: military_presence, in: disc}, to: 8}}\n"
    text = agreement(tmp_path, LAW + cap)
    at = near_the_edge(52, 62)
    guns = [row(n, "military_presence", **at) for n in range(10)]
    press = {"origin": "Press A", "source": "Press A", "side": "A", "kind": "claim", "reliability": None}
    told = [row(n, "military_presence", **press, report_id=f"P{n}") for n in range(10)]
    assert verdict(text, [*guns, *told], "cap", "B").verdict == "undetermined"


def guard(at_least: int, more: str = "", then: str = "{effect: sanctions apply again, within: 1 days}") -> str:
    when = f"{{verdict: breached, of: [fire], party: B, at_least: {at_least}{more}}}"
    return FIRE + f"  guard: {{text: It is guarded, when: {when}, then: [{then}]}}\n"


def test_five_breaches_each_more_likely_than_not_set_off_nothing(tmp_path: Path) -> None:
    text = agreement(tmp_path, LAW + guard(5))
    at = near_the_edge(52, 62)
    found = verdict(text, [row(n, day=f"03-{20 + n} 12:00", **at) for n in range(5)], "guard", None)
    assert (found.verdict, found.measure["state"]) == ("not_in_force", "dormant")
    assert any("5 breaches are counted, and 5 asked for" in step.text for step in found.steps)


def test_five_shots_in_five_seconds_are_one_breach_however_they_are_numbered(tmp_path: Path) -> None:
    text = agreement(tmp_path, LAW + guard(5))
    shots = [
        row(n, start=instant(f"03-20 12:00:0{n}"), end=instant(f"03-20 12:00:0{n}"), incident_id=f"own {n}")
        for n in range(5)
    ]
    assert verdict(text, shots, "guard", None).measure["state"] == "dormant"
    apart = [row(n, day=f"03-{20 + n} 12:00") for n in range(5)]
    assert "condition met since" in str(verdict(text, apart, "guard", None).measure["state"])


def test_of_an_effect_nothing_is_said_but_that_its_condition_is_met(tmp_path: Path) -> None:
    text = agreement(tmp_path, LAW + guard(1))
    found = verdict(text, [row(1)], "guard", None)
    assert found.verdict == "undetermined"
    assert found.measure["state"] == "condition met since 2025-03-21T14:00:00+02:00"
    words = " ".join(step.text for step in found.steps)
    assert "says what follows, and binds nobody" in words
    assert "names no author" not in words
    assert not any(said in words for said in ("took effect", "in effect", "void", "complied"))


def test_what_nobody_assessed_does_not_reach_a_severity(tmp_path: Path) -> None:
    head = LAW.replace("places:", "mandate: {severity: [minor, serious, grave]}\nplaces:")
    text = agreement(tmp_path, head + guard(1, ", severity: serious"))
    assert verdict(text, [row(1)], "guard", None).measure["state"] == "dormant"
    said = " ".join(say_term(text, text.texts[0].terms[1]))
    assert "assessed as serious or graver" in said


def test_what_others_saw_a_guarantor_do_late_is_shown_undone(tmp_path: Path) -> None:
    text = agreement(tmp_path, LAW + guard(1, then="{by: G, do: consultation, within: 3 days}"))
    late = row(2, "consultation", "03-23 12:01", actor="G")
    found = verdict(text, [row(1), late], "guard", "G")
    assert (found.verdict, found.measure["state"]) == ("breached", "lapsed")
    assert any("done late" in step.text for step in found.steps)


def test_two_hundred_just_outside_the_edge_stand_in_the_way_of_complied(tmp_path: Path) -> None:
    text = agreement(tmp_path, LAW + FIRE)
    at = near_the_edge(5, 7)
    at["lat"] += 0.012  # a little farther: too little for a finding
    days = [f"03-{20 + n % 9} {n % 24:02}:00" for n in range(200)]
    many = [row(n, day=day, **at) for n, day in enumerate(days)]
    one = verdict(text, many[:1], "fire", "B", watched())
    assert (one.verdict, one.confirmed) == ("complied", 0)
    found = verdict(text, many, "fire", "B", watched())
    assert found.verdict == "undetermined"
    assert any("near the edge; together they make at least one inside all but certain" in s.text for s in found.steps)
    assert 0 < float(str(found.measure["at_least_one_low"])) < 0.05
    assert float(str(found.measure["at_least_one_high"])) > 0.9
    assert "at least one inside" in measure_words(found.measure)


def test_a_hundred_answered_allegations_are_not_all_false(tmp_path: Path) -> None:
    text = agreement(tmp_path, LAW + FIRE)
    press = {"origin": "Press A", "source": "Press A", "side": "A", "kind": "claim", "reliability": None}
    days = [f"03-{20 + n % 9} {n % 24:02}:00" for n in range(100)]
    told = [row(n, day=day, incident_id=None, **press) for n, day in enumerate(days)]
    assert verdict(text, told[:3], "fire", "B", watched(0.93)).verdict == "complied"
    found = verdict(text, told, "fire", "B", watched(0.93))
    assert found.verdict == "undetermined"
    assert any("A watch may have missed what was alleged" in step.text for step in found.steps)


def test_milestones_show_their_degree_and_since_when(tmp_path: Path) -> None:
    milestones = "{minimal: {act: law_tabled}, intermediate: {act: law_adopted}, full: {act: ratification}}"
    text = agreement(
        tmp_path, LAW + f"  law: {{text: Law, require: {{milestones: {milestones}}}, deadline: 2025-04-10}}\n"
    )
    done = [row(1, "law_tabled", "03-20 12:00"), row(2, "law_adopted", "03-25 12:00")]
    found = verdict(text, done, "law", "B")
    assert (found.measure["level"], found.measure["degree"]) == (2, "intermediate")
    assert found.measure["degree_since"] == "2025-03-25T14:00:00+02:00"
    assert "degree: intermediate since" in measure_words(found.measure)
    words = next(step.text for step in found.steps if step.rule == "degree")
    assert "minimal since 2025-03-20" in words


def test_a_quota_shows_its_degree_by_what_came_in_its_own_period(tmp_path: Path) -> None:
    quota = "  lorries: {text: Lorries, require: {act: delivery, at_least: 4, every: 1 day}, until: 2025-03-22}\n"
    text = agreement(tmp_path, LAW + quota)
    came = [row(1, "delivery", "03-18 12:00", quantity=12.0), row(2, "delivery", "03-19 12:00", quantity=1.0)]
    found = verdict(text, came, "lorries", "B")
    assert found.measure["delivered"] == 13
    assert found.measure["degree"] == "minimal", "what came too early or too much makes up for no other day"
    assert pl.Series([found.measure["degree_since"]]).null_count() == 0


def test_whether_vague_breaches_came_within_a_day_is_not_settled() -> None:
    guard = "  guard:\n    text: g\n    when: {verdict: breached, of: [fire], party: B, at_least: 2, within: 24 hours}\n    then:\n      - {effect: sanctions, within: 1 days}\n"
    text = agreement(Path(_FOLDER), LAW + FIRE + guard)
    vague = [row(1, day="03-20 12:00"), row(2, day="03-20 14:00", end=instant("03-22 14:00"))]
    found = verdict(text, vague, "guard", None)
    assert (found.verdict, found.measure) == ("undetermined", {"state": "not settled"})
    far = [row(1, day="03-20 12:00"), row(2, day="03-22 14:00")]
    assert verdict(text, far, "guard", None).verdict == "not_in_force"


def test_one_answer_of_many_that_a_watch_may_have_missed_breaches_nothing() -> None:
    law = LAW.replace("guarantors", "bodies: {M: the Hub}\nguarantors")
    law += "  access: {text: x, respond: {to: {act: access_request, by: M}, with: {act: access_granted}, within: 2 hours}, binds: B}\n"
    asked = [
        row(n, "access_request", f"03-{19 + n} 09:00", actor="M", toward="B", origin="Third", source="Third")
        for n in range(10)
    ]
    given = [row(50 + n, "access_granted", f"03-{19 + n} 10:00") for n in range(10)]
    times = (Interval(instant("03-17 12:00"), instant("04-20 00:00")),)
    seen = Coverage((Watch("cam", "Monitor", "camera", frozenset({"access_granted"}), "", None, times, 0.9),))
    text = agreement(Path(_FOLDER), law)
    assert judged(text, reports(*asked, *given[1:]), seen).verdicts[0].verdict == "undetermined"
    assert judged(text, reports(*asked, *given[5:]), seen).verdicts[0].verdict == "breached", (
        "five are too many to miss"
    )


def test_a_deed_is_undone_only_where_its_watch_is_as_certain_as_the_mandate_asks() -> None:
    law = LAW.replace("terms:", "mandate: {standard: STANDARD}\nterms:")
    law += "  leave: {text: x, require: {act: withdrawal, in: disc}, deadline: 2025-03-25, binds: B}\n"
    times = (Interval(instant("03-01 12:00"), instant("04-20 00:00")),)
    seen = Coverage((Watch("cam", "Mission", "camera", frozenset({"withdrawal"}), "", None, times, 0.9),))
    for standard, word in (("balance_of_probabilities", "breached"), ("beyond_reasonable_doubt", "undetermined")):
        text = agreement(Path(_FOLDER), law.replace("STANDARD", standard))
        assert next(v for v in judged(text, reports(row(1))[:0], seen).verdicts).verdict == word


def test_no_number_of_amounts_that_are_not_known_is_too_many_to_be_added() -> None:
    many, day = 10_000, instant("03-20")
    rows = pl.DataFrame({"start": [day] * many, "end": [day] * many, "high": [UNKNOWN] * many})
    assert at_once(rows) == many * UNKNOWN
    assert most_of(rows, [Interval(day, day + timedelta(days=1))]) == [many * UNKNOWN]
    assert starved(rows.with_columns(first=0, last=0), [many * UNKNOWN]) is None
