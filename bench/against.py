"""Versions of Servanda in one run: this checkout and others, in turn, so that a busy machine is busy for all.

    git worktree add ../before 61ed137
    python bench/against.py ../before [--sizes 6 7] [--times 3]
    python bench/against.py ../before --fifty

Prints the median and the spread of: from Parquet to findings (seconds, peak GB), and the start of commands (milliseconds), by the clock; or puts fifty
terms of every kind at 10^6 to verdicts into the tables of docs/benchmarks.md, with the commit of each other version. Each measurement is a process of
its own; all read the same data, which is made once under bench-data/ of this checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import clock
import tables

HERE = Path(__file__).resolve().parent.parent
ENTRY = (
    "import sys\n"
    "try:\n    from servanda.cli.main import main\n"
    "except ImportError:\n    from servanda.cli import main\n"
    "sys.exit(main(sys.argv[1:]))"
)
CASE = HERE / "cases" / "energy-truce-2025"
STARTS = {
    "--help": ["--help"],
    "say": ["say", str(CASE / "agreement.yaml")],
    "check": ["check", str(CASE / "agreement.yaml")],
    "verify": ["verify", str(CASE / "agreement.yaml"), str(CASE / "evidence" / "reports.csv")],
}


def _environment(tree: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(tree / "src")}


def measured(tree: Path, kind: str, power: int) -> tuple[dict[str, Any], float]:
    """The figures of one measurement by one version, those of time in seconds by the clock, and its peak memory in GB."""
    command = [sys.executable, str(tree / "bench" / "run.py"), "--one", kind, str(power)]
    done = subprocess.run(command, env=_environment(tree), cwd=tree, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    # versions since the end of November tell processor time as well
    return {what: value[0] if isinstance(value, list) else value for what, value in told["figures"].items()}, told[
        "peak_gb"
    ]


def whole(tree: Path, power: int) -> tuple[float, float, float]:
    """Seconds from Parquet to findings, peak GB, and the number of findings, of one version."""
    figures, peak = measured(tree, "whole", power)
    return figures[tables.OURS], peak, figures["findings"]


def commit_of(tree: Path) -> str:
    """The commit that is checked out there."""
    asked = ["git", "-C", str(tree), "rev-parse", "--short=7", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def fifty(others: list[Path], times: int, found: tables.Measured) -> None:
    """Fifty terms to verdicts, in all versions in turn, into the tables; verdicts that another version gives otherwise are counted."""
    for _ in range(times):
        began = time.perf_counter()
        mine, peak = measured(HERE, "kinds", 6)
        told: dict[str, Any] = {tables.FIFTY: mine[tables.FIFTY]}
        for other in others:
            name, (theirs, _) = commit_of(other), measured(other, "kinds", 6)
            words = [
                Counter({k: int(n) for k, n in one.items() if k.startswith("(verdicts")}) for one in (theirs, mine)
            ]
            told[f"{tables.FIFTY}: {name}"] = theirs[tables.FIFTY]
            told[f"(of the time of {name})"] = mine[tables.FIFTY] / theirs[tables.FIFTY]
            told[f"(verdicts that {name} gives otherwise, at least)"] = (words[0] - words[1]).total()
        found.add("versions", 6, told, peak, clock.Took(time.perf_counter() - began, 0.0), None)


def start(tree: Path, arguments: list[str]) -> float:
    """Milliseconds of one command of one version."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", ENTRY, *arguments], env=_environment(tree), capture_output=True, check=True)
    return 1000 * (time.perf_counter() - began)


def spread(values: list[float], digits: int) -> str:
    """The median, and from the least to the most."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def main() -> None:
    """Measure both versions in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("others", type=Path, nargs="+", help="other checkouts of Servanda")
    parser.add_argument("--sizes", type=int, nargs="*", default=[6, 7], help="powers of ten (default: 6 7)")
    parser.add_argument("--fifty", action="store_true", help="fifty terms of every kind at 10^6, and nothing else")
    parser.add_argument(
        "--times", type=int, default=3, help="how often each is measured (default: 3; starts: seven times as often)"
    )
    args = parser.parse_args()
    data = HERE / "bench-data"
    data.mkdir(exist_ok=True)
    others = [other.resolve() for other in args.others]
    for other in others:
        if not (other / "bench-data").exists():
            (other / "bench-data").symlink_to(data)
    if args.fifty:
        fifty(
            others,
            args.times,
            tables.Measured(f"bench/against.py {' '.join(map(commit_of, others))} --fifty --times {args.times}"),
        )
        return
    print("| what | other | this |\n|---|---|---|")
    for other in others:
        beside(other, args.sizes, args.times)


def beside(other: Path, sizes: list[int], times: int) -> None:
    """Print what another version takes, and this one."""
    for power in sizes:
        whole(HERE, power)  # makes the data, and warms the file cache
        runs = [(whole(other, power), whole(HERE, power)) for _ in range(times)]
        if {run[0][2] for run in runs} != {run[1][2] for run in runs}:
            print(f"| 10^{power}: the versions find different things | | |")
        for n, what, digits in ((0, "s", 2), (1, "GB", 2)):
            sides = [spread([run[side][n] for run in runs], digits) for side in (0, 1)]
            print(f"| 10^{power} from Parquet to findings, {what} | {sides[0]} | {sides[1]} |", flush=True)
    for name, arguments in STARTS.items():
        pairs = [(start(other, arguments), start(HERE, arguments)) for _ in range(7 * times)]
        sides = [spread([pair[side] for pair in pairs], 0) for side in (0, 1)]
        print(f"| servanda {name}, ms | {sides[0]} | {sides[1]} |", flush=True)


if __name__ == "__main__":
    main()
