"""From scored pairs to incidents: those first who are each other's best, by what all their members say; never a forced chain.

Two groups become one where the mean over *all* pairs between them, missing pairs counted against, speaks for it, where each is the other's
best, and where no source would have reported the incident twice. All such pairs are joined in one round; then the means are made anew.
Every number is whole, so that no result depends on the order in which it was added up; ties go by the rows' own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from servanda.incidents.fusion.blocking import Floats, Int32s, Ints, Mask, Whole, ordered, spread
from servanda.incidents.fusion.chains import join_along
from servanda.incidents.fusion.likelihood import UNITS
from servanda.values.ordered_map import OrderedMap

MISSING = -4 * UNITS  # what a pair between two groups counts that is not among the candidates
LEAST = -3 * UNITS  # candidates below this are as good as missing
_SOURCES = np.int64(1 << 31)
_AT_ONCE = 100_000  # pairs, or rows, looked at in one go
_IN_ORDER = 2_000_000  # pairs put in order in one go
_FEW = 64  # where the pairs that speak for one event are so many times those that join, groups that are alike are looked for
_FEW_OF_MANY = 4_000  # and where they are so many times those, neighbours alone are looked at
_ROWS = np.int64(
    1 << 31
)  # more rows than there are, so that two row numbers, or a mean and a row, make one whole number


@dataclass(frozen=True)
class Links:
    """Scored pairs of rows: ``i < j``, each once, in the order of ``j``."""

    i: Int32s
    j: Int32s
    score: Int32s

    @staticmethod
    def together(parts: Sequence[Links]) -> Links:
        """The pairs of several, one after another."""
        none = np.empty(0, np.int32)
        return Links(*(np.concatenate([none, *(getattr(one, n) for one in parts)]) for n in ("i", "j", "score")))

    def take(self, some: Mask) -> Links:
        """Some of the pairs."""
        return self if some.all() else Links(self.i[some], self.j[some], self.score[some])

    def in_order(self) -> Links:
        """The pairs, which may stand anyhow, in their order."""
        order = ordered(self.j * _ROWS + self.i)
        return Links(self.i[order], self.j[order], self.score[order])

    def with_more(self, more: Links) -> Links:
        """These and other pairs, which are fewer, in the same order."""
        if not len(more.i):
            return self
        key, new = (one.j * _ROWS + one.i for one in (self, more))
        order = np.argsort(new, kind="stable")
        at = np.searchsorted(key, new[order], side="right")
        return Links(*(np.insert(getattr(self, n), at, getattr(more, n)[order]) for n in ("i", "j", "score")))

    def among(self, rows: Ints, size: int) -> Links:
        """The pairs of some of so many rows, ascending, numbered within these."""
        if len(rows) == size:
            return self
        at = np.full(size, -1, np.int32)
        at[rows] = np.arange(len(rows), dtype=np.int32)
        i, j = at[self.i], at[self.j]
        both = (i >= 0) & (j >= 0)
        return Links(i[both], j[both], self.score[both])


def joined(
    rows: int, links: Links, source: Ints, begun: Ints, missing: int = MISSING, held: Mask | None = None
) -> tuple[Ints, Mask]:
    """The group of each of so many ``rows``, named by its first row; and, by these names, which groups may still grow.

    ``source``: who reports it, as a number, where it is that source's one report of its incident; -1 otherwise. ``begun``: the groups
    with which to begin (each row alone: its own number). What these have beyond them are no rows, but keep two groups apart. ``missing``: what a pair
    counts that is not among the links. ``held``: groups to begin with that join nothing, because not all their pairs are here; then those may still
    grow whose best is one of these, or waits for one.
    """
    size, to = len(begun), begun.astype(np.int32)
    count = np.bincount(begun[:rows], minlength=size).astype(np.int64)
    ones = np.broadcast_to(np.int32(1), len(links.i))  # of which none lies in memory
    had: list[Whole] = [links.i, links.j, links.score, ones]
    i, j, total, pairs = _merged(to, np.flatnonzero(to != np.arange(size)), had)
    speaks = source >= 0
    group, voice = to[speaks], source[speaks]
    del source, begun, speaks, ones, had  # as long as the reports, and not asked for again
    waits = np.zeros(size, bool) if held is None else held.copy()
    while True:
        good, mean = _speaking(count, missing, i, j, total, pairs)
        a, b = _mutual(size, i, j, good, mean)
        if len(a) and len(a) * _FEW <= len(good):
            a, b = _with_equals(size, i, j, good, mean, a, b, (group, voice), waits)
        if len(a) and len(a) * _FEW_OF_MANY <= len(good) and not waits.any():
            join_along(to, count, missing, (i, j, total, pairs), (group, voice))
            return _followed(to).astype(np.int64), waits
        free = ~(waits[a] | waits[b])
        a, b = a[free], b[free]
        if not len(a):
            waits[i[good]] = waits[j[good]] = True
            return _followed(to).astype(np.int64), waits
        clash = _clashing(size, group, voice, a, b)
        barred = np.full(size, -1, np.int32)
        barred[a[clash]] = b[clash]
        # a mean of means that are not positive is not: whoever has no good pair left is done, and so are all pairs with it
        open_ = np.zeros(size, bool)
        open_[i[good]] = open_[j[good]] = True
        keep = open_[i] & open_[j] & (barred[i] != j)
        a, b = a[~clash], b[~clash]
        to[b] = a
        np.add.at(count, a, count[b])
        del good, mean, barred, clash
        had = [i, j, total, pairs]
        del i, j, total, pairs
        had = [had.pop(0)[keep] for _ in range(len(had))]  # they may be many times as many as the reports
        i, j, total, pairs = _merged(to, b, had)
        speaks = open_[group]
        group, voice = to[group[speaks]], voice[speaks]


def first_of_each(key: Ints) -> Ints:
    """For every row the first row with the same key."""
    order = ordered(key)
    first, length = runs(key[order])
    out = np.empty(len(key), np.int64)
    out[order] = np.repeat(np.minimum.reduceat(order, first), length) if len(key) else order
    return out


def runs(values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> tuple[Ints, Ints]:
    """Where each stretch of equals begins, and how long it is."""
    first = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    return first, np.diff(np.append(first, len(values)))


def _followed(to: Whole) -> Whole:
    """Where each comes out in the end that goes from one to the next."""
    while True:
        further = to[to]
        if np.array_equal(further, to):
            return to
        to = further


def _speaking(count: Ints, missing: int, *links: Whole) -> tuple[Ints, Ints]:
    """Which pairs of groups speak for being one, and by what mean over all pairs between their so many members."""
    good, mean = [], []
    for n in range(0, max(1, len(links[0])), _AT_ONCE):
        i, j, total, pairs = (column[n : n + _AT_ONCE] for column in links)
        cross = count[i] * count[j]
        value = (total + missing * (cross - pairs)) // cross
        good.append(n + np.flatnonzero(value > 0))
        mean.append(value[value > 0])
    return np.concatenate(good), np.concatenate(mean)


def _merged(to: Whole, gone: Ints, links: list[Whole]) -> list[Whole]:
    """The pairs of groups (their ends, their scores, how many they are) after some are ``gone`` into others (``to``): made anew where they
    touch one of these. The list that is given is emptied, so that not all of both are there at once.
    """
    if not len(gone):
        return links
    touched = np.zeros(len(to), bool)
    touched[gone] = touched[to[gone]] = True
    anew = touched[links[0]] | touched[links[1]]
    made = _summed(to, np.flatnonzero(anew), *links)
    return [np.concatenate([links.pop(0)[~anew], made.pop(0)]) for _ in range(len(links))]


def _summed(to: Whole, some: Ints, *links: Whole) -> list[Whole]:
    """Pairs of groups, each once and in order, with the sum of their scores and their number; of many, those of some groups at a time."""
    one, other = to[links[0][some]], to[links[1][some]]
    apart = one != other
    some, low = some[apart], np.minimum(one[apart], other[apart])
    del one, other, apart
    edges = np.linspace(0, int(low.max(initial=0)) + 1, 2 + len(some) // _IN_ORDER).astype(np.int64)
    parts = [_summed_of(to, some[(low >= a) & (low < b)], *links) for a, b in pairwise(edges)]
    columns = [list(column) for column in zip(*parts, strict=True)]
    del parts
    return [np.concatenate(columns.pop(0)) for _ in range(len(columns))]


def _summed_of(to: Whole, some: Ints, *links: Whole) -> tuple[Whole, ...]:
    i, j, total, pairs = (column[some] for column in links)
    i, j = to[i], to[j]
    key = np.minimum(i, j) * _ROWS + np.maximum(i, j)
    order = ordered(key)  # sums of whole numbers do not mind the order of equals
    key, total, pairs = key[order], total[order], pairs[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])[: len(key)])
    low, high = (half.astype(np.int32) for half in np.divmod(key[first], _ROWS))
    if not len(first):
        return low, high, total, pairs
    return low, high, np.add.reduceat(total, first), np.add.reduceat(pairs, first)


def _mutual(size: int, i: Whole, j: Whole, good: Ints, mean: Ints) -> tuple[Ints, Ints]:
    """Of the ``good`` pairs of groups those that are each other's best: the greatest mean, among equals the last (among equals the first, the
    order of joining would show).
    """
    best = np.full(size, -1, np.int64)
    for n in range(0, len(good), _AT_ONCE):
        at, worth = good[n : n + _AT_ONCE], mean[n : n + _AT_ONCE] * _ROWS
        one, other = i[at], j[at]
        np.maximum.at(best, one, worth + other)
        np.maximum.at(best, other, worth + one)
    rows = np.flatnonzero(best >= 0)
    best[rows] %= _ROWS
    rows = rows[(best[best[rows]] == rows) & (rows < best[rows])]
    return rows, best[rows]


def _with_equals(
    size: int,
    i: Whole,
    j: Whole,
    good: Ints,
    mean: Ints,
    a: Ints,
    b: Ints,
    heard: tuple[Whole, Ints],
    waits: Mask,
) -> tuple[Ints, Ints]:
    """The pairs to be joined, and beside them at once all groups that are each other's only best, every one as good as the other: hundreds of
    people who tell of one hour in one town. Pair by pair the last two of them would be joined in each round, and no joining changes a mean.

    ``heard``: groups, and who speaks in them. Where two share a voice, or one waits, it is left to the rounds.
    """
    best, one, other = np.zeros(size, np.int64), i[good], j[good]
    np.maximum.at(best, one, mean)
    np.maximum.at(best, other, mean)
    full = np.zeros(size, np.int64)  # how many of its pairs are as good as its best
    for end in (one, other):
        full += np.bincount(end[mean == best[end]], minlength=size)
    both = (mean == best[one]) & (mean == best[other])
    one, other = one[both], other[both]
    name = components(size, one, other)
    members, pairs = np.bincount(name, minlength=size), np.bincount(name[one], minlength=size)
    alike = (members > 2) & (pairs * 2 == members * (members - 1))
    alike[name[full != members[name] - 1]] = False
    group, voice = heard
    told = np.sort(name[group] * _SOURCES + voice)
    alike[told[1:][told[1:] == told[:-1]] // _SOURCES] = False
    alike[name[waits]] = False
    joins = np.flatnonzero(alike[name] & (name != np.arange(size)))
    rest = ~alike[name[a]]
    return np.concatenate([a[rest], name[joins]]), np.concatenate([b[rest], joins])


def _clashing(size: int, group: Whole, voice: Ints, a: Ints, b: Ints) -> Mask:
    """Which of the pairs of groups have a source in common that would report one incident twice (``voice``: who speaks in ``group``)."""
    partner = np.full(size, -1, np.int32)
    partner[b] = a
    taken = np.zeros(size, bool)
    taken[a] = True
    taking, joining = taken[group], partner[group] >= 0
    held = np.append(np.sort(group[taking] * _SOURCES + voice[taking]), -1)
    asked = partner[group[joining]] * _SOURCES + voice[joining]
    hit = held[np.searchsorted(held[:-1], asked)] == asked
    bad = np.zeros(size, bool)
    bad[group[joining][hit]] = True
    return bad[b]


def components(size: int, i: Ints, j: Ints) -> Ints:
    """The connected component of each row, named by its smallest row."""
    name: Whole = np.arange(size, dtype=np.int32)
    for n in range(0, len(i), _IN_ORDER):
        a, b = name[i[n : n + _IN_ORDER]], name[j[n : n + _IN_ORDER]]
        while (apart := a != b).any():
            a, b = a[apart], b[apart]
            np.minimum.at(name, np.maximum(a, b), np.minimum(a, b))
            name = _followed(name)
            a, b = name[a], name[b]
    return name.astype(np.int64)


@dataclass(frozen=True)
class Memberships:
    """For every row how probably it belongs to its own group, and the groups that it might belong to instead."""

    own: Floats
    row: Ints
    other: Ints
    probability: Floats


def memberships(
    size: int,
    links: Links,
    group: Ints,
    source: Ints,
    begun: Ints,
    more: tuple[Ints, Ints],
    in_order: OrderedMap = map,
) -> Memberships:
    """How sure each row's group is: its mean score with the others there, against being alone and against every other group.

    A row that is alone is weighed against the groups it might have joined. A group that holds another report of its own source is no
    alternative (``more``: further sources, with the row that stands for each). Rows that were one from the beginning (``begun``) say nothing
    about each other. Some rows at a time.
    """
    count, own_size = np.bincount(group, minlength=size), np.bincount(begun, minlength=size)[begun]
    spoken = source >= 0
    speakers = np.concatenate([group[spoken], group[more[0]]])
    held = np.append(np.sort(speakers * _SOURCES + np.concatenate([source[spoken], more[1]])), -1)
    del spoken, speakers

    def taken(to: Ints, by: Ints) -> Mask:
        asked = to * _SOURCES + by
        return np.asarray(held[np.searchsorted(held[:-1], asked)] == asked)

    by_row = ordered(more[0])
    further, voices = np.searchsorted(more[0][by_row], np.arange(size + 1)), more[1][by_row]
    by_i = ordered(links.i)
    ends = np.bincount(links.i, minlength=size) + np.bincount(links.j, minlength=size)
    edges = np.concatenate([[0], np.flatnonzero(np.diff(np.cumsum(ends + 1) // _IN_ORDER)) + 1, [size]])
    forth_at, back_at = np.searchsorted(links.i, edges, sorter=by_i), np.searchsorted(links.j, edges)

    def some(n: int) -> Memberships:
        forth, to_back = by_i[slice(*forth_at[n : n + 2])], slice(*back_at[n : n + 2])
        low, high = edges[n : n + 2]
        row = np.concatenate([links.i[forth], links.j[to_back]])
        to = group[np.concatenate([links.j[forth], links.i[to_back]])]
        value = np.concatenate([links.score[forth], links.score[to_back]])
        order = np.argsort(row * _ROWS + to)
        row, to, value = row[order], to[order], value[order]
        first = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(to, prepend=-1) != 0))
        total, pairs = np.add.reduceat(value, first) if len(first) else value, np.diff(np.append(first, len(row)))
        row, to = row[first], to[first]
        inside = to == group[row]
        cross = count[to] - np.where(inside, own_size[row], 0)
        weight = np.exp(np.clip((total + MISSING * (cross - pairs)) / np.maximum(cross, 1) / UNITS, -30, 30))
        barred = (source[row] >= 0) & taken(to, source[row])
        several = np.flatnonzero(further[row + 1] > further[row])
        if len(several):
            each, at = spread(further[row[several]], further[row[several] + 1])
            barred[several[each[taken(to[several[each]], voices[at])]]] = True
        barred &= ~inside
        weight = np.where(barred, 0.0, weight)
        whole = np.bincount(row - low, weights=weight, minlength=high - low) + 1.0
        own = np.bincount((row - low)[inside], weights=weight[inside], minlength=high - low)
        alone = count[group[low:high]] == own_size[low:high]
        probability = weight / whole[row - low]
        other = ~inside & (probability >= 0.05)
        return Memberships(np.where(alone, 1.0, own) / whole, row[other], to[other], probability[other])

    found = list(in_order(some, range(len(edges) - 1)))
    own, row, to, probability = (
        np.concatenate([getattr(f, name) for f in found]) for name in ("own", "row", "other", "probability")
    )
    return Memberships(own, row, to, probability)


def best_of(size: int, links: Links, group: Ints) -> Ints:
    """For every row the other member of its group that speaks most for it."""
    best = np.full(size, np.iinfo(np.int64).min)
    for n in range(0, len(links.i), _AT_ONCE):
        i, j, score = (column[n : n + _AT_ONCE] for column in (links.i, links.j, links.score))
        inside = group[i] == group[j]
        i, j, value = i[inside], j[inside], score[inside] * _ROWS + (_ROWS - 1)
        np.maximum.at(best, i, value - j)
        np.maximum.at(best, j, value - i)
    return np.where(best > np.iinfo(np.int64).min, _ROWS - 1 - best % _ROWS, -1)
