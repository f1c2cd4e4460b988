"""Every kind of term has all that a kind must have, and nobody but the kinds' own folders asks for one by its class."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from servanda.agreement.kinds import KEYS, KEYS_WITH_DEADLINE, KINDS, TermKind
from servanda.agreement.kinds.base import Owes
from servanda.agreement.schema.term import Term

SOURCE = Path(__file__).resolve().parent.parent / "src" / "servanda"
COMMON = {
    *("text", "title", "source", "binds", "from_", "until", "deadline", "only_after", "unless", "except_"),
    *("observed_by", "asymmetric", "ours", "open_", "words"),
}
"""The keys that a clause of any kind may have."""
OWES = set(Owes.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_says_all_that_the_protocol_asks(kind: type[TermKind]) -> None:
    assert kind.owes in OWES
    assert kind.name == kind.name.lower()
    assert kind.keys
    assert set(kind.keys) | set(kind.beside) <= set(Term.model_fields)
    for own in ("resolve", "sought", "describe"):
        assert own in vars(kind), f"{own} is inherited, and the protocol's does nothing"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_a_file_of_its_own(kind: type[TermKind]) -> None:
    assert [k for k in KINDS if k.__module__ == kind.__module__] == [kind]


def test_the_names_of_kinds_differ() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_every_key_of_a_clause_is_common_or_belongs_to_a_kind() -> None:
    of_kinds = {key for kind in KINDS for key in (*kind.keys, *kind.beside)}
    assert of_kinds | COMMON == set(Term.model_fields)
    assert not of_kinds & COMMON
    assert set(KEYS_WITH_DEADLINE) < set(KEYS)


def test_every_file_among_the_kinds_is_registered() -> None:
    files = {path.stem for path in (SOURCE / "agreement" / "kinds").glob("*.py")} - {"__init__", "base"}
    assert files == {kind.__module__.rsplit(".", 1)[-1] for kind in KINDS}


def test_only_the_kinds_folders_ask_for_a_kind_by_its_class() -> None:
    names = {kind.__name__ for kind in KINDS}
    asking = []
    for path in SOURCE.rglob("*.py"):
        if path.parent.name == "kinds":
            continue
        text = path.read_text(encoding="utf-8")
        if "agreement.kinds" not in text:
            continue
        tree = ast.parse(text)
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("servanda.agreement.kinds")
            for alias in node.names
            if alias.name in names
        }
        asking += [f"{path.relative_to(SOURCE)}:{line}" for line in _asked(tree, imported)]
    assert asking == []


def _asked(tree: ast.AST, names: set[str]) -> list[int]:
    """The lines of ``isinstance`` tests and of ``case`` patterns that name one of the classes."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            if names & {part.id for part in ast.walk(node.args[1]) if isinstance(part, ast.Name)}:
                lines.append(node.lineno)
        elif isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name) and node.cls.id in names:
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("room", ["drafting", "verdicts"])
def test_a_room_has_rules_and_a_file_for_every_kind(room: str) -> None:
    rules = importlib.import_module(f"servanda.{room}.kinds").RULES
    assert list(rules) == list(KINDS)
    files = {path.stem for path in (SOURCE / room / "kinds").glob("*.py")}
    assert {kind.__module__.rsplit(".", 1)[-1] for kind in KINDS} <= files


def test_the_search_for_classes_of_kinds_finds_them() -> None:
    tree = ast.parse("isinstance(a.kind, (Limit, Duty))\nmatch a.kind:\n    case Quota(what):\n        pass\n")
    assert _asked(tree, {"Limit", "Quota"}) == [1, 3]
