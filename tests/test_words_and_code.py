"""The words of a clause against what is coded for it: each kind of difference in other clothes, and what is no difference."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from servanda.drafting import check_agreement

HEAD: dict[str, Any] = yaml.safe_load("""
agreement: words
title: Words and code
timezone: Asia/Beirut
parties: {ALPHA: Alpha Republic, BETA: Beta Movement}
guarantors: {GAMMA: Gamma Union}
bodies: {JC: Joint Commission}
signed: 2031-03-01
in_force: {from: "2031-03-02T06:00", for: 90 days}
observed_by: [patrol]
mandate: {attribution: true}
places:
  river: {line: [[33.1, 35.1], [33.2, 35.6]], sides: {left: ALPHA, right: BETA}}
  strip: {within: 19.3 km, of: river}
  belt: {width: 40 km, of: river}
  town: {at: [33.4, 35.7], radius: 3 km}
""")
DIFFERENCES = {
    "number-differs",
    "deadline-differs",
    "bound-differs",
    "place-not-coded",
    "no-list",
    "weapon-differs",
    "exception-not-coded",
}


def found(*terms: str, **head: Any) -> set[str]:
    """What of those is found in a clause; further clauses stand beside it."""
    clauses = {f"t{n}": yaml.safe_load("{" + term + "}") for n, term in enumerate(terms)}
    checked = check_agreement({**HEAD, **head, "terms": clauses})
    assert checked.faults == ()
    return {f.code for f in checked.findings if f.term == "t0"} & DIFFERENCES


BOTH = "binds: [ALPHA, BETA]"


@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("text: Neither army lays mines., forbid: {act: mine_laying}, binds: [BETA]", "bound-differs"),
        (f"text: Neither army lays mines., forbid: {{act: mine_laying}}, {BOTH}", None),
        ("text: The two sides hold their fire., forbid: {act: attack}, binds: [ALPHA]", "bound-differs"),
        (f"text: The prisoners are freed swiftly., require: {{act: release}}, deadline: 5 days, {BOTH}".replace("deadline: 5 days", "deadline: start + 5 days"), "deadline-differs"),
        (f"text: No artillery within 20 miles of the river., limit: {{what: {{weapon: artillery, in: strip}}, to: 0}}, {BOTH}", "number-differs"),
        (f"text: No artillery within 12 miles of the river., limit: {{what: {{weapon: artillery, in: strip}}, to: 0}}, {BOTH}", None),
        (f"text: Each side keeps up to fifteen tanks in the belt of 40 km., limit: {{what: {{weapon: tank, in: belt}}, to: 40, unit: tanks}}, {BOTH}", "number-differs"),
        (f"text: Each side keeps up to fifteen tanks in the belt of 40 km., limit: {{what: {{weapon: tank, in: belt}}, to: 15, unit: tanks}}, {BOTH}", None),
        (f"text: Guns of 120 mm and above leave the belt of 40 km., limit: {{what: {{weapon: gun, calibre: '>= 100 mm', in: belt}}, to: 0}}, {BOTH}", "number-differs"),
        ("text: Forty trucks a week enter the town., require: {act: delivery, at_least: 40, unit: trucks, every: 1 day, in: town}, binds: ALPHA, asymmetric: it holds the road", "number-differs"),
        ("text: Forty trucks a week enter the town., require: {act: delivery, at_least: 40, unit: trucks, every: 7 days, in: town}, binds: ALPHA, asymmetric: it holds the road", None),
        ("text: The Beta Movement leaves the town within forty-eight hours of signature., require: {act: withdrawal, in: town}, binds: BETA, deadline: signed + 3 days, asymmetric: it is there", "deadline-differs"),
        ("text: The Beta Movement leaves the town within forty-eight hours of signature., require: {act: withdrawal, in: town}, binds: BETA, deadline: signed + 2 days, asymmetric: it is there", None),
        ("text: The Beta Movement leaves the town promptly., require: {act: withdrawal, in: town}, binds: BETA, deadline: signed + 2 days, asymmetric: it is there", "deadline-differs"),
        ("text: The Beta Movement leaves the town promptly., require: {act: withdrawal, in: town}, binds: BETA, deadline: signed + 2 days, asymmetric: it is there, ours: deadline", None),
        (f"text: The truce lasts for six months; no attacks., forbid: {{act: attack}}, {BOTH}", "deadline-differs"),
        (f"text: No attacks for ninety days., forbid: {{act: attack}}, {BOTH}", None),
        (f"text: Exercises are notified ten days in advance., declare: {{notice: {{of: {{act: exercise}}, before: 21 days}}}}, {BOTH}", "deadline-differs"),
        ("text: Neither side shells the town., forbid: {act: shelling, in: town}, binds: ALPHA", "bound-differs"),
        ("text: Neither side shells the town., forbid: {act: shelling, in: town}, binds: ALPHA, asymmetric: Beta has no guns", None),
        (f"text: The Beta Movement shall not shell the town., forbid: {{act: shelling, in: town}}, {BOTH}", "bound-differs"),
        (f"text: No strikes on ports and bridges., forbid: {{act: strike}}, {BOTH}", "place-not-coded"),
        (f"text: No strikes on ports and bridges., forbid: {{act: strike, target: [port, bridge]}}, {BOTH}", None),
        (f"text: No drones fly over settlements., forbid: {{act: flight}}, {BOTH}", "place-not-coded"),
        (f"text: No shelling of settlements., forbid: {{act: shelling, target: residential}}, {BOTH}", None),
        (f"text: Nobody keeps the mission out of the buffer zone., forbid: {{act: access_denied}}, {BOTH}", None),
        (f"text: All detainees are released by 1 April 2031., require: {{act: release, target: detainee}}, {BOTH}, deadline: 2031-04-01", "no-list"),
        (f"text: Tanks leave the belt of 40 km., limit: {{what: {{weapon: mortar, in: belt}}, to: 0}}, {BOTH}", "weapon-differs"),
        (f"text: Heavy weapons leave the belt of 40 km., limit: {{what: {{weapon: tank, in: belt}}, to: 0}}, {BOTH}", None),
        (f"text: No overflights of the town save with the consent of the Joint Commission., forbid: {{act: overflight, in: town}}, {BOTH}", "exception-not-coded"),
        (f"text: No overflights of the town save with the consent of the Joint Commission., forbid: {{act: overflight, in: town}}, {BOTH}, unless: {{consent_of: JC}}", None),
        (f"text: No flights over the town except for ambulances., forbid: {{act: flight, in: town}}, {BOTH}", "exception-not-coded"),
    ],
)  # fmt: skip
def test_what_is_coded_otherwise_than_the_words_say_is_found_and_nothing_else(term: str, code: str | None) -> None:
    assert found(term) == ({code} if code else set())


def test_a_list_that_some_term_asks_for_is_enough() -> None:
    release = f"text: All detainees are released by 1 April 2031., require: {{act: release, target: detainee}}, {BOTH}, deadline: 2031-04-01"
    lists = f"text: Each side hands over lists of whom it holds by 5 March 2031., require: {{act: notice_given}}, {BOTH}, deadline: 2031-03-05"
    assert found(release) == {"no-list"}
    assert found(release, lists) == set()


def test_exchanging_the_parties_finds_the_same() -> None:
    term = "text: Neither side shells the town., forbid: {act: shelling, in: town}, binds: ALPHA"
    other = "text: Neither side shells the town., forbid: {act: shelling, in: town}, binds: BETA"
    assert found(term) == found(other) == {"bound-differs"}


def test_a_guarantee_that_either_party_may_set_off_is_not_coded_for_one() -> None:
    ban = f"text: No shelling of the town., forbid: {{act: shelling, in: town}}, {BOTH}"
    guard = "text: If either Party breaks it the guarantor consults within 3 days., when: {{verdict: breached, of: t1{}}}, then: [{{by: GAMMA, do: consultation, within: 3 days}}]"
    assert found(guard.format(", party: BETA"), ban) == {"bound-differs"}
    assert found(guard.format(""), ban) == set()
