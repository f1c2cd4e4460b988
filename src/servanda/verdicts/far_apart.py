"""The greatest set of things of which no two are near to each other.

Exact, up to ``MAX_TRIED`` choices; beyond, what was found by then. What has no neighbours but such as are near to each other belongs to
one of the greatest sets, so that choices are rare.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_TRIED = 500
"""Choices that are tried."""


def first_greatest(around: Sequence[int], known: Sequence[int]) -> list[int]:
    """The greatest set, and of several as great the one whose first members come first.

    Args:
        around: which are near to each, as bits.
        known: the set that takes one after another whatever is near to none before it; of the greatest, it is the first.

    Returns:
        The numbers of its members, rising.
    """
    search = _Search(around)
    everything = (1 << len(around)) - 1
    size = search.greatest(everything)
    if size <= len(known) or search.tried > MAX_TRIED:
        return list(known)
    chosen: list[int] = []
    left = everything
    for n in range(len(around)):
        rest = left & ~(around[n] | 1 << n)
        if left >> n & 1 and search.greatest(rest) == size - len(chosen) - 1:
            chosen.append(n)
            left = rest
        else:
            left &= ~(1 << n)
    return chosen if search.tried <= MAX_TRIED and len(chosen) == size else list(known)


class _Search:
    """How many of some things, given as bits, can be pairwise apart."""

    def __init__(self, around: Sequence[int]) -> None:
        self._around = around
        self._found: dict[int, int] = {}
        self.tried = 0

    def greatest(self, left: int) -> int:
        """The greatest number among what is left."""
        if left not in self._found:
            self._found[left] = self._greatest(left)
        return self._found[left]

    def _greatest(self, left: int) -> int:
        taken = 0
        while left:
            n = self._plain(left)
            if n is None:
                break
            taken += 1
            left &= ~(self._around[n] | 1 << n)
        if not left or self.tried > MAX_TRIED:
            return taken
        self.tried += 1
        n = max(_bits(left), key=lambda k: (self._around[k] & left).bit_count())
        without, with_it = left & ~(1 << n), left & ~(self._around[n] | 1 << n)
        return taken + max(self.greatest(without), 1 + self.greatest(with_it))

    def _plain(self, left: int) -> int | None:
        """One whose neighbours are all near to each other."""
        for n in _bits(left):
            near = self._around[n] & left
            if all(near & ~(self._around[k] | 1 << k) == 0 for k in _bits(near)):
                return n
        return None


def _bits(number: int) -> list[int]:
    """The numbers of the bits that are set, rising."""
    out = []
    while number:
        low = number & -number
        out.append(low.bit_length() - 1)
        number ^= low
    return out
