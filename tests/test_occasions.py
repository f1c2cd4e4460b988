"""Which answers go to which requests, and which notices to which activities."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreement import inspect_agreement
from servanda.drafting import check_agreement
from servanda.verdicts.answering import Deeds, Occasion, assigned
from servanda.verdicts.occurrences import OCCURRENCE
from tests.build import agreement, examples, instant, judged, reports
from tests.test_kinds import HEAD, NOTICE, RESPOND, at, monitor, one, watching


def deeds(*times: datetime) -> Deeds:
    nowhere = dict.fromkeys(("south", "west", "north", "east", "radius"))
    return Deeds.of(pl.DataFrame([{"start": t, "end": t, **nowhere} for t in times], schema=DEEDS))


DEEDS = {c: d for c, d in OCCURRENCE.items() if c in ("start", "end", "south", "west", "north", "east", "radius")}
SETTINGS = examples(150)


def test_a_request_of_some_hours_does_not_hide_that_the_next_was_answered() -> None:
    def at(hour: int) -> datetime:
        return instant(f"03-20 {hour:02}:00")

    vague = Occasion("vague", 0, at(20), at(23), at(10), at(23))
    exact = Occasion("exact", 1, at(11), at(23), at(11), at(23))
    assert assigned([vague, exact], deeds(at(12), at(21))) == ({0, 1}, {0, 1})


@SETTINGS
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12), st.lists(st.integers(0, 23), max_size=12)
)
def test_answers_are_assigned_as_by_trying_each_request(asked: list[tuple[int, int]], answers: list[int]) -> None:
    def at(hour: int) -> datetime:
        return instant("03-20 00:00") + timedelta(hours=hour)

    occasions = [Occasion("", n, at(a + b), at(a + 9), at(a), at(a + 18)) for n, (a, b) in enumerate(sorted(asked))]
    answered: set[int] = set()
    used: set[int] = set()
    for n, hour in enumerate(sorted(answers)):
        when = at(hour)
        free = [k for k, o in enumerate(occasions) if k not in answered and o.surely(when, when)]
        answered |= set(free[:1])
        used |= {n} if free else set()
    assert assigned(occasions, deeds(*map(at, sorted(answers)))) == (answered, used)


@pytest.mark.parametrize("whose", ["self", "other"])
@pytest.mark.parametrize("actor", [None, "A", "B"])
def test_what_is_nobodys_in_particular_may_have_called_for_an_answer(
    tmp_path: Path, whose: str, actor: str | None
) -> None:
    term = f"terms:\n  t:\n    text: x\n    respond: {{to: {{act: shelling, by: {whose}}}, with: {{act: disciplinary_measure}}, within: 24 hours}}\n"
    found = {p: one(tmp_path, term, monitor("shelling", actor, at(20)), party=p, covered=True).verdict for p in "AB"}
    mine, others = ("breached", "not_due") if whose == "self" else ("not_due", "breached")
    known = {} if actor is None else {actor: mine, "AB".strip(actor): others}
    assert found == dict.fromkeys("AB", "undetermined") | known


# -- one answer for several requests ---------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["self", "other", "[A, B]"])
@pytest.mark.parametrize("order", ["{A: Aland, B: Bland}", "{B: Bland, A: Aland}"])
def test_whoever_stands_first_what_both_did_and_what_each_says_of_the_other_calls_on_both(
    tmp_path: Path, whose: str, order: str
) -> None:
    def words(act: str, *rows: dict[str, Any], covered: bool) -> set[str]:
        term = f"terms:\n  t: {{text: x, respond: {{to: {{act: {act}, by: {whose}}}, with: {{act: notice_given}}, within: 3 days}}}}\n"
        text = agreement(tmp_path, HEAD.replace("{A: Aland, B: Bland}", order) + term)
        table = reports(*({**row, "incident_id": "I1"} for row in rows))
        return {v.verdict for v in judged(text, table, watching(text) if covered else None).verdicts}

    both = [monitor("military_presence", who, at(20)) for who in "AB"]
    # whom anybody's act may call upon, nobody can tell where two are bound
    assert words("military_presence", *both, covered=True) == {"undetermined" if whose == "[A, B]" else "breached"}
    claims = [
        {**monitor("shelling", who, at(20)), "source": f"Press {by}", "origin": f"Press {by}", "side": by, "kind": "claim"}
        for who, by in ("AB", "BA")
    ]  # fmt: skip
    assert words("shelling", *claims, covered=False) == {"undetermined"}


@pytest.mark.parametrize(("answers", "word"), [("each", "breached"), ("all", "complied"), (None, "undetermined")])
def test_whether_one_grant_serves_two_requests_is_the_agreement_s(
    tmp_path: Path, answers: str | None, word: str
) -> None:
    asked = [monitor("access_request", "M", at(11, h), toward="A", incident_id=f"Q{h}") for h in (8, 9)]
    granted = monitor("access_granted", "A", at(11, 20))
    term = RESPOND.replace("hours}", f"hours, answers: {answers}}}") if answers else RESPOND
    verdict = one(tmp_path, term, *asked, granted, covered=True)
    assert verdict.verdict == word
    assert ("one_or_all" in {s.rule for s in verdict.steps}) is (answers is None)
    twice = one(tmp_path, term, *asked, granted, monitor("access_granted", "A", at(11, 21)), covered=True)
    assert twice.verdict == "complied"
    assert one(tmp_path, term, *asked, covered=True).verdict == "breached"


@pytest.mark.parametrize("answers", ["each", "all", None])
def test_where_nobody_watched_the_reason_names_what_the_agreement_leaves_open(
    tmp_path: Path, answers: str | None
) -> None:
    asked = [monitor("access_request", "M", at(11, h), toward="A", incident_id=f"Q{h}") for h in (8, 9)]
    term = RESPOND.replace("hours}", f"hours, answers: {answers}}}") if answers else RESPOND
    reason = one(tmp_path, term, *asked, monitor("access_granted", "A", at(11, 20))).steps[-1].text
    assert ("does not say whether one answer serves several" in reason) is (answers is None)
    assert ("nobody without a side saw what followed 1 occasion" in reason) is (answers != "all")


def test_a_grant_that_names_its_request_serves_no_other_however_it_is_agreed(tmp_path: Path) -> None:
    asked = [monitor("access_request", "M", at(11, h), toward="A", incident_id=f"Q{h}") for h in (8, 9)]
    granted = monitor("access_granted", "A", at(11, 20), answers="Q8")
    for answers in ("each", "all"):
        term = RESPOND.replace("hours}", f"hours, answers: {answers}}}")
        assert one(tmp_path, term, *asked, granted, covered=True).verdict == "breached"


def test_an_answer_that_says_what_it_answers_and_came_late_shows_that_it_was_missed(tmp_path: Path) -> None:
    asked = monitor("access_request", "M", at(11, 8), toward="A", incident_id="Q8")
    late = monitor("access_granted", "A", at(13), answers="Q8")
    found = one(tmp_path, RESPOND, asked, late)
    assert found.verdict == "breached"
    assert next(s.text for s in found.steps if s.rule == "late").startswith("1 such occasion was answered late")
    by_a_party = {**late, "kind": "claim", "source": "Ministry", "origin": "Ministry", "side": "B", "speaks_for": "B"}
    assert one(tmp_path, RESPOND, asked, by_a_party).verdict == "undetermined"
    in_time = monitor("access_granted", "A", at(11, 9), incident_id="G", kind="claim", side="A")
    assert one(tmp_path, RESPOND, asked, late, in_time).verdict == "undetermined"  # he says so, and nobody watched


@pytest.mark.parametrize("actor", ["A", "B", None])
def test_nobody_undoes_a_refutation_by_saying_that_another_did_it(tmp_path: Path, actor: str | None) -> None:
    asked = monitor("access_request", "M", at(11, 8), toward="A", incident_id="Q8")
    refuted = monitor("access_granted", "A", at(13), stance="denies", answers="Q8", incident_id="G")
    said = monitor("access_granted", actor, at(13), incident_id="G", kind="claim", source="Staff", origin="Staff")
    assert one(tmp_path, RESPOND, asked, refuted, {**said, "side": "A"}).verdict == "breached"
    in_time = {**said, "start": at(11, 9), "end": at(11, 9), "incident_id": "H", "side": "A"}
    assert one(tmp_path, RESPOND, asked, refuted, in_time).verdict == "breached"
    assert one(tmp_path, RESPOND, asked, refuted, {**in_time, "side": "none", "actor": "A"}).verdict == "undetermined"
    other = {**said, "side": "none", "actor": "A"}
    assert one(tmp_path, RESPOND, asked, refuted, other).verdict == "undetermined"


@pytest.mark.parametrize("covered", [False, True])
def test_a_deed_that_came_late_and_does_not_say_what_it_answers_is_told(tmp_path: Path, *, covered: bool) -> None:
    asked = monitor("access_request", "M", at(11, 8), toward="A", incident_id="Q8")
    found = one(tmp_path, RESPOND, asked, monitor("access_granted", "A", at(13)), covered=covered)
    assert found.verdict == ("breached" if covered else "undetermined")
    assert "may have come late for it: the first not before 2025-03-13" in " ".join(s.text for s in found.steps)


def test_a_missed_occasion_says_by_what_that_is_shown(tmp_path: Path) -> None:
    asked = monitor("access_request", "M", at(11, 8), toward="A", incident_id="Q8")

    def told(*rows: dict[str, object], covered: bool = False) -> dict[str, str]:
        found = one(tmp_path, RESPOND, asked, *rows, covered=covered)
        assert found.verdict == "breached"
        return {step.rule: step.text for step in found.steps}

    nobody_saw = "For 1 such occasion all was watched where and when an answer was to come, and nobody saw one."
    assert told(covered=True)["watched"] == nobody_saw
    denied = told(monitor("access_granted", "A", at(13), stance="denies", answers="Q8"))
    assert denied["found_undone"] == "For 1 such occasion an observation made afterwards found no answer."
    late = told(monitor("access_granted", "A", at(13), answers="Q8"), covered=True)
    assert {"late", "watched", "found_undone"} & set(late) == {"late"}


def test_a_notice_that_came_too_early_for_what_it_announces_is_told(tmp_path: Path) -> None:
    notice = NOTICE.replace("14 days}", "14 days, at_most: 16 days, answers: each}")
    held = monitor("exercise", "A", at(30), incident_id="E1")
    given_ = monitor("notice_given", "A", at(11), answers="E1", incident_id="N1")
    for covered in (True, False):
        found = one(tmp_path, notice, held, given_, covered=covered)
        assert found.verdict == ("breached" if covered else "undetermined")
        early = next(step for step in found.steps if step.rule == "early")
        words = "1 such occasion was announced too early, by a deed that says so: the last not after 2025-03-11"
        assert early.text.startswith(words)
        assert set(early.uses) == {"E1", "N1"}


def test_what_was_announced_before_the_signature_need_not_have_been_watched(tmp_path: Path) -> None:
    notice = NOTICE.replace("14 days}", "14 days, at_most: 300 days, answers: each}")
    assert one(tmp_path, notice, here("exercise", 30, 48.0), covered=True).verdict == "breached"


def test_check_asks_for_how_many_one_answer_is_enough(tmp_path: Path) -> None:
    def asked(term: str) -> set[str]:
        agreement(tmp_path, HEAD + term)
        return {q.code for q in check_agreement(tmp_path / "agreement.yaml").questions} - {"attribution-not-stated"}

    assert asked(RESPOND) == {"one-answer-for-several"}
    assert asked(RESPOND.replace("hours}", "hours, answers: all}")) == set()
    assert asked(NOTICE) == {"one-answer-for-several", "notice-of-long-ago"}
    assert asked(NOTICE.replace("14 days}", "14 days, at_most: 60 days, answers: each}")) == set()


# -- notices are about a place, and have an earliest and a latest time -----------------------------------------


def here(act: str, day: int, lat: float | None, precision: float = 100.0) -> dict[str, object]:
    return monitor(act, "A", at(day), lat=lat, lon=None if lat is None else 37.0, precision_m=precision)


@pytest.mark.parametrize(
    ("notice", "word"),
    [
        (here("notice_given", 12, 48.0), "complied"),
        (here("notice_given", 12, None), "complied"),  # it names no place
        (here("notice_given", 12, 48.005), "complied"),  # half a kilometre away
        (here("notice_given", 12, 50.0), "breached"),  # 220 km away
        (here("notice_given", 12, 48.05, 6_000.0), "complied"),  # it names an area in which the exercise is
        (here("notice_given", 12, 48.02, 1_200.0), "undetermined"),  # 2.2 km: the one or the other may be meant
    ],
)
def test_a_notice_about_another_place_announces_nothing_here(
    tmp_path: Path, notice: dict[str, object], word: str
) -> None:
    assert one(tmp_path, NOTICE, here("exercise", 30, 48.0), notice, covered=True).verdict == word


def test_each_of_two_notices_goes_to_the_exercise_at_its_own_place(tmp_path: Path) -> None:
    held = [here("exercise", 29, 48.0), here("exercise", 30, 50.0)]
    term = NOTICE.replace("14 days}", "14 days, answers: each}")
    told = [here("notice_given", 11, 50.0), here("notice_given", 12, 48.0)]
    assert one(tmp_path, term, *held, *told, covered=True).verdict == "complied"
    assert one(tmp_path, term, *held, told[0], here("notice_given", 10, None), covered=True).verdict == "complied"
    assert one(tmp_path, term, *held, told[1], told[1] | {"report_id": "again"}, covered=True).verdict == "breached"


def test_a_notice_of_long_ago_announces_nothing_where_the_text_sets_an_earliest_day(tmp_path: Path) -> None:
    held = monitor("exercise", "A", at(30))
    bounded = NOTICE.replace("before: 14 days", "before: 7 days, at_most: 14 days")
    for day, word in ((12, "breached"), (18, "complied"), (25, "breached")):
        assert one(tmp_path, bounded, held, monitor("notice_given", "A", at(day)), covered=True).verdict == word
    over_days = monitor("exercise", "A", at(30), end=at(2, month=4))
    early = monitor("notice_given", "A", at(16, 18))
    assert one(tmp_path, bounded, over_days, early, covered=True).verdict == "complied"  # it went on for days (ADR 182)
    some_hour = monitor("exercise", "A", at(30), end=at(31, 10))
    assert one(tmp_path, bounded, some_hour, early, covered=True).verdict == "undetermined"


def test_a_notice_that_cannot_be_given_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "agreement.yaml").write_text(HEAD + NOTICE.replace("14 days}", "14 days, at_most: 10 days}"))
    _, (fault,) = inspect_agreement(tmp_path / "agreement.yaml")
    assert (fault.code, fault.line) == ("AGR056", 12)
