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
        help="the checkpoint cosigned last, which this one must continue; it is written there too (default: only the one kept beside the key)",
    )
    cosign.add_argument(
        "--first",
        action="store_true",
        help="this key has cosigned no log of this name, or what it cosigned is lost (default: refuse where it is expected)",
    )
    cosign.add_argument(
        "--policy",
        metavar="FILE",
        help="your own copy of the policy (default: the one kept beside the key the first time)",
    )
    cosign.add_argument("--without-objects", action="store_true", help="for who may not have the files themselves")


def run(args: argparse.Namespace) -> int:
    """Check, keep what was seen for the next time, and cosign."""
    from servanda.cli.record.common import open_record, read_policy, refuse_inside, tell, warn
    from servanda.errors import Fault, RecordError
    from servanda.record import load_key
    from servanda.record.witness import Memory, cosign

    record, key = open_record(args), Path(args.key)
    signer, memory = load_key(key), Memory(key, record)
    seen = Path(args.seen) if args.seen is not None else None
    refuse_inside(record, args.seen or key, "--seen" if args.seen else "--key")
    own = Path(args.policy) if args.policy else memory.policy
    if args.policy and not own.is_file():
        raise RecordError(
            Fault(args.policy, "there is no such file", "name your own copy of the policy", code="REC002")
        )
    policy = read_policy(own) if own.is_file() else record.log.policy
    size = cosign(record, key, signer, policy, seen, first=args.first, objects=not args.without_objects)
    if not own.is_file():
        memory.keep_policy()
        warn(f"keeps {own}, the record's policy as it is now, for the next time; read it")
    tell(
        f"{signer.name} has checked and cosigned {plural(size, 'entry', 'entries')}; {seen or memory.seen} keeps what was seen, to be held against the next"
    )
    return 0
