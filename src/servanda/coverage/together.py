"""Watches that fail together: the best set of them in which no two have a cause in common.

Watches are nodes, a common cause is an edge; of watches with the very same causes only the best counts. In each part of the graph that hangs together
every greatest set without an edge is tried, cell by cell: the result is exact, and another watch never makes it worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from servanda.coverage.model import Cause
from servanda.errors import CoverageError, Fault
from servanda.values.geo.projection import Floats

MOST_NODES = 60
MOST_SETS = 5_000
Causes: TypeAlias = tuple[frozenset[Cause], ...]
Sets: TypeAlias = tuple[tuple[int, ...], ...]


def unseen_by_best(missed: Sequence[Floats], causes: Causes) -> Floats:
    """The chance that none of several watches sees an act, for every cell.

    Args:
        missed: for each watch, the chance that it misses the act.
        causes: for each watch, what it fails by; two that have nothing in common fail independently.

    Returns:
        The least product over the sets of watches that have pairwise nothing in common.

    Raises:
        CoverageError: there are too many such sets.
    """
    out = np.ones_like(missed[0])
    for members, sets in combinations(causes):
        alike = [np.minimum.reduce([missed[n] for n in same]) for same in members]
        best = None
        for chosen in sets:
            product = alike[chosen[0]]
            for n in chosen[1:]:
                product = product * alike[n]
            best = product if best is None else np.minimum(best, product)
        assert best is not None
        out = out * best
    return out


@lru_cache(maxsize=4096)
def combinations(causes: Causes) -> tuple[tuple[Sets, Sets], ...]:
    """What can be combined of some watches.

    Args:
        causes: of each watch.

    Returns:
        For each part of the graph that hangs together: its nodes (each the numbers of the watches with the same causes), and the greatest
        sets of nodes without an edge.

    Raises:
        CoverageError: there are too many such sets.
    """
    alike: dict[frozenset[Cause] | int, list[int]] = {}
    for n, own in enumerate(causes):
        alike.setdefault(own or n, []).append(n)
    nodes = [tuple(members) for members in alike.values()]
    sets_of = [causes[members[0]] for members in nodes]
    by_cause: dict[Cause, list[int]] = {}
    for n, mine in enumerate(sets_of):
        for cause in mine:
            by_cause.setdefault(cause, []).append(n)
    out = []
    for part in _parts(sets_of, by_cause):
        place = {n: k for k, n in enumerate(part)}
        edges = [{place[m] for cause in sets_of[n] for m in by_cause[cause]} - {place[n]} for n in part]
        out.append((tuple(nodes[n] for n in part), _sets(edges)))
    return tuple(out)


def _parts(own: Sequence[frozenset[Cause]], by_cause: dict[Cause, list[int]]) -> list[list[int]]:
    """The nodes, those together that hang together."""
    part_of: dict[int, int] = {}
    parts: list[list[int]] = []
    for n in range(len(own)):
        if n in part_of:
            continue
        part_of[n], waiting, here = len(parts), [n], []
        while waiting:
            here.append(waiting.pop())
            for cause in own[here[-1]]:
                for m in by_cause[cause]:
                    if m not in part_of:
                        part_of[m] = len(parts)
                        waiting.append(m)
        parts.append(sorted(here))
    return parts


def _sets(edges: Sequence[set[int]]) -> Sets:
    """Every set of nodes without an edge to which no node can be added."""
    every = set(range(len(edges)))
    if all(len(others) == len(edges) - 1 for others in edges):
        return tuple((n,) for n in sorted(every))
    if len(edges) > MOST_NODES:
        raise _too_many(len(edges))
    free = [every - others - {n} for n, others in enumerate(edges)]
    out: list[tuple[int, ...]] = []
    for chosen in _greatest(free, (), every, set()):
        out.append(tuple(sorted(chosen)))
        if len(out) > MOST_SETS:
            raise _too_many(len(edges))
    return tuple(sorted(out))


def _greatest(
    free: Sequence[set[int]], chosen: tuple[int, ...], left: set[int], seen: set[int]
) -> Iterator[tuple[int, ...]]:
    """Bron and Kerbosch with a pivot, over the nodes that can stand together."""
    if not left and not seen:
        yield chosen
        return
    pivot = max(sorted(left | seen), key=lambda n: len(free[n] & left))
    for n in sorted(left - free[pivot]):
        yield from _greatest(free, (*chosen, n), left & free[n], seen & free[n])
        left = left - {n}
        seen = seen | {n}


def _too_many(nodes: int) -> CoverageError:
    what = f"{nodes} watches share causes in so many ways that the best set of them cannot be found"
    hint = "name fewer causes: what fails together may bear one name"
    return CoverageError(Fault("coverage", what, hint, code="COV018"))
