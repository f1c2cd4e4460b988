"""Whole commands as a user types them: kinds of bench/run.py. Sizes are powers of ten."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clock import Figures, Stopwatch, Took, wait_for_orphans

HERE = Path(__file__).resolve().parent
CASE = HERE.parent / "cases" / "energy-truce-2025"


def ran(*arguments: str) -> Took:
    """What one command takes, which must succeed."""
    from servanda.cli.main import main

    watch = Stopwatch()
    sys.stdout = sys.stderr
    code = main(arguments)
    sys.stdout = sys.__stdout__
    assert code == 0
    return watch.took()


def typed(*arguments: str) -> Took:
    """What one command takes as it is typed, from a cold start; it must succeed."""
    watch = Stopwatch()
    subprocess.run([sys.executable, "-m", "servanda", *arguments], capture_output=True, check=True)
    clock = watch.took().clock
    wait_for_orphans()
    return Took(clock, watch.took().processor)


def cold_start(folder: Path) -> Figures:
    """Seconds of the shipped energy truce from a process that has loaded nothing; an earlier one has it in the file cache."""
    command = [
        "verify",
        str(CASE / "agreement.yaml"),
        *map(str, sorted((CASE / "evidence").iterdir())),
        "--coverage",
        str(CASE / "coverage.yaml"),
    ]
    typed(*command)
    return {"servanda verify, the shipped energy truce, from a cold start": typed(*command)}


def many_terms(folder: Path, reports: Path) -> Figures:
    """500 terms: the whole command, the writing of its files, and how large the page is."""
    import many_terms as many
    from servanda import report

    written: list[Took] = []
    made = report.all_files

    def timed(verification: object) -> dict[str, bytes]:
        watch = Stopwatch()
        files = made(verification)  # type: ignore[arg-type]
        written.append(watch.took())
        return files

    report.all_files = timed  # type: ignore[assignment]
    out = folder / "out-terms"
    whole = ran("verify", str(many.make_agreement(folder, 500)), str(reports), "--out", str(out))
    page = (out / "report.html").stat().st_size / 1e6
    return {
        "servanda verify --out, 500 terms": whole,
        "of which its files are made": written[0],
        "(500 terms: the page, MB)": page,
    }


def long_watch(folder: Path, watches: int) -> Figures:
    """So many watches that overlap for a year, a term of ten years by days."""
    chance, begin = random.Random(5), datetime(2015, 1, 1, tzinfo=UTC)
    (folder / "long.yaml").write_text(
        "agreement: long\ntitle: Ten years\ntimezone: UTC\nparties: {A: Aland, B: Bland}\nin_force: {from: 2015-01-01, for: 3652 days}\n"
        "places:\n  box: {polygon: [[47.9, 36.9], [47.9, 37.6], [48.4, 37.6], [48.4, 36.9]]}\n"
        "terms:\n  fire: {text: No fire, forbid: {act: artillery_fire, in: box}}\n"
    )
    rows = []
    for n in range(watches):
        start = begin + timedelta(minutes=chance.randrange(350 * 1440))
        end = start + timedelta(hours=chance.choice([4, 8, 12, 24, 72]))
        rows.append(
            f"  - {{id: w{n}, who: Mission, means: patrol, detects: [attack], in: box, from: {start:%Y-%m-%dT%H:%M}, "
            f"to: {end:%Y-%m-%dT%H:%M}, probability: {chance.choice([0.5, 0.8, 0.95])}, reason: made up}}"
        )
    (folder / "long-coverage.yaml").write_text("coverage: long\nwatches:\n" + "\n".join(rows) + "\n")
    reports = ["report_id,source,start,lat,lon,precision_km,act,actor"]
    for n in range(500):
        start = begin + timedelta(minutes=chance.randrange(3652 * 1440))
        lat, lon = chance.uniform(47.9, 48.4), chance.uniform(36.9, 37.6)
        reports.append(
            f"R{n},monitor,{start:%Y-%m-%dT%H:%MZ},{lat:.4f},{lon:.4f},1,artillery_fire,{chance.choice('AB')}"
        )
    (folder / "long.csv").write_text("\n".join(reports) + "\n")
    asked = ["verify", str(folder / "long.yaml"), str(folder / "long.csv"), "--by", "day", "--out", str(folder / "out")]
    seconds = ran(*asked, "--coverage", str(folder / "long-coverage.yaml"))
    return {f"servanda verify --by day over ten years, {watches:,} watches": seconds}


def fuse(folder: Path, power: int) -> Figures:
    """``servanda fuse --out`` of so many reports in CSV, which another process makes: its memory is not that of the command."""
    path = folder / f"war-1e{power}.csv"
    if not path.exists():
        script = "import sys, pathlib, commands; commands.make_war(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
        subprocess.run([sys.executable, "-c", script, str(path), str(power)], check=True, cwd=HERE)
    return {"servanda fuse --out, from CSV": ran("fuse", str(path), "--out", str(folder / "out-fuse"))}


def make_war(path: Path, power: int) -> None:
    """So many reports of three years of war, as CSV or Parquet by the name of the file."""
    import polars as pl

    import fusion_data

    told = ("report_id", "source", "origin", "side", "kind", "stance", "start", "end", "known_at", "lat", "lon")
    table = fusion_data.long_war(10**power).with_columns(precision_km=pl.col("precision_m") / 1000)
    table = table.select(*told, "precision_km", "act", "actor")
    if path.suffix == ".parquet":
        table.write_parquet(path, row_group_size=200_000)
    else:
        table.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ")
