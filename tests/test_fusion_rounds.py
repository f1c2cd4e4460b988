"""Groups that are each other's best are one whatever others do: in any order, and from any part of the reports that has all their pairs."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.incidents.fusion import cluster, lanes
from servanda.incidents.fusion.blocking import Ints
from servanda.incidents.fusion.cluster import Links, first_of_each, joined
from servanda.incidents.fusion.lanes import Said, grouped

MISSING = -4


def pairs(dice: np.random.Generator, size: int, share: float, most: int) -> Links:
    """Pairs with so few different scores that means are equal, or are once they are rounded."""
    j, i = np.tril_indices(size, -1)
    some = dice.random(len(i)) < share
    scores = dice.integers(-3, most, int(some.sum()))
    return Links(*(column.astype(np.int32) for column in (i[some], j[some], scores))).in_order()


def one_by_one(links: Links, source: list[int], order: random.Random) -> list[list[int]]:
    """The rule by itself: any two that are each other's best become one, or never will be; one such pair after another."""
    score = {}
    for i, j, value in zip(*(column.tolist() for column in (links.i, links.j, links.score)), strict=True):
        score[i, j] = score[j, i] = value
    groups = {n: [n] for n in range(len(source))}
    while True:
        best = {}
        for a, mine in groups.items():
            means = [
                (sum(score.get((x, y), MISSING) for x in mine for y in others) // (len(mine) * len(others)), b)
                for b, others in groups.items()
                if b != a
            ]
            if means and max(means)[0] > 0:
                best[a] = max(means)[1]
        mutual = [(a, b) for a, b in best.items() if a < b and best.get(b) == a]
        if not mutual:
            return sorted(sorted(group) for group in groups.values())
        a, b = order.choice(mutual)
        if {source[x] for x in groups[a]} & {source[y] for y in groups[b]} - {-1}:
            for x in groups[a]:
                for y in groups[b]:
                    score.pop((x, y), None), score.pop((y, x), None)
        else:
            groups[a] = groups[a] + groups.pop(b)


@given(st.integers(0, 10**6))
def test_in_whatever_order_groups_join_they_come_out_the_same(seed: int) -> None:
    dice, size = np.random.default_rng(seed), 4 + seed % 6
    links, source = pairs(dice, size, 0.7, 7), dice.choice([-1, -1, 0, 1, 2], size)
    found, waits = joined(size, links, source, np.arange(size), MISSING)
    assert not waits.any()
    every = sorted(np.flatnonzero(found == n).tolist() for n in np.unique(found))
    assert all(one_by_one(links, source.tolist(), random.Random(turn)) == every for turn in range(3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_FEW_OF_MANY", 0)
        assert joined(size, links, source, np.arange(size), MISSING)[0].tolist() == found.tolist()


def alike(dice: np.random.Generator, size: int) -> Links:
    """Pairs of rows of which many are alike in everything: whose score is one number for each two kinds of rows."""
    kind, worth = dice.integers(0, dice.integers(1, 4), size), dice.integers(-3, 6, (3, 3))
    j, i = np.tril_indices(size, -1)
    scores = np.maximum(worth, worth.T)[kind[i], kind[j]]
    some = dice.random(len(i)) < dice.choice([1, 1, 0.95])
    return Links(*(column.astype(np.int32) for column in (i[some], j[some], scores[some]))).in_order()


@given(st.integers(0, 10**6))
def test_groups_that_are_alike_and_join_at_once_come_out_as_one_by_one(seed: int) -> None:
    dice, size = np.random.default_rng(seed), 4 + seed % 7
    links, source = alike(dice, size), dice.choice([-1, -1, -1, -1, 0, 1], size)
    held = dice.random(size) < dice.choice([0, 0.2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_FEW", 0)
        found, waits = joined(size, links, source, np.arange(size), MISSING, held)
        patch.setattr(cluster, "_FEW", 10**9)
        at_once, wait = joined(size, links, source, np.arange(size), MISSING, held)
        patch.setattr(cluster, "_FEW_OF_MANY", 0)
        along, left = joined(size, links, source, np.arange(size), MISSING, held)
    assert (along.tolist(), left.tolist()) == (found.tolist(), waits.tolist())
    assert at_once.tolist() == found.tolist()
    assert wait.tolist() == waits.tolist()
    if not held.any():
        every = sorted(np.flatnonzero(found == n).tolist() for n in np.unique(found))
        assert one_by_one(links, source.tolist(), random.Random(seed)) == every


def test_hundreds_of_reports_that_are_alike_take_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand people who tell of one hour in one town took a thousand rounds over half a million pairs, each for one pair."""
    j, i = np.tril_indices(300, -1)
    links, rounds, mutual = Links(*(c.astype(np.int32) for c in (i, j, i * 0 + 5))).in_order(), [0], cluster._mutual

    def counted(*given: Any) -> Any:
        rounds[0] += 1
        return mutual(*given)

    monkeypatch.setattr(cluster, "_mutual", counted)
    found, _ = joined(300, links, np.arange(300), np.arange(300), MISSING)
    assert not found.any()
    assert rounds[0] < 5


def test_reports_at_even_times_are_joined_by_their_neighbours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 16,000 posts, one every six minutes, two were joined in each of 8,000 rounds over all pairs."""
    size, reach = 400, 40
    i, j = (column.ravel() for column in np.mgrid[:size, 1 : reach + 1])
    j, i = (i + j)[i + j < size], i[i + j < size]
    links, rounds, mutual = Links(*(c.astype(np.int32) for c in (i, j, 20 - (j - i)))).in_order(), [0], cluster._mutual

    def counted(*given: Any) -> Any:
        rounds[0] += 1
        return mutual(*given)

    monkeypatch.setattr(cluster, "_mutual", counted)
    monkeypatch.setattr(cluster, "_FEW_OF_MANY", 10**9)
    slow, _ = joined(size, links, np.full(size, -1), np.arange(size), MISSING)
    assert rounds[0] > 100
    monkeypatch.setattr(cluster, "_FEW_OF_MANY", 1_000)
    rounds[0] = 0
    found, _ = joined(size, links, np.full(size, -1), np.arange(size), MISSING)
    assert rounds[0] == 1
    assert found.tolist() == slow.tolist()


def said(dice: np.random.Generator, size: int) -> Said:
    """Reports of all lanes, some of them under an id, some in one voice, some denials."""
    named, number, begun = dice.random(size) < dice.choice([0, 0.2, 0.4]), dice.integers(0, 4, size), np.arange(size)
    for n in range(4):
        begun[named & (number == n)] = np.flatnonzero(named & (number == n))[:1]
    return Said(
        dice.choice([0, 0, 1, 2, 3, 3, 4, 4, 5], size).astype(np.int32),
        dice.random(size) < 0.2,
        np.where(dice.random(size) < 0.5, dice.integers(0, dice.choice([3, 8]), size), -1),
        begun,
        named,
        (np.sort(dice.integers(0, size, 2)), dice.integers(0, 8, 2)),
        np.zeros(size, np.int64),
    )


def round_of(links: Links, one: Said, stretch: Ints, here: Ints) -> tuple[Ints, Ints]:
    """Of reports that are left (``here``), those whose groups are known from their stretches alone, and these groups."""
    size = len(stretch)
    left = np.zeros(size, bool)
    left[here] = True
    links = links.take(left[links.i] & left[links.j])
    across = stretch[links.i] != stretch[links.j]
    apart, named = np.zeros(size, bool), here[one.named[here]]
    for first in np.unique(one.begun[named]):
        bearing = named[one.begun[named] == first]
        apart[bearing] = len(np.unique(stretch[bearing])) > 1
    waiting = links.take(across | apart[links.i] | apart[links.j])
    held = apart.copy()
    held[waiting.i] = held[waiting.j] = True
    rows, groups = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for n in np.unique(stretch[here]):
        some = here[stretch[here] == n]
        inside = links.take(~across & (stretch[links.i] == n)).among(some, size)
        group, waits = grouped(inside, one.take(some), held[some])
        group = first_of_each(group)
        open_ = np.isin(group, group[waits])
        rows.append(some[~open_])
        groups.append(some[group[~open_]])
    return np.concatenate(rows), np.concatenate(groups)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.sampled_from([0.1, 0.2, 0.4]), st.sampled_from([3, 7, 20]))
def test_rounds_over_any_division_give_the_groups_of_all(seed: int, stretches: int, share: float, most: int) -> None:
    dice, size = np.random.default_rng(seed), 6 + seed % 20
    with pytest.MonkeyPatch.context() as patch:  # scores so small that equals are many
        patch.setattr(lanes, "MISSING", MISSING)
        patch.setattr(lanes, "_NEVER", 10 * MISSING)
        one, links = said(dice, size), pairs(dice, size, share, most)
        links = links.take(one.begun[links.i] != one.begun[links.j])
        all_at_once, waits = grouped(links, one)
        assert not waits.any()
        stretch, found, left = dice.integers(0, stretches, size), np.full(size, -1), np.arange(size)
        while len(left):
            known, group = round_of(links, one, stretch, left)
            found[known], left, stretch = group, np.setdiff1d(left, known), stretch // 2
    assert found.tolist() == first_of_each(all_at_once).tolist()
