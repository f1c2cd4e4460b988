"""What the steps of a verdict say of reports that count for less than they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import polars as pl

from servanda.evidence.model import PARTIAL, REPORT
from servanda.wording import plural

HEARSAY_OUT: dict[str, pl.DataType] = {
    **{column: REPORT[column] for column in ("file", "row", "report_id", "source", "origin", "stance")},
    **dict.fromkeys(("incident", "taken_as", "why"), pl.String()),
}
"""Reports that count for less than they say (``hearsay.csv``)."""
_NAMED = 5  # carriers that are told one by one
_AS = {
    "hearsay": ("hearsay, which accuses and does nothing else",) * 2,
    "claim": ("a claim", "claims"),
    PARTIAL: ("what confirms nothing",) * 2,
}


@dataclass(frozen=True, slots=True)
class Carried:
    """Reports that count for less than they say: how many (``len``), as what they are ``taken_as``, by whom carried (``source``) and ``why``,
    and whether any of them is ``beside`` what is counted; the ``incidents`` concerned, by what they are taken as.
    """

    rows: pl.DataFrame
    incidents: Mapping[str, tuple[str, ...]]

    @staticmethod
    def together(parts: Sequence[Carried]) -> Carried:
        """Those of shares that have no incident in common."""
        return Carried(
            pl.concat([one.rows for one in parts]),
            {name: tuple(sorted(chain.from_iterable(one.incidents[name] for one in parts))) for name in _AS},
        )


def carried_of(hearsay: pl.DataFrame, incidents: Iterable[str], counted: Iterable[str]) -> Carried:
    """Which reports of some incidents count for less than they say.

    Args:
        hearsay: such reports of all incidents (``evidence.hearsay.HEARSAY_ROW``).
        incidents: the incidents.
        counted: those of them that the verdict counts, with the reports that do not deny them.

    Returns:
        What is told of them.
    """
    rows = hearsay.filter(pl.col("incident").is_in(sorted(set(incidents))))
    beside = (pl.col("stance") == "denies") | ~pl.col("incident").is_in(sorted(set(counted)))
    own = {name: rows.filter(pl.col("taken_as") == name)["incident"].unique().sort().to_list() for name in _AS}
    grouped = rows.group_by("taken_as", "source", "why").agg(pl.len(), beside=beside.any())
    return Carried(grouped, {name: tuple(incidents) for name, incidents in own.items()})


def hearsay_words(carried: Carried) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """By whom such reports are carried, and why they count for less.

    Yields:
        The name of the step, its sentence and the incidents concerned.
    """
    for taken_as, (one, many) in _AS.items():
        part = carried.rows.filter(pl.col("taken_as") == taken_as)
        if part.height == 0:
            continue
        grouped = part.group_by("source", "why").agg(pl.col("len").sum())
        grouped = grouped.sort("len", "source", "why", descending=[True, False, False])
        few = zip(*grouped.head(_NAMED).select("source", "len", "why").get_columns(), strict=True)
        each = "; ".join(f"{n} carried by {source} ({why})" for source, n, why in few)
        more = f"; and those of {plural(grouped.height - _NAMED, 'other carrier')}" if grouped.height > _NAMED else ""
        several = plural(int(part["len"].sum()), f"report is taken as {one}", f"reports are taken as {many}")
        if part["beside"].any():
            several += " (denials and reports of incidents that are not counted included)"
        yield taken_as, f"{several}: {each}{more}.", carried.incidents[taken_as]
