"""A session that is kept: what one more report costs, and a restart; a record that is verified; Spark on one machine. Kinds of bench/run.py."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clock import Figures, Stopwatch, Took, median
from commands import HERE, typed

ONES, HUNDREDS = 9, 5
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
FOLDER, STATE = "live-in", "live-state"


def change(folder: Path, reports: Path) -> Figures:
    """All reports but some taken in; then one at a time, and a hundred: seconds, and seconds of processor time, each the median."""
    from servanda.app.memory import give_large_blocks_back

    give_large_blocks_back()  # as servanda follow does
    import numpy as np
    import polars as pl

    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.engine import LocalEngine
    from servanda.evidence import read_evidence
    from servanda.live import Session

    engine, text = LocalEngine(), read_agreement(folder / "agreement.yaml")
    context = context_of(text)
    many, few = pl.scan_parquet(reports).select(pl.len()).collect().item(), ONES + 1 + 100 * HUNDREDS
    late = np.zeros(many, bool)
    late[np.random.default_rng(1).permutation(many)[:few]] = True
    aside: list[pl.DataFrame] = []

    def given() -> Iterator[pl.DataFrame]:
        at = 0
        for table in read_evidence([reports], context, map=engine.map).batches():
            some = pl.Series(late[at : at + table.height])
            at += table.height
            aside.append(table.filter(some))
            yield table.filter(~some)

    session = Session(text, context=context, engine=engine)
    watch = Stopwatch()
    session.change(reports=given())
    load = watch.took()
    rest = pl.concat(aside)
    session.change(reports=[rest[:1]])  # what is made when it is first asked for
    ones = [_cost(session.change, rest[n : n + 1]) for n in range(1, ONES + 1)]
    hundreds = [_cost(session.change, rest[n : n + 100]) for n in range(ONES + 1, rest.height, 100)]
    asked = [_cost(session.fork().change, rest[:1].with_columns(report_id=pl.lit(f"what-if-{n}"))) for n in range(3)]
    decided = [
        _cost(session.change, decisions=merges)
        for merges in _merges(session.lies["incident_id"].unique(maintain_order=True))
    ]
    out: Figures = {"a session: all reports taken in": load}
    told = (("one more report", ones), ("a hundred more", hundreds), ("what one would change", asked))
    for what, costs in told:
        out[f"({what}, fused, to verdicts: ms)"] = median(took for took, _ in costs).times(1e3)
    quiet = [took for took, changed in ones if not changed]
    if quiet:
        out["(that changes no verdict: ms)"] = median(quiet).times(1e3)
    out["(a decision, to verdicts: ms)"] = median(took for took, _ in decided).times(1e3)
    return out


def _merges(incidents: Any) -> Iterator[tuple[Any, ...]]:
    """Decisions that come one after another, each of which merges two incidents."""
    from servanda.evidence.decisions import Decision

    made: tuple[Any, ...] = ()
    for n in range(ONES):
        about = (incidents[2 * n], incidents[2 * n + 1])
        made = (*made, Decision(f"d{n}", "merge", about, "Chair", WHEN, WHEN, "one event"))
        yield made


def _cost(taken: Callable[..., Any], table: object = None, **what: Any) -> tuple[Took, int]:
    """What it takes, and how many verdicts changed."""
    watch = Stopwatch()
    changes = taken(reports=[table], **what) if table is not None else taken(**what)
    return watch.took(), len(changes.verdicts)


def restart(folder: Path, reports: Path) -> Figures:
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
    out: Figures = {}
    for what in ("servanda follow: to the verdicts, without a state", "servanda follow --state: to the verdicts again"):
        script = (
            "import json, sys; from pathlib import Path\n"
            "from clock import Stopwatch\n"
            "from servanda.app.memory import give_large_blocks_back\n"
            "give_large_blocks_back()\n"
            "from servanda.app.follow import Follower, folder_listing\n"
            "from servanda.app.state import State\n"
            "agreement, there, state, come, arrived = map(Path, sys.argv[1:])\n"
            "live = Follower(folder_listing(agreement, there), state=State(state, state / 'key'))\n"
            "watch = Stopwatch(); live.look(); looked = watch.took()\n"
            "watch = Stopwatch(); live.unsaved and live.save(); saved = watch.took()\n"
            "live.told.startswith('Went on') and come.rename(arrived)\n"
            "watch = Stopwatch(); live.look()\n"
            "print(json.dumps([looked, saved, watch.took()]))\n"
        )
        asked = [sys.executable, "-c", script, folder / "agreement.yaml", there, state, come, arrived]
        told = subprocess.run(asked, capture_output=True, check=True, text=True, cwd=HERE).stdout
        looked, saved, taken = (Took(*one) for one in json.loads(told))
        out[what] = looked
        if "without" in what:
            out["the state is saved"] = saved
    out["(a file of one report comes into the folder, to the verdicts: ms)"] = taken.times(1e3)
    arrived.unlink(missing_ok=True)
    out["(the state, MB)"] = (state / "session.state").stat().st_size / 1e6
    return out


def record(folder: Path, reports: Path) -> Figures:
    """The same files plainly and from a record: adding them, and both ways to the verdicts."""
    import polars as pl

    kept, key, table = folder / f"verified-{reports.stem}", folder / "verified.key", reports.with_suffix(".csv")
    for old in (kept, kept.with_name(f"{kept.name}.vault"), key, key.with_name(f"{key.name}.pub")):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    if not table.exists():
        pl.read_parquet(reports).write_csv(table)
    text, maps, out = folder / "agreement.yaml", folder / "places.geojson", str(folder / "out")
    typed("record", "key", "--out", str(key), "bench.example/log")
    typed("record", "init", "--key", str(key), "--quorum", "none", str(kept))
    typed("record", "add", str(kept), str(text), str(maps), "--key", str(key))
    added = typed("record", "add", str(kept), str(table), "--key", str(key))
    plain = typed("verify", str(text), str(table), "--out", out)
    recorded = typed("verify", "--record", str(kept), "--out", out)
    return {
        "servanda record add (a table of 17 columns)": added,
        "servanda verify --out, from CSV": plain,
        "servanda verify --record --out": recorded,
        "(verify --record to plain verify, times)": Took(
            recorded.clock / plain.clock, recorded.processor / plain.processor
        ),
    }


def spark(folder: Path, reports: Path) -> Figures:
    """Verify without fusion on Spark on this machine, from the start of Java on; nothing where there is no Java, or no pyspark."""
    import importlib.util

    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        return {}
    asked = ["verify", str(folder / "agreement.yaml"), str(reports), "--no-fuse", "--out", str(folder / "out")]
    return {
        "servanda verify --no-fuse --out, beside Spark": typed(*asked),
        "servanda verify --no-fuse --out --engine spark": typed(*asked, "--engine", "spark"),
    }
