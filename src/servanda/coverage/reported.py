"""A watch whose source reports every so often was looking only in the periods of which something came, be it that nothing was seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from servanda.coverage.model import Watch
from servanda.values.time import Duration, Interval, parse_duration, to_micros

_MAX_PERIODS = 250_000
Spell: TypeAlias = tuple[int, int]
"""Start and end of what a report is about, in microseconds."""


def parse_every(text: str) -> Duration:
    """How often something comes. Raises ``ValueError`` where it is no length of time, or less than an hour."""
    length = parse_duration(text)
    if length.unit == "minutes" or length.amount < 1:
        raise ValueError(f"{text} is too short a time between reports: an hour or more")
    return length


def only_reported(watch: Watch, spells: Sequence[Spell], zone: ZoneInfo, as_of: datetime | None = None) -> Watch:
    """A watch in the periods of which its source told something.

    The periods follow each other on the calendar from when it begins to look. What comes after so many that they cannot be counted was not
    watched.

    Args:
        watch: how often its source reports is in it; one that does not say is left as it is.
        spells: what its reports are about.
        zone: where days are counted.
        as_of: periods that begin only then or later are not counted.

    Returns:
        The same watch with less time, how many periods it had (``periods``), and of how many nothing came (``silent``).
    """
    every = watch.reports_every
    if every is None or not watch.times:
        return watch
    first, last = watch.times[0].start, watch.times[-1].end
    assert first is not None
    assert last is not None
    edges: list[datetime] = [first]
    while edges[-1] < last and len(edges) <= _MAX_PERIODS:
        edges.append(dataclasses.replace(every, amount=every.amount * len(edges)).after(first, zone))
    told = _told(np.array([to_micros(edge) for edge in edges]), spells)
    kept: list[Interval] = []
    periods = silent = here = 0
    for n, something in enumerate(told):
        period = Interval(edges[n], edges[n + 1])
        while here < len(watch.times) and _ends(watch.times[here]) <= edges[n]:
            here += 1
        parts = []
        for spell in watch.times[here:]:
            part = spell.intersection(period)
            if part.is_empty:
                break
            parts.append(part)
        begun = bool(parts) and (as_of is None or edges[n] < as_of)
        periods += begun
        silent += begun and not something
        for part in parts if something else ():
            if kept and kept[-1].end == part.start:
                kept[-1] = Interval(kept[-1].start, part.end)
            else:
                kept.append(part)
    return dataclasses.replace(watch, times=tuple(kept), periods=periods, silent=silent)


def _ends(spell: Interval) -> datetime:
    assert spell.end is not None
    return spell.end


def _told(edges: np.ndarray[tuple[int], np.dtype[np.int64]], spells: Sequence[Spell]) -> list[bool]:
    """Whether something lies in each period between two edges that follow each other."""
    rows = sorted((start, max(end, start + 1)) for start, end in spells)  # an instant lies in the period that it begins
    if not rows:
        return [False] * (len(edges) - 1)
    start = np.array([a for a, _ in rows])
    latest = np.maximum.accumulate(np.array([b for _, b in rows]))
    begun = np.searchsorted(start, edges[1:], side="left")
    return [bool(k and latest[k - 1] > edge) for k, edge in zip(begun, edges[:-1], strict=True)]
