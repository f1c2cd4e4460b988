"""``servanda record key``: a pair of keys for somebody who signs."""

from __future__ import annotations

import argparse
from pathlib import Path

from servanda.cli.options import Commands
from servanda.cli.record.options import command


def register(commands: Commands) -> None:
    """``servanda record key`` and its options."""
    key = command(commands, "key", "make a pair of keys for somebody who signs", record=False)
    key.add_argument("name", metavar="NAME", help="whose key it is, without spaces, as in mission.example/log")
    key.add_argument("--out", metavar="FILE", required=True, help="the private key; FILE.pub gets the public one")


def run(args: argparse.Namespace) -> int:
    """Write both keys, or neither."""
    from servanda.cli.record.common import write_file
    from servanda.errors import ServandaError
    from servanda.record import make_key, vkey

    private = Path(args.out)
    public = private.with_name(private.name + ".pub")
    signer = make_key(private, args.name)
    try:
        write_file(public, f"{vkey(signer.public())}\n".encode())
    except ServandaError:
        private.unlink(missing_ok=True)  # nobody has seen its public side
        raise
    print(f"{private}: the private key of {signer.name}; give it to nobody")
    print(f"{public}: the public key; give it to everybody")
    print(vkey(signer.public()))
    return 0
