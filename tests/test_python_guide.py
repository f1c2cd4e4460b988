"""The code of docs/python.md runs as it stands there, in an empty folder."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_code_of_the_guide_runs_in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for n, block in enumerate(BLOCKS):
            exec(compile(block, f"docs/python.md, block {n}", "exec"), names)
    assert len(BLOCKS) == 5
    assert {p.name for p in tmp_path.iterdir()} == {"report.html", "out"}
    assert {"report.html", "verdicts.json"} <= {p.name for p in (tmp_path / "out").iterdir()}
    assert "did you mean 'parties'?" in printed.getvalue()


def test_the_table_of_the_guide_is_what_its_code_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(BLOCKS[0], "docs/python.md", "exec"), {})
    shown = re.search(r"```\n\n((?:    .*\n)+)\nIn a notebook", PAGE.read_text(encoding="utf-8"))
    assert shown
    assert [line.split()[-4:] for line in printed.getvalue().splitlines()] == [
        line.split() for line in shown[1].splitlines()
    ]


def test_from_two_frames_to_a_page_is_ten_lines_beside_the_data() -> None:
    statements = [line for line in BLOCKS[0].splitlines() if re.match(r"\w", line)]
    assert len(statements) <= 10
