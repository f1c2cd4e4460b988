"""``servanda record cosign``: check a record and cosign its checkpoint."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands
from servanda.cli.record.options import add_key, command
from servanda.wording import plural


def register(commands: Commands) -> None:
    """``servanda record cosign`` and its options."""
    cosign = command(commands, "cosign", "check the whole record, and cosign its checkpoint")
    add_key(cosign, "the private key of a party or witness", required=True)
    cosign.add_argument(
        "--seen",
        metavar="FILE",
        help="the checkpoint cosigned last, which this one must continue (default: the one kept beside the key)",
    )
    cosign.add_argument(
        "--policy",
        metavar="FILE",
        help="your own copy of the policy (default: the one kept beside the key the first time)",
    )
    cosign.add_argument("--without-objects", action="store_true", help="for who may not have the files themselves")


def run(args: argparse.Namespace) -> int:
    """Check, cosign, and keep what was seen for the next time."""
    from servanda.cli.record.common import open_record, read_policy, warn, write_file
    from servanda.errors import Fault, RecordError
    from servanda.record import load_key
    from servanda.record.log import digest_of

    record, signer = open_record(args), load_key(Path(args.key))
    mark = digest_of(record.log.entry(0))[:8] if record.log.head.size else "new"
    seen = Path(args.seen) if args.seen else Path(f"{args.key}.{mark}.seen")
    own = Path(args.policy) if args.policy else Path(f"{args.key}.{mark}.policy")
    if not own.is_file():
        if args.policy:
            what = "there is no such file"
            raise RecordError(Fault(args.policy, what, "name your own copy of the policy", code="REC002"))
        write_file(own, (record.folder / "policy").read_bytes())
        warn(f"keeps {own}, the record's policy as it is now, for the next time; read it")
    last = seen.read_bytes() if seen.is_file() else None
    size = record.cosign(signer, read_policy(own), last, objects=not args.without_objects)
    write_file(seen, record.log.note, done="the checkpoint has been cosigned all the same")
    print(
        f"{signer.name} has checked and cosigned {plural(size, 'entry', 'entries')}; {seen} keeps what was seen, to be held against the next"
    )
    return 0
