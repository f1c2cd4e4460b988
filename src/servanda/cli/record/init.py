"""``servanda record init``: begin a record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands
from servanda.cli.record.options import add_gives, add_key, command

if TYPE_CHECKING:
    from servanda.record.verifier import Key


def register(commands: Commands) -> None:
    """``servanda record init`` and its options."""
    init = command(commands, "init", "begin a record: who keeps it, who cosigns it, who sees what", vault=True)
    add_key(init, "the private key of the keeper of the record; its name names the record", required=True)
    init.add_argument(
        "--party", metavar="NAME=KEY", action="append", default=[], help="a party with its public key (or .pub file)"
    )
    init.add_argument("--witness", metavar="NAME=KEY", action="append", default=[], help="somebody else who cosigns")
    init.add_argument(
        "--quorum", metavar="WHO", default="all", help="how many must cosign: all, any, none or a number (default: all)"
    )
    add_gives(init)
    init.add_argument("--tiers", metavar="FILE", help="who sees what, in YAML (default: the usual four tiers)")


def run(args: argparse.Namespace) -> int:
    """Begin the record, and say what is to be given to whom."""
    from servanda.errors import Fault, RecordError
    from servanda.record import Record, load_key
    from servanda.record.gives import names_in, read_gives
    from servanda.record.tiers import read_tiers

    tiers = read_tiers(Path(args.tiers)) if args.tiers else None
    parties = dict(_named(pair, "--party") for pair in args.party)
    witnesses = dict(_named(pair, "--witness") for pair in args.witness)
    if len({**parties, **witnesses}) < len(args.party) + len(args.witness):
        what = "one name is given to two parties or witnesses"
        raise RecordError(Fault("init", what, "give each a name of its own", code="REC001"))
    keeper = load_key(Path(args.key))
    record = Record.begin(
        Path(args.record),
        keeper,
        parties,
        witnesses,
        quorum=args.quorum,
        tiers=tiers,
        gives=read_gives(args.gives, names_in(keeper.public(), {**parties, **witnesses})),
        vault=Path(args.vault) if args.vault else None,
    )
    print(f"{record.folder}: a record of {record.log.head.origin}, with 1 entry")
    print("Give its file 'policy' to everybody, by a way they trust. Give the vault beside it to nobody.")
    return 0


def _named(pair: str, option: str) -> tuple[str, Key]:
    from servanda.errors import Fault, RecordError
    from servanda.record import parse_public

    name, equals, key = pair.partition("=")
    if not equals or name.split() != [name]:
        raise RecordError(
            Fault(option, f"not a name with a key: {pair[:60]!r}", f"write {option} A=a.pub", code="REC001")
        )
    return name, parse_public(key)
