"""``servanda first``: who broke it first, and who says so."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, add_as_of, add_reader, write_folder
from servanda.cli.progress import Progress
from servanda.cli.quarantine import print_quarantine, print_unread
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.app.first import First

_ROWS = 40


def register(commands: Commands) -> None:
    """``servanda first`` and its options."""
    command = commands.add_parser(
        "first",
        help="Who broke it first, and who says so: accusations, admissions and denials in order of time",
        description="Put accusations, admissions, denials and what sources without a side saw in order of the times claimed, each once however many relay it, with the answers to it, "
        "and tell the earliest of each side with its doubt. Reads tables of evidence, and articles in English (files that end with .txt, .md, .html or .pdf). Never a finding.",
    )
    command.add_argument(
        "evidence",
        metavar="FILE",
        nargs="+",
        help="reports, counts, statements, registers of sources and decisions, as for 'verify'; and articles, as for 'statements'",
    )
    command.add_argument(
        "--agreement",
        metavar="FILE",
        help="mark what lies before, in and after the time in force of each reading, and take parties, terms, time zone and codes from this agreement (default: every actor named is a side, times without a zone are UTC)",
    )
    add_as_of(command)
    add_reader(command)
    command.add_argument(
        "--json", action="store_true", help="print first.json instead of the table (default: the table)"
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write first.html, first.csv, first.json and quarantine.csv there (default: write no files)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the earliest of each voice and the table of what is said."""
    from servanda.app.first import who_first
    from servanda.report.first_page import first_data, first_files
    from servanda.report.tables import csv

    with Progress() as progress:
        result = who_first(args.evidence, args.agreement, as_of=args.as_of, reader=args.reader, progress=progress)
    if args.out is not None:
        write_folder(args, {**first_files(result.first), "quarantine.csv": csv(result.ingest.quarantine).encode()})
    print_unread(result.ingest)
    if args.json:
        print(json.dumps(first_data(result.first), ensure_ascii=False, indent=1))
        return 0
    _print(result.first)
    print_quarantine(result.ingest)
    if args.out is not None:
        print(f"\nWritten to {args.out}: open first.html.")
    return 0


def _print(first: First) -> None:
    from servanda.report.first_page import earliest_words, order_words, remarks, voice_words

    print(
        f"{plural(first.told.height, 'saying')}, each once however many relay it. No finding: who says what, by the times that they claim."
    )
    for reading in first.readings:
        print(f"\nIn the reading {reading.reading}:" if reading.reading else "")
        for one in reading.earliest:
            notes = "; ".join(remarks(one, first))
            named = f" ({', '.join(one.claims[:5])}{' ...' if len(one.claims) > 5 else ''})" if one.claims else ""
            _item(f"{voice_words(one, first)}: {earliest_words(one, first.zone)}{named}{'; ' + notes if notes else ''}")
        for order in reading.orders:
            _item(order_words(order, first))
    for what, many in first.left.items():
        _item(f"left out: {many:,} {what}")
    print(f"\nIn order of time (times in {first.zone.key}):")
    _table(first)


def _table(first: First) -> None:
    """The acts, a line or two each; counts and general statements stand in the files."""
    from servanda.report.first_page import page_rows

    acts, whole = page_rows(first)
    for row in acts[:_ROWS]:
        side = "without a side" if row["side"] == "none" else row["side"] or "side not told"
        of = f" {row['accused']}" if row["accused"] else ""
        what = (row["act"] or row["words"] or "no act is named").replace("_", " ")
        place = f", {row['place']}" if row["place"] else ""
        answer = (
            f"; {'; '.join(row['answers'])}"
            if row["answers"]
            else "; no answer found"
            if row["kind"] == "accuses"
            else ""
        )
        force = f" [{row['in_force']}]" if row["in_force"] else ""
        _item(
            f"{row['claim']} {row['when']}{force}: {row['speaker']} ({side}) {row['kind']}{of}: {what}{place}{answer}"
        )
    if len(acts) > _ROWS:
        print(f"  and {len(acts) - _ROWS:,} more; with --out, first.csv has all")
    if whole:
        print(
            f"  and {plural(len(whole), 'published count or general statement', 'published counts and general statements')}, which date no act"
        )


def _item(text: str) -> None:
    print(textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="      "))
