"""Worker processes that try inputs; one that hangs or dies is a failure, and another takes its place."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tests.soak.run import Failure, Soak

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
"""Many small inputs: threads that wait for each other take most of the time."""
PATIENCE = 5
"""An input that hangs is tried once more, with so many times the limit: the machine may have been busy."""
KEPT = 20  # failures of one cause that are kept


def work(pipe: Connection, folder: Path, seed: int, kinds: list[str]) -> None:
    """A worker: takes numbers, gives back kinds and failures, until it is told to stop."""
    with contextlib.suppress(OSError):
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    soak = Soak(folder, seed, kinds)
    pipe.send("ready")
    while (number := pipe.recv()) is not None:
        pipe.send(soak.attempt(number))


class Worker:
    """One process, what it is at, and since when."""

    def __init__(self, folder: Path, args: argparse.Namespace) -> None:
        self._args, self._parent = args, folder
        self.number: int | None = None
        self.patience, self.since = 1, 0.0
        self._start()

    def _start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=self._parent))
        self.soak = Soak(self.folder, self._args.seed, self._args.kind)
        os.environ |= ONE_THREAD
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=work, args=(theirs, self.folder, self._args.seed, self._args.kind), daemon=True
        )
        self._process.start()
        theirs.close()
        self.pipe.recv()  # its start is no part of the time of an input

    def give(self, number: int) -> None:
        """Have an input tried."""
        self.patience = PATIENCE if number == self.number else 1
        self.number, self.since = number, time.monotonic()
        self.pipe.send(number)

    def hangs(self) -> bool:
        """Whether the input takes longer than it may."""
        return time.monotonic() - self.since > self.patience * self._args.limit

    def lost(self, what: str) -> Failure:
        """The worker hangs or is dead: its failure; another process takes its place."""
        assert self.number is not None
        self._process.kill()
        self._process.join()
        return Failure(
            self.soak.kind_of(self.number),
            self._args.seed,
            self.number,
            what,
            f"exit code {self._process.exitcode}",
            "?",
        )

    def renew(self) -> None:
        """Begin again with a new process."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._start()

    def stop(self) -> None:
        """End the process."""
        self.pipe.send(None)
        self._process.join(5)
        self._process.kill()


class Tally:
    """What came of the inputs so far."""

    def __init__(self, out: Path) -> None:
        self._out, self._begun = out, time.monotonic()
        self.kinds: Counter[str] = Counter()
        self.causes: Counter[tuple[str, str, str]] = Counter()

    def take(self, kind: str, failures: list[Failure], place: Path) -> None:
        """Count an input; keep what failed, but not every one of the same cause."""
        self.kinds[kind] += 1
        for failure in failures:
            cause = (failure.what, failure.kind, failure.where)
            self.causes[cause] += 1
            if self.causes[cause] <= KEPT:
                failure.save(self._out, place)
        if failures:
            shutil.rmtree(place, ignore_errors=True)

    def line(self) -> str:
        """How far it is."""
        seconds = time.monotonic() - self._begun
        return f"{self.kinds.total():,} inputs, {self.causes.total():,} failures, {seconds:,.0f} s"

    def summary(self) -> str:
        """Everything, for reading."""
        words = [f"  {kind:10} {n:>8,}" for kind, n in sorted(self.kinds.items())]
        words += [
            f"  FAILED {n:>5,} x {what} ({kind}): {where}" for (what, kind, where), n in self.causes.most_common()
        ]
        return "\n".join([self.line(), *words])


def soak(args: argparse.Namespace, tally: Tally) -> None:
    """Try all inputs that are asked for; what came of them goes to the tally."""
    numbers = iter([args.only] if args.only is not None else range(args.begin, args.begin + args.n))
    shown = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        workers = [Worker(Path(name), args) for _ in range(1 if args.only is not None else args.workers)]
        busy = {w.pipe: w for w in workers if _next(w, numbers)}
        while busy:
            for pipe in wait(list(busy), 1.0):
                worker = busy.pop(pipe)  # type: ignore[call-overload]
                _collect(worker, tally)
                if _next(worker, numbers):
                    busy[worker.pipe] = worker
            for worker in [w for w in busy.values() if w.hangs()]:
                del busy[worker.pipe]
                again = worker.number if worker.patience == 1 else None
                if again is None:
                    _take_lost(worker, tally, "hang")
                else:
                    worker.lost("hang")
                    worker.renew()
                if again is not None or _next(worker, numbers):
                    if again is not None:
                        worker.give(again)
                    busy[worker.pipe] = worker
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                print(tally.line(), flush=True)
        for worker in workers:
            worker.stop()


def _next(worker: Worker, numbers: Iterator[int]) -> bool:
    number = next(numbers, None)
    if number is not None:
        worker.give(number)
    return number is not None


def _collect(worker: Worker, tally: Tally) -> None:
    assert worker.number is not None
    try:
        kind, failures = worker.pipe.recv()
    except (EOFError, OSError):
        _take_lost(worker, tally, "crash")
        return
    tally.take(kind, failures, worker.soak.place(worker.number))


def _take_lost(worker: Worker, tally: Tally, what: str) -> None:
    failure = worker.lost(what)
    tally.take(failure.kind, [failure], worker.soak.place(failure.number))
    worker.renew()
