"""Acts that nobody takes for each other, told by the clock at other times: rifle fire and, half an hour later, mortars. They are two incidents, however quiet it is around."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from servanda.incidents.fusion.blocking import Floats, Pairs, Where
from servanda.values.codes import Tree

APART_H = 0.25
"""Less than this clocks and those who look at them differ."""
BY_THE_CLOCK_H = 1.0
"""What is told to take up more is told by parts of the day, and not by the clock."""


def unlike(codes: Sequence[str], tree: Tree, traces: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Which codes of acts have nothing above them in common but what all acts of that nature have.

    Args:
        codes: the codes.
        tree: what stands above them.
        traces: codes of what may be the trace of any act.

    Returns:
        A table of every two codes, with a last row and column for nothing said: unlike nothing, as traces are, and as what stands above the other is.
    """
    above = [_chain(code, tree) for code in codes]
    table = np.zeros((len(codes) + 1, len(codes) + 1), bool)
    for i, one in enumerate(above):
        for j, other in enumerate(above):
            common = set(one) & set(other)
            nested = codes[i] in other or codes[j] in one
            known = codes[i] in tree and codes[j] in tree
            table[i, j] = known and not (
                nested or traces & {codes[i], codes[j]} or any(tree.parent.get(c) for c in common)
            )
    return table


def _chain(code: str, tree: Tree) -> list[str]:
    """A code with all that stands above it."""
    out = [code]
    while (up := tree.parent.get(out[-1])) is not None:
        out.append(up)
    return out


def parted_by_acts(
    pairs: Pairs,
    where: Where,
    act: npt.NDArray[np.int32],
    unlike_acts: npt.NDArray[np.bool_],
    grain: Callable[[Floats], Floats],
) -> npt.NDArray[np.bool_]:
    """Which pairs are none because they tell of unlike acts, each by the clock, farther apart than clocks and round times differ.

    Args:
        pairs: the pairs.
        where: the places and times of all reports.
        act: the code of each report's act, as a number; -1 where none is said.
        unlike_acts: :func:`unlike`.
        grain: how finely instants were told, in hours.

    Returns:
        For each pair whether it is none.
    """
    i, j = pairs.i, pairs.j
    out: npt.NDArray[np.bool_] = unlike_acts[act[i], act[j]]
    some = np.flatnonzero(out)
    i, j = i[some], j[some]
    gap = np.maximum(where.start[i], where.start[j]) - np.minimum(where.end[i], where.end[j])
    length = np.maximum(where.end[i] - where.start[i], where.end[j] - where.start[j])
    least = np.maximum(APART_H, np.maximum(grain(where.start[i]), grain(where.start[j])))
    out[some] = (gap > least) & (length <= BY_THE_CLOCK_H)
    return out
