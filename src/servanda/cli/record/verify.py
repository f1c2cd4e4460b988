"""``servanda record verify``: check everything that a record promises."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands
from servanda.cli.record.options import command


def register(commands: Commands) -> None:
    """``servanda record verify`` and its options."""
    verify = command(
        commands, "verify", "check everything: signatures, tree, entries, rows, objects, older checkpoints"
    )
    verify.add_argument(
        "--policy", metavar="FILE", help="your own copy of the policy: whose keys count (default: the record's own)"
    )
    verify.add_argument(
        "--since",
        metavar="CHECKPOINT",
        action="append",
        default=[],
        help="a checkpoint that you kept; may be given several times",
    )
    verify.add_argument("--without-objects", action="store_true", help="the files themselves are not here")
    verify.add_argument("--unsettled", action="store_true", help="the quorum need not have cosigned yet")


def run(args: argparse.Namespace) -> int:
    """Check, and tell each step that holds."""
    from servanda.cli.record.common import open_record, read_file, read_policy, warn

    record = open_record(args)
    policy = read_policy(Path(args.policy)) if args.policy else record.log.policy
    if not args.policy:
        warn("with the record's own policy; whose keys these are, only a copy that you trust can tell (--policy)")
    since = [read_file(name) for name in args.since]
    record.verify(policy, _print_step, since, objects=not args.without_objects, quorum=not args.unsettled)
    print("It holds.")
    return 0


def _print_step(step: int, what: str) -> None:
    from servanda.cli.record.common import tell
    from servanda.record.verifier import STEPS

    tell(f"{step:2d} {STEPS[step]}: {what}")
