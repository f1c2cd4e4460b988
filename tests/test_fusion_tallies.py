"""What parts two reports whatever else agrees: counts beside single acts, other weapons, acts, hours, things and places hit, and deeds of two parties."""

from __future__ import annotations

import json
from typing import Any

import pytest

import servanda

AGREEMENT = {
    "agreement": "t",
    "title": "T",
    "timezone": "Europe/Kyiv",
    "parties": {"A": "Aland", "B": "Bland"},
    "in_force": {"from": "2027-03-01T00:00", "for": "90 days"},
    "mandate": {"attribution": True},
    "places": {"zone": {"at": [48.0, 37.8], "radius": "80 km"}},
    "terms": {
        "fire": {"text": "cap", "limit": {"what": {"act": ["shelling"], "in": "zone"}, "to": 44, "per": "1 day"}}
    },
}
OF_THE_DAY = {"start": "2027-03-05T00:00:00+02:00", "end": "2027-03-06T00:00:00+02:00", "precision_km": 5.0}


def told(n: int, source: str, **more: Any) -> dict[str, Any]:
    at = {"lat": 48.01, "lon": 37.81, "precision_km": 1.0, "act": "shelling", "actor": "B", "side": "none"}
    seen = {"kind": "observation", "reliability": "A", "start": "2027-03-05T14:20:00+02:00"}
    return {"report_id": str(n), "source": source, **at, **seen, **more}


def groups(*reports: dict[str, Any]) -> list[list[int]]:
    """The reports by incident, each where it surely is."""
    members = servanda.fuse([*reports], AGREEMENT).members
    best = members.sort("probability", descending=True).unique("report_id", keep="first", maintain_order=True)
    found = best.group_by("incident_id").agg("report_id")["report_id"].to_list()
    return sorted(sorted(map(int, ids)) for ids in found)


@pytest.mark.parametrize(
    ("counted", "right"),
    [
        ({**OF_THE_DAY, "quantity": 44.0}, [[1], [2]]),
        ({**OF_THE_DAY, "quantity": 44.0, "unit": "violation"}, [[1], [2]]),
        ({**OF_THE_DAY, "quantity": 1.0}, [[1, 2]]),
        (OF_THE_DAY, [[1, 2]]),
        ({**OF_THE_DAY, "quantity": 200.0, "unit": "rounds"}, [[1, 2]]),
        ({"start": "2027-03-05T14:00:00+02:00", "end": "2027-03-05T15:00:00+02:00", "quantity": 3.0}, [[1, 2]]),
    ],
)
def test_a_count_of_many_acts_over_hours_is_no_report_of_one_of_them(
    counted: dict[str, Any], right: list[list[int]]
) -> None:
    assert groups(told(1, "Mission", **counted), told(2, "Press")) == right


def test_two_counts_of_one_day_are_one_and_that_of_a_week_is_another() -> None:
    day = {**OF_THE_DAY, "quantity": 12.0}
    week = {**OF_THE_DAY, "start": "2027-03-01T00:00:00+02:00", "end": "2027-03-08T00:00:00+02:00", "quantity": 90.0}
    assert groups(told(1, "Mission", **day), told(2, "Staff", **day), told(3, "Office", **week)) == [[1, 2], [3]]


def test_what_a_count_may_hold_is_not_added_to_it_for_the_least() -> None:
    counted = told(1, "Mission", **OF_THE_DAY, quantity=44.0)
    single = [told(n, "Patrol", start=f"2027-03-05T{hour}:20:00+02:00") for n, hour in ((2, 14), (3, 18))]
    both = told(4, "Radio", start="2027-03-05T14:22:00+02:00")
    verdicts = servanda.verify(AGREEMENT, [counted, *single, both]).to_dict()["verdicts"]
    (found,) = [v for v in verdicts if v["party"] == "B"]
    assert (found["verdict"], found["measure"]["least"], found["measure"]["most"]) == ("undetermined", 44.0, 46.0)


