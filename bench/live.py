"""A session that is kept: what one more report costs, and a restart; a record that is verified; Spark on one machine. Kinds of bench/run.py."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ONES, HUNDREDS = 9, 5
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
FOLDER, STATE = "live-in", "live-state"


def change(folder: Path, reports: Path) -> dict[str, float]:
    """All reports but some taken in; then one at a time, and a hundred: seconds, and seconds of processor time, each the median."""
    import numpy as np
    import polars as pl

    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.engine import LocalEngine
    from servanda.evidence import read_evidence
    from servanda.live import Session

    engine, text = LocalEngine(), read_agreement(folder / "agreement.yaml")
    context = context_of(text)
    every = pl.concat(read_evidence([reports], context, map=engine.map).batches())
    late = np.zeros(every.height, bool)
    late[np.random.default_rng(1).permutation(every.height)[: ONES + 1 + 100 * HUNDREDS]] = True
    rest = every.filter(pl.Series(late))
    given = [every.filter(pl.Series(~late))]
    del every
    session = Session(text, context=context, engine=engine)
    began = time.perf_counter()
    session.change(reports=(given.pop() for _ in range(1)))
    load = time.perf_counter() - began
    session.change(reports=[rest[:1]])  # what is made when it is first asked for
    ones = [_cost(session.change, rest[n : n + 1]) for n in range(1, ONES + 1)]
    hundreds = [_cost(session.change, rest[n : n + 100]) for n in range(ONES + 1, rest.height, 100)]
    asked = [_cost(session.fork().change, rest[:1].with_columns(report_id=pl.lit(f"what-if-{n}"))) for n in range(3)]
    decided = [
        _cost(session.change, decisions=merges)
        for merges in _merges(session.lies["incident_id"].unique(maintain_order=True))
    ]
    out = {"a session: all reports taken in": load}
    told = (("one more report", ones), ("a hundred more", hundreds), ("what one would change", asked))
    for what, costs in told:
        for n, kind in enumerate(("", " of processor time")):
            out[f"({what}, fused, to verdicts: ms{kind})"] = 1e3 * statistics.median(cost[n] for cost in costs)
    quiet = [cost[0] for cost in ones if not cost[2]]
    if quiet:
        out["(that changes no verdict: ms)"] = 1e3 * statistics.median(quiet)
    out["(a decision, to verdicts: ms)"] = 1e3 * statistics.median(cost[0] for cost in decided)
    return out


def _merges(incidents: Any) -> Iterator[tuple[Any, ...]]:
    """Decisions that come one after another, each of which merges two incidents."""
    from servanda.evidence.decisions import Decision

    made: tuple[Any, ...] = ()
    for n in range(ONES):
        about = (incidents[2 * n], incidents[2 * n + 1])
        made = (*made, Decision(f"d{n}", "merge", about, "Chair", WHEN, WHEN, "one event"))
        yield made


def _cost(taken: Callable[..., Any], table: object = None, **what: Any) -> tuple[float, float, int]:
    """Seconds, of the clock and of processor time, and how many verdicts changed."""
    began, used = time.perf_counter(), time.process_time()
    changes = taken(reports=[table], **what) if table is not None else taken(**what)
    return time.perf_counter() - began, time.process_time() - used, len(changes.verdicts)


def restart(folder: Path, reports: Path) -> dict[str, float]:
    """A follower that is started without a state, and one that goes on from it, into whose folder a file comes; each in a process of its own."""
    import polars as pl

    there, state = folder / f"{FOLDER}-{reports.stem}", folder / f"{STATE}-{reports.stem}"
    shutil.rmtree(state, ignore_errors=True)
    there.mkdir(exist_ok=True)
    come, arrived = folder / "one-more.parquet", there / "one-more.parquet"
    arrived.unlink(missing_ok=True)
    known = pl.read_parquet(reports, n_rows=1)
    known.with_columns(report_id=pl.lit("one-more")).write_parquet(come)
    if not (there / reports.name).exists():
        (there / reports.name).symlink_to(reports.resolve())
    out = {}
    for what in ("servanda follow: to the verdicts, without a state", "servanda follow --state: to the verdicts again"):
        script = (
            "import sys, time; from pathlib import Path\n"
            "from servanda.app.follow import Follower, folder_listing\n"
            "from servanda.app.state import State\n"
            "agreement, there, state, come, arrived = map(Path, sys.argv[1:])\n"
            "live = Follower(folder_listing(agreement, there), state=State(state, state / 'key'))\n"
            "began = time.perf_counter(); live.look(); looked = time.perf_counter() - began\n"
            "began = time.perf_counter(); live.unsaved and live.save()\n"
            "print(looked, time.perf_counter() - began)\n"
            "live.told.startswith('Went on') and come.rename(arrived)\n"
            "began = time.perf_counter(); live.look()\n"
            "print(1e3 * (time.perf_counter() - began))\n"
        )
        asked = [sys.executable, "-c", script, folder / "agreement.yaml", there, state, come, arrived]
        looked, saved, taken = subprocess.run(asked, capture_output=True, check=True, text=True).stdout.split()
        out[what] = float(looked)
        if "without" in what:
            out["the state is saved"] = float(saved)
    out["(a file of one report comes into the folder, to the verdicts: ms)"] = float(taken)
    arrived.unlink(missing_ok=True)
    out["(the state, MB)"] = (state / "session.state").stat().st_size / 1e6
    return out


def record(folder: Path, reports: Path) -> dict[str, float]:
    """The same files plainly and from a record: adding them, and both ways to the verdicts."""
    import polars as pl

    kept, key, table = folder / f"verified-{reports.stem}", folder / "verified.key", reports.with_suffix(".csv")
    for old in (kept, kept.with_name(f"{kept.name}.vault"), key, key.with_name(f"{key.name}.pub")):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    if not table.exists():
        pl.read_parquet(reports).write_csv(table)
    text, maps, out = folder / "agreement.yaml", folder / "places.geojson", str(folder / "out")
    _typed("record", "key", "--out", str(key), "bench.example/log")
    _typed("record", "init", "--key", str(key), "--quorum", "none", str(kept))
    _typed("record", "add", str(kept), str(text), str(maps), "--key", str(key))
    added = _typed("record", "add", str(kept), str(table), "--key", str(key))
    plain = _typed("verify", str(text), str(table), "--out", out)
    recorded = _typed("verify", "--record", str(kept), "--out", out)
    return {
        "servanda record add (a table of 17 columns)": added,
        "servanda verify --out, from CSV": plain,
        "servanda verify --record --out": recorded,
        "(verify --record to plain verify, times)": recorded / plain,
    }


def _typed(*arguments: str) -> float:
    """Seconds of one command as it is typed, from a cold start; it must succeed."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "servanda", *arguments], capture_output=True, check=True)
    return time.perf_counter() - began


def spark(folder: Path, reports: Path) -> dict[str, float]:
    """Verify without fusion on Spark on this machine, from the start of Java on; nothing where there is no Java, or no pyspark."""
    import importlib.util

    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        return {}
    asked = ["verify", str(folder / "agreement.yaml"), str(reports), "--no-fuse", "--out", str(folder / "out")]
    return {
        "servanda verify --no-fuse --out, beside Spark": _typed(*asked),
        "servanda verify --no-fuse --out --engine spark": _typed(*asked, "--engine", "spark"),
    }
