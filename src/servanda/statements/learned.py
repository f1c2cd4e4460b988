"""Weights that were learned from marked sayings of our own (``scripts/train_stances.py``), and what they make of a saying.

They are data: ``data/speech/en_stances.npz`` with its sheet ``data/speech/en_stances.md``. At run time only sums are made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from servanda.statements.nearby import TermWeights
from servanda.statements.stances import OPPOSED, STANCES, Stance
from servanda.statements.traits import Saying, traits

FILE = "speech/en_stances.npz"
SURE = 0.30
"""A stance is taken only where its likelihood is as much; else nobody takes a stand."""

_TOWARDS = frozenset({"demands", "offers", "accepts", "announces"})


@dataclass(frozen=True)
class Weights:
    """What each trait counts for each stance, and the words that are kept as they are."""

    at: Mapping[str, int]
    table: np.ndarray
    kept: frozenset[str]

    def likely(self, about: Saying) -> dict[Stance, float]:
        """How likely each stance is.

        Args:
            about: the saying.

        Returns:
            Shares of one.
        """
        rows = [self.at[t] for t in traits(about, self.kept) if t in self.at]
        much = self.table[rows].astype(np.float64).sum(axis=0)
        share = np.exp(much - much.max())
        return dict(zip(STANCES, (float(s) for s in share / share.sum()), strict=True))

    def stance(self, about: Saying) -> Stance:
        """The stand that the verb takes and the words bear out; else the likeliest stance, if it is likely enough.

        Args:
            about: the saying.

        Returns:
            It, or *speaks of*.
        """
        for stance in STANCES:
            if stance == about.read == about.by_verb:
                return stance
        likely = self.likely(about)
        best = max(likely, key=lambda s: likely[s])
        if frozenset((best, about.read)) in OPPOSED or (
            "rejects" in (best, about.read) and {best, about.read} & _TOWARDS
        ):
            return next(s for s in STANCES if s == about.read)  # no weight makes a yes of a no
        return best if likely[best] >= SURE else "speaks of"


@cache
def _data() -> Mapping[str, np.ndarray]:
    with files("servanda.data").joinpath(FILE).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))


@cache
def learned() -> Weights:
    """The weights of stances that ship.

    Returns:
        Them, read once.
    """
    data = _data()
    return of(str(data["traits"]).split("\n"), data["table"], str(data["kept"]).split("\n"))


@cache
def learned_terms() -> TermWeights:
    """The weights of terms that ship.

    Returns:
        Them, read once.
    """
    return TermWeights(*_data()["terms"])


def of(names: Collection[str], table: np.ndarray, kept: Collection[str]) -> Weights:
    """Weights from their parts.

    Args:
        names: of the traits, in the order of the rows.
        table: a row for each trait, a column for each stance.
        kept: words that stay as they are.

    Returns:
        The weights.
    """
    return Weights({name: n for n, name in enumerate(names)}, table, frozenset(kept))
