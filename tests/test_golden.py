"""The same files give the same output to the byte, whatever order Python's own hash tables take in this or that run, and in however many threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "cases" / "energy-truce-2025"
COMMANDS = {
    "statements": ["statements", *map(str, sorted((ROOT / "tests" / "data" / "articles").glob("*")))],
    "fuse": ["fuse", str(CASE / "evidence" / "reports.csv")],
    "verify": ["verify", str(CASE / "agreement.yaml"), str(CASE / "evidence" / "reports.csv")],
    "figures": ["figures", str(ROOT / "tests" / "data" / "field_figures.csv")],
}


def told(command: list[str], out: Path, seed: str) -> dict[str, bytes]:
    """What the command prints and writes where hash tables are seeded so, in as many threads as the seed says."""
    code = "import sys; from servanda.cli.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "--out", str(out)],
        env={**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": seed}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr.decode()
    files = {p.name: p.read_bytes() for p in sorted(out.iterdir())}
    return {**files, "printed": done.stdout.replace(str(out).encode(), b"OUT")}


TWO_CUES = "\n\n".join(
    f"Northland {title} {name} has countered the claim by stating that the {thing} must be withdrawn before any ceasefire."
    for title, name, thing in (
        ("President", "Oskar Lindqvist", "heavy guns"),
        ("Foreign Minister", "Ada Brandt", "mines"),
        ("Defence Minister", "Per Holm", "drones"),
        ("Prime Minister", "Liv Dahl", "monitors"),
        ("Interior Minister", "Ola Berg", "patrols"),
    )
)
"""Two cues with one content, of which one is told."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_second_run_says_the_same_to_the_byte(name: str, tmp_path: Path) -> None:
    command = COMMANDS[name]
    if name == "statements":
        (tmp_path / "two_cues.txt").write_text(f"Ministers answer\n\n{TWO_CUES}\n")
        command = [*command, str(tmp_path / "two_cues.txt")]
    once, again = (told(command, tmp_path / seed, seed) for seed in ("1", "4"))
    assert len(once) > 1
    assert once == again
