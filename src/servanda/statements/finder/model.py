"""What the finder has learned from marked articles of our own (``scripts/train_finder.py``), of clauses and of who speaks in them.

It is data: ``data/speech/finder.npz`` with its sheet ``data/speech/finder.md``. At run time only sums are made.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from servanda.statements.finder.who import Speaker
from servanda.statements.stances import Stance
from servanda.statements.words import Span

FILE = "speech/finder.npz"
FOUND = "model of sayings"
"""What found a saying that no rule finds, as tables and pages call it."""
_DIGITS = 6  # of a likelihood that count, so that processors do not differ
HEARD = 0.2
"""The share of a clause from which on the rules have found it: the rest tells who said it."""
ALWAYS = "always"
"""The sign that every clause has."""


@dataclass(frozen=True)
class Found:
    """A clause that tells a stand: where it stands, who takes it, how likely it is, and the stance on each term."""

    span: Span
    name: str
    side: str
    person: bool
    sure: float
    stances: tuple[tuple[str, Stance], ...]


@dataclass(frozen=True)
class Weights:
    """What each sign of a clause counts, and each of a speaker; ``kept``: words that stay as they are."""

    table: Mapping[str, float]
    who: Mapping[str, float]
    kept: Collection[str]

    def likely(self, found: Collection[str]) -> float:
        """How likely it is that a clause tells a stand.

        Args:
            found: its signs.

        Returns:
            A number from 0 to 1.
        """
        much = self.table.get(ALWAYS, 0.0) + sum(self.table.get(s, 0.0) for s in sorted(found))
        return round(1 / (1 + math.exp(-much)), _DIGITS)

    def shares(self, of: Sequence[Speaker]) -> tuple[tuple[Speaker, float], ...]:
        """How likely it is for each of some that he speaks.

        Args:
            of: those who may.

        Returns:
            Each with his share of one.
        """
        much = [sum(self.who.get(s, 0.0) for s in sorted(x.signs)) for x in of]
        odds = [math.exp(m - max(much)) for m in much]
        return tuple((x, round(o / sum(odds), _DIGITS)) for x, o in zip(of, odds, strict=True))


@cache
def weights() -> Weights:
    """The weights that ship.

    Returns:
        Them, read once.
    """
    with files("servanda.data").joinpath(FILE).open("rb") as file:
        data = dict(np.load(file, allow_pickle=False))
    tables = [
        dict(zip(str(data[name]).split("\n"), data[f"{name}_count"].astype(float).tolist(), strict=True))
        for name in ("signs", "who")
    ]
    return Weights(tables[0], tables[1], frozenset(str(data["kept"]).split("\n")))
