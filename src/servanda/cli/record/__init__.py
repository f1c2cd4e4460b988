"""``servanda record``: the commands of the record, one file each.

Each file has ``register(commands)``, which adds the command's parser, and ``run(args)``, which returns the exit code. Both import
what they need when they are called. To add a command, write its file and name it in :data:`COMMANDS`.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from servanda.cli.options import Commands

COMMANDS = (
    "key",
    "init",
    "add",
    "cosign",
    "prove",
    "verify",
    "log",
    "disclose",
    "compare",
    "replay",
    "anchor",
    "shred",
    "carry",
)
"""The commands in the order of the help; each is the file of this room with that name."""


def register(commands: Commands) -> None:
    """``servanda record`` and its commands.

    Args:
        commands: where the parser is added.
    """
    about = "Keep a record that cannot be altered unnoticed by anybody who kept a checkpoint (docs/record.md). Its checker for the other side is one file: record/verifier.py."
    record = commands.add_parser(
        "record", help="Keep an append-only record that cannot be altered unnoticed", description=about
    )
    own = record.add_subparsers(dest="record_command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        import_module(f"{__name__}.{name}").register(own)


def run(args: argparse.Namespace) -> int:
    """Run one of the commands.

    Args:
        args: what was asked for.

    Returns:
        The exit code.

    Raises:
        RecordError: what was asked for cannot be done; the fault says what was done of it, if anything was.
    """
    code: int = import_module(f"{__name__}.{args.record_command}").run(args)
    return code
