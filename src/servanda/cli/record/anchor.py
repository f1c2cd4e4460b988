"""``servanda record anchor``: somebody outside who says that a checkpoint existed by an instant."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands
from servanda.cli.record.options import add_clock, add_key, command

if TYPE_CHECKING:
    from servanda.record import Record
    from servanda.record.anchors import Anchor


def register(commands: Commands) -> None:
    """``servanda record anchor`` and its options."""
    text = "have a timestamp service confirm that the checkpoint existed at an instant; without a file, check the recorded timestamps"
    anchor = command(commands, "anchor", text)
    anchor.add_argument(
        "--with", dest="anchor", metavar="NAME", default="rfc3161", help="which plug-in (default: rfc3161)"
    )
    anchor.add_argument("--request", metavar="FILE", help="write what is to be carried to the service")
    anchor.add_argument("--response", metavar="FILE", help="what came back, to be checked and recorded; needs --key")
    anchor.add_argument(
        "--roots",
        metavar="FILE.pem",
        action="append",
        default=[],
        help="certificates that you trust; may be given several times",
    )
    add_key(anchor, "the private key of the keeper of the record")
    add_clock(anchor)


def run(args: argparse.Namespace) -> int:
    """Write a request, record a response, or check what is recorded."""
    from servanda.cli.record.common import open_record, read_file, refuse_inside, write_file
    from servanda.errors import Fault, RecordError
    from servanda.record.anchors import anchor_of

    record, anchor = open_record(args), anchor_of(args.anchor)
    roots = [read_file(name) for name in args.roots]
    try:
        if args.request:
            refuse_inside(record, args.request, "--request")
            write_file(Path(args.request), anchor.request(record.log.head.text))
            print(f"{args.request}: carry it to the service; keep the record as it is until its answer is recorded")
        elif args.response and args.key:
            _record(record, anchor, Path(args.response), Path(args.key), roots)
        else:
            _check(record, anchor, roots)
    except ImportError:
        what = f"{anchor.name} needs a package that is not installed"
        raise RecordError(Fault("anchor", what, "pip install 'servanda[anchors]'", code="REC007")) from None
    except ValueError as error:
        hint = "is it for this checkpoint, and by these roots?"
        raise RecordError(Fault("anchor", f"the token does not hold: {error}", hint, code="REC008")) from None
    return 0


def _record(record: Record, anchor: Anchor, response: Path, key: Path, roots: list[bytes]) -> None:
    """Check what came back, and record it."""
    from servanda.cli.record.common import read_file, tell
    from servanda.record import load_key
    from servanda.record.log import digest_of
    from servanda.values.time import iso

    token, text = read_file(response), record.log.head.text
    moment = iso(anchor.check(token, text, roots))
    says = {"with": anchor.name, "note": text.decode(), "by": moment}
    subjects = {f"checkpoint {record.log.head.size}": digest_of(text)}
    index = record.state(load_key(key), "anchor", subjects, says, objects={"token": token})
    tell(f"{index:7d}  anchor       {record.log.head.origin} existed by {moment}")


def _check(record: Record, anchor: Anchor, roots: list[bytes]) -> None:
    """Check every recorded token of this anchor."""
    from servanda.cli.record.common import tell
    from servanda.values.time import iso

    for entry in record.statements():
        if entry.kind == "anchor" and entry.says["with"] == anchor.name:
            moment = iso(anchor.check(record.object(entry.says["stored"][0]), entry.says["note"].encode(), roots))
            tell(f"{entry.index:7d}  {entry.name} existed by {moment}")
