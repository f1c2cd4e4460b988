"""How much came of what is owed in a number, and what became of its periods: the steps that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.agreement.kinds import Quota
from servanda.values.small_tables import instant
from servanda.values.time import Interval
from servanda.verdicts.across_edges import Shortage
from servanda.verdicts.builder import VerdictBuilder
from servanda.verdicts.counts import counted_once
from servanda.verdicts.occurrences import UNITY
from servanda.verdicts.undone import Undone, perhaps_by
from servanda.wording import plural

_TOLD = 5  # missed periods that are told one by one


@dataclass(frozen=True, slots=True)
class Tally:
    """What was delivered in each period that has run out, in thousandths, and what became of the periods.

    ``shortage``: some that went short together, though none need have by itself.
    """

    delivered: tuple[int, ...]
    met: int
    missed: tuple[tuple[Interval, int], ...]
    """Those missed, with the most that may have come in each."""
    unknown: int
    shortage: Shortage | None
    undone: Undone | None = None


def _unit(kind: Quota) -> str:
    """The unit of what is owed, in words."""
    return f" {kind.unit}" if kind.unit else ""


def delivered_step(builder: VerdictBuilder, kind: Quota, tally: Tally, periods: int) -> None:
    """Says how much is shown to have come of what was owed in so many ``periods``, and measures it."""
    unit = _unit(kind)
    owed, delivered = kind.at_least * periods, sum(tally.delivered)
    rate = round(delivered / owed, 6) if owed else None
    builder.measure = {
        "delivered": delivered / UNITY,
        "owed": owed / UNITY,
        "rate": rate,
        "periods": periods,
        "met": tally.met,
        "missed": len(tally.missed),
        "unknown": tally.unknown,
    }
    share = "" if rate is None else f", {100 * rate:.0f} %"
    builder.step(
        "delivered",
        f"Shown: {delivered / UNITY:g}{unit} of {owed / UNITY:g} owed so far{share}; of {plural(periods, 'period', 'periods')} {tally.met} met, {len(tally.missed)} missed, {tally.unknown} not to be told.",
        builder.confirmed,
    )


def missed_step(builder: VerdictBuilder, kind: Quota, tally: Tally) -> None:
    """Says which periods were missed, and how much may have come in each at the most."""
    unit = _unit(kind)
    if tally.missed:
        told = [
            f"at most {most / UNITY:g}{unit} of {kind.at_least / UNITY:g} from {builder.date(period.start)} to {builder.date(period.end)}"
            for period, most in tally.missed[:_TOLD]
        ]
        more = len(tally.missed) - len(told)
        builder.step("missed", f"Too little came: {'; '.join(told)}{f'; and in {more:,} more' if more else ''}.")


def late_step(builder: VerdictBuilder, kind: Quota, tally: Tally, rows: pl.DataFrame, end: datetime) -> None:
    """Says which of the ``rows`` are shown to have come when the time for them had run out (``end``), and that they count for no period."""
    unit = _unit(kind)
    if not tally.missed and not tally.unknown:
        return
    after = (pl.col("start") >= instant(end)) if kind.every else ~perhaps_by(end)
    after &= (pl.col("status") == "confirmed") & (pl.col("low") > 0)
    late = rows.filter(after).sort("end", "incident")
    late = counted_once(late, builder.case.doubts) if late.height else late
    if late.height:
        came = int(late["low"].sum())
        lacking = kind.at_least * (len(tally.missed) + tally.unknown + tally.met) - sum(tally.delivered)
        enough = "as much as was lacking" if came >= lacking else "less than was lacking"
        builder.step(
            "late",
            f"When its time had run out {came / UNITY:g}{unit} more came, by {builder.date(late['end'].max())}: {enough}, and late; it counts for no period.",  # type: ignore[arg-type]
            late["incident"],
        )


def shortage_step(builder: VerdictBuilder, kind: Quota, shortage: Shortage, first: Interval, last: Interval) -> None:
    """Says of which periods one went short, wherever that lies which may have come in several."""
    unit = _unit(kind)
    builder.step(
        "across_the_edge",
        f"Some of it may lie on either side of an edge between two periods. From {builder.date(first.start)} to {builder.date(last.end)} {plural(shortage.asked, 'period that was watched asks', 'periods that were watched ask')} for {kind.at_least / UNITY:g}{unit} each, and however all that may have come is shared out, {shortage.missing / UNITY:g}{unit} are missing.",
    )


def cut_step(builder: VerdictBuilder, kind: Quota, periods: Sequence[Interval]) -> None:
    """Says of what is left when whole periods are over, because the term ends or is changed, that it counts for none."""
    window = builder.window
    left = Interval(periods[-1].end, window.end) if periods else window
    ends = window.end is not None and window.end != builder.case.as_of and builder.case.passed(window.end)
    if ends and kind.every is not None and not left.is_empty:
        words = f"From {builder.date(left.start)} to {builder.date(left.end)} is no whole period of {kind.every}, because the term ends there: nothing is owed for it by this term."
        builder.step("cut", words)
