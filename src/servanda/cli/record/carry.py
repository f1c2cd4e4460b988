"""``servanda record carry``: what only another copy of a forked record holds, into the one that goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands
from servanda.cli.record.options import add_clock, add_key, command
from servanda.wording import plural


def register(commands: Commands) -> None:
    """``servanda record carry`` and its options."""
    text = "record anew what only another copy of a forked record holds; without --key, say what that is"
    carry = command(commands, "carry", text, vault=True)
    carry.add_argument("other", metavar="OTHER", help="the other copy's folder; it is only read")
    carry.add_argument("--other-vault", metavar="DIR", help="the vault of the other copy (default: OTHER.vault)")
    add_key(carry, "the private key of the keeper of the record (default: record nothing)")
    add_clock(carry)


def run(args: argparse.Namespace) -> int:
    """List what the other copy holds, or carry it over."""
    from servanda.app.carry import branch_of, carry
    from servanda.cli.record.common import open_record, tell, warn
    from servanda.record import Record, load_key

    record = open_record(args)
    other = Record(Path(args.other), Path(args.other_vault) if args.other_vault else None)
    branch = branch_of(record, other)
    tell(f"both have the first {plural(branch.shared, 'entry', 'entries')}; what only {args.other} holds:")
    done = carry(record, other, branch, load_key(Path(args.key))) if args.key else []
    for n, (entry, _) in enumerate(branch.carried):
        there = f"  -> {done[n].index}{'' if done[n].new else ' (was there already)'}" if done else ""
        tell(f"{entry.index:7d}  {entry.kind:11s}  {entry.name}{there}")
    for entry, why in branch.left:
        tell(f"{entry.index:7d}  {entry.kind:11s}  {entry.name}  NOT CARRIED: {why}")
    if done:
        tell(f"{plural(record.log.head.size, 'entry', 'entries')}; ask the witnesses to cosign")
    elif branch.carried:
        warn("nothing was recorded; with --key it is")
    return 0
