"""Ways to blur, dodge or forge a verdict on duties, caps, events and items that were tried once and work no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from servanda.agreement import inspect_agreement
from servanda.coverage import Coverage, Watch
from servanda.values.time import Interval
from servanda.verdicts import Verdict
from tests.build import agreement, judged, reports
from tests.test_kinds import HEAD, at, monitor, watching

DUTY = "terms:\n  t: {text: x, require: {act: withdrawal}, binds: A, deadline: 2025-03-20}\n"
EVENT = "events: {ev: {done: {act: treaty_signed}}}\n"


def press(side: str, act: str, actor: str | None, when: Any, **more: Any) -> dict[str, Any]:
    return {
        **monitor(act, actor, when, **more), "source": f"Press {side}", "origin": f"Press {side}", "side": side, "kind": "claim",
        "report_id": f"P{side}{act}{actor}{when}{more}",
    }  # fmt: skip


def verdict(
    folder: Path,
    terms: str,
    *rows: dict[str, Any],
    party: str | None = "A",
    term: str = "t",
    covered: Any = False,
    **options: Any,
) -> Verdict:
    text = agreement(folder, HEAD + terms)
    coverage = watching(text) if covered is True else covered or None
    run = judged(text, reports(*rows), coverage, **options)
    (found,) = [v for v in run.verdicts if v.term == term and v.party == party]
    return found


def test_the_other_side_s_late_acknowledgement_is_no_breach(tmp_path: Path) -> None:
    assert verdict(tmp_path, DUTY, press("B", "withdrawal", "A", at(1, month=4))).verdict == "undetermined"


def test_a_claimed_event_starts_no_clock_against_anybody(tmp_path: Path) -> None:
    waits = (
        EVENT + "terms:\n  t: {text: x, require: {act: withdrawal}, binds: A, deadline: 2025-03-20, only_after: ev}\n"
    )
    rows = [press("B", "treaty_signed", None, at(11)), monitor("withdrawal", "A", at(25), stance="denies")]
    assert verdict(tmp_path, waits, *rows).verdict == "undetermined"
    quota = (
        EVENT + "terms:\n  t: {text: x, require: {act: delivery, at_least: 100}, binds: A, deadline: ev + 20 days}\n"
    )
    assert verdict(tmp_path, quota, rows[0], covered=True, as_of=at(15)).verdict in ("not_due", "undetermined")


def test_nobody_ends_a_prohibition_by_claiming_its_end(tmp_path: Path) -> None:
    ban = EVENT + "terms:\n  t: {text: x, forbid: {act: attack}, binds: A, until: ev}\n"
    fired = monitor("shelling", "A", at(20))
    assert verdict(tmp_path, ban, fired).verdict == "breached"
    assert verdict(tmp_path, ban, fired, press("A", "treaty_signed", None, at(11))).verdict == "breached"
    near = press("B", "shelling", "A", at(20))
    claimed = verdict(tmp_path, ban, near, press("A", "treaty_signed", None, at(11)))
    assert claimed.verdict == "undetermined"


def test_an_early_claim_takes_nobody_s_compliance_away(tmp_path: Path) -> None:
    duty = EVENT + "terms:\n  t: {text: x, require: {act: withdrawal}, binds: A, deadline: ev + 10 days}\n"
    rows = [monitor("treaty_signed", None, at(15)), monitor("withdrawal", "A", at(18))]
    assert verdict(tmp_path, duty, *rows).verdict == "complied"
    assert verdict(tmp_path, duty, *rows, press("B", "treaty_signed", None, at(2))).verdict == "complied"


def test_an_admission_counts_with_its_own_number_and_not_with_the_accuser_s(tmp_path: Path) -> None:
    cap = "terms:\n  t: {text: x, limit: {what: {act: military_presence}, to: 10}, binds: A}\n"
    rows = [
        press("A", "military_presence", "A", at(12), incident_id="I", speaks_for="A"),
        press("B", "military_presence", "A", at(12), incident_id="I", quantity=100.0),
    ]
    found = verdict(tmp_path, cap, *rows)
    assert (found.verdict, found.measure["least"]) == ("undetermined", 1.0)
    owed = "terms:\n  t: {text: x, require: {act: delivery, at_least: 100}, binds: A, deadline: 2025-03-20}\n"
    rows = [
        press("B", "delivery", "A", at(12), incident_id="I"),
        press("A", "delivery", "A", at(12), incident_id="I", quantity=1000.0),
    ]
    assert verdict(tmp_path, owed, *rows).verdict == "undetermined"


def test_an_observation_far_away_refutes_nothing(tmp_path: Path) -> None:
    duty = "places: {z: {at: [48.0, 37.0], radius: 1 km}}\nterms:\n  t: {text: x, require: {act: withdrawal, in: z}, binds: A, deadline: 2025-03-20}\n"
    far = monitor("withdrawal", "A", at(25), stance="denies", lat=48.25, lon=37.0, precision_m=20.0)
    assert verdict(tmp_path, duty, far).verdict == "undetermined"
    assert verdict(tmp_path, duty, {**far, "lat": 48.0}).verdict == "breached"


def test_to_deny_an_incident_that_somebody_invented_shows_nothing_about_the_duty(tmp_path: Path) -> None:
    bait = press("B", "withdrawal", "A", at(25), incident_id="X")
    assert (
        verdict(tmp_path, DUTY, bait, monitor("withdrawal", "A", at(25), stance="denies", incident_id="X")).verdict
        == "undetermined"
    )


def test_a_duty_that_could_be_done_before_anybody_looked_is_not_shown_undone(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + DUTY)
    codes = frozenset(text.vocabulary.acts.codes)
    late = Coverage((Watch("w", "M", "log", codes, "", None, (Interval(at(10, 0), at(30, month=6)),), 0.95),))
    assert verdict(tmp_path, DUTY, covered=late).verdict == "undetermined", "signed on 1 March, watched from the 10th"
    assert verdict(tmp_path, DUTY, covered=True).verdict == "breached"


def test_counts_that_overlap_may_be_one_beside_the_other(tmp_path: Path) -> None:
    cap = "terms:\n  t: {text: x, limit: {what: {act: military_presence}, to: 75, unit: tanks}, binds: A}\n"
    rows = [
        monitor("military_presence", "A", at(11), end=at(12, h), quantity=50.0, incident_id=f"I{h}") for h in (12, 13)
    ]
    found = verdict(tmp_path, cap, *rows, covered=True)
    assert (found.verdict, found.measure["least"], found.measure["most"]) == ("undetermined", 50.0, 100.0)


def test_a_flow_counted_by_the_hour_forgets_nothing(tmp_path: Path) -> None:
    flow = "terms:\n  t: {text: x, limit: {what: {act: movement}, to: 2, unit: lorries, per: 1 hour}, binds: A}\n"
    long = HEAD.replace("from: 2025-03-10, for: 60 days", "from: 2022-03-10, until: 2026-01-01")
    text = agreement(tmp_path, long + flow)
    run = judged(text, reports(monitor("movement", "A", at(20), quantity=50.0)))
    assert [v.verdict for v in run.verdicts if v.party == "A"] == ["breached"]


def test_lawful_sightings_under_a_cap_are_no_breaches_that_a_guarantee_counts(tmp_path: Path) -> None:
    terms = """terms:
  cap: {text: x, limit: {what: {act: military_presence}, to: 5, unit: tanks}, binds: A}
  t: {text: x, when: {verdict: breached, of: cap, at_least: 2}, then: [{by: G, do: consultation, within: 3 days}]}
