"""Who was looking: what was watched, whose watches count, doors, holes, watches that fail together, and watches that others refute."""

from __future__ import annotations

import itertools
import math
import types
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import Agreement
from servanda.coverage import Coverage, lower_end, read_coverage, upper_end
from servanda.coverage.together import unseen_by_best
from servanda.errors import AgreementError, CoverageError
from servanda.evidence.model import Context, Source
from servanda.findings.queries import slices_of
from servanda.verdicts import Verification
from servanda.verdicts.coverage_words import Door, door_words
from servanda.verdicts.watches import owners_of, with_sides
from tests.build import agreement, examples, instant, judged, reports, words

TEN_DAYS = """agreement: test
title: A test
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
in_force: {from: 2025-03-18, for: 10 days}
MANDATE
places:
  zone: {at: [48.0, 37.0], radius: 50 km}
  depot: {at: [48.1, 37.1], radius: 5 km}
terms:
  fire: {text: No shelling, forbid: {act: shelling, in: zone}}
"""
SPAN = {"from": "2025-03-18", "to": "2025-03-28"}
CAMERA = {
    "id": "camera",
    "who": "Mission",
    "means": "camera",
    "detects": "shelling",
    "in": "zone",
    **SPAN,
    "probability": 0.95,
}
SHELL = {"act": "shelling", "lat": 48.0, "lon": 37.0, "precision_m": 200.0, "actor": "B"}
SEEN = {
    **SHELL,
    "origin": "Satellite",
    "source": "Satellite",
    "side": "none",
    "reliability": "A",
    "kind": "observation",
}


def truce(folder: Path, mandate: str = "") -> Agreement:
    return agreement(folder, TEN_DAYS.replace("MANDATE", f"mandate: {mandate}" if mandate else ""))


def looking(text: Agreement, *watches: dict[str, Any], **more: Any) -> Coverage:
    document = {"coverage": "test", "watches": list(watches), **more}
    return read_coverage([document], text.places, text.vocabulary, text.zone, "test", text.actors)


def run(text: Agreement, rows: list[dict[str, Any]], *watches: dict[str, Any], **more: Any) -> Verification:
    return judged(text, reports(*rows), looking(text, *watches, **more))


def verdict(found: Verification, party: str) -> str:
    return words(found)[("fire", party, None)]


def step(found: Verification, party: str, rule: str) -> str:
    return " ".join(s.text for v in found.verdicts if v.party == party for s in v.steps if s.rule == rule)


# -- what was watched decides ------------------------------------------------------------------------------------


def test_a_place_that_is_watched_all_the_time_is_kept(tmp_path: Path) -> None:
    found = run(truce(tmp_path), [], CAMERA)
    assert {verdict(found, p) for p in "AB"} == {"complied"}
    assert found.verdicts[0].watched is not None
    assert found.verdicts[0].watched.share == 1


def test_two_watches_with_a_common_border_leave_no_hole_along_it(tmp_path: Path) -> None:
    sectors = """  north: {polygon: [[48.07, 36], [49, 36], [49, 38], [48.03, 38]]}
  south: {polygon: [[47, 36], [48.07, 36], [48.03, 38], [47, 38]]}
"""
    text = agreement(tmp_path, TEN_DAYS.replace("MANDATE", "").replace("terms:", f"{sectors}terms:"))
    both = [{**CAMERA, "id": name, "in": name} for name in ("north", "south")]
    found = run(text, [], *both)
    assert {verdict(found, p) for p in "AB"} == {"complied"}
    assert found.verdicts[0].watched is not None
    assert found.verdicts[0].watched.share == 1
    assert {verdict(run(text, [], one), "A") for one in both} == {"undetermined"}


def test_halves_along_a_parallel_leave_no_hole_where_only_one_has_a_vertex(tmp_path: Path) -> None:
    halves = """  wide: {polygon: [[44, 30], [44, 33], [45, 33], [45, 30]]}
  south: {polygon: [[44, 30], [44, 33], [44.5, 33], [44.5, 31], [44.5, 30]]}
  north: {polygon: [[44.5, 30], [44.5, 33], [45, 33], [45, 30]]}
"""
    text = TEN_DAYS.replace("MANDATE", "").replace("terms:", f"{halves}terms:").replace("in: zone", "in: wide")
    made = agreement(tmp_path, text)
    both = [{**CAMERA, "id": name, "in": name} for name in ("north", "south")]
    assert {verdict(run(made, [], *both), p) for p in "AB"} == {"complied"}
    assert {verdict(run(made, [], one), "A") for one in both} == {"undetermined"}


def test_a_hole_every_night_is_a_hole_whatever_the_mean(tmp_path: Path) -> None:
    found = run(truce(tmp_path), [], {**CAMERA, "probability": 0.99, "daily": ["00:00", "22:00"]})
    assert verdict(found, "A") == "undetermined"
    assert found.verdicts[0].coverage == pytest.approx(0.9075)
    assert "nothing was found in the 92 % of place and time that was watched" in step(found, "A", "verdict")
    assert found.verdicts[0].as_data(found.agreement.zone)["coverage"]["unwatched"]["every_day"] == [22, 23]


