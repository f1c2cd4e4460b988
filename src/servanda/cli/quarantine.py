"""How commands print rows of evidence that could not be read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from servanda.errors import visible
from servanda.wording import plural

if TYPE_CHECKING:
    from servanda.evidence import IngestResult
    from servanda.verdicts import Verification


def print_unread(ingest: IngestResult) -> None:
    """Which files gave nothing but rows in quarantine, on standard error: nobody should take that for silence."""
    for file in ingest.files:
        if file.quarantined and not (file.reports or file.figures or file.statements or file.items):
            if set(ingest.quarantine.filter(file=file.file)["code"]) == {"EVD172"}:
                what = f"no row of {file.file} is confirmed: a row counts once a person has put his name into its confirmed_by"
                print(f"servanda: {what}", file=sys.stderr)
                continue
            what = f"no row of {file.file} can be read as it is; 'servanda import {file.file}' tells all faults of a row at once, and keeps how it is read"
            print(f"servanda: {what}", file=sys.stderr)


def in_quarantine(rows: int) -> str:
    """How many rows could not be read, and what tells why, in words."""
    return f"{plural(rows, 'row')} in quarantine; 'servanda verify ... --out DIR' tells why"


def print_left_out(verification: Verification) -> None:
    """The same, with how many rows are in quarantine, and how many are left out as of an instant."""
    print_unread(verification.ingest)
    if n := verification.ingest.quarantined:
        print(f"servanda: {in_quarantine(n)}", file=sys.stderr)
    if verification.undated:
        from servanda.verdicts.summary_words import undated_words

        print(f"servanda: {undated_words(verification.undated)}", file=sys.stderr)


_REASONS, _LONGEST = 5, 60


def print_quarantine(ingest: IngestResult) -> None:
    """Why rows could not be read: the first few reasons, each with its rows counted and what to do; the rest counted."""
    import polars as pl

    rows = ingest.quarantine
    reasons = rows.group_by("file", "field", "reason", "hint", maintain_order=True).agg(
        first=pl.col("row").min(), value=pl.col("value").sort_by("row").first(), rows=pl.len()
    )
    for one in reasons.head(_REASONS).iter_rows(named=True):
        where = (
            f"row {one['first']}" if one["rows"] == 1 else f"{plural(one['rows'], 'row')} from row {one['first']} on"
        )
        hint = f" ({one['hint']})" if one["hint"] else ""
        said = f" '{one['value'][:_LONGEST]}'" if one["value"] else ""
        print(visible(f"  {one['file']}: {where}: {one['field']}{said}: {one['reason']}{hint}"))
    if left := sum(reasons["rows"][_REASONS:]):
        print(f"  and {plural(left, 'more row')} for other reasons; with --out, quarantine.csv has all")
