"""What a reader of the page meets first: the lead sentences, one map of all, what is folded together and what is short."""

from __future__ import annotations

import re
from pathlib import Path

from servanda.report import all_files
from servanda.report.answers import lead
from servanda.verdicts.summary import summarise
from tests.build import HEAD, TERM, ZONES, agreement, reports
from tests.build import judged_with_grounds as judged

HIT = {"act": "strike", "target": "energy", "actor": "A", "lat": 48.0, "lon": 37.0, "precision_m": 100.0}
SEEN = {"side": "none", "kind": "observation", "reliability": "A"}


def term(name: str, act: str) -> str:
    """A term that binds anywhere."""
    return f"  {name}: {{text: No {act}., forbid: {{act: {act}}}, binds: [A, B]}}\n"


def page_of(folder: Path, terms: str, *rows: dict[str, object]) -> str:
    text = agreement(folder, HEAD + ZONES + TERM + terms)
    return all_files(judged(text, reports(*rows)))["report.html"].decode()


def test_the_first_sentences_say_that_nothing_is_settled_what_is_alleged_and_that_nobody_looked(tmp_path: Path) -> None:
    told = lead(summarise(judged(agreement(tmp_path, HEAD + ZONES + TERM), reports({**HIT, "side": "B"}))))
    assert told.startswith("No verdict settles anything yet.")
    assert "A 1" in told
    assert told.endswith("Nobody whose watch counts was looking.")


def test_the_first_sentences_say_what_is_breached_and_by_whom(tmp_path: Path) -> None:
    run = judged(agreement(tmp_path, HEAD + ZONES + TERM), reports({**HIT, **SEEN}))
    assert lead(summarise(run)).startswith("Breached: ")


def test_terms_of_which_nothing_is_told_are_folded_together_from_three_on(tmp_path: Path) -> None:
    few = page_of(tmp_path, term("one", "looting"))
    many = page_of(tmp_path, term("one", "looting") + term("two", "siege"))
    assert "of which nothing is told" not in few
    assert "3 terms of which nothing is told and nothing is settled" in many


def test_an_incident_under_a_term_that_binds_anywhere_stands_on_the_map_of_all(tmp_path: Path) -> None:
    page = page_of(tmp_path, term("one", "looting"), {**HIT, "act": "looting", "target": None, "side": "B"})
    assert "Map of 1 incident under all terms" in page


def test_what_was_watched_under_a_term_without_an_incident_is_folded_away(tmp_path: Path) -> None:
    assert "No incident under this term: what was watched" in page_of(tmp_path, "")


def test_acts_that_somebody_counted_stand_beside_the_incidents_and_what_was_watched(tmp_path: Path) -> None:
    accused = {"source": "B", "side": "B", "kind": "claim", "actor": "A", "incident_id": "I2", "quantity": 4.0}
    page = page_of(tmp_path, "", {**HIT, **SEEN, "incident_id": "I1"}, {**HIT, **accused})
    counts = "<span>1 confirmed</span> <span>1 alleged</span> <span>4 acts alleged</span> <span>watched: "
    assert counts in page


def test_since_when_a_degree_is_reached_is_told_as_people_write_it(tmp_path: Path) -> None:
    owed = (
        "  aid: {text: Aid., require: {act: delivery, at_least: 10, unit: lorries}, binds: [A], deadline: 2025-04-01}\n"
    )
    page = page_of(tmp_path, owed, {**SEEN, "act": "delivery", "actor": "A", "quantity": 6.0})
    told = re.findall(r"degree: [^<]*since ([^<]*)<", page)
    assert told
    assert not [words for words in told if "T" in words]
