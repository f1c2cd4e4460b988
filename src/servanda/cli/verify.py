"""``servanda verify``: verdicts for every term of an agreement, from files or from a record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from servanda.cli.loading import load
from servanda.cli.options import Commands, add_as_of, add_coverage, add_engine, add_reader, write_folder
from servanda.cli.progress import Progress
from servanda.cli.record.options import add_clock
from servanda.errors import visible
from servanda.wording import percent

if TYPE_CHECKING:
    from servanda.app.record import RecordRun
    from servanda.verdicts import Verification


def register(commands: Commands) -> None:
    """``servanda verify`` and its options."""
    text = "Give a verdict for every term and party of an agreement, from the evidence"
    command = commands.add_parser("verify", help=text, description=text + ".")
    command.add_argument("agreement", metavar="AGREEMENT.yaml", nargs="?", help="the agreement file")
    command.add_argument(
        "evidence",
        metavar="EVIDENCE",
        nargs="*",
        help="reports, figures and statements (CSV, JSON Lines, Parquet), registers of sources and decisions (YAML), or folders of them, in any order",
    )
    command.add_argument(
        "--record",
        metavar="DIR",
        help="take all files from this record, as they were known at --as-of, and compare the verdicts with those published (default: take the files named)",
    )
    command.add_argument(
        "--agreement",
        metavar="NAME",
        dest="agreement_name",
        help="which agreement of the record, by its file name (default: the only one)",
    )
    _add_publishing(command)
    add_clock(command)
    add_coverage(command)
    add_as_of(command)
    command.add_argument(
        "--by",
        choices=["day", "week", "month"],
        help="also give verdicts for every reporting day, week or month, in timeline.json; requires --out (default: for the whole period only)",
    )
    add_reader(command)
    command.add_argument(
        "--mapping",
        metavar="FILE",
        help="how spreadsheets and tables that no reader knows are read, as 'servanda import' kept it (default: they must be imported first)",
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write report.html, verdicts.json, summary.json, findings.csv, findings.parquet, incidents.geojson, places.geojson, coverage.geojson, map.gpkg and quarantine.csv there (default: write no files)",
    )
    command.add_argument(
        "--fuse",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="find first which reports without an incident id describe the same event, as 'servanda fuse' does, or judge each by itself (default: --fuse)",
    )
    add_engine(command)
    command.add_argument(
        "--json", action="store_true", help="print verdicts.json (default: print a summary for reading)"
    )


def _add_publishing(command: argparse.ArgumentParser) -> None:
    """``--publish``, ``--key FILE``, ``--signed-by FILE``"""
    command.add_argument(
        "--publish",
        action="store_true",
        help="record the verdicts as published; requires --record and --key (default: do not publish)",
    )
    command.add_argument("--key", metavar="FILE", help="the private key of the keeper of the record (default: none)")
    command.add_argument(
        "--signed-by",
        metavar="FILE",
        help="the private key of the publisher (default: that of the keeper of the record)",
    )


def run(args: argparse.Namespace) -> int:
    """Verify, write the files that were asked for, and print a summary or the verdicts as JSON."""
    load("servanda.app.verify", "servanda.app.memory")
    from servanda.app.memory import keep_freed_memory
    from servanda.app.output import refuse_folder
    from servanda.errors import Fault, ServandaError

    keep_freed_memory()
    if args.out is not None:
        refuse_folder(args.out)
    if args.record is not None:
        if args.engine != "local" or args.master is not None:
            what, hint = "a record is verified on this machine", "leave --engine and --master out"
            raise ServandaError(Fault("verify --record", what, hint, code="SPK013"))
        return _from_record(args)
    if args.publish or args.agreement is None or not args.evidence:
        hint = "servanda verify AGREEMENT.yaml EVIDENCE..., or servanda verify --record DIR [--publish --key KEY]"
        raise ServandaError(Fault("verify", "needs an agreement and evidence, or a record", hint, code="CLI001"))
    return _from_files(args)


def _from_files(args: argparse.Namespace) -> int:
    from servanda.app.engines import engine_of
    from servanda.app.verify import optional_files, verify_files

    if args.out is not None:
        Thread(target=_page_made_ready, daemon=True).start()
    with engine_of(args.engine, args.master) as engine:
        with Progress() as progress:
            verification = verify_files(
                args.agreement,
                args.evidence,
                args.coverage,
                as_of=args.as_of,
                by=args.by,
                reader=args.reader,
                fuse=args.fuse,
                mapping=args.mapping,
                engine=engine,
                progress=progress,
            )
        if args.out is not None:  # long tables still lie with the engine
            from servanda.report import all_files, long_tables

            write_folder(args, {**all_files(verification), **long_tables(verification)}, optional_files(verification))
    _print(args, verification)
    if args.out is not None and not args.json:
        print(f"\nOpen {Path(args.out) / 'report.html'} in a browser; the tables lie beside it.")
    return 0


def _page_made_ready() -> None:
    from servanda.report import made_ready

    made_ready()


def _from_record(args: argparse.Namespace) -> int:
    from servanda.app.publish import compare_with_published, publish
    from servanda.app.record import verify_record
    from servanda.app.verify import optional_files
    from servanda.cli.record.common import refuse_inside
    from servanda.errors import Fault, ServandaError
    from servanda.record import Record, load_key
    from servanda.store import RecordStore

    if (
        args.agreement
        or args.evidence
        or args.coverage
        or args.reader
        or args.mapping
        or (args.publish and not args.key)
    ):
        problem = "takes its files from the record" if not args.publish or args.key else "cannot publish without a key"
        hint = "servanda verify --record DIR [--publish --key KEY]; add files with 'record add'"
        raise ServandaError(Fault("verify --record", problem, hint, code="CLI002"))
    signer = load_key(Path(args.key)) if args.publish else None
    by = load_key(Path(args.signed_by)) if args.publish and args.signed_by else None
    record = Record(Path(args.record), clock_is_right=args.clock_is_right)
    if args.out is not None:
        refuse_inside(record, args.out)
    record.verify(record.log.policy, quorum=False)
    store = RecordStore(record)
    with Progress() as progress:
        run = verify_record(store, args.as_of, agreement=args.agreement_name, slices=args.by, progress=progress)
    comparisons = compare_with_published(store, run)
    if args.out is not None:
        write_folder(args, run.files, optional_files(run.verification))
    _print(args, run.verification)
    if not args.json:
        _print_inputs(run, record.log.head.origin, comparisons)
    for words in run.inputs.uncounted_words:
        print(visible(f"NOT COUNTED: {words}."), file=sys.stderr if args.json else sys.stdout)
    if signer is not None:
        index = publish(store, run, signer, by)
        print(f"Published in entry {index}.", file=sys.stderr if args.json else sys.stdout)
    return 0


def _print_inputs(run: RecordRun, origin: str, comparisons: list[str]) -> None:
    """From which entries of a record verdicts follow, and how they stand to those that were published."""
    print(f"\nFrom entries {', '.join(map(str, run.inputs.indices))} of {origin}.")
    if run.inputs.later:
        print(f"Left out, because they became known later: {', '.join(map(str, run.inputs.later))}.")
    if number := run.inputs.backdated:
        print(
            f"Recorded only after that instant: {number} of them; that they were known by then is their maker's word."
        )
    for line in comparisons or ["Nothing has been published for this instant."]:
        print(line)


def _print(args: argparse.Namespace, verification: Verification) -> None:
    """The verdicts on standard output: as JSON, or as a table."""
    from servanda.cli.quarantine import print_quarantine, print_unread

    print_unread(verification.ingest)
    for watch, why in verification.idle_watches:
        print(visible(f"servanda: the watch {watch!r} {why}"), file=sys.stderr)
    if args.by is not None and args.out is None:
        print(f"The verdicts by {args.by} stand in timeline.json, which --out DIR writes.", file=sys.stderr)
    if args.by is not None:
        left = verification.unsliced
        by_reason = {why: [term for term in left if left[term] == why] for why in left.values()}
        for why, terms in by_reason.items():
            print(f"No verdicts by {args.by} on {', '.join(terms)}: {why}.", file=sys.stderr)
    if args.json:
        from servanda.report.verdicts_json import verdicts_json

        sys.stdout.write(verdicts_json(verification))
        return
    from servanda.verdicts.summary import summarise
    from servanda.verdicts.summary_words import (
        decided_words,
        fused_words,
        no_term_words,
        quarantine_words,
        reports_words,
        undated_words,
    )

    summary = summarise(verification)
    print(summary.title)
    print(summary.attribution)
    print(f"{reports_words(summary)}; {quarantine_words(summary)}")
    print_quarantine(verification.ingest)
    if fused := fused_words(summary.fused):
        print(fused)
    if summary.no_term:
        print(no_term_words(summary))
    if summary.undated:
        print(undated_words(summary.undated))
    if summary.determined:
        print(decided_words(summary))
    print()
    table = [("term", "party", "reading", "verdict", "confirmed", "alleged", "watched")]
    for row in summary.rows:
        reading = row.reading or ("(all)" if len(summary.readings) > 1 else "")
        watched = "" if row.watched is None else percent(row.watched)
        table.append((row.term, row.party or "-", reading, row.verdict, str(row.confirmed), str(row.alleged), watched))
    widths = [max(len(line[n]) for line in table) for n in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if summary.rests_on:
        print()
    for rests in summary.rests_on:
        about = ", ".join(filter(None, (rests.term, rests.party, rests.reading)))
        print(f"{about}: {rests.verdict}. {rests.words}")
