"""``servanda errors``: what an error code means."""

from __future__ import annotations

import argparse
import textwrap

from servanda.cli.options import Commands


def register(commands: Commands) -> None:
    """``servanda errors`` and its argument."""
    command = commands.add_parser(
        "errors",
        help="Explain an error code",
        description="Explain the error codes that stand in error messages (docs/errors.md).",
    )
    command.add_argument(
        "code", metavar="CODE", nargs="?", help="a code such as CLI001, or its first letters (default: list all codes)"
    )


def run(args: argparse.Namespace) -> int:
    """Print what one code means, or the titles of all."""
    from servanda.app.error_codes import read_error_codes

    codes = read_error_codes()
    if args.code is None:
        for known in codes.values():
            print(f"{known.code}  {known.title}")
        return 0
    wanted = args.code.upper()
    family = [known for known in codes.values() if wanted.isalpha() and known.code.startswith(wanted)]
    if family:
        for known in family:
            print(f"{known.code}  {known.title}")
        return 0
    if wanted not in codes:
        from servanda.errors import Fault, ServandaError
        from servanda.wording import did_you_mean

        hint = did_you_mean(wanted, codes, "'servanda errors' lists all codes")
        raise ServandaError(Fault("errors", f"unknown error code {args.code!r}", hint, code="CLI008"))
    explained = codes[wanted]
    print(f"{explained.code}: {explained.title}\n")
    print(textwrap.fill(explained.means, 100))
    print(textwrap.fill(f"hint: {explained.correct}", 100, subsequent_indent="      "))
    return 0
