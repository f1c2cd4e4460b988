"""Of two values under one name in JSON no reader may choose: the row, or the file, is told."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

import servanda
from servanda.errors import ServandaError
from servanda.values.strict_json import loads

AGREEMENT = """agreement: vale
title: Vale truce
timezone: UTC
parties: {A: Aland, B: Bland}
in_force: {from: 2031-03-01, for: 30 days}
terms: {fire: {text: No fire, forbid: {act: shelling}}}
"""
ROW = '"report_id": "R1", "source": "Mission", "side": "none", "kind": "observation", "start": "2031-03-05T10:00Z", "act": "shelling"'
TWICE = f'{{{ROW}, "actor": "A", "actor": "B"}}'
GOOD = f'{{{ROW.replace("R1", "R2")}, "actor": "B"}}'


def test_a_row_of_json_lines_in_which_a_name_stands_twice_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "r.jsonl").write_text(f"{TWICE}\n{GOOD}\n", encoding="utf-8")
    judged = servanda.verify(tmp_path / "a.yaml", tmp_path / "r.jsonl")
    assert judged.members["report_id"].to_list() == ["R2"]
    assert "stands twice" in judged.quarantine["reason"][0]


def test_a_list_in_which_a_name_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "r.json").write_text(f"[{GOOD}, {TWICE}]", encoding="utf-8")
    with pytest.raises(ServandaError) as refused:
        servanda.verify(tmp_path / "a.yaml", tmp_path / "r.json")
    assert "'actor' stands twice" in str(refused.value)


def test_equal_values_stand_twice_too() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        loads('{"a": 1, "a": 1}')
    assert loads('{"a": {"b": 1}, "b": 1}') == {"a": {"b": 1}, "b": 1}


@pytest.mark.parametrize("swept", [True, False])
def test_sweeping_of_memory_goes_on_as_before_whether_it_could_be_read_or_not(swept: bool) -> None:
    before = gc.isenabled()
    (gc.enable if swept else gc.disable)()
    try:
        assert loads('{"a": [1]}') == {"a": [1]}
        with pytest.raises(ValueError, match="stands twice"):
            loads('{"a": 1, "a": 2}')
        assert gc.isenabled() == swept
    finally:
        (gc.enable if before else gc.disable)()
