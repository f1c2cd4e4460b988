"""``servanda compare``: two drafts, clause by clause."""

from __future__ import annotations

import argparse
import sys

from servanda.cli.draft import add_versions, hidden_of
from servanda.cli.options import Commands, write_folder


def register(commands: Commands) -> None:
    """``servanda compare`` and its options."""
    command = commands.add_parser(
        "compare",
        help="Compare two drafts clause by clause, with a redline",
        description="Compare two drafts (.docx, .odt, .pdf, .md, .txt or agreement files) clause by clause: the same words, other words of which "
        "nothing that is understood differs, changed (what, in plain English), moved, only in one; and which drafting problems came and went.",
    )
    command.add_argument("old", metavar="OLD", help="the one draft")
    command.add_argument("new", metavar="NEW", help="the other")
    command.add_argument(
        "--wishes",
        metavar="NAME=FILE",
        nargs="+",
        default=[],
        help="what delegations want, each a draft of its own: tells of every clause whose wish it serves (default: none)",
    )
    command.add_argument(
        "--out",
        metavar="FOLDER",
        help="also write compare.html, compare.json and redline.docx, whose tracked changes give NEW accepted and OLD rejected (default: text only)",
    )
    command.add_argument(
        "--author", default="", metavar="NAME", help="whose the changes of the redline are (default: not named)"
    )
    add_versions(command)


def run(args: argparse.Namespace) -> int:
    """Compare, print, and write what was asked for."""
    from servanda.app.compare import compare_files
    from servanda.errors import Fault, ServandaError
    from servanda.report.comparison_page import comparison_page, comparison_text

    wishes = {}
    for word in args.wishes:
        name, sign, file = word.partition("=")
        if not sign or not name or not file:
            hint = "write it as NAME=FILE"
            raise ServandaError(
                Fault("--wishes", f"{word!r} does not name a delegation and its draft", hint, code="CLI013")
            )
        wishes[name] = file
    told, redlined = compare_files(
        args.old, args.new, wishes, version=args.version, hidden=hidden_of(args), author=args.author
    )
    sys.stdout.write(comparison_text(told))
    if args.out is not None:
        import json

        from servanda.app.compare import comparison_data

        data = comparison_data(told)
        files = {
            "compare.html": comparison_page(told).encode(),
            "compare.json": (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode(),
            "redline.docx": redlined,
        }
        write_folder(args, files)
    return 0