def test_what_returns_every_night_is_tolerated_by_no_share(tmp_path: Path) -> None:
    text = truce(tmp_path, "{tolerance: {share: 0.95}}")
    assert verdict(run(text, [], {**CAMERA, "daily": ["00:00", "23:50"]}), "A") == "undetermined"
    once = {"outages": [{"from": "2025-03-20T22:00", "to": "2025-03-20T23:50"}]}
    assert verdict(run(text, [], CAMERA, **once), "A") == "complied"


def test_an_hour_that_the_window_cuts_hides_no_hole_that_returns(tmp_path: Path) -> None:
    cut = TEN_DAYS.replace("MANDATE", "mandate: {tolerance: {share: 0.5}}").replace("2025-03-18", "2025-03-18T18:30")
    days = [f"2025-03-{day}" for day in range(18, 29)]
    outages = [{"from": f"{day}T18:00", "to": f"{day}T18:30", "in": "depot"} for day in days]
    text = agreement(tmp_path, cut)
    watch = {**CAMERA, "to": "2025-03-29"}
    assert verdict(run(text, [], watch, outages=outages), "A") == "undetermined"
    assert verdict(run(text, [], watch, outages=outages[:2]), "A") == "complied"


@pytest.mark.parametrize(
    ("tolerance", "word"),
    [
        ("{share: 0.02}", "complied"),
        ("{share: 0.0001}", "undetermined"),
        ("{share: 0.02, area: 10 km2}", "undetermined"),
        ("{share: 0.02, area: 200 km2, time: 2 hours}", "complied"),
        ("{share: 0.02, time: 1 hour}", "undetermined"),
    ],
)
def test_a_mandate_tolerates_holes_up_to_a_share_an_area_and_a_time(tmp_path: Path, tolerance: str, word: str) -> None:
    outage = {"from": "2025-03-20T10:00", "to": "2025-03-20T12:00", "in": "depot"}
    found = run(truce(tmp_path, f"{{tolerance: {tolerance}}}"), [], CAMERA, outages=[outage])
    assert verdict(found, "A") == word


def test_a_tolerance_that_cannot_be_read_is_told_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(AgreementError, match="not an area"):
        truce(tmp_path, "{tolerance: {share: 0.02, area: 10 acres}}")
    with pytest.raises(AgreementError, match="not a duration"):
        truce(tmp_path, "{exposure: a while}")


def test_nothing_is_kept_before_a_day_has_been_watched(tmp_path: Path) -> None:
    text = truce(tmp_path)
    seen = looking(text, CAMERA)
    early = judged(text, reports(), seen, as_of=instant("03-18 12:00"))
    assert verdict(early, "A") == "undetermined"
    assert "24 hours" in step(early, "A", "verdict")
    assert verdict(judged(text, reports(), seen, as_of=instant("03-18 22:30")), "A") == "complied"
    sliced = judged(text, reports(), seen, as_of=instant("03-19 22:30"), by="day").slices
    assert [v.verdict for v in sliced if v.party == "A"] == ["complied", "complied", "undetermined"]
    short = agreement(tmp_path, TEN_DAYS.replace("MANDATE", "").replace("10 days", "6 hours"))
    assert verdict(judged(short, reports(), looking(short, CAMERA)), "A") == "complied"


# -- doors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["B", "Bland", "bland", "B Press"])
def test_whoever_shuts_a_door_is_never_complied_behind_it(tmp_path: Path, by: str) -> None:
    text = truce(tmp_path, "{tolerance: {share: 0.1}}")
    denial = {"watches": "all", "in": "depot", "from": "2025-03-20T10:00", "to": "2025-03-20T12:00", "by": by}
    register = {"B Press": Source("B Press", "B"), "Mission": Source("Mission", "none")}
    owners = owners_of(text, Context(text.zone, sources=register))
    seen = with_sides(looking(text, CAMERA, denials=[denial]), owners, registered=True)
    found = judged(text, reports(), seen)
    assert verdict(found, "B") == "undetermined"
    assert verdict(found, "A") == "complied"
    assert "Bland shut out those who watch: depot" in step(found, "A", "door")


def test_a_door_of_which_no_place_has_a_name_is_told_without_one(tmp_path: Path) -> None:
    case = types.SimpleNamespace(agreement=truce(tmp_path))
    shut = Door("B", (), instant("03-20 10:00"), instant("03-20 12:00"))
    assert "Bland shut out those who watch, between" in door_words(case, shut)  # type: ignore[arg-type]


