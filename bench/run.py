"""Speed and memory of the way from Parquet to findings, stage by stage, beside GeoPandas and pandas, in one run.

    python bench/run.py [--sizes 5 6 7 8] [--peer 6 7] [--runs 3] [--minutes 18]      sizes are powers of ten

Every measurement is a process of its own; its peak memory is the operating system's figure. Data is made once, seeded, under
bench-data/. After each, its figures stand in bench/measured.json and in the tables of docs/benchmarks.md: a run that is broken off
keeps what it has, and one of some kinds or sizes changes no others. Nothing here is a test: machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "bench-data"
sys.path.insert(0, str(HERE))

import commands  # noqa: E402
import tables  # noqa: E402


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


def stages(power: int) -> dict[str, float]:
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
    out = {}
    began = time.perf_counter()
    kept = list(read_evidence(files_of(power), context_of(text), map=in_order).batches())
    out["read"] = time.perf_counter() - began
    large = kept[0].height >= 100_000
    wanted = {u.pattern.place: text.places[u.pattern.place] for u in units if u.pattern.place}
    began = time.perf_counter()
    locator = Locator(text.frame, wanted, shortcut=large)

    def locate(batch: pl.DataFrame) -> int:
        sigma = batch["precision_m"].to_numpy() / SIGMAS_PER_RADIUS_95
        return len(locator.probabilities(batch["lon"].to_numpy(), batch["lat"].to_numpy(), sigma))

    list(in_order(locate, kept))
    out["locate (every report, all six places)"] = time.perf_counter() - began
    began = time.perf_counter()
    plan = Plan(text, units)
    matches = list(in_order(plan.matcher(many=large), kept))
    out["match (with locating what matches)"] = time.perf_counter() - began
    began = time.perf_counter()
    matched, remarks = pl.concat([m.matched for m in matches]), pl.concat([m.remarks for m in matches])
    shares = 1 + matched.height // 500_000
    list(
        in_order(
            lambda n: plan.confirm(matched.filter(pl.col("incident") % shares == n), remarks),
            range(shares),
        )
    )
    out["judge"] = time.perf_counter() - began
    return out


def whole(power: int) -> dict[str, float]:
    """Seconds from Parquet to findings, streamed."""
    from servanda.agreement import read_agreement
    from servanda.app.context import context_of
    from servanda.engine import LocalEngine
    from servanda.engine.malloc import keep_freed_memory
    from servanda.evidence import read_evidence
    from servanda.findings.plan import Plan
    from servanda.findings.queries import queries_of

    keep_freed_memory()
    began = time.perf_counter()
    text = read_agreement(DATA / "agreement.yaml")
    engine = LocalEngine()
    evidence = read_evidence(files_of(power), context_of(text), map=engine.map)
    found = engine.run(Plan(text, queries_of(text)), evidence.brief)
    seconds = time.perf_counter() - began
    assert found.reports == 10**power
    return {"read, locate, match, judge (streamed)": seconds, "findings": found.rows.height}


def command(power: int) -> dict[str, float]:
    """Seconds of the whole command, with describing incidents and writing every file."""
    asked = ["verify", str(DATA / "agreement.yaml"), *map(str, files_of(power)), "--out", str(DATA / "out")]
    return {"servanda verify --out (with report and tables)": commands.ran(*asked)}


def unfused(power: int) -> dict[str, float]:
    """The same without fusion before it."""
    asked = ["verify", str(DATA / "agreement.yaml"), *map(str, files_of(power)), "--out", str(DATA / "out")]
    return {"servanda verify --out --no-fuse": commands.ran(*asked, "--no-fuse")}


def terms(power: int) -> dict[str, float]:
    """500 terms."""
    return commands.many_terms(DATA, files_of(power)[0])


def slices(power: int) -> dict[str, float]:
    """So many watches, a term of ten years by days."""
    return commands.long_watch(DATA, 10**power)


def fuse_command(power: int) -> dict[str, float]:
    """Fusion as a command."""
    return commands.fuse(DATA, power)


def live(power: int) -> dict[str, float]:
    """One more report, and a hundred."""
    import live as kept

    return kept.change(DATA, files_of(power)[0])


def restart(power: int) -> dict[str, float]:
    """A follower that goes on from its state."""
    import live as kept

    return kept.restart(DATA, files_of(power)[0])


def verify_record(power: int) -> dict[str, float]:
    """A record beside its files."""
    import live as kept

    return kept.record(DATA, files_of(power)[0])


def spark(power: int) -> dict[str, float]:
    """Spark on this machine."""
    import live as kept

    return kept.spark(DATA, files_of(power)[0])


def start(power: int) -> dict[str, float]:
    """The shipped energy truce."""
    return commands.cold_start(DATA)


def peer(power: int) -> dict[str, float]:
    """Seconds of the same questions with GeoPandas and pandas."""
    import peer as analyst

    began = time.perf_counter()
    analyst.run(DATA, files_of(power)[0])
    return {"GeoPandas + pandas": time.perf_counter() - began}


def kinds(power: int) -> dict[str, float]:
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
    watch = Watch(
        "w",
        "mission",
        "all",
        frozenset(text.vocabulary.acts.codes),
        "",
        None,
        (Interval(force.start, force.end),),
        0.95,
    )
    began = time.perf_counter()
    evidence = read_evidence([path], context_of(text), map=in_order)
    reports = sum(batch.height for batch in evidence.batches())
    read = time.perf_counter() - began
    began = time.perf_counter()
    stamps: dict[str, float] = {}
    run = verify(
        text,
        evidence,
        Coverage((watch,)),
        engine=LocalEngine(),
        progress=lambda stage, done: stamps.__setitem__(stage, time.perf_counter() - began),
    )
    whole = time.perf_counter() - began
    words = {word: sum(v.verdict == word for v in run.verdicts) for word in sorted({v.verdict for v in run.verdicts})}
    return {
        f"fifty terms of every kind: read {reports:,} reports": read,
        "fifty terms: match and judge (findings)": stamps["judge"],
        "fifty terms: to verdicts with their steps": stamps["conclude"],
        "fifty terms: whole verify, incidents described": whole,
        **{f"(verdicts: {word})": count for word, count in words.items()},
    }


def record(power: int) -> dict[str, float]:
    """The record: appending and proving."""
    import record as rec

    return rec.ours(DATA / "record", power)


def record_whole(power: int) -> dict[str, float]:
    """The record: rows of a table, and the check of everything."""
    import record as rec

    return rec.whole(DATA / "record-whole", power)


def pymerkle(power: int) -> dict[str, float]:
    """The record's peer."""
    import record as rec

    return rec.pymerkle(DATA / "record-peer", power)


