"""Speed and memory of the way from Parquet to findings, stage by stage, beside GeoPandas and pandas, in one run.

    python bench/run.py [--sizes 5 6 7 8] [--peer 6 7] [--runs 3] [--minutes 18]      sizes are powers of ten

Every measurement is a process of its own; its peak memory is the operating system's figure. Data is made once, seeded, under
bench-data/. After each, its figures stand in bench/measured.json and in the tables of docs/benchmarks.md: a run that is broken off
keeps what it has, and one of some kinds or sizes changes no others. Beside the clock stands processor time, of the whole tree of processes,
which other work on the machine disturbs little. What was asked for and did not fit into the minutes, or failed, is said on the page.
Nothing here is a test: machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "bench-data"
sys.path.insert(0, str(HERE))

import clock  # noqa: E402
import commands  # noqa: E402
import tables  # noqa: E402
from clock import Figures, Stopwatch  # noqa: E402


def files_of(power: int) -> list[Path]:
    """The Parquet files with ten to the ``power`` reports; 10^8 are ten files of 10^7."""
    import make_data

    DATA.mkdir(exist_ok=True)
    if not (DATA / "agreement.yaml").exists():
        make_data.make_agreement(DATA)
    if power < 8:
        path = DATA / f"r1e{power}.parquet"
        if not path.exists():
            make_data.make_reports(path, 10**power)
        return [path]
    paths = [DATA / f"r1e8-{part:02d}.parquet" for part in range(10)]
    for part, path in enumerate(paths):
        if not path.exists():
            make_data.make_reports(path, 10**7, part + 1)
    return paths


def stages(power: int) -> Figures:
    """Seconds by stage, one after another, with everything kept that the next stage needs."""
    import polars as pl

    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.engine.threads import in_order
    from servanda.evidence import read_evidence
    from servanda.findings.plan import Plan
    from servanda.findings.queries import queries_of
    from servanda.values.geo.containment import SIGMAS_PER_RADIUS_95, Locator

    text = read_agreement(DATA / "agreement.yaml")
    units = queries_of(text)
    out: Figures = {}
    watch = Stopwatch()
    kept = list(read_evidence(files_of(power), context_of(text), map=in_order).batches())
    out["read"] = watch.took()
    large = kept[0].height >= 100_000
    wanted = {u.pattern.place: text.places[u.pattern.place] for u in units if u.pattern.place}
    watch = Stopwatch()
    locator = Locator(text.frame, wanted, shortcut=large)

    def locate(batch: pl.DataFrame) -> int:
        sigma = batch["precision_m"].to_numpy() / SIGMAS_PER_RADIUS_95
        return len(locator.probabilities(batch["lon"].to_numpy(), batch["lat"].to_numpy(), sigma))

    list(in_order(locate, kept))
    out["locate (every report, all six places)"] = watch.took()
    watch = Stopwatch()
    plan = Plan(text, units)
    matches = list(in_order(plan.matcher(many=large), kept))
    out["match (with locating what matches)"] = watch.took()
    watch = Stopwatch()
    matched, remarks = pl.concat([m.matched for m in matches]), pl.concat([m.remarks for m in matches])
    shares = 1 + matched.height // 500_000
    list(
        in_order(
            lambda n: plan.confirm(matched.filter(pl.col("incident") % shares == n), remarks),
            range(shares),
        )
    )
    out["judge"] = watch.took()
    return out


def whole(power: int) -> Figures:
    """Seconds from Parquet to findings, streamed."""
    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.engine import LocalEngine
    from servanda.engine.malloc import keep_freed_memory
    from servanda.evidence import read_evidence
    from servanda.findings.plan import Plan
    from servanda.findings.queries import queries_of

    keep_freed_memory()
    files = files_of(power)
    watch = Stopwatch()
    text = read_agreement(DATA / "agreement.yaml")
    engine = LocalEngine()
    evidence = read_evidence(files, context_of(text), map=engine.map)
    found = engine.run(Plan(text, queries_of(text)), evidence.brief)
    took = watch.took()
    assert found.reports == 10**power
    return {"read, locate, match, judge (streamed)": took, "findings": found.rows.height}


def command(power: int) -> Figures:
    """Seconds of the whole command, with describing incidents and writing every file."""
    asked = ["verify", str(DATA / "agreement.yaml"), *map(str, files_of(power)), "--out", str(DATA / "out")]
    return {"servanda verify --out (with report and tables)": commands.ran(*asked)}


def unfused(power: int) -> Figures:
    """The same without fusion before it."""
    asked = ["verify", str(DATA / "agreement.yaml"), *map(str, files_of(power)), "--out", str(DATA / "out")]
    return {"servanda verify --out --no-fuse": commands.ran(*asked, "--no-fuse")}


def terms(power: int) -> Figures:
    """500 terms."""
    return commands.many_terms(DATA, files_of(power)[0])


def slices(power: int) -> Figures:
    """So many watches, a term of ten years by days."""
    return commands.long_watch(DATA, 10**power)


def fuse_command(power: int) -> Figures:
    """Fusion as a command."""
    return commands.fuse(DATA, power)


def live(power: int) -> Figures:
    """One more report, and a hundred."""
    import live as kept

    return kept.change(DATA, files_of(power)[0])


def restart(power: int) -> Figures:
    """A follower that goes on from its state."""
    import live as kept

    return kept.restart(DATA, files_of(power)[0])


def verify_record(power: int) -> Figures:
    """A record beside its files."""
    import live as kept

    return kept.record(DATA, files_of(power)[0])


def spark(power: int) -> Figures:
    """Spark on this machine."""
    import live as kept

    return kept.spark(DATA, files_of(power)[0])


def cluster(power: int) -> Figures:
    """One process and a cluster, ids as they are borne."""
    import machines

    return machines.unfused(DATA, files_of(power)[0])


def cluster_fused(power: int) -> Figures:
    """One process and a cluster, with fusion."""
    import machines

    return machines.fused(DATA, power)


def start(power: int) -> Figures:
    """The shipped energy truce."""
    return commands.cold_start(DATA)


def peer(power: int) -> Figures:
    """Seconds of the same questions with GeoPandas and pandas."""
    import peer as analyst

    files = files_of(power)
    watch = Stopwatch()
    analyst.run(DATA, files[0])
    return {"GeoPandas + pandas": watch.took()}


def floor(power: int) -> Figures:
    """What reading Parquet and finding places takes at least."""
    import floor as least

    return least.run(DATA, files_of(power))


def kinds(power: int) -> Figures:
    """Seconds to judge ten to the ``power`` incidents against fifty terms of every kind, verdicts included."""
    import kinds as fifty
    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.coverage import Coverage, Watch
    from servanda.engine import LocalEngine
    from servanda.engine.malloc import keep_freed_memory
    from servanda.engine.threads import in_order
    from servanda.evidence import read_evidence
    from servanda.values.time import Interval
    from servanda.verdicts import verify

    keep_freed_memory()
    path = DATA / f"kinds-1e{power}.parquet"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        fifty.make_reports(path, 10**power)
    text = read_agreement(fifty.make_agreement(DATA))
    force = text.texts[0].in_force
    mission = Watch(
        "w",
        "mission",
        "all",
        frozenset(text.vocabulary.acts.codes),
        "",
        None,
        (Interval(force.start, force.end),),
        0.95,
    )
    watch = Stopwatch()
    evidence = read_evidence([path], context_of(text), map=in_order)
    reports = sum(batch.height for batch in evidence.batches())
    read = watch.took()
    watch = Stopwatch()
    stamps: dict[str, clock.Took] = {}
    run = verify(
        text,
        evidence,
        Coverage((mission,)),
        engine=LocalEngine(),
        progress=lambda stage, done: stamps.__setitem__(stage, watch.took()),
    )
    whole = watch.took()
    words = {word: sum(v.verdict == word for v in run.verdicts) for word in sorted({v.verdict for v in run.verdicts})}
    return {
        f"fifty terms of every kind: read {reports:,} reports": read,
        "fifty terms: match and judge (findings)": stamps["judge"],
        tables.FIFTY: stamps["conclude"],
        "fifty terms: whole verify, incidents described": whole,
        **{f"(verdicts: {word})": count for word, count in words.items()},
    }


def record(power: int) -> Figures:
    """The record: appending and proving."""
    import record as rec

    return rec.ours(DATA / "record", power)


def record_whole(power: int) -> Figures:
    """The record: rows of a table, and the check of everything."""
    import record as rec

    return rec.whole(DATA / "record-whole", power)


def pymerkle(power: int) -> Figures:
    """The record's peer."""
    import record as rec

    return rec.pymerkle(DATA / "record-peer", power)