def test_a_door_that_does_not_meet_the_term_stands_in_nobodys_way(tmp_path: Path) -> None:
    text = truce(tmp_path)
    other = {**CAMERA, "id": "scales", "detects": "delivery", "in": None}
    before = {"from": "2025-03-01", "to": "2025-03-17", "by": "B"}
    unconcerned = {**SPAN, "watches": ["scales"], "by": "B"}
    assert verdict(run(text, [], CAMERA, other, denials=[before, unconcerned]), "B") == "complied"


# -- watches that fail together --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ({}, {}, "undetermined"),  # one operator, one means: one fog hides both
        ({"shares": []}, {"shares": []}, "complied"),
        ({}, {"who": "Other"}, "complied"),
        ({}, {"means": "radar"}, "complied"),
        ({"shares": ["grid", "mast-1"]}, {"who": "Other", "shares": "grid"}, "undetermined"),
    ],
)
def test_watches_with_a_common_cause_count_once(tmp_path: Path, first: Any, second: Any, word: str) -> None:
    one, two = ({**CAMERA, "id": n, "probability": 0.7, **more} for n, more in (("w1", first), ("w2", second)))
    assert verdict(run(truce(tmp_path), [], one, two), "A") == word


chances = st.lists(st.tuples(st.floats(0, 1), st.sets(st.sampled_from("abcde"), max_size=3)), min_size=1, max_size=7)


@examples(150)
@given(chances)
def test_the_best_set_of_independent_watches_is_found_and_one_more_never_lowers_it(watches: Any) -> None:
    missed = [np.array([1 - p, p]) for p, _ in watches]
    causes = tuple(frozenset((name,) for name in names) for _, names in watches)

    def best(n: int) -> list[float]:
        sets = [
            chosen
            for size in range(n + 1)
            for chosen in itertools.combinations(range(n), size)
            if not any(causes[a] & causes[b] for a, b in itertools.combinations(chosen, 2))
        ]
        return [min(math.prod(missed[w][cell] for w in chosen) for chosen in sets) for cell in (0, 1)]

    found = unseen_by_best(missed, causes)
    assert found == pytest.approx(best(len(watches)))
    if len(watches) > 1:
        assert (found <= unseen_by_best(missed[:-1], causes[:-1]) + 1e-12).all()


def test_too_many_ways_to_fail_together_are_a_fault_and_no_long_wait(tmp_path: Path) -> None:
    chain = [{**CAMERA, "id": f"w{n}", "shares": [f"c{n}", f"c{n + 1}"]} for n in range(50)]
    with pytest.raises(CoverageError, match="share causes"):
        looking(truce(tmp_path), *chain)


# -- what a probability is -------------------------------------------------------------------------------------


def test_what_so_many_of_so_many_say_is_clopper_and_pearsons_bound() -> None:
    assert upper_end(0, 7) == pytest.approx(1 - 0.05 ** (1 / 7), abs=1e-6)
    assert lower_end(20, 20) == pytest.approx(0.05 ** (1 / 20), abs=1e-6)
    assert (upper_end(7, 7), lower_end(0, 7)) == (1.0, 0.0)
    p = upper_end(3, 10)
    assert sum(math.comb(10, k) * p**k * (1 - p) ** (10 - k) for k in range(4)) == pytest.approx(0.05, abs=1e-5)
    assert upper_end(40_000, 100_000) == pytest.approx(0.4 + 1.645 * math.sqrt(0.24 / 100_000), abs=1e-4)


def test_the_lower_end_of_an_interval_or_of_trials_counts(tmp_path: Path) -> None:
    text = truce(tmp_path)
    bare = {k: v for k, v in CAMERA.items() if k != "probability"}
    given = looking(
        text, {**CAMERA, "probability": {"low": 0.8, "high": 0.99}}, {**bare, "id": "tried", "trials": [19, 20]}
    )
    assert [w.probability for w in given.watches] == [0.8, lower_end(19, 20)]
    assert given.watches[1].rests_on == "test_shots"
    for wrong in ({"trials": [19, 20]}, {"probability": {"low": 0.9, "high": 0.8}}, {"sees": ["C"]}, {"side": "C"}):
        with pytest.raises(CoverageError):
            looking(text, {**CAMERA, **wrong})
    for wrong in ({}, {"trials": [0, 20]}, {"trials": [21, 20]}):
        with pytest.raises(CoverageError):
            looking(text, {**bare, **wrong})


