"""``servanda import``: tables that people already have, to one table of reports."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands
from servanda.cli.other_tables import write_other
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.app.importing import Ask, ImportResult
    from servanda.evidence.importing import Question, Reading

_SHOWN = 12
_LEFTOVERS = (
    ("quarantine.csv", b"file,row,code"),
    ("doubts.csv", b"file,sheet,row"),
    ("tracks.csv", b"track_id,file,who"),
)
"""What an earlier run may have left beside the reports, and how each begins."""


def register(commands: Commands) -> None:
    """``servanda import`` and its options."""
    command = commands.add_parser(
        "import",
        help="Turn spreadsheets, field forms and partners' tables into one table of reports",
        description="Read spreadsheets (.xlsx, .xls, .ods), CSV of every habit, JSON, GeoJSON, KML, GPX, shapefiles, GeoPackage, SQLite, Parquet, letters (.eml, .mbox), feeds (RSS, Atom), chats of Telegram, WhatsApp and Signal and archives of them as reports. Tells how each column and each "
        "doubtful cell was read. What nobody can tell from the file (the order of day and month, the time zone, what a word means) is asked once on a terminal; "
        "the answers are kept in a mapping, with which they are not asked again of the file of tomorrow. Elsewhere it ends with code 2 and writes the mapping to be filled in.",
    )
    command.add_argument(
        "files", metavar="FILE", nargs="+", help="the tables; what each is, is told by its first bytes"
    )
    command.add_argument(
        "--agreement",
        metavar="FILE",
        help="take parties, time zone, places and codes from this agreement (default: names stay as they are)",
    )
    command.add_argument(
        "--mapping",
        metavar="FILE",
        help="how the tables are read; made where it does not exist (default: asked, and written beside --out)",
    )
    command.add_argument(
        "--out",
        metavar="FILE",
        help="write the reports there, and beside it what was set aside, what was doubtful and the mapping (default: write no files)",
    )
    command.add_argument(
        "--zone", metavar="ZONE", help="the zone of times that name none, as Africa/Khartoum or +03:00 (default: asked)"
    )
    command.add_argument(
        "--as",
        dest="kind",
        choices=("reports", "messages", "provisions"),
        default="reports",
        help="'messages' writes chats as one table of messages, from which people code reports; 'provisions' lists what agreements provide for, of PA-X or the Peace Accords Matrix (default: reports)",
    )
    command.add_argument(
        "--order",
        choices=("dmy", "mdy"),
        help="the order of day and month, where a file does not tell (default: asked)",
    )
    command.add_argument("--source", metavar="NAME", help="who reports, where no column says it (default: asked)")
    command.add_argument(
        "--places",
        metavar="FILE",
        nargs="+",
        action="extend",
        default=[],
        help="tables of places (name, latitude, longitude; other names, region, radius in km if they have them), for rows without coordinates (default: the agreement's own places and the gazetteer)",
    )
    command.add_argument(
        "--accept",
        action="store_true",
        help="take what is likeliest where there is something likely, and say so (default: ask)",
    )


def run(args: argparse.Namespace) -> int:
    """Import the files; 2 where something must be decided first."""
    from servanda.app.importing import import_tables
    from servanda.evidence.importing.zones import zone_asked

    if args.kind != "reports":
        return write_other(args)
    if args.zone:
        zone_asked(args.zone)  # also where no table here asks for one: those of the next may
    chosen = Path(args.mapping) if args.mapping else None
    given = chosen if chosen is not None and chosen.exists() else None
    answers: dict[tuple[str, ...], str] = {
        key: value
        for key, value in ((("zone",), args.zone), (("order",), args.order), (("values", "source"), args.source))
        if value
    }
    result = import_tables(
        args.files, args.agreement, given, ask=_asker(accept=args.accept), answers=answers, places=args.places
    )
    _print(result)
    out = Path(args.out) if args.out else None
    kept = chosen if chosen is not None and given is None else _beside(out, "mapping.yaml")
    if result.questions:
        _print_questions(args, result, kept)
        return 2
    _print_result(result, out)
    if out is not None:
        _write(args, out.parent, _files(result, out), {_beside(out, kind).name: head for kind, head in _LEFTOVERS})  # type: ignore[union-attr]
    if result.asked and kept is not None:
        _write(args, kept.parent, {kept.name: result.mapping.encode()})
        print(
            f"How it was read is kept in {kept}; with --mapping {kept} what was answered is not asked again of the next file of this kind."
        )
    return 0


def _beside(out: Path | None, kind: str) -> Path | None:
    """The name of another file of the same run."""
    return out.with_name(f"{out.stem}.{kind}") if out is not None else None


def _print_questions(args: argparse.Namespace, result: ImportResult, kept: Path | None) -> None:
    """What must be decided first, and the mapping in which it can be."""
    print(f"{plural(len(result.questions), 'question')} to decide first:")
    for label, question in result.questions[:_SHOWN]:
        print(f"  {label}: {question.what}" + (f" (likely: {question.offer})" if question.offer else ""))
    if len(result.questions) > _SHOWN:
        print(f"  and {len(result.questions) - _SHOWN:,} more")
    where = "name a file with --mapping, and they are written there"
    if kept is not None:
        _write(args, kept.parent, {kept.name: result.mapping.encode()})
        where = f"answer the question marks in {kept}, and run it again with --mapping {kept}"
    print(f"servanda: nothing was imported; {where}", file=sys.stderr)


def _asker(*, accept: bool) -> Ask | None:
    """What answers questions: the user at a terminal, what is likeliest with --accept, or nobody."""
    terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    if not accept and not terminal:
        return None
    state = {"accept": accept, "told": False}

    def ask(reading: Reading, question: Question) -> str:
        if not (state["accept"] and question.offer) and terminal:
            if not state["told"]:
                print(
                    "Return takes what is offered; ! takes what is likely from here on; ? leaves it open, - says that there is none."
                )
                state["told"] = True
            answer = _asked(reading, question)
            state["accept"] = state["accept"] or answer == "!"
            if answer != "!":
                return "" if answer == "?" else answer or question.offer
        if not (state["accept"] and question.offer):
            return ""
        print(f"{reading.table.sheet.label}: {question.what} Taken: {question.offer}")
        return question.offer

    return ask


def _asked(reading: Reading, question: Question) -> str:
    """What the user answers to a question; a question mark where there is no more to come."""
    choices = f" [{' / '.join(question.choices)}]" if question.choices else ""
    offer = f" (return: {question.offer})" if question.offer else ""
    hint = "; a code of 'servanda readers --codes'" if question.key[0] == "acts" else ""
    print(f"{reading.table.sheet.label}: {question.what}{choices}{hint}{offer}")
    try:
        return input("> ").strip()
    except EOFError:
        return "?"


def _print(result: ImportResult) -> None:
    for line in (*result.known, *result.told):
        print(line)
    if result.doubts:
        print(f"{plural(len(result.doubts), 'cell')} could be read in more than one way, or not:")
    for doubt in result.doubts[:_SHOWN]:
        where = f"{doubt.sheet}!{doubt.cell}" if doubt.cell else f"row {doubt.row}, {doubt.column}"
        print(f"  {where}: {doubt.value!r}: {doubt.read}")
    if len(result.doubts) > _SHOWN:
        print(f"  and {len(result.doubts) - _SHOWN:,} more; they are in the file of doubts")


def _print_result(result: ImportResult, out: Path | None) -> None:
    """How many reports there are, and what was set aside."""
    rows = result.quarantine.select("file", "row").unique().height
    where = f"written to {out}" if out is not None else "would be written with --out FILE"
    reasons = f", with all reasons in {_beside(out, 'quarantine.csv')}" if rows and out is not None else ""
    print(f"{plural(result.reports.height, 'report')} {where}; {plural(rows, 'row')} set aside{reasons}")
    if result.tracks.height:
        beside = f"in {_beside(out, 'tracks.csv')}" if out is not None else "would be written beside --out FILE"
        print(f"{plural(result.tracks.height, 'track')} {beside}; a track is no report")
    for row in result.quarantine.head(5).iter_rows(named=True):
        value = f" ({row['value']!r})" if row["value"] else ""
        print(f"  {row['file']}: row {row['row']}: {row['field']}: {row['reason']}{value}")
    if result.quarantine.height > 5:
        print(f"  and {result.quarantine.height - 5:,} more")


def _files(result: ImportResult, out: Path) -> dict[str, bytes]:
    """The reports, and beside them what was set aside and what was doubtful, where there is any."""
    import polars as pl

    from servanda.report.tables import csv

    numbers = pl.col("lat", "lon", "precision_km", "quantity").cast(pl.Float64)
    files = {out.name: csv(result.reports.with_columns(numbers)).encode()}
    if result.quarantine.height:
        files[f"{out.stem}.quarantine.csv"] = csv(result.quarantine).encode()
    if result.tracks.height:
        files[f"{out.stem}.tracks.csv"] = csv(result.tracks).encode()
    if result.doubts:
        columns = ("file", "sheet", "row", "cell", "column", "value", "read")
        cells = [tuple(getattr(doubt, column) for column in columns) for doubt in result.doubts]
        files[f"{out.stem}.doubts.csv"] = csv(pl.DataFrame(cells, schema=list(columns), orient="row")).encode()
    return files


def _write(
    args: argparse.Namespace, folder: Path, files: dict[str, bytes], leftovers: dict[str, bytes] | None = None
) -> None:
    """Write all files or none, and never over one that was read."""
    from servanda.app.output import write_all

    args.wrote = True
    inputs = [*args.files, *args.places, *filter(None, (args.agreement,))]
    write_all(folder, files, leftovers=leftovers, inputs=inputs)
