"""Groups that are each other's best, found one after another, by looking at their neighbours alone.

Of reports that come one after another at even times, each has its best in the next one, and only the last two have each other: round by round over all
pairs, as :func:`servanda.incidents.fusion.cluster.joined` goes, two of them would be joined in each. The groups are the same in any order.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from servanda.incidents.fusion.blocking import Ints, Whole


def join_along(
    to: Whole, count: Ints, missing: int, pairs_of_groups: tuple[Whole, Whole, Whole, Whole], heard: tuple[Whole, Ints]
) -> None:
    """Joins all groups that are each other's best, until there are none.

    Args:
        to: of each group that it went into another, or itself; it is changed.
        count: how many members each has; it is changed.
        missing: what a pair counts that is not among those that were looked at.
        pairs_of_groups: pairs of groups, each once: both ends, the sum of the scores, and of how many pairs of members.
        heard: groups, and who speaks in them: two in which one speaks do not become one.
    """
    chains = _Chains(to, count, missing, *pairs_of_groups)
    voices = defaultdict[int, set[int]](set)
    for group, voice in zip(heard[0].tolist(), heard[1].tolist(), strict=True):
        voices[group].add(voice)
    work = np.flatnonzero(np.diff(chains.begins)).tolist()
    while work:
        n = work.pop()
        if to[n] != n or (best := chains.best(n)) < 0:
            continue
        if chains.best(best) != n:  # whoever is better to it comes first
            work += [n, best]
            continue
        one, other = min(n, best), max(n, best)
        if voices[one].isdisjoint(voices[other]):
            voices[one] |= voices.pop(other)
            chains.join(one, other)
            work.append(one)
        else:
            chains.part(one, other)
            work += [one, other]


class _Chains:
    """Groups with their pairs, by either end."""

    def __init__(self, to: Whole, count: Ints, missing: int, i: Whole, j: Whole, total: Whole, pairs: Whole) -> None:
        self.to, self.count, self.missing = to, count, missing
        ends = np.concatenate([i, j])
        order = np.argsort(ends, kind="stable")
        self.begins = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=len(to)))])
        columns = (np.concatenate([j, i]), np.concatenate([total, total]), np.concatenate([pairs, pairs]))
        self._columns = [column[order] for column in columns]
        self._near: dict[int, list[Whole]] = {}
        self._best: dict[int, tuple[int, int, int]] = {}
        self._changes = np.zeros(len(to), np.int64)
        """How often each was joined, or parted from another."""

    def best(self, n: int) -> int:
        """With whom a group would best be one; of several as good the last, of none -1."""
        known, mine, theirs = self._best.get(n, (-2, 0, 0))
        if known == -1 and mine == self._changes[n]:  # what spoke against it speaks against it in whatever group
            return -1
        if known >= 0 and (mine, theirs) == (self._changes[n], self._changes[known]) and self.to[known] == known:
            return known
        other, total, pairs = self._neighbours(n)
        cross = self.count[n] * self.count[other]
        mean = (total + self.missing * (cross - pairs)) // cross
        most = int(mean.max(initial=0))
        found = int(other[mean == most].max()) if most > 0 else -1
        self._best[n] = found, int(self._changes[n]), int(self._changes[found]) if found >= 0 else 0
        return found

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        mine, theirs = self._neighbours(one), self._neighbours(other)
        self._near[one] = [np.concatenate([a, b]) for a, b in zip(mine, theirs, strict=True)]
        self._near.pop(other, None)
        self.to[other] = one
        self.count[one] += self.count[other]
        self._changes[one] += 1

    def part(self, one: int, other: int) -> None:
        """Look at a pair of groups no more."""
        for n, without in ((one, other), (other, one)):
            near = self._neighbours(n)
            self._near[n] = [column[near[0] != without] for column in near]
            self._changes[n] += 1

    def _neighbours(self, n: int) -> list[Whole]:
        """The groups with which one has pairs, each once, with the sums of scores and of pairs."""
        near = self._near.get(n)
        if near is None:
            near = self._near[n] = [column[self.begins[n] : self.begins[n + 1]] for column in self._columns]
        now = near[0]
        while not np.array_equal(further := self.to[now], now):
            now = further
        if now is near[0]:
            return near
        self.to[near[0]] = now
        order = np.argsort(now, kind="stable")
        order = order[now[order] != n]
        now = now[order]
        first = np.flatnonzero(np.diff(now, prepend=-1))
        sums = [np.add.reduceat(column[order], first) if len(first) else column[order] for column in near[1:]]
        near = self._near[n] = [now[first], *sums]
        return near
