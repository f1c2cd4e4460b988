"""``servanda schema``: the JSON Schemas of the files that Servanda reads and writes."""

from __future__ import annotations

import argparse
import sys

from servanda.cli.options import Commands


def register(commands: Commands) -> None:
    """``servanda schema``, its argument and its option."""
    command = commands.add_parser(
        "schema",
        help="Print the JSON Schema of a file that Servanda reads or writes",
        description="Print the JSON Schema (2020-12) of the agreement file, for editors, or of any other file that Servanda reads or writes.",
    )
    command.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        default="agreement",
        help="one of the names that --list prints, such as verdicts (default: agreement)",
    )
    command.add_argument("--list", action="store_true", help="list the names and their files (default: print a schema)")


def run(args: argparse.Namespace) -> int:
    """Print a schema, or the names of all."""
    import json

    from servanda.schemas import schema, schema_list

    sys.stdout.write(schema_list() if args.list else json.dumps(schema(args.name), indent=1, ensure_ascii=False) + "\n")
    return 0
