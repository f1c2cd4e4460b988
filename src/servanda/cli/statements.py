"""``servanda statements``: who said what in articles."""

from __future__ import annotations

import argparse
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from servanda.cli.options import Commands, write_folder, write_one
from servanda.cli.progress import Progress
from servanda.errors import Fault, ServandaError
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.statements import Stand, StatementAnalysis


def register(commands: Commands) -> None:
    """``servanda statements`` and its options."""
    command = commands.add_parser(
        "statements",
        help="Find who said what in articles: through whom, about which term, with which stance",
        description="Read articles (text, HTML, PDF; in English, Russian or Ukrainian) and find who said what, directly or indirectly, through whom and when. Groups copies of one statement, "
        "shows where a relay shortened, changed or distorted it, and draws the positions. Uses rules of grammar: a reading aid, not a finding.",
    )
    command.add_argument(
        "documents",
        metavar="DOC",
        nargs="+",
        help="articles: text, saved web pages or PDF; chats as Telegram, WhatsApp and Signal export them",
    )
    command.add_argument(
        "--agreement",
        metavar="FILE",
        help="look for statements about the terms and by the parties of this agreement (default: about common subjects, by states)",
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="write statements.html, statements.csv, occasions.csv, changes.csv, matrix.csv, positions.csv, zone.csv, forces.csv, documents.csv, left_out.csv and, of an extractor, rejected.csv there (default: write no files)",
    )

    _register_extractor(command)
    command.add_argument(
        "--model",
        metavar="MODEL.npz",
        help="read English with a parser and a model that 'servanda train' learned as well (default: by the rules alone); needs servanda[speech]",
    )
    command.add_argument(
        "--reports",
        metavar="FILE",
        help="write the accusations, admissions and denials that are found as a table of reports (CSV), each to be confirmed by a person before it counts; needs --agreement (default: not written)",
    )
    command.add_argument(
        "--by",
        metavar="NAME",
        help="whose own words the articles are, of a speech, a post or a statement: 'Foreign Ministry of Alandia' (default: what their first lines tell, or nobody's)",
    )
    command.add_argument(
        "--order",
        choices=("dmy", "mdy"),
        help="the order of day and month in a chat that does not tell (default: such a chat is refused)",
    )


def _register_extractor(command: argparse.ArgumentParser) -> None:
    """The options of a language model, which is off by default."""
    command.add_argument(
        "--extractor",
        metavar="COMMAND",
        help="let a program of yours, or an address that answers as OpenAI's does, read the documents in place of the rules (default: none). What it proposes is taken only "
        "if it stands in the document letter by letter; the rest is written to rejected.csv",
    )
    command.add_argument(
        "--extractor-model",
        metavar="NAME",
        default="",
        help="of an address: which model it shall ask (default: its own)",
    )
    command.add_argument(
        "--extractor-seconds",
        metavar="N",
        type=float,
        default=600.0,
        help="how long the program may take, or the address for each document (default: 600)",
    )
    command.add_argument(
        "--allow-address",
        metavar="HOST:PORT",
        action="append",
        default=[],
        help="an address to which documents may be sent (default: none)",
    )


def run(args: argparse.Namespace) -> int:
    """Find who said what in articles, which statements are one, and what each side's position is."""
    from servanda.app.found_reports import found_reports
    from servanda.app.statements import read_statements

    extractor = None
    if args.extractor is not None:
        if args.reports is not None:
            what = "what a language model reads becomes no report"
            hint = "leave --extractor out, so that the rules read the documents; or leave --reports out"
            raise ServandaError(Fault("--reports", what, hint, code="DOC014"))
        from servanda.app.extractors import extractor_of

        extractor = extractor_of(
            args.extractor, allowed=args.allow_address, model=args.extractor_model, seconds=args.extractor_seconds
        )
    by_model = _by_model(args)
    with Progress() as progress:
        analysis = read_statements(
            args.documents,
            args.agreement,
            progress=progress,
            order=args.order or "",
            by=args.by or "",
            extractor=extractor,
            **by_model,
        )
    found = None if args.reports is None else found_reports(analysis, args.agreement)
    if args.out is not None:
        from servanda.report.statements_page import said_page, said_tables

        page = said_page(analysis, analysis.title or plural(len(analysis.documents), "article"))
        write_folder(args, {"statements.html": page.encode(), **said_tables(analysis)})
    _print_read(args, analysis)
    _print_relays(analysis)
    if analysis.names_a_party:
        _print_stands(analysis)
    if found is not None:
        from servanda.report.tables import csv

        write_one(args, args.reports, csv(found.table).encode())
        print(f"\n{args.reports}:")
        for line in found.told:
            _print_item(line)
    if args.out is not None:
        print(f"\nWritten to {args.out}; open statements.html.")
    elif sys.stdout.isatty():
        print("\nWith --out DIR: every statement, and a page with the quotations.")
    return 0


def _by_model(args: argparse.Namespace) -> dict[str, Any]:
    """What reads English with the model of ``--model``; nothing, with a line that says so, where the parser is not installed."""
    if args.model is None:
        return {}
    from servanda.app.speech_models import INSTALL, reader_of
    from servanda.statements.parsed import available

    if not available():
        print(f"The parser is not installed ({INSTALL}): the rules alone read, without {args.model}.")
        return {}
    return {"english_rules": reader_of(args.model)}


def _print_read(args: argparse.Namespace, analysis: StatementAnalysis) -> None:
    """What was read, and first what was not."""
    if missing := analysis.not_read():
        print(f"{missing}.")
    if not analysis.names_a_party:
        print(
            f"None of these documents names a party of {analysis.title} ({', '.join(analysis.parties)}): there are no positions."
        )
    if empty := analysis.without_article:
        print(
            f"{plural(len(empty), 'file')} without an article left out: {', '.join(empty[:5])}{' ...' if len(empty) > 5 else ''}"
        )
    furniture = sum(len(d.dropped) for d in analysis.documents)
    print(
        f"{plural(len(args.documents), 'file')}, {plural(len(analysis.documents), 'article')}: {plural(len(analysis.statements), 'statement')} "
        f"on {plural(len(analysis.aligned.occasions), 'occasion')}; {plural(furniture, 'piece')} of page furniture left out"
    )
    if analysis.matcher.unknown:
        unknown = ", ".join(analysis.matcher.unknown)
        _print_item(
            f"No word makes out {unknown} in a text: nothing is found about it; give it 'words:' in the agreement."
        )
    if analysis.rejected:
        print(
            f"{plural(len(analysis.rejected), 'line')} of the extractor not taken{', see rejected.csv' if args.out is not None else ''}"
        )


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
        line = "; ".join(map(_stand, cells)) or "is only spoken of"
        _print_item(f"{term}: {line}")


def _stand(cell: Stand) -> str:
    told = f", by the word of {', '.join(cell.by_word_of)}" if cell.by_word_of else ""
    guess = ", found by the model" if cell.found else ", side inferred" if cell.known == "inferred" else ""
    return f"{cell.side or 'side not told'} {cell.stance} ({cell.origins}{told}{guess})"


def _print_item(text: str) -> None:
    print(textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="      "))
