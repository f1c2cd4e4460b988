"""What so many of so many say of a probability: exact binomial bounds (Clopper and Pearson), one-sided, 95 %."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

_MISS = 0.05
_STEPS = 60
_DECIMALS = 6


@lru_cache(maxsize=4096)
def upper_end(seen: int, of: int) -> float:
    """The greatest probability that is compatible with so few.

    Args:
        seen: how many were seen.
        of: how many there were.

    Returns:
        The probability at which so few or fewer would come in 5 of 100 cases, to six decimals; 1 where all were seen.
    """
    if seen >= of:
        return 1.0
    few = np.arange(seen + 1, dtype=np.float64)
    # logarithms of the numbers of ways to choose 0, 1, ... of them
    ways = np.concatenate([[0.0], np.cumsum(np.log((of - few[:-1]) / few[1:]))])
    low, high = seen / of, 1.0
    for _ in range(_STEPS):
        p = (low + high) / 2
        if p in (low, high):
            break
        terms = ways + few * math.log(p) + (of - few) * math.log1p(-p)
        if float(np.exp(terms).sum()) > _MISS:
            low = p
        else:
            high = p
    return round((low + high) / 2, _DECIMALS)


def lower_end(seen: int, of: int) -> float:
    """The smallest probability that is compatible with so many.

    Args:
        seen: how many were seen.
        of: how many there were.

    Returns:
        The probability at which so many or more would come in 5 of 100 cases, to six decimals; 0 where none was seen.
    """
    return round(1.0 - upper_end(of - seen, of), _DECIMALS)
