"""``servanda record log``: what is recorded."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

from servanda import FORMAT
from servanda.cli.options import Commands
from servanda.cli.record.options import command
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.record import Entry


_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON does not escape by itself, and terminals act upon."""


def register(commands: Commands) -> None:
    """``servanda record log`` and its options."""
    log = command(commands, "log", "list what is recorded: when, what, by whom")
    log.add_argument(
        "--json", action="store_true", help="everything that the entries say, as JSON (default: a line for each entry)"
    )


def run(args: argparse.Namespace) -> int:
    """List the entries of a record that holds."""
    from servanda.cli.record.common import checked, tell
    from servanda.store.record import as_we_write_them

    record = checked(args)
    entries = list(record.statements())
    if args.json:
        rows = [
            {**e.says, "index": e.index, "kind": e.kind, "signer": e.signer, "counts": e.counts, "subjects": e.subjects}
            for e in entries
        ]
        data = {"format": FORMAT, "record": record.log.head.origin, "entries": rows}
        print(_UNSEEN.sub(lambda c: f"\\u{ord(c[0]):04x}", json.dumps(data, indent=1, ensure_ascii=False)))
        return 0
    for e in entries:
        with as_we_write_them(e):
            tell(_line(e))
    head = record.log.head
    cosigned = ", ".join(name for name, _, _ in head.lines[1:]) or "nobody yet"
    tell(f"{plural(head.size, 'entry', 'entries')} of {head.origin}; cosigned by {cosigned}")
    return 0


def _line(e: Entry) -> str:
    from servanda.record.gives import POSITIONS

    late = "" if e.says["known_at"] == e.says["recorded_at"] else f"  known {e.says['known_at']}"
    clock = f"  THE CLOCK HAD GONE BACK to {e.says['clock']}" if "clock" in e.says else ""
    position = f"counted as the position and reply of {e.signer}"
    why = position if e.kind in POSITIONS else f"NOT COUNTED: the record does not name {e.signer} for that"
    other = "" if e.counts else f"  {why}"
    return f"{e.index:7d}  {e.says['recorded_at']}  {e.kind:11s}  {e.signer}  {_about(e)}{late}{clock}{other}"


def _about(entry: Entry) -> str:
    if entry.kind == "run":
        inputs = len(entry.says["inputs"])
        return (
            f"verdicts as of {entry.says['as_of'] or 'all that was known'}, from {plural(inputs, 'entry', 'entries')}"
        )
    if "rows" in entry.says:
        return f"{entry.name}, {plural(entry.says['rows']['count'], 'row')}"
    return ", ".join(list(entry.subjects)[:3])
