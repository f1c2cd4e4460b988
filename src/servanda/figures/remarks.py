"""What is odd about published counts, told as it is found: never a verdict on who is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations, groupby, pairwise

from servanda.figures.compare import compare
from servanda.figures.over_time import looks_cumulative, over_time, what
from servanda.figures.published_counts import CLOSE, UNNAMED, PublishedCount, Remark
from servanda.values.units import thing_key
from servanda.wording import utc_minute

_NO_EVENTS = frozenset({"regions", "region", "settlements", "districts", "days", "sorties"})

Seen = Mapping[str, Sequence[tuple[str, datetime, datetime]]]
"""By claimant, the incidents that it reported: id, start, end."""


def remarks_on(counts: Sequence[PublishedCount], incidents: Seen | None = None) -> list[Remark]:
    """What is odd about some published counts.

    Args:
        counts: the published counts.
        incidents: what each claimant reported singly, to find one incident in two totals.

    Returns:
        The remarks, count by count and then on series.
    """
    out = [r for count in counts for r in _sums(count)]
    out += [
        Remark(
            "about_no_events", (c.id,), f"{c.words}: a number of {c.unit}, which no number of events can be set against"
        )
        for c in counts
        if c.unit in _NO_EVENTS
    ]
    for series in _series(counts):
        out += _growing(series)
        out += over_time(series)
        out += _twice(series, incidents or {})
    out += _several(counts)
    out += _other_unit(counts)
    return out


def _sums(c: PublishedCount) -> list[Remark]:
    """What the components add up to; nothing is said of a sum of which a part could not be read."""
    if c.unread:
        return [Remark("unread", (c.id,), f"{c.words}: no count of something: {'; '.join(c.unread)}")]
    components = c.components
    if len(components) < 2 or c.thing in {thing_key(p.unit) for p in components}:
        return []  # "387 shellings; 19 assaults" under "shellings": the others stand beside it, not in it
    open_ = [p for p in components if p.qualifier != "exact"]
    least, most = sum(p.least for p in components), sum(p.greatest for p in components)
    listed = " + ".join(p.words for p in components)
    sums = f"{'at least ' if open_ else ''}{least:,.12g}"
    if least > c.high:
        return [Remark("overlap", (c.id,), f"{c.words}, but {listed} make {sums}: {least - c.high:,.12g} more")]
    if c.qualifier != "exact":
        told = f"{c.words}; the components make {sums} ({listed})"
        return [Remark("implied", (c.id,), told)] if c.qualifier != "between" and least > c.count else []
    if not open_ and least == c.count:
        return [Remark("adds_up", (c.id,), f"{c.words} = {listed}, exactly")]
    if most < c.count:
        at_most = f"{'at most ' if open_ else ''}{most:,.12g}"
        return [
            Remark("gap", (c.id,), f"{c.words}, but {listed} make {at_most}: {c.count - most:,.12g} are not explained")
        ]
    if len(open_) != 1:
        return []
    rest = c.count - sum(p.count for p in components if p is not open_[0])
    return [Remark("implied", (c.id,), f"{c.words}: {open_[0].words} must be {rest:,.12g}, if nothing else is in it")]


def _series(counts: Sequence[PublishedCount]) -> list[list[PublishedCount]]:
    """Claims of one claimant about one thing, in order of time."""

    def key(c: PublishedCount) -> tuple[str, ...]:
        return (c.whose, c.side, c.against, c.thing, c.where, "denial" if c.stance == "denies" else "")

    ordered = sorted(counts, key=lambda c: (key(c), c.end, c.start, c.count, c.id))
    return [list(group) for _, group in groupby(ordered, key=key)]


def _other_unit(counts: Sequence[PublishedCount]) -> list[Remark]:
    """Series of one claimant, about one side and area, that go on in another unit: the numbers before and after are no series."""

    def key(c: PublishedCount) -> tuple[str, ...]:
        return (c.whose, c.side, c.against, c.where)

    out = []
    ordered = sorted((c for c in counts if c.stance != "denies"), key=lambda c: (key(c), c.start, c.end, c.thing, c.id))
    for _, group in groupby(ordered, key=key):
        spans: dict[str, list[PublishedCount]] = {}
        for count in group:
            spans.setdefault(count.thing, []).append(count)
        for old, new in pairwise(spans.values()):
            last, first = max(old, key=lambda c: c.end), new[0]
            if len(old) > 1 and len(new) > 1 and last.end <= first.start + CLOSE:
                text = f"{first.claimant} counts {last.unit} until {utc_minute(last.end)} and {first.unit} from then on: the two are not added, and neither goes on in the other."
                out.append(Remark("other_unit", (last.id, first.id), text))
    return out


def _growing(series: list[PublishedCount]) -> list[Remark]:
    """Series that count from one beginning on, said so or not."""
    out = []
    cumulative = [c for c in series if c.cumulative]
    from_one = [c for c in series if c.cumulative is None and sum(abs(c.start - d.start) < CLOSE for d in series) > 1]
    for run in (_last_words(cumulative), _one_beginning(from_one)):
        if len({c.count for c in run}) > 1 and run[-1].end > run[0].end:
            falls = [f"{a.count:,.12g} to {b.count:,.12g}" for a, b in pairwise(run) if b.count < a.count]
            odd = f" It falls ({'; '.join(falls)}), which a total cannot." if falls else ""
            values = ", ".join(f"{c.count:,.12g}" for c in run)
            text = f"{what(run[0])}: {values} from one beginning on; the last is the total, and adding them would give {sum(c.count for c in run):,.12g}.{odd}"
            out.append(Remark("cumulative", tuple(c.id for c in run), text))
    out += looks_cumulative([c for c in series if c.cumulative is None and not any(_inside(d, c) for d in series)])
    return out


def _inside(a: PublishedCount, b: PublishedCount) -> bool:
    """Whether the window of one count is a part of another's, and not all of it."""
    return b.start <= a.start and a.end <= b.end and (a.start, a.end) != (b.start, b.end)