def fusion_quality(power: int) -> Figures:
    """Fusion beside its peers: 0 the sparse reports, 1 the dense."""
    import fusion

    return fusion.quality(("sparse", "dense")[power])


def fusion_speed(power: int) -> Figures:
    """Fusion: seconds."""
    import fusion

    return fusion.speed(power)


def candidate_pairs(power: int) -> Figures:
    """Candidate pairs beside DuckDB."""
    import fusion

    return fusion.pairs(power)


SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def attributions(power: int) -> Figures:
    """Who said what, on marked texts that are not shipped: nothing without them."""
    import attribution

    folder = SHARED / "attributions-dev"
    return attribution.figures(folder) if folder.exists() else {}


def speech_marked(power: int) -> Figures:
    """Who said what and who stands where, on our own marked articles in three languages."""
    import speech

    return speech.figures()


def alert_feeds(power: int) -> Figures:
    """Two feeds of air-raid alerts, as told and with times blurred by ten minutes."""
    import alerts

    folder = SHARED / "alerts-ukraine"
    out: Figures = {}
    for blur in (0, 600) if folder.exists() else ():
        p, r = alerts.score(folder, blur)
        out |= {
            f"(alerts, times blurred by {blur // 60} min: P)": p,
            f"(alerts, times blurred by {blur // 60} min: R)": r,
        }
    return out