def test_a_patrol_log_says_the_same_in_columns(tmp_path: Path) -> None:
    text, path = truce(tmp_path), tmp_path / "log.csv"
    path.write_text(
        "watch_id,who,means,detects,place,from,to,probability,seen,of,rests_on,shares,sees,false_alarms,source,side\n"
        "p1,Mission,patrol,shelling,zone,2025-03-18,2025-03-28,,19,20,double_observers,grid;mast,B,0.01,Mission 2,\n"
        "p2,Mission,patrol,shelling,zone,2025-03-18,2025-03-28,0.9,,,,-,,,,A\n"
    )
    one, two = read_coverage([path], text.places, text.vocabulary, text.zone, "test", text.actors).watches
    assert (one.probability, one.rests_on, one.false_alarms) == (lower_end(19, 20), "double_observers", 0.01)
    assert (one.shares, one.sees, one.reports_as) == (frozenset({"grid", "mast"}), frozenset({"B"}), "Mission 2")
    assert (two.probability, two.shares, two.side, two.reports_as) == (0.9, frozenset(), "A", "Mission")


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"in": None, "at": [37.0, 48.0], "radius": "30 km"}, "lies in none of the agreement's places"),
        ({"from": "2024-03-18", "to": "2024-03-28"}, "watches at no time at which a term binds"),
        ({}, ""),
    ],
)
def test_a_watch_that_can_show_nothing_is_told(tmp_path: Path, part: dict[str, Any], told: str) -> None:
    watch = {key: value for key, value in {**CAMERA, **part}.items() if value is not None}
    found = run(truce(tmp_path), [], watch).idle_watches
    assert [(name, why.startswith(told)) for name, why in found] == ([("camera", True)] if told else [])


def test_a_probability_may_be_written_in_percent(tmp_path: Path) -> None:
    text, path = truce(tmp_path), tmp_path / "log.csv"
    path.write_text(
        "watch_id,who,means,detects,place,from,to,probability\np,Mission,patrol,shelling,zone,2025-03-18,2025-03-28,95 %\n"
    )
    assert looking(text, {**CAMERA, "probability": "95%"}).watches[0].probability == 0.95
    interval = {"low": "70%", "high": "90%"}
    assert looking(text, {**CAMERA, "probability": interval}).watches[0].probability == 0.7
    places = text.places
    assert read_coverage([path], places, text.vocabulary, text.zone, "test", text.actors).watches[0].probability == 0.95
    with pytest.raises(CoverageError):
        looking(text, {**CAMERA, "probability": "100%"})


# -- whose watches count --------------------------------------------------------------------------------------


def test_a_watch_that_sees_one_partys_acts_says_nothing_of_the_others(tmp_path: Path) -> None:
    found = run(truce(tmp_path), [], {**CAMERA, "sees": "B"})
    assert (verdict(found, "A"), verdict(found, "B")) == ("undetermined", "complied")
    assert [v.watched.share for v in found.verdicts if v.watched] == [0.0, 1.0]


@pytest.mark.parametrize("whose", [{"who": "A"}, {"who": "aland"}, {"side": "A"}, {"source": "Aland"}])
def test_a_partys_own_watch_earns_it_nothing_and_says_whose_it_is(tmp_path: Path, whose: dict[str, str]) -> None:
    found = run(truce(tmp_path), [], {**CAMERA, **whose})
    assert (verdict(found, "A"), verdict(found, "B")) == ("undetermined", "complied")
    assert "Aland itself" in step(found, "B", "coverage")


def test_what_a_side_alleges_its_own_watch_does_not_answer(tmp_path: Path) -> None:
    claim = {**SHELL, "start": instant("03-20 12:00"), "origin": "A Press", "side": "A"}
    found = run(truce(tmp_path), [claim], {**CAMERA, "who": "A"})
    assert verdict(found, "B") == "undetermined"
    assert found.findings["answered"].to_list() == [False]
    beside = run(truce(tmp_path), [claim], {**CAMERA, "who": "A"}, {**CAMERA, "id": "other"})
    assert verdict(beside, "B") == "complied"
    assert beside.findings["answered"].to_list() == [True]


def test_a_partys_watch_shows_nobody_to_have_left_a_duty_undone(tmp_path: Path) -> None:
    text = agreement(
        tmp_path,
        TEN_DAYS.replace("MANDATE", "").split("terms:")[0]
        + "terms:\n  fire: {text: x, require: {act: withdrawal, in: zone}, deadline: 2025-03-22, binds: [B]}\n",
    )
    watch = {**CAMERA, "detects": "withdrawal"}
    assert verdict(run(text, [], {**watch, "who": "A"}), "B") == "undetermined"
    assert verdict(run(text, [], watch), "B") == "breached"


# -- watches that others refute ---------------------------------------------------------------------------------

SEVEN = [
    {**SEEN, "report_id": f"R{n}", "start": instant(f"03-{20 + n} 12:00"), "incident_id": f"I{n}", "actor": "A"}
    for n in range(7)
]


def test_a_watch_that_missed_seven_of_seven_is_worth_what_that_leaves(tmp_path: Path) -> None:
    found = run(truce(tmp_path), SEVEN, CAMERA)
    assert verdict(found, "B") == "undetermined"
    assert "camera: declared 0.95; of 7 acts that others saw there it reported 0; 0.35 is used" in step(
        found, "B", "checked"
    )
    row = found.watches.row(0, named=True)
    assert (row["declared"], row["seen"], row["of"], row["used"]) == (0.95, 0, 7, upper_end(0, 7))


