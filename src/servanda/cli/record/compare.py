"""``servanda record compare``: what two packages show differently."""

from __future__ import annotations

import argparse
import json

from servanda.cli.options import Commands
from servanda.cli.record.options import command


def register(commands: Commands) -> None:
    """``servanda record compare`` and its options."""
    text = "compare two packages: what they show differently, and whether they declare it (exit code 1: they do not)"
    compare = command(commands, "compare", text, record=False)
    compare.add_argument("packages", metavar="PACKAGE", nargs=2, help="two packages")


def run(args: argparse.Namespace) -> int:
    """Tell the differences; 1 where one of them is not declared."""
    from servanda.cli.record.common import read_file
    from servanda.errors import Fault, RecordError
    from servanda.record import differences

    first, second = (read_file(name) for name in args.packages)
    try:
        declared, undeclared = differences(json.loads(first), json.loads(second))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        names, hint = " ".join(args.packages), "give two files of 'record disclose'"
        raise RecordError(Fault(names, "are not two packages", hint, code="REC006")) from None
    print("They show the same." if not declared + undeclared else differences_in_words(first, second))
    return 1 if undeclared else 0


def differences_in_words(first: bytes, second: bytes) -> str:
    """The differences of two packages, a line each."""
    from servanda.record import differences

    declared, undeclared = differences(json.loads(first), json.loads(second))
    lines = [f"  declared: {line}" for line in declared] + [f"  NOT DECLARED: {line}" for line in undeclared]
    return "\n".join(["The packages differ:", *lines])
