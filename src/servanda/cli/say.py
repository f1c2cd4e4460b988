"""``servanda say``: the terms of an agreement in plain English."""

from __future__ import annotations

import argparse
import sys

from servanda.cli.options import Commands


def register(commands: Commands) -> None:
    """``servanda say``, which has no options."""
    command = commands.add_parser(
        "say",
        help="Print the terms of an agreement in plain English",
        description="Print the terms of an agreement as Servanda understands them, in plain English, so that a lawyer can object.",
    )
    command.add_argument("agreement", metavar="AGREEMENT.yaml", help="the agreement file")


def run(args: argparse.Namespace) -> int:
    """Print the terms of an agreement in plain language."""
    from servanda.agreement import read_agreement
    from servanda.agreement.plain_language import say

    sys.stdout.write(say(read_agreement(args.agreement)))
    return 0
