"""``servanda import --as messages`` and ``--as provisions``: tables that are no reports."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from servanda.wording import plural

if TYPE_CHECKING:
    import polars as pl


def write_other(args: argparse.Namespace) -> int:
    """Write what files hold besides reports as one table.

    Args:
        args: the arguments of ``servanda import``.

    Returns:
        0.
    """
    if args.kind == "messages":
        from servanda.app.messages import read_messages

        messages = read_messages(args.files, args.zone or "", args.order or "")
        relayed = messages.table.height - messages.table["origin"].null_count()
        _write(args, messages.table, messages.told, "message", f"; {relayed:,} forwarded from others")
        return 0
    from servanda.app.provisions import read_provisions

    provisions = read_provisions(args.files)
    _write(args, provisions.table, provisions.told, "provision", "")
    return 0


def _write(args: argparse.Namespace, table: pl.DataFrame, told: list[str], what: str, more: str) -> None:
    from servanda.app.output import write_all
    from servanda.report.tables import csv

    for line in told:
        print(line)
    where = "would be written with --out FILE"
    if args.out:
        out = Path(args.out)
        args.wrote = True
        write_all(out.parent, {out.name: csv(table).encode()}, inputs=args.files)
        where = f"written to {out}"
    print(f"{plural(table.height, what)} {where}{more}")
