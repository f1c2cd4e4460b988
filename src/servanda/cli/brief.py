"""``servanda brief``: the reports that a mission sends."""

from __future__ import annotations

import argparse
import sys

from servanda.cli.options import Commands, add_coverage, add_reader, at_least, write_folder
from servanda.cli.progress import Progress


def register(commands: Commands) -> None:
    """``servanda brief`` and its options."""
    command = commands.add_parser(
        "brief",
        help="Write a report of the mission: daily, spot, weekly, violation, a letter, a handover and others",
        description="Write a report of the mission about a reporting day, an incident or a party, in one of six languages: as plain text, HTML, PDF and Word "
        "document, with its tables as CSV and XLSX. Every number in it stands in its data, which --trace shows.",
    )
    command.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    command.add_argument("evidence", metavar="EVIDENCE", nargs="+", help="the evidence, as for 'servanda verify'")
    command.add_argument(
        "--of",
        metavar="KIND",
        required=True,
        help="the kind of report: daily, sitrep, weekly, monthly, verified (confirmed incidents of a week), spot, sincrep, violation, letter, handover or patrol",
    )
    command.add_argument(
        "--date",
        metavar="DATE",
        help="the reporting day at whose end the report is cut off, as 2025-03-26 (default: the last of which anything is known)",
    )
    command.add_argument("--incident", metavar="ID", help="the incident that it is about (default: all of the period)")
    command.add_argument("--to", metavar="PARTY", help="the party that a letter is written to (default: none)")
    command.add_argument(
        "--until",
        metavar="INSTANT",
        help="until when a letter asks for an answer (default: as a right of reply among the decisions says)",
    )
    command.add_argument(
        "--number",
        metavar="N",
        type=at_least(1),
        help="the number that the mission gives the report (default: counted from when the agreement came into force)",
    )
    command.add_argument("--source", metavar="NAME", help="whose patrol it is (default: none)")
    command.add_argument("--language", metavar="CODE", default="en", help="en, uk, ru, fr, es or ar (default: en)")
    add_coverage(command)
    add_reader(command)
    command.add_argument("--out", metavar="DIR", help="write all forms of the report there (default: print it as text)")
    command.add_argument(
        "--trace",
        action="store_true",
        help="also write every sentence with the data that it is made of, as JSON; without --out print that (default: do not)",
    )
    command.add_argument(
        "--fuse",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="find first which reports without an incident id describe the same event (default: --fuse)",
    )


def run(args: argparse.Namespace) -> int:
    """Write the report, or print it."""
    from servanda.app.brief import write_brief
    from servanda.app.output import refuse_folder
    from servanda.briefs import Asked
    from servanda.cli.quarantine import print_unread
    from servanda.report.briefs import brief_files, plain_text, trace

    if args.out is not None:
        refuse_folder(args.out)
    with Progress() as progress:
        written = write_brief(
            args.agreement,
            args.evidence,
            args.coverage,
            of=args.of,
            asked=Asked(args.date, args.incident, args.to, args.until, args.source, args.number),
            language=args.language,
            reader=args.reader,
            fuse=args.fuse,
            progress=progress,
        )
    print_unread(written.ingest)
    if args.out is not None:
        files = brief_files(written.brief, written.words, traced=args.trace)
        write_folder(args, files)
        print(f"Wrote {', '.join(files)} to {args.out}.")
    elif args.trace:
        sys.stdout.write(trace(written.brief, written.words))
    else:
        sys.stdout.write(plain_text(written.brief, written.words))
    return 0