STANDING = {"act": "military_presence", "quantity": 3.0}


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        ("tank", "howitzer", [[1], [2]]),
        ("T-72", "mortar", [[1], [2]]),
        ("T-72", "T-64", [[1, 2]]),  # one kind, and easily mistaken
        ("artillery", "howitzer", [[1, 2]]),
        ("tank", "tank", [[1, 2]]),
        ("tank", None, [[1, 2]]),
    ],
)
def test_what_is_there_of_one_kind_is_not_what_is_there_of_another(
    one: str, other: str | None, right: list[list[int]]
) -> None:
    assert groups(told(1, "Post 1", **STANDING, weapon=one), told(2, "Post 2", **STANDING, weapon=other)) == right


def test_shells_of_one_act_may_be_told_as_of_two_kinds_of_weapon() -> None:
    assert groups(told(1, "Post 1", weapon="mortar"), told(2, "Post 2", weapon="howitzer")) == [[1, 2]]


def test_three_tanks_and_three_howitzers_may_be_six_heavy_weapons() -> None:
    cap = {"text": "cap", "limit": {"what": {"weapon": "heavy_weapon", "in": "zone"}, "to": 4}}
    reports = [told(1, "Post 1", **STANDING, weapon="tank"), told(2, "Post 2", **STANDING, weapon="howitzer")]
    verdicts = servanda.verify({**AGREEMENT, "terms": {"heavy": cap}}, reports).verdicts
    measure = json.loads(verdicts.filter(party="B")["measure"].item())
    assert (measure["least"], measure["most"]) == (3.0, 6.0)


EXACT = {"precision_km": 0.3, "act": "small_arms", "start": "2027-03-05T14:21:00+02:00"}


@pytest.mark.parametrize(
    ("other", "right"),
    [
        ({"act": "mortar_fire", "start": "2027-03-05T14:56:00+02:00"}, [[1], [2]]),
        ({"act": "mortar_fire", "start": "2027-03-05T14:31:00+02:00"}, [[1, 2]]),  # clocks differ as much
        ({"act": "mortar_fire", "start": "2027-03-05T15:00:00+02:00"}, [[1, 2]]),  # a full hour may be half past
        ({"act": "attack", "start": "2027-03-05T14:56:00+02:00"}, [[1, 2]]),
        ({"act": "explosion", "start": "2027-03-05T14:56:00+02:00"}, [[1, 2]]),
        ({"start": "2027-03-05T14:56:00+02:00"}, [[1, 2]]),
        ({"act": "mortar_fire", "start": "2027-03-05T14:40:00+02:00", "end": "2027-03-05T17:40:00+02:00"}, [[1, 2]]),
    ],
)  # fmt: skip
def test_unlike_acts_that_clocks_put_apart_are_two_incidents(other: dict[str, Any], right: list[list[int]]) -> None:
    seen = told(2, "Press", **EXACT) | {"lat": 48.012, **other}
    assert groups(told(1, "Mission", **EXACT), seen) == right


def test_howitzers_and_mortars_are_taken_for_each_other_and_may_be_one_incident() -> None:
    guns = {"act": "artillery_fire", "start": "2027-03-05T14:56:00+02:00"}
    assert groups(told(1, "Mission", **EXACT | {"act": "mortar_fire"}), told(2, "Press", **EXACT | guns)) == [[1, 2]]


def test_two_claims_of_unlike_acts_half_an_hour_apart_do_not_bear_each_other_out() -> None:
    agreement = {**AGREEMENT, "terms": {"fire": {"text": "ban", "forbid": {"act": ["attack"]}}}}
    said = [told(n, source, **EXACT | {"kind": "claim", "reliability": "B", **more}) for n, source, more in ((1, "Gazette", {}), (2, "Echo", {"act": "mortar_fire", "start": "2027-03-05T14:56:00+02:00"}))]  # fmt: skip
    rows = servanda.verify(agreement, said).verdicts.filter(party="B").to_dicts()
    assert [(row["verdict"], row["confirmed"], row["alleged"]) for row in rows] == [("undetermined", 0, 2)]


