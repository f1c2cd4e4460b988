"""A plan over all batches with nothing but an ordered map, in memory that grows with what matches and not with what is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain

import polars as pl

from servanda.findings.matched import REMARKS_ON_INCIDENT, Matches
from servanda.findings.piles import PILES, Piles, dealt, of_piles
from servanda.findings.plan import FINDING, KEPT, Batches, Findings, Plan, Progress, concat
from servanda.values.ordered_map import OrderedMap

LARGE = 200_000
"""Reports from which the locator's lattice pays: for fewer it takes longer to make than to do without."""
_AT_ONCE = 500_000  # matched rows confirmed at once


def run_in_order(
    plan: Plan, batches: Batches, in_order: OrderedMap, progress: Progress, piles: Piles | None = None
) -> Findings:
    """Match all batches, confirm all incidents, collect the findings; ``piles``: where what is matched lies until then."""
    piles = Piles() if piles is None else piles
    remarks: list[pl.DataFrame] = []
    times: list[pl.DataFrame] = []
    reports, undated, height, latest_known = 0, 0, 0, None
    for found, rows, matched in _matches(plan, batches(), in_order):
        reports += found.reports
        undated += found.undated
        latest_known = _later(latest_known, found.latest_known)
        piles.add(rows)
        height += matched
        remarks.append(found.remarks)
        times.append(found.times)
        progress("match", reports)
    all_remarks = plan.heard(concat(remarks, REMARKS_ON_INCIDENT), batches)
    kept = (plan.repeats.put_in(piles.of(range(PILES))), all_remarks) if height <= KEPT else None
    findings: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    for part in _confirmed(plan, piles, all_remarks, in_order):
        findings.append(part)
        progress("judge", len(findings))
    return plan.collect(findings, all_remarks, times, reports, latest_known, undated, kept)


def _matches(
    plan: Plan, batches: Iterable[pl.DataFrame], in_order: OrderedMap
) -> Iterator[tuple[Matches, dict[int, pl.DataFrame], int]]:
    """What is matched of each batch, its rows by the number of their pile (those of few reports are all on the first), and how many they are for all queries."""
    stream, begun, reports = iter(batches), list[pl.DataFrame](), 0
    while reports < LARGE and (batch := next(stream, None)) is not None:
        begun.append(batch)
        reports += batch.height
    many = reports >= LARGE
    match = plan.matcher(many=many)

    def matched(batch: pl.DataFrame) -> tuple[Matches, dict[int, pl.DataFrame], int]:
        found = match(batch)
        rows = dealt(found.matched) if many else {0: found.matched}
        return replace(found, matched=found.matched.clear()), rows, plan.repeats.height(found.matched)

    return in_order(matched, chain(begun, stream))


def _confirmed(
    plan: Plan, piles: Piles, remarks: pl.DataFrame, in_order: OrderedMap
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Findings, and what is faint, some piles at a time, which are taken away."""
    if piles.height > _AT_ONCE:
        piles.deal_anew()
    some = -(-PILES // (1 + piles.height // _AT_ONCE))
    shares = [range(first, min(first + some, PILES)) for first in range(0, PILES, some)]

    def confirm(numbers: range) -> tuple[pl.DataFrame, pl.DataFrame]:
        found, faint = plan.confirm(piles.take(numbers), of_piles(remarks, numbers))
        return concat([found], FINDING, rechunk=True), faint

    yield from in_order(confirm, [numbers for numbers in shares if not all(map(piles.is_empty, numbers))])


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return max((t for t in (a, b) if t is not None), default=None)
