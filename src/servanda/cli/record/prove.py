"""``servanda record prove``: a proof that travels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.cli.options import Commands
from servanda.cli.record.options import command

if TYPE_CHECKING:
    from servanda.record import Record


def register(commands: Commands) -> None:
    """``servanda record prove`` and its options."""
    text = "write a proof for somebody who has not the record: of one entry, or that the record continues an older checkpoint"
    prove = command(commands, "prove", text)
    prove.add_argument(
        "entry", metavar="ENTRY", nargs="?", help="an entry by number, by the file that it is about, or by SHA-256"
    )
    prove.add_argument("--since", metavar="CHECKPOINT", help="an older checkpoint (default: prove an entry)")
    prove.add_argument(
        "--out",
        metavar="FILE",
        help="write it there (C2SP .tlog-proof), and the entry beside it as .entry (default: print it)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the proof, or write it with the entry that it is about."""
    from servanda.app.output import write_all
    from servanda.cli.record.common import open_record, read_file, refuse_inside
    from servanda.errors import Fault, RecordError

    record = open_record(args)
    if (args.entry is None) == (args.since is None):
        hint = "servanda record prove RECORD 17 --out FILE"
        raise RecordError(Fault("prove", "names neither an entry nor --since, or both", hint, code="REC001"))
    out, entry = Path(args.out) if args.out else None, b""
    if out is not None and args.entry is not None and out.suffix == ".entry":
        what = "the entry itself goes into the file that ends in .entry"
        raise RecordError(Fault("--out", what, "name it .tlog-proof", code="REC001"))
    if out is not None:
        refuse_inside(record, out)
    inputs = [name for name in (args.since, args.entry) if name is not None and Path(name).is_file()]
    if args.since is not None:
        proof = record.consistency(read_file(args.since))
    else:
        index = _index(record, args.entry)
        proof, entry = record.proof(index), record.log.entry(index)
    if out is None:
        sys.stdout.write(proof.decode())
        return 0
    if args.entry is None:
        write_all(out.parent, {out.name: proof}, inputs=inputs)
        print(out)
        return 0
    beside = out.with_suffix(".entry")
    write_all(out.parent, {out.name: proof, beside.name: entry}, inputs=inputs)
    print(f"{args.out}: check it with 'python verifier.py proof {args.out} {beside} --policy POLICY'")
    return 0


def _index(record: Record, text: str) -> int:
    """An entry by its number; else the last one about a file of that content, that SHA-256 (from 8 digits on) or that name."""
    from servanda.errors import Fault, RecordError
    from servanda.record.vault import OBJECT_SALT

    if text.isdecimal():
        return int(text)
    path, entries = Path(text), list(record.statements())
    about = [e.index for e in entries if len(text) >= 8 and any(d.startswith(text) for d in e.subjects.values())]
    if not about and path.is_file():
        size = path.stat().st_size + OBJECT_SALT
        alike = [(e.index, d) for e in entries for d in e.subjects.values() if record.log.size_of(d) == size]
        about = [index for index, digest in alike if record.object(digest) == path.read_bytes()]
    about = about or [e.index for e in entries if path.name in e.subjects]
    if not about:
        hint = "name an entry's number, its file or its SHA-256; 'servanda record log' lists them"
        raise RecordError(Fault(text, "is in no entry", hint, code="REC005"))
    return about[-1]
