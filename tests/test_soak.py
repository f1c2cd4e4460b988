"""A short soak, and that the soak notices what it looks for; ``make soak`` tries a hundred thousand inputs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from tests.soak import run, workers
from tests.soak.attempts import Attempt
from tests.soak.odd import odd
from tests.soak.run import OF_RECORDS, Soak, fault_of, rows_in, uncounted
from tests.soak.ways_in import EVERY
from tests.soak.workers import Tally, soak

CODES = frozenset({0, 2})


def test_spoiled_inputs_end_in_a_verdict_or_a_clear_message(tmp_path: Path) -> None:
    trying = Soak(tmp_path, 11)
    tried = [trying.attempt(number) for number in range(90)]
    assert [failure for _, failures in tried for failure in failures] == []
    assert len({kind for kind, _ in tried}) > 12


def test_every_input_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    def files_of(folder: Path, number: int) -> dict[str, bytes]:
        trying = Soak(folder, 5, [name for name in EVERY if name != "places"])
        trying._faults = lambda made: [([], "kept", "", "")]  # type: ignore[method-assign]
        trying.attempt(number)
        return {path.name: path.read_bytes() for path in trying.place(number).rglob("*") if path.is_file()}

    for number in range(20):
        assert files_of(tmp_path / "one", number) == files_of(tmp_path / "two", number)


def test_sound_seeds_are_read_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is spoiled must have been sound, or the first fault hides all others."""
    for name in ("spoil_bytes", "spoil_text"):
        monkeypatch.setattr(f"tests.soak.attempts.{name}", lambda raw, chance: raw)
    for name in ("spoil_tree", "spoil_table"):
        monkeypatch.setattr(f"tests.soak.attempts.{name}", lambda tree, chance: tree)
    monkeypatch.setattr("tests.soak.attempts.encoded", lambda raw, chance: raw)
    for kind in ("coverage", "log", "register", "decisions", "places", "reports", "figures", "items"):
        trying = Soak(tmp_path / kind, 3, [kind])
        monkeypatch.setattr(run, "fault_of", lambda words, allowed: fault_of(words, frozenset({0})))
        assert trying.attempt(1) == (kind, []), kind


@pytest.mark.parametrize("error", [TypeError("no"), RecursionError("deep"), BaseException("a panic of a library")])
def test_a_traceback_is_noticed(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(words: Any) -> int:
        raise error

    monkeypatch.setattr(run, "main", fail)
    fault = fault_of(["verify"], CODES)
    assert fault is not None
    assert fault[0] == "traceback"


@pytest.mark.parametrize(("says", "what"), [(1, "exit-code"), (2, "silent")])
def test_an_undocumented_exit_code_and_a_fault_without_words_are_noticed(
    says: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "main", lambda words: says)
    fault = fault_of(["verify"], CODES)
    assert fault is not None
    assert fault[0] == what


def test_a_row_that_nobody_counted_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.soak.seeds import REPORTS

    path = tmp_path / "t.csv"
    path.write_text("\n".join(REPORTS.splitlines()[:4]) + "\n", encoding="utf-8")
    assert rows_in(path) == 3
    assert uncounted(path) is None
    monkeypatch.setattr(run, "rows_in", lambda path: 4)
    fault = uncounted(path)
    assert fault is not None
    assert fault[0] == "uncounted"


def test_a_hang_and_a_dead_worker_are_counted_kept_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "work", odd)
    args = argparse.Namespace(n=4, begin=0, only=None, seed=1, kind=[], workers=1, limit=0.4, out=str(tmp_path))
    tally = Tally(tmp_path)
    soak(args, tally)
    assert tally.kinds.total() == 4
    assert sorted(what for what, _, _ in tally.causes) == ["crash", "hang"]
    assert len(list(tmp_path.glob("*/FAILURE.json"))) == 2


def test_the_kinds_are_all_that_servanda_reads() -> None:
    assert {*EVERY, *OF_RECORDS} == {
        "agreement", "coverage", "log", "register", "decisions", "cases", "reports", "foreign", "figures", "said", "items", "places",
        "article", "import", "draft", "first", "record", "package", "proof",
    }  # fmt: skip
    assert Attempt([]).allowed == CODES
