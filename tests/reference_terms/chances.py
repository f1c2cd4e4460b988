"""Chances of several incidents together, by going through every sum, with fractions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

MILLION = 1_000_000
SLACK = Fraction(1, 1_000_000_000)
Part = tuple[int, int]
"""An amount, and its certainty in millionths."""


def independent(parts: Iterable[Part]) -> dict[int, Fraction]:
    """The chance of every sum, if the errors have nothing to do with each other."""
    sums = {0: Fraction(1)}
    for amount, p in parts:
        inside = Fraction(p, MILLION)
        more: dict[int, Fraction] = {}
        for total, chance in sums.items():
            more[total] = more.get(total, Fraction(0)) + chance * (1 - inside)
            more[total + amount] = more.get(total + amount, Fraction(0)) + chance * inside
        sums = more
    return sums


def common(parts: Iterable[Part]) -> dict[int, Fraction]:
    """The chance of every sum, if one error decides: with that error at ``u`` all lie inside that are more certain than ``u``."""
    parts = list(parts)
    edges = sorted({0, MILLION, *(p for _, p in parts)})
    sums: dict[int, Fraction] = {}
    for low, high in pairwise(edges):
        total = sum(amount for amount, p in parts if p >= high)
        sums[total] = sums.get(total, Fraction(0)) + Fraction(high - low, MILLION)
    return sums


def at_least(sums: dict[int, Fraction], amount: int) -> Fraction:
    return sum((chance for total, chance in sums.items() if total >= amount), Fraction(0))


def shown(parts: Iterable[Part], certainty: int) -> int:
    """The greatest sum that is reached with the certainty asked for, whichever way the errors hang together."""
    parts = list(parts)
    both = independent(parts), common(parts)
    wanted = Fraction(certainty, MILLION) - SLACK
    reached = [s for s in {*both[0], *both[1], 0} if all(at_least(sums, s) >= wanted for sums in both)]
    return max(reached)


def shown_short(owed: int, seen: int, p: float, certainty: int) -> bool:
    """Whether so few of what is owed would be seen, had all been done, with no more chance than the certainty leaves."""
    sums = independent([(1, round(p * MILLION))] * owed)
    return sum(chance for total, chance in sums.items() if total <= seen) * MILLION <= MILLION - certainty + Fraction(
        1, 2
    )


def stays_within(parts: Iterable[Part], level: int) -> int:
    """The least sum that is not exceeded with a chance of ``level``, whichever way the errors hang together."""
    parts = list(parts)
    both = independent(parts), common(parts)
    wanted = Fraction(level, MILLION) - SLACK
    enough = [s for s in {*both[0], *both[1]} if all(1 - at_least(sums, s + 1) >= wanted for sums in both)]
    return min(enough)