"""
    rows = [monitor("military_presence", "A", at(10 + n), quantity=q) for n, q in enumerate((1.0, 1.0, 6.0))]
    assert verdict(tmp_path, terms, *rows, party="G").verdict == "not_in_force"
    assert (
        verdict(
            tmp_path, terms, *rows, monitor("military_presence", "A", at(20), quantity=7.0), party="G", covered=True
        ).verdict
        == "breached"
    )


def test_a_guarantee_answers_for_its_own_time_only(tmp_path: Path) -> None:
    terms = """terms:
  ban: {text: x, forbid: {act: strike}, binds: A}
  t: {text: x, when: {verdict: breached, of: ban}, then: [{by: G, do: consultation, within: 3 days}], from: 2025-04-01}
"""
    early, late = monitor("missile", "A", at(20)), monitor("missile", "A", at(5, month=4))
    assert verdict(tmp_path, terms, early, party="G", covered=True).verdict == "not_in_force"
    assert verdict(tmp_path, terms, late, party="G", covered=True).verdict == "breached"


def test_an_ally_excuses_nobody(tmp_path: Path) -> None:
    terms = "terms:\n  t: {text: x, forbid: {act: strike}, binds: A, except: {answer: {only_if: [attacked_first]}}}\n"
    rows = [
        monitor("missile", "A", at(20), incident_id="I"),
        press("G", "missile", "A", at(20), incident_id="I", shows="attacked_first", speaks_for="G"),
    ]
    assert verdict(tmp_path, terms, *rows).verdict == "breached"
    other = {**rows[1], "side": "B", "speaks_for": "B"}
    assert verdict(tmp_path, terms, rows[0], other, covered=True).verdict == "excused"


def test_nobody_must_answer_his_own_request_nor_one_addressed_to_nobody(tmp_path: Path) -> None:
    terms = (
        "terms:\n  t: {text: x, respond: {to: {act: access_request}, with: {act: access_granted}, within: 24 hours}}\n"
    )
    own = monitor("access_request", "A", at(12))
    assert verdict(tmp_path, terms, own, covered=True).verdict == "not_due"
    assert verdict(tmp_path, terms, own, covered=True, party="B").verdict == "undetermined", (
        "addressed to nobody in particular"
    )
    assert verdict(tmp_path, terms, {**own, "toward": "B"}, covered=True, party="B").verdict == "breached"


def test_each_answers_for_its_own_acts_where_the_text_says_so(tmp_path: Path) -> None:
    terms = "terms:\n  t: {text: x, respond: {to: {act: shelling, by: self}, with: {act: disciplinary_measure}, within: 3 days}}\n"
    shot = monitor("shelling", "B", at(12))
    assert verdict(tmp_path, terms, shot, covered=True).verdict == "not_due"
    assert verdict(tmp_path, terms, shot, covered=True, party="B").verdict == "breached"


def test_an_observation_of_none_is_no_deed_and_no_act(tmp_path: Path) -> None:
    assert verdict(tmp_path, DUTY, monitor("withdrawal", "A", at(12), quantity=0.0)).verdict == "undetermined"
    ban = "terms:\n  t: {text: x, forbid: {act: military_presence}, binds: A}\n"
    assert verdict(tmp_path, ban, monitor("military_presence", "A", at(12), quantity=0.0)).verdict == "undetermined"


def test_a_higher_milestone_shows_the_lower_ones(tmp_path: Path) -> None:
    terms = "terms:\n  t: {text: x, require: {milestones: {minimal: {act: law_tabled}, full: {act: law_adopted}}}, binds: A, deadline: 2025-04-01}\n"
    found = verdict(tmp_path, terms, monitor("law_adopted", "A", at(20)), covered=True)
    assert (found.verdict, found.measure["level"]) == ("complied", 2)


def test_a_day_named_as_a_deadline_lasts_until_it_ends(tmp_path: Path) -> None:
    assert verdict(tmp_path, DUTY, monitor("withdrawal", "A", at(20, 22))).verdict == "complied"
    assert verdict(tmp_path, DUTY, monitor("withdrawal", "A", at(21, 1))).verdict == "breached"


AMENDED = DUTY.replace("deadline: 2025-03-20", "deadline: 2025-03-25")


def test_a_deadline_that_an_amendment_moved_in_time_breaches_nothing(tmp_path: Path) -> None:
    terms = AMENDED + "amendments: {ext: {title: x, from: 2025-03-15, changes: {terms.t.deadline: 2025-04-20}}}\n"
    assert verdict(tmp_path, terms, covered=True, as_of=at(10, month=4)).verdict == "not_due"
    assert verdict(tmp_path, terms, covered=True, as_of=at(10, month=4), term="t@ext").verdict == "not_due"
    done = monitor("withdrawal", "A", at(12))
    assert verdict(tmp_path, terms.replace("signed", "signed"), done, term="t@ext").verdict == "complied"


def test_an_amended_end_does_not_work_backwards(tmp_path: Path) -> None:
    ban = "terms:\n  t: {text: x, forbid: {act: strike}, binds: A}\n"
    cut = "amendments: {end: {title: x, from: 2025-04-10, changes: {in_force.for: 5 days}}}\n"
    assert verdict(tmp_path, ban + cut, monitor("missile", "A", at(20))).verdict == "breached"
    later = "amendments: {end: {title: x, from: 2025-04-10, changes: {in_force.from: 2025-04-10}}}\n"
    assert verdict(tmp_path, ban + later, monitor("missile", "A", at(20))).verdict == "breached"


def test_other_words_for_the_same_clause_make_no_new_version(tmp_path: Path) -> None:
    ban = "terms:\n  t: {text: x, forbid: {act: strike}, binds: A}\n"
    words = "amendments: {clean: {title: x, from: 2025-04-01, changes: {terms.t.text: clearer}}}\n"
    across = monitor("missile", "A", at(31, 23), end=at(1, 1, 4))
    assert verdict(tmp_path, ban + words, across).verdict == "breached"


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ("terms:\n  t: {text: x, require: {act: release}, deadline: signed + 9000 years}\n", "longer than a thousand years"),
        ("terms:\n  t: {text: x, limit: {what: {act: movement}, to: .inf}}\n", "must be a number"),
        ("terms:\n  t: {text: x, limit: {what: {act: movement}, to: 3, per: 1 minute}}\n", "too short a period"),
        ("terms:\n  t: {text: x, forbid: {act: strike, by: [G]}, binds: A}\n", "says who does it, and so does the term's 'binds'"),
        ("amendments: {x: null}\nterms:\n  t: {text: x, forbid: {act: strike}}\n", "must be a mapping"),
        ("amendments: [x]\nterms:\n  t: {text: x, forbid: {act: strike}}\n", "must be a mapping"),
        ("amendments: {x: {title: x, from: 2025-04-01, changes: [a]}}\nterms:\n  t: {text: x, forbid: {act: strike}}\n", "must be a mapping"),
        ("amendments: {x: {title: x, from: 2025-04-01, changes: {events.e.on: 2025-04-01}}}\nterms:\n  t: {text: x, forbid: {act: strike}}\n", "an amendment cannot change"),
        ("events: [a]\nterms:\n  t: {text: x, forbid: {act: strike}, only_after: a}\n", "must be a mapping"),
        ("events: {a: {any_of: [b]}, b: {any_of: [a]}}\nterms:\n  t: {text: x, forbid: {act: strike}, only_after: a}\n", "waits for itself"),
        ("terms:\n  t@x: {text: x, forbid: {act: strike}}\n", "'@', which marks versions"),
        ("events: {start: {done: {act: order_issued}}}\nterms:\n  t: {text: x, forbid: {act: strike}, from: start}\n", "from the beginning by this name"),
        ("events: {signed: {done: {act: treaty_signed}}}\nterms:\n  t: {text: x, forbid: {act: strike}, from: signed}\n", "from the signature by this name"),
        ("terms:\n  start: {text: x, require: {act: release}, binds: A}\n  t: {text: x, forbid: {act: strike}, only_after: start}\n", "from the beginning by this name"),
        ("terms:\n  t: {text: x, forbid: {act: strike}}\namendments:\n  a: {title: A, from: 2025-03-20, changes: {terms.start: {text: x, forbid: {act: strike}}}}\n", "from the beginning by this name"),
        ("terms:\n  t: {text: x, forbid: {act: strike}}\nevents: {go: {on: 2025-03-20}}\nreadings:\n  r: {}\n  s: {events.signed: {on: 2025-03-20}}\n", "from the signature by this name"),
        ("terms:\n  g: {text: x, when: {verdict: breached, of: g}, then: [{by: G, do: consultation, within: 1 day}]}\n", "sets no other off"),
    ],
)  # fmt: skip
def test_odd_but_well_formed_texts_are_told_and_never_crash(tmp_path: Path, terms: str, says: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(HEAD + terms, encoding="utf-8")
    text, faults = inspect_agreement(path)
    assert text is None
    assert says in "\n".join(map(str, faults))


def test_an_event_may_be_dated_from_the_signature(tmp_path: Path) -> None:
    terms = "events: {go: {on: signed}, later: {on: start + 2 days}}\nterms:\n  t: {text: x, require: {act: release}, binds: A, deadline: later + 3 days, only_after: go}\n"
    text = agreement(tmp_path, HEAD + terms)
    (term,) = text.texts[0].terms
    assert term.deadline is not None
    assert term.deadline.instant == at(16, 0)


def test_a_long_chain_of_events_is_followed_to_its_end(tmp_path: Path) -> None:
    chain = "".join(f"  e{n}: {{all_of: [e{n + 1}]}}\n" for n in range(199))
    terms = f"events:\n{chain}  e199: {{done: {{act: treaty_signed}}}}\nterms:\n  t: {{text: x, forbid: {{act: strike}}, binds: A, only_after: e0}}\n"
    rows = [monitor("treaty_signed", None, at(12)), monitor("missile", "A", at(13))]
    assert verdict(tmp_path, terms, *rows).verdict == "breached"


CONSULT = (
    "terms:\n  fire: {text: x, forbid: {act: shelling}, binds: A}\n  t:\n    text: x\n"
    "    when: {verdict: breached, of: [fire]}\n    then: [{by: G, do: consultation, within: 3 days}]\n"
)


@pytest.mark.parametrize(
    ("deed", "covered", "word"),
    [
        ([monitor("consultation", "G", at(14))], False, "complied"),
        ([monitor("consultation", "G", at(16))], False, "breached"),  # others than the parties saw it done late
        ([press("A", "consultation", "G", at(16))], False, "undetermined"),  # a party says so
        ([monitor("consultation", "G", at(16), stance="denies")], False, "breached"),  # refused, and seen to be
        ([monitor("consultation", "G", at(14), stance="denies")], False, "undetermined"),  # there was time left
        ([press("A", "consultation", "G", at(16), stance="denies")], False, "undetermined"),
        ([], True, "breached"),  # never done, and all was watched
        ([], False, "undetermined"),
    ],
)
def test_a_guarantor_s_deed_is_shown_undone_as_a_duty_is(
    tmp_path: Path, deed: list[dict[str, Any]], covered: bool, word: str
) -> None:
    shot = monitor("shelling", "A", at(12))
    assert verdict(tmp_path, CONSULT, shot, *deed, party="G", covered=covered).verdict == word