SHELLED = {"precision_km": 0.3, "start": "2027-03-05T14:21:00+02:00"}
TANKS = {"act": "military_presence", "weapon": "tank", "quantity": 3.0}


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        ({}, {"start": "2027-03-05T17:48:00+02:00"}, [[1], [2]]),
        ({}, {"start": "2027-03-05T16:48:00+02:00"}, [[1, 2]]),  # clocks differ as much
        ({}, {"start": "2027-03-05T17:21:00+02:00"}, [[1, 2]]),  # the same minute in another zone
        ({}, {"start": "2027-03-05T17:51:00+02:00"}, [[1, 2]]),  # in one half an hour off, as India and Afghanistan are
        ({}, {"start": "2027-03-05T17:36:00+02:00"}, [[1], [2]]),
        ({"act": "jamming"}, {"act": "jamming", "start": "2027-03-05T17:48:00+02:00"}, [[1, 2]]),
        ({"act": "home_occupation"}, {"act": "home_occupation", "start": "2027-03-05T17:48:00+02:00"}, [[1, 2]]),
        ({"act": "property_destruction"}, {"act": "property_destruction", "start": "2027-03-05T17:48:00+02:00"}, [[1, 2]]),  # it lies there
        ({}, {"start": "2027-03-05T17:40:00+02:00", "end": "2027-03-05T19:40:00+02:00"}, [[1, 2]]),  # no clock told it
        ({"act": "access_denied", "start": "2027-03-05T09:10:00+02:00"}, {"act": "access_denied", "start": "2027-03-05T12:50:00+02:00"}, [[1], [2]]),
        (TANKS, {**TANKS, "start": "2027-03-05T17:48:00+02:00"}, [[1, 2]]),  # they may stand there all day
        (TANKS, {**TANKS, "act": "deployment", "start": "2027-03-05T14:56:00+02:00"}, [[1, 2]]),
        ({"act": "fire"}, {"act": "fire", "start": "2027-03-05T17:48:00+02:00"}, [[1, 2]]),
        ({"act": "delivery"}, {"act": "delivery", "start": "2027-03-05T17:48:00+02:00"}, [[1], [2]]),
    ],
)  # fmt: skip
def test_what_two_clocks_put_hours_apart_is_two_incidents(one: dict[str, Any], other: dict[str, Any], right: list[list[int]]) -> None:  # fmt: skip
    assert groups(told(1, "Post 1", **SHELLED | one), told(2, "Post 2", **SHELLED | other)) == right


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        ({"target": "hospital"}, {"target": "school"}, [[1], [2]]),
        ({"target": "hospital"}, {"target": "civilian"}, [[1, 2]]),
        ({"target": "hospital"}, {}, [[1, 2]]),
        ({"target": "power_plant"}, {"target": "substation"}, [[1, 2]]),  # taken for each other
        ({"target": "hospital", "precision_km": 1.0}, {"target": "school"}, [[1, 2]]),  # the places may be one
        ({"place_name": "Alder"}, {"place_name": "Birch"}, [[1], [2]]),
        ({"place_name": "Ольхівка"}, {"place_name": "Березівка"}, [[1], [2]]),
        ({"place_name": "Alder"}, {"place_name": "Alder, the school"}, [[1, 2]]),
        ({"place_name": "Kharkiv"}, {"place_name": "Kharkov"}, [[1, 2]]),  # two languages
        ({"place_name": "Alder", "precision_km": 1.0}, {"place_name": "Birch"}, [[1, 2]]),
    ],
)
def test_two_things_or_villages_hit_whose_circles_do_not_meet_are_two_incidents(one: dict[str, Any], other: dict[str, Any], right: list[list[int]]) -> None:  # fmt: skip
    away = {"lat": 48.0182, **other}
    assert groups(told(1, "Post 1", **SHELLED | one), told(2, "Post 2", **SHELLED | away)) == right


