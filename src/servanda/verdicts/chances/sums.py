"""Chances of several incidents taken together, at both ends.

How certainly a report lies inside a place and window is a chance of its own, and the errors of several reports may have nothing to
do with each other, or be one error (a map laid wrong, one clock). Nobody knows which of these ends is nearer. What must be
*shown* therefore holds at both, and what must be *ruled out* is ruled out at both:

* **independent**: the sum is weighted Poisson-binomial;
* **common**: one error decides about all, so that whatever is less certain lies inside only where all that is more certain does.

Certainties are whole millionths, amounts whole thousandths. The result does not depend on the order of the parts. It is exact, to
``SLACK`` in the chance, up to ``MAX_WORK`` steps of calculation; beyond, it is a proven bound on the safe side: never more shown
than is true.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

CERTAIN = 1_000_000
"""Certainties are in millionths."""
SLACK = 1e-9
"""A chance reaches what is asked when it falls short of it by no more than this: less than any certainty is stated to."""
MAX_WORK = 2**29
"""Additions that an exact sum may take: some 100,000 uncertain incidents that count as one each."""
_TRIMMED = 1e-12
"""The most that may be left out of either tail of a distribution."""
_TRIM_EVERY = 32
_MAX_CELLS = 2**20
_MAX_ROUNDED = 2**16
_ROUNDED_WORK = 2**25

Part: TypeAlias = tuple[int, int]
"""An amount in thousandths, and how certainly it counts, in millionths."""
Floats: TypeAlias = npt.NDArray[np.float64]


def at_least_one(millionths: Iterable[int]) -> tuple[int, int]:
    """The chance that at least one of several incidents lies inside.

    Args:
        millionths: how certainly each does.

    Returns:
        The chance in millionths if their errors are one common error (the greatest), and if they are independent
        (``1 - product(1 - p)``).
    """
    chances = [p for p in millionths if p > 0]
    if not chances:
        return 0, 0
    common = max(chances)
    if common >= CERTAIN:
        return CERTAIN, CERTAIN
    none = math.fsum(math.log1p(-p / CERTAIN) for p in chances)
    return common, max(common, round(-math.expm1(none) * CERTAIN))


def shown_at_least(parts: Iterable[Part], certainty: int) -> int:
    """The greatest amount that the sum reaches with the certainty asked for, at both ends.

    Args:
        parts: amounts, each with how certainly it counts.
        certainty: what is asked for, in millionths.

    Returns:
        The amount, in thousandths.
    """
    sure, doubtful = _sorted(parts)
    if not doubtful or certainty <= 0:
        return sure + sum(amount for amount, _ in doubtful)
    common = sum(amount for amount, p in doubtful if p >= certainty)
    return sure + min(common, _lower(doubtful, certainty)) if common else sure


def chances_of(parts: Iterable[Part], least: int) -> tuple[int, int]:
    """The chance that the sum reaches an amount.

    Args:
        parts: amounts, each with how certainly it counts.
        least: the amount, in thousandths.

    Returns:
        The chance in millionths if all errors are one, and if they are independent (too large for an exact sum: a lower bound).
    """
    sure, doubtful = _sorted(parts)
    missing = least - sure
    if missing <= 0:
        return CERTAIN, CERTAIN
    common, together = 0, 0
    for amount, p in sorted(doubtful, key=lambda part: -part[1]):
        together += amount
        if together >= missing:
            common = p
            break
    return common, _reached(doubtful, missing) if doubtful else 0


def shown_short(owed: int, seen: int, least_seen: float | None, certainty: int) -> bool:
    """Whether it is shown that less was done than was owed, and not only that a watch missed some of it.

    Args:
        owed: how many deeds.
        seen: how many of them were seen.
        least_seen: the least probability with which each would have been seen; ``None`` where nothing was watched.
        certainty: what is asked for, in millionths.

    Returns:
        Whether more would have been seen, had all been done, with the certainty asked for: of one deed, whether the watch's probability
        reaches it.
    """
    if least_seen is None or seen >= owed:
        return False
    return chances_of([(1, round(least_seen * CERTAIN))] * owed, seen + 1)[1] >= certainty


def _reached(parts: Sequence[Part], least: int) -> int:
    """The chance that independent parts reach an amount, in millionths; a lower bound of it, where there are too many."""
    grid = _grid(parts)
    if not grid:
        spare = math.fsum(amount * p for amount, p in parts) / CERTAIN - least
        squares = math.fsum(amount * amount for amount, _ in parts)
        return math.floor(-math.expm1(-2 * spare * spare / squares) * CERTAIN) if spare > 0 else 0
    start, masses = _distribution([(amount // grid, p) for amount, p in parts])
    reached = np.cumsum(masses[max(0, -(-least // grid) - start) :])
    return min(CERTAIN, round(float(reached[-1]) * CERTAIN)) if len(reached) else 0


def _sorted(parts: Iterable[Part]) -> tuple[int, list[Part]]:
    """What is certain, summed; and what is not, in an order of its own."""
    kept = sorted((amount, p) for amount, p in parts if amount > 0 and p > 0)
    return sum(amount for amount, p in kept if p >= CERTAIN), [part for part in kept if part[1] < CERTAIN]


def _lower(parts: Sequence[Part], certainty: int) -> int:
    """The greatest amount that independent parts reach with a chance; a lower bound of it, where there are too many."""
    grid, found = _grid(parts), 0
    if grid:
        start, masses = _distribution([(amount // grid, p) for amount, p in parts])
        enough = np.nonzero(np.cumsum(masses[::-1])[::-1] >= certainty / CERTAIN - SLACK)[0]
        found = (start + int(enough[-1])) * grid if len(enough) else 0
    if grid == _unit(parts):
        return found
    mean = math.fsum(amount * p for amount, p in parts) / CERTAIN
    return max(found, math.floor(max(0.0, mean - _deviation(parts, CERTAIN - certainty))))


def _deviation(parts: Sequence[Part], tail: int) -> float:
    """How far the sum of independent parts strays from its mean with a chance of ``tail`` at most (Hoeffding, Bernstein)."""
    if tail <= 0:
        return math.inf
    exponent = math.log(CERTAIN / tail)
    squares = math.fsum(amount * amount for amount, _ in parts)
    variance = math.fsum(amount * amount * (p / CERTAIN) * (1 - p / CERTAIN) for amount, p in parts)
    greatest = max(amount for amount, _ in parts)
    third = greatest * exponent / 3
    return min(math.sqrt(squares * exponent / 2), third + math.sqrt(third * third + 2 * variance * exponent))


def _unit(parts: Sequence[Part]) -> int:
    """The amount of which all are multiples."""
    return math.gcd(*(amount for amount, _ in parts)) or 1


def _grid(parts: Sequence[Part]) -> int:
    """The step to which amounts are rounded: one that changes none of them, where the sum can be worked out exactly.

    0 where there are so many that no rounding helps, and only bounds of the tails are left.
    """
    unit = _unit(parts)
    total = sum(amount for amount, _ in parts) / unit
    spread = 8 * math.sqrt(math.fsum(amount * amount for amount, _ in parts)) / unit + 8 * _TRIM_EVERY
    cells = min(total, spread)
    if cells <= _MAX_CELLS and len(parts) * cells <= MAX_WORK:
        return unit
    return 0 if len(parts) > _MAX_ROUNDED else unit * math.ceil(cells * len(parts) / _ROUNDED_WORK)


def _distribution(parts: Sequence[Part]) -> tuple[int, Floats]:
    """The distribution of the sum of independent parts, but for ``_TRIMMED`` at either end: the sum it starts at, and the chances.

    Nothing is subtracted, so that relative errors stay below a rounding each step; and each step is one multiplication and one
    addition an element, the same on every machine.
    """
    masses = np.ones(1)
    start = 0
    spare = _TRIMMED / (len(parts) // _TRIM_EVERY + 1)
    for n, (amount, p) in enumerate(parts, 1):
        inside = p / CERTAIN
        wider = np.zeros(len(masses) + amount)
        wider[: len(masses)] = masses * (1 - inside)
        wider[amount:] += masses * inside
        masses = wider
        if n % _TRIM_EVERY == 0:
            first = int(np.searchsorted(np.cumsum(masses), spare))
            last = len(masses) - int(np.searchsorted(np.cumsum(masses[::-1]), spare))
            masses = masses[first:last]
            start += first
    return start, masses
