"""What a piece of work took: by the clock, and in processor time, which other work on the machine disturbs little.

Processor time is that of user and system, of this process and of every process that it started and waited for, and of those that
they left behind (Java of Spark), where the system lets us adopt them (Linux). The most memory is that of the largest of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import statistics
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TypeAlias

_SUBREAPER = 36
_PATIENCE = 30.0


class Took(NamedTuple):
    """Seconds, or milliseconds where the name of the figure says so."""

    clock: float
    processor: float

    def times(self, factor: float) -> Took:
        """The same in another unit, or a share of it."""
        return Took(factor * self.clock, factor * self.processor)


Figures: TypeAlias = dict[str, float | Took]
"""What was measured, by name."""


class Stopwatch:
    """Runs from when it is made. What was loaded before the first is made is not looked through for garbage any more: so it is on the
    command line (``cli/loading.py``), and so it is here for us and for the peers.
    """

    def __init__(self) -> None:
        if not gc.get_freeze_count():
            gc.freeze()
        self._clock, self._processor = time.perf_counter(), processor_time()

    def took(self) -> Took:
        """What was used since it was made."""
        return Took(time.perf_counter() - self._clock, processor_time() - self._processor)


def median(costs: Iterable[Took]) -> Took:
    """The median of the clock's times, and that of processor time."""
    clocks, processors = zip(*costs, strict=True)
    return Took(statistics.median(clocks), statistics.median(processors))


def processor_time() -> float:
    """Seconds used until now by this process and by what it started and waited for."""
    own, begun = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + begun.ru_utime + begun.ru_stime


def adopt() -> None:
    """Be the parent of what processes that we start leave behind, so that it counts as ours."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def wait_for_orphans() -> None:
    """Wait until every process that was left to us has ended, for half a minute at most; ours must have been waited for."""
    until = time.monotonic() + _PATIENCE
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.05)


def peak_gb() -> float:
    """The most memory of this process, or of one that it waited for, whichever is more."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    # ru_maxrss of a process begins with that of the process which started it: the system's own mark does not
    own = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), None)
    if own is None:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1e6


def machine_time() -> float | None:
    """Seconds of processor time that the whole machine used since it started; None where it does not say."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    user, nice, system, _, _, interrupts, soft = map(
        int, stat.read_text(encoding="utf-8").split("\n", 1)[0].split()[1:8]
    )
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")
