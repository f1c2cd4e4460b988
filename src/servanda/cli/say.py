"""``servanda say``: the terms of an agreement in plain English."""

from __future__ import annotations

import argparse
import sys

from servanda.cli.options import Commands, write_picture


def register(commands: Commands) -> None:
    """``servanda say`` and its options."""
    command = commands.add_parser(
        "say",
        help="Print the terms of an agreement in plain English",
        description="Print the terms of an agreement as Servanda understands them, in plain English and with the clauses' own words, so that a "
        "lawyer can object.",
    )
    command.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")
    command.add_argument(
        "--out",
        metavar="FILE",
        help="write a page (.html) or a Word document (.docx) with the clauses' own words beside it (default: print text)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the terms of an agreement in plain language, or write them."""
    from servanda.agreement import read_agreement
    from servanda.agreement.plain_language import say

    agreement = read_agreement(args.agreement)
    if args.out is None:
        sys.stdout.write(say(agreement))
        return 0
    from servanda.errors import Fault, ServandaError
    from servanda.report.said_page import said_docx, said_page

    name = args.out.lower()
    if not name.endswith((".html", ".htm", ".docx")):
        what = f"{args.out!r} is of no form that say can write"
        raise ServandaError(Fault("--out", what, "end its name with .html or .docx", code="CLI014"))
    write_picture(args, said_docx(agreement) if name.endswith(".docx") else said_page(agreement).encode())
    return 0
