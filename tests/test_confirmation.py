"""What confirms and what does not: whose word binds, what weighs, contrary evidence, standards of proof, attribution, imputation, pleas."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import shapely
import yaml

from servanda import testing
from servanda.agreement import read_agreement
from servanda.app.verify import verify_files
from servanda.coverage import Coverage, Gap, Watch
from servanda.errors import EvidenceError
from servanda.evidence.register import read_register
from servanda.report import render
from servanda.testing.builders import AGREEMENT
from servanda.values.files import NamedBytes
from servanda.values.time import Interval
from servanda.verdicts import Verification
from servanda.verdicts.findings_table import STATUSES
from tests.build import judged, reports

NOON = datetime(2025, 3, 20, 12, tzinfo=UTC)
ACT: dict[str, Any] = {"act": "mortar_fire", "target": None, "incident_id": "I1", "start": NOON, "end": NOON}
SEEN = {**ACT, "side": "none", "kind": "observation", "reliability": "A"}
TOLD = {**ACT, "side": "none", "kind": "claim", "reliability": "C"}


def truce(mandate: dict[str, Any] | None = None, **clause: Any) -> Any:
    fire = {"text": "No fire", "forbid": {"act": "attack", "in": "zone"}, **clause}
    return testing.agreement(terms={"fire": fire}, mandate=mandate or {})


def by(origin: str, row: dict[str, Any], **more: Any) -> dict[str, Any]:
    bound = {"Aland": "A", "Bland": "B", "b": "B"}.get(origin)
    return {**row, "source": origin, "origin": origin, "speaks_for": bound, "directness": 2, **more}


def run(*rows: dict[str, Any], mandate: dict[str, Any] | None = None, coverage: Any = None, **clause: Any) -> Any:
    return judged(truce(mandate, **clause), reports(*rows), coverage)


def verdicts(found: Verification) -> dict[str, str]:
    return {str(v.party): v.verdict for v in found.verdicts}


def statuses(found: Verification) -> set[tuple[str | None, str]]:
    return set(found.findings.select("party", "status").iter_rows())


def steps(found: Verification, party: str) -> str:
    return " ".join(step.text for v in found.verdicts if v.party == party for step in v.steps)


def camera(who: str = "Mission", start: int = 0, days: int = 60, probability: float = 0.95) -> Coverage:
    begun = datetime(2025, 3, 17, 22, tzinfo=UTC) + timedelta(days=start)
    acts = frozenset(truce().vocabulary.acts.codes)
    times = (Interval(begun, begun + timedelta(days=days)),)
    return Coverage((Watch("w", who, "camera", acts, "", None, times, probability),))


# -- whose word binds -------------------------------------------------------------------------------------------


def test_a_party_under_its_own_name_admits_and_so_does_who_speaks_for_it() -> None:
    head = "report_id,source,speaks_for,start,lat,lon,precision_km,act,actor\n"
    for who in ("Bland,", "b,", "General Staff,B"):
        table = NamedBytes("r.csv", f"{head}R1,{who},2025-03-20T12:00Z,48,37,0.1,mortar_fire,B\n".encode())
        assert verdicts(verify_files(truce(), [table], [])) == {"A": "undetermined", "B": "breached"}, who
    table = NamedBytes("r.csv", f"{head}R1,Staff,Z,2025-03-20T12:00Z,48,37,0.1,mortar_fire,B\n".encode())
    assert verify_files(truce(), [table], []).ingest.quarantine["code"].to_list() == ["EVD132"]


def test_an_unknown_actor_is_told_where_other_names_are_entered() -> None:
    table = NamedBytes("r.csv", b"report_id,source,start,act,actor\nR1,Staff,2025-03-20T12:00Z,mortar_fire,Wolves\n")
    (row,) = verify_files(truce(), [table], []).ingest.quarantine.to_dicts()
    assert (row["code"], "'actors:' in the register of sources" in row["hint"]) == ("EVD132", True)


def test_others_of_its_side_are_one_origin_against_it_and_never_enough() -> None:
    clubs = [by(f"Club {n}", ACT, side="B", actor="B") for n in range(9)]
    assert statuses(run(*clubs)) == {("B", "alleged")}
    assert verdicts(run(*clubs, by("Outlet", TOLD, actor="B")))["B"] == "breached"
    graded_down = [{**row, "reliability": "E"} for row in clubs]
    assert verdicts(run(*graded_down, by("Outlet", TOLD, actor="B")))["B"] == "undetermined"
    against_the_other = [by("Club", ACT, side="A", actor="B"), by("Outlet", TOLD, actor="B")]
    assert verdicts(run(*against_the_other))["B"] == "undetermined"


def test_the_register_says_who_speaks_for_whom_and_must_not_contradict_itself() -> None:
    def register(text: str) -> Any:
        return read_register(NamedBytes("s.yaml", text.encode()), {"A": "Aland", "B": "Bland"})

    source = register("sources: {Staff: {speaks_for: B, means: radio}}").sources["Staff"]
    assert (source.side, source.speaks_for, source.means) == ("B", "B", "radio")
    with pytest.raises(EvidenceError, match="speaks for B and is said to be on the side 'A'"):
        register("sources: {Staff: {speaks_for: B, side: A}}")
    with pytest.raises(EvidenceError, match="not a valid party"):
        register("sources: {Staff: {speaks_for: C}}")
    levels = register("actors: {Band: B, Corps: {party: B, level: controlled}}")
    assert (dict(levels.actors), dict(levels.levels)) == (
        {"Band": "B", "Corps": "B"},
        {"Band": "unknown", "Corps": "controlled"},
    )
    with pytest.raises(EvidenceError, match="not a valid level"):
        register("actors: {Corps: {party: B, level: mine}}")


def test_with_a_register_no_row_says_for_itself_whose_word_it_is() -> None:
    rows = "report_id,source,speaks_for,side,start,lat,lon,precision_km,act,actor\n"
    rows += "R1,Club,B,B,2025-03-20T12:00Z,48.0,37.0,0.1,mortar_fire,B\n"
    table = NamedBytes("r.csv", rows.encode())
    assert verdicts(verify_files(truce(), [table], []))["B"] == "breached"
    register = NamedBytes("s.yaml", b"sources: {Club: {side: B}}")
    assert verdicts(verify_files(truce(), [table, register], []))["B"] == "undetermined"


# -- retraction -------------------------------------------------------------------------------------------------


def test_an_admission_taken_back_stays_open_for_who_made_it_and_for_nobody_else() -> None:
    admitted = by("Bland", ACT, side="B", actor="B")
    back = {**admitted, "stance": "retracts", "summary": "a slip of the pen", "known_at": NOON + timedelta(days=1)}
    found = run(admitted, back, coverage=camera())
    assert verdicts(found) == {"A": "complied", "B": "undetermined"}
    assert found.findings.filter("withdrawn").select("party", "status", "answerable").rows() == [("B", "open", False)]
    assert "Bland on 2025-03-21T14:00:00+02:00, a slip of the pen" in steps(found, "B")
    assert found.incidents["withdrawn_by"].to_list() == ["Bland, 2025-03-21 12:00Z: a slip of the pen"]


def test_an_admission_is_not_thinned_out_by_saying_more() -> None:
    admitted = by("Bland", ACT, side="B", actor="B")
    elsewhere = [{**admitted, "lat": 60.0 + n / 10} for n in range(30)]
    assert verdicts(run(admitted, *elsewhere, coverage=camera()))["B"] == "breached"
    back = {**admitted, "stance": "retracts"}
    assert verdicts(run(admitted, *elsewhere, back, coverage=camera()))["B"] == "undetermined"


def test_who_speaks_against_his_own_side_undoes_nothing_by_accusing_another_too() -> None:
    admitted = by("Bland", ACT, side="B", actor="B")
    assert verdicts(run(admitted, {**admitted, "actor": "A"}, coverage=camera())) == {"A": "complied", "B": "breached"}
    back = {**admitted, "stance": "retracts"}
    assert verdicts(run(admitted, {**admitted, "actor": "A"}, back, coverage=camera()))["B"] == "undetermined"
    press, blog = by("Press", ACT, actor="B", side="none"), by("Blog", ACT, side="B", actor="B")
    assert verdicts(run(press, blog, {**blog, "actor": "A"}, coverage=camera()))["B"] == "breached"
    far = {**blog, "lat": 60.0}
    assert verdicts(run(press, far, {**blog, "actor": "A"}, coverage=camera()))["B"] != "breached"


def test_an_observation_withdrawn_confirms_no_longer_and_stays_open() -> None:
    seen = by("Mission", SEEN, actor="B")
    found = run(seen, {**seen, "stance": "retracts"}, coverage=camera())
    assert verdicts(found) == {"A": "undetermined", "B": "undetermined"}
    assert found.findings.filter(pl.col("status") == "open")["withdrawn"].to_list() == [True]


def test_a_claim_against_others_is_taken_back_whole() -> None:
    claim = by("Aland", ACT, side="A", actor="B")
    assert statuses(run(claim, {**claim, "stance": "retracts"})) == set()


def later(row: dict[str, Any], hours: float, **more: Any) -> dict[str, Any]:
    return {**row, "known_at": NOON + timedelta(hours=hours), **more}


def test_what_its_origin_says_again_after_it_took_it_back_stands() -> None:
    claim = later(by("Press", TOLD, actor="B"), 1)
    back = later(claim, 2, stance="retracts")
    assert statuses(run(claim, back)) == set()
    assert statuses(run(claim, back, later(claim, 3))) == {("B", "alleged"), ("B", "open")}
    at_once, undated = later(claim, 2), later(claim, 3, known_at=None)
    relayed, back_again = later(claim, 3, source="Radio", directness=1), later(claim, 4, stance="retracts")
    for others in ([at_once], [undated], [relayed], [later(claim, 3), back_again]):
        assert statuses(run(claim, back, *others)) == set(), others


def test_who_corrects_whose_it_was_accuses_him_alone_whom_it_names_since() -> None:
    seen = later(by("Mission", SEEN, actor="B"), 1)
    back = later(seen, 2, stance="retracts")
    found = run(seen, back, later(seen, 3, actor="A"), coverage=camera())
    assert statuses(found) == {("A", "confirmed")}
    assert verdicts(found) == {"A": "breached", "B": "complied"}
    assert found.incidents.select("origins", "withdrawn_by").rows() == [(1, None)]
    assert found.findings["origins"].to_list() == [1]
    unsure = run(seen, back, later(seen, 3, actor="A", reliability="C"), coverage=camera())
    assert verdicts(unsure) == {"A": "undetermined", "B": "undetermined"}
    assert verdicts(run(seen, back, later(seen, 3), coverage=camera()))["B"] == "breached"


def test_nobody_undoes_his_admission_by_taking_it_back_and_accusing_another() -> None:
    admitted = later(by("Bland", ACT, side="B", actor="B"), 1)
    back = later(admitted, 2, stance="retracts")
    assert verdicts(run(admitted, back, later(admitted, 3, actor="A"), coverage=camera()))["B"] == "undetermined"
    assert verdicts(run(admitted, back, later(admitted, 3), coverage=camera()))["B"] == "breached"


def test_an_observer_who_logs_every_round_in_its_own_words_is_not_punished_for_those_outside() -> None:
    inside = by("Mission", SEEN, actor="B")
    outside = [{**inside, "lat": 60.0 + n / 10} for n in range(20)]
    earlier = [{**inside, "start": NOON - timedelta(days=9, hours=n), "end": NOON} for n in range(20)]
    for rounds in (outside, earlier):
        assert verdicts(run(inside, *rounds, coverage=camera())) == {"A": "complied", "B": "breached"}
        assert verdicts(run(*rounds, inside, coverage=camera()))["B"] == "breached"
    assert verdicts(run(*outside, coverage=camera()))["B"] == "complied"


def test_of_what_others_say_an_origin_said_the_versions_are_averaged() -> None:
    relayed = {**by("Mission", SEEN, actor="B"), "source": "Daily", "directness": 1}
    moved = [{**relayed, "lat": 60.0 + n / 10} for n in range(2)]
    assert verdicts(run(relayed))["B"] == "breached"
    assert verdicts(run(relayed, *moved))["B"] == "undetermined"


# -- weight -----------------------------------------------------------------------------------------------------


def test_what_is_passed_on_unchanged_without_an_id_is_one_incident_told_by_one() -> None:
    rows = [
        by("Wire", {**TOLD, "incident_id": None}, report_id=f"R{n}", source=f"Paper {n}", actor="B") for n in range(3)
    ]
    found = run(*rows).findings
    assert set(found.select("party", "status", "reports", "origins").iter_rows()) == {
        ("B", "alleged", 3, 1),
        ("B", "open", 3, 1),
    }
    assert found.height == 2


@pytest.mark.parametrize("grade", ["D", "E", "F"])
def test_low_grades_never_make_two_and_open_nothing_yet_do_not_vanish(grade: str) -> None:
    blogs = [by(f"Blog {n}", TOLD, reliability=grade) for n in range(4)]
    found = run(*blogs, coverage=camera())
    assert verdicts(found) == {"A": "complied", "B": "complied"}
    assert statuses(found) == {(None, "below")}
    accusing = run(*[{**row, "actor": "B"} for row in blogs])
    assert statuses(accusing) == {("B", "alleged")}


def test_what_nobody_graded_weighs_and_f_where_the_mandate_lists_it() -> None:
    two = [by(f"Outlet {n}", TOLD, actor="B", reliability=None) for n in range(2)]
    assert verdicts(run(*two))["B"] == "breached"
    unjudged = [{**row, "reliability": "F"} for row in two]
    assert verdicts(run(*unjudged))["B"] == "undetermined"
    lists_f = {"confirm": {"weighing": ["A", "B", "C", "F"]}}
    assert verdicts(run(*unjudged, mandate=lists_f))["B"] == "breached"


def test_what_is_improbable_or_cannot_be_judged_never_confirms() -> None:
    for digit, status in (("5", "below"), ("6", "open")):
        seen = [by(f"Mission {n}", SEEN, credibility=digit) for n in range(3)]
        assert statuses(run(*seen)) == {(None, status)}
        assert "breached" not in verdicts(run(*[{**row, "actor": "B"} for row in seen])).values()


# -- contrary evidence ------------------------------------------------------------------------------------------


def test_observers_who_deny_are_weighed_against_those_who_saw() -> None:
    saw = [by(f"Post {n}", SEEN, actor="B") for n in range(2)]
    deny = [by(f"Visitor {n}", SEEN, actor=None, stance="denies") for n in range(2)]
    found = run(*saw, deny[0])
    assert verdicts(found)["B"] == "breached"
    assert "2 saw it, 1 denies it" in steps(found, "B")
    found = run(*saw, *deny)
    assert verdicts(found) == {"A": "undetermined", "B": "undetermined"}
    row = found.findings.filter(pl.col("status") == "open").row(0, named=True)
    assert (row["contested"], row["observers"], row["observers_against"], row["answerable"]) == ("act", 2, 2, False)
    told = [by(f"Blog {n}", SEEN, actor=None, stance="denies", reliability="E") for n in range(5)]
    assert verdicts(run(*saw, *told))["B"] == "breached"


def test_a_denial_of_who_has_no_side_accuses_nobody_whom_it_names() -> None:
    nothing = by("Mission", SEEN, actor="B", stance="denies")
    assert verdicts(run(nothing, coverage=camera()))["B"] == "complied"
    assert not statuses(run(nothing))
    unknown = by("Somebody", {**ACT, "side": None, "kind": "claim"}, actor="B", stance="denies")
    assert not statuses(run(unknown))
    told = by("Aland", ACT, side="A", actor="B")
    assert verdicts(run(told, nothing, coverage=camera()))["B"] == "complied"
    saw = by("Post", SEEN, actor="B")
    assert statuses(run(saw, nothing)) == {("B", "alleged"), ("B", "open")}  # it still contests
    blames = by("Aland", ACT, side="A", actor="B", stance="denies")
    assert statuses(run(blames)) == {("B", "alleged")}  # not we, they


def test_an_admission_that_an_observer_denies_is_open_for_who_made_it() -> None:
    admitted = by("Bland", ACT, side="B", actor="B")
    denied = by("Mission", SEEN, stance="denies", actor=None)
    found = run(admitted, denied, coverage=camera())
    assert verdicts(found) == {"A": "complied", "B": "undetermined"}


def test_who_shows_by_his_own_watches_that_he_could_not_see_denies_nothing() -> None:
    saw, denied = by("Mission", SEEN, actor="B"), by("Post", SEEN, stance="denies", actor=None)
    assert verdicts(run(saw, denied))["B"] == "undetermined"
    assert verdicts(run(saw, denied, coverage=camera("Post", days=1)))["B"] == "breached"
    assert verdicts(run(saw, denied, coverage=camera("Post", days=9)))["B"] == "undetermined"


def test_who_cannot_detect_the_act_or_whose_watch_was_out_denies_nothing() -> None:
    saw, denied = by("Mission", SEEN, actor="B"), by("Post", SEEN, stance="denies", actor=None)
    (watch,) = camera("Post").watches
    mines = replace(watch, detects=frozenset({"mine_laying"}))
    assert verdicts(run(saw, denied, coverage=Coverage((mines,))))["B"] == "breached"
    assert verdicts(run(saw, denied, coverage=Coverage((mines, replace(watch, id="other")))))["B"] == "undetermined"
    for share, hours, verdict in ((1.0, 24, "breached"), (0.9, 24, "undetermined"), (1.0, -1, "undetermined")):
        times = (Interval(NOON - timedelta(days=1), NOON + timedelta(hours=hours)),)
        outage = Gap("outage", frozenset({"w"}), "", None, times, share)
        assert verdicts(run(saw, denied, coverage=Coverage((watch,), (outage,))))["B"] == verdict


def test_a_vague_denial_is_tried_at_the_place_and_time_of_the_incident() -> None:
    saw = by("Mission", SEEN, actor="B")
    (watch,) = camera("Post").watches
    far = replace(watch, where=shapely.Point(saw.get("lon", 37.0) + 6, 48.0).buffer(0.1))
    late = replace(watch, times=(Interval(NOON + timedelta(days=4), NOON + timedelta(days=5)),))
    vague = by("Post", SEEN, stance="denies", actor=None, precision_m=1_000_000.0)
    whole_week = by("Post", SEEN, stance="denies", actor=None, end=NOON + timedelta(days=7))
    for denied, elsewhere in ((vague, far), (whole_week, late)):
        assert verdicts(run(saw, denied, coverage=Coverage((watch,))))["B"] == "undetermined"
        assert verdicts(run(saw, denied, coverage=Coverage((elsewhere,))))["B"] == "breached"


def test_two_authors_of_one_shell_exclude_each_other_and_both_are_named() -> None:
    found = run(by("Mission", SEEN, actor="A"), by("Second", SEEN, actor="B"))
    assert verdicts(found) == {"A": "undetermined", "B": "undetermined"}
    assert set(found.findings["contested"]) == {"author"}
    assert "A (by 1 observer) and B (by 1 observer)" in steps(found, "A")
    found = run(*[by(f"Mission {n}", SEEN, actor="A") for n in range(2)], by("Second", SEEN, actor="B"))
    assert verdicts(found) == {"A": "breached", "B": "undetermined"}


def test_two_pairs_of_outlets_that_name_two_authors_convict_neither() -> None:
    rows = [by(f"Outlet {party}{n}", TOLD, actor=party) for party in "AB" for n in range(2)]
    assert "breached" not in verdicts(run(*rows)).values()


def test_nobody_clears_another_by_admitting_his_deed() -> None:
    neutral = [by(f"Outlet {n}", TOLD, actor="A") for n in range(2)]
    assert verdicts(run(*neutral, by("Bland", ACT, side="B", actor="B"))) == {"A": "breached", "B": "undetermined"}
    own = by("Club", ACT, side="B", actor="B")
    mixed = [*neutral, own, by("Third", TOLD, actor="B")]
    assert verdicts(run(*mixed)) == {"A": "breached", "B": "undetermined"}


def test_an_exchange_of_fire_is_called_one_and_breaches_nobody_who_may_have_answered() -> None:
    clash = {**SEEN, "act": "armed_clash"}
    found = run(by("Mission", clash, actor="A"), by("Second", clash, actor="B"))
    assert verdicts(found) == {"A": "undetermined", "B": "undetermined"}
    assert found.findings.filter(pl.col("status") == "alleged")["exchange"].to_list() == [True, True]
    assert "an exchange" in steps(found, "A")
    # more observers on the one side than on the other: it is that side's, as of any act
    more = run(*(by(f"Post {n}", clash, actor="A") for n in range(3)), by("Second", clash, actor="B"))
    assert verdicts(more) == {"A": "breached", "B": "undetermined"}


def test_presence_of_two_sides_in_one_incident_is_both_sides() -> None:
    presence = {**SEEN, "act": "military_presence"}
    found = run(
        by("Mission", presence, actor="A"),
        by("Second", presence, actor="B"),
        forbid={"act": "military_presence", "in": "zone"},
    )
    assert verdicts(found) == {"A": "breached", "B": "breached"}


def test_one_observer_may_see_two_sides_present_and_each_only_where_it_sees_it() -> None:
    forbids = {"forbid": {"act": "military_presence", "in": "zone"}}
    a, b = (by("Mission", {**SEEN, "act": "military_presence"}, actor=actor) for actor in "AB")
    assert verdicts(run(a, b, **forbids)) == {"A": "breached", "B": "breached"}
    assert verdicts(run(a, {**b, "lat": 60.0}, **forbids)) == {"A": "breached", "B": "undetermined"}
    shells = [by("Mission", SEEN, actor=actor) for actor in "AB"]
    assert verdicts(run(*shells, coverage=camera())) == {"A": "undetermined", "B": "undetermined"}


# -- standards of proof -----------------------------------------------------------------------------------------


def test_each_standard_asks_for_its_kind_of_evidence() -> None:
    one = [by("Post", SEEN, actor="B", means="camera", basis="crater")]
    same = [*one, by("Second", SEEN, actor="B", means="camera", basis="track")]
    other = [*one, by("Second", SEEN, actor="B", means="patrol", basis="track")]
    untraced = [{**row, "basis": "saw_firing"} for row in other]
    silent = [{**row, "basis": None} for row in other]
    single = [by("Outlet", TOLD, actor="B")]
    expected = {
        "reasonable_suspicion": (single, one, same, other, untraced, silent),
        "reasonable_grounds": (one, same, other, untraced, silent),
        "balance_of_probabilities": (one, same, other, untraced, silent),
        "clear_and_convincing": (other, untraced, silent),
        "beyond_reasonable_doubt": (other,),
    }
    for standard, enough in expected.items():
        for rows in (single, one, same, other, untraced, silent):
            word = verdicts(run(*rows, mandate={"standard": standard}))["B"]
            assert (word == "breached") == (rows in enough), (standard, rows)


def test_contrary_evidence_counts_under_every_standard_but_suspicion() -> None:
    rows = [by(f"Post {n}", SEEN, actor="B", means=str(n), basis="crater") for n in range(3)]
    denied = by("Visitor", SEEN, actor=None, stance="denies")
    words = {
        standard: verdicts(run(*rows, denied, mandate={"standard": standard}))["B"]
        for standard in ("reasonable_suspicion", "balance_of_probabilities", "clear_and_convincing")
    }
    assert list(words.values()) == ["breached", "breached", "undetermined"]
    assert verdicts(run(rows[0], denied, mandate={"standard": "reasonable_suspicion"}))["B"] == "breached"


def test_under_the_strict_standards_an_admission_only_gives_the_author() -> None:
    strict = {"standard": "clear_and_convincing"}
    admitted = by("Bland", ACT, side="B", actor="B")
    seen = [by(f"Post {n}", SEEN, means=str(n), actor=None) for n in range(2)]
    assert verdicts(run(admitted, mandate=strict))["B"] == "undetermined"
    assert verdicts(run(*seen, mandate=strict))["B"] == "undetermined"
    assert verdicts(run(admitted, *seen, mandate=strict))["B"] == "breached"


def test_the_certainty_of_place_and_time_can_be_set_by_itself() -> None:
    half = by(
        "Mission",
        SEEN,
        actor="B",
        start=datetime(2025, 3, 16, 22, tzinfo=UTC),
        end=datetime(2025, 3, 18, 22, tzinfo=UTC),
    )
    assert verdicts(run(half))["B"] == "undetermined"
    assert verdicts(run(half, mandate={"certainty": 0.4}))["B"] == "breached"
    assert truce({"standard": 0.7}).mandate.rule == truce().mandate.rule


# -- attribution and imputation ---------------------------------------------------------------------------------


def test_what_is_open_is_open_for_those_alone_whom_all_who_tell_of_it_name() -> None:
    civilians = {"act": "attack", "target": ["civilian"], "in": "zone"}  # what was hit nobody says

    def judge(*rows: dict[str, Any]) -> Verification:
        found: Verification = run(*rows, coverage=camera(), forbid=civilians)
        return found

    named = by("Mission", SEEN, actor="B")
    assert verdicts(judge(named)) == {"A": "complied", "B": "undetermined"}
    assert "open" not in steps(judge(named), "A")
    for nobodys in ({"actor": None}, {"attributes": "direction"}, {"imputation": "private"}):
        assert verdicts(judge(named | nobodys)) == {"A": "undetermined", "B": "undetermined"}, nobodys
    assert verdicts(judge(named, by("Second", SEEN, actor=None)))["A"] == "undetermined"
    assert verdicts(judge(named, by("Second", SEEN, actor="A"))) == {"A": "undetermined", "B": "undetermined"}
    party = judge(named, by("Bland", ACT, side="B", actor="A"))
    assert statuses(party) == {("B", "alleged"), ("B", "open"), ("A", "alleged")}
    gone = judge(named, by("Mission", SEEN, actor="B", stance="retracts"))
    assert verdicts(gone) == {"A": "undetermined", "B": "undetermined"}


def test_one_says_what_was_hit_and_another_who_fired() -> None:
    civilians = {"act": "attack", "target": ["civilian"], "in": "zone"}

    def judge(*rows: dict[str, Any], **mandate: Any) -> dict[str, str]:
        return verdicts(run(*rows, forbid=civilians, mandate=mandate))

    hit = by("Mission", {**SEEN, "target": "school"}, actor=None)
    battery, owned = by("Post", SEEN, actor="B"), by("Bland", ACT, side="B", actor="B")
    assert judge(hit, battery)["B"] == judge(hit, owned)["B"] == "breached"
    told = [by(name, TOLD, actor="B") for name in ("One", "Two")]
    assert judge(hit, *told)["B"] == "breached"
    assert judge(hit, told[0])["B"] == "undetermined"  # by the standard, as ever
    assert judge(battery, owned)["B"] == "undetermined"  # nobody says what was hit
    assert judge(hit, battery | {"credibility": "5"})["B"] == "undetermined"
    assert judge(hit, battery | {"basis": "inference"})["B"] == "undetermined"
    assert judge(hit, battery | {"target": "military_depot"})["B"] == "undetermined"
    assert judge(hit, battery, by("Second", SEEN, actor="A")) == {"A": "undetermined", "B": "undetermined"}
    assert judge(hit, by("Aland", ACT, side="A", actor="B", stance="denies"))["B"] == "undetermined"


@pytest.mark.parametrize("grade", ["A", "C", "E"])
def test_what_is_less_sure_against_one_is_no_worse_for_the_other(grade: str) -> None:
    early = datetime(2025, 3, 17, 21, tzinfo=UTC)  # half of it lies before the truce
    half = by("Mission", {**SEEN, "start": early, "end": early + timedelta(hours=2)}, actor="B", reliability=grade)
    found = run(half, coverage=camera())
    assert verdicts(run(half, coverage=camera(), mandate={"attribution": False})) == {
        "None": "complied" if grade == "E" else "undetermined"
    }
    if grade == "E":  # whose word opens nothing
        assert verdicts(found) == {"A": "complied", "B": "complied"}
        return
    assert verdicts(found) == {"A": "complied", "B": "undetermined"}
    assert "1 incident is open" in steps(found, "B")
    assert "1 more incident" not in steps(found, "B")  # it is told once


def test_inference_alone_accuses_and_a_direction_names_nobody() -> None:
    assert statuses(run(by("Mission", SEEN, actor="B", basis="inference"))) == {("B", "open"), ("B", "alleged")}
    assert verdicts(run(by("Mission", SEEN, actor="B", basis="inference;track")))["B"] == "breached"
    for how_far in ("none", "direction", "territory"):
        assert statuses(run(by("Mission", SEEN, actor="B", attributes=how_far))) == {(None, "open")}
    assert "On what naming Bland rests is not stated" in steps(run(by("Mission", SEEN, actor="B")), "B")


def test_only_three_levels_make_an_act_the_partys_and_private_acts_are_counted_beside() -> None:
    for level in ("organ", "under_command", "controlled"):
        assert verdicts(run(by("Mission", SEEN, actor="B", imputation=level)))["B"] == "breached"
    for level in ("tolerated", "unknown"):
        assert statuses(run(by("Mission", SEEN, actor="B", imputation=level))) == {("B", "open"), ("B", "alleged")}
    found = run(by("Mission", SEEN, actor="B", imputation="private"), coverage=camera())
    assert verdicts(found) == {"A": "complied", "B": "complied"}
    assert statuses(found) == {(None, "private")}
    assert "no party's act" in steps(found, "B")


def test_an_act_of_any_level_calls_on_the_partys_duty() -> None:
    clause = {
        "text": "Punish",
        "respond": {"to": {"act": "attack", "by": "self"}, "with": {"act": "disciplinary_measure"}, "within": "3 days"},
    }
    text = testing.agreement(terms={"punish": clause})
    seen = by("Mission", SEEN, actor="B", imputation="private")
    (verdict,) = [v for v in judged(text, reports(seen)).verdicts if v.party == "B"]
    assert verdict.measure["called_for"] == 1


# -- exceptions -------------------------------------------------------------------------------------------------


def excused(shows: str, **more: Any) -> str:
    limits = {"answer": {"only_if": ["fired_upon"], "within": "30 minutes", "at_most": 20, "act": "shelling"}}
    seen = by("Mission", SEEN, actor="B", shows=shows, quantity=5.0, **more)
    return verdicts(run(seen, coverage=camera(), **{"except": limits}))["B"]


def test_an_exception_allows_so_soon_so_much_and_no_other_act() -> None:
    assert excused("fired_upon@2025-03-20T11:50:00+00:00") == "excused"
    assert excused("fired_upon@2025-03-20T11:20:00+00:00") == "breached"
    assert excused("fired_upon@2025-03-20T12:10:00+00:00") == "breached"
    assert excused("fired_upon") == "breached"
    assert excused("fired_upon@2025-03-20T11:50:00+00:00", act="missile") == "breached"
    limits = {"answer": {"only_if": ["fired_upon"], "at_most": 20}}
    for quantity, word in ((5.0, "excused"), (5_000.0, "breached"), (None, "breached")):
        seen = by("Mission", SEEN, actor="B", shows="fired_upon", quantity=quantity)
        assert verdicts(run(seen, coverage=camera(), **{"except": limits}))["B"] == word
    seen = by("Mission", SEEN, actor="B", shows="fired_upon", quantity=5.0)
    for side, quantity, word in (("B", 50.0, "breached"), ("B", 10.0, "excused"), ("A", 50.0, "excused")):
        own = by(
            f"{side}land", ACT, side=side, actor="B", quantity=quantity
        )  # more by its own word, not by its adversary's
        assert verdicts(run(seen, own, coverage=camera(), **{"except": limits}))["B"] == word


def test_how_often_an_exception_is_invoked_is_counted_in_all_incidents_also_of_more_than_are_described(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = {"answer": {"only_if": ["fired_upon"]}}
    of = [
        {"incident_id": f"I{n}", "start": NOON + timedelta(hours=n), "end": NOON + timedelta(hours=n)} for n in range(6)
    ]
    seen = [by("Mission", SEEN, actor="B") | at for at in of]
    own = [by("Bland", ACT, side="B", actor="B", shows="fired_upon@2025-03-20T11:00:00+00:00") | at for at in of[:5]]

    def invoked() -> list[tuple[Any, ...]]:
        found = run(*seen, *own, *own[:1], coverage=camera(), **{"except": limits}).exceptions
        return found.select("party", "invoked", "granted").rows()

    whole = invoked()
    assert ("B", 5, 0) in whole
    monkeypatch.setattr(sys.modules["servanda.verdicts.verify"], "DESCRIBED", 2)
    monkeypatch.setattr(sys.modules["servanda.verdicts.reports"], "DESCRIBED", 2)
    assert invoked() == whole


@pytest.mark.parametrize(
    ("shows", "more", "unmet", "words"),
    [
        (
            "fired_upon@2025-03-20T11:50:00+00:00",
            {"quantity": None},
            "unsaid",
            "nobody whose word counts says how much",
        ),
        ("fired_upon@2025-03-20T11:50:00+00:00", {"quantity": 30.0}, "more", "it was more than the exception allows"),
        ("fired_upon@2025-03-20T11:50:00+00:00", {"act": "missile"}, "act", "another act than the exception allows"),
        ("fired_upon@2025-03-20T09:50:00+00:00", {}, "when", "not that it was as soon before"),
        ("fired_upon@2025-03-20T12:10:00+00:00", {}, "after", "by its own time it came after the act"),
        ("fired_upon", {}, "when", "its own time is not stated"),
        ("fired_upon", {"kind": "claim"}, "unshown", "somebody says that the precondition"),
    ],
)
def test_a_step_says_why_an_exception_that_somebody_names_excuses_nothing(
    shows: str, more: dict[str, Any], unmet: str, words: str
) -> None:
    limits = {"answer": {"only_if": ["fired_upon"], "at_most": 20, "within": "30 minutes", "act": "mortar_fire"}}
    saw = by("Mission", SEEN, actor="B", quantity=5.0)
    shown = by("Mission", SEEN, actor="B", **{"quantity": 5.0, "shows": shows, **more})
    rows = [saw, {**shown, "source": "Press", "origin": "Press"}] if unmet == "unshown" else [shown]
    found = run(*rows, coverage=camera(), **{"except": limits})
    assert verdicts(found)["B"] == "breached"
    assert found.findings.filter(pl.col("party") == "B")["unmet"].to_list() == [unmet]
    assert words in steps(found, "B")
    assert found.findings.filter(pl.col("party") == "A")["unmet"].drop_nulls().is_empty()


def test_an_exception_is_shown_by_what_the_standard_asks_for_or_by_the_word_that_binds() -> None:
    strict = {"standard": "clear_and_convincing"}
    clause = {"except": {"answer": {"only_if": ["fired_upon"]}}}
    saw = [by(name, SEEN, actor="B", means=means) for name, means in (("Mission", "patrol"), ("Eye", "satellite"))]
    visitor, post = (by(n, SEEN, actor="B", means=n, shows="fired_upon") for n in ("Visitor", "Post"))
    same = {**post, "means": "Visitor"}
    assert verdicts(run(*saw, visitor, coverage=camera(), **clause))["B"] == "excused"
    assert verdicts(run(*saw, visitor, mandate=strict, coverage=camera(), **clause))["B"] == "breached"
    assert verdicts(run(*saw, visitor, same, mandate=strict, coverage=camera(), **clause))["B"] == "breached"
    assert verdicts(run(*saw, visitor, post, mandate=strict, coverage=camera(), **clause))["B"] == "excused"
    word = by("Aland", ACT, side="A", actor=None, shows="fired_upon")
    assert verdicts(run(*saw, word, mandate=strict, coverage=camera(), **clause))["B"] == "excused"


def test_a_consent_is_shown_by_what_the_standard_asks_for_or_by_who_is_bound_by_it() -> None:
    strict, clause = {"standard": "clear_and_convincing"}, {"unless": {"consent_of": ["A"]}}
    saw = [by(name, SEEN, actor="B", means=means) for name, means in (("Mission", "patrol"), ("Eye", "satellite"))]
    visitor = by("Visitor", SEEN, actor="B", means="visit", shows="consent of A")
    word = by("Aland", ACT, side="A", actor=None, shows="consent of A")
    assert verdicts(run(*saw, visitor, mandate=strict, coverage=camera(), **clause))["B"] == "breached"
    assert verdicts(run(*saw, word, mandate=strict, coverage=camera(), **clause))["B"] == "excused"


def test_a_plea_that_is_not_shown_is_told_and_excuses_nothing() -> None:
    clause = {"except": {"answer": {"only_if": ["fired_upon"]}}}
    seen = by("Mission", SEEN, actor="B")
    plea = by("Bland", ACT, side="B", actor="A", stance="asserts", shows="fired_upon")
    found = run(seen, plea, **clause)
    assert found.findings.filter(pl.col("party") == "B").select("status", "plea").rows() == [("confirmed", "not shown")]
    assert "a plea, which excuses nothing" in steps(found, "B")
    granted = run(seen, plea, by("Aland", ACT, side="A", actor=None, shows="fired_upon"), **clause)
    assert granted.findings.filter(pl.col("party") == "B").select("status", "plea").rows() == [("excused", "shown")]
    radio = run(seen, by("Aland Radio", ACT, side="A", actor=None, shows="fired_upon"), **clause)
    assert verdicts(radio)["B"] == "breached"


# -- faint ------------------------------------------------------------------------------------------------------


def test_what_lies_near_the_edge_is_counted_together_and_not_one_by_one() -> None:
    from servanda.engine import LocalEngine
    from servanda.evidence import ReportTables
    from servanda.findings.plan import Plan
    from servanda.findings.queries import queries_of

    far = [
        by(f"Post {n % 3}", SEEN, actor="B", lat=48.22, precision_m=5_000.0, incident_id=f"N{n}") for n in range(200)
    ]
    blog = [{**row, "origin": "Blog", "reliability": "E", "incident_id": "X"} for row in far[:1]]
    own = [{**row, "origin": "Aland", "side": "A", "incident_id": "Y"} for row in far[:1]]
    text = truce()
    found = LocalEngine().run(Plan(text, queries_of(text)), ReportTables([reports(*far, *blog, *own)]).brief)
    assert found.rows.height == 0
    (row,) = found.faint.rows(named=True)
    assert (row["party"], row["incidents"]) == (1, 200)
    assert 0 < row["p"] < 50_000
    assert row["nats"] > 200 * row["p"] * 1_000


def test_each_of_the_acts_of_one_count_may_lie_inside_where_the_count_lies_near_the_edge() -> None:
    far = by("Post", SEEN, actor="B", lat=48.22, precision_m=5_000.0)
    for many, unit, verdict in ((1.0, None, "complied"), (200.0, None, "undetermined"), (200.0, "rounds", "complied")):
        found = run({**far, "quantity": many, "unit": unit}, coverage=camera("Post"))
        assert verdicts(found)["B"] == verdict, (many, unit)
    vague = run({**far, "quantity": 200.0}, coverage=camera("Post"))
    assert "1 incident lies near the edge; together they make at least one inside" in steps(vague, "B")


# -- the columns ------------------------------------------------------------------------------------------------


def test_what_a_basis_is_not_goes_to_quarantine_and_a_precondition_has_its_own_time() -> None:
    head = "report_id,source,side,start,lat,lon,act,actor,basis,attributes,imputation,shows\n"
    rows = [
        "R1,Mission,none,2025-03-20T12:00Z,48,37,mortar_fire,B,Crater; track,unit,organ,fired_upon@2025-03-20T13:50+02:00",
        "R2,Mission,none,2025-03-20T12:00Z,48,37,mortar_fire,B,hearsay,,,",
        "R3,Mission,none,2025-03-20T12:00Z,48,37,mortar_fire,B,,city,,",
        "R4,Mission,none,2025-03-20T12:00Z,48,37,mortar_fire,B,,,mine,",
        "R5,Mission,none,2025-03-20T12:00Z,48,37,mortar_fire,B,,,,fired_upon@noon",
    ]
    table = NamedBytes("r.csv", (head + "\n".join(rows)).encode())
    found = verify_files(truce(), [table], [])
    assert found.ingest.quarantine["code"].to_list() == ["EVD126", "EVD126", "EVD126", "EVD127"]
    row = found.members.row(0, named=True)
    assert (row["basis"], row["shows"]) == ("crater;track", "fired_upon@2025-03-20T11:50:00+00:00")


def test_an_exception_that_cannot_be_measured_is_refused() -> None:
    raw = {
        **AGREEMENT,
        "terms": {"fire": {"text": "x", "forbid": {"act": "attack"}, "except": {"e": {"within": "2 months"}}}},
    }
    with pytest.raises(Exception, match="has no fixed length"):
        read_agreement(NamedBytes("a.yaml", yaml.safe_dump(raw).encode()))


def test_what_a_source_without_a_side_saw_is_not_answered_by_a_watch_that_saw_nothing() -> None:
    claim = by("Aland Radio", {**ACT, "side": "A", "kind": "claim"}, actor="B")
    found = run(by("Mission", SEEN, actor=None), claim, coverage=camera("Camera team"))
    told = found.findings.filter(pl.col("party") == "B")
    assert told["status"].to_list() == ["alleged"]
    assert told["answered"].to_list() == [False]
    assert "0 of 1" in steps(found, "B") or "No allegation" in steps(found, "B")


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_can_be_drawn_on_the_page(status: str) -> None:
    found = run(by("Mission", SEEN, actor="B", lat=48.0, lon=37.0))
    found = dataclasses.replace(found, findings=found.findings.with_columns(status=pl.lit(status)))
    page = render(found)
    assert all(status.replace("_", " ") in page for status in found.findings["status"].unique())


def test_what_is_seen_of_an_author_who_is_not_settled_is_not_said_to_be_unwatched() -> None:
    seen = by("Mission", SEEN, actor="B", imputation="tolerated")
    found = run(seen, coverage=camera())
    assert verdicts(found)["B"] == "undetermined"
    assert "No allegation (of 1) is answered: no watch answers what a source without a side says that it saw" in steps(
        found, "B"
    )


def test_a_register_gives_no_party_the_name_of_another() -> None:
    for entry in ("B: {party: A, level: organ}", "'1st Army': [B]", "Volunteers", "[Volunteers]"):
        text = f"sources: {{}}\nactors: {entry}\n" if entry.startswith(("V", "[")) else f"actors: {{{entry}}}\n"
        with pytest.raises(EvidenceError) as told:
            read_register(NamedBytes("s.yaml", text.encode()), {"A": "Aland", "B": "Bland"})
        assert {fault.code for fault in told.value.faults} <= {"EVD021", "EVD025"}, entry
