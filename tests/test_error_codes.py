"""Every fault has a stable code, and every code is described once."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from servanda.app.error_codes import read_error_codes
from servanda.cli.main import main

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "servanda"
DESCRIPTIONS = sorted((SOURCE / "data" / "errors").glob("*.yaml"))
CODE = re.compile(r"[A-Z]{3}\d{3}")
sys.path.insert(0, str(ROOT / "scripts"))


@cache  # whoever only collects the tests reads no source
def trees() -> dict[Path, ast.Module]:
    """What the source says, by file."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def name_of(called: ast.expr) -> str:
    """The last name of what is called."""
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def makers() -> dict[str, int]:
    """What makes faults, by name, with the place of ``code`` among its arguments: ``Fault``, and what hands its own ``code`` on to it."""
    found = {"Fault": 6}
    functions = [node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    while True:
        before = len(found)
        for node in functions:
            names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
            if "code" in [*names, *(a.arg for a in node.args.kwonlyargs)] and any(
                hands_on(c, found) for c in ast.walk(node)
            ):
                found[node.name] = names.index("code") if "code" in names else 99
        if len(found) == before:
            return found


def hands_on(node: ast.AST, found: dict[str, int]) -> bool:
    """A call of what makes faults, with the variable ``code``."""
    if not isinstance(node, ast.Call) or name_of(node.func) not in found:
        return False
    return any(isinstance(a, ast.Name) and a.id == "code" for a in [*node.args, *(k.value for k in node.keywords)])


def calls_without_a_code() -> Iterator[str]:
    known = makers()
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in known:
                given = any(k.arg in ("code", None) for k in node.keywords)
                if not given and len(node.args) <= known[name_of(node.func)]:
                    yield f"{path.relative_to(SOURCE)}:{node.lineno} {name_of(node.func)}"


def codes_used() -> dict[str, str]:
    """Every code that stands in the source, with a file that has it."""
    return {
        node.value: str(path.relative_to(SOURCE))
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_every_fault_has_a_code() -> None:
    assert {"Fault", "fault"} <= set(makers())
    assert list(calls_without_a_code()) == []


def test_every_code_that_is_used_is_described_and_the_other_way_round() -> None:
    used, described = codes_used(), set(read_error_codes())
    assert {code: used[code] for code in sorted(set(used) - described)} == {}
    assert described - set(used) == set()


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda p: p.name)
def test_codes_are_unique_well_formed_and_in_order(path: Path) -> None:
    written = re.findall(r"^(\S+?):", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert written == sorted(set(written))
    assert all(CODE.fullmatch(code) and code.startswith(path.stem) for code in written)
    for code, row in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        assert list(row) == ["title", "means", "correct"], code
        assert not row["title"].endswith("."), code
        assert row["means"].endswith("."), code
        assert row["correct"].endswith("."), code


def test_the_page_of_errors_is_up_to_date() -> None:
    from errors_reference import reference

    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == reference()


def test_a_code_is_explained_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors", "out002"]) == 0
    assert capsys.readouterr().out.startswith("OUT002: A folder is in the place of an output file\n")
    assert main(["errors"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(read_error_codes())
    assert main(["errors", "OUT02"]) == 2
    assert "CLI008: unknown error code 'OUT02'\n    hint: did you mean 'OUT002'?" in capsys.readouterr().err
