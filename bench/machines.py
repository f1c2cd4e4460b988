"""Many machines: one command in one process, and on a master of Spark with two workers on loopback; kinds of bench/run.py.

Every file of the one is compared with that of the other: a difference is a failure, which names them.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from clock import Figures, Stopwatch, Took, wait_for_orphans
from commands import HERE, typed

sys.path.insert(0, str(HERE.parent))
WORKER, DRIVER, JAVA = "(largest Python worker, GB)", "(Python that asks, GB)", "(largest Java, GB)"
SAME = "(files that are the same bytes as those of one process)"
_PAUSE = 0.5


def unfused(folder: Path, reports: Path) -> Figures:
    """Reports of three months, as they bear ids. Nothing where there is no Java, or no pyspark."""
    return _both(folder, "--no-fuse", folder / "agreement.yaml", reports)


def fused(folder: Path, power: int) -> Figures:
    """So many reports of three years of war, which are made into incidents first."""
    reports, agreement = folder / f"war-1e{power}.parquet", folder / "war.yaml"
    if not reports.exists():
        script = "import sys, pathlib, commands; commands.make_war(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
        subprocess.run([sys.executable, "-c", script, str(reports), str(power)], check=True, cwd=HERE)
    agreement.write_text(
        "agreement: war\ntitle: Three years of war\ntimezone: UTC\nparties: {A: Aland, B: Bland}\nin_force: {from: 2025-03-18, for: 1095 days}\n"
        "places:\n  west: {polygon: [[47.5, 29.5], [48.5, 29.5], [48.5, 36], [47.5, 36]]}\n"
        "  east: {polygon: [[47.5, 36], [48.5, 36], [48.5, 42.5], [47.5, 42.5]]}\n"
        "terms:\n  fire: {text: No shelling in the west, forbid: {act: shelling, in: west}}\n"
        "  strikes: {text: No strikes in the east, forbid: {act: [missile, airstrike, strike_drone], in: east}}\n"
        "  assaults: {text: No assaults, forbid: {act: assault}}\n"
        "  drones: {text: No more than a hundred strikes a day, limit: {what: {act: strike_drone}, to: 100, per: 1 day}}\n",
        encoding="utf-8",
    )
    return _both(folder, "", agreement, reports)


def _both(folder: Path, option: str, agreement: Path, reports: Path) -> Figures:
    from tests.spark_cluster import MISSING, Cluster

    if MISSING:
        return {}
    asked = ["verify", str(agreement), str(reports), *([option] if option else [])]
    name = " ".join(["servanda verify", *([option] if option else []), "--out"])
    outs = [folder / "out-one", folder / "out-cluster"]
    for out in outs:
        shutil.rmtree(out, ignore_errors=True)
    one = typed(*asked, "--out", str(outs[0]))
    with tempfile.TemporaryDirectory(dir=folder, prefix="cluster-") as scratch:
        watch = Stopwatch()
        cluster = Cluster(Path(scratch))
        try:
            options = ["--engine", "spark", "--master", cluster.master, "--out", str(outs[1])]
            log = Path(scratch) / "log"
            with log.open("wb") as file:
                command = [sys.executable, "-m", "servanda", *asked, *options]
                alone = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}  # its driver listens as the cluster does
                run = subprocess.Popen(command, stdout=file, stderr=file, env=alone)
            peaks, used = _watched(run, [process.pid for process in cluster.processes])
            if run.returncode:
                told = log.read_text("utf-8", "replace").strip().splitlines()[-3:]
                raise RuntimeError(" / ".join(line.strip() for line in told))
        finally:
            clock = watch.took().clock
            cluster.end()
        wait_for_orphans()
    same = _same(*outs)
    for out in outs:  # some gigabytes at 10^7; where they differ they stay, to be looked at
        shutil.rmtree(out)
    return {
        f"{name}, in one process": one,
        f"{name} --engine spark, a master and two workers of one core": Took(clock, used),
        **peaks,
        SAME: same,
    }


def _same(one: Path, other: Path) -> int:
    """How many files there are.

    Raises:
        RuntimeError: they are not the same bytes, or not the same files.
    """
    names = sorted(path.name for path in one.iterdir())
    if names != (there := sorted(path.name for path in other.iterdir())):
        raise RuntimeError(f"the files are others: {names} and {there}")
    _, differ, unread = filecmp.cmpfiles(one, other, names, shallow=False)
    if differ or unread:
        raise RuntimeError(f"not the same bytes as in one process: {', '.join([*differ, *unread])}")
    return len(names)


def _watched(run: subprocess.Popen[bytes], cluster: Iterable[int]) -> tuple[Figures, float]:
    """The most memory of each kind of process until one has ended, by the system's own marks; and the processor time of all: looked at twice a
    second, because not every process of Spark is waited for by who started it.
    """
    most: dict[str, float] = {WORKER: 0.0, DRIVER: 0.0, JAVA: 0.0}
    used: dict[int, float] = {}
    while run.poll() is None:
        for process in _with_what_they_started({run.pid, *cluster}):
            status = _status(process)
            if "VmHWM" in status:
                java = status["Name"] == "java"
                kind = JAVA if java else DRIVER if process == run.pid else WORKER
                most[kind] = max(most[kind], int(status["VmHWM"].split()[0]) / 1e6)
                used[process] = _processor(process) or used.get(process, 0.0)
        time.sleep(_PAUSE)
    return dict(most), sum(used.values())


def _processor(process: int) -> float:
    """Seconds that a process has used by itself; 0 where it has ended."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _status(process: int) -> dict[str, str]:
    """What the system tells of a process; nothing where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _with_what_they_started(roots: set[int]) -> set[int]:
    parents = {
        int(name): int(_status(int(name)).get("PPid", 0))
        for name in (path.name for path in Path("/proc").iterdir())
        if name.isdigit()
    }
    found, new = set(roots), set(roots)
    while new:
        new = {process for process, parent in parents.items() if parent in new} - found
        found |= new
    return found
