"""``servanda fuse``: reports into incidents, and how many there may be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from servanda.cli.loading import load
from servanda.cli.options import Commands, add_engine, add_reader, write_folder
from servanda.cli.progress import Progress
from servanda.cli.quarantine import print_quarantine
from servanda.wording import count_between, plural

if TYPE_CHECKING:
    from servanda.app.fuse import FusionResult


def register(commands: Commands) -> None:
    """``servanda fuse`` and its options."""
    command = commands.add_parser(
        "fuse",
        help="Group reports into incidents: which reports describe the same event, and how certain that is",
        description="Find which reports describe the same event. Writes incidents (CSV, Parquet, GeoJSON), their members with the reason for each, and counts.",
    )
    command.add_argument(
        "evidence", metavar="EVIDENCE", nargs="+", help="reports, registers of sources and decisions, as for 'verify'"
    )
    command.add_argument(
        "--agreement",
        metavar="FILE",
        help="take parties, time zone and codes from this agreement (default: every accused actor is a party, times without a zone are UTC)",
    )
    add_reader(command)
    add_engine(command)
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write incidents (.csv, .parquet, .geojson), members.csv, counts.csv, lineage.csv, origins.csv, disagreements.csv, strays.csv, grades.csv "
        "and quarantine.csv there (default: write no files)",
    )


def run(args: argparse.Namespace) -> int:
    """Group reports into incidents and print how many there are, from and to."""
    load("servanda.app.fuse", "servanda.app.memory")
    import polars as pl

    from servanda.app.engines import engine_of
    from servanda.app.fuse import fuse_files
    from servanda.app.memory import keep_freed_memory
    from servanda.app.output import refuse_folder

    keep_freed_memory()
    if args.out is not None:
        refuse_folder(args.out)
    with engine_of(args.engine, args.master) as engine, Progress() as progress:
        result = fuse_files(args.evidence, args.agreement, reader=args.reader, engine=engine, progress=progress)
        fusion, lineage, ingest = result
        if args.out is not None:
            from servanda.report.tables import fusion_tables

            progress("incidents to write", fusion.incidents.height)
            write_folder(args, fusion_tables(fusion, lineage, ingest.quarantine))
    least, likely, most = fusion.total
    print(
        f"{plural(int(fusion.counts['reports'].sum()), 'report')}, {count_between(least, most, 'incident')}; {likely:,} found; {plural(ingest.quarantined, 'row')} in quarantine"
    )
    print_quarantine(ingest)
    undecided = fusion.counts.filter(pl.col("least") < pl.col("most"))
    for part, n, k, low, high in undecided.select("part", "reports", "incidents", "least", "most").head(10).iter_rows():
        print(f"  around {part}: {plural(n, 'report')}, {count_between(low, high, 'incident')} ({k:,} found)")
    if undecided.height > 10:
        print(f"  and {undecided.height - 10:,} more places where the evidence does not decide; counts.csv has all")
    _print_lineage(result)
    if args.out is not None:
        print(f"Written to {args.out}.")
    return 0


def _print_lineage(result: FusionResult) -> None:
    """How many independent origins incidents have, and what changed on the way."""
    lineage = result.lineage
    origins = lineage.counts["independent"].clip(upper_bound=3)
    spread = [(int((origins == k).sum()), word) for k, word in enumerate(("0", "1", "2", "3 or more"))]
    print(
        "Independent origins: "
        + "; ".join(f"{plural(many, 'incident has', 'incidents have')} {k}" for many, k in spread if many)
    )
    if lineage.disagreements.height:
        kinds = lineage.disagreements["what"].value_counts().sort("what")
        print(
            "Relays that differ from the others of their origin: "
            + ", ".join(f"{k} in {v:,}" for k, v in kinds.iter_rows())
        )
    for incident, report, other, changed, why in lineage.misassigned.head(5).iter_rows():
        print(f"  {incident} ({report}) may be {other}, its {changed} changed on the way: {why}")
    if lineage.misassigned.height > 5:
        print(f"  and {lineage.misassigned.height - 5:,} more in strays.csv")
