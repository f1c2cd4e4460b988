"""Counts of one thing over time: whether they are totals, whether days make their total, and what must lie in the days that nobody gave.

Every count bounds what happened in its window: exactly so many, at least, at most. What is left of a window, once other windows inside it
are taken away, is bounded by the difference: so two totals that begin together bound the days between their ends. Of a count that says "about"
something is inferred, and nothing is held against it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from servanda.figures.published_counts import CLOSE, UNNAMED, PublishedCount, Remark
from servanda.wording import plural, utc_minute

_LEAST = 3  # counts of a series of which it is asked whether they are totals


@dataclass(frozen=True, slots=True)
class _Span:
    """What is known to have been in a window: from ``low`` to ``high``; ``about``: as far as a rough count tells."""

    start: datetime
    end: datetime
    low: float
    high: float
    about: bool
    ids: tuple[str, ...]
    parts: str = ""
    """Of what it is the difference, where nobody published it."""

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def amount(self) -> str:
        """How many, in words."""
        rough = "about " if self.about else ""
        if self.low == self.high:
            return f"{rough}{self.low:,.12g}"
        if self.high == math.inf:
            return f"at least {rough}{self.low:,.12g}"
        return f"at most {rough}{self.high:,.12g}" if self.low <= 0 else f"{rough}{self.low:,.12g} to {self.high:,.12g}"

    @property
    def told(self) -> str:
        """How many, and that nobody published it, where it is a difference."""
        return f"{self.amount} ({self.parts}, which nobody published)" if self.parts else self.amount

    @property
    def words(self) -> str:
        """The window in words."""
        days = self.length / timedelta(days=1)
        long = plural(round(days), "day") if abs(days - round(days)) < 0.05 and days > 1 else f"{days * 24:.4g} h"
        return f"{utc_minute(self.start)} to {utc_minute(self.end)} ({long})"

    def less(self, parts: Sequence[_Span], start: datetime, end: datetime) -> _Span:
        """What is left for another window when parts are taken away."""
        low = max(0.0, self.low - sum(p.high for p in parts))
        about = self.about or any(p.about for p in parts)
        ids = tuple(dict.fromkeys((*self.ids, *(i for p in parts for i in p.ids))))
        return _Span(start, end, low, self.high - sum(p.low for p in parts), about, ids)


def what(count: PublishedCount) -> str:
    """Whose count it is, and of what."""
    return f"{count.claimant}, {'what is counted is not said' if count.unit == UNNAMED else count.unit}"


def looks_cumulative(counts: Sequence[PublishedCount]) -> Iterator[Remark]:
    """Counts, each given for its own time, that never fall, as every running total, however slowly it grows.

    Args:
        counts: counts of one claimant of one thing, of which nobody says whether they are totals.

    Yields:
        The remark, where there are enough of them.
    """
    ends = {c.end: c for c in counts}
    run = [ends[end] for end in sorted(ends)]
    steps = [b.count - a.count for a, b in pairwise(run)]
    if len(run) < _LEAST or min(steps) < 0 or sum(step > 0 for step in steps) < _LEAST - 1:
        return
    values = ", ".join(f"{c.count:,.12g}" for c in run)
    between = ", ".join(f"{step:,.12g}" for step in steps)
    yield Remark(
        "looks_cumulative",
        tuple(c.id for c in run),
        f"{what(run[0])}: {values}, each given for its own time, only ever grow. If they are totals, {run[-1].count:,.12g} is all, with {between} "
        f"between them, and adding them ({sum(c.count for c in run):,.12g}) counts most of it again. Ask which.",
    )


def over_time(series: Sequence[PublishedCount]) -> Iterator[Remark]:
    """Whether totals are the sum of their days, and what the days that nobody gave must have had.

    Args:
        series: counts of one claimant of one thing.

    Yields:
        A remark on every window whose parts are known, and one on what lies between totals.
    """
    spans = _spans(series)
    between: list[_Span] = []
    for whole in spans:
        bases = [s for s in spans if abs(s.start - whole.start) < CLOSE and s.end + CLOSE <= whole.end]
        parts = _parts(whole, spans)
        if len(parts) > 1 and not _gaps(whole, parts):
            yield _summed(series[0], whole, parts)
        elif parts and not bases:
            yield from _rest(series[0], whole, parts)
        if bases:
            base = max(bases, key=lambda s: s.end)
            step = replace(whole.less([base], base.end, whole.end), parts=f"{whole.amount} less {base.amount}")
            inside = _parts(step, spans)
            if inside and not _gaps(step, inside) and len(parts) < 2:
                yield _summed(series[0], step, inside)
            elif inside and _gaps(step, inside):
                yield from _rest(series[0], step, inside)
            elif not inside and step.high >= 0 and (step.low > 0 or step.high < math.inf):
                between.append(step)
    if between:
        each = "; ".join(f"{s.words}: {_bounds(s)}" for s in between)
        each += " (nobody published that: it is what one total is more than another)"
        ids = tuple(dict.fromkeys(i for s in between for i in s.ids))
        yield Remark(
            "between", tuple(c.id for c in series if c.id in ids), f"{what(series[0])}: between the totals lie {each}."
        )


def _bounds(step: _Span) -> str:
    """How much of a step, and of each of its days, in words."""
    several = step.length >= timedelta(hours=36) and 0 < step.high < math.inf
    return f"{step.amount} together, so that no single day had more than {step.high:,.12g}" if several else step.amount


def _spans(series: Sequence[PublishedCount]) -> list[_Span]:
    """What is known of every window; several counts of one window bound it together."""
    windows: dict[tuple[datetime, datetime], list[PublishedCount]] = {}
    for c in series:
        if c.end > c.start and c.stance != "denies":
            windows.setdefault((c.start, c.end), []).append(c)
    out = []
    for (start, end), counts in sorted(windows.items()):
        low = min(c.low for c in counts)
        high = max(c.high for c in counts)
        rough = any(c.qualifier == "about" for c in counts)
        out.append(_Span(start, end, low, high, rough, tuple(c.id for c in counts)))
    return out


def _parts(whole: _Span, spans: Sequence[_Span]) -> list[_Span]:
    """Windows inside another, the shortest first, of which no two overlap; in order of time."""
    inside = [
        s
        for s in spans
        if s.start > whole.start - CLOSE and s.end < whole.end + CLOSE and s.length + CLOSE <= whole.length
    ]
    exact = [s for s in spans if s.start == whole.start and s.end == whole.end and not set(s.ids) <= set(whole.ids)]
    chosen: list[_Span] = []
    for s in sorted((*inside, *exact), key=lambda s: (s.length, s.start)):
        n = bisect_left(chosen, s.start, key=lambda c: c.start)
        if (n == 0 or chosen[n - 1].end <= s.start) and (n == len(chosen) or s.end <= chosen[n].start):
            chosen.insert(n, s)
    return chosen


def _gaps(whole: _Span, parts: Sequence[_Span]) -> list[tuple[datetime, datetime]]:
    """The times of a window that no part covers."""
    edges = [whole.start, *(t for p in parts for t in (p.start, p.end)), whole.end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= CLOSE]


def _summed(of: PublishedCount, whole: _Span, parts: Sequence[_Span]) -> Remark:
    """A window and parts that fill it: whether they can both be true."""
    ids = tuple(dict.fromkeys((*whole.ids, *(i for p in parts for i in p.ids))))
    low, high = sum(p.low for p in parts), sum(p.high for p in parts)
    made = _Span(whole.start, whole.end, low, high, any(p.about for p in parts), ids)
    text = f"{what(of)}: {whole.told} in {whole.words}, and its {len(parts)} parts make {made.amount}"
    if whole.about or made.about or (low <= whole.high and whole.low <= high):
        return Remark("days_add_up", ids, f"{text}: {'the same' if low == high == whole.low else 'which agrees'}.")
    off = f"{low - whole.high:,.12g} more" if low > whole.high else f"{whole.low - high:,.12g} fewer"
    last = " The last part is the whole itself: are the parts totals?" if parts[-1].low == whole.low else ""
    return Remark("days_differ", ids, f"{text}: {off}.{last}")


def _rest(of: PublishedCount, whole: _Span, parts: Sequence[_Span]) -> Iterator[Remark]:
    """A window and parts that leave some of it open: what must lie there."""
    gaps = _gaps(whole, parts)
    rest = whole.less(parts, gaps[0][0], gaps[-1][1]) if gaps else None
    if rest is None:
        return
    given = f"{what(of)}: {whole.told} in {whole.words}, of which {plural(len(parts), 'part is', 'parts are')} given"
    if rest.high < 0:
        if not rest.about:
            yield Remark("days_differ", rest.ids, f"{given}, and they alone make {-rest.high:,.12g} more.")
        return
    missing = "; ".join(_Span(a, b, 0, 0, False, ()).words for a, b in gaps)
    if rest.high < math.inf or rest.low > 0:
        yield Remark("missing_days", rest.ids, f"{given}. For what is not given ({missing}) that leaves {rest.amount}.")
