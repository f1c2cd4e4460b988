"""When it is shown that a deed was not done in its time: a duty's, or one that a guarantee brings about.

Nothing confirmed or open may have been it in time, and: a first-hand observation made when the time had run out found it not done;
or nothing that is alleged is left unanswered, and others than the parties saw it done late, or it would have been seen with the certainty that the
mandate asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.agreement import Pattern
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.builder import VerdictBuilder, ids
from servanda.verdicts.chances.sums import CERTAIN, shown_short


@dataclass(frozen=True, slots=True)
class Undone:
    """Why it is shown, in words, by which incidents, and how certainly, in millionths."""

    why: str
    uses: Sequence[str] = ()
    certainty: int = CERTAIN


def shown_undone(
    builder: VerdictBuilder,
    role: str,
    deed: Pattern,
    counted: Interval,
    occurrences: pl.DataFrame,
) -> Undone | None:
    """Whether a deed is shown not to have been done in its time.

    Args:
        builder: the verdict in the making; remembers the coverage of the deed.
        role: the deed's role in its term.
        deed: what was to be done.
        counted: from when it counts, to when it was to be done at the latest.
        occurrences: what may have been it.

    Returns:
        Why it is shown; ``None`` where it is not.
    """
    case, due = builder.case, counted.end
    assert due is not None
    coverage = builder.measured(deed, counted, undone=True)
    builder.keep_least(coverage)
    before = occurrences.filter(perhaps_by(due))
    if before.filter(pl.col("status") != "alleged").height:
        return None
    if refuted := found_undone(builder, role, due):
        return refuted
    if case.unanswered(ids(before, "alleged"), coverage):
        return None
    late = _done_late(occurrences, due)
    if late.height:
        since = builder.date(late["start"].min())  # type: ignore[arg-type]
        certainty = _greatest(late["p"].to_list())
        return Undone(f"it was done late, not before {since}", ids(late, "confirmed"), certainty)
    if case.enough(coverage) and shown_short(1, 0, coverage.least_watched, builder.certainty):
        return Undone("all was watched where and when it was to be done, and nobody saw it")
    return None


def perhaps_by(due: datetime) -> pl.Expr:
    """Whether an occurrence may have come by an instant, or at it."""
    return (pl.col("start") < instant(due)) | (pl.col("end") <= instant(due))


def found_undone(builder: VerdictBuilder, role: str, due: datetime) -> Undone | None:
    """Whether a first-hand observation made when a deed's time had run out found it not done, whatever else is told.

    Args:
        builder: the verdict in the making.
        role: the deed's role in its term.
        due: when it was to be done at the latest.

    Returns:
        Why it is shown; ``None`` where nobody found it undone.
    """
    refuted = _not_done(builder, role).filter(pl.col("start") >= instant(due))
    if not refuted.height:
        return None
    certainty = _greatest(refuted["p"].to_list())
    seen = builder.date(refuted["start"].min())  # type: ignore[arg-type]
    why = f"an observation of {seen}, made after its time had run out, found it not done"
    return Undone(why, certainty=certainty)


def too_early_step(builder: VerdictBuilder, role: str, name: str, due: datetime) -> None:
    """Says of a deed that is neither shown done nor undone when it was last found not done while there was time.

    Args:
        builder: the verdict in the making.
        role: the deed's role in its term.
        name: what was to be done.
        due: when it was to be done at the latest.
    """
    early = _not_done(builder, role).filter(pl.col("start") < instant(due))
    if early.height:
        last = builder.date(early["start"].max())  # type: ignore[arg-type]
        words = f"{name}: found not done on {last}, before its time had run out, which shows nothing."
        builder.step("found_undone_early", words)


def _not_done(builder: VerdictBuilder, role: str) -> pl.DataFrame:
    return builder.case.not_done(builder.reading, builder.term.id, role, builder.party)


def _done_late(occurrences: pl.DataFrame, due: datetime) -> pl.DataFrame:
    """What others than the parties saw done when the time had run out."""
    return occurrences.filter((pl.col("status") == "confirmed") & (pl.col("by") != "admission") & ~perhaps_by(due))


def _greatest(certainties: Iterable[int]) -> int:
    return max(certainties, default=CERTAIN)