def _one_beginning(counts: list[PublishedCount]) -> list[PublishedCount]:
    """The largest run of counts that begin together, the last word for each end."""
    by_start: dict[datetime, dict[datetime, PublishedCount]] = {}
    for c in counts:
        by_start.setdefault(c.start, {})[c.end] = c
    runs = (_last_words([by_end[end] for end in sorted(by_end)]) for by_end in by_start.values())
    return max(runs, key=len, default=[])


def _last_words(run: list[PublishedCount]) -> list[PublishedCount]:
    """Of counts whose ends are as good as the same, the one that became known last."""
    kept: list[PublishedCount] = []
    for count in run:
        again = kept and count.end - kept[-1].end < CLOSE
        if again and count.known_at >= kept[-1].known_at:
            kept[-1] = count
        elif not again:
            kept.append(count)
    return kept


def _twice(series: list[PublishedCount], incidents: Seen) -> list[Remark]:
    """Windows of one claimant that overlap without one being in the other; and the very events that lie in both."""
    windows: dict[tuple[datetime, datetime], list[PublishedCount]] = {}
    for c in series:
        if not c.cumulative:
            windows.setdefault((c.start, c.end), []).append(c)
    out = []
    for (s, e), (t, f) in combinations(sorted(windows), 2):
        if s == t or e >= f or t >= e:
            continue  # one lies in the other, or they do not meet
        a, b = windows[s, e], windows[t, f]
        inside = sorted({i for i, x, y in incidents.get(a[0].claimant, ()) if x >= t and y <= e})
        counts = [" or ".join(f"{n:,.12g}" for n in sorted({c.count for c in group})) for group in (a, b)]
        text = (
            f"{what(a[0])}: the windows that end {e:%d %b %H:%M}Z ({counts[0]}) and {f:%d %b %H:%M}Z ({counts[1]}) "
            f"share {(e - t).total_seconds() / 3600:g} h"
        )
        if inside:
            text += f"; its own reports of {', '.join(inside[:5])} lie in both, so that {'it is' if len(inside) == 1 else 'they are'} counted twice in a sum"
        out.append(Remark("same_event_twice", tuple(c.id for c in (*a, *b)), text + "."))
    return out


def _several(counts: Sequence[PublishedCount]) -> list[Remark]:
    """Two numbers of one claimant, or one side, for the same thing in the same time."""
    out = []
    for a, b in combinations(counts, 2):
        one = a.whose == b.whose or (a.side not in ("", "none") and a.side == b.side)
        if one and a.count != b.count and a.stance == b.stance:
            found = compare(a, b)
            if found.comparable:
                untold = "; of what is not said" if a.unit == UNNAMED else ""
                out.append(Remark("several", (a.id, b.id), f"{a.words}; {b.words}: {found.says}{untold}"))
    return out
