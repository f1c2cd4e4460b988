"""``servanda record disclose``: packages for those who may see a part."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from servanda.cli.options import Commands
from servanda.cli.record.options import add_clock, add_key, command
from servanda.wording import plural


def register(commands: Commands) -> None:
    """``servanda record disclose`` and its options."""
    text = "write packages that show a tier what it may see, and prove that the rest is unchanged"
    disclose = command(commands, "disclose", text, vault=True)
    disclose.add_argument(
        "--tier",
        metavar="TIER",
        required=True,
        help="mechanism, parties (one package each, at once), guarantors, public",
    )
    disclose.add_argument("--out", metavar="DIR", required=True, help="the folder for the packages")
    add_key(disclose, "the private key of the keeper, who signs the packages and records that they were made")
    add_clock(disclose)


def run(args: argparse.Namespace) -> int:
    """Make the packages, check them, write all of them or none, and record that they were made."""
    from servanda.app.disclose import disclose, hold_against
    from servanda.app.output import write_all
    from servanda.cli.record.common import checked, refuse_inside, tell, warn
    from servanda.errors import Fault, RecordError
    from servanda.record import load_key
    from servanda.record.log import digest_of
    from servanda.store import RecordStore

    record = checked(args)
    if not args.key and args.tier in record.tiers():
        what = "needs the key of the keeper: who signs a package says for whom it is, and what is withheld"
        raise RecordError(
            Fault("--key", what, "servanda record disclose RECORD --tier TIER --out DIR --key KEY", code="REC001")
        )
    signer = load_key(Path(args.key)) if args.key else None
    if signer is not None:
        record.log.refuse_stranger(signer)
    now = datetime.now(UTC)
    refuse_inside(record, args.out)
    if not record.log.settled:
        warn("the witnesses have not cosigned this state yet; the packages hold with --unsettled only")
    last = datetime.fromisoformat(record.log.last_dated())
    packages = disclose(RecordStore(record), args.tier, max(now, last), signer)
    hold_against(record, packages)
    out = Path(args.out)
    write_all(out, packages)
    for name, data in packages.items():
        withheld = len(json.loads(data)["withheld"])
        size = f"{len(data):,} bytes, SHA-256 {digest_of(data)}"
        less = f"{plural(withheld, 'thing')} withheld, with the reason" if withheld else "nothing is withheld"
        tell(f"{out / name}: {size}; {less}")
    if len(packages) > 1:
        from servanda.cli.record.compare import differences_in_words

        alike = len(set(packages.values())) == 1
        same = "The packages of the parties are the same, byte for byte."
        tell(same if alike else differences_in_words(*map(json.loads, list(packages.values())[:2]))[0])
    assert signer is not None
    says = {"tier": args.tier, "to": list(packages)}
    index = record.state(signer, "disclosure", {n: digest_of(d) for n, d in packages.items()}, says)
    tell(f"recorded in entry {index}")
    return 0
