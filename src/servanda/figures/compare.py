"""Which published counts may be set against each other or added up, and why the others may not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from servanda.figures.published_counts import CLOSE, PublishedCount
from servanda.values.units import thing_key
from servanda.wording import utc_minute


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two published counts, whether they can be compared, every reason why not, and what may be said of them where they can."""

    a: str
    b: str
    comparable: bool
    reasons: tuple[str, ...]
    says: str


def compared(counts: Sequence[PublishedCount]) -> list[Comparison]:
    """All pairs of counts whose windows overlap.

    Args:
        counts: the published counts.

    Returns:
        A comparison of each pair, in the order of the counts.
    """
    return [compare(a, b) for a, b in combinations(counts, 2) if a.start < b.end and b.start < a.end]


def compare(a: PublishedCount, b: PublishedCount) -> Comparison:
    """Whether two published counts count the same thing in the same time and place."""
    reasons = list(_apart(a, b))
    if abs(a.start - b.start) > CLOSE or abs(a.end - b.end) > CLOSE:
        reasons.append(f"their windows differ: {_span(a)} and {_span(b)}")
    says = ""
    if not reasons:
        low, high = sorted((a, b), key=lambda c: c.count)
        whose = "of one claimant" if a.whose == b.whose else f"by {a.claimant} and {b.claimant}"
        if a.count == b.count and a.most == b.most:
            says = f"the same number {whose}"
        elif "about" in (low.qualifier, high.qualifier) or (a.low <= b.high and b.low <= a.high):
            says = f"two numbers {whose} that do not exclude each other"
        else:
            says = f"two numbers {whose} for one thing: {a.count:,.12g} and {b.count:,.12g}"
            if sorted(f"{a.count:.12g}") == sorted(f"{b.count:.12g}"):
                says += "; the same digits in another order: a slip of the pen?"
    return Comparison(a.id, b.id, not reasons, tuple(reasons), says)


def _apart(a: PublishedCount, b: PublishedCount) -> Iterable[str]:
    """Why two published counts do not count the same thing, whatever their windows."""
    if a.thing != b.thing:
        yield f"they count different things: {a.unit} and {b.unit}"
    elif (
        (components := {thing_key(c.unit): c.unit for c in a.components})
        and (others := {thing_key(c.unit): c.unit for c in b.components})
        and components.keys() != others.keys()
        and a.whose != b.whose
    ):
        yield f"what they call {a.unit} is made of different things: {', '.join(sorted(components.values()))}; {', '.join(sorted(others.values()))}"
    if a.against != b.against:
        yield f"they speak of different sides: {a.against or 'nobody named'} and {b.against or 'nobody named'}"
    if a.where != b.where:
        yield f"they cover different areas: {a.area or 'not said'} and {b.area or 'not said'}"
    if bool(a.cumulative) != bool(b.cumulative):
        yield "one counts from a fixed beginning on, the other does not say so"
    if "denies" in (a.stance, b.stance) and a.stance != b.stance:
        yield "one of them is a denial"


def _span(c: PublishedCount) -> str:
    hours = c.length.total_seconds() / 3600
    long = f"{hours:g} h" if hours < 72 else f"{hours / 24:.3g} days"
    return f"{utc_minute(c.start)} to {utc_minute(c.end)} ({long})"


@dataclass(frozen=True, slots=True)
class Sum:
    """What came of adding counts: the sum with how it is to be read, or why they may not be added."""

    total: float | None
    qualifier: str
    reasons: tuple[str, ...]
    most: float | None = None
    """Of a sum that has a range, the greatest; ``total`` is the least."""


def added(counts: Sequence[PublishedCount]) -> Sum:
    """The sum of counts: only of one claimant, one unit, one area, about one side, none cumulative, no two windows overlapping.

    Args:
        counts: what is to be added.

    Returns:
        The sum with how it is to be read, or every reason why they may not be added.
    """
    reasons: list[str] = []
    for a, b in combinations(counts, 2):
        reasons += list(_apart(a, b))
        if a.whose != b.whose:
            reasons.append(f"they are not one claimant's: {a.claimant} and {b.claimant}")
        if a.start < b.end and b.start < a.end:
            reasons.append(f"their windows overlap, so that one event may be in both: {_span(a)} and {_span(b)}")
    reasons += [
        f"{c.id} counts from a fixed beginning on: adding it counts what is in it again" for c in counts if c.cumulative
    ]
    if reasons:
        return Sum(None, "", tuple(dict.fromkeys(reasons)))
    open_ = {c.qualifier for c in counts} - {"exact"}
    low, high = sum(c.low for c in counts), sum(c.high for c in counts)
    if not open_:
        return Sum(low, "exact", ())
    if "about" in open_:
        return Sum(sum(c.count for c in counts), "about", ())
    if high == math.inf:
        return Sum(low, "at_least", ())
    return Sum(low, "between", (), high) if low > 0 else Sum(high, "at_most", ())
