"""What to verify next: what an answer could change comes first, then what fades first; it is the same for both sides and enters no verdict."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from servanda.coverage import read_coverage
from servanda.verdicts.to_verify import to_verify
from tests.build import HEAD, TERM, ZONES, agreement, instant, reports
from tests.build import judged_with_grounds as judged

PLACE = {"lat": 48.0, "lon": 37.0, "precision_m": 100.0}
HIT = {"act": "strike", "target": "energy", "actor": "A", "side": "B", **PLACE}
THEN = """  talks:
    text: After two confirmed strikes the guarantor calls talks.
    when: {verdict: breached, of: [fire], at_least: 2}
    then: [{by: G, do: consultation, within: 3 days}]
"""


def order(table: pl.DataFrame) -> list[str]:
    return table["incident"].to_list()


def test_what_fades_first_is_verified_first_where_the_answers_weigh_the_same(tmp_path: Path) -> None:
    rows = reports(
        {**HIT, "incident_id": "late", "start": instant("03-25 10:00"), "end": instant("03-25 11:00")},
        {**HIT, "incident_id": "early", "start": instant("03-20 10:00"), "end": instant("03-20 11:00")},
    )
    found = to_verify(judged(agreement(tmp_path, HEAD + ZONES + TERM), rows))
    assert order(found) == ["early", "late"]
    assert found["rank"].to_list() == [1, 2]
    assert found["could_change"].to_list() == ["Fire (A): breached, if confirmed"] * 2


def test_an_incident_that_nobody_can_place_comes_after_those_where_somebody_can_go(tmp_path: Path) -> None:
    rows = reports(
        {
            **HIT,
            "incident_id": "vague",
            "precision_m": 60_000.0,
            "start": instant("03-19"),
            "end": instant("03-19 01:00"),
        },
        {**HIT, "incident_id": "plain", "start": instant("03-25"), "end": instant("03-25 01:00")},
    )
    terms = "terms:\n  fire: {text: No strikes., forbid: {act: strike}, binds: [A, B]}\n"
    assert order(to_verify(judged(agreement(tmp_path, HEAD + ZONES + terms), rows))) == ["plain", "vague"]


def test_what_is_confirmed_or_set_aside_is_not_asked_again(tmp_path: Path) -> None:
    seen = {**HIT, "side": "none", "kind": "observation", "reliability": "A", "incident_id": "seen"}
    found = to_verify(judged(agreement(tmp_path, HEAD + ZONES + TERM), reports(seen)))
    assert found.height == 0


def test_what_would_set_off_a_guarantee_comes_first(tmp_path: Path) -> None:
    seen = {**HIT, "side": "none", "kind": "observation", "reliability": "A", "incident_id": "seen"}
    rows = reports(seen, {**HIT, "incident_id": "said", "start": instant("03-25"), "end": instant("03-25 01:00")})
    text = agreement(tmp_path, HEAD + "guarantors: {G: Gland}\n" + ZONES + TERM + THEN)
    (told,) = to_verify(judged(text, rows))["could_change"].to_list()
    assert told.startswith("Talks: its condition is met, if confirmed; Fire (A): one more confirmed beside 1")


def test_a_closed_door_is_told_with_who_shut_it(tmp_path: Path) -> None:
    (tmp_path / "coverage.yaml").write_text(
        """coverage: test
watches:
  - {id: post, who: Mission, means: patrol, detects: strike, in: disc, from: 2025-03-18, to: 2025-04-17, probability: 0.5, reason: test}
denials:
  - {watches: all, in: disc, from: 2025-03-18, to: 2025-04-17, by: A, reason: road closed}
""",
        encoding="utf-8",
    )
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    looked = read_coverage([tmp_path / "coverage.yaml"], text.places, text.vocabulary, text.zone, "test", text.actors)
    told = {
        **HIT,
        "incident_id": "one",
        "known_at": instant("03-22"),
        "start": instant("03-20"),
        "end": instant("03-20 01:00"),
    }
    assert to_verify(judged(text, reports(told), looked, as_of=instant("03-23")))["closed_by"].to_list() == ["A"]


def test_exchanging_the_names_of_the_parties_exchanges_the_list(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + ZONES + TERM)
    one, other = (
        to_verify(judged(text, reports({**HIT, "incident_id": "x", "actor": a, "side": b})))
        for a, b in (("A", "B"), ("B", "A"))
    )
    assert one.drop("accused", "could_change").equals(other.drop("accused", "could_change"))
    assert one["could_change"][0].replace("(A)", "(B)") == other["could_change"][0]


def test_where_the_mandate_names_no_author_the_list_names_none(tmp_path: Path) -> None:
    text = agreement(tmp_path, HEAD + "mandate: {attribution: false}\n" + ZONES + TERM)
    found = to_verify(judged(text, reports({**HIT, "incident_id": "x"})))
    assert found["accused"].to_list() == [None]
    assert "(A)" not in found["could_change"][0]
