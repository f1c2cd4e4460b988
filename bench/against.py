"""Two versions of Servanda in one run: this checkout and another, in turn, so that a busy machine is busy for both.

    git worktree add ../before v0.1.0
    python bench/against.py ../before [--sizes 6 7] [--times 3]

Prints the median and the spread of: from Parquet to findings (seconds, peak GB), and the start of commands (milliseconds, wall). Each measurement is a
process of its own; both read the same data, which is made once under bench-data/ of this checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

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


def whole(tree: Path, power: int) -> tuple[float, float, float]:
    """Seconds from Parquet to findings, peak GB, and the number of findings, of one version."""
    command = [sys.executable, str(tree / "bench" / "run.py"), "--one", "whole", str(power)]
    done = subprocess.run(command, env=_environment(tree), cwd=tree, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return told["figures"]["read, locate, match, judge (streamed)"], told["peak_gb"], told["figures"]["findings"]


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
    parser.add_argument("other", type=Path, help="another checkout of Servanda")
    parser.add_argument("--sizes", type=int, nargs="*", default=[6, 7], help="powers of ten (default: 6 7)")
    parser.add_argument(
        "--times", type=int, default=3, help="how often each is measured (default: 3; starts: seven times as often)"
    )
    args = parser.parse_args()
    other = args.other.resolve()
    data = HERE / "bench-data"
    data.mkdir(exist_ok=True)
    if not (other / "bench-data").exists():
        (other / "bench-data").symlink_to(data)
    print("| what | other | this |\n|---|---|---|")
    for power in args.sizes:
        whole(HERE, power)  # makes the data, and warms the file cache
        runs = [(whole(other, power), whole(HERE, power)) for _ in range(args.times)]
        assert {run[0][2] for run in runs} == {run[1][2] for run in runs}, "the versions find different things"
        for n, what, digits in ((0, "s", 2), (1, "GB", 2)):
            sides = [spread([run[side][n] for run in runs], digits) for side in (0, 1)]
            print(f"| 10^{power} from Parquet to findings, {what} | {sides[0]} | {sides[1]} |", flush=True)
    for name, arguments in STARTS.items():
        pairs = [(start(other, arguments), start(HERE, arguments)) for _ in range(7 * args.times)]
        sides = [spread([pair[side] for pair in pairs], 0) for side in (0, 1)]
        print(f"| servanda {name}, ms | {sides[0]} | {sides[1]} |", flush=True)


if __name__ == "__main__":
    main()