def fusion_quality(power: int) -> dict[str, float]:
    """Fusion beside its peers: 0 the sparse reports, 1 the dense."""
    import fusion

    return fusion.quality(("sparse", "dense")[power])


def fusion_speed(power: int) -> dict[str, float]:
    """Fusion: seconds."""
    import fusion

    return fusion.speed(power)


def candidate_pairs(power: int) -> dict[str, float]:
    """Candidate pairs beside DuckDB."""
    import fusion

    return fusion.pairs(power)


SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def attributions(power: int) -> dict[str, float]:
    """Who said what, on marked texts that are not shipped: nothing without them."""
    import attribution

    folder = SHARED / "attributions-dev"
    return attribution.figures(folder) if folder.exists() else {}


def speech_marked(power: int) -> dict[str, float]:
    """Who said what and who stands where, on our own marked articles in three languages."""
    import speech

    return speech.figures()


def alert_feeds(power: int) -> dict[str, float]:
    """Two feeds of air-raid alerts, as told and with times blurred by ten minutes."""
    import alerts

    folder = SHARED / "alerts-ukraine"
    out = {}
    for blur in (0, 600) if folder.exists() else ():
        p, r = alerts.score(folder, blur)
        out |= {
            f"(alerts, times blurred by {blur // 60} min: P)": p,
            f"(alerts, times blurred by {blur // 60} min: R)": r,
        }
    return out


