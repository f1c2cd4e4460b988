"""The commands that look at evidence without an agreement's verdicts: ``servanda fuse`` and ``servanda figures``."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import polars as pl

from servanda.app.output import Progress, write_all
from servanda.app.verify import figures_in, fuse_files
from servanda.engine.malloc import keep_freed_memory
from servanda.errors import Fault, ServandaError
from servanda.evidence import IngestResult
from servanda.figures import added, compared, remarks_on
from servanda.incidents.lineage.report import LineageReport
from servanda.report.tables import csv, figure_tables, fusion_tables


def fuse(args: argparse.Namespace) -> int:
    """Put reports together to incidents and tell how many there are, from and to."""
    keep_freed_memory()
    progress = Progress()
    try:
        found, told, aside = fuse_files(args.evidence, args.agreement, reader=args.reader, progress=progress)
        if args.out:
            progress("incidents to write", found.incidents.height)
            write_all(Path(args.out), {**fusion_tables(found, told), "quarantine.csv": csv(aside.quarantine).encode()})
    finally:
        progress.close()
    least, whole, most = found.total
    reports = int(found.counts["reports"].sum())
    print(
        f"{reports:,} {'report' if reports == 1 else 'reports'}, {least:,} to {most:,} incidents; {whole:,} found; {aside.quarantined:,} rows in quarantine"
    )
    _tell_quarantine(aside)
    open_ = found.counts.filter(pl.col("least") < pl.col("most"))
    for part, n, k, low, high in open_.select("part", "reports", "incidents", "least", "most").head(10).iter_rows():
        print(f"  around {part}: {n:,} reports, {low:,} to {high:,} incidents ({k:,} found)")
    if open_.height > 10:
        print(f"  and {open_.height - 10:,} more places where the evidence does not decide; counts.csv has all")
    _tell_lineage(told)
    if args.out:
        print(f"Written to {args.out}.")
    return 0


def _tell_lineage(told: LineageReport) -> None:
    """How many independent origins incidents have, and what changed on the way."""
    n = told.counts["independent"].clip(upper_bound=3)
    spread = [(int((n == k).sum()), word) for k, word in enumerate(("0", "1", "2", "3 or more"))]
    print("Independent origins: " + "; ".join(f"{many:,} incidents have {k}" for many, k in spread if many))
    if told.disagreements.height:
        kinds = told.disagreements["what"].value_counts().sort("what")
        print(
            "Relays that differ from the others of their origin: "
            + ", ".join(f"{k} in {v:,}" for k, v in kinds.iter_rows())
        )
    for incident, report, other, changed, why in told.misassigned.head(5).iter_rows():
        print(f"  {incident} ({report}) may be {other}, its {changed} changed on the way: {why}")
    if told.misassigned.height > 5:
        print(f"  and {told.misassigned.height - 5:,} more in strays.csv")


def figures(args: argparse.Namespace) -> int:
    """Tell of published counts which may be compared or added and what is odd about them."""
    claims, incidents, beside, aside = figures_in(args.evidence, args.agreement)
    if not claims:
        _tell_quarantine(aside)
        raise ServandaError(
            Fault(" ".join(args.evidence), "holds no figures", "docs/formats.md, Figures, has the columns")
        )
    if args.add:
        known = {c.id: c for c in claims}
        missing = [i for i in args.add if i not in known]
        if missing:
            raise ServandaError(
                Fault("--add", f"there is no count {missing[0]!r}", f"there are {', '.join(list(known)[:8])} ...")
            )
        found = added([known[i] for i in dict.fromkeys(args.add)])
        if found.total is None:
            print("These may not be added:", *(f"  {reason}" for reason in found.reasons), sep="\n")
            return 1
        print(
            f"{'' if found.qualifier == 'exact' else found.qualifier.replace('_', ' ') + ' '}{found.total:,.12g} {known[args.add[0]].unit}"
        )
        return 0
    remarks, pairs = remarks_on(claims, incidents), compared(claims)
    if args.out:
        tables = figure_tables(claims, remarks, pairs, beside)
        write_all(Path(args.out), {**tables, "quarantine.csv": csv(aside.quarantine).encode()})
    copies = sum(c.copies for c in claims)
    print(f"{len(claims):,} counts on {copies:,} pages; {aside.quarantined:,} rows in quarantine")
    _tell_quarantine(aside)
    can = [p for p in pairs if p.comparable]
    print(
        f"{len(pairs):,} pairs with windows that overlap: {len(can):,} can be compared, {len(pairs) - len(can):,} cannot\n"
    )
    for remark in remarks:
        print(textwrap.fill(f"{remark.code}: {remark.text}", 110, subsequent_indent="    "))
    if args.out:
        print(f"\nWritten to {args.out}; comparisons.csv says of every pair why.")
    return 0


def _tell_quarantine(aside: IngestResult) -> None:
    """Why rows could not be read: the first three reasons, with the rest counted."""
    why = aside.quarantine
    for row in why.head(3).iter_rows(named=True):
        print(f"  {row['file']}: row {row['row']}: {row['field']}: {row['reason']}")
    if why.height > 3:
        print(f"  and {why.height - 3:,} more; with --out, quarantine.csv has all")
