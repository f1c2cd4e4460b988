"""A plan over all batches with nothing but an ordered map, in memory that grows with what matches and not with what is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

import polars as pl

from servanda.findings.matching import MATCHES, REMARKS_ON_INCIDENT, Matches
from servanda.findings.plan import KEPT, Batches, Findings, Plan, Progress, concat
from servanda.values.ordered_map import OrderedMap

LARGE = 200_000
"""Reports from which the locator's lattice pays: for fewer it takes longer to make than to do without."""
_HEAP = 8_000_000
_AT_ONCE = 500_000  # matched rows confirmed at once; of more, the incidents are divided


def run_in_order(plan: Plan, batches: Batches, in_order: OrderedMap, progress: Progress) -> Findings:
    """Match all batches, confirm all incidents, collect the findings."""
    matched: list[pl.DataFrame] = []
    remarks: list[pl.DataFrame] = []
    times: list[pl.DataFrame] = []
    reports, undated, latest_known = 0, 0, None
    for found in _matches(plan, batches(), in_order):
        reports += found.reports
        undated += found.undated
        latest_known = _later(latest_known, found.latest_known)
        matched.append(found.matched)
        remarks.append(found.remarks)
        times.append(found.times)
        progress("match", reports)
    all_remarks = plan.heard(concat(remarks, REMARKS_ON_INCIDENT), batches)
    little = sum(table.height for table in matched) <= KEPT
    kept = (concat(matched, MATCHES), all_remarks) if little else None
    findings: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    for part in _confirmed(plan, matched, all_remarks, in_order):
        findings.append(part)
        progress("judge", len(findings))
    return plan.collect(findings, all_remarks, times, reports, latest_known, undated, kept)


def _matches(plan: Plan, batches: Iterable[pl.DataFrame], in_order: OrderedMap) -> Iterator[Matches]:
    stream, begun, reports = iter(batches), list[pl.DataFrame](), 0
    while reports < LARGE and (batch := next(stream, None)) is not None:
        begun.append(batch)
        reports += batch.height
    return in_order(plan.matcher(many=reports >= LARGE), chain(begun, stream))


def _confirmed(
    plan: Plan, matched: list[pl.DataFrame], remarks: pl.DataFrame, in_order: OrderedMap
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Findings, and what is faint, some incidents at a time. Takes the rows out of ``matched``.

    Incidents are dealt out twice: into few heaps by one pass over everything each, and each heap into shares of a size that stays
    in cache.
    """
    heaps = 1 + sum(table.height for table in matched) // _HEAP
    for heap in range(heaps):
        rows, remarks_here = _deal(matched, heaps, heap), remarks.filter(pl.col("incident") % heaps == heap)
        if heap == heaps - 1:
            matched.clear()
        shares = 1 + rows.height // _AT_ONCE
        share = (pl.col("incident") // heaps) % shares
        parts = _shares(rows, share)
        del rows

        def confirm_share(
            n: int, parts: dict[int, pl.DataFrame] = parts, remarks: pl.DataFrame = remarks_here, share: pl.Expr = share
        ) -> tuple[pl.DataFrame, pl.DataFrame]:
            return plan.confirm(parts.pop(n), remarks.filter(share == n))

        yield from in_order(confirm_share, sorted(parts))


def _deal(matched: Sequence[pl.DataFrame], heaps: int, heap: int) -> pl.DataFrame:
    """The rows of the incidents of one heap."""
    if heaps == 1:
        return concat(list(matched), MATCHES)
    return pl.concat([table.filter(pl.col("incident") % heaps == heap) for table in matched])


def _shares(rows: pl.DataFrame, share: pl.Expr) -> dict[int, pl.DataFrame]:
    """Rows by the number of their share."""
    numbered = rows.with_columns(_share=share)
    return {int(key[0]): part for key, part in numbered.partition_by("_share", as_dict=True, include_key=False).items()}


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return max((t for t in (a, b) if t is not None), default=None)
