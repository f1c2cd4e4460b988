"""Who was looking, where, when, for what, whose acts, and how likely they were to see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from servanda.values.names import name_key
from servanda.values.time import Duration, Interval, to_micros
from servanda.wording import plural

WITHOUT_SIDE, UNTOLD = "none", "untold"
"""In the place of a party whose a watch is: nobody's, and of nobody knows whom."""
RestsOn: TypeAlias = Literal["test_shots", "double_observers", "judgement"]
"""What a declared probability rests on."""
Cause: TypeAlias = tuple[str, ...]
"""Something that makes several watches fail at once: a name, or who and means of those that name none."""


@dataclass(frozen=True)
class Watch:
    """One means of observation. ``where`` is in degrees, ``None`` for everywhere; ``detects`` are codes of acts.

    ``probability``: that an act of such a kind, there and then, is seen; of an interval the lower end. Below 1: nobody sees everything.
    ``shares``: names of what makes it fail together with others; ``None``: with all of its ``who`` by its ``means``. ``sees``: whose
    acts, ``None`` for everybody's. ``false_alarms``: per day. ``source``: the name under which its reports come; left out, ``who``.
    ``side``: the party that it belongs to, ``None`` for none; as it is written :data:`WITHOUT_SIDE` for none, ``None`` where nothing is said;
    and :data:`UNTOLD` where there is a register that does not tell.
    ``reports_every``: how often its source reports; of ``periods`` so long, ``silent`` without a report were taken out of ``times``.
    """

    id: str
    who: str
    means: str
    detects: frozenset[str]
    place: str
    where: BaseGeometry | None
    times: tuple[Interval, ...]
    probability: float
    reason: str = ""
    known_at: datetime | None = None
    shares: frozenset[str] | None = None
    sees: frozenset[str] | None = None
    rests_on: RestsOn | None = None
    false_alarms: float | None = None
    source: str = ""
    side: str | None = None
    reports_every: Duration | None = None
    periods: int = 0
    silent: int = 0

    @property
    def reports_as(self) -> str:
        """The name under which its reports come."""
        return self.source or self.who

    @property
    def causes(self) -> frozenset[Cause]:
        """What it fails by together with others; watches that have one in common count once."""
        if self.shares is None:
            return frozenset({(name_key(self.who), self.means)})
        return frozenset((name_key(name),) for name in self.shares)

    def counts_for(self, party: str | None, *, undone: bool, without: frozenset[str] = frozenset()) -> bool:
        """Whether it can show that a party kept an agreement, or left something undone.

        Args:
            party: whose acts; ``None``: whoever's.
            undone: whether it is to show that something was not done; that only a watch without a side shows.
            without: sides whose watches do not count.

        Returns:
            No, where it does not see that party's acts, belongs to it, or belongs to one of ``without``; never, where nobody says whose it is.
        """
        if self.side == UNTOLD:
            return False
        if self.sees is not None and party not in self.sees:
            return False
        return self.side in (None, WITHOUT_SIDE) or not (
            undone or party is None or self.side == party or self.side in without
        )


@dataclass(frozen=True)
class Gap:
    """An outage or a denial of access: it takes ``share`` of the named watches away, there and then.

    ``watches`` is ``None`` for all of them. ``by``: who shut it, in words; ``party``: that party, where it is one. A gap only ever
    lowers coverage.
    """

    kind: Literal["outage", "denial"]
    watches: frozenset[str] | None
    place: str
    where: BaseGeometry | None
    times: tuple[Interval, ...]
    share: float
    by: str = ""
    reason: str = ""
    known_at: datetime | None = None
    party: str | None = None


@dataclass(frozen=True)
class Coverage:
    """All watches and gaps that bear on one agreement. Nothing in it means that nobody was looking."""

    watches: tuple[Watch, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def __repr__(self) -> str:
        return f"<Coverage {plural(len(self.watches), 'watch', 'watches')}, {plural(len(self.gaps), 'gap')}>"

    @property
    def shapes(self) -> list[BaseGeometry | None]:
        """Where its watches look and its gaps lie, in degrees; ``None``: everywhere."""
        return [*(watch.where for watch in self.watches), *(gap.where for gap in self.gaps)]

    def known_by(self, instant: datetime | None) -> Coverage:
        """What of it was known then; a watch or gap that does not say when it became known always was."""
        if instant is None:
            return self
        return Coverage(
            tuple(w for w in self.watches if w.known_at is None or w.known_at <= instant),
            tuple(g for g in self.gaps if g.known_at is None or g.known_at <= instant),
        )

    def of(self, party: str | None, *, undone: bool = False, without: frozenset[str] = frozenset()) -> Coverage:
        """Those watches that count for a party (:meth:`Watch.counts_for`), and all gaps."""
        asked = party, undone, without
        if asked not in self._counting:
            watches = tuple(w for w in self.watches if w.counts_for(party, undone=undone, without=without))
            same = len(watches) == len(self.watches)
            self._counting[asked] = self if same else Coverage(watches, self.gaps)
        return self._counting[asked]

    def during(self, window: Interval) -> Coverage:
        """Those watches and gaps of which some time may lie in a window that is bounded."""
        assert window.start is not None
        assert window.end is not None
        start, end = to_micros(window.start), to_micros(window.end)
        some = [np.flatnonzero((first < end) & (last > start)).tolist() for first, last in self._hulls]
        return Coverage(tuple(self.watches[n] for n in some[0]), tuple(self.gaps[n] for n in some[1]))

    def seeing(self, kinds: Iterable[str]) -> frozenset[str]:
        """The ids of the watches that can see any of some kinds of act."""
        asked = frozenset(kinds)
        if asked not in self._seeing:
            self._seeing[asked] = frozenset(w.id for w in self.watches if w.detects & asked)
        return self._seeing[asked]

    @cached_property
    def _counting(self) -> dict[tuple[str | None, bool, frozenset[str]], Coverage]:
        return {}

    @cached_property
    def _seeing(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    @cached_property
    def _hulls(self) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Of watches and of gaps, from when at the earliest until when at the latest each lasts."""
        out = []
        both: tuple[Sequence[Watch | Gap], ...] = self.watches, self.gaps
        for entries in both:
            first, last = np.full(len(entries), np.iinfo(np.int64).max), np.full(len(entries), np.iinfo(np.int64).min)
            for n, entry in enumerate(entries):
                first[n] = min((to_micros(t.start) for t in entry.times if t.start), default=first[n])
                last[n] = max((to_micros(t.end) for t in entry.times if t.end), default=last[n])
            out.append((first, last))
        return out

    def with_probabilities(self, used: Mapping[str, float]) -> Coverage:
        """The same with other probabilities of some watches, by their ids."""
        watches = (dataclasses.replace(w, probability=used.get(w.id, w.probability)) for w in self.watches)
        return Coverage(tuple(watches), self.gaps)

    def merge(self, other: Coverage) -> Coverage:
        """The watches and gaps of both."""
        return Coverage(self.watches + other.watches, self.gaps + other.gaps)