def origins_of_truces(power: int) -> dict[str, float]:
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
    "stages": stages,
    "whole": whole,
    "command": command,
    "peer": peer,
}


def measure(kind: str, power: int) -> tuple[dict[str, float], float]:
    """Run one measurement in a process of its own; its figures and its peak memory in GB. What fails is told, and has no figures."""
    asked = [sys.executable, __file__, "--one", kind, str(power)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{kind} failed: {(done.stderr.strip().splitlines() or [done.returncode])[-1]}", flush=True)
        return {}, 0.0
    told = json.loads(done.stdout.splitlines()[-1])
    told["figures"].pop("findings", None)
    return told["figures"], told["peak_gb"]


QUALITY = [
    (0, "fusion-quality"),
    (1, "fusion-quality"),
    *((0, k) for k in ("origins", "alerts", "attributions", "speech")),
]
"""What comes out the same in every run."""


def wanted(sizes: list[int], peers: list[int]) -> list[tuple[int, str]]:
    """What is measured, in order: small sizes first, ours and the peers' in turn, so that a busy machine is busy for both."""
    out: list[tuple[int, str]] = [(0, "start"), (4, "slices")]
    for power in sorted({*sizes, *peers}):
        own = ["whole"]
        out += [(power, kind) for kind in own if power in sizes]
        out += [(power, "peer")] if power in peers else []
        own = (["live", "restart"] if power in (5, 6) else []) + (["command", "unfused"] if power < 7 else [])
        own += {5: ["terms"], 6: ["fuse-command", "kinds"]}.get(power, [])
        own += ["verify-record"] if power in (5, 6) else []
        own += ["stages"] if power < 8 else []
        own += ["pairs", "fusion"] if power in (6, 7) else []
        own += ["record", "record-whole", "pymerkle"] if power == 6 else []
        own += ["spark"] if power in (5, 6) else []
        out += [(power, kind) for kind in own if power in sizes]
    return [*out, *QUALITY]


def take_turns(asked: list[tuple[int, str]], runs: int, until: float, found: tables.Measured) -> None:
    """Measure each once, and then again as often as is asked for; what would end later than ``until`` is not begun again."""
    took: dict[tuple[int, str], float] = {}
    for run in range(runs):
        for one in asked:
            if (run and one in QUALITY) or (took and time.monotonic() + took.get(one, 0.0) > until):
                continue
            began, (power, kind) = time.monotonic(), one
            figures, peak = measure(kind, power)
            took[one] = time.monotonic() - began
            if figures:
                found.add(kind, power, figures, peak)
            print(f"run {run + 1}, {kind}, 10^{power}, {took[one]:.0f} s: {figures}, {peak:.1f} GB", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[5, 6, 7, 8])
    arguments.add_argument(
        "--peer", type=int, nargs="+", help="sizes at which the peer is measured (default: those up to 7)"
    )
    arguments.add_argument("--runs", type=int, default=3, help="how often each is measured (default: 3)")
    arguments.add_argument("--minutes", type=float, default=math.inf, help="begin nothing that would end later")
    arguments.add_argument("--only", nargs="+", choices=sorted(KINDS), help="measure only these (default: all)")
    arguments.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = arguments.parse_args()
    if args.one:
        figures = KINDS[args.one[0]](int(args.one[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps({"figures": figures, "peak_gb": peak}))
        return
    until = time.monotonic() + 60 * args.minutes
    peers = [power for power in args.sizes if power < 8] if args.peer is None else args.peer
    asked = [one for one in wanted(args.sizes, peers) if not args.only or one[1] in args.only]
    for power in {power for power, kind in asked if kind not in tables.UNSIZED}:
        files_of(power)
    take_turns(asked, args.runs, until, tables.Measured())


if __name__ == "__main__":
    main()
