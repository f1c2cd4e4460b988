"""What the steps of a verdict say of reports that count for less than they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from servanda.evidence.model import REPORT
from servanda.wording import plural

HEARSAY_OUT: dict[str, pl.DataType] = {
    **{column: REPORT[column] for column in ("file", "row", "report_id", "source", "origin", "stance")},
    **dict.fromkeys(("incident", "taken_as", "why"), pl.String()),
}
"""Reports that count for less than they say (``hearsay.csv``)."""
_NAMED = 5  # carriers that are told one by one
_AS = {"hearsay": ("hearsay, which accuses and does nothing else",) * 2, "claim": ("a claim", "claims")}


def hearsay_words(
    hearsay: pl.DataFrame, incidents: Iterable[str], counted: Iterable[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Which reports of some incidents count for less than they say, by whom they are carried, and why.

    Args:
        hearsay: such reports of all incidents (``evidence.hearsay.HEARSAY_ROW``).
        incidents: the incidents.
        counted: those of them that the verdict counts, with the reports that do not deny them.

    Yields:
        The name of the step, its sentence and the incidents concerned.
    """
    if not hearsay.height:
        return
    rows = hearsay.filter(pl.col("incident").is_in(sorted(set(incidents))))
    beside = (pl.col("stance") == "denies") | ~pl.col("incident").is_in(sorted(set(counted)))
    for taken_as, (one, many) in _AS.items():
        part = rows.filter(pl.col("taken_as") == taken_as)
        if part.height == 0:
            continue
        grouped = (
            part.group_by("source", "why").agg(pl.len()).sort("len", "source", "why", descending=[True, False, False])
        )
        few = zip(*grouped.head(_NAMED).select("source", "len", "why").get_columns(), strict=True)
        each = "; ".join(f"{n} carried by {source} ({why})" for source, n, why in few)
        more = f"; and those of {plural(grouped.height - _NAMED, 'other carrier')}" if grouped.height > _NAMED else ""
        several = plural(part.height, f"report is taken as {one}", f"reports are taken as {many}")
        if part.select(beside.any()).item():
            several += " (denials and reports of incidents that are not counted included)"
        yield taken_as, f"{several}: {each}{more}.", part["incident"].unique().sort().to_list()
