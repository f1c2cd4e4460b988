"""Which of the things that a clause names belong to which of its acts, and to which of its distances, and which are only examples."""

from __future__ import annotations

import re
from collections.abc import Sequence

from servanda.drafting.understand.amounts import DISTANCE_FOR
from servanda.drafting.understand.lexicon import Found, find

_EXAMPLE = re.compile(
    r"\b(?:in particular|especially|notably|including|such as|among (?:them|others)|for (?:example|instance))\b",
    re.IGNORECASE,
)


def beside_acts(acts: Sequence[str], text: str, weapons: list[Found]) -> list[Found]:
    """The weapons that are no part of the words for one of several acts: *artillery fire* says nothing of bombs.

    Args:
        acts: the words of the acts.
        text: those of the clause.
        weapons: what was found in it.

    Returns:
        Those that stand outside.
    """
    spans = [m.span() for words in acts for m in re.finditer(re.escape(words), text)]
    return [w for w in weapons if not any(a <= w.start and w.end <= b for a, b in spans)]


def at_its_distance(text: str, weapons: list[Found]) -> list[Found]:
    """Of a distance that is said for some weapons only (*70 km for rocket launchers*) those weapons.

    Args:
        text: the words of the clause.
        weapons: what was found in it.

    Returns:
        Those of the distance; all where it is said for none.
    """
    spans = [m.span("what") for m in DISTANCE_FOR.finditer(text)]
    return [w for w in weapons if any(a <= w.start < b for a, b in spans)] or weapons


def of_its_act(acts: Sequence[str], text: str, targets: list[Found]) -> tuple[list[Found], list[Found]]:
    """The targets whose nearest act is one of the term's, and those behind another act (*and withdrawal from populated areas*).

    Args:
        acts: the words of the term's acts.
        text: the words of the clause.
        targets: what was found in it.

    Returns:
        Both.
    """
    others = [f for f in find("acts", text) if not any(f.words in words for words in acts)]
    own = [m.span() for words in acts for m in re.finditer(re.escape(words), text)]
    kept: list[Found] = []
    left: list[Found] = []
    for target in targets:
        near = [min(_apart(target, f.start, f.end) for f in others)] if others else []
        mine = [min(_apart(target, a, b) for a, b in own)] if own else []
        (left if near and mine and near[0] < mine[0] else kept).append(target)
    return kept, left


def _apart(target: Found, start: int, end: int) -> int:
    """How many letters lie between a target and an act; none where one holds the other."""
    return max(start - target.end, target.start - end, 0)


def without_examples(text: str, targets: list[Found]) -> tuple[list[Found], str]:
    """Targets that are more than examples, and the words of those that are nothing else (*public buildings, schools in particular*).

    Args:
        text: the words of a clause.
        targets: what was found in it.

    Returns:
        The targets; all of them and '' where one is no example, for then the others add nothing.
    """
    kept = [f for f in targets if not _is_example(text, f)]
    return (targets, "") if kept or not targets else ([], ", ".join(dict.fromkeys(f.words for f in targets)))


def _is_example(text: str, found: Found) -> bool:
    before = re.split(r"[.;]", text[: found.start])[-1]
    behind = re.match(
        r"\W*(?:in particular|especially|notably|for (?:example|instance))\b", text[found.end :], re.IGNORECASE
    )
    return bool(_EXAMPLE.search(before) or behind)
