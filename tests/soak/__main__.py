"""``python -m tests.soak``: tries many spoiled inputs in worker processes; exit code 1 where anything failed."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.soak.run import LIMIT, OF_RECORDS
from tests.soak.ways_in import EVERY
from tests.soak.workers import Tally, soak


def main() -> int:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m tests.soak", description="Try spoiled inputs of every kind that Servanda reads."
    )
    top.add_argument("--n", type=int, default=100_000, help="how many inputs (default: 100,000)")
    top.add_argument("--seed", type=int, default=20250318, help="where chance begins (default: 20250318)")
    top.add_argument(
        "--begin", type=int, default=0, help="the number of the first input, to go on where a run ended (default: 0)"
    )
    top.add_argument("--only", type=int, help="only the input with this number, as a failure names it")
    top.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=[*EVERY, *OF_RECORDS],
        help="only this kind; may be given several times (default: all)",
    )
    top.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one for each core)")
    top.add_argument("--limit", type=float, default=LIMIT, help="seconds after which an input hangs (default: 20)")
    top.add_argument("--out", default="out/soak", help="the folder that keeps what failed (default: out/soak)")
    args = top.parse_args()
    tally = Tally(Path(args.out))
    try:
        soak(args, tally)
    except KeyboardInterrupt:
        print(f"interrupted; to go on: --begin {args.begin + tally.kinds.total()}")
    print(tally.summary())
    if tally.causes:
        print(f"What failed lies in {args.out}, each with FAILURE.json, which says how to repeat it.")
    return 1 if tally.causes else 0


if __name__ == "__main__":
    sys.exit(main())