def test_a_watch_that_reported_what_others_saw_keeps_its_number(tmp_path: Path) -> None:
    same = [{**r, "origin": "Mission", "source": "Mission", "report_id": f"M{r['report_id']}"} for r in SEVEN]
    assert run(truce(tmp_path), [*SEVEN, *same], CAMERA).watches["used"].to_list() == [0.95]
    # in reports of its own, a little later and a little off
    near = [{**r, "incident_id": None, "start": r["start"] + timedelta(minutes=20), "lat": 48.001} for r in same]
    assert run(truce(tmp_path), [*SEVEN, *near], CAMERA).watches["seen"].to_list() == [7]
    named = {**CAMERA, "who": "Somebody", "source": "MISSION"}
    assert run(truce(tmp_path), [*SEVEN, *same], named).watches["used"].to_list() == [0.95]


def test_one_watch_in_many_rows_is_checked_as_one(tmp_path: Path) -> None:
    days = [f"2025-03-{day}" for day in range(18, 29)]
    rows = [{**CAMERA, "id": f"w{a}", "from": a, "to": b} for a, b in itertools.pairwise(days)]
    found = run(truce(tmp_path), SEVEN, *rows)
    assert set(found.watches["used"].to_list()) == {upper_end(0, 7)}
    elsewhere = [{**row, "in": None, "at": [48.0, 37.0], "radius": f"{50 + n} km"} for n, row in enumerate(rows)]
    found = run(truce(tmp_path), SEVEN, *elsewhere)  # a little larger every day: for the eye another place
    assert set(found.watches["used"].to_list()) == {upper_end(0, 7)}


def test_a_bad_watch_is_no_better_for_the_good_ones_of_its_source(tmp_path: Path) -> None:
    near = {**CAMERA, "in": None, "at": [48.0, 37.0], "radius": "10 km"}
    far = {**near, "id": "far", "at": [48.3, 37.0]}
    there = [{**r, "report_id": f"F{n}", "incident_id": f"F{n}", "lat": 48.3} for n, r in enumerate(SEVEN)]
    own = [{**r, "origin": "Mission", "source": "Mission", "report_id": f"M{r['report_id']}"} for r in there]
    found = run(truce(tmp_path), [*SEVEN, *there, *own], near, far)
    assert dict(found.watches.select("watch", "used").iter_rows()) == {
        "camera": upper_end(0, 7),
        "far": upper_end(7, 14),
    }


def test_one_vague_report_of_its_own_answers_for_one_of_seven(tmp_path: Path) -> None:
    vague = {
        **SEVEN[0], "origin": "Mission", "source": "Mission", "report_id": "V", "incident_id": "V", "kind": "claim",
        "reliability": "E", "start": instant("03-18"), "end": instant("03-28"), "precision_m": 250_000.0,
    }  # fmt: skip
    assert run(truce(tmp_path), [*SEVEN, vague], CAMERA).watches["seen"].to_list() == [1]
    assert run(truce(tmp_path), [*SEVEN, {**vague, "quantity": 7.0}], CAMERA).watches["seen"].to_list() == [1]
    sheet = {**vague, "precision_m": 1_000.0, "quantity": 5.0, "end": instant("03-27")}
    assert run(truce(tmp_path), [*SEVEN, sheet], CAMERA).watches["seen"].to_list() == [5]


@pytest.mark.parametrize(
    "change",
    [
        {"side": "A", "origin": "A Press"},  # a party's word
        {"side": None},
        {"reliability": "E", "kind": "claim"},
        {"act": "attack"},  # not surely what it detects
        {"act": "flight"},
        {"precision_m": 60_000.0},  # not surely in its place
        {"lat": 52.0},
        {"start": instant("03-10 12:00")},
        {"origin": "Mission", "source": "Mission"},
    ],
)
def test_a_watch_is_checked_only_by_what_others_confirm_surely_in_its_place_and_time(
    tmp_path: Path, change: Any
) -> None:
    found = run(truce(tmp_path), [{**r, **change} for r in SEVEN], CAMERA)
    assert found.watches["of"].to_list() == [0]


def test_an_outage_that_is_declared_excuses_no_miss(tmp_path: Path) -> None:
    outages = [{"from": f"2025-03-{20 + n}T12:00", "to": f"2025-03-{20 + n}T16:00"} for n in range(7)]
    found = run(truce(tmp_path, "{tolerance: {share: 0.5}}"), SEVEN, CAMERA, outages=outages)
    assert found.watches["of"].to_list() == [7]


def test_a_false_alarm_is_as_likely_as_its_rate_and_time_say(tmp_path: Path) -> None:
    row = run(truce(tmp_path), [], {**CAMERA, "false_alarms": 0.01}).watches.row(0, named=True)
    assert row["false_alarm"] == pytest.approx(1 - math.exp(-0.1), abs=1e-6)
    assert row["times_likelier"] == pytest.approx((1 - 0.05 * math.exp(-0.01)) / (1 - math.exp(-0.01)), abs=0.01)


