"""``servanda trend``: how often something was counted before, in and after an agreement."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, add_as_of, add_coverage, add_reader, write_folder
from servanda.cli.progress import Progress
from servanda.cli.quarantine import print_quarantine, print_unread

if TYPE_CHECKING:
    from servanda.report.trend_page import TrendResult

_HEAD = ("term", "party", "counted", "period", "count", "days", "a day", "95 %")


def register(commands: Commands) -> None:
    """``servanda trend`` and its options."""
    command = commands.add_parser(
        "trend",
        help="How often what is forbidden was counted, before, in and after the time in force",
        description="Count what each prohibition forbids on every reporting day, before it was in force, in it and after: rates with their intervals, how they changed, days of change, "
        "and the verdict of each day. With --coverage what was watched is the denominator. A trend is no verdict. Needs servanda[trends].",
    )
    command.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    command.add_argument(
        "evidence", metavar="EVIDENCE", nargs="+", help="reports, registers and decisions, as for 'verify'"
    )
    command.add_argument(
        "--baseline",
        metavar="FROM..TO",
        default="",
        help="the days before, as 2025-02-01..2025-03-01 (default: all days before with reports)",
    )
    command.add_argument(
        "--by", choices=["day", "week", "month"], default="day", help="what rows of series.csv are (default: day)"
    )
    command.add_argument(
        "--term", metavar="ID", nargs="+", action="extend", default=[], help="only these prohibitions (default: all)"
    )
    add_coverage(command)
    add_as_of(command)
    add_reader(command)
    command.add_argument(
        "--json", action="store_true", help="print trend.json instead of the table (default: the table)"
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write trend.html, its pictures as SVG, rates.csv, ratios.csv, level_changes.csv, series.csv and trend.json there (default: write no files)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the rates of each period, or write the files."""
    from servanda.app.output import refuse_folder
    from servanda.app.trend import find_trends
    from servanda.report.trend_page import trend_data, trend_files

    if args.out is not None:
        refuse_folder(args.out)
    with Progress() as progress:
        found = find_trends(
            args.agreement,
            args.evidence,
            args.coverage,
            baseline=args.baseline,
            by=args.by,
            terms=args.term,
            as_of=args.as_of,
            reader=args.reader,
            progress=progress,
        )
    if args.out is not None:
        write_folder(args, trend_files(found))
    print_unread(found.ingest)
    if args.json:
        print(json.dumps(trend_data(found), ensure_ascii=False, indent=1))
        return 0
    _print(found)
    print_quarantine(found.ingest)
    if args.out is not None:
        print(f"\nWritten to {args.out}: open trend.html.")
    return 0


def _print(found: TrendResult) -> None:
    from servanda.report.trend_page import rate_row, ratio_words

    print(f"{found.agreement.title}: a trend is no verdict.")
    for what, n in found.notes.items():
        print(f"Left out: {n:,} {what}.")
    rows = [rate_row(t, r) for t in found.trends if t.area == "(all)" for r in t.rates]
    wide = [max(len(row[n]) for row in (_HEAD, *rows)) for n in range(len(_HEAD))]
    for row in (_HEAD, *rows):
        print("  ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)).rstrip())
    for t in found.trends:
        if t.area == "(all)" and t.counted == "told" and t.party is None:
            for ratio in t.ratios:
                print(f"{t.term}, told: the rate {ratio.of.name} is {ratio_words(ratio)} that {ratio.to.name}.")
