"""How kinds of term are concluded: each kind has its rules and its file, and nothing else asks what kind a term is."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servanda.agreement.kinds import KINDS, TermKind
from servanda.verdicts.kinds import RULES
from tests.build import HEAD, TERM, ZONES, agreement, judged, reports, words

VERDICTS = Path(__file__).resolve().parent.parent / "src" / "servanda" / "verdicts"
NOT_A_KIND = {"__init__", "rules"}
GUARANTEE_FIRST = """agreement: order
title: A guarantee before the term that it guards
timezone: Europe/Kyiv
parties: {A: Aland, B: Bland}
guarantors: {G: Gland}
in_force: {from: 2025-03-10, for: 60 days}
terms:
  guard:
    text: x
    when: {verdict: breached, of: ban, party: A}
    then: [{by: G, do: consultation, within: 3 days}]
  ban: {text: x, forbid: {act: strike}, binds: [A, B]}
"""


def test_every_kind_of_term_has_rules() -> None:
    assert set(RULES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_is_concluded_in_the_file_of_its_name(kind: type[TermKind]) -> None:
    stem = kind.__module__.rpartition(".")[2]
    assert RULES[kind].conclude.__module__ == f"servanda.verdicts.kinds.{stem}"
    assert RULES[kind].conclude.__name__ == "conclude"


def test_there_is_no_file_without_a_kind() -> None:
    stems = {path.stem for path in (VERDICTS / "kinds").glob("*.py")} - NOT_A_KIND
    assert stems == {kind.__module__.rpartition(".")[2] for kind in KINDS}


def asked_kinds(path: Path) -> set[str]:
    """The kinds that a file tells apart by ``isinstance`` or ``match``."""
    names = {kind.__name__ for kind in KINDS}
    asked: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            asked |= {part.id for part in ast.walk(node.args[1]) if isinstance(part, ast.Name)}
        elif isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name):
            asked.add(node.cls.id)
    return asked & names


def test_only_the_files_of_the_kinds_ask_what_kind_a_term_is() -> None:
    assert asked_kinds(VERDICTS / "kinds" / "limit.py") == {"Limit"}
    asking = {path.name: asked for path in VERDICTS.glob("*.py") if (asked := asked_kinds(path))}
    assert not asking


def test_a_guarantee_is_concluded_after_the_breaches_that_set_it_off_wherever_it_is_written(tmp_path: Path) -> None:
    strike = {
        "source": "Monitor", "origin": "Monitor", "side": "none", "reliability": "A", "kind": "observation",
        "act": "missile", "actor": "A", "start": datetime(2025, 3, 12, tzinfo=UTC), "target": None,
    }  # fmt: skip
    text = agreement(tmp_path, GUARANTEE_FIRST)
    now = datetime(2025, 3, 13, tzinfo=UTC)
    assert words(judged(text, reports(strike), as_of=now))[("guard", "G", None)] == "not_due"
    assert words(judged(text, reports(), as_of=now))[("guard", "G", None)] == "not_in_force"


def test_who_speaks_of_what_is_alleged_is_not_told_as_who_speaks_of_what_is_confirmed_too(tmp_path: Path) -> None:
    alleged = {"side": "B", "actor": "A", "incident_id": "I1", "source": "Post", "origin": "Post"}
    seen = {"side": "none", "kind": "observation", "reliability": "A", "actor": "A", "incident_id": "I2"}
    text = agreement(tmp_path, HEAD + ZONES + TERM)

    def step(*rows: dict[str, str]) -> str:
        (told,) = [s.text for v in judged(text, reports(*rows)).verdicts for s in v.steps if s.rule == "alleged"]
        return told

    assert (
        step(alleged)
        == "1 incident is alleged against Aland, and not confirmed. All who speak of it, accusing or not: 1 origin in 1 report."
    )
    both = "1 incident is alleged against Aland, and not confirmed. All that counts, confirmed or excused included, is told by 2 origins in 2 reports."
    assert step(alleged, {**seen, "source": "Monitor", "origin": "Monitor"}) == both
    fire = {**seen, "source": "Satellite", "origin": "Satellite", "act": "fire", "actor": None, "incident_id": "I1"}
    assert "accusing or not: 2 origins in 2 reports." in step(alleged, fire)