# -- answered ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("open_end", [False, True])
def test_an_allegation_about_a_watched_day_is_told_to_be_answered_however_little_else_was_watched(
    tmp_path: Path, open_end: bool
) -> None:
    head = TEN_DAYS.replace("MANDATE", "")
    text = agreement(tmp_path, head.replace(", for: 10 days", "") if open_end else head)
    claims = [
        {**SHELL, "report_id": f"C{day}", "origin": "A Press", "side": "A", "start": instant(f"03-{day} 12:00")}
        for day in (19, 25)
    ]
    found = run(text, claims, {**CAMERA, "to": "2025-03-20"})
    assert verdict(found, "B") == "undetermined"
    assert step(found, "B", "answered").startswith("1 of 2 allegations speaks of a place and time that was watched")
    assert "1 allegation is not answered" in step(found, "B", "verdict")
    assert sorted(found.findings["answered"].to_list()) == [False, True]
    assert found.findings.filter(pl.col("party") == "A").is_empty()


def test_an_answered_allegation_is_no_reason_for_an_undetermined_verdict(tmp_path: Path) -> None:
    claim = {**SHELL, "origin": "A Press", "side": "A", "start": instant("03-19 12:00")}
    found = run(truce(tmp_path), [claim], {**CAMERA, "to": "2025-03-20"})
    assert "allegation" not in step(found, "B", "verdict")


SHED = "  shed: {at: [48.1, 37.1], radius: 400 m}\n  but: {all_of: [zone], not_in: [shed]}\n"
IN_THE_SHED = {**SHELL, "lat": 48.1, "lon": 37.1, "precision_m": 10.0, "origin": "A", "source": "A", "side": "A"}


def with_a_shed(folder: Path) -> Agreement:
    return agreement(folder, TEN_DAYS.replace("MANDATE", "").replace("terms:", f"{SHED}terms:"))


