"""The earliest of what is said: a set, wherever the times overlap, so that nobody comes first by a doubt.

One saying is **earlier** than another when its time ends before the other's begins. The earliest of some sayings are those than which none is
earlier. In a window (a reading's time in force) only what lies in it surely can be earlier than something else; what may lie in it can be
among the earliest. What does not say when can be neither; it is counted. Nor can a published count, which dates no act: those that reach back
to the earliest are counted beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from servanda.values.time import Interval

BEFORE, PERHAPS, WITHIN, AFTER, UNTOLD = (
    "before the start",
    "perhaps in force",
    "in force",
    "after the end",
    "time not told",
)
"""Where a saying's time lies to the window of a reading."""


@dataclass(frozen=True)
class Earliest:
    """The earliest of one kind of voice.

    Attributes:
        voice: ``claimed``, ``admitted``, ``seen`` or ``reported``.
        side: of a party's, which; of others empty.
        claims: the ids of the earliest, those that end first before others.
        start: the first instant at which any of them may have been.
        end: when the time of the first of those ends that surely lie in the window; ``None`` where none surely does.
        over: the first instant after that.
        untold: how many of this voice do not say when: any of these may be earlier.
        counts: how many published counts of this voice have a window that begins before ``over``.
        of: how many there are in all that may lie in the window.
    """

    voice: str
    side: str
    claims: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    over: datetime | None
    untold: int
    counts: int
    of: int


@dataclass(frozen=True)
class Order:
    """What the claimed times of two say of each other: ``relation`` is *earlier*, *later* or *not earlier*."""

    one: Earliest
    other: Earliest
    relation: str


def times_to(table: pl.DataFrame, window: Interval) -> pl.Series:
    """Where each saying's time lies to a window.

    Args:
        table: columns ``start`` and ``end``; the start may be missing.
        window: from and until when a reading is in force; nothing of it is no bound.

    Returns:
        One of the five words for each row.
    """
    start, over = pl.col("start"), _over()
    if window.is_empty:
        return table.select(t=pl.when(start.is_null()).then(pl.lit(UNTOLD)).otherwise(pl.lit(BEFORE)))["t"]
    low = pl.lit(window.start, dtype=table.schema["start"])
    high = pl.lit(window.end, dtype=table.schema["end"])
    inside = (low.is_null() | (start >= low)) & (high.is_null() | (over <= high))
    return table.select(
        t=pl.when((over <= low).fill_null(False))
        .then(pl.lit(BEFORE))
        .when(start.is_null())
        .then(pl.lit(UNTOLD))
        .when((start >= high).fill_null(False))
        .then(pl.lit(AFTER))
        .when(inside)
        .then(pl.lit(WITHIN))
        .otherwise(pl.lit(PERHAPS))
    )["t"]


def earliest_of(table: pl.DataFrame, voice: str, side: str, low: datetime | None) -> Earliest:
    """The earliest of some sayings.

    Args:
        table: columns ``claim``, ``from``, ``start``, ``end`` and ``lies`` (:func:`times_to`), of one voice.
        voice: how it is called.
        side: whose it is.
        low: when the window begins; an earlier doubt is cut off there.

    Returns:
        The set; empty where nothing says when.
    """
    every = table.filter(pl.col("lies").is_in([WITHIN, PERHAPS])).with_columns(over=_over())
    told = every.filter(pl.col("from") != "count")
    untold = int((table["lies"] == UNTOLD).sum())
    first = told.filter(pl.col("lies") == WITHIN).sort("over").head(1)
    over = first["over"].item() if first.height else None
    ordered = (told if over is None else told.filter(pl.col("start") < over)).sort("over", "start", "claim")
    start = ordered["start"].min() if ordered.height else None
    assert start is None or isinstance(start, datetime)
    if start is not None and low is not None:
        start = max(start, low)
    end = first["end"].item() if first.height else None
    counts = every.filter(pl.col("from") == "count")
    reach = counts.height if over is None else counts.filter(pl.col("start") < over).height
    claims = tuple(ordered["claim"].to_list())
    return Earliest(voice, side, claims, start, end, over, untold, reach, every.height + untold)


def _over() -> pl.Expr:
    """When a saying's time is over; an instant lasts for the least there is."""
    return pl.max_horizontal("end", pl.col("start") + pl.duration(microseconds=1))


def orders(found: Sequence[Earliest]) -> list[Order]:
    """Every two that say when and of which one is a side's, in the order given: which is claimed to be earlier, or that neither is."""
    told = [e for e in found if e.claims]
    out = []
    for n, one in enumerate(told):
        for other in told[n + 1 :] if one.side else ():
            relation = "earlier" if _before(one, other) else "later" if _before(other, one) else "not earlier"
            out.append(Order(one, other, relation))
    return out


def _before(one: Earliest, other: Earliest) -> bool:
    """Whether the first of one was over, surely, when the first of the other can have begun."""
    return one.over is not None and other.start is not None and one.over <= other.start
