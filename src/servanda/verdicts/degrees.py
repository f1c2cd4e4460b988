"""To which degree something that is owed in parts is fulfilled, and since when: none, minimal, intermediate, complete.

The words are those of the Peace Accords Matrix (levels 0 to 3). Of milestones it is the level that was reached; of several deeds, and of
what is owed by number, it is a share: nothing, less than half, half or more, all. A degree stands beside the verdict and decides
nothing: what is complete can be late, and what is minimal can still be in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from servanda.verdicts.builder import VerdictBuilder

DEGREES = ("none", "minimal", "intermediate", "complete")
_LEVELS = {"minimal": 1, "intermediate": 2, "full": 3}
Reached: TypeAlias = tuple[datetime, int]
"""An instant, and the degree (0 to 3) that is shown from then on."""


def degree_of_level(level: str) -> int:
    """The degree of a milestone by its name."""
    return _LEVELS[level]


def degree_of_share(done: int, owed: int) -> int:
    """The degree of so much of what is owed."""
    if done >= owed:
        return 3
    return 0 if done <= 0 else 1 if 2 * done < owed else 2


def degree_steps(builder: VerdictBuilder, shown: Iterable[Reached]) -> None:
    """Adds to the measure the degree that is shown and since when, and a step that says how it came to be.

    Args:
        builder: the verdict in the making.
        shown: the degree from each instant on, in order of time.
    """
    now, since = 0, None
    words = []
    for when, degree in shown:
        if degree != now:
            now, since = degree, builder.date(when)
            words.append(f"{DEGREES[degree]} since {since}")
    builder.measure = {**builder.measure, "degree": DEGREES[now], "degree_since": since}
    builder.step("degree", f"Degree of fulfilment: {', then '.join(words) or DEGREES[0]}.")


def degrees_of_deeds(times: Iterable[tuple[datetime, int]], count: int = 0) -> list[Reached]:
    """The degrees of what is done once, as one deed comes after another.

    Args:
        times: when each deed was shown done, with the degree of its milestone.
        count: how many deeds there are, where they are no milestones.

    Returns:
        The degree from each instant on.
    """
    out: list[Reached] = []
    best = 0
    for n, (when, degree) in enumerate(sorted(times), 1):
        best = max(best, degree_of_share(n, count) if count else degree)
        out.append((when, best))
    return out
