"""From scored pairs to incidents: those first who are each other's best, by what all their members say; never a forced chain.

Two groups become one where the mean over *all* pairs between them, missing pairs counted against, speaks for it, where each is the other's
best, and where no source would have reported the incident twice. All such pairs are joined in one round; then the means are made anew.
Every number is whole, so that no result depends on the order in which it was added up; ties go by the rows' own order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from servanda.incidents.likelihood import UNITS
from servanda.incidents.pairs import Floats, Ints

MISSING = -4 * UNITS  # what a pair between two groups counts that is not among the candidates
LEAST = -3 * UNITS  # candidates below this are as good as missing
_SOURCES = 1 << 20
_ROWS = 1 << 31  # more rows than there are, so that two row numbers, or a mean and a row, make one whole number


@dataclass(frozen=True)
class Links:
    """Scored pairs of rows: ``i < j``, each once, in order."""

    i: Ints
    j: Ints
    score: Ints


def joined(rows: int, links: Links, source: Ints, begun: Ints) -> Ints:
    """The group of each of so many ``rows``, named by its first row.

    ``source``: who reports it, as a number, where it is that source's one report of its incident; -1 otherwise. ``begun``: the groups
    with which to begin (each row alone: its own number). What these have beyond them are no rows, but keep two groups apart.
    """
    group, size = begun.copy(), len(begun)
    count = np.bincount(group[:rows], minlength=size).astype(np.int64)
    i, j, total, pairs = _summed(group[links.i], group[links.j], links.score, np.ones(len(links.i), np.int64))
    speaks = np.flatnonzero(source >= 0)
    while len(i):
        cross = count[i] * count[j]
        mean = (total + MISSING * (cross - pairs)) // cross
        good = mean > 0
        a, b = _mutual(size, i[good], j[good], mean[good])
        if not len(a):
            break
        clash = _clashing(size, group, speaks, source, a, b)
        if clash.any():
            bad = np.sort(a[clash] * size + b[clash])
            here = i * size + j
            at = np.searchsorted(bad, here).clip(0, len(bad) - 1)
            keep = bad[at] != here
            i, j, total, pairs = i[keep], j[keep], total[keep], pairs[keep]
        a, b = a[~clash], b[~clash]
        if not len(a):
            continue
        to = np.arange(size)
        to[b] = a
        group = to[group]
        count[a] += count[b]
        i, j, total, pairs = _summed(to[i], to[j], total, pairs)
    return group


def _summed(i: Ints, j: Ints, total: Ints, pairs: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Pairs of groups, each once, with the sum of their scores and their number."""
    apart = i != j
    key = np.minimum(i, j)[apart] * _ROWS + np.maximum(i, j)[apart]
    total, pairs = total[apart], pairs[apart]
    order = np.argsort(key)  # sums of whole numbers do not mind the order of equals
    key = key[order]
    if not len(key):
        return key, key, total, pairs
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    low, high = key[first] // _ROWS, key[first] % _ROWS
    return low, high, np.add.reduceat(total[order], first), np.add.reduceat(pairs[order], first)


def _mutual(size: int, i: Ints, j: Ints, mean: Ints) -> tuple[Ints, Ints]:
    """Pairs of groups that are each other's best: the greatest mean, among equals the first."""
    best = np.full(size, -1, np.int64)
    worth = mean * _ROWS + (_ROWS - 1)
    np.maximum.at(best, i, worth - j)
    np.maximum.at(best, j, worth - i)
    partner = np.where(best >= 0, _ROWS - 1 - best % _ROWS, -1)
    mine = np.flatnonzero(partner >= 0)
    mine = mine[(partner[partner[mine]] == mine) & (mine < partner[mine])]
    return mine, partner[mine]


def _clashing(
    size: int, group: Ints, speaks: Ints, source: Ints, a: Ints, b: Ints
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the pairs of groups have a source in common that would report one incident twice."""
    partner = np.full(size, -1, np.int64)
    partner[b] = a
    taken = np.zeros(size, bool)
    taken[a] = True
    mine = speaks[taken[group[speaks]]]
    theirs = speaks[partner[group[speaks]] >= 0]
    held = np.sort(group[mine] * _SOURCES + source[mine])
    asked = partner[group[theirs]] * _SOURCES + source[theirs]
    at = np.searchsorted(held, asked).clip(0, max(0, len(held) - 1))
    hit = held[at] == asked if len(held) else np.zeros(len(asked), bool)
    bad = np.zeros(size, bool)
    bad[group[theirs[hit]]] = True
    return bad[b]


def components(size: int, i: Ints, j: Ints) -> Ints:
    """The connected component of each row, named by its smallest row."""
    name = np.arange(size)
    while len(i):
        a, b = name[i], name[j]
        apart = a != b
        if not apart.any():
            break
        i, j, a, b = i[apart], j[apart], a[apart], b[apart]
        low, high = np.minimum(a, b), np.maximum(a, b)
        np.minimum.at(name, high, low)
        while True:
            shorter = name[name]
            if np.array_equal(shorter, name):
                break
            name = shorter
    return name


@dataclass(frozen=True)
class Memberships:
    """For every row how probably it belongs to its own group, and the groups that it might belong to instead."""

    own: Floats
    row: Ints
    other: Ints
    probability: Floats


def memberships(size: int, links: Links, group: Ints, source: Ints, begun: Ints) -> Memberships:
    """How sure each row's group is: its mean score with the others there, against being alone and against every other group.

    A row that is alone is weighed against the groups it might have joined. A group that holds another report of its own source is no
    alternative. Rows that were one from the beginning (``begun``) say nothing about each other.
    """
    row, to = np.concatenate([links.i, links.j]), group[np.concatenate([links.j, links.i])]
    value = np.concatenate([links.score, links.score])
    order = np.argsort(row * _ROWS + to)
    row, to, value = row[order], to[order], value[order]
    own_size = np.bincount(begun, minlength=size)[begun]
    if not len(row):
        return Memberships(np.ones(size), row, to, np.empty(0))
    first = np.flatnonzero(np.concatenate([[True], (row[1:] != row[:-1]) | (to[1:] != to[:-1])]))
    total, pairs = np.add.reduceat(value, first), np.diff(np.concatenate([first, [len(row)]]))
    row, to = row[first], to[first]
    count = np.bincount(group, minlength=size)
    inside = to == group[row]
    cross = count[to] - np.where(inside, own_size[row], 0)
    weight = np.exp(np.clip((total + MISSING * (cross - pairs)) / np.maximum(cross, 1) / UNITS, -30, 30))
    held = np.unique(group[source >= 0] * _SOURCES + source[source >= 0])
    asked = to * _SOURCES + source[row]
    at = np.searchsorted(held, asked).clip(0, max(0, len(held) - 1))
    barred = (source[row] >= 0) & ~inside & (held[at] == asked if len(held) else False)
    weight = np.where(barred, 0.0, weight)
    whole = np.bincount(row, weights=weight, minlength=size) + 1.0
    own = np.bincount(row[inside], weights=weight[inside], minlength=size)
    alone = count[group] == own_size
    probability = weight / whole[row]
    other = ~inside & (probability >= 0.05)
    return Memberships(np.where(alone, 1.0, own) / whole, row[other], to[other], probability[other])
