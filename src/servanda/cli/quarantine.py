"""How commands print rows of evidence that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servanda.evidence import IngestResult


def print_quarantine(ingest: IngestResult) -> None:
    """Why rows could not be read: the first three reasons, with the rest counted."""
    reasons = ingest.quarantine
    for row in reasons.head(3).iter_rows(named=True):
        print(f"  {row['file']}: row {row['row']}: {row['field']}: {row['reason']}")
    if reasons.height > 3:
        print(f"  and {reasons.height - 3:,} more; with --out, quarantine.csv has all")
