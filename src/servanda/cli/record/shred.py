"""``servanda record shred``: nobody can know any more who a protected source is."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands
from servanda.cli.record.options import add_clock, add_key, command


def register(commands: Commands) -> None:
    """``servanda record shred`` and its options."""
    text = "destroy the key that tells who a protected source is; without a pseudonym, list the protected sources"
    shred = command(commands, "shred", text, vault=True)
    shred.add_argument("pseudonym", metavar="PSEUDONYM", nargs="?", help="as protected-0123456789ab")
    shred.add_argument("--why", metavar="TEXT", help="the reason; everybody will see it")
    shred.add_argument(
        "--forget",
        action="store_true",
        help="destroy also what would notice the name when it comes in again; nobody who has the vault can then try names (default: keep it)",
    )
    add_clock(shred)
    add_key(shred, "the private key of the keeper of the record")


def run(args: argparse.Namespace) -> int:
    """Destroy one key and record it, or list who is protected."""
    from servanda.cli.record.common import open_record, tell
    from servanda.errors import Fault, RecordError
    from servanda.record import load_key

    record = open_record(args)
    if args.pseudonym is None:
        for pseudonym, name in record.vault.identities().items():
            tell(f"{pseudonym}  {name if name is not None else '(shredded)'}")
        return 0
    if not args.why or not args.key:
        hint = "servanda record shred RECORD PSEUDONYM --why ... --key KEY"
        raise RecordError(Fault("shred", "says no reason, or no key", hint, code="REC001"))
    index = record.shred(load_key(Path(args.key)), args.pseudonym, args.why, forget=args.forget)
    kept = (
        ""
        if args.forget
        else " A digest stays by which the name is noticed when it comes in again (--forget keeps none)."
    )
    tell(
        f"Who {args.pseudonym} is cannot be known any more from this vault; recorded in entry {index}. Destroy its backups too, and the disk with it if it must be certain.{kept}"
    )
    return 0
