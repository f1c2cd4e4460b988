"""The same files give the same output to the byte, whatever order Python's own hash tables take in this or that run, and in however many threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "cases" / "energy-truce-2025"
COMMANDS = {
    "statements": ["statements", *map(str, sorted((ROOT / "tests" / "data" / "articles").glob("*")))],
    "fuse": ["fuse", str(CASE / "evidence" / "reports.csv")],
    "verify": ["verify", str(CASE / "agreement.yaml"), str(CASE / "evidence" / "reports.csv")],
    "figures": ["figures", str(ROOT / "tests" / "data" / "field_figures.csv")],
}


EACH = """import contextlib, json, sys
from servanda.cli.main import main
for name, words in json.loads(sys.argv[1]).items():
    with open(f"{name}.printed", "w") as printed, contextlib.redirect_stdout(printed):
        assert main([*words, "--out", name]) in (0, 1), name
"""


def told(commands: dict[str, list[str]], out: Path, seed: str) -> dict[str, bytes]:
    """What the commands print and write in a process whose hash tables are seeded so, in as many threads as the seed says."""
    out.mkdir()
    env = {**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", EACH, json.dumps(commands)], cwd=out, env=env, check=True)
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


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


def test_a_second_run_says_the_same_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "two_cues.txt").write_text(f"Ministers answer\n\n{TWO_CUES}\n")
    commands = {**COMMANDS, "statements": [*COMMANDS["statements"], str(tmp_path / "two_cues.txt")]}
    once, again = (told(commands, tmp_path / seed, seed) for seed in ("1", "4"))
    for name in COMMANDS:
        assert sum(Path(path).parts[0] in (name, f"{name}.printed") for path in once) > 1, name
    assert once == again