@pytest.mark.parametrize("rows", [[], [IN_THE_SHED]], ids=["nothing alleged", "alleged in it"])
def test_a_shed_that_nobody_watches_is_a_hole_however_small(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    text = with_a_shed(tmp_path)
    assert verdict(run(text, rows, {**CAMERA, "in": "but"}), "B") == "undetermined"
    shut = {"in": "shed", **SPAN}
    assert verdict(run(text, rows, CAMERA, outages=[shut]), "B") == "undetermined"
    assert verdict(run(text, rows, CAMERA), "B") == "complied"


def test_a_place_in_parts_or_under_another_name_is_watched_as_a_whole(tmp_path: Path) -> None:
    text = with_a_shed(tmp_path)
    for where in (["but", "shed"], ["zone", "depot"]):
        assert verdict(run(text, [], {**CAMERA, "in": where}), "B") == "complied"
    same = {k: v for k, v in CAMERA.items() if k != "in"} | {"at": [48.0, 37.0], "radius": "50000 m"}
    assert verdict(run(text, [], same), "B") == "complied"


def test_what_looks_at_other_times_changes_nothing_of_a_day(tmp_path: Path) -> None:
    text = truce(tmp_path)
    earlier = {**CAMERA, "id": "earlier", "from": "2025-03-18", "to": "2025-03-20"}
    later = {**CAMERA, "id": "later", "from": "2025-03-24", "to": "2025-03-28", "detects": "assault"}
    outage = {
        "watches": ["later"],
        "in": "zone",
        "from": "2025-03-25",
        "to": "2025-03-26",
        "reason": "x",
    }
    alone = judged(text, reports(SHELL), looking(text, earlier), by="day")
    beside = judged(text, reports(SHELL), looking(text, earlier, later, outages=[outage]), by="day")
    said = {v.window: (v.coverage, v.watched, v.verdict) for v in alone.slices if v.party == "A"}
    assert len(said) == 10
    for v in beside.slices:
        if v.party == "A" and v.window.end <= instant("03-23"):
            assert (v.coverage, v.watched, v.verdict) == said[v.window]


def test_two_terms_of_ten_years_can_be_asked_of_by_days(tmp_path: Path) -> None:
    long = TEN_DAYS.replace("MANDATE", "").replace("10 days}", "3652 days}")
    two = long + "  siege: {text: No assault, forbid: {act: assault, in: zone}}\n"
    assert len(slices_of(agreement(tmp_path, two), "day")) == 2 * 3652


@pytest.mark.parametrize("stance", ["denies", "retracts"])
def test_what_an_observer_says_or_took_back_is_not_told_to_lie_where_nobody_watched(
    tmp_path: Path, stance: str
) -> None:
    source = {"denies": "Other", "retracts": SEEN["source"]}[stance]
    later = {"source": source, "origin": source, "stance": stance, "report_id": "L", "known_at": instant("03-26 12:00")}
    rows = [{**SEEN, "incident_id": "I1"}, {**SEEN, "incident_id": "I1", **later}]
    found = run(truce(tmp_path), rows, CAMERA)
    assert step(found, "B", "answered").startswith("No allegation (of 1) is answered: no watch answers what")
    assert ("by what was taken back" in step(found, "B", "alleged")) == (stance == "retracts")
    assert " 0 origins" not in step(found, "B", "alleged")


# -- traces ------------------------------------------------------------------------------------------------------

CLAIM = {**SHELL, "origin": "A", "source": "A", "side": "A", "kind": "claim", "incident_id": "F1", "report_id": "C"}
FIRE = {**SEEN, "act": "fire", "actor": None, "incident_id": "F1", "report_id": "F"}


@pytest.mark.parametrize(
    ("trace", "said"),
    [(FIRE, "undetermined"), ({**FIRE, "act": "explosion"}, "undetermined"), ({**FIRE, "act": "armed_clash"}, "undetermined"), ({**FIRE, "kind": "claim"}, "complied"), ({**FIRE, "reliability": "E"}, "complied"), ({**FIRE, "side": "A"}, "complied")]
    + [({**FIRE, **other}, "complied") for other in ({"credibility": "5"}, {"quantity": 0.0}, {"incident_id": "F2"}, {"stance": "denies"})],
)  # fmt: skip
def test_no_watch_answers_what_left_a_trace_that_somebody_without_a_side_saw(
    tmp_path: Path, trace: dict[str, Any], said: str
) -> None:
    found = run(truce(tmp_path), [CLAIM, trace], CAMERA)
    assert (verdict(found, "A"), verdict(found, "B")) == ("complied", said)
    row = found.findings.filter((pl.col("incident") == "F1") & (pl.col("party") == "B")).row(0, named=True)
    assert (row["status"], row["answered"]) == ("alleged", said == "complied")
    if said == "undetermined":
        assert step(found, "B", "trace").startswith("Of 1 alleged incident a source without a side saw a trace")
        assert step(found, "B", "verdict").endswith("for a source without a side saw a trace, or a clash, there.")
    else:
        assert not step(found, "B", "trace")


# -- what was seen of others -------------------------------------------------------------------------------------

OF_B = {**SEEN, "incident_id": "F1", "report_id": "S"}
ACCUSES_A = {
    **SHELL,
    "origin": "B",
    "source": "B",
    "side": "B",
    "kind": "claim",
    "actor": "A",
    "incident_id": "F1",
    "report_id": "C",
}


@pytest.mark.parametrize("said", [ACCUSES_A, {**ACCUSES_A, "stance": "denies"}])
def test_who_is_convicted_of_an_act_keeps_nobody_from_compliance_by_naming_him(
    tmp_path: Path, said: dict[str, Any]
) -> None:
    found = run(truce(tmp_path), [OF_B, said], CAMERA)
    assert (verdict(found, "A"), verdict(found, "B")) == ("complied", "breached")
    unwatched = run(truce(tmp_path), [OF_B, said])
    assert (verdict(unwatched, "A"), verdict(unwatched, "B")) == ("undetermined", "breached")


@pytest.mark.parametrize(
    ("more", "a"),
    [
        ({"actor": None}, "complied"),  # the act has one author, and the other observer names him
        ({"actor": "A"}, "undetermined"),  # one observer against another
        ({"actor": "A", "reliability": "E"}, "complied"),
    ],
)
def test_an_allegation_of_what_observers_saw_is_answered_only_where_they_saw_another(
    tmp_path: Path, more: dict[str, Any], a: str
) -> None:
    other = {**OF_B, "origin": "Post", "source": "Post", "report_id": "P", **more}
    assert verdict(run(truce(tmp_path), [OF_B, ACCUSES_A, other], CAMERA), "A") == a


@pytest.mark.parametrize(("actor", "a"), [("B", "complied"), (None, "undetermined")])
def test_what_is_not_settled_is_open_for_those_alone_whom_who_saw_it_names_whomever_others_accuse(
    tmp_path: Path, actor: str | None, a: str
) -> None:
    edge = {**OF_B, "lat": 48.4497, "precision_m": 4000.0, "actor": actor}  # as likely outside of the place as in it
    found = run(truce(tmp_path), [edge, {**ACCUSES_A, "lat": 48.43}], CAMERA)
    assert (verdict(found, "A"), verdict(found, "B")) == (a, "undetermined")


def test_a_trace_that_its_source_takes_back_stands_in_nobodys_way(tmp_path: Path) -> None:
    back = {**FIRE, "stance": "retracts", "report_id": "R", "known_at": instant("03-26 12:00")}
    assert verdict(run(truce(tmp_path), [CLAIM, FIRE, back], CAMERA), "B") == "complied"


def test_no_watch_answers_a_trace_by_day_nor_under_a_cap_nor_where_no_author_is_named(tmp_path: Path) -> None:
    cap = TEN_DAYS.replace("forbid: {act: shelling, in: zone}", "limit: {what: {act: shelling, in: zone}, to: 0}")
    for text in (cap.replace("MANDATE", ""), TEN_DAYS.replace("MANDATE", "mandate: {attribution: false}")):
        found = run(agreement(tmp_path, text), [CLAIM, FIRE], CAMERA)
        assert found.verdicts[-1].verdict == "undetermined"
        assert "trace" in {s.rule for s in found.verdicts[-1].steps}
    text = truce(tmp_path)
    days = judged(text, reports(CLAIM, FIRE), looking(text, CAMERA), by="day").slices
    assert [v.verdict for v in days if v.party == "B" and v.alleged] == ["undetermined"]
    assert {v.verdict for v in days if not v.alleged} == {"complied"}


def test_a_step_says_in_which_hour_of_the_day_more_was_unwatched_than_is_tolerated(tmp_path: Path) -> None:
    text = truce(tmp_path, "{tolerance: {share: 0.06}}")
    gap = {"watches": ["camera"], "from": "2025-03-20T02:00", "to": "2025-03-20T12:00", "reason": "x"}
    (found,) = [v for v in run(text, [], CAMERA, outages=[gap]).verdicts if v.party == "A"]
    (told,) = [step.text for step in found.steps if step.rule == "coverage"]
    assert found.verdict == "undetermined"
    assert "10 % in some hour of the local day, of each of which the mandate tolerates 6 %" in told


def test_what_no_watch_answers_is_not_said_to_be_unwatched(tmp_path: Path) -> None:
    seen = {**CLAIM, "source": "Mission", "origin": "Mission", "side": "none", "kind": "observation", "actor": "B"}
    post = {**seen, "source": "Post", "origin": "Post", "report_id": "P"}
    other = {**seen, "source": "Patrol", "origin": "Patrol", "actor": "A", "report_id": "Q"}
    rows = [{**row, "incident_id": "I"} for row in (seen, post, other)]
    (found,) = [v for v in run(truce(tmp_path), rows, CAMERA).verdicts if v.party == "A"]
    assert (found.verdict, found.alleged) == ("undetermined", 1)
    assert found.steps[-1].text.startswith(
        "undetermined: 1 allegation is not answered, for no watch answers what is contested"
    )


def test_shifts_that_meet_in_the_hour_that_clocks_skip_leave_no_hole(tmp_path: Path) -> None:
    spring = TEN_DAYS.replace("MANDATE", "").replace("2025-03-18", "2025-03-25")
    for at in ("03:00", "03:30"):
        shifts = [{**CAMERA, "id": "day", "daily": [at, "20:00"]}, {**CAMERA, "id": "night", "daily": ["20:00", at]}]
        shifts = [{**shift, "from": "2025-03-25T00:00", "to": "2025-04-04T00:00"} for shift in shifts]
        assert verdict(run(agreement(tmp_path, spring), [], *shifts), "A") == "complied"


def test_the_hour_that_clocks_show_twice_is_watched_by_one_of_two_shifts_that_relieve_each_other(
    tmp_path: Path,
) -> None:
    autumn = TEN_DAYS.replace("MANDATE", "").replace("2025-03-18", "2025-10-20")
    text = agreement(tmp_path, autumn)

    def shifts(at: str, **night: Any) -> list[dict[str, Any]]:
        both = [{"id": "day", "daily": [at, "20:00"]}, {"id": "night", "daily": ["20:00", at], **night}]
        return [{**CAMERA, "from": "2025-10-19T00:00", "to": "2025-11-05T00:00", **shift} for shift in both]

    for at in ("03:00", "03:30"):
        assert verdict(run(text, [], *shifts(at)), "A") == "complied"
        # nobody says that who looks elsewhere, or for something else, took over
        assert verdict(run(text, [], *shifts(at, who="Others")), "A") == "undetermined"
        (day, night) = looking(text, *shifts(at, probability=0.91)).watches
        spells = [sum((t.end - t.start).total_seconds() for t in w.times if t.end and t.start) for w in (day, night)]
        assert sum(spells) == 17 * 86_400 + 3_600
        assert max((t.end - t.start).total_seconds() for t in night.times if t.end and t.start) / 3_600 == (
            8 + (0 if at == "03:00" else 0.5)
        )


def test_an_outage_lasts_until_the_clocks_show_its_end_for_the_second_time(tmp_path: Path) -> None:
    text = agreement(tmp_path, TEN_DAYS.replace("MANDATE", "").replace("2025-03-18", "2025-10-20"))
    said = {"watches": [{**CAMERA, "from": "2025-10-19T00:00", "to": "2025-11-05T00:00"}], "coverage": text.id}
    gap = {"watches": "all", "from": "2025-10-26", "to": "2025-10-27", "daily": ["03:10", "03:40"]}
    (found,) = read_coverage([{**said, "outages": [gap]}], text.places, text.vocabulary, text.zone).gaps
    (spell,) = found.times
    assert spell.start is not None
    assert spell.end is not None
    assert (spell.end - spell.start).total_seconds() == 90 * 60
