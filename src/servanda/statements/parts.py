"""Whose part it is: the side of a speaker of whom no word tells one, by what he asks and what he owns up to, in English, Russian and Ukrainian alike.

An agreement gives each party its part. Who announces, denies, refuses or makes conditional what one party alone is to do speaks for that party; who demands it of the one of two
parties speaks for the other, unless he speaks for somebody outside. It is *inferred*, and only where what he says does not point both ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from servanda.statements.stances import Stance

_HIS_OWN: frozenset[Stance] = frozenset(["announces", "condition", "denies", "rejects"])
_ASKED: frozenset[Stance] = frozenset(["demands"])
_CLEAR = 2  # so many times as often as for the next


def sides_by_part(
    told: Iterable[tuple[str, Sequence[tuple[str, Stance]]]],
    binds: Mapping[str, frozenset[str]],
    parties: Sequence[str],
) -> dict[str, str]:
    """The sides of those whose part of an agreement they speak of as theirs.

    Args:
        told: speakers without a side, who can speak for a party at all, with the terms and stances of each thing that they said.
        binds: whom each term binds.
        parties: of the agreement.

    Returns:
        Them with their sides; who speaks of no party's part, or of both alike, is left out.
    """
    votes: dict[str, Counter[str]] = {}
    for speaker, stances in told:
        for term, stance in stances:
            if side := _whose(stance, binds.get(term, frozenset()), parties):
                votes.setdefault(speaker, Counter())[side] += 1
    return {speaker: side for speaker, of in votes.items() if (side := _clear(of))}


def _whose(stance: Stance, bound: frozenset[str], parties: Sequence[str]) -> str:
    """The side of who takes a stance on a term that binds one alone; nothing where it tells none."""
    if len(bound) != 1:
        return ""
    (one,) = bound
    if stance in _HIS_OWN and one in parties:
        return one
    if stance in _ASKED and one in parties and len(parties) == 2:
        return next(p for p in parties if p != one)
    return ""


def _clear(votes: Counter[str]) -> str:
    """The side that most of it points to; nothing where as much points to another."""
    (first, many), *rest = votes.most_common(2)
    return first if not rest or many >= _CLEAR * rest[0][1] else ""