def origins_of_truces(power: int) -> Figures:
    """Independent origins of the truces of 2025 within one of what their coders found."""
    import alerts

    folder = SHARED / "truces-2025"
    return alerts.origins(folder) if folder.exists() else {}


KINDS = {
    "start": start,
    "terms": terms,
    "slices": slices,
    "fuse-command": fuse_command,
    "unfused": unfused,
    "attributions": attributions,
    "speech": speech_marked,
    "alerts": alert_feeds,
    "origins": origins_of_truces,
    "fusion": fusion_speed,
    "pairs": candidate_pairs,
    "fusion-quality": fusion_quality,
    "record": record,
    "record-whole": record_whole,
    "pymerkle": pymerkle,
    "kinds": kinds,
    "live": live,
    "restart": restart,
    "verify-record": verify_record,
    "spark": spark,
    "cluster": cluster,
    "cluster-fused": cluster_fused,
    "stages": stages,
    "whole": whole,
    "command": command,
    "peer": peer,
    "floor": floor,
}


AS_COMMAND = {"live": "follow", "restart": "follow", "fusion": "fuse", "fusion-quality": "fuse", "fuse-command": "fuse"}
"""The command as which a kind runs, where that is not ``verify``."""


def measure(kind: str, power: int) -> tuple[Figures, float, str]:
    """Run one measurement in a process of its own, whose libraries are told what the command line tells them; its figures, its peak memory in
    GB, and what is wrong where it failed.
    """
    from servanda.cli.loading import settings_of

    told_to = settings_of(AS_COMMAND.get(kind, "verify"))
    asked = [sys.executable, __file__, "--one", kind, str(power)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env={**told_to, **os.environ})
    if done.returncode:
        return {}, 0.0, (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    told = json.loads(done.stdout.splitlines()[-1])
    told["figures"].pop("findings", None)
    return told["figures"], told["peak_gb"], ""


QUALITY = [
    (0, "fusion-quality"),
    (1, "fusion-quality"),
    *((0, k) for k in ("origins", "alerts", "attributions", "speech")),
]
"""What comes out the same in every run."""


FIRST = [
    *((0, "start"), (6, "command"), (6, "fuse-command"), (6, "verify-record"), (5, "whole"), (5, "peer"), (6, "kinds"), (5, "terms")),
    *((4, "slices"), (4, "kinds"), (6, "live"), (6, "restart"), (7, "floor"), (7, "whole"), (6, "whole"), (6, "peer")),
]  # fmt: skip
"""What has an aim, or is what an aim is measured by, of the sizes 5 and 6; and 10^7 from Parquet beside its floor."""


def wanted(sizes: list[int], peers: list[int]) -> list[tuple[int, str]]:
    """What is measured, in order: first what has an aim; then small sizes first, ours and the peers' in turn, so that a busy machine is
    busy for both.
    """
    out: list[tuple[int, str]] = [(0, "start"), (4, "slices"), (4, "kinds")]
    out += [(7, "floor"), (7, "whole")] if max(sizes) == 6 else []
    for power in sorted({*sizes, *peers}):
        own = ["whole"]
        out += [(power, kind) for kind in own if power in sizes]
        out += [(power, "peer")] if power in peers else []
        own = ["live", "restart"] if power in (5, 6) else []
        own += ["command", "unfused"] if power < 7 else []
        own += {5: ["terms"], 6: ["fuse-command", "kinds"]}.get(power, [])
        own += ["verify-record"] if power in (5, 6) else []
        own += ["stages", "floor"] if power < 8 else []
        own += ["pairs", "fusion"] if power in (6, 7) else []
        own += ["record", "record-whole", "pymerkle"] if power == 6 else []
        own += ["spark"] if power in (5, 6) else []
        own += ["cluster", "cluster-fused"] if power in (6, 7) else []
        out += [(power, kind) for kind in own if power in sizes]
    first = [one for one in FIRST if one in out]
    return [*first, *(one for one in out if one not in first), *QUALITY]


def take_turns(asked: list[tuple[int, str]], runs: int, until: float, found: tables.Measured) -> None:
    """Measure each once, and then again as often as is asked for; what would end later than ``until`` is not begun (again)."""
    took: dict[tuple[int, str], float] = {}
    for run in range(runs):
        for one in asked:
            power, kind = one
            before = found.seconds(kind, power) if one not in took else took[one]
            if (run and one in QUALITY) or time.monotonic() + before > until:
                continue
            watch, busy = Stopwatch(), clock.machine_time()
            figures, peak, wrong = measure(kind, power)
            clock.wait_for_orphans()
            cost, used = watch.took(), clock.machine_time()
            took[one] = cost.clock
            others = None if busy is None or used is None else max(0.0, used - busy - cost.processor) / cost.clock
            if figures:
                found.add(kind, power, figures, peak, cost, others)
            elif not run:
                found.left(kind, power, f"failed: {wrong}" if wrong else "not here: its data or programs are missing")
            told = "; ".join(f"{what}: {value}" for what, value in figures.items())
            print(
                f"run {run + 1}, {kind}, 10^{power}, {cost.clock:.0f} s, others {others or 0:.1f}: {wrong or told}",
                flush=True,
            )
    for power, kind in asked:
        if (power, kind) not in took:
            found.left(kind, power, "did not fit into the minutes")


def compile_all() -> None:
    """The code of Servanda and of what it needs is compiled before anything is measured, as pip does it when it installs."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = ""
    folders = [HERE, *(Path(folder) for folder in sys.path if Path(folder).name in ("site-packages", "src"))]
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", *map(str, folders)], stdout=subprocess.DEVNULL, check=False
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[5, 6, 7, 8])
    arguments.add_argument(
        "--peer", type=int, nargs="+", help="sizes at which the peer is measured (default: those up to 7)"
    )
    arguments.add_argument("--runs", type=int, default=3, help="how often each is measured (default: 3)")
    arguments.add_argument(
        "--minutes",
        type=float,
        default=math.inf,
        help="begin nothing that would end later, as long as it took the last time",
    )
    arguments.add_argument("--only", nargs="+", choices=sorted(KINDS), help="measure only these (default: all)")
    arguments.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = arguments.parse_args()
    if args.one:
        clock.adopt()
        figures = KINDS[args.one[0]](int(args.one[1]))
        print(json.dumps({"figures": figures, "peak_gb": clock.peak_gb()}))
        return
    clock.adopt()
    compile_all()
    until = time.monotonic() + 60 * args.minutes
    peers = [power for power in args.sizes if power < 8] if args.peer is None else args.peer
    asked = [one for one in wanted(args.sizes, peers) if not args.only or one[1] in args.only]
    for power in sorted({power for power, kind in asked if kind not in tables.UNSIZED}):  # our own memory stays small
        subprocess.run([sys.executable, "-c", f"import run; run.files_of({power})"], check=True, cwd=HERE)
    found = tables.Measured(" ".join(["bench/run.py", *sys.argv[1:]]))
    take_turns(asked, args.runs, until, found)
    print("\n".join(["", *found.aims()]))


if __name__ == "__main__":
    main()
