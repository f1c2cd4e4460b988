"""Relays that put an event on a wrong day: one origin, one place, the same minute of the clock, another date.

A newspaper reads *yesterday* from the wrong day, or counts a night to the day on which it began. Only relays err so, and only from who
said it first: two reports of other origins a day apart are two events. What is struck at the same minute on two days is told
apart by who tells both, and by numbers that differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servanda.incidents.fusion.blocking import Floats, Int32s, Ints, Pairs, Where, gap_of, ordered, pairs_of

CLOCK_H = 2.0  # a time told more vaguely than this is no clock time
EARLY_DAYS = 3  # by how many days a date may be off that lies after the report itself became known; any other by one
_DAY, _STRETCH = 1_440, 5.0  # minutes of a day; hours that stand for one minute, so that the next one is out of reach
_ORIGIN = np.int64(1 << 31)
OTHER_DAYS = tuple(_DAY * days for days in range(-EARLY_DAYS, EARLY_DAYS + 1) if days)  # in minutes


@dataclass(frozen=True)
class Relayed:
    """Of reports, as columns of one length: by whom they came.

    ``origin``: who said so first, as a number; ``carrier``: who carries it and from whom, likewise; ``relay``: these two are not one;
    ``known``: hours since 1970 when it became known, NaN where that is not told; ``quantity``: NaN where none is told.
    """

    origin: Int32s
    carrier: Int32s
    relay: npt.NDArray[np.bool_]
    known: Floats
    quantity: Floats

    def take(self, rows: Ints) -> Relayed:
        """The same of some reports."""
        return Relayed(self.origin[rows], self.carrier[rows], self.relay[rows], self.known[rows], self.quantity[rows])


def clocked(where: Where) -> npt.NDArray[np.bool_]:
    """Which reports have a place and tell the time by the clock."""
    return np.isfinite(where.lat + where.lon + where.radius) & (where.end - where.start <= CLOCK_H)


def minutes(hours: Floats) -> Ints:
    """Whole minutes since 1970."""
    return np.asarray(np.rint(hours * 60).astype(np.int64))


def minute_keys(origin: Int32s, hours: Floats) -> Ints:
    """The origin and the minute in one number."""
    return np.asarray(origin * _ORIGIN + minutes(hours))


def met_on_other_days(keys: Ints) -> npt.NDArray[np.bool_]:
    """Which have another of their origin at the same minute of another day."""
    order = ordered(keys)
    rising = keys[order]  # looked up in order: what is near in it is near in memory
    beyond = np.append(rising, np.iinfo(np.int64).max)
    met = np.zeros(len(keys), bool)
    for days in OTHER_DAYS:
        met |= beyond[np.searchsorted(rising, rising + days)] == rising + days
    out = np.empty(len(keys), bool)
    out[order] = met
    return out


def early(where: Where, known: Floats) -> npt.NDArray[np.bool_]:
    """Which reports became known before what they tell of began: their date is wrong."""
    return np.asarray(known < where.start)


def misdated(where: Where, relayed: Relayed) -> Iterator[Pairs]:
    """Pairs of these reports that may be one event though their dates differ; ``i`` is the earlier.

    Args:
        where: the places and times of reports that tell these by the clock, each with another :func:`met_on_other_days`.
        relayed: by whom they came.
    """
    every = np.arange(len(where.start))
    begin = minutes(where.start)
    begin -= begin.min(initial=np.iinfo(np.int64).max)
    told_early = np.flatnonzero(early(where, relayed.known))
    for days in range(1, EARLY_DAYS + 1):
        back = every if days == 1 else told_early
        if not len(back):
            continue
        both = np.concatenate([every, back])
        moved = np.concatenate([begin, begin[back] - days * _DAY]) * _STRETCH
        layer = np.repeat([0, 1], [len(every), len(back)])
        at = Where(where.lat[both], where.lon[both], where.radius[both], moved, moved)
        for found in pairs_of(at, np.arange(len(both)), 0, layer):
            turned = layer[found.i] > layer[found.j]
            i, j = both[np.where(turned, found.j, found.i)], both[np.where(turned, found.i, found.j)]
            pairs = Pairs(i, j, found.km)
            yield pairs.take(_one_relayed(pairs, relayed))


def _one_relayed(pairs: Pairs, relayed: Relayed) -> npt.NDArray[np.bool_]:
    """Which pairs come from one origin by two carriers, one of them a relay, and tell of no two numbers."""
    i, j = pairs.i, pairs.j
    other_number = np.abs(relayed.quantity[i] - relayed.quantity[j]) > 0  # not so where one tells none
    return np.asarray(
        (relayed.origin[i] == relayed.origin[j])
        & (relayed.carrier[i] != relayed.carrier[j])
        & (relayed.relay[i] | relayed.relay[j])
        & ~other_number
    )


def days_apart(pairs: Pairs, where: Where) -> Ints:
    """Which pairs lie on different days."""
    return np.flatnonzero(gap_of(where, pairs.i, pairs.j) > 12.0)
