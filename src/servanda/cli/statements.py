"""``servanda statements``: who said what in articles."""

from __future__ import annotations

import argparse
import sys
import textwrap
from typing import TYPE_CHECKING

from servanda.cli.options import Commands, write_folder
from servanda.cli.progress import Progress
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.statements import StatementAnalysis


def register(commands: Commands) -> None:
    """``servanda statements`` and its options."""
    command = commands.add_parser(
        "statements",
        help="Find who said what in articles: through whom, about which term, with which stance",
        description="Read articles (text, HTML, PDF; in English) and find who said what, directly or indirectly, through whom and when. Groups copies of one statement, "
        "shows where a relay shortened, changed or distorted it, and draws the positions. Uses rules of grammar: a reading aid, not a finding.",
    )
    command.add_argument(
        "documents",
        metavar="DOC",
        nargs="+",
        help="articles: text, saved web pages or PDF; chats as Telegram and WhatsApp export them",
    )
    command.add_argument(
        "--agreement",
        metavar="FILE",
        help="look for statements about the terms and by the parties of this agreement (default: about common subjects, by states)",
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write statements.html, statements.csv, occasions.csv, changes.csv, matrix.csv, documents.csv and left_out.csv there (default: write no files)",
    )

    command.add_argument(
        "--order",
        choices=("dmy", "mdy"),
        help="the order of day and month in a chat that does not tell (default: such a chat is refused)",
    )


def run(args: argparse.Namespace) -> int:
    """Find who said what in articles, which statements are one, and what each side's position is."""
    from servanda.app.statements import read_statements

    with Progress() as progress:
        analysis = read_statements(args.documents, args.agreement, progress=progress, order=args.order or "")
    if args.out is not None:
        from servanda.report.statements_page import said_page, said_tables

        page = said_page(analysis, analysis.title or plural(len(analysis.documents), "article"))
        write_folder(args, {"statements.html": page.encode(), **said_tables(analysis)})
    furniture = sum(len(d.dropped) for d in analysis.documents)
    print(
        f"{plural(len(args.documents), 'file')}, {plural(len(analysis.documents), 'article')}: {plural(len(analysis.statements), 'statement')} "
        f"on {plural(len(analysis.aligned.occasions), 'occasion')}; {plural(furniture, 'piece')} of page furniture left out"
    )
    _print_relays(analysis)
    _print_stands(analysis)
    if args.out is not None:
        print(f"\nWritten to {args.out}; open statements.html.")
    elif sys.stdout.isatty():
        print("\nWith --out DIR: every statement, and a page with the quotations.")
    return 0


def _print_relays(analysis: StatementAnalysis) -> None:
    """The occasions that several articles relay, with what changed on the way."""
    relayed = [o for o in analysis.aligned.occasions if len(o.documents) > 1]
    for o in sorted(relayed, key=lambda o: (-len(o.documents), o.id)):
        to = f", to {o.hearer}" if o.hearer else ""
        print(
            f"\n{o.speaker}{f' ({o.side})' if o.side else ''}{to}{f', {o.day}' if o.day else ''}: one origin, {len(o.documents)} relays"
        )
        for c in analysis.aligned.changes:
            if c.occasion == o.id:
                _print_item(f"{c.kind}{f' ({c.term})' if c.term else ''}: {c.document} {c.text}")


def _print_stands(analysis: StatementAnalysis) -> None:
    """Which side says what about each term."""
    if analysis.stands:
        print("\nWho stands where (origins):")
    for term in analysis.terms:
        cells = [c for c in analysis.stands if c.term == term and c.stance != "speaks of"]
        line = "; ".join(f"{c.side or 'side not told'} {c.stance} ({c.origins})" for c in cells) or "is only spoken of"
        _print_item(f"{term}: {line}")


def _print_item(text: str) -> None:
    print(textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="      "))
