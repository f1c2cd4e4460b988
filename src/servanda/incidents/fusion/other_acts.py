"""What parts two reports, however quiet it is around: acts of two heads, other deeds under one, acts that nobody takes for each other, hours that clocks put far apart, other things or places hit, deeds of two parties.

Such a pair is never one incident, and may be one: for the least it is not added up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from servanda.incidents.fusion.blocking import Floats, Int32s, Pairs, Where
from servanda.values.codes import Tree, Vocabulary

Mask = npt.NDArray[np.bool_]
APART_H = 0.25
"""Less than this clocks and those who look at them differ."""
FAR_APART_H = 3.0
"""More than this two clocks seldom do, unless one is set to another zone."""
BY_THE_CLOCK_H = 1.0
"""What is told to take up more is told by parts of the day, and not by the clock."""
MINUTE_H = 1 / 60
"""How finely a time is told that two reports seldom have in common by chance."""
NEAR_KM = 0.5
"""Two sides of one place are so far apart, however small its circle."""
WORKS = frozenset({"compliance"})
"""Natures of acts that each party does for itself."""
LEFT_BEHIND = ("property_destruction", "fortification", "settlement_building", "mine_laying")
"""What is done once, and seen by whoever comes by in the hours after it."""


@dataclass(frozen=True)
class Apart:
    """What codes of acts and of targets tell apart; the last of each stands for nothing said.

    ``deeds``: which two acts are never one event; ``acts``, ``targets``: which two nobody takes for each other; ``lasts``: which acts are there for hours, so that two who see one look at
    other times; ``stays``: these, and what is seen for hours after it; ``own``: which acts each party does for itself.
    """

    deeds: Mask
    acts: Mask
    targets: Mask
    lasts: Mask
    stays: Mask
    own: Mask


@dataclass(frozen=True)
class Said:
    """What reports say of acts, targets and authors, as numbers (-1: nothing), and whether they deny."""

    act: Int32s
    target: Int32s
    actor: Int32s
    denies: Mask


def apart_by(acts: Sequence[str], targets: Sequence[str], vocabulary: Vocabulary, traces: frozenset[str]) -> Apart:
    """What some codes tell apart.

    Args:
        acts: the codes of acts.
        targets: the codes of targets.
        vocabulary: what stands above them.
        traces: codes of what may be the trace, or the target, of any act.

    Returns:
        The tables.
    """
    own = vocabulary.acts.below(code for nature in WORKS for code in vocabulary.natures.get(nature, ()))
    lasts = (
        vocabulary.acts.below(vocabulary.several_authors) - own | vocabulary.lasting | vocabulary.traces - {"explosion"}
    )
    stays = lasts | vocabulary.acts.below(code for code in LEFT_BEHIND if code in vocabulary.acts)
    return Apart(
        other_deeds(acts, vocabulary, traces),
        unlike(acts, vocabulary.acts, traces),
        unlike(targets, vocabulary.targets, traces),
        np.array([*(code in lasts for code in acts), False], bool),
        np.array([*(code in stays for code in acts), False], bool),
        np.array([*(code in own for code in acts), False], bool),
    )


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


def other_deeds(codes: Sequence[str], vocabulary: Vocabulary, traces: frozenset[str]) -> Mask:
    """Which codes of acts stand under two heads, or are each a deed of its own, and are not such as one event may be told as.

    Args:
        codes: the codes.
        vocabulary: what stands above them, and as what one event may be told.
        traces: codes of what may be the trace of any act.

    Returns:
        A table as that of :func:`unlike`.
    """
    above = [_chain(code, vocabulary.acts) for code in codes]
    told = {frozenset(pair) for pair in vocabulary.told_as}
    table = unlike(codes, vocabulary.acts, traces)
    for i, one in enumerate(above):
        for j, other in enumerate(above):
            apart = one[-1] != other[-1] or one[-1] in vocabulary.own_deeds
            may_be = 1 in (len(one), len(other)) or any(frozenset((a, b)) in told for a in one for b in other)
            table[i, j] &= apart and not may_be
    return table


def _chain(code: str, tree: Tree) -> list[str]:
    """A code with all that stands above it."""
    out = [code]
    while (up := tree.parent.get(out[-1])) is not None:
        out.append(up)
    return out


def parted(
    pairs: Pairs, where: Where, said: Said, apart: Apart, other_name: Mask, grain: Callable[[Floats], Floats]
) -> tuple[Mask, Mask]:
    """Which pairs are none, whatever else speaks for them.

    Args:
        pairs: the pairs.
        where: the places and times of all reports.
        said: what these say.
        apart: what codes tell apart.
        other_name: which pairs name places that have no word in common.
        grain: how finely instants were told, in hours.

    Returns:
        For each pair whether it is none; and whether only clocks, which may be wrong by hours, say so.
    """
    i, j = pairs.i, pairs.j
    act_i, act_j, by, other_by = said.act[i], said.act[j], said.actor[i], said.actor[j]
    by_two = ~(said.denies[i] | said.denies[j]) & (by != other_by) & (by >= 0) & (other_by >= 0)
    deeds = apart.deeds[act_i, act_j]
    # what stands there all day is one, whenever it is seen
    unlike_acts = (apart.acts[act_i, act_j] | other_name & by_two) & ~(apart.lasts[act_i] & apart.lasts[act_j])
    at_once, after_hours = _by_hours(pairs, where, unlike_acts, apart.stays[act_i] | apart.stays[act_j], grain)
    beyond = pairs.km > np.maximum(where.radius[i] + where.radius[j], NEAR_KM)
    elsewhere = beyond & (other_name | apart.targets[said.target[i], said.target[j]])
    # one event may have a name and an author of each side, where clocks speak for it
    by_day = np.minimum(where.end[i] - where.start[i], where.end[j] - where.start[j]) > BY_THE_CLOCK_H
    each_its_own = apart.own[act_i] & apart.own[act_j] | other_name & by_day
    return deeds | at_once | elsewhere | by_two & each_its_own, after_hours


def _by_hours(
    pairs: Pairs, where: Where, unlike_acts: Mask, lasting: Mask, grain: Callable[[Floats], Floats]
) -> tuple[Mask, Mask]:
    """Which pairs are told by the clock, farther apart than clocks and round times differ: those of unlike acts, and those hours apart of acts that do not last."""
    i, j = pairs.i, pairs.j
    gap = np.maximum(where.start[i], where.start[j]) - np.minimum(where.end[i], where.end[j])
    clock = np.maximum(where.end[i] - where.start[i], where.end[j] - where.start[j]) <= BY_THE_CLOCK_H
    some = np.flatnonzero(clock & (gap > APART_H) & (unlike_acts | ~lasting))
    i, j, gap, unlike_acts = i[some], j[some], gap[some], unlike_acts[some]
    round_to = np.maximum(grain(where.start[i]), grain(where.start[j]))
    off = np.abs(where.start[i] - where.start[j])
    zones = (round_to <= MINUTE_H) & (np.abs(2 * off - np.rint(2 * off)) < MINUTE_H)
    at_once, after_hours = (np.zeros(len(clock), bool) for _ in range(2))
    at_once[some] = unlike_acts & (gap > round_to)
    after_hours[some] = (gap > FAR_APART_H + round_to) & ~zones
    return at_once, after_hours
