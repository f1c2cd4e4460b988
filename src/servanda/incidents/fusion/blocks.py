"""Blocks of time and latitude, in each of which the reports are so few that one machine compares them.

A report stands in every block that its time and its reach touch. Two that are within reach of each other so stand together in at least
one, and are compared in the one in which the later begins and the reach of the more northern begins: each pair once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from servanda.incidents.fusion.blocking import KM_PER_DEGREE, LATEST_H, Floats, Ints, Where, Whole, reach_of, spread

_HAIR = 1e-6  # degrees, hours: for rounding
_PER_DEGREE = 10  # of latitude, in which reports are counted
_MOST, _APART = 400.0, 1000.0  # more degrees than a reach goes; between the numbers of two slabs more than twice that


@dataclass(frozen=True)
class Tally:
    """How many reports begin in each hour since 1970, and how many lie on each tenth of a degree of latitude."""

    hours: Counter[int]
    souths: Counter[int]

    @staticmethod
    def of(start: Floats, lat: Floats) -> Tally:
        """Those of some reports."""
        return Tally(_counted(start), _counted(lat * _PER_DEGREE))

    @staticmethod
    def together(parts: Iterable[Tally]) -> Tally:
        """Those of all parts."""
        hours, souths = Counter[int](), Counter[int]()
        for part in parts:
            hours.update(part.hours)
            souths.update(part.souths)
        return Tally(hours, souths)


@dataclass(frozen=True)
class Blocks:
    """``since``: when each slab of time begins (hours), ascending, the first before all; ``begin``: where each block does, slab after
    slab and in it from south to north (:func:`_key`).
    """

    since: Floats
    begin: Floats

    @staticmethod
    def of(tally: Tally, at_once: int) -> Blocks:
        """Blocks in which about so many reports lie each, unless more than that are told of one hour and one latitude."""
        since, held = [-np.inf], [0]
        for hour, count in sorted(tally.hours.items()):
            if held[-1] and held[-1] + count > at_once:
                since.append(float(hour))
                held.append(0)
            held[-1] += count
        bands = [_bands(tally.souths, -(-count // at_once)) for count in held]
        return Blocks(np.array(since), np.concatenate([_key(np.array([n]), souths) for n, souths in enumerate(bands)]))

    def __len__(self) -> int:
        return len(self.begin)

    def spread(self, where: Where) -> tuple[Ints, Ints]:
        """For every block that a report stands in, the report's number and the block's."""
        if not len(where.lat):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        low, high = (np.searchsorted(self.since, t, side="right") for t in (where.start, where.end + LATEST_H + _HAIR))
        row, slab = spread(low - 1, np.maximum(high, low))
        lat, reach = where.lat[row], _reach(where)[row]
        each, block = spread(self._block(slab, lat - reach), self._block(slab, lat + reach) + 1)
        return row[each], block

    def own(self, where: Where) -> Ints:
        """The block that each report itself belongs to: in which it and its reach begin."""
        return self._at(where.start, where.lat - _reach(where))

    def of_pairs(self, where: Where, i: Whole, j: Whole) -> Ints:
        """The one block in which each pair is compared."""
        south = where.lat - _reach(where)
        return self._at(np.maximum(where.start[i], where.start[j]), np.maximum(south[i], south[j]))

    def _at(self, hours: Floats, lat: Floats) -> Ints:
        return self._block(np.searchsorted(self.since, hours, side="right") - 1, lat)

    def _block(self, slab: Ints, lat: Floats) -> Ints:
        return np.asarray(np.searchsorted(self.begin, _key(slab, lat), side="right") - 1)


def _key(slab: Ints, lat: Floats) -> Floats:
    """A number by which blocks stand in order."""
    return np.asarray(slab * _APART + np.clip(lat, -_MOST, _MOST))


def _reach(where: Where) -> Floats:
    return np.asarray(reach_of(where.radius) / KM_PER_DEGREE + _HAIR)


def _counted(values: Floats) -> Counter[int]:
    each, count = np.unique(np.floor(values[np.isfinite(values)]).astype(np.int64), return_counts=True)
    return Counter(dict(zip(each.tolist(), count.tolist(), strict=True)))


def _bands(souths: Counter[int], bands: int) -> Floats:
    """Where so many bands begin of which each holds about as many reports."""
    at = sorted(souths)
    held = np.cumsum([souths[south] for south in at]) if at else np.zeros(1)
    cuts = np.searchsorted(held, held[-1] * np.arange(1, bands) / bands)
    return np.array([-np.inf, *(at[cut] / _PER_DEGREE for cut in np.unique(cuts) if at)])
