"""All reports through matching and judging: in batches, in shares, in memory that grows with what matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import polars as pl

from servanda.agreement import Agreement
from servanda.engine.threads import in_order
from servanda.evidence.model import HEARSAY
from servanda.findings.confirmation import FINDING, judge
from servanda.findings.matching import MATCHES, OCCURRENCE_TIMES, REMARKS_ON_INCIDENT, Matcher
from servanda.findings.queries import MatchQuery

Batches = Callable[[], Iterable[pl.DataFrame]]
Progress = Callable[[str, int], None]
_LARGE = 100_000  # reports in a first batch from which the locator's lattice pays
_HEAP = 8_000_000
_AT_ONCE = 500_000  # matched rows judged at once; of more, the incidents are divided


@dataclass(frozen=True)
class JudgedReports:
    """Findings by unit and 64-bit key, before incidents are looked up and described; ``timed`` as in ``match.TIMED``,
    without what was retracted.
    """

    units: tuple[MatchQuery, ...]
    findings: pl.DataFrame
    timed: pl.DataFrame
    reports: int
    latest_known: datetime | None


def quiet(stage: str, done: int) -> None:
    """Progress that nobody asked for."""


def judge_reports(
    agreement: Agreement,
    batches: Batches,
    units: Sequence[MatchQuery],
    as_of: datetime | None = None,
    progress: Progress = quiet,
) -> JudgedReports:
    """Read, locate, match and judge all reports, in memory that grows with what matches and not with what is read."""
    stream = iter(batches())
    first = next(stream, None)
    large = first is not None and first.height >= _LARGE
    matcher = Matcher(agreement, units, shortcut=large)
    matched: list[pl.DataFrame] = []
    about: list[pl.DataFrame] = []
    timed: list[pl.DataFrame] = []
    total, latest_known = 0, None
    every = chain([] if first is None else [first], stream)
    for found in in_order(lambda batch: matcher.match(batch, as_of), every):
        total += found.reports
        latest_known = _later(latest_known, found.latest_known)
        matched.append(found.matched)
        about.append(found.about)
        timed.append(found.timed)
        progress("match", total)
    actors, parties = tuple(agreement.actors), len(agreement.parties)
    findings = []
    said = pl.concat(about) if about else pl.DataFrame(schema=REMARKS_ON_INCIDENT)
    # Incidents are dealt out twice: into few heaps by one pass over everything each, and each heap into shares of a
    # size that stays in cache.
    heaps = 1 + sum(table.height for table in matched) // _HEAP
    for heap in range(heaps):
        whole, about_heap = _deal(matched, heaps, heap), said.filter(pl.col("incident") % heaps == heap)
        if heap == heaps - 1:
            matched.clear()
        shares = 1 + whole.height // _AT_ONCE
        share = (pl.col("incident") // heaps) % shares
        parts = _shares(whole, share)
        del whole

        def judge_share(
            n: int, parts: dict[int, pl.DataFrame] = parts, spoken: pl.DataFrame = about_heap, share: pl.Expr = share
        ) -> pl.DataFrame:
            return judge(parts.pop(n), spoken.filter(share == n), units, agreement.mandate, actors, parties)

        for found_here in in_order(judge_share, sorted(parts)):
            findings.append(found_here)
            progress("judge", len(findings))
    if not findings:
        findings.append(pl.DataFrame(schema=FINDING))
    together = pl.concat(findings)
    taken_back = said.filter((pl.col("stance") == "retracts") & (pl.col("level") > HEARSAY))
    left = pl.concat(timed) if timed else pl.DataFrame(schema=OCCURRENCE_TIMES)
    left = left.join(taken_back, on=["incident", "origin"], how="anti")
    return JudgedReports(tuple(units), together, left, total, latest_known)


def _deal(matched: Sequence[pl.DataFrame], heaps: int, heap: int) -> pl.DataFrame:
    """The rows of the incidents of one heap."""
    if not matched:
        return pl.DataFrame(schema=MATCHES)
    if heaps == 1:
        return pl.concat(matched)
    return pl.concat([table.filter(pl.col("incident") % heaps == heap) for table in matched])


def _shares(rows: pl.DataFrame, share: pl.Expr) -> dict[int, pl.DataFrame]:
    """Rows by the number of their share."""
    numbered = rows.with_columns(_share=share)
    return {int(key[0]): part for key, part in numbered.partition_by("_share", as_dict=True, include_key=False).items()}


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return max((t for t in (a, b) if t is not None), default=None)