@pytest.mark.parametrize(
    ("act", "right"), [("release", [[1], [2]]), ("withdrawal", [[1], [2]]), ("shelling", [[1, 2]])]
)
def test_what_each_party_does_for_itself_is_two_deeds(act: str, right: list[list[int]]) -> None:
    assert groups(told(1, "Post 1", act=act, actor="A"), told(2, "Post 2", act=act)) == right


@pytest.mark.parametrize(
    "more", [{"start": "2027-03-05T17:48:00+02:00"}, {"lat": 48.06, "place_name": "Birch"}, {"lat": 48.05, "target": "school"}]
)  # fmt: skip
def test_two_claims_of_other_hours_villages_or_targets_do_not_bear_each_other_out(more: dict[str, Any]) -> None:
    agreement = {**AGREEMENT, "terms": {"fire": {"text": "ban", "forbid": {"act": ["attack"]}}}}
    claim = {"kind": "claim", "reliability": "B", "place_name": "Alder", "target": "hospital", "start": "2027-03-05T14:21:00+02:00"}  # fmt: skip
    said = [told(1, "Gazette", **claim), told(2, "Echo", **claim | more)]
    rows = servanda.verify(agreement, said).verdicts.filter(party="B").to_dicts()
    assert [(row["verdict"], row["confirmed"], row["alleged"]) for row in rows] == [("undetermined", 0, 2)]


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        ("abduction", "small_arms", [[1], [2]]),
        ("access_denied", "civilian_detention", [[1], [2]]),
        ("fortification", "small_arms", [[1], [2]]),
        ("property_destruction", "shelling", [[1, 2]]),  # one event may be told as either
        ("overflight", "strike_drone", [[1, 2]]),
        ("looting", "aid_obstruction", [[1, 2]]),
        ("sabotage", "service_cut", [[1, 2]]),
        ("small_arms", "threat", [[1, 2]]),  # over heads
        ("violence_against_civilians", "shelling", [[1, 2]]),  # a general word, which may be any
        ("explosion", "abduction", [[1, 2]]),
        ("law_tabled", "law_adopted", [[1], [2]]),
        ("consent_given", "consent_withdrawn", [[1], [2]]),
        ("withdrawal", "release", [[1], [2]]),
        ("access_request", "access_granted", [[1], [2]]),
        ("jamming", "movement_restriction", [[1], [2]]),
        ("access_denied", "movement_restriction", [[1, 2]]),
        ("withdrawal", "storage", [[1, 2]]),
        ("release", "return_of_displaced", [[1, 2]]),  # children brought home
        ("resolution_adopted", "denunciation", [[1, 2]]),
        ("sexual_violence", "abduction", [[1, 2]]),  # one deed may be both
        ("legal_act", "law_adopted", [[1, 2]]),
    ],
)
def test_acts_of_two_heads_and_deeds_of_their_own_are_two_incidents_unless_one_event_may_be_told_as_both(
    one: str, other: str, right: list[list[int]]
) -> None:
    assert groups(told(1, "Post 1", **SHELLED | {"act": one}), told(2, "Post 2", **SHELLED | {"act": other})) == right


def test_who_tells_of_jamming_does_not_bear_out_a_blockade() -> None:
    ban = {"text": "ban", "forbid": {"act": ["jamming", "blockade"]}}
    said = [told(n, source, **SHELLED | {"kind": "claim", "reliability": "B", "act": act}) for n, source, act in ((1, "Gazette", "jamming"), (2, "Echo", "blockade"))]  # fmt: skip
    rows = servanda.verify({**AGREEMENT, "terms": {"ban": ban}}, said).verdicts.filter(party="B").to_dicts()
    assert [(row["verdict"], row["confirmed"], row["alleged"]) for row in rows] == [("undetermined", 0, 2)]
