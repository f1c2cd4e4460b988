"""What a verdict rests on: without a printed set it is another, and of single ones none is left out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servanda.app.verify import verify_files
from servanda.coverage import Coverage, Watch
from servanda.values.names import name_key, name_keys
from servanda.values.time import Interval
from servanda.verdicts import Verdict, Verification, Wanted
from servanda.verdicts.conclude import conclude_term
from servanda.verdicts.grounds.without import Variants
from servanda.verdicts.said_beside import Said
from servanda.verdicts.watches import Comparisons, check_watches
from tests.build import HEAD, TERM, ZONES, agreement, examples, instant, reports, words
from tests.build import judged_with_grounds as judged
from tests.test_properties import AGREEMENTS, worlds
from tests.test_who_decides import BODIES, SEEN, run, through

MISSION = {
    "source": "Mission",
    "side": "none",
    "reliability": "A",
    "kind": "observation",
    "actor": "A",
    "incident_id": "I1",
}


def row(found: Verification, party: str = "A", term: str = "fire") -> Verdict:
    (verdict,) = [v for v in found.verdicts if (v.term, v.party, v.reading) == (term, party, None)]
    return verdict


def sets_of(verdict: Verdict) -> list[list[tuple[str, str]]]:
    return [[(e.kind, e.name) for e in elements] for elements in verdict.rests_on]


def step_of(verdict: Verdict) -> str:
    return next((s.text for s in verdict.steps if s.rule == "rests_on"), "")


def without(
    mine: list[dict[str, Any]], seen: Coverage, elements: set[tuple[str, str]]
) -> tuple[list[dict[str, Any]], Coverage]:
    """The same reports and watches without some elements, as a stranger would take them away; a source under any spelling of its name."""
    sources = {name_key(name) for kind, name in elements if kind == "source"}
    nothing = {"side": None, "reliability": None, "speaks_for": None}
    rows = [{**r, **nothing} if name_key(r.get("origin", r["source"])) in sources else r for r in mine]
    watches = tuple(w for w in seen.watches if ("watch", w.id) not in elements)
    return rows, Coverage(watches, seen.gaps)


@examples(40)
@given(worlds)
def test_without_what_a_verdict_rests_on_it_is_another_and_no_single_thing_is_left_out(world: Any) -> None:
    n, mine, seen = world
    text = AGREEMENTS[n]
    found = judged(text, reports(*mine), seen)
    everything = {("source", name_key(r.get("origin", r["source"]))) for r in mine} | {
        ("watch", w.id) for w in seen.watches
    }

    def altered(elements: set[tuple[str, str]]) -> dict[Any, str]:
        rows, watches = without(mine, seen, elements)
        return words(judged(text, reports(*rows), watches))

    alone = {element: altered({element}) for element in sorted(everything)}
    for verdict in found.verdicts:
        if verdict.verdict not in ("breached", "complied"):
            assert verdict.rests_on == ()
            continue
        key = (verdict.term, verdict.party, verdict.reading)
        sets = [{(e.kind, e.name) for e in elements} for elements in verdict.rests_on]
        for elements in sets:
            assert altered(elements)[key] != verdict.verdict
        alike = {"source": name_key, "watch": str}
        singles = {(kind, alike[kind](name)) for elements in sets if len(elements) == 1 for kind, name in elements}
        changing = {element for element, after in alone.items() if after[key] != verdict.verdict}
        assert singles == changing


NAMES = ("Mission", "Post", "Third", "Fourth")
SIGHTINGS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(NAMES),
            "incident_id": st.sampled_from(["I1", "I2", "I3"]),
            "start": st.sampled_from([instant("03-20 12:00"), instant("03-23 23:40"), instant("03-24 00:10")]),
            "stance": st.sampled_from(["asserts", "asserts", "asserts", "denies"]),
        }
    ),
    min_size=2,
    max_size=8,
)


DENIED = {"source": "Third", "incident_id": "I1", "start": instant("03-24 00:10"), "stance": "denies"}


@examples(60)
@given(SIGHTINGS)
@example([DENIED | {"source": "Post", "start": instant("03-23 23:40"), "stance": "asserts"}, DENIED])
def test_watches_compare_without_a_source_as_if_it_were_of_no_known_side(sightings: list[dict[str, Any]]) -> None:
    text = AGREEMENTS[0]
    here = {"lat": 48.0, "lon": 37.0, "precision_m": 10.0}
    rows = [{**MISSION, **here, **one, "report_id": f"R{n}"} for n, one in enumerate(sightings)]
    members = judged(text, reports(*rows)).members
    times = (Interval(instant("03-20"), instant("03-24")),)
    acts = frozenset(members["act"].to_list())
    watches = tuple(Watch(who, who, "post", acts, "", None, times, 0.9) for who in ("Mission", "Post"))
    base = Comparisons.of(watches, Said.of(members, text))
    for name in map(name_key, NAMES):
        of_another = members.select(name_keys(pl.col("origin")) != name).to_series()
        unknown = members.with_columns(side=pl.when(of_another).then("side"))
        assert base.without(watches, frozenset({name})).checks(watches) == check_watches(
            Coverage(watches), unknown, text
        )


def test_a_number_of_acts_in_one_row_counts_as_many_only_in_a_watch_of_the_same_means() -> None:
    text = AGREEMENTS[0]
    here = {"lat": 48.0, "lon": 37.0, "precision_m": 10.0}
    early = [{**MISSION, **here, "incident_id": f"I{n}", "start": instant("03-23 23:40")} for n in range(3)]
    late = [{**MISSION, **here, "incident_id": "I4", "start": instant("03-24 00:20")}]
    own = [{**MISSION, **here, "source": "Post", "incident_id": "P", "start": instant("03-24 00:10"), "quantity": 3}]
    rows = [{**one, "report_id": f"R{n}"} for n, one in enumerate([*early, *late, *own])]
    members = judged(text, reports(*rows)).members
    acts = frozenset(members["act"].to_list())
    first, then = Interval(instant("03-20"), instant("03-24")), Interval(instant("03-24"), instant("03-25"))
    watches = tuple(
        Watch(means, "Post", means, acts, "", None, (time,), 0.9)
        for means, time in (("patrol", first), ("camera", then))
    )
    assert [(c.seen, c.of) for c in check_watches(Coverage(watches), members, text)] == [(1, 3), (1, 1)]


def test_a_breach_that_one_observer_confirms_rests_on_him(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    verdict = row(judged(text, reports(MISSION, {**MISSION, "source": "Press B", "side": "B", "kind": "claim"})))
    assert sets_of(verdict) == [[("source", "Mission")]]
    assert step_of(verdict) == "It rests on: without Mission it would be undetermined."
    assert [s.n for s in verdict.steps] == list(range(1, len(verdict.steps) + 1))
    assert verdict.as_data(text.zone)["rests_on"] == [[{"kind": "source", "name": "Mission"}]]


def test_a_breach_that_two_observers_confirm_rests_on_both_and_on_neither_alone(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    verdict = row(judged(text, reports(MISSION, {**MISSION, "source": "Patrol"})))
    assert sets_of(verdict) == [[("source", "Mission"), ("source", "Patrol")]]
    assert "no single one changes it; without Mission and Patrol it would be undetermined" in step_of(verdict)


def test_where_no_pair_is_enough_one_set_is_told_from_which_nothing_can_be_left_out(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    verdict = row(
        judged(text, reports(*({**MISSION, "source": f"Post {n}", "incident_id": f"I{n}"} for n in range(4))))
    )
    assert sets_of(verdict) == [[("source", f"Post {n}") for n in range(4)]]
    assert "neither one nor two change it; for example" in step_of(verdict)


def test_two_claims_without_a_side_rest_on_each_of_them(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    claims = [{**MISSION, "kind": "claim", "source": name} for name in ("Agency", "Monitor")]
    assert sets_of(row(judged(text, reports(*claims)))) == [[("source", "Agency")], [("source", "Monitor")]]


def test_what_was_complied_rests_on_the_watches_and_on_what_nobody_else_could_see(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    (tmp_path / "r.csv").write_text("report_id,source,start,act\nR1,Post,2025-03-01T10:00Z,fire\n", encoding="utf-8")
    watch = "  - {id: %s, who: W, means: %s, detects: strike, in: disc, from: 2025-03-18T00:00, to: 2025-04-17T00:00, probability: 0.95, reason: x}\n"
    for ids, sets in ((("one",), [[("watch", "one")]]), (("one", "two"), [[("watch", "one"), ("watch", "two")]])):
        (tmp_path / "c.yaml").write_text(
            "coverage: test\nwatches:\n" + "".join(watch % (i, i) for i in ids), encoding="utf-8"
        )
        found = verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv"], [tmp_path / "c.yaml"])
        assert row(found).verdict == "complied"
        assert sets_of(row(found)) == sets
    assert text.id == "test"


@pytest.mark.parametrize(("more", "named"), [("", "Lake Post"), (", source: Lake Feed", "Lake Feed")])
def test_what_was_complied_rests_on_the_row_of_the_register_that_says_whose_the_watch_is(
    tmp_path: Path, more: str, named: str
) -> None:
    agreement(tmp_path, HEAD + ZONES + TERM)
    (tmp_path / "r.csv").write_text("report_id,source,start,act\nR1,Other,2025-03-01T10:00Z,fire\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text(
        f"coverage: test\nwatches:\n  - {{id: one, who: Lake Post{more}, means: radar, detects: strike, in: disc, from: 2025-03-18T00:00, "
        "to: 2025-04-17T00:00, probability: 0.95, reason: x}\n",
        encoding="utf-8",
    )
    inputs = tmp_path / "agreement.yaml", [tmp_path / "r.csv", tmp_path / "s.yaml"], [tmp_path / "c.yaml"]
    (tmp_path / "s.yaml").write_text(
        f"sources:\n  Other: {{side: none}}\n  {named.upper()}: {{side: none}}\n", encoding="utf-8"
    )
    found = row(verify_files(*inputs))
    assert found.verdict == "complied"
    assert sets_of(found) == [[("source", named.upper())], [("watch", "one")]]
    (tmp_path / "s.yaml").write_text("sources:\n  Other: {side: none}\n", encoding="utf-8")
    assert row(verify_files(*inputs)).verdict == "undetermined"


def test_a_breach_that_a_body_found_rests_on_its_determination(tmp_path: Path) -> None:
    claim = {**SEEN, "source": "Press A", "side": "A", "kind": "claim"}
    found = run(tmp_path, through("confirmed"), claim, head=BODIES, wanted=Wanted())
    assert sets_of(row(found, "B")) == [[("decision", "I1")]]
    assert step_of(row(found, "B")) == "It rests on: without the determination of I1 it would be undetermined."


REGISTER = (
    "sources:\n  Mission: {side: none, reliability: A}\n  Agency: {side: none, reliability: C}\n  Press B: {side: B}\n"
)
COLUMNS = "report_id,source,origin,side,reliability,kind,start,lat,lon,precision_km,act,target,actor,incident_id\n"


@pytest.mark.parametrize(
    ("rows", "rests"),
    [
        (["Mission,Mission"], [[("source", "Mission")]]),
        (["Agency,Mission", "Mission,Mission"], [[("source", "Mission")]]),
        (["Mission,Mission", "Press B,Mission"], [[("source", "Mission")]]),
    ],
)
def test_with_a_register_its_rows_are_taken_away_and_with_them_the_trust_in_a_relay(
    tmp_path: Path, rows: list[str], rests: list[Any]
) -> None:
    agreement(tmp_path, HEAD + ZONES + TERM)
    told = "".join(
        f"R{n},{r},none,A,observation,2025-03-20T12:00Z,48,37,0.1,missile,substation,A,I1\n" for n, r in enumerate(rows)
    )
    (tmp_path / "r.csv").write_text(COLUMNS + told, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(REGISTER, encoding="utf-8")
    found = verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv", tmp_path / "s.yaml"])
    assert row(found).verdict == "breached"
    assert sets_of(row(found)) == rests
    for ((_, name),) in rests:
        left = "".join(line + "\n" for line in REGISTER.splitlines() if name not in line)
        (tmp_path / "s.yaml").write_text(left, encoding="utf-8")
        assert (
            row(verify_files(tmp_path / "agreement.yaml", [tmp_path / "r.csv", tmp_path / "s.yaml"])).verdict
            != "breached"
        )


WITH_BODY = HEAD.replace("in_force", "guarantors: {G: Gland}\nthird_states: {C: Cland}\nbodies: {M: Mission}\nin_force")


@pytest.mark.parametrize("registered", [True, False])
def test_a_breach_that_a_body_of_the_agreement_saw_rests_on_it(tmp_path: Path, registered: bool) -> None:
    """By its name a body speaks for itself, and is an observer by the register or its rows alone."""
    agreement(tmp_path, WITH_BODY + ZONES + TERM)
    told = "R1,Mission,Mission,none,A,observation,2025-03-20T12:00Z,48,37,0.1,missile,substation,A,I1\n"
    (tmp_path / "r.csv").write_text(COLUMNS + told, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(REGISTER, encoding="utf-8")
    files = [tmp_path / "r.csv", *([tmp_path / "s.yaml"] if registered else [])]
    assert sets_of(row(verify_files(tmp_path / "agreement.yaml", files))) == [[("source", "Mission")]]


@pytest.mark.parametrize("registered", [True, False])
def test_a_third_state_does_not_clear_itself_by_its_own_watch(tmp_path: Path, registered: bool) -> None:
    """Whose a watch is its name says of all who have a side by their name, as of parties."""
    term = "terms:\n  t: {text: x, forbid: {act: strike, in: disc}, binds: [A, C]}\n"
    agreement(tmp_path, WITH_BODY + ZONES + term)
    (tmp_path / "r.csv").write_text("report_id,source,start,act\nR1,Other,2025-03-01T10:00Z,fire\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("sources:\n  Other: {side: none}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text(
        "coverage: test\nwatches:\n  - {id: one, who: Cland, means: radar, detects: strike, in: disc, from: 2025-03-18T00:00, "
        "to: 2025-04-17T00:00, probability: 0.95, reason: x}\n",
        encoding="utf-8",
    )
    files = [tmp_path / "r.csv", *([tmp_path / "s.yaml"] if registered else [])]
    found = verify_files(tmp_path / "agreement.yaml", files, [tmp_path / "c.yaml"])
    assert [row(found, who, "t").verdict for who in ("A", "C")] == ["complied", "undetermined"]


def test_many_incidents_cost_little_and_what_was_not_tried_is_told(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    rows = [{**MISSION, "source": f"Post {n}", "incident_id": f"I{n}", "report_id": f"R{n}"} for n in range(60)]
    table = reports(*rows)
    begun = time.monotonic()
    verdict = row(judged(text, table))
    assert time.monotonic() - begun < 30
    assert "Not everything was tried" in step_of(verdict)


def test_what_a_guarantee_rests_on_asks_only_after_the_terms_that_set_it_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = HEAD.replace("in_force", "guarantors: {G: Guarantor}\nin_force")
    other = "  other:\n    text: Leave\n    require: {act: withdrawal, in: disc}\n    deadline: 2025-06-01\n"
    then = "  then:\n    text: Then\n    when: {verdict: breached, of: [fire], party: A}\n    then: [{by: G, do: consultation, within: 3 days}]\n"
    mine = reports(
        MISSION, {**MISSION, "act": "consultation", "actor": "G", "start": instant("03-21"), "incident_id": "C"}
    )
    asked: list[str] = []

    def noted(case: Any, times: Any, text: Any, term: Any, *more: Any, **how: Any) -> Any:
        asked.append(term.id)
        return conclude_term(case, times, text, term, *more, **how)

    monkeypatch.setattr("servanda.verdicts.grounds.rests_on.conclude_term", noted)
    found = judged(agreement(tmp_path, head + ZONES + TERM + other + then), mine)
    kept = row(found, "G", "then")
    assert (kept.verdict, sets_of(kept)) == ("complied", [[("source", "Mission")]])
    assert set(asked) == {"fire", "then"}


def test_suppositions_that_come_to_the_same_of_an_incident_find_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many: list[int] = []
    find = Variants._find

    def counted(self: Variants, new: pl.DataFrame) -> None:
        many.append(new.height)
        find(self, new)

    monkeypatch.setattr(Variants, "_find", counted)
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    posts = [{**MISSION, "source": f"Post {n}", "incident_id": f"I{n}"} for n in range(5)]
    verdict = row(judged(text, reports(*posts)))
    assert len(sets_of(verdict)[0]) == 5
    assert many == [5]
