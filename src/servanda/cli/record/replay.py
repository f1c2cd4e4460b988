"""``servanda record replay``: published verdicts made again."""

from __future__ import annotations

import argparse

from servanda.cli.options import Commands
from servanda.cli.record.options import command
from servanda.wording import plural


def register(commands: Commands) -> None:
    """``servanda record replay`` and its options."""
    text = "make every published run again and compare byte for byte (exit code 1: one differs)"
    replay = command(commands, "replay", text)
    replay.add_argument("--entry", metavar="N", type=int, help="only the run in this entry (default: every run)")


def run(args: argparse.Namespace) -> int:
    """Tell of each run whether it is the same; 1 where one is not."""
    from servanda.app.replay import replay
    from servanda.cli.record.common import checked
    from servanda.store import RecordStore

    failed = count = 0
    for made in replay(RecordStore(checked(args)), args.entry):
        count += 1
        failed += bool(made.differ)
        word = "differs" if made.differ else "same"
        print(f"{made.run.index:7d}  as of {made.run.as_of or 'all that was known'}: {word}")
        if made.differ:
            print(f"         not the same: {', '.join(made.differ)}")
            print(f"         software: {made.software or 'unchanged'}")
    print(f"{plural(count, 'published run')}, {failed} not the same")
    return 1 if failed else 0
