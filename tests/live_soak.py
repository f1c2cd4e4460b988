"""``python -m tests.live_soak``: sessions to which so many things come, each compared to the byte with a run from nothing; exit code 1 where one differed.

A round draws some walks from its number, so that ``--first N --steps 1`` repeats round N; Hypothesis makes what failed small before it is shown.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import timedelta
from multiprocessing import get_context
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests import test_terms as terms
from tests.test_live import CAME, walked
from tests.test_properties import AGREEMENTS, DAY, coverages, rows

WALKS = 10  # of each kind in a round
FAILED = 3  # rounds that differ, after which no more are begun
CHOSEN = settings(
    max_examples=WALKS, deadline=None, derandomize=False, database=None, suppress_health_check=list(HealthCheck)
)
KINDS = ((AGREEMENTS, rows, coverages), (terms.AGREEMENTS, terms.rows, terms.coverages))


def round_of(number: int) -> tuple[Counter[str], str]:
    """What came in the walks of a round, by kind; and what failed, in words."""
    CAME.clear()
    try:
        for texts, of_reports, of_coverage in KINDS:
            hours = st.one_of(st.none(), st.integers(0, 900))
            drawn = given(st.data(), of_reports(), hours)(_walk(texts, of_coverage))
            seed(number)(CHOSEN(drawn))()
    except Exception:  # noqa: BLE001 - whatever it was, it is shown and counted
        return Counter(CAME), traceback.format_exc()
    return Counter(CAME), ""


def _walk(texts: Any, seen: Any) -> Any:
    def walk(data: Any, mine: Any, hours: int | None) -> None:
        walked(data, texts, mine, seen, None if hours is None else DAY + timedelta(hours=hours))

    return walk


def main() -> int:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m tests.live_soak", description="Walk sessions through random steps.")
    top.add_argument("--steps", type=int, default=10_000, help="how many, at least (default: 10,000)")
    top.add_argument("--first", type=int, default=0, help="the number of the first round (default: 0)")
    top.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one for each core)")
    args = top.parse_args()
    for end in (signal.SIGINT, signal.SIGTERM):  # also in the background, where the first is not heeded
        signal.signal(end, signal.default_int_handler)
    began, came, failed, number = time.monotonic(), Counter[str](), 0, args.first
    told_at = began
    running: dict[Future[tuple[Counter[str], str]], int] = {}
    with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn")) as pool:
        try:
            while running or (came.total() < args.steps and failed < FAILED):
                while len(running) < args.workers and came.total() < args.steps and failed < FAILED:
                    running[pool.submit(round_of, number)] = number
                    number += 1
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    steps, words = future.result()
                    came, failed = came + steps, failed + bool(words)
                    if words:
                        print(f"round {running[future]} failed:\n{words}", flush=True)
                    del running[future]
                if sys.stderr.isatty() or time.monotonic() > told_at + 60:
                    told_at = time.monotonic()
                    so_far = f"{came.total():,} steps in {told_at - began:.0f} s; to go on: --first {min(running.values(), default=number)}"
                    print(so_far, end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            print(f"interrupted; to go on: --first {min(running.values(), default=number)}")
    told = ", ".join(f"{count:,} {kind}" for kind, count in came.most_common())
    print(f"{came.total():,} steps ({told}) in {time.monotonic() - began:.0f} s; rounds that differed: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
