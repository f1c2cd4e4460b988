"""Who may take which step of an incident's life: whatever the guards let through is a life without fault."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.evidence.decisions import STEPS, Deciders, Decision, decision_id
from servanda.incidents.decisions import Rewrite, lives
from servanda.incidents.determinations import replies
from servanda.incidents.guards import (
    FOLLOWS,
    FOUR_EYES,
    MAY,
    OPEN_STATES,
    OUTSIDE,
    ROLES,
    Endorser,
    allowed,
    course_of,
    due,
    may_undo,
    refusal,
    refusals,
)

BEGIN = datetime(2025, 3, 18, 8, tzinfo=UTC)
PARTIES = {"A": "Aldova", "B": "Borska"}
PEOPLE = {f"{role}-{n}": role for role in ROLES for n in (1, 2)}


def decided(step: str, n: int, person: str, outcome: str | None = None, hours: int = 24) -> Decision:
    at = BEGIN + timedelta(hours=n)
    says = {"incident": "I-1", "step": step, "person": person}
    says |= {"outcome": outcome} if outcome else {}
    says |= {"of": "B", "until": at + timedelta(hours=hours)} if step == "right_of_reply" else {}
    says |= {"of": "I-0"} if outcome == "duplicate_of" else {}
    by = "B" if step in ("replied", "dissent") else "Mission"
    return Decision(decision_id({**says, "at": at}), "step", ("I-1",), by, at, at, "seen", says)


@st.composite
def courses(draw: st.DrawFn) -> list[Decision]:
    """A life of steps that the guards let through, one every hour or so."""
    steps: list[Decision] = []
    hour = 0
    for _ in range(draw(st.integers(0, 14))):
        hour += draw(st.sampled_from([1, 1, 1, 30]))
        person = draw(st.sampled_from(sorted(PEOPLE)))
        now = BEGIN + timedelta(hours=hour)
        course = course_of(steps, BEGIN)
        may = list(allowed(course, PEOPLE[person], person, now))
        if not may:
            continue
        step = draw(st.sampled_from(may))
        outcome = draw(st.sampled_from(STEPS[step])) if STEPS[step] else None
        if not refusal(course, step, PEOPLE[person], person, now, outcome or ""):
            steps.append(decided(step, hour, person, outcome))
    return steps


@given(courses())
@settings(deadline=None)
def test_whatever_the_guards_let_through_is_in_order(steps: list[Decision]) -> None:
    deciders = Deciders(PARTIES)
    counting = [d for d in steps if deciders.may(d)]
    found = lives(steps, counting, deciders, Rewrite(()), None)
    remarks = [remark for life in found for remark in life.remarks]
    assert not [r for r in remarks if "although it was closed" in r or "before it was" in r]
    signed = [d for d in steps if d.says["step"] == "signed"]
    if signed and signed[-1].says["outcome"] != "vetoed" and steps[-1] is signed[-1]:
        made = found[0].determination
        assert made is not None
        assert made.stands or made.outcome in ("unsubstantiated", "inconclusive")


@given(courses())
@settings(deadline=None)
def test_no_person_does_both_halves_of_what_four_eyes_must_see(steps: list[Decision]) -> None:
    course = course_of(steps, BEGIN)
    for one, other in FOUR_EYES:
        assert not course.took(one) & course.took(other)


@given(courses(), st.sampled_from(sorted(PEOPLE)), st.integers(0, 400))
@settings(deadline=None)
def test_who_may_take_a_step_holds_the_office_for_it_and_it_follows(steps: list[Decision], who: str, hour: int) -> None:
    course, now = course_of(steps, BEGIN), BEGIN + timedelta(hours=hour)
    told = refusals(course, PEOPLE[who], who, now)
    for step in allowed(course, PEOPLE[who], who, now):
        assert PEOPLE[who] in MAY[step]
        assert told[step] == ""
        assert step in FOLLOWS[course.state] or step in ("paused", "resumed")
    for step in STEPS:
        if step not in told:
            assert "next" in refusal(course, step, PEOPLE[who], who, now)


@given(courses())
@settings(deadline=None)
def test_no_other_office_reads_more_rights_out_of_a_life_than_the_table_gives(steps: list[Decision]) -> None:
    course = course_of(steps, BEGIN)
    for role in ("patrol", "auditor", "administrator"):
        assert allowed(course, role, f"{role}-1", BEGIN + timedelta(days=99)) == ()


@pytest.mark.parametrize(
    ("since", "there"),
    [
        (("triaged", "in_scope"), "in_scope"),
        (("assessed", None), "assessed"),
        (("determined", "confirmed"), "determined"),
    ],
)
def test_what_a_merge_brings_ends_nobodys_time_to_reply(since: tuple[str, str | None], there: str) -> None:
    steps = [decided("triaged", 1, "duty-1", "in_scope"), decided("assessed", 2, "verification-1")]
    steps += [decided("right_of_reply", 3, "legal-1"), decided(since[0], 4, "x", since[1])]
    course, now = course_of(steps), BEGIN + timedelta(hours=5)
    assert (course.state, course.asked) == (there, (("B", BEGIN + timedelta(hours=27), "I-1"),))
    assert refusal(course, "replied", "party", "b", now) == ""
    if there == "determined":
        assert "B may reply until" in refusal(course, "signed", "chief", "chief-1", now)
        assert due(course, {"determined": timedelta(hours=1)}) == BEGIN + timedelta(hours=27)
        assert refusal(course, "signed", "chief", "chief-1", BEGIN + timedelta(hours=28)) == ""
    assert course_of([*steps, decided("assessed", 30, "verification-1")]).asked == ()


@pytest.mark.parametrize("asked_in", ["I-1", "I-2"])
def test_a_reply_ends_the_question_to_which_it_was_given_and_no_other(asked_in: str) -> None:
    def under(incident: str, d: Decision) -> Decision:
        return dataclasses.replace(d, says={**d.says, "incident": incident})

    steps = [decided("triaged", 1, "duty-1", "in_scope"), decided("assessed", 2, "verification-1")]
    steps += [decided("right_of_reply", 3, "legal-1"), decided("right_of_reply", 4, "legal-1", hours=48)]
    steps[-1] = under("I-2", steps[-1])  # of an incident that was merged into this one since
    steps += [under(asked_in, decided("replied", 5, "b"))]
    other = {"I-1": ("B", BEGIN + timedelta(hours=52), "I-2"), "I-2": ("B", BEGIN + timedelta(hours=27), "I-1")}
    course = course_of(steps)
    assert course.asked == (other[asked_in],)
    assert "B may reply" in refusal(course, "determined", "verification", "verification-1", BEGIN + timedelta(hours=6))
    deciders = Deciders(PARTIES)
    assert [bool(replies(right, steps, deciders)) for right in steps[2:4]] == [asked_in == "I-1", asked_in == "I-2"]
    both = under("I-3", decided("replied", 6, "b"))  # where nothing was asked under the id, it answers all
    assert course_of([*steps, both]).asked == ()
    again = decided("right_of_reply", 7, "legal-1")  # asked anew: what was said before is no answer to it
    assert course_of([*steps, both, again]).asked == (("B", BEGIN + timedelta(hours=31), "I-1"),)
    assert replies(again, [*steps, both, again], deciders) == []


def test_a_party_is_heard_before_it_is_determined_against() -> None:
    steps = [decided("triaged", 1, "duty-1", "in_scope"), decided("assessed", 2, "verification-1")]
    ask = "determined", "verification", "verification-1"
    assert "right to reply" in refusal(course_of(steps), *ask, BEGIN + timedelta(hours=3), "confirmed")
    assert refusal(course_of(steps), *ask, BEGIN + timedelta(hours=3), "unsubstantiated") == ""
    steps.append(decided("right_of_reply", 3, "legal-1"))
    assert "B may reply until" in refusal(course_of(steps), *ask, BEGIN + timedelta(hours=9), "confirmed")
    assert refusal(course_of(steps), *ask, BEGIN + timedelta(hours=27), "confirmed") == ""
    steps.append(decided("replied", 5, "legal-1"))
    assert refusal(course_of(steps), *ask, BEGIN + timedelta(hours=9), "confirmed") == ""


def test_a_clock_stands_still_between_two_decisions_only() -> None:
    clocks = {"received": timedelta(hours=2), "in_scope": timedelta(hours=6)}
    assert due(course_of([], BEGIN), clocks) == BEGIN + timedelta(hours=2)
    steps = [decided("triaged", 1, "duty-1", "in_scope")]
    assert due(course_of(steps, BEGIN), clocks) == BEGIN + timedelta(hours=7)
    steps.append(decided("paused", 2, "legal-1"))
    assert due(course_of(steps, BEGIN), clocks) is None
    steps.append(decided("resumed", 5, "legal-1"))
    assert due(course_of(steps, BEGIN), clocks) == BEGIN + timedelta(hours=10)


def test_a_decision_is_undone_by_its_author_or_the_chief() -> None:
    mine = decided("triaged", 1, "duty-1", "in_scope")
    assert may_undo(mine, "duty", "duty-1") == ""
    assert "only its author" in may_undo(mine, "duty", "duty-2")
    assert may_undo(mine, "chief", "chief-1") == ""
    assert may_undo(mine, "auditor", "auditor-1")


def test_the_table_names_steps_and_offices_that_there_are() -> None:
    assert {step for steps in FOLLOWS.values() for step in steps} | {"paused", "resumed", "commented"} == set(MAY)
    assert set(MAY) == set(STEPS) - {"reported"}
    assert {role for roles in MAY.values() for role in roles} <= {*ROLES, *OUTSIDE}
    assert set(FOLLOWS) >= OPEN_STATES
    with pytest.raises(KeyError):
        refusals(course_of([]), "duty", "x", BEGIN)[""]


ROUTE = (Endorser("Local team", "verification"), Endorser("Joint commission", "legal"))


def test_a_determination_passes_the_bodies_of_the_route_in_their_order_before_it_is_signed() -> None:
    now = BEGIN + timedelta(hours=9)
    steps = [
        decided("triaged", 1, "duty-1", "in_scope"),
        decided("assessed", 2, "verification-1"),
        decided("determined", 3, "verification-1", "unsubstantiated"),
    ]

    def endorsed(of: str, n: int, person: str, outcome: str = "agreed") -> Decision:
        made = decided("endorsed", n, person, outcome)
        made.says["of"] = of  # type: ignore[index]
        return made

    def why(who: str, step: str) -> str:
        return refusal(course_of(steps, BEGIN, ROUTE), step, PEOPLE[who], who, now)

    assert why("chief-1", "signed") == "Local team has not endorsed it yet"
    assert why("legal-1", "endorsed") == "this is for the verification officer, for Local team"
    assert "four eyes" in why("verification-1", "endorsed")
    assert why("verification-2", "endorsed") == ""
    steps.append(endorsed("Local team", 4, "verification-2"))
    assert why("chief-1", "signed") == "Joint commission has not endorsed it yet"
    steps.append(endorsed("Joint commission", 5, "legal-1"))
    assert why("chief-1", "signed") == ""
    steps.append(decided("determined", 6, "verification-1", "inconclusive"))
    assert why("chief-1", "signed") == "Local team has not endorsed it yet"
    assert why("verification-2", "endorsed") == ""  # who endorsed the one before is asked again
    steps.append(endorsed("Local team", 7, "verification-2", "returned"))
    assert course_of(steps, BEGIN, ROUTE).state == "reopened"
    assert "endorsed" not in FOLLOWS["reopened"]


def test_without_a_route_nobody_is_asked_to_endorse() -> None:
    steps = [decided("triaged", 1, "duty-1", "in_scope"), decided("assessed", 2, "verification-1")]
    steps.append(decided("determined", 3, "verification-1", "unsubstantiated"))
    course = course_of(steps, BEGIN)
    assert "endorsed" not in refusals(course, "legal", "legal-1", BEGIN)
    assert refusal(course, "signed", "chief", "chief-1", BEGIN + timedelta(hours=4)) == ""
