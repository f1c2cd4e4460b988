"""``servanda figures``: published counts, what may be compared or added, and what is odd about them."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, write_folder
from servanda.cli.quarantine import print_quarantine
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.figures import PublishedCount


def register(commands: Commands) -> None:
    """``servanda figures`` and its options."""
    command = commands.add_parser(
        "figures",
        help="Compare published counts: what may be compared or added, and what is odd",
        description="Report which published counts may be compared, and why the others may not; check sums, and find totals read as daily counts and events "
        "in two totals. Reports among the files are set beside the counts.",
    )
    command.add_argument("evidence", metavar="FILE", nargs="+", help="tables of figures, and reports if there are any")
    command.add_argument(
        "--agreement",
        metavar="FILE",
        help="take parties and time zone from this agreement (default: every actor named is a party, times without a zone are UTC)",
    )
    command.add_argument(
        "--add",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="add up the counts with these ids, or report why that may not be done (default: add nothing)",
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write figures.csv, remarks.csv, comparisons.csv and quarantine.csv there (default: write no files)",
    )


def run(args: argparse.Namespace) -> int:
    """Print which published counts may be compared or added, and what is odd about them."""
    from servanda.app.figures import read_figures
    from servanda.errors import Fault, ServandaError

    analysis = read_figures(args.evidence, args.agreement)
    counts, ingest = analysis.counts, analysis.ingest
    if not counts:
        print_quarantine(ingest)
        raise ServandaError(
            Fault(
                " ".join(args.evidence),
                "no row can be read" if ingest.quarantined else "holds no figures",
                "docs/formats.md, Figures and statements, has the columns",
                code="CLI010",
            )
        )
    if args.add:
        return _print_sum(args.add, counts)
    remarks, pairs = analysis.remarks, analysis.comparisons
    if args.out is not None:
        from servanda.report.tables import csv, figure_tables

        tables = figure_tables(counts, remarks, pairs, analysis.beside)
        write_folder(args, {**tables, "quarantine.csv": csv(ingest.quarantine).encode()})
    copies = sum(c.copies for c in counts)
    print(
        f"{plural(len(counts), 'count')} on {plural(copies, 'page')}; {plural(ingest.quarantined, 'row')} in quarantine"
    )
    print_quarantine(ingest)
    comparable = sum(p.comparable for p in pairs)
    print(
        f"{plural(len(pairs), 'pair')} with windows that overlap: {comparable:,} can be compared, {len(pairs) - comparable:,} cannot\n"
    )
    for remark in remarks:
        print(textwrap.fill(f"{remark.code}: {remark.text}", 110, subsequent_indent="    "))
    if args.out is not None:
        print(f"\nWritten to {args.out}; comparisons.csv says of every pair why.")
    return 0


def _print_sum(ids: list[str], counts: list[PublishedCount]) -> int:
    """The sum of some counts, or why they may not be added (exit code 1)."""
    from servanda.errors import Fault, ServandaError
    from servanda.figures import added
    from servanda.wording import did_you_mean

    by_id = {c.id: c for c in counts}
    for i in ids:
        if i not in by_id:
            hint = did_you_mean(i, by_id, f"there are {', '.join(list(by_id)[:8])} ...")
            raise ServandaError(Fault("--add", f"there is no count {i!r}", hint, code="CLI005"))
    total = added([by_id[i] for i in dict.fromkeys(ids)])
    if total.total is None:
        print("These may not be added:", *(f"  {reason}" for reason in total.reasons), sep="\n")
        return 1
    bound = "" if total.qualifier in ("exact", "between") else total.qualifier.replace("_", " ") + " "
    until = f" to {total.most:,.12g}" if total.most is not None else ""
    print(f"{bound}{total.total:,.12g}{until} {by_id[ids[0]].unit}")
    return 0
